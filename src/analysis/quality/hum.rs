//! Mains hum as recorded, and whether filtering took it out.

use super::assessment::Assessment;
use super::{Fault, MainsHum, Quality};
use crate::outcome::Verdict;
use crate::words::{percent, spoken};

/// Mains are looked for within so many hertz of their nominal frequency.
const REACH_HZ: f64 = 0.3;
/// Hum exceeds what lies beside it by so many standard deviations: in a short recording
/// the spectrum of EMG alone has as much within 1 Hz of ten lines.
const CLEAR: f64 = 5.0;
/// How much of a recording is active, at least, and tells its spectrum.
const ACTIVE: f64 = 0.5;

/// Whether hum is more than what the spectrum of so many seconds has by chance: it is the
/// mean of about as many independent segments of a second.
fn is_clear(mains: &MainsHum, seconds: f64) -> bool {
    mains.clearness * (ACTIVE * seconds).max(1.0).sqrt() > CLEAR
}

impl Quality {
    /// Says how much of the recorded power of so many seconds is hum. What is measured is what filtering
    /// leaves: where the hum is gone and activity stands out, the channel is to be checked
    /// and not lost.
    pub(super) fn judge_mains(&self, seconds: f64, found: &mut Assessment) {
        let hum =
            |mains: &MainsHum| mains.share > self.mains_check && is_clear(mains, seconds);
        let Some(MainsHum { base_hz, share, .. }) = found.mains.filter(hum) else {
            return;
        };
        let fault = if share > self.mains_only { Fault::MainsOnly } else { Fault::Mains };
        let is_much = share > self.mains_bad;
        let (verdict, end) = match self.left_of_mains(found) {
            _ if !is_much => (Verdict::Check, self.beside(found, base_hz)),
            Some(left) => (
                Verdict::Check,
                format!(" as recorded; filtering leaves {} %", percent(left)),
            ),
            None if fault == Fault::MainsOnly => (
                Verdict::Bad,
                format!(", so this is no EMG{}", self.beside(found, base_hz)),
            ),
            None => (Verdict::Bad, self.beside(found, base_hz)),
        };
        let text = format!(
            "mains: {} % of the power is at {base_hz} Hz and its harmonics{end}",
            percent(share)
        );
        found.note(fault, verdict, text);
    }

    /// The share of hum behind the filters, where it is nothing to check any more and
    /// activity stands out of rest.
    fn left_of_mains(&self, found: &Assessment) -> Option<f64> {
        let gone = |left: &f64| *left <= self.mains_check && self.stands_out(found);
        found.mains_left.filter(gone)
    }

    /// What to do about a line that stays because it lies too far beside the mains.
    fn beside(&self, found: &Assessment, base_hz: f64) -> String {
        let stays = found.mains_left.is_some_and(|left| left > self.mains_check);
        let off = |hz: &f64| stays && (hz - base_hz).abs() > REACH_HZ;
        found.mains_hz.filter(off).map_or(String::new(), |hz| {
            let hz = spoken(hz);
            format!(
                "; the line lies at {hz} Hz, further from {base_hz} Hz than mains are \
                 looked for: is the sampling rate right? The step mains takes it out with \
                 frequency_hz = {hz}"
            )
        })
    }
}
