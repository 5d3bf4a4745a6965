//! The same muscle in the same task, of all persons: what is asked of it, and the answer.

use std::collections::BTreeSet;

use super::scale::CurveScale;
use super::sets::{Two, groups, mean_curve, persons, sides, visits};
use super::{CurveAnswers, PersonCurve};
use crate::analysis::curves::{CurveComparison, Sets, figure, sentence};
use crate::dsp::dependence::Dependence;
use crate::outcome::CurveTest;
use crate::session::Compare;
use crate::signal::{Muscle, Side};

/// What is asked of every muscle and task.
#[derive(Clone, Copy)]
pub(super) struct AskedCurves<'a> {
    pub(super) compare: Compare,
    pub(super) settings: &'a CurveComparison,
    pub(super) seed: u64,
}

pub(super) struct Question<'a> {
    task: &'a str,
    muscle: Muscle,
    /// The side; `None` where sides are compared.
    side: Option<Side>,
    curves: Vec<&'a PersonCurve>,
    scale: CurveScale,
}

impl<'a> Question<'a> {
    pub(super) fn new(
        task: &'a str,
        muscle: Muscle,
        side: Option<Side>,
        curves: Vec<&'a PersonCurve>,
    ) -> Self {
        let everyone_has_one = curves.iter().all(|curve| curve.reference.is_some());
        let scale =
            if everyone_has_one { CurveScale::Activation } else { CurveScale::Shape };
        Self { task, muscle, side, curves, scale }
    }

    pub(super) fn answer(&self, asked: AskedCurves<'_>, answers: &mut CurveAnswers) {
        if let Some(reason) = self.differing_origins() {
            return self.miss(&format!("not compared, because {reason}"), answers);
        }
        let (curves, scale) = (&self.curves, self.scale);
        match asked.compare {
            Compare::Groups => {
                let found = groups(curves, scale);
                if found.is_empty() {
                    let missing = "fewer than two groups (group = \"…\" of [subjects] \
                                   names them)";
                    self.miss(missing, answers);
                }
                for two in found {
                    self.compare(&two, false, asked, answers);
                }
            }
            Compare::Sides => match sides(curves, scale) {
                Some(two) => self.compare(&two, true, asked, answers),
                None => self.miss("no person has both sides", answers),
            },
            Compare::Visits => match visits(curves, scale) {
                Some(two) => self.compare(&two, true, asked, answers),
                None => self.miss("no person has two visits", answers),
            },
            Compare::Covariate => self.follow(asked, answers),
        }
    }

    fn differing_origins(&self) -> Option<String> {
        let origins: BTreeSet<&str> =
            self.curves.iter().map(|curve| curve.origin.as_str()).collect();
        let listed = Vec::from_iter(origins);
        (listed.len() > 1).then(|| {
            format!("cycles begin at different events: {}", listed.join(" and "))
        })
    }

    fn compare(
        &self,
        two: &Two,
        paired: bool,
        asked: AskedCurves<'_>,
        answers: &mut CurveAnswers,
    ) {
        let [first, second] = &two.curves;
        let names = two.names.each_ref().map(String::as_str);
        let sets = Sets {
            curves: [first, second],
            names,
            paired,
            unit: "person",
            relative: true,
            dependence: Dependence::NONE,
        };
        match asked.settings.compare(sets, asked.seed) {
            Err(reason) => self.miss(&reason.to_string(), answers),
            Ok(test) => {
                self.keep(test, [(names[0], first), (names[1], second)], answers);
            }
        }
    }

    /// Whether the curves of persons follow their covariate; the figure shows those of
    /// the lower and of the upper half.
    fn follow(&self, asked: AskedCurves<'_>, answers: &mut CurveAnswers) {
        let mut persons: Vec<(f64, Vec<f64>)> = persons(&self.curves)
            .into_values()
            .filter_map(|of_person| {
                Some((of_person[0].covariate?, mean_curve(&of_person, self.scale)))
            })
            .collect();
        persons.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (covariate, curves): (Vec<f64>, Vec<Vec<f64>>) = persons.into_iter().unzip();

        match asked.settings.regress(&curves, &covariate, "person", asked.seed) {
            Err(reason) => self.miss(&reason.to_string(), answers),
            Ok(test) => {
                let (lower, upper) = curves.split_at(curves.len() / 2);
                let halves = [("lower half", lower), ("upper half", upper)];
                self.keep(test, halves, answers);
            }
        }
    }

    fn miss(&self, reason: &str, answers: &mut CurveAnswers) {
        answers.warnings.push(format!("[design], {}: {reason}", self.words()));
    }

    fn keep(
        &self,
        test: CurveTest,
        curves: [(&str, &[Vec<f64>]); 2],
        answers: &mut CurveAnswers,
    ) {
        let [first, second] = &test.names;
        let scale = self.scale.words();
        let test = CurveTest {
            muscle: Some(self.muscle),
            side: self.side,
            compared: format!("{first}, {second}: {scale}").into(),
            ..test
        };
        let found = sentence(&test);
        answers.sentences.push(format!("{} ({scale}): {found}.", self.words()));

        let persons = test.counts[0].max(test.counts[1]);
        let title = format!("{}: {persons} persons", self.words());
        answers.figures.extend(figure(&test, title, curves, self.scale.axis().into()));
        answers.tests.push((self.task.to_owned(), test));
    }

    fn words(&self) -> String {
        let side = self.side.map_or(String::new(), |side| format!(" {}", side.word()));
        format!("{}{side}, {}", self.muscle.name(), self.task)
    }
}
