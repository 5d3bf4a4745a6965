//! Pieces of figures: units that read well, long traces thinned out, gaps as stretches.

use std::ops::Range;

use crate::dsp::ensemble::{Ensemble, percents};
use crate::dsp::stats::SampleSummary;
use crate::outcome::{EnvelopeStrip, Layer, Tone};
use crate::signal::Trace;
use crate::units::Unit;

/// The most points of a thinned trace.
pub(super) const POINTS: usize = 900;

/// A factor and the unit in which the values read well: small voltages in mV or µV,
/// others as they are.
pub(super) fn scale(unit: &Unit, largest: f64) -> (f64, String) {
    match (unit.is_volt(), largest) {
        (true, size) if size < 1e-3 => (1e6, "µV".into()),
        (true, size) if size < 1.0 => (1e3, "mV".into()),
        _ => (1.0, unit.to_string()),
    }
}

/// A channel thinned out for figures: at most [`POINTS`] pieces, with what each of them
/// holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    /// The largest magnitude of `raw` once its mean is taken off.
    pub(super) largest: f64,
    /// The largest magnitude of `envelope`.
    pub(super) largest_envelope: f64,
    /// The mean of `raw`.
    offset: f64,
    /// The centre of each piece on the file's own clock.
    times_s: Vec<f64>,
    /// The smallest and largest sample of `raw` in each piece.
    extremes: Vec<(f64, f64)>,
    /// The mean of `envelope` in each piece.
    means: Vec<f64>,
    /// The gaps of `raw`.
    gaps: Vec<(f64, f64)>,
    /// The ends of stretches where the envelope is extrapolated.
    edges: Vec<(f64, f64)>,
}

impl Picture {
    /// What figures show of a trace, and the summary of its `raw` that is made on the
    /// way.
    pub(super) fn take(
        trace: &Trace,
        raw: &[Range<usize>],
        envelope: &[Range<usize>],
    ) -> (SampleSummary, Self) {
        let size = trace.raw.len().div_ceil(POINTS).max(1);
        let pieces: Vec<SampleSummary> =
            trace.raw.chunks(size).map(SampleSummary::measure).collect();
        let whole = pieces
            .iter()
            .fold(SampleSummary::default(), |whole, piece| whole.joined(*piece));
        let smooth: Vec<SampleSummary> =
            trace.envelope.chunks(size).map(SampleSummary::measure).collect();
        let offset = whole.mean();
        let there = |piece: &SampleSummary| {
            if piece.count > 0 { (piece.low, piece.high) } else { (f64::NAN, f64::NAN) }
        };
        let centre = |(k, piece): (usize, &[f64])| {
            trace.time_s(k * size)
                + trace.rate.seconds(piece.len().saturating_sub(1)) / 2.0
        };
        let picture = Self {
            largest: 0.0_f64.max(whole.high - offset).max(offset - whole.low),
            largest_envelope: smooth
                .iter()
                .fold(0.0, |largest, piece| largest.max(piece.high).max(-piece.low)),
            offset,
            times_s: trace.raw.chunks(size).enumerate().map(centre).collect(),
            extremes: pieces.iter().map(there).collect(),
            means: smooth.iter().map(SampleSummary::mean).collect(),
            gaps: gaps(trace, raw, trace.raw.len()),
            edges: edges(trace, envelope),
        };
        (whole, picture)
    }

    /// Whether there is any sample to be drawn.
    pub(super) fn is_drawn(&self) -> bool {
        !self.offset.is_nan()
    }

    /// The smallest and largest sample of each piece, the mean of the channel taken off.
    pub(super) fn band(&self) -> Layer {
        let (low, high) = self
            .extremes
            .iter()
            .map(|(low, high)| (low - self.offset, high - self.offset))
            .unzip();
        Layer::Band {
            name: "signal".into(),
            x: self.times_s.clone(),
            low,
            high,
            tone: Tone::Signal,
        }
    }

    /// The envelope.
    pub(super) fn line(&self, factor: f64, name: &str, tone: Tone) -> Layer {
        let y = self.means.iter().map(|mean| factor * mean).collect();
        Layer::Line { name: name.into(), x: self.times_s.clone(), y, tone }
    }

    /// The envelope of a channel in short.
    pub(super) fn strip(&self, channel: &super::Digest) -> EnvelopeStrip {
        EnvelopeStrip {
            channel: channel.label.name.clone(),
            times_s: self.times_s.clone(),
            envelope: self.means.clone(),
            reference: channel.reference,
            unit: channel.unit.clone(),
        }
    }

    /// The gaps of the recording, the first one named.
    pub(super) fn gaps(&self) -> Vec<Layer> {
        shaded("gap", &self.gaps)
    }

    /// The ends of stretches where the envelope is extrapolated, the first one named.
    pub(super) fn edges(&self) -> Vec<Layer> {
        shaded("envelope extrapolated", &self.edges)
    }
}

/// The times between stretches of a series of `count` samples.
pub(super) fn gaps(
    trace: &Trace,
    stretches: &[Range<usize>],
    count: usize,
) -> Vec<(f64, f64)> {
    let starts = std::iter::once(0).chain(stretches.iter().map(|stretch| stretch.end));
    let ends =
        stretches.iter().map(|stretch| stretch.start).chain(std::iter::once(count));
    let found = starts.zip(ends).filter(|(from, to)| from < to);
    found.map(|(from, to)| (trace.time_s(from), trace.time_s(to))).collect()
}

fn edges(trace: &Trace, stretches: &[Range<usize>]) -> Vec<(f64, f64)> {
    let ends = |stretch: &Range<usize>| {
        let edge = trace.edge_samples.min(stretch.len() / 2);
        [(stretch.start, stretch.start + edge), (stretch.end - edge, stretch.end)]
    };
    let found = stretches.iter().filter(|_| trace.edge_samples > 0).flat_map(ends);
    found.map(|(from, to)| (trace.time_s(from), trace.time_s(to))).collect()
}

/// Shaded stretches of time, the first one named.
pub(super) fn shaded(name: &str, found: &[(f64, f64)]) -> Vec<Layer> {
    let stretch = |(k, &(from, to)): (usize, &(f64, f64))| Layer::Stretch {
        name: if k == 0 { name.into() } else { String::new() },
        from,
        to,
    };
    found.iter().enumerate().map(stretch).collect()
}

/// The mean of an ensemble, and the band of one standard deviation about it.
pub(super) fn mean_and_spread(
    ensemble: &Ensemble,
    factor: f64,
    name: &str,
    tone: Tone,
) -> Vec<Layer> {
    let edge = |sign: f64| -> Vec<f64> {
        ensemble
            .mean
            .iter()
            .zip(&ensemble.deviation)
            .map(|(mean, spread)| factor * (mean + sign * spread))
            .collect()
    };
    let spread = if name == "mean" { "standard deviation" } else { "" };
    let band = Layer::Band {
        name: spread.into(),
        x: percents(),
        low: edge(-1.0),
        high: edge(1.0),
        tone,
    };
    let y = ensemble.mean.iter().map(|mean| factor * mean).collect();
    vec![band, Layer::Line { name: name.into(), x: percents(), y, tone }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::gaps::stretches;
    use crate::signal::{Kind, Label};
    use crate::units::Hertz;

    fn trace(samples: Vec<f64>) -> Trace {
        Trace {
            label: Label {
                name: "SOL".into(),
                muscle: None,
                side: None,
                kind: Kind::Emg,
            },
            unit: Unit::VOLT,
            rate: Hertz::new(10.0).unwrap(),
            start_s: 4.0,
            rails: None,
            excluded: 0,
            raw: samples.clone(),
            clean: samples.clone(),
            envelope: samples,
            activation: None,
            edge_samples: 1,
            two_way: Vec::new(),
        }
    }

    fn picture(trace: &Trace) -> (SampleSummary, Picture) {
        Picture::take(trace, &stretches(&trace.raw), &stretches(&trace.envelope))
    }

    #[test]
    fn small_voltages_are_shown_in_small_units() {
        assert_eq!(scale(&Unit::VOLT, 2e-4), (1e6, "µV".into()));
        assert_eq!(scale(&Unit::VOLT, 2e-2), (1e3, "mV".into()));
        assert_eq!(scale(&Unit::VOLT, 2.0), (1.0, "V".into()));
        assert_eq!(scale(&Unit::ARBITRARY, 2e-4), (1.0, "a.u.".into()));
    }

    #[test]
    fn a_long_trace_keeps_its_extremes_on_the_files_clock() {
        let mut samples = vec![0.0; 100_000];
        (samples[54_321], samples[99_999]) = (7.0, -3.0);
        let (whole, picture) = picture(&trace(samples));
        let Layer::Band { x, low, high, .. } = picture.band() else { panic!("no band") };
        assert!(x.len() <= POINTS && x[0] > 4.0 && x[x.len() - 1] < 10_004.0);
        assert_eq!(
            (whole.count, whole.mean(), picture.largest),
            (100_000, 4e-5, 7.0 - 4e-5)
        );
        assert_eq!(high.iter().copied().fold(f64::MIN, f64::max), 7.0 - 4e-5);
        assert_eq!(low.iter().copied().fold(f64::MAX, f64::min), -3.0 - 4e-5);
    }

    #[test]
    fn gaps_and_edges_are_shaded() {
        let nan = f64::NAN;
        let (_, picture) =
            picture(&trace(vec![nan, 1.0, 1.0, 1.0, nan, nan, 1.0, 1.0, nan]));
        let spans = |layers: &[Layer]| -> Vec<(f64, f64)> {
            layers
                .iter()
                .map(|layer| {
                    if let Layer::Stretch { from, to, .. } = layer {
                        (*from, *to)
                    } else {
                        (0.0, 0.0)
                    }
                })
                .collect()
        };
        assert_eq!(spans(&picture.gaps()), [(4.0, 4.1), (4.4, 4.6), (4.8, 4.9)]);
        assert_eq!(
            spans(&picture.edges()),
            [(4.1, 4.2), (4.3, 4.4), (4.6, 4.7), (4.7, 4.8)]
        );
    }
}
