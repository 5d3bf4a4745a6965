//! Whether sides are told to differ where they do, and only there: simulated walks of
//! both legs, from samples to clusters. `cargo bench --no-default-features --bench
//! accuracy_symmetry -- 1000` for 1000 walks each.

use std::io::{Write, stdout};

use rayon::prelude::*;
use soleus::analysis::curves::{CurveComparison, Inference};
use soleus::analysis::{Analyses, Analysis, Digest, Digests, Switch, Symmetry};
use soleus::outcome::CurveCluster;
use soleus::signal::{Legs, Muscle, Side};
use soleus::synth::{Raised, Walk};
use soleus::units::Hertz;

#[path = "../../tests/all/gait_cases.rs"]
#[expect(
    clippy::unwrap_used,
    reason = "a simulation that cannot be processed ends the benchmark, as it ends the test"
)]
mod gait_cases;

/// What is asked, how many strides there are, and whether the cycle is closed.
const CASES: [(&str, usize, Inference, bool); 5] = [
    ("random field, 20 strides", 20, Inference::RandomField, false),
    ("… the cycle closed", 20, Inference::RandomField, true),
    ("random field, 10 strides", 10, Inference::RandomField, false),
    ("permutation, 20 strides", 20, Inference::Permutation, false),
    ("permutation, 9 strides", 9, Inference::Permutation, false),
];
/// Where the left leg is more active.
const RAISED: Raised = Raised { from: 40.0, to: 55.0, factor: 1.6 };
/// What the edges of the truth are smeared by: the envelope passes 6 Hz, some 2 % of a
/// stride.
const EDGE: f64 = 2.0;

fn main() -> std::io::Result<()> {
    let walks: u64 =
        std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    let mut out = stdout().lock();
    writeln!(out, "{walks} walks each; soleus, pairs of strides, α = 0.05\n")?;
    writeln!(
        out,
        "| inference | equal legs that differ | difference found | over its whole length | elsewhere |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for (name, strides, inference, circular) in CASES {
        let settings =
            CurveComparison { inference, circular, ..CurveComparison::default() };
        let found: Vec<[bool; 4]> = (0..walks)
            .into_par_iter()
            .map(|seed| of_walk(seed, strides, &settings))
            .collect();
        let percent = |which: usize| {
            let count = found.iter().filter(|found| found[which]).count();
            format!("{:.1} %", 100.0 * count as f64 / walks as f64)
        };
        let [alarms, hits, whole, elsewhere] = [0, 1, 2, 3].map(percent);
        writeln!(out, "| {name} | {alarms} | {hits} | {whole} | {elsewhere} |")?;
    }
    Ok(())
}

/// Whether equal legs are told to differ; and of legs that do, whether the difference is
/// found, found over its whole length, and whether one is found elsewhere.
fn of_walk(seed: u64, strides: usize, settings: &CurveComparison) -> [bool; 4] {
    let clusters = clusters(seed, strides, Some(RAISED), settings);
    let any = |is: &dyn Fn(f64, f64, f64) -> bool| {
        clusters.iter().any(|one| {
            one.peak_t > 0.0 && is(one.from_percent, one.to_percent, one.peak_percent)
        })
    };
    [
        !self::clusters(seed, strides, None, settings).is_empty(),
        any(&|_, _, peak| (RAISED.from..=RAISED.to).contains(&peak)),
        any(&|from, to, _| from <= RAISED.from + EDGE && to >= RAISED.to - EDGE),
        clusters.iter().any(|one| one.peak_t < 0.0),
    ]
}

/// Where the sides of a simulated walk differ; nowhere where too many strides were odd
/// for a test.
fn clusters(
    seed: u64,
    strides: usize,
    raised: Option<Raised>,
    settings: &CurveComparison,
) -> Vec<CurveCluster> {
    let rate = Hertz::new(1000.0);
    let walk = Walk {
        raised,
        ..Walk::new(seed, rate.unwrap_or_else(|| panic!("1000 Hz is a rate")), strides)
    };
    let symmetry =
        Symmetry { test: settings.clone(), replicates: 100, ..Symmetry::default() };
    let analyses = Analyses {
        symmetry: Switch::On(symmetry.clone()),
        fatigue: Switch::Off,
        activity: Switch::Off,
        cocontraction: Switch::Off,
        coherence: Switch::Off,
        ..Analyses::default()
    };
    let events = walk.events();
    let digest = |side: Side| {
        let trace = gait_cases::trace(
            &walk,
            Muscle::Soleus,
            side,
            walk.emg(Muscle::Soleus, side),
        );
        analyses.digest(&trace, &events)
    };
    let mut channels: Vec<Digest> = [Side::Left, Side::Right].map(digest).into();
    analyses.complete(&mut channels);
    let outcome = symmetry.run(&Digests {
        channels: &channels,
        events: &events,
        legs: Legs::default(),
    });
    outcome.curve_tests.into_iter().next().map(|test| test.clusters).unwrap_or_default()
}
