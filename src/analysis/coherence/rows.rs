//! The coherence of a pair in rows of the tables.

use super::{Pair, Taken};
use crate::dsp::coherence::{
    BandCoherence, CoherenceSpectrum, CrossSpectrum, Crosstalk, Delay, confidence_limit,
};
use crate::outcome::Measure;
use crate::units::Unit;

/// The bands in hertz, and what they are called.
const BANDS: [(&str, f64, f64); 3] =
    [("alpha", 8.0, 15.0), ("beta", 15.0, 35.0), ("gamma", 35.0, 60.0)];
/// The band in which delays are looked for, in hertz.
const DELAY_HZ: (f64, f64) = (15.0, 35.0);

/// The measures of a pair.
pub(super) fn measures(pair: &Pair<'_>, alpha: f64) -> Vec<Measure> {
    let row = |name: String, unit: Unit, value: f64| {
        let side =
            pair.one.label.side.filter(|_| pair.one.label.side == pair.other.label.side);
        Measure {
            side,
            ..Measure::of_pair(&pair.one.label, &pair.other.label, name, value, unit)
        }
    };
    let spectra = match &pair.spectra {
        Ok(spectra) => spectra,
        Err(reason) => {
            let names = Taken::ALL
                .into_iter()
                .flat_map(|taken| BANDS.map(|(band, ..)| name(band, taken)));
            return names
                .map(|name| row(name, Unit::ONE, f64::NAN).noted(reason.clone()))
                .collect();
        }
    };
    let mut rows = Vec::new();
    for (taken, spectrum) in Taken::ALL.into_iter().zip(spectra) {
        let Some(coherence) = spectrum.coherence() else {
            continue;
        };
        let count = spectrum.segments();
        rows.extend(BANDS.map(|(band, low, high)| {
            let found = BandCoherence::measure(&coherence, low, high);
            band_row(row(name(band, taken), Unit::ONE, f64::NAN), found.as_ref())
                .from_n(count)
        }));
        let limit = confidence_limit(coherence.segments, alpha).unwrap_or(f64::NAN);
        let note = format!(
            "what {} % of independent signals exceed at a frequency",
            100.0 * alpha
        );
        rows.push(
            row(format!("coherence_limit.{}", taken.word()), Unit::ONE, limit)
                .from_n(count)
                .noted(note),
        );
        rows.extend(
            peak_rows(&coherence, taken, &row).into_iter().map(|row| row.from_n(count)),
        );
        rows.push(delay_row(
            spectrum,
            limit,
            row(format!("coherence_delay.{}", taken.word()), Unit::SECOND, f64::NAN),
        ));
    }
    if let Some(crosstalk) = Crosstalk::measure(&spectra[0]) {
        let found = row("crosstalk_share".into(), Unit::ONE, crosstalk.share_above)
            .from_n(crosstalk.bins);
        rows.push(
            found.noted("share of the frequencies above 60 Hz whose coherence exceeds the 95 % limit; 0.05 by chance"),
        );
    }
    rows
}

fn name(band: &str, taken: Taken) -> String {
    format!("coherence_{band}.{}", taken.word())
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
        "mean of the band, corrected for its bias; {:.4} uncorrected, {beyond} the {:.4} of independent signals",
        found.coherence, found.limit
    ))
}

/// The highest coherence between the first and the last band, and its frequency.
fn peak_rows(
    coherence: &CoherenceSpectrum,
    taken: Taken,
    row: &impl Fn(String, Unit, f64) -> Measure,
) -> Vec<Measure> {
    let (low, high) = (BANDS[0].1, BANDS[BANDS.len() - 1].2);
    let bins = coherence.grid.band(low, high);
    let highest = bins.filter(|&bin| !coherence.values[bin].is_nan());
    let highest = highest
        .max_by(|&one, &other| coherence.values[one].total_cmp(&coherence.values[other]));
    let Some(bin) = highest else {
        return Vec::new();
    };
    let peak =
        row(format!("coherence_peak.{}", taken.word()), Unit::ONE, coherence.values[bin]);
    let peak = coherence
        .interval(bin)
        .map_or(peak.clone(), |(low, high)| peak.within(low, high));
    let note = format!(
        "the highest of all frequencies from {low} to {high} Hz, which chance alone raises"
    );
    let frequency = coherence.grid.frequency_hz(bin);
    vec![
        peak.noted(note),
        row(format!("coherence_peak_frequency.{}", taken.word()), Unit::HERTZ, frequency),
    ]
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
