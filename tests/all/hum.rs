//! Mains hum in recordings: one frequency for all channels, nothing left at rest, nothing
//! found where there is none; and heart beats that are no bursts. All of these fail on the
//! build of release 0.1.0.

use std::f64::consts::PI;
use std::path::{Path, PathBuf};

use soleus::condition::{Chain, Cleaned, Step};
use soleus::dsp::random::normals;
use soleus::dsp::zero_phase::Scratch;
use soleus::outcome::Verdict;
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::signal::{Channel, Recording};
use soleus::synth::{Faults, Heart};
use soleus::units::{Hertz, Unit};

const RATE: f64 = 1000.0;

fn shared(path: &str) -> Option<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let roots = [manifest.join("../shared/data"), manifest.join("../../shared/data")];
    let found = roots.into_iter().map(|root| root.join(path)).find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "../shared/data/{path} is missing");
        println!("skipped: ../shared/data/{path} is missing");
    }
    found
}

/// What the standard recipe finds in a recording of others; `None` where it is missing.
fn findings(path: &str) -> Option<RecordingFindings> {
    let recording = soleus::load::load(&shared(path)?, &Default::default()).unwrap();
    Some(soleus::analyse(&recording, &Recipe::default()).unwrap())
}

fn hum_of(found: &RecordingFindings) -> Vec<&str> {
    let said = found.found.iter().map(String::as_str);
    said.filter(|said| said.contains("mains at")).collect()
}

fn beats_of(found: &RecordingFindings) -> Vec<&str> {
    let notes = found.outcomes.iter().flat_map(|outcome| &outcome.notes);
    let said = notes.map(|note| note.text.as_str());
    said.filter(|text| text.contains("short pulses of one shape")).collect()
}

/// Noise of 2 µV with bursts of 100 µV, and hum.
fn channel(seed: u64, seconds: f64, hum: Option<(f64, f64)>) -> Vec<f64> {
    let noise = normals(seed, (seconds * RATE) as usize);
    let loud = |n: usize| (2500..4500).contains(&n) || (7000..8500).contains(&n);
    let level = |n: usize| if loud(n) { 100e-6 } else { 2e-6 };
    let line = |n: usize| {
        hum.map_or(0.0, |(volts, hz)| {
            volts * (2.0 * PI * hz * n as f64 / RATE + 0.4).sin()
        })
    };
    noise.iter().enumerate().map(|(n, x)| level(n) * x + line(n)).collect()
}

fn clean(raws: &[Vec<f64>], rough: bool) -> Vec<Cleaned> {
    let rate = Hertz::new(RATE).unwrap();
    let chain = Chain::design(&Recipe::default().conditioning, rate).unwrap();
    let slices: Vec<&[f64]> = raws.iter().map(Vec::as_slice).collect();
    let all = std::iter::once(0..raws.len()).collect();
    let chain = chain.settled(&slices, &[all], rough);
    let cleaned = chain.run_together(&slices, &mut Scratch::default());
    cleaned.into_iter().map(Result::unwrap).collect()
}

#[test]
fn the_rest_beside_bursts_keeps_no_hum() {
    let with: Vec<Vec<f64>> =
        (0..6).map(|seed| channel(seed, 12.0, Some((6e-6, 49.97)))).collect();
    let without: Vec<Vec<f64>> = (0..6).map(|seed| channel(seed, 12.0, None)).collect();
    let (with, without) = (clean(&with, false), clean(&without, false));
    for (with, without) in with.iter().zip(&without) {
        assert!(with.findings[0].starts_with("mains at 49.9"), "{:?}", with.findings);
        let squares: f64 = [300..2300, 4700..6800, 8700..11_700]
            .into_iter()
            .flatten()
            .map(|n| (with.samples[n] - without.samples[n]).powi(2))
            .sum();
        // A plain fit leaves 2 µV.
        let left = (squares / 7100.0).sqrt();
        assert!(left < 0.2e-6, "{left}");
    }
}

#[test]
fn channels_of_a_recording_share_one_frequency() {
    let raws: Vec<Vec<f64>> = (0..8)
        .map(|seed| channel(seed, 12.0, (seed != 3).then_some((4e-6, 50.07))))
        .collect();
    let cleaned = clean(&raws, false);
    let frequency = cleaned[0].findings[0].split(':').next().unwrap().to_owned();
    assert!(
        ["mains at 50.06 Hz", "mains at 50.07 Hz", "mains at 50.08 Hz"]
            .contains(&frequency.as_str())
    );
    for (place, one) in cleaned.iter().enumerate() {
        assert!(one.findings[0].starts_with(&frequency), "{:?}", one.findings);
        // One in twenty channels without hum is taken for one with it.
        let removed = one.findings[0].contains("removed 50 Hz");
        assert!(removed || place == 3, "{:?}", one.findings);
    }
}

#[test]
fn mains_far_from_nominal_are_those_of_a_clock_that_is_off() {
    let raws = [channel(1, 12.0, Some((20e-6, 50.42)))];
    assert!(clean(&raws, false)[0].findings.is_empty());
    let found = &clean(&raws, true)[0].findings;
    assert!(found[0].starts_with("mains at 50.42 Hz: removed 50 Hz"), "{found:?}");
}

/// Before, what its short transforms leak of a strong line beside the mains was taken for
/// harmonics: "mains at 50.29 Hz: removed 100, 250 Hz".
#[test]
fn a_line_beside_the_mains_is_no_harmonic_of_others() {
    for hz in [48.8, 49.5, 50.5, 50.7, 51.2, 58.8, 59.5, 60.6] {
        for volts in [20e-6, 100e-6, 500e-6] {
            let mut raw = channel(5, 20.0, Some((volts, hz)));
            let third = |n: usize| (6.0 * PI * hz * n as f64 / RATE).sin();
            raw.iter_mut().enumerate().for_each(|(n, x)| *x += 0.25 * volts * third(n));
            let found = &clean(&[raw], false)[0].findings;
            assert!(found.is_empty(), "{hz} {volts}: {found:?}");
        }
    }
}

#[test]
fn a_strong_line_beside_the_mains_is_told_with_what_takes_it_out() {
    let rate = Hertz::new(RATE).unwrap();
    let samples = channel(6, 20.0, Some((1e-4, 50.7)));
    let walk = Recording::new(vec![Channel::new("SOL_L", Unit::VOLT, rate, samples)]);
    let judged = |recipe: &Recipe| {
        let found = soleus::analyse(&walk, recipe).unwrap();
        let verdict = found.measure("verdict", "SOL_L").unwrap().clone();
        (verdict.verdict.unwrap(), verdict.note.unwrap().to_string())
    };
    let (verdict, said) = judged(&Recipe::default());
    assert!(
        verdict == Verdict::Bad && said.contains("the line lies at 50.7 Hz"),
        "{said}"
    );
    assert!(said.contains("frequency_hz = 50.7"), "{said}");
    let mut recipe = Recipe::default();
    for step in &mut recipe.conditioning {
        if let Step::Mains(mains) = step {
            mains.frequency_hz = Some(50.7);
        }
    }
    let (verdict, said) = judged(&recipe);
    assert!(verdict == Verdict::Check && said.contains("filtering leaves"), "{said}");
}

/// Before, what its short transforms leak of strong hum was taken for its ninth harmonic,
/// so that 1 mV at 50.03 Hz was "49.99 Hz" and a tenth of it stayed.
#[test]
fn strong_hum_tells_its_frequency_itself() {
    for volts in [1e-4, 1e-3, 1e-2] {
        let found = &clean(&[channel(3, 20.0, Some((volts, 50.03)))], false)[0].findings;
        assert!(found[0].starts_with("mains at 50.03 Hz: removed 50"), "{found:?}");
    }
}

/// In these two of 3000 recordings of 1.5 s the fourth harmonic stands out by chance.
#[test]
fn a_harmonic_by_chance_tells_no_frequency() {
    for seed in [138, 2410] {
        let channel = |channel: u64| {
            let tone = |n: usize| 2.0 * (2.0 * PI * 50.05 * n as f64 / RATE).sin();
            let noise = normals(7 * seed + channel, 1500);
            noise.iter().enumerate().map(|(n, x)| x + tone(n)).collect()
        };
        let cleaned = clean(&[0, 1, 2].map(channel), false);
        let said = cleaned[0].findings[0]
            .strip_prefix("mains at ")
            .and_then(|said| said.split_once(" Hz"));
        let hz: f64 = said.unwrap().0.parse().unwrap();
        // By four standard errors of such a tone in 1.5 s.
        assert!((hz - 50.05).abs() < 0.03, "{seed}: {hz} Hz");
    }
}

/// Before, the weaker of both stayed.
#[test]
fn mains_of_two_countries_are_both_removed() {
    for (fifty, sixty) in [(60e-6, 60e-6), (100e-6, 20e-6), (10e-6, 100e-6)] {
        let raw = |seed: u64| -> Vec<f64> {
            let second = |n: usize| (2.0 * PI * 60.02 * n as f64 / RATE).sin();
            let first = channel(seed, 12.0, Some((fifty, 50.05)));
            first.iter().enumerate().map(|(n, x)| x + sixty * second(n)).collect()
        };
        let (with, without) =
            (clean(&[raw(4)], false), clean(&[channel(4, 12.0, None)], false));
        let said = with[0].findings.join("; ");
        assert!(
            said.contains("removed 50 Hz") && said.contains("removed 60 Hz"),
            "{said}"
        );
        let rest = 4800..6700;
        let squares: f64 =
            rest.map(|n| (with[0].samples[n] - without[0].samples[n]).powi(2)).sum();
        let left = (squares / 1900.0).sqrt();
        // Of rest of 2 µV.
        assert!(left < 0.8e-6, "{left}");
    }
    // One alone leaves no trace of the other.
    let alone = clean(&[channel(4, 12.0, Some((200e-6, 50.11)))], false);
    assert_eq!(alone[0].findings.len(), 1, "{:?}", alone[0].findings);
}

#[test]
fn hum_that_is_taken_out_does_not_cost_the_channel() {
    for volts in [2e-4, 4e-4, 1e-3] {
        let rate = Hertz::new(RATE).unwrap();
        let emg = soleus::synth::Spectrum::SOLEUS.noise(3, rate, 20_000);
        let noise = channel(3, 20.0, Some((volts, 50.03)));
        let mixed = |(n, (emg, noise)): (usize, (&f64, &f64))| {
            let loud = (4000..7000).contains(&n) || (12_000..15_000).contains(&n);
            noise + if loud { 1.5e-4 * emg } else { 0.0 }
        };
        let samples = emg.iter().zip(&noise).enumerate().map(mixed).collect();
        let channel = Channel::new("SOL_L", Unit::VOLT, rate, samples);
        let found =
            soleus::analyse(&Recording::new(vec![channel]), &Recipe::default()).unwrap();
        let verdict = found.measure("verdict", "SOL_L").unwrap();
        let said = verdict.note.as_ref().unwrap().to_string();
        assert!(said.contains("% of the power is at 50 Hz"), "{said}");
        assert!(said.contains("as recorded; filtering leaves 0"), "{said}");
        assert_ne!(verdict.verdict, Some(Verdict::Bad), "{said}");
        assert!(!said.contains("no EMG"), "{said}");
    }
}

#[test]
fn what_is_a_second_long_is_too_short_for_hum() {
    for seed in 0..300 {
        for hz in [50.0, 51.3, 60.0] {
            let mut samples = channel(seed, 1.05, None);
            let line = |n: usize| 3e-6 * (2.0 * PI * hz * n as f64 / RATE).sin();
            samples.iter_mut().enumerate().for_each(|(n, x)| *x += line(n));
            assert!(clean(&[samples], true)[0].findings.is_empty());
        }
    }
}

#[test]
fn real_walks_and_lifts_hold_no_hum_and_no_heart() {
    for (path, hum) in [
        ("walking-right-leg/raw_emg.csv", None),
        ("real-bursts/lifting.csv", Some(false)),
        ("real-bursts/walking-1123.csv", Some(false)),
        ("real-bursts/hold-tibialis.csv", Some(false)),
        ("bursts/emg.csv", None),
        ("walking-bilateral/gait.csv", None),
    ] {
        let Some(found) = findings(path) else { return };
        if let Some(hum) = hum {
            assert_eq!(!hum_of(&found).is_empty(), hum, "{path}: {:?}", hum_of(&found));
        }
        assert!(beats_of(&found).is_empty(), "{path}: {:?}", beats_of(&found));
    }
}

/// What quality says of a channel.
fn reasons_of(found: &RecordingFindings) -> Vec<&str> {
    found.channels.iter().flat_map(|one| &one.reasons).map(String::as_str).collect()
}

fn analysed(samples: Vec<f64>, recipe: &str) -> RecordingFindings {
    let rate = Hertz::new(RATE).unwrap();
    let channel = Channel::new("SOL_L", Unit::VOLT, rate, samples);
    let recipe = Recipe::from_toml(recipe, &[]).unwrap();
    soleus::analyse(&Recording::new(vec![channel]), &recipe).unwrap()
}

#[test]
fn quality_tells_the_beats_that_are_no_bursts() {
    let mut samples = channel(3, 20.0, None);
    let heart = Heart { height: 60e-6, per_s: 1.2 };
    let faults = Faults { heart: Some(heart), ..Faults::default() };
    faults.add_to(&mut samples, Hertz::new(RATE).unwrap(), 5);
    let found = analysed(samples, "");
    let (notes, reasons) = (beats_of(&found), reasons_of(&found));
    let words = |text: &str| {
        let from = text.find("short pulses of one shape")?;
        let count = text[..from].trim_end().rsplit(' ').next()?;
        let rate = text[from..].split(", ").nth(1)?.split(' ').next()?;
        Some((count.to_owned(), rate.to_owned()))
    };
    let of_quality = reasons.iter().find_map(|reason| words(reason)).unwrap();
    assert_eq!(words(notes[0]).unwrap(), of_quality);
    let per_minute: f64 = of_quality.1.parse().unwrap();
    assert!((per_minute - 72.0).abs() < 3.0, "{per_minute}");
}

#[test]
fn strides_are_no_beats_of_quality() {
    for path in ["real-bursts/walking-1123.csv", "walking-bilateral/gait.csv"] {
        let Some(found) = findings(path) else { return };
        let reasons = reasons_of(&found);
        assert!(!reasons.iter().any(|reason| reason.contains("heart")), "{reasons:?}");
    }
}

/// The reason why a channel has no bursts is the true one.
#[test]
fn settings_that_leave_no_burst_are_said_to() {
    let says = |settings: &str| {
        let recipe = format!("[analysis.activity.bursts]\n{settings}");
        let found = analysed(channel(3, 12.0, None), &recipe);
        let notes = found.outcomes.iter().flat_map(|outcome| &outcome.notes);
        let no_bursts =
            notes.map(|note| &note.text).find(|text| text.contains("no bursts: "));
        no_bursts.cloned().unwrap_or_default()
    };
    assert_eq!(says(""), "");
    let short = says("shortest_burst_s = 10");
    let said = "2 found, but all are shorter than shortest_burst_s = 10 s";
    assert!(short.contains(said), "{short}");
    let few = says(
        "majority = 0.8\ndetectors = [{ local-levels = {} }, { two-state = {} }, \
         { energy-threshold = { shortest_burst_s = 10 } }]",
    );
    assert!(few.contains("seen by too few detectors (majority = 0.8)"), "{few}");
    let other = says("detectors = [{ energy-threshold = { shortest_burst_s = 10 } }]");
    assert!(other.contains("these settings; the default ones find 2"), "{other}");
}

#[test]
fn hum_alone_is_why_a_channel_of_hum_has_no_bursts() {
    let hum = |n: usize| 50e-6 * (2.0 * PI * 50.0 * n as f64 / RATE).sin();
    let noise = normals(4, 12_000);
    let samples = noise.iter().enumerate().map(|(n, x)| hum(n) + 0.2e-6 * x);
    let found = analysed(samples.collect(), "");
    let notes = found.outcomes.iter().flat_map(|outcome| &outcome.notes);
    let reason = notes.map(|note| &note.text).find(|text| text.contains("no bursts"));
    assert!(reason.is_some_and(|text| text.contains("so this is no EMG")), "{reason:?}");
}

/// The notes of this recording say that it holds no mains, but its right vasti and rectus
/// swing at 50.0 Hz through the rests, which is plain to see from 4.5 s on (50 mV among
/// bursts of 1 V). The line at 450 Hz is in every channel, too.
#[test]
fn the_bilateral_walk_hums_where_it_is_seen_to() {
    let Some(found) = findings("walking-bilateral/gait.csv") else { return };
    let said = hum_of(&found);
    let of = |channel: &str| said.iter().find(|said| said.starts_with(channel)).copied();
    for channel in ["RREC", "RVAS"] {
        assert!(of(channel).is_some_and(|said| said.contains("removed 50, 450 Hz")
            || said.contains("and 50 Hz by regression")));
    }
    for said in &said {
        let frequency = said.split(": mains at ").nth(1).and_then(|rest| rest.get(..5));
        let frequency: f64 = frequency.and_then(|hz| hz.parse().ok()).unwrap();
        assert!((frequency - 50.0).abs() < 0.03, "{said}");
        // The left side, which is quiet at 50 Hz, keeps what it has there.
        assert!(
            !said.starts_with('L') || !said.contains(" 50 Hz") && !said.contains(" 50, "),
            "{said}"
        );
        let share = said.rsplit(", ").next().and_then(|part| part.split(' ').next());
        let share: f64 = share.and_then(|share| share.parse().ok()).unwrap_or(0.0);
        assert!(share < 2.0, "{said}");
    }
}

#[test]
fn a_real_channel_of_nothing_but_hum_loses_it() {
    let path = "vendor-exports/trigno_emgworks_label_header.csv";
    let Some(found) = findings(path) else { return };
    let said = hum_of(&found);
    let share = said[0].split(", ").last().and_then(|part| part.split(' ').next());
    let share: f64 = share.and_then(|share| share.parse().ok()).unwrap();
    assert!(said[0].contains("removed 60, ") && share > 80.0, "{said:?}");
}

#[test]
fn bursts_beside_weak_hum_are_those_without() {
    let Some(found) = findings("bugs/hum-weak.csv") else { return };
    let channels: Vec<_> = found.outcomes.iter().flat_map(|one| &one.bursts).collect();
    assert_eq!(channels.len(), 3);
    for channel in channels {
        let bursts: Vec<_> =
            channel.bursts.iter().map(|burst| (burst.on_s, burst.off_s)).collect();
        assert_eq!(bursts.len(), 2, "{bursts:?}");
        for ((on, off), (from, to)) in bursts.iter().zip([(2.5, 4.5), (7.0, 8.5)]) {
            assert!((on - from).abs() < 0.1 && (off - to).abs() < 0.1, "{bursts:?}");
        }
    }
}
