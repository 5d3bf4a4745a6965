//! From clean to envelope. Rectification lives here and nowhere else.

mod smoothing;

pub use crate::dsp::design::Cutoff;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dsp::fourier::Fourier;
use crate::dsp::zero_phase::{Edge, Enter, Leave, Scratch, ZeroPhase};
use crate::dsp::{design, gaps, moving, tkeo};
use crate::error::{Error, Result, Stage};
use crate::memory;
use crate::units::Hertz;

use smoothing::Smoothing;

/// How a clean signal becomes an envelope. The standard is the linear envelope:
/// rectified, then low-passed at 6 Hz.
///
/// Every envelope has the unit of the signal, is never negative, and is centred in time;
/// as it also looks ahead, it begins to rise before a burst begins. Nothing is smoothed
/// across a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Envelope {
    /// The linear envelope: rectified and low-passed (Winter 2009).
    LowPass(LowPass),
    /// The root mean square of a moving window.
    MovingRms(MovingRms),
    /// The mean rectified value of a moving window (ARV).
    MovingAverage(MovingAverage),
    /// The magnitude of the analytic signal, low-passed.
    Hilbert(Hilbert),
    /// The root of the low-passed Teager–Kaiser energy.
    Tkeo(Tkeo),
}

impl Default for Envelope {
    fn default() -> Self {
        Self::LowPass(LowPass::default())
    }
}

/// Settings of the linear envelope: a Butterworth low-pass, forward and backward, over
/// the rectified signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LowPass {
    /// The cut-off in hertz: 3 for slow heel raises, 6 for gait, 10 for fast movements.
    pub cutoff_hz: f64,
    /// The design order of one pass, 1 to 12.
    pub order: usize,
    /// Whether the −3 dB point of both passes or of one pass is at the cut-off.
    pub cutoff: Cutoff,
}

impl Default for LowPass {
    fn default() -> Self {
        Self { cutoff_hz: 6.0, order: 2, cutoff: Cutoff::Effective }
    }
}

/// Settings of the moving root mean square.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MovingRms {
    /// The centred window in seconds: 0.05 for timing, 0.1 to 0.25 for level. It holds
    /// the odd number of samples `2⌊T·rate/2⌋ + 1` and shrinks at the ends of a stretch.
    pub window_s: f64,
}

impl Default for MovingRms {
    fn default() -> Self {
        Self { window_s: 0.1 }
    }
}

/// Settings of the moving average.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MovingAverage {
    /// The centred window in seconds: 0.05 for timing, 0.1 to 0.25 for level. It holds
    /// the odd number of samples `2⌊T·rate/2⌋ + 1` and shrinks at the ends of a stretch.
    pub window_s: f64,
}

impl Default for MovingAverage {
    fn default() -> Self {
        Self { window_s: 0.1 }
    }
}

/// Settings of the Hilbert envelope. The transform takes a stretch as one period, so its
/// ends meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Hilbert {
    /// The cut-off of the smoothing in hertz.
    pub cutoff_hz: f64,
    /// The design order of one pass, 1 to 12.
    pub order: usize,
    /// Whether the −3 dB point of both passes or of one pass is at the cut-off.
    pub cutoff: Cutoff,
}

impl Default for Hilbert {
    fn default() -> Self {
        let LowPass { cutoff_hz, order, cutoff } = LowPass::default();
        Self { cutoff_hz, order, cutoff }
    }
}

/// Settings of the Teager–Kaiser envelope (Kaiser 1990): band-pass, energy, rectified,
/// low-passed, root. Its level depends on the spectrum and on the sampling rate, so it
/// tells when, not how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tkeo {
    /// The lower edge of the second-order band-pass before the energy, in hertz.
    pub low_hz: f64,
    /// The upper edge of the band-pass, in hertz.
    pub high_hz: f64,
    /// The cut-off of the smoothing in hertz.
    pub cutoff_hz: f64,
    /// The design order of one pass of the smoothing, 1 to 12.
    pub order: usize,
    /// Whether the −3 dB points of both passes or of one pass are at the edges and the
    /// cut-off.
    pub cutoff: Cutoff,
}

impl Default for Tkeo {
    fn default() -> Self {
        let LowPass { cutoff_hz, order, cutoff } = LowPass::default();
        Self { low_hz: 30.0, high_hz: 300.0, cutoff_hz, order, cutoff }
    }
}

/// An envelope and what making it meant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Enveloped {
    /// The envelope, as long as the signal; `NaN` in gaps and in stretches too short for
    /// the filter.
    pub samples: Vec<f64>,
    /// The share of the samples that were below 0 after smoothing and were set to 0, 0 to
    /// 1.
    pub negative_share: f64,
    /// How many samples at each end of every stretch rest on extrapolation or on a part
    /// of the window.
    pub edge_samples: usize,
}

/// An [`Envelope`] designed for one sampling rate.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeKernel {
    shape: Shape,
    edge_samples: usize,
    described: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    LowPass(ZeroPhase),
    MovingRms(usize),
    MovingAverage(usize),
    Hilbert(ZeroPhase),
    Tkeo(ZeroPhase, ZeroPhase),
}

impl Envelope {
    /// The envelope for one sampling rate. A cut-off or band that does not fit the rate,
    /// and a window that is no length of time, are errors that name the key, the value
    /// and one that works.
    pub fn design(&self, rate: Hertz) -> Result<EnvelopeKernel> {
        match self {
            Self::LowPass(settings) => low_pass(settings, rate),
            Self::MovingRms(MovingRms { window_s }) => {
                let (window, text) = window("moving-rms", *window_s, rate)?;
                let described =
                    format!("the root mean square of a centred window of {text}");
                Ok(EnvelopeKernel {
                    shape: Shape::MovingRms(window),
                    edge_samples: window / 2,
                    described,
                })
            }
            Self::MovingAverage(MovingAverage { window_s }) => {
                let (window, text) = window("moving-average", *window_s, rate)?;
                let described =
                    format!("the mean rectified value of a centred window of {text}");
                Ok(EnvelopeKernel {
                    shape: Shape::MovingAverage(window),
                    edge_samples: window / 2,
                    described,
                })
            }
            Self::Hilbert(settings) => hilbert(settings, rate),
            Self::Tkeo(settings) => energy(settings, rate),
        }
    }
}

fn low_pass(settings: &LowPass, rate: Hertz) -> Result<EnvelopeKernel> {
    let LowPass { cutoff_hz, order, cutoff } = *settings;
    let smoothing = Smoothing { variant: "low-pass", cutoff_hz, order, cutoff };
    Ok(EnvelopeKernel {
        shape: Shape::LowPass(smoothing.design(rate)?),
        edge_samples: smoothing.edge_samples(rate),
        described: format!(
            "full-wave rectified and smoothed by {}",
            smoothing.describe()
        ),
    })
}

fn hilbert(settings: &Hilbert, rate: Hertz) -> Result<EnvelopeKernel> {
    let Hilbert { cutoff_hz, order, cutoff } = *settings;
    let smoothing = Smoothing { variant: "hilbert", cutoff_hz, order, cutoff };
    Ok(EnvelopeKernel {
        shape: Shape::Hilbert(smoothing.design(rate)?),
        edge_samples: smoothing.edge_samples(rate),
        described: format!(
            "the magnitude of the analytic signal, smoothed by {}",
            smoothing.describe()
        ),
    })
}

fn energy(settings: &Tkeo, rate: Hertz) -> Result<EnvelopeKernel> {
    let Tkeo { low_hz, high_hz, cutoff_hz, order, cutoff } = *settings;
    let smoothing = Smoothing { variant: "tkeo", cutoff_hz, order, cutoff };
    let asked = design::Band::BandPass(low_hz, high_hz);
    let band = cutoff.band(2, asked, rate.hz(), 2);
    let sos = design::butterworth(2, band, rate.hz()).map_err(|reason| {
        Error::new(
            Stage::Plan,
            format!("envelope.tkeo.low_hz = {low_hz}, high_hz = {high_hz}: {reason}"),
        )
        .with_hint(format!(
            "try low_hz = 30, high_hz = {}",
            300.0_f64.min((0.45 * rate.hz()).floor())
        ))
    })?;
    Ok(EnvelopeKernel {
        shape: Shape::Tkeo(ZeroPhase::new(sos, Edge::Odd), smoothing.design(rate)?),
        edge_samples: smoothing.edge_samples(rate),
        described: format!(
            "the root of the rectified Teager–Kaiser energy of the {low_hz}–{high_hz} Hz band at {rate}, smoothed by {}",
            smoothing.describe()
        ),
    })
}

fn window(variant: &str, window_s: f64, rate: Hertz) -> Result<(usize, String)> {
    if !(window_s.is_finite() && window_s > 0.0 && window_s <= 60.0) {
        let text = format!(
            "envelope.{variant}.window_s = {window_s} is not above 0 and at most 60"
        );
        return Err(Error::new(Stage::Plan, text).with_hint("try window_s = 0.1"));
    }
    let window = moving::window(window_s, rate.hz());
    Ok((window, format!("{window_s} s ({window} samples)")))
}

impl EnvelopeKernel {
    /// What was decided, as a phrase for the report and the methods paragraph.
    pub fn describe(&self) -> String {
        self.described.clone()
    }

    /// The fewest samples without a gap that have an envelope.
    pub fn shortest(&self) -> usize {
        match &self.shape {
            Shape::LowPass(filter) | Shape::Hilbert(filter) => filter.shortest(),
            Shape::MovingRms(_) | Shape::MovingAverage(_) => 1,
            Shape::Tkeo(band, filter) => band.shortest().max(filter.shortest()).max(3),
        }
    }

    /// The envelope of a clean signal: [`EnvelopeKernel::run_together`] with it alone.
    pub fn run(&self, clean: &[f64]) -> Enveloped {
        self.run_together(&[clean], &mut Scratch::default())
            .pop()
            .unwrap_or_else(|| self.finished(Vec::new(), 0, 0))
    }

    /// The envelopes of clean signals, each stretch by stretch between its gaps. Signals
    /// of one length without gaps are smoothed together where the envelope is a filter's;
    /// the bits are those of each signal on its own.
    pub fn run_together(
        &self,
        cleans: &[&[f64]],
        scratch: &mut Scratch,
    ) -> Vec<Enveloped> {
        if let Shape::LowPass(filter) = &self.shape {
            let length = cleans.first().map_or(0, |clean| clean.len());
            let whole = |clean: &&[f64]| {
                clean.len() == length
                    && gaps::stretches(clean).first() == Some(&(0..length))
            };
            if length >= self.shortest() && cleans.iter().all(whole) {
                return self.low_passed(filter, cleans, scratch);
            }
        }
        cleans.iter().map(|clean| self.between_gaps(clean)).collect()
    }

    /// Rectified on the way into the filter, cut at 0 on the way out of it.
    fn low_passed(
        &self,
        filter: &ZeroPhase,
        cleans: &[&[f64]],
        scratch: &mut Scratch,
    ) -> Vec<Enveloped> {
        let mut smooth: Vec<Vec<f64>> =
            cleans.iter().map(|clean| memory::zeros(clean.len())).collect();
        let mut targets: Vec<&mut [f64]> =
            smooth.iter_mut().map(Vec::as_mut_slice).collect();
        let below = filter.run_from(
            cleans,
            &mut targets,
            Enter::Magnitude,
            Leave::NotNegative,
            scratch,
        );
        let below = below.unwrap_or_default();
        let one = |(samples, negative): (Vec<f64>, usize)| {
            let present = samples.len();
            self.finished(samples, negative, present)
        };
        smooth.into_iter().zip(below).map(one).collect()
    }

    fn between_gaps(&self, clean: &[f64]) -> Enveloped {
        let mut samples = vec![f64::NAN; clean.len()];
        let (mut negative, mut present) = (0, 0_usize);
        for stretch in gaps::stretches(clean)
            .into_iter()
            .filter(|stretch| stretch.len() >= self.shortest())
        {
            let smooth = self.smooth(&clean[stretch.clone()]);
            present += smooth.len();
            for (sample, value) in samples[stretch].iter_mut().zip(smooth) {
                negative += usize::from(value < 0.0);
                *sample = if value < 0.0 { 0.0 } else { value };
            }
        }
        if matches!(self.shape, Shape::Tkeo(..)) {
            samples.iter_mut().for_each(|sample| *sample = sample.sqrt());
        }
        self.finished(samples, negative, present)
    }

    fn finished(&self, samples: Vec<f64>, negative: usize, present: usize) -> Enveloped {
        let negative_share = negative as f64 / present.max(1) as f64;
        Enveloped { samples, negative_share, edge_samples: self.edge_samples }
    }

    fn smooth(&self, clean: &[f64]) -> Vec<f64> {
        match &self.shape {
            Shape::LowPass(filter) => filtered(filter, rectified(memory::copy(clean))),
            Shape::MovingRms(window) => moving::root_mean_square(clean, *window),
            Shape::MovingAverage(window) => {
                moving::mean(&rectified(memory::copy(clean)), *window)
            }
            Shape::Hilbert(filter) => {
                filtered(filter, Fourier::new().analytic_magnitude(clean))
            }
            Shape::Tkeo(band, filter) => {
                let energy = tkeo::energy(&filtered(band, memory::copy(clean)));
                filtered(filter, rectified(energy))
            }
        }
    }
}

fn rectified(mut samples: Vec<f64>) -> Vec<f64> {
    samples.iter_mut().for_each(|sample| *sample = sample.abs());
    samples
}

fn filtered(filter: &ZeroPhase, mut samples: Vec<f64>) -> Vec<f64> {
    // `run` hands over no stretch that is shorter than the filter needs.
    let done = filter.run(&mut samples, &mut Scratch::default());
    debug_assert!(done.is_ok());
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn rate(hz: f64) -> Hertz {
        Hertz::new(hz).unwrap()
    }

    const ALL: &[&str] = &["low-pass", "moving-rms", "moving-average", "hilbert", "tkeo"];

    fn parsed(text: &str) -> Envelope {
        #[derive(Deserialize)]
        struct Recipe {
            envelope: Envelope,
        }
        toml::from_str::<Recipe>(&format!("envelope = {text}")).unwrap().envelope
    }

    fn default_of(variant: &str) -> Envelope {
        parsed(&format!("{{ {variant} = {{}} }}"))
    }

    #[test]
    fn recipes_read_as_they_are_written() {
        assert_eq!(
            parsed("{ low-pass = { cutoff_hz = 6, order = 2, cutoff = \"effective\" } }"),
            Envelope::default()
        );
        assert_eq!(
            parsed("{ moving-rms = { window_s = 0.25 } }"),
            Envelope::MovingRms(MovingRms { window_s: 0.25 })
        );
        assert!(toml::from_str::<Envelope>("low-pass = { window_s = 1 }").is_err());
        for variant in ALL {
            let envelope = default_of(variant);
            let text = toml::to_string(&envelope).unwrap();
            assert_eq!(toml::from_str::<Envelope>(&text).unwrap(), envelope);
        }
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_would() {
        for (text, hz, words) in [
            (
                "{ low-pass = { cutoff_hz = 60 } }",
                100.0,
                "envelope.low-pass.cutoff_hz = 60",
            ),
            (
                "{ low-pass = { cutoff_hz = -1 } }",
                100.0,
                "envelope.low-pass.cutoff_hz = -1",
            ),
            ("{ low-pass = { order = 0 } }", 100.0, "envelope.low-pass.order = 0"),
            (
                "{ hilbert = { cutoff_hz = 50 } }",
                100.0,
                "envelope.hilbert.cutoff_hz = 50",
            ),
            ("{ tkeo = {} }", 500.0, "envelope.tkeo.low_hz = 30, high_hz = 300"),
            (
                "{ moving-rms = { window_s = 0 } }",
                500.0,
                "envelope.moving-rms.window_s = 0",
            ),
            (
                "{ moving-average = { window_s = inf } }",
                500.0,
                "envelope.moving-average.window_s = inf",
            ),
        ] {
            let error = parsed(text).design(rate(hz)).unwrap_err();
            assert!(error.message().starts_with(words), "{error}");
            assert!(error.hint().is_some() && error.stage() == Stage::Plan);
        }
    }

    #[test]
    fn gaps_stay_gaps_and_each_stretch_stands_alone() {
        let left = normals(1, 700);
        let right = normals(2, 900);
        let whole: Vec<f64> =
            left.iter().chain(&[f64::NAN; 3]).chain(&right).copied().collect();
        for variant in ALL {
            let kernel = default_of(variant).design(rate(1000.0)).unwrap();
            let found = kernel.run(&whole).samples;
            assert_eq!(found[..700], kernel.run(&left).samples, "{variant}");
            assert_eq!(found[703..], kernel.run(&right).samples, "{variant}");
            assert!(found[700..703].iter().all(|sample| sample.is_nan()));
        }
    }

    #[test]
    fn short_stretches_have_no_envelope() {
        for variant in ALL {
            let kernel = default_of(variant).design(rate(1000.0)).unwrap();
            let n = kernel.shortest();
            assert!(
                kernel.run(&normals(3, n)).samples.iter().all(|sample| *sample >= 0.0),
                "{variant}"
            );
            assert!(
                kernel
                    .run(&normals(3, n - 1))
                    .samples
                    .iter()
                    .all(|sample| sample.is_nan()),
                "{variant}"
            );
            assert!(kernel.run(&[]).samples.is_empty());
        }
    }

    #[test]
    fn silence_has_a_silent_envelope_and_a_louder_signal_a_proportional_one() {
        let quiet = normals(4, 3000);
        let loud: Vec<f64> = quiet.iter().map(|x| 8.0 * x).collect();
        for variant in ALL {
            let kernel = default_of(variant).design(rate(1000.0)).unwrap();
            assert_eq!(kernel.run(&[0.0; 500]).samples, [0.0; 500], "{variant}");
            for (a, b) in kernel.run(&quiet).samples.iter().zip(kernel.run(&loud).samples)
            {
                assert!((8.0 * a - b).abs() <= 1e-12 * b, "{variant}");
            }
        }
    }

    #[test]
    fn undershoot_is_cut_and_counted() {
        let mut burst = vec![0.0; 4000];
        burst[2000..2400].fill(1.0);
        let found = Envelope::default().design(rate(1000.0)).unwrap().run(&burst);
        assert!(found.samples.iter().all(|sample| *sample >= 0.0));
        assert!(
            found.negative_share > 0.01 && found.negative_share < 0.5,
            "{}",
            found.negative_share
        );
        assert_eq!(found.edge_samples, 167);
    }

    #[test]
    fn descriptions_say_what_was_asked() {
        let said = |text: &str| parsed(text).design(rate(1000.0)).unwrap().describe();
        assert!(said("{ low-pass = {} }").contains("6 Hz after both passes"));
        assert!(
            said("{ low-pass = { cutoff = \"nominal\" } }").contains("6 Hz in each pass")
        );
        assert!(said("{ moving-rms = {} }").contains("0.1 s (101 samples)"));
        assert!(said("{ tkeo = {} }").contains("30–300 Hz band at 1000 Hz"));
    }
}
