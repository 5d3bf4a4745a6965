//! Clean to spectra: mean and median frequency of one-second epochs, Welch's mean spectrum, one long periodogram.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::Throughput;
use soleus::analysis::Fatigue;
use soleus::analysis::fatigue::{Epochs, course};
use soleus::dsp::spectrum::{Estimator, Segments, Window, periodogram};
use soleus::signal::{Kind, Label, Trace};
use soleus::units::{Hertz, Unit};

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/criterion.rs"]
mod measured;
#[path = "common/signals.rs"]
mod signals;
#[path = "common/sizes.rs"]
mod sizes;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let (rate, seconds) = (signals::rate()?, sizes::seconds()?);
    let traces: Vec<Trace> = signals::channels(rate, seconds).into_iter().map(|samples| trace(samples, rate)).collect();
    let mut criterion = measured::measured();
    let mut group = criterion.benchmark_group(sizes::named("spectrum", traces.len(), seconds));
    group.throughput(Throughput::Elements(traces.iter().map(|trace| trace.clean.len() as u64).sum()));
    for (name, overlap) in [("epochs of 1 s", 0.0), ("epochs of 1 s, half overlapping", 0.5)] {
        let settings = Fatigue { epochs: Epochs::Windows, overlap, quiet_share: 0.0, ..Fatigue::default() };
        if traces.iter().any(|trace| course(trace, &[], &settings).used().count() < seconds as usize - 1) {
            return Err("there are epochs that were left out".into());
        }
        group.bench_function(name, |bencher| {
            bencher.iter(|| traces.iter().map(|trace| course(black_box(trace), &[], &settings)).collect::<Vec<_>>());
        });
    }
    let second = rate.samples(1.0);
    let segments = Segments { length: second, overlap: second / 2, window: Window::Hann, demean: true };
    group.bench_function("Welch", |bencher| {
        bencher.iter(|| {
            let mut estimator = Estimator::new(segments, rate.hz());
            traces.iter().map(|trace| estimator.welch([black_box(&trace.clean[..])])).collect::<Vec<_>>()
        });
    });
    group.bench_function("one periodogram", |bencher| {
        let of = |trace: &Trace| periodogram(black_box(&trace.clean), rate.hz(), Window::Hann);
        bencher.iter(|| traces.iter().map(of).collect::<Vec<_>>());
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// A trace whose clean signal is what it is given; the envelope does not matter to spectra.
fn trace(samples: Vec<f64>, rate: Hertz) -> Trace {
    Trace {
        label: Label { name: "SOL_L".to_owned(), muscle: None, side: None, kind: Kind::Emg },
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
    }
}
