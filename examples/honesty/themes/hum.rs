//! Mains hum: what of it stays at rest, whether bursts are right beside it, and how often
//! it is found where there is none.

use soleus::condition::{Chain, Step};
use soleus::dsp::sine_fit::Tones;
use soleus::recipe::Recipe;

use super::generator::{Drive, Muscle, Pickup, hertz, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
const SECONDS: f64 = 12.0;
const NAMES: [&str; 12] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];

/// Two bursts in 12 s.
const BURSTS: [(f64, f64); 2] = [(2.5, 4.5), (7.0, 8.5)];

/// The figures.
pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let few = trials.of(200);
    let mut lines = vec![left_at_rest(&few)];
    lines.extend(bursts_beside(&few));
    lines.extend(
        [(1.0, 1), (1.15, 1), (5.0, 4), (20.0, 8)].map(|(s, n)| false_hum(trials, s, n)),
    );
    lines
}

/// Bursts of a muscle with noise and with hum of so many volts.
fn channel(seed: u64, hum: f64) -> Vec<f64> {
    let muscle = Muscle::new(seed, 100e-6);
    let emg = muscle.emg(&Drive::bursts(RATE, SECONDS, &BURSTS, 0.6, 0.02));
    let hum = (hum > 0.0).then_some((hum, frequency(seed >> 4)));
    Pickup { hum, ..Pickup::noise(2e-6) }.of(seed, RATE, emg)
}

/// Between 49.9 and 50.1 Hz; one for sixteen seeds in a row.
fn frequency(seed: u64) -> f64 {
    49.9 + 0.2 * soleus::dsp::random::SplitMix64::new(seed).uniform()
}

/// The root mean square of what hum and its removal add to the rest, over that of a plain
/// least-squares fit in the same blocks.
fn left_at_rest(trials: &Trials) -> Line {
    let with = Chain::design(&Recipe::default().conditioning, hertz(RATE));
    let mut steps = Recipe::default().conditioning;
    steps.retain(|step| !matches!(step, Step::Mains(_)));
    let without = Chain::design(&steps, hertz(RATE));
    let ratios = trials.each(21, |seed| {
        let (with, without) = (with.as_ref().ok()?, without.as_ref().ok()?);
        let (quiet, hum) = (channel(seed, 0.0), channel(seed, 6e-6));
        let truth = without.run(&quiet).ok()?.samples;
        let weighted = with.run(&hum).ok()?.samples;
        let mut plain = without.run(&hum).ok()?.samples;
        take_out_plainly(&mut plain, frequency(seed >> 4));
        Some(rest_distance(&weighted, &truth) / rest_distance(&plain, &truth))
    });
    let what = "hum and its removal at rest, over what a plain fit leaves there";
    Line::mean(what, ratios.into_iter().flatten(), "", Target::AtMost(0.1))
}

/// Sines of the true frequency, fitted with equal weights in blocks of 4 s.
fn take_out_plainly(samples: &mut [f64], hz: f64) {
    let tones = Tones::new(&[hz / RATE], 50);
    for (block, part) in samples.chunks_mut(4000).enumerate() {
        let runs = tones.correlate(part, 4000 * block);
        let whole = 0..runs.count();
        let weights = vec![1.0; runs.count()];
        let fits = runs.fits(std::slice::from_ref(&whole), &weights);
        if let Some(fit) = fits.into_iter().flatten().next() {
            tones.subtract(part, 4000 * block, &fit.amplitudes, &fit.amplitudes);
        }
    }
}

/// The root mean square distance of two signals in the rests, away from bursts and ends.
fn rest_distance(found: &[f64], truth: &[f64]) -> f64 {
    let rests = [500..2300, 4700..6800, 8700..11_500];
    let squares = rests.into_iter().flatten().map(|at| (found[at] - truth[at]).powi(2));
    (squares.sum::<f64>() / 6700.0).sqrt()
}

/// Recordings take sixteen seeds in a row, a channel each.
fn first_of_sixteen(seed: u64) -> u64 {
    seed.wrapping_mul(16)
}

/// Of 12 channels, those whose two bursts are right: with hum, and without.
fn bursts_beside(trials: &Trials) -> [Line; 2] {
    let counts = |hum: bool| {
        let right = trials.each(22, |seed| {
            let seed = first_of_sixteen(seed);
            let volts = if hum { 2e-6 + 2e-6 * (seed / 16 % 5) as f64 } else { 0.0 };
            let channels = NAMES.iter().zip(seed..);
            let channels = channels.map(|(name, seed)| (*name, channel(seed, volts)));
            right_channels(&recording(RATE, channels))
        });
        right.into_iter().flatten().collect::<Vec<f64>>()
    };
    let (with, without) = (counts(true), counts(false));
    let lost = with.iter().zip(&without).map(|(with, without)| without - with);
    [
        Line::mean(
            "channels of 12 with both bursts within 0.1 s, without hum",
            without.clone(),
            "",
            Target::Told,
        ),
        Line::mean(
            "channels of 12 that 2 to 10 µV of hum cost of these",
            lost,
            "",
            Target::AtMost(0.2),
        ),
    ]
}

fn right_channels(recording: &soleus::signal::Recording) -> Option<f64> {
    let found = soleus::analyse(recording, &Recipe::default()).ok()?;
    let right = |channel: &&soleus::outcome::ChannelBursts| {
        channel.bursts.len() == BURSTS.len()
            && channel.bursts.iter().zip(BURSTS).all(|(burst, (on, off))| {
                (burst.on_s - on).abs() < 0.1 && (burst.off_s - off).abs() < 0.1
            })
    };
    let channels = found.outcomes.iter().flat_map(|outcome| &outcome.bursts);
    Some(channels.filter(right).count() as f64)
}

/// Recordings without hum in which some is found.
fn false_hum(trials: &Trials, seconds: f64, channels: usize) -> Line {
    let found = trials.each(23, |seed| {
        let seed = first_of_sixteen(seed);
        let channel = |(name, seed): (&&'static str, u64)| {
            let muscle = Muscle::new(seed, 100e-6);
            let drive = match seed / 16 % 3 {
                0 => Drive::hold(seed, RATE, seconds, 0.6, 0.1),
                1 => Drive::strides(
                    seed,
                    RATE,
                    seconds,
                    0.5,
                    &super::generator::Strides::WALK,
                ),
                _ => Drive::bursts(
                    RATE,
                    seconds,
                    &[(0.3 * seconds, 0.6 * seconds)],
                    0.6,
                    0.05,
                ),
            };
            (*name, Pickup::noise(2e-6).of(seed, RATE, muscle.emg(&drive)))
        };
        let recording =
            recording(RATE, NAMES.iter().zip(seed..).take(channels).map(channel));
        let found = soleus::analyse(&recording, &Recipe::default()).ok()?;
        Some(found.found.iter().any(|said| said.contains("mains at")))
    });
    let what = format!("hum found in {seconds} s of {channels} channels that hold none");
    Line::share(what, found, Target::AtMost(1.0))
}
