//! One recording on its own: the door for programs that have no session.

use std::path::Path;

use super::digested::{Digested, rest_levels};
use super::findings::{RecordingFindings, Role};
use super::manifest::{Search, find_one};
use super::rest::RestLevels;
use super::run::concluded;
use super::scale::References;
use super::study::RecordingEntry;
use super::understand::{FileRead, Understood, open};
use crate::error::{Error, Result};
use crate::load::Hints;
use crate::recipe::Recipe;
use crate::signal::{Legs, Recording};

/// What a recipe finds in a recording: everything that `soleus run` writes of a session
/// that has this one recording, a task, and nothing else.
///
/// The recording may come from [`load`](crate::load::load) or be built in code. Its EMG
/// channels ([`Kind::Emg`](crate::signal::Kind)) are analysed; force plates and foot
/// switches tell the contacts of the feet, as its events do.
///
/// With the standard recipe the reference of activation is a trial of maximal voluntary
/// contraction, which one recording has not, so levels are told in the recording's unit
/// alone. `normalisation.reference = "peak"` takes the reference from the recording
/// itself; a session with its trials is [`session::run`](crate::session::run)'s.
///
/// # Errors
/// When a setting of the recipe is out of its range or does not fit the sampling rate, no
/// channel is EMG, or none can be processed. A channel that cannot be processed while
/// others can is told in the findings: its verdict is bad, with the reason.
///
/// # Example
/// ```
/// use soleus::recipe::Recipe;
/// use soleus::signal::{Channel, Recording};
/// use soleus::synth::{Simulation, simulate};
/// use soleus::units::{Hertz, Unit};
///
/// let rate = Hertz::new(1000.0).ok_or("no sampling rate")?;
/// let (samples, _) = simulate(&Simulation::soleus(1, rate, 20.0));
/// let channel = Channel::new("SOL_L", Unit::VOLT, rate, samples);
///
/// let findings = soleus::analyse(&Recording::new(vec![channel]), &Recipe::default())?;
/// assert!(findings.measure("rms", "SOL_L").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn analyse(recording: &Recording, recipe: &Recipe) -> Result<RecordingFindings> {
    recipe.check()?;
    let nothing = RecordingFindings::nothing_yet("recording", "", Role::Task);
    let digested = Digested::new(nothing, Legs::default());
    let understood = Understood::complete(recording.clone(), &recipe.contacts);
    finish(digested, understood, recipe)
}

/// What a recipe finds in the recording of a file: everything that `soleus run FILE`
/// writes of it.
///
/// As there, a `study.toml` beside the file or in a folder above it (not more than three
/// up) says what the recording is: channels, gains, events, the part to analyse. For a
/// file on its own whatever lies around it, [`load`](crate::load::load) it and
/// [`analyse`] the recording.
///
/// # Errors
/// When there is no such file or it cannot be read as a recording, its `study.toml` is
/// wrong or says that it is to be ignored, and as [`analyse`].
///
/// # Example
/// ```
/// let file = "data/study/sub-01/ses-01/sub-01_ses-01_task-heelraise_emg.csv";
/// let findings = soleus::analyse_file(file, &soleus::recipe::Recipe::default())?;
/// for row in findings.measures() {
///     println!("{:?} {} = {:?} {}", row.channel, row.name, row.value, row.unit);
/// }
/// # Ok::<(), soleus::Error>(())
/// ```
pub fn analyse_file(
    path: impl AsRef<Path>,
    recipe: &Recipe,
) -> Result<RecordingFindings> {
    analyse_file_with(path, recipe, &Hints::default())
}

/// [`analyse_file`] of a file that does not say everything: its sampling rate, the time
/// of its first sample, what full scale of a WAV means. What a `study.toml` says of the
/// file goes before the hints.
///
/// # Errors
/// As [`analyse_file`].
pub fn analyse_file_with(
    path: impl AsRef<Path>,
    recipe: &Recipe,
    hints: &Hints,
) -> Result<RecordingFindings> {
    recipe.check()?;
    let path = path.as_ref();
    let (_, mut input) = find_one(path, &Search::default())?;
    ask(hints, &mut input.entry);
    let named = |error: Error| error.renamed(&input.path, path);

    let FileRead { bytes, blake3, understood, .. } =
        open(&input, None, &recipe.contacts).map_err(named)?;
    let nothing =
        RecordingFindings::nothing_yet(&input.recording, &input.file, input.role);
    let (task, title) = (input.task.clone(), input.entry.title.clone());
    let nothing = RecordingFindings { bytes, blake3, task, title, ..nothing };
    let digested = Digested::new(nothing, input.legs);
    understood.and_then(|understood| finish(digested, understood, recipe)).map_err(named)
}

/// A recording of a session that was built in code.
#[derive(Debug, Clone)]
pub struct RoledRecording {
    /// Its name, of which a session has one.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The recording itself.
    pub recording: Recording,
}

/// What a recipe finds in the recordings of one session that were built in code, in the
/// order of their names: trials of maximal contraction are the reference of the tasks, and
/// recordings of rest tell how loud their channels are at rest, as in
/// [`session::run`](crate::session::run).
///
/// # Errors
/// As [`analyse`], of any of the recordings.
pub fn analyse_session(
    recordings: Vec<RoledRecording>,
    recipe: &Recipe,
) -> Result<Vec<RecordingFindings>> {
    recipe.check()?;
    let (at_rest, others): (Vec<_>, Vec<_>) =
        recordings.into_iter().partition(|one| one.role == Role::Rest);
    let all = |recordings: Vec<RoledRecording>, rests: &RestLevels| {
        let digested = recordings.into_iter().map(|one| one.digested(rests, recipe));
        digested.collect::<Result<Vec<Digested>>>()
    };
    let mut digested = all(at_rest, &RestLevels::default())?;
    let rests = rest_levels(&digested);
    digested.extend(all(others, &rests)?);
    Ok(concluded(digested, None, recipe).0)
}

impl RoledRecording {
    fn digested(self, rests: &RestLevels, recipe: &Recipe) -> Result<Digested> {
        let Self { name, role, recording } = self;
        let nothing = RecordingFindings::nothing_yet(&name, &name, role);
        let mut digested = Digested::new(nothing, Legs::default()).knowing(rests.clone());
        let understood = match role {
            Role::Task => Understood::complete(recording, &recipe.contacts),
            _ => Understood { recording, found: Vec::new(), events_left_out: Vec::new() },
        };
        digested.take(understood, recipe, false)?;
        Ok(digested)
    }
}

/// What the study does not say of a file, the hints do.
fn ask(hints: &Hints, entry: &mut RecordingEntry) {
    entry.rate_hz = entry.rate_hz.or(hints.rate);
    entry.start_s = entry.start_s.or(hints.start_s);
    if entry.full_scale.is_none() {
        entry.full_scale.clone_from(&hints.full_scale);
    }
}

fn finish(
    mut digested: Digested,
    understood: Understood,
    recipe: &Recipe,
) -> Result<RecordingFindings> {
    digested.take(understood, recipe, false)?;
    let levels = std::mem::take(&mut digested.levels);
    let references = References::choose(levels, &recipe.normalisation);
    digested.analyse(&references, recipe);
    Ok(digested.findings)
}
