//! Base lines and detectors with thresholds, beside SciPy, BioSPPy and plain loops.

#![expect(clippy::single_range_in_vec_init, reason = "an interval is meant")]

use std::ops::Range;

use serde_json::Value;
use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::moving;
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use soleus::onset::baseline::{RestKind, quietest};
use soleus::onset::double_threshold::{
    Pairs, at_least, exceeded_at_rest, exceeded_in_activity, zeta,
};
use soleus::onset::energy::smoothed_energy;
use soleus::onset::hodges::{beginnings, covered};
use soleus::onset::lidierth::held;
use soleus::onset::threshold::{
    above, level, smoothed, smoothed_forward, variance_at_rest,
};
use soleus::onset::tidy::tidied;
use soleus::onset::{
    Detect, DoubleThreshold, EnergyThreshold, HodgesBui, Lidierth, ModifiedHodges,
    SingleThreshold, Stretch,
};
use soleus::synth::{Contraction, Simulation, simulate};
use soleus::units::Hertz;

fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let read = std::fs::read(&path).map_err(|error| error.to_string());
    read.and_then(|bytes| {
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())
    })
    .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn index(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no index")) as usize
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn intervals(value: &Value) -> Vec<Range<usize>> {
    list(value).iter().map(|pair| index(&pair[0])..index(&pair[1])).collect()
}

fn close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!(
        (found - expected).abs() <= relative * expected.abs(),
        "{what}: {found}, not {expected}"
    );
}

fn hertz(hz: f64) -> Hertz {
    Hertz::new(hz).unwrap_or_else(|| panic!("{hz} is no rate"))
}

/// `bursts` of the references: white noise of one standard deviation in intervals of
/// samples, of another one elsewhere.
fn bursts(seed: u64, n: usize, active: &[Range<usize>], high: f64, low: f64) -> Vec<f64> {
    let gain = |n: usize| {
        if active.iter().any(|burst| burst.contains(&n)) { high } else { low }
    };
    normals(seed, n).into_iter().enumerate().map(|(n, x)| x * gain(n)).collect()
}

fn case_a() -> Vec<f64> {
    bursts(11, 2000, &[500..1100, 1400..1800], 1.0, 0.05)
}

fn case_b() -> Vec<f64> {
    bursts(12, 1000, &[500..1000], 0.3, 0.1)
}

/// The base line of both cases.
const QUIET: Range<usize> = 0..400;

fn quiet_level(envelope: &[f64], deviations: f64) -> f64 {
    level(envelope, std::slice::from_ref(&QUIET), deviations).unwrap()
}

/// The first sample from `rest_end` on that is active: the onset of the reference.
fn first_after(runs: &[Range<usize>], rest_end: usize) -> Option<usize> {
    runs.iter().find(|run| run.end > rest_end).map(|run| run.start.max(rest_end))
}

// ---- the references
// -----------------------------------------------------------------------------

#[test]
fn the_single_threshold_equals_the_reference() {
    let expected =
        &reference("ref_onset")["case_A"]["single_env_lp2_10Hz_base0_400_k3_on25_gap25"];
    let envelope = smoothed(&case_a(), 10.0, hertz(1000.0)).unwrap();
    let threshold = quiet_level(&envelope, 3.0);
    close(threshold, number(&expected["threshold"]), 1e-9, "threshold");
    let found = tidied(&above(&envelope, threshold), 25, 25);
    assert_eq!(found, intervals(&expected["events"]));
    let samples = case_a();
    let stretch = Stretch { samples: &samples, rate: hertz(1000.0), quiet: &[QUIET] };
    assert_eq!(SingleThreshold::default().bursts(&stretch), found);
}

#[test]
fn hodges_and_bui_equals_the_reference() {
    let all = reference("ref_onset");
    for (case, samples) in [("case_A", case_a()), ("case_B", case_b())] {
        let envelope = smoothed(&samples, 50.0, hertz(1000.0)).unwrap();
        let found = beginnings(&envelope, 25, quiet_level(&envelope, 3.0));
        let expected = index(&all[case]["hodges_w25_k3_lp50"]);
        assert_eq!(first_after(&found, QUIET.end), Some(expected), "{case}");
        let stretch = Stretch { samples: &samples, rate: hertz(1000.0), quiet: &[QUIET] };
        let bursts = HodgesBui::default().bursts(&stretch);
        assert_eq!(first_after(&bursts, QUIET.end), Some(expected), "{case}: {bursts:?}");
    }
}

#[test]
fn the_energy_threshold_equals_the_reference() {
    let all = reference("ref_onset");
    for (case, name, samples, deviations) in
        [("case_A", "tkeo_k15", case_a(), 15.0), ("case_B", "tkeo_k3", case_b(), 3.0)]
    {
        let energy =
            smoothed_energy(&samples, [30.0, 300.0], 50.0, hertz(1000.0)).unwrap();
        let found = tidied(&above(&energy, quiet_level(&energy, deviations)), 25, 0);
        let first = found.iter().find(|run| run.start >= QUIET.end).map(|run| run.start);
        assert_eq!(first, Some(index(&all[case][name])), "{case}");
    }
}

#[test]
fn the_double_threshold_equals_the_reference() {
    let all = reference("ref_onset");
    let run = |samples: &[f64], zeta: f64, needed: usize| {
        let variance = variance_at_rest(samples, std::slice::from_ref(&QUIET)).unwrap();
        Pairs { stride: 1, variance, zeta, of: 5, needed }.active(samples, 15, 15)
    };
    assert_eq!(
        run(&case_a(), 10.0, 1),
        intervals(&all["case_A"]["bonato_zeta10_m5_r1_30ms"])
    );
    assert_eq!(
        run(&case_b(), 13.8, 2),
        intervals(&all["case_B"]["bonato_zeta13.8_m5_r2_30ms"])
    );
}

#[test]
fn the_design_of_the_double_threshold_equals_the_reference() {
    let all = reference("ref_onset");
    let table = list(&all["bonato_design_table"]);
    assert_eq!(table.len(), 15);
    for row in table {
        let (of, needed, false_alarms) =
            (index(&row["m"]), index(&row["r0"]), number(&row["Pfa"]));
        let found = zeta(needed, of, false_alarms).unwrap();
        // SciPy's root is good to 1e-15 in a probability of 2e-4 and above.
        close(found, number(&row["zeta"]), 1e-12, "zeta");
        close(exceeded_at_rest(found), number(&row["P_zeta"]), 1e-11, "P_zeta");
        close(at_least(needed, of, exceeded_at_rest(found)), false_alarms, 1e-12, "P_fa");
        for snr in [3, 6, 8, 10, 15] {
            let detected =
                at_least(needed, of, exceeded_in_activity(found, f64::from(snr)));
            close(detected, number(&row[format!("Pd_{snr}dB")]), 1e-11, "P_d");
        }
    }
    let check = &all["chi2_check_P(z>10|H0)"];
    close(exceeded_at_rest(10.0), number(&check["exp(-5)"]), 1e-15, "exp(-5)");
    close(exceeded_at_rest(10.0), number(&check["chi2.sf(10,2)"]), 1e-14, "chi2");
}

#[test]
fn the_modified_hodges_equals_scipy() {
    let all = reference("onset_biosppy");
    for (case, samples) in
        [("modified_hodges_case_A", case_a()), ("modified_hodges_case_B", case_b())]
    {
        for expected in list(&all[case]) {
            let envelope = smoothed_forward(
                &samples,
                number(&expected["cutoff_hz"]),
                hertz(1000.0),
                0.0,
            )
            .unwrap();
            let threshold = quiet_level(&envelope, number(&expected["weight"]));
            close(threshold, number(&expected["threshold"]), 1e-9, case);
            assert_eq!(
                above(&envelope, threshold),
                intervals(&expected["runs"]),
                "{case}"
            );
            for (at, value) in expected["values"].as_object().unwrap() {
                close(envelope[at.parse::<usize>().unwrap()], number(value), 1e-9, case);
            }
        }
    }
}

#[test]
fn lidierth_equals_biosppy() {
    let all = reference("onset_biosppy");
    for (case, samples) in [("lidierth_case_A", case_a()), ("lidierth_case_B", case_b())]
    {
        let mean = samples.iter().sum::<f64>() / samples.len() as f64;
        let rectified: Vec<f64> = samples.iter().map(|x| (x - mean).abs()).collect();
        for expected in list(&all[case]) {
            let size = index(&expected["size"]);
            let average = moving::mean(&rectified, size);
            let whole = &average[size / 2..samples.len() - size / 2];
            let limit = number(&expected["mean"])
                + number(&expected["threshold"]) * number(&expected["std_dev"]);
            let above: Vec<bool> = whole.iter().map(|&value| value >= limit).collect();
            let hold = index(&expected["active_state_duration"]) + 1;
            let found = held(&above, hold, index(&expected["fail_size"]));
            let ends = found
                .iter()
                .flat_map(|burst| [burst.start, burst.end])
                .filter(|&at| at < whole.len());
            let expected: Vec<usize> =
                list(&expected["onsets"]).iter().map(|at| number(at) as usize).collect();
            assert_eq!(
                ends.map(|at| at + size / 2).collect::<Vec<_>>(),
                expected,
                "{case}, {size}"
            );
        }
    }
}

// ---- random inputs beside plain loops
// ------------------------------------------------------------

/// Runs of active samples, found sample by sample.
fn plain_runs(active: &[bool]) -> Vec<Range<usize>> {
    let starts = (0..active.len()).filter(|&n| active[n] && (n == 0 || !active[n - 1]));
    let ends = (1..=active.len())
        .filter(|&n| active[n - 1] && (n == active.len() || !active[n]));
    starts
        .zip(ends)
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(start, end)| start..end)
        .collect()
}

/// As `tidy` of the reference: on the samples themselves.
fn plain_tidy(
    active: &[bool],
    shortest_burst: usize,
    shortest_gap: usize,
) -> Vec<Range<usize>> {
    let mut active = active.to_vec();
    let pauses: Vec<bool> = active.iter().map(|active| !active).collect();
    for pause in plain_runs(&pauses) {
        if pause.start > 0 && pause.end < active.len() && pause.len() < shortest_gap {
            active[pause].fill(true);
        }
    }
    for burst in plain_runs(&active) {
        if burst.len() < shortest_burst {
            active[burst].fill(false);
        }
    }
    plain_runs(&active)
}

/// Noise with bursts of random places, lengths and strengths; the first 600 samples are
/// quiet.
fn random_bursts(seed: u64, n: usize) -> Vec<f64> {
    let mut random = SplitMix64::new(seed);
    let mut samples: Vec<f64> = normals(seed + 1000, n);
    let mut at = 600;
    while at < n {
        let end = (at + 20 + random.index(500)).min(n);
        let gain = 1.5 + 20.0 * random.uniform();
        samples[at..end].iter_mut().for_each(|sample| *sample *= gain);
        at = end + 20 + random.index(500);
    }
    samples
}

#[test]
fn pairs_are_those_of_a_plain_loop() {
    for seed in 0..30 {
        let mut random = SplitMix64::new(seed);
        let samples = random_bursts(seed, 3000 + random.index(50));
        let (of, stride) = (1 + random.index(8), 1 + random.index(4));
        let (needed, zeta) = (1 + random.index(of), 2.0 + 10.0 * random.uniform());
        let (shortest_burst, shortest_gap) = (random.index(20), random.index(20));
        let z = |j: usize| {
            samples[2 * stride * j].powi(2) + samples[2 * stride * j + stride].powi(2)
        };
        let count = samples.len() / (2 * stride);
        let loud = |j: usize| j < count && z(j) / 1.3 > zeta;
        let active: Vec<bool> = (0..count)
            .map(|j| (j..j + of).filter(|&j| loud(j)).count() >= needed)
            .collect();
        let expected = plain_tidy(&active, shortest_burst, shortest_gap);
        let expected: Vec<_> = expected
            .iter()
            .map(|run| 2 * stride * run.start..2 * stride * run.end)
            .collect();
        let pairs = Pairs { stride, variance: 1.3, zeta, of, needed };
        assert_eq!(
            pairs.active(&samples, shortest_burst, shortest_gap),
            expected,
            "seed {seed}"
        );
    }
}

#[test]
fn covered_samples_are_those_of_a_plain_loop() {
    for seed in 0..30 {
        let mut random = SplitMix64::new(seed);
        let envelope: Vec<f64> =
            random_bursts(seed, 2000).iter().map(|x| x.abs()).collect();
        let (window, threshold) = (1 + random.index(60), 0.5 + 5.0 * random.uniform());
        let mut active = vec![false; envelope.len()];
        for (at, inside) in envelope.windows(window).enumerate() {
            if inside.iter().sum::<f64>() / window as f64 > threshold {
                active[at..at + window].fill(true);
            }
        }
        assert_eq!(
            covered(&envelope, window, threshold),
            plain_runs(&active),
            "seed {seed}"
        );
    }
}

/// All detectors with their defaults.
fn detectors(stretch: &Stretch<'_>) -> [(&'static str, Vec<Range<usize>>); 6] {
    [
        ("single threshold", SingleThreshold::default().bursts(stretch)),
        ("Hodges and Bui", HodgesBui::default().bursts(stretch)),
        ("modified Hodges", ModifiedHodges::default().bursts(stretch)),
        ("Lidierth", Lidierth::default().bursts(stretch)),
        ("double threshold", DoubleThreshold::default().bursts(stretch)),
        ("energy threshold", EnergyThreshold::default().bursts(stretch)),
    ]
}

#[test]
fn bursts_are_apart_in_order_and_in_range_and_do_not_depend_on_the_unit() {
    for seed in 0..20 {
        let samples = random_bursts(seed, 4001);
        let scaled: Vec<f64> = samples.iter().map(|x| 1000.0 * x).collect();
        for hz in [500.0, 1000.0, 1925.93, 4000.0] {
            let found = detectors(&Stretch {
                samples: &samples,
                rate: hertz(hz),
                quiet: &[0..500],
            });
            let louder = detectors(&Stretch {
                samples: &scaled,
                rate: hertz(hz),
                quiet: &[0..500],
            });
            for ((name, bursts), (_, louder)) in found.into_iter().zip(louder) {
                assert_eq!(bursts, louder, "{name} {hz}");
                assert!(!bursts.is_empty(), "{name} {hz}");
                assert!(
                    bursts
                        .iter()
                        .all(|burst| burst.start < burst.end && burst.end <= 4001),
                    "{name} {hz}"
                );
                assert!(
                    bursts.windows(2).all(|pair| pair[0].end < pair[1].start),
                    "{name} {hz} {bursts:?}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let silence = vec![0.0; 3000];
    let constant = vec![0.1; 3000];
    let mut half = normals(4, 3000);
    half[..1000].fill(0.0);
    let mut huge = normals(5, 3000);
    huge.iter_mut().for_each(|x| *x *= 1e300);
    let mut gap = normals(6, 3000);
    gap[100] = f64::NAN;
    // Rest of silence is no rest; nor is one with a gap or outside, or a single sample.
    for (samples, quiet) in [
        (&silence[..], 0..1000),
        (&constant, 0..1000),
        (&half, 0..900),
        (&gap, 0..1000),
        (&constant, 2000..4000),
        (&half, 2000..2001),
        (&half[..1], 0..1),
        (&[], 0..0),
    ] {
        for (name, bursts) in detectors(&Stretch {
            samples,
            rate: hertz(1000.0),
            quiet: std::slice::from_ref(&quiet),
        }) {
            assert!(bursts.is_empty(), "{name} {quiet:?}: {bursts:?}");
        }
    }
    // No panic either.
    for (_, bursts) in
        detectors(&Stretch { samples: &huge, rate: hertz(1e-3), quiet: &[0..1000] })
    {
        assert!(bursts.len() < 3000);
    }
    let stretch = Stretch { samples: &half, rate: hertz(1000.0), quiet: &[1500..2000] };
    for strange in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
        let single = SingleThreshold { cutoff_hz: strange, ..SingleThreshold::default() };
        let hodges = HodgesBui {
            window_s: strange,
            shortest_gap_s: strange,
            ..HodgesBui::default()
        };
        let lidierth = Lidierth {
            window_s: strange,
            hold_s: strange,
            lapse_s: strange,
            ..Lidierth::default()
        };
        let double =
            DoubleThreshold { shortest_burst_s: strange, ..DoubleThreshold::default() };
        let energy = EnergyThreshold {
            low_hz: strange,
            deviations: strange,
            ..EnergyThreshold::default()
        };
        for bursts in [
            single.bursts(&stretch),
            hodges.bursts(&stretch),
            lidierth.bursts(&stretch),
            double.bursts(&stretch),
            energy.bursts(&stretch),
        ] {
            assert!(bursts.iter().all(|burst| burst.end <= 3000), "{strange}");
        }
    }
    let double =
        DoubleThreshold { of: usize::MAX, needed: 3, ..DoubleThreshold::default() };
    assert!(double.bursts(&stretch).is_empty());
}

#[test]
fn bursts_at_both_ends_are_found() {
    for seed in 0..10 {
        let samples = bursts(seed, 3000, &[0..400, 2700..3000], 1.0, 0.03);
        for (name, found) in detectors(&Stretch {
            samples: &samples,
            rate: hertz(1000.0),
            quiet: &[800..2200],
        }) {
            let (Some(first), Some(last)) = (found.first(), found.last()) else {
                panic!("{name}: nothing")
            };
            // The causal low-pass has to rise first; the others extrapolate beyond a
            // first sample that may be near 0. A pair is active when two of five exceed
            // ζ, so the last ones are not.
            assert!(
                first.start <= if name == "modified Hodges" { 15 } else { 3 },
                "{name}: {first:?}"
            );
            assert!(
                last.end >= if name == "double threshold" { 2990 } else { 2997 },
                "{name}: {last:?}"
            );
            // Smoothing widens bursts by its window, and a false alarm close by may
            // belong to one.
            assert!(
                first.end.abs_diff(400) < 150 && last.start.abs_diff(2700) < 150,
                "{name}: {found:?}"
            );
        }
    }
}

// ---- sampling rates
// ------------------------------------------------------------------------------

/// The same signal below 200 Hz at several rates: each is every so-manieth sample of the
/// one at 4000 Hz.
fn at_rates(contractions: Vec<Contraction>, seconds: f64) -> Vec<(f64, Vec<f64>)> {
    let (mut samples, _) = simulate(&Simulation {
        contractions,
        ..Simulation::soleus(77, hertz(4000.0), seconds)
    });
    let sos = butterworth(4, Band::BandPass(20.0, 200.0), 4000.0).unwrap();
    ZeroPhase::new(sos, Edge::Odd).run(&mut samples, &mut Scratch::default()).unwrap();
    let every = |step: usize| {
        (4000.0 / step as f64, samples.iter().copied().step_by(step).collect())
    };
    [1, 2, 4, 8].map(every).into()
}

#[test]
fn times_do_not_depend_on_the_sampling_rate() {
    let one =
        |from_s, to_s, rms| Contraction { from_s, to_s, rise_s: 0.03, fall_s: 0.03, rms };
    let contractions =
        vec![one(1.5, 2.1, 60e-6), one(3.0, 3.4, 100e-6), one(4.2, 5.3, 40e-6)];
    let signals = at_rates(contractions.clone(), 6.5);
    // The burst that holds the middle of each contraction; thresholds of three deviations
    // have false alarms beside.
    let times = |(hz, samples): &(f64, Vec<f64>)| {
        let rate = hertz(*hz);
        assert_eq!(
            quietest(samples, &[0..samples.len()], rate).unwrap().rest,
            RestKind::Window
        );
        let stretch =
            Stretch { samples, rate, quiet: &[rate.samples(0.3)..rate.samples(1.3)] };
        detectors(&stretch).map(|(name, bursts)| {
            let at = |truth: &Contraction| {
                let middle = rate.samples(0.5 * (truth.from_s + truth.to_s));
                let found = bursts.iter().find(|burst| burst.contains(&middle));
                let found = found.unwrap_or_else(|| {
                    panic!("{name} at {rate}: {truth:?} is not in {bursts:?}")
                });
                (rate.seconds(found.start), rate.seconds(found.end))
            };
            (name, contractions.iter().map(at).collect::<Vec<_>>())
        })
    };
    let finest = times(&signals[0]);
    for (name, found) in &finest {
        for ((on, off), truth) in found.iter().zip(&contractions) {
            assert!(
                (on - truth.from_s).abs() < 0.1 && (off - truth.to_s).abs() < 0.2,
                "{name}: {found:?}"
            );
        }
    }
    for signal in &signals[1..] {
        for ((name, expected), (_, found)) in finest.iter().zip(times(signal)) {
            let (_, usual_s, at_500_hz_s) =
                TOLERANCES.iter().find(|(detector, ..)| detector == name).unwrap();
            let tolerance_s = if signal.0 < 1000.0 { *at_500_hz_s } else { *usual_s };
            for ((on, off), (expected_on, expected_off)) in found.iter().zip(expected) {
                let error = (on - expected_on).abs().max((off - expected_off).abs());
                assert!(
                    error <= tolerance_s,
                    "{name} at {} Hz: {found:?}, not {expected:?}",
                    signal.0
                );
            }
        }
    }
}

/// How much times may differ from those at 4000 Hz, in seconds: at 1000 and 2000 Hz, and
/// at 500 Hz. Filters near half the rate warp, and a moving average is a whole number of
/// samples. At 500 Hz pairs hold half as many samples, so that some fragment of up to 30
/// ms beside a burst belongs to it or not; so does one of the energy.
const TOLERANCES: [(&str, f64, f64); 6] = [
    ("single threshold", 0.002, 0.003),
    ("Hodges and Bui", 0.002, 0.003),
    ("modified Hodges", 0.002, 0.004),
    ("Lidierth", 0.002, 0.004),
    ("double threshold", 0.002, 0.032),
    ("energy threshold", 0.002, 0.025),
];

// ---- base lines
// ----------------------------------------------------------------------------------

/// Cycles of rest of 1 and activity of 20, with band-limited noise, and where the muscle
/// rests.
fn cycles(hz: f64, seconds: f64, period_s: f64, duty: f64) -> (Vec<f64>, Vec<bool>) {
    let rate = hertz(hz);
    let rests = |n: usize| rate.seconds(n).rem_euclid(period_s) >= duty * period_s;
    let n = rate.samples(seconds);
    let mut noise = normals(hz as u64 + (100.0 * duty) as u64, n);
    let sos =
        butterworth(4, Band::BandPass(20.0, 0.22 * 2.0 * hz.min(1000.0)), hz).unwrap();
    ZeroPhase::new(sos, Edge::Odd).run(&mut noise, &mut Scratch::default()).unwrap();
    let rms = (noise.iter().map(|x| x * x).sum::<f64>() / n as f64).sqrt();
    let samples = noise
        .iter()
        .enumerate()
        .map(|(n, x)| x / rms * if rests(n) { 1.0 } else { 20.0 });
    (samples.collect(), (0..n).map(rests).collect())
}

#[test]
fn rest_is_found_at_any_duty_and_rate() {
    for hz in [500.0, 1000.0, 1925.93, 4000.0] {
        for (period_s, duty, expected) in [
            (2.0, 0.05, RestKind::Window),
            (2.0, 0.4, RestKind::Window),
            (1.1, 0.5, RestKind::Window),
            (1.1, 0.6, RestKind::Pieces),
            (1.1, 0.8, RestKind::Pieces),
            (1.1, 0.88, RestKind::Pieces),
            (3.0, 0.95, RestKind::Pieces),
        ] {
            let (samples, rests) = cycles(hz, 60.0, period_s, duty);
            let found = quietest(&samples, &[0..samples.len()], hertz(hz)).unwrap();
            assert_eq!(found.rest, expected, "{hz} Hz, duty {duty}");
            let inside =
                found.pieces.iter().flat_map(|piece| rests[piece.clone()].iter());
            let share = inside.clone().filter(|&&rests| rests).count() as f64
                / inside.count() as f64;
            assert!(share > 0.99, "{hz} Hz, duty {duty}: {share}");
            assert!(
                (0.7..1.4).contains(&found.level),
                "{hz} Hz, duty {duty}: {}",
                found.level
            );
            let total_s = hertz(hz).seconds(found.pieces.iter().map(Range::len).sum());
            assert!(
                total_s >= 0.195
                    && found.pieces.windows(2).all(|pair| pair[0].end < pair[1].start)
            );
        }
    }
}

#[test]
fn rest_is_the_quietest_window_of_a_plain_search() {
    for seed in 0..10 {
        let mut random = SplitMix64::new(seed);
        let mut samples: Vec<f64> =
            normals(seed, 20_000).iter().map(|x| 10.0 * x).collect();
        let quiet = 1000 + random.index(15_000);
        samples[quiet..quiet + 1600].iter_mut().for_each(|x| *x *= 0.1);
        let found = quietest(&samples, &[0..20_000], hertz(1000.0)).unwrap();
        assert_eq!(
            (found.rest, found.pieces.len(), found.pieces[0].len()),
            (RestKind::Window, 1, 1000)
        );
        let power = |window: &[f64]| {
            window.iter().map(|x| x * x).sum::<f64>() / window.len() as f64
        };
        let all = samples[100..19_900].windows(1000).step_by(10).map(power);
        let expected = all.fold(f64::INFINITY, f64::min).sqrt();
        // Other sums of the same 1000 squares.
        close(found.level, expected, 1e-13, "level");
        close(
            found.level,
            power(&samples[found.pieces[0].clone()]).sqrt(),
            1e-13,
            "level",
        );
    }
}

#[test]
fn rest_is_typical_where_its_level_wanders() {
    // Noise at rest that swells by 6 dB within a minute, contractions of 1 s every 3 s;
    // one short lull of 6 dB.
    let swell = |n: usize| 1.0 + 0.9 * (n as f64 / 60_000.0);
    let gain = |n: usize| if n % 3000 < 1000 { 40.0 } else { swell(n) };
    let mut samples: Vec<f64> =
        normals(31, 60_000).iter().enumerate().map(|(n, x)| gain(n) * x).collect();
    samples[1500..2600].iter_mut().for_each(|x| *x *= 0.5);
    let found = quietest(&samples, &[0..60_000], hertz(1000.0)).unwrap();
    assert_eq!(found.rest, RestKind::Window);
    assert!((swell(12_000)..swell(48_000)).contains(&found.level), "{found:?}");
}

#[test]
fn neither_silence_nor_ends_nor_gaps_are_rest() {
    let rate = hertz(1000.0);
    let mut raw = bursts(8, 20_000, &[2000..9000, 13_000..18_000], 1.0, 0.02);
    raw[3000..5000].fill(0.25);
    raw[15_000..15_040].fill(0.0);
    raw[19_000..].fill(0.0);
    let sos = butterworth(4, Band::BandPass(20.0, 450.0), 1000.0).unwrap();
    let filter = ZeroPhase::new(sos, Edge::Odd);
    let mut clean = raw.clone();
    filter.run(&mut clean, &mut Scratch::default()).unwrap();
    let found = quietest(&clean, &[0..20_000], rate).unwrap();
    assert_eq!(found.rest, RestKind::Window);
    let piece = found.pieces[0].clone();
    assert!(
        (9000 <= piece.start && piece.end <= 13_000) || piece.end <= 2000,
        "{piece:?}"
    );
    assert!((0.7..1.1).contains(&(found.level / 0.02)), "{}", found.level);

    // Most of it silent: what remains is found, and nothing where too little remains.
    let mut clean = raw;
    clean[1000..].fill(0.0);
    filter.run(&mut clean, &mut Scratch::default()).unwrap();
    let found = quietest(&clean, &[0..20_000], rate).unwrap();
    assert!(found.pieces.iter().all(|piece| piece.end <= 1000), "{found:?}");
    for stretches in [
        vec![1200..20_000],
        vec![0..350],
        vec![0..90, 500..600],
        vec![],
        vec![30_000..40_000],
        vec![Range { start: 5, end: 3 }],
    ] {
        assert_eq!(quietest(&clean, &stretches, rate), None, "{stretches:?}");
    }
    assert_eq!(quietest(&[0.0; 5000], &[0..5000], rate), None);
    assert_eq!(quietest(&[f64::NAN; 5000], &[0..5000], rate), None);
    assert_eq!(quietest(&[1e200; 5000], &[0..5000], rate), None);

    // Dips at gaps are edges of filters.
    let mut clean = normals(9, 6000);
    clean[2900..3100].iter_mut().for_each(|x| *x *= 0.01);
    let found = quietest(&clean, &[0..3000, 3000..6000], rate).unwrap();
    assert!(
        found.pieces.iter().all(|piece| piece.end <= 2900 || piece.start >= 3100),
        "{found:?}"
    );
    assert!(found.level > 0.8);
}
