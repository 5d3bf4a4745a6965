//! What a recording is for, from its name.

use crate::session::Role;

/// What a name says of the role of its recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedRole {
    /// The role that is taken.
    pub(super) role: Role,
    /// Which words of the name speak for a role, taken or not; `None` where none does.
    pub(super) hint: Option<RoleHint>,
}

impl NamedRole {
    /// The role that a word means in a study.
    pub(super) fn by_word(word: &str, role: Role) -> Self {
        let hint = RoleHint { word: word.to_owned(), role, heard: Heard::Taken };
        Self { role, hint: Some(hint) }
    }
}

/// Words of a name that speak for a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RoleHint {
    /// The word, as the name has it but for capitals.
    pub word: String,
    /// The role that it speaks for.
    pub role: Role,
    /// What was made of it.
    pub heard: Heard,
}

/// What was made of a word that speaks for a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Heard {
    /// The role was taken.
    Taken,
    /// It was not, because of what else the name holds.
    Outweighed(String),
    /// It was not: the word alone does not say it. The user is asked.
    Asked,
}

/// Words that name a trial of maximal voluntary contraction or a recording of rest.
const MAXIMAL: &[&str] = &["mvc", "mvic", "mvcs", "mvics"];
const AT_REST: &[&str] = &["rest", "resting"];
/// Words that may mean the same, in the languages of those who write them: they are asked
/// about.
const PERHAPS_MAXIMAL: &[&str] = &[
    "max",
    "maxi",
    "maximal",
    "maximale",
    "maximales",
    "maximo",
    "maxima",
    "massimale",
    "massima",
    "maximum",
    "maximalkraft",
    "maxkraft",
    "kraft",
    "kracht",
    "force",
    "forza",
    "fuerza",
    "strength",
    "mvf",
    "mvt",
    "cmv",
    "cvm",
    "mvk",
];
const PERHAPS_AT_REST: &[&str] = &[
    "baseline",
    "ruhe",
    "ruhig",
    "ruhemessung",
    "ruhelage",
    "repos",
    "reposo",
    "riposo",
    "repouso",
    "rust",
    "vila",
    "relax",
    "relaxed",
    "relaxation",
    "entspannt",
    "noise",
    "rauschen",
    "bruit",
    "quiet",
    "idle",
    "silence",
    "stille",
    "offset",
    "nullmessung",
];
/// Words of tasks: beside one of them, `mvc` and `rest` say what it is done at, after or
/// with. Words that begin with one of them are meant, too.
const TASKS: &[&str] = &[
    "walk",
    "gait",
    "run",
    "running",
    "jog",
    "sprint",
    "squat",
    "jump",
    "hop",
    "landing",
    "hold",
    "raise",
    "rise",
    "lift",
    "curl",
    "row",
    "step",
    "stair",
    "climb",
    "cycl",
    "bike",
    "pedal",
    "ergometer",
    "treadmill",
    "ramp",
    "fatig",
    "endur",
    "exhaust",
    "exercise",
    "task",
    "movement",
    "motion",
    "dynamic",
    "sustained",
    "submax",
    "sway",
    "balance",
    "reach",
    "grasp",
    "throw",
    "kick",
    "swing",
    "swim",
    "dance",
    "drop",
    "lunge",
    "plank",
    "perturb",
    "stretch",
    "stimul",
    "reflex",
    "tremor",
    "recover",
    "warmup",
    "cooldown",
    "pause",
    "interval",
    "gehen",
    "gang",
    "lauf",
    "spring",
    "halte",
    "heben",
    "kniebeug",
    "ermued",
    "ermüd",
    "treppe",
    "marche",
    "course",
    "saut",
    "tenue",
    "camin",
    "cammin",
    "marcha",
    "salto",
    "corsa",
];
/// Words of standing: a muscle does not rest in it, and may well be tried at its maximum.
const STANDING: &[&str] = &["stand", "steh", "debout", "upright"];
/// Words that set what follows them into a relation with something else.
const RELATIONS: &[&str] = &[
    "to", "after", "before", "from", "until", "between", "during", "without", "nach",
    "vor", "bis", "ohne", "apres", "après", "avant", "sans", "dopo", "prima", "sub",
    "non", "no",
];
/// Words that do so before a maximum: a visit before (`pre`) has rest as well.
const BEFORE_MAXIMAL: &[&str] = &["pre", "post"];
/// Words that lead from what stands before them to something else.
const LEADING_ON: &[&str] = &["to", "until", "bis"];
/// Words of a share, which follow its number.
const SHARES: &[&str] = &["pct", "percent", "prozent", "pc", "perc", "pourcent"];

/// Words that are numbered within a session.
const NUMBERED: &[&str] = &[
    "trial",
    "tr",
    "rep",
    "repetition",
    "set",
    "test",
    "rec",
    "record",
    "recording",
    "file",
    "emg",
    "take",
    "visit",
    "day",
    "session",
    "ses",
    "block",
    "part",
    "condition",
    "cond",
    "versuch",
    "messung",
    "aufnahme",
    "essai",
    "mesure",
    "prova",
    "ensayo",
    "data",
    "ch",
    "channel",
    "sensor",
    "level",
    "load",
    "kg",
    "week",
    "month",
    "run",
    "export",
    "plot",
];

/// What a recording of a role is.
pub(super) fn described(role: Role) -> &'static str {
    match role {
        Role::Mvc => "a maximal voluntary contraction, the reference",
        Role::Rest => "a recording of rest",
        Role::Task | Role::Ignore => "a task",
    }
}

impl RoleHint {
    /// What was made of the name, for the user.
    pub fn describe(&self) -> String {
        let (what, key) = (described(self.role), self.role.key());
        let word = &self.word;
        match &self.heard {
            Heard::Taken => format!(
                "taken as {what}, because its name holds \"{word}\"; if it is not, say role \
                 = \"task\" in study.toml"
            ),
            Heard::Outweighed(other) => format!(
                "taken as a task although its name holds \"{word}\", because it holds \
                 \"{other}\", too; if it is {what}, say role = \"{key}\" in study.toml"
            ),
            Heard::Asked => format!(
                "its name holds \"{word}\": is it {what}? Taken as a task; if so, say role = \
                 \"{key}\" in study.toml"
            ),
        }
    }
}

/// Whether a folder is called after the trials of maximal contraction or of rest in it.
pub(super) fn is_of_a_role(folder: &str) -> bool {
    let lower = folder.to_lowercase();
    [MAXIMAL, AT_REST].into_iter().any(|words| words.contains(&lower.as_str()))
}

/// Whether a word of a folder's name says so: `MVC_all`.
pub(super) fn speaks_of_a_role(folder: &str) -> bool {
    folder.split(|c: char| !c.is_alphanumeric()).any(is_of_a_role)
}

/// A piece of a name: letters, digits, or a per cent sign; and whether a separator stands
/// before it.
#[derive(Debug, Clone, PartialEq)]
struct NamePart {
    text: String,
    is_apart: bool,
}

/// What a recording is for, from its name: `mvc` or `mvic`, `rest` or `resting` as a word of
/// its own. Beside a share (`50%MVC`, `30_pct_mvc`), a task (`mvc-fatigue`) or a word that
/// relates it to one (`walk_after_rest`, `submvc`) it is a task.
pub(super) fn named_role(stem: &str) -> NamedRole {
    let parts = parts(stem);
    let found = |words: &[&str]| {
        parts.iter().position(|part| words.contains(&part.text.as_str()))
    };
    let named = [(MAXIMAL, Role::Mvc), (AT_REST, Role::Rest)].into_iter();
    let named = named.filter_map(|(words, role)| Some((found(words)?, role))).next();
    if let Some((at, role)) = named.or_else(|| with_prefix(&parts)) {
        return weighed(&parts, at, role);
    }

    let asked = [(PERHAPS_MAXIMAL, Role::Mvc), (PERHAPS_AT_REST, Role::Rest)].into_iter();
    let asked = asked.filter_map(|(words, role)| Some((found(words)?, role))).next();
    // A walk at maximal speed, and a walk of the baseline visit, are walks.
    let is_task = parts.iter().any(|part| begins_as_one(&part.text, TASKS));
    let hint = asked.filter(|_| !is_task).map(|(at, role)| RoleHint {
        word: parts[at].text.clone(),
        role,
        heard: Heard::Asked,
    });
    NamedRole { role: Role::Task, hint }
}

/// `submvc`, `premvc`, `calfmvc`: not a word of its own.
fn with_prefix(parts: &[NamePart]) -> Option<(usize, Role)> {
    let is_it = |part: &NamePart| {
        ["mvc", "mvic"].iter().any(|word| {
            let before = part.text.strip_suffix(word);
            before.is_some_and(|before| {
                RELATIONS.contains(&before) || BEFORE_MAXIMAL.contains(&before)
            })
        })
    };
    parts.iter().position(is_it).map(|at| (at, Role::Mvc))
}

/// The role that a word names, unless the rest of the name outweighs it.
fn weighed(parts: &[NamePart], at: usize, role: Role) -> NamedRole {
    let word = parts[at].text.clone();
    match outweighing(parts, at) {
        Some(other) => {
            let hint = RoleHint { word, role, heard: Heard::Outweighed(other) };
            NamedRole { role: Role::Task, hint: Some(hint) }
        }
        None => {
            NamedRole { role, hint: Some(RoleHint { word, role, heard: Heard::Taken }) }
        }
    }
}

/// What beside a word says that it is not the role.
fn outweighing(parts: &[NamePart], at: usize) -> Option<String> {
    let is_number = |part: &NamePart| part.text.starts_with(|c: char| c.is_ascii_digit());
    let own = !MAXIMAL.contains(&parts[at].text.as_str())
        && !AT_REST.contains(&parts[at].text.as_str());
    if own {
        return Some(parts[at].text.clone());
    }
    // A share: 50%, 50 pct, 50mvc, mvc50%, 50_mvc.
    let share = parts.iter().enumerate().find(|(k, part)| {
        let before_it = *k > 0 && is_number(&parts[k - 1]);
        part.text == "%" || (SHARES.contains(&part.text.as_str()) && before_it)
    });
    if let Some((k, part)) = share {
        let number = k.checked_sub(1).map_or("", |k| &parts[k].text);
        return Some(format!("{number}{}", part.text));
    }
    let before = at.checked_sub(1).map(|k| &parts[k]).filter(|part| is_number(part));
    let glued = before.filter(|_| !parts[at].is_apart);
    let round = before.filter(|part| is_round(&part.text));
    if let Some(number) = glued.or(round) {
        return Some(number.text.clone());
    }
    let behind = parts.get(at + 1).filter(|part| is_high_share(&part.text));
    if let Some(number) = behind.filter(|_| MAXIMAL.contains(&parts[at].text.as_str())) {
        return Some(number.text.clone());
    }
    let outweighs = |k: &usize| *k != at && is_other(parts, *k, at);
    (0..parts.len()).find(outweighs).map(|k| parts[k].text.clone())
}

/// Whether a part of a name makes a task of what another part names.
fn is_other(parts: &[NamePart], k: usize, at: usize) -> bool {
    let text = parts[k].text.as_str();
    let is_maximal = MAXIMAL.contains(&parts[at].text.as_str());
    let is_task =
        begins_as_one(text, TASKS) || (!is_maximal && begins_as_one(text, STANDING));
    let relates =
        RELATIONS.contains(&text) || (is_maximal && BEFORE_MAXIMAL.contains(&text));
    let leads_on = LEADING_ON.contains(&text) && k == at + 1 && k + 1 < parts.len();
    (is_task && !is_label(parts, k)) || (relates && k + 1 == at) || leads_on
}

/// `task-` and `run-` of a BIDS name, which every recording of such a data set has, and the
/// number of a run.
fn is_label(parts: &[NamePart], k: usize) -> bool {
    let next = parts.get(k + 1);
    let is_numbered =
        next.is_some_and(|part| part.text.starts_with(|c: char| c.is_ascii_digit()));
    match parts[k].text.as_str() {
        "task" => next.is_some(),
        "run" => is_numbered,
        _ => false,
    }
}

/// Shares of a maximum that people ask for; numbers of trials begin at 1, and with a 0
/// where there are many.
fn is_round(number: &str) -> bool {
    let value: Option<u32> = number.parse().ok();
    !number.starts_with('0')
        && value.is_some_and(|value| (10..=100).contains(&value) && value % 5 == 0)
}

/// The same behind the word, where the number of a tenth trial stands, too.
fn is_high_share(number: &str) -> bool {
    let value: Option<u32> = number.parse().ok();
    is_round(number) && value.is_some_and(|value| (20..100).contains(&value))
}

/// Whether letters before a number name a kind of recording or its place among others, and
/// no person.
pub(in crate::session) fn names_a_recording(letters: &str) -> bool {
    let letters = letters.to_lowercase();
    let word = letters.as_str();
    [MAXIMAL, AT_REST, PERHAPS_MAXIMAL, PERHAPS_AT_REST, NUMBERED]
        .into_iter()
        .any(|words| words.contains(&word))
        || begins_as_one(word, TASKS)
        || begins_as_one(word, STANDING)
}

fn begins_as_one(text: &str, words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| if word.len() > 3 { text.starts_with(word) } else { text == *word })
}

/// The letters and digits of a name in lower case, parted where separators stand, letters
/// and digits meet, or a capital follows a small letter.
fn parts(stem: &str) -> Vec<NamePart> {
    let mut parts: Vec<NamePart> = Vec::new();
    let mut last: Option<char> = None;
    for c in stem.chars() {
        let kind = |c: char| (c.is_alphabetic(), c.is_numeric(), c == '%');
        let is_part = c.is_alphanumeric() || c == '%';
        let continues = last.is_some_and(|last| {
            kind(last) == kind(c) && !(last.is_lowercase() && c.is_uppercase())
        });
        let joined = last.is_some_and(|last| last.is_alphanumeric() || last == '%');
        if is_part && !(joined && continues) {
            parts.push(NamePart { text: String::new(), is_apart: !joined });
        }
        if let Some(part) = parts.last_mut().filter(|_| is_part) {
            part.text.extend(c.to_lowercase());
        }
        last = Some(c);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(stem: &str) -> Role {
        named_role(stem).role
    }

    #[test]
    fn a_share_of_the_maximum_is_a_task() {
        for name in [
            "mvc",
            "mvc1",
            "S01_mvc_2",
            "calf MVC 1",
            "CalfMVC",
            "sub-01_task-mvc_emg",
            "2024-05-03_MVIC",
            "S02_01_mvc",
            "mvc_pre",
            "knee-extension_mvc",
            "MVC_SOL_left",
            "grip mvc standing",
            "sub-01_task-mvc_run-02_emg",
            "mvc run2",
            "mvc10",
            "mvc_03",
        ] {
            assert_eq!(role(name), Role::Mvc, "{name}");
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
            "hold-50mvc",
            "50%MVC_hold",
            "50_mvc",
            "mvc-fatigue",
            "mvc50%",
            "walk_post_mvc",
            "mvc_50",
            "SOL-MVC-80",
        ] {
            assert_eq!(role(name), Role::Task, "{name}");
        }
    }

    /// On the build before these were recordings of rest.
    #[test]
    fn rest_beside_a_task_is_the_task() {
        for name in [
            "rest",
            "Rest_1",
            "S01_resting",
            "rest_pre",
            "pre_rest",
            "rest_after",
            "sub-01_task-rest_emg",
        ] {
            assert_eq!(role(name), Role::Rest, "{name}");
        }
        for name in
            ["rest-to-stand", "walk_after_rest", "restWalk", "squat rest-pause", "arrest"]
        {
            assert_eq!(role(name), Role::Task, "{name}");
        }
        let hint = named_role("walk_after_rest").hint.unwrap();
        assert_eq!((hint.word.as_str(), hint.role), ("rest", Role::Rest));
        assert_eq!(hint.heard, Heard::Outweighed("walk".into()));
    }

    #[test]
    fn words_that_may_say_it_are_asked_about() {
        for (name, wanted) in [
            ("max1", Role::Mvc),
            ("SOL_maximal", Role::Mvc),
            ("Kraft_links", Role::Mvc),
            ("force maximale", Role::Mvc),
            ("Maximalkraft", Role::Mvc),
            ("baseline", Role::Rest),
            ("Ruhe", Role::Rest),
            ("repos_2", Role::Rest),
        ] {
            let NamedRole { role, hint } = named_role(name);
            let hint = hint.unwrap_or_else(|| panic!("{name}"));
            assert_eq!((role, hint.role), (Role::Task, wanted), "{name}");
            assert_eq!(hint.heard, Heard::Asked, "{name}");
        }
        for name in ["walk_max_speed", "baseline_walk", "maxime", "gait", "unruhe"] {
            assert_eq!(named_role(name), NamedRole { role: Role::Task, hint: None });
        }
    }
}
