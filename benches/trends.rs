//! Courses over time: half an hour and an hour of epochs of 1 s.

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;

use criterion::Criterion;
use soleus::dsp::broken_line::BrokenLine;
use soleus::dsp::mann_kendall::MannKendall;
use soleus::dsp::random::normals;
use soleus::dsp::regression::Line;
use soleus::dsp::theil_sen::{TheilSen, siegel};

#[path = "common/allocator.rs"]
mod allocator;
#[path = "common/criterion.rs"]
mod measured;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    allocator::as_in_the_program(benches)
}

fn benches() -> Result<(), Box<dyn Error>> {
    let mut criterion: Criterion = measured::measured();
    for n in [1800, 3600] {
        let times: Vec<f64> = (0..n).map(|k| k as f64).collect();
        let values: Vec<f64> = times
            .iter()
            .zip(normals(31, n))
            .map(|(t, z)| 110.0 - 0.01 * t + 2.0 * z)
            .collect();
        // As a median frequency that is read from the bins of a spectrum.
        let coarse: Vec<f64> = values.iter().map(|value| value.round()).collect();
        let mut group = criterion.benchmark_group(format!("trends of {n} epochs"));
        group.bench_function("line", |bencher| {
            bencher.iter(|| Line::fit(black_box(&times), &values))
        });
        let overlapping = || {
            Line::fit_correlated(
                black_box(&times),
                &values,
                |distance| 1.0 - distance / 4.0,
                4.0,
            )
        };
        group.bench_function("line, overlap 75 %", |bencher| bencher.iter(overlapping));
        group.bench_function("Theil-Sen", |bencher| {
            bencher.iter(|| TheilSen::fit(black_box(&times), &values))
        });
        let rounded = || TheilSen::fit(black_box(&times), &coarse);
        group.bench_function("Theil-Sen, coarse values", |bencher| bencher.iter(rounded));
        group.bench_function("repeated medians", |bencher| {
            bencher.iter(|| siegel(black_box(&times), &values))
        });
        group.bench_function("Mann-Kendall", |bencher| {
            bencher.iter(|| MannKendall::measure(black_box(&times), &values))
        });
        group.bench_function("broken line", |bencher| {
            bencher.iter(|| BrokenLine::fit(black_box(&times), &values, 5))
        });
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
