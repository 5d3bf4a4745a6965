//! The study page: filled from the sessions' findings and the table of measures.

use std::path::Path;

use super::design::Designed;
use super::record::{RunRecord, SessionRecord};
use super::write_whole;
use crate::error::{Error, Result, Stage};
use crate::outcome::{FEWEST_FOR_A_TREND, Measure, Verdict};
use crate::report::{self, Comparison, Headline, Reliability, SessionLine, StudyPage};
use crate::session::{Findings, RecordingFindings, Role, SessionInput, Status};
use crate::signal::Muscle;
use crate::table::{ComparisonRow, ReliabilityRow, Row, visit_order};
use crate::units::Unit;

/// The numbers of a session that are shown at a glance, of the soleus where it was
/// recorded.
const AT_A_GLANCE: [&str; 3] =
    ["symmetry_index.envelope_mean", "mdf_slope_normalised", "activation_peak"];

/// How many numbers a session shows at a glance.
const HEADLINES: usize = 6;

/// The line of a session on the study page.
pub(super) fn line(input: &SessionInput, findings: &Findings) -> SessionLine {
    let verdicts: Vec<Verdict> = findings
        .recordings
        .iter()
        .flat_map(|recording| &recording.channels)
        .filter_map(|channel| channel.verdict)
        .collect();
    let count = |verdict| verdicts.iter().filter(|&&other| other == verdict).count();
    let errors =
        findings.recordings.iter().filter_map(|recording| match &recording.status {
            Status::Failed(failure) => Some(failure.message.clone()),
            _ => None,
        });
    SessionLine {
        subject: findings.subject.clone(),
        session: findings.session.clone(),
        folder: input.folder.clone(),
        done: findings.done(),
        failed: findings.failed(),
        skipped: findings.recordings.len() - findings.done() - findings.failed(),
        good: count(Verdict::Good),
        check: count(Verdict::Check),
        bad: count(Verdict::Bad),
        headlines: headlines(findings),
        errors: errors.collect(),
    }
}

fn headlines(findings: &Findings) -> Vec<Headline> {
    let tasks: Vec<&RecordingFindings> = findings
        .recordings
        .iter()
        .filter(|recording| recording.role == Role::Task)
        .collect();
    let measures: Vec<(&RecordingFindings, &Measure)> = tasks
        .iter()
        .flat_map(|recording| {
            recording.outcomes.iter().flat_map(move |outcome| {
                outcome.measures.iter().map(move |measure| (*recording, measure))
            })
        })
        .filter(|(recording, measure)| {
            AT_A_GLANCE.contains(&&*measure.name) && speaks(recording, measure)
        })
        .collect();
    let any_soleus = measures.iter().any(|(_, measure)| is_soleus(measure));
    let named = |name: &'static str| {
        let fitting = measures.iter().filter(move |(_, measure)| measure.name == name);
        fitting.filter(|(_, measure)| !any_soleus || is_soleus(measure)).copied()
    };
    let several = tasks.len() > 1;
    AT_A_GLANCE
        .iter()
        .flat_map(|&name| named(name))
        .take(HEADLINES)
        .map(|(recording, measure)| headline(recording, measure, several))
        .collect()
}

/// Whether a value can stand alone: it is there, no channel of it is bad, and a slope has
/// the epochs for it.
fn speaks(recording: &RecordingFindings, measure: &Measure) -> bool {
    let names = measure.channel.as_deref().unwrap_or_default();
    let bad = |name: &str| {
        recording
            .channels
            .iter()
            .any(|channel| channel.name == name && channel.verdict == Some(Verdict::Bad))
    };
    let steady = !measure.name.contains("slope")
        || measure.n.is_some_and(|n| n >= FEWEST_FOR_A_TREND);
    measure.value.is_some() && steady && !bad(names) && !names.split(" ~ ").any(bad)
}

fn is_soleus(measure: &Measure) -> bool {
    measure.muscle == Some(Muscle::Soleus)
}

fn headline(
    recording: &RecordingFindings,
    measure: &Measure,
    name_the_recording: bool,
) -> Headline {
    let muscle = measure.muscle.map(Muscle::name);
    let side = measure.side.map(|side| side.word());
    let words: Vec<&str> = [muscle, side].into_iter().flatten().collect();
    let of = if words.is_empty() {
        measure.channel.clone().unwrap_or_default()
    } else {
        words.join(" ")
    };
    Headline {
        measure: measure.name.to_string(),
        of: if name_the_recording {
            format!("{of} ({})", task(&recording.recording))
        } else {
            of
        },
        value: measure.value,
        unit: measure.unit.clone(),
        interval: measure.interval,
        note: measure.note.as_ref().map(ToString::to_string),
    }
}

/// The task of a BIDS-like name (`hold` of `sub-01_ses-01_task-hold_emg`), else the whole
/// name.
fn task(recording: &str) -> &str {
    recording.split('_').find_map(|part| part.strip_prefix("task-")).unwrap_or(recording)
}

/// What the page shows of the study as a whole.
pub(super) struct Found<'a> {
    pub(super) rows: &'a [&'a Row],
    pub(super) comparisons: &'a [ComparisonRow<'a>],
    pub(super) reliability: &'a [ReliabilityRow],
    pub(super) designed: Designed,
}

/// The tables beside the page.
const TABLES: [&str; 10] = [
    "measures.csv",
    "measures.parquet",
    "bursts.csv",
    "cycles.csv",
    "ensembles.csv",
    "clusters.csv",
    "coherence.csv",
    "comparisons.csv",
    "reliability.csv",
    "run.json",
];

/// Writes `index.html`.
pub(super) fn write(
    mut sessions: Vec<SessionLine>,
    record: &RunRecord,
    found: Found<'_>,
    out: &Path,
) -> Result<()> {
    let Found { rows, comparisons, reliability, designed } = found;
    sessions
        .sort_by_cached_key(|line| (line.subject.clone(), visit_order(&line.session)));
    let failed = |error: String| {
        Error::new(Stage::Write, format!("cannot make the study page: {error}"))
    };
    let page = StudyPage {
        title: "Study".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        distributions: distributions(&record.sessions, rows).map_err(failed)?,
        comparisons: comparisons
            .iter()
            .filter(|row| is_shown(row))
            .map(comparison)
            .collect(),
        sessions,
        warnings: record.warnings.clone(),
        reliability: reliability
            .iter()
            .filter(|row| is_told(row))
            .map(reliable)
            .collect(),
        curves: report::Curves {
            sentences: designed.sentences,
            figures: designed.figures,
        },
        files: TABLES
            .iter()
            .filter(|name| **name == "run.json" || out.join(name).is_file())
            .map(ToString::to_string)
            .collect(),
    };
    let mut html = Vec::new();
    page.write(&mut html).map_err(|error| failed(error.to_string()))?;
    write_whole(&out.join(StudyPage::FILE_NAME), &html)
}

/// The measure whose comparisons are shown; the others stand in the table.
const COMPARED: &str = "mdf_slope_normalised";

/// Whether a comparison rests on epochs enough to say something.
fn is_shown(row: &ComparisonRow<'_>) -> bool {
    row.measure == COMPARED && row.n.is_some_and(|n| n >= FEWEST_FOR_A_TREND as u64)
}

fn comparison(row: &ComparisonRow<'_>) -> Comparison {
    let words: Vec<&str> =
        [row.muscle.map(Muscle::name), row.side.map(|side| side.word())]
            .into_iter()
            .flatten()
            .collect();
    let visit = |session: &str, recording: &str| {
        if row.first_session == row.session {
            recording.to_owned()
        } else {
            session.to_owned()
        }
    };
    Comparison {
        subject: row.subject.to_owned(),
        of: if words.is_empty() { row.channel.to_owned() } else { words.join(", ") },
        task: task(row.recording).to_owned(),
        measure: row.measure.to_owned(),
        unit: Unit::other(row.unit.to_owned()),
        first: (visit(row.first_session, row.first_recording), row.first_value),
        now: (visit(row.session, row.recording), row.value),
        difference: row.difference,
        interval: (row.ci_low, row.ci_high),
    }
}

/// The measures whose differences between visits are shown; the others stand in the
/// table.
const BETWEEN_VISITS: [&str; 4] = [
    "gait_asymmetry.cycle_mean",
    "difference.burst_onset_percent",
    "trend_symmetry",
    "activation_peak",
];

fn is_told(row: &ReliabilityRow) -> bool {
    BETWEEN_VISITS.contains(&row.measure.as_str())
}

fn reliable(row: &ReliabilityRow) -> Reliability {
    let words: Vec<&str> =
        [row.muscle.map(Muscle::name), row.side.map(|side| side.word())]
            .into_iter()
            .flatten()
            .collect();
    Reliability {
        of: words.join(", "),
        task: row.task.clone(),
        measure: row.measure.clone(),
        unit: Unit::other(row.unit.clone()),
        persons: row.persons,
        change: (row.mean_change, row.ci_low.zip(row.ci_high)),
        sem: row.sem,
        mdc: (row.mdc, row.mdc_low.zip(row.mdc_high)),
    }
}

/// Distributions need the tables of polars; a build without them has none.
#[cfg(not(feature = "tables"))]
fn distributions(
    _: &[SessionRecord],
    _: &[&Row],
) -> std::result::Result<Vec<crate::report::Distribution>, String> {
    Ok(Vec::new())
}

#[cfg(feature = "tables")]
fn distributions(
    records: &[SessionRecord],
    rows: &[&Row],
) -> std::result::Result<Vec<crate::report::Distribution>, String> {
    tables::distributions(records, rows).map_err(|error| error.to_string())
}

#[cfg(feature = "tables")]
mod tables {
    use std::collections::BTreeMap;

    use super::{Role, Row, SessionRecord};
    use crate::report::{Distribution, Dot, Group};
    use crate::table;
    use crate::units::Unit;

    /// The measures whose distributions are shown.
    const SHOWN: [&str; 7] = [
        "activation_peak",
        "envelope_mean",
        "mdf_mean",
        "mdf_slope_normalised",
        "symmetry_index.envelope_mean",
        "envelope_lag",
        "snr",
    ];

    /// The distributions over the tasks of a study, the measures in the order above.
    pub(super) fn distributions(
        records: &[SessionRecord],
        rows: &[&Row],
    ) -> Result<Vec<Distribution>, table::FrameError> {
        let sessions: BTreeMap<(&str, &str), &SessionRecord> = records
            .iter()
            .map(|record| ((&*record.subject, &*record.session), record))
            .collect();
        let session_of =
            |row: &Row| sessions.get(&(&*row.subject, &*row.session)).copied();
        let is_task = |row: &&Row| {
            let mut recordings =
                session_of(row).into_iter().flat_map(|record| &record.recordings);
            recordings.any(|recording| {
                *recording.recording == *row.recording && recording.role == Role::Task
            })
        };
        let tasks: Vec<&Row> = rows.iter().copied().filter(is_task).collect();
        let mut found: Vec<Distribution> = Vec::new();
        for group in table::distributions(&tasks, &SHOWN)? {
            let dots = group
                .rows
                .iter()
                .map(|&at| dot(tasks[at], session_of(tasks[at])))
                .collect();
            let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let strip = Group {
                muscle: named(&group.muscle),
                side: named(&group.side),
                quartiles: (group.q1, group.median, group.q3),
                dots,
            };
            let unit = Unit::other(group.unit.clone());
            match found
                .iter_mut()
                .find(|other| other.measure == group.measure && other.unit == unit)
            {
                Some(same) => same.groups.push(strip),
                None => found.push(Distribution {
                    measure: group.measure,
                    unit,
                    groups: vec![strip],
                }),
            }
        }
        found.sort_by_key(|distribution| {
            SHOWN.iter().position(|&name| name == distribution.measure)
        });
        Ok(found)
    }

    fn dot(row: &Row, record: Option<&SessionRecord>) -> Dot {
        Dot {
            value: row.value.unwrap_or(f64::NAN),
            session: format!("{} {}", row.subject, row.session),
            folder: record.map(|record| record.folder.clone()).unwrap_or_default(),
            recording: row.recording.to_string(),
            channel: row.channel.as_deref().unwrap_or_default().to_owned(),
        }
    }
}
