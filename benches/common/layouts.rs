//! One recording in the layouts of many programs: the same rows behind other clocks, with
//! other signs, words and remarks.

use std::fmt::Write;

use super::text::NAMES;

/// A recording whose rows are written already.
pub(crate) struct Rows {
    rate: f64,
    rows: Vec<String>,
}

/// What stands at the two ends of a row.
type End<'a> = Option<&'a dyn Fn(usize, f64) -> String>;

impl Rows {
    /// The rows of a recording, in millivolts with six decimals.
    pub(crate) fn new(channels: &[Vec<f64>], rate: f64) -> Self {
        let cell = |samples: &Vec<f64>, row: usize| format!("{:.6}", samples[row] * 1e3);
        let row = |row| {
            let cells: Vec<String> =
                channels.iter().map(|samples| cell(samples, row)).collect();
            cells.join(",")
        };
        let count = channels.first().map_or(0, Vec::len);
        Self { rate, rows: (0..count).map(row).collect() }
    }

    /// All layouts with their names; the plain one comes first.
    pub(crate) fn layouts(&self) -> Vec<(&'static str, Vec<u8>)> {
        let plain = self.clock("time (s)", &|_, time| format!("{time:.4}"));
        let text = String::from_utf8_lossy(&plain).into_owned();
        let bytes = |text: String| text.into_bytes();
        let words =
            |row, _| if row / 9000 % 2 == 0 { "rest" } else { "raise" }.to_owned();
        let remark = |row: usize, _| match row % 20_000 {
            9 => "\"on, your marks\"".to_owned(),
            _ => String::new(),
        };
        let seconds = |_, time| format!("{time:.4}");
        let quoted = text.lines().map(|line| {
            let cells: Vec<String> =
                line.split(',').map(|cell| format!("\"{cell}\"")).collect();
            cells.join(",")
        });
        let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
        vec![
            ("plain", plain.clone()),
            ("decimal commas", bytes(text.replace(',', ";").replace('.', ","))),
            ("tabs", bytes(text.replace(',', "\t"))),
            ("blanks", bytes(text.replace(" (", "_(").replace(',', " "))),
            ("quoted cells", bytes(quoted.collect::<Vec<_>>().join("\n"))),
            ("UTF-16", [0xff, 0xfe].into_iter().chain(utf16).collect()),
            (
                "ISO 8601",
                self.clock("datetime", &|_, time| {
                    format!("2026-03-04T{}Z", of_day(time, 10))
                }),
            ),
            ("time of day", self.clock("Time", &|_, time| of_day(time, 10))),
            (
                "AM and PM",
                self.clock("Time", &|_, time| {
                    format!("3/14/2026 {} PM", of_day(time, 3))
                }),
            ),
            (
                "date and time",
                self.clock("Date,Time", &|_, time| {
                    format!("14.03.2026,{}", of_day(time, 10))
                }),
            ),
            (
                "days of a spreadsheet",
                self.clock("Time", &|_, time| {
                    format!("{:.11}", 46_095.4 + time / 86_400.0)
                }),
            ),
            (
                "milliseconds since 1970",
                self.clock("timestamp", &|_, time| {
                    format!("{:.1}", 1_773_483_300_000.0 + time * 1e3)
                }),
            ),
            (
                "whole milliseconds",
                self.clock("millis", &|_, time| format!("{:.0}", (time * 1e3).floor())),
            ),
            (
                "packets of ten",
                self.clock("time (s)", &|row, _| {
                    format!("{:.4}", (row / 10 * 10) as f64 / self.rate)
                }),
            ),
            (
                "a column of words",
                self.written(("time (s)", Some(&seconds)), ("Activity", Some(&words))),
            ),
            (
                "remarks in some rows",
                self.written(("time (s)", Some(&seconds)), ("Comment", Some(&remark))),
            ),
            ("blocks", self.blocks()),
        ]
    }

    fn clock(&self, name: &str, clock: &dyn Fn(usize, f64) -> String) -> Vec<u8> {
        self.written((name, Some(clock)), ("", None))
    }

    fn written(
        &self,
        (before, clock): (&str, End<'_>),
        (behind, word): (&str, End<'_>),
    ) -> Vec<u8> {
        let mut text = String::from(before);
        for name in NAMES {
            let _ = write!(text, ",{name} (mV)");
        }
        if word.is_some() {
            let _ = write!(text, ",{behind}");
        }
        text.push('\n');
        for (index, row) in self.rows.iter().enumerate() {
            let time = index as f64 / self.rate;
            if let Some(clock) = clock {
                let _ = write!(text, "{},", clock(index, time));
            }
            text.push_str(row);
            if let Some(word) = word {
                let _ = write!(text, ",{}", word(index, time));
            }
            text.push('\n');
        }
        text.into_bytes()
    }

    /// Four blocks as LabChart writes them, each with its own header.
    fn blocks(&self) -> Vec<u8> {
        let mut text = String::new();
        let step = 1.0 / self.rate;
        let length = self.rows.len().div_ceil(4);
        for (block, rows) in self.rows.chunks(length).enumerate() {
            let begin = (block * length) as f64 / self.rate;
            let _ = writeln!(
                text,
                "Interval=\t{step} s\nExcelDateTime=\t{:.16e}\t14/03/2026 {}",
                46_095.4 + begin / 86_400.0,
                of_day(begin, 9)
            );
            let _ = writeln!(
                text,
                "TimeFormat=\tStartOfBlock\nDateFormat=\t\nChannelTitle=\t{}",
                NAMES.join("\t")
            );
            let _ = writeln!(text, "Range=\t{}", ["10 mV"; NAMES.len()].join("\t"));
            for (index, row) in rows.iter().enumerate() {
                let time = index as f64 / self.rate;
                let _ = writeln!(text, "{time:.4}\t{}", row.replace(',', "\t"));
            }
        }
        text.into_bytes()
    }
}

/// A time of day: so many seconds behind an hour.
fn of_day(seconds: f64, hour: usize) -> String {
    format!("{hour:02}:{:02}:{:09.6}", (seconds / 60.0) as usize, seconds % 60.0)
}
