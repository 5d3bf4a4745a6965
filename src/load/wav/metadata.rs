//! What a WAV says beside its samples: channel names, cue points, a title.

use std::collections::HashMap;

use super::riff::{Chunk, u32_at};
use crate::signal::Event;
use crate::units::Hertz;

/// What the chunks beside `fmt ` and `data` say.
#[derive(Default)]
pub(super) struct Metadata {
    /// Channel names by the position of the channel.
    names: Vec<(usize, String)>,
    /// The chunk that the names come from.
    pub(super) names_from: Option<&'static str>,
    /// The exact sampling rate that `soleus` writes beside the whole number of the
    /// header.
    pub(super) rate_hz: Option<f64>,
    /// Title, comment and the like, one a line.
    pub(super) remarks: Vec<String>,
    /// Cue points: identifier and sample.
    cues: Vec<(u32, u32)>,
    /// Texts of cue points by identifier.
    texts: Vec<(u32, String)>,
}

/// The name of the element in which `soleus` writes the exact rate.
pub(super) const RATE_ELEMENT: &str = "SOLEUS_SAMPLE_RATE_HZ";

impl Metadata {
    pub(super) fn read(chunks: &[Chunk]) -> Self {
        let mut metadata = Self::default();
        for chunk in chunks {
            match (&chunk.id, chunk.body.split_at_checked(4)) {
                (b"iXML", _) => metadata.read_ixml(&String::from_utf8_lossy(chunk.body)),
                (b"bext", _) => metadata.read_broadcast(chunk.body),
                (b"cue ", _) => metadata.read_cues(chunk.body),
                (b"LIST", Some((b"INFO", list))) => metadata.read_title(list),
                (b"LIST", Some((b"adtl", list))) => metadata.read_texts(list),
                _ => {}
            }
        }
        metadata
    }

    /// The names of so many channels; `channel 1` and so on where the file has none.
    pub(super) fn channel_names(&self, count: usize) -> Vec<String> {
        // The first name of a position counts.
        let named: HashMap<usize, &String> =
            self.names.iter().rev().map(|(position, name)| (*position, name)).collect();
        let name = |index: usize| {
            let name = named.get(&index).map(|&name| name.clone());
            name.unwrap_or_else(|| format!("channel {}", index + 1))
        };
        (0..count).map(name).collect()
    }

    /// The cue points on the clock of the recording.
    pub(super) fn events(&self, rate: Hertz, start_s: f64) -> Vec<Event> {
        // The first text of a cue point counts.
        let texts: HashMap<u32, &str> =
            self.texts.iter().rev().map(|(of, text)| (*of, text.as_str())).collect();
        let event = |(id, sample): &(u32, u32)| {
            let label = texts
                .get(id)
                .map_or_else(|| format!("cue {id}"), |&text| text.to_owned());
            Event { time_s: start_s + f64::from(*sample) / rate.hz(), label, side: None }
        };
        let mut events: Vec<Event> = self.cues.iter().map(event).collect();
        events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        events
    }

    fn read_ixml(&mut self, text: &str) {
        self.rate_hz =
            element(text, RATE_ELEMENT).and_then(|rate| rate.trim().parse().ok());
        let tracks =
            text.split("<TRACK>").skip(1).enumerate().filter_map(|(order, track)| {
                let track = track.split("</TRACK>").next()?;
                let name = unescaped(element(track, "NAME")?.trim());
                let index = element(track, "INTERLEAVE_INDEX")
                    .or_else(|| element(track, "CHANNEL_INDEX"));
                let position = index
                    .and_then(|index| index.trim().parse::<usize>().ok())
                    .unwrap_or(order + 1);
                Some((position.checked_sub(1)?, name))
            });
        self.name_channels(tracks.filter(|(_, name)| !name.is_empty()).collect(), "iXML");
    }

    /// The description of `bext`, in which field recorders write `sTRK1=SOL left`.
    fn read_broadcast(&mut self, body: &[u8]) {
        let description = text_of(body.get(..256).unwrap_or(body));
        let tracks = description.lines().filter_map(|line| {
            let (key, name) = line.split_once('=')?;
            let (_, number) = key.split_once("TRK")?;
            Some((
                number.trim().parse::<usize>().ok()?.checked_sub(1)?,
                name.trim().to_owned(),
            ))
        });
        let tracks: Vec<_> = tracks.filter(|(_, name)| !name.is_empty()).collect();
        if tracks.is_empty() && !description.is_empty() {
            self.remarks
                .push(format!("description: {}", description.replace(['\r', '\n'], " ")));
        }
        self.name_channels(tracks, "bext");
    }

    fn name_channels(&mut self, names: Vec<(usize, String)>, by: &'static str) {
        if self.names.is_empty() && !names.is_empty() {
            self.names = names;
            self.names_from = Some(by);
        }
    }

    fn read_title(&mut self, list: &[u8]) {
        for (id, body) in Entries(list) {
            let key = match &id {
                b"INAM" => "title",
                b"ICMT" => "comment",
                b"ICRD" => "date",
                b"ISFT" => "software",
                _ => continue,
            };
            self.remarks.push(format!("{key}: {}", text_of(body)));
        }
    }

    fn read_cues(&mut self, body: &[u8]) {
        let count = u32_at(body, 0).unwrap_or(0) as usize;
        let points = body.get(4..).unwrap_or_default().chunks_exact(24).take(count);
        self.cues.extend(
            points.filter_map(|point| Some((u32_at(point, 0)?, u32_at(point, 20)?))),
        );
    }

    fn read_texts(&mut self, list: &[u8]) {
        let texts = Entries(list).filter(|(id, _)| id == b"labl");
        self.texts.extend(
            texts.filter_map(|(_, body)| {
                Some((u32_at(body, 0)?, text_of(body.get(4..)?)))
            }),
        );
    }
}

/// The entries of a `LIST`, cut to what is there.
struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let id = self.0.first_chunk::<4>().copied()?;
        let length = u32_at(self.0, 4)? as usize;
        let rest = self.0.get(8..)?;
        let (body, after) = rest.split_at(length.min(rest.len()));
        self.0 = after.get(length % 2..).unwrap_or_default();
        Some((id, body))
    }
}

/// A text up to its first zero byte.
fn text_of(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim().to_owned()
}

/// What stands in the first element of a name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    after.split_once(&format!("</{name}>")).map(|(inside, _)| inside)
}

/// The entities of XML; `&amp;` last, so that `&amp;lt;` stays `&lt;`.
const ENTITIES: [(&str, &str); 5] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];

fn unescaped(text: &str) -> String {
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| {
        text.replace(entity, character)
    })
}

/// Whether a chunk of iXML lies among some bytes that [`ixml`] wrote: what a user may say
/// in it is our exact rate.
pub(super) fn is_ours(bytes: &[u8]) -> bool {
    let mark = format!("<USER><{RATE_ELEMENT}>");
    bytes.windows(mark.len()).any(|here| here == mark.as_bytes())
}

/// The iXML chunk with the names of all channels and the exact rate.
pub(super) fn ixml(names: &[&str], rate: Hertz) -> String {
    let escaped = |name: &str| {
        let plain: String =
            name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        ENTITIES
            .iter()
            .rev()
            .fold(plain, |text, (entity, character)| text.replace(character, entity))
    };
    let track = |(index, name): (usize, &&str)| {
        let number = index + 1;
        let index = format!(
            "<CHANNEL_INDEX>{number}</CHANNEL_INDEX><INTERLEAVE_INDEX>{number}</INTERLEAVE_INDEX>"
        );
        format!("<TRACK>{index}<NAME>{}</NAME></TRACK>\n", escaped(name))
    };
    let tracks: String = names.iter().enumerate().map(track).collect();
    let count = names.len();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML><IXML_VERSION>1.5</IXML_VERSION>\n\
         <USER><{RATE_ELEMENT}>{}</{RATE_ELEMENT}></USER>\n\
         <TRACK_LIST><TRACK_COUNT>{count}</TRACK_COUNT>\n{tracks}</TRACK_LIST></BWFXML>\n",
        rate.hz()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut entry =
            [id.as_slice(), &(body.len() as u32).to_le_bytes(), body].concat();
        if body.len() % 2 == 1 {
            entry.push(0);
        }
        entry
    }

    #[test]
    fn titles_comments_dates_and_programs_are_remarks() {
        let list = [
            entry(b"INAM", b"Walk\0"),
            entry(b"IXXX", b"nobody knows"),
            entry(b"ICMT", b"slow"),
            entry(b"ICRD", b"2026-11-30"),
            entry(b"ISFT", b"Recorder 1.2\0\0"),
        ];
        let body = [b"INFO".to_vec(), list.concat()].concat();
        let read = Metadata::read(&[Chunk { id: *b"LIST", at: 0, body: &body }]);
        assert_eq!(
            read.remarks,
            [
                "title: Walk",
                "comment: slow",
                "date: 2026-11-30",
                "software: Recorder 1.2"
            ]
        );
        // A list of another kind holds none of them.
        let body = [b"WAVE".to_vec(), list.concat()].concat();
        let read = Metadata::read(&[Chunk { id: *b"LIST", at: 0, body: &body }]);
        assert!(read.remarks.is_empty());
    }

    #[test]
    fn a_description_without_names_of_tracks_is_a_remark() {
        let described = |text: &str| {
            let mut body = text.as_bytes().to_vec();
            body.resize(602, 0);
            Metadata::read(&[Chunk { id: *b"bext", at: 0, body: &body }])
        };
        let read = described("slow walk");
        assert_eq!(
            (read.remarks, read.names),
            (vec!["description: slow walk".to_owned()], vec![])
        );
        let read = described("sTRK1=SOL\r\nsTRK2=TA");
        assert_eq!(read.remarks, Vec::<String>::new());
        assert_eq!(read.names, [(0, "SOL".to_owned()), (1, "TA".to_owned())]);
        assert!(described("").remarks.is_empty());
    }

    #[test]
    fn what_we_wrote_is_known_by_its_rate() {
        let ours = ixml(&["SOL"], Hertz::new(1259.2593).unwrap());
        assert!(is_ours(ours.as_bytes()) && is_ours(format!("…{ours}").as_bytes()));
        assert!(!is_ours(b"<USER><OTHER>1</OTHER></USER>"));
        assert!(!is_ours(b""));
    }
}
