//! All integration tests in one binary: each further one would link polars again.

// `cfg(test)` lets clippy know that helpers of tests are tests too.
#[cfg(test)]
mod analysis;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod coarse;
#[cfg(test)]
mod coherence;
#[cfg(test)]
mod complexity;
#[cfg(test)]
mod csv;
#[cfg(test)]
mod dependent;
// The library has the last digits of the program's sines and logarithms here, too.
#[cfg(test)]
#[path = "../../src/elementary.rs"]
mod elementary;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod fatigue;
#[cfg(test)]
mod fatigue_cases;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod honesty;
#[cfg(test)]
mod kernels;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod onset_likelihood;
#[cfg(test)]
mod onset_thresholds;
#[cfg(test)]
mod spectra;
#[cfg(test)]
mod spm;
#[cfg(test)]
mod trends;
#[cfg(test)]
mod wav;

// These run the program, or share a file with one that does.
#[cfg(test)]
#[cfg(feature = "cli")]
mod activity;
#[cfg(test)]
#[cfg(feature = "cli")]
mod batch;
#[cfg(test)]
#[cfg(feature = "cli")]
mod build;
#[cfg(test)]
mod bursts_real;
#[cfg(test)]
#[cfg(feature = "cli")]
mod cli;
#[cfg(test)]
#[cfg(feature = "cli")]
mod contacts;
#[cfg(test)]
#[cfg(feature = "cli")]
mod dictionary;
#[cfg(test)]
#[cfg(feature = "cli")]
mod door;
#[cfg(test)]
#[cfg(feature = "cli")]
mod earlier;
#[cfg(test)]
#[cfg(all(feature = "cli", target_os = "linux"))]
mod faults;
#[cfg(test)]
#[cfg(feature = "cli")]
mod gait;
#[cfg(test)]
#[cfg(feature = "cli")]
mod gait_cases;
#[cfg(test)]
#[cfg(feature = "cli")]
mod golden;
#[cfg(test)]
mod headlines;
#[cfg(test)]
#[cfg(feature = "cli")]
mod hum;
#[cfg(test)]
mod independence;
mod instructions;
#[cfg(test)]
#[cfg(feature = "cli")]
mod messy;
#[cfg(test)]
#[cfg(feature = "cli")]
mod onset_consensus;
#[cfg(test)]
#[cfg(feature = "cli")]
mod pipeline;
#[cfg(test)]
#[cfg(feature = "cli")]
mod program;
#[cfg(test)]
#[cfg(feature = "cli")]
mod provenance;
#[cfg(test)]
#[cfg(feature = "cli")]
mod pseudonymise;
#[cfg(test)]
#[cfg(feature = "cli")]
mod quality;
#[cfg(test)]
#[cfg(feature = "cli")]
mod quality_cases;
#[cfg(test)]
#[cfg(feature = "cli")]
mod quality_kinds;
#[cfg(test)]
#[cfg(feature = "cli")]
mod readme;
#[cfg(test)]
#[cfg(feature = "cli")]
mod references;
#[cfg(test)]
#[cfg(all(feature = "cli", unix))]
mod reliability;
#[cfg(test)]
#[cfg(feature = "cli")]
mod report;
#[cfg(test)]
#[cfg(feature = "cli")]
mod rest;
#[cfg(test)]
#[cfg(feature = "cli")]
mod settings;
#[cfg(test)]
#[cfg(feature = "cli")]
mod verify;
