//! Where the muscle rests: what all thresholds start from.

use std::collections::BTreeSet;
use std::ops::Range;

use super::tidy::runs;
use crate::dsp::moving;
use crate::dsp::stats::quantile;
use crate::dsp::sums::sum_of;
use crate::units::Hertz;

/// Where the muscle rests.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// What kind of rest was found.
    pub rest: RestKind,
    /// The samples at rest, in order and apart from each other: a single piece for
    /// [`RestKind::Window`], together at least 0.2 s for [`RestKind::Pieces`].
    pub pieces: Vec<Range<usize>>,
    /// The root mean square of these samples, in their unit.
    pub level: f64,
}

/// What kind of rest was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestKind {
    /// A single quiet window of 0.5 or 1 s.
    Window,
    /// No such window is quiet, as in gait: the quietest pieces of 0.1 or 0.2 s together.
    /// Where the muscle never rests for so long (rest of 50 ms at 95 % of a stride of 1
    /// s) they hold activity too, so what is found is little above rest.
    Pieces,
}

/// The resolution of the search, in seconds.
const STEP_S: f64 = 0.01;
/// How much is left out beside every end of a stretch, in seconds: filters had to guess
/// what was missing there.
const GUARD_S: f64 = 0.1;
/// The lengths of rest, in seconds. A longer one is taken as long as it is about as
/// quiet.
const LENGTHS_S: [f64; 4] = [0.1, 0.2, 0.5, 1.0];
/// From this of the lengths on, one window is enough.
const ENOUGH: usize = 2;
/// The least rest, in seconds.
const LEAST_S: f64 = 0.2;
/// Rest is about as quiet up to twice the power (3 dB). The quietest of thousands of
/// windows of 0.1 s of noise from 20 to 450 Hz has 1.5 dB less than the quietest one of
/// 0.5 s; a burst that a longer window reaches adds more.
const AS_QUIET: f64 = 2.0;
/// How often rest is looked for, in seconds: its noise changes in the course of a
/// recording, and the very quietest of many windows is typical of none.
const BLOCK_S: f64 = 5.0;
/// What is this much louder than the quietest window (12 dB of power) is no rest any
/// more, whatever the activity.
const NO_REST: f64 = 16.0;
/// 80 dB below the loud parts nothing is noise any more: an electrode that is off, or a
/// gap that was filled.
const SILENCE: f64 = 1e-8;
/// From so many windows on (some hours) the louder ones are left out: they take more
/// memory than the recording.
const MANY: usize = 1 << 20;

/// The rest of clean EMG (band-passed, without offset) within its stretches between gaps.
/// Positions are samples of `clean`; the result does not depend on the sampling rate
/// beyond a step of 10 ms.
///
/// The quietest window of every 5 s counts as rest where it is at most 12 dB louder than
/// the quietest of all, and in power nearer to it than to the loud parts (in dB).
/// [`RestKind::Window`] is the one of middle level, [`RestKind::Pieces`] are all.
///
/// A tenth of a second beside every end of a stretch is left out, and digital silence (80
/// dB below the loud parts) with two tenths beside it, where filters ring. `None` where
/// nothing of 0.2 s is left. A recording without rest has a quietest part all the same:
/// what is found is to be compared with the rest of the signal.
///
/// ```
/// use soleus::dsp::random::normals;
/// use soleus::onset::baseline::{RestKind, quietest};
/// use soleus::units::Hertz;
///
/// let noise = normals(1, 8000).into_iter().enumerate();
/// let gain = |n: usize| if (3000..5000).contains(&n) { 1.0 } else { 20.0 };
/// let samples: Vec<f64> = noise.map(|(n, x)| gain(n) * x).collect();
/// let rate = Hertz::new(1000.0).expect("a rate");
/// let found = quietest(&samples, &[0..8000], rate).expect("rest");
/// assert_eq!(found.rest, RestKind::Window);
/// assert!(found.pieces[0].start >= 2990 && found.pieces[0].end <= 5010);
/// ```
pub fn quietest(
    clean: &[f64],
    stretches: &[Range<usize>],
    rate: Hertz,
) -> Option<Baseline> {
    let search = QuietSearch::new(clean, stretches, rate);
    let shortest = search.windows(LENGTHS_S[0]);
    let quietest = shortest.get(fewest(LENGTHS_S[0]) - 1)?.power;
    let (longest, floor) = search.longest_quiet(quietest);
    let length_s = LENGTHS_S[longest];

    let windows = if longest > 0 { search.windows(length_s) } else { shortest };
    let quiet = search.at_rest(&windows, floor);
    if longest >= ENOUGH {
        return search.typical(&quiet);
    }

    // Below the least rest the next quietest windows are taken as well, loud or not: the
    // caller compares what it gets with the rest of the signal.
    let few = quiet.len() < fewest(length_s);
    let pieces = if few { &windows[..fewest(length_s)] } else { &quiet };
    Some(search.baseline(RestKind::Pieces, pieces))
}

/// How many windows of a length are the least rest.
fn fewest(length_s: f64) -> usize {
    (LEAST_S / length_s).ceil() as usize
}

/// The powers of a recording in small steps.
struct QuietSearch {
    rate: Hertz,
    step: usize,
    parts: Vec<SoundingPart>,
    /// The power of the loud parts.
    loud: f64,
}

/// A part without gaps and silence.
struct SoundingPart {
    /// Its first sample.
    start: usize,
    /// The mean square of every step.
    powers: Vec<f64>,
}

/// Some steps of a part.
#[derive(Debug, Clone)]
struct BaselineWindow {
    samples: Range<usize>,
    power: f64,
}

impl QuietSearch {
    fn new(clean: &[f64], stretches: &[Range<usize>], rate: Hertz) -> Self {
        let (step, guard) = (rate.samples(STEP_S).max(1), rate.samples(GUARD_S));
        let part = |stretch: &Range<usize>| {
            let start = stretch.start.saturating_add(guard);
            let inside = clean.get(start..stretch.end.saturating_sub(guard))?;
            let power = |samples: &[f64]| sum_of(samples, |x| x * x) / step as f64;
            Some(SoundingPart {
                start,
                powers: inside.chunks_exact(step).map(power).collect(),
            })
        };
        let parts: Vec<SoundingPart> = stretches.iter().filter_map(part).collect();
        let loud = loud(&parts);
        let silence = SILENCE * loud;
        let sounding = parts
            .iter()
            .flat_map(|part| part.without(silence, step, guard.div_ceil(step)));
        Self { rate, step, parts: sounding.collect(), loud }
    }

    /// The place among the lengths of the longest one with a window about as quiet as one
    /// of the length before it, and the power of that window.
    fn longest_quiet(&self, power: f64) -> (usize, f64) {
        let (mut longest, mut floor) = (0, power);
        for (place, &length_s) in LENGTHS_S.iter().enumerate().skip(1) {
            let window = self.quietest(length_s);
            let Some(window) = window.filter(|window| window.power <= AS_QUIET * floor)
            else {
                break;
            };
            (longest, floor) = (place, window.power);
        }
        (longest, floor)
    }

    /// The base line of long windows at rest: the one of middle level. A long window may
    /// be quiet once, where the muscle else rests for shorter times: then pieces.
    fn typical(&self, quiet: &[BaselineWindow]) -> Option<Baseline> {
        let middle = quiet.get(quiet.len() / 2)?;
        let pieces = self.windows(LENGTHS_S[1]);
        let pieces = self.at_rest(&pieces, pieces.first()?.power);
        if middle.power <= AS_QUIET * pieces.get(pieces.len() / 2)?.power {
            let middle = std::slice::from_ref(middle);
            return Some(self.baseline(RestKind::Window, middle));
        }
        Some(self.baseline(RestKind::Pieces, &pieces))
    }

    /// All windows of a length that do not overlap a quieter one, the quietest first; of a
    /// very long recording the quietest quarter alone.
    fn windows(&self, seconds: f64) -> Vec<BaselineWindow> {
        let width = self.width(seconds);
        let mut found = self.candidates(width);
        found.sort_unstable_by(|one, other| {
            one.0.total_cmp(&other.0).then((one.1, one.2).cmp(&(other.1, other.2)))
        });

        // All are equally long, so one that overlaps another one holds one of its ends.
        let mut taken: Vec<Vec<bool>> =
            self.parts.iter().map(|part| vec![false; part.powers.len()]).collect();
        found.retain(|&(_, part, at)| {
            let free = !taken[part][at] && !taken[part][at + width - 1];
            if free {
                taken[part][at..at + width].fill(true);
            }
            free
        });

        let window = |(power, part, at)| self.window(power, part, at, width);
        found.into_iter().map(window).collect()
    }

    /// The power, the part and the place of all windows of so many steps that may be
    /// quiet.
    fn candidates(&self, width: usize) -> Vec<(f64, usize, usize)> {
        let means: Vec<Vec<f64>> = self
            .parts
            .iter()
            .map(|part| moving::forward_mean(&part.powers, width))
            .collect();
        let count: usize = means.iter().map(Vec::len).sum();
        let quiet = if count > MANY { quarter(&means, count) } else { f64::INFINITY };

        let mut found = Vec::new();
        for (part, means) in means.iter().enumerate() {
            let places = means.iter().enumerate().filter(|(_, power)| **power <= quiet);
            found.extend(places.map(|(at, &power)| (power, part, at)));
        }
        found
    }

    /// Of windows in the order of their powers, those that are the quietest of their
    /// block and rest still.
    fn at_rest(&self, windows: &[BaselineWindow], floor: f64) -> Vec<BaselineWindow> {
        let limit =
            (NO_REST * floor).min((floor * self.loud).sqrt()).max(AS_QUIET * floor);
        let block = self.rate.samples(BLOCK_S).max(1);
        let mut seen = BTreeSet::new();
        let quiet = windows.iter().take_while(|window| window.power <= limit);
        quiet
            .filter(|window| seen.insert(window.samples.start / block))
            .cloned()
            .collect()
    }

    /// The quietest window of a length.
    fn quietest(&self, seconds: f64) -> Option<BaselineWindow> {
        let width = self.width(seconds);
        let of_part = |(index, part): (usize, &SoundingPart)| {
            let means = moving::forward_mean(&part.powers, width).into_iter().enumerate();
            means
                .min_by(|one, other| one.1.total_cmp(&other.1))
                .map(|(at, power)| (power, index, at))
        };
        let found = self.parts.iter().enumerate().filter_map(of_part);
        let (power, part, at) = found.min_by(|one, other| one.0.total_cmp(&other.0))?;
        Some(self.window(power, part, at, width))
    }

    /// The number of steps of a length.
    fn width(&self, seconds: f64) -> usize {
        ((seconds * self.rate.hz() / self.step as f64).round() as usize).max(1)
    }

    fn window(&self, power: f64, part: usize, at: usize, width: usize) -> BaselineWindow {
        let start = self.parts[part].start + at * self.step;
        BaselineWindow { samples: start..start + width * self.step, power }
    }

    /// Windows of one length that do not overlap, as a base line.
    fn baseline(&self, rest: RestKind, windows: &[BaselineWindow]) -> Baseline {
        let power =
            windows.iter().map(|window| window.power).sum::<f64>() / windows.len() as f64;
        let mut pieces: Vec<Range<usize>> =
            windows.iter().map(|window| window.samples.clone()).collect();
        pieces.sort_unstable_by_key(|piece| piece.start);
        Baseline { rest, pieces: super::tidy::tidied(&pieces, 1, 1), level: power.sqrt() }
    }
}

impl SoundingPart {
    /// The parts of it that are above a power, without `guard` steps beside what is not,
    /// twice that beside silence.
    fn without(&self, silence: f64, step: usize, guard: usize) -> Vec<Self> {
        let sounds: Vec<bool> = self
            .powers
            .iter()
            .map(|&power| power > silence && power.is_finite())
            .collect();
        let inner = |run: Range<usize>| {
            let start = if run.start > 0 { run.start + 2 * guard } else { 0 };
            let end = if run.end < sounds.len() {
                run.end.saturating_sub(2 * guard)
            } else {
                run.end
            };
            let powers = self.powers.get(start..end)?.to_vec();
            Some(Self { start: self.start + start * step, powers })
        };
        runs(&sounds).into_iter().filter_map(inner).collect()
    }
}

/// The power that about a quarter of many windows do not exceed, from every hundredth.
fn quarter(means: &[Vec<f64>], count: usize) -> f64 {
    let every = (count / (MANY / 100)).max(1);
    let some: Vec<f64> = means.iter().flatten().step_by(every).copied().collect();
    quantile(&some, 0.25).unwrap_or(f64::INFINITY)
}

/// The power of the loud parts: the 95th percentile of what is not 120 dB below the
/// loudest. A recording may be silent for most of its time.
fn loud(parts: &[SoundingPart]) -> f64 {
    let powers = || {
        parts
            .iter()
            .flat_map(|part| &part.powers)
            .copied()
            .filter(|power| power.is_finite())
    };
    let loudest = powers().fold(0.0, f64::max);
    let sounding: Vec<f64> = powers().filter(|&power| power > 1e-12 * loudest).collect();
    quantile(&sounding, 0.95).unwrap_or(0.0)
}
