//! Statistics and analyses against independent values and a real walk.
//!
//! The reference values come from `/shared/reference/ref_*.py` (SciPy 1.17.1, NumPy
//! 2.4.6). Tolerances: 1e-12 relative for closed forms, 1e-7 through normal quantiles.

use std::path::{Path, PathBuf};

use serde_json::Value;
use soleus::analysis::{
    Analyses, Analysis, Digest, Digests, Fatigue, Quality, amplitude, fatigue, quality,
    symmetry,
};
use soleus::dsp::bootstrap::{Correction, Resampling, percentile_interval};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::spectrum::{MedianRule, Window, periodogram};
use soleus::dsp::stats::{mean, standard_deviation};
use soleus::outcome::{Layer, Measure, Outcome, Tone, Verdict};
use soleus::signal::{Kind, Label, Legs, Muscle, Side, Trace};
use soleus::units::{Hertz, Unit};

fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs().max(1e-30),
        "{ours} instead of {theirs}"
    );
}

// ---- the bootstrap
// --------------------------------------------------------------------------------------------

#[test]
fn bootstrap_intervals_are_those_of_the_reference() {
    let expected = &reference("ref_symmetry_gait.json")["bootstrap_SI"];
    let side = |seed: u64, level: f64| -> Vec<f64> {
        normals(seed, 20).iter().map(|z| level + 0.03 * z).collect()
    };
    let (left, right) = (side(71, 0.30), side(72, 0.26));
    let index = |left: &[f64], right: &[f64]| {
        symmetry::index(mean(left).unwrap(), mean(right).unwrap())
    };
    let resampled = |values: &[f64], times: &[f64]| {
        values.iter().zip(times).map(|(x, n)| n * x).sum::<f64>() / 20.0
    };
    let draws = Resampling { replicates: 2000, seed: 2024 }.draw(&[20, 20]);
    let replicates = draws.replicates(|times| {
        symmetry::index(resampled(&left, &times[..20]), resampled(&right, &times[20..]))
    });
    for (ours, theirs) in replicates.iter().zip(expected["bs_first3"].as_array().unwrap())
    {
        close(*ours, number(theirs), 1e-12);
    }
    close(
        standard_deviation(&replicates).unwrap(),
        number(&expected["bs_sd_ddof1"]),
        1e-11,
    );
    let without = |k: usize, values: &[f64]| {
        values
            .iter()
            .enumerate()
            .filter(|&(i, _)| i != k)
            .map(|(_, &value)| value)
            .collect::<Vec<_>>()
    };
    let jackknife = [
        (0..20).map(|k| index(&without(k, &left), &right)).collect::<Vec<_>>(),
        (0..20).map(|k| index(&left, &without(k, &right))).collect(),
    ];
    let estimate = index(&left, &right);
    close(estimate, number(&expected["SI"]), 1e-12);
    let correction = Correction::estimate(&replicates, estimate, &jackknife).unwrap();
    close(correction.bias, number(&expected["z0"]), 1e-7);
    close(correction.acceleration, number(&expected["accel"]), 1e-10);
    let check = |ours: (f64, f64), key: &str, tolerance: f64| {
        close(ours.0, number(&expected[key][0]), tolerance);
        close(ours.1, number(&expected[key][1]), tolerance);
    };
    check(
        percentile_interval(&replicates).unwrap(),
        "percentile95 (numpy linear)",
        1e-12,
    );
    check(correction.interval(&replicates).unwrap(), "BCa95", 1e-7);
}

#[test]
fn symmetry_indices_are_those_of_the_reference() {
    for row in reference("ref_symmetry_gait.json")["indices"].as_array().unwrap() {
        let (left, right) = (number(&row["L"]), number(&row["R"]));
        let check = |ours: f64, key: &str| {
            let theirs = number(&row[key]);
            assert!(
                (ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0),
                "{key}: {ours} {theirs}"
            );
        };
        check(symmetry::index(left, right), "SI_robinson_signed_% 100(L-R)/(.5(L+R))");
        check(symmetry::gait_asymmetry(left, right), "GA_plotnik_signed_%");
        check(symmetry::angle(left, right), "symmetry_angle_% (45-atan2(L,R))/90*100");
    }
}

#[test]
fn clipping_and_flat_stretches_are_those_of_the_reference() {
    let expected = &reference("ref_activity_quality.json")["quality"];
    let mut samples: Vec<f64> =
        normals(604, 2000).iter().map(|z| z.clamp(-2.0, 2.0)).collect();
    samples[500..560].fill(0.123);
    samples[900..905].fill(f64::NAN);
    let clipped =
        quality::clipped(&samples, None).iter().filter(|&&clipped| clipped).count();
    let share = clipped as f64 / 1995.0;
    close(
        share,
        number(&expected["clipped_share (samples at extreme values, runs any length)"]),
        1e-12,
    );
    assert_eq!(quality::flat_samples(&samples, 20), 60);
}

// ---- whole analyses
// -------------------------------------------------------------------------------------------

fn label(name: &str, muscle: Muscle, side: Side) -> Label {
    Label { name: name.into(), muscle: Some(muscle), side: Some(side), kind: Kind::Emg }
}

/// The moving mean of magnitudes over 0.1 s, as long as the samples.
fn envelope_of(clean: &[f64], rate: Hertz) -> Vec<f64> {
    let half = rate.samples(0.05).max(1);
    let around = |k: usize| {
        let part = &clean[k.saturating_sub(half)..(k + half + 1).min(clean.len())];
        part.iter().map(|x| x.abs()).sum::<f64>() / part.len() as f64
    };
    (0..clean.len()).map(around).collect()
}

fn trace(label: Label, hz: f64, raw: Vec<f64>) -> Trace {
    let rate = Hertz::new(hz).unwrap();
    let there: Vec<f64> = raw.iter().copied().filter(|x| !x.is_nan()).collect();
    let centre = mean(&there).unwrap_or(0.0);
    let clean: Vec<f64> = raw.iter().map(|x| x - centre).collect();
    let envelope = envelope_of(&clean, rate);
    let edge_samples = rate.samples(0.05);
    Trace {
        label,
        unit: Unit::VOLT,
        rate,
        start_s: 0.0,
        rails: None,
        excluded: 0,
        raw,
        clean,
        envelope,
        activation: None,
        edge_samples,
        two_way: Vec::new(),
    }
}

fn soleus(raw: Vec<f64>) -> Trace {
    trace(label("SOL_L", Muscle::Soleus, Side::Left), 1000.0, raw)
}

/// Noise with roughly the spectrum of surface EMG (one pole pair near 80 Hz), unit
/// spread.
fn emg(seed: u64, n: usize) -> Vec<f64> {
    let noise = normals(seed, n + 200);
    let mut x = vec![0.0; noise.len()];
    for k in 2..noise.len() {
        x[k] = noise[k] - noise[k - 1] + 1.5 * x[k - 1] - 0.66 * x[k - 2];
    }
    let spread = standard_deviation(&x[200..]).unwrap();
    x[200..].iter().map(|value| value / spread).collect()
}

fn scaled(samples: Vec<f64>, level: impl Fn(usize) -> f64) -> Vec<f64> {
    samples.iter().enumerate().map(|(k, x)| x * level(k)).collect()
}

fn digests(traces: &[Trace]) -> Vec<Digest> {
    traces.iter().map(|trace| Analyses::default().digest(trace, &[])).collect()
}

fn run(analysis: &dyn Analysis, traces: &[Trace]) -> Outcome {
    run_digested(analysis, &digests(traces))
}

fn run_digested(analysis: &dyn Analysis, channels: &[Digest]) -> Outcome {
    let outcome = analysis.run(&Digests { channels, events: &[], legs: Legs::default() });
    for row in &outcome.measures {
        assert!(row.value.is_none_or(f64::is_finite), "{} is not finite", row.name);
        let explained =
            row.value.is_some() || row.verdict.is_some() || row.note.is_some();
        assert!(explained, "{} is empty without a reason", row.name);
        if let (Some(value), Some((low, high))) = (row.value, row.interval) {
            assert!(
                low <= value && value <= high,
                "{}: {value} is not within {low} to {high}",
                row.name
            );
        }
    }
    for figure in &outcome.figures {
        assert!(
            !figure.caption.is_empty()
                && !figure.x_label.is_empty()
                && !figure.y_label.is_empty()
        );
        figure.layers.iter().for_each(check_layer);
    }
    outcome
}

fn check_layer(layer: &Layer) {
    match layer {
        Layer::Line { x, y, .. } | Layer::Points { x, y, .. } => {
            assert_eq!(x.len(), y.len())
        }
        Layer::Band { x, low, high, .. } => {
            assert!(x.len() == low.len() && x.len() == high.len() && x.len() <= 1800)
        }
        Layer::Bars { places, values, intervals, .. } => {
            assert!(places.len() == values.len() && places.len() == intervals.len());
        }
        Layer::Stretch { from, to, .. } => assert!(from < to),
        Layer::Words { text, x, y, .. } => {
            assert!(!text.is_empty() && x.is_finite() && y.is_finite())
        }
        other => panic!("a layer that nobody checks: {other:?}"),
    }
}

#[track_caller]
fn measure<'a>(outcome: &'a Outcome, name: &str) -> &'a Measure {
    outcome
        .measures
        .iter()
        .find(|row| row.name == name)
        .unwrap_or_else(|| panic!("no measure {name}"))
}

#[track_caller]
fn value(outcome: &Outcome, name: &str) -> f64 {
    measure(outcome, name)
        .value
        .unwrap_or_else(|| panic!("{name} is empty: {:?}", measure(outcome, name).note))
}

fn all(traces: &[Trace]) -> Vec<Outcome> {
    Analyses::default()
        .enabled()
        .iter()
        .map(|analysis| run(&**analysis, traces))
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list of cases, one after the other")]
fn every_measure_of_the_interface_is_there() {
    let traces = [
        trace(label("L SOL", Muscle::Soleus, Side::Left), 1000.0, emg(1, 8000)),
        trace(label("R SOL", Muscle::Soleus, Side::Right), 1000.0, emg(2, 8000)),
    ];
    let outcomes = all(&traces);
    let expected = [
        (
            "quality",
            vec![
                "snr",
                "mains_share",
                "clipped_share",
                "motion_share",
                "baseline_noise",
                "verdict",
            ],
        ),
        (
            "amplitude",
            vec![
                "rms",
                "arv",
                "envelope_mean",
                "envelope_peak",
                "activation_mean",
                "activation_peak",
            ],
        ),
        (
            "fatigue",
            vec![
                "mnf_mean",
                "mdf_mean",
                "mnf_slope",
                "mdf_slope",
                "arv_slope",
                "rms_slope",
                "finsm5_ratio",
            ],
        ),
        (
            "fatigue",
            vec![
                "mnf_slope_normalised",
                "mdf_slope_normalised",
                "arv_slope_normalised",
                "rms_slope_normalised",
            ],
        ),
        ("symmetry", vec!["envelope_correlation", "envelope_lag"]),
    ];
    for (analysis, names) in expected {
        let outcome =
            outcomes.iter().find(|outcome| outcome.analysis == analysis).unwrap();
        names.iter().for_each(|name| assert!(measure(outcome, name).channel.is_some()));
    }
    let symmetry = &outcomes[3];
    for family in ["symmetry_index", "symmetry_ratio", "symmetry_angle", "gait_asymmetry"]
    {
        for quantity in ["rms", "envelope_mean", "envelope_peak", "mdf_mean"] {
            let row = measure(symmetry, &format!("{family}.{quantity}"));
            assert_eq!(row.channel.as_deref(), Some("L SOL ~ R SOL"));
            assert!(
                row.value.is_some()
                    && row.side.is_none()
                    && row.muscle == Some(Muscle::Soleus)
            );
            assert_eq!(
                row.interval.is_some(),
                quantity != "envelope_peak",
                "{}",
                row.name
            );
        }
    }
    assert_eq!(measure(&outcomes[2], "rms_slope").unit.symbol(), "V/s");
    assert!(
        measure(&outcomes[1], "activation_mean")
            .note
            .as_deref()
            .unwrap()
            .starts_with("no reference")
    );
}

#[test]
fn amplitude_of_a_recording_with_a_gap() {
    let mut raw = emg(3, 10_000);
    raw[2500..3100].fill(f64::NAN);
    let trace = soleus(raw);
    let mut channels = digests(std::slice::from_ref(&trace));
    channels[0].reference = Some(2.0);
    let outcome = run_digested(&amplitude::Amplitude {}, &channels);
    let there: Vec<f64> = trace.clean.iter().copied().filter(|x| !x.is_nan()).collect();
    let rms = (there.iter().map(|x| x * x).sum::<f64>() / there.len() as f64).sqrt();
    close(value(&outcome, "rms"), rms, 1e-12);
    close(
        value(&outcome, "activation_mean"),
        50.0 * value(&outcome, "envelope_mean"),
        1e-12,
    );
    assert_eq!(measure(&outcome, "activation_peak").unit, Unit::PERCENT);
    let figure = &outcome.figures[0];
    assert!(
        figure
            .layers
            .iter()
            .any(|layer| matches!(layer, Layer::Stretch { name, .. } if name == "gap"))
    );
    let tone = |wanted: Tone| {
        figure.layers.iter().any(|layer| match layer {
            Layer::Line { tone, .. } | Layer::Band { tone, .. } => *tone == wanted,
            _ => false,
        })
    };
    assert!(tone(Tone::Signal) && tone(Tone::Envelope) && figure.y_label == "EMG (V)");
}

/// EMG whose spectrum is pressed towards 0 by `fall` (share per second) through slower
/// and slower sampling.
fn pressed(seed: u64, seconds: usize, fall: f64) -> Vec<f64> {
    let source = emg(seed, 1000 * seconds + 10);
    let (mut samples, mut position) = (Vec::new(), 0.0_f64);
    for k in 0..1000 * seconds {
        let (whole, part) = (position.floor() as usize, position.fract());
        samples.push(source[whole] * (1.0 - part) + source[whole + 1] * part);
        position += 1.0 - fall * k as f64 / 1000.0;
    }
    samples
}

#[test]
fn a_falling_spectrum_is_found() {
    let traces = [soleus(pressed(11, 60, 0.004))];
    let outcome = run(&Fatigue::default(), &traces);
    for name in ["mdf_slope_normalised", "mnf_slope_normalised"] {
        let row = measure(&outcome, name);
        let (low, high) = row.interval.unwrap();
        assert!(high < 0.0 && low < -0.2 && high > -0.7, "{name}: {low} to {high}");
        assert_eq!(row.n, Some(60));
    }
    assert!(value(&outcome, "finsm5_ratio") > 1.5);
    assert!(
        measure(&outcome, "finsm5_ratio")
            .note
            .as_deref()
            .unwrap()
            .contains("the last 6 epochs over the first 6")
    );
    let note = &outcome
        .notes
        .iter()
        .find(|note| note.text.starts_with("SOL_L: median "))
        .unwrap()
        .text;
    assert!(
        note.starts_with("SOL_L: median frequency fell ")
            && note.contains("% per minute"),
        "{note}"
    );
    assert!(note.contains("60 epochs"), "{note}");
    assert_eq!(outcome.courses.len(), 9);
    assert_eq!(outcome.courses[0].time_s[0], 0.5);
}

#[test]
fn a_steady_spectrum_has_no_slope_beyond_chance() {
    // 40 steady recordings: each interval misses 0 once in 20; more than 7 misses have a
    // chance below 1 in 1000.
    let misses = (0..40).filter(|&seed| {
        let outcome = run(&Fatigue::default(), &[soleus(emg(500 + seed, 20_000))]);
        let (low, high) = measure(&outcome, "mdf_slope_normalised").interval.unwrap();
        low > 0.0 || high < 0.0
    });
    assert!(misses.count() <= 7);
}

#[test]
fn what_is_off_is_not_digested_either() {
    let trace = trace(label("L SOL", Muscle::Soleus, Side::Left), 1000.0, emg(1, 8000));
    let whole = Analyses::default().digest(&trace, &[]);
    assert!(whole.parts.fatigue.is_some() && whole.parts.symmetry.is_some());
    let trial = Analyses::default().of_trials();
    let less = trial.digest(&trace, &[]);
    assert!(less.parts.fatigue.is_none() && less.parts.symmetry.is_none());
    let names: Vec<_> = trial.enabled().iter().map(|analysis| analysis.name()).collect();
    assert_eq!(names, ["quality", "amplitude"]);
    let quiet = soleus::analysis::Switch::Off;
    let apart = Analyses { fatigue: quiet, ..Analyses::default() }.digest(&trace, &[]);
    assert!(apart.parts.fatigue.is_none());
    assert_eq!(
        apart.parts.symmetry, whole.parts.symmetry,
        "the epochs of the median frequency are the standard ones"
    );
    let unnamed = Trace { label: Label { side: None, ..trace.label.clone() }, ..trace };
    assert!(Analyses::default().digest(&unnamed, &[]).parts.symmetry.is_none());
}

#[test]
fn epochs_with_gaps_clipping_and_rest_are_left_out_and_counted() {
    let mut raw =
        scaled(emg(21, 20_000), |k| if (5000..7000).contains(&k) { 0.01 } else { 1.0 });
    raw[1500..1510].fill(f64::NAN);
    raw[12_300..12_310].fill(9.0);
    let mut trace = soleus(raw);
    trace.start_s = 4.0;
    let course = fatigue::course(&trace, &[], &Fatigue::default());
    let states = [
        fatigue::EpochState::Gap,
        fatigue::EpochState::Clipped,
        fatigue::EpochState::Quiet,
        fatigue::EpochState::Used,
    ];
    assert_eq!(states.map(|state| course.count(state)), [1, 1, 2, 16]);
    let outcome = run(&Fatigue::default(), &[trace]);
    let note = measure(&outcome, "mdf_mean").note.clone().unwrap();
    assert!(
        note.contains("16 of 20 epochs used, left out: 1 (gaps), 1 (clipping), 2 (rest)"),
        "{note}"
    );
    assert_eq!((outcome.courses[1].time_s[1], outcome.courses[1].value[1]), (5.5, None));
}

#[test]
fn what_cannot_be_computed_is_empty_with_its_reason() {
    let cases = [
        (vec![0.25; 5000], "never changes"),
        (vec![f64::NAN; 5000], "never changes"),
        (emg(4, 700), "shorter than one epoch"),
        (emg(4, 2500), "at least 3 epochs"),
        (Vec::new(), "never changes"),
    ];
    for (raw, reason) in cases {
        let traces = [
            soleus(raw),
            trace(label("R", Muscle::Soleus, Side::Right), 1000.0, emg(5, 5000)),
        ];
        let outcomes = all(&traces);
        let fatigue = &outcomes[2];
        for row in fatigue.measures.iter().filter(|row| {
            row.channel.as_deref() == Some("SOL_L") && row.name != "epoch_count"
        }) {
            let note = row.note.as_deref().unwrap();
            // A mean of two epochs is told, without an interval.
            let few = row.name.ends_with("_mean") && reason == "at least 3 epochs";
            assert_eq!((row.value.is_some(), row.interval), (few, None), "{}", row.name);
            let reason =
                if few { "too few epochs for an interval: 2 of" } else { reason };
            assert!(note.contains(reason), "{}: {note}", row.name);
        }
    }
}

#[test]
fn a_known_asymmetry_and_lag_are_found() {
    // The right is half as strong and 37 ms later; bursts of half a second every 1.3 s.
    let burst = |k: isize| if k.rem_euclid(1300) < 500 { 1.0 } else { 0.05 };
    let left = scaled(emg(31, 30_000), |k| burst(k as isize));
    let right = scaled(emg(32, 30_000), |k| 0.5 * burst(k as isize - 37));
    let traces = [
        trace(label("LSOL", Muscle::Soleus, Side::Left), 1000.0, left),
        trace(label("RSOL", Muscle::Soleus, Side::Right), 1000.0, right),
    ];
    let outcome = all(&traces).remove(3);
    let within = |name: &str, truth: f64| {
        let (low, high) = measure(&outcome, name).interval.unwrap();
        assert!(low < truth && truth < high, "{name}: {low} to {high}");
    };
    for quantity in ["rms", "envelope_mean"] {
        within(&format!("symmetry_ratio.{quantity}"), 2.0);
        within(&format!("symmetry_index.{quantity}"), 200.0 / 3.0);
        within(&format!("symmetry_angle.{quantity}"), symmetry::angle(2.0, 1.0));
        within(&format!("gait_asymmetry.{quantity}"), 100.0 * 2.0_f64.ln());
    }
    within("symmetry_index.mdf_mean", 0.0);
    assert!(value(&outcome, "symmetry_angle.rms") < 0.0);
    let lag = value(&outcome, "envelope_lag");
    assert!((lag - 0.037).abs() < 0.005, "{lag}");
    assert!(value(&outcome, "envelope_correlation") > 0.95);
    assert_eq!(all(&traces).remove(3), outcome, "the seed is fixed");
}

#[test]
fn sides_with_different_rates_and_sides_alone() {
    let traces = [
        trace(label("LSOL", Muscle::Soleus, Side::Left), 1000.0, emg(41, 10_000)),
        trace(label("RSOL", Muscle::Soleus, Side::Right), 2000.0, emg(42, 20_000)),
        trace(
            label("LTA", Muscle::TibialisAnterior, Side::Left),
            1000.0,
            emg(43, 10_000),
        ),
    ];
    let outcome = all(&traces).remove(3);
    let (low, high) = measure(&outcome, "symmetry_ratio.rms").interval.unwrap();
    assert!(low < 1.0 && 1.0 < high);
    for name in ["envelope_correlation", "envelope_lag"] {
        assert!(
            measure(&outcome, name)
                .note
                .as_deref()
                .unwrap()
                .contains("different sampling rates")
        );
    }
    assert!(outcome.measures.iter().all(|row| row.muscle == Some(Muscle::Soleus)));
    assert!(
        outcome
            .notes
            .iter()
            .any(|note| note.text.contains("tibialis anterior: no right channel"))
    );
}

#[test]
fn settings_that_cannot_work_are_named() {
    let rate = Hertz::new(1000.0).unwrap();
    let text = |settings: Fatigue| {
        let analyses = Analyses {
            fatigue: soleus::analysis::Switch::On(settings),
            ..Analyses::default()
        };
        let checked = soleus::settings::check(&analyses)
            .and_then(|()| analyses.check_together())
            .and_then(|()| analyses.check_rate(rate));
        checked.unwrap_err().to_string()
    };
    let short = text(Fatigue { epoch_s: 0.01, ..Fatigue::default() });
    assert!(
        short.contains("fatigue.epoch_s = 0.01")
            && short.contains("0.1")
            && short.contains("= 1 works"),
        "{short}"
    );
    let high = text(Fatigue { high_hz: Some(900.0), ..Fatigue::default() });
    assert!(
        high.contains("fatigue.high_hz = 900")
            && high.contains("500 Hz")
            && high.contains("= 450 works"),
        "{high}"
    );
    let narrow = text(Fatigue {
        epoch_s: 0.2,
        low_hz: 400.0,
        high_hz: Some(420.0),
        ..Fatigue::default()
    });
    assert!(narrow.contains("epoch_s = 0.2") && narrow.contains("0.4 works"), "{narrow}");
    let nan = text(Fatigue { overlap: f64::NAN, ..Fatigue::default() });
    assert!(nan.starts_with("fatigue.overlap = nan is not a number"), "{nan}");
    Analyses::default()
        .check_together()
        .and_then(|()| Analyses::default().check_rate(rate))
        .unwrap();
}

// ---- quality
// --------------------------------------------------------------------------------------------------

fn words(assessment: &quality::Assessment) -> String {
    let texts: Vec<&str> =
        assessment.reasons.iter().map(|reason| reason.text.as_str()).collect();
    texts.join("; ")
}

fn verdict(raw: Vec<f64>) -> (Verdict, String) {
    let assessment = Quality::default().assess(&soleus(raw));
    (assessment.verdict, words(&assessment))
}

#[test]
fn channels_that_are_bad() {
    let hum: Vec<f64> = (0..5000)
        .map(|k| (std::f64::consts::TAU * 60.0 * f64::from(k) / 1000.0).sin())
        .collect();
    let cases = [
        (hum, "mains: 100 % of the power is at 60 Hz"),
        (vec![0.0; 5000], "no signal"),
        (vec![1.5; 5000], "no signal"),
        (vec![f64::NAN; 5000], "no signal"),
        (scaled(normals(51, 20_000), |_| 1e-6), "nothing but noise"),
    ];
    for (raw, words) in cases {
        let (verdict, reasons) = verdict(raw);
        assert!(
            verdict == Verdict::Bad && reasons.contains(words),
            "{words}: {verdict:?} {reasons}"
        );
    }
}

/// Two seconds of activity after two seconds of rest, five times.
fn contractions(seed: u64) -> Vec<f64> {
    scaled(emg(seed, 20_000), |k| if (k / 2000) % 2 == 0 { 1e-6 } else { 200e-6 })
}

#[test]
fn channels_that_are_good() {
    for seed in 60..70 {
        assert_eq!(verdict(contractions(seed)), (Verdict::Good, String::new()));
        // A steady hold has no rest to compare with, and is not noise for that.
        assert_eq!(
            verdict(scaled(emg(seed, 30_000), |_| 100e-6)),
            (Verdict::Good, String::new())
        );
    }
    let outcome = run(&Quality::default(), &[soleus(contractions(60))]);
    let truth = 20.0 * 200.0_f64.log10();
    assert!((value(&outcome, "snr") - truth).abs() < 2.5, "{}", value(&outcome, "snr"));
    close(value(&outcome, "baseline_noise"), 1e-6, 0.1);
    assert_eq!(measure(&outcome, "verdict").verdict, Some(Verdict::Good));
    let hold = run(&Quality::default(), &[soleus(emg(61, 30_000))]);
    assert!(
        measure(&hold, "snr")
            .note
            .as_deref()
            .unwrap()
            .contains("no rest in the recording")
    );
}

#[test]
fn channels_to_be_checked() {
    let with = |change: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        contractions(71).iter().enumerate().map(|(k, &x)| change(k, x)).collect()
    };
    let tone = |k: usize, hz: f64| (std::f64::consts::TAU * hz * k as f64 / 1000.0).sin();
    let cases = [
        (with(&|_, x| x.clamp(-500e-6, 450e-6)), "clipping"),
        (with(&|k, x| if k == 7000 { f64::NAN } else { x }), "missing samples"),
        (with(&|k, x| x + 65e-6 * tone(k, 50.0)), "at 50 Hz"),
        (with(&|k, x| x + 130e-6 * tone(k, 8.0)), "motion"),
        (with(&|k, x| if (100..130).contains(&k) { 1e-5 } else { x }), "flat stretches"),
        (with(&|_, x| x + 5e-3), "offset"),
        (with(&|k, x| x + 15e-6 * normals(k as u64, 1)[0]), "baseline noise: 14.3 µV"),
    ];
    for (raw, words) in cases {
        let (verdict, reasons) = verdict(raw);
        assert!(
            verdict == Verdict::Check && reasons.contains(words),
            "{words}: {verdict:?} {reasons}"
        );
    }
    let rails = Trace {
        rails: Some((-1.0, 1.0)),
        ..soleus(scaled(emg(72, 9000), |k| if k == 500 { 0.0 } else { 0.1 }))
    };
    let mut touching = rails.clone();
    touching.raw[800] = 0.9995;
    assert_eq!(Quality::default().assess(&rails).clipped_share, Some(0.0));
    assert!(Quality::default().assess(&touching).reasons[0].text.starts_with("clipping"));
}

// ---- a real walk
// ----------------------------------------------------------------------------------------------

fn shared(path: &str) -> Option<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = [manifest.join("../shared"), manifest.join("../../shared")]
        .into_iter()
        .map(|root| root.join(path))
        .find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "../shared/{path} is missing");
        println!("skipped: ../shared/{path} is missing");
    }
    found
}

fn walk() -> Option<Vec<Trace>> {
    let text =
        std::fs::read_to_string(shared("data/walking-bilateral/gait.csv")?).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<f64>> = lines
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let muscle = |name: &str| match &name[1..] {
        "SOL" => Some(Muscle::Soleus),
        "JUM" => Some(Muscle::Gastrocnemius),
        "TIB" => Some(Muscle::TibialisAnterior),
        "REC" => Some(Muscle::RectusFemoris),
        _ => None,
    };
    let column = |(k, header): (usize, &&str)| {
        let name = header.strip_suffix(" (V)")?;
        let side = if name.starts_with('L') { Side::Left } else { Side::Right };
        let label = Label {
            name: name.into(),
            muscle: muscle(name),
            side: Some(side),
            kind: Kind::Emg,
        };
        Some(trace(label, 1000.0, rows.iter().map(|row| row[k]).collect()))
    };
    Some(names.iter().enumerate().filter_map(column).collect())
}

#[test]
fn both_soleus_channels_of_a_walk_are_good() {
    let Some(traces) = walk() else { return };
    let of = |name: &str| traces.iter().find(|trace| trace.label.name == name).unwrap();
    for name in ["LSOL", "RSOL"] {
        let assessment = Quality::default().assess(of(name));
        assert_eq!(
            (assessment.verdict, assessment.reasons),
            (Verdict::Good, vec![]),
            "{name}"
        );
        let outcome = run(&Quality::default(), std::slice::from_ref(of(name)));
        let note = measure(&outcome, "snr").note.clone().unwrap();
        assert!(note.contains("rest is what lies between the bursts"), "{note}");
    }
    for name in ["LREC", "RREC"] {
        let assessment = Quality::default().assess(of(name));
        assert_eq!(assessment.verdict, Verdict::Check);
        assert!(
            assessment.reasons[0].text.starts_with("clipping"),
            "{:?}",
            assessment.reasons
        );
    }
}

#[test]
fn the_levels_of_a_walk_agree_with_numpy() {
    // numpy: x - x.mean(); percentiles 5 and 95 of the root mean squares of 100 ms, std
    // of the whole.
    let Some(traces) = walk() else { return };
    for (name, rms, snr) in [
        ("LSOL", 0.118_428_447_561_232_14, 21.8),
        ("RSOL", 0.149_213_634_462_227_18, 23.5),
    ] {
        let trace = traces.iter().find(|trace| trace.label.name == name).unwrap();
        close(amplitude::rms(&trace.clean, 1000).unwrap().value, rms, 1e-9);
        assert!(
            (Quality::default().assess(trace).contrast.unwrap().snr_db().unwrap() - snr)
                .abs()
                < 0.05
        );
    }
}

#[test]
fn the_sides_of_a_walk_alternate() {
    let Some(traces) = walk() else { return };
    let outcome = all(&traces).remove(3);
    let soleus: Vec<&Measure> = outcome
        .measures
        .iter()
        .filter(|row| row.muscle == Some(Muscle::Soleus))
        .collect();
    let lag = soleus
        .iter()
        .find(|row| row.name == "envelope_lag")
        .and_then(|row| row.value)
        .unwrap();
    // The legs take turns, so the envelopes agree best after about half a stride of this
    // walk of about 1.1 s.
    assert!((0.4..0.75).contains(&lag.abs()), "{lag}");
    assert!(soleus.iter().any(|row| row.name == "symmetry_ratio.rms"
        && row.value.is_some_and(|ratio| ratio < 1.0)));
}

#[test]
fn a_generator_of_tests_stays_what_it_is() {
    // The synthetic EMG of these tests has a median frequency in the range of surface
    // EMG.
    let spectrum = periodogram(&emg(1, 20_000), 1000.0, Window::Boxcar).unwrap();
    let median =
        spectrum.band(10.0, 450.0).median_frequency(MedianRule::Interpolated).unwrap();
    assert!((50.0..120.0).contains(&median), "{median}");
    assert!(SplitMix64::new(1).uniform() < 1.0);
}

#[test]
fn dropouts_do_not_move_the_levels() {
    let whole = emg(21, 30_000);
    let (mut rare, mut frequent) = (whole.clone(), whole.clone());
    rare.chunks_mut(1000).for_each(|second| second[..10].fill(f64::NAN));
    frequent.chunks_mut(60).for_each(|piece| piece[0] = f64::NAN);
    let level = |raw: Vec<f64>| {
        let outcome = run(&amplitude::Amplitude {}, &[soleus(raw)]);
        measure(&outcome, "envelope_mean").value
    };
    let truth = level(whole).unwrap();
    close(level(rare).unwrap(), truth, 0.02);
    assert_eq!(level(frequent.clone()), None, "every sample lies beside a gap");
    let assessment = Quality::default().assess(&soleus(frequent));
    assert_eq!(assessment.verdict, Verdict::Bad, "{:?}", assessment.reasons);
}

#[test]
fn a_constant_channel_gives_no_levels() {
    let outcomes: Vec<Outcome> = Analyses::default()
        .enabled()
        .iter()
        .map(|analysis| run(*analysis, &[soleus(vec![0.0025; 5000])]))
        .collect();
    let values = outcomes
        .iter()
        .flat_map(|outcome| &outcome.measures)
        .filter(|row| row.value.is_some());
    assert_eq!(values.count(), 0);
}
