//! Just enough complex arithmetic to design filters, with the same bits on every
//! platform.

use std::ops::{Add, Div, Mul, Sub};

/// A complex number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Complex {
    pub(super) re: f64,
    pub(super) im: f64,
}

impl Complex {
    pub(super) fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    pub(super) fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    pub(super) fn magnitude_squared(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    pub(super) fn magnitude(self) -> f64 {
        libm::hypot(self.re, self.im)
    }

    pub(super) fn scaled(self, by: f64) -> Self {
        Self { re: self.re * by, im: self.im * by }
    }

    /// The same number or its conjugate, whichever is not below the real axis.
    pub(super) fn upper(self) -> Self {
        Self { re: self.re, im: self.im.abs() }
    }

    /// The square root with a real part that is not negative.
    pub(super) fn sqrt(self) -> Self {
        let larger = ((self.magnitude() + self.re.abs()) / 2.0).sqrt();
        if larger == 0.0 {
            return Self::real(0.0);
        }
        let smaller = self.im.abs() / (2.0 * larger);
        let (re, im) = if self.re >= 0.0 { (larger, smaller) } else { (smaller, larger) };
        Self { re, im: if self.im < 0.0 { -im } else { im } }
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Sub for Complex {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

impl Div for Complex {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let conjugate = Self { re: other.re, im: -other.im };
        (self * conjugate).scaled(1.0 / other.magnitude_squared())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_square_to_their_number_in_every_quadrant() {
        for (re, im) in [
            (3.0, 4.0),
            (-3.0, 4.0),
            (-3.0, -4.0),
            (3.0, -4.0),
            (-2.0, 0.0),
            (0.0, 0.0),
            (0.0, -1.0),
        ] {
            let number = Complex::new(re, im);
            let root = number.sqrt();
            assert!((root * root - number).magnitude() < 1e-15 * 10.0, "{number:?}");
            assert!(root.re >= 0.0);
        }
    }

    #[test]
    fn division_undoes_multiplication() {
        let (a, b) = (Complex::new(1.5, -0.25), Complex::new(-0.75, 2.0));
        assert!((a * b / b - a).magnitude() < 1e-15);
    }
}
