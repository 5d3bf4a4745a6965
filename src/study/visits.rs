//! In which order visits were: told from their names.

/// Words of the visits before and after what a study is about.
const BEFORE: [&str; 6] = ["pre", "before", "baseline", "vor", "vorher", "avant"];
const AFTER: [&str; 8] =
    ["post", "after", "followup", "follow", "fu", "nach", "nachher", "apres"];

/// A key by which visits sort: `pre` before and `post` after all others, which sort as
/// people count (`ses-9` before `ses-10`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitOrder {
    period: Period,
    name: Vec<NamePart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Period {
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
    VisitOrder { period: period(session), name: natural(session) }
}

fn period(session: &str) -> Period {
    let lower = session.to_lowercase();
    let has = |words: &[&str]| {
        lower
            .split(|symbol: char| !symbol.is_alphabetic())
            .any(|word| words.contains(&word))
    };
    if has(&BEFORE) {
        Period::Before
    } else if has(&AFTER) {
        Period::After
    } else {
        Period::Between
    }
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
        let mut names = ["Visit 2", "visit-10", "visit1", "VISIT_03"];
        names.sort_by_key(|name| visit_order(name));
        assert_eq!(names, ["visit1", "Visit 2", "VISIT_03", "visit-10"]);
    }
}
