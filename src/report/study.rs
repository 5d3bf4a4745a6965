//! `index.html`: the page of a study, with every session, the distributions of the
//! measures and links.
//!
//! The page is made of plain values, which the batch fills from the tables.

use std::io;

use serde::Serialize;

use super::format::{Quantity, quantity};
use super::html::{FigureView, render};
use super::words::{Chip, measure as measure_words};
use crate::outcome::{Figure, Measure, Verdict};
use crate::units::Unit;
use crate::words::{capitalised, counted};

mod strip;

/// The page of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StudyPage {
    /// The heading: the study's name or the folder's.
    pub title: String,
    /// The program's version.
    pub version: String,
    /// Every session of this run, in the order of the page.
    pub sessions: Vec<SessionLine>,
    /// The same task in several recordings or visits, in the order of the page.
    pub comparisons: Vec<Comparison>,
    /// How much measures differ between two visits of the same persons.
    pub reliability: Vec<Reliability>,
    /// What the mean cycles of persons say, where the study has a design.
    pub curves: Curves,
    /// How the measures are distributed over the sessions, in the order of the page.
    pub distributions: Vec<Distribution>,
    /// What a reader should know about the study as a whole.
    pub warnings: Vec<String>,
    /// The files beside the page to link to: `measures.csv`, `measures.parquet`,
    /// `bursts.csv`, `run.json`.
    pub files: Vec<String>,
}

/// How much a measure differs between two visits of the same persons.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// What it was measured on: a muscle and its side.
    pub of: String,
    /// The task.
    pub task: String,
    /// The measure's name as in the tables.
    pub measure: String,
    /// The unit of all values.
    pub unit: Unit,
    /// How many persons came twice.
    pub persons: usize,
    /// The mean of the later visit minus the earlier one, and its 95 % interval.
    pub change: (f64, Option<(f64, f64)>),
    /// The standard error of measurement.
    pub sem: f64,
    /// The minimal detectable change of one person, and its 95 % interval.
    pub mdc: (f64, Option<(f64, f64)>),
}

/// Comparisons of the mean cycles of persons.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// What was found, one comparison a sentence.
    pub sentences: Vec<String>,
    /// The figures, one a comparison.
    pub figures: Vec<Figure>,
}

/// One session of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionLine {
    /// Who was recorded.
    pub subject: String,
    /// Which visit; may be empty.
    pub session: String,
    /// The name of its folder in `sessions/`.
    pub folder: String,
    /// How many recordings were processed.
    pub done: usize,
    /// How many recordings failed.
    pub failed: usize,
    /// How many files were left out because they are no recordings.
    pub skipped: usize,
    /// How many EMG channels are good.
    pub good: usize,
    /// How many EMG channels are to be used with care.
    pub check: usize,
    /// How many EMG channels are not to be trusted.
    pub bad: usize,
    /// The numbers to show at a glance.
    pub headlines: Vec<Headline>,
    /// Why recordings failed, one sentence each.
    pub errors: Vec<String>,
}

/// A number to show at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The measure's name as in the tables.
    pub measure: String,
    /// What it was measured on: a muscle and its side, or a recording.
    pub of: String,
    /// The value in `unit`; `None` when it could not be computed.
    pub value: Option<f64>,
    /// The unit of value and interval.
    pub unit: Unit,
    /// The 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
    /// Why the value is missing.
    pub note: Option<String>,
}

/// A value of one recording beside that of the first recording of its task.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Who was recorded.
    pub subject: String,
    /// What it was measured on: a muscle and its side, or a channel.
    pub of: String,
    /// The task.
    pub task: String,
    /// The measure's name as in the tables.
    pub measure: String,
    /// The unit of all values.
    pub unit: Unit,
    /// The first visit or recording, and its value.
    pub first: (String, f64),
    /// The later visit or recording, and its value.
    pub now: (String, f64),
    /// The later value minus the first one.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
}

/// How one measure is distributed over the study.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The measure's name as in the tables.
    pub measure: String,
    /// The unit of all its values.
    pub unit: Unit,
    /// One strip each, from top to bottom.
    pub groups: Vec<Group>,
}

/// The values of one muscle and side.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The muscle's English name, where it is known.
    pub muscle: Option<String>,
    /// `left` or `right`, where it is known.
    pub side: Option<String>,
    /// The first quartile, the median and the third quartile.
    pub quartiles: (f64, f64, f64),
    /// One dot each, in any order; values that are not finite are left out.
    pub dots: Vec<Dot>,
}

/// One value of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// The value.
    pub value: f64,
    /// The session as it is called on the page.
    pub session: String,
    /// The name of the session's folder in `sessions/`.
    pub folder: String,
    /// The recording.
    pub recording: String,
    /// The channel.
    pub channel: String,
}

impl Group {
    /// The dots that lie more than one and a half interquartile ranges outside the
    /// quartiles (Tukey 1977).
    pub fn outliers(&self) -> Vec<&Dot> {
        let (first, _, third) = self.quartiles;
        let reach = 1.5 * (third - first);
        let outside = |value: f64| value < first - reach || value > third + reach;
        self.dots
            .iter()
            .filter(|dot| dot.value.is_finite() && outside(dot.value))
            .collect()
    }

    fn name(&self) -> String {
        let parts: Vec<_> = [&self.muscle, &self.side]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if parts.is_empty() {
            "Unknown muscle".to_owned()
        } else {
            capitalised(&parts.join(", "))
        }
    }
}

impl StudyPage {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "index.html";

    /// Writes the page; equal pages give equal bytes.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(render("study.html", &View::of(self))?.as_bytes())
    }
}

/// The address of a session's report, seen from the page.
pub(super) fn report_address(folder: &str) -> String {
    format!("sessions/{}/report.html", encoded(folder))
}

/// A file's name as part of an address: everything but letters, digits and `-._~` is
/// percent-encoded.
fn encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}

#[derive(Serialize)]
struct View<'a> {
    title: &'a str,
    version: &'a str,
    sentences: Vec<String>,
    counts: Vec<(Chip, String)>,
    warnings: &'a [String],
    files: Vec<(&'a str, String)>,
    sessions: Vec<SessionView<'a>>,
    comparisons: Vec<ComparisonView<'a>>,
    more_comparisons: usize,
    reliability: Vec<ReliabilityView<'a>>,
    curve_sentences: &'a [String],
    curve_figures: Vec<FigureView>,
    distributions: Vec<DistributionView>,
}

#[derive(Serialize)]
struct SessionView<'a> {
    subject: &'a str,
    session: &'a str,
    address: String,
    chip: Chip,
    recordings: Vec<String>,
    counts: Vec<(Chip, String)>,
    headlines: Vec<HeadlineView<'a>>,
    errors: &'a [String],
}

#[derive(Serialize)]
struct HeadlineView<'a> {
    title: String,
    of: &'a str,
    quantity: Option<Quantity>,
    reason: Option<&'a str>,
}

/// How many comparisons the page shows; all of them stand in the table.
const MOST_COMPARISONS: usize = 60;

#[derive(Serialize)]
struct ComparisonView<'a> {
    subject: &'a str,
    of: String,
    task: &'a str,
    first: (&'a str, Option<Quantity>),
    now: (&'a str, Option<Quantity>),
    difference: Option<Quantity>,
    word: &'static str,
}

impl<'a> ComparisonView<'a> {
    fn of(found: &'a Comparison) -> Self {
        let shown = |value: f64, interval| {
            quantity(&as_measure(&found.measure, Some(value), &found.unit, interval))
        };
        let word = match found.interval {
            (low, _) if low > 0.0 => "higher than before",
            (_, high) if high < 0.0 => "lower than before",
            _ => "no clear difference",
        };
        Self {
            subject: &found.subject,
            of: capitalised(&found.of),
            task: &found.task,
            first: (&found.first.0, shown(found.first.1, None)),
            now: (&found.now.0, shown(found.now.1, None)),
            difference: shown(found.difference, Some(found.interval)),
            word,
        }
    }
}

#[derive(Serialize)]
struct ReliabilityView<'a> {
    of: String,
    task: &'a str,
    title: String,
    persons: usize,
    change: Option<Quantity>,
    sem: Option<Quantity>,
    mdc: Option<Quantity>,
}

impl<'a> ReliabilityView<'a> {
    fn of(found: &'a Reliability) -> Self {
        let shown = |value: f64, interval| {
            quantity(&as_measure(&found.measure, Some(value), &found.unit, interval))
        };
        Self {
            of: capitalised(&found.of),
            task: &found.task,
            title: measure_words(&found.measure),
            persons: found.persons,
            change: shown(found.change.0, found.change.1),
            sem: shown(found.sem, None),
            mdc: shown(found.mdc.0, found.mdc.1),
        }
    }
}

#[derive(Serialize)]
struct DistributionView {
    title: String,
    svg: minijinja::Value,
    in_volts: bool,
    outliers: Vec<OutlierView>,
}

#[derive(Serialize)]
struct OutlierView {
    session: String,
    address: String,
    place: String,
    quantity: Option<Quantity>,
}

impl<'a> View<'a> {
    fn of(page: &'a StudyPage) -> Self {
        Self {
            title: &page.title,
            version: &page.version,
            sentences: sentences(page),
            counts: counts(page.sessions.iter()),
            warnings: &page.warnings,
            files: page.files.iter().map(|file| (file.as_str(), encoded(file))).collect(),
            sessions: page.sessions.iter().map(SessionView::of).collect(),
            comparisons: page
                .comparisons
                .iter()
                .take(MOST_COMPARISONS)
                .map(ComparisonView::of)
                .collect(),
            more_comparisons: page.comparisons.len().saturating_sub(MOST_COMPARISONS),
            reliability: page.reliability.iter().map(ReliabilityView::of).collect(),
            curve_sentences: &page.curves.sentences,
            curve_figures: page.curves.figures.iter().map(FigureView::of).collect(),
            distributions: page.distributions.iter().map(DistributionView::of).collect(),
        }
    }
}

fn sentences(page: &StudyPage) -> Vec<String> {
    let total =
        |count: fn(&SessionLine) -> usize| page.sessions.iter().map(count).sum::<usize>();
    let (done, failed) = (total(|line| line.done), total(|line| line.failed));
    let mut sentences = vec![format!(
        "{}, {} processed.",
        counted(page.sessions.len(), "session"),
        counted(done, "recording")
    )];
    if failed > 0 {
        sentences.push(format!(
            "{} could not be processed; the reasons stand beside the session.",
            counted(failed, "recording")
        ));
    }
    sentences
}

fn counts<'a>(lines: impl Iterator<Item = &'a SessionLine>) -> Vec<(Chip, String)> {
    let mut sums = [(Verdict::Good, 0), (Verdict::Check, 0), (Verdict::Bad, 0)];
    for line in lines {
        sums[0].1 += line.good;
        sums[1].1 += line.check;
        sums[2].1 += line.bad;
    }
    let shown = sums.into_iter().filter(|(_, count)| *count > 0);
    shown
        .map(|(verdict, count)| (Chip::of(Some(verdict)), counted(count, "channel")))
        .collect()
}

impl<'a> SessionView<'a> {
    fn of(line: &'a SessionLine) -> Self {
        Self {
            subject: &line.subject,
            session: &line.session,
            address: report_address(&line.folder),
            chip: chip(line),
            recordings: recordings(line),
            counts: counts([line].into_iter()),
            headlines: line.headlines.iter().map(HeadlineView::of).collect(),
            errors: &line.errors,
        }
    }
}

/// The worst verdict of a session; at best `check` when a recording failed.
fn chip(line: &SessionLine) -> Chip {
    match (line.done, line) {
        (0, line) if line.failed > 0 => Chip { word: "no result", ..Chip::FAILED },
        (_, line) if line.bad > 0 => Chip::of(Some(Verdict::Bad)),
        (_, line) if line.check > 0 || line.failed > 0 => Chip::of(Some(Verdict::Check)),
        (_, line) if line.good > 0 => Chip::of(Some(Verdict::Good)),
        _ => Chip::NONE,
    }
}

fn recordings(line: &SessionLine) -> Vec<String> {
    let counts =
        [(line.done, "processed"), (line.failed, "failed"), (line.skipped, "left out")];
    counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect()
}

impl<'a> HeadlineView<'a> {
    fn of(headline: &'a Headline) -> Self {
        Self {
            title: measure_words(&headline.measure),
            of: &headline.of,
            quantity: quantity(&as_measure(
                &headline.measure,
                headline.value,
                &headline.unit,
                headline.interval,
            )),
            reason: headline.note.as_deref(),
        }
    }
}

fn as_measure(
    name: &str,
    value: Option<f64>,
    unit: &Unit,
    interval: Option<(f64, f64)>,
) -> Measure {
    Measure {
        name: name.to_owned().into(),
        channel: None,
        muscle: None,
        side: None,
        value: value.filter(|value| value.is_finite()),
        unit: unit.clone(),
        interval,
        n: None,
        verdict: None,
        note: None,
        relative_to: None,
    }
}

impl DistributionView {
    fn of(distribution: &Distribution) -> Self {
        let outliers = distribution.groups.iter().flat_map(|group| {
            let name = group.name();
            group.outliers().into_iter().map(move |dot| (name.clone(), dot))
        });
        Self {
            title: measure_words(&distribution.measure),
            svg: minijinja::Value::from_safe_string(strip::svg(distribution)),
            in_volts: distribution.unit.symbol().starts_with('V'),
            outliers: outliers
                .map(|(group, dot)| outlier(distribution, &group, dot))
                .collect(),
        }
    }
}

fn outlier(distribution: &Distribution, group: &str, dot: &Dot) -> OutlierView {
    OutlierView {
        session: dot.session.clone(),
        address: report_address(&dot.folder),
        place: format!("{group} ({}, {})", dot.recording, dot.channel),
        quantity: quantity(&as_measure(
            &distribution.measure,
            Some(dot.value),
            &distribution.unit,
            None,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_lie_beyond_one_and_a_half_interquartile_ranges() {
        let dot = |value: f64| Dot {
            value,
            session: "S01".into(),
            folder: "S01".into(),
            recording: "hold".into(),
            channel: "SOL".into(),
        };
        let values = [1.0, 2.0, 3.0, 5.0, 6.0, 5.0001, -1.0001, f64::NAN];
        let group = Group {
            muscle: None,
            side: None,
            quartiles: (1.25, 2.0, 2.75),
            dots: values.map(dot).to_vec(),
        };
        let outliers: Vec<_> = group.outliers().iter().map(|dot| dot.value).collect();
        assert_eq!(outliers, [6.0, 5.0001, -1.0001]);
    }

    #[test]
    fn addresses_hold_no_character_with_a_meaning_of_its_own() {
        assert_eq!(
            report_address("S 1#é/.."),
            "sessions/S%201%23%C3%A9%2F../report.html"
        );
    }

    #[test]
    fn a_failed_recording_keeps_a_session_from_being_good() {
        let line = SessionLine { done: 1, failed: 1, good: 6, ..SessionLine::default() };
        assert_eq!(chip(&line).word, "check");
        assert_eq!(
            chip(&SessionLine { failed: 1, ..SessionLine::default() }).word,
            "no result"
        );
    }
}
