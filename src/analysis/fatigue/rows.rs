//! The course of a channel in rows of the table.

use super::super::Digest;
use super::super::rows::{Found, NO_REFERENCE, Rows};
use super::correlation::Likeness;
use super::jasa::{Jasa, Total};
use super::notes::{jasa_of, noisy, obstacle, tally, too_few, whole_contractions};
use super::{
    Change, EpochCourse, EpochMean, EpochState, FEWEST, Fatigue, Followed, Quantity,
    Task, Trend, facts,
};
use crate::dsp::change::area_ratio;
use crate::dsp::stats::mean;
use crate::outcome::{self, FEWEST_FOR_A_TREND, Measure};
use crate::words::spoken;

const NOT_COMPUTED: &str = "cannot be computed from these epochs";
const BEGINS_AT_0: &str = "the value at the beginning is 0";
/// The fewest epochs whose slopes have an interval by Sen: the range of all slopes of
/// four covers 92 %.
const FEWEST_FOR_SEN: usize = 5;
/// What is said of what wanders for longer than the recording can know.
const BEYOND: &str = "; they wander for longer than a fifteenth of the recording, and \
                      how far they would in a longer one cannot be known";
/// A line that turns is told of from this probability on that there is no turn.
pub(super) const TURN_P: f64 = 0.05;

impl Fatigue {
    /// Everything that the tables say of a channel.
    pub(super) fn rows(&self, channel: &Digest, followed: &Followed) -> Vec<Measure> {
        let told = Told { channel, followed };
        let mut rows = Rows::new(channel, obstacle(channel, &followed.course));

        told.means(&mut rows);
        rows.hinder(too_few(&followed.course));
        told.slopes(&mut rows, self.whitening);
        told.ratios(&mut rows, self.wavelets);
        told.counts(&mut rows, self.snr_check_db);
        told.robust(&mut rows);
        told.changes(&mut rows, self.whitening);
        for quantity in Quantity::ENDURING {
            told.endurance(&mut rows, quantity, self.drop_percent);
        }
        told.jasa(&mut rows);
        rows.made()
    }
}

/// A channel of which rows are made.
struct Told<'a> {
    channel: &'a Digest,
    followed: &'a Followed,
}

/// A value, or why there is none.
type Answer = Result<Found, String>;

impl Told<'_> {
    fn trend(&self, quantity: Quantity) -> Result<&Trend, String> {
        let trend = self.followed.trends.of_quantity(quantity);

        trend.ok_or_else(|| NOT_COMPUTED.into())
    }

    fn means(&self, rows: &mut Rows<'_>) {
        for quantity in Quantity::AVERAGED {
            let found = match self.few_epochs(quantity) {
                Some(found) => Some(found),
                None => {
                    let mean = self.followed.trends.mean(quantity);
                    mean.map(|mean| self.mean(quantity, mean))
                }
            };
            let fact = &quantity.statistics().mean;
            rows.add(fact, found.ok_or_else(|| no_change(quantity)));
        }
    }

    /// The mean of so few epochs that nothing is known of their scatter.
    fn few_epochs(&self, quantity: Quantity) -> Option<Found> {
        let values = self.followed.course.values(quantity);
        let mean = mean(&values).filter(|_| values.len() < FEWEST)?;
        let tally = tally(&self.followed.course);
        let note = format!("too few epochs for an interval: {tally}");
        Some(Found::new(mean, values.len()).noted(note))
    }

    fn mean(&self, quantity: Quantity, mean: &EpochMean) -> Found {
        let unit = quantity.unit(&self.channel.unit);
        let spread = format!("standard deviation {} {unit}", spoken(mean.deviation));
        let note = format!(
            "{}; {}{}",
            spread.trim_end_matches(" 1"),
            tally(&self.followed.course),
            known_of(mean)
        );
        Found::new(mean.value, mean.epochs).within(mean.interval).noted(note)
    }

    fn slopes(&self, rows: &mut Rows<'_>, whitening: bool) {
        let quantities = || {
            let followed = Quantity::FOLLOWED.into_iter();
            followed.filter(|quantity| whitening || !is_whitened(*quantity))
        };
        for quantity in quantities() {
            rows.add(&quantity.statistics().slope, self.slope(quantity));
        }
        for quantity in quantities() {
            let found = self.trend(quantity).and_then(normalised);
            rows.add(&quantity.statistics().slope_normalised, found);
        }
    }

    /// The slope of a quantity as it is told: that of the envelope as activation, in per
    /// cent of the reference.
    fn slope(&self, quantity: Quantity) -> Answer {
        let factor = match quantity {
            Quantity::Envelope => 100.0 / self.channel.reference.ok_or(NO_REFERENCE)?,
            _ => 1.0,
        };
        if factor.is_nan() {
            return Err(NO_REFERENCE.into());
        }

        let trend = self.trend(quantity)?;
        let interval = trend.line.slope_interval();
        let found = Found::new(factor * trend.line.slope, trend.line.n)
            .within(interval.map(|(low, high)| (factor * low, factor * high)));
        Ok(found.noted_if(likeness(trend)))
    }

    fn ratios(&self, rows: &mut Rows<'_>, wavelets: bool) {
        let (low, high) = self.followed.course.band_hz;
        let told = Quantity::RATIOS
            .into_iter()
            .filter(|quantity| wavelets || !quantity.is_wavelet());
        for quantity in told {
            let change = self.followed.trends.change(quantity).ok_or(NOT_COMPUTED);
            let found = change.map(|change| {
                let band = if quantity.is_wavelet() {
                    String::new()
                } else {
                    format!(", {low} to {} Hz", spoken(high))
                };
                self.of_epochs(change.ratio)
                    .within(change.interval)
                    .noted(format!("{}{band}", which(change)))
            });
            rows.add(&quantity.statistics().ratio, found);
        }
    }

    /// A value that rests on all used epochs.
    fn of_epochs(&self, value: f64) -> Found {
        Found::new(value, self.followed.course.used().count())
    }

    fn counts(&self, rows: &mut Rows<'_>, limit_db: f64) {
        let course = &self.followed.course;
        let count = Found::new(course.used().count() as f64, course.epochs.len())
            .noted(tally(course));
        // A count is known even where nothing else is.
        let no_emg = self.channel.no_emg().is_some();
        if no_emg || course.epochs.is_empty() {
            rows.add_known(&facts::EPOCH_COUNT, count);
        } else {
            rows.add_always(&facts::EPOCH_COUNT, count);
        }

        if let Task::Contractions { typical_s, period_s, .. } = course.task {
            let (whole, typical, period) =
                (whole_contractions(course), spoken(typical_s), spoken(period_s));
            let found = Found::new(whole as f64, course.epochs.len())
                .noted(format!("of {typical} s, one every {period} s (medians)"));
            rows.add_known(&facts::CONTRACTION_COUNT, found);
        }
        self.noisy(rows, limit_db);
    }

    fn noisy(&self, rows: &mut Rows<'_>, limit_db: f64) {
        let course = &self.followed.course;
        let noise =
            course.noise().ok_or("no rest was recorded by which noise could be told");
        let found = noise.map(|noise| {
            let note = format!("less than {} dB above rest", spoken(limit_db));
            self.of_epochs(noisy(course, noise, limit_db) as f64).noted(note)
        });
        rows.add(&facts::NOISY_EPOCH_COUNT, found);
    }

    fn robust(&self, rows: &mut Rows<'_>) {
        for quantity in Quantity::COMPARED {
            let found = self.trend(quantity).and_then(robust);
            rows.add(&quantity.statistics().slope_theil_sen, found);
        }
    }

    fn changes(&self, rows: &mut Rows<'_>, whitening: bool) {
        let told = Quantity::CHANGED
            .into_iter()
            .filter(|quantity| whitening || !is_whitened(*quantity));
        for quantity in told {
            let percent = |ratio: f64| 100.0 * (ratio - 1.0);
            let change = self.followed.trends.change(quantity);
            let found = change.map(|change| {
                let interval =
                    change.interval.map(|(low, high)| (percent(low), percent(high)));
                let trend = self.followed.trends.of_quantity(quantity);
                self.of_epochs(percent(change.ratio)).within(interval).noted(format!(
                    "{}{}",
                    which(change),
                    trend.map_or("", wandering)
                ))
            });
            let fact = &quantity.statistics().change;
            rows.add(fact, found.ok_or_else(|| no_change(quantity)));
        }
    }

    /// When the line has fallen by a share, how much area it lost, and where it turns.
    fn endurance(&self, rows: &mut Rows<'_>, quantity: Quantity, drop_percent: f64) {
        let statistics = quantity.statistics();
        let trend = || self.trend(quantity);
        rows.add(
            &statistics.time_to_drop,
            trend().and_then(|trend| self.drop(trend, drop_percent)),
        );
        rows.add(&statistics.area_ratio, trend().and_then(|trend| self.area(trend)));
        rows.add(&statistics.turn, trend().and_then(|trend| self.turn(trend)));
    }

    fn drop(&self, trend: &Trend, drop_percent: f64) -> Answer {
        let course = &self.followed.course;
        let (time_s, interval) = time_to_drop(trend, course, drop_percent)?;
        let note = format!(
            "to a drop of {} % by the line, from the first epoch on",
            spoken(drop_percent)
        );
        Ok(Found::new(time_s, trend.line.n).within(interval).noted(note))
    }

    fn area(&self, trend: &Trend) -> Answer {
        let (times, values) = self.followed.course.points(trend.quantity);
        let ratio =
            area_ratio(&times, &values, trend.line.intercept).ok_or(BEGINS_AT_0)?;
        let note = "share of the area below the value at the beginning that was lost; \
            below 0 when it rose";

        Ok(Found::new(ratio, values.len()).noted(note))
    }

    fn turn(&self, trend: &Trend) -> Answer {
        let broken = trend
            .broken
            .filter(|_| trend.line.n >= FEWEST_FOR_A_TREND)
            .ok_or_else(|| format!("needs at least {FEWEST_FOR_A_TREND} epochs"))?;
        let p = probability(broken.p);
        if broken.p >= TURN_P {
            return Err(format!("no turn beyond chance: p {p} (Davies 1987)"));
        }

        let from_s = self.channel.start_s + self.followed.course.begin_s;
        let unit = trend.quantity.statistics().slope.unit.unit(&self.channel.unit);
        let note = format!(
            "slope {} before and {} {unit} after; p {p} (Davies 1987)",
            spoken(broken.before),
            spoken(broken.after),
        );
        let (low, high) = broken.at_interval;
        Ok(Found::new(from_s + broken.at, trend.line.n)
            .within(Some((from_s + low, from_s + high)))
            .noted(note))
    }

    fn jasa(&self, rows: &mut Rows<'_>) {
        let jasa =
            jasa_of(self.followed).ok_or("amplitude or median frequency has no line");
        let course = &self.followed.course;
        let over = spoken(course.end_s - course.begin_s);
        let total = |of: fn(&Jasa) -> Total| {
            let jasa = jasa.as_ref().map_err(|reason| *reason)?;
            let Total { percent, interval } = of(jasa);
            let note = format!("over {over} s; {}", jasa.words());
            Ok::<_, &str>(self.of_epochs(percent).within(interval).noted(note))
        };
        rows.add(&facts::JASA_AMPLITUDE, total(|jasa| jasa.amplitude));
        rows.add(&facts::JASA_FREQUENCY, total(|jasa| jasa.frequency));

        let angle = jasa.map(|jasa| {
            self.of_epochs(jasa.angle_deg).noted(
                "0: amplitude alone rises; 90: frequency alone rises; −45: the fall \
                 equals the rise",
            )
        });
        rows.add(&facts::JASA_ANGLE, angle);
    }
}

fn normalised(trend: &Trend) -> Answer {
    let slope = trend.line.normalised_slope().ok_or(BEGINS_AT_0)?;
    let found = Found::new(slope, trend.line.n);

    Ok(match trend.line.fieller_interval() {
        None => {
            found.noted("no interval: the value at the beginning cannot be told from 0")
        }
        interval => found.within(interval).noted_if(likeness(trend)),
    })
}

/// The slope of Theil and Sen, with what the test of Mann and Kendall says.
fn robust(trend: &Trend) -> Answer {
    let robust = trend.robust.ok_or(NOT_COMPUTED)?;
    let (interval, few) = match robust.n {
        n if n < FEWEST_FOR_SEN => (None, "; too few epochs for an interval"),
        _ => (Some(robust.interval), ""),
    };
    let apart = if robust.n < trend.line.n {
        "; of the epochs that share no samples"
    } else {
        ""
    };
    let wandering = wandering(trend);
    let kendall = trend.kendall.map(|test| {
        let (tau, p) = (spoken(test.tau), probability(test.p));
        format!("Mann–Kendall trend test: tau {tau}, p {p}{few}{apart}{wandering}")
    });

    Ok(Found::new(robust.slope, robust.n).within(interval).noted_if(kendall))
}

fn is_whitened(quantity: Quantity) -> bool {
    quantity == Quantity::WhitenedRms
}

fn no_change(quantity: Quantity) -> String {
    match quantity {
        Quantity::InstantaneousMnf => {
            "the epochs are shorter than a column of the spectrogram".into()
        }
        Quantity::Envelope => "the envelope has a gap in an epoch".into(),
        Quantity::LowHighRatio => {
            "the band of the epochs holds too little of the bands of the ratio".into()
        }
        _ => NOT_COMPUTED.into(),
    }
}

/// Which epochs are compared.
fn which(change: Change) -> String {
    match change.epochs {
        1 => "the last epoch over the first; too few for an interval".into(),
        size if change.interval.is_none() => {
            format!(
                "the last {size} epochs over the first {size}; too few for an interval"
            )
        }
        size => format!("the last {size} epochs over the first {size}"),
    }
}

/// What the interval of a mean knows of neighbouring epochs.
fn known_of(mean: &EpochMean) -> String {
    match (mean.likeness, mean.interval) {
        (Likeness::Independent, _) => String::new(),
        (_, None) => "; no interval: epochs that share samples leave fewer than four \
                      independent ones"
            .into(),
        (likeness, Some(_)) => {
            words(likeness).map_or(String::new(), |it| "; ".to_owned() + &it)
        }
    }
}

/// What the interval of a line knows of neighbouring epochs.
fn likeness(trend: &Trend) -> Option<String> {
    words(trend.likeness)
}

/// That what is not the slope of a line knows how the epochs wander.
fn wandering(trend: &Trend) -> &'static str {
    match trend.likeness {
        Likeness::Wandering { .. } => "; the epochs wander, which is taken into account",
        _ => "",
    }
}

fn words(likeness: Likeness) -> Option<String> {
    match likeness {
        Likeness::Independent => None,
        Likeness::Overlapping => {
            Some("the interval takes the overlap of the epochs into account".into())
        }
        Likeness::Wandering { worth, beyond } => Some(format!(
            "the epochs wander beside the line, so that they count for {} independent \
             ones, which the interval takes into account{}",
            spoken(worth),
            if beyond { BEYOND } else { "" }
        )),
    }
}

/// A probability for a sentence.
fn probability(p: f64) -> String {
    if p < 0.001 { "below 0.001".into() } else { spoken(p) }
}

/// When a line has dropped by a share, in seconds from the beginning of the first used
/// epoch, and its interval.
fn time_to_drop(
    trend: &Trend,
    course: &EpochCourse,
    percent: f64,
) -> Result<(f64, Option<(f64, f64)>), String> {
    let share = 1.0 - percent / 100.0;
    match trend.line.slope_interval() {
        Some((_, high)) if high < 0.0 => {}
        _ => return Err("the line does not fall beyond chance".into()),
    }
    let found = trend
        .line
        .reaches(share)
        .filter(|&time_s| time_s <= course.end_s - course.begin_s);
    let missing = || {
        format!("the line does not fall by {} % within the recording", spoken(percent))
    };
    Ok((found.ok_or_else(missing)?, trend.line.reaches_interval(share)))
}

/// The quantities whose courses stand in `report.json`.
const COURSES: [Quantity; 10] = [
    Quantity::Mnf,
    Quantity::Mdf,
    Quantity::Arv,
    Quantity::Rms,
    Quantity::InstantaneousMnf,
    Quantity::SpectralEntropy,
    Quantity::LowHighRatio,
    Quantity::Finsm5,
    Quantity::Wirm1551,
    Quantity::WhitenedRms,
];

pub(super) fn courses(channel: &Digest, course: &EpochCourse) -> Vec<outcome::Course> {
    let there = |quantity: &Quantity| {
        matches!(quantity, Quantity::Mnf | Quantity::Mdf | Quantity::Arv | Quantity::Rms)
            || !course.values(*quantity).is_empty()
    };
    let of = |quantity: Quantity| {
        let factor = relative(course, quantity);
        let value = |epoch: &super::Epoch| {
            let value =
                epoch.value(quantity).filter(|_| epoch.state == EpochState::Used)?;
            Some(factor? * value)
        };
        outcome::Course {
            name: quantity.name().into(),
            channel: channel.label.name.clone(),
            unit: quantity.unit(&channel.unit),
            time_s: course
                .epochs
                .iter()
                .map(|epoch| channel.start_s + epoch.time_s)
                .collect(),
            value: course.epochs.iter().map(value).collect(),
        }
    };
    COURSES.into_iter().filter(there).map(of).collect()
}

/// Indices that only mean something relative to the first epochs are told over their
/// mean.
fn relative(course: &EpochCourse, quantity: Quantity) -> Option<f64> {
    if !Quantity::RATIOS.contains(&quantity) {
        return Some(1.0);
    }
    let first: Vec<f64> = course
        .apart()
        .take(course.tenth())
        .filter_map(|epoch| epoch.value(quantity))
        .collect();
    mean(&first)
        .filter(|&first| first > 0.0)
        .map(|first| 1.0 / first)
        .filter(|factor| factor.is_finite())
}
