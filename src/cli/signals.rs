//! `soleus signals`: the processed signal itself, as CSV, Parquet or WAV.

use std::path::Path;
use std::process::ExitCode;

use super::args::{Origin, SignalStage, Signals};
use super::piped::Piped;
use super::read_recipe;
use crate::batch::write_whole;
use crate::error::{Error, ErrorKind, Result};
use crate::files;
use crate::load;
use crate::session::{self, RecordingInput, Request, SessionInput, Sharing};
use crate::signal::Trace;
use crate::table::{self, SignalColumn};
use crate::units::Unit;

pub(super) fn run(arguments: &Signals) -> Result<ExitCode> {
    let (recipe, _) = read_recipe(&arguments.processing)?;
    let format = SignalFormat::by_extension(&arguments.out)?;
    let piped = Piped::take(&arguments.file)?;
    let file = piped.as_ref().map_or(arguments.file.as_path(), |piped| &piped.path);
    let named = |error: Error| error.renamed(file, &arguments.file);
    let (session, recording) = find(file, &arguments.origin).map_err(named)?;
    refuse_to_overwrite(&recording.path, &arguments.out, &format)?;
    let request = Request {
        recipe: &recipe,
        rate: arguments.origin.rate,
        finished: &|_| {},
        stops: &|| false,
        traces: None,
        sharing: Sharing::Alone,
    };
    let references = match arguments.stage {
        SignalStage::Activation => session::references(&session, &request),
        _ => session::References::default(),
    };
    let traces = session::traces(&recording, &references, &request).map_err(named)?;
    let traces = chosen(traces, &arguments.channels)?;
    let columns = columns(&traces, arguments.stage)?;
    let bytes = format.encode(arguments.stage, &traces[0], &columns)?;
    write_whole(&arguments.out, &bytes)?;
    let samples = columns.iter().map(|column| column.samples.len()).max().unwrap_or(0);
    tell!(
        "wrote {} channels × {samples} samples ({}) at {} to {}",
        columns.len(),
        arguments.stage.word(),
        traces[0].rate,
        arguments.out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The recording is never overwritten, nor is what somebody else wrote.
fn refuse_to_overwrite(
    recording: &Path,
    out: &Path,
    format: &SignalFormat,
) -> Result<()> {
    if out.symlink_metadata().is_err() {
        return Ok(());
    }
    let refused = |what: &str| {
        Err(Error::new(ErrorKind::Arguments, format!("{} is {what}", out.display()))
            .with_hint("name another file, or move that one away"))
    };
    match files::place(recording) == files::place(out) {
        true => refused("the recording itself"),
        false if !format.has_written(out) => {
            refused("there, and soleus did not write it")
        }
        false => Ok(()),
    }
}

/// The recording and the session it belongs to: its folder, since MVC trials may lie
/// beside it.
fn find(file: &Path, origin: &Origin) -> Result<(SessionInput, RecordingInput)> {
    let search = origin.search(None);
    let (alone, recording) = session::find_one(file, &search)?;
    let folder = recording.path.parent().unwrap_or(Path::new(".")).to_path_buf();
    let beside = session::find(&[folder], &search).ok().and_then(|manifest| {
        let holds = |session: &SessionInput| {
            session.recordings.iter().any(|other| other.path == recording.path)
        };
        manifest.sessions.into_iter().find(holds)
    });
    Ok((beside.unwrap_or(alone), recording))
}

/// The channels asked for, all of one rate.
fn chosen(traces: Vec<Trace>, names: &[String]) -> Result<Vec<Trace>> {
    let known: Vec<String> = traces
        .iter()
        .map(|trace| format!("\"{}\" ({})", trace.label.name, trace.rate))
        .collect();
    let unknown =
        |name: &&String| !traces.iter().any(|trace| trace.label.name == name.trim());
    if let Some(name) = names.iter().find(unknown) {
        return Err(Error::new(
            ErrorKind::Arguments,
            format!("--channels: there is no EMG channel \"{name}\""),
        )
        .with_hint(format!("the EMG channels are {}", known.join(", "))));
    }
    let asked = |trace: &Trace| {
        names.is_empty() || names.iter().any(|name| name.trim() == trace.label.name)
    };
    let traces: Vec<Trace> = traces.into_iter().filter(asked).collect();
    if traces
        .iter()
        .any(|trace| trace.rate != traces[0].rate || trace.start_s != traces[0].start_s)
    {
        return Err(Error::new(
            ErrorKind::Arguments,
            "the EMG channels of this file have several rates",
        )
        .with_hint(format!(
            "choose channels of one rate with --channels; there are {}",
            known.join(", ")
        )));
    }
    Ok(traces)
}

fn columns(traces: &[Trace], stage: SignalStage) -> Result<Vec<SignalColumn<'_>>> {
    traces.iter().map(|trace| column(trace, stage)).collect()
}

fn column(trace: &Trace, stage: SignalStage) -> Result<SignalColumn<'_>> {
    let name = &trace.label.name;
    let (samples, unit) = match stage {
        SignalStage::Raw => (&trace.raw, trace.unit.clone()),
        SignalStage::Clean => (&trace.clean, trace.unit.clone()),
        SignalStage::Envelope => (&trace.envelope, trace.unit.clone()),
        SignalStage::Activation => {
            let activation = trace.activation.as_ref();
            (activation.ok_or_else(|| without_reference(name))?, Unit::PERCENT)
        }
    };
    Ok(SignalColumn { name, unit, samples })
}

fn without_reference(name: &str) -> Error {
    let message = format!("channel \"{name}\" has no reference, so it has no activation");
    Error::new(ErrorKind::Process, message).with_hint(
        "put an MVC trial beside the recording (role mvc), or use --set \
         normalisation.reference=peak",
    )
}

/// How signals are written.
enum SignalFormat {
    Csv,
    Parquet,
    Wav,
}

impl SignalFormat {
    fn by_extension(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            Some("wav") => Ok(Self::Wav),
            _ => Err(Error::new(
                ErrorKind::Arguments,
                format!("cannot tell the format of {}", path.display()),
            )
            .with_hint("let the name end in .csv, .parquet or .wav")),
        }
    }

    /// Whether a file is one that we wrote.
    fn has_written(&self, path: &Path) -> bool {
        let head = files::head(path, 1 << 20).unwrap_or_default();
        let holds = |bytes: &[u8], mark: &[u8]| {
            bytes.windows(mark.len()).any(|here| here == mark)
        };
        match self {
            Self::Csv => table::is_signals_csv(&head),
            Self::Wav => load::is_written_wav(&head),
            Self::Parquet => {
                let tail = files::tail(path, 1 << 16).unwrap_or_default();
                head.starts_with(b"PAR1") && holds(&tail, b"rate_hz:time_s")
            }
        }
    }

    fn encode(
        &self,
        stage: SignalStage,
        clock: &Trace,
        columns: &[SignalColumn<'_>],
    ) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match self {
            Self::Csv => table::signals_csv(clock, columns, &mut bytes)
                .map_err(|error| unwritable(error.to_string()))?,
            Self::Parquet => bytes = parquet(stage, clock, columns)?,
            Self::Wav => {
                let channels: Vec<_> =
                    columns.iter().map(|column| (column.name, column.samples)).collect();
                load::write_wav(&mut bytes, clock.rate, &channels)?;
            }
        }
        Ok(bytes)
    }
}

#[cfg(feature = "tables")]
fn parquet(
    stage: SignalStage,
    clock: &Trace,
    columns: &[SignalColumn<'_>],
) -> Result<Vec<u8>> {
    table::signals_parquet(stage.word(), clock, columns)
        .map_err(|error| unwritable(error.to_string()))
}

#[cfg(not(feature = "tables"))]
fn parquet(stage: SignalStage, _: &Trace, _: &[SignalColumn<'_>]) -> Result<Vec<u8>> {
    Err(unwritable(format!("this build writes no Parquet ({} stage)", stage.word()))
        .with_hint("build with the feature `tables`, or write .csv"))
}

fn unwritable(reason: String) -> Error {
    Error::new(ErrorKind::Write, format!("cannot make the table of signals: {reason}"))
}
