//! What a channel says of hum: lines near the mains frequencies and their harmonics.

use std::ops::Range;

use super::{MARGIN_HZ, MainsKernel};
use crate::dsp::fourier::{Complex, Fourier};
use crate::dsp::line::LineTest;
use crate::dsp::stats::quantile;

/// The runs of samples that one transform reads, in seconds: their frequencies are
/// multiples of 10 Hz, 50 and 60 Hz and all harmonics among them, and what lies beside a
/// line is free of it.
pub(super) const SURVEY_RUN_S: f64 = 0.1;

/// The runs of the longest block: in 4 s mains drift by less than a line is wide.
const LONGEST_BLOCK: usize = 39;
/// The runs of the shortest block: less than a second does not tell hum from muscle.
const SHORTEST_BLOCK: usize = 11;
/// Not more blocks are looked at, 5 minutes in all: what a day of hum would add to these
/// is memory.
const MOST_BLOCKS: usize = 75;

/// Beside founding lines every fourth frequency is looked at: those between them say the
/// same.
pub(super) const EACH_BESIDE: usize = 4;
/// Frequencies beyond those that hum may have, for the harmonics of one at their edge.
const BEYOND: usize = 2;

/// Hum without any of so many harmonics is none.
const FOUNDING: usize = 3;

/// Rest lasts so long at least, in seconds, and takes such a share of a channel.
const SHORTEST_REST_S: f64 = 0.5;
const LEAST_REST: f64 = 0.03;
/// Powers so far below those of rest count as so far, and further below them as silence.
const QUIETER: f64 = 4.0;
const SILENT: f64 = 16.0;
/// What lies so far below the loudest tenth is silence whatever it lasts: no converter
/// holds both.
const NEVER_RECORDED: f64 = 1e-8;

/// Less is what rounding leaves beside a constant, as a share of its power.
const ROUNDING: f64 = 1e-24;

/// A harmonic that may be there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CandidateLine {
    pub(super) nominal_hz: f64,
    pub(super) harmonic: usize,
    /// The frequency of a run's transform that is nearest.
    bin: usize,
}

impl CandidateLine {
    /// Whether it is one of those of which hum has one at least.
    pub(super) fn is_founding(&self) -> bool {
        self.harmonic <= FOUNDING
    }
}

/// What a channel says of hum.
#[derive(Debug, Clone, PartialEq)]
pub struct HumEvidence {
    /// The runs of a block.
    pub(super) length: usize,
    /// A candidate each, in their order.
    pub(super) tones: Vec<ToneEvidence>,
}

/// What a channel says of one candidate: the samples of each run of each block, shifted
/// down in frequency and levelled with what lies beside the line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ToneEvidence {
    /// How many blocks are not silent.
    pub(super) blocks: usize,
    pub(super) series: Vec<Complex>,
    /// What the runs were levelled with; 0 in silence.
    pub(super) gains: Vec<f64>,
    /// For the frequencies about a founding line that are looked at, how unlikely noise
    /// is: the sum of the blocks; 0 for the others. Nothing for other lines.
    pub(super) sums: Vec<f64>,
}

impl MainsKernel {
    pub(super) fn harmonics(&self, nominal_hz: f64) -> Vec<CandidateLine> {
        let candidate = |harmonic: usize| {
            let hz = harmonic as f64 * nominal_hz;
            let room = hz + MARGIN_HZ < self.rate / 2.0 && hz <= self.settings.highest_hz;
            let bin = (hz * self.hop as f64 / self.rate).round() as usize;
            room.then_some(CandidateLine { nominal_hz, harmonic, bin })
        };
        (1..).map_while(candidate).collect()
    }

    /// The frequency in hertz that a candidate's series were shifted down by.
    pub(super) fn middle_hz(&self, line: &CandidateLine) -> f64 {
        line.bin as f64 * self.rate / self.hop as f64
    }

    pub(super) fn evidence(
        &self,
        samples: &[f64],
        stretches: &[Range<usize>],
    ) -> Option<HumEvidence> {
        let longest = stretches.iter().map(|stretch| stretch.len() / self.hop).max()?;
        if longest < SHORTEST_BLOCK || self.lines.is_empty() {
            return None;
        }
        let length = longest / longest.div_ceil(LONGEST_BLOCK);
        let mut evidence = HumEvidence {
            length,
            tones: vec![ToneEvidence::default(); self.lines.len()],
        };
        let looked_at: Vec<Vec<usize>> =
            self.lines.iter().map(|line| self.looked_at(line, length)).collect();
        let mut reader = BlockReader::new(length, self.hop);
        for start in picked(&starts(stretches, length * self.hop)) {
            reader.read(&samples[start..start + length * self.hop]);
            let lines = self.lines.iter().zip(&looked_at);
            for ((line, looked_at), tone) in lines.zip(&mut evidence.tones) {
                reader.add(line, looked_at, tone);
            }
        }
        Some(evidence)
    }

    /// The frequencies about a founding line that hum may have, and some beside them.
    fn looked_at(&self, line: &CandidateLine, length: usize) -> Vec<usize> {
        if !line.is_founding() {
            return Vec::new();
        }
        let hz = line.harmonic as f64 * line.nominal_hz;
        // As far as the widest of them reaches, since all of them leak into each other.
        let widest = CandidateLine { harmonic: FOUNDING, ..line.clone() };
        let reach = self.reach(&widest, true, length) + BEYOND;
        let mut places = self.places(line, hz, reach, length);
        places.extend((0..LineTest::frequencies(length)).step_by(EACH_BESIDE));
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// Where blocks of so many samples begin: as many as fit into each stretch, evenly.
fn starts(stretches: &[Range<usize>], samples: usize) -> Vec<usize> {
    let of = |stretch: &Range<usize>| {
        let (from, count) = (stretch.start, stretch.len() / samples);
        let beyond = stretch.len() - count.min(1) * samples;
        let start = move |i| from + beyond * i / (count - 1).max(1);
        (0..count).map(start).collect::<Vec<_>>()
    };
    stretches.iter().flat_map(of).collect()
}

/// Some of many blocks, spread over all.
fn picked(starts: &[usize]) -> Vec<usize> {
    let count = starts.len().min(MOST_BLOCKS);
    (0..count).map(|i| starts[i * starts.len() / count]).collect()
}

/// The transforms of the runs of a block.
struct BlockReader {
    hop: usize,
    runs: Vec<Vec<Complex>>,
    fourier: Fourier,
    test: LineTest,
}

impl BlockReader {
    fn new(length: usize, hop: usize) -> Self {
        Self {
            hop,
            runs: vec![Vec::new(); length],
            fourier: Fourier::new(),
            test: LineTest::new(length),
        }
    }

    fn read(&mut self, block: &[f64]) {
        for (samples, run) in block.chunks_exact(self.hop).zip(&mut self.runs) {
            self.fourier.spectrum(samples, run);
        }
    }

    fn add(
        &mut self,
        line: &CandidateLine,
        looked_at: &[usize],
        tone: &mut ToneEvidence,
    ) {
        let gains = self.gains(line.bin);
        if gains.iter().all(|gain| *gain == 0.0) {
            return;
        }
        let level = |(run, gain): (&Vec<Complex>, &f64)| run[line.bin] * *gain;
        let from = tone.series.len();
        tone.series.extend(self.runs.iter().zip(&gains).map(level));
        if !looked_at.is_empty() {
            let mut sums = vec![0.0; looked_at.len()];
            self.test.add(&tone.series[from..], &gains, looked_at, &mut sums);
            tone.sums.resize(LineTest::frequencies(self.runs.len()), 0.0);
            looked_at.iter().zip(sums).for_each(|(&at, sum)| tone.sums[at] += sum);
        }
        tone.gains.extend(gains);
        tone.blocks += 1;
    }

    /// What makes the noise beside a line 1 in each run: from the two nearest frequencies
    /// on either side, in the run and the two next to it.
    fn gains(&self, bin: usize) -> Vec<f64> {
        let level = |run: &Vec<Complex>| {
            // Neither the mean of the run nor its last frequency, which have one part.
            let beside =
                [bin.checked_sub(2), bin.checked_sub(1), Some(bin + 1), Some(bin + 2)];
            let beside = beside.into_iter().flatten();
            let inside = beside.filter(|&bin| bin > 0 && bin + 1 < run.len());
            let (count, sum) = inside.fold((0.0, 0.0), |(count, sum), bin| {
                (count + 1.0, sum + run[bin].norm_sqr())
            });
            if sum > ROUNDING * run[0].norm_sqr() { sum / count } else { 0.0 }
        };
        let mut levels: Vec<f64> = self.runs.iter().map(level).collect();
        no_quieter_than_rest(&mut levels, SURVEY_RUN_S);
        let gain = |run: usize| {
            let near = &levels[run.saturating_sub(1)..(run + 2).min(levels.len())];
            let level = near.iter().sum::<f64>() / near.len() as f64;
            if level > 0.0 { 1.0 / level.sqrt() } else { 0.0 }
        };
        (0..levels.len()).map(gain).collect()
    }
}

/// Makes powers of runs of so many seconds that are far below those of rest silence, and
/// lifts those that are a little below it: beside dropouts a filter dies away for some
/// runs, which would count for more than all others.
pub(super) fn no_quieter_than_rest(powers: &mut [f64], run_s: f64) {
    let Some(loud) = quantile(powers, 0.9) else { return };
    powers.iter_mut().for_each(|power| {
        if *power < NEVER_RECORDED * loud {
            *power = 0.0;
        }
    });
    let mut heard: Vec<f64> =
        powers.iter().copied().filter(|power| *power > 0.0).collect();
    let rest = (SHORTEST_REST_S / run_s).max(LEAST_REST * heard.len() as f64) as usize;
    let rest = rest.min(heard.len().saturating_sub(1) / 2);
    if heard.is_empty() {
        return;
    }
    let (_, &mut quiet, _) = heard.select_nth_unstable_by(rest, f64::total_cmp);
    powers.iter_mut().for_each(|power| {
        *power = if *power * SILENT < quiet { 0.0 } else { power.max(quiet / QUIETER) };
    });
}

impl HumEvidence {
    /// How unlikely noise is as much like a line at some of the frequencies about a
    /// candidate, as a sum of the blocks.
    pub(super) fn sums_at(&self, line: usize, frequencies: &[usize]) -> Vec<f64> {
        let tone = &self.tones[line];
        if !tone.sums.is_empty() {
            return frequencies.iter().map(|&at| tone.sums[at]).collect();
        }
        let mut test = LineTest::new(self.length);
        let mut sums = vec![0.0; frequencies.len()];
        for (series, gains) in tone.blocks(self.length) {
            test.add(series, gains, frequencies, &mut sums);
        }
        sums
    }
}

impl ToneEvidence {
    /// The series and the gains of each block.
    pub(super) fn blocks(
        &self,
        length: usize,
    ) -> impl Iterator<Item = (&[Complex], &[f64])> {
        self.series.chunks(length).zip(self.gains.chunks(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dies_away_is_no_rest() {
        let mut powers = vec![1.0; 60];
        powers[20..34].fill(1e-4);
        for (place, power) in [(0, 0.0), (1, 1e-12), (2, 1e-7), (3, 1e-6), (21, 5e-5)] {
            powers[place] = power;
        }
        no_quieter_than_rest(&mut powers, 0.05);
        assert_eq!(powers[..5], [0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(powers[20..23], [1e-4, 5e-5, 1e-4]);
        no_quieter_than_rest(&mut [], 0.05);
        let mut silent = [0.0; 7];
        no_quieter_than_rest(&mut silent, 0.1);
        assert_eq!(silent, [0.0; 7]);
    }

    #[test]
    fn blocks_are_spread_over_what_there_is() {
        assert_eq!(starts(&[0..10, 20..51, 60..69], 10), [0, 20, 30, 41]);
        assert_eq!(starts(&[3..13, 20..21], 10), [3]);
        assert!(starts(&[0..9, 9..12], 10).is_empty() && picked(&[]).is_empty());
        let many: Vec<usize> = (0..1000).collect();
        let some = picked(&many);
        assert!(some.len() == MOST_BLOCKS && some[MOST_BLOCKS - 1] > 980);
    }
}
