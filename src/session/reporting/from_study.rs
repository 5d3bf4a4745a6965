//! What only the study can tell, in words for sentences.

use crate::recipe::Reference;
use crate::session::electrodes::Electrodes;
use crate::session::head::{Protocol, ProtocolParts, StudyHead, plain};
use crate::session::methods::Ran;
use crate::words::spoken;

/// Something that only the study can tell.
pub(super) struct FromStudy {
    /// What is missing where it is not told.
    pub(super) name: &'static str,
    /// The key that tells it.
    pub(super) key: &'static str,
    /// What was told.
    pub(super) words: Option<String>,
}

/// What the person was to do.
pub(super) struct OfTask {
    pub(super) instructions: FromStudy,
    pub(super) posture: FromStudy,
    pub(super) load: FromStudy,
    /// Only where maximal contractions are the reference.
    pub(super) maximum: Option<FromStudy>,
}

/// What was recorded with.
pub(super) struct OfElectrodes {
    pub(super) kind: FromStudy,
    pub(super) size: FromStudy,
    pub(super) distance: FromStudy,
    pub(super) placement: FromStudy,
    pub(super) skin: FromStudy,
    pub(super) reference: FromStudy,
    pub(super) crosstalk: FromStudy,
    pub(super) amplifier: FromStudy,
    pub(super) filters: FromStudy,
    pub(super) bits: FromStudy,
}

impl OfTask {
    pub(super) fn of(head: &StudyHead, ran: Ran<'_>) -> Self {
        let (sentence, parts) = match &head.protocol {
            Some(Protocol::Words(words)) => {
                (plain(Some(words)), ProtocolParts::default())
            }
            Some(Protocol::Parts(parts)) => (None, parts.clone()),
            None => (None, ProtocolParts::default()),
        };
        let instructions = sentence.or(plain(parts.instructions.as_ref()));
        let maximum = labelled("maximal contractions", parts.maximum.as_ref());
        let maximum = asked("maximal contractions", "protocol.maximum", maximum);
        let rests_on_it =
            ran.is_normalised() && ran.recipe.normalisation.reference == Reference::Mvc;
        Self {
            instructions: asked("instructions", "protocol.instructions", instructions),
            posture: asked("posture", "protocol.posture", posture(&parts)),
            load: asked("load or pace", "protocol.load_kg", load(&parts)),
            maximum: rests_on_it.then_some(maximum),
        }
    }
}

impl OfElectrodes {
    pub(super) fn of(head: &StudyHead) -> Self {
        let told = head.electrodes.clone().unwrap_or_default();
        let words = |name: &'static str, key: &'static str, value: &Option<String>| {
            asked(name, key, labelled(name, value.as_ref()))
        };
        let together = [told.kind.as_ref(), told.material.as_ref()].map(plain);
        let distance = told.distance_mm.map(|mm| format!("{} mm apart", spoken(mm)));
        let bits = told.bits.map(|bits| format!("{bits} bits"));
        Self {
            kind: asked("electrodes", "electrodes.type", joined(together)),
            size: asked("electrode size", "electrodes.size_mm", size(&told)),
            distance: asked("distance", "electrodes.distance_mm", distance),
            placement: words("placement", "electrodes.placement", &told.placement),
            skin: words("skin preparation", "electrodes.skin", &told.skin),
            reference: words(
                "reference electrode",
                "electrodes.reference",
                &told.reference,
            ),
            crosstalk: words(
                "against crosstalk",
                "electrodes.crosstalk",
                &told.crosstalk,
            ),
            amplifier: words("amplifier", "electrodes.amplifier", &told.amplifier),
            filters: words("analogue filters", "electrodes.filters", &told.filters),
            bits: asked("resolution", "electrodes.bits", bits),
        }
    }
}

fn asked(name: &'static str, key: &'static str, words: Option<String>) -> FromStudy {
    FromStudy { name, key, words }
}

/// What somebody wrote behind what it is about.
fn labelled(name: &str, value: Option<&String>) -> Option<String> {
    plain(value).map(|value| format!("{name}: {value}"))
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn size(told: &Electrodes) -> Option<String> {
    let size = told.size_mm.map(|mm| format!("{} mm", spoken(mm)));
    joined([plain(told.shape.as_ref()), size])
}

fn posture(parts: &ProtocolParts) -> Option<String> {
    let angle = |joint: &str, angle: Option<f64>| {
        angle.map(|degrees| format!("{joint} at {}°", spoken(degrees)))
    };
    joined([
        plain(parts.posture.as_ref()),
        angle("knee", parts.knee_deg),
        angle("ankle", parts.ankle_deg),
    ])
}

fn load(parts: &ProtocolParts) -> Option<String> {
    let load = parts.load_kg.map(|kg| format!("load {} kg", spoken(kg)));
    let pace = plain(parts.pace.as_ref()).map(|pace| format!("pace {pace}"));
    joined([load, pace])
}
