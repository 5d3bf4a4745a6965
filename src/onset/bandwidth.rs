//! How many independent values EMG has in a second.

use crate::units::Hertz;

/// A spectrum as wide as that of surface EMG does not reach higher, in hertz.
const HIGHEST_HZ: f64 = 150.0;
/// Where its lower edge lies, in hertz (SENIAM and ISEK).
const LOWEST_HZ: f64 = 20.0;
/// The width of a flat spectrum whose power varies as much, as a share of its band.
const FLATNESS: f64 = 0.65;

/// The width in hertz of the flat spectrum that varies as much as EMG at a rate.
pub(super) fn flat_width_hz(rate: Hertz) -> f64 {
    let width = (0.45 * rate.hz()).min(HIGHEST_HZ) - LOWEST_HZ;
    FLATNESS * width.max(1.0)
}
