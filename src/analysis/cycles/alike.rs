//! How alike neighbouring cycles are, in all channels of a recording together.

use super::super::Digest;
use super::{BurstTiming, Cycle, CycleCourse, CycleState, timings};
use crate::dsp::dependence::Dependence;
use crate::words::spoken;

/// From this correlation on it is told.
const TOLD: f64 = 0.1;

/// The cycles of all channels, from which it is known how alike neighbours are: one
/// channel has too few.
pub(super) struct AlikeCycles<'a> {
    channels: Vec<(&'a CycleCourse, Vec<Option<BurstTiming>>)>,
}

impl<'a> AlikeCycles<'a> {
    pub(super) fn new(courses: &[(&'a Digest, &'a CycleCourse)]) -> Self {
        let sound = courses.iter().filter(|(channel, _)| channel.no_emg().is_none());
        let channels = sound
            .map(|(channel, course)| (*course, timings(channel, course.cycles.iter())));
        Self { channels: channels.collect() }
    }

    /// In a value of cycles.
    pub(super) fn in_value(&self, of: impl Fn(&Cycle) -> Option<f64>) -> Dependence {
        self.pooled(|cycle, _| of(cycle))
    }

    /// In a value of their bursts.
    pub(super) fn in_bursts(&self, of: impl Fn(&BurstTiming) -> f64) -> Dependence {
        self.pooled(|_, burst| burst.map(&of))
    }

    fn pooled(
        &self,
        of: impl Fn(&Cycle, Option<&BurstTiming>) -> Option<f64>,
    ) -> Dependence {
        let series = self.channels.iter().map(|(course, bursts)| -> Vec<f64> {
            let value = |(cycle, burst): (&Cycle, &Option<BurstTiming>)| {
                let used = cycle.state == CycleState::Used;
                of(cycle, burst.as_ref()).filter(|_| used).unwrap_or(f64::NAN)
            };
            course.cycles.iter().zip(bursts).map(value).collect()
        });
        Dependence::pooled(&series.collect::<Vec<_>>())
    }

    /// In the curves of the cycles.
    pub(super) fn in_curves(&self) -> Dependence {
        Dependence::joined(self.channels.iter().map(|(course, _)| {
            let used: Vec<&Cycle> = course.used().collect();
            Dependence::of_curves(&course.curves(), |at| super::follows(&used, at))
        }))
    }
}

/// What an interval of so many cycles took into account, or why there is none.
pub(super) fn words(
    alike: Dependence,
    count: usize,
    interval: Option<(f64, f64)>,
) -> Option<String> {
    let (r, effective) = (alike.correlation(), alike.effective(count));
    let alike = format!(
        "neighbouring cycles are alike (correlation {}), so that {count} count for \
         {effective:.1}",
        spoken(r)
    );
    match interval {
        _ if r <= TOLD => None,
        Some(_) => Some(alike),
        None => Some(format!("no interval: {alike}")),
    }
}
