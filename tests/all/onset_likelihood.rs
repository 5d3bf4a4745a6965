//! Detectors of onset by likelihood, against the reference sheet and against plain direct
//! computations.

use std::ops::Range;

use serde_json::Value;
use soleus::dsp::autoregression::{Autoregression, autocovariance};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::onset::change_point::{Partition, posterior};
use soleus::onset::two_state::{self, States};
use soleus::onset::whitening::FittedPart;
use soleus::onset::{
    ChangePoint, Detect, Profile, Ramp, StepDetector, Stretch, TwoState, Whitening,
    profile, ramp, step,
};
use soleus::synth::{Rest, Trial};
use soleus::units::Hertz;

fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let read = std::fs::read(&path).map_err(|error| error.to_string());
    read.and_then(|bytes| {
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())
    })
    .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// White noise that is louder in some ranges of samples.
fn noise(
    seed: u64,
    n: usize,
    loud: &[Range<usize>],
    amplitude: f64,
    rest: f64,
) -> Vec<f64> {
    let gain = |i: usize| {
        if loud.iter().any(|range| range.contains(&i)) { amplitude } else { rest }
    };
    normals(seed, n).into_iter().enumerate().map(|(i, sample)| sample * gain(i)).collect()
}

fn aglr(threshold: f64) -> step::StepSearch {
    step::StepSearch { window: 50, threshold, lag: 10 }
}

fn shape() -> ramp::RampShape {
    let lengths = vec![1, 10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200];
    ramp::RampShape { lengths, expected: 100, plateau: 200, least_plateau: 50 }
}

// ---- the reference sheet
// ----------------------------------------------------------------------

#[test]
fn steps_and_profiles_of_the_sheet() {
    let expected = reference("ref_onset");
    let (a, b) = (&expected["case_A"], &expected["case_B"]);
    let first = noise(11, 2000, &[500..1100, 1400..1800], 1.0, 0.05);
    let second = noise(12, 1000, std::slice::from_ref(&(500..1000)), 0.3, 0.1);
    for (samples, threshold, values) in [
        (&first, 25.0, &a["aglr_L50_h25_d10"]),
        (&second, 10.0, &b["aglr_L50_h10_d10"]),
        (&second, 25.0, &b["aglr_L50_h25_d10"]),
    ] {
        let change = step::first(samples, aglr(threshold)).unwrap();
        assert_eq!(
            Some((change.at as u64, change.alarm as u64)),
            values[0].as_u64().zip(values[1].as_u64())
        );
        // Two logarithms, each good to the last bit, of sums of some hundred squares.
        assert!((change.ratio - values[2].as_f64().unwrap()).abs() < 1e-10);
    }
    let at = |samples: &[f64]| profile::change(samples, 20).map(|split| split.at as u64);
    assert_eq!(at(&first[..1000]), a["profile_ml_first1000"].as_u64());
    assert_eq!(at(&second), b["profile_ml"].as_u64());
}

#[test]
fn autoregression_of_the_sheet() {
    let expected = &reference("ref_envelope")["ar_whitening"];
    let mut samples: Vec<f64> = Vec::new();
    for (n, white) in normals(5, 4096).into_iter().enumerate() {
        let past = |lag: usize| n.checked_sub(lag).map_or(0.0, |i: usize| samples[i]);
        let value = white + 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
        samples.push(value);
    }
    let samples = &samples[96..];
    let model = Autoregression::fit(samples, 4).unwrap();
    let found =
        autocovariance(samples, 4).into_iter().chain(model.coefficients.iter().copied());
    let listed = [
        &expected["autocorr_biased_0..4"],
        &expected["yule_walker4_phi (x_t=sum phi x_{t-k}+e)"],
    ];
    for (found, expected) in found.zip(listed.into_iter().flat_map(numbers)) {
        // Sums of 4000 products and a solution of four equations.
        assert!((found - expected).abs() < 1e-11, "{found}, not {expected}");
    }
    let sigma = expected["yule_walker_sigma"].as_f64().unwrap();
    assert!((model.variance.sqrt() - sigma).abs() < 1e-11, "{}", model.variance);
    let white = &model.whitened(samples)[4..];
    let lag_1 = autocovariance(white, 1);
    let expected = expected["whitened_lag1_acf_after_yw"].as_f64().unwrap();
    assert!((lag_1[1] / lag_1[0] - expected).abs() < 1e-11);
}

/// 40 trials of three cells through the scripts of the sheet: the same random numbers, so
/// the same samples.
#[test]
fn onsets_of_single_trials_are_those_of_the_scripts() {
    let expected = reference("onset_trials");
    for cell in expected["cells"].as_array().unwrap() {
        let (snr_db, white) =
            (cell["snr_db"].as_f64().unwrap(), cell["white"].as_bool().unwrap());
        let ramp_samples = cell["ramp"].as_u64().unwrap() as usize;
        let rest = if white { Rest::White } else { Rest::Coloured };
        for (number, expected) in cell["trials"].as_array().unwrap().iter().enumerate() {
            let samples = Trial::new(number as u64, snr_db, ramp_samples, rest).samples();
            let model = Autoregression::fit(
                &samples[if white { 1300..1900 } else { 100..700 }],
                6,
            )
            .unwrap();
            for (found, expected) in
                model.coefficients.iter().zip(numbers(&expected["phi"]))
            {
                assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
            }
            let samples = model.whitened(&samples);
            for (key, threshold) in [("aglr_h10", 10.0), ("aglr_h25", 25.0)] {
                let found = step::first(&samples[300..], aglr(threshold));
                let found = found
                    .map(|change| [change.at as u64 + 300, change.alarm as u64 + 300]);
                let expected = expected[key]
                    .as_array()
                    .map(|key| [key[0].as_u64().unwrap(), key[1].as_u64().unwrap()]);
                assert_eq!(found, expected, "{snr_db} dB, trial {number}, {key}");
            }
            let split =
                profile::change(&samples[300..], 20).map(|split| split.at as u64 + 300);
            assert_eq!(
                split,
                expected["profile_ml"].as_u64(),
                "{snr_db} dB, trial {number}"
            );
            let found = ramp::onset(&samples, 100..700, &shape()).unwrap();
            let ramp = numbers(&expected["ramp_ml"]);
            assert_eq!(
                [found.at as f64, found.length as f64],
                [ramp[0], ramp[1]],
                "{snr_db} dB, trial {number}"
            );
            assert!(found.low <= found.at && found.at <= found.high);
        }
    }
}

// ---- plain direct computations
// ----------------------------------------------------------------

fn log_normal(samples: &[f64], variance: f64) -> f64 {
    samples
        .iter()
        .map(|x| -0.5 * ((2.0 * std::f64::consts::PI * variance).ln() + x * x / variance))
        .sum()
}

fn variance(samples: &[f64]) -> f64 {
    samples.iter().map(|x| x * x).sum::<f64>() / samples.len() as f64
}

#[test]
fn the_profile_is_the_gaussian_likelihood() {
    for seed in 0..20 {
        let samples = noise(seed, 300, std::slice::from_ref(&(120..300)), 1.5, 1.0);
        let likelihood = |at: usize| {
            let (before, after) = samples.split_at(at);
            log_normal(before, variance(before)) + log_normal(after, variance(after))
        };
        let best = (25..275).map(likelihood).fold(f64::NEG_INFINITY, f64::max);
        let found = profile::change(&samples, 25).unwrap();
        assert!((likelihood(found.at) - best).abs() < 1e-9);
        assert!(
            (found.gain - (best - log_normal(&samples, variance(&samples)))).abs() < 1e-9
        );
    }
}

#[test]
fn the_ramps_interval_is_what_the_likelihood_allows() {
    for seed in 0..6 {
        let samples: Vec<f64> = normals(seed, 600)
            .into_iter()
            .enumerate()
            .map(|(i, x)| {
                x * (1.0 + 15.0 * (((i as f64 - 300.0) / 60.0).clamp(0.0, 1.0)).powi(2))
                    .sqrt()
            })
            .collect();
        let lengths = vec![1, 20, 60, 100];
        // A plateau that reaches to the end is the same for both rounds when the lengths
        // are.
        let shape = ramp::RampShape {
            lengths: lengths.clone(),
            expected: 1,
            plateau: usize::MAX,
            least_plateau: 100,
        };
        let found = ramp::onset(&samples, 0..200, &shape).unwrap();
        // The second round's level begins after the first round's onset; both are tried,
        // one must agree.
        let rest = variance(&samples[..200]);
        let agrees = (200..=500).any(|from| {
            let loud = variance(&samples[from..]);
            let likelihood = |on: usize, ramp: usize| -> f64 {
                let level = |i: usize| {
                    if i < on {
                        rest
                    } else if i < on + ramp {
                        rest + (loud - rest) * ((i - on) as f64 + 0.5).powi(2)
                            / (ramp as f64).powi(2)
                    } else {
                        loud
                    }
                };
                samples
                    .iter()
                    .enumerate()
                    .map(|(i, x)| -0.5 * (level(i).ln() + x * x / level(i)))
                    .sum()
            };
            let starts = found.low.saturating_sub(3)..(found.high + 4).min(500);
            let profile: Vec<(usize, f64)> = starts
                .map(|on| {
                    (
                        on,
                        lengths
                            .iter()
                            .map(|&ramp| likelihood(on, ramp))
                            .fold(f64::NEG_INFINITY, f64::max),
                    )
                })
                .collect();
            let best = profile.iter().map(|one| one.1).fold(f64::NEG_INFINITY, f64::max);
            let allowed: Vec<usize> = profile
                .iter()
                .filter(|one| one.1 >= best - 1.92)
                .map(|one| one.0)
                .collect();
            (likelihood(found.at, found.length) - best).abs() < 1e-8
                && allowed.first() == Some(&found.low)
                && allowed.last() == Some(&found.high)
        });
        assert!(agrees, "{found:?}");
    }
}

/// The density of values with a common mean that is normal: by the determinant and
/// inverse of σ²I + τ²11ᵀ.
fn segment(values: &[f64], partition: &Partition) -> f64 {
    let (n, noise, spread) = (values.len() as f64, partition.noise, partition.spread);
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(sum, squares), value| {
        let x = value - partition.centre;
        (sum + x, squares + x * x)
    });
    let quadratic = (squares - spread * sum * sum / (noise + n * spread)) / noise;
    let determinant = n * noise.ln() + (1.0 + n * spread / noise).ln();
    (-0.5 * (n * (2.0 * std::f64::consts::PI).ln() + determinant + quadratic)).exp()
}

#[test]
fn posteriors_are_those_of_all_partitions() {
    let mut random = SplitMix64::new(9);
    for seed in 0..8 {
        let n = 9;
        let values: Vec<f64> = normals(seed, n)
            .iter()
            .enumerate()
            .map(|(i, z)| z + if i < 4 { 0.0 } else { 2.5 })
            .collect();
        let partition = Partition {
            change: 0.02 + 0.5 * random.uniform(),
            centre: random.normal(),
            spread: 0.5 + 3.0 * random.uniform(),
            noise: 0.3 + random.uniform(),
            followed: 20,
        };
        let (mut total, mut changed) = (0.0, vec![0.0; n]);
        for choice in 0_u32..1 << (n - 1) {
            let begins: Vec<usize> =
                (1..n).filter(|i| choice >> (i - 1) & 1 == 1).collect();
            let edges = [vec![0], begins.clone(), vec![n]].concat();
            let density: f64 = edges
                .windows(2)
                .map(|pair| segment(&values[pair[0]..pair[1]], &partition))
                .product();
            let prior = partition.change.powi(begins.len() as i32)
                * (1.0 - partition.change).powi((n - 1 - begins.len()) as i32);
            total += prior * density;
            begins.into_iter().for_each(|i| changed[i] += prior * density);
        }
        for (found, changed) in posterior(&values, &partition).iter().zip(changed) {
            assert!(
                (found - changed / total).abs() < 1e-11,
                "{found}, not {}",
                changed / total
            );
        }
    }
}

#[test]
fn following_few_beginnings_changes_posteriors_little() {
    let values: Vec<f64> = normals(4, 1200)
        .iter()
        .enumerate()
        .map(|(i, z)| 0.5 * z + f64::from(u8::from(i % 400 > 250)))
        .collect();
    let exact =
        Partition { change: 0.01, centre: 0.4, spread: 0.3, noise: 0.25, followed: 2000 };
    let (all, few) = (
        posterior(&values, &exact),
        posterior(&values, &Partition { followed: 100, ..exact }),
    );
    let error =
        all.iter().zip(&few).map(|(all, few)| (all - few).abs()).fold(0.0, f64::max);
    // Changes of two standard deviations, the hardest to place: 0.011 with 100 followed,
    // 0.2 with 20.
    assert!(error < 0.02, "{error}");
    assert!(all.iter().sum::<f64>() > 3.0 && all[0] == 0.0);
    assert!(posterior(&[], &exact).is_empty());
    assert_eq!(posterior(&[1.0, f64::NAN, 2.0], &exact), [0.0; 3]);
}

/// The densities of all sequences of states, in the order of their bits.
fn sequences(energies: &[f64], samples: usize, states: &States) -> Vec<f64> {
    let n = energies.len();
    let density = |energy: f64, active: bool| {
        let variance = if active { states.active } else { states.quiet };
        (-0.5
            * (samples as f64 * (2.0 * std::f64::consts::PI * variance).ln()
                + energy / variance))
            .exp()
    };
    let step = |from: bool, to: bool| match (from, to) {
        (false, to) => {
            if to {
                states.begin
            } else {
                1.0 - states.begin
            }
        }
        (true, to) => {
            if to {
                1.0 - states.end
            } else {
                states.end
            }
        }
    };
    (0_u32..1 << n)
        .map(|choice| {
            let active = |i: usize| choice >> i & 1 == 1;
            let seen: f64 = (0..n).map(|i| density(energies[i], active(i))).product();
            0.5 * seen * (1..n).map(|i| step(active(i - 1), active(i))).product::<f64>()
        })
        .collect()
}

#[test]
fn two_states_are_those_of_all_sequences() {
    for seed in 0..10 {
        let n = 9;
        let samples = noise(seed, 4 * n, std::slice::from_ref(&(16..28)), 2.0, 1.0);
        let energies: Vec<f64> =
            samples.chunks(4).map(|bin| bin.iter().map(|x| x * x).sum()).collect();
        let start = States { quiet: 0.8, active: 3.0, begin: 0.2, end: 0.3 };
        let all = sequences(&energies, 4, &start);
        let total: f64 = all.iter().sum();
        let active = |choice: usize, i: usize| choice >> i & 1 == 1;
        // The most likely path.
        let best = (0..all.len())
            .fold(0, |best, next| if all[next] > all[best] { next } else { best });
        assert_eq!(
            two_state::path(&energies, 4, &start),
            (0..n).map(|i| active(best, i)).collect::<Vec<bool>>()
        );
        // One pass of expectation and maximisation.
        let expected = |count: &dyn Fn(usize) -> f64| -> f64 {
            all.iter()
                .enumerate()
                .map(|(choice, density)| density * count(choice))
                .sum::<f64>()
                / total
        };
        let energy = |state: bool| {
            let sum = |choice: usize| {
                (0..n)
                    .filter(|&i| active(choice, i) == state)
                    .map(|i| energies[i])
                    .sum::<f64>()
            };
            let bins = |choice: usize| {
                (0..n).filter(|&i| active(choice, i) == state).count() as f64
            };
            expected(&sum) / expected(&bins) / 4.0
        };
        let change = |from: bool| {
            let left =
                |choice: usize| (1..n).filter(move |&i| active(choice, i - 1) == from);
            let changes = |choice: usize| {
                left(choice).filter(|&i| active(choice, i) != from).count() as f64
            };
            expected(&changes) / expected(&|choice| left(choice).count() as f64)
        };
        let fit = two_state::fit(&energies, 4, start, 1e-12, 1).unwrap();
        assert!((fit.log_likelihood - total.ln()).abs() < 1e-10);
        let States { quiet, active, begin, end } = fit.states;
        let expected = [
            energy(false),
            energy(true),
            change(false).clamp(1e-6, 0.5),
            change(true).clamp(1e-6, 0.5),
        ];
        for (found, expected) in [quiet, active, begin, end].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-10, "{found}, not {expected}");
        }
        let later = two_state::fit(&energies, 4, start, 1e-12, 30).unwrap();
        assert!(later.log_likelihood >= fit.log_likelihood);
    }
    assert!(
        two_state::fit(
            &[],
            4,
            States { quiet: 1.0, active: 2.0, begin: 0.1, end: 0.1 },
            1e-9,
            5
        )
        .is_none()
    );
}

// ---- all bursts of a stretch
// ------------------------------------------------------------------

type Detector = (&'static str, Box<dyn Fn(&Stretch<'_>) -> Vec<Range<usize>>>);

fn detectors() -> Vec<Detector> {
    vec![
        ("step", Box::new(|stretch| StepDetector::default().bursts(stretch))),
        ("profile", Box::new(|stretch| Profile::default().bursts(stretch))),
        ("ramp", Box::new(|stretch| Ramp::default().bursts(stretch))),
        ("change point", Box::new(|stretch| ChangePoint::default().bursts(stretch))),
        ("two states", Box::new(|stretch| TwoState::default().bursts(stretch))),
    ]
}

fn stretch<'a>(samples: &'a [f64], hz: f64, quiet: &'a Range<usize>) -> Stretch<'a> {
    Stretch { samples, rate: Hertz::new(hz).unwrap(), quiet: std::slice::from_ref(quiet) }
}

/// Bursts that are pieces or spots are joined and dropped as by every user of the
/// detectors.
fn tidy(bursts: &[Range<usize>], hz: f64) -> Vec<Range<usize>> {
    soleus::onset::tidy::tidied(bursts, (0.05 * hz) as usize, (0.05 * hz) as usize)
}

/// Coloured EMG in white noise, with bursts at given seconds.
fn emg(seed: u64, hz: f64, seconds: f64, bursts: &[(f64, f64)], snr_db: f64) -> Vec<f64> {
    let rate = Hertz::new(hz).unwrap();
    let n = rate.samples(seconds);
    let level = 10_f64.powf(snr_db / 20.0);
    let activity = soleus::synth::Spectrum::GASTROCNEMIUS.noise(seed, rate, n);
    let inside = |i: usize| {
        bursts.iter().any(|&(on, off)| (on * hz..off * hz).contains(&(i as f64)))
    };
    let rest = normals(seed + 1, n);
    (0..n).map(|i| rest[i] + if inside(i) { level * activity[i] } else { 0.0 }).collect()
}

#[test]
fn every_burst_is_found_at_every_rate() {
    let bursts = [(1.0, 1.4), (2.0, 2.3), (3.1, 4.6), (5.0, 5.2)];
    for hz in [800.0, 1000.0, 1259.2593, 2000.0, 4000.0] {
        // White noise has more power in a wider band; what thinning leaves is the same.
        let samples = emg(31, hz, 7.0, &bursts, 20.0);
        for (name, detector) in detectors() {
            let found =
                tidy(&detector(&stretch(&samples, hz, &(0..(0.8 * hz) as usize))), hz);
            assert_eq!(found.len(), bursts.len(), "{name} at {hz} Hz: {found:?}");
            for (burst, (on, off)) in found.iter().zip(bursts) {
                // The spread of steps at 20 dB is 2 ms for onsets (`ref_onset_mc.json`);
                // ramps 5 ms.
                let errors = [burst.start as f64 / hz - on, burst.end as f64 / hz - off];
                assert!(
                    errors.iter().all(|error| error.abs() < 0.015),
                    "{name} at {hz} Hz: {errors:?}"
                );
            }
        }
    }
}

#[test]
fn the_first_and_the_last_sample_can_be_active() {
    for seed in 0..5 {
        let samples =
            emg(40 + seed, 1000.0, 4.0, &[(0.0, 0.5), (1.5, 2.0), (3.5, 4.0)], 20.0);
        for (name, detector) in detectors() {
            let found = tidy(&detector(&stretch(&samples, 1000.0, &(700..1400))), 1000.0);
            assert_eq!(found.len(), 3, "{name}: {found:?}");
            assert_eq!((found[0].start, found[2].end), (0, 4000), "{name}");
        }
    }
}

#[test]
fn activity_for_a_twentieth_and_for_nearly_all_of_the_time() {
    for (bursts, quiet) in
        [(vec![(5.0, 5.5)], 0..3000), (vec![(0.0, 4.0), (4.5, 10.0)], 4050..4450)]
    {
        let samples = emg(50, 1000.0, 10.0, &bursts, 20.0);
        for (name, detector) in detectors() {
            let found = tidy(&detector(&stretch(&samples, 1000.0, &quiet)), 1000.0);
            assert_eq!(found.len(), bursts.len(), "{name}: {found:?}");
            for (burst, (on, off)) in found.iter().zip(&bursts) {
                let errors =
                    [burst.start as f64 - on * 1e3, burst.end as f64 - off * 1e3];
                assert!(
                    errors.iter().all(|error| error.abs() < 20.0),
                    "{name}: {errors:?}"
                );
            }
        }
    }
}

#[test]
fn steep_ramps_lend_nothing_to_the_rest_before_them() {
    for number in 0..40 {
        let samples = Trial::new(number, 30.0, 100, Rest::White).samples();
        for (name, detector) in detectors() {
            let found = tidy(&detector(&stretch(&samples, 1000.0, &(100..700))), 1000.0);
            let first = found.first().map_or(0, |burst| burst.start);
            assert!(
                (Trial::ONSET - 50..Trial::ONSET + 80).contains(&first),
                "{name}, trial {number}: {found:?}"
            );
        }
    }
}

#[test]
fn rest_alone_has_no_bursts() {
    let mut found = 0;
    for seed in 0..10 {
        for samples in [
            emg(60 + seed, 1000.0, 10.0, &[], 0.0),
            emg(60 + seed, 1000.0, 10.0, &[(0.0, 10.0)], 60.0),
        ] {
            for (_, detector) in detectors() {
                found +=
                    tidy(&detector(&stretch(&samples, 1000.0, &(0..1000))), 1000.0).len();
            }
        }
    }
    assert!(found <= 2, "{found} bursts in 1000 s of rest");
}

#[test]
fn the_unit_of_the_samples_does_not_matter() {
    for seed in 0..4 {
        let samples = emg(70 + seed, 1000.0, 4.0, &[(1.0, 1.6), (2.5, 3.0)], 12.0);
        for (name, detector) in detectors() {
            let found = detector(&stretch(&samples, 1000.0, &(0..900)));
            for factor in [2.0_f64.powi(-20), 1000.0, 1e-6, 1e150, 1e-200] {
                let scaled: Vec<f64> =
                    samples.iter().map(|sample| sample * factor).collect();
                assert_eq!(
                    detector(&stretch(&scaled, 1000.0, &(0..900))),
                    found,
                    "{name}, × {factor}"
                );
            }
        }
    }
}

#[test]
fn what_has_no_bursts_and_what_is_broken() {
    let noise = normals(1, 500);
    let mut broken = noise.clone();
    broken[250] = f64::NAN;
    let huge: Vec<f64> = noise.iter().map(|sample| sample * 1e307).collect();
    for (name, detector) in detectors() {
        for samples in [&[][..], &[1.0], &[0.0; 500], &noise[..30], &broken] {
            for hz in [1.0, 1000.0, 48000.0] {
                assert!(
                    detector(&stretch(samples, hz, &(0..samples.len()))).is_empty(),
                    "{name}, {}",
                    samples.len()
                );
            }
        }
        // Only that they end, in order and inside: there is nothing right about these.
        for (samples, quiet) in [
            (&huge[..], 0..500),
            (&[2.5; 500], 0..500),
            (&noise, 480..900),
            (&noise, Range { start: 40, end: 20 }),
        ] {
            let found = detector(&stretch(samples, 1000.0, &quiet));
            assert!(
                found.iter().all(|burst| burst.start < burst.end && burst.end <= 500),
                "{name}: {found:?}"
            );
        }
        // Digital silence, then something.
        let mut silent = vec![0.0; 500];
        silent.extend(&noise);
        let found = tidy(&detector(&stretch(&silent, 1000.0, &(0..500))), 1000.0);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(
            found[0].start.abs_diff(500) <= 10 && found[0].end == 1000,
            "{name}: {found:?}"
        );
    }
}

#[test]
fn settings_of_any_size_end_well() {
    let samples = emg(80, 1000.0, 2.0, &[(1.0, 1.5)], 20.0);
    let stretch = stretch(&samples, 1000.0, &(0..900));
    for size in [f64::NAN, -1.0, 0.0, 1e-9, 1e3, 1e300] {
        let whitening = Whitening { order: 500, part: FittedPart::Loud };
        let step = StepDetector {
            window_s: size,
            lag_s: size,
            threshold: size,
            rise_db: size,
            whitening,
        };
        let profile = Profile {
            guard_s: size,
            penalty: 0.1,
            longest_s: size,
            ..Profile::default()
        };
        let ramp = Ramp {
            step: step.clone(),
            longest_ramp_s: size,
            plateau_s: size,
            rest_s: size,
            least_snr_db: size,
        };
        let point = ChangePoint {
            bin_s: size,
            changes_per_s: size,
            posterior: size,
            spread_s: size,
            ..Default::default()
        };
        let states =
            TwoState { bin_s: size, passes: 0, rise_db: size, ..TwoState::default() };
        for found in [
            step.bursts(&stretch),
            profile.bursts(&stretch),
            ramp.bursts(&stretch),
            point.bursts(&stretch),
            states.bursts(&stretch),
        ] {
            assert!(
                found.iter().all(|burst| burst.start < burst.end && burst.end <= 2000),
                "{size}: {found:?}"
            );
        }
    }
}

#[test]
fn ramps_are_refined_and_keep_their_order() {
    let rate = Hertz::new(1000.0).unwrap();
    let settings = Ramp::default();
    let (mut errors, mut inside) = ([0.0; 4], 0);
    for seed in 0..20 {
        let activity = soleus::synth::Spectrum::GASTROCNEMIUS.noise(seed, rate, 3000);
        let gain = |i: usize| {
            ((i as f64 - 1000.0) / 80.0).min((2000.0 - i as f64) / 80.0).clamp(0.0, 1.0)
        };
        let samples: Vec<f64> = normals(900 + seed, 3000)
            .iter()
            .enumerate()
            .map(|(i, z)| z + 20.0 * gain(i) * activity[i])
            .collect();
        let stretch = stretch(&samples, 1000.0, &(0..800));
        let coarse = settings.step.bursts(&stretch);
        assert_eq!(coarse.len(), 1, "{coarse:?}");
        let refined = settings.refine(&stretch, &coarse)[0];
        let moments = [coarse[0].start, coarse[0].end, refined.on.at, refined.off.at];
        for ((error, at), truth) in
            errors.iter_mut().zip(moments).zip([1000.0, 2000.0, 1000.0, 2000.0])
        {
            *error += (at as f64 - truth) / 20.0;
        }
        for (moment, truth) in [(refined.on, 1000), (refined.off, 2000)] {
            assert!(moment.low <= moment.at && moment.at <= moment.high);
            inside += usize::from((moment.low..=moment.high).contains(&truth));
        }
    }
    // Steps are late, and early at the end; ramps are not.
    assert!(errors[0] > 5.0 && errors[1] < -5.0, "{errors:?}");
    assert!(errors[2].abs() < 4.0 && errors[3].abs() < 4.0, "{errors:?}");
    assert!(inside >= 30, "{inside} of 40 intervals hold the truth");
    let samples = normals(7, 400);
    let bursts = [0..50, 60..61, 61..300, 350..400];
    for quiet in [0..0, 0..400] {
        let refined = settings.refine(&stretch(&samples, 1000.0, &quiet), &bursts);
        assert!(
            refined.len() == 4 && refined.iter().all(|burst| burst.on.at < burst.off.at)
        );
        assert!(refined.windows(2).all(|pair| pair[0].off.at <= pair[1].on.at));
        assert_eq!((refined[0].on.at, refined[3].off.high), (0, 400));
    }
}
