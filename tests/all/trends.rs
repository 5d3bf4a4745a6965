//! Courses over time: lines and what their errors rest on, ranks, breaks and changes,
//! against independent values and against the truth of simulated courses.
//!
//! The values come from `/shared/reference/ref_fatigue.py` (SciPy 1.17.1) and
//! `tests/reference/trends_python.py` (SciPy 1.17.1, statsmodels 0.15.0). Tolerances:
//! 1e-11 relative for closed forms, which sum in another order; 1e-9 where matrices are
//! inverted that are not made here; 1e-7 through normal quantiles and optimisers.
//! Statements about many simulated courses hold within three standard errors.

use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use soleus::dsp::broken_line::BrokenLine;
use soleus::dsp::change::{area_ratio, linearised, ratio_of_sums, wandering_ratio};
use soleus::dsp::mann_kendall::MannKendall;
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::regression::{Line, Wandering};
use soleus::dsp::stats::{mean, median, t_95};
use soleus::dsp::theil_sen::{TheilSen, siegel};

fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap_or_else(|| panic!("{value} is no list"))
        .iter()
        .map(number)
        .collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs().max(1e-300),
        "{what}: {ours:e} instead of {theirs:e}"
    );
}

// ---- every value of the sheet
// ---------------------------------------------------------------------------------

/// The numbers of a JSON value with their paths.
fn leaves(path: String, value: &Value, found: &mut Vec<(String, f64)>) {
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| leaves(format!("{path}|{name}"), value, found));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(k, value)| leaves(format!("{path}|{k}"), value, found)),
        Value::Number(_) => found.push((path, number(value))),
        _ => {}
    }
}

struct Sheet {
    times: Vec<f64>,
    mnf: Vec<f64>,
    rms: Vec<f64>,
}

impl Sheet {
    fn new() -> Self {
        let times: Vec<f64> = (0..60).map(|k| 0.5 + f64::from(k)).collect();
        let course = |seed: u64, start: f64, slope: f64, spread: f64| -> Vec<f64> {
            times
                .iter()
                .zip(normals(seed, 60))
                .map(|(t, z)| start + slope * t + spread * z)
                .collect()
        };
        Self {
            mnf: course(31, 110.0, -0.35, 2.0),
            rms: course(32, 0.2, 0.0012, 0.01),
            times,
        }
    }

    /// Our value for a path of the sheet, and how exact it has to be.
    fn ours(&self, path: &str) -> (f64, f64) {
        let mnf = Line::fit(&self.times, &self.mnf).unwrap();
        match path.split('|').skip(1).collect::<Vec<_>>()[..] {
            ["mnf", ref leaf @ ..] => course_value(&self.times, &self.mnf, leaf),
            ["rms", ref leaf @ ..] => course_value(&self.times, &self.rms, leaf),
            ["endurance", _] => (mnf.reaches(0.9).unwrap(), 1e-11),
            ["area_ratio"] => {
                (area_ratio(&self.times, &self.mnf, mnf.intercept).unwrap(), 1e-11)
            }
            ["outlier_example", ref leaf @ ..] => outlier_value(leaf),
            _ => panic!("no value for {path}"),
        }
    }
}

fn course_value(times: &[f64], values: &[f64], leaf: &[&str]) -> (f64, f64) {
    let line = Line::fit(times, values).unwrap();
    let theil = TheilSen::fit(times, values).unwrap();
    let repeated = siegel(times, values).unwrap();
    let test = MannKendall::measure(times, values).unwrap();
    let end = |ends: Option<(f64, f64)>, which: &str| {
        if which == "0" { ends.unwrap().0 } else { ends.unwrap().1 }
    };
    let one = |values: &[f64], which: &str| values[which.parse::<usize>().unwrap()];
    let r = line.r_squared.sqrt().copysign(line.slope);
    match *leaf {
        ["intercept"] => (line.intercept, 1e-11),
        ["slope"] => (line.slope, 1e-11),
        ["slope_se"] => (line.slope_error, 1e-11),
        ["intercept_se"] => (line.intercept_error, 1e-11),
        ["slope_ci95", which] => (end(line.slope_interval(), which), 1e-10),
        ["r2"] => (line.r_squared, 1e-11),
        ["p"] => (line.slope_p().unwrap(), 1e-7),
        ["t_crit"] => (t_95(line.freedom).unwrap(), 1e-10),
        ["norm_slope_%_per_s"] => (line.normalised_slope().unwrap(), 1e-11),
        // Half of the interval is a standard error times Student's quantile.
        ["norm_slope_se_delta"] => {
            let (low, high) = line.delta_interval().unwrap();
            ((high - low) / 2.0 / t_95(line.freedom).unwrap(), 1e-10)
        }
        ["norm_slope_ci95_delta", which] => (end(line.delta_interval(), which), 1e-10),
        ["norm_slope_ci95_fieller", which] => {
            (end(line.fieller_interval(), which), 1e-10)
        }
        ["scipy_linregress", which] => {
            let (errors, p) =
                ([line.slope_error, line.intercept_error], line.slope_p().unwrap());
            // The p-value loses digits where SciPy forms 1 − r².
            let tolerance = if which == "3" { 1e-7 } else { 1e-11 };
            (
                one(&[line.slope, line.intercept, r, p, errors[0], errors[1]], which),
                tolerance,
            )
        }
        ["theilslopes(alpha=.95) slope,intercept,lo,hi", which] => (
            one(
                &[theil.slope, theil.intercept, theil.interval.0, theil.interval.1],
                which,
            ),
            1e-11,
        ),
        ["siegelslopes slope,intercept", which] => {
            (one(&[repeated.0, repeated.1], which), 1e-11)
        }
        ["kendall_tau,p", which] => (one(&[test.tau, test.tau_p()], which), 1e-10),
        ["mann_kendall S,var,z,p", which] => {
            (one(&[test.s as f64, test.variance, test.z, test.p], which), 1e-10)
        }
        ["theil_norm_slope_%_per_s"] => (theil.normalised_slope().unwrap(), 1e-11),
        _ => panic!("no value for {leaf:?}"),
    }
}

fn outlier_value(leaf: &[&str]) -> (f64, f64) {
    let (t, y) = ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [100.0, 99.0, 98.0, 70.0, 96.0, 95.0]);
    let (line, theil) = (Line::fit(&t, &y).unwrap(), TheilSen::fit(&t, &y).unwrap());
    let one = |values: &[f64], which: &str| values[which.parse::<usize>().unwrap()];
    let value = match *leaf {
        ["t", which] => one(&t, which),
        ["y", which] => one(&y, which),
        ["ols", which] => one(&[line.slope, line.intercept], which),
        ["theil", which] => one(
            &[theil.slope, theil.intercept, theil.interval.0, theil.interval.1],
            which,
        ),
        _ => panic!("no value for {leaf:?}"),
    };
    (value, 1e-11)
}

#[test]
fn every_value_of_the_sheet_is_met() {
    let mut found = Vec::new();
    leaves(String::new(), &reference("ref_fatigue.json"), &mut found);
    let sheet = Sheet::new();
    // What amplitude and spectrum say together is made of these by the analysis.
    let ours: Vec<_> =
        found.iter().filter(|(path, _)| !path.starts_with("|jasa|")).collect();
    for (path, theirs) in &ours {
        let (ours, tolerance) = sheet.ours(path);
        close(ours, *theirs, tolerance, path);
    }
    assert_eq!((ours.len(), found.len()), (88, 91));
}

// ---- random courses against frozen values
// ---------------------------------------------------------------------

/// Noise in which neighbours share all but one of the `width` numbers that they are made
/// of.
fn smoothed(normals: &[f64], width: usize) -> Vec<f64> {
    normals
        .windows(width)
        .map(|z| z.iter().sum::<f64>() / (width as f64).sqrt())
        .collect()
}

/// The course that the script makes of the same settings.
fn frozen_course(case: &Value) -> (Vec<f64>, Vec<f64>) {
    let (n, seed) =
        (case["n"].as_u64().unwrap() as usize, case["seed"].as_u64().unwrap());
    let setting = |name: &str| number(&case[name]);
    let mut generator = SplitMix64::new(seed + 1);
    let mut time = 0.0;
    let mut uneven = || {
        time += 0.2 + generator.uniform();
        time
    };
    let even = case["spacing"] == "even";
    let times: Vec<f64> =
        (0..n).map(|k| if even { 0.5 * k as f64 } else { uneven() }).collect();
    let width = setting("width") as usize;
    let noise = smoothed(&normals(seed, n + width), width);
    let gaps = case["gaps"].as_bool().unwrap();
    let value = |k: usize| {
        let bent = setting("bend") * (times[k] - setting("at")).max(0.0);
        let y = setting("level")
            + setting("slope") * times[k]
            + bent
            + setting("spread") * noise[k];
        let step = setting("step");
        if step > 0.0 { (y / step).round_ties_even() * step } else { y }
    };
    (0..n).filter(|k| !gaps || k % 7 != 3).map(|k| (times[k], value(k))).unzip()
}

#[test]
fn errors_of_correlated_courses_are_those_of_whole_matrices() {
    for case in reference("trends_python.json")["courses"].as_array().unwrap() {
        let (t, y) = frozen_course(case);
        let expected = &case["correlated"];
        let reach = number(&expected["reach"]);
        let line = Line::fit_correlated(&t, &y, |distance| 1.0 - distance / reach, reach)
            .unwrap();
        close(line.freedom, number(&expected["freedom"]), 1e-9, "freedom");
        close(line.slope_p().unwrap(), number(&expected["slope_p"]), 1e-7, "p");
        let (low, high) = line.slope_interval().unwrap();
        close(
            (high - low) / 2.0,
            number(&expected["t_95"]) * number(&expected["slope_error"]),
            1e-9,
            "interval",
        );
        let lags = case["newey_west"]["lags"].as_u64().unwrap() as usize;
        let robust = Line::newey_west(&t, &y, lags).unwrap();
        for (line, expected) in [(line, expected), (robust, &case["newey_west"])] {
            close(
                line.slope_error,
                number(&expected["slope_error"]),
                1e-9,
                "slope error",
            );
            close(
                line.intercept_error,
                number(&expected["intercept_error"]),
                1e-9,
                "intercept error",
            );
            close(line.covariance, number(&expected["covariance"]), 1e-9, "covariance");
        }
        // The order of the points does not matter.
        let (t_back, y_back): (Vec<f64>, Vec<f64>) = t.iter().zip(&y).rev().unzip();
        let back = Line::fit_correlated(
            &t_back,
            &y_back,
            |distance| 1.0 - distance / reach,
            reach,
        )
        .unwrap();
        close(back.slope_error, line.slope_error, 1e-12, "backwards");
    }
}

#[test]
fn ranks_are_those_of_scipy() {
    for case in reference("trends_python.json")["courses"].as_array().unwrap() {
        let ((t, y), expected) = (frozen_course(case), &case["ranks"]);
        let (line, test) =
            (TheilSen::fit(&t, &y).unwrap(), MannKendall::measure(&t, &y).unwrap());
        let compare = |ours: &[f64], name: &str| {
            for (ours, theirs) in ours.iter().zip(numbers(&expected[name])) {
                close(*ours, theirs, 1e-10, name);
            }
        };
        compare(&[line.slope, line.intercept, line.interval.0, line.interval.1], "theil");
        let (slope, intercept) = siegel(&t, &y).unwrap();
        compare(&[slope, intercept], "siegel");
        compare(&[test.tau, test.tau_p()], "tau");
        compare(&[test.s as f64, test.variance, test.z, test.p], "mann_kendall");
    }
}

#[test]
fn breaks_are_those_of_brute_force() {
    for case in reference("trends_python.json")["courses"].as_array().unwrap() {
        let ((t, y), expected) = (frozen_course(case), &case["broken"]);
        let line = BrokenLine::fit(&t, &y, expected["fewest"].as_u64().unwrap() as usize)
            .unwrap();
        let what = format!("seed {}", case["seed"]);
        // An optimiser sees a place to the root of what it sees of the sum of squares.
        for (ours, name) in [
            (line.at, "at"),
            (line.intercept, "intercept"),
            (line.before, "before"),
            (line.after, "after"),
            (line.before_error, "before_error"),
            (line.after_error, "after_error"),
        ] {
            close(ours, number(&expected[name]), 1e-6, &format!("{what} {name}"));
        }
        let [low, high] = numbers(&expected["interval"])[..] else { panic!("two ends") };
        close(line.at_interval.0, low, 1e-7, &what);
        close(line.at_interval.1, high, 1e-7, &what);
        close(line.p, number(&expected["p"]), 1e-9, &what);
        let residual: f64 =
            t.iter().zip(&y).map(|(t, y)| (y - line.value(*t)).powi(2)).sum();
        assert!(
            residual <= number(&expected["residual"]) * (1.0 + 1e-12),
            "{what}: {residual}"
        );
        let centre = mean(&y).unwrap();
        let total: f64 = y.iter().map(|y| (y - centre).powi(2)).sum();
        close(1.0 - line.r_squared, residual / total, 1e-9, &what);
    }
}

// ---- intervals against the truth
// ------------------------------------------------------------------------------

const RUNS: usize = 500;

/// Both ends, where there are any.
type Interval = Option<(f64, f64)>;

/// How many of a hundred simulated intervals hold the truth.
fn coverage(mut interval: impl FnMut() -> Option<(f64, f64)>, truth: f64) -> f64 {
    let covered = (0..RUNS)
        .filter(|_| interval().is_some_and(|(low, high)| low <= truth && truth <= high))
        .count();
    100.0 * covered as f64 / RUNS as f64
}

/// 95 % within three standard errors of 500 runs, 2.9 %.
#[track_caller]
fn holds(coverage: f64, what: &str) {
    assert!((92.0..=98.0).contains(&coverage), "{what}: {coverage} %");
}

#[test]
fn overlapping_epochs_need_their_correlation() {
    let n = 60;
    for (width, overlap) in [(2, 50), (4, 75)] {
        // Epochs of 1 s.
        let times: Vec<f64> = (0..n).map(|k| k as f64 / width as f64).collect();
        let covered = |interval: &dyn Fn(&[f64]) -> Interval| {
            let mut generator = SplitMix64::new(600 + width as u64);
            let draw = || {
                let fresh: Vec<f64> =
                    (0..n + width - 1).map(|_| generator.normal()).collect();
                let noise = smoothed(&fresh, width);
                interval(
                    &times
                        .iter()
                        .zip(noise)
                        .map(|(t, e)| 100.0 - 0.5 * t + 3.0 * e)
                        .collect::<Vec<_>>(),
                )
            };
            coverage(draw, -0.5)
        };
        let known = |values: &[f64]| {
            Line::fit_correlated(&times, values, |distance| 1.0 - distance, 1.0)
        };
        let plain = covered(&|values| Line::fit(&times, values)?.slope_interval());
        let correlated = covered(&|values| known(values)?.slope_interval());
        // The truth of the normalised slope is the same number for an intercept of 100.
        let fieller = covered(&|values| known(values)?.fieller_interval());
        let robust =
            covered(&|values| Line::newey_west(&times, values, 4)?.slope_interval());
        let wide =
            covered(&|values| Line::newey_west(&times, values, 10)?.slope_interval());
        println!(
            "overlap {overlap} %: plain {plain} %, correlated {correlated} %, Fieller {fieller} %, \
             Newey-West with 4 lags {robust} %, with 10 {wide} %"
        );
        assert!(plain < 88.0, "{overlap}: {plain} %");
        holds(correlated, "correlated");
        holds(fieller, "Fieller");
        assert!(plain < robust && robust < 95.0, "{overlap}: {robust} %");
    }
}

#[test]
fn chance_breaks_no_line() {
    for n in [60, 600] {
        let x: Vec<f64> = (0..n).map(|k| k as f64).collect();
        let mut generator = SplitMix64::new(800 + n as u64);
        let mut draw = || {
            let y: Vec<f64> =
                x.iter().map(|x| 100.0 - 0.3 * x + 2.0 * generator.normal()).collect();
            BrokenLine::fit(&x, &y, 5).unwrap().p
        };
        let found = (0..RUNS).filter(|_| draw() < 0.05).count();
        println!("n = {n}: {found} of {RUNS} null courses have p < 0.05");
        // The bound is an upper one: 5 % and three standard errors, 2.9 %.
        assert!(100 * found <= 8 * RUNS - RUNS / 10, "{n}: {found}");
    }
}

#[test]
fn a_clear_break_is_found_where_it_is() {
    let n = 60;
    let x: Vec<f64> = (0..n).map(|k| k as f64).collect();
    let mut generator = SplitMix64::new(900);
    let lines: Vec<BrokenLine> = (0..RUNS)
        .map(|_| {
            let bent = |x: f64| 100.0 - 0.6 * x + 0.5 * (x - 23.4_f64).max(0.0);
            let y: Vec<f64> =
                x.iter().map(|x| bent(*x) + 2.0 * generator.normal()).collect();
            BrokenLine::fit(&x, &y, 5).unwrap()
        })
        .collect();
    let mean_of = |value: &dyn Fn(&BrokenLine) -> f64| {
        lines.iter().map(value).sum::<f64>() / RUNS as f64
    };
    let share = |holds: &dyn Fn(&BrokenLine) -> bool| {
        100.0 * lines.iter().filter(|line| holds(line)).count() as f64 / RUNS as f64
    };
    let within = |(low, high): (f64, f64), truth: f64| low <= truth && truth <= high;
    let found = share(&|line| line.p < 0.05);
    let (at, before, after) = (
        mean_of(&|line| line.at),
        mean_of(&|line| line.before),
        mean_of(&|line| line.after),
    );
    let covered = [
        share(&|line| within(line.at_interval, 23.4)),
        share(&|line| within(line.before_interval().unwrap(), -0.6)),
        share(&|line| within(line.after_interval().unwrap(), -0.1)),
    ];
    let by_error = |error: f64| t_95(56.0).unwrap() * error;
    let errors = [
        share(&|line| (line.before + 0.6).abs() < by_error(line.before_error)),
        share(&|line| (line.after + 0.1).abs() < by_error(line.after_error)),
    ];
    println!(
        "found in {found} %; at {at:.2}, before {before:.4}, after {after:.4}; covered {covered:?} %, slopes by standard errors {errors:?} %"
    );
    assert!(found > 95.0);
    // The means of 500 have standard errors of about 0.1, 0.003 and 0.001.
    assert!(
        (at - 23.4).abs() < 0.6
            && (before + 0.6).abs() < 0.015
            && (after + 0.1).abs() < 0.006
    );
    covered.into_iter().for_each(|covered| holds(covered, "a clear break"));
}

#[test]
fn a_tenth_less_is_reached_when_it_is_said() {
    let times: Vec<f64> = (0..60).map(f64::from).collect();
    let mut generator = SplitMix64::new(1100);
    let draw = || {
        let values: Vec<f64> =
            times.iter().map(|t| 100.0 - 0.25 * t + 3.0 * generator.normal()).collect();
        Line::fit(&times, &values)?.reaches_interval(0.9)
    };
    holds(coverage(draw, 40.0), "time to 90 %");
}

// ---- any input
// ------------------------------------------------------------------------------------------------

/// Numbers as they come, and as they should not.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -1e3..1e3_f64,
        4 => (-6..6_i32).prop_map(f64::from),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(1e300), Just(-1e300), Just(5e-324), Just(-0.0)],
    ]
}

fn all_slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut slopes = Vec::new();
    for i in 0..x.len() {
        let steps = (i + 1..x.len())
            .map(|j| (x[j] - x[i], y[j] - y[i]))
            .filter(|(run, _)| *run != 0.0);
        slopes.extend(steps.map(|(run, rise)| rise / run));
    }
    slopes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn theil_sen_has_the_slopes_of_all_pairs(
        points in proptest::collection::vec((-20..20_i32, -1e3..1e3_f64), 3..400),
        step in prop_oneof![Just(0.0), Just(0.25), Just(100.0)],
        jitter in prop_oneof![Just(0.0), Just(1e-3), Just(1e9)],
    ) {
        let x: Vec<f64> = points.iter().map(|(x, y)| f64::from(*x) * 0.1 + jitter * y.sin()).collect();
        let rounded = |y: f64| if step > 0.0 { (y / step).round() * step } else { y };
        let y: Vec<f64> = points.iter().map(|(_, y)| rounded(*y)).collect();
        let mut slopes = all_slopes(&x, &y);
        slopes.sort_unstable_by(f64::total_cmp);
        let line = TheilSen::fit(&x, &y);
        prop_assert_eq!(line.map(|line| line.slope), median(&slopes));
        if let Some(line) = line {
            let (low, high) = line.interval;
            prop_assert!(low <= line.slope && line.slope <= high);
            prop_assert!(slopes.contains(&low) && slopes.contains(&high));
        }
    }

    #[test]
    fn nothing_panics_and_nothing_infinite_comes_out(
        points in proptest::collection::vec((any_value(), any_value()), 0..60),
        reach in prop_oneof![Just(0.0), Just(1.0), Just(f64::INFINITY), Just(f64::NAN)],
        fewest in 0..40_usize,
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
        let lines = [
            Line::fit(&x, &y),
            Line::fit_correlated(&x, &y, |distance| 1.0 - distance / reach, reach),
            Line::newey_west(&x, &y, fewest),
        ];
        for line in lines.into_iter().flatten() {
            prop_assert!(line.slope.is_finite() && line.intercept.is_finite());
            for (low, high) in [line.slope_interval(), line.fieller_interval(), line.reaches_interval(0.9)].into_iter().flatten() {
                prop_assert!(low <= high || low.is_nan() || high.is_nan(), "{low} {high}");
            }
            prop_assert!(line.slope_p().is_none_or(|p| (0.0..=1.0).contains(&p)));
        }
        if let Some(found) = TheilSen::fit(&x, &y) {
            prop_assert!(found.slope.is_finite() && found.interval.0 <= found.interval.1);
        }
        prop_assert!(siegel(&x, &y).is_none_or(|(slope, intercept)| slope.is_finite() && intercept.is_finite()));
        if let Some(found) = MannKendall::measure(&x, &y) {
            prop_assert!(found.tau.abs() <= 1.0 && (0.0..=1.0).contains(&found.p));
        }
        if let Some(found) = BrokenLine::fit(&x, &y, fewest) {
            let (low, high) = found.at_interval;
            prop_assert!(low <= found.at && found.at <= high && (0.0..=1.0).contains(&found.p));
            prop_assert!(found.before.is_finite() && found.after.is_finite() && found.after_error >= 0.0);
        }
        let members: Vec<[f64; 2]> = x.iter().zip(&y).map(|(a, b)| [*a, *b]).collect();
        let ratio = ratio_of_sums(&members, fewest);
        prop_assert!(ratio.is_none_or(f64::is_finite));
        if let Some(found) = Wandering::fit(&x, &y, |distance| 1.0 - distance / reach, reach) {
            let values = linearised(&members);
            let interval = wandering_ratio(ratio.unwrap_or(1.0), &values, fewest, found.wander());
            for (low, high) in [interval, found.mean_interval()].into_iter().flatten() {
                prop_assert!(low <= high || low.is_nan() || high.is_nan(), "{low} {high}");
            }
        }
        prop_assert!(area_ratio(&x, &y, reach).is_none_or(f64::is_finite));
    }
}
