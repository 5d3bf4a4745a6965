//! Hum that was found, taken out of the samples.

use std::ops::Range;

use super::search::reach;
use super::{FALSE_ALARMS, FoundHum, MainsKernel, MainsMethod, Passage};
use crate::dsp::design::notch;
use crate::dsp::fourier::{Fourier, is_fast_length};
use crate::dsp::line::{LineComparison, SpectralLine, beside, interpolate};
use crate::dsp::sine_fit::{Runs, Tones};
use crate::dsp::sums::squared_distance;
use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};

/// The amplitude may change by so much of itself from block to block before a sine is the
/// wrong model.
const STEADY: f64 = 0.2;
/// How far beside a stripe its spectrum is interpolated from, in hertz.
const BESIDE_HZ: f64 = 2.0;
/// The quality factor of a notch.
const NOTCH_Q: f64 = 30.0;

impl MainsKernel {
    /// Removes the hum from samples that are still as they were `before`, and says which
    /// harmonics went how.
    pub(super) fn remove(
        &self,
        samples: &mut [f64],
        before: &[f64],
        passages: &[Passage],
        hum: &FoundHum,
    ) -> String {
        let (steady, changing) = match self.settings.method {
            MainsMethod::Auto => self.remove_steady(samples, before, passages, hum),
            MainsMethod::Regression => {
                self.regress(samples, passages, hum, &hum.harmonics);
                (hum.harmonics.clone(), Vec::new())
            }
            MainsMethod::Interpolation => (Vec::new(), hum.harmonics.clone()),
            MainsMethod::Notch => {
                self.notch_out(samples, passages, hum);
                return hum.listed(&hum.harmonics, "notch");
            }
        };
        self.interpolate(samples, passages, &hum.stripes(&changing), hum.frequency_hz);
        let parts = [(steady, "regression"), (changing, "spectrum interpolation")];
        let parts = parts.iter().filter(|(harmonics, _)| !harmonics.is_empty());
        parts
            .map(|(harmonics, how)| hum.listed(harmonics, how))
            .collect::<Vec<_>>()
            .join(" and ")
    }

    /// Removes the harmonics that sines can remove, and tells them from those that change
    /// too much.
    fn remove_steady(
        &self,
        samples: &mut [f64],
        before: &[f64],
        passages: &[Passage],
        hum: &FoundHum,
    ) -> (Vec<usize>, Vec<usize>) {
        let even = |&harmonic: &usize| !self.drifts(passages, hum, harmonic);
        let (steady, mut changing): (Vec<usize>, Vec<usize>) =
            hum.harmonics.iter().partition(|harmonic| even(harmonic));
        self.regress(samples, passages, hum, &steady);
        let left = self.left(samples, passages, hum, &steady);
        if left.is_empty() {
            return (steady, changing);
        }

        // What no sine fits is interpolated instead, from the samples as they were.
        samples.copy_from_slice(before);
        let (left, steady): (Vec<usize>, Vec<usize>) =
            steady.iter().partition(|harmonic| left.contains(harmonic));
        self.regress(samples, passages, hum, &steady);
        changing.extend(left);
        changing.sort_unstable();
        (steady, changing)
    }

    /// Whether the amplitude changes from block to block by more than a fifth of itself,
    /// beyond what the noise beside the line explains.
    fn drifts(&self, passages: &[Passage], hum: &FoundHum, harmonic: usize) -> bool {
        let tone = hum.tone(harmonic);
        let at = harmonic as f64 * (hum.frequency_hz - hum.near_hz);
        let mut drift = Drift::default();

        for passage in passages {
            let Some(runs) = &passage.runs else { continue };
            let longest = passage.longest_block();
            let turns = |offset: f64| runs.turns((at + offset) / self.rate, longest);
            let (own, beside) = (turns(0.0), [-3.0, -2.0, 2.0, 3.0].map(turns));
            let size = |block: &Range<usize>, turns| {
                2.0 * runs.power(tone, block, turns).sqrt() / runs.samples(block) as f64
            };
            let sizes: Vec<f64> =
                passage.blocks.iter().map(|block| size(block, &own)).collect();
            for (pair, block) in sizes.windows(2).zip(&passage.blocks) {
                drift.add(pair, beside.iter().map(|turns| size(block, turns)));
            }
        }

        drift.is_large()
    }

    /// Subtracts sines that are fitted window by window.
    fn regress(
        &self,
        samples: &mut [f64],
        passages: &[Passage],
        hum: &FoundHum,
        harmonics: &[usize],
    ) {
        if harmonics.is_empty() {
            return;
        }
        let tones = Tones::new(&hum.cycles(harmonics, self.rate), self.hop);
        let offset = |&harmonic: &usize| {
            harmonic as f64 * (hum.frequency_hz - hum.near_hz) / self.rate
        };
        let offsets: Vec<f64> = harmonics.iter().map(offset).collect();
        let chosen: Vec<usize> =
            harmonics.iter().map(|&harmonic| hum.tone(harmonic)).collect();

        for passage in passages {
            let Some(runs) = &passage.runs else { continue };
            let windows = Windows::new(&(0..runs.count()), self.most());
            let ranges: Vec<Range<usize>> = windows.iter().collect();
            let Some(fits) = runs.fits(&chosen, &ranges, &offsets) else {
                continue;
            };
            for (part, first, last) in windows.parts() {
                let part = passage.samples(&part);
                let start = part.start;
                let [first, last] = [first, last].map(|fit| &fits[fit].amplitudes);
                tones.subtract(&mut samples[part], start, first, last);
            }
        }
    }

    /// The harmonics that still stand out. Not levelled: what a fit leaves is judged
    /// against the activity that hides it.
    fn left(
        &self,
        samples: &[f64],
        passages: &[Passage],
        hum: &FoundHum,
        harmonics: &[usize],
    ) -> Vec<usize> {
        if harmonics.is_empty() {
            return Vec::new();
        }
        let tones = Tones::new(&hum.cycles(harmonics, self.rate), self.hop);
        let correlate = |Passage { stretch, .. }: &Passage| {
            tones.correlate(&samples[stretch.clone()], stretch.start)
        };
        let rest: Vec<Runs> = passages.iter().map(correlate).collect();

        let trials = libm::log(self.trials(hum.nominal_hz) as f64);
        let stands_out = |&(tone, &harmonic): &(usize, &usize)| {
            let chance =
                self.compared(&rest, passages, tone, reach(harmonic)).log_chance();
            chance + trials < libm::log(FALSE_ALARMS)
        };
        let left = harmonics.iter().enumerate().filter(stands_out);
        left.map(|(_, &harmonic)| harmonic).collect()
    }

    /// A tone, and so many bins on either side, compared with frequencies farther away,
    /// block by block.
    fn compared(
        &self,
        rest: &[Runs],
        passages: &[Passage],
        tone: usize,
        reach: usize,
    ) -> LineComparison {
        let middle = reach as f64;
        let near = (0..=2 * reach).map(|i| (i as f64 - middle) * self.bin_hz());
        let beside = beside();
        let mut comparison = LineComparison::new(near.clone().count());

        for (runs, passage) in rest.iter().zip(passages) {
            let longest = passage.longest_block();
            let turns = |offset: f64| runs.turns(offset / self.rate, longest);
            let near: Vec<_> = near.clone().map(turns).collect();
            let far: Vec<_> = beside.iter().map(|&offset| turns(offset)).collect();
            for block in &passage.blocks {
                let power = |turns: &Vec<_>| runs.power(tone, block, turns);
                let neighbours: Vec<f64> = far.iter().map(power).collect();
                let seconds = runs.samples(block) as f64 / self.rate;
                comparison.add(near.iter().map(power), &neighbours, seconds);
            }
        }
        comparison
    }

    /// Replaces the magnitudes of stripes of the spectrum, window by window.
    fn interpolate(
        &self,
        samples: &mut [f64],
        passages: &[Passage],
        stripes: &[SpectralLine],
        fundamental_hz: f64,
    ) {
        if stripes.is_empty() {
            return;
        }
        let length = self.whole_cycles(fundamental_hz);
        let mut fourier = Fourier::new();
        for passage in passages {
            let windows = Windows::new(&passage.stretch, length);
            let mut clean = |window: Range<usize>| {
                let samples = &samples[window.clone()];
                let clean =
                    interpolate(&mut fourier, samples, self.rate, stripes, BESIDE_HZ);
                (window.start, clean)
            };
            let cleaned: Vec<(usize, Vec<f64>)> =
                windows.iter().map(&mut clean).collect();
            windows.cross_fade(samples, &cleaned);
        }
    }

    /// The samples of about a block that hold whole cycles, which do not leak: up to a
    /// fifth fewer where that makes a length that transforms fast and fits the cycles
    /// best.
    fn whole_cycles(&self, fundamental_hz: f64) -> usize {
        let most = (self.settings.block_s * fundamental_hz).round();
        let exact = |cycles: f64| cycles / fundamental_hz * self.rate;
        let beside = |cycles: &f64| (exact(*cycles) - exact(*cycles).round()).abs();
        let fewer = (0..=(most / 5.0) as usize).map(|fewer| most - fewer as f64);
        let fast = fewer.filter(|&cycles| is_fast_length(exact(cycles).round() as usize));
        exact(fast.min_by(|a, b| beside(a).total_cmp(&beside(b))).unwrap_or(most)).round()
            as usize
    }

    fn notch_out(&self, samples: &mut [f64], passages: &[Passage], hum: &FoundHum) {
        for harmonic in &hum.harmonics {
            let Ok(sos) = notch(*harmonic as f64 * hum.frequency_hz, NOTCH_Q, self.rate)
            else {
                continue;
            };
            let filter = ZeroPhase::new(sos, Edge::Odd);
            let mut scratch = Scratch::default();
            for passage in passages {
                // A second of samples is far more than the padding, so it is never too
                // short.
                let done =
                    filter.run(&mut samples[passage.stretch.clone()], &mut scratch);
                debug_assert!(done.is_ok());
            }
        }
    }
}

/// What an amplitude does from block to block.
#[derive(Default)]
struct Drift {
    /// The sum of the squares of its changes.
    changes: f64,
    /// The sum of the squares that the noise beside the line would make of them.
    noise: f64,
    /// The sum of the products of neighbours.
    power: f64,
    count: f64,
}

impl Drift {
    /// Takes the amplitudes of a block and the next, and those of the noise beside the
    /// line at four frequencies.
    fn add(&mut self, pair: &[f64], noise: impl Iterator<Item = f64>) {
        self.changes += (pair[1] - pair[0]) * (pair[1] - pair[0]);
        self.power += pair[0] * pair[1];
        self.noise += noise.map(|size| size * size / 4.0).sum::<f64>();
        self.count += 1.0;
    }

    fn is_large(&self) -> bool {
        // Two standard errors of a sum of `count` squares allow for chance.
        let chance = self.noise * (1.0 + 2.0 * (2.0 / self.count).sqrt());
        self.count > 0.0 && self.changes > STEADY * STEADY * self.power + chance
    }
}

/// Windows that overlap by half and cover a stretch. What they say is cross-faded between
/// their centres, so nothing jumps at a border.
struct Windows {
    stretch: Range<usize>,
    starts: Vec<usize>,
    length: usize,
}

impl Windows {
    fn new(stretch: &Range<usize>, longest: usize) -> Self {
        let length = if stretch.len() <= longest { stretch.len() } else { longest & !1 };
        let beyond = stretch.len() - length;
        let steps = (2 * beyond).div_ceil(length.max(1));
        let starts =
            (0..=steps).map(|i| stretch.start + beyond * i / steps.max(1)).collect();
        Self { stretch: stretch.clone(), starts, length }
    }

    /// Writes what windows say, each with its first sample.
    fn cross_fade(&self, samples: &mut [f64], windows: &[(usize, Vec<f64>)]) {
        for (part, first, last) in self.parts() {
            let (from, count) = (part.start, part.len() as f64);
            for n in part {
                let share = (n - from) as f64 / count;
                let [before, after] = [&windows[first], &windows[last]]
                    .map(|(start, values)| values[n - start]);
                samples[n] = before + share * (after - before);
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.starts.iter().map(|&start| start..start + self.length)
    }

    /// The parts between the centres, with the windows that hold at the beginning and
    /// beyond the end.
    fn parts(&self) -> Vec<(Range<usize>, usize, usize)> {
        let last = self.starts.len() - 1;
        let centre = |i: usize| self.starts[i] + self.length / 2;
        let mut parts = vec![(self.stretch.start..centre(0), 0, 0)];
        parts.extend((0..last).map(|i| (centre(i)..centre(i + 1), i, i + 1)));
        parts.push((centre(last)..self.stretch.end, last, last));
        parts.retain(|(part, ..)| !part.is_empty());
        parts
    }
}

pub(super) fn removed_share(before: &[f64], after: &[f64], passages: &[Passage]) -> f64 {
    let removed = |passage: &Passage| {
        let stretch = passage.stretch.clone();
        squared_distance(&before[stretch.clone()], &after[stretch])
    };
    let power: f64 = passages.iter().map(|passage| passage.power).sum();
    passages.iter().map(removed).sum::<f64>() / power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_a_stretch_once() {
        for (stretch, longest) in [
            (5..6, 10),
            (0..10, 10),
            (3..14, 10),
            (0..1001, 250),
            (7..10_000, 333),
            (0..3, 1000),
        ] {
            let windows = Windows::new(&stretch, longest);
            assert_eq!(windows.iter().last().unwrap().end, stretch.end);
            let mut next = stretch.start;
            for (part, first, last) in windows.parts() {
                assert_eq!(part.start, next);
                next = part.end;
                for i in [first, last] {
                    let window = windows.iter().nth(i).unwrap();
                    assert!(
                        window.start <= part.start && part.end <= window.end,
                        "{stretch:?} {longest}"
                    );
                }
            }
            assert_eq!(next, stretch.end);
        }
    }
}
