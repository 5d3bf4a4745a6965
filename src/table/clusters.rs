//! The table of comparisons over the whole cycle: `clusters.csv`, one row a stretch that
//! differs, and one for each comparison that found none.

use serde::Serialize;

use crate::outcome::{CurveCluster, CurveTest};
use crate::session::Findings;
use crate::signal::{Muscle, Side};

/// One row of `clusters.csv`; the fields are its columns, in their order. Comparisons
/// between persons have no subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterRow {
    /// Who was recorded; empty where persons are compared.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The recording's name; the task where persons are compared.
    pub recording: String,
    /// Both channels joined by ` ~ `; empty where persons are compared.
    pub channel: String,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`.
    pub side: Option<Side>,
    /// What is compared, and in what.
    pub compared: String,
    /// The statistic.
    pub statistic: String,
    /// What a curve is: `stride` or `person`.
    pub unit_of_inference: String,
    /// What the first set of curves is called.
    pub first: String,
    /// What the second one is called.
    pub second: String,
    /// How many curves the first set has.
    pub n_first: usize,
    /// How many the second one has.
    pub n_second: usize,
    /// The degrees of freedom.
    pub df: Option<f64>,
    /// The smoothness of the residuals in points of the cycle.
    pub fwhm: Option<f64>,
    /// The threshold of |t|.
    pub threshold: Option<f64>,
    /// What threshold and p rest on.
    pub basis: String,
    /// Which stretch, from 1; empty where nothing differs.
    pub cluster: Option<usize>,
    /// Where it begins, in per cent of the cycle.
    pub from_percent: Option<f64>,
    /// Where it ends; before its beginning where it goes round the end of the cycle.
    pub to_percent: Option<f64>,
    /// The t that is farthest from 0, positive where the first set is larger.
    pub peak_t: Option<f64>,
    /// Where that is.
    pub peak_percent: Option<f64>,
    /// How often noise has such a stretch; of the largest |t| of the curve where nothing
    /// differs.
    pub p: Option<f64>,
}

/// The columns of the table.
pub const CLUSTER_COLUMNS: [&str; 23] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "compared",
    "statistic",
    "unit_of_inference",
    "first",
    "second",
    "n_first",
    "n_second",
    "df",
    "fwhm",
    "threshold",
    "basis",
    "cluster",
    "from_percent",
    "to_percent",
    "peak_t",
    "peak_percent",
    "p",
];

/// The comparisons of a session, in the order of its recordings.
pub fn cluster_rows(findings: &Findings) -> Vec<ClusterRow> {
    let of_recording = findings.recordings.iter().flat_map(|recording| {
        let tests = recording.outcomes.iter().flat_map(|outcome| &outcome.curve_tests);
        tests.flat_map(|test| {
            rows_of(test, &findings.subject, &findings.session, &recording.recording)
        })
    });
    of_recording.collect()
}

/// The rows of one comparison.
pub fn rows_of(
    test: &CurveTest,
    subject: &str,
    session: &str,
    recording: &str,
) -> Vec<ClusterRow> {
    let none = ClusterRow {
        subject: subject.to_owned(),
        session: session.to_owned(),
        recording: recording.to_owned(),
        channel: test.channel.clone(),
        muscle: test.muscle,
        side: test.side,
        compared: test.compared.to_string(),
        statistic: test.statistic.to_string(),
        unit_of_inference: test.unit_of_inference.to_string(),
        first: test.names[0].clone(),
        second: test.names[1].clone(),
        n_first: test.counts[0],
        n_second: test.counts[1],
        df: test.freedom,
        fwhm: test.fwhm,
        threshold: test.threshold,
        basis: test.basis.to_string(),
        cluster: None,
        from_percent: None,
        to_percent: None,
        peak_t: None,
        peak_percent: None,
        p: test.p,
    };
    let row = |(k, cluster): (usize, &CurveCluster)| ClusterRow {
        cluster: Some(k + 1),
        from_percent: Some(cluster.from_percent),
        to_percent: Some(cluster.to_percent),
        peak_t: Some(cluster.peak_t),
        peak_percent: Some(cluster.peak_percent),
        p: Some(cluster.p),
        ..none.clone()
    };
    if test.clusters.is_empty() {
        vec![none]
    } else {
        test.clusters.iter().enumerate().map(row).collect()
    }
}
