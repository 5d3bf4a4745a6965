//! Heart beats below the electrodes: no bursts, and no end of one.

use soleus::recipe::Recipe;

use super::generator::{Drive, Heart, Muscle, Pickup, Strides, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
const SECONDS: f64 = 20.0;

/// Five bursts, with rests between that hold some beats each.
const BURSTS: [(f64, f64); 5] =
    [(2.0, 3.5), (6.1, 7.7), (9.7, 11.0), (13.4, 14.9), (17.2, 18.4)];

/// The figures.
pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let few = trials.of(400);
    let counted = few.each(31, |seed| counted(seed, true));
    let counted: Vec<[f64; 2]> = counted.into_iter().flatten().collect();
    let plain = few.each(31, counted_plain);
    let wrong = counted.iter().map(|[wrong, _]| *wrong);
    let missed = counted.iter().map(|[_, missed]| *missed);
    vec![
        Line::mean("false bursts a trial beside a heart", wrong, "", Target::AtMost(0.2)),
        Line::mean("bursts of five that are missed beside it", missed, "", Target::Told),
        Line::mean(
            "false bursts a trial without one",
            plain.into_iter().flatten(),
            "",
            Target::Told,
        ),
        walks(&few),
    ]
}

fn counted_plain(seed: u64) -> Option<f64> {
    counted(seed, false).map(|[wrong, _]| wrong)
}

/// How many bursts overlap no true one, and how many true ones are not found.
fn counted(seed: u64, beats: bool) -> Option<[f64; 2]> {
    let muscle = Muscle::new(seed, 100e-6);
    let emg = muscle.emg(&Drive::bursts(RATE, SECONDS, &BURSTS, 0.6, 0.05));
    let heart = beats.then(|| Heart {
        rate: 55.0 + (seed % 46) as f64,
        height: 20e-6 * 1.5_f64.powi((seed / 46 % 6) as i32),
    });
    let samples = Pickup { heart, ..Pickup::noise(3e-6) }.of(seed, RATE, emg);
    let recording = recording(RATE, [("SOL_L", samples)]);
    let found = soleus::analyse(&recording, &Recipe::default()).ok()?;
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
        let samples = Pickup::noise(3e-6).of(seed, RATE, emg);
        let found =
            soleus::analyse(&recording(RATE, [("SOL_L", samples)]), &Recipe::default())
                .ok()?;
        let mut notes = found.outcomes.iter().flat_map(|outcome| &outcome.notes);
        Some(notes.any(|note| note.text.contains("short pulses of one shape")))
    });
    Line::share("walks whose bursts are taken for a heart", found, Target::AtMost(0.1))
}
