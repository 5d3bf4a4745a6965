//! The names of the folders of sessions: safe for any file system, and each its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The most bytes of a name: file systems take 255, and files beside it get endings.
const MOST: usize = 180;

/// The folders of sessions, `<subject>_<session>`.
pub(super) struct Folders {
    /// How many subjects and sessions make a name, in lower case, since some file systems
    /// know no other.
    makers: BTreeMap<String, BTreeSet<[String; 2]>>,
    taken: BTreeSet<String>,
}

impl Folders {
    /// Of all subjects and sessions.
    pub(super) fn of<'a>(sessions: impl Iterator<Item = [&'a str; 2]>) -> Self {
        let mut makers: BTreeMap<String, BTreeSet<[String; 2]>> = BTreeMap::new();
        for session in sessions {
            let names = session.map(str::to_owned);
            makers.entry(plain(session).to_lowercase()).or_default().insert(names);
        }
        Self { makers, taken: BTreeSet::new() }
    }

    /// The folder of the next session of this subject and name: the plain one where no
    /// other subject or session makes it (`a b` and `a-b` do), else with a hash of both, so
    /// that it does not depend on the others; and a number where folders hold sessions of
    /// equal names.
    pub(super) fn take(&mut self, session: [&str; 2]) -> String {
        let plain = plain(session);
        let count = self.makers.get(&plain.to_lowercase()).map_or(0, BTreeSet::len);
        let name = if count > 1 || plain.len() > MOST {
            let cut = plain.floor_char_boundary(MOST);
            format!("{}-{}", &plain[..cut], hash(session))
        } else {
            plain
        };
        let is_free = |name: &str, is_own: bool| {
            let name = name.to_lowercase();
            !self.taken.contains(&name) && (is_own || !self.makers.contains_key(&name))
        };
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = match is_free(&name, count == 1) {
            true => Some(name.clone()),
            false => numbered.into_iter().find(|name| is_free(name, false)),
        };
        let free = free.unwrap_or(name);
        self.taken.insert(free.to_lowercase());
        free
    }
}

fn plain([subject, session]: [&str; 2]) -> String {
    format!("{}_{}", safe(subject), safe(session))
}

/// What tells sessions apart whose names make the same folder.
fn hash([subject, session]: [&str; 2]) -> String {
    let hash = blake3::hash(format!("{subject}\0{session}").as_bytes());
    hash.to_hex()[..8].to_owned()
}

fn safe(name: &str) -> String {
    let kept = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' });
    let kept: String = kept.collect();
    let trimmed = kept.trim_matches('.');
    if trimmed.is_empty() { "-".into() } else { trimmed.to_owned() }
}

/// A path as studies and findings write it.
pub(super) fn slashes(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(sessions: &[[&str; 2]]) -> Vec<String> {
        let mut folders = Folders::of(sessions.iter().copied());
        sessions.iter().map(|session| folders.take(*session)).collect()
    }

    #[test]
    fn every_session_has_its_own() {
        let sessions =
            [["a b", "1"], ["a-b", "1"], ["a-b", "1-2"], ["A.b", "1"], ["a.B", "1"]];
        let found = folders(&sessions);
        assert_eq!(found[2], "a-b_1-2");
        let different: BTreeSet<String> =
            found.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(different.len(), sessions.len(), "{found:?}");
        assert!(found[0].starts_with("a-b_1-") && found[0].len() == 14, "{found:?}");
        // In any order, with any others.
        assert_eq!(folders(&[["a-b", "1"], ["a b", "1"]])[1], found[0]);
    }

    #[test]
    fn sessions_of_equal_names_are_numbered() {
        let found = folders(&[["a", "1"], ["a", "1"], ["a", "1-2"]]);
        assert_eq!(found, ["a_1", "a_1-3", "a_1-2"]);
        assert_eq!(folders(&[["S01", "pre"], ["S01", "pre"]])[1], "S01_pre-2");
    }

    #[test]
    fn long_names_are_cut() {
        let long = "ä".repeat(300);
        let other = format!("{long}x");
        let found = folders(&[[&long, "1"], [&other, "1"]]);
        assert!(found.iter().all(|name| name.len() < 200) && found[0] != found[1]);
    }
}
