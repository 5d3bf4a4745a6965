//! The home of `polars`: Parquet, and distributions over a study.

use polars::prelude::*;

use super::{COLUMNS, Column as SignalColumn, Row};
use crate::outcome::Verdict;
use crate::signal::{Muscle, Side, Trace};

/// What polars says when a table cannot be made.
pub type FrameError = PolarsError;

/// How many rows become columns at a time: a study of thousands of sessions needs no more
/// memory than one of few.
const ROWS_AT_A_TIME: usize = 1 << 13;

/// The rows as Parquet, in row groups of some thousands.
///
/// # Errors
/// When the table cannot be made or encoded.
pub fn measures_parquet(rows: &[&Row]) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = writer(&mut bytes, Vec::new()).batched(measures(&[])?.schema())?;
    for rows in rows.chunks(ROWS_AT_A_TIME) {
        writer.write_batch(&measures(rows)?)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(bytes)
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
    writer(&mut bytes, metadata).finish(frame)?;
    Ok(bytes)
}

fn writer(
    bytes: &mut Vec<u8>,
    metadata: Vec<(String, String)>,
) -> ParquetWriter<&mut Vec<u8>> {
    ParquetWriter::new(bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_key_value_metadata(
            (!metadata.is_empty()).then(|| KeyValueMetadata::from_static(metadata)),
        )
}

fn measures(rows: &[&Row]) -> PolarsResult<DataFrame> {
    let text =
        |of: fn(&Row) -> Option<&str>| rows.iter().copied().map(of).collect::<Vec<_>>();
    let number =
        |of: fn(&Row) -> Option<f64>| rows.iter().copied().map(of).collect::<Vec<_>>();
    let [
        subject,
        session,
        recording,
        channel,
        muscle,
        side,
        analysis,
        measure,
        value,
        unit,
        low,
        high,
        n,
        quality,
        note,
    ] = COLUMNS;
    DataFrame::new(
        rows.len(),
        vec![
            Column::new(subject.into(), text(|row| Some(&row.subject))),
            Column::new(session.into(), text(|row| Some(&row.session))),
            Column::new(recording.into(), text(|row| Some(&row.recording))),
            Column::new(channel.into(), text(|row| row.channel.as_deref())),
            Column::new(muscle.into(), text(|row| row.muscle.map(Muscle::name))),
            Column::new(side.into(), text(|row| row.side.map(Side::word))),
            Column::new(analysis.into(), text(|row| Some(&row.analysis))),
            Column::new(measure.into(), text(|row| Some(&row.measure))),
            Column::new(value.into(), number(|row| row.value)),
            Column::new(unit.into(), text(|row| Some(&row.unit))),
            Column::new(low.into(), number(|row| row.ci_low)),
            Column::new(high.into(), number(|row| row.ci_high)),
            Column::new(n.into(), rows.iter().map(|row| row.n).collect::<Vec<_>>()),
            Column::new(quality.into(), text(|row| row.quality.map(Verdict::word))),
            Column::new(note.into(), text(|row| row.note.as_deref())),
        ],
    )
}

/// How one measure of one muscle and side is distributed over a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The measure.
    pub measure: String,
    /// The muscle, empty where it is unknown.
    pub muscle: String,
    /// The side, empty for pairs and where it is unknown.
    pub side: String,
    /// The unit.
    pub unit: String,
    /// The lower quartile.
    pub q1: f64,
    /// The median.
    pub median: f64,
    /// The upper quartile.
    pub q3: f64,
    /// The rows that have a value, as positions in the table that was given.
    pub rows: Vec<usize>,
}

/// The distributions of some measures over the rows that have a value, by muscle, side
/// and unit, in the order of their first row. Quartiles interpolate linearly (Hyndman &
/// Fan 1996, type 7).
///
/// # Errors
/// When the table cannot be grouped.
pub fn distributions(
    rows: &[&Row],
    measures: &[&str],
) -> PolarsResult<Vec<Distribution>> {
    let kept: Vec<usize> = (0..rows.len())
        .filter(|&i| rows[i].value.is_some() && measures.contains(&&*rows[i].measure))
        .collect();
    let text =
        |of: fn(&Row) -> &str| kept.iter().map(|&i| of(rows[i])).collect::<Vec<_>>();
    let keys = ["measure", "muscle", "side", "unit"];
    let frame = DataFrame::new(
        kept.len(),
        vec![
            Column::new(keys[0].into(), text(|row| &row.measure)),
            Column::new(keys[1].into(), text(|row| row.muscle.map_or("", Muscle::name))),
            Column::new(keys[2].into(), text(|row| row.side.map_or("", Side::word))),
            Column::new(keys[3].into(), text(|row| &row.unit)),
        ],
    )?;
    let grouped = frame.group_by_stable(keys)?;
    let positions: Vec<Vec<usize>> = grouped
        .get_groups()
        .iter()
        .map(|group| positions(&group).into_iter().map(|at| kept[at]).collect())
        .collect();
    let of = |at: Vec<usize>| -> PolarsResult<Distribution> {
        let values: Float64Chunked = at.iter().map(|&row| rows[row].value).collect();
        let quartile = |share| {
            PolarsResult::Ok(
                values.quantile(share, QuantileMethod::Linear)?.unwrap_or(f64::NAN),
            )
        };
        let first = rows[at[0]];
        PolarsResult::Ok(Distribution {
            measure: first.measure.to_string(),
            muscle: first.muscle.map_or("", Muscle::name).to_owned(),
            side: first.side.map_or("", Side::word).to_owned(),
            unit: first.unit.to_string(),
            q1: quartile(0.25)?,
            median: quartile(0.5)?,
            q3: quartile(0.75)?,
            rows: at,
        })
    };
    positions.into_iter().map(of).collect()
}

fn positions(group: &GroupsIndicator<'_>) -> Vec<usize> {
    match group {
        GroupsIndicator::Idx((_, all)) => all.iter().map(|&at| at as usize).collect(),
        GroupsIndicator::Slice([first, length]) => {
            (*first..first + length).map(|at| at as usize).collect()
        }
    }
}
