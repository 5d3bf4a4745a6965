//! Verdicts on channels whose state is known: nothing wrong, or one thing; and what few
//! clipped samples do to the course of a fatigue recording.

use std::f64::consts::PI;

use soleus::dsp::random::SplitMix64;
use soleus::outcome::{Measure, Verdict};
use soleus::recipe::Recipe;
use soleus::signal::{Channel, Recording};
use soleus::units::Unit;

use super::generator::{Drive, Muscle, Pickup, Strides, hertz, recording};
use super::line::{Line, Target, Trials};

const NAME: &str = "SOL_L";
const RATES: [f64; 3] = [1000.0, 2000.0, 4000.0];

/// A walk or raises, of a length, level and rate that follow from the seed.
struct Case {
    seed: u64,
    rate: f64,
    rms: f64,
    emg: Vec<f64>,
    random: SplitMix64,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = SplitMix64::new(seed ^ 0x71);
        let rate = RATES[random.index(RATES.len())];
        let strides = [Strides::WALK, Strides::RAISES][random.index(2)];
        let rms = 40e-6 * (5.0 * random.uniform()).exp2();
        let seconds = 6.0 + 6.0 * random.uniform();
        let drive = Drive::strides(seed, rate, seconds, 0.6, &strides);
        let emg = Muscle::new(seed, rms).emg(&drive);
        // Beyond 10 µV noise at rest is to be checked.
        let noise = Pickup::noise((0.02 * rms).min(6e-6)).of(seed, rate, emg);
        Self { seed, rate, rms, emg: noise, random }
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random.uniform()
    }

    fn peak(&self) -> f64 {
        self.emg.iter().fold(0.0, |top: f64, sample| top.max(sample.abs()))
    }

    fn with(&self, pickup: &Pickup) -> Vec<f64> {
        pickup.of(self.seed, self.rate, self.emg.clone())
    }

    /// What is said of samples in a unit.
    fn verdict(&self, unit: Unit, samples: Vec<f64>) -> Option<Measure> {
        let channel = Channel::new(NAME, unit, hertz(self.rate), samples);
        let found =
            soleus::analyse(&Recording::new(vec![channel]), &Recipe::default()).ok()?;
        found.measure("verdict", NAME).cloned()
    }

    fn volts(&self, samples: Vec<f64>) -> Option<Measure> {
        self.verdict(Unit::VOLT, samples)
    }
}

fn says(found: &Measure, word: &str) -> bool {
    found.note.as_ref().is_some_and(|note| note.to_string().contains(word))
}

fn is_bad(found: &Measure) -> bool {
    found.verdict == Some(Verdict::Bad)
}

/// A line about recordings that are made of a case.
fn line(
    trials: &Trials,
    (salt, what, target): (u64, &str, Target),
    judged: impl Fn(&mut Case) -> Option<bool> + Sync,
) -> Line {
    Line::share(what, trials.each(salt, |seed| judged(&mut Case::new(seed))), target)
}

/// The figures of this theme.
pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let mut lines = alarms(trials);
    lines.extend(hits(trials));
    lines.extend(fatigue(trials));
    lines
}

/// Recordings in which nothing is wrong that matters.
fn alarms(trials: &Trials) -> Vec<Line> {
    let few = Target::AtMost(2.0);
    vec![
        line(trials, (300, "false alarms on clean recordings", few), |case| {
            let found = case.volts(case.emg.clone())?;
            Some(found.verdict != Some(Verdict::Good))
        }),
        line(
            trials,
            (301, "coarse converters (6–12 bits) called clipped", few),
            |case| {
                let bits = 6 + case.random.index(7) as i32;
                let step =
                    2.0 * case.peak() * case.between(1.05, 3.0) / 2.0_f64.powi(bits);
                let coarse = Pickup { step: Some(step), ..Pickup::default() };
                Some(says(&case.volts(case.with(&coarse))?, "clipping"))
            },
        ),
        line(
            trials,
            (
                307,
                "coarse converters (steps of 5–20 µV) called flat or dropping out",
                few,
            ),
            |case| {
                let coarse =
                    Pickup { step: Some(case.between(5e-6, 20e-6)), ..Pickup::default() };
                let found = case.volts(case.with(&coarse))?;
                Some(says(&found, "flat stretches") || says(&found, "dropouts"))
            },
        ),
        line(
            trials,
            (302, "mid-scale converters (10–16 bits) called offset", few),
            |case| {
                let half = f64::from(1_u32 << (9 + 2 * case.random.index(4)));
                let (middle, gain) = (case.between(0.95, 1.05), 0.6 * half / case.peak());
                let counts = |x: &f64| (middle * half + gain * x).round().max(0.0);
                let counts = case.emg.iter().map(counts).collect();
                Some(says(&case.verdict(Unit::other("counts"), counts)?, "offset"))
            },
        ),
        line(
            trials,
            (303, "drift of 5–100 mV (settling, slow sine, step) called no EMG", few),
            |case| {
                let samples = drifting(case);
                Some(is_bad(&case.volts(samples)?))
            },
        ),
    ]
}

/// EMG on an offset that settles, sways or steps.
fn drifting(case: &mut Case) -> Vec<f64> {
    let (kind, volts) =
        (case.random.index(3), 5e-3 * (4.3 * case.random.uniform()).exp2());
    let (slow, phase) = (case.between(0.05, 0.4), case.between(0.0, 2.0 * PI));
    let at_s = case.between(1.0, 5.0);
    let offset = |time: f64| match kind {
        0 => volts * (-time * slow / 0.2).exp(),
        1 => volts * (2.0 * PI * slow * time + phase).sin(),
        _ => volts * f64::from(u8::from(time > at_s)),
    };
    let place = |(at, x): (usize, &f64)| x + offset(at as f64 / case.rate);
    case.emg.iter().enumerate().map(place).collect()
}

/// Recordings with one thing wrong.
fn hits(trials: &Trials) -> Vec<Line> {
    let most = Target::AtLeast(95.0);
    vec![
        line(
            trials,
            (310, "clipped (0.1–3 % of samples) found, 12–16 bits", most),
            |case| {
                let share = 1e-3 * 30.0_f64.powf(case.random.uniform());
                let rail = nth_magnitude(&case.emg, share);
                let bits = 11 + case.random.index(5) as i32;
                let step = Some(rail * 1.5 / 2.0_f64.powi(bits));
                let low = if case.random.index(2) == 0 { -rail } else { -1.0 };
                let clipped =
                    Pickup { rails: Some((low, rail)), step, ..Pickup::default() };
                Some(says(&case.volts(case.with(&clipped))?, "clipping"))
            },
        ),
        line(trials, (311, "rectified found", most), |case| {
            let rectified = case.emg.iter().map(|x| x.abs()).collect();
            Some(is_bad(&case.volts(rectified)?))
        }),
        line(trials, (312, "envelope (moving mean or 2 poles) found", most), |case| {
            let envelope = enveloped(case);
            Some(is_bad(&case.volts(envelope)?))
        }),
        line(trials, (313, "open input of 0.5–1 s found", most), |case| {
            let samples = open_input(case);
            Some(is_bad(&case.volts(samples)?))
        }),
        line(trials, (314, "hum (0.4–1 of the EMG's level) found", most), |case| {
            let height = case.rms * case.between(0.4, 1.0);
            let hum = Pickup { hum: Some((height, 50.0)), ..Pickup::default() };
            Some(says(&case.volts(case.with(&hum))?, "mains"))
        }),
        line(
            trials,
            (315, "high-pass of 80–150 Hz, fourth order, found", most),
            |case| {
                let hz = case.between(80.0, 150.0);
                let samples = passed(&passed(&case.emg, hz / case.rate), hz / case.rate);
                Some(says(&case.volts(samples)?, "high-pass"))
            },
        ),
    ]
}

fn nth_magnitude(samples: &[f64], share: f64) -> f64 {
    let mut magnitudes: Vec<f64> = samples.iter().map(|x| x.abs()).collect();
    magnitudes.sort_by(f64::total_cmp);
    magnitudes[((1.0 - share) * (samples.len() - 1) as f64) as usize]
}

fn enveloped(case: &mut Case) -> Vec<f64> {
    let seconds = case.between(0.05, 0.2);
    if case.random.index(2) == 0 {
        let width = (seconds * case.rate) as usize;
        let mean = |at: &[f64]| at.iter().map(|x| x.abs()).sum::<f64>() / width as f64;
        return case.emg.windows(width).map(mean).collect();
    }
    let keep = (-3.0 / (seconds * case.rate)).exp();
    let (mut first, mut second) = (0.0, 0.0);
    let mut next = |x: &f64| {
        first += (1.0 - keep) * (x.abs() - first);
        second += (1.0 - keep) * (first - second);
        second
    };
    case.emg.iter().map(&mut next).collect()
}

/// White noise with some hum, on a drift or none.
fn open_input(case: &mut Case) -> Vec<f64> {
    let count = (case.between(0.5, 1.0) * case.rate) as usize;
    let (noise, hum) =
        (1e-6 * (8.0 * case.random.uniform()).exp2(), case.random.uniform());
    let drift = noise * case.random.index(2) as f64 * case.between(10.0, 100.0);
    let mut next = |at: usize| {
        let time = at as f64 / case.rate;
        let hum = 0.2 * hum * noise * (100.0 * PI * time).sin();
        drift * (1.0 - time) + hum + noise * case.random.normal()
    };
    (0..count).map(&mut next).collect()
}

/// A high-pass of second order (Butterworth), by its bilinear transform.
fn passed(samples: &[f64], relative: f64) -> Vec<f64> {
    let warped = (PI * relative).tan();
    let norm = 1.0 / (1.0 + 2.0_f64.sqrt() * warped + warped * warped);
    let back = [
        2.0 * (warped * warped - 1.0) * norm,
        (1.0 - 2.0_f64.sqrt() * warped + warped * warped) * norm,
    ];
    let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
    let mut next = |&sample: &f64| {
        let out = norm * (sample - 2.0 * x[0] + x[1]) - back[0] * y[0] - back[1] * y[1];
        (x, y) = ([sample, x[0]], [out, y[0]]);
        out
    };
    samples.iter().map(&mut next).collect()
}

/// Thirty contractions that grow by half and slow by a fifth, of which the late ones
/// clip: what is said of their change with and without the rail.
fn fatigue(trials: &Trials) -> Vec<Line> {
    let pairs = trials.of(400).each(320, tired);
    let apart = |name: usize| pairs.iter().flatten().map(move |pair| pair[name].abs());
    vec![
        Line::mean(
            "rms_change with a rail that 0.2 % of the strongest contraction reach, off that without",
            apart(0),
            "points",
            Target::AtMost(2.0),
        ),
        Line::mean("mdf_change likewise", apart(1), "points", Target::AtMost(1.0)),
    ]
}

fn tired(seed: u64) -> Option<[f64; 2]> {
    let rate = 1000.0;
    let bursts: Vec<(f64, f64)> =
        (0..30).map(|k| (1.0 + 3.0 * f64::from(k), 2.6 + 3.0 * f64::from(k))).collect();
    let drive = Drive::bursts(rate, 92.0, &bursts, 0.5, 0.1);
    let muscle = Muscle::new(seed, 100e-6);
    let mut emg = muscle.tiring(&drive, |time_s| 1.0 + 0.25 * time_s / 92.0);
    for (at, sample) in emg.iter_mut().enumerate() {
        *sample *= 1.0 + 0.5 * at as f64 / rate / 92.0;
    }
    let open = Pickup::noise(2e-6).of(seed, rate, emg);
    let reached = |&(from, to): &(f64, f64)| {
        nth_magnitude(&open[(rate * from) as usize..(rate * to) as usize], 0.002)
    };
    let rail = bursts.iter().map(reached).fold(0.0, f64::max);
    let held = open.iter().map(|x| x.clamp(-rail, rail)).collect();
    let changes = |samples: Vec<f64>| -> Option<[f64; 2]> {
        let found =
            soleus::analyse(&recording(rate, [(NAME, samples)]), &Recipe::default())
                .ok()?;
        Some([
            found.measure("rms_change", NAME)?.value?,
            found.measure("mdf_change", NAME)?.value?,
        ])
    };
    let (open, held) = (changes(open)?, changes(held)?);
    Some([held[0] - open[0], held[1] - open[1]])
}
