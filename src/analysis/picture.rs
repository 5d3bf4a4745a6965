//! Pieces of figures: units that read well, long traces thinned out, gaps as stretches.

use crate::dsp::gaps::{present, stretches};
use crate::outcome::{Layer, Tone};
use crate::signal::Trace;
use crate::units::Unit;

/// The most points of a thinned trace.
pub(super) const POINTS: usize = 900;

/// A factor and the unit in which the values read well: small voltages in mV or µV, others as they are.
pub(super) fn scale(unit: &Unit, largest: f64) -> (f64, String) {
    match (unit.is_volt(), largest) {
        (true, size) if size < 1e-3 => (1e6, "µV".into()),
        (true, size) if size < 1.0 => (1e3, "mV".into()),
        _ => (1.0, unit.to_string()),
    }
}

/// The largest magnitude; 0 for no samples.
pub(super) fn largest(samples: &[f64]) -> f64 {
    present(samples).fold(0.0, |largest, sample| sample.abs().max(largest))
}

fn bucket(samples: &[f64]) -> usize {
    samples.len().div_ceil(POINTS).max(1)
}

fn centres(trace: &Trace, samples: &[f64]) -> Vec<f64> {
    let size = bucket(samples);
    let centre = |(k, bucket): (usize, &[f64])| {
        trace.time_s(k * size) + trace.rate.seconds(bucket.len().saturating_sub(1)) / 2.0
    };
    samples.chunks(size).enumerate().map(centre).collect()
}

/// The smallest and largest sample of each bucket of a trace, after taking `offset` off and scaling.
pub(super) fn band(trace: &Trace, samples: &[f64], offset: f64, factor: f64) -> Layer {
    let (low, high) = (extremes(samples, offset, factor, f64::min), extremes(samples, offset, factor, f64::max));
    Layer::Band { name: "signal".into(), x: centres(trace, samples), low, high, tone: Tone::Signal }
}

fn extremes(samples: &[f64], offset: f64, factor: f64, pick: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let of = |bucket: &[f64]| present(bucket).reduce(&pick).map_or(f64::NAN, |value| (value - offset) * factor);
    samples.chunks(bucket(samples)).map(of).collect()
}

/// The mean of each bucket of a smooth series.
pub(super) fn line(trace: &Trace, samples: &[f64], factor: f64, name: &str, tone: Tone) -> Layer {
    let mean = |bucket: &[f64]| {
        let present = present(bucket);
        factor * present.clone().sum::<f64>() / present.count() as f64
    };
    let y = samples.chunks(bucket(samples)).map(mean).collect();
    Layer::Line { name: name.into(), x: centres(trace, samples), y, tone }
}

/// The gaps of a trace, the first one named.
pub(super) fn gaps(trace: &Trace, samples: &[f64]) -> Vec<Layer> {
    let mut found = Vec::new();
    let mut from = 0;
    let ends = stretches(samples).into_iter().chain(std::iter::once(samples.len()..samples.len()));
    for stretch in ends {
        if stretch.start > from {
            found.push((from, stretch.start));
        }
        from = stretch.end;
    }
    shaded(trace, "gap", &found)
}

/// The ends of stretches where the envelope is extrapolated, the first one named.
pub(super) fn edges(trace: &Trace) -> Vec<Layer> {
    let mut found = Vec::new();
    for stretch in stretches(&trace.envelope).into_iter().filter(|_| trace.edge_samples > 0) {
        let edge = trace.edge_samples.min(stretch.len() / 2);
        found.push((stretch.start, stretch.start + edge));
        found.push((stretch.end - edge, stretch.end));
    }
    shaded(trace, "envelope extrapolated", &found)
}

fn shaded(trace: &Trace, name: &str, found: &[(usize, usize)]) -> Vec<Layer> {
    let stretch = |(k, &(from, to)): (usize, &(usize, usize))| Layer::Stretch {
        name: if k == 0 { name.into() } else { String::new() },
        from: trace.time_s(from),
        to: trace.time_s(to),
    };
    found.iter().enumerate().map(stretch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{Kind, Label};
    use crate::units::Hertz;

    fn trace(samples: Vec<f64>) -> Trace {
        Trace {
            label: Label { name: "SOL".into(), muscle: None, side: None, kind: Kind::Emg },
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
        }
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
        let trace = trace(samples);
        let Layer::Band { x, low, high, .. } = band(&trace, &trace.raw, 1.0, 10.0) else { panic!("no band") };
        assert!(x.len() <= POINTS && x[0] > 4.0 && x[x.len() - 1] < 10_004.0);
        assert_eq!(high.iter().copied().fold(f64::MIN, f64::max), 60.0);
        assert_eq!(low.iter().copied().fold(f64::MAX, f64::min), -40.0);
    }

    #[test]
    fn gaps_and_edges_are_shaded() {
        let nan = f64::NAN;
        let trace = trace(vec![nan, 1.0, 1.0, 1.0, nan, nan, 1.0, 1.0, nan]);
        let spans = |layers: &[Layer]| -> Vec<(f64, f64)> {
            layers
                .iter()
                .map(|layer| if let Layer::Stretch { from, to, .. } = layer { (*from, *to) } else { (0.0, 0.0) })
                .collect()
        };
        assert_eq!(spans(&gaps(&trace, &trace.raw)), [(4.0, 4.1), (4.4, 4.6), (4.8, 4.9)]);
        assert_eq!(spans(&edges(&trace)), [(4.1, 4.2), (4.3, 4.4), (4.6, 4.7), (4.7, 4.8)]);
    }
}
