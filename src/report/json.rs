//! `report.json`: the findings for programs.

use std::io;

use super::Writer;
use crate::session::Findings;

/// Writes `report.json`: the same values as the page, in SI units with every digit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

impl Writer for Json {
    fn file_name(&self) -> &'static str {
        "report.json"
    }

    fn write(&self, findings: &Findings, out: &mut dyn io::Write) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(findings)?;
        text.push(b'\n');
        out.write_all(&text)
    }
}
