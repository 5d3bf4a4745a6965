//! What a comparison of curves found, in words.

use super::{PAIRED, SLOPE};
use crate::outcome::{CurveCluster, CurveTest};
use crate::words::spoken;

/// Where both differ, or where curves follow the covariate, in one sentence without
/// judgement.
pub fn sentence(test: &CurveTest) -> String {
    sentence_with(test, "larger")
}

/// The same with another word for what the first set is where t is above 0.
pub(in crate::analysis) fn sentence_with(test: &CurveTest, larger: &str) -> String {
    let [first, second] = &test.names;
    let slope = test.statistic == SLOPE;
    let count = match (&*test.statistic, test.counts) {
        (PAIRED, [pairs, _]) => format!("{pairs} pairs"),
        (SLOPE, [curves, _]) => format!("{curves} {}s", test.unit_of_inference),
        (_, [one, other]) => format!("{one} and {other}"),
    };
    let basis = format!("{} by {}, {count}", test.statistic, test.basis);
    if test.clusters.is_empty() {
        return match slope {
            true => format!("{first} follow {second} nowhere beyond chance ({basis})"),
            false => format!(
                "{first} and {second} differ nowhere beyond chance ({basis}); that is no \
                 proof that they are equal"
            ),
        };
    }
    let places: Vec<String> =
        test.clusters.iter().map(|cluster| place(test, cluster, larger)).collect();
    let places = places.join(" and ");
    match slope {
        true => format!("{first} follow {second} {places} ({basis})"),
        false => format!("{first} and {second} differ {places} ({basis})"),
    }
}

/// Where a cluster lies, which way it goes, and how likely it is by chance.
fn place(test: &CurveTest, cluster: &CurveCluster, larger: &str) -> String {
    let [first, second] = &test.names;
    let positive = cluster.peak_t > 0.0;
    let how = match (test.statistic == SLOPE, positive) {
        (true, true) => "rising".to_owned(),
        (true, false) => "falling".to_owned(),
        (false, _) => format!("{} {larger}", if positive { first } else { second }),
    };
    let p = if cluster.p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {}", spoken(cluster.p))
    };

    let (from, to) = (cluster.from_percent.round(), cluster.to_percent.round());
    let place = if from == to {
        format!("at {from} %")
    } else {
        format!("from {from} to {to} %")
    };
    format!("{place} of the cycle ({how}, {p})")
}
