//! Recordings of rest, recordings that mostly rest, and units that cannot be.

use soleus::outcome::Verdict;
use soleus::recipe::Recipe;
use soleus::session::{RecordingFindings, Role, RoledRecording, analyse_session};

use super::generator::{Drive, Muscle, Pickup, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
const NOISE: f64 = 2e-6;
/// What the standard band-pass leaves of white noise at 1000 Hz: 0.927 of its level.
const NOISE_IN_BAND: f64 = 0.927 * NOISE;
const CHANNEL: &str = "SOL_L";

pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let mut lines = known_rest(trials);
    lines.extend(mostly_rest(trials));
    lines.extend(verdicts(trials));
    lines.extend(units(trials));
    lines
}

/// A recording of a session.
fn of(name: &str, role: Role, samples: Vec<f64>) -> RoledRecording {
    let recording = recording(RATE, [(CHANNEL, samples)]);
    RoledRecording { name: name.into(), role, recording }
}

fn noise(seed: u64, drive: &Drive, muscle: &Muscle) -> Vec<f64> {
    Pickup::noise(NOISE).of(seed, RATE, muscle.emg(drive))
}

fn quiet(seed: u64, seconds: f64) -> Vec<f64> {
    Pickup::noise(NOISE).of(seed, RATE, vec![0.0; (RATE * seconds) as usize])
}

fn analysed(session: Vec<RoledRecording>) -> Vec<RecordingFindings> {
    analyse_session(session, &Recipe::default()).unwrap_or_default()
}

fn value(found: &[RecordingFindings], name: &str, measure: &str) -> Option<f64> {
    let found = found.iter().find(|one| one.recording == name)?;
    found.measure(measure, CHANNEL)?.value
}

fn verdict(found: &[RecordingFindings], name: &str) -> Option<(Verdict, String)> {
    let channel = found.iter().find(|one| one.recording == name)?.channels.first()?;
    Some((channel.verdict?, channel.reasons.join("; ")))
}

/// The ratio of a level with its noise to the noise.
fn snr_db(level: f64) -> f64 {
    10.0 * ((level / NOISE_IN_BAND).powi(2) + 1.0).log10()
}

/// A hold without any rest, and a recording of rest, with and without a twitch.
fn known_rest(trials: &Trials) -> Vec<Line> {
    let errors = |salt: u64, twitch: bool| {
        trials.of(400).each(salt, |seed| {
            let muscle = Muscle::new(seed, 60e-6);
            let hold = noise(seed, &Drive::hold(seed, RATE, 10.0, 0.4, 0.0), &muscle);
            let rest = if twitch {
                let twitch = Drive::bursts(RATE, 10.0, &[(4.0, 4.5)], 0.4, 0.05);
                noise(!seed, &twitch, &muscle)
            } else {
                quiet(!seed, 10.0)
            };
            let session =
                vec![of("hold", Role::Task, hold), of("rest", Role::Rest, rest)];
            let found = value(&analysed(session), "hold", "snr")?;
            Some(found - snr_db(muscle.expected_rms(0.4)))
        })
    };
    let line = |what, errors: Vec<Option<f64>>| {
        Line::mean(what, errors.into_iter().flatten(), "dB", Target::Within(-0.7, 0.7))
    };
    vec![
        line("error of the ratio of a hold with a recording of rest", errors(701, false)),
        line("the same with a twitch in the rest", errors(702, true)),
    ]
}

/// One contraction of 1.5 to 4 s in a minute.
fn mostly_rest(trials: &Trials) -> Vec<Line> {
    let found = trials.of(400).each(703, |seed| {
        let muscle = Muscle::new(seed, 80e-6);
        let long = 1.5 + (seed % 26) as f64 / 10.0;
        let one = Drive::bursts(RATE, 60.0, &[(28.3, 28.3 + long)], 0.5, 0.1);
        let session = vec![of("one", Role::Task, noise(seed, &one, &muscle))];
        let one = analysed(session);
        let hold = Drive::hold(seed, RATE, 20.0, 0.5, 0.0);
        let whole = analysed(vec![of("hold", Role::Task, noise(seed, &hold, &muscle))]);
        let mdf = value(&one, "one", "mdf_mean")? / value(&whole, "hold", "mdf_mean")?;
        let snr = value(&one, "one", "snr")? - snr_db(muscle.expected_rms(0.5));
        Some((mdf, snr))
    });
    let told = found.iter().map(|found| Some(found.is_some()));
    let known = || found.iter().flatten();
    vec![
        Line::share(
            "one contraction in a minute has a median frequency",
            told,
            Target::AtLeast(99.0),
        ),
        Line::mean(
            "its median frequency over that of a hold",
            known().map(|found| found.0),
            "",
            Target::Within(0.95, 1.05),
        ),
        Line::mean(
            "error of its ratio of signal to noise",
            known().map(|found| found.1),
            "dB",
            Target::Within(-1.0, 1.0),
        ),
    ]
}

/// What recordings of rest are judged to be.
fn verdicts(trials: &Trials) -> Vec<Line> {
    let judged = |salt: u64, rest: &(dyn Fn(u64) -> Vec<f64> + Sync)| {
        trials.each(salt, |seed| {
            let found = analysed(vec![of("rest", Role::Rest, rest(seed))]);
            verdict(&found, "rest").map(|(verdict, _)| verdict)
        })
    };
    let share = |what, judged: Vec<Option<Verdict>>, wanted: Verdict, target| {
        let is = judged.into_iter().map(|verdict| verdict.map(|found| found == wanted));
        Line::share(what, is, target)
    };
    let twitch = |seed: u64| {
        let at = 1.0 + (seed % 70) as f64 / 10.0;
        let drive = Drive::bursts(RATE, 10.0, &[(at, at + 0.4)], 0.2, 0.05);
        noise(seed, &drive, &Muscle::new(seed, 60e-6))
    };
    let hum = |seed: u64| {
        let pickup = Pickup { hum: Some((5e-6, 50.02)), ..Pickup::noise(NOISE) };
        pickup.of(seed, RATE, vec![0.0; (10.0 * RATE) as usize])
    };
    let good = judged(704, &|seed| quiet(seed, 10.0));
    vec![
        share("quiet rest is good", good, Verdict::Good, Target::AtLeast(97.0)),
        share(
            "rest with a twitch of 0.4 s is to be checked",
            judged(705, &twitch),
            Verdict::Check,
            Target::AtLeast(95.0),
        ),
        share(
            "rest with 5 µV of hum is to be checked",
            judged(706, &hum),
            Verdict::Check,
            Target::AtLeast(97.0),
        ),
    ]
}

/// A task from rest to a third of the maximum beside the maximum, as it is and a thousand
/// times smaller.
fn units(trials: &Trials) -> Vec<Line> {
    let accused = |salt: u64, factor: f64, levels: [f64; 8]| {
        trials.of(600).each(salt, |seed| {
            let muscle = Muscle::new(seed, 500e-6);
            let level = levels[(seed % 8) as usize];
            let most = Drive::bursts(RATE, 8.0, &[(2.0, 6.0)], 1.0, 0.3);
            let task = Drive::hold(seed, RATE, 10.0, level, 0.0);
            let task: Vec<f64> =
                noise(!seed, &task, &muscle).iter().map(|x| factor * x).collect();
            let found = analysed(vec![
                of("mvc", Role::Mvc, noise(seed, &most, &muscle)),
                of("task", Role::Task, task),
                of("rest", Role::Rest, quiet(seed + 7, 5.0)),
            ]);
            let accused = ["mvc", "task", "rest"].iter().any(|name| {
                verdict(&found, name)
                    .is_some_and(|(_, reasons)| reasons.contains("level: "))
            });
            (!found.is_empty()).then_some(accused)
        })
    };
    let real = [0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.33];
    let some = [0.03, 0.05, 0.1, 0.1, 0.2, 0.2, 0.33, 0.33];
    vec![
        Line::share(
            "accused: a task from rest to a third of the maximum",
            accused(707, 1.0, real),
            Target::AtMost(1.0),
        ),
        Line::share(
            "accused: the same from 3 % on, a thousand times smaller",
            accused(708, 1e-3, some),
            Target::AtLeast(98.0),
        ),
        Line::share(
            "accused: the same a thousand times larger",
            accused(709, 1e3, some),
            Target::AtLeast(98.0),
        ),
    ]
}
