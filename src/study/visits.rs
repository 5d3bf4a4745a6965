//! What a task is, and in which order visits were: both told from names.

/// Parts of a name that tell who, when and which try, and nothing of the task (BIDS).
const NOT_THE_TASK: [&str; 3] = ["sub-", "ses-", "run-"];

/// What stands before the task in a name.
const TASK: &str = "task-";

/// The last part of the name of a recording.
const SUFFIX: &str = "emg";

/// The task of a recording, in lower case: two recordings of one task differ in person,
/// visit and try alone.
///
/// Where the name tells it (`sub-01_ses-02_task-hold_run-3_emg`), the task is what stands
/// there: `hold`, with other entities behind it (`hold_acq-fast`). Else it is the name
/// without a number at its end: `hold` of `Hold_03` and of `hold-2`. A name that is
/// nothing but a number is a task of its own.
pub fn task_of(recording: &str) -> String {
    let lower = recording.to_lowercase();
    let is_of_the_task =
        |part: &&str| !NOT_THE_TASK.iter().any(|entity| part.starts_with(entity));
    let parts: Vec<&str> = lower.split('_').filter(is_of_the_task).collect();
    if parts.iter().any(|part| part.starts_with(TASK)) {
        told(&parts)
    } else {
        without_number(parts.join("_"))
    }
}

fn told(parts: &[&str]) -> String {
    let kept = parts.iter().filter(|part| **part != SUFFIX);
    let bare = kept.map(|part| part.strip_prefix(TASK).unwrap_or(part));
    bare.collect::<Vec<_>>().join("_")
}

fn without_number(name: String) -> String {
    let bare = name
        .trim_end_matches(|symbol: char| symbol.is_ascii_digit())
        .trim_end_matches(['-', '_', ' ']);
    if bare.is_empty() { name } else { bare.to_owned() }
}

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

fn natural(name: &str) -> Vec<NamePart> {
    let mut parts = vec![NamePart::default()];
    let mut in_number = false;
    for symbol in name.chars() {
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
    fn a_told_task_is_the_task() {
        assert_eq!(task_of("sub-01_ses-02_task-hold_run-3_emg"), "hold");
        assert_eq!(task_of("sub-01_task-Hold_acq-fast_emg"), "hold_acq-fast");
        // Numbers of told tasks are part of them: tries are told by `run-`.
        assert_ne!(task_of("task-walk1_emg"), task_of("task-walk2_emg"));
    }

    #[test]
    fn other_tasks_are_names_without_their_number() {
        assert_eq!(task_of("Hold_03"), "hold");
        assert_eq!(task_of("Hold_03"), task_of("hold-2"));
        assert_eq!(task_of("hold_emg"), "hold_emg");
        assert_ne!(task_of("hold 1"), task_of("raises 1"));
        assert_eq!(task_of("20260101"), "20260101");
    }

    #[test]
    fn names_sort_as_people_count() {
        let mut names =
            ["ses-10", "ses-9", "ses-post1", "ses-1b", "ses-1a", "Pre", "preparation"];
        names.sort_by_key(|name| visit_order(name));
        assert_eq!(
            names,
            ["Pre", "preparation", "ses-1a", "ses-1b", "ses-9", "ses-10", "ses-post1"]
        );
    }
}
