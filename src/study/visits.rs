//! In which order visits were: told from their names.

use std::collections::{BTreeMap, BTreeSet};

/// Beginnings of words of the visits before and after what a study is about. `pre` and
/// `post` stand before other words (`Pretest`), the others alone.
const BEFORE: [&str; 16] = [
    "before",
    "baseline",
    "vor",
    "vorher",
    "avant",
    "antes",
    "prima",
    "initial",
    "start",
    "eingang",
    "anfang",
    "erstmessung",
    "screening",
    "vortest",
    "first",
    "begin",
];
const AFTER: [&str; 20] = [
    "after",
    "followup",
    "follow",
    "fu",
    "nach",
    "nachher",
    "apres",
    "después",
    "despues",
    "dopo",
    "final",
    "end",
    "ausgang",
    "ende",
    "abschluss",
    "nachtest",
    "retest",
    "last",
    "letzte",
    "katamnese",
];
/// What comes first of all.
const FIRST: [&str; 2] = ["screening", "vorgespräch"];
/// What stands behind `pre` and `post` in one word.
const AROUND: [&str; 14] = [
    "",
    "test",
    "op",
    "treatment",
    "training",
    "intervention",
    "therapy",
    "surgery",
    "season",
    "exercise",
    "fatigue",
    "race",
    "measurement",
    "messung",
];
/// Months by their names and short forms, English and German.
const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "jän"],
    &["feb", "february", "februar"],
    &["mar", "march", "märz", "mär", "mrz"],
    &["apr", "april"],
    &["may", "mai"],
    &["jun", "june", "juni"],
    &["jul", "july", "juli"],
    &["aug", "august"],
    &["sep", "sept", "september"],
    &["oct", "okt", "october", "oktober"],
    &["nov", "november"],
    &["dec", "dez", "december", "dezember"],
];
/// How many days a unit of time behind or before a number has.
const UNITS: [(&str, f64); 12] = [
    ("d", 1.0),
    ("day", 1.0),
    ("days", 1.0),
    ("tag", 1.0),
    ("wk", 7.0),
    ("week", 7.0),
    ("weeks", 7.0),
    ("woche", 7.0),
    ("mo", 30.4),
    ("month", 30.4),
    ("months", 30.4),
    ("monat", 30.4),
];

/// A key by which visits sort: `pre` before and `post` after all others; dates of any form
/// and times in days, weeks and months by what they are; the others as people count
/// (`ses-9` before `ses-10`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitOrder {
    period: Period,
    /// Tenths of days, of names that hold a date or a time.
    days: i64,
    name: Vec<NamePart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Period {
    First,
    Before,
    Between,
    After,
}

/// A stretch of a name: words and the number behind them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct NamePart {
    words: String,
    number: u64,
}

/// The place of a visit among others.
pub fn visit_order(session: &str) -> VisitOrder {
    let lower = session.to_lowercase();
    let days = date(&lower).or_else(|| duration(&lower)).unwrap_or(0.0);
    let days = (10.0 * days).round() as i64;
    VisitOrder { period: period(&lower), days, name: natural(session) }
}

/// What is to be said of visits whose names do not tell their order; each is given with its
/// person.
pub fn unordered<'a>(visits: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let mut of_person: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    visits.for_each(|(person, visit)| {
        of_person.entry(person).or_default().insert(visit);
    });
    let several = of_person.into_values().filter(|visits| visits.len() > 1);
    let names: BTreeSet<&str> = several.flatten().collect();
    let untold = names.iter().filter(|name| !tells_order(name)).count();
    let mut order: Vec<&str> = names.into_iter().collect();
    order.sort_by_cached_key(|name| visit_order(name));
    (untold > 0).then(|| {
        format!(
            "the names of {untold} visits do not tell their order, in which visits are compared; \
             it is taken as {}: number them if that is wrong",
            order.join(", ")
        )
    })
}

/// Whether a name tells the place of its visit: by a date, a number or a word that is
/// known.
fn tells_order(session: &str) -> bool {
    let lower = session.to_lowercase();
    period(&lower) != Period::Between
        || date(&lower).is_some()
        || lower.contains(|c: char| c.is_ascii_digit())
        || ["mid", "during", "i", "ii", "iii", "iv", "v"].contains(&lower.as_str())
}

fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|symbol: char| !symbol.is_alphabetic()).filter(|word| !word.is_empty())
}

fn period(lower: &str) -> Period {
    let has = |known: &[&str]| words(lower).any(|word| known.contains(&word));
    let around = |start: &str| {
        let rest =
            |word: &str| word.strip_prefix(start).map(|rest| AROUND.contains(&rest));
        words(lower).any(|word| rest(word) == Some(true))
    };
    match () {
        () if has(&FIRST) => Period::First,
        () if has(&BEFORE) || around("pre") || has(&["test"]) => Period::Before,
        () if has(&AFTER) || around("post") => Period::After,
        () => Period::Between,
    }
}

/// Days since year 0, about, of a date in a name: year first, else day first unless only
/// the month can be; or of a month with or without its year.
fn date(lower: &str) -> Option<f64> {
    let is_digit = |c: char| c.is_ascii_digit();
    let numbers: Vec<&str> =
        lower.split(|c| !is_digit(c)).filter(|part| !part.is_empty()).collect();
    let (year, month, day) =
        numbered_date(&numbers).or_else(|| named_date(lower, &numbers))?;
    let is_date = (1.0..=12.0).contains(&month) && (1.0..=31.0).contains(&day);
    is_date.then_some(year * 372.0 + month * 31.0 + day)
}

/// Year, month and day of `2025-03-04`, `20250304`, `4.3.25` and `3/14/2025`.
fn numbered_date(numbers: &[&str]) -> Option<(f64, f64, f64)> {
    match *numbers {
        [whole] if whole.len() == 8 && is_century(whole) => {
            Some((value(&whole[..4])?, value(&whole[4..6])?, value(&whole[6..])?))
        }
        [year, month, day] if year.len() == 4 => {
            Some((value(year)?, value(month)?, value(day)?))
        }
        [first, second, year] if matches!(year.len(), 2 | 4) && first.len() <= 2 => {
            let year = value(year)? + if year.len() == 2 { 2000.0 } else { 0.0 };
            day_first(year, value(first)?, value(second)?)
        }
        _ => None,
    }
}

fn is_century(text: &str) -> bool {
    text.starts_with("19") || text.starts_with("20")
}

/// Day first, unless only the month can be.
fn day_first(year: f64, first: f64, second: f64) -> Option<(f64, f64, f64)> {
    Some(if second > 12.0 { (year, first, second) } else { (year, second, first) })
}

fn value(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Year, month and day of `04-Mar-2025`, `Jan2025`, `Feb`.
fn named_date(lower: &str, numbers: &[&str]) -> Option<(f64, f64, f64)> {
    let month = words(lower).find_map(month)?;
    let of = |fits: fn(usize) -> bool| {
        numbers.iter().filter(|number| fits(number.len())).find_map(|text| value(text))
    };
    let (year, day) = (of(|length| length == 4), of(|length| length <= 2));
    Some((year.unwrap_or(0.0), month, day.unwrap_or(1.0)))
}

fn month(word: &str) -> Option<f64> {
    let at = MONTHS.iter().position(|names| names.contains(&word));
    at.map(|at| at as f64 + 1.0)
}

/// Days of `6wk`, `12 weeks`, `day -7`; one number and a unit beside it.
fn duration(lower: &str) -> Option<f64> {
    let unit =
        words(lower).find_map(|word| UNITS.iter().find(|(name, _)| *name == word))?;
    let at = lower.find(|c: char| c.is_ascii_digit())?;
    let digits: String = lower[at..].chars().take_while(char::is_ascii_digit).collect();
    let sign = if lower[..at].ends_with(" -") { -1.0 } else { 1.0 };
    digits.parse::<f64>().ok().map(|number| sign * number * unit.1)
}

/// Words and numbers without what people write in several ways: capitals, blanks, `_`, `-`
/// and zeros before a number.
fn natural(name: &str) -> Vec<NamePart> {
    let mut parts = vec![NamePart::default()];
    let mut in_number = false;
    let is_told = |symbol: &char| symbol.is_alphanumeric();
    for symbol in name.to_lowercase().chars().filter(is_told) {
        let digit = symbol.to_digit(10).map(u64::from);
        if in_number && digit.is_none() {
            parts.push(NamePart::default());
        }
        in_number = digit.is_some();

        let Some(part) = parts.last_mut() else { continue };
        match digit {
            Some(digit) => {
                part.number = part.number.saturating_mul(10).saturating_add(digit);
            }
            None => part.words.push(symbol),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names =
            ["ses-10", "ses-9", "ses-post1", "ses-1b", "ses-1a", "Pre", "preparation"];
        names.sort_by_key(|name| visit_order(name));
        assert_eq!(
            names,
            ["Pre", "preparation", "ses-1a", "ses-1b", "ses-9", "ses-10", "ses-post1"]
        );
        for later in [
            &["visit1", "Visit 2", "VISIT_03", "visit-10"][..],
            &["30.12.2024", "04.03.2025", "02.11.2025"],
            &["12-31-2024", "03-04-2025"],
            &["04-Mar-2025", "02-Nov-2025"],
            &["1.3.25", "1.2.26"],
            &["2024-12-30", "2025-03-04"],
            &["Pretest", "Posttest"],
            &["Vortest", "Nachtest"],
            &["Eingang", "Ausgang"],
            &["test", "retest"],
            &["Jan", "Feb", "Mar", "Dec"],
            &["Jan2025", "Apr2025"],
            &["6wk", "12wk", "6mo"],
            &["screening", "baseline", "post"],
            &["day -7", "day 0", "day 7"],
            &["Initial", "Final"],
            &["pre", "mid", "post"],
        ] {
            let mut names = later.to_vec();
            names.reverse();
            names.sort_by_key(|name| visit_order(name));
            assert_eq!(names, later);
        }
        let visits = [("S1", "Winter"), ("S1", "Spring"), ("S2", "V1")];
        let said = unordered(visits.into_iter()).unwrap();
        assert!(said.contains("2 visits") && said.contains("Spring, Winter"), "{said}");
        assert_eq!(unordered([("S1", "V1"), ("S1", "V2")].into_iter()), None);
        for name in ["preferred", "posture", "decline", "marathon"] {
            assert!(!tells_order(name), "{name}");
        }
        assert!(!tells_order("Winter") && tells_order("T1") && tells_order("Pretest"));
    }
}
