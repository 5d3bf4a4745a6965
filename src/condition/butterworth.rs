//! The Butterworth filters of several steps: meaning of the cut-offs, design, and
//! what is said of it.

use super::filter::Filter;
use super::phase::Phase;
use super::phrases::{ends, explain, number, rounded};
use crate::dsp::design::{self, Band, Cutoff, DesignError};
use crate::dsp::zero_phase::Edge;
use crate::error::Result;
use crate::units::Hertz;

/// A Butterworth filter as a recipe asks for it.
#[derive(Debug, Clone)]
pub(super) struct Butterworth {
    pub(super) step: &'static str,
    /// The keys of the band's edges in the recipe.
    pub(super) keys: &'static [&'static str],
    pub(super) band: Band,
    pub(super) order: usize,
    pub(super) phase: Phase,
    pub(super) cutoff: Cutoff,
    pub(super) edge: Edge,
}

impl Butterworth {
    pub(super) fn design(&self, rate: Hertz) -> Result<Filter> {
        let refused = |error| explain(error, self.keys);
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
        let edges: Vec<String> =
            self.band.edges().iter().map(|edge| number(*edge)).collect();
        let edges = edges.join("–");
        let level = match (self.phase, self.cutoff) {
            (Phase::Causal, _) => "−3 dB",
            (Phase::Zero, Cutoff::Effective) => "−3 dB after both passes",
            (Phase::Zero, Cutoff::Nominal) => "−6 dB after both passes",
        };
        let moved = match (self.phase, self.cutoff) {
            (Phase::Zero, Cutoff::Effective) => format!("; {}", design_edges(designed)),
            _ => String::new(),
        };

        let Self { step, order, phase, edge, .. } = *self;
        let (phase, ends) = (phase.word(), ends(phase, edge));
        format!(
            "{phase} Butterworth {step} {edges} Hz ({level}), order {order}, {ends}{moved}",
        )
    }
}

fn design_edges(band: Band) -> String {
    let edges: Vec<String> = band.edges().iter().map(|edge| rounded(*edge)).collect();
    match edges.len() {
        1 => format!("design edge {} Hz", edges.concat()),
        _ => format!("design edges {} Hz", edges.join(" and ")),
    }
}
