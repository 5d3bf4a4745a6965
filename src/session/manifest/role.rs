//! What a recording is for, from its name.

use crate::session::Role;

/// What a recording is for, from its name: `mvc` or `mvic`, `rest` or `baseline` as a
/// word of its own. A share of it (`50%MVC`, `30_pct_mvc`, `submvc`) is a task.
pub(super) fn guess_role(stem: &str) -> Role {
    let lower = stem.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphabetic());
    if is_maximal(stem) {
        Role::Mvc
    } else if words.any(|word| matches!(word, "rest" | "resting" | "baseline")) {
        Role::Rest
    } else {
        Role::Task
    }
}

fn is_maximal(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    let Some(at) = ["mvc", "mvic"].iter().filter_map(|word| lower.find(word)).min()
    else {
        return false;
    };
    let before = &lower[..at];
    let camel_case = stem.get(at..at + 1) == Some("M")
        && before.ends_with(|c: char| c.is_ascii_lowercase());
    let begins_a_word = before.is_empty()
        || before.ends_with(['_', '-', ' ', '.', '(', '['])
        || camel_case;
    let last = before.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let share = ["%", "sub", "pre", "post", "no", "non", "pct", "percent", "prozent"]
        .iter()
        .any(|end| {
            last.strip_suffix(end).is_some_and(|rest| {
                *end == "%" || !rest.ends_with(|c: char| c.is_alphabetic())
            })
        });
    begins_a_word && !share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_maximum_is_a_task() {
        for name in [
            "mvc",
            "S01_mvc_2",
            "calf MVC 1",
            "CalfMVC",
            "sub-01_task-mvc_emg",
            "2024-05-03_MVIC",
            "S02_01_mvc",
        ] {
            assert_eq!(guess_role(name), Role::Mvc, "{name}");
        }
        for name in [
            "hold_50%MVC",
            "hold_30mvc",
            "50 % MVC",
            "submvc",
            "premvc",
            "nomvc",
            "30_pct_mvc",
            "sub_mvc",
            "hold",
        ] {
            assert_eq!(guess_role(name), Role::Task, "{name}");
        }
    }
}
