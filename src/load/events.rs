//! Event files: tables of times beside a recording.

use super::text;
use crate::error::{Error, ErrorKind, Result};
use crate::signal::{Event, Side};

/// The events of a table, and what is wrong with rows that were left out.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTable {
    /// The events in the order of their times, in seconds.
    pub events: Vec<Event>,
    /// What is wrong with other rows, each with its line and column.
    pub left_out: Vec<Error>,
}

/// The events of a delimited table with a header line: columns `time_s,label,side` (side
/// may be missing, and all three may have other usual names, as `Zeit (s);Ereignis;Seite`
/// or `Time (s),Name,Context`), or wide, one column per label, as `touchdown_s,liftoff_s`
/// or `RHS,RTO,LHS,LTO`. Times may be in ms where the column says so (`time (ms)`), with
/// a decimal comma where a cell can hold one. Blank cells are skipped; times are on the
/// recording's own clock, in seconds. The text may have any encoding that a recording may
/// have.
///
/// # Errors
/// When the bytes are no text; names line and column of a time that is no number, a side
/// that is none or contradicts the label, or what the header lacks.
pub fn read_events(bytes: &[u8]) -> Result<Vec<Event>> {
    let EventTable { events, left_out } = read_event_table(bytes)?;
    left_out.into_iter().next().map_or(Ok(events), Err)
}

/// The same of a table in which rows may be wrong: they are left out and told.
///
/// # Errors
/// When the bytes are no text, or what the header lacks.
pub fn read_event_table(bytes: &[u8]) -> Result<EventTable> {
    let text = text::decode(bytes, ErrorKind::Study)?.characters;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter_of(&text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let layout = EventLayout::read(reader.headers().map_err(unreadable)?)?;

    let (mut events, mut left_out) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let taken = record.map_err(unreadable);
        let taken = taken.and_then(|record| layout.take(&record, &mut events));
        left_out.extend(taken.err());
    }
    if events.is_empty() && left_out.is_empty() {
        left_out.push(Error::new(ErrorKind::Study, "the event table holds no event"));
    }
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    Ok(EventTable { events, left_out })
}

fn delimiter_of(text: &str) -> u8 {
    let is_filled = |line: &&str| !line.trim().is_empty();
    let first = text.lines().find(is_filled).unwrap_or_default();
    [b';', b'\t']
        .into_iter()
        .find(|&delimiter| first.as_bytes().contains(&delimiter))
        .unwrap_or(b',')
}

/// A column of times: where it is, and how many of its units make a second.
#[derive(Debug, Clone, Copy)]
struct Times {
    column: usize,
    per_second: f64,
}

/// The times of a long table.
fn times(column: usize, name: &str) -> Option<Times> {
    let name = name.to_lowercase();
    let mut words = name
        .split(|symbol: char| !symbol.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let is_clock = words.next().is_some_and(|word| CLOCKS.contains(&word));
    let per_second = match (words.next(), words.next()) {
        (None | Some("s" | "sec" | "seconds" | "sekunden"), None) => 1.0,
        (Some("ms"), None) => 1000.0,
        _ => return None,
    };
    is_clock.then_some(Times { column, per_second })
}

/// What the columns of a long table are called.
const CLOCKS: [&str; 7] = ["time", "onset", "zeit", "temps", "tiempo", "tempo", "tijd"];
const LABELS: [&str; 9] = [
    "label",
    "event",
    "name",
    "trial_type",
    "ereignis",
    "événement",
    "evenement",
    "evento",
    "marker",
];
const SIDES: [&str; 10] =
    ["side", "context", "leg", "foot", "limb", "seite", "bein", "côté", "lado", "lato"];

/// Where a column has one of these names.
fn position(header: &csv::StringRecord, names: &[&str]) -> Option<usize> {
    header.iter().position(|name| names.contains(&name.trim().to_lowercase().as_str()))
}

enum EventLayout {
    Long { times: Times, label: usize, side: Option<usize> },
    Wide(Vec<(Times, String)>),
}

impl EventLayout {
    fn read(header: &csv::StringRecord) -> Result<Self> {
        let clock =
            header.iter().enumerate().find_map(|(column, name)| times(column, name));
        if let (Some(times), Some(label)) = (clock, position(header, &LABELS)) {
            return Ok(Self::Long { times, label, side: position(header, &SIDES) });
        }
        let wide: Vec<_> = header
            .iter()
            .enumerate()
            .filter_map(|(column, name)| Self::wide(column, name))
            .collect();
        if let (Some(clock), true) = (clock, wide.is_empty()) {
            return Err(Error::new(
                ErrorKind::Study,
                "a column of times, and none that says what happened",
            )
            .at_line(1)
            .at_column(clock.column + 1)
            .with_hint("columns `time_s,label,side`"));
        }
        if wide.is_empty() {
            return Err(Error::new(
                ErrorKind::Study,
                "no column of this table holds event \
                                                 times",
            )
            .at_line(1)
            .with_hint(
                "columns `time_s,label,side`, or one column per label such as \
                 `touchdown_s,liftoff_s` or `RHS,RTO`",
            ));
        }
        Ok(Self::Wide(wide))
    }

    /// `touchdown_s` holds the times of `touchdown`, `RHS` those of the right foot's
    /// touchdowns.
    fn wide(column: usize, name: &str) -> Option<(Times, String)> {
        let name = name.trim();
        let suffixes = [("_ms", 1000.0), (" (ms)", 1000.0), ("_s", 1.0), (" (s)", 1.0)];
        let cut = suffixes.into_iter().find_map(|(suffix, per_second)| {
            Some((name.strip_suffix(suffix)?, per_second))
        });
        let is_mark =
            || Event { time_s: 0.0, label: name.to_owned(), side: None }.mark().is_some();
        let (label, per_second) = cut.or_else(|| is_mark().then_some((name, 1.0)))?;
        let is_clock =
            times(column, label).is_some() && !label.eq_ignore_ascii_case("onset");
        let is_word = !is_clock && label.chars().any(char::is_alphabetic);
        is_word.then(|| (Times { column, per_second }, label.to_owned()))
    }
}

impl EventLayout {
    /// Takes the events of a line.
    fn take(&self, record: &csv::StringRecord, events: &mut Vec<Event>) -> Result<()> {
        match self {
            Self::Long { times, label, side } => {
                let Some(time_s) = seconds(record, *times)? else {
                    let is_blank = record.iter().all(str::is_empty);
                    let message = "the event has no time".to_owned();
                    return match is_blank {
                        true => Ok(()),
                        false => Err(wrong(record, times.column, message)),
                    };
                };
                let said = record.get(*label).unwrap_or_default().to_owned();
                let event = Event { time_s, label: said, side: None };
                let side = side.map_or(Ok(None), |column| side_in(record, column))?;
                refuse_two_sides(&event, side)
                    .map_err(|error| error.at_line(line(record)).at_column(label + 1))?;
                events.push(Event { side, ..event });
            }
            Self::Wide(columns) => {
                for (times, label) in columns {
                    if let Some(time_s) = seconds(record, *times)? {
                        events.push(Event { time_s, label: label.clone(), side: None });
                    }
                }
            }
        }
        Ok(())
    }
}

/// A label of one leg (`RHS`) beside the side of the other says two things.
fn refuse_two_sides(event: &Event, side: Option<Side>) -> Result<()> {
    let said = event.leg().filter(|_| event.mark().is_some());
    match (said, side) {
        (Some(said), Some(side)) if said != side => {
            let message = format!(
                "`{}` is of the {} leg, and the side is {}",
                event.label,
                said.word(),
                side.word()
            );
            Err(Error::new(ErrorKind::Study, message)
                .with_hint("correct one of both, or leave the side blank"))
        }
        _ => Ok(()),
    }
}

fn seconds(record: &csv::StringRecord, times: Times) -> Result<Option<f64>> {
    let text = record.get(times.column).unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    // Where commas part the cells, one within a cell stands in quotes: a decimal one too.
    match text.replace(',', ".").parse::<f64>() {
        Ok(time) if time.is_finite() => Ok(Some(time / times.per_second)),
        _ => Err(wrong(record, times.column, format!("`{text}` is no time"))),
    }
}

/// What programs write where an event belongs to no side.
const NO_SIDE: [&str; 5] = ["general", "both", "n/a", "none", "-"];

/// The side in a cell; a blank one is none.
fn side_in(record: &csv::StringRecord, column: usize) -> Result<Option<Side>> {
    let text = record.get(column).unwrap_or_default();
    if NO_SIDE.contains(&text.to_lowercase().as_str()) {
        return Ok(None);
    }
    let words =
        || text.split(|symbol: char| !symbol.is_alphanumeric()).find_map(Side::from_name);
    match Side::from_name(text).or_else(words) {
        None if !text.is_empty() => {
            Err(wrong(record, column, format!("`{text}` is no side")).with_hint(
                "left or right (l, r, links, rechts, gauche, droite, …), or blank \
                        where it is not known",
            ))
        }
        side => Ok(side),
    }
}

fn wrong(record: &csv::StringRecord, column: usize, message: String) -> Error {
    Error::new(ErrorKind::Study, message).at_line(line(record)).at_column(column + 1)
}

fn line(record: &csv::StringRecord) -> usize {
    record.position().map_or(0, csv::Position::line) as usize
}

fn unreadable(error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line) as usize;
    Error::new(ErrorKind::Study, format!("the event table cannot be read: {error}"))
        .at_line(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Mark;

    #[test]
    fn wide_and_long_tables() {
        let wide = read_events(b"touchdown_s,liftoff_s\n1.4,2.0\n2.4,\n").unwrap();
        let times: Vec<_> =
            wide.iter().map(|event| (event.time_s, event.label.as_str())).collect();
        assert_eq!(times, [(1.4, "touchdown"), (2.0, "liftoff"), (2.4, "touchdown")]);
        let long = read_events(b"time_s,label,side\n0.5,touchdown,right\n").unwrap();
        assert_eq!(
            long,
            [Event { time_s: 0.5, label: "touchdown".into(), side: Some(Side::Right) }]
        );
    }

    #[test]
    fn events_of_other_habits() {
        let of = |text: &str| read_events(text.as_bytes()).unwrap();
        let times = |text: &str| -> Vec<f64> {
            of(text).iter().map(|event| event.time_s).collect()
        };
        assert_eq!(times("time (ms);label\n500,5;a\n"), [0.5005]);
        assert_eq!(times("touchdown_ms\n250\n"), [0.25]);
        assert_eq!(times("time_s\tlabel\n1,25\tb\n"), [1.25]);
        assert_eq!(times("\ntime_s,label\n\"1,25\",b\n"), [1.25]);
        assert_eq!(
            of("Zeit (s);Ereignis;Seite\n0,5;Fersenkontakt;li\n")[0].leg(),
            Some(Side::Left)
        );
        let vicon = of("Subject,Context,Name,Time (s),Description\nP1,Right,Foot \
             Strike,1.25,\nP1,General,Event,2,\n");
        assert_eq!(
            (vicon[0].time_s, vicon[0].leg(), vicon[0].mark()),
            (1.25, Some(Side::Right), Some(Mark::Touchdown))
        );
    }

    #[test]
    fn one_event_file_in_five_encodings() {
        let text = "Zeit (s);Ereignis;Seite\r\n0,5;Fußaufsatz;links\r\n1,1;Zehenablösung;links\r\n";
        let marked = format!("\u{feff}{text}");
        let latin: Vec<u8> = text.chars().map(|symbol| symbol as u32 as u8).collect();
        let encodings: [Vec<u8>; 5] = [
            text.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            latin,
        ];
        for bytes in encodings {
            let events = read_events(&bytes).unwrap();
            let marks: Vec<_> = events
                .iter()
                .map(|event| (event.time_s, event.mark(), event.leg()))
                .collect();
            let left = Some(Side::Left);
            assert_eq!(
                marks,
                [(0.5, Some(Mark::Touchdown), left), (1.1, Some(Mark::Liftoff), left)]
            );
            assert_eq!(events[0].label, "Fußaufsatz");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let noise: Vec<u8> =
            (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let error = read_events(&noise).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Study);
        assert!(error.message().contains("no text file"), "{error}");
    }

    #[test]
    fn marks_are_columns_of_their_own() {
        let found = read_events(b"RHS,RTO,LHS,note\n1.0,1.6,0.5,x\n2.1,,1.6,\n").unwrap();
        let legs: Vec<_> =
            found.iter().map(|event| (event.time_s, event.leg())).collect();
        assert_eq!(legs.len(), 5);
        assert_eq!(
            (legs[0], legs[1]),
            ((0.5, Some(Side::Left)), (1.0, Some(Side::Right)))
        );
        let sided =
            read_events(b"time_s,label,side\n1,touchdown,Right leg\n2,touchdown,\n")
                .unwrap();
        assert_eq!((sided[0].side, sided[1].side), (Some(Side::Right), None));
        let error = read_events(b"time_s,label,side\n1,touchdown,middle\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 2, column 3: `middle` is no side"), "{error}");
        let error =
            read_events(b"time_s,label,side\n1,RHS,left\n").unwrap_err().to_string();
        assert!(
            error.contains(
                "line 2, column 2: `RHS` is of the right leg, and the side is left"
            ),
            "{error}"
        );
    }

    #[test]
    fn a_bad_time_is_named() {
        let error =
            read_events(b"time_s,label\n0.5,a\nsoon,b\n").unwrap_err().to_string();
        assert_eq!(error, "line 3, column 1: `soon` is no time");
        assert!(
            read_events(b"a,b\n1,2\n")
                .unwrap_err()
                .to_string()
                .contains("no column of this table")
        );
        let error = read_events(b"time_s,what,side\n1,a,left\n").unwrap_err().to_string();
        assert!(
            error.contains(
                "line 1, column 1: a column of times, and none that says what happened"
            ),
            "{error}"
        );
    }
}
