//! Mains hum and its harmonics, removed only where they stand out.

mod removal;
mod search;

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioner, Kernel};
use crate::dsp::fourier::fast_length;
use crate::dsp::line::{NEIGHBOURS_TO_HZ, SpectralLine};
use crate::dsp::sine_fit::{Demodulated, Runs, Tones};
use crate::error::{Error, ErrorKind, Result};
use crate::memory;
use crate::settings;
use crate::units::Hertz;

use removal::removed_share;
use search::CandidateLine;

/// The probability that something is removed from noise that holds no hum.
const FALSE_ALARMS: f64 = 0.01;
/// How far mains may be off their nominal frequency, in hertz.
const REACH_HZ: f64 = 1.0;
/// Shorter stretches do not tell hum from its neighbours.
const SHORTEST_S: f64 = 1.0;
/// The runs of samples that are read together; 50 and 60 Hz and their harmonics have
/// whole cycles in two.
const RUN_S: f64 = 0.05;
/// Blocks are not padded to less, so that a frequency has three neighbours at least on
/// either side.
const SHORTEST_TRANSFORM_S: f64 = 2.0;

/// Removes mains hum (50 or 60 Hz and harmonics) where it stands out of the spectrum
/// beside it; a recording without hum stays as it is, bit for bit.
///
/// The frequency is estimated over the whole record within 1 Hz of the nominal one. A
/// harmonic counts when noise alone would be as prominent in fewer than 1 of 100
/// recordings, all frequencies tried taken together. Values of amplitude and phase are
/// fitted block by block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mains {
    /// How hum is removed.
    pub method: MainsMethod,
    /// The nominal frequency in hertz; without it, 50 or 60 Hz, whichever stands out.
    #[schemars(range(min = 10.0, max = 1e6), extend("unit" = "Hz"))]
    pub frequency_hz: Option<f64>,
    /// The length of a block in seconds. Within a block the hum counts as
    /// steady.
    #[schemars(range(min = 1.0, max = 60.0), extend("unit" = "s"))]
    pub block_s: f64,
    /// No harmonic above this frequency in hertz is looked for.
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
    pub highest_hz: f64,
}

impl Default for Mains {
    fn default() -> Self {
        Self {
            method: MainsMethod::Auto,
            frequency_hz: None,
            block_s: 4.0,
            highest_hz: 450.0,
        }
    }
}

/// How hum is removed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MainsMethod {
    /// By regression, and by interpolation where the amplitude drifts by more than 20 %
    /// from block to block or the line still stands out afterwards.
    #[default]
    Auto,
    /// Sines fitted by least squares and subtracted.
    Regression,
    /// Magnitudes replaced by those beside the line (Mewett, Reynolds & Nazeran 2004;
    /// Leske & Dalal 2019).
    Interpolation,
    /// A notch of quality 30, forward and backward. It rings, and takes EMG with it.
    Notch,
}

impl Conditioner for Mains {
    fn name(&self) -> &'static str {
        "mains"
    }

    fn design(&self, rate: Hertz) -> Result<Box<dyn Kernel>> {
        Ok(Box::new(self.kernel(rate)?))
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
        let room = longest
            .next_multiple_of(hop)
            .max((SHORTEST_TRANSFORM_S * rate.hz()).ceil() as usize);
        let kernel = MainsKernel {
            settings: self.clone(),
            rate: rate.hz(),
            size: fast_length(room),
            hop,
            lines: Vec::new(),
        };
        let nominals = self.frequency_hz.map_or(vec![50.0, 60.0], |hz| vec![hz]);
        let lines = nominals
            .into_iter()
            .flat_map(|nominal_hz| kernel.harmonics(nominal_hz))
            .collect();
        Ok(MainsKernel { lines, ..kernel })
    }

    fn check(&self, rate: Hertz) -> Result<()> {
        settings::check(self)?;
        let highest = rate.nyquist() - REACH_HZ - NEIGHBOURS_TO_HZ;
        match self.frequency_hz {
            Some(hz) if hz >= highest => {
                let said = format!("must be below {highest} Hz, the limit at {rate}");
                Err(Error::about(ErrorKind::Plan, "frequency_hz", hz, said)
                    .with_hint("leave frequency_hz out to have 50 and 60 Hz tried"))
            }
            _ => Ok(()),
        }
    }
}

/// The hum that stands out.
#[derive(Debug, Clone, PartialEq)]
struct FoundHum {
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
        let place =
            |run: usize| (self.stretch.start + run * self.hop).min(self.stretch.end);
        place(runs.start)..place(runs.end)
    }

    /// The runs of the longest block.
    fn longest_block(&self) -> usize {
        self.blocks.iter().map(Range::len).max().unwrap_or(0)
    }

    /// Writes the levelled samples of some runs.
    fn level(&self, samples: &[f64], runs: &Range<usize>, place: &mut [f32]) {
        let samples = samples[self.samples(runs)].chunks(self.hop);
        for ((place, samples), gain) in
            place.chunks_mut(self.hop).zip(samples).zip(&self.gains[runs.clone()])
        {
            for (value, sample) in place.iter_mut().zip(samples) {
                *value = ((sample - self.mean) * gain) as f32;
            }
        }
    }

    fn correlate(&mut self, samples: &[f64], tones: &Tones) {
        self.runs =
            Some(tones.correlate(&samples[self.stretch.clone()], self.stretch.start));
    }

    /// The levelled blocks, shifted down by a tone.
    fn demodulated(&self, tone: usize) -> impl Iterator<Item = Demodulated> {
        let of = move |runs: &Runs, block: &Range<usize>| {
            runs.demodulated(tone, block.clone(), self.mean, &self.gains[block.clone()])
        };
        self.runs
            .iter()
            .flat_map(move |runs| self.blocks.iter().map(move |block| of(runs, block)))
    }
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
    lines: Vec<CandidateLine>,
}

impl Kernel for MainsKernel {
    fn describe(&self) -> String {
        let how = match self.settings.method {
            MainsMethod::Auto => {
                "by sine regression, by spectrum interpolation where its amplitude drifted"
            }
            MainsMethod::Regression => "by sine regression",
            MainsMethod::Interpolation => "by spectrum interpolation",
            MainsMethod::Notch => "by zero-phase notch filters of quality 30",
        };
        let nominal =
            self.settings.frequency_hz.map_or("50 or 60".into(), |hz| hz.to_string());
        let Mains { highest_hz, block_s, .. } = self.settings;
        format!(
            "mains hum ({nominal} Hz and harmonics up to {highest_hz} Hz) was removed where it \
             stood out of the spectrum beside it, {how} (blocks of up to {block_s} s)"
        )
    }

    /// Removes the hum from the stretches in place, and says what was found: nothing where
    /// nothing stands out. Stretches under 1 s stay as they are.
    fn run(&self, samples: &mut [f64], stretches: &[Range<usize>]) -> Vec<String> {
        let long =
            |stretch: &&Range<usize>| stretch.len() as f64 >= SHORTEST_S * self.rate;
        let kept: Vec<Range<usize>> = stretches.iter().filter(long).cloned().collect();
        let Some((hum, passages)) = self.find(samples, &kept) else {
            return Vec::new();
        };

        // What was removed is told as a share of what was there before.
        let mut after = memory::copy(samples);
        let parts = self.remove(&mut after, samples, &passages, &hum);
        let share = removed_share(samples, &after, &passages);
        samples.copy_from_slice(&after);

        let short = if kept.len() < stretches.len() {
            "; stretches under 1 s were left as they are"
        } else {
            ""
        };
        vec![format!(
            "mains at {:.2} Hz: removed {parts}, {} of the power{short}",
            hum.frequency_hz,
            percent(share)
        )]
    }
}

impl FoundHum {
    /// The harmonics in cycles a sample.
    fn cycles(&self, harmonics: &[usize], rate: f64) -> Vec<f64> {
        harmonics
            .iter()
            .map(|&harmonic| harmonic as f64 * self.frequency_hz / rate)
            .collect()
    }

    /// The place of a harmonic among the tones that the samples were correlated with.
    fn tone(&self, harmonic: usize) -> usize {
        self.harmonics.iter().position(|&one| one == harmonic).unwrap_or(0)
    }

    /// 1 Hz to either side of the fundamental, 2 Hz of the second harmonic, 3 Hz of the
    /// others.
    fn stripes(&self, harmonics: &[usize]) -> Vec<SpectralLine> {
        let stripe = |&harmonic: &usize| SpectralLine {
            frequency_hz: harmonic as f64 * self.frequency_hz,
            half_width_hz: harmonic.min(3) as f64,
        };
        harmonics.iter().map(stripe).collect()
    }

    fn listed(&self, harmonics: &[usize], how: &str) -> String {
        let names: Vec<String> =
            harmonics.iter().map(|&h| nominal(h as f64 * self.nominal_hz)).collect();
        format!("{} Hz by {how}", names.join(", "))
    }
}

fn nominal(hz: f64) -> String {
    ((10.0 * hz).round() / 10.0).to_string()
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
    use crate::dsp::random::normals;

    fn kernel(settings: Mains) -> MainsKernel {
        settings.kernel(Hertz::new(1000.0).unwrap()).unwrap()
    }

    fn run(kernel: &MainsKernel, samples: &mut [f64]) -> Vec<String> {
        let whole = 0..samples.len();
        kernel.run(samples, std::slice::from_ref(&whole))
    }

    fn with_hum(noise: &[f64], parts: &[(f64, f64)]) -> Vec<f64> {
        let line = |n: usize, hz: f64| {
            (2.0 * std::f64::consts::PI * hz * n as f64 / 1000.0 + 0.4).sin()
        };
        noise
            .iter()
            .enumerate()
            .map(|(n, x)| x + parts.iter().map(|&(a, hz)| a * line(n, hz)).sum::<f64>())
            .collect()
    }

    fn error(a: &[f64], b: &[f64]) -> f64 {
        (a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / a.len() as f64)
            .sqrt()
    }

    #[test]
    fn settings_that_cannot_be() {
        let rate = Hertz::new(1000.0).unwrap();
        for (settings, words) in [
            (
                Mains { frequency_hz: Some(700.0), ..Mains::default() },
                "frequency_hz = 700",
            ),
            (
                Mains { frequency_hz: Some(f64::NAN), ..Mains::default() },
                "frequency_hz = nan",
            ),
            (Mains { block_s: 0.1, ..Mains::default() }, "block_s = 0.1"),
            (Mains { highest_hz: -3.0, ..Mains::default() }, "highest_hz = -3"),
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
            (MainsMethod::Auto, "removed 50, 150 Hz by regression, "),
            (MainsMethod::Regression, "removed 50, 150 Hz by regression, "),
            (
                MainsMethod::Interpolation,
                "removed 50, 150 Hz by spectrum interpolation, ",
            ),
            (MainsMethod::Notch, "removed 50, 150 Hz by notch, "),
        ] {
            let mut samples = with_hum(&noise, &[(0.6, 49.97), (0.4, 149.91)]);
            let said = run(&kernel(Mains { method, ..Mains::default() }), &mut samples);
            assert!(
                said[0].starts_with("mains at 49.97 Hz: ") && said[0].contains(words),
                "{said:?}"
            );
            // Hum alone is 0.51; a notch takes 2 % of the noise with it.
            assert!(
                error(&samples, &noise) < 0.2,
                "{method:?}: {}",
                error(&samples, &noise)
            );
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
        let swell = |n: usize| {
            1.0 + 0.9 * (2.0 * std::f64::consts::PI * n as f64 / 12_000.0).sin()
        };
        let mut samples: Vec<f64> = noise
            .iter()
            .zip(&line)
            .enumerate()
            .map(|(n, (x, l))| x + swell(n) * l)
            .collect();
        let said = run(&kernel(Mains::default()), &mut samples);
        assert!(said[0].contains("removed 50 Hz by spectrum interpolation"), "{said:?}");
        assert!(error(&samples, &noise) < 0.15, "{}", error(&samples, &noise));
    }
}
