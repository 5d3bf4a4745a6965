//! The course of a channel in words: what it says, and what it cannot say.

use super::super::Digest;
use super::correlation::Likeness;
use super::epoch::clipped_words;
use super::jasa::Jasa;
use super::statistics::MDF;
use super::{
    EpochCourse, EpochState, FEWEST, Fatigue, Followed, Quantity, Task, Trend, facts,
};
use crate::dsp::stats::{mean, standard_deviation};
use crate::outcome::{FEWEST_FOR_A_TREND, Note};
use crate::words::{capitalised, spoken};

/// Amplitudes that vary more between epochs are those of a changing force, as a
/// coefficient of variation.
const VARYING: f64 = 0.3;
/// Contractions shorter than this look like movements (steps, heel raises) rather than
/// like holds, in seconds.
const MOVEMENT_S: f64 = 1.5;

/// Why nothing can be said, where that is so.
pub(super) fn obstacle(channel: &Digest, course: &EpochCourse) -> Option<String> {
    let used = course.used().count();
    if let Some(reason) = channel.no_emg() {
        return Some(reason.into());
    }
    if course.epochs.is_empty() {
        return Some(match &course.task {
            Task::Windows => "the recording is shorter than one epoch".into(),
            Task::Contractions { .. } => "no contraction was found".into(),
            Task::Events { why_none } => why_none
                .clone()
                .unwrap_or_else(|| "no event lies within the recording".into()),
        });
    }
    if used > 0 || course.count(EpochState::Quiet) < course.epochs.len() {
        return (used == 0).then(|| format!("no epoch is left; {}", tally(course)));
    }
    if course.known_rest.is_some() {
        return Some("no activity: nothing exceeds the recording of rest".into());
    }
    Some("no signal is left after filtering".into())
}

/// Why nothing can be said of a course over time, where something can of its epochs.
pub(super) fn too_few(course: &EpochCourse) -> Option<String> {
    let used = course.used().count();
    (used < FEWEST).then(|| format!("needs at least {FEWEST} epochs; {}", tally(course)))
}

/// How many epochs were used, and why the others were not.
pub(super) fn tally(course: &EpochCourse) -> String {
    let left_out = EpochState::LEFT_OUT.map(|(state, word)| (course.count(state), word));
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} ({word})"))
        .collect();
    let clipped = clipped_words(course.used().map(|epoch| epoch.clipped_share));
    let used = format!(
        "{} of {} epochs used{clipped}",
        course.used().count(),
        course.epochs.len()
    );
    if left_out.is_empty() {
        used
    } else {
        format!("{used}, left out: {}", left_out.join(", "))
    }
}

/// What the course of a channel says, or why it says nothing. `None` for too few epochs,
/// which is said once for all channels that have them.
pub(super) fn finding(channel: &Digest, followed: &Followed) -> Option<Note> {
    let (name, course) = (&channel.label.name, &followed.course);
    if let Some(reason) = obstacle(channel, course) {
        return Some(Note::caution(format!("{name}: no fatigue indices: {reason}.")));
    }
    if has_few(followed) {
        return None;
    }
    let trend = followed.trends.of_quantity(Quantity::Mdf);
    let ends = ends(followed).map_or(String::new(), |ends| format!("; {ends}"));
    let jasa = jasa_of(followed);
    let jasa =
        jasa.map_or(String::new(), |jasa| format!(" {}.", capitalised(&jasa.words())));
    Some(Note::info(format!("{name}: {}{ends}; {}.{jasa}", slope(trend), tally(course))))
}

/// Whether words cannot be made of a trend.
pub(super) fn has_few(followed: &Followed) -> bool {
    followed.course.used().count() < FEWEST_FOR_A_TREND
}

/// The channels with too few epochs for words.
fn few(usable: &Usable<'_>) -> Option<Note> {
    let few = usable.iter().filter(|(_, followed)| has_few(followed));
    let names: Vec<String> = few
        .map(|(channel, followed)| {
            format!("{} ({})", channel.label.name, tally(&followed.course))
        })
        .collect();
    (!names.is_empty()).then(|| {
        Note::info(format!(
            "Too few epochs to speak of a trend of the median frequency, whose epochs \
             scatter by some 5 % \
             ({FEWEST_FOR_A_TREND} are needed): {}.",
            names.join("; ")
        ))
    })
}

/// "median frequency fell 4.1 % per minute (95 % interval 3.2 to 5), 58 epochs"
fn slope(trend: Option<&Trend>) -> String {
    let found = trend.and_then(|trend| {
        let (low, high) = trend.line.fieller_interval()?;
        Some((
            trend.line.n,
            60.0 * trend.line.normalised_slope()?,
            60.0 * low,
            60.0 * high,
        ))
    });
    let Some((n, slope, low, high)) = found else {
        return "median frequency has no slope".into();
    };
    if low <= 0.0 && high >= 0.0 {
        let (slope, low, high) = (spoken(slope), spoken(low), spoken(high));
        return format!(
            "median frequency shows no change beyond chance: {slope} % per minute (95 % \
             interval {low} to {high}), {n} \
             epochs"
        );
    }
    let (word, ends) =
        if slope < 0.0 { ("fell", (-high, -low)) } else { ("rose", (low, high)) };
    let (slope, low, high) = (spoken(slope.abs()), spoken(ends.0), spoken(ends.1));
    format!(
        "median frequency {word} {slope} % per minute (95 % interval {low} to {high}), {n} epochs"
    )
}

/// "its last 6 epochs lie 8.2 % (5.1 to 11) below the first 6"
fn ends(followed: &Followed) -> Option<String> {
    let change = followed.trends.change(Quantity::Mdf)?;
    let (low, high) = change.interval?;
    let percent = |ratio: f64| 100.0 * (ratio - 1.0);
    let (value, low, high) = (percent(change.ratio), percent(low), percent(high));
    if low <= 0.0 && high >= 0.0 {
        return None;
    }
    let (word, from, to) =
        if value < 0.0 { ("below", -high, -low) } else { ("above", low, high) };
    Some(format!(
        "its last {0} epochs lie {1} % ({2} to {3}) {word} the first {0}",
        change.epochs,
        spoken(value.abs()),
        spoken(from),
        spoken(to)
    ))
}

/// Amplitude (root mean square) against median frequency over the time from the first to
/// the last used epoch.
pub(super) fn jasa_of(followed: &Followed) -> Option<Jasa> {
    let trend = |quantity| followed.trends.of_quantity(quantity);
    let (amplitude, frequency) = (trend(Quantity::Rms)?, trend(Quantity::Mdf)?);
    let lasted_s = followed.course.end_s - followed.course.begin_s;
    Jasa::from_lines(&amplitude.line, &frequency.line, lasted_s)
}

/// How many used epochs lie less than `limit_db` above a noise.
pub(super) fn noisy(course: &EpochCourse, noise: f64, limit_db: f64) -> usize {
    let is_noisy = |rms: &f64| {
        let ratio = rms / noise;
        10.0 * libm::log10((ratio * ratio - 1.0).max(1e-30)) < limit_db
    };
    course.values(Quantity::Rms).iter().filter(|rms| is_noisy(rms)).count()
}

/// The channels of which something can be said.
type Usable<'a> = [(&'a Digest, &'a Followed)];

/// The names of those that a caution concerns; `None` for nobody.
fn named(
    usable: &Usable<'_>,
    concerned: impl Fn(&Digest, &Followed) -> bool,
) -> Option<String> {
    let names = usable.iter().filter(|(channel, followed)| concerned(channel, followed));
    let names: Vec<_> = names.map(|(channel, _)| channel.label.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

impl Fatigue {
    /// What limits the courses, each caution with all the channels that it concerns.
    pub(super) fn cautions(&self, followed: &Usable<'_>) -> Vec<Note> {
        let usable: Vec<(&Digest, &Followed)> = followed
            .iter()
            .copied()
            .filter(|(channel, followed)| obstacle(channel, &followed.course).is_none())
            .collect();
        let cautions = [
            no_contractions(&usable),
            movements(&usable),
            changing_contractions(&usable),
            changing_windows(&usable),
            self.noise_caution(&usable),
            slow_sampling(&usable),
            odd_epochs(&usable),
            wandering(&usable, Quantity::Rms, "amplitude"),
            wandering(&usable, Quantity::Mdf, "median frequency"),
        ];
        let unknown = named(&usable, |_, followed| followed.course.noise().is_none()).map(|names| {
            Note::info(format!(
                "{names}: no rest was recorded by which noise could be told, so that the \
                 signal-to-noise ratio of the epochs \
                 is not known; noise raises mean and, less, median frequency."
            ))
        });
        cautions
            .into_iter()
            .flatten()
            .map(Note::caution)
            .chain(contractions(&usable))
            .chain(few(&usable))
            .chain(unknown)
            .collect()
    }

    fn noise_caution(&self, usable: &Usable<'_>) -> Option<String> {
        let limit = self.snr_check_db;
        let is_noisy = |_: &Digest, Followed { course, .. }: &Followed| {
            course.noise().is_some_and(|noise| noisy(course, noise, limit) > 0)
        };
        named(usable, is_noisy).map(|names| {
            format!(
                "{names}: epochs lie less than {} dB above rest ({}): noise raises the \
                 mean frequency \
                 (by 9 % at 10 dB, 1 % at 20 dB) and the median less, and hides part of \
                 their fall.",
                spoken(limit),
                facts::NOISY_EPOCH_COUNT.name
            )
        })
    }
}

/// What the epochs are, where they are contractions.
fn contractions(usable: &Usable<'_>) -> Option<Note> {
    let mut found = Vec::new();
    for (channel, followed) in usable {
        if let Task::Contractions { typical_s, period_s, separate: true } =
            followed.course.task
        {
            found.push(format!(
                "{} ({} of {} s, {} s apart)",
                channel.label.name,
                whole_contractions(&followed.course),
                spoken(typical_s),
                spoken(period_s)
            ));
        }
    }
    (!found.is_empty()).then(|| {
        Note::info(format!(
            "Separate contractions were found, and each is one epoch: {} (medians). \
             The recipe can cut windows instead.",
            found.join(", ")
        ))
    })
}

/// How many epochs are whole contractions.
pub(super) fn whole_contractions(course: &EpochCourse) -> usize {
    course
        .epochs
        .iter()
        .filter(|epoch| epoch.state != EpochState::Cut && epoch.state != EpochState::Gap)
        .count()
}

/// Contractions that were asked for where there are none to be seen.
fn no_contractions(usable: &Usable<'_>) -> Option<String> {
    let none = |_: &Digest, followed: &Followed| {
        matches!(followed.course.task, Task::Contractions { separate: false, .. })
    };
    named(usable, none).map(|names| {
        format!(
            "{names}: contractions were asked for, and what \
             rises and falls was taken for them, \
             but the muscle does not rest between them: they may be the ups and downs of a hold."
        )
    })
}

fn movements(usable: &Usable<'_>) -> Option<String> {
    let short = |_: &Digest, followed: &Followed| matches!(followed.course.task, Task::Contractions { typical_s, separate: true, .. } if typical_s < MOVEMENT_S);
    named(usable, short).map(|names| {
        format!(
            "{names}: the contractions are short, as in steps or heel raises. In \
             movement the spectrum also follows joint \
             angle, muscle length and speed, so the slopes say how the spectrum changed \
             from one contraction to the next, \
             and not why; hold pace and range alike, or compare one phase only \
             (epochs between events, by the recipe)."
        )
    })
}

/// Whether force was not constant, by the amplitudes of the epochs.
fn amplitudes_vary(course: &EpochCourse) -> bool {
    is_uneven(&course.values(Quantity::Rms), 0, course.epochs.len())
}

/// Whether the levels of the epochs that are used differ as in a task with changing
/// force, or many of all are quiet.
pub(in crate::analysis) fn is_uneven(
    levels: &[f64],
    quiet: usize,
    epochs: usize,
) -> bool {
    let variation = standard_deviation(levels)
        .zip(mean(levels))
        .map_or(0.0, |(spread, mean)| spread / mean);
    variation > VARYING || 5 * quiet > epochs
}

fn changing_contractions(usable: &Usable<'_>) -> Option<String> {
    let varies = |_: &Digest, followed: &Followed| {
        followed.course.task != Task::Windows && amplitudes_vary(&followed.course)
    };
    named(usable, varies).map(|names| {
        format!(
            "{names}: the amplitude differs from epoch to epoch (coefficient of \
             variation above 30 %): the force was \
             not the same, and the spectrum follows it as well."
        )
    })
}

/// Whether the amplitude varies between or within epochs as under a changing force.
pub(super) fn changes_force(Followed { course, .. }: &Followed) -> bool {
    let quiet = course.count(EpochState::Quiet);
    is_uneven(&course.values(Quantity::Rms), quiet, course.epochs.len())
        || course.variation.is_some_and(|variation| variation > VARYING)
}

fn changing_windows(usable: &Usable<'_>) -> Option<String> {
    let varies = |_: &Digest, followed: &Followed| {
        followed.course.task == Task::Windows && changes_force(followed)
    };
    named(usable, varies).map(|names| {
        format!(
            "{names}: the amplitude varies between or within epochs (coefficient of \
             variation above 30 %, or more than a \
             fifth of the epochs quiet), as in a dynamic task, a changing force or few \
             contractions: the spectrum then \
             follows force and joint angle as well, so that a slope cannot be told from \
             them; compare only the same phase."
        )
    })
}

fn slow_sampling(usable: &Usable<'_>) -> Option<String> {
    named(usable, |channel, _| channel.rate.hz() < 1000.0).map(|names| {
        format!(
            "{names}: sampled below 1000 Hz: the highest frequencies are missing, so \
             mean and median frequency and FInsm5 \
             are lower than at higher rates."
        )
    })
}

/// Lines that single epochs pull so far that it matters.
fn odd_epochs(usable: &Usable<'_>) -> Option<String> {
    let pulled = |_: &Digest, followed: &Followed| {
        let trend =
            followed.trends.of_quantity(Quantity::Mdf).filter(|_| !has_few(followed));
        let Some(trend) = trend else { return false };
        let apart =
            |one: (f64, f64), other: (f64, f64)| one.1 < other.0 || other.1 < one.0;
        let sides = |(low, high): (f64, f64)| (low > 0.0, high < 0.0);
        match (trend.line.slope_interval(), trend.robust) {
            (Some(line), Some(robust)) => {
                apart(line, robust.interval) || sides(line) != sides(robust.interval)
            }
            _ => false,
        }
    };
    named(usable, pulled).map(|names| {
        format!(
            "{names}: single epochs pull the line of the median frequency: the slope of \
             Theil and Sen, which they do not \
             move, says something else ({}).",
            MDF.slope_theil_sen.name
        )
    })
}

fn wandering(usable: &Usable<'_>, quantity: Quantity, what: &str) -> Option<String> {
    let beyond = |_: &Digest, followed: &Followed| {
        let trend = followed.trends.of_quantity(quantity);
        let likeness = trend.filter(|_| !has_few(followed)).map(|trend| trend.likeness);
        matches!(likeness, Some(Likeness::Wandering { beyond: true, .. }))
    };
    named(usable, beyond).map(|names| {
        format!(
            "{names}: the {what} wanders for longer than a fifteenth of the recording, or \
             its course is bent: it drifts by more than the recording can know, and a \
             slope or change of it may be a part of that; a longer recording would tell."
        )
    })
}
