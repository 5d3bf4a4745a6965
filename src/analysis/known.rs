//! What a session knows of a channel before its samples are looked at.

use super::active::pieces;
use super::scan::Scan;
use crate::dsp::stats::quantile;
use crate::signal::Event;

/// How much louder than the quiet parts of another recording a recording of rest may be
/// (3.5 dB): the 5th percentile of the root mean squares of 100 ms of noise lies 1 to 3 dB
/// below its level, the more the narrower its band.
const AS_QUIET: f64 = 1.5;

/// What is known of a channel before it is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beforehand<'a> {
    /// The events of its recording, on the recording's own clock.
    pub events: &'a [Event],
    /// Its level at rest, where the session has a recording of rest.
    pub rest: Option<&'a KnownRest>,
    /// Whether its own recording is one of rest, and is judged as such.
    pub at_rest: bool,
}

/// The level of a channel in a recording of rest of its session.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownRest {
    /// The root mean square of the clean signal at rest, in the unit of the channel;
    /// twitches are left out.
    pub rms: f64,
    /// The recording of rest, by its name.
    pub recording: String,
    /// Why it is not taken for the rest of the channel, in words; `None` where it is.
    pub doubt: Option<String>,
}

impl KnownRest {
    /// The level, where nothing speaks against it.
    pub(super) fn believed(&self) -> Option<f64> {
        self.doubt.is_none().then_some(self.rms)
    }

    /// The same, doubted where the channel itself is quieter somewhere: with another gain,
    /// on another day, or with a muscle that did not rest, its level says nothing here.
    pub(super) fn compared_with(&self, scan: &Scan<'_>) -> Self {
        let doubt = match quietest(scan) {
            None => Some("is far louder than all of this recording".to_owned()),
            Some(quietest) if self.rms > AS_QUIET * quietest => Some(format!(
                "is {:.1} times as loud as the quietest parts of this recording",
                self.rms / quietest
            )),
            Some(_) => None,
        };
        Self { doubt: self.doubt.clone().or(doubt), ..self.clone() }
    }
}

/// The 5th percentile of the root mean squares of 100 ms in which anything changes.
fn quietest(scan: &Scan<'_>) -> Option<f64> {
    let levels: Vec<f64> = pieces(scan.trace, scan.floor(), &scan.sounding)
        .into_iter()
        .map(|piece| piece.level)
        .filter(|&level| level > 0.0)
        .collect();
    quantile(&levels, 0.05)
}
