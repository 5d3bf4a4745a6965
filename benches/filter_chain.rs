//! Raw to clean: the zero-phase band-pass beside a plain loop over the `biquad` crate, trends, mains, the standard chain.

use std::error::Error;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use soleus::condition::{Chain, Detrend, Mains, Step, Trend};
use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use soleus::recipe::Recipe;
use soleus::units::Hertz;

#[path = "common/criterion.rs"]
mod measured;
#[path = "common/plain.rs"]
mod plain;
#[path = "common/signals.rs"]
mod signals;

fn main() -> Result<(), Box<dyn Error>> {
    let rate = signals::rate()?;
    let channels = signals::channels(rate);
    let mut criterion = measured::measured();
    band_pass(&mut criterion, rate, &channels)?;
    steps(&mut criterion, rate, &channels)?;
    criterion.final_summary();
    Ok(())
}

fn band_pass(criterion: &mut Criterion, rate: Hertz, channels: &[Vec<f64>]) -> Result<(), Box<dyn Error>> {
    let filter = ZeroPhase::new(butterworth(4, Band::BandPass(20.0, 450.0), rate.hz())?, Edge::Odd);
    plain::agrees(&filter, &channels[0])?;
    for count in [1, signals::CHANNELS] {
        let channels = &channels[..count];
        let mut group = criterion.benchmark_group(format!("band-pass of order 4, {count} of 8 channels"));
        group.throughput(Throughput::Elements(samples(channels)));
        group.bench_function("plain biquad loop", |bencher| {
            bencher.iter(|| channels.iter().map(|one| plain::zero_phase(&filter, black_box(one))).collect::<Vec<_>>());
        });
        group.bench_function("soleus", |bencher| {
            let mut scratch = Scratch::default();
            let work = |copies: &mut Vec<Vec<f64>>| copies.iter_mut().try_for_each(|one| filter.run(one, &mut scratch));
            bencher.iter_batched_ref(|| channels.to_vec(), work, BatchSize::PerIteration);
        });
        group.bench_function("copying twice", |bencher| {
            let mut copies = channels.to_vec();
            bencher.iter(|| {
                for _ in 0..2 {
                    copies.iter_mut().zip(channels).for_each(|(to, from)| black_box(to).copy_from_slice(from));
                }
            });
        });
        group.finish();
    }
    Ok(())
}

fn steps(criterion: &mut Criterion, rate: Hertz, channels: &[Vec<f64>]) -> Result<(), Box<dyn Error>> {
    let detrend = |kind| vec![Step::Detrend(Detrend { kind })];
    let chains = [
        ("no step", Vec::new()),
        ("mean", detrend(Trend::Mean)),
        ("straight line", detrend(Trend::Linear)),
        ("mains, hum found and removed", vec![Step::Mains(Mains::default())]),
        ("standard recipe", Recipe::default().conditioning),
    ];
    let mut group = criterion.benchmark_group("chain");
    group.throughput(Throughput::Elements(samples(channels)));
    for (name, steps) in chains {
        let chain = Chain::design(&steps, rate)?;
        let cleaned = channels.iter().map(|one| chain.run(one)).collect::<soleus::Result<Vec<_>>>()?;
        if name.contains("hum found") && cleaned.iter().any(|one| one.findings.is_empty()) {
            return Err("there is a channel in which no hum was found".into());
        }
        group.bench_function(name, |bencher| {
            bencher.iter(|| channels.iter().map(|one| chain.run(black_box(one))).collect::<Vec<_>>());
        });
    }
    group.finish();
    Ok(())
}

fn samples(channels: &[Vec<f64>]) -> u64 {
    channels.iter().map(|one| one.len() as u64).sum()
}
