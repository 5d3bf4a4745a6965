//! The table of comparisons over the whole cycle: `clusters.csv`, one row a stretch that
//! differs, and one for each comparison that found none.

use crate::columns::table_row;
use crate::outcome::{CurveCluster, CurveTest};
use crate::session::Findings;
use crate::signal::{Muscle, Side};

table_row! {
    /// A stretch of the cycle in which two sets of curves differ, or a comparison that
    /// found none.
    pub struct ClusterRow = "clusters" {
        /// Who was recorded; empty where persons are compared.
        subject: String,
        /// Which visit; empty where persons are compared.
        session: String,
        /// The recording's name; the task where persons are compared.
        recording: String,
        /// Both channels joined by ` ~ `; empty where persons are compared.
        channel: String,
        /// The muscle's English name.
        muscle: Option<Muscle>,
        /// The side; empty where sides are compared.
        side: Option<Side>,
        /// What is compared, and in what.
        compared: String,
        /// The statistic.
        statistic: String,
        /// What a curve is: `stride` or `person`.
        unit_of_inference: String,
        /// What the first set of curves is called.
        first: String,
        /// What the second set of curves is called.
        second: String,
        /// How many curves the first set has.
        n_first: usize,
        /// How many curves the second set has.
        n_second: usize,
        /// The degrees of freedom.
        df: Option<f64>,
        /// The smoothness of the residuals in points of the cycle.
        fwhm: Option<f64>,
        /// The threshold of |t|.
        threshold: Option<f64>,
        /// What threshold and p rest on.
        basis: String,
        /// Which stretch, from 1; empty where nothing differs.
        cluster: Option<usize>,
        /// Where in the cycle the stretch begins.
        from_percent: Option<f64> as "%",
        /// Where in the cycle the stretch ends; before its beginning where it goes round the
        /// end of the cycle.
        to_percent: Option<f64> as "%",
        /// The t that is farthest from 0, positive where the first set is larger.
        peak_t: Option<f64>,
        /// Where in the cycle that t lies.
        peak_percent: Option<f64> as "%",
        /// How often noise has such a stretch; of the largest |t| of the curve where nothing
        /// differs.
        p: Option<f64>,
    }
}

/// The comparisons of a session, in the order of its recordings.
pub fn cluster_rows(findings: &Findings) -> Vec<ClusterRow> {
    let of_recording = findings.recordings.iter().flat_map(|recording| {
        let tests = recording.outcomes.iter().flat_map(|outcome| &outcome.curve_tests);
        tests.flat_map(|test| {
            rows_of_test(test, &findings.subject, &findings.session, &recording.recording)
        })
    });
    of_recording.collect()
}

/// The rows of one comparison.
pub fn rows_of_test(
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
