//! Whether sides are told to differ where they do, and only there: simulated walks of both legs, from samples to clusters.
//!
//! `cargo run --release --no-default-features --example symmetry_benchmark -- 1000`

use soleus::analysis::curves::{CurveComparison, Inference};
use soleus::analysis::{Activity, Analyses, Analysis, Digest, Digests, Switch, Symmetry};
use soleus::condition::Chain;
use soleus::dsp::zero_phase::Scratch;
use soleus::outcome::CurveTest;
use soleus::recipe::Recipe;
use soleus::signal::{Event, Kind, Label, Legs, Muscle, Side, Trace};
use soleus::synth::{Raised, Walk};
use soleus::units::{Hertz, Unit};

/// The strides of each leg, and whether permutation is asked for.
const CASES: [(&str, usize, Inference, bool); 5] = [
    ("random field, 20 strides", 20, Inference::RandomField, false),
    ("random field, 20 strides, circular", 20, Inference::RandomField, true),
    ("random field, 10 strides", 10, Inference::RandomField, false),
    ("permutation, 20 strides", 20, Inference::Permutation, false),
    ("permutation, 7 strides", 7, Inference::Permutation, false),
];
const RAISED: Raised = Raised { from: 40.0, to: 55.0, factor: 1.6 };

fn main() {
    let runs: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    println!("{runs} walks each, paired strides, soleus, in volts; α = 0.05");
    println!("{:<36} {:>12} {:>14} {:>12} {:>12}", "", "false alarms", "found 40–55 %", "whole", "elsewhere");
    for (name, strides, inference, circular) in CASES {
        let settings = CurveComparison { inference, circular, ..CurveComparison::default() };
        let (mut alarms, mut found, mut whole, mut elsewhere) = (0, 0, 0, 0);
        for seed in 0..runs {
            alarms += u64::from(!test(seed, strides, None, &settings).clusters.is_empty());
            let clusters = test(seed, strides, Some(RAISED), &settings).clusters;
            let inside = |from: f64, to: f64| {
                clusters.iter().any(|one| one.peak_t > 0.0 && one.from_percent <= from && one.to_percent >= to)
            };
            found += u64::from(
                clusters.iter().any(|one| one.peak_t > 0.0 && (RAISED.from..=RAISED.to).contains(&one.peak_percent)),
            );
            whole += u64::from(inside(RAISED.from + 2.0, RAISED.to - 2.0));
            elsewhere += u64::from(clusters.iter().any(|one| one.peak_t < 0.0));
        }
        let percent = |count: u64| format!("{:.1} %", 100.0 * count as f64 / runs as f64);
        println!(
            "{name:<36} {:>12} {:>14} {:>12} {:>12}",
            percent(alarms),
            percent(found),
            percent(whole),
            percent(elsewhere)
        );
    }
}

/// The comparison of the sides of a simulated walk.
fn test(seed: u64, strides: usize, raised: Option<Raised>, settings: &CurveComparison) -> CurveTest {
    let rate = Hertz::new(1000.0).expect("a rate");
    let walk = Walk { raised, ..Walk::new(seed, rate, strides) };
    let symmetry = Symmetry { test: settings.clone(), replicates: 100, ..Symmetry::default() };
    let analyses = Analyses {
        symmetry: Switch::On(symmetry.clone()),
        fatigue: Switch::Off,
        cocontraction: Switch::Off,
        coherence: Switch::Off,
        activity: Switch::On(Activity::default()),
        ..Analyses::default()
    };
    let events = walk.events();
    let mut channels: Vec<Digest> =
        [Side::Left, Side::Right].iter().map(|&side| digest(&walk, side, &events, &analyses)).collect();
    analyses.complete(&mut channels);
    let outcome = symmetry.run(&Digests { channels: &channels, events: &events, legs: Legs::default() });
    let notes = outcome.notes;
    outcome.curve_tests.into_iter().next().unwrap_or_else(|| panic!("no test: {notes:?}"))
}

fn digest(walk: &Walk, side: Side, events: &[Event], analyses: &Analyses) -> Digest {
    let recipe = Recipe::default();
    let raw = walk.emg(Muscle::Soleus, side);
    let clean =
        Chain::design(&recipe.conditioning, walk.rate).and_then(|chain| chain.run(&raw)).expect("a chain").samples;
    let envelope = recipe.envelope.design(walk.rate).expect("an envelope");
    let enveloped = envelope.run_together(&[&clean], &mut Scratch::default()).remove(0);
    let label =
        Label { name: format!("SOL {}", side.word()), muscle: Some(Muscle::Soleus), side: Some(side), kind: Kind::Emg };
    let trace = Trace {
        label,
        unit: Unit::VOLT,
        rate: walk.rate,
        start_s: 0.0,
        rails: None,
        excluded: 0,
        raw,
        clean,
        envelope: enveloped.samples,
        activation: None,
        edge_samples: enveloped.edge_samples,
    };
    analyses.digest(&trace, events)
}
