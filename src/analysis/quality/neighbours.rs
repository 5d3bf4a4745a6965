//! Channels compared with each other: the same samples twice, and signal that two
//! channels share.
//!
//! Signals of two muscles are nearly uncorrelated sample by sample, whatever their
//! envelopes do, while what spreads through the tissue from one muscle reaches both
//! electrodes at once: their correlation without any lag is that of crosstalk (Winter,
//! Fuglevand & Archer 1994), or of a disturbance that both pick up.

use std::collections::BTreeMap;

use super::super::Digest;
use super::{Assessment, Fault, Quality};
use crate::dsp::correlation::Products;
use crate::outcome::Verdict;
use crate::units::Unit;
use crate::words::spoken;

/// The fewest pairs of samples from which a correlation is taken.
const FEWEST: usize = 500;
/// A channel is compared with so many before it: grids have 64 to 256, and what has more is
/// no table of electrodes beside each other.
pub(super) const COMPARED: usize = 256;

impl Quality {
    /// What was found about every channel of a recording, the comparison of the channels
    /// included.
    pub fn assessments(&self, channels: &[Digest]) -> Vec<Assessment> {
        let mut found: Vec<Assessment> =
            channels.iter().map(|channel| channel.quality.assessment.clone()).collect();
        judge_sisters(channels, &mut found);
        for k in 0..channels.len() {
            for other in k.saturating_sub(COMPARED)..k {
                let Some(correlation) = shared(&channels[k], &channels[other]) else {
                    continue;
                };
                let (fault, verb) = if correlation.abs() > self.duplicate_correlation {
                    (Fault::Duplicate, "duplicate")
                } else if correlation.abs() > self.crosstalk_correlation
                    && !same_muscle(&channels[k], &channels[other])
                    // At rest they share what the amplifier gives to all.
                    && channels[k].quality.assessment.resting.is_none()
                {
                    (Fault::Crosstalk, "crosstalk")
                } else {
                    continue;
                };
                for (one, beside) in [(k, other), (other, k)] {
                    let name = &channels[beside].label.name;
                    let end = match fault {
                        Fault::Duplicate => "so both hold the same signal",
                        _ => {
                            "so they share signal: of one muscle under both electrodes, \
                             or a disturbance"
                        }
                    };
                    let text = format!(
                        "{verb}: the samples correlate with those of {name} by {} \
                         without any lag, {end}",
                        spoken(correlation)
                    );
                    found[one].note(fault, Verdict::Check, text);
                }
            }
        }
        found
    }
}

/// The fewest rectified channels that say something of another one.
const SISTERS: usize = 2;

/// The channels of one unit that are not silent.
struct Sisters {
    rectified: usize,
    /// Whether none of them is ever negative.
    all_alike: bool,
}

impl Default for Sisters {
    fn default() -> Self {
        Self { rectified: 0, all_alike: true }
    }
}

/// Channels of one device are treated alike: one that is never negative beside rectified
/// ones, and no other ones, was rectified too, however little it shows by itself.
fn judge_sisters(channels: &[Digest], found: &mut [Assessment]) {
    let never_negative = |found: &Assessment| {
        found.distribution.is_some_and(|values| values.negative_share == 0.0)
    };
    let treated =
        |found: &Assessment| found.has(Fault::Rectified) || found.has(Fault::Enveloped);
    let mut sisters: BTreeMap<&Unit, Sisters> = BTreeMap::new();
    for (channel, found) in channels.iter().zip(&*found).filter(|(one, _)| !one.silent) {
        let of_unit = sisters.entry(&channel.unit).or_default();
        of_unit.rectified += usize::from(found.has(Fault::Rectified));
        of_unit.all_alike &= never_negative(found);
    }
    let rectified = |(channel, found): (&Digest, &Assessment)| {
        let of_unit = sisters.get(&channel.unit)?;
        let is_alike = of_unit.all_alike && of_unit.rectified >= SISTERS;
        let is_untold = never_negative(found) && !treated(found);
        (is_alike && is_untold).then_some(of_unit.rectified)
    };
    let told: Vec<_> = channels.iter().zip(&*found).map(rectified).enumerate().collect();
    for (k, rectified) in told {
        let Some(rectified) = rectified else { continue };
        let text = format!(
            "already rectified, as {rectified} other channels are: no sample is negative; \
             raw EMG is needed"
        );
        found[k].note(Fault::Rectified, Verdict::Bad, text);
    }
}

/// Whether two channels hold the same samples, by the standard setting.
pub(in crate::analysis) fn are_copies(one: &Digest, other: &Digest) -> bool {
    shared(one, other).is_some_and(|correlation| {
        correlation.abs() > Quality::default().duplicate_correlation
    })
}

/// The correlation of samples of the same moments; `None` for channels that cannot be
/// compared or are no EMG, which share hum and drift.
fn shared(one: &Digest, other: &Digest) -> Option<f64> {
    let comparable = one.rate == other.rate
        && one.quality.samples == other.quality.samples
        && (one.start_s - other.start_s).abs() * one.rate.hz() < 0.5;
    let emg =
        [one, other].iter().all(|channel| channel.quality.assessment.no_emg().is_none());
    let products = (comparable && emg)
        .then(|| Products::sum(&one.quality.sketch, &other.quality.sketch))?;
    products.correlation().filter(|_| products.pairs() >= FEWEST)
}

/// Electrodes on one muscle of one side share its signal by right.
fn same_muscle(one: &Digest, other: &Digest) -> bool {
    one.label.muscle.is_some()
        && one.label.muscle == other.label.muscle
        && one.label.side == other.label.side
}
