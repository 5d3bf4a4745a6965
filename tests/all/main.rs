//! All integration tests in one binary: each further one would link polars again.

// `cfg(test)` lets clippy know that helpers of tests are tests too.
#[cfg(test)]
mod activity;
#[cfg(test)]
mod analysis;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod coherence;
#[cfg(test)]
mod complexity;
#[cfg(test)]
mod contacts;
#[cfg(test)]
mod csv;
#[cfg(test)]
mod dictionary;
#[cfg(test)]
mod door;
#[cfg(test)]
mod envelope;
#[cfg(test)]
mod fatigue;
#[cfg(test)]
mod fatigue_cases;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod gait;
#[cfg(test)]
mod gait_cases;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod independence;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod onset_consensus;
#[cfg(test)]
mod onset_likelihood;
#[cfg(test)]
mod onset_thresholds;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod program;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod quality_cases;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod report;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod spectra;
#[cfg(test)]
mod spm;
#[cfg(test)]
mod trends;
#[cfg(test)]
mod wav;
