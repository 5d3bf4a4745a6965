//! Spectra, wavelets and their indices against SciPy, NumPy and PyWavelets.
//!
//! `ref_spectral.json` comes from `/shared/reference/ref_spectral.py`,
//! `spectra_python.json` from the script beside it (SciPy 1.17.1, NumPy 2.4.6, PyWavelets
//! 1.9.0). Relative tolerances (methods §25): 1e-9 where a Fourier transform is in
//! between, 1e-10 for wavelets (the taps of `sym5` in PyWavelets are 1.6e-12 off), others
//! with their reason.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use soleus::analysis::quality::{self, Ratios};
use soleus::dsp::moving;
use soleus::dsp::multitaper::Multitaper;
use soleus::dsp::random::normals;
use soleus::dsp::spectrogram::{InstantaneousMean, instantaneous_mean_frequencies};
use soleus::dsp::spectrum::{
    Averaging, Estimator, MedianRule, PowerSpectrum, Segments, SpectrumBand, Window,
    median_bias, periodogram,
};
use soleus::dsp::wavelet::{
    Decomposition, Wavelet, WaveletEstimator, WaveletIndices, decompose,
};
use soleus::synth::Spectrum;

const RULES: [MedianRule; 3] =
    [MedianRule::Interpolated, MedianRule::Bin, MedianRule::Trapezoid];

fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn whole(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number")) as usize
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// `lfilter([1], [1, -1.2, 0.6, -0.1], noise)`.
fn coloured(noise: &[f64]) -> Vec<f64> {
    let mut x = vec![0.0; noise.len()];
    for n in 0..noise.len() {
        let past = |k: usize| if n >= k { x[n - k] } else { 0.0 };
        x[n] = noise[n] + 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
    }
    x
}

fn x() -> Vec<f64> {
    coloured(&normals(5, 4096))
}

fn with_sine(amplitude: f64, hz: f64) -> Vec<f64> {
    let sine =
        |k: usize| amplitude * (std::f64::consts::TAU * hz * k as f64 / 1000.0).sin();
    x().iter().enumerate().map(|(k, x)| x + sine(k)).collect()
}

fn hann(length: usize) -> Segments {
    Segments { length, overlap: length / 2, window: Window::Hann, demean: true }
}

fn welch(samples: &[f64], length: usize) -> PowerSpectrum {
    Estimator::new(hann(length), 1000.0).welch([samples]).unwrap()
}

// ---- every number of the reference
// ----------------------------------------------------------------------------

/// Our numbers with their tolerances, by their places in the reference.
#[derive(Default)]
struct Ours {
    numbers: BTreeMap<String, (f64, f64)>,
}

impl Ours {
    fn put(&mut self, place: &str, value: Option<f64>, tolerance: f64) {
        let value = value.unwrap_or_else(|| panic!("{place}: nothing"));
        assert!(
            self.numbers.insert(place.to_owned(), (value, tolerance)).is_none(),
            "{place} twice"
        );
    }

    fn put_all(
        &mut self,
        place: &str,
        values: impl IntoIterator<Item = f64>,
        tolerance: f64,
    ) {
        for (k, value) in values.into_iter().enumerate() {
            self.put(&format!("{place}|{k}"), Some(value), tolerance);
        }
    }

    /// The densities at the places that the reference names, and the names.
    fn put_densities(&mut self, place: &str, spectrum: &PowerSpectrum, at: &[usize]) {
        self.put_all(
            &format!("{place}|P"),
            at.iter().map(|&k| spectrum.density[k]),
            1e-9,
        );
    }

    /// All that `summ` in the reference finds.
    fn put_indices(
        &mut self,
        place: &str,
        spectrum: &PowerSpectrum,
        low_hz: f64,
        high_hz: f64,
    ) {
        let place = format!("{place}|{low_hz}_{high_hz}");
        let band = spectrum.band(low_hz, high_hz);
        self.put_all(&format!("{place}|band"), [low_hz, high_hz], 0.0);
        self.put(&format!("{place}|nbins"), Some(band.len() as f64), 0.0);
        for order in -1..=5 {
            self.put(&format!("{place}|moments|{order}"), Some(band.moment(order)), 1e-9);
        }
        for order in 2..=5 {
            self.put(&format!("{place}|FInsm{order}"), band.finsm(order), 1e-9);
        }
        let found = [
            ("total_power", Some(spectrum.power(low_hz, high_hz))),
            ("MNF", band.mean_frequency()),
            ("MDF_bin", band.median_frequency(MedianRule::Bin)),
            ("MDF_interp_edges", band.median_frequency(MedianRule::Interpolated)),
            ("MDF_interp_trapz", band.median_frequency(MedianRule::Trapezoid)),
            ("peak_freq", band.peak_frequency()),
            ("omega_ratio sqrt(M2/M0)/(M1/M0)", band.deformation()),
            ("variance_of_f VCF", band.frequency_variance()),
            ("spectral_entropy_bits_norm", band.entropy()),
            ("edge_freq_95", band.edge_frequency(0.95)),
            (
                "freq_ratio_15_45_over_95_500",
                spectrum.frequency_ratio((15.0, 45.0), (95.0, 500.0)),
            ),
        ];
        for (name, value) in found {
            self.put(&format!("{place}|{name}"), value, 1e-9);
        }
    }

    /// Compares each number of a reference with ours; none may be left over on either
    /// side.
    fn check(mut self, expected: &Value) {
        let mut places = vec![(String::new(), expected)];
        while let Some((place, value)) = places.pop() {
            let inside = |name: &str| {
                if place.is_empty() { name.to_owned() } else { format!("{place}|{name}") }
            };
            match value {
                Value::Object(parts) => {
                    places.extend(parts.iter().map(|(name, value)| (inside(name), value)))
                }
                Value::Array(parts) => {
                    places.extend(
                        parts
                            .iter()
                            .enumerate()
                            .map(|(k, value)| (inside(&k.to_string()), value)),
                    );
                }
                Value::Number(_) => {
                    let (ours, tolerance) = self
                        .numbers
                        .remove(&place)
                        .unwrap_or_else(|| panic!("{place} is not tested"));
                    let theirs = number(value);
                    let close = (ours - theirs).abs() <= tolerance * theirs.abs();
                    assert!(close, "{place}: {ours} instead of {theirs}");
                }
                _ => {}
            }
        }
        assert!(self.numbers.is_empty(), "not in the reference: {:?}", self.numbers);
    }
}

#[test]
fn every_number_of_the_reference_is_met() {
    let mut ours = Ours::default();
    spectra(&mut ours);
    padded_and_median(&mut ours);
    for (low_hz, high_hz) in [(60.0, 120.0), (30.0, 60.0), (40.0, 100.0), (50.0, 150.0)] {
        model(&mut ours, Spectrum { low_hz, high_hz });
    }
    ratios(&mut ours);
    wavelets(&mut ours);
    instantaneous(&mut ours);
    mains(&mut ours);
    ours.check(&reference("ref_spectral.json"));
}

fn spectra(ours: &mut Ours) {
    for (samples, name) in [(x(), "x"), (with_sine(0.5, 50.0), "y")] {
        let (place, at) = (
            format!("welch_{name}_hann1024_50%_detrendconst"),
            [0, 1, 2, 50, 51, 52, 100, 256, 511, 512],
        );
        let spectrum = welch(&samples, 1024);
        ours.put_all(&format!("{place}|P_idx"), at.map(|k| k as f64), 0.0);
        ours.put_densities(&place, &spectrum, &at);
        ours.put(&format!("{place}|sum_df"), Some(spectrum.power(0.0, 500.0)), 1e-9);
        for (low_hz, high_hz) in [(10.0, 500.0), (20.0, 450.0), (8.0, 500.0)] {
            ours.put_indices(&place, &spectrum, low_hz, high_hz);
        }
        let (place, at) = (format!("periodogram_{name}_boxcar"), [1, 205, 1000, 2048]);
        let spectrum = periodogram(&samples, 1000.0, Window::Boxcar).unwrap();
        ours.put_all(&format!("{place}|P_idx"), at.map(|k| k as f64), 0.0);
        ours.put_densities(&place, &spectrum, &at);
        ours.put(&format!("{place}|n"), Some(spectrum.density.len() as f64), 0.0);
        for name in ["parseval sum(P)df", "var(sig)"] {
            ours.put(&format!("{place}|{name}"), Some(spectrum.power(0.0, 500.0)), 1e-9);
        }
        ours.put_indices(&place, &spectrum, 10.0, 500.0);
    }
}

fn padded_and_median(ours: &mut Ours) {
    let segments =
        Segments { length: 250, overlap: 125, window: Window::Hamming, demean: true };
    let spectrum =
        Estimator::new(segments, 1000.0).padded(256).welch([&x()[..500]]).unwrap();
    ours.put_densities("welch_x500_hamming250_nfft256", &spectrum, &[0, 1, 10, 64, 128]);
    ours.put_indices("welch_x500_hamming250_nfft256", &spectrum, 10.0, 500.0);
    let mut estimator = Estimator::new(hann(1024), 1000.0).averaging(Averaging::Median);
    let spectrum = estimator.welch([&x()[..]]).unwrap();
    ours.put_densities("welch_median", &spectrum, &[1, 50, 100]);
    ours.put("welch_median|bias_term_used n=7 segments", Some(median_bias(7)), 1e-15);
}

/// The indices of a model spectrum are integrals, which sums over a fine grid approach.
/// Within a band the end values count half, so that the sums are trapezoidal and 0.01 Hz
/// leaves 1e-7; the interpolated median halves them itself. The whole spectrum falls with
/// f⁻⁴ and is cut at 200 kHz, which leaves 1e-6 of the first moment.
fn model(ours: &mut Ours, spectrum: Spectrum) {
    let grid = |spacing_hz: f64, count: u32| PowerSpectrum {
        spacing_hz,
        density: (0..count)
            .map(|k| spectrum.density(spacing_hz * f64::from(k)))
            .collect(),
    };
    let place = format!("shwedyk_exact|fl{}_fh{}", spectrum.low_hz, spectrum.high_hz);
    let whole = grid(0.1, 2_000_000);
    let band = whole.band(0.0, 2e5);
    let found = [
        ("M0", Some(band.moment(0))),
        ("MDF", band.median_frequency(MedianRule::Interpolated)),
        ("MNF", band.mean_frequency()),
    ];
    for (name, value) in found {
        ours.put(&format!("{place}|0-inf|{name}"), value, 2e-6);
    }
    for (low, high) in [(10_u32, 500_u32), (20, 450)] {
        let mut fine = grid(0.01, 50_001);
        let (low_hz, high_hz) = (f64::from(low), f64::from(high));
        let medians = [MedianRule::Interpolated, MedianRule::Trapezoid]
            .map(|rule| fine.band(low_hz, high_hz).median_frequency(rule).unwrap());
        assert!((medians[0] / medians[1] - 1.0).abs() < 1e-7);
        fine.density[low as usize * 100] /= 2.0;
        fine.density[high as usize * 100] /= 2.0;
        let band = fine.band(low_hz, high_hz);
        let found = [
            ("M0", Some(band.moment(0))),
            ("MDF", Some(medians[0])),
            ("MNF", band.mean_frequency()),
            ("FInsm5", band.finsm(5)),
        ];
        for (name, value) in found {
            ours.put(&format!("{place}|{low}-{high}|{name}"), value, 1e-7);
        }
    }
}

fn ratios(ours: &mut Ours) {
    let moved = with_sine(3.0, 3.0);
    let as_is = Estimator::new(Segments { demean: false, ..hann(1024) }, 1000.0)
        .welch([&moved[..]])
        .unwrap();
    for (place, spectrum) in
        [("quality_x", welch(&x(), 1024)), ("quality_x_plus_3Hz_artefact_amp3", as_is)]
    {
        let found = Ratios::measure(&spectrum).unwrap();
        ours.put(&format!("{place}|SMR_dB"), found.motion_db, 1e-9);
        ours.put(&format!("{place}|DP_dB"), Some(found.drop_db), 1e-9);
        ours.put(&format!("{place}|SNR_hf_dB"), found.noise_db, 1e-9);
        let averaged =
            PowerSpectrum { density: moving::mean(&spectrum.density, 13), ..spectrum };
        ours.put(
            &format!("{place}|peak_f"),
            averaged.band(35.0, 500.0).peak_frequency(),
            1e-12,
        );
    }
}

fn energy(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum()
}

fn wavelets(ours: &mut Ours) {
    let samples = &x()[..2048];
    let parts = decompose(samples, Wavelet::Sym5, 5);
    let all = || {
        [parts.approximation()]
            .into_iter()
            .chain((1..=5).rev().map(|level| parts.detail(level)))
    };
    let place = "dwt_sym5_L5_periodization";
    ours.put_all(&format!("{place}|lens"), all().map(|values| values.len() as f64), 0.0);
    ours.put_all(&format!("{place}|energy_A5_D5..D1"), all().map(energy), 1e-10);
    ours.put_all(
        &format!("{place}|sum_energy_equals_input"),
        [all().map(energy).sum(), energy(samples)],
        1e-10,
    );
    ours.put_all(
        &format!("{place}|D5_first3"),
        parts.detail(5)[..3].iter().copied(),
        1e-10,
    );
    ours.put_all(
        &format!("{place}|D1_first3"),
        parts.detail(1)[..3].iter().copied(),
        1e-10,
    );
    ours.put_all(
        &format!("{place}|dec_lo_sym5"),
        Wavelet::Sym5.low_pass().iter().copied(),
        1e-10,
    );
    let found = WaveletEstimator::new(2048, 1000.0).estimate(samples);
    let indices = [
        ("WIRE51 (energy D5/D1)", found.wire51),
        ("WIRM1551 (M-1 of D5-band / M5 of D1-band)", found.wirm1551),
        ("WIRM1522 (M-1 of D5 / M2 of D2)", found.wirm1522),
        ("WIRM1M51 (M-1 of max-energy scale / M5 of D1)", found.wirm1m51),
        ("max_energy_scale", parts.strongest().map(|level| level as f64)),
        ("WIRW51_db5 (waveform length D5/D1)", found.wirw51),
    ];
    for (name, value) in indices {
        ours.put(&format!("wavelet_indices|{name}"), value, 1e-10);
    }
}

fn instantaneous(ours: &mut Ours) {
    let segments = Segments { overlap: 192, ..hann(256) };
    let found = instantaneous_mean_frequencies(&x(), 1000.0, segments, (10.0, 500.0));
    let place = "imnf_spectrogram_hann256_ov192";
    ours.put(&format!("{place}|n"), Some(found.len() as f64), 0.0);
    ours.put(&format!("{place}|t0"), Some(found[0].0), 1e-12);
    ours.put(&format!("{place}|dt"), Some(found[1].0 - found[0].0), 1e-12);
    ours.put_all(
        &format!("{place}|first3"),
        found[..3].iter().filter_map(|(_, frequency)| *frequency),
        1e-9,
    );
    let mean = InstantaneousMean::new(segments, 1000.0, (10.0, 500.0)).mean(&x());
    ours.put(&format!("{place}|mean"), mean, 1e-9);
}

fn mains(ours: &mut Ours) {
    let spectrum = welch(&with_sine(0.5, 50.0), 1000);
    let mains = quality::mains(&spectrum).unwrap();
    assert_eq!(mains.base_hz, 50.0);
    // Ours is the share of the power up to 450 Hz.
    let excess = mains.share * spectrum.power(10.0, 450.0);
    ours.put("mains|excess_power_50Hz_harm", Some(excess), 1e-9);
    ours.put("mains|true_sine_power", Some(0.5 * 0.5 / 2.0), 0.0);
    ours.put("mains|share_of_total", Some(excess / spectrum.power(10.0, 500.0)), 1e-9);
}

// ---- random signals
// -------------------------------------------------------------------------------------------

/// `lfilter([1], [1, -1.2, 0.6, -0.1], normals(seed, n)) + 0.3`.
fn signal(case: &Value) -> Vec<f64> {
    let noise = normals(case["seed"].as_u64().unwrap(), whole(&case["n"]));
    coloured(&noise).iter().map(|x| x + 0.3).collect()
}

#[track_caller]
fn close(ours: Option<f64>, theirs: &Value, tolerance: f64) {
    let (ours, theirs) = (ours.unwrap(), number(theirs));
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs(),
        "{ours} instead of {theirs}"
    );
}

/// Compares some values at named places; those near 0 to the tolerance of the largest.
#[track_caller]
fn close_at(ours: &[f64], theirs: &Value, tolerance: f64) {
    assert_eq!(ours.len(), whole(&theirs["len"]));
    let largest = ours.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    for (place, value) in list(&theirs["at"]).iter().zip(list(&theirs["values"])) {
        let (ours, theirs) = (ours[whole(place)], number(value));
        assert!(
            (ours - theirs).abs() <= tolerance * (theirs.abs() + 1e-3 * largest),
            "{place}: {ours} instead of {theirs}"
        );
    }
}

fn window(case: &Value) -> Window {
    [Window::Boxcar, Window::Hann, Window::Hamming]
        .into_iter()
        .find(|window| window.word().to_lowercase() == case["window"])
        .unwrap()
}

fn segments(case: &Value) -> Segments {
    let demean = case["demean"].as_bool().unwrap_or(true);
    Segments {
        length: whole(&case["length"]),
        overlap: whole(&case["overlap"]),
        window: window(case),
        demean,
    }
}

fn check_band(band: &SpectrumBand<'_>, spectrum: &PowerSpectrum, expected: &Value) {
    let (low, high) = (number(&expected["band"][0]), number(&expected["band"][1]));
    let found = band.indices(MedianRule::Trapezoid).unwrap();
    for (moment, theirs) in found.moments.m.iter().zip(list(&expected["moments"])) {
        close(Some(*moment), theirs, 1e-9);
    }
    for (order, theirs) in (2..).zip(list(&expected["finsm"])) {
        close(found.moments.finsm(order), theirs, 1e-9);
    }
    close(
        band.median_frequency(MedianRule::Interpolated),
        &expected["median"]["interpolated"],
        1e-9,
    );
    close(band.median_frequency(MedianRule::Bin), &expected["median"]["bin"], 1e-9);
    close(Some(found.median_hz), &expected["median"]["trapezoid"], 1e-9);
    close(Some(found.peak_hz), &expected["peak"], 1e-9);
    close(found.entropy, &expected["entropy"], 1e-9);
    close(found.moments.variance(), &expected["variance"], 1e-9);
    close(found.moments.deformation(), &expected["deformation"], 1e-9);
    close(band.edge_frequency(0.95), &expected["edge_95"], 1e-9);
    close(
        spectrum.frequency_ratio((low, 3.0 * low), (0.5 * high, high)),
        &expected["ratio"],
        1e-9,
    );
}

#[test]
fn welch_spectra_of_any_kind_are_those_of_scipy() {
    for case in list(&reference("spectra_python.json")["welch"]) {
        let averaging = if case["averaging"] == "median" {
            Averaging::Median
        } else {
            Averaging::Mean
        };
        let estimator = Estimator::new(segments(case), number(&case["rate"]));
        let mut estimator = estimator.padded(whole(&case["padded"])).averaging(averaging);
        let samples = signal(case);
        let spectrum = estimator.welch([&samples[..]]).unwrap();
        close_at(&spectrum.density, &case["density"], 1e-9);
        let expected = &case["indices"];
        let band =
            spectrum.band(number(&expected["band"][0]), number(&expected["band"][1]));
        check_band(&band, &spectrum, expected);
        assert_eq!(estimator.mean([&samples[..]]), Some(&spectrum), "a second time");
    }
}

#[test]
fn multitaper_spectra_are_those_of_numpy() {
    for case in list(&reference("spectra_python.json")["multitaper"]) {
        let samples = signal(case);
        let mut multitaper =
            Multitaper::new(whole(&case["tapers"]), samples.len(), number(&case["rate"]));
        for _ in 0..2 {
            close_at(
                &multitaper.estimate(&samples).unwrap().density,
                &case["density"],
                1e-9,
            );
        }
    }
}

#[test]
fn instantaneous_mean_frequencies_are_those_of_scipy() {
    for case in list(&reference("spectra_python.json")["spectrogram"]) {
        let (samples, rate_hz, segments) =
            (signal(case), number(&case["rate"]), segments(case));
        let found =
            instantaneous_mean_frequencies(&samples, rate_hz, segments, (10.0, 450.0));
        let (times, frequencies): (Vec<f64>, Vec<Option<f64>>) =
            found.into_iter().unzip();
        close_at(&times, &case["times"], 1e-12);
        close_at(
            &frequencies.into_iter().flatten().collect::<Vec<_>>(),
            &case["frequencies"],
            1e-9,
        );
        let mut instantaneous = InstantaneousMean::new(segments, rate_hz, (10.0, 450.0));
        for _ in 0..2 {
            close(instantaneous.mean(&samples), &case["mean"], 1e-9);
        }
    }
}

fn named(name: &Value) -> Wavelet {
    if name == "sym5" { Wavelet::Sym5 } else { Wavelet::Db5 }
}

#[test]
fn decompositions_are_those_of_pywavelets() {
    let reference = reference("spectra_python.json");
    for name in ["sym5", "db5"] {
        for (tap, expected) in
            named(&name.into()).low_pass().iter().zip(list(&reference["taps"][name]))
        {
            close(Some(*tap), expected, 3e-16);
        }
    }
    for case in list(&reference["wavelet"]) {
        let samples = signal(case);
        let parts: Decomposition =
            decompose(&samples, named(&case["wavelet"]), whole(&case["levels"]));
        // Details that are 0 but for rounding are compared with the signal.
        let check = |ours: &[f64], theirs: &Value| {
            assert_eq!(ours.len(), whole(&theirs["len"]));
            for (place, value) in list(&theirs["at"]).iter().zip(list(&theirs["values"]))
            {
                let (ours, theirs) = (ours[whole(place)], number(value));
                assert!(
                    (ours - theirs).abs() <= 1e-10,
                    "{}: {ours} instead of {theirs}",
                    samples.len()
                );
            }
        };
        check(parts.approximation(), &case["approximation"]);
        for (level, theirs) in (1..).zip(list(&case["details"])) {
            check(parts.detail(level), theirs);
        }
        check(&parts.band(whole(&case["band"])), &case["samples"]);
    }
}

#[test]
fn wavelet_indices_are_those_of_pywavelets() {
    for case in list(&reference("spectra_python.json")["wavelet_indices"]) {
        let samples = signal(case);
        let mut estimator = WaveletEstimator::new(samples.len(), number(&case["rate"]));
        for _ in 0..2 {
            let found = estimator.estimate(&samples);
            close(found.wire51, &case["wire51"], 1e-10);
            close(found.wirm1551, &case["wirm1551"], 1e-10);
            close(found.wirm1522, &case["wirm1522"], 1e-10);
            close(found.wirm1m51, &case["wirm1m51"], 1e-10);
            close(found.wirw51, &case["wirw51"], 1e-10);
        }
        let used = samples.len() - samples.len() % 32;
        let strongest = decompose(&samples[..used], Wavelet::Sym5, 5).strongest();
        assert_eq!(strongest, Some(whole(&case["strongest"])));
    }
}

// ---- what has no spectrum
// -------------------------------------------------------------------------------------

#[test]
fn the_indices_at_once_are_those_one_by_one() {
    for n in [2_usize, 3, 17, 500, 1001] {
        let spectrum = periodogram(&normals(n as u64, n), 1000.0, Window::Hann).unwrap();
        let band = spectrum.band(10.0, 450.0);
        for rule in RULES {
            let Some(found) = band.indices(rule) else {
                continue;
            };
            assert_eq!(Some(found.mean_hz), band.mean_frequency());
            assert_eq!(Some(found.median_hz), band.median_frequency(rule));
            assert_eq!(Some(found.peak_hz), band.peak_frequency());
            assert_eq!(found.entropy, band.entropy());
            assert_eq!(found.moments, band.moments());
            assert_eq!(found.moments.power(), band.moment(0));
        }
    }
}

#[test]
fn nothing_and_silence_have_no_indices() {
    let segments = Segments { overlap: 192, ..hann(256) };
    for n in [0, 1, 2, 255, 256, 257, 1000] {
        let silence = vec![0.0; n];
        for averaging in [Averaging::Mean, Averaging::Median] {
            let mut estimator =
                Estimator::new(segments, 1000.0).padded(300).averaging(averaging);
            let spectrum = estimator.welch([&silence[..]]);
            assert_eq!(spectrum.is_some(), n >= 256);
            assert!(estimator.welch([]).is_none());
            let Some(spectrum) = spectrum else { continue };
            let band = spectrum.band(10.0, 450.0);
            assert_eq!(spectrum.frequency_ratio((15.0, 45.0), (95.0, 500.0)), None);
            assert_eq!(
                (band.finsm(3), band.frequency_variance(), band.deformation()),
                (None, None, None)
            );
            assert_eq!((band.entropy(), band.edge_frequency(0.95)), (None, None));
            assert!(RULES.iter().all(|&rule| band.indices(rule).is_none()
                && band.median_frequency(rule).is_none()));
        }
        let mut multitaper = Multitaper::new(5, n, 1000.0);
        assert_eq!(
            multitaper
                .estimate(&silence)
                .and_then(|spectrum| spectrum.band(10.0, 450.0).mean_frequency()),
            None
        );
        let columns =
            instantaneous_mean_frequencies(&silence, 1000.0, segments, (10.0, 450.0));
        assert!(
            columns.len() == if n < 256 { 0 } else { (n - 192) / 64 }
                && columns.iter().all(|column| column.1.is_none())
        );
        assert_eq!(
            InstantaneousMean::new(segments, 1000.0, (10.0, 450.0)).mean(&silence),
            None
        );
        assert_eq!(
            WaveletEstimator::new(n, 1000.0).estimate(&silence),
            WaveletIndices::default()
        );
        let parts = decompose(&silence, Wavelet::Db5, 3);
        assert_eq!((parts.strongest(), parts.reconstruct()), (None, silence));
    }
}

#[test]
fn medians_do_not_count_an_artefact() {
    let mut samples = normals(9, 20_000);
    let segments = hann(1000);
    let median = |samples: &[f64]| {
        Estimator::new(segments, 1000.0)
            .averaging(Averaging::Median)
            .welch([samples])
            .unwrap()
    };
    let before = median(&samples).power(10.0, 450.0);
    // The variance of white noise at 1000 Hz is spread over 500 Hz.
    assert!((before / (440.0 / 500.0) - 1.0).abs() < 0.05, "{before}");
    samples[7000..7100].iter_mut().for_each(|sample| *sample *= 100.0);
    let after = median(&samples).power(10.0, 450.0);
    assert!((after / before - 1.0).abs() < 0.2, "{after}");
    assert!(
        Estimator::new(segments, 1000.0)
            .welch([&samples[..]])
            .unwrap()
            .power(10.0, 450.0)
            > 10.0 * before
    );
}
