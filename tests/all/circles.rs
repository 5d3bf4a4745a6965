//! No two files import each other in a circle.
//!
//! A module and its own parts are one thing told in several files: it calls them, and they
//! use what it defines, so the arrows from a module to its parts are left out. A name that
//! a module hands on (`pub use`) is taken from the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::sources;

/// Files that stand for their parent: they keep what several of its parts stand on, a field
/// for each, so their arrows to these are the parent's own.
const STAND_FOR_PARENT: &[&str] = &["src/analysis/at_hand.rs", "src/analysis/digest.rs"];

/// Circles that are still there. Each is to be opened and its line taken out.
const KNOWN: &[&[&str]] = &[];

/// The words of a path of Rust: `["analysis", "cycles", "Course"]`.
type Words = Vec<String>;

/// A file of sources as a module.
struct Module {
    file: String,
    /// The names that `use` gives it, with what they stand for.
    names: BTreeMap<String, Words>,
    /// Every path that it uses, from the root of the crate.
    paths: Vec<Words>,
}

/// The modules of the crate by their paths.
struct Modules(BTreeMap<Words, Module>);

impl Modules {
    fn read(sources: &[(String, String)]) -> Self {
        let own: Vec<&(String, String)> = sources
            .iter()
            .filter(|(file, _)| !file.ends_with("/tests.rs") && file != "src/main.rs")
            .collect();
        let places: BTreeSet<Words> = own.iter().map(|(file, _)| place(file)).collect();
        let module = |(file, code): &(String, String)| {
            let place = place(file);
            let module = Module::read(file, code, &place, &places);
            (place, module)
        };
        Self(own.into_iter().map(module).collect())
    }

    /// The module that defines what a path leads to.
    fn defining(&self, path: &[String]) -> Option<&Words> {
        let (mut path, mut handed_on) = (path.to_vec(), 0);
        loop {
            let length =
                (0..=path.len()).rev().find(|&n| self.0.contains_key(&path[..n]))?;
            let (place, module) = self.0.get_key_value(&path[..length])?;
            let next = path.get(length).and_then(|name| module.names.get(name));
            match next {
                Some(meant) if handed_on < 8 && !path.starts_with(meant) => {
                    handed_on += 1;
                    path = [meant, &path[length + 1..]].concat();
                }
                _ => return Some(place),
            }
        }
    }

    /// The files that each file imports.
    fn arrows(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let arrows = |(place, module): (&Words, &Module)| -> BTreeSet<&str> {
            if STAND_FOR_PARENT.contains(&module.file.as_str()) {
                return BTreeSet::new();
            }
            let defining = module.paths.iter().filter_map(|path| self.defining(path));
            let others = defining.filter(|other| !other.starts_with(place));
            others.map(|other| self.0[other].file.as_str()).collect()
        };
        self.0.iter().map(|entry| (entry.1.file.as_str(), arrows(entry))).collect()
    }

    /// The files that import each other in a circle, circle by circle.
    fn circles(&self) -> Vec<Vec<&str>> {
        let arrows = self.arrows();
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            arrows.keys().map(|&file| (file, reached_from(file, &arrows))).collect();
        let circle = |&file: &&str| -> Vec<&str> {
            let back = |other: &&str| reached[other].contains(file);
            reached[file].iter().copied().filter(back).collect()
        };
        let circles: BTreeSet<Vec<&str>> = arrows.keys().map(circle).collect();
        circles.into_iter().filter(|circle| !circle.is_empty()).collect()
    }
}

fn reached_from<'a>(
    file: &'a str,
    arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>,
) -> BTreeSet<&'a str> {
    let (mut reached, mut waiting) = (BTreeSet::new(), vec![file]);
    while let Some(next) = waiting.pop() {
        waiting.extend(arrows[next].iter().filter(|&&other| reached.insert(other)));
    }
    reached
}

/// `src/load/csv/mod.rs` is `["load", "csv"]`.
fn place(file: &str) -> Words {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs");
    let inside = inside.trim_end_matches("/mod");
    let words = inside.split('/').map(str::to_owned).collect();
    if inside == "lib" { Vec::new() } else { words }
}

impl Module {
    fn read(file: &str, code: &str, place: &Words, places: &BTreeSet<Words>) -> Self {
        let (uses, rest) = parted(code);
        let absolute = |path: &[&str]| absolute(path, place, places);
        let mut names = BTreeMap::new();
        let mut paths = Vec::new();
        for (path, name) in uses.iter().flat_map(|tree| leaves(tree)) {
            let words: Vec<&str> =
                path.split("::").filter(|word| *word != "self").collect();
            if let Some(path) = absolute(&words) {
                names.insert(name, path.clone());
                paths.push(path);
            }
        }
        for path in paths_in(&rest) {
            let named = names.get(path[0]).filter(|_| path.len() > 1);
            match named {
                Some(meant) => {
                    let more = path[1..].iter().map(|word| (*word).to_owned());
                    paths.push(meant.iter().cloned().chain(more).collect());
                }
                None => paths.extend(absolute(&path)),
            }
        }
        Self { file: file.to_owned(), names, paths }
    }
}

/// A path from the root of the crate; `None` where it leads into another crate or names
/// something of the module itself.
fn absolute(path: &[&str], place: &Words, places: &BTreeSet<Words>) -> Option<Words> {
    let owned =
        |words: &[&str]| -> Words { words.iter().map(|&word| word.into()).collect() };
    match path.first()? {
        &"crate" => Some(owned(&path[1..])),
        &"super" => {
            let ups = path.iter().take_while(|word| **word == "super").count();
            let above = place.len().checked_sub(ups)?;
            Some([place[..above].to_vec(), owned(&path[ups..])].concat())
        }
        first => {
            let part = [place.clone(), owned(&[*first])].concat();
            places.contains(&part).then(|| [place.clone(), owned(path)].concat())
        }
    }
}

/// The trees of the `use` lines, and the code without them.
fn parted(code: &str) -> (Vec<String>, String) {
    let (mut uses, mut rest, mut open) = (Vec::<String>::new(), String::new(), false);
    for line in code.lines() {
        let line = line.trim();
        let begun = without_visibility(line).strip_prefix("use ").filter(|_| !open);
        match begun {
            Some(tree) => uses.push(tree.to_owned()),
            None if open => uses.last_mut().unwrap().push_str(line),
            None => rest += &format!("{line}\n"),
        }
        open = (open || begun.is_some()) && !line.ends_with(';');
    }
    (uses.into_iter().map(|tree| tree.replace(';', "")).collect(), rest)
}

fn without_visibility(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("pub") else { return line };
    let inside = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    inside.map_or(rest, |(_, rest)| rest).trim_start()
}

/// The paths of a tree of `use`, each with the name it has afterwards.
fn leaves(tree: &str) -> Vec<(String, String)> {
    let tree = tree.trim();
    if let Some((before, inside)) = tree.split_once('{') {
        let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
        let parts = split_at_commas(inside);
        return parts
            .iter()
            .flat_map(|part| leaves(&format!("{before}{part}")))
            .collect();
    }
    let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = path.trim().trim_end_matches("::self");
    let last = path.rsplit("::").next().unwrap_or_default();
    let name = if name.is_empty() { last } else { name.trim() };
    if path.is_empty() { Vec::new() } else { vec![(path.to_owned(), name.to_owned())] }
}

/// Parts by the commas that stand in no braces.
fn split_at_commas(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, symbol) in text.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Every path of at least two words, as `super::stats::mean` and `stats::mean`.
fn paths_in(code: &str) -> Vec<Vec<&str>> {
    let of_path = |symbol: char| symbol.is_alphanumeric() || "_:".contains(symbol);
    code.split(|symbol: char| !of_path(symbol))
        .map(|path| path.split("::").filter(|word| !word.is_empty()).collect())
        .filter(|path: &Vec<&str>| path.len() > 1)
        .collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let modules = Modules::read(&sources);
    let arrows = modules.arrows();
    let circles = modules.circles();
    let unknown = circles.iter().filter(|circle| !KNOWN.contains(&circle.as_slice()));
    let between: Vec<String> = unknown
        .flat_map(|circle| {
            let arrows = &arrows;
            let from_each = circle
                .iter()
                .flat_map(|&from| arrows[from].iter().map(move |&to| (from, to)));
            from_each.filter(|(_, to)| circle.contains(to))
        })
        .map(|(from, to)| format!("  {from} imports {to}"))
        .collect();
    assert!(between.is_empty(), "circles of imports:\n{}", between.join("\n"));
    let channels = &arrows["src/load/csv/channels.rs"];
    assert!(channels.contains("src/load/csv/timing/mod.rs"), "the arrows were not found");
    for known in KNOWN {
        let is_there = circles.iter().any(|circle| circle == known);
        assert!(is_there, "this circle is open, take its line out of KNOWN: {known:?}");
    }
    for file in STAND_FOR_PARENT {
        assert!(arrows.contains_key(file), "{file} is no file");
    }
}

#[test]
fn circles_are_found_however_they_are_written() {
    let crate_of = |files: &[(&str, &str)]| -> Vec<(String, String)> {
        files.iter().map(|&(file, code)| (file.to_owned(), code.to_owned())).collect()
    };
    let circles = |files: &[(&str, &str)]| -> Vec<String> {
        let sources = crate_of(files);
        let modules = Modules::read(&sources);
        modules.circles().iter().map(|circle| circle.join(" ")).collect()
    };

    let parent =
        ("src/a/mod.rs", "mod b;\nmod c;\npub use b::{Course, State};\npub fn d() {}");
    let open =
        [parent, ("src/a/b.rs", "use super::c::mean;"), ("src/a/c.rs", "fn mean() {}")];
    assert!(circles(&open).is_empty());

    for import in [
        "use super::b::Course;",
        "use crate::a::{d, b::{self, State as Other}};",
        "use super::{\n    Course, d,\n};",
        "fn mean() { super::Course::new() }",
        "use super::b as other;",
    ] {
        let closed = [parent, open[1], ("src/a/c.rs", import)];
        assert_eq!(circles(&closed), ["src/a/b.rs src/a/c.rs"], "{import}");
    }

    // A part uses what its module defines, and the module calls its part.
    let parts =
        [("src/a.rs", "mod b;\nfn d() { b::e() }"), ("src/a/b.rs", "use super::d;")];
    assert!(circles(&parts).is_empty());

    let far = [
        ("src/a.rs", "use crate::b::of_b;"),
        ("src/b.rs", "use crate::c::of_c;"),
        ("src/c.rs", "use crate::a::of_a;"),
        ("src/d.rs", "use crate::a::of_a;"),
    ];
    assert_eq!(circles(&far), ["src/a.rs src/b.rs src/c.rs"]);
}
