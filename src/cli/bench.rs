//! `soleus bench`: the throughput of every stage on this machine, on simulated EMG, one thread.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::args::Bench;
use super::{print_bytes, print_json};
use crate::analysis::Digests;
use crate::condition::{Chain, Step};
use crate::dsp::random::normals;
use crate::envelope::EnvelopeKernel;
use crate::error::Result;
use crate::recipe::Recipe;
use crate::signal::{Kind, Label, Muscle, Side, Trace};
use crate::units::{Hertz, Unit};

/// How long each stage is repeated, at least.
const AT_LEAST: Duration = Duration::from_millis(300);

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    version: &'static str,
    channels: usize,
    seconds: u32,
    rate_hz: Hertz,
    threads: usize,
    /// The bandwidth of copying the samples to memory that is already there, bytes read plus written.
    copy_bytes_per_second: f64,
    stages: Vec<StageMeasured>,
}

/// One stage.
#[derive(Debug, Serialize)]
struct StageMeasured {
    stage: String,
    /// The best of the repetitions.
    seconds: f64,
    samples_per_second: f64,
    /// How many times faster than the recording lasts.
    times_real_time: f64,
    bytes_per_second: f64,
    /// The bytes of the samples once read and once written, as a share of the copy bandwidth.
    share_of_copy_bandwidth: f64,
}

pub(super) fn run(arguments: &Bench) -> Result<ExitCode> {
    let channels = usize::from(arguments.channels);
    let count = arguments.rate.samples(f64::from(arguments.seconds)).max(1);
    let raw: Vec<Vec<f64>> = (0..channels).map(|channel| simulated(channel, count, arguments.rate)).collect();
    let mut copy = raw.clone();
    let copying = best(|| copy.iter_mut().zip(&raw).for_each(|(to, from)| black_box(to).copy_from_slice(from)));
    let bytes = (2 * 8 * channels * count) as f64;
    let stages = stages(arguments.rate, &raw)?.into_iter().map(|(stage, taken)| StageMeasured {
        stage,
        seconds: taken,
        samples_per_second: (channels * count) as f64 / taken,
        times_real_time: f64::from(arguments.seconds) / taken,
        bytes_per_second: bytes / taken,
        share_of_copy_bandwidth: copying / taken,
    });
    let measured = Measured {
        version: env!("CARGO_PKG_VERSION"),
        channels,
        seconds: arguments.seconds,
        rate_hz: arguments.rate,
        threads: 1,
        copy_bytes_per_second: bytes / copying,
        stages: stages.collect(),
    };
    if arguments.json { print_json(&measured) } else { print_bytes(text(&measured).as_bytes()) }
}

/// Noise of an EMG's size, half of the time at rest: speed does not depend on the spectrum.
fn simulated(channel: usize, count: usize, rate: Hertz) -> Vec<f64> {
    let second = rate.samples(1.0).max(1);
    let mut samples = normals(channel as u64 + 1, count);
    for (i, sample) in samples.iter_mut().enumerate() {
        *sample *= if (i / second).is_multiple_of(2) { 1e-4 } else { 5e-6 };
    }
    samples
}

/// The best time of each step of the standard recipe, and of all together.
fn stages(rate: Hertz, raw: &[Vec<f64>]) -> Result<Vec<(String, f64)>> {
    let recipe = Recipe::default();
    let mut measured = Vec::new();
    for step in &recipe.conditioning {
        let chain = Chain::design(std::slice::from_ref(step), rate)?;
        measured.push((name(step), best(|| raw.iter().for_each(|samples| drop(black_box(chain.run(samples)))))));
    }
    let envelope = recipe.envelope.design(rate)?;
    let chain = Chain::design(&recipe.conditioning, rate)?;
    let clean =
        raw.iter().map(|samples| chain.run(samples).map(|cleaned| cleaned.samples)).collect::<Result<Vec<_>>>()?;
    measured
        .push(("envelope".into(), best(|| clean.iter().for_each(|samples| drop(black_box(envelope.run(samples)))))));
    let whole = |samples: &Vec<f64>| chain.run(samples).map(|cleaned| envelope.run(&cleaned.samples));
    measured.push((
        "chain (all of the above)".into(),
        best(|| raw.iter().for_each(|samples| drop(black_box(whole(samples))))),
    ));
    let traces = traces(rate, raw, clean, &envelope);
    let digest = || traces.iter().map(|trace| recipe.analysis.digest(trace)).collect::<Vec<_>>();
    measured.push(("digest".into(), best(|| drop(black_box(digest())))));
    let channels = digest();
    for analysis in recipe.analysis.enabled() {
        let taken = best(|| drop(black_box(analysis.run(&Digests { channels: &channels, events: &[] }))));
        measured.push((analysis.name().to_owned(), taken));
    }
    Ok(measured)
}

fn name(step: &Step) -> String {
    step.conditioner().name().to_owned()
}

fn traces(rate: Hertz, raw: &[Vec<f64>], clean: Vec<Vec<f64>>, envelope: &EnvelopeKernel) -> Vec<Trace> {
    let of = |(channel, (raw, clean)): (usize, (&Vec<f64>, Vec<f64>))| {
        let enveloped = envelope.run(&clean);
        Trace {
            label: Label {
                name: format!("channel {}", channel + 1),
                muscle: Some(Muscle::Soleus),
                side: Some(if channel.is_multiple_of(2) { Side::Left } else { Side::Right }),
                kind: Kind::Emg,
            },
            unit: Unit::VOLT,
            rate,
            start_s: 0.0,
            rails: None,
            excluded: 0,
            raw: raw.clone(),
            clean,
            envelope: enveloped.samples,
            activation: None,
            edge_samples: enveloped.edge_samples,
        }
    };
    raw.iter().zip(clean).enumerate().map(of).collect()
}

/// The shortest of at least three repetitions, in seconds.
fn best(mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut shortest = f64::INFINITY;
    let mut repetitions = 0;
    while repetitions < 3 || began.elapsed() < AT_LEAST {
        let started = Instant::now();
        work();
        shortest = shortest.min(started.elapsed().as_secs_f64());
        repetitions += 1;
    }
    shortest.max(1e-9)
}

fn text(measured: &Measured) -> String {
    let mut text = format!(
        "{} channels × {} s at {}, one thread; copying takes {:.1} GB/s\n\n{:<26}{:>12}{:>14}{:>12}{:>10}{:>10}\n",
        measured.channels,
        measured.seconds,
        measured.rate_hz,
        measured.copy_bytes_per_second / 1e9,
        "stage",
        "time",
        "Msamples/s",
        "× real time",
        "GB/s",
        "of copy"
    );
    for stage in &measured.stages {
        let _ = writeln!(
            text,
            "{:<26}{:>9.2} ms{:>14.1}{:>12.0}{:>10.2}{:>8.1} %",
            stage.stage,
            1e3 * stage.seconds,
            stage.samples_per_second / 1e6,
            stage.times_real_time,
            stage.bytes_per_second / 1e9,
            100.0 * stage.share_of_copy_bandwidth
        );
    }
    text
}
