//! `index.html`: the page of a study, with every session, the distributions of the
//! measures and links.
//!
//! The page is made of plain values, which the batch fills from the tables.

use std::io;

use serde::Serialize;

use super::format::{ShownQuantity, quantity};
use super::html::{FigureView, render};
use super::words::{self, Chip, measure as measure_words};
use crate::outcome::{Measure, Verdict};
use crate::signal::{Muscle, Side};
use crate::study::{
    CurveAnswers, Dot, Headline, MeasureSpread, Need, RecordingState, Reliability,
    SessionLine, StudyChanges, VisitComparison, people,
};
use crate::units::Unit;
use crate::words::{capitalised, counted, persons};

mod attention;
mod changes;
mod everybody;
mod strip;
mod values;

use attention::Attention;
use changes::Changes;
use everybody::Everybody;

/// The page of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StudyPage {
    /// The heading: the study's name or the folder's.
    pub title: String,
    /// The program's version.
    pub version: String,
    /// Every session of this run, in the order of the page.
    pub sessions: Vec<SessionLine>,
    /// The same task in several recordings or visits, and who is not compared; the page
    /// shows some.
    pub comparisons: Vec<VisitComparison>,
    /// How much measures differ between two visits of the same persons; the page shows
    /// some.
    pub reliability: Vec<Reliability>,
    /// What the mean cycles of persons say, where the study has a design.
    pub curves: CurveAnswers,
    /// How the measures are distributed over the sessions, in the order of the page.
    pub distributions: Vec<MeasureSpread>,
    /// What changed from the first to the last visit.
    pub changes: StudyChanges,
    /// What somebody has to look at.
    pub needs: Vec<Need>,
    /// What a reader should know about the study as a whole.
    pub warnings: Vec<String>,
    /// The files beside the page to link to (`measures.csv`, `run.json`), each with what a
    /// row of it is, or what it holds.
    pub files: Vec<(String, String)>,
}

impl StudyPage {
    /// The name of the file.
    pub const FILE_NAME: &'static str = "index.html";

    /// Writes the page; equal pages give equal bytes.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(render("study.html", &StudyView::new(self))?.as_bytes())
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
struct StudyView<'a> {
    title: &'a str,
    version: &'a str,
    extent: String,
    outcome: String,
    changes: Changes,
    attention: Attention<'a>,
    everybody: Everybody,
    warnings: &'a [String],
    files: Vec<FileView<'a>>,
    sessions: Vec<SessionView<'a>>,
    comparisons: Vec<ComparisonView<'a>>,
    more_comparisons: usize,
    compares_in_table: bool,
    uncompared: Vec<UncomparedView<'a>>,
    more_uncompared: usize,
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
}

#[derive(Serialize)]
struct FileView<'a> {
    name: &'a str,
    address: String,
    what: &'a str,
}

#[derive(Serialize)]
struct HeadlineView<'a> {
    title: String,
    of: &'a str,
    quantity: Option<ShownQuantity>,
    reason: Option<&'a str>,
}

/// How many comparisons the page shows; all of them stand in the table.
const MOST_COMPARISONS: usize = 60;

#[derive(Serialize)]
struct ComparisonView<'a> {
    subject: &'a str,
    of: String,
    task: String,
    first: (&'a str, Option<ShownQuantity>),
    now: (&'a str, Option<ShownQuantity>),
    difference: Option<ShownQuantity>,
    word: &'static str,
}

impl<'a> ComparisonView<'a> {
    fn new(found: &'a VisitComparison) -> Self {
        let unit = Unit::other(found.unit.to_string());
        let shown = |value: Option<f64>, interval| {
            quantity(&as_measure(&found.measure, value, &unit, interval))
        };
        let word = match (found.ci_low, found.ci_high) {
            (Some(low), _) if low > 0.0 => "higher than before",
            (_, Some(high)) if high < 0.0 => "lower than before",
            _ => "no clear difference",
        };
        let interval = found.ci_low.zip(found.ci_high);
        let [first, now] = visits(found);
        Self {
            subject: &found.subject,
            of: place(found.muscle, found.side, &found.channel),
            task: found.task.to_string(),
            first: (first, shown(found.first_value, None)),
            now: (now, shown(found.value, None)),
            difference: shown(found.difference, interval),
            word,
        }
    }
}

/// How many of those who are not compared the page shows.
const MOST_UNCOMPARED: usize = 20;

#[derive(Serialize)]
struct UncomparedView<'a> {
    subject: &'a str,
    visit: &'a str,
    task: &'a str,
    note: &'a str,
}

impl<'a> UncomparedView<'a> {
    fn new(found: &'a VisitComparison) -> Option<Self> {
        Some(Self {
            subject: &found.subject,
            visit: &found.session,
            task: &found.task,
            note: found.note.as_deref()?,
        })
    }
}

/// What both values are of: visits, or recordings of one visit.
fn visits(found: &VisitComparison) -> [&str; 2] {
    if found.first_session == found.session {
        [&found.first_recording, &found.recording]
    } else {
        [&found.first_session, &found.session]
    }
}

/// Where a value was measured: muscle and side, else the channel.
fn place(muscle: Option<Muscle>, side: Option<Side>, channel: &str) -> String {
    let words = words::muscle(muscle.map(Muscle::name), side);
    if words.is_empty() { capitalised(channel) } else { words }
}

#[derive(Serialize)]
struct ReliabilityView<'a> {
    of: String,
    task: &'a str,
    title: String,
    persons: usize,
    change: Option<ShownQuantity>,
    sem: Option<ShownQuantity>,
    mdc: Option<ShownQuantity>,
}

impl<'a> ReliabilityView<'a> {
    fn new(found: &'a Reliability) -> Self {
        let unit = Unit::other(found.unit.to_string());
        let shown = |value: f64, interval| {
            quantity(&as_measure(&found.measure, Some(value), &unit, interval))
        };
        Self {
            of: place(found.muscle, found.side, ""),
            task: &found.task,
            title: measure_words(&found.measure),
            persons: found.persons,
            change: shown(found.mean_change, found.ci_low.zip(found.ci_high)),
            sem: shown(found.sem, None),
            mdc: shown(found.mdc, found.mdc_low.zip(found.mdc_high)),
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
    quantity: Option<ShownQuantity>,
}

impl<'a> StudyView<'a> {
    fn new(page: &'a StudyPage) -> Self {
        let (comparisons, more_comparisons) = comparisons(&page.comparisons);
        let (uncompared, more_uncompared) = uncompared(&page.comparisons);
        let between_visits = page.reliability.iter().filter(|found| found.is_shown());
        Self {
            title: &page.title,
            version: &page.version,
            extent: extent(&page.sessions),
            outcome: outcome(&page.sessions),
            changes: Changes::of(&page.changes, &page.sessions),
            attention: Attention::of(&page.needs, &page.sessions),
            everybody: Everybody::of(&page.sessions, &page.changes.found),
            warnings: &page.warnings,
            files: page.files.iter().map(FileView::new).collect(),
            sessions: page.sessions.iter().map(SessionView::new).collect(),
            comparisons,
            more_comparisons,
            compares_in_table: page.comparisons.iter().any(|found| found.note.is_none()),
            uncompared,
            more_uncompared,
            reliability: between_visits.map(ReliabilityView::new).collect(),
            curve_sentences: &page.curves.sentences,
            curve_figures: page.curves.figures.iter().map(FigureView::of).collect(),
            distributions: page.distributions.iter().map(DistributionView::new).collect(),
        }
    }
}

/// The comparisons that are shown, and how many more there are.
fn comparisons(all: &[VisitComparison]) -> (Vec<ComparisonView<'_>>, usize) {
    let fitting: Vec<&VisitComparison> =
        all.iter().filter(|found| found.is_shown()).collect();
    let more = fitting.len().saturating_sub(MOST_COMPARISONS);
    let shown = fitting.into_iter().take(MOST_COMPARISONS);
    (shown.map(ComparisonView::new).collect(), more)
}

/// Who is not compared and shown, and how many more there are.
fn uncompared(all: &[VisitComparison]) -> (Vec<UncomparedView<'_>>, usize) {
    let mut views = all.iter().filter_map(UncomparedView::new);
    let shown: Vec<_> = views.by_ref().take(MOST_UNCOMPARED).collect();
    (shown, views.count())
}

/// How many people came to how many visits.
fn extent(sessions: &[SessionLine]) -> String {
    match people(sessions).len() {
        0 => "no session".to_owned(),
        count => format!("{}, {}", persons(count), counted(sessions.len(), "visit")),
    }
}

/// How many recordings were expected, and what became of them.
fn outcome(sessions: &[SessionLine]) -> String {
    let recordings = || sessions.iter().flat_map(|line| &line.recordings);
    // What may be in another unit is to be checked, whatever its channels are.
    let states = || {
        recordings().map(|one| match one.state {
            RecordingState::Judged(Some(Verdict::Good)) if one.is_other_unit => {
                RecordingState::Judged(Some(Verdict::Check))
            }
            state => state,
        })
    };
    let judged = |verdict: Option<Verdict>| {
        states().filter(|state| *state == RecordingState::Judged(verdict)).count()
    };
    let left_out = states().filter(|state| *state == RecordingState::LeftOut).count();
    let missing: usize = sessions.iter().map(|line| line.missing.len()).sum();
    let counts = [
        (judged(Some(Verdict::Good)), "good"),
        (judged(Some(Verdict::Check)), "to check"),
        (judged(Some(Verdict::Bad)), "bad"),
        (
            states().filter(|state| *state == RecordingState::Failed).count(),
            "not readable",
        ),
        (judged(None), "without EMG to judge"),
        (missing, "missing"),
    ];
    let expected: usize = counts.iter().map(|(count, _)| count).sum();
    let told = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, word)| format!("{count} {word}")).collect();
    let noun = if missing > 0 { "recording expected" } else { "recording" };
    let noun = match expected {
        1 => noun.to_owned(),
        _ => noun.replacen("recording", "recordings", 1),
    };
    let beside = match left_out {
        0 => String::new(),
        count => format!("; {} left out, no recordings", counted(count, "file")),
    };
    match told.is_empty() {
        true => format!("No recordings{beside}"),
        false => format!("{expected} {noun}: {}{beside}", told.join(", ")),
    }
}

impl<'a> FileView<'a> {
    fn new((name, what): &'a (String, String)) -> Self {
        Self { name, address: encoded(name), what }
    }
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
    fn new(line: &'a SessionLine) -> Self {
        Self {
            subject: &line.subject,
            session: &line.session,
            address: report_address(&line.folder),
            chip: chip(line),
            recordings: recordings(line),
            counts: counts([line].into_iter()),
            headlines: line.headlines.iter().map(HeadlineView::new).collect(),
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
    fn new(headline: &'a Headline) -> Self {
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
    fn new(spread: &MeasureSpread) -> Self {
        let outliers = spread.strips.iter().flat_map(|strip| {
            let name = strip::name(strip);
            strip.outliers().into_iter().map(move |dot| (name.clone(), dot))
        });
        Self {
            title: measure_words(&spread.measure),
            svg: minijinja::Value::from_safe_string(strip::svg(spread)),
            in_volts: spread.unit.symbol().starts_with('V'),
            outliers: outliers.map(|(name, dot)| outlier(spread, &name, dot)).collect(),
        }
    }
}

fn outlier(spread: &MeasureSpread, strip: &str, dot: &Dot) -> OutlierView {
    OutlierView {
        session: dot.session.clone(),
        address: report_address(&dot.folder),
        place: format!("{strip} ({}, {})", dot.recording, dot.channel),
        quantity: quantity(&as_measure(
            &spread.measure,
            Some(dot.value),
            &spread.unit,
            None,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
