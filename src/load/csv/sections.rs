//! Files of several tables: sections under titles (Nexus: trajectories, devices, model
//! outputs), and blocks that begin with the header again (LabChart, loggers that were
//! started twice).

use memchr::memmem;

use super::names;
use super::timing::began::Began;
use crate::error::Result;
use crate::signal::{Channel, Event, Recording};

/// Titles of sections; the samples stand under the first one.
const TITLES: [&str; 6] =
    ["Devices", "Trajectories", "Model Outputs", "Joints", "Segments", "Markers"];
/// Pauses up to so many times what the file holds are kept as a gap.
const LONGEST_PAUSE: f64 = 20.0;
/// The shortest header line that is looked for again, in bytes.
const SHORTEST: usize = 3;

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'t> {
    pub(super) text: &'t str,
    /// The line on which it begins, counted from 1.
    pub(super) line: usize,
}

/// The parts of a text that hold samples, and what is to be told of the others.
pub(super) fn parts(text: &str) -> (Vec<Part<'_>>, Vec<String>) {
    if let Some(found) = devices(text) {
        return found;
    }
    let mut starts = vec![0];
    starts.extend(first_line_again(text));
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut line = 1;
    let part = |(&start, end): (&usize, usize)| {
        let part = Part { text: &text[start..end], line };
        line += lines_in(part.text);
        part
    };
    (starts.iter().zip(ends).map(part).collect(), Vec::new())
}

fn lines_in(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

/// Where the first line stands again. A row of samples is no header, however often it
/// comes.
fn first_line_again(text: &str) -> Vec<usize> {
    let line = text.lines().next().unwrap_or_default().trim_end();
    let is_header = line.len() >= SHORTEST && line.contains(char::is_alphabetic);
    let holds_number =
        || line.split([',', ';', '\t', '|']).any(|cell| names::number(cell).is_some());
    if !is_header || holds_number() {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let is_whole = |at: &usize| {
        let behind = bytes.get(at + line.len());
        bytes[at - 1] == b'\n' && matches!(behind, None | Some(b'\n' | b'\r'))
    };
    memmem::find_iter(&bytes[line.len()..], line.as_bytes())
        .map(|at| at + line.len())
        .filter(is_whole)
        .collect()
}

/// The section of devices where there are others beside it.
fn devices(text: &str) -> Option<(Vec<Part<'_>>, Vec<String>)> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    title(first)?;
    let mut sections: Vec<(&str, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        sections.extend(title(line).map(|title| (title, at)));
        at += line.len();
    }
    let place = sections.iter().position(|(title, _)| *title == TITLES[0])?;
    let (_, start) = sections[place];
    let end = sections.get(place + 1).map_or(text.len(), |(_, at)| *at);
    let others = sections.iter().enumerate().filter(|(other, _)| *other != place);
    let warnings = others.map(|(_, &(title, at))| {
        let line = 1 + lines_in(&text[..at]);
        format!(
            "the file has a further section \"{title}\" (line {line}), which was left out"
        )
    });
    let part = Part { text: &text[start..end], line: 1 + lines_in(&text[..start]) };
    Some((vec![part], warnings.collect()))
}

/// The title that stands alone on a line.
fn title(line: &str) -> Option<&'static str> {
    let first = line.as_bytes().first()?;
    if first.is_ascii_digit() || *first == b'-' {
        return None;
    }
    let alone = line.trim().trim_end_matches([',', ';', '\t']).trim_matches('"');
    TITLES.into_iter().find(|title| *title == alone)
}

/// A block that was read: its recording, the line on which it begins, and when.
pub(super) struct Block {
    pub(super) recording: Recording,
    pub(super) line: usize,
    pub(super) began: Option<Began>,
}

/// Blocks as one recording: one after the other with their pauses as gaps, where times tell
/// them; else the longest one, and the others told.
///
/// # Errors
/// That of the first block, where none can be read.
pub(super) fn joined(blocks: Vec<Result<Block>>) -> Result<Recording> {
    let mut unread = Vec::new();
    let mut read = Vec::new();
    for block in blocks {
        block.map_or_else(|error| unread.push(error), |block| read.push(block));
    }
    let count = read.len();
    let joined = match starts(&read).filter(|_| count > 1) {
        Some(starts) => end_to_end(read, &starts),
        None => longest(read),
    };
    let left_out =
        unread.iter().map(|error| format!("a block was left out: {}", error.message()));
    match joined {
        Some(mut recording) => {
            recording.warnings.extend(left_out);
            Ok(recording)
        }
        None => Err(unread.swap_remove(0)),
    }
}

/// When each block begins, in seconds on the clock of the first, where all have the same
/// channels and the pauses between them can be gaps.
fn starts(blocks: &[Block]) -> Option<Vec<f64>> {
    let first = blocks.first()?;
    let start = |block: &Block| block.recording.channels.first().map(|one| one.start_s);
    let length = |block: &Block| {
        block.recording.channels.first().map(|one| one.rate.seconds(one.samples.len()))
    };
    let total: f64 = blocks.iter().filter_map(length).sum();
    let mut starts = vec![start(first)?];
    let mut end = starts[0] + length(first)?;
    for block in &blocks[1..] {
        let own = start(block)?;
        let by_date = Began::between(first.began.as_ref(), block.began.as_ref());
        let goes_on = own >= end - 1e-6;
        let at = if goes_on { own } else { starts[0] + by_date? };
        let fits = are_alike(&first.recording.channels, &block.recording.channels);
        if !fits || at < end - 0.002 || at - end > LONGEST_PAUSE * total {
            return None;
        }
        starts.push(at.max(end));
        end = at.max(end) + length(block)?;
    }
    Some(starts)
}

fn are_alike(one: &[Channel], other: &[Channel]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| {
            (&one.label, one.rate, &one.unit) == (&other.label, other.rate, &other.unit)
        })
}

fn end_to_end(blocks: Vec<Block>, starts: &[f64]) -> Option<Recording> {
    let mut blocks = blocks.into_iter().zip(starts);
    let (first, &zero) = blocks.next()?;
    let mut recording = first.recording;
    let mut longest = 0.0_f64;
    for (block, &start) in blocks {
        let own = block.recording.channels.first().map_or(0.0, |one| one.start_s);
        for (whole, part) in recording.channels.iter_mut().zip(block.recording.channels) {
            let held = whole.samples.len();
            let at = whole.rate.samples(start - zero).max(held);
            longest = longest.max(whole.rate.seconds(at - held));
            whole.samples.resize(at, f64::NAN);
            whole.samples.extend(part.samples);
        }
        let later = block.recording.events.into_iter();
        recording.events.extend(
            later.map(|event| Event { time_s: event.time_s + start - own, ..event }),
        );
    }
    let what = match longest < 1e-3 {
        true => "they follow each other without a pause".to_owned(),
        false => format!(
            "the pauses between them (up to {longest:.3} s, by the times in the file) are kept as \
             gaps"
        ),
    };
    let count = starts.len();
    let said = format!("the file holds {count} blocks, each with its header; {what}");
    recording.warnings.push(said);
    Some(recording)
}

/// The longest of blocks that cannot be put together.
fn longest(blocks: Vec<Block>) -> Option<Recording> {
    let length =
        |block: &Block| block.recording.channels.first().map_or(0, |c| c.samples.len());
    let place = (0..blocks.len()).rev().max_by_key(|&place| length(&blocks[place]))?;
    let others: Vec<String> = blocks
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != place)
        .map(|(_, block)| block.line.to_string())
        .collect();
    let mut chosen = blocks.into_iter().nth(place)?;
    if !others.is_empty() {
        chosen.recording.warnings.push(format!(
            "the file holds several blocks, each with its header, and does not tell the \
             pauses between them; the longest one, from line {} on, is read; left out: those \
             from line {} on (save each as a file of its own)",
            chosen.line,
            others.join(", ")
        ));
    }
    Some(chosen.recording)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        parts(text).0.iter().map(|part| part.line).collect()
    }

    #[test]
    fn a_header_that_comes_again_begins_a_block() {
        assert_eq!(lines("time,SOL\n0,1\n1,2\ntime,SOL\n0,3\n"), [1, 4]);
        assert_eq!(lines("time,SOL\r\n0,1\r\ntime,SOL\r\n0,3\r\n"), [1, 3]);
        assert_eq!(lines("1,2\n3,4\n1,2\n"), [1]);
        assert_eq!(lines("rest,512\nrest,513\nrest,512\n"), [1]);
        assert_eq!(lines("SOL\n1\nSOLEUS\n"), [1]);
        assert_eq!(lines(""), [1]);
    }

    #[test]
    fn devices_are_chosen_among_sections() {
        let text = "Model Outputs\n100\nFrame\n1\n\nDevices,,\n1000\nFrame,Sub Frame,SOL\n1,0,2\n\nTrajectories\n100\n";
        let (parts, told) = parts(text);
        assert_eq!((parts.len(), parts[0].line), (1, 6));
        assert!(parts[0].text.starts_with("Devices") && parts[0].text.ends_with("2\n\n"));
        assert_eq!(told.len(), 2, "{told:?}");
    }
}
