//! Clean to spectra: mean and median frequency of one-second epochs, Welch's mean
//! spectrum, one long periodogram, and what else is read from epochs. The indices of
//! bands are those of spectra that are there already.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Throughput};
use soleus::analysis::Fatigue;
use soleus::analysis::fatigue::{Epochs, course};
use soleus::dsp::multitaper::Multitaper;
use soleus::dsp::spectrogram::InstantaneousMean;
use soleus::dsp::spectrum::{
    Averaging, Estimator, MedianRule, PowerSpectrum, Segments, SpectrumBand, Window,
    periodogram,
};
use soleus::dsp::wavelet::WaveletEstimator;
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
    let traces: Vec<Trace> = signals::channels(rate, seconds)
        .into_iter()
        .map(|samples| trace(samples, rate))
        .collect();
    let mut criterion = measured::measured();
    let mut group =
        criterion.benchmark_group(sizes::named("spectrum", traces.len(), seconds));
    group.throughput(Throughput::Elements(
        traces.iter().map(|trace| trace.clean.len() as u64).sum(),
    ));
    for (name, overlap) in
        [("epochs of 1 s", 0.0), ("epochs of 1 s, half overlapping", 0.5)]
    {
        let settings = Fatigue {
            epochs: Epochs::Windows,
            overlap,
            quiet_share: 0.0,
            ..Fatigue::default()
        };
        if traces.iter().any(|trace| {
            course(trace, &[], &settings).used().count() < seconds as usize - 1
        }) {
            return Err("there are epochs that were left out".into());
        }
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                traces
                    .iter()
                    .map(|trace| course(black_box(trace), &[], &settings))
                    .collect::<Vec<_>>()
            });
        });
    }
    welch(&mut group, &traces, rate);
    group.bench_function("one periodogram", |bencher| {
        let of =
            |trace: &Trace| periodogram(black_box(&trace.clean), rate.hz(), Window::Hann);
        bencher.iter(|| traces.iter().map(of).collect::<Vec<_>>());
    });
    epochs(&mut group, &traces, rate);
    indices(&mut group, &traces, rate);
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn welch(group: &mut BenchmarkGroup<'_, WallTime>, traces: &[Trace], rate: Hertz) {
    let second = rate.samples(1.0);
    let segments = Segments {
        length: second,
        overlap: second / 2,
        window: Window::Hann,
        demean: true,
    };
    let fast = second.next_power_of_two();
    for (name, length, averaging) in [
        ("Welch", second, Averaging::Mean),
        ("Welch, padded", fast, Averaging::Mean),
        ("Welch, median", second, Averaging::Median),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut estimator = Estimator::new(segments, rate.hz())
                    .padded(length)
                    .averaging(averaging);
                traces
                    .iter()
                    .map(|trace| estimator.welch([black_box(&trace.clean[..])]))
                    .collect::<Vec<_>>()
            });
        });
    }
}

/// What is computed from the samples of each epoch of a second.
fn epochs(group: &mut BenchmarkGroup<'_, WallTime>, traces: &[Trace], rate: Hertz) {
    let second = rate.samples(1.0);
    let epochs = || traces.iter().flat_map(|trace| trace.clean.chunks_exact(second));
    let boxcar =
        Segments { length: second, overlap: 0, window: Window::Boxcar, demean: true };
    group.bench_function("periodograms of epochs", |bencher| {
        let mut estimator = Estimator::new(boxcar, rate.hz());
        bencher.iter(|| {
            epochs().filter(|epoch| black_box(estimator.mean([*epoch])).is_some()).count()
        });
    });
    group.bench_function("multitaper, 5 tapers", |bencher| {
        let mut multitaper = Multitaper::new(5, second, rate.hz());
        bencher.iter(|| {
            epochs()
                .filter(|epoch| black_box(multitaper.estimate(epoch)).is_some())
                .count()
        });
    });
    group.bench_function("wavelet indices", |bencher| {
        let mut wavelet = WaveletEstimator::new(second, rate.hz());
        bencher.iter(|| {
            epochs().for_each(|epoch| {
                black_box(wavelet.estimate(epoch));
            })
        });
    });
    let columns =
        Segments { length: 512, overlap: 384, window: Window::Hann, demean: true };
    group.bench_function(
        "instantaneous mean frequency, 512 samples, 3/4 overlapping",
        |bencher| {
            let mut instantaneous =
                InstantaneousMean::new(columns, rate.hz(), (10.0, 450.0));
            bencher.iter(|| {
                epochs().for_each(|epoch| {
                    black_box(instantaneous.mean(epoch));
                })
            });
        },
    );
}

/// What is read from the spectra of epochs: a few spectra in turn, as often as there are
/// epochs.
fn indices(group: &mut BenchmarkGroup<'_, WallTime>, traces: &[Trace], rate: Hertz) {
    let second = rate.samples(1.0);
    let periodogram =
        |trace: &Trace| periodogram(&trace.clean[..second], rate.hz(), Window::Boxcar);
    let spectra: Vec<PowerSpectrum> = traces.iter().filter_map(periodogram).collect();
    let times = traces.iter().map(|trace| trace.clean.len() / second).sum();
    let bands = || {
        spectra
            .iter()
            .cycle()
            .take(times)
            .map(|spectrum| black_box(spectrum).band(10.0, 450.0))
    };
    group.bench_function("band: moments", |bencher| {
        bencher.iter(|| {
            bands().filter_map(|band| black_box(band.moments()).finsm(5)).sum::<f64>()
        });
    });
    group.bench_function("band: entropy", |bencher| {
        bencher.iter(|| bands().filter_map(|band| band.entropy()).sum::<f64>());
    });
    group.bench_function("band: all indices", |bencher| {
        let all = |band: SpectrumBand<'_>| {
            black_box(band.indices(MedianRule::Interpolated)).is_some()
        };
        bencher.iter(|| bands().filter(|&band| all(band)).count());
    });
}

/// A trace whose clean signal is what it is given; the envelope does not matter to
/// spectra.
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
