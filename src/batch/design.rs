//! Comparisons over a study: the mean cycles of persons, between groups, sides or visits
//! as `[design]` of `study.toml` says. The unit of inference is the person.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::curves::{CurveComparison, Sets, figure, sentence};
use crate::outcome::{CurveTest, Figure};
use crate::session::{Compare, Design, Findings, Role, SessionInput};
use crate::signal::{Muscle, Side};
use crate::table::{task_of, visit_order};

/// The mean cycle of a person's muscle in one recording.
#[derive(Debug, Clone)]
pub(super) struct PersonCurve {
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
#[derive(Debug, Default)]
pub(super) struct Designed {
    /// The comparisons, each with its task.
    pub(super) tests: Vec<(String, CurveTest)>,
    pub(super) figures: Vec<Figure>,
    /// What was found, in words.
    pub(super) sentences: Vec<String>,
    /// Why comparisons are missing.
    pub(super) warnings: Vec<String>,
}

/// The fewest cycles of which a person's mean is made.
const FEWEST_CYCLES: usize = 3;

/// The most persons that a sentence names.
const MOST_NAMED: usize = 12;

/// The mean cycles of the tasks of a session whose muscle and side are known.
pub(super) fn curves(input: &SessionInput, findings: &Findings) -> Vec<PersonCurve> {
    let tasks =
        findings.recordings.iter().filter(|recording| recording.role == Role::Task);
    let found = tasks.flat_map(|recording| {
        let cycles = recording.outcomes.iter().flat_map(|outcome| &outcome.cycles);
        cycles
            .filter(|found| found.used() >= FEWEST_CYCLES && !found.mean.is_empty())
            .filter_map(|found| {
                Some(PersonCurve {
                    subject: findings.subject.clone(),
                    session: findings.session.clone(),
                    group: input
                        .person
                        .group
                        .as_deref()
                        .map(str::trim)
                        .filter(|group| !group.is_empty())
                        .map(str::to_owned),
                    covariate: input.person.covariate,
                    task: task_of(&recording.recording),
                    muscle: found.muscle?,
                    side: found.side?,
                    mean: found.mean.clone(),
                    reference: found.reference,
                    origin: found.origin.to_string(),
                    untestable: found.untestable.as_ref().map(ToString::to_string),
                })
            })
    });
    found.collect()
}

/// The same muscle in the same task, of all persons.
struct Question<'a> {
    task: &'a str,
    muscle: Muscle,
    /// The side; `None` where sides are compared.
    side: Option<Side>,
    curves: Vec<&'a PersonCurve>,
    /// Whether every person has a reference, so that activation can be compared.
    activation: bool,
}

/// The comparisons of a study.
pub(super) fn compare(
    design: &Design,
    curves: &[PersonCurve],
    settings: &CurveComparison,
    seed: u64,
) -> Designed {
    let mut found =
        Designed { warnings: left_out(design.compare, curves), ..Designed::default() };
    let curves = curves.iter().filter(|curve| curve.untestable.is_none());
    let mut questions: BTreeMap<(&str, Muscle, Option<Side>), Vec<&PersonCurve>> =
        BTreeMap::new();
    for curve in curves {
        let side = (design.compare != Compare::Sides).then_some(curve.side);
        questions.entry((&curve.task, curve.muscle, side)).or_default().push(curve);
    }
    if questions.is_empty() {
        found.warnings.push(format!(
            "[design]: there is nothing to compare: no task has {FEWEST_CYCLES} cycles, which events tell, of a muscle whose \
             side is known"
        ));
    }
    for ((task, muscle, side), curves) in questions {
        let activation = curves.iter().all(|curve| curve.reference.is_some());
        Question { task, muscle, side, curves, activation }.answer(
            design.compare,
            settings,
            seed,
            &mut found,
        );
    }
    found
}

/// Which persons are left out, and why.
fn left_out(compare: Compare, curves: &[PersonCurve]) -> Vec<String> {
    let lacks = |curve: &PersonCurve| match compare {
        Compare::Groups if curve.group.is_none() => {
            Some("no group in [subjects]".to_owned())
        }
        Compare::Covariate if curve.covariate.is_none() => {
            Some("no covariate in [subjects]".to_owned())
        }
        _ => None,
    };
    let mut persons: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for curve in curves {
        let reasons = [curve.untestable.clone(), lacks(curve)];
        for reason in reasons.into_iter().flatten() {
            persons.entry(reason).or_default().insert(&curve.subject);
        }
    }
    let sentence = |(reason, persons): (String, BTreeSet<&str>)| {
        let (count, shown): (usize, Vec<&str>) =
            (persons.len(), persons.into_iter().take(MOST_NAMED).collect());
        let more = if count > shown.len() {
            format!(" and {} more", count - shown.len())
        } else {
            String::new()
        };
        format!("[design]: curves of {}{more} are left out: {reason}", shown.join(", "))
    };
    persons.into_iter().map(sentence).collect()
}

/// Two sets of curves with their names.
type Two = ([String; 2], [Vec<Vec<f64>>; 2]);

impl Question<'_> {
    fn answer(
        &self,
        compare: Compare,
        settings: &CurveComparison,
        seed: u64,
        found: &mut Designed,
    ) {
        let origins: BTreeSet<&str> =
            self.curves.iter().map(|curve| curve.origin.as_str()).collect();
        if origins.len() > 1 {
            let origins: Vec<&str> = origins.into_iter().collect();
            found.warnings.push(format!(
                "[design], {}: not compared, because cycles begin at different events: {}",
                self.words(),
                origins.join(" and ")
            ));
            return;
        }
        let (pairs, paired) = match compare {
            Compare::Groups => (self.groups(), false),
            Compare::Sides => {
                (self.halves(|curve| curve.side == Side::Left, ["left", "right"]), true)
            }
            Compare::Visits => (self.visits(), true),
            Compare::Covariate => return self.regress(settings, seed, found),
        };
        let of = self.words();
        if pairs.is_empty() {
            let missing = match compare {
                Compare::Groups => {
                    "fewer than two groups (group = \"…\" of [subjects] names them)"
                }
                Compare::Sides => "no person has both sides",
                Compare::Visits | Compare::Covariate => "no person has two visits",
            };
            found.warnings.push(format!("[design], {of}: {missing}"));
        }
        for (names, curves) in pairs {
            let sets = Sets {
                curves: [&curves[0], &curves[1]],
                names: names.each_ref().map(String::as_str),
                paired,
                unit: "person",
                relative: true,
            };
            match settings.compare(sets, seed) {
                Err(reason) => found.warnings.push(format!("[design], {of}: {reason}")),
                Ok(test) => {
                    let [first, second] = names.each_ref().map(String::as_str);
                    self.keep(test, [(first, &curves[0]), (second, &curves[1])], found);
                }
            }
        }
    }

    /// Whether the curves of persons follow their covariate; the figure shows those of
    /// the lower and of the upper half.
    fn regress(&self, settings: &CurveComparison, seed: u64, found: &mut Designed) {
        let persons = self
            .persons()
            .into_values()
            .filter_map(|curves| Some((curves[0].covariate?, self.mean_of(&curves))));
        let mut persons: Vec<(f64, Vec<f64>)> = persons.collect();
        persons.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (covariate, curves): (Vec<f64>, Vec<Vec<f64>>) = persons.into_iter().unzip();
        match settings.regress(&curves, &covariate, "person", seed) {
            Err(reason) => {
                found.warnings.push(format!("[design], {}: {reason}", self.words()))
            }
            Ok(test) => {
                let (lower, upper) = curves.split_at(curves.len() / 2);
                self.keep(test, [("lower half", lower), ("upper half", upper)], found);
            }
        }
    }

    fn keep(
        &self,
        test: CurveTest,
        curves: [(&str, &[Vec<f64>]); 2],
        found: &mut Designed,
    ) {
        let [first, second] = &test.names;
        let scale = if self.activation {
            "activation in % of the reference"
        } else {
            "shape, in % of the mean over the cycle"
        };
        let test = CurveTest {
            muscle: Some(self.muscle),
            side: self.side,
            compared: format!("{first}, {second}: {scale}").into(),
            ..test
        };
        found.sentences.push(format!("{} ({scale}): {}.", self.words(), sentence(&test)));
        let y_label =
            if self.activation { "activation (%)" } else { "envelope (% of its mean)" };
        let drawn = figure(
            &test,
            format!("{}: {} persons", self.words(), test.counts[0].max(test.counts[1])),
            curves,
            y_label.into(),
        );
        found.figures.extend(drawn);
        found.tests.push((self.task.to_owned(), test));
    }

    fn words(&self) -> String {
        let side = self.side.map_or(String::new(), |side| format!(" {}", side.word()));
        format!("{}{side}, {}", self.muscle.name(), self.task)
    }

    /// The curve of a person as it is compared.
    fn scaled(&self, curve: &PersonCurve) -> Vec<f64> {
        let unique = &curve.mean[..curve.mean.len() - 1];
        let own = unique.iter().sum::<f64>() / unique.len() as f64;
        let level = curve.reference.filter(|_| self.activation).unwrap_or(own);
        curve.mean.iter().map(|value| 100.0 * value / level).collect()
    }

    /// The mean of a person's curves.
    fn mean_of(&self, curves: &[&PersonCurve]) -> Vec<f64> {
        let scaled: Vec<Vec<f64>> =
            curves.iter().map(|curve| self.scaled(curve)).collect();
        let mean = |point: usize| {
            scaled.iter().map(|curve| curve[point]).sum::<f64>() / scaled.len() as f64
        };
        (0..scaled.first().map_or(0, Vec::len)).map(mean).collect()
    }

    fn persons(&self) -> BTreeMap<&str, Vec<&PersonCurve>> {
        let mut persons: BTreeMap<&str, Vec<&PersonCurve>> = BTreeMap::new();
        for curve in &self.curves {
            persons.entry(&curve.subject).or_default().push(curve);
        }
        persons
    }

    /// Every two groups, each person once.
    fn groups(&self) -> Vec<Two> {
        let names: BTreeSet<&str> =
            self.curves.iter().filter_map(|curve| curve.group.as_deref()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let of_group = |name: &str| -> Vec<Vec<f64>> {
            let members = self.persons().into_values();
            members
                .filter(|curves| curves[0].group.as_deref() == Some(name))
                .map(|curves| self.mean_of(&curves))
                .collect()
        };
        let pairs = (0..names.len())
            .flat_map(|one| (one + 1..names.len()).map(move |other| (one, other)));
        pairs
            .map(|(one, other)| {
                (
                    [names[one].to_owned(), names[other].to_owned()],
                    [of_group(names[one]), of_group(names[other])],
                )
            })
            .collect()
    }

    /// Each person's curves in two halves; persons that lack one are left out.
    fn halves(
        &self,
        is_first: impl Fn(&PersonCurve) -> bool,
        names: [&str; 2],
    ) -> Vec<Two> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for curves in self.persons().into_values() {
            let (one, other): (Vec<&PersonCurve>, Vec<&PersonCurve>) =
                curves.into_iter().partition(|curve| is_first(curve));
            if !one.is_empty() && !other.is_empty() {
                first.push(self.mean_of(&one));
                second.push(self.mean_of(&other));
            }
        }
        if first.is_empty() {
            Vec::new()
        } else {
            vec![(names.map(str::to_owned), [first, second])]
        }
    }

    /// The first and the last visit of each person, in the order of their names:
    /// [`visit_order`].
    fn visits(&self) -> Vec<Two> {
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let mut sessions: [BTreeSet<&str>; 2] = Default::default();
        for curves in self.persons().into_values() {
            let mut visits: Vec<&str> =
                curves.iter().map(|curve| curve.session.as_str()).collect();
            visits.sort_by_cached_key(|visit| visit_order(visit));
            let (Some(&begin), Some(&end)) = (visits.first(), visits.last()) else {
                continue;
            };
            if begin != end {
                let of = |visit: &str| -> Vec<&PersonCurve> {
                    curves
                        .iter()
                        .copied()
                        .filter(|curve| curve.session == visit)
                        .collect()
                };
                sessions[0].insert(begin);
                sessions[1].insert(end);
                first.push(self.mean_of(&of(begin)));
                last.push(self.mean_of(&of(end)));
            }
        }
        let [begin, end] = sessions.map(|names| Vec::from_iter(names).join(", "));
        let names = [format!("first visit ({begin})"), format!("last visit ({end})")];
        if first.is_empty() { Vec::new() } else { vec![(names, [first, last])] }
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

    fn found(compare: Compare, curves: &[PersonCurve]) -> Designed {
        super::compare(&Design { compare }, curves, &CurveComparison::default(), 1)
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
        let found = super::compare(
            &Design { compare: Compare::Groups },
            &curves,
            &CurveComparison::default(),
            1,
        );
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
