//! What numbers inherit from the reference of their session, what sides are compared in,
//! and sides that may be exchanged.

use soleus::dsp::random::SplitMix64;
use soleus::synth::Spectrum;
use soleus::units::Hertz;

use crate::program::{Lab, Table, csv, shared};

/// Contractions in microvolts from one second to another, with 2 µV of noise, as
/// millivolts at 1000 Hz.
fn emg(seed: u64, seconds: usize, contractions: &[(f64, f64, f64)]) -> Vec<f64> {
    let n = 1000 * seconds;
    let rate = Hertz::new(1000.0).unwrap();
    let noise = Spectrum { low_hz: 40.0, high_hz: 100.0 }.noise(seed, rate, n);
    let mut random = SplitMix64::new(seed ^ 77);
    let sample = |(i, sample): (usize, f64)| {
        let time_s = i as f64 / 1000.0;
        let level = contractions.iter().map(|&(from, to, level)| {
            level * ((time_s - from).min(to - time_s) / 0.1).clamp(0.0, 1.0)
        });
        0.001 * (level.sum::<f64>() * sample + 2.0 * random.normal())
    };
    noise.into_iter().enumerate().map(sample).collect()
}

/// Trials of three seconds of these levels.
fn trials(seed: u64, levels: &[f64]) -> Vec<f64> {
    let trial = |(k, &level): (usize, &f64)| {
        let from = 2.0 + 6.0 * k as f64;
        (from, from + 3.0, level)
    };
    let contractions: Vec<_> = levels.iter().enumerate().map(trial).collect();
    emg(seed, 6 * levels.len() + 2, &contractions)
}

fn hold(seed: u64, level: f64) -> Vec<f64> {
    emg(seed, 20, &[(1.0, 19.0, level)])
}

fn one(samples: &[f64]) -> String {
    csv(&[("SOL_L (mV)", samples)])
}

/// A session of recordings of one channel, run.
fn ran(files: &[(&str, &[f64])]) -> (Lab, Table) {
    let lab = Lab::new(&[]);
    for (name, samples) in files {
        lab.write(&format!("s/{name}.csv"), one(samples));
    }
    lab.soleus("run s -o out").ends(0);
    let table = of(&lab, "hold");
    (lab, table)
}

/// The rows of one recording.
fn of(lab: &Lab, recording: &str) -> Table {
    let mut table = lab.table("out/measures.csv");
    table.rows.retain(|row| row["recording"] == recording);
    table
}

fn page(lab: &Lab) -> String {
    let folder = std::fs::read_dir(lab.path("out/sessions")).unwrap().next().unwrap();
    std::fs::read_to_string(folder.unwrap().path().join("report.html")).unwrap()
}

/// What stands above the numbers of a page.
fn above(lab: &Lab) -> String {
    let page = page(lab);
    page.split("Main numbers").next().unwrap().to_owned()
}

/// Before, quality was good and nothing was said.
#[test]
fn a_task_above_its_reference_says_that_it_was_no_maximum() {
    let Some(folder) = shared("bugs/over-100") else { return };
    let lab = Lab::new(&[]);
    lab.soleus(&format!("run {} -o out", folder.display())).ends(0);
    let table = of(&lab, "hop");
    let row = table.measure("SOL_L", "activation_peak");
    let value: f64 = row["value"].parse().unwrap();
    assert!((value - 233.3).abs() < 1.0, "{value}");
    assert_eq!(row["quality"], "check");
    assert!(row["note"].contains("no maximum"), "{row:?}");
    assert_eq!(table.measure("SOL_L", "rms")["quality"], "good");
    assert!(above(&lab).contains("no maximum"));
}

/// Before, activation was nearly twice what it is, and good.
#[test]
fn a_clipped_reference_marks_what_rests_on_it() {
    let clipped: Vec<f64> =
        trials(1, &[100.0]).iter().map(|sample| sample.clamp(-0.08, 0.08)).collect();
    let (lab, table) = ran(&[("hold", &hold(2, 30.0)), ("mvc", &clipped)]);
    for measure in ["activation_mean", "activation_peak", "activation_p50"] {
        let row = table.measure("SOL_L", measure);
        assert_eq!(row["quality"], "check", "{measure}");
        assert!(row["note"].contains("is clipped"), "{row:?}");
    }
    assert!(above(&lab).contains("is clipped"));

    let sound = trials(3, &[90.0]);
    let files = [("hold", &*hold(2, 30.0)), ("mvc_1", &*clipped), ("mvc_2", &*sound)];
    let (lab, table) = ran(&files);
    let row = table.measure("SOL_L", "activation_mean");
    assert_eq!(row["quality"], "good", "the sound trial is taken: {row:?}");
    assert!(page(&lab).contains("left out of the reference: mvc_1"));
}

/// Before, an artefact in one of two trials was the reference.
#[test]
fn an_artefact_is_no_reference() {
    let disturbed = |kind: &str, at: usize, samples: &[f64]| -> Vec<f64> {
        let mut samples = samples.to_vec();
        match kind {
            "step" => samples[at..].iter_mut().for_each(|sample| *sample += 3.0),
            "spike" => samples[at..at + 4].iter_mut().for_each(|sample| *sample += 5.0),
            // Before, these two were the reference, and nothing was said.
            "knock" => {
                let decays = |i: usize| 5.0 * (-(i as f64) / 60.0).exp();
                let rings = |i: usize| (0.09 * i as f64 * std::f64::consts::TAU).sin();
                (0..500).for_each(|i| samples[at + i] += decays(i) * rings(i));
            }
            "rattle" => {
                let mut random = SplitMix64::new(9);
                (0..150).for_each(|i| samples[at + i] += 2.0 * random.normal());
            }
            _ => {
                let swing = |i: usize| (i as f64 / 150.0 * std::f64::consts::TAU).sin();
                (0..300).for_each(|i| samples[at + i] += 3.0 * swing(i));
            }
        }
        samples
    };
    let (_, sound) =
        ran(&[("hold", &hold(2, 30.0)), ("mvc", &trials(1, &[100.0, 95.0]))]);
    let expected = sound.value("SOL_L", "activation_mean");
    for kind in ["step", "spike", "motion", "knock", "rattle"] {
        for at in [3500, 6500] {
            let mvc = disturbed(kind, at, &trials(1, &[100.0, 95.0]));
            let (_, table) = ran(&[("hold", &hold(2, 30.0)), ("mvc", &mvc)]);
            let found = table.value("SOL_L", "activation_mean");
            assert!(
                (found / expected - 1.0).abs() < 0.12,
                "{kind} at {at}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn trials_that_disagree_are_said_to() {
    let files = [
        ("hold", &*hold(2, 30.0)),
        ("mvc1", &*trials(1, &[100.0])),
        ("mvc2", &*trials(3, &[55.0])),
    ];
    let (lab, table) = ran(&files);
    let row = table.measure("SOL_L", "activation_mean");
    assert!(row["quality"] == "check" && row["note"].contains("differ by more"));
    assert!(above(&lab).contains("differ by more than a fifth"));
}

/// The error of the reference was in no interval.
#[test]
fn the_interval_of_activation_holds_the_scatter_of_the_trials() {
    let width = |table: &Table, measure: &str| {
        let row = table.measure("SOL_L", measure);
        let end = |name: &str| row[name].parse::<f64>().unwrap();
        (end("ci_high") / end("ci_low")).ln() / 2.0
    };
    let (_, two) =
        ran(&[("hold", &hold(2, 30.0)), ("mvc", &trials(1, &[100.0, 84.0, 60.0]))]);
    let own = width(&two, "envelope_mean");
    let half = 0.5 * (100.0_f64 / 84.0).ln();
    assert!(width(&two, "activation_mean") > own.hypot(1.96 * half) - 0.02);
    assert!(two.measure("SOL_L", "activation_mean")["note"].contains("scatter"));
    // Before, nothing said that it is not the two trials alone.
    let note = &two.measure("SOL_L", "activation_mean")["note"];
    assert!(note.contains("usual") && note.contains("two best"), "{note}");

    let (_, single) = ran(&[("hold", &hold(2, 30.0)), ("mvc", &trials(1, &[100.0]))]);
    let row = single.measure("SOL_L", "activation_mean");
    assert!(row["note"].contains("error is not in this interval"), "{row:?}");
    assert!((width(&single, "activation_mean") - own).abs() < 1e-9);
}

fn both(left: &[f64], right: &[f64]) -> String {
    csv(&[("SOL_L (mV)", left), ("SOL_R (mV)", right)])
}

/// Before, the page said "left larger" of volts that differ through the electrodes alone.
#[test]
fn sides_are_named_in_activation_and_never_in_volts() {
    let lab = Lab::new(&[]);
    let doubled =
        |samples: Vec<f64>| samples.iter().map(|x| 2.0 * x).collect::<Vec<f64>>();
    lab.write("s/hold.csv", both(&doubled(hold(2, 30.0)), &hold(3, 30.0)));
    lab.soleus("run s -o out").ends(0);
    assert!(page(&lab).contains("no side named") && !page(&lab).contains("left larger"));
    assert!(page(&lab).contains("no side is named the larger one"));
    let pair = "SOL_L ~ SOL_R";
    let none = of(&lab, "hold");
    assert_eq!(none.measure(pair, "symmetry_index.activation_mean")["value"], "");

    let [one, other] = [[100.0, 97.0], [98.0, 100.0]];
    lab.write("s/mvc.csv", both(&doubled(trials(4, &one)), &trials(5, &other)));
    lab.soleus("run s -o out --force").ends(0);
    let table = of(&lab, "hold");
    assert!(table.value(pair, "symmetry_index.envelope_mean") > 50.0);
    assert!(table.value(pair, "symmetry_index.activation_mean").abs() < 15.0);
    let page = page(&lab);
    assert!(page.contains("Symmetry index: mean activation"));
    assert!(!page.contains("left larger"), "volts have no word");

    lab.write("s/hold.csv", both(&doubled(hold(2, 60.0)), &hold(3, 20.0)));
    lab.soleus("run s -o out --force").ends(0);
    assert!(self::page(&lab).contains("left larger"), "activation has");
}

/// A recording of both legs with these levels in microvolts of soleus and tibialis.
fn legs(seed: u64, [soleus, tibialis]: [[f64; 2]; 2]) -> String {
    let side = |k: u64, level: f64| hold(seed + k, level);
    let channels = [
        ("SOL_L (mV)", side(0, soleus[0])),
        ("SOL_R (mV)", side(1, soleus[1])),
        ("TA_L (mV)", side(2, tibialis[0])),
        ("TA_R (mV)", side(3, tibialis[1])),
    ];
    csv(&channels.each_ref().map(|(name, samples)| (*name, samples.as_slice())))
}

/// Nothing was said before.
#[test]
fn sides_that_turn_round_within_a_session_are_a_hint() {
    let hint = |recordings: &[(&str, [[f64; 2]; 2])]| {
        let lab = Lab::new(&[]);
        for (k, (name, levels)) in recordings.iter().enumerate() {
            lab.write(&format!("s/{name}.csv"), legs(10 * k as u64, *levels));
        }
        lab.soleus("run s -o out").ends(0);
        let above = above(&lab);
        above.contains("or are sides exchanged?").then_some(above)
    };
    let right = [[80.0, 45.0], [40.0, 60.0]];
    let wrong = [[45.0, 80.0], [60.0, 40.0]];
    let found = hint(&[("walk_1", right), ("walk_2", wrong), ("walk_3", right)]).unwrap();
    assert!(found.contains("walk_1, walk_3") && found.contains("in walk_2"), "{found}");
    // Both explanations are named: before, the exchange alone was.
    assert!(found.contains("did a task load the other leg"), "{found}");

    assert_eq!(hint(&[("walk_1", right), ("walk_2", right)]), None);
    // One leg after the other, and tasks that are called after their leg.
    let one_leg = [[80.0, 0.0], [40.0, 5.0]];
    let other_leg = [[0.0, 80.0], [5.0, 40.0]];
    assert_eq!(hint(&[("stance_1", one_leg), ("stance_2", other_leg)]), None);
    assert_eq!(hint(&[("lunge_left", right), ("lunge_right", wrong)]), None);
}
