//! Converters with coarse steps: a code that does not change is rest, and no dropout.
//! Before, such channels were bad, with ratios of 70 to 150 dB; with fine steps dropouts
//! stay dropouts.

use soleus::analyse;
use soleus::dsp::random::normals;
use soleus::outcome::{Measure, Verdict};
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::signal::{Channel, Recording};
use soleus::synth::Spectrum;
use soleus::units::{Hertz, Unit};

use crate::program::shared;

const RATE: f64 = 1000.0;

/// Five bursts of 1.6 s with ramps of 0.15 s in 20 s; all in volts.
fn task(seed: u64, burst: f64, noise: f64) -> Vec<f64> {
    let rate = Hertz::new(RATE).unwrap();
    let emg = Spectrum::SOLEUS.noise(seed, rate, 20_000);
    let level = |n: usize| {
        let time_s = (n as f64 / RATE) % 4.0;
        ((time_s - 1.2).min(2.8 - time_s) / 0.15).clamp(0.0, 1.0)
    };
    let samples = emg.iter().zip(normals(seed ^ 7, 20_000)).enumerate();
    samples.map(|(n, (emg, own))| burst * level(n) * emg + noise * own).collect()
}

fn stepped(samples: &[f64], step: f64) -> Vec<f64> {
    samples.iter().map(|sample| (sample / step).round() * step).collect()
}

fn found(samples: Vec<f64>) -> RecordingFindings {
    let rate = Hertz::new(RATE).unwrap();
    let channel = Channel::new("SOL_L", Unit::VOLT, rate, samples);
    analyse(&Recording::new(vec![channel]), &Recipe::default()).unwrap()
}

fn row(found: &RecordingFindings, name: &str) -> Measure {
    found.measure(name, "SOL_L").unwrap().clone()
}

fn words(found: &RecordingFindings) -> String {
    row(found, "verdict").note.map_or(String::new(), |note| note.to_string())
}

#[test]
fn rest_that_coarse_steps_hide_is_no_dropout() {
    for (seed, (step, burst)) in
        [(5e-6, 5e-5), (1e-5, 1.5e-4), (2e-5, 5e-4), (5e-5, 5e-4)].into_iter().enumerate()
    {
        for noise in [1e-6, 2e-6, 5e-6] {
            let found = found(stepped(&task(seed as u64, burst, noise), step));
            let said = words(&found);
            assert!(!said.contains("flat") && !said.contains("dropouts"), "{said}");
            assert_ne!(row(&found, "verdict").verdict, Some(Verdict::Bad), "{said}");
            let snr = row(&found, "snr");
            // Of the steps' own noise, or of what there is.
            let rest = noise.max(0.271 * step);
            let expected = 20.0 * (0.95 * burst / rest).log10();
            assert!((snr.value.unwrap() - expected).abs() < 3.5, "{expected}: {snr:?}");
            if noise < 0.15 * step {
                let note = snr.note.unwrap().to_string();
                assert!(note.starts_with("at least so much: "), "{note}");
                assert!(note.contains("below what the converter can show"), "{note}");
            }
            let bursts = row(&found, "burst_count").value;
            assert_eq!(bursts, Some(5.0), "{step} {burst} {noise}");
        }
    }
}

#[test]
fn dropouts_among_fine_steps_stay_dropouts() {
    for (step, fill) in [(1e-7, 0.0), (1e-6, 0.0), (2.4e-6, 0.0), (1e-7, -3.2768e-3)] {
        let mut samples = stepped(&task(9, 1.5e-4, 3e-6), step);
        for from in [1800, 9500, 15_000] {
            samples[from..from + 700].fill(fill);
        }
        let said = words(&found(samples));
        assert!(said.contains("flat stretches: 10.5 %"), "{step}: {said}");
    }
}

/// With an offset, zeros are no code at which a coarse converter rests.
#[test]
fn dropouts_among_coarse_steps_are_seen_away_from_rest() {
    let offset = |sample: &f64| sample + 7e-4;
    let with: Vec<f64> = task(10, 1.5e-4, 2e-6).iter().map(offset).collect();
    let mut samples = stepped(&with, 2e-5);
    assert!(!words(&found(samples.clone())).contains("flat"));
    samples[9500..10_200].fill(0.0);
    let said = words(&found(samples));
    assert!(said.contains("flat stretches: 3.5 %"), "{said}");
}

/// On the build before, half a channel could be dead and good.
#[test]
fn a_code_that_stays_much_longer_than_others_may_be_a_lost_signal() {
    for (step, noise) in [(5e-6, 5e-6), (1e-5, 1e-6)] {
        let mut samples = stepped(&task(11, 1.5e-4, noise), step);
        assert!(!words(&found(samples.clone())).contains("one value"));
        samples[8_000..].fill(0.0);
        let found = found(samples);
        assert!(words(&found).contains("or the signal was lost"), "{}", words(&found));
        assert_eq!(row(&found, "verdict").verdict, Some(Verdict::Check));
    }

    let Some(walk) = shared("real-bursts/walking-1123.csv") else { return };
    let found = soleus::analyse_file(&walk, &Recipe::default()).unwrap();
    let note = |name: &str| {
        let verdict = found.measure("verdict", name).unwrap();
        verdict.note.as_ref().map_or(String::new(), ToString::to_string)
    };
    // Its last 2.2 s are one code; the other leg walks on.
    let said = note("Right Biceps Femoris Caput Longu");
    assert!(said.contains("one value for 2.23 s"), "{said}");
    assert!(!note("Left Biceps Femoris Caput Longus").contains("one value"));
}
