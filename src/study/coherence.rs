//! Coherence over the recordings of a task: the cross spectra of each pair of muscles,
//! pooled.

use std::collections::{BTreeMap, BTreeSet};

use crate::dsp::coherence::{
    CoherenceSpectrum, CrossSpectrum, FisherPool, Grid, confidence_limit,
};
use crate::dsp::fourier::Complex;
use crate::dsp::spectrum::Window;
use crate::outcome::PairSpectrum;
use crate::session::{Findings, RecordingFindings, Role};
use crate::signal::{Muscle, Side};

/// The probability of the limits.
const ALPHA: f64 = 0.05;

/// The cross spectrum of a pair in one recording, with what it is pooled by.
#[derive(Debug, Clone)]
pub struct PairInRecording {
    kind: PairKind,
    subject: String,
    spectrum: CrossSpectrum,
}

/// What recordings must have in common to be pooled; a length and rate of segments among
/// it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PairKind {
    task: String,
    muscles: [String; 2],
    taken: String,
    length: usize,
    rate: String,
}

/// The coherence of a pair over all recordings of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct PooledPair {
    /// The task.
    pub task: String,
    /// Both muscles with their sides.
    pub muscles: [String; 2],
    /// How the signals were taken: `raw` or `rectified`.
    pub taken: String,
    /// How many recordings were pooled.
    pub recordings: usize,
    /// How many persons they are of.
    pub subjects: usize,
    /// How many segments they have together.
    pub segments: usize,
    /// What 5 % of independent signals exceed.
    pub limit: Option<f64>,
    /// What 5 % of equal recordings exceed in χ²; `None` for one recording.
    pub homogeneity_limit: Option<f64>,
    /// The coherence, one frequency each, without 0 Hz.
    pub points: Vec<PooledPoint>,
}

/// The pooled coherence at one frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooledPoint {
    /// The frequency in hertz.
    pub frequency_hz: f64,
    /// The pooled coherence (Amjad et al. 1997), each recording scaled to unit variance.
    pub coherence: f64,
    /// Fisher's pool: the mean of the transformed coherences, weighted by their segments,
    /// transformed back.
    pub fisher: Option<f64>,
    /// χ² of the differences between recordings; `None` for one recording.
    pub homogeneity: Option<f64>,
}

/// The pairs of the tasks of a session.
pub fn coherence_pairs(findings: &Findings) -> Vec<PairInRecording> {
    let tasks =
        findings.recordings.iter().filter(|recording| recording.role == Role::Task);
    let found = tasks.flat_map(|recording| {
        let spectra = recording.outcomes.iter().flat_map(|outcome| &outcome.spectra);
        spectra.filter_map(|pair| {
            Some(PairInRecording {
                kind: PairKind::new(recording, pair),
                subject: findings.subject.clone(),
                spectrum: spectrum(pair)?,
            })
        })
    });
    found.collect()
}

impl PairKind {
    fn new(recording: &RecordingFindings, pair: &PairSpectrum) -> Self {
        Self {
            task: recording.task.clone(),
            muscles: [0, 1].map(|at| named(pair.muscles[at], pair.sides[at])),
            taken: pair.taken.to_string(),
            length: pair.length,
            rate: pair.rate_hz.to_string(),
        }
    }
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
    let powers = [pair.first.clone(), pair.second.clone()];
    let sums = CrossSpectrum::from_sums(grid, pair.segments, powers, cross)?;
    Some(sums.worth(pair.independent))
}

/// The pooled coherence of every pair of a study, in the order of tasks and muscles.
pub fn pool_coherence(pairs: &[PairInRecording]) -> Vec<PooledPair> {
    let mut groups: BTreeMap<&PairKind, Vec<&PairInRecording>> = BTreeMap::new();
    for pair in pairs {
        groups.entry(&pair.kind).or_default().push(pair);
    }
    groups.into_iter().filter_map(|(kind, group)| pooled(kind, &group)).collect()
}

fn pooled(kind: &PairKind, group: &[&PairInRecording]) -> Option<PooledPair> {
    let sum = CrossSpectrum::pooled(group.iter().map(|pair| &pair.spectrum))?;
    let coherence = sum.coherence()?;
    let each: Vec<CoherenceSpectrum> =
        group.iter().filter_map(|pair| pair.spectrum.coherence()).collect();
    let fisher = FisherPool::pool(&each);
    let several = fisher.as_ref().filter(|_| group.len() > 1);
    let subjects: BTreeSet<&str> =
        group.iter().map(|pair| pair.subject.as_str()).collect();

    Some(PooledPair {
        task: kind.task.clone(),
        muscles: kind.muscles.clone(),
        taken: kind.taken.clone(),
        recordings: group.len(),
        subjects: subjects.len(),
        segments: sum.segments(),
        limit: confidence_limit(coherence.segments, ALPHA),
        homogeneity_limit: several.and_then(|fisher| fisher.critical(ALPHA)),
        points: points(&coherence, fisher.as_ref(), several.is_some()),
    })
}

fn points(
    coherence: &CoherenceSpectrum,
    fisher: Option<&FisherPool>,
    is_of_several: bool,
) -> Vec<PooledPoint> {
    let transformed = fisher.map(FisherPool::coherence).unwrap_or_default();
    let several = fisher.filter(|_| is_of_several);
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());

    let point = |(bin, &value): (usize, &f64)| PooledPoint {
        frequency_hz: coherence.grid.frequency_hz(bin),
        coherence: value,
        fisher: transformed.get(bin).copied().and_then(finite),
        homogeneity: several.and_then(|fisher| finite(*fisher.homogeneity.get(bin)?)),
    };
    // 0 Hz is what is left of the mean.
    let bins = coherence.values.iter().enumerate().skip(1);
    bins.filter(|(_, value)| value.is_finite()).map(point).collect()
}
