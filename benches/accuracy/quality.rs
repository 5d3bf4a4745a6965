//! How often the quality analysis names simulated faults, and how often it finds fault
//! with clean recordings: `cargo bench --no-default-features --bench accuracy_quality --
//! 200` for 200 seeds.

use std::io::{Write, stdout};

#[path = "../../tests/all/quality_cases.rs"]
mod quality_cases;

use quality_cases::{FAULTS, SEVERITIES, TASKS, false_alarm, named};

fn main() -> std::io::Result<()> {
    let seeds =
        std::env::args().nth(1).and_then(|seeds| seeds.parse().ok()).unwrap_or(100);
    let mut out = stdout().lock();
    writeln!(out, "{seeds} seeds; share named in %: slight, plain, grave")?;
    for fault in FAULTS {
        let mut missed = String::new();
        let mut shares = Vec::new();
        for severity in 0..SEVERITIES {
            let outcomes: Vec<(bool, String)> =
                (0..seeds).map(|seed| named(fault, severity, seed)).collect();
            let count = outcomes.iter().filter(|(named, _)| *named).count();
            shares.push(format!("{:6.1}", 100.0 * count as f64 / seeds as f64));
            if let Some((_, words)) = outcomes.iter().find(|(named, _)| !named) {
                missed = format!("  missed: {words}");
            }
        }
        writeln!(out, "{:<10} {}{missed}", format!("{fault:?}"), shares.join(" "))?;
    }
    for task in TASKS {
        let alarms: Vec<String> =
            (0..seeds).filter_map(|seed| false_alarm(task, seed)).collect();
        let good = 100.0 * (1.0 - alarms.len() as f64 / seeds as f64);
        writeln!(
            out,
            "{task:<13} good {good:6.1} %  {}",
            alarms.first().map_or("", String::as_str)
        )?;
    }
    Ok(())
}
