//! A run that was written, read back from its `run.json`: where its files are, and how to
//! ask for the same again.

use std::io::{self, ErrorKind::NotFound};
use std::path::{Component, Path, PathBuf};

use super::record::{MOST_OF_A_RECORD, RunOptions, RunRecord};
use super::{BUILD, Order};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::recipe::Recipe;
use crate::session::is_output_folder;

/// A run that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenRun {
    /// The folder that holds it.
    pub out: PathBuf,
    /// What its `run.json` says.
    pub record: RunRecord,
}

impl WrittenRun {
    /// The run in an output folder, which may also be named by its `run.json`.
    ///
    /// # Errors
    /// When it is no output of ours, or its record cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let out = folder_of(path);
        let file = out.join(RunRecord::FILE_NAME);
        let wrong = |said: String| Error::new(ErrorKind::Arguments, said).in_file(&file);
        let bytes = match files::read(&file, MOST_OF_A_RECORD) {
            Err(error) if error.kind() == NotFound => return Err(no_output(path, &out)),
            Err(error) => return Err(wrong(format!("cannot read the record: {error}"))),
            Ok(bytes) => bytes,
        };
        let read = serde_json::from_slice::<RunRecord>(&bytes).map_err(|error| {
            wrong(format!("it is no record of a run, or was damaged: {error}"))
                .with_hint("name the folder that was given to soleus run with -o")
        });
        let record = read?;
        if record.program != "soleus" {
            return Err(wrong("another program than soleus wrote it".to_owned())
                .with_hint("name the folder that was given to soleus run with -o"));
        }
        if let Some(name) = names(&record).find(|name| !stays_inside(name)) {
            let said = format!("it names the output {name}, which is outside its folder");
            return Err(wrong(said).with_hint("no run writes such a record"));
        }
        Ok(Self { out, record })
    }

    /// Where a path of the record leads.
    pub fn path(&self, written: &str) -> PathBuf {
        files::resolved(&self.out, written)
    }

    /// Whether the program that wrote it was built from the sources of this one.
    pub fn is_of_this_build(&self) -> bool {
        self.record.build == BUILD
    }

    /// An order for the same again, into another folder.
    ///
    /// # Errors
    /// When the record is of a version that did not write down what was asked, or of one
    /// whose recipe is not understood here.
    pub fn order(&self, out: &Path) -> Result<Order> {
        let asked = self.options()?;
        Ok(Order {
            inputs: asked.inputs.iter().map(|input| self.path(input)).collect(),
            out: out.to_owned(),
            study: asked.study.as_deref().map(|study| self.path(study)),
            allow_outside: asked.allow_outside,
            recipe: self.recipe()?,
            settings: asked.set.clone(),
            recipe_file: None,
            rate: asked.rate_hz,
            jobs: None,
            force: false,
            save_signals: asked.save_signals,
            csv_locale: asked.csv_locale.clone(),
            command: Vec::new(),
        })
    }

    fn options(&self) -> Result<&RunOptions> {
        self.record.options.as_ref().ok_or_else(|| {
            let said = format!(
                "version {} of soleus, which wrote it, did not note what was asked",
                self.record.version
            );
            self.wrong(said).with_hint("repeat the run: see `command` in the file")
        })
    }

    /// The recipe as run.
    fn recipe(&self) -> Result<Recipe> {
        let unknown = |error: String| {
            let version = &self.record.version;
            let said = format!("its recipe, of version {version}, is not known: {error}");
            self.wrong(said).with_hint(format!("repeat it with version {version}"))
        };
        let recipe: Recipe = serde_json::from_value(self.record.recipe.clone())
            .map_err(|error| unknown(error.to_string()))?;
        recipe.check().map_err(|error| unknown(error.to_string()))?;
        Ok(recipe)
    }

    fn wrong(&self, said: String) -> Error {
        let file = self.out.join(RunRecord::FILE_NAME);
        Error::new(ErrorKind::Arguments, said).in_file(file)
    }

    /// The inputs that were named and are no longer there. A pattern is never missed: it
    /// may fit nothing.
    pub fn missing_inputs(&self) -> Vec<PathBuf> {
        let asked = self.record.options.iter();
        let named = asked.flat_map(|asked| &asked.inputs);
        self.gone(named.filter(|name| !is_pattern(name)))
    }

    /// The recordings that it read and that are no longer there.
    pub fn missing_recordings(&self) -> Vec<PathBuf> {
        self.gone(self.record.recordings().map(|(_, recording)| &recording.file))
    }

    fn gone<'a>(&self, named: impl Iterator<Item = &'a String>) -> Vec<PathBuf> {
        let paths = named.map(|name| self.path(name));
        paths.filter(|path| path.symlink_metadata().is_err()).collect()
    }
}

/// The folder of a run that is named by itself or by its record.
fn folder_of(path: &Path) -> PathBuf {
    let is_record = path.file_name() == Some(RunRecord::FILE_NAME.as_ref());
    if !is_record || path.is_dir() {
        return path.to_owned();
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '[', '{'])
}

/// Every file that the record says was written.
fn names(record: &RunRecord) -> impl Iterator<Item = String> {
    let of_session = record.sessions.iter().flat_map(|session| {
        let name = |name: &String| format!("sessions/{}/{name}", session.folder);
        session.outputs.keys().map(name)
    });
    record.outputs.keys().cloned().chain(of_session)
}

fn stays_inside(name: &str) -> bool {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    Path::new(name).components().all(is_plain)
}

fn no_output(path: &Path, out: &Path) -> Error {
    let said = match out.symlink_metadata() {
        Err(error) if error.kind() == NotFound => {
            format!("there is no folder {}", path.display())
        }
        _ => format!("{} is no output: it holds no run.json", path.display()),
    };
    let hint = match beside(out) {
        Some(other) => format!("there is one in {}", other.display()),
        None => "name the folder that was given to soleus run with -o".to_owned(),
    };
    Error::new(ErrorKind::Arguments, said).with_hint(hint)
}

/// An output in a folder, or one that the folder is a part of.
fn beside(folder: &Path) -> Option<PathBuf> {
    let inside = |entry: io::Result<std::fs::DirEntry>| Some(entry.ok()?.path());
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(inside);
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    let above = folder.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty());
    let above = above.take(3).map(Path::to_owned);
    folders.into_iter().chain(above).find(|folder| is_output_folder(folder))
}
