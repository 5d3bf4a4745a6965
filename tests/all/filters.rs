//! Filters and conditioning against SciPy 1.17.1 and against what filters must do
//! whatever their numbers.
//!
//! `reference/ref_filters.json` and `reference/filters_scipy.json` are frozen numbers;
//! `reference/filters_scipy.py` made the second.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use proptest::prelude::*;
use serde_json::Value;
use soleus::condition::{
    BandPass, BandStop, Chain, Cutoff, Detrend, DetrendKind, HighPass, LowPass, Notch,
    Phase, Step,
};
use soleus::dsp::design::{
    Band, DesignError, HIGHEST_ORDER, butterworth, check, effective, notch,
};
use soleus::dsp::detrend;
use soleus::dsp::random::normals;
use soleus::dsp::sos::{SecondOrderSection, Sos};
use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use soleus::error::ErrorKind;
use soleus::units::Hertz;

const EDGES: [Edge; 6] =
    [Edge::Odd, Edge::Even, Edge::Constant, Edge::None, Edge::Matlab, Edge::R];

// ---- what the tests are given: frozen numbers, signals, and filters run on them

fn reference() -> Value {
    serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/reference/ref_filters.json"
    )))
    .unwrap()
}

fn random_reference() -> Value {
    serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/reference/filters_scipy.json"
    )))
    .unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(number).collect(),
        single => vec![number(single)],
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn indices(value: &Value) -> Vec<usize> {
    list(value)
        .iter()
        .map(|index| usize::try_from(index.as_u64().unwrap()).unwrap())
        .collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, relative: f64, absolute: f64, what: &str) {
    let allowed = absolute + relative * theirs.abs();
    assert!(
        (ours - theirs).abs() <= allowed,
        "{what}: {ours} is not {theirs} within {allowed:e}"
    );
}

fn band(kind: &str, edges: &[f64]) -> Band {
    match (kind, edges) {
        ("lowpass", [edge]) => Band::LowPass(*edge),
        ("highpass", [edge]) => Band::HighPass(*edge),
        ("bandpass", [low, high]) => Band::BandPass(*low, *high),
        ("bandstop", [low, high]) => Band::BandStop(*low, *high),
        _ => panic!("{kind} {edges:?}"),
    }
}

/// Reads `butter(4, [20.0, 450.0], btype='bandpass', fs=1000.0, output='sos')`.
fn call(text: &str) -> (usize, Band, f64) {
    let (head, rest) =
        text.strip_prefix("butter(").unwrap().split_once(", btype='").unwrap();
    let (kind, rest) = rest.split_once("', fs=").unwrap();
    let (order, edges) = head.split_once(", ").unwrap();
    let rate = rest.split_once(',').unwrap().0.parse().unwrap();
    let edges: Vec<f64> = edges
        .trim_matches(['[', ']'])
        .split(", ")
        .map(|edge| edge.parse().unwrap())
        .collect();
    (order.parse().unwrap(), band(kind, &edges), rate)
}

fn tones(n: usize, rate: f64) -> Vec<f64> {
    let at = |k: usize| {
        let t = k as f64 / rate;
        0.1 + (2.0 * PI * 50.0 * t).sin()
            + 0.5 * (2.0 * PI * 120.0 * t + 0.3).sin()
            + 0.25 * (2.0 * PI * 7.0 * t).cos()
    };
    (0..n).map(at).collect()
}

fn coefficients(section: &SecondOrderSection) -> [f64; 6] {
    [section.b0, section.b1, section.b2, 1.0, section.a1, section.a2]
}

fn zero_phase(sos: &Sos, edge: Edge, samples: &[f64]) -> Vec<f64> {
    let filter = ZeroPhase::new(sos.clone(), edge);
    let mut filtered = samples.to_vec();
    filter.run(&mut filtered, &mut Scratch::default()).unwrap();
    filtered
}

fn causal(sos: &Sos, samples: &[f64]) -> Vec<f64> {
    let mut filtered = samples.to_vec();
    sos.filter(&mut filtered);
    filtered
}

/// The closed form of the magnitude response, which knows nothing of poles or sections.
fn butterworth_gain(order: usize, band: Band, rate: f64, f: f64) -> f64 {
    let warp = |hz: f64| (PI * hz / rate).tan();
    let w = warp(f);
    let between = |low: f64, high: f64| {
        (w * w - warp(low) * warp(high)) / ((warp(high) - warp(low)) * w)
    };
    let lambda = match band {
        Band::LowPass(edge) => w / warp(edge),
        Band::HighPass(edge) => warp(edge) / w,
        Band::BandPass(low, high) => between(low, high),
        Band::BandStop(low, high) => 1.0 / between(low, high),
    };
    1.0 / (1.0 + lambda.abs().powi(2 * i32::try_from(order).unwrap())).sqrt()
}

fn rate(hz: f64) -> Hertz {
    Hertz::new(hz).unwrap()
}

/// The error of a chain of one step.
fn design_error(step: Step, hz: f64) -> soleus::Error {
    Chain::design(&[step], rate(hz)).unwrap_err()
}

// --- designs
// -----------------------------------------------------------------------------------------------------

#[test]
fn designs_equal_scipy_coefficient_by_coefficient() {
    for design in list(&reference()["designs"]) {
        let text = design["call"].as_str().unwrap();
        let (order, band, rate) = call(text);
        let sos = butterworth(order, band, rate).unwrap();
        let theirs = list(&design["sos"]);
        assert_eq!(sos.sections().len(), theirs.len(), "{text}");
        for (ours, theirs) in sos.sections().iter().zip(theirs) {
            for (ours, theirs) in coefficients(ours).iter().zip(numbers(theirs)) {
                // A closed form; 1e-12 leaves room for other orders of summation only.
                close(*ours, theirs, 1e-12, 1e-14, text);
            }
        }
        for (ours, theirs) in sos.steady_state().iter().zip(list(&design["sosfilt_zi"])) {
            for (ours, theirs) in ours.iter().zip(numbers(theirs)) {
                // One over the sum of the denominator, about (cut-off / rate)², magnifies
                // the last bit.
                close(*ours, theirs, 1e-10, 1e-14, text);
            }
        }
        let padding = design["sosfiltfilt_default_padlen"].as_u64().unwrap();
        assert_eq!(Edge::Odd.padding(&sos) as u64, padding, "{text}");
        for pair in list(&design["gain_hz_mag"]) {
            let (f, theirs) = (number(&pair[0]), number(&pair[1]));
            // Close to a zero of the response SciPy's own sum has few digits left, hence
            // the absolute part.
            close(sos.gain(f, rate), theirs, 1e-9, 1e-12, text);
        }
    }
}

#[test]
fn orders_1_to_12_have_the_gain_of_the_closed_form() {
    for order in 1..=HIGHEST_ORDER {
        for rate in [500.0, 1000.0, 4000.0, 20000.0] {
            for band in [
                Band::LowPass(3.0),
                Band::LowPass(0.45 * rate),
                Band::HighPass(20.0),
                Band::BandPass(20.0, 0.45 * rate),
                Band::BandPass(48.0, 52.0),
                Band::BandStop(48.0, 52.0),
                Band::BandStop(20.0, 0.4 * rate),
            ] {
                let sos = butterworth(order, band, rate).unwrap();
                assert!(
                    sos.sections().iter().all(SecondOrderSection::is_stable),
                    "{order} {band:?} {rate}"
                );
                for f in [
                    0.7,
                    3.0,
                    19.0,
                    20.0,
                    47.0,
                    50.5,
                    90.0,
                    0.2 * rate,
                    0.4 * rate,
                    0.45 * rate,
                    0.499 * rate,
                ] {
                    let theirs = butterworth_gain(order, band, rate, f);
                    // Poles 1e-3 from the circle lose three digits squared, a dozen
                    // sections a little more.
                    close(
                        sos.gain(f, rate),
                        theirs,
                        1e-7,
                        1e-9,
                        &format!("{order} {band:?} {rate} at {f}"),
                    );
                }
            }
        }
    }
}

#[test]
fn corrected_cut_offs_equal_the_reference() {
    for case in list(&reference()["zero_phase_correction"]) {
        let order = usize::try_from(case["order"].as_u64().unwrap()).unwrap();
        let (kind, asked, rate) =
            (case["btype"].as_str().unwrap(), numbers(&case["wn"]), number(&case["fs"]));
        let corrected = effective(order, band(kind, &asked), rate, 2);
        for (ours, theirs) in corrected.edges().iter().zip(numbers(&case["corrected_hz"]))
        {
            close(*ours, theirs, 1e-12, 0.0, kind);
        }
        let sos = butterworth(order, corrected, rate).unwrap();
        for f in asked {
            close(sos.gain(f, rate).powi(2), FRAC_1_SQRT_2, 1e-9, 0.0, kind);
        }
    }
}

#[test]
fn the_corrections_of_one_two_and_four_passes_equal_the_reference() {
    let reference = reference();
    for (key, theirs) in reference["correction_C_order_passes"].as_object().unwrap() {
        let (order, passes) = key.strip_prefix('n').unwrap().split_once("_p").unwrap();
        let (order, passes): (usize, usize) =
            (order.parse().unwrap(), passes.parse().unwrap());
        let Band::LowPass(moved) = effective(order, Band::LowPass(6.0), 100.0, passes)
        else {
            panic!("a low-pass")
        };
        let correction = (PI * 6.0 / 100.0).tan() / (PI * moved / 100.0).tan();
        close(correction, number(theirs), 1e-12, 0.0, key);
    }
}

#[test]
fn winters_worked_example() {
    let reference = reference();
    for (passes, key) in [(1, "winter_6_100_pass1"), (2, "winter_6_100_pass2")] {
        let sos = butterworth(2, effective(2, Band::LowPass(6.0), 100.0, passes), 100.0)
            .unwrap();
        let section = &sos.sections()[0];
        let winter = &reference[key];
        // Winter writes the recursive coefficients with the opposite sign.
        let ours = [section.b0, section.b1, section.b2, -section.a1, -section.a2];
        for (ours, theirs) in
            ours.iter().zip([numbers(&winter["a"]), numbers(&winter["b"])].concat())
        {
            close(*ours, theirs, 1e-12, 0.0, key);
        }
    }
}

#[test]
fn notches_equal_scipy() {
    for case in list(&reference()["iirnotch"]) {
        let (f0, q, rate) =
            (number(&case["f0"]), number(&case["Q"]), number(&case["fs"]));
        let sos = notch(f0, q, rate).unwrap();
        let [section] = sos.sections() else { panic!("one section") };
        let theirs = [numbers(&case["b"]), numbers(&case["a"])].concat();
        for (ours, theirs) in coefficients(section).iter().zip(theirs) {
            close(*ours, theirs, 1e-12, 0.0, "notch");
        }
        let half = f0 / q / 2.0;
        let gains = numbers(&case["gain_at_f0-bw/2,f0,f0+bw/2,f0-2,f0+2,20"]);
        for (f, theirs) in
            [f0 - half, f0, f0 + half, f0 - 2.0, f0 + 2.0, 20.0].iter().zip(gains)
        {
            // The gain in the middle is a difference of nearly equal numbers in both
            // programs.
            close(sos.gain(*f, rate), theirs, 1e-9, 1e-11, "notch gain");
        }
    }
}

// --- running
// -----------------------------------------------------------------------------------------------------

#[track_caller]
fn samples_agree(ours: &[f64], case: &Value) {
    for (index, theirs) in indices(&case["idx"]).iter().zip(numbers(&case["val"])) {
        close(ours[*index], theirs, 1e-9, 1e-12, &format!("sample {index}"));
    }
    if case.get("sum").is_some() {
        close(ours.iter().sum(), number(&case["sum"]), 1e-9, 1e-10, "sum");
        close(
            ours.iter().map(|y| y * y).sum(),
            number(&case["sumsq"]),
            1e-9,
            0.0,
            "sum of squares",
        );
    }
}

#[test]
fn outputs_equal_scipy_on_sixty_samples_with_every_edge_rule() {
    let reference = reference();
    let io = &reference["io_tones60_fs1000"];
    let x = tones(60, 1000.0);
    let rectified: Vec<f64> = x.iter().map(|x| x.abs()).collect();
    let band_pass = butterworth(2, Band::BandPass(20.0, 450.0), 1000.0).unwrap();
    let low_pass = butterworth(2, Band::LowPass(6.0), 1000.0).unwrap();
    let high_pass = butterworth(4, Band::HighPass(20.0), 1000.0).unwrap();
    samples_agree(&causal(&band_pass, &x), &io["sosfilt_bp2_20_450"]);
    for (edge, key) in [
        (Edge::Odd, "sosfiltfilt_bp2_20_450_default_odd"),
        (Edge::Even, "sosfiltfilt_bp2_even"),
        (Edge::Constant, "sosfiltfilt_bp2_constant"),
        (Edge::None, "sosfiltfilt_bp2_nopad"),
        (Edge::Odd, "filtfilt_ba_bp2_default"),
        (Edge::Matlab, "filtfilt_ba_bp2_padlen_matlab_3x(len-1)"),
    ] {
        samples_agree(&zero_phase(&band_pass, edge, &x), &io[key]);
    }
    samples_agree(
        &zero_phase(&low_pass, Edge::Odd, &rectified),
        &io["sosfiltfilt_lp2_6"],
    );
    samples_agree(&zero_phase(&high_pass, Edge::Odd, &x), &io["sosfiltfilt_hp4_20"]);
}

#[test]
fn twenty_thousand_samples_equal_scipy() {
    let reference = reference();
    let case = &reference["io_tones20000_fs2000_bp4_sosfiltfilt"];
    let sos = butterworth(4, Band::BandPass(20.0, 450.0), 2000.0).unwrap();
    let filtered = zero_phase(&sos, Edge::Odd, &tones(20000, 2000.0));
    samples_agree(&filtered, case);
    let rms = (filtered.iter().map(|y| y * y).sum::<f64>() / 20000.0).sqrt();
    close(rms, number(&case["rms"]), 1e-12, 0.0, "rms");
}

#[test]
fn fifteen_samples_are_too_few_and_sixteen_enough_as_in_scipy() {
    let filter =
        ZeroPhase::new(butterworth(4, Band::HighPass(20.0), 1000.0).unwrap(), Edge::Odd);
    assert!(
        reference()["hp4_len15"]
            .as_str()
            .unwrap()
            .contains("greater than padlen, which is 15")
    );
    assert!(filter.run(&mut [1.0; 15], &mut Scratch::default()).is_err());
    assert!(filter.run(&mut [1.0; 16], &mut Scratch::default()).is_ok());
}

#[test]
fn forty_random_filters_on_random_signals_equal_scipy() {
    let frozen = random_reference();
    let cases = list(&frozen["cases"]);
    assert_eq!(cases.len(), 40);
    for case in cases {
        let order = usize::try_from(case["order"].as_u64().unwrap()).unwrap();
        let n = usize::try_from(case["n"].as_u64().unwrap()).unwrap();
        let band = band(case["kind"].as_str().unwrap(), &numbers(&case["edges"]));
        let what = format!("order {order} {band:?} at {}", case["rate"]);
        let sos = butterworth(order, band, number(&case["rate"])).unwrap();
        for (ours, theirs) in sos.sections().iter().zip(list(&case["sos"])) {
            for (ours, theirs) in coefficients(ours).iter().zip(numbers(theirs)) {
                close(*ours, theirs, 1e-12, 0.0, &what);
            }
        }
        let x: Vec<f64> =
            normals(case["seed"].as_u64().unwrap(), n).iter().map(|x| x + 0.5).collect();
        let names = ["odd", "even", "constant", "none", "matlab", "r"];
        let mut outputs = vec![("sosfilt", causal(&sos, &x))];
        outputs.extend(
            names
                .iter()
                .zip(EDGES)
                .map(|(name, edge)| (*name, zero_phase(&sos, edge, &x))),
        );
        for (name, ours) in outputs {
            for (index, theirs) in indices(&case["at"]).iter().zip(numbers(&case[name])) {
                // A long recursion; MATLAB's and R's cases run as polynomials in the
                // reference.
                close(
                    ours[*index],
                    theirs,
                    0.0,
                    1e-10,
                    &format!("{what}, {name}, sample {index}"),
                );
            }
        }
    }
}

#[test]
fn detrending_equals_scipy() {
    let reference = reference();
    let theirs = &reference["detrend_tones16_fs100_plus_0.05k"];
    let x: Vec<f64> =
        tones(16, 100.0).iter().enumerate().map(|(k, x)| x + 0.05 * k as f64).collect();
    let check = |change: &dyn Fn(&mut [f64]), theirs: &Value, x: &[f64], what: &str| {
        let mut ours = x.to_vec();
        change(&mut ours);
        let theirs = numbers(theirs);
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(theirs) {
            close(*ours, theirs, 1e-12, 1e-12, what);
        }
    };
    check(&detrend::mean, &theirs["constant"], &x, "constant");
    check(&detrend::linear, &theirs["linear"], &x, "linear");
    check(&|x| detrend::linear_between(x, &[8]), &theirs["linear_bp8"], &x, "linear_bp8");
    check(&|x| detrend::polynomial(x, 2), &theirs["poly2_residual"], &x, "poly2");

    let frozen = random_reference();
    let mut level = 0.0;
    let walk: Vec<f64> = normals(99, 120)
        .iter()
        .map(|x| {
            level += x;
            level
        })
        .collect();
    check(&detrend::linear, &frozen["detrend"]["linear"], &walk, "walk");
    check(
        &|x| detrend::linear_between(x, &[77, 30]),
        &frozen["detrend"]["broken"],
        &walk,
        "broken walk",
    );
    check(
        &|x| detrend::polynomial(x, 2),
        &frozen["detrend"]["quadratic"],
        &walk,
        "quadratic walk",
    );

    let keep = indices(&frozen["gaps"]["keep"]);
    let mut gappy = vec![f64::NAN; 120];
    keep.iter().for_each(|index| gappy[*index] = walk[*index]);
    detrend::linear(&mut gappy);
    for (index, theirs) in keep.iter().zip(numbers(&frozen["gaps"]["linear"])) {
        close(gappy[*index], theirs, 1e-12, 1e-12, "across gaps");
    }
}

// --- whatever the numbers
// ----------------------------------------------------------------------------------------

fn bands() -> impl Strategy<Value = Band> {
    // In shares of a rate of 1: envelopes of 3 Hz at 4 kHz up to just below half the
    // rate.
    (0usize..4, 0.000_75..0.2_f64, 0.22..0.49_f64).prop_map(
        |(kind, low, high)| match kind {
            0 => Band::LowPass(low),
            1 => Band::HighPass(low),
            2 => Band::BandPass(low, high),
            _ => Band::BandStop(low, high),
        },
    )
}

fn edges() -> impl Strategy<Value = Edge> {
    proptest::sample::select(EDGES.to_vec())
}

proptest! {
    #[test]
    fn any_design_is_stable_and_has_the_closed_form_gain(order in 1..=HIGHEST_ORDER, band in bands(), f in 0.001..0.499) {
        let sos = butterworth(order, band, 1.0).unwrap();
        let theirs = butterworth_gain(order, band, 1.0, f);
        prop_assert!((sos.gain(f, 1.0) - theirs).abs() < 1e-7, "{} {theirs}", sos.gain(f, 1.0));
    }

    #[test]
    fn the_gain_after_all_passes_is_minus_3_db_at_the_edges(order in 1..=8usize, band in bands(), passes in 1..=4usize) {
        let sos = butterworth(order, effective(order, band, 1.0, passes), 1.0).unwrap();
        for f in band.edges() {
            let gain = sos.gain(f, 1.0).powi(i32::try_from(passes).unwrap());
            prop_assert!((gain - FRAC_1_SQRT_2).abs() < 1e-7, "{gain}");
        }
    }

    #[test]
    fn filters_are_linear(band in bands(), edge in edges(), order in 1..=4usize, seed in any::<u64>(), a in -3.0..3.0_f64, b in -3.0..3.0_f64) {
        let sos = butterworth(order, band, 1.0).unwrap();
        let (x, y) = (normals(seed, 150), normals(seed ^ 1, 150));
        let mixed: Vec<f64> = x.iter().zip(&y).map(|(x, y)| a * x + b * y).collect();
        let (fx, fy, fm) = (zero_phase(&sos, edge, &x), zero_phase(&sos, edge, &y), zero_phase(&sos, edge, &mixed));
        for i in 0..150 {
            prop_assert!((fm[i] - a * fx[i] - b * fy[i]).abs() < 1e-7, "{} {}", fm[i], a * fx[i] + b * fy[i]);
        }
    }

    #[test]
    fn zero_phase_does_not_know_the_direction_of_time(low in 0.02..0.1_f64, high in 0.2..0.45_f64, edge in edges(), order in 1..=3usize, seed in any::<u64>()) {
        // A burst amid silence, so that what the edges do cannot matter.
        let sos = butterworth(order, Band::BandPass(low, high), 1.0).unwrap();
        let mut burst = vec![0.0; 1200];
        burst[500..700].copy_from_slice(&normals(seed, 200));
        let forward = zero_phase(&sos, edge, &burst);
        burst.reverse();
        let mut backward = zero_phase(&sos, edge, &burst);
        backward.reverse();
        for (one, other) in forward.iter().zip(&backward) {
            prop_assert!((one - other).abs() < 1e-9, "{one} {other}");
        }
    }

    #[test]
    fn a_sine_keeps_its_phase_and_has_the_gain_that_is_told(share in 0.02..0.45_f64, band in bands()) {
        let filter = ZeroPhase::new(butterworth(2, band, 1.0).unwrap(), Edge::Odd);
        let n = 40_000;
        let sine: Vec<f64> = (0..n).map(|k| (2.0 * PI * share * k as f64).sin()).collect();
        let filtered = zero_phase(filter.sos(), Edge::Odd, &sine);
        for k in n / 2 - 50..n / 2 + 50 {
            prop_assert!((filtered[k] - filter.gain(share, 1.0) * sine[k]).abs() < 1e-6);
        }
    }

    #[test]
    fn detrending_twice_changes_nothing_more(seed in any::<u64>(), n in 1..300usize, degree in 0..=2usize, slope in -5.0..5.0, gap in 0..300usize) {
        let mut once: Vec<f64> = normals(seed, n).iter().enumerate().map(|(k, x)| x + slope * k as f64).collect();
        if let Some(sample) = once.get_mut(gap) { *sample = f64::NAN; }
        detrend::polynomial(&mut once, degree);
        let mut twice = once.clone();
        detrend::polynomial(&mut twice, degree);
        for (one, other) in once.iter().zip(&twice) {
            prop_assert!(one.is_nan() && other.is_nan() || (one - other).abs() < 1e-9);
        }
    }

    #[test]
    fn any_settings_give_a_filter_or_an_error_and_never_a_panic(
        order in 0..20usize,
        low in prop_oneof![any::<f64>(), -10.0..3000.0_f64],
        high in prop_oneof![any::<f64>(), -10.0..3000.0_f64],
        hz in prop_oneof![any::<f64>(), 1e-3..1e5_f64],
        kind in 0usize..4,
    ) {
        let band = [Band::LowPass(low), Band::HighPass(high), Band::BandPass(low, high), Band::BandStop(low, high)][kind];
        if let Ok(sos) = butterworth(order, band, hz) {
            prop_assert!(check(order, band, hz).is_ok());
            prop_assert!(sos.sections().iter().all(SecondOrderSection::is_stable));
        }
        let _ = notch(low, high, hz);
        let _ = butterworth(order, effective(order, band, hz, 2), hz);
        if let Some(rate) = Hertz::new(hz) {
            let steps = [
                Step::BandPass(BandPass { low_hz: low, high_hz: Some(high), order, ..BandPass::default() }),
                Step::BandPass(BandPass { low_hz: low, order, ..BandPass::default() }),
                Step::Notch(Notch { frequency_hz: low, q: high, ..Notch::default() }),
            ];
            for step in steps {
                match Chain::design(&[step], rate) {
                    Ok(chain) => prop_assert!(chain.run(&[1.0; 200]).unwrap().samples.iter().all(|y| y.is_finite())),
                    Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Plan),
                }
            }
        }
    }

    #[test]
    fn gaps_stay_gaps_and_each_stretch_is_as_if_it_were_alone(seed in any::<u64>(), causal in any::<bool>(), cuts in proptest::collection::vec(0..900usize, 0..12)) {
        let phase = if causal { Phase::Causal } else { Phase::Zero };
        let steps = [
            Step::HighPass(HighPass { phase, ..HighPass::default() }),
            Step::LowPass(LowPass { cutoff_hz: 200.0, phase, ..LowPass::default() }),
        ];
        let chain = Chain::design(&steps, rate(1000.0)).unwrap();
        let mut raw = normals(seed, 900);
        cuts.iter().for_each(|cut| raw[*cut] = f64::NAN);
        let stretches = soleus::dsp::gaps::stretches(&raw);
        let cleaned = chain.run(&raw).unwrap();
        prop_assert_eq!(cleaned.samples.len(), 900);
        prop_assert_eq!(cleaned.too_short, stretches.iter().filter(|one| one.len() < chain.shortest()).count());
        prop_assert!(raw.iter().zip(&cleaned.samples).all(|(raw, clean)| !raw.is_nan() || clean.is_nan()));
        for stretch in stretches {
            if stretch.len() < chain.shortest() {
                prop_assert!(cleaned.samples[stretch].iter().all(|sample| sample.is_nan()));
                continue;
            }
            let alone = chain.run(&raw[stretch.clone()]).unwrap();
            prop_assert_eq!(&alone.samples[..], &cleaned.samples[stretch]);
        }
    }
}

#[test]
fn envelopes_at_3_hz_and_4_khz_stay_exact_over_a_million_samples() {
    for hz in [4000.0, 20000.0] {
        let sos = butterworth(4, Band::LowPass(3.0), hz).unwrap();
        let filtered = zero_phase(&sos, Edge::Odd, &vec![1e-4; 1_000_000]);
        assert!(filtered.iter().all(|y| (y - 1e-4).abs() < 1e-11));
        let noise = zero_phase(&sos, Edge::Odd, &normals(3, 200_000));
        assert!(noise.iter().all(|y| y.abs() < 1.0));
    }
}

// --- recipes
// -----------------------------------------------------------------------------------------------------

fn band_pass(low_hz: f64, high_hz: f64) -> Step {
    Step::BandPass(BandPass { low_hz, high_hz: Some(high_hz), ..BandPass::default() })
}

#[test]
fn errors_name_key_value_limit_and_a_value_that_works() {
    let beyond = design_error(band_pass(20.0, 600.0), 1000.0);
    assert_eq!(beyond.kind(), ErrorKind::Plan);
    assert_eq!(
        beyond.message(),
        "[0].band-pass.high_hz = 600 must lie below half the sampling rate (500 Hz)"
    );
    assert_eq!(beyond.hint(), Some("use at most 450 Hz (0.45 of the rate)"));
    let standard = design_error(Step::BandPass(BandPass::default()), 42.0);
    let hint = "high_hz was not given and is the lower of 450 Hz and 0.45 of the sampling rate, 18.9 Hz at 42 Hz";
    assert_eq!(standard.hint(), Some(hint));
    let low = design_error(band_pass(600.0, 700.0), 1000.0);
    assert_eq!(
        low.hint(),
        Some("use a low_hz below high_hz, and high_hz at most 450 Hz (0.45 of the rate)")
    );
    for (step, hz, message) in [
        (
            band_pass(50.0, 40.0),
            1000.0,
            "[0].band-pass.low_hz = 50 must lie below high_hz = 40",
        ),
        (
            band_pass(f64::NAN, 40.0),
            1000.0,
            "[0].band-pass.low_hz = NaN must be finite and above 0 Hz",
        ),
        (
            Step::BandPass(BandPass::default()),
            42.0,
            "[0].band-pass.low_hz = 20 must lie below high_hz = 18.9",
        ),
        (
            Step::HighPass(HighPass { order: 0, ..HighPass::default() }),
            1000.0,
            "[0].high-pass.order = 0 must be 1 to 12",
        ),
        (
            Step::LowPass(LowPass { order: 13, ..LowPass::default() }),
            1000.0,
            "[0].low-pass.order = 13 must be 1 to 12",
        ),
        (
            Step::LowPass(LowPass::default()),
            800.0,
            "[0].low-pass.cutoff_hz = 450 must lie below half the sampling rate (400 Hz)",
        ),
        (
            Step::BandStop(BandStop { low_hz: -1.0, ..BandStop::default() }),
            1000.0,
            "[0].band-stop.low_hz = -1 must be finite and above 0 Hz",
        ),
        (
            Step::Notch(Notch { q: 0.0, ..Notch::default() }),
            1000.0,
            "[0].notch.q = 0 must be finite and above 0.1",
        ),
        (
            Step::Notch(Notch { frequency_hz: 500.0, ..Notch::default() }),
            1000.0,
            "[0].notch.frequency_hz = 500 must lie below half the sampling rate (500 Hz)",
        ),
        (
            band_pass(50.0, 50.000_000_01),
            1000.0,
            "[0].band-pass: cannot be computed exactly enough for low_hz and high_hz at a sampling rate of 1000 Hz",
        ),
    ] {
        let error = design_error(step, hz);
        assert_eq!(error.message(), message);
        assert!(error.hint().is_some(), "{message}");
    }
    assert!(matches!(
        butterworth(4, Band::LowPass(6.0), f64::NAN),
        Err(DesignError::Rate(_))
    ));
}

#[test]
fn descriptions_say_what_was_decided() {
    let describe = |step: Step, hz: f64| {
        Chain::design(&[step], rate(hz)).unwrap().describe().concat()
    };
    assert_eq!(
        describe(band_pass(20.0, 450.0), 2000.0),
        "zero-phase Butterworth band-pass 20–450 Hz (−3 dB after both passes), order 4, odd edges; \
         design edges 18.04 and 482.61 Hz"
    );
    let standard = describe(Step::BandPass(BandPass::default()), 900.0);
    assert!(
        standard.contains("20–405 Hz")
            && standard.contains("the lower of 450 Hz and 0.45"),
        "{standard}"
    );
    let nominal =
        HighPass { cutoff: Cutoff::Nominal, edge: Edge::Matlab, ..HighPass::default() };
    assert_eq!(
        describe(Step::HighPass(nominal), 1000.0),
        "zero-phase Butterworth high-pass 20 Hz (−6 dB after both passes), order 4, edges as MATLAB's filtfilt"
    );
    let causal = LowPass { phase: Phase::Causal, ..LowPass::default() };
    assert_eq!(
        describe(Step::LowPass(causal), 1000.0),
        "causal Butterworth low-pass 450 Hz (−3 dB), order 4, from rest"
    );
    assert_eq!(
        describe(Step::Notch(Notch::default()), 1000.0),
        "zero-phase notch at 50 Hz, quality factor 30 (1.67 Hz wide at −6 dB after both passes), odd edges"
    );
    assert_eq!(
        describe(Step::Detrend(Detrend { kind: DetrendKind::Linear }), 1000.0),
        "straight line of least squares subtracted"
    );
}

#[test]
fn the_response_of_a_chain_is_the_product_of_its_filters() {
    let steps = [
        Step::Detrend(Detrend::default()),
        Step::BandPass(BandPass::default()),
        Step::Notch(Notch::default()),
    ];
    let chain = Chain::design(&steps, rate(2000.0)).unwrap();
    assert!((chain.gain(450.0) - FRAC_1_SQRT_2).abs() < 1e-4);
    assert!(
        chain.gain(50.0) < 1e-9 && chain.gain(150.0) > 0.99 && chain.gain(1.0) < 1e-8
    );
    let causal = |phase| Step::HighPass(HighPass { phase, ..HighPass::default() });
    for phase in [Phase::Zero, Phase::Causal] {
        let chain = Chain::design(&[causal(phase)], rate(1000.0)).unwrap();
        assert!((chain.gain(20.0) - FRAC_1_SQRT_2).abs() < 1e-9, "{phase:?}");
    }
}

#[test]
fn a_nominal_chain_equals_sosfiltfilt_and_a_causal_one_sosfilt() {
    let x = normals(5, 500);
    let sos = butterworth(4, Band::BandPass(20.0, 450.0), 1000.0).unwrap();
    let step = |phase| {
        let nominal = BandPass {
            high_hz: Some(450.0),
            cutoff: Cutoff::Nominal,
            phase,
            ..BandPass::default()
        };
        Chain::design(&[Step::BandPass(nominal)], rate(1000.0)).unwrap()
    };
    assert_eq!(
        step(Phase::Zero).run(&x).unwrap().samples,
        zero_phase(&sos, Edge::Odd, &x)
    );
    assert_eq!(step(Phase::Causal).run(&x).unwrap().samples, causal(&sos, &x));
}

#[test]
fn the_mean_is_that_of_all_stretches_together() {
    let chain =
        Chain::design(&[Step::Detrend(Detrend::default())], rate(1000.0)).unwrap();
    let cleaned = chain.run(&[1.0, 1.0, f64::NAN, 4.0]).unwrap();
    assert_eq!(cleaned.samples[0], -1.0);
    assert_eq!(cleaned.samples[3], 2.0);
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Recipe {
    conditioning: Vec<Step>,
}

#[test]
fn recipes_are_read_and_written_in_the_words_of_the_documentation() {
    let text = r#"conditioning = [
        { detrend = { kind = "linear" } },
        { band-pass = { low_hz = 20, high_hz = 400, order = 2, phase = "causal", cutoff = "nominal", edge = "matlab" } },
        { high-pass = {} }, { low-pass = { cutoff_hz = 300 } }, { band-stop = {} }, { notch = { frequency_hz = 60, edge = "r" } },
    ]"#;
    let recipe: Recipe = toml::from_str(text).unwrap();
    let band_pass = BandPass {
        high_hz: Some(400.0),
        order: 2,
        phase: Phase::Causal,
        cutoff: Cutoff::Nominal,
        edge: Edge::Matlab,
        ..BandPass::default()
    };
    let expected = [
        Step::Detrend(Detrend { kind: DetrendKind::Linear }),
        Step::BandPass(band_pass),
        Step::HighPass(HighPass::default()),
        Step::LowPass(LowPass { cutoff_hz: 300.0, ..LowPass::default() }),
        Step::BandStop(BandStop::default()),
        Step::Notch(Notch { frequency_hz: 60.0, edge: Edge::R, ..Notch::default() }),
    ];
    assert_eq!(recipe.conditioning, expected);
    let again: Recipe = toml::from_str(&toml::to_string(&recipe).unwrap()).unwrap();
    assert_eq!(again.conditioning, expected);
    for wrong in [
        "{ band-pass = { hihg_hz = 3 } }",
        "{ bandpass = {} }",
        r#"{ notch = { edge = "od" } }"#,
    ] {
        assert!(
            toml::from_str::<Recipe>(&format!("conditioning = [{wrong}]")).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn a_written_standard_band_pass_leaves_its_edge_to_the_rule() {
    let written = serde_json::to_value(Step::BandPass(BandPass::default())).unwrap();
    assert!(written["band-pass"]["high_hz"].is_null());
    let schema = serde_json::to_string(&schemars::schema_for!(Step)).unwrap();
    for word in ["band-pass", "high_hz", "matlab", "effective"] {
        assert!(schema.contains(word), "{word}");
    }
}
