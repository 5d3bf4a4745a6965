//! Raw to clean: the zero-phase band-pass beside a plain loop over the `biquad` crate and
//! beside copying, with each kind of vector instructions; trends, mains, and whole chains
//! up to the envelope.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use rayon::{ThreadPool, ThreadPoolBuilder};
use soleus::condition::{
    BandPass, Chain, Cleaned, Detrend, DetrendKind, Mains, Notch, Step,
};
use soleus::dsp::design::{Band, Cutoff, DesignError, butterworth};
use soleus::dsp::zero_phase::{Edge, Enter, Instructions, Leave, Scratch, ZeroPhase};
use soleus::envelope::{EnvelopeKernel, Enveloped};
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
    let all = counts::repeated(&signals::channels(rate, seconds));
    let all: Vec<&[f64]> = all.iter().map(Vec::as_slice).collect();
    let mut criterion = measured::measured();
    for count in counts::COUNTS {
        band_pass(&mut criterion, rate, seconds, &all[..count])?;
    }
    let mut chains = Chains {
        criterion,
        rate,
        seconds,
        one_thread: ThreadPoolBuilder::new().num_threads(1).build()?,
    };
    for count in counts::COUNTS {
        chains.envelopes_of(&all[..count])?;
    }
    chains.steps(&all[..signals::CHANNELS])?;
    drop(all);
    chains.criterion.final_summary();
    Ok(())
}

fn band_pass(
    criterion: &mut Criterion,
    rate: Hertz,
    seconds: f64,
    channels: &[&[f64]],
) -> Result<(), Box<dyn Error>> {
    let filter = zero_phase(4, Band::BandPass(20.0, 450.0), rate)?;
    let mut copies: Vec<Vec<f64>> =
        channels.iter().map(|channel| channel.to_vec()).collect();
    let mut group =
        criterion.benchmark_group(sizes::named("band-pass", channels.len(), seconds));
    group.throughput(Throughput::Elements(counts::samples(channels)));
    if channels.len() <= signals::CHANNELS {
        group.bench_function("plain biquad loop", |bencher| {
            bencher.iter(|| {
                channels
                    .iter()
                    .map(|one| plain::zero_phase(&filter, black_box(one)))
                    .collect::<Vec<_>>()
            });
        });
    }
    let plain = plain::zero_phase(&filter, channels[channels.len() - 1]);
    let paths = Instructions::available().into_iter().filter(|path| match path {
        Instructions::Scalar => channels.len() <= signals::CHANNELS,
        _ => true,
    });
    for path in paths {
        let filter = filter.clone().with_instructions(path);
        let mut scratch = Scratch::default();
        group.bench_function(path.name(), |bencher| {
            bencher.iter_custom(|times| {
                (0..times)
                    .map(|_| in_place(&filter, channels, &mut copies, &mut scratch))
                    .sum()
            });
        });
        in_place(&filter, channels, &mut copies, &mut scratch);
        plain::same(&plain, &copies[copies.len() - 1])?;
    }
    group.bench_function("copying twice", |bencher| {
        bencher.iter(|| {
            copies
                .iter_mut()
                .zip(channels)
                .for_each(|(to, from)| black_box(to).copy_from_slice(from));
            copies
                .iter_mut()
                .zip(channels)
                .for_each(|(to, from)| black_box(to).copy_from_slice(from));
        });
    });
    group.finish();
    Ok(())
}

/// How long the filter takes for copies of the channels that are already there; the
/// copying does not count.
fn in_place(
    filter: &ZeroPhase,
    channels: &[&[f64]],
    copies: &mut [Vec<f64>],
    scratch: &mut Scratch,
) -> Duration {
    copies.iter_mut().zip(channels).for_each(|(to, from)| to.copy_from_slice(from));
    let mut copies: Vec<&mut [f64]> =
        copies.iter_mut().map(|copy| black_box(copy).as_mut_slice()).collect();
    let started = Instant::now();
    let done =
        filter.run_together(&mut copies, Enter::Unchanged, Leave::Unchanged, scratch);
    let taken = started.elapsed();
    drop(black_box(done));
    taken
}

/// What measures chains.
struct Chains {
    criterion: Criterion,
    rate: Hertz,
    seconds: f64,
    one_thread: ThreadPool,
}

impl Chains {
    /// Whole chains with their linear envelope, as a run has them.
    fn envelopes_of(&mut self, channels: &[&[f64]]) -> Result<(), Box<dyn Error>> {
        let envelope = Recipe::default().envelope.design(self.rate)?;
        let filters =
            vec![Step::Detrend(Detrend::default()), Step::BandPass(BandPass::default())];
        let with = |step: Step| filters.iter().cloned().chain([step]).collect::<Vec<_>>();
        let by_notch: Mains = toml::from_str("method = \"notch\"")?;
        let mut chains = vec![
            ("offset, band-pass, envelope", filters.clone()),
            ("offset, band-pass, notch, envelope", with(Step::Notch(Notch::default()))),
            ("standard recipe, envelope", Recipe::default().conditioning),
        ];
        if channels.len() == signals::CHANNELS {
            chains.push((
                "standard recipe, mains by notch, envelope",
                with(Step::Mains(by_notch)),
            ));
        }
        let mut group = self.criterion.benchmark_group(sizes::named(
            "chain",
            channels.len(),
            self.seconds,
        ));
        group.throughput(Throughput::Elements(counts::samples(channels)));
        if channels.len() <= signals::CHANNELS {
            let band = zero_phase(4, Band::BandPass(20.0, 450.0), self.rate)?;
            let smoothing = zero_phase(2, Band::LowPass(6.0), self.rate)?;
            group.bench_function(
                "plain biquad loop (offset, band-pass, envelope)",
                |bencher| {
                    let one =
                        |raw: &&[f64]| plain_chain(&band, &smoothing, black_box(raw));
                    bencher.iter(|| channels.iter().map(one).collect::<Vec<_>>());
                },
            );
        }
        for (name, steps) in chains {
            let chain = Chain::design(&steps, self.rate)?;
            let made = processed(&chain, Some(&envelope), channels);
            if made.len() != channels.len() {
                return Err(format!(
                    "{} of {} channels were processed",
                    made.len(),
                    channels.len()
                )
                .into());
            }
            drop(made);
            group.bench_function(format!("{name}, one thread"), |bencher| {
                bencher.iter(|| {
                    self.one_thread.install(|| {
                        processed(&chain, Some(&envelope), black_box(channels))
                    })
                });
            });
            if channels.len() == signals::CHANNELS {
                group.bench_function(format!("{name}, all threads"), |bencher| {
                    bencher
                        .iter(|| processed(&chain, Some(&envelope), black_box(channels)));
                });
            }
        }
        group.finish();
        Ok(())
    }

    /// Single steps, on one thread.
    fn steps(&mut self, channels: &[&[f64]]) -> Result<(), Box<dyn Error>> {
        let silent = self.without_hum(channels.len())?;
        let silent: Vec<&[f64]> = silent.iter().map(Vec::as_slice).collect();
        let detrend = |kind| vec![Step::Detrend(Detrend { kind })];
        let mains = || vec![Step::Mains(Mains::default())];
        let cases = [
            ("no step", Vec::new(), channels),
            ("mean", detrend(DetrendKind::Mean), channels),
            ("straight line", detrend(DetrendKind::Linear), channels),
            ("mains, hum found and removed", mains(), channels),
            ("mains, no hum", mains(), &silent[..]),
        ];
        let mut group = self.criterion.benchmark_group(sizes::named(
            "step",
            channels.len(),
            self.seconds,
        ));
        group.throughput(Throughput::Elements(counts::samples(channels)));
        for (name, steps, channels) in cases {
            let chain = Chain::design(&steps, self.rate)?;
            let made = processed(&chain, None, channels);
            let found: Vec<&String> =
                made.iter().flat_map(|(cleaned, _)| &cleaned.findings).collect();
            if found.len() != if name.contains("hum found") { channels.len() } else { 0 }
            {
                return Err(format!("{name}: {found:?}").into());
            }
            drop(made);
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    self.one_thread
                        .install(|| processed(&chain, None, black_box(channels)))
                });
            });
        }
        group.finish();
        Ok(())
    }

    /// Channels in which no hum is found. There is none in any of them, but long ones
    /// have false alarms.
    fn without_hum(&self, count: usize) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
        let mains = Chain::design(&[Step::Mains(Mains::default())], self.rate)?;
        let mut channels = signals::simulated(self.rate, self.seconds, None);
        channels.retain(|channel| {
            mains.run(channel).is_ok_and(|cleaned| cleaned.findings.is_empty())
        });
        if channels.is_empty() {
            return Err("hum is found in every channel that has none".into());
        }
        Ok(channels.iter().cycle().take(count).cloned().collect())
    }
}

/// A filter as the standard recipe designs it.
fn zero_phase(order: usize, band: Band, rate: Hertz) -> Result<ZeroPhase, DesignError> {
    let band = Cutoff::Effective.band(order, band, rate.hz(), 2);
    Ok(ZeroPhase::new(butterworth(order, band, rate.hz())?, Edge::Odd))
}

/// The clean signal and its envelope as one would write it first.
fn plain_chain(
    band: &ZeroPhase,
    smoothing: &ZeroPhase,
    raw: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let mean = raw.iter().sum::<f64>() / raw.len() as f64;
    let centred: Vec<f64> = raw.iter().map(|sample| sample - mean).collect();
    let clean = plain::zero_phase(band, &centred);
    let envelope = plain::envelope(smoothing, &clean);
    (clean, envelope)
}

/// What a run does with channels before it analyses them.
fn processed(
    chain: &Chain,
    envelope: Option<&EnvelopeKernel>,
    channels: &[&[f64]],
) -> Vec<(Cleaned, Option<Enveloped>)> {
    grouped::grouped(channels, |raws| {
        let mut scratch = Scratch::default();
        let cleaned: Vec<Cleaned> =
            chain.run_together(raws, &mut scratch).into_iter().flatten().collect();
        let Some(envelope) = envelope else {
            return cleaned.into_iter().map(|cleaned| (cleaned, None)).collect();
        };
        let cleans: Vec<&[f64]> =
            cleaned.iter().map(|cleaned| cleaned.samples.as_slice()).collect();
        let enveloped = envelope.run_together(&cleans, &mut scratch);
        cleaned.into_iter().zip(enveloped.into_iter().map(Some)).collect()
    })
}
