//! Whitened amplitude: the root mean square of what an autoregressive model cannot
//! predict (Clancy & Hogan 1994).
//!
//! Whitening makes neighbouring samples independent, so that a level of the same duration
//! scatters less: 250 ms of simulated EMG have a signal-to-noise ratio of 22 instead of
//! 14. It amplifies high frequencies, so it is for recordings with little noise.

use super::{Epoch, EpochState, Quantity};
use crate::dsp::autoregression::Autoregression;
use crate::dsp::stats::median;
use crate::dsp::sums::sum_of;

/// The order of the model (Clancy & Hogan: 4 to 6 suffice).
const ORDER: usize = 4;

/// The whitened amplitude of every used epoch. The model is fitted once, to the epoch
/// whose level is the median, and scaled to keep its root mean square.
pub(super) fn fill(clean: &[f64], epochs: &mut [Epoch]) {
    let Some((model, scale)) = model(clean, epochs) else {
        return;
    };
    for epoch in epochs.iter_mut().filter(|epoch| epoch.state == EpochState::Used) {
        let level =
            whitened(&model, &clean[epoch.span.clone()]).map(|level| level * scale);
        epoch.set(Quantity::WhitenedRms, level);
    }
}

fn model(clean: &[f64], epochs: &[Epoch]) -> Option<(Autoregression, f64)> {
    let level = |epoch: &Epoch| epoch.value(Quantity::Rms).unwrap_or(f64::INFINITY);
    let used = || epochs.iter().filter(|epoch| epoch.state == EpochState::Used);
    let middle = median(&used().map(level).collect::<Vec<_>>())?;
    let apart = |epoch: &Epoch| (level(epoch) - middle).abs();
    let typical = used().min_by(|one, other| apart(one).total_cmp(&apart(other)))?;
    let samples = &clean[typical.span.clone()];
    let model = Autoregression::fit(samples, ORDER)?;
    let scale = level(typical) / whitened(&model, samples)?;
    Some((model, scale))
}

/// The root mean square of the innovations, without the first ones, which lack a past.
fn whitened(model: &Autoregression, samples: &[f64]) -> Option<f64> {
    let innovations = model.whitened(samples);
    let there = innovations.get(ORDER..).filter(|there| !there.is_empty())?;
    Some((sum_of(there, |x| x * x) / there.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    #[test]
    fn whitened_levels_scatter_less() {
        let white = normals(9, 60_000);
        let mut coloured = white.clone();
        (1..coloured.len()).for_each(|t| coloured[t] = white[t] + 0.95 * coloured[t - 1]);
        let model = Autoregression::fit(&coloured, ORDER).unwrap();
        let scatter = |level: &dyn Fn(&[f64]) -> f64| {
            let levels: Vec<f64> = coloured.chunks(250).map(level).collect();
            crate::dsp::stats::standard_deviation(&levels).unwrap()
                / crate::dsp::stats::mean(&levels).unwrap()
        };
        let raw = scatter(&|x| (sum_of(x, |x| x * x) / x.len() as f64).sqrt());
        let whitened = scatter(&|x| whitened(&model, x).unwrap());
        // Theory: 1/√(2·250) = 4.5 % of white samples; coloured ones are some ten times
        // fewer independent ones.
        assert!(whitened < 0.05 && raw > 2.0 * whitened, "{raw} {whitened}");
    }
}
