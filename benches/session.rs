//! The whole: from the bytes of one CSV to the findings of its session, and from findings
//! to the reports.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::{Criterion, Throughput};
use rayon::{ThreadPool, ThreadPoolBuilder};
use soleus::recipe::Recipe;
use soleus::report::WRITERS;
use soleus::session::{Findings, Request, Search, SessionInput, Sharing, find, run};

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/criterion.rs"]
mod measured;
#[path = "common/signals.rs"]
mod signals;
#[path = "common/text.rs"]
mod text;

/// How long the recording is.
const SECONDS: f64 = 60.0;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let rate = signals::rate()?;
    let bytes = text::csv(&signals::channels(rate, SECONDS), rate)?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("heelraise.csv");
    std::fs::write(&path, &bytes)?;
    let manifest = find(&[path], &Search::default())?;
    let input = manifest.sessions.first().ok_or("no session was found")?;
    let one_core = ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut criterion = measured::measured();
    session_bench(&mut criterion, input, &one_core, bytes.len() as u64)?;
    report_bench(&mut criterion, &findings(input, &Recipe::default()));
    criterion.final_summary();
    Ok(())
}

/// The findings of a session; its file is read anew each time, as a batch would (from the
/// cache of the system).
fn findings(input: &SessionInput, recipe: &Recipe) -> Findings {
    run(
        input,
        &Request {
            recipe,
            rate: None,
            finished: &|_| {},
            stops: &|| false,
            traces: None,
            sharing: Sharing::Alone,
        },
    )
}

fn session_bench(
    criterion: &mut Criterion,
    input: &SessionInput,
    one_core: &ThreadPool,
    bytes: u64,
) -> Result<(), Box<dyn Error>> {
    let recipe = Recipe::default();
    let once = findings(input, &recipe);
    if once.done() != 1 || once.recordings[0].channels.len() != signals::CHANNELS {
        return Err(format!(
            "the session was not processed: {:?}",
            once.recordings[0].status
        )
        .into());
    }
    let mut group = criterion.benchmark_group("session");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("CSV to findings, one core", |bencher| {
        bencher.iter(|| one_core.install(|| findings(black_box(input), &recipe)));
    });
    group.bench_function("CSV to findings, all cores", |bencher| {
        bencher.iter(|| findings(black_box(input), &recipe));
    });
    group.finish();
    Ok(())
}

fn report_bench(criterion: &mut Criterion, findings: &Findings) {
    let mut group = criterion.benchmark_group("report");
    for writer in WRITERS {
        group.bench_function(writer.file_name(), |bencher| {
            bencher.iter(|| {
                let mut page = Vec::new();
                writer.write(black_box(findings), &mut page).map(|()| page)
            });
        });
    }
    group.finish();
}
