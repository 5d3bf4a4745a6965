//! The cycles of a leg by the rhythm of one of its muscles, from one rise to the next.

use super::super::Digest;
use super::super::bursts::Series;
use super::{CycleOrigin, CycleSource, Cycles, Stride, Strides};
use crate::dsp::stats::{coefficient_of_variation, median};
use crate::outcome::Verdict;
use crate::signal::Muscle;

/// Cycles from the rhythm of a muscle: how many at least, how long, and how much their
/// durations may vary, in per cent.
const FEWEST_RISES: usize = 3;
const PERIODS_S: (f64, f64) = (0.4, 10.0);
const MOST_VARIED: f64 = 30.0;
/// The largest share of the top that the base may have, so that a rise is one.
const LARGEST_BASE: f64 = 0.5;

impl Cycles {
    /// Whether cycles may be taken from the rhythm of a muscle.
    pub(super) fn takes_rhythm(&self) -> bool {
        self.from != CycleSource::Events
    }
}

impl Strides {
    /// The cycles of a leg from the rhythm of one of its muscles, from one rise of its
    /// slow envelope to the next.
    pub(super) fn from_rhythm(settings: &Cycles, channels: &[&Digest]) -> Option<Self> {
        let reason =
            |channel: &&Digest| channel.cycles.as_ref()?.strides.as_ref().err().cloned();
        let instead_of = channels.iter().find_map(reason);
        let mut candidates: Vec<&&Digest> =
            channels.iter().filter(|channel| is_sound(channel)).collect();
        candidates.sort_by_key(|channel| rank(channel.label.muscle));
        let (channel, series) = candidates.into_iter().find_map(|channel| {
            let series = channel.bursts.as_ref()?.series.as_ref()?;
            is_rhythm(series, &series.periods_s(channel.rate))
                .then_some((channel, series))
        })?;
        let time_s = |sample: usize| channel.start_s + channel.rate.seconds(sample);
        let rises: Vec<f64> =
            series.repetitions.iter().map(|one| time_s(one.on)).collect();
        let stride = |pair: &[f64]| Stride {
            from_s: pair[0],
            to_s: pair[1],
            liftoff_s: None,
            odd: false,
        };
        let origin = CycleOrigin::Rhythm {
            channel: channel.label.name.clone(),
            muscle: channel.label.muscle,
        };
        let strides = Self {
            origin,
            strides: rises.windows(2).map(stride).collect(),
            instead_of,
            sided: true,
            doubled: 0,
        };
        Some(strides.told_apart(settings.most_deviant))
    }
}

/// The muscles whose rhythm is taken, the first one first.
fn rank(muscle: Option<Muscle>) -> usize {
    match muscle {
        Some(Muscle::Soleus) => 0,
        Some(muscle) if muscle.is_gastrocnemius() => 1,
        Some(Muscle::TibialisAnterior) => 3,
        Some(_) => 4,
        None => 5,
    }
}

fn is_sound(channel: &Digest) -> bool {
    channel.no_emg().is_none() && channel.quality.assessment.verdict != Verdict::Bad
}

fn is_rhythm(series: &Series, periods_s: &[f64]) -> bool {
    let period = median(periods_s).unwrap_or(0.0);
    series.repetitions.len() >= FEWEST_RISES
        && series.levels.base <= LARGEST_BASE * series.levels.top
        && (PERIODS_S.0..=PERIODS_S.1).contains(&period)
        && coefficient_of_variation(periods_s).is_none_or(|varied| varied <= MOST_VARIED)
}
