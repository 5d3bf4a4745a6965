//! An analysis of one's own beside those of the recipe: `cargo run --no-default-features
//! --example own_analysis`.
//!
//! The chain of the recipe cleans each channel; what is wanted of its samples is taken
//! while they are at hand. An analysis that should stand in every report and table is a
//! file in `src/analysis` instead: `docs/adding.md` walks through it.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;

use soleus::load::{Hints, load};
use soleus::outcome::fact::{self, Dimension, Fact};
use soleus::outcome::{Measure, Outcome};
use soleus::recipe::Recipe;
use soleus::session::Plan;
use soleus::signal::{Kind, Trace};

const FILE: &str = "data/study/sub-01/ses-01/sub-01_ses-01_task-heelraise_emg.csv";

/// What is known of the measure whatever recording it is taken of.
const ZERO_CROSSINGS: Fact = Fact {
    name: "zero_crossings",
    words: "Zero crossings",
    description: "How often a second the filtered signal crosses zero",
    kind: fact::MeasureKind::Frequency,
    unit: Dimension::Fixed("1/s"),
    formula: "pairs of neighbouring samples with opposite signs over all pairs, times the rate",
    ..Fact::PLAIN
};

/// How often a second the signal crosses zero. `clean` is filtered and keeps its
/// polarity; gaps are NaN, and nothing crosses them.
fn zero_crossings(trace: &Trace) -> Measure {
    let crosses = |pair: &&[f64]| pair[0] * pair[1] < 0.0;
    let crossings = trace.clean.windows(2).filter(crosses).count();
    let pairs = trace.clean.windows(2).filter(|pair| !(pair[0] + pair[1]).is_nan());
    let pairs = pairs.count();

    let rate = trace.rate.hz() * crossings as f64 / pairs as f64;
    Measure::new(&ZERO_CROSSINGS, &trace.label, &trace.unit, rate).from_n(pairs)
}

fn main() -> soleus::Result<()> {
    let recipe = Recipe::default();
    let recording = load(Path::new(FILE), &Hints::default())?;
    let mut findings = soleus::analyse(&recording, &recipe)?;

    // Everything that can be wrong about a recipe for these sampling rates is told here.
    let mut emg = recording.channels;
    emg.retain(|channel| channel.label.kind == Kind::Emg);
    let plan = Plan::decide(&recipe, &emg)?;

    let mut own = Outcome::new("own");
    for (_, processed) in plan.run(emg, |trace| zero_crossings(&trace)) {
        own.measures.push(processed?.finished);
    }
    findings.outcomes.push(own);

    for channel in &findings.channels {
        for name in ["rms", ZERO_CROSSINGS.name] {
            if let Some(row) = findings.measure(name, &channel.name) {
                println!("{} {name}: {:?} {}", channel.name, row.value, row.unit);
            }
        }
    }
    Ok(())
}
