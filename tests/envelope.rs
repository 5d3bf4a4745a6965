//! Envelopes, mains removal and simulated recordings against independent references.

use serde_json::Value;
use soleus::dsp::fourier::Fourier;
use soleus::dsp::line::{Line, interpolate};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::sine_fit::{Demodulated, Tone, fit, frequency};
use soleus::dsp::{moving, tkeo};
use std::f64::consts::PI;

fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!((found - expected).abs() <= relative * expected.abs().max(1e-2), "{what}: {found}, not {expected}");
}

fn root_mean_square(values: impl Iterator<Item = f64> + Clone) -> f64 {
    (values.clone().map(|x| x * x).sum::<f64>() / values.count() as f64).sqrt()
}

// ---- the generator ----------------------------------------------------------------------------

#[test]
fn the_generator_is_that_of_the_references() {
    let expected = reference("ref_generator");
    let mut generator = SplitMix64::new(42);
    for bits in expected["splitmix64_seed42_u64_hex"].as_array().unwrap() {
        assert_eq!(format!("{:016x}", generator.bits()), bits.as_str().unwrap());
    }
    let mut generator = SplitMix64::new(42);
    for uniform in numbers(&expected["uniforms_seed42"]) {
        assert_eq!(generator.uniform(), uniform);
    }
    let sample = normals(7, 1000);
    let mean = sample.iter().sum::<f64>() / 1000.0;
    close(mean, expected["normals_seed7_n1000_mean"].as_f64().unwrap(), 1e-12, "mean");
    let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 999.0;
    close(variance.sqrt(), expected["normals_seed7_n1000_sd_ddof1"].as_f64().unwrap(), 1e-12, "sd");
}

// ---- mains: the mathematics -------------------------------------------------------------------

/// The coloured noise of `ref_mains.py`, without and with hum.
fn hum(parts: &[(f64, f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    let mut clean = Vec::new();
    for (n, white) in normals(21, 2000).into_iter().enumerate() {
        let past = |lag: usize| n.checked_sub(lag).map_or(0.0, |i: usize| clean[i]);
        let value: f64 = white + 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
        clean.push(value);
    }
    let line = |n: usize| parts.iter().map(|(a, f, p)| a * (2.0 * PI * f * n as f64 / 1000.0 + p).sin()).sum::<f64>();
    let noisy = clean.iter().enumerate().map(|(n, x)| x + line(n)).collect();
    (clean, noisy)
}

const HUM: &[(f64, f64, f64)] = &[(0.8, 50.0, 0.5), (0.3, 150.0, 1.0)];

fn compare(found: &[f64], clean: &[f64], expected: &Value, relative: f64) {
    for (i, value) in [0, 1, 500, 1000, 1999].into_iter().zip(numbers(&expected["val"])) {
        close(found[i], value, relative, "sample");
    }
    let error = root_mean_square(found.iter().zip(clean).map(|(a, b)| a - b));
    close(error, expected["rms_error_vs_clean"].as_f64().unwrap(), relative, "error");
}

#[test]
fn sine_regression_equals_least_squares_of_numpy() {
    let expected = &reference("ref_mains")["sine_regression_50_150"];
    let (clean, mut noisy) = hum(HUM);
    let tones = [Tone::new(0.05), Tone::new(0.15)];
    let found = fit(&noisy, 0, &tones).unwrap();
    let coefficients = found.amplitudes.iter().flat_map(|a| [a.cos, a.sin]).chain([found.constant]);
    for (found, expected) in coefficients.zip(numbers(&expected["coef_cos_sin_50_150_const"])) {
        close(found, expected, 1e-11, "coefficient");
    }
    for (tone, &amplitude) in tones.iter().zip(&found.amplitudes) {
        tone.subtract(&mut noisy, 0, amplitude, amplitude);
    }
    compare(&noisy, &clean, expected, 1e-11);
}

#[test]
fn spectrum_interpolation_equals_the_reference() {
    let all = reference("ref_mains");
    let line = |frequency_hz, half_width_hz| Line { frequency_hz, half_width_hz };
    let (clean, noisy) = hum(HUM);
    for (name, lines) in [
        ("spectrum_interpolation_50_150_half1,2_nb2", vec![line(50.0, 1.0), line(150.0, 2.0)]),
        ("spectrum_interpolation_50_100_150_half1,2,3_nb2", vec![line(50.0, 1.0), line(100.0, 2.0), line(150.0, 3.0)]),
    ] {
        let found = interpolate(&mut Fourier::new(), &noisy, 1000.0, &lines, 2.0);
        compare(&found, &clean, &all[name], 1e-11);
    }
}

#[test]
fn the_frequency_of_off_nominal_mains_equals_the_reference() {
    let all = reference("ref_mains");
    let (clean, mut noisy) = hum(&[(0.8, 49.9, 0.5)]);
    let blocks = [Demodulated::new(&noisy, 0, 0.05, 1)];
    let cycles = frequency(&blocks, 0.001, 0.000_05).unwrap();
    let expected = &all["offnominal_49.9_freq_estimated"];
    // Two optimisers on a curve that is flat at its top: 1e-7.
    close(1000.0 * cycles, expected["f_hat"].as_f64().unwrap(), 1e-7, "frequency");
    let tone = Tone::new(cycles);
    let amplitude = fit(&noisy, 0, std::slice::from_ref(&tone)).unwrap().amplitudes[0];
    tone.subtract(&mut noisy, 0, amplitude, amplitude);
    let error = root_mean_square(noisy.iter().zip(&clean).map(|(a, b)| a - b));
    close(error, expected["rms_error"].as_f64().unwrap(), 1e-6, "error");
}

// ---- envelopes: the mathematics ---------------------------------------------------------------

fn bursts() -> Vec<f64> {
    let gain = |n: usize| if (500..1100).contains(&n) || (1400..1800).contains(&n) { 1.0 } else { 0.05 };
    normals(11, 2000).into_iter().enumerate().map(|(n, x)| x * gain(n)).collect()
}

fn compare_envelope(found: &[f64], expected: &Value, relative: f64, what: &str) {
    for (index, value) in numbers(&expected["idx"]).into_iter().zip(numbers(&expected["val"])) {
        close(found[index as usize], value, relative, &format!("{what} at {index}"));
    }
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    close(mean, expected["mean"].as_f64().unwrap(), relative, what);
    let (top, max) = found.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    close(*max, expected["max"].as_f64().unwrap(), relative, what);
    assert_eq!(top as u64, expected["argmax"].as_u64().unwrap(), "{what}");
}

#[test]
fn moving_windows_equal_the_reference() {
    let all = reference("ref_envelope");
    let rectified: Vec<f64> = bursts().iter().map(|x| x.abs()).collect();
    // 1e-11 because NumPy's side subtracts cumulative sums.
    compare_envelope(&moving::root_mean_square(&bursts(), 51), &all["moving_rms_W51"]["shrink"], 1e-11, "rms");
    compare_envelope(&moving::mean(&rectified, 51), &all["moving_arv_W51"]["shrink"], 1e-11, "arv");
}

#[test]
fn tkeo_equals_the_reference() {
    let all = reference("ref_envelope");
    let small = tkeo::energy(&numbers(&all["tkeo_small"]["x"]));
    for (found, expected) in small[1..].iter().zip(numbers(&all["tkeo_small"]["psi_interior"])) {
        close(*found, expected, 1e-13, "psi");
    }
    let psi = &tkeo::energy(&bursts())[1..1999];
    let expected = &all["tkeo_bursts"];
    close(psi.iter().sum::<f64>() / 1998.0, expected["mean"].as_f64().unwrap(), 1e-12, "mean");
    let negative = psi.iter().filter(|&&x| x < 0.0).count() as f64 / 1998.0;
    close(negative, expected["frac_negative"].as_f64().unwrap(), 1e-14, "negative");
}
