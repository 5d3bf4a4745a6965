//! What force plates, foot switches and pulses tell belongs to the recording, whatever is
//! analysed of it.

use serde_json::Value;
use soleus::contacts::Contacts;
use soleus::recipe::Recipe;
use soleus::signal::{Muscle, Side};

use crate::gait::{foot_switch, recorded, slow_walk};
use crate::program::Lab;

/// A simulated walk with a foot switch below each foot.
fn with_switches() -> Lab {
    let walk = slow_walk(21);
    let (left, right) = (foot_switch(&walk, Side::Left), foot_switch(&walk, Side::Right));
    let switches: [(&str, &dyn Fn(f64) -> String); 2] =
        [("Footswitch L (V)", &left), ("Footswitch R (V)", &right)];
    Lab::new(&[("in/walk.csv", &recorded(&walk, &[Muscle::Soleus], &switches))])
}

/// The rows of an analysis, every cell of them.
fn rows(lab: &Lab, analysis: &str) -> Vec<Vec<(String, String)>> {
    let table = lab.table("out/measures.csv");
    let of_analysis = table.rows.into_iter().filter(|row| row["analysis"] == analysis);
    of_analysis.map(|row| row.into_iter().collect()).collect()
}

fn cell(column: &str, text: &str) -> (String, String) {
    (column.to_owned(), text.to_owned())
}

#[test]
fn contacts_stay_where_cycles_are_turned_off() {
    let lab = with_switches();
    let by_events = "--set analysis.fatigue.epochs.events.start=touchdown";

    lab.soleus(&format!("run in -o out {by_events}")).ends(0);
    let with_cycles = rows(&lab, "fatigue");

    lab.soleus(&format!("run in -o out {by_events} --set analysis.cycles=false --force"))
        .ends(0);
    let without = rows(&lab, "fatigue");

    let is_count = |row: &&Vec<_>| row.contains(&cell("measure", "epoch_count"));
    let count = with_cycles.iter().find(is_count).expect("epochs are counted");
    assert!(count.contains(&cell("value", "9.0")), "{count:?}");
    assert_eq!(without, with_cycles);
    assert!(rows(&lab, "cycles").is_empty());
}

#[test]
fn inspect_shows_what_the_channels_tell() {
    let lab = with_switches();
    let shown = lab.soleus("inspect in/walk.csv").ends(0).out;
    assert!(shown.contains("Footswitch L: 10 contacts of the left leg"), "{shown}");
    assert!(shown.contains("touchdown left"), "{shown}");
    let inspection = lab.soleus("inspect in/walk.csv --json").ends(0).out;
    let inspection: Value = serde_json::from_str(&inspection).unwrap();
    assert_eq!(inspection["found"].as_array().unwrap().len(), 2);
    assert!(inspection["events"].as_array().unwrap().len() >= 38, "{inspection}");
}

#[test]
fn thresholds_and_pulses_are_part_of_the_recipe() {
    let text = "[contacts]\non = 30\noff = 12\npulses = [\"stimulus\"]\n";
    let contacts = Recipe::from_toml(text, &[]).unwrap().contacts;
    let pulses = vec!["stimulus".to_owned()];
    assert_eq!(contacts, Contacts { on: Some(30.0), off: Some(12.0), pulses });

    let wrong = Recipe::from_toml("[contacts]\noff = 12\n", &[]).unwrap_err().to_string();
    assert!(wrong.contains("contacts.off = 12 needs"), "{wrong}");
}

#[test]
fn pulses_that_the_recipe_names_begin_cycles() {
    let walk = slow_walk(21);
    let touchdowns = walk.touchdowns(Side::Left);
    let pulse = |time: f64| {
        let high = |&from: &f64| (from..from + 0.05).contains(&time);
        if touchdowns.iter().any(high) { "5".to_owned() } else { "0".to_owned() }
    };
    let lab = Lab::new(&[(
        "in/walk.csv",
        &recorded(&walk, &[Muscle::Soleus], &[("Sync out", &pulse)]),
    )]);
    let cycles = |settings: &str| -> Vec<String> {
        lab.soleus(&format!("run in -o out --force {settings}")).ends(0);
        let rows = lab.table("out/measures.csv").rows;
        let counts = rows.into_iter().filter(|row| row["measure"] == "cycle_count");
        counts.map(|row| row["value"].clone()).collect()
    };
    let from_events = "--set analysis.cycles.from=events \
                       --set analysis.cycles.start=sync-out";
    assert!(cycles(from_events).is_empty());
    let named = format!("{from_events} --set contacts.pulses=[\"sync-out\"]");
    assert_eq!(cycles(&named), ["10.0", "10.0"]);
}

#[test]
fn cycles_come_from_an_event_file_of_any_encoding() {
    let walk = slow_walk(21);
    let touchdowns = walk.touchdowns(Side::Left);
    let lines = touchdowns.iter().map(|time| format!("{time:.3};Fußaufsatz\r\n"));
    let text = format!("Zeit (s);Ereignis\r\n{}", lines.collect::<String>());
    let latin: Vec<u8> = text.chars().map(|symbol| symbol as u32 as u8).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();

    let study = "[recordings.\"walk.csv\"]\nevents = \"events.csv\"\n";
    let lab = Lab::new(&[
        ("in/walk.csv", &recorded(&walk, &[Muscle::Soleus], &[])),
        ("in/study.toml", study),
    ]);
    let rows_of = |events: &[u8]| {
        lab.write("in/events.csv", events);
        lab.soleus("run in -o out --force --set analysis.cycles.from=events").ends(0);
        rows(&lab, "cycles")
    };
    let told = rows_of(text.as_bytes());
    assert!(told.iter().any(|row| row.contains(&cell("measure", "cycle_count"))));
    assert_eq!(rows_of(&latin), told);
    assert_eq!(rows_of(&wide), told);
}
