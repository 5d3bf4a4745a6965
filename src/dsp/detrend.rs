//! Taking offsets and slow trends out by least squares.
//!
//! Samples that are `NaN` stay `NaN` and do not count; all others count at their true
//! positions, so that a gap does not bend the trend.

use std::ops::Range;

use super::sums::{first_moment, sum_of};

/// The mean of the samples that are present; `NaN` without one.
pub fn offset(samples: &[f64]) -> f64 {
    mean_of(samples).unwrap_or_else(|| {
        let missing = samples.iter().filter(|sample| sample.is_nan()).count();
        sum_of(samples, |sample| if sample.is_nan() { 0.0 } else { sample })
            / (samples.len() - missing) as f64
    })
}

/// Subtracts the mean.
pub fn mean(samples: &mut [f64]) {
    let mean = offset(samples);
    samples.iter_mut().for_each(|sample| *sample -= mean);
}

/// The mean of all samples, unless one is missing or there is none.
pub fn mean_of(samples: &[f64]) -> Option<f64> {
    let sum = sum_of(samples, |sample| sample);
    (!sum.is_nan()).then(|| sum / samples.len() as f64)
}

/// Subtracts the straight line of least squares.
///
/// ```
/// let mut ramp = [1.0, 3.0, f64::NAN, 7.0, 9.0];
/// soleus::dsp::detrend::linear(&mut ramp);
/// assert!(ramp[0].abs() < 1e-14 && ramp[2].is_nan() && ramp[4].abs() < 1e-14);
/// ```
pub fn linear(samples: &mut [f64]) {
    match mean_of(samples) {
        Some(mean) if samples.len() > 2 => {
            let n = samples.len() as f64;
            let middle = (n - 1.0) / 2.0;
            // Times about their middle sum up to 0, and their squares to n (n² − 1) / 12.
            let slope = first_moment(samples, middle, mean) / (n * (n * n - 1.0) / 12.0);
            for (index, sample) in samples.iter_mut().enumerate() {
                *sample -= mean + slope * (index as f64 - middle);
            }
        }
        _ => polynomial(samples, 1),
    }
}

/// Subtracts a straight line of least squares from each part between break-points.
///
/// A break-point is the index of the first sample of a part, as `bp` of SciPy's
/// `detrend`; those at or beyond the end are ignored, and their order does not matter.
pub fn linear_between(samples: &mut [f64], breaks: &[usize]) {
    let mut breaks = breaks.to_vec();
    breaks.sort_unstable();
    let mut rest = samples;
    let mut from = 0;
    for at in breaks {
        if at - from < rest.len() {
            let (part, after) = std::mem::take(&mut rest).split_at_mut(at - from);
            linear(part);
            (rest, from) = (after, at);
        }
    }

    linear(rest);
}

/// Subtracts the polynomial of least squares of a degree.
///
/// With no more samples than the degree, the polynomial through them is subtracted: zeros
/// remain. The polynomials are orthogonal over the samples that are present (Forsythe
/// 1957), so no normal equations have to be solved.
pub fn polynomial(samples: &mut [f64], degree: usize) {
    let Some(present) = bounds(samples) else {
        return;
    };

    // Degree by degree, each polynomial orthogonal to those before it on the very samples
    // that are there: the normal equations of powers of time would lose half of the
    // digits.
    let mut basis = PolynomialBasis::over(&present);
    let mut previous_power = None;
    for _ in 0..=degree {
        let sums = basis.sums(samples);
        // With no more samples than degrees nothing is left of the polynomial but
        // rounding.
        if sums.power <= f64::EPSILON * f64::EPSILON * sums.count {
            return;
        }
        basis.subtract(samples, sums.projection / sums.power);
        basis.grow(
            sums.centre / sums.power,
            previous_power.map_or(0.0, |previous| sums.power / previous),
        );
        previous_power = Some(sums.power);
    }
}

/// From the first sample that is present to behind the last one.
fn bounds(samples: &[f64]) -> Option<Range<usize>> {
    let first = samples.iter().position(|sample| !sample.is_nan())?;
    let last = samples.iter().rposition(|sample| !sample.is_nan())?;
    Some(first..last + 1)
}

/// The orthogonal polynomial of the highest degree so far, by its recurrence
/// `p[k+1] = (t − centre[k]) p[k] − ratio[k] p[k−1]`, over times scaled to −1…1.
struct PolynomialBasis {
    middle: f64,
    half: f64,
    recurrence: Vec<(f64, f64)>,
}

#[derive(Default)]
struct DegreeSums {
    count: f64,
    power: f64,
    centre: f64,
    projection: f64,
}

impl PolynomialBasis {
    fn over(present: &Range<usize>) -> Self {
        let first = present.start as f64;
        let last = (present.end - 1) as f64;
        Self {
            middle: (first + last) / 2.0,
            half: ((last - first) / 2.0).max(1.0),
            recurrence: Vec::new(),
        }
    }

    fn time(&self, index: usize) -> f64 {
        (index as f64 - self.middle) / self.half
    }

    fn value(&self, time: f64) -> f64 {
        let step = |(previous, current): (f64, f64), &(centre, ratio): &(f64, f64)| {
            (current, (time - centre) * current - ratio * previous)
        };
        self.recurrence.iter().fold((0.0, 1.0), step).1
    }

    fn sums(&self, samples: &[f64]) -> DegreeSums {
        let mut sums = DegreeSums::default();
        for (index, sample) in
            samples.iter().enumerate().filter(|(_, sample)| !sample.is_nan())
        {
            let time = self.time(index);
            let value = self.value(time);
            sums.count += 1.0;
            sums.power += value * value;
            sums.centre += time * value * value;
            sums.projection += sample * value;
        }

        sums
    }

    fn subtract(&self, samples: &mut [f64], weight: f64) {
        for (index, sample) in samples.iter_mut().enumerate() {
            *sample -= weight * self.value(self.time(index));
        }
    }

    fn grow(&mut self, centre: f64, ratio: f64) {
        self.recurrence.push((centre, ratio));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_of_its_own_degree_leaves_nothing_even_across_gaps() {
        let mut samples: Vec<f64> =
            (0..200).map(f64::from).map(|t| 3.0 - 0.5 * t + 0.01 * t * t).collect();
        samples[20..90].fill(f64::NAN);
        polynomial(&mut samples, 2);
        assert!(samples[20..90].iter().all(|sample| sample.is_nan()));
        assert!(
            samples
                .iter()
                .filter(|sample| !sample.is_nan())
                .all(|sample| sample.abs() < 1e-10)
        );
    }

    #[test]
    fn mean_and_line_are_those_of_the_polynomials() {
        for n in [1_usize, 2, 3, 7, 1000] {
            for gaps in [false, true] {
                let mut samples = crate::dsp::random::normals(n as u64, n);
                samples
                    .iter_mut()
                    .enumerate()
                    .for_each(|(i, sample)| *sample += 100.0 + 0.3 * i as f64);
                if gaps {
                    samples
                        .iter_mut()
                        .skip(3)
                        .step_by(5)
                        .for_each(|sample| *sample = f64::NAN);
                }
                for (degree, subtract) in
                    [mean as fn(&mut [f64]), linear].into_iter().enumerate()
                {
                    let (mut found, mut expected) = (samples.clone(), samples.clone());
                    subtract(&mut found);
                    polynomial(&mut expected, degree);
                    let alike = |(a, b): (&f64, &f64)| {
                        (a - b).abs() < 1e-11 || (a.is_nan() && b.is_nan())
                    };
                    assert!(
                        found.iter().zip(&expected).all(alike),
                        "{n} {gaps} {degree}"
                    );
                }
            }
        }
        let mut gap = [f64::NAN; 2];
        mean(&mut gap);
        assert!(gap[0].is_nan() && gap[1].is_nan());
        mean(&mut []);
    }

    #[test]
    fn few_samples_and_none_are_no_trouble() {
        let mut none: [f64; 0] = [];
        linear(&mut none);
        let mut gap = [f64::NAN; 3];
        polynomial(&mut gap, 2);
        assert!(gap.iter().all(|sample| sample.is_nan()));
        for degree in 0..4 {
            let mut one = [f64::NAN, 5.0, f64::NAN];
            polynomial(&mut one, degree);
            assert_eq!(one[1], 0.0);
        }
        let mut two = [1.0, 4.0];
        polynomial(&mut two, 2);
        assert!(two.iter().all(|sample| sample.abs() < 1e-15));
    }

    #[test]
    fn break_points_out_of_order_twice_or_beyond_the_end() {
        let tent: Vec<f64> =
            (0..20).map(|i| f64::from(10 - (i - 10_i32).abs())).collect();
        for breaks in [&[10][..], &[10, 10, 0], &[99, 20, 10]] {
            let mut samples = tent.clone();
            linear_between(&mut samples, breaks);
            assert!(
                samples.iter().all(|sample| sample.abs() < 1e-13),
                "{breaks:?} {samples:?}"
            );
        }
    }
}
