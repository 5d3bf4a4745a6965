//! Which soleus wrote an output folder: what a newer one wrote is not overwritten.

use std::path::Path;

use serde::Deserialize;

use super::record::{MOST_OF_A_RECORD, RunRecord};
use crate::error::{Error, ErrorKind, Result};
use crate::files;

const OURS: &str = env!("CARGO_PKG_VERSION");

#[derive(Deserialize)]
struct Written {
    version: String,
}

/// # Errors
/// When the record in the folder is of a newer version, whose files this one may not know.
pub(super) fn refuse_a_newer_one(out: &Path) -> Result<()> {
    let read = files::read(&out.join(RunRecord::FILE_NAME), MOST_OF_A_RECORD);
    let written =
        read.ok().and_then(|bytes| serde_json::from_slice::<Written>(&bytes).ok());
    match written {
        Some(Written { version }) if is_newer(&version, OURS) => Err(Error::new(
            ErrorKind::Arguments,
            format!(
                "{} holds what soleus {} wrote, and this is soleus {OURS}",
                out.display(),
                // Of somebody else's file: no longer than a version is.
                version.chars().take(40).collect::<String>(),
            ),
        )
        .with_hint("name another folder with -o, or run the newer version")),
        _ => Ok(()),
    }
}

/// Whether a version follows another; what is no version follows none.
fn is_newer(version: &str, ours: &str) -> bool {
    matches!((numbers(version), numbers(ours)), (Some(theirs), Some(ours)) if theirs > ours)
}

/// The three numbers of a version, without what follows them (`-rc.1`, `+build`).
fn numbers(version: &str) -> Option<[u64; 3]> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(|part| part.parse().ok());
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, ours, newer) in [
            ("0.2.0", "0.1.0", true),
            ("0.10.0", "0.9.9", true),
            ("1.0.0-rc.1", "0.9.0", true),
            ("0.1.0", "0.1.0", false),
            ("0.1.0+linux", "0.1.0", false),
            ("0.0.9", "0.1.0", false),
            ("newest", "0.1.0", false),
            ("2", "0.1.0", false),
            ("0.2.0.1", "0.1.0", false),
            ("", "0.1.0", false),
        ] {
            assert_eq!(is_newer(version, ours), newer, "{version} and {ours}");
        }
    }
}
