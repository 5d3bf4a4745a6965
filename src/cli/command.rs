//! The command line of a run as it runs in its output folder, for `run.json`: paths lead
//! from there on, so that it runs wherever both are moved together.

use std::path::{Path, PathBuf};

use super::args::RunArguments;
use crate::files::PathsFrom;

pub(super) fn of(arguments: &RunArguments) -> Vec<String> {
    let mut from_out = PathsFrom::new(&arguments.out);
    let mut words: Vec<String> = ["soleus", "run"].map(str::to_owned).into();
    let inputs = arguments.inputs.iter().map(|input| not_a_flag(from_out.path(input)));
    words.extend(inputs);
    words.extend(["-o", "."].map(str::to_owned));

    let (origin, processing) = (&arguments.origin, &arguments.processing);
    let mut valued = |flag: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    };
    let mut path = |path: &Option<PathBuf>| {
        path.as_deref().map(|path: &Path| not_a_flag(from_out.path(path)))
    };
    valued("--from", path(&arguments.from));
    valued("--study", path(&origin.study));
    valued("--recipe", path(&processing.recipe));
    for setting in &processing.set {
        valued("--set", Some(setting.clone()));
    }
    valued("--rate", origin.rate.map(|rate| rate.hz().to_string()));
    valued("--csv-locale", arguments.csv_locale.as_ref().map(ToString::to_string));
    valued("--jobs", arguments.jobs.map(|jobs| jobs.to_string()));
    let flags = [
        ("--allow-outside", origin.allow_outside),
        ("--force", arguments.force),
        ("--save-signals", arguments.save_signals),
        ("--quiet", arguments.quiet),
    ];
    words.extend(flags.iter().filter(|(_, on)| *on).map(|(flag, _)| (*flag).to_owned()));
    words
}

/// A file in the output folder itself whose name begins as a flag does.
fn not_a_flag(path: String) -> String {
    if path.starts_with('-') { format!("./{path}") } else { path }
}
