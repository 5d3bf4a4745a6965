//! References as BibTeX, read from the references as a list has them: `Authors (Year).
//! Title. Journal 53(1), 1–9. doi:…`

/// The entries of references, with an empty line between them.
pub(crate) fn bibtex(references: &[&str]) -> String {
    let entries: Vec<String> = references.iter().filter_map(|text| entry(text)).collect();
    entries.join("\n\n")
}

/// A reference in its parts.
#[derive(Debug, PartialEq)]
struct ReferenceParts<'a> {
    authors: &'a str,
    year: &'a str,
    title: &'a str,
    /// The journal with volume and pages, or the publisher of a book.
    published: &'a str,
    doi: Option<&'a str>,
}

impl<'a> ReferenceParts<'a> {
    fn of(reference: &'a str) -> Option<Self> {
        let (reference, doi) = match reference.split_once(" doi:") {
            Some((text, doi)) => (text, Some(doi)),
            None => (reference, None),
        };
        let (authors, rest) = reference.split_once(" (")?;
        let (year, rest) = rest.split_once("). ")?;
        let rest = rest.trim_end_matches('.');
        // A title may end with a question.
        let end = [". ", "? "].iter().filter_map(|end| rest.rfind(end)).max()?;
        let title = rest[..=end].trim_end_matches('.');
        Some(Self { authors, year, title, published: &rest[end + 2..], doi })
    }

    /// The first author's family name and the year.
    fn key(&self) -> String {
        let first = self.authors.split(',').next().unwrap_or_default();
        let family = family_and_initials(first).0.to_lowercase();
        let letters = family.chars().map(unaccented);
        let letters: String = letters.filter(char::is_ascii_alphabetic).collect();
        format!("{letters}{}", self.year)
    }
}

/// A letter as the keys of BibTeX may hold it.
fn unaccented(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ä' | 'å' => 'a',
        'é' | 'è' => 'e',
        'í' => 'i',
        'ó' | 'ö' | 'ø' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    }
}

/// The entry of a reference; `None` where it is written in another way.
fn entry(reference: &str) -> Option<String> {
    let parts = ReferenceParts::of(reference)?;
    let mut fields = vec![
        ("author", authors(parts.authors)),
        ("title", format!("{{{}}}", escaped(parts.title))),
    ];
    let kind = match journal(parts.published) {
        Some((journal, volume, number, pages)) => {
            fields.push(("journal", escaped(journal)));
            fields.push(("volume", volume.to_owned()));
            let [number, pages] = [number, Some(pages)]
                .map(|range| range.map(|range| range.replace('–', "--")));
            fields.extend(number.map(|number| ("number", number)));
            fields.extend(pages.map(|pages| ("pages", pages)));
            "article"
        }
        None => {
            fields.push(("publisher", escaped(parts.published)));
            "book"
        }
    };
    fields.push(("year", parts.year.to_owned()));
    fields.extend(parts.doi.map(|doi| ("doi", doi.to_owned())));

    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("  {name} = {{{value}}}")).collect();
    Some(format!("@{kind}{{{},\n{}\n}}", parts.key(), fields.join(",\n")))
}

/// The journal, volume, number and pages of `Gait & Posture 27(4), 622–627`; `None` of a
/// publisher.
fn journal(published: &str) -> Option<(&str, &str, Option<&str>, &str)> {
    // The name of a journal may hold a comma, too: the volume stands before ours.
    let is_behind_volume = |at: &usize| {
        let volume = published[..*at].rsplit(' ').next().unwrap_or_default();
        volume.starts_with(|letter: char| letter.is_ascii_digit())
    };
    let mut commas = published.match_indices(", ").map(|(at, _)| at);
    let at = commas.find(is_behind_volume)?;
    let (before, pages) = (&published[..at], &published[at + 2..]);
    let (name, volume) = before.rsplit_once(' ')?;
    Some(match volume.split_once('(') {
        Some((volume, number)) => {
            (name, volume, Some(number.trim_end_matches(')')), pages)
        }
        None => (name, volume, None, pages),
    })
}

/// `De Luca CJ, Gilmore LD, et al.` as `De Luca, C. J. and Gilmore, L. D. and others`.
fn authors(list: &str) -> String {
    let author = |author: &str| match family_and_initials(author) {
        ("et al.", _) => "others".to_owned(),
        (family, "") => family.to_owned(),
        (family, initials) => {
            let initials: Vec<String> =
                initials.chars().map(|letter| format!("{letter}.")).collect();
            format!("{}, {}", escaped(family), initials.join(" "))
        }
    };
    list.split(", ").map(author).collect::<Vec<_>>().join(" and ")
}

/// A family name and the initials behind it.
fn family_and_initials(author: &str) -> (&str, &str) {
    match author.rsplit_once(' ') {
        Some((family, initials)) if initials.chars().all(char::is_uppercase) => {
            (family, initials)
        }
        _ => (author, ""),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "\\&").replace('%', "\\%")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::references::all;
    use super::*;

    #[test]
    fn a_reference_is_taken_apart() {
        let text = "Zifchock RA, De Luca CJ, et al. (2008). Who can hop? Gait & Posture \
                    27(4), 622–627. doi:10.1/x";
        assert_eq!(
            bibtex(&[text]),
            "@article{zifchock2008,\n  author = {Zifchock, R. A. and De Luca, C. J. and \
             others},\n  title = {{Who can hop?}},\n  journal = {Gait \\& Posture},\n  volume \
             = {27},\n  number = {4},\n  pages = {622--627},\n  year = {2008},\n  doi = \
             {10.1/x}\n}"
        );
    }

    /// The value of a field of an entry.
    fn field<'a>(entry: &'a str, name: &str) -> Option<&'a str> {
        let start = format!("  {name} = {{");
        let line = entry.lines().find(|line| line.starts_with(&start))?;
        Some(line[start.len()..].trim_end_matches(',').trim_end_matches('}'))
    }

    #[test]
    fn every_reference_has_an_entry_of_its_own() {
        let mut keys = BTreeSet::new();
        for reference in all() {
            let entry = entry(reference).unwrap_or_else(|| panic!("{reference}"));
            let mut depth = 0;
            for (at, letter) in entry.char_indices() {
                depth += match letter {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                let is_end = at + 1 == entry.len();
                assert!(depth > 0 || is_end || at < entry.find('{').unwrap(), "{entry}");
            }
            assert_eq!(depth, 0, "{entry}");
            let key = entry.split(['{', ',']).nth(1).unwrap();
            assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{entry}");
            assert!(key.bytes().any(|byte| byte.is_ascii_digit()), "{entry}");
            assert!(keys.insert(key.to_owned()), "two of {key}");

            let has =
                |name: &str| field(&entry, name).is_some_and(|value| !value.is_empty());
            assert!(has("author") && has("title") && has("year"), "{entry}");
            let is_article = ["journal", "volume", "pages"].into_iter().all(has);
            assert!(entry.starts_with("@article{") == is_article, "{entry}");
            assert!(
                is_article || entry.starts_with("@book{") && has("publisher"),
                "{entry}"
            );
            assert!(!field(&entry, "title").unwrap().contains(". "), "{entry}");
        }
        assert!(keys.len() > 50, "{}", keys.len());
    }
}
