//! Processed signals as a table: `time_s` and one column per channel.

use std::io::Write;

use crate::signal::Trace;
use crate::units::Unit;

/// One channel's processed signal.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalColumn<'a> {
    /// The channel's name in the file.
    pub name: &'a str,
    /// The unit of the samples.
    pub unit: Unit,
    /// The samples; `NaN` is a gap.
    pub samples: &'a [f64],
}

/// What a table of signals begins with: the name of its clock in quotes that it does not
/// need, by which [`is_signals_csv`] knows it.
const HEAD: &str = "\"time_s\",";

/// Whether a text begins as [`signals_csv`] begins, and not as the table of a recorder.
pub fn is_signals_csv(head: &[u8]) -> bool {
    let end = head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len());
    let Some(names) = head[..end].strip_prefix(HEAD.as_bytes()) else {
        return false;
    };
    // Others quote every name, or none.
    let read =
        csv::ReaderBuilder::new().has_headers(false).from_reader(names).records().next();
    let Some(Ok(record)) = read else { return false };
    let mut again = csv::Writer::from_writer(Vec::new());
    let written = again.write_record(&record).is_ok().then(|| again.into_inner().ok());
    matches!(written, Some(Some(text)) if text.strip_suffix(b"\n") == Some(names))
}

/// Writes `time_s` and one column per channel; a gap is an empty cell. Numbers are as
/// short as they read back to the same bits. All channels have the rate and start of
/// `clock`.
///
/// # Errors
/// When `out` cannot be written.
pub fn signals_csv(
    clock: &Trace,
    columns: &[SignalColumn<'_>],
    mut out: impl Write,
) -> std::io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    // The names have a field less than what follows them.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
    for column in columns {
        writer.write_field(column.name)?;
    }
    writer.write_record(None::<&[u8]>)?;
    let mut text = String::new();
    for sample in 0..columns.iter().map(|column| column.samples.len()).max().unwrap_or(0)
    {
        number(clock.time_s(sample), &mut text);
        writer.write_field(&text)?;
        for column in columns {
            number(column.samples.get(sample).copied().unwrap_or(f64::NAN), &mut text);
            writer.write_field(&text)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

fn number(value: f64, text: &mut String) {
    use std::fmt::Write as _;
    text.clear();
    // Writing to a string cannot fail.
    let _ = if value.is_nan() {
        Ok(())
    } else if value != 0.0 && (value.abs() < 1e-4 || value.abs() >= 1e15) {
        write!(text, "{value:e}")
    } else {
        write!(text, "{value}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_tables_are_known_from_those_of_others() {
        for ours in ["\"time_s\",LSOL,RSOL\n0,1,2\n", "\"time_s\",\"a,b\"\n"] {
            assert!(is_signals_csv(ours.as_bytes()), "{ours}");
        }
        for others in
            ["time_s,LSOL\n0,1\n", "\"time_s\",\"LSOL\"\n", "\"time_s\"\n", "", "a,b"]
        {
            assert!(!is_signals_csv(others.as_bytes()), "{others}");
        }
    }
}
