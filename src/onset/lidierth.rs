//! Lidierth (1986): a threshold on the moving average, and a state that only changes when
//! a change holds.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::threshold::{level, variance_at_rest};
use super::{Detect, Stretch};
use crate::dsp::moving;
use crate::memory;

/// The bursts of a test function that is above its threshold or not.
///
/// Rest turns into activity at the first sample above that is followed by others until
/// there are `hold` of them, with never more than `lapse` samples below in a row in
/// between; activity turns into rest by the same rule with above and below exchanged.
/// What is active at the last sample ends there.
///
/// With `hold` = `active_state_duration` + 1 and `lapse` = `fail_size` these are the
/// onsets and offsets of `lidierth_onset_detector` of BioSPPy 2.2, which says nothing of
/// a burst that reaches the end.
///
/// ```
/// use soleus::onset::lidierth::held;
///
/// let above = [0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0].map(|sample| sample == 1);
/// assert_eq!(held(&above, 3, 1), [1..6]);
/// assert_eq!(held(&above, 3, 0), [3..9]);
/// ```
pub fn held(above: &[bool], hold: usize, lapse: usize) -> Vec<Range<usize>> {
    let mut bursts = Vec::new();
    let mut began: Option<usize> = None;
    let mut alarm: Option<Alarm> = None;

    for (at, &above) in above.iter().enumerate() {
        // Onset and offset are one rule: a state ends when its opposite has held.
        let differs = above != began.is_some();
        alarm = match alarm {
            None => differs.then_some(Alarm { at, count: 1, lapse: 0 }),
            Some(alarm) if differs => {
                Some(Alarm { count: alarm.count + 1, lapse: 0, ..alarm })
            }
            Some(alarm) => {
                (alarm.lapse < lapse).then_some(Alarm { lapse: alarm.lapse + 1, ..alarm })
            }
        };

        // A change is dated back to where it began, not to where it was believed.
        if let Some(changed) = alarm.take_if(|alarm| alarm.count >= hold) {
            match began.take() {
                Some(start) => bursts.push(start..changed.at),
                None => began = Some(changed.at),
            }
        }
    }

    bursts.extend(began.map(|start| start..above.len()));
    bursts
}

/// A change of state that has yet to hold.
struct Alarm {
    /// The first sample of the other state.
    at: usize,
    /// How many samples of the other state there are since.
    count: usize,
    /// How many samples of the old state came last.
    lapse: usize,
}

/// The rule of Lidierth (1986) on a centred moving average of the rectified signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lidierth {
    /// The centred window of the moving average in seconds.
    #[schemars(range(min = 0.001, max = 1.0), extend("unit" = "s"))]
    pub window_s: f64,
    /// How many standard deviations of rest the threshold lies above its mean. Yuvaraj et
    /// al. (2023) tuned it to 1 at 0 dB, at the price of false alarms; better recordings
    /// allow 3.
    #[schemars(range(min = 0.1, max = 100.0))]
    pub deviations: f64,
    /// How long the average must be above (below) in all before the muscle counts as
    /// active (at rest), in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub hold_s: f64,
    /// How long it may be on the other side meanwhile, at a time, in seconds.
    #[schemars(range(min = 0.0, max = 10.0), extend("unit" = "s"))]
    pub lapse_s: f64,
}

impl Default for Lidierth {
    fn default() -> Self {
        Self { window_s: 0.1, deviations: 3.0, hold_s: 0.03, lapse_s: 0.01 }
    }
}

impl Detect for Lidierth {
    fn name(&self) -> &'static str {
        "lidierth"
    }

    /// All bursts of a stretch, in samples from its beginning; none where its rest is no
    /// rest (see [`level`]).
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.found(stretch).unwrap_or_default()
    }
}

impl Lidierth {
    fn found(&self, stretch: &Stretch<'_>) -> Option<Vec<Range<usize>>> {
        let (samples, rate, quiet) = (stretch.samples, stretch.rate, stretch.quiet);
        variance_at_rest(samples, quiet)?;
        let window =
            moving::window(self.window_s.min(rate.seconds(samples.len())), rate.hz());
        let mut rectified = memory::copy(samples);
        rectified.iter_mut().for_each(|sample| *sample = sample.abs());
        let average = moving::mean(&rectified, window);
        let threshold = level(&average, quiet, self.deviations)?;
        let above: Vec<bool> = average.iter().map(|&value| value > threshold).collect();
        Some(held(&above, rate.samples(self.hold_s), rate.samples(self.lapse_s)))
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "an interval is meant")]
mod tests {
    use super::*;

    #[test]
    fn changes_must_hold() {
        let above =
            |text: &str| text.chars().map(|sample| sample == '#').collect::<Vec<_>>();
        assert_eq!(held(&above("##..####..##"), 1, 0), [0..2, 4..8, 10..12]);
        assert_eq!(
            held(&above("##..####..##"), 3, 0),
            vec![4..12],
            "the last two are not enough for a change"
        );
        assert_eq!(held(&above("##..####...."), 3, 2), [0..8]);
        assert_eq!(held(&above("####.#.#...#"), 2, 0), [0..8]);
        assert_eq!(held(&above("####.#.#...#"), 2, 1), [0..4]);
        assert!(held(&[], 0, 0).is_empty() && held(&above("....#..."), 2, 9).is_empty());
    }
}
