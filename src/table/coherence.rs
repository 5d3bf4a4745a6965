//! The table of pooled coherence: `coherence.csv`.

use crate::columns::table_row;
use crate::study::{PooledPair, PooledPoint};

table_row! {
    /// A frequency of a pair of muscles, over all recordings of a task.
    pub struct CoherenceRow = "coherence" {
        /// The task.
        task: String,
        /// The first muscle and its side.
        first: String,
        /// The second muscle and its side.
        second: String,
        /// How the signals were taken: `raw` or `rectified`.
        taken: String,
        /// How many recordings were pooled.
        recordings: usize,
        /// How many persons they are of.
        subjects: usize,
        /// How many segments they have together.
        segments: usize,
        /// The frequency.
        frequency_hz: f64 as "Hz",
        /// The pooled coherence (Amjad et al. 1997), each recording scaled to unit
        /// variance.
        coherence: f64,
        /// The coherence that 5 % of independent signals exceed.
        limit: Option<f64>,
        /// Fisher's pool of the coherence: the mean of the transformed coherences, weighted
        /// by their segments, transformed back.
        fisher: Option<f64>,
        /// χ² of the differences between recordings; empty for one.
        homogeneity: Option<f64>,
        /// The χ² that 5 % of equal recordings exceed; empty for one.
        homogeneity_limit: Option<f64>,
    }
}

/// The rows of pooled pairs, in their order.
pub fn coherence_rows(pairs: &[PooledPair]) -> Vec<CoherenceRow> {
    let of_pair =
        |pair: &PooledPair| pair.points.iter().map(|point| row(pair, point)).collect();
    pairs.iter().flat_map::<Vec<CoherenceRow>, _>(of_pair).collect()
}

fn row(pair: &PooledPair, point: &PooledPoint) -> CoherenceRow {
    let [first, second] = pair.muscles.clone();
    CoherenceRow {
        task: pair.task.clone(),
        first,
        second,
        taken: pair.taken.clone(),
        recordings: pair.recordings,
        subjects: pair.subjects,
        segments: pair.segments,
        frequency_hz: point.frequency_hz,
        coherence: point.coherence,
        limit: pair.limit,
        fisher: point.fisher,
        homogeneity: point.homogeneity,
        homogeneity_limit: pair.homogeneity_limit,
    }
}
