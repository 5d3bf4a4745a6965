//! The program: arguments, one file per command, and everything that is printed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::recipe::Recipe;

/// Prints a line to standard error. That nobody reads it (`2>&1 | head`), or that it
/// cannot be written, is no reason to stop.
macro_rules! tell {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let said = format!($($words)*);
        let _ = writeln!(std::io::stderr().lock(), "{}", crate::words::harmless(&said));
    }};
}

mod args;
mod bench;
mod command;
mod demo;
mod from;
mod inspect;
mod instructions;
mod measures;
mod piped;
mod progress;
mod pseudonymise;
mod recipe;
mod run;
mod signals;
mod stop;
mod study;
mod verify;

pub use args::Cli;

/// Exit status when some recordings failed and at least one succeeded.
const SOME_FAILED: u8 = 1;
/// Exit status when the run was stopped, by the convention of shells for SIGINT.
const STOPPED: u8 = 130;
/// Exit status when none succeeded or nothing could be done.
const NOTHING_DONE: u8 = 2;

/// Reads the command line, does what it says, and gives the exit status.
pub fn main() -> ExitCode {
    let arguments = Cli::parse();
    let done = instructions::choose().and_then(|()| dispatch(arguments));
    done.unwrap_or_else(|error| {
        tell!("error: {error}");
        ExitCode::from(NOTHING_DONE)
    })
}

fn dispatch(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        args::Command::Run(arguments) => run::run(arguments),
        args::Command::Verify(arguments) => verify::run(&arguments),
        args::Command::Inspect(arguments) => inspect::run(&arguments),
        args::Command::Signals(arguments) => signals::run(&arguments),
        args::Command::Recipe(arguments) => recipe::run(arguments.action),
        args::Command::Study(arguments) => study::run(arguments.action),
        args::Command::Measures(arguments) => measures::run(&arguments),
        args::Command::Pseudonymise(arguments) => pseudonymise::run(arguments),
        args::Command::Demo(arguments) => demo::run(&arguments.folder),
        args::Command::Bench(arguments) => bench::run(&arguments),
        args::Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "soleus", &mut script);
            print_bytes(&script)
        }
        args::Command::Man => {
            let mut page = Vec::new();
            // One page a command, the whole program's first, so that what it refers to
            // stands below it.
            let whole = Cli::command();
            clap_mangen::Man::new(whole.clone())
                .render(&mut page)
                .map_err(unprintable)?;
            for command in whole.get_subcommands() {
                let named =
                    command.clone().name(format!("soleus-{}", command.get_name()));
                clap_mangen::Man::new(named).render(&mut page).map_err(unprintable)?;
            }
            print_bytes(&page)
        }
    }
}

/// The recipe that the arguments ask for, and the file that it was read from with its
/// text.
fn read_recipe(
    processing: &args::Processing,
) -> Result<(Recipe, Option<(PathBuf, String)>)> {
    let text = match &processing.recipe {
        Some(path) => read_text(path)?,
        None => String::new(),
    };
    let named = |error: Error| match &processing.recipe {
        Some(path) if error.line().is_some() || processing.set.is_empty() => {
            error.in_file(path)
        }
        _ => error,
    };
    let recipe = Recipe::from_toml(&text, &processing.set).map_err(named)?;
    for gone in Recipe::gone_keys(&text) {
        tell!("warning: {gone}");
    }
    // With `--set` the text is not all that was asked for.
    let located = |error: Error| match processing.set.is_empty() {
        true => Recipe::locate(error, &text),
        false => error,
    };
    recipe::refuse_impossible(&recipe).map_err(|error| named(located(error)))?;
    Ok((recipe, processing.recipe.clone().map(|path| (path, text))))
}

fn read_text(path: &Path) -> Result<String> {
    files::read_text(path, files::MOST_OF_SETTINGS).map_err(|error| {
        Error::new(ErrorKind::Arguments, format!("cannot read the file: {error}"))
            .in_file(path)
    })
}

/// Prints to standard output; a reader that stops reading (`| head`) is no error.
fn print_bytes(bytes: &[u8]) -> Result<ExitCode> {
    use std::io::{ErrorKind::BrokenPipe, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != BrokenPipe => Err(unprintable(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn print_json(value: &impl serde::Serialize) -> Result<ExitCode> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| {
        Error::new(ErrorKind::Write, format!("cannot make JSON: {error}"))
    })?;
    text.push('\n');
    print_bytes(text.as_bytes())
}

fn unprintable(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Write, format!("cannot print: {error}"))
}
