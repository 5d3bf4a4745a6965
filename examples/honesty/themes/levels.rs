//! Intervals of levels, of the sides of the body and of co-contraction: how often they
//! hold the truth, and how wide they are.
//!
//! Both sides are the same muscle, so that the index of the sides is 0 whatever the task;
//! what their drives and discharges do is independent. The truth of a level is the mean
//! over all recordings.

use soleus::dsp::random::SplitMix64;
use soleus::outcome::Measure;
use soleus::recipe::Recipe;
use soleus::session::{Role, RoledRecording, analyse_session};

use super::generator::{Drive, Muscle, Pickup, Strides, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
const COVERAGE: Target = Target::Within(93.0, 97.0);
const PAIR: &str = "SOL_L ~ SOL_R";

/// What both legs do.
#[derive(Clone, Copy)]
enum Task {
    /// A hold for so long.
    Hold(f64),
    /// Standing for so long.
    Sway(f64),
    /// Strides or raises: seconds of the recording, of a stride, and by how much of one
    /// the right is later.
    Strides(f64, Strides, f64),
    /// A hold whose level wanders with a time constant in seconds.
    Drift(f64, f64),
}

impl Task {
    fn walk(seconds: f64, stride: f64) -> Self {
        Self::Strides(seconds, Strides { seconds: stride, ..Strides::WALK }, 0.5)
    }

    fn raises(seconds: f64, later: f64) -> Self {
        Self::Strides(seconds, Strides::RAISES, later)
    }

    /// The drives of the left and of the right.
    fn drives(self, seed: u64) -> [Drive; 2] {
        let mut random = SplitMix64::new(seed ^ 0x6c65_7665);
        let phase = random.uniform();
        let mut drive = |side: usize| {
            let seed = random.bits();
            match self {
                Self::Hold(seconds) => Drive::hold(seed, RATE, seconds, 0.5, 0.1),
                Self::Sway(seconds) => Drive::sway(seed, RATE, seconds, 0.25),
                Self::Strides(seconds, strides, later) => {
                    let phase = (phase + if side == 1 { later } else { 0.0 }).fract();
                    let strides = Strides { phase, ..strides };
                    Drive::strides(seed, RATE, seconds, 0.5, &strides)
                }
                Self::Drift(seconds, constant_s) => drifting(seed, seconds, constant_s),
            }
        };
        [drive(0), drive(1)]
    }

    /// The drives of two muscles of one leg, the second of which is active where the
    /// first is not, and a little before and after.
    fn of_one_leg(self, seed: u64) -> [Drive; 2] {
        let Self::Strides(seconds, strides, _) = self else {
            return self.drives(seed);
        };
        let phase = SplitMix64::new(seed ^ 0x6c65_7665).uniform();
        let other = Strides { active: (0.55, 1.15), phase, ..strides };
        let strides = Strides { phase, ..strides };
        [strides, other].map(|part| Drive::strides(seed, RATE, seconds, 0.5, &part))
    }
}

/// A hold whose level wanders by a fifth.
fn drifting(seed: u64, seconds: f64, constant_s: f64) -> Drive {
    let mut drive = Drive::hold(seed, RATE, seconds, 0.4, 0.0);
    let mut random = SplitMix64::new(seed ^ 0xd1);
    let keep = (-1.0 / (constant_s * RATE)).exp();
    let step = (1.0 - keep * keep).sqrt();
    let mut slow = random.normal();
    for level in &mut drive.level {
        slow = keep * slow + step * random.normal();
        *level = (*level * (0.2 * slow).exp()).min(1.0);
    }
    drive
}

/// The recipe without what these lines do not look at.
fn recipe() -> Recipe {
    let off = ["fatigue", "coherence", "complexity", "cycles"]
        .map(|analysis| format!("analysis.{analysis}=false"));
    Recipe::from_toml("", &off).unwrap_or_default()
}

/// The muscle of both sides with discharges of their own, the left one so many times as
/// strong; the muscle itself is always the same.
fn emg(seed: u64, drives: &[Drive; 2], gain: f64) -> [Vec<f64>; 2] {
    [0, 1].map(|side| {
        let own = seed.wrapping_mul(2).wrapping_add(side as u64);
        let gain = if side == 0 { gain } else { 1.0 };
        let muscle = Muscle::new(9, 100e-6).of_day(own).scaled(gain);
        Pickup::noise(2e-6).of(own, RATE, muscle.emg(&drives[side]))
    })
}

/// One measure of both sides in such a task.
fn measured(
    seed: u64,
    task: Task,
    gain: f64,
    (name, channel): (&str, &str),
) -> Option<Measure> {
    let [left, right] = emg(seed, &task.drives(seed), gain);
    let both = recording(RATE, [("SOL_L", left), ("SOL_R", right)]);
    let found = soleus::analyse(&both, &recipe()).ok()?;
    found.measure(name, channel).cloned()
}

/// Soleus and tibialis of one leg, which share their strides. The trial that is their
/// reference is always the same, so that the truth is one number.
fn overlap(seed: u64, task: Task) -> Option<Measure> {
    let of = |name: &str, role, seed, drives: &[Drive; 2]| {
        let [soleus, tibialis] = emg(seed, drives, 1.0);
        let recording = recording(RATE, [("SOL_L", soleus), ("TA_L", tibialis)]);
        RoledRecording { name: name.to_owned(), role, recording }
    };
    let trial = Drive::bursts(RATE, 6.0, &[(1.0, 5.0)], 0.9, 0.2);
    let session = vec![
        of("mvc", Role::Mvc, 1, &[trial.clone(), trial]),
        of("task", Role::Task, seed, &task.of_one_leg(seed)),
    ];
    let found = analyse_session(session, &recipe()).ok()?;
    let task = found.iter().find(|found| found.recording == "task")?;
    task.measure("falconer_winter", "SOL_L ~ TA_L").cloned()
}

fn covers(row: &Measure, truth: f64) -> Option<bool> {
    row.interval.map(|(low, high)| low <= truth && truth <= high)
}

/// Coverage of the index of the sides, and half the width of its interval.
fn of_sides(trials: &Trials, salt: u64, what: &str, task: Task) -> [Line; 2] {
    let name = ("symmetry_index.envelope_mean", PAIR);
    let rows = trials.each(salt, |seed| measured(seed, task, 1.0, name));
    let there = || rows.iter().flatten();
    let held = there().map(|row| covers(row, 0.0));
    let half =
        there().filter_map(|row| row.interval).map(|(low, high)| 0.5 * (high - low));
    [
        Line::share(format!("index of envelope means, {what}"), held, COVERAGE),
        Line::mean(format!("half its width, {what}"), half, "%", Target::Told),
    ]
}

/// Coverage of a measure whose truth is the mean over all recordings.
fn of_values(what: String, rows: &[Option<Measure>], target: Target) -> Line {
    let values: Vec<f64> = rows.iter().flatten().filter_map(|row| row.value).collect();
    let truth = values.iter().sum::<f64>() / values.len() as f64;
    let held = rows.iter().flatten().map(|row| covers(row, truth));
    Line::share(what, held, target)
}

/// Coverage of the mean duration of so many bursts that differ by `scatter_s`, whose
/// level lies so many decibels above the noise.
fn of_durations(
    trials: &Trials,
    salt: u64,
    (count, scatter_s, snr_db): (usize, f64, f64),
) -> Line {
    const MEAN_S: f64 = 0.6;
    let rows = trials.each(salt, |seed| {
        let mut random = SplitMix64::new(seed ^ 0xb075);
        let mut at = 1.0;
        let bursts: Vec<(f64, f64)> = (0..count)
            .map(|_| {
                let from = at;
                let to = from + MEAN_S + scatter_s * random.normal().clamp(-2.5, 2.5);
                at = to + 0.5 + 0.1 * random.uniform();
                (from, to)
            })
            .collect();
        let gate = Drive::bursts(RATE, at + 1.0, &bursts, 1.0, 0.02);
        let noise = 100e-6 * 10_f64.powf(-snr_db / 20.0);
        let muscle = Muscle::new(seed, 100e-6);
        let samples = Pickup::noise(noise).of(seed, RATE, muscle.gated(&gate));
        let found = soleus::analyse(&recording(RATE, [("SOL_L", samples)]), &recipe());
        found.ok()?.measure("burst_duration_mean", "SOL_L").cloned()
    });
    let what = format!(
        "mean duration of {count} bursts that differ by {scatter_s} s, {snr_db} dB"
    );
    Line::share(what, rows.iter().flatten().map(|row| covers(row, MEAN_S)), COVERAGE)
}

/// Whether what drifts is said to, and how often its interval holds the truth.
fn of_drifts(trials: &Trials) -> Vec<Line> {
    let name = ("symmetry_index.envelope_mean", PAIR);
    let rows = trials.each(40, |seed| measured(seed, Task::Drift(30.0, 10.0), 1.0, name));
    let says =
        |row: &Measure| row.note.as_deref().is_some_and(|note| note.contains("drifts"));
    let said = rows.iter().flatten().map(|row| Some(says(row)));
    let held = rows.iter().flatten().filter(|row| says(row)).map(|row| covers(row, 0.0));
    let steady = trials.each(41, |seed| measured(seed, Task::Hold(30.0), 1.0, name));
    let alarms = steady.iter().flatten().map(|row| Some(says(row)));
    vec![
        Line::share(
            "a level that wanders for 10 s in 30 s: said",
            said,
            Target::AtLeast(60.0),
        ),
        Line::share("index of the sides where that is said", held, Target::AtLeast(85.0)),
        Line::share("drift said of a hold without one", alarms, Target::AtMost(7.0)),
    ]
}

/// The figures of intervals of levels.
pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let tasks = [
        ("hold of 60 s", Task::Hold(60.0)),
        ("hold of 8 s", Task::Hold(8.0)),
        ("standing of 60 s", Task::Sway(60.0)),
        ("walk of 30 s, strides of 0.8 s", Task::walk(30.0, 0.8)),
        ("walk of 30 s, strides of 1.0 s", Task::walk(30.0, 1.0)),
        ("walk of 30 s, strides of 1.3 s", Task::walk(30.0, 1.3)),
        ("walk of 8 s, strides of 1.1 s", Task::walk(8.0, 1.1)),
        ("5 raises, both legs", Task::raises(15.0, 0.0)),
        ("5 raises, legs in turn", Task::raises(15.0, 0.5)),
        ("10 raises, both legs", Task::raises(30.0, 0.0)),
        ("10 raises, legs in turn", Task::raises(30.0, 0.5)),
        ("20 raises, both legs", Task::raises(60.0, 0.0)),
        ("20 raises, legs in turn", Task::raises(60.0, 0.5)),
    ];
    let mut found: Vec<Line> = tasks
        .iter()
        .enumerate()
        .flat_map(|(k, (what, task))| of_sides(trials, k as u64, what, *task))
        .collect();

    let name = ("symmetry_index.envelope_mean", PAIR);
    let raises = Task::raises(60.0, 0.0);
    let excluded = trials.each(30, |seed| {
        let (low, high) = measured(seed, raises, 1.2, name)?.interval?;
        Some(low > 0.0 || high < 0.0)
    });
    let what = "20 raises, left 20 % stronger: the interval excludes 0";
    found.push(Line::share(what, excluded, Target::AtLeast(60.0)));

    for (salt, what, task) in [
        (31, "walk of 30 s", Task::walk(30.0, 1.1)),
        (32, "20 raises", Task::raises(60.0, 0.0)),
        (33, "hold of 30 s", Task::Hold(30.0)),
    ] {
        let rows = trials.each(salt, |seed| measured(seed, task, 1.0, ("rms", "SOL_L")));
        found.push(of_values(format!("rms, {what}"), &rows, COVERAGE));
        let rows = trials.each(salt + 4, |seed| overlap(seed, task));
        let what = format!("Falconer & Winter's co-contraction, {what}");
        found.push(of_values(what, &rows, COVERAGE));
    }
    for (salt, bursts) in
        [(50, (10, 0.15, 20.0)), (51, (30, 0.1, 15.0)), (52, (30, 0.03, 30.0))]
    {
        found.push(of_durations(trials, salt, bursts));
    }
    found.extend(of_drifts(trials));
    found
}
