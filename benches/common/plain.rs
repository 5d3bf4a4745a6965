//! The reference that the kernels are measured against: the `biquad` crate in a plain
//! loop.

use biquad::{Biquad, Coefficients, DirectForm2Transposed};
use soleus::dsp::sos::Sos;
use soleus::dsp::zero_phase::ZeroPhase;

/// Filters forward and backward as one would write it first: the stretch is continued on
/// both sides in a copy of it, and every sample goes through a `Vec` of sections.
pub(crate) fn zero_phase(filter: &ZeroPhase, samples: &[f64]) -> Vec<f64> {
    let padding = filter.edge().padding(filter.sos());
    let mut continued = odd_extension(samples, padding);
    pass(filter.sos(), continued.iter_mut());
    pass(filter.sos(), continued.iter_mut().rev());
    continued[padding..padding + samples.len()].to_vec()
}

fn pass<'a>(sos: &Sos, samples: impl Iterator<Item = &'a mut f64>) {
    let mut sections: Vec<DirectForm2Transposed<f64>> = sos
        .sections()
        .iter()
        .map(|s| {
            DirectForm2Transposed::new(Coefficients {
                a1: s.a1,
                a2: s.a2,
                b0: s.b0,
                b1: s.b1,
                b2: s.b2,
            })
        })
        .collect();
    let mut samples = samples.peekable();
    let first = samples.peek().map_or(0.0, |sample| **sample);
    for (section, [s1, s2]) in sections.iter_mut().zip(sos.steady_state()) {
        (section.s1, section.s2) = (s1 * first, s2 * first);
    }
    for sample in samples {
        for section in &mut sections {
            *sample = section.run(*sample);
        }
    }
}

fn odd_extension(samples: &[f64], padding: usize) -> Vec<f64> {
    let (first, last) = (samples[0], samples[samples.len() - 1]);
    let before = samples[1..=padding].iter().rev().map(|inside| 2.0 * first - inside);
    let after = samples[samples.len() - 1 - padding..samples.len() - 1]
        .iter()
        .rev()
        .map(|inside| 2.0 * last - inside);
    before.chain(samples.iter().copied()).chain(after).collect()
}

/// Rectified, smoothed, and never below 0.
pub(crate) fn envelope(smoothing: &ZeroPhase, clean: &[f64]) -> Vec<f64> {
    let rectified: Vec<f64> = clean.iter().map(|sample| sample.abs()).collect();
    let mut envelope = zero_phase(smoothing, &rectified);
    envelope.iter_mut().for_each(|sample| *sample = sample.max(0.0));
    envelope
}

/// Checks that the reference does the same work: the same numbers.
pub(crate) fn same(plain: &[f64], ours: &[f64]) -> Result<(), String> {
    if plain == ours {
        Ok(())
    } else {
        Err("the plain loop and the kernel disagree".to_owned())
    }
}
