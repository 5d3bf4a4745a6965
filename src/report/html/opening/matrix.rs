//! Muscles by recordings, a sign for each side: what can be used.

use serde::Serialize;

use super::super::shown::{beyond, judged, muscle_or_name, muscles, short_name};
use crate::report::words::Chip;
use crate::session::{ChannelFindings, RecordingFindings};
use crate::signal::Side;

/// So many muscles and recordings are shown; the others are counted.
const ROWS: usize = 6;
const COLUMNS: usize = 8;

/// The verdicts of all channels.
#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    head: Vec<String>,
    rows: Vec<MatrixRow>,
    /// What is not shown.
    more: Option<String>,
}

/// A muscle: the signs of each recording, left before right.
#[derive(Debug, Serialize)]
struct MatrixRow {
    muscle: String,
    cells: Vec<Vec<Sign>>,
}

/// One channel of a recording.
#[derive(Debug, Serialize)]
struct Sign {
    chip: Chip,
    /// "left", "right", or nothing.
    side: &'static str,
}

impl Matrix {
    /// `None` where nothing was judged.
    pub(super) fn of(shown: &[&RecordingFindings]) -> Option<Self> {
        let muscles = muscles(shown);
        let columns = &shown[..shown.len().min(COLUMNS)];
        let row = |muscle: &String| MatrixRow {
            muscle: muscle.clone(),
            cells: columns.iter().map(|recording| signs(recording, muscle)).collect(),
        };
        let rows: Vec<MatrixRow> = muscles.iter().take(ROWS).map(row).collect();
        let beyond = beyond(
            muscles.len().saturating_sub(ROWS),
            shown.len().saturating_sub(COLUMNS),
        );
        (!rows.is_empty()).then(|| Self {
            head: columns.iter().map(|recording| short_name(shown, recording)).collect(),
            rows,
            more: beyond.map(|more| format!("Further down: {more}")),
        })
    }
}

fn signs(recording: &RecordingFindings, muscle: &str) -> Vec<Sign> {
    let of_muscle = judged(recording).filter(|channel| muscle_or_name(channel) == muscle);
    let mut found: Vec<_> = of_muscle.collect();
    found.sort_by_key(|channel| channel.side);
    let sign = |channel: &&ChannelFindings| Sign {
        chip: Chip::of(channel.verdict),
        side: channel.side.map_or("", Side::word),
    };
    found.iter().map(sign).collect()
}
