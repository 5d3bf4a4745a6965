//! Kinds of channels that were judged wrongly: each test fails on release 0.1.0
//! (commit 86a8d7c).

use soleus::analysis::quality::{Assessment, Fault, clipped};
use soleus::analysis::{Analyses, Digest, Quality, fatigue};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::outcome::Verdict;
use soleus::signal::Trace;
use soleus::synth::{Contraction, simulate};
use soleus::units::{Hertz, Unit};

use crate::program::{Lab, shared};
use crate::quality_cases::{clean, found, trace};

fn hertz(hz: f64) -> Hertz {
    Hertz::new(hz).unwrap()
}

/// Heel raises at a rate.
fn raises(seed: u64, hz: f64) -> Vec<f64> {
    let rate = hertz(hz);
    simulate(&soleus::synth::Simulation { rate, ..clean("heel raises", seed) }).0
}

fn judged(hz: f64, samples: Vec<f64>) -> Assessment {
    found(vec![(hertz(hz), samples)]).remove(0)
}

fn words(found: &Assessment) -> String {
    found.reasons.iter().map(|reason| reason.text.clone() + "; ").collect()
}

/// On the build before holds at these rates were bad, "nothing but noise".
#[test]
fn a_hold_is_no_noise_where_the_band_ends_early() {
    for (seed, hz) in [(1, 100.0), (2, 150.0), (3, 200.0), (4, 250.0)] {
        let rate = hertz(hz);
        let hold = soleus::synth::Simulation { rate, ..clean("without rest", seed) };
        let found = judged(hz, simulate(&hold).0);
        assert_ne!(found.verdict, Verdict::Bad, "{hz}: {}", words(&found));
    }
}

#[test]
fn drifting_offsets_are_no_envelope_and_no_tone() {
    for hz in [500.0, 1000.0, 2000.0, 4000.0] {
        let emg = raises(8, hz);
        let alone = judged(hz, emg.clone());
        let settling = |time: f64| 25e-3 * (-time / 2.5).exp();
        let slow = |time: f64| 50e-3 * (1.5 * time).sin();
        let step = |time: f64| if time > 3.3 { 25e-3 } else { 0.0 };
        for (offset, steps) in
            [(&settling as &dyn Fn(f64) -> f64, false), (&slow, false), (&step, true)]
        {
            let moved = emg.iter().enumerate();
            let moved = moved.map(|(at, x)| x + offset(at as f64 / hz)).collect();
            let moved = judged(hz, moved);
            assert!(moved.no_emg().is_none(), "{hz}: {}", words(&moved));
            assert_ne!(moved.verdict, Verdict::Bad, "{hz}: {}", words(&moved));
            let peaked = |found: &Assessment| found.distribution.unwrap().rms_over_arv;
            // A step leaves a pulse behind every filter.
            let alike = (peaked(&moved) / peaked(&alone) - 1.0).abs() < 0.1;
            assert!(steps || alike, "{hz}: {} {}", peaked(&moved), peaked(&alone));
        }
    }
    for (seed, hz) in [(1, 450.0), (2, 500.0), (3, 600.0), (4, 800.0), (5, 1000.0)] {
        let rate = hertz(hz);
        for task in ["heel raises", "hold", "gait", "without rest"] {
            let emg =
                simulate(&soleus::synth::Simulation { rate, ..clean(task, seed) }).0;
            let slow = |at: usize| 30e-3 * (1.2 * at as f64 / hz).sin();
            let moved = emg.iter().enumerate().map(|(at, x)| x + slow(at)).collect();
            let moved = judged(hz, moved);
            assert!(moved.no_emg().is_none(), "{task} {hz}: {}", words(&moved));
            assert!(!moved.has(Fault::Motion), "{task} {hz}: {}", words(&moved));
        }
    }
    let settling = |time: f64| 25e-3 * (-time / 2.5).exp();
    let emg = raises(8, 1000.0);
    let moved =
        emg.iter().enumerate().map(|(at, x)| x + settling(at as f64 / 1000.0)).collect();
    let moved = judged(1000.0, moved);
    assert!(moved.has(Fault::Drift) && !moved.has(Fault::Motion), "{}", words(&moved));
}

#[test]
fn the_middle_of_a_converter_is_no_offset() {
    for bits in [10, 12, 16] {
        let middle = f64::from(1 << (bits - 1));
        let emg = raises(4, 1000.0);
        let top = emg.iter().fold(0.0, |top: f64, x| top.max(x.abs()));
        let counts = |shift: f64| -> Trace {
            let counts = |x: &f64| (shift * middle + 0.5 * middle * x / top).round();
            let raw = emg.iter().map(counts).collect();
            Trace { unit: Unit::other("counts"), ..trace(0, hertz(1000.0), raw) }
        };
        let found = Quality::default().assess(&counts(1.01));
        assert!(!found.has(Fault::Offset), "{bits}: {}", words(&found));
        // Three quarters up is no middle.
        let found = Quality::default().assess(&counts(1.5));
        assert!(found.has(Fault::Offset), "{bits}: {}", words(&found));
    }
}

#[test]
fn open_inputs_are_found_in_half_a_second() {
    for (seed, hz, count) in [(1, 2000.0, 994), (2, 1000.0, 1000), (3, 1000.0, 400)] {
        let noise = normals(seed, count).into_iter().map(|z| 1.5e-3 * z - 0.02).collect();
        let found = judged(hz, noise);
        assert_eq!(found.verdict, Verdict::Bad, "{seed}: {}", words(&found));
        let rate = hertz(hz);
        let hold = soleus::synth::Simulation { rate, ..clean("without rest", seed) };
        let found = judged(hz, simulate(&hold).0[2000..2000 + count].to_vec());
        assert!(found.no_emg().is_none(), "{seed}: {}", words(&found));
    }
}

#[test]
fn a_hold_that_rises_is_not_noisy_at_rest() {
    let mut accused = Vec::new();
    for seed in 0..8 {
        let rate = hertz(1000.0);
        let hold = Contraction {
            from_s: -2.0,
            to_s: 30.0,
            rise_s: 14.0,
            fall_s: 0.1,
            rms: 300e-6,
        };
        let rising = soleus::synth::Simulation {
            rate,
            contractions: vec![hold],
            ..clean("hold", seed)
        };
        let found = judged(1000.0, simulate(&rising).0);
        if found.has(Fault::Baseline) || found.has(Fault::Noise) {
            accused.push(words(&found));
        }
    }
    assert!(accused.is_empty(), "{accused:?}");
}

#[test]
fn a_rectified_channel_is_known_by_its_sisters() {
    let rate = hertz(1000.0);
    let mut channels: Vec<(Hertz, Vec<f64>)> = (0..3)
        .map(|seed| (rate, raises(seed, 1000.0).iter().map(|x| x.abs()).collect()))
        .collect();
    // Rest at a quarter of the height, behind a converter: nothing leans any more.
    let mut random = SplitMix64::new(9);
    let mut weak = |x: f64| (30e-6 + 8e-6 * random.normal() + 0.1 * x.abs()).max(0.0);
    channels.push((rate, raises(7, 1000.0).into_iter().map(&mut weak).collect()));
    let alone = judged(1000.0, channels[3].1.clone());
    assert!(!alone.has(Fault::Rectified), "{}", words(&alone));
    let together = found(channels.clone());
    assert!(together[3].has(Fault::Rectified), "{}", words(&together[3]));
    // Beside raw channels it is what it is.
    channels[0].1 = raises(0, 1000.0);
    assert!(!found(channels)[3].has(Fault::Rectified));
}

#[test]
fn the_noise_ratio_does_not_depend_on_the_rate() {
    let fine = raises(6, 4000.0);
    let ratio = |every: usize| {
        let samples = soleus::dsp::moving::mean(&fine, every);
        let samples = samples.into_iter().step_by(every).collect();
        let hz = 4000.0 / every as f64;
        judged(hz, samples).ratios.and_then(|ratios| ratios.noise_db)
    };
    let (four, two) = (ratio(1).unwrap(), ratio(2).unwrap());
    assert!((four - two).abs() < 1.5, "{four} dB at 4000 Hz, {two} dB at 2000 Hz");
    assert_eq!(ratio(5), None);
}

/// Ten contractions, the last of which have a few samples at a rail.
fn reaching_a_rail() -> Vec<f64> {
    let mut samples = raises(12, 1000.0);
    let mut heights: Vec<f64> = samples.clone();
    heights.sort_by(f64::total_cmp);
    let rail = heights[samples.len() - 4];
    samples.iter_mut().for_each(|sample| *sample = sample.min(rail));
    samples
}

#[test]
fn few_clipped_samples_leave_epochs_in_and_are_told() {
    let samples = reaching_a_rail();
    let touched = clipped(&samples, None).iter().filter(|&&clipped| clipped).count();
    assert_eq!(touched, 4);
    let whole = trace(0, hertz(1000.0), samples);
    let course = fatigue::course(&whole, &[], &fatigue::Fatigue::default());
    assert_eq!(course.count(fatigue::EpochState::Clipped), 0);
    assert!(course.used().any(|epoch| epoch.clipped_share > 0.0));
    let strict = Analyses {
        quality: Quality { most_clipped: 0.0, ..Quality::default() },
        ..Analyses::default()
    };
    let noted = |analyses: &Analyses| -> String {
        let digests: [Digest; 1] = [analyses.digest(&whole, &[])];
        let recording = soleus::analysis::Digests {
            channels: &digests,
            events: &[],
            legs: soleus::signal::Legs::default(),
        };
        let outcomes = analyses.enabled().into_iter().map(|one| one.run(&recording));
        outcomes
            .flat_map(|one| one.notes)
            .map(|note| note.text.to_string() + "\n")
            .collect()
    };
    let usual = noted(&Analyses::default());
    assert!(usual.contains("with clipped samples, at most"), "{usual}");
    assert!(noted(&strict).contains("(clipping)"), "{}", noted(&strict));
}

#[test]
fn the_settling_electrode_comes_out_as_written() {
    let Some(file) = shared("bugs/settling-electrode.csv") else { return };
    let lab = Lab::new(&[]);
    lab.soleus(&format!("run {} -o out", file.display())).ends(0);
    let found = lab.soleus(&format!("inspect {} --json", file.display())).ends(0).json();
    let channel = &found["channels"][0];
    assert_eq!(channel["quality"].as_str(), Some("check"), "{channel}");
    assert!(channel["reasons"].to_string().contains("drift"), "{channel}");
}

/// On the build before the channel was good.
#[test]
fn knocks_are_told() {
    let rate = hertz(1000.0);
    let raises = soleus::synth::Simulation { rate, ..clean("heel raises", 21) };
    let emg = simulate(&raises).0;
    let quiet = found(vec![(rate, emg.clone())]).remove(0);
    assert!(quiet.pulses.knocks.is_empty());

    let mut knocked = emg.clone();
    let places = [0.5, 0.9].map(|share| (share * emg.len() as f64) as usize);
    for place in places {
        for i in 0..400.min(emg.len() - place) {
            let decay = 10e-3 * (-(i as f64) / 60.0).exp();
            knocked[place + i] += decay * (0.09 * i as f64 * std::f64::consts::TAU).sin();
        }
    }
    let told = found(vec![(rate, knocked.clone())]).remove(0);
    assert_eq!(told.pulses.knocks.len(), 2, "{}", words(&told));
    assert_eq!(told.verdict, Verdict::Check);
    assert!(words(&told).contains("knocks: 2"), "{}", words(&told));
    for (knock, place) in told.pulses.knocks.iter().zip(places) {
        assert!(knock.span.start.abs_diff(place) < 60, "{knock:?} {place}");
    }
}

/// On the build before the share alone decided.
#[test]
fn short_recordings_have_no_hum_by_chance() {
    let rate = hertz(1000.0);
    let (mut shares, mut told) = (0, 0);
    for seed in 0..200 {
        let mut emg = raises(100 + seed, 1000.0);
        emg.truncate(1200);
        let found = found(vec![(rate, emg)]).remove(0);
        shares += usize::from(found.mains.is_some_and(|mains| mains.share > 0.05));
        told += usize::from(found.has(Fault::Mains));
    }
    assert!(shares > 2 && told == 0, "{told} of {shares} by their share");
}

/// On the build before it was "no EMG: 93 % of the power is within 2 Hz of 12 Hz", and bad.
#[test]
fn emg_that_is_shaken_is_emg() {
    let shake =
        |at: usize| 0.3e-3 * (12.0 * at as f64 / 1000.0 * std::f64::consts::TAU).sin();
    let shaken =
        raises(5, 1000.0).iter().enumerate().map(|(at, x)| x + shake(at)).collect();
    let shaken = judged(1000.0, shaken);
    assert_eq!(shaken.verdict, Verdict::Check, "{}", words(&shaken));
    assert!(shaken.no_emg().is_none() && shaken.has(Fault::Motion));
    assert_eq!(words(&shaken).matches("motion:").count(), 1, "{}", words(&shaken));
}

/// On the build before half of the signal that was lost halved its power.
#[test]
fn levels_are_those_of_what_was_not_lost() {
    let rate = hertz(1000.0);
    let hold = soleus::synth::Simulation { rate, ..clean("without rest", 3) };
    let (whole, _) = simulate(&hold);
    let half = whole.len() / 2;
    let mut lost = whole.clone();
    lost[half..].fill(0.0);
    let rms = |samples: Vec<f64>| {
        let digest = Analyses::default().digest(&trace(0, rate, samples), &[]);
        digest.amplitude.rms.unwrap().value
    };
    let (first, found) = (rms(whole[..half].to_vec()), rms(lost));
    assert!((found / first - 1.0).abs() < 0.02, "{found} for {first}");
}
