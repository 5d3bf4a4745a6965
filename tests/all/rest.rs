//! Rest: recordings of it, recordings that mostly rest, units that cannot be, and roles
//! from names.

use std::fs;

use soleus::dsp::random::normals;
use soleus::outcome::{Measure, Verdict};
use soleus::recipe::Recipe;
use soleus::session::{RecordingFindings, Role, RoledRecording, analyse_session};
use soleus::signal::{Channel, Recording};
use soleus::units::{Hertz, Unit};

use crate::program::{Lab, csv, shared};

const RATE: usize = 1000;

/// Noise with a spectrum that falls above 60 Hz, of a root mean square of 1.
fn emg(seed: u64, samples: usize) -> Vec<f64> {
    let mut found = normals(seed, samples);
    for k in 2..samples {
        found[k] += 1.6 * found[k - 1] - 0.75 * found[k - 2];
    }
    let squares: f64 = found.iter().map(|x| x * x).sum();
    let rms = (squares / samples as f64).sqrt();
    found.iter().map(|x| x / rms).collect()
}

/// White noise of 2 µV with contractions: from and to in seconds, and their level in
/// volts.
fn channel(seed: u64, seconds: f64, contractions: &[(f64, f64, f64)]) -> Vec<f64> {
    let n = (seconds * RATE as f64) as usize;
    let mut samples: Vec<f64> = normals(seed, n).iter().map(|x| 2e-6 * x).collect();
    let emg = emg(seed + 1000, n);
    for &(from, to, level) in contractions {
        for k in (from * RATE as f64) as usize..(to * RATE as f64) as usize {
            samples[k] += level * emg[k];
        }
    }
    samples
}

/// A file of one channel in microvolts.
fn file(samples: &[f64]) -> String {
    let microvolts: Vec<f64> = samples.iter().map(|x| 1e6 * x).collect();
    csv(&[("SOL_L (uV)", &microvolts)])
}

fn named(name: &str, role: Role, samples: Vec<f64>) -> RoledRecording {
    let rate = Hertz::new(RATE as f64).unwrap();
    let channel = Channel::new("SOL_L", Unit::VOLT, rate, samples);
    RoledRecording { name: name.into(), role, recording: Recording::new(vec![channel]) }
}

fn session(recordings: Vec<RoledRecording>) -> Vec<RecordingFindings> {
    analyse_session(recordings, &Recipe::default()).unwrap()
}

fn find<'a>(found: &'a [RecordingFindings], name: &str) -> &'a RecordingFindings {
    found.iter().find(|one| one.recording == name).unwrap()
}

fn row<'a>(found: &'a [RecordingFindings], name: &str, measure: &str) -> &'a Measure {
    find(found, name).measure(measure, "SOL_L").unwrap()
}

fn value(found: &[RecordingFindings], name: &str, measure: &str) -> f64 {
    let row = row(found, name, measure);
    row.value.unwrap_or_else(|| panic!("{measure} of {name}: {:?}", row.note))
}

fn note(found: &[RecordingFindings], name: &str, measure: &str) -> String {
    row(found, name, measure).note.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn verdict(found: &[RecordingFindings], name: &str) -> (Verdict, String) {
    let channel = &find(found, name).channels[0];
    (channel.verdict.unwrap(), channel.reasons.join("; "))
}

fn about(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() < within, "{found} is not about {wanted}");
}

// ---- a recording of rest is the rest of its session

/// On the build before 2.5 dB, "no rest in the recording", and rest.csv was bad.
#[test]
fn the_rest_of_a_session_is_its_recording_of_rest() {
    let Some(folder) = shared("bugs/rest") else { return };
    let lab = Lab::new(&[]);
    for name in ["hold.csv", "rest.csv"] {
        lab.write(&format!("s/{name}"), fs::read(folder.join(name)).unwrap());
    }
    lab.soleus("run s -o out").ends(0);
    let table = lab.table("out/measures.csv");
    let of = |recording: &str, measure: &str| {
        let is_it = |row: &&std::collections::BTreeMap<String, String>| {
            row["recording"] == recording && row["measure"] == measure
        };
        table.rows.iter().find(is_it).unwrap().clone()
    };
    about(of("hold", "snr")["value"].parse().unwrap(), 23.2, 0.3);
    assert!(of("hold", "snr")["note"].contains("the recording rest"));
    assert_eq!(of("hold", "noisy_epoch_count")["value"], "0.0");
    // A hold without a pause is active throughout, which only the rest can tell.
    assert_eq!(of("hold", "burst_count")["value"], "1.0");
    about(of("hold", "duty_cycle")["value"].parse().unwrap(), 100.0, 1e-9);
    assert_eq!(of("rest", "verdict")["quality"], "good");
}

/// On the build before the twitch was activity and lifted nothing: the rest was good.
#[test]
fn a_twitch_in_the_rest_is_said_and_left_out() {
    let found = session(vec![
        named("hold", Role::Task, channel(1, 10.0, &[(0.0, 10.0, 40e-6)])),
        named("rest", Role::Rest, channel(2, 10.0, &[(4.0, 4.4, 60e-6)])),
    ]);
    about(value(&found, "hold", "snr"), 26.6, 0.6);
    let (verdict, reasons) = verdict(&found, "rest");
    assert_eq!(verdict, Verdict::Check);
    assert!(reasons.starts_with("activity: 0."), "{reasons}");
}

#[test]
fn rests_are_judged_as_rest() {
    let hum = |amplitude: f64| {
        let mut samples = channel(5, 12.0, &[]);
        for (k, sample) in samples.iter_mut().enumerate() {
            *sample += amplitude * (0.314_2 * k as f64).sin();
        }
        samples
    };
    let mut moved = channel(6, 12.0, &[]);
    for (k, sample) in moved.iter_mut().enumerate() {
        *sample += 200e-6 * (-((k as f64 - 6000.0) / 300.0).powi(2)).exp();
    }
    for (samples, wanted, reason) in [
        (channel(3, 12.0, &[]), Verdict::Good, ""),
        (hum(0.3e-6), Verdict::Good, ""),
        (hum(6e-6), Verdict::Check, "mains: "),
        (moved, Verdict::Check, "motion: "),
        (channel(7, 12.0, &[(0.0, 12.0, 5e-6)]), Verdict::Check, "activity: "),
        (channel(8, 12.0, &[(0.0, 12.0, 20e-6)]), Verdict::Check, "baseline noise: "),
    ] {
        let found = session(vec![named("rest", Role::Rest, samples)]);
        let (verdict, reasons) = verdict(&found, "rest");
        assert_eq!(verdict, wanted, "{reasons}");
        assert!(reasons.contains(reason), "{reasons}");
    }
}

#[test]
fn of_several_rests_the_quietest_sound_one_is_used() {
    let found = session(vec![
        named("hold", Role::Task, channel(1, 10.0, &[(0.0, 10.0, 40e-6)])),
        named("rest1", Role::Rest, channel(2, 10.0, &[(3.0, 8.0, 20e-6)])),
        named("rest2", Role::Rest, channel(3, 10.0, &[])),
    ]);
    assert!(note(&found, "hold", "snr").contains("the recording rest2"));
    about(value(&found, "hold", "snr"), 26.6, 0.6);
}

/// Another gain, or another day.
#[test]
fn a_rest_that_is_louder_than_the_task_is_not_believed() {
    let loud: Vec<f64> = channel(4, 10.0, &[]).iter().map(|x| 3.0 * x).collect();
    let found = session(vec![
        named("raise", Role::Task, channel(1, 20.0, &[(6.0, 10.0, 80e-6)])),
        named("rest", Role::Rest, loud),
    ]);
    about(value(&found, "raise", "snr"), 32.6, 0.8);
    assert!(note(&found, "raise", "snr").contains("was not taken for its rest"));
    let quality = find(&found, "raise").outcome("quality").unwrap();
    assert!(quality.notes.iter().any(|note| note.text.contains("another gain")));
    assert_eq!(verdict(&found, "rest").0, Verdict::Check);
}

#[test]
fn a_task_at_rest_throughout_is_said_to_be() {
    let found = session(vec![
        named("quiet", Role::Task, channel(1, 20.0, &[])),
        named("rest", Role::Rest, channel(2, 10.0, &[])),
    ]);
    let (verdict, reasons) = verdict(&found, "quiet");
    assert_eq!(verdict, Verdict::Check);
    assert!(reasons.contains("no activity"), "{reasons}");
    assert!(row(&found, "quiet", "mdf_mean").value.is_none());
}

/// On the build before its level was said to be the rest of the session.
#[test]
fn a_rest_that_fits_no_channel_is_said_to_be_of_none() {
    let lab = Lab::new(&[]);
    let samples = channel(1, 20.0, &[(6.0, 10.0, 80e-6)]);
    lab.write("s/raise.csv", file(&samples));
    let microvolts: Vec<f64> = channel(2, 10.0, &[]).iter().map(|x| 1e6 * x).collect();
    lab.write("s/rest.csv", csv(&[("TA_R (uV)", &microvolts)]));
    lab.soleus("run s -o out").ends(0);
    let page = fs::read_to_string(lab.path("out/sessions/s_1/report.html")).unwrap();
    assert!(page.contains("The recording of rest rest was not used"), "{page}");
    assert!(!page.contains("Rest is that of"));
}

/// The cache knows that a task depends on the recording of rest.
#[test]
fn a_changed_rest_changes_the_task() {
    let lab = Lab::new(&[]);
    let write = |name: &str, samples: &[f64]| lab.write(name, file(samples));
    write("s/hold.csv", &channel(1, 10.0, &[(0.0, 10.0, 40e-6)]));
    write("s/rest.csv", &channel(2, 10.0, &[]));
    let snr = || {
        lab.soleus("run s -o out").ends(0);
        let rows = lab.table("out/measures.csv").rows;
        let is_it = |row: &&std::collections::BTreeMap<String, String>| {
            row["recording"] == "hold" && row["measure"] == "snr"
        };
        rows.iter().find(is_it).unwrap()["value"].parse::<f64>().unwrap()
    };
    about(snr(), 26.6, 0.6);
    let louder: Vec<f64> = channel(3, 10.0, &[]).iter().map(|x| 2.0 * x).collect();
    write("s/rest.csv", &louder);
    about(snr(), 20.6, 0.6);
}

// ---- recordings that mostly rest

/// On the build before the median frequency was that of noise (above 180 Hz), the ratio
/// 1 dB and the epochs all 60.
#[test]
fn one_contraction_in_a_minute_tells_itself() {
    for (seconds, from, to) in
        [(60.0, 30.0, 33.0), (120.0, 47.3, 49.1), (60.0, 30.2, 30.9)]
    {
        let samples = channel(11, seconds, &[(from, to, 100e-6)]);
        let found = session(vec![named("task", Role::Task, samples)]);
        let alone = channel(11, seconds, &[(0.0, seconds, 100e-6)]);
        let whole = session(vec![named("task", Role::Task, alone)]);
        let wanted = value(&whole, "task", "mdf_mean");
        about(value(&found, "task", "mdf_mean"), wanted, 0.1 * wanted);
        about(value(&found, "task", "snr"), 34.3, 1.0);
        let tally = note(&found, "task", "epoch_count");
        assert!(tally.contains("(rest)"), "{tally}");
        let quality = find(&found, "task").outcome("quality").unwrap();
        let said = quality
            .notes
            .iter()
            .any(|note| note.text.contains("mostly rest: one contraction of"));
        assert!(said, "{:?}", quality.notes);
    }
}

// ---- units that cannot be

fn scaled(samples: &[f64], factor: f64) -> Vec<f64> {
    samples.iter().map(|x| factor * x).collect()
}

/// On the build before all of them were good.
#[test]
fn a_muscle_a_thousand_times_off_is_to_be_checked() {
    let mvc = channel(1, 8.0, &[(2.0, 6.0, 300e-6)]);
    let hold = channel(2, 10.0, &[(0.0, 10.0, 80e-6)]);
    let rest = channel(3, 5.0, &[]);
    for (of_mvc, of_hold, wrong) in
        [(1.0, 1e-3, "hold"), (1.0, 1e3, "hold"), (1e-3, 1.0, "mvc"), (1.0, 1e6, "hold")]
    {
        let found = session(vec![
            named("mvc", Role::Mvc, scaled(&mvc, of_mvc)),
            named("hold", Role::Task, scaled(&hold, of_hold)),
            named("rest", Role::Rest, rest.clone()),
        ]);
        for name in ["mvc", "hold", "rest"] {
            let (verdict, reasons) = verdict(&found, name);
            let said = verdict != Verdict::Good && reasons.contains("level: ");
            assert_eq!(said, name == wrong, "{name} of {of_mvc}, {of_hold}: {reasons}");
            assert!(!said || reasons.contains("may have been taken for"), "{reasons}");
        }
    }
    let found = session(vec![
        named("hold", Role::Task, scaled(&hold, 1e-3)),
        named("rest", Role::Rest, rest),
    ]);
    let (verdict, reasons) = verdict(&found, "hold");
    assert!(
        verdict == Verdict::Check && reasons.contains("at rest in rest"),
        "{reasons}"
    );
}

#[test]
fn a_quiet_task_beside_a_maximum_is_not_accused() {
    for (level, seed) in [(0.0, 1), (2e-6, 2), (5e-6, 3), (10e-6, 4)] {
        let found = session(vec![
            named("mvc", Role::Mvc, channel(seed, 8.0, &[(0.0, 8.0, 1000e-6)])),
            named("quiet", Role::Task, channel(seed + 10, 10.0, &[(0.0, 10.0, level)])),
        ]);
        for name in ["mvc", "quiet"] {
            let (_, reasons) = verdict(&found, name);
            assert!(!reasons.contains("level: "), "{name} {level}: {reasons}");
        }
    }
}

// ---- roles from names

#[test]
fn roles_from_names_are_shown_and_asked_about() {
    let lab = Lab::new(&[]);
    let samples = channel(1, 3.0, &[(1.0, 2.0, 80e-6)]);
    for name in ["mvc.csv", "walk_after_rest.csv", "max1.csv", "Ruhe.csv"] {
        lab.write(&format!("s/{name}"), file(&samples));
    }
    for (name, words) in [
        ("mvc", "because its name holds \"mvc\""),
        ("walk_after_rest", "because it holds \"walk\", too"),
        ("max1", "is it a maximal voluntary"),
    ] {
        let told = lab.soleus(&format!("inspect s/{name}.csv")).ends(0).out;
        assert!(told.contains(words), "{told}");
    }
    lab.soleus("run s -o out").ends(0).says(&[
        "warning: max1.csv: a maximal voluntary contraction, the reference?",
        "warning: Ruhe.csv: a recording of rest?",
    ]);
    let page = fs::read_to_string(lab.path("out/sessions/s_1/report.html")).unwrap();
    assert!(page.contains("mvc.csv: taken as"), "the page says what names said");

    lab.soleus("inspect s/max1.csv --write-study").ends(0);
    let study = lab.read("s/study.toml");
    // A role that is written down is no longer asked about.
    assert!(!study.contains("\nrole"), "{study}");
    assert!(study.contains("\n# role = \"mvc\""), "{study}");
    assert!(study.contains("\n# role = \"task\""), "{study}");
    lab.soleus("run s -o again").ends(0).says(&["warning: max1.csv: a maximal"]);
}
