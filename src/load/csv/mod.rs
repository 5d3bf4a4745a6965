//! Delimited text of any habit: decode the characters, find the dialect, understand the header, read
//! the table, find the clock, make the channels.

use super::{Format, Hints};
use crate::error::{Error, Result, Stage};
use crate::signal::Recording;

mod channels;
mod clock;
mod dialect;
mod header;
mod names;
mod numbers;
mod refuse;
mod rows;
mod stated;
mod table;
mod text;
mod timing;
mod vendor;

/// Delimited text of any habit.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "CSV"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "txt", "tsv"]
    }

    fn recognises(&self, head: &[u8]) -> bool {
        text::is_text(head)
    }

    fn read(&self, bytes: &[u8], hints: &Hints) -> Result<Recording> {
        let text = text::decode(bytes)?;
        let Some(dialect) = dialect::recognise(&text.characters) else {
            return Err(refuse::without_numbers(&text.characters));
        };
        let mut header = header::understand(&dialect)?;
        refuse::events(&header)?;
        let table = table::read(&text.characters, &dialect, &header)?;
        refuse::sweeps(&table, &header)?;
        refuse_single_row(&table)?;
        timing::assign_roles(&mut header, &table);
        let mut warnings = std::mem::take(&mut header.warnings);
        warnings.extend(table.warnings.iter().cloned());
        let made = channels::assemble(&header, table, hints)?;
        warnings.extend(made.warnings);
        let dialect = [words(&text, &dialect), header.findings, made.findings].concat();
        Ok(Recording { format: self.name(), dialect, channels: made.channels, events: Vec::new(), warnings })
    }
}

fn words(text: &text::Text<'_>, dialect: &dialect::Dialect) -> Vec<String> {
    let decimal = if dialect.decimal == b',' { "comma" } else { "point" };
    vec![
        format!("encoding: {}", text.encoding),
        format!("delimiter: {}", dialect.delimiter.word()),
        format!("decimal sign: {decimal}"),
    ]
}

fn refuse_single_row(table: &table::Table) -> Result<()> {
    if table.rows() > 1 {
        return Ok(());
    }
    Err(Error::new(Stage::Load, "the file holds a single row of samples")
        .at_line(table.line(0))
        .with_hint("a recording has one row for each sample; was the export interrupted?"))
}
