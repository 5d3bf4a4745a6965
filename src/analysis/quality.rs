//! Quality: whether a channel can be trusted, with the figures that say so.
//!
//! Mains, motion, clipping, flat stretches and offset are judged on `raw`, because filters hide them;
//! signal against noise on `clean`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Analysis, Limits, Traces, away_from_gaps, spoken};
use crate::dsp::gaps::{present, stretches};
use crate::dsp::spectrum::{Estimator, PowerSpectrum, Segments, Window};
use crate::dsp::stats::quantile;
use crate::error::Result;
use crate::outcome::{Figure, Layer, Measure, Note, Outcome, Text, Tone, Verdict};
use crate::signal::Trace;
use crate::units::Unit;

/// The limits beyond which a channel is to be checked or is bad.
///
/// Where no publication gives a limit it is a proposal of this project, to be set as the laboratory sees fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quality {
    /// A signal-to-noise ratio below this is to be checked, in dB. White noise raises the mean frequency of
    /// simulated EMG by about 9 % at 10 dB and 1.4 % at 20 dB.
    pub snr_good_db: f64,
    /// Signal and noise closer than this cannot be told apart by amplitude, in dB: the channel is bad when its
    /// spectrum is that of noise too. (Proposal)
    pub snr_poor_db: f64,
    /// The spectrum is that of noise when the density in the upper fifth of the band lies less than this below
    /// the mean density, in dB (after the SN ratio of Sinderby et al. 1995). (Proposal)
    pub noise_shape_db: f64,
    /// A share of mains in the power from 10 to 450 Hz above this is to be checked, 0 … 1. (Proposal)
    pub mains_check: f64,
    /// A share of mains above this is bad, 0 … 1. (Proposal)
    pub mains_bad: f64,
    /// A share of the power below 20 Hz above this is to be checked, 0 … 1. (Proposal)
    pub motion_check: f64,
    /// A share of clipped samples above this is to be checked, 0 … 1. (Proposal)
    pub clipped_check: f64,
    /// A share of clipped samples above this is bad, 0 … 1. (Proposal)
    pub clipped_bad: f64,
    /// Noise at rest above this is to be checked, in volts; only where the signal has the level of skin
    /// (recalled from recording practice: up to 5 µV is good).
    pub baseline_check_v: f64,
    /// Equal samples for at least this long are a flat stretch, in seconds. (Proposal)
    pub flat_s: f64,
}

impl Default for Quality {
    fn default() -> Self {
        Self {
            snr_good_db: 15.0,
            snr_poor_db: 8.0,
            noise_shape_db: 3.0,
            mains_check: 0.05,
            mains_bad: 0.2,
            motion_check: 0.1,
            clipped_check: 1e-4,
            clipped_bad: 0.01,
            baseline_check_v: 10e-6,
            flat_s: 0.02,
        }
    }
}

/// What was found about one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Whether it can be trusted.
    pub verdict: Verdict,
    /// Why it is not simply good, with figures; empty for a good channel.
    pub reasons: Vec<String>,
    /// The most active part against rest; `None` for a silent or too short channel.
    pub contrast: Option<Contrast>,
    /// Mains hum; `None` for less than a second without gaps, or without power.
    pub mains: Option<Mains>,
    /// The share of the power of `raw` that lies below 20 Hz, its mean removed, 0 … 1; `None` as for `mains`.
    pub motion_share: Option<f64>,
    /// The share of clipped samples among those that are there, 0 … 1; `None` for a channel that never changes.
    pub clipped_share: Option<f64>,
    /// The share of missing samples, 0 … 1, of those that the user did not leave out.
    pub missing_share: f64,
    /// The share of samples in flat stretches among those that are there, 0 … 1.
    pub flat_share: f64,
}

/// Activity compared with rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The 95th percentile of the root mean squares of 100 ms, in the unit of the channel.
    pub active: f64,
    /// The root mean square of rest, in the unit of the channel.
    pub rest: f64,
    /// Where rest was found.
    pub source: Rest,
    /// How far the upper fifth of the band lies below the mean density, in dB; `None` without a spectrum.
    pub shape_db: Option<f64>,
}

impl Contrast {
    /// The signal-to-noise ratio `20 log10(active/rest)` in dB; `None` when rest is perfectly silent.
    pub fn snr_db(&self) -> Option<f64> {
        (self.rest > 0.0).then(|| 20.0 * libm::log10(self.active / self.rest))
    }
}

/// Where rest was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// The quietest second.
    Second,
    /// The 5th percentile of the root mean squares of 100 ms: the recording has no quiet second.
    Percentile,
}

/// Mains hum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mains {
    /// The mains frequency that fits better: 50 or 60 Hz.
    pub base_hz: f64,
    /// Its power and that of its harmonics above the neighbourhood, over the power from 10 to 450 Hz, 0 … 1.
    pub share: f64,
}

/// The samples of a record that sit at a rail.
///
/// A rail is a limit of the converter, where the file tells it (to within 0.1 % of the range), or the largest or
/// smallest value of the record when two neighbours share it, or when at least three samples do and more of
/// them than take the next value.
pub fn clipped(samples: &[f64], rails: Option<(f64, f64)>) -> Vec<bool> {
    let (low, high) = limits(samples, rails);
    if low.is_none() && high.is_none() {
        return vec![false; samples.len()];
    }
    samples
        .iter()
        .map(|&sample| low.is_some_and(|rail| sample <= rail) || high.is_some_and(|rail| sample >= rail))
        .collect()
}

fn limits(samples: &[f64], rails: Option<(f64, f64)>) -> (Option<f64>, Option<f64>) {
    let margin = rails.map_or(0.0, |(low, high)| 0.001 * (high - low) / 2.0);
    let piled_low = pile(samples.iter().map(|sample| -sample)).map(|rail| -rail);
    let piled_high = pile(samples.iter().copied());
    let low = rails.map(|(low, _)| low + margin).into_iter().chain(piled_low);
    let high = rails.map(|(_, high)| high - margin).into_iter().chain(piled_high);
    (low.reduce(f64::max), high.reduce(f64::min))
}

/// The largest value, when samples pile up at it. One pass, because records are long.
fn pile(samples: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut top, mut next) = ((f64::NEG_INFINITY, 0_usize), (f64::NEG_INFINITY, 0_usize));
    let (mut neighbours, mut before) = (false, f64::NAN);
    for sample in samples {
        if sample > top.0 {
            (next, top, neighbours) = (top, (sample, 1), false);
        } else if sample == top.0 {
            top.1 += 1;
            neighbours |= before == sample;
        } else if sample > next.0 {
            next = (sample, 1);
        } else if sample == next.0 {
            next.1 += 1;
        }
        before = sample;
    }
    (next.1 > 0 && (neighbours || (top.1 >= 3 && top.1 > next.1))).then_some(top.0)
}

/// How many samples lie in runs of at least `shortest` equal neighbours.
pub fn flat_samples(samples: &[f64], shortest: usize) -> usize {
    let runs = samples.chunk_by(|a, b| a == b).map(<[f64]>::len);
    runs.filter(|&run| run >= shortest.max(2)).sum()
}

/// The share of mains in a power spectrum: the power within 1 Hz of a mains frequency and of its harmonics
/// below 450 Hz that exceeds the mean of the neighbours within 5 Hz, over the power from 10 to 450 Hz. The
/// larger of the shares of 50 and 60 Hz; `None` without power.
pub fn mains(spectrum: &PowerSpectrum) -> Option<Mains> {
    let total = spectrum.power(10.0, 450.0);
    let of = |base_hz: f64| Mains { base_hz, share: (excess(spectrum, base_hz) / total).min(1.0) };
    let (fifty, sixty) = (of(50.0), of(60.0));
    (total > 0.0).then_some(if sixty.share > fifty.share { sixty } else { fifty })
}

fn excess(spectrum: &PowerSpectrum, base_hz: f64) -> f64 {
    let above = |line: f64| {
        let (on, around) = (spectrum.band(line - 1.0, line + 1.0), spectrum.band(line - 5.0, line + 5.0));
        let neighbours = (around.moment(0) - on.moment(0)) / (around.len() - on.len()).max(1) as f64;
        (on.moment(0) - neighbours * on.len() as f64).max(0.0)
    };
    lines(spectrum, base_hz).map(above).sum()
}

/// The mains frequency and its harmonics up to 450 Hz whose neighbourhood is in the spectrum.
fn lines(spectrum: &PowerSpectrum, base_hz: f64) -> impl Iterator<Item = f64> + use<> {
    let top = spectrum.frequency(spectrum.density.len().saturating_sub(1));
    let harmonics = (1..=9).map(move |harmonic| f64::from(harmonic) * base_hz);
    harmonics.take_while(move |&line| line <= 450.0 && line + 5.0 <= top)
}

/// The mean spectrum over segments of one second, half overlapped, Hann; `None` for less than a second.
fn spectrum(trace: &Trace, samples: &[f64]) -> Option<PowerSpectrum> {
    let length = trace.rate.samples(1.0);
    let segments = Segments { length, overlap: length / 2, window: Window::Hann, demean: true };
    let runs = stretches(samples).into_iter().map(|stretch| &samples[stretch]);
    Estimator::new(segments, trace.rate.hz()).welch(runs)
}

impl Quality {
    /// Checks the settings.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        let default = Self::default();
        let limits = |key, low, high, works| Limits { key, low, high, works };
        limits("analysis.quality.snr_good_db", 0.0, 100.0, default.snr_good_db).check(self.snr_good_db)?;
        limits("analysis.quality.snr_poor_db", 0.0, 100.0, default.snr_poor_db).check(self.snr_poor_db)?;
        limits("analysis.quality.noise_shape_db", 0.0, 100.0, default.noise_shape_db).check(self.noise_shape_db)?;
        limits("analysis.quality.mains_check", 0.0, 1.0, default.mains_check).check(self.mains_check)?;
        limits("analysis.quality.mains_bad", 0.0, 1.0, default.mains_bad).check(self.mains_bad)?;
        limits("analysis.quality.motion_check", 0.0, 1.0, default.motion_check).check(self.motion_check)?;
        limits("analysis.quality.clipped_check", 0.0, 1.0, default.clipped_check).check(self.clipped_check)?;
        limits("analysis.quality.clipped_bad", 0.0, 1.0, default.clipped_bad).check(self.clipped_bad)?;
        limits("analysis.quality.baseline_check_v", 0.0, 1.0, default.baseline_check_v).check(self.baseline_check_v)?;
        limits("analysis.quality.flat_s", 0.001, 10.0, default.flat_s).check(self.flat_s)
    }

    /// What can be said about a channel.
    pub fn assess(&self, trace: &Trace) -> Assessment {
        self.assess_with(trace, spectrum(trace, &trace.raw).as_ref())
    }

    fn assess_with(&self, trace: &Trace, raw: Option<&PowerSpectrum>) -> Assessment {
        let there = present(&trace.raw).count();
        let shortest = trace.rate.samples(self.flat_s).max(10);
        let share = |count: usize, of: usize| if of > 0 { count as f64 / of as f64 } else { 0.0 };
        let mut found = Assessment {
            verdict: Verdict::Good,
            reasons: Vec::new(),
            contrast: None,
            mains: None,
            motion_share: None,
            clipped_share: None,
            missing_share: share(
                (trace.raw.len() - there).saturating_sub(trace.excluded),
                trace.raw.len() - trace.excluded.min(trace.raw.len()),
            ),
            flat_share: share(flat_samples(&trace.raw, shortest), there),
        };
        if silent(trace) {
            found.note(Verdict::Bad, "no signal: the channel never changes".into());
            return found;
        }
        found.clipped_share =
            Some(share(clipped(&trace.raw, trace.rails).iter().filter(|&&clipped| clipped).count(), there));
        found.mains = raw.and_then(mains);
        found.motion_share = raw.and_then(motion);
        found.contrast = contrast(trace, raw);
        self.judge(trace, &mut found);
        judge_edges(trace, &mut found);
        found
    }

    fn judge(&self, trace: &Trace, found: &mut Assessment) {
        self.judge_presence(found);
        self.judge_disturbances(found);
        if let Some(contrast) = found.contrast {
            self.judge_contrast(contrast, &trace.unit, found);
        }
        if let Some(offset) = offset(&trace.raw).filter(|&offset| offset > 5.0) {
            let text = format!("offset: the mean of the signal is {} times its standard deviation", spoken(offset));
            found.note(Verdict::Check, text);
        }
    }

    fn judge_presence(&self, found: &mut Assessment) {
        let worse = |share: f64| if share > 0.5 { Verdict::Bad } else { Verdict::Check };
        if found.missing_share > 0.0 {
            let text = format!("missing samples: {} % of the recording", percent(found.missing_share));
            found.note(worse(found.missing_share), text);
        }
        if found.flat_share > 0.0 {
            let text = format!("flat stretches: {} % of the samples equal their neighbours", percent(found.flat_share));
            found.note(worse(found.flat_share), text);
        }
        let clipped = found.clipped_share.unwrap_or(0.0);
        if clipped > self.clipped_check {
            let text = format!("clipping: {} % of the samples are at the limit of the range", percent(clipped));
            found.note(if clipped > self.clipped_bad { Verdict::Bad } else { Verdict::Check }, text);
        }
    }

    fn judge_disturbances(&self, found: &mut Assessment) {
        if let Some(Mains { base_hz, share }) = found.mains.filter(|mains| mains.share > self.mains_check) {
            let text = format!("mains: {} % of the power is at {base_hz} Hz and its harmonics", percent(share));
            found.note(if share > self.mains_bad { Verdict::Bad } else { Verdict::Check }, text);
        }
        if let Some(share) = found.motion_share.filter(|&share| share > self.motion_check) {
            let text = format!("motion: {} % of the power is below 20 Hz", percent(share));
            found.note(Verdict::Check, text);
        }
    }

    fn judge_contrast(&self, contrast: Contrast, unit: &Unit, found: &mut Assessment) {
        if let Some(snr) = contrast.snr_db() {
            let noisy = contrast.shape_db.is_some_and(|shape| shape < self.noise_shape_db);
            if snr < self.snr_poor_db && noisy {
                let text = format!(
                    "nothing but noise: the most active part is {} dB above the quietest and the spectrum is flat",
                    spoken(snr)
                );
                found.note(Verdict::Bad, text);
            } else if snr >= self.snr_poor_db && snr < self.snr_good_db {
                let text = format!("noise: the most active part is only {} dB above the quietest", spoken(snr));
                found.note(Verdict::Check, text);
            }
        }
        if self.skin_level(contrast, unit) && contrast.rest > self.baseline_check_v {
            let text = format!("baseline noise: {} µV at rest", spoken(contrast.rest * 1e6));
            found.note(Verdict::Check, text);
        }
    }

    /// Whether the level is that of skin and rest is really rest, so that a limit in volts means something.
    fn skin_level(&self, contrast: Contrast, unit: &Unit) -> bool {
        let resting = contrast.source == Rest::Second && contrast.snr_db().is_some_and(|snr| snr >= self.snr_poor_db);
        unit.is_volt() && contrast.active < 5e-3 && resting
    }
}

impl Assessment {
    fn note(&mut self, verdict: Verdict, reason: String) {
        self.verdict = self.verdict.max(verdict);
        self.reasons.push(reason);
    }
}

fn percent(share: f64) -> String {
    spoken(100.0 * share)
}

/// The root mean square in volts above which surface EMG has been amplified, or is in another unit.
const MORE_THAN_SKIN_V: f64 = 0.01;

/// A caution about levels that surface EMG does not have on the skin, where it is some millivolts at most.
fn amplified(traces: &[Trace]) -> Option<Note> {
    let level = |trace: &Trace| {
        let (sum, count) = present(&trace.clean).fold((0.0, 0.0), |(sum, count), x| (sum + x * x, count + 1.0));
        f64::sqrt(sum / count)
    };
    let names: Vec<&str> = traces
        .iter()
        .filter(|trace| trace.unit.is_volt() && level(trace) > MORE_THAN_SKIN_V)
        .map(|trace| trace.label.name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        Note::caution(format!(
            "{}: above 10 mV, more than surface EMG has on the skin: the file may hold amplified volts (give the gain in \
             study.toml) or another unit. Ratios and % of MVC do not depend on it.",
            names.join(", ")
        ))
    })
}

/// Filters guess beside gaps and at the ends: a channel that is mostly that is not to be trusted.
fn judge_edges(trace: &Trace, found: &mut Assessment) {
    let there = present(&trace.envelope).count();
    let seconds = trace.rate.seconds(trace.edge_samples);
    if trace.raw.len() < 2 * trace.edge_samples {
        found.note(Verdict::Check, format!("short: all of it lies within {} s of an end", spoken(seconds)));
    }
    let kept = present(&away_from_gaps(&trace.envelope, trace)).count();
    let share = if there > 0 { (there - kept) as f64 / there as f64 } else { 0.0 };
    if share > 0.25 {
        let text = format!("gaps: {} % of the samples lie within {} s of one", percent(share), spoken(seconds));
        found.note(if share > 0.5 { Verdict::Bad } else { Verdict::Check }, text);
    }
}

/// Whether a channel says nothing: no samples, or nothing beyond rounding once its mean is gone.
pub(super) fn silent(trace: &Trace) -> bool {
    let mut samples = present(&trace.raw);
    let first = samples.next();
    samples.all(|sample| Some(sample) == first)
}

fn motion(spectrum: &PowerSpectrum) -> Option<f64> {
    let total = spectrum.power(0.0, f64::INFINITY);
    // 20 Hz itself belongs to the signal.
    (total > 0.0).then(|| spectrum.power(0.0, 20.0 - spectrum.spacing_hz / 2.0) / total)
}

fn offset(samples: &[f64]) -> Option<f64> {
    let n = present(samples).count() as f64;
    let mean = present(samples).sum::<f64>() / n;
    let variance = present(samples).map(|sample| (sample - mean) * (sample - mean)).sum::<f64>() / n;
    Some(mean.abs() / variance.sqrt()).filter(|ratio| ratio.is_finite())
}

fn contrast(trace: &Trace, raw: Option<&PowerSpectrum>) -> Option<Contrast> {
    let tenth = trace.rate.samples(0.1).max(1);
    let mut levels = Vec::new();
    let mut quietest = f64::INFINITY;
    for stretch in stretches(&trace.clean) {
        let squares = |block: &[f64]| block.iter().map(|sample| sample * sample).sum::<f64>() / tenth as f64;
        let powers: Vec<f64> = trace.clean[stretch].chunks_exact(tenth).map(squares).collect();
        let seconds = powers.windows(10).map(|second| (second.iter().sum::<f64>() / 10.0).sqrt());
        quietest = seconds.fold(quietest, f64::min);
        levels.extend(powers.iter().map(|power| power.sqrt()));
    }
    let (low, active) = (quantile(&levels, 0.05)?, quantile(&levels, 0.95)?);
    // A second at rest is about as quiet as its quietest tenths; a second of gait holds a burst.
    let (rest, source) = if quietest <= 2.0 * low { (quietest, Rest::Second) } else { (low, Rest::Percentile) };
    let shape_db = raw.and_then(|spectrum| shape(spectrum, trace.rate.hz()));
    (levels.len() > 1 && active > 0.0).then_some(Contrast { active, rest, source, shape_db })
}

/// How far the density in the upper fifth of the band from 20 Hz to 450 Hz (0.45 of the rate at most) lies below
/// the mean density of the band, in dB. About 0 for white noise.
fn shape(spectrum: &PowerSpectrum, rate_hz: f64) -> Option<f64> {
    let high = (0.45 * rate_hz).min(450.0);
    let (band, upper) = (spectrum.band(20.0, high), spectrum.band(high - 0.2 * (high - 20.0), high));
    let density = |power: f64, bins: usize| power / bins as f64;
    let ratio = density(band.moment(0), band.len()) / density(upper.moment(0), upper.len());
    Some(10.0 * libm::log10(ratio)).filter(|shape| shape.is_finite())
}

impl Analysis for Quality {
    fn name(&self) -> &'static str {
        "quality"
    }

    fn run(&self, recording: &Traces<'_>) -> Outcome {
        let mut outcome = Outcome::new("quality");
        for trace in recording.traces {
            let raw = spectrum(trace, &trace.raw);
            let assessment = self.assess_with(trace, raw.as_ref());
            outcome.measures.extend(self.measures(trace, &assessment));
            outcome.figures.extend(raw.and_then(|raw| self.figure(trace, &raw, &assessment)));
        }
        outcome.notes.extend(amplified(recording.traces));
        outcome
    }

    fn describe(&self) -> String {
        format!(
            "Channels were checked for mains (check above {} %, bad above {} % of the power from 10 to 450 Hz), power \
             below 20 Hz (check above {} %), clipping (check above {} %, bad above {} % of the samples), flat and \
             missing stretches, and the signal-to-noise ratio between the most active (95th percentile of the root mean \
             squares of 100 ms) and the quietest part (check below {} dB).",
            percent(self.mains_check),
            percent(self.mains_bad),
            percent(self.motion_check),
            percent(self.clipped_check),
            percent(self.clipped_bad),
            spoken(self.snr_good_db)
        )
    }
}

const TOO_SHORT: &str = "needs at least one second without a gap";

impl Quality {
    fn measures(&self, trace: &Trace, found: &Assessment) -> Vec<Measure> {
        let label = &trace.label;
        let share = |name: &'static str, value: Option<f64>| match value {
            Some(value) => Measure::of(label, name, value, Unit::ONE),
            None if silent(trace) => Measure::missing(label, name, Unit::ONE, SILENT),
            None => Measure::missing(label, name, Unit::ONE, TOO_SHORT),
        };
        let mut mains = share("mains_share", found.mains.map(|mains| mains.share));
        if let Some(found) = found.mains {
            mains = mains.noted(format!("{} Hz and its harmonics", found.base_hz));
        }
        let mut verdict = Measure::of(label, "verdict", f64::NAN, Unit::NONE);
        verdict.verdict = Some(found.verdict);
        verdict.note = (!found.reasons.is_empty()).then(|| found.reasons.join("; ").into());
        vec![
            self.snr_row(trace, found.contrast),
            mains,
            share("clipped_share", found.clipped_share),
            share("motion_share", found.motion_share),
            baseline_row(trace, found.contrast),
            verdict,
        ]
    }

    fn snr_row(&self, trace: &Trace, contrast: Option<Contrast>) -> Measure {
        let Some(contrast) = contrast else { return no_contrast(trace, "snr", Unit::DECIBEL) };
        let Some(snr) = contrast.snr_db() else {
            return Measure::missing(&trace.label, "snr", Unit::DECIBEL, "the quietest part is perfectly silent");
        };
        let note: Text = match contrast.source {
            Rest::Second if snr < self.snr_poor_db => "no rest in the recording to compare with: the quietest second \
                                                       is nearly as active as the rest, so this is no limit of the signal"
                .into(),
            source => rest_words(source).into(),
        };
        Measure::of(&trace.label, "snr", snr, Unit::DECIBEL).noted(note)
    }

    fn figure(&self, trace: &Trace, raw: &PowerSpectrum, found: &Assessment) -> Option<Figure> {
        let clean = spectrum(trace, &trace.clean)?;
        let top = raw.band(0.0, 500.0).len();
        let largest = raw.density.iter().take(top).copied().fold(0.0, f64::max);
        let decibels = |spectrum: &PowerSpectrum, name: &str, tone: Tone| Layer::Line {
            name: name.into(),
            x: (0..top).map(|k| spectrum.frequency(k)).collect(),
            // 80 dB hold all that is of interest; a filtered spectrum would reach far below.
            y: spectrum.density[..top].iter().map(|&power| 10.0 * libm::log10((power / largest).max(1e-8))).collect(),
            tone,
        };
        let mut layers = self.mains_lines(raw, found);
        layers.push(decibels(raw, "as recorded", Tone::Muted));
        layers.push(decibels(&clean, "filtered", Tone::Signal));
        (largest > 0.0).then(|| Figure {
            title: format!("{}: power spectrum", trace.label.name),
            caption: "The power of the signal as recorded and after filtering; mains hum stands out as narrow lines \
                      at 50 or 60 Hz and their multiples, motion as power below 20 Hz."
                .into(),
            x_label: "frequency (Hz)".into(),
            y_label: "power density (dB below the highest)".into(),
            layers,
        })
    }

    fn mains_lines(&self, spectrum: &PowerSpectrum, found: &Assessment) -> Vec<Layer> {
        let Some(mains) = found.mains.filter(|mains| mains.share > self.mains_check) else { return Vec::new() };
        let shaded = |(k, line): (usize, f64)| Layer::Stretch {
            name: if k == 0 { "mains".into() } else { String::new() },
            from: line - 1.0,
            to: line + 1.0,
        };
        lines(spectrum, mains.base_hz).enumerate().map(shaded).collect()
    }
}

pub(super) const SILENT: &str = "no signal: the channel never changes";

fn rest_words(source: Rest) -> &'static str {
    match source {
        Rest::Second => "rest is the quietest second, activity the 95th percentile of the root mean squares of 100 ms",
        Rest::Percentile => {
            "the recording has no quiet second: rest is the 5th, activity the 95th percentile of the root mean squares of 100 ms"
        }
    }
}

fn no_contrast(trace: &Trace, name: &'static str, unit: Unit) -> Measure {
    let reason = if silent(trace) { SILENT } else { "needs at least 0.2 s without a gap" };
    Measure::missing(&trace.label, name, unit, reason)
}

fn baseline_row(trace: &Trace, contrast: Option<Contrast>) -> Measure {
    match contrast {
        Some(found) => {
            Measure::of(&trace.label, "baseline_noise", found.rest, trace.unit.clone()).noted(rest_words(found.source))
        }
        None => no_contrast(trace, "baseline_noise", trace.unit.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_no_rail() {
        // Three equal extremes without neighbours: as many take the next value, as in coarse but whole signals.
        let coarse = [0.2, 3.0, 1.0, 3.0, 2.0, 0.0, 2.0, 1.0, 3.0, 2.0, 0.5, 0.0, 0.2, 0.0, 0.2];
        assert!(!clipped(&coarse, None).contains(&true));
        let piled = [0.0, 3.0, 1.0, 3.0, 2.0, 0.5, 3.0, f64::NAN, 0.25];
        assert_eq!(clipped(&piled, None).iter().filter(|&&clipped| clipped).count(), 3);
        let run = [0.0, 1.0, -2.0, -2.0, 0.5];
        assert_eq!(clipped(&run, None), [false, false, true, true, false]);
        assert!(!clipped(&[], None).contains(&true));
        assert!(!clipped(&[2.0; 9], None).contains(&true));
    }

    #[test]
    fn rails_of_the_converter_count_even_once() {
        let samples = [0.0, 0.9995, -0.9, 0.5];
        assert_eq!(clipped(&samples, Some((-1.0, 1.0))), [false, true, false, false]);
        assert!(!clipped(&samples, None).contains(&true));
    }

    #[test]
    fn flat_runs_have_a_shortest_length() {
        let samples = [1.0, 1.0, 1.0, 2.0, 2.0, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
        assert_eq!(flat_samples(&samples, 3), 3);
        assert_eq!(flat_samples(&samples, 0), 5);
    }

    #[test]
    fn limits_are_checked() {
        assert!(Quality::default().check().is_ok());
        let error = Quality { mains_bad: 20.0, ..Quality::default() }.check().unwrap_err();
        assert!(error.message().contains("analysis.quality.mains_bad = 20"), "{error}");
    }
}
