//! Cards of what changed from the first to the last visit: a line a person, the mean, and a
//! sentence.

use minijinja::Value;
use serde::Serialize;

use crate::analysis::dictionary;
use crate::outcome::fact::{Direction, Known, Relative};
use crate::report::figure::axis::{Axis, Tick, drawable, extent};
use crate::report::figure::path::short;
use crate::report::figure::{cut, text};
use crate::report::format::{escaped, for_people, number};
use crate::report::words;
use crate::study::{
    MeanChange, PersonChange, SessionLine, StudyChange, StudyChanges, people,
};
use crate::words::{counted, persons};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 150.0;
/// Where the plot begins and ends, and where the visits stand.
const TOP: f64 = 12.0;
const FOOT: f64 = 124.0;
const FROM: f64 = 58.0;
const FIRST: f64 = 110.0;
const LAST: f64 = 300.0;
const TO: f64 = 352.0;
/// So many persons have dots; of more there are lines only.
const DOTTED: usize = 60;

/// What changed in the study.
#[derive(Debug, Serialize)]
pub(super) struct Changes {
    cards: Vec<ChangeCard>,
    /// The outcomes that cannot be told, with the reason.
    absent: Vec<String>,
    /// Whether nobody came twice, so that nothing can have changed.
    nobody_twice: bool,
}

/// What changed, of one outcome.
#[derive(Debug, Serialize)]
struct ChangeCard {
    title: String,
    /// Of what muscle and task.
    of: String,
    figure: Option<Value>,
    /// The numbers of all people or of every group, each with what they say in words.
    told: Vec<(String, &'static str)>,
    /// What belongs beside an index of sides.
    sizes: Option<String>,
    /// Who takes no part, with the reason.
    left_out: Vec<String>,
    persons: usize,
}

impl Changes {
    pub(super) fn of(changes: &StudyChanges, sessions: &[SessionLine]) -> Self {
        let found = &changes.found;
        let nobody_twice = people(sessions).iter().all(|(_, lines)| lines.len() < 2);
        let comes_twice = |change: &&StudyChange| {
            change.people.iter().any(|one| one.first.is_some() && one.last.is_some())
        };
        let once = found.iter().filter(|change| !comes_twice(change)).map(|change| {
            format!("{}: nobody has a value in both visits", title(change))
        });
        let absent = changes
            .absent
            .iter()
            .map(|(measure, reason)| format!("{}: {reason}", words::measure(measure)));
        Self {
            cards: found
                .iter()
                .filter(comes_twice)
                .map(|one| card(one, found.len()))
                .collect(),
            absent: if nobody_twice { Vec::new() } else { absent.chain(once).collect() },
            nobody_twice: nobody_twice && !sessions.is_empty(),
        }
    }
}

/// A title of the outcome for a narrow place.
pub(super) fn title(change: &StudyChange) -> String {
    words::measure(&change.measure)
}

/// Muscle and task, and between which sides or in per cent of what.
pub(super) fn of(change: &StudyChange) -> String {
    let known = dictionary::known(&change.measure);
    let is_relative = known.is_some_and(|known| {
        known.fact.relative_to == Relative::Reference && !known.is_of_sides()
    });
    let sides = match change.by_involved {
        true => "involved minus other side",
        false if is_relative => "% of the reference",
        false => "",
    };
    [change.muscle.name(), &change.task, sides]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn card(change: &StudyChange, several: usize) -> ChangeCard {
    let is_repeated = |one: &&PersonChange| one.first.is_some() && one.last.is_some();
    let repeated: Vec<&PersonChange> = change.people.iter().filter(is_repeated).collect();
    let left_out = change
        .people
        .iter()
        .filter_map(|one| Some(format!("{}: {}", one.subject, one.left_out.as_deref()?)));
    ChangeCard {
        title: title(change),
        of: of(change),
        figure: svg(change, &repeated).map(Value::from_safe_string),
        told: told(change, several),
        sizes: sizes(change),
        left_out: left_out.collect(),
        persons: change.people.len(),
    }
}

/// The sentence of all people, or one for each group: a mean over groups is nobody's.
fn told(change: &StudyChange, several: usize) -> Vec<(String, &'static str)> {
    let one = |group: &str, mean: Option<&MeanChange>| match mean {
        Some(mean) => (sentence(change, mean, group), word(change, mean, several)),
        None => (format!("{group}: nobody has a value in both visits:"), "not compared"),
    };
    if change.groups.is_empty() {
        return vec![one("", change.mean.as_ref())];
    }
    let groups = change.groups.iter();
    groups.map(|(group, mean)| one(group, mean.as_ref())).collect()
}

fn sentence(change: &StudyChange, mean: &MeanChange, group: &str) -> String {
    let (factor, unit) = for_people(change.unit.as_ref());
    let signed = |value: f64| {
        let shown = number(factor * value);
        if value > 0.0 { format!("+{shown}") } else { shown }
    };
    let unit = match unit {
        "" => String::new(),
        // A change of per cent in per cent would be another number.
        "%" => " points".to_owned(),
        unit => format!(" {unit}"),
    };
    let between = match &change.visits {
        Some([first, last]) => format!(" from {first} to {last}"),
        None => " from the first to the last visit".to_owned(),
    };
    let interval = mean.interval.map_or(String::new(), |(low, high)| {
        format!("95 % interval {} to {}, ", signed(low), signed(high))
    });
    let people = persons(mean.persons);
    let group = if group.is_empty() { String::new() } else { format!("{group}: ") };
    format!("{group}{}{unit}{between} ({interval}{people}):", signed(mean.change))
}

/// How unequal sides are, whichever is larger: opposite signs cancel in the mean.
fn sizes(change: &StudyChange) -> Option<String> {
    let mean = change.mean.as_ref().filter(|_| of_sides(change))?;
    let (factor, unit) = for_people(change.unit.as_ref());
    let [first, last] = mean.sizes.map(|size| number(factor * size));
    let side = if change.by_involved { "" } else { "Positive means left larger; " };
    Some(format!("{side}without its sign {first} to {last} {unit}."))
}

fn of_sides(change: &StudyChange) -> bool {
    dictionary::known(&change.measure).is_some_and(Known::is_of_sides)
}

/// What a mean change says, without judgement.
fn word(change: &StudyChange, mean: &MeanChange, several: usize) -> &'static str {
    let known = dictionary::known(&change.measure);
    let excludes_0 = mean.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0);
    match mean.interval {
        _ if known.is_some_and(|known| !known.compares().visits) => {
            "not compared, since other electrodes change it as well"
        }
        None => "too few people for an interval",
        Some(_) if mean.is_clear => direction(change, mean.change > 0.0),
        Some(_) if excludes_0 && several > 1 => {
            "no clear change, since several outcomes are looked at"
        }
        Some(_) => "no clear change",
    }
}

/// In which direction a clear change goes.
fn direction(change: &StudyChange, rises: bool) -> &'static str {
    let is_slope = dictionary::known(&change.measure)
        .is_some_and(|known| known.direction() == Some(Direction::TREND));
    let falls = change
        .mean
        .as_ref()
        .is_some_and(|mean| mean.means.iter().all(|mean| *mean < 0.0));
    match (of_sides(change), rises) {
        (true, true) if change.by_involved => "more to the involved side than before",
        (true, false) if change.by_involved => "more to the other side than before",
        (true, true) => "more to the left than before",
        (true, false) => "more to the right than before",
        (false, true) if is_slope && falls => "falling less than before",
        (false, false) if is_slope && falls => "falling more than before",
        (false, true) => "higher than before",
        (false, false) => "lower than before",
    }
}

fn svg(change: &StudyChange, repeated: &[&PersonChange]) -> Option<String> {
    let (factor, unit) = for_people(change.unit.as_ref());
    let ends =
        |one: &&PersonChange| Some([one.first?, one.last?].map(|value| factor * value));
    let pairs: Vec<[f64; 2]> = repeated
        .iter()
        .filter_map(ends)
        .filter(|pair| pair.iter().copied().all(drawable))
        .collect();
    let axis = Axis::rounded(extent(pairs.iter().flatten().copied())?, 4);
    let line = |ends: [f64; 2]| line(&axis, ends);
    let dot = |ends: [f64; 2]| dots(&axis, ends);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         class=\"change\" font-size=\"12\"><title>{}</title><desc>{}</desc>",
        short(WIDTH),
        short(HEIGHT),
        escaped(&format!("{}, {}", title(change), of(change))),
        escaped(&described(repeated, factor, unit))
    );
    axis.ticks("").iter().for_each(|tick| svg += &grid_line(&axis, tick));
    svg += &text(0.0, HEIGHT - 6.0, "start", &axis.label(unit));
    let lines: String = pairs.iter().copied().map(line).collect();
    svg += &format!("<path class=\"person\" d=\"{lines}\"/>");
    if pairs.len() <= DOTTED {
        let dots: String = pairs.iter().copied().map(dot).collect();
        svg += &format!("<path class=\"persons\" d=\"{dots}\"/>");
    }
    if let Some(mean) = change.mean.as_ref().filter(|mean| mean.persons > 1) {
        let means = mean.means.map(|value| factor * value);
        svg += &format!(
            "<path class=\"mean\" d=\"{}\"/><path class=\"means\" d=\"{}\"/>",
            line(means),
            dot(means)
        );
    }
    let names = match &change.visits {
        Some(names) => names.clone().map(|name| name.to_string()),
        None => ["first visit", "last visit"].map(str::to_owned),
    };
    for (x, name) in [FIRST, LAST].into_iter().zip(names) {
        svg += &text(x, HEIGHT - 6.0, "middle", &cut(&name, 150.0));
    }
    Some(svg + "</svg>")
}

fn y(axis: &Axis, value: f64) -> String {
    short(FOOT - axis.share(value) * (FOOT - TOP))
}

/// A line from the first to the last visit.
fn line(axis: &Axis, [first, last]: [f64; 2]) -> String {
    let [first, last] = [y(axis, first), y(axis, last)];
    format!("M{} {first}L{} {last}", short(FIRST), short(LAST))
}

/// A dot at each of both visits.
fn dots(axis: &Axis, [first, last]: [f64; 2]) -> String {
    let [first, last] = [y(axis, first), y(axis, last)];
    format!("M{} {first}h0M{} {last}h0", short(FIRST), short(LAST))
}

fn grid_line(axis: &Axis, tick: &Tick) -> String {
    let class = if tick.value == 0.0 { "zero" } else { "grid" };
    let at = FOOT - axis.share(tick.value) * (FOOT - TOP);
    let number = text(FROM - 6.0, at + 4.0, "end", &tick.text);
    let [from, y, to] = [FROM, at, TO].map(short);
    format!("<path class=\"{class}\" d=\"M{from} {y}H{to}\"/>{number}")
}

/// The values in words, for people who cannot see them.
fn described(repeated: &[&PersonChange], factor: f64, unit: &str) -> String {
    let one = |person: &&PersonChange| {
        let shown = |value: Option<f64>| value.map(|value| number(factor * value));
        let (first, last) = (shown(person.first)?, shown(person.last)?);
        Some(format!("{}: {first} to {last} {unit}", person.subject))
    };
    let shown: Vec<String> = repeated.iter().take(DOTTED).filter_map(one).collect();
    let more = repeated.len() - shown.len();
    let rest = match more {
        0 => String::new(),
        more => format!("; and {} in the table below", counted(more, "more person")),
    };
    shown.join("; ") + &rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Muscle;

    fn change(measure: &str, change: f64, half: f64, is_clear: bool) -> StudyChange {
        let mean = MeanChange {
            persons: 9,
            means: [-2.0, change - 2.0],
            change,
            interval: Some((change - half, change + half)),
            sizes: [2.0, 3.0],
            is_clear,
        };
        StudyChange {
            measure: measure.into(),
            muscle: Muscle::Soleus,
            task: "raise".into(),
            unit: "%".into(),
            visits: None,
            people: Vec::new(),
            mean: Some(mean),
            groups: Vec::new(),
            by_involved: false,
        }
    }

    fn said(change: &StudyChange) -> &'static str {
        told(change, 3)[0].1
    }

    const LEVEL: &str = "activation_mean";
    const SIDES: &str = "symmetry_index.activation_mean";
    const SLOPE: &str = "mdf_slope_normalised";

    #[test]
    fn a_word_is_said_only_under_its_condition() {
        assert_eq!(said(&change(LEVEL, 1.0, 0.5, true)), "higher than before");
        assert_eq!(said(&change(LEVEL, -1.0, 0.5, true)), "lower than before");
        assert_eq!(said(&change(SIDES, 1.0, 0.5, true)), "more to the left than before");
        assert_eq!(
            said(&change(SIDES, -1.0, 0.5, true)),
            "more to the right than before"
        );
        assert_eq!(said(&change(SLOPE, 1.0, 0.5, true)), "falling less than before");
        assert_eq!(said(&change(SLOPE, -1.0, 0.5, true)), "falling more than before");
        assert_eq!(said(&change(SLOPE, 3.0, 0.5, true)), "higher than before");
        assert_eq!(said(&change(LEVEL, 1.0, 2.0, false)), "no clear change");
        assert_eq!(
            said(&change(LEVEL, 1.0, 0.9, false)),
            "no clear change, since several outcomes are looked at"
        );
        let mut few = change(LEVEL, 1.0, 0.1, false);
        few.mean.as_mut().unwrap().interval = None;
        assert_eq!(said(&few), "too few people for an interval");
        // Volts of other days and electrodes compare nothing.
        assert!(said(&change("rms", 1.0, 0.1, true)).starts_with("not compared"));
        let involved = StudyChange { by_involved: true, ..change(SIDES, 1.0, 0.5, true) };
        assert_eq!(said(&involved), "more to the involved side than before");
    }

    #[test]
    fn groups_are_told_one_by_one_and_signs_of_sides_cancel_with_a_word() {
        let mut of_groups = change(LEVEL, 1.0, 0.5, true);
        of_groups.groups = vec![("a".into(), of_groups.mean.clone()), ("b".into(), None)];
        let told: Vec<String> = told(&of_groups, 3)
            .into_iter()
            .map(|(numbers, word)| numbers + word)
            .collect();
        assert_eq!(told.len(), 2);
        assert!(
            told[0].starts_with("a: +1.00 points")
                && told[0].ends_with("higher than before")
        );
        assert!(told[1].ends_with("not compared"));
        let sized = sizes(&change(SIDES, 1.0, 0.5, true));
        assert_eq!(
            sized.as_deref(),
            Some("Positive means left larger; without its sign 2.00 to 3.00 %.")
        );
        assert_eq!(sizes(&change(LEVEL, 1.0, 0.5, true)), None);
    }

    #[test]
    fn volts_are_drawn_and_told_in_microvolts() {
        let person = |at: f64| PersonChange {
            subject: "S".into(),
            first: Some(at * 1e-5),
            last: Some(at * 2e-5),
            left_out: None,
        };
        let mut volts = change("rms", 2e-5, 1e-5, false);
        volts.unit = "V".into();
        volts.people = [2.0, 3.0].map(person).to_vec();
        let drawn = svg(&volts, &volts.people.iter().collect::<Vec<_>>()).unwrap();
        assert!(drawn.contains(">µV<") && drawn.contains(">60<"), "{drawn}");
        assert!(told(&volts, 1)[0].0.starts_with("+20.0 µV"));
    }
}
