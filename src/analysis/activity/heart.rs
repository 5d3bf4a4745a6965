//! What is said of the beats of a heart.

use super::HeartBeats;
use crate::words::spoken;

/// Which beats of a heart are no bursts.
pub(super) fn without_beats(heart: &HeartBeats) -> String {
    format!(
        "without {} short pulses of one shape, {} a minute, as a heart makes them",
        heart.places.len(),
        spoken(heart.per_minute)
    )
}
