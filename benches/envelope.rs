//! Clean to envelope: every kind with its default settings, and the linear envelope
//! beside a plain loop over `biquad`.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::{Criterion, Throughput};
use rayon::{ThreadPool, ThreadPoolBuilder};
use soleus::condition::Chain;
use soleus::dsp::design::{Band, Cutoff, butterworth};
use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use soleus::envelope::{
    Envelope, EnvelopeKernel, Enveloped, Hilbert, MovingAverage, MovingRms, Tkeo,
};
use soleus::recipe::Recipe;
use soleus::units::Hertz;

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/counts.rs"]
mod counts;
#[path = "common/grouped.rs"]
mod grouped;
#[path = "common/criterion.rs"]
mod measured;
#[path = "common/plain.rs"]
mod plain;
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
    let clean = signals::channels(rate, seconds)
        .iter()
        .map(|raw| chain.run(raw).map(|cleaned| cleaned.samples))
        .collect::<soleus::Result<Vec<_>>>()?;
    let all = counts::repeated(&clean);
    let all: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
    let one_thread = ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut criterion = measured::measured();
    for count in counts::COUNTS {
        linear(&mut criterion, rate, seconds, &one_thread, &all[..count])?;
    }
    others(&mut criterion, rate, seconds, &one_thread, &all[..signals::CHANNELS])?;
    criterion.final_summary();
    Ok(())
}

fn linear(
    criterion: &mut Criterion,
    rate: Hertz,
    seconds: f64,
    one_thread: &ThreadPool,
    cleans: &[&[f64]],
) -> Result<(), Box<dyn Error>> {
    let kernel = Envelope::default().design(rate)?;
    let smoothing = Cutoff::Effective.band(2, Band::LowPass(6.0), rate.hz(), 2);
    let smoothing = ZeroPhase::new(butterworth(2, smoothing, rate.hz())?, Edge::Odd);
    let ours = enveloped(&kernel, cleans).pop().ok_or("there is no envelope")?;
    plain::same(&plain::envelope(&smoothing, cleans[cleans.len() - 1]), &ours.samples)?;
    let mut group =
        criterion.benchmark_group(sizes::named("envelope", cleans.len(), seconds));
    group.throughput(Throughput::Elements(counts::samples(cleans)));
    if cleans.len() <= signals::CHANNELS {
        group.bench_function("plain biquad loop (rectified, low-pass)", |bencher| {
            bencher.iter(|| {
                cleans
                    .iter()
                    .map(|one| plain::envelope(&smoothing, black_box(one)))
                    .collect::<Vec<_>>()
            });
        });
    }
    group.bench_function("linear (rectified, low-pass)", |bencher| {
        bencher.iter(|| one_thread.install(|| enveloped(&kernel, black_box(cleans))));
    });
    group.finish();
    Ok(())
}

fn others(
    criterion: &mut Criterion,
    rate: Hertz,
    seconds: f64,
    one_thread: &ThreadPool,
    cleans: &[&[f64]],
) -> Result<(), Box<dyn Error>> {
    let kinds = [
        ("moving root mean square", Envelope::MovingRms(MovingRms::default())),
        ("moving average", Envelope::MovingAverage(MovingAverage::default())),
        ("Hilbert", Envelope::Hilbert(Hilbert::default())),
        ("Teager-Kaiser energy", Envelope::Tkeo(Tkeo::default())),
    ];
    let mut group =
        criterion.benchmark_group(sizes::named("envelope", cleans.len(), seconds));
    group.throughput(Throughput::Elements(counts::samples(cleans)));
    for (name, envelope) in kinds {
        let kernel = envelope.design(rate)?;
        group.bench_function(name, |bencher| {
            bencher.iter(|| one_thread.install(|| enveloped(&kernel, black_box(cleans))));
        });
    }
    group.finish();
    Ok(())
}

/// What a run does with clean channels.
fn enveloped(kernel: &EnvelopeKernel, cleans: &[&[f64]]) -> Vec<Enveloped> {
    grouped::grouped(cleans, |cleans| {
        kernel.run_together(cleans, &mut Scratch::default())
    })
}
