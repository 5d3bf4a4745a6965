//! Clean to bursts: the search for a base line and every detector with its default settings, in one thread.

use std::error::Error;
use std::hint::black_box;
use std::ops::Range;
use std::process::ExitCode;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use soleus::condition::Chain;
use soleus::onset::baseline::quietest;
use soleus::onset::{DoubleThreshold, EnergyThreshold, HodgesBui, Lidierth, ModifiedHodges, SingleThreshold, Stretch};
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
    // Without hum: what its removal leaves comes and goes by 10 dB, and no single base line fits that.
    let raw = signals::simulated(rate, seconds, None);
    let clean =
        raw.iter().map(|raw| chain.run(raw).map(|cleaned| cleaned.samples)).collect::<soleus::Result<Vec<_>>>()?;
    let base_line = |clean: &Vec<f64>| quietest(clean, std::slice::from_ref(&(0..clean.len())), rate);
    let quiet = clean
        .iter()
        .map(|clean| base_line(clean).and_then(|found| found.pieces.first().cloned()))
        .collect::<Option<Vec<_>>>()
        .ok_or("a channel has no base line")?;
    let stretches: Vec<Stretch<'_>> =
        clean.iter().zip(quiet).map(|(samples, quiet)| Stretch { samples, rate, quiet }).collect();

    let mut criterion: Criterion = measured::measured();
    let mut group = criterion.benchmark_group(sizes::named("onset", stretches.len(), seconds));
    group.throughput(Throughput::Elements(stretches.iter().map(|stretch| stretch.samples.len() as u64).sum()));
    group.bench_function("base line", |bencher| {
        bencher.iter(|| clean.iter().map(|clean| base_line(black_box(clean))).collect::<Vec<_>>());
    });
    let contractions = (seconds / 2.0) as usize - 1;
    let mut detector = |name: &str, bursts: &dyn Fn(&Stretch<'_>) -> Vec<Range<usize>>| {
        measure(&mut group, name, &stretches, contractions, bursts)
    };
    detector("single threshold", &|stretch| SingleThreshold::default().bursts(stretch))?;
    detector("Hodges and Bui", &|stretch| HodgesBui::default().bursts(stretch))?;
    detector("modified Hodges", &|stretch| ModifiedHodges::default().bursts(stretch))?;
    detector("Lidierth", &|stretch| Lidierth::default().bursts(stretch))?;
    detector("double threshold", &|stretch| DoubleThreshold::default().bursts(stretch))?;
    detector("energy threshold", &|stretch| EnergyThreshold::default().bursts(stretch))?;
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// Measures a detector once it has found as many bursts as there are contractions at least.
fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    stretches: &[Stretch<'_>],
    contractions: usize,
    bursts: &dyn Fn(&Stretch<'_>) -> Vec<Range<usize>>,
) -> Result<(), String> {
    if let Some(few) = stretches.iter().map(|stretch| bursts(stretch).len()).find(|&found| found < contractions) {
        return Err(format!("{name} found {few} of {contractions} contractions"));
    }
    group.bench_function(name, |bencher| {
        bencher.iter(|| stretches.iter().map(|stretch| bursts(black_box(stretch))).collect::<Vec<_>>());
    });
    Ok(())
}
