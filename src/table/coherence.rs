//! The table of pooled coherence: `coherence.csv`, one row a frequency of each pair of
//! muscles, over all recordings of a task.

use std::collections::BTreeMap;

use serde::Serialize;

use super::comparisons::task_of;
use crate::dsp::coherence::{
    CoherenceSpectrum, CrossSpectrum, FisherPool, Grid, confidence_limit,
};
use crate::dsp::fourier::Complex;
use crate::dsp::spectrum::Window;
use crate::outcome::PairSpectrum;
use crate::session::{Findings, Role};
use crate::signal::{Muscle, Side};

/// The probability of the limits.
const ALPHA: f64 = 0.05;

/// One row of `coherence.csv`; the fields are its columns, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoherenceRow {
    /// The task: the name of its recordings without subject, session, run and number.
    pub task: String,
    /// The first muscle and its side.
    pub first: String,
    /// The second muscle and its side.
    pub second: String,
    /// How the signals were taken: `raw` or `rectified`.
    pub taken: String,
    /// How many recordings were pooled.
    pub recordings: usize,
    /// How many persons they are of.
    pub subjects: usize,
    /// How many segments they have together.
    pub segments: usize,
    /// The frequency in hertz.
    pub frequency_hz: f64,
    /// The pooled coherence (Amjad et al. 1997), each recording scaled to unit variance.
    pub coherence: f64,
    /// What 5 % of independent signals exceed.
    pub limit: Option<f64>,
    /// Fisher's pool: the mean of the transformed coherences, weighted by their segments,
    /// transformed back.
    pub fisher: Option<f64>,
    /// χ² of the differences between recordings; empty for one.
    pub homogeneity: Option<f64>,
    /// What 5 % of equal recordings exceed in χ²; empty for one.
    pub homogeneity_limit: Option<f64>,
}

/// The columns of the table.
pub const COHERENCE_COLUMNS: [&str; 13] = [
    "task",
    "first",
    "second",
    "taken",
    "recordings",
    "subjects",
    "segments",
    "frequency_hz",
    "coherence",
    "limit",
    "fisher",
    "homogeneity",
    "homogeneity_limit",
];

/// The cross spectrum of a pair in one recording, with what it is pooled by.
#[derive(Debug, Clone)]
pub struct Pooled {
    key: Key,
    subject: String,
    spectrum: CrossSpectrum,
}

/// What recordings must have in common to be pooled; a length and rate of segments among
/// it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    task: String,
    muscles: [String; 2],
    taken: String,
    length: usize,
    rate: String,
}

/// The pairs of the tasks of a session.
pub fn coherence_pairs(findings: &Findings) -> Vec<Pooled> {
    let tasks =
        findings.recordings.iter().filter(|recording| recording.role == Role::Task);
    let pairs = tasks.flat_map(|recording| {
        let spectra = recording.outcomes.iter().flat_map(|outcome| &outcome.spectra);
        spectra.filter_map(|pair| {
            let key = Key {
                task: task_of(&recording.recording),
                muscles: [0, 1]
                    .map(|which| named(pair.muscles[which], pair.sides[which])),
                taken: pair.taken.to_string(),
                length: pair.length,
                rate: pair.rate_hz.to_string(),
            };
            Some(Pooled {
                key,
                subject: findings.subject.clone(),
                spectrum: spectrum(pair)?,
            })
        })
    });
    pairs.collect()
}

fn named(muscle: Option<Muscle>, side: Option<Side>) -> String {
    let words = [muscle.map(Muscle::name), side.map(Side::word)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn spectrum(pair: &PairSpectrum) -> Option<CrossSpectrum> {
    let highest_hz =
        (pair.first.len().checked_sub(1)? as f64) * pair.rate_hz / pair.length as f64;
    let grid = Grid {
        length: pair.length,
        rate_hz: pair.rate_hz,
        window: Window::Hann,
        highest_hz,
    };
    let cross = pair.cross.iter().map(|&[re, im]| Complex { re, im }).collect();
    CrossSpectrum::from_sums(
        grid,
        pair.segments,
        [pair.first.clone(), pair.second.clone()],
        cross,
    )
}

/// The pooled coherence of every pair of a study.
pub fn coherence_rows(pairs: &[Pooled]) -> Vec<CoherenceRow> {
    let mut groups: BTreeMap<&Key, Vec<&Pooled>> = BTreeMap::new();
    for pair in pairs {
        groups.entry(&pair.key).or_default().push(pair);
    }
    groups.into_iter().flat_map(|(key, group)| rows_of(key, &group)).collect()
}

fn rows_of(key: &Key, group: &[&Pooled]) -> Vec<CoherenceRow> {
    let pool = CrossSpectrum::pooled(group.iter().map(|pair| &pair.spectrum));
    let Some((pool, coherence)) =
        pool.and_then(|pool| pool.coherence().map(|coherence| (pool, coherence)))
    else {
        return Vec::new();
    };
    let each: Vec<CoherenceSpectrum> =
        group.iter().filter_map(|pair| pair.spectrum.coherence()).collect();
    let fisher = FisherPool::pool(&each);
    let pooled = fisher.as_ref().map(FisherPool::coherence).unwrap_or_default();
    let mut subjects: Vec<&str> =
        group.iter().map(|pair| pair.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let several = fisher.as_ref().filter(|_| group.len() > 1);
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let row = |(bin, &value): (usize, &f64)| CoherenceRow {
        task: key.task.clone(),
        first: key.muscles[0].clone(),
        second: key.muscles[1].clone(),
        taken: key.taken.clone(),
        recordings: group.len(),
        subjects: subjects.len(),
        segments: pool.segments(),
        frequency_hz: coherence.grid.frequency_hz(bin),
        coherence: value,
        limit: confidence_limit(coherence.segments, ALPHA),
        fisher: pooled.get(bin).copied().and_then(finite),
        homogeneity: several.and_then(|fisher| finite(*fisher.homogeneity.get(bin)?)),
        homogeneity_limit: several.and_then(|fisher| fisher.critical(ALPHA)),
    };
    // 0 Hz is what is left of the mean.
    coherence
        .values
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, value)| value.is_finite())
        .map(row)
        .collect()
}
