//! One recording on the page of its session.

use serde::Serialize;

use super::channels::Quality;
use super::kinds::{Kind, Room, kinds};
use super::listing::Listings;
use super::numbers::Numbers;
use super::signals::Signals;
use super::subject::Subjects;
use crate::outcome::{Note, Outcome, Section, Weight};
use crate::report::format::{bytes, duration};
use crate::report::words::{self, Chip};
use crate::session::{ChannelFindings, Failure, Reading, RecordingFindings, Status};
use crate::signal::Muscle;
use crate::words::counted;

/// So many kinds of figures are open in a recording; the others are folded.
const KINDS_AT_ONCE: usize = 3;

/// A recording with its parts; those that do not apply are empty.
#[derive(Debug, Serialize)]
pub(crate) struct RecordingView {
    pub(crate) anchor: String,
    pub(crate) name: String,
    pub(crate) chip: Chip,
    file: String,
    role: &'static str,
    failure: Option<Failure>,
    reading: Option<ReadingView>,
    cautions: Vec<NoteView>,
    signals: Option<Signals>,
    numbers: Option<Numbers>,
    kinds: Vec<Kind>,
    more_kinds: Vec<Kind>,
    quality: Option<Quality>,
    rarer: Vec<RarerView>,
    listings: Option<Listings>,
    channels: Vec<ChannelView>,
    processing: Vec<String>,
    found: Vec<String>,
}

/// How much may be drawn of a recording.
pub(super) struct Drawing {
    /// The columns of a signal.
    pub(super) columns: usize,
    /// The bytes of its other figures.
    pub(super) bytes: usize,
    /// Whether its main numbers stand in its own table.
    pub(super) main: bool,
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
}

/// What some analyses say that few readers look for.
#[derive(Debug, Serialize)]
struct RarerView {
    title: String,
    cautions: Vec<NoteView>,
    numbers: Option<Numbers>,
    kinds: Vec<Kind>,
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
    pub(super) fn of(
        recording: &RecordingFindings,
        anchor: String,
        drawing: &Drawing,
    ) -> Self {
        let mut room = Room(drawing.bytes);
        let parts = Parts::of(recording);
        let (kinds, more_kinds) = parts.kinds(&mut room);
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
            cautions: cautions(&parts.common),
            signals: Signals::of(recording, drawing.columns),
            numbers: parts.numbers(drawing.main),
            kinds,
            more_kinds,
            quality: parts.quality(),
            rarer: parts.rarer(&mut room),
            listings: Listings::of(recording),
            channels: recording.channels.iter().map(ChannelView::of).collect(),
            processing: recording.processing.clone(),
            found: recording.found.clone(),
        }
    }
}

/// A recording by the sections that its analyses tell.
struct Parts<'a> {
    recording: &'a RecordingFindings,
    sections: Vec<Section>,
    /// The outcomes that are not folded.
    common: Vec<&'a Outcome>,
}

impl<'a> Parts<'a> {
    fn of(recording: &'a RecordingFindings) -> Self {
        let sections = words::sections();
        let is_common = |outcome: &&Outcome| {
            let name = outcome.analysis.as_ref();
            let of = sections.iter().find(|section| section.analyses.contains(&name));
            of.is_some_and(|section| !section.rare)
        };
        let common = recording.outcomes.iter().filter(is_common).collect();
        Self { recording, sections, common }
    }

    fn outcomes(&self, section: &Section) -> Vec<&'a Outcome> {
        let of_section =
            |outcome: &&Outcome| section.analyses.contains(&outcome.analysis.as_ref());
        self.recording.outcomes.iter().filter(of_section).collect()
    }

    /// The section of the quality, which comes first.
    fn quality(&self) -> Option<Quality> {
        let section = self.sections.first()?;
        Quality::of(self.recording, section)
    }

    /// The measures of the sections, after the main ones where these stand nowhere else.
    fn numbers(&self, with_main: bool) -> Option<Numbers> {
        let main =
            if with_main { Numbers::main_names(self.recording) } else { Vec::new() };
        let common = self.sections.iter().skip(1).filter(|section| !section.rare);
        let names = common.flat_map(|section| section.tables.iter().copied().flatten());
        let others = names.copied().filter(|name| main.iter().all(|known| known != name));
        Numbers::of(self.recording, main.iter().map(|name| &**name).chain(others))
    }

    /// The kinds of figures: the first of each section before the second of any.
    fn kinds(&self, room: &mut Room) -> (Vec<Kind>, Vec<Kind>) {
        let subjects = Subjects::of(self.recording);
        let common = self.sections.iter().filter(|section| !section.rare);
        let mut by_section: Vec<(usize, Kind)> = common
            .flat_map(|section| {
                let kinds = kinds(&self.outcomes(section), &subjects, room);
                kinds.into_iter().enumerate()
            })
            .collect();
        by_section.sort_by_key(|(place, _)| *place);
        let mut kinds: Vec<Kind> = by_section.into_iter().map(|(_, kind)| kind).collect();
        let more = kinds.split_off(kinds.len().min(KINDS_AT_ONCE));
        (kinds, more)
    }

    /// The rarer sections, and analyses that belong to none.
    fn rarer(&self, room: &mut Room) -> Vec<RarerView> {
        let rare = self.sections.iter().filter(|section| section.rare);
        let of_section = rare.map(|section| {
            let names = section.tables.iter().flat_map(|names| names.iter().copied());
            let numbers = Numbers::of(self.recording, names);
            (section.title.to_owned(), self.outcomes(section), numbers)
        });
        let known = |outcome: &&Outcome| {
            let name = outcome.analysis.as_ref();
            self.sections.iter().any(|section| section.analyses.contains(&name))
        };
        let others = self.recording.outcomes.iter().filter(|outcome| !known(outcome));
        let others = others
            .map(|outcome| (words::analysis(&outcome.analysis), vec![outcome], None));
        let subjects = Subjects::of(self.recording);
        let mut rarer = Vec::new();
        for (title, outcomes, numbers) in of_section.chain(others) {
            let kinds = kinds(&outcomes, &subjects, room);
            let cautions = cautions(&outcomes);
            if numbers.is_some() || !kinds.is_empty() || !cautions.is_empty() {
                rarer.push(RarerView { title, cautions, numbers, kinds });
            }
        }
        rarer
    }
}

/// What limits what may be said of these; every note stands among those of the session.
fn cautions(outcomes: &[&Outcome]) -> Vec<NoteView> {
    let notes = outcomes.iter().flat_map(|outcome| &outcome.notes).map(NoteView::from);
    notes.filter(|note| note.caution).collect()
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
        }
    }
}
