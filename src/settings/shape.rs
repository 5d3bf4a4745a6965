//! The tree of all keys, read from the JSON schema of the settings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json};

use super::WORD;
use super::range::Range;

/// What may stand at a place of a recipe.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// `true` or `false`.
    Truth,
    /// A number, with decimals or whole.
    Number { whole: bool, range: Range },
    /// A text, and the pattern that must be found in it.
    Text(Option<Pattern>),
    /// A list of things that are alike.
    List(List),
    /// A table of keys.
    Table(TableShape),
    /// One of several words, or of several names with a table each.
    Choice(Vec<Variant>),
    /// `false`, `true` (the defaults) or a table.
    Switch(TableShape),
}

/// What must be found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Anything that is no space.
    NotBlank,
    /// A letter or a digit.
    Word,
}

/// A list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct List {
    pub(crate) items: Box<Shape>,
    pub(crate) fewest: usize,
    pub(crate) most: usize,
}

/// A table of settings.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct TableShape {
    pub(crate) doc: String,
    /// The keys in the order in which they are declared.
    pub(crate) keys: Vec<Key>,
}

/// A key with what it says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) shape: Shape,
    /// Its default; `None` where it is left out.
    pub(crate) default: Option<Json>,
    /// Whether it has to be given.
    pub(crate) required: bool,
}

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// What hangs below the name; `None` for a mere word.
    pub(crate) settings: Option<Shape>,
}

impl Shape {
    /// The shape of some settings.
    ///
    /// It is read from the schema of what is written out, whose `required` lists the keys
    /// in the order of their declaration; what must be given is told by the schema of what
    /// is read.
    pub(crate) fn read<T: JsonSchema>() -> Self {
        let schema = |settings: SchemaSettings| -> Json {
            settings.into_generator().into_root_schema_for::<T>().to_value()
        };
        let written = schema(SchemaSettings::draft2020_12().for_serialize());
        let asked = schema(SchemaSettings::draft2020_12());
        let place = ShapePlace { written: &written, asked: &asked };
        place.shape(&written, &asked)
    }

    /// The table that holds the keys, if this has any.
    pub(crate) fn table(&self) -> Option<&TableShape> {
        match self {
            Self::Table(table) | Self::Switch(table) => Some(table),
            _ => None,
        }
    }
}

impl TableShape {
    /// The key of that name.
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// Both schemas, for what is referred to.
struct ShapePlace<'a> {
    written: &'a Json,
    asked: &'a Json,
}

impl ShapePlace<'_> {
    fn shape(&self, written: &Json, asked: &Json) -> Shape {
        let (written, asked) =
            (referred(self.written, written), referred(self.asked, asked));
        if let Some(choices) = written.get("oneOf").and_then(Json::as_array) {
            return Shape::Choice(self.variants(choices, asked));
        }
        if let Some(either) = written.get("anyOf").and_then(Json::as_array) {
            return self.either(either, asked);
        }
        self.plain(written, asked)
    }

    fn plain(&self, written: &Json, asked: &Json) -> Shape {
        let empty = Map::new();
        let object = written.as_object().unwrap_or(&empty);
        match type_of(written) {
            "boolean" => Shape::Truth,
            "integer" => Shape::Number { whole: true, range: Range::read(object) },
            "number" => Shape::Number { whole: false, range: Range::read(object) },
            "array" => self.list(written, asked),
            "object" => Shape::Table(self.table(written, asked)),
            _ => match words(written) {
                Some(words) => Shape::Choice(words),
                None => Shape::Text(pattern(written)),
            },
        }
    }

    /// A switch, or something that may be left out.
    fn either(&self, either: &[Json], asked: &Json) -> Shape {
        let is = |schema: &Json, kind: &str| type_of(schema) == kind;
        let settings = either
            .iter()
            .position(|schema| !is(schema, "boolean") && !is(schema, "null"));
        let shape = settings.map(|place| {
            self.shape(
                &either[place],
                asked.pointer(&format!("/anyOf/{place}")).unwrap_or(asked),
            )
        });
        match shape {
            Some(Shape::Table(table))
                if either.iter().any(|schema| is(schema, "boolean")) =>
            {
                Shape::Switch(table)
            }
            other => other.unwrap_or(Shape::Truth),
        }
    }

    fn list(&self, written: &Json, asked: &Json) -> Shape {
        let count = |key: &str| {
            written
                .get(key)
                .and_then(Json::as_u64)
                .and_then(|count| usize::try_from(count).ok())
        };
        let nothing = Json::Null;
        let items =
            |schema: &Json| schema.get("items").cloned().unwrap_or(nothing.clone());
        let (mut of_written, of_asked) = (items(written), items(asked));
        // The unit of a list is that of its numbers.
        if let (Some(unit), Some(object)) =
            (written.get("unit"), of_written.as_object_mut())
        {
            object.entry("unit").or_insert_with(|| unit.clone());
        }
        Shape::List(List {
            items: Box::new(self.shape(&of_written, &of_asked)),
            fewest: count("minItems").unwrap_or(0),
            most: count("maxItems").unwrap_or(usize::MAX),
        })
    }

    fn table(&self, written: &Json, asked: &Json) -> TableShape {
        let properties = |schema: &Json| -> BTreeMap<String, Json> {
            let properties = schema.get("properties").and_then(Json::as_object).cloned();
            properties.unwrap_or_default().into_iter().collect()
        };
        let (of_written, of_asked) = (properties(written), properties(asked));
        let required = names(asked, "required");
        let mut order = names(written, "required");
        order.extend(of_written.keys().filter(|name| !required.contains(name)).cloned());
        let mut seen = Vec::new();
        for name in order {
            if !seen.contains(&name) {
                seen.push(name);
            }
        }
        let keys = seen.into_iter().filter_map(|name| {
            let (written, asked) = (of_written.get(&name)?, of_asked.get(&name)?);
            Some(Key {
                doc: doc(written),
                shape: self.shape(written, asked),
                default: written.get("default").filter(|value| !value.is_null()).cloned(),
                required: required.contains(&name),
                name,
            })
        });
        TableShape { doc: doc(written), keys: keys.collect() }
    }

    fn variants(&self, choices: &[Json], asked: &Json) -> Vec<Variant> {
        let mut variants = Vec::new();
        for (place, choice) in choices.iter().enumerate() {
            if let Some(words) = words(choice) {
                variants.extend(words);
                continue;
            }
            let asked = asked.pointer(&format!("/oneOf/{place}/properties"));
            let named = choice.get("properties").and_then(Json::as_object);
            for (name, settings) in named.into_iter().flatten() {
                let asked = asked.and_then(|properties| properties.get(name));
                let settings = Some(self.shape(settings, asked.unwrap_or(settings)));
                variants.push(Variant { name: name.clone(), doc: doc(choice), settings });
            }
        }
        variants
    }
}

/// The schema itself, or what it refers to.
fn referred<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    let target = schema
        .get("$ref")
        .and_then(Json::as_str)
        .and_then(|reference| root.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(schema)
}

/// The type of a value, whether or not it may be left out.
fn type_of(schema: &Json) -> &str {
    match schema.get("type") {
        Some(Json::String(kind)) => kind,
        Some(Json::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Json::as_str);
            kinds.find(|kind| *kind != "null").unwrap_or_default()
        }
        _ => "",
    }
}

/// The pattern of a text; the two that there are, and any other, ask for a sign at least.
fn pattern(schema: &Json) -> Option<Pattern> {
    let pattern = schema.get("pattern").and_then(Json::as_str)?;
    Some(if pattern == WORD { Pattern::Word } else { Pattern::NotBlank })
}

/// The words of a closed list of them.
fn words(schema: &Json) -> Option<Vec<Variant>> {
    let one =
        schema.get("const").and_then(Json::as_str).map(|word| vec![word.to_owned()]);
    let words = one.or_else(|| {
        let words = names(schema, "enum");
        (!words.is_empty()).then_some(words)
    })?;
    let word = |name| Variant { name, doc: doc(schema), settings: None };
    Some(words.into_iter().map(word).collect())
}

fn names(schema: &Json, key: &str) -> Vec<String> {
    let names =
        schema.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// The doc comment with its lines joined; paragraphs stay apart.
fn doc(schema: &Json) -> String {
    let text = schema.get("description").and_then(Json::as_str).unwrap_or_default();
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
