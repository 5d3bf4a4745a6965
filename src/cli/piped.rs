//! Recordings that come through a pipe.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, ErrorKind, Result};

/// What a recording from standard input is called.
const NAME: &str = "standard-input";

/// A recording that came through a pipe, in a file that is gone when this is.
pub(super) struct Piped {
    _folder: TempDir,
    pub(super) path: PathBuf,
}

impl Piped {
    /// Takes all of standard input for `-`, and of a pipe that is named; `None` for a
    /// file, which is read where it lies, and for what is no source of bytes.
    ///
    /// # Errors
    /// When the pipe cannot be read, or there is no room for what it says.
    pub(super) fn take(file: &Path) -> Result<Option<Self>> {
        let failed = |error: io::Error| {
            Error::new(ErrorKind::Load, format!("cannot read the pipe: {error}"))
                .in_file(file)
        };
        if file.as_os_str() == "-" {
            return Self::spool(&mut io::stdin().lock()).map(Some).map_err(failed);
        }
        if !fs::metadata(file).is_ok_and(|found| is_pipe(found.file_type())) {
            return Ok(None);
        }
        let mut pipe = File::open(file).map_err(failed)?;
        Self::spool(&mut pipe).map(Some).map_err(failed)
    }

    fn spool(source: &mut impl io::Read) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        // So deep that no study.toml of others lies within reach above it.
        let inner = folder.path().join("a/recording/from/a/pipe");
        fs::create_dir_all(&inner)?;
        let path = inner.join(NAME);
        io::copy(source, &mut File::create(&path)?)?;
        Ok(Self { _folder: folder, path })
    }
}

#[cfg(unix)]
fn is_pipe(kind: fs::FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: fs::FileType) -> bool {
    false
}
