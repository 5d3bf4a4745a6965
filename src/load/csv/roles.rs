//! What the columns hold whose name does not say it, by their numbers: clocks and running
//! numbers.

use super::dialect::CsvDialect;
use super::header::Header;
use super::names::{self, ColumnRole, FileColumn};
use super::numbers::without_end;
use super::table::SampleTable;
use super::timing::{clock, counter, ticks};
use crate::signal::{Kind, Label};

/// So many rows rise without a fall in no signal.
const ROWS: usize = 20;
/// Different times that a clock shows at least.
const TIMES: usize = 5;

/// Decides by their numbers what columns without a telling name hold.
pub(super) fn assign(header: &mut Header, dialect: &CsvDialect, table: &SampleTable) {
    if header.columns.len() < 2 {
        return;
    }
    let mut has_time =
        header.columns.iter().any(|column| column.role == ColumnRole::Time);
    for (index, column) in header.columns.iter_mut().enumerate() {
        let is_clock_text = dialect.holds_times_of_day(index);
        let is_row_number =
            column.role == ColumnRole::Counter && column.written.is_empty();
        let is_date = column.role == ColumnRole::Other && names::is_date(&column.name);
        let may_be_clock = is_row_number && is_clock_text || is_date;
        if column.role != ColumnRole::Channel && !may_be_clock || says_signal(column) {
            continue;
        }
        let values = without_end(&table.columns[index]);
        let alone = !has_time;
        if is_clock_text && alone && values.iter().any(|value| value.is_finite()) {
            (column.role, has_time) = (ColumnRole::Time, true);
            continue;
        }
        if let Some(role) = role(column, values, (index == 0, alone)) {
            has_time |= role == ColumnRole::Time;
            column.role = role;
        }
    }
}

/// Whether name or unit say what a column measures.
pub(super) fn says_signal(column: &FileColumn) -> bool {
    let label = Label::parse(&column.name, &column.unit);
    label.muscle.is_some()
        || !matches!(label.kind, Kind::Emg | Kind::Other)
        || column.name.to_lowercase().contains("emg")
}

/// What the numbers of a column that tells nothing are.
fn role(
    column: &FileColumn,
    values: &[f64],
    (first, alone): (bool, bool),
) -> Option<ColumnRole> {
    let unnamed = column.written.is_empty();
    if values.len() < ROWS && !(first && unnamed) || values.len() < 2 {
        return None;
    }
    let rising = values.windows(2).all(|pair| pair[0] < pair[1]);
    if (rising || first || is_counted_name(column)) && counter::read(values).is_some() {
        return Some(ColumnRole::Counter);
    }
    let is_clock = || {
        let seconds = ticks::read(column, values, false, None).seconds;
        clock::read(&seconds).is_ok_and(|clock| clock.holes.len() * 100 <= values.len())
    };
    let standing = || {
        first
            && values.windows(2).all(|pair| pair[0] <= pair[1])
            && values.chunk_by(|a, b| a == b).count() >= TIMES
    };
    let may_be_time = column.unit.is_empty() || names::per_second(&column.unit).is_some();
    if may_be_time && (rising || standing()) && is_clock() {
        return Some(if alone { ColumnRole::Time } else { ColumnRole::Other });
    }
    (rising && values.len() >= ROWS).then_some(ColumnRole::Other)
}

fn is_counted_name(column: &FileColumn) -> bool {
    let name = column.name.to_lowercase();
    ["seq", "count", "index", "packet", "number"].iter().any(|word| name.contains(word))
}
