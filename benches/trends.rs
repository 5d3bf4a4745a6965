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
        let values: Vec<f64> = times.iter().zip(normals(31, n)).map(|(t, z)| 110.0 - 0.01 * t + 2.0 * z).collect();
        // As a median frequency that is read from the bins of a spectrum.
        let coarse: Vec<f64> = values.iter().map(|value| value.round()).collect();
        let mut group = criterion.benchmark_group(format!("trends of {n} epochs"));
        let mut fit = |name: &str, fitted: &dyn Fn(&[f64], &[f64])| {
            group.bench_function(name, |bencher| bencher.iter(|| fitted(black_box(&times), black_box(&values))));
        };
        fit("line", &|t, y| _ = black_box(Line::fit(t, y)));
        fit("line, overlap 75 %", &|t, y| _ = black_box(Line::fit_correlated(t, y, |d| 1.0 - d / 4.0, 4.0)));
        fit("Theil-Sen", &|t, y| _ = black_box(TheilSen::fit(t, y)));
        fit("Theil-Sen, coarse values", &|t, _| _ = black_box(TheilSen::fit(t, &coarse)));
        fit("repeated medians", &|t, y| _ = black_box(siegel(t, y)));
        fit("Mann-Kendall", &|t, y| _ = black_box(MannKendall::of(t, y)));
        fit("broken line", &|t, y| _ = black_box(BrokenLine::fit(t, y, 5)));
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
