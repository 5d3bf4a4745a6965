//! What limits the coherence of a recording, in words.

use super::{ENOUGH_SEGMENTS, MOVEMENT, SpectraPair, of_pair};
use crate::dsp::coherence::Crosstalk;
use crate::outcome::Note;
use crate::words::spoken;

/// Whether one muscle is heard in the channel of another.
pub(super) fn crosstalk(pair: &SpectraPair<'_>) -> Option<Note> {
    let spectra = match &pair.spectra {
        Ok(spectra) => spectra,
        Err(reason) if reason == MOVEMENT => return None,
        Err(reason) => {
            return Some(of_pair(pair, false, format!("no coherence: {reason}.")));
        }
    };
    let found = Crosstalk::measure(&spectra[0]).filter(Crosstalk::is_likely)?;
    Some(of_pair(
        pair,
        true,
        format!(
            "the raw signals are coherent without delay at {} % of the frequencies above \
             60 Hz, which looks like \
             crosstalk: coherence and co-contraction of this pair are too large.",
            spoken(100.0 * found.share_above)
        ),
    ))
}

/// Few segments, and movements.
pub(super) fn limits(pairs: &[SpectraPair<'_>]) -> Vec<Note> {
    if pairs
        .iter()
        .any(|pair| pair.spectra.as_ref().is_err_and(|reason| reason == MOVEMENT))
    {
        return vec![Note::info(format!("No coherence: {MOVEMENT}."))];
    }
    let counts =
        pairs.iter().filter_map(|pair| Some(pair.spectra.as_ref().ok()?[0].segments()));
    let Some(most) = counts.max() else {
        return Vec::new();
    };
    let few = (most < ENOUGH_SEGMENTS).then(|| {
        Note::caution(format!(
            "Coherence rests on {most} segments; {ENOUGH_SEGMENTS} or more are advised, \
             since coherence of few is biased \
             upwards and weak coherence cannot be told from none."
        ))
    });
    let has_cycles = |pair: &&SpectraPair<'_>| {
        pair.one.cycles.as_ref().is_some_and(|course| course.used().next().is_some())
    };
    let movement = pairs.iter().any(|pair| has_cycles(&pair)).then(|| {
        Note::caution(
            "The recording has cycles: coherence over all of it mixes the phases of the \
             movement and the rests between \
             them, and follows the envelope at low frequencies. It is meant for holds.",
        )
    });
    few.into_iter().chain(movement).collect()
}
