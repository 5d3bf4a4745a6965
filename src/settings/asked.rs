//! A value that was asked for, and where it stands in the text.

use std::borrow::Cow;
use std::ops::Range;

use serde::Serialize;
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::range::shown;

/// A value that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// The bytes of the text that hold it, where it comes from one.
    pub(crate) span: Option<Range<usize>>,
    pub(crate) value: Value,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Truth(bool),
    Whole(i128),
    Number(f64),
    Text(String),
    List(Vec<Asked>),
    Table(Vec<AskedEntry>),
    /// A date or a time, which no setting is.
    Date(String),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AskedEntry {
    pub(crate) key: String,
    /// The bytes of the text that hold the key.
    pub(crate) span: Option<Range<usize>>,
    pub(crate) asked: Asked,
}

impl Asked {
    /// What a TOML text asks for, with the places in it.
    ///
    /// # Errors
    /// When the text is no TOML.
    pub(crate) fn from_text(text: &str) -> Result<Self, toml::de::Error> {
        let table = DeTable::parse(text)?;
        let value = Value::Table(entries(table.get_ref()));
        Ok(Self { span: None, value })
    }

    /// What a value from TOML asks for.
    pub(crate) fn from_toml(value: &toml::Value) -> Self {
        let value = match value {
            toml::Value::Boolean(truth) => Value::Truth(*truth),
            toml::Value::Integer(whole) => Value::Whole((*whole).into()),
            toml::Value::Float(number) => Value::Number(*number),
            toml::Value::String(text) => Value::Text(text.clone()),
            toml::Value::Datetime(date) => Value::Date(date.to_string()),
            toml::Value::Array(list) => {
                Value::List(list.iter().map(Self::from_toml).collect())
            }
            toml::Value::Table(table) => {
                let one = |(key, value): (&String, _)| {
                    AskedEntry::new(key, Self::from_toml(value))
                };
                Value::Table(table.iter().map(one).collect())
            }
        };
        Self { span: None, value }
    }

    /// What settings built in code ask for.
    ///
    /// TOML keeps what is no number as such, and JSON holds whole numbers that TOML does
    /// not.
    pub(crate) fn from_settings(settings: &impl Serialize) -> Self {
        match toml::Value::try_from(settings) {
            Ok(value) => Self::from_toml(&value),
            Err(_) => {
                Self::from_json(&serde_json::to_value(settings).unwrap_or_default())
            }
        }
    }

    fn from_json(value: &Json) -> Self {
        let value = match value {
            Json::Bool(truth) => Value::Truth(*truth),
            Json::Number(number) => match number.as_i128() {
                Some(whole) => Value::Whole(whole),
                None => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(list) => Value::List(list.iter().map(Self::from_json).collect()),
            Json::Object(table) => {
                let given = table.iter().filter(|(_, value)| !value.is_null());
                let one = |(key, value): (&String, _)| {
                    AskedEntry::new(key, Self::from_json(value))
                };
                Value::Table(given.map(one).collect())
            }
            // JSON has no other word for what is no number.
            Json::Null => Value::Number(f64::NAN),
        };
        Self { span: None, value }
    }

    fn from_span(spanned: &Spanned<DeValue<'_>>) -> Self {
        let value = match spanned.get_ref() {
            DeValue::Boolean(truth) => Value::Truth(*truth),
            DeValue::Integer(whole) => {
                // More digits than anything holds are beyond every range.
                let read = i128::from_str_radix(whole.as_str(), whole.radix());
                Value::Whole(read.unwrap_or(i128::MAX))
            }
            DeValue::Float(number) => {
                Value::Number(number.as_str().parse().unwrap_or(f64::NAN))
            }
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(list) => {
                Value::List(list.iter().map(Self::from_span).collect())
            }
            DeValue::Table(table) => Value::Table(entries(table)),
        };
        Self { span: Some(spanned.span()), value }
    }

    /// The bytes of the text that hold the value of a key such as
    /// `conditioning[1].band-pass.high_hz`; those of the table around it where the text
    /// does not give it.
    pub(crate) fn span_of(&self, path: &str) -> Option<Range<usize>> {
        let (mut here, mut span) = (self, self.span.clone());
        for step in steps(path) {
            let next = match &here.value {
                Value::Table(table) => {
                    table.iter().find(|entry| entry.key == step).map(|entry| &entry.asked)
                }
                Value::List(list) => step.parse().ok().and_then(|at: usize| list.get(at)),
                _ => None,
            };
            let Some(next) = next else { break };
            span = next.span.clone().or(span);
            here = next;
        }
        span
    }

    /// Takes out the key at a path through tables; whether it was there.
    pub(crate) fn remove(&mut self, path: &str) -> bool {
        let Value::Table(entries) = &mut self.value else {
            return false;
        };
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let Some(at) = entries.iter().position(|entry| entry.key == first) else {
            return false;
        };
        match rest {
            "" => drop(entries.remove(at)),
            rest => return entries[at].asked.remove(rest),
        }
        true
    }

    /// The value as a reader would name it.
    pub(super) fn described(&self) -> String {
        match &self.value {
            Value::Truth(truth) => truth.to_string(),
            Value::Whole(whole) => format!("the number {whole}"),
            Value::Number(number) => format!("the number {}", decimal(*number)),
            Value::Text(text) => format!("the text {text:?}"),
            Value::List(_) => "a list".into(),
            Value::Table(_) => "a table".into(),
            Value::Date(date) => format!("the date {date}"),
        }
    }
}

impl AskedEntry {
    fn new(key: &str, asked: Asked) -> Self {
        Self { key: key.to_owned(), span: None, asked }
    }
}

/// The keys and positions of a path: `a[1].b` and `a.1.b` are the same.
pub(super) fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']']).map(str::trim).filter(|step| !step.is_empty())
}

/// A number that is none of the whole ones: `2.0` where it was written so.
fn decimal(number: f64) -> String {
    let text = shown(number);
    let whole = number.is_finite() && !text.contains(['.', 'e']);
    if whole { format!("{text}.0") } else { text }
}

fn entries(table: &DeTable<'_>) -> Vec<AskedEntry> {
    let one =
        |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| AskedEntry {
            key: key.get_ref().clone().into_owned(),
            span: Some(key.span()),
            asked: Asked::from_span(value),
        };
    table.iter().map(one).collect()
}
