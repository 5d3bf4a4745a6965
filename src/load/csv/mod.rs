//! Delimited text of any habit: decode the characters, find the dialect, understand the
//! header, read the table, find the clock, make the channels.

use std::io;

use super::source::ByteSource;
use super::{Format, Hints, InBlocks, text};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::Recording;

mod channels;
mod clock;
mod dialect;
mod fixed;
mod head;
mod header;
mod names;
mod numbers;
mod plain;
mod refuse;
mod rows;
mod stated;
mod table;
mod timing;
mod vendor;

use dialect::CsvDialect;
use header::Header;
use plain::Extent;
use table::SampleTable;
use vendor::Vendor;

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
        // Memory is read without an error.
        match self.read_blocks(&mut ByteSource::from_bytes(bytes), hints, false) {
            Ok(Some((recording, _))) => Ok(recording),
            _ => read_text(bytes, hints),
        }
    }

    fn read_blocks(
        &self,
        source: &mut ByteSource<'_>,
        hints: &Hints,
        fingerprint: bool,
    ) -> io::Result<Option<InBlocks>> {
        let Some(head) = head::read(source)? else {
            return Ok(None);
        };
        let Some(dialect) = dialect::recognise_in(&head.samples()) else {
            return Ok(None);
        };
        // Where something is wrong, the way through the whole text says what and where.
        let Ok(header) = header::understand(&dialect) else {
            return Ok(None);
        };
        if header.vendor == Some(Vendor::Nexus) || refuse::events(&header).is_err() {
            return Ok(None);
        }
        let rows = head.rows(&dialect);
        let Some(way) = table::way(&dialect, &header, rows) else {
            return Ok(None);
        };
        let begin = head.begin + dialect.body;
        let room = (source.length() - begin) / table::shortest_row(rows) + 1;
        let extent = Extent { begin, rows: room, fingerprint };
        let Some((table, fingerprint)) =
            table::read_plain(source, &dialect, way, extent)?
        else {
            return Ok(None);
        };
        let recording =
            recording(head.encoding(&dialect), &dialect, header, table, hints);
        Ok(recording.ok().map(|recording| (recording, fingerprint)))
    }
}

fn read_text(bytes: &[u8], hints: &Hints) -> Result<Recording> {
    let text = text::decode(bytes, ErrorKind::Load)?;
    let Some(dialect) = dialect::recognise(&text.characters) else {
        return Err(refuse::without_numbers(&text.characters));
    };
    let header = header::understand(&dialect)?;
    refuse::events(&header)?;
    let table = table::read(&text.characters, &dialect, &header)?;
    recording(text.encoding, &dialect, header, table, hints)
}

fn recording(
    encoding: &str,
    dialect: &CsvDialect,
    mut header: Header,
    table: SampleTable,
    hints: &Hints,
) -> Result<Recording> {
    refuse::sweeps(&table, &header)?;
    refuse_single_row(&table)?;
    timing::assign_roles(&mut header, &table);
    let mut warnings = std::mem::take(&mut header.warnings);
    warnings.extend(table.warnings.iter().cloned());
    let made = channels::assemble(&header, table, hints)?;
    warnings.extend(made.warnings);
    let dialect = [words(encoding, dialect), header.findings, made.findings].concat();
    Ok(Recording {
        format: Csv.name(),
        dialect,
        channels: made.channels,
        events: made.events,
        warnings,
    })
}

fn words(encoding: &str, dialect: &CsvDialect) -> Vec<String> {
    let decimal = if dialect.decimal == b',' { "comma" } else { "point" };
    vec![
        format!("encoding: {encoding}"),
        format!("delimiter: {}", dialect.delimiter.word()),
        format!("decimal sign: {decimal}"),
    ]
}

fn refuse_single_row(table: &SampleTable) -> Result<()> {
    if table.rows() > 1 {
        return Ok(());
    }
    let error = Error::new(ErrorKind::Load, "the file holds a single row of samples");
    let hint = "a recording has one row for each sample; was the export interrupted?";
    Err(error.at_line(table.line(0)).with_hint(hint))
}
