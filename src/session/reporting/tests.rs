use super::*;
use crate::condition::Step;
use crate::envelope::Envelope;
use crate::outcome::fact::{Fact, Relative};
use crate::outcome::{Measure, Outcome};
use crate::recipe::{Recipe, Reference};
use crate::session::findings::{ChannelFindings, RecordingFindings, Role, Status};
use crate::session::study::Study;
use crate::signal::{Channel, Label, Muscle, Side};
use crate::units::{Hertz, Unit};

/// What every analysis of a recipe found in a recording of the soleus of both sides; the
/// first row is in per cent of the reference.
fn found(recipe: &Recipe) -> Vec<RecordingFindings> {
    let rate = Hertz::new(1000.0).unwrap();
    let channel = |(name, side): (&str, Side)| {
        let mut channel = Channel::new(name, Unit::VOLT, rate, vec![0.0]);
        channel.label.muscle = Some(Muscle::Soleus);
        channel.label.side = Some(side);
        channel
    };
    let channels = [("SOL_L", Side::Left), ("SOL_R", Side::Right)].map(channel);
    let row = |label: &Label| Measure::new(&Fact::PLAIN, label, &Unit::VOLT, 1.0);
    let outcomes = recipe.analysis.enabled().into_iter().map(|analysis| {
        let mut outcome = Outcome::new(analysis.name());
        outcome.measures.push(row(&channels[0].label));
        outcome
    });
    let mut outcomes: Vec<Outcome> = outcomes.collect();
    outcomes[0].measures[0].relative_to = Some(Relative::Reference);
    vec![RecordingFindings {
        channels: channels.iter().map(ChannelFindings::describe).collect(),
        outcomes,
        ..RecordingFindings::nothing_yet("walk", "walk.csv", Role::Task)
    }]
}

fn reporting(recipe: &Recipe, study: &str) -> Reporting {
    let head = Study::from_toml(study).unwrap().head();
    Reporting::of(&head, Ran { recipe, recordings: &found(recipe) })
}

fn text(passages: &[MethodsPassage]) -> String {
    let words = |one: &MethodsPassage| match one.key {
        Some(_) => format!("[{}]", one.text),
        None => one.text.clone(),
    };
    passages.iter().map(words).collect()
}

/// The short methods as the page has them.
fn short(recipe: &Recipe, study: &str) -> String {
    let told = reporting(recipe, study);
    format!("{} {}", text(&told.recorded_in_short), told.in_short.join(" "))
}

#[test]
fn the_standard_recipe_is_told_in_about_150_words() {
    let text = short(&Recipe::default(), "");
    let words = text.split_whitespace().count();
    assert!((100..=190).contains(&words), "{words} words: {text}");
    assert!(
        text.starts_with("Surface EMG of soleus on both sides was sampled at 1000 Hz.")
    );
    assert!(text.contains("band-passed from 20 to 450 Hz"), "{text}");
}

#[test]
fn a_step_is_named_where_it_ran_and_only_there() {
    for step in Step::all() {
        let words = step.conditioner().in_short();
        let with = Recipe { conditioning: vec![step.clone()], ..Recipe::default() };
        let without = Recipe {
            conditioning: Step::all()
                .into_iter()
                .filter(|other| *other != step)
                .collect(),
            ..Recipe::default()
        };
        assert!(short(&with, "").contains(&format!("Signals were {words} (soleus")));
        assert!(!short(&without, "").contains(&words), "{words}");
    }
    let none = Recipe { conditioning: Vec::new(), ..Recipe::default() };
    assert!(short(&none, "").contains("Signals were taken as recorded"));
    for envelope in Envelope::all() {
        let words = envelope.kind().in_short();
        let recipe = Recipe { envelope: envelope.clone(), ..Recipe::default() };
        assert!(short(&recipe, "").contains(&words), "{words}");
        let others = Envelope::all().into_iter().filter(|other| *other != envelope);
        for other in others {
            let recipe = Recipe { envelope: other, ..Recipe::default() };
            assert!(!short(&recipe, "").contains(&format!("is {words}.")), "{words}");
        }
    }
}

#[test]
fn settings_are_those_that_were_used() {
    let text = |settings: &[&str]| {
        let settings: Vec<String> = settings.iter().map(|&one| one.to_owned()).collect();
        short(&Recipe::from_toml("", &settings).unwrap(), "")
    };
    let other = text(&[
        "conditioning.1.band-pass.high_hz=400",
        "conditioning.1.band-pass.phase=causal",
        "envelope.low-pass.cutoff_hz=9",
        "normalisation.window_s=0.25",
        "analysis.fatigue.epochs=windows",
        "analysis.fatigue.epoch_s=0.5",
    ]);
    for words in
        ["from 20 to 400 Hz (causal", "at 9 Hz", "over 250 ms", ", epochs of 0.5 s"]
    {
        assert!(other.contains(words) && !text(&[]).contains(words), "{words}: {other}");
    }
}

#[test]
fn an_analysis_is_named_where_it_found_something() {
    let recipe = Recipe::from_toml("[analysis]\ncomplexity = true\n", &[]).unwrap();
    let all = found(&recipe);
    for analysis in recipe.analysis.enabled() {
        let told = |recordings: &[RecordingFindings]| {
            methods::in_short(Ran { recipe: &recipe, recordings }).join(" ")
        };
        let words = analysis.in_short();
        assert!(told(&all).contains(&words), "{words}");
        let mut empty = all.clone();
        for outcome in &mut empty[0].outcomes {
            if outcome.analysis == analysis.name() {
                outcome.measures[0].value = None;
            }
        }
        assert!(!told(&empty).contains(&words), "{words}");
    }
}

#[test]
fn activation_is_told_where_there_is_some() {
    let mut recipe = Recipe::default();
    let mut recordings = found(&recipe);
    let told = |recipe: &Recipe, recordings: &[RecordingFindings]| {
        let told = Reporting::of(&StudyHead::default(), Ran { recipe, recordings });
        let is_asked = told.items.iter().any(|item| item.name == "Maximal contractions");
        (told.in_short.join(" ").contains("Activation is"), is_asked)
    };
    assert_eq!(told(&recipe, &recordings), (true, true));
    recipe.normalisation.reference = Reference::Peak;
    assert_eq!(told(&recipe, &recordings), (true, false));
    recordings[0].outcomes[0].measures[0].relative_to = None;
    assert_eq!(told(&recipe, &recordings), (false, false));
    recordings[0].status = Status::Skipped("an event file".into());
    let told = Reporting::of(
        &StudyHead::default(),
        Ran { recipe: &recipe, recordings: &recordings },
    );
    assert!(told.is_empty());
}

/// Each key, what it is told as, and the words that tell it.
const KEYS: [(&str, &str, &str); 14] = [
    ("electrodes.type", "\"bipolar, self-adhesive\"", "bipolar, self-adhesive"),
    ("electrodes.size_mm", "10", "10 mm"),
    ("electrodes.distance_mm", "20.0", "20 mm apart"),
    ("electrodes.placement", "\"after SENIAM.\"", "placement: after SENIAM"),
    ("electrodes.skin", "\"shaved,\\nalcohol\"", "skin preparation: shaved, alcohol"),
    ("electrodes.reference", "\"ankle\"", "reference electrode: ankle"),
    (
        "electrodes.crosstalk",
        "\"small electrodes\"",
        "against crosstalk: small electrodes",
    ),
    ("electrodes.amplifier", "\"Model X\"", "amplifier: Model X"),
    ("electrodes.filters", "\"10–500 Hz\"", "analogue filters: 10–500 Hz"),
    ("electrodes.bits", "16", "16 bits"),
    ("protocol.instructions", "\"Rise.\"", "Rise"),
    ("protocol.posture", "\"standing\"", "standing"),
    ("protocol.load_kg", "12.5", "load 12.5 kg"),
    ("protocol.maximum", "\"three of 3 s\"", "maximal contractions: three of 3 s"),
];

#[test]
fn each_key_fills_its_gap() {
    let recipe = Recipe::default();
    let untold = reporting(&recipe, "");
    let gaps = |told: &Reporting| -> Vec<String> {
        told.recorded.iter().filter_map(|one| one.key.clone()).collect()
    };
    let mut keys = KEYS.map(|(key, _, _)| key);
    let mut asked = gaps(&untold);
    keys.sort_unstable();
    asked.sort_unstable();
    assert_eq!(asked, keys, "every gap has its key");
    for (key, value, words) in KEYS {
        let told = reporting(&recipe, &format!("{key} = {value}\n"));
        assert_eq!(gaps(&told).len(), gaps(&untold).len() - 1, "{key}");
        assert!(!gaps(&told).contains(&key.to_owned()), "{key}");
        assert!(text(&told.recorded).contains(words), "{key}: {}", text(&told.recorded));
        let of_key = |told: &Reporting| {
            let mut items = told.items.iter();
            items.find(|item| item.key.as_deref() == Some(key)).cloned().unwrap()
        };
        assert_eq!(of_key(&untold).told_by, ToldBy::Nobody);
        let item = of_key(&told);
        assert_eq!((item.told_by, item.words.as_deref()), (ToldBy::Study, Some(words)));
    }
    // Blanks tell nothing.
    let blank = reporting(&recipe, "electrodes.skin = \" . \"\n");
    assert_eq!(gaps(&blank), gaps(&untold));
}

#[test]
fn further_keys_are_said_with_their_neighbours() {
    let study = "[protocol]\nknee_deg = 90\npace = \"free\"\n[electrodes]\nmaterial = \
                 \"Ag/AgCl\"\nshape = \"round\"\nsize_mm = 8\n";
    let text = text(&reporting(&Recipe::default(), study).recorded);
    for words in ["Electrodes: Ag/AgCl; round, 8 mm; [", "knee at 90°; pace free; ["] {
        assert!(text.contains(words), "{text}");
    }
    let sentence = reporting(&Recipe::default(), "protocol = \"Seated, knee at 90°.\"\n");
    assert!(
        super::tests::text(&sentence.recorded).contains("Task: Seated, knee at 90°; [")
    );
}

#[test]
fn scores_add_up() {
    let recipe = Recipe::default();
    let all: String =
        KEYS.iter().map(|(key, value, _)| format!("{key} = {value}\n")).collect();
    let (untold, told) = (reporting(&recipe, ""), reporting(&recipe, &all));
    assert_eq!(untold.items.len(), told.items.len());
    assert_eq!((untold.missing().count(), told.missing().count()), (KEYS.len(), 0));
    assert!(untold.missing().all(|item| item.key.is_some() && item.words.is_none()));
    let known = |by: ToldBy| told.items.iter().filter(|item| item.told_by == by).count();
    let sum = known(ToldBy::Recipe) + known(ToldBy::Recordings) + known(ToldBy::Study);
    assert_eq!((sum, known(ToldBy::Study)), (told.items.len(), KEYS.len()));
    // What did not run is not asked for.
    let off = Recipe::from_toml("[analysis]\nfatigue = false\n", &[]).unwrap();
    assert_eq!(reporting(&off, "").items.len(), untold.items.len() - 1);
}

#[test]
fn channels_without_a_muscle_are_counted_and_asked_about() {
    let recipe = Recipe::default();
    let mut recordings = found(&recipe);
    recordings[0].channels[1].muscle = None;
    let told = Reporting::of(
        &StudyHead::default(),
        Ran { recipe: &recipe, recordings: &recordings },
    );
    assert!(text(&told.recorded).starts_with("Surface EMG of 2 channels was sampled"));
    let item = told.items.iter().find(|item| item.name == "Muscles and sides").unwrap();
    assert_eq!((item.told_by, item.key.as_deref()), (ToldBy::Nobody, Some("channels")));
}
