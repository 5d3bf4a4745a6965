//! Mains hum and its harmonics, removed only where they stand out.

use std::ops::{Range, RangeInclusive};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioner, Kernel};
use crate::dsp::design::notch;
use crate::dsp::fourier::{Fourier, fast_length, is_fast_length};
use crate::dsp::line::{Comparison, Line, NEIGHBOURS_TO_HZ, Prominence, beside, interpolate};
use crate::dsp::sine_fit::{Demodulated, Runs, Tones, frequency, vertex};
use crate::dsp::sums::{squared_distance, sum_of};
use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use crate::error::{Error, Result, Stage};
use crate::memory;
use crate::units::Hertz;

/// The probability that something is removed from noise that holds no hum.
const FALSE_ALARMS: f64 = 0.01;
/// How far mains may be off their nominal frequency, in hertz.
const REACH_HZ: f64 = 1.0;
/// Shorter stretches do not tell hum from its neighbours.
const SHORTEST_S: f64 = 1.0;
/// The runs of samples that are read together; 50 and 60 Hz and their harmonics have whole cycles in two.
const RUN_S: f64 = 0.05;
/// The activity is levelled with the runs up to this far on either side: a window of a quarter of a second.
const LEVEL_RUNS: usize = 2;
/// Blocks are not padded to less, so that a frequency has three neighbours at least on either side.
const SHORTEST_TRANSFORM_S: f64 = 2.0;
/// The amplitude may change by so much of itself from block to block before a sine is the wrong model.
const STEADY: f64 = 0.2;
/// The quality factor of a notch.
const NOTCH_Q: f64 = 30.0;

/// Removes mains hum (50 or 60 Hz and harmonics) where it stands out of the spectrum beside it; a
/// recording without hum stays as it is, bit for bit.
///
/// The frequency is estimated over the whole record within 1 Hz of the nominal one. A harmonic
/// counts when noise alone would be as prominent in fewer than 1 of 100 recordings, all
/// frequencies tried taken together. Values of amplitude and phase are fitted block by block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mains {
    /// How hum is removed.
    pub method: Method,
    /// The nominal frequency in hertz; without it, 50 or 60 Hz, whichever stands out.
    pub frequency_hz: Option<f64>,
    /// The length of a block in seconds, 1 to 60. Within a block the hum counts as steady.
    pub block_s: f64,
    /// No harmonic above this frequency in hertz is looked for.
    pub highest_hz: f64,
}

impl Default for Mains {
    fn default() -> Self {
        Self { method: Method::Auto, frequency_hz: None, block_s: 4.0, highest_hz: 450.0 }
    }
}

/// How hum is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By regression, and by interpolation where the amplitude drifts by more than 20 % from block
    /// to block or the line still stands out afterwards.
    #[default]
    Auto,
    /// Sines fitted by least squares and subtracted.
    Regression,
    /// Magnitudes replaced by those beside the line (Mewett, Reynolds & Nazeran 2004; Leske & Dalal 2019).
    Interpolation,
    /// A notch of quality 30, forward and backward. It rings, and takes EMG with it.
    Notch,
}

impl Conditioner for Mains {
    fn name(&self) -> &'static str {
        "mains"
    }

    fn design(&self, rate: Hertz) -> Result<Kernel> {
        self.kernel(rate).map(Kernel::Mains)
    }
}

impl Mains {
    /// The step for one sampling rate. Harmonics that it cannot hold are not looked for.
    ///
    /// # Errors
    /// Names the setting, its value, the limit and a value that works.
    pub fn kernel(&self, rate: Hertz) -> Result<MainsKernel> {
        self.check(rate)?;
        let hop = 2 * ((RUN_S * rate.hz() / 2.0) as usize).max(1);
        let longest = (self.block_s * rate.hz()).ceil() as usize;
        let room = longest.next_multiple_of(hop).max((SHORTEST_TRANSFORM_S * rate.hz()).ceil() as usize);
        let kernel =
            MainsKernel { settings: self.clone(), rate: rate.hz(), size: fast_length(room), hop, lines: Vec::new() };
        let nominals = self.frequency_hz.map_or(vec![50.0, 60.0], |hz| vec![hz]);
        let lines = nominals.into_iter().flat_map(|nominal_hz| kernel.harmonics(nominal_hz)).collect();
        Ok(MainsKernel { lines, ..kernel })
    }

    fn check(&self, rate: Hertz) -> Result<()> {
        let refuse = |text: String, hint: &str| Err(Error::new(Stage::Plan, text).with_hint(hint));
        if !(1.0..=60.0).contains(&self.block_s) {
            return refuse(format!("mains.block_s = {} is not between 1 and 60", self.block_s), "try block_s = 4");
        }
        if !(self.highest_hz.is_finite() && self.highest_hz > 0.0) {
            let text = format!("mains.highest_hz = {} is no frequency above 0", self.highest_hz);
            return refuse(text, "try highest_hz = 450");
        }
        let highest = rate.nyquist() - REACH_HZ - NEIGHBOURS_TO_HZ;
        match self.frequency_hz {
            Some(hz) if !(hz >= 10.0 && hz < highest) => refuse(
                format!("mains.frequency_hz = {hz} is not between 10 and {highest} Hz, the limit at {rate}"),
                "leave frequency_hz out to have 50 and 60 Hz tried",
            ),
            _ => Ok(()),
        }
    }
}

/// A harmonic that may be there.
#[derive(Debug, Clone, PartialEq)]
struct Candidate {
    nominal_hz: f64,
    harmonic: usize,
    bins: RangeInclusive<usize>,
}

/// The hum that stands out.
#[derive(Debug, Clone, PartialEq)]
struct Hum {
    nominal_hz: f64,
    /// What the samples were correlated with.
    near_hz: f64,
    frequency_hz: f64,
    harmonics: Vec<usize>,
}

/// A stretch without a gap, and what is known of it run by run.
struct Passage {
    stretch: Range<usize>,
    hop: usize,
    mean: f64,
    /// The sum of squares about the mean.
    power: f64,
    /// What makes the activity of each run 1; 0 in silence.
    gains: Vec<f64>,
    /// The runs of each block.
    blocks: Vec<Range<usize>>,
    /// The correlations with the harmonics that stand out.
    runs: Option<Runs>,
}

impl Passage {
    /// The samples of some runs, counted in the record.
    fn samples(&self, runs: &Range<usize>) -> Range<usize> {
        let place = |run: usize| (self.stretch.start + run * self.hop).min(self.stretch.end);
        place(runs.start)..place(runs.end)
    }

    /// Writes the levelled samples of some runs.
    fn level(&self, samples: &[f64], runs: &Range<usize>, place: &mut [f32]) {
        let samples = samples[self.samples(runs)].chunks(self.hop);
        for ((place, samples), gain) in place.chunks_mut(self.hop).zip(samples).zip(&self.gains[runs.clone()]) {
            for (value, sample) in place.iter_mut().zip(samples) {
                *value = ((sample - self.mean) * gain) as f32;
            }
        }
    }

    fn correlate(&mut self, samples: &[f64], tones: &Tones) {
        self.runs = Some(tones.correlate(&samples[self.stretch.clone()], self.stretch.start));
    }

    /// The levelled blocks, shifted down by a tone.
    fn demodulated(&self, tone: usize) -> impl Iterator<Item = Demodulated> {
        let of = move |runs: &Runs, block: &Range<usize>| {
            runs.demodulated(tone, block.clone(), self.mean, &self.gains[block.clone()])
        };
        self.runs.iter().flat_map(move |runs| self.blocks.iter().map(move |block| of(runs, block)))
    }
}

/// Equal blocks of so many runs, none longer than `most`.
fn blocks(runs: usize, most: usize) -> Vec<Range<usize>> {
    let count = runs.div_ceil(most).max(1);
    (0..count).map(|i| runs * i / count..runs * (i + 1) / count).collect()
}

/// How many bins a harmonic may be off what the fundamental says, to either side.
fn reach(harmonic: usize) -> usize {
    1 + harmonic / 4
}

/// [`Mains`] designed for one sampling rate.
#[derive(Debug, Clone, PartialEq)]
pub struct MainsKernel {
    settings: Mains,
    rate: f64,
    /// The samples of a padded block.
    size: usize,
    /// The samples of a run.
    hop: usize,
    lines: Vec<Candidate>,
}

impl MainsKernel {
    /// What was decided, as a phrase for the report and the methods paragraph.
    pub fn describe(&self) -> String {
        let how = match self.settings.method {
            Method::Auto => "by sine regression, by spectrum interpolation where its amplitude drifted",
            Method::Regression => "by sine regression",
            Method::Interpolation => "by spectrum interpolation",
            Method::Notch => "by zero-phase notch filters of quality 30",
        };
        let nominal = self.settings.frequency_hz.map_or("50 or 60".into(), |hz| hz.to_string());
        format!(
            "mains hum ({nominal} Hz and harmonics up to {} Hz) was removed where it stood out of the spectrum beside it, {how} (blocks of up to {} s)",
            self.settings.highest_hz, self.settings.block_s
        )
    }

    /// The fewest samples without a gap that it can process. Stretches under 1 s stay as they are.
    pub fn shortest(&self) -> usize {
        1
    }

    /// Removes the hum from the stretches of `samples` in place, and says what was found: nothing
    /// where nothing stands out.
    pub fn run(&self, samples: &mut [f64], stretches: &[Range<usize>]) -> Vec<String> {
        let long = |stretch: &&Range<usize>| stretch.len() as f64 >= SHORTEST_S * self.rate;
        let kept: Vec<Range<usize>> = stretches.iter().filter(long).cloned().collect();
        let Some((hum, passages)) = self.find(samples, &kept) else { return Vec::new() };
        let mut after = memory::copy(samples);
        let parts = self.remove(&mut after, samples, &passages, &hum);
        let share = removed_share(samples, &after, &passages);
        samples.copy_from_slice(&after);
        let short = if kept.len() < stretches.len() { "; stretches under 1 s were left as they are" } else { "" };
        vec![format!("mains at {:.2} Hz: removed {parts}, {} of the power{short}", hum.frequency_hz, percent(share))]
    }

    fn harmonics(&self, nominal_hz: f64) -> Vec<Candidate> {
        let bin_hz = self.bin_hz();
        let candidate = |harmonic: usize| {
            let (low, high) = (nominal_hz - REACH_HZ, nominal_hz + REACH_HZ);
            let bins =
                (harmonic as f64 * low / bin_hz).ceil() as usize..=(harmonic as f64 * high / bin_hz).floor() as usize;
            let room = harmonic as f64 * high + NEIGHBOURS_TO_HZ < self.rate / 2.0;
            (room && harmonic as f64 * nominal_hz <= self.settings.highest_hz).then_some(Candidate {
                nominal_hz,
                harmonic,
                bins,
            })
        };
        (1..).map_while(candidate).collect()
    }

    /// The distance of two frequencies that are tried: half of that of a block's transform.
    fn bin_hz(&self) -> f64 {
        self.rate / (2 * self.size) as f64
    }

    // ---- what stands out ----

    fn find(&self, samples: &[f64], stretches: &[Range<usize>]) -> Option<(Hum, Vec<Passage>)> {
        let mut passages: Vec<Passage> = stretches.iter().map(|stretch| self.passage(samples, stretch)).collect();
        let spectrum = self.prominence(samples, &passages);
        let (line, bin) = self.clearest(&spectrum)?;
        let candidate = &self.lines[line];
        let first_hz = self.between(&spectrum, line, bin) / candidate.harmonic as f64;
        let peaks = self.peaks(&spectrum, candidate.nominal_hz, first_hz);
        // The higher the harmonic and the clearer its line, the better it tells the frequency.
        let weight = |&(line, bin): &(usize, usize)| {
            let harmonic = self.lines[line].harmonic;
            spectrum.at(line, bin) * (harmonic * harmonic) as f64
        };
        let best = (0..peaks.len()).max_by(|&a, &b| weight(&peaks[a]).total_cmp(&weight(&peaks[b])))?;
        let harmonics: Vec<usize> = peaks.iter().map(|&(line, _)| self.lines[line].harmonic).collect();
        let near_hz = self.between(&spectrum, peaks[best].0, peaks[best].1) / harmonics[best] as f64;
        let cycles: Vec<f64> = harmonics.iter().map(|&harmonic| harmonic as f64 * near_hz / self.rate).collect();
        let tones = Tones::new(&cycles, self.hop);
        passages.iter_mut().for_each(|passage| passage.correlate(samples, &tones));
        let frequency_hz = self.refine(&passages, best)? / harmonics[best] as f64;
        Some((Hum { nominal_hz: candidate.nominal_hz, near_hz, frequency_hz, harmonics }, passages))
    }

    /// The line that chance explains least, if that is little enough. Hum without its fundamental is
    /// rare, so the fundamentals have half of the false alarms to themselves.
    fn clearest(&self, spectrum: &Prominence) -> Option<(usize, usize)> {
        let trials = |fundamental: bool| -> usize {
            let alike = self.lines.iter().filter(|line| (line.harmonic == 1) == fundamental);
            2 * alike.map(|line| line.bins.clone().count()).sum::<usize>()
        };
        let (first, others) = (trials(true), trials(false));
        let peaks = self.lines.iter().enumerate().filter_map(|(line, candidate)| {
            let bin = peak(spectrum, line, candidate.bins.clone())?;
            let trials = if candidate.harmonic == 1 { first } else { others };
            Some((line, bin, log_chance(spectrum, line, bin, trials)))
        });
        let (line, bin, chance) = peaks.min_by(|a, b| a.2.total_cmp(&b.2))?;
        (chance < libm::log(FALSE_ALARMS)).then_some((line, bin))
    }

    /// A stretch with the mean of its samples and the moving root mean square of the activity. Bursts
    /// smear a spectrum; levelled EMG is steady noise, and hum in the pauses counts for more.
    fn passage(&self, samples: &[f64], stretch: &Range<usize>) -> Passage {
        let samples = &samples[stretch.clone()];
        let mean = sum_of(samples, |sample| sample) / samples.len() as f64;
        let squares = |run: &[f64]| sum_of(run, |sample| (sample - mean) * (sample - mean));
        let powers: Vec<f64> = samples.chunks(self.hop).map(squares).collect();
        let gain = |run: usize| {
            let (from, to) = (run.saturating_sub(LEVEL_RUNS), (run + LEVEL_RUNS + 1).min(powers.len()));
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
    fn most(&self) -> usize {
        ((self.settings.block_s * self.rate) as usize).div_ceil(self.hop)
    }

    /// The prominence of all candidates, over the blocks that are not silent.
    fn prominence(&self, samples: &[f64], passages: &[Passage]) -> Prominence {
        let blocks = |passage: &'_ Passage| passage.blocks.clone();
        let all = passages.iter().flat_map(|passage| blocks(passage).into_iter().map(move |runs| (passage, runs)));
        let heard: Vec<(&Passage, Range<usize>)> =
            all.filter(|(passage, runs)| passage.gains[runs.clone()].iter().any(|gain| *gain > 0.0)).collect();
        let lengths: Vec<usize> = heard.iter().map(|(passage, runs)| passage.samples(runs).len()).collect();
        let wanted: Vec<_> = self.lines.iter().map(|line| line.bins.clone()).collect();
        let load = |block: usize, place: &mut [f32]| heard[block].0.level(samples, &heard[block].1, place);
        Prominence::of(&lengths, self.rate, self.size, &wanted, load)
    }

    /// The harmonics of a fundamental that stand out: the line and the bin of each.
    fn peaks(&self, spectrum: &Prominence, nominal_hz: f64, fundamental_hz: f64) -> Vec<(usize, usize)> {
        let near = |line: &Candidate| {
            let bin = (line.harmonic as f64 * fundamental_hz / spectrum.bin_hz).round() as usize;
            let reach = reach(line.harmonic);
            bin.saturating_sub(reach)..=bin + reach
        };
        let family = self.lines.iter().enumerate().filter(|(_, line)| line.nominal_hz == nominal_hz);
        let peaks = family.filter_map(|(line, candidate)| Some((line, peak(spectrum, line, near(candidate))?)));
        let trials = self.trials(nominal_hz);
        peaks.filter(|&(line, bin)| log_chance(spectrum, line, bin, trials) < libm::log(FALSE_ALARMS)).collect()
    }

    /// How many bins are tried near the harmonics of a fundamental.
    fn trials(&self, nominal_hz: f64) -> usize {
        let family = self.lines.iter().filter(|line| line.nominal_hz == nominal_hz);
        family.map(|line| 2 * reach(line.harmonic) + 1).sum()
    }

    /// The frequency in hertz of a peak by a parabola through its neighbours. In steps of a 64th of a bin:
    /// what is measured from here on must not depend on the rounding of a transform.
    fn between(&self, spectrum: &Prominence, line: usize, bin: usize) -> f64 {
        let beside = vertex([bin - 1, bin, bin + 1].map(|bin| spectrum.at(line, bin))).clamp(-0.5, 0.5);
        let inside = spectrum.at(line, bin - 1) > 0.0 && spectrum.at(line, bin + 1) > 0.0;
        let beside = if inside { (64.0 * beside).round() / 64.0 } else { 0.0 };
        (bin as f64 + beside) * spectrum.bin_hz
    }

    /// The frequency in hertz, near that of a tone, that sines of an amplitude of their own in each block fit best.
    fn refine(&self, passages: &[Passage], tone: usize) -> Option<f64> {
        let demodulated: Vec<Demodulated> = passages.iter().flat_map(|passage| passage.demodulated(tone)).collect();
        let bin = self.bin_hz() / self.rate;
        Some(self.rate * frequency(&demodulated, bin, 0.5 * bin)?)
    }

    // ---- removal ----

    /// Removes the hum from samples that are still as they were `before`, and says which harmonics went how.
    fn remove(&self, samples: &mut [f64], before: &[f64], passages: &[Passage], hum: &Hum) -> String {
        let (steady, changing) = match self.settings.method {
            Method::Auto => self.remove_steady(samples, before, passages, hum),
            Method::Regression => {
                self.regress(samples, passages, hum, &hum.harmonics);
                (hum.harmonics.clone(), Vec::new())
            }
            Method::Interpolation => (Vec::new(), hum.harmonics.clone()),
            Method::Notch => {
                self.notch_out(samples, passages, hum);
                return hum.listed(&hum.harmonics, "notch");
            }
        };
        self.interpolate(samples, passages, &hum.stripes(&changing), hum.frequency_hz);
        let parts = [(steady, "regression"), (changing, "spectrum interpolation")];
        let parts = parts.iter().filter(|(harmonics, _)| !harmonics.is_empty());
        parts.map(|(harmonics, how)| hum.listed(harmonics, how)).collect::<Vec<_>>().join(" and ")
    }

    /// Removes the harmonics that sines can remove, and tells them from those that change too much.
    fn remove_steady(
        &self,
        samples: &mut [f64],
        before: &[f64],
        passages: &[Passage],
        hum: &Hum,
    ) -> (Vec<usize>, Vec<usize>) {
        let even = |&harmonic: &usize| !self.drifts(passages, hum, harmonic);
        let (steady, mut changing): (Vec<usize>, Vec<usize>) =
            hum.harmonics.iter().partition(|harmonic| even(harmonic));
        self.regress(samples, passages, hum, &steady);
        let left = self.left(samples, passages, hum, &steady);
        if left.is_empty() {
            return (steady, changing);
        }
        samples.copy_from_slice(before);
        let (left, steady): (Vec<usize>, Vec<usize>) = steady.iter().partition(|harmonic| left.contains(harmonic));
        self.regress(samples, passages, hum, &steady);
        changing.extend(left);
        changing.sort_unstable();
        (steady, changing)
    }

    /// Whether the amplitude changes from block to block by more than a fifth of itself, beyond
    /// what the noise beside the line explains.
    fn drifts(&self, passages: &[Passage], hum: &Hum, harmonic: usize) -> bool {
        let tone = hum.tone(harmonic);
        let at = harmonic as f64 * (hum.frequency_hz - hum.near_hz);
        let (mut changes, mut noise, mut power, mut count) = (0.0, 0.0, 0.0, 0.0_f64);
        for passage in passages {
            let Some(runs) = &passage.runs else { continue };
            let longest = passage.blocks.iter().map(Range::len).max().unwrap_or(0);
            let turns = |offset: f64| runs.turns((at + offset) / self.rate, longest);
            let (own, beside) = (turns(0.0), [-3.0, -2.0, 2.0, 3.0].map(turns));
            let size =
                |block: &Range<usize>, turns| 2.0 * runs.power(tone, block, turns).sqrt() / runs.samples(block) as f64;
            let sizes: Vec<f64> = passage.blocks.iter().map(|block| size(block, &own)).collect();
            for (pair, block) in sizes.windows(2).zip(&passage.blocks) {
                changes += (pair[1] - pair[0]) * (pair[1] - pair[0]);
                power += pair[0] * pair[1];
                noise += beside.iter().map(|turns| size(block, turns)).map(|x| x * x / 4.0).sum::<f64>();
                count += 1.0;
            }
        }
        // Two standard errors of a sum of `count` squares allow for chance.
        count > 0.0 && changes > STEADY * STEADY * power + noise * (1.0 + 2.0 * (2.0 / count).sqrt())
    }

    fn regress(&self, samples: &mut [f64], passages: &[Passage], hum: &Hum, harmonics: &[usize]) {
        let cycles = hum.cycles(harmonics, self.rate);
        let tones = Tones::new(&cycles, self.hop);
        let offset = |&harmonic: &usize| harmonic as f64 * (hum.frequency_hz - hum.near_hz) / self.rate;
        let offsets: Vec<f64> = harmonics.iter().map(offset).collect();
        let chosen: Vec<usize> = harmonics.iter().map(|&harmonic| hum.tone(harmonic)).collect();
        for passage in passages.iter().filter(|_| !harmonics.is_empty()) {
            let Some(runs) = &passage.runs else { continue };
            let windows = Windows::of(&(0..runs.count()), self.most());
            let ranges: Vec<Range<usize>> = windows.iter().collect();
            let Some(fits) = runs.fits(&chosen, &ranges, &offsets) else { continue };
            for (part, first, last) in windows.parts() {
                let part = passage.samples(&part);
                let start = part.start;
                tones.subtract(&mut samples[part], start, &fits[first].amplitudes, &fits[last].amplitudes);
            }
        }
    }

    /// The harmonics that still stand out. Not levelled: what a fit leaves is judged against the
    /// activity that hides it.
    fn left(&self, samples: &[f64], passages: &[Passage], hum: &Hum, harmonics: &[usize]) -> Vec<usize> {
        let tones = Tones::new(&hum.cycles(harmonics, self.rate), self.hop);
        let rest: Vec<Runs> = passages
            .iter()
            .filter(|_| !harmonics.is_empty())
            .map(|passage| tones.correlate(&samples[passage.stretch.clone()], passage.stretch.start))
            .collect();
        let trials = libm::log(self.trials(hum.nominal_hz) as f64);
        let stands_out = |&(tone, &harmonic): &(usize, &usize)| {
            let chance = self.compared(&rest, passages, tone, reach(harmonic)).log_chance();
            chance + trials < libm::log(FALSE_ALARMS)
        };
        harmonics.iter().enumerate().filter(stands_out).map(|(_, &harmonic)| harmonic).collect()
    }

    /// A tone, and so many bins on either side, compared with frequencies farther away, block by block.
    fn compared(&self, rest: &[Runs], passages: &[Passage], tone: usize, reach: usize) -> Comparison {
        let middle = reach as f64;
        let near = (0..=2 * reach).map(|i| (i as f64 - middle) * self.bin_hz());
        let beside = beside();
        let mut comparison = Comparison::new(near.clone().count());
        for (runs, passage) in rest.iter().zip(passages) {
            let longest = passage.blocks.iter().map(Range::len).max().unwrap_or(0);
            let turns = |offset: f64| runs.turns(offset / self.rate, longest);
            let near: Vec<_> = near.clone().map(turns).collect();
            let far: Vec<_> = beside.iter().map(|&offset| turns(offset)).collect();
            for block in &passage.blocks {
                let power = |turns: &Vec<_>| runs.power(tone, block, turns);
                let neighbours: Vec<f64> = far.iter().map(power).collect();
                comparison.add(near.iter().map(power), &neighbours, runs.samples(block) as f64 / self.rate);
            }
        }
        comparison
    }

    fn interpolate(&self, samples: &mut [f64], passages: &[Passage], stripes: &[Line], fundamental_hz: f64) {
        let length = self.whole_cycles(fundamental_hz);
        let mut fourier = Fourier::new();
        for passage in passages.iter().filter(|_| !stripes.is_empty()) {
            let windows = Windows::of(&passage.stretch, length);
            let cleaned: Vec<(usize, Vec<f64>)> = windows
                .iter()
                .map(|w| (w.start, interpolate(&mut fourier, &samples[w.clone()], self.rate, stripes, 2.0)))
                .collect();
            for (part, first, last) in windows.parts() {
                let (from, count) = (part.start, part.len() as f64);
                for n in part {
                    let share = (n - from) as f64 / count;
                    let [before, after] = [&cleaned[first], &cleaned[last]].map(|(start, values)| values[n - start]);
                    samples[n] = before + share * (after - before);
                }
            }
        }
    }

    /// The samples of about a block that hold whole cycles, which do not leak: up to a fifth fewer where that makes a
    /// length that transforms fast and fits the cycles best.
    fn whole_cycles(&self, fundamental_hz: f64) -> usize {
        let most = (self.settings.block_s * fundamental_hz).round();
        let exact = |cycles: f64| cycles / fundamental_hz * self.rate;
        let beside = |cycles: &f64| (exact(*cycles) - exact(*cycles).round()).abs();
        let fewer = (0..=(most / 5.0) as usize).map(|fewer| most - fewer as f64);
        let fast = fewer.filter(|&cycles| is_fast_length(exact(cycles).round() as usize));
        exact(fast.min_by(|a, b| beside(a).total_cmp(&beside(b))).unwrap_or(most)).round() as usize
    }

    fn notch_out(&self, samples: &mut [f64], passages: &[Passage], hum: &Hum) {
        for harmonic in &hum.harmonics {
            let Ok(sos) = notch(*harmonic as f64 * hum.frequency_hz, NOTCH_Q, self.rate) else { continue };
            let filter = ZeroPhase::new(sos, Edge::Odd);
            let mut scratch = Scratch::default();
            for passage in passages {
                // A second of samples is far more than the padding, so it is never too short.
                let done = filter.run(&mut samples[passage.stretch.clone()], &mut scratch);
                debug_assert!(done.is_ok());
            }
        }
    }
}

impl Hum {
    /// The harmonics in cycles a sample.
    fn cycles(&self, harmonics: &[usize], rate: f64) -> Vec<f64> {
        harmonics.iter().map(|&harmonic| harmonic as f64 * self.frequency_hz / rate).collect()
    }

    /// The place of a harmonic among the tones that the samples were correlated with.
    fn tone(&self, harmonic: usize) -> usize {
        self.harmonics.iter().position(|&one| one == harmonic).unwrap_or(0)
    }

    /// 1 Hz to either side of the fundamental, 2 Hz of the second harmonic, 3 Hz of the others.
    fn stripes(&self, harmonics: &[usize]) -> Vec<Line> {
        let stripe = |&harmonic: &usize| Line {
            frequency_hz: harmonic as f64 * self.frequency_hz,
            half_width_hz: harmonic.min(3) as f64,
        };
        harmonics.iter().map(stripe).collect()
    }

    fn listed(&self, harmonics: &[usize], how: &str) -> String {
        let names: Vec<String> = harmonics.iter().map(|&h| nominal(h as f64 * self.nominal_hz)).collect();
        format!("{} Hz by {how}", names.join(", "))
    }
}

/// Windows that overlap by half and cover a stretch. What they say is cross-faded between their
/// centres, so nothing jumps at a border.
struct Windows {
    stretch: Range<usize>,
    starts: Vec<usize>,
    length: usize,
}

impl Windows {
    fn of(stretch: &Range<usize>, longest: usize) -> Self {
        let length = if stretch.len() <= longest { stretch.len() } else { longest & !1 };
        let beyond = stretch.len() - length;
        let steps = (2 * beyond).div_ceil(length.max(1));
        let starts = (0..=steps).map(|i| stretch.start + beyond * i / steps.max(1)).collect();
        Self { stretch: stretch.clone(), starts, length }
    }

    fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.starts.iter().map(|&start| start..start + self.length)
    }

    /// The parts between the centres, with the windows that hold at the beginning and beyond the end.
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

fn peak(spectrum: &Prominence, line: usize, bins: RangeInclusive<usize>) -> Option<usize> {
    bins.max_by(|&a, &b| spectrum.at(line, a).total_cmp(&spectrum.at(line, b)))
}

/// The logarithm of the expected number of bins as prominent among so many that are tried.
fn log_chance(spectrum: &Prominence, line: usize, bin: usize, trials: usize) -> f64 {
    spectrum.log_chance(line, bin) + libm::log(trials as f64)
}

fn removed_share(before: &[f64], after: &[f64], passages: &[Passage]) -> f64 {
    let removed = |passage: &Passage| {
        let stretch = passage.stretch.clone();
        squared_distance(&before[stretch.clone()], &after[stretch])
    };
    let power: f64 = passages.iter().map(|passage| passage.power).sum();
    passages.iter().map(removed).sum::<f64>() / power
}

fn nominal(hz: f64) -> String {
    ((10.0 * hz).round() / 10.0).to_string()
}

fn percent(share: f64) -> String {
    if share < 0.0005 { "less than 0.1 %".into() } else { format!("{:.1} %", 100.0 * share) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn kernel(settings: Mains) -> MainsKernel {
        settings.kernel(Hertz::new(1000.0).unwrap()).unwrap()
    }

    fn run(kernel: &MainsKernel, samples: &mut [f64]) -> Vec<String> {
        let whole = 0..samples.len();
        kernel.run(samples, std::slice::from_ref(&whole))
    }

    fn with_hum(noise: &[f64], parts: &[(f64, f64)]) -> Vec<f64> {
        let line = |n: usize, hz: f64| (2.0 * std::f64::consts::PI * hz * n as f64 / 1000.0 + 0.4).sin();
        noise.iter().enumerate().map(|(n, x)| x + parts.iter().map(|&(a, hz)| a * line(n, hz)).sum::<f64>()).collect()
    }

    fn error(a: &[f64], b: &[f64]) -> f64 {
        (a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / a.len() as f64).sqrt()
    }

    #[test]
    fn settings_that_cannot_be() {
        let rate = Hertz::new(1000.0).unwrap();
        for (settings, words) in [
            (Mains { frequency_hz: Some(700.0), ..Mains::default() }, "mains.frequency_hz = 700"),
            (Mains { frequency_hz: Some(f64::NAN), ..Mains::default() }, "mains.frequency_hz = NaN"),
            (Mains { block_s: 0.1, ..Mains::default() }, "mains.block_s = 0.1"),
            (Mains { highest_hz: -3.0, ..Mains::default() }, "mains.highest_hz = -3"),
        ] {
            let error = settings.kernel(rate).unwrap_err();
            assert!(error.message().starts_with(words), "{error}");
            assert!(error.hint().is_some());
        }
        assert!(toml::from_str::<Mains>("method = \"notch\"\nblock_s = 2").is_ok());
        assert!(toml::from_str::<Mains>("blocks = 2").is_err());
    }

    #[test]
    fn noise_alone_keeps_every_bit() {
        for rate in [90.0, 250.0, 1000.0] {
            let kernel = Mains::default().kernel(Hertz::new(rate).unwrap()).unwrap();
            let noise = normals(1, 8000);
            let mut samples = noise.clone();
            assert!(run(&kernel, &mut samples).is_empty());
            assert_eq!(samples, noise);
        }
    }

    #[test]
    fn constant_silence_and_short_stretches_are_no_hum() {
        let kernel = kernel(Mains::default());
        for value in [0.0, 3.5] {
            assert!(run(&kernel, &mut vec![value; 9000]).is_empty());
        }
        let mut short = with_hum(&normals(1, 900), &[(5.0, 50.0)]);
        assert!(kernel.run(&mut short, &[0..400, 500..900]).is_empty());
        assert!(kernel.run(&mut [], &[]).is_empty());
    }

    #[test]
    fn hum_is_found_and_named() {
        let noise = normals(2, 20_000);
        for (method, words) in [
            (Method::Auto, "removed 50, 150 Hz by regression, "),
            (Method::Regression, "removed 50, 150 Hz by regression, "),
            (Method::Interpolation, "removed 50, 150 Hz by spectrum interpolation, "),
            (Method::Notch, "removed 50, 150 Hz by notch, "),
        ] {
            let mut samples = with_hum(&noise, &[(0.6, 49.97), (0.4, 149.91)]);
            let said = run(&kernel(Mains { method, ..Mains::default() }), &mut samples);
            assert!(said[0].starts_with("mains at 49.97 Hz: ") && said[0].contains(words), "{said:?}");
            // Hum alone is 0.51; a notch takes 2 % of the noise with it.
            assert!(error(&samples, &noise) < 0.2, "{method:?}: {}", error(&samples, &noise));
        }
    }

    #[test]
    fn sixty_hertz_and_a_frequency_of_ones_own() {
        let noise = normals(3, 10_000);
        let mut samples = with_hum(&noise, &[(0.5, 60.02)]);
        let said = run(&kernel(Mains::default()), &mut samples);
        assert!(said[0].contains("removed 60 Hz by regression"), "{said:?}");
        let mut samples = with_hum(&noise, &[(0.5, 16.7)]);
        assert!(run(&kernel(Mains::default()), &mut samples).is_empty());
        let railway = kernel(Mains { frequency_hz: Some(16.7), ..Mains::default() });
        let said = run(&railway, &mut samples);
        assert!(said[0].contains("removed 16.7 Hz by regression"), "{said:?}");
    }

    #[test]
    fn hum_that_comes_and_goes_is_interpolated() {
        let noise = normals(4, 40_000);
        let line = with_hum(&vec![0.0; 40_000], &[(1.0, 50.0)]);
        let swell = |n: usize| 1.0 + 0.9 * (2.0 * std::f64::consts::PI * n as f64 / 12_000.0).sin();
        let mut samples: Vec<f64> = noise.iter().zip(&line).enumerate().map(|(n, (x, l))| x + swell(n) * l).collect();
        let said = run(&kernel(Mains::default()), &mut samples);
        assert!(said[0].contains("removed 50 Hz by spectrum interpolation"), "{said:?}");
        assert!(error(&samples, &noise) < 0.15, "{}", error(&samples, &noise));
    }

    #[test]
    fn windows_cover_a_stretch_once() {
        for (stretch, longest) in [(5..6, 10), (0..10, 10), (3..14, 10), (0..1001, 250), (7..10_000, 333), (0..3, 1000)]
        {
            let windows = Windows::of(&stretch, longest);
            assert_eq!(windows.iter().last().unwrap().end, stretch.end);
            let mut next = stretch.start;
            for (part, first, last) in windows.parts() {
                assert_eq!(part.start, next);
                next = part.end;
                for i in [first, last] {
                    let window = windows.iter().nth(i).unwrap();
                    assert!(window.start <= part.start && part.end <= window.end, "{stretch:?} {longest}");
                }
            }
            assert_eq!(next, stretch.end);
        }
    }
}
