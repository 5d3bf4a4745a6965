//! The tables of cycles: `cycles.csv` with one row a cycle, `ensembles.csv` with one row
//! a per cent of the mean cycle.

use std::sync::Arc;

use crate::columns::table_row;
use crate::outcome::{ChannelCycle, ChannelCycles};
use crate::session::Findings;
use crate::signal::{Muscle, Side};
use crate::study::Texts;

table_row! {
    /// A cycle of a channel.
    pub struct CycleRow = "cycles" {
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
        /// Which cycle of its leg, from 1.
        cycle: usize,
        /// When the cycle begins, on the file's own clock.
        start_s: f64 as "s",
        /// When the next cycle begins.
        end_s: f64 as "s",
        /// When the foot lifts off; empty where it is not known.
        liftoff_s: Option<f64> as "s",
        /// The mean of the envelope in the unit of the file, volts where it is known; empty
        /// where the cycle is left out.
        mean: Option<f64>,
        /// The highest value of the envelope, in the same unit.
        peak: Option<f64>,
        /// Where in the cycle the highest value lies.
        peak_percent: Option<f64> as "%",
        /// Where in the cycle the strongest burst begins.
        onset_percent: Option<f64> as "%",
        /// Where in the cycle the strongest burst ends.
        offset_percent: Option<f64> as "%",
        /// Why the cycle is left out; empty of a used one.
        left_out: Option<Arc<str>>,
    }
}

table_row! {
    /// A point of the mean cycle of a channel.
    pub struct EnsembleRow = "ensembles" {
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
        /// How many cycles were averaged.
        cycles: usize,
        /// Where in the cycle, 0 … 100.
        percent: usize as "%",
        /// The mean envelope of the cycles, in the unit of this row.
        mean: f64,
        /// The standard deviation of the envelope over the cycles, in the unit of this row;
        /// empty of a single cycle.
        sd: Option<f64>,
        /// The unit of mean and standard deviation.
        unit: Arc<str>,
        /// The mean in per cent of the reference; empty where there is none.
        activation: Option<f64> as "%",
    }
}

/// The channels with cycles of a session, each with the name of its recording.
fn channels(findings: &Findings) -> impl Iterator<Item = (&str, &ChannelCycles)> {
    findings.recordings.iter().flat_map(|recording| {
        let of_recording = recording.outcomes.iter().flat_map(|outcome| &outcome.cycles);
        of_recording.map(|found| (recording.recording.as_str(), found))
    })
}

/// The cycles of a session, in the order of recordings, channels and time.
pub fn cycle_rows(findings: &Findings, texts: &mut Texts) -> Vec<CycleRow> {
    let mut rows = Vec::new();
    for (recording, found) in channels(findings) {
        let row = |(k, cycle): (usize, &ChannelCycle)| CycleRow {
            subject: texts.kept(&findings.subject),
            session: texts.kept(&findings.session),
            recording: texts.kept(recording),
            channel: texts.kept(&found.channel),
            muscle: found.muscle,
            side: found.side,
            cycle: k + 1,
            start_s: cycle.start_s,
            end_s: cycle.end_s,
            liftoff_s: cycle.liftoff_s,
            mean: cycle.mean,
            peak: cycle.peak,
            peak_percent: cycle.peak_percent,
            onset_percent: cycle.onset_percent,
            offset_percent: cycle.offset_percent,
            left_out: cycle.left_out.as_deref().map(|reason| texts.kept(reason)),
        };
        rows.extend(found.cycles.iter().enumerate().map(row));
    }
    rows
}

/// The mean cycles of a session, in the order of recordings and channels.
pub fn ensemble_rows(findings: &Findings, texts: &mut Texts) -> Vec<EnsembleRow> {
    let mut rows = Vec::new();
    for (recording, found) in channels(findings) {
        let row = |(percent, (mean, sd)): (usize, (&f64, &f64))| EnsembleRow {
            subject: texts.kept(&findings.subject),
            session: texts.kept(&findings.session),
            recording: texts.kept(recording),
            channel: texts.kept(&found.channel),
            muscle: found.muscle,
            side: found.side,
            cycles: found.used(),
            percent,
            mean: *mean,
            sd: Some(*sd).filter(|_| found.used() > 1),
            unit: texts.kept(found.unit.symbol()),
            activation: found.reference.map(|reference| 100.0 * (mean / reference)),
        };
        rows.extend(found.mean.iter().zip(&found.deviation).enumerate().map(row));
    }
    rows
}
