//! The methods paragraph of the fatigue analysis, written from its settings.

use super::spectra::COLUMN_S;
use super::{Epochs, Events, Fatigue, Method};
use crate::dsp::spectrum::MedianRule;
use crate::words::spoken;

pub(super) fn paragraph(settings: &Fatigue) -> String {
    let quiet = spoken(100.0 * settings.quiet_share);
    format!(
        "{} {}; epochs with gaps, much clipping, without activity, or with a root mean square \
         below {quiet} % of the 95th percentile of those with activity were left out. {} {}",
        spectra(settings),
        epochs(settings),
        indices(settings),
        trends(settings)
    )
}

pub(super) fn in_short(settings: &Fatigue) -> String {
    let spectrum = match settings.estimator {
        Method::Periodogram => format!("{} periodogram", settings.window.word()),
        Method::Welch => "Welch's method".to_owned(),
        Method::Multitaper => "sine tapers".to_owned(),
    };
    let epochs = match &settings.epochs {
        Epochs::Auto => format!("contractions or epochs of {} s", settings.epoch_s),
        Epochs::Windows => format!("epochs of {} s", settings.epoch_s),
        Epochs::Contractions => "contractions".to_owned(),
        Epochs::Events(_) => "epochs between events".to_owned(),
    };
    format!("mean and median frequency ({spectrum}, {epochs}) with least-squares slopes")
}

fn spectra(settings: &Fatigue) -> String {
    let spectrum = match settings.estimator {
        Method::Periodogram => format!("the {} periodogram", settings.window.word()),
        Method::Welch => {
            format!(
                "Welch's method ({} segments of {} s, half overlapped)",
                settings.window.word(),
                settings.segment_s
            )
        }
        Method::Multitaper => {
            format!(
                "the mean over {} sine tapers (Riedel and Sidorenko 1995)",
                settings.tapers
            )
        }
    };
    let high = settings
        .high_hz
        .map_or("the lower of 450 Hz and 0.45 of the sampling rate".into(), |high| {
            format!("{high} Hz")
        });
    let median = match settings.median {
        MedianRule::Interpolated => "interpolated between frequencies",
        MedianRule::Bin => "read as the first frequency that reaches half the power",
        MedianRule::Trapezoid => "read from the trapezoidal integral",
    };
    format!(
        "Mean and median frequency ({median}) were computed from {spectrum} between {} \
         Hz and {high}",
        settings.low_hz
    )
}

fn epochs(settings: &Fatigue) -> String {
    let overlap = if settings.overlap > 0.0 {
        format!(", overlapping by {} %", spoken(100.0 * settings.overlap))
    } else {
        String::new()
    };
    let windows = format!("windows of {} s{overlap}", settings.epoch_s);
    let [from, to] = settings.contraction_part.map(|share| spoken(100.0 * share));
    let contractions =
        format!("contractions, one epoch each from {from} to {to} % of its duration");
    match &settings.epochs {
        Epochs::Auto => format!(
            "of {contractions}, where a channel showed at least five contractions with \
             rest between them, and of \
             {windows} where it did not"
        ),
        Epochs::Windows => format!("of {windows}"),
        Epochs::Contractions => format!("of {contractions}"),
        Epochs::Events(Events { start, end, part }) => {
            let [from, to] = part.map(|share| spoken(100.0 * share));
            let end = end.as_deref().unwrap_or(start);
            format!(
                "from {from} to {to} % of the time between the events \"{start}\" and \"{end}\""
            )
        }
    }
}

fn indices(settings: &Fatigue) -> String {
    let [low, high] =
        settings.ratio_bands_hz.map(|[low, high]| format!("{low}–{high} Hz"));
    let wavelets = if settings.wavelets {
        " Wavelet indices follow González-Izal et al. (2010), as far as their definition \
         could be reconstructed, with five \
         scales (sym5; db5 for the waveform length)."
    } else {
        ""
    };
    let whitening = if settings.whitening {
        " Whitened amplitude is the root mean square of the innovations of an \
         autoregressive model of order 4 (Clancy and \
         Hogan 1994)."
    } else {
        ""
    };
    format!(
        "FInsm2 to FInsm5 (Dimitrov et al. 2006) are ratios of spectral moments, the \
         ratio of low to high frequencies \
         compares {low} with {high} (up to the end of the band), and the instantaneous \
         mean frequency is that of the \
         columns of a spectrogram (Hann, {COLUMN_S} s, three quarters \
         overlapped).{wavelets}{whitening}"
    )
}

fn trends(settings: &Fatigue) -> String {
    let overlapping = if settings.overlap > 0.0 {
        "their intervals take the correlation of overlapping windows for the share that \
         they have in common, and beside it how the epochs wander"
    } else {
        "which know how the epochs wander"
    };
    format!(
        "Slopes are ordinary least squares over the centres of the epochs with t \
         intervals ({overlapping}), normalised \
         slopes relative to the value at the beginning of the first epoch with intervals \
         by Fieller (1954); beside them \
         stand the slopes of Theil (1950) and Sen (1968) with the trend test of Mann \
         (1945) and Kendall (1975), a single \
         turn (Hudson 1966) where its test (Davies 1987) is below 5 %, the area ratio \
         (Merletti et al. 1991) and the \
         time to a drop of {} %. The last tenth of the epochs (three at least) was \
         compared with the first by Student's t of the logarithm of their ratio. How the \
         epochs wander beside their line, which means, slopes, trend test (as Hamed and Rao \
         1998) and changes know, was read from the slow waves of their residuals \
         (likelihood of Whittle 1953; time constants up to a fifth of the recording). \
         Amplitude and frequency together are read as \
         JASA (Luttmann et al. 2000), \
         sides compared by the intervals of their slopes (Zou and Donner 2008).",
        spoken(settings.drop_percent)
    )
}
