//! Whitening: from EMG, whose neighbouring samples are alike, to samples that likelihoods
//! may count one by one.

use std::cell::OnceCell;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Stretch;
use super::segments::{Energy, bursts, first_best};
use crate::dsp::autoregression::Autoregression;
use crate::dsp::design::{Band, butterworth};
use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use crate::units::Hertz;

/// Samples are thinned to between this rate and twice it: EMG has little power above half
/// of it.
const LOWEST_RATE_HZ: f64 = 1000.0;
/// The rest is never taken to be quieter than this share of the loudest power: digital
/// silence has no variance.
const QUIETEST: f64 = 1e-12;
/// Fewer quiet samples tell no variance.
const FEWEST_QUIET: usize = 20;
/// The length of the loud part, in seconds.
const LOUD_S: f64 = 0.5;
/// The highest order of a model.
const HIGHEST_ORDER: usize = 32;

/// How the samples are whitened: by the innovations of an autoregressive model (Clancy &
/// Hogan 1994; before likelihoods Staude 2001).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Whitening {
    /// The order of the model, 0 for no whitening: 4 to 6 are usual at 1000 samples a
    /// second.
    #[schemars(range(min = 0, max = HIGHEST_ORDER))]
    pub order: usize,
    /// What the model is fitted to.
    pub part: FittedPart,
}

/// What an autoregressive model is fitted to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FittedPart {
    /// The rest before and between bursts: rest becomes white, so that it raises few
    /// false alarms.
    #[default]
    Quiet,
    /// The loudest half second: activity becomes white.
    Loud,
}

impl Default for Whitening {
    fn default() -> Self {
        Self { order: 6, part: FittedPart::default() }
    }
}

/// A stretch made white.
#[derive(Debug, Clone)]
pub struct White {
    /// The samples, thinned to between 1000 and 2000 a second.
    pub samples: Vec<f64>,
    /// Their rate.
    pub rate: Hertz,
    /// The variance of the quiet part.
    pub rest: f64,
    pub(super) energy: Energy,
    /// Smaller variances are those of digital silence.
    pub(super) floor: f64,
    /// The same backward in time: a filter that whitens smears what ends, not what
    /// begins.
    pub(super) backward: Vec<f64>,
    /// The bursts between its steps, for the numbers that they were first asked with.
    pub(super) steps: OnceCell<([f64; 4], Vec<Range<usize>>)>,
    order: usize,
    every: usize,
    whole: usize,
}

impl Whitening {
    /// The stretch made white, its largest sample before that 1. `None` for silence, for
    /// samples that are not finite and where the quiet part has fewer than 20 samples or
    /// the stretch is too short to be thinned.
    pub(super) fn white(&self, stretch: &Stretch<'_>) -> Option<White> {
        let (samples, rate, every) = thinned(stretch)?;
        let pieces = thinned_pieces(stretch.quiet, every, samples.len())?;
        let quiet: Vec<f64> =
            pieces.iter().flat_map(|piece| &samples[piece.clone()]).copied().collect();
        if quiet.len() < FEWEST_QUIET {
            return None;
        }

        let model = self.model(&quiet, &samples[loudest(&samples, rate.samples(LOUD_S))]);
        let mut reversed = samples.clone();
        reversed.reverse();
        let (samples, backward) = (model.whitened(&samples), model.whitened(&reversed));

        let energy = Energy::sum(&samples);
        let square = |peak: f64, sample: &f64| peak.max(sample * sample);
        let floor = QUIETEST * samples.iter().fold(0.0, square);
        let at_rest: f64 =
            pieces.iter().map(|piece| energy.between(piece.start, piece.end)).sum();

        Some(White {
            samples,
            rate,
            rest: (at_rest / quiet.len() as f64).max(floor),
            energy,
            floor,
            backward,
            steps: OnceCell::new(),
            order: self.order.min(HIGHEST_ORDER),
            every,
            whole: stretch.samples.len(),
        })
    }

    /// The model that whitens: of the part that is asked for, of the other one where that
    /// has none, of neither where both are too short or silent.
    fn model(&self, quiet: &[f64], loud: &[f64]) -> Autoregression {
        let (first, second) = match self.part {
            FittedPart::Quiet => (quiet, loud),
            FittedPart::Loud => (loud, quiet),
        };
        let order = self.order.min(HIGHEST_ORDER);
        Autoregression::fit(first, order)
            .or_else(|| Autoregression::fit(second, order))
            .unwrap_or(Autoregression { coefficients: Vec::new(), variance: 1.0 })
    }
}

impl White {
    /// The number of samples of the stretch.
    pub(super) fn length(&self) -> usize {
        self.whole
    }

    /// The place in the stretch of a sample or of the end: between the thinned sample and
    /// the one before it.
    pub(super) fn place(&self, index: usize) -> usize {
        if index >= self.samples.len() {
            self.whole
        } else {
            (index * self.every).saturating_sub(self.every / 2)
        }
    }

    /// The thinned sample of a place in the stretch.
    pub(super) fn index(&self, place: usize) -> usize {
        ((place + self.every / 2) / self.every).min(self.samples.len())
    }

    /// The bursts among the segments between changes, in samples of the stretch.
    pub(super) fn bursts(&self, changes: &[usize], rise_db: f64) -> Vec<Range<usize>> {
        self.placed(&bursts(&self.energy, changes, self.rest, rise_db))
    }

    /// Bursts in samples of the stretch, each ending before the filter that whitens
    /// smears its end.
    pub fn placed(&self, bursts: &[Range<usize>]) -> Vec<Range<usize>> {
        let n = self.samples.len();
        let end = |burst: &Range<usize>| {
            if burst.end < n { self.unsmeared(burst) } else { n }
        };
        let place =
            |burst: &Range<usize>| self.place(burst.start)..self.place(end(burst));
        bursts.iter().map(place).collect()
    }

    /// The most likely end among the last samples of a burst, as many as the filter has
    /// coefficients.
    fn unsmeared(&self, burst: &Range<usize>) -> usize {
        let n = self.samples.len();
        let reach = 4 * (self.order + 1);
        let before = burst.end.saturating_sub(reach).max(burst.start);
        let after = (burst.end + reach).min(n);
        let energy = Energy::sum(&self.backward[n - after..n - before]);
        let cost = |end: usize| {
            energy.cost(0, after - end) + energy.cost(after - end, after - before)
        };
        let first = burst.end.saturating_sub(self.order).max(before + 1);
        first_best(first..burst.end + 1, |end| -cost(end)).unwrap_or(burst.end)
    }
}

/// The samples over their largest, every so many of them after a low-pass, and their
/// rate.
fn thinned(stretch: &Stretch<'_>) -> Option<(Vec<f64>, Hertz, usize)> {
    let peak =
        stretch.samples.iter().fold(0.0, |peak: f64, sample| peak.max(sample.abs()));
    if !(peak > 0.0 && stretch.samples.iter().all(|sample| sample.is_finite())) {
        return None;
    }

    let mut samples: Vec<f64> =
        stretch.samples.iter().map(|sample| sample / peak).collect();
    let every = (stretch.rate.hz() / LOWEST_RATE_HZ).floor().max(1.0) as usize;
    let rate = Hertz::new(stretch.rate.hz() / every as f64)?;

    if every > 1 {
        let filter =
            butterworth(4, Band::LowPass(0.4 * rate.hz()), stretch.rate.hz()).ok()?;
        ZeroPhase::new(filter, Edge::Odd)
            .run(&mut samples, &mut Scratch::default())
            .ok()?;
        samples = samples.into_iter().step_by(every).collect();
    }
    Some((samples, rate, every))
}

/// Pieces of a stretch among its thinned samples; `None` where one lies beyond them.
fn thinned_pieces(
    pieces: &[Range<usize>],
    every: usize,
    length: usize,
) -> Option<Vec<Range<usize>>> {
    let thinned = |piece: &Range<usize>| {
        let (start, end) = (piece.start.div_ceil(every), (piece.end / every).min(length));
        (start <= end).then_some(start..end)
    };
    pieces.iter().map(thinned).collect()
}

/// The window of the most energy, or all samples where there are fewer.
fn loudest(samples: &[f64], window: usize) -> Range<usize> {
    let window = window.clamp(1, samples.len().max(1));
    let energy = Energy::sum(samples);
    let power = |start: &usize| energy.between(*start, start + window);
    let starts = 0..=samples.len().saturating_sub(window);
    let start = starts.max_by(|a, b| power(a).total_cmp(&power(b))).unwrap_or(0);
    start..(start + window).min(samples.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn white(samples: &[f64], hz: f64, quiet: Range<usize>) -> Option<White> {
        Whitening::default().white(&Stretch {
            samples,
            rate: Hertz::new(hz)?,
            quiet: std::slice::from_ref(&quiet),
        })
    }

    #[test]
    fn what_cannot_be_made_white() {
        assert!(white(&[], 1000.0, 0..0).is_none());
        assert!(white(&[0.0; 500], 1000.0, 0..500).is_none());
        assert!(white(&[1.0; 500], 1000.0, 0..19).is_none());
        assert!(white(&[1.0; 500], 1000.0, 490..600).is_none());
        assert!(white(&[f64::NAN; 500], 1000.0, 0..100).is_none());
        assert!(white(&[1.0; 9], 1e5, 0..9).is_none());
    }

    #[test]
    fn places_go_there_and_back() {
        let samples = crate::dsp::random::normals(1, 4001);
        for hz in [500.0, 1000.0, 2048.0, 4000.0] {
            let white = white(&samples, hz, 0..400).unwrap();
            assert_eq!((white.place(0), white.place(white.samples.len())), (0, 4001));
            assert!(
                (0..white.samples.len())
                    .all(|index| white.index(white.place(index)) == index),
                "{hz}"
            );
        }
        assert_eq!(loudest(&[1.0, 0.0, 3.0, 1.0], 2), 2..4);
    }
}
