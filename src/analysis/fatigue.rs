//! Fatigue: how the spectrum and the amplitude of `clean` change over the epochs of a recording.
//!
//! "Fatigue" is the name of the indices (mean and median frequency, FInsm5, amplitude over time); they also
//! change with force, length, temperature and electrode, and are no diagnosis.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quality::{SILENT, clipped, silent};
use super::{Analysis, Limits, Traces, picture, spoken};
use crate::dsp::regression::Line;
use crate::dsp::spectrum::{Estimator, MedianRule, PowerSpectrum, Segments, Window};
use crate::dsp::stats::{mean, mean_interval, quantile, standard_deviation};
use crate::error::{Error, Result, Stage};
use crate::outcome::{self, FEWEST_FOR_A_TREND, Figure, Layer, Measure, Note, Outcome, Tone};
use crate::signal::Trace;
use crate::units::{Hertz, Unit};

/// The fewest epochs of which a mean or a slope is made.
const FEWEST: usize = 3;
/// The fewest frequencies in the band from which a median is read.
const FEWEST_BINS: f64 = 8.0;

/// The settings of the fatigue analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fatigue {
    /// The length of an epoch in seconds, 0.1 … 60. Longer epochs have steadier spectra: the standard
    /// deviation of the median frequency is 5.3 Hz at 1 s and 10.7 Hz at 0.25 s (simulated EMG).
    pub epoch_s: f64,
    /// The share of an epoch that it has in common with the next, 0 … 0.9. Overlapping epochs are not
    /// independent, which makes the intervals too narrow.
    pub overlap: f64,
    /// How the spectrum of an epoch is estimated.
    pub estimator: Method,
    /// The segments of Welch's method in seconds, half overlapped; at most an epoch.
    pub segment_s: f64,
    /// The weights of the samples of an epoch or segment.
    pub window: Window,
    /// The lower end of the band in hertz.
    pub low_hz: f64,
    /// The upper end of the band in hertz; without it the lower of 450 Hz and 0.45 of the sampling rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_hz: Option<f64>,
    /// How the median frequency is read between two frequencies.
    pub median: MedianRule,
    /// Epochs whose root mean square is below this share of the 95th percentile are rest and left out, 0 … 1.
    pub quiet_share: f64,
}

/// How the spectrum of an epoch is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One segment as long as the epoch: with a boxcar the smallest variance of mean and median.
    #[default]
    Periodogram,
    /// The mean of several shorter segments (Welch 1967).
    Welch,
}

impl Default for Fatigue {
    fn default() -> Self {
        Self {
            epoch_s: 1.0,
            overlap: 0.0,
            estimator: Method::Periodogram,
            segment_s: 0.25,
            window: Window::Boxcar,
            low_hz: 10.0,
            high_hz: None,
            median: MedianRule::Interpolated,
            quiet_share: 0.1,
        }
    }
}

impl Fatigue {
    /// Checks the settings that are wrong at any sampling rate.
    ///
    /// # Errors
    /// Names the key, its value, the limit and a value that works.
    pub fn check(&self) -> Result<()> {
        let default = Self::default();
        let limits = |key, low, high, works| Limits { key, low, high, works };
        limits("analysis.fatigue.epoch_s", 0.1, 60.0, default.epoch_s).check(self.epoch_s)?;
        limits("analysis.fatigue.overlap", 0.0, 0.9, default.overlap).check(self.overlap)?;
        limits("analysis.fatigue.quiet_share", 0.0, 1.0, default.quiet_share).check(self.quiet_share)?;
        limits("analysis.fatigue.low_hz", 0.1, 1000.0, default.low_hz).check(self.low_hz)?;
        let segment = default.segment_s.min(self.epoch_s);
        if self.estimator == Method::Welch {
            limits("analysis.fatigue.segment_s", 0.05, self.epoch_s, segment).check(self.segment_s)?;
        }
        match self.high_hz {
            Some(high) if high.is_nan() || high <= self.low_hz => {
                let message =
                    format!("analysis.fatigue.high_hz = {high} is not above analysis.fatigue.low_hz = {}", self.low_hz);
                let hint = format!("analysis.fatigue.high_hz = {} works", self.low_hz.max(45.0) * 10.0);
                Err(Error::new(Stage::Plan, message).with_hint(hint))
            }
            _ => Ok(()),
        }
    }

    /// Checks the settings against the sampling rate of a channel.
    ///
    /// # Errors
    /// When the band does not fit below half the rate, or when an epoch is too short to resolve it; names the
    /// key, its value, the limit and a value that works.
    pub fn check_rate(&self, rate: Hertz) -> Result<()> {
        let (nyquist, highest) = (rate.nyquist(), (0.9 * rate.nyquist()).min(450.0));
        let error = |message: String, works: String| Err(Error::new(Stage::Plan, message).with_hint(works));
        if let Some(high) = self.high_hz.filter(|&high| high > nyquist) {
            let message =
                format!("analysis.fatigue.high_hz = {high} is above {nyquist} Hz, half the sampling rate of {rate}");
            return error(message, format!("analysis.fatigue.high_hz = {highest} works"));
        }
        let width = self.band(rate).1 - self.low_hz;
        if width <= 0.0 {
            let message = format!(
                "analysis.fatigue.low_hz = {} leaves no band below {highest} Hz at the sampling rate of {rate}",
                self.low_hz
            );
            return error(message, format!("analysis.fatigue.low_hz = {} works", highest / 10.0));
        }
        let (key, seconds) = match self.estimator {
            Method::Periodogram => ("epoch_s", self.epoch_s),
            Method::Welch => ("segment_s", self.segment_s),
        };
        if width * seconds < FEWEST_BINS {
            let shortest = FEWEST_BINS / width;
            let message = format!(
                "analysis.fatigue.{key} = {seconds} is too short for the band of {width} Hz: at least {} s",
                spoken(shortest)
            );
            return error(message, format!("analysis.fatigue.{key} = {} works", (10.0 * shortest).ceil() / 10.0));
        }
        Ok(())
    }

    /// The band in hertz at a sampling rate.
    pub fn band(&self, rate: Hertz) -> (f64, f64) {
        (self.low_hz, self.high_hz.unwrap_or_else(|| (0.45 * rate.hz()).min(450.0)))
    }

    fn segments(&self, epoch: usize, rate: Hertz) -> Segments {
        let length = match self.estimator {
            Method::Periodogram => epoch,
            Method::Welch => rate.samples(self.segment_s).clamp(1, epoch.max(1)),
        };
        Segments { length, overlap: length / 2, window: self.window, demean: true }
    }
}

/// The epochs of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The epochs in order, those that were left out included.
    pub epochs: Vec<Epoch>,
    /// The mean spectra of the first and the last used epochs; `None` when no epoch was used.
    pub ends: Option<Ends>,
    /// The band in hertz.
    pub band_hz: (f64, f64),
}

/// One epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its centre in seconds after the first sample of the channel.
    pub time_s: f64,
    /// Whether it was used, or why not.
    pub state: State,
    /// Its root mean square, in the unit of the channel (0 when it holds a gap).
    pub rms: f64,
    /// Its average rectified value, in the unit of the channel (0 when it holds a gap).
    pub arv: f64,
    /// Its mean frequency in hertz; `None` when it was left out.
    pub mnf: Option<f64>,
    /// Its median frequency in hertz; `None` when it was left out.
    pub mdf: Option<f64>,
}

/// Whether an epoch was used, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Used.
    Used,
    /// It holds a gap.
    Gap,
    /// It holds clipped samples.
    Clipped,
    /// It is rest.
    Quiet,
}

/// The mean spectra of the first and the last used epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// The mean spectrum of the first ones.
    pub first: PowerSpectrum,
    /// The mean spectrum of the last ones.
    pub last: PowerSpectrum,
    /// How many epochs each of them holds: a tenth of all, at least one.
    pub epochs: usize,
}

impl Course {
    /// The epochs that were used.
    pub fn used(&self) -> impl Iterator<Item = &Epoch> + Clone {
        self.epochs.iter().filter(|epoch| epoch.state == State::Used)
    }

    /// How many epochs were left out for a reason.
    pub fn count(&self, state: State) -> usize {
        self.epochs.iter().filter(|epoch| epoch.state == state).count()
    }

    /// The change of a quantity over time; `None` for fewer than three epochs or when it cannot be computed.
    pub fn line(&self, quantity: Quantity) -> Option<Line> {
        let (times, values): (Vec<f64>, Vec<f64>) =
            self.used().filter_map(|epoch| Some((epoch.time_s, quantity.of(epoch)?))).unzip();
        Line::fit(&times, &values)
    }

    /// A quantity of all epochs that were used.
    pub fn values(&self, quantity: Quantity) -> Vec<f64> {
        self.used().filter_map(|epoch| quantity.of(epoch)).collect()
    }

    /// FInsm5 of the last used epochs over that of the first (Dimitrov et al. 2006), from their mean spectra.
    pub fn finsm5_ratio(&self) -> Option<f64> {
        let ends = self.ends.as_ref()?;
        let index = |spectrum: &PowerSpectrum| spectrum.band(self.band_hz.0, self.band_hz.1).finsm(5);
        Some(index(&ends.last)? / index(&ends.first)?).filter(|ratio| ratio.is_finite())
    }
}

/// What is followed over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Mean frequency.
    Mnf,
    /// Median frequency.
    Mdf,
    /// Average rectified value.
    Arv,
    /// Root mean square.
    Rms,
}

impl Quantity {
    const ALL: [Self; 4] = [Self::Mnf, Self::Mdf, Self::Arv, Self::Rms];

    fn name(self) -> &'static str {
        match self {
            Self::Mnf => "mnf",
            Self::Mdf => "mdf",
            Self::Arv => "arv",
            Self::Rms => "rms",
        }
    }

    fn unit(self, trace: &Trace) -> Unit {
        if matches!(self, Self::Mnf | Self::Mdf) { Unit::HERTZ } else { trace.unit.clone() }
    }

    fn of(self, epoch: &Epoch) -> Option<f64> {
        match self {
            Self::Mnf => epoch.mnf,
            Self::Mdf => epoch.mdf,
            Self::Arv => Some(epoch.arv),
            Self::Rms => Some(epoch.rms),
        }
    }
}

/// The epochs of a channel. A channel shorter than an epoch has none; a silent one has only quiet ones.
pub fn course(trace: &Trace, settings: &Fatigue) -> Course {
    let length = trace.rate.samples(settings.epoch_s).max(1);
    let step = ((length as f64 * (1.0 - settings.overlap)).round() as usize).max(1);
    let clipped = clipped(&trace.raw, trace.rails);
    let starts = (0..(trace.clean.len() + 1).saturating_sub(length)).step_by(step);
    let amplitude = |start: usize| {
        let span = start..start + length;
        let hit = clipped.get(span.clone()).is_some_and(|hit| hit.contains(&true));
        let time_s = trace.rate.seconds(start) + trace.rate.seconds(length) / 2.0;
        Epoch::of(&trace.clean[span], time_s, hit)
    };
    let mut epochs: Vec<Epoch> = starts.clone().map(amplitude).collect();
    leave_out_rest(&mut epochs, settings.quiet_share);
    let estimator = Estimator::new(settings.segments(length, trace.rate), trace.rate.hz());
    let ends = Spectra { trace, settings, estimator }.fill(&mut epochs, starts, length);
    Course { epochs, ends, band_hz: settings.band(trace.rate) }
}

impl Epoch {
    fn of(samples: &[f64], time_s: f64, clipped: bool) -> Self {
        let n = samples.len() as f64;
        let (squares, magnitudes) =
            samples.iter().fold((0.0, 0.0), |(squares, sum), &x| (squares + x * x, sum + f64::abs(x)));
        let gap = f64::is_nan(magnitudes);
        let state = match (gap, clipped) {
            (true, _) => State::Gap,
            (_, true) => State::Clipped,
            _ => State::Used,
        };
        let kept = |value: f64| if gap { 0.0 } else { value };
        Self { time_s, state, rms: kept((squares / n).sqrt()), arv: kept(magnitudes / n), mnf: None, mdf: None }
    }
}

fn leave_out_rest(epochs: &mut [Epoch], quiet_share: f64) {
    // Clipped epochs show what activity is, although nothing else is taken from them: without them the rest between
    // clipped contractions would pass for the contraction.
    let whole: Vec<f64> = epochs.iter().filter(|epoch| epoch.state != State::Gap).map(|epoch| epoch.rms).collect();
    let Some(active) = quantile(&whole, 0.95) else { return };
    for epoch in epochs.iter_mut().filter(|epoch| epoch.state == State::Used) {
        if epoch.rms <= 0.0 || epoch.rms < quiet_share * active {
            epoch.state = State::Quiet;
        }
    }
}

struct Spectra<'a> {
    trace: &'a Trace,
    settings: &'a Fatigue,
    estimator: Estimator,
}

impl Spectra<'_> {
    /// Mean and median frequency of every used epoch, and the mean spectra of the first and last ones.
    fn fill(mut self, epochs: &mut [Epoch], starts: impl Iterator<Item = usize>, length: usize) -> Option<Ends> {
        let used = epochs.iter().filter(|epoch| epoch.state == State::Used).count();
        let size = (used / 10).max(1);
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let (low, high) = self.settings.band(self.trace.rate);
        let kept = epochs.iter_mut().zip(starts).filter(|(epoch, _)| epoch.state == State::Used);
        for (rank, (epoch, start)) in kept.enumerate() {
            let Some(spectrum) = self.estimator.welch([&self.trace.clean[start..start + length]]) else { continue };
            let band = spectrum.band(low, high);
            epoch.mnf = band.mean_frequency();
            epoch.mdf = band.median_frequency(self.settings.median);
            if rank < size {
                add(&mut first, &spectrum.density, size);
            }
            if rank + size >= used {
                add(&mut last, &spectrum.density, size);
            }
        }
        let spacing_hz = self.estimator.spacing_hz();
        let spectrum = |density| PowerSpectrum { spacing_hz, density };
        (used > 0).then(|| Ends { first: spectrum(first), last: spectrum(last), epochs: size })
    }
}

fn add(sum: &mut Vec<f64>, density: &[f64], size: usize) {
    sum.resize(density.len(), 0.0);
    sum.iter_mut().zip(density).for_each(|(sum, power)| *sum += power / size as f64);
}

impl Analysis for Fatigue {
    fn name(&self) -> &'static str {
        "fatigue"
    }

    fn run(&self, recording: &Traces<'_>) -> Outcome {
        let mut outcome = Outcome::new("fatigue");
        let courses_of: Vec<(&Trace, Course)> =
            recording.traces.iter().map(|trace| (trace, course(trace, self))).collect();
        outcome.notes.extend(self.cautions(&courses_of));
        for (trace, course) in courses_of {
            outcome.measures.extend(measures(trace, &course));
            outcome.courses.extend(courses(trace, &course));
            outcome.notes.push(note(trace, &course));
            outcome.figures.extend(course_figure(trace, &course));
            outcome.figures.extend(spectra_figure(trace, &course));
        }
        outcome
    }

    fn describe(&self) -> String {
        let spectrum = match self.estimator {
            Method::Periodogram => format!("the {} periodogram", self.window.word()),
            Method::Welch => {
                format!("Welch's method ({} segments of {} s, half overlapped)", self.window.word(), self.segment_s)
            }
        };
        let high = self
            .high_hz
            .map_or("the lower of 450 Hz and 0.45 of the sampling rate".into(), |high| format!("{high} Hz"));
        let overlap = if self.overlap > 0.0 {
            format!(", overlapping by {} %", spoken(100.0 * self.overlap))
        } else {
            String::new()
        };
        let median = match self.median {
            MedianRule::Interpolated => "interpolated between frequencies",
            MedianRule::Bin => "read as the first frequency that reaches half the power",
        };
        format!(
            "Mean and median frequency ({median}) were computed from {spectrum} of epochs of {} s{overlap} between {} Hz \
             and {high}; epochs with gaps, clipping or a root mean square below {} % of the 95th percentile were left \
             out. Slopes are ordinary least squares over the epoch centres, normalised slopes relative to the \
             intercept with Fieller intervals, and FInsm5 (Dimitrov et al. 2006) is the ratio of the last to the first \
             tenth of the epochs.",
            self.epoch_s,
            self.low_hz,
            spoken(100.0 * self.quiet_share)
        )
    }
}

/// Why nothing can be said, where that is so.
fn obstacle(trace: &Trace, course: &Course) -> Option<String> {
    let used = course.used().count();
    if silent(trace) {
        return Some(SILENT.into());
    }
    if course.epochs.is_empty() {
        return Some("the recording is shorter than one epoch".into());
    }
    if used > 0 || course.count(State::Quiet) < course.epochs.len() {
        return (used < FEWEST).then(|| format!("needs at least {FEWEST} epochs; {}", tally(course)));
    }
    Some("no signal is left after filtering".into())
}

fn tally(course: &Course) -> String {
    let words = [(State::Gap, "gaps"), (State::Clipped, "clipping"), (State::Quiet, "rest")];
    let left_out = words.map(|(state, word)| (course.count(state), word));
    let left_out: Vec<String> =
        left_out.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} ({word})")).collect();
    let used = format!("{} of {} epochs used", course.used().count(), course.epochs.len());
    if left_out.is_empty() { used } else { format!("{used}, left out: {}", left_out.join(", ")) }
}

fn measures(trace: &Trace, course: &Course) -> Vec<Measure> {
    let obstacle = obstacle(trace, course);
    let finish = |name: String, unit: Unit, row: Option<Measure>| {
        let missing = |reason: String| Measure::missing(&trace.label, name.clone(), unit.clone(), reason);
        match (&obstacle, row) {
            (Some(reason), _) => missing(reason.clone()),
            (None, Some(row)) => row,
            (None, None) => missing("cannot be computed from these epochs".into()),
        }
    };
    let mut rows = Vec::new();
    for quantity in [Quantity::Mnf, Quantity::Mdf] {
        let name = format!("{}_mean", quantity.name());
        rows.push(finish(name.clone(), Unit::HERTZ, mean_row(trace, course, quantity, name)));
    }
    for quantity in Quantity::ALL {
        let (name, unit) = (format!("{}_slope", quantity.name()), quantity.unit(trace).per_second());
        rows.push(finish(name.clone(), unit.clone(), slope_row(trace, course, quantity, name, unit)));
    }
    for quantity in Quantity::ALL {
        let name = format!("{}_slope_normalised", quantity.name());
        rows.push(finish(name.clone(), Unit::PERCENT_PER_SECOND, normalised_row(trace, course, quantity, name)));
    }
    rows.push(finish("finsm5_ratio".into(), Unit::ONE, finsm5_row(trace, course)));
    rows
}

fn mean_row(trace: &Trace, course: &Course, quantity: Quantity, name: String) -> Option<Measure> {
    let values = course.values(quantity);
    let (low, high) = mean_interval(&values)?;
    let spread = standard_deviation(&values)?;
    let row = Measure::of(&trace.label, name, mean(&values)?, Unit::HERTZ).within(low, high).from_n(values.len());
    Some(row.noted(format!("standard deviation {} Hz; {}", spoken(spread), tally(course))))
}

fn slope_row(trace: &Trace, course: &Course, quantity: Quantity, name: String, unit: Unit) -> Option<Measure> {
    let line = course.line(quantity)?;
    let (low, high) = line.slope_interval()?;
    Some(Measure::of(&trace.label, name, line.slope, unit).within(low, high).from_n(line.n))
}

fn normalised_row(trace: &Trace, course: &Course, quantity: Quantity, name: String) -> Option<Measure> {
    let line = course.line(quantity)?;
    let row = Measure::of(&trace.label, name, line.normalised_slope()?, Unit::PERCENT_PER_SECOND).from_n(line.n);
    Some(match line.fieller_interval() {
        Some((low, high)) => row.within(low, high),
        None => row.noted("no interval: the value at the beginning cannot be told from 0"),
    })
}

fn finsm5_row(trace: &Trace, course: &Course) -> Option<Measure> {
    let size = course.ends.as_ref()?.epochs;
    let row =
        Measure::of(&trace.label, "finsm5_ratio", course.finsm5_ratio()?, Unit::ONE).from_n(course.used().count());
    let (low, high) = course.band_hz;
    let which = if size == 1 {
        "the last epoch over the first".into()
    } else {
        format!("the last {size} epochs over the first {size}")
    };
    Some(row.noted(format!("{which}, {low} to {} Hz", spoken(high))))
}

fn courses(trace: &Trace, course: &Course) -> Vec<outcome::Course> {
    let of = |quantity: Quantity| outcome::Course {
        name: quantity.name().into(),
        channel: trace.label.name.clone(),
        unit: quantity.unit(trace),
        time_s: course.epochs.iter().map(|epoch| trace.start_s + epoch.time_s).collect(),
        value: course.epochs.iter().map(|epoch| quantity.of(epoch).filter(|_| epoch.state == State::Used)).collect(),
    };
    Quantity::ALL.map(of).into()
}

/// What the course of a channel says, or why it says nothing.
fn note(trace: &Trace, course: &Course) -> Note {
    let channel = &trace.label.name;
    match obstacle(trace, course) {
        Some(reason) => Note::caution(format!("{channel}: no fatigue indices: {reason}.")),
        None => Note::info(format!("{channel}: {}; {}.", finding(course), tally(course))),
    }
}

impl Fatigue {
    /// What limits the courses, each caution with all the channels that it concerns.
    fn cautions(&self, courses: &[(&Trace, Course)]) -> Vec<Note> {
        let usable: Vec<_> = courses.iter().filter(|(trace, course)| obstacle(trace, course).is_none()).collect();
        let named = |concerned: &dyn Fn(&Trace, &Course) -> bool| {
            let names = usable.iter().filter(|(trace, course)| concerned(trace, course));
            let names: Vec<_> = names.map(|(trace, _)| trace.label.name.as_str()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let varying = named(&|_, course| varies(course)).map(|names| {
            format!(
                "{names}: the amplitude varies between epochs (coefficient of variation above 30 %, or more than a \
                 fifth of the epochs quiet), as in a dynamic or intermittent task: the spectrum then follows force and \
                 joint angle as well, so compare only the same phase."
            )
        });
        let slow = named(&|trace, _| trace.rate.hz() < 1000.0).map(|names| {
            format!(
                "{names}: sampled below 1000 Hz: the highest frequencies are missing, so mean and median frequency and \
                 FInsm5 are lower than at higher rates."
            )
        });
        let overlapping = (self.overlap > 0.0 && !usable.is_empty())
            .then(|| "epochs overlap, so the intervals of slopes are too narrow.".to_owned());
        [varying, slow, overlapping].into_iter().flatten().map(Note::caution).collect()
    }
}

/// Whether force was not constant, by the amplitudes of the epochs.
fn varies(course: &Course) -> bool {
    let levels = course.values(Quantity::Rms);
    let variation = standard_deviation(&levels).zip(mean(&levels)).map_or(0.0, |(spread, mean)| spread / mean);
    variation > 0.3 || 5 * course.count(State::Quiet) > course.epochs.len()
}

/// "median frequency fell 0.41 %/s (95 % interval 0.32 to 0.5), 58 epochs"
fn finding(course: &Course) -> String {
    let found =
        course.line(Quantity::Mdf).and_then(|line| Some((line, line.normalised_slope()?, line.fieller_interval()?)));
    let Some((line, slope, (low, high))) = found else { return "median frequency has no slope".into() };
    if line.n < FEWEST_FOR_A_TREND {
        return format!(
            "{} epochs are too few to speak of a trend of the median frequency (its epochs scatter by some 5 %; {} are needed)",
            line.n, FEWEST_FOR_A_TREND
        );
    }
    let epochs = format!("{} epochs", line.n);
    if low <= 0.0 && high >= 0.0 {
        let (slope, low, high) = (spoken(slope), spoken(low), spoken(high));
        return format!(
            "median frequency shows no change beyond chance: {slope} %/s (95 % interval {low} to {high}), {epochs}"
        );
    }
    let (word, ends) = if slope < 0.0 { ("fell", (-high, -low)) } else { ("rose", (low, high)) };
    let (slope, low, high) = (spoken(slope.abs()), spoken(ends.0), spoken(ends.1));
    format!("median frequency {word} {slope} %/s (95 % interval {low} to {high}), {epochs}")
}

fn course_figure(trace: &Trace, course: &Course) -> Option<Figure> {
    let times: Vec<f64> = course.used().map(|epoch| trace.start_s + epoch.time_s).collect();
    let mut layers = picture::gaps(trace, &trace.clean);
    for (quantity, name, tone) in
        [(Quantity::Mnf, "mean frequency", Tone::Muted), (Quantity::Mdf, "median frequency", Tone::Signal)]
    {
        let line = course.line(quantity)?;
        let x: Vec<f64> = course.used().map(|epoch| epoch.time_s).collect();
        let (low, high) = x.iter().map(|&t| line.interval_at(t).unwrap_or((f64::NAN, f64::NAN))).unzip();
        let fit = x.iter().map(|&t| line.at(t)).collect();
        layers.push(Layer::Band { name: String::new(), x: times.clone(), low, high, tone: Tone::Fit });
        layers.push(Layer::Points { name: name.into(), x: times.clone(), y: course.values(quantity), tone });
        layers.push(Layer::Line { name: format!("{name}: fit"), x: times.clone(), y: fit, tone: Tone::Fit });
    }
    Some(Figure {
        title: format!("{}: mean and median frequency", trace.label.name),
        caption:
            "Mean and median frequency of each epoch with the fitted line and its 95 % interval; look for a steady \
                  change that is larger than the interval is wide."
                .into(),
        x_label: "time (s)".into(),
        y_label: "frequency (Hz)".into(),
        layers,
    })
}

fn spectra_figure(trace: &Trace, course: &Course) -> Option<Figure> {
    let ends = course.ends.as_ref().filter(|_| course.used().count() >= FEWEST)?;
    let (factor, unit) = picture::scale(&trace.unit, picture::largest(&trace.clean));
    let line = |spectrum: &PowerSpectrum, name: &str, tone: Tone| {
        let shown = spectrum.band(0.0, course.band_hz.1).len();
        let step = shown.div_ceil(picture::POINTS).max(1);
        let x = (0..shown).step_by(step).map(|k| spectrum.frequency(k)).collect();
        let smooth = smoothed(&spectrum.density[..shown]).step_by(step);
        Layer::Line { name: name.into(), x, y: smooth.map(|power| power * factor * factor).collect(), tone }
    };
    let epochs = if ends.epochs == 1 { "epoch".into() } else { format!("{} epochs", ends.epochs) };
    Some(Figure {
        title: format!("{}: spectrum at the beginning and at the end", trace.label.name),
        caption:
            "The mean power spectra of the first and the last epochs, smoothed over nine frequencies for the eye; \
                  a shift to the left is a fall of mean and median frequency."
                .into(),
        x_label: "frequency (Hz)".into(),
        y_label: format!("power density ({unit}²/Hz)"),
        layers: vec![
            line(&ends.first, &format!("first {epochs}"), Tone::First),
            line(&ends.last, &format!("last {epochs}"), Tone::Last),
        ],
    })
}

fn smoothed(density: &[f64]) -> impl Iterator<Item = f64> + '_ {
    (0..density.len()).map(|k| {
        let near = &density[k.saturating_sub(4)..(k + 5).min(density.len())];
        near.iter().sum::<f64>() / near.len() as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(rms: f64, state: State) -> Epoch {
        Epoch { time_s: 0.0, state, rms, arv: rms, mnf: None, mdf: None }
    }

    #[test]
    fn rest_is_told_from_activity() {
        let mut epochs = [1.0, 1.1, 0.05, 0.9, 0.0].map(|rms| epoch(rms, State::Used));
        leave_out_rest(&mut epochs, 0.1);
        let quiet = epochs.map(|epoch| epoch.state == State::Quiet);
        assert_eq!(quiet, [false, false, true, false, true]);
        let mut silent = [epoch(0.0, State::Used), epoch(0.0, State::Gap)];
        leave_out_rest(&mut silent, 0.1);
        assert_eq!(silent.map(|epoch| epoch.state), [State::Quiet, State::Gap]);
    }

    #[test]
    fn a_gap_goes_before_clipping() {
        assert_eq!(Epoch::of(&[1.0, f64::NAN], 0.0, true).state, State::Gap);
        assert_eq!(Epoch::of(&[1.0, -1.0], 0.0, true).state, State::Clipped);
        let used = Epoch::of(&[3.0, -4.0], 0.0, false);
        assert_eq!((used.state, used.arv, used.rms), (State::Used, 3.5, 12.5_f64.sqrt()));
    }

    #[test]
    fn the_standard_band_fits_every_rate() {
        for hz in [100.0, 500.0, 1000.0, 1259.2593, 2148.1481, 10_000.0] {
            let rate = Hertz::new(hz).unwrap();
            let (low, high) = Fatigue::default().band(rate);
            assert!(low == 10.0 && high <= 450.0 && high < rate.nyquist());
            assert!(Fatigue::default().check_rate(rate).is_ok(), "{hz}");
        }
        let slow = Fatigue::default().check_rate(Hertz::new(20.0).unwrap()).unwrap_err();
        assert!(slow.to_string().contains("analysis.fatigue.low_hz = 10"), "{slow}");
    }

    #[test]
    fn welch_segments_fit_into_the_epoch() {
        let settings = Fatigue { estimator: Method::Welch, window: Window::Hann, ..Fatigue::default() };
        let segments = settings.segments(1000, Hertz::new(1000.0).unwrap());
        assert_eq!((segments.length, segments.overlap), (250, 125));
        assert!(settings.check().is_ok());
        assert!(Fatigue { segment_s: 2.0, ..settings }.check().is_err());
    }
}
