//! A copy of a study in which codes stand for the names of persons: in the names of files
//! and folders, in `study.toml`, and in what the files say beside their samples. The key
//! is kept apart.

mod key;
mod names;
mod places;
mod text;
mod wav;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::batch::write_whole;
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::load::{self, Hints};
use crate::session::{self, Manifest, RecordingInput, Search, SessionInput};
use crate::signal::{Channel, Event, Recording};

use key::KeyFile;
use names::Names;
use places::CopyPlaces;

/// The most bytes of a recording that is copied.
const MOST_OF_A_RECORDING: u64 = 8 << 30;

/// What is asked.
#[derive(Debug, Clone)]
pub struct PseudonymOrder {
    /// Files, folders and patterns.
    pub inputs: Vec<PathBuf>,
    /// The folder of the copy, which is empty or not there.
    pub out: PathBuf,
    /// The key, read where it is there.
    pub key: PathBuf,
}

/// What was done, and what somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pseudonymised {
    /// How many files were written.
    pub files: usize,
    /// Who was taken for a person, and has a code now.
    pub persons: BTreeSet<String>,
    /// Recordings that were not copied, and why.
    pub left_out: Vec<(PathBuf, String)>,
    /// What was done to copied files that their users should know.
    pub notes: Vec<String>,
}

/// A file to be copied.
struct Original {
    path: PathBuf,
    /// The code of the person it belongs to; empty where it belongs to all.
    own: String,
    content: OriginalContent,
}

enum OriginalContent {
    Recording(Hints),
    Events,
    Study,
}

/// Writes the copy and the key.
///
/// # Errors
/// When there is nothing to copy, the key lies in the copy or the input, the copy is there
/// already or lies in the input, or a name could not be taken out of a path. Nothing is
/// written then, but for the key where only the last is wrong.
pub fn pseudonymise(order: &PseudonymOrder) -> Result<Pseudonymised> {
    places::refuse(order)?;
    let search = Search { out: Some(&order.out), ..Search::default() };
    let manifest = session::find(&order.inputs, &search)?;
    let persons = persons(&manifest);
    let unread = manifest.left_out.iter();
    let mut done = Pseudonymised {
        persons: persons.values().cloned().collect(),
        left_out: unread.map(|one| (one.path.clone(), one.reason.to_string())).collect(),
        ..Pseudonymised::default()
    };
    let mut key = KeyFile::read(&order.key)?;
    key.extend(&done.persons);
    for names in key.of_one_person(&done.persons) {
        let said = format!("{}: taken for one person by their names", names.join(", "));
        done.notes.push(said);
    }
    let names = Names::new(&key.persons());
    let originals = originals(&manifest, &persons, &key);
    let places = CopyPlaces::of(&order.inputs, &originals, &persons, &names);

    let copies = planned(&originals, &places, &names)?;
    key.write()?;
    for (place, copy) in copies {
        done.take(order, &place, copy, &names)?;
    }
    if done.files > 0 {
        check(order, &persons, &key)?;
    }
    Ok(done)
}

/// A copy to be written: of a study, what it holds is known before anything is written,
/// since recordings without it would say something else.
struct Copy<'a> {
    original: &'a Original,
    study: Option<Content>,
}

/// The bytes of a copy, and what has to be looked at in it.
type Content = (Vec<u8>, Option<String>);

/// Every copy by its place.
fn planned<'a>(
    originals: &'a [Original],
    places: &CopyPlaces<'_>,
    names: &Names,
) -> Result<BTreeMap<PathBuf, Copy<'a>>> {
    let mut copies = BTreeMap::new();
    for original in originals {
        let place = places.of_copy(&original.path, &original.own)?;
        let is_study = matches!(original.content, OriginalContent::Study);
        let study = is_study.then(|| content(original, names)).transpose();
        let study = study.map_err(|error| error.in_file(&original.path))?;
        if copies.insert(place.clone(), Copy { original, study }).is_some() {
            return Err(places::two_of_one_name(&place));
        }
    }
    Ok(copies)
}

impl Pseudonymised {
    /// Writes a copy, or notes that it cannot be made.
    fn take(
        &mut self,
        order: &PseudonymOrder,
        place: &Path,
        copy: Copy<'_>,
        names: &Names,
    ) -> Result<()> {
        let known = copy.study.map(Ok);
        let made = known.unwrap_or_else(|| content(copy.original, names));
        let (bytes, said) = match made {
            Ok(content) => content,
            Err(error) => {
                self.left_out.push((copy.original.path.clone(), error.to_string()));
                return Ok(());
            }
        };
        write_whole(&order.out.join(place), &bytes)?;
        self.files += 1;
        let shown = place.display();
        self.notes.extend(remark(&shown.to_string(), names, "its name"));
        self.notes.extend(said.map(|said| format!("{shown}: {said}")));
        Ok(())
    }
}

/// The name of the person in each subject.
fn persons(manifest: &Manifest) -> BTreeMap<String, String> {
    let sessions = manifest.sessions.iter();
    sessions.map(|session| (session.subject.clone(), person_of(session))).collect()
}

/// What was said of the subject, or the folder that ends the way to it (`patients-Maria`
/// is `Maria` among the patients).
fn person_of(session: &SessionInput) -> String {
    let subject = &session.subject;
    let paths = session.recordings.iter().map(|recording| &recording.path);
    let folders: BTreeSet<&str> =
        paths.flat_map(|path| path.iter()).filter_map(|part| part.to_str()).collect();
    if folders.contains(subject.as_str()) {
        return subject.clone();
    }
    let last = folders.into_iter().find(|folder| ends_with(subject, folder));
    last.unwrap_or(subject).to_owned()
}

/// Whether the last part of a subject is a name.
fn ends_with(subject: &str, name: &str) -> bool {
    subject.strip_suffix(name).is_some_and(|before| before.ends_with('-'))
}

/// Every file that the study needs, each once.
fn originals(
    manifest: &Manifest,
    persons: &BTreeMap<String, String>,
    key: &KeyFile,
) -> Vec<Original> {
    let mut known = BTreeSet::new();
    let mut originals = Vec::new();
    let mut add = |path: PathBuf, own: &str, content: OriginalContent| {
        if known.insert(path.clone()) {
            originals.push(Original { path, own: own.to_owned(), content });
        }
    };
    for (path, _) in &manifest.studies {
        add(path.clone(), "", OriginalContent::Study);
    }
    for session in &manifest.sessions {
        let own = persons.get(&session.subject).map_or("", |name| key.code(name));
        for recording in &session.recordings {
            add(
                recording.path.clone(),
                own,
                OriginalContent::Recording(hints(recording)),
            );
            if let Some(events) = recording.event_file().filter(|path| path.is_file()) {
                add(events, own, OriginalContent::Events);
            }
        }
    }
    originals
}

fn hints(recording: &RecordingInput) -> Hints {
    let entry = &recording.entry;
    Hints {
        rate: entry.rate_hz,
        start_s: entry.start_s,
        full_scale: entry.full_scale.clone(),
    }
}

/// What a copy holds.
fn content(original: &Original, names: &Names) -> Result<Content> {
    let Original { path, own, content } = original;
    let bytes = files::read(path, MOST_OF_A_RECORDING).map_err(|error| {
        Error::new(ErrorKind::Load, format!("cannot read the file: {error}"))
    })?;
    match content {
        OriginalContent::Study => {
            let study = text::study(&String::from_utf8_lossy(&bytes), names)?;
            Ok((study.into_bytes(), None))
        }
        OriginalContent::Events => {
            let replaced = text::replaced(&bytes, names, own)?;
            let is_same = times(&load::read_events(&bytes)?)
                == times(&load::read_events(&replaced)?);
            let remark = remark_of_text(&replaced, names);
            is_same.then_some((replaced, remark)).ok_or_else(other_content)
        }
        OriginalContent::Recording(hints) => {
            let (replaced, remark) = without_names(&bytes, names, own)?;
            let before = load::load_bytes(path, &bytes, hints)?;
            let after = load::load_bytes(path, &replaced, hints)?;
            same(&before, &after, |text| names.replaced(text, own, false))
                .then_some((replaced, remark))
                .ok_or_else(other_content)
        }
    }
}

fn other_content() -> Error {
    let said = "without the names it would be read as something else: a name is a word of \
                its header";
    Error::new(ErrorKind::Load, said).with_hint("rename it by hand")
}

/// The bytes of a recording without names.
fn without_names(
    bytes: &[u8],
    names: &Names,
    own: &str,
) -> Result<(Vec<u8>, Option<String>)> {
    let waves: [&[u8]; 5] = [b"RIFF", b"RF64", b"BW64", b"RIFX", b"riff\x2e"];
    if !waves.iter().any(|id| bytes.starts_with(id)) {
        let replaced = text::replaced(bytes, names, own)?;
        let remark = remark_of_text(&replaced, names);
        return Ok((replaced, remark));
    }
    let (replaced, left_out) = wav::replaced(bytes, names, own)?;
    let said = format!("left out, since it may hold names: {}", left_out.join(", "));
    Ok((replaced, (!left_out.is_empty()).then_some(said)))
}

/// The first line of a text that still holds a part of a name.
fn remark_of_text(bytes: &[u8], names: &Names) -> Option<String> {
    let is_words = |line: &&[u8]| line.iter().any(u8::is_ascii_alphabetic);
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| is_words(line)).find_map(|(at, line)| {
        remark(&String::from_utf8_lossy(line), names, &format!("line {}", at + 1))
    })
}

fn remark(text: &str, names: &Names, place: &str) -> Option<String> {
    let part = names.remaining(text)?;
    Some(format!("{place} still holds \"{part}\", in another word: {text}"))
}

/// Whether two recordings are one but for names.
fn same(before: &Recording, after: &Recording, renamed: impl Fn(&str) -> String) -> bool {
    let is_one = |(a, b): (&Channel, &Channel)| {
        renamed(&a.label.name) == b.label.name && same_numbers(a, b)
    };
    before.channels.len() == after.channels.len()
        && times(&before.events) == times(&after.events)
        && before.channels.iter().zip(&after.channels).all(is_one)
}

fn same_numbers(a: &Channel, b: &Channel) -> bool {
    let understood = |channel: &Channel| {
        (channel.label.muscle, channel.label.side, channel.label.kind)
    };
    understood(a) == understood(b)
        && a.rate == b.rate
        && a.unit == b.unit
        && a.start_s.to_bits() == b.start_s.to_bits()
        && bits(&a.samples).eq(bits(&b.samples))
}

fn bits(numbers: &[f64]) -> impl Iterator<Item = u64> {
    numbers.iter().map(|number| number.to_bits())
}

fn times(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.time_s.to_bits()).collect()
}

/// # Errors
/// When the copy, read as a study, names somebody otherwise than by a code.
fn check(
    order: &PseudonymOrder,
    persons: &BTreeMap<String, String>,
    key: &KeyFile,
) -> Result<()> {
    let found = session::find(std::slice::from_ref(&order.out), &Search::default())?;
    let is_code = |subject: &str| {
        persons.values().any(|name| {
            let code = key.code(name);
            subject == code || ends_with(subject, code)
        })
    };
    match found.sessions.iter().find(|session| !is_code(&session.subject)) {
        None => Ok(()),
        Some(session) => Err(Error::new(
            ErrorKind::Write,
            format!("the copy still has a subject {}", session.subject),
        )
        .with_hint(
            "say subject = \"…\" in a study.toml, remove the copy, and try again",
        )),
    }
}
