//! The fatigue analysis on simulated muscles that tire as is known, and on channels of
//! which nothing can be said.

use std::path::Path;

use serde_json::Value;
use soleus::analysis::fatigue::jasa::{Jasa, Quadrant};
use soleus::analysis::fatigue::{
    EpochState, Epochs, Events, Followed, Likeness, Method, Quantity, Task, course,
    follow,
};
use soleus::analysis::{Analyses, Analysis, Digest, Digests, Fatigue, Switch};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::regression::Line;
use soleus::dsp::spectrum::{MedianRule, Window};
use soleus::outcome::{Measure, Outcome};
use soleus::recipe::Recipe;
use soleus::signal::{Event, Legs, Muscle, Side, Trace};
use soleus::synth::Simulation;

use crate::fatigue_cases::{self, KNOWN, TASKS, simulation};

fn trace(simulation: &Simulation) -> Trace {
    fatigue_cases::trace(simulation).0
}

fn only(fatigue: Fatigue) -> Analyses {
    Analyses {
        fatigue: Switch::On(fatigue),
        symmetry: Switch::Off,
        activity: Switch::Off,
        ..Analyses::default()
    }
}

fn digest(trace: &Trace, events: &[Event], settings: &Fatigue) -> Digest {
    only(settings.clone()).digest(trace, events)
}

fn run(settings: &Fatigue, channels: &[Digest]) -> Outcome {
    let outcome = settings.run(&Digests { channels, events: &[], legs: Legs::default() });
    for row in &outcome.measures {
        assert!(
            row.value.is_some()
                || row.note.as_deref().is_some_and(|note| !note.is_empty()),
            "{row:?}"
        );
        assert!(row.value.is_none_or(f64::is_finite), "{row:?}");
        if let (Some(value), Some((low, high))) = (row.value, row.interval) {
            assert!(low <= value && value <= high, "{row:?}");
        }
    }
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

fn notes(outcome: &Outcome) -> String {
    outcome.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn jasa_is_that_of_the_reference() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/ref_fatigue.json");
    let reference: Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let t: Vec<f64> = (0..60).map(|k| 0.5 + f64::from(k)).collect();
    let (noise, other) = (normals(31, 60), normals(32, 60));
    let mnf: Vec<f64> =
        t.iter().zip(&noise).map(|(t, z)| 110.0 - 0.35 * t + 2.0 * z).collect();
    let rms: Vec<f64> =
        t.iter().zip(&other).map(|(t, z)| 0.2 + 0.0012 * t + 0.01 * z).collect();
    let jasa = Jasa::from_lines(
        &Line::fit(&t, &rms).unwrap(),
        &Line::fit(&t, &mnf).unwrap(),
        60.0,
    )
    .unwrap();
    let expected = |key: &str| reference["jasa"][key].as_f64().unwrap();
    // Closed forms: 1e-12 relative.
    for (ours, key) in [
        (jasa.amplitude.percent, "d_amp_%"),
        (jasa.frequency.percent, "d_freq_%"),
        (jasa.angle_deg, "angle_deg atan2(dfreq,damp)"),
    ] {
        assert!(
            (ours - expected(key)).abs() <= 1e-12 * expected(key).abs(),
            "{key}: {ours}"
        );
    }
    assert_eq!(jasa.quadrant(), Some(Quadrant::Fatigue));
    assert_eq!(reference["jasa"]["quadrant"], "amplitude up, frequency down -> fatigue");
}

#[test]
fn known_slopes_are_recovered_and_their_intervals_hold_them() {
    // 8 runs of each task: the mean error lies within 5 standard errors, and a true 95 %
    // leaves more than 3 of 8 intervals without the truth once in 2700 times. 500 runs:
    // `benches/accuracy/fatigue.rs`.
    for task in TASKS {
        let runs: Vec<_> =
            (0..8).map(|seed| fatigue_cases::run(task, 300 + seed).0).collect();
        for (place, quantity) in KNOWN.into_iter().enumerate() {
            let errors: Vec<f64> =
                runs.iter().map(|runs| runs[place].found - runs[place].truth).collect();
            let n = errors.len() as f64;
            let mean = errors.iter().sum::<f64>() / n;
            let error = (errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>()
                / (n * (n - 1.0)))
                .sqrt();
            assert!(mean.abs() < 5.0 * error, "{task:?} {quantity:?}: {mean} ± {error}");
            let missed = runs.iter().filter(|runs| !runs[place].holds()).count();
            let robust = runs.iter().filter(|runs| !runs[place].robust_holds()).count();
            assert!(
                missed <= 3 && robust <= 3,
                "{task:?} {quantity:?}: {missed} {robust}"
            );
        }
    }
}

#[test]
fn thirty_contractions_are_thirty_epochs() {
    let task = fatigue_cases::Task::Intermittent;
    let (settings, simulation) = (Fatigue::default(), simulation(task, 5));
    let trace = trace(&simulation);
    let followed = follow(&trace, &[], &settings);
    let Task::Contractions { typical_s, period_s, separate: true } = followed.course.task
    else {
        panic!("{:?}", followed.course.task)
    };
    assert!(
        (typical_s - 2.0).abs() < 0.25 && (period_s - 4.0).abs() < 0.05,
        "{typical_s} {period_s}"
    );
    assert_eq!((followed.course.epochs.len(), followed.course.used().count()), (30, 30));
    for (epoch, contraction) in
        followed.course.epochs.iter().zip(&simulation.contractions)
    {
        let (from, to) =
            (epoch.span.start as f64 / 1000.0, epoch.span.end as f64 / 1000.0);
        assert!(from > contraction.from_s && to < contraction.to_s + 0.05, "{from} {to}");
    }
    let outcome = run(&settings, &[digest(&trace, &[], &settings)]);
    assert_eq!(measure(&outcome, "contraction_count").value, Some(30.0));
    assert!(measure(&outcome, "mnf_slope").interval.unwrap().1 < 0.0);
    let notes = notes(&outcome);
    assert!(
        notes.contains("each is one epoch: SOL_L (30 of")
            && notes.contains("% per minute"),
        "{notes}"
    );
    assert!(
        notes.contains("30 of 30 epochs used") && !notes.contains("as in steps"),
        "{notes}"
    );
}

#[test]
fn short_contractions_say_what_they_cannot_say() {
    let mut simulation = simulation(fatigue_cases::Task::Intermittent, 6);
    simulation.contractions = soleus::synth::heel_raises(25, 1.0, 1.6, 100e-6);
    simulation.seconds = 42.0;
    let settings = Fatigue::default();
    let outcome = run(&settings, &[digest(&trace(&simulation), &[], &settings)]);
    let notes = notes(&outcome);
    assert_eq!(measure(&outcome, "contraction_count").value, Some(25.0));
    assert!(
        notes.contains("as in steps or heel raises") && notes.contains("joint angle"),
        "{notes}"
    );
}

#[test]
fn a_window_a_stride_does_not_hide_the_movement() {
    // Every window holds one stride, so that windows are alike although force never
    // stands still.
    let mut simulation = simulation(fatigue_cases::Task::Steady, 19);
    simulation.contractions = soleus::synth::heel_raises(60, 0.0, 1.0, 100e-6);
    let trace = trace(&simulation);
    let settings = Fatigue { epochs: Epochs::Windows, ..Fatigue::default() };
    let outcome = run(&settings, &[digest(&trace, &[], &settings)]);
    assert!(
        notes(&outcome).contains("varies between or within epochs"),
        "{}",
        notes(&outcome)
    );
    let outcome = run(&settings, &[digest(&hold(19), &[], &settings)]);
    assert!(
        !notes(&outcome).contains("varies between or within epochs"),
        "{}",
        notes(&outcome)
    );
}

#[test]
fn epochs_lie_between_events_of_the_channels_own_side() {
    let mut trace = trace(&simulation(fatigue_cases::Task::Isometric, 7));
    trace.label.side = Some(Side::Left);
    trace.start_s = 100.0;
    let event = |time_s: f64, label: &str, side: Option<Side>| Event {
        time_s,
        label: label.into(),
        side,
    };
    let mut events: Vec<Event> = (0..20)
        .map(|k| event(102.0 + 2.0 * f64::from(k), "Touchdown", Some(Side::Left)))
        .collect();
    events.extend((0..20).map(|k| event(103.2 + 2.0 * f64::from(k), "liftoff", None)));
    events.extend(
        (0..20)
            .map(|k| event(102.7 + 2.0 * f64::from(k), "touchdown", Some(Side::Right))),
    );
    let between = |start: &str, end: Option<&str>, part: [f64; 2]| Fatigue {
        epochs: Epochs::Events(Events {
            start: start.into(),
            end: end.map(Into::into),
            part,
        }),
        ..Fatigue::default()
    };
    let stance =
        course(&trace, &events, &between("touchdown", Some("liftoff"), [0.0, 1.0]));
    assert_eq!((stance.epochs.len(), stance.epochs[0].span.clone()), (20, 2000..3200));
    let phase = course(&trace, &events, &between("touchdown", None, [0.2, 0.6]));
    assert_eq!((phase.epochs.len(), phase.epochs[1].span.clone()), (19, 4400..5200));
    let settings = between("heel strike", None, [0.0, 1.0]);
    let outcome = run(&settings, &[digest(&trace, &events, &settings)]);
    let reason = measure(&outcome, "mdf_slope").note.clone().unwrap();
    assert!(
        reason.contains("\"heel strike\"")
            && reason.contains("\"Touchdown\", \"liftoff\""),
        "{reason}"
    );
}

#[test]
fn a_hold_whose_force_changes_has_neither_rest_nor_contractions() {
    // Amplitudes that grow to more than twice, or fall to less than half, as in the usual
    // picture of fatigue.
    for growth_per_s in [0.02, -0.01] {
        for seed in 0..4 {
            let mut simulation = simulation(fatigue_cases::Task::Isometric, 40 + seed);
            simulation.fatigue.growth_per_s = growth_per_s;
            let settings = Fatigue::default();
            let outcome = run(&settings, &[digest(&trace(&simulation), &[], &settings)]);
            assert_eq!(measure(&outcome, "epoch_count").value, Some(60.0));
            assert_eq!(measure(&outcome, "noisy_epoch_count").value, None);
        }
    }
    let asked = Fatigue { epochs: Epochs::Contractions, ..Fatigue::default() };
    let outcome = run(&asked, &[digest(&hold(44), &[], &asked)]);
    assert!(
        notes(&outcome).contains("does not rest between them"),
        "{}",
        notes(&outcome)
    );
    assert!(
        !notes(&outcome).contains("Separate contractions were found"),
        "{}",
        notes(&outcome)
    );
}

#[test]
fn events_that_follow_each_other_too_closely_make_no_epochs() {
    let trace = hold(45);
    let event =
        |k: i32| Event { time_s: 0.02 * f64::from(k), label: "tick".into(), side: None };
    let events: Vec<Event> = (0..2000).map(event).collect();
    let ticks = Events { start: "tick".into(), end: None, part: [0.0, 1.0] };
    let settings = Fatigue { epochs: Epochs::Events(ticks), ..Fatigue::default() };
    let outcome = run(&settings, &[digest(&trace, &events, &settings)]);
    let row = measure(&outcome, "mdf_mean");
    assert!(
        row.value.is_none() && row.note.as_deref().unwrap().contains("1999 (too short)"),
        "{row:?}"
    );
}

#[test]
fn the_ratio_of_frequencies_needs_its_bands() {
    let followed = |bands: [[f64; 2]; 2]| {
        let settings = Fatigue { ratio_bands_hz: bands, ..Fatigue::default() };
        follow(&hold(46), &[], &settings).course.values(Quantity::LowHighRatio).len()
    };
    assert_eq!(followed([[15.0, 45.0], [95.0, 500.0]]), 60);
    assert_eq!(
        followed([[15.0, 45.0], [95.0, 900.0]]),
        0,
        "most of the band lies above 450 Hz"
    );
    assert_eq!(followed([[15.0, 16.0], [95.0, 500.0]]), 0, "two frequencies are no band");
}

#[test]
fn a_contraction_under_way_at_the_beginning_is_left_out() {
    let mut simulation = simulation(fatigue_cases::Task::Intermittent, 8);
    simulation
        .contractions
        .iter_mut()
        .for_each(|one| (one.from_s, one.to_s) = (one.from_s - 2.0, one.to_s - 2.0));
    let course = course(&trace(&simulation), &[], &Fatigue::default());
    assert_eq!(
        (course.epochs.len(), course.count(EpochState::Cut), course.used().count()),
        (30, 1, 29)
    );
}

fn hold(seed: u64) -> Trace {
    trace(&simulation(fatigue_cases::Task::Isometric, seed))
}

#[test]
fn first_and_last_epochs_are_compared_with_an_interval() {
    let followed = follow(&hold(9), &[], &Fatigue::default());
    let change = followed.trends.change(Quantity::Mdf).unwrap();
    let (low, high) = change.interval.unwrap();
    assert_eq!(change.epochs, 6);
    assert!(low < change.ratio && change.ratio < high && high < 1.0, "{change:?}");
    let finsm = followed.trends.change(Quantity::Finsm5).unwrap();
    // The mean spectra of the ends have the same index: sums of moments, 1e-12 relative.
    let ends = followed.course.ends.as_ref().unwrap();
    let index = |spectrum: &soleus::dsp::spectrum::PowerSpectrum| {
        spectrum.band(10.0, 450.0).finsm(5).unwrap()
    };
    let expected = index(&ends.last) / index(&ends.first);
    assert!(
        (finsm.ratio - expected).abs() < 1e-12 * expected
            && finsm.interval.unwrap().0 > 1.0,
        "{finsm:?} {expected}"
    );
}

#[test]
fn every_estimator_finds_the_fall() {
    let trace = hold(10);
    let default = Fatigue::default;
    for settings in [
        Fatigue { estimator: Method::Welch, window: Window::Hann, ..default() },
        Fatigue { estimator: Method::Multitaper, ..default() },
        Fatigue { median: MedianRule::Bin, ..default() },
        Fatigue { whitening: true, ..default() },
        Fatigue { overlap: 0.75, ..default() },
        Fatigue { epoch_s: 0.5, ..default() },
    ] {
        let outcome = run(&settings, &[digest(&trace, &[], &settings)]);
        for name in ["mnf_slope_normalised", "mdf_slope_normalised"] {
            // The model falls by 0.25 % (mean) and 0.27 % (median) of its beginning a
            // second.
            let (low, high) = measure(&outcome, name).interval.unwrap();
            assert!(low > -0.45 && high < -0.1, "{settings:?} {name}: {low} to {high}");
        }
        assert!(measure(&outcome, "mdf_slope_theil_sen").interval.unwrap().1 < 0.0);
        if settings.whitening {
            assert!(measure(&outcome, "whitened_rms_change").interval.is_some());
        }
    }
}

#[test]
fn overlapping_windows_have_wider_intervals_than_they_pretend() {
    let trace = hold(11);
    let line = |overlap: f64| {
        let followed = follow(&trace, &[], &Fatigue { overlap, ..Fatigue::default() });
        followed.trends.of_quantity(Quantity::Mnf).unwrap().clone()
    };
    let (plain, overlapping) = (line(0.0), line(0.75));
    assert_eq!(overlapping.likeness, Likeness::Overlapping);
    let ratio = overlapping.line.slope_error / plain.line.slope_error;
    // Four times as many epochs of the same seconds know little more: half the error
    // would be pretence.
    assert!((0.75..1.25).contains(&ratio), "{ratio}");
}

/// A hold of 60 s whose level wanders by 15 % with this time constant in seconds.
fn wandering(seed: u64, constant_s: f64) -> Trace {
    let mut trace = trace(&simulation(fatigue_cases::Task::Steady, seed));
    let mut random = SplitMix64::new(seed);
    let keep = (-1.0 / (constant_s * trace.rate.hz())).exp();
    let mut slow = random.normal();
    let mut level = || {
        slow = keep * slow + (1.0 - keep * keep).sqrt() * random.normal();
        (0.15 * slow).exp()
    };
    let levels: Vec<f64> = trace.clean.iter().map(|_| level()).collect();
    for signal in [&mut trace.raw, &mut trace.clean, &mut trace.envelope] {
        signal.iter_mut().zip(&levels).for_each(|(sample, level)| *sample *= level);
    }
    trace
}

#[test]
fn a_level_that_wanders_is_told_and_makes_no_trend() {
    let names =
        ["rms_slope", "rms_slope_theil_sen", "rms_change", "rms_slope_normalised"];
    for overlap in [0.0, 0.5] {
        let settings = Fatigue { overlap, ..Fatigue::default() };
        let (mut said, mut of_spectrum) = ([0; 4], 0);
        for seed in 0..20 {
            let trace = wandering(seed, 2.0);
            let outcome = run(&settings, &[digest(&trace, &[], &settings)]);
            for (said, name) in said.iter_mut().zip(names) {
                let row = measure(&outcome, name);
                let (low, high) = row.interval.unwrap();
                *said += usize::from(low > 0.0 || high < 0.0);
                let note = row.note.as_deref().unwrap();
                assert!(note.contains("the epochs wander"), "{name}: {note}");
            }
            let note = measure(&outcome, "mdf_slope").note.as_deref().unwrap_or("");
            of_spectrum += usize::from(note.contains("wander"));
        }
        // Plain intervals say a trend in a third of them; 5 of 20 have 5 % once in 390.
        assert!(said.iter().all(|said| *said <= 4), "{said:?}");
        // The spectrum does not wander; chance says so in one of twenty.
        assert!(of_spectrum <= 4, "{of_spectrum}");
    }
}

#[test]
fn a_level_that_wanders_for_too_long_is_said_to() {
    let settings = Fatigue::default();
    let is_said = |trace: &Trace| {
        let outcome = run(&settings, &[digest(trace, &[], &settings)]);
        let note = measure(&outcome, "rms_slope").note.as_deref().unwrap_or("");
        let said = note.contains("cannot be known");
        assert_eq!(notes(&outcome).contains("drifts by more"), said, "{note}");
        said
    };
    let slow = (0..12).filter(|&seed| is_said(&wandering(seed, 20.0))).count();
    assert!(slow >= 4, "{slow}");
    let steady = |seed| trace(&simulation(fatigue_cases::Task::Steady, seed));
    assert_eq!((0..12).filter(|&seed| is_said(&steady(seed))).count(), 0);
}

#[test]
fn noise_is_warned_about_where_rest_tells_it() {
    let mut simulation = simulation(fatigue_cases::Task::Noisy, 12);
    simulation.seconds = 64.0;
    simulation.faults.noise = 100e-6 / 10_f64.powf(0.5);
    let settings = Fatigue::default();
    let outcome = run(&settings, &[digest(&trace(&simulation), &[], &settings)]);
    let count = measure(&outcome, "noisy_epoch_count").value.unwrap();
    assert!(
        count > 50.0 && notes(&outcome).contains("less than 15 dB above rest"),
        "{count} {}",
        notes(&outcome)
    );
    let outcome = run(&settings, &[digest(&hold(12), &[], &settings)]);
    assert!(
        measure(&outcome, "noisy_epoch_count")
            .note
            .as_deref()
            .unwrap()
            .contains("no rest")
    );
    assert!(notes(&outcome).contains("no rest was recorded"), "{}", notes(&outcome));
}

#[test]
fn sides_are_compared() {
    let mut traces = [hold(13), trace(&simulation(fatigue_cases::Task::Steady, 14))];
    for (trace, side) in traces.iter_mut().zip([Side::Left, Side::Right]) {
        (trace.label.muscle, trace.label.side) = (Some(Muscle::Soleus), Some(side));
    }
    traces[1].label.name = "SOL_R".into();
    let settings = Fatigue::default();
    let outcome = run(&settings, &traces.map(|trace| digest(&trace, &[], &settings)));
    let row = measure(&outcome, "difference.mnf_slope_normalised");
    let (low, high) = row.interval.unwrap();
    assert_eq!((row.channel.as_deref(), row.n), (Some("SOL_L ~ SOL_R"), Some(60)));
    assert!(low < -0.25 && -0.25 < high && high < 0.0, "{low} {high}");
}

#[test]
fn a_hold_that_turns_is_told() {
    let mut simulation = simulation(fatigue_cases::Task::Isometric, 15);
    simulation.fatigue = soleus::synth::SimulatedFatigue {
        from_s: 30.0,
        compression_per_s: 0.012,
        growth_per_s: 0.0,
    };
    let settings = Fatigue::default();
    let outcome = run(&settings, &[digest(&trace(&simulation), &[], &settings)]);
    let turn = measure(&outcome, "mnf_turn");
    let (low, high) = turn.interval.unwrap();
    assert!(low < 30.0 && 30.0 < high && high - low < 15.0, "{turn:?}");
    let outcome = run(&settings, &[digest(&hold(16), &[], &settings)]);
    assert!(
        measure(&outcome, "mnf_turn")
            .note
            .as_deref()
            .unwrap()
            .contains("no turn beyond chance")
    );
}

#[test]
fn what_says_nothing_says_why() {
    let like = |change: &dyn Fn(&mut Vec<f64>)| {
        let mut simulation = simulation(fatigue_cases::Task::Isometric, 17);
        simulation.seconds = 20.0;
        let mut trace = trace(&simulation);
        for samples in [&mut trace.raw, &mut trace.clean, &mut trace.envelope] {
            change(samples);
        }
        trace
    };
    let cases = [
        (like(&|samples| samples.fill(0.25)), "never changes"),
        (like(&|samples| samples.fill(0.0)), "never changes"),
        (like(&|samples| samples.fill(f64::NAN)), "never changes"),
        (like(&|samples| samples.clear()), "never changes"),
        (like(&|samples| samples.truncate(600)), "shorter than one epoch"),
        (like(&|samples| samples.truncate(2100)), "at least 3 epochs"),
        (
            like(&|samples| {
                samples.iter_mut().step_by(500).for_each(|sample| *sample = f64::NAN)
            }),
            "20 (gaps)",
        ),
    ];
    for epochs in [Epochs::Auto, Epochs::Windows, Epochs::Contractions] {
        let settings = Fatigue { epochs, whitening: true, ..Fatigue::default() };
        // A steady hold with gaps has no contractions, but whoever asks for them gets
        // what rises and falls of it.
        let asked = settings.epochs == Epochs::Contractions;
        for (trace, reason) in
            cases.iter().filter(|(_, reason)| !asked || !reason.contains("gaps"))
        {
            let outcome = run(&settings, &[digest(trace, &[], &settings)]);
            assert!(outcome.measures.len() > 50);
            for row in outcome.measures.iter().filter(|row| row.name != "epoch_count") {
                let note = row.note.as_deref().unwrap();
                // A mean of two epochs is told, without an interval.
                let few = note.contains("too few epochs for an interval: 2 of 2");
                assert_eq!((row.value.is_some(), row.interval), (few, None), "{row:?}");
                if few {
                    assert!(row.name.ends_with("_mean"), "{row:?}");
                    continue;
                }
                // Without windows there are other reasons, such as that there is no
                // contraction.
                let other = asked && !note.is_empty();
                assert!(note.contains(reason) || other, "{}: {note}", row.name);
            }
            assert!(outcome.figures.iter().all(|figure| !figure.layers.is_empty()));
        }
    }
}

#[test]
fn settings_are_checked() {
    let text = |settings: Fatigue| {
        let checked = soleus::settings::check(&settings);
        checked.and_then(|()| settings.check_together()).unwrap_err().to_string()
    };
    let default = Fatigue::default;
    assert!(
        text(Fatigue { contraction_part: [0.9, 0.1], ..default() })
            .contains("contraction_part = [0.9, 0.1]")
    );
    assert!(
        text(Fatigue { ratio_bands_hz: [[15.0, 45.0], [f64::NAN, 500.0]], ..default() })
            .contains("ratio_bands_hz[1][0]")
    );
    assert!(text(Fatigue { tapers: 0, ..default() }).contains("tapers = 0"));
    assert!(text(Fatigue { tapers: 21, ..default() }).contains("tapers = 21"));
    assert!(
        text(Fatigue { drop_percent: 100.0, ..default() }).contains("drop_percent = 100")
    );
    let nameless = Events { start: " ".into(), end: None, part: [0.0, 1.0] };
    assert!(
        text(Fatigue { epochs: Epochs::Events(nameless), ..default() })
            .contains("epochs.events.start = \" \" is blank")
    );
    let read = |text: &str| toml::from_str::<Fatigue>(text);
    for long in [
        "contraction_part = [0.1, 0.5, 0.9]",
        "ratio_bands_hz = [[15, 45], [95, 500], [1, 2]]",
    ] {
        let error = Recipe::from_toml(&format!("[analysis.fatigue]\n{long}"), &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("expected a list of 2, found a list of 3"), "{error}");
    }
    let events =
        read("epochs = { events = { start = \"touchdown\", part = [0.2, 0.6] } }")
            .unwrap();
    assert!(matches!(
        events.epochs,
        Epochs::Events(Events { end: None, part: [0.2, 0.6], .. })
    ));
    assert_eq!(read("epochs = \"contractions\"").unwrap().epochs, Epochs::Contractions);
    let wrong = read("\nepochs = \"steps\"\n").unwrap_err().to_string();
    assert!(
        wrong.contains("line 2, column 10") && wrong.contains("contractions"),
        "{wrong}"
    );
}

#[test]
fn followed_is_what_the_digest_keeps() {
    let (trace, settings) = (hold(18), Fatigue::default());
    let digested: Followed = digest(&trace, &[], &settings).parts.fatigue.unwrap();
    assert_eq!(digested, follow(&trace, &[], &settings));
}
