//! Bursts, pauses, levels and repetitions against NumPy and SciPy, plain loops, and the
//! simulated study.
//!
//! `reference/ref_activity_quality.json` and `ref_fatigue.json` come from
//! `/shared/reference/ref_*.py` (NumPy 2.4.6, SciPy 1.17.1). Tolerances: indices exactly;
//! closed forms 1e-12 relative; 1e-9 behind a recursive filter or a Fourier transform;
//! 1e-9 for the interval of Theil and Sen, whose ends are slopes and not quantiles.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use soleus::analysis::activity::repetitions::{
    SlowLevels, find, periods, slow_envelope, sorted_out,
};
use soleus::analysis::activity::{
    BoutTiming, Counting, EnvelopeShape, Series, exposure, mean_frequency,
    per_minute_of_bouts,
};
use soleus::analysis::{Activity, Analyses, Analysis, Digest, Digests, Switch};
use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::gaps::stretches;
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::regression::Line;
use soleus::dsp::stats::{mean, median, standard_deviation};
use soleus::dsp::theil_sen::TheilSen;
use soleus::dsp::zero_phase::{Edge, Scratch, ZeroPhase};
use soleus::onset::tidy::runs;
use soleus::outcome::{Layer, Measure, Outcome};
use soleus::signal::{Event, Kind, Label, Legs, Muscle, Side, Trace};
use soleus::units::{Hertz, Unit};

use crate::program::{Lab, close, run_in, same_files, shared};

fn reference(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn rate(hz: f64) -> Hertz {
    Hertz::new(hz).unwrap()
}

// ---- reference values
// -----------------------------------------------------------------------------------------

fn contractions() -> Vec<Range<usize>> {
    let events =
        reference("ref_activity_quality.json")["contractions"]["events_s"].clone();
    let sample = |value: &Value| (1000.0 * number(value)).round() as usize;
    events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| sample(&event[0])..sample(&event[1]))
        .collect()
}

#[test]
fn contractions_are_those_of_the_reference() {
    let expected = &reference("ref_activity_quality.json")["contractions"];
    let bursts = contractions();
    let whole = 0..30_000;
    let timing = BoutTiming {
        bursts: &bursts,
        stretches: std::slice::from_ref(&whole),
        rate: rate(1000.0),
    };
    let check =
        |ours: f64, key: &str| close(ours, number(&expected[key]), 1e-12, 0.0, key);
    let intervals = timing.intervals_s();
    check(timing.duty_cycle().unwrap(), "duty_cycle_%");
    check(timing.per_minute().unwrap(), "rate_per_min_whole_record");
    check(median(&intervals).unwrap(), "median_onset_interval_s");
    check(60.0 / median(&intervals).unwrap(), "cadence_per_min_from_median_interval");
    check(
        100.0 * standard_deviation(&intervals).unwrap() / mean(&intervals).unwrap(),
        "interval_cv_%",
    );
    let rests = timing.rests_s();
    check(rests.iter().copied().fold(0.0, f64::max), "longest_still_gap_s");
    check(
        rests[1..6].iter().copied().fold(0.0, f64::max),
        "longest_gap_between_contractions_s",
    );
    assert_eq!(
        rests.iter().filter(|&&rest| rest > 5.0).count() as u64,
        expected["gaps_over_5s"].as_u64().unwrap()
    );
    let bouts = timing.bouts(3.0);
    let spans: Vec<Vec<f64>> = bouts
        .iter()
        .map(|bout| vec![bout.span.start as f64 / 1000.0, bout.span.end as f64 / 1000.0])
        .collect();
    let theirs = expected["active_minutes_bouts(gap<=3s)"].as_array().unwrap();
    assert_eq!(spans, theirs.iter().map(numbers).collect::<Vec<_>>());
    // Four intervals in 4.6 + 1.4 s.
    close(
        per_minute_of_bouts(&bouts, timing.rate).unwrap(),
        60.0 * 4.0 / 6.0,
        1e-12,
        0.0,
        "rate in bouts",
    );
}

#[test]
fn the_distribution_of_levels_is_that_of_the_reference() {
    let expected = &reference("ref_activity_quality.json")["apdf"];
    let bursts = contractions();
    let noise = normals(602, 30_000);
    let active =
        |k: usize| f64::from(u8::from(bursts.iter().any(|burst| burst.contains(&k))));
    let level = |k: usize| (2.0 + 8.0 * active(k) + 0.5 * noise[k]).max(0.0);
    let samples: Vec<f64> = (0..30_000).map(level).collect();
    let levels: Vec<f64> =
        samples.chunks(100).map(|piece| piece.iter().sum::<f64>() / 100.0).collect();
    for (ours, theirs) in exposure::distribution(&levels)
        .unwrap()
        .into_iter()
        .zip(numbers(&expected["P10,P50,P90 (linear quantile)"]))
    {
        close(ours, theirs, 1e-12, 0.0, "level");
    }
    let pauses = exposure::low_runs(&levels, 3.0, 2);
    let expected = &expected["gap_def: <3 %MVC for >=0.2 s"];
    let seconds = |pieces: usize| 0.1 * pieces as f64;
    assert_eq!(pauses.len() as u64, expected["count"].as_u64().unwrap());
    let total = pauses.iter().map(ExactSizeIterator::len).sum();
    close(seconds(total), number(&expected["total_s"]), 1e-12, 0.0, "all pauses");
    let longest = pauses.iter().map(ExactSizeIterator::len).max().unwrap();
    close(
        seconds(longest),
        number(&expected["longest_s"]),
        1e-12,
        0.0,
        "the longest pause",
    );
}

/// `clip(sin(2π·0.5·t − π/2), 0)·(1 − 0.02t) + 0.05 + 0.1·LP6(normals(603))`, 20 s at
/// 1000 Hz.
fn raises() -> Vec<f64> {
    let mut noise = normals(603, 20_000);
    let filter =
        ZeroPhase::new(butterworth(2, Band::LowPass(6.0), 1000.0).unwrap(), Edge::Odd);
    filter.run(&mut noise, &mut Scratch::default()).unwrap();
    let level = |t: f64| {
        (std::f64::consts::PI * (t - 0.5)).sin().max(0.0) * (1.0 - 0.02 * t) + 0.05
    };
    noise
        .iter()
        .enumerate()
        .map(|(k, noise)| level(k as f64 / 1000.0) + 0.1 * noise)
        .collect()
}

#[test]
fn repetitions_are_those_of_the_reference() {
    let expected = &reference("ref_activity_quality.json")["reps"];
    let envelope = raises();
    let levels = SlowLevels::measure(&envelope).unwrap();
    for (ours, theirs) in
        [levels.high, levels.low].into_iter().zip(numbers(&expected["H1,L1"]))
    {
        close(ours, theirs, 1e-9, 0.0, "level");
    }
    let found = find(&envelope, levels);
    assert_eq!(found.len() as u64, expected["hysteresis_reps"].as_u64().unwrap());
    let first = [found[0].on, found[0].off, found[0].peak].map(|sample| sample as f64);
    assert_eq!(first.to_vec(), numbers(&expected["first_rep"]));
    assert_eq!(sorted_out(&found, &envelope), found, "regular repetitions stay");
    let order: Vec<f64> = (0..found.len()).map(|k| k as f64).collect();
    let peaks: Vec<f64> = found.iter().map(|one| envelope[one.peak]).collect();
    let line = Line::fit(&order, &peaks).unwrap();
    let theirs = number(&expected["peak_decline_%_per_rep_OLS_norm"]);
    close(line.normalised_slope().unwrap(), theirs, 1e-9, 0.0, "decline");
    // The measure is the robust one of the same peaks.
    let series = Series { repetitions: found, peaks: peaks.clone(), levels };
    assert_eq!(series.decline(), TheilSen::fit(&order, &peaks));
    let (low, high) = series.decline().unwrap().normalised_interval().unwrap();
    assert!(low < theirs && theirs < high && high < 0.0, "{low} to {high}");
}

// ---- random inputs against plain loops
// ------------------------------------------------------------------------

/// `true` where active, `None` where there is a gap: runs of random lengths.
fn random_states(seed: u64) -> Vec<Option<bool>> {
    let mut random = SplitMix64::new(seed);
    let mut states = Vec::new();
    for _ in 0..1 + random.index(60) {
        let state =
            [Some(true), Some(false), Some(false), Some(true), None][random.index(5)];
        states.extend(std::iter::repeat_n(state, 1 + random.index(40)));
    }
    states
}

#[test]
fn timing_is_that_of_samples_counted_one_by_one() {
    for seed in 0..300 {
        let states = random_states(seed);
        let there: Vec<bool> = states.iter().map(Option::is_some).collect();
        let active: Vec<bool> = states.iter().map(|state| *state == Some(true)).collect();
        let (stretches, bursts) = (runs(&there), runs(&active));
        let timing =
            BoutTiming { bursts: &bursts, stretches: &stretches, rate: rate(50.0) };
        let count = |wanted: Option<bool>| {
            states.iter().filter(|state| **state == wanted).count()
        };
        let (on, off) = (count(Some(true)), count(Some(false)));
        let onsets: Vec<usize> = (0..states.len())
            .filter(|&k| active[k] && (k == 0 || states[k - 1] != Some(true)))
            .collect();
        let seconds = (on + off) as f64 / 50.0;
        let same = |ours: Option<f64>, theirs: f64| {
            assert_eq!(ours.is_some(), on + off > 0, "{seed}");
            ours.into_iter()
                .for_each(|ours| close(ours, theirs, 1e-12, 0.0, "share or rate"));
        };
        same(timing.duty_cycle(), 100.0 * on as f64 / (on + off) as f64);
        same(timing.per_minute(), 60.0 * onsets.len() as f64 / seconds);
        let unbroken =
            |pair: &&[usize]| there[pair[0]..pair[1]].iter().all(|&there| there);
        let intervals = onsets
            .windows(2)
            .filter(unbroken)
            .map(|pair| (pair[1] - pair[0]) as f64 / 50.0);
        assert_eq!(timing.intervals_s(), intervals.collect::<Vec<_>>(), "{seed}");
        let rest: Vec<bool> = states.iter().map(|state| *state == Some(false)).collect();
        let rests: Vec<f64> =
            runs(&rest).iter().map(|rest| rest.len() as f64 / 50.0).collect();
        assert_eq!(timing.rests_s(), rests, "{seed}");
        for pause in [0.1, 0.5] {
            let bouts = timing.bouts(pause);
            assert_eq!(
                bouts.iter().map(|bout| bout.onsets.len()).sum::<usize>(),
                onsets.len(),
                "{seed}"
            );
            // A bout ends where a gap or a longer pause follows.
            let ends_bout = |pair: &&[Range<usize>]| {
                let pause_s = (pair[1].start - pair[0].end) as f64 / 50.0;
                pause_s > pause
                    || !there[pair[0].end..pair[1].start].iter().all(|&there| there)
            };
            let ends = bursts.windows(2).filter(ends_bout).count();
            assert_eq!(
                bouts.len(),
                if bursts.is_empty() { 0 } else { ends + 1 },
                "{seed}"
            );
        }
    }
}

#[test]
fn shapes_and_mean_frequencies_are_those_of_plain_loops() {
    for seed in 0..200 {
        let mut random = SplitMix64::new(7000 + seed);
        let n = 20 + random.index(180);
        let envelope: Vec<f64> = (0..n).map(|_| random.uniform().powi(3)).collect();
        let start = random.index(n - 10);
        let span = start..start + 1 + random.index(n - start);
        let span = span.start..span.end.min(n);
        let from = random.index(start + 1);
        let shape =
            EnvelopeShape::measure(&envelope, span.clone(), from, rate(100.0)).unwrap();
        let (mut sum, mut peak, mut top) = (0.0, f64::MIN, 0);
        for k in span.clone() {
            sum += envelope[k];
            if envelope[k] > peak {
                (peak, top) = (envelope[k], k);
            }
        }
        close(shape.mean, sum / span.len() as f64, 1e-12, 0.0, "mean");
        close(shape.area, sum / 100.0, 1e-12, 0.0, "area");
        assert_eq!(shape.peak, peak);
        let low = (from..=top).rev().find(|&k| envelope[k] <= 0.1 * peak);
        let rise = low.map(|low| {
            ((low..=top).find(|&k| envelope[k] >= 0.9 * peak).unwrap() - low) as f64
                / 100.0
        });
        assert_eq!(shape.rise_s, rise, "{seed}");
    }
    for (seed, n) in [(1, 125), (2, 200), (3, 333)] {
        let samples = normals(seed, n);
        let centre = samples.iter().sum::<f64>() / n as f64;
        let (mut weighted, mut total) = (0.0, 0.0);
        for k in 0..=n / 2 {
            let (hz, turn) = (
                k as f64 * 1000.0 / n as f64,
                std::f64::consts::TAU * k as f64 / n as f64,
            );
            let part = |wave: fn(f64) -> f64| -> f64 {
                samples
                    .iter()
                    .enumerate()
                    .map(|(i, x)| (x - centre) * wave(turn * i as f64))
                    .sum()
            };
            let twice = if k == 0 || 2 * k == n { 1.0 } else { 2.0 };
            let power = twice * (part(f64::cos).powi(2) + part(f64::sin).powi(2));
            if (20.0..=450.0).contains(&hz) {
                (weighted, total) = (weighted + hz * power, total + power);
            }
        }
        let ours = mean_frequency(&samples, (20.0, 450.0), rate(1000.0)).unwrap();
        close(ours, weighted / total, 1e-9, 0.0, "mean frequency");
    }
    assert_eq!(
        mean_frequency(&normals(4, 124), (20.0, 450.0), rate(1000.0)),
        None,
        "too short"
    );
    assert_eq!(
        mean_frequency(&[0.0; 500], (20.0, 450.0), rate(1000.0)),
        None,
        "no power"
    );
    assert_eq!(
        mean_frequency(&[f64::NAN; 500], (20.0, 450.0), rate(1000.0)),
        None,
        "a gap"
    );
    assert_eq!(
        EnvelopeShape::measure(&[1.0, f64::NAN], 0..2, 0, rate(10.0)),
        None,
        "a gap"
    );
    assert_eq!(EnvelopeShape::measure(&[1.0, 2.0], 1..1, 0, rate(10.0)), None, "nothing");
    assert_eq!(
        EnvelopeShape::measure(&[1.0, 2.0], 1..5, 0, rate(10.0)),
        None,
        "beyond the end"
    );
}

#[test]
fn repetitions_of_random_envelopes_are_those_looked_for_one_after_another() {
    for seed in 0..100 {
        let mut random = SplitMix64::new(40 + seed);
        let cell = |random: &mut SplitMix64| {
            if random.uniform() < 0.05 { f64::NAN } else { random.uniform() }
        };
        let envelope: Vec<f64> = (0..400).map(|_| cell(&mut random)).collect();
        let levels = SlowLevels::measure(&envelope).unwrap();
        let mut expected = Vec::new();
        let mut from = 0;
        while let Some(on) = (from..400).find(|&k| envelope[k] >= levels.high) {
            let Some(off) = (on..400).find(|&k| envelope[k] <= levels.low) else {
                break;
            };
            let highest = envelope[on..off].iter().copied().fold(0.0, f64::max);
            expected.push((
                on,
                off,
                (on..off).find(|&k| envelope[k] == highest).unwrap(),
            ));
            from = off + 1;
        }
        let found = find(&envelope, levels);
        assert_eq!(
            found.iter().map(|one| (one.on, one.off, one.peak)).collect::<Vec<_>>(),
            expected,
            "{seed}"
        );
        assert_eq!(periods(&found).len() + 1, found.len());
    }
}

#[test]
fn the_slow_envelope_passes_3_hz_at_3_db() {
    // Magnitudes of a positive wave are the wave: its mean stays, its swing falls to 1/√2
    // after both passes.
    let wave = |k: usize| 2.0 + (std::f64::consts::TAU * 3.0 * k as f64 / 1000.0).sin();
    let samples: Vec<f64> = (0..20_000).map(wave).collect();
    let slow = slow_envelope(&samples, &stretches(&samples), rate(1000.0)).unwrap();
    let middle = &slow[5000..15_000];
    let highest = middle.iter().copied().fold(0.0, f64::max);
    close(highest - 2.0, std::f64::consts::FRAC_1_SQRT_2, 1e-4, 0.0, "swing");
    close(mean(middle).unwrap(), 2.0, 1e-6, 0.0, "mean");
}

// ---- whole analyses
// -------------------------------------------------------------------------------------------

fn trace(clean: Vec<f64>) -> Trace {
    let rate = rate(1000.0);
    let envelope = soleus::dsp::moving::mean(
        &clean.iter().map(|x| x.abs()).collect::<Vec<_>>(),
        101,
    );
    let envelope = envelope
        .iter()
        .zip(&clean)
        .map(|(level, x)| if x.is_nan() { f64::NAN } else { *level })
        .collect();
    Trace {
        label: Label {
            name: "SOL_L".into(),
            muscle: Some(Muscle::Soleus),
            side: Some(Side::Left),
            kind: Kind::Emg,
        },
        unit: Unit::VOLT,
        rate,
        start_s: 4.0,
        rails: None,
        excluded: 0,
        raw: clean.clone(),
        clean,
        envelope,
        activation: None,
        edge_samples: 50,
        two_way: Vec::new(),
    }
}

/// Noise of unit spread in bursts of `length` samples every `period`, and of 0.01 between
/// them.
fn train(seed: u64, n: usize, period: usize, length: usize) -> Vec<f64> {
    let level = |k: usize| {
        if (k + period - period / 4) % period < length { 1.0 } else { 0.01 }
    };
    normals(seed, n).iter().enumerate().map(|(k, z)| level(k) * z).collect()
}

fn only(settings: Activity) -> Analyses {
    Analyses { activity: Switch::On(settings), ..Analyses::default() }
}

fn digest(settings: &Activity, clean: Vec<f64>) -> Digest {
    only(settings.clone()).digest(&trace(clean), &[])
}

fn run(settings: &Activity, channel: Digest) -> Outcome {
    let outcome = settings.run(&Digests {
        channels: &[channel],
        events: &[],
        legs: Legs::default(),
    });
    for row in &outcome.measures {
        assert!(row.value.is_none_or(f64::is_finite), "{} is not finite", row.name);
        assert!(
            row.value.is_some() || row.note.is_some(),
            "{} is empty without a reason",
            row.name
        );
        if let (Some(value), Some((low, high))) = (row.value, row.interval) {
            assert!(
                low <= value && value <= high,
                "{}: {value} is not within {low} to {high}",
                row.name
            );
        }
    }
    outcome
}

#[track_caller]
fn measure<'a>(outcome: &'a Outcome, name: &str) -> &'a Measure {
    outcome
        .measures
        .iter()
        .find(|row| row.name == name)
        .unwrap_or_else(|| panic!("there is no {name}"))
}

#[track_caller]
fn value(outcome: &Outcome, name: &str) -> f64 {
    let row = measure(outcome, name);
    row.value.unwrap_or_else(|| panic!("{name} is empty: {:?}", row.note))
}

#[test]
fn a_train_of_bursts_has_the_measures_it_was_made_with() {
    let settings = Activity::default();
    let mut channel = digest(&settings, train(1, 20_000, 2000, 800));
    channel.reference = Some(2.0);
    let outcome = run(&settings, channel);
    assert_eq!(value(&outcome, "burst_count"), 10.0);
    // The ends of a burst are known to some 50 ms, a window of the detectors.
    close(value(&outcome, "duty_cycle"), 40.0, 0.0, 5.0, "duty cycle");
    close(value(&outcome, "burst_duration_mean"), 0.8, 0.0, 0.1, "duration");
    close(value(&outcome, "cadence"), 30.0, 0.02, 0.0, "cadence");
    close(value(&outcome, "burst_rate"), 30.0, 1e-12, 0.0, "rate");
    close(value(&outcome, "longest_rest"), 1.2, 0.0, 0.1, "rest");
    assert_eq!(
        (value(&outcome, "bout_count"), measure(&outcome, "cadence").n),
        (1.0, Some(9))
    );
    assert_eq!(value(&outcome, "repetition_count"), 10.0);
    let bursts = &outcome.bursts[0].bursts;
    assert_eq!(
        (outcome.bursts.len(), bursts.len(), outcome.bursts[0].channel.as_str()),
        (1, 10, "SOL_L")
    );
    for (k, burst) in bursts.iter().enumerate() {
        close(burst.on_s, 4.5 + 2.0 * k as f64, 0.0, 0.06, "onset on the file's clock");
        close(burst.off_s, 5.3 + 2.0 * k as f64, 0.0, 0.06, "offset on the file's clock");
        assert!(
            burst.whole
                && burst.mnf.is_some()
                && burst.rise_s.is_some_and(|rise| rise < 0.8),
            "{burst:?}"
        );
        // The envelope of noise of unit spread is √(2/π) in the mean.
        close(burst.mean.unwrap(), 0.8, 0.0, 0.12, "mean");
        close(
            burst.area.unwrap(),
            burst.mean.unwrap() * (burst.off_s - burst.on_s),
            1e-9,
            0.0,
            "area",
        );
    }
    // Some 38 % of the time is active: 10 % of it lies below the noise, 90 % below the
    // height of a burst.
    close(value(&outcome, "activation_p10"), 0.4, 0.0, 0.1, "static level");
    close(value(&outcome, "activation_p90"), 42.0, 0.0, 6.0, "peak level");
    let figure = &outcome.figures[0];
    let shaded =
        |layer: &&Layer| matches!(layer, Layer::Stretch { from, to, .. } if from < to);
    assert_eq!(figure.layers.iter().filter(shaded).count(), 10);
    assert!(
        outcome.notes.iter().any(|note| note.text.contains("not the height of the heel"))
    );
}

/// A burst at a fifth of the strong ones beside it is none; on the build before nothing said
/// so.
#[test]
fn what_is_too_weak_beside_strong_bursts_is_said() {
    let settings = Activity::default();
    let mut clean = train(1, 20_000, 2000, 800);
    let noise = normals(2, 20_000);
    for start in [1500, 5500, 9500] {
        for k in start..start + 400 {
            clean[k] = 0.2 * noise[k];
        }
    }
    let outcome = run(&settings, digest(&settings, clean));
    assert_eq!(value(&outcome, "burst_count"), 10.0);
    let note = measure(&outcome, "burst_count").note.as_ref().unwrap().to_string();
    assert!(
        note.starts_with(
            "3 weak or uncertain stretches of activity (1.2 s) beside them are not"
        ),
        "{note}"
    );
    let plain = run(&settings, digest(&settings, train(1, 20_000, 2000, 800)));
    assert!(measure(&plain, "burst_count").note.is_none());
}

#[test]
fn bursts_at_a_gap_or_an_end_are_marked_and_have_no_duration() {
    let settings = Activity::default();
    let mut clean = train(2, 20_000, 2000, 800);
    clean[4900..5600].fill(f64::NAN);
    clean.drain(..700);
    let outcome = run(&settings, digest(&settings, clean));
    let whole: Vec<bool> =
        outcome.bursts[0].bursts.iter().map(|burst| burst.whole).collect();
    assert_eq!(whole, [false, true, false, true, true, true, true, true, true, true]);
    let (duration, count) =
        (measure(&outcome, "burst_duration_mean"), measure(&outcome, "burst_count"));
    assert_eq!((duration.n, count.value), (Some(8), Some(10.0)));
    close(duration.value.unwrap(), 0.8, 0.0, 0.1, "duration");
    assert!(
        count.note.as_deref().is_some_and(|note| note.starts_with("2 of them")),
        "{:?}",
        count.note
    );
    assert_eq!(
        measure(&outcome, "cadence").n,
        Some(8),
        "no interval reaches across the gap"
    );
}

#[test]
fn what_says_nothing_is_empty_with_its_reason() {
    let settings = Activity::default();
    for (clean, reason) in [
        (vec![0.0; 5000], "never changes"),
        (vec![f64::NAN; 5000], "never changes"),
        (Vec::new(), "never changes"),
        (normals(3, 300), "no rest"),
        (vec![1.0], "never changes"),
    ] {
        let outcome = run(&settings, digest(&settings, clean));
        for name in [
            "burst_count",
            "duty_cycle",
            "cadence",
            "burst_duration_mean",
            "longest_rest",
            "agreement_mean",
        ] {
            let row = measure(&outcome, name);
            assert!(
                row.value.is_none()
                    && row.note.as_deref().is_some_and(|note| note.contains(reason)),
                "{row:?}"
            );
        }
        assert!(outcome.bursts[0].bursts.is_empty() && outcome.figures.is_empty());
        assert!(outcome.notes[0].text.contains("no bursts"), "{}", outcome.notes[0].text);
    }
    for extreme in
        [vec![1e300, -1e300, 1e300], vec![f64::MAX; 300], vec![1e-320; 2], normals(5, 40)]
    {
        run(&settings, digest(&settings, extreme));
    }
}

#[test]
fn repetitions_are_counted_only_where_they_look_like_some() {
    let auto = Activity::default();
    let reason = |clean: Vec<f64>| {
        let outcome = run(&auto, digest(&auto, clean));
        let row = measure(&outcome, "repetition_count");
        assert_eq!(row.value, None, "{row:?}");
        row.note.clone().unwrap()
    };
    assert!(reason(train(6, 8000, 2000, 800)).contains("fewer than 5"));
    assert!(
        reason(train(7, 20_000, 1000, 400)).contains("apart, not 1.5 to 10 s"),
        "strides are no heel raises"
    );
    assert!(reason(normals(8, 60_000)).contains("does not rest"));
    let irregular: Vec<f64> = [1000, 3000, 900, 5000, 1500, 4000, 2000]
        .iter()
        .enumerate()
        .flat_map(|(k, &period)| train(20 + k as u64, period, period, 400))
        .collect();
    assert!(reason(irregular).contains("vary by"));
    let always = Activity { repetitions: Counting::Always, ..Activity::default() };
    assert_eq!(
        value(
            &run(&always, digest(&always, train(6, 8000, 2000, 800))),
            "repetition_count"
        ),
        4.0
    );
    let never = Activity { repetitions: Counting::Never, ..Activity::default() };
    let outcome = run(&never, digest(&never, train(1, 20_000, 2000, 800)));
    assert!(outcome.measures.iter().all(|row| !row.name.starts_with("repetition")));
    assert!(
        !never.describe().contains("Theil") && auto.describe().contains("Theil (1950)")
    );
}

#[test]
fn doubtful_bursts_are_marked() {
    let settings = Activity::default();
    let mut channel = digest(&settings, train(9, 20_000, 2000, 800));
    let bursts = &mut channel.bursts.as_mut().unwrap().bursts;
    bursts.iter_mut().for_each(|burst| burst.found.agreement = 0.4);
    bursts[0].found.agreement = 1.0;
    let outcome = run(&settings, channel);
    close(value(&outcome, "agreement_mean"), 0.46, 1e-12, 0.0, "agreement");
    let caution = outcome
        .notes
        .iter()
        .find(|note| note.weight == soleus::outcome::Weight::Caution)
        .unwrap();
    assert!(
        caution.text.starts_with("SOL_L: the detectors disagree"),
        "{}",
        caution.text
    );
    let layers = &outcome.figures[0].layers;
    assert_eq!(
        layers.iter().filter(|layer| matches!(layer, Layer::Stretch { .. })).count(),
        1
    );
    assert!(layers.iter().any(
        |layer| matches!(layer, Layer::Band { name, .. } if name.contains("disagree"))
    ));
}

// ---- the program
// ----------------------------------------------------------------------------------------------

const COLUMNS: [&str; 13] = [
    "subject",
    "session",
    "recording",
    "channel",
    "muscle",
    "side",
    "on_s",
    "off_s",
    "peak",
    "mean",
    "mnf",
    "agreement",
    "whole",
];

#[test]
fn the_heel_raises_of_the_demo_are_counted_and_their_bursts_are_rows() {
    let lab = Lab::new(&[]);
    lab.soleus("demo study").ends(0);
    lab.soleus("run study -o out --jobs 1").ends(0).silent();
    let (bursts, measures) = (lab.table("out/bursts.csv"), lab.table("out/measures.csv"));
    assert_eq!(bursts.header, COLUMNS);
    let counts: Vec<_> =
        measures.rows.iter().filter(|row| row["measure"] == "repetition_count").collect();
    for row in &counts {
        let expected = if row["recording"].contains("heelraise") { "8.0" } else { "" };
        assert_eq!(row["value"], expected, "{row:?}");
    }
    assert_eq!(counts.len(), 4 * (6 + 4), "trials for reference have none");
    for row in measures.rows.iter().filter(|row| row["measure"] == "burst_count") {
        let of_channel = |burst: &&std::collections::BTreeMap<String, String>| {
            ["recording", "channel", "muscle", "side"]
                .iter()
                .all(|&column| burst[column] == row[column])
        };
        let found = bursts.rows.iter().filter(of_channel).count();
        assert_eq!(row["value"].parse(), Ok(found as f64), "{row:?}");
    }
    for (from, to) in bursts.column("on_s").into_iter().zip(bursts.column("off_s")) {
        assert!(0.0 <= from && from < to && to <= 36.0, "{from} to {to}");
    }
    let first = lab.snapshot("out");
    assert!(
        lab.read("out/index.html").contains("bursts.csv"),
        "the study page names the table"
    );
    let report = lab.read("out/sessions/sub-01_ses-01/report.html");
    assert!(
        report.contains("Bursts <") && report.contains("repetition_count"),
        "the report shows them"
    );
    lab.soleus("run study -o out --jobs 3").ends(0).says(&["4 of 4 sessions unchanged"]);
    same_files(&lab.snapshot("out"), &first);
    lab.soleus("run study -o out --set analysis.activity=false").ends(0);
    assert_eq!(lab.read("out/bursts.csv"), COLUMNS.join(",") + "\n");
    assert!(
        lab.table("out/measures.csv")
            .rows
            .iter()
            .all(|row| row["analysis"] != "activity")
    );
}

#[test]
fn three_bursts_of_a_real_arm() {
    let Some(file) = shared("bursts/emg.csv") else {
        return;
    };
    let lab = Lab::new(&[]);
    run_in(&lab.root, &["run", file.to_str().unwrap(), "-o", "out"]).ends(0).silent();
    let bursts = lab.table("out/bursts.csv");
    assert_eq!((bursts.rows.len(), bursts.rows[0]["muscle"].as_str()), (3, ""));
    assert_eq!(lab.table("out/measures.csv").value("channel 1", "burst_count"), 3.0);
}

// ---- left and right
// -------------------------------------------------------------------------------------------

/// A walk of strides of about 1.1 s: each soleus is active from 15 to 55 % of a stride,
/// 100 µV above `rest`. The names of the channels are those of the other leg when they
/// were exchanged.
fn walk(
    seed: u64,
    rest: f64,
    jitter_s: f64,
    exchanged: bool,
) -> (Vec<Digest>, Vec<Event>) {
    let mut random = SplitMix64::new(seed);
    let mut events = Vec::new();
    let mut channels = Vec::new();
    for (side, first_s) in [(Side::Left, 4.5), (Side::Right, 5.05)] {
        let mut touchdowns = vec![first_s];
        while touchdowns[touchdowns.len() - 1] < 14.0 {
            touchdowns.push(
                touchdowns[touchdowns.len() - 1] + 1.1 + jitter_s * random.normal(),
            );
        }
        let active = |time_s: f64| {
            let stride =
                touchdowns.windows(2).find(|pair| (pair[0]..pair[1]).contains(&time_s));
            stride.is_some_and(|pair| {
                (0.15..0.55).contains(&((time_s - pair[0]) / (pair[1] - pair[0])))
            })
        };
        let noise =
            normals(seed.wrapping_mul(31) + u64::from(side == Side::Left), 11_000);
        let level = |k: usize| {
            if active(4.0 + k as f64 / 1000.0) { 1.0 } else { rest }
        };
        let samples = noise.iter().enumerate().map(|(k, z)| level(k) * z).collect();
        let other = if side == Side::Left { Side::Right } else { Side::Left };
        let mut trace = trace(samples);
        trace.label.side = Some(if exchanged { other } else { side });
        channels.push(only(Activity::default()).digest(&trace, &[]));
        let event =
            |&time_s: &f64| Event { time_s, label: "touchdown".into(), side: Some(side) };
        events.extend(touchdowns.iter().map(event));
    }
    (channels, events)
}

#[test]
fn exchanged_sides_are_hinted_at_and_right_ones_are_not() {
    let hinted = |channels: &[Digest], events: &[Event]| {
        let outcome =
            Activity::default().run(&Digests { channels, events, legs: Legs::default() });
        outcome
            .notes
            .iter()
            .any(|note| note.text.contains("were left and right exchanged?"))
    };
    for (rest, jitter_s) in [(0.05, 0.0), (0.2, 0.03), (0.4, 0.06)] {
        let (mut named, mut false_alarms) = (0, 0);
        for seed in 0..20 {
            let (channels, events) = walk(seed, rest, jitter_s, true);
            named += usize::from(hinted(&channels, &events));
            assert!(!hinted(&channels, &[]), "no events, no hint");
            let (channels, events) = walk(seed, rest, jitter_s, false);
            false_alarms += usize::from(hinted(&channels, &events));
        }
        assert!(
            named >= 19 && false_alarms == 0,
            "{rest}: {named} named, {false_alarms} false alarms"
        );
    }
}
