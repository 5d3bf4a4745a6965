//! Statistics of curves against spm1d 0.4.55 and rft1d (`/shared/reference/ref_spm1d.py`,
//! and random curves in `tests/reference/spm_python.py`), and against what must hold of
//! any curves.
//!
//! Closed forms agree to 1e-12, with a term for `rft1d`'s survival functions of SciPy,
//! which lose digits of small tails as `1 − cdf` (1e-15 absolute). Thresholds and all
//! that depends on them agree to 1e-7: spm1d searches by a simplex that stops at 1e-9.
//! `spm1d` adds 2.2e-16 to the variance of t, which moves t by up to 2e-13 here.
//!
//! The arrays of the `bundled` part are not ours to ship: its thresholds and
//! probabilities follow from its smoothness and the ends of its clusters; t values, the
//! degrees of freedom and the smoothness themselves cannot be checked.

use serde_json::Value;
use soleus::dsp::field::{
    Basis, Cluster, Field, FieldDistribution, FieldInference, Permutations, Resels,
    Settings, Tails, Test, Topology, Variances, fwhm, poisson_tail,
};
use soleus::dsp::random::{SplitMix64, normals};

fn reference() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference/ref_spm1d.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs().max(1.0),
        "{ours} instead of {theirs}"
    );
}

/// Relative, but for the digits that `1 − cdf` has not.
#[track_caller]
fn closed_form(ours: f64, theirs: f64) {
    assert!(
        (ours - theirs).abs() <= 1e-12 * theirs.abs() + 4e-16,
        "{ours} instead of {theirs}"
    );
}

/// Every key has its check: a new number without one fails.
#[track_caller]
fn all_known(value: &Value, known: &[&str]) {
    for key in value.as_object().unwrap().keys() {
        assert!(known.contains(&key.as_str()), "{key} has no check");
    }
}

fn rows<'a>(value: &'a Value, known: &[&str]) -> &'a Vec<Value> {
    let rows = value.as_array().unwrap();
    rows.iter().for_each(|row| all_known(row, known));
    rows
}

fn student(freedom: f64) -> FieldDistribution {
    FieldDistribution::Student { freedom }
}

fn resels(value: &Value) -> Resels {
    let [points, length] = list(value)[..] else { panic!("{value}") };
    Resels { points, length }
}

fn line(nodes: f64, fwhm: f64) -> Resels {
    Resels { points: 1.0, length: (nodes - 1.0) / fwhm }
}

// ---- closed forms
// ---------------------------------------------------------------------------------------------

#[test]
fn every_part_of_the_reference_is_known() {
    let parts = [
        "versions",
        "licence_note",
        "ec_density",
        "critical_t",
        "rft1d_docs_check",
        "cluster_p_formula_check",
    ];
    all_known(&reference(), &[&parts[..], &["synthetic", "bundled"]].concat());
}

#[test]
fn densities_are_those_of_the_reference() {
    let expected = reference();
    for row in rows(&expected["ec_density"], &["stat", "u", "v", "EC0", "EC1", "rft1d"]) {
        let noise = match row["stat"].as_str() {
            Some("Z") => FieldDistribution::Normal,
            Some("T") => student(number(&row["v"])),
            _ => panic!("{row}"),
        };
        let [point, line] = noise.densities(number(&row["u"]));
        closed_form(point, number(&row["EC0"]));
        closed_form(line, number(&row["EC1"]));
        let theirs = list(&row["rft1d"]);
        assert!(
            (point - theirs[0]).abs() <= 1e-12 * point + 2e-16 && theirs.len() == 2,
            "{row}"
        );
        closed_form(line, theirs[1]);
    }
}

#[test]
fn thresholds_are_those_of_the_reference() {
    let expected = reference();
    let known = [
        "df",
        "fwhm",
        "Q",
        "alpha_one_sided",
        "resels",
        "bisection_noBonf",
        "bisection_withBonf",
    ];
    let simplex = [
        "rft1d.t.isf_resels(withBonf=False)",
        "rft1d.t.isf_resels(withBonf=True,nNodes=101)",
    ];
    for row in rows(&expected["critical_t"], &[&known[..], &simplex[..]].concat()) {
        let (size, nodes) = (resels(&row["resels"]), number(&row["Q"]));
        assert_eq!(size, line(nodes, number(&row["fwhm"])));
        for (bisection, simplex, nodes) in
            [(known[5], simplex[0], None), (known[6], simplex[1], Some(nodes as usize))]
        {
            let ours = student(number(&row["df"])).threshold(
                number(&row["alpha_one_sided"]),
                size,
                nodes,
            );
            close(ours, number(&row[bisection]), 1e-10);
            close(ours, number(&row[simplex]), 1e-7);
        }
    }
}

#[test]
fn probabilities_are_those_of_the_reference() {
    let expected = reference();
    let docs = &expected["rft1d_docs_check"];
    let (rough, smooth, t) = (line(101.0, 10.0), line(101.0, 15.0), student(8.0));
    let checks = [
        ("rft1d.t.isf(0.05,8,101,15.0)", t.threshold(0.05, smooth, Some(101)), 1e-7),
        (
            "rft1d.norm.isf(0.05,101,10.0)",
            FieldDistribution::Normal.threshold(0.05, rough, Some(101)),
            1e-7,
        ),
        (
            "rft1d.norm.sf(3.0,101,10.0)",
            FieldDistribution::Normal.survival(3.0, rough),
            1e-12,
        ),
        ("rft1d.t.sf(3.5,8,101,15.0)", t.survival(3.5, smooth), 1e-12),
        // The extent is given in nodes there.
        (
            "rft1d.t.p_cluster(0.5 resel extent k, u=3.0, df 8, 101, 15.0)",
            t.cluster_p(0.5, 3.0, smooth),
            1e-12,
        ),
    ];
    all_known(docs, &checks.map(|check| check.0));
    checks.iter().for_each(|(name, ours, tolerance)| {
        close(*ours, number(&docs[name]), *tolerance)
    });
    for row in rows(
        &expected["cluster_p_formula_check"],
        &["k", "u", "df", "resels", "formula", "rft1d"],
    ) {
        let ours = student(number(&row["df"])).cluster_p(
            number(&row["k"]),
            number(&row["u"]),
            resels(&row["resels"]),
        );
        closed_form(ours, number(&row["formula"]));
        close(ours, number(&row["rft1d"]), 1e-12);
    }
}

// ---- curves
// ---------------------------------------------------------------------------------------------------

fn kernel(width: f64) -> Vec<f64> {
    let reach = (4.0 * width) as i32;
    let bell: Vec<f64> = (-reach..=reach)
        .map(|at| libm::exp(-0.5 * (f64::from(at) / width).powi(2)))
        .collect();
    let norm = bell.iter().map(|g| g * g).sum::<f64>().sqrt();
    bell.iter().map(|g| g / norm).collect()
}

fn smoothed(noise: &[f64], kernel: &[f64]) -> Vec<f64> {
    noise
        .windows(kernel.len())
        .map(|near| near.iter().zip(kernel).map(|(x, g)| x * g).sum())
        .collect()
}

/// White noise of unit variance through a Gaussian kernel.
fn noise(seed: u64, curves: usize, nodes: usize, width: f64) -> Vec<Vec<f64>> {
    let kernel = kernel(width);
    let each = nodes + kernel.len() - 1;
    normals(seed, curves * each)
        .chunks(each)
        .map(|noise| smoothed(noise, &kernel))
        .collect()
}

fn mapped(curves: &[Vec<f64>], map: impl Fn(usize, f64) -> f64) -> Vec<Vec<f64>> {
    curves
        .iter()
        .map(|curve| curve.iter().enumerate().map(|(q, y)| map(q, *y)).collect())
        .collect()
}

/// The curves A and B of the recipe.
fn synthetic() -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let bump = |q: usize| 1.6 * libm::exp(-0.5 * ((q as f64 - 60.0) / 8.0).powi(2));
    let a = mapped(&noise(101, 10, 101, 6.0), |_, y| 1.0 + 0.3 * y);
    (a, mapped(&noise(202, 10, 101, 6.0), |q, y| 1.0 + 0.3 * y + 0.6 * bump(q)))
}

const ONE: Settings =
    Settings { alpha: 0.05, tails: Tails::Upper, topology: Topology::Line };
const BOTH: Settings = Settings { tails: Tails::Both, ..ONE };

fn set_p(found: &FieldInference) -> f64 {
    match found.basis {
        Basis::RandomField { set_p } => set_p,
        Basis::Permutation { .. } => panic!("no random field"),
    }
}

/// spm1d doubles the set-level probability of one sign; ours has twice the expectation.
fn doubled_set_p(
    count: usize,
    shortest: f64,
    noise: FieldDistribution,
    threshold: f64,
    size: Resels,
    tails: Tails,
) -> f64 {
    (tails.count()
        * poisson_tail(count, noise.expected_clusters(shortest, threshold, size)))
    .min(1.0)
}

fn check_cluster(ours: &Cluster, theirs: &Value, threshold: f64) {
    let known = [
        "endpoints",
        "extent_nodes",
        "extent_resels",
        "h_min_above",
        "centroid",
        "sign",
        "P",
    ];
    all_known(theirs, &known);
    [ours.start, ours.end]
        .iter()
        .zip(list(&theirs["endpoints"]))
        .for_each(|(ours, end)| close(*ours, end, 1e-7));
    close(ours.extent, number(&theirs["extent_nodes"]), 1e-7);
    close(ours.extent_resels, number(&theirs["extent_resels"]), 1e-7);
    close(threshold, number(&theirs["h_min_above"]), 1e-7);
    close(ours.centroid.0, list(&theirs["centroid"])[0], 1e-7);
    close(ours.centroid.1, list(&theirs["centroid"])[1], 1e-7);
    assert_eq!(ours.is_positive(), number(&theirs["sign"]) > 0.0);
    let p = number(&theirs["P"]);
    assert!((ours.p - p).abs() <= 1e-7 * p, "{} instead of {p}", ours.p);
}

fn check_test(found: &FieldInference, theirs: &Value, tails: Tails) {
    let positions = "t_at_[0,25,50,60,75,100]";
    let known =
        ["df", "fwhm", "resels", "zstar", "tmax", "tmin", "p_set", "clusters", positions];
    all_known(theirs, &known);
    let Field { t, freedom, fwhm, resels: size, .. } = &found.field;
    assert_eq!(list(&theirs["df"])[0], 1.0);
    close(*freedom, list(&theirs["df"])[1], 1e-12);
    close(*fwhm, number(&theirs["fwhm"]), 1e-12);
    close(size.length, resels(&theirs["resels"]).length, 1e-12);
    assert_eq!(size.points, resels(&theirs["resels"]).points);
    close(found.threshold, number(&theirs["zstar"]), 1e-7);
    for (at, theirs) in [0, 25, 50, 60, 75, 100].into_iter().zip(list(&theirs[positions]))
    {
        close(t[at], theirs, 1e-12);
    }
    close(t.iter().copied().fold(f64::MIN, f64::max), number(&theirs["tmax"]), 1e-12);
    close(t.iter().copied().fold(f64::MAX, f64::min), number(&theirs["tmin"]), 1e-12);
    let clusters = theirs["clusters"].as_array().unwrap();
    assert_eq!(found.clusters.len(), clusters.len());
    found
        .clusters
        .iter()
        .zip(clusters)
        .for_each(|(ours, theirs)| check_cluster(ours, theirs, found.threshold));
    let shortest = found
        .clusters
        .iter()
        .map(|cluster| cluster.extent_resels)
        .fold(f64::INFINITY, f64::min);
    let p = doubled_set_p(
        clusters.len(),
        shortest,
        student(*freedom),
        found.threshold,
        *size,
        tails,
    );
    let set = number(&theirs["p_set"]);
    if clusters.is_empty() {
        assert_eq!((set, set_p(found)), (1.0, 1.0));
    } else {
        assert!((p - set).abs() <= 2e-7 * set, "{p} instead of {set}");
        // Both signs together: as much for one cluster (to first order), twice as much
        // for two.
        let ratio = set_p(found) / p / f64::powi(2.0, clusters.len() as i32 - 1);
        assert!(tails == Tails::Upper || (0.97..=1.0).contains(&ratio), "{ratio}");
    }
}

#[test]
fn tests_of_the_synthetic_curves_are_those_of_spm1d() {
    let expected = reference();
    let expected = &expected["synthetic"];
    let permutation = "signflip_1024_max|t|_threshold";
    all_known(
        expected,
        &[
            "recipe",
            "YA[0][:3]",
            "YB[0][:3]",
            "tests",
            "fwhm_by_formula_paired",
            permutation,
        ],
    );
    let (a, b) = synthetic();
    a[0].iter()
        .zip(list(&expected["YA[0][:3]"]))
        .for_each(|(ours, theirs)| close(*ours, theirs, 1e-14));
    b[0].iter()
        .zip(list(&expected["YB[0][:3]"]))
        .for_each(|(ours, theirs)| close(*ours, theirs, 1e-14));
    let one = mapped(&b, |_, y| y - 1.0);
    let x: Vec<f64> = (0..10).map(f64::from).collect();
    let paired = Test::Paired { first: &b, second: &a };
    let groups = |variances| Test::TwoSamples { first: &b, second: &a, variances };
    let checks = [
        ("ttest_paired(YB,YA) two-tailed .05", paired, BOTH),
        ("ttest_paired one-tailed", paired, ONE),
        ("ttest2(YB,YA,equal_var=True)", groups(Variances::Equal), BOTH),
        ("ttest2(YB,YA,equal_var=False)", groups(Variances::Unequal), BOTH),
        ("ttest(YB,1.0)", Test::OneSample(&one), BOTH),
        ("regress(YB,x)", Test::Regression { curves: &b, covariate: &x }, BOTH),
    ];
    all_known(&expected["tests"], &checks.map(|check| check.0));
    for (name, test, settings) in checks {
        check_test(
            &test.random_field(&settings).unwrap(),
            &expected["tests"][name],
            settings.tails,
        );
    }
    close(
        paired.field(Topology::Line).unwrap().fwhm,
        number(&expected["fwhm_by_formula_paired"]),
        1e-12,
    );
}

#[test]
fn the_permutation_threshold_is_that_of_all_signs() {
    let expected = reference();
    let expected = &expected["synthetic"]["signflip_1024_max|t|_threshold"];
    let (conservative, interpolated) =
        ("conservative(ceil((1-a)N)-th order stat)", "quantile95_linear");
    all_known(expected, &[conservative, interpolated]);
    let (a, b) = synthetic();
    let found = Test::Paired { first: &b, second: &a }
        .permutation(&BOTH, Permutations::default())
        .unwrap();
    close(found.threshold, number(&expected[conservative]), 1e-12);
    // The interpolated quantile lies between our value and the one before it.
    let below = Test::Paired { first: &b, second: &a }
        .permutation(
            &Settings { alpha: 0.05 + 1.0 / 1024.0, ..BOTH },
            Permutations::default(),
        )
        .unwrap();
    let theirs = number(&expected[interpolated]);
    assert!(below.threshold <= theirs && theirs <= found.threshold);
    assert_eq!(
        found.basis,
        Basis::Permutation { count: 1024, all: true, smallest_p: 2.0 / 1024.0 }
    );
    assert_eq!((found.clusters.len(), found.clusters[0].p), (1, 20.0 / 1024.0));
}

// ---- the bundled curves, of which only numbers are there
// ------------------------------------------------------

/// How many nodes: the resels are (nodes − 1)/fwhm.
fn nodes(theirs: &Value) -> usize {
    let nodes = 1.0 + resels(&theirs["resels"]).length * number(&theirs["fwhm"]);
    assert!((nodes - nodes.round()).abs() < 1e-9);
    nodes.round() as usize
}

fn check_bundled(theirs: &Value, tails: Tails) {
    let positions = "t_at_[0,25,50,60,75,100]";
    let known = [
        "shape", "df", "fwhm", "resels", "zstar", "tmax", "tmin", "p_set", "clusters",
        positions,
    ];
    all_known(theirs, &known);
    let (size, noise) = (resels(&theirs["resels"]), student(list(&theirs["df"])[1]));
    let threshold = noise.threshold(0.05 / tails.count(), size, Some(nodes(theirs)));
    close(threshold, number(&theirs["zstar"]), 1e-7);
    let clusters = theirs["clusters"].as_array().unwrap();
    let mut shortest = f64::INFINITY;
    for cluster in clusters {
        let ends = list(&cluster["endpoints"]);
        close(ends[1] - ends[0], number(&cluster["extent_nodes"]), 1e-12);
        let extent = (ends[1] - ends[0]) / number(&theirs["fwhm"]);
        close(extent, number(&cluster["extent_resels"]), 1e-12);
        shortest = extent.min(shortest);
        // A p below the last digit of 1 is 0 there.
        close(
            (tails.count() * noise.cluster_p(extent, threshold, size)).min(1.0),
            number(&cluster["P"]),
            1e-9,
        );
    }
    let set = number(&theirs["p_set"]);
    match clusters.len() {
        0 => assert_eq!(set, 1.0),
        count => close(
            doubled_set_p(count, shortest, noise, threshold, size, tails),
            set,
            1e-8,
        ),
    }
    let largest = number(&theirs["tmax"]).max(if tails == Tails::Both {
        -number(&theirs["tmin"])
    } else {
        f64::MIN
    });
    assert_eq!(largest > threshold, !clusters.is_empty());
}

#[test]
fn thresholds_of_bundled_curves_follow_from_their_smoothness() {
    let expected = reference();
    let mut seen = 0;
    for (name, theirs) in expected["bundled"].as_object().unwrap() {
        seen += 1;
        match name.as_str() {
            "anova1.SpeedGRFcategorical equal_var=True" => {
                all_known(theirs, &["df", "fwhm", "zstar", "p"]);
                let (df, size) =
                    (list(&theirs["df"]), line(101.0, number(&theirs["fwhm"])));
                let noise =
                    FieldDistribution::Fisher { numerator: df[0], denominator: df[1] };
                close(
                    noise.threshold(0.05, size, Some(101)),
                    number(&theirs["zstar"]),
                    1e-7,
                );
                // The extents are not there; a cluster has at most the probability of
                // any.
                assert!(list(&theirs["p"]).iter().all(|p| *p <= 0.05));
            }
            name => check_bundled(
                theirs,
                if name.contains("one-tailed") { Tails::Upper } else { Tails::Both },
            ),
        }
    }
    assert_eq!(seen, 12);
}

// ---- spm1d at random input
// ------------------------------------------------------------------------------------

/// A cluster over the whole field never crosses the threshold: spm1d then judges its
/// extent above its lowest t, as if that had been the threshold, which is less than the
/// probability of such a cluster.
fn their_p(cluster: &Cluster, found: &FieldInference) -> f64 {
    if cluster.start > 0.0 || cluster.end < (found.field.t.len() - 1) as f64 {
        return cluster.p;
    }
    let lowest =
        found.field.t.iter().fold(f64::INFINITY, |lowest, t| lowest.min(t.abs()));
    let p = 2.0
        * student(found.field.freedom).cluster_p(
            cluster.extent_resels,
            lowest,
            found.field.resels,
        );
    assert!(p < cluster.p);
    p
}

#[test]
fn more_tests_are_those_of_spm1d() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference/spm_python.json");
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let known = [
        "seed", "first", "second", "nodes", "width", "scale", "test", "df", "fwhm",
        "zstar", "t", "p", "ends",
    ];
    for row in rows(&expected["cases"], &known) {
        let at = |key: &str| number(&row[key]);
        let (seed, nodes) = (at("seed") as u64, at("nodes") as usize);
        let first = noise(seed, at("first") as usize, nodes, at("width"));
        let second = mapped(
            &noise(seed + 1, at("second") as usize, nodes, at("width")),
            |_, y| at("scale") * y + 1.0,
        );
        let covariate = normals(seed + 2, first.len());
        let test = match row["test"].as_str().unwrap() {
            "one" => Test::OneSample(&first),
            "paired" => Test::Paired { first: &first, second: &second },
            "equal" => Test::TwoSamples {
                first: &first,
                second: &second,
                variances: Variances::Equal,
            },
            "unequal" => Test::TwoSamples {
                first: &first,
                second: &second,
                variances: Variances::Unequal,
            },
            "regression" => Test::Regression { curves: &first, covariate: &covariate },
            other => panic!("{other}"),
        };
        let found = test.random_field(&Settings { alpha: 0.3, ..BOTH }).unwrap();
        close(found.field.freedom, at("df"), 1e-12);
        close(found.field.fwhm, at("fwhm"), 1e-12);
        close(found.threshold, at("zstar"), 1e-7);
        found
            .field
            .t
            .iter()
            .step_by(7)
            .zip(list(&row["t"]))
            .for_each(|(ours, theirs)| close(*ours, theirs, 1e-12));
        assert_eq!(found.clusters.len(), list(&row["p"]).len(), "{row}");
        for (cluster, p) in found.clusters.iter().zip(list(&row["p"])) {
            close(their_p(cluster, &found), p, 1e-7);
        }
        let ends: Vec<f64> = found
            .clusters
            .iter()
            .flat_map(|cluster| [cluster.start, cluster.end])
            .collect();
        ends.iter()
            .zip(list(&row["ends"]))
            .for_each(|(ours, theirs)| close(*ours, theirs, 1e-7));
    }
}

// ---- what must hold of any curves
// -----------------------------------------------------------------------------

fn shape(found: &FieldInference) -> Vec<(f64, f64, f64, f64)> {
    found
        .clusters
        .iter()
        .map(|cluster| (cluster.start, cluster.end, cluster.peak, cluster.p))
        .collect()
}

#[track_caller]
fn same(one: &[(f64, f64, f64, f64)], other: &[(f64, f64, f64, f64)]) {
    assert_eq!(one.len(), other.len());
    for (a, b) in one.iter().zip(other) {
        close(a.0, b.0, 1e-9);
        close(a.1, b.1, 1e-9);
        close(a.2, b.2, 1e-9);
        close(a.3, b.3, 1e-9);
    }
}

/// A low threshold, so that noise has clusters.
const LOW: Settings = Settings { alpha: 0.6, ..BOTH };

fn judged(test: Test<'_, Vec<f64>>) -> [FieldInference; 2] {
    [
        test.random_field(&LOW).unwrap(),
        test.permutation(&LOW, Permutations { draws: 300, seed: 8 }).unwrap(),
    ]
}

#[test]
fn scale_and_sign_change_nothing_but_the_sign() {
    for seed in 0..20 {
        let (a, b) = (noise(seed, 5, 60, 4.0), noise(seed + 100, 7, 60, 4.0));
        let scaled = [mapped(&a, |_, y| 3e5 * y), mapped(&b, |_, y| 3e5 * y)];
        let groups = |first, second| Test::TwoSamples {
            first,
            second,
            variances: Variances::Unequal,
        };
        for k in 0..2 {
            let found = &judged(groups(&a, &b))[k];
            same(&shape(found), &shape(&judged(groups(&scaled[0], &scaled[1]))[k]));
            let turned: Vec<_> = shape(&judged(groups(&b, &a))[k])
                .iter()
                .map(|c| (c.0, c.1, -c.2, c.3))
                .collect();
            same(&shape(found), &turned);
        }
    }
}

#[test]
fn pairs_are_one_sample_of_differences() {
    let (a, b) = (noise(1, 8, 60, 4.0), noise(2, 8, 60, 4.0));
    let differences: Vec<Vec<f64>> = a
        .iter()
        .zip(&b)
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a - b).collect())
        .collect();
    assert_eq!(
        judged(Test::Paired { first: &a, second: &b }),
        judged(Test::OneSample(&differences))
    );
}

#[test]
fn equal_groups_have_no_clusters() {
    let a = noise(3, 6, 60, 4.0);
    for variances in [Variances::Equal, Variances::Unequal] {
        for found in judged(Test::TwoSamples { first: &a, second: &a, variances }) {
            assert!(
                found.clusters.is_empty()
                    && found.field.t.iter().all(|t| *t == 0.0)
                    && found.p > 0.99
            );
        }
    }
}

#[test]
fn a_level_that_permutation_cannot_reach_has_no_clusters() {
    // An effect so large that no doubt is left, but 2/2^5 > 0.05.
    let curves = mapped(&noise(4, 5, 60, 4.0), |_, y| y + 100.0);
    let test = Test::OneSample(&curves);
    let found = test.permutation(&BOTH, Permutations::default()).unwrap();
    assert_eq!(
        (test.smallest_p(Tails::Both), found.p, found.clusters.len()),
        (Some(0.0625), 0.0625, 0)
    );
    let found = test.permutation(&ONE, Permutations::default()).unwrap();
    assert_eq!((found.p, found.clusters.len()), (1.0 / 32.0, 1));
}

#[test]
fn p_values_are_at_least_one_exchange_and_agree_with_the_threshold() {
    for seed in 0..30 {
        let a = noise(seed, 14, 40, 3.0);
        let covariate = normals(seed + 500, 14);
        let few = Permutations { draws: 40, seed };
        for test in [
            Test::OneSample(&a[..]),
            Test::OneSample(&a[..7]),
            Test::TwoSamples {
                first: &a[..6],
                second: &a[6..],
                variances: Variances::Equal,
            },
            Test::TwoSamples {
                first: &a[..3],
                second: &a[3..],
                variances: Variances::Equal,
            },
            Test::Regression { curves: &a, covariate: &covariate },
        ] {
            let found = test.permutation(&LOW, few).unwrap();
            let Basis::Permutation { count, all, smallest_p } = found.basis else {
                panic!("no permutation")
            };
            assert!(
                found.p >= smallest_p
                    && found.p * count as f64 >= 0.999
                    && (all || count == 40)
            );
            assert_eq!(found.p <= 0.6, !found.clusters.is_empty());
            assert!(found.clusters.iter().all(|c| c.p >= found.p
                && c.p <= 0.6
                && c.peak.abs() > 0.999 * found.threshold));
        }
    }
}

#[test]
fn random_exchanges_come_near_all_of_them() {
    // 13 curves are drawn; the threshold of 8192 signs by brute force.
    let curves = noise(6, 13, 30, 4.0);
    let largest = |mask: u32| {
        let signed: Vec<Vec<f64>> = (0..13)
            .map(|j| {
                curves[j]
                    .iter()
                    .map(|y| if mask >> j & 1 == 0 { *y } else { -y })
                    .collect()
            })
            .collect();
        let t = Test::OneSample(&signed).field(Topology::Line).unwrap().t;
        t.iter().fold(0.0, |largest: f64, t| largest.max(t.abs()))
    };
    let mut all: Vec<f64> = (0..8192).map(largest).collect();
    all.sort_by(f64::total_cmp);
    let found = Test::OneSample(&curves)
        .permutation(&BOTH, Permutations { draws: 4000, seed: 2 })
        .unwrap();
    // The share above it: 5 % within 3 standard errors of 4000 draws.
    let above = all.iter().filter(|t| **t > found.threshold).count() as f64 / 8192.0;
    assert!((above - 0.05).abs() < 3.0 * (0.05 * 0.95 / 4000.0_f64).sqrt(), "{above}");
}

#[test]
fn exchanged_labels_and_orders_are_those_of_brute_force() {
    let curves = noise(9, 6, 30, 4.0);
    let covariate = [1.0, 2.0, 4.0, 7.0, 7.5, 9.0];
    let largest =
        |t: Vec<f64>| t.iter().fold(0.0, |largest: f64, t| largest.max(t.abs()));
    let threshold = |mut all: Vec<f64>, alpha: f64| {
        all.sort_by(f64::total_cmp);
        all[((1.0 - alpha) * all.len() as f64 - 1e-9).ceil() as usize - 1]
    };
    let labelled = |mask: u32| {
        let part = |wanted| -> Vec<Vec<f64>> {
            (0..6)
                .filter(|j| mask >> j & 1 == wanted)
                .map(|j| curves[j].clone())
                .collect()
        };
        let (first, second) = (part(1), part(0));
        largest(
            Test::TwoSamples {
                first: &first,
                second: &second,
                variances: Variances::Equal,
            }
            .field(Topology::Line)
            .unwrap()
            .t,
        )
    };
    let all: Vec<f64> =
        (0..64_u32).filter(|mask| mask.count_ones() == 2).map(labelled).collect();
    let test = Test::TwoSamples {
        first: &curves[..2],
        second: &curves[2..],
        variances: Variances::Unequal,
    };
    let found = test
        .permutation(&Settings { alpha: 0.2, ..BOTH }, Permutations::default())
        .unwrap();
    close(found.threshold, threshold(all, 0.2), 1e-12);

    let mut all = Vec::new();
    for code in 0..6_usize.pow(6) {
        let order: Vec<usize> = (0..6).map(|k| code / 6_usize.pow(k) % 6).collect();
        if (0..6).all(|k| order.contains(&k)) {
            let moved: Vec<f64> = order.iter().map(|k| covariate[*k]).collect();
            all.push(largest(
                Test::Regression { curves: &curves, covariate: &moved }
                    .field(Topology::Line)
                    .unwrap()
                    .t,
            ));
        }
    }
    assert_eq!(all.len(), 720);
    let test = Test::Regression { curves: &curves, covariate: &covariate };
    let found = test
        .permutation(&Settings { alpha: 0.1, ..BOTH }, Permutations::default())
        .unwrap();
    close(found.threshold, threshold(all, 0.1), 1e-12);
}

#[test]
fn missing_nodes_are_left_out_and_cut_the_field() {
    let mut curves = mapped(&noise(5, 9, 101, 6.0), |_, y| y + 5.0);
    curves[4][30] = f64::NAN;
    curves.iter_mut().for_each(|curve| curve[60] = 7.0);
    let found = Test::OneSample(&curves).random_field(&BOTH).unwrap();
    assert!(
        found.field.t[30].is_nan()
            && found.field.t[60].is_nan()
            && found.field.places() == 99
    );
    assert_eq!(
        (found.field.resels.points, found.field.resels.length),
        (3.0, 96.0 / found.field.fwhm)
    );
    let ends: Vec<_> =
        found.clusters.iter().map(|cluster| (cluster.start, cluster.end)).collect();
    assert_eq!(ends, [(0.0, 29.0), (31.0, 59.0), (61.0, 100.0)]);
}

#[test]
fn any_curves_are_judged_without_a_panic() {
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN_POSITIVE,
        0.0,
        -0.0,
        1e-300,
        1.0,
        1e160,
    ];
    let mut generator = SplitMix64::new(12);
    for _ in 0..2000 {
        let (count, nodes) = (generator.index(7), generator.index(6));
        let mut value = |share: f64| {
            if generator.uniform() < share {
                odd[generator.index(odd.len())]
            } else {
                generator.normal()
            }
        };
        let mut curves = |share| -> Vec<Vec<f64>> {
            (0..count).map(|_| (0..nodes).map(|_| value(share)).collect()).collect()
        };
        let (a, b) = (curves(0.1), curves(0.3));
        let covariate: Vec<f64> = (0..count).map(|_| value(0.1)).collect();
        for topology in [Topology::Line, Topology::Circle, Topology::ClosedCircle] {
            let settings = Settings { topology, ..LOW };
            for test in [
                Test::OneSample(&a),
                Test::Paired { first: &a, second: &b },
                Test::TwoSamples { first: &a, second: &b, variances: Variances::Unequal },
                Test::TwoSamples { first: &a, second: &b, variances: Variances::Equal },
                Test::Regression { curves: &a, covariate: &covariate },
            ] {
                let permutations = Permutations { draws: 0, seed: 1 };
                for found in [
                    test.random_field(&settings),
                    test.permutation(&settings, permutations),
                ]
                .into_iter()
                .flatten()
                {
                    assert!(
                        found.threshold >= 0.0 && (0.0..=1.0).contains(&found.p),
                        "{found:?}"
                    );
                    let clusters = &found.clusters;
                    assert!(
                        clusters
                            .iter()
                            .all(|c| (0.0..=1.0).contains(&c.p) && c.extent >= 0.0),
                        "{found:?}"
                    );
                }
            }
        }
    }
}

// ---- a circle
// -------------------------------------------------------------------------------------------------

/// Noise on a circle.
fn circular(seed: u64, curves: usize, nodes: usize, width: f64) -> Vec<Vec<f64>> {
    let kernel = kernel(width);
    let wrapped = |noise: &[f64]| {
        smoothed(
            &(0..nodes + kernel.len() - 1).map(|k| noise[k % nodes]).collect::<Vec<_>>(),
            &kernel,
        )
    };
    normals(seed, curves * nodes).chunks(nodes).map(wrapped).collect()
}

#[test]
fn a_circle_is_the_same_wherever_it_starts() {
    let closed = |curves: &[Vec<f64>]| -> Vec<Vec<f64>> {
        curves.iter().map(|c| [&c[..], &c[..1]].concat()).collect()
    };
    let circle = Settings { topology: Topology::Circle, ..LOW };
    let repeated = Settings { topology: Topology::ClosedCircle, ..LOW };
    let mut across = 0;
    for seed in 0..10 {
        let curves = circular(seed, 8, 100, 6.0);
        let turned: Vec<Vec<f64>> =
            curves.iter().map(|c| [&c[37..], &c[..37]].concat()).collect();
        let first = Test::OneSample(&curves).random_field(&circle).unwrap();
        for (curves, settings) in [
            (turned.clone(), circle),
            (closed(&curves), repeated),
            (closed(&turned), repeated),
        ] {
            let other = Test::OneSample(&curves).random_field(&settings).unwrap();
            same(&turnable(&first), &turnable(&other));
            across += other
                .clusters
                .iter()
                .filter(|cluster| cluster.end < cluster.start)
                .count();
        }
    }
    assert!(across > 0);
}

/// What does not depend on where a circle starts.
fn turnable(found: &FieldInference) -> Vec<(f64, f64, f64, f64)> {
    let mut parts: Vec<_> =
        found.clusters.iter().map(|c| (c.extent, c.peak, c.centroid.1, c.p)).collect();
    parts.sort_by(|one, other| one.1.total_cmp(&other.1));
    parts.push((found.field.fwhm, found.threshold, set_p(found), found.p));
    parts
}

// ---- the level
// ------------------------------------------------------------------------------------------------

const RUNS: u64 = 400;

/// In how many runs noise has a cluster.
fn false_positives(
    make: impl Fn(u64) -> Vec<Vec<f64>>,
    judge: impl Fn(Test<'_, Vec<f64>>) -> FieldInference,
) -> usize {
    (0..RUNS)
        .filter(|seed| !judge(Test::OneSample(&make(*seed))).clusters.is_empty())
        .count()
}

/// 5 % of 400 within 3 standard errors.
#[track_caller]
fn about_20(count: usize) {
    assert!((7..=33).contains(&count), "{count} of {RUNS}");
}

#[test]
fn noise_is_significant_at_the_level() {
    let circle = Settings { topology: Topology::Circle, ..BOTH };
    let random_field = |settings: Settings| {
        move |test: Test<'_, Vec<f64>>| test.random_field(&settings).unwrap()
    };
    let signs = |test: Test<'_, Vec<f64>>| {
        test.permutation(&BOTH, Permutations::default()).unwrap()
    };
    about_20(false_positives(
        |seed| noise(seed + 1000, 10, 101, 7.0),
        random_field(BOTH),
    ));
    about_20(false_positives(
        |seed| circular(seed + 5000, 10, 100, 7.0),
        random_field(circle),
    ));
    about_20(false_positives(|seed| noise(seed + 9000, 8, 101, 7.0), signs));
    about_20(false_positives(|seed| circular(seed + 13_000, 8, 100, 7.0), signs));
}

#[test]
fn groups_of_unequal_size_and_spread_are_not_significant_more_often() {
    let rate = |variances| {
        let found = |seed: u64| {
            let first = mapped(&noise(2 * seed + 20_000, 5, 101, 7.0), |_, y| 3.0 * y);
            let second = noise(2 * seed + 20_001, 15, 101, 7.0);
            let test = Test::TwoSamples { first: &first, second: &second, variances };
            !test.random_field(&BOTH).unwrap().clusters.is_empty()
        };
        (0..RUNS).filter(|seed| found(*seed)).count()
    };
    let unequal = rate(Variances::Unequal);
    assert!((2..=33).contains(&unequal), "{unequal}");
    assert!(rate(Variances::Equal) > 100);
}

#[test]
fn the_smoothness_is_that_of_the_kernel() {
    // A Gaussian kernel of width s has the full width √(8 ln 2)·s at half maximum.
    let curves = noise(77, 400, 101, 6.0);
    let expected = (8.0 * std::f64::consts::LN_2).sqrt() * 6.0;
    for topology in [Topology::Line, Topology::Circle] {
        let curves = if topology == Topology::Circle {
            circular(77, 400, 100, 6.0)
        } else {
            curves.clone()
        };
        let found = fwhm(&curves, topology);
        // About 7 · 400 independent values of each curvature give 2 % of standard error.
        assert!((found / expected - 1.0).abs() < 0.06, "{found} {expected}");
    }
}
