//! Coherence of two signals: the share of one that a linear relation with the other
//! explains, frequency by frequency. (Rosenberg et al. 1989; Halliday et al. 1995; Amjad
//! et al. 1997)
//!
//! Each channel is cut once into disjoint segments of one [`Grid`] and keeps their
//! spectra ([`SegmentSpectra`]); its samples may go then. Two channels make a
//! [`CrossSpectrum`] of the segments that both have, and cross spectra of several
//! recordings add up. Of it come the [`CoherenceSpectrum`] with its limit, bands and intervals
//! ([`BandCoherence`]), the [`Cumulant`] density, the [`Delay`] from the slope of the
//! phase, and a hint at [`Crosstalk`].
//!
//! ```
//! use soleus::dsp::coherence::{CrossSpectrum, Grid, SegmentSpectra, confidence_limit};
//! use soleus::dsp::random::normals;
//! use soleus::dsp::spectrum::Window;
//!
//! let grid = Grid { length: 100, rate_hz: 1000.0, window: Window::Hann, highest_hz: 250.0 };
//! let (soleus, noise) = (normals(1, 6000), normals(2, 6000));
//! let gastrocnemius: Vec<f64> = soleus.iter().zip(&noise).map(|(a, b)| a + 0.1 * b).collect();
//! let [a, b] = [soleus, gastrocnemius].map(|samples| SegmentSpectra::cut(&samples, grid));
//! let cross = CrossSpectrum::from_segments(&a, &b).unwrap();
//! let coherence = cross.coherence().unwrap();
//! let limit = confidence_limit(coherence.segments, 0.05).unwrap();
//! assert!(coherence.values[1..].iter().all(|&value| value > 0.9 && value > limit));
//! ```

mod band;
mod cross;
mod crosstalk;
mod cumulant;
mod delay;
mod limits;
mod neighbours;
mod pooled;
mod segments;

pub use band::BandCoherence;
pub use cross::{CoherenceSpectrum, CrossSpectrum};
pub use crosstalk::Crosstalk;
pub use cumulant::{Cumulant, Peak};
pub use delay::Delay;
pub use limits::{
    confidence_limit, effective_segments, interval, largest_limit, transformed,
    untransformed,
};
pub use pooled::FisherPool;
pub use segments::{Grid, SegmentSpectra};

/// The factor of a standard error in a 95 % interval, with the digits of Halliday et al.
/// (1995).
const Z_95: f64 = 1.96;
