//! A recording of rest, judged as one: quiet is good, and what is not rest is said.

use super::assessment::Assessment;
use super::{Fault, Quality, RestingLevel};
use crate::outcome::Verdict;
use crate::signal::Trace;
use crate::words::{percent, spoken};

/// A spectrum that falls so far from its mean to the upper fifth of the band is that of
/// EMG and not of electrodes, in dB: noise that falls with the frequency, as that of
/// electrodes at its most, falls by 5 dB, EMG by 10 to 20.
const FALLS_AS_EMG_DB: f64 = 8.0;
/// The least level of EMG that goes on throughout a recording of rest, in volts: below it
/// single motor units cannot be told from electrodes.
const LEAST_TONIC_V: f64 = 3e-6;
/// A second in which what is slow exceeds rest so many times is motion, and not the drift
/// or the noise of electrodes (which has 0.4 to 1 times it).
const MOTION: f64 = 5.0;

impl Quality {
    /// Judges a channel of a recording of rest.
    pub(super) fn judge_rest(&self, trace: &Trace, found: &mut Assessment) {
        self.judge_presence(found);
        self.judge_pulses(trace, found);
        self.judge_disturbed_rest(found);
        let Some(resting) = found.resting else { return };
        judge_activity(resting, found);
        self.judge_tonic(resting, trace.unit.is_volt(), found);
        self.judge_rest_level(resting, trace.unit.is_volt(), found);
    }

    /// Hum and motion: beside nothing but noise even a little is a large share.
    fn judge_disturbed_rest(&self, found: &mut Assessment) {
        if let Some(mains) = found.mains.filter(|mains| mains.share > self.mains_bad) {
            let text = format!(
                "mains: {} % of the power of this rest is at {} Hz and its harmonics",
                percent(mains.share),
                mains.base_hz
            );
            found.note(Fault::Mains, Verdict::Check, text);
        }
        let moving = |resting: &RestingLevel| resting.slow > MOTION * resting.rms;
        let heart = found.pulses.heart.is_some();
        if let Some(resting) = found.resting.filter(moving).filter(|_| !heart) {
            let text = format!(
                "motion: within a second of this rest the signal wanders slowly by {} times \
                 its level",
                spoken(resting.slow / resting.rms)
            );
            found.note(Fault::Motion, Verdict::Check, text);
        }
    }

    /// Activity that goes on throughout shows by its spectrum alone, which hum would hide.
    fn judge_tonic(&self, resting: RestingLevel, is_volt: bool, found: &mut Assessment) {
        let hum = found.mains.is_some_and(|mains| mains.share > self.mains_check);
        let falls = resting.shape_db.is_some_and(|shape| shape > FALLS_AS_EMG_DB);
        if is_volt && falls && !hum && resting.rms > LEAST_TONIC_V {
            let text = format!(
                "activity: the spectrum of this recording of rest is that of EMG, at {} \
                 µV throughout",
                spoken(1e6 * resting.rms)
            );
            found.note(Fault::Restless, Verdict::Check, text);
        }
    }

    fn judge_rest_level(
        &self,
        resting: RestingLevel,
        is_volt: bool,
        found: &mut Assessment,
    ) {
        let microvolts = spoken(1e6 * resting.rms);
        if is_volt && resting.rms > self.baseline_check_v {
            let text = format!(
                "baseline noise: {microvolts} µV in this recording of rest, so that the \
                 muscle did not rest, or there is much noise"
            );
            found.note(Fault::Baseline, Verdict::Check, text);
        }
        if is_volt && resting.rms < self.dropout_v {
            let text = format!(
                "level: {microvolts} µV is less than electrodes give at rest: nothing is \
                 connected, or the unit is another one"
            );
            found.note(Fault::Unit, Verdict::Check, text);
        }
    }
}

fn judge_activity(resting: RestingLevel, found: &mut Assessment) {
    if resting.is_restless && found.pulses.heart.is_none() {
        let text = format!(
            "activity: {} s of this recording of rest exceed twice its level, by up to {} \
             dB; the level at rest is taken without them",
            spoken(resting.loud_s),
            spoken(20.0 * libm::log10(resting.loudest / resting.rms))
        );
        found.note(Fault::Restless, Verdict::Check, text);
    }
}
