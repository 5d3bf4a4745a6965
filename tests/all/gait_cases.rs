//! Simulated walks on their way through the standard chain, for tests, the example and
//! the bench.

use soleus::condition::Chain;
use soleus::dsp::zero_phase::Scratch;
use soleus::recipe::Recipe;
use soleus::signal::{Kind, Label, Muscle, Side, Trace};
use soleus::synth::Walk;
use soleus::units::Unit;

/// A channel of a walk; `raw` is what was recorded, mostly [`Walk::emg`] itself.
pub(crate) fn trace(walk: &Walk, muscle: Muscle, side: Side, raw: Vec<f64>) -> Trace {
    let recipe = Recipe::default();
    let clean = Chain::design(&recipe.conditioning, walk.rate)
        .unwrap()
        .run(&raw)
        .unwrap()
        .samples;
    let kernel = recipe.envelope.design(walk.rate).unwrap();
    let enveloped = kernel.run_together(&[&clean], &mut Scratch::default()).remove(0);
    let name = format!("{} {}", muscle.name(), side.word());
    Trace {
        label: Label { name, muscle: Some(muscle), side: Some(side), kind: Kind::Emg },
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
        two_way: Vec::new(),
    }
}
