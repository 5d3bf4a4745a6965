//! Values that depend on each other: epochs that share samples, strides that are alike,
//! the largest of many. Each test fails on the build before these were known.

use soleus::analyse;
use soleus::dsp::random::SplitMix64;
use soleus::outcome::Measure;
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::signal::{Channel, Event, Recording};
use soleus::synth::Spectrum;
use soleus::units::{Hertz, Unit};

const RATE: f64 = 1000.0;

fn rate() -> Hertz {
    Hertz::new(RATE).unwrap()
}

fn noise(seed: u64, seconds: f64) -> Vec<f64> {
    Spectrum::SOLEUS.noise(seed, rate(), (seconds * RATE) as usize)
}

fn recording<const N: usize>(channels: [(&str, Vec<f64>); N]) -> Recording {
    let channel = |(name, samples)| Channel::new(name, Unit::VOLT, rate(), samples);
    Recording::new(channels.map(channel).into())
}

fn found(recording: &Recording, recipe: &str) -> RecordingFindings {
    analyse(recording, &Recipe::from_toml(recipe, &[]).unwrap()).unwrap()
}

fn width(row: &Measure) -> f64 {
    let (low, high) = row.interval.unwrap_or_else(|| panic!("{row:?}"));
    high - low
}

const PAIR: &str = "SOL_L ~ SOL_R";

#[test]
fn overlapping_epochs_do_not_narrow_the_interval_of_a_mean() {
    let hold = |seed| {
        recording([("SOL_L", noise(seed, 30.0).iter().map(|x| 1e-4 * x).collect())])
    };
    for name in ["mnf_mean", "mdf_mean", "spectral_entropy_mean"] {
        let width = |overlap: f64| {
            let recipe =
                format!("[analysis.fatigue]\nepochs = \"windows\"\noverlap = {overlap}");
            let of =
                |seed| width(found(&hold(seed), &recipe).measure(name, "SOL_L").unwrap());
            (1..=4).map(of).sum::<f64>()
        };
        // Before, half overlap narrowed by 1.4 and three quarters by 2.
        for overlap in [0.5, 0.75] {
            let ratio = width(overlap) / width(0.0);
            assert!((0.8..1.25).contains(&ratio), "{name}, {overlap}: {ratio}");
        }
    }
}

#[test]
fn few_overlapping_epochs_have_no_interval_and_say_so() {
    let short = recording([("SOL_L", noise(2, 3.0).iter().map(|x| 1e-4 * x).collect())]);
    let recipe = "[analysis.fatigue]\nepochs = \"windows\"\noverlap = 0.75";
    let findings = found(&short, recipe);
    let row = findings.measure("mdf_mean", "SOL_L").unwrap();
    assert!(row.value.is_some() && row.interval.is_none(), "{row:?}");
    assert!(row.note.as_ref().unwrap().contains("no interval"), "{row:?}");
}

/// Independent channels whose offset a filter has to forget.
fn held_apart(offset: f64) -> RecordingFindings {
    let side = |seed: u64| -> Vec<f64> {
        noise(seed, 40.0).iter().map(|x| 1e-4 * x + offset).collect()
    };
    found(&recording([("SOL_L", side(3)), ("SOL_R", side(4))]), "")
}

#[test]
fn filters_that_settle_make_no_coherence() {
    for offset in [0.0, 1e-3, 0.3] {
        let findings = held_apart(offset);
        for taken in ["raw", "rectified"] {
            let row = |name: &str| {
                findings.measure(&format!("{name}.{taken}"), PAIR).unwrap().clone()
            };
            let alpha = row("coherence_alpha");
            assert!(alpha.value.unwrap() < 0.06, "{alpha:?}");
            let (peak, limit) = (row("coherence_peak"), row("coherence_peak_limit"));
            assert!(
                peak.interval.is_none() && limit.value > row("coherence_limit").value
            );
            let beyond = peak.value > limit.value;
            assert_eq!(
                row("coherence_peak_frequency").value.is_some(),
                beyond,
                "{offset}"
            );
        }
    }
}

#[test]
fn the_largest_correlation_has_a_limit_and_no_interval() {
    let findings = held_apart(0.0);
    let row = |name: &str| findings.measure(name, PAIR).unwrap();
    let (correlation, limit) =
        (row("envelope_correlation"), row("envelope_correlation_limit"));
    assert!(correlation.interval.is_none(), "{correlation:?}");
    assert!((0.03..0.6).contains(&limit.value.unwrap()), "{limit:?}");
    let beyond = correlation.value > limit.value;
    assert_eq!(row("envelope_lag").value.is_some(), beyond);
    let words = if beyond { "; beyond" } else { "not beyond" };
    assert!(correlation.note.as_ref().unwrap().contains(words), "{correlation:?}");
}

/// Legs that walk in step, the right half a stride later, and share the times of their
/// strides alone; nothing tells these but their bursts.
fn in_step(seed: u64) -> Recording {
    let mut random = SplitMix64::new(seed);
    let (period, seconds) =
        (0.8 + 0.5 * random.uniform(), 20.0 + 10.0 * random.uniform());
    let mut times = vec![-period * (1.0 + random.uniform())];
    while times[times.len() - 1] < seconds {
        let stride = period * (1.0 + 0.03 * random.normal());
        times.push(times[times.len() - 1] + stride);
    }
    let sides = [("SOL_L", 0.0), ("SOL_R", 0.5)].map(|(name, later)| {
        let (place, width) =
            (0.2 + 0.5 * random.uniform(), 0.07 + 0.09 * random.uniform());
        let mut level = vec![0.02; (seconds * RATE) as usize];
        for pair in times.windows(2) {
            let (stride, strength) = (pair[1] - pair[0], (0.15 * random.normal()).exp());
            for (at, level) in level.iter_mut().enumerate() {
                let phase = (at as f64 / RATE - pair[0]) / stride - later - place;
                if phase.abs() < 1.0 {
                    *level += strength * (-0.5 * (phase / width).powi(2)).exp();
                }
            }
        }
        let emg = noise(random.bits(), seconds);
        let samples = emg.iter().zip(&level).map(|(x, level)| 1e-4 * level * x);
        (name, samples.collect())
    });
    recording(sides)
}

/// Where whole cycles were exchanged, 34 of 100 such walks were beyond their limit: the
/// legs keep the same time more exactly than their cycles are known.
#[test]
fn legs_in_step_are_not_alike_beyond_their_times() {
    let alone = ["fatigue", "complexity", "coherence", "cocontraction"]
        .map(|name| format!("{name} = false\n"))
        .concat();
    let recipe = format!("[analysis]\n{alone}");
    let beyond = |seed: &u64| {
        let findings = found(&in_step(*seed), &recipe);
        let value = |name: &str| findings.measure(name, PAIR).unwrap().value.unwrap();
        value("envelope_correlation") > value("envelope_correlation_limit")
    };
    let alarms = (0..24).filter(beyond).count();
    // 5 %, and three standard errors.
    assert!(alarms <= 4, "{alarms} of 24");
}

#[test]
fn few_cycles_in_step_have_no_limit_and_say_why() {
    let mut walk = in_step(3);
    for channel in &mut walk.channels {
        channel.samples.truncate(8500);
    }
    let findings = found(&walk, "");
    let limit = findings.measure("envelope_correlation_limit", PAIR).unwrap();
    let note = limit.note.as_ref().unwrap();
    assert!(limit.value.is_none() && note.contains("which alone makes them alike"));
}

/// Strides of a second whose strengths are those given.
fn strides(seed: u64, strengths: &[f64]) -> Recording {
    let mut samples = noise(seed, strengths.len() as f64 + 2.0);
    for (at, sample) in samples.iter_mut().enumerate() {
        let time_s = at as f64 / RATE - 1.0;
        let strength = strengths.get(time_s.max(0.0) as usize).copied().unwrap_or(1.0);
        let phase = time_s.rem_euclid(1.0);
        let on = if (0.1..0.6).contains(&phase) { strength } else { 0.02 };
        *sample *= 1e-4 * on;
    }
    let mut recording = recording([("SOL_L", samples)]);
    recording.events.extend((0..=strengths.len()).map(|k| Event {
        time_s: 1.0 + k as f64,
        label: "LHS".into(),
        side: None,
    }));
    recording
}

#[test]
fn strides_that_are_alike_have_a_wider_mean() {
    // The same thirty strengths, mixed and one after the other.
    let slow: Vec<f64> =
        (0..30).map(|k| 1.0 + 0.4 * (0.9 * f64::from(k)).sin()).collect();
    let mixed: Vec<f64> = (0..30).map(|k| slow[(k * 11) % 30]).collect();
    let row = |strengths: &[f64]| {
        let findings = found(&strides(5, strengths), "");
        findings.measure("cycle_mean", "SOL_L").unwrap().clone()
    };
    let (alike, apart) = (row(&slow), row(&mixed));
    assert!(width(&alike) > 1.3 * width(&apart), "{alike:?} {apart:?}");
    assert!(alike.note.as_ref().unwrap().contains("neighbouring cycles are alike"));
    assert!(apart.note.is_none(), "{apart:?}");
}

#[test]
fn strides_that_drift_have_no_interval_and_say_so() {
    let drift: Vec<f64> = (0..30).map(|k| 1.0 + 0.05 * f64::from(k)).collect();
    let findings = found(&strides(6, &drift), "");
    let row = findings.measure("cycle_mean", "SOL_L").unwrap();
    assert!(row.interval.is_none(), "{row:?}");
    assert!(row.note.as_ref().unwrap().starts_with("no interval"), "{row:?}");
}
