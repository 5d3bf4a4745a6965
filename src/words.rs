//! Numbers and words for sentences.

/// The text with its first letter in upper case, as at the beginning of a sentence.
pub(crate) fn capitalised(text: &str) -> String {
    let mut symbols = text.chars();

    symbols
        .next()
        .map(|first| first.to_uppercase().chain(symbols).collect())
        .unwrap_or_default()
}

/// Text for a terminal: what would move its cursor, change its colours or turn the
/// direction of writing is shown as its number, `\u{202e}`; line ends and tabs stay.
#[cfg(any(test, feature = "cli"))]
pub(crate) fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    let turns = |c: char| matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_harmful = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || turns(c);
    if !text.contains(is_harmful) {
        return text.into();
    }
    let shown = |c: char| match is_harmful(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    text.chars().map(shown).collect::<String>().into()
}

/// A text whose middle is left out where it is longer than so many characters.
pub(crate) fn shortened(text: &str, most: usize) -> std::borrow::Cow<'_, str> {
    let count = text.chars().count();
    if count <= most {
        return text.into();
    }
    let (head, tail) = (most * 3 / 4, most / 4);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start} … {end}").into()
}

/// A count with its noun: `1 channel`, `3 channels`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A number to three significant digits (whole from 100 up, nine decimals at most),
/// without trailing zeros and with a true minus.
pub(crate) fn spoken(value: f64) -> String {
    let decimals = if value == 0.0 {
        0
    } else {
        (2 - libm::log10(value.abs()).floor() as i32).clamp(0, 9)
    };
    let text = format!("{value:.*}", decimals.unsigned_abs() as usize);

    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        text
    };
    if text == "-0" { "0".into() } else { text.replace('-', "−") }
}

/// "1 person", "3 people".
#[cfg(feature = "batch")]
pub(crate) fn persons(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// A share of 0 … 1 in per cent, without the sign.
pub(crate) fn percent(share: f64) -> String {
    spoken(100.0 * share)
}

/// The known names that were most likely meant, two at most.
pub(crate) fn nearest<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let mut near: Vec<(usize, &str)> = known
        .map(|known| (distance(name, known), known))
        .filter(|&(distance, known)| {
            let shorter = name.len().min(known.len());
            let begins = known.starts_with(name) || name.starts_with(known);
            let longer = name.len().max(known.len());
            (begins && shorter >= 3) || distance <= (longer / 3).max(1)
        })
        .collect();
    near.sort_by_key(|&(distance, _)| distance);
    let best = near.first().map_or(0, |&(distance, _)| distance);
    let near = near.into_iter().filter(|&(distance, _)| distance <= best + 1);
    near.take(2).map(|(_, known)| known).collect()
}

/// How many letters have to be changed, put in or left out (Levenshtein 1966).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut costs: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().enumerate() {
        let mut before = costs[0];
        costs[0] = row + 1;
        for (column, &candidate) in other.iter().enumerate() {
            let replaced = before + usize::from(letter != candidate);
            before = costs[column + 1];
            costs[column + 1] = replaced.min(before + 1).min(costs[column] + 1);
        }
    }
    costs[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(harmless("a\tb\nµ"), "a\tb\nµ");
        assert_eq!(harmless("\u{1b}[31mred\r"), "\\u{1b}[31mred\\u{d}");
        assert_eq!(harmless("x\u{202e}vsc"), "x\\u{202e}vsc");
    }

    #[test]
    fn long_texts_lose_their_middle() {
        assert_eq!(shortened("abc", 3), "abc");
        let cut = shortened(&"ä".repeat(1000), 100).into_owned();
        assert_eq!(cut.chars().count(), 103);
    }

    #[test]
    fn numbers_for_sentences() {
        let numbers = [0.0, 0.41, -1.2345, 58.0, 1234.5, 1e-6, -1e-12];
        let texts = numbers.map(spoken);
        assert_eq!(texts, ["0", "0.41", "−1.23", "58", "1234", "0.000001", "0"]);
        assert_eq!(percent(0.0123), "1.23");
    }

    #[test]
    fn words_begin_sentences_and_counts_have_nouns() {
        assert_eq!(
            (capitalised("left leg"), capitalised("")),
            ("Left leg".into(), "".into())
        );
        assert_eq!(
            (counted(1, "gap"), counted(0, "gap")),
            ("1 gap".into(), "0 gaps".into())
        );
    }
}
