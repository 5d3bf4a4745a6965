//! The names of persons in text: found as whole words, in any case, with any accents, in
//! either order, and replaced by codes.

use std::collections::BTreeSet;

/// The fewest letters of a part of a name that is replaced where it stands alone.
const SHORTEST_PART: usize = 3;
/// The most characters between two parts of a name.
const WIDEST_GAP: usize = 3;

/// What names are replaced by.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Those of several words before those of one.
    forms: Vec<NameForm>,
}

/// A way to write a name.
#[derive(Debug, Clone)]
struct NameForm {
    words: Vec<String>,
    code: String,
    with: String,
    /// Digits alone are a name only where paths and studies say names, not among numbers.
    is_number: bool,
}

/// A word of a text.
struct Token {
    start: usize,
    end: usize,
    folded: String,
}

impl Names {
    /// Of persons and their codes.
    pub(super) fn new(persons: &[(String, String)]) -> Self {
        let forms = persons.iter().flat_map(|(name, code)| {
            let mut forms = forms_of(name, code);
            forms.extend(forms_of(&spelled_out(name), code));
            forms
        });
        let mut forms: Vec<NameForm> = forms.collect();
        forms.sort_by_key(|form| {
            let letters: usize = form.words.iter().map(String::len).sum();
            (usize::MAX - form.words.len(), usize::MAX - letters)
        });
        Self { forms }
    }

    /// A text without names. Where persons share a part of their name, it is taken for
    /// that of `own`.
    pub(super) fn replaced(&self, text: &str, own: &str, numbers: bool) -> String {
        let tokens = tokens(text);
        let (mut replaced, mut copied, mut at) = (String::new(), 0, 0);
        while at < tokens.len() {
            let Some((count, with)) = self.at(text, &tokens[at..], own, numbers) else {
                at += 1;
                continue;
            };
            replaced += &text[copied..tokens[at].start];
            replaced += &with;
            at += count;
            copied = tokens[at - 1].end;
        }
        replaced + &text[copied..]
    }

    /// The form that a text begins with: its words, and what stands for it.
    fn at(
        &self,
        text: &str,
        tokens: &[Token],
        own: &str,
        numbers: bool,
    ) -> Option<(usize, String)> {
        let fits = |form: &&NameForm| {
            (numbers || !form.is_number) && form.stands_at(text, tokens)
        };
        let first = self.forms.iter().find(fits)?;
        let of_own = self
            .forms
            .iter()
            .filter(fits)
            .find(|form| form.code == own && form.words.len() == first.words.len());
        let form = of_own.unwrap_or(first);
        let number = form.number_after(&tokens[form.words.len() - 1]);
        let with = match number {
            "" => form.with.clone(),
            _ => format!("{}-{number}", form.with),
        };
        Some((form.words.len(), with))
    }

    /// A part of a name of at least four letters that still stands somewhere in a text,
    /// inside another word.
    pub(super) fn remaining(&self, text: &str) -> Option<&str> {
        let folded = folded(text);
        let mut words = self.forms.iter().flat_map(|form| &form.words);
        let is_left = |word: &&String| {
            word.chars().count() > SHORTEST_PART
                && is_part(word)
                && folded.contains(word.as_str())
        };
        words.find(is_left).map(String::as_str)
    }
}

impl NameForm {
    fn stands_at(&self, text: &str, tokens: &[Token]) -> bool {
        if tokens.len() < self.words.len() {
            return false;
        }
        let last = self.words.len() - 1;
        let fits = |(at, word): (usize, &String)| {
            let token = &tokens[at].folded;
            token == word
                || at == last && self.may_be_numbered() && without_number(token) == word
        };
        let close = |pair: &[Token]| {
            let gap = &text[pair[0].end..pair[1].start];
            gap.chars().count() <= WIDEST_GAP && !gap.contains('\n')
        };
        self.words.iter().enumerate().all(fits)
            && tokens[..self.words.len()].windows(2).all(close)
    }

    /// `muster2` is a name with a number, `P12` is no `P1`.
    fn may_be_numbered(&self) -> bool {
        self.words.last().is_some_and(|last| is_part(last))
    }

    fn number_after<'a>(&self, token: &'a Token) -> &'a str {
        let is_whole = self.words.last() == Some(&token.folded);
        if is_whole { "" } else { &token.folded[without_number(&token.folded).len()..] }
    }
}

/// Whether a word is long enough to be a name by itself.
fn is_part(word: &str) -> bool {
    word.chars().count() >= SHORTEST_PART && word.chars().all(char::is_alphabetic)
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_number(word: &str) -> &str {
    word.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// A name as it is written where there are no such letters: `Müller` is `Mueller`.
fn spelled_out(name: &str) -> String {
    let letters = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa")];
    let composed = name.to_lowercase();
    // A system may write a letter and its accent as two characters.
    let composed = letters.iter().take(3).fold(composed, |name, (letter, spelled)| {
        name.replace(&format!("{}\u{308}", &spelled[..1]), letter)
    });
    letters.iter().fold(composed, |name, (letter, spelled)| name.replace(letter, spelled))
}

/// What the ways to write a name have in common, whatever their case, accents and order: two
/// names that share one of these are of one person.
pub(super) fn alike(name: &str) -> BTreeSet<String> {
    let of = |name: &str| {
        let mut words: Vec<String> =
            tokens(name).into_iter().map(|token| token.folded).collect();
        let (on, back) = (words.concat(), words.iter().rev().cloned().collect());
        words.sort();
        [words.join(" "), on, back]
    };
    let ways = [of(name), of(&spelled_out(name))].into_iter().flatten();
    ways.filter(|way| !way.is_empty()).collect()
}

/// Every way to write a name: as it is, the other way round, in one word, and each part of
/// it.
fn forms_of(name: &str, code: &str) -> Vec<NameForm> {
    let label = name.strip_prefix("sub-");
    let words: Vec<String> =
        tokens(label.unwrap_or(name)).into_iter().map(|token| token.folded).collect();
    let is_number = words.iter().all(|word| is_number(word));
    let form = |words: Vec<String>, with: &str| NameForm {
        is_number: is_number && label.is_none(),
        code: code.to_owned(),
        with: with.to_owned(),
        words,
    };
    let mut forms = Vec::new();
    if label.is_some() {
        let whole = std::iter::once("sub".to_owned()).chain(words.iter().cloned());
        forms.push(form(whole.collect(), &format!("sub-{code}")));
    }
    if words.is_empty() || is_number && label.is_some() {
        return forms;
    }
    let back: Vec<String> = words.iter().rev().cloned().collect();
    forms.push(form(vec![words.concat()], code));
    forms.push(form(vec![back.concat()], code));
    let parts = words.iter().filter(|word| is_part(word));
    forms.extend(parts.map(|word| form(vec![word.clone()], code)));
    forms.extend([words, back].map(|words| form(words, code)));
    forms
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (at, character) in text.char_indices() {
        if !character.is_alphanumeric() && !is_accent(character) {
            continue;
        }
        let end = at + character.len_utf8();
        match tokens.last_mut().filter(|token| token.end == at) {
            Some(token) => token.end = end,
            None => tokens.push(Token { start: at, end, folded: String::new() }),
        }
    }
    for token in &mut tokens {
        token.folded = folded(&text[token.start..token.end]);
    }
    tokens
}

fn is_accent(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// Letters with accents and those that they are taken for, as names are spelled without
/// them, and as systems write a letter and its accent as two characters.
const ACCENTS: [(&str, &str); 17] = [
    ("àáâãäåāăą", "a"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ìíîïĩīĭįı", "i"),
    ("ķ", "k"),
    ("ĺļľł", "l"),
    ("ñńņň", "n"),
    ("òóôõöøōŏő", "o"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ţťț", "t"),
    ("ùúûüũūŭůűų", "u"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
    ("ß", "ss"),
];

fn folded(text: &str) -> String {
    let mut folded = String::new();
    for letter in text.chars().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase) {
        let plain = ACCENTS.iter().find(|(accented, _)| accented.contains(letter));
        match plain {
            Some((_, plain)) => folded += plain,
            None if is_accent(letter) => {}
            None => folded.push(letter),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(persons: &[(&str, &str)]) -> Names {
        let owned = |(name, code): &(&str, &str)| (name.to_string(), code.to_string());
        Names::new(&persons.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let names = names(&[("Maria_Müller", "P001"), ("Jo Li", "P002")]);
        for (text, expected) in [
            ("Patient: Müller, Maria; 12", "Patient: P001; 12"),
            ("MARIA MU\u{308}LLER", "P001"),
            ("mariamuller_walk.csv", "P001_walk.csv"),
            ("müller2.csv", "P001-2.csv"),
            ("Mueller", "P001"),
            ("Name,Maria", "Name,P001"),
            ("Mullers Li, Jo", "Mullers P002"),
            ("li 3", "li 3"),
            ("nobody", "nobody"),
        ] {
            assert_eq!(names.replaced(text, "", false), expected);
        }
        assert_eq!(names.remaining("Mullers"), Some("muller"));
        assert_eq!(names.remaining("P001 and P002"), None);
    }

    #[test]
    fn names_of_one_person_are_alike() {
        let one = |a: &str, b: &str| !alike(a).is_disjoint(&alike(b));
        for other in
            ["MARIA Muller", "Müller, Maria", "mariamueller", "Maria_Mu\u{308}ller"]
        {
            assert!(one("Maria Müller", other), "{other}");
        }
        for (a, b) in [("P1", "P12"), ("1", "01"), ("Maria", "Maria Müller"), ("-", "_")]
        {
            assert!(!one(a, b), "{a} {b}");
        }
    }

    #[test]
    fn numbers_are_names_only_where_names_stand() {
        let names = names(&[("12", "P001"), ("sub-03", "P002"), ("P1", "P003")]);
        assert_eq!(names.replaced("12", "", true), "P001");
        assert_eq!(names.replaced("rate,12", "", false), "rate,12");
        assert_eq!(names.replaced("sub-03_ses-03_emg", "", false), "sub-P002_ses-03_emg");
        assert_eq!(names.replaced("P1/P12/p1", "", false), "P003/P12/P003");
    }

    #[test]
    fn a_shared_part_is_that_of_the_own_person() {
        let names = names(&[("Maria Muster", "P001"), ("Jan Muster", "P002")]);
        assert_eq!(names.replaced("Muster", "P002", false), "P002");
        assert_eq!(names.replaced("Muster", "P001", false), "P001");
        assert_eq!(names.replaced("Maria Muster", "P002", false), "P001");
    }
}
