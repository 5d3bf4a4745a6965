//! Quantities: the only door from a bare `f64` to a frequency or a unit.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A frequency in hertz: finite and above zero.
#[derive(
    Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "f64", into = "f64")]
pub struct Hertz(f64);

impl Hertz {
    /// A frequency, or `None` unless `hz` is finite and above zero.
    pub fn new(hz: f64) -> Option<Self> {
        (hz.is_finite() && hz > 0.0).then_some(Self(hz))
    }

    /// The number of hertz.
    pub fn hz(self) -> f64 {
        self.0
    }

    /// Half of this rate: the highest frequency that a signal sampled at it can hold.
    pub fn nyquist(self) -> f64 {
        self.0 / 2.0
    }

    /// The duration of `samples` samples at this rate, in seconds.
    pub fn seconds(self, samples: usize) -> f64 {
        samples as f64 / self.0
    }

    /// The number of samples nearest to `seconds` at this rate (0 for a negative
    /// duration).
    pub fn samples(self, seconds: f64) -> usize {
        (seconds * self.0).round().max(0.0) as usize
    }
}

impl TryFrom<f64> for Hertz {
    type Error = String;

    fn try_from(hz: f64) -> Result<Self, String> {
        Self::new(hz)
            .ok_or_else(|| format!("a frequency must be finite and above 0 Hz, not {hz}"))
    }
}

impl From<Hertz> for f64 {
    fn from(rate: Hertz) -> f64 {
        rate.0
    }
}

impl fmt::Display for Hertz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four decimals are what vendors print; trailing zeros say nothing.
        let text = format!("{:.4}", self.0);
        write!(f, "{} Hz", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The unit of a value, as it is printed beside it: `V`, `Hz`, `%/s`, …
///
/// Samples whose unit is known to be a voltage are volts everywhere (see
/// [`Unit::voltage`]); an unknown unit is [`Unit::ARBITRARY`].
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Unit(Cow<'static, str>);

impl Unit {
    /// Volts.
    pub const VOLT: Self = Self::fixed("V");
    /// Arbitrary units: the file does not say and nobody told.
    pub const ARBITRARY: Self = Self::fixed("a.u.");
    /// A plain number.
    pub const ONE: Self = Self::fixed("1");
    /// Per cent.
    pub const PERCENT: Self = Self::fixed("%");
    /// Hertz.
    pub const HERTZ: Self = Self::fixed("Hz");
    /// Hertz per second.
    pub const HERTZ_PER_SECOND: Self = Self::fixed("Hz/s");
    /// Per cent per second.
    pub const PERCENT_PER_SECOND: Self = Self::fixed("%/s");
    /// Seconds.
    pub const SECOND: Self = Self::fixed("s");
    /// Per minute.
    pub const PER_MINUTE: Self = Self::fixed("1/min");
    /// Decibels.
    pub const DECIBEL: Self = Self::fixed("dB");
    /// No unit applies.
    pub const NONE: Self = Self::fixed("");

    /// The unit of a symbol that is known when the program is built.
    pub const fn fixed(symbol: &'static str) -> Self {
        Self(Cow::Borrowed(symbol))
    }

    /// Any other unit, by its symbol.
    pub fn other(symbol: impl Into<String>) -> Self {
        Self(Cow::Owned(symbol.into()))
    }

    /// The symbol.
    pub fn symbol(&self) -> &str {
        &self.0
    }

    /// This unit per second: `V` gives `V/s`.
    pub fn per_second(&self) -> Self {
        Self::other(format!("{}/s", self.0))
    }

    /// Whether values in this unit are known to be volts.
    pub fn is_volt(&self) -> bool {
        *self == Self::VOLT
    }

    /// How many volts one of `symbol` is: 1e-6 for `µV`, `uV` or `microvolt`, `None` for
    /// what is no voltage. Case does not matter: nobody measures muscles in megavolts.
    pub fn voltage(symbol: &str) -> Option<f64> {
        // `Âµ` and `\u{fffd}` are what a wrong encoding makes of `µ`.
        let word = symbol.trim().to_lowercase().replace(['-', ' ', 'â'], "");
        match word.as_str() {
            "v" | "volt" | "volts" | "в" => Some(1.0),
            "mv" | "millivolt" | "millivolts" | "mvolt" | "mvolts" | "мв" => Some(1e-3),
            "µv" | "μv" | "uv" | "\u{fffd}v" | "microvolt" | "microvolts" | "uvolt"
            | "uvolts" | "µvolt" | "µvolts" | "μvolts" | "мкв" => Some(1e-6),
            "nv" | "nanovolt" | "nanovolts" => Some(1e-9),
            _ => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_finite_and_positive() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Hertz::new(bad).is_none(), "{bad}");
        }
        assert_eq!(
            Hertz::new(1259.2593).map(|rate| rate.to_string()),
            Some("1259.2593 Hz".into())
        );
        assert_eq!(
            Hertz::new(2000.0).map(|rate| rate.to_string()),
            Some("2000 Hz".into())
        );
    }

    #[test]
    fn voltages_are_told_from_other_units() {
        assert_eq!(Unit::voltage("µV"), Some(1e-6));
        assert_eq!(Unit::voltage(" mV "), Some(1e-3));
        for (symbol, volts) in
            [("MV", 1e-3), ("Âµv", 1e-6), ("milli-volts", 1e-3), ("мкВ", 1e-6)]
        {
            assert_eq!(Unit::voltage(symbol), Some(volts), "{symbol}");
        }
        assert_eq!(Unit::voltage("N"), None);
        assert_eq!(Unit::voltage("g"), None);
    }
}
