//! How many instructions each kernel takes for a sample, counted by callgrind: the same
//! on a busy machine.
//!
//! `cargo bench --no-default-features --bench instructions [-- --bless]`. Every kernel is
//! run once and three times by this same program under valgrind; half of the difference
//! is one run of it, without any set-up.

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::io::{Cursor, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde::{Deserialize, Serialize};
use soleus::analysis::Fatigue;
use soleus::analysis::fatigue::course;
use soleus::condition::{BandPass, Chain, Mains, Step};
use soleus::dsp::zero_phase::Scratch;
use soleus::load::{Hints, load_bytes, write_wav};
use soleus::recipe::Recipe;
use soleus::signal::{Kind, Label, Trace};
use soleus::synth::{Faults, Hum, Simulation, heel_raises, simulate};
use soleus::units::{Hertz, Unit};

#[path = "common/text.rs"]
mod text;

/// By how much a count may grow before it is said to be slower: code moves a little with
/// everything around it.
const ALLOWED: f64 = 0.02;
const SECONDS: f64 = 10.0;
/// The argument with which this program runs one kernel.
const ONE: &str = "--one";

/// Each kernel with the number of channels that it gets.
const KERNELS: [(&str, usize); 8] = [
    ("band-pass, 1 channel", 1),
    ("band-pass, 8 channels", 8),
    ("envelope", 1),
    ("mains", 1),
    ("epochs", 1),
    ("CSV", 8),
    ("WAV, 16 bits", 8),
    ("WAV, 32-bit floats", 8),
];

/// The file that is compared with.
#[derive(Serialize, Deserialize)]
struct Counted {
    /// What counted: another compiler counts differently.
    rustc: String,
    instructions_per_sample: BTreeMap<String, f64>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [one, name, times] = &arguments[..]
        && one == ONE
    {
        let mut kernel = kernel(name)?;
        (0..times.parse::<usize>()?).for_each(|_| kernel());
        return Ok(ExitCode::SUCCESS);
    }
    compare(arguments.iter().any(|argument| argument == "--bless"))
}

/// Counts everything, prints the table, and fails when something takes more than before.
fn compare(bless: bool) -> Result<ExitCode, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.json");
    let before: Option<Counted> = match std::fs::read(&path) {
        Ok(text) => Some(serde_json::from_slice(&text)?),
        Err(_) => None,
    };
    let mut now = Counted { rustc: rustc()?, instructions_per_sample: BTreeMap::new() };
    if let Some(before) = before.as_ref().filter(|before| before.rustc != now.rustc) {
        writeln!(
            stdout(),
            "compared with counts of {}, this is {}",
            before.rustc,
            now.rustc
        )?;
    }
    writeln!(
        stdout(),
        "{:<24}{:>12}{:>12}{:>10}",
        "instructions a sample",
        "before",
        "now",
        "change"
    )?;
    let mut slower = 0;
    for (name, channels) in KERNELS {
        let count = count(name, channels)?;
        let known = before
            .as_ref()
            .and_then(|before| before.instructions_per_sample.get(name))
            .copied();
        slower += usize::from(known.is_some_and(|known| count > known * (1.0 + ALLOWED)));
        line(name, known, count)?;
        now.instructions_per_sample
            .insert(name.to_owned(), (count * 100.0).round() / 100.0);
    }
    if bless {
        std::fs::write(&path, serde_json::to_string_pretty(&now)? + "\n")?;
        writeln!(stdout(), "written to {}", path.display())?;
        return Ok(ExitCode::SUCCESS);
    }
    if slower > 0 {
        writeln!(
            stdout(),
            "{slower} of {} take more instructions; if it must be so: -- --bless",
            KERNELS.len()
        )?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn line(name: &str, known: Option<f64>, count: f64) -> std::io::Result<()> {
    let Some(known) = known else {
        return writeln!(stdout(), "{name:<24}{:>12}{count:>12.2}{:>10}", "–", "new");
    };
    let change = count / known - 1.0;
    let word = match change {
        more if more > ALLOWED => "  SLOWER",
        less if less < -ALLOWED => "  faster (bless it)",
        _ => "",
    };
    writeln!(
        stdout(),
        "{name:<24}{known:>12.2}{count:>12.2}{:>+8.1} %{word}",
        100.0 * change
    )
}

fn rustc() -> Result<String, Box<dyn Error>> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
        .arg("--version")
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The instructions of a kernel for each sample of each channel, without its set-up.
fn count(name: &str, channels: usize) -> Result<f64, Box<dyn Error>> {
    let (once, thrice) = (collected(name, "1")?, collected(name, "3")?);
    let samples = channels * rate()?.samples(SECONDS);
    Ok((thrice - once) / 2.0 / samples as f64)
}

/// The instructions of the whole program that runs a kernel some times, in one thread.
fn collected(name: &str, times: &str) -> Result<f64, Box<dyn Error>> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command
        .arg(std::env::current_exe()?)
        .args([ONE, name, times])
        .env("RAYON_NUM_THREADS", "1");
    let output = command
        .output()
        .map_err(|error| format!("cannot run valgrind (is it installed?): {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :"));
    let count = collected
        .filter(|_| output.status.success())
        .and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| format!("callgrind counted nothing of {name}:\n{said}").into())
}

fn rate() -> Result<Hertz, String> {
    Hertz::new(2000.0)
        .ok_or_else(|| "the sampling rate of the benches is not above 0 Hz".to_owned())
}

/// Heel raises with an offset, hum and electrode noise, in volts.
fn channels(count: usize) -> Result<Vec<Vec<f64>>, String> {
    let rate = rate()?;
    let hum = Hum {
        frequency_hz: 50.02,
        drift_hz_per_s: 0.0,
        harmonics: vec![(1, 20e-6), (3, 8e-6)],
    };
    let one = |channel| Simulation {
        contractions: heel_raises(5, 0.5, 2.0, 300e-6),
        faults: Faults {
            noise: 2e-6,
            offset: 1e-3,
            hum: Some(hum.clone()),
            ..Faults::default()
        },
        ..Simulation::soleus(channel, rate, SECONDS)
    };
    Ok((1..=count as u64).map(|channel| simulate(&one(channel)).0).collect())
}

/// A kernel, ready to be run: everything that it needs is made here.
fn kernel(name: &str) -> Result<Box<dyn FnMut()>, Box<dyn Error>> {
    let count = KERNELS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or("there is no such kernel")?
        .1;
    let (rate, channels) = (rate()?, channels(count)?);
    let of_chain = |step: Step| -> Result<Box<dyn FnMut()>, Box<dyn Error>> {
        let (chain, channels) = (Chain::design(&[step], rate)?, channels.clone());
        let mut scratch = Scratch::default();
        Ok(Box::new(move || {
            let channels: Vec<&[f64]> = channels.iter().map(Vec::as_slice).collect();
            drop(black_box(chain.run_together(black_box(&channels), &mut scratch)));
        }))
    };
    Ok(match name {
        "mains" => of_chain(Step::Mains(Mains::default()))?,
        "envelope" => {
            let (envelope, mut scratch) =
                (Recipe::default().envelope.design(rate)?, Scratch::default());
            Box::new(move || {
                drop(black_box(
                    envelope.run_together(black_box(&[&channels[0]]), &mut scratch),
                ))
            })
        }
        "epochs" => {
            let trace = trace(channels[0].clone(), rate);
            Box::new(move || {
                drop(black_box(course(black_box(&trace), &[], &Fatigue::default())))
            })
        }
        "CSV" => of_file("heelraise.csv", text::csv(&channels, rate)?),
        "WAV, 16 bits" => of_file("heelraise.wav", integers(&channels, rate)?),
        "WAV, 32-bit floats" => of_file("heelraise.wav", floats(&channels, rate)?),
        _ => of_chain(Step::BandPass(BandPass::default()))?,
    })
}

fn of_file(name: &str, bytes: Vec<u8>) -> Box<dyn FnMut()> {
    let (path, hints) = (PathBuf::from(name), Hints::default());
    Box::new(move || drop(black_box(load_bytes(&path, black_box(&bytes), &hints))))
}

fn floats(channels: &[Vec<f64>], rate: Hertz) -> Result<Vec<u8>, Box<dyn Error>> {
    let named: Vec<(&str, &[f64])> =
        text::NAMES.into_iter().zip(channels.iter().map(Vec::as_slice)).collect();
    let mut bytes = Vec::new();
    write_wav(&mut bytes, rate, &named)?;
    Ok(bytes)
}

fn integers(channels: &[Vec<f64>], rate: Hertz) -> Result<Vec<u8>, Box<dyn Error>> {
    let (bits_per_sample, sample_format) = (16, hound::SampleFormat::Int);
    let (channel_count, sample_rate) = (channels.len() as u16, rate.hz() as u32);
    let spec = hound::WavSpec {
        channels: channel_count,
        sample_rate,
        bits_per_sample,
        sample_format,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    for frame in 0..channels[0].len() {
        for samples in channels {
            writer.write_sample((samples[frame] * 1e7) as i16)?;
        }
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

/// A trace whose clean signal is what it is given.
fn trace(samples: Vec<f64>, rate: Hertz) -> Trace {
    Trace {
        label: Label {
            name: "SOL_L".to_owned(),
            muscle: None,
            side: None,
            kind: Kind::Emg,
        },
        unit: Unit::VOLT,
        rate,
        start_s: 0.0,
        rails: None,
        excluded: 0,
        raw: samples.clone(),
        envelope: samples.iter().map(|sample| sample.abs()).collect(),
        clean: samples,
        activation: None,
        edge_samples: 0,
        two_way: Vec::new(),
    }
}
