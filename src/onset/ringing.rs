//! What a filter that ran in both directions of time rings ahead of a burst, moved behind
//! it.
//!
//! A zero-phase filter smears a steep onset into the rest before it, so that every 10 dB
//! of signal-to-noise ratio move the crossing of a threshold by 24 ms at 20 Hz. Its
//! response is that of the filter once forwards times once backwards. The zeros of
//! Butterworth filters and notches lie on the unit circle and are the same in both, so
//! that an all-pass of the poles alone turns the backward pass into a second forward one:
//! nothing is heard any more before it happens. The amplitudes of all frequencies stay; the
//! polarity may turn round.

/// One section of the all-pass: the denominator 1 + a1·z⁻¹ + a2·z⁻² below, its
/// coefficients in reverse order above.
struct Section {
    a1: f64,
    a2: f64,
    first: f64,
    second: f64,
}

impl Section {
    fn step(&mut self, sample: f64) -> f64 {
        // A section of first order has one coefficient to turn round.
        let [b0, b1, b2] =
            if self.a2 == 0.0 { [self.a1, 1.0, 0.0] } else { [self.a2, self.a1, 1.0] };
        let out = b0 * sample + self.first;
        self.first = b1 * sample - self.a1 * out + self.second;
        self.second = b2 * sample - self.a2 * out;
        out
    }
}

/// Moves the ringing of filters whose sections have these coefficients a1 and a2 behind
/// what they rang at, in samples in the order of time; begins from rest.
pub(super) fn moved_behind(samples: &mut [f64], two_way: &[[f64; 2]]) {
    for &[a1, a2] in two_way {
        let mut section = Section { a1, a2, first: 0.0, second: 0.0 };
        samples.iter_mut().for_each(|sample| *sample = section.step(*sample));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::design::{Band, butterworth};
    use crate::dsp::zero_phase::{Edge, Scratch, ZeroPhase};

    #[test]
    fn zero_phase_becomes_twice_forward() {
        for (order, band) in [
            (4, Band::BandPass(20.0, 450.0)),
            (3, Band::HighPass(20.0)),
            (2, Band::LowPass(100.0)),
        ] {
            let sos = butterworth(order, band, 2000.0).unwrap();
            let mut once = crate::dsp::random::normals(7, 4000);
            once[..1500].fill(0.0);
            let mut both = once.clone();
            ZeroPhase::new(sos.clone(), Edge::None)
                .run(&mut both, &mut Scratch::default())
                .unwrap();
            sos.filter(&mut once);
            sos.filter(&mut once);
            let poles: Vec<[f64; 2]> =
                sos.sections().iter().map(|section| [section.a1, section.a2]).collect();
            moved_behind(&mut both, &poles);
            // A zero at 1 turns the polarity round backwards.
            let error = both[..3000]
                .iter()
                .zip(&once)
                .map(|(a, b)| (a.abs() - b.abs()).abs())
                .fold(0.0, f64::max);
            assert!(error < 1e-9, "{band:?}: {error}");
        }
    }
}
