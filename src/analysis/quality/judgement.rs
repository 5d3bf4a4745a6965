//! What remains of a channel for its quality once its samples are gone.

use super::super::blocks::Blocks;
use super::super::scan::Scan;
use super::{Assessment, Fault, JudgedSeconds, Quality, SHOWN, epochs, spectra};
use crate::dsp::spectrum::PowerSpectrum;
use crate::dsp::stats::picked_evenly;

/// What is known of the quality of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Whether it can be trusted, and why.
    pub assessment: Assessment,
    /// The mean spectrum of `raw`; `None` for less than a second without a gap.
    pub raw: Option<PowerSpectrum>,
    /// The mean spectrum of `clean`; `None` as for `raw`.
    pub clean: Option<PowerSpectrum>,
    /// The root mean square of `clean`, fragments included; `NaN` for no samples.
    pub level: f64,
    /// The course over epochs of a second.
    pub epochs: JudgedSeconds,
    /// How many samples the channel has, those that are missing included.
    pub(super) samples: usize,
    /// Some 4000 samples of `clean` at equal distances, for the comparison of channels.
    pub(super) sketch: Vec<f64>,
}

impl Judgement {
    /// Whether neither a spike nor a knock nor motion was found in a part of the channel
    /// that begins and ends so many seconds after its first sample.
    pub fn is_muscle(&self, from_s: f64, to_s: f64) -> bool {
        let spikes_s = &self.assessment.pulses.spikes_s;
        let seconds =
            (from_s / epochs::EPOCH_S) as usize..=(to_s / epochs::EPOCH_S) as usize;
        let moved = |(second, fault): &(usize, Fault)| {
            seconds.contains(second) && matches!(fault, Fault::Motion | Fault::Knocks)
        };
        !spikes_s.iter().any(|time_s| (from_s..to_s).contains(time_s))
            && !self.epochs.flagged.iter().any(moved)
    }
}

impl Quality {
    /// Judges a channel.
    pub(in crate::analysis) fn judgement(&self, scan: &Scan<'_>) -> Judgement {
        let trace = scan.trace;
        let raw = spectra::mean(trace.rate, &trace.raw, &scan.raw_stretches);
        let clean = raw
            .as_ref()
            .and_then(|_| spectra::mean(trace.rate, &trace.clean, &scan.clean_stretches));
        let length = trace.rate.samples(epochs::EPOCH_S);
        let [squares] =
            Blocks::sum(&trace.clean, &scan.clean_stretches, length, |x| [x * x]);
        let level = squares.mean().map_or(f64::NAN, f64::sqrt);
        let flat = scan.flat(self.flat_s);
        let spectra = [raw.as_ref(), clean.as_ref()];
        let assessment = self.assess_with(scan, spectra, &flat);
        let epochs =
            JudgedSeconds::judge(self, scan, &squares, &flat, &assessment.pulses);
        let (samples, sketch) = (trace.raw.len(), picked_evenly(&trace.clean, SHOWN));
        Judgement { assessment, raw, clean, level, epochs, samples, sketch }
    }
}
