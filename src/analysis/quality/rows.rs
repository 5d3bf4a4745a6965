//! What was found about a channel in rows of the table and as a figure.

use super::super::Digest;
use super::super::coarse::CoarseSteps;
use super::super::picture::scale;
use super::epochs::EPOCH_S;
use super::{
    ActivityContrast, Assessment, Judgement, Quality, RestSource, SILENT, spectra,
};
use crate::dsp::spectrum::PowerSpectrum;
use crate::outcome::fact::{
    Compares, Dimension, Fact, MeasureKind, Relative, Shown, Use, facts,
};
use crate::outcome::{Course, Figure, FigurePlace, Layer, Measure, Section, Text, Tone};
use crate::units::Unit;
use crate::words::spoken;

/// How many spikes are named with their times.
const NAMED_SPIKES: usize = 5;
const TOO_SHORT: &str = "needs at least one second without a gap";

impl Quality {
    pub(super) fn measures(&self, channel: &Digest, found: &Assessment) -> Vec<Measure> {
        let obstacle = if channel.silent { SILENT } else { TOO_SHORT };
        let row = |fact: &Fact, value: Option<f64>| match value {
            Some(value) => channel.row(fact, value),
            None => channel.missing(fact, obstacle),
        };

        let ratios = found.ratios;
        vec![
            self.snr_row(channel, found),
            mains_row(row(&MAINS_SHARE, found.mains.map(|mains| mains.share)), found),
            row(&CLIPPED_SHARE, found.clipped_share),
            row(&MOTION_SHARE, found.motion_share),
            baseline_row(channel, found),
            spikes_row(channel, found),
            flagged_row(channel),
            row(&SM_RATIO, ratios.and_then(|ratios| ratios.motion_db)),
            row(&DP_RATIO, ratios.map(|ratios| ratios.drop_db)),
            noise_row(channel, found),
            row(&SPECTRAL_DEFORMATION, ratios.map(|ratios| ratios.deformation)),
            row(&RMS_OVER_ARV, found.distribution.map(|values| values.rms_over_arv)),
            verdict_row(channel, found),
        ]
    }

    fn snr_row(&self, channel: &Digest, found: &Assessment) -> Measure {
        if found.resting.is_some() {
            return channel.missing(&SNR, "a recording of rest: activity is not sought");
        }
        let Some(contrast) = found.contrast else { return no_contrast(channel, &SNR) };
        let Some(snr) = contrast.snr_db() else {
            let reason = "the quietest part is silent: nothing was recorded there";
            return channel.missing(&SNR, reason);
        };

        let corrected = contrast.corrected_snr_db().map_or(String::new(), |snr| {
            format!("; {} dB once the noise is taken off the activity", spoken(snr))
        });
        let note: Text = match contrast.source {
            RestSource::Second if snr < self.snr_poor_db => {
                "no rest in the recording to compare with: the quietest second is nearly \
                 as active as the rest, so this is no limit of the signal"
                    .into()
            }
            _ if found.hiding().is_some() => {
                format!("at least so much: {}", rest_words(channel, found, contrast))
                    .into()
            }
            _ => format!("{}{corrected}", rest_words(channel, found, contrast)).into(),
        };
        channel.row(&SNR, snr).noted(note)
    }

    pub(super) fn figure(&self, channel: &Digest) -> Option<Figure> {
        let Judgement { assessment: found, raw, clean, .. } = &channel.quality;
        let (raw, clean) = (raw.as_ref()?, clean.as_ref()?);
        let top = raw.band(0.0, 500.0).len();
        let largest = raw.density.iter().take(top).copied().fold(0.0, f64::max);
        let decibels = |spectrum: &PowerSpectrum, name: &str, tone: Tone| Layer::Line {
            name: name.into(),
            x: (0..top).map(|k| spectrum.frequency(k)).collect(),
            // 80 dB hold all that is of interest; a filtered spectrum would reach far
            // below.
            y: spectrum.density[..top]
                .iter()
                .map(|&power| 10.0 * libm::log10((power / largest).max(1e-8)))
                .collect(),
            tone,
        };
        let mut layers = self.mains_lines(raw, found);
        layers.push(decibels(raw, "as recorded", Tone::Muted));
        layers.push(decibels(clean, "filtered", Tone::Signal));
        (largest > 0.0).then(|| Figure {
            title: "Power spectrum".into(),
            channel: Some(channel.label.name.clone()),
            detail: String::new(),
            place: FigurePlace::Quality,
            caption:
                "The power of the signal as recorded and after filtering; mains hum \
                      stands out as narrow lines \
                      at 50 or 60 Hz and their multiples, motion as power below 20 Hz."
                    .into(),
            x_label: "frequency (Hz)".into(),
            y_label: "power density (dB below the highest)".into(),
            layers,
            below: None,
        })
    }

    fn mains_lines(&self, spectrum: &PowerSpectrum, found: &Assessment) -> Vec<Layer> {
        let Some(mains) = found.mains.filter(|mains| mains.share > self.mains_check)
        else {
            return Vec::new();
        };
        let shaded = |(k, line): (usize, f64)| Layer::Stretch {
            name: if k == 0 { "mains".into() } else { String::new() },
            from: line - 1.0,
            to: line + 1.0,
        };
        spectra::lines(spectrum, mains.base_hz).enumerate().map(shaded).collect()
    }
}

/// What was taken for rest, and for activity.
fn rest_words(
    channel: &Digest,
    found: &Assessment,
    contrast: ActivityContrast,
) -> String {
    let active = active_words(contrast);
    let rest = match contrast.source {
        RestSource::Recording => {
            let recording = channel.rest.as_ref().map(|rest| rest.recording.as_str());
            format!("rest is that of the recording {}", recording.unwrap_or_default())
        }
        RestSource::BetweenBursts | RestSource::BetweenShortBursts => {
            "rest is what lies between the bursts".to_owned()
        }
        RestSource::Second => "rest is the quietest second".to_owned(),
        RestSource::Percentile => {
            "the recording has no quiet second: rest is the 5th percentile of the root \
             mean squares of 100 ms"
                .to_owned()
        }
    };
    let doubted = doubt_words(channel).map(|doubt| format!("; {doubt}"));
    let hidden = found.hiding().map(|steps| hidden_words(channel, steps));
    let more = [hidden, doubted].into_iter().flatten().collect::<String>();
    format!("{rest}, {active}{more}")
}

/// How much rest counts for that a converter does not show.
fn hidden_words(channel: &Digest, steps: CoarseSteps) -> String {
    let (factor, unit) = scale(&channel.unit, steps.step);
    format!(
        "; this rest is below what the converter can show (steps of {} {unit}) and counts \
         as the noise of its steps, {} {unit}",
        spoken(factor * steps.step),
        spoken(factor * steps.floor)
    )
}

fn active_words(contrast: ActivityContrast) -> String {
    match contrast.time {
        Some(time) if time.contractions > 0 => format!(
            "activity the root mean square of {} of {} s: {}",
            spoken(time.active_s),
            spoken(time.of_s),
            if contrast.source == RestSource::Recording {
                "what exceeds twice that"
            } else {
                "the bursts"
            }
        ),
        _ => "activity the 95th percentile of the root mean squares of 100 ms".to_owned(),
    }
}

/// Why the session's recording of rest is not taken for the rest of a channel.
pub(super) fn doubt_words(channel: &Digest) -> Option<String> {
    let rest = channel.rest.as_ref()?;
    let doubt = rest.doubt.as_ref()?;
    let recording = &rest.recording;
    Some(format!("the recording {recording} {doubt} and was not taken for its rest"))
}

fn mains_row(row: Measure, found: &Assessment) -> Measure {
    match found.mains {
        Some(mains) => row.noted(format!("{} Hz and its harmonics", mains.base_hz)),
        None => row,
    }
}

fn noise_row(channel: &Digest, found: &Assessment) -> Measure {
    let Some(ratios) = found.ratios else {
        return channel
            .missing(&SN_RATIO, if channel.silent { SILENT } else { TOO_SHORT });
    };
    match ratios.noise_db {
        Some(noise_db) => channel.row(&SN_RATIO, noise_db),
        None => channel.missing(
            &SN_RATIO,
            "noise is judged from 400 to 500 Hz: needs a sampling rate of 1000 Hz, and \
             power there",
        ),
    }
}

fn verdict_row(channel: &Digest, found: &Assessment) -> Measure {
    let texts: Vec<&str> =
        found.reasons.iter().map(|reason| reason.text.as_str()).collect();
    Measure {
        verdict: Some(found.verdict),
        note: (!texts.is_empty()).then(|| texts.join("; ").into()),
        ..channel.row(&VERDICT, f64::NAN)
    }
}

fn no_contrast(channel: &Digest, fact: &Fact) -> Measure {
    let reason =
        if channel.silent { SILENT } else { "needs at least 0.2 s without a gap" };
    channel.missing(fact, reason)
}

fn baseline_row(channel: &Digest, found: &Assessment) -> Measure {
    if let Some(resting) = found.resting {
        let loud = match resting.loud_s {
            0.0 => String::new(),
            loud_s => format!(" without {} s that exceed twice it", spoken(loud_s)),
        };
        let note = format!("the level of this recording of rest{loud}");
        return channel.row(&BASELINE_NOISE, resting.rms).noted(note);
    }
    match found.contrast {
        Some(contrast) => channel
            .row(&BASELINE_NOISE, contrast.rest)
            .noted(rest_words(channel, found, contrast)),
        None => no_contrast(channel, &BASELINE_NOISE),
    }
}

fn spikes_row(channel: &Digest, found: &Assessment) -> Measure {
    if channel.silent {
        return channel.missing(&SPIKE_COUNT, SILENT);
    }

    let spikes_s = &found.pulses.spikes_s;
    let row = channel.row(&SPIKE_COUNT, spikes_s.len() as f64);
    let named = spikes_s.iter().take(NAMED_SPIKES);
    let times: Vec<String> = named.map(|&time| spoken(channel.start_s + time)).collect();
    if times.is_empty() {
        row
    } else {
        row.noted(format!("the first at {} s", times.join(", ")))
    }
}

fn flagged_row(channel: &Digest) -> Measure {
    let epochs = &channel.quality.epochs;
    let Some(share) = epochs.flagged_share().filter(|_| !channel.silent) else {
        return channel.missing(&FLAGGED_SHARE, SILENT);
    };

    let worst = epochs.worst(channel.start_s);
    channel
        .row(&FLAGGED_SHARE, share)
        .from_n(epochs.level.len())
        .noted(worst.unwrap_or_else(|| "seconds with a fault: none".into()))
}

facts! {
    SNR {
        name: "snr",
        words: "Signal-to-noise ratio",
        short: "SNR",
        description: "Activity over rest: of the session's recording of rest, else of \
                      what lies between the bursts",
        kind: MeasureKind::Ratio,
        unit: Dimension::Fixed("dB"),
        compares: Compares::RECORDINGS,
        uses: &[Use::Distribution(7)],
        formula: "20·log10(activity/rest), root mean squares of `clean`: of what exceeds \
                  twice a recording of rest over that; else of the bursts over what lies \
                  between them; where neither tells, the 95th percentile of the root mean \
                  squares of 100 ms over the quietest second, or over their 5th percentile \
                  where that second exceeds twice it",
    }
    MAINS_SHARE {
        name: "mains_share",
        words: "Mains hum",
        description: "Share of the power that lies in lines at the mains frequency and its \
                      harmonics",
        kind: MeasureKind::Share,
        shown: Shown::PerCent,
        compares: Compares::ALL,
        formula: "power within 1 Hz of 50 or 60 Hz, whichever has more, and its \
                  harmonics up to 450 Hz, above the mean of the neighbours within 5 Hz, \
                  over the power from 10 to 450 Hz (Welch, Hann windows of 1 s that \
                  overlap by half) of the recorded signal",
    }
    CLIPPED_SHARE {
        name: "clipped_share",
        words: "Clipped samples",
        description: "Share of all samples that lie on the limits of the amplifier",
        kind: MeasureKind::Share,
        shown: Shown::PerCent,
        compares: Compares::ALL,
        formula: "samples on a limit over all samples; a limit is an extreme value on \
                  which samples pile up, or the end of the converter",
    }
    MOTION_SHARE {
        name: "motion_share",
        words: "Power below 20 Hz",
        description: "Share of the power of the recorded signal that lies below 20 Hz, \
                      where motion and cables show",
        kind: MeasureKind::Share,
        shown: Shown::PerCent,
        compares: Compares::ALL,
        formula: "power below 20 Hz over the power of the whole spectrum (Welch, Hann \
                  windows of 1 s that overlap by half) of the recorded signal",
    }
    BASELINE_NOISE {
        name: "baseline_noise",
        words: "Baseline noise",
        description: "Level of the filtered signal at rest",
        kind: MeasureKind::Level,
        unit: Dimension::Samples,
        relative_to: Relative::Samples,
        compares: Compares::RECORDINGS,
        formula: "root mean square of `clean` in the session's recording of rest; else \
                  between the bursts; else of the quietest second, or the 5th percentile of \
                  the root mean squares of 100 ms where that second exceeds twice it",
    }
    SPIKE_COUNT {
        name: "spike_count",
        words: "Spikes",
        description: "Single samples or short pulses that tower above the activity",
        kind: MeasureKind::Count,
        formula: "pulses beyond a number of robust deviations and above the activity",
    }
    FLAGGED_SHARE {
        name: "flagged_share",
        words: "Seconds with a fault",
        description: "Share of the seconds in which at least one fault was found",
        kind: MeasureKind::Share,
        shown: Shown::PerCent,
        compares: Compares::ALL,
        formula: "seconds with a fault over all seconds",
    }
    SM_RATIO {
        name: "sm_ratio",
        words: "Signal over motion artefact (SM ratio)",
        short: "SM ratio",
        description: "Power of the spectrum over that of motion artefacts below 20 Hz",
        kind: MeasureKind::Ratio,
        unit: Dimension::Fixed("dB"),
        compares: Compares::ALL,
        formula: "10·log10 of the power up to 500 Hz over the power below 20 Hz that lies \
                  above the straight line from the origin to the highest averaged density",
        source: "Sinderby et al. 1995",
    }
    DP_RATIO {
        name: "dp_ratio",
        words: "Highest over lowest power density (DP ratio)",
        short: "DP ratio",
        description: "How far the spectrum falls from its highest to its lowest mean density",
        kind: MeasureKind::Ratio,
        unit: Dimension::Fixed("dB"),
        compares: Compares::ALL,
        formula: "10·log10 of the highest over the lowest density, both as means over \
                  13 neighbouring frequencies, between 35 and 500 Hz",
        source: "Sinderby et al. 1995",
    }
    SN_RATIO {
        name: "sn_ratio",
        words: "Signal over high-frequency noise (SN ratio)",
        short: "SN ratio",
        description: "Power up to 500 Hz over that of noise, judged from 400 to 500 Hz",
        kind: MeasureKind::Ratio,
        unit: Dimension::Fixed("dB"),
        compares: Compares::ALL,
        formula: "10·log10 of the power up to 500 Hz over the mean density from 400 to \
                  500 Hz times 500 Hz, at any sampling rate from 1000 Hz up",
        source: "Sinderby et al. 1995",
    }
    SPECTRAL_DEFORMATION {
        name: "spectral_deformation",
        words: "Spectral deformation",
        description: "How far the shape of the spectrum departs from that of a band of EMG",
        kind: MeasureKind::Index,
        compares: Compares::ALL,
        formula: "sqrt(M2/M0) / (M1/M0) of the spectral moments M0, M1, M2 up to 500 Hz",
        source: "Sinderby et al. 1995",
    }
    RMS_OVER_ARV {
        name: "rms_over_arv",
        words: "RMS over average rectified value",
        short: "RMS over ARV",
        description: "Shape of the distribution of the filtered samples: 1.25 when it is \
                      Gaussian, 1.41 when it is Laplacian",
        kind: MeasureKind::Ratio,
        compares: Compares::ALL,
        formula: "sqrt(mean of x²) / mean of |x| of at most 4096 evenly picked samples \
                  of `clean`, their mean taken off",
    }
    VERDICT {
        name: "verdict",
        words: "Verdict",
        description: "Whether the channel can be trusted: good, check or bad, in the column \
                      `quality`",
        kind: MeasureKind::Verdict,
        unit: Dimension::Fixed(""),
        formula: "the worst of the findings that the note names",
    }
}

/// What the page says of the channels' quality.
pub const SECTION: Section = Section {
    place: 1,
    title: "Signal quality",
    analyses: &["quality"],
    tables: &[&[
        SNR.name,
        BASELINE_NOISE.name,
        MAINS_SHARE.name,
        MOTION_SHARE.name,
        CLIPPED_SHARE.name,
    ]],
    rare: false,
    lead: "How far each channel can be trusted, before anything is read from it.",
};

/// The level of each epoch and how many faults it has.
pub(super) fn courses(channel: &Digest) -> [Course; 2] {
    let epochs = &channel.quality.epochs;
    let time_s: Vec<f64> = (0..epochs.level.len())
        .map(|k| channel.start_s + (k as f64 + 0.5) * EPOCH_S)
        .collect();
    let course = |name: &'static str, unit: Unit, value: Vec<Option<f64>>| Course {
        name: name.into(),
        channel: channel.label.name.clone(),
        unit,
        time_s: time_s.clone(),
        value,
    };
    let faults = epochs.counts().into_iter().map(|count| Some(count as f64)).collect();
    [
        course("epoch_level", channel.unit.clone(), epochs.level.clone()),
        course("epoch_faults", Unit::ONE, faults),
    ]
}
