//! The table of bursts: `bursts.csv`.

use std::sync::Arc;

use serde::Serialize;

use super::Texts;
use crate::outcome::{Burst, ChannelBursts};
use crate::session::Findings;
use crate::signal::{Muscle, Side};

/// One row of `bursts.csv`; the fields are its columns, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BurstRow {
    /// Who was recorded.
    pub subject: Arc<str>,
    /// Which visit.
    pub session: Arc<str>,
    /// The recording's name.
    pub recording: Arc<str>,
    /// The channel.
    pub channel: Arc<str>,
    /// The muscle's English name.
    pub muscle: Option<Muscle>,
    /// `left` or `right`.
    pub side: Option<Side>,
    /// The first active sample on the file's own clock, in seconds.
    pub on_s: f64,
    /// The first sample that is no longer active, in seconds.
    pub off_s: f64,
    /// The highest value of the envelope, in volts or the file's unit; empty where it has
    /// a gap.
    pub peak: Option<f64>,
    /// The mean of the envelope in the same unit; empty where it has a gap.
    pub mean: Option<f64>,
    /// The mean frequency in hertz; empty for a burst too short for it.
    pub mnf: Option<f64>,
    /// The share of the detectors that see it, 0 … 1.
    pub agreement: f64,
}

/// The columns of the table of bursts.
pub const BURST_COLUMNS: [&str; 12] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "on_s",
    "off_s",
    "peak",
    "mean",
    "mnf",
    "agreement",
];

/// The bursts of a session, in the order of recordings, channels and time.
pub fn burst_rows(findings: &Findings, texts: &mut Texts) -> Vec<BurstRow> {
    let mut rows = Vec::new();
    for recording in &findings.recordings {
        for found in recording.outcomes.iter().flat_map(|outcome| &outcome.bursts) {
            let ChannelBursts { channel, muscle, side, bursts, .. } = found;
            let row = |burst: &Burst| BurstRow {
                subject: texts.of(&findings.subject),
                session: texts.of(&findings.session),
                recording: texts.of(&recording.recording),
                channel: texts.of(channel),
                muscle: *muscle,
                side: *side,
                on_s: burst.on_s,
                off_s: burst.off_s,
                peak: burst.peak,
                mean: burst.mean,
                mnf: burst.mnf,
                agreement: burst.agreement,
            };
            rows.extend(bursts.iter().map(row));
        }
    }
    rows
}
