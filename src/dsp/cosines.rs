//! The slow waves of a series: its coefficients on cosines with whole numbers of half
//! periods.

/// The coefficient of the cosine with so many half periods over the series, at least one;
/// all of them have the variance of the values where these are independent.
pub(super) fn height(values: &[f64], wave: usize) -> f64 {
    let n = values.len() as f64;
    let step = std::f64::consts::PI * wave as f64 / n;
    let (turn_sine, turn_cosine) = (libm::sin(step), libm::cos(step));
    let (mut sine, mut cosine) = (libm::sin(0.5 * step), libm::cos(0.5 * step));
    let mut sum = 0.0;
    for value in values {
        sum += value * cosine;
        (sine, cosine) = (
            sine * turn_cosine + cosine * turn_sine,
            cosine * turn_cosine - sine * turn_sine,
        );
    }
    (2.0 / n).sqrt() * sum
}

/// How the squares of a series are shared by its mean (in the first place) and its waves
/// up to this one; the last place also has what faster waves have.
pub(super) fn powers(values: &[f64], waves: usize) -> Vec<f64> {
    let sum: f64 = values.iter().sum();
    let mut powers = vec![sum * sum / values.len() as f64];
    powers.extend((1..=waves).map(|wave| height(values, wave).powi(2)));
    let all: f64 = values.iter().map(|value| value * value).sum();
    let faster = (all - powers.iter().sum::<f64>()).max(0.0);
    if let Some(last) = powers.last_mut() {
        *last += faster;
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn the_heights_are_those_of_the_cosines() {
        let values = normals(4, 501);
        for wave in [1, 7, 40] {
            let cosine = |at: usize| {
                libm::cos(std::f64::consts::PI * wave as f64 * (at as f64 + 0.5) / 501.0)
            };
            let plain: f64 = values.iter().enumerate().map(|(k, v)| v * cosine(k)).sum();
            let plain = plain * (2.0 / 501.0_f64).sqrt();
            assert!((height(&values, wave) - plain).abs() < 1e-11);
        }
    }

    #[test]
    fn the_powers_are_all_squares() {
        let values = normals(5, 40);
        let all: f64 = values.iter().map(|value| value * value).sum();
        for waves in [3, 39] {
            let found = powers(&values, waves);
            assert!(found.len() == waves + 1);
            assert!((found.iter().sum::<f64>() - all).abs() < 1e-10);
        }
        // A line is nearly all in its first wave.
        let line: Vec<f64> = (0..40).map(|k| f64::from(k) - 19.5).collect();
        let found = powers(&line, 10);
        assert!(found[0] < 1e-20 && found[1] > 0.98 * found.iter().sum::<f64>());
    }
}
