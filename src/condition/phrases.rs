//! Filters in the reader's words: numbers, ends of stretches, and why a design cannot be.

use super::phase::Phase;
use crate::dsp::design::{DesignError, HIGHEST_ORDER};
use crate::dsp::zero_phase::Edge;
use crate::error::{Error, ErrorKind};

/// The share of the sampling rate that is still a good upper cut-off: 0.45, a tenth below
/// half the rate.
pub const HIGHEST_SHARE: f64 = 0.45;

/// How the ends of a stretch are treated, as a phrase.
pub(super) fn ends(phase: Phase, edge: Edge) -> &'static str {
    match (phase, edge) {
        (Phase::Causal, _) => "from rest",
        (_, Edge::Odd) => "odd edges",
        (_, Edge::Even) => "even edges",
        (_, Edge::Constant) => "constant edges",
        (_, Edge::None) => "edges not padded",
        (_, Edge::Matlab) => "edges as MATLAB's filtfilt",
        (_, Edge::R) => "edges as filtfilt of R's signal package",
    }
}

/// A Butterworth filter for the short methods.
pub(super) fn in_short(phase: Phase, order: usize) -> String {
    format!("{} Butterworth, order {order}", phase.word())
}

/// A number as a reader would write it: at most four decimals, no trailing zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    let same =
        short.parse().is_ok_and(|shown: f64| (shown - value).abs() <= 1e-9 * value.abs());
    if same { short.to_owned() } else { value.to_string() }
}

/// A frequency with two decimals, or with four where it is so low that they are needed.
pub(super) fn rounded(hz: f64) -> String {
    if hz >= 1.0 { format!("{hz:.2}") } else { format!("{hz:.4}") }
}

/// The error of a design in terms of the settings: the key and value, the limit, and a
/// value that works.
pub(super) fn explain(error: DesignError, keys: &[&str]) -> Error {
    let refused = refusal(error, keys);
    match hint(error, keys) {
        Some(hint) => refused.with_hint(hint),
        None => refused,
    }
}

/// The key of an edge of the band.
fn key<'a>(keys: &[&'a str], edge: usize) -> &'a str {
    keys.get(edge).copied().unwrap_or("cutoff_hz")
}

fn refusal(error: DesignError, keys: &[&str]) -> Error {
    let about = |key: &str, value: String, said: String| {
        Error::about(ErrorKind::Plan, key, value, said)
    };
    match error {
        DesignError::Order(order) => {
            about("order", order.to_string(), format!("must be 1 to {HIGHEST_ORDER}"))
        }
        DesignError::NotPositive { edge, hz } => {
            let said = "must be finite and above 0 Hz".into();
            about(key(keys, edge), hz.to_string(), said)
        }
        DesignError::BeyondNyquist { edge, hz, nyquist_hz } => {
            let limit = number(nyquist_hz);
            let said = format!("must lie below half the sampling rate ({limit} Hz)");
            about(key(keys, edge), number(hz), said)
        }
        DesignError::NotAscending { low_hz, high_hz } => {
            let said = format!("must lie below {} = {}", key(keys, 1), number(high_hz));
            about(key(keys, 0), number(low_hz), said)
        }
        DesignError::Quality { q, least } => {
            let said = format!("must be finite and above {}", number(least));
            about("q", q.to_string(), said)
        }
        DesignError::Imprecise { rate_hz } => {
            let (keys, rate) = (keys.join(" and "), number(rate_hz));
            let said = format!(
                "cannot be computed exactly enough for {keys} at a sampling rate of {rate} Hz"
            );
            Error::at_key(ErrorKind::Plan, "", said)
        }
        DesignError::Rate(_) => Error::at_key(ErrorKind::Plan, "", error.to_string()),
    }
}

fn hint(error: DesignError, keys: &[&str]) -> Option<String> {
    let hint = match error {
        DesignError::Order(_) => "orders count as in SciPy's butter; 4 is common for EMG",
        DesignError::NotPositive { .. } => {
            "give a frequency in hertz, or leave the step out"
        }
        DesignError::BeyondNyquist { edge, nyquist_hz, .. } => {
            return Some(below_nyquist(keys, edge, nyquist_hz));
        }
        DesignError::NotAscending { .. } => "the first edge is the lower one",
        DesignError::Quality { .. } => {
            "30 is common: the notch is then a thirtieth of its frequency wide"
        }
        DesignError::Imprecise { .. } => {
            "use a wider band, a lower order, or frequencies less close to 0 and to half \
             the rate"
        }
        DesignError::Rate(_) => return None,
    };
    Some(hint.to_owned())
}

/// What helps where an edge lies beyond half the sampling rate.
fn below_nyquist(keys: &[&str], edge: usize, nyquist_hz: f64) -> String {
    let works = number(2.0 * nyquist_hz * HIGHEST_SHARE);
    let limit = format!("at most {works} Hz ({HIGHEST_SHARE} of the rate)");
    match keys {
        // A lower edge that is too high leaves no room for the upper one.
        [low, high] if edge == 0 => {
            format!("use a {low} below {high}, and {high} {limit}")
        }
        _ => format!("use {limit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_they_were_written() {
        for (value, text) in [
            (20.0, "20"),
            (0.5, "0.5"),
            (1259.2593, "1259.2593"),
            (1e-5, "0.00001"),
            (-3.0, "-3"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(0.45 * 42.0), "18.9");
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(f64::INFINITY), "inf");
        assert_eq!(rounded(18.0422), "18.04");
        assert_eq!(rounded(0.012_34), "0.0123");
    }
}
