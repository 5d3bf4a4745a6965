//! What settings leave out where nothing is left.

use super::{AgreedBurst, Consensus};

/// What other settings find where a search finds nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropped {
    /// How many bursts are shorter than the shortest.
    pub short: usize,
    /// How many bursts too few of the detectors see.
    pub unconfirmed: usize,
    /// How many bursts the default settings find; 0 where any were dropped.
    pub by_default: usize,
    shortest_burst_s: f64,
    majority: f64,
}

impl Dropped {
    /// What a search by these settings dropped that found nothing. `search` tells what
    /// other settings find.
    pub fn by(
        settings: &Consensus,
        search: impl Fn(&Consensus) -> Vec<AgreedBurst>,
    ) -> Self {
        let Consensus { shortest_burst_s, majority, .. } = *settings;
        let all = Consensus { shortest_burst_s: 0.0, majority: 0.0, ..settings.clone() };
        let found = search(&all);
        let is_confirmed = |burst: &&AgreedBurst| burst.agreement > majority;
        let short = found.iter().filter(is_confirmed).count();
        let default = Consensus::default();
        let is_else = found.is_empty() && *settings != default;
        Self {
            short,
            unconfirmed: found.len() - short,
            by_default: if is_else { search(&default).len() } else { 0 },
            shortest_burst_s,
            majority,
        }
    }

    /// Why nothing is left, in words; `None` where there was nothing.
    pub fn describe(&self) -> Option<String> {
        let Self { short, unconfirmed, by_default, shortest_burst_s, majority } = *self;
        let too_short = format!("shorter than shortest_burst_s = {shortest_burst_s} s");
        let too_few = format!("seen by too few detectors (majority = {majority})");
        let all = |count: usize| if count == 1 { "it is" } else { "all are" };
        match (short, unconfirmed, by_default) {
            (0, 0, 0) => None,
            (0, 0, found) => Some(format!(
                "nothing stands out by these settings; the default ones find {found}"
            )),
            (found, 0, _) => {
                Some(format!("{found} found, but {} {too_short}", all(found)))
            }
            (0, found, _) => Some(format!("{found} found, but {} {too_few}", all(found))),
            _ => Some(format!(
                "{} found, but {short} {too_short}, {unconfirmed} {too_few}",
                short + unconfirmed
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onset::Moment;

    fn burst(agreement: f64) -> AgreedBurst {
        let [on, off] = [10, 60].map(Moment::exactly);
        AgreedBurst { on, off, agreement }
    }

    #[test]
    fn what_was_dropped_is_said_with_the_key_that_dropped_it() {
        let settings = Consensus { majority: 0.5, ..Consensus::default() };
        let says = |found: &[f64]| {
            let search =
                |_: &Consensus| found.iter().map(|&agreement| burst(agreement)).collect();
            Dropped::by(&settings, search).describe()
        };
        assert_eq!(says(&[]), None);
        let short = says(&[1.0, 1.0]).unwrap();
        assert_eq!(short, "2 found, but all are shorter than shortest_burst_s = 0.03 s");
        let few = says(&[0.5]).unwrap();
        assert_eq!(few, "1 found, but it is seen by too few detectors (majority = 0.5)");
        let both = says(&[0.5, 1.0, 1.0]).unwrap();
        assert!(both.starts_with("3 found, but 2 shorter than"), "{both}");
    }

    #[test]
    fn what_only_other_settings_find_is_said() {
        let settings = Consensus { shortest_gap_s: 0.5, ..Consensus::default() };
        let search = |asked: &Consensus| {
            let found = if *asked == Consensus::default() { 4 } else { 0 };
            vec![burst(1.0); found]
        };
        let dropped = Dropped::by(&settings, search);
        assert_eq!((dropped.by_default, dropped.short, dropped.unconfirmed), (4, 0, 0));
        assert!(dropped.describe().unwrap().ends_with("the default ones find 4"));
    }
}
