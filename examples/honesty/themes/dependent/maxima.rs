//! The largest of many correlations, of sides that share nothing, or their rhythm alone.

use soleus::dsp::random::SplitMix64;
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::signal::Recording;

use super::super::generator::{Drive, Muscle, Pickup, recording};
use super::{ALARMS, Line, RATE, Target, Trials, analysed, walk};

pub(super) fn lines(trials: &Trials) -> Vec<Line> {
    let recipe = Recipe::default();
    let beyond_limit = |salt: u64, of: &(dyn Fn(u64) -> Recording + Sync)| {
        trials.each(salt, |seed| {
            beyond(&analysed(&of(seed), &recipe)?, "envelope_correlation", "")
        })
    };
    let swaying = beyond_limit(40, &sway);
    let walking = beyond_limit(41, &|seed| walk(seed, 0.0, 0.0));
    let mut lines = vec![
        Line::share("correlation of independent sway beyond its limit", swaying, ALARMS),
        Line::share(
            "correlation of strides that share their rhythm alone beyond its limit",
            walking,
            ALARMS,
        ),
    ];
    for (salt, (floor, shared, target)) in
        [(0.02, 0.0, ALARMS), (0.4, 0.0, ALARMS), (0.02, 0.9, Target::AtLeast(60.0))]
            .into_iter()
            .enumerate()
    {
        let what = format!(
            "the same without events, of bursts of any shape and phase over {} % of them \
             (strengths shared by {shared})",
            100.0 * floor
        );
        let found = beyond_limit(42 + salt as u64, &|seed| in_step(seed, floor, shared));
        lines.push(Line::share(what, found, target));
    }
    lines
}

/// Whether a largest value is beyond its limit.
pub(super) fn beyond(found: &RecordingFindings, name: &str, part: &str) -> Option<bool> {
    let value = |name: &str| found.measure(name, "SOL_L ~ SOL_R")?.value;
    let limit = value(&format!("{name}_limit{part}"))?;
    Some(value(&format!("{name}{part}"))? > limit)
}

/// Two sides that sway, each for itself.
fn sway(seed: u64) -> Recording {
    let sides = [("SOL_L", 1), ("SOL_R", 2)].map(|(name, salt)| {
        let seed = seed.wrapping_mul(31).wrapping_add(salt);
        let emg = Muscle::new(seed, 100e-6).emg(&Drive::sway(seed, RATE, 40.0, 0.3));
        (name, Pickup::noise(2e-6).of(seed, RATE, emg))
    });
    recording(RATE, sides)
}

/// Legs that walk in step, the right half a stride later, for 20 to 30 s: strides of 0.8
/// to 1.3 s whose durations scatter by 3 %, the same for both; a burst of its own shape
/// and place in each leg, over an activity that never ceases. Strengths scatter by 15 %
/// and are correlated by `shared`.
fn in_step(seed: u64, floor: f64, shared: f64) -> Recording {
    let mut random = SplitMix64::new(seed ^ 0x57e9);
    let (period, seconds) =
        (0.8 + 0.5 * random.uniform(), 20.0 + 10.0 * random.uniform());
    let mut times = vec![-period * (1.0 + random.uniform())];
    while times[times.len() - 1] < seconds {
        let stride = period * (1.0 + 0.03 * random.normal());
        times.push(times[times.len() - 1] + stride);
    }
    let common: Vec<f64> = times.iter().map(|_| random.normal()).collect();
    let later: Vec<f64> =
        times.windows(2).map(|pair| pair[0] + 0.5 * (pair[1] - pair[0])).collect();
    let channels = [("SOL_L", &times), ("SOL_R", &later)].map(|(name, times)| {
        let own = (1.0 - shared * shared).sqrt();
        let mut strength =
            |common: &f64| (0.15 * (shared * common + own * random.normal())).exp();
        let strengths: Vec<f64> = common.iter().map(&mut strength).collect();
        let bell = [
            0.2 + 0.5 * random.uniform(),
            0.07 + 0.09 * random.uniform(),
            random.uniform(),
        ];
        let drive = bells(times, seconds, (&strengths, bell, floor));
        let emg = Muscle::new(9, 100e-6).seeded(random.bits()).gated(&drive);
        (name, Pickup::noise(4e-6).of(random.bits(), RATE, emg))
    });
    recording(RATE, channels)
}

/// A bell in each stride, given by its place and width as shares of it and by how much
/// slower it falls than it rises.
fn bells(
    times: &[f64],
    seconds: f64,
    (strengths, [place, width, slower], floor): (&[f64], [f64; 3], f64),
) -> Drive {
    let mut drive = Drive::rest(RATE, seconds);
    drive.level.fill(floor);
    for (pair, strength) in times.windows(2).zip(strengths) {
        let stride = pair[1] - pair[0];
        let near = |shares: f64| ((pair[0] + shares * stride) * RATE).max(0.0) as usize;
        for at in near(-0.5)..near(1.5).min(drive.level.len()) {
            let phase = (at as f64 / RATE - pair[0]) / stride;
            let wide = if phase > place { width * (1.0 + 0.5 * slower) } else { width };
            drive.level[at] += strength * (-0.5 * ((phase - place) / wide).powi(2)).exp();
        }
    }
    drive
}
