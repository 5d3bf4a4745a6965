//! Cards of what changed from the first to the last visit: a line a person, the mean, and a
//! sentence.

use minijinja::Value;
use serde::Serialize;

use crate::analysis::dictionary;
use crate::outcome::fact::{Direction, Known};
use crate::report::figure::axis::{Axis, drawable, extent};
use crate::report::figure::path::short;
use crate::report::figure::{cut, text};
use crate::report::format::{escaped, for_people, number};
use crate::report::words;
use crate::study::{MeanChange, PersonChange, StudyChange};
use crate::words::counted;

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

/// What changed, of one outcome.
#[derive(Debug, Serialize)]
pub(super) struct ChangeCard {
    title: String,
    /// Of what muscle and task.
    of: String,
    figure: Option<Value>,
    /// The numbers, and what they say in a word or two.
    sentence: String,
    word: &'static str,
    /// Who takes no part, with the reason.
    left_out: Vec<String>,
    persons: usize,
}

/// The outcomes of which somebody has a value in two visits.
pub(super) fn cards(changes: &[StudyChange]) -> Vec<ChangeCard> {
    changes.iter().filter_map(|change| card(change, changes.len())).collect()
}

/// A title of the outcome for a narrow place.
pub(super) fn title(change: &StudyChange) -> String {
    words::measure(&change.measure)
}

/// Muscle and task.
pub(super) fn of(change: &StudyChange) -> String {
    [change.muscle.name(), &change.task]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn card(change: &StudyChange, several: usize) -> Option<ChangeCard> {
    let is_repeated = |one: &&PersonChange| one.first.is_some() && one.last.is_some();
    let repeated: Vec<&PersonChange> = change.people.iter().filter(is_repeated).collect();
    let comes_twice = change.people.iter().any(|one| !comes_once(one));
    if !comes_twice {
        return None;
    }
    let left_out = change
        .people
        .iter()
        .filter_map(|one| Some(format!("{}: {}", one.subject, one.left_out.as_deref()?)));
    Some(ChangeCard {
        title: title(change),
        of: of(change),
        figure: svg(change, &repeated).map(Value::from_safe_string),
        sentence: change.mean.as_ref().map_or_else(
            || "Nobody has a value in both visits:".to_owned(),
            |mean| sentence(change, mean),
        ),
        word: change.mean.as_ref().map_or("not compared", |mean| {
            word(mean, several, of_sides(&change.measure))
        }),
        left_out: left_out.collect(),
        persons: change.people.len(),
    })
}

fn comes_once(one: &PersonChange) -> bool {
    one.left_out.as_deref().is_some_and(|reason| reason.ends_with("is the only visit"))
}

fn sentence(change: &StudyChange, mean: &MeanChange) -> String {
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
    let people = match mean.persons {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    };
    format!("{}{unit}{between} ({interval}{people}):", signed(mean.change))
}

/// Whether a measure is larger when the left side is.
fn of_sides(measure: &str) -> bool {
    let direction = dictionary::known(measure).and_then(Known::direction);
    direction.is_some_and(|direction| direction != Direction::TREND)
}

/// What a mean change says, without judgement.
fn word(mean: &MeanChange, several: usize, of_sides: bool) -> &'static str {
    let excludes_0 = mean.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0);
    match mean.interval {
        None => "too few people for an interval",
        Some(_) if mean.is_clear => match (of_sides, mean.change > 0.0) {
            (false, true) => "higher than before",
            (false, false) => "lower than before",
            (true, true) => "more to the left than before",
            (true, false) => "more to the right than before",
        },
        Some(_) if excludes_0 && several > 1 => {
            "no clear change, since several outcomes are looked at"
        }
        Some(_) => "no clear change",
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
    let y = |value: f64| FOOT - axis.share(value) * (FOOT - TOP);
    let line = |[first, last]: [f64; 2]| {
        format!(
            "M{} {}L{} {}",
            short(FIRST),
            short(y(first)),
            short(LAST),
            short(y(last))
        )
    };
    let dot = |[first, last]: [f64; 2]| {
        let one = |x: f64, value: f64| format!("M{} {}h0", short(x), short(y(value)));
        one(FIRST, first) + &one(LAST, last)
    };

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         class=\"change\" font-size=\"12\"><title>{}</title><desc>{}</desc>",
        short(WIDTH),
        short(HEIGHT),
        escaped(&format!("{}, {}", title(change), of(change))),
        escaped(&described(repeated, factor, unit))
    );
    for tick in axis.ticks("") {
        let class = if tick.value == 0.0 { "zero" } else { "grid" };
        svg += &format!(
            "<path class=\"{class}\" d=\"M{} {}H{}\"/>",
            short(FROM),
            short(y(tick.value)),
            short(TO)
        );
        svg += &text(FROM - 6.0, y(tick.value) + 4.0, "end", &tick.text);
    }
    svg += &text(0.0, HEIGHT - 6.0, "start", unit);
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

    fn mean(change: f64, half: f64, is_clear: bool) -> MeanChange {
        MeanChange {
            persons: 9,
            means: [0.0, change],
            change,
            interval: Some((change - half, change + half)),
            is_clear,
        }
    }

    #[test]
    fn a_word_is_said_only_under_its_condition() {
        let told = |mean: &MeanChange, of| word(mean, 3, of_sides(of));
        let [level, sides] = ["activation_mean", "symmetry_index.activation_mean"];
        assert_eq!(told(&mean(1.0, 0.5, true), level), "higher than before");
        assert_eq!(told(&mean(-1.0, 0.5, true), level), "lower than before");
        assert_eq!(told(&mean(1.0, 0.5, true), sides), "more to the left than before");
        assert_eq!(told(&mean(-1.0, 0.5, true), sides), "more to the right than before");
        assert_eq!(told(&mean(1.0, 2.0, false), level), "no clear change");
        assert_eq!(
            told(&mean(1.0, 0.9, false), level),
            "no clear change, since several outcomes are looked at"
        );
        let few = MeanChange { interval: None, persons: 2, ..mean(1.0, 0.1, false) };
        assert_eq!(word(&few, 1, false), "too few people for an interval");
    }
}
