//! A linear axis: its range, its ticks at round values, and what is printed beside them.

use crate::report::format::{fixed, superscript};

/// A linear axis with ticks at multiples of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    /// The value where the axis begins.
    pub(crate) low: f64,
    /// The value where the axis ends, above `low`.
    pub(crate) high: f64,
    step: f64,
    exponent: i32,
}

/// A tick: its value and what is printed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// The value on the axis.
    pub(crate) value: f64,
    /// The printed number, in the axis's power of ten.
    pub(crate) text: String,
}

/// The smallest and largest of the values that can be drawn, `None` without any.
pub(crate) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| drawable(*value)).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// Whether a value has a place on an axis: finite, and not so huge that differences
/// overflow.
pub(crate) fn drawable(value: f64) -> bool {
    value.abs() < 1e300
}

impl Axis {
    /// An axis from the first to the last value, with about `ticks` ticks.
    pub(crate) fn tight(range: (f64, f64), ticks: usize) -> Self {
        let (low, high) = widened(range);
        Self::with_step(low, high, round_step((high - low) / ticks as f64))
    }

    /// An axis whose ends are ticks; it begins at zero where that wastes little room.
    pub(crate) fn rounded(range: (f64, f64), ticks: usize) -> Self {
        let (low, high) = towards_zero(widened(range));
        let step = round_step((high - low) / ticks as f64);
        Self::with_step(
            (low / step + 1e-9).floor() * step,
            (high / step - 1e-9).ceil() * step,
            step,
        )
    }

    fn with_step(low: f64, high: f64, step: f64) -> Self {
        let largest = low.abs().max(high.abs());
        let thousands = (libm::log10(largest * (1.0 + 1e-12)) / 3.0).floor() as i32;
        Self { low, high, step, exponent: thousands * 3 }
    }

    /// The share of the axis that lies before `value`, from 0 to 1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The ticks with the numbers for an axis of this label.
    pub(crate) fn ticks(&self, label: &str) -> Vec<Tick> {
        let exponent = self.exponent_for(label);
        let unit = power_of_ten(exponent);
        let decimals =
            (-libm::log10(self.step / unit * (1.0 + 1e-9)).floor()).max(0.0) as usize;
        let first = (self.low / self.step - 1e-6).ceil() as i64;
        let last = (self.high / self.step + 1e-6).floor() as i64;
        let tick = |multiple: i64| {
            let value = multiple as f64 * self.step;
            Tick { value, text: fixed(value / unit, decimals) }
        };
        (first..=last).map(tick).collect()
    }

    /// The label with the axis's power of ten: `(V)` becomes `(µV)`, any other unit gets
    /// `× 10⁻⁶`.
    pub(crate) fn label(&self, label: &str) -> String {
        let exponent = self.exponent_for(label);
        if exponent == 0 {
            return label.to_owned();
        }
        match (volt_at(label), prefix(exponent)) {
            (Some(at), Some(prefix)) => {
                format!("{}{prefix}{}", &label[..at], &label[at..])
            }
            _ => format!("{label} × 10{}", superscript(exponent)),
        }
    }

    fn exponent_for(&self, label: &str) -> i32 {
        let volts = volt_at(label).is_some() && prefix(self.exponent).is_some();
        let readable = (-3..=3).contains(&self.exponent) && self.step > 0.9e-3;
        if !volts && readable { 0 } else { self.exponent }
    }
}

/// Where the `V` of a label's unit stands, when the unit is a plain voltage or one per
/// second.
fn volt_at(label: &str) -> Option<usize> {
    ["(V)", "[V]", "(V/s)", "[V/s]"]
        .iter()
        .find_map(|unit| label.find(unit))
        .map(|at| at + 1)
}

fn prefix(exponent: i32) -> Option<&'static str> {
    match exponent {
        -9 => Some("n"),
        -6 => Some("µ"),
        -3 => Some("m"),
        0 => Some(""),
        _ => None,
    }
}

fn power_of_ten(exponent: i32) -> f64 {
    libm::pow(10.0, f64::from(exponent))
}

/// A range with room: one value, or values that differ by rounding alone, get a tenth on
/// either side.
fn widened((low, high): (f64, f64)) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if size < 1e-290 {
        (-1.0, 1.0)
    } else if high - low <= 1e-9 * size {
        (low - 0.1 * size, high + 0.1 * size)
    } else {
        (low, high)
    }
}

fn towards_zero((low, high): (f64, f64)) -> (f64, f64) {
    if low > 0.0 && low < 0.4 * high {
        (0.0, high)
    } else if high < 0.0 && high > 0.4 * low {
        (low, 0.0)
    } else {
        (low, high)
    }
}

fn round_step(about: f64) -> f64 {
    let magnitude = power_of_ten(libm::log10(about).floor() as i32);
    let factor = match about / magnitude {
        share if share <= 1.5 => 1.0,
        share if share <= 3.2 => 2.0,
        share if share <= 7.1 => 5.0,
        _ => 10.0,
    };
    factor * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(axis: &Axis, label: &str) -> Vec<String> {
        axis.ticks(label).into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        let mut random = crate::report::Uniform(7);
        for _ in 0..2000 {
            let size = libm::pow(10.0, 24.0 * random.next() - 12.0);
            let (a, b) = ((random.next() - 0.5) * size, (random.next() - 0.5) * size);
            for axis in [
                Axis::tight((a.min(b), a.max(b)), 5),
                Axis::rounded((a.min(b), a.max(b)), 5),
            ] {
                let ticks = axis.ticks("x");
                assert!(
                    (3..=10).contains(&ticks.len()),
                    "{axis:?}: {} ticks",
                    ticks.len()
                );
                let slack = 1e-5 * (axis.high - axis.low);
                assert!(ticks.iter().all(|tick| tick.value >= axis.low - slack
                    && tick.value <= axis.high + slack));
                let mut different = texts(&axis, "x");
                different.dedup();
                assert_eq!(different.len(), ticks.len(), "{axis:?}");
            }
        }
    }

    #[test]
    fn volts_get_a_prefix_and_other_units_a_power_of_ten() {
        let axis = Axis::rounded((0.0, 4.2e-4), 5);
        assert_eq!(axis.label("envelope (V)"), "envelope (µV)");
        assert_eq!(
            texts(&axis, "envelope (V)"),
            ["0", "100", "200", "300", "400", "500"]
        );
        assert_eq!(axis.label("power (V²/Hz)"), "power (V²/Hz) × 10⁻⁶");
        let frequency = Axis::rounded((61.0, 83.0), 5);
        assert_eq!(frequency.label("frequency (Hz)"), "frequency (Hz)");
        assert_eq!(
            texts(&frequency, "frequency (Hz)"),
            ["60", "65", "70", "75", "80", "85"]
        );
    }

    #[test]
    fn a_single_value_still_has_an_axis_around_it() {
        for value in [0.0, 5.0, -1e-7, 1e250, 1e-310] {
            let axis = Axis::rounded((value, value), 5);
            assert!(
                axis.low < axis.high && axis.low <= value && value <= axis.high,
                "{axis:?}"
            );
            assert!(axis.ticks("").len() >= 2);
        }
    }

    #[test]
    fn values_without_a_place_are_passed_over() {
        assert_eq!(
            extent([f64::NAN, 2.0, f64::INFINITY, -1.0, f64::MAX].into_iter()),
            Some((-1.0, 2.0))
        );
        assert_eq!(extent([f64::NAN].into_iter()), None);
    }
}
