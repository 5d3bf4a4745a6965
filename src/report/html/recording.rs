//! One recording on the page of its session.

use serde::Serialize;

use super::FigureView;
use super::sides;
use super::table::{Listing, Table};
use crate::outcome::Section;
use crate::outcome::{Note, Outcome, Weight};
use crate::report::format::{bytes, duration};
use crate::report::words::{self, Chip};
use crate::session::{ChannelFindings, Failure, Reading, RecordingFindings, Status};
use crate::signal::{Kind, Muscle};
use crate::words::counted;

/// A recording with its sections; parts that do not apply are empty.
#[derive(Debug, Serialize)]
pub(crate) struct RecordingView {
    pub(crate) anchor: String,
    pub(crate) name: String,
    pub(crate) chip: Chip,
    file: String,
    role: &'static str,
    failure: Option<Failure>,
    reading: Option<ReadingView>,
    channels: Vec<ChannelView>,
    processing: Vec<String>,
    found: Vec<String>,
    /// The quality section stands before the processing, the others after it.
    quality: Vec<SectionView>,
    sections: Vec<SectionView>,
    listings: Vec<Listing>,
    measures: usize,
}

#[derive(Debug, Serialize)]
struct ReadingView {
    facts: Vec<(&'static str, String)>,
    dialect: Vec<String>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ChannelView {
    name: String,
    muscle: String,
    kind: &'static str,
    unit: String,
    rate: String,
    rate_from: &'static str,
    samples: usize,
    missing: Option<String>,
    chip: Option<Chip>,
    reasons: Vec<String>,
}

/// A part of a recording: what some analyses say about one question.
#[derive(Debug, Serialize)]
struct SectionView {
    title: String,
    lead: &'static str,
    notes: Vec<NoteView>,
    tables: Vec<Table>,
    figures: Vec<FigureView>,
}

/// A note with its weight as a word.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NoteView {
    pub(crate) caution: bool,
    pub(crate) text: String,
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        Self { caution: note.weight == Weight::Caution, text: note.text.clone() }
    }
}

impl RecordingView {
    /// A recording that was processed or failed.
    pub(crate) fn of(recording: &RecordingFindings, anchor: String) -> Self {
        let (quality, sections) = sections(recording);
        let listings: Vec<_> =
            recording.outcomes.iter().filter_map(Listing::of).collect();
        Self {
            anchor,
            name: recording.title.as_ref().unwrap_or(&recording.recording).clone(),
            chip: chip(recording),
            file: recording.file.clone(),
            role: words::role(recording.role),
            failure: match &recording.status {
                Status::Failed(failure) => Some(failure.clone()),
                Status::Done | Status::Skipped(_) => None,
            },
            reading: recording
                .reading
                .as_ref()
                .map(|reading| reading_view(recording, reading)),
            channels: recording.channels.iter().map(ChannelView::of).collect(),
            processing: recording.processing.clone(),
            found: recording.found.clone(),
            quality,
            sections,
            measures: listings.iter().map(Listing::len).sum(),
            listings,
        }
    }
}

/// The chip of a recording: its worst verdict, or that it was not read.
fn chip(recording: &RecordingFindings) -> Chip {
    match recording.status {
        Status::Failed(_) => Chip::FAILED,
        Status::Skipped(_) => Chip::SKIPPED,
        Status::Done => Chip::of(recording.verdict()),
    }
}

fn reading_view(recording: &RecordingFindings, reading: &Reading) -> ReadingView {
    let mut facts = vec![
        ("Format", reading.format.clone()),
        ("Size", bytes(recording.bytes)),
        ("Duration", duration(reading.duration_s)),
        ("Sampling rate", rates(&recording.channels)),
    ];
    if reading.start_s != 0.0 {
        facts.push((
            "Clock at the first sample",
            format!("{} s", crate::report::format::number(reading.start_s)),
        ));
    }
    if reading.events > 0 {
        facts.push(("Events", reading.events.to_string()));
    }
    facts.retain(|(_, fact)| !fact.is_empty());
    ReadingView {
        facts,
        dialect: reading.dialect.clone(),
        warnings: reading.warnings.clone(),
    }
}

/// The different sampling rates of the channels and where they came from.
fn rates(channels: &[ChannelFindings]) -> String {
    let mut rates: Vec<String> = Vec::new();
    for channel in channels {
        let rate =
            format!("{}, {}", channel.rate_hz, words::rate_source(channel.rate_from));
        if !rates.contains(&rate) {
            rates.push(rate);
        }
    }
    rates.join("; ")
}

impl ChannelView {
    fn of(channel: &ChannelFindings) -> Self {
        let missing = (channel.missing > 0).then(|| {
            format!(
                "{} missing in {}",
                counted(channel.missing, "sample"),
                counted(channel.gaps, "gap")
            )
        });
        Self {
            name: channel.name.clone(),
            muscle: words::muscle(channel.muscle.map(Muscle::name), channel.side),
            kind: channel.kind.word(),
            unit: channel.unit.symbol().to_owned(),
            rate: channel.rate_hz.to_string(),
            rate_from: words::rate_source(channel.rate_from),
            samples: channel.samples,
            missing,
            chip: (channel.kind == Kind::Emg).then(|| Chip::of(channel.verdict)),
            reasons: channel.reasons.clone(),
        }
    }
}

/// The quality section, and the others in their order: the known ones first, then any
/// other analysis.
fn sections(recording: &RecordingFindings) -> (Vec<SectionView>, Vec<SectionView>) {
    let page = words::sections();
    let known = page.iter().map(|section| {
        let of_section =
            |outcome: &&Outcome| section.analyses.contains(&outcome.analysis.as_ref());
        let outcomes: Vec<_> = recording.outcomes.iter().filter(of_section).collect();
        section_view(recording, section, &outcomes)
    });
    let mut known: Vec<_> = known.collect();
    let quality = known.remove(0);
    let is_other = |outcome: &&Outcome| {
        page.iter().all(|section| !section.analyses.contains(&outcome.analysis.as_ref()))
    };
    let others = recording.outcomes.iter().filter(is_other).map(other_view);
    let sections = known.into_iter().chain(others).flatten().collect();
    (quality.into_iter().collect(), sections)
}

fn section_view(
    recording: &RecordingFindings,
    section: &Section,
    outcomes: &[&Outcome],
) -> Option<SectionView> {
    let sides =
        section.analyses.contains(&"symmetry").then(|| sides::table(recording)).flatten();
    let named =
        section.tables.iter().filter_map(|names| Table::of_recording(recording, names));
    let tables = sides.into_iter().chain(named).collect();
    filled(section.title.to_owned(), section.lead, tables, outcomes)
}

fn other_view(outcome: &Outcome) -> Option<SectionView> {
    filled(words::analysis(&outcome.analysis), "", Vec::new(), &[outcome])
}

/// A section, `None` when it would hold nothing.
fn filled(
    title: String,
    lead: &'static str,
    tables: Vec<Table>,
    outcomes: &[&Outcome],
) -> Option<SectionView> {
    let notes: Vec<_> =
        outcomes.iter().flat_map(|outcome| &outcome.notes).map(NoteView::from).collect();
    let figures: Vec<_> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.figures)
        .map(FigureView::of)
        .collect();
    let holds = !tables.is_empty() || !notes.is_empty() || !figures.is_empty();
    holds.then_some(SectionView { title, lead, notes, tables, figures })
}
