//! How the spectrum changes within a stretch: the mean frequency of each column of a
//! spectrogram.

use super::spectrum::{Estimator, Segments};

/// Finds instantaneous mean frequencies `Σ f S / Σ S` of the columns of spectrograms as
/// `scipy.signal.spectrogram` makes them; plans and buffers are kept between stretches.
///
/// A column is a segment; 256 samples of a Hann window, overlapping by 192, are usual at
/// 1000 Hz (methods §9). The columns are whole segments only, so a stretch shorter than
/// one has none.
pub struct InstantaneousMean {
    estimator: Estimator,
    band_hz: (f64, f64),
}

impl InstantaneousMean {
    /// For stretches sampled at `rate_hz`, within a band (both ends in hertz and
    /// included).
    pub fn new(segments: Segments, rate_hz: f64, band_hz: (f64, f64)) -> Self {
        Self { estimator: Estimator::new(segments, rate_hz), band_hz }
    }

    /// The middle of each column in seconds after the first sample, and its mean
    /// frequency in hertz, `None` of a column without power.
    pub fn frequencies<'a>(
        &'a mut self,
        samples: &'a [f64],
    ) -> impl Iterator<Item = (f64, Option<f64>)> + 'a {
        let first_s = self.estimator.middle_s(0);
        let second_s = self.estimator.middle_s(1);
        self.columns(samples)
            .enumerate()
            .map(move |(k, found)| (first_s + k as f64 * (second_s - first_s), found))
    }

    /// The mean over the columns that have power, in hertz; `None` when none has.
    ///
    /// ```
    /// use soleus::dsp::spectrogram::InstantaneousMean;
    /// use soleus::dsp::spectrum::{Segments, Window};
    ///
    /// let segments = Segments { length: 8, overlap: 6, window: Window::Boxcar, demean: true };
    /// let mut instantaneous = InstantaneousMean::new(segments, 8.0, (1.0, 4.0));
    /// let wave = [0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0];
    /// assert!(instantaneous.mean(&wave).is_some_and(|mean| (mean - 2.0).abs() < 1e-12));
    /// assert_eq!(instantaneous.mean(&wave[..7]), None);
    /// assert_eq!(instantaneous.mean(&[0.0; 10]), None);
    /// ```
    pub fn mean(&mut self, samples: &[f64]) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0_usize);
        for frequency in self.columns(samples).flatten() {
            sum += frequency;
            count += 1;
        }
        (count > 0).then(|| sum / count as f64)
    }

    fn columns<'a>(
        &'a mut self,
        samples: &'a [f64],
    ) -> impl Iterator<Item = Option<f64>> + 'a {
        let (low_hz, high_hz) = self.band_hz;
        self.estimator.each(samples, move |spectrum| {
            spectrum.band(low_hz, high_hz).mean_frequency()
        })
    }
}

/// The instantaneous mean frequencies of one stretch; see
/// [`InstantaneousMean::frequencies`].
pub fn instantaneous_mean_frequencies(
    samples: &[f64],
    rate_hz: f64,
    segments: Segments,
    band_hz: (f64, f64),
) -> Vec<(f64, Option<f64>)> {
    InstantaneousMean::new(segments, rate_hz, band_hz).frequencies(samples).collect()
}
