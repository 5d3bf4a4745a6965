//! One setting changed by its path, as `--set PATH=VALUE` asks for it.

use serde_json::Value as Json;
use toml::{Table, Value};

use super::asked::steps;
use super::shape::Shape;

impl Shape {
    /// Changes one setting of a table that holds what differs from the defaults. A list
    /// that the table leaves out is written out before one of its settings is changed, and
    /// another name of a choice replaces the one before.
    ///
    /// # Errors
    /// When the path leads to no position of a list.
    pub(crate) fn change(
        &self,
        table: &mut Value,
        path: &str,
        value: Value,
    ) -> Result<(), String> {
        let (mut place, mut here) = (table, Some(self));
        for step in steps(path) {
            place = descend(place, step, here)?;
            here = here.and_then(|shape| shape.inner(step));
        }
        *place = value;
        Ok(())
    }

    /// What hangs below a key, a position or a name.
    fn inner(&self, step: &str) -> Option<&Self> {
        match self {
            Self::Table(table) | Self::Switch(table) => {
                table.key(step).map(|key| &key.shape)
            }
            Self::List(list) => Some(&list.items),
            Self::Choice(variants) => {
                let named = variants.iter().find(|variant| variant.name == step);
                named.and_then(|variant| variant.settings.as_ref())
            }
            _ => None,
        }
    }

    /// The list that a key has by default.
    fn default_list(&self, step: &str) -> Option<Value> {
        let key = self.table().and_then(|table| table.key(step))?;
        match (&key.shape, &key.default) {
            (Self::List(_), Some(default)) => Some(toml_from(default)),
            _ => None,
        }
    }
}

/// The place of `step` in a list or table; a table is made where there is none.
fn descend<'a>(
    value: &'a mut Value,
    step: &str,
    shape: Option<&Shape>,
) -> Result<&'a mut Value, String> {
    if let Value::Array(list) = value {
        let length = list.len();
        let position: usize =
            step.parse().map_err(|_| format!("`{step}` is no position of a list"))?;
        return list.get_mut(position).ok_or_else(|| {
            format!(
                "there is no position {position}: the list has {length}, counted from 0"
            )
        });
    }
    if !value.is_table() {
        *value = Value::Table(Table::new());
    }
    let table = value.as_table_mut().ok_or("expected a table")?;
    if matches!(shape, Some(Shape::Choice(_))) {
        table.retain(|other, _| other == step);
    }
    let default = || shape.and_then(|shape| shape.default_list(step));
    let made = || default().unwrap_or_else(|| Value::Table(Table::new()));
    Ok(table.entry(step).or_insert_with(made))
}

/// The same in TOML, which leaves out what has no value.
pub(super) fn toml_from(json: &Json) -> Value {
    match json {
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(list) => Value::Array(list.iter().map(toml_from).collect()),
        Json::Object(table) => {
            let given = table.iter().filter(|(_, value)| !value.is_null());
            let one = |(key, value): (&String, &Json)| (key.clone(), toml_from(value));
            Value::Table(given.map(one).collect())
        }
        Json::Null => Value::Table(Table::new()),
    }
}
