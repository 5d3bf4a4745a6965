//! Numbers and words for sentences.

/// A word at the beginning of a sentence.
pub(crate) fn capitalised(word: &str) -> String {
    let mut symbols = word.chars();
    symbols
        .next()
        .map(|first| first.to_uppercase().chain(symbols).collect())
        .unwrap_or_default()
}

/// A number for a sentence: three significant digits, no trailing zeros.
pub(crate) fn spoken(value: f64) -> String {
    let digits = if value == 0.0 {
        0
    } else {
        (2 - value.abs().log10().floor() as i32).clamp(0, 9)
    };
    let text = format!("{value:.*}", digits.unsigned_abs() as usize);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        text
    };
    if text == "-0" { "0".into() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_sentences() {
        let texts: Vec<_> = [0.0, 0.41, -1.2345, 58.0, 1234.5, 1e-6]
            .iter()
            .map(|&value| spoken(value))
            .collect();
        assert_eq!(texts, ["0", "0.41", "−1.23", "58", "1234", "0.000001"]);
    }
}
