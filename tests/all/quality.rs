//! Quality against reference values, real recordings and simulated faults.
//!
//! The reference values come from `/shared/reference/ref_activity_quality.py` and
//! `ref_spectral.py` (SciPy 1.17.1, NumPy 2.4.6). Tolerances: 1e-12 relative for closed
//! forms, 1e-9 where a Fourier transform is in between (methods §25); indices of samples
//! match exactly.

use rayon::prelude::*;
use serde_json::Value;
use soleus::analysis::quality::{
    Assessment, Distribution, Fault, Ratios, RestSource, clipped, flat_runs,
};
use soleus::analysis::{Analyses, Analysis, Digest, Digests, Quality, quality};
use soleus::dsp::random::normals;
use soleus::dsp::spectrum::{Estimator, Segments, Window};
use soleus::outcome::Verdict;
use soleus::signal::{Label, Legs, Muscle, Side, Trace};
use soleus::synth::simulate;
use soleus::units::{Hertz, Unit};

use crate::program::{Lab, shared};
use crate::quality_cases::{FAULTS, SEVERITIES, TASKS, clean, false_alarm, named, trace};

fn reference(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[track_caller]
fn close(ours: f64, theirs: &Value, tolerance: f64) {
    let theirs = theirs.as_f64().unwrap();
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs(),
        "{ours} instead of {theirs}"
    );
}

// ---- reference values
// -----------------------------------------------------------------------------------------

#[test]
fn quality_has_the_values_of_the_reference() {
    let expected = &reference("ref_activity_quality.json")["quality"];
    let mut samples: Vec<f64> =
        normals(604, 2000).iter().map(|z| z.clamp(-2.0, 2.0)).collect();
    samples[500..560].fill(0.123);
    samples[900..905].fill(f64::NAN);
    let touching = clipped(&samples, None);
    let share = touching.iter().filter(|&&touches| touches).count() as f64 / 1995.0;
    close(
        share,
        &expected["clipped_share (samples at extreme values, runs any length)"],
        1e-12,
    );
    let runs =
        touching.chunk_by(|a, b| a == b).filter(|run| run[0] && run.len() >= 2).count();
    assert_eq!(Some(runs as u64), expected["clip_runs>=2"].as_u64());
    let flat = flat_runs(&samples, 20);
    assert_eq!((flat.len(), flat[0].clone()), (1, 500..560));
    let named = expected["flat_runs_ge_20_samples (start,end)"][0].as_array().unwrap();
    assert_eq!(
        [named[0].as_u64(), named[1].as_u64()],
        [Some(flat[0].start as u64), Some(flat[0].end as u64)]
    );
    let assessment =
        Quality::default().assess(&trace(0, Hertz::new(1000.0).unwrap(), samples));
    close(assessment.missing_share, &expected["nan_share"], 1e-12);
    close(assessment.clipped_share.unwrap(), &Value::from(share), 1e-12);
    let contrast = quality::ActivityContrast {
        active: 1.0,
        strong: 1.0,
        rest: 0.05,
        source: RestSource::Second,
        shape_db: None,
        quickness: None,
        dropout_share: 0.0,
        time: None,
    };
    close(
        contrast.snr_db().unwrap(),
        &expected["snr_dB 20log10(rms_active/rms_rest)"],
        1e-12,
    );
    close(
        contrast.corrected_snr_db().unwrap(),
        &expected["snr_noise_corrected_dB 10log10((a^2-r^2)/r^2)"],
        1e-12,
    );
}

#[test]
fn the_distribution_has_the_values_of_the_reference() {
    let expected = &reference("ref_activity_quality.json")["gaussianity"];
    let found = Distribution::measure(&normals(605, 4000)).unwrap();
    // The skewness is a difference of large sums: absolute 1e-14 is 1e-12 of it.
    close(found.skewness, &expected["skew"], 1e-11);
    // The reference leaves the mean in; NumPy's `z.std()/abs(z - z.mean()).mean()` of
    // the same samples:
    close(found.rms_over_arv, &Value::from(1.251787569660869), 1e-12);
    assert!((found.rms_over_arv - expected["rms/arv"].as_f64().unwrap()).abs() < 1e-4);
    let rectified: Vec<f64> = normals(605, 4000).iter().map(|z| z.abs()).collect();
    let found = Distribution::measure(&rectified).unwrap();
    // Quantiles of the half-normal: 0.06271, 0.67449, 1.95996. Their estimates scatter by
    // about 3 %.
    assert!(
        (found.lean - 0.4759).abs() < 0.05 && found.negative_share == 0.0,
        "{found:?}"
    );
    for samples in [
        vec![],
        vec![2.0; 9],
        vec![f64::NAN; 9],
        vec![1e-300, 0.0, -1e-300],
        vec![1e300, 0.0, -1e300],
    ] {
        assert_eq!(Distribution::measure(&samples), None, "{samples:?}");
    }
}

#[test]
fn ratios_of_spectra_have_the_values_of_the_reference() {
    let noise = normals(5, 4096);
    let mut x = vec![0.0; noise.len()];
    for n in 0..noise.len() {
        let past = |k: usize| if n >= k { x[n - k] } else { 0.0 };
        x[n] = noise[n] + 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
    }
    let segments =
        Segments { length: 1024, overlap: 512, window: Window::Hann, demean: true };
    let spectrum = Estimator::new(segments, 1000.0).welch([x.as_slice()]).unwrap();
    let (found, expected) = (
        Ratios::measure(&spectrum).unwrap(),
        &reference("ref_spectral.json")["quality_x"],
    );
    close(found.motion_db.unwrap(), &expected["SMR_dB"], 1e-9);
    close(found.drop_db, &expected["DP_dB"], 1e-9);
    close(found.noise_db.unwrap(), &expected["SNR_hf_dB"], 1e-9);
}

// ---- real recordings
// ------------------------------------------------------------------------------------------

/// What `inspect` says of the channels of a file: name, kind, verdict and reasons.
fn inspected(path: &str) -> Option<Vec<(String, String, String, String)>> {
    let file = shared(path)?;
    let lab = Lab::new(&[]);
    let found = lab.soleus(&format!("inspect {} --json", file.display())).ends(0).json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        let reasons = row["reasons"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect::<Vec<_>>()
            .join("; ");
        (text(&row["name"]), text(&row["kind"]), text(&row["quality"]), reasons)
    };
    Some(found["channels"].as_array().unwrap().iter().map(row).collect())
}

#[test]
fn vendor_exports_are_judged() {
    let Some(trigno) = inspected("vendor-exports/trigno_emgworks_label_header.csv")
    else {
        return;
    };
    let hum = trigno.iter().find(|row| row.0.ends_with("EMG 10")).unwrap();
    assert!(
        hum.2 == "bad" && hum.3.contains("at 60 Hz") && hum.3.contains("no EMG"),
        "{hum:?}"
    );
    for row in trigno.iter().filter(|row| row.0.contains("ACC") || row.0.contains("GYRO"))
    {
        assert!(row.1 != "emg" && row.2.is_empty(), "{row:?}");
    }
    let Some(vicon) = inspected("vendor-exports/vicon_nexus_devices.csv") else {
        return;
    };
    for row in vicon.iter().filter(|row| row.0.contains("Voltage")) {
        assert!(row.2 == "bad" && row.3.contains("no EMG"), "{row:?}");
    }
    let silent = vicon.iter().filter(|row| row.3.starts_with("no signal")).count();
    assert_eq!(silent, 19, "inputs without any signal");
    assert!(
        vicon
            .iter()
            .filter(|row| row.3.starts_with("no signal"))
            .all(|row| row.2 == "bad")
    );
}

#[test]
fn walks_are_judged() {
    let Some(both) = inspected("walking-bilateral/gait.csv") else {
        return;
    };
    let of = |name: &str| both.iter().find(|row| row.0 == name).unwrap();
    for name in ["LSOL", "RSOL", "LVAS", "RBIC", "LTIB", "RTIB", "LJUM", "RJUM"] {
        assert_eq!((of(name).2.as_str(), of(name).3.as_str()), ("good", ""));
    }
    for name in ["LREC", "RREC"] {
        assert!(
            of(name).2 == "check" && of(name).3.starts_with("clipping"),
            "{:?}",
            of(name)
        );
    }
    let Some(right) = inspected("walking-right-leg/raw_emg.csv") else {
        return;
    };
    // Weak activity between the bursts of PL was taken for its rest.
    for name in ["SO", "PL", "TA", "GM", "GL"] {
        let row = right.iter().find(|row| row.0 == name).unwrap();
        assert_eq!((row.2.as_str(), row.3.as_str()), ("good", ""), "{name}");
    }
    assert!(right.iter().chain(&both).all(|row| !row.3.contains("no EMG")));
}

// ---- simulated faults
// -----------------------------------------------------------------------------------------

#[test]
fn simulated_faults_are_named() {
    // The cases are always the same; `benches/accuracy/quality.rs` takes as many seeds
    // as one likes.
    const SEEDS: u64 = 6;
    let cases: Vec<(Fault, usize, u64)> = FAULTS
        .into_iter()
        .flat_map(|fault| {
            (0..SEVERITIES).flat_map(move |severity| {
                (0..SEEDS).map(move |seed| (fault, severity, seed))
            })
        })
        .collect();
    let missed: Vec<String> = cases
        .par_iter()
        .filter_map(|&(fault, severity, seed)| {
            let (named, words) = named(fault, severity, seed);
            (!named).then(|| format!("{fault:?} {severity}, seed {seed}: {words}"))
        })
        .collect();
    assert!(
        missed.len() * 20 <= cases.len(),
        "{} of {}:\n{}",
        missed.len(),
        cases.len(),
        missed.join("\n")
    );
    for fault in FAULTS {
        let count =
            missed.iter().filter(|line| line.starts_with(&format!("{fault:?} "))).count();
        assert!(
            count <= 2,
            "{fault:?} was missed {count} times of {}:\n{}",
            SEVERITIES * 6,
            missed.join("\n")
        );
    }
}

#[test]
fn clean_recordings_are_good() {
    let cases: Vec<(&str, u64)> = TASKS
        .into_iter()
        .flat_map(|task| (100..126).map(move |seed| (task, seed)))
        .collect();
    let alarms: Vec<String> =
        cases.par_iter().filter_map(|&(task, seed)| false_alarm(task, seed)).collect();
    assert!(
        alarms.len() * 50 <= cases.len(),
        "{} of {}:\n{}",
        alarms.len(),
        cases.len(),
        alarms.join("\n")
    );
}

// ---- what follows from a verdict
// ------------------------------------------------------------------------------

fn pair(left: Vec<f64>, right: Vec<f64>) -> Vec<Digest> {
    let rate = Hertz::new(1000.0).unwrap();
    let side = |index: usize, side: Side, raw: Vec<f64>| {
        let trace = trace(index, rate, raw);
        let label = Label {
            muscle: Some(Muscle::Soleus),
            side: Some(side),
            ..trace.label.clone()
        };
        Analyses::default().digest(&Trace { label, ..trace }, &[])
    };
    vec![side(0, Side::Left, left), side(1, Side::Right, right)]
}

fn raises(seed: u64) -> Vec<f64> {
    simulate(&soleus::synth::Simulation {
        rate: Hertz::new(1000.0).unwrap(),
        ..clean("heel raises", seed)
    })
    .0
}

#[test]
fn what_is_no_emg_is_not_compared_and_does_not_tire() {
    let good = raises(3);
    let envelope: Vec<f64> = good.iter().map(|sample| sample.abs()).collect();
    let digests = pair(good, soleus::dsp::moving::mean(&envelope, 151));
    assert!(digests[1].quality.assessment.has(Fault::Enveloped));
    let recording = Digests { channels: &digests, events: &[], legs: Legs::default() };
    let analyses = Analyses::default();
    for analysis in analyses.enabled() {
        let outcome = analysis.run(&recording);
        let refused: Vec<_> = match analysis.name() {
            "symmetry" => outcome.measures.iter().collect(),
            "fatigue" => outcome
                .measures
                .iter()
                .filter(|row| row.channel.as_deref() == Some("channel 2"))
                .collect(),
            _ => continue,
        };
        assert!(refused.len() > 10);
        for row in refused {
            let note = row.note.as_deref().unwrap_or_default();
            assert!(
                row.value.is_none() && note.contains("already an envelope"),
                "{row:?}"
            );
        }
    }
    let rows = analyses.quality.run(&recording).measures;
    let verdict = rows.iter().filter(|row| row.name == "verdict").nth(1).unwrap();
    assert_eq!(verdict.verdict, Some(Verdict::Bad));
    let level = analyses.amplitude.run(&recording).measures;
    assert!(level.iter().any(|row| row.name == "rms"
        && row.channel.as_deref() == Some("channel 2")
        && row.value.is_some()));
}

#[test]
fn the_verdict_of_the_table_holds_the_comparison() {
    let own = raises(4);
    let digests = pair(own.clone(), own);
    assert_eq!(digests[0].quality.assessment.verdict, Verdict::Good);
    let outcome = Quality::default().run(&Digests {
        channels: &digests,
        events: &[],
        legs: Legs::default(),
    });
    for row in outcome.measures.iter().filter(|row| row.name == "verdict") {
        let note = row.note.as_deref().unwrap_or_default();
        assert!(
            row.verdict == Some(Verdict::Check) && note.starts_with("duplicate"),
            "{row:?}"
        );
    }
}

#[test]
fn signals_too_small_for_numbers_are_no_signal() {
    for level in [1e-300, 1e-200, 1e-160] {
        let assessment = Quality::default().assess(&trace(
            0,
            Hertz::new(1000.0).unwrap(),
            scaled(level),
        ));
        assert!(
            assessment.verdict == Verdict::Bad && assessment.has(Fault::Silent),
            "{level}: {assessment:?}"
        );
    }
    let assessment: Assessment =
        Quality::default().assess(&trace(0, Hertz::new(1000.0).unwrap(), scaled(1e-130)));
    assert!(!assessment.has(Fault::Silent), "{assessment:?}");
}

fn scaled(level: f64) -> Vec<f64> {
    raises(5).iter().map(|sample| level * 1e4 * sample).collect()
}

#[test]
fn seconds_with_a_fault_are_named() {
    let mut samples = raises(6);
    samples[3200..3400].fill(0.0);
    samples[5500..5510].fill(f64::NAN);
    samples[7300] = 0.02;
    let digests = pair(samples, raises(7));
    let outcome = Quality::default().run(&Digests {
        channels: &digests,
        events: &[],
        legs: Legs::default(),
    });
    let row = outcome.measures.iter().find(|row| row.name == "flagged_share").unwrap();
    let note = row.note.as_deref().unwrap();
    for words in [
        "from 3 s (flat)",
        "from 5 s (missing samples)",
        "from 7 s (power outside the band, spikes)",
    ] {
        assert!(note.contains(words), "{words}: {note}");
    }
    let faults =
        outcome.courses.iter().find(|course| course.name == "epoch_faults").unwrap();
    let flagged: Vec<usize> =
        (0..faults.value.len()).filter(|&k| faults.value[k] > Some(0.0)).collect();
    assert_eq!(flagged, [3, 5, 7]);
    assert_eq!(row.value, Some(3.0 / faults.value.len() as f64));
    let level =
        outcome.courses.iter().find(|course| course.name == "epoch_level").unwrap();
    assert_eq!((level.value.len(), &level.unit), (faults.value.len(), &Unit::VOLT));
}
