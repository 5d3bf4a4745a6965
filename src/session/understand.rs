//! From a file to a recording, with everything that the study says of it, and the events
//! that its channels tell.

use std::collections::BTreeMap;

use super::findings::Role;
use super::manifest::RecordingInput;
use super::study::{ChannelEntry, EventEntry, RecordingEntry};
use super::vocabulary::express_in;
use crate::contacts::{Contacts, SensorEvents};
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::load::{self, Hints, Opened};
use crate::signal::{Channel, Event, Kind, Recording};
use crate::units::{Hertz, Unit};

/// So many rows that were left out are named.
const MOST_ROWS: usize = 3;

/// A recording with everything that is known of it.
#[derive(Debug)]
pub struct Understood {
    /// The recording, complete with the events of the study and those that its channels
    /// tell.
    pub recording: Recording,
    /// What force plates, foot switches and pulses told, a sensor or leg an entry.
    pub found: Vec<String>,
    /// What is wrong with its event file or rows of it; the warnings of the recording say
    /// so, too.
    pub events_left_out: Vec<String>,
}

impl Understood {
    /// Adds the events that the channels of a recording tell to those it has.
    pub fn complete(mut recording: Recording, contacts: &Contacts) -> Self {
        let SensorEvents { events, findings } =
            contacts.find(&recording.channels, &recording.events);
        recording.events.extend(events);
        recording.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        Self { recording, found: findings, events_left_out: Vec::new() }
    }
}

/// The recording in a file, with everything that the study says of it and its channels
/// tell.
///
/// # Errors
/// When the file cannot be read or understood, or the study does not fit it.
pub fn understand(
    input: &RecordingInput,
    rate: Option<Hertz>,
    contacts: &Contacts,
) -> Result<Understood> {
    let recording = load::load(&input.path, &hints(input, rate))?;
    completed(input, recording, events(input), contacts)
}

/// What was understood of a file that was read once, with its length and fingerprint.
pub(super) struct FileRead {
    pub(super) bytes: u64,
    pub(super) blake3: String,
    /// The fingerprint of its event file, where it has one.
    pub(super) events_blake3: Option<String>,
    pub(super) understood: Result<Understood>,
}

/// [`understand`] with the length and the fingerprint of the file.
///
/// # Errors
/// When the file cannot be read. What else is wrong stands in [`FileRead::understood`].
pub(super) fn open(
    input: &RecordingInput,
    rate: Option<Hertz>,
    contacts: &Contacts,
) -> Result<FileRead> {
    let Opened { bytes, blake3, recording } =
        load::open(&input.path, &hints(input, rate))?;
    // What is read here is what counts, whatever becomes of the file later.
    let events = events(input);
    let events_blake3 = events.blake3.clone();
    let understood =
        recording.and_then(|recording| completed(input, recording, events, contacts));
    Ok(FileRead { bytes, blake3, events_blake3, understood })
}

fn hints(input: &RecordingInput, rate: Option<Hertz>) -> Hints {
    let entry = &input.entry;
    Hints {
        rate: entry.rate_hz.or(rate),
        start_s: entry.start_s,
        full_scale: entry.full_scale.clone(),
    }
}

fn completed(
    input: &RecordingInput,
    mut recording: Recording,
    events: EventsRead,
    contacts: &Contacts,
) -> Result<Understood> {
    recording.channels.iter_mut().for_each(|channel| input.vocabulary.name(channel));
    name_channels(&mut recording, &input.channels);
    if let Some(gain) = input.entry.gain {
        let is_emg = |channel: &&mut Channel| channel.label.kind == Kind::Emg;
        recording.channels.iter_mut().filter(is_emg).for_each(|one| amplified(one, gain));
    }
    let (start_s, end_s) = extent(&recording);
    cut(&mut recording, &input.entry)?;
    let mut events_left_out = events.left_out;
    let outside = |event: &&Event| !(start_s..=end_s).contains(&event.time_s);
    let count = events.events.iter().filter(outside).count();
    if count > 0 {
        let all = events.events.len();
        // A few beyond an end are of a recording that was cut.
        let question =
            if 2 * count > all { ": are their times on another clock?" } else { "" };
        events_left_out.push(format!(
            "{count} of {all} events lie outside the recording, which runs from {start_s:.3} to \
             {end_s:.3} s{question}"
        ));
    }
    recording.warnings.extend(events_left_out.iter().cloned());
    recording.events.extend(events.events);
    recording.events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));

    // Nobody walks in a trial for reference: a push on the plate is no step.
    if input.role != Role::Task {
        return Ok(Understood { recording, found: Vec::new(), events_left_out });
    }
    let understood = Understood::complete(recording, contacts);
    Ok(Understood { events_left_out, ..understood })
}

/// Applies what the study says of channels.
fn name_channels(recording: &mut Recording, entries: &BTreeMap<String, ChannelEntry>) {
    recording.channels.retain(|channel| {
        !entries.get(&channel.label.name).is_some_and(|entry| entry.ignore)
    });
    let Recording { channels, warnings, .. } = recording;
    for channel in channels {
        let Some(entry) = entries.get(&channel.label.name) else {
            continue;
        };
        channel.label.muscle = entry.muscle.or(channel.label.muscle);
        channel.label.side = entry.side.or(channel.label.side);
        // A channel that has a muscle measures it.
        let kind = entry.muscle.map(|_| Kind::Emg);
        channel.label.kind = entry.kind.or(kind).unwrap_or(channel.label.kind);
        set_unit(channel, entry, warnings);
        if let Some(gain) = entry.gain {
            amplified(channel, gain);
        }
    }
}

/// A gain is said of volts: the file holds amplified ones.
fn amplified(channel: &mut Channel, gain: f64) {
    if channel.unit == Unit::ARBITRARY {
        channel.unit = Unit::VOLT;
    }
    channel.samples.iter_mut().for_each(|sample| *sample /= gain);
    channel.rails = channel.rails.map(|(low, high)| (low / gain, high / gain));
}

fn set_unit(channel: &mut Channel, entry: &ChannelEntry, warnings: &mut Vec<String>) {
    let Some(unit) = &entry.unit else { return };
    if channel.unit != Unit::ARBITRARY {
        warnings.push(format!(
            "the file gives {} as the unit of \"{}\"; the study's \"{unit}\" is not used",
            channel.unit, channel.label.name
        ));
        return;
    }
    express_in(channel, unit);
}

/// Keeps the part that the study asks for; what it leaves out becomes a gap.
fn cut(recording: &mut Recording, entry: &RecordingEntry) -> Result<()> {
    for channel in &mut recording.channels {
        cut_channel(channel, entry)?;
    }
    for [from, to] in &entry.exclude {
        let inside = |channel: &Channel| {
            *from < channel.time_s(channel.samples.len()) && *to > channel.start_s
        };
        recording.warnings.push(if recording.channels.iter().any(inside) {
            format!("{from} to {to} s is left out, as the study says")
        } else {
            format!("exclude = [{from}, {to}] of the study lies outside the recording")
        });
    }
    Ok(())
}

fn cut_channel(channel: &mut Channel, entry: &RecordingEntry) -> Result<()> {
    let count = channel.samples.len();
    let (rate, start_s) = (channel.rate, channel.start_s);
    let sample_at = |time_s: f64| rate.samples(time_s - start_s).min(count);
    let from = entry.from_s.map_or(0, sample_at);
    let to = entry.to_s.map_or(count, sample_at);
    if from >= to {
        let message = format!(
            "nothing is left between from_s and to_s: the recording runs from {start_s:.3} \
             to {:.3} s",
            channel.time_s(count)
        );
        return Err(Error::new(ErrorKind::Study, message));
    }

    let missing = |samples: &[f64]| {
        samples[from..to].iter().filter(|sample| sample.is_nan()).count()
    };
    let before = missing(&channel.samples);
    for &[from_s, to_s] in &entry.exclude {
        channel.samples[sample_at(from_s)..sample_at(to_s)].fill(f64::NAN);
    }
    channel.excluded = missing(&channel.samples) - before;

    channel.samples.truncate(to);
    channel.samples.drain(..from);
    channel.start_s = channel.time_s(from);
    Ok(())
}

/// The first and the last time of a recording, in seconds.
fn extent(recording: &Recording) -> (f64, f64) {
    let channels = || recording.channels.iter();
    let start_s = channels().map(|channel| channel.start_s).fold(f64::INFINITY, f64::min);
    let end = |channel: &Channel| channel.time_s(channel.samples.len());
    (start_s, channels().map(end).fold(f64::NEG_INFINITY, f64::max))
}

/// The events that belong to a recording, and the fingerprint of the file that holds them.
#[derive(Default)]
struct EventsRead {
    events: Vec<Event>,
    /// What is wrong with the file or some of its rows.
    left_out: Vec<String>,
    /// Empty where the file cannot be read.
    blake3: Option<String>,
}

impl EventsRead {
    /// None, for a reason: it costs the events and not the recording.
    fn none(error: &Error) -> Self {
        let left_out = vec![format!("the events were left out: {}", told(error))];
        Self { left_out, blake3: Some(String::new()), ..Self::default() }
    }
}

/// An error in one line.
fn told(error: &Error) -> String {
    error.to_string().replace("\n  hint: ", "; ")
}

fn events(input: &RecordingInput) -> EventsRead {
    if let Some(EventEntry::List(lines)) = &input.entry.events {
        let events = lines.iter().map(Event::from).collect();
        return EventsRead { events, ..EventsRead::default() };
    }
    let Some(path) = input.event_file() else { return EventsRead::default() };
    let beside = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = match &input.entry.events {
        Some(EventEntry::File(name)) => shown(name).to_owned(),
        _ => beside(),
    };
    if path.exists() && !input.allow_outside && !input.is_inside(&path) {
        return EventsRead::none(&outside(&name));
    }
    let bytes = match files::read(&path, files::MOST_OF_EVENTS) {
        Ok(bytes) => bytes,
        Err(error) => return EventsRead::none(&unreadable(&name, &error)),
    };
    let blake3 = Some(blake3::hash(&bytes).to_hex().to_string());
    match load::read_event_table(&bytes) {
        Ok(table) => {
            let rows = table.left_out.into_iter().map(|error| {
                let error = error.in_file(&name);
                format!("a row of the events was left out: {}", told(&error))
            });
            EventsRead { events: table.events, left_out: few(rows.collect()), blake3 }
        }
        Err(error) => EventsRead { blake3, ..EventsRead::none(&error.in_file(&name)) },
    }
}

/// The first of many lines, and how many more there are.
fn few(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        lines.truncate(MOST_ROWS);
        lines.push(format!("{more} more rows of the events were left out"));
    }
    lines
}

/// The name of an event file in findings, which say of no file where it lies.
fn shown(name: &str) -> &str {
    let path = std::path::Path::new(name);
    let last = path.file_name().and_then(std::ffi::OsStr::to_str);
    last.filter(|_| path.is_absolute()).unwrap_or(name)
}

fn unreadable(events: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Study, format!("cannot read the event file: {error}"))
        .in_file(events)
        .with_hint(
            "events = \"…\" is looked for beside study.toml and beside the recording",
        )
}

fn outside(events: &str) -> Error {
    let said = "the event file lies outside the folders of the study and the recording";
    Error::new(ErrorKind::Study, said).in_file(events).with_hint(
        "copy it there, or say --allow-outside if the study is one that you trust",
    )
}
