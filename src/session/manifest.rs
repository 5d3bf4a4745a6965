//! Which sessions there are: from `study.toml`, BIDS-like names, or folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use serde::Serialize;
use walkdir::WalkDir;

use super::study::{Design, EventEntry, RecordingEntry, Study, SubjectEntry};
use super::{ChannelEntry, Role};
use crate::error::{Error, Result, Stage};
use crate::load;
use crate::signal::Legs;

/// The sessions found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    /// The sessions in the order of subject and session.
    pub sessions: Vec<SessionInput>,
    /// What is compared over the study, where a `study.toml` says it.
    pub design: Option<Design>,
    /// What a user should know about the input as a whole.
    pub warnings: Vec<String>,
}

/// A session to be processed.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionInput {
    /// Who was recorded.
    pub subject: String,
    /// Which visit.
    pub session: String,
    /// The name of the session's folder in the output: `<subject>_<session>`, safe for
    /// any file system and unlike that of any other session.
    pub folder: String,
    /// What the study says of the person.
    pub person: SubjectEntry,
    /// The recordings, in the order of their files.
    pub recordings: Vec<RecordingInput>,
}

/// A recording to be processed, and everything that was said of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordingInput {
    /// Its name in the tables.
    pub recording: String,
    /// The file, relative to the session's folder.
    pub file: String,
    /// The file.
    #[serde(skip)]
    pub path: PathBuf,
    /// What it is for.
    pub role: Role,
    /// What the user says of it.
    pub entry: RecordingEntry,
    /// The folder of the `study.toml`, from which event files are found.
    #[serde(skip)]
    pub study_folder: Option<PathBuf>,
    /// What the user says of channels.
    pub channels: BTreeMap<String, ChannelEntry>,
    /// What the user says of the person's legs.
    pub legs: Legs,
}

impl RecordingInput {
    /// The event file that the study names for it: beside the `study.toml`, else beside
    /// the recording, so that one entry serves the folders of many people.
    pub fn event_file(&self) -> Option<PathBuf> {
        let (Some(EventEntry::File(name)), Some(folder)) =
            (&self.entry.events, &self.study_folder)
        else {
            return None;
        };
        let [first, second] = event_places(name, folder, &self.path);
        Some(if !first.is_file() && second.is_file() { second } else { first })
    }
}

/// Where to look, and where not to.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    /// A `study.toml` for everything found; otherwise the nearest one above each
    /// recording is used.
    pub study: Option<&'a Path>,
    /// The output folder, which is never read as input.
    pub out: Option<&'a Path>,
}

/// A file found below an input.
struct Found {
    path: PathBuf,
    root: PathBuf,
}

/// Finds the sessions in files, folders and glob patterns.
///
/// # Errors
/// When an input does not exist, nothing in it has the extension of a recording, or a
/// `study.toml` is wrong.
pub fn find(inputs: &[PathBuf], search: &Search<'_>) -> Result<Manifest> {
    let mut found = BTreeMap::new();
    for input in inputs {
        for file in expand(input, search)? {
            keep_outermost(&mut found, file);
        }
    }
    let mut studies = Studies::new(search.study)?;
    let mut files = Vec::new();
    for file in found.into_values() {
        let study = studies.of(&file)?;
        files.push((file, study));
    }
    let events = event_files(&files);
    files.retain(|(file, _)| !events.contains(&file.path));
    let placed = apart(files);
    if placed.is_empty() {
        return Err(nothing_found(inputs, search));
    }
    let (design, designs) = design(&placed);
    let warnings = unmatched(&placed)
        .into_iter()
        .chain(designs)
        .chain(not_read(inputs, search))
        .collect();
    Ok(Manifest { design, warnings, ..gather(placed) })
}

/// The recording in one file, and the session of it alone.
///
/// # Errors
/// When it is a folder or no file, or its `study.toml` is wrong or says that it is to be
/// ignored.
pub fn find_one(
    file: &Path,
    study: Option<&Path>,
) -> Result<(SessionInput, RecordingInput)> {
    let wrong = |message: String| Error::new(Stage::Arguments, message);
    if file.is_dir() {
        return Err(wrong(format!("{} is a folder", file.display()))
            .with_hint("name one recording; `soleus run` takes folders"));
    }
    let mut sessions = find(&[file.to_owned()], &Search { study, out: None })?.sessions;
    let Some(session) = sessions.pop() else {
        let file = file.display();
        return Err(wrong(format!("study.toml says that {file} is to be ignored")));
    };
    match session.recordings.as_slice() {
        [recording] if sessions.is_empty() => {
            let recording = recording.clone();
            Ok((session, recording))
        }
        _ => Err(wrong(format!("{} is no single recording", file.display()))),
    }
}

/// Of inputs that lie in each other the outermost speaks for a file, whatever their
/// order: its folders name the session, and its `study.toml` is found.
fn keep_outermost(found: &mut BTreeMap<PathBuf, Found>, file: Found) {
    let depth = |file: &Found| file.root.components().count();
    if found.get(&file.path).is_none_or(|known| depth(&file) < depth(known)) {
        found.insert(file.path.clone(), file);
    }
}

fn nothing_found(inputs: &[PathBuf], search: &Search<'_>) -> Error {
    let error = |message: String| Error::new(Stage::Arguments, message);
    if let Some(both) =
        inputs.iter().find(|input| search.out.map(absolute) == Some(absolute(input)))
    {
        return error(format!("{} is both input and output", both.display())).with_hint(
            "outputs are never read; name a folder of its own, e.g. -o reports",
        );
    }
    if let Some(output) = inputs.iter().find(|input| is_output_folder(input)) {
        return error(format!(
            "no recording found in {}: its run.json says that it is an output",
            output.display()
        ))
        .with_hint("outputs are never read; name the folder of the recordings");
    }
    let names: Vec<_> = inputs.iter().map(|input| input.display().to_string()).collect();
    error(format!("no recording found in {}", names.join(", "))).with_hint(
        "recordings are files with the extension csv, txt, tsv, wav, w64 or rf64",
    )
}

/// A study with its folder.
type StudyAt = (Study, PathBuf);

type Placed = (Place, Found, Option<StudyAt>);

/// Where a recording belongs: sessions with equal places are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    subject: String,
    session: String,
    /// Keeps folders apart that happen to give the same names.
    folder: PathBuf,
}

fn expand(input: &Path, search: &Search<'_>) -> Result<Vec<Found>> {
    let text = input.to_string_lossy();
    if input.is_file() {
        let path = absolute(input);
        let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
        return Ok(vec![Found { path, root }]);
    }
    if input.is_dir() {
        let root = absolute(input);
        return Ok(walk(&root, search)
            .into_iter()
            .map(|path| Found { path, root: root.clone() })
            .collect());
    }
    if text.contains(['*', '?', '[']) {
        return expand_pattern(input, search);
    }
    Err(Error::new(
        Stage::Arguments,
        format!("there is no file or folder {}", input.display()),
    ))
}

fn expand_pattern(input: &Path, search: &Search<'_>) -> Result<Vec<Found>> {
    let pattern = absolute(input);
    let matcher = GlobBuilder::new(&pattern.to_string_lossy())
        .literal_separator(true)
        .build()
        .map_err(|error| {
            Error::new(
                Stage::Arguments,
                format!("{} is no pattern: {error}", input.display()),
            )
        })?
        .compile_matcher();
    let root: PathBuf = pattern
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']))
        .collect();
    let files = walk(&root, search);
    Ok(files
        .into_iter()
        .filter(|path| {
            path.ancestors()
                .any(|ancestor| ancestor != root && matcher.is_match(ancestor))
        })
        .map(|path| Found { path, root: root.clone() })
        .collect())
}

/// The files below a folder that may be recordings. Hidden files, output folders and the
/// companions of recordings (BIDS sidecars, read-me and licence texts) are not.
fn walk(root: &Path, search: &Search<'_>) -> Vec<PathBuf> {
    let wanted = |path: &PathBuf| load::has_known_extension(path) && !is_companion(path);
    files_below(root, search).filter(wanted).collect()
}

/// Every file below a folder that is neither hidden nor part of an output.
fn files_below(
    root: &Path,
    search: &Search<'_>,
) -> impl Iterator<Item = PathBuf> + use<> {
    let out = search.out.map(absolute);
    let wanted = move |entry: &walkdir::DirEntry| {
        let hidden =
            entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        let output = entry.file_type().is_dir()
            && (out.as_deref() == Some(entry.path()) || is_output_folder(entry.path()));
        !hidden && !output
    };
    WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(wanted)
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
}

/// Whether a folder holds the `run.json` of an earlier run.
pub fn is_output_folder(folder: &Path) -> bool {
    let Ok(bytes) = std::fs::read(folder.join("run.json")) else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    head.contains("\"program\": \"soleus\"")
}

fn is_companion(path: &Path) -> bool {
    let stem =
        path.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let sidecar = ["_channels", "_electrodes", "_events", "_scans", "_sessions"]
        .iter()
        .any(|end| stem.ends_with(end));
    let text = ["readme", "license", "licence", "copying", "changelog"]
        .iter()
        .any(|start| stem.starts_with(start));
    sidecar || text || stem == "participants"
}

/// The `study.toml` files already read.
struct Studies {
    given: Option<StudyAt>,
    by_folder: BTreeMap<PathBuf, Option<Study>>,
}

impl Studies {
    fn new(given: Option<&Path>) -> Result<Self> {
        let given = given
            .map(|path| {
                let folder =
                    absolute(path).parent().map(Path::to_path_buf).unwrap_or_default();
                read_study(path).map(|study| (study, folder))
            })
            .transpose()?;
        Ok(Self { given, by_folder: BTreeMap::new() })
    }

    /// The study that speaks of a file, with its folder: the given one, or the nearest
    /// `study.toml` beside or above the file, so that a file means the same however it is
    /// named; not further up than some folders above the input.
    fn of(&mut self, file: &Found) -> Result<Option<StudyAt>> {
        if let Some(given) = &self.given {
            return Ok(Some(given.clone()));
        }
        let top =
            file.root.ancestors().take(FOLDERS_ABOVE + 1).last().unwrap_or(&file.root);
        for folder in
            file.path.ancestors().skip(1).take_while(|folder| folder.starts_with(top))
        {
            if !self.by_folder.contains_key(folder) {
                let path = folder.join("study.toml");
                let study = if path.is_file() { Some(read_study(&path)?) } else { None };
                self.by_folder.insert(folder.to_owned(), study);
            }
            if let Some(Some(study)) = self.by_folder.get(folder) {
                return Ok(Some((study.clone(), folder.to_owned())));
            }
        }
        Ok(None)
    }
}

fn read_study(path: &Path) -> Result<Study> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(Stage::Study, format!("cannot read the study: {error}")).in_file(path)
    })?;
    Study::from_toml(&text).map_err(|error| error.in_file(path))
}

/// How many folders above an input may tell subjects apart, or hold its `study.toml`.
const FOLDERS_ABOVE: usize = 3;

/// Places every file. Where folders would fall together as one subject and session
/// (`S01/pre` and `S02/pre` given as inputs of their own), the folders above the inputs
/// tell them apart.
fn apart(files: Vec<(Found, Option<StudyAt>)>) -> Vec<Placed> {
    let places = |above: usize| -> Vec<Place> {
        files
            .iter()
            .map(|(file, study)| {
                place(file, study.as_ref().map(|(study, _)| study), above)
            })
            .collect()
    };
    let collide = |places: &[Place]| {
        let folders: BTreeSet<&Place> = places.iter().collect();
        let names: BTreeSet<_> =
            folders.iter().map(|place| (&place.subject, &place.session)).collect();
        names.len() < folders.len()
    };
    let chosen = (0..=FOLDERS_ABOVE)
        .map(places)
        .find(|places| !collide(places))
        .unwrap_or_else(|| places(0));
    chosen
        .into_iter()
        .zip(files)
        .map(|(place, (file, study))| (place, file, study))
        .collect()
}

/// Subject and session of a file: what the study says, then BIDS-like names, then folders
/// from `above` levels above the input on.
fn place(file: &Found, study: Option<&Study>, above: usize) -> Place {
    let names: Vec<String> = file
        .path
        .components()
        .rev()
        .map(|part| part.as_os_str().to_string_lossy().into())
        .collect();
    let subject = names.iter().find_map(|name| entity(name, "sub-"));
    let session = names.iter().find_map(|name| entity(name, "ses-"));
    let folder = file.path.parent().map(Path::to_path_buf).unwrap_or_default();
    let root = file.root.ancestors().nth(above).unwrap_or(&file.root);
    let (folder_subject, folder_session) = by_folder(&folder, root);
    let bids = subject.is_some();
    let session_of_folder = if bids { "1".to_owned() } else { folder_session };
    Place {
        subject: study
            .and_then(|study| study.subject.clone())
            .or(subject)
            .unwrap_or(folder_subject),
        session: study
            .and_then(|study| study.session.clone())
            .or(session)
            .unwrap_or(session_of_folder),
        folder: if bids { dataset_of(&file.path) } else { folder },
    }
}

/// The folder that holds a file's `sub-…` folder; the file's own where only its name
/// speaks of a subject.
fn dataset_of(path: &Path) -> PathBuf {
    let is_subject = |folder: &&Path| {
        folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sub-"))
    };
    let subject = path.ancestors().skip(1).find(is_subject);
    subject
        .and_then(Path::parent)
        .or(path.parent())
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// `sub-01` of `sub-01_ses-02_task-heelraise_emg.csv`.
fn entity(name: &str, key: &str) -> Option<String> {
    let stem = name.split('.').next().unwrap_or(name);
    stem.split('_')
        .find(|part| part.len() > key.len() && part.starts_with(key))
        .map(str::to_owned)
}

/// `P03/visit1` is session `visit1` of subject `P03`; a folder alone is a subject with
/// session `1`.
fn by_folder(folder: &Path, root: &Path) -> (String, String) {
    let below: Vec<String> = folder
        .strip_prefix(root)
        .unwrap_or(folder)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into())
        .collect();
    match below.split_last() {
        None => (
            root.file_name()
                .map_or_else(|| "1".into(), |name| name.to_string_lossy().into()),
            "1".into(),
        ),
        Some((only, [])) => (only.clone(), "1".into()),
        Some((last, before)) => (before.join("-"), last.clone()),
    }
}

/// Where an event file may lie: beside the `study.toml` or beside the recording.
fn event_places(name: &str, study_folder: &Path, recording: &Path) -> [PathBuf; 2] {
    [study_folder, recording.parent().unwrap_or(study_folder)]
        .map(|folder| absolute(&folder.join(name)))
}

fn event_files(found: &[(Found, Option<StudyAt>)]) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for (file, study) in found {
        let Some((study, folder)) = study else {
            continue;
        };
        for entry in study.recordings.values() {
            if let Some(EventEntry::File(name)) = &entry.events {
                files.extend(event_places(name, folder, &file.path));
            }
        }
    }
    files
}

/// The design of the study; the first one where several are said, with a warning.
fn design(placed: &[Placed]) -> (Option<Design>, Option<String>) {
    let designs =
        placed.iter().filter_map(|(_, _, study)| study.as_ref()?.0.design.as_ref());
    let mut different: Vec<&Design> = Vec::new();
    designs.for_each(|design| {
        if !different.contains(&design) {
            different.push(design)
        }
    });
    let warning =
        || "several study.toml give different designs; the first one is used".to_owned();
    (
        different.first().map(|design| (*design).clone()),
        (different.len() > 1).then(warning),
    )
}

/// Recordings and persons that a study names and that are nowhere: most often a misspelt
/// name.
fn unmatched(placed: &[Placed]) -> Vec<String> {
    let mut warnings = BTreeSet::new();
    for (_, _, study) in placed {
        let Some((study, folder)) = study else {
            continue;
        };
        for name in
            study.recordings.keys().filter(|name| !name.contains(['*', '?', '[', '{']))
        {
            let found = placed.iter().any(|(_, file, _)| file.path.ends_with(name))
                || folder.join(name).exists();
            if !found {
                warnings.insert(format!(
                    "{}: [recordings.\"{name}\"] fits no file",
                    folder.join("study.toml").display()
                ));
            }
        }
        // A part of a study need not hold everybody.
        let is_whole = placed.iter().any(|(_, file, _)| folder.starts_with(&file.root));
        let is_nobody = |name: &&String| {
            is_whole && placed.iter().all(|(place, ..)| place.subject != **name)
        };
        for name in study.subjects.keys().filter(is_nobody) {
            let study = folder.join("study.toml");
            warnings.insert(format!(
                "{}: [subjects.{name}] is nobody of this study",
                study.display()
            ));
        }
    }
    warnings.into_iter().collect()
}

/// Extensions of recordings that are not read yet.
const NOT_READ: [&str; 18] = [
    "edf", "bdf", "c3d", "mat", "xlsx", "xls", "ods", "hpf", "otb+", "otb4", "adicht",
    "acq", "emt", "dat", "asc", "vhdr", "xdf", "gz",
];

/// How many files of other formats lie in the inputs, so that nobody takes them for
/// processed.
fn not_read(inputs: &[PathBuf], search: &Search<'_>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for input in inputs.iter().filter(|input| input.is_dir()) {
        for path in files_below(&absolute(input), search) {
            let extension = path
                .extension()
                .unwrap_or_default()
                .to_string_lossy()
                .to_ascii_lowercase();
            // A format that has come since is read, whatever the list says.
            let is_read = load::has_known_extension(&path);
            if !is_read && NOT_READ.contains(&extension.as_str()) {
                *counts.entry(extension).or_default() += 1;
            }
        }
    }
    let line = |(extension, count): (String, usize)| {
        format!(
            "{count} files with the extension {extension} were left out: soleus does not read them yet; export CSV"
        )
    };
    counts.into_iter().map(line).collect()
}

fn gather(placed: Vec<Placed>) -> Manifest {
    let mut sessions: BTreeMap<Place, Vec<(Found, Option<StudyAt>)>> = BTreeMap::new();
    for (place, file, study) in placed {
        sessions.entry(place).or_default().push((file, study));
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let sessions = sessions.into_iter().filter_map(|(place, files)| {
        let studies: Vec<&Study> =
            files.iter().filter_map(|(_, study)| Some(&study.as_ref()?.0)).collect();
        let person = studies
            .iter()
            .find_map(|study| study.subjects.get(&place.subject).cloned())
            .unwrap_or_default();
        let recordings = recordings(files, &place.subject);
        let name = format!("{}_{}", safe(&place.subject), safe(&place.session));
        let count = taken.entry(name.to_lowercase()).or_default();
        *count += 1;
        let folder = if *count > 1 { format!("{name}-{count}") } else { name };
        let input = SessionInput {
            subject: place.subject,
            session: place.session,
            folder,
            person,
            recordings,
        };
        (!input.recordings.is_empty()).then_some(input)
    });
    Manifest { sessions: sessions.collect(), ..Manifest::default() }
}

fn recordings(
    files: Vec<(Found, Option<StudyAt>)>,
    subject: &str,
) -> Vec<RecordingInput> {
    let folder = common_folder(files.iter().map(|(file, _)| file.path.as_path()));
    let mut recordings: Vec<_> = files
        .into_iter()
        .filter_map(|(file, study)| recording(file, study, subject, &folder))
        .collect();
    let mut stems: BTreeMap<String, usize> = BTreeMap::new();
    for recording in &recordings {
        *stems.entry(recording.recording.clone()).or_default() += 1;
    }
    for recording in &mut recordings {
        if stems.get(&recording.recording).is_some_and(|&count| count > 1) {
            recording.recording = recording.file.replace('/', "-");
        }
    }
    recordings
}

fn recording(
    file: Found,
    study: Option<StudyAt>,
    subject: &str,
    folder: &Path,
) -> Option<RecordingInput> {
    let relative = slashes(file.path.strip_prefix(folder).unwrap_or(&file.path));
    let stem = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let legs = study.as_ref().map(|(study, _)| study.legs(subject)).unwrap_or_default();
    let (entry, channels, study_folder) = match study {
        Some((study, study_folder)) => {
            let below =
                slashes(file.path.strip_prefix(&study_folder).unwrap_or(&file.path));
            (study.recording(&below), study.channels, Some(study_folder))
        }
        None => (RecordingEntry::default(), BTreeMap::new(), None),
    };
    let role = entry.role.unwrap_or_else(|| guess_role(&stem));
    (role != Role::Ignore).then_some(RecordingInput {
        recording: stem,
        file: relative,
        path: file.path,
        role,
        entry,
        study_folder,
        channels,
        legs,
    })
}

/// What a recording is for, from its name: `mvc` or `mvic`, `rest` or `baseline` as a
/// word of its own. A share of it (`50%MVC`, `30_pct_mvc`, `submvc`) is a task.
fn guess_role(stem: &str) -> Role {
    let lower = stem.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphabetic());
    if is_maximal(stem) {
        Role::Mvc
    } else if words.any(|word| matches!(word, "rest" | "resting" | "baseline")) {
        Role::Rest
    } else {
        Role::Task
    }
}

fn is_maximal(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    let Some(at) = ["mvc", "mvic"].iter().filter_map(|word| lower.find(word)).min()
    else {
        return false;
    };
    let before = &lower[..at];
    let camel_case = stem.get(at..at + 1) == Some("M")
        && before.ends_with(|c: char| c.is_ascii_lowercase());
    let begins_a_word = before.is_empty()
        || before.ends_with(['_', '-', ' ', '.', '(', '['])
        || camel_case;
    let last = before.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%');
    let share = ["%", "sub", "pre", "post", "no", "non", "pct", "percent", "prozent"]
        .iter()
        .any(|end| {
            last.strip_suffix(end).is_some_and(|rest| {
                *end == "%" || !rest.ends_with(|c: char| c.is_alphabetic())
            })
        });
    begins_a_word && !share
}

fn common_folder<'a>(mut paths: impl Iterator<Item = &'a Path>) -> PathBuf {
    let Some(first) = paths.next().and_then(Path::parent) else {
        return PathBuf::new();
    };
    let mut common = first.to_path_buf();
    for path in paths {
        while !path.starts_with(&common) && common.pop() {}
    }
    common
}

fn slashes(path: &Path) -> String {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

fn absolute(path: &Path) -> PathBuf {
    // Symbolic links stay as the user wrote them; `.` and doubled separators go.
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components().collect()
}

fn safe(name: &str) -> String {
    let kept = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' });
    let kept: String = kept.collect();
    let trimmed = kept.trim_matches('.');
    if trimmed.is_empty() { "-".into() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join("lab").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root = folder.path().join("lab");
        (folder, root)
    }

    fn names(manifest: &Manifest) -> Vec<(String, Vec<String>)> {
        let of = |input: &SessionInput| {
            input.recordings.iter().map(|recording| recording.file.clone()).collect()
        };
        manifest.sessions.iter().map(|input| (input.folder.clone(), of(input))).collect()
    }

    #[test]
    fn folders_bids_names_and_outputs() {
        let (_keep, root) = study(&[
            ("P03/visit1/hold.csv", ""),
            ("P03/visit1/hold.wav", ""),
            ("P04/walk.csv", ""),
            ("sub-01/ses-02/emg/sub-01_ses-02_task-heelraise_emg.csv", ""),
            ("sub-01/ses-02/emg/sub-01_ses-02_channels.tsv", ""),
            ("reports/run.json", "{\n  \"program\": \"soleus\""),
            ("reports/measures.csv", ""),
            ("readme.txt", ""),
        ]);
        let found = find(std::slice::from_ref(&root), &Search::default()).unwrap();
        let expected: [(String, Vec<String>); 3] = [
            ("P03_visit1".into(), vec!["hold.csv".into(), "hold.wav".into()]),
            ("P04_1".into(), vec!["walk.csv".into()]),
            ("sub-01_ses-02".into(), vec!["sub-01_ses-02_task-heelraise_emg.csv".into()]),
        ];
        assert_eq!(names(&found), expected);
        assert_eq!(
            found.sessions[0].recordings[0].recording, "hold.csv",
            "two files share the stem"
        );
        let pattern = find(&[root.join("P*/*.csv")], &Search::default()).unwrap();
        assert_eq!(names(&pattern), [("P04_1".into(), vec!["walk.csv".into()])]);
    }

    #[test]
    fn the_study_says_what_recordings_are() {
        let (_keep, root) = study(&[
            (
                "study.toml",
                "subject = \"S01\"\n[recordings.\"walk.csv\"]\nevents = \"steps.csv\"\n[recordings.\"old*\"]\nrole = \"ignore\"\n",
            ),
            ("walk.csv", ""),
            ("steps.csv", ""),
            ("old walk.csv", ""),
            ("calf MVC 1.csv", ""),
        ]);
        let found = find(&[root], &Search::default()).unwrap();
        assert_eq!(
            names(&found),
            [("S01_1".into(), vec!["calf MVC 1.csv".into(), "walk.csv".into()])]
        );
        assert_eq!(found.sessions[0].recordings[0].role, Role::Mvc);
    }

    #[test]
    fn nothing_found_is_said() {
        let (_keep, root) = study(&[("notes.md", "")]);
        assert!(
            find(&[root], &Search::default())
                .unwrap_err()
                .to_string()
                .contains("no recording found")
        );
        assert!(
            find(&["no/such/place".into()], &Search::default())
                .unwrap_err()
                .to_string()
                .contains("no file or folder")
        );
    }

    #[test]
    fn the_path_of_an_input_does_not_make_two_people_one() {
        let (_keep, root) = study(&[("S01/pre/walk.csv", ""), ("S02/pre/walk.csv", "")]);
        let whole = find(std::slice::from_ref(&root), &Search::default()).unwrap();
        let parts =
            find(&[root.join("S01"), root.join("S02")], &Search::default()).unwrap();
        let files = find(
            &[root.join("S01/pre/walk.csv"), root.join("S02/pre/walk.csv")],
            &Search::default(),
        )
        .unwrap();
        assert_eq!(names(&whole)[0].0, "S01_pre");
        assert_eq!(names(&parts), names(&whole));
        assert_eq!(names(&files), names(&whole));
    }

    #[test]
    fn a_share_of_the_maximum_is_a_task() {
        for name in [
            "mvc",
            "S01_mvc_2",
            "calf MVC 1",
            "CalfMVC",
            "sub-01_task-mvc_emg",
            "2024-05-03_MVIC",
            "S02_01_mvc",
        ] {
            assert_eq!(guess_role(name), Role::Mvc, "{name}");
        }
        for name in [
            "hold_50%MVC",
            "hold_30mvc",
            "50 % MVC",
            "submvc",
            "premvc",
            "nomvc",
            "30_pct_mvc",
            "sub_mvc",
            "hold",
        ] {
            assert_eq!(guess_role(name), Role::Task, "{name}");
        }
    }

    #[test]
    fn what_is_misspelt_or_not_read_is_said() {
        let (_keep, root) = study(&[
            ("study.toml", "[recordings.\"hodl.csv\"]\nfrom_s = 1\n"),
            ("hold.csv", ""),
            ("walk.c3d", ""),
        ]);
        let warnings = find(&[root], &Search::default()).unwrap().warnings;
        assert!(
            warnings[0].contains("[recordings.\"hodl.csv\"] fits no file"),
            "{warnings:?}"
        );
        assert!(warnings[1].contains("1 files with the extension c3d"), "{warnings:?}");
    }
}
