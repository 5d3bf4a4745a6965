//! Counts what makes code easy or hard to read, over every `.rs` file of a folder (`src`).
//!
//! ```sh
//! rustc --edition 2024 -O -o target/shape .ci/shape.rs && target/shape [--gate] [FOLDER]
//! ```
//!
//! The length of a function is its lines from `fn` to its closing brace, after `rustfmt` with
//! `max_width = 79` and `use_small_heuristics = "Max"`, as ripgrep, rust-csv and jiff have it:
//! wider lines make no function shorter. All other counts are of the files as they are. Tests
//! are left out: `#[cfg(test)] mod tests`, files named `tests.rs`, folders named `tests`.
//!
//! For comparison, rust-csv 1.4, globset 0.4 and jiff 0.2 by the same counts: median 4 to 6, p90
//! 12 to 21, 7.1 to 7.5 tokens a line, 1.7 to 7.2 comment lines per 100 lines of code.
//!
//! With `--gate`, functions beyond the budget make it fail. A program of its own and no test: it
//! needs `rustfmt`, which `cargo test` must not.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, thread};

/// The longest that functions may be: half of them, nine in ten, and each.
const BUDGET: [(&str, usize, usize); 3] =
    [("median", 50, 9), ("p90", 90, 30), ("max", 100, 80)];

/// The widest that a line may be, in characters.
const WIDTH: usize = 100;

/// How many of the longest functions are named.
const NAMED: usize = 10;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let (flags, folders): (Vec<_>, Vec<_>) =
        env::args().skip(1).partition(|a| a.starts_with('-'));
    let folder = folders.first().map_or("src", String::as_str);

    let counts = match count(Path::new(folder)) {
        Ok(counts) => counts,
        Err(error) => {
            eprintln!("shape: {error}");
            return ExitCode::FAILURE;
        }
    };

    // Whoever closes the pipe, as `head` does, has read enough.
    counts.report(&mut io::stdout().lock()).unwrap_or_default();
    let gate = flags.iter().any(|flag| flag == "--gate");
    if gate && !counts.within_budget() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Everything that is counted.
#[derive(Default)]
struct Counts {
    functions: Vec<Function>,
    code_lines: usize,
    comment_lines: usize,
    body_lines: usize,
    body_tokens: usize,
    wide_lines: Vec<String>,
    /// Where each name of a type is declared.
    types: BTreeMap<String, Vec<String>>,
}

struct Function {
    name: String,
    place: String,
    lines: usize,
}

fn count(folder: &Path) -> Outcome<Counts> {
    let mut files = Vec::new();
    find_sources(folder, &mut files)?;
    files.sort();

    let mut counts = Counts::default();
    for (path, text, narrow) in formatted(&files)? {
        let source = Source::parse(&text);
        counts.find_wide_lines(&path, &text);
        counts.count_lines(&source);
        counts.count_types(&path, &source);
        counts.count_functions(&path, &source, &Source::parse(&narrow));
    }
    counts.functions.sort_by(|a, b| (b.lines, &a.place).cmp(&(a.lines, &b.place)));

    if counts.functions.is_empty() {
        return Err(format!("{}: no functions found", folder.display()).into());
    }
    Ok(counts)
}

fn find_sources(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome<()> {
    let entries =
        fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();

        if path.is_dir() && name != "tests" {
            find_sources(&path, found)?;
        } else if path.extension().is_some_and(|ext| ext == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
    Ok(())
}

/// Each file's path, its text as it is, and its text as `rustfmt` narrows it.
fn formatted(files: &[PathBuf]) -> Outcome<Vec<(String, String, String)>> {
    // `rustfmt` takes some milliseconds a file, so that a few of them run at once.
    let each = files.len().div_ceil(8).max(1);
    thread::scope(|scope| {
        let shares = files.chunks(each);
        let running: Vec<_> = shares
            .map(|share| {
                scope.spawn(|| share.iter().map(|path| read(path)).collect::<Vec<_>>())
            })
            .collect();

        let mut all = Vec::new();
        for share in running {
            for file in share.join().map_err(|_| "a thread ended early")? {
                all.push(file?);
            }
        }
        Ok(all)
    })
}

fn read(path: &Path) -> Result<(String, String, String), String> {
    let place = path.display().to_string();
    let wide = fs::read_to_string(path).map_err(|error| format!("{place}: {error}"))?;
    let narrow = rustfmt(&wide).map_err(|error| format!("{place}: {error}"))?;
    Ok((place, wide, narrow))
}

/// By standard input, so that `rustfmt` does not follow `mod` lines into other files.
fn rustfmt(text: &str) -> Outcome<String> {
    let mut process = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "max_width=79,use_small_heuristics=Max"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = process.stdin.take().ok_or("rustfmt takes no input")?;

    // Written beside the reading: either end waits when its pipe is full.
    let output = thread::scope(|scope| {
        scope.spawn(move || input.write_all(text.as_bytes()));
        process.wait_with_output()
    })?;

    if !output.status.success() {
        return Err("rustfmt failed".into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Counts {
    fn find_wide_lines(&mut self, path: &str, text: &str) {
        let wide = text.lines().zip(1..).filter(|(line, _)| line.chars().count() > WIDTH);
        self.wide_lines.extend(wide.map(|(_, number)| format!("{path}:{number}")));
    }

    /// Comments are those that hold a line alone and are no documentation.
    fn count_lines(&mut self, source: &Source) {
        let mut with_code: Vec<usize> =
            source.tokens.iter().map(|token| token.line).collect();
        with_code.dedup();
        self.code_lines += with_code.len();
        self.comment_lines +=
            source.comments.iter().filter(|c| !with_code.contains(c)).count();

        for body in source.bodies() {
            let mut lines: Vec<usize> =
                body.tokens.iter().map(|token| token.line).collect();
            self.body_tokens += lines.len();
            lines.dedup();
            self.body_lines += lines.len();
        }
    }

    fn count_types(&mut self, path: &str, source: &Source) {
        for pair in source.tokens.windows(2) {
            let declares =
                ["struct", "enum", "trait", "union"].contains(&pair[0].text.as_str());
            if declares && pair[1].is_word() {
                let place = format!("{path}:{}", pair[1].line);
                self.types.entry(pair[1].text.clone()).or_default().push(place);
            }
        }
    }

    /// Lengths from the narrowed text, places from the file as it is: both hold the same functions
    /// in the same order.
    fn count_functions(&mut self, path: &str, source: &Source, narrow: &Source) {
        for (as_it_is, body) in source.bodies().zip(narrow.bodies()) {
            self.functions.push(Function {
                name: body.name.to_string(),
                place: format!("{path}:{}", as_it_is.first),
                lines: body.last - body.first + 1,
            });
        }
    }

    fn within_budget(&self) -> bool {
        BUDGET.iter().all(|(_, percent, most)| self.length(*percent) <= *most)
    }

    /// The length that so many per cent of all functions do not exceed.
    fn length(&self, percent: usize) -> usize {
        let total = self.functions.len();
        self.functions[(total * (100 - percent) / 100).min(total - 1)].lines
    }

    fn report(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{} functions, lines at 79 columns:", self.functions.len())?;
        for (name, percent) in [("median", 50), ("p90", 90), ("p99", 99), ("max", 100)] {
            writeln!(out, "  {name:<6} {:>4}{}", self.length(percent), limit(name))?;
        }

        writeln!(out, "the longest:")?;
        for function in self.functions.iter().take(NAMED) {
            writeln!(
                out,
                "  {:>4} {}  {}",
                function.lines, function.name, function.place
            )?;
        }

        self.report_lines(out)?;
        self.report_names(out)
    }

    fn report_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        let comments = 100.0 * self.comment_lines as f64 / self.code_lines.max(1) as f64;
        writeln!(
            out,
            "{comments:.1} comment lines per 100 lines of code ({})",
            self.code_lines
        )?;
        let tokens = self.body_tokens as f64 / self.body_lines.max(1) as f64;
        writeln!(out, "{tokens:.1} tokens a line inside functions")?;

        writeln!(out, "{} lines of more than {WIDTH} characters", self.wide_lines.len())?;
        for place in self.wide_lines.iter().take(NAMED) {
            writeln!(out, "  {place}")?;
        }
        Ok(())
    }

    fn report_names(&self, out: &mut dyn Write) -> io::Result<()> {
        let of = self.functions.iter().filter(|function| function.name == "of").count();
        writeln!(out, "{of} functions named `of`")?;

        let all = self.types.len();
        let shared: Vec<_> =
            self.types.iter().filter(|(_, places)| places.len() > 1).collect();
        writeln!(
            out,
            "{} of {all} names of types stand for more than one type",
            shared.len()
        )?;
        for (name, places) in shared {
            writeln!(out, "  {name:<20} {}", places.join(" "))?;
        }
        Ok(())
    }
}

fn limit(name: &str) -> String {
    let budget = BUDGET.iter().find(|(budgeted, ..)| *budgeted == name);
    budget.map_or(String::new(), |(_, _, most)| format!("  (budget {most})"))
}

/// The tokens of a file, without its tests, and the lines of its comments.
struct Source {
    tokens: Vec<Token>,
    comments: Vec<usize>,
}

struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// A function that has a body.
struct Body<'a> {
    name: &'a str,
    first: usize,
    last: usize,
    /// What stands between its braces.
    tokens: &'a [Token],
}

impl Source {
    fn parse(text: &str) -> Self {
        let mut lexer =
            Lexer { rest: text, line: 1, tokens: Vec::new(), comments: Vec::new() };
        while !lexer.rest.is_empty() {
            lexer.step();
        }

        let mut source = Self { tokens: lexer.tokens, comments: lexer.comments };
        source.leave_out_tests();
        source
    }

    fn leave_out_tests(&mut self) {
        const HEAD: [&str; 9] = ["#", "[", "cfg", "(", "test", ")", "]", "mod", "tests"];
        let heads = |tokens: &[Token]| tokens.iter().map(|t| t.text.as_str()).eq(HEAD);
        let Some(from) = self.tokens.windows(HEAD.len()).position(heads) else { return };

        let until =
            self.closing_brace(from + HEAD.len()).unwrap_or(self.tokens.len() - 1);
        let lines = self.tokens[from].line..=self.tokens[until].line;
        self.comments.retain(|line| !lines.contains(line));
        self.tokens.drain(from..=until);
    }

    fn bodies(&self) -> impl Iterator<Item = Body<'_>> {
        let heads = self.tokens.windows(2).enumerate();
        heads.filter(|(_, pair)| pair[0].text == "fn" && pair[1].is_word()).filter_map(
            |(at, pair)| {
                let open = self.opening_brace(at)?;
                let close = self.closing_brace(open)?;
                Some(Body {
                    name: &pair[1].text,
                    first: pair[0].line,
                    last: self.tokens[close].line,
                    tokens: &self.tokens[open + 1..close],
                })
            },
        )
    }

    /// The brace that opens the body, unless a semicolon says that there is none. (`[f64; 2]` among
    /// the arguments says nothing.)
    fn opening_brace(&self, from: usize) -> Option<usize> {
        let mut depth = 0;
        for (at, token) in self.tokens.iter().enumerate().skip(from) {
            match token.text.as_str() {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                "{" if depth == 0 => return Some(at),
                ";" if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    fn closing_brace(&self, from: usize) -> Option<usize> {
        let mut depth = 0;
        for (at, token) in self.tokens.iter().enumerate().skip(from) {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                ";" if depth == 0 => return Some(at),
                _ => continue,
            }
            if depth == 0 {
                return Some(at);
            }
        }
        None
    }
}

/// As much of Rust's grammar of tokens as telling code from comments and text needs.
struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
    comments: Vec<usize>,
}

impl Lexer<'_> {
    /// Takes a token, a comment or a blank.
    fn step(&mut self) {
        let rest = self.rest;
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            self.take(first.len_utf8());
        } else if rest.starts_with("//") {
            self.take_line_comment();
        } else if rest.starts_with("/*") {
            self.take(block_comment(rest));
        } else {
            let length = text(rest).or_else(|| character(rest)).or_else(|| word(rest));
            let length = length.unwrap_or_else(|| mark(rest));
            self.tokens.push(Token { text: rest[..length].to_string(), line: self.line });
            self.take(length);
        }
    }

    fn take_line_comment(&mut self) {
        let length = self.rest.find('\n').unwrap_or(self.rest.len());
        let documents = ["///", "//!"].iter().any(|start| self.rest.starts_with(start));
        if !documents {
            self.comments.push(self.line);
        }
        self.take(length);
    }

    fn take(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let opens = rest[at..].starts_with("/*");
        let closes = rest[at..].starts_with("*/");
        match (opens, closes) {
            (true, _) => depth += 1,
            (_, true) => depth -= 1,
            _ => {}
        }
        at += if opens || closes {
            2
        } else {
            rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of a text in quotes, raw or not: `"…"`, `b"…"`, `r#"…"#`.
fn text(rest: &str) -> Option<usize> {
    let prefix = rest.find(|c: char| !matches!(c, 'b' | 'c' | 'r'))?;
    let hashes = rest[prefix..].find(|c| c != '#')?;
    let start = prefix + hashes;
    let raw = rest[..prefix].contains('r');
    if prefix > 2 || (hashes > 0 && !raw) || !rest[start..].starts_with('"') {
        return None;
    }

    let inside = &rest[start + 1..];
    let length = if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        inside.find(&close)? + close.len()
    } else {
        closing_quote(inside, '"')? + 1
    };
    Some(start + 1 + length)
}

/// The length of a character in quotes; `'a` alone is a lifetime.
fn character(rest: &str) -> Option<usize> {
    let prefix = usize::from(rest.starts_with("b'"));
    let inside = rest[prefix..].strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let closed = first == '\\' || inside[first.len_utf8()..].starts_with('\'');
    closed.then(|| closing_quote(inside, '\'').map(|at| prefix + at + 2))?
}

fn closing_quote(inside: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if c == quote && !escaped {
            return Some(at);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// The length of a word, a number or a lifetime.
fn word(rest: &str) -> Option<usize> {
    let start = usize::from(rest.starts_with('\''));
    let number = rest.starts_with(|c: char| c.is_ascii_digit());
    let mut length = start;
    for (at, c) in rest[start..].char_indices() {
        // `0.5` is one number, `0..5` is a range, and `0.max(5)` calls a function.
        let point = number
            && c == '.'
            && rest[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        if !(c.is_alphanumeric() || c == '_' || point) {
            break;
        }
        length = start + at + c.len_utf8();
    }
    (length > start).then_some(length)
}

/// The length of a mark, of which the longest that fits counts once: `->`, `..=`, `::`.
fn mark(rest: &str) -> usize {
    const LONG: [&str; 23] = [
        "..=", "<<=", ">>=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "+=",
        "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<<", ">>", "..",
    ];
    let long = LONG.iter().find(|mark| rest.starts_with(**mark)).map(|mark| mark.len());
    long.unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8))
}
