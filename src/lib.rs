//! `soleus` turns surface-EMG recordings of the soleus and its neighbours into results
//! that people can trust.
//!
//! From a file to its measures:
//!
//! ```
//! use soleus::recipe::Recipe;
//!
//! let file = "data/study/sub-01/ses-01/sub-01_ses-01_task-heelraise_emg.csv";
//! let findings = soleus::analyse_file(file, &Recipe::default())?;
//! for channel in &findings.channels {
//!     println!("{}: {:?}", channel.name, channel.verdict);
//! }
//! for row in findings.measures() {
//!     println!("{:?} {} {:?} {}", row.channel, row.name, row.value, row.unit);
//! }
//! let rms = findings.measure("rms", "SOL_L").and_then(|row| row.value);
//! assert!(rms.is_some_and(|volts| volts > 1e-6));
//! # Ok::<(), soleus::Error>(())
//! ```
//!
//! [`analyse`] takes a recording that was loaded or built in code, [`session::run`] a
//! session with its trials of maximal contraction. The folder `examples` has one file, a
//! folder, an analysis of one's own and one filter on a slice.
//!
//! The modules are the pipeline, in its order:
//!
//! ```text
//!             study.toml / recipe.toml
//!                      │
//!  files ──► load ──► condition ──► envelope ──► analysis ──► session ──► table, report ──► batch ──► files
//!            Recording  Trace.clean   Trace.envelope  Outcome   Findings     rows, pages
//!              (raw)    (polarity kept)  (rectified)  (measures + figures as data)
//! ```
//!
//! Three kinds of value are never mixed: a [`recipe::Recipe`] is what was asked, a
//! [`session::Plan`] what was decided for a recording's sampling rates, and
//! [`session::Findings`] what came out.
//!
//! A program that wants the numbers alone depends on `soleus` with `default-features =
//! false`: mathematics, readers and analyses, without the command line and polars. The
//! feature `batch` adds [`report`] and [`batch`], `tables` Parquet by polars, `cli` (on
//! unless turned off, as `tables` is) the program.
//!
//! Research and educational output; `soleus` is not a medical device.

mod choice;
pub mod columns;
pub mod error;
mod files;
mod memory;
pub mod outcome;
pub mod settings;
pub mod signal;
pub mod units;
mod words;

pub mod dsp;
pub mod synth;

pub mod analysis;
#[cfg(feature = "batch")]
pub mod batch;
/// The program; not a part of the library that others may build on.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod condition;
pub mod contacts;
pub mod envelope;
pub mod load;
pub mod onset;
#[cfg(feature = "batch")]
pub mod pseudonymise;
pub mod recipe;
#[cfg(feature = "batch")]
pub mod report;
pub mod session;
pub mod study;
pub mod table;

pub use error::{Error, Result};
pub use session::{analyse, analyse_file, analyse_file_with};

/// The README's examples, so that they are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// The examples of `docs/adding.md`, so that they are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/adding.md")]
pub struct Adding;
