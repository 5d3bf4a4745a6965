//! By how much a break lowers the residual sum of squares, wherever it is.

use crate::dsp::regression::ascending;

/// The points in order about their mean, x in units of its range, with what follows each
/// of them.
pub(super) struct Gains {
    x: Vec<f64>,
    /// Of the residuals `e` of the straight line behind each place: count, Σx, Σx², Σe,
    /// Σxe.
    behind: Vec<[f64; 5]>,
    /// The range of x.
    pub(super) scale: f64,
    /// The mean of x and that of y.
    pub(super) centre: f64,
    level: f64,
    /// `Σx²` of the scaled x.
    spread: f64,
    slope: f64,
    /// The residual sum of squares of the straight line.
    pub(super) residual: f64,
    /// The sum of squares of y about its mean.
    pub(super) total: f64,
    /// The first and the last point at which a break may be.
    ends: (usize, usize),
}

/// A place in scaled x, and what a break there gains.
#[derive(Clone, Copy)]
pub(super) struct Best {
    pub(super) place: f64,
    pub(super) gain: f64,
}

/// Between two neighbouring points a break at `place` gains `(p − q·place)² / (a −
/// 2b·place + c·place²)`.
struct GainPiece {
    from: f64,
    to: f64,
    p: f64,
    q: f64,
    a: f64,
    b: f64,
    c: f64,
    /// Σx and Σx² behind it.
    sum: f64,
    squares: f64,
}

impl GainPiece {
    /// What the break has in common with the residuals, and its square without what a
    /// straight line has in common.
    fn parts(&self, place: f64) -> (f64, f64) {
        (self.p - self.q * place, self.a - 2.0 * self.b * place + self.c * place * place)
    }

    fn gain(&self, place: f64) -> f64 {
        let (common, square) = self.parts(place);
        if square > LEAST { common * common / square } else { 0.0 }
    }

    /// Where the gain is stationary and not 0.
    fn summit(&self) -> Option<f64> {
        let place =
            (self.q * self.a - self.p * self.b) / (self.q * self.b - self.p * self.c);
        Some(place).filter(|place| self.from < *place && *place < self.to)
    }

    /// Where the gain is `level`: the roots of a quadratic.
    fn crossings(&self, level: f64) -> [Option<f64>; 2] {
        let square = self.q * self.q - level * self.c;
        let half = self.p * self.q - level * self.b;
        let rest = self.p * self.p - level * self.a;
        let root = (half * half - square * rest).sqrt();
        // The root of larger size first and the other from their product: a difference
        // would lose its digits.
        let far = half + root.copysign(half);
        [far / square, rest / far].map(|place| {
            Some(place).filter(|place| self.from < *place && *place < self.to)
        })
    }
}

/// Of the square of a break without its straight part, in scaled x: less is rounding.
const LEAST: f64 = 1e-12;

/// Residuals that are so much smaller than y are rounding.
const STRAIGHT: f64 = 1e-12;

impl Gains {
    /// `None` as for `BrokenLine::fit`.
    pub(super) fn measure(x: &[f64], y: &[f64], fewest: usize) -> Option<Self> {
        let (mut x, mut y) = ascending(x, y);
        let n = x.len();
        if n < 5 || n < fewest.saturating_mul(2) {
            return None;
        }

        let centre = mean(&x);
        let level = mean(&y);
        let scale = x[n - 1] - x[0];

        // About their means and in units of the range, sums of squares keep their digits
        // wherever x and y begin.
        x.iter_mut().for_each(|x| *x = (*x - centre) / scale);
        y.iter_mut().for_each(|y| *y -= level);

        let (spread, total) = (products(&x, &x), products(&y, &y));
        let slope = products(&x, &y) / spread;
        let residuals: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - slope * x).collect();
        let residual = products(&residuals, &residuals);

        let bent = residual.sqrt() > STRAIGHT * (total.sqrt() + level.abs());
        (bent && scale.is_finite() && total.is_finite()).then(|| Self {
            behind: behind(&x, &residuals),
            ends: (fewest - 1, n - fewest),
            x,
            scale,
            centre,
            level,
            spread,
            slope,
            residual,
            total,
        })
    }

    pub(super) fn n(&self) -> usize {
        self.x.len()
    }

    /// A place in the unit of x.
    pub(super) fn x(&self, place: f64) -> f64 {
        self.centre + self.scale * place
    }

    /// From the point `k` to the next one.
    fn piece(&self, k: usize) -> GainPiece {
        let [count, sum, squares, residual, moment] = self.behind[k];
        let n = self.n() as f64;
        GainPiece {
            from: self.x[k],
            to: self.x[(k + 1).min(self.n() - 1)],
            p: moment,
            q: residual,
            a: squares - sum * sum / n - squares * squares / self.spread,
            b: sum - sum * count / n - squares * sum / self.spread,
            c: count - count * count / n - sum * sum / self.spread,
            sum,
            squares,
        }
    }

    /// The pieces between the places where a break may be.
    fn pieces(&self) -> impl Iterator<Item = GainPiece> {
        (self.ends.0..self.ends.1)
            .map(|k| self.piece(k))
            .filter(|piece| piece.to > piece.from)
    }

    /// The best place of all.
    pub(super) fn best(&self) -> Option<Best> {
        let places = |piece: GainPiece| {
            let places = [Some(piece.from), piece.summit(), Some(piece.to)];
            places
                .into_iter()
                .flatten()
                .map(move |place| Best { place, gain: piece.gain(place) })
        };
        let better = |best: Option<Best>, next: Best| match best {
            Some(best) if best.gain >= next.gain => Some(best),
            _ => Some(next),
        };
        self.pieces().flat_map(places).fold(None, better).filter(|best| best.gain > 0.0)
    }

    /// The first and the last place where the gain reaches a level.
    pub(super) fn places_reaching(&self, level: f64) -> Option<(f64, f64)> {
        let places = |piece: GainPiece| {
            let [one, other] = piece.crossings(level);
            let ends = [piece.from, piece.to]
                .map(|end| Some(end).filter(|&end| piece.gain(end) >= level));
            [one, other].into_iter().chain(ends).flatten()
        };
        self.pieces().flat_map(places).fold(None, |ends, place| {
            Some(joined(ends.unwrap_or((place, place)), (place, place)))
        })
    }

    /// The least and the largest slopes before and after a break that it may have
    /// together with some place of the break, where the gain may be as low as a level:
    /// the profile of the likelihood, at the points and at quarters between them.
    pub(super) fn slopes_reaching(&self, level: f64) -> Option<[(f64, f64); 2]> {
        let mut ranges: Option<[(f64, f64); 2]> = None;
        for piece in self.pieces() {
            let quarters = (0..=4)
                .map(|k| piece.from + 0.25 * f64::from(k) * (piece.to - piece.from));
            for place in quarters.chain(piece.summit()) {
                let (common, square) = piece.parts(place);
                let left = common * common / square - level;
                if square > LEAST && left >= 0.0 {
                    let found = self.slopes_at(&piece, place, left);
                    let [before, after] = ranges.unwrap_or(found);
                    ranges = Some([joined(before, found[0]), joined(after, found[1])]);
                }
            }
        }

        ranges
    }

    /// The slopes before and after a break at a place that cost no more than `left` of
    /// the sum of squares.
    fn slopes_at(&self, piece: &GainPiece, place: f64, left: f64) -> [(f64, f64); 2] {
        let (common, square) = piece.parts(place);
        // What the bend takes off the slope of the straight line.
        let taken = (piece.squares - place * piece.sum) / self.spread;
        [-taken, 1.0 - taken].map(|share| {
            let slope = self.slope + share * common / square;
            let half = (left * (self.spread.recip() + share * share / square)).sqrt();
            ((slope - half) / self.scale, (slope + half) / self.scale)
        })
    }

    /// The change of the slope at a place.
    pub(super) fn bend(&self, place: f64) -> f64 {
        let (common, square) = self.piece(self.point_before(place)).parts(place);
        common / square / self.scale
    }

    /// The last point that is not behind a place where a break may be.
    fn point_before(&self, place: f64) -> usize {
        self.x.partition_point(|x| *x <= place).clamp(self.ends.0 + 1, self.ends.1 + 1)
            - 1
    }

    /// The value at the mean of x and the slope of the first part.
    pub(super) fn first_part(&self, place: f64, bend: f64) -> (f64, f64) {
        let [count, sum, squares, ..] = self.behind[self.point_before(place)];
        let bend = bend * self.scale;
        let bent = sum - count * place;
        let with_x = squares - place * sum;
        let slope = self.slope - bend * with_x / self.spread;
        (self.level - bend * bent / self.n() as f64, slope / self.scale)
    }

    /// `Σ(x − mean)²` of the points on either side of a place, in scaled x. With the
    /// place estimated too, each slope is as sure as that of a line through its own side.
    pub(super) fn spreads(&self, place: f64) -> (f64, f64) {
        let spread = |points: &[f64]| {
            let centre = mean(points);
            points.iter().map(|x| (x - centre).powi(2)).sum::<f64>()
        };
        let before = self.x.partition_point(|x| *x <= place);
        let after = self.x.partition_point(|x| *x < place);
        (spread(&self.x[..before]), spread(&self.x[after..]))
    }

    /// The statistic of a break at each point in standard deviations that it has without
    /// one: what the break has in common with the residuals, over the residual deviation
    /// of the straight line.
    pub(super) fn scores(&self) -> Vec<f64> {
        let deviation = (self.residual / (self.n() as f64 - 2.0)).sqrt();
        let score = |k: usize| {
            let (common, square) = self.piece(k).parts(self.x[k]);
            (square > LEAST).then(|| common / (square.sqrt() * deviation))
        };
        (self.ends.0..=self.ends.1).filter_map(score).collect()
    }
}

fn joined(one: (f64, f64), other: (f64, f64)) -> (f64, f64) {
    (one.0.min(other.0), one.1.max(other.1))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn products(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The sums over the points behind each one.
fn behind(x: &[f64], residuals: &[f64]) -> Vec<[f64; 5]> {
    let mut sums = vec![[0.0; 5]; x.len()];
    // From the end, so that sums over few points are not differences of sums over many.
    for k in (1..x.len()).rev() {
        let (x, e) = (x[k], residuals[k]);
        let terms = [1.0, x, x * x, e, x * e];
        sums[k - 1] = std::array::from_fn(|term| sums[k][term] + terms[term]);
    }
    sums
}
