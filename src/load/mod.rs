//! Files → [`Recording`]. One file per format; this one picks the format and says what
//! the user may add.

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::memory;
use crate::signal::Recording;
use crate::units::Hertz;

mod csv;
mod events;
mod source;
mod text;
mod wav;

pub use events::{EventTable, read_event_table, read_events};
pub use source::ByteSource;
pub use wav::{is_written_wav, write_wav};

/// A file format.
pub trait Format: Sync {
    /// Its name for people.
    fn name(&self) -> &'static str;

    /// The file-name extensions it goes by, lower case without the dot.
    fn extensions(&self) -> &'static [&'static str];

    /// Whether a file that begins with these bytes is of this format, whatever its name.
    fn recognises(&self, head: &[u8]) -> bool;

    /// How much memory the recording in a file needs at least, from how the file begins and
    /// how long it is: for its samples, and for as many bytes of it as are read at once.
    fn room(&self, _head: &[u8], bytes: u64) -> u64 {
        bytes.saturating_mul(2)
    }

    /// The recording in `bytes`, the whole file.
    ///
    /// # Errors
    /// Names line and column, what was expected and what helps; the caller adds the file.
    fn read(&self, bytes: &[u8], hints: &Hints) -> Result<Recording>;

    /// The recording of a file that need not be in memory as a whole, with the file's
    /// fingerprint where it is wanted and was found on the way; `None` where only
    /// [`read`](Format::read) will do, or something is wrong with the file.
    ///
    /// # Errors
    /// When the system fails to read the file.
    fn read_blocks(
        &self,
        _: &mut ByteSource<'_>,
        _: &Hints,
        _fingerprint: bool,
    ) -> io::Result<Option<InBlocks>> {
        Ok(None)
    }
}

/// A recording that was read block by block, and the fingerprint of its file.
pub type InBlocks = (Recording, Option<String>);

/// A file that was read: what it was, and what is in it.
#[derive(Debug)]
pub struct Opened {
    /// How long it is, in bytes.
    pub bytes: u64,
    /// The BLAKE3 fingerprint of its bytes, in hexadecimal.
    pub blake3: String,
    /// The recording in it, or why there is none.
    pub recording: Result<Recording>,
}

/// How many bytes of a file tell its format.
const HEAD: usize = 4096;

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
/// When the file cannot be read, is empty, is of no known format, or is damaged beyond
/// use. The error names the file, the place, what was expected and what helps.
pub fn load(path: &Path, hints: &Hints) -> Result<Recording> {
    let read = || {
        let file = opened(path)?;
        match in_blocks(&file, hints, false).map_err(|error| unreadable(path, &error))? {
            Some((recording, _)) => Ok(recording),
            None => load_bytes(path, &whole(path, &file)?, hints),
        }
    };
    memory::fallible(read).unwrap_or_else(|no_room| Err(without_room(path, no_room)))
}

/// Loads the recording in a file and takes the file's fingerprint, reading it once.
///
/// A plain table is read block by block, so that no more than its numbers and a few
/// blocks are in memory.
///
/// # Errors
/// When the file cannot be read. What is wrong with its content stands in
/// [`Opened::recording`].
pub fn open(path: &Path, hints: &Hints) -> Result<Opened> {
    let opened = memory::fallible(|| read(path, hints));
    opened.unwrap_or_else(|no_room| Err(without_room(path, no_room)))
}

fn read(path: &Path, hints: &Hints) -> Result<Opened> {
    let file = opened(path)?;
    let bytes = file.metadata().map_err(|error| unreadable(path, &error))?.len();
    if let Some((recording, Some(blake3))) =
        in_blocks(&file, hints, true).map_err(|error| unreadable(path, &error))?
    {
        return Ok(Opened { bytes, blake3, recording: Ok(recording) });
    }
    let bytes = whole(path, &file)?;
    let blake3 = blake3::hash(&bytes).to_hex().to_string();
    Ok(Opened {
        bytes: bytes.len() as u64,
        blake3,
        recording: load_bytes(path, &bytes, hints),
    })
}

/// A file that is there and can be in memory.
fn opened(path: &Path) -> Result<File> {
    let file = files::open(path).map_err(|error| unreadable(path, &error))?;
    let bytes = file.metadata().map_err(|error| unreadable(path, &error))?.len();
    if memory::is_room_for(room_of(path, bytes)) {
        return Ok(file);
    }
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    let free = memory::free().map_or(String::new(), |free| {
        format!(", and {} of memory are free", gigabytes(free))
    });
    Err(Error::new(
        ErrorKind::Load,
        format!("the file has {}{free}: too much to be processed", gigabytes(bytes)),
    )
    .in_file(path)
    .with_hint(LESS_AT_ONCE))
}

const LESS_AT_ONCE: &str =
    "cut it into shorter recordings, or take a machine with more memory";

/// How much memory the recording in a file needs at least.
fn room_of(path: &Path, bytes: u64) -> u64 {
    let head = files::head(path, HEAD as u64).unwrap_or_default();
    let format = FORMATS.iter().find(|format| format.recognises(&head));
    format.map_or(bytes, |format| format.room(&head, bytes))
}

/// Keeps the room in memory that the recording in a file takes while it is processed: its
/// samples, and as much again for what is made of them. `None` where that is too much beside
/// what others keep.
pub(crate) fn keep_room(path: &Path) -> Option<memory::Room> {
    let bytes = path.metadata().map_or(0, |there| there.len());
    memory::Room::keep(room_of(path, bytes).saturating_mul(2))
}

/// That a recording found no room where it was read or processed.
pub(crate) fn without_room(path: &Path, no_room: memory::NoRoom) -> Error {
    let megabytes = no_room.0.div_ceil(1_000_000);
    let said = format!("there is no room in memory: {megabytes} MB more were needed");
    Error::new(ErrorKind::Memory, said).in_file(path).with_hint(LESS_AT_ONCE)
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::OutOfMemory => ErrorKind::Memory,
        _ => ErrorKind::Load,
    };
    Error::new(kind, format!("cannot read the file: {error}")).in_file(path)
}

fn in_blocks(
    file: &File,
    hints: &Hints,
    fingerprint: bool,
) -> io::Result<Option<InBlocks>> {
    let mut source = ByteSource::from_file(file)?;
    // A small file is read whole at once; a fingerprint is put together from at least two
    // blocks.
    if source.length() <= 2 * source::BLOCK {
        return Ok(None);
    }
    let head = source.part(0, HEAD)?;
    let format = FORMATS.iter().find(|format| format.recognises(&head));
    format.map_or(Ok(None), |format| format.read_blocks(&mut source, hints, fingerprint))
}

fn whole(path: &Path, file: &File) -> Result<Vec<u8>> {
    let read = || {
        let mut source = ByteSource::from_file(file)?;
        let length = source.length();
        source.part(0, length)
    };
    read().map_err(|error| unreadable(path, &error))
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
        return Err(Error::new(ErrorKind::Load, "the file is empty").in_file(path));
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    let by_content = FORMATS.iter().find(|format| format.recognises(head));
    by_content.copied().ok_or_else(|| {
        let known: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
        Error::new(ErrorKind::Load, "this is no recording in a format that soleus reads")
            .in_file(path)
            .with_hint(format!(
                "formats read: {}; export the recording as CSV",
                known.join(", ")
            ))
    })
}

/// Whether a file's name has the extension of a format.
pub fn has_known_extension(path: &Path) -> bool {
    let Some(extension) = path.extension().and_then(|extension| extension.to_str())
    else {
        return false;
    };
    let extension = extension.to_ascii_lowercase();
    FORMATS.iter().any(|format| format.extensions().contains(&extension.as_str()))
}
