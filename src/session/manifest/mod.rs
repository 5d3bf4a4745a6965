//! Which sessions there are: from `study.toml`, BIDS-like names, or folders.

mod beside;
mod folders;
mod gather;
mod place;
mod role;
mod studies;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::head::StudyHead;
use super::study::{Design, EventEntry, RecordingEntry, SubjectEntry};
use super::task::key;
use super::{ChannelEntry, Role, Vocabulary};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::signal::Legs;

use beside::Beside;
use gather::gather;
use place::{SessionPlace, apart};
use studies::{
    Studies, StudyAt, design, event_files, event_places, read_studies, title, unmatched,
};
use walk::Walk;

pub(super) use role::names_a_recording;
pub use role::{Heard, RoleHint};
pub use walk::{LeftOut, is_output_folder};

/// The sessions found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    /// The name of the study, where a `study.toml` says it.
    pub title: Option<String>,
    /// The sessions in the order of subject and session.
    pub sessions: Vec<SessionInput>,
    /// What is compared over the study, where a `study.toml` says it.
    pub design: Option<Design>,
    /// What a user should know about the input as a whole.
    pub warnings: Vec<String>,
    /// What could not be looked at.
    pub left_out: Vec<LeftOut>,
    /// Every `study.toml` that speaks of a recording, with the BLAKE3 of what was read.
    pub studies: Vec<(PathBuf, String)>,
}

impl Manifest {
    /// Channels that a `study.toml` names and that are not among the known ones: most often
    /// misspelt.
    pub fn unknown_channels(&self, known: &BTreeSet<&str>) -> Vec<String> {
        let recordings = self.sessions.iter().flat_map(|session| &session.recordings);
        let entries = recordings
            .flat_map(|recording| recording.channels.iter())
            .filter(|(_, entry)| !entry.ignore);
        let named: BTreeSet<&str> = entries.map(|(name, _)| name.as_str()).collect();
        let unknown = named.difference(known);
        unknown
            .map(|name| {
                format!("study.toml names the channel \"{name}\", which no file has")
            })
            .collect()
    }
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
    /// What the heads of its pages say of the study.
    pub head: StudyHead,
    /// What the study says of the person.
    pub person: SubjectEntry,
    /// The recordings, in the order of their files.
    pub recordings: Vec<RecordingInput>,
    /// The files that the study says are not to be read, in their order.
    pub ignored: Vec<String>,
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
    /// Its task: recordings of one task are compared.
    pub task: String,
    /// What its name says of that, where the study does not.
    pub role_hint: Option<RoleHint>,
    /// What the user says of it.
    pub entry: RecordingEntry,
    /// The folder of the `study.toml`, from which event files are found.
    #[serde(skip)]
    pub study_folder: Option<PathBuf>,
    /// The event file that lies beside it by its name, where the study names none.
    #[serde(skip)]
    pub events_beside: Option<PathBuf>,
    /// What the user says of channels.
    pub channels: BTreeMap<String, ChannelEntry>,
    /// What the user says of the person's legs.
    pub legs: Legs,
    /// The words of the study.
    #[serde(skip_serializing_if = "Vocabulary::is_empty")]
    pub vocabulary: Vocabulary,
    /// Whether its event file may lie outside the folder of the study.
    #[serde(skip)]
    pub allow_outside: bool,
}

impl RecordingInput {
    /// The event file that the study names for it: beside the `study.toml`, else beside
    /// the recording, so that one entry serves the folders of many people. Where the study
    /// names none, the one that has the recording's name (`walk_events.csv`).
    pub fn event_file(&self) -> Option<PathBuf> {
        let (Some(EventEntry::File(name)), Some(folder)) =
            (&self.entry.events, &self.study_folder)
        else {
            return self.events_beside.clone().filter(|_| self.entry.events.is_none());
        };
        let [first, second] = event_places(name, folder, &self.path);
        Some(if !first.is_file() && second.is_file() { second } else { first })
    }

    /// Whether a file lies below the folder of the study, or of the recording.
    pub(super) fn is_inside(&self, path: &Path) -> bool {
        let place = files::place(path);
        let folders = [self.study_folder.as_deref(), self.path.parent()];
        folders
            .into_iter()
            .flatten()
            .any(|folder| place.starts_with(files::place(folder)))
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
    /// Whether event files may lie outside the folder of their study.
    pub allow_outside: bool,
}

/// How many folders above an input may tell subjects apart, or hold its `study.toml`.
const FOLDERS_ABOVE: usize = 3;

/// How many files of a question are named.
const NAMED_FILES: usize = 5;
/// How many files that were left out are named.
const NAMED_LEFT_OUT: usize = 20;

/// A file found below an input.
struct FoundFile {
    path: PathBuf,
    root: PathBuf,
}

/// Finds the sessions in files, folders and glob patterns.
///
/// # Errors
/// When an input does not exist, nothing in it has the extension of a recording, or a
/// `study.toml` is wrong.
pub fn find(inputs: &[PathBuf], search: &Search<'_>) -> Result<Manifest> {
    let mut walk = Walk::new(search);
    let mut found = BTreeMap::new();
    for input in inputs {
        for file in walk.expand(input)? {
            keep_outermost(&mut found, file);
        }
    }
    let mut studies = Studies::new(search.study)?;
    let mut files = Vec::new();
    for file in found.into_values() {
        let study = studies.about(&file)?;
        files.push((file, study));
    }
    let mut beside = Beside::default();
    let mut events = event_files(&files);
    events.extend(beside.all(files.iter().map(|(file, _)| file.path.as_path())));
    files.retain(|(file, _)| !events.contains(&file.path));
    let (placed, people) = apart(files);
    if placed.is_empty() {
        return Err(nothing_found(inputs, search, &walk));
    }
    let (design, designs) = design(&placed);
    let warnings = unmatched(&placed).into_iter().chain(designs).chain(walk.not_read());
    let warnings = warnings.chain(told(&walk.left_out)).chain(people).collect();
    let (title, studies) = (title(&placed), read_studies(&placed));
    let left_out = walk.left_out;
    let mut manifest = Manifest {
        title,
        design,
        warnings,
        left_out,
        studies,
        ..gather(placed, search, &mut beside)
    };
    let questions = questions(&manifest.sessions);
    manifest.warnings.extend(questions);
    manifest.warnings.extend(spelt_alike(&manifest.sessions));
    Ok(manifest)
}

/// What could not be looked at, a line each as far as they can be read.
fn told(left_out: &[LeftOut]) -> Vec<String> {
    let mut lines: Vec<String> =
        left_out.iter().take(NAMED_LEFT_OUT).map(LeftOut::describe).collect();
    match left_out.len() - lines.len() {
        0 => {}
        more => {
            lines.push(format!("{more} more were left out, see left_out in run.json"))
        }
    }
    lines
}

/// Persons, and visits of a person, whose names are one but for capitals, zeros and signs.
fn spelt_alike(sessions: &[SessionInput]) -> Vec<String> {
    let mut names: BTreeMap<[String; 2], BTreeSet<&str>> = BTreeMap::new();
    for session in sessions {
        let person = key(&session.subject);
        let visit = [person.clone(), format!("visit {}", key(&session.session))];
        names.entry([person, String::new()]).or_default().insert(&session.subject);
        names.entry(visit).or_default().insert(&session.session);
    }
    let alike = names.into_iter().filter(|(_, names)| names.len() > 1);
    let told = alike.map(|([person, visit], names)| {
        let names: Vec<&str> = names.into_iter().collect();
        let (what, of) = match visit.is_empty() {
            true => ("person", String::new()),
            false => ("visit", format!(" of {person}")),
        };
        format!(
            "{}{of}: one {what} or {}? They are taken as {}, because their names differ",
            names.join(", "),
            names.len(),
            names.len()
        )
    });
    told.collect()
}

/// The names that may say a role, a question a role.
fn questions(sessions: &[SessionInput]) -> Vec<String> {
    let recordings = || sessions.iter().flat_map(|session| &session.recordings);
    let asked = |role: Role| {
        let asked = recordings().filter_map(|recording| {
            let hint = recording.role_hint.as_ref()?;
            let is_it = hint.role == role && hint.heard == Heard::Asked;
            is_it.then_some(recording.file.as_str())
        });
        let mut files: Vec<&str> = asked.collect();
        files.dedup();
        files
    };
    let question = |role: Role| {
        let files = asked(role);
        let named: Vec<&str> = files.iter().copied().take(NAMED_FILES).collect();
        let more = match files.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!named.is_empty()).then(|| {
            let (what, word) = (role::described(role), role.key());
            format!(
                "{}{more}: {what}? taken as a task; if so, say role = \"{word}\" in \
                 study.toml",
                named.join(", ")
            )
        })
    };
    [Role::Mvc, Role::Rest].into_iter().filter_map(question).collect()
}

/// The recording in one file, and the session of it alone.
///
/// # Errors
/// When it is a folder or no file, or its `study.toml` is wrong or says that it is to be
/// ignored.
pub fn find_one(
    file: &Path,
    search: &Search<'_>,
) -> Result<(SessionInput, RecordingInput)> {
    let wrong = |message: String| Error::new(ErrorKind::Arguments, message);
    if file.is_dir() {
        return Err(wrong(format!("{} is a folder", file.display()))
            .with_hint("name one recording; `soleus run` takes folders"));
    }
    let mut sessions = find(&[file.to_owned()], search)?.sessions;
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
fn keep_outermost(found: &mut BTreeMap<PathBuf, FoundFile>, file: FoundFile) {
    let depth = |file: &FoundFile| file.root.components().count();
    if found.get(&file.path).is_none_or(|known| depth(&file) < depth(known)) {
        found.insert(file.path.clone(), file);
    }
}

fn nothing_found(inputs: &[PathBuf], search: &Search<'_>, walk: &Walk) -> Error {
    let error = |message: String| Error::new(ErrorKind::Arguments, message);
    let out = search.out.map(files::place);
    if let Some(both) = inputs.iter().find(|input| out == Some(files::place(input))) {
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
    let reasons: Vec<String> = told(&walk.left_out);
    let reasons = if reasons.is_empty() {
        String::new()
    } else {
        format!(": {}", reasons.join("; "))
    };
    error(format!("no recording found in {}{reasons}", names.join(", "))).with_hint(
        "recordings are files with the extension csv, txt, tsv, wav, w64 or rf64",
    )
}

/// A file with its session, and the study that speaks of it.
type Placed = (SessionPlace, FoundFile, Option<StudyAt>);

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
                "subject = \"S01\"\n[recordings.\"walk.csv\"]\nevents \
                 = \"steps.csv\"\n[recordings.\"old*\"]\nrole = \"ignore\"\n",
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
        assert_eq!(found.sessions[0].ignored, ["old walk.csv"]);
    }

    #[test]
    fn heads_add_up_and_a_subject_of_several_folders_is_asked_about() {
        let (_keep, root) = study(&[
            (
                "study.toml",
                "title = \"Calf\"\nprotocol = { knee_deg = 90 }\n[electrodes]\nskin = \
                 \"shaved\"\nbits = 12\n",
            ),
            (
                "S01/study.toml",
                "protocol = { load_kg = 20, pace = \"free\" }\nelectrodes = { bits = 16 }\n",
            ),
            ("S01/hold.csv", ""),
            ("S02/hold.csv", ""),
        ]);
        let found = find(std::slice::from_ref(&root), &Search::default()).unwrap();
        let heads: Vec<_> = found.sessions.iter().map(|one| one.head.clone()).collect();
        let protocol = |index: usize| heads[index].protocol.as_ref().unwrap().describe();
        assert_eq!(found.title.as_deref(), Some("Calf"));
        assert_eq!(heads[0].title, heads[1].title);
        assert_eq!(protocol(0), "knee at 90°, load 20 kg, pace free");
        assert_eq!(protocol(1), "knee at 90°");
        let electrodes = |index: usize| heads[index].electrodes.clone().unwrap();
        let skin = Some("shaved".to_owned());
        assert_eq!((electrodes(0).skin, electrodes(0).bits), (skin.clone(), Some(16)));
        assert_eq!((electrodes(1).skin, electrodes(1).bits), (skin, Some(12)));
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
        std::fs::write(root.join("study.toml"), "subject = \"A\"\n").unwrap();
        let warnings = find(&[root], &Search::default()).unwrap().warnings;
        assert!(warnings[0].contains("S01, S02 are one person, A"), "{warnings:?}");
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
    fn names_of_files_tell_people_where_a_folder_holds_several() {
        let of = |files: &[&str]| {
            let files: Vec<(&str, &str)> = files.iter().map(|file| (*file, "")).collect();
            let (_keep, root) = study(&files);
            let found = find(&[root], &Search::default()).unwrap();
            (
                names(&found).into_iter().map(|(folder, _)| folder).collect::<Vec<_>>(),
                found.warnings,
            )
        };
        let (folders, warnings) =
            of(&["S01_V1_hold.csv", "S01_V2_hold.csv", "S02_V1_hold.csv", "notes.txt"]);
        assert_eq!(folders, ["S01_V1", "S01_V2", "S02_V1", "lab_1"]);
        assert!(
            warnings.iter().any(|line| line.contains("2 people: S01, S02")),
            "{warnings:?}"
        );
        // Sets, and the trials of people.
        assert_eq!(of(&["S1.csv", "S2.csv", "S3.csv"]).0, ["lab_1"]);
        assert_eq!(
            of(&["P1_walk_t1.csv", "P1_walk_t2.csv", "P2_walk_t1.csv"]).0,
            ["P1_1", "P2_1"]
        );
        assert_eq!(of(&["S01/S1_a.csv", "S01/S2_a.csv"]).0, ["S01_1"]);
        // What BIDS says goes before.
        let bids = ["sub-01_ses-01_task-a_emg.csv", "sub-02_ses-01_task-a_emg.csv"];
        assert_eq!(of(&bids).0, ["sub-01_ses-01", "sub-02_ses-01"]);
        assert_eq!(of(&["S01/V1/hold.csv", "S01/V1/MVC/t1.csv"]).0, ["S01_V1"]);
        assert_eq!(of(&["V1/S01/hold.csv", "V2/S01/hold.csv"]).0, ["S01_V1", "S01_V2"]);
    }

    #[test]
    fn references_in_a_folder_of_their_own_lie_with_their_sessions() {
        let (_keep, root) = study(&[
            ("S03/visit1/walk.csv", ""),
            ("S03/visit2/walk.csv", ""),
            ("flat/S04_V1_walk.csv", ""),
            ("flat/S05_V1_walk.csv", ""),
            ("MVC_all/S03_visit1_mvc.csv", ""),
            ("MVC_all/S04_V1_mvc.csv", ""),
        ]);
        let found = find(&[root], &Search::default()).unwrap();
        let of: Vec<(String, usize)> = names(&found)
            .into_iter()
            .map(|(folder, files)| (folder, files.len()))
            .collect();
        let expected = [("S03_visit1", 2), ("S03_visit2", 1), ("S04_1", 2), ("S05_1", 1)];
        assert_eq!(of, expected.map(|(folder, files)| (folder.to_owned(), files)));
        let roles: Vec<Role> =
            found.sessions[0].recordings.iter().map(|one| one.role).collect();
        assert_eq!(roles.iter().filter(|role| **role == Role::Mvc).count(), 1);
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

    #[test]
    fn nothing_vanishes_by_a_piece_of_its_name() {
        let (_keep, root) = study(&[
            ("S01/licence to walk.csv", ""),
            ("S01/README.txt", ""),
            ("S01/calm_sessions.csv", ""),
            ("sub-02/sub-02_task-walk_channels.tsv", ""),
        ]);
        std::fs::create_dir_all(root.join("S03/visit2")).unwrap();
        let found = find(&[root], &Search::default()).unwrap();
        assert_eq!(
            names(&found),
            [(
                "S01_1".into(),
                vec!["calm_sessions.csv".into(), "licence to walk.csv".into()]
            )]
        );
        assert_eq!(found.warnings, ["nothing is in the folders lab/S03/visit2"]);
    }
}
