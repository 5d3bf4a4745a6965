//! Every key with what it says of itself, one after the other.

use super::asked::steps;
use super::check::{names, written};
use super::range::Range;
use super::shape::{Key, List, Shape, TableShape};

/// What a key says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFact {
    /// The path of the key: `analysis.fatigue.epoch_s`; below a list it goes through `[]`
    /// (`conditioning[].band-pass.low_hz`).
    pub path: String,
    /// What it means.
    pub doc: String,
    /// What may be given, in words: `a number`, `true or false`, the words to choose from.
    pub kind: String,
    /// The default as it is written; `None` where it is left out or has to be given.
    pub default: Option<String>,
    /// Whether it has to be given.
    pub required: bool,
    /// Between what numbers must lie; `None` for anything else.
    pub range: Option<Range>,
    /// Whether it is a whole number.
    pub whole: bool,
}

impl Shape {
    /// The facts of every key that holds a value, in the order of their declaration.
    pub(crate) fn facts(&self) -> Vec<KeyFact> {
        let mut facts = Vec::new();
        self.gather("", &mut facts);
        facts
    }

    fn gather(&self, path: &str, facts: &mut Vec<KeyFact>) {
        match self {
            Self::Table(table) | Self::Switch(table) => table.gather(path, facts),
            Self::List(list) => list.items.gather(&format!("{path}[]"), facts),
            Self::Choice(variants) => {
                for variant in variants {
                    if let Some(settings) = &variant.settings {
                        settings.gather(&joined(path, &variant.name), facts);
                    }
                }
            }
            _ => {}
        }
    }

    /// The range of a number, or of the numbers of a list.
    pub(super) fn numbers(&self) -> Option<(bool, &Range)> {
        match self {
            Self::Number { whole, range } => Some((*whole, range)),
            Self::List(list) => list.items.numbers(),
            _ => None,
        }
    }

    /// Where a key or a table of that name hangs below a table.
    pub(super) fn place_of(&self, name: &str, below: &str) -> Option<String> {
        let ends = |path: &str| {
            let at = path.find(&format!("{name}."))?;
            let begins = at == 0 || path[..at].ends_with('.');
            begins.then(|| path[..at + name.len()].to_owned())
        };
        let is_below = |path: &str| {
            let mut above = steps(path);
            steps(below)
                .filter(|step| step.parse::<usize>().is_err())
                .all(|step| above.next() == Some(step))
        };
        let mut facts = self.facts();
        facts.retain(|fact| is_below(&fact.path));
        let whole = facts.iter().find(|fact| fact.path.rsplit('.').next() == Some(name));
        let table = || facts.iter().find_map(|fact| ends(&fact.path));
        table().or_else(|| whole.map(|fact| fact.path.clone()))
    }
}

impl TableShape {
    fn gather(&self, path: &str, facts: &mut Vec<KeyFact>) {
        for key in &self.keys {
            let path = joined(path, &key.name);
            if key.holds_a_value() {
                facts.push(key.fact(&path));
            }
            key.shape.gather(&path, facts);
        }
    }
}

impl Key {
    /// Whether it is given as a value, and not as a table of further keys alone.
    pub(super) fn holds_a_value(&self) -> bool {
        !matches!(self.shape, Shape::Table(_))
    }

    fn fact(&self, path: &str) -> KeyFact {
        let numbers = self.shape.numbers();
        KeyFact {
            path: path.to_owned(),
            doc: self.doc.clone(),
            kind: self.shape.kind(),
            default: self.default.as_ref().map(written),
            required: self.required,
            range: numbers.map(|(_, range)| range.clone()),
            whole: numbers.is_some_and(|(whole, _)| whole),
        }
    }
}

impl Shape {
    /// What may be given, in words.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::List(list) => list.kind(),
            Self::Number { whole: true, .. } => "whole number".into(),
            Self::Number { .. } => "number".into(),
            Self::Text(_) => "text".into(),
            Self::Truth => "true or false".into(),
            Self::Table(_) => "table".into(),
            Self::Switch(_) => "true, false or table".into(),
            Self::Choice(variants) => names(variants),
        }
    }
}

impl List {
    /// `2 numbers`, `2 × 2 numbers`, `list`.
    fn kind(&self) -> String {
        let items = match &*self.items {
            Shape::List(inner) => inner.kind(),
            Shape::Choice(_) => "names".into(),
            other => format!("{}s", other.kind()),
        };
        match (self.fewest == self.most, &*self.items) {
            (true, Shape::List(_)) => format!("{} × {items}", self.most),
            (true, _) => format!("{} {items}", self.most),
            (false, Shape::Choice(_)) => "list".into(),
            (false, _) => format!("list of {items}"),
        }
    }
}

pub(super) fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
