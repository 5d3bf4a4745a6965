//! Samples to complexity: every index of 10 000 samples, one thread.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::Throughput;
use soleus::dsp::complexity::{
    FuzzyEntropy, Matches, RecurrencePlot, Similarity, deviation, dfa_exponent,
    dfa_scales, higuchi_dimension,
};
use soleus::dsp::random::normals;

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/criterion.rs"]
mod measured;

/// How many samples there are.
const SAMPLES: usize = 10_000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let samples = coloured();
    let tolerance = 0.2 * deviation(&samples).ok_or("the samples do not vary")?;
    let fuzzy = FuzzyEntropy {
        dimension: 2,
        tolerance,
        exponent: 2.0,
        similarity: Similarity::Relative,
    };
    let pairwise = FuzzyEntropy { exponent: 1.0, ..fuzzy };
    let few = RecurrencePlot {
        dimension: 3,
        delay: 2,
        radius: 1.0,
        theiler: 1,
        shortest_line: 2,
    };
    let many = RecurrencePlot {
        dimension: 15,
        delay: 4,
        radius: 3.5,
        theiler: 1,
        shortest_line: 20,
    };
    let scales = dfa_scales(SAMPLES);
    if Matches::count(&samples, 2, tolerance) != Some(plain(&samples, 2, tolerance)) {
        return Err("the plain loop finds other templates alike".into());
    }
    let mut criterion = measured::measured();
    let mut group = criterion.benchmark_group("complexity, 10 000 samples");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    let samples = &samples[..];
    group.bench_function("sample entropy", |bencher| {
        bencher.iter(|| Matches::count(black_box(samples), 2, tolerance));
    });
    group.bench_function("plain loop of sample entropy", |bencher| {
        bencher.iter(|| plain(black_box(samples), 2, tolerance));
    });
    group.bench_function("fuzzy entropy", |bencher| {
        bencher.iter(|| fuzzy.measure(black_box(samples)))
    });
    group.bench_function("fuzzy entropy, exponent 1", |bencher| {
        bencher.iter(|| pairwise.measure(black_box(samples)))
    });
    group.bench_function("fluctuation", |bencher| {
        bencher.iter(|| dfa_exponent(black_box(samples), &scales))
    });
    group.bench_function("recurrence, dimension 3", |bencher| {
        bencher.iter(|| few.measure(black_box(samples)))
    });
    group.bench_function("recurrence, dimension 15", |bencher| {
        bencher.iter(|| many.measure(black_box(samples)))
    });
    group.bench_function("fractal dimension", |bencher| {
        bencher.iter(|| higuchi_dimension(black_box(samples), 10))
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// `lfilter([1], [1, -1.2, 0.6, -0.1], normals(5, 10000))`, which the script beside it
/// makes as well.
fn coloured() -> Vec<f64> {
    let mut samples = normals(5, SAMPLES);
    for n in 0..SAMPLES {
        let past = |k: usize| if n >= k { samples[n - k] } else { 0.0 };
        samples[n] += 1.2 * past(1) - 0.6 * past(2) + 0.1 * past(3);
    }
    samples
}

/// Every template beside every other.
fn plain(samples: &[f64], m: usize, r: f64) -> Matches {
    let mut found = Matches::default();
    let count = samples.len() - m;
    for i in 0..count {
        for j in i + 1..count {
            if (0..m).all(|k| (samples[i + k] - samples[j + k]).abs() <= r) {
                found.shorter += 1;
                found.longer += u64::from((samples[i + m] - samples[j + m]).abs() <= r);
            }
        }
    }
    found
}
