//! `soleus bench`: the throughput of every stage on this machine, on simulated EMG.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde::Serialize;

use super::args::Bench;
use super::{print_bytes, print_json};
use crate::analysis::Digests;
use crate::condition::{Chain, Cleaned};
use crate::dsp::zero_phase::Scratch;
use crate::envelope::EnvelopeKernel;
use crate::error::{Error, ErrorKind, Result};
use crate::recipe::Recipe;
use crate::session::groups;
use crate::signal::{Kind, Label, Legs, Muscle, Side, Trace};
use crate::synth::{Faults, Hum, Simulation, heel_raises, simulate};
use crate::units::{Hertz, Unit};
use crate::words::counted;

mod machine;

use machine::{Copying, Machine};

/// The most samples that are measured: a gigabyte, of which several copies are needed.
const MOST_SAMPLES: f64 = (1_u64 << 27) as f64;
/// How often each stage is repeated, at least.
const REPETITIONS: usize = 5;
/// How long each stage is repeated, at least.
const AT_LEAST: Duration = Duration::from_millis(300);
/// How many channels are measured when nobody says: one sensor, a pair of legs, a grid.
const USUAL_CHANNELS: [usize; 3] = [1, 8, 32];

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    version: &'static str,
    machine: Machine,
    copy: Copying,
    runs: Vec<BenchRun>,
}

/// All stages on one recording.
#[derive(Debug, Serialize)]
struct BenchRun {
    channels: usize,
    recording_seconds: u32,
    rate_hz: Hertz,
    samples: usize,
    bytes: usize,
    stages: Vec<StageMeasured>,
}

/// One stage.
#[derive(Debug, Serialize)]
struct StageMeasured {
    stage: &'static str,
    #[serde(flatten)]
    timing: Timing,
    samples_per_second: f64,
    /// How many times faster than the recording lasts.
    times_real_time: f64,
    /// The bytes of the samples that go in; none for the analyses, which read digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_per_second: Option<f64>,
    /// How fast these bytes go through, as a share of how fast they are copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    share_of_copy_bandwidth: Option<f64>,
}

/// How long something took.
#[derive(Debug, Clone, Copy, Serialize)]
struct Timing {
    repetitions: usize,
    median_seconds: f64,
    shortest_seconds: f64,
    longest_seconds: f64,
}

impl Timing {
    fn measure(mut work: impl FnMut()) -> Self {
        work();
        let began = Instant::now();
        let mut taken = Vec::new();
        while taken.len() < REPETITIONS || began.elapsed() < AT_LEAST {
            let started = Instant::now();
            work();
            taken.push(started.elapsed().as_secs_f64().max(1e-9));
        }
        taken.sort_by(f64::total_cmp);
        let repetitions = taken.len();
        Self {
            repetitions,
            median_seconds: taken[repetitions / 2],
            shortest_seconds: taken[0],
            longest_seconds: taken[repetitions - 1],
        }
    }
}

pub(super) fn run(arguments: &Bench) -> Result<ExitCode> {
    let threads = usize::from(arguments.threads);
    let pool =
        ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
            Error::new(
                ErrorKind::Process,
                format!("cannot start {threads} threads: {error}"),
            )
        })?;
    let measured = pool.install(|| measure(arguments, Machine::here(threads)))?;
    if arguments.json {
        print_json(&measured)
    } else {
        print_bytes(text(&measured).as_bytes())
    }
}

fn measure(arguments: &Bench, machine: Machine) -> Result<Measured> {
    let usual = || USUAL_CHANNELS.to_vec();
    let counts =
        arguments.channels.map_or_else(usual, |channels| vec![usize::from(channels)]);
    let most = counts.iter().copied().max().unwrap_or(1);
    let samples = f64::from(arguments.seconds) * arguments.rate.hz() * most as f64;
    if samples > MOST_SAMPLES {
        let text = format!(
            "{most} channels × {} s at {} are too many samples",
            arguments.seconds, arguments.rate
        );
        return Err(Error::new(ErrorKind::Arguments, text).with_hint(
            "fewer than 134 million fit; use --channels, --seconds or --rate to have fewer",
        ));
    }
    let simulated = |channel| simulate(&simulation(channel, arguments)).0;
    let raw: Vec<Vec<f64>> = (0..most).into_par_iter().map(simulated).collect();
    let copy = Copying::measure(&raw[0], &machine);
    let runs = counts
        .iter()
        .map(|&channels| run_of(arguments, &raw[..channels], &copy))
        .collect::<Result<_>>()?;
    Ok(Measured { version: env!("CARGO_PKG_VERSION"), machine, copy, runs })
}

/// Heel raises of 300 µV with an offset, hum and electrode noise: every step finds
/// something to do.
fn simulation(channel: usize, arguments: &Bench) -> Simulation {
    let hum = Hum {
        frequency_hz: 50.02,
        drift_hz_per_s: 0.0,
        harmonics: vec![(1, 20e-6), (3, 8e-6)],
    };
    let seconds = f64::from(arguments.seconds);
    Simulation {
        contractions: heel_raises(arguments.seconds as usize / 2, 0.5, 2.0, 300e-6),
        faults: Faults { noise: 2e-6, offset: 1e-3, hum: Some(hum), ..Faults::default() },
        ..Simulation::soleus(channel as u64 + 1, arguments.rate, seconds)
    }
}

fn run_of(arguments: &Bench, raw: &[Vec<f64>], copy: &Copying) -> Result<BenchRun> {
    let samples = raw.iter().map(Vec::len).sum::<usize>();
    let bytes = samples * size_of::<f64>();
    let recipe = Recipe::default();
    let reads_digests = |stage: &str| {
        recipe.analysis.enabled().iter().any(|analysis| analysis.name() == stage)
    };
    let measured = |(stage, timing): (&'static str, Timing)| {
        let per_second = 1.0 / timing.median_seconds;
        let bytes_per_second =
            (!reads_digests(stage)).then_some(bytes as f64 * per_second);
        StageMeasured {
            stage,
            timing,
            samples_per_second: samples as f64 * per_second,
            times_real_time: f64::from(arguments.seconds) * per_second,
            bytes_per_second,
            share_of_copy_bandwidth: bytes_per_second
                .map(|bytes| bytes / copy.bytes_per_second),
        }
    };
    Ok(BenchRun {
        channels: raw.len(),
        recording_seconds: arguments.seconds,
        rate_hz: arguments.rate,
        samples,
        bytes,
        stages: stages(arguments.rate, raw)?.into_iter().map(measured).collect(),
    })
}

/// What was timed, by the stage's name.
type Timed = (&'static str, Timing);

/// Each step of the standard recipe on what the steps before it made, all together, what
/// the analyses take from the channels, and each analysis: the same functions that a run
/// calls, the channels in the same groups.
fn stages(rate: Hertz, raw: &[Vec<f64>]) -> Result<Vec<Timed>> {
    let recipe = Recipe::default();
    let (mut timed, clean) = steps(&recipe, rate, raw)?;

    let envelope = recipe.envelope.design(rate)?;
    let enveloped =
        |samples: &[&[f64]]| envelope.run_together(samples, &mut Scratch::default());
    timed.push(("envelope", time(|| grouped(&clean, enveloped))));

    timed.push(("chain", whole_chain(&recipe, rate, raw)?));
    timed.extend(analyses(&recipe, &traces(rate, raw, clean, &envelope)));
    Ok(timed)
}

/// How long work takes whose result nobody looks at.
fn time<T>(work: impl Fn() -> T) -> Timing {
    Timing::measure(|| drop(black_box(work())))
}

/// Each step of conditioning, and the clean samples.
fn steps(
    recipe: &Recipe,
    rate: Hertz,
    raw: &[Vec<f64>],
) -> Result<(Vec<Timed>, Vec<Vec<f64>>)> {
    let mut timed = Vec::new();
    let mut clean = raw.to_vec();
    for step in &recipe.conditioning {
        let chain = Chain::design(std::slice::from_ref(step), rate)?;
        let cleaned =
            |samples: &[&[f64]]| chain.run_together(samples, &mut Scratch::default());
        timed.push((step.conditioner().name(), time(|| grouped(&clean, cleaned))));
        let cleaned = grouped(&clean, cleaned).into_iter().collect::<Result<Vec<_>>>()?;
        clean = cleaned.into_iter().map(|cleaned| cleaned.samples).collect();
    }
    Ok((timed, clean))
}

/// All steps and the envelope, as a run takes them.
fn whole_chain(recipe: &Recipe, rate: Hertz, raw: &[Vec<f64>]) -> Result<Timing> {
    let chain = Chain::design(&recipe.conditioning, rate)?;
    let envelope = recipe.envelope.design(rate)?;
    let whole = |samples: &[&[f64]]| {
        let mut scratch = Scratch::default();
        let cleaned: Vec<Cleaned> =
            chain.run_together(samples, &mut scratch).into_iter().flatten().collect();
        let cleans: Vec<&[f64]> =
            cleaned.iter().map(|cleaned| cleaned.samples.as_slice()).collect();
        let enveloped = envelope.run_together(&cleans, &mut scratch);
        cleaned.into_iter().zip(enveloped).collect::<Vec<_>>()
    };
    Ok(time(|| grouped(raw, whole)))
}

/// What the analyses take from the channels, and each of them.
fn analyses(recipe: &Recipe, traces: &[Trace]) -> Vec<Timed> {
    let digest =
        || traces.par_iter().map(|trace| recipe.analysis.digest(trace, &[])).collect();
    let mut timed = vec![("digest", time::<Vec<_>>(digest))];

    let mut channels: Vec<_> = digest();
    recipe.analysis.complete(&mut channels);
    let recording = Digests { channels: &channels, events: &[], legs: Legs::default() };
    for analysis in recipe.analysis.enabled() {
        // One channel has nothing to be compared with.
        if !analysis.run(&recording).measures.is_empty() {
            timed.push((analysis.name(), time(|| analysis.run(black_box(&recording)))));
        }
    }
    timed
}

/// What is made of the channels, in the groups in which a run takes them.
fn grouped<T: Send>(
    channels: &[Vec<f64>],
    work: impl Fn(&[&[f64]]) -> Vec<T> + Sync,
) -> Vec<T> {
    let longest = channels.iter().map(Vec::len).max().unwrap_or(0);
    let mut made = Vec::with_capacity(channels.len());
    for groups in groups(channels.len(), longest) {
        let one = |group: std::ops::Range<usize>| {
            let slices: Vec<&[f64]> = channels[group].iter().map(Vec::as_slice).collect();
            work(black_box(&slices))
        };
        made.par_extend(groups.into_par_iter().flat_map(one));
    }
    made
}

fn traces(
    rate: Hertz,
    raw: &[Vec<f64>],
    clean: Vec<Vec<f64>>,
    envelope: &EnvelopeKernel,
) -> Vec<Trace> {
    let of = |(channel, (raw, clean)): (usize, (&Vec<f64>, Vec<f64>))| {
        let enveloped = envelope.run(&clean);
        Trace {
            label: Label {
                name: format!("channel {}", channel + 1),
                muscle: Some(Muscle::Soleus),
                side: Some(if channel.is_multiple_of(2) {
                    Side::Left
                } else {
                    Side::Right
                }),
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
            two_way: Vec::new(),
        }
    };
    raw.iter().zip(clean).enumerate().map(of).collect()
}

fn text(measured: &Measured) -> String {
    let Measured { machine, copy, .. } = measured;
    let mut text = format!(
        "{}, {} of {} threads, {}\n\
         copying {} MiB of samples into memory already there: {:.2} GB/s\n\
         times are medians of {REPETITIONS} repetitions or more, the shortest and \
         longest beside them\n",
        machine.processor,
        machine.threads,
        machine.processors,
        machine.instruction_set,
        copy.copied_bytes >> 20,
        copy.bytes_per_second / 1e9,
    );
    measured.runs.iter().for_each(|run| table(&mut text, run));
    text
}

fn table(text: &mut String, run: &BenchRun) {
    let channels = counted(run.channels, "channel");
    let megabytes = run.bytes as f64 / 1e6;
    let (seconds, rate) = (run.recording_seconds, run.rate_hz);
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "\n{channels} × {seconds} s at {rate}, {megabytes:.1} MB as 64-bit floats"
    );
    let _ = writeln!(
        text,
        "{:<12}{:>10}{:>15}{:>12}{:>13}{:>8}{:>9}",
        "stage", "ms", "from–to", "Msamples/s", "× real time", "GB/s", "of copy"
    );
    run.stages.iter().for_each(|stage| line(text, stage));
}

fn line(text: &mut String, stage: &StageMeasured) {
    let timing = &stage.timing;
    let spread = format!(
        "{}–{}",
        milliseconds(timing.shortest_seconds),
        milliseconds(timing.longest_seconds)
    );
    let through = match (stage.bytes_per_second, stage.share_of_copy_bandwidth) {
        (Some(bytes), Some(share)) => {
            format!("{:>8.2}{:>7.1} %", bytes / 1e9, 100.0 * share)
        }
        _ => format!("{:>8}{:>9}", "–", "–"),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{:<12}{:>10}{:>15}{:>12.1}{:>13.0}{through}",
        stage.stage,
        milliseconds(timing.median_seconds),
        spread,
        stage.samples_per_second / 1e6,
        stage.times_real_time,
    );
}

/// Milliseconds with three digits, all of them where there are more before the point.
fn milliseconds(seconds: f64) -> String {
    let milliseconds = 1e3 * seconds;
    let decimals = match milliseconds {
        few if few < 1.0 => 3,
        few if few < 10.0 => 2,
        some if some < 100.0 => 1,
        _ => 0,
    };
    format!("{milliseconds:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(channels: u16, threads: u16) -> Measured {
        let rate = Hertz::new(1000.0).unwrap();
        let arguments =
            Bench { channels: Some(channels), seconds: 4, rate, threads, json: false };
        measure(&arguments, Machine::here(usize::from(threads))).unwrap()
    }

    #[test]
    fn the_figures_agree_with_each_other() {
        let json = serde_json::to_value(measured(2, 1)).unwrap();
        let copied = json["copy"]["bytes_per_second"].as_f64().unwrap();
        let run = &json["runs"][0];
        assert_eq!(
            (&run["channels"], &run["samples"], &run["bytes"]),
            (&2.into(), &8000.into(), &64_000.into())
        );
        for stage in run["stages"].as_array().unwrap() {
            let figure = |name: &str| stage[name].as_f64().unwrap();
            let (shortest, median, longest) = (
                figure("shortest_seconds"),
                figure("median_seconds"),
                figure("longest_seconds"),
            );
            assert!(0.0 < shortest && shortest <= median && median <= longest, "{stage}");
            assert!(figure("repetitions") >= 5.0, "{stage}");
            let close = |ours: f64, theirs: f64| (ours / theirs - 1.0).abs() < 1e-9;
            assert!(close(figure("samples_per_second"), 8000.0 / median), "{stage}");
            assert!(close(figure("times_real_time"), 4.0 / median), "{stage}");
            let of_samples =
                ["detrend", "band-pass", "mains", "envelope", "chain", "digest"];
            let reads_samples = of_samples.contains(&stage["stage"].as_str().unwrap());
            assert_eq!(stage["bytes_per_second"].is_null(), !reads_samples, "{stage}");
            if reads_samples {
                assert!(
                    close(figure("bytes_per_second"), 8.0 * figure("samples_per_second")),
                    "{stage}"
                );
                assert!(
                    close(
                        figure("share_of_copy_bandwidth"),
                        figure("bytes_per_second") / copied
                    ),
                    "{stage}"
                );
            }
        }
        for figure in ["processor", "instruction_set", "threads", "processors"] {
            assert!(!json["machine"][figure].is_null(), "{figure}");
        }
    }

    #[test]
    fn more_samples_than_memory_are_refused() {
        let rate = Hertz::new(1e18).unwrap();
        let arguments =
            Bench { channels: Some(1), seconds: 1, rate, threads: 1, json: false };
        assert!(measure(&arguments, Machine::here(1)).is_err());
    }

    #[test]
    fn every_stage_has_a_line_that_fits_a_terminal() {
        let text = text(&measured(2, 2));
        let stages = [
            "detrend",
            "band-pass",
            "mains",
            "envelope",
            "chain",
            "quality",
            "amplitude",
            "fatigue",
            "symmetry",
        ];
        for stage in stages {
            assert!(
                text.lines().any(|line| line.starts_with(stage)),
                "{stage} is not in\n{text}"
            );
        }
        assert!(text.contains("\n2 channels × 4 s at 1000 Hz, 0.1 MB"), "{text}");
        assert!(text.lines().skip(1).all(|line| line.chars().count() <= 80), "{text}");
        assert!(!super::text(&measured(1, 1)).contains("symmetry"));
    }

    #[test]
    fn times_have_three_digits() {
        let seconds = [0.000_123_4, 0.001_234, 0.012_34, 1.2345];
        assert_eq!(seconds.map(milliseconds), ["0.123", "1.23", "12.3", "1234"]);
    }
}
