//! Mains hum and its harmonics, removed only where they stand out.

mod decision;
mod removal;
mod survey;

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioner, Kernel};
use crate::error::{Error, ErrorKind, Result};
use crate::settings;
use crate::units::Hertz;

pub use removal::SettledMains;
pub use survey::HumEvidence;
use survey::{CandidateLine, SURVEY_RUN_S};

/// How far mains may be off their nominal frequency, in hertz: more than networks allow
/// themselves.
const REACH_HZ: f64 = 0.3;
/// The same as a share of it, where the sampling rate itself is not known better: clocks
/// of microcontrollers are off by up to 1 %.
const ROUGH_REACH: f64 = 0.01;
/// Nothing is looked for so close below half the sampling rate, in hertz.
const MARGIN_HZ: f64 = 6.0;

/// Removes mains hum (50 or 60 Hz and harmonics) where it stands out of the spectrum
/// beside it; a recording without hum stays as it is, bit for bit.
///
/// Hum has one frequency in all channels of a recording that share a sampling rate, or one
/// near 50 and one near 60 Hz. It is looked for within 0.3 Hz of the nominal one (1 % where the rate was given by hand or
/// is that of an uneven clock), and accepted where noise alone would be as much like a
/// line in fewer than 1 of 100 recordings: by the F test of Thomson (1982), over all
/// channels together and over the clearest, all frequencies tried taken together. Its fundamental, second
/// or third harmonic must be among the lines, and recordings under 1.1 s are too short to
/// tell. Amplitudes and phases are fitted block by block, with the weight of 1 over the
/// local variance, so that muscle activity leaves no hum of its own in the rest.
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
    /// By regression, in blocks of 1 s where the amplitude drifts by more than 20 % from
    /// block to block.
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

    fn in_short(&self) -> String {
        "freed of mains hum where it stood out".to_owned()
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
        let kernel = MainsKernel {
            settings: self.clone(),
            rate: rate.hz(),
            hop: ((SURVEY_RUN_S * rate.hz()).round() as usize).max(1),
            lines: Vec::new(),
        };
        let nominals = self.frequency_hz.map_or(vec![50.0, 60.0], |hz| vec![hz]);
        let lines = nominals.iter().flat_map(|&hz| kernel.harmonics(hz)).collect();
        Ok(MainsKernel { lines, ..kernel })
    }

    fn check(&self, rate: Hertz) -> Result<()> {
        settings::check(self)?;
        let highest = rate.nyquist() - MARGIN_HZ;
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

/// The hum of a recording.
#[derive(Debug, Clone, PartialEq)]
struct FoundHum {
    nominal_hz: f64,
    frequency_hz: f64,
    harmonics: Vec<usize>,
}

impl FoundHum {
    fn holds(&self, line: &CandidateLine) -> bool {
        line.nominal_hz == self.nominal_hz && self.harmonics.contains(&line.harmonic)
    }
}

/// [`Mains`] designed for one sampling rate: it looks at the channels, decides, and
/// becomes [`SettledMains`].
#[derive(Debug, Clone, PartialEq)]
pub struct MainsKernel {
    settings: Mains,
    rate: f64,
    /// The samples of a run in the search.
    hop: usize,
    lines: Vec<CandidateLine>,
}

impl MainsKernel {
    /// Whether there is a line that it could look for at this sampling rate.
    pub fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// What a channel says of hum, in places that are spread over it; `None` where no
    /// stretch is long enough, or the rate too low for a line.
    pub fn survey(
        &self,
        samples: &[f64],
        stretches: &[Range<usize>],
    ) -> Option<HumEvidence> {
        self.evidence(samples, stretches)
    }

    /// The step that removes the hum which the channels of a recording agree on: none
    /// where nothing stands out. A `rough` rate is off by up to 1 %.
    pub fn settle(&self, evidence: &[HumEvidence], rough: bool) -> SettledMains {
        SettledMains::new(self.clone(), self.decide(evidence, rough))
    }
}

impl Kernel for MainsKernel {
    fn describe(&self) -> String {
        let how = match self.settings.method {
            MainsMethod::Auto => {
                "by sine regression, in blocks of 1 s where its amplitude drifted"
            }
            MainsMethod::Regression => "by sine regression",
            MainsMethod::Interpolation => "by spectrum interpolation",
            MainsMethod::Notch => "by zero-phase notch filters of quality 30",
        };
        let nominal =
            self.settings.frequency_hz.map_or("50 or 60".into(), |hz| hz.to_string());
        let Mains { highest_hz, block_s, .. } = self.settings;
        format!(
            "mains hum ({nominal} Hz and harmonics up to {highest_hz} Hz) was removed where \
             the channels together show it as a line (Thomson's F test), {how} (blocks of up \
             to {block_s} s, weighted by 1 over the local variance)"
        )
    }

    /// Removes the hum of one channel, of which it alone decides.
    fn run(&self, samples: &mut [f64], stretches: &[Range<usize>]) -> Vec<String> {
        let evidence = self.survey(samples, stretches);
        self.settle(evidence.as_slice(), false).run(samples, stretches)
    }

    fn mains(&self) -> Option<&MainsKernel> {
        Some(self)
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
    fn hum_that_comes_and_goes_is_followed_in_short_blocks() {
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
        let how = "removed 50 Hz by regression in blocks of 1 s";
        assert!(said[0].contains(how), "{said:?}");
        assert!(error(&samples, &noise) < 0.1, "{}", error(&samples, &noise));
    }
}
