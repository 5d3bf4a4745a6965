//! The table of comparisons: `comparisons.csv`, the courses of one muscle in several
//! recordings and visits.
//!
//! Recordings of one person and one task are compared with the first of them. Two
//! recordings are of one task when their names are alike but for subject, session and run
//! (`sub-01_ses-02_task-hold_emg`, `hold-2`, `hold_03`).

use std::collections::BTreeMap;

use serde::Serialize;

use super::Row;
use crate::dsp::interval::{Estimate, difference};
use crate::signal::{Muscle, Side};

/// The measures that are compared: relative ones, because volts of different days and
/// electrodes compare nothing.
const COMPARED: [&str; 9] = [
    "mnf_slope_normalised",
    "mdf_slope_normalised",
    "arv_slope_normalised",
    "rms_slope_normalised",
    "gait_asymmetry.cycle_mean",
    "gait_asymmetry.cycle_peak",
    "gait_asymmetry.burst_duration",
    "difference.burst_onset_percent",
    "difference.burst_peak_percent",
];

/// One row of `comparisons.csv`; the fields are its columns, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonRow<'a> {
    /// Who was recorded.
    pub subject: &'a str,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`.
    pub side: Option<Side>,
    /// The channel in the recording.
    pub channel: &'a str,
    /// The measure.
    pub measure: &'a str,
    /// The unit of all values.
    pub unit: &'a str,
    /// The visit that it is compared with, the first of the task.
    pub first_session: &'a str,
    /// The recording that it is compared with.
    pub first_recording: &'a str,
    /// The value there.
    pub first_value: f64,
    /// Which visit.
    pub session: &'a str,
    /// The recording.
    pub recording: &'a str,
    /// The value.
    pub value: f64,
    /// The value minus the first one.
    pub difference: f64,
    /// The lower end of its 95 % interval.
    pub ci_low: f64,
    /// The upper end of its 95 % interval.
    pub ci_high: f64,
    /// How many epochs the less certain of both rests on.
    pub n: Option<u64>,
}

/// The columns of the table of comparisons.
pub const COMPARISON_COLUMNS: [&str; 16] = [
    "subject",
    "muscle",
    "side",
    "channel",
    "measure",
    "unit",
    "first_session",
    "first_recording",
    "first_value",
    "session",
    "recording",
    "value",
    "difference",
    "ci_low",
    "ci_high",
    "n",
];

/// What recordings must have in common to be compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    subject: &'a str,
    task: String,
    muscle: &'static str,
    side: &'static str,
    /// The channel's name, where muscle or side are not known.
    channel: &'a str,
    measure: &'a str,
}

/// The comparisons of all rows of a study, in their order. The interval of a difference
/// is made of the intervals of both values, which are independent (Zou & Donner 2008).
pub fn comparisons<'a>(rows: &[&'a Row]) -> Vec<ComparisonRow<'a>> {
    let keyed = || {
        let compared = rows
            .iter()
            .copied()
            .filter(|row| COMPARED.contains(&&*row.measure) && estimate(row).is_some());
        compared.filter_map(|row| Some((Key::of(row)?, row)))
    };
    let mut firsts: BTreeMap<Key<'a>, &'a Row> = BTreeMap::new();
    for (key, row) in keyed() {
        let first = firsts.entry(key).or_insert(row);
        if visit_order(&row.session) < visit_order(&first.session) {
            *first = row;
        }
    }
    // A second channel of the same muscle and side in one recording is no second
    // recording.
    let is_other = |first: &Row, row: &Row| {
        first.session != row.session || first.recording != row.recording
    };
    let pairs = keyed().map(|(key, row)| (firsts[&key], row));
    pairs
        .filter(|(first, row)| is_other(first, row))
        .filter_map(|(first, row)| compared(first, row))
        .collect()
}

impl<'a> Key<'a> {
    fn of(row: &'a Row) -> Option<Self> {
        let channel = row.channel.as_deref()?;
        let known = row.muscle.zip(row.side);
        Some(Self {
            subject: &row.subject,
            task: task_of(&row.recording),
            muscle: known.map_or("", |(muscle, _)| muscle.name()),
            side: known.map_or("", |(_, side)| side.word()),
            channel: if known.is_some() { "" } else { channel },
            measure: &row.measure,
        })
    }
}

/// The name of a recording without subject, session, run and number.
pub(crate) fn task_of(recording: &str) -> String {
    let lower = recording.to_lowercase();
    let entity = |part: &&str| {
        ["sub-", "ses-", "run-"].iter().any(|entity| part.starts_with(entity))
    };
    let kept: Vec<&str> = lower.split('_').filter(|part| !entity(part)).collect();
    let name = kept.join("_");
    let bare = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['-', '_', ' ']);
    if bare.is_empty() { name } else { bare.to_owned() }
}

/// Words of the visits before and after what a study is about.
const BEFORE: [&str; 6] = ["pre", "before", "baseline", "vor", "vorher", "avant"];
const AFTER: [&str; 8] =
    ["post", "after", "followup", "follow", "fu", "nach", "nachher", "apres"];

/// A key by which visits sort: `pre` before and `post` after all others, which sort as
/// people count.
pub(crate) fn visit_order(session: &str) -> (u8, Vec<(String, u64)>) {
    let lower = session.to_lowercase();
    let has = |words: &[&str]| {
        lower
            .split(|symbol: char| !symbol.is_alphabetic())
            .any(|word| words.contains(&word))
    };
    let rank = match () {
        () if has(&BEFORE) => 0,
        () if has(&AFTER) => 2,
        () => 1,
    };
    (rank, natural(session))
}

/// A key by which names sort as people count: `ses-9` before `ses-10`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts: Vec<(String, u64)> = vec![(String::new(), 0)];
    let mut in_number = false;
    for symbol in name.chars() {
        let digit = symbol.to_digit(10).map(u64::from);
        if in_number && digit.is_none() {
            parts.push((String::new(), 0));
        }
        in_number = digit.is_some();
        if let Some(part) = parts.last_mut() {
            match digit {
                Some(digit) => part.1 = part.1.saturating_mul(10).saturating_add(digit),
                None => part.0.push(symbol),
            }
        }
    }
    parts
}

fn estimate(row: &Row) -> Option<Estimate> {
    Some(Estimate { value: row.value?, interval: (row.ci_low?, row.ci_high?) })
}

fn compared<'a>(first: &'a Row, row: &'a Row) -> Option<ComparisonRow<'a>> {
    let (before, now) = (estimate(first)?, estimate(row)?);
    let Estimate { value: difference, interval: (ci_low, ci_high) } =
        difference(now, before)?;
    Some(ComparisonRow {
        subject: &row.subject,
        muscle: row.muscle,
        side: row.side,
        channel: row.channel.as_deref().unwrap_or_default(),
        measure: &row.measure,
        unit: &row.unit,
        first_session: &first.session,
        first_recording: &first.recording,
        first_value: before.value,
        session: &row.session,
        recording: &row.recording,
        value: now.value,
        difference,
        ci_low,
        ci_high,
        n: row.n.into_iter().chain(first.n).min(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_told_from_names() {
        assert_eq!(task_of("sub-01_ses-02_task-hold_run-3_emg"), "task-hold_emg");
        assert_eq!(task_of("Hold_03"), task_of("hold-2"));
        assert_ne!(task_of("hold 1"), task_of("raises 1"));
        assert_eq!(task_of("20260101"), "20260101");
    }

    #[test]
    fn names_sort_as_people_count() {
        let mut names =
            ["ses-10", "ses-9", "ses-post1", "ses-1b", "ses-1a", "Pre", "preparation"];
        names.sort_by_key(|name| visit_order(name));
        assert_eq!(
            names,
            ["Pre", "preparation", "ses-1a", "ses-1b", "ses-9", "ses-10", "ses-post1"]
        );
    }

    #[test]
    fn the_first_visit_is_the_first_as_people_count() {
        let rows = [("10", 1.0), ("9", 2.0), ("11", 3.0)]
            .map(|(session, value)| row(session, "hold", "SOL_L", value));
        let rows: Vec<&Row> = rows.iter().collect();
        let found: Vec<_> = comparisons(&rows)
            .iter()
            .map(|one| (one.first_session, one.session))
            .collect();
        assert_eq!(found, [("9", "10"), ("9", "11")]);
    }

    fn row(session: &str, recording: &str, channel: &str, value: f64) -> Row {
        Row {
            subject: "01".into(),
            session: session.into(),
            recording: recording.into(),
            channel: Some(channel.into()),
            muscle: Some(Muscle::Soleus),
            side: Some(Side::Left),
            analysis: "fatigue".into(),
            measure: "mdf_slope_normalised".into(),
            value: Some(value),
            unit: "%/s".into(),
            ci_low: Some(value - 0.3),
            ci_high: Some(value + 0.4),
            n: Some(60),
            quality: None,
            note: None,
        }
    }

    #[test]
    fn later_recordings_are_compared_with_the_first() {
        let rows = [
            row("1", "hold", "L SOL", -0.2),
            row("1", "hold", "SOL L 2", -9.0),
            row("1", "raises", "L SOL", -0.9),
            row("2", "hold", "SOL_L", -0.5),
            Row { ci_low: None, ..row("3", "hold", "SOL_L", -0.5) },
        ];
        let rows: Vec<&Row> = rows.iter().collect();
        let found = comparisons(&rows);
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!((one.first_session, one.session, one.n), ("1", "2", Some(60)));
        // Zou & Donner: −0.3 − √(0.3² + 0.4²) and −0.3 + √(0.4² + 0.3²).
        assert!((one.difference + 0.3).abs() < 1e-12);
        assert!(
            (one.ci_low + 0.8).abs() < 1e-12 && (one.ci_high - 0.2).abs() < 1e-12,
            "{one:?}"
        );
        let mut csv = Vec::new();
        super::super::csv_of(&COMPARISON_COLUMNS, &found, &mut csv).unwrap();
        let text = String::from_utf8(csv).unwrap();
        assert_eq!(text.lines().next().unwrap(), COMPARISON_COLUMNS.join(","));
        assert_eq!(
            text.lines().nth(1).unwrap().split(',').count(),
            COMPARISON_COLUMNS.len()
        );
    }
}
