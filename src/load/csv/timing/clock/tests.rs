use proptest::prelude::*;

use super::*;

fn printed(rate: f64, rows: usize, digits: usize) -> Vec<f64> {
    (0..rows)
        .map(|row| format!("{:.digits$}", row as f64 / rate).parse().unwrap())
        .collect()
}

#[test]
fn a_rate_that_is_told_shows_rows_that_coarse_times_hide() {
    for rate in [400.0, 512.0, 370.37, 1500.0, 1926.0] {
        let tick = |row: usize| (row as f64 * 1000.0 / rate).floor() / 1000.0;
        for lost in [0, 3, 40] {
            let rows = (0..20_000).filter(|row| !(6000..6000 + lost).contains(row));
            let times: Vec<f64> = rows.map(tick).collect();
            let found = read(&times).unwrap().told(&times, rate);
            let missing: usize = found.holes.iter().map(|hole| hole.missing).sum();
            assert!(missing.abs_diff(lost) <= 2, "{rate}, {lost}: {:?}", found.holes);
            assert!(found.holes.len() <= 1, "{rate}, {lost}: {:?}", found.holes);
        }
    }
}

#[test]
fn whole_milliseconds_at_any_rate_invent_no_gaps() {
    for rate in [
        491.0, 496.0, 497.0, 498.0, 499.0, 499.5, 501.0, 985.0, 990.0, 995.0, 999.0,
        960.0,
    ] {
        let tick = |row: usize| (row as f64 * 1000.0 / rate).round() / 1000.0;
        let times: Vec<f64> = (0..10_000).map(tick).collect();
        let found = read(&times).unwrap();
        assert!((found.rate_hz - rate).abs() < 0.2, "{rate}: {found:?}");
        assert_eq!(found.holes, [], "{rate}");
    }
    // One loss among them is one gap.
    for rate in [990.0, 976.5625, 950.0, 995.0, 999.0, 497.0] {
        let tick = |row: usize| (row as f64 * 1000.0 / rate).round() / 1000.0;
        let rows = (0..20_000).filter(|row| !(6000..6012).contains(row));
        let found = read(&rows.map(tick).collect::<Vec<f64>>()).unwrap();
        assert!((found.rate_hz - rate).abs() < 0.1, "{rate}: {found:?}");
        let missing: Vec<usize> = found.holes.iter().map(|hole| hole.missing).collect();
        assert!(
            missing.len() == 1 && missing[0].abs_diff(12) <= 1,
            "{rate}: {missing:?}"
        );
    }
    // Digits that were cut off: now and then a tick comes twice.
    let cut = |row: usize| ((row as f64 / 1000.0) * 1000.0).floor() / 1000.0;
    let found = read(&(0..12_000).map(cut).collect::<Vec<f64>>()).unwrap();
    assert_eq!((found.rate_hz.round(), found.holes.len()), (1000.0, 0), "{found:?}");
    // Rows that were lost fall as they like.
    let lost = [1203, 1970, 5555, 7100];
    let times: Vec<f64> = (0..10_000_usize)
        .filter(|row| !lost.contains(row))
        .map(|row| row as f64 / 1000.0)
        .collect();
    let found = read(&times).unwrap();
    assert_eq!((found.rate_hz, found.holes.len()), (1000.0, 4));
}

#[test]
fn few_digits_still_give_the_rate() {
    for (rate, rows, digits) in [
        (1000.0, 5000, 3),
        (2000.0, 5000, 3),
        (2000.0, 20_000, 2),
        (1259.2593, 5000, 4),
        (1259.2593, 20_000, 3),
        (2148.1481, 20_000, 6),
        (1925.9259, 250, 7),
        (74.0741, 250, 4),
        (1024.0, 9000, 3),
    ] {
        let clock = read(&printed(rate, rows, digits)).unwrap();
        assert_eq!(clock.rate_hz, rate, "{rate} Hz with {digits} digits: {clock:?}");
        assert!(clock.holes.is_empty(), "{rate} {digits}");
    }
}

#[test]
fn a_usual_clock_is_read_in_one_pass() {
    for (rate, digits) in [(2000.0, 4), (2000.0, 6), (1259.2593, 6), (1000.0, 3)] {
        assert!(even(&printed(rate, 9000, digits)).is_some(), "{rate}");
    }
    let mut times = printed(2000.0, 9000, 6);
    times[5000] = f64::NAN;
    assert_eq!(even(&times), None);
}

#[test]
fn a_rate_that_no_recorder_has_is_kept() {
    let clock = read(&printed(1003.3333, 10_000, 9)).unwrap();
    assert!((clock.rate_hz - 1003.3333).abs() < 1e-4 && clock.rate_hz.fract() != 0.0);
}

#[test]
fn a_jump_in_the_times_is_a_hole() {
    let mut times = printed(1000.0, 5000, 3);
    times.drain(1000..1007);
    times.drain(3000..3001);
    let clock = read(&times).unwrap();
    assert_eq!(clock.rate_hz, 1000.0);
    assert_eq!(
        clock.holes,
        [Hole { after: 999, missing: 7 }, Hole { after: 2999, missing: 1 }]
    );
}

#[test]
fn a_clock_that_stands_still_for_a_while_is_none() {
    let mut times = printed(2000.0, 5000, 4);
    let stands = times[3500];
    times[3500..].fill(stands);
    assert_eq!(read(&times), Err(ClockFault::Stalled { row: 3500, rows: 1500 }));
    // With two digits, twenty rows have one time each all along.
    assert!(read(&printed(2000.0, 5000, 2)).is_ok());
}

#[test]
fn times_that_make_no_clock() {
    assert_eq!(read(&[0.0, 0.1, 0.05]), Err(ClockFault::Backwards { row: 2 }));
    assert_eq!(read(&[1.0]), Err(ClockFault::TooShort));
    assert_eq!(read(&[1.0, 1.0, 1.0]), Err(ClockFault::Standing));
    let wild: Vec<f64> = (0..1000)
        .map(|row| f64::from(row) + 0.9 * f64::from(row * 7919 % 11) / 11.0)
        .collect();
    let squares: Vec<f64> = (0..1000).map(|row| f64::from(row * row) * 1e-3).collect();
    assert!(
        matches!(
            read(&squares),
            Err(ClockFault::Irregular { .. } | ClockFault::Leap { .. })
        ),
        "{:?}",
        read(&squares)
    );
    let _ = read(&wild);
    let mut leap = printed(1000.0, 500, 3);
    leap[499] = 1e9;
    assert_eq!(read(&leap), Err(ClockFault::Leap { row: 499 }));
}

fn rows(times: &[f64]) -> Vec<(usize, f64)> {
    times.iter().copied().enumerate().collect()
}

#[test]
fn decimals_of_a_printed_time() {
    let cases = [
        (0.0, 0),
        (7.0, 0),
        (0.1, 1),
        (-0.25, 2),
        (123.456, 3),
        (1e-3, 3),
        (1.7e9 + 0.125, 3),
        (1.0 / 3.0, 15),
    ];
    for (value, digits) in cases {
        assert_eq!(decimals(value), digits, "{value}");
    }
}

#[test]
fn the_last_digit_is_that_of_the_last_times() {
    let last_digit = |times: &[f64]| (-libm::log10(resolution(&rows(times)))).round();
    assert_eq!(last_digit(&printed(1000.0, 300, 3)), 3.0);
    // Six significant digits: as soon as four times are of the last decade, they count.
    let significant = [9.9998, 9.9999, 10.0, 10.001, 10.002, 10.003];
    assert_eq!(last_digit(&significant), 3.0);
    assert_eq!(last_digit(&significant[..5]), 4.0);
    // What was printed long ago does not count.
    let mut long = vec![1.000_25];
    long.extend((0..99).map(|row| 2.0 + f64::from(row) / 100.0));
    assert_eq!(last_digit(&long), 5.0);
    long.push(2.99);
    assert_eq!(last_digit(&long), 2.0);
    assert_eq!(last_digit(&[0.0, 0.0]), 0.0);
    assert_eq!(last_digit(&[-20.5, -20.25, -20.5, -20.5]), 2.0);
}

#[test]
fn middle_values_distances_and_slopes() {
    assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 3.0);
    assert!(median(&[]).is_nan());
    for (value, off) in [(6.0, 0.0), (6.5, 0.25), (5.0, 0.5), (7.5, 0.25)] {
        assert_eq!(off_multiple(value, 2.0), off, "{value}");
    }
    assert_eq!(slope((2, 1.0), (6, 3.0)), 0.5);
}

#[test]
fn coarse_times_tell_the_rate_where_they_change() {
    let known = rows(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0]);
    assert_eq!(ends(&known, 1.0, 0.33), [(3, 1.0), (6, 2.0)]);
    // Fine enough, or without two changes: the first and the last.
    assert_eq!(ends(&known, 1.0, 0.5), [(0, 0.0), (7, 2.0)]);
    assert_eq!(ends(&known[..6], 1.0, 0.33), [(0, 0.0), (5, 1.0)]);
}

#[test]
fn a_run_of_one_time_counts_as_standing_where_it_is_much_longer_than_usual() {
    // 50 runs of one and one of n rows: more than 3·(50 + n)/51 + 20 from 25 on.
    let times = |n: usize| {
        let times = (0..50 + n).map(|row| row.min(50) as f64);
        rows(&times.collect::<Vec<_>>())
    };
    assert_eq!(stalled(&times(24)), None);
    assert_eq!(stalled(&times(25)), Some((50, 25)));
}

#[test]
fn times_off_the_grid_by_more_than_their_digits_are_uneven() {
    let steady = Clock {
        rate_hz: 1.0,
        measured_hz: 1.0,
        tolerance_hz: 0.0,
        start: 10.0,
        uneven: false,
        holes: Vec::new(),
    };
    let late = |late: f64| [(2, 10.0), (3, 11.0), (4, 12.0 + late)];
    // 1.1 digits and a twentieth of a step.
    for (off, uneven) in [(0.05, false), (0.0515, true), (-0.05, false), (-0.0515, true)]
    {
        assert_eq!(is_uneven(&late(off), 0.001, &steady), uneven, "{off}");
    }
    // Behind a hole, whole steps are none.
    let holes = vec![Hole { after: 3, missing: 2 }];
    let with_hole = Clock { holes, ..steady.clone() };
    assert!(!is_uneven(&late(2.0), 0.001, &with_hole));
    assert!(is_uneven(&late(2.1), 0.001, &with_hole));
    assert!(is_uneven(&late(2.0), 0.001, &steady));
    // Of half the rate, two rows later is four.
    let slower = Clock { measured_hz: 0.5, ..steady };
    assert!(!is_uneven(&[(2, 10.0), (4, 14.0)], 0.001, &slower));
}

#[test]
fn the_rate_is_that_of_the_rows_with_those_that_are_missing() {
    let holes = |after| vec![Hole { after, missing: 10 }];
    // Rows 5 to 95 in 10 s, and ten that are missing: 10 Hz.
    let found = clock((5, 1.5), (95, 11.5), 0.001, holes(50));
    assert_eq!((found.measured_hz, found.rate_hz), (10.0, 10.0));
    assert!((found.tolerance_hz - 10.0 * 1e-4).abs() < 1e-15);
    assert!((found.start - 1.0).abs() < 1e-12, "{}", found.start);
    // Those before and behind the rows that tell the rate do not count.
    for after in [4, 95] {
        assert_eq!(clock((5, 1.5), (95, 11.5), 0.001, holes(after)).measured_hz, 9.0);
    }
    for after in [5, 94] {
        assert_eq!(clock((5, 1.5), (95, 11.5), 0.001, holes(after)).measured_hz, 10.0);
    }
    let fine = clock((0, 0.0), (1000, 1.0), 1e-12, Vec::new());
    assert!((fine.tolerance_hz - 1e-4).abs() < 1e-15, "{}", fine.tolerance_hz);
}

#[test]
fn a_rate_of_recorders_is_the_nearest_common_one_else_the_roundest() {
    let cases = [
        (1000.2, 0.5, Some(1000.0)),
        (1000.5, 0.5, Some(1000.0)),
        (1000.6, 0.5, Some(1001.0)),
        (1000.6, 0.3, None),
        // Both 1024 and 1000 are near; 1024 is nearer.
        (1015.0, 20.0, Some(1024.0)),
        (509.0, 10.0, Some(512.0)),
        (700.4, 0.5, Some(700.0)),
        (1650.4, 0.5, Some(1650.0)),
        (1225.4, 0.5, Some(1225.0)),
        (1230.4, 0.5, Some(1230.0)),
        (1235.4, 0.5, Some(1235.0)),
        (1237.4, 0.5, Some(1237.0)),
        (1333.3334, 1e-3, Some(1333.3333)),
        (3740.7408, 1e-3, Some(3740.7407)),
        (0.3, 0.5, None),
        // Rounder before nearer.
        (1223.0, 3.0, Some(1225.0)),
        (1231.0, 2.0, Some(1230.0)),
        (1640.0, 12.0, Some(1650.0)),
        (1640.0, 6.0, Some(1640.0)),
    ];
    for (measured, tolerance, rate) in cases {
        assert_eq!(nominal(measured, tolerance), rate, "{measured} ± {tolerance}");
    }
}

#[test]
fn rows_on_a_grid_as_far_as_the_digits_tell() {
    // 1.1 digits and 0.3 of a step: 0.41 s here.
    let off = |off: f64| {
        let mut times: Vec<f64> = (0..10).map(f64::from).collect();
        times[4] += off;
        is_even(&rows(&times), 0.1, 1.0)
    };
    assert!(off(0.0) && off(0.4) && off(-0.4));
    assert!(!off(0.42) && !off(-0.42));
    let shifted: Vec<(usize, f64)> = (3..9).map(|row| (row, 2.0 * row as f64)).collect();
    assert!(is_even(&shifted, 0.1, 2.0) && !is_even(&shifted, 0.1, 2.5));
}

#[test]
fn a_row_more_than_half_a_step_late_leaves_a_hole() {
    let late = |late: f64, resolution: f64| {
        let mut times: Vec<f64> = (0..1000).map(f64::from).collect();
        times[500..].iter_mut().for_each(|time| *time += late);
        holes(&rows(&times), resolution, 1.0)
    };
    let one = |after, missing| Ok(vec![Hole { after, missing }]);
    // On the grid of the digits half a step is enough, else a digit more.
    assert_eq!(late(0.5, 0.1), Ok(vec![]));
    assert_eq!(late(0.6, 0.1), one(499, 1));
    assert_eq!(late(0.6, 0.3), Ok(vec![]));
    assert_eq!(late(0.9, 0.3), one(499, 1));
    assert_eq!(late(1.4, 0.1), one(499, 1));
    assert_eq!(late(1.6, 0.1), one(499, 2));
    // Where a row has no time, it is the next one's step that counts.
    let mut known = rows(&(0..1000).map(f64::from).collect::<Vec<_>>());
    known.remove(700);
    assert_eq!(holes(&known, 0.1, 1.0), Ok(vec![]));
    known.iter_mut().skip(700).for_each(|(_, time)| *time += 3.0);
    assert_eq!(holes(&known, 0.1, 1.0), one(700, 3));
}

#[test]
fn a_slow_drift_leaves_no_hole_and_a_leap_ends_the_search() {
    // A step that is a thousandth too short: a row is a step late after 1000 rows.
    let drifting: Vec<f64> = (0..5000).map(|row| 1.001 * f64::from(row)).collect();
    assert_eq!(holes(&rows(&drifting), 0.001, 1.0), Ok(vec![]));
    // So many rows may be filled in, one more may not.
    let leap = |missing: usize| {
        let mut times: Vec<f64> = (0..200).map(f64::from).collect();
        times[150..].iter_mut().for_each(|time| *time += missing as f64);
        holes(&rows(&times), 0.1, 1.0)
    };
    assert_eq!(leap(FILL * 200), Ok(vec![Hole { after: 149, missing: FILL * 200 }]));
    assert_eq!(leap(FILL * 200 + 1), Err(ClockFault::Leap { row: 150 }));
    // Of few rows as many as of a hundred.
    let mut few: Vec<f64> = (0..20).map(f64::from).collect();
    few[19] += (FILL * 100) as f64;
    assert!(holes(&rows(&few), 0.1, 1.0).is_ok());
    few[19] += 1.0;
    assert_eq!(holes(&rows(&few), 0.1, 1.0), Err(ClockFault::Leap { row: 19 }));
}

#[test]
fn too_many_rows_off_the_grid_are_no_clock() {
    let early = |count: usize| {
        let mut times: Vec<f64> = (0..1000).map(f64::from).collect();
        // Each is 0.7 of a step early, and so is all that comes behind it.
        for at in 1..=count {
            times[90 * at..].iter_mut().for_each(|time| *time -= 0.7);
        }
        holes(&rows(&times), 0.1, 1.0)
    };
    assert_eq!(early(10), Ok(vec![]));
    assert!(matches!(early(11), Err(ClockFault::Irregular { .. })));
    let gaps = |rows_: usize, count: usize| {
        let mut times: Vec<f64> = (0..rows_).map(|row| row as f64).collect();
        for at in 1..=count {
            times[(rows_ / (count + 1)) * at..].iter_mut().for_each(|time| *time += 1.0);
        }
        holes(&rows(&times), 0.1, 1.0).map(|holes| holes.len())
    };
    // A tenth of the rows, two at least.
    assert_eq!(gaps(1000, 100), Ok(100));
    assert!(gaps(1000, 101).is_err());
    assert_eq!(gaps(19, 2), Ok(2));
    assert!(gaps(19, 3).is_err());
}

#[test]
fn ticks_that_slip_at_regular_distances_tell_the_rate() {
    // 2, 2, 2, 3 ms: a step of 2.25 ms.
    let ticks = |every: usize, rows_: usize| -> Vec<(usize, f64)> {
        let time = |row: usize| (2 * row + row / every) as f64 / 1000.0;
        (0..rows_).map(|row| (row, time(row))).collect()
    };
    let step = slipping_step(&ticks(4, 200), 0.002, 0.001).unwrap();
    assert!((step - 0.00225).abs() < 1e-12, "{step}");
    // Four slips are three distances; three are too few.
    assert!(slipping_step(&ticks(40, 165), 0.002, 0.001).is_some());
    assert!(slipping_step(&ticks(40, 160), 0.002, 0.001).is_none());
    // A step that is shorter is no slip of digits.
    let mut shorter = ticks(4, 200);
    shorter[101..].iter_mut().for_each(|(_, time)| *time -= 0.001);
    assert!(slipping_step(&shorter, 0.002, 0.001).is_none());
    // Steps below a digit are for the whole record.
    assert!(slipping_step(&ticks(4, 200), 0.0005, 0.001).is_none());
    // Distances that vary are losses.
    let lost = [7, 50, 61, 93, 140, 152, 188];
    let varying: Vec<(usize, f64)> = (0..200_usize)
        .map(|row| {
            (
                row,
                (2 * row + lost.iter().filter(|at| **at <= row).count()) as f64 / 1000.0,
            )
        })
        .collect();
    assert!(slipping_step(&varying, 0.002, 0.001).is_none());
}

#[test]
fn the_step_of_a_steady_clock() {
    let step = |times: &[f64], resolution| steady_step(&rows(times), resolution);
    // Fine digits: the mean of the steps that are close to the middle one; a pause does
    // not count.
    let mut paused: Vec<f64> = (0..1000).map(|row| f64::from(row) * 0.001).collect();
    paused[500..].iter_mut().for_each(|time| *time += 0.2);
    assert!((step(&paused, 1e-6).unwrap() - 0.001).abs() < 1e-12);
    // Steps that jitter by a tenth of a step are no steady clock.
    let jitter = |by: f64| -> Vec<f64> {
        (0..1000)
            .map(|row| {
                0.001 * (f64::from(row) + by * f64::from(row * row * 31 % 997) / 997.0)
            })
            .collect()
    };
    assert!(step(&jitter(0.01), 1e-6).is_some());
    assert!(step(&jitter(0.3), 1e-6).is_none());
    // Coarse digits: that of the whole record.
    let coarse = step(&printed(2000.0, 20_000, 2), 0.01).unwrap();
    assert!((coarse * 2000.0 - 1.0).abs() < 1e-3, "{coarse}");
}

#[test]
fn a_told_rate_is_taken_only_near_the_times_and_where_rows_and_losses_fill_them() {
    let tick = |row: usize| (row as f64 * 1000.0 / 400.0).floor() / 1000.0;
    let rows_ = (0..20_000).filter(|row| !(6000..6040).contains(row));
    let times: Vec<f64> = rows_.map(tick).collect();
    let alone = read(&times).unwrap();
    let told = |rate: f64| alone.clone().told(&times, rate);
    assert_eq!(told(400.0).holes, [Hole { after: 5999, missing: 40 }]);
    // More than a hundredth apart.
    assert_eq!(told(405.0), alone);
    assert_eq!(told(395.0), alone);
    // Digits that are fine need nobody who tells.
    let fine = printed(400.0, 5000, 6);
    let clock = read(&fine).unwrap();
    assert_eq!(clock.clone().told(&fine, 401.0), clock);
    // A rate at which losses do not fill the time.
    assert_eq!(told(397.0), alone);
}

#[test]
fn the_start_is_that_of_the_first_row_even_where_it_has_no_time() {
    let late = |times: &mut [f64]| {
        times.iter_mut().for_each(|time| *time += 5.0);
        times[..3].fill(f64::NAN);
    };
    let mut steady = printed(1000.0, 5000, 6);
    late(&mut steady);
    let found = read(&steady).unwrap();
    assert!((found.start - 5.0).abs() < 1e-5 && !found.uneven, "{found:?}");
    // A timer that wanders about its place is steady, and uneven.
    let wander =
        |row: u32| f64::from(row) / 1000.0 + 2e-4 * libm::sin(f64::from(row) / 50.0);
    let mut wandering: Vec<f64> = (0..5000).map(wander).collect();
    late(&mut wandering);
    let found = read(&wandering).unwrap();
    assert!((found.start - 5.0).abs() < 5e-4 && found.uneven, "{found:?}");
    // One whose steps differ.
    let jitter = |row: u32| {
        f64::from(row) / 1000.0 + 4e-4 * f64::from(row * row * 31 % 997) / 997.0
    };
    let mut jittering: Vec<f64> = (0..5000).map(jitter).collect();
    late(&mut jittering);
    let found = read(&jittering).unwrap();
    assert!((found.start - 5.0).abs() < 2e-3 && found.uneven, "{found:?}");
}

#[test]
fn many_lost_rows_of_coarse_times_leave_the_rate() {
    let is_lost = |row: &u32| row * row * 31 % 997 < 50 && (1..4999).contains(row);
    let times: Vec<f64> = (0..5000)
        .filter(|row| !is_lost(row))
        .map(|row| f64::from(row) / 1000.0)
        .collect();
    let found = read(&times).unwrap();
    let missing: usize = found.holes.iter().map(|hole| hole.missing).sum();
    assert_eq!((found.rate_hz, missing), (1000.0, 5000 - times.len()));
}

proptest! {
    #[test]
    fn every_hole_is_found_when_the_digits_are_fine(
        rate in prop_oneof![Just(1000.0), Just(2000.0), Just(1259.2593), Just(2148.1481)],
        cut in 100..900_usize,
        length in 1..80_usize,
    ) {
        let mut times = printed(rate, 1000 + length, 6);
        times.drain(cut..cut + length);
        let clock = read(&times).unwrap();
        prop_assert_eq!(clock.rate_hz, rate);
        prop_assert_eq!(clock.holes, vec![Hole { after: cut - 1, missing: length }]);
    }

    #[test]
    fn an_even_clock_needs_no_closer_look(
        rate in prop_oneof![Just(1000.0), Just(2000.0), Just(1259.2593), Just(2148.1481), 20.0..5000.0],
        rows in 100..6000_usize,
        digits in 2..9_usize,
        start in prop_oneof![Just(0.0), 0.0..1e5, Just(1.7e9)],
        broken in prop_oneof![Just(None), (50..99_usize, -3.0..3.0).prop_map(Some)],
    ) {
        let time = |row: usize| start + row as f64 / rate + match broken {
            Some((from, steps)) if row >= from => steps / rate,
            _ => 0.0,
        };
        let times: Vec<f64> = (0..rows).map(|row| format!("{:.digits$}", time(row)).parse().unwrap()).collect();
        if let Some(clock) = even(&times) {
            prop_assert_eq!(Ok(clock), closely(&times));
        }
    }

    #[test]
    fn any_times_are_safe(times in proptest::collection::vec(prop_oneof![any::<f64>(), 0.0..10.0, Just(f64::NAN)], 0..60)) {
        let _ = read(&times);
        let mut sorted: Vec<f64> = times.into_iter().filter(|time| time.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let _ = read(&sorted);
    }
}
