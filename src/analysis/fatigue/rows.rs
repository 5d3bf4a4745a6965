//! The course of a channel in rows of the table.

use super::super::Digest;
use super::super::amplitude::NO_REFERENCE;
use super::notes::{jasa_of, noisy, obstacle, tally, whole_contractions};
use super::trends::Likeness;
use super::{Change, Course, Fatigue, Followed, Quantity, State, Task, Trend};
use crate::dsp::change::area_ratio;
use crate::dsp::stats::{mean, mean_interval, standard_deviation};
use crate::outcome::{self, FEWEST_FOR_A_TREND, Measure};
use crate::units::Unit;
use crate::words::spoken;

/// The fewest epochs whose slopes have an interval by Sen: the range of all slopes of
/// four covers 92 %.
const FEWEST_FOR_SEN: usize = 5;
/// A line that turns is told of from this probability on that there is no turn.
pub(super) const TURN_P: f64 = 0.05;

/// The rows of one channel, which share a reason why they may all be missing.
struct Rows<'a> {
    channel: &'a Digest,
    followed: &'a Followed,
    obstacle: Option<String>,
    made: Vec<Measure>,
}

impl Fatigue {
    /// Everything that the tables say of a channel.
    pub(super) fn measures(&self, channel: &Digest, followed: &Followed) -> Vec<Measure> {
        let obstacle = obstacle(channel, &followed.course);
        let mut rows = Rows { channel, followed, obstacle, made: Vec::new() };
        rows.means();
        rows.slopes(self.whitening);
        rows.ratios(self.wavelets);
        rows.counts(self.snr_check_db);
        rows.robust();
        rows.changes(self.whitening);
        for quantity in [Quantity::Mnf, Quantity::Mdf] {
            rows.endurance(quantity, self.drop_percent);
        }
        rows.jasa();
        rows.made
    }
}

impl Rows<'_> {
    /// Adds a row, or the reason why it has no value.
    fn add(
        &mut self,
        name: impl Into<outcome::Text>,
        unit: Unit,
        row: Result<Measure, String>,
    ) {
        let (name, label) = (name.into(), &self.channel.label);
        let missing =
            |reason: String| Measure::missing(label, name.clone(), unit.clone(), reason);
        self.made.push(match (&self.obstacle, row) {
            (Some(reason), _) => missing(reason.clone()),
            (None, Ok(row)) => Measure { name, unit, ..row },
            (None, Err(reason)) => missing(reason),
        });
    }

    /// A value of this channel; its name and unit come when it is added.
    fn value(&self, value: f64) -> Measure {
        Measure::of(&self.channel.label, "", value, Unit::NONE)
    }

    fn trend(&self, quantity: Quantity) -> Result<&Trend, String> {
        self.followed
            .trends
            .of_quantity(quantity)
            .ok_or_else(|| "cannot be computed from these epochs".into())
    }

    fn means(&mut self) {
        for quantity in Quantity::AVERAGED {
            let values = self.followed.course.values(quantity);
            let found = mean(&values)
                .zip(mean_interval(&values))
                .zip(standard_deviation(&values));
            let unit = quantity.unit(&self.channel.unit);
            let row = found.map(|((mean, (low, high)), spread)| {
                let note = format!(
                    "standard deviation {} {unit}; {}",
                    spoken(spread),
                    tally(&self.followed.course)
                );
                self.value(mean)
                    .within(low, high)
                    .from_n(values.len())
                    .noted(note.replace(" 1;", ";"))
            });
            let row = row.ok_or_else(|| no_change(quantity));
            self.add(format!("{}_mean", quantity.name()), unit, row);
        }
    }

    fn slopes(&mut self, whitening: bool) {
        let quantities = || {
            Quantity::FOLLOWED
                .into_iter()
                .filter(|quantity| whitening || !is_whitened(*quantity))
        };
        for quantity in quantities() {
            let (factor, name, unit) = self.shown(quantity);
            let row = self.trend(quantity).map(|trend| {
                let interval = trend.line.slope_interval();
                let row = self.value(factor * trend.line.slope).from_n(trend.line.n);
                let row = interval.map_or(row.clone(), |(low, high)| {
                    row.within(factor * low, factor * high)
                });
                with(row, likeness(trend))
            });
            let row = if factor.is_nan() { Err(NO_REFERENCE.to_owned()) } else { row };
            self.add(format!("{name}_slope"), unit.per_second(), row);
        }
        for quantity in quantities() {
            let (_, name, _) = self.shown(quantity);
            let row = self.trend(quantity).and_then(|trend| {
                let slope = trend
                    .line
                    .normalised_slope()
                    .ok_or("the value at the beginning is 0")?;
                let row = self.value(slope).from_n(trend.line.n);
                Ok(match trend.line.fieller_interval() {
                    Some((low, high)) => with(row.within(low, high), likeness(trend)),
                    None => row.noted(
                        "no interval: the value at the beginning cannot be told from 0",
                    ),
                })
            });
            self.add(format!("{name}_slope_normalised"), Unit::PERCENT_PER_SECOND, row);
        }
    }

    /// By what a quantity is multiplied for the tables, its name there and its unit: the
    /// envelope is told as activation, in per cent of the reference; the factor is `NaN`
    /// without one.
    fn shown(&self, quantity: Quantity) -> (f64, &'static str, Unit) {
        match quantity {
            Quantity::Envelope => (
                self.channel.reference.map_or(f64::NAN, |reference| 100.0 / reference),
                "activation",
                Unit::PERCENT,
            ),
            _ => (1.0, quantity.name(), quantity.unit(&self.channel.unit)),
        }
    }

    fn ratios(&mut self, wavelets: bool) {
        let (low, high) = self.followed.course.band_hz;
        for quantity in Quantity::RATIOS
            .into_iter()
            .filter(|quantity| wavelets || !quantity.is_wavelet())
        {
            let found = self.followed.trends.change(quantity);
            let row = found
                .ok_or_else(|| "cannot be computed from these epochs".to_owned())
                .map(|change| {
                    let band = if quantity.is_wavelet() {
                        String::new()
                    } else {
                        format!(", {low} to {} Hz", spoken(high))
                    };
                    let row = self
                        .value(change.ratio)
                        .noted(format!("{}{band}", which(change)));
                    self.finished(row, change.interval)
                });
            self.add(format!("{}_ratio", quantity.name()), Unit::ONE, row);
        }
    }

    fn finished(&self, row: Measure, interval: Option<(f64, f64)>) -> Measure {
        let row = row.from_n(self.followed.course.used().count());
        interval.map_or(row.clone(), |(low, high)| row.within(low, high))
    }

    fn counts(&mut self, limit_db: f64) {
        let course = &self.followed.course;
        let count = course.used().count();
        let row =
            self.value(count as f64).from_n(course.epochs.len()).noted(tally(course));
        // A count is known even where nothing else is.
        let no_emg = self.channel.no_emg().is_some();
        if no_emg || course.epochs.is_empty() {
            self.add("epoch_count", Unit::ONE, Ok(row));
        } else {
            self.made.push(Measure {
                name: "epoch_count".into(),
                unit: Unit::ONE,
                ..row
            });
        }
        if let Task::Contractions { typical_s, period_s, .. } = course.task {
            let (whole, typical, period) =
                (whole_contractions(course), spoken(typical_s), spoken(period_s));
            let row = self.value(whole as f64).from_n(course.epochs.len());
            let row =
                row.noted(format!("of {typical} s, one every {period} s (medians)"));
            self.add("contraction_count", Unit::ONE, Ok(row));
        }
        let row = course.noise().ok_or_else(|| {
            "no rest was recorded by which noise could be told".to_owned()
        });
        let row = row.map(|noise| {
            let noisy = noisy(course, noise, limit_db);
            self.value(noisy as f64)
                .from_n(count)
                .noted(format!("less than {} dB above rest", spoken(limit_db)))
        });
        self.add("noisy_epoch_count", Unit::ONE, row);
    }

    fn robust(&mut self) {
        for quantity in [Quantity::Mnf, Quantity::Mdf, Quantity::Arv, Quantity::Rms] {
            let row = self.trend(quantity).and_then(|trend| {
                let robust =
                    trend.robust.ok_or("cannot be computed from these epochs")?;
                let row = self.value(robust.slope).from_n(robust.n);
                let (row, few) = match robust.n {
                    n if n < FEWEST_FOR_SEN => (row, "; too few epochs for an interval"),
                    _ => (row.within(robust.interval.0, robust.interval.1), ""),
                };
                let apart = match trend.likeness {
                    Likeness::Overlapping => "; of the epochs that share no samples",
                    _ => "",
                };
                let kendall = trend.kendall.map(|test| {
                    let (tau, p) = (spoken(test.tau), probability(test.p));
                    format!("Mann–Kendall trend test: tau {tau}, p {p}{few}{apart}")
                });
                Ok(with(row, kendall))
            });
            let unit = quantity.unit(&self.channel.unit).per_second();
            self.add(format!("{}_slope_theil_sen", quantity.name()), unit, row);
        }
    }

    fn changes(&mut self, whitening: bool) {
        let told = |quantity: &Quantity| {
            !Quantity::RATIOS.contains(quantity) && (whitening || !is_whitened(*quantity))
        };
        for quantity in Quantity::ALL.into_iter().filter(told) {
            let row = self
                .followed
                .trends
                .change(quantity)
                .ok_or_else(|| no_change(quantity))
                .map(|change| {
                    let percent = |ratio: f64| 100.0 * (ratio - 1.0);
                    let row = self.value(percent(change.ratio)).noted(which(change));
                    self.finished(
                        row,
                        change.interval.map(|(low, high)| (percent(low), percent(high))),
                    )
                });
            let name = if quantity == Quantity::Envelope {
                "activation"
            } else {
                quantity.name()
            };
            self.add(format!("{name}_change"), Unit::PERCENT, row);
        }
    }

    /// When the line has fallen by a share, how much area it lost, and where it turns.
    fn endurance(&mut self, quantity: Quantity, drop_percent: f64) {
        let course = &self.followed.course;
        let name = quantity.name();
        let row = self.trend(quantity).and_then(|trend| {
            time_to_drop(trend, course, drop_percent).map(|found| (trend, found))
        });
        let row = row.map(|(trend, (time_s, interval))| {
            let note = format!(
                "to a drop of {} % by the line, from the first epoch on",
                spoken(drop_percent)
            );
            let row = self.value(time_s).from_n(trend.line.n).noted(note);
            interval.map_or(row.clone(), |(low, high)| row.within(low, high))
        });
        self.add(format!("{name}_time_to_drop"), Unit::SECOND, row);
        let row = self.trend(quantity).and_then(|trend| {
            let (times, values) = course.points(quantity);
            let ratio = area_ratio(&times, &values, trend.line.intercept).ok_or("the value at the beginning is 0")?;
            let note = "share of the area below the value at the beginning that was lost; below 0 when it rose";
            Ok(self.value(ratio).from_n(values.len()).noted(note))
        });
        self.add(format!("{name}_area_ratio"), Unit::ONE, row);
        let row = self.trend(quantity).and_then(|trend| self.turn(trend));
        self.add(format!("{name}_turn"), Unit::SECOND, row);
    }

    fn turn(&self, trend: &Trend) -> Result<Measure, String> {
        let Some(broken) = trend.broken.filter(|_| trend.line.n >= FEWEST_FOR_A_TREND)
        else {
            return Err(format!("needs at least {FEWEST_FOR_A_TREND} epochs"));
        };
        if broken.p >= TURN_P {
            return Err(format!(
                "no turn beyond chance: p {} (Davies 1987)",
                probability(broken.p)
            ));
        }
        let from_s = self.channel.start_s + self.followed.course.begin_s;
        let unit = trend.quantity.unit(&self.channel.unit).per_second();
        let note = format!(
            "slope {} before and {} {unit} after; p {} (Davies 1987)",
            spoken(broken.before),
            spoken(broken.after),
            probability(broken.p)
        );
        let row = self.value(from_s + broken.at).from_n(trend.line.n).noted(note);
        Ok(row.within(from_s + broken.at_interval.0, from_s + broken.at_interval.1))
    }

    fn jasa(&mut self) {
        let jasa = jasa_of(self.followed);
        let missing = || "amplitude or median frequency has no line".to_owned();
        let rows = jasa.map(|jasa| {
            let total = |total: super::jasa::Total| {
                let row = self.value(total.percent);
                let over = spoken(self.followed.course.end_s - self.followed.course.begin_s);
                self.finished(row, total.interval).noted(format!("over {over} s; {}", jasa.words()))
            };
            let angle = self.value(jasa.angle_deg).from_n(self.followed.course.used().count());
            let angle =
                angle.noted("0: amplitude alone rises; 90: frequency alone rises; −45: the fall equals the rise");
            [
                ("jasa_amplitude", Unit::PERCENT, total(jasa.amplitude)),
                ("jasa_frequency", Unit::PERCENT, total(jasa.frequency)),
                ("jasa_angle", Unit::other("°"), angle),
            ]
        });
        match rows {
            Some(rows) => rows
                .into_iter()
                .for_each(|(name, unit, row)| self.add(name, unit, Ok(row))),
            None => {
                self.add("jasa_amplitude", Unit::PERCENT, Err(missing()));
                self.add("jasa_frequency", Unit::PERCENT, Err(missing()));
                self.add("jasa_angle", Unit::other("°"), Err(missing()));
            }
        }
    }
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
            "the band of the epochs holds too little of analysis.fatigue.ratio_bands_hz"
                .into()
        }
        _ => "cannot be computed from these epochs".into(),
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

/// What the interval of a line knows of neighbouring epochs.
fn likeness(trend: &Trend) -> Option<String> {
    match trend.likeness {
        Likeness::Independent => None,
        Likeness::Overlapping => {
            Some("the interval takes the overlap of the epochs into account".into())
        }
        Likeness::Alike(alike) => Some(format!(
            "neighbouring epochs are alike (correlation {} of the residuals), which the interval takes into account",
            spoken(alike)
        )),
    }
}

fn with(row: Measure, note: Option<String>) -> Measure {
    match note {
        Some(note) => row.noted(note),
        None => row,
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
    course: &Course,
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

pub(super) fn courses(channel: &Digest, course: &Course) -> Vec<outcome::Course> {
    let there = |quantity: &Quantity| {
        matches!(quantity, Quantity::Mnf | Quantity::Mdf | Quantity::Arv | Quantity::Rms)
            || !course.values(*quantity).is_empty()
    };
    let of = |quantity: Quantity| {
        let factor = relative(course, quantity);
        let value = |epoch: &super::Epoch| {
            let value = epoch.value(quantity).filter(|_| epoch.state == State::Used)?;
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
fn relative(course: &Course, quantity: Quantity) -> Option<f64> {
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
