//! The table of bursts: `bursts.csv`.

use std::sync::Arc;

use crate::columns::table_row;
use crate::outcome::{Burst, ChannelBursts};
use crate::session::Findings;
use crate::signal::{Muscle, Side};
use crate::study::Texts;

table_row! {
    /// A burst of a channel.
    pub struct BurstRow = "bursts" {
        /// Who was recorded.
        subject: Arc<str>,
        /// Which visit.
        session: Arc<str>,
        /// The recording's name.
        recording: Arc<str>,
        /// The channel.
        channel: Arc<str>,
        /// The muscle's English name.
        muscle: Option<Muscle>,
        /// The side.
        side: Option<Side>,
        /// The time of the first active sample, on the file's own clock.
        on_s: f64 as "s",
        /// The time of the first sample that is no longer active.
        off_s: f64 as "s",
        /// The highest value of the envelope, in volts or the file's unit; empty where it has
        /// a gap.
        peak: Option<f64>,
        /// The mean of the envelope in the same unit; empty where it has a gap.
        mean: Option<f64>,
        /// The mean frequency; empty for a burst too short for it.
        mnf: Option<f64> as "Hz",
        /// The share of the detectors that see it, 0 … 1.
        agreement: f64,
        /// 1 where both ends were recorded, 0 where it may reach into a gap or beyond the
        /// recording: means over bursts leave it out.
        whole: u64,
    }
}

/// The bursts of a session, in the order of recordings, channels and time.
pub fn burst_rows(findings: &Findings, texts: &mut Texts) -> Vec<BurstRow> {
    let mut rows = Vec::new();
    for recording in &findings.recordings {
        for found in recording.outcomes.iter().flat_map(|outcome| &outcome.bursts) {
            let ChannelBursts { channel, muscle, side, bursts, .. } = found;
            let row = |burst: &Burst| BurstRow {
                subject: texts.kept(&findings.subject),
                session: texts.kept(&findings.session),
                recording: texts.kept(&recording.recording),
                channel: texts.kept(channel),
                muscle: *muscle,
                side: *side,
                on_s: burst.on_s,
                off_s: burst.off_s,
                peak: burst.peak,
                mean: burst.mean,
                mnf: burst.mnf,
                agreement: burst.agreement,
                whole: u64::from(burst.whole),
            };
            rows.extend(bursts.iter().map(row));
        }
    }
    rows
}
