//! The coherence of a pair in rows of the tables.

use super::facts::{
    COHERENCE_ALPHA, COHERENCE_BETA, COHERENCE_DELAY, COHERENCE_GAMMA, COHERENCE_LIMIT,
    COHERENCE_PEAK, COHERENCE_PEAK_FREQUENCY, COHERENCE_PEAK_LIMIT, CROSSTALK_SHARE,
};
use super::{SpectraPair, Taken};
use crate::dsp::coherence::{
    BandCoherence, CoherenceSpectrum, CrossSpectrum, Crosstalk, Delay, confidence_limit,
    largest_limit,
};
use crate::outcome::Measure;
use crate::outcome::fact::Fact;

/// The bands in hertz.
const BANDS: [(Fact, f64, f64); 3] = [
    (COHERENCE_ALPHA, 8.0, 15.0),
    (COHERENCE_BETA, 15.0, 35.0),
    (COHERENCE_GAMMA, 35.0, 60.0),
];
/// The band in which delays are looked for, in hertz.
const DELAY_HZ: (f64, f64) = (15.0, 35.0);

/// The measures of a pair.
pub(super) fn measures(pair: &SpectraPair<'_>, alpha: f64) -> Vec<Measure> {
    let spectra = match &pair.spectra {
        Ok(spectra) => spectra,
        Err(reason) => return bands_without(pair, reason),
    };

    let mut rows = Vec::new();
    for (taken, spectrum) in Taken::ALL.into_iter().zip(spectra) {
        rows.extend(rows_of_taken(pair, taken, spectrum, alpha));
    }
    if let Some(crosstalk) = Crosstalk::measure(&spectra[0]) {
        let row = row(pair, &CROSSTALK_SHARE, crosstalk.share_above);
        rows.push(row.from_n(crosstalk.bins).noted(
            "share of the frequencies above 60 Hz whose coherence exceeds the 95 % limit; \
             0.05 by chance",
        ));
    }
    rows
}

fn row(pair: &SpectraPair<'_>, fact: &Fact, value: f64) -> Measure {
    let labels = [&pair.one.label, &pair.other.label];
    Measure::new_pair(fact, labels, &pair.one.unit, value)
}

/// The rows of the bands where there are no spectra, and why.
fn bands_without(pair: &SpectraPair<'_>, reason: &str) -> Vec<Measure> {
    let empty = |taken: Taken| {
        BANDS.map(|(fact, ..)| {
            let row = row(pair, &fact, f64::NAN).part(taken.word());
            row.noted(reason.to_owned())
        })
    };
    Taken::ALL.into_iter().flat_map(empty).collect()
}

/// The rows of the signals taken one way.
fn rows_of_taken(
    pair: &SpectraPair<'_>,
    taken: Taken,
    spectrum: &CrossSpectrum,
    alpha: f64,
) -> Vec<Measure> {
    let Some(coherence) = spectrum.coherence() else { return Vec::new() };
    let count = spectrum.segments();
    let row = |fact: &Fact, value: f64| row(pair, fact, value).part(taken.word());

    let mut rows: Vec<Measure> = BANDS
        .iter()
        .map(|(fact, low, high)| {
            let found = BandCoherence::measure(&coherence, *low, *high);
            band_row(row(fact, f64::NAN), found.as_ref()).from_n(count)
        })
        .collect();

    let limit = confidence_limit(coherence.segments, alpha).unwrap_or(f64::NAN);
    let worth = match coherence.segments {
        worth if worth < 0.95 * count as f64 => {
            format!("; the power changes, so that {count} segments count for {worth:.1}")
        }
        _ => String::new(),
    };
    let note = format!(
        "what {} % of independent signals exceed at a frequency{worth}",
        100.0 * alpha
    );
    rows.push(row(&COHERENCE_LIMIT, limit).from_n(count).noted(note));
    rows.extend(
        peak_rows(&coherence, alpha, &row).into_iter().map(|row| row.from_n(count)),
    );
    rows.push(delay_row(spectrum, limit, row(&COHERENCE_DELAY, f64::NAN)));
    rows
}

fn band_row(row: Measure, found: Option<&BandCoherence>) -> Measure {
    let Some(found) = found else {
        return row.noted("the band holds no frequency of these segments");
    };
    let (low, high) = found.corrected.interval;
    let beyond = if found.exceeds_limit() { "beyond" } else { "not beyond" };
    let row = Measure {
        value: Some(found.corrected.value).filter(|value| value.is_finite()),
        ..row
    };
    row.within(low, high).noted(format!(
        "mean of the band, corrected for its bias; {:.4} uncorrected, {beyond} the {:.4} \
         of independent signals",
        found.coherence, found.limit
    ))
}

/// The highest coherence between the first and the last band, and its frequency.
fn peak_rows(
    coherence: &CoherenceSpectrum,
    alpha: f64,
    row: &impl Fn(&Fact, f64) -> Measure,
) -> Vec<Measure> {
    let (low, high) = (BANDS[0].1, BANDS[BANDS.len() - 1].2);
    let bins = coherence.grid.band(low, high);
    let known: Vec<usize> = bins.filter(|&bin| !coherence.values[bin].is_nan()).collect();
    let by_value = |one: &usize, other: &usize| {
        coherence.values[*one].total_cmp(&coherence.values[*other])
    };
    let Some(bin) = known.iter().copied().max_by(by_value) else { return Vec::new() };
    let limit = largest_limit(coherence.segments, known.len(), alpha);
    let is_beyond = limit.is_some_and(|limit| coherence.values[bin] > limit);

    let of_all =
        format!("the highest of {} frequencies from {low} to {high} Hz", known.len());
    let peak = row(&COHERENCE_PEAK, coherence.values[bin]).noted(format!(
        "{of_all}, which chance alone raises, so that it has no interval; {} what \
         independent signals have",
        if is_beyond { "beyond" } else { "not beyond" }
    ));
    let limit = row(&COHERENCE_PEAK_LIMIT, limit.unwrap_or(f64::NAN)).noted(format!(
        "what {of_all} exceeds in {} % of independent signals",
        100.0 * alpha
    ));
    let frequency = match is_beyond {
        true => row(&COHERENCE_PEAK_FREQUENCY, coherence.grid.frequency_hz(bin)),
        false => row(&COHERENCE_PEAK_FREQUENCY, f64::NAN)
            .noted("the highest coherence is not beyond that of independent signals"),
    };
    vec![peak, limit, frequency]
}

fn delay_row(spectrum: &CrossSpectrum, limit: f64, row: Measure) -> Measure {
    let (low, high) = DELAY_HZ;
    let coherent =
        spectrum.coherence().and_then(|found| BandCoherence::measure(&found, low, high));
    if !coherent.is_some_and(|band| band.exceeds_limit()) {
        return row.noted(format!(
            "coherence from {low} to {high} Hz is not beyond that of independent signals"
        ));
    }
    match Delay::fit(spectrum, low, high, limit) {
        None => row.noted(format!(
            "fewer than three frequencies from {low} to {high} Hz exceed the limit"
        )),
        Some(delay) => {
            let row = Measure {
                value: Some(delay.delay_s).filter(|delay| delay.is_finite()),
                ..row
            };
            let row =
                row.from_n(delay.bins).within(delay.interval_s.0, delay.interval_s.1);
            row.noted("slope of the phase: above 0 when the second channel is later")
        }
    }
}
