//! One burst after the other: how strong it is, how fast it rises, and its mean
//! frequency.

use std::ops::Range;

use crate::dsp::spectrum::{Estimator, Segments, Window};
use crate::dsp::stats::extremes;
use crate::dsp::sums::sum_of;
use crate::onset;
use crate::units::Hertz;

/// The shortest burst with a mean frequency, in seconds: 8 Hz lie between two frequencies
/// of its spectrum.
pub const SHORTEST_FOR_MNF_S: f64 = 0.125;

/// A burst of a channel with its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct MuscleBurst {
    /// Where it begins and ends, in samples from the beginning of the recording, and how
    /// many detectors see it.
    pub found: onset::AgreedBurst,
    /// Whether both ends were recorded; `false` where it may reach into a gap or beyond
    /// the recording.
    pub whole: bool,
    /// The figures of its envelope; `None` where the envelope has a gap in it.
    pub shape: Option<EnvelopeShape>,
    /// The mean frequency of `clean` in it, in hertz; `None` when it is shorter than
    /// [`SHORTEST_FOR_MNF_S`] or nothing is left in the band.
    pub mnf_hz: Option<f64>,
}

/// The figures of an envelope within a burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnvelopeShape {
    /// The highest value, in the unit of the envelope.
    pub peak: f64,
    /// The mean.
    pub mean: f64,
    /// The sum over time, in the unit of the envelope times seconds.
    pub area: f64,
    /// From 10 to 90 % of the peak before it, in seconds; `None` where the envelope does
    /// not come from below 10 %.
    pub rise_s: Option<f64>,
}

impl MuscleBurst {
    /// Its active samples.
    pub fn span(&self) -> Range<usize> {
        self.found.on.at..self.found.off.at
    }

    /// Its duration in samples.
    pub fn samples(&self) -> usize {
        self.span().len()
    }
}

impl EnvelopeShape {
    /// The figures of an envelope in `span`; what rises to the peak may begin before it,
    /// from the sample `from` on. `None` for an empty span, one beyond the envelope, or
    /// one with a gap.
    ///
    /// ```
    /// use soleus::analysis::activity::EnvelopeShape;
    /// use soleus::units::Hertz;
    ///
    /// let envelope = [0.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 5.0, 0.0];
    /// let rate = Hertz::new(10.0);
    /// let shape = rate.and_then(|rate| EnvelopeShape::measure(&envelope, 2..8, 0, rate));
    /// let shape = shape.map(|shape| (shape.peak, shape.area, shape.rise_s));
    /// assert_eq!(shape, Some((10.0, 3.5, Some(0.5))));
    /// ```
    pub fn measure(
        envelope: &[f64],
        span: Range<usize>,
        from: usize,
        rate: Hertz,
    ) -> Option<Self> {
        let inside = envelope.get(span.clone()).filter(|inside| !inside.is_empty())?;
        let sum = sum_of(inside, |value| value);
        let peak = extremes(inside).1;
        if !sum.is_finite() {
            return None;
        }
        let top = span.start + inside.iter().position(|&value| value >= peak)?;
        let before = envelope.get(from.min(top)..=top)?;
        let rise =
            before.iter().rposition(|&value| value <= 0.1 * peak).and_then(|low| {
                let high = before[low..].iter().position(|&value| value >= 0.9 * peak)?;
                Some(rate.seconds(high)).filter(|_| peak > 0.0)
            });
        Some(Self {
            peak,
            mean: sum / inside.len() as f64,
            area: sum / rate.hz(),
            rise_s: rise,
        })
    }
}

/// The mean frequency of samples within a band in hertz, from their periodogram without
/// their mean (boxcar), beyond a minute from the mean of those of whole seconds. `None`
/// for fewer than [`SHORTEST_FOR_MNF_S`] seconds, a gap, or no power in the band.
pub fn mean_frequency(samples: &[f64], band_hz: (f64, f64), rate: Hertz) -> Option<f64> {
    let seconds = rate.seconds(samples.len());
    if samples.is_empty() || seconds < SHORTEST_FOR_MNF_S {
        return None;
    }
    let length = if seconds <= 60.0 { samples.len() } else { rate.samples(1.0).max(1) };
    let segments = Segments { length, overlap: 0, window: Window::Boxcar, demean: true };
    let mut estimator = Estimator::new(segments, rate.hz());
    estimator.mean([samples])?.band(band_hz.0, band_hz.1).mean_frequency()
}
