//! The course of a channel in rows of the table and in words.

use super::super::Digest;
use super::super::fatigue::{EpochState, clipped_words, is_uneven};
use super::super::rows::{Found, Rows};
use super::{ComplexityCourse, ComplexityIndex, FEWEST, LEAST_SAMPLES};
use crate::dsp::stats::{mean, mean_interval, standard_deviation};
use crate::outcome::{self, FEWEST_FOR_A_TREND, Measure, Note};
use crate::words::spoken;

/// Why nothing can be said, where that is so.
fn obstacle(channel: &Digest, course: &ComplexityCourse) -> Option<String> {
    if let Some(reason) = channel.no_emg() {
        return Some(reason.into());
    }
    if course.epochs.is_empty() {
        return Some("the recording is shorter than one epoch".into());
    }
    if course.samples < LEAST_SAMPLES {
        let samples = course.samples;
        return Some(format!(
            "an epoch holds {samples} samples, fewer than the {LEAST_SAMPLES} that entropy needs"
        ));
    }
    if course.count(EpochState::Quiet) == course.epochs.len() {
        return Some("no signal is left after filtering".into());
    }
    let looked_at = course.looked_at().count();
    (looked_at < FEWEST)
        .then(|| format!("needs at least {FEWEST} epochs; {}", tally(course)))
}

fn tally(course: &ComplexityCourse) -> String {
    let words = [
        (EpochState::Gap, "gaps"),
        (EpochState::Clipped, "clipping"),
        (EpochState::Quiet, "rest"),
    ];
    let left_out = words.map(|(state, word)| (course.count(state), word));
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} ({word})"))
        .collect();
    let (looked_at, used) = (course.looked_at().count(), course.count(EpochState::Used));
    let passed = if looked_at < used {
        format!(" (evenly spaced among {used})")
    } else {
        String::new()
    };
    let clipped = clipped_words(
        course
            .epochs
            .iter()
            .filter(|e| e.indices.is_some())
            .map(|epoch| epoch.clipped_share),
    );
    let looked_at =
        format!("{looked_at} of {} epochs used{passed}{clipped}", course.epochs.len());
    if left_out.is_empty() {
        looked_at
    } else {
        format!("{looked_at}, left out: {}", left_out.join(", "))
    }
}

/// The mean of every index, then its change over time.
pub(super) fn measures(channel: &Digest, course: &ComplexityCourse) -> Vec<Measure> {
    let mut rows = Rows::new(channel, obstacle(channel, course));
    for index in ComplexityIndex::ALL {
        let found = average(course, index).ok_or_else(|| too_few(course, index));
        rows.add(&index.facts().mean, found);
    }
    for index in ComplexityIndex::ALL {
        let found = slope(course, index).ok_or_else(|| too_few(course, index));
        rows.add(&index.facts().slope, found);
    }
    rows.made()
}

/// Why an index has no value.
fn too_few(course: &ComplexityCourse, index: ComplexityIndex) -> String {
    let (known, of) = (course.values(index).0.len(), course.looked_at().count());
    let reason = index.reason();

    format!("{known} of {of} epochs have a value, at least {FEWEST} are needed: {reason}")
}

fn average(course: &ComplexityCourse, index: ComplexityIndex) -> Option<Found> {
    let values = course.values(index).1;
    let found = Found::mean(&values).filter(|_| values.len() >= FEWEST)?;
    let spread = spoken(standard_deviation(&values)?);

    Some(found.noted(format!("standard deviation {spread}; {}", tally(course))))
}

fn slope(course: &ComplexityCourse, index: ComplexityIndex) -> Option<Found> {
    let line = course.line(index)?;
    let interval = line.slope_interval()?;

    Some(Found::new(line.slope, line.n).within(Some(interval)))
}

pub(super) fn courses(
    channel: &Digest,
    course: &ComplexityCourse,
) -> Vec<outcome::Course> {
    let of = |index: ComplexityIndex| outcome::Course {
        name: index.name().into(),
        channel: channel.label.name.clone(),
        unit: index.unit(),
        time_s: course.looked_at().map(|(time_s, _)| channel.start_s + time_s).collect(),
        value: course.looked_at().map(|(_, indices)| index.value(indices)).collect(),
    };
    let is_there = course.looked_at().next().is_some();
    ComplexityIndex::ALL.into_iter().filter(|_| is_there).map(of).collect()
}

/// What the course of a channel says, or why it says nothing.
pub(super) fn note(channel: &Digest, course: &ComplexityCourse) -> Note {
    let name = &channel.label.name;
    match obstacle(channel, course) {
        Some(reason) => {
            Note::caution(format!("{name}: no complexity indices: {reason}."))
        }
        None => Note::info(format!("{name}: {}; {}.", finding(course), tally(course))),
    }
}

/// "fuzzy entropy 1.23 (95 % interval 1.2 to 1.26), which fell by 0.0041 per s (0.0032 to
/// 0.005)": of the indices it scatters least from epoch to epoch.
fn finding(course: &ComplexityCourse) -> String {
    let values = course.values(ComplexityIndex::FuzzyEntropy).1;
    let Some((level, (low, high))) =
        mean(&values).zip(mean_interval(&values)).filter(|_| values.len() >= FEWEST)
    else {
        return "fuzzy entropy has no value".into();
    };
    let level = format!(
        "fuzzy entropy {} (95 % interval {} to {})",
        spoken(level),
        spoken(low),
        spoken(high)
    );
    let slope = course
        .line(ComplexityIndex::FuzzyEntropy)
        .and_then(|line| Some((line, line.slope_interval()?)));
    let Some((line, (low, high))) =
        slope.filter(|(line, _)| line.n >= FEWEST_FOR_A_TREND)
    else {
        return format!(
            "{level}; fewer than {FEWEST_FOR_A_TREND} epochs are too few to speak of a trend"
        );
    };
    if low <= 0.0 && high >= 0.0 {
        return format!(
            "{level}, with no change beyond chance ({} to {} per s)",
            spoken(low),
            spoken(high)
        );
    }
    let (word, ends) =
        if line.slope < 0.0 { ("fell", (-high, -low)) } else { ("rose", (low, high)) };
    format!(
        "{level}, which {word} by {} per s ({} to {})",
        spoken(line.slope.abs()),
        spoken(ends.0),
        spoken(ends.1)
    )
}

/// What limits the indices, each caution with all the channels that it concerns.
pub(super) fn cautions(followed: &[(&Digest, &ComplexityCourse)]) -> Vec<Note> {
    let usable: Vec<_> = followed
        .iter()
        .filter(|(channel, course)| obstacle(channel, course).is_none())
        .collect();
    if usable.is_empty() {
        return Vec::new();
    }
    let mut texts = vec![
        "Entropies, fluctuation, recurrence and fractal dimension depend on the sampling \
         rate, on the filters and on \
         clipping: compare them within a session and the same recipe only."
            .to_owned(),
    ];
    let rate = usable[0].0.rate;
    if usable.iter().any(|(channel, _)| channel.rate != rate) {
        texts.push(
            "Channels were sampled at different rates: their indices do not \
                   compare with each other."
                .to_owned(),
        );
    }
    let uneven = usable.iter().filter(|(_, course)| varies(course));
    let uneven: Vec<&str> =
        uneven.map(|(channel, _)| channel.label.name.as_str()).collect();
    if !uneven.is_empty() {
        texts.push(format!(
            "{}: the amplitude varies between epochs (coefficient of variation above 30 \
             %, or more than a fifth of the \
             epochs quiet), as in a dynamic or intermittent task: an epoch that is \
             partly active has a lower entropy and \
             a higher determinism for that alone.",
            uneven.join(", ")
        ));
    }
    texts.into_iter().map(Note::caution).collect()
}

/// Whether force was not constant, by the amplitudes of the epochs.
fn varies(course: &ComplexityCourse) -> bool {
    let used = course.epochs.iter().filter(|epoch| epoch.state == EpochState::Used);
    let levels: Vec<f64> = used.map(|epoch| epoch.rms).collect();
    is_uneven(&levels, course.count(EpochState::Quiet), course.epochs.len())
}
