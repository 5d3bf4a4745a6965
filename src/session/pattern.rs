//! Patterns of file names: `*` and `?` within a name, `**` across folders, `[…]` one of
//! some characters or, as `[!…]`, any other, `{a,b}` either; `\` before a character takes
//! it as it is.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::path::Path;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// The most characters of a pattern.
const MOST: usize = 4096;
/// The most bytes of memory that one may take.
const MOST_BYTES: usize = 16 << 20;

/// A pattern that fits names or not.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    expression: Regex,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Says what of it is no pattern.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if text.chars().count() > MOST {
            return Err(format!("a pattern has at most {MOST} characters"));
        }
        let expression = expression(text)?;
        let built = RegexBuilder::new(&expression)
            .dot_matches_new_line(true)
            .size_limit(MOST_BYTES)
            .build();
        let expression = built.map_err(|_| "it says too much at once".to_owned())?;
        Ok(Self { expression })
    }

    /// Whether a name is one, and not meant literally.
    pub(super) fn is_in(name: &str) -> bool {
        name.contains(['*', '?', '[', '{'])
    }

    /// Whether it fits a path with `/` between its folders, or a bare name.
    pub(super) fn fits(&self, name: &str) -> bool {
        self.expression.is_match(name)
    }

    /// The same of a path of the system.
    pub(super) fn fits_path(&self, path: &Path) -> bool {
        self.fits(&with_slashes(&path.to_string_lossy()))
    }
}

/// A path as patterns see it.
pub(super) fn with_slashes(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// The regular expression of a pattern.
fn expression(text: &str) -> Result<String, String> {
    let mut expression = String::from("^");
    let (mut symbols, mut open) = (text.chars().peekable(), 0_usize);
    let mut at_start = true;
    while let Some(symbol) = symbols.next() {
        let is_start = std::mem::replace(&mut at_start, symbol == '/');
        match symbol {
            '*' if symbols.next_if_eq(&'*').is_some() => {
                across(&mut expression, &mut symbols, is_start);
                at_start = is_start;
            }
            '*' => expression.push_str("[^/]*"),
            '?' => expression.push_str("[^/]"),
            '[' => class(&mut expression, &mut symbols)?,
            '{' => {
                open += 1;
                expression.push_str("(?:");
                at_start = is_start;
            }
            ',' if open > 0 => {
                expression.push('|');
                at_start = true;
            }
            '}' if open > 0 => {
                open -= 1;
                expression.push(')');
            }
            '\\' if !cfg!(windows) => {
                let next = symbols.next().ok_or("nothing follows its last \\")?;
                literal(&mut expression, next);
            }
            other => literal(&mut expression, other),
        }
    }
    if open > 0 {
        return Err("a { of it is never closed".to_owned());
    }
    expression.push('$');
    Ok(expression)
}

/// `**/` is any number of folders, `/**` everything below one; elsewhere `**` is `*`.
fn across(expression: &mut String, symbols: &mut Peekable<Chars<'_>>, is_start: bool) {
    while symbols.next_if_eq(&'*').is_some() {}
    if !is_start {
        expression.push_str("[^/]*");
    } else if symbols.next_if_eq(&'/').is_some() {
        expression.push_str("(?:.*/)?");
    } else if symbols.peek().is_none() {
        expression.push_str(".*");
    } else {
        expression.push_str("[^/]*");
    }
}

/// One of the characters up to the closing bracket, which may itself come first.
fn class(
    expression: &mut String,
    symbols: &mut Peekable<Chars<'_>>,
) -> Result<(), String> {
    let is_other = symbols.next_if(|symbol| matches!(symbol, '!' | '^')).is_some();
    let mut members: Vec<char> = symbols.next_if_eq(&']').into_iter().collect();
    loop {
        match symbols.next() {
            None => return Err("a [ of it is never closed".to_owned()),
            Some(']') => break,
            Some(member) => members.push(member),
        }
    }
    expression.push_str(if is_other { "[^/" } else { "[" });
    let mut rest = &members[..];
    while let Some((&from, others)) = rest.split_first() {
        let (to, others) = match others {
            ['-', to, others @ ..] => (*to, others),
            _ => (from, others),
        };
        if from > to {
            return Err(format!("its range {from}-{to} runs backwards"));
        }
        let _ = write!(expression, "{}-{}", escaped(from), escaped(to));
        rest = others;
    }
    expression.push(']');
    Ok(())
}

fn literal(expression: &mut String, symbol: char) {
    expression.push_str(&escaped(symbol));
}

/// A character that stands for itself.
fn escaped(symbol: char) -> String {
    format!("\\x{{{:x}}}", u32::from(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fits(pattern: &str, name: &str) -> bool {
        Pattern::new(pattern).unwrap().fits(name)
    }

    #[test]
    fn names_and_folders() {
        assert!(fits("*.csv", "walk.csv") && !fits("*.csv", "a/walk.csv"));
        assert!(fits("P*/walk?.csv", "P03/walk1.csv") && !fits("a?b", "a/b"));
        assert!(fits("**/walk.csv", "walk.csv") && fits("**/walk.csv", "a/b/walk.csv"));
        assert!(fits("a/**", "a/b/c") && !fits("a/**", "b/a/c"));
        assert!(fits("a/**/b", "a/b") && fits("a/**/b", "a/x/y/b"));
        assert!(fits("a**b", "axxb") && !fits("a**b", "a/b"));
        assert!(fits("{walk,run}{1,2}.csv", "run2.csv") && !fits("{a,b}", "c"));
        assert!(fits("{a*,b[12]}.csv", "b2.csv") && fits("a,b}", "a,b}"));
        assert!(fits("a.c(1)+^$|.csv", "a.c(1)+^$|.csv") && !fits("a.c", "abc"));
        assert!(fits("", "") && !fits("", "a"));
    }

    #[test]
    fn characters_of_any_language_are_one() {
        assert!(fits("[äö]1.csv", "ö1.csv") && !fits("[äö]1.csv", "u1.csv"));
        assert!(fits("r?he.csv", "rühe.csv") && fits("[à-ÿ]", "é"));
        assert!(fits("[!ä]", "ö") && !fits("[!ä]", "ä") && !fits("[!a]", "/"));
        assert!(fits("[]a]", "]") && fits("[a-]", "-") && fits("[0-9a]", "7"));
        assert!(fits("[^0-9]", "x") && !fits("[^0-9]", "5"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_meant_literally() {
        assert!(fits(r"walk\[1\].csv", "walk[1].csv") && fits(r"\*", "*"));
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        let error = |pattern: &str| Pattern::new(pattern).unwrap_err();
        assert_eq!(error("a[b"), "a [ of it is never closed");
        assert_eq!(error("a{b"), "a { of it is never closed");
        assert_eq!(error("[z-a]"), "its range z-a runs backwards");
        assert_eq!(error(&"?".repeat(131_000)), "a pattern has at most 4096 characters");
        assert!(Pattern::new(&"?".repeat(4096)).is_ok());
        assert!(Pattern::new(&"[!a]*".repeat(800)).is_ok());
    }
}
