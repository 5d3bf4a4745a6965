//! A filter designed for one sampling rate: what all filter steps become.

use std::ops::Range;

use super::phase::Phase;
use super::{Kernel, Shortcut};
use crate::dsp::sos::Sos;
use crate::dsp::zero_phase::{Edge, Enter, Leave, Scratch, ZeroPhase};
use crate::memory;
use crate::units::Hertz;

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

    fn two_way(&self) -> Vec<[f64; 2]> {
        let Pass::Zero(filter) = &self.pass else {
            return Vec::new();
        };
        let sections = filter.sos().sections().iter();
        sections.map(|section| [section.a1, section.a2]).collect()
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
    use crate::condition::butterworth::Butterworth;
    use crate::dsp::design::{Band, Cutoff};

    #[test]
    fn a_stretch_that_is_too_short_becomes_a_gap() {
        let asked = Butterworth {
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
