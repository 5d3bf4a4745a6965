//! The home of `polars`: Parquet, and quartiles over a study.

use polars::prelude::*;
use polars_parquet::write::schema_to_metadata_key;

use super::SignalColumn;
use crate::columns::{CellKind, TableCell, TableRow};
use crate::signal::{Muscle, Side, Trace};
use crate::study::{MeasureRow, StripRows};

/// What polars says when a table cannot be made.
pub type FrameError = PolarsError;

/// How many rows become columns at a time: a study of thousands of sessions needs no more
/// memory than one of few.
const ROWS_AT_A_TIME: usize = 1 << 13;

/// The rows of a table as Parquet, in row groups of some thousands.
///
/// # Errors
/// When the table cannot be made or encoded.
pub fn parquet_of<R: TableRow>(rows: &[&R]) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let schema = frame::<R>(&[])?.schema().clone();
    let mut writer = writer(&mut bytes, &schema, Vec::new()).batched(&schema)?;
    for rows in rows.chunks(ROWS_AT_A_TIME) {
        writer.write_batch(&frame(rows)?)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

fn frame<R: TableRow>(rows: &[&R]) -> PolarsResult<DataFrame> {
    let rows: Vec<Vec<TableCell<'_>>> = rows.iter().map(|row| row.cells()).collect();
    let columns = R::TABLE.columns.iter().enumerate().map(|(at, facts)| {
        let cells = rows.iter().map(|row| row[at]);
        let name = facts.name.into();
        match facts.kind {
            CellKind::Text => Column::new(name, cells.map(text).collect::<Vec<_>>()),
            CellKind::Number => Column::new(name, cells.map(number).collect::<Vec<_>>()),
            CellKind::Whole => Column::new(name, cells.map(whole).collect::<Vec<_>>()),
        }
    });
    DataFrame::new(rows.len(), columns.collect())
}

fn text(cell: TableCell<'_>) -> Option<&str> {
    if let TableCell::Text(text) = cell { Some(text) } else { None }
}

fn number(cell: TableCell<'_>) -> Option<f64> {
    if let TableCell::Number(number) = cell { Some(number) } else { None }
}

fn whole(cell: TableCell<'_>) -> Option<u64> {
    if let TableCell::Whole(count) = cell { Some(count) } else { None }
}

/// Processed signals as Parquet: `time_s` and one column per channel; the units stand in
/// the metadata as `unit:<column>`, the sampling rate as `rate_hz:time_s`, the stage as
/// `stage`.
///
/// # Errors
/// When the table cannot be made or encoded.
pub fn signals_parquet(
    stage: &str,
    clock: &Trace,
    columns: &[SignalColumn<'_>],
) -> PolarsResult<Vec<u8>> {
    let height = columns.iter().map(|column| column.samples.len()).max().unwrap_or(0);
    let mut sheet = Sheet {
        height,
        columns: Vec::new(),
        metadata: vec![("stage".to_owned(), stage.to_owned())],
    };
    sheet.clock("time_s", clock);
    for column in columns {
        sheet.add(column.name, column.unit.symbol(), column.samples);
    }
    sheet.encode()
}

/// Everything that was made of a recording as Parquet: for each channel `<name>.clean`,
/// `<name>.envelope` and, where there is a reference, `<name>.activation`, after the
/// clock `time_s`. Channels of another rate have a clock of their own, `time_s at
/// <rate>`; shorter columns end in nulls.
///
/// # Errors
/// When the table cannot be made or encoded.
pub fn traces_parquet(traces: &[Trace]) -> PolarsResult<Vec<u8>> {
    let height = traces.iter().map(|trace| trace.raw.len()).max().unwrap_or(0);
    let mut sheet = Sheet { height, columns: Vec::new(), metadata: Vec::new() };
    let mut clocks: Vec<(f64, f64)> = Vec::new();
    for trace in traces {
        let clock = (trace.rate.hz(), trace.start_s);
        if !clocks.contains(&clock) {
            let name = if clocks.is_empty() {
                "time_s".to_owned()
            } else {
                format!("time_s at {} ({})", trace.rate, clocks.len() + 1)
            };
            sheet.clock(&name, trace);
            clocks.push(clock);
        }
        let name = &trace.label.name;
        sheet.add(&format!("{name}.clean"), trace.unit.symbol(), &trace.clean);
        sheet.add(&format!("{name}.envelope"), trace.unit.symbol(), &trace.envelope);
        if let Some(activation) = &trace.activation {
            sheet.add(&format!("{name}.activation"), "%", activation);
        }
    }
    sheet.encode()
}

/// Columns of one height, and what is said of them.
struct Sheet {
    height: usize,
    columns: Vec<Column>,
    metadata: Vec<(String, String)>,
}

impl Sheet {
    fn clock(&mut self, name: &str, trace: &Trace) {
        let time: Vec<f64> =
            (0..self.height).map(|sample| trace.time_s(sample)).collect();
        self.columns.push(Column::new(name.into(), time));
        self.metadata.push((format!("rate_hz:{name}"), trace.rate.hz().to_string()));
        self.metadata.push((format!("unit:{name}"), "s".to_owned()));
    }

    fn add(&mut self, name: &str, unit: &str, samples: &[f64]) {
        let present = |i| samples.get(i).copied().filter(|sample: &f64| !sample.is_nan());
        let cells: Vec<Option<f64>> = (0..self.height).map(present).collect();
        self.columns.push(Column::new(name.into(), cells));
        self.metadata.push((format!("unit:{name}"), unit.to_owned()));
    }

    fn encode(self) -> PolarsResult<Vec<u8>> {
        encode(&mut DataFrame::new(self.height, self.columns)?, self.metadata)
    }
}

fn encode(
    frame: &mut DataFrame,
    metadata: Vec<(String, String)>,
) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let schema = frame.schema().clone();
    writer(&mut bytes, &schema, metadata).finish(frame)?;
    Ok(bytes)
}

/// A writer of tables that every reader of Parquet opens, filters and sorts: polars alone
/// would say in the file that its texts are views, which pyarrow 14 does not know and later
/// ones cannot filter. Where a schema is handed over, polars writes none of its own.
fn writer<'b>(
    bytes: &'b mut Vec<u8>,
    schema: &Schema,
    mut metadata: Vec<(String, String)>,
) -> ParquetWriter<&'b mut Vec<u8>> {
    let arrow = schema_to_metadata_key(&schema.to_arrow(CompatLevel::oldest()));
    metadata.extend(arrow.value.map(|schema| (arrow.key, schema)));
    ParquetWriter::new(bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
}

/// The quartiles of the values of every measure, muscle, side and unit, in the order of
/// their first row; all rows have a value. Quartiles interpolate linearly (Hyndman & Fan
/// 1996, type 7).
///
/// # Errors
/// When the table cannot be grouped.
pub fn strips(rows: &[&MeasureRow]) -> PolarsResult<Vec<StripRows>> {
    let keys = ["measure", "muscle", "side", "unit"];
    let text =
        |of: fn(&MeasureRow) -> &str| rows.iter().map(|row| of(row)).collect::<Vec<_>>();
    let frame = DataFrame::new(
        rows.len(),
        vec![
            Column::new(keys[0].into(), text(|row| &row.measure)),
            Column::new(keys[1].into(), text(|row| row.muscle.map_or("", Muscle::name))),
            Column::new(keys[2].into(), text(|row| row.side.map_or("", Side::word))),
            Column::new(keys[3].into(), text(|row| &row.unit)),
        ],
    )?;
    let grouped = frame.group_by_stable(keys)?;
    grouped.get_groups().iter().map(|group| strip(rows, positions(&group))).collect()
}

fn strip(rows: &[&MeasureRow], of_strip: Vec<usize>) -> PolarsResult<StripRows> {
    let values: Float64Chunked = of_strip.iter().map(|&row| rows[row].value).collect();
    let quartile = |share| {
        let found = values.quantile(share, QuantileMethod::Linear)?;
        PolarsResult::Ok(found.unwrap_or(f64::NAN))
    };
    Ok(StripRows {
        quartiles: (quartile(0.25)?, quartile(0.5)?, quartile(0.75)?),
        rows: of_strip,
    })
}

fn positions(group: &GroupsIndicator<'_>) -> Vec<usize> {
    match group {
        GroupsIndicator::Idx((_, all)) => all.iter().map(|&at| at as usize).collect(),
        GroupsIndicator::Slice([first, length]) => {
            (*first..first + length).map(|at| at as usize).collect()
        }
    }
}
