//! Findings → people and programs: the report of a session, the page of a study, and
//! their figures.
//!
//! The tables keep SI units and every digit; only what people read is rounded and scaled
//! here.

use std::io;

use crate::session::Findings;

mod bibtex;
pub mod figure;
mod format;
pub mod html;
pub mod json;
mod references;
pub mod study;
mod words;

pub use html::Html;
pub use json::Json;
pub use study::StudyPage;

/// A way to write what came out of one session.
pub trait Writer: Sync {
    /// The name of the file it makes in the folder of the session.
    fn file_name(&self) -> &'static str;

    /// Writes the findings; equal findings give equal bytes.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn write(&self, findings: &Findings, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Every writer: the page for people first, the file for programs last.
pub static WRITERS: &[&dyn Writer] = &[&Html, &Json];

/// Uniform random numbers for the tests of this folder (a linear congruential generator,
/// Knuth's MMIX).
#[cfg(test)]
struct Uniform(u64);

#[cfg(test)]
impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
