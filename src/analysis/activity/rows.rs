//! The bursts of a channel in rows of the tables.

use super::super::Digest;
use super::super::quality::SILENT;
use super::super::rows::{Found, NO_REFERENCE, Rows};
use super::exposure::{distribution, low_runs};
use super::faint::faint;
use super::obstacle::{dropped, obstacle};
use super::timing::{BoutTiming, median_interval, per_minute_of_bouts};
use super::{Activity, Bursts, Counting, HeartBeats, PIECE_S, Series, facts};
use crate::dsp::precision;
use crate::dsp::regression::Widening;
use crate::dsp::stats::{coefficient_of_variation, mean, median};
use crate::dsp::theil_sen::TheilSen;
use crate::outcome::{self, ChannelBursts, Measure, Text};
use crate::words::spoken;

/// By how much all onsets, and all offsets, of a recording may be dated too early or too
/// late: what the edges of simulated bursts were off in the mean, whatever the ratio to
/// noise (`docs/onsets.md`). In seconds; anything
/// within it is as likely.
const EDGE_S: f64 = 0.01;

/// The fewest bursts or repetitions of which a decline is made.
const FEWEST_FOR_A_DECLINE: usize = 5;

const NOTHING_RECORDED: &str = "nothing was recorded";
const THROUGHOUT: &str =
    "active throughout: at no time as quiet as the recording of rest in the session";
const NO_PIECE: &str = "the recording is shorter than a piece of 0.1 s";

/// The bursts of a channel on the file's own clock.
pub(super) fn bursts(channel: &Digest, bursts: &Bursts) -> ChannelBursts {
    let time_s = |sample: usize| channel.start_s + channel.rate.seconds(sample);
    let one = |burst: &super::MuscleBurst| {
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

impl Activity {
    /// Everything that the tables say of a channel.
    pub(super) fn rows(&self, channel: &Digest, found: &Bursts) -> Vec<Measure> {
        let mut rows = self.of_bursts(channel, found);
        rows.extend(self.of_levels(channel, found));
        rows.extend(self.of_repetitions(channel, found));
        rows
    }

    fn of_bursts(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        let mut rows = Rows::new(channel, obstacle(channel, bursts));
        let spans = bursts.spans();
        let timing = BoutTiming {
            bursts: &spans,
            stretches: &bursts.stretches,
            rate: channel.rate,
        };
        let cut = bursts.bursts.iter().filter(|burst| !burst.whole).count();

        let notes = [
            (cut > 0).then(|| {
                format!("{cut} of them may reach into a gap or beyond the recording")
            }),
            faint(channel, bursts),
            dropped(bursts),
        ];
        rates(&mut rows, timing, notes, bursts.heart.as_ref());
        rows.add(
            &facts::BURST_DURATION_MEAN,
            duration(bursts, channel, cut).ok_or("no burst with both ends recorded"),
        );
        self.pauses(&mut rows, timing);
        rows.add(
            &facts::BURST_PEAK_DECLINE,
            decline(peaks_of_bursts(bursts)).ok_or_else(|| no_decline("whole bursts")),
        );
        let agreement = found(bursts.mean_agreement(), spans.len());
        rows.add(&facts::AGREEMENT_MEAN, agreement.ok_or("no burst"));
        rows.made()
    }

    /// The longest rest, and the bouts that shorter pauses make.
    fn pauses(&self, rows: &mut Rows<'_>, timing: BoutTiming<'_>) {
        let rests = timing.rests_s();
        let longest = rests.iter().copied().fold(0.0, f64::max);
        rows.add_known(&facts::LONGEST_REST, Found::new(longest, rests.len()));

        let bouts = timing.bouts(self.longest_pause_s);
        rows.add_known(
            &facts::BOUT_COUNT,
            Found::new(bouts.len() as f64, timing.bursts.len()),
        );

        let onsets = bouts.iter().map(|bout| bout.onsets.len().saturating_sub(1)).sum();
        let in_bouts = found(per_minute_of_bouts(&bouts, timing.rate), onsets);
        rows.add(&facts::BURST_RATE_IN_BOUTS, in_bouts.ok_or("no bout has two bursts"));
    }

    /// How the activation is distributed over time.
    fn of_levels(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        let obstacle = match channel.reference {
            _ if channel.silent => Some(SILENT),
            None => Some(NO_REFERENCE),
            Some(_) => None,
        };
        let mut rows = Rows::new(channel, obstacle);
        let per_cent = channel.reference.map_or(f64::NAN, |reference| 100.0 / reference);
        let there = bursts.levels.iter().filter(|level| !level.is_nan()).count();

        let shares = distribution(&bursts.levels);
        for (k, fact) in
            [facts::ACTIVATION_P10, facts::ACTIVATION_P50, facts::ACTIVATION_P90]
                .iter()
                .enumerate()
        {
            let level = found(shares.map(|levels| per_cent * levels[k]), there);
            rows.add(fact, level.ok_or(NO_PIECE));
        }

        let piece_s = channel.rate.seconds(channel.rate.samples(PIECE_S).max(1));
        let shortest = (self.shortest_rest_s / piece_s - 1e-9).ceil().max(1.0) as usize;
        let pauses =
            low_runs(&bursts.levels, self.rest_percent / per_cent, shortest).len();
        let per_minute = 60.0 * pauses as f64 / (there as f64 * piece_s);
        let pauses =
            found(Some(per_minute), pauses).map(|found| found.noted(self.low_words()));
        rows.add(&facts::PAUSE_RATE, pauses.ok_or(NO_PIECE));
        rows.made()
    }

    fn low_words(&self) -> String {
        format!(
            "below {} % for at least {} s",
            spoken(self.rest_percent),
            spoken(self.shortest_rest_s)
        )
    }

    fn of_repetitions(&self, channel: &Digest, bursts: &Bursts) -> Vec<Measure> {
        if self.repetitions == Counting::Never {
            return Vec::new();
        }
        let series = bursts.series.as_ref();
        let mut rows = Rows::new(channel, self.no_repetitions(channel, series));
        let periods =
            series.map(|series| series.periods_s(channel.rate)).unwrap_or_default();

        let count = series.map_or(0, |series| series.repetitions.len());
        rows.add_known(&facts::REPETITION_COUNT, Found::new(count as f64, count));
        rows.add(
            &facts::REPETITION_CADENCE,
            cadence(&periods).ok_or("needs at least two repetitions"),
        );
        rows.add(
            &facts::REPETITION_INTERVAL_VARIATION,
            found(coefficient_of_variation(&periods), periods.len())
                .ok_or("needs at least three repetitions"),
        );
        rows.add(
            &facts::REPETITION_DECLINE,
            decline(series.and_then(Series::decline))
                .ok_or_else(|| no_decline("repetitions")),
        );
        rows.made()
    }

    /// Why no repetitions are counted, where that is so.
    fn no_repetitions(&self, channel: &Digest, series: Option<&Series>) -> Option<Text> {
        match series {
            _ if channel.silent => Some(SILENT.into()),
            None => Some(
                "the sampling rate is too low for the slow envelope, or no stretch is long enough"
                    .into(),
            ),
            Some(series) => series.obstacle(self.repetitions, channel.rate).map(Into::into),
        }
    }
}

/// How many bursts there are, how much of the time they take and how they follow each
/// other; `of_count` is said of the count.
fn rates(
    rows: &mut Rows<'_>,
    timing: BoutTiming<'_>,
    of_count: [Option<String>; 3],
    heart: Option<&HeartBeats>,
) {
    let count = timing.bursts.len();
    let without_heart = heart.map(|heart| format!("without {}", heart.describe()));
    let joined = |notes: &[Option<String>]| {
        let notes: Vec<String> =
            notes.iter().chain([&without_heart]).flatten().cloned().collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    };
    rows.add_known(
        &facts::BURST_COUNT,
        Found::new(count as f64, count).noted_if(joined(&of_count)),
    );

    let share = timing.duty_cycle();
    let throughout = share.filter(|share| *share > 99.95).map(|_| THROUGHOUT.to_owned());
    let active = found(share, count).map(|found| found.noted_if(joined(&[throughout])));
    rows.add(&facts::DUTY_CYCLE, active.ok_or(NOTHING_RECORDED));
    let per_minute = found(timing.per_minute(), count);
    rows.add(&facts::BURST_RATE, per_minute.ok_or(NOTHING_RECORDED));

    let intervals = timing.intervals_s();
    rows.add(
        &facts::CADENCE,
        cadence(&intervals)
            .map(|cadence| cadence.noted_if(without_heart))
            .ok_or("needs at least two bursts without a gap between them"),
    );
    rows.add(
        &facts::BURST_INTERVAL_VARIATION,
        found(coefficient_of_variation(&intervals), intervals.len())
            .ok_or("needs at least three bursts without a gap between them"),
    );
}

fn duration(bursts: &Bursts, channel: &Digest, cut: usize) -> Option<Found> {
    let durations = bursts.durations_s(channel.rate);
    let left_out = (cut > 0).then(|| {
        format!("without {cut} that may reach into a gap or beyond the recording")
    });
    let mean = found(mean(&durations), durations.len())?;

    let interval = precision::mean_interval(&durations, 2.0 * EDGE_S * EDGE_S / 3.0);
    Some(mean.within(interval).noted_if(left_out))
}

/// The line through the peaks of the bursts whose ends were both recorded, each at its
/// number; its interval knows that the strengths of bursts that follow each other are
/// alike.
fn peaks_of_bursts(bursts: &Bursts) -> Option<TheilSen> {
    let numbered = bursts.bursts.iter().enumerate().filter(|(_, burst)| burst.whole);
    let peaks = numbered.filter_map(|(k, burst)| Some((k as f64, burst.shape?.peak)));
    let (order, peaks): (Vec<f64>, Vec<f64>) = peaks.unzip();

    let wider = Widening::of(&order, &peaks).map_or(1.0, |wander| wander.interval);
    Some(TheilSen::fit(&order, &peaks)?.widened(wider))
}

/// A value that is there and finite.
fn found(value: Option<f64>, n: usize) -> Option<Found> {
    Some(Found::new(value.filter(|value| value.is_finite())?, n))
}

/// Events per minute from the median of the times between them, in seconds.
fn cadence(intervals_s: &[f64]) -> Option<Found> {
    let per_minute = |interval: f64| 60.0 / interval;
    let value = median(intervals_s).map(per_minute);
    let interval = median_interval(intervals_s)
        .map(|(low, high)| (per_minute(high), per_minute(low)));

    Some(found(value, intervals_s.len())?.within(interval))
}

/// A change from one event to the next in per cent of the first.
fn decline(line: Option<TheilSen>) -> Option<Found> {
    let line = line.filter(|line| line.n >= FEWEST_FOR_A_DECLINE)?;
    let slope = found(line.normalised_slope(), line.n)?;

    Some(slope.within(line.normalised_interval()))
}

/// Why a decline is missing.
fn no_decline(of: &str) -> String {
    format!("needs at least {FEWEST_FOR_A_DECLINE} {of} with an envelope")
}
