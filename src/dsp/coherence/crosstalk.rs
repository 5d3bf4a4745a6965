//! Whether two channels pick up the same signal.

use super::{CrossSpectrum, Cumulant};

/// Signs that one muscle is heard in the channel of another: their signals, not
/// rectified, are coherent at all frequencies and at once. (Farina et al. 2004; Grosse et
/// al. 2002)
///
/// What is common to the activation of two muscles makes their raw signals coherent below
/// about 60 Hz only, and mains hum at single lines. Volume conduction passes every
/// frequency without delay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crosstalk {
    /// How many bins were looked at.
    pub bins: usize,
    /// The share of the bins whose coherence exceeds the 95 % limit of independent
    /// channels; 0.05 by chance.
    pub share_above: f64,
    /// The root of the mean coherence of the bins less its bias 1/L; 0 where nothing is
    /// left. Of muscles of equal amplitude it is about the share of one that is heard in
    /// the channel of the other, or the sum of both shares.
    pub coherency: f64,
    /// By how many seconds the second channel is later where the cumulant density of
    /// these frequencies is furthest from 0, within 50 ms.
    pub lag_s: f64,
    /// The cumulant density there over half the width of its 95 % band.
    pub peak_over_limit: f64,
}

/// The lowest frequency that is looked at, in hertz.
const FROM_HZ: f64 = 60.0;
/// The longest lag that is looked at, in seconds.
const LONGEST_S: f64 = 0.05;
/// Fewer bins say nothing about a share.
const FEWEST_BINS: usize = 30;
/// The share of bins from which on coherence counts as broad.
const BROAD: f64 = 0.1;
/// The cumulant density over half the width of its band from which on it is a peak: 3.9
/// standard errors.
const PEAK: f64 = 2.0;
/// The longest lag that counts as none, in seconds.
const AT_ONCE_S: f64 = 0.001;

impl Crosstalk {
    /// Of two channels that are not rectified, from 60 Hz up to the highest frequency
    /// kept. `None` for fewer than 30 bins with power or two segments.
    pub fn measure(raw: &CrossSpectrum) -> Option<Self> {
        let coherence = raw.coherence()?;
        let to_hz = raw.grid().highest_hz;
        let segments = coherence.segments;
        let bins = coherence
            .band_values(FROM_HZ, to_hz)
            .iter()
            .filter(|value| !value.is_nan())
            .count();
        let cumulant = Cumulant::from_band(raw, FROM_HZ, to_hz)?;
        let peak = cumulant.peak(LONGEST_S)?;
        let found = Self {
            bins,
            share_above: coherence.share_above(FROM_HZ, to_hz, 0.05)?,
            coherency: ((segments * coherence.mean(FROM_HZ, to_hz)? - 1.0)
                / (segments - 1.0))
                .max(0.0)
                .sqrt(),
            lag_s: peak.lag_s,
            peak_over_limit: peak.value.abs() / cumulant.half_width(),
        };

        (bins >= FEWEST_BINS).then_some(found)
    }

    /// Whether crosstalk is likely: more than 10 % of the bins exceed their limit, and
    /// the cumulant density is furthest from 0 within 1 ms of lag 0, at twice its limit
    /// or more.
    ///
    /// Independent channels reach 5 % of the bins, and about 1.4 times the limit at any
    /// of a hundred lags; both beyond, and at once, is out of their reach. A coherence of
    /// 0.4/L behind all bins lifts the share to 10 %: with 60 segments that is 8 % of the
    /// amplitude of a neighbour in one channel, or 4 % of each in the other; with 240
    /// segments half of that. Less is not seen. A few lines, however strong, are no broad
    /// coherence. A cable or a reference that both channels share looks the same.
    pub fn is_likely(&self) -> bool {
        let at_once = self.lag_s.abs() <= AT_ONCE_S * (1.0 + 1e-9);
        self.share_above > BROAD && self.peak_over_limit > PEAK && at_once
    }
}
