//! All integration tests in one binary: each further one would link polars again.

// `cfg(test)` lets clippy know that helpers of tests are tests too.
#[cfg(test)]
mod analysis;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod coherence;
#[cfg(test)]
mod complexity;
#[cfg(test)]
mod csv;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod fatigue;
#[cfg(test)]
mod fatigue_cases;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod lanes;
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
#[cfg(all(test, feature = "cli"))]
mod activity;
#[cfg(all(test, feature = "cli"))]
mod batch;
#[cfg(all(test, feature = "cli"))]
mod cli;
#[cfg(all(test, feature = "cli"))]
mod contacts;
#[cfg(all(test, feature = "cli"))]
mod dictionary;
#[cfg(all(test, feature = "cli"))]
mod door;
#[cfg(all(test, feature = "cli"))]
mod gait;
#[cfg(all(test, feature = "cli"))]
mod gait_cases;
#[cfg(all(test, feature = "cli"))]
mod golden;
#[cfg(all(test, feature = "cli"))]
mod independence;
#[cfg(all(test, feature = "cli"))]
mod onset_consensus;
#[cfg(all(test, feature = "cli"))]
mod pipeline;
#[cfg(all(test, feature = "cli"))]
mod program;
#[cfg(all(test, feature = "cli"))]
mod quality;
#[cfg(all(test, feature = "cli"))]
mod quality_cases;
#[cfg(all(test, feature = "cli"))]
mod readme;
#[cfg(all(test, feature = "cli"))]
mod report;
#[cfg(all(test, feature = "cli"))]
mod settings;
