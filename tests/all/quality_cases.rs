//! Simulated channels with one known fault, or none: the cases of the test and of
//! `benches/accuracy/quality.rs`.

use soleus::analysis::quality::{Assessment, Fault};
use soleus::analysis::{Analyses, Digest};
use soleus::condition::Chain;
use soleus::dsp::random::SplitMix64;
use soleus::dsp::zero_phase::Scratch;
use soleus::recipe::Recipe;
use soleus::signal::{Kind, Label, Trace};
use soleus::synth::{
    Contraction, Heart, Hum, Simulation, Spectrum, Spikes, Treatment, heel_raises,
    simulate, undersampled, with_crosstalk,
};
use soleus::units::{Hertz, Unit};

/// How many severities each fault has: slight, plain and grave.
pub(crate) const SEVERITIES: usize = 3;

/// The faults that are simulated.
pub(crate) const FAULTS: [Fault; 18] = [
    Fault::Noise,
    Fault::NoiseOnly,
    Fault::Baseline,
    Fault::Mains,
    Fault::MainsOnly,
    Fault::Motion,
    Fault::Clipping,
    Fault::Flat,
    Fault::Missing,
    Fault::Offset,
    Fault::Spikes,
    Fault::Heart,
    Fault::Rectified,
    Fault::Enveloped,
    Fault::SlowRate,
    Fault::HighPass,
    Fault::Duplicate,
    Fault::Crosstalk,
];

/// The tasks of the clean recordings.
pub(crate) const TASKS: [&str; 4] = ["heel raises", "hold", "gait", "without rest"];

/// The root mean square of activity, in volts.
const ACTIVE: f64 = 120e-6;

/// A recording of a task, whose length, level, spectrum and rate follow from the seed.
pub(crate) fn clean(task: &str, seed: u64) -> Simulation {
    let mut generator = SplitMix64::new(seed);
    let mut between = |low: f64, high: f64| low + (high - low) * generator.uniform();
    let (rms, seconds) = (ACTIVE * between(0.6, 2.0), between(9.0, 13.0));
    let hz = [1000.0, 1_259.259_3, 2000.0][seed as usize % 3];
    let spectrum =
        if seed.is_multiple_of(2) { Spectrum::SOLEUS } else { Spectrum::GASTROCNEMIUS };
    let contractions = match task {
        "heel raises" => heel_raises(20, 1.0, between(1.6, 2.4), rms),
        "gait" => heel_raises(20, 0.4, between(0.95, 1.2), rms),
        "hold" => vec![Contraction {
            from_s: 1.5,
            to_s: seconds - 1.0,
            rise_s: 0.3,
            fall_s: 0.3,
            rms,
        }],
        _ => vec![Contraction {
            from_s: -1.0,
            to_s: seconds + 1.0,
            rise_s: 0.0,
            fall_s: 0.0,
            rms,
        }],
    };
    let rate = Hertz::new(hz).unwrap_or_else(|| panic!("{hz} Hz"));
    Simulation { spectrum, contractions, ..Simulation::soleus(seed, rate, seconds) }
}

/// A recording with a fault of severity 0, 1 or 2, and a neighbour where the fault needs
/// one.
#[expect(clippy::too_many_lines, reason = "a list of cases, one after the other")]
pub(crate) fn faulty(fault: Fault, severity: usize, seed: u64) -> Vec<(Hertz, Vec<f64>)> {
    let grade = |values: [f64; SEVERITIES]| values[severity];
    let task = TASKS[(seed / 3) as usize % 2];
    let mut simulation = clean(task, seed);
    if fault == Fault::Heart {
        // Hearts are seen beside weak EMG.
        simulation
            .contractions
            .iter_mut()
            .for_each(|contraction| contraction.rms *= 0.25);
    }
    let peak = simulation.contractions[0].rms;
    let faults = &mut simulation.faults;
    match fault {
        // The band-pass lets some of the noise pass: that between 20 and 450 Hz.
        Fault::Noise => {
            faults.noise =
                peak / grade([4.0, 3.5, 3.1]) * (simulation.rate.hz() / 1000.0).sqrt()
        }
        Fault::NoiseOnly => {
            simulation.contractions.clear();
            faults.noise = grade([1e-6, 5e-6, 100e-6]);
        }
        Fault::Baseline => {
            faults.noise =
                grade([13e-6, 15e-6, 17e-6]) * (simulation.rate.hz() / 1000.0).sqrt()
        }
        Fault::Mains | Fault::MainsOnly => {
            let only = fault == Fault::MainsOnly;
            let height = if only {
                peak * grade([4.0, 8.0, 20.0])
            } else {
                peak * grade([0.4, 0.6, 0.9])
            };
            let harmonics = vec![(1, height), (3, 0.3 * height)];
            faults.hum = Some(Hum {
                frequency_hz: [50.0, 60.0][seed as usize % 2],
                drift_hz_per_s: 0.0,
                harmonics,
            });
        }
        Fault::Motion => {
            faults.wander = peak * grade([0.4, 0.8, 3.0]);
            faults.jolts = vec![(2.0, 4.0 * peak), (6.5, 6.0 * peak)];
        }
        Fault::Clipping => faults.clip = Some(peak * grade([2.4, 1.8, 1.2])),
        Fault::Flat => faults.dropouts = vec![(4.0, 4.0 + grade([0.05, 0.3, 1.5]))],
        Fault::Missing => faults.gaps = vec![(4.0, 4.0 + grade([0.01, 0.3, 1.5]))],
        Fault::Offset => faults.offset = peak * grade([8.0, 20.0, 100.0]),
        Fault::Spikes => {
            faults.spikes =
                Some(Spikes { height: peak * grade([18.0, 30.0, 60.0]), per_s: 0.5 })
        }
        Fault::Heart => {
            faults.heart =
                Some(Heart { height: peak * grade([25.0, 35.0, 60.0]), per_s: 1.2 })
        }
        Fault::Rectified => {
            faults.treatment = Treatment::Rectified;
            faults.offset = [0.0, 0.0, 1e-6][severity];
            faults.noise = grade([1e-6, 2e-6, 4e-6]);
        }
        Fault::Enveloped => {
            faults.treatment = Treatment::Enveloped(grade([12.0, 6.0, 3.0]))
        }
        Fault::SlowRate => {
            simulation.rate = Hertz::new(2000.0).unwrap_or(simulation.rate)
        }
        Fault::HighPass => faults.high_pass_hz = Some(grade([80.0, 100.0, 140.0])),
        _ => {}
    }
    let own = simulate(&simulation).0;
    let rate = simulation.rate;
    match fault {
        Fault::SlowRate => {
            let factor = [4, 5, 8][severity];
            let slower = Hertz::new(rate.hz() / factor as f64).unwrap_or(rate);
            vec![(slower, undersampled(&own, factor))]
        }
        Fault::Duplicate => {
            let sign = grade([1.0, -1.0, 3.0]);
            vec![
                (rate, own.clone()),
                (rate, own.iter().map(|sample| sign * sample).collect()),
            ]
        }
        Fault::Crosstalk => {
            let other = simulate(&Simulation { seed: seed + 7_000_000, ..simulation }).0;
            vec![
                (rate, with_crosstalk(&own, &other, grade([0.45, 0.6, 0.9]))),
                (rate, other),
            ]
        }
        _ => vec![(rate, own)],
    }
}

/// What the standard recipe finds of the channels of one recording.
pub(crate) fn found(channels: Vec<(Hertz, Vec<f64>)>) -> Vec<Assessment> {
    let analyses = Analyses::default();
    let digests: Vec<Digest> = channels
        .into_iter()
        .enumerate()
        .map(|(k, (rate, raw))| analyses.digest(&trace(k, rate, raw), &[]))
        .collect();
    analyses.quality.assessments(&digests)
}

/// A channel on its way through the standard recipe.
pub(crate) fn trace(index: usize, rate: Hertz, raw: Vec<f64>) -> Trace {
    let (recipe, mut scratch) = (Recipe::default(), Scratch::default());
    let chain = Chain::design(&recipe.conditioning, rate)
        .unwrap_or_else(|error| panic!("{error}"));
    let cleaned = chain
        .run_together(&[&raw], &mut scratch)
        .remove(0)
        .unwrap_or_else(|error| panic!("{error}"));
    let envelope = recipe.envelope.design(rate).unwrap_or_else(|error| panic!("{error}"));
    let enveloped = envelope.run(&cleaned.samples);
    Trace {
        label: Label {
            name: format!("channel {}", index + 1),
            muscle: None,
            side: None,
            kind: Kind::Emg,
        },
        unit: Unit::VOLT,
        rate,
        start_s: 0.0,
        rails: None,
        excluded: 0,
        raw,
        clean: cleaned.samples,
        envelope: enveloped.samples,
        activation: None,
        edge_samples: enveloped.edge_samples,
        two_way: Vec::new(),
    }
}

/// The faults of a clean recording that is not good, in words; `None` when it is.
pub(crate) fn false_alarm(task: &str, seed: u64) -> Option<String> {
    let simulation = clean(task, seed);
    let found = found(vec![(simulation.rate, simulate(&simulation).0)]);
    let words: Vec<&str> =
        found[0].reasons.iter().map(|reason| reason.text.as_str()).collect();
    (!words.is_empty()).then(|| format!("{task}, seed {seed}: {}", words.join("; ")))
}

/// Whether a simulated fault is named, and everything that was said.
pub(crate) fn named(fault: Fault, severity: usize, seed: u64) -> (bool, String) {
    let found = found(faulty(fault, severity, seed));
    let words: Vec<&str> =
        found[0].reasons.iter().map(|reason| reason.text.as_str()).collect();
    (found[0].has(fault), words.join("; "))
}
