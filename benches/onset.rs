//! Clean to bursts: the search for a base line and every detector with its default
//! settings in one thread, and their consensus; all detectors together on two threads.

use std::error::Error;
use std::hint::black_box;
use std::ops::Range;
use std::process::ExitCode;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use rayon::prelude::*;
use soleus::condition::Chain;
use soleus::onset::baseline::quietest;
use soleus::onset::{Baseline, Consensus, Detector, Stretch};
use soleus::recipe::Recipe;

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/criterion.rs"]
mod measured;
#[expect(dead_code, reason = "the channels with hum")]
#[path = "common/signals.rs"]
mod signals;
#[path = "common/sizes.rs"]
mod sizes;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let (rate, seconds) = (signals::rate()?, sizes::seconds()?);
    let chain = Chain::design(&Recipe::default().conditioning, rate)?;
    // Without hum: what its removal leaves comes and goes by 10 dB, and no single base
    // line fits that.
    let raw = signals::simulated(rate, seconds, None);
    let clean = raw
        .iter()
        .map(|raw| chain.run(raw).map(|cleaned| cleaned.samples))
        .collect::<soleus::Result<Vec<_>>>()?;
    let base_line =
        |clean: &Vec<f64>| quietest(clean, std::slice::from_ref(&(0..clean.len())), rate);
    let rest: Vec<Baseline> = clean
        .iter()
        .map(base_line)
        .collect::<Option<_>>()
        .ok_or("a channel has no base line")?;
    let stretches = clean.iter().zip(&rest);
    let stretches: Vec<Stretch<'_>> = stretches
        .map(|(samples, rest)| Stretch { samples, rate, quiet: &rest.pieces })
        .collect();

    let mut criterion: Criterion = measured::measured();
    let mut group =
        criterion.benchmark_group(sizes::named("onset", stretches.len(), seconds));
    group.throughput(Throughput::Elements(
        stretches.iter().map(|stretch| stretch.samples.len() as u64).sum(),
    ));
    group.bench_function("base line", |bencher| {
        bencher.iter(|| {
            clean.iter().map(|clean| base_line(black_box(clean))).collect::<Vec<_>>()
        });
    });
    let contractions = (seconds / 2.0) as usize - 1;
    let mut detector =
        |name: &str, bursts: &dyn Fn(&Stretch<'_>) -> Vec<Range<usize>>| {
            measure(&mut group, name, &stretches, contractions, bursts)
        };
    for one in Detector::all() {
        detector(one.name(), &|stretch| one.bursts(stretch))?;
    }
    let consensus = Consensus::default();
    detector("consensus", &|stretch| {
        consensus
            .find_in_stretch(stretch)
            .iter()
            .map(|burst| burst.on.at..burst.off.at)
            .collect()
    })?;
    let everyone = Consensus { detectors: Detector::all(), ..Consensus::default() };
    group.bench_function("consensus of all, two threads", |bencher| {
        bencher.iter(|| {
            stretches
                .par_iter()
                .map(|stretch| everyone.find_in_stretch(black_box(stretch)))
                .collect::<Vec<_>>()
        });
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// Measures a detector once it has found nearly as many bursts as there are contractions
/// at least: one may have been joined to the next.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    stretches: &[Stretch<'_>],
    contractions: usize,
    bursts: &dyn Fn(&Stretch<'_>) -> Vec<Range<usize>>,
) -> Result<(), String> {
    if let Some(few) = stretches
        .iter()
        .map(|stretch| bursts(stretch).len())
        .find(|&found| 100 * found < 98 * contractions)
    {
        return Err(format!("{name} found {few} of {contractions} contractions"));
    }
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            stretches.iter().map(|stretch| bursts(black_box(stretch))).collect::<Vec<_>>()
        });
    });
    Ok(())
}
