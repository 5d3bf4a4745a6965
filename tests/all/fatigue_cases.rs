//! Simulated muscles that tire as is known, for the test and the benchmark of the fatigue
//! analysis.

use soleus::analysis::Fatigue;
use soleus::analysis::fatigue::{Quantity, follow};
use soleus::condition::Chain;
use soleus::dsp::regression::Line;
use soleus::recipe::Recipe;
use soleus::signal::{Kind, Label, Trace};
use soleus::synth::{self, Contraction, Expected, Faults, Hum, Simulation, simulate};
use soleus::units::{Hertz, Unit};

/// A way of tiring, and what else is in the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// A hold of a minute whose spectrum is compressed by 0.3 % a second.
    Isometric,
    /// The same with the spectrum staying as it is.
    Steady,
    /// The hold in noise 15 dB below it.
    Noisy,
    /// The hold with hum of the mains as strong as itself.
    Mains,
    /// The hold with ten gaps of up to 0.3 s.
    Gaps,
    /// The hold with a force that falls by a third.
    ForceDrift,
    /// The hold in windows that overlap by half.
    Overlapping,
    /// Thirty contractions of 2 s, one every 4 s.
    Intermittent,
}

/// All of them.
pub(crate) const TASKS: [Task; 8] = [
    Task::Isometric,
    Task::Steady,
    Task::Noisy,
    Task::Mains,
    Task::Gaps,
    Task::ForceDrift,
    Task::Overlapping,
    Task::Intermittent,
];

/// The quantities whose slopes are known.
pub(crate) const KNOWN: [Quantity; 3] = [Quantity::Mnf, Quantity::Mdf, Quantity::Rms];

/// What was found of one quantity in one run, and what is true; slopes in per cent of the
/// beginning per second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// The slope that was found.
    pub(crate) found: f64,
    /// Its 95 % interval.
    pub(crate) interval: (f64, f64),
    /// The interval of Theil and Sen.
    pub(crate) robust: (f64, f64),
    /// The slope of the model.
    pub(crate) truth: f64,
    /// The slope of the model in the unit of the quantity.
    pub(crate) plain_truth: f64,
}

impl Run {
    /// Whether the interval holds the truth.
    pub(crate) fn holds(&self) -> bool {
        self.interval.0 <= self.truth && self.truth <= self.interval.1
    }

    /// Whether the interval of Theil and Sen holds the truth.
    pub(crate) fn robust_holds(&self) -> bool {
        self.robust.0 <= self.plain_truth && self.plain_truth <= self.robust.1
    }
}

/// One simulated recording.
pub(crate) fn simulation(task: Task, seed: u64) -> Simulation {
    let rate = Hertz::new(1000.0).unwrap();
    let hold = |from_s: f64, to_s: f64, ramp_s: f64| Contraction {
        from_s,
        to_s,
        rise_s: ramp_s,
        fall_s: ramp_s,
        rms: 100e-6,
    };
    let contractions = match task {
        Task::Intermittent => (0..30)
            .map(|k| hold(1.0 + 4.0 * f64::from(k), 3.0 + 4.0 * f64::from(k), 0.2))
            .collect(),
        _ => vec![hold(0.0, 60.0, 0.0)],
    };
    let seconds = if task == Task::Intermittent { 121.0 } else { 60.0 };
    let mut faults = Faults { noise: 2e-6, ..Faults::default() };
    match task {
        Task::Noisy => faults.noise = 100e-6 / 10_f64.powf(0.75),
        Task::Mains => {
            let harmonics = vec![(1, 140e-6), (3, 30e-6)];
            faults.hum =
                Some(Hum { frequency_hz: 50.02, drift_hz_per_s: 0.0, harmonics });
        }
        Task::Gaps => {
            let gap = |k: u32| {
                (
                    3.0 + 5.5 * f64::from(k),
                    3.05 + 5.5 * f64::from(k) + 0.025 * f64::from(k),
                )
            };
            faults.gaps = (0..10).map(gap).collect();
        }
        _ => {}
    }
    let compression_per_s = match task {
        Task::Steady => 0.0,
        Task::Intermittent => 0.0015,
        _ => 0.003,
    };
    let growth_per_s = match task {
        Task::ForceDrift => -1.0 / 180.0,
        _ => 0.0,
    };
    let fatigue =
        synth::SimulatedFatigue { from_s: 0.0, compression_per_s, growth_per_s };
    Simulation {
        contractions,
        fatigue,
        faults,
        ..Simulation::soleus(seed, rate, seconds)
    }
}

/// The settings with which a task is analysed: the standard ones, but for the overlap
/// where that is the question.
pub(crate) fn settings(task: Task) -> Fatigue {
    let overlap = if task == Task::Overlapping { 0.5 } else { 0.0 };
    Fatigue { overlap, wavelets: false, ..Fatigue::default() }
}

/// The trace of a simulated recording behind the standard conditioning and envelope.
pub(crate) fn trace(simulation: &Simulation) -> (Trace, Chain) {
    let (recipe, rate) = (Recipe::default(), simulation.rate);
    let raw = simulate(simulation).0;
    let chain = Chain::design(&recipe.conditioning, rate).unwrap();
    let clean = chain.run(&raw).unwrap().samples;
    let envelope = recipe.envelope.design(rate).unwrap().run(&clean).samples;
    let trace = Trace {
        label: Label { name: "SOL_L".into(), muscle: None, side: None, kind: Kind::Emg },
        unit: Unit::VOLT,
        rate,
        start_s: 0.0,
        rails: None,
        excluded: 0,
        raw,
        clean,
        envelope,
        activation: None,
        edge_samples: 160,
        two_way: Vec::new(),
    };
    (trace, chain)
}

/// What is found in one run, in the order of [`KNOWN`], and how many epochs were used.
pub(crate) fn run(task: Task, seed: u64) -> ([Run; 3], usize) {
    let simulation = simulation(task, seed);
    let (trace, chain) = trace(&simulation);
    let followed = follow(&trace, &[], &settings(task));
    let course = &followed.course;
    let (low, high) = course.band_hz;
    let times: Vec<f64> = course.used().map(|epoch| epoch.time_s).collect();
    // In steps of 0.1 Hz, as the model has its densities.
    let gains: Vec<f64> =
        (0..5000).map(|k| chain.gain(0.1 * (f64::from(k) + 0.5))).collect();
    let gain = |hz: f64| gains[(10.0 * hz) as usize];
    let expected: Vec<Expected> = times
        .iter()
        .map(|&time_s| simulation.mixture(time_s).through(low, high, gain))
        .collect();
    let x: Vec<f64> = times.iter().map(|time_s| time_s - course.begin_s).collect();
    let runs = KNOWN.map(|quantity| {
        let truth = expected.iter().map(|expected| match quantity {
            Quantity::Mnf => expected.mean_hz,
            Quantity::Mdf => expected.median_hz,
            _ => expected.power.sqrt(),
        });
        let truth = Line::fit(&x, &truth.collect::<Vec<_>>()).unwrap();
        let trend = followed.trends.of_quantity(quantity).unwrap();
        Run {
            found: trend.line.normalised_slope().unwrap(),
            interval: trend.line.fieller_interval().unwrap(),
            robust: trend.robust.map_or((f64::NAN, f64::NAN), |robust| robust.interval),
            truth: truth.normalised_slope().unwrap(),
            plain_truth: truth.slope,
        }
    });
    (runs, times.len())
}
