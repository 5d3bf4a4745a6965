//! Detrended fluctuation analysis (Peng et al. 1994) of order 1 in boxes that do not
//! overlap.

use super::varies;
use crate::dsp::regression::Line;
use crate::dsp::stats::mean;
use crate::dsp::sums::{first_moment, sum_of};

/// The smallest box.
const LEAST: usize = 4;
/// How many default box lengths there are in a doubling.
const STEPS: f64 = 4.0;

/// The default box lengths for `count` samples: four to the doubling, rounded to whole
/// samples, from 4 to an eighth of the samples; empty below 32 samples.
pub fn dfa_scales(count: usize) -> Vec<usize> {
    let length =
        |k: u32| (LEAST as f64 * libm::exp2(f64::from(k) / STEPS)).round() as usize;
    let mut scales: Vec<usize> =
        (0..).map(length).take_while(|&length| length <= count / 8).collect();
    scales.dedup();
    scales
}

/// The root mean square distance of the profile (the sum of the samples up to each, their
/// mean taken off) from a line fitted in every box, for each box length; in the unit of
/// the samples. What does not fill a box at the end is left out.
///
/// `None` for samples that do not vary or are not all finite, and for a length below 3 or
/// above the number of samples.
pub fn fluctuations(samples: &[f64], scales: &[usize]) -> Option<Vec<f64>> {
    let fits = scales.iter().all(|&scale| (3..=samples.len()).contains(&scale));
    let mean =
        mean(samples).filter(|mean| fits && varies(samples) && mean.is_finite())?;
    let mut sum = 0.0;
    let add = |x: &f64| {
        sum += x - mean;
        sum
    };
    let profile: Vec<f64> = samples.iter().map(add).collect();
    Some(scales.iter().map(|&scale| fluctuation(&profile, scale)).collect())
}

/// The exponent α: the slope of the logarithm of the fluctuations over that of the box
/// lengths, by least squares. White noise has ½, its sum 3/2; a signal without slow
/// parts, as a band-pass leaves it, less than ½.
///
/// `None` where [`fluctuations`] is, for fewer than three lengths, and when a fluctuation
/// is 0.
pub fn dfa_exponent(samples: &[f64], scales: &[usize]) -> Option<f64> {
    let fluctuations = fluctuations(samples, scales)?;
    let lengths: Vec<f64> = scales.iter().map(|&scale| libm::log(scale as f64)).collect();
    let sizes: Vec<f64> = fluctuations.iter().map(|&size| libm::log(size)).collect();
    Line::fit(&lengths, &sizes).map(|line| line.slope)
}

fn fluctuation(profile: &[f64], scale: usize) -> f64 {
    let n = scale as f64;
    let middle = (n - 1.0) / 2.0;
    let spread = n * (n * n - 1.0) / 12.0;
    let boxes = profile.chunks_exact(scale);
    let count = boxes.len() as f64;
    let residual = |part: &[f64]| {
        let mean = sum_of(part, |y| y) / n;
        let slope = first_moment(part, middle, mean) / spread;
        squares_beside(part, mean - slope * middle, slope)
    };
    (boxes.map(residual).sum::<f64>() / (count * n)).sqrt()
}

/// `Σ (y[i] − constant − slope·i)²`.
fn squares_beside(part: &[f64], constant: f64, slope: f64) -> f64 {
    const LANES: usize = 4;
    let mut lanes = [0.0; LANES];
    let (runs, rest) = part.as_chunks::<LANES>();
    // Whole numbers, which add up without rounding.
    let mut places: [f64; LANES] = std::array::from_fn(|lane| lane as f64);
    for run in runs {
        for lane in 0..LANES {
            let distance = run[lane] - constant - slope * places[lane];
            lanes[lane] += distance * distance;
            places[lane] += LANES as f64;
        }
    }

    for ((lane, place), y) in lanes.iter_mut().zip(places).zip(rest) {
        *lane += (y - constant - slope * place).powi(2);
    }

    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn default_lengths_run_from_4_to_an_eighth() {
        assert_eq!(dfa_scales(31), Vec::<usize>::new());
        assert_eq!(dfa_scales(64), [4, 5, 6, 7, 8]);
        let scales = dfa_scales(10_000);
        assert!(scales.len() > 25 && scales.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(scales[0] == 4 && *scales.last().unwrap() <= 1250);
    }

    #[test]
    fn noise_has_a_half_and_its_sum_one_more() {
        let noise = normals(4, 20_000);
        let mut sum = 0.0;
        let walk: Vec<f64> = noise
            .iter()
            .map(|x| {
                sum += x;
                sum
            })
            .collect();
        let scales = dfa_scales(noise.len());
        let (white, brown) = (
            dfa_exponent(&noise, &scales).unwrap(),
            dfa_exponent(&walk, &scales).unwrap(),
        );
        assert!(
            (white - 0.5).abs() < 0.05 && (brown - 1.5).abs() < 0.05,
            "{white} {brown}"
        );
    }

    #[test]
    fn what_has_no_exponent() {
        let noise = normals(1, 100);
        for scales in [&[][..], &[4, 8], &[2, 4, 8], &[4, 8, 101]] {
            assert_eq!(dfa_exponent(&noise, scales), None, "{scales:?}");
        }
        assert_eq!(dfa_exponent(&[0.1; 100], &[4, 8, 16]), None);
        assert_eq!(dfa_exponent(&[], &[4, 8, 16]), None);
        assert_eq!(dfa_exponent(&[1.0, f64::NAN, 2.0, 0.0, 5.0], &[3, 4, 5]), None);
        // A single step in long zeros: boxes of zeros alone would be no fault, but here
        // none is left beside the line.
        assert!(dfa_exponent(&normals(2, 5), &[3, 4, 5]).is_some());
        let huge: Vec<f64> = noise.iter().map(|x| 1e306 * x).collect();
        assert_eq!(dfa_exponent(&huge, &[4, 8, 16]), None);
    }
}
