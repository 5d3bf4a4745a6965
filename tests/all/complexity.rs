//! Entropies, fluctuation, recurrence and fractal dimension against independent values,
//! and the analysis made of them.
//!
//! The values come from `/shared/reference/ref_complexity.py` and
//! `tests/reference/complexity_python.py` (NumPy, antropy, nolds, EntropyHub). Counts are
//! compared exactly; values to 1e-12, sums over all pairs of templates and lines through
//! logarithms to 1e-9. `antropy.higuchi_fd` computes with `fastmath` and agrees with its
//! own definition to 1e-10 only.

use serde_json::Value;
use soleus::analysis::complexity::{Complexity, ComplexityIndex};
use soleus::analysis::fatigue::EpochState;
use soleus::analysis::{Analyses, Analysis, Digests, Switch};
use soleus::dsp::complexity::{
    FuzzyEntropy, Matches, RecurrencePlot, Similarity, deviation, dfa_exponent,
    dfa_scales, fluctuations, higuchi_dimension, higuchi_lengths,
};
use soleus::dsp::random::normals;
use soleus::outcome::{Layer, Measure, Outcome};
use soleus::signal::{Kind, Label, Legs, Muscle, Side, Trace};
use soleus::units::{Hertz, Unit};

fn reference(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64) {
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs(),
        "{ours} instead of {theirs}"
    );
}

/// `lfilter([1], [1, -1.2, 0.6, -0.1], noise)`.
fn coloured(noise: &[f64]) -> Vec<f64> {
    let mut x = vec![0.0; noise.len()];
    for n in 0..noise.len() {
        let past = |k: usize| if n >= k { x[n - k] } else { 0.0 };
        x[n] = noise[n] + 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
    }
    x
}

fn signal(case: &Value) -> Vec<f64> {
    let noise = normals(count(&case["seed"]), count(&case["n"]) as usize);
    match case["kind"].as_str().unwrap() {
        "white" => noise,
        "coloured" => coloured(&noise),
        "ties" => noise.iter().map(|z| (2.0 * z).round_ties_even() / 2.0).collect(),
        "walk" => noise
            .iter()
            .scan(0.0, |sum, z| {
                *sum += z;
                Some(*sum)
            })
            .collect(),
        other => panic!("unknown signal {other}"),
    }
}

// ---- the indices
// ----------------------------------------------------------------------------------------------

#[test]
fn indices_are_those_of_the_reference() {
    let expected = reference("ref_complexity.json");
    let x = coloured(&normals(5, 1000));
    let spread = deviation(&x).unwrap();
    let unbiased = spread * (1000.0_f64 / 999.0).sqrt();
    for (name, deviation) in [("ddof0", spread), ("ddof1", unbiased)] {
        let row = &expected[format!("sampen_m2_r0.2sd_{name}")];
        let found = Matches::count(&x, 2, 0.2 * deviation).unwrap();
        assert_eq!((found.longer, found.shorter), (count(&row["A"]), count(&row["B"])));
        close(found.entropy().unwrap(), number(&row["value"]), 1e-12);
    }
    let fuzzy = FuzzyEntropy {
        dimension: 2,
        tolerance: 0.2 * spread,
        exponent: 2.0,
        similarity: Similarity::Relative,
    };
    close(
        fuzzy.measure(&x).unwrap(),
        number(&expected["fuzzyen_m2_r0.2sd0_p2_centred exp(-(d/r)^2)"]),
        1e-12,
    );
    let plain =
        FuzzyEntropy { similarity: Similarity::Plain, ..fuzzy }.measure(&x).unwrap();
    close(
        plain,
        number(&expected["fuzzyen_m2_r0.2sd0_p2_centred exp(-d^2/r) (other convention)"]),
        1e-12,
    );
    close(plain, number(&expected["EntropyHub.FuzzEn(x,m=2,r=(.2*std,2))"][1]), 1e-12);
    for (samples, name) in
        [(normals(77, 2000), "dfa_white_normals77_n2000"), (x.clone(), "dfa_x")]
    {
        let row = &expected[name];
        let scales: Vec<usize> =
            list(&row["scales"]).iter().map(|&scale| scale as usize).collect();
        for (ours, theirs) in
            fluctuations(&samples, &scales).unwrap().iter().zip(list(&row["F"]))
        {
            close(*ours, theirs, 1e-12);
        }
        close(dfa_exponent(&samples, &scales).unwrap(), number(&row["alpha"]), 1e-12);
    }
    let row = &expected["rqa_first400_zscored_dim3_tau2_radius1.0_euclid_lmin2"];
    let settings = RecurrencePlot {
        dimension: 3,
        delay: 2,
        radius: 1.0,
        theiler: 1,
        shortest_line: 2,
    };
    let lines = settings.measure(&x[..400]).unwrap();
    assert_eq!(
        (lines.states as u64, lines.points),
        (count(&row["N"]), count(&row["recurrence_points_upper"]))
    );
    assert_eq!(lines.longest().unwrap() as u64, count(&row["Lmax"]));
    close(lines.recurrence_rate(), number(&row["REC_%"]), 1e-12);
    close(lines.determinism().unwrap(), number(&row["DET_%"]), 1e-12);
    close(lines.mean_length().unwrap(), number(&row["Lmean"]), 1e-12);
    close(lines.entropy().unwrap(), number(&row["ENT_nat"]), 1e-12);
}

#[test]
fn entropies_are_those_of_numpy_antropy_and_entropyhub() {
    for case in reference("complexity_python.json")["cases"].as_array().unwrap() {
        let (x, m, r) = (signal(case), count(&case["m"]) as usize, number(&case["r"]));
        let expected = &case["sample_entropy"];
        let found = Matches::count(&x, m, r).unwrap();
        assert_eq!(
            (found.longer, found.shorter),
            (count(&expected["A"]), count(&expected["B"]))
        );
        for package in ["value", "antropy", "EntropyHub"] {
            if let Some(value) = expected[package].as_f64() {
                close(found.entropy().unwrap(), value, 1e-12);
            }
        }
        let expected = &case["fuzzy"];
        let exponent = number(&expected["exponent"]);
        let of = |similarity| {
            FuzzyEntropy { dimension: m, tolerance: r, exponent, similarity }
                .measure(&x)
                .unwrap()
        };
        close(of(Similarity::Relative), number(&expected["relative"]), 1e-12);
        close(of(Similarity::Plain), number(&expected["plain"]), 1e-12);
        if let Some(value) = expected["EntropyHub"].as_f64() {
            close(of(Similarity::Plain), value, 1e-12);
        }
    }
}

#[test]
fn fluctuations_and_dimensions_are_those_of_numpy_nolds_and_antropy() {
    for case in reference("complexity_python.json")["cases"].as_array().unwrap() {
        let (x, expected) = (signal(case), &case["dfa"]);
        let scales: Vec<usize> =
            list(&expected["scales"]).iter().map(|&scale| scale as usize).collect();
        assert_eq!(dfa_scales(x.len()), scales);
        for (ours, theirs) in
            fluctuations(&x, &scales).unwrap().iter().zip(list(&expected["F"]))
        {
            close(*ours, theirs, 1e-11);
        }
        for package in ["exponent", "nolds"] {
            close(dfa_exponent(&x, &scales).unwrap(), number(&expected[package]), 1e-9);
        }
        let expected = &case["higuchi"];
        let kmax = count(&expected["kmax"]) as usize;
        for (ours, theirs) in
            higuchi_lengths(&x, kmax).unwrap().iter().zip(list(&expected["lengths"]))
        {
            close(*ours, theirs, 1e-12);
        }
        let dimension = higuchi_dimension(&x, kmax).unwrap();
        close(dimension, number(&expected["dimension"]), 1e-12);
        close(dimension, number(&expected["antropy"]), 1e-9);
    }
}

#[test]
fn recurrence_is_that_of_the_whole_plot() {
    for case in reference("complexity_python.json")["cases"].as_array().unwrap() {
        let expected = &case["recurrence"];
        let of = |key: &str| count(&expected[key]) as usize;
        let settings = RecurrencePlot {
            dimension: of("dimension"),
            delay: of("delay"),
            radius: number(&expected["radius"]),
            theiler: of("theiler"),
            shortest_line: of("shortest"),
        };
        let lines = settings.measure(&signal(case)).unwrap();
        assert_eq!(
            (lines.states, lines.points),
            (of("states"), count(&expected["points"]))
        );
        assert_eq!(
            (lines.lines(), lines.points_in_lines()),
            (count(&expected["lines"]), count(&expected["points_in_lines"]))
        );
        assert_eq!(lines.longest(), Some(of("longest")));
        close(lines.recurrence_rate(), number(&expected["rate"]), 1e-12);
        close(lines.determinism().unwrap(), number(&expected["determinism"]), 1e-12);
        close(lines.mean_length().unwrap(), number(&expected["mean_length"]), 1e-12);
        close(lines.entropy().unwrap(), number(&expected["entropy"]), 1e-12);
    }
}

// ---- the analysis
// ---------------------------------------------------------------------------------------------

fn trace(hz: f64, raw: Vec<f64>) -> Trace {
    let there: Vec<f64> = raw.iter().copied().filter(|x| !x.is_nan()).collect();
    let centre = there.iter().sum::<f64>() / there.len().max(1) as f64;
    Trace {
        label: Label {
            name: "SOL_L".into(),
            muscle: Some(Muscle::Soleus),
            side: Some(Side::Left),
            kind: Kind::Emg,
        },
        unit: Unit::VOLT,
        rate: Hertz::new(hz).unwrap(),
        start_s: 2.0,
        rails: None,
        excluded: 0,
        envelope: raw.iter().map(|x| (x - centre).abs()).collect(),
        clean: raw.iter().map(|x| x - centre).collect(),
        raw,
        activation: None,
        edge_samples: 0,
        two_way: Vec::new(),
    }
}

/// Noise with a spectrum like that of surface EMG (one pair of poles), so many seconds at
/// 1000 Hz.
fn emg(seed: u64, seconds: usize) -> Vec<f64> {
    let noise = normals(seed, 1000 * seconds);
    let mut x = vec![0.0; noise.len()];
    for k in 2..noise.len() {
        x[k] = noise[k] - noise[k - 1] + 1.5 * x[k - 1] - 0.66 * x[k - 2];
    }
    x.iter().map(|x| 1e-4 * x).collect()
}

fn run(settings: &Complexity, traces: &[Trace]) -> Outcome {
    let analyses =
        Analyses { complexity: Switch::On(settings.clone()), ..Analyses::default() };
    let channels: Vec<_> =
        traces.iter().map(|trace| analyses.digest(trace, &[])).collect();
    let outcome = settings.run(&Digests {
        channels: &channels,
        events: &[],
        legs: Legs::default(),
    });
    for row in &outcome.measures {
        assert!(row.value.is_none_or(f64::is_finite), "{} is not finite", row.name);
        assert!(
            row.value.is_some() || row.note.is_some(),
            "{} is empty without a reason",
            row.name
        );
        if let (Some(value), Some((low, high))) = (row.value, row.interval) {
            assert!(
                low <= value && value <= high,
                "{}: {value} is not within {low} to {high}",
                row.name
            );
        }
    }
    assert_eq!(outcome.measures.len(), 12 * traces.len());
    assert!(
        outcome.notes.iter().filter(|note| note.text.starts_with("SOL_L: ")).count()
            >= traces.len()
    );
    outcome
}

#[track_caller]
fn measure<'a>(outcome: &'a Outcome, name: &str) -> &'a Measure {
    outcome
        .measures
        .iter()
        .find(|row| row.name == name)
        .unwrap_or_else(|| panic!("no measure {name}"))
}

/// What is said of the only channel.
#[track_caller]
fn finding(outcome: &Outcome) -> &str {
    &outcome
        .notes
        .iter()
        .find(|note| note.text.starts_with("SOL_L: fuzzy entropy "))
        .unwrap()
        .text
}

/// Every row is empty for the reason, which the note says too.
#[track_caller]
fn says_nothing(outcome: &Outcome, reason: &str) {
    for row in &outcome.measures {
        assert_eq!((row.value, row.interval), (None, None), "{}", row.name);
        let note = row.note.as_deref().unwrap();
        assert!(note.contains(reason), "{}: {note}", row.name);
    }
    let note = &outcome.notes.last().unwrap().text;
    assert!(
        note.starts_with("SOL_L: no complexity indices: ") && note.contains(reason),
        "{note}"
    );
    assert!(outcome.figures.is_empty());
}

#[test]
fn means_and_slopes_are_those_of_the_epochs() {
    let (settings, samples) = (Complexity::default(), emg(1, 8));
    let trace = trace(1000.0, samples);
    let outcome = run(&settings, std::slice::from_ref(&trace));
    let values: Vec<f64> = trace
        .clean
        .chunks_exact(1000)
        .map(|epoch| {
            Matches::count(epoch, 2, 0.2 * deviation(epoch).unwrap())
                .unwrap()
                .entropy()
                .unwrap()
        })
        .collect();
    let row = measure(&outcome, "sample_entropy_mean");
    close(row.value.unwrap(), values.iter().sum::<f64>() / 8.0, 1e-12);
    assert_eq!((row.n, row.unit.symbol()), (Some(8), "1"));
    assert!(row.note.as_deref().unwrap().contains("8 of 8 epochs used"));
    let slope = measure(&outcome, "recurrence_determinism_slope");
    assert_eq!((slope.n, slope.unit.symbol()), (Some(8), "%/s"));
    let names: Vec<&str> =
        outcome.courses.iter().map(|course| course.name.as_ref()).collect();
    assert_eq!(names, ComplexityIndex::ALL.map(ComplexityIndex::name));
    for course in &outcome.courses {
        assert_eq!(course.time_s, (0..8).map(|k| 2.5 + f64::from(k)).collect::<Vec<_>>());
        assert!(course.value.iter().all(Option::is_some));
    }
    let [figure] = &outcome.figures[..] else { panic!("one figure a channel") };
    assert!(
        figure
            .layers
            .iter()
            .any(|layer| matches!(layer, Layer::Points { x, .. } if x.len() == 8))
    );
    assert!(
        outcome.notes[0].text.contains("compare them within a session"),
        "{}",
        outcome.notes[0].text
    );
    let note = finding(&outcome);
    assert!(
        note.contains("fuzzy entropy ") && note.contains("too few to speak of a trend"),
        "{note}"
    );
}

#[test]
fn a_change_is_found_with_its_sign() {
    // Each second is smoother than the one before.
    let smoothed = |(k, second): (usize, &[f64])| {
        let keep = 0.03 * k as f64;
        let mut last = 0.0;
        let step = move |x: &f64| {
            last = keep * last + x;
            last
        };
        second.iter().map(step).collect::<Vec<f64>>()
    };
    let samples: Vec<f64> =
        emg(2, 24).chunks(1000).enumerate().flat_map(smoothed).collect();
    let outcome = run(&Complexity::default(), &[trace(1000.0, samples)]);
    let ends = |name| measure(&outcome, name).interval.unwrap();
    assert!(ends("sample_entropy_slope").1 < 0.0 && ends("fuzzy_entropy_slope").1 < 0.0);
    assert!(ends("higuchi_dimension_slope").1 < 0.0);
    assert!(ends("recurrence_determinism_slope").0 > 0.0);
    assert!(finding(&outcome).contains("which fell by"), "{}", finding(&outcome));
}

#[test]
fn epochs_with_gaps_clipping_or_rest_are_left_out() {
    let mut samples = emg(3, 10);
    samples[1500] = f64::NAN;
    samples[3000..4000].iter_mut().for_each(|x| *x *= 0.01);
    let largest = samples
        .iter()
        .fold(0.0, |largest: f64, x| if x.abs() > largest { x.abs() } else { largest });
    samples[5200..5210].fill(1.5 * largest);
    samples[5300..5310].fill(1.5 * largest);
    let trace = trace(1000.0, samples);
    let course = Complexity::default().course(&trace);
    let states: Vec<EpochState> = course.epochs.iter().map(|epoch| epoch.state).collect();
    assert_eq!(
        (states[1], states[3], states[5]),
        (EpochState::Gap, EpochState::Quiet, EpochState::Clipped)
    );
    assert_eq!(course.count(EpochState::Used), 7);
    assert!(
        course
            .epochs
            .iter()
            .all(|epoch| epoch.indices.is_some() == (epoch.state == EpochState::Used))
    );
    let outcome = run(&Complexity::default(), &[trace]);
    let note = measure(&outcome, "fuzzy_entropy_mean").note.as_deref().unwrap();
    assert!(
        note.ends_with("7 of 10 epochs used, left out: 1 (gaps), 1 (clipping), 1 (rest)"),
        "{note}"
    );
    assert_eq!(outcome.courses[0].time_s.len(), 7);
    let uneven = |outcome: &Outcome| {
        outcome.notes.iter().any(|note| note.text.contains("the amplitude varies"))
    };
    assert!(!uneven(&outcome));
    let raises = emg(3, 10)
        .iter()
        .enumerate()
        .map(|(k, x)| if k / 1000 % 3 == 0 { 0.4 * x } else { *x })
        .collect();
    assert!(uneven(&run(&Complexity::default(), &[self::trace(1000.0, raises)])));
}

#[test]
fn long_recordings_are_looked_at_here_and_there() {
    let settings = Complexity { most_epochs: 4, ..Complexity::default() };
    let outcome = run(&settings, &[trace(1000.0, emg(4, 10))]);
    assert_eq!(outcome.courses[0].time_s, [2.5, 5.5, 8.5, 11.5]);
    let note = measure(&outcome, "sample_entropy_mean").note.as_deref().unwrap();
    assert!(note.ends_with("4 of 10 epochs used (evenly spaced among 10)"), "{note}");
    assert!(settings.describe().contains("at most 4 epochs of 1 s"));
}

#[test]
fn what_says_nothing_has_empty_rows_with_a_reason() {
    let settings = Complexity::default();
    says_nothing(&run(&settings, &[trace(1000.0, Vec::new())]), "");
    says_nothing(&run(&settings, &[trace(1000.0, vec![0.25; 5000])]), "");
    says_nothing(&run(&settings, &[trace(1000.0, emg(5, 1)[..900].to_vec())]), "");
    says_nothing(&run(&settings, &[trace(100.0, emg(6, 1))]), "");
    let mut gaps = emg(7, 6);
    gaps.iter_mut().step_by(900).for_each(|x| *x = f64::NAN);
    says_nothing(
        &run(&settings, &[trace(1000.0, gaps)]),
        "needs at least 3 epochs; 0 of 6 epochs used",
    );
    let hum = (0..8000)
        .map(|k| (std::f64::consts::TAU * 50.0 * f64::from(k) / 1000.0).sin())
        .collect();
    says_nothing(&run(&settings, &[trace(1000.0, hum)]), "");
    // Two channels, one of which is usable: its own cautions stay.
    let outcome =
        run(&settings, &[trace(1000.0, emg(8, 5)), trace(1000.0, vec![0.25; 5000])]);
    assert_eq!(outcome.measures.iter().filter(|row| row.value.is_some()).count(), 12);
}

#[test]
fn an_index_that_does_not_exist_says_why() {
    let recurrence =
        soleus::analysis::complexity::Recurrence { radius: 0.001, ..Default::default() };
    let settings = Complexity { recurrence, ..Complexity::default() };
    let outcome = run(&settings, &[trace(1000.0, emg(9, 5))]);
    assert_eq!(measure(&outcome, "recurrence_rate_mean").value, Some(0.0));
    let row = measure(&outcome, "recurrence_determinism_mean");
    assert_eq!(row.value, None);
    assert_eq!(
        row.note.as_deref(),
        Some(
            "0 of 5 epochs have a value, at least 3 are needed: nothing recurs within the radius"
        )
    );
    assert!(measure(&outcome, "sample_entropy_mean").value.is_some());
}

#[test]
fn it_is_off_unless_asked_for() {
    let trace = trace(1000.0, emg(10, 4));
    assert!(Analyses::default().digest(&trace, &[]).parts.complexity.is_none());
    let on = Analyses { complexity: Switch::default(), ..Analyses::default() };
    assert!(
        on.digest(&trace, &[]).parts.complexity.is_some()
            && on.of_trials().digest(&trace, &[]).parts.complexity.is_none()
    );
}
