//! The tables of a study.

use std::io::Write as _;
use std::path::Path;

use super::overview::StudyFindings;
use super::write::Staged;
use super::{Collected, Order};
use crate::columns::TableRow;
use crate::error::{Error, ErrorKind, Result};
use crate::study;
use crate::table;

/// Writes every table beside its place.
pub(super) fn write(
    collected: &Collected,
    found: &StudyFindings<'_>,
    order: &Order,
    staged: &mut Staged,
) -> Result<()> {
    let pooled = study::pool_coherence(&collected.pairs);
    csv(order, &collected.measures, staged)?;
    csv(order, &collected.bursts, staged)?;
    csv(order, &collected.cycles, staged)?;
    csv(order, &collected.ensembles, staged)?;
    csv(order, &collected.clusters, staged)?;
    csv(order, &table::coherence_rows(&pooled), staged)?;
    csv(order, &found.comparisons, staged)?;
    csv(order, &found.reliability, staged)?;
    dictionary(&order.out, staged)?;
    parquet(&order.out, found.rows, staged)
}

/// What every measure and column of the tables says.
fn dictionary(out: &Path, staged: &mut Staged) -> Result<()> {
    let failed = |error: serde_json::Error| {
        Error::new(ErrorKind::Write, format!("cannot make the dictionary: {error}"))
    };
    let dictionary = table::measure_dictionary().map_err(failed)?;
    let mut text = serde_json::to_vec_pretty(&dictionary).map_err(failed)?;
    text.push(b'\n');
    staged.write(&out.join(table::DICTIONARY_FILE), |file| file.write_all(&text))
}

fn csv<R: TableRow>(order: &Order, rows: &[R], staged: &mut Staged) -> Result<()> {
    let path = order.out.join(R::TABLE.csv_file());
    staged.write(&path, |file| match &order.csv_locale {
        Some(locale) => locale.write(rows, file),
        None => table::csv_of(rows, file),
    })
}

#[cfg(feature = "tables")]
fn parquet<R: TableRow>(out: &Path, rows: &[&R], staged: &mut Staged) -> Result<()> {
    let parquet = table::parquet_of(rows).map_err(|error| {
        let said = format!("cannot make the table of {}: {error}", R::TABLE.name);
        Error::new(ErrorKind::Write, said)
    })?;
    staged.write(&out.join(R::TABLE.parquet_file()), |file| file.write_all(&parquet))
}

#[cfg(not(feature = "tables"))]
fn parquet<R: TableRow>(_: &Path, _: &[&R], _: &mut Staged) -> Result<()> {
    Ok(())
}
