//! Clean to everything that the fatigue analysis says of 16 holds of half an hour: epochs
//! with all their indices, and the trends of their courses, in one thread and in two.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::Throughput;
use rayon::prelude::*;
use soleus::analysis::Fatigue;
use soleus::analysis::fatigue::{course, follow};
use soleus::condition::Chain;
use soleus::recipe::Recipe;
use soleus::signal::{Kind, Label, Trace};
use soleus::synth::{self, Contraction, Faults, Simulation, simulate};
use soleus::units::{Hertz, Unit};

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/criterion.rs"]
mod measured;
#[expect(dead_code, reason = "heel raises")]
#[path = "common/signals.rs"]
mod signals;
#[expect(dead_code, reason = "the usual length")]
#[path = "common/sizes.rs"]
mod sizes;

/// How many channels there are, and how many of them differ.
const CHANNELS: u64 = 16;
const DIFFERENT: u64 = 4;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let (rate, seconds) = (signals::rate()?, sizes::seconds_or(1800.0)?);
    let different = (0..DIFFERENT)
        .map(|seed| hold(seed, rate, seconds))
        .collect::<soleus::Result<Vec<_>>>()?;
    let traces: Vec<Trace> =
        different.iter().cycle().take(CHANNELS as usize).cloned().collect();
    let settings = Fatigue::default();
    for trace in &different {
        let followed = follow(trace, &[], &settings);
        if followed.course.used().count() < seconds as usize - 1
            || followed.trends.lines.len() < 5
        {
            return Err(
                "there are epochs that were left out, or quantities without a line"
                    .into(),
            );
        }
    }
    let mut criterion = measured::measured();
    let mut group =
        criterion.benchmark_group(sizes::named("fatigue", traces.len(), seconds));
    group.throughput(Throughput::Elements(
        traces.iter().map(|trace| trace.clean.len() as u64).sum(),
    ));
    let plain = Fatigue { wavelets: false, ..settings.clone() };
    for (name, settings) in [("epochs", &settings), ("epochs, no wavelets", &plain)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                traces
                    .iter()
                    .map(|trace| course(black_box(trace), &[], settings))
                    .collect::<Vec<_>>()
            });
        });
    }
    group.bench_function("epochs and trends", |bencher| {
        bencher.iter(|| {
            traces
                .iter()
                .map(|trace| follow(black_box(trace), &[], &settings))
                .collect::<Vec<_>>()
        });
    });
    let whitened = Fatigue { whitening: true, ..settings };
    group.bench_function("epochs and trends, whitened too, two threads", |bencher| {
        bencher.iter(|| {
            traces
                .par_iter()
                .map(|trace| follow(black_box(trace), &[], &whitened))
                .collect::<Vec<_>>()
        });
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// A hold that tires, behind the standard conditioning and envelope.
fn hold(seed: u64, rate: Hertz, seconds: f64) -> soleus::Result<Trace> {
    let recipe = Recipe::default();
    let contractions = vec![Contraction {
        from_s: 0.0,
        to_s: seconds,
        rise_s: 0.0,
        fall_s: 0.0,
        rms: 100e-6,
    }];
    let fatigue = synth::SimulatedFatigue {
        from_s: 0.0,
        compression_per_s: 0.2 / seconds,
        growth_per_s: 0.3 / seconds,
    };
    let faults = Faults { noise: 2e-6, ..Faults::default() };
    let simulation = Simulation {
        contractions,
        fatigue,
        faults,
        ..Simulation::soleus(seed, rate, seconds)
    };
    let raw = simulate(&simulation).0;
    let clean = Chain::design(&recipe.conditioning, rate)?.run(&raw)?.samples;
    let envelope = recipe.envelope.design(rate)?.run(&clean).samples;
    let label =
        Label { name: format!("SOL {seed}"), muscle: None, side: None, kind: Kind::Emg };
    Ok(Trace {
        label,
        unit: Unit::VOLT,
        rate,
        start_s: 0.0,
        rails: None,
        excluded: 0,
        raw,
        clean,
        envelope,
        activation: None,
        edge_samples: 0,
        two_way: Vec::new(),
    })
}
