//! The sentences on the first screen of a report: each is said where its condition holds,
//! and another one where it does not.

use soleus::dsp::random::SplitMix64;
use soleus::outcome::{Headline, HeadlineKind};
use soleus::recipe::Recipe;
use soleus::session::{RecordingFindings, Role, RoledRecording, analyse_session};
use soleus::signal::{Channel, Event, Recording};
use soleus::synth::Spectrum;
use soleus::units::{Hertz, Unit};

const RATE: f64 = 1000.0;

/// Contractions of so many µV from one second to another over 2 µV of noise, in volts; the
/// spectrum of each moves to lower frequencies by a share of it over all seconds.
fn emg(
    seed: u64,
    seconds: f64,
    contractions: &[(f64, f64, f64)],
    falls: f64,
) -> Vec<f64> {
    let (n, rate) = ((seconds * RATE) as usize, Hertz::new(RATE).unwrap());
    let spectrum = Spectrum { low_hz: 40.0, high_hz: 100.0 };
    let compressions: Vec<f64> =
        (0..n).map(|at| 1.0 - falls * at as f64 / n as f64).collect();
    let noise = spectrum.changing_noise(seed, rate, &compressions);
    let mut random = SplitMix64::new(seed ^ 77);
    let sample = |(i, sample): (usize, f64)| {
        let time_s = i as f64 / RATE;
        let level = contractions.iter().map(|&(from, to, level)| {
            level * ((time_s - from).min(to - time_s) / 0.1).clamp(0.0, 1.0)
        });
        1e-6 * (level.sum::<f64>() * sample + 2.0 * random.normal())
    };
    noise.into_iter().enumerate().map(sample).collect()
}

/// So many contractions of a second, two seconds apart.
fn repeated(count: usize, level: f64) -> Vec<(f64, f64, f64)> {
    (0..count).map(|k| (2.0 + 3.0 * k as f64, 3.0 + 3.0 * k as f64, level)).collect()
}

fn recording<const N: usize>(channels: [(&str, Vec<f64>); N]) -> Recording {
    let rate = Hertz::new(RATE).unwrap();
    let channel = |(name, samples)| Channel::new(name, Unit::VOLT, rate, samples);
    Recording::new(channels.map(channel).into())
}

/// The task of a session of these recordings.
fn task(recordings: Vec<(Role, Recording)>) -> RecordingFindings {
    let session = recordings
        .into_iter()
        .enumerate()
        .map(|(place, (role, recording))| RoledRecording {
            name: format!("{place}-{}", role.key()),
            role,
            recording,
        })
        .collect();
    let found = analyse_session(session, &Recipe::default()).unwrap();
    found.into_iter().find(|found| found.role == Role::Task).unwrap()
}

fn headline(found: &RecordingFindings, analysis: &str) -> Option<Headline> {
    found.outcome(analysis)?.headlines.first().cloned()
}

#[track_caller]
fn says(found: &RecordingFindings, analysis: &str, kind: HeadlineKind, text: &str) {
    let headline = headline(found, analysis).expect("a sentence");
    assert_eq!((headline.kind, headline.text.as_str()), (kind, text), "{headline:?}");
}

#[test]
fn what_was_done_is_told_by_soleus() {
    let alone =
        |samples: Vec<f64>| task(vec![(Role::Task, recording([("SOL_L", samples)]))]);
    let of = |contractions: &[(f64, f64, f64)]| alone(emg(1, 30.0, contractions, 0.0));
    says(
        &of(&repeated(8, 100.0)),
        "activity",
        HeadlineKind::Repetitions,
        "Soleus: 8 repetitions, one every 3 s.",
    );
    let three = [(3.0, 4.0, 100.0), (12.0, 14.0, 100.0), (20.0, 26.0, 100.0)];
    let found = headline(&of(&three), "activity").unwrap();
    assert_eq!(found.kind, HeadlineKind::Bursts);
    assert!(found.text.starts_with("Soleus: 3 bursts, active 29."), "{}", found.text);
    let found = headline(&of(&[(5.0, 25.0, 100.0)]), "activity").unwrap();
    assert_eq!(found.kind, HeadlineKind::OneBurst);
    assert!(found.text.starts_with("Soleus: one contraction of 2"), "{}", found.text);
    // Rest or activity throughout: nothing tells which.
    let found = headline(&of(&[(-1.0, 31.0, 100.0)]), "activity").unwrap();
    assert_eq!(found.kind, HeadlineKind::ActivityUnknown);
    assert!(found.detail.contains("a recording of rest in the session would tell"));
}

#[test]
fn a_recording_of_rest_tells_activity_from_rest() {
    let with_rest = |contractions: &[(f64, f64, f64)]| {
        let rest = recording([("SOL_L", emg(8, 10.0, &[], 0.0))]);
        let samples = emg(2, 30.0, contractions, 0.0);
        task(vec![(Role::Rest, rest), (Role::Task, recording([("SOL_L", samples)]))])
    };
    says(
        &with_rest(&[(-1.0, 31.0, 100.0)]),
        "activity",
        HeadlineKind::Throughout,
        "Soleus: active throughout.",
    );
    says(
        &with_rest(&[]),
        "activity",
        HeadlineKind::Inactive,
        "Soleus: nothing exceeds the recording of rest.",
    );
}

#[test]
fn neighbours_stand_for_soleus_where_it_was_not_recorded() {
    let channels = [
        ("RF_L", emg(3, 30.0, &repeated(5, 80.0), 0.0)),
        ("GM_L", emg(4, 30.0, &repeated(8, 80.0), 0.0)),
    ];
    let found = task(vec![(Role::Task, recording(channels))]);
    let told = headline(&found, "activity").unwrap();
    assert_eq!(told.kind, HeadlineKind::Repetitions);
    assert!(told.text.starts_with("Gastrocnemius medialis: 8 repetitions"), "{told:?}");
}

#[test]
fn frequencies_are_told_of_holds_alone() {
    let held = |falls: f64| {
        let samples = emg(5, 40.0, &[(1.0, 39.0, 100.0)], falls);
        task(vec![(Role::Task, recording([("SOL_L", samples)]))])
    };
    let fell = headline(&held(0.4), "fatigue").unwrap();
    assert_eq!(fell.kind, HeadlineKind::FrequencyFell);
    assert_eq!(fell.text, "The median frequency of soleus left fell.");
    assert!(fell.detail.starts_with("Soleus left −"), "{}", fell.detail);
    assert_eq!(fell.shows.as_deref(), Some("mdf_slope_normalised"));
    let steady = headline(&held(0.0), "fatigue").unwrap();
    assert_eq!(steady.kind, HeadlineKind::FrequencySteady);
    assert_eq!(
        steady.text,
        "The median frequency of soleus left shows no change beyond chance."
    );
    let moved = emg(5, 80.0, &repeated(25, 100.0), 0.4);
    let moved = task(vec![(Role::Task, recording([("SOL_L", moved)]))]);
    assert_eq!(headline(&moved, "fatigue"), None);
}

#[test]
fn sides_are_told_in_activation_alone() {
    let trial = |seed| emg(seed, 26.0, &[(2.0, 5.0, 300.0), (12.0, 15.0, 300.0)], 0.0);
    let hold = |seed, level| emg(seed, 30.0, &[(1.0, 29.0, level)], 0.0);
    let both = |left: Vec<f64>, right| recording([("SOL_L", left), ("SOL_R", right)]);
    let of = |left, right| {
        let mvc = (Role::Mvc, both(trial(11), trial(12)));
        let task_of = (Role::Task, both(hold(13, left), hold(14, right)));
        task(vec![mvc, task_of])
    };
    says(
        &of(150.0, 60.0),
        "symmetry",
        HeadlineKind::SidesDiffer,
        "Soleus was more active on the left.",
    );
    says(
        &of(60.0, 150.0),
        "symmetry",
        HeadlineKind::SidesDiffer,
        "Soleus was more active on the right.",
    );
    let alike = headline(&of(100.0, 100.0), "symmetry").unwrap();
    assert_eq!(alike.kind, HeadlineKind::SidesAlike, "{alike:?}");
    let found = task(vec![(Role::Task, both(hold(13, 150.0), hold(14, 60.0)))]);
    says(
        &found,
        "symmetry",
        HeadlineKind::SidesNotCompared,
        "The sides are not compared: there is no maximal contraction of both.",
    );
    // One signal under two names is no pair.
    let (mvc, same) = (both(trial(11), trial(11)), both(hold(13, 99.0), hold(13, 99.0)));
    says(
        &task(vec![(Role::Mvc, mvc), (Role::Task, same)]),
        "symmetry",
        HeadlineKind::SidesNotCompared,
        "The sides are not compared: what was recorded of them cannot be used for it.",
    );
    let one = task(vec![(Role::Task, recording([("SOL_L", hold(13, 150.0))]))]);
    assert_eq!(headline(&one, "symmetry"), None);
}

#[test]
fn cycles_of_events_are_told_before_a_rhythm() {
    let strides: Vec<(f64, f64, f64)> =
        (0..20).map(|k| (1.0 + 1.1 * k as f64, 1.5 + 1.1 * k as f64, 100.0)).collect();
    let samples = emg(6, 24.0, &strides, 0.0);
    let mut walk = recording([("SOL_L", samples)]);
    let found = task(vec![(Role::Task, walk.clone())]);
    let rhythm = headline(&found, "cycles").unwrap();
    assert_eq!(rhythm.kind, HeadlineKind::Rhythm);
    assert!(rhythm.text.ends_with("cycles, one every 1.1 s."), "{}", rhythm.text);
    walk.events = strides
        .iter()
        .map(|(from, _, _)| Event { time_s: *from, label: "LHS".into(), side: None })
        .collect();
    let found = task(vec![(Role::Task, walk)]);
    says(
        &found,
        "cycles",
        HeadlineKind::Cycles,
        "Cycles from events: 19, one every 1.1 s.",
    );
}

/// What the page says first is what `report.json` says, and every channel has its sign.
#[cfg(feature = "cli")]
#[test]
fn the_first_screen_says_what_the_findings_say() {
    use crate::program::{Lab, calves, files_below};

    let lab = Lab::new(&[]);
    lab.write("study/P1/walk.csv", calves(1, 8000));
    lab.write("study/P1/mvc.csv", calves(2, 6000));
    lab.write("study/P1/broken.csv", "time,SOL_L\n0,1\n1,x\n");
    lab.soleus("run study -o out").ends(1);
    let names: Vec<String> = files_below(&lab.path("out/sessions")).into_keys().collect();
    let of = |end: &str| {
        let name = names.iter().find(|name| name.ends_with(end)).unwrap();
        lab.read(&format!("out/sessions/{name}"))
    };
    let (page, json) = (of("report.html"), of("report.json"));
    let (first, rest) = page.split_once("<h2 id=\"numbers\">").unwrap();
    let findings: serde_json::Value = serde_json::from_str(&json).unwrap();
    let recordings = findings["recordings"].as_array().unwrap();
    let mut said = 0;
    for recording in recordings {
        for outcome in recording["outcomes"].as_array().unwrap() {
            for headline in outcome["headlines"].as_array().into_iter().flatten() {
                let text = headline["text"].as_str().unwrap();
                said += usize::from(first.contains(text));
            }
        }
    }
    assert!(said >= 2, "{said}");
    for part in
        ["Only part of it can be used", "What was recorded", "Maximum", "not recorded"]
    {
        assert!(first.contains(part), "{part}");
    }
    // A drawing for each muscle of each recording that could be read.
    assert_eq!(first.matches("preserveAspectRatio").count(), 2);
    // Folded, but where something failed.
    assert_eq!(rest.matches("<details class=\"fold recording\"").count(), 3);
    assert_eq!(rest.matches("id=\"recording-1\" open").count(), 1);
}
