//! Hum that a recording holds, taken out of the samples of its channels.

use std::ops::Range;

use super::survey::{CandidateLine, no_quieter_than_rest};
use super::{FoundHum, HumEvidence, Mains, MainsKernel, MainsMethod};
use crate::condition::Kernel;
use crate::dsp::design::notch;
use crate::dsp::fourier::{Complex, Fourier, is_fast_length, magnitude};
use crate::dsp::line::{SpectralLine, interpolate, log_chance};
use crate::dsp::sine_fit::{Runs, Tones};
use crate::dsp::sums::{squared_distance, sum_of};
use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use crate::memory;

/// Shorter stretches stay as they are.
const SHORTEST_S: f64 = 1.0;
/// The runs of samples that are read together: two are the 0.1 s over which a variance is
/// local, and hold whole cycles of 50 and 60 Hz.
const RUN_S: f64 = 0.05;
/// Hum of a recording is removed from a channel where noise alone would be as much like
/// it in fewer than so many of channels.
const OWN_FALSE_ALARMS: f64 = 0.05;
/// Further hum of another nominal frequency is rare and has to be plain: its fundamental
/// is in a channel where noise alone would be as much like it in fewer than so many, once
/// the first is gone with what it leaked. Hum of the level of rest is far beyond that.
const FURTHER_FALSE_ALARMS: f64 = 1e-12;
/// The amplitude may change by so much of itself from block to block before blocks are too
/// long.
const STEADY: f64 = 0.2;
/// The blocks of an amplitude that changes more, in seconds.
const SHORT_BLOCK_S: f64 = 1.0;
/// The spectral density of muscles at a line may be so many times that of white noise of
/// their power.
const COLOUR: f64 = 3.0;
/// How far beside a stripe its spectrum is interpolated from, in hertz.
const BESIDE_HZ: f64 = 2.0;
/// The quality factor of a notch.
const NOTCH_Q: f64 = 30.0;
/// Less is what rounding leaves of a constant, as a share of its power.
const ROUNDING: f64 = 1e-24;

/// A stretch without a gap, and what is known of it run by run.
struct Passage {
    stretch: Range<usize>,
    /// The sum of squares about the mean.
    power: f64,
    /// 1 over the variance about each run; 0 in silence.
    weights: Vec<f64>,
    /// The correlations with the lines that are removed.
    runs: Runs,
}

/// The lines of a channel that are removed: harmonics of the frequency of its recording.
struct OwnLines<'a> {
    hum: &'a FoundHum,
    harmonics: Vec<usize>,
}

/// [`Mains`] once it is decided what hum a recording holds.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledMains {
    kernel: MainsKernel,
    /// The clearest first.
    hums: Vec<FoundHum>,
}

impl Kernel for SettledMains {
    fn describe(&self) -> String {
        self.kernel.describe()
    }

    /// Removes the hum from the stretches in place where the channel holds it, and says
    /// what was done: nothing in a recording without hum. Stretches under 1 s stay as they
    /// are.
    fn run(&self, samples: &mut [f64], stretches: &[Range<usize>]) -> Vec<String> {
        let Some((hum, further)) = self.hums.split_first() else {
            return Vec::new();
        };
        let evidence = self.kernel.evidence(samples, stretches);
        let harmonics = self.own_harmonics(hum, evidence.as_ref());
        let mut said = if harmonics.is_empty() {
            vec![format!(
                "mains at {:.2} Hz, which the recording holds, do not stand out here: \
                 nothing was removed",
                hum.frequency_hz
            )]
        } else {
            self.removed(samples, stretches, &OwnLines { hum, harmonics })
        };
        for hum in further {
            said.extend(self.removed_further(samples, stretches, hum));
        }
        said
    }
}

impl SettledMains {
    pub(super) fn new(mut kernel: MainsKernel, hums: Vec<FoundHum>) -> Self {
        // A channel is asked for the lines of its recording alone.
        kernel.lines.retain(|line| hums.iter().any(|hum| hum.holds(line)));
        Self { kernel, hums }
    }

    fn settings(&self) -> &Mains {
        &self.kernel.settings
    }

    /// The samples of a run.
    fn hop(&self) -> usize {
        2 * ((RUN_S * self.kernel.rate / 2.0) as usize).max(1)
    }

    /// The runs of blocks of so many seconds.
    fn most(&self, seconds: f64) -> usize {
        ((seconds * self.kernel.rate) as usize).div_ceil(self.hop())
    }

    /// The harmonics of a recording's hum that stand out of one of its channels.
    fn own_harmonics(
        &self,
        hum: &FoundHum,
        evidence: Option<&HumEvidence>,
    ) -> Vec<usize> {
        let Some(evidence) = evidence else {
            return Vec::new();
        };
        let lines = self.kernel.lines.iter().enumerate();
        lines
            .filter(|(_, line)| hum.holds(line))
            .filter(|(place, _)| {
                self.log_chance(hum, evidence, *place) < libm::log(OWN_FALSE_ALARMS)
            })
            .map(|(_, line)| line.harmonic)
            .collect()
    }

    /// How likely noise alone is as much like a line of a recording's hum as one of its
    /// channels.
    fn log_chance(&self, hum: &FoundHum, evidence: &HumEvidence, place: usize) -> f64 {
        let line = &self.kernel.lines[place];
        let hz = line.harmonic as f64 * hum.frequency_hz;
        let at = self.kernel.places(line, hz, 0, evidence.length);
        let sum = evidence.sums_at(place, &at).iter().sum::<f64>();
        log_chance(evidence.tones[place].blocks, sum)
    }

    /// Removes hum of another nominal frequency where its fundamental is still there.
    fn removed_further(
        &self,
        samples: &mut [f64],
        stretches: &[Range<usize>],
        hum: &FoundHum,
    ) -> Vec<String> {
        let evidence = self.kernel.evidence(samples, stretches);
        let is_first = |line: &CandidateLine| hum.holds(line) && line.harmonic == 1;
        let first = self.kernel.lines.iter().position(is_first);
        let clear = first.zip(evidence.as_ref()).is_some_and(|(place, evidence)| {
            self.log_chance(hum, evidence, place) < libm::log(FURTHER_FALSE_ALARMS)
        });
        if !clear {
            return Vec::new();
        }
        let harmonics = self.own_harmonics(hum, evidence.as_ref());
        self.removed(samples, stretches, &OwnLines { hum, harmonics })
    }

    fn removed(
        &self,
        samples: &mut [f64],
        stretches: &[Range<usize>],
        lines: &OwnLines<'_>,
    ) -> Vec<String> {
        let long = |stretch: &&Range<usize>| {
            stretch.len() as f64 >= SHORTEST_S * self.kernel.rate
        };
        let tones = Tones::new(&self.cycles(lines, &lines.harmonics), self.hop());
        let passages: Vec<Passage> = stretches
            .iter()
            .filter(long)
            .map(|stretch| Passage::new(samples, stretch, &tones))
            .collect();

        // What was removed is told as a share of what was there before.
        let mut after = memory::copy(samples);
        let parts = self.remove(&mut after, &passages, lines);
        let share = removed_share(samples, &after, &passages);
        samples.copy_from_slice(&after);

        let short = if passages.len() < stretches.len() {
            "; stretches under 1 s were left as they were"
        } else {
            ""
        };
        vec![format!(
            "mains at {:.2} Hz: removed {parts}, {} of the power{short}",
            lines.hum.frequency_hz,
            percent(share)
        )]
    }

    /// Removes the lines, and says which went how.
    fn remove(
        &self,
        samples: &mut [f64],
        passages: &[Passage],
        lines: &OwnLines<'_>,
    ) -> String {
        let all = &lines.harmonics;
        match self.settings().method {
            MainsMethod::Auto => self.remove_with_drift(samples, passages, lines),
            MainsMethod::Regression => {
                self.regress(samples, passages, (lines, all), self.settings().block_s);
                lines.listed(all, "regression")
            }
            MainsMethod::Interpolation => {
                self.interpolate(samples, passages, lines);
                lines.listed(all, "spectrum interpolation")
            }
            MainsMethod::Notch => {
                self.notch_out(samples, passages, lines);
                lines.listed(all, "notch")
            }
        }
    }

    /// Removes lines by regression, those that change too much in short blocks.
    fn remove_with_drift(
        &self,
        samples: &mut [f64],
        passages: &[Passage],
        lines: &OwnLines<'_>,
    ) -> String {
        let drifts = |&harmonic: &usize| self.drifts(passages, lines.tone(harmonic));
        let (changing, steady): (Vec<usize>, Vec<usize>) =
            lines.harmonics.iter().partition(|harmonic| drifts(harmonic));
        let parts = [
            (steady, self.settings().block_s, "regression"),
            (changing, SHORT_BLOCK_S, "regression in blocks of 1 s"),
        ];
        let mut said = Vec::new();
        for (harmonics, block_s, how) in parts {
            if !harmonics.is_empty() {
                self.regress(samples, passages, (lines, &harmonics), block_s);
                said.push(lines.listed(&harmonics, how));
            }
        }
        said.join(" and ")
    }

    /// Whether the amplitude changes from block to block by more than a fifth of itself,
    /// beyond what the noise explains.
    fn drifts(&self, passages: &[Passage], tone: usize) -> bool {
        let most = self.most(self.settings().block_s);
        let mut drift = Drift::default();
        for passage in passages {
            let all = passage.weights.len();
            let count = all.div_ceil(most).max(1);
            let blocks = (0..count).map(|i| all * i / count..all * (i + 1) / count);
            let sizes: Vec<[f64; 2]> =
                blocks.map(|block| passage.size(tone, block)).collect();
            sizes.windows(2).for_each(|pair| drift.add(pair[0], pair[1]));
        }
        drift.is_large()
    }

    /// Subtracts sines that are fitted window by window, all lines together; only some of
    /// them are taken out.
    fn regress(
        &self,
        samples: &mut [f64],
        passages: &[Passage],
        (lines, harmonics): (&OwnLines<'_>, &[usize]),
        block_s: f64,
    ) {
        let tones = Tones::new(&self.cycles(lines, harmonics), self.hop());
        let places: Vec<usize> =
            harmonics.iter().map(|&harmonic| lines.tone(harmonic)).collect();
        for passage in passages {
            let windows = Windows::new(&(0..passage.runs.count()), self.most(block_s));
            let ranges: Vec<Range<usize>> = windows.iter().collect();
            let fits = passage.runs.fits(&ranges, &passage.weights);
            for (part, first, last) in windows.parts() {
                let part = passage.samples(&part, self.hop());
                let start = part.start;
                // A silent window holds no hum.
                let amplitudes = |fit: usize| {
                    let fit = fits[fit].as_ref();
                    let of = |&tone: &usize| {
                        fit.map_or_else(Default::default, |fit| fit.amplitudes[tone])
                    };
                    places.iter().map(of).collect::<Vec<_>>()
                };
                let [first, last] = [first, last].map(amplitudes);
                tones.subtract(&mut samples[part], start, &first, &last);
            }
        }
    }

    /// Harmonics in cycles a sample.
    fn cycles(&self, lines: &OwnLines<'_>, harmonics: &[usize]) -> Vec<f64> {
        let cycles = |&harmonic: &usize| {
            harmonic as f64 * lines.hum.frequency_hz / self.kernel.rate
        };
        harmonics.iter().map(cycles).collect()
    }

    /// Replaces the magnitudes of stripes of the spectrum, window by window.
    fn interpolate(
        &self,
        samples: &mut [f64],
        passages: &[Passage],
        lines: &OwnLines<'_>,
    ) {
        let (stripes, rate) = (lines.stripes(), self.kernel.rate);
        let length = self.whole_cycles(lines.hum.frequency_hz);
        let mut fourier = Fourier::new();
        for passage in passages {
            let windows = Windows::new(&passage.stretch, length);
            let mut clean = |window: Range<usize>| {
                let samples = &samples[window.clone()];
                let clean = interpolate(&mut fourier, samples, rate, &stripes, BESIDE_HZ);
                (window.start, clean)
            };
            let clean: Vec<(usize, Vec<f64>)> = windows.iter().map(&mut clean).collect();
            windows.cross_fade(samples, &clean);
        }
    }

    /// The samples of about a block that hold whole cycles, which do not leak: up to a
    /// fifth fewer where that makes a length that transforms fast and fits the cycles
    /// best.
    fn whole_cycles(&self, fundamental_hz: f64) -> usize {
        let most = (self.settings().block_s * fundamental_hz).round();
        let exact = |cycles: f64| cycles / fundamental_hz * self.kernel.rate;
        let beside = |cycles: &f64| (exact(*cycles) - exact(*cycles).round()).abs();
        let fewer = (0..=(most / 5.0) as usize).map(|fewer| most - fewer as f64);
        let fast = fewer.filter(|&cycles| is_fast_length(exact(cycles).round() as usize));
        exact(fast.min_by(|a, b| beside(a).total_cmp(&beside(b))).unwrap_or(most)).round()
            as usize
    }

    fn notch_out(&self, samples: &mut [f64], passages: &[Passage], lines: &OwnLines<'_>) {
        for cycles in self.cycles(lines, &lines.harmonics) {
            let Ok(sos) = notch(cycles * self.kernel.rate, NOTCH_Q, self.kernel.rate)
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

impl Passage {
    fn new(samples: &[f64], stretch: &Range<usize>, tones: &Tones) -> Self {
        let samples = &samples[stretch.clone()];
        let mean = sum_of(samples, |sample| sample) / samples.len() as f64;
        let squares =
            |run: &[f64]| sum_of(run, |sample| (sample - mean) * (sample - mean));
        let powers: Vec<f64> = samples.chunks(tones.hop()).map(squares).collect();
        let weights =
            weights(&powers, samples.len(), tones.hop(), ROUNDING * mean * mean);
        let runs = tones.correlate(samples, stretch.start);
        Self { stretch: stretch.clone(), power: powers.iter().sum(), weights, runs }
    }

    /// The samples of some runs, counted in the record.
    fn samples(&self, runs: &Range<usize>, hop: usize) -> Range<usize> {
        let place = |run: usize| (self.stretch.start + run * hop).min(self.stretch.end);
        place(runs.start)..place(runs.end)
    }

    /// The amplitude of a tone in a block, and the variance that noise gives it; nothing
    /// in silence.
    fn size(&self, tone: usize, block: Range<usize>) -> [f64; 2] {
        let weighed = self.runs.correlations(tone)[block.clone()].iter();
        let weighed = weighed.zip(&self.weights[block.clone()]);
        let sum: Complex = weighed.map(|(run, weight)| run * *weight).sum();
        let samples = |run: usize| self.runs.samples(&(run..run + 1)) as f64;
        let weight: f64 = block.map(|run| self.weights[run] * samples(run)).sum();
        if weight > 0.0 {
            [2.0 * magnitude(sum) / weight, 2.0 * COLOUR / weight]
        } else {
            [0.0; 2]
        }
    }
}

/// 1 over the variance about each run, from the sums of squares of runs of `hop` of so
/// many samples: the larger one of the run with that before it and with that behind it,
/// so that what is rest is nowhere muscle. 0 where there is no more than `least`.
fn weights(powers: &[f64], samples: usize, hop: usize, least: f64) -> Vec<f64> {
    let variance = |from: usize, to: usize| {
        let count = (to * hop).min(samples) - from * hop;
        powers[from..to].iter().sum::<f64>() / count as f64
    };
    let local = |run: usize| {
        let before = variance(run.saturating_sub(1), run + 1);
        let variance = before.max(variance(run, (run + 2).min(powers.len())));
        if variance > least { variance } else { 0.0 }
    };
    let mut variances: Vec<f64> = (0..powers.len()).map(local).collect();
    no_quieter_than_rest(&mut variances, RUN_S);
    variances.iter().map(|&one| if one > 0.0 { 1.0 / one } else { 0.0 }).collect()
}

impl OwnLines<'_> {
    /// The place of a harmonic among the tones that the samples were correlated with.
    fn tone(&self, harmonic: usize) -> usize {
        self.harmonics.iter().position(|&one| one == harmonic).unwrap_or(0)
    }

    /// 1 Hz to either side of the fundamental, 2 Hz of the second harmonic, 3 Hz of the
    /// others.
    fn stripes(&self) -> Vec<SpectralLine> {
        let stripe = |&harmonic: &usize| SpectralLine {
            frequency_hz: harmonic as f64 * self.hum.frequency_hz,
            half_width_hz: harmonic.min(3) as f64,
        };
        self.harmonics.iter().map(stripe).collect()
    }

    fn listed(&self, harmonics: &[usize], how: &str) -> String {
        let name = |&harmonic: &usize| {
            let hz = harmonic as f64 * self.hum.nominal_hz;
            ((10.0 * hz).round() / 10.0).to_string()
        };
        let names: Vec<String> = harmonics.iter().map(name).collect();
        format!("{} Hz by {how}", names.join(", "))
    }
}

/// What an amplitude does from block to block.
#[derive(Default)]
struct Drift {
    /// The sum of the squares of its changes.
    changes: f64,
    /// The sum of the squares that noise would make of them.
    noise: f64,
    /// The sum of the products of neighbours.
    power: f64,
    count: f64,
}

impl Drift {
    /// Takes the amplitudes of a block and the next, with their variances.
    fn add(&mut self, [first, before]: [f64; 2], [second, behind]: [f64; 2]) {
        self.changes += (second - first) * (second - first);
        self.power += first * second;
        self.noise += before + behind;
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

fn removed_share(before: &[f64], after: &[f64], passages: &[Passage]) -> f64 {
    let removed = |passage: &Passage| {
        let stretch = passage.stretch.clone();
        squared_distance(&before[stretch.clone()], &after[stretch])
    };
    let power: f64 = passages.iter().map(|passage| passage.power).sum();
    passages.iter().map(removed).sum::<f64>() / power
}

fn percent(share: f64) -> String {
    if share < 0.0005 {
        "less than 0.1 %".into()
    } else {
        format!("{:.1} %", 100.0 * share)
    }
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
