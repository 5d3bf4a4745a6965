//! Knocks: what is over in a quarter of a second and towers above all activity of its
//! recording, as a blow on an electrode or a cable that is pulled makes it, or a stimulus, a
//! reflex, or a single short contraction beside weak ones: the signal does not tell which. So
//! it is told, and no reference; it is a burst where it looks like one, and hides none.

use std::ops::Range;

use super::heart::HeartBeats;
use crate::dsp::stats::{median, quantile};
use crate::dsp::sums::root_mean_square;
use crate::units::Hertz;

/// The pieces that are compared, in seconds.
const PIECE_S: f64 = 0.02;
/// What is active for half of so many seconds is no knock.
const LASTING_S: f64 = 0.4;
/// A knock is above a quarter of its height for so many seconds at most.
const LONGEST_S: f64 = 0.22;
const STILL_THERE: f64 = 0.25;
/// In a short recording above half of it: a quarter may be what bursts beside it reach.
const STILL_ABOVE_BURSTS: f64 = 0.5;
/// How many times as high as the level of activity it is. The root mean squares of 20 ms
/// of a steady contraction reach twice their level.
const TOWERING: f64 = 3.0;
/// Knocks are few: of the quarters of a second with activity at most this share has one.
const MOST: f64 = 0.15;
/// In a short recording so few may be a larger share, or as many as there are bursts that
/// last; and what is over so soon, like the ringing of a single sample behind a filter, at
/// any number that can be looked at. They are so many times as high as anything else (one
/// alone more: one peak of many is the highest by far now and then), and that holds
/// activity of this many times the level of rest for as long as what lasts.
const FEW: usize = 3;
const AT_ONCE_S: f64 = 0.06;
const MANY: usize = 200;
const APART: f64 = 1.65;
const ALONE_APART: f64 = 2.0;
const CLEAR: f64 = 4.0;
/// What rings beside a knock, in seconds.
const BESIDE_S: f64 = 0.06;
/// The level of bursts that are shorter than what lasts, where knocks are so few.
const USUAL: f64 = 0.75;
const QUARTER_S: f64 = 0.25;
/// Quarters with so many times the level of the quietest tenth of them have activity.
const ABOVE_REST: f64 = 3.0;
/// What rings on does not rise by more than this from piece to piece.
const STILL_DECAYS: f64 = 1.2;

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Knock {
    /// Where it is above a quarter of its height, in samples.
    pub span: Range<usize>,
    /// How many times its height is the level of activity.
    pub times: f64,
}

/// The root mean squares of pieces of 20 ms; `NaN` where a sample is missing.
#[derive(Clone)]
struct ShortLevels {
    levels: Vec<f64>,
    length: usize,
    rate: Hertz,
}

impl Knock {
    /// The knocks of a filtered signal, in order. Beats of a heart are none.
    pub(super) fn find(
        clean: &[f64],
        heart: Option<&HeartBeats>,
        rate: Hertz,
    ) -> Vec<Self> {
        let short = ShortLevels::measure(clean, rate);
        let lasting = short.lasting();
        let towers = |level: f64| level > TOWERING * lasting && lasting > 0.0;
        // Most channels have nothing that comes near, and end here.
        if !short.levels.iter().any(|&level| towers(level)) {
            return Vec::new();
        }
        let Activity { usual, quarters } = short.activity();
        let beats: Vec<usize> = heart.iter().flat_map(|heart| heart.all()).collect();
        let is_beat = |knock: &Self| beats.iter().any(|beat| knock.span.contains(beat));
        let level = lasting.max(usual);
        let rare = short.peaks(TOWERING * level, STILL_THERE).into_iter();
        let mut knocks: Vec<Self> = rare.map(|peak| short.knock(peak, level)).collect();
        knocks.retain(|knock| !is_beat(knock));
        if knocks.is_empty() || knocks.len() as f64 > MOST * quarters as f64 {
            knocks = short.apart(TOWERING * lasting);
            knocks.retain(|knock| !is_beat(knock));
        }
        knocks
    }
}

/// What the highest levels of the quarters of a second say.
struct Activity {
    /// What a quarter of those with activity exceed.
    usual: f64,
    /// How many have activity.
    quarters: usize,
}

impl ShortLevels {
    fn measure(clean: &[f64], rate: Hertz) -> Self {
        let length = rate.samples(PIECE_S).max(1);
        let levels = clean.chunks_exact(length).filter_map(root_mean_square).collect();
        Self { levels, length, rate }
    }

    /// How many pieces last for so many seconds.
    fn in_seconds(&self, seconds: f64) -> usize {
        (self.rate.samples(seconds) / self.length).max(1)
    }

    /// The highest level that half of 0.4 s reach somewhere.
    fn lasting(&self) -> f64 {
        let window = self.in_seconds(LASTING_S);
        let half = (window / 2).max(1);
        let windows = (0..self.levels.len()).step_by(half).map(|from| {
            let to = (from + window).min(self.levels.len());
            let there: Vec<f64> =
                self.levels[from..to].iter().copied().filter(|x| x.is_finite()).collect();
            median(&there).unwrap_or(0.0)
        });
        windows.fold(0.0, f64::max)
    }

    fn knock(&self, peak: Range<usize>, level: f64) -> Knock {
        Knock {
            times: self.highest(peak.clone()) / level,
            span: peak.start * self.length..peak.end * self.length,
        }
    }

    /// The short peaks above a level that are apart from all other activity, of which
    /// there has to be some; in order.
    fn apart(&self, level: f64) -> Vec<Knock> {
        let mut peaks = self.peaks(level, STILL_ABOVE_BURSTS);
        let height = |peak: &Range<usize>| self.highest(peak.clone());
        peaks.sort_by(|one, other| height(other).total_cmp(&height(one)));
        peaks.truncate(self.how_many_apart(&peaks));
        let others = self.without(&peaks);
        let lasting = others.lasting();
        if !(others.is_active() && lasting > 0.0) {
            return Vec::new();
        }
        peaks.sort_unstable_by_key(|peak| peak.start);
        peaks.into_iter().map(|peak| self.knock(peak, lasting)).collect()
    }

    /// How many of some peaks, the highest first, leave nothing near them.
    fn how_many_apart(&self, peaks: &[Range<usize>]) -> usize {
        let at_once = self.in_seconds(AT_ONCE_S);
        let (mut others, mut apart) = (self.clone(), 0);
        for (k, peak) in peaks.iter().take(MANY).enumerate() {
            others = others.without(std::slice::from_ref(peak));
            let most = || others.lasting_bursts().max(FEW);
            if k >= FEW
                && peaks[..=k].iter().any(|peak| peak.len() > at_once)
                && k >= most()
            {
                break;
            }
            let times = if k == 0 { ALONE_APART } else { APART };
            if self.highest(peak.clone()) > times * others.highest(0..others.levels.len())
            {
                apart = k + 1;
            }
        }
        apart
    }

    /// What is left without some peaks and what rings beside them.
    fn without(&self, peaks: &[Range<usize>]) -> Self {
        let (mut left, beside) = (self.clone(), self.in_seconds(BESIDE_S));
        let count = left.levels.len();
        for peak in peaks {
            let from = peak.start.saturating_sub(beside);
            left.levels[from..(peak.end + beside).min(count)].fill(f64::NAN);
        }
        left
    }

    /// The level from which on activity stands clear of rest.
    fn clear(&self) -> f64 {
        let there: Vec<f64> =
            self.levels.iter().copied().filter(|level| *level > 0.0).collect();
        CLEAR * quantile(&there, 0.1).unwrap_or(f64::INFINITY)
    }

    /// Whether there is rest, and activity that stands out of it for long enough.
    fn is_active(&self) -> bool {
        let clear = self.clear();
        let active = self.levels.iter().filter(|level| **level > clear).count();
        active >= self.in_seconds(LASTING_S)
    }

    /// How often activity stands out of rest for longer than a knock lasts; the median of
    /// five pieces has to.
    fn lasting_bursts(&self) -> usize {
        let clear = self.clear();
        let is_active = |pieces: &[f64]| {
            2 * pieces.iter().filter(|level| **level > clear).count() > pieces.len()
        };
        let active: Vec<bool> = self.levels.windows(5).map(is_active).collect();
        let longest = self.in_seconds(LONGEST_S);
        let runs = active.chunk_by(|one, next| one == next);
        runs.filter(|run| run[0] && run.len() > longest).count()
    }

    fn activity(&self) -> Activity {
        let quarters: Vec<f64> = self
            .levels
            .chunks(self.in_seconds(QUARTER_S))
            .map(|quarter| quarter.iter().copied().fold(0.0, f64::max))
            .filter(|&highest| highest > 0.0)
            .collect();
        let quiet = quantile(&quarters, 0.1).unwrap_or(0.0);
        let active: Vec<f64> =
            quarters.into_iter().filter(|&level| level > ABOVE_REST * quiet).collect();
        let usual = quantile(&active, USUAL).unwrap_or(0.0);
        Activity { usual, quarters: active.len() }
    }

    /// The short peaks that are higher than this, in order; each reaches as far as it is
    /// above this share of its height.
    fn peaks(&self, high: f64, share: f64) -> Vec<Range<usize>> {
        let (mut peaks, mut at) = (Vec::new(), 0);
        while at < self.levels.len() {
            let peak =
                (self.levels[at] > high).then(|| self.peak(at, high, share)).flatten();
            at = peak.as_ref().map_or(at + 1, |peak| {
                peak.end.max(at + 1) + self.decaying(peak.end, high)
            });
            peaks.extend(peak);
        }
        peaks
    }

    /// How many pieces from one on fall further and lie above a limit.
    fn decaying(&self, from: usize, limit: f64) -> usize {
        let mut lowest = f64::INFINITY;
        let decays = |level: &&f64| {
            lowest = lowest.min(**level);
            **level <= STILL_DECAYS * lowest && **level > limit
        };
        self.levels.iter().skip(from).take_while(decays).count()
    }

    /// The pieces about the highest one of those from `at` on that are as high, which are
    /// above a share of its height; `None` where they last too long.
    fn peak(&self, at: usize, high: f64, share: f64) -> Option<Range<usize>> {
        let longest = self.in_seconds(LONGEST_S);
        let as_high = self.levels[at..].iter().take_while(|level| **level > high);
        let near = at..at + as_high.take(longest).count();
        let height = self.highest(near.clone());
        let top = near.clone().find(|&piece| self.levels[piece] >= height)?;
        let is_there = |piece: &usize| self.levels[*piece] > share * height;
        let start = (0..top).rev().take_while(is_there).last().unwrap_or(top);
        let end = (top..self.levels.len()).take_while(is_there).last()? + 1;
        (end - start <= longest).then_some(start..end)
    }

    fn highest(&self, span: Range<usize>) -> f64 {
        self.levels[span].iter().copied().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn rate() -> Hertz {
        Hertz::new(1000.0).unwrap()
    }

    /// Bursts of so many milliseconds every second, beside noise of a fiftieth.
    fn bursts(seed: u64, milliseconds: usize, strong: impl Fn(usize) -> f64) -> Vec<f64> {
        let noise = normals(seed, 30_000);
        let level = |at: usize| {
            if at % 1000 < milliseconds { strong(at / 1000) } else { 0.02 }
        };
        noise.iter().enumerate().map(|(at, x)| level(at) * x).collect()
    }

    #[test]
    fn bursts_are_none_however_short_and_whatever_their_strength() {
        for seed in 0..20 {
            for length in [80, 150, 300, 600] {
                let alike = bursts(seed, length, |_| 1.0);
                assert!(Knock::find(&alike, None, rate()).is_empty(), "{length}");
            }
            // Ten seconds of weak exercise beside twenty of strong, and the other way.
            for weak in [0..10, 10..30] {
                let level = |k: usize| if weak.contains(&k) { 0.1 } else { 1.0 };
                let found = Knock::find(&bursts(seed, 300, level), None, rate());
                assert!(found.is_empty(), "{weak:?}: {found:?}");
            }
            let alone = bursts(seed, 150, |k| if k == 4 { 1.0 } else { 0.02 });
            assert!(Knock::find(&alone, None, rate()).is_empty(), "a single burst");
        }
    }

    #[test]
    fn knocks_are_found() {
        for (seed, length) in [(1, 20), (2, 60), (3, 120)] {
            let mut samples = bursts(seed, 600, |_| 1.0);
            let place = 7800;
            samples[place..place + length]
                .iter_mut()
                .for_each(|x| *x = 12.0 * x.signum());
            let found = Knock::find(&samples, None, rate());
            assert_eq!(found.len(), 1, "{length}: {found:?}");
            assert!(
                found[0].span.contains(&(place + length / 2)) && found[0].times > 6.0
            );
        }
    }

    /// A walk of five seconds: bursts of 0.2 s every half second whose strengths differ by
    /// half.
    fn short_walk(seed: u64) -> Vec<f64> {
        let noise = normals(seed, 5000);
        let level = |at: usize| {
            if at % 500 < 200 {
                0.75 + 0.25 * f64::from(at as u32 / 500 % 3)
            } else {
                0.05
            }
        };
        noise.iter().enumerate().map(|(at, x)| level(at) * x).collect()
    }

    #[test]
    fn a_short_recording_shows_a_few_and_any_number_of_pulses() {
        for seed in 0..20 {
            assert!(Knock::find(&short_walk(seed), None, rate()).is_empty(), "{seed}");
            let mut swings = short_walk(seed);
            for from in [1300, 3100] {
                (from..from + 100)
                    .for_each(|at| swings[at] += 9.0 * (0.56 * at as f64).sin());
            }
            assert_eq!(Knock::find(&swings, None, rate()).len(), 2, "{seed}");
            let mut pulses = short_walk(seed);
            (150..5000).step_by(600).for_each(|at| pulses[at] = 60.0);
            assert_eq!(Knock::find(&pulses, None, rate()).len(), 9, "{seed}");
        }
    }

    #[test]
    fn a_single_contraction_is_no_knock() {
        for seed in 0..20 {
            let noise = normals(seed, 900);
            let level = |at: usize| if (400..580).contains(&at) { 1.0 } else { 0.03 };
            let alone: Vec<f64> =
                noise.iter().enumerate().map(|(at, x)| level(at) * x).collect();
            assert!(Knock::find(&alone, None, rate()).is_empty(), "{seed}");
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        for samples in [vec![], vec![1.0], vec![f64::NAN; 900], vec![0.0; 900]] {
            assert!(Knock::find(&samples, None, rate()).is_empty());
        }
        let mut gaps = bursts(4, 600, |_| 1.0);
        gaps[3000..9000].fill(f64::NAN);
        assert!(Knock::find(&gaps, None, rate()).is_empty());
    }
}
