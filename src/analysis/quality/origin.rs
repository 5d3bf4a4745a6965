//! Where a signal comes from: whether it is raw EMG at all, and what was done to it
//! before it was recorded.

use super::assessment::Assessment;
use super::spectra::MOVEMENT_HZ;
use super::{Distribution, Fault, Quality, SpectralShape};
use crate::outcome::Verdict;
use crate::units::Hertz;
use crate::words::{percent, spoken};

/// An octave below 60 Hz falls by more only where a filter of second order or more acts:
/// that of muscles by 10 dB at most (60 channels of legs and arms; 12 with an amplifier
/// of 20 Hz).
const STEEP_DB: f64 = 13.0;
/// No muscle loses so much, whatever its slope.
const FILTERED_DB: f64 = 16.0;
/// An envelope that was smoothed by a filter falls by more from 20–40 to 60–150 Hz, in
/// dB. That of EMG falls by 13 at most.
const SMOOTH_DB: f64 = 17.0;
/// The ripple of an envelope goes with its height by more.
const RIPPLE: f64 = 0.7;

/// What has a tone below this, in hertz, and yet clear activity in the band of EMG is EMG
/// that was shaken.
const SLOWEST_EMG_HZ: f64 = 18.0;

/// The share of movement in what is slow with which that is still called drift.
const MOST_MOVEMENT: f64 = 0.3;

/// Where the band ends so much earlier, as below 1000 Hz, EMG falls by hardly more than an
/// open input, and its contractions have to tell it.
const WHOLE_REACH: f64 = 0.98;

/// Whether what is fast in a slow signal is the ripple of an envelope, and not EMG on an
/// offset that drifts.
fn is_smooth(shape: SpectralShape, found: &Assessment) -> bool {
    let falls = shape.low_loss_db.is_none_or(|loss| loss < -SMOOTH_DB);
    let ripple = found.local.and_then(|local| local.ripple);
    falls || ripple.is_some_and(|ripple| ripple > RIPPLE)
}

impl Quality {
    /// Judges whether a channel is raw EMG, and says whether it is.
    pub(super) fn judge_origin(&self, rate: Hertz, found: &mut Assessment) -> bool {
        let before = found.reasons.len();
        if let (Some(shape), Some(values)) = (found.shape, found.distribution) {
            self.judge_treatment(shape, values, found);
        }
        let raw = found.reasons.len() == before;
        if let Some(shape) = found.shape.filter(|_| raw) {
            self.judge_drift(found);
            self.judge_tone(shape, found);
            self.judge_band(shape, rate, found);
        }
        raw
    }

    fn judge_treatment(
        &self,
        shape: SpectralShape,
        values: Distribution,
        found: &mut Assessment,
    ) {
        let slow = shape.slow_share > self.slow_share;
        let flat =
            shape.fall_db.is_some_and(|fall| fall < self.open_fall_db * shape.reach)
                && (shape.reach >= WHOLE_REACH || !self.stands_out(found));
        let lean = found.local.map_or(values.lean, |local| local.lean);
        let (below, negative) =
            (percent(shape.slow_share), percent(values.negative_share));
        if slow && values.negative_share < 0.01 && is_smooth(shape, found) {
            let text = format!(
                "already an envelope: {below} % of the power is below 30 Hz and \
                 {negative} % of the samples are \
                 negative; raw EMG is needed"
            );
            found.note(Fault::Enveloped, Verdict::Bad, text);
        } else if slow && flat {
            let text = format!(
                "no EMG: {below} % of the power is below 30 Hz and the spectrum is flat \
                 above 60 Hz, as of an input to \
                 which nothing is connected"
            );
            found.note(Fault::OpenInput, Verdict::Bad, text);
        } else if values.negative_share < 0.05 && lean < self.rectified_lean {
            let text = format!(
                "already rectified: {negative} % of the samples are negative and most \
                 lie near the lowest (lean {}; 1 \
                 for raw EMG); raw EMG is needed",
                spoken(lean)
            );
            found.note(Fault::Rectified, Verdict::Bad, text);
        }
    }

    pub(super) fn stands_out(&self, found: &Assessment) -> bool {
        let snr = found.contrast.and_then(|contrast| contrast.snr_db());
        snr.is_some_and(|snr| snr >= self.snr_good_db)
    }

    /// Says that the offset of EMG wanders, where what is slow is slower than motion.
    fn judge_drift(&self, found: &mut Assessment) {
        let slow = found.motion_share.filter(|&share| share > self.motion_check);
        let still = |share: &f64| {
            let most = self.motion_check.min(MOST_MOVEMENT * share);
            found.sway_share.is_some_and(|sway| sway <= most)
        };
        if let Some(share) = slow.filter(still) {
            let text = format!(
                "drift: {} % of the power is below 20 Hz, nearly all of it slower than \
                 movement (below {MOVEMENT_HZ} Hz), of an offset that wanders or settles; a \
                 high-pass takes it away",
                percent(share)
            );
            found.note(Fault::Drift, Verdict::Check, text);
        }
    }

    fn judge_tone(&self, shape: SpectralShape, found: &mut Assessment) {
        let hum = found.mains.is_some_and(|mains| mains.share > self.mains_check);
        let snr = found.contrast.and_then(|contrast| contrast.snr_db());
        let slow = shape.tone_hz < SLOWEST_EMG_HZ
            && snr.is_some_and(|snr| snr >= self.snr_poor_db);
        if shape.tone_share > self.tone_bad && slow {
            let text = format!(
                "motion: {} % of the power is within 2 Hz of {} Hz, slower than EMG; a \
                 high-pass takes it away",
                percent(shape.tone_share),
                spoken(shape.tone_hz)
            );
            found.note(Fault::Motion, Verdict::Check, text);
        } else if shape.tone_share > self.tone_bad && !hum {
            let text = format!(
                "no EMG: {} % of the power is within 2 Hz of {} Hz",
                percent(shape.tone_share),
                spoken(shape.tone_hz)
            );
            found.note(Fault::Tone, Verdict::Bad, text);
        }
    }

    fn judge_band(&self, shape: SpectralShape, rate: Hertz, found: &mut Assessment) {
        let lost = |loss: &f64| {
            *loss > self.low_loss_db
                && (*loss > FILTERED_DB
                    || shape.low_slope_db.is_some_and(|slope| slope > STEEP_DB))
        };
        if let Some(loss) = shape.low_loss_db.filter(lost) {
            let text = format!(
                "high-pass: the density from 20 to 40 Hz lies {} dB below that from 60 \
                 to 150 Hz, so an earlier filter \
                 took some of the EMG",
                spoken(loss)
            );
            found.note(Fault::HighPass, Verdict::Check, text);
        }
        let unfallen = shape
            .end_fall_db
            .filter(|&fall| fall < self.end_fall_db && rate.hz() < self.rate_check_hz);
        if rate.hz() < self.rate_least_hz {
            let text = format!(
                "sampling rate: {rate} leaves nothing above {} Hz",
                spoken(rate.nyquist())
            );
            found.note(Fault::SlowRate, Verdict::Check, text);
        } else if let Some(fall) = unfallen {
            let text = format!(
                "sampling rate: at {rate} the spectrum has fallen by {} dB only at half \
                 of it, so faster parts of the \
                 signal are missing or folded back",
                spoken(fall)
            );
            found.note(Fault::SlowRate, Verdict::Check, text);
        }
    }
}
