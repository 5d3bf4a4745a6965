//! How often the conclusions are right: `cargo run --release --no-default-features
//! --example honesty`.
//!
//! Recordings are simulated by a generator that shares nothing with [`soleus::synth`]
//! ([`generator`]: motor units, as the literature describes them), analysed in memory as
//! `soleus run` would, and compared with what is true of them. Each [`Line`] is one
//! figure with its target; `docs/honesty.md` has the table.
//!
//! `-- --runs 200` takes fewer recordings a line (2000 else), `-- bursts levels` some of
//! the themes alone, `-- --seed 7` other recordings.
//!
//! A new theme is a file with `pub(crate) fn lines(trials: &Trials) -> Vec<Line>` and a
//! line in [`THEMES`].
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

mod generator;
mod line;
mod themes;

use line::{Line, Trials};
use themes::THEMES;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let trials = Trials {
        runs: number(&asked, "--runs").unwrap_or(2000),
        seed: number(&asked, "--seed").unwrap_or(1),
    };

    println!("{}", Line::HEAD);
    for (name, lines) in THEMES {
        if named(&asked).is_empty() || named(&asked).contains(name) {
            for line in lines(&trials) {
                println!("| {name} {line}");
            }
        }
    }
}

/// The number behind a flag.
fn number<T: std::str::FromStr>(asked: &[String], flag: &str) -> Option<T> {
    let place = asked.iter().position(|argument| argument == flag)?;
    asked.get(place + 1)?.parse().ok()
}

/// The themes that were named.
fn named(asked: &[String]) -> Vec<&str> {
    let names = THEMES.iter().map(|(name, _)| *name);
    names.filter(|name| asked.iter().any(|argument| argument == name)).collect()
}
