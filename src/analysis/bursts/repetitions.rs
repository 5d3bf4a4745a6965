//! Repetitions, such as heel raises: rises and falls of a slow envelope through two
//! levels.
//!
//! EMG counts contractions, not the height of the heel.

use std::ops::Range;

use crate::dsp::design::{Band, Cutoff, butterworth};
use crate::dsp::stats::{median, quantiles};
use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use crate::units::Hertz;

/// The cut-off of the slow envelope in hertz.
pub const CUTOFF_HZ: f64 = 3.0;

/// A repetition begins when the envelope reaches this share of the way from base to top.
const RISE: f64 = 0.5;
/// It ends when the envelope has fallen to this share.
const FALL: f64 = 0.25;
/// A rise sooner than this share of the median period after the one before belongs to the
/// same repetition.
const REFRACTORY: f64 = 0.4;
/// Repetitions with a peak below this share of the median peak are left out.
const WEAKEST: f64 = 0.3;

/// The levels between which repetitions are told apart, in the unit of the envelope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlowLevels {
    /// The 5th percentile of the envelope.
    pub base: f64,
    /// The 98th percentile.
    pub top: f64,
    /// What a repetition must reach: half the way from base to top.
    pub high: f64,
    /// What it must fall to: a quarter of the way.
    pub low: f64,
}

impl SlowLevels {
    /// The levels of an envelope, gaps left out; `None` where there is nothing else.
    pub fn measure(envelope: &[f64]) -> Option<Self> {
        let [base, top] = quantiles(envelope, [0.05, 0.98])?;
        let at = |share: f64| base + share * (top - base);
        Some(Self { base, top, high: at(RISE), low: at(FALL) })
    }
}

/// One repetition, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repetition {
    /// The first sample that reaches the high level.
    pub on: usize,
    /// The first sample after it that has fallen to the low level.
    pub off: usize,
    /// The highest sample between them, the first of equals.
    pub peak: usize,
}

/// The repetitions of an envelope that rise and fall within it. A gap hides what happens
/// in it: a repetition that begins before it ends when the envelope is next seen below
/// the low level.
pub fn find(envelope: &[f64], levels: SlowLevels) -> Vec<Repetition> {
    let mut found = Vec::new();
    let mut begun: Option<(usize, usize)> = None;
    for (sample, &value) in envelope.iter().enumerate() {
        match begun {
            None if value >= levels.high => begun = Some((sample, sample)),
            Some((on, peak)) if value <= levels.low => {
                found.push(Repetition { on, off: sample, peak });
                begun = None;
            }
            Some((on, peak)) if value > envelope[peak] => begun = Some((on, sample)),
            _ => {}
        }
    }
    found
}

/// Joins repetitions that begin within 0.4 of the median period after the one before, and
/// leaves out those whose peak is below 30 % of the median peak.
pub fn sorted_out(found: &[Repetition], envelope: &[f64]) -> Vec<Repetition> {
    let shortest = median(&periods(found)).map_or(0.0, |period| REFRACTORY * period);
    let mut joined: Vec<Repetition> = Vec::with_capacity(found.len());
    for &one in found {
        match joined.last_mut() {
            Some(last) if ((one.on - last.on) as f64) < shortest => {
                last.off = one.off;
                last.peak = if envelope[one.peak] > envelope[last.peak] {
                    one.peak
                } else {
                    last.peak
                };
            }
            _ => joined.push(one),
        }
    }
    let peaks: Vec<f64> = joined.iter().map(|one| envelope[one.peak]).collect();
    let weakest = median(&peaks).map_or(0.0, |middle| WEAKEST * middle);
    joined.retain(|one| envelope[one.peak] >= weakest);
    joined
}

/// The samples from each rise to the next.
pub fn periods(found: &[Repetition]) -> Vec<f64> {
    found.windows(2).map(|pair| (pair[1].on - pair[0].on) as f64).collect()
}

/// The slow envelope: magnitudes through a Butterworth low-pass of order 2, forward and
/// backward, that passes 3 Hz at −3 dB. Gaps, and stretches that are too short for the
/// filter, are `NaN`; `None` where the rate is too low for it.
pub fn slow_envelope(
    clean: &[f64],
    stretches: &[Range<usize>],
    rate: Hertz,
) -> Option<Vec<f64>> {
    let band = Cutoff::Effective.band(2, Band::LowPass(CUTOFF_HZ), rate.hz(), 2);
    let filter = ZeroPhase::new(butterworth(2, band, rate.hz()).ok()?, Edge::Odd);
    let (mut envelope, mut scratch) = (vec![f64::NAN; clean.len()], Scratch::default());
    for stretch in stretches.iter().filter(|stretch| stretch.len() >= filter.shortest()) {
        let part = &mut envelope[stretch.clone()];
        part.iter_mut()
            .zip(&clean[stretch.clone()])
            .for_each(|(slow, sample)| *slow = sample.abs());
        if filter.run(part, &mut scratch).is_err() {
            part.fill(f64::NAN);
        }
    }
    Some(envelope)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: SlowLevels = SlowLevels { base: 0.0, top: 1.0, high: 0.5, low: 0.25 };

    #[test]
    fn a_repetition_rises_and_falls() {
        let nan = f64::NAN;
        let on_off = |envelope: &[f64]| -> Vec<_> {
            find(envelope, LEVELS)
                .into_iter()
                .map(|one| (one.on, one.off, one.peak))
                .collect()
        };
        assert_eq!(on_off(&[0.0, 0.5, 0.4, 0.9, 0.9, 0.3, 0.25, 0.6]), [(1, 6, 3)]);
        assert_eq!(
            on_off(&[0.0, 0.6, nan, nan, 0.1, 0.7, nan, 0.8, 0.0]),
            [(1, 4, 1), (5, 8, 7)]
        );
        assert!(on_off(&[]).is_empty() && on_off(&[nan; 4]).is_empty());
    }

    #[test]
    fn doubled_and_weak_repetitions_are_sorted_out() {
        let mut envelope = vec![0.0; 120];
        for (peak, height) in
            [(10, 1.0), (30, 1.0), (33, 1.2), (50, 0.2), (70, 1.0), (90, 0.9), (110, 1.0)]
        {
            envelope[peak] = height;
        }
        let one = |peak: usize| Repetition { on: peak - 1, off: peak + 1, peak };
        let found = [10, 30, 33, 50, 70, 90, 110].map(one);
        let kept: Vec<_> = sorted_out(&found, &envelope)
            .iter()
            .map(|one| (one.on, one.off, one.peak))
            .collect();
        assert_eq!(
            kept,
            [(9, 11, 10), (29, 34, 33), (69, 71, 70), (89, 91, 90), (109, 111, 110)]
        );
        assert!(sorted_out(&[], &[]).is_empty());
    }

    #[test]
    fn the_slow_envelope_keeps_gaps_and_refuses_slow_rates() {
        let mut clean = crate::dsp::random::normals(3, 3000);
        clean[1000..1200].fill(f64::NAN);
        clean[1205..1300].fill(f64::NAN);
        let stretches = crate::dsp::gaps::stretches(&clean);
        let slow =
            slow_envelope(&clean, &stretches, Hertz::new(1000.0).unwrap()).unwrap();
        assert!(slow.iter().zip(&clean).enumerate().all(|(k, (slow, sample))| {
            slow.is_nan() == (sample.is_nan() || (1200..1205).contains(&k))
        }));
        assert_eq!(slow_envelope(&clean, &stretches, Hertz::new(5.0).unwrap()), None);
    }
}
