//! Files to a recording: plain numeric CSV and WAV, from bytes that are already in
//! memory.

use std::error::Error;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use rayon::{ThreadPool, ThreadPoolBuilder};
use soleus::load::{Hints, load_bytes, write_wav};
use soleus::signal::{Kind, Recording};
use soleus::units::Hertz;

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/layouts.rs"]
mod layouts;
#[path = "common/criterion.rs"]
mod measured;
#[path = "common/signals.rs"]
mod signals;
#[path = "common/text.rs"]
mod text;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let rate = signals::rate()?;
    let channels = signals::channels(rate, SECONDS);
    let one_core = ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut criterion = measured::measured();
    csv_bench(&mut criterion, "csv", &text::csv(&channels, rate)?, &one_core)?;
    let long: Vec<Vec<f64>> =
        channels.iter().map(|samples| samples.repeat(TIMES)).collect();
    csv_bench(&mut criterion, "csv, 100 MB", &text::csv(&long, rate)?, &one_core)?;
    layouts_bench(
        &mut criterion,
        &layouts::Rows::new(&channels, rate.hz()).layouts(),
        &one_core,
    )?;
    wav_bench(&mut criterion, &integers(&channels, rate)?, &floats(&channels, rate)?)?;
    criterion.final_summary();
    Ok(())
}

/// How long the recording is.
const SECONDS: f64 = 60.0;

/// How often the recording is repeated for about 100 MB of text.
const TIMES: usize = 11;

fn csv_bench(
    criterion: &mut Criterion,
    name: &str,
    bytes: &[u8],
    one_core: &ThreadPool,
) -> Result<(), Box<dyn Error>> {
    let (path, hints) = (Path::new("heelraise.csv"), Hints::default());
    let loaded = load_bytes(path, bytes, &hints)?;
    let plain = plain_csv(bytes)?;
    // Column 0 is the clock, and the samples of the recording are volts.
    let same = loaded.channels[0]
        .samples
        .iter()
        .zip(&plain[1])
        .all(|(volts, millivolts)| *volts == millivolts / 1e3);
    if loaded.channels.len() != signals::CHANNELS || !same {
        return Err("the plain reader and ours disagree".into());
    }
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("csv crate, one core", |bencher| {
        bencher.iter(|| plain_csv(black_box(bytes)))
    });
    group.bench_function("soleus, one core", |bencher| {
        bencher.iter(|| one_core.install(|| load_bytes(path, black_box(bytes), &hints)));
    });
    group.bench_function("soleus, all cores", |bencher| {
        bencher.iter(|| load_bytes(path, black_box(bytes), &hints))
    });
    group.bench_function("soleus, all cores, processor time", |bencher| {
        bencher.iter_custom(|times| {
            let began = processor_time();
            (0..times).for_each(|_| {
                drop(black_box(load_bytes(path, black_box(bytes), &hints)))
            });
            processor_time().saturating_sub(began)
        });
    });
    group.finish();
    Ok(())
}

/// The same recording in many layouts; the plain one is what the others are compared to.
fn layouts_bench(
    criterion: &mut Criterion,
    layouts: &[(&str, Vec<u8>)],
    one_core: &ThreadPool,
) -> Result<(), Box<dyn Error>> {
    let (path, hints) = (Path::new("heelraise.csv"), Hints::default());
    let mut group = criterion.benchmark_group("csv layouts, one core");
    let mut expected: Option<Recording> = None;
    for (name, bytes) in layouts {
        let loaded = load_bytes(path, bytes, &hints)
            .map_err(|error| format!("the layout \"{name}\": {error}"))?;
        let expected = expected.get_or_insert_with(|| loaded.clone());
        let samples = |recording: &Recording| -> Vec<f64> {
            let emg = recording.channels.iter().filter(|one| one.label.kind == Kind::Emg);
            let finite = |value: &f64| value.is_finite();
            emg.flat_map(|one| one.samples.iter().copied().filter(finite)).collect()
        };
        if samples(&loaded) != samples(expected) {
            return Err(format!("the layout \"{name}\" is read otherwise").into());
        }
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher
                .iter(|| one_core.install(|| load_bytes(path, black_box(bytes), &hints)));
        });
    }
    group.finish();
    Ok(())
}

/// The time that all threads have had so far, where Linux says it; 1 ns elsewhere, which
/// nobody takes for a figure.
fn processor_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of = |thread: std::fs::DirEntry| -> Option<u64> {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    Duration::from_nanos(threads.filter_map(of).sum())
}

/// As one would write it first: the `csv` crate and `str::parse`.
fn plain_csv(bytes: &[u8]) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let mut columns = vec![Vec::new(); reader.headers()?.len()];
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        for (column, cell) in columns.iter_mut().zip(&record) {
            column.push(cell.parse()?);
        }
    }
    Ok(columns)
}

fn wav_bench(
    criterion: &mut Criterion,
    integers: &[u8],
    floats: &[u8],
) -> Result<(), Box<dyn Error>> {
    let (path, hints) = (Path::new("heelraise.wav"), Hints::default());
    let mut group = criterion.benchmark_group("wav");
    for (name, bytes) in [("16 bit", integers), ("32 bit float", floats)] {
        let loaded = load_bytes(path, bytes, &hints)?;
        if loaded.channels.len() != signals::CHANNELS {
            return Err(format!(
                "{} channels were read from the {name} WAV",
                loaded.channels.len()
            )
            .into());
        }
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(format!("soleus, {name}"), |bencher| {
            bencher.iter(|| load_bytes(path, black_box(bytes), &hints));
        });
    }
    group.throughput(Throughput::Bytes(integers.len() as u64));
    group.bench_function("hound, 16 bit", |bencher| {
        bencher.iter(|| plain_wav(black_box(integers)))
    });
    group.finish();
    Ok(())
}

/// As one would write it first: `hound`, sample by sample.
fn plain_wav(bytes: &[u8]) -> Result<Vec<Vec<f64>>, hound::Error> {
    let mut reader = hound::WavReader::new(bytes)?;
    let count = usize::from(reader.spec().channels);
    let mut channels = vec![Vec::with_capacity(reader.duration() as usize); count];
    for (i, sample) in reader.samples::<i16>().enumerate() {
        channels[i % count].push(f64::from(sample?) / 32768.0);
    }
    Ok(channels)
}

fn integers(channels: &[Vec<f64>], rate: Hertz) -> Result<Vec<u8>, hound::Error> {
    let spec = hound::WavSpec {
        channels: channels.len() as u16,
        sample_rate: rate.hz() as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    for i in 0..channels.first().map_or(0, Vec::len) {
        for samples in channels {
            writer.write_sample((samples[i] / 5e-3 * 32767.0) as i16)?;
        }
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

fn floats(channels: &[Vec<f64>], rate: Hertz) -> soleus::Result<Vec<u8>> {
    let named: Vec<(&str, &[f64])> =
        text::NAMES.into_iter().zip(channels.iter().map(Vec::as_slice)).collect();
    let mut bytes = Vec::new();
    write_wav(&mut bytes, rate, &named)?;
    Ok(bytes)
}
