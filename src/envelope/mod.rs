//! From clean to envelope. Rectification lives here and nowhere else.
//!
//! A recipe names an [`Envelope`]; [`Envelope::design`] makes an [`EnvelopeKernel`] of it
//! for one sampling rate, which takes clean signals stretch by stretch: nothing is
//! smoothed across a gap.
//!
//! A new kind is a file with its settings (an [`EnvelopeKind`]) and what they are
//! designed into (a [`Smoother`]), and four lines in this one.

use std::fmt::Debug;

use crate::choice::choice;
use crate::dsp::zero_phase::ZeroPhase;
use crate::error::Result;
use crate::units::Hertz;

mod hilbert;
mod kernel;
mod low_pass;
mod moving_average;
mod moving_rms;
mod smoothing;
mod tkeo;
mod window;

pub use crate::dsp::design::Cutoff;
pub use hilbert::Hilbert;
pub use kernel::{EnvelopeKernel, Enveloped};
pub use low_pass::LinearEnvelope;
pub use moving_average::MovingAverage;
pub use moving_rms::MovingRms;
pub use tkeo::Tkeo;

choice! {
    /// How a clean signal becomes an envelope. The standard is the linear envelope:
    /// rectified, then low-passed at 6 Hz.
    ///
    /// Every envelope has the unit of the signal, is never negative, and is centred in
    /// time; as it also looks ahead, it begins to rise before a burst begins. Nothing is
    /// smoothed across a gap.
    pub enum Envelope as EnvelopeKind by kind {
        /// The linear envelope: rectified and low-passed (Winter 2009).
        LowPass(LinearEnvelope),
        /// The root mean square of a moving window.
        MovingRms(MovingRms),
        /// The mean rectified value of a moving window (ARV).
        MovingAverage(MovingAverage),
        /// The magnitude of the analytic signal, low-passed.
        Hilbert(Hilbert),
        /// The root of the low-passed Teager–Kaiser energy.
        Tkeo(Tkeo),
    }
}

impl Default for Envelope {
    fn default() -> Self {
        Self::LowPass(LinearEnvelope::default())
    }
}

impl Envelope {
    /// The envelope for one sampling rate. A cut-off or band that does not fit the rate,
    /// and a window that is no length of time, are errors that name the key, the value
    /// and one that works.
    pub fn design(&self, rate: Hertz) -> Result<EnvelopeKernel> {
        let designed = self.kind().design(rate);
        designed.map(EnvelopeKernel::new).map_err(|error| error.under(self.name()))
    }
}

/// A kind of envelope with its settings.
pub trait EnvelopeKind {
    /// Its name in the recipe.
    fn name(&self) -> &'static str;

    /// What it is, for the short methods: "the envelope was …".
    fn in_short(&self) -> String;

    /// The envelope for one sampling rate. Everything that can be wrong with the settings
    /// is wrong here.
    ///
    /// # Errors
    /// Names the setting, its value, the limit and a value that works.
    fn design(&self, rate: Hertz) -> Result<Box<dyn Smoother>>;
}

/// A kind of envelope designed for one sampling rate: what it makes of a stretch.
pub trait Smoother: Debug + Send + Sync {
    /// What was decided, as a phrase for the report and the methods paragraph.
    fn describe(&self) -> String;

    /// The envelope of a stretch without gaps, of [`Smoother::shortest`] samples at
    /// least: one value for each of its samples. Values below 0 become 0 afterwards.
    fn smooth(&self, clean: &[f64]) -> Vec<f64>;

    /// How many samples at each end of a stretch rest on extrapolation or on a part of
    /// the window.
    fn edge_samples(&self) -> usize;

    /// The fewest samples without a gap that have an envelope.
    fn shortest(&self) -> usize {
        1
    }

    /// From what was smoothed, cut at 0, to the unit of the signal: the root where
    /// energies were smoothed.
    fn level(&self, smoothed: f64) -> f64 {
        smoothed
    }

    /// The low-pass of an envelope that is this filter over the rectified signal and
    /// nothing more: it runs over several signals together, with the same bits.
    fn low_pass(&self) -> Option<&ZeroPhase> {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::dsp::random::normals;

    fn rate(hz: f64) -> Hertz {
        Hertz::new(hz).unwrap()
    }

    fn parsed(text: &str) -> Envelope {
        #[derive(Deserialize)]
        struct Recipe {
            envelope: Envelope,
        }
        toml::from_str::<Recipe>(&format!("envelope = {text}")).unwrap().envelope
    }

    /// Every kind with its default settings, for 1000 samples a second.
    fn designed() -> Vec<(&'static str, EnvelopeKernel)> {
        let design = |one: &Envelope| (one.name(), one.design(rate(1000.0)).unwrap());
        Envelope::all().iter().map(design).collect()
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
        for envelope in Envelope::all() {
            let text = toml::to_string(&envelope).unwrap();
            assert_eq!(toml::from_str::<Envelope>(&text).unwrap(), envelope);
        }
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_would() {
        for (text, hz, words) in [
            ("{ low-pass = { cutoff_hz = 60 } }", 100.0, "low-pass.cutoff_hz = 60"),
            ("{ low-pass = { cutoff_hz = -1 } }", 100.0, "low-pass.cutoff_hz = -1"),
            ("{ low-pass = { order = 0 } }", 100.0, "low-pass.order = 0"),
            ("{ hilbert = { cutoff_hz = 50 } }", 100.0, "hilbert.cutoff_hz = 50"),
            ("{ tkeo = {} }", 500.0, "tkeo.high_hz = 300"),
            ("{ moving-rms = { window_s = 0 } }", 500.0, "moving-rms.window_s = 0"),
            (
                "{ moving-average = { window_s = inf } }",
                500.0,
                "moving-average.window_s = inf",
            ),
        ] {
            let error = parsed(text).design(rate(hz)).unwrap_err();
            assert!(error.message().starts_with(words), "{error}");
            assert!(error.hint().is_some());
        }
    }

    #[test]
    fn gaps_stay_gaps_and_each_stretch_stands_alone() {
        let left = normals(1, 700);
        let right = normals(2, 900);
        let whole: Vec<f64> =
            left.iter().chain(&[f64::NAN; 3]).chain(&right).copied().collect();
        for (kind, kernel) in designed() {
            let found = kernel.run(&whole).samples;
            assert_eq!(found[..700], kernel.run(&left).samples, "{kind}");
            assert_eq!(found[703..], kernel.run(&right).samples, "{kind}");
            assert!(found[700..703].iter().all(|sample| sample.is_nan()));
        }
    }

    #[test]
    fn short_stretches_have_no_envelope() {
        for (kind, kernel) in designed() {
            let n = kernel.shortest();
            assert!(
                kernel.run(&normals(3, n)).samples.iter().all(|sample| *sample >= 0.0),
                "{kind}"
            );
            assert!(
                kernel
                    .run(&normals(3, n - 1))
                    .samples
                    .iter()
                    .all(|sample| sample.is_nan()),
                "{kind}"
            );
            assert!(kernel.run(&[]).samples.is_empty());
        }
    }

    #[test]
    fn silence_has_a_silent_envelope_and_a_louder_signal_a_proportional_one() {
        let quiet = normals(4, 3000);
        let loud: Vec<f64> = quiet.iter().map(|x| 8.0 * x).collect();
        for (kind, kernel) in designed() {
            assert_eq!(kernel.run(&[0.0; 500]).samples, [0.0; 500], "{kind}");
            for (a, b) in kernel.run(&quiet).samples.iter().zip(kernel.run(&loud).samples)
            {
                assert!((8.0 * a - b).abs() <= 1e-12 * b, "{kind}");
            }
        }
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
