//! The command line as clap reads it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::session::Search;
use crate::table::CsvLocale;
use crate::units::Hertz;

/// Surface-EMG recordings of the soleus and its neighbours: from files to session reports
/// in one command.
#[derive(Debug, Parser)]
#[command(
    name = "soleus",
    version,
    propagate_version = true,
    after_help = "Examples:
  soleus run recordings -o reports            a report per session and tables for the study
  soleus inspect walk.csv                     how a file is understood
  soleus demo study && soleus run study -o reports

Research and educational output, not a medical device."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Process recordings in batch: one report per session, tables for the study
    Run(RunArguments),
    /// Check that the files of a run are as they were written
    Verify(Verify),
    /// Show what is in a file and how it is understood
    Inspect(Inspect),
    /// Write the processed signal itself
    Signals(Signals),
    /// Show the standard recipe, check one, or print its JSON schema
    Recipe(RecipeArguments),
    /// Check a study file, or print its JSON schema
    Study(StudyArguments),
    /// Show what every measure of the tables is
    Measures(Measures),
    /// Copy a study with codes in place of the names of persons
    Pseudonymise(Pseudonymise),
    /// Write a small simulated study with known truth
    Demo(Demo),
    /// Measure the throughput of every stage on this machine
    Bench(Bench),
    /// Print shell completions
    #[command(after_help = "Example:\n  soleus completions bash > \
                      ~/.local/share/bash-completion/completions/soleus")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  soleus man > soleus.1 && man ./soleus.1")]
    Man,
}

/// `soleus measures`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus measures | less
  soleus measures --json | jq '.mdf_slope_normalised'")]
pub struct Measures {
    /// Print JSON to standard output: the same as measures.json beside the tables
    #[arg(long)]
    pub json: bool,
}

/// How recordings are processed: shared by several commands.
#[derive(Debug, Args)]
pub struct Processing {
    /// What to do with the recordings (default: the standard recipe, see `soleus recipe
    /// show`)
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,
    /// Change the recipe, e.g. conditioning.1.band-pass.high_hz=400; repeatable
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// What the recordings are: shared by several commands.
#[derive(Debug, Args)]
pub struct Origin {
    /// What the recordings are (default: study.toml beside the input, else guessed from
    /// names and folders)
    #[arg(long, value_name = "FILE")]
    pub study: Option<PathBuf>,
    /// The sampling rate of files that do not say
    #[arg(long, value_name = "HZ", value_parser = hertz)]
    pub rate: Option<Hertz>,
    /// Also read event files that lie outside the folder of the study
    #[arg(long)]
    pub allow_outside: bool,
}

impl Origin {
    /// Where recordings are looked for.
    pub(super) fn search<'a>(&'a self, out: Option<&'a std::path::Path>) -> Search<'a> {
        Search { study: self.study.as_deref(), out, allow_outside: self.allow_outside }
    }
}

/// `soleus run`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus run data/study -o reports
  soleus run 'lab/*/walk.csv' -o reports --set envelope.low-pass.cutoff_hz=10
  soleus run . -o reports --jobs 2 --save-signals
  soleus run --from reports/run.json -o again

Exit status: 0 all well; 1 some recordings failed and at least one succeeded; 2 none \
succeeded or nothing could be done; 130 stopped by Ctrl-C: the tables hold what was done, \
and the same command goes on.")]
pub struct RunArguments {
    /// Files, folders (searched) or patterns
    #[arg(required_unless_present = "from", value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The folder for reports and tables
    #[arg(short, long, value_name = "OUT")]
    pub out: PathBuf,
    /// Repeat the run of this run.json: its inputs, recipe and options. What is said beside
    /// it outweighs it: INPUT replaces its inputs, --recipe its recipe, --set changes that,
    /// --study, --rate, --allow-outside, --save-signals and --csv-locale as they are
    #[arg(long, value_name = "OUT/run.json")]
    pub from: Option<PathBuf>,
    #[command(flatten)]
    pub origin: Origin,
    #[command(flatten)]
    pub processing: Processing,
    /// Recordings at the same time (default: the processors)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
    /// Recompute sessions whose inputs, recipe and version have not changed
    #[arg(long)]
    pub force: bool,
    /// Also write the clean signal, envelope and activation of every recording as Parquet
    #[arg(long)]
    pub save_signals: bool,
    /// Write the text tables for spreadsheets of a language or country (de, fr-CH): decimal
    /// commas and semicolons where they are usual there, no text that could be a formula
    #[arg(long, value_name = "LOCALE")]
    pub csv_locale: Option<CsvLocale>,
    /// No progress on standard error, only what went wrong
    #[arg(long)]
    pub quiet: bool,
}

/// `soleus verify`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus verify reports
  soleus verify reports --inputs

Says ok, changed or missing of every file that run.json tells. Exit status: 0 everything is \
as it was written (with --inputs: read, and comes out again); 1 something is not, or the \
run has not ended; 2 the folder is no output.")]
pub struct Verify {
    /// The output folder of a run
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Also check every file that the run read, compute everything again and name what
    /// comes out otherwise
    #[arg(long)]
    pub inputs: bool,
}

/// `soleus inspect`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus inspect walk.csv
  soleus inspect walk.csv --json | jq '.channels[].name'
  soleus inspect walk.csv --write-study       a study.toml beside the file, to correct by hand
  soleus inspect lab                          the plan of a run over a folder, without running")]
pub struct Inspect {
    /// A recording, - for one from standard input, or the inputs of a run: a folder, several
    /// files, a pattern
    #[arg(value_name = "INPUT", required_unless_present = "schema")]
    pub inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub origin: Origin,
    /// Print JSON to standard output
    #[arg(long)]
    pub json: bool,
    /// Write a study.toml beside the file, or into the folder, with what was understood
    #[arg(long)]
    pub write_study: bool,
    /// Print the JSON schema of --json: of a file, or, with a folder, of a plan
    #[arg(long)]
    pub schema: bool,
}

/// `soleus signals`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus signals walk.csv -o clean.csv
  soleus signals walk.csv -o envelope.parquet --stage envelope
  soleus signals walk.csv -o clean.wav --set conditioning.1.band-pass.cutoff=nominal")]
pub struct Signals {
    /// A recording, or - for one from standard input
    pub file: PathBuf,
    /// The file to write: its extension (csv, parquet, wav) says how
    #[arg(short, long, value_name = "OUT")]
    pub out: PathBuf,
    /// How far to process
    #[arg(long, value_enum, default_value_t = SignalStage::Clean)]
    pub stage: SignalStage,
    /// Only these channels, by their names in the file, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub channels: Vec<String>,
    #[command(flatten)]
    pub origin: Origin,
    #[command(flatten)]
    pub processing: Processing,
}

/// How far a signal was processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SignalStage {
    /// As recorded, in volts where the unit is known
    Raw,
    /// Filtered, polarity kept
    Clean,
    /// Rectified and smoothed
    Envelope,
    /// The envelope in % of the reference
    Activation,
}

impl SignalStage {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Clean => "clean",
            Self::Envelope => "envelope",
            Self::Activation => "activation",
        }
    }
}

/// `soleus recipe`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus recipe show > recipe.toml
  soleus recipe check recipe.toml
  soleus recipe schema > recipe.schema.json")]
pub struct RecipeArguments {
    /// What to do with it.
    #[command(subcommand)]
    pub action: RecipeAction,
}

/// What to do with a recipe.
#[derive(Debug, Subcommand)]
pub enum RecipeAction {
    /// Print the standard recipe with comments
    Show {
        /// Print every key with its default, range, unit and meaning
        #[arg(long)]
        all: bool,
    },
    /// Check a recipe file and say what it does
    Check {
        /// The recipe
        file: PathBuf,
    },
    /// Print the JSON schema of recipe files, for editors
    Schema,
}

/// `soleus study`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  soleus study check study.toml
  soleus study schema > study.schema.json
  soleus inspect FOLDER --write-study         writes a first one

Exit status: 0 the study is right; 1 it names recordings or persons that are not there; 2 it \
is wrong.")]
pub struct StudyArguments {
    /// What to do with it.
    #[command(subcommand)]
    pub action: StudyAction,
}

/// What to do with a study file.
#[derive(Debug, Subcommand)]
pub enum StudyAction {
    /// Check a study file, and the names in it against the folder in which it lies
    Check {
        /// The study
        file: PathBuf,
    },
    /// Print the JSON schema of study files, for editors
    Schema,
}

/// `soleus pseudonymise`
#[derive(Debug, Args)]
#[command(after_help = "Example:
  soleus pseudonymise study -o coded --key safe/key.csv && soleus run coded -o reports

Subjects' names are replaced in the names of files and folders, in study.toml, in the texts \
of CSV files and in the titles, comments and notes of WAV files; samples stay as they are. \
Initials, other spellings and dates are not found. The key is never overwritten: a later \
visit of somebody in it gets the same code. Exit status: 0 all well; 1 some recordings \
could not be copied without names; 2 nothing could be done.")]
pub struct Pseudonymise {
    /// Files, folders (searched) or patterns
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The folder for the copy: empty or not yet there
    #[arg(short, long, value_name = "DIR")]
    pub out: PathBuf,
    /// Which code stands for whom (original,code), outside of DIR
    #[arg(long, value_name = "KEY.csv")]
    pub key: PathBuf,
}

/// `soleus demo`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  soleus demo study && soleus run study -o reports")]
pub struct Demo {
    /// A folder that is empty or not yet there
    pub folder: PathBuf,
}

/// `soleus bench`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  soleus bench\n  soleus bench --channels 32 --threads 4 \
                  --json | jq '.runs[].stages[]'"
)]
pub struct Bench {
    /// How many channels (default: 1, 8 and 32, one after the other)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub channels: Option<u16>,
    /// How long the simulated recording is
    #[arg(long, default_value_t = 60, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=7200))]
    pub seconds: u32,
    /// Its sampling rate
    #[arg(long, default_value = "2000", value_name = "HZ", value_parser = hertz)]
    pub rate: Hertz,
    /// How many threads share the channels
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: u16,
    /// Print JSON to standard output
    #[arg(long)]
    pub json: bool,
}

fn hertz(text: &str) -> Result<Hertz, String> {
    let hz = text.trim().trim_end_matches("Hz").trim();
    let hz: f64 =
        hz.parse().map_err(|_| "expected a number of hertz, e.g. 2000".to_owned())?;
    Hertz::try_from(hz)
}
