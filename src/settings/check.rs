//! Whether what was asked for is what may be asked for, and what is said where it is not.

use std::ops::Range as Span;

use serde_json::Value as Json;

use super::asked::{Asked, AskedEntry, Value};
use super::range::{Range, shown};
use super::shape::{Key, List, Pattern, Shape, TableShape, Variant};
use crate::error::{Error, ErrorKind};
use crate::words::nearest;

/// What is wrong, and the bytes of the text that hold it.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) error: Error,
    pub(crate) span: Option<Span<usize>>,
    unknown: Option<Unknown>,
}

/// A key that is unknown where it stands.
#[derive(Debug)]
struct Unknown {
    key: String,
    /// Those that are known there.
    known: Vec<String>,
    /// Whether one of them is like it.
    is_guessed: bool,
}

type Checked = Result<(), Mistake>;

impl Mistake {
    fn new(error: Error, span: Option<&Span<usize>>) -> Self {
        Self { error, span: span.cloned(), unknown: None }
    }

    fn under(self, key: &str) -> Self {
        Self { error: self.error.under(key), ..self }
    }

    fn or_hint(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) if self.error.hint().is_none() => {
                Self { error: self.error.with_hint(hint), ..self }
            }
            _ => self,
        }
    }

    /// That a name is none of those that are known here.
    fn unknown<'a>(entry: &AskedEntry, known: impl Iterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.collect();
        let near = nearest(&entry.key, known.iter().copied());
        let meant = match near.is_empty() {
            true => String::new(),
            false => format!("; did you mean `{}`?", near.join("` or `")),
        };
        let text = format!("unknown key `{}`{meant}", entry.key);
        let error = Error::at_key(ErrorKind::Recipe, "", text);
        let unknown = Unknown {
            key: entry.key.clone(),
            is_guessed: !near.is_empty(),
            known: known.into_iter().map(str::to_owned).collect(),
        };
        Self { unknown: Some(unknown), ..Self::new(error, entry.span.as_ref()) }
    }

    /// Whether a value itself is at fault, or an item of it, and not a key below it.
    fn is_of_value(&self) -> bool {
        let item = |key: &str| {
            key.chars().all(|sign| sign.is_ascii_digit() || "[]".contains(sign))
        };
        self.unknown.is_none() && self.error.key().is_none_or(item)
    }

    /// That a value is of another kind than asked for.
    fn kind(expected: &str, asked: &Asked) -> Self {
        let text = format!("expected {expected}, found {}", asked.described());
        Self::new(Error::at_key(ErrorKind::Recipe, "", text), asked.span.as_ref())
    }

    /// That a value is not what it must be.
    fn value(value: impl ToString, said: impl Into<String>, asked: &Asked) -> Self {
        let error = Error::about(ErrorKind::Recipe, "", value, said);
        Self::new(error, asked.span.as_ref())
    }
}

impl Shape {
    /// Checks what was asked for: kinds, names, ranges, lengths. The key of the error is
    /// the path from here.
    pub(crate) fn check(&self, asked: &Asked) -> Checked {
        self.check_value(asked).map_err(|fault| self.elsewhere(fault))
    }

    fn check_value(&self, asked: &Asked) -> Checked {
        match (self, &asked.value) {
            (Self::Truth, Value::Truth(_)) | (Self::Switch(_), Value::Truth(_)) => Ok(()),
            (Self::Number { whole, range }, _) => check_number(asked, *whole, range),
            (Self::Text(pattern), Value::Text(text)) => match pattern {
                Some(pattern) => pattern.check(text, asked),
                None => Ok(()),
            },
            (Self::List(list), Value::List(items)) => list.check(items, asked),
            (Self::Table(table) | Self::Switch(table), Value::Table(entries)) => {
                table.check(entries, asked)
            }
            (Self::Choice(variants), _) => check_choice(variants, asked),
            _ => Err(Mistake::kind(&self.expected(), asked)),
        }
    }

    /// What is expected, in words.
    fn expected(&self) -> String {
        match self {
            Self::Truth => "true or false".into(),
            Self::Number { whole: true, .. } => "a whole number".into(),
            Self::Number { .. } => "a number".into(),
            Self::Text(_) => "text in quotes".into(),
            Self::List(_) => "a list".into(),
            Self::Table(_) => "a table of settings".into(),
            Self::Switch(_) => "true, false or a table of settings".into(),
            Self::Choice(variants) => format!("one of {}", names(variants)),
        }
    }

    /// Tells where the key that is unknown in one table hangs below it, else which keys
    /// the table has: one of the same name in another table means something else.
    fn elsewhere(&self, fault: Mistake) -> Mistake {
        let Some(Unknown { key, known, is_guessed: false }) = &fault.unknown else {
            return fault;
        };
        let place = self.place_of(key, fault.error.key().unwrap_or_default());
        let hint = match place {
            Some(place) => Some(format!("did you mean `{place}`?")),
            None if known.len() > MOST_NAMES => None,
            None => Some(format!("known here are `{}`", known.join("`, `"))),
        };
        fault.or_hint(hint)
    }
}

impl Pattern {
    fn check(self, text: &str, asked: &Asked) -> Checked {
        let (found, said) = match self {
            Self::NotBlank => (!text.trim().is_empty(), "is blank"),
            Self::Word => {
                (text.chars().any(char::is_alphanumeric), "has no letter and no digit")
            }
        };
        match found {
            true => Ok(()),
            false => Err(Mistake::value(format!("{text:?}"), said, asked)),
        }
    }
}

fn check_number(asked: &Asked, whole: bool, range: &Range) -> Checked {
    let (value, shown) = match asked.value {
        Value::Whole(value) => (value as f64, value.to_string()),
        Value::Number(value) if value.is_nan() => {
            return Err(Mistake::value("nan", "is not a number", asked));
        }
        Value::Number(value) if value.is_infinite() => {
            return Err(Mistake::value(value, "is not finite", asked));
        }
        Value::Number(value) if !whole => (value, shown(value)),
        _ if whole => return Err(Mistake::kind("a whole number", asked)),
        _ => return Err(Mistake::kind("a number", asked)),
    };
    match range.holds(value) {
        true => Ok(()),
        false => Err(Mistake::value(shown, range.complaint(), asked)),
    }
}

impl List {
    fn check(&self, items: &[Asked], asked: &Asked) -> Checked {
        if items.len() < self.fewest || items.len() > self.most {
            return Err(Mistake::kind_of_list(self, items.len(), asked));
        }
        for (place, item) in items.iter().enumerate() {
            let checked = self.items.check_value(item);
            checked.map_err(|fault| fault.under(&format!("[{place}]")))?;
        }
        Ok(())
    }
}

impl Mistake {
    fn kind_of_list(list: &List, found: usize, asked: &Asked) -> Self {
        let text = match (list.fewest == list.most, found) {
            (true, _) => {
                format!("expected a list of {}, found a list of {found}", list.most)
            }
            (false, 0) => "the list is empty".into(),
            _ => format!("expected a list of at least {}, found {found}", list.fewest),
        };
        Self::new(Error::at_key(ErrorKind::Recipe, "", text), asked.span.as_ref())
    }
}

impl TableShape {
    fn check(&self, entries: &[AskedEntry], asked: &Asked) -> Checked {
        for entry in entries {
            let Some(key) = self.key(&entry.key) else {
                let known = self.keys.iter().map(|key| key.name.as_str());
                return Err(Mistake::unknown(entry, known));
            };
            let is_table = matches!(entry.asked.value, Value::Table(_));
            key.shape.check_value(&entry.asked).map_err(|fault| {
                let works = key.works().filter(|_| fault.is_of_value() && !is_table);
                fault.or_hint(works).under(&key.name)
            })?;
        }
        let given = |key: &Key| entries.iter().any(|entry| entry.key == key.name);
        match self.keys.iter().find(|key| key.required && !given(key)) {
            None => Ok(()),
            Some(key) => {
                let text = format!("the key `{}` is missing", key.name);
                let error = Error::at_key(ErrorKind::Recipe, "", text);
                Err(Mistake::new(error, asked.span.as_ref()))
            }
        }
    }
}

impl Key {
    /// A value that works, for a hint.
    fn works(&self) -> Option<String> {
        match &self.default {
            Some(default) if !default.is_object() && !is_long(default) => {
                Some(format!("{} = {} works", self.name, written(default)))
            }
            _ if self.required => None,
            _ => Some(format!("leave {} out to use the default", self.name)),
        }
    }
}

fn is_long(default: &Json) -> bool {
    written(default).len() > 60
}

fn check_choice(variants: &[Variant], asked: &Asked) -> Checked {
    let named = |name: &str| variants.iter().find(|variant| variant.name == name);
    match &asked.value {
        Value::Text(word) => match named(word) {
            Some(Variant { settings: None, .. }) => Ok(()),
            Some(variant) => {
                let fault = Mistake::value(format!("{word:?}"), "needs a table", asked);
                Err(fault.or_hint(Some(format!("{} works", variant.example()))))
            }
            None => Err(unnamed(variants, word, asked)),
        },
        Value::Table(entries) if entries.len() == 1 => {
            let AskedEntry { key, asked: inner, .. } = &entries[0];
            match named(key) {
                Some(Variant { settings: Some(settings), .. }) => {
                    settings.check_value(inner).map_err(|fault| fault.under(key))
                }
                Some(_) => {
                    let fault = Mistake::kind("a word", asked);
                    Err(fault.or_hint(Some(format!("{key:?} works"))))
                }
                None => {
                    let known = variants.iter().map(|variant| variant.name.as_str());
                    let hint = format!("known are {}", names(variants));
                    Err(Mistake::unknown(&entries[0], known).or_hint(Some(hint)))
                }
            }
        }
        Value::Table(entries) => {
            let found = if entries.is_empty() { "none" } else { "several" };
            let text = format!("expected one of {}, found {found}", names(variants));
            Err(Mistake::new(
                Error::at_key(ErrorKind::Recipe, "", text),
                asked.span.as_ref(),
            ))
        }
        _ => Err(Mistake::kind(&format!("one of {}", names(variants)), asked)),
    }
}

fn unnamed(variants: &[Variant], word: &str, asked: &Asked) -> Mistake {
    let said = format!("is not one of {}", names(variants));
    let fault = Mistake::value(format!("{word:?}"), said, asked);
    let near = nearest(word, variants.iter().map(|variant| variant.name.as_str()));
    let meant = near.first().and_then(|near| {
        let variant = variants.iter().find(|variant| variant.name == *near)?;
        Some(format!("did you mean {}?", variant.example()))
    });
    let all = || Some(format!("known are {}", listed(variants)));
    fault.or_hint(meant.or_else(|| all().filter(|_| variants.len() > MOST_NAMES)))
}

/// More names than these are too many for a sentence.
const MOST_NAMES: usize = 12;

impl Variant {
    /// How it is written, for a hint.
    fn example(&self) -> String {
        match self.settings {
            None => format!("\"{}\"", self.name),
            Some(_) => format!("{{ {} = {{}} }}", self.name),
        }
    }
}

/// The names to choose from, for a sentence.
pub(super) fn names(variants: &[Variant]) -> String {
    match variants.len() {
        0..=MOST_NAMES => listed(variants),
        many => format!("the {many} known names"),
    }
}

fn listed(variants: &[Variant]) -> String {
    let name = |variant: &Variant| match variant.settings {
        None => format!("\"{}\"", variant.name),
        Some(_) => format!("{{ {} = … }}", variant.name),
    };
    variants.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A default as it is written into a recipe.
pub(super) fn written(value: &Json) -> String {
    match value {
        Json::Number(number) => match number.as_f64() {
            Some(value) if !number.is_i64() && !number.is_u64() => shown(value),
            _ => number.to_string(),
        },
        Json::Array(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        Json::Object(table) => {
            let given = table.iter().filter(|(_, value)| !value.is_null());
            let one =
                |(key, value): (&String, &Json)| format!("{key} = {}", written(value));
            let keys = given.map(one).collect::<Vec<_>>().join(", ");
            if keys.is_empty() { "{}".into() } else { format!("{{ {keys} }}") }
        }
        other => other.to_string(),
    }
}
