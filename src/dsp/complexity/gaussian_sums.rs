//! Sums of the Gaussian of all distances between points on a line or in a plane, without
//! looking at all pairs.
//!
//! Within a range, a Gaussian of a difference is a sum of waves, `e^(−(a − b)²) = Σ w(k)
//! cos(k·h·(a − b))`, and a cosine of a difference is a product of what depends on `a`
//! and what depends on `b`. So the sum over all pairs on a line takes one pass for each
//! wave. Some 2·(range + 6) waves give it to 1e-16: they repeat after the range and 6.2
//! more, where the Gaussian has fallen to e^(−38), and end where their weights have.
//!
//! Templates of three samples without their mean lie in a plane, with coordinates a + b +
//! c = 0. Their Chebyshev distance is that along `c` exactly when `a` and `b` grow in the
//! same direction from one to the other. So the sum splits into three, each over the
//! pairs whose other two coordinates are in the same order; these are found while sorting
//! by halves (as one counts inversions), with the waves of what was passed as a running
//! sum. N points take N·log N steps for each wave instead of N²/2 exponentials.
//!
//! The k-th wave is a power of the first, whose rounding grows with k: less than 1e-14
//! for each pair in all that was tried.

use std::array::from_fn;
use std::cmp::Ordering;
use std::f64::consts::{LN_2, PI, TAU};

use super::exponential::{LANES, halved};
use crate::dsp::sums::sum_of;

/// Where the Gaussian is below 2e-17.
const FADED: f64 = 6.2;
/// The highest frequency whose weight is above 4e-17 of the largest one.
const HIGHEST: f64 = 12.3;
/// More waves than this take longer than all pairs.
const MOST_WAVES: usize = 400;
/// How many waves are summed at once: a cosine and a sine of each.
const WAVES: usize = LANES / 2;
/// Pairs among so many neighbours are looked at one by one.
const LEAF: usize = 32;

/// `Σ 2^(−(x[i] − x[j])²)` over all pairs; `None` where that would take too many waves.
pub(super) fn along_line(x: &[f64]) -> Option<f64> {
    let mut waves = Waves::new(x)?;
    let mut sum = 0.0;
    for weights in waves.weights() {
        let totals = waves
            .next()
            .iter()
            .fold([0.0; LANES], |totals, row| from_fn(|lane| totals[lane] + row[lane]));
        sum += (0..LANES)
            .map(|lane| weights[lane] * totals[lane] * totals[lane])
            .sum::<f64>();
    }

    // Every pair was counted twice, and every point with itself.
    Some((sum - x.len() as f64) / 2.0)
}

/// `Σ 2^(−d²)` over all pairs of points with the coordinates a, b and −a − b, where d is
/// the largest of the three differences; `None` where that would take too many waves.
pub(super) fn in_plane(a: &[f64], b: &[f64]) -> Option<f64> {
    let c: Vec<f64> = a.iter().zip(b).map(|(a, b)| -(a + b)).collect();
    // A tie in one coordinate must count for exactly one direction: for `c`, the one
    // opposite to that of `a` and `b`.
    let tie = |i: usize, j: usize| b[j].total_cmp(&b[i]).then(j.cmp(&i));
    let ranks = [
        ranks(a.len(), |i, j| a[i].total_cmp(&a[j]).then(i.cmp(&j))),
        ranks(a.len(), |i, j| b[i].total_cmp(&b[j]).then(i.cmp(&j))),
        ranks(a.len(), |i, j| {
            c[i].total_cmp(&c[j]).then(a[j].total_cmp(&a[i])).then_with(|| tie(i, j))
        }),
    ];
    let along = |x: &[f64], p: usize, q: usize| in_same_order(x, &ranks[p], &ranks[q]);

    Some(along(a, 1, 2)? + along(b, 2, 0)? + along(&c, 0, 1)?)
}

/// The places of points in an order.
fn ranks(count: usize, order: impl Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_unstable_by(|&i, &j| order(i, j));
    let mut ranks = vec![0; count];
    sorted.into_iter().enumerate().for_each(|(rank, i)| ranks[i] = rank);
    ranks
}

/// `Σ 2^(−(x[i] − x[j])²)` over the pairs that two orders put in the same order.
fn in_same_order(x: &[f64], first: &[usize], second: &[usize]) -> Option<f64> {
    let (mut values, mut second_of) = (vec![0.0; x.len()], vec![0; x.len()]);
    for (i, &rank) in first.iter().enumerate() {
        values[rank] = x[i];
        second_of[rank] = second[i];
    }

    let mut waves = Waves::new(&values)?;
    let merges = Merges::sorting(&second_of);
    let mut sum = near_pairs(&values, &second_of);
    for weights in waves.weights() {
        let products = merges.products(waves.next());
        sum += (0..LANES).map(|lane| weights[lane] * products[lane]).sum::<f64>();
    }

    Some(sum)
}

/// The sum over the pairs within each leaf, one by one.
fn near_pairs(values: &[f64], second: &[usize]) -> f64 {
    let leaves = values.chunks(LEAF).zip(second.chunks(LEAF));
    let mut sum = 0.0;
    for (values, second) in leaves {
        // Ranks of −1 behind the end are above no other, so that these pairs count
        // nothing.
        let (mut x, mut rank) = ([0.0; LEAF + LANES], [-1.0; LEAF + LANES]);
        x[..values.len()].copy_from_slice(values);
        rank.iter_mut().zip(second).for_each(|(rank, &second)| *rank = second as f64);
        let mut lanes = [0.0; LANES];
        for i in 0..values.len() {
            for from in (i + 1..values.len()).step_by(LANES) {
                let square = |lane: usize| {
                    let difference = x[from + lane] - x[i];
                    if rank[from + lane] > rank[i] {
                        difference * difference
                    } else {
                        f64::INFINITY
                    }
                };
                let similarities = halved(from_fn(square));
                lanes = from_fn(|lane| lanes[lane] + similarities[lane]);
            }
        }
        sum += sum_of(&lanes, |lane| lane);
    }

    sum
}

/// How sorted leaves become one sorted whole.
struct Merges {
    /// Every merge in turn: how many points it takes.
    counts: Vec<usize>,
    /// The points of every merge in their new order: twice their place, and 1 more for
    /// those of the later half.
    steps: Vec<u32>,
}

impl Merges {
    /// The merges that sort the points, which stand in the first order, by the second.
    fn sorting(second: &[usize]) -> Self {
        let count = second.len();
        let mut sorted: Vec<u32> = (0..count as u32).collect();
        let key = |point: &u32| second[*point as usize];
        sorted.chunks_mut(LEAF).for_each(|leaf| leaf.sort_unstable_by_key(key));
        let (mut counts, mut steps) = (Vec::new(), Vec::new());

        let mut width = LEAF;
        while width < count {
            for both in sorted.chunks_mut(2 * width).filter(|both| both.len() > width) {
                let begin = steps.len();
                let (earlier, later) = both.split_at(width);
                let (mut i, mut j) = (0, 0);
                while i < earlier.len() || j < later.len() {
                    let is_later = i == earlier.len()
                        || (j < later.len() && key(&later[j]) < key(&earlier[i]));
                    steps.push(if is_later { 2 * later[j] + 1 } else { 2 * earlier[i] });
                    if is_later { j += 1 } else { i += 1 }
                }
                counts.push(both.len());
                both.iter_mut()
                    .zip(&steps[begin..])
                    .for_each(|(point, step)| *point = step / 2);
            }
            width *= 2;
        }

        Self { counts, steps }
    }

    /// `Σ rows[i]·rows[j]` over the pairs that were in order before and after a merge.
    fn products(&self, rows: &[[f64; LANES]]) -> [f64; LANES] {
        let mut sum = [0.0; LANES];
        let mut steps = &self.steps[..];
        for &count in &self.counts {
            let (merge, rest) = steps.split_at(count);
            let (mut passed, mut products) = ([0.0; LANES], [0.0; LANES]);
            for &step in merge {
                let row = &rows[step as usize / 2];
                if step & 1 == 0 {
                    passed = from_fn(|lane| passed[lane] + row[lane]);
                } else {
                    products = from_fn(|lane| products[lane] + passed[lane] * row[lane]);
                }
            }
            sum = from_fn(|lane| sum[lane] + products[lane]);
            steps = rest;
        }

        sum
    }
}

/// The waves of points on a line, four frequencies at a time.
struct Waves {
    /// How many frequencies there are.
    count: usize,
    /// The spacing of the frequencies.
    spacing: f64,
    /// The first harmonic of each point: cosine and sine.
    steps: Vec<(f64, f64)>,
    /// The next harmonic.
    now: Vec<(f64, f64)>,
    rows: Vec<[f64; LANES]>,
}

impl Waves {
    fn new(x: &[f64]) -> Option<Self> {
        let (low, high) =
            x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| {
                (low.min(x), high.max(x))
            });
        let unit = LN_2.sqrt();
        let spacing = TAU / (unit * (high - low) + FADED);
        let count = (HIGHEST / spacing).ceil() + 1.0;
        let few = count <= MOST_WAVES as f64;
        let step = |x: &f64| {
            let (sine, cosine) = libm::sincos(spacing * unit * (x - low));
            (cosine, sine)
        };

        few.then(|| Self {
            count: count as usize,
            spacing,
            steps: x.iter().map(step).collect(),
            now: vec![(1.0, 0.0); x.len()],
            rows: vec![[0.0; LANES]; x.len()],
        })
    }

    /// The weights of the cosines and sines that [`Self::next`] gives each time.
    fn weights(&self) -> Vec<[f64; LANES]> {
        let weight = |k: usize| {
            let frequency = k as f64 * self.spacing;
            let once = self.spacing / (2.0 * PI.sqrt())
                * libm::exp(-frequency * frequency / 4.0);
            if k == 0 { once } else { 2.0 * once }
        };
        (0..self.count.div_ceil(WAVES))
            .map(|block| from_fn(|lane| weight(block * WAVES + lane % WAVES)))
            .collect()
    }

    /// Cosines and sines of the next four frequencies at every point.
    fn next(&mut self) -> &[[f64; LANES]] {
        for ((row, now), &(cosine, sine)) in
            self.rows.iter_mut().zip(&mut self.now).zip(&self.steps)
        {
            for wave in 0..WAVES {
                (row[wave], row[wave + WAVES]) = *now;
                *now = (now.0 * cosine - now.1 * sine, now.0 * sine + now.1 * cosine);
            }
        }
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsp::random::normals;

    /// Σ 2^(−d²) over all pairs, d the largest difference in any coordinate.
    fn plain(coordinates: &[&[f64]]) -> f64 {
        let count = coordinates[0].len();
        let distance = |i: usize, j: usize| {
            coordinates
                .iter()
                .fold(0.0, |largest: f64, x| largest.max((x[i] - x[j]).abs()))
        };
        // Row by row: one long sum of numbers on a grid is off by more than what is
        // tested.
        let row = |i: usize| -> f64 {
            (0..i).map(|j| libm::exp2(-distance(i, j).powi(2))).sum()
        };
        (0..count).map(row).sum()
    }

    #[test]
    fn too_wide_a_range_is_left_to_others() {
        assert_eq!(along_line(&[0.0, 1e4]), None);
        assert_eq!(in_plane(&[0.0, 1e300], &[0.0, 0.0]), None);
        assert!(along_line(&[3.0, 3.0]).is_some_and(|sum| (sum - 1.0).abs() < 1e-14));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn sums_are_those_of_all_pairs(
            seed in any::<u64>(),
            n in 2..400_usize,
            scale in 0.01..10.0_f64,
            step in prop_oneof![Just(0.0), 0.01..2.0_f64],
        ) {
            let round = |x: f64| if step > 0.0 { (x / step).round() * step } else { x };
            let draw = |seed| -> Vec<f64> {
                normals(seed, n).into_iter().map(|x| round(scale * x)).collect()
            };
            let (a, b) = (draw(seed), draw(seed ^ 1));
            let c: Vec<f64> = a.iter().zip(&b).map(|(a, b)| -(a + b)).collect();
            let pairs = (n * n) as f64;
            prop_assert!((along_line(&a).unwrap() - plain(&[&a])).abs() < 1e-14 * pairs);
            prop_assert!((in_plane(&a, &b).unwrap() - plain(&[&a, &b, &c])).abs() < 1e-14 * pairs);
        }
    }
}
