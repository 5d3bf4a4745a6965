//! Whether a recording hums, and at which frequency: all channels together.

use super::survey::{CandidateLine, EACH_BESIDE, HumEvidence};
use super::{FoundHum, MainsKernel, REACH_HZ, ROUGH_REACH};
use crate::dsp::fourier::Complex;
use crate::dsp::line::{LineTest, log_chance};
use crate::dsp::sine_fit::{Demodulated, frequency};
use crate::dsp::stats::quantiles;
use crate::dsp::sums::dot;

/// The probability that something is removed from a recording that holds no hum.
const FALSE_ALARMS: f64 = 0.01;

/// Only a line that noise is as much like in fewer than so many recordings tells the
/// frequency of all: that of a harmonic which is there by chance is any.
const TELLING: f64 = 1e-6;

/// The fewest frequencies beside the lines that tell how channels depend on each other.
const FEWEST_BESIDE: usize = 12;

/// A normal number lies between its median and its lower quartile by so many standard
/// deviations.
const QUARTILE: f64 = 0.674_489_750_196_081_7;

/// A frequency about a candidate that is a line, and the logarithm of the probability
/// that noise alone is as much like one, whatever was tried.
#[derive(Debug, Clone, Copy)]
struct JointLine {
    /// The candidate's place among all.
    line: usize,
    hz: f64,
    log_chance: f64,
}

/// How far sums over channels are from those of independent noise with smooth spectra.
/// Channels that share noise (crosstalk, a common reference) agree by chance more often,
/// which the frequencies beside the lines show (Brown 1975, Biometrics 31:987).
struct Dependence {
    /// How large the sums are in the middle.
    ratio: f64,
    /// How much their variance is larger.
    inflation: f64,
}

impl Dependence {
    /// From sums over `count` blocks.
    fn measure(sums: &[f64], count: f64) -> Self {
        let quartiles =
            quantiles(sums, [0.25, 0.5]).filter(|_| sums.len() >= FEWEST_BESIDE);
        let Some([low, middle]) = quartiles else {
            return Self { ratio: 1.0, inflation: 1.0 };
        };
        let ratio = (middle / (count - 1.0 / 3.0)).max(1.0);
        // The lower half holds no lines.
        let deviation = (middle - low) / (QUARTILE * ratio);
        Self { ratio, inflation: (deviation * deviation / count).max(1.0) }
    }

    /// The logarithm of the probability of a sum over `count` blocks of all channels.
    fn log_chance(&self, count: usize, sum: f64) -> f64 {
        let free = (count as f64 / self.inflation).round().max(1.0);
        log_chance(free as usize, sum / self.ratio * free / count.max(1) as f64)
    }
}

/// Channels whose blocks are alike, and how much they depend on each other.
struct JointLook<'a> {
    kernel: &'a MainsKernel,
    channels: Vec<&'a HumEvidence>,
    length: usize,
    dependence: Dependence,
}

impl MainsKernel {
    /// The hum that stands out of the channels, the clearest first; at most one of each
    /// nominal frequency. What the clearest one leaks is among the others, which is seen
    /// once it is removed.
    pub(super) fn decide(&self, evidence: &[HumEvidence], rough: bool) -> Vec<FoundHum> {
        let Some(look) = JointLook::new(self, evidence, rough) else {
            return Vec::new();
        };
        let mut found: Vec<FoundHum> = Vec::new();
        while let Some(next) = look.next(rough, &found) {
            found.push(next);
        }
        found
    }

    /// The distance in hertz of two frequencies that blocks of so many runs are tested at.
    fn step_hz(&self, length: usize) -> f64 {
        self.rate / (self.hop * LineTest::frequencies(length)) as f64
    }

    /// The place of a frequency in hertz, and of those so many on either side, about a
    /// candidate.
    pub(super) fn places(
        &self,
        line: &CandidateLine,
        hz: f64,
        beside: usize,
        length: usize,
    ) -> Vec<usize> {
        let count = LineTest::frequencies(length) as i64;
        let middle = ((hz - self.middle_hz(line)) / self.step_hz(length)).round() as i64;
        let beside = beside as i64;
        (middle - beside..=middle + beside)
            .map(|at| at.rem_euclid(count) as usize)
            .collect()
    }

    /// How many frequencies to either side of a candidate's nominal one hum is looked for
    /// in.
    pub(super) fn reach(
        &self,
        line: &CandidateLine,
        rough: bool,
        length: usize,
    ) -> usize {
        let share = if rough { ROUGH_REACH * line.nominal_hz } else { 0.0 };
        (line.harmonic as f64 * REACH_HZ.max(share) / self.step_hz(length)).round()
            as usize
    }
}

impl<'a> JointLook<'a> {
    fn new(
        kernel: &'a MainsKernel,
        evidence: &'a [HumEvidence],
        rough: bool,
    ) -> Option<Self> {
        let alike =
            |length: usize| evidence.iter().filter(|one| one.length == length).count();
        let length =
            evidence.iter().map(|one| one.length).max_by_key(|&l| (alike(l), l))?;
        let channels = evidence.iter().filter(|one| one.length == length).collect();
        let alone = Dependence { ratio: 1.0, inflation: 1.0 };
        let mut look = Self { kernel, channels, length, dependence: alone };
        look.dependence = look.dependence(rough);
        Some(look)
    }

    /// The clearest hum of another nominal frequency than those that are known.
    fn next(&self, rough: bool, known: &[FoundHum]) -> Option<FoundHum> {
        let lines = &self.kernel.lines;
        let clearest = self.clearest(rough, known)?;
        let nominal_hz = lines[clearest.line].nominal_hz;
        let fundamental_hz = clearest.hz / lines[clearest.line].harmonic as f64;
        let family = self.family(nominal_hz, fundamental_hz);
        let best = self.most_telling(&family).unwrap_or(clearest);
        let frequency_hz = self.refined(best)? / lines[best.line].harmonic as f64;
        let harmonics = family.iter().map(|one| lines[one.line].harmonic).collect();
        Some(FoundHum { nominal_hz, frequency_hz, harmonics })
    }

    fn founding(&self) -> impl Iterator<Item = (usize, &'a CandidateLine)> {
        self.kernel.lines.iter().enumerate().filter(|(_, line)| line.is_founding())
    }

    /// The blocks of all channels that a candidate rests on.
    fn blocks(&self, line: usize) -> usize {
        self.channels.iter().map(|channel| channel.tones[line].blocks).sum()
    }

    /// From the frequencies about the founding lines that hold none of them.
    fn dependence(&self, rough: bool) -> Dependence {
        let (mut sums, mut counts) = (Vec::new(), 0.0);
        let all = LineTest::frequencies(self.length);
        for (line, candidate) in self.founding() {
            let hz = candidate.harmonic as f64 * candidate.nominal_hz;
            let taken = self.kernel.reach(candidate, rough, self.length)
                + LineTest::band(self.length);
            let taken =
                self.kernel.places(candidate, hz, taken.min(all / 2), self.length);
            for at in (0..all).step_by(EACH_BESIDE).filter(|at| !taken.contains(at)) {
                sums.push(self.sum(line, at));
                counts += self.blocks(line) as f64;
            }
        }
        let count = counts / sums.len().max(1) as f64;
        Dependence::measure(&sums, count)
    }

    fn sum(&self, line: usize, at: usize) -> f64 {
        let of = |channel: &&HumEvidence| channel.tones[line].sums.get(at).copied();
        self.channels.iter().filter_map(of).sum()
    }

    /// How likely noise is as much like a line as the channels are, by their sums: all of
    /// them together, and the clearest alone. The likelier one counts, each as one of as
    /// many trials as there are channels: many channels that are all a little like a line
    /// share something that no mains made, and mains reach more than one of many a little.
    fn log_chance(&self, line: usize, sums: impl Iterator<Item = f64>) -> f64 {
        let (mut all, mut clearest) = (0.0, 0.0_f64);
        for (channel, sum) in self.channels.iter().zip(sums) {
            let chance =
                log_chance(channel.tones[line].blocks, sum / self.dependence.ratio);
            clearest = clearest.min(chance);
            all += sum;
        }
        let together = self.dependence.log_chance(self.blocks(line), all);
        together.max(clearest) + libm::log(self.channels.len() as f64)
    }

    /// The founding line that chance explains least, if that is little enough, of another
    /// nominal frequency than those that are known. Hum without its fundamental is rare, so the fundamentals have half of the false alarms to
    /// themselves.
    fn clearest(&self, rough: bool, known: &[FoundHum]) -> Option<JointLine> {
        let reach = |line: &CandidateLine| self.kernel.reach(line, rough, self.length);
        let trials = |first: bool| -> f64 {
            let alike = self.founding().filter(|(_, line)| (line.harmonic == 1) == first);
            alike.map(|(_, line)| 2.0 * (2 * reach(line) + 1) as f64).sum()
        };
        let trials = [trials(false), trials(true)].map(libm::log);
        let peak = |(line, candidate): (usize, &CandidateLine)| {
            let hz = candidate.harmonic as f64 * candidate.nominal_hz;
            let peak = self.peak(line, hz, reach(candidate))?;
            let tried = trials[usize::from(candidate.harmonic == 1)];
            Some(JointLine { log_chance: peak.log_chance + tried, ..peak })
        };
        let is_known = |line: &CandidateLine| {
            known.iter().any(|hum| hum.nominal_hz == line.nominal_hz)
        };
        self.founding()
            .filter(|(_, line)| !is_known(line))
            .filter_map(peak)
            .filter(|peak| self.is_top(*peak) && !self.is_echo(*peak, rough))
            .min_by(|a, b| a.log_chance.total_cmp(&b.log_chance))
            .filter(JointLine::stands_out)
    }

    /// Whether a line has its top where it was found: that of a line beyond the
    /// frequencies of mains lies beyond them.
    fn is_top(&self, peak: JointLine) -> bool {
        let candidate = &self.kernel.lines[peak.line];
        let places = self.kernel.places(candidate, peak.hz, 1, self.length);
        let sums: Vec<f64> = places.iter().map(|&at| self.sum(peak.line, at)).collect();
        sums.iter().all(|sum| *sum <= sums[1])
    }

    /// Whether a line is what a run's transform leaks of a clearer one that is no mains: as
    /// runs are short, one at 50.5 Hz shows at 60.5 and 100.5 Hz, too, the latter as the
    /// second harmonic of 50.25 Hz.
    fn is_echo(&self, peak: JointLine, rough: bool) -> bool {
        let (kernel, length) = (self.kernel, self.length);
        let offset_hz = peak.hz - kernel.middle_hz(&kernel.lines[peak.line]);
        let sum = |line: usize| {
            let candidate = &kernel.lines[line];
            let hz = kernel.middle_hz(candidate) + offset_hz;
            self.sum(line, kernel.places(candidate, hz, 0, length)[0])
        };
        let is_no_mains = |candidate: &CandidateLine| {
            let off_hz = kernel.middle_hz(candidate) + offset_hz
                - candidate.harmonic as f64 * candidate.nominal_hz;
            let steps = (off_hz / kernel.step_hz(length)).abs();
            steps > kernel.reach(candidate, rough, length) as f64 + 0.5
        };
        self.founding()
            .any(|(line, candidate)| is_no_mains(candidate) && sum(line) > sum(peak.line))
    }

    /// The likeliest line within so many frequencies of one in hertz.
    fn peak(&self, line: usize, hz: f64, reach: usize) -> Option<JointLine> {
        let (candidate, step) =
            (&self.kernel.lines[line], self.kernel.step_hz(self.length));
        let places = self.kernel.places(candidate, hz, reach, self.length);
        let sums: Vec<Vec<f64>> =
            self.channels.iter().map(|channel| channel.sums_at(line, &places)).collect();
        let middle = (hz - self.kernel.middle_hz(candidate)) / step;
        let at_place = |at: usize| {
            let log_chance = self.log_chance(line, sums.iter().map(|sums| sums[at]));
            let steps = middle.round() + at as f64 - reach as f64;
            let hz = self.kernel.middle_hz(candidate) + steps * step;
            (
                JointLine { line, hz, log_chance },
                sums.iter().map(|sums| sums[at]).sum::<f64>(),
            )
        };
        // Where chances are too small for a number, the sums tell.
        let clearer = |a: &(JointLine, f64), b: &(JointLine, f64)| {
            b.0.log_chance.total_cmp(&a.0.log_chance).then(a.1.total_cmp(&b.1))
        };
        (0..places.len()).map(at_place).max_by(clearer).map(|(peak, _)| peak)
    }

    /// The harmonics of a fundamental that stand out.
    fn family(&self, nominal_hz: f64, fundamental_hz: f64) -> Vec<JointLine> {
        let family = || {
            let lines = self.kernel.lines.iter().enumerate();
            lines.filter(move |(_, line)| line.nominal_hz == nominal_hz)
        };
        // The fundamental is known to a step or so, and its multiples less.
        let reach = |line: &CandidateLine| 1 + line.harmonic / 4;
        let trials: usize = family().map(|(_, line)| 2 * reach(line) + 1).sum();
        let peak = |(line, candidate): (usize, &CandidateLine)| {
            let hz = candidate.harmonic as f64 * fundamental_hz;
            let peak = self.peak(line, hz, reach(candidate))?;
            let log_chance = peak.log_chance + libm::log(trials as f64);
            Some(JointLine { log_chance, ..peak })
        };
        family().filter_map(peak).filter(JointLine::stands_out).collect()
    }

    /// The line that tells the frequency best: the higher the harmonic and the clearer its
    /// line, the better. What chance explains more than one in a million times tells
    /// nothing, nor does what lies as far beside the middle of its transform as a clearer
    /// one, which may be what that leaks. The clearest line of all tells something anyhow.
    fn most_telling(&self, lines: &[JointLine]) -> Option<JointLine> {
        let weight = |one: &JointLine| {
            let harmonic = self.kernel.lines[one.line].harmonic as f64;
            -one.log_chance * harmonic * harmonic
        };
        let clearest = lines.iter().map(|one| one.log_chance).min_by(f64::total_cmp)?;
        let is_clear = |one: &JointLine| {
            one.log_chance < libm::log(TELLING) || one.log_chance == clearest
        };
        let is_leak = |one: &JointLine| {
            let mut clearer =
                lines.iter().filter(|other| other.log_chance < one.log_chance);
            clearer.any(|other| self.are_beside_alike(other, one))
        };
        lines
            .iter()
            .copied()
            .filter(|one| is_clear(one) && !is_leak(one))
            .max_by(|a, b| weight(a).total_cmp(&weight(b)))
    }

    /// Whether two lines lie equally far beside the middles of their transforms.
    fn are_beside_alike(&self, one: &JointLine, other: &JointLine) -> bool {
        let [one, other] = [one, other]
            .map(|line| line.hz - self.kernel.middle_hz(&self.kernel.lines[line.line]));
        (one - other).abs() < 0.5 * self.kernel.step_hz(self.length)
    }

    /// The frequency in hertz near that of a line at which sines of an amplitude of their
    /// own in each block of each channel fit best, weighted by what lies beside them.
    fn refined(&self, found: JointLine) -> Option<f64> {
        let hop = self.kernel.hop;
        let cycles =
            self.kernel.middle_hz(&self.kernel.lines[found.line]) / self.kernel.rate;
        let blocks = |channel: &&HumEvidence| {
            let tone = &channel.tones[found.line];
            let blocks = tone.blocks(channel.length);
            blocks
                .map(|(series, gains)| demodulated(cycles, hop, series, gains))
                .collect()
        };
        let blocks: Vec<Vec<Demodulated>> = self.channels.iter().map(blocks).collect();
        let step = self.kernel.step_hz(self.length) / self.kernel.rate;
        let near = found.hz / self.kernel.rate;
        Some(self.kernel.rate * frequency(&blocks.concat(), near, step, step / 2.0)?)
    }
}

/// A levelled block, with the weights of least squares.
fn demodulated(
    cycles: f64,
    hop: usize,
    series: &[Complex],
    gains: &[f64],
) -> Demodulated {
    let weight = dot(gains, gains) / gains.len() as f64;
    let weighed =
        series.iter().zip(gains).map(|(run, gain)| run * (gain / weight.sqrt()));
    Demodulated::new(cycles, hop, &weighed.collect::<Vec<_>>(), 0.0)
}

impl JointLine {
    fn stands_out(&self) -> bool {
        self.log_chance < libm::log(FALSE_ALARMS)
    }
}
