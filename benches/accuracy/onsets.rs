//! Detectors of onset on simulated trials with known onset: `cargo bench
//! --no-default-features --bench accuracy_onsets`.
//!
//! First the cells of the reference sheet (`tests/reference/ref_onset_mc.json`,
//! `ref_onset_ramp.json`), with the same random numbers and 200 trials each, and whether
//! ours agree; then hum and heart beats, with all bursts of a trial found by each
//! detector's defaults and a trial without activity for false alarms.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::ops::Range;

use rayon::prelude::*;
use serde_json::Value;
use soleus::dsp::autoregression::Autoregression;
use soleus::dsp::stats;
use soleus::onset::double_threshold::{self, Pairs};
use soleus::onset::{
    ChangePoint, Consensus, Detect, DoubleThreshold, EnergyThreshold, HodgesBui,
    Lidierth, LocalLevels, ModifiedHodges, Profile, Ramp, SingleThreshold, StepDetector,
    Stretch, TwoState, energy, hodges, profile, ramp, step, threshold, tidy,
};
use soleus::synth::{Rest, Trial};

const TRIALS: u64 = 200;

/// What a detector is given: a trial, and the same whitened as the sheet does.
struct Given {
    samples: Vec<f64>,
    white: Vec<f64>,
}

type Detector = (&'static str, fn(&Given) -> Option<usize>);

/// The quiet samples that every detector knows.
const BASE: Range<usize> = 100..700;

/// The detectors of the sheet's table, by its names.
const OF_TABLE: &[Detector] = &[
    ("single_lp10_k3", |given| single(given, 10.0)),
    ("single_lp50_k3", |given| single(given, 50.0)),
    ("hodges_w25_k3", |given| {
        let envelope = threshold::smoothed(&given.samples, 50.0, Trial::rate())?;
        let found =
            hodges::beginnings(&envelope, 25, threshold::level(&envelope, &[BASE], 3.0)?);
        found.iter().find(|run| run.end > BASE.end).map(|run| run.start.max(BASE.end))
    }),
    ("tkeo_k7", |given| {
        let energy =
            energy::smoothed_energy(&given.samples, [30.0, 300.0], 50.0, Trial::rate())?;
        long_after_base(&threshold::above(
            &energy,
            threshold::level(&energy, &[BASE], 7.0)?,
        ))
    }),
    ("bonato_m5_r2_pfa.001", |given| {
        let variance = threshold::variance_at_rest(&given.white, &[BASE])?;
        let pairs = Pairs {
            stride: 1,
            variance,
            zeta: double_threshold::zeta(2, 5, 0.001)?,
            of: 5,
            needed: 2,
        };
        after_base(&pairs.active(&given.white, 15, 15))
    }),
    ("aglr_L50_h10", |given| aglr(given, 10.0)),
    ("aglr_L50_h25", |given| aglr(given, 25.0)),
    ("profile_ml", |given| {
        profile::change(given.white.get(300..)?, 20).map(|split| split.at + 300)
    }),
];

/// Those of its table of ramps.
const OF_RAMPS: &[Detector] = &[
    ("ramp_ml", |given| {
        let lengths = vec![1, 10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200];
        let shape =
            ramp::RampShape { lengths, expected: 100, plateau: 200, least_plateau: 50 };
        ramp::onset(&given.white, BASE, &shape).map(|onset| onset.at)
    }),
    ("step_ml", |given| {
        profile::change(given.white.get(300..)?, 20).map(|split| split.at + 300)
    }),
];

/// All that find bursts, with their defaults.
const OF_BURSTS: &[Detector] = &[
    ("single", |given| {
        first_burst(given, |stretch| SingleThreshold::default().bursts(stretch))
    }),
    ("hodges_bui", |given| {
        first_burst(given, |stretch| HodgesBui::default().bursts(stretch))
    }),
    ("modified_hodges", |given| {
        first_burst(given, |stretch| ModifiedHodges::default().bursts(stretch))
    }),
    ("lidierth", |given| {
        first_burst(given, |stretch| Lidierth::default().bursts(stretch))
    }),
    ("double", |given| {
        first_burst(given, |stretch| DoubleThreshold::default().bursts(stretch))
    }),
    ("energy", |given| {
        first_burst(given, |stretch| EnergyThreshold::default().bursts(stretch))
    }),
    ("step", |given| {
        first_burst(given, |stretch| StepDetector::default().bursts(stretch))
    }),
    ("profile", |given| first_burst(given, |stretch| Profile::default().bursts(stretch))),
    ("ramp", |given| first_burst(given, |stretch| Ramp::default().bursts(stretch))),
    ("change_point", |given| {
        first_burst(given, |stretch| ChangePoint::default().bursts(stretch))
    }),
    ("two_state", |given| {
        first_burst(given, |stretch| TwoState::default().bursts(stretch))
    }),
    ("local_levels", |given| {
        first_burst(given, |stretch| LocalLevels::default().bursts(stretch))
    }),
    CONSENSUS,
];

/// What all of them say together.
const CONSENSUS: Detector = ("consensus", |given| {
    first_burst(given, |stretch| {
        Consensus::default()
            .find_in_stretch(stretch)
            .iter()
            .map(|burst| burst.on.at..burst.off.at)
            .collect()
    })
});

fn single(given: &Given, cutoff_hz: f64) -> Option<usize> {
    let envelope = threshold::smoothed(&given.samples, cutoff_hz, Trial::rate())?;
    long_after_base(&threshold::above(
        &envelope,
        threshold::level(&envelope, &[BASE], 3.0)?,
    ))
}

/// The first run of 25 ms that begins after the base.
fn long_after_base(runs: &[Range<usize>]) -> Option<usize> {
    runs.iter().find(|run| run.start >= BASE.end && run.len() >= 25).map(|run| run.start)
}

fn after_base(runs: &[Range<usize>]) -> Option<usize> {
    runs.iter().map(|run| run.start).find(|&start| start >= BASE.end)
}

fn aglr(given: &Given, threshold: f64) -> Option<usize> {
    let search = step::StepSearch { window: 50, threshold, lag: 10 };
    step::first(given.white.get(300..)?, search).map(|change| change.at + 300)
}

/// The beginning of the first burst of 50 ms after the base.
fn first_burst(
    given: &Given,
    bursts: fn(&Stretch<'_>) -> Vec<Range<usize>>,
) -> Option<usize> {
    let found =
        bursts(&Stretch { samples: &given.samples, rate: Trial::rate(), quiet: &[BASE] });
    after_base(&tidy::tidied(&found, 50, 50))
}

impl Given {
    fn new(trial: &Trial) -> Self {
        let samples = trial.samples();
        // The sheet whitens by the activity when the rest is white, else by the rest.
        let part = if trial.rest == Rest::White { 1300..1900 } else { BASE };
        let model = Autoregression::fit(&samples[part], 6);
        let white =
            model.map_or_else(|| samples.clone(), |model| model.whitened(&samples));
        Self { samples, white }
    }
}

/// The onsets that each detector found in each trial.
fn run(trial: Trial, detectors: &[Detector]) -> Vec<Vec<Option<usize>>> {
    let onsets = |number| {
        let given = Given::new(&Trial { number, ..trial });
        detectors.iter().map(|(_, detect)| detect(&given)).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<Option<usize>>> = (0..TRIALS).into_par_iter().map(onsets).collect();
    (0..detectors.len()).map(|i| rows.iter().map(|row| row[i]).collect()).collect()
}

/// The errors of a detector in a cell, in milliseconds.
struct Cell {
    /// Of all onsets that were found.
    errors: Vec<f64>,
    /// Those of at most 100 ms.
    near: Vec<f64>,
    trials: usize,
}

impl Cell {
    fn new(onsets: &[Option<usize>]) -> Self {
        let errors: Vec<f64> =
            onsets.iter().flatten().map(|&at| at as f64 - Trial::ONSET as f64).collect();
        let near = errors.iter().copied().filter(|error| error.abs() <= 100.0).collect();
        Self { errors, near, trials: onsets.len() }
    }

    fn percent(&self, count: usize) -> f64 {
        100.0 * count as f64 / self.trials as f64
    }

    /// Bias, standard deviation and what was gross or missed in per cent, as the sheet
    /// counts them.
    fn summary(&self) -> Summary {
        Summary {
            bias: stats::mean(&self.near),
            spread: stats::standard_deviation(&self.near),
            gross: self.percent(self.trials - self.near.len()),
            count: self.near.len(),
        }
    }

    /// Bias and standard deviation of all errors, as the sheet's table of ramps has them.
    fn summary_of_all(&self) -> Summary {
        let (bias, spread) =
            (stats::mean(&self.errors), stats::standard_deviation(&self.errors));
        Summary { bias, spread, count: self.errors.len(), ..self.summary() }
    }
}

struct Summary {
    bias: Option<f64>,
    spread: Option<f64>,
    gross: f64,
    count: usize,
}

impl Summary {
    fn of_table(cell: &Value) -> Self {
        let gross = cell["gross_or_missed_%"].as_f64().unwrap_or(f64::NAN);
        let (bias, spread) =
            (cell["bias_ms_within100"].as_f64(), cell["sd_ms_within100"].as_f64());
        Self { bias, spread, gross, count: TRIALS as usize }
    }

    fn of_ramps(cell: &Value) -> Self {
        let gross = 100.0 - cell["pct_abs_le_100"].as_f64().unwrap_or(f64::NAN);
        Self {
            bias: cell["mean"].as_f64(),
            spread: cell["sd"].as_f64(),
            gross,
            count: TRIALS as usize,
        }
    }

    fn pairs(&self, other: &Self) -> [(f64, f64); 3] {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        [
            (number(self.bias), number(other.bias)),
            (number(self.spread), number(other.spread)),
            (self.gross, other.gross),
        ]
    }

    /// The same up to the rounding of means.
    fn equals(&self, other: &Self) -> bool {
        self.pairs(other)
            .iter()
            .all(|(a, b)| (a - b).abs() < 1e-9 || a.is_nan() && b.is_nan())
    }

    /// Bias and spread within three standard errors of the other's.
    fn agrees(&self, other: &Self) -> bool {
        let [bias, spread, _] = self.pairs(other);
        let n = self.count as f64;
        let error = spread.1 / n.sqrt();
        let near = |(a, b): (f64, f64), error: f64| {
            (a - b).abs() <= 3.0 * error || a.is_nan() && b.is_nan()
        };
        near(bias, error) && near(spread, error / 2.0_f64.sqrt())
    }

    fn text(&self) -> String {
        let [(bias, _), (spread, _), (gross, _)] = self.pairs(self);
        format!("{bias:7.1} ± {spread:5.1} ({gross:5.1})")
    }
}

/// Cells that agree with the sheet and that are equal to it, of all.
#[derive(Default)]
struct Tally {
    agree: usize,
    equal: usize,
    cells: usize,
}

impl Tally {
    fn add(&mut self, place: &str, name: &str, ours: &Summary, sheet: &Summary) {
        let (equal, agree) = (ours.equals(sheet), ours.agrees(sheet));
        self.cells += 1;
        self.equal += usize::from(equal);
        self.agree += usize::from(agree);
        let verdict = if equal {
            "equal"
        } else if agree {
            "agrees"
        } else {
            "DIFFERS"
        };
        println!("{place:<32} {name:<14} {} {} {verdict}", ours.text(), sheet.text());
    }
}

fn sheet(name: &str) -> Result<Value, Box<dyn Error>> {
    let path = format!("{}/tests/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

fn compare() -> Result<(), Box<dyn Error>> {
    println!("bias ± standard deviation in ms (% gross or missed): ours, the sheet's\n");
    let (table, ramps, mut tally) =
        (sheet("ref_onset_mc")?, sheet("ref_onset_ramp")?, Tally::default());
    for (scenario, ramp, rest) in [
        ("A_abrupt_colourednoise", 0, Rest::Coloured),
        ("B_ramp50ms_whitenoise", 50, Rest::White),
        ("C_ramp100ms_whitenoise", 100, Rest::White),
    ] {
        for snr in [3, 6, 10, 15, 20, 30] {
            let found = run(Trial::new(0, f64::from(snr), ramp, rest), OF_TABLE);
            for ((name, _), onsets) in OF_TABLE.iter().zip(found) {
                let expected =
                    Summary::of_table(&table[scenario][format!("{snr}dB")][name]);
                tally.add(
                    &format!("{scenario} {snr} dB"),
                    name,
                    &Cell::new(&onsets).summary(),
                    &expected,
                );
            }
        }
    }
    for (scenario, ramp) in [("ramp0", 0), ("ramp50", 50), ("ramp100", 100)] {
        for snr in [6, 10, 15, 20, 30] {
            let found = run(Trial::new(0, f64::from(snr), ramp, Rest::White), OF_RAMPS);
            for ((name, _), onsets) in OF_RAMPS.iter().zip(found) {
                let expected =
                    Summary::of_ramps(&ramps[scenario][format!("{snr}dB")][name]);
                tally.add(
                    &format!("{scenario} {snr} dB"),
                    name,
                    &Cell::new(&onsets).summary_of_all(),
                    &expected,
                );
            }
        }
    }
    let Tally { agree, equal, cells } = tally;
    println!(
        "\n{agree} of {cells} cells agree with the sheet within three standard errors, {equal} are equal to it\n"
    );
    Ok(())
}

/// All bursts by defaults: errors in ms; trials without a first burst up to 100 ms after
/// the onset (missed), with one more than 100 ms before it (early), and with any where
/// there is no activity (false).
fn beyond() {
    println!(
        "{:<42} {:<12} median    bias      SD  missed   early   false (%)",
        "all bursts, by defaults", ""
    );
    let scenarios = [
        ("step", 0, 0.0, 0.0),
        ("ramp of 100 ms", 100, 0.0, 0.0),
        ("ramp of 50 ms, hum 20 %", 50, 0.2, 0.0),
        ("ramp of 50 ms, heart beats", 50, 0.0, 4.0),
    ];
    for (scenario, ramp, hum, beats) in scenarios {
        for rest in [Rest::White, Rest::Coloured] {
            let silent = Trial { number: 0, snr_db: None, ramp, rest, hum, beats };
            let alarms = run(silent, OF_BURSTS);
            for snr in [0, 3, 6, 10, 15, 20, 30] {
                let found =
                    run(Trial { snr_db: Some(f64::from(snr)), ..silent }, OF_BURSTS);
                for (((name, _), onsets), alarms) in
                    OF_BURSTS.iter().zip(&found).zip(&alarms)
                {
                    let place = format!("{scenario}, {rest:?}, {snr} dB");
                    let (cell, alarms) = (Cell::new(onsets), Cell::new(alarms));
                    let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
                    let (median, bias) = (
                        number(stats::median(&cell.near)),
                        number(stats::mean(&cell.near)),
                    );
                    let spread = number(stats::standard_deviation(&cell.near));
                    let early =
                        cell.errors.iter().filter(|error| **error < -100.0).count();
                    let missed = cell.percent(cell.trials - cell.near.len() - early);
                    let (early, alarms) =
                        (cell.percent(early), alarms.percent(alarms.errors.len()));
                    println!(
                        "{place:<42} {name:<12} {median:6.1} {bias:7.1} {spread:7.1} {missed:7.1} {early:7.1} {alarms:7.1}"
                    );
                }
            }
        }
    }
}

/// The mean absolute error of every detector over the sheet's cells, those of the sheet
/// as it has them and those that find bursts with their defaults. What is missed or off
/// by more counts as 100 ms.
fn absolute_errors() {
    let detectors: Vec<Detector> =
        OF_TABLE.iter().chain(&OF_RAMPS[..1]).chain(OF_BURSTS).copied().collect();
    let scenarios = [
        ("step, coloured", 0, Rest::Coloured),
        ("ramp of 50 ms, white", 50, Rest::White),
        ("ramp of 100 ms, white", 100, Rest::White),
    ];
    let mut errors = vec![Vec::new(); detectors.len()];
    for (_, ramp, rest) in scenarios {
        for snr in [3, 6, 10, 15, 20, 30] {
            let found = run(Trial::new(0, f64::from(snr), ramp, rest), &detectors);
            for (errors, onsets) in errors.iter_mut().zip(&found) {
                let error = |at: &Option<usize>| {
                    at.map_or(100.0, |at| {
                        (at as f64 - Trial::ONSET as f64).abs().min(100.0)
                    })
                };
                errors.push(onsets.iter().map(error).sum::<f64>() / onsets.len() as f64);
            }
        }
    }
    println!("mean absolute error in ms, 100 for what is missed or further off\n");
    println!(
        "{:<22} {:>16} {:>22} {:>22} {:>8}",
        "", scenarios[0].0, scenarios[1].0, scenarios[2].0, "all"
    );
    let mean = |errors: &[f64]| errors.iter().sum::<f64>() / errors.len() as f64;
    for ((name, _), errors) in detectors.iter().zip(&errors) {
        let [step, short, long] = [0..6, 6..12, 12..18].map(|part| mean(&errors[part]));
        println!("{name:<22} {step:16.1} {short:22.1} {long:22.1} {:8.1}", mean(errors));
    }
    println!();
}

fn main() -> Result<(), Box<dyn Error>> {
    compare()?;
    absolute_errors();
    beyond();
    Ok(())
}
