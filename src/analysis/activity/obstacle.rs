//! Why a channel has no bursts, in words.

use super::super::Digest;
use super::super::quality::{Fault, SILENT};
use super::Bursts;
use crate::onset::Dropped;
use crate::outcome::Text;
use crate::words::percent;

const NO_STRETCH: &str = "no samples, or no stretch between gaps that is long enough";
const NO_REST: &str = "no rest was found that activity could be told from";
const ONLY_BEATS: &str =
    "nothing but the beats of a heart stands out of the rest of the recording";
const NOTHING: &str = "nothing stands out of the rest of the recording, so that it may be rest or activity \
     throughout: a recording of rest in the session would tell";

/// Where so much is flat, rest may be: steps of a converter that are wider than noise.
const MOSTLY_FLAT: f64 = 0.1;

/// Why bursts cannot be found in a channel, where that is so.
pub(super) fn obstacle(channel: &Digest, bursts: &Bursts) -> Option<Text> {
    if channel.silent {
        return Some(SILENT.into());
    }
    if bursts.stretches.is_empty() {
        return Some(NO_STRETCH.into());
    }
    // What rest is, may be known from elsewhere: no burst is none then.
    let is_known = bursts.rest.is_some() && bursts.known_rest.is_some();
    if !bursts.bursts.is_empty() || is_known {
        return None;
    }
    if let Some(reason) = dropped(bursts).or_else(|| no_emg(channel)) {
        return Some(reason.into());
    }
    let flat = channel.quality.assessment.flat_share;
    if flat > MOSTLY_FLAT {
        let text = format!(
            "nothing stands out of what is left without flat stretches, which hold {} % of \
             the samples",
            percent(flat)
        );
        return Some(text.into());
    }
    let reason = match (&bursts.rest, &bursts.heart) {
        (None, _) => NO_REST,
        (Some(_), Some(_)) => ONLY_BEATS,
        (Some(_), None) => NOTHING,
    };
    Some(reason.into())
}

/// That a channel holds something else than a muscle; one that holds nothing but noise may
/// be at rest.
fn no_emg(channel: &Digest) -> Option<String> {
    let hides_muscle = |fault: Fault| {
        fault.is_no_emg() && !matches!(fault, Fault::NoiseOnly | Fault::NoActivity)
    };
    let mut reasons = channel.quality.assessment.reasons.iter();
    let reason = reasons.find(|reason| hides_muscle(reason.fault))?;
    Some(reason.text.clone())
}

/// What the settings left out where no bursts are left, where there was something.
pub(super) fn dropped(bursts: &Bursts) -> Option<String> {
    bursts.dropped.as_ref().and_then(Dropped::describe)
}
