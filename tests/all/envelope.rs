//! Envelopes, mains removal and simulated recordings against independent references.

use serde_json::Value;
use soleus::condition::{Kernel, Mains, MainsKernel};
use soleus::dsp::design::{Band, butterworth, effective};
use soleus::dsp::fourier::Fourier;
use soleus::dsp::line::{SpectralLine, interpolate};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::sine_fit::{Demodulated, SineFit, Tones, frequency};
use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use soleus::dsp::{moving, tkeo};
use soleus::envelope::{
    Cutoff, Envelope, Hilbert, LinearEnvelope, MovingAverage, MovingRms, Tkeo,
};
use soleus::synth::{
    Contraction, SimulatedFatigue, Simulation, Spectrum, heel_raises, simulate,
};
use soleus::units::Hertz;
use std::f64::consts::PI;

fn reference(name: &str) -> Value {
    let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let read = std::fs::read(&path).map_err(|error| error.to_string());
    read.and_then(|bytes| {
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())
    })
    .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A number of a reference; NaN, which is close to nothing, where there is none.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    let Some(list) = value.as_array() else { panic!("{value} is no list") };
    list.iter().map(number).collect()
}

fn close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!(
        (found - expected).abs() <= relative * expected.abs().max(1e-2),
        "{what}: {found}, not {expected}"
    );
}

fn root_mean_square(values: impl Iterator<Item = f64> + Clone) -> f64 {
    (values.clone().map(|x| x * x).sum::<f64>() / values.count() as f64).sqrt()
}

// ---- the generator
// ----------------------------------------------------------------------------

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
    close(mean, number(&expected["normals_seed7_n1000_mean"]), 1e-12, "mean");
    let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 999.0;
    close(
        variance.sqrt(),
        number(&expected["normals_seed7_n1000_sd_ddof1"]),
        1e-12,
        "sd",
    );
}

// ---- mains: the mathematics
// -------------------------------------------------------------------

/// The coloured noise of `ref_mains.py`, without and with hum.
fn hum(parts: &[(f64, f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    let mut clean = Vec::new();
    for (n, white) in normals(21, 2000).into_iter().enumerate() {
        let past = |lag: usize| n.checked_sub(lag).map_or(0.0, |i: usize| clean[i]);
        let value: f64 = white + 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
        clean.push(value);
    }
    let line = |n: usize| {
        parts
            .iter()
            .map(|(a, f, p)| a * (2.0 * PI * f * n as f64 / 1000.0 + p).sin())
            .sum::<f64>()
    };
    let noisy = clean.iter().enumerate().map(|(n, x)| x + line(n)).collect();
    (clean, noisy)
}

const HUM: &[(f64, f64, f64)] = &[(0.8, 50.0, 0.5), (0.3, 150.0, 1.0)];

fn compare(found: &[f64], clean: &[f64], expected: &Value, relative: f64) {
    for (i, value) in [0, 1, 500, 1000, 1999].into_iter().zip(numbers(&expected["val"])) {
        close(found[i], value, relative, "sample");
    }
    let error = root_mean_square(found.iter().zip(clean).map(|(a, b)| a - b));
    close(error, number(&expected["rms_error_vs_clean"]), relative, "error");
}

/// The fit of some tones to all samples.
fn fit(samples: &[f64], tones: &Tones) -> SineFit {
    let runs = tones.correlate(samples, 0);
    let whole = 0..runs.count();
    // All weights alike: the plain fit.
    runs.fits(std::slice::from_ref(&whole), &vec![1.0; runs.count()]).remove(0).unwrap()
}

#[test]
fn sine_regression_equals_least_squares_of_numpy() {
    let expected = &reference("ref_mains")["sine_regression_50_150"];
    let (clean, mut noisy) = hum(HUM);
    let tones = Tones::new(&[0.05, 0.15], 50);
    let found = fit(&noisy, &tones);
    let coefficients =
        found.amplitudes.iter().flat_map(|a| [a.cos, a.sin]).chain([found.constant]);
    for (found, expected) in
        coefficients.zip(numbers(&expected["coef_cos_sin_50_150_const"]))
    {
        close(found, expected, 1e-11, "coefficient");
    }
    tones.subtract(&mut noisy, 0, &found.amplitudes, &found.amplitudes);
    compare(&noisy, &clean, expected, 1e-11);
}

#[test]
fn spectrum_interpolation_equals_the_reference() {
    let all = reference("ref_mains");
    let line = |frequency_hz, half_width_hz| SpectralLine { frequency_hz, half_width_hz };
    let (clean, noisy) = hum(HUM);
    for (name, lines) in [
        (
            "spectrum_interpolation_50_150_half1,2_nb2",
            vec![line(50.0, 1.0), line(150.0, 2.0)],
        ),
        (
            "spectrum_interpolation_50_100_150_half1,2,3_nb2",
            vec![line(50.0, 1.0), line(100.0, 2.0), line(150.0, 3.0)],
        ),
    ] {
        let found = interpolate(&mut Fourier::new(), &noisy, 1000.0, &lines, 2.0);
        compare(&found, &clean, &all[name], 1e-11);
    }
}

#[test]
fn the_frequency_of_off_nominal_mains_equals_the_reference() {
    let all = reference("ref_mains");
    let (clean, mut noisy) = hum(&[(0.8, 49.9, 0.5)]);
    let runs = Tones::new(&[0.05], 2).correlate(&noisy, 0);
    let sum = noisy.iter().sum();
    let blocks = [Demodulated::new(0.05, 2, runs.correlations(0), sum)];
    let cycles = frequency(&blocks, 0.05, 0.001, 0.000_05).unwrap();
    let expected = &all["offnominal_49.9_freq_estimated"];
    // SciPy's bounded optimiser on the residual without sine and constant, over single
    // samples. Runs of two count as if they lay in their middle: what the noise does
    // within a run shifts the top by 3e-6 Hz, some ten-thousandth of the frequency's
    // standard error.
    close(1000.0 * cycles, 49.952_486_423_214_72, 1e-7, "frequency");
    // The reference fits the constant but leaves it in the residual, which shifts the top
    // by 3e-5 Hz.
    close(1000.0 * cycles, number(&expected["f_hat"]), 1e-6, "frequency");
    let tone = Tones::new(&[number(&expected["f_hat"]) / 1000.0], 50);
    let found = fit(&noisy, &tone);
    tone.subtract(&mut noisy, 0, &found.amplitudes, &found.amplitudes);
    let error = root_mean_square(noisy.iter().zip(&clean).map(|(a, b)| a - b));
    close(error, number(&expected["rms_error"]), 1e-11, "error");
}

// ---- envelopes: the mathematics
// ---------------------------------------------------------------

fn bursts() -> Vec<f64> {
    let gain = |n: usize| {
        if (500..1100).contains(&n) || (1400..1800).contains(&n) { 1.0 } else { 0.05 }
    };
    normals(11, 2000).into_iter().enumerate().map(|(n, x)| x * gain(n)).collect()
}

fn compare_envelope(found: &[f64], expected: &Value, relative: f64, what: &str) {
    for (index, value) in
        numbers(&expected["idx"]).into_iter().zip(numbers(&expected["val"]))
    {
        close(found[index as usize], value, relative, &format!("{what} at {index}"));
    }
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    close(mean, number(&expected["mean"]), relative, what);
    let max = found.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    close(max, number(&expected["max"]), relative, what);
    let top = found.iter().position(|&value| value == max);
    assert_eq!(top.map(|index| index as f64), expected["argmax"].as_f64(), "{what}");
}

#[test]
fn moving_windows_equal_the_reference() {
    let all = reference("ref_envelope");
    let rectified: Vec<f64> = bursts().iter().map(|x| x.abs()).collect();
    // 1e-11 because NumPy's side subtracts cumulative sums.
    compare_envelope(
        &moving::root_mean_square(&bursts(), 51),
        &all["moving_rms_W51"]["shrink"],
        1e-11,
        "rms",
    );
    compare_envelope(
        &moving::mean(&rectified, 51),
        &all["moving_arv_W51"]["shrink"],
        1e-11,
        "arv",
    );
}

#[test]
fn tkeo_equals_the_reference() {
    let all = reference("ref_envelope");
    let small = tkeo::energy(&numbers(&all["tkeo_small"]["x"]));
    for (found, expected) in
        small[1..].iter().zip(numbers(&all["tkeo_small"]["psi_interior"]))
    {
        close(*found, expected, 1e-13, "psi");
    }
    let psi = &tkeo::energy(&bursts())[1..1999];
    let expected = &all["tkeo_bursts"];
    close(psi.iter().sum::<f64>() / 1998.0, number(&expected["mean"]), 1e-12, "mean");
    let negative = psi.iter().filter(|&&x| x < 0.0).count() as f64 / 1998.0;
    close(negative, number(&expected["frac_negative"]), 1e-14, "negative");
}

// ---- envelopes
// --------------------------------------------------------------------------------

fn hertz(hz: f64) -> Hertz {
    Hertz::new(hz).unwrap_or_else(|| panic!("{hz} is no rate"))
}

fn zero_phase(samples: &mut [f64], order: usize, band: Band) {
    let filtered = butterworth(order, band, 1000.0)
        .map_err(|error| error.to_string())
        .and_then(|sos| {
            let filter = ZeroPhase::new(sos, Edge::Odd);
            filter
                .run(samples, &mut Scratch::default())
                .map_err(|error| error.to_string())
        });
    assert_eq!(filtered, Ok(()));
}

/// Demeaned and band-passed as in `ref_envelope.py`.
fn band_passed() -> Vec<f64> {
    let mut samples = bursts();
    let mean = samples.iter().sum::<f64>() / samples.len() as f64;
    samples.iter_mut().for_each(|sample| *sample -= mean);
    zero_phase(&mut samples, 4, Band::BandPass(20.0, 450.0));
    samples
}

#[test]
fn linear_envelopes_equal_scipy() {
    let all = reference("ref_envelope");
    let clean = band_passed();
    for cutoff_hz in [3.0, 6.0, 10.0] {
        let expected =
            &all[format!("linear_envelope_demean_bp4_20_450_rect_lp2_{cutoff_hz}Hz")];
        for (cutoff, name) in
            [(Cutoff::Nominal, "uncorrected"), (Cutoff::Effective, "cutoff_corrected")]
        {
            let expected = &expected[name];
            let envelope =
                Envelope::LowPass(LinearEnvelope { cutoff_hz, order: 2, cutoff });
            let found = envelope.design(hertz(1000.0)).unwrap().run(&clean);
            // The reference keeps what is below 0, which 3 Hz brings about in this input.
            if found.negative_share == 0.0 {
                compare_envelope(&found.samples, expected, 1e-9, name);
            }
            for (index, value) in
                numbers(&expected["idx"]).into_iter().zip(numbers(&expected["val"]))
            {
                close(found.samples[index as usize], value.max(0.0), 1e-9, name);
            }
            close(
                found.samples.iter().copied().fold(0.0, f64::max),
                number(&expected["max"]),
                1e-9,
                name,
            );
            if cutoff_hz == 6.0 && cutoff == Cutoff::Nominal {
                let count = number(&all["negative_envelope_samples_lp2_6Hz"]);
                assert_eq!(found.negative_share * 2000.0, count);
            }
        }
    }
}

#[test]
fn moving_envelopes_equal_the_reference() {
    let all = reference("ref_envelope");
    let run = |envelope: Envelope| {
        envelope.design(hertz(1000.0)).unwrap().run(&bursts()).samples
    };
    let rms = run(Envelope::MovingRms(MovingRms { window_s: 0.05 }));
    compare_envelope(&rms, &all["moving_rms_W51"]["shrink"], 1e-11, "rms");
    let average = run(Envelope::MovingAverage(MovingAverage { window_s: 0.05 }));
    compare_envelope(&average, &all["moving_arv_W51"]["shrink"], 1e-11, "average");
}

#[test]
fn the_hilbert_envelope_is_the_reference_smoothed() {
    let clean = band_passed();
    let mut magnitude = Fourier::new().analytic_magnitude(&clean);
    compare_envelope(
        &magnitude,
        &reference("ref_envelope")["hilbert_envelope"],
        1e-9,
        "hilbert",
    );
    let settings = Hilbert { cutoff_hz: 10.0, order: 2, cutoff: Cutoff::Nominal };
    let found =
        Envelope::Hilbert(settings).design(hertz(1000.0)).unwrap().run(&clean).samples;
    zero_phase(&mut magnitude, 2, Band::LowPass(10.0));
    assert!(found.iter().zip(magnitude).all(|(a, b)| (a - b.max(0.0)).abs() < 1e-12));
}

#[test]
fn the_energy_envelope_of_a_sine_is_its_amplitude_times_a_sine() {
    let omega = 2.0 * PI * 80.0 / 1000.0;
    let samples: Vec<f64> =
        (0..4000).map(|n| 0.7 * (omega * f64::from(n) + 0.4).cos()).collect();
    let found =
        Envelope::Tkeo(Tkeo::default()).design(hertz(1000.0)).unwrap().run(&samples);
    // The band-pass lets 80 Hz through with a gain a little under 1.
    let filter =
        butterworth(2, effective(2, Band::BandPass(30.0, 300.0), 1000.0, 2), 1000.0)
            .unwrap();
    let gain = filter.gain(80.0, 1000.0).powi(2);
    for value in &found.samples[500..3500] {
        close(*value, 0.7 * gain * omega.sin(), 1e-6, "energy");
    }
}

// ---- simulated recordings
// ---------------------------------------------------------------------

/// Power and mean frequency of samples within a band, from one periodogram.
fn spectrum_of(samples: &[f64], rate: f64, low_hz: f64, high_hz: f64) -> (f64, f64) {
    let mut spectrum = Vec::new();
    Fourier::new().spectrum(samples, &mut spectrum);
    let step = rate / samples.len() as f64;
    let inside =
        spectrum.iter().enumerate().map(|(k, value)| (k as f64 * step, value.norm_sqr()));
    let inside = inside.filter(|(hz, _)| (low_hz..=high_hz).contains(hz));
    let (power, moment) =
        inside.fold((0.0, 0.0), |(power, moment), (hz, p)| (power + p, moment + hz * p));
    (power, moment / power)
}

#[test]
fn simulated_noise_equals_the_reference() {
    let expected = &reference("ref_sim")["filtered_noise"];
    let samples =
        Spectrum { low_hz: 60.0, high_hz: 120.0 }.noise(501, hertz(1000.0), 4096);
    for (found, expected) in samples.iter().zip(numbers(&expected["first3"])) {
        close(*found, expected, 1e-12, "sample");
    }
    close(
        root_mean_square(samples.iter().copied()),
        number(&expected["rms"]),
        1e-12,
        "rms",
    );
    let (_, mean) = spectrum_of(&samples, 1000.0, 10.0, 500.0);
    close(mean, number(&expected["MNF_10_500"]), 1e-12, "mean frequency");
    // The integral of the density in closed form, π f_h³ / (4 (f_l + f_h)²).
    let spectrum = Spectrum { low_hz: 60.0, high_hz: 120.0 };
    let integral: f64 = (0..2_000_000)
        .map(|i| spectrum.density(0.05 * (f64::from(i) + 0.5)) * 0.05)
        .sum();
    close(
        integral,
        number(&expected["closed_form_M0=pi fh^3/(4 (fl+fh)^2)"]),
        1e-4,
        "integral",
    );
}

/// Mean and standard error.
fn mean_of(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance =
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn hold(seed: u64, rate_hz: f64, seconds: f64) -> Simulation {
    let contractions = vec![Contraction {
        from_s: 0.0,
        to_s: seconds,
        rise_s: 0.0,
        fall_s: 0.0,
        rms: 100e-6,
    }];
    Simulation { contractions, ..Simulation::soleus(seed, hertz(rate_hz), seconds) }
}

#[test]
fn power_and_mean_frequency_of_many_simulations_are_those_of_the_model() {
    let made: Vec<Vec<f64>> =
        (0..200).map(|seed| simulate(&hold(seed, 1000.0, 2.0)).0).collect();
    let powers: Vec<f64> =
        made.iter().map(|x| 1e8 * root_mean_square(x.iter().copied()).powi(2)).collect();
    let (mean, error) = mean_of(&powers);
    assert!((mean - 1.0 - 4e-4).abs() < 3.0 * error, "{mean} ± {error}");
    // The mean of ratios is biased by 1/n of what it is made of, so powers and moments
    // are summed first.
    let spectra: Vec<(f64, f64)> =
        made.iter().map(|x| spectrum_of(x, 1000.0, 10.0, 450.0)).collect();
    let total: f64 = spectra.iter().map(|(power, _)| power).sum();
    let found = spectra.iter().map(|(power, mean)| power * mean).sum::<f64>() / total;
    let (_, error) = mean_of(&spectra.iter().map(|(_, mean)| *mean).collect::<Vec<_>>());
    let expected = hold(0, 1000.0, 2.0).mixture(1.0).mean_hz(10.0, 450.0);
    assert!((found - expected).abs() < 3.0 * error, "{found} ± {error}, not {expected}");
    let fourth: f64 = made.iter().flatten().map(|x| (x / 100e-6).powi(4)).sum::<f64>()
        / (200.0 * 2000.0);
    // Gaussian: a fourth moment of 3 times the squared variance, up to the correlation of
    // neighbours.
    assert!((fourth / (1.0 + 4e-4_f64).powi(2) - 3.0).abs() < 0.1, "{fourth}");
}

#[test]
fn the_slopes_of_many_tiring_holds_are_those_of_the_model() {
    let fatigue =
        SimulatedFatigue { from_s: 0.0, compression_per_s: 0.006, growth_per_s: 0.01 };
    let simulation = |seed| Simulation { fatigue, ..hold(seed, 1000.0, 30.0) };
    let slopes: Vec<f64> = (0..40)
        .map(|seed| {
            let (samples, _) = simulate(&simulation(seed));
            let epochs: Vec<f64> = samples
                .chunks(1000)
                .map(|x| spectrum_of(x, 1000.0, 10.0, 450.0).1)
                .collect();
            let middle = 14.5;
            let shared: f64 =
                epochs.iter().enumerate().map(|(i, f)| (i as f64 - middle) * f).sum();
            shared / (0..30).map(|i| (f64::from(i) - middle).powi(2)).sum::<f64>()
        })
        .collect();
    let (found, error) = mean_of(&slopes);
    let expected = simulation(0).trend(0.0, 30.0, 10.0, 450.0).unwrap().mnf_slope;
    assert!((-0.8..-0.3).contains(&expected));
    assert!((found - expected).abs() < 3.0 * error, "{found} ± {error}, not {expected}");
}

// ---- mains removal on simulated recordings
// ----------------------------------------------------

fn removal(rate_hz: f64) -> MainsKernel {
    Mains::default().kernel(hertz(rate_hz)).unwrap_or_else(|error| panic!("{error}"))
}

fn remove(samples: &mut [f64], rate_hz: f64) -> Vec<String> {
    let whole = 0..samples.len();
    removal(rate_hz).run(samples, std::slice::from_ref(&whole))
}

/// Clean EMG of many kinds: holds and heel raises, two spectra, two rates.
fn clean_emg(seed: u64) -> (Vec<f64>, f64) {
    let rate_hz = if seed.is_multiple_of(2) { 1000.0 } else { 1259.26 };
    let seconds = [3.0, 8.0, 14.0][(seed / 4 % 3) as usize];
    let held = hold(seed, rate_hz, seconds);
    let spectrum = if seed % 5 < 2 { Spectrum::GASTROCNEMIUS } else { Spectrum::SOLEUS };
    let contractions = if (seed / 2).is_multiple_of(2) {
        held.contractions
    } else {
        heel_raises(9, 0.5, 1.6, 150e-6)
    };
    (simulate(&Simulation { contractions, spectrum, ..held }).0, rate_hz)
}

#[test]
fn clean_emg_is_hardly_ever_touched() {
    let touched = (0..1000).filter(|&seed| {
        let (mut samples, rate_hz) = clean_emg(seed);
        !remove(&mut samples, rate_hz).is_empty()
    });
    let touched: Vec<u64> = touched.collect();
    assert!(touched.len() < 20, "{} of 1000: {touched:?}", touched.len());
}

#[test]
fn a_line_with_a_twentieth_of_the_power_is_nearly_always_removed() {
    let (mut long, mut found_long, mut found_short) = (0, 0, 0);
    for seed in 0..1000 {
        let (mut samples, rate_hz) = clean_emg(seed);
        let power = root_mean_square(samples.iter().copied()).powi(2);
        let amplitude = (2.0 * power / 19.0).sqrt();
        let hz = 49.9 + 0.2 * SplitMix64::new(seed).uniform();
        for (n, sample) in samples.iter_mut().enumerate() {
            *sample +=
                amplitude * (2.0 * PI * hz * n as f64 / rate_hz + seed as f64).sin();
        }
        let said = remove(&mut samples, rate_hz);
        let found =
            usize::from(said.first().is_some_and(|text| text.contains("removed 50")));
        // Of 3 s of EMG a line of a twentieth is no more than 20 times the density beside
        // it.
        if samples.len() as f64 / rate_hz > 5.0 {
            (long, found_long) = (long + 1, found_long + found);
        } else {
            found_short += found;
        }
    }
    assert!(found_long * 100 > long * 99, "{found_long} of {long}");
    assert!(found_short * 100 > (1000 - long) * 90, "{found_short} of {}", 1000 - long);
}
