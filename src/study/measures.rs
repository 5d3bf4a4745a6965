//! Every measure of a study with what it was measured on: the long table, of which
//! comparisons, reliability and distributions are made.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::columns::table_row;
use crate::outcome::fact::Relative;
use crate::outcome::{Measure, Verdict};
use crate::session::{Findings, RecordingFindings};
use crate::signal::{Muscle, Side};

table_row! {
    /// A measure of a channel, or of a pair of channels, in a recording.
    pub struct MeasureRow = "measures" {
        /// Who was recorded.
        subject: Arc<str>,
        /// Which visit.
        session: Arc<str>,
        /// The recording's name.
        recording: Arc<str>,
        /// The channel, or both of a pair joined by ` ~ `, left first.
        channel: Option<Arc<str>>,
        /// The muscle's English name.
        muscle: Option<Muscle>,
        /// The side; empty of both sides together.
        side: Option<Side>,
        /// The analysis.
        analysis: Arc<str>,
        /// The measure.
        measure: Arc<str>,
        /// The value in the unit of this row; empty when it cannot be computed.
        value: Option<f64>,
        /// The unit of value and interval.
        unit: Arc<str>,
        /// The lower end of the 95 % interval, in the unit of this row.
        ci_low: Option<f64>,
        /// The upper end of the 95 % interval, in the unit of this row.
        ci_high: Option<f64>,
        /// How many observations the value rests on.
        n: Option<u64>,
        /// The verdict of the channel, the worse of a pair.
        quality: Option<Verdict>,
        /// What belongs beside the number.
        note: Option<Arc<str>>,
        /// The task of the recording: what is compared over visits.
        task: Arc<str>,
        beside {
            /// What the value is relative to, where that is not what the facts of the
            /// measure say.
            relative_to: Option<Relative>,
        }
    }
}

/// The measures of a session, in the order of recordings and analyses.
pub fn measure_rows(findings: &Findings, texts: &mut Texts) -> Vec<MeasureRow> {
    let outcomes =
        findings.recordings.iter().flat_map(|recording| recording.outcomes.iter());
    let count = outcomes.map(|outcome| outcome.measures.len()).sum();

    let mut rows = Vec::with_capacity(count);
    for recording in &findings.recordings {
        let verdicts = Verdicts::of(recording);
        for outcome in &recording.outcomes {
            for measure in &outcome.measures {
                let row = row(findings, recording, &outcome.analysis, measure, texts);
                let channel = measure.channel.as_deref();
                let quality =
                    channel.and_then(|name| verdicts.find(name)).max(measure.verdict);
                rows.push(MeasureRow { quality, ..row });
            }
        }
    }
    rows
}

fn row(
    findings: &Findings,
    recording: &RecordingFindings,
    analysis: &str,
    measure: &Measure,
    texts: &mut Texts,
) -> MeasureRow {
    MeasureRow {
        subject: texts.kept(&findings.subject),
        session: texts.kept(&findings.session),
        recording: texts.kept(&recording.recording),
        channel: measure.channel.as_deref().map(|channel| texts.kept(channel)),
        muscle: measure.muscle,
        side: measure.side,
        analysis: texts.kept(analysis),
        measure: texts.kept(&measure.name),
        value: measure.value,
        unit: texts.kept(measure.unit.symbol()),
        ci_low: measure.interval.map(|(low, _)| low),
        ci_high: measure.interval.map(|(_, high)| high),
        n: measure.n.map(|n| n as u64),
        quality: measure.verdict,
        note: measure.note.as_deref().map(|note| texts.kept(note)),
        task: texts.kept(&recording.task),
        relative_to: measure.relative_to,
    }
}

/// The verdicts of the channels of a recording, by their names.
struct Verdicts<'a>(HashMap<&'a str, Option<Verdict>>);

impl<'a> Verdicts<'a> {
    fn of(recording: &'a RecordingFindings) -> Self {
        // The first channel of a name counts.
        let channels = recording.channels.iter().rev();
        Self(channels.map(|channel| (channel.name.as_str(), channel.verdict)).collect())
    }

    /// That of a channel, or the worse one of a pair.
    fn find(&self, channel: &str) -> Option<Verdict> {
        let named = |name: &str| self.0.get(name).copied().flatten();
        named(channel).or_else(|| channel.split(" ~ ").filter_map(named).max())
    }
}

/// The texts of all rows of a study, each kept once: a study has thousands of rows and
/// few words.
#[derive(Debug, Default)]
pub struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    /// The text as it is kept.
    pub fn kept(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}
