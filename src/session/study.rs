//! `study.toml`: what the recordings are, in the user's words.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Role;
use super::electrodes::Electrodes;
use super::head::{Protocol, StudyHead};
use super::pattern::Pattern;
use super::vocabulary::{Vocabulary, known_muscle};
use crate::error::{Error, ErrorKind, Result};
use crate::load::FullScale;
use crate::signal::{Event, Kind, Legs, Muscle, Side};
use crate::units::Hertz;

/// What a `study.toml` says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Study {
    /// The name of the study, for the heads of its pages.
    pub title: Option<String>,
    /// How was recorded, for the heads of its pages and the methods.
    pub protocol: Option<Protocol>,
    /// What was recorded with: the electrodes, how they were placed and the amplifier, for
    /// the methods.
    pub electrodes: Option<Electrodes>,
    /// Who was recorded; otherwise taken from the folder.
    pub subject: Option<String>,
    /// Which visit; otherwise taken from the folder.
    pub session: Option<String>,
    /// The leg that was hurt, operated on or is otherwise in question, of the one person
    /// of this study.
    pub involved: Option<Side>,
    /// The leg that is preferred, of the one person of this study.
    pub dominant: Option<Side>,
    /// Persons by their name in the tables, where the study has several.
    pub subjects: BTreeMap<String, SubjectEntry>,
    /// What is compared over the study.
    pub design: Option<Design>,
    /// Channels by their name in the file.
    pub channels: BTreeMap<String, ChannelEntry>,
    /// Recordings by file name or glob pattern, relative to the `study.toml`.
    pub recordings: BTreeMap<String, RecordingEntry>,
    /// Words that mean muscles, sides, tasks, roles and units in this study.
    pub vocabulary: Vocabulary,
}

/// What the user says of a person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SubjectEntry {
    /// The leg that was hurt, operated on or is otherwise in question.
    pub involved: Option<Side>,
    /// The leg that is preferred.
    pub dominant: Option<Side>,
    /// The group that the person belongs to.
    pub group: Option<String>,
    /// A number that belongs to the person, such as an age or a speed.
    pub covariate: Option<f64>,
}

/// What is compared over a study, with persons as its units.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Design {
    /// What the curves of the cycle are compared between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// The outcomes that the page of the study opens with, by the names of their measures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<String>,
}

/// What curves are compared between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// The groups of `[subjects]`, each muscle and side for itself: two samples of
    /// persons.
    Groups,
    /// The left and the right side of each person.
    Sides,
    /// The first and the last visit of each person.
    Visits,
    /// Nothing: whether the curves rise or fall with the covariate of `[subjects]`.
    Covariate,
}

/// What the user says of a channel.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelEntry {
    /// The muscle, by its English name or a usual abbreviation.
    #[serde(
        deserialize_with = "muscle_by_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub muscle: Option<Muscle>,
    /// The side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// What the channel measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The amplification: the file holds volts times this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<f64>,
    /// The unit of the samples, where the file does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Leave this channel out.
    pub ignore: bool,
}

/// What the user says of a recording.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingEntry {
    /// What the recording is for; otherwise guessed from its name.
    pub role: Option<Role>,
    /// Its task, a free name: recordings of one task are compared, whatever their files are
    /// called; otherwise the name of the file without subject, session and number.
    pub task: Option<String>,
    /// Its heading in the report; otherwise its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Analyse from here on, in seconds of the file's own clock.
    pub from_s: Option<f64>,
    /// Analyse up to here, in seconds of the file's own clock.
    pub to_s: Option<f64>,
    /// Stretches to leave out, in seconds of the file's own clock.
    pub exclude: Vec<[f64; 2]>,
    /// The sampling rate, where the file does not say.
    pub rate_hz: Option<Hertz>,
    /// The amplification of its EMG: the file holds volts times this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<f64>,
    /// The time of the first sample, for files without a clock.
    pub start_s: Option<f64>,
    /// What full scale means in a WAV.
    pub full_scale: Option<FullScale>,
    /// An event file, or events.
    pub events: Option<EventEntry>,
}

/// Events of a recording: a file beside the `study.toml`, or a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected the name of an event file, or a list of { time_s, label, side }"
)]
pub enum EventEntry {
    /// A table: columns `time_s,label,side`, or one column per label.
    File(String),
    /// The events themselves.
    List(Vec<EventLine>),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    /// The time on the file's own clock, in seconds.
    pub time_s: f64,
    /// What happened.
    pub label: String,
    /// The leg it belongs to.
    pub side: Option<Side>,
}

impl From<&EventLine> for Event {
    fn from(line: &EventLine) -> Self {
        Self { time_s: line.time_s, label: line.label.clone(), side: line.side }
    }
}

impl Study {
    /// The study of a TOML text.
    ///
    /// # Errors
    /// Names line and column, and what was expected there.
    pub fn from_toml(text: &str) -> Result<Self> {
        let study: Self = toml::from_str(text)
            .map_err(|error| Error::from_toml(ErrorKind::Study, text, &error))?;
        for (name, channel) in &study.channels {
            channel.check(name)?;
        }
        if let Some(Protocol::Parts(parts)) = &study.protocol {
            parts.check()?;
        }
        study.electrodes.as_ref().map_or(Ok(()), Electrodes::check)?;
        for (name, subject) in &study.subjects {
            if let Some(covariate) =
                subject.covariate.filter(|covariate| !covariate.is_finite())
            {
                return Err(Error::new(
                    ErrorKind::Study,
                    format!("[subjects.{name}]: covariate = {covariate} must be finite"),
                ));
            }
        }
        for (pattern, recording) in &study.recordings {
            check_pattern(pattern)?;
            recording.check(pattern)?;
        }
        Ok(study)
    }

    /// The JSON schema of study files, for editors.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// What the heads of pages say of it.
    pub(super) fn head(&self) -> StudyHead {
        StudyHead {
            title: self.title.clone(),
            protocol: self.protocol.clone(),
            electrodes: self.electrodes.clone(),
        }
    }

    /// The legs of a person: what is said of the person, else of the one person of this
    /// study.
    pub fn legs(&self, subject: &str) -> Legs {
        let entry = self.subjects.get(subject);
        Legs {
            involved: entry.and_then(|entry| entry.involved).or(self.involved),
            dominant: entry.and_then(|entry| entry.dominant).or(self.dominant),
        }
    }

    /// Everything said of a recording, by its path relative to the `study.toml` or its
    /// bare name. A plain name outweighs a pattern, a longer pattern a shorter one.
    pub fn recording(&self, relative: &str) -> RecordingEntry {
        NamedEntries::of(self).entry(self, relative)
    }
}

/// The entries of recordings, their patterns read once for all files.
#[derive(Debug)]
pub(super) struct NamedEntries {
    /// In the order in which a later one outweighs an earlier.
    patterns: Vec<(String, Pattern)>,
}

impl NamedEntries {
    pub(super) fn of(study: &Study) -> Self {
        let names = study.recordings.keys().filter(|name| Pattern::is_in(name));
        let read = |name: &String| Some((name.clone(), Pattern::new(name).ok()?));
        let mut patterns: Vec<(String, Pattern)> = names.filter_map(read).collect();
        patterns.sort_by_key(|(name, _)| name.len());
        Self { patterns }
    }

    /// The patterns that fit none of these files.
    pub(super) fn without_a_file<I: Iterator<Item = String>>(
        &self,
        files: impl Fn() -> I,
    ) -> Vec<&str> {
        let fits = |pattern: &Pattern, relative: &str| {
            let name = relative.rsplit('/').next().unwrap_or(relative);
            pattern.fits(relative) || pattern.fits(name)
        };
        let idle = self
            .patterns
            .iter()
            .filter(|(_, pattern)| !files().any(|file| fits(pattern, &file)));
        idle.map(|(name, _)| name.as_str()).collect()
    }

    /// What a study whose entries these are says of a recording; see
    /// [`Study::recording`]. The name of a file is itself, even with brackets in it.
    pub(super) fn entry(&self, study: &Study, relative: &str) -> RecordingEntry {
        let name = relative.rsplit('/').next().unwrap_or(relative);
        let bare = Some(name).filter(|name| *name != relative);
        let fits = |(_, pattern): &&(String, Pattern)| {
            pattern.fits(relative) || bare.is_some_and(|name| pattern.fits(name))
        };
        let by_pattern = self.patterns.iter().filter(fits).map(|(name, _)| name.as_str());
        let names = by_pattern.chain(bare).chain([relative]);
        let entries = names.filter_map(|name| study.recordings.get(name));
        entries.fold(RecordingEntry::default(), RecordingEntry::overlaid_by)
    }
}

impl ChannelEntry {
    fn check(&self, name: &str) -> Result<()> {
        match self.gain {
            Some(gain) if !gain.is_finite() || gain == 0.0 => Err(Error::new(
                ErrorKind::Study,
                format!("gain = {gain} of channel \"{name}\" must be finite and not 0"),
            )
            .with_hint(
                "gain is the amplification: 1000 where the file holds volts times 1000",
            )),
            _ => Ok(()),
        }
    }
}

impl ChannelEntry {
    /// The same with what is said nearer to the recording.
    pub(super) fn overlaid_by(self, over: &Self) -> Self {
        Self {
            muscle: over.muscle.or(self.muscle),
            side: over.side.or(self.side),
            kind: over.kind.or(self.kind),
            gain: over.gain.or(self.gain),
            unit: over.unit.clone().or(self.unit),
            ignore: over.ignore || self.ignore,
        }
    }
}

impl SubjectEntry {
    /// The same with what is said nearer to the recordings.
    pub(super) fn overlaid_by(self, over: &Self) -> Self {
        Self {
            involved: over.involved.or(self.involved),
            dominant: over.dominant.or(self.dominant),
            group: over.group.clone().or(self.group),
            covariate: over.covariate.or(self.covariate),
        }
    }
}

impl RecordingEntry {
    fn check(&self, pattern: &str) -> Result<()> {
        self.check_times()
            .and_then(|()| self.check_stretches())
            .and_then(|()| self.check_full_scale())
            .and_then(|()| self.check_gain())
            .map_err(|what| {
                Error::new(
                    ErrorKind::Study,
                    format!("[recordings.\"{pattern}\"]: {what}"),
                )
            })
    }

    fn check_times(&self) -> Result<(), String> {
        let ends = [self.from_s, self.to_s, self.start_s].into_iter().flatten();
        let excluded = self.exclude.iter().flatten().copied();
        let events = match &self.events {
            Some(EventEntry::List(events)) => events.as_slice(),
            _ => &[],
        };
        let mut times =
            ends.chain(excluded).chain(events.iter().map(|event| event.time_s));
        match times.find(|time| !time.is_finite()) {
            Some(time) => Err(format!("{time} is no time in seconds")),
            None => Ok(()),
        }
    }

    fn check_stretches(&self) -> Result<(), String> {
        if let (Some(from), Some(to)) = (self.from_s, self.to_s)
            && from >= to
        {
            return Err(format!("from_s = {from} must come before to_s = {to}"));
        }
        match self.exclude.iter().find(|[from, to]| from >= to) {
            Some([from, to]) => {
                Err(format!("exclude = [{from}, {to}] must begin before it ends"))
            }
            None => Ok(()),
        }
    }

    fn check_gain(&self) -> Result<(), String> {
        let wrong = self.gain.filter(|gain| !gain.is_finite() || *gain == 0.0);
        wrong
            .map_or(Ok(()), |gain| Err(format!("gain = {gain} must be finite and not 0")))
    }

    fn check_full_scale(&self) -> Result<(), String> {
        let is_wrong = |value: &f64| !(value.is_finite() && *value > 0.0);
        let value = self.full_scale.as_ref().map(|scale| scale.value);
        let wrong = |value| Err(format!("full_scale value = {value} must be above 0"));
        value.filter(is_wrong).map_or(Ok(()), wrong)
    }

    /// The same with what is said nearer to the recording, or of it alone.
    pub(super) fn overlaid_by(self, over: &Self) -> Self {
        Self {
            role: over.role.or(self.role),
            task: over.task.clone().or(self.task),
            title: over.title.clone().or(self.title),
            from_s: over.from_s.or(self.from_s),
            to_s: over.to_s.or(self.to_s),
            exclude: if over.exclude.is_empty() {
                self.exclude
            } else {
                over.exclude.clone()
            },
            rate_hz: over.rate_hz.or(self.rate_hz),
            gain: over.gain.or(self.gain),
            start_s: over.start_s.or(self.start_s),
            full_scale: over.full_scale.clone().or(self.full_scale),
            events: over.events.clone().or(self.events),
        }
    }
}

fn check_pattern(name: &str) -> Result<()> {
    if !Pattern::is_in(name) {
        return Ok(());
    }
    Pattern::new(name).map(|_| ()).map_err(|what| {
        let what = format!("[recordings.\"{name}\"] is no file name or pattern: {what}");
        Error::new(ErrorKind::Study, what)
    })
}

fn muscle_by_name<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Muscle>, D::Error> {
    let name = String::deserialize(deserializer)?;
    known_muscle(&name).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_study_is_read() {
        let study = Study::from_toml(
            r#"
            subject = "S01"
            [channels]
            "EMG 1" = { muscle = "soleus", side = "left", gain = 1000 }
            "EMG 9" = { ignore = true }
            "EMG 2" = { muscle = "soleus", side = "right", unit = "mV" }
            [recordings."mvc*.csv"]
            role = "mvc"
            [recordings."hold.csv"]
            from_s = 4.0
            to_s = 64.0
            exclude = [[20.5, 21.0]]
            [recordings."gait*.csv"]
            rate_hz = 1000
            full_scale = { value = 1000, unit = "uV" }
            events = "gait_cycles.csv"
            "#,
        )
        .unwrap();
        assert_eq!(study.channels["EMG 1"].muscle, Some(Muscle::Soleus));
        assert_eq!(study.recording("day1/mvc_2.csv").role, Some(Role::Mvc));
        assert_eq!(study.recording("hold.csv").exclude, [[20.5, 21.0]]);
        assert_eq!(
            study.recording("gait2.csv").events,
            Some(EventEntry::File("gait_cycles.csv".into()))
        );
    }

    #[test]
    fn legs_and_groups_of_persons() {
        let text = "involved = \"left\"\n[subjects.S02]\ninvolved = \"right\"\ndominant \
                    = \"left\"\ngroup = \"patients\"\n[design]\ncompare = \"groups\"\n";
        let study = Study::from_toml(text).unwrap();
        assert_eq!(
            study.legs("S01"),
            Legs { involved: Some(Side::Left), dominant: None }
        );
        assert_eq!(
            study.legs("S02"),
            Legs { involved: Some(Side::Right), dominant: Some(Side::Left) }
        );
        assert_eq!(
            study.design,
            Some(Design { compare: Some(Compare::Groups), outcomes: Vec::new() })
        );
        assert_eq!(study.subjects["S02"].group.as_deref(), Some("patients"));
        assert!(
            Study::from_toml("[design]\ncompare = \"ages\"\n")
                .unwrap_err()
                .to_string()
                .contains("line 2, column 11")
        );
    }

    #[test]
    fn a_plain_name_outweighs_a_pattern() {
        let study = Study::from_toml(
            "[recordings.\"*\"]\nrole = \"task\"\nrate_hz = \
             2000\n[recordings.\"a.csv\"]\nrole = \"rest\"\n",
        )
        .unwrap();
        let entry = study.recording("a.csv");
        assert_eq!((entry.role, entry.rate_hz), (Some(Role::Rest), Hertz::new(2000.0)));
    }

    #[test]
    fn a_name_with_brackets_is_itself_and_a_pattern() {
        let study = Study::from_toml(
            "[recordings.\"walk [12].csv\"]\nrole = \"rest\"\n[recordings.\"[äö]*\"]\nrole \
             = \"mvc\"\n",
        )
        .unwrap();
        assert_eq!(study.recording("a/walk [12].csv").role, Some(Role::Rest));
        assert_eq!(study.recording("walk 2.csv").role, Some(Role::Rest));
        assert_eq!(study.recording("öl.csv").role, Some(Role::Mvc));
        let error =
            Study::from_toml(&format!("[recordings.\"{}\"]\n", "?".repeat(131_000)))
                .unwrap_err()
                .to_string();
        assert!(error.contains("at most 4096 characters"), "{error}");
    }

    #[test]
    fn electrodes_and_protocol_are_checked_key_by_key() {
        let said = |text: &str| Study::from_toml(text).unwrap_err().to_string();
        for text in
            ["[electrodes]\ndistanc_mm = 20\n", "[protocol]\ninstruction = \"x\"\n"]
        {
            let error = said(text);
            assert!(error.starts_with("line 2, column 1: unknown field"), "{error}");
            assert!(error.contains("hint: did you mean"), "{error}");
        }
        let error = said("[electrodes]\nsize_mm = 0\n");
        assert!(error.contains("[electrodes]: size_mm = 0 must be finite"), "{error}");
        let error = said("[electrodes]\ndistance_mm = nan\n");
        assert!(error.contains("distance_mm = NaN must be"), "{error}");
        let error = said("protocol = 3\n");
        assert!(error.contains("expected a sentence, or a table of knee_deg"), "{error}");
        let study = Study::from_toml("protocol = \"Seated.\"\n").unwrap();
        assert_eq!(study.protocol, Some(Protocol::Words("Seated.".into())));
        assert_eq!(Study::from_toml(&toml::to_string(&study).unwrap()).unwrap(), study);
        let schema = Study::schema().to_string();
        assert!(
            ["distance_mm", "crosstalk", "maximum"]
                .iter()
                .all(|key| schema.contains(key))
        );
    }

    #[test]
    fn errors_say_where() {
        let error = Study::from_toml("[channels]\nA = { muscel = \"soleus\" }\n")
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("line 2, column 7: unknown field `muscel`"), "{error}");
        assert!(error.ends_with("hint: did you mean `muscle`?"), "{error}");
        let error = Study::from_toml("colour = 1\n").unwrap_err();
        assert!(error.hint().is_some_and(|hint| hint.starts_with("leave it out")));
        let error = Study::from_toml("[channels]\nA = { muscle = \"eyebrow\" }\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("`eyebrow` is no muscle known here"), "{error}");
        let error = Study::from_toml("[recordings.\"a\"]\nfrom_s = 3\nto_s = 2\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("from_s = 3 must come before to_s = 2"), "{error}");
    }
}
