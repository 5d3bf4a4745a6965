//! Heart beats below the electrodes: no bursts, and no end of one.

use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;

use super::generator::{Drive, Heart, Muscle, Pickup, Rhythm, Strides, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
const SECONDS: f64 = 20.0;
/// Noise of electrodes, root mean square in volts.
const NOISE: f64 = 3e-6;

/// Five bursts, with rests between that hold some beats each.
const BURSTS: [(f64, f64); 5] =
    [(2.0, 3.5), (6.1, 7.7), (9.7, 11.0), (13.4, 14.9), (17.2, 18.4)];

/// How hearts beat.
const RHYTHMS: [(&str, Rhythm); 5] = [
    ("a regular heart", Rhythm::Sinus),
    ("a heart that follows the breath", Rhythm::Breathing(0.2)),
    ("a heart that fibrillates", Rhythm::Fibrillation(0.2)),
    ("early beats", Rhythm::Ectopic { share: 0.1, wide: false }),
    ("early and wide beats", Rhythm::Ectopic { share: 0.1, wide: true }),
];

/// The figures.
pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let few = trials.of(400);
    let mut lines = beside_bursts(&few);
    lines.push(walks(&few));
    lines.extend(
        RHYTHMS
            .iter()
            .enumerate()
            .flat_map(|(k, (name, rhythm))| alone(&few, 33 + k as u64, name, *rhythm)),
    );
    lines
}

fn beside_bursts(few: &Trials) -> Vec<Line> {
    let of = |rhythms: &[Option<Rhythm>]| {
        let counted = few
            .each(31, |seed| counted(seed, rhythms[(seed / 6) as usize % rhythms.len()]));
        counted.into_iter().flatten().collect::<Vec<[f64; 2]>>()
    };
    let wrong = |counted: &[[f64; 2]]| {
        counted.iter().map(|[wrong, _]| *wrong).collect::<Vec<f64>>()
    };
    let missed = |counted: &[[f64; 2]]| {
        counted.iter().map(|[_, missed]| *missed).collect::<Vec<f64>>()
    };
    let regular = of(&[Some(Rhythm::Sinus)]);
    let others: Vec<_> = RHYTHMS[1..].iter().map(|(_, rhythm)| Some(*rhythm)).collect();
    let (others, plain) = (of(&others), of(&[None]));
    let few = Target::AtMost(0.2);
    vec![
        Line::mean("false bursts a trial beside a heart", wrong(&regular), "", few),
        Line::mean(
            "bursts of five that are missed beside it",
            missed(&regular),
            "",
            Target::Told,
        ),
        Line::mean("false bursts a trial without one", wrong(&plain), "", Target::Told),
        Line::mean(
            "false bursts a trial beside an irregular heart",
            wrong(&others),
            "",
            Target::AtMost(0.02),
        ),
        Line::mean(
            "bursts of five that are missed beside one",
            missed(&others),
            "",
            Target::AtMost(0.02),
        ),
    ]
}

/// A heart of 50 to 110 beats a minute, some seven to fifty times as high as the noise.
fn heart(seed: u64, rhythm: Rhythm) -> Heart {
    Heart {
        rate: 50.0 + (seed % 61 * 7 % 61) as f64,
        height: 20e-6 * 1.5_f64.powi((seed % 6) as i32),
        rhythm,
    }
}

/// How many bursts overlap no true one, and how many true ones are not found.
fn counted(seed: u64, rhythm: Option<Rhythm>) -> Option<[f64; 2]> {
    let muscle = Muscle::new(seed, 100e-6);
    let emg = muscle.emg(&Drive::bursts(RATE, SECONDS, &BURSTS, 0.6, 0.05));
    let heart = rhythm.map(|rhythm| heart(seed, rhythm));
    let found = found(Pickup { heart, ..Pickup::noise(NOISE) }.of(seed, RATE, emg))?;
    let bursts =
        &found.outcomes.iter().find_map(|outcome| outcome.bursts.first())?.bursts;
    let overlap =
        |on: f64, off: f64| move |(from, to): &(f64, f64)| on < *to && off > *from;
    let wrong =
        bursts.iter().filter(|one| !BURSTS.iter().any(overlap(one.on_s, one.off_s)));
    let missed = BURSTS
        .iter()
        .filter(|truth| !bursts.iter().any(|one| overlap(one.on_s, one.off_s)(truth)));
    Some([wrong.count() as f64, missed.count() as f64])
}

/// Recordings of noise and a heart and no muscle: with bursts, and in how many of those
/// whose beats stand out clearly a heart is found.
fn alone(trials: &Trials, salt: u64, name: &str, rhythm: Rhythm) -> [Line; 2] {
    let found = trials.each(salt, |seed| {
        let heart = heart(seed, rhythm);
        let nothing = vec![0.0; (RATE * SECONDS) as usize];
        let pickup = Pickup { heart: Some(heart), ..Pickup::noise(NOISE) };
        let found = found(pickup.of(seed, RATE, nothing))?;
        let mut bursts = found.outcomes.iter().flat_map(|outcome| &outcome.bursts);
        let is_clear = heart.height >= 15.0 * NOISE;
        let has_bursts = bursts.any(|channel| !channel.bursts.is_empty());
        Some((has_bursts, is_clear.then(|| has_heart(&found))))
    });
    let bursts = found.iter().map(|one| one.map(|(bursts, _)| bursts));
    let hearts = found.iter().map(|one| one.and_then(|(_, heart)| heart));
    [
        Line::share(
            format!("recordings of noise and {name} alone with bursts"),
            bursts,
            Target::AtMost(1.0),
        ),
        Line::share(
            format!("hearts found of those that stand out: {name}"),
            hearts,
            Target::AtLeast(98.0),
        ),
    ]
}

/// Walks without a heart in which beats are found.
fn walks(trials: &Trials) -> Line {
    let found = trials.each(32, |seed| {
        let muscle = Muscle::new(seed, 100e-6);
        let pace = Strides { seconds: 0.7 + 0.05 * (seed % 12) as f64, ..Strides::WALK };
        let active = if seed % 2 == 0 { (0.1, 0.25) } else { (0.08, 0.62) };
        let emg = muscle.emg(&Drive::strides(
            seed,
            RATE,
            SECONDS,
            0.4,
            &Strides { active, ..pace },
        ));
        Some(has_heart(&found(Pickup::noise(NOISE).of(seed, RATE, emg))?))
    });
    Line::share("walks whose bursts are taken for a heart", found, Target::AtMost(0.1))
}

fn found(samples: Vec<f64>) -> Option<RecordingFindings> {
    soleus::analyse(&recording(RATE, [("SOL_L", samples)]), &Recipe::default()).ok()
}

fn has_heart(found: &RecordingFindings) -> bool {
    let mut notes = found.outcomes.iter().flat_map(|outcome| &outcome.notes);
    notes.any(|note| note.text.contains("short pulses of one shape"))
}
