//! Statistics of curves: where along the cycle two conditions differ, or a covariate
//! matters.
//!
//! A t value at each node of a curve (statistical parametric mapping; Friston et al.
//! 1994, Pataky 2010) makes as many tests as there are nodes, but neighbours say nearly
//! the same. Two ways keep the error of the whole curve at its level:
//!
//! - [`Test::random_field`]: the largest t of smooth Gaussian noise, from the expected
//!   Euler characteristic of what lies above a threshold (Adler 1981; Worsley et al.
//!   2004). It needs the smoothness of the residuals and nothing else.
//! - [`Test::permutation`]: the largest t when signs, groups or orders are exchanged
//!   (Nichols & Holmes 2002). It takes no distribution for granted, and is the better
//!   choice for few curves; [`Test::smallest_p`] says whether they are too few.
//!
//! Curves are the units that are independent: subjects, or strides of one subject, and
//! then the answer is about that subject only. A curve without clusters is not shown to
//! be equal.
//!
//! ```
//! use soleus::dsp::field::{Settings, Test};
//! use soleus::dsp::random::SplitMix64;
//!
//! let mut generator = SplitMix64::new(1);
//! let mut curve = |rise: f64| -> Vec<f64> {
//!     let (level, phase) = (generator.normal(), generator.normal());
//!     let bump = |q: f64| rise * libm::exp(-((q - 60.0) / 8.0) * ((q - 60.0) / 8.0));
//!     let wave = |q: f64| level + libm::sin(phase + 0.1 * q);
//!     (0..101).map(f64::from).map(|q| wave(q) + bump(q)).collect()
//! };
//! let before: Vec<_> = (0..12).map(|_| curve(0.0)).collect();
//! let after: Vec<_> = (0..12).map(|_| curve(20.0)).collect();
//! let found = Test::Paired { first: &after, second: &before }.random_field(&Settings::default())?;
//! assert_eq!(found.clusters.len(), 1);
//! let cluster = &found.clusters[0];
//! assert!(cluster.peak > found.threshold && (50..70).contains(&cluster.peak_node));
//! # Ok::<(), soleus::dsp::field::FieldError>(())
//! ```

mod basis;
mod cluster;
mod distribution;
mod fit;
mod inference;
mod permutation;
mod resels;
mod test;

pub use basis::{Basis, Tails};
pub use cluster::Cluster;
pub use distribution::{FieldDistribution, poisson_tail};
pub use fit::Variances;
pub use inference::{FieldInference, Settings};
pub use permutation::Permutations;
pub use resels::{Resels, Topology, fwhm};
pub use test::{Field, FieldError, Test};
