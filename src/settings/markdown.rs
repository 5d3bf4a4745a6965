//! Every key as a page of the documentation: `docs/recipe.md`.

use serde_json::Value as Json;

use super::check::written;
use super::fact::joined;
use super::shape::{Key, Shape, TableShape, Variant};

impl Shape {
    /// The tables of all keys, a section for each key of the recipe.
    pub(crate) fn markdown(&self) -> String {
        let mut page = KeyPage::default();
        for key in self.table().into_iter().flat_map(|table| &table.keys) {
            page.section(key, &key.name, 2);
        }
        page.text
    }
}

#[derive(Default)]
struct KeyPage {
    text: String,
}

impl KeyPage {
    /// A section for a key and for all that hangs below it.
    fn section(&mut self, key: &Key, path: &str, level: usize) {
        let heading = "#".repeat(level);
        self.text.push_str(&format!("\n{heading} `{path}`\n\n{}\n", key.doc));
        if key.default.as_ref().is_some_and(|default| default == false) {
            self.text.push_str("\nIt is off by default.\n");
        }
        match &key.shape {
            Shape::Table(table)
                if level == 2 && table.keys.iter().all(Key::is_section) =>
            {
                for inner in &table.keys {
                    self.section(inner, &joined(path, &inner.name), level + 1);
                }
            }
            Shape::Table(table) | Shape::Switch(table) => self.table(table, path, level),
            shape => {
                self.text.push_str(&format!("\nDefault: {}.\n", default_words(key)));
                for variant in shape.variants() {
                    self.variant(variant, &key.shape.below(path), level + 1);
                }
            }
        }
    }

    fn table(&mut self, table: &TableShape, path: &str, level: usize) {
        let mut rows = Vec::new();
        rows_of(table, "", &mut rows);
        if rows.is_empty() {
            self.text.push_str("\nIt has no keys yet.\n");
            return;
        }
        self.text.push_str("\n| key | default | range | meaning |\n|---|---|---|---|\n");
        for (name, key) in &rows {
            let cells = [default_words(key), range_words(key), meaning(key)];
            let cells = cells.map(|cell| cell.replace('|', "\\|")).join(" | ");
            self.text.push_str(&format!("| `{name}` | {cells} |\n"));
        }
        for (name, key) in rows {
            let path = key.shape.below(&joined(path, &name));
            for variant in key.shape.variants() {
                self.variant(variant, &path, level + 1);
            }
        }
    }

    fn variant(&mut self, variant: &Variant, path: &str, level: usize) {
        let Some(table) = variant.settings.as_ref().and_then(Shape::table) else {
            return;
        };
        let (heading, path) = ("#".repeat(level), joined(path, &variant.name));
        self.text.push_str(&format!("\n{heading} `{path}`\n\n{}\n", variant.doc));
        self.text.push_str(&format!("\n{}\n", table.doc));
        self.table(table, &path, level);
    }
}

impl Key {
    /// Whether it deserves a section of its own.
    fn is_section(&self) -> bool {
        matches!(self.shape, Shape::Table(_) | Shape::Switch(_))
    }
}

impl Shape {
    /// What there is to choose from, in a list or alone.
    fn variants(&self) -> &[Variant] {
        match self {
            Self::Choice(variants) => variants,
            Self::List(list) => match &*list.items {
                Self::Choice(variants) => variants,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The path of what hangs below.
    fn below(&self, path: &str) -> String {
        match self {
            Self::List(_) => format!("{path}[]"),
            _ => path.to_owned(),
        }
    }
}

/// The keys of a table and of the tables below it, by their names from here.
fn rows_of<'a>(table: &'a TableShape, before: &str, rows: &mut Vec<(String, &'a Key)>) {
    for key in &table.keys {
        let name = joined(before, &key.name);
        match &key.shape {
            Shape::Table(inner) => rows_of(inner, &name, rows),
            _ => rows.push((name, key)),
        }
    }
}

fn default_words(key: &Key) -> String {
    let shown =
        |default| choices(default).unwrap_or_else(|| format!("`{}`", written(default)));
    match &key.default {
        None if key.required => "has to be given".into(),
        None => "left out".into(),
        Some(default) => shown(default),
    }
}

/// The names that a default chooses, whose settings stand elsewhere.
fn choices(default: &Json) -> Option<String> {
    let name = |entry: &Json| match entry.as_object() {
        Some(table) => table.keys().next().map(|name| format!("`{name}`")),
        None => None,
    };
    match default {
        Json::Array(entries) if !entries.is_empty() => {
            let names: Option<Vec<String>> = entries.iter().map(name).collect();
            names.map(|names| names.join(", "))
        }
        entry => name(entry),
    }
}

fn range_words(key: &Key) -> String {
    match key.words() {
        Some(words) => words,
        None => {
            let name = |variant: &Variant| format!("`{}`", variant.name);
            key.shape.variants().iter().map(name).collect::<Vec<_>>().join(", ")
        }
    }
}

fn meaning(key: &Key) -> String {
    let mut text = key.doc.replace("\n\n", "<br>");
    for variant in
        key.shape.variants().iter().filter(|variant| variant.settings.is_none())
    {
        text.push_str(&format!("<br>`{}`: {}", variant.name, variant.doc));
    }
    text
}
