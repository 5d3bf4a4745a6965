//! Holds whose level or spectrum wanders within some seconds: no trend of them is one, and
//! their levels and frequencies are known as well as is said.

use soleus::dsp::random::SplitMix64;
use soleus::recipe::Recipe;
use soleus::session::RecordingFindings;
use soleus::signal::Recording;

use super::generator::{Drive, Muscle, Pickup, Strides, recording};
use super::line::{Line, Target, Trials};

const RATE: f64 = 1000.0;
const COVERAGE: Target = Target::Within(93.0, 97.0);
const ALARMS: Target = Target::AtMost(7.0);

/// The measures of a trend of amplitude, and of the spectrum.
const TRENDS: [&str; 3] = ["rms_slope", "rms_slope_theil_sen", "rms_change"];
const SPECTRUM: [(&str, f64); 5] = [
    ("mdf_slope", 0.0),
    ("mdf_slope_theil_sen", 0.0),
    ("mdf_change", 0.0),
    ("mnf_slope", 0.0),
    ("finsm5_ratio", 1.0),
];

/// Why figures miss their targets.
const SEEN_BADLY: &str =
    "a spectrum wanders by less than epochs scatter, which is seen badly";
const WIDER: &str =
    "wider than it had to be, since so few epochs cannot tell that nothing wanders";

/// How something goes up and down, and rises in all; logarithms.
#[derive(Debug, Clone, Copy)]
struct Hold {
    seconds: f64,
    /// The standard deviation of what wanders.
    wander: f64,
    constant_s: f64,
    rise: f64,
}

impl Hold {
    /// The reported case: by 15 % within two seconds.
    const fn of(seconds: f64) -> Self {
        Self { seconds, wander: 0.15, constant_s: 2.0, rise: 0.0 }
    }

    /// An Ornstein–Uhlenbeck process beside a line.
    fn course(self, seed: u64) -> Vec<f64> {
        let count = (self.seconds * RATE) as usize;
        let mut random = SplitMix64::new(seed ^ 0x3a4d);
        let keep = (-1.0 / (self.constant_s * RATE)).exp();
        let mut slow = random.normal();
        let next = |at: usize| {
            let trend = self.rise * at as f64 / count as f64;
            let here = (self.wander * slow + trend).exp();
            slow = keep * slow + (1.0 - keep * keep).sqrt() * random.normal();
            here
        };
        (0..count).map(next).collect()
    }

    /// The drive that has this course as its level.
    fn level(self, seed: u64) -> Drive {
        Drive { level: self.course(seed), ..Drive::rest(RATE, self.seconds) }
    }

    /// A steady hold whose action potentials have this course as their width.
    fn widths(self, seed: u64) -> Recording {
        let drive = Drive::hold(seed, RATE, self.seconds, 0.5, 0.0);
        let widths = self.course(seed);
        let width = |time: f64| {
            let at = (time * RATE).max(0.0) as usize;
            widths.get(at).or(widths.last()).copied().unwrap_or(1.0)
        };
        let emg = Muscle::new(4, 100e-6).seeded(seed).tiring(&drive, width);
        recording(RATE, [("SOL_L", Pickup::noise(2e-6).of(seed, RATE, emg))])
    }
}

/// What is found of legs that have drives of their own.
fn analysed<const N: usize>(
    legs: [&'static str; N],
    drive: impl Fn(u64) -> Drive,
    seed: u64,
    recipe: &Recipe,
) -> Option<RecordingFindings> {
    let mut own = seed.wrapping_mul(41);
    let channels = legs.map(|name| {
        own = own.wrapping_add(1);
        let emg = Muscle::new(4, 100e-6).seeded(own).gated(&drive(own));
        (name, Pickup::noise(2e-6).of(own, RATE, emg))
    });
    soleus::analyse(&recording(RATE, channels), recipe).ok()
}

pub(crate) fn lines(trials: &Trials) -> Vec<Line> {
    let mut lines = Vec::new();
    let holds = [(30.0, "30 s"), (60.0, "60 s")];
    for (salt, (seconds, words)) in holds.into_iter().enumerate() {
        lines.extend(levels(trials, 10 + salt as u64, (Hold::of(seconds), words)));
        for overlap in [0.0, 0.5] {
            let what = format!(
                "hold of {words} that wanders by 15 % within 2 s, overlap {overlap}"
            );
            let case = (Hold::of(seconds), overlap);
            let salt = 20 + 2 * salt as u64 + u64::from(overlap > 0.0);
            lines.extend(trends(trials, salt, case, (&what, ALARMS)));
        }
    }
    let steady = Hold { wander: 0.0, ..Hold::of(30.0) };
    lines.extend(trends(trials, 30, (steady, 0.0), ("steady hold of 30 s", ALARMS)));
    let rises = Hold { rise: 0.1, ..steady };
    let what = "steady hold of 30 s that rises by 10 %";
    lines.extend(trends(trials, 31, (rises, 0.0), (what, Target::Told)));
    lines.extend(walks(trials, 40, "auto"));
    lines.extend(walks(trials, 41, "windows"));
    let slow = Hold { constant_s: 10.0, ..Hold::of(30.0) };
    lines.push(beyond(trials, 32, slow, Target::AtLeast(60.0)));
    lines.push(beyond(trials, 33, steady, ALARMS));
    let scales = Hold { wander: 0.04, constant_s: 2.0, ..Hold::of(30.0) };
    let what = "of which the spectrum scales by 4 % within a fifteenth";
    lines.extend(spectra(
        trials,
        50,
        (scales, 0.0),
        ALARMS,
        &format!("hold of 30 s {what}"),
    ));
    let longer = Hold { seconds: 60.0, constant_s: 4.0, ..scales };
    lines.extend(spectra(
        trials,
        51,
        (longer, 0.0),
        ALARMS,
        &format!("hold of 60 s {what}"),
    ));
    lines.extend(spectra(
        trials,
        52,
        (longer, 0.5),
        ALARMS,
        &format!("hold of 60 s {what}, overlap 0.5"),
    ));
    lines.extend(spectra(trials, 53, (steady, 0.0), ALARMS, "steady hold of 30 s"));
    let few = Hold { seconds: 12.0, ..steady };
    lines.extend(spectra(trials, 54, (few, 0.0), ALARMS, "steady hold of 12 s"));
    let tires = Hold { seconds: 60.0, rise: 0.08, ..steady };
    let what = "steady hold of 60 s of which the spectrum falls by 8 %";
    lines.extend(spectra(trials, 55, (tires, 0.0), Target::Told, what));
    lines
}

/// How often a trend of the spectrum is said, and how often the interval of the mean
/// median frequency holds it.
fn spectra(
    trials: &Trials,
    salt: u64,
    (hold, overlap): (Hold, f64),
    target: Target,
    what: &str,
) -> Vec<Line> {
    let text = format!("[analysis.fatigue]\nepochs = \"windows\"\noverlap = {overlap}");
    let recipe = recipe(&text, &["amplitude", "symmetry"]);
    let found = trials.each(salt, |seed| {
        let found = soleus::analyse(&hold.widths(seed.wrapping_mul(41)), &recipe).ok()?;
        let row = |name| Some(found.measure(name, "SOL_L")?.clone());
        let said = SPECTRUM.map(|(name, none)| {
            let (low, high) = row(name)?.interval?;
            Some(low > none || high < none)
        });
        let mean = row("mdf_mean")?;
        Some((said, mean.value?, mean.interval?))
    });
    let line = |(place, (name, _)): (usize, (&str, f64))| {
        let said = found.iter().map(|found| found.as_ref()?.0[place]);
        let why = if hold.wander > 0.0 { SEEN_BADLY } else { "" };
        Line::share(format!("{name} said: {what}"), said, target).because(why)
    };
    let mut lines: Vec<Line> = SPECTRUM.into_iter().enumerate().map(line).collect();
    let truth = mean(found.iter().flatten().map(|(_, value, _)| *value));
    let held = found.iter().map(|found| {
        let (_, _, (low, high)) = found.as_ref()?;
        Some(*low <= truth && truth <= *high)
    });
    let why = if hold.wander > 0.0 { SEEN_BADLY } else { WIDER };
    let mean = Line::share(format!("interval of mdf_mean: {what}"), held, COVERAGE);
    lines.push(mean.because(why));
    lines
}

/// How often a trend is said of holds.
fn trends(
    trials: &Trials,
    salt: u64,
    (hold, overlap): (Hold, f64),
    said: (&str, Target),
) -> Vec<Line> {
    let text = format!("[analysis.fatigue]\nepochs = \"windows\"\noverlap = {overlap}");
    trends_of(trials, salt, (|own| hold.level(own), &text), said)
}

/// The same of walks whose strides remember the one before, and are the epochs or not.
fn walks(trials: &Trials, salt: u64, epochs: &str) -> Vec<Line> {
    let strides = Strides { memory: 0.5, ..Strides::WALK };
    let text = format!("analysis.fatigue.epochs = \"{epochs}\"");
    let what = format!("walk of 60 s whose strengths correlate by 0.5, {epochs} epochs");
    let drive = |own| Drive::strides(own, RATE, 60.0, 0.5, &strides);
    trends_of(trials, salt, (drive, &text), (&what, ALARMS))
}

fn trends_of(
    trials: &Trials,
    salt: u64,
    (drive, text): (impl Fn(u64) -> Drive + Sync, &str),
    (what, target): (&str, Target),
) -> Vec<Line> {
    let recipe = recipe(text, &["amplitude", "symmetry"]);
    let found = trials.each(salt, |seed| {
        let found = analysed(["SOL_L"], &drive, seed, &recipe)?;
        Some(TRENDS.map(|name| {
            let (low, high) = found.measure(name, "SOL_L")?.interval?;
            Some(low > 0.0 || high < 0.0)
        }))
    });
    let line = |(place, name): (usize, &str)| {
        let said = found.iter().map(|found| found.as_ref()?[place]);
        Line::share(format!("{name} said: {what}"), said, target)
    };
    TRENDS.into_iter().enumerate().map(line).collect()
}

/// How often intervals of levels hold what they are of.
fn levels(trials: &Trials, salt: u64, (hold, words): (Hold, &str)) -> Vec<Line> {
    let recipe = recipe("", &["fatigue"]);
    let found = trials.each(salt, |seed| {
        analysed(["SOL_L", "SOL_R"], |own| hold.level(own), seed, &recipe)
    });
    let rows = |name: &'static str, channel: &'static str| {
        let rows = found.iter().map(move |found| {
            let row = found.as_ref()?.measure(name, channel)?;
            Some((row.value?, row.interval?))
        });
        rows.collect::<Vec<_>>()
    };
    let line = |name: &'static str, channel, truth: fn(&[f64]) -> f64| {
        let rows = rows(name, channel);
        let values: Vec<f64> = rows.iter().flatten().map(|(value, _)| *value).collect();
        let truth = truth(&values);
        let held = rows
            .iter()
            .map(|row| row.map(|(_, (low, high))| low <= truth && truth <= high));
        let what = format!(
            "interval of {name}: hold of {words} that wanders by 15 % within 2 s"
        );
        Line::share(what, held, COVERAGE)
    };
    vec![
        line("rms", "SOL_L", |values| mean(values.iter().map(|it| it * it)).sqrt()),
        line("envelope_mean", "SOL_L", |values| mean(values.iter().copied())),
        line("symmetry_index.envelope_mean", "SOL_L ~ SOL_R", |_| 0.0),
    ]
}

/// How often it is said that a level wanders for longer than the recording can know.
fn beyond(trials: &Trials, salt: u64, hold: Hold, target: Target) -> Line {
    let recipe =
        recipe("analysis.fatigue.epochs = \"windows\"", &["amplitude", "symmetry"]);
    let said = trials.each(salt, |seed| {
        let found = analysed(["SOL_L"], |own| hold.level(own), seed, &recipe)?;
        let note = found.measure("rms_slope", "SOL_L")?.note.clone();
        Some(note.is_some_and(|note| note.contains("cannot be known")))
    });
    let what = match hold.wander > 0.0 {
        true => format!(
            "a level that wanders for {} s in {} s: said of rms_slope",
            hold.constant_s, hold.seconds
        ),
        false => format!("that said of a steady hold of {} s", hold.seconds),
    };
    Line::share(what, said, target)
}

/// Without what these lines do not look at.
fn recipe(text: &str, off: &[&str]) -> Recipe {
    let off: Vec<String> = ["coherence", "complexity", "cycles", "quality", "activity"]
        .iter()
        .chain(off)
        .map(|analysis| format!("analysis.{analysis}=false"))
        .collect();
    Recipe::from_toml(text, &off).unwrap_or_default()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / count
}
