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

/// Writes `time_s` and one column per channel; a gap is an empty cell. Numbers are as
/// short as they read back to the same bits. All channels have the rate and start of
/// `clock`.
///
/// # Errors
/// When `out` cannot be written.
pub fn signals_csv(
    clock: &Trace,
    columns: &[SignalColumn<'_>],
    out: impl Write,
) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_field("time_s")?;
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
