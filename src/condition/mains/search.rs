//! Hum that stands out: its frequency and harmonics.

use std::ops::{Range, RangeInclusive};

use super::{FALSE_ALARMS, FoundHum, MainsKernel, Passage, REACH_HZ};
use crate::dsp::line::{NEIGHBOURS_TO_HZ, Prominence};
use crate::dsp::sine_fit::{Demodulated, Tones, frequency, vertex};
use crate::dsp::sums::sum_of;

/// The activity is levelled with the runs up to this far on either side: a window of a
/// quarter of a second.
const LEVEL_RUNS: usize = 2;

/// A harmonic that may be there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CandidateLine {
    nominal_hz: f64,
    harmonic: usize,
    bins: RangeInclusive<usize>,
}

/// A bin of a candidate's line that is higher than those beside it.
#[derive(Debug, Clone, Copy)]
struct LinePeak {
    /// The candidate's place among all.
    line: usize,
    bin: usize,
}

/// Equal blocks of so many runs, none longer than `most`.
fn blocks(runs: usize, most: usize) -> Vec<Range<usize>> {
    let count = runs.div_ceil(most).max(1);
    (0..count).map(|i| runs * i / count..runs * (i + 1) / count).collect()
}

/// How many bins a harmonic may be off what the fundamental says, to either side.
pub(super) fn reach(harmonic: usize) -> usize {
    1 + harmonic / 4
}

impl MainsKernel {
    pub(super) fn harmonics(&self, nominal_hz: f64) -> Vec<CandidateLine> {
        let bin_hz = self.bin_hz();
        let candidate = |harmonic: usize| {
            let (low, high) = (nominal_hz - REACH_HZ, nominal_hz + REACH_HZ);
            let bins = (harmonic as f64 * low / bin_hz).ceil() as usize
                ..=(harmonic as f64 * high / bin_hz).floor() as usize;
            let room = harmonic as f64 * high + NEIGHBOURS_TO_HZ < self.rate / 2.0;
            (room && harmonic as f64 * nominal_hz <= self.settings.highest_hz)
                .then_some(CandidateLine { nominal_hz, harmonic, bins })
        };
        (1..).map_while(candidate).collect()
    }

    /// The distance of two frequencies that are tried: half of that of a block's
    /// transform.
    pub(super) fn bin_hz(&self) -> f64 {
        self.rate / (2 * self.size) as f64
    }

    /// The hum that stands out of some stretches, and what was found out about these.
    pub(super) fn find(
        &self,
        samples: &[f64],
        stretches: &[Range<usize>],
    ) -> Option<(FoundHum, Vec<Passage>)> {
        let mut passages: Vec<Passage> =
            stretches.iter().map(|stretch| self.passage(samples, stretch)).collect();
        let spectrum = self.prominence(samples, &passages);
        let clearest = self.clearest(&spectrum)?;
        let nominal_hz = self.lines[clearest.line].nominal_hz;

        let peaks =
            self.peaks(&spectrum, nominal_hz, self.fundamental(&spectrum, clearest));
        let best = self.most_telling(&spectrum, &peaks)?;
        let near_hz = self.fundamental(&spectrum, peaks[best]);
        let harmonics: Vec<usize> =
            peaks.iter().map(|peak| self.lines[peak.line].harmonic).collect();

        let cycles: Vec<f64> = harmonics
            .iter()
            .map(|&harmonic| harmonic as f64 * near_hz / self.rate)
            .collect();
        let tones = Tones::new(&cycles, self.hop);
        passages.iter_mut().for_each(|passage| passage.correlate(samples, &tones));
        let frequency_hz = self.refine(&passages, best)? / harmonics[best] as f64;

        Some((FoundHum { nominal_hz, near_hz, frequency_hz, harmonics }, passages))
    }

    /// The place among peaks of the one that tells the frequency best: the higher the
    /// harmonic and the clearer its line, the better.
    fn most_telling(&self, spectrum: &Prominence, peaks: &[LinePeak]) -> Option<usize> {
        let weight = |peak: &LinePeak| {
            let harmonic = self.lines[peak.line].harmonic;
            spectrum.at(peak.line, peak.bin) * (harmonic * harmonic) as f64
        };
        (0..peaks.len()).max_by(|&a, &b| weight(&peaks[a]).total_cmp(&weight(&peaks[b])))
    }

    /// The line that chance explains least, if that is little enough. Hum without its
    /// fundamental is rare, so the fundamentals have half of the false alarms to
    /// themselves.
    fn clearest(&self, spectrum: &Prominence) -> Option<LinePeak> {
        let trials = |fundamental: bool| -> usize {
            let alike =
                self.lines.iter().filter(|line| (line.harmonic == 1) == fundamental);
            2 * alike.map(|line| line.bins.clone().count()).sum::<usize>()
        };
        let (first, others) = (trials(true), trials(false));

        let peaks = self.lines.iter().enumerate().filter_map(|(line, candidate)| {
            let peak = highest(spectrum, line, candidate.bins.clone())?;
            let trials = if candidate.harmonic == 1 { first } else { others };
            Some((peak, peak.log_chance(spectrum, trials)))
        });
        let (peak, chance) = peaks.min_by(|a, b| a.1.total_cmp(&b.1))?;
        (chance < libm::log(FALSE_ALARMS)).then_some(peak)
    }

    /// A stretch with the mean of its samples and the moving root mean square of the
    /// activity. Bursts smear a spectrum; levelled EMG is steady noise, and hum in the
    /// pauses counts for more.
    fn passage(&self, samples: &[f64], stretch: &Range<usize>) -> Passage {
        let samples = &samples[stretch.clone()];
        let mean = sum_of(samples, |sample| sample) / samples.len() as f64;
        let squares =
            |run: &[f64]| sum_of(run, |sample| (sample - mean) * (sample - mean));
        let powers: Vec<f64> = samples.chunks(self.hop).map(squares).collect();
        let gain = |run: usize| {
            let (from, to) = (
                run.saturating_sub(LEVEL_RUNS),
                (run + LEVEL_RUNS + 1).min(powers.len()),
            );
            let count = (to * self.hop).min(samples.len()) - from * self.hop;
            let activity = (powers[from..to].iter().sum::<f64>() / count as f64).sqrt();
            // Less is what rounding leaves of a constant.
            if activity > 1e-12 * mean.abs() { 1.0 / activity } else { 0.0 }
        };
        Passage {
            stretch: stretch.clone(),
            hop: self.hop,
            mean,
            power: powers.iter().sum(),
            gains: (0..powers.len()).map(gain).collect(),
            blocks: blocks(powers.len(), self.most()),
            runs: None,
        }
    }

    /// The runs of the longest block.
    pub(super) fn most(&self) -> usize {
        ((self.settings.block_s * self.rate) as usize).div_ceil(self.hop)
    }

    /// The prominence of all candidates, over the blocks that are not silent.
    fn prominence(&self, samples: &[f64], passages: &[Passage]) -> Prominence {
        let blocks = |passage: &'_ Passage| passage.blocks.clone();
        let all = passages.iter().flat_map(|passage| {
            blocks(passage).into_iter().map(move |runs| (passage, runs))
        });
        let heard: Vec<(&Passage, Range<usize>)> = all
            .filter(|(passage, runs)| {
                passage.gains[runs.clone()].iter().any(|gain| *gain > 0.0)
            })
            .collect();
        let lengths: Vec<usize> =
            heard.iter().map(|(passage, runs)| passage.samples(runs).len()).collect();
        let wanted: Vec<_> = self.lines.iter().map(|line| line.bins.clone()).collect();
        let load = |block: usize, place: &mut [f32]| {
            heard[block].0.level(samples, &heard[block].1, place)
        };
        Prominence::measure(&lengths, self.rate, self.size, &wanted, load)
    }

    /// The harmonics of a fundamental that stand out.
    fn peaks(
        &self,
        spectrum: &Prominence,
        nominal_hz: f64,
        fundamental_hz: f64,
    ) -> Vec<LinePeak> {
        let near = |line: &CandidateLine| {
            let bin = (line.harmonic as f64 * fundamental_hz / spectrum.bin_hz).round()
                as usize;
            let reach = reach(line.harmonic);
            bin.saturating_sub(reach)..=bin + reach
        };
        let family = self
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.nominal_hz == nominal_hz);
        let peaks = family
            .filter_map(|(line, candidate)| highest(spectrum, line, near(candidate)));

        let trials = self.trials(nominal_hz);
        let stands_out =
            |peak: &LinePeak| peak.log_chance(spectrum, trials) < libm::log(FALSE_ALARMS);
        peaks.filter(stands_out).collect()
    }

    /// How many bins are tried near the harmonics of a fundamental.
    pub(super) fn trials(&self, nominal_hz: f64) -> usize {
        let family = self.lines.iter().filter(|line| line.nominal_hz == nominal_hz);
        family.map(|line| 2 * reach(line.harmonic) + 1).sum()
    }

    /// The fundamental in hertz that a peak tells, by a parabola through its neighbours.
    /// In steps of a 64th of a bin: what is measured from here on must not depend on the
    /// rounding of a transform.
    fn fundamental(
        &self,
        spectrum: &Prominence,
        LinePeak { line, bin }: LinePeak,
    ) -> f64 {
        let beside = vertex([bin - 1, bin, bin + 1].map(|bin| spectrum.at(line, bin)))
            .clamp(-0.5, 0.5);
        let inside = spectrum.at(line, bin - 1) > 0.0 && spectrum.at(line, bin + 1) > 0.0;
        let beside = if inside { (64.0 * beside).round() / 64.0 } else { 0.0 };
        (bin as f64 + beside) * spectrum.bin_hz / self.lines[line].harmonic as f64
    }

    /// The frequency in hertz, near that of a tone, that sines of an amplitude of their
    /// own in each block fit best.
    fn refine(&self, passages: &[Passage], tone: usize) -> Option<f64> {
        let demodulated: Vec<Demodulated> =
            passages.iter().flat_map(|passage| passage.demodulated(tone)).collect();
        let bin = self.bin_hz() / self.rate;
        Some(self.rate * frequency(&demodulated, bin, 0.5 * bin)?)
    }
}

/// The highest bin among some of a line.
fn highest(
    spectrum: &Prominence,
    line: usize,
    bins: RangeInclusive<usize>,
) -> Option<LinePeak> {
    let bin =
        bins.max_by(|&a, &b| spectrum.at(line, a).total_cmp(&spectrum.at(line, b)))?;
    Some(LinePeak { line, bin })
}

impl LinePeak {
    /// The logarithm of the expected number of bins as prominent among so many that are
    /// tried.
    fn log_chance(self, spectrum: &Prominence, trials: usize) -> f64 {
        spectrum.log_chance(self.line, self.bin) + libm::log(trials as f64)
    }
}
