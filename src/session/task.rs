//! Which task a recording is of, from its name: two recordings of one task differ in
//! person, visit and try alone.

/// Parts of a name that tell who, when and which try, and nothing of the task (BIDS).
const NOT_THE_TASK: [&str; 3] = ["sub-", "ses-", "run-"];
/// What stands before the task in a name.
const TASK: &str = "task-";
/// The last part of the name of a recording.
const SUFFIX: &str = "emg";
/// Words before the number of a person, and of a visit.
const PERSON: [&str; 14] = [
    "s",
    "p",
    "sub",
    "subj",
    "subject",
    "vp",
    "pp",
    "id",
    "pat",
    "patient",
    "proband",
    "participant",
    "tn",
    "person",
];
const VISIT: [&str; 18] = [
    "v", "t", "m", "d", "w", "visit", "ses", "sess", "session", "day", "tag", "week",
    "woche", "besuch", "termin", "messung", "visite", "time",
];
/// How many parts of a name may make one of subject or session together.
const TOGETHER: usize = 4;

/// The task of a recording, in lower case.
///
/// Where the name tells it (`sub-01_ses-02_task-hold_run-3_emg`), the task is what stands
/// there: `hold`, with other entities behind it (`hold_acq-fast`). Else it is the name
/// without what it holds of its subject and session, and without a number at its end:
/// `hold` of `S02_V1_Hold_03` of subject `S02` at `visit 1`, and of `hold-2`. A name that
/// is nothing but these is a task of its own.
pub(super) fn task_of(recording: &str, subject: &str, session: &str) -> String {
    let lower = recording.to_lowercase();
    let is_of_the_task =
        |part: &&str| !NOT_THE_TASK.iter().any(|entity| part.starts_with(entity));
    let parts: Vec<&str> = lower.split('_').filter(is_of_the_task).collect();
    if parts.iter().any(|part| part.starts_with(TASK)) {
        return told(&parts);
    }
    let name = parts.join("_");
    let bare = without_number(&without_names(&name, subject, session));
    if bare.is_empty() { name } else { bare }
}

/// A name without what it holds of its subject and session.
pub(super) fn own_words(name: &str, subject: &str, session: &str) -> String {
    let bare = without_names(name, subject, session);
    if bare.is_empty() { name.to_owned() } else { bare }
}

fn without_names(name: &str, subject: &str, session: &str) -> String {
    without(&without(name, subject, &PERSON), session, &VISIT)
}

/// Whether a word is a person's number: `S01`, `VP3`, `Proband 12`.
pub(super) fn is_person(word: &str) -> bool {
    is_numbered(word, &PERSON)
}

/// Whether a word is a visit's number, or one of before and after: `V1`, `visit 2`, `pre`.
pub(super) fn is_visit(word: &str) -> bool {
    let lower = word.to_lowercase();
    is_numbered(word, &VISIT)
        || ["pre", "post", "baseline", "followup"].contains(&&*lower)
}

fn is_numbered(word: &str, words: &[&str]) -> bool {
    let key = key(word);
    let letters = key.trim_end_matches(|c: char| c.is_ascii_digit());
    letters.len() < key.len() && words.contains(&letters)
}

fn told(parts: &[&str]) -> String {
    let kept = parts.iter().filter(|part| **part != SUFFIX);
    let bare = kept.map(|part| part.strip_prefix(TASK).unwrap_or(part));
    bare.collect::<Vec<_>>().join("_")
}

/// Without the number of a try; round ones from 20 on are loads, shares and speeds.
fn without_number(name: &str) -> String {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let is_load = digits.parse::<u32>().is_ok_and(|n| n >= 20 && n.is_multiple_of(5));
    if is_load && !digits.starts_with('0') {
        return name.to_owned();
    }
    let bare = name
        .trim_end_matches(|symbol: char| symbol.is_ascii_digit())
        .trim_end_matches(is_separator);
    if bare.is_empty() { name.to_owned() } else { bare.to_owned() }
}

fn is_separator(symbol: char) -> bool {
    matches!(symbol, '-' | '_' | ' ' | '.')
}

/// A name without the parts that are the name of a person or visit, or that have its
/// number behind one of the words.
fn without(name: &str, other: &str, words: &[&str]) -> String {
    let own = key(other);
    if own.is_empty() {
        return name.to_owned();
    }
    let parts: Vec<&str> =
        name.split(is_separator).filter(|part| !part.is_empty()).collect();
    let is_it = |part: &str| {
        let part = key(part);
        let numbered = |text: &str| {
            let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
            let word = &text[..text.len() - digits.len()];
            (word.to_owned(), digits.to_owned())
        };
        let ((word, number), (_, own_number)) = (numbered(&part), numbered(&own));
        part == own
            || (!number.is_empty()
                && number == own_number
                && words.contains(&word.as_str()))
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let whole = (1..=TOGETHER.min(parts.len() - at))
            .rev()
            .find(|count| is_it(&parts[at..at + count].concat()));
        match whole {
            Some(count) => at += count,
            None => {
                kept.push(parts[at]);
                at += 1;
            }
        }
    }
    // What stays as it is keeps its separators.
    if kept.len() == parts.len() { name.to_owned() } else { kept.join("_") }
}

/// Letters and digits in lower case, numbers without zeros before them.
pub(super) fn key(name: &str) -> String {
    let mut key = String::new();
    let mut in_number = false;
    for symbol in name.to_lowercase().chars().filter(|symbol| symbol.is_alphanumeric()) {
        let is_digit = symbol.is_ascii_digit();
        if symbol != '0' || in_number {
            key.push(symbol);
        }
        in_number = is_digit && (in_number || symbol != '0');
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(name: &str) -> String {
        task_of(name, "", "")
    }

    #[test]
    fn a_told_task_is_the_task() {
        assert_eq!(alone("sub-01_ses-02_task-hold_run-3_emg"), "hold");
        assert_eq!(alone("sub-01_task-Hold_acq-fast_emg"), "hold_acq-fast");
        // Numbers of told tasks are part of them: tries are told by `run-`.
        assert_ne!(alone("task-walk1_emg"), alone("task-walk2_emg"));
    }

    #[test]
    fn other_tasks_are_names_without_their_number() {
        assert_eq!(alone("Hold_03"), "hold");
        assert_eq!(alone("Hold_03"), alone("hold-2"));
        assert_eq!(alone("hold_emg"), "hold_emg");
        assert_ne!(alone("hold 1"), alone("raises 1"));
        assert_eq!(alone("20260101"), "20260101");
        assert_ne!(alone("hold_50"), alone("hold_80"));
    }

    #[test]
    fn a_task_holds_neither_person_nor_visit() {
        for (name, subject, session) in [
            ("S02_V1_hold", "S02", "V1"),
            ("S02_V2_hold", "S02", "V2"),
            ("s2-visit_02-Hold", "S02", "Visit 2"),
            ("hold_P3_T1", "P03", "T1"),
            ("Hold_V1", "Müller", "visit1"),
            ("02 hold pre", "02", "pre"),
        ] {
            assert_eq!(task_of(name, subject, session), "hold", "{name}");
        }
        assert_eq!(task_of("S02_V1", "S02", "V1"), "s02_v1");
        assert_eq!(task_of("t1_walk", "S1", "2"), "t1_walk");
    }
}
