//! How well the slopes of simulated fatigue are recovered, and how often their intervals
//! hold the truth: `cargo bench --no-default-features --bench accuracy_fatigue
//! -- 500` for 500 seeds.

use std::io::{Write, stdout};

use rayon::prelude::*;

#[path = "../../tests/all/fatigue_cases.rs"]
#[expect(
    clippy::unwrap_used,
    reason = "a simulation that has no line ends the benchmark, as it ends the test"
)]
mod fatigue_cases;

use fatigue_cases::{KNOWN, Run, TASKS, Task, run};

fn main() -> std::io::Result<()> {
    let seeds: u64 =
        std::env::args().nth(1).and_then(|seeds| seeds.parse().ok()).unwrap_or(500);
    let mut out = stdout().lock();
    writeln!(
        out,
        "{seeds} runs each; slopes in % of the beginning per minute; standard errors in brackets\n"
    )?;
    writeln!(
        out,
        "| task | epochs | quantity | truth | bias | scatter | 95 % interval holds the truth | Theil–Sen |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    for (task, first) in TASKS.into_iter().zip((10_000..).step_by(10_000)) {
        let runs: Vec<([Run; 3], usize)> =
            (0..seeds).into_par_iter().map(|seed| run(task, first + seed)).collect();
        for (place, quantity) in KNOWN.into_iter().enumerate() {
            let of_quantity: Vec<Run> =
                runs.iter().map(|(runs, _)| runs[place]).collect();
            writeln!(
                out,
                "| {} | {} | {} |{}",
                words(task),
                epochs(&runs),
                quantity.name(),
                row(&of_quantity)
            )?;
        }
    }
    Ok(())
}

fn words(task: Task) -> &'static str {
    match task {
        Task::Isometric => "hold of 60 s",
        Task::Steady => "hold, no change",
        Task::Noisy => "hold, noise at 15 dB",
        Task::Mains => "hold, hum as strong",
        Task::Gaps => "hold, ten gaps",
        Task::ForceDrift => "hold, force falls by a third",
        Task::Overlapping => "hold, half overlapping windows",
        Task::Intermittent => "30 contractions",
    }
}

fn epochs(runs: &[([Run; 3], usize)]) -> String {
    let counts = || runs.iter().map(|(_, count)| *count);
    match (counts().min().unwrap_or(0), counts().max().unwrap_or(0)) {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least}–{most}"),
    }
}

fn row(runs: &[Run]) -> String {
    let n = runs.len() as f64;
    let mean = |values: &dyn Fn(&Run) -> f64| runs.iter().map(values).sum::<f64>() / n;
    let (truth, bias) =
        (60.0 * mean(&|run| run.truth), 60.0 * mean(&|run| run.found - run.truth));
    let spread = mean(&|run| (60.0 * (run.found - run.truth) - bias).powi(2)).sqrt();
    let share = |holds: fn(&Run) -> bool| {
        100.0 * runs.iter().filter(|run| holds(run)).count() as f64 / n
    };
    let (share, robust) = (share(Run::holds), share(Run::robust_holds));
    format!(
        " {truth:.2} | {bias:+.3} ({:.3}) | {spread:.2} | {share:.1} % | {robust:.1} % |",
        spread / n.sqrt()
    )
}
