//! What force plates, foot switches and pulses tell belongs to the recording, whatever is
//! analysed of it.

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

#[test]
fn contacts_stay_where_cycles_are_turned_off() {
    let lab = with_switches();
    let by_events = "--set analysis.fatigue.epochs.events.start=touchdown";

    lab.soleus(&format!("run in -o out {by_events}")).ends(0);
    let with_cycles = rows(&lab, "fatigue");

    lab.soleus(&format!("run in -o out {by_events} --set analysis.cycles=false --force"))
        .ends(0);
    let without = rows(&lab, "fatigue");

    let epochs = with_cycles
        .iter()
        .find(|row| row.contains(&("measure".to_owned(), "epoch_count".to_owned())));
    let epochs = epochs.expect("epochs are counted");
    assert!(epochs.contains(&("value".to_owned(), "9.0".to_owned())), "{epochs:?}");
    assert_eq!(without, with_cycles);
    assert!(rows(&lab, "cycles").is_empty());
}
