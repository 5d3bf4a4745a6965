//! Mutants → sources that hold all of them behind switches.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::{Mutant, Outcome, Place};

/// What was planted: the numbers of the mutants that can be switched on, and those of
/// mutants that do not compile or stand where nothing can be switched.
pub(crate) struct Planted {
    pub(crate) switched: BTreeSet<usize>,
    pub(crate) refused: BTreeMap<usize, String>,
}

/// The module that the switches ask.
const SWITCH: &str = r#"
#[doc(hidden)]
#[allow(missing_docs, clippy::all)]
pub mod planted {
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    static REACHED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
    static MODE: OnceLock<(usize, Option<std::fs::File>)> = OnceLock::new();

    pub fn on(mutant: usize) -> bool {
        let (chosen, reached) = MODE.get_or_init(|| {
            let chosen = std::env::var("PLANTED").ok().and_then(|text| text.parse().ok());
            let reached = std::env::var_os("PLANTED_REACHED").and_then(|path| {
                std::fs::OpenOptions::new().create(true).append(true).open(path).ok()
            });
            (chosen.unwrap_or(usize::MAX), reached)
        });
        if let Some(mut file) = reached.as_ref() {
            if !REACHED[mutant].swap(true, Ordering::Relaxed) {
                let _ = file.write_all(format!("{mutant}\n").as_bytes());
            }
        }
        *chosen == mutant
    }
}
"#;

/// Plants mutants into a tree, leaves out those that the compiler refuses.
pub(crate) fn planted(tree: &Path, mutants: &[Mutant]) -> Outcome<Planted> {
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        by_file.entry(&mutant.file).or_default().push(number);
    }
    let mut refused = BTreeMap::new();
    let mut sources = BTreeMap::new();
    for (file, numbers) in &by_file {
        let text = std::fs::read_to_string(tree.join(file))?;
        let items = Finder::items(&text, mutants, numbers)?;
        let found: BTreeSet<_> =
            items.iter().flat_map(|item| &item.numbers).copied().collect();
        for number in numbers.iter().filter(|number| !found.contains(number)) {
            refused.insert(*number, "it cannot be switched".to_owned());
        }
        sources.insert(*file, (text, items));
    }

    let root = tree.join("src/lib.rs");
    let library = std::fs::read_to_string(&root)?;
    let switch = SWITCH.replace("COUNT", &mutants.len().to_string());
    loop {
        let mut written = BTreeMap::new();
        for (file, (text, items)) in &sources {
            let mut pen = Pen {
                text,
                items,
                refused: &refused,
                out: String::new(),
                regions: vec![],
            };
            pen.render(0..text.len(), 0);
            let mut out = pen.out;
            if *file == "src/lib.rs" {
                out += &switch;
            }
            std::fs::write(tree.join(file), &out)?;
            written.insert(*file, pen.regions);
        }
        if !sources.contains_key("src/lib.rs") {
            std::fs::write(&root, format!("{library}{switch}"))?;
        }
        let before = refused.len();
        for fault in faults(tree)? {
            let regions = written.get(fault.file.as_str());
            let region = regions.and_then(|regions| {
                let touched = regions.iter().filter(|region| {
                    region.range.start <= fault.range.end
                        && fault.range.start <= region.range.end
                });
                touched.min_by_key(|region| region.range.len())
            });
            let region = region.ok_or_else(|| format!("not by a mutant: {fault:?}"))?;
            for number in &region.numbers {
                refused.entry(*number).or_insert_with(|| fault.message.clone());
            }
        }
        if refused.len() == before {
            let switched =
                (0..mutants.len()).filter(|number| !refused.contains_key(number));
            return Ok(Planted { switched: switched.collect(), refused });
        }
        println!("{} of {} mutants do not compile", refused.len(), mutants.len());
    }
}

/// A place where mutants are planted.
#[derive(Debug)]
struct Item {
    range: Range<usize>,
    /// The mutants, each with what stands there instead; empty where the switches are in
    /// the pieces of the base.
    alternatives: Vec<(usize, Vec<Piece>)>,
    base: Vec<Piece>,
    numbers: Vec<usize>,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    /// A part of the source, with what is planted in it.
    Source(Range<usize>),
}

/// A part of what was written that mutants are the reason for.
struct Region {
    range: Range<usize>,
    numbers: Vec<usize>,
}

struct Pen<'a> {
    text: &'a str,
    items: &'a [Item],
    refused: &'a BTreeMap<usize, String>,
    out: String,
    regions: Vec<Region>,
}

impl Pen<'_> {
    /// Writes a part of the source with the items from `first` on that lie in it.
    fn render(&mut self, range: Range<usize>, first: usize) {
        let mut at = range.start;
        let items = self.items;
        let mut inside: Vec<(usize, &Item)> = Vec::new();
        for (index, item) in items.iter().enumerate().skip(first) {
            let is_inside =
                range.start <= item.range.start && item.range.end <= range.end;
            // The outermost come first.
            let is_outer = inside.iter().all(|(_, outer)| {
                outer.range.is_empty()
                    || item.range.end <= outer.range.start
                    || outer.range.end <= item.range.start
            });
            if is_inside && is_outer {
                inside.push((index, item));
            }
        }
        inside.sort_by_key(|(index, item)| {
            (item.range.start, !item.range.is_empty(), *index)
        });
        for (index, item) in inside {
            self.out += &self.text[at..item.range.start];
            self.item(index, item);
            at = item.range.end;
        }
        self.out += &self.text[at..range.end];
    }

    fn item(&mut self, index: usize, item: &Item) {
        let start = self.out.len();
        let alive: Vec<_> = item
            .alternatives
            .iter()
            .filter(|(number, _)| !self.refused.contains_key(number))
            .collect();
        if item.range.is_empty() {
            for (number, pieces) in &alive {
                self.alternative(index, *number, pieces);
            }
        } else if alive.is_empty() {
            self.pieces(index, &item.base);
        } else {
            self.out.push('(');
            for (number, pieces) in &alive {
                self.out += &format!("if crate::planted::on({number}) {{ ");
                self.alternative(index, *number, pieces);
                self.out += " } else ";
            }
            self.out += "{ ";
            self.pieces(index, &item.base);
            self.out += " })";
        }
        let numbers = alive.iter().map(|(number, _)| *number).collect();
        if !alive.is_empty() {
            self.regions.push(Region { range: start..self.out.len(), numbers });
        }
    }

    fn alternative(&mut self, index: usize, number: usize, pieces: &[Piece]) {
        let start = self.out.len();
        self.pieces(index, pieces);
        self.regions.push(Region { range: start..self.out.len(), numbers: vec![number] });
    }

    fn pieces(&mut self, index: usize, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.out += text,
                Piece::Source(range) => self.render(range.clone(), index + 1),
            }
        }
    }
}

/// Finds the places of mutants in a file, outer ones first.
struct Finder<'a> {
    mutants: Vec<(usize, &'a Mutant)>,
    items: Vec<Item>,
}

impl<'a> Finder<'a> {
    fn items(text: &str, mutants: &'a [Mutant], numbers: &[usize]) -> Outcome<Vec<Item>> {
        let file = syn::parse_file(text)?;
        let mutants = numbers.iter().map(|number| (*number, &mutants[*number])).collect();
        let mut finder = Self { mutants, items: Vec::new() };
        finder.visit_file(&file);
        Ok(finder.items)
    }

    /// The mutants of a kind whose place begins here.
    fn at(&self, genre: &str, start: LineColumn) -> Vec<(usize, &'a Mutant)> {
        let start = place(start);
        let here = |(_, mutant): &&(usize, &Mutant)| {
            mutant.genre == genre && mutant.span.start == start
        };
        self.mutants.iter().filter(here).copied().collect()
    }

    fn add(
        &mut self,
        range: Range<usize>,
        alternatives: Vec<(usize, Vec<Piece>)>,
        base: Vec<Piece>,
    ) {
        if !alternatives.is_empty() {
            let numbers = alternatives.iter().map(|(number, _)| *number).collect();
            self.items.push(Item { range, alternatives, base, numbers });
        }
    }

    fn body(&mut self, signature: &syn::Signature, block: &syn::Block) {
        if let syn::ReturnType::Type(_, returned) = &signature.output
            && matches!(**returned, syn::Type::ImplTrait(_))
        {
            // Another value would be of another type.
            return;
        }
        let Some(first) = block.stmts.first() else { return };
        let start = first.span().byte_range().start;
        let inside = place(first.span().start());
        // The place of a body is that of its first statement, attributes included.
        let here: Vec<_> = self
            .mutants
            .iter()
            .filter(|(_, mutant)| {
                mutant.genre == "FnValue" && mutant.span.start == inside
            })
            .map(|(number, mutant)| {
                let text = format!(
                    "if crate::planted::on({number}) {{ return {}; }}\n",
                    mutant.replacement
                );
                (*number, vec![Piece::Text(text)])
            })
            .collect();
        self.add(start..start, here, Vec::new());
    }
}

/// Whether a condition holds `let`, which may stand in no other expression.
fn binds(condition: &syn::Expr) -> bool {
    match condition {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

fn place(at: LineColumn) -> Place {
    Place { line: at.line, column: at.column + 1 }
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

fn source(of: &impl Spanned) -> Piece {
    Piece::Source(of.span().byte_range())
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.body(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.body(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.body(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let span = binary.op.span();
        let operator = span.source_text().unwrap_or_default();
        let sides = |operator: &str| {
            vec![
                source(&binary.left),
                text(&format!(" {operator} ")),
                source(&binary.right),
            ]
        };
        let whole = syn::Expr::Binary(binary.clone());
        let alternatives = match binds(&whole) {
            true => Vec::new(),
            false => self.at("BinaryOperator", span.start()),
        };
        let alternatives = alternatives
            .into_iter()
            .map(|(number, mutant)| (number, sides(&mutant.replacement)))
            .collect();
        self.add(binary.span().byte_range(), alternatives, sides(&operator));
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let span = unary.op.span();
        let operator = span.source_text().unwrap_or_default();
        let alternatives = self.at("UnaryOperator", span.start());
        let alternatives = alternatives
            .into_iter()
            .map(|(number, _)| (number, vec![source(&unary.expr)]))
            .collect();
        self.add(
            unary.span().byte_range(),
            alternatives,
            vec![text(&operator), source(&unary.expr)],
        );
        visit::visit_expr_unary(self, unary);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let deleted = self.at("MatchArm", arm.span().start());
        match &arm.guard {
            None => {
                let end = arm.pat.span().byte_range().end;
                let alternatives = deleted
                    .into_iter()
                    .map(|(number, _)| {
                        (
                            number,
                            vec![text(&format!(" if !crate::planted::on({number})"))],
                        )
                    })
                    .collect();
                self.add(end..end, alternatives, Vec::new());
            }
            Some((_, guard)) if binds(guard) => {}
            Some((_, guard)) => {
                let replaced = self.at("MatchArmGuard", guard.span().start());
                let mut alternatives: Vec<_> = replaced
                    .into_iter()
                    .map(|(number, mutant)| (number, vec![text(&mutant.replacement)]))
                    .collect();
                alternatives.extend(
                    deleted.into_iter().map(|(number, _)| (number, vec![text("false")])),
                );
                self.add(guard.span().byte_range(), alternatives, vec![source(&**guard)]);
            }
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, of: &'ast syn::ExprStruct) {
        let whole = of.span().byte_range();
        let mut alternatives = Vec::new();
        for field in of.fields.pairs() {
            let range = field.span().byte_range();
            for (number, _) in self.at("StructField", field.value().span().start()) {
                let without = vec![
                    Piece::Source(whole.start..range.start),
                    Piece::Source(range.end..whole.end),
                ];
                alternatives.push((number, without));
            }
        }
        self.add(whole.clone(), alternatives, vec![Piece::Source(whole)]);
        visit::visit_expr_struct(self, of);
    }
}

/// What the compiler says against a tree.
#[derive(Debug)]
struct Fault {
    file: String,
    range: Range<usize>,
    message: String,
}

fn faults(tree: &Path) -> Outcome<Vec<Fault>> {
    let mut command = Command::new("cargo");
    command.args([
        "check",
        "--locked",
        "--no-default-features",
        "--features",
        "cli",
        "--lib",
    ]);
    command.args(["--message-format", "json"]).current_dir(tree).stderr(Stdio::null());
    let output = command.env("RUSTFLAGS", "--cap-lints warn").output()?;
    let mut faults = Vec::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(said) = serde_json::from_slice::<serde_json::Value>(line) else {
            continue;
        };
        let message = &said["message"];
        if said["reason"] != "compiler-message" || message["level"] != "error" {
            continue;
        }
        let spans = message["spans"].as_array().into_iter().flatten();
        for span in spans.filter(|span| span["is_primary"] == true).take(1) {
            let byte = |key: &str| span[key].as_u64().unwrap_or_default() as usize;
            faults.push(Fault {
                file: span["file_name"].as_str().unwrap_or_default().to_owned(),
                range: byte("byte_start")..byte("byte_end"),
                message: message["message"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    if faults.is_empty() && !output.status.success() {
        return Err("the tree does not build for a reason without a place".into());
    }
    Ok(faults)
}
