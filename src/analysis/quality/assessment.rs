//! What is found about one channel, and how it is judged.

use std::ops::Range;

use super::super::coarse::CoarseSteps;
use super::super::knocks::Knock;
use super::super::scan::Scan;
use super::{
    ActivityContrast, Distribution, Fault, LocalDistribution, MainsHum, Pulses, Quality,
    Ratios, Reason, RestSource, RestingLevel, SHOWN, SILENT, SpectralShape, spectra,
};
use crate::dsp::spectrum::PowerSpectrum;
use crate::dsp::stats::picked_evenly;
use crate::dsp::sums::sum_of;
use crate::outcome::Verdict;
use crate::signal::Trace;
use crate::units::Unit;
use crate::words::{percent, spoken};

/// A spike that is so many times as high as spikes have to be is to be checked alone: it
/// moves root mean squares.
const TOWERING: f64 = 4.0;
/// So many knocks are named by their time.
const KNOCKS_NAMED: usize = 5;

/// What was found about one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Whether it can be trusted.
    pub verdict: Verdict,
    /// Why it is not simply good, the gravest first; empty for a good channel.
    pub reasons: Vec<Reason>,
    /// The most active part against rest; `None` for a silent or too short channel.
    pub contrast: Option<ActivityContrast>,
    /// What a recording of rest shows; `None` of any other.
    pub resting: Option<RestingLevel>,
    /// The steps of a converter that are too coarse to show rest.
    pub(in crate::analysis) coarse: Option<CoarseSteps>,
    /// Mains hum; `None` for less than a second without gaps, or without power.
    pub mains: Option<MainsHum>,
    /// Where the clearest line near `mains` lies, in hertz; `None` as for `mains`.
    pub mains_hz: Option<f64>,
    /// The share of mains hum that `clean` has left; `None` as for `mains`.
    pub mains_left: Option<f64>,
    /// The share of the power of `raw` that lies below 20 Hz, its mean removed, 0 … 1;
    /// `None` as for `mains`.
    pub motion_share: Option<f64>,
    /// The share of the power of `raw` below 20 Hz in that above 1.25 Hz, 0 … 1: motion
    /// without what drifts slower; `None` where `motion_share` is nothing to check.
    pub sway_share: Option<f64>,
    /// The share of clipped samples among those that are there, 0 … 1; `None` for a
    /// channel that never changes.
    pub clipped_share: Option<f64>,
    /// The share of missing samples, 0 … 1, of those that the user did not leave out.
    pub missing_share: f64,
    /// The share of samples in flat stretches among those that are there, 0 … 1.
    pub flat_share: f64,
    /// How the values of `raw` are distributed, by some 4000 of them, and `rms_over_arv`
    /// of as many of `clean`; `None` for a silent channel.
    pub distribution: Option<Distribution>,
    /// How those of tenths of a second are; `None` for a silent or too short channel.
    pub local: Option<LocalDistribution>,
    /// The shape of the spectrum of `raw`; `None` for less than 0.2 s without gaps, or
    /// without power.
    pub shape: Option<SpectralShape>,
    /// Ratios of the spectrum of `raw`, by which nothing is judged; `None` as for
    /// `mains`.
    pub ratios: Option<Ratios>,
    /// Short pulses of `clean`; none for a silent channel.
    pub pulses: Pulses,
}

impl Quality {
    /// What can be said about a channel.
    pub fn assess(&self, trace: &Trace) -> Assessment {
        let scan = Scan::look(trace).listening();
        let raw = spectra::mean(trace.rate, &trace.raw, &scan.raw_stretches);
        let clean = spectra::mean(trace.rate, &trace.clean, &scan.clean_stretches);
        let spectra = [raw.as_ref(), clean.as_ref()];
        self.assess_with(&scan, spectra, &scan.flat(self.flat_s))
    }

    pub(super) fn assess_with(
        &self,
        scan: &Scan<'_>,
        [raw, clean]: [Option<&PowerSpectrum>; 2],
        flat: &[Range<usize>],
    ) -> Assessment {
        let (trace, there) = (scan.trace, scan.raw.count);
        let share = |count: usize, of: usize| {
            if of > 0 { count as f64 / of as f64 } else { 0.0 }
        };
        let mut found = Assessment {
            verdict: Verdict::Good,
            reasons: Vec::new(),
            contrast: None,
            resting: None,
            coarse: scan.coarse,
            mains: None,
            mains_hz: None,
            mains_left: None,
            motion_share: None,
            sway_share: None,
            clipped_share: None,
            missing_share: share(
                (trace.raw.len() - there).saturating_sub(trace.excluded),
                trace.raw.len() - trace.excluded.min(trace.raw.len()),
            ),
            flat_share: share(flat.iter().map(Range::len).sum(), there),
            distribution: None,
            local: None,
            shape: None,
            ratios: None,
            pulses: Pulses::default(),
        };
        if scan.silent {
            found.note(Fault::Silent, Verdict::Bad, SILENT.into());
            return found;
        }
        found.clipped_share = Some(share(scan.rails.count(&trace.raw), there));
        found.mains = raw.and_then(spectra::mains);
        found.mains_hz = raw
            .zip(found.mains)
            .and_then(|(raw, mains)| spectra::line_hz(raw, mains.base_hz));
        found.mains_left = clean.and_then(spectra::mains).map(|mains| mains.share);
        found.motion_share = raw.and_then(spectra::motion);
        found.sway_share = found
            .motion_share
            .filter(|&share| share > self.motion_check)
            .and_then(|_| spectra::sway(trace.rate, &trace.raw, &scan.raw_stretches));
        let steady = spectra::steady(trace.rate, &trace.raw, &scan.raw_stretches);
        found.contrast = spectra::contrast(scan, steady.as_ref(), self.dropout_v)
            .filter(|_| !scan.at_rest)
            .map(|own| match &scan.active {
                Some(parts) => own.of_parts(parts, trace.rate),
                None => own,
            });
        found.resting = scan.at_rest.then(|| RestingLevel::measure(scan, raw)).flatten();
        found.distribution = distribution(trace);
        found.local = LocalDistribution::measure(trace);
        found.shape =
            steady.and_then(|steady| SpectralShape::measure(&steady, trace.rate));
        found.ratios = raw.and_then(Ratios::measure);
        let strong = found.strong().unwrap_or(0.0);
        let least = self.spike_over_activity * strong;
        found.pulses = Pulses::find(scan, self.spike_deviations, least);
        if scan.at_rest {
            self.judge_rest(scan.trace, &mut found);
        } else {
            self.judge(scan, &mut found);
        }
        judge_edges(scan, &mut found);
        found
    }

    fn judge(&self, scan: &Scan<'_>, found: &mut Assessment) {
        self.judge_presence(found);
        let raw = self.judge_origin(scan.trace.rate, found);
        let seconds = scan.trace.rate.seconds(scan.raw.count);
        self.judge_disturbances(raw, seconds, found);
        self.judge_pulses(scan.trace, found);
        if let Some(run) = scan.stuck() {
            let text = format!(
                "one value for {} s: the steps of the converter hide rest there, or the \
                 signal was lost",
                spoken(scan.trace.rate.seconds(run.len()))
            );
            found.note(Fault::Flat, Verdict::Check, text);
        }
        if let Some(contrast) = found.contrast {
            self.judge_contrast(contrast, &scan.trace.unit, found);
        }
        let odd = |offset: &f64| *offset > 5.0 && !is_mid_scale(scan);
        if let Some(offset) = offset(scan).filter(odd) {
            let text = format!(
                "offset: the mean of the signal is {} times its standard deviation",
                spoken(offset)
            );
            found.note(Fault::Offset, Verdict::Check, text);
        }
    }

    pub(super) fn judge_presence(&self, found: &mut Assessment) {
        let worse = |share: f64| {
            if share > 0.5 { Verdict::Bad } else { Verdict::Check }
        };
        if found.missing_share > 0.0 {
            let text = format!(
                "missing samples: {} % of the recording",
                percent(found.missing_share)
            );
            found.note(Fault::Missing, worse(found.missing_share), text);
        }
        if found.flat_share > 0.0 {
            let text = format!(
                "flat stretches: {} % of the samples equal their neighbours; levels leave out \
                 those of 0.25 s and more",
                percent(found.flat_share)
            );
            found.note(Fault::Flat, worse(found.flat_share), text);
        }
        let clipped = found.clipped_share.unwrap_or(0.0);
        if clipped > self.clipped_check {
            let text = format!(
                "clipping: {} % of the samples are at the limit of the range",
                percent(clipped)
            );
            let verdict =
                if clipped > self.clipped_bad { Verdict::Bad } else { Verdict::Check };
            found.note(Fault::Clipping, verdict, text);
        }
    }

    /// The power of a channel that was rectified or smoothed lies below 20 Hz without any
    /// motion.
    fn judge_disturbances(&self, is_raw: bool, seconds: f64, found: &mut Assessment) {
        self.judge_mains(seconds, found);
        if let Some(share) = found.motion_share.filter(|&share| {
            let told = found.has(Fault::Drift) || found.has(Fault::Motion);
            is_raw && !told && share > self.motion_check
        }) {
            let text =
                format!("motion: {} % of the power is below 20 Hz", percent(share));
            found.note(Fault::Motion, Verdict::Check, text);
        }
    }

    pub(super) fn judge_pulses(&self, trace: &Trace, found: &mut Assessment) {
        self.judge_spikes(trace, found);
        if let Some(text) = knocks_in_words(&found.pulses.knocks, trace) {
            found.note(Fault::Knocks, Verdict::Check, text);
        }
        if let Some(heart) = &found.pulses.heart {
            let text =
                format!("heart beats: {} (ECG, or a stimulator)", heart.describe());
            found.note(Fault::Heart, Verdict::Check, text);
        }
    }

    fn judge_spikes(&self, trace: &Trace, found: &mut Assessment) {
        let (spikes, minutes) =
            (found.pulses.spikes_s.len(), trace.rate.seconds(trace.raw.len()) / 60.0);
        let limit =
            TOWERING * self.spike_over_activity * found.strong().unwrap_or(f64::INFINITY);
        let height = |&time_s: &f64| {
            let (from, to) = (
                trace.rate.samples((time_s - 0.01).max(0.0)),
                trace.rate.samples(time_s + 0.01),
            );
            let around =
                &trace.clean[from.min(trace.clean.len())..to.min(trace.clean.len())];
            around.iter().fold(0.0, |top: f64, sample| top.max(sample.abs()))
        };
        let towering = found.pulses.spikes_s.iter().any(|time_s| height(time_s) > limit);
        if towering || spikes as f64 > self.spikes_check_per_min * minutes {
            let text = format!(
                "spikes: {spikes} shorter than 10 ms that tower above the signal around them"
            );
            found.note(Fault::Spikes, Verdict::Check, text);
        }
    }

    fn judge_contrast(
        &self,
        contrast: ActivityContrast,
        unit: &Unit,
        found: &mut Assessment,
    ) {
        if contrast.rests_throughout() {
            let text = "no activity: nothing here exceeds twice the level of the \
                        recording of rest";
            found.note(Fault::NoActivity, Verdict::Check, text.into());
        } else if let Some(snr) = contrast.snr_db() {
            // Where no recording tells what rest is, so little may be activity throughout.
            let is_known = contrast.source == RestSource::Recording;
            let noisy =
                contrast.shape_db.is_some_and(|shape| shape < self.noise_shape_db);
            if snr < self.snr_poor_db && noisy {
                let text = format!(
                    "nothing but noise: the most active part is {} dB above the quietest \
                     and the spectrum is flat",
                    spoken(snr)
                );
                found.note(Fault::NoiseOnly, Verdict::Bad, text);
            } else if (snr >= self.snr_poor_db || is_known)
                && snr < self.snr_good_db
                && contrast.rests()
            {
                let text =
                    format!("noise: activity is only {} dB above rest", spoken(snr));
                found.note(Fault::Noise, Verdict::Check, text);
            }
        }
        let of_steps =
            found.hiding().map_or("", |_| ", that of the converter's coarse steps");
        if let Some(text) = self.impossible_level(contrast.strong, unit) {
            found.note(Fault::Unit, Verdict::Check, text);
        }
        if self.skin_level(contrast, unit)
            && contrast.rests()
            && contrast.rest > self.baseline_check_v
        {
            let text = format!(
                "baseline noise: {} µV at rest{}",
                spoken(contrast.rest * 1e6),
                of_steps
            );
            found.note(Fault::Baseline, Verdict::Check, text);
        }
        let skin = unit.is_volt() && (1e-6..5e-3).contains(&contrast.strong);
        if skin && contrast.dropout_share > 0.0 {
            let text = format!(
                "dropouts: {} % of the signal has less than {} µV",
                percent(contrast.dropout_share),
                spoken(1e6 * self.dropout_v)
            );
            found.note(Fault::Dropout, Verdict::Check, text);
        }
    }

    /// Whether the level is that of skin and rest is really rest, so that a limit in
    /// volts means something.
    fn skin_level(&self, contrast: ActivityContrast, unit: &Unit) -> bool {
        let is_rest = matches!(
            contrast.source,
            RestSource::Second | RestSource::BetweenBursts | RestSource::Recording
        );
        let resting =
            is_rest && contrast.snr_db().is_some_and(|snr| snr >= self.snr_poor_db);
        unit.is_volt() && contrast.strong < 5e-3 && resting
    }
}

impl Assessment {
    /// Why the channel is no raw EMG, in words; `None` when nothing says so.
    pub fn no_emg(&self) -> Option<&str> {
        self.reasons
            .iter()
            .find(|reason| reason.is_no_emg())
            .map(|reason| reason.text.as_str())
    }

    /// The level that spikes tower above: of what is active, at rest of all; `None`
    /// without samples.
    fn strong(&self) -> Option<f64> {
        let resting = self.resting.map(|resting| resting.rms);
        self.contrast.map(|contrast| contrast.strong).or(resting)
    }

    /// The steps that rest vanishes in.
    pub(super) fn hiding(&self) -> Option<CoarseSteps> {
        let rest = self.contrast?.rest;
        self.coarse.filter(|coarse| rest <= coarse.floor)
    }

    /// Whether this was found.
    pub fn has(&self, fault: Fault) -> bool {
        self.reasons.iter().any(|reason| reason.fault == fault)
    }

    pub(super) fn note(&mut self, fault: Fault, verdict: Verdict, text: String) {
        self.verdict = self.verdict.max(verdict);
        self.reasons.push(Reason { fault, verdict, text });
        // Stable: of equals, the order in which they were found stays.
        self.reasons.sort_by_key(|reason| std::cmp::Reverse(reason.verdict));
    }
}

/// What knocks are, how high and where; `None` without any.
fn knocks_in_words(knocks: &[Knock], trace: &Trace) -> Option<String> {
    let times = knocks.iter().map(|knock| knock.times).reduce(f64::max)?;
    let named = knocks.iter().take(KNOCKS_NAMED);
    let places: Vec<String> =
        named.map(|knock| spoken(trace.time_s(knock.span.start))).collect();
    let first = if knocks.len() > places.len() { "the first " } else { "" };
    Some(format!(
        "knocks: {} shorter than a quarter of a second, up to {} times as high as the \
         activity ({first}at {} s), as of a blow, a stimulus, or short contractions beside \
         weak ones; look at them: bursts, levels and spectra hold them",
        knocks.len(),
        spoken(times),
        places.join(", ")
    ))
}

/// Filters guess beside gaps and at the ends: a channel that is mostly that is not to be
/// trusted.
fn judge_edges(scan: &Scan<'_>, found: &mut Assessment) {
    let trace = scan.trace;
    let samples =
        |stretches: &[Range<usize>]| stretches.iter().map(Range::len).sum::<usize>();
    let (there, kept) = (samples(&scan.envelope_stretches), samples(&scan.envelope_kept));
    let seconds = trace.rate.seconds(trace.edge_samples);
    if trace.raw.len() < 2 * trace.edge_samples {
        found.note(
            Fault::Short,
            Verdict::Check,
            format!("short: all of it lies within {} s of an end", spoken(seconds)),
        );
    }
    let share = if there > 0 { (there - kept) as f64 / there as f64 } else { 0.0 };
    if share > 0.25 {
        let text = format!(
            "gaps: {} % of the samples lie within {} s of one",
            percent(share),
            spoken(seconds)
        );
        found.note(
            Fault::Gaps,
            if share > 0.5 { Verdict::Bad } else { Verdict::Check },
            text,
        );
    }
}

/// The distribution of `raw`, with how peaked it is told of `clean`, where no offset is
/// left.
fn distribution(trace: &Trace) -> Option<Distribution> {
    let of = |samples: &[f64]| Distribution::measure(&picked_evenly(samples, SHOWN));
    let found = of(&trace.raw)?;
    let rms_over_arv =
        of(&trace.clean).map_or(found.rms_over_arv, |clean| clean.rms_over_arv);
    Some(Distribution { rms_over_arv, ..found })
}

/// The supply voltages of loggers whose converters count from 0.
const SUPPLIES_V: [f64; 5] = [1.8, 2.5, 3.0, 3.3, 5.0];
/// How far from the middle of its range a converter may rest, as a share of it.
const MIDDLE: f64 = 0.1;

/// Whether a channel swings around the middle of a converter that counts from 0, as 512
/// of 1024: its offset is how it is built.
fn is_mid_scale(scan: &Scan<'_>) -> bool {
    let (raw, mean) = (&scan.raw, scan.raw.mean());
    let around = |range: f64| {
        (mean / (0.5 * range) - 1.0).abs() <= MIDDLE
            && raw.low >= 0.0
            && raw.high <= range
    };
    if scan.trace.unit.is_volt() {
        return SUPPLIES_V.into_iter().any(around);
    }
    let whole = |sample: &f64| sample.is_nan() || sample.fract() == 0.0;
    let counts = picked_evenly(&scan.trace.raw, SHOWN).iter().all(whole);
    counts && (8..=24).any(|bits| around(f64::from(1_u32 << bits)))
}

/// How many standard deviations the mean of the signal is away from 0.
fn offset(scan: &Scan<'_>) -> Option<f64> {
    let (raw, mean) = (&scan.trace.raw, scan.raw.mean());
    let squares = |stretch: &Range<usize>| {
        sum_of(&raw[stretch.clone()], |sample| (sample - mean) * (sample - mean))
    };
    let variance =
        scan.raw_stretches.iter().map(squares).sum::<f64>() / scan.raw.count as f64;
    Some(mean.abs() / variance.sqrt()).filter(|ratio| ratio.is_finite())
}
