//! Activation and sides: what electrodes and maximal trials that scatter do to them,
//! spoilt trials, and sides that are exchanged.

use soleus::dsp::random::SplitMix64;
use soleus::outcome::{Measure, Note, Verdict};
use soleus::recipe::Recipe;
use soleus::session::{
    RecordingFindings, Role, RoledRecording, analyse_session, exchanged_sides,
};

use super::generator::{Drive, Muscle, Pickup, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
/// The standard deviation of the logarithm of what electrodes and skin do to volts: a
/// third to three times between two legs is possible. (De Luca 1997 names the causes)
const GAINS: f64 = 0.35;
/// The same of the EMG of maximal trials (Heinonen et al. 1994: above 10 %, days apart).
const TRIALS: f64 = 0.08;
const MVC: [(f64, f64); 3] = [(1.0, 4.0), (6.0, 9.0), (11.0, 14.0)];
const PAIR: &str = "SOL_L ~ SOL_R";

pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let mut lines = coverage(trials);
    lines.extend(sides(trials));
    lines.extend(spoilt(trials));
    lines.extend(exchanged(trials));
    lines
}

/// A leg with its own electrodes.
struct Leg {
    muscle: Muscle,
    /// The drive of the hold.
    drive: f64,
}

impl Leg {
    fn new(seed: u64, drive: f64) -> Self {
        let gain = (GAINS * SplitMix64::new(seed ^ 0x6c65).normal()).exp();
        Self { muscle: Muscle::new(seed, 100e-6).scaled(gain), drive }
    }

    fn hold(&self, seed: u64) -> Vec<f64> {
        let drive = Drive::hold(seed, RATE, 15.0, self.drive, 0.05);
        Pickup::noise(1e-6).of(seed, RATE, self.muscle.emg(&drive))
    }

    /// Three maximal trials that scatter.
    fn mvc(&self, seed: u64) -> Vec<f64> {
        let mut random = SplitMix64::new(seed ^ 0x6d76);
        let drive = Drive::bursts(RATE, 15.0, &MVC, 1.0, 0.2);
        let mut emg = self.muscle.emg(&drive);
        for span in &drive.active {
            let effort = (TRIALS * random.normal()).exp();
            emg[span.clone()].iter_mut().for_each(|sample| *sample *= effort);
        }
        Pickup::noise(1e-6).of(!seed, RATE, emg)
    }

    /// What a session of the hold and these maximal trials says.
    fn activation(&self, seed: u64, mvc: Vec<f64>) -> Option<Measure> {
        let found = analysed(vec![
            of("hold", Role::Task, vec![("SOL_L", self.hold(seed))]),
            of("mvc", Role::Mvc, vec![("SOL_L", mvc)]),
        ]);
        named(&found, "hold")?.measure("activation_mean", "SOL_L").cloned()
    }

    /// The true share of the maximum in the hold.
    fn share(&self) -> f64 {
        self.muscle.expected_rms(self.drive) / self.muscle.expected_rms(1.0)
    }
}

type Named = (&'static str, Vec<f64>);

fn of(name: &str, role: Role, channels: Vec<Named>) -> RoledRecording {
    RoledRecording { name: name.into(), role, recording: recording(RATE, channels) }
}

fn analysed(session: Vec<RoledRecording>) -> Vec<RecordingFindings> {
    analyse_session(session, &Recipe::default()).unwrap_or_default()
}

fn named<'a>(
    found: &'a [RecordingFindings],
    name: &str,
) -> Option<&'a RecordingFindings> {
    found.iter().find(|one| one.recording == name)
}

/// The activation of a hold against the share of the maximum, and against what the same
/// hold has on average over references alike.
fn coverage(trials: &Trials) -> Vec<Line> {
    let found = trials.of(1000).each(801, |seed| {
        let leg = Leg::new(seed, 0.2 + 0.5 * SplitMix64::new(seed).uniform());
        let row = leg.activation(seed, leg.mvc(seed))?;
        let ends = [row.value?, row.interval?.0, row.interval?.1];
        Some(ends.map(|end| (end / (100.0 * leg.share())).ln()))
    });
    let all = || found.iter().flatten();
    let usual = all().map(|one| one[0]).sum::<f64>() / all().count() as f64;
    let holds = |truth: f64, what: &str, target| {
        let held = all().map(|one| Some(one[1] <= truth && truth <= one[2]));
        let what = format!("interval of activation_mean, 3 trials: holds {what}");
        Line::share(what, held, target)
    };
    let half = all().map(|one| 50.0 * (one[2] - one[1]));
    vec![
        holds(usual, "what trials alike give on average", Target::AtLeast(93.0)),
        holds(0.0, "the share of a usual maximal effort", Target::Told),
        Line::mean(
            "activation over that share, less one: the reference is the highest 500 ms \
             of the best trial, and more than a usual effort",
            all().map(|one| 100.0 * one[0]),
            "%",
            Target::Told,
        ),
        Line::mean("half the width of that interval", half, "%", Target::Told),
    ]
}

/// What is said of a pair of sides in one quantity.
struct Said {
    error: f64,
    covers: bool,
    wrong: bool,
    right: bool,
}

fn said(found: &RecordingFindings, quantity: &str, truth: f64) -> Option<Said> {
    let row = found.measure(&format!("symmetry_index.{quantity}"), PAIR)?;
    let (low, high) = row.interval?;
    let clear = row.verdict <= Some(Verdict::Good) && (low > 0.0 || high < 0.0);
    let same = row.value? * truth > 0.0;
    Some(Said {
        error: (row.value? - truth).abs(),
        covers: low <= truth && truth <= high,
        wrong: clear && !same,
        right: clear && same,
    })
}

/// Two legs whose drives differ, each below its own electrodes.
fn sides(trials: &Trials) -> Vec<Line> {
    let found = trials.of(1000).each(802, |seed| {
        let mut random = SplitMix64::new(seed ^ 0x7369);
        let drive = 0.2 + 0.3 * random.uniform();
        let [left, right] = [(1, 1.0), (2, (0.25 * random.normal()).exp())]
            .map(|(k, by)| Leg::new(seed.wrapping_mul(2).wrapping_add(k), drive * by));
        let (one, other) = (seed, seed ^ 0x1_0000_0000);
        let both = |of: fn(&Leg, u64) -> Vec<f64>| {
            vec![("SOL_L", of(&left, one)), ("SOL_R", of(&right, other))]
        };
        let found = analysed(vec![
            of("hold", Role::Task, both(Leg::hold)),
            of("mvc", Role::Mvc, both(Leg::mvc)),
        ]);
        let (l, r) = (left.share(), right.share());
        let truth = 200.0 * (l - r) / (l + r);
        let hold = named(&found, "hold")?;
        Some([said(hold, "envelope_mean", truth)?, said(hold, "activation_mean", truth)?])
    });
    let of = |k: usize| found.iter().flatten().map(move |both| &both[k]);
    let line = |k: usize, what: &str, held: fn(&Said) -> bool, target: Target| {
        let quantity = ["volts", "activation"][k];
        let held = of(k).map(|said| Some(held(said)));
        Line::share(format!("symmetry index of {quantity}: {what}"), held, target)
    };
    let error = |k: usize, quantity: &str| {
        let what = format!("symmetry index of {quantity}: mean error");
        Line::mean(what, of(k).map(|said| said.error), "points", Target::Told)
    };
    let wrong: fn(&Said) -> bool = |said| said.wrong;
    vec![
        error(0, "volts"),
        error(1, "activation"),
        line(0, "clearly on the wrong side (never said in words)", wrong, Target::Told),
        line(1, "wrong side named", wrong, Target::AtMost(3.0)),
        line(1, "right side named", |said| said.right, Target::Told),
        line(1, "interval holds the truth", |said| said.covers, Target::AtLeast(93.0)),
    ]
}

/// What happens to a trial.
#[derive(Clone, Copy)]
enum Spoil {
    Step,
    Spike,
    Swing,
    Clip,
}

impl Spoil {
    fn add_to(self, samples: &mut [f64], at: usize, level: f64) {
        match self {
            Self::Step => samples[at..].iter_mut().for_each(|x| *x += 30.0 * level),
            Self::Spike => {
                samples[at..at + 4].iter_mut().for_each(|x| *x += 50.0 * level)
            }
            Self::Swing => {
                for (i, sample) in samples[at..at + 300].iter_mut().enumerate() {
                    let phase = i as f64 / 300.0;
                    *sample += 40.0 * level * (14.0 * phase).sin() * (1.0 - phase);
                }
            }
            Self::Clip => {
                samples.iter_mut().for_each(|x| *x = x.clamp(-1.2 * level, 1.2 * level));
            }
        }
    }
}

/// A spoilt trial moves activation by less than a tenth of what it is without, or is said
/// to. What maximal efforts and the definition of the reference do to it is no fault of
/// the artefact.
fn spoilt(trials: &Trials) -> Vec<Line> {
    let kinds = [
        ("a jump of the electrode", Spoil::Step),
        ("a spike", Spoil::Spike),
        ("a swing of the cable", Spoil::Swing),
        ("clipping", Spoil::Clip),
    ];
    let line = |(k, (what, spoil)): (usize, (&str, Spoil))| {
        let found = trials.of(300).each(810 + k as u64, |seed| {
            let leg = Leg::new(seed, 0.4);
            let sound = leg.mvc(seed);
            let mut mvc = sound.clone();
            let at = 500 + SplitMix64::new(seed ^ 3).index(13_000);
            spoil.add_to(&mut mvc, at, leg.muscle.expected_rms(1.0));
            let without = leg.activation(seed, sound)?.value?;
            let row = leg.activation(seed, mvc)?;
            let moved = (row.value? / without).ln().abs();
            Some(moved > 0.1 && row.verdict <= Some(Verdict::Good))
        });
        let what = format!("activation moved by a tenth and good, by {what} in the MVC");
        Line::share(what, found, Target::AtMost(3.0))
    };
    kinds.into_iter().enumerate().map(line).collect()
}

/// Three recordings of two muscles of both legs, whose ratios differ between recordings
/// by a fifth; `exchanged` says of which the sides are, `legs` how strongly each leg works.
fn hint(
    seed: u64,
    exchanged: Option<usize>,
    legs: fn(usize) -> [f64; 2],
) -> Option<Note> {
    let mut random = SplitMix64::new(seed ^ 0x6578);
    let gains: [[f64; 2]; 2] =
        [0, 1].map(|_| [0, 1].map(|_| (GAINS * random.normal()).exp()));
    let muscles = [Muscle::new(seed, 60e-6), Muscle::new(!seed, 40e-6)];
    let one = |k: usize| {
        let mut channels = Vec::new();
        for (m, muscle) in muscles.iter().enumerate() {
            let mut sides = [0, 1].map(|side| {
                let seed = seed.wrapping_add((k * 4 + m * 2 + side) as u64 * 0x9e37);
                let level = 0.3 * legs(k)[side] * (0.14 * random.normal()).exp();
                let drive = Drive::hold(seed, RATE, 10.0, level, 0.1);
                let emg = muscle.clone().scaled(gains[m][side]).emg(&drive);
                Pickup::noise(1.5e-6).of(seed, RATE, emg)
            });
            if exchanged == Some(k) {
                sides.swap(0, 1);
            }
            let names = [["SOL_L", "SOL_R"], ["TA_L", "TA_R"]][m];
            channels.extend(names.into_iter().zip(sides));
        }
        of(&format!("task_{}", k + 1), Role::Task, channels)
    };
    let session: Vec<RoledRecording> = (0..3).map(one).collect();
    exchanged_sides(&analysed(session))
}

/// Whether a hint says that muscles turn round in opposite directions, as no load of a
/// leg makes them.
fn names_opposite(hint: &Option<Note>) -> bool {
    hint.as_ref().is_some_and(|note| note.text.contains("opposite directions"))
}

fn exchanged(trials: &Trials) -> Vec<Line> {
    let few = trials.of(400);
    let none = few.each(821, |seed| hint(seed, None, |_| [1.0; 2]));
    let turns = few.each(822, |seed| {
        hint(seed, None, |k| if k == 1 { [0.0, 1.0] } else { [1.0, 0.0] })
    });
    let halves = few.each(824, |seed| {
        hint(seed, None, |k| if k == 1 { [0.5, 1.0] } else { [1.0, 0.5] })
    });
    let exchanged = few.each(823, |seed| hint(seed, Some(1), |_| [1.0; 2]));
    let line =
        |what: &str, hints: &[Option<Note>], said: fn(&Option<Note>) -> bool, to| {
            Line::share(what, hints.iter().map(|hint| Some(said(hint))), to)
        };
    let (asked, most) = (Option::<Note>::is_some, Target::AtMost(1.0));
    let opposite = names_opposite;
    vec![
        line("exchanged sides asked about where none are", &none, asked, most),
        line("the same in tasks of one leg after the other", &turns, asked, most),
        line(
            "the same where the other leg works half as hard: asked, with both explanations",
            &halves,
            asked,
            Target::Told,
        ),
        line(
            "the same: told that muscles turn in opposite directions, which speaks for an \
             exchange",
            &halves,
            opposite,
            most,
        ),
        line(
            "exchanged sides of one recording of three asked about",
            &exchanged,
            asked,
            Target::Told,
        ),
        line(
            "the same: told that muscles turn in opposite directions",
            &exchanged,
            opposite,
            Target::Told,
        ),
    ]
}
