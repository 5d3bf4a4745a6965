//! Intermuscular coherence: what two muscles are driven by in common, frequency by
//! frequency.
//!
//! Soleus is compared with soleus of the other leg, with gastrocnemius and with tibialis
//! anterior of its own. Spectra are those of disjoint segments of `clean`, as it is (raw)
//! and rectified: rectified signals follow the drive of the motor neurons more closely,
//! raw ones show crosstalk. Coherence that is flat up to high frequencies and without
//! delay is most likely one muscle heard in the channel of the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pairs::channel;
use super::scan::Scan;
use super::{Analysis, AtHand, Digest, Digests, Ground};
use crate::dsp::coherence::{CrossSpectrum, Grid, SegmentSpectra};
use crate::dsp::spectrum::Window;
use crate::outcome::fact::Fact;
use crate::outcome::{Note, Outcome, PairSpectrum, Section};
use crate::signal::{Kind, Label, Muscle, Side};

mod facts;
mod figures;
mod notes;
mod rows;

pub use facts::{MEASURES, SECTION};
/// The settings of the coherence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Coherence {
    /// The segments in seconds: about 1 s for a hold, 0.5 to 1 s within phases of a
    /// movement.
    #[schemars(range(min = 0.25, max = 10.0), extend("unit" = "s"))]
    pub segment_s: f64,
    /// The probability with which independent signals exceed the limit at a frequency.
    #[schemars(range(min = 0.0001, max = 0.5))]
    pub alpha: f64,
    /// Whether recordings with cycles are looked at as well. Their segments hold other
    /// phases of the movement each, so that limits and intervals, which need segments
    /// that are alike, do not hold.
    pub movements: bool,
}

impl Default for Coherence {
    fn default() -> Self {
        Self { segment_s: 1.0, alpha: 0.05, movements: false }
    }
}

/// The highest frequency of raw signals, in hertz: crosstalk shows above 60 Hz.
const HIGHEST_RAW_HZ: f64 = 250.0;
/// The highest frequency of rectified signals, in hertz.
const HIGHEST_RECTIFIED_HZ: f64 = 100.0;
/// The lowest frequency that tells how much power a segment has, in hertz: that of the
/// first band.
const LOWEST_HZ: f64 = 8.0;
/// The fewest segments of which anything is said.
const FEWEST_SEGMENTS: usize = 10;
/// From so many segments on coherence is known well. (methods §19)
const ENOUGH_SEGMENTS: usize = 60;

/// What is left out at the ends of the recording and beside gaps, in seconds. There the
/// filters have to guess what was before, and what they guess is alike in all channels:
/// below the band it is most of what is left, and independent channels had coherences of
/// 0.4 and more from 8 to 20 Hz.
const SETTLING_S: f64 = 0.5;

/// Why a recording with cycles has no coherence.
const MOVEMENT: &str = "the recording has cycles, whose phases coherence would mix \
                        (the recipe can have it \
                        computed all the same)";

/// The spectra of the segments of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmented {
    raw: SegmentSpectra,
    rectified: SegmentSpectra,
}

/// How the signals of a pair are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Raw,
    Rectified,
}

impl Taken {
    const ALL: [Self; 2] = [Self::Raw, Self::Rectified];

    /// What the name of a measure ends with.
    fn word(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Rectified => "rectified",
        }
    }
}

/// Two channels, and their cross spectra in the order of [`Taken::ALL`]; or why there are
/// none.
struct SpectraPair<'a> {
    one: &'a Digest,
    other: &'a Digest,
    spectra: std::result::Result<[CrossSpectrum; 2], String>,
}

impl Coherence {
    /// The segments of a channel that is compared with others; `None` of other muscles.
    fn segmented(&self, scan: &Scan<'_>) -> Option<Segmented> {
        let trace = scan.trace;
        if scan.silent || !is_compared(&trace.label) {
            return None;
        }
        let grid = |highest_hz: f64| Grid {
            length: trace.rate.samples(self.segment_s).max(2),
            rate_hz: trace.rate.hz(),
            window: Window::Hann,
            highest_hz: highest_hz.min(trace.rate.nyquist()),
        };
        let clean = settled(scan);
        let rectified: Vec<f64> = clean.iter().map(|sample| sample.abs()).collect();
        Some(Segmented {
            raw: SegmentSpectra::cut(&clean, grid(HIGHEST_RAW_HZ)),
            rectified: SegmentSpectra::cut(&rectified, grid(HIGHEST_RECTIFIED_HZ)),
        })
    }
}

/// The samples of a channel without those at which its filters settle.
fn settled(scan: &Scan<'_>) -> Vec<f64> {
    let (clean, margin) = (&scan.trace.clean, scan.trace.rate.samples(SETTLING_S));
    let mut settled = vec![f64::NAN; clean.len()];
    for stretch in &scan.clean_stretches {
        let inside = stretch.start + margin..stretch.end.saturating_sub(margin);
        if !inside.is_empty() {
            settled[inside.clone()].copy_from_slice(&clean[inside]);
        }
    }
    settled
}

fn is_compared(label: &Label) -> bool {
    let muscle = label
        .muscle
        .is_some_and(|muscle| muscle.is_calf() || muscle == Muscle::TibialisAnterior);
    muscle && label.kind == Kind::Emg
}

/// The pairs of a recording: left and right soleus, then soleus with the other muscles of
/// each leg.
fn pairs(channels: &[Digest], movements: bool) -> Vec<SpectraPair<'_>> {
    let legs = [Some(Side::Left), Some(Side::Right), None];
    let others = [
        Muscle::GastrocnemiusMedialis,
        Muscle::GastrocnemiusLateralis,
        Muscle::Gastrocnemius,
        Muscle::TibialisAnterior,
    ];
    let soleus = |side| channel(channels, Muscle::Soleus, side);
    let both_legs = soleus(legs[0]).zip(soleus(legs[1]));
    let of_leg = legs.into_iter().flat_map(|side| others.map(|muscle| (side, muscle)));
    let of_leg = of_leg
        .filter_map(|(side, muscle)| soleus(side).zip(channel(channels, muscle, side)));
    both_legs
        .into_iter()
        .chain(of_leg)
        .map(|(one, other)| SpectraPair {
            one,
            other,
            spectra: spectra(one, other, movements),
        })
        .collect()
}

fn spectra(
    one: &Digest,
    other: &Digest,
    movements: bool,
) -> std::result::Result<[CrossSpectrum; 2], String> {
    for channel in [one, other] {
        if let Some(reason) = channel.no_emg() {
            return Err(format!("{}: {reason}", channel.label.name));
        }
    }
    let has_cycles = |channel: &&Digest| {
        channel.cycles.as_ref().is_some_and(|course| course.used().next().is_some())
    };
    if !movements && [one, other].iter().any(has_cycles) {
        return Err(MOVEMENT.into());
    }
    if one.rate != other.rate
        || (one.start_s - other.start_s).abs() * one.rate.hz() >= 0.5
    {
        return Err(format!(
            "the channels have different sampling rates or clocks, {} and {}",
            one.rate, other.rate
        ));
    }
    let none = || "the channels share no segment without a gap".to_owned();
    let (a, b) = one
        .parts
        .coherence
        .as_ref()
        .zip(other.parts.coherence.as_ref())
        .ok_or_else(none)?;
    let raw = CrossSpectrum::from_segments(&a.raw, &b.raw).ok_or_else(none)?;
    let rectified =
        CrossSpectrum::from_segments(&a.rectified, &b.rectified).ok_or_else(none)?;
    match raw.segments() {
        count if count < FEWEST_SEGMENTS => Err(format!(
            "{count} segments, fewer than {FEWEST_SEGMENTS}, without {SETTLING_S} s \
                 at the ends and beside gaps, where the filters settle"
        )),
        _ => {
            let worth = [(&a.raw, &b.raw), (&a.rectified, &b.rectified)]
                .map(|(one, other)| one.worth_with(other, LOWEST_HZ, f64::INFINITY));
            Ok([raw.normalised().worth(worth[0]), rectified.normalised().worth(worth[1])])
        }
    }
}

impl Analysis for Coherence {
    type Part = Segmented;

    fn name(&self) -> &'static str {
        "coherence"
    }

    fn measures(&self) -> &'static [Fact] {
        MEASURES
    }

    fn section(&self) -> Option<Section> {
        Some(SECTION)
    }

    fn stands_on(&self) -> &'static [Ground] {
        &[Ground::Cycles]
    }

    fn part(&self, at_hand: &AtHand<'_>) -> Option<Segmented> {
        self.segmented(&at_hand.scan)
    }

    fn run(&self, recording: &Digests<'_>) -> Outcome {
        let mut outcome = Outcome::new("coherence");
        let pairs = pairs(recording.channels, self.movements);
        for pair in &pairs {
            outcome.measures.extend(rows::measures(pair, self.alpha));
            outcome.notes.extend(notes::crosstalk(pair));
            outcome.spectra.extend(pair.kept());
            outcome.figures.extend(figures::coherence(pair, self.alpha));
            outcome.figures.extend(figures::cumulant(pair));
        }
        outcome.notes.extend(notes::limits(&pairs));
        outcome
    }

    fn in_short(&self) -> String {
        let of = self.segment_s;
        format!("intermuscular coherence (segments of {of} s; Rosenberg et al. 1989)")
    }

    fn describe(&self) -> String {
        let Self { segment_s, alpha, .. } = self;
        format!(
            "Coherence of pairs of muscles was estimated from disjoint Hann-windowed \
             segments of {segment_s} s of the \
             filtered signals, as they were and rectified (Rosenberg et al. 1989; \
             Halliday et al. 1995), without {SETTLING_S} s at the ends and beside gaps, \
             where the filters settle, with the limit \
             1 − α^(1/(L − 1)) of L segments at α = {alpha}, and for the highest of m \
             frequencies 1 − (1 − (1 − α)^(1/m))^(1/(L − 1)); bands are means of the \
             transformed coherence, corrected for \
             their bias. Delays are slopes of the phase from 15 to 35 Hz, and the \
             cumulant density is that of the kept \
             frequencies; several recordings are pooled as Amjad et al. (1997) do."
        )
    }
}

impl SpectraPair<'_> {
    fn name(&self) -> String {
        format!("{} ~ {}", self.one.label.name, self.other.label.name)
    }

    /// The spectra for pooling with other recordings, up to 100 Hz.
    fn kept(&self) -> Vec<PairSpectrum> {
        let Ok(spectra) = &self.spectra else {
            return Vec::new();
        };
        let kept = |(taken, spectrum): (Taken, &CrossSpectrum)| {
            let bins = spectrum.grid().band(0.0, HIGHEST_RECTIFIED_HZ).end;
            let (first, second) = spectrum.powers();
            PairSpectrum {
                channel: self.name(),
                muscles: [self.one.label.muscle, self.other.label.muscle],
                sides: [self.one.label.side, self.other.label.side],
                taken: taken.word().into(),
                rate_hz: spectrum.grid().rate_hz,
                length: spectrum.grid().length,
                segments: spectrum.segments(),
                independent: spectrum.independent(),
                first: first[..bins].to_vec(),
                second: second[..bins].to_vec(),
                cross: spectrum.cross()[..bins]
                    .iter()
                    .map(|value| [value.re, value.im])
                    .collect(),
            }
        };
        Taken::ALL.into_iter().zip(spectra).map(kept).collect()
    }
}

/// A caution or hint that belongs to a pair.
fn of_pair(pair: &SpectraPair<'_>, caution: bool, text: String) -> Note {
    let text = format!("{}: {text}", pair.name());
    if caution { Note::caution(text) } else { Note::info(text) }
}
