//! The muscle by which a recording is told in one sentence.

use super::Digest;
use crate::dsp::stats::t_quantile;
use crate::outcome::Measure;
use crate::signal::{Muscle, Side};
use crate::words::{capitalised, spoken};

/// The muscle that stands for a recording: soleus where it was recorded, else its nearest
/// neighbour, else the first one; a channel whose muscle is not known stands for itself.
#[derive(Debug, Clone)]
pub(super) struct Leading<'a> {
    /// The first channel of each side.
    channels: Vec<&'a Digest>,
}

impl<'a> Leading<'a> {
    /// Of channels that hold EMG, or of the others where none does: noise may be rest.
    pub(super) fn of(channels: impl IntoIterator<Item = &'a Digest>) -> Option<Self> {
        let channels: Vec<&Digest> = channels.into_iter().collect();
        let is_none = |channel: &&&Digest| channel.no_emg().is_some();
        let first = channels.iter().min_by_key(|channel| {
            (is_none(channel), Muscle::neighbourhood(channel.label.muscle))
        })?;
        let alike = |channel: &&&Digest| is_none(channel) == is_none(&first);
        let usable: Vec<&Digest> = channels.iter().filter(alike).copied().collect();
        let Some(muscle) = first.label.muscle else {
            return Some(Self { channels: vec![first] });
        };
        let mut found: Vec<&Digest> = Vec::new();
        for channel in
            usable.iter().filter(|channel| channel.label.muscle == Some(muscle))
        {
            if found.iter().all(|other| other.label.side != channel.label.side) {
                found.push(channel);
            }
        }
        found.sort_by_key(|channel| channel.label.side);
        Some(Self { channels: found })
    }

    /// "Soleus", or the name of the channel.
    pub(super) fn name(&self) -> String {
        let label = self.channels.first().map(|channel| &channel.label);
        let name = label.map(|label| match label.muscle {
            Some(muscle) => capitalised(muscle.name()),
            None => label.name.clone(),
        });
        name.unwrap_or_default()
    }

    /// Why a measure is missing.
    pub(super) fn reason(&self, rows: &[Measure], name: &str) -> Option<String> {
        let missing = self.rows(rows, name).filter(|(_, row)| row.value.is_none());
        let mut reasons = missing.filter_map(|(_, row)| row.note.as_deref());
        reasons.next().map(str::to_owned)
    }

    /// The values of a measure by side, where they are known.
    pub(super) fn known(&self, rows: &[Measure], name: &str) -> Vec<(Option<Side>, f64)> {
        self.rows(rows, name).filter_map(|(side, row)| Some((side, row.value?))).collect()
    }

    /// The values of a measure by side; `None` where one is missing.
    pub(super) fn values(
        &self,
        rows: &[Measure],
        name: &str,
    ) -> Option<Vec<(Option<Side>, f64)>> {
        Some(self.known(rows, name)).filter(|known| known.len() == self.channels.len())
    }

    /// Whether it has channels of both sides.
    pub(super) fn is_pair(&self) -> bool {
        self.channels.len() > 1
    }

    /// The row of a measure of each channel.
    fn rows<'r>(
        &self,
        rows: &'r [Measure],
        name: &str,
    ) -> impl Iterator<Item = (Option<Side>, &'r Measure)> {
        self.channels.iter().filter_map(move |channel| {
            let label = &channel.label;
            let row = rows.iter().find(|row| {
                row.name == name && row.channel.as_deref() == Some(label.name.as_str())
            })?;
            Some((label.side, row))
        })
    }
}

/// One number where all read alike, else one a side: "8", "8 left, 9 right".
pub(super) fn by_side(values: &[(Option<Side>, f64)], unit: &str) -> String {
    let text = |value: f64| format!("{}{unit}", spoken(value));
    let texts: Vec<String> = values.iter().map(|(_, value)| text(*value)).collect();
    match &texts[..] {
        [] => String::new(),
        [first, rest @ ..] if rest.iter().all(|text| text == first) => first.clone(),
        _ => {
            let sided = values.iter().zip(&texts).map(|((side, _), text)| match side {
                Some(side) => format!("{text} {}", side.word()),
                None => format!("{text} of no known side"),
            });
            sided.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The degrees of freedom by which intervals are made wider for several tests: the fewest
/// on which they usually rest.
const FREEDOM: f64 = 10.0;

/// An interval about a value as wide as it has to be where so many are judged at once
/// (Bonferroni; Dunn 1961): at most 5 of 100
/// recordings have one that misses.
pub(super) fn of_several(
    value: f64,
    (low, high): (f64, f64),
    count: usize,
) -> (f64, f64) {
    let tail = 0.025 / count.max(1) as f64;
    let wider = t_quantile(1.0 - tail, FREEDOM).zip(t_quantile(0.975, FREEDOM));
    let wider = wider.map_or(1.0, |(wide, usual)| wide / usual);
    (value - wider * (value - low), value + wider * (high - value))
}

/// "soleus, gastrocnemius medialis and tibialis anterior".
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
