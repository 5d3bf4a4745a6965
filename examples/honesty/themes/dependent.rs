//! Epochs that share samples, strides that are alike, the largest of many, and coherence
//! where there is none.

use std::f64::consts::PI;

use soleus::dsp::random::SplitMix64;
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::signal::{Event, Recording};

use super::generator::{Drive, Muscle, Pickup, recording};
use super::line::{Line, Target, Trials};
use maxima::beyond;

mod maxima;

const RATE: f64 = 1000.0;
const COVERAGE: Target = Target::Within(93.0, 97.0);
const ALARMS: Target = Target::AtMost(7.0);

/// Why strides that are nearly the same have too narrow intervals.
const WHY_SO_FEW: &str = "twenty strides are worth two: most recordings are refused an \
                          interval, and those that have one are those whose correlation \
                          came out too small; to refuse more leaves worse ones";

pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let mut lines = epochs(trials);
    lines.extend(strides(trials));
    lines.extend(maxima::lines(trials));
    lines.extend(coherence(trials));
    lines
}

// ---- means of overlapping epochs

/// The interval of the mean of median frequencies against the mean over recordings.
fn epochs(trials: &Trials) -> Vec<Line> {
    let kinds = [(0.5, "boxcar"), (0.75, "boxcar"), (0.5, "hann"), (0.75, "hann")];
    let line = |(salt, (overlap, window)): (usize, (f64, &str))| {
        let recipe = recipe(&format!(
            "[analysis.fatigue]\nepochs = \"windows\"\noverlap = {overlap}\nwindow = \"{window}\""
        ));
        let found = trials.each(10 + salt as u64, |seed| {
            // One pool of motor units, whose discharges differ.
            let drive = Drive::hold(seed, RATE, 16.0, 0.6, 0.0);
            let emg = Muscle::new(4, 100e-6).seeded(seed).emg(&drive);
            let samples = Pickup::noise(2e-6).of(seed, RATE, emg);
            let found = analysed(&recording(RATE, [("SOL_L", samples)]), &recipe)?;
            interval(&found, "mdf_mean", "SOL_L")
        });
        let truth = mean(found.iter().flatten().map(|found| found.value));
        let what = format!(
            "interval of mdf_mean over epochs that overlap by {} % ({window})",
            100.0 * overlap
        );
        Line::share(what, held(&found, truth), COVERAGE)
    };
    kinds.into_iter().enumerate().map(line).collect()
}

// ---- strides that are alike

/// Twenty strides of both legs whose strengths remember the one before.
fn strides(trials: &Trials) -> Vec<Line> {
    // Without a reference the standard recipe compares shapes, which take the level out.
    let recipe = recipe("analysis.symmetry.curves = \"amplitude\"");
    let mut lines = Vec::new();
    for (salt, memory) in [0.0, 0.2, 0.5, 0.8].into_iter().enumerate() {
        let walks = trials
            .each(20 + salt as u64, |seed| analysed(&walk(seed, memory, 0.0), &recipe));
        let said = format!("twenty strides whose strengths correlate by {memory}");
        lines.push(Line::share(
            format!("difference over the cycle found where there is none: {said}"),
            walks.iter().map(|found| differs(found.as_ref()?)),
            ALARMS,
        ));
        let of = |name: &str, channel: &str| -> Vec<Option<Interval>> {
            walks.iter().map(|found| interval(found.as_ref()?, name, channel)).collect()
        };
        let index = of("symmetry_index.cycle_mean", "SOL_L ~ SOL_R");
        let (at_least, why) = match memory < 0.6 {
            true => (COVERAGE, ""),
            false => (Target::AtLeast(93.0), WHY_SO_FEW),
        };
        lines.push(
            Line::share(
                format!("interval of the index of cycle means: {said}"),
                held(&index, 0.0),
                at_least,
            )
            .because(why),
        );
        lines.push(Line::share(
            format!("of all of these, recordings with an interval that misses: {said}"),
            missing(&index, 0.0),
            Target::Told,
        ));
        let means = of("cycle_mean", "SOL_L");
        let truth = mean(means.iter().flatten().map(|found| found.value));
        lines.push(
            Line::share(
                format!("interval of cycle_mean: {said}"),
                held(&means, truth),
                at_least,
            )
            .because(why),
        );
    }
    for (salt, memory) in [0.0, 0.5].into_iter().enumerate() {
        let found = trials.of(500).each(30 + salt as u64, |seed| {
            differs(&analysed(&walk(seed, memory, 0.15), &recipe)?)
        });
        let what = format!(
            "difference by 15 % (one standard deviation of the strides) found in twenty \
             strides whose strengths correlate by {memory}"
        );
        lines.push(Line::share(what, found, Target::Told));
    }
    lines
}

/// Twenty strides of both legs, the left so much stronger.
fn walk(seed: u64, memory: f64, stronger: f64) -> Recording {
    let mut random = SplitMix64::new(seed ^ 0x57a1);
    let mut times = vec![0.6];
    (0..20).for_each(|k| times.push(times[k] + 1.1 * (1.0 + 0.02 * random.normal())));
    let seconds = times[20] + 1.2;
    let right: Vec<f64> = times.iter().map(|time_s| time_s + 0.55).collect();
    let sides = [("SOL_L", &times, stronger), ("SOL_R", &right, 0.0)];
    let channels = sides.map(|(name, times, stronger)| {
        let drive = stances(times, seconds, (memory, stronger), &mut random);
        let muscle = Muscle::new(9, 100e-6).seeded(random.bits());
        let emg = muscle.gated(&drive);
        (name, Pickup::noise(2e-6).of(random.bits(), RATE, emg))
    });
    let event = |label: &str, time_s: &f64| Event {
        time_s: *time_s,
        label: label.into(),
        side: None,
    };
    let mut found = recording(RATE, channels);
    found.events.extend(times.iter().map(|time_s| event("LHS", time_s)));
    found.events.extend(right.iter().map(|time_s| event("RHS", time_s)));
    found
}

/// A burst in each stance, whose strength is like that of the one before.
fn stances(
    times: &[f64],
    seconds: f64,
    (memory, stronger): (f64, f64),
    random: &mut SplitMix64,
) -> Drive {
    let mut drive = Drive::rest(RATE, seconds);
    let mut state = random.normal();
    for pair in times.windows(2) {
        let strength = (1.0 + stronger) * (0.15 * state).exp();
        state = memory * state + (1.0 - memory * memory).sqrt() * random.normal();
        let (from, to) = (pair[0] + 0.1, pair[0] + 0.62 * (pair[1] - pair[0]));
        let first = (from * RATE) as usize;
        for (at, level) in drive.level.iter_mut().enumerate().skip(first) {
            let phase = (at as f64 / RATE - from) / (to - from);
            if phase >= 1.0 {
                break;
            }
            *level = strength * (PI * phase).sin();
        }
    }
    drive
}

/// Whether a test over the cycle was made, and found anything; a refused test found
/// nothing.
fn differs(found: &RecordingFindings) -> Option<bool> {
    let tests = &found.outcome("symmetry")?.curve_tests;
    Some(tests.iter().any(|test| !test.clusters.is_empty()))
}

// ---- coherence

/// Two holds that have nothing in common, one of them with a drifting offset.
fn coherence(trials: &Trials) -> Vec<Line> {
    let recipe = Recipe::default();
    let holds = trials.each(50, |seed| {
        let sides = [("SOL_L", 1), ("SOL_R", 2)].map(|(name, salt)| {
            let seed = seed.wrapping_mul(37).wrapping_add(salt);
            let emg =
                Muscle::new(seed, 100e-6).emg(&Drive::hold(seed, RATE, 40.0, 0.5, 0.1));
            let pickup = Pickup { offset: 300e-6, ..Pickup::noise(2e-6) };
            (name, pickup.of(seed, RATE, emg))
        });
        analysed(&recording(RATE, sides), &recipe)
    });
    let mut lines = Vec::new();
    for part in [".raw", ".rectified"] {
        let found =
            holds.iter().map(|found| beyond(found.as_ref()?, "coherence_peak", part));
        let taken = part.trim_start_matches('.');
        let what =
            format!("highest coherence of independent holds beyond its limit, {taken}");
        lines.push(Line::share(what, found, ALARMS));
        for band in ["alpha", "beta", "gamma"] {
            let name = format!("coherence_{band}{part}");
            let found = holds.iter().map(|found| {
                let interval = interval(found.as_ref()?, &name, "SOL_L ~ SOL_R")?;
                Some(interval.low > 0.0)
            });
            let what = format!("coherence of independent holds above 0, {band}, {taken}");
            lines.push(Line::share(what, found, ALARMS));
        }
    }
    lines
}

// ---- what all of them need

#[derive(Debug, Clone, Copy)]
struct Interval {
    value: f64,
    low: f64,
    high: f64,
}

fn recipe(text: &str) -> Recipe {
    Recipe::from_toml(text, &[]).unwrap_or_default()
}

fn analysed(recording: &Recording, recipe: &Recipe) -> Option<RecordingFindings> {
    soleus::analyse(recording, recipe).ok()
}

fn interval(found: &RecordingFindings, name: &str, channel: &str) -> Option<Interval> {
    let row = found.measure(name, channel)?;
    let (low, high) = row.interval?;
    Some(Interval { value: row.value?, low, high })
}

fn held(found: &[Option<Interval>], truth: f64) -> Vec<Option<bool>> {
    let holds = |found: &Interval| found.low <= truth && truth <= found.high;
    found.iter().map(|found| found.as_ref().map(holds)).collect()
}

/// Of all recordings, those whose interval misses; one without an interval does not.
fn missing(found: &[Option<Interval>], truth: f64) -> Vec<Option<bool>> {
    let held = held(found, truth).into_iter();
    held.map(|held| Some(held == Some(false))).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / count
}
