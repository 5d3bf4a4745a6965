//! The first screen of a session: whether it can be used, what was recorded, what was
//! found.

use minijinja::Value;
use serde::Serialize;

use super::shown::{anchor, judged, short_name, shown};
use crate::outcome::{Headline, Verdict, Weight};
use crate::report::format::duration;
use crate::report::words::Chip;
use crate::session::{Findings, RecordingFindings, Status};
use crate::signal::{Muscle, Side};
use crate::words::{capitalised, counted, shortened};

mod dots;
mod matrix;
mod strip;

use matrix::Matrix;
use strip::Strip;

/// So many recordings have a card; the others are named below them.
const CARDS: usize = 6;
/// Longer names lose their middle.
const LONGEST_NAME: usize = 60;
/// Why a session cannot simply be used is said by so many channels.
const REASONS: usize = 2;

/// The first screen.
#[derive(Debug, Serialize)]
pub(super) struct Opening {
    /// What was recorded, how long and of which muscles.
    extent: String,
    usable: Usability,
    matrix: Option<Matrix>,
    strip: Option<Strip>,
    cards: Vec<Card>,
    /// How many recordings have no room for a card.
    more_cards: usize,
}

/// Whether the session can be used, and why not.
#[derive(Debug, Serialize)]
struct Usability {
    chip: Chip,
    words: &'static str,
    sentence: String,
}

/// What one recording says.
#[derive(Debug, Serialize)]
struct Card {
    anchor: String,
    name: String,
    duration: String,
    chip: Chip,
    /// What was done.
    task: Option<String>,
    task_detail: String,
    /// What came out: the bold sentence, its numbers, and what else is said.
    found: Option<String>,
    detail: String,
    also: Option<String>,
    figure: Option<Value>,
}

impl Opening {
    pub(super) fn of(findings: &Findings) -> Self {
        let shown = shown(findings);
        let told = shown
            .iter()
            .enumerate()
            .filter_map(|(index, recording)| Card::of(&shown, recording, anchor(index)));
        let mut cards: Vec<Card> = told.collect();
        let more_cards = cards.split_off(cards.len().min(CARDS)).len();
        Self {
            extent: extent(&shown),
            usable: Usability::of(findings, &shown),
            matrix: Matrix::of(&shown),
            strip: Strip::of(&shown),
            cards,
            more_cards,
        }
    }
}

/// "3 recordings, 1 min 3 s · soleus and tibialis anterior, both legs"
fn extent(shown: &[&RecordingFindings]) -> String {
    let readings = shown.iter().filter_map(|recording| recording.reading.as_ref());
    let seconds: f64 = readings.map(|reading| reading.duration_s).sum();
    let mut muscles: Vec<&str> = Vec::new();
    let mut sides = [false; 2];
    for channel in shown.iter().flat_map(|recording| judged(recording)) {
        if let Some(muscle) = channel.muscle.map(Muscle::name)
            && !muscles.contains(&muscle)
        {
            muscles.push(muscle);
        }
        sides[0] |= channel.side == Some(Side::Left);
        sides[1] |= channel.side == Some(Side::Right);
    }
    let legs = match sides {
        [true, true] => ", both sides",
        [true, false] => ", left",
        [false, true] => ", right",
        [false, false] => "",
    };
    let muscles = match muscles.len() {
        0 => String::new(),
        1..=2 => format!(" · {}{legs}", muscles.join(" and ")),
        count => format!(" · {count} muscles{legs}"),
    };
    format!("{}, {}{muscles}", counted(shown.len(), "recording"), duration(seconds))
}

impl Usability {
    fn of(findings: &Findings, shown: &[&RecordingFindings]) -> Self {
        let failed = |recording: &&&RecordingFindings| {
            matches!(recording.status, Status::Failed(_))
        };
        let failed = shown.iter().filter(failed).count();
        let channels = shown.iter().flat_map(|recording| judged(recording));
        let verdicts: Vec<Verdict> =
            channels.filter_map(|channel| channel.verdict).collect();
        let beside = beside(findings, shown);
        let is_whole = failed == 0 && beside.is_empty();
        let worst = verdicts.iter().max().copied();
        let chip = match worst {
            None if failed > 0 => Chip::FAILED,
            worst => Chip::of(worst.map(|worst| match is_whole {
                true => worst,
                false => worst.max(Verdict::Check),
            })),
        };
        let is_bad = |verdict: &&Verdict| **verdict == Verdict::Bad;
        let bad = verdicts.iter().filter(is_bad).count();
        let words = match worst {
            None => "Nothing to use",
            Some(Verdict::Bad) if bad == verdicts.len() => "Cannot be used",
            Some(Verdict::Bad) => "Only part of it can be used",
            Some(Verdict::Check) => "Look before you use it",
            Some(Verdict::Good) if failed > 0 => "Only part of it can be used",
            Some(Verdict::Good) if !is_whole => "Look before you use it",
            Some(Verdict::Good) => "Can be used",
        };
        let sentence = sentence(shown, &verdicts, failed) + &beside;
        Self { chip, words, sentence }
    }
}

/// What concerns no single channel: files and channels that were left out, and cautions of
/// the whole session.
fn beside(findings: &Findings, shown: &[&RecordingFindings]) -> String {
    let mut said = String::new();
    let readings = shown.iter().filter_map(|recording| recording.reading.as_ref());
    let warnings = readings.flat_map(|reading| &reading.warnings);
    for warning in warnings.filter(|warning| warning.starts_with("left out")) {
        said += &format!(" {}.", capitalised(warning.trim_end_matches('.')));
    }
    let skipped = findings.recordings.len() - shown.len();
    if skipped > 0 {
        said += &format!(" {} left out, named further down.", counted(skipped, "file"));
    }
    let cautions = findings.notes.iter().filter(|note| note.weight == Weight::Caution);
    match cautions.count() {
        0 => {}
        count => said += &format!(" {} of the whole session.", counted(count, "caution")),
    }
    said
}

/// How many channels are good, what stands against the others, and what failed.
fn sentence(shown: &[&RecordingFindings], verdicts: &[Verdict], failed: usize) -> String {
    let good = verdicts.iter().filter(|verdict| **verdict == Verdict::Good).count();
    let together = if shown.len() - failed > 1 { " of all recordings" } else { "" };
    let mut said = match verdicts.len() {
        0 if shown.is_empty() => "There was no recording to process.".to_owned(),
        0 => "No EMG was judged.".to_owned(),
        1 if good == 1 => "Nothing stands against its channel.".to_owned(),
        all if all == good => {
            format!("Nothing stands against any of the {all} channels{together}.")
        }
        all => format!("{good} of {all} channels{together} are good."),
    };
    let mut against: Vec<(Verdict, String)> = Vec::new();
    for recording in shown {
        let name = short_name(shown, recording);
        for channel in judged(recording) {
            let verdict = channel.verdict.filter(|verdict| *verdict > Verdict::Good);
            let reason = channel.reasons.first();
            against.extend(verdict.zip(reason).map(|(verdict, reason)| {
                (verdict, format!("{} in {name}: {reason}", channel.name))
            }));
        }
    }
    against.sort_by_key(|(verdict, _)| std::cmp::Reverse(*verdict));
    let reasons: Vec<String> = against.into_iter().map(|(_, reason)| reason).collect();
    if !reasons.is_empty() {
        let more = match reasons.len().saturating_sub(REASONS) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let named = &reasons[..reasons.len().min(REASONS)];
        said += &format!(" {}{more}.", capitalised(&named.join("; ")));
    }
    if failed > 0 {
        said += &format!(" {} could not be read.", counted(failed, "recording"));
    }
    said
}

impl Card {
    /// Of a recording of which something is said: none of maxima, rest, and what failed.
    fn of(
        all: &[&RecordingFindings],
        recording: &RecordingFindings,
        anchor: String,
    ) -> Option<Self> {
        let told = recording.outcomes.iter().flat_map(|outcome| &outcome.headlines);
        let (mut tasks, mut results): (Vec<&Headline>, Vec<&Headline>) =
            told.partition(|headline| headline.kind.is_task());
        if tasks.is_empty() && results.is_empty() {
            return None;
        }
        // The closed list is in the order of what says most.
        tasks.sort_by_key(|headline| headline.kind);
        results.sort_by_key(|headline| headline.kind);
        let (told, untold): (Vec<&Headline>, Vec<&Headline>) =
            results.into_iter().partition(|headline| headline.kind.tells());
        let mut results = told.into_iter();
        let found = results.next();
        Some(Self {
            anchor,
            name: shortened(&short_name(all, recording), LONGEST_NAME).into_owned(),
            duration: recording
                .reading
                .as_ref()
                .map_or(String::new(), |reading| duration(reading.duration_s)),
            chip: Chip::of(recording.verdict()),
            task: tasks.first().map(|headline| headline.text.clone()),
            task_detail: tasks
                .first()
                .map_or(String::new(), |headline| headline.detail.clone()),
            found: found.map(|headline| headline.text.clone()),
            detail: found.map_or(String::new(), |headline| headline.detail.clone()),
            also: results.chain(untold).next().map(|headline| {
                format!("{} {}", headline.text, headline.detail).trim().to_owned()
            }),
            figure: found
                .and_then(|headline| headline.shows.as_deref())
                .and_then(|measure| dots::svg(recording, measure))
                .map(Value::from_safe_string),
        })
    }
}
