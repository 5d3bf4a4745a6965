//! What is looked at, a file each.

use super::line::{Line, Trials};
use super::{generator, line};

mod bursts;
mod dependent;
mod heart;
mod hum;
mod levels;
mod quality;
mod references;
mod rest;
mod steady;
mod wander;

/// The figures of a theme.
pub(crate) type Lines = fn(&Trials) -> Vec<Line>;

/// All themes, as they are printed.
pub(crate) const THEMES: &[(&str, Lines)] = &[
    ("bursts", bursts::lines),
    ("dependent", dependent::lines),
    ("heart", heart::lines),
    ("hum", hum::lines),
    ("references", references::lines),
    ("rest", rest::lines),
    ("levels", levels::lines),
    ("quality", quality::lines),
    ("steady", steady::lines),
    ("wander", wander::lines),
];
