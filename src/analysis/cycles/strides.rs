//! Where the cycles of a leg lie: from event to event, or from one rise of a muscle to
//! the next.

use super::{CycleOrigin, Cycles};
use crate::dsp::stats::median;
use crate::signal::{Event, Mark, Side};

/// From the beginning of a cycle to that of the next one, in seconds of the recording's
/// own clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stride {
    /// Its beginning.
    pub from_s: f64,
    /// The beginning of the next one.
    pub to_s: f64,
    /// When the foot left the ground, where that is known.
    pub liftoff_s: Option<f64>,
    /// Whether its duration is unlike that of the others.
    pub odd: bool,
}

/// The cycles of a leg.
#[derive(Debug, Clone, PartialEq)]
pub struct Strides {
    /// What they were taken from.
    pub origin: CycleOrigin,
    /// The cycles in order.
    pub strides: Vec<Stride>,
    /// Why events were not used, of cycles from a rhythm.
    pub instead_of: Option<String>,
    /// Whether every event says of which leg it is.
    pub sided: bool,
    /// How many events lay so close behind another one that both were taken as one.
    pub doubled: usize,
}

/// Why there are no cycles where there are no events.
pub(super) const NO_EVENTS: &str = "there are no events";
/// Events closer to the one before are the same one, told twice, in seconds: no foot
/// steps that fast.
const SAME_S: f64 = 0.15;
/// Durations are called odd where at least so many can be compared.
const FEWEST_FOR_ODD: usize = 4;
/// They may deviate by this share of the median at least, however regular the others are.
const LEAST_DEVIATION: f64 = 0.05;
impl Stride {
    /// Its duration in seconds.
    pub fn duration_s(&self) -> f64 {
        self.to_s - self.from_s
    }

    /// Where in the cycle a time lies, in per cent; below 0 before it and above 100 after
    /// it.
    pub fn percent(&self, time_s: f64) -> f64 {
        100.0 * (time_s - self.from_s) / self.duration_s()
    }

    /// The share of stance, in per cent, where the lift-off is known.
    pub fn stance_percent(&self) -> Option<f64> {
        self.liftoff_s.map(|time_s| self.percent(time_s))
    }
}

impl Strides {
    /// The cycles between the events of a leg, or why there are none. Without a side a
    /// channel has the events that name none, or those of the one leg that has any.
    pub(super) fn from_events(
        settings: &Cycles,
        events: &[Event],
        side: Option<Side>,
    ) -> Result<Self, String> {
        if settings.of_both_legs(events) && side.is_none() {
            return Err(
                "the events are those of both legs, and the side of the channel is not known"
                    .into(),
            );
        }
        let (starts, doubled) = times(events, side, |event| settings.begins(event));
        let (liftoffs, _) = times(events, side, |event| settings.parts(event));
        if starts.len() < 2 {
            return Err(settings.why_none(events, side, starts.len()));
        }
        let stride = |pair: &[f64]| {
            let (from_s, to_s) = (pair[0], pair[1]);
            let liftoff_s = liftoffs
                .get(liftoffs.partition_point(|&time_s| time_s <= from_s))
                .copied();
            Stride {
                from_s,
                to_s,
                liftoff_s: liftoff_s.filter(|&time_s| time_s < to_s),
                odd: false,
            }
        };
        let sided = events
            .iter()
            .filter(|event| settings.begins(event))
            .all(|event| event.leg().is_some());
        let label = settings.start.clone().unwrap_or_else(|| "touchdown".into());
        let strides = starts.windows(2).map(stride).collect();
        let strides = Self {
            origin: CycleOrigin::Events(label),
            strides,
            instead_of: None,
            sided,
            doubled,
        };
        Ok(strides.told_apart(settings.most_deviant))
    }

    /// Marks the cycles whose duration lies further from the median than so many median
    /// absolute deviations (scaled to the standard deviation of a normal distribution).
    pub(super) fn told_apart(mut self, most_deviant: f64) -> Self {
        let durations: Vec<f64> = self.strides.iter().map(Stride::duration_s).collect();
        let Some(middle) =
            median(&durations).filter(|_| durations.len() >= FEWEST_FOR_ODD)
        else {
            return self;
        };
        let apart = |duration: &f64| (duration - middle).abs();
        let spread =
            median(&durations.iter().map(apart).collect::<Vec<_>>()).unwrap_or(0.0);
        let limit = (most_deviant * 1.4826 * spread).max(LEAST_DEVIATION * middle);
        self.strides
            .iter_mut()
            .for_each(|stride| stride.odd = apart(&stride.duration_s()) > limit);
        self
    }
}

/// The times of the events of a leg that are wanted, in order; and how many more there
/// were that lie within [`SAME_S`] after another one.
fn times(
    events: &[Event],
    side: Option<Side>,
    wanted: impl Fn(&&Event) -> bool,
) -> (Vec<f64>, usize) {
    let mine =
        |event: &&Event| event.leg().is_none() || side.is_none() || event.leg() == side;
    let mut times: Vec<f64> =
        events.iter().filter(mine).filter(wanted).map(|event| event.time_s).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let count = times.len();
    times.dedup_by(|next, kept| *next - *kept < SAME_S);
    let doubled = count - times.len();
    (times, doubled)
}

impl Cycles {
    /// Whether a cycle begins at an event.
    pub(super) fn begins(&self, event: &Event) -> bool {
        match &self.start {
            Some(label) => event.is_labelled(label),
            None => event.mark() == Some(Mark::Touchdown),
        }
    }

    /// Whether an event parts a cycle.
    fn parts(&self, event: &Event) -> bool {
        match &self.part {
            Some(label) => event.is_labelled(label),
            None => event.mark() == Some(Mark::Liftoff),
        }
    }

    /// Whether there are touchdowns of both legs.
    fn of_both_legs(&self, events: &[Event]) -> bool {
        let has = |side: Side| {
            events.iter().any(|event| self.begins(event) && event.leg() == Some(side))
        };
        has(Side::Left) && has(Side::Right)
    }

    /// From each touchdown of a leg to the lift-off after it, in seconds; nothing where
    /// it is not known which leg's.
    pub(super) fn stances_s(
        &self,
        events: &[Event],
        side: Option<Side>,
    ) -> Vec<(f64, f64)> {
        if self.of_both_legs(events) && side.is_none() {
            return Vec::new();
        }
        let (starts, _) = times(events, side, |event| self.begins(event));
        let (liftoffs, _) = times(events, side, |event| self.parts(event));
        let next = starts.iter().skip(1).copied().chain([f64::INFINITY]);
        let end = |(&from_s, next_s): (&f64, f64)| {
            let to_s =
                *liftoffs.get(liftoffs.partition_point(|&time_s| time_s <= from_s))?;
            (to_s < next_s).then_some((from_s, to_s))
        };
        starts.iter().zip(next).filter_map(end).collect()
    }

    /// Why the events of a leg make no cycle.
    fn why_none(&self, events: &[Event], side: Option<Side>, starts: usize) -> String {
        let wanted = self.start.as_deref().unwrap_or("touchdown");
        let leg =
            side.map_or(String::new(), |side| format!(" of the {} leg", side.word()));
        if starts == 1 {
            return format!("a single {wanted}{leg} begins a cycle, and none ends it");
        }
        let mut labels: Vec<&str> =
            events.iter().map(|event| event.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        match labels.as_slice() {
            [] => NO_EVENTS.into(),
            labels
                if self.start.is_none()
                    && events.iter().all(|event| event.mark().is_none()) =>
            {
                format!(
                    "no event is known to be a touchdown; there are \"{}\" \
                     (the recipe can name the one that begins a cycle)",
                    labels.join("\", \"")
                )
            }
            labels => {
                format!("no {wanted}{leg} among the events \"{}\"", labels.join("\", \""))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(time_s: f64, label: &str, side: Option<Side>) -> Event {
        Event { time_s, label: label.into(), side }
    }

    fn found(
        events: &[Event],
        side: Option<Side>,
    ) -> Result<Vec<(f64, f64, Option<f64>)>, String> {
        let strides = Strides::from_events(&Cycles::default(), events, side)?;
        Ok(strides
            .strides
            .iter()
            .map(|stride| (stride.from_s, stride.to_s, stride.liftoff_s))
            .collect())
    }

    #[test]
    fn each_leg_has_its_own_cycles() {
        let events = [
            event(1.0, "RHS", None),
            event(1.6, "RTO", None),
            event(1.5, "heel strike", Some(Side::Left)),
            event(2.0, "RHS", None),
            event(2.5, "heel strike", Some(Side::Left)),
            event(3.1, "RHS", None),
        ];
        assert_eq!(
            found(&events, Some(Side::Right)).unwrap(),
            [(1.0, 2.0, Some(1.6)), (2.0, 3.1, None)]
        );
        assert_eq!(found(&events, Some(Side::Left)).unwrap(), [(1.5, 2.5, None)]);
        assert!(found(&events, None).unwrap_err().contains("both legs"));
        assert_eq!(
            found(&events[..4], Some(Side::Left)).unwrap_err(),
            "a single touchdown of the left leg begins a cycle, and none ends it"
        );
    }

    #[test]
    fn events_told_twice_are_one() {
        let twice: Vec<Event> = (0..5)
            .flat_map(|k| {
                [0.0, 0.004, 0.03]
                    .map(|late| event(1.1 * f64::from(k) + late, "touchdown", None))
            })
            .collect();
        let strides = Strides::from_events(&Cycles::default(), &twice, None).unwrap();
        assert_eq!((strides.strides.len(), strides.doubled), (4, 10));
        assert!((strides.strides[0].duration_s() - 1.1).abs() < 1e-12);
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(found(&[], None).unwrap_err(), "there are no events");
        let error = found(&[event(1.0, "stimulus", None)], None).unwrap_err();
        assert!(
            error.contains("no event is known to be a touchdown; there are \"stimulus\""),
            "{error}"
        );
        let only_off =
            found(&[event(1.0, "toe off", None)], Some(Side::Left)).unwrap_err();
        assert_eq!(only_off, "no touchdown of the left leg among the events \"toe off\"");
        let settings = Cycles { start: Some("Stimulus".into()), ..Cycles::default() };
        let events = [event(1.0, "stimulus", None), event(2.0, "stimulus", None)];
        assert_eq!(
            Strides::from_events(&settings, &events, None).unwrap().strides.len(),
            1
        );
    }

    #[test]
    fn odd_durations_are_told_apart() {
        let times = [0.0, 1.0, 2.01, 3.0, 4.02, 6.5, 7.5, 7.9, 8.92];
        let events: Vec<Event> =
            times.iter().map(|&time_s| event(time_s, "touchdown", None)).collect();
        let strides =
            Strides::from_events(&Cycles::default(), &events, None).unwrap().strides;
        let odd: Vec<usize> = (0..strides.len()).filter(|&k| strides[k].odd).collect();
        assert_eq!(odd, [4, 6]);
        let regular: Vec<Event> =
            (0..9).map(|k| event(f64::from(k), "touchdown", None)).collect();
        assert!(
            Strides::from_events(&Cycles::default(), &regular, None)
                .unwrap()
                .strides
                .iter()
                .all(|stride| !stride.odd)
        );
    }
}
