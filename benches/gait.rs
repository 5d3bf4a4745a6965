//! Everything that is said of a walk of 200 strides in 16 channels, eight muscles of both
//! legs, with 2000 bootstrap replicates an interval: cycles, both sides, muscles of one
//! leg; and the cycles of one channel beside NumPy's way.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::Throughput;
use rayon::prelude::*;
use soleus::analysis::{
    Analyses, Analysis, CoContraction, Cycles, Digest, Digests, Switch, Symmetry,
};
use soleus::dsp::time_normalisation::{Interpolation, normalised};
use soleus::signal::{Legs, Muscle, Side, Trace};
use soleus::synth::Walk;
use soleus::units::Hertz;

#[path = "common/allocator.rs"]
mod allocator;
#[path = "../tests/all/gait_cases.rs"]
#[expect(
    clippy::unwrap_used,
    reason = "a walk that cannot be processed ends the bench, as it ends the test"
)]
mod gait_cases;
#[path = "common/criterion.rs"]
mod measured;

/// The muscles of each leg, the strides and the sampling rate.
const MUSCLES: [Muscle; 8] = [
    Muscle::Soleus,
    Muscle::GastrocnemiusMedialis,
    Muscle::GastrocnemiusLateralis,
    Muscle::TibialisAnterior,
    Muscle::PeroneusLongus,
    Muscle::VastusLateralis,
    Muscle::BicepsFemoris,
    Muscle::RectusFemoris,
];
const STRIDES: usize = 200;
const RATE_HZ: f64 = 1000.0;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let walk = Walk::new(1, Hertz::new(RATE_HZ).ok_or("a rate")?, STRIDES);
    let (events, analyses) = (walk.events(), analyses());
    let legs = [Side::Left, Side::Right];
    let channels: Vec<(Muscle, Side)> =
        MUSCLES.iter().flat_map(|&muscle| legs.map(|side| (muscle, side))).collect();
    let trace = |&(muscle, side): &(Muscle, Side)| {
        gait_cases::trace(&walk, muscle, side, walk.emg(muscle, side))
    };
    let traces: Vec<Trace> = channels.par_iter().map(trace).collect();
    let mut digests: Vec<Digest> =
        traces.par_iter().map(|trace| analyses.digest(trace, &events)).collect();
    analyses.complete(&mut digests);
    let recording =
        Digests { channels: &digests, events: &events, legs: Legs::default() };
    let tests = Symmetry::default().run(&recording).curve_tests;
    if tests.len() != MUSCLES.len()
        || tests.iter().any(|test| test.counts[0] < STRIDES - 2)
    {
        return Err("there are strides or muscles that were left out".into());
    }
    let mut criterion = measured::measured();
    let mut group = criterion
        .benchmark_group(format!("gait, {} channels × {STRIDES} strides", traces.len()));
    group.throughput(Throughput::Elements((traces.len() * STRIDES) as u64));
    let each: [(&str, &dyn Analysis); 3] = [
        ("cycles", &Cycles::default()),
        ("both sides", &Symmetry::default()),
        ("co-contraction", &CoContraction::default()),
    ];
    for (name, analysis) in each {
        group.bench_function(name, |bencher| {
            bencher.iter(|| analysis.run(black_box(&recording)))
        });
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    group.bench_function("all of them, two threads", |bencher| {
        bencher.iter(|| pool.install(|| analyses.run(black_box(&recording))));
    });
    let envelope = &traces[0].envelope;
    let cut: Vec<&[f64]> = envelope.chunks_exact(1100).take(STRIDES).collect();
    group.bench_function("101 points, one channel", |bencher| {
        bencher.iter(|| {
            let curves = cut
                .iter()
                .map(|cycle| normalised(black_box(cycle), 101, Interpolation::Linear));
            curves.collect::<Vec<_>>()
        });
    });
    group.finish();
    Ok(())
}

fn analyses() -> Analyses {
    Analyses { fatigue: Switch::Off, coherence: Switch::Off, ..Analyses::default() }
}
