//! Coherence, cumulant density, delay and circular statistics against independent values
//! and against what they must be whatever their numbers.
//!
//! The values come from `/shared/reference/ref_coherence.py` and
//! `tests/reference/circular_python.py` (NumPy, SciPy). Closed forms agree to 1e-12, what
//! went through a transform to 1e-9. What is said of chance is simulated with fixed seeds
//! and holds within three standard errors.

use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use soleus::dsp::circular::{Circular, difference};
use soleus::dsp::coherence::{
    BandCoherence, CoherenceSpectrum, CrossSpectrum, Crosstalk, Cumulant, Delay,
    FisherPool, Grid, SegmentSpectra, confidence_limit, effective_segments, interval,
    transformed, untransformed,
};
use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::spectrum::Window;

// ---- what the tests are given
// ---------------------------------------------------------------------------------

fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The numbers of a reference by their place; what has not been taken in the end was not
/// compared.
struct Numbers(BTreeMap<String, f64>);

impl Numbers {
    fn of(value: &Value) -> Self {
        fn walk(value: &Value, place: &str, found: &mut BTreeMap<String, f64>) {
            match value {
                Value::Object(members) => members
                    .iter()
                    .for_each(|(key, v)| walk(v, &format!("{place} | {key}"), found)),
                Value::Array(values) => {
                    values
                        .iter()
                        .enumerate()
                        .for_each(|(i, v)| walk(v, &format!("{place} | {i}"), found));
                }
                Value::Number(number) => {
                    found.insert(place.to_owned(), number.as_f64().unwrap());
                }
                Value::Null | Value::Bool(_) | Value::String(_) => {}
            }
        }
        let mut found = BTreeMap::new();
        walk(value, "", &mut found);
        Self(found)
    }

    #[track_caller]
    fn check(&mut self, place: &str, ours: f64, tolerance: f64) {
        let theirs = self
            .0
            .remove(&format!(" | {place}"))
            .unwrap_or_else(|| panic!("no number {place:?}"));
        let apart = (ours - theirs).abs() / theirs.abs().max(f64::MIN_POSITIVE);
        println!("{place}: {apart:.1e}");
        assert!(
            ours == theirs || apart <= tolerance,
            "{place}: {ours} instead of {theirs}"
        );
    }

    #[track_caller]
    fn check_all(
        &mut self,
        place: &str,
        ours: impl IntoIterator<Item = f64>,
        tolerance: f64,
    ) {
        for (i, value) in ours.into_iter().enumerate() {
            self.check(&format!("{place} | {i}"), value, tolerance);
        }
    }
}

/// A band of drive in both channels, 8 ms later in the second, as `ref_coherence.py` has
/// it.
fn driven() -> (Vec<f64>, Vec<f64>) {
    let n = 60_000;
    let mut drive = normals(51, n);
    butterworth(2, Band::BandPass(15.0, 35.0), 1000.0).unwrap().filter(&mut drive);
    let mean = drive.iter().sum::<f64>() / n as f64;
    let spread =
        (drive.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64).sqrt();
    let with = |seed: u64, delay: usize| {
        let earlier =
            std::iter::repeat_n(0.0, delay).chain(drive.iter().map(|x| x / spread));
        normals(seed, n)
            .iter()
            .zip(earlier)
            .map(|(noise, drive)| noise + 0.6 * drive)
            .collect()
    };
    (with(52, 0), with(53, 8))
}

const KILOHERTZ: Grid =
    Grid { length: 1024, rate_hz: 1000.0, window: Window::Hann, highest_hz: 500.0 };

fn cross(first: &[f64], second: &[f64], grid: Grid) -> CrossSpectrum {
    CrossSpectrum::from_segments(
        &SegmentSpectra::cut(first, grid),
        &SegmentSpectra::cut(second, grid),
    )
    .unwrap()
}

/// Noise of a coherence that is the same at all frequencies; the second channel is
/// `delay` samples later.
fn coherent(
    generator: &mut SplitMix64,
    n: usize,
    coherence: f64,
    delay: usize,
) -> (Vec<f64>, Vec<f64>) {
    let shared: Vec<f64> = (0..n + delay).map(|_| generator.normal()).collect();
    let gain = (coherence.sqrt() / (1.0 - coherence.sqrt())).sqrt();
    let mut with = |from: usize| {
        shared[from..from + n].iter().map(|x| gain * x + generator.normal()).collect()
    };
    (with(delay), with(0))
}

/// Segments of 64 samples at 64 Hz.
fn small(window: Window) -> Grid {
    Grid { length: 64, rate_hz: 64.0, window, highest_hz: 32.0 }
}

/// Whether a count out of so many trials is what a probability gives, within three
/// standard errors.
#[track_caller]
fn expected_share(count: usize, trials: usize, probability: f64) {
    let (share, error) = (
        count as f64 / trials as f64,
        (probability * (1.0 - probability) / trials as f64).sqrt(),
    );
    assert!(
        (share - probability).abs() <= 3.0 * error,
        "{share} of {trials} instead of {probability}"
    );
}

// ---- frozen numbers
// -------------------------------------------------------------------------------------------

#[test]
#[expect(clippy::too_many_lines, reason = "a list of cases, one after the other")]
fn every_number_of_the_reference() {
    let mut numbers = Numbers::of(&reference("ref_coherence.json"));
    let (a, b) = driven();
    let pick = [5_usize, 15, 20, 25, 26, 30, 36, 60, 200];
    let picked = |values: &[f64]| pick.map(|bin| values[bin]);
    let sums = cross(&a, &b, KILOHERTZ);
    let coherence = sums.coherence().unwrap();

    let place = |name: &str| format!("coherence_hann1024_no_overlap | {name}");
    numbers.check(&place("L"), sums.segments() as f64, 0.0);
    numbers.check_all(&place("f"), pick.map(|bin| KILOHERTZ.frequency_hz(bin)), 0.0);
    numbers.check_all(&place("C"), picked(&coherence.values), 1e-9);
    numbers.check_all(
        &place("phase_rad"),
        pick.map(|bin| sums.phase(bin).unwrap()),
        1e-9,
    );
    numbers.check(
        &place("CL95 1-0.05^(1/(L-1))"),
        confidence_limit(58.0, 0.05).unwrap(),
        1e-12,
    );
    numbers.check(&place("CL99"), confidence_limit(58.0, 0.01).unwrap(), 1e-12);
    numbers.check(&place("mean_15_35"), coherence.mean(15.0, 35.0).unwrap(), 1e-9);
    let standard = transformed(coherence.values[26]) * (2.0 * coherence.segments).sqrt();
    numbers.check(&place("z_arctanh(sqrt C)/sqrt(1/(2L)) at 25.39Hz"), standard, 1e-9);
    numbers.check_all(
        &place("CI95_at_25.39Hz"),
        <[f64; 2]>::from(coherence.interval(26).unwrap()),
        1e-9,
    );

    let boxcar = cross(&a, &b, Grid { window: Window::Boxcar, ..KILOHERTZ });
    let values = boxcar.coherence().unwrap().values;
    numbers.check_all(
        "coherence_boxcar1024_(Halliday type 0) | C",
        picked(&values),
        1e-9,
    );

    // Segments that overlap by half are those of two grids.
    let both = [&sums, &cross(&a[512..], &b[512..], KILOHERTZ)];
    let overlapped = CrossSpectrum::pooled(both).unwrap();
    let effective = effective_segments(overlapped.segments(), 1024, 512, Window::Hann);
    numbers.check("overlap50 | K", overlapped.segments() as f64, 0.0);
    numbers.check("overlap50 | rho(1)", (2.0 / 12.0_f64).powi(2), 1e-12);
    numbers.check("overlap50 | L_eff", effective, 1e-12);
    numbers.check(
        "overlap50 | CL95_with_L_eff",
        confidence_limit(effective, 0.05).unwrap(),
        1e-12,
    );
    numbers.check_all(
        "overlap50 | C",
        picked(&overlapped.coherence().unwrap().values),
        1e-9,
    );

    let delay = Delay::fit(&sums, 15.0, 35.0, 0.0).unwrap();
    numbers.check("delay_from_phase_slope_ms | value", 1e3 * delay.delay_s, 1e-9);
    assert!(delay.interval_s.0 < 0.008 && 0.008 < delay.interval_s.1, "{delay:?}");
    numbers.check("delay_from_phase_slope_ms | true", 8.0, 0.0);

    let parts = [(0, 20_480), (20_480, 30_720), (30_720, 59_392)]
        .map(|(p, q)| cross(&a[p..q], &b[p..q], KILOHERTZ));
    let pool = CrossSpectrum::pooled(&parts).unwrap().coherence().unwrap();
    let fisher =
        FisherPool::pool(&parts.each_ref().map(|part| part.coherence().unwrap()))
            .unwrap();
    numbers.check_all(
        "pooled | segments",
        parts.each_ref().map(|part| part.segments() as f64),
        0.0,
    );
    numbers.check_all("pooled | pooled_spectra", picked(&pool.values), 1e-9);
    numbers.check("pooled | CL95", confidence_limit(pool.segments, 0.05).unwrap(), 1e-12);
    numbers.check_all(
        "pooled | fisher_pooled tanh(z)^2",
        picked(&fisher.coherence()),
        1e-9,
    );
    numbers.check_all(
        "pooled | homogeneity_chi2(k-1=2)",
        picked(&fisher.homogeneity),
        1e-9,
    );
    numbers.check("pooled | crit95", fisher.critical(0.05).unwrap(), 1e-12);

    let cumulant = Cumulant::from_spectrum(&boxcar).unwrap();
    let peak = cumulant.peak(0.5).unwrap();
    numbers.check("cumulant_density | peak_lag_samples", peak.lag as f64, 0.0);
    let lags = [0, 4, 8, 12, 20].map(|lag| cumulant.at(lag).unwrap());
    numbers.check_all("cumulant_density | q[0,4,8,12,20]", lags, 1e-9);
    let error = cumulant.half_width() / 1.96;
    numbers.check(
        "cumulant_density | approx_SE_under_independence sqrt(sum fxx fyy/(T^2 L))",
        error,
        1e-9,
    );
    numbers.check("cumulant_density | CI95_half_width", cumulant.half_width(), 1e-9);
    assert!(numbers.0.is_empty(), "not compared: {:?}", numbers.0);
}

#[test]
fn phases_have_the_statistics_of_scipy() {
    let expected = reference("circular_python.json");
    for case in expected["cases"].as_array().unwrap() {
        let number = |name: &str| case[name].as_f64().unwrap();
        let count = |name: &str| case[name].as_u64().unwrap();
        let (n, period) = (count("n") as usize, number("period"));
        let noise = normals(count("seed"), n);
        let phases: Vec<f64> =
            noise.iter().map(|z| number("centre") + number("spread") * z).collect();
        let found = Circular::measure(&phases, period).unwrap();
        let close = |ours: f64, theirs: f64, scale: f64, name: &str| {
            println!("{n} {name}: {:.1e}", (ours - theirs).abs() / scale);
            assert!(
                (ours - theirs).abs() <= 1e-12 * scale,
                "{n} {name}: {ours} instead of {theirs}"
            );
        };
        close(found.mean().unwrap(), number("circmean"), period, "mean");
        // The logarithm of a length near 1 and its root halve the digits: 1e-16 of R is
        // 1e-8 of a deviation near 0.
        close(
            found.deviation().powi(2),
            number("circstd").powi(2),
            period * period,
            "squared deviation",
        );
        close(found.resultant, number("resultant"), 1.0, "resultant");
        // A difference of numbers like 4n² in an exponent.
        close(found.rayleigh(), number("rayleigh"), 1.0, "rayleigh");
        if n >= 5 {
            assert!((found.rayleigh() - number("simulated_p")).abs() < 0.003, "{n}");
        }
        let half = found.mean_interval().map(|(low, high)| {
            close(0.5 * (low + high), number("circmean"), period, "middle");
            0.5 * (high - low)
        });
        assert_eq!(half.is_some(), case["half_interval"].is_number(), "{n}");
        if let Some(half) = half {
            close(half, number("half_interval"), period, "half interval");
        }
    }
}

// ---- what holds whatever the numbers
// --------------------------------------------------------------------------

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn coherence_knows_no_gain_and_no_order(
        seed in 0_u64..1 << 40,
        segments in 2_usize..12,
        length in 2_usize..70,
        gains in (1e-9_f64..1e9, -1e9_f64..-1e-9),
        hann in any::<bool>(),
    ) {
        let window = if hann { Window::Hann } else { Window::Boxcar };
        let grid = Grid { length, rate_hz: 100.0, window, highest_hz: 50.0 };
        let mut generator = SplitMix64::new(seed);
        let (a, b) = coherent(&mut generator, segments * length + length / 2, 0.3, 1);
        let sums = cross(&a, &b, grid);
        let coherence = sums.coherence().unwrap();
        prop_assert_eq!(sums.segments(), segments);
        prop_assert_eq!(coherence.values.len(), length / 2 + 1);
        prop_assert!(coherence.values.iter().all(|c| c.is_nan() || (0.0..=1.0).contains(c)));
        let scaled = |samples: &[f64], gain: f64| samples.iter().map(|x| gain * x).collect::<Vec<f64>>();
        let other = cross(&scaled(&b, gains.0), &scaled(&a, gains.1), grid).coherence().unwrap();
        let normal = sums.clone().normalised().coherence().unwrap();
        for bin in 1..coherence.values.len() {
            prop_assert!((coherence.values[bin] - other.values[bin]).abs() < 1e-9, "{}", bin);
            prop_assert!((coherence.values[bin] - normal.values[bin]).abs() < 1e-12, "{}", bin);
        }
        let same = cross(&a, &scaled(&a, gains.1), grid).coherence().unwrap();
        prop_assert!(same.values[1..].iter().all(|c| (c - 1.0).abs() < 1e-9));
        let limit = confidence_limit(coherence.segments, 0.05).unwrap();
        prop_assert!((0.0..1.0).contains(&limit));
        if let Some(band) = BandCoherence::measure(&coherence, 10.0, 30.0) {
            let (low, high) = band.corrected.interval;
            prop_assert!(0.0 <= low && low <= band.corrected.value && band.corrected.value <= high && high <= 1.0);
        }
    }

    #[test]
    fn circular_statistics_turn_with_the_phases(
        phases in prop::collection::vec(-1e3_f64..1e3, 1..40),
        turn in -500.0_f64..500.0,
    ) {
        let found = Circular::measure(&phases, 100.0).unwrap();
        prop_assert!((0.0..=1.0).contains(&found.resultant) && (0.0..=1.0).contains(&found.rayleigh()));
        prop_assume!(found.resultant > 1e-3);
        let turned: Vec<f64> = phases.iter().map(|phase| phase + turn).collect();
        let turned = Circular::measure(&turned, 100.0).unwrap();
        prop_assert!((0.0..100.0).contains(&turned.mean().unwrap()));
        prop_assert!(difference(turned.mean().unwrap() - turn, found.mean().unwrap(), 100.0).abs() < 1e-7);
        prop_assert!((turned.deviation() - found.deviation()).abs() < 1e-5);
        if let Some((low, high)) = found.mean_interval() {
            prop_assert!(low <= found.mean().unwrap() && found.mean().unwrap() <= high && high - low <= 50.0 + 1e-9);
        }
    }
}

#[test]
fn the_second_channel_is_later_where_lag_and_delay_are_positive() {
    let grid =
        Grid { length: 500, rate_hz: 500.0, window: Window::Hann, highest_hz: 250.0 };
    let (a, b) = coherent(&mut SplitMix64::new(3), 30_000, 0.5, 6);
    for (sums, sign) in [(cross(&a, &b, grid), 1.0), (cross(&b, &a, grid), -1.0)] {
        let peak = Cumulant::from_spectrum(&sums).unwrap().peak(0.1).unwrap();
        assert_eq!((peak.lag as f64, peak.lag_s), (sign * 6.0, sign * 0.012));
        let delay = Delay::fit(&sums, 20.0, 120.0, confidence_limit(60.0, 0.05).unwrap())
            .unwrap();
        assert!(
            (delay.delay_s - sign * 0.012).abs() < 4.0 * delay.error_s
                && delay.error_s < 2e-4,
            "{delay:?}"
        );
        assert!(delay.phase.abs() < 0.2);
    }
    let inverted: Vec<f64> = b.iter().map(|x| -x).collect();
    let sums = cross(&a, &inverted, grid);
    let peak = Cumulant::from_spectrum(&sums).unwrap().peak(0.1).unwrap();
    assert!(peak.lag == 6 && peak.value < 0.0);
    assert!(Delay::fit(&sums, 20.0, 120.0, 0.0).unwrap().phase.abs() > PI - 0.2);
}

#[test]
fn the_cumulant_of_all_frequencies_is_the_covariance() {
    for length in [63, 64] {
        let grid = Grid { length, rate_hz: 1.0, window: Window::Boxcar, highest_hz: 0.5 };
        let (a, b) = coherent(&mut SplitMix64::new(5), length, 0.3, 2);
        let centred = |x: &[f64]| {
            x.iter()
                .map(|v| v - x.iter().sum::<f64>() / length as f64)
                .collect::<Vec<f64>>()
        };
        let (x, y) = (centred(&a), centred(&b));
        let sums = cross(&a, &b, grid);
        let cumulant = Cumulant::from_spectrum(&sums).unwrap();
        let half = length as isize / 2;
        for lag in -half..=half {
            let later = |i: usize| y[(i + (length as isize + lag) as usize) % length];
            let covariance = x.iter().enumerate().map(|(i, x)| x * later(i)).sum::<f64>()
                / length as f64;
            assert!(
                (cumulant.at(lag).unwrap() - covariance).abs() < 1e-13,
                "{length} {lag}"
            );
        }
        assert_eq!((cumulant.at(half + 1), cumulant.at(-half - 1)), (None, None));
        let spread =
            |x: &[f64]| (x.iter().map(|v| v * v).sum::<f64>() / length as f64).sqrt();
        let correlation =
            Cumulant::from_spectrum(&sums.normalised()).unwrap().at(1).unwrap();
        assert!(
            (correlation * spread(&x) * spread(&y) - cumulant.at(1).unwrap()).abs()
                < 1e-13
        );
    }
}

#[test]
fn a_band_of_the_cumulant_is_that_of_a_grid_that_keeps_less() {
    let (a, b) = coherent(&mut SplitMix64::new(6), 3000, 0.3, 2);
    let grid =
        Grid { length: 100, rate_hz: 100.0, window: Window::Hann, highest_hz: 20.0 };
    let less = cross(&a, &b, grid);
    let whole = cross(&a, &b, Grid { highest_hz: 50.0, ..grid });
    assert_eq!((less.cross().len(), less.powers().0), (21, &whole.powers().0[..21]));
    let (less, band) = (
        Cumulant::from_spectrum(&less).unwrap(),
        Cumulant::from_band(&whole, 0.0, 20.0).unwrap(),
    );
    assert!(
        (0..=50).all(|lag| less.at(lag) == band.at(lag))
            && less.half_width() == band.half_width()
    );
}

#[test]
fn segments_with_a_gap_are_left_out_of_both() {
    let grid = small(Window::Hann);
    let (a, b) = coherent(&mut SplitMix64::new(8), 64 * 6 + 10, 0.4, 0);
    let (mut with_gap, mut other) = (a.clone(), b.clone());
    with_gap[70] = f64::NAN;
    other[64 * 3 + 5] = f64::INFINITY;
    other[64 * 4..64 * 5].fill(0.25);
    let present: Vec<bool> = SegmentSpectra::cut(&other, grid).present().collect();
    assert_eq!(present, [true, true, true, false, false, true]);
    let kept = |x: &[f64]| {
        [0_usize, 2, 5]
            .iter()
            .flat_map(|i| x[64 * i..64 * (i + 1)].to_vec())
            .collect::<Vec<f64>>()
    };
    assert_eq!(cross(&with_gap, &other, grid), cross(&kept(&a), &kept(&b), grid));
    // A shorter channel shares what it has.
    assert_eq!(cross(&a, &b[..64 * 2 + 1], grid), cross(&a[..128], &b[..128], grid));
}

#[test]
fn what_cannot_be_is_none() {
    let grid = small(Window::Hann);
    let noise = normals(1, 64 * 4);
    for (name, samples, segments) in [
        ("empty", vec![], 0),
        ("short", normals(2, 63), 0),
        ("one segment", normals(2, 64), 1),
        ("constant", vec![3.0; 256], 0),
        ("gaps", vec![f64::NAN; 256], 0),
        ("infinite", vec![f64::INFINITY; 256], 0),
    ] {
        let sums = cross(&samples, &noise, grid);
        assert_eq!((sums.segments(), sums.coherence()), (segments, None), "{name}");
        assert_eq!(Cumulant::from_spectrum(&sums).is_some(), segments > 0, "{name}");
        assert_eq!(
            (Delay::fit(&sums, 1.0, 30.0, 0.0), Crosstalk::measure(&sums)),
            (None, None),
            "{name}"
        );
        assert_eq!(sums.clone().normalised().segments(), segments);
    }
    for grid in [
        Grid { length: 0, ..grid },
        Grid { length: 1, ..grid },
        Grid { highest_hz: -1.0, ..grid },
        Grid { highest_hz: f64::INFINITY, ..grid },
        Grid { rate_hz: 0.0, ..grid },
    ] {
        let sums = cross(&noise, &noise, grid);
        let coherence = sums.coherence();
        assert!(
            coherence.as_ref().is_none_or(|found| found.values.len() == grid.bins()),
            "{grid:?}"
        );
        let _ = coherence.map(|found| BandCoherence::measure(&found, 1.0, 30.0));
        let _ = (
            Cumulant::from_spectrum(&sums),
            Delay::fit(&sums, 1.0, 30.0, 0.0),
            Crosstalk::measure(&sums),
        );
    }
    // What is no number equals nothing, so that no two channels share such a grid.
    let nowhere = SegmentSpectra::cut(&noise, Grid { highest_hz: f64::NAN, ..grid });
    assert_eq!(CrossSpectrum::from_segments(&nowhere, &nowhere), None);
    let [a, b] =
        [grid, small(Window::Boxcar)].map(|grid| SegmentSpectra::cut(&noise, grid));
    assert_eq!((CrossSpectrum::from_segments(&a, &b), a.grid()), (None, grid));
    let [a, b] =
        [a, b].map(|channel| CrossSpectrum::from_segments(&channel, &channel).unwrap());
    assert_eq!(
        (CrossSpectrum::pooled([]), CrossSpectrum::pooled([&a, &b])),
        (None, None)
    );
    let [a, b] = [a, b].map(|sums| sums.coherence().unwrap());
    assert!(
        FisherPool::pool(&[]).is_none() && FisherPool::pool(&[a.clone(), b]).is_none()
    );
    assert_eq!(FisherPool::pool(std::slice::from_ref(&a)).unwrap().critical(0.05), None);
    assert!(
        BandCoherence::measure(&a, 20.0, 10.0).is_none() && a.mean(50.0, 60.0).is_none()
    );
    assert_eq!((a.interval(26), a.interval(33)), (Some((1.0, 1.0)), None));
    assert_eq!(
        BandCoherence::measure(&a, 4.0, 20.0).unwrap().corrected.interval,
        (1.0, 1.0)
    );
    assert!(Delay::fit(&cross(&noise, &noise, grid), 4.0, 5.0, 0.0).is_none());
    // Squares that leave the range of numbers are no coherence.
    let huge: Vec<f64> = noise.iter().map(|x| 1e200 * x).collect();
    assert!(cross(&huge, &noise, grid).coherence().unwrap().values[5].is_nan());
    let tiny: Vec<f64> = noise.iter().map(|x| 1e-120 * x).collect();
    assert!(
        (cross(&tiny, &tiny, grid).coherence().unwrap().values[5] - 1.0).abs() < 1e-12
    );
}

#[test]
fn limits_and_intervals_at_their_edges() {
    for (segments, alpha) in [
        (1.0, 0.05),
        (0.0, 0.05),
        (f64::NAN, 0.05),
        (9.0, 0.0),
        (9.0, 1.0),
        (9.0, f64::NAN),
    ] {
        assert_eq!(confidence_limit(segments, alpha), None);
    }
    assert_eq!(
        (interval(0.5, 0.0), interval(f64::NAN, 9.0), interval(1.5, 9.0)),
        (None, None, None)
    );
    // The lower end would rise again below 0.
    assert_eq!(interval(0.001, 20.0).unwrap().0, 0.0);
    assert_eq!(
        (transformed(1.0), untransformed(f64::INFINITY), untransformed(-1.0)),
        (f64::INFINITY, 1.0, 0.0)
    );
    assert!(transformed(-0.1).is_nan() && untransformed(f64::NAN).is_nan());
    assert_eq!(effective_segments(0, 64, 32, Window::Hann), 0.0);
    assert_eq!(effective_segments(1, 64, 32, Window::Hann), 1.0);
    assert!(effective_segments(5, 64, 64, Window::Hann) < 1.5);
    // SciPy has no such function; three segments that overlap by half: 3/(1 +
    // 2·(2/3)/36).
    assert!(
        (effective_segments(3, 64, 32, Window::Hann) - 3.0 / (1.0 + 4.0 / 108.0)).abs()
            < 1e-12
    );
}

#[test]
fn phases_at_their_edges() {
    for (phases, period) in
        [(vec![], 1.0), (vec![f64::NAN], 1.0), (vec![1.0], 0.0), (vec![1.0], f64::NAN)]
    {
        assert_eq!(Circular::measure(&phases, period), None);
    }
    let opposite = Circular::measure(&[10.0, 60.0], 100.0).unwrap();
    assert_eq!(
        (opposite.mean(), opposite.deviation(), opposite.mean_interval()),
        (None, f64::INFINITY, None)
    );
    let gaps = Circular::measure(&[99.0, f64::NAN, 1.0, f64::INFINITY], 100.0).unwrap();
    assert!(gaps.n == 2 && difference(gaps.mean().unwrap(), 0.0, 100.0).abs() < 1e-12);
    let equal = Circular::measure(&[25.0; 9], 100.0).unwrap();
    assert!(
        equal.deviation() < 1e-6
            && equal.mean_interval().is_some_and(|(low, high)| high - low < 1e-6)
    );
    assert!(equal.rayleigh() < 1e-4);
    assert!(
        difference(f64::NAN, 0.0, 1.0).is_nan() && difference(1.0, 0.0, -1.0).is_nan()
    );
    assert_eq!(
        (difference(-260.0, 30.0, 360.0), difference(25.0, 75.0, 100.0)),
        (70.0, 50.0)
    );
}

// ---- what is said of chance
// -----------------------------------------------------------------------------------

#[test]
fn independent_channels_exceed_the_limit_in_5_of_100_bins() {
    // Of disjoint segments it is exact but for 0 Hz and half the rate (and, of Hann,
    // their neighbours), which are real.
    let (mut generator, trials) = (SplitMix64::new(13), 500);
    let limit = confidence_limit(40.0, 0.05).unwrap();
    let shares: Vec<f64> = (0..trials)
        .map(|_| {
            let (a, b) = coherent(&mut generator, 64 * 40, 0.0, 0);
            let values = cross(&a, &b, small(Window::Hann)).coherence().unwrap().values;
            values[2..31].iter().filter(|&&value| value > limit).count() as f64 / 29.0
        })
        .collect();
    // Bins of a recording are correlated; recordings are not.
    let mean = shares.iter().sum::<f64>() / trials as f64;
    let spread = (shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>()
        / trials as f64)
        .sqrt();
    println!("{mean:.4} ± {:.4}", spread / (trials as f64).sqrt());
    assert!((mean - 0.05).abs() < 3.0 * spread / (trials as f64).sqrt(), "{mean}");
}

/// The coherences of a band of 15 bins of so many recordings of 40 segments.
fn bands(window: Window, truth: f64, recordings: usize) -> Vec<BandCoherence> {
    let mut generator = SplitMix64::new(7);
    let mut band = || {
        let (a, b) = coherent(&mut generator, 64 * 40, truth, 0);
        BandCoherence::measure(
            &cross(&a, &b, small(window)).coherence().unwrap(),
            5.0,
            19.0,
        )
        .unwrap()
    };
    (0..recordings).map(|_| band()).collect()
}

#[test]
fn intervals_of_a_band_cover_its_coherence() {
    for window in [Window::Hann, Window::Boxcar] {
        for truth in [0.05, 0.2, 0.6, 0.9] {
            let found = bands(window, truth, 1000);
            let covers = |band: &&BandCoherence| {
                let (low, high) = band.corrected.interval;
                low <= truth && truth <= high
            };
            let covered = found.iter().filter(covers).count();
            println!("{window:?} {truth}: {covered} of 1000");
            expected_share(covered, 1000, 0.95);
        }
        // Without coherence only the lower end can miss.
        let found = bands(window, 0.0, 2000);
        assert!(found.iter().all(|band| band.corrected.interval.1 > 0.01));
        expected_share(
            found.iter().filter(|band| band.corrected.interval.0 > 0.0).count(),
            2000,
            0.03,
        );
        expected_share(
            found.iter().filter(|band| band.exceeds_limit()).count(),
            2000,
            0.05,
        );
    }
}

#[test]
fn a_band_has_lost_its_bias() {
    let truth = 0.6;
    let found = bands(Window::Boxcar, truth, 2000);
    let mean = |of: fn(&BandCoherence) -> f64| {
        found.iter().map(of).sum::<f64>() / found.len() as f64
    };
    let (plain, corrected) =
        (mean(|band| band.z), mean(|band| transformed(band.corrected.value)));
    let error = (1.0 / (2.0 * 40.0 * 15.0 * found.len() as f64)).sqrt();
    println!("{plain:.4} {corrected:.4} {:.4} ± {error:.4}", transformed(truth));
    assert!((corrected - transformed(truth)).abs() < 3.0 * error);
    assert!((plain - transformed(truth) - 1.0 / 78.0).abs() < 3.0 * error);
}

#[test]
fn a_cumulant_of_independent_channels_stays_in_its_band() {
    for window in [Window::Hann, Window::Boxcar] {
        let (mut generator, trials) = (SplitMix64::new(11), 1000);
        let outside = (0..trials).filter(|_| {
            let (a, b) = coherent(&mut generator, 64 * 30, 0.0, 0);
            let cumulant =
                Cumulant::from_spectrum(&cross(&a, &b, small(window))).unwrap();
            cumulant.at(0).unwrap().abs() > cumulant.half_width()
        });
        expected_share(outside.count(), trials, 0.05);
    }
}

#[test]
fn intervals_of_a_delay_cover_it() {
    for (window, coherence) in
        [(Window::Hann, 0.12), (Window::Hann, 0.6), (Window::Boxcar, 0.12)]
    {
        let grid = Grid { length: 256, rate_hz: 256.0, window, highest_hz: 128.0 };
        let (mut generator, trials) = (SplitMix64::new(9), 600);
        let covered = (0..trials).filter(|_| {
            let (a, b) = coherent(&mut generator, 256 * 60, coherence, 3);
            let delay = Delay::fit(&cross(&a, &b, grid), 15.0, 35.0, 0.0).unwrap();
            delay.interval_s.0 <= 3.0 / 256.0 && 3.0 / 256.0 <= delay.interval_s.1
        });
        let covered = covered.count();
        println!("{window:?} {coherence}: {covered} of {trials}");
        expected_share(covered, trials, 0.95);
    }
}

#[test]
fn intervals_of_a_mean_phase_cover_it() {
    for (n, spread) in [(8, 3.0), (8, 8.0), (15, 12.0), (40, 15.0)] {
        let (mut generator, trials) = (SplitMix64::new(21), 2000);
        let mut covered = 0;
        for _ in 0..trials {
            let phases: Vec<f64> =
                (0..n).map(|_| 98.0 + spread * generator.normal()).collect();
            let (low, high) =
                Circular::measure(&phases, 100.0).unwrap().mean_interval().unwrap();
            let off = difference(98.0, 0.5 * (low + high), 100.0).abs();
            covered += usize::from(off <= 0.5 * (high - low));
        }
        println!("{n} {spread}: {covered} of {trials}");
        expected_share(covered, trials, 0.95);
    }
}

#[test]
fn rayleighs_test_holds_its_level() {
    let (mut generator, trials) = (SplitMix64::new(23), 4000);
    let found = (0..trials).filter(|_| {
        let phases: Vec<f64> = (0..12).map(|_| 100.0 * generator.uniform()).collect();
        Circular::measure(&phases, 100.0).unwrap().rayleigh() < 0.05
    });
    expected_share(found.count(), trials, 0.05);
}

#[test]
fn coherence_of_other_kinds_is_no_crosstalk() {
    // What is 5 ms later, and two lines that both share.
    let grid =
        Grid { length: 1000, rate_hz: 1000.0, window: Window::Hann, highest_hz: 250.0 };
    let (a, b) = coherent(&mut SplitMix64::new(19), 60_000, 0.1, 5);
    let later = Crosstalk::measure(&cross(&a, &b, grid)).unwrap();
    assert!(
        !later.is_likely() && later.share_above > 0.5 && later.lag_s == 0.005,
        "{later:?}"
    );
    let hum = |seed: u64| -> Vec<f64> {
        let line = (0..60_000).map(|i| {
            (TAU * 0.083 * f64::from(i)).sin() + (TAU * 0.147 * f64::from(i)).sin()
        });
        normals(seed, 60_000).iter().zip(line).map(|(noise, line)| noise + line).collect()
    };
    let line = Crosstalk::measure(&cross(&hum(1), &hum(2), grid)).unwrap();
    assert!(
        !line.is_likely() && line.lag_s == 0.0 && line.peak_over_limit > 2.0,
        "{line:?}"
    );
}

/// Two muscles, how much of each is heard in the channel of the other, and a drive of 20
/// Hz that both share.
fn muscles(
    generator: &mut SplitMix64,
    seconds: usize,
    heard: (f64, f64),
    drive: f64,
) -> CrossSpectrum {
    let grid =
        Grid { length: 1000, rate_hz: 1000.0, window: Window::Hann, highest_hz: 250.0 };
    let n = 1000 * seconds;
    let band = butterworth(2, Band::BandPass(30.0, 150.0), 1000.0).unwrap();
    let mut muscle = || {
        let mut samples: Vec<f64> = (0..n).map(|_| generator.normal()).collect();
        band.filter(&mut samples);
        samples
    };
    let (a, b) = (muscle(), muscle());
    let mut channel = |own: &[f64], other: &[f64], heard: f64, phase: f64| -> Vec<f64> {
        let common = |i: usize| drive * (TAU * 20.0 * i as f64 / 1000.0 + phase).sin();
        (0..n)
            .map(|i| own[i] + heard * other[i] + common(i) + 0.02 * generator.normal())
            .collect()
    };
    let (a, b) = (channel(&a, &b, heard.0, 0.0), channel(&b, &a, heard.1, 1.0));
    cross(&a, &b, grid)
}

#[test]
fn crosstalk_is_heard_and_common_drive_is_not() {
    let mut generator = SplitMix64::new(17);
    for (heard, likely) in [
        ((0.0, 0.0), false),
        ((0.1, 0.0), true),
        ((0.0, -0.2), true),
        ((0.05, 0.05), true),
        ((0.1, 0.1), true),
        ((0.2, 0.2), true),
    ] {
        let found = Crosstalk::measure(&muscles(&mut generator, 60, heard, 0.0)).unwrap();
        println!("{heard:?}: {found:?}");
        assert_eq!(
            (found.bins, found.is_likely()),
            (191, likely),
            "{heard:?}: {found:?}"
        );
        let level = (heard.0 + heard.1).abs() / (1.0 + heard.0 * heard.1);
        assert!((found.coherency - level).abs() < 0.05, "{heard:?}: {found:?}");
    }
    for _ in 0..10 {
        let driven =
            Crosstalk::measure(&muscles(&mut generator, 20, (0.0, 0.0), 0.3)).unwrap();
        assert!(!driven.is_likely(), "{driven:?}");
    }
}

#[test]
fn recordings_that_agree_are_homogeneous() {
    let mut generator = SplitMix64::new(29);
    let mut recording = |coherence: f64| -> CoherenceSpectrum {
        let (a, b) = coherent(&mut generator, 64 * 40, coherence, 0);
        cross(&a, &b, small(Window::Boxcar)).coherence().unwrap()
    };
    let (mut exceeding, trials) = (0, 200);
    for _ in 0..trials {
        let pool =
            FisherPool::pool(&[recording(0.4), recording(0.4), recording(0.4)]).unwrap();
        let critical = pool.critical(0.05).unwrap();
        exceeding +=
            pool.homogeneity[2..31].iter().filter(|&&chi| chi > critical).count();
    }
    expected_share(exceeding, trials * 29, 0.05);
    let pool = FisherPool::pool(&[recording(0.1), recording(0.8)]).unwrap();
    let critical = pool.critical(0.05).unwrap();
    assert!(pool.homogeneity[2..31].iter().filter(|&&chi| chi > critical).count() > 25);
}
