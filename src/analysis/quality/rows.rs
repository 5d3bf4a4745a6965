//! What was found about a channel in rows of the table and as a figure.

use super::super::{Digest, spoken};
use super::epochs::EPOCH_S;
use super::{Assessment, Contrast, Judgement, Quality, Rest, SILENT, spectra};
use crate::dsp::spectrum::PowerSpectrum;
use crate::outcome::{Course, Figure, Layer, Measure, Text, Tone};
use crate::units::Unit;

/// How many spikes are named with their times.
const NAMED_SPIKES: usize = 5;
const TOO_SHORT: &str = "needs at least one second without a gap";

impl Quality {
    pub(super) fn measures(&self, channel: &Digest, found: &Assessment) -> Vec<Measure> {
        let label = &channel.label;
        let share = |name: &'static str, value: Option<f64>| match value {
            Some(value) => Measure::of(label, name, value, Unit::ONE),
            None if channel.silent => Measure::missing(label, name, Unit::ONE, SILENT),
            None => Measure::missing(label, name, Unit::ONE, TOO_SHORT),
        };
        let mut mains = share("mains_share", found.mains.map(|mains| mains.share));
        if let Some(found) = found.mains {
            mains = mains.noted(format!("{} Hz and its harmonics", found.base_hz));
        }
        let mut verdict = Measure::of(label, "verdict", f64::NAN, Unit::NONE);
        verdict.verdict = Some(found.verdict);
        let texts: Vec<&str> =
            found.reasons.iter().map(|reason| reason.text.as_str()).collect();
        verdict.note = (!texts.is_empty()).then(|| texts.join("; ").into());
        let ratio = |name: &'static str, value: Option<f64>| Measure {
            unit: Unit::DECIBEL,
            ..share(name, value)
        };
        let ratios = found.ratios;
        vec![
            self.snr_row(channel, found.contrast),
            mains,
            share("clipped_share", found.clipped_share),
            share("motion_share", found.motion_share),
            baseline_row(channel, found.contrast),
            spikes_row(channel, found),
            flagged_row(channel),
            ratio("sm_ratio", ratios.and_then(|ratios| ratios.motion_db)),
            ratio("dp_ratio", ratios.map(|ratios| ratios.drop_db)),
            ratio("sn_ratio", ratios.map(|ratios| ratios.noise_db)),
            share("spectral_deformation", ratios.map(|ratios| ratios.deformation)),
            share("rms_over_arv", found.distribution.map(|values| values.rms_over_arv)),
            verdict,
        ]
    }

    fn snr_row(&self, channel: &Digest, contrast: Option<Contrast>) -> Measure {
        let Some(contrast) = contrast else {
            return no_contrast(channel, "snr", Unit::DECIBEL);
        };
        let Some(snr) = contrast.snr_db() else {
            return Measure::missing(
                &channel.label,
                "snr",
                Unit::DECIBEL,
                "the quietest part is silent: nothing was recorded there",
            );
        };
        let corrected = contrast.corrected_snr_db().map_or(String::new(), |snr| {
            format!("; {} dB once the noise is taken off the activity", spoken(snr))
        });
        let note: Text = match contrast.source {
            Rest::Second if snr < self.snr_poor_db => "no rest in the recording to compare with: the quietest second \
                                                       is nearly as active as the rest, so this is no limit of the signal"
                .into(),
            source => format!("{}{corrected}", rest_words(source)).into(),
        };
        Measure::of(&channel.label, "snr", snr, Unit::DECIBEL).noted(note)
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
            title: format!("{}: power spectrum", channel.label.name),
            caption: "The power of the signal as recorded and after filtering; mains hum stands out as narrow lines \
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

fn rest_words(source: Rest) -> &'static str {
    match source {
        Rest::Second => {
            "rest is the quietest second, activity the 95th percentile of the root mean squares of 100 ms"
        }
        Rest::Percentile => {
            "the recording has no quiet second: rest is the 5th, activity the 95th percentile of the root mean squares of 100 ms"
        }
    }
}

fn no_contrast(channel: &Digest, name: &'static str, unit: Unit) -> Measure {
    let reason =
        if channel.silent { SILENT } else { "needs at least 0.2 s without a gap" };
    Measure::missing(&channel.label, name, unit, reason)
}

fn baseline_row(channel: &Digest, contrast: Option<Contrast>) -> Measure {
    match contrast {
        Some(found) => Measure::of(
            &channel.label,
            "baseline_noise",
            found.rest,
            channel.unit.clone(),
        )
        .noted(rest_words(found.source)),
        None => no_contrast(channel, "baseline_noise", channel.unit.clone()),
    }
}

fn spikes_row(channel: &Digest, found: &Assessment) -> Measure {
    if channel.silent {
        return Measure::missing(&channel.label, "spike_count", Unit::ONE, SILENT);
    }
    let row = Measure::of(
        &channel.label,
        "spike_count",
        found.pulses.spikes_s.len() as f64,
        Unit::ONE,
    );
    let times: Vec<String> = found
        .pulses
        .spikes_s
        .iter()
        .take(NAMED_SPIKES)
        .map(|&time| spoken(channel.start_s + time))
        .collect();
    if times.is_empty() {
        row
    } else {
        row.noted(format!("the first at {} s", times.join(", ")))
    }
}

fn flagged_row(channel: &Digest) -> Measure {
    let epochs = &channel.quality.epochs;
    let Some(share) = epochs.flagged_share().filter(|_| !channel.silent) else {
        return Measure::missing(&channel.label, "flagged_share", Unit::ONE, SILENT);
    };
    let row = Measure::of(&channel.label, "flagged_share", share, Unit::ONE)
        .from_n(epochs.level.len());
    row.noted(
        epochs
            .worst(channel.start_s)
            .unwrap_or_else(|| "seconds with a fault: none".into()),
    )
}

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
