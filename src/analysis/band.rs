//! The band in which frequencies of surface EMG are read where nothing else is asked for.

use crate::units::Hertz;

/// Its lower end in hertz: what lies below is mostly movement.
pub(super) const LOW_HZ: f64 = 10.0;

/// Its upper end in hertz is no higher.
pub(super) const HIGHEST_HZ: f64 = 450.0;

/// Its upper end in hertz: 450 Hz, or 0.45 of the sampling rate where that is lower.
pub(super) fn high_hz(rate: Hertz) -> f64 {
    (0.45 * rate.hz()).min(HIGHEST_HZ)
}

/// Both ends in hertz.
pub(super) fn usual(rate: Hertz) -> (f64, f64) {
    (LOW_HZ, high_hz(rate))
}
