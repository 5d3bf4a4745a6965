//! What all filter steps share: phase, meaning of the cut-offs, design, errors in the
//! reader's words, and running.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kernel, Shortcut};
use crate::dsp::design::{self, Band, Cutoff, DesignError, HIGHEST_ORDER};
use crate::dsp::sos::Sos;
use crate::dsp::zero_phase::{Edge, Enter, Leave, Scratch, ZeroPhase};
use crate::error::{Error, Result, Stage};
use crate::memory;
use crate::units::Hertz;

/// The share of the sampling rate that is still a good upper cut-off: 0.45, a tenth below
/// half the rate.
pub const HIGHEST_SHARE: f64 = 0.45;

/// In which directions of time a filter runs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Forward and backward: nothing is delayed, and onsets smear to both sides.
    #[default]
    Zero,
    /// Forward only, from rest, as a live display would: everything is delayed.
    Causal,
}

/// A Butterworth filter as a recipe asks for it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) step: &'static str,
    /// The keys of the band's edges in the recipe.
    pub(super) keys: &'static [&'static str],
    pub(super) band: Band,
    pub(super) order: usize,
    pub(super) phase: Phase,
    pub(super) cutoff: Cutoff,
    pub(super) edge: Edge,
}

impl Asked {
    pub(super) fn design(&self, rate: Hertz) -> Result<Filter> {
        let refused = |error| explain(error, self.step, self.keys);
        design::check(self.order, self.band, rate.hz()).map_err(refused)?;
        let band =
            self.cutoff.band(self.order, self.band, rate.hz(), self.phase.passes());
        // Edges that were moved are not the reader's: an error about them would name
        // numbers nobody wrote.
        let sos = design::butterworth(self.order, band, rate.hz())
            .map_err(|_| refused(DesignError::Imprecise { rate_hz: rate.hz() }))?;
        Ok(Filter::new(sos, self.phase, self.edge, rate, self.describe(band)))
    }

    fn describe(&self, designed: Band) -> String {
        let asked = self
            .band
            .edges()
            .iter()
            .map(|edge| number(*edge))
            .collect::<Vec<_>>()
            .join("–");
        let level = match (self.phase, self.cutoff) {
            (Phase::Causal, _) => "−3 dB",
            (Phase::Zero, Cutoff::Effective) => "−3 dB after both passes",
            (Phase::Zero, Cutoff::Nominal) => "−6 dB after both passes",
        };
        let moved = match (self.phase, self.cutoff) {
            (Phase::Zero, Cutoff::Effective) => format!("; {}", design_edges(designed)),
            _ => String::new(),
        };
        let (phase, ends) = (self.phase.word(), ends(self.phase, self.edge));
        format!(
            "{phase} Butterworth {} {asked} Hz ({level}), order {}, {ends}{moved}",
            self.step, self.order
        )
    }
}

impl Phase {
    /// How often the filter runs over the samples.
    pub fn passes(self) -> usize {
        match self {
            Self::Zero => 2,
            Self::Causal => 1,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Zero => "zero-phase",
            Self::Causal => "causal",
        }
    }
}

fn design_edges(band: Band) -> String {
    let edges: Vec<String> = band.edges().iter().map(|edge| rounded(*edge)).collect();
    match edges.len() {
        1 => format!("design edge {} Hz", edges.concat()),
        _ => format!("design edges {} Hz", edges.join(" and ")),
    }
}

/// How the ends of a stretch are treated, as a phrase.
pub(super) fn ends(phase: Phase, edge: Edge) -> &'static str {
    match (phase, edge) {
        (Phase::Causal, _) => "from rest",
        (_, Edge::Odd) => "odd edges",
        (_, Edge::Even) => "even edges",
        (_, Edge::Constant) => "constant edges",
        (_, Edge::None) => "edges not padded",
        (_, Edge::Matlab) => "edges as MATLAB's filtfilt",
        (_, Edge::R) => "edges as filtfilt of R's signal package",
    }
}

/// A number as a reader would write it: at most four decimals, no trailing zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    let same =
        short.parse().is_ok_and(|shown: f64| (shown - value).abs() <= 1e-9 * value.abs());
    if same { short.to_owned() } else { value.to_string() }
}

/// A frequency with two decimals, or with four where it is so low that they are needed.
pub(super) fn rounded(hz: f64) -> String {
    if hz >= 1.0 { format!("{hz:.2}") } else { format!("{hz:.4}") }
}

/// The error of a design in terms of the recipe: the step, its key and value, the limit,
/// and a value that works.
pub(super) fn explain(error: DesignError, step: &str, keys: &[&str]) -> Error {
    let key = |edge: usize| keys.get(edge).copied().unwrap_or("cutoff_hz");
    let plan = |message: String| Error::new(Stage::Plan, format!("{step} {message}"));
    match error {
        DesignError::Order(order) => {
            plan(format!("order = {order} must be 1 to {HIGHEST_ORDER}"))
                .with_hint("orders count as in SciPy's butter; 4 is common for EMG")
        }
        DesignError::NotPositive { edge, hz } => {
            plan(format!("{} = {hz} must be finite and above 0 Hz", key(edge)))
                .with_hint("give a frequency in hertz, or leave the step out")
        }
        DesignError::BeyondNyquist { edge, hz, nyquist_hz } => {
            let (limit, works) =
                (number(nyquist_hz), number(2.0 * nyquist_hz * HIGHEST_SHARE));
            let hint = match keys {
                [low, high] if edge == 0 => {
                    format!(
                        "use a {low} below {high}, and {high} at most {works} Hz ({HIGHEST_SHARE} of the rate)"
                    )
                }
                _ => format!("use at most {works} Hz ({HIGHEST_SHARE} of the rate)"),
            };
            plan(format!(
                "{} = {} must lie below half the sampling rate ({limit} Hz)",
                key(edge),
                number(hz)
            ))
            .with_hint(hint)
        }
        DesignError::NotAscending { low_hz, high_hz } => {
            let (low, high) = (number(low_hz), number(high_hz));
            plan(format!("{} = {low} must lie below {} = {high}", key(0), key(1)))
                .with_hint("the first edge is the lower one")
        }
        DesignError::Quality { q, least } => {
            plan(format!("q = {q} must be finite and above {}", number(least))).with_hint(
                "30 is common: the notch is then a thirtieth of its frequency wide",
            )
        }
        DesignError::Imprecise { rate_hz } => {
            let keys = keys.join(" and ");
            plan(format!("cannot be computed exactly enough for {keys} at a sampling rate of {} Hz", number(rate_hz)))
                .with_hint("use a wider band, a lower order, or frequencies less close to 0 and to half the rate")
        }
        DesignError::Rate(_) => plan(error.to_string()),
    }
}

/// A filter designed for one sampling rate.
#[derive(Debug, Clone)]
pub struct Filter {
    pass: Pass,
    rate: Hertz,
    description: String,
}

#[derive(Debug, Clone)]
enum Pass {
    Causal(Sos),
    Zero(ZeroPhase),
}

impl Filter {
    pub(super) fn new(
        sos: Sos,
        phase: Phase,
        edge: Edge,
        rate: Hertz,
        description: String,
    ) -> Self {
        let pass = match phase {
            Phase::Zero => Pass::Zero(ZeroPhase::new(sos, edge)),
            Phase::Causal => Pass::Causal(sos),
        };
        Self { pass, rate, description }
    }

    pub(super) fn remarked(mut self, remark: &str) -> Self {
        self.description.push_str(remark);
        self
    }

    /// Filters each stretch of channels that have their gaps in common, in place and from
    /// anew, with what is to be done to the samples before. A stretch that is too short
    /// becomes a gap.
    pub fn run_together(
        &self,
        channels: &mut [&mut [f64]],
        stretches: &[Range<usize>],
        enter: Enter<'_>,
        scratch: &mut Scratch,
    ) {
        for stretch in stretches {
            let mut parts: Vec<&mut [f64]> = channels
                .iter_mut()
                .map(|channel| &mut channel[stretch.clone()])
                .collect();

            match &self.pass {
                Pass::Causal(sos) => causal(sos, &mut parts, enter),
                Pass::Zero(filter) => zero_phase(filter, &mut parts, enter, scratch),
            }
        }
    }

    /// The same for channels without gaps, into new ones; `None` for a filter that works
    /// in place alone.
    pub fn run_from(
        &self,
        channels: &[&[f64]],
        enter: Enter<'_>,
        scratch: &mut Scratch,
    ) -> Option<Vec<Vec<f64>>> {
        let Pass::Zero(filter) = &self.pass else {
            return None;
        };
        let mut filtered: Vec<Vec<f64>> =
            channels.iter().map(|channel| memory::zeros(channel.len())).collect();
        let mut targets: Vec<&mut [f64]> =
            filtered.iter_mut().map(Vec::as_mut_slice).collect();
        filter.run_from(channels, &mut targets, enter, Leave::Unchanged, scratch).ok()?;
        Some(filtered)
    }
}

impl Kernel for Filter {
    fn describe(&self) -> String {
        self.description.clone()
    }

    fn run(&self, samples: &mut [f64], stretches: &[Range<usize>]) -> Vec<String> {
        let mut scratch = Scratch::default();
        self.run_together(&mut [samples], stretches, Enter::Unchanged, &mut scratch);
        Vec::new()
    }

    fn shortest(&self) -> usize {
        match &self.pass {
            Pass::Causal(_) => 1,
            Pass::Zero(filter) => filter.shortest(),
        }
    }

    fn streams(&self) -> bool {
        matches!(self.pass, Pass::Causal(_))
    }

    fn gain(&self, frequency_hz: f64) -> f64 {
        match &self.pass {
            Pass::Causal(sos) => sos.gain(frequency_hz, self.rate.hz()),
            Pass::Zero(filter) => filter.gain(frequency_hz, self.rate.hz()),
        }
    }

    fn shortcut(&self) -> Shortcut<'_> {
        Shortcut::Filter(self)
    }
}

fn causal(sos: &Sos, channels: &mut [&mut [f64]], enter: Enter<'_>) {
    for (index, channel) in channels.iter_mut().enumerate() {
        channel.iter_mut().for_each(|sample| *sample = enter.apply(index, *sample));
        sos.filter(channel);
    }
}

fn zero_phase(
    filter: &ZeroPhase,
    channels: &mut [&mut [f64]],
    enter: Enter<'_>,
    scratch: &mut Scratch,
) {
    if filter.run_together(channels, enter, Leave::Unchanged, scratch).is_err() {
        channels.iter_mut().for_each(|channel| channel.fill(f64::NAN));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_they_were_written() {
        for (value, text) in [
            (20.0, "20"),
            (0.5, "0.5"),
            (1259.2593, "1259.2593"),
            (1e-5, "0.00001"),
            (-3.0, "-3"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(0.45 * 42.0), "18.9");
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(f64::INFINITY), "inf");
        assert_eq!(rounded(18.0422), "18.04");
        assert_eq!(rounded(0.012_34), "0.0123");
    }

    #[test]
    fn a_stretch_that_is_too_short_becomes_a_gap() {
        let asked = Asked {
            step: "high-pass",
            keys: &["cutoff_hz"],
            band: Band::HighPass(20.0),
            order: 4,
            phase: Phase::Zero,
            cutoff: Cutoff::Nominal,
            edge: Edge::Odd,
        };
        let filter = asked.design(Hertz::new(1000.0).unwrap()).unwrap();
        let mut samples = [1.0; 60];
        assert!(filter.run(&mut samples, &[0..15, 20..60]).is_empty());
        assert!(samples[..15].iter().all(|sample| sample.is_nan()));
        assert_eq!(samples[15..20], [1.0; 5]);
        assert!(samples[20..].iter().all(|sample| sample.abs() < 1e-12));
    }
}
