//! Dates and times of day, in the ways that programs print them → seconds.

use jiff::civil;

const DAY_S: f64 = 86_400.0;
const HOUR_S: f64 = 3600.0;
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 64;

/// Days since 30 December 1899, as spreadsheets count them, of moments between 1997 and
/// 2100; what 1970 is among them.
const SERIAL_DAYS: std::ops::Range<f64> = 35_500.0..73_100.0;
const SERIAL_1970: f64 = 25_569.0;

/// The time in a cell, in seconds: since midnight of `10:15:22.345`, `10:15:22:345`,
/// `3:05:07 PM` and `mm:ss.s`; since 1970 of one with a date before it
/// (`2025-03-04T10:15:22.345Z`, `04.03.2025 10:15:22,345`). Zones are taken off.
pub(in crate::load::csv) fn seconds(text: &str, decimal: u8) -> Option<f64> {
    let colon = text.find(':').filter(|_| text.len() <= LONGEST)?;
    let begin = text[..colon].rfind([' ', 'T', 't']).map_or(0, |at| at + 1);
    let (clock, zone) = without_zone(&text[begin..]);
    let (clock, afternoon) = without_half(clock);
    let seconds = time_of_day(clock, decimal)?;
    let seconds = match afternoon {
        None => seconds,
        Some(half) => seconds % (12.0 * HOUR_S) + f64::from(half) * 12.0 * HOUR_S,
    };
    let day = text[..begin].trim_end_matches([' ', 'T', 't', ',']);
    match day {
        "" => Some(seconds - zone),
        day => Some(date(day)? + seconds - zone),
    }
}

/// The time of day without the letters or the distance of its zone, and the latter in
/// seconds.
fn without_zone(text: &str) -> (&str, f64) {
    let is_bare = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b',');
    if text.bytes().all(is_bare) {
        return (text, 0.0);
    }
    let text = text.split('[').next().unwrap_or(text).trim_end();
    let is_zone = |word: &str| {
        (3..=5).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    let text = match text.rsplit_once(' ') {
        Some((time, zone)) if is_zone(zone) => time,
        _ => text,
    };
    let upper = text.trim_end_matches(['Z', 'z']);
    let named = [" UTC", " GMT"].iter().find_map(|name| text.strip_suffix(name));
    if let Some(time) = named.or((upper.len() < text.len()).then_some(upper)) {
        return (time.trim_end(), 0.0);
    }
    let Some(at) = text.rfind(['+', '-']) else { return (text, 0.0) };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    let number = |part: &str| part.parse::<f64>().ok();
    let distance = match digits.len() {
        2 => number(&digits).map(|hours| hours * HOUR_S),
        4 if digits.is_ascii() => number(&digits[..2])
            .zip(number(&digits[2..]))
            .map(|(hours, minutes)| hours * HOUR_S + minutes * 60.0),
        _ => None,
    };
    let sign = if text[at..].starts_with('-') { -1.0 } else { 1.0 };
    distance.map_or((text, 0.0), |distance| (text[..at].trim_end(), sign * distance))
}

/// The time of day without AM or PM, and whether it was PM.
fn without_half(text: &str) -> (&str, Option<bool>) {
    if text.ends_with(|last: char| last.is_ascii_digit()) {
        return (text, None);
    }
    let lower = text.to_ascii_lowercase();
    let halves = [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)];
    let spaced = [("a. m.", false), ("p. m.", true)];
    let half = halves.into_iter().chain(spaced).find(|(word, _)| lower.ends_with(word));
    half.map_or((text, None), |(word, afternoon)| {
        (text[..text.len() - word.len()].trim_end(), Some(afternoon))
    })
}

/// Seconds of `h:m:s`, `m:s` or, with thousandths or millionths behind a third colon,
/// `h:m:s:mmm`.
fn time_of_day(text: &str, decimal: u8) -> Option<f64> {
    let colons = text.bytes().filter(|byte| *byte == b':').count();
    let (whole, thousandths) = match (colons, text.rsplit_once(':')?) {
        (1 | 2, _) => (text, 0.0),
        (3, (whole, last)) if matches!(last.len(), 3 | 6) => {
            let scale = if last.len() == 3 { 1e3 } else { 1e6 };
            (whole, digits(last, decimal)? / scale)
        }
        _ => return None,
    };
    let mut parts = whole.split(':').enumerate();
    let seconds = parts.try_fold(0.0, |sum, (place, part)| {
        let value = digits(part, decimal)?;
        (place == 0 || value < 61.0).then_some(sum * 60.0 + value)
    })?;
    Some(seconds + thousandths)
}

/// A number of digits and at most one decimal sign, whichever.
fn digits(text: &str, decimal: u8) -> Option<f64> {
    let mut signs = text.bytes().filter(|byte| !byte.is_ascii_digit());
    let sign = signs.next().unwrap_or(decimal);
    if signs.next().is_some() || !(matches!(sign, b'.' | b',') || sign == decimal) {
        return None;
    }
    match sign {
        b'.' => text.parse().ok(),
        sign => text.replace(char::from(sign), ".").parse().ok(),
    }
}

/// Seconds from 1970 to the midnight of a date: year first, else day first (or the month,
/// where the second number cannot be one).
pub(in crate::load::csv) fn date(text: &str) -> Option<f64> {
    let text = text.trim().trim_matches('"');
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).collect();
    let number = |part: &str| part.parse::<u16>().ok();
    let (year, month, day) = match parts[..] {
        [whole] if whole.len() == 8 => {
            (number(&whole[..4])?, number(&whole[4..6])?, number(&whole[6..])?)
        }
        [year, month, day] if year.len() == 4 => {
            (number(year)?, number(month).or_else(|| named_month(month))?, number(day)?)
        }
        [day, month, year] if matches!(year.len(), 2 | 4) => {
            let (first, second) =
                (number(day)?, number(month).or_else(|| named_month(month))?);
            let year = number(year)? + if year.len() == 2 { 2000 } else { 0 };
            if second > 12 { (year, first, second) } else { (year, second, first) }
        }
        _ => return None,
    };
    let small = |value: u16| i8::try_from(value).ok();
    let date =
        civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let epoch = civil::date(1970, 1, 1);
    let days = date.since(epoch).ok()?.get_days();
    (year >= 1900).then_some(f64::from(days) * DAY_S)
}

/// A moment whose day and month are exchanged where either can be either: `3/4/2025` is
/// the third of April or the fourth of March.
pub(in crate::load::csv) fn month_first(since_1970: f64) -> Option<f64> {
    let days = (since_1970 / DAY_S).floor();
    let epoch = civil::date(1970, 1, 1);
    let since = jiff::Span::new().try_days(days as i64).ok()?;
    let written = epoch.checked_add(since).ok()?;
    let meant = civil::Date::new(written.year(), written.day(), written.month());
    let meant = meant.unwrap_or(written).since(epoch).ok()?.get_days();
    Some(since_1970 + (f64::from(meant) - days) * DAY_S)
}

/// Seconds since 1970 of a day and its parts as spreadsheets count them.
pub(in crate::load::csv) fn of_serial_days(days: f64) -> Option<f64> {
    SERIAL_DAYS.contains(&days).then_some((days - SERIAL_1970) * DAY_S)
}

fn named_month(text: &str) -> Option<u16> {
    let names = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
        "dec",
    ];
    let lower = text.to_ascii_lowercase();
    let at = names.iter().position(|name| lower.starts_with(name))?;
    u16::try_from(at + 1).ok()
}

/// A moment that counts seconds from 1970, for people.
pub(in crate::load::csv) fn words(since_1970: f64) -> Option<String> {
    let milliseconds = (since_1970 * 1e3).round();
    let moment = jiff::Timestamp::from_millisecond(milliseconds as i64).ok()?;
    Some(format!("{moment:.3}").replace('T', " ").trim_end_matches('Z').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-03-04, midnight.
    const MARCH: f64 = 1_741_046_400.0;

    #[test]
    fn times_in_the_ways_of_many_programs() {
        let morning = 10.0 * HOUR_S + 15.0 * 60.0 + 22.345;
        for (text, expected) in [
            ("10:15:22.345", morning),
            ("10:15:22,345", morning),
            ("10:15:22:345", morning),
            ("10:15:22.345 AM", morning),
            ("10:15:22.345 pm", morning + 12.0 * HOUR_S),
            ("12:00:01 AM", 1.0),
            ("15:22.345", 15.0 * 60.0 + 22.345),
            ("2025-03-04T10:15:22.345Z", MARCH + morning),
            ("2025-03-04T11:15:22.345+01:00", MARCH + morning),
            ("2025-03-04 05:15:22.345-0500", MARCH + morning),
            ("2025/03/04 10:15:22.345", MARCH + morning),
            ("04.03.2025 10:15:22,345", MARCH + morning),
            ("04/03/2025, 10:15:22.345", MARCH + morning),
            ("3/14/2025 10:15:22.345 AM", MARCH + 10.0 * DAY_S + morning),
            ("04-Mar-2025 10:15:22.345", MARCH + morning),
            ("20250304 10:15:22.345", MARCH + morning),
            ("2025-03-04 10:15:22.345 CET", MARCH + morning),
            ("2025-03-04T11:15:22.345+01:00[Europe/Berlin]", MARCH + morning),
        ] {
            assert_eq!(seconds(text, b'.'), Some(expected), "{text}");
        }
        for text in ["12:34:56:78", "1:-2", ":", "a:b", "2025-13-04 10:15:22", "1:2:99"] {
            assert_eq!(seconds(text, b'.'), None, "{text}");
        }
        assert_eq!(date("2025-03-04"), Some(MARCH));
        let exchanged = month_first(date("3/4/2025").unwrap() + 5.0);
        assert_eq!(exchanged, Some(MARCH + 5.0));
        let only = date("3/14/2025").unwrap();
        assert_eq!(month_first(only), Some(only));
        assert_eq!(month_first(1.7e12), None);
        assert_eq!(month_first(f64::INFINITY), None);
        assert_eq!(date("1.2.3"), None);
        assert_eq!(words(MARCH + 0.5).as_deref(), Some("2025-03-04 00:00:00.500"));
    }
}
