//! A simulated walk of both legs: when each foot meets the ground, and what the muscles
//! of the leg do in every stride.

use crate::dsp::random::{SplitMix64, normals};
use crate::signal::{Event, Muscle, Side};
use crate::synth::Spectrum;
use crate::units::Hertz;

/// A walk.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk {
    /// The seed of everything random.
    pub seed: u64,
    /// The sampling rate.
    pub rate: Hertz,
    /// The strides of each leg.
    pub strides: usize,
    /// The mean duration of a stride in seconds.
    pub stride_s: f64,
    /// By how much durations vary from stride to stride, as a coefficient of variation.
    pub duration_variation: f64,
    /// By how much the level of each muscle varies from stride to stride, as a
    /// coefficient of variation.
    pub level_variation: f64,
    /// The share of stance in a stride.
    pub stance: f64,
    /// Where the left leg is more active than the right one; `None` where both do the
    /// same.
    pub raised: Option<Raised>,
}

/// A part of the cycle in which one leg is more active.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Raised {
    /// Where it begins, in per cent of the cycle.
    pub from: f64,
    /// Where it ends, in per cent of the cycle.
    pub to: f64,
    /// The factor of the level there.
    pub factor: f64,
}

/// The level of a muscle at its height, in volts.
const RMS: f64 = 100e-6;
/// The noise of the electrodes, in volts.
const NOISE: f64 = 2e-6;
/// What is recorded before the first and after the last stride, in seconds.
const MARGIN_S: f64 = 1.0;

impl Walk {
    /// A walk of so many strides of about 1.1 s.
    pub fn new(seed: u64, rate: Hertz, strides: usize) -> Self {
        Self {
            seed,
            rate,
            strides,
            stride_s: 1.1,
            duration_variation: 0.02,
            level_variation: 0.12,
            stance: 0.62,
            raised: None,
        }
    }

    /// When a foot meets the ground, in seconds: one time more than there are strides.
    /// The right foot follows half a stride after the left one.
    pub fn touchdowns(&self, side: Side) -> Vec<f64> {
        let noise = normals(self.seed ^ 0x6a17, self.strides + 1);
        let mut time = MARGIN_S;
        let mut left = vec![time];
        for varied in noise {
            time += self.stride_s * (1.0 + self.duration_variation * varied).max(0.5);
            left.push(time);
        }
        match side {
            Side::Left => left[..=self.strides].to_vec(),
            Side::Right => {
                left.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect()
            }
        }
    }

    /// Touchdowns and lift-offs of both legs, in their order.
    pub fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for side in [Side::Left, Side::Right] {
            let touchdowns = self.touchdowns(side);
            let event = |time_s: f64, label: &str| Event {
                time_s,
                label: label.into(),
                side: Some(side),
            };
            events.extend(touchdowns.iter().map(|&time_s| event(time_s, "touchdown")));
            let off = |pair: &[f64]| {
                event(pair[0] + self.stance * (pair[1] - pair[0]), "liftoff")
            };
            events.extend(touchdowns.windows(2).map(off));
        }
        events.sort_by(|one, other| one.time_s.total_cmp(&other.time_s));
        events
    }

    /// The EMG of a muscle of a leg, in volts.
    pub fn emg(&self, muscle: Muscle, side: Side) -> Vec<f64> {
        let touchdowns = self.touchdowns(side);
        let right = self.touchdowns(Side::Right).last().copied().unwrap_or(0.0);
        let last = right.max(touchdowns[touchdowns.len() - 1]);
        let n = self.rate.samples(last + MARGIN_S);

        let mut seeds =
            SplitMix64::new(self.seed ^ ((muscle as u64) << 8) ^ (side as u64));
        let noise = Spectrum::SOLEUS.noise(seeds.bits(), self.rate, n);
        let electrodes = normals(seeds.bits(), n);
        let levels = normals(seeds.bits(), self.strides + 1);

        let gain = |stride: usize| (1.0 + self.level_variation * levels[stride]).max(0.2);
        let mut stride = 0;
        let sample = |i: usize| {
            let time = self.rate.seconds(i);
            while stride + 1 < touchdowns.len() && time >= touchdowns[stride + 1] {
                stride += 1;
            }
            let end = touchdowns
                .get(stride + 1)
                .copied()
                .unwrap_or(touchdowns[stride] + self.stride_s);
            let percent =
                100.0 * (time - touchdowns[stride]) / (end - touchdowns[stride]);
            let level = RMS
                * gain(stride)
                * profile(muscle, percent.rem_euclid(100.0))
                * self.raising(side, percent);
            level * noise[i] + NOISE * electrodes[i]
        };
        (0..n).map(sample).collect()
    }

    fn raising(&self, side: Side, percent: f64) -> f64 {
        let inside = |raised: &Raised| {
            side == Side::Left && (raised.from..=raised.to).contains(&percent)
        };
        self.raised.filter(inside).map_or(1.0, |raised| raised.factor)
    }
}

/// The level of a muscle over the cycle, 0 … 1: soleus and gastrocnemius push off in
/// stance, tibialis anterior lifts the foot in swing and lets it down after touchdown.
/// (after Winter & Yack 1987, roughly)
fn profile(muscle: Muscle, percent: f64) -> f64 {
    let hump = |centre: f64, width: f64| {
        let apart = (percent - centre + 50.0).rem_euclid(100.0) - 50.0;
        libm::exp(-0.5 * (apart / width) * (apart / width))
    };
    match muscle {
        Muscle::TibialisAnterior => 0.05 + 0.8 * hump(4.0, 6.0) + 0.5 * hump(70.0, 9.0),
        muscle if muscle.is_gastrocnemius() => 0.05 + 0.95 * hump(40.0, 8.0),
        _ => 0.05 + 0.95 * hump(43.0, 11.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk() -> Walk {
        Walk::new(3, Hertz::new(500.0).unwrap(), 12)
    }

    #[test]
    fn feet_alternate() {
        let (left, right) =
            (walk().touchdowns(Side::Left), walk().touchdowns(Side::Right));
        assert_eq!((left.len(), right.len()), (13, 13));
        for (k, time) in right.iter().enumerate() {
            assert!(left[k] < *time && left.get(k + 1).is_none_or(|next| time < next));
        }
        let events = walk().events();
        assert_eq!(events.len(), 2 * 13 + 2 * 12);
        assert!(events.windows(2).all(|pair| pair[0].time_s <= pair[1].time_s));
    }

    #[test]
    fn a_raised_part_is_raised_on_the_left_alone() {
        let raised =
            Walk { raised: Some(Raised { from: 40.0, to: 55.0, factor: 2.0 }), ..walk() };
        assert_eq!(
            raised.emg(Muscle::Soleus, Side::Right),
            walk().emg(Muscle::Soleus, Side::Right)
        );
        let [louder, plain] =
            [raised, walk()].map(|walk| walk.emg(Muscle::Soleus, Side::Left));
        let start = walk().touchdowns(Side::Left)[2];
        let stride = walk().touchdowns(Side::Left)[3] - start;
        let energy = |samples: &[f64], from: f64, to: f64| -> f64 {
            let at = |percent: f64| (500.0 * (start + percent / 100.0 * stride)) as usize;
            samples[at(from)..at(to)].iter().map(|sample| sample * sample).sum()
        };
        assert!(
            (energy(&louder, 42.0, 53.0) / energy(&plain, 42.0, 53.0) - 4.0).abs() < 0.2
        );
        assert_eq!(energy(&louder, 10.0, 35.0), energy(&plain, 10.0, 35.0));
    }
}
