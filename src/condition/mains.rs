//! Mains hum and its harmonics, removed only where they stand out.

use std::ops::{Range, RangeInclusive};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioner, Kernel};
use crate::dsp::design::notch;
use crate::dsp::fourier::Fourier;
use crate::dsp::line::{Line, NEIGHBOURS_TO_HZ, Prominence, interpolate};
use crate::dsp::moving;
use crate::dsp::sine_fit::{Amplitude, Demodulated, Tone, fit, frequency};
use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use crate::error::{Error, Result, Stage};
use crate::units::Hertz;

/// The probability that something is removed from noise that holds no hum.
const FALSE_ALARMS: f64 = 0.01;
/// How far mains may be off their nominal frequency, in hertz.
const REACH_HZ: f64 = 1.0;
/// Shorter stretches do not tell hum from its neighbours.
const SHORTEST_S: f64 = 1.0;
/// The window that the activity is levelled with before a search.
const LEVEL_S: f64 = 0.25;
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
        let size = (2.0 * self.block_s * rate.hz()).ceil() as usize;
        let kernel =
            MainsKernel { settings: self.clone(), rate: rate.hz(), size: size.next_power_of_two(), lines: Vec::new() };
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
    frequency_hz: f64,
    harmonics: Vec<usize>,
}

/// [`Mains`] designed for one sampling rate.
#[derive(Debug, Clone, PartialEq)]
pub struct MainsKernel {
    settings: Mains,
    rate: f64,
    /// The samples of a padded block.
    size: usize,
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
        let Some(hum) = self.find(samples, &kept) else { return Vec::new() };
        let before = samples.to_vec();
        let parts = self.remove(samples, &kept, &hum);
        let share = removed_share(&before, samples, &kept);
        let short = if kept.len() < stretches.len() { "; stretches under 1 s were left as they are" } else { "" };
        vec![format!("mains at {:.2} Hz: removed {parts}, {} of the power{short}", hum.frequency_hz, percent(share))]
    }

    fn harmonics(&self, nominal_hz: f64) -> Vec<Candidate> {
        let bin_hz = self.rate / self.size as f64;
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

    // ---- what stands out ----

    fn find(&self, samples: &[f64], stretches: &[Range<usize>]) -> Option<Hum> {
        let level = self.levelled(samples, stretches);
        let blocks = self.blocks(stretches);
        let spectrum = self.prominence(&level, &blocks);
        let (line, bin) = self.clearest(&spectrum)?;
        let first_hz = self.refine(&level, &blocks, bin)? / line.harmonic as f64;
        let peaks = self.peaks(&spectrum, line.nominal_hz, first_hz);
        // The higher the harmonic and the clearer its line, the better it tells the frequency.
        let weight = |&(harmonic, bin): &(usize, usize)| spectrum.at(bin) * (harmonic * harmonic) as f64;
        let &(harmonic, bin) = peaks.iter().max_by(|a, b| weight(a).total_cmp(&weight(b)))?;
        let frequency_hz = self.refine(&level, &blocks, bin)? / harmonic as f64;
        let harmonics = peaks.into_iter().map(|(harmonic, _)| harmonic).collect();
        Some(Hum { nominal_hz: line.nominal_hz, frequency_hz, harmonics })
    }

    /// The line that chance explains least, if that is little enough. Hum without its fundamental is
    /// rare, so the fundamentals have half of the false alarms to themselves.
    fn clearest(&self, spectrum: &Prominence) -> Option<(&Candidate, usize)> {
        let trials = |fundamental: bool| -> usize {
            let alike = self.lines.iter().filter(|line| (line.harmonic == 1) == fundamental);
            2 * alike.map(|line| line.bins.clone().count()).sum::<usize>()
        };
        let (first, others) = (trials(true), trials(false));
        let chance =
            |line: &Candidate, bin: usize| log_chance(spectrum, bin, if line.harmonic == 1 { first } else { others });
        let peaks = self.lines.iter().filter_map(|line| Some((line, peak(spectrum, line.bins.clone())?)));
        let (line, bin) = peaks.min_by(|a, b| chance(a.0, a.1).total_cmp(&chance(b.0, b.1)))?;
        (chance(line, bin) < libm::log(FALSE_ALARMS)).then_some((line, bin))
    }

    /// The samples with their mean removed, over the moving root mean square of the activity. Bursts
    /// smear a spectrum; levelled EMG is steady noise, and hum in the pauses counts for more.
    fn levelled(&self, samples: &[f64], stretches: &[Range<usize>]) -> Vec<f64> {
        let mut level = vec![0.0; samples.len()];
        for stretch in stretches {
            let mean = samples[stretch.clone()].iter().sum::<f64>() / stretch.len() as f64;
            let centred: Vec<f64> = samples[stretch.clone()].iter().map(|sample| sample - mean).collect();
            let activity = moving::root_mean_square(&centred, moving::window(LEVEL_S, self.rate));
            for ((value, sample), activity) in level[stretch.clone()].iter_mut().zip(centred).zip(activity) {
                *value = if activity > 0.0 { sample / activity } else { 0.0 };
            }
        }
        level
    }

    /// Equal blocks of each stretch, none longer than asked for.
    fn blocks(&self, stretches: &[Range<usize>]) -> Vec<Range<usize>> {
        let cut = |stretch: &Range<usize>| {
            let (start, length) = (stretch.start, stretch.len());
            let count = (length as f64 / (self.settings.block_s * self.rate)).ceil().max(1.0) as usize;
            (0..count).map(move |i| start + length * i / count..start + length * (i + 1) / count)
        };
        stretches.iter().flat_map(cut).collect()
    }

    fn prominence(&self, level: &[f64], blocks: &[Range<usize>]) -> Prominence {
        let wanted: Vec<_> = self.lines.iter().map(|line| line.bins.clone()).collect();
        Prominence::of(level, blocks, self.rate, self.size, &wanted)
    }

    /// The harmonics of a fundamental that stand out, each with its bin.
    fn peaks(&self, spectrum: &Prominence, nominal_hz: f64, fundamental_hz: f64) -> Vec<(usize, usize)> {
        let near = |line: &Candidate| {
            let bin = (line.harmonic as f64 * fundamental_hz / spectrum.bin_hz).round() as usize;
            let reach = 1 + line.harmonic / 4;
            (line.harmonic, bin.saturating_sub(reach)..=bin + reach)
        };
        let lines: Vec<_> = self.lines.iter().filter(|line| line.nominal_hz == nominal_hz).map(near).collect();
        let trials: usize = lines.iter().map(|(_, bins)| bins.clone().count()).sum();
        let peaks = lines.into_iter().filter_map(|(harmonic, bins)| Some((harmonic, peak(spectrum, bins)?)));
        peaks.filter(|&(_, bin)| log_chance(spectrum, bin, trials) < libm::log(FALSE_ALARMS)).collect()
    }

    /// The frequency in hertz, near a bin, that sines of an amplitude of their own in each block fit best.
    fn refine(&self, level: &[f64], blocks: &[Range<usize>], bin: usize) -> Option<f64> {
        let (cycles, step) = (bin as f64 / self.size as f64, 1.0 / self.size as f64);
        let hop = (self.rate / 20.0) as usize;
        let demodulated = |block: &Range<usize>| Demodulated::new(&level[block.clone()], block.start, cycles, hop);
        let demodulated: Vec<Demodulated> = blocks.iter().map(demodulated).collect();
        Some(self.rate * frequency(&demodulated, 1.5 * step, 0.5 * step)?)
    }

    // ---- removal ----

    /// Removes the hum, and says which harmonics went how.
    fn remove(&self, samples: &mut [f64], stretches: &[Range<usize>], hum: &Hum) -> String {
        let (steady, changing) = match self.settings.method {
            Method::Auto => self.split(samples, stretches, hum),
            Method::Regression => (hum.harmonics.clone(), Vec::new()),
            Method::Interpolation => (Vec::new(), hum.harmonics.clone()),
            Method::Notch => {
                self.notch_out(samples, stretches, hum);
                return hum.listed(&hum.harmonics, "notch");
            }
        };
        self.regress(samples, stretches, &hum.tones(&steady, self.rate));
        self.interpolate(samples, stretches, &hum.stripes(&changing), hum.frequency_hz);
        let parts = [(steady, "regression"), (changing, "spectrum interpolation")];
        let parts = parts.iter().filter(|(harmonics, _)| !harmonics.is_empty());
        parts.map(|(harmonics, how)| hum.listed(harmonics, how)).collect::<Vec<_>>().join(" and ")
    }

    /// The harmonics that sines can remove, and those that change too much.
    fn split(&self, samples: &[f64], stretches: &[Range<usize>], hum: &Hum) -> (Vec<usize>, Vec<usize>) {
        let even = |&harmonic: &usize| !self.drifts(samples, stretches, harmonic as f64 * hum.frequency_hz);
        let (steady, mut changing): (Vec<usize>, Vec<usize>) =
            hum.harmonics.iter().partition(|harmonic| even(harmonic));
        let mut rest = samples.to_vec();
        self.regress(&mut rest, stretches, &hum.tones(&steady, self.rate));
        // Not levelled: what a fit leaves is judged against the activity that hides it.
        let spectrum = self.prominence(&rest, &self.blocks(stretches));
        let left: Vec<usize> =
            self.peaks(&spectrum, hum.nominal_hz, hum.frequency_hz).into_iter().map(|(harmonic, _)| harmonic).collect();
        let (left, steady): (Vec<usize>, Vec<usize>) = steady.iter().partition(|harmonic| left.contains(harmonic));
        changing.extend(left);
        changing.sort_unstable();
        (steady, changing)
    }

    /// Whether the amplitude changes from block to block by more than a fifth of itself, beyond
    /// what the noise beside the line explains.
    fn drifts(&self, samples: &[f64], stretches: &[Range<usize>], hz: f64) -> bool {
        let size = |offset: f64, window: &Range<usize>| {
            let tone = Tone::new((hz + offset) / self.rate);
            2.0 * tone.correlate(&samples[window.clone()], window.start).norm() / window.len() as f64
        };
        let (mut changes, mut noise, mut power, mut count) = (0.0, 0.0, 0.0, 0.0_f64);
        for blocks in stretches.iter().map(|stretch| self.blocks(std::slice::from_ref(stretch))) {
            let sizes: Vec<f64> = blocks.iter().map(|block| size(0.0, block)).collect();
            for (pair, block) in sizes.windows(2).zip(&blocks) {
                changes += (pair[1] - pair[0]) * (pair[1] - pair[0]);
                power += pair[0] * pair[1];
                noise +=
                    [-3.0, -2.0, 2.0, 3.0].map(|offset| size(offset, block)).map(|x| x * x / 4.0).iter().sum::<f64>();
                count += 1.0;
            }
        }
        // Two standard errors of a sum of `count` squares allow for chance.
        count > 0.0 && changes > STEADY * STEADY * power + noise * (1.0 + 2.0 * (2.0 / count).sqrt())
    }

    fn regress(&self, samples: &mut [f64], stretches: &[Range<usize>], tones: &[Tone]) {
        for stretch in stretches.iter().filter(|_| !tones.is_empty()) {
            let windows = Windows::of(stretch, (self.settings.block_s * self.rate) as usize);
            let fitted = |window: Range<usize>| fit(&samples[window.clone()], window.start, tones);
            let Some(fits) = windows.iter().map(fitted).collect::<Option<Vec<_>>>() else { continue };
            for (i, tone) in tones.iter().enumerate() {
                let amplitudes: Vec<Amplitude> = fits.iter().map(|fit| fit.amplitudes[i]).collect();
                for (part, first, last) in windows.parts() {
                    let start = part.start;
                    tone.subtract(&mut samples[part], start, amplitudes[first], amplitudes[last]);
                }
            }
        }
    }

    fn interpolate(&self, samples: &mut [f64], stretches: &[Range<usize>], stripes: &[Line], fundamental_hz: f64) {
        // Whole cycles do not leak.
        let cycles = (self.settings.block_s * fundamental_hz).round();
        let length = (cycles / fundamental_hz * self.rate).round() as usize;
        let mut fourier = Fourier::new();
        for stretch in stretches.iter().filter(|_| !stripes.is_empty()) {
            let windows = Windows::of(stretch, length);
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

    fn notch_out(&self, samples: &mut [f64], stretches: &[Range<usize>], hum: &Hum) {
        for harmonic in &hum.harmonics {
            let Ok(sos) = notch(*harmonic as f64 * hum.frequency_hz, NOTCH_Q, self.rate) else { continue };
            let filter = ZeroPhase::new(sos, Edge::Odd);
            let mut scratch = Scratch::default();
            for stretch in stretches {
                // A second of samples is far more than the padding, so it is never too short.
                let done = filter.run(&mut samples[stretch.clone()], &mut scratch);
                debug_assert!(done.is_ok());
            }
        }
    }
}

impl Hum {
    fn tones(&self, harmonics: &[usize], rate: f64) -> Vec<Tone> {
        harmonics.iter().map(|&harmonic| Tone::new(harmonic as f64 * self.frequency_hz / rate)).collect()
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

fn peak(spectrum: &Prominence, bins: RangeInclusive<usize>) -> Option<usize> {
    bins.max_by(|&a, &b| spectrum.at(a).total_cmp(&spectrum.at(b)))
}

/// The logarithm of the expected number of bins as prominent among so many that are tried.
fn log_chance(spectrum: &Prominence, bin: usize, trials: usize) -> f64 {
    spectrum.log_chance(bin) + libm::log(trials as f64)
}

fn removed_share(before: &[f64], after: &[f64], stretches: &[Range<usize>]) -> f64 {
    let (mut removed, mut power) = (0.0, 0.0);
    for stretch in stretches {
        let (before, after) = (&before[stretch.clone()], &after[stretch.clone()]);
        let mean = before.iter().sum::<f64>() / before.len() as f64;
        removed += before.iter().zip(after).map(|(b, a)| (b - a) * (b - a)).sum::<f64>();
        power += before.iter().map(|b| (b - mean) * (b - mean)).sum::<f64>();
    }
    removed / power
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
