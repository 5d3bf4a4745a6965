//! Delimited text of any habit: decode the characters, find the dialect, understand the
//! header, read the table, find the clock, make the channels.

use std::io;

use super::source::ByteSource;
use super::{Format, Hints, InBlocks, text};
use crate::error::{Error, ErrorKind, Result};
use crate::signal::Recording;

mod channels;
mod dialect;
mod fixed;
mod head;
mod header;
mod keys;
mod marks;
mod names;
mod numbers;
mod plain;
mod refuse;
mod roles;
mod rows;
mod sections;
mod stated;
mod table;
mod timing;
mod untold;
mod vendor;

use dialect::{CsvDialect, HEAD};
use header::Header;
use plain::Extent;
use sections::{Block, Part};
use table::SampleTable;
use timing::began::Began;
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
        if header.vendor == Some(Vendor::Nexus)
            || refuse::events(&header).is_err()
            || refuse::thousands(&head.samples(), &dialect, &header).is_err()
        {
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
            table::read_plain(source, (&dialect, &header), way, extent)?
        else {
            return Ok(None);
        };
        let recording =
            recording(head.encoding(&dialect), &dialect, header, table, hints);
        Ok(recording.ok().map(|(recording, _)| (recording, fingerprint)))
    }
}

fn read_text(bytes: &[u8], hints: &Hints) -> Result<Recording> {
    let text = text::decode(bytes, ErrorKind::Load)?;
    let (parts, told) = sections::parts(&text.characters);
    let mut recording = match parts[..] {
        [part] => read_part(part, text.encoding, hints).map(|block| block.recording),
        _ => {
            let read = |part: &Part<'_>| read_part(*part, text.encoding, hints);
            sections::joined(parts.iter().map(read).collect())
        }
    }?;
    recording.warnings.splice(0..0, told);
    Ok(recording)
}

fn read_part(part: Part<'_>, encoding: &str, hints: &Hints) -> Result<Block> {
    let Some(dialect) = dialect::recognise(part.text) else {
        return Err(refuse::without_numbers(part.text));
    };
    let dialect = dialect.beginning_on(part.line);
    let header = header::understand(&dialect)?;
    refuse::events(&header)?;
    refuse::thousands(&dialect::sampled(part.text, HEAD), &dialect, &header)?;
    let table = table::read(part.text, &dialect, &header)?;
    let (recording, by_clock) = recording(encoding, &dialect, header, table, hints)?;
    let began = by_clock.or_else(|| Began::in_header(&dialect));
    Ok(Block { recording, line: part.line, began })
}

/// The recording, and when it began where its clock tells.
fn recording(
    encoding: &str,
    dialect: &CsvDialect,
    mut header: Header,
    table: SampleTable,
    hints: &Hints,
) -> Result<(Recording, Option<Began>)> {
    let table = table.without_counts();
    refuse::sweeps(&table, &header)?;
    refuse_single_row(&table)?;
    roles::assign(&mut header, dialect, &table);
    refuse::trials(&table, (&header, dialect), hints)?;
    let mut warnings = std::mem::take(&mut header.warnings);
    warnings.extend(table.warnings.iter().cloned());
    let made = channels::assemble((&header, dialect), table, hints)?;
    warnings.extend(made.warnings);
    let dialect = [words(encoding, dialect), header.findings, made.findings].concat();
    let recording = Recording {
        format: Csv.name(),
        dialect,
        channels: made.channels,
        events: made.events,
        warnings,
    };
    Ok((recording, made.began))
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
