//! Every key as a recipe that runs: `soleus recipe show --all`.

use serde_json::Value as Json;

use super::check::written;
use super::fact::joined;
use super::shape::{Key, Shape, TableShape, Variant};

/// The widest line of a comment.
const WIDTH: usize = 90;

const HEAD: &str = "\
# Every key of a recipe with its default, range, unit and meaning. This is the standard
# recipe: what you leave out keeps its default, a list replaces the list. Lines that begin
# with # and a key are what the standard leaves out, or one of several to choose from.
";

impl Shape {
    /// Every key as TOML with its meaning, range and unit as comment.
    pub(crate) fn template(&self) -> String {
        let mut page = TemplatePage { text: HEAD.to_owned() };
        let place = TemplatePlace { path: "", values: None, active: true };
        if let Some(table) = self.table() {
            page.keys(table, &place);
        }
        page.text
    }

    /// Whether its value is a table, or a list of tables, of its own.
    fn is_block(&self, default: Option<&Json>) -> bool {
        match self {
            Self::Table(_) => true,
            Self::Switch(_) => !default.is_some_and(Json::is_boolean),
            Self::Choice(_) => default.is_some_and(Json::is_object),
            Self::List(list) => list.items.has_settings(),
            _ => false,
        }
    }

    fn has_settings(&self) -> bool {
        match self {
            Self::Choice(variants) => {
                variants.iter().any(|variant| variant.settings.is_some())
            }
            _ => false,
        }
    }
}

/// Where keys hang, and what their table holds.
struct TemplatePlace<'a> {
    path: &'a str,
    /// The values that the table has by default, where it hangs.
    values: Option<&'a Json>,
    /// Whether the lines count; otherwise they are comments.
    active: bool,
}

impl TemplatePlace<'_> {
    /// The default of a key here.
    fn value<'a>(&'a self, key: &'a Key) -> Option<&'a Json> {
        let here = self.values.and_then(|values| values.get(&key.name));
        here.or(key.default.as_ref()).filter(|value| !value.is_null())
    }
}

struct TemplatePage {
    text: String,
}

impl TemplatePage {
    fn keys(&mut self, table: &TableShape, place: &TemplatePlace<'_>) {
        let is_block = |key: &&Key| key.shape.is_block(place.value(key));
        for key in table.keys.iter().filter(|key| !is_block(key)) {
            self.value(key, place);
        }
        for key in &table.keys {
            self.blocks(key, place);
        }
    }

    /// A key with its value in one line, its meaning above.
    fn value(&mut self, key: &Key, place: &TemplatePlace<'_>) {
        self.text.push('\n');
        self.comment(&key.doc);
        if let Shape::Choice(variants) = &key.shape {
            for variant in variants {
                self.comment(&format!("\"{}\": {}", variant.name, variant.doc));
            }
        }
        if let Some(words) = key.words() {
            self.comment(&format!("({words})"));
        }
        let line = match place.value(key) {
            Some(value) => format!("{} = {}", key.name, in_lines(value)),
            None if key.required => format!("#{} =   # has to be given", key.name),
            None => format!("#{} =   # left out by default", key.name),
        };
        self.line(&line, place.active || line.starts_with('#'));
    }

    /// The tables below a key: those of its default, then those to choose from.
    fn blocks(&mut self, key: &Key, place: &TemplatePlace<'_>) {
        let (path, value) = (joined(place.path, &key.name), place.value(key));
        match &key.shape {
            Shape::Table(table) => {
                let inner =
                    TemplatePlace { path: &path, values: value, active: place.active };
                self.block(&key.doc, &format!("[{path}]"), table, &inner);
            }
            Shape::Switch(table) => {
                let active = place.active && !value.is_some_and(|value| value == false);
                let inner = TemplatePlace { path: &path, values: value, active };
                self.block(&key.doc, &format!("[{path}]"), table, &inner);
            }
            Shape::Choice(variants) => {
                let tables = value.filter(|value| value.is_object());
                self.chosen(
                    key,
                    variants,
                    &TemplatePlace { path: &path, values: tables, ..*place },
                );
            }
            Shape::List(list) => {
                if let Shape::Choice(variants) = &*list.items {
                    self.listed(
                        key,
                        variants,
                        &TemplatePlace { path: &path, values: value, ..*place },
                    );
                }
            }
            _ => {}
        }
    }

    fn block(
        &mut self,
        doc: &str,
        header: &str,
        table: &TableShape,
        place: &TemplatePlace<'_>,
    ) {
        self.text.push('\n');
        self.comment(doc);
        self.line(header, place.active);
        self.keys(table, place);
    }

    /// The variant that is the default, then the others as comments.
    fn chosen(&mut self, key: &Key, variants: &[Variant], place: &TemplatePlace<'_>) {
        let is_default = |variant: &&Variant| {
            place.values.is_some_and(|value| value.get(&variant.name).is_some())
        };
        let (default, others): (Vec<_>, Vec<_>) = variants.iter().partition(is_default);
        if place.values.is_some() {
            self.text.push('\n');
            self.comment(&key.doc);
        }
        for variant in default {
            let values = place.values.and_then(|value| value.get(&variant.name));
            self.variant(variant, &TemplatePlace { values, ..*place }, false);
        }
        for variant in others {
            self.variant(
                variant,
                &TemplatePlace { values: None, active: false, ..*place },
                false,
            );
        }
    }

    /// The entries of a list by default, then what else may stand in it.
    fn listed(&mut self, key: &Key, variants: &[Variant], place: &TemplatePlace<'_>) {
        self.text.push('\n');
        self.comment(&key.doc);
        let entries = place.values.and_then(Json::as_array).map(Vec::as_slice);
        let entries = entries.unwrap_or_default();
        let has = |entry: &Json, variant: &Variant| entry.get(&variant.name).is_some();
        for entry in entries {
            for variant in variants.iter().filter(|variant| has(entry, variant)) {
                let values = entry.get(&variant.name);
                self.variant(variant, &TemplatePlace { values, ..*place }, true);
            }
        }
        let others = variants
            .iter()
            .filter(|variant| !entries.iter().any(|entry| has(entry, variant)));
        for variant in others {
            self.variant(
                variant,
                &TemplatePlace { values: None, active: false, ..*place },
                true,
            );
        }
    }

    fn variant(&mut self, variant: &Variant, place: &TemplatePlace<'_>, in_list: bool) {
        let Some(table) = variant.settings.as_ref().and_then(Shape::table) else {
            return;
        };
        self.text.push('\n');
        self.comment(&variant.doc);
        if in_list {
            self.line(&format!("[[{}]]", place.path), place.active);
        }
        let path = joined(place.path, &variant.name);
        self.line(&format!("[{path}]"), place.active);
        self.keys(table, &TemplatePlace { path: &path, ..*place });
    }

    fn line(&mut self, line: &str, active: bool) {
        for line in line.lines() {
            self.text.push_str(if active { "" } else { "#" });
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn comment(&mut self, text: &str) {
        for line in wrapped(text, WIDTH - 2) {
            self.text.push_str(&format!("# {line}"));
            self.text.truncate(self.text.trim_end().len());
            self.text.push('\n');
        }
    }
}

impl Key {
    /// What may be given, in words; `None` where the choices are listed anyhow.
    pub(super) fn words(&self) -> Option<String> {
        if matches!(self.shape, Shape::Choice(_)) {
            return None;
        }
        let kind = self.shape.kind();
        let range = self.shape.numbers().and_then(|(_, range)| range.words());
        Some(match range {
            Some(range) => format!("{kind}: {range}"),
            None => kind,
        })
    }
}

/// A value as TOML, a long list with a line for each of its items.
fn in_lines(value: &Json) -> String {
    let line = written(value);
    match value.as_array() {
        Some(items) if line.len() > WIDTH - 20 => {
            let items = items.iter().map(|item| format!("  {},\n", written(item)));
            format!("[\n{}]", items.collect::<String>())
        }
        _ => line,
    }
}

/// Words in lines of at most so many characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && longer > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}
