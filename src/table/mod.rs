//! Tables: those of a study, processed signals as columns, and the quartiles that the
//! study page shows.
//!
//! Text tables are written with `csv`; Parquet and the quartiles over a study with
//! `polars` (feature `tables`). What is made of many sessions is in [`crate::study`]; a
//! row of it is written as it is.

use crate::columns::{StudyTable, TableRow};
use crate::study::{MeasureRow, Reliability, VisitComparison};

mod bursts;
mod clusters;
mod coherence;
mod compare;
mod cycles;
mod dictionary;
#[cfg(feature = "tables")]
mod frame;
mod signals;
#[cfg(feature = "batch")]
mod spreadsheet;

pub use bursts::{BurstRow, burst_rows};
pub use clusters::{ClusterRow, cluster_rows, rows_of_test};
pub use coherence::{CoherenceRow, coherence_rows};
pub use compare::{TableDifference, compare_tables};
pub use cycles::{CycleRow, EnsembleRow, cycle_rows, ensemble_rows};
pub use dictionary::{DICTIONARY_FILE, measure_dictionary};
#[cfg(feature = "tables")]
pub use frame::{FrameError, parquet_of, signals_parquet, strips, traces_parquet};
pub use signals::{SignalColumn, is_signals_csv, signals_csv};
#[cfg(feature = "batch")]
pub use spreadsheet::CsvLocale;

/// Every table of a study, in the order in which people read them.
pub static TABLES: [StudyTable; 8] = [
    MeasureRow::TABLE,
    BurstRow::TABLE,
    CycleRow::TABLE,
    EnsembleRow::TABLE,
    ClusterRow::TABLE,
    CoherenceRow::TABLE,
    VisitComparison::TABLE,
    Reliability::TABLE,
];

/// Rows as CSV with a header line, UTF-8, numbers as short as they read back to the same
/// bits.
///
/// # Errors
/// When `out` cannot be written.
pub fn csv_of<'a, R: TableRow + 'a>(
    rows: impl IntoIterator<Item = &'a R>,
    out: impl std::io::Write,
) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(out);
    writer.write_record(R::TABLE.header()).map_err(of_system)?;
    for row in rows {
        writer.serialize(row.cells()).map_err(of_system)?;
    }
    writer.flush()
}

/// The error of the system in one of the writer, so that a full disk is told as one.
fn of_system(error: csv::Error) -> std::io::Error {
    if !error.is_io_error() {
        return error.into();
    }
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one() {
        struct Full;
        impl std::io::Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut writer = csv::WriterBuilder::new().buffer_capacity(8).from_writer(Full);
        let error = writer.write_record(["cell"; 9]).unwrap_err();
        assert_eq!(of_system(error).kind(), std::io::ErrorKind::StorageFull);
    }

    #[test]
    fn every_table_tells_itself() {
        for (at, table) in TABLES.iter().enumerate() {
            let same = TABLES.iter().position(|other| other.name == table.name);
            assert_eq!(same, Some(at), "{} stands twice", table.name);
            assert!(table.row.ends_with('.'), "{}: {}", table.name, table.row);
            for column in table.columns {
                let place = format!("{}.{}", table.name, column.name);
                assert!(column.description.len() > 5, "{place} says nothing");
                assert!(column.description.ends_with('.'), "{place} is no sentence");
                // A unit in the name is the unit of the column.
                for (end, unit) in [("_s", "s"), ("_hz", "Hz"), ("percent", "%")] {
                    let told = column.unit == Some(unit);
                    assert!(told || !column.name.ends_with(end), "{place} in {unit}");
                }
            }
        }
    }

    #[test]
    fn cells_are_written_as_they_read_back() {
        let row = EnsembleRow {
            subject: "P, \"1\"".into(),
            session: "".into(),
            recording: "walk".into(),
            channel: "SOL".into(),
            muscle: None,
            side: Some(crate::signal::Side::Left),
            cycles: 12,
            percent: 0,
            mean: 1.0,
            sd: None,
            unit: "V".into(),
            activation: Some(1e-7),
        };
        let mut csv = Vec::new();
        csv_of([&row], &mut csv).unwrap();
        let text = String::from_utf8(csv).unwrap();
        let [header, line] = text.lines().collect::<Vec<_>>()[..] else {
            panic!("{text}")
        };
        assert_eq!(header, EnsembleRow::TABLE.header().collect::<Vec<_>>().join(","));
        assert_eq!(line, "\"P, \"\"1\"\"\",,walk,SOL,,left,12,0,1.0,,V,1e-7");
    }
}
