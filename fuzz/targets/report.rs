//! `report.json` of an earlier run: what is read back becomes rows of every table, and
//! says the same when it is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use soleus::columns::TableRow;
use soleus::session::Findings;
use soleus::study::{self, Texts};
use soleus::table;

fuzz_target!(|bytes: &[u8]| {
    let Ok(findings) = serde_json::from_slice::<Findings>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&findings).expect("findings can be written");
    let again: Findings = serde_json::from_slice(&written).expect("and read");
    assert_eq!(format!("{findings:?}"), format!("{again:?}"));

    let mut texts = Texts::default();
    let measures = study::measure_rows(&findings, &mut texts);
    let rows: Vec<_> = measures.iter().collect();
    write(&measures);
    write(&table::burst_rows(&findings, &mut texts));
    write(&table::cycle_rows(&findings, &mut texts));
    write(&table::ensemble_rows(&findings, &mut texts));
    write(&table::cluster_rows(&findings));
    let pooled = study::pool_coherence(&study::coherence_pairs(&findings));
    write(&table::coherence_rows(&pooled));
    write(&study::compare_visits(&rows));
    write(&study::reliabilities(&rows));
    study::SessionLine::summarise("folder", &findings);
});

fn write<R: TableRow>(rows: &[R]) {
    table::csv_of(rows, std::io::sink()).expect("rows can be written");
}
