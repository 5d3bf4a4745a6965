//! Recurrence quantification (Zbilut & Webber 1992; Webber & Zbilut 1994), diagonal by
//! diagonal.
//!
//! The squared distance of two states is a sum of squared differences of samples, and
//! along a diagonal of the recurrence plot the differences of neighbours are the same
//! numbers. So each diagonal takes one square a place, whatever the dimension, sums of 2,
//! 4, 8, … squares are made of two of half the size, and no plot is stored. Only half of
//! it is looked at, since the other half is its mirror image.

use std::array::from_fn;

use super::standardised;

/// How many places of a diagonal are looked at in one piece, so that they stay in the
/// nearest cache.
const PIECE: usize = 512;
/// How many places are looked at together.
const LANES: usize = 8;
/// How many places become one word of bits.
const WORD: usize = 64;

/// How recurrence is quantified.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecurrencePlot {
    /// How many samples make a state, 1 and above (the embedding dimension).
    pub dimension: usize,
    /// How many samples lie between two of a state, 1 and above.
    pub delay: usize,
    /// States whose Euclidean distance is at most this recur, in standard deviations of
    /// the samples.
    pub radius: f64,
    /// How many diagonals are left out beside and with the main one (Theiler 1986): 1
    /// leaves out the main one alone.
    pub theiler: usize,
    /// The fewest points that make a line, 2 and above.
    pub shortest_line: usize,
}

/// What was found in one half of a recurrence plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// How many states there are.
    pub states: usize,
    /// How many pairs of different states recur.
    pub points: u64,
    /// How many diagonal lines there are of each length that counts, the shortest first:
    /// `(length, lines)`.
    pub lengths: Vec<(usize, u64)>,
}

impl RecurrencePlot {
    /// The recurrence of samples, made to have mean 0 and standard deviation 1.
    ///
    /// `None` for samples that do not vary or are not all finite, for fewer than two
    /// states, and for settings outside their ranges. The time grows with the square of
    /// the samples.
    pub fn measure(&self, samples: &[f64]) -> Option<Lines> {
        let Self { dimension, delay, radius, theiler, shortest_line } = *self;
        let span = dimension.checked_sub(1)?.checked_mul(delay)?;
        let states = samples.len().checked_sub(span).filter(|&states| states > 1)?;
        if delay == 0
            || theiler == 0
            || shortest_line < 2
            || !(radius >= 0.0 && radius.is_finite())
        {
            return None;
        }

        let mut samples = standardised(samples)?;
        // What is beyond the end is infinitely far, so that whole pieces can be looked
        // at.
        let room = PIECE + span + 2 * LANES;
        samples.resize(samples.len() + room, f64::INFINITY);
        let mut tally = Tally { points: 0, run: 0, counts: vec![0; states] };
        let mut diagonal = Diagonal {
            samples: &samples,
            settings: self,
            limit: largest_square(radius),
            powers: vec![0.0; room],
            doubled: vec![0.0; room],
            squares: Vec::with_capacity(PIECE),
        };

        // The plot is symmetric: the diagonals on one side of the main one say it all.
        for offset in theiler..states {
            diagonal.tally(offset, states - offset, &mut tally);
        }

        let lengths = tally.counts.iter().copied().enumerate().skip(shortest_line);
        let lengths = lengths.filter(|&(_, lines)| lines > 0).collect();
        Some(Lines { states, points: tally.points, lengths })
    }
}

impl Lines {
    /// The recurrence rate %REC in per cent of all pairs of states.
    pub fn recurrence_rate(&self) -> f64 {
        let states = self.states as f64;
        100.0 * self.points as f64 / (states * (states - 1.0) / 2.0)
    }

    /// Determinism %DET: the share of the recurring pairs that lie in lines, in per cent;
    /// `None` when nothing recurs.
    pub fn determinism(&self) -> Option<f64> {
        (self.points > 0)
            .then(|| 100.0 * self.points_in_lines() as f64 / self.points as f64)
    }

    /// The mean length of the lines, in samples; `None` without lines.
    pub fn mean_length(&self) -> Option<f64> {
        let lines = self.lines();
        (lines > 0).then(|| self.points_in_lines() as f64 / lines as f64)
    }

    /// The length of the longest line, in samples; `None` without lines.
    pub fn longest(&self) -> Option<usize> {
        self.lengths.last().map(|&(length, _)| length)
    }

    /// The Shannon entropy of the lengths of the lines, in nats; `None` without lines.
    pub fn entropy(&self) -> Option<f64> {
        let lines = self.lines();
        let surprise = |&(_, count): &(usize, u64)| {
            let share = count as f64 / lines as f64;
            -share * libm::log(share)
        };
        (lines > 0).then(|| 0.0 + self.lengths.iter().map(surprise).sum::<f64>())
    }

    /// How many lines there are.
    pub fn lines(&self) -> u64 {
        self.lengths.iter().map(|&(_, lines)| lines).sum()
    }

    /// How many recurring pairs lie in lines.
    pub fn points_in_lines(&self) -> u64 {
        self.lengths.iter().map(|&(length, lines)| length as u64 * lines).sum()
    }
}

/// The largest number whose root is at most `radius`: comparing squares decides what
/// comparing distances does.
fn largest_square(radius: f64) -> f64 {
    let mut square = radius * radius;
    while square.sqrt() > radius {
        square = square.next_down();
    }
    while square.next_up().sqrt() <= radius {
        square = square.next_up();
    }
    square
}

struct Diagonal<'a> {
    samples: &'a [f64],
    settings: &'a RecurrencePlot,
    limit: f64,
    /// The squared differences of one piece, then sums of 2, 4, 8, … of them.
    powers: Vec<f64>,
    /// Room for the next ones.
    doubled: Vec<f64>,
    /// The squared distances of one piece.
    squares: Vec<f64>,
}

impl Diagonal<'_> {
    /// Looks at the pairs of states that are `offset` samples apart.
    fn tally(&mut self, offset: usize, places: usize, tally: &mut Tally) {
        for from in (0..places).step_by(PIECE) {
            let count = PIECE.min(places - from);
            self.measure(from, offset, count);
            for (word, begin) in
                self.squares.chunks_exact(WORD).zip((0..count).step_by(WORD))
            {
                tally.add(within(word, self.limit), WORD.min(count - begin));
            }
        }
        tally.end();
    }

    /// The squared distances of some pairs, whole words of them; those beyond the end are
    /// no numbers or infinite.
    fn measure(&mut self, from: usize, offset: usize, count: usize) {
        let RecurrencePlot { dimension, delay, .. } = *self.settings;
        let count = count.next_multiple_of(WORD);
        let mut room = (count + (dimension - 1) * delay).next_multiple_of(LANES);
        let (own, other) = (&self.samples[from..], &self.samples[from + offset..]);
        combine(&mut self.powers[..room], own, other, |a, b| (a - b) * (a - b));
        self.squares.clear();

        // The dimension is a sum of powers of two; the smallest comes first.
        let (mut power, mut done) = (1, 0);
        loop {
            if (dimension & power) > 0 {
                self.add(done * delay, count);
                done += power;
            }
            if done == dimension {
                return;
            }
            let later = power * delay;
            room = (room - later).next_multiple_of(LANES);
            combine(
                &mut self.doubled[..room],
                &self.powers,
                &self.powers[later..],
                |a, b| a + b,
            );
            std::mem::swap(&mut self.powers, &mut self.doubled);
            power *= 2;
        }
    }

    /// Adds what is so many places later.
    fn add(&mut self, later: usize, count: usize) {
        let more = &self.powers[later..later + count];
        if self.squares.is_empty() {
            self.squares.extend_from_slice(more);
            return;
        }
        let (sums, _) = self.squares.as_chunks_mut::<LANES>();
        for (sum, more) in sums.iter_mut().zip(more.as_chunks::<LANES>().0) {
            *sum = from_fn(|lane| sum[lane] + more[lane]);
        }
    }
}

/// What is made of two numbers each, for whole lanes of `into`.
#[inline(always)]
fn combine(into: &mut [f64], a: &[f64], b: &[f64], made: impl Fn(f64, f64) -> f64) {
    let (into, _) = into.as_chunks_mut::<LANES>();
    let (a, b) = (a.as_chunks::<LANES>().0, b.as_chunks::<LANES>().0);
    for ((into, a), b) in into.iter_mut().zip(a).zip(b) {
        *into = from_fn(|lane| made(a[lane], b[lane]));
    }
}

/// Which of 64 squares are not above a limit, the first one in the lowest bit.
fn within(squares: &[f64], limit: f64) -> u64 {
    let mut hits = [0; LANES];
    let (eighths, _) = squares.as_chunks::<LANES>();
    for (k, eighth) in eighths.iter().enumerate() {
        hits = from_fn(|lane| {
            if eighth[lane] <= limit { hits[lane] | (1 << k) } else { hits[lane] }
        });
    }
    // So far bit k of lane i is place 8·k + i.
    turned(hits.iter().rev().fold(0, |word, lane| word << LANES | lane))
}

/// The bits of eight bytes with rows and columns exchanged: bit 8·i + k to place 8·k + i.
fn turned(word: u64) -> u64 {
    let exchange = |word: u64, distance: u32, mask: u64| {
        let differing = (word ^ (word >> distance)) & mask;
        word ^ differing ^ (differing << distance)
    };
    let pairs = exchange(word, 7, 0x00AA_00AA_00AA_00AA);
    let fours = exchange(pairs, 14, 0x0000_CCCC_0000_CCCC);
    exchange(fours, 28, 0x0000_0000_F0F0_F0F0)
}

struct Tally {
    points: u64,
    /// The length of the line so far.
    run: usize,
    /// How many lines there are of each length, also of those that do not count.
    counts: Vec<u64>,
}

impl Tally {
    /// Adds the lowest `count` bits, the first one the lowest.
    fn add(&mut self, mut word: u64, count: usize) {
        self.points += u64::from(word.count_ones());
        let mut left = count as u32;
        while left > 0 {
            let zeros = word.trailing_zeros().min(left);
            if zeros > 0 {
                self.end();
            }
            // All 64 bits may go at once, and a shift by 64 would be none.
            word = word.checked_shr(zeros).unwrap_or(0);
            let ones = word.trailing_ones();
            self.run += ones as usize;
            word = word.checked_shr(ones).unwrap_or(0);
            left -= (zeros + ones).min(left);
        }
    }

    /// Ends a line, if there is one.
    fn end(&mut self) {
        if self.run > 0 {
            self.counts[self.run] += 1;
            self.run = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsp::random::normals;

    const STANDARD: RecurrencePlot = RecurrencePlot {
        dimension: 3,
        delay: 2,
        radius: 1.0,
        theiler: 1,
        shortest_line: 2,
    };

    /// The definition: all states, all distances.
    fn plain(settings: &RecurrencePlot, samples: &[f64]) -> Lines {
        let samples = standardised(samples).unwrap();
        let RecurrencePlot { dimension, delay, radius, theiler, shortest_line } =
            *settings;
        let states = samples.len() - (dimension - 1) * delay;
        let recurs = |i: usize, j: usize| {
            let square =
                |k: usize| (samples[i + k * delay] - samples[j + k * delay]).powi(2);
            (0..dimension).map(square).sum::<f64>().sqrt() <= radius
        };
        let (mut points, mut lengths) = (0, std::collections::BTreeMap::new());
        for offset in theiler..states {
            let along: Vec<bool> =
                (0..states - offset).map(|i| recurs(i, i + offset)).collect();
            points += along.iter().filter(|&&hit| hit).count() as u64;
            let runs = along.split(|hit| !hit).map(<[bool]>::len);
            runs.filter(|&run| run >= shortest_line)
                .for_each(|run| *lengths.entry(run).or_insert(0) += 1);
        }
        Lines { states, points, lengths: lengths.into_iter().collect() }
    }

    #[test]
    fn what_has_no_recurrence() {
        let noise = normals(1, 50);
        for settings in [
            RecurrencePlot { dimension: 0, ..STANDARD },
            RecurrencePlot { dimension: usize::MAX, ..STANDARD },
            RecurrencePlot { delay: 0, ..STANDARD },
            RecurrencePlot { dimension: 50, delay: 1, ..STANDARD },
            RecurrencePlot { radius: f64::NAN, ..STANDARD },
            RecurrencePlot { radius: -1.0, ..STANDARD },
            RecurrencePlot { theiler: 0, ..STANDARD },
            RecurrencePlot { shortest_line: 1, ..STANDARD },
        ] {
            assert_eq!(settings.measure(&noise), None, "{settings:?}");
        }
        assert_eq!(STANDARD.measure(&[4.0; 50]), None);
        assert_eq!(STANDARD.measure(&[]), None);
        assert_eq!(
            RecurrencePlot { dimension: 49, delay: 1, ..STANDARD }
                .measure(&noise)
                .map(|lines| lines.states),
            Some(2)
        );
    }

    #[test]
    fn without_points_or_lines_there_are_no_shares() {
        let none =
            RecurrencePlot { radius: 0.0, ..STANDARD }.measure(&normals(1, 50)).unwrap();
        assert_eq!(
            (none.recurrence_rate(), none.determinism(), none.mean_length()),
            (0.0, None, None)
        );
        assert_eq!((none.longest(), none.entropy(), none.lines()), (None, None, 0));
        // Everything recurs: one line on each diagonal.
        let all =
            RecurrencePlot { radius: 1e3, ..STANDARD }.measure(&normals(1, 50)).unwrap();
        assert_eq!(
            (all.recurrence_rate(), all.longest(), all.states),
            (100.0, Some(45), 46)
        );
        assert_eq!(all.points - all.points_in_lines(), 1);
        let same = Lines { states: 9, points: 4, lengths: vec![(2, 2)] };
        assert_eq!(
            (same.entropy(), same.determinism(), same.mean_length()),
            (Some(0.0), Some(100.0), Some(2.0))
        );
    }

    #[test]
    fn rows_and_columns_are_exchanged() {
        for (row, column) in
            (0..8).flat_map(|row| (0..8).map(move |column| (row, column)))
        {
            assert_eq!(turned(1 << (8 * row + column)), 1 << (8 * column + row));
        }
    }

    #[test]
    fn squares_decide_as_distances_do() {
        for radius in normals(5, 500)
            .into_iter()
            .map(f64::abs)
            .chain([0.0, 1.0, 1e-200, 1e-160, 1e150])
        {
            let limit = largest_square(radius);
            assert!(
                limit.sqrt() <= radius && limit.next_up().sqrt() > radius,
                "{radius}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn diagonals_find_what_the_whole_plot_shows(
            seed in any::<u64>(),
            n in 20..700_usize,
            smooth in 1..6_usize,
            step in prop_oneof![Just(0.0), Just(0.5)],
            (dimension, delay) in (1..6_usize, 1..4_usize),
            (radius, theiler, shortest_line) in (0.0..3.0_f64, 1..30_usize, 2..8_usize),
        ) {
            let noise = normals(seed, n + smooth);
            // Rounded samples have many equal distances.
            let round = |x: f64| if step > 0.0 { (x / step).round() * step } else { x };
            let sums = noise.windows(smooth).map(|part| part.iter().sum::<f64>());
            let samples: Vec<f64> = sums.map(round).collect();
            let settings = RecurrencePlot { dimension, delay, radius, theiler, shortest_line };
            prop_assume!(standardised(&samples).is_some());
            prop_assert_eq!(settings.measure(&samples), Some(plain(&settings, &samples)));
        }
    }
}
