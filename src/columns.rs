//! How a table is declared: each row as a struct whose fields are the columns, each
//! column's meaning and unit told once, beside its field.
//!
//! Files, dictionaries of the data and checks read the facts of a table from
//! [`TableRow::TABLE`].

use std::sync::Arc;

use serde::Serialize;

use crate::outcome::Verdict;
use crate::signal::{Muscle, Side};

/// A table of a study: its name, what a row is, and its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StudyTable {
    /// The name of its file without extension.
    pub name: &'static str,
    /// What a row is.
    pub row: &'static str,
    /// The columns, in their order.
    pub columns: &'static [TableColumn],
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TableColumn {
    /// The name in the header.
    pub name: &'static str,
    /// What its cells say.
    pub description: &'static str,
    /// The unit of all its cells; `None` where none applies or another column tells it.
    pub unit: Option<&'static str>,
    /// The only words that its cells may hold; empty where they may hold any.
    pub levels: &'static [&'static str],
    /// What its cells are.
    pub kind: CellKind,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    /// Words.
    Text,
    /// Numbers.
    Number,
    /// Whole numbers from 0.
    Whole,
}

/// One cell; a missing one is empty in CSV and null in Parquet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TableCell<'a> {
    /// Words.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(u64),
    /// Nothing.
    Missing,
}

/// A row of a table, with what there is to know of the table.
pub trait TableRow {
    /// The table.
    const TABLE: StudyTable;

    /// The cells, one a column, in the order of the columns.
    fn cells(&self) -> Vec<TableCell<'_>>;
}

impl StudyTable {
    /// The name of its text file.
    pub fn csv_file(&self) -> String {
        format!("{}.csv", self.name)
    }

    /// The name of its file in Parquet, where it is written as such.
    pub fn parquet_file(&self) -> String {
        format!("{}.parquet", self.name)
    }

    /// The names of its columns.
    pub fn header(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.columns.iter().map(|column| column.name)
    }
}

/// What a field of a row can be.
pub trait CellValue {
    /// What its cells are.
    const KIND: CellKind;
    /// The only words that it may hold; empty where it may hold any.
    const LEVELS: &'static [&'static str] = &[];

    /// Its cell.
    fn cell(&self) -> TableCell<'_>;
}

impl<T: CellValue> CellValue for Option<T> {
    const KIND: CellKind = T::KIND;
    const LEVELS: &'static [&'static str] = T::LEVELS;

    fn cell(&self) -> TableCell<'_> {
        self.as_ref().map_or(TableCell::Missing, CellValue::cell)
    }
}

impl CellValue for String {
    const KIND: CellKind = CellKind::Text;

    fn cell(&self) -> TableCell<'_> {
        TableCell::Text(self)
    }
}

impl CellValue for Arc<str> {
    const KIND: CellKind = CellKind::Text;

    fn cell(&self) -> TableCell<'_> {
        TableCell::Text(self)
    }
}

impl CellValue for f64 {
    const KIND: CellKind = CellKind::Number;

    fn cell(&self) -> TableCell<'_> {
        TableCell::Number(*self)
    }
}

impl CellValue for u64 {
    const KIND: CellKind = CellKind::Whole;

    fn cell(&self) -> TableCell<'_> {
        TableCell::Whole(*self)
    }
}

impl CellValue for usize {
    const KIND: CellKind = CellKind::Whole;

    fn cell(&self) -> TableCell<'_> {
        TableCell::Whole(*self as u64)
    }
}

impl CellValue for Muscle {
    const KIND: CellKind = CellKind::Text;

    fn cell(&self) -> TableCell<'_> {
        TableCell::Text(self.name())
    }
}

impl CellValue for Side {
    const KIND: CellKind = CellKind::Text;
    const LEVELS: &'static [&'static str] = &[Self::Left.word(), Self::Right.word()];

    fn cell(&self) -> TableCell<'_> {
        TableCell::Text(self.word())
    }
}

impl CellValue for Verdict {
    const KIND: CellKind = CellKind::Text;
    const LEVELS: &'static [&'static str] =
        &[Self::Good.word(), Self::Check.word(), Self::Bad.word()];

    fn cell(&self) -> TableCell<'_> {
        TableCell::Text(self.word())
    }
}

/// Declares the row of a table: the doc comment of the struct says what a row is, that of
/// a field what its column holds, and `as "…"` behind a field the unit. What a row knows
/// and no column tells stands in `beside { … }`.
macro_rules! table_row {
    (
        $(#[doc = $row:literal])+
        $vis:vis struct $Row:ident = $table:literal {
            $(
                $(#[doc = $line:literal])+
                $column:ident: $value:ty $(as $unit:literal)?,
            )+
            $(beside {
                $($(#[doc = $known:literal])+ $beside:ident: $other:ty,)+
            })?
        }
    ) => {
        $(#[doc = $row])+
        #[doc = concat!("\nA row of `", $table, ".csv`; the fields are its columns.")]
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $Row {
            $($(#[doc = $line])+ $vis $column: $value,)+
            $($($(#[doc = $known])+ $vis $beside: $other,)+)?
        }

        impl $crate::columns::TableRow for $Row {
            const TABLE: $crate::columns::StudyTable = $crate::columns::StudyTable {
                name: $table,
                row: concat!($($row),+).trim_ascii_start(),
                columns: &[$($crate::columns::TableColumn {
                    name: stringify!($column),
                    description: concat!($($line),+).trim_ascii_start(),
                    unit: $crate::columns::unit!($($unit)?),
                    levels: <$value as $crate::columns::CellValue>::LEVELS,
                    kind: <$value as $crate::columns::CellValue>::KIND,
                },)+],
            };

            fn cells(&self) -> Vec<$crate::columns::TableCell<'_>> {
                vec![$($crate::columns::CellValue::cell(&self.$column),)+]
            }
        }
    };
}
pub(crate) use table_row;

macro_rules! unit {
    () => {
        None
    };
    ($unit:literal) => {
        Some($unit)
    };
}
pub(crate) use unit;

#[cfg(test)]
mod tests {
    use super::*;

    table_row! {
        /// A leg
        /// that was seen.
        struct Seen = "seen" {
            /// Which one.
            side: Option<Side>,
            /// When, on the clock
            /// of the file.
            time_s: f64 as "s",
            /// How often.
            times: usize,
        }
    }

    #[test]
    fn a_column_is_told_beside_its_field() {
        let StudyTable { name, row, columns } = Seen::TABLE;
        assert_eq!((name, row), ("seen", "A leg that was seen."));
        assert_eq!(
            columns[0],
            TableColumn {
                name: "side",
                description: "Which one.",
                unit: None,
                levels: &["left", "right"],
                kind: CellKind::Text,
            }
        );
        assert_eq!(
            columns[1],
            TableColumn {
                name: "time_s",
                description: "When, on the clock of the file.",
                unit: Some("s"),
                levels: &[],
                kind: CellKind::Number,
            }
        );
        let row = Seen { side: None, time_s: 0.5, times: 3 };
        assert_eq!(
            row.cells(),
            [TableCell::Missing, TableCell::Number(0.5), TableCell::Whole(3)]
        );
    }
}
