//! What the generator itself makes: a hold has the level that theory expects, and its
//! analysis says so.

use soleus::recipe::Recipe;

use super::generator::{Drive, Muscle, Pickup, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;

/// The root mean square of a hold against its expectation.
pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let recipe = Recipe::default();
    let ratios = trials.of(200).each(1, |seed| {
        let muscle = Muscle::new(seed, 100e-6);
        let emg = muscle.emg(&Drive::hold(seed, RATE, 20.0, 0.6, 0.0));
        let samples = Pickup::noise(2e-6).of(seed, RATE, emg);
        let found = soleus::analyse(&recording(RATE, [("SOL_L", samples)]), &recipe);
        let rms = found.ok()?.measure("rms", "SOL_L")?.value?;
        Some(rms / muscle.expected_rms(0.6))
    });
    let what = "level of a hold behind the band-pass, over all of it that theory expects";
    vec![Line::mean(what, ratios.into_iter().flatten(), "", Target::Within(0.9, 1.05))]
}
