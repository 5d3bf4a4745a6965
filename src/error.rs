//! One error for the whole pipeline: what went wrong, where, what was expected and what
//! helps.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::words::{nearest, shortened};

/// A result of the pipeline.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of error it is: the stage that failed.
///
/// Later versions may tell more apart, so other kinds are to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The arguments of a command.
    Arguments,
    /// A recipe file or `--set`.
    Recipe,
    /// A `study.toml` or an event file.
    Study,
    /// Reading a recording.
    Load,
    /// The file is understood, and it is no continuous recording (an event file, evoked
    /// sweeps).
    NotARecording,
    /// The recipe does not fit the recording (a cut-off beyond half its sampling rate).
    Plan,
    /// Processing the samples.
    Process,
    /// Writing results.
    Write,
    /// There was no room in memory.
    Memory,
}

/// The most characters of a message: what it quotes of a file may be a whole line of it.
const LONGEST_MESSAGE: usize = 800;
/// The most characters of a line that is shown.
const LONGEST_EXCERPT: usize = 200;

/// What went wrong, with the place and a hint.
///
/// The text is lower case without a full stop, names the user's own file, key and value,
/// and ends with `hint: …` where something can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    stage: ErrorKind,
    /// The key of a setting that the error speaks of, as far as it is known where it hangs.
    key: Option<String>,
    /// Its value, as a reader would write it.
    value: Option<String>,
    said: String,
    path: Option<PathBuf>,
    line: Option<usize>,
    column: Option<usize>,
    excerpt: Option<String>,
    hint: Option<String>,
}

impl Error {
    /// An error of a stage.
    pub fn new(stage: ErrorKind, message: impl Into<String>) -> Self {
        let said = message.into();
        Self(Box::new(Parts {
            stage,
            key: None,
            value: None,
            said,
            path: None,
            line: None,
            column: None,
            excerpt: None,
            hint: None,
        }))
    }

    /// An error about the value of a setting: `KEY = VALUE SAID`. The key is named as the
    /// settings that hold it do; see [`Error::under`].
    pub fn about(
        stage: ErrorKind,
        key: impl Into<String>,
        value: impl ToString,
        said: impl Into<String>,
    ) -> Self {
        let mut error = Self::at_key(stage, key, said);
        error.0.value = Some(value.to_string());
        error
    }

    /// An error about a setting whose value does not matter: `KEY: SAID`. An empty key is
    /// that of whatever holds the settings.
    pub fn at_key(
        stage: ErrorKind,
        key: impl Into<String>,
        said: impl Into<String>,
    ) -> Self {
        let mut error = Self::new(stage, said);
        error.0.key = Some(key.into());
        error
    }

    /// The same error about a setting that hangs below another key, or at a position of a
    /// list (`[2]`); an error that names no setting stays as it is.
    #[must_use]
    pub fn under(mut self, key: &str) -> Self {
        if let Some(inner) = self.0.key.take() {
            let between =
                if inner.is_empty() || inner.starts_with('[') { "" } else { "." };
            self.0.key = Some(format!("{key}{between}{inner}"));
        }
        self
    }

    /// The same error in a file, unless it names one already.
    #[must_use]
    pub fn in_file(mut self, path: impl AsRef<Path>) -> Self {
        self.0.path.get_or_insert_with(|| path.as_ref().to_owned());
        self
    }

    /// The same error under the name by which the user knows the file.
    #[must_use]
    pub fn renamed(mut self, from: &Path, to: &Path) -> Self {
        if self.0.path.as_deref().is_none_or(|path| path == from) {
            self.0.path = Some(to.to_owned());
        }
        self
    }

    /// The same error at a line, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.0.line = Some(line);
        self
    }

    /// The same error at a column, counted from 1 (a table's column for CSV, a
    /// character's for TOML).
    #[must_use]
    pub fn at_column(mut self, column: usize) -> Self {
        self.0.column = Some(column);
        self
    }

    /// The same error with the lines of the file it speaks of, a caret below the place.
    #[must_use]
    pub fn with_excerpt(mut self, excerpt: impl Into<String>) -> Self {
        self.0.excerpt = Some(excerpt.into());
        self
    }

    /// The same error with what helps.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// What TOML or serde say of a text, with its line, column and a caret below the
    /// place.
    pub fn from_toml(stage: ErrorKind, text: &str, error: &toml::de::Error) -> Self {
        let said = error.message().trim_end().replace('\n', ", ");
        let plain = match meant(&said) {
            Some(hint) => Self::new(stage, said).with_hint(hint),
            None => Self::new(stage, said),
        };
        match error.span() {
            Some(span) => plain.placed(text, span),
            None => plain,
        }
    }

    /// The same error with the line and column of some bytes of a text, a caret below
    /// them.
    #[must_use]
    pub fn placed(self, text: &str, span: Range<usize>) -> Self {
        let start = span.start.min(text.len());
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[..start].matches('\n').count() + 1;
        let column = text[line_start..start].chars().count() + 1;
        let shown = text[line_start..].lines().next().unwrap_or_default();

        let width = text[start..span.end.clamp(start, text.len())]
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count();
        // Of a long line what is about the place.
        let is_long = shown.chars().count() > LONGEST_EXCERPT;
        let cut =
            if is_long { (column - 1).saturating_sub(LONGEST_EXCERPT / 2) } else { 0 };
        let shown: String = shown.chars().skip(cut).take(LONGEST_EXCERPT).collect();
        let width = width.clamp(1, LONGEST_EXCERPT);
        let margin = " ".repeat(line.to_string().len());
        let caret = format!("{}{}", " ".repeat(column - 1 - cut), "^".repeat(width));

        self.at_line(line)
            .at_column(column)
            .with_excerpt(format!("{margin} |\n{line} | {shown}\n{margin} | {caret}"))
    }

    /// What kind of error it is: the stage that failed.
    pub fn kind(&self) -> ErrorKind {
        self.0.stage
    }

    /// The file it happened in, where there is one.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The line of the file it speaks of, counted from 1, where it speaks of one.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// The column, counted from 1: of the table for CSV, of the characters of the line for
    /// TOML.
    pub fn column(&self) -> Option<usize> {
        self.0.column
    }

    /// The key of the setting that it speaks of, where it is about one.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref().filter(|key| !key.is_empty())
    }

    /// What went wrong, without the key and its value: what follows after both.
    pub(crate) fn after_key(&self) -> String {
        let between = if self.0.value.is_some() { " " } else { ": " };
        format!("{between}{}", self.0.said)
    }

    /// What went wrong, without place and hint.
    pub fn message(&self) -> String {
        let said = &self.0.said;
        match (self.key(), &self.0.value) {
            (Some(key), Some(value)) => format!("{key} = {value} {said}"),
            (None, Some(value)) => format!("{value} {said}"),
            (Some(key), None) => format!("{key}: {said}"),
            (None, None) => said.clone(),
        }
    }

    /// The text without the hint, for a file that is known by another name to the reader.
    pub fn text_of(&self, file: &str) -> String {
        let mut other = self.clone();
        other.0.hint = None;
        // An event file or study that the error speaks of keeps its own name.
        if !matches!(self.kind(), ErrorKind::Study) || other.0.path.is_none() {
            other.0.path = Some(PathBuf::from(file));
        }
        other.to_string()
    }

    /// The text without the hint, its file named from a folder on.
    #[cfg(feature = "batch")]
    pub(crate) fn text_from(&self, folder: &Path) -> String {
        let mut other = self.clone();
        other.0.hint = None;
        let below = self.path().and_then(|path| path.strip_prefix(folder).ok());
        other.0.path = below.map(Path::to_owned).or(other.0.path);
        other.to_string()
    }

    /// What helps, where something does.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

/// What somebody meant who wrote a key that is not known, of those that serde lists.
fn meant(said: &str) -> Option<String> {
    let (_, quoted) = said.split_once("unknown field `")?;
    let mut names = quoted.split('`').step_by(2);
    let (unknown, known) = (names.next()?, names);
    let near = nearest(unknown, known);
    let asked = format!("did you mean `{}`?", near.join("` or `"));
    let other = "leave it out, or put # before it: it says nothing that is known here";
    Some(if near.is_empty() { other.to_owned() } else { asked })
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            write!(f, "{}: ", path.display())?;
        }
        match (self.0.line, self.0.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(column)) => write!(f, "column {column}: ")?,
            (None, None) => {}
        }
        f.write_str(&shortened(&self.message(), LONGEST_MESSAGE))?;
        if let Some(excerpt) = &self.0.excerpt {
            write!(f, "\n{}", excerpt.trim_end())?;
        }
        if let Some(hint) = &self.0.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_can_ask_for_every_part() {
        let error = Error::new(ErrorKind::Load, "\"off\" is not a number")
            .in_file("walk.csv")
            .at_line(302)
            .at_column(3)
            .with_hint("leave the cell empty");
        assert_eq!(error.kind(), ErrorKind::Load);
        assert_eq!((error.line(), error.column()), (Some(302), Some(3)));
        assert_eq!(error.path(), Some(Path::new("walk.csv")));
        assert_eq!(error.hint(), Some("leave the cell empty"));
        assert_eq!(
            error.to_string(),
            "walk.csv: line 302, column 3: \"off\" is not a number\n  hint: leave the cell empty"
        );
        let plain = Error::new(ErrorKind::Process, "too short");
        assert_eq!((plain.line(), plain.column(), plain.path()), (None, None, None));
    }
}
