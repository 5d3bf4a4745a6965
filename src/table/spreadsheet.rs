//! Text tables as the spreadsheets of a country read them.
//!
//! Where a comma stands before decimals, a semicolon parts the cells (Unicode CLDR through
//! `num-format`); a mark tells that the text is UTF-8. What a spreadsheet would take for a
//! formula gets an apostrophe, and numbers never.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use num_format::Locale;
use serde::{Deserialize, Serialize};

use crate::columns::{TableCell, TableRow};

/// What tells spreadsheets that a text is UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The ways to begin a formula, also in the full width of East Asian scripts.
const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A country or language whose spreadsheets read the text tables of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CsvLocale {
    /// As CLDR writes it: `de`, `fr-CH`.
    name: String,
    has_decimal_comma: bool,
}

impl CsvLocale {
    /// What parts the cells of a row: also in Switzerland and Liechtenstein, where numbers
    /// have a point, a semicolon.
    pub fn separator(&self) -> char {
        let is_swiss = ["-CH", "-LI"].iter().any(|country| self.name.ends_with(country));
        if self.has_decimal_comma || is_swiss { ';' } else { ',' }
    }

    /// Writes a table with a header line.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write<'a, R: TableRow + 'a>(
        &self,
        rows: impl IntoIterator<Item = &'a R>,
        mut out: impl Write,
    ) -> io::Result<()> {
        out.write_all(MARK)?;
        let separator = self.separator() as u8;
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(out);
        writer.write_record(R::TABLE.header()).map_err(super::of_system)?;
        for row in rows {
            let cells = row.cells();
            let texts = cells.iter().map(|cell| self.text(*cell));
            writer
                .write_record(texts.map(|text| text.into_owned()))
                .map_err(super::of_system)?;
        }
        writer.flush()
    }

    fn text<'a>(&self, cell: TableCell<'a>) -> Cow<'a, str> {
        match cell {
            TableCell::Text(text) if self.is_formula(text) => format!("'{text}").into(),
            TableCell::Text(text) => text.into(),
            TableCell::Number(number) if self.has_decimal_comma => {
                written(number).replace('.', ",").into()
            }
            TableCell::Number(number) => written(number).into(),
            TableCell::Whole(count) => count.to_string().into(),
            TableCell::Missing => "".into(),
        }
    }

    /// Whether a spreadsheet may compute something of a text.
    fn is_formula(&self, text: &str) -> bool {
        let text = text.trim_start();
        let Some(behind) = text.strip_prefix(FORMULAS) else { return false };
        let decimal = if self.has_decimal_comma { "," } else { "." };
        let is_number =
            text.replace(decimal, ".").parse::<f64>().is_ok_and(f64::is_finite);
        !behind.trim().is_empty() && !is_number
    }
}

impl FromStr for CsvLocale {
    type Err = String;

    /// From a tag as `de`, `de-DE`, `de_DE.UTF-8` or `FR-ch`.
    fn from_str(tag: &str) -> Result<Self, String> {
        let plain = tag.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
        let parts: Vec<&str> = plain.split('-').collect();
        let language = match parts[0].to_ascii_lowercase() {
            norwegian if norwegian == "no" => "nb".to_owned(),
            language => language,
        };
        let unknown = || {
            format!(
                "{tag:?} is no language or country that soleus knows: say the language and, \
                 where it matters, the country, as in de, fr-CH or en-GB"
            )
        };
        let region = match parts[1..] {
            [] => None,
            [.., region] if is_region(region) => Some(region.to_ascii_uppercase()),
            _ => return Err(unknown()),
        };
        // Where a country is not listed, it does as its language; `root` is none.
        let of_country = region.map(|region| format!("{language}-{region}"));
        let of_language = (language != "root").then_some(language);
        let mut names = [of_country, of_language].into_iter().flatten();
        let known = |name: String| Some((Locale::from_name(&name).ok()?.decimal(), name));
        let (decimal, name) = names.find_map(known).ok_or_else(unknown)?;
        Ok(Self { name, has_decimal_comma: decimal == "," })
    }
}

/// A number as short as it reads back to the same bits, as it stands in the plain table.
fn written(number: f64) -> String {
    serde_json::to_string(&number).unwrap_or_else(|_| number.to_string())
}

/// Two letters, or the three digits of a part of the world.
fn is_region(part: &str) -> bool {
    part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        || part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for CsvLocale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl TryFrom<String> for CsvLocale {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, String> {
        tag.parse()
    }
}

impl From<CsvLocale> for String {
    fn from(locale: CsvLocale) -> Self {
        locale.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_their_signs() {
        for (tag, name, separator) in [
            ("de", "de", ';'),
            ("de-DE", "de", ';'),
            ("de_AT.UTF-8", "de-AT", ';'),
            ("de-ch", "de-CH", ';'),
            ("FR-ch", "fr-CH", ';'),
            ("en", "en", ','),
            ("en-GB", "en-GB", ','),
            ("es-MX", "es-MX", ','),
            ("pt-BR", "pt", ';'),
            ("zh-Hans-CN", "zh", ','),
            ("no", "nb", ';'),
            ("ca_ES@valencia", "ca", ';'),
        ] {
            let locale: CsvLocale = tag.parse().unwrap();
            assert_eq!(
                (locale.to_string().as_str(), locale.separator()),
                (name, separator)
            );
            assert_eq!(name.parse(), Ok(locale), "{tag}");
        }
        for tag in ["", "xx", "german", "de-Germany", "root", "de;", "1", "ü"] {
            let said = tag.parse::<CsvLocale>().unwrap_err();
            assert!(said.contains("as in de, fr-CH or en-GB"), "{said}");
        }
    }

    #[test]
    fn numbers_have_commas_and_formulas_apostrophes() {
        let [german, english] = ["de", "en"].map(|tag| tag.parse::<CsvLocale>().unwrap());
        for (cell, in_german, in_english) in [
            (TableCell::Number(-1.5e-7), "-1,5e-7", "-1.5e-7"),
            (TableCell::Number(3.0), "3,0", "3.0"),
            (TableCell::Whole(12), "12", "12"),
            (TableCell::Missing, "", ""),
            (TableCell::Text("1.5 mV"), "1.5 mV", "1.5 mV"),
            (
                TableCell::Text("=HYPERLINK(\"x\")"),
                "'=HYPERLINK(\"x\")",
                "'=HYPERLINK(\"x\")",
            ),
            (TableCell::Text("+SUM(A1)"), "'+SUM(A1)", "'+SUM(A1)"),
            (TableCell::Text("@x"), "'@x", "'@x"),
            (TableCell::Text(" \t=1+2"), "' \t=1+2", "' \t=1+2"),
            (TableCell::Text("-(1)"), "'-(1)", "'-(1)"),
            (TableCell::Text("＝A1"), "'＝A1", "'＝A1"),
            (
                TableCell::Text("-2+3+cmd|' /C'!A0"),
                "'-2+3+cmd|' /C'!A0",
                "'-2+3+cmd|' /C'!A0",
            ),
            (TableCell::Text("-12,5"), "-12,5", "'-12,5"),
            (TableCell::Text("-12.5"), "-12.5", "-12.5"),
            (TableCell::Text("- "), "- ", "- "),
            (TableCell::Text("-inf"), "'-inf", "'-inf"),
            (TableCell::Text("SOL~TA"), "SOL~TA", "SOL~TA"),
        ] {
            assert_eq!(german.text(cell), in_german);
            assert_eq!(english.text(cell), in_english);
        }
    }
}
