//! The bursts of a channel in rows of the tables.

use super::super::Digest;
use super::super::amplitude::NO_REFERENCE;
use super::super::quality::SILENT;
use super::exposure::{distribution, low_runs};
use super::timing::{Timing, median_interval, per_minute_of_bouts};
use super::{Activity, Bursts, Counting, PIECE_S};
use crate::dsp::stats::{coefficient_of_variation, mean, mean_interval, median};
use crate::dsp::theil_sen::TheilSen;
use crate::outcome::{self, ChannelBursts, Measure};
use crate::signal::Label;
use crate::units::Unit;
use crate::words::spoken;

/// The fewest bursts or repetitions of which a decline is made.
const FEWEST_FOR_A_DECLINE: usize = 5;

/// Why bursts cannot be found in a channel, where that is so.
pub(super) fn obstacle(channel: &Digest, bursts: &Bursts) -> Option<&'static str> {
    if channel.silent {
        return Some(SILENT);
    }
    if bursts.stretches.is_empty() {
        return Some("no samples, or no stretch between gaps that is long enough");
    }
    let reason = match bursts.rest {
        None => "no rest was found that activity could be told from",
        Some(_) => {
            "nothing stands out of the rest of the recording, so that it may be rest or activity throughout"
        }
    };
    bursts.bursts.is_empty().then_some(reason)
}

/// The bursts of a channel on the file's own clock.
pub(super) fn bursts(channel: &Digest, bursts: &Bursts) -> ChannelBursts {
    let time_s = |sample: usize| channel.start_s + channel.rate.seconds(sample);
    let one = |burst: &super::Burst| {
        let (on, off, shape) = (burst.found.on, burst.found.off, burst.shape);
        outcome::Burst {
            on_s: time_s(on.at),
            off_s: time_s(off.at),
            on_between_s: (time_s(on.low), time_s(on.high)),
            off_between_s: (time_s(off.low), time_s(off.high)),
            whole: burst.whole,
            peak: shape.map(|shape| shape.peak),
            mean: shape.map(|shape| shape.mean),
            area: shape.map(|shape| shape.area),
            rise_s: shape.and_then(|shape| shape.rise_s),
            mnf: burst.mnf_hz,
            agreement: burst.found.agreement,
        }
    };
    ChannelBursts {
        channel: channel.label.name.clone(),
        muscle: channel.label.muscle,
        side: channel.label.side,
        unit: channel.unit.clone(),
        bursts: bursts.bursts.iter().map(one).collect(),
    }
}

/// The rows of some measures that share a reason why they may be missing.
struct Rows<'a> {
    label: &'a Label,
    obstacle: Option<String>,
    made: Vec<Measure>,
}

impl<'a> Rows<'a> {
    fn new(label: &'a Label, obstacle: Option<String>) -> Self {
        Self { label, obstacle, made: Vec::new() }
    }

    /// Adds a row, with interval and number of observations where it has a value.
    fn add(
        &mut self,
        name: &'static str,
        unit: Unit,
        found: Option<Found>,
        reason: &str,
    ) {
        let row = match (&self.obstacle, found) {
            (Some(obstacle), _) => {
                Measure::missing(self.label, name, unit, obstacle.clone())
            }
            (None, None) => Measure::missing(self.label, name, unit, reason.to_owned()),
            (None, Some(Found { value, interval, n, note })) => {
                let row = Measure::of(self.label, name, value, unit).from_n(n);
                let row = Measure { note: note.map(Into::into), ..row };
                interval.map_or(row.clone(), |(low, high)| row.within(low, high))
            }
        };
        self.made.push(row);
    }
}

/// A value with what stands beside it.
struct Found {
    value: f64,
    interval: Option<(f64, f64)>,
    n: usize,
    note: Option<String>,
}

impl Found {
    fn new(value: Option<f64>, n: usize) -> Option<Self> {
        let value = value.filter(|value| value.is_finite())?;
        Some(Self { value, interval: None, n, note: None })
    }

    fn within(self, interval: Option<(f64, f64)>) -> Self {
        Self { interval, ..self }
    }

    fn noted(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }

    /// Events per minute from the median of the times between them, in seconds.
    fn cadence(intervals_s: &[f64]) -> Option<Self> {
        let per_minute = |(low, high)| (60.0 / high, 60.0 / low);
        let found = Self::new(
            median(intervals_s).map(|interval| 60.0 / interval),
            intervals_s.len(),
        )?;
        Some(found.within(median_interval(intervals_s).map(per_minute)))
    }

    /// A change from one event to the next in per cent of the first.
    fn decline(line: Option<TheilSen>) -> Option<Self> {
        let line = line.filter(|line| line.n >= FEWEST_FOR_A_DECLINE)?;
        Some(
            Self::new(line.normalised_slope(), line.n)?
                .within(line.normalised_interval()),
        )
    }
}

/// Why a decline is missing.
fn no_decline(of: &str) -> String {
    format!("needs at least {FEWEST_FOR_A_DECLINE} {of} with an envelope")
}

impl Activity {
    /// Everything that the tables say of a channel.
    pub(super) fn measures(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        let mut rows = self.of_bursts(channel, bursts);
        rows.extend(self.of_levels(channel, bursts));
        rows.extend(self.of_repetitions(channel, bursts));
        rows
    }

    fn of_bursts(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        let mut rows =
            Rows::new(&channel.label, obstacle(channel, bursts).map(str::to_owned));
        let (count, spans) = (bursts.bursts.len(), bursts.spans());
        let timing =
            Timing { bursts: &spans, stretches: &bursts.stretches, rate: channel.rate };
        let cut = bursts.bursts.iter().filter(|burst| !burst.whole).count();
        let cut_note = (cut > 0).then(|| {
            format!("{cut} of them may reach into a gap or beyond the recording")
        });
        rows.add(
            "burst_count",
            Unit::ONE,
            Found::new(Some(count as f64), count).map(|found| found.noted(cut_note)),
            "",
        );
        rows.add("duty_cycle", Unit::PERCENT, Found::new(timing.duty_cycle(), count), "");
        rows.add(
            "burst_rate",
            Unit::PER_MINUTE,
            Found::new(timing.per_minute(), count),
            "",
        );
        let intervals = timing.intervals_s();
        rows.add("cadence", Unit::PER_MINUTE, Found::cadence(&intervals), TWO);
        let varied = Found::new(coefficient_of_variation(&intervals), intervals.len());
        rows.add(
            "burst_interval_variation",
            Unit::PERCENT,
            varied,
            "needs at least three bursts without a gap between them",
        );
        let durations = bursts.durations_s(channel.rate);
        let left_out = (cut > 0).then(|| {
            format!("without {cut} that may reach into a gap or beyond the recording")
        });
        let duration = Found::new(mean(&durations), durations.len());
        let duration =
            duration.map(|found| found.within(mean_interval(&durations)).noted(left_out));
        rows.add(
            "burst_duration_mean",
            Unit::SECOND,
            duration,
            "no burst with both ends recorded",
        );
        let rests = timing.rests_s();
        let longest = rests.iter().copied().fold(0.0, f64::max);
        rows.add(
            "longest_rest",
            Unit::SECOND,
            Found::new(Some(longest), rests.len()),
            "",
        );
        let bouts = timing.bouts(self.longest_pause_s);
        rows.add(
            "bout_count",
            Unit::ONE,
            Found::new(Some(bouts.len() as f64), count),
            "",
        );
        let onsets = bouts.iter().map(|bout| bout.onsets.len().saturating_sub(1)).sum();
        let in_bouts = Found::new(per_minute_of_bouts(&bouts, channel.rate), onsets);
        rows.add(
            "burst_rate_in_bouts",
            Unit::PER_MINUTE,
            in_bouts,
            "no bout has two bursts",
        );
        let numbered = bursts.bursts.iter().enumerate().filter(|(_, burst)| burst.whole);
        let peaks = numbered.filter_map(|(k, burst)| Some((k as f64, burst.shape?.peak)));
        let (order, peaks): (Vec<f64>, Vec<f64>) = peaks.unzip();
        let decline = Found::decline(TheilSen::fit(&order, &peaks));
        rows.add(
            "burst_peak_decline",
            Unit::other("%/burst"),
            decline,
            &no_decline("whole bursts"),
        );
        rows.add(
            "agreement_mean",
            Unit::ONE,
            Found::new(bursts.mean_agreement(), count),
            "no burst",
        );
        rows.made
    }

    /// How the activation is distributed over time.
    fn of_levels(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        let obstacle = match channel.reference {
            _ if channel.silent => Some(SILENT),
            None => Some(NO_REFERENCE),
            Some(_) => None,
        };
        let mut rows = Rows::new(&channel.label, obstacle.map(str::to_owned));
        let per_cent = channel.reference.map_or(f64::NAN, |reference| 100.0 / reference);
        let there = bursts.levels.iter().filter(|level| !level.is_nan()).count();
        let shares = distribution(&bursts.levels);
        let missing = "the recording is shorter than a piece of 0.1 s";
        for (k, name) in
            ["activation_p10", "activation_p50", "activation_p90"].into_iter().enumerate()
        {
            rows.add(
                name,
                Unit::PERCENT,
                Found::new(shares.map(|levels| per_cent * levels[k]), there),
                missing,
            );
        }
        let piece_s = channel.rate.seconds(channel.rate.samples(PIECE_S).max(1));
        let shortest = (self.shortest_rest_s / piece_s - 1e-9).ceil().max(1.0) as usize;
        let pauses =
            low_runs(&bursts.levels, self.rest_percent / per_cent, shortest).len();
        let per_minute = 60.0 * pauses as f64 / (there as f64 * piece_s);
        let note = format!(
            "below {} % for at least {} s",
            spoken(self.rest_percent),
            spoken(self.shortest_rest_s)
        );
        let pauses =
            Found::new(Some(per_minute), pauses).map(|found| found.noted(Some(note)));
        rows.add("pause_rate", Unit::PER_MINUTE, pauses, missing);
        rows.made
    }

    fn of_repetitions(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        if self.repetitions == Counting::Never {
            return Vec::new();
        }
        let obstacle = match &bursts.series {
            _ if channel.silent => Some(SILENT.to_owned()),
            None => Some(
                "the sampling rate is too low for the slow envelope, or no stretch is long enough"
                    .to_owned(),
            ),
            Some(series) => series.obstacle(self.repetitions, channel.rate),
        };
        let mut rows = Rows::new(&channel.label, obstacle);
        let series = bursts.series.as_ref();
        let periods =
            series.map(|series| series.periods_s(channel.rate)).unwrap_or_default();
        let count = series.map_or(0, |series| series.repetitions.len());
        rows.add(
            "repetition_count",
            Unit::ONE,
            Found::new(Some(count as f64), count),
            "",
        );
        rows.add(
            "repetition_cadence",
            Unit::PER_MINUTE,
            Found::cadence(&periods),
            "needs at least two repetitions",
        );
        let varied = Found::new(coefficient_of_variation(&periods), periods.len());
        rows.add(
            "repetition_interval_variation",
            Unit::PERCENT,
            varied,
            "needs at least three repetitions",
        );
        let decline = Found::decline(series.and_then(super::Series::decline));
        rows.add(
            "repetition_decline",
            Unit::other("%/rep"),
            decline,
            &no_decline("repetitions"),
        );
        rows.made
    }
}

const TWO: &str = "needs at least two bursts without a gap between them";
