//! Clean to envelope: every kind with its default settings, and the linear envelope as a plain loop over `biquad`.

use std::error::Error;
use std::hint::black_box;

use criterion::Throughput;
use soleus::condition::Chain;
use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::zero_phase::{Edge, ZeroPhase};
use soleus::envelope::{Cutoff, Envelope, Hilbert, LowPass, MovingAverage, MovingRms, Tkeo};
use soleus::recipe::Recipe;

#[path = "common/criterion.rs"]
mod measured;
#[path = "common/plain.rs"]
mod plain;
#[path = "common/signals.rs"]
mod signals;

fn main() -> Result<(), Box<dyn Error>> {
    let rate = signals::rate()?;
    let chain = Chain::design(&Recipe::default().conditioning, rate)?;
    let clean = signals::channels(rate)
        .iter()
        .map(|raw| chain.run(raw).map(|cleaned| cleaned.samples))
        .collect::<soleus::Result<Vec<_>>>()?;
    let smoothing = ZeroPhase::new(butterworth(2, Band::LowPass(6.0), rate.hz())?, Edge::Odd);
    plain::agrees(&smoothing, &clean[0])?;
    let kinds = [
        ("linear (rectified, low-pass)", Envelope::LowPass(LowPass { cutoff: Cutoff::Nominal, ..LowPass::default() })),
        ("moving root mean square", Envelope::MovingRms(MovingRms::default())),
        ("moving average", Envelope::MovingAverage(MovingAverage::default())),
        ("Hilbert", Envelope::Hilbert(Hilbert::default())),
        ("Teager-Kaiser energy", Envelope::Tkeo(Tkeo::default())),
    ];
    let mut criterion = measured::measured();
    let mut group = criterion.benchmark_group("envelope");
    group.throughput(Throughput::Elements(clean.iter().map(|one| one.len() as u64).sum()));
    group.bench_function("plain biquad loop (rectified, low-pass)", |bencher| {
        bencher.iter(|| clean.iter().map(|one| plain_envelope(&smoothing, black_box(one))).collect::<Vec<_>>());
    });
    for (name, envelope) in kinds {
        let kernel = envelope.design(rate)?;
        group.bench_function(name, |bencher| {
            bencher.iter(|| clean.iter().map(|one| kernel.run(black_box(one))).collect::<Vec<_>>());
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn plain_envelope(smoothing: &ZeroPhase, clean: &[f64]) -> Vec<f64> {
    let rectified: Vec<f64> = clean.iter().map(|sample| sample.abs()).collect();
    let mut envelope = plain::zero_phase(smoothing, &rectified);
    envelope.iter_mut().for_each(|sample| *sample = sample.max(0.0));
    envelope
}
