//! Curves over persons: the mean cycles of a study compared between groups, sides or
//! visits, or followed along a covariate, as `[design]` of `study.toml` says. The unit of
//! inference is the person.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::curves::CurveComparison;
use crate::outcome::{ChannelCycles, CurveTest, Figure};
use crate::session::{
    Compare, Findings, RecordingFindings, Role, SessionInput, SubjectEntry,
};
use crate::signal::{Muscle, Side};
use question::{AskedCurves, Question};

mod question;
mod scale;
mod sets;

/// The fewest cycles of which a person's mean is made.
const FEWEST_CYCLES: usize = 3;

/// The most persons that a sentence names.
const MOST_NAMED: usize = 12;

/// The mean cycle of a person's muscle in one recording.
#[derive(Debug, Clone)]
pub struct PersonCurve {
    subject: String,
    session: String,
    group: Option<String>,
    covariate: Option<f64>,
    task: String,
    muscle: Muscle,
    side: Side,
    mean: Vec<f64>,
    reference: Option<f64>,
    /// From where to where a cycle goes.
    origin: String,
    /// Why it cannot be tested against others.
    untestable: Option<String>,
}

/// What a design found, or could not find and why.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CurveAnswers {
    /// The comparisons, each with its task.
    pub tests: Vec<(String, CurveTest)>,
    /// The figures, one a comparison.
    pub figures: Vec<Figure>,
    /// What was found, one comparison a sentence.
    pub sentences: Vec<String>,
    /// Why comparisons are missing.
    pub warnings: Vec<String>,
}

/// The mean cycles of the tasks of a session whose muscle and side are known.
pub fn person_curves(input: &SessionInput, findings: &Findings) -> Vec<PersonCurve> {
    let tasks =
        findings.recordings.iter().filter(|recording| recording.role == Role::Task);
    let of_recording = |recording: &RecordingFindings| -> Vec<PersonCurve> {
        let cycles = recording.outcomes.iter().flat_map(|outcome| &outcome.cycles);
        cycles
            .filter_map(|cycles| {
                let task = recording.task.clone();
                PersonCurve::from_cycles(cycles, task, &input.person, findings)
            })
            .collect()
    };
    tasks.flat_map(of_recording).collect()
}

impl PersonCurve {
    fn from_cycles(
        cycles: &ChannelCycles,
        task: String,
        person: &SubjectEntry,
        findings: &Findings,
    ) -> Option<Self> {
        if cycles.used() < FEWEST_CYCLES || cycles.mean.is_empty() {
            return None;
        }
        let group = person.group.as_deref().map(str::trim);
        Some(Self {
            subject: findings.subject.clone(),
            session: findings.session.clone(),
            group: group.filter(|group| !group.is_empty()).map(str::to_owned),
            covariate: person.covariate,
            task,
            muscle: cycles.muscle?,
            side: cycles.side?,
            mean: cycles.mean.clone(),
            reference: cycles.reference,
            origin: cycles.origin.to_string(),
            untestable: cycles.untestable.as_ref().map(ToString::to_string),
        })
    }
}

/// The comparisons of a study: of every task, muscle and, unless sides are compared, side.
pub fn compare_curves(
    compare: Compare,
    curves: &[PersonCurve],
    settings: &CurveComparison,
    seed: u64,
) -> CurveAnswers {
    let mut answers =
        CurveAnswers { warnings: left_out(compare, curves), ..CurveAnswers::default() };
    let questions = questions(compare, curves);
    if questions.is_empty() {
        answers.warnings.push(format!(
            "[design]: there is nothing to compare: no task has {FEWEST_CYCLES} cycles, \
             which events tell, of a muscle whose side is known"
        ));
    }

    let asked = AskedCurves { compare, settings, seed };
    for question in questions {
        question.answer(asked, &mut answers);
    }
    answers
}

fn questions(compare: Compare, curves: &[PersonCurve]) -> Vec<Question<'_>> {
    let mut alike: BTreeMap<(&str, Muscle, Option<Side>), Vec<&PersonCurve>> =
        BTreeMap::new();
    for curve in curves.iter().filter(|curve| curve.untestable.is_none()) {
        let side = (compare != Compare::Sides).then_some(curve.side);
        alike.entry((&curve.task, curve.muscle, side)).or_default().push(curve);
    }
    alike
        .into_iter()
        .map(|((task, muscle, side), curves)| Question::new(task, muscle, side, curves))
        .collect()
}

/// Which persons are left out, and why.
fn left_out(compare: Compare, curves: &[PersonCurve]) -> Vec<String> {
    let mut persons: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for curve in curves {
        let reasons = [curve.untestable.as_deref(), lacks(compare, curve)];
        for reason in reasons.into_iter().flatten() {
            persons.entry(reason).or_default().insert(&curve.subject);
        }
    }
    let sentence = |(reason, persons): (&str, BTreeSet<&str>)| {
        format!("[design]: curves of {} are left out: {reason}", listed(&persons))
    };
    persons.into_iter().map(sentence).collect()
}

fn lacks(compare: Compare, curve: &PersonCurve) -> Option<&'static str> {
    match compare {
        Compare::Groups if curve.group.is_none() => Some("no group in [subjects]"),
        Compare::Covariate if curve.covariate.is_none() => {
            Some("no covariate in [subjects]")
        }
        _ => None,
    }
}

fn listed(persons: &BTreeSet<&str>) -> String {
    let shown: Vec<&str> = persons.iter().copied().take(MOST_NAMED).collect();
    let more = persons.len() - shown.len();
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(
        subject: usize,
        session: &str,
        side: Side,
        group: &str,
        bump: f64,
    ) -> PersonCurve {
        let noise = crate::dsp::random::normals(
            subject as u64 * 31 + u64::from(side == Side::Left),
            4,
        );
        let value = |q: usize| {
            let q = q as f64;
            let wave = noise[0] * libm::sin(0.063 * q)
                + noise[1] * libm::cos(0.126 * q)
                + noise[2] * libm::sin(0.19 * q);
            10.0 + 0.3 * wave + bump * libm::exp(-0.5 * ((q - 45.0) / 6.0).powi(2))
        };
        PersonCurve {
            subject: format!("S{subject:02}"),
            session: session.into(),
            group: Some(group.into()),
            covariate: Some(bump),
            task: "gait".into(),
            muscle: Muscle::Soleus,
            side,
            mean: (0..101).map(value).collect(),
            reference: None,
            origin: "from touchdown to touchdown".into(),
            untestable: None,
        }
    }

    fn found(compare: Compare, curves: &[PersonCurve]) -> CurveAnswers {
        compare_curves(compare, curves, &CurveComparison::default(), 1)
    }

    #[test]
    fn groups_sides_and_visits_are_compared() {
        let group = |subject: usize| if subject < 10 { "patients" } else { "controls" };
        let groups: Vec<_> = (0..20)
            .map(|subject| {
                curve(
                    subject,
                    "1",
                    Side::Left,
                    group(subject),
                    if subject < 10 { 4.0 } else { 0.0 },
                )
            })
            .collect();
        let sides: Vec<_> = (0..10)
            .flat_map(|subject| {
                [(Side::Left, 4.0), (Side::Right, 0.0)]
                    .map(|(side, bump)| curve(subject, "1", side, "a", bump))
            })
            .collect();
        let visits: Vec<_> = (0..10)
            .flat_map(|subject| {
                [("1", 4.0), ("2", 0.0)]
                    .map(|(visit, bump)| curve(subject, visit, Side::Left, "a", bump))
            })
            .collect();
        for (compare, curves) in [
            (Compare::Groups, &groups),
            (Compare::Sides, &sides),
            (Compare::Visits, &visits),
        ] {
            let found = found(compare, curves);
            let [(task, test)] = &found.tests[..] else {
                panic!("{compare:?}: {:?}", found.warnings)
            };
            assert_eq!(
                (task.as_str(), test.muscle, test.counts),
                ("gait", Some(Muscle::Soleus), [10, 10])
            );
            assert!(
                test.clusters
                    .iter()
                    .any(|one| one.from_percent < 45.0 && one.to_percent > 45.0),
                "{compare:?} {test:?}"
            );
            assert_eq!(test.side.is_none(), compare == Compare::Sides);
            assert_eq!(found.figures.len(), 1);
        }
    }

    #[test]
    fn curves_follow_a_covariate() {
        let curves: Vec<_> = (0..12)
            .map(|subject| curve(subject, "1", Side::Left, "a", subject as f64))
            .collect();
        let found = found(Compare::Covariate, &curves);
        let [(_, test)] = &found.tests[..] else { panic!("{:?}", found.warnings) };
        assert!(test.clusters.iter().any(|one| one.peak_t > 0.0
            && one.from_percent < 45.0
            && one.to_percent > 45.0));
        assert!(
            found.sentences[0].contains("follow the covariate"),
            "{:?}",
            found.sentences
        );
    }

    #[test]
    fn what_is_left_out_is_said() {
        let mut curves: Vec<_> = (0..12)
            .map(|subject| {
                curve(subject, "1", Side::Left, if subject < 6 { "a" } else { "b" }, 0.0)
            })
            .collect();
        curves[0].untestable = Some("it follows a rhythm".into());
        curves[11].group = None;
        let found = found(Compare::Groups, &curves);
        assert_eq!(found.tests[0].1.counts, [5, 5]);
        assert_eq!(
            found.warnings,
            [
                "[design]: curves of S00 are left out: it follows a rhythm",
                "[design]: curves of S11 are left out: no group in [subjects]"
            ]
        );
        curves[3].origin = "from stimulus to stimulus".into();
        let found =
            compare_curves(Compare::Groups, &curves, &CurveComparison::default(), 1);
        assert!(found.tests.is_empty());
        assert!(
            found.warnings[2].contains("cycles begin at different events"),
            "{:?}",
            found.warnings
        );
    }

    #[test]
    fn visits_are_named() {
        let curves: Vec<_> = (0..6)
            .flat_map(|subject| {
                [("post", 4.0), ("pre", 0.0)]
                    .map(|(visit, bump)| curve(subject, visit, Side::Left, "a", bump))
            })
            .collect();
        assert_eq!(
            found(Compare::Visits, &curves).tests[0].1.names,
            ["first visit (pre)", "last visit (post)"]
        );
    }

    #[test]
    fn what_cannot_be_compared_is_said() {
        let curves: Vec<_> =
            (0..3).map(|subject| curve(subject, "1", Side::Left, "a", 0.0)).collect();
        assert!(
            found(Compare::Groups, &curves).warnings[0].contains("fewer than two groups")
        );
        assert!(
            found(Compare::Sides, &curves).warnings[0]
                .contains("no person has both sides")
        );
        assert!(
            found(Compare::Visits, &curves).warnings[0]
                .contains("no person has two visits")
        );
        assert!(found(Compare::Groups, &[]).warnings[0].contains("nothing to compare"));
    }
}
