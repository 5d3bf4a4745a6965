//! Event files: tables of times beside a recording.

use crate::error::{Error, Result, Stage};
use crate::signal::{Event, Side};

/// The events of a delimited table with a header line: columns `time_s,label,side` (side may be
/// missing), or wide, one column per label, as `touchdown_s,liftoff_s`. Blank cells are skipped;
/// times are on the recording's own clock, in seconds.
///
/// # Errors
/// Names line and column of a time that is no number, or what the header lacks.
pub fn read_events(bytes: &[u8]) -> Result<Vec<Event>> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter_of(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(unreadable)?.clone();
    let columns = Columns::of(&header)?;
    let mut events = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        columns.read(&record, &mut events)?;
    }
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    Ok(events)
}

fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    [b';', b'\t'].into_iter().find(|&delimiter| first.as_bytes().contains(&delimiter)).unwrap_or(b',')
}

fn is_time(name: &str) -> bool {
    matches!(name.trim().to_ascii_lowercase().as_str(), "time_s" | "time" | "time (s)" | "onset")
}

fn is_label(name: &str) -> bool {
    matches!(name.trim().to_ascii_lowercase().as_str(), "label" | "event" | "name" | "trial_type")
}

enum Columns {
    Long { time: usize, label: usize, side: Option<usize> },
    Wide(Vec<(usize, String)>),
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self> {
        let find = |wanted: fn(&str) -> bool| header.iter().position(wanted);
        if let (Some(time), Some(label)) = (find(is_time), find(is_label)) {
            return Ok(Self::Long { time, label, side: find(|name| name.eq_ignore_ascii_case("side")) });
        }
        let wide: Vec<_> =
            header.iter().enumerate().filter_map(|(i, name)| Self::wide_label(name).map(|label| (i, label))).collect();
        if wide.is_empty() {
            return Err(Error::new(Stage::Study, "no column of this table holds event times")
                .at_line(1)
                .with_hint("columns `time_s,label,side`, or one column per label such as `touchdown_s,liftoff_s`"));
        }
        Ok(Self::Wide(wide))
    }

    /// `touchdown_s` holds the times of `touchdown`.
    fn wide_label(name: &str) -> Option<String> {
        let label = name.trim().strip_suffix("_s")?;
        (!label.is_empty() && label != "time" && label.chars().any(char::is_alphabetic)).then(|| label.to_owned())
    }

    fn read(&self, record: &csv::StringRecord, events: &mut Vec<Event>) -> Result<()> {
        match self {
            Self::Long { time, label, side } => {
                let Some(time_s) = seconds(record, *time)? else { return Ok(()) };
                let side = side.and_then(|column| record.get(column)).and_then(Side::from_name);
                events.push(Event { time_s, label: record.get(*label).unwrap_or_default().to_owned(), side });
            }
            Self::Wide(columns) => {
                for (column, label) in columns {
                    if let Some(time_s) = seconds(record, *column)? {
                        events.push(Event { time_s, label: label.clone(), side: None });
                    }
                }
            }
        }
        Ok(())
    }
}

fn seconds(record: &csv::StringRecord, column: usize) -> Result<Option<f64>> {
    let text = record.get(column).unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(time_s) if time_s.is_finite() => Ok(Some(time_s)),
        _ => {
            let line = record.position().map_or(0, csv::Position::line) as usize;
            Err(Error::new(Stage::Study, format!("`{text}` is no time in seconds")).at_line(line).at_column(column + 1))
        }
    }
}

fn unreadable(error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line) as usize;
    Error::new(Stage::Study, format!("the event table cannot be read: {error}")).at_line(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_long_tables() {
        let wide = read_events(b"touchdown_s,liftoff_s\n1.4,2.0\n2.4,\n").unwrap();
        let times: Vec<_> = wide.iter().map(|event| (event.time_s, event.label.as_str())).collect();
        assert_eq!(times, [(1.4, "touchdown"), (2.0, "liftoff"), (2.4, "touchdown")]);
        let long = read_events(b"time_s,label,side\n0.5,touchdown,right\n").unwrap();
        assert_eq!(long, [Event { time_s: 0.5, label: "touchdown".into(), side: Some(Side::Right) }]);
    }

    #[test]
    fn a_bad_time_is_named() {
        let error = read_events(b"time_s,label\n0.5,a\nsoon,b\n").unwrap_err().to_string();
        assert_eq!(error, "line 3, column 1: `soon` is no time in seconds");
        assert!(read_events(b"a,b\n1,2\n").unwrap_err().to_string().contains("no column of this table"));
    }
}
