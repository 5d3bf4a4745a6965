//! The figures of `cargo run --release --example honesty` in short: each line with fewer
//! recordings, held to its target within what chance explains in 99 of 100 cases.

#[allow(
    dead_code,
    unused_imports,
    reason = "the lines that are run here use a part of it"
)]
#[path = "../../examples/honesty/generator/mod.rs"]
mod generator;
#[allow(dead_code, reason = "a table is printed by the example alone")]
#[path = "../../examples/honesty/line.rs"]
mod line;
#[path = "../../examples/honesty/themes/mod.rs"]
mod themes;

use line::{Figure, Line, Trials};

/// Runs a theme with so many recordings a line.
fn held(theme: &str, runs: usize) {
    let lines = themes::THEMES.iter().find(|(name, _)| *name == theme).expect("a theme");
    let found: Vec<Line> = lines.1(&Trials { runs, seed: 20_261_128 });
    assert!(!found.is_empty());
    let missed: Vec<String> = found
        .iter()
        .filter(|line| line.why.is_empty() && !line.is_held())
        .map(ToString::to_string)
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn the_generator_has_the_level_that_theory_expects() {
    held("steady", 40);
}

#[test]
fn conclusions_hold_where_values_depend_on_each_other() {
    held("dependent", 40);
}

#[test]
fn intervals_of_levels_and_sides_hold_the_truth() {
    held("levels", 30);
}

#[test]
fn levels_that_wander_have_no_trend() {
    held("wander", 24);
}

#[test]
fn bursts_are_where_they_are() {
    held("bursts", 24);
}

#[test]
fn rest_is_told_and_judged() {
    held("rest", 24);
}

#[test]
fn verdicts_agree_with_what_was_made() {
    held("quality", 20);
}

#[test]
fn a_figure_is_judged_within_chance() {
    let share = |hits| Figure::Share { hits, of: 2000 };
    let line = |figure| Line {
        what: String::new(),
        figure,
        target: line::Target::Within(93.0, 97.0),
        why: "",
    };
    assert!(line(share(1900)).is_held() && line(share(1840)).is_held());
    assert!(!line(share(1800)).is_held() && !line(share(1990)).is_held());
    assert!(!line(Figure::Share { hits: 0, of: 0 }).is_held());
}

#[test]
fn hum_is_taken_out_of_rests_and_found_only_where_it_is() {
    held("hum", 40);
}

#[test]
fn heart_beats_are_no_bursts() {
    held("heart", 60);
}

#[test]
fn references_and_sides_are_what_they_are() {
    held("references", 24);
}
