//! A pool of motor units below an electrode.

use soleus::dsp::random::SplitMix64;

use super::drive::Drive;

const UNITS: usize = 100;

/// Largest over smallest threshold, and over smallest twitch (Fuglevand et al. 1993).
const THRESHOLDS: f64 = 30.0;
const TWITCHES: f64 = 100.0;

/// Rates of discharge: of a unit that was just recruited, of the first and of the last
/// recruited unit at full drive.
const LOWEST_HZ: f64 = 7.0;
const FIRST_HIGHEST_HZ: f64 = 28.0;
const LAST_HIGHEST_HZ: f64 = 18.0;

/// The drive at which the last unit is recruited.
const ALL_RECRUITED: f64 = 0.75;

/// The scatter of intervals between discharges, as a share of their mean.
const INTERVALS: f64 = 0.2;

/// The steps in which the drive is looked at, in seconds.
const STEP_S: f64 = 0.001;

/// A muscle with its electrodes.
#[derive(Debug, Clone)]
pub(crate) struct Muscle {
    seed: u64,
    units: Vec<Unit>,
}

#[derive(Debug, Clone)]
struct Unit {
    threshold: f64,
    highest_hz: f64,
    /// Volts.
    size: f64,
    /// The width of the action potential in seconds.
    width_s: f64,
    /// Two phases, or three.
    phases: u8,
}

impl Muscle {
    /// A muscle whose EMG at a drive of 0.6 has this root mean square in volts.
    pub(crate) fn new(seed: u64, rms: f64) -> Self {
        let mut random = SplitMix64::new(seed ^ 0x6d75_7363);
        let units = (0..UNITS).map(|place| Unit::new(place, &mut random)).collect();
        let mut muscle = Self { seed, units };
        let gain = rms / muscle.expected_rms(0.6);
        muscle.units.iter_mut().for_each(|unit| unit.size *= gain);
        muscle
    }

    /// The root mean square of a long hold: the power of independent discharges
    /// (Campbell 1909) at their rates.
    pub(crate) fn expected_rms(&self, drive: f64) -> f64 {
        let power = |unit: &Unit| unit.rate(drive).unwrap_or(0.0) * unit.energy();
        self.units.iter().map(power).sum::<f64>().sqrt()
    }

    /// The same motor units, which discharge at other times.
    pub(crate) fn seeded(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same muscle below other electrodes: all its potentials so many times larger.
    pub(crate) fn scaled(mut self, gain: f64) -> Self {
        self.units.iter_mut().for_each(|unit| unit.size *= gain);
        self
    }

    /// The same muscle on another day: its units discharge at other times.
    pub(crate) fn of_day(self, day: u64) -> Self {
        Self { seed: day, ..self }
    }

    /// The EMG of a drive, in volts: recruited units discharge.
    pub(crate) fn emg(&self, drive: &Drive) -> Vec<f64> {
        self.tiring(drive, |_| 1.0)
    }

    /// The EMG of a muscle whose potentials become wider in time: `width` of each
    /// second, as a share of that at rest.
    pub(crate) fn tiring(&self, drive: &Drive, width: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut samples = vec![0.0; drive.level.len()];
        for (place, unit) in self.units.iter().enumerate() {
            let mut random = SplitMix64::new(self.seed.wrapping_add(place as u64 * 7919));
            unit.discharge(drive, &mut random, |at_s| {
                unit.add(&mut samples, drive.rate, at_s, width(at_s));
            });
        }
        samples
    }

    /// EMG that stops and starts with the samples' gate: that of a steady drive of 0.6,
    /// times the level of the drive. Its edges are as sharp as the drive's.
    pub(crate) fn gated(&self, gate: &Drive) -> Vec<f64> {
        let seconds = gate.level.len() as f64 / gate.rate;
        let steady = self.emg(&Drive::hold(self.seed, gate.rate, seconds, 0.6, 0.0));
        steady.iter().zip(&gate.level).map(|(sample, level)| sample * level).collect()
    }
}

impl Unit {
    fn new(place: usize, random: &mut SplitMix64) -> Self {
        let share = place as f64 / (UNITS - 1) as f64;
        let threshold = ALL_RECRUITED * THRESHOLDS.powf(share - 1.0);
        let highest_hz = FIRST_HIGHEST_HZ + share * (LAST_HIGHEST_HZ - FIRST_HIGHEST_HZ);
        // Depth weakens a potential; which unit lies where is chance.
        let depth = (0.6 * random.normal()).exp();
        let size = TWITCHES.powf(0.5 * share) * depth;
        let width_s = 0.0026 * (0.15 * random.normal()).exp();
        let phases = if random.uniform() < 0.7 { 2 } else { 3 };
        Self { threshold, highest_hz, size, width_s, phases }
    }

    /// Discharges a second; `None` below the threshold.
    fn rate(&self, drive: f64) -> Option<f64> {
        let above = (drive - self.threshold) / (1.0 - self.threshold);
        (above >= 0.0).then(|| LOWEST_HZ + above.min(1.0) * (self.highest_hz - LOWEST_HZ))
    }

    /// The integral of the squared potential in V²·s.
    fn energy(&self) -> f64 {
        let steps = 400;
        let step = 8.0 / steps as f64;
        let squares = (0..steps).map(|i| self.shape(-4.0 + step * i as f64).powi(2));
        self.size * self.size * self.width_s * step * squares.sum::<f64>()
    }

    /// The Hermite–Rodriguez function of first or second order.
    fn shape(&self, t: f64) -> f64 {
        let bell = (-t * t).exp();
        if self.phases == 2 { t * bell } else { (2.0 * t * t - 1.0) * 0.5 * bell }
    }

    /// Calls for each discharge with its time in seconds.
    fn discharge(
        &self,
        drive: &Drive,
        random: &mut SplitMix64,
        mut fire: impl FnMut(f64),
    ) {
        let every = ((STEP_S * drive.rate) as usize).max(1);
        let step_s = every as f64 / drive.rate;
        // Where it stands between two discharges when it begins is chance.
        let (mut phase, mut due) = (random.uniform(), 1.0);
        let mut was_on = false;
        for (place, level) in drive.level.iter().step_by(every).enumerate() {
            let Some(rate) = self.rate(*level).filter(|_| *level > 0.0) else {
                was_on = false;
                continue;
            };
            if !was_on {
                (phase, due, was_on) = (random.uniform(), 1.0, true);
            }
            phase += rate * step_s;
            if phase >= due {
                let late = (phase - due) / (rate * step_s);
                fire((place as f64 + 1.0 - late) * step_s);
                phase -= due;
                due = (1.0 + INTERVALS * random.normal()).max(0.3);
            }
        }
    }

    fn add(&self, samples: &mut [f64], rate: f64, at_s: f64, width: f64) {
        let width_s = self.width_s * width;
        let first = ((at_s - 3.0 * width_s) * rate).ceil().max(0.0) as usize;
        let last = ((at_s + 3.0 * width_s) * rate).floor().max(0.0) as usize;
        let last = (last + 1).min(samples.len());
        let span = samples.get_mut(first..last).unwrap_or_default();
        for (at, sample) in (first..).zip(span) {
            let t = (at as f64 / rate - at_s) / width_s;
            *sample += self.size * self.shape(t);
        }
    }
}
