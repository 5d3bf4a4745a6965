//! The consensus of the detectors: at any share of activity, any sampling rate, at gaps
//! and ends; and better than each.

use std::ops::Range;

use soleus::condition::Chain;
use soleus::dsp::gaps::stretches;
use soleus::onset::{AgreedBurst, AgreedBursts, Consensus, Detector, Sought, Stretch};
use soleus::recipe::Recipe;
use soleus::synth::{Contraction, Rest, Simulation, Trial, simulate};
use soleus::units::Hertz;

use crate::program::shared;

fn hertz(hz: f64) -> Hertz {
    Hertz::new(hz).unwrap()
}

fn find(samples: &[f64], rate: Hertz) -> AgreedBursts {
    find_by(&Consensus::default(), samples, rate)
}

fn find_by(consensus: &Consensus, clean: &[f64], rate: Hertz) -> AgreedBursts {
    let stretches = &stretches(clean)[..];
    consensus.find(&Sought { clean, stretches, rate, known_rest: None, two_way: &[] })
}

/// EMG at 4000 Hz with abrupt contractions 20 dB above its noise.
fn recording(seed: u64, seconds: f64, active: &[(f64, f64)]) -> Vec<f64> {
    let contraction = |&(from_s, to_s): &(f64, f64)| Contraction {
        from_s,
        to_s,
        rise_s: 0.0,
        fall_s: 0.0,
        rms: 20e-6,
    };
    let contractions = active.iter().map(contraction).collect();
    let (samples, _) = simulate(&Simulation {
        contractions,
        ..Simulation::soleus(seed, hertz(4000.0), seconds)
    });
    samples
}

fn errors_ms(found: &[AgreedBurst], rate: Hertz, truth: &[(f64, f64)]) -> Vec<f64> {
    let moments = found
        .iter()
        .flat_map(|burst| [burst.on.at, burst.off.at])
        .map(|at| rate.seconds(at));
    let truth = truth.iter().flat_map(|&(from_s, to_s)| [from_s, to_s]);
    moments.zip(truth).map(|(at, truth)| 1000.0 * (at - truth)).collect()
}

#[test]
fn five_to_ninety_five_per_cent_of_activity() {
    for (duty, seed) in [(0.05, 1), (0.2, 2), (0.5, 3), (0.8, 4), (0.95, 5)] {
        // Strides of 2 s, so that rest lasts 0.1 s at least.
        let burst = |from_s: f64| (from_s, from_s + 2.0 * duty);
        let truth: Vec<(f64, f64)> =
            (0..10).map(|i| burst(2.0 * f64::from(i) + 0.3)).collect();
        let samples = recording(seed, 20.5, &truth);
        let found = find(&samples, hertz(4000.0));
        assert_eq!(found.bursts.len(), truth.len(), "{duty}: {:?}", found.rest);
        for error in errors_ms(&found.bursts, hertz(4000.0), &truth) {
            assert!(error.abs() < 15.0, "{duty}: {error} ms");
        }
        assert!(
            found
                .bursts
                .iter()
                .all(|burst| burst.agreement >= 0.6 && burst.on.low <= burst.on.at)
        );
        assert!(
            (found.snr_db.unwrap() - 20.0).abs() < 2.0,
            "{duty}: {:?} dB, {:?}",
            found.snr_db,
            found.rest
        );
    }
}

#[test]
fn the_same_bursts_at_any_sampling_rate() {
    let truth = [(1.0, 1.5), (2.2, 2.6), (3.5, 4.5), (5.6, 5.9)];
    let samples = recording(11, 7.0, &truth);
    let all: Vec<Vec<f64>> = [1, 2, 4, 8]
        .into_iter()
        .map(|every| {
            let rate = hertz(4000.0 / every as f64);
            let thinned: Vec<f64> = samples.iter().step_by(every).copied().collect();
            let found = find(&thinned, rate);
            assert_eq!(found.bursts.len(), truth.len(), "{rate}");
            errors_ms(&found.bursts, rate, &truth)
        })
        .collect();
    for errors in &all {
        // A detector may find an edge some milliseconds elsewhere when it sees other
        // samples of the same signal.
        assert!(
            errors.iter().zip(&all[0]).all(|(one, other)| (one - other).abs() < 10.0),
            "{all:?}"
        );
        assert!(errors.iter().all(|error| error.abs() < 20.0), "{all:?}");
    }
}

#[test]
fn ends_and_gaps_end_bursts() {
    let truth = [(0.0, 0.7), (2.0, 3.0), (4.2, 5.0)];
    let mut samples = recording(21, 5.0, &truth);
    samples[9600..10_400].fill(f64::NAN);
    let found = find(&samples, hertz(4000.0));
    let spans: Vec<Range<usize>> =
        found.bursts.iter().map(|burst| burst.on.at..burst.off.at).collect();
    assert_eq!(spans.len(), 4, "{spans:?}");
    assert_eq!(
        (spans[0].start, spans[1].end, spans[2].start, spans[3].end),
        (0, 9600, 10_400, 20_000),
        "{spans:?}"
    );
}

#[test]
fn nothing_is_found_in_rest_silence_and_scraps() {
    for seed in 0..20 {
        let found = find(&recording(100 + seed, 10.0, &[]), hertz(4000.0));
        assert!(found.bursts.is_empty(), "{seed}: {:?}", found.bursts);
    }
    for samples in [
        vec![],
        vec![0.0; 9],
        vec![1.0; 5000],
        vec![0.0; 5000],
        vec![f64::NAN; 5000],
        vec![1e300; 400],
    ] {
        assert!(find(&samples, hertz(1000.0)).bursts.is_empty(), "{}", samples.len());
    }
}

#[test]
fn the_scale_does_not_matter() {
    let samples = recording(31, 4.0, &[(1.0, 1.5), (2.5, 3.0)]);
    let bursts = find(&samples, hertz(4000.0)).bursts;
    assert_eq!(bursts.len(), 2);
    for factor in [1e-6, 1024.0, 1e9] {
        let scaled: Vec<f64> = samples.iter().map(|sample| sample * factor).collect();
        assert_eq!(find(&scaled, hertz(4000.0)).bursts, bursts, "{factor}");
    }
}

#[test]
fn one_detector_alone_decides_alone() {
    let samples = recording(41, 4.0, &[(1.0, 1.5), (2.5, 3.0)]);
    for detector in Detector::all() {
        let name = detector.name();
        let alone = Consensus { detectors: vec![detector], ..Consensus::default() };
        assert!(soleus::settings::check(&alone).is_ok(), "{name}");
        let found = find_by(&alone, &samples, hertz(4000.0));
        assert!(found.bursts.len() >= 2, "{name}: {}", found.bursts.len());
        assert!(
            found
                .bursts
                .iter()
                .all(|burst| burst.agreement == 1.0 && burst.on.low == burst.on.high),
            "{name}"
        );
    }
    let none = Consensus { detectors: Vec::new(), ..Consensus::default() };
    assert!(
        soleus::settings::check(&none).is_err()
            && find_by(&none, &samples, hertz(4000.0)).bursts.is_empty()
    );
}

/// The quiet samples of a trial.
const BASE: Range<usize> = 100..700;

/// The mean absolute error of a first burst over ramps and steps, 100 ms where it is
/// missed: `benches/accuracy/onsets.rs` in short. The detectors' own are 17 to 40 ms
/// there, that of the consensus 15.6.
#[test]
fn the_consensus_errs_less_than_its_detectors() {
    let consensus = Consensus::default();
    let mut errors = vec![0.0; consensus.detectors.len() + 1];
    for (ramp, rest) in [(0, Rest::Coloured), (50, Rest::White), (100, Rest::White)] {
        for snr_db in [6.0, 10.0, 15.0, 20.0] {
            for number in 0..12 {
                let samples =
                    Trial { number, ..Trial::new(0, snr_db, ramp, rest) }.samples();
                let stretch = Stretch {
                    samples: &samples,
                    rate: Trial::rate(),
                    quiet: std::slice::from_ref(&BASE),
                };
                let error = |starts: &[usize]| {
                    let first = starts.iter().find(|&&start| start >= 700);
                    first.map_or(100.0, |&at| {
                        (at as f64 - Trial::ONSET as f64).abs().min(100.0)
                    })
                };
                for (sum, detector) in errors.iter_mut().zip(&consensus.detectors) {
                    let alone = Consensus {
                        detectors: vec![detector.clone()],
                        ..consensus.clone()
                    };
                    let starts: Vec<usize> = alone
                        .find_in_stretch(&stretch)
                        .iter()
                        .map(|burst| burst.on.at)
                        .collect();
                    *sum += error(&starts);
                }
                let starts: Vec<usize> = consensus
                    .find_in_stretch(&stretch)
                    .iter()
                    .map(|burst| burst.on.at)
                    .collect();
                errors[consensus.detectors.len()] += error(&starts);
            }
        }
    }
    let together = errors.pop().unwrap();
    assert!(
        errors.iter().all(|&alone| together < alone),
        "{together} against {errors:?}"
    );
}

#[test]
fn real_bursts_are_counted() {
    let Some(file) = shared("bursts/emg.csv") else {
        return;
    };
    let text = std::fs::read_to_string(file).unwrap();
    let samples: Vec<f64> = text
        .lines()
        .filter_map(|line| line.split(',').nth(1)?.trim().parse().ok())
        .collect();
    assert!(samples.len() > 3000);
    let clean = Chain::design(&Recipe::default().conditioning, hertz(1000.0))
        .unwrap()
        .run(&samples)
        .unwrap()
        .samples;
    let bursts = find(&clean, hertz(1000.0)).bursts;
    assert_eq!(bursts.len(), 3, "{bursts:?}");
    assert!(bursts.iter().all(|burst| burst.agreement > 0.9), "{bursts:?}");
}
