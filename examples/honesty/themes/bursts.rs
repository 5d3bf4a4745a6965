//! When a muscle is active: rests that are bridged, bursts that are split or made up,
//! edges that move with the signal-to-noise ratio, low rates, weak exercise beside strong.

use soleus::analysis::{Activity, Switch};
use soleus::dsp::random::SplitMix64;
use soleus::onset::{Detector, Lidierth, SingleThreshold, TwoState};
use soleus::outcome::Burst;
use soleus::recipe::Recipe;

use super::generator::{Drive, Heart, Muscle, Pickup, recording};
use super::line::{Line, Target, Trials};

/// The root mean square of the EMG at full strength, in volts.
const LEVEL: f64 = 100e-6;

type Span = (f64, f64);

pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let mut lines = vec![
        bridged(trials),
        split(trials),
        made_up_in_rest(trials),
        made_up_in_holds(trials),
        weak_beside_strong(trials),
    ];
    for snr_db in [10, 20, 30, 40, 50] {
        lines.extend(bias(trials, snr_db));
    }
    lines.extend(accuracy(trials));
    lines.extend([250.0, 200.0, 100.0].map(|rate| low_rate(trials, rate)));
    lines
}

/// Rests of a train that differ log-uniformly from 1 to 12 % of the burst.
fn bridged(trials: &Trials) -> Line {
    let rests = trials.each(101, |seed| {
        let (rate, mut random) = (1000.0, SplitMix64::new(seed));
        let (truth, seconds) = train(&mut random, 20.0, (0.3, 0.7));
        let mut drive = Drive::bursts(rate, seconds, &truth, 1.0, 0.02);
        let mut from = 0;
        for span in drive.active.clone() {
            let rest = 0.12 * 10_f64.powf(-random.uniform() * 1.08);
            drive.level[from..span.start].fill(rest);
            drive.level[span.clone()]
                .iter_mut()
                .for_each(|level| *level = level.max(rest));
            from = span.end;
        }
        let found = found(seed, &drive, &Pickup::noise(0.5e-6), &only_activity(None));
        let pauses = truth.windows(2).map(|pair| (pair[0].1, pair[1].0));
        let lies_in = |(from, to): Span| {
            found.iter().any(|one| one.0 < from + 0.02 && one.1 > to - 0.02)
        };
        pauses.map(lies_in).collect::<Vec<_>>()
    });
    Line::share(
        "rests of 1 to 12 % of the burst that are bridged",
        rests.into_iter().flatten().map(Some),
        Target::AtMost(3.0),
    )
}

/// Steady bursts of 2 to 6 s at 8 to 45 dB.
fn split(trials: &Trials) -> Line {
    let bursts = trials.each(102, |seed| {
        let mut random = SplitMix64::new(seed);
        let length = 2.0 + 4.0 * random.uniform();
        let truth = [(1.0, 1.0 + length), (9.0, 15.0 - length / 2.0)];
        let drive = Drive::bursts(1000.0, 16.0, &truth, 1.0, 0.05);
        let noise = LEVEL * decibels(-(8.0 + 37.0 * random.uniform()));
        let found = found(seed, &drive, &Pickup::noise(noise), &only_activity(None));
        truth.map(|truth| overlapping(&found, truth).len() > 1)
    });
    Line::share(
        "steady bursts of 2 s and more that are split",
        bursts.into_iter().flatten().map(Some),
        Target::AtMost(1.0),
    )
}

fn made_up_in_rest(trials: &Trials) -> Line {
    let bursts = trials.each(103, |seed| {
        let drive = Drive::rest(1000.0, 20.0);
        !found(seed, &drive, &Pickup::noise(3e-6), &only_activity(None)).is_empty()
    });
    let what = "recordings of rest with bursts";
    Line::share(what, bursts.into_iter().map(Some), Target::AtMost(1.0))
}

fn made_up_in_holds(trials: &Trials) -> Line {
    let bursts = trials.each(104, |seed| {
        let drive = Drive::hold(seed, 1000.0, 15.0, 0.5, 0.15);
        let emg = Muscle::new(seed, LEVEL).emg(&drive);
        !sought(seed, &drive, emg, &Pickup::noise(2e-6), &only_activity(None)).is_empty()
    });
    let what =
        "holds without rest, drive wandering by 15 %, that are said to have bursts";
    Line::share(what, bursts.into_iter().map(Some), Target::AtMost(1.0))
}

/// A minute of push-ups at 8 % between two of walking at 100 %.
fn weak_beside_strong(trials: &Trials) -> Line {
    let found = trials.of(500).each(105, |seed| {
        let rate = 1000.0;
        let every = |from: f64, period: f64, active: f64| -> Vec<Span> {
            let count = (60.0 / period) as usize;
            let begin = move |i: usize| from + 0.3 + period * i as f64;
            (0..count).map(|i| (begin(i), begin(i) + active)).collect()
        };
        let weak = every(60.0, 2.0, 1.0);
        let strong = [every(0.0, 1.1, 0.5), every(120.0, 1.1, 0.5)].concat();
        let mut drive = Drive::bursts(rate, 180.0, &strong, 1.0, 0.03);
        let pushing = Drive::bursts(rate, 180.0, &weak, 0.08, 0.1);
        for (level, weak) in drive.level.iter_mut().zip(pushing.level) {
            *level = level.max(weak);
        }
        let found = found(seed, &drive, &Pickup::noise(0.4e-6), &only_activity(None));
        let one = |truth: Span| overlapping(&found, truth).len() == 1;
        weak.into_iter().map(one).collect::<Vec<_>>()
    });
    Line::share(
        "push-ups at 8 % beside walking at 100 % that are found as one burst each",
        found.into_iter().flatten().map(Some),
        Target::AtLeast(90.0),
    )
}

/// The mean error of abrupt edges.
fn bias(trials: &Trials, snr_db: i32) -> [Line; 2] {
    let errors = trials.each(110 + snr_db as u64, |seed| {
        let truth = [(1.0, 1.7), (2.6, 3.3), (4.2, 5.0), (6.0, 6.8)];
        let drive = Drive::bursts(2000.0, 8.0, &truth, 1.0, 0.0);
        let noise = LEVEL * decibels(-f64::from(snr_db));
        let found = found(seed, &drive, &Pickup::noise(noise), &only_activity(None));
        matched(&found, &truth)
    });
    let of = |edge: usize| errors.iter().flatten().map(move |edges| 1000.0 * edges[edge]);
    [("onset", 0), ("offset", 1)].map(|(word, edge)| {
        let what = format!("{word} of abrupt bursts at {snr_db} dB, mean error");
        Line::mean(what, of(edge), "ms", Target::Within(-10.0, 10.0))
    })
}

/// A trial as the issue describes them: ramps of 20 to 150 ms, 3 to 25 dB, active for 10
/// to 90 % of the time, 500 to 4000 samples a second; a third with hum, a quarter with a
/// heart.
struct Trial {
    drive: Drive,
    truth: Vec<Span>,
    pickup: Pickup,
}

impl Trial {
    fn new(seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let rate = [500.0, 1000.0, 2000.0, 4000.0][(random.uniform() * 4.0) as usize % 4];
        let (truth, seconds) = train(&mut random, 10.0, (0.1, 0.9));
        let ramp_s = 0.02 + 0.13 * random.uniform();
        let noise = LEVEL * decibels(-(3.0 + 22.0 * random.uniform()));
        let hum = (random.uniform() < 1.0 / 3.0).then_some((5e-6, 50.0));
        let heart = (random.uniform() < 0.25).then_some(Heart::sinus(72.0, 4.0 * noise));
        Self {
            drive: Drive::bursts(rate, seconds, &truth, 1.0, ramp_s),
            truth,
            pickup: Pickup { hum, heart, ..Pickup::noise(noise) },
        }
    }
}

/// The mean absolute error of an edge, 100 ms where it is missed, and the false bursts,
/// of the standard recipe and of single detectors.
fn accuracy(trials: &Trials) -> Vec<Line> {
    let alone: [(&str, Option<Detector>); 4] = [
        ("the standard recipe", None),
        ("single-threshold", Some(Detector::SingleThreshold(SingleThreshold::default()))),
        ("lidierth", Some(Detector::Lidierth(Lidierth::default()))),
        ("two-state", Some(Detector::TwoState(TwoState::default()))),
    ];
    let recipes = alone.map(|(name, detector)| (name, only_activity(detector)));
    let told = trials.each(120, |seed| {
        let trial = Trial::new(seed);
        let emg = Muscle::new(seed, LEVEL).gated(&trial.drive);
        let judged = recipes.each_ref().map(|(_, recipe)| {
            let found = sought(seed, &trial.drive, emg.clone(), &trial.pickup, recipe);
            (error_s(&found, &trial.truth), unfounded(&found, &trial.truth))
        });
        (trial.pickup.heart.is_some(), judged)
    });

    let mut lines = Vec::new();
    for (place, (name, _)) in recipes.iter().enumerate() {
        let of = |with: bool| told.iter().filter(move |(heart, _)| *heart == with);
        let errors = told.iter().map(|(_, judged)| 1000.0 * judged[place].0);
        let standard = place == 0;
        let best = told_best(&told);
        let target = if standard { Target::AtMost(best) } else { Target::Told };
        let what = format!("mean absolute error of an edge, {name}");
        lines.push(Line::mean(what, errors, "ms", target));
        for (with, words) in [(false, "without"), (true, "with")] {
            let what = format!("false bursts a trial {words} heart beats, {name}");
            let counts = of(with).map(|(_, judged)| judged[place].1 as f64);
            let target = if standard { Target::AtMost(0.2) } else { Target::Told };
            lines.push(Line::mean(what, counts, "", target));
        }
    }
    lines
}

/// The smallest mean error of a single detector, in ms.
fn told_best(told: &[(bool, [(f64, usize); 4])]) -> f64 {
    let mean = |place: usize| {
        let sum: f64 = told.iter().map(|(_, judged)| 1000.0 * judged[place].0).sum();
        sum / told.len() as f64
    };
    (1..4).map(mean).fold(f64::INFINITY, f64::min)
}

/// Three clear bursts in 15 s at a low rate: their number and the active time within 2 %
/// of the recording.
fn low_rate(trials: &Trials, rate: f64) -> Line {
    let right = trials.each(130 + rate as u64, |seed| {
        let truth = [(2.0, 4.0), (6.0, 8.5), (11.0, 13.0)];
        // Sampled as a converter does: what is faster than half the rate is filtered out.
        let drive = Drive::bursts(2000.0, 15.0, &truth, 1.0, 0.0);
        let emg =
            thinned(&Muscle::new(seed, LEVEL).gated(&drive), (2000.0 / rate) as usize);
        let slow = Drive { rate, ..Drive::default() };
        let found = sought(seed, &slow, emg, &Pickup::noise(2e-6), &only_activity(None));
        let active: f64 = found.iter().map(|(on, off)| off - on).sum();
        let none_at_100 = rate < 150.0 && found.is_empty();
        none_at_100 || found.len() == 3 && (active - 6.5).abs() < 0.3
    });
    let what = format!("{rate} samples a second: three bursts and 43 % of the time");
    Line::share(what, right.into_iter().map(Some), Target::AtLeast(97.0))
}

/// Means of so many neighbours.
fn thinned(samples: &[f64], every: usize) -> Vec<f64> {
    samples
        .chunks_exact(every)
        .map(|some| some.iter().sum::<f64>() / every as f64)
        .collect()
}

/// Bursts of one period and one length, and how long they take.
fn train(
    random: &mut SplitMix64,
    seconds: f64,
    (least, most): (f64, f64),
) -> (Vec<Span>, f64) {
    let period = 0.9 + 1.1 * random.uniform();
    let active = period * (least + (most - least) * random.uniform());
    let first = 0.3 + 0.3 * random.uniform();
    let count = ((seconds - 0.3 - first - active) / period).floor() as usize + 1;
    let begin = |i: usize| first + period * i as f64;
    ((0..count).map(|i| (begin(i), begin(i) + active)).collect(), seconds)
}

fn decibels(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}

/// The standard recipe with nothing but bursts, found by one detector where it is named.
fn only_activity(alone: Option<Detector>) -> Recipe {
    let mut recipe = Recipe::default();
    let mut activity = Activity::default();
    if let Some(detector) = alone {
        activity.bursts.detectors = vec![detector];
    }
    let analysis = &mut recipe.analysis;
    analysis.activity = Switch::On(activity);
    analysis.fatigue = Switch::Off;
    analysis.symmetry = Switch::Off;
    analysis.cycles = Switch::Off;
    analysis.cocontraction = Switch::Off;
    analysis.coherence = Switch::Off;
    analysis.complexity = Switch::Off;
    recipe
}

/// The bursts that are found of a gate.
fn found(seed: u64, drive: &Drive, pickup: &Pickup, recipe: &Recipe) -> Vec<Span> {
    sought(seed, drive, Muscle::new(seed, LEVEL).gated(drive), pickup, recipe)
}

fn sought(
    seed: u64,
    drive: &Drive,
    emg: Vec<f64>,
    pickup: &Pickup,
    recipe: &Recipe,
) -> Vec<Span> {
    let samples = pickup.of(seed, drive.rate, emg);
    let found = soleus::analyse(&recording(drive.rate, [("SOL_L", samples)]), recipe);
    let bursts = |found: soleus::session::RecordingFindings| {
        let channels = found.outcomes.into_iter().flat_map(|outcome| outcome.bursts);
        channels.flat_map(|channel| channel.bursts).collect::<Vec<Burst>>()
    };
    let bursts = found.map(bursts).unwrap_or_default();
    bursts.iter().map(|burst| (burst.on_s, burst.off_s)).collect()
}

fn overlapping(found: &[Span], truth: Span) -> Vec<Span> {
    found.iter().copied().filter(|one| one.0 < truth.1 && one.1 > truth.0).collect()
}

/// The errors of onset and offset of the bursts that are found as one each.
fn matched(found: &[Span], truth: &[Span]) -> Vec<[f64; 2]> {
    let errors = |truth: &Span| {
        let [only] = overlapping(found, *truth)[..] else {
            return None;
        };
        Some([only.0 - truth.0, only.1 - truth.1])
    };
    truth.iter().filter_map(errors).collect()
}

/// The mean absolute error of the edges, 0.1 s at most and for what is missed.
fn error_s(found: &[Span], truth: &[Span]) -> f64 {
    let capped = |error: f64| error.abs().min(0.1);
    let of = |truth: &Span| {
        let over = overlapping(found, *truth);
        match (over.first(), over.last()) {
            (Some(first), Some(last)) => {
                capped(first.0 - truth.0) + capped(last.1 - truth.1)
            }
            _ => 0.2,
        }
    };
    truth.iter().map(of).sum::<f64>() / (2 * truth.len()) as f64
}

/// How many bursts lie where none is.
fn unfounded(found: &[Span], truth: &[Span]) -> usize {
    let founded =
        |one: &&Span| truth.iter().any(|truth| one.0 < truth.1 && one.1 > truth.0);
    found.len() - found.iter().filter(founded).count()
}
