//! What a setting says of itself: ranges that are held, messages that help, pages that are
//! current.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use soleus::analysis::{Activity, Switch};
use soleus::condition::Step;
use soleus::envelope::Envelope;
use soleus::onset::Detector;
use soleus::recipe::{Recipe, STANDARD};
use soleus::settings::KeyFact;

use crate::program::files_below;

/// Numbers without an upper limit: they are in the unit of a channel, whatever that is.
const ENDLESS: &[&str] = &["contacts.on", "contacts.off"];

/// What the ending of a key says of its unit.
const UNITS: &[(&str, &str)] = &[
    ("_per_s", "1/s"),
    ("_per_min", "1/min"),
    ("_s", "s"),
    ("_hz", "Hz"),
    ("_db", "dB"),
    ("_v", "V"),
    ("_percent", "%"),
];

fn numbers() -> Vec<KeyFact> {
    let numbers: Vec<KeyFact> =
        Recipe::facts().into_iter().filter(|fact| fact.range.is_some()).collect();
    assert!(numbers.len() > 100, "the numbers were not found: {}", numbers.len());
    numbers
}

/// A recipe that gives one key, as TOML; the key's own name, and how it is written there.
fn recipe_with(path: &str, value: &str) -> String {
    let mut text = String::new();
    let mut closing = String::new();
    for part in path.split('.') {
        match part.strip_suffix("[]") {
            Some(name) => {
                text.push_str(&format!("{{ {name} = [ "));
                closing.insert_str(0, " ] }");
            }
            None => {
                text.push_str(&format!("{{ {part} = "));
                closing.insert_str(0, " }");
            }
        }
    }
    // What lies between events needs their label.
    let label = if path.contains(".events.") { ", start = \"touchdown\"" } else { "" };
    let inline = format!("{text}{value}{label}{closing}");
    // The outermost table is the document itself.
    inline[2..inline.len() - 2].to_owned()
}

/// A list as long as the default, with one number in the place of all others.
fn filled(fact: &KeyFact, number: &str) -> String {
    match &fact.default {
        Some(default) if default.starts_with("[[") => {
            format!("[[{number}, {number}], [{number}, {number}]]")
        }
        Some(default) if default.starts_with('[') => format!("[{number}, {number}]"),
        _ => number.to_owned(),
    }
}

fn refusal(fact: &KeyFact, number: &str) -> String {
    let text = recipe_with(&fact.path, &filled(fact, number));
    match Recipe::from_toml(&text, &[]) {
        Ok(_) => panic!("{text} was accepted"),
        Err(error) => error.to_string(),
    }
}

fn next_number(value: f64, whole: bool, direction: f64) -> String {
    match whole {
        true => (value + direction).to_string(),
        false => {
            let next = if direction > 0.0 { value.next_up() } else { value.next_down() };
            format!("{next:e}")
        }
    }
}

#[test]
fn every_number_has_a_range_and_a_unit() {
    for fact in numbers() {
        let range = fact.range.unwrap();
        let endless = ENDLESS.iter().any(|end| fact.path.ends_with(end));
        assert!(range.low.is_some(), "{}: no lower limit", fact.path);
        assert!(range.high.is_some() || endless, "{}: no upper limit", fact.path);
        let unit = UNITS.iter().find(|(end, _)| fact.path.ends_with(end));
        let unit = unit.map(|(_, unit)| *unit);
        if unit.is_some() {
            assert_eq!(range.unit.as_deref(), unit, "{}", fact.path);
        }
    }
}

#[test]
fn every_key_says_what_it_means() {
    for fact in Recipe::facts() {
        assert!(fact.doc.len() > 10, "{}: {:?}", fact.path, fact.doc);
    }
}

#[test]
fn every_limit_is_held_and_named() {
    for fact in numbers() {
        let range = fact.range.clone().unwrap();
        let low = range.low.map(|end| match end.included {
            true => next_number(end.value, fact.whole, -1.0),
            false => end.value.to_string(),
        });
        let high = range.high.map(|end| match end.included {
            true => next_number(end.value, fact.whole, 1.0),
            false => end.value.to_string(),
        });
        // Below 0 there is no whole number that a limit of 0 could be tried with but -1.
        for number in [low, high].into_iter().flatten() {
            let text = refusal(&fact, &number);
            let key = fact.path.replace("[]", "[0]");
            assert!(text.contains(&key), "{key} is not in\n{text}");
            assert!(text.contains(&range.words().unwrap()), "{text}");
            accepted_hint(&fact, &text);
        }
        for number in ["nan", "inf", "-inf"] {
            let text = refusal(&fact, number);
            assert!(!text.contains("invalid type"), "{text}");
        }
    }
}

/// What the hint advises is accepted.
fn accepted_hint(fact: &KeyFact, text: &str) {
    let (_, hint) =
        text.split_once("hint: ").unwrap_or_else(|| panic!("no hint:\n{text}"));
    let name = fact.path.rsplit('.').next().unwrap();
    let advised = hint
        .strip_prefix(&format!("{name} = "))
        .and_then(|hint| hint.strip_suffix(" works"));
    match advised {
        Some(value) => {
            Recipe::from_toml(&recipe_with(&fact.path, value), &[]).unwrap();
        }
        None => assert!(hint.starts_with("leave ") && fact.default.is_none(), "{hint}"),
    }
}

#[test]
fn a_recipe_built_in_code_is_checked_as_one_that_is_read() {
    assert!(Recipe::default().check().is_ok());
    let mut recipe = Recipe::default();
    recipe.normalisation.window_s = f64::NAN;
    let text = recipe.check().unwrap_err().to_string();
    assert!(text.starts_with("normalisation.window_s = nan is not a number"), "{text}");
    let mut recipe = Recipe::default();
    let mut symmetry = recipe.analysis.symmetry.on().unwrap().clone();
    symmetry.seed = u64::MAX;
    recipe.analysis.symmetry = Switch::On(symmetry);
    let text = recipe.check().unwrap_err().to_string();
    assert!(text.starts_with("analysis.symmetry.seed = "), "{text}");
}

#[test]
fn every_default_passes_its_own_check() {
    let mut recipe = Recipe { conditioning: Step::all(), ..Recipe::default() };
    let mut activity = Activity::default();
    activity.bursts.detectors = Detector::all();
    recipe.analysis.activity = Switch::On(activity);
    recipe.analysis.complexity = Switch::default();
    for envelope in Envelope::all() {
        recipe.envelope = envelope;
        recipe.check().unwrap();
    }
}

#[test]
fn rules_between_keys_are_held_where_they_stand() {
    let says = |text: &str| Recipe::from_toml(text, &[]).unwrap_err().to_string();
    let text = says("[analysis.fatigue]\nlow_hz = 30\nhigh_hz = 20\n");
    assert!(
        text.starts_with(
            "line 3, column 11: analysis.fatigue.high_hz = 20 is not above low_hz = 30"
        ),
        "{text}"
    );
    let detectors = "[[analysis.activity.bursts.detectors]]\nstep = {}\n\
                     [[analysis.activity.bursts.detectors]]\ndouble-threshold = { needed = 6 }";
    let text = says(detectors);
    assert!(
        text.starts_with(
            "line 4, column 31: analysis.activity.bursts.detectors[1].double-threshold.needed = 6"
        ),
        "{text}"
    );
    let text = says("[analysis.fatigue]\nlow_hz = 460\n");
    assert!(text.contains("analysis.fatigue.low_hz = 460 is not below 450 Hz"), "{text}");
    assert!(text.ends_with("hint: low_hz = 10 works"), "{text}");
    for (rest, active, works) in [(0.6, 0.5, "1"), (0.3, 0.2, "0.5"), (0.2, 0.2, "0.5")] {
        let recipe = |active: &str| {
            format!(
                "[[analysis.activity.bursts.detectors]]\nlocal-levels = {{ rest_share = \
                 {rest}, active_share = {active} }}"
            )
        };
        let text = says(&recipe(&active.to_string()));
        let said = format!("active_share = {active} must be above rest_share = {rest}");
        assert!(text.contains(&said), "{text}");
        assert!(text.ends_with(&format!("hint: active_share = {works} works")), "{text}");
        Recipe::from_toml(&recipe(works), &[]).unwrap();
    }
}

/// A key that stands in a table of another meaning is not sought there. (Those that are
/// gone: see `src/recipe/gone.rs`.)
#[test]
fn no_key_of_another_table_is_advised() {
    for key in ["symmetry.segment_s", "cocontraction.alpha", "coherence.epoch_s"] {
        let (table, name) = key.split_once('.').unwrap();
        let text = format!("[analysis.{table}]\n{name} = 1");
        let error = Recipe::from_toml(&text, &[]).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown key `{name}`")), "{error}");
        assert!(!error.contains("did you mean"), "{error}");
    }
    let error = Recipe::from_toml("[analysis.symmetry]\nsegment_s = 1", &[]);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("hint: known here are `replicates`, `seed`"), "{error}");
    let below = Recipe::from_toml("[analysis.activity]\nmajority = 0.6", &[]);
    let below = below.unwrap_err().to_string();
    assert!(
        below.contains("did you mean `analysis.activity.bursts.majority`?"),
        "{below}"
    );
}

#[test]
fn what_is_meant_is_guessed() {
    for (text, says) in [
        (
            "[analysis.fatigue]\nepoch = 2",
            "unknown key `epoch`; did you mean `epochs` or `epoch_s`?",
        ),
        ("[fatigue]\nepoch_s = 2", "unknown key `fatigue`\n"),
        ("[fatigue]\nepoch_s = 2", "hint: did you mean `analysis.fatigue`?"),
        ("conditioning = [{ bandpass = {} }]", "did you mean `band-pass`?"),
        ("envelope = \"hilbrt\"", "hint: did you mean { hilbert = {} }?"),
        ("conditioning = [\"mains\"]", "hint: { mains = {} } works"),
        ("[normalisation]\nreference = \"pek\"", "hint: did you mean \"peak\"?"),
        (
            "[normalisation]\nwindow_s = \"long\"",
            "expected a number, found the text \"long\"",
        ),
        (
            "[analysis.fatigue]\ntapers = 2.5",
            "expected a whole number, found the number 2.5",
        ),
        ("[analysis]\nfatigue = 3", "expected true, false or a table of settings"),
        (
            "[analysis.fatigue]\ncontraction_part = [0.1]",
            "expected a list of 2, found a list of 1",
        ),
        ("[analysis.activity.bursts]\ndetectors = []", "the list is empty"),
        ("[contacts]\npulses = [\"-\"]", "contacts.pulses[0] = \"-\" has no letter"),
        ("[analysis.fatigue]\nepochs = { events = {} }", "the key `start` is missing"),
        ("envelope = { hilbert = {}, tkeo = {} }", "expected one of { low-pass = … }"),
        ("envelope = { hilbert = {}, tkeo = {} }", ", found several"),
    ] {
        let error = Recipe::from_toml(text, &[]).unwrap_err().to_string();
        assert!(error.contains(says), "{says:?} is not in\n{error}");
        assert!(error.starts_with("line "), "{error}");
    }
}

#[test]
fn every_key_as_toml_is_the_standard_recipe() {
    let text = Recipe::template();
    assert_eq!(Recipe::from_toml(&text, &[]).unwrap(), Recipe::default());
    for fact in Recipe::facts() {
        let name = fact.path.rsplit('.').next().unwrap();
        let name = name.trim_end_matches("[]");
        let stands = ["\n", "\n#"].map(|start| format!("{start}{name} ="));
        let stands = stands.into_iter().chain([format!("{name}]"), format!("[{name}.")]);
        assert!(stands.into_iter().any(|line| text.contains(&line)), "{}", fact.path);
    }
}

/// Without its marks, every line that is left out or another choice is TOML of a recipe.
#[test]
fn what_is_left_out_is_a_recipe_too() {
    let text = Recipe::template();
    let block = |start: &str| -> String {
        let from = text.find(start).unwrap_or_else(|| panic!("{start} is not there"));
        let lines = text[from..].lines();
        let mut block = String::new();
        for (at, line) in lines.enumerate() {
            let header = line.trim_start_matches('#').starts_with('[');
            if at > 0 && header && !line.starts_with(start) {
                break;
            }
            match line.strip_prefix('#') {
                Some(key) if !key.starts_with(' ') => block.push_str(key),
                _ => {}
            }
            block.push('\n');
        }
        block
    };
    for start in ["#[envelope.moving-rms]", "#[envelope.tkeo]", "#[analysis.complexity]"]
    {
        let block = block(start);
        assert!(block.contains(" = "), "{block}");
        Recipe::from_toml(&block, &[]).unwrap();
    }
}

#[test]
fn the_shipped_recipe_is_the_default() {
    assert_eq!(Recipe::from_toml(STANDARD, &[]).unwrap(), Recipe::default());
}

/// `SOLEUS_BLESS=1 cargo test settings` writes the page.
#[test]
fn the_page_of_all_keys_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipe.md");
    let head = fs::read_to_string(&page).unwrap_or_default();
    let head = head.split_once(MARK).map_or(head.as_str(), |(head, _)| head);
    let expected = format!("{head}{MARK}\n{}", Recipe::markdown());
    if std::env::var_os("SOLEUS_BLESS").is_some() {
        fs::write(&page, &expected).unwrap();
    }
    assert!(
        fs::read_to_string(&page).unwrap() == expected,
        "docs/recipe.md is not current: SOLEUS_BLESS=1 cargo test settings writes it"
    );
}

/// What follows it in the page is written by the test.
const MARK: &str =
    "<!-- What follows is written from the source: see tests/all/settings.rs -->";

/// The stages whose settings do not know where they hang in the recipe.
const STAGES: &[&str] = &["condition", "envelope", "onset", "contacts", "analysis"];

/// The code of a file without comments and tests.
fn code_of(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The texts in quotes of a code, with the place where each begins.
fn literals(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut begun = None;
    let (mut before, mut escaped) = (' ', false);
    for (at, sign) in code.char_indices() {
        if sign == '"' && !escaped && before != '\'' {
            match begun.take() {
                None => begun = Some(at + 1),
                Some(start) => found.push((start, &code[start..at])),
            }
        }
        escaped = sign == '\\' && !escaped;
        before = sign;
    }
    found
}

/// The paths of keys that texts of a code name, each with the lines before it.
fn paths_in(code: &str) -> Vec<(String, String)> {
    let facts = Recipe::facts();
    let tops: BTreeSet<&str> =
        facts.iter().filter_map(|fact| fact.path.split(['.', '[']).next()).collect();
    let mut found = Vec::new();
    for (start, literal) in literals(code) {
        for (at, top) in tops.iter().flat_map(|top| literal.match_indices(&**top)) {
            let path: String = literal[at..]
                .chars()
                .take_while(|sign| sign.is_alphanumeric() || "._-".contains(*sign))
                .collect();
            let is_path =
                path[top.len()..].strip_prefix('.').is_some_and(|rest| !rest.is_empty());
            if is_path {
                let before: Vec<&str> = code[..start].lines().rev().take(6).collect();
                found.push((path.trim_end_matches('.').to_owned(), before.join("\n")));
            }
        }
    }
    found
}

/// Advice in a report may name a key, which must be one. An error never does: whoever
/// holds the settings knows where they hang.
#[test]
fn no_check_knows_where_its_settings_hang() {
    let keys: Vec<String> =
        Recipe::facts().iter().map(|fact| fact.path.replace("[]", "")).collect();
    let mut named = 0;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, text) in files_below(&sources) {
        if !STAGES.iter().any(|stage| path.starts_with(&format!("{stage}/"))) {
            continue;
        }
        for (key, before) in paths_in(&code_of(&String::from_utf8(text).unwrap())) {
            assert!(keys.contains(&key), "{path} names {key}, which is no key");
            assert!(!before.contains("Error::"), "{path}: an error names {key}");
            named += 1;
        }
    }
    assert!(named >= 5, "the advice of reports was not found: {named}");
}

#[test]
fn the_schema_has_the_limits_of_every_number() {
    let schema = Recipe::schema();
    let fatigue = &schema["$defs"]["Fatigue"]["properties"];
    assert_eq!(fatigue["epoch_s"]["minimum"], 0.1);
    assert_eq!(fatigue["epoch_s"]["maximum"], 60.0);
    assert_eq!(fatigue["epoch_s"]["default"], 1.0);
    assert_eq!(fatigue["epoch_s"]["unit"], "s");
    assert_eq!(fatigue["high_hz"]["exclusiveMinimum"], 0.0);
    let mut numbers = 0;
    without_limits(&schema, &mut numbers);
    assert!(numbers > 100, "{numbers}");
}

/// Every number below has a lower limit.
fn without_limits(schema: &serde_json::Value, numbers: &mut usize) {
    let kinds = serde_json::to_string(&schema["type"]).unwrap();
    if kinds.contains("\"number\"") || kinds.contains("\"integer\"") {
        *numbers += 1;
        let limits = ["minimum", "exclusiveMinimum"].map(|key| schema.get(key).is_some());
        assert!(limits.contains(&true), "{schema}");
    }
    let inner = schema.as_object().into_iter().flat_map(|object| object.values());
    let items = schema.as_array().into_iter().flatten();
    inner.chain(items).for_each(|inner| without_limits(inner, numbers));
}
