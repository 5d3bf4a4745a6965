//! What the end-to-end tests share: a folder of recordings, the built program run in it,
//! and what it wrote read back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use soleus::dsp::random::normals;
use tempfile::TempDir;

/// Asks `run` for processed signals too, where the build can write them.
pub(crate) const SAVE_SIGNALS: &str =
    if cfg!(feature = "tables") { "--save-signals" } else { "" };

/// The built program.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_soleus"))
}

/// What a run of the program said, and how it ended.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "standard output:\n{}\nstandard error:\n{}",
            self.out, self.err
        );
        self
    }

    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(
                self.err.contains(part),
                "{part:?} is not in standard error:\n{}",
                self.err
            );
        }
        self
    }

    /// Nothing may stand on standard output unless it was asked for.
    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        assert_eq!(self.out, "", "standard output is kept clean");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}:\n{}", self.out))
    }
}

/// Runs the program in a folder; it may fail, but never panic.
#[track_caller]
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    let output = program()
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran {
        status: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    for word in ["panicked", "RUST_BACKTRACE", "error of its own"] {
        assert!(!ran.err.contains(word), "{arguments:?} panicked:\n{}", ran.err);
    }
    ran
}

/// A folder of recordings that is gone at the end of the test.
pub(crate) struct Lab {
    _keep: TempDir,
    pub(crate) root: PathBuf,
}

impl Lab {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let keep = tempfile::tempdir().unwrap();
        // The folder's name becomes a subject's name, so it is always the same.
        let lab = Self { root: keep.path().join("lab"), _keep: keep };
        fs::create_dir(&lab.root).unwrap();
        for (name, text) in files {
            lab.write(name, text);
        }
        lab
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.root.join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs `soleus` with words separated by blanks.
    #[track_caller]
    pub(crate) fn soleus(&self, words: &str) -> Ran {
        run_in(&self.root, &words.split_whitespace().collect::<Vec<_>>())
    }

    /// Every file below a folder by its path, but `run.json`, the only one that tells the
    /// time.
    #[track_caller]
    pub(crate) fn snapshot(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = files_below(&self.root.join(folder));
        assert!(files.remove("run.json").is_some(), "{folder} has no run.json");
        files
    }

    /// The rows of a table of text, by the names of its columns.
    #[track_caller]
    pub(crate) fn table(&self, name: &str) -> Table {
        Table::read(&self.path(name))
    }

    #[track_caller]
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

pub(crate) fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name =
                    path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The same files with the same bytes; says which one differs.
#[track_caller]
pub(crate) fn same_files(
    ours: &BTreeMap<String, Vec<u8>>,
    theirs: &BTreeMap<String, Vec<u8>>,
) {
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, bytes) in ours {
        assert!(
            *bytes == theirs[name],
            "{name} differs: {} and {} bytes",
            bytes.len(),
            theirs[name].len()
        );
    }
}

/// A table of text.
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<BTreeMap<String, String>>,
}

impl Table {
    #[track_caller]
    pub(crate) fn read(path: &Path) -> Self {
        let mut reader = ::csv::Reader::from_path(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let header: Vec<String> =
            reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = |record: ::csv::StringRecord| {
            header.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
        };
        let rows = reader
            .records()
            .map(|record| row(record.unwrap_or_else(|error| panic!("{error}"))))
            .collect();
        Self { header, rows }
    }

    /// The numbers of a column; an empty cell is NaN.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> Vec<f64> {
        let cell = |row: &BTreeMap<String, String>| match row[name].as_str() {
            "" => f64::NAN,
            text => text.parse().unwrap(),
        };
        assert!(
            self.header.iter().any(|column| column == name),
            "there is no column {name:?}: {:?}",
            self.header
        );
        self.rows.iter().map(cell).collect()
    }

    /// The one row of a measure of a channel (or pair of channels).
    #[track_caller]
    pub(crate) fn measure(
        &self,
        channel: &str,
        measure: &str,
    ) -> &BTreeMap<String, String> {
        let fits = |row: &&BTreeMap<String, String>| {
            row["channel"] == channel && row["measure"] == measure
        };
        let found: Vec<_> = self.rows.iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "{measure} of {channel}");
        found[0]
    }

    #[track_caller]
    pub(crate) fn value(&self, channel: &str, measure: &str) -> f64 {
        let row = self.measure(channel, measure);
        row["value"]
            .parse()
            .unwrap_or_else(|_| panic!("{measure} of {channel} has no value: {row:?}"))
    }
}

#[track_caller]
pub(crate) fn close(ours: f64, theirs: f64, relative: f64, absolute: f64, what: &str) {
    let allowed = absolute + relative * theirs.abs();
    let same = (ours - theirs).abs() <= allowed || (ours.is_nan() && theirs.is_nan());
    assert!(same, "{what}: {ours} is not {theirs} within {allowed:e}");
}

/// Bursts of noise at 1000 Hz in millivolts, to a tenth of a microvolt: what a calf
/// muscle does in heel raises.
pub(crate) fn bursts(seed: u64, samples: usize) -> Vec<f64> {
    let level = |i: usize| {
        0.005 + 0.15 * (std::f64::consts::TAU * i as f64 / 1600.0).sin().max(0.0)
    };
    let noise = normals(seed, samples);
    (0..samples).map(|i| (level(i) * noise[i] * 1e4).round() / 1e4).collect()
}

/// A recording at 1000 Hz as comma-separated text with a clock; names carry their units.
pub(crate) fn csv(channels: &[(&str, &[f64])]) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let names: Vec<String> = channels.iter().map(|(name, _)| quoted(name)).collect();
    let mut text = format!("time (s),{}\n", names.join(","));
    for i in 0..channels[0].1.len() {
        let cells: Vec<String> =
            channels.iter().map(|(_, samples)| format!("{:.4}", samples[i])).collect();
        text += &format!("{:.3},{}\n", i as f64 / 1000.0, cells.join(","));
    }
    text
}

/// Both soleus muscles in heel raises, `samples` long.
pub(crate) fn calves(seed: u64, samples: usize) -> String {
    csv(&[
        ("LSOL (mV)", &bursts(seed, samples)),
        ("RSOL (mV)", &bursts(seed + 1000, samples)),
    ])
}

/// A file or folder of `shared/data`; `None`, with a printed line, where it is missing
/// and nobody insists.
#[track_caller]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let found = std::env::var_os("SOLEUS_SHARED")
        .map_or_else(beside, PathBuf::from)
        .join("data")
        .join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", found.display());
    println!("skipped: {} is missing", found.display());
    None
}

/// The text of a page as a browser shows it, tags and all: entities decoded.
pub(crate) fn decoded(html: &str) -> String {
    let mut text = html.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
    ] {
        text = text.replace(entity, character);
    }
    text.replace("&amp;", "&")
}
