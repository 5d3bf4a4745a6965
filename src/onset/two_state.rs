//! Two states, rest and activity, each white and Gaussian with its own variance, that
//! follow each other as a Markov chain: fitted by expectation and maximisation (Baum,
//! Petrie, Soules & Weiss 1970), read by the algorithm of Viterbi (1967).

use std::f64::consts::PI;
use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tidy::runs;
use super::viterbi::{self, Ways};
use super::whitening::{White, Whitening};
use super::{Detect, DetectWhite, Stretch};

/// Transitions are neither impossible nor the rule.
const TRANSITIONS: (f64, f64) = (1e-6, 0.5);

/// The model of two states. Both are equally probable at the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct States {
    /// The variance at rest, above 0.
    pub quiet: f64,
    /// The variance in activity, above 0.
    pub active: f64,
    /// The probability that rest is followed by activity in the next bin, 0 … 1.
    pub begin: f64,
    /// The probability that activity is followed by rest, 0 … 1.
    pub end: f64,
}

/// A fitted model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// The model.
    pub states: States,
    /// The log-likelihood of the model before the last pass, which changed it least.
    pub log_likelihood: f64,
}

/// The most likely model near `start` for energies (sums of squares) of bins of `samples`
/// samples each, by at most `passes` passes; fewer when a pass raises the log-likelihood
/// by less than 0.001, which is no difference. Variances stay above `floor`. `None` for
/// no bins or when something is not finite.
pub fn fit(
    energies: &[f64],
    samples: usize,
    start: States,
    floor: f64,
    passes: usize,
) -> Option<Fit> {
    let mut fit = Fit { states: start, log_likelihood: f64::NEG_INFINITY };
    for _ in 0..passes.max(1) {
        let counts = expect(energies, samples, &fit.states);
        let gain = counts.log_likelihood - fit.log_likelihood;
        fit = Fit {
            states: counts.states(samples, floor, &fit.states),
            log_likelihood: counts.log_likelihood,
        };
        if gain < 1e-3 {
            break;
        }
    }
    let States { quiet, active, begin, end } = fit.states;
    let finite = [quiet, active, begin, end, fit.log_likelihood]
        .iter()
        .all(|value| value.is_finite());
    (finite && !energies.is_empty()).then_some(fit)
}

/// Whether each bin is active on the most likely path through the states; with equal
/// likelihoods it rests.
pub fn path(energies: &[f64], samples: usize, states: &States) -> Vec<bool> {
    let log = |probability: f64| libm::log(probability.max(f64::MIN_POSITIVE));
    let ways = Ways {
        rest: log(1.0 - states.begin),
        begin: log(states.begin),
        end: log(states.end),
        stay: log(1.0 - states.end),
    };
    let evidence = states.evidence(samples);
    viterbi::path(energies.iter().map(|&energy| evidence(energy)), ways)
}

impl States {
    /// The logarithm of the ratio of the densities of a bin, active to resting.
    fn evidence(&self, samples: usize) -> impl Fn(f64) -> f64 + use<> {
        let (constant, slope) = (
            samples as f64 * libm::log(self.active / self.quiet),
            1.0 / self.active - 1.0 / self.quiet,
        );
        move |energy| -0.5 * (constant + energy * slope)
    }
}

/// What a pass expects of the states.
#[derive(Default)]
struct Counts {
    /// Bins, energies and changes of rest and of activity.
    bins: [f64; 2],
    energy: [f64; 2],
    from: [f64; 2],
    changes: [f64; 2],
    log_likelihood: f64,
}

impl Counts {
    /// The probability of activity in a bin, given all bins, from that in the next one,
    /// which was `foreseen` before it was seen; the changes between both are counted.
    fn step_back(
        &mut self,
        after: f64,
        bin: &Forward,
        foreseen: f64,
        states: &States,
    ) -> f64 {
        let States { begin, end, .. } = *states;
        let share =
            |above: f64, below: f64| if below > 0.0 { above / below } else { 0.0 };
        let active = share(after, foreseen);
        let rest = share(1.0 - after, 1.0 - foreseen);

        let now = bin.seen;
        let (began, ended) = ((1.0 - now) * begin * active, now * end * rest);
        let stayed = now * (1.0 - end) * active;
        self.changes[0] += began;
        self.changes[1] += ended;
        self.from[0] += 1.0 - (stayed + ended);
        self.from[1] += stayed + ended;
        stayed + ended
    }

    /// Counts a bin that is active with a probability.
    fn add(&mut self, active: f64, energy: f64) {
        for (state, probability) in [1.0 - active, active].into_iter().enumerate() {
            self.bins[state] += probability;
            self.energy[state] += probability * energy;
        }
    }

    fn states(&self, samples: usize, floor: f64, before: &States) -> States {
        let share = |above: f64, below: f64, before: f64| {
            if below > 0.0 { above / below } else { before }
        };
        let variance = |state: usize, before| {
            share(self.energy[state], samples as f64 * self.bins[state], before)
                .max(floor)
        };
        let change = |state: usize, before| {
            share(self.changes[state], self.from[state], before)
                .clamp(TRANSITIONS.0, TRANSITIONS.1)
        };
        States {
            quiet: variance(0, before.quiet),
            active: variance(1, before.active),
            begin: change(0, before.begin),
            end: change(1, before.end),
        }
    }
}

fn expect(energies: &[f64], samples: usize, states: &States) -> Counts {
    let (forward, log_likelihood) = forward(energies, samples, states);
    let mut counts = Counts { log_likelihood, ..Counts::default() };

    let mut after: Option<f64> = None;
    for (i, &energy) in energies.iter().enumerate().rev() {
        let smoothed = after.map_or(forward[i].seen, |after| {
            counts.step_back(after, &forward[i], forward[i + 1].foreseen, states)
        });
        counts.add(smoothed, energy);
        after = Some(smoothed);
    }
    counts
}

/// The probability of activity in a bin, given the bins before it.
struct Forward {
    /// Before the bin itself is seen.
    foreseen: f64,
    /// And after.
    seen: f64,
}

/// What each bin says together with those before it, and the log-likelihood of all.
fn forward(energies: &[f64], samples: usize, states: &States) -> (Vec<Forward>, f64) {
    let States { quiet, begin, end, .. } = *states;
    let evidence = states.evidence(samples);
    let constant = samples as f64 * libm::log(2.0 * PI * quiet);

    let (mut prior, mut log_likelihood) = (0.5, 0.0);
    let mut bins = Vec::with_capacity(energies.len());
    for &energy in energies {
        let ratio = evidence(energy);
        let resting = -0.5 * (constant + energy / quiet);
        // Scaled by the larger density, so that nothing overflows.
        let scale = ratio.max(0.0);
        let rest = (1.0 - prior) * libm::exp(-scale);
        let active = prior * libm::exp(ratio - scale);
        log_likelihood += resting + scale + libm::log(rest + active);

        let seen = active / (rest + active);
        bins.push(Forward { foreseen: prior, seen });
        prior = seen * (1.0 - end) + (1.0 - seen) * begin;
    }
    (bins, log_likelihood)
}

/// Settings of the two states, which find all bursts of a stretch, be it active for 5 or
/// for 95 % of the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TwoState {
    /// How the samples are whitened.
    pub whitening: Whitening,
    /// The bins that the model is fitted to, in seconds; the path is found sample by
    /// sample.
    #[schemars(range(min = 0.001, max = 0.1), extend("unit" = "s"))]
    pub bin_s: f64,
    /// The most passes of the fit.
    #[schemars(range(min = 1, max = 1000))]
    pub passes: usize,
    /// There are bursts when the whitened power in activity lies this far above that at
    /// rest, in dB. (Proposal)
    #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "dB"))]
    pub rise_db: f64,
}

impl Default for TwoState {
    fn default() -> Self {
        Self { whitening: Whitening::default(), bin_s: 0.005, passes: 50, rise_db: 3.0 }
    }
}

impl Detect for TwoState {
    fn name(&self) -> &'static str {
        "two-state"
    }

    /// All bursts of a stretch, also those that touch its ends; none where it cannot be
    /// made white (silence, samples that are not finite, or fewer than 20 quiet samples),
    /// and where one state explains it as well as two (Schwarz 1978).
    fn bursts(&self, stretch: &Stretch<'_>) -> Vec<Range<usize>> {
        self.bursts_made_white(stretch)
    }

    fn on_white(&self) -> Option<&dyn DetectWhite> {
        Some(self)
    }
}

impl DetectWhite for TwoState {
    fn whitening(&self) -> &Whitening {
        &self.whitening
    }

    fn bursts_of_white(&self, white: &White) -> Vec<Range<usize>> {
        let Some((states, bin)) = self.states(white) else {
            return Vec::new();
        };
        let per_sample = |probability: f64| probability / bin as f64;
        let states = States {
            begin: per_sample(states.begin),
            end: per_sample(states.end),
            ..states
        };
        let energies: Vec<f64> =
            white.samples.iter().map(|sample| sample * sample).collect();
        white.placed(&runs(&path(&energies, 1, &states)))
    }
}

impl TwoState {
    /// The states of a stretch and the samples of a bin; `None` where activity is no
    /// other state than rest.
    fn states(&self, white: &White) -> Option<(States, usize)> {
        let bin = white.rate.samples(self.bin_s).max(1);
        let bins = white.samples.len() / bin;
        let energies: Vec<f64> =
            (0..bins).map(|i| white.energy.between(i * bin, (i + 1) * bin)).collect();
        let start = first_guess(white, &energies, bin)?;
        let fit = fit(&energies, bin, start, white.floor, self.passes)?;

        let n = (bins * bin) as f64;
        let variance = (white.energy.between(0, bins * bin) / n).max(white.floor);
        let single = -0.5 * n * (libm::log(2.0 * PI * variance) + 1.0);

        let ratio = fit.states.active / fit.states.quiet;
        let distinct = ratio > libm::pow(10.0, self.rise_db / 10.0);
        // Two states have three parameters more than one.
        let worth_it = fit.log_likelihood - single > 1.5 * libm::log(bins as f64);
        (distinct && worth_it).then_some((fit.states, bin))
    }
}

/// The states that the fit begins with: activity is what is at least 3 dB louder than
/// rest, and changes come once a second. `None` where nothing is that loud.
fn first_guess(white: &White, energies: &[f64], bin: usize) -> Option<States> {
    let limit = 2.0 * white.rest * bin as f64;
    let (sum, count) = energies
        .iter()
        .filter(|&&energy| energy > limit)
        .fold((0.0, 0), |(sum, count), energy| (sum + energy, count + 1));
    let change = white.rate.seconds(bin).min(TRANSITIONS.1);
    (count > 0).then(|| States {
        quiet: white.rest,
        active: sum / f64::from(count) / bin as f64,
        begin: change,
        end: change,
    })
}
