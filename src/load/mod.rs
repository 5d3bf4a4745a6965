//! Files → [`Recording`]. One file per format; this one picks the format and says what the user may add.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Stage};
use crate::signal::Recording;
use crate::units::Hertz;

mod csv;
mod events;
mod wav;

pub use events::read_events;
pub use wav::write_wav;

/// A file format.
pub trait Format: Sync {
    /// Its name for people.
    fn name(&self) -> &'static str;

    /// The file-name extensions it goes by, lower case without the dot.
    fn extensions(&self) -> &'static [&'static str];

    /// Whether a file that begins with these bytes is of this format, whatever its name.
    fn recognises(&self, head: &[u8]) -> bool;

    /// The recording in `bytes`, the whole file.
    ///
    /// # Errors
    /// Names line and column, what was expected and what helps; the caller adds the file.
    fn read(&self, bytes: &[u8], hints: &Hints) -> Result<Recording>;
}

/// Every format, in the order in which they are asked.
pub static FORMATS: &[&dyn Format] = &[&wav::Wav, &csv::Csv];

/// What the user says about a file that the file itself does not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hints {
    /// The sampling rate of files that do not say.
    pub rate: Option<Hertz>,
    /// The time of the first sample, for files without a clock, in seconds.
    pub start_s: Option<f64>,
    /// What full scale means in a WAV.
    pub full_scale: Option<FullScale>,
}

/// What full scale (±1) means in a WAV: a value and its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullScale {
    /// The value at full scale.
    pub value: f64,
    /// Its unit, e.g. `uV`.
    pub unit: String,
}

/// Loads the recording in a file.
///
/// # Errors
/// When the file cannot be read, is empty, is of no known format, or is damaged beyond use. The
/// error names the file, the place, what was expected and what helps.
pub fn load(path: &Path, hints: &Hints) -> Result<Recording> {
    let bytes = std::fs::read(path)
        .map_err(|error| Error::new(Stage::Load, format!("cannot read the file: {error}")).in_file(path))?;
    load_bytes(path, &bytes, hints)
}

/// Loads the recording in the bytes of a file whose name is `path`.
///
/// # Errors
/// As [`load`].
pub fn load_bytes(path: &Path, bytes: &[u8], hints: &Hints) -> Result<Recording> {
    format_of(path, bytes)?.read(bytes, hints).map_err(|error| error.in_file(path))
}

fn format_of(path: &Path, bytes: &[u8]) -> Result<&'static dyn Format> {
    if bytes.is_empty() {
        return Err(Error::new(Stage::Load, "the file is empty").in_file(path));
    }
    let head = &bytes[..bytes.len().min(4096)];
    let by_content = FORMATS.iter().find(|format| format.recognises(head));
    by_content.copied().ok_or_else(|| {
        let known: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
        Error::new(Stage::Load, "this is no recording in a format that soleus reads")
            .in_file(path)
            .with_hint(format!("formats read: {}; export the recording as CSV", known.join(", ")))
    })
}

/// Whether a file's name has the extension of a format.
pub fn has_known_extension(path: &Path) -> bool {
    let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else { return false };
    let extension = extension.to_ascii_lowercase();
    FORMATS.iter().any(|format| format.extensions().contains(&extension.as_str()))
}
