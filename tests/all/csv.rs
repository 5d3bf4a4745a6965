//! Delimited text: the same recording in every habit, real exports, and files with
//! something wrong.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use soleus::error::{Error, ErrorKind};
use soleus::load::{Hints, Opened, load, load_bytes, open};
use soleus::signal::{Channel, Kind, Muscle, RateSource, Recording, Side};
use soleus::units::{Hertz, Unit};

fn formats(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/csv").join(kind)
}

#[cfg(test)]
fn read(text: &str) -> Recording {
    load_bytes(Path::new("x.csv"), text.as_bytes(), &Hints::default()).unwrap()
}

#[cfg(test)]
fn refused(text: &str) -> Error {
    load_bytes(Path::new("x.csv"), text.as_bytes(), &Hints::default()).unwrap_err()
}

fn rate(hz: f64) -> Hints {
    Hints { rate: Hertz::new(hz), ..Hints::default() }
}

fn says(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

fn bits(samples: &[f64]) -> Vec<u64> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// The values of `good/*` in millivolts, as Python's `repr` wrote them.
#[cfg(test)]
fn expected() -> [Vec<f64>; 2] {
    let text = std::fs::read_to_string(formats("good").join("expected.values")).unwrap();
    let column = |index: usize| {
        text.lines()
            .map(|line| line.split(' ').nth(index).unwrap().parse().unwrap())
            .collect()
    };
    [column(0), column(1)]
}

#[test]
fn every_habit_gives_the_same_samples() {
    let millivolts = expected();
    let mut read = 0;
    for entry in std::fs::read_dir(formats("good")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "values") {
            continue;
        }
        let recording =
            load(&path, &Hints::default()).unwrap_or_else(|error| panic!("{error}"));
        let names: Vec<&str> = recording
            .channels
            .iter()
            .map(|channel| channel.label.name.as_str())
            .collect();
        assert_eq!(names, ["LSOL", "RSOL"], "{}", path.display());
        assert!(
            recording.warnings.is_empty(),
            "{}: {:?}",
            path.display(),
            recording.warnings
        );
        for (channel, millivolts) in recording.channels.iter().zip(&millivolts) {
            let volts: Vec<f64> = millivolts.iter().map(|value| value / 1000.0).collect();
            assert_eq!(bits(&channel.samples), bits(&volts), "{}", path.display());
            assert_eq!(
                (channel.rate.hz(), channel.start_s),
                (1000.0, 0.0),
                "{}",
                path.display()
            );
            assert_eq!(
                (&channel.unit, channel.label.kind),
                (&Unit::VOLT, Kind::Emg),
                "{}",
                path.display()
            );
            assert_eq!(channel.label.muscle, Some(Muscle::Soleus));
        }
        assert_eq!(recording.channels[0].label.side, Some(Side::Left));
        read += 1;
    }
    assert!(read > 30, "only {read} files");
}

#[test]
fn events_in_a_list_beside_the_samples_have_their_own_times() {
    let list = ["0.2,start", "0.9,stop"];
    let rows = (0..2000).map(|row| {
        let event = list.get(row).copied().unwrap_or(",");
        format!("{:.4},{},,{event}\n", row as f64 / 1000.0, row % 7)
    });
    let text = format!("Time,SOL,,Event time,Event\n{}", rows.collect::<String>());
    let hints = Hints::default();
    let recording = load_bytes(Path::new("a.csv"), text.as_bytes(), &hints).unwrap();
    let names: Vec<&str> =
        recording.channels.iter().map(|one| one.label.name.as_str()).collect();
    let events: Vec<(f64, &str)> =
        recording.events.iter().map(|one| (one.time_s, one.label.as_str())).collect();
    assert_eq!(names, ["SOL"]);
    assert_eq!(events, [(0.2, "start"), (0.9, "stop")]);
}

#[test]
fn the_dialect_is_told() {
    let recording = load(&formats("good").join("latin1.csv"), &Hints::default()).unwrap();
    for line in [
        "encoding: Latin-1",
        "delimiter: semicolon",
        "decimal sign: comma",
        "header: 2 lines",
        "units: in the names",
    ] {
        assert!(says(&recording.dialect, line), "{line}: {:?}", recording.dialect);
    }
    assert!(
        says(&recording.dialect, "rate: 1000 Hz from the time column \"Zeit (s)\""),
        "{:?}",
        recording.dialect
    );
    let source = |file: &str| {
        load(&formats("good").join(file), &Hints::default()).unwrap().channels[0]
            .rate_source
    };
    assert_eq!(
        (source("comma.csv"), source("rate-line.csv")),
        (RateSource::TimeColumn, RateSource::Header)
    );
}

#[test]
fn decimal_commas_between_commas_are_refused() {
    let error = refused(&format!(
        "time,SOL\n{}",
        table(30, |row| format!("0,{row:03},1,{:03}", row * 3))
    ));
    assert!(
        error.message().contains("the header names 2 columns, the rows hold 4"),
        "{error}"
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("decimal comma")), "{error}");
}

#[test]
fn a_second_section_of_nexus_is_left_out_with_a_warning() {
    let devices = table(40, |row| format!("{},{},{row}.5,1", row / 10 + 1, row % 10));
    let head = "Devices\n1000\n,,EMG - Voltage,\nFrame,Sub Frame,SOL,TA\n,,V,V\n";
    let recording = read(&format!(
        "{head}{devices}\nTrajectories\n100\nFrame,Sub Frame,X,Y,Z\n1,0,1,2,3\n"
    ));
    assert_eq!((recording.channels.len(), recording.channels[0].samples.len()), (2, 40));
    assert_eq!(recording.channels[0].label.name, "EMG - Voltage: SOL");
    assert!(
        says(&recording.warnings, "\"Trajectories\" (line 47)"),
        "{:?}",
        recording.warnings
    );
}

/// File, what the message holds, what the hint holds.
const BAD: &[(&str, &str, &str)] = &[
    ("empty.csv", "the file is empty", ""),
    ("only-blank-lines.csv", "no values", "export"),
    ("header-only.csv", "a header and no samples", "one line for each sample"),
    (
        "text-in-number.csv",
        "line 12, column 2: \"abc\" in the column \"LSOL (mV)\" is no number",
        "NaN",
    ),
    (
        "text-in-first-row.csv",
        "line 2, column 2: \"abc\" in the column \"LSOL (mV)\" is no number",
        "NaN",
    ),
    (
        "text-in-second-row.csv",
        "line 3, column 2: \"1.5x\" in the column \"LSOL (mV)\" is no number",
        "NaN",
    ),
    ("nul.csv", "line 6: there is a NUL byte", "damaged"),
    ("random-bytes.csv", "", "CSV"),
    (
        "backwards.csv",
        "line 14, column 1: the time column \"time (s)\" runs backwards, from 0.011 to 0.003",
        "evenly",
    ),
    ("single-row.csv", "line 2: the file holds a single row", "interrupted"),
    ("missing-cell.csv", "line 9: the row has 1 cell, all others have 2", "comma"),
    ("extra-cell.csv", "line 9: the row has 3 cells, all others have 2", "decimal comma"),
    ("two-decimal-signs.csv", "line 11, column 2: \"1.2.3\"", "one decimal sign"),
    ("thousands.csv", "line 11, column 2: \"1,234.5\"", "thousands"),
    (
        "all-thousands.csv",
        "line 2, column 2: \"1,000.5\" in the column \"SOL\"",
        "thousands",
    ),
    ("other-decimal-sign.csv", "line 11, column 2: \"1,25\"", "the other rows have '.'"),
    ("only-commas.csv", "only separators", "export"),
    ("no-rate.csv", "does not tell its sampling rate", "rate_hz in study.toml"),
    ("counter-without-rate.csv", "does not tell its sampling rate", "--rate"),
    ("irregular.csv", "fits no sampling rate", "evenly"),
    (
        "too-many-names.csv",
        "line 1: the header names 4 columns, the rows hold 2",
        "one name",
    ),
    ("time-only.csv", "no channel", "at least one column"),
    ("standing-time.csv", "never changes", "evenly"),
];

#[test]
fn every_mistake_is_told_with_its_place() {
    for (file, message, hint) in BAD {
        let error = load(&formats("bad").join(file), &Hints::default()).expect_err(file);
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Load, "{text}");
        assert!(
            text.contains(message) && error.hint().unwrap_or_default().contains(hint),
            "{file}: {text}"
        );
        assert!(error.path().is_some_and(|path| path.ends_with(file)));
    }
}

#[test]
fn files_that_are_no_recording_say_what_they_are() {
    for (file, message, hint) in [
        ("events.csv", "a file of events (time_s, label, side)", "events ="),
        ("events-wide.csv", "a file of events (touchdown_s, liftoff_s)", "events ="),
        ("trials.csv", "text in column 1 (\"subject\") (\"S01\")", "ignore"),
        ("sweeps.csv", "4 evoked sweeps", "ignore"),
        ("prose.txt", "text and no line of numbers", "one column for each channel"),
    ] {
        let error = load(&formats("bad").join(file), &Hints::default()).expect_err(file);
        assert_eq!(error.kind(), ErrorKind::NotARecording, "{error}");
        assert!(
            error.message().contains(message) && error.hint().unwrap().contains(hint),
            "{error}"
        );
    }
    let listed = std::fs::read_dir(formats("bad")).unwrap().count();
    assert_eq!(listed, BAD.len() + 5, "every file in bad/ has its message here");
}

#[test]
fn tables_of_days_trials_and_onsets_are_no_recordings() {
    let onsets = table(150, |row| {
        format!(
            "{:.3}\t0\t{}\tS {}\t0.5",
            4.0 * row as f64 + (row % 7) as f64 / 9.0,
            row * 1000,
            row % 3
        )
    });
    let days = table(150, |row| {
        format!("{},{:.1},rest", 1_700_000_000 + 86_400 * row, row as f64 / 3.0)
    });
    let trials = table(150, |row| format!("{row},{:.1},left", 0.3 * row as f64));
    for (text, message) in [
        (
            format!("onset\tduration\tsample\ttrial_type\tresponse_time\n{onsets}"),
            "a file of events",
        ),
        (format!("time,pain,activity\n{days}"), "such as values per trial"),
        (format!("trial,force_n,leg\n{trials}"), "such as values per trial"),
    ] {
        let error = refused(&text);
        assert_eq!(error.kind(), ErrorKind::NotARecording, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}

#[test]
fn a_line_without_end_is_refused() {
    let error = refused(&format!("SOL\n1\n{}\n", "1".repeat(2_000_000)));
    assert!(
        error.to_string().contains("line 3: the line is 2000000 characters long"),
        "{error}"
    );
}

fn table(rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).map(|index| row(index) + "\n").collect()
}

#[test]
fn missing_markers_and_blank_cells_are_gaps() {
    let markers =
        ["", "NaN", "nan", "NA", "N/A", "null", "-", "---", "#N/A", "inf", "-inf"];
    let value = |row: usize| {
        markers.get(row.wrapping_sub(5)).map_or("1.5".to_owned(), |text| text.to_string())
    };
    let recording = read(&format!(
        "time,SOL\n{}",
        table(30, |row| format!("{:.3},{}", row as f64 / 1000.0, value(row)))
    ));
    let channel = &recording.channels[0];
    assert_eq!((channel.samples.len(), channel.missing()), (30, markers.len()));
    assert!(
        channel.samples[5..5 + markers.len()]
            .iter()
            .all(|sample| sample.to_bits() == f64::NAN.to_bits())
    );
    assert!(
        says(&recording.warnings, "missing samples, kept as gaps: SOL 11"),
        "{:?}",
        recording.warnings
    );
    assert!(
        says(&recording.warnings, "infinite values, kept as gaps: SOL 2"),
        "{:?}",
        recording.warnings
    );
}

#[test]
fn a_shorter_column_ends_without_a_gap() {
    let force = |row: usize| {
        if row < 10 { row.to_string() } else { String::new() }
    };
    let text =
        table(30, |row| format!("{:.3},{row},{}", row as f64 / 1000.0, force(row)));
    let recording = read(&format!("time,SOL,Force (N)\n{text}"));
    let lengths: Vec<_> = recording
        .channels
        .iter()
        .map(|channel| (channel.samples.len(), channel.missing()))
        .collect();
    assert_eq!(lengths, [(30, 0), (10, 0)]);
}

/// On the build before, a channel that lost its signal was as long as it had one, and good.
#[test]
fn emg_that_ends_before_the_others_has_a_gap_up_to_their_end() {
    let lost = |row: usize| {
        if row < 250 { row.to_string() } else { String::new() }
    };
    let text = table(400, |row| {
        format!("{:.3},{row},{},{}", row as f64 / 1000.0, lost(row), lost(row))
    });
    let recording = read(&format!("time,SOL_L,SOL_R,Force (N)\n{text}"));
    let lengths: Vec<_> = recording
        .channels
        .iter()
        .map(|channel| (channel.samples.len(), channel.missing()))
        .collect();
    assert_eq!(lengths, [(400, 0), (400, 150), (250, 0)]);
    let said = "ended before the others, the rest is a gap: SOL_R 0.15 s";
    assert!(says(&recording.warnings, said), "{:?}", recording.warnings);
}

#[test]
fn a_slower_channel_keeps_its_rate() {
    let slow = |row: usize| {
        if row.is_multiple_of(10) { (row / 10).to_string() } else { String::new() }
    };
    let text =
        table(100, |row| format!("{:.4},{row},{}", row as f64 / 2000.0, slow(row)));
    let recording = read(&format!("time,SOL,ACC X (g)\n{text}"));
    let rates: Vec<f64> =
        recording.channels.iter().map(|channel| channel.rate.hz()).collect();
    assert_eq!(rates, [2000.0, 200.0]);
    assert_eq!(recording.channels[1].samples, (0..10).map(f64::from).collect::<Vec<_>>());
}

#[test]
fn a_jump_in_the_times_is_a_gap_of_the_right_length() {
    let rows = (0..200).filter(|row| !(50..58).contains(row));
    let text: String =
        rows.map(|row| format!("{:.4},{row}\n", f64::from(row) / 1000.0 + 2.5)).collect();
    let recording = read(&format!("time,SOL\n{text}"));
    let channel = &recording.channels[0];
    assert_eq!(
        (channel.samples.len(), channel.missing(), channel.start_s),
        (200, 8, 2.5)
    );
    assert!(
        channel.samples[50].is_nan()
            && channel.samples[58] == 58.0
            && channel.samples[199] == 199.0
    );
    assert!(says(&recording.warnings, "8 rows are missing"), "{:?}", recording.warnings);
}

#[test]
fn an_interrupted_last_line_is_left_out_with_a_warning() {
    let recording = read(&format!(
        "time,SOL\n{}0.0",
        table(20, |row| format!("{:.3},{row}", row as f64 / 1000.0))
    ));
    assert_eq!(recording.channels[0].samples.len(), 20);
    assert!(
        says(&recording.warnings, "the last line (22) is incomplete"),
        "{:?}",
        recording.warnings
    );
}

#[test]
fn the_rate_of_the_user_is_for_files_that_do_not_say() {
    let text = format!("fs=1000\nSOL\n{}", table(20, |row| format!("{row}.5")));
    let recording =
        load_bytes(Path::new("x.csv"), text.as_bytes(), &rate(2000.0)).unwrap();
    assert_eq!(
        (recording.channels[0].rate.hz(), recording.channels[0].rate_source),
        (1000.0, RateSource::Header)
    );
    assert!(
        says(&recording.warnings, "1000 Hz itself; 2000 Hz, given by the user"),
        "{:?}",
        recording.warnings
    );
    let same = load_bytes(Path::new("x.csv"), text.as_bytes(), &rate(1000.0)).unwrap();
    assert!(same.warnings.is_empty(), "{:?}", same.warnings);
}

#[test]
fn the_start_of_the_user_counts_without_a_clock() {
    let hints = Hints { start_s: Some(12.5), ..rate(1000.0) };
    let start = |text: &str| {
        load_bytes(Path::new("x.csv"), text.as_bytes(), &hints).unwrap().channels[0]
            .start_s
    };
    assert_eq!(start(&format!("SOL\n{}", table(20, |row| format!("{row}.5")))), 12.5);
    assert_eq!(
        start(&format!(
            "time,SOL\n{}",
            table(20, |row| format!("{:.3},1", 3.0 + row as f64 / 1000.0))
        )),
        3.0
    );
}

#[test]
fn the_same_name_twice_becomes_two_names() {
    let text = format!(
        "time,EMG,EMG,EMG (2)\n{}",
        table(20, |row| format!("{:.3},1,2,3", row as f64 / 1000.0))
    );
    let names: Vec<String> =
        read(&text).channels.into_iter().map(|channel| channel.label.name).collect();
    assert_eq!(names.len(), 3);
    assert!(
        names[0] != names[1] && names[1] != names[2] && names[0] != names[2],
        "{names:?}"
    );
    assert_eq!(names[1], "EMG (2)");
}

#[test]
fn other_units_stay_and_unknown_ones_are_arbitrary() {
    let text = format!(
        "time,SOL,Fz (N),TA [uV]\n{}",
        table(20, |row| format!("{:.3},1,2,3", row as f64 / 1000.0))
    );
    let recording = read(&text);
    let units: Vec<&str> =
        recording.channels.iter().map(|channel| channel.unit.symbol()).collect();
    assert_eq!(units, ["a.u.", "N", "V"]);
    assert_eq!(recording.channels[2].samples[0].to_bits(), 3e-6_f64.to_bits());
}

/// The real recordings: `$SOLEUS_SHARED`, else beside the project; `None` (with a line
/// that says so) without them.
#[cfg(test)]
fn shared(file: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder =
        std::env::var_os("SOLEUS_SHARED").map_or_else(beside, PathBuf::from).join("data");
    if !folder.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "no real recordings in {}",
            folder.display()
        );
        println!("skipped {file}: no real recordings in {}", folder.display());
        return None;
    }
    Some(folder.join(file))
}

fn real(file: &str) -> Option<Recording> {
    shared(file).map(|path| {
        load(&path, &Hints::default()).unwrap_or_else(|error| panic!("{error}"))
    })
}

fn channel<'r>(recording: &'r Recording, name: &str) -> &'r Channel {
    let found = recording.channels.iter().find(|channel| channel.label.name == name);
    found.unwrap_or_else(|| panic!("no channel {name}"))
}

fn count(recording: &Recording, kind: Kind, rate: f64, samples: usize) -> usize {
    let like = |channel: &&Channel| {
        channel.label.kind == kind
            && channel.rate.hz() == rate
            && channel.samples.len() == samples
    };
    recording.channels.iter().filter(like).count()
}

#[test]
fn walking_with_both_legs() {
    let Some(recording) = real("walking-bilateral/gait.csv") else {
        return;
    };
    assert_eq!(count(&recording, Kind::Emg, 1000.0, 4870), 12);
    assert_eq!(count(&recording, Kind::Force, 1000.0, 4870), 2);
    let (left, right) = (channel(&recording, "LSOL"), channel(&recording, "RSOL"));
    assert_eq!(
        (left.label.muscle, left.label.side),
        (Some(Muscle::Soleus), Some(Side::Left))
    );
    assert_eq!(
        (right.label.muscle, right.label.side),
        (Some(Muscle::Soleus), Some(Side::Right))
    );
    assert_eq!(
        (&left.unit, left.samples[0], right.samples[0]),
        (&Unit::VOLT, 0.041_514_04, -0.080_586_08)
    );
    assert_eq!(channel(&recording, "F2Z").unit.symbol(), "N");
}

#[test]
fn walking_with_the_right_leg() {
    let Some(recording) = real("walking-right-leg/raw_emg.csv") else {
        return;
    };
    assert_eq!(count(&recording, Kind::Emg, 1000.0, 7618), 13);
    let soleus = channel(&recording, "SO");
    assert_eq!(
        (soleus.start_s, soleus.unit.symbol(), soleus.samples[7617]),
        (0.014, "a.u.", -9.365_845)
    );
    assert_eq!(soleus.label.muscle, Some(Muscle::Soleus));
}

#[test]
fn a_file_without_header() {
    let Some(recording) = real("bursts/emg.csv") else {
        return;
    };
    assert_eq!(count(&recording, Kind::Emg, 1000.0, 3360), 1);
    assert_eq!(
        (recording.channels[0].start_s, recording.channels[0].samples[1]),
        (0.001, -0.021_97)
    );
    assert!(says(&recording.warnings, "no names"));
}

#[test]
fn delsys_discover_without_times() {
    let Some(recording) = real("vendor-exports/discover150.csv") else {
        return;
    };
    assert_eq!(recording.channels.len(), 64);
    assert_eq!(
        count(&recording, Kind::Acceleration, 148.1481, 250)
            + count(&recording, Kind::Gyroscope, 148.1481, 250),
        54
    );
    let emg = channel(&recording, "EMG 01 04498 (54717): EMG 1");
    assert_eq!(
        (emg.rate.hz(), &emg.unit, emg.label.kind),
        (1259.2593, &Unit::VOLT, Kind::Emg)
    );
    assert_eq!(emg.samples[0], -0.137_132_8 / 1000.0);
    assert_eq!(
        channel(&recording, "Analog 10 00125 (62202): Analog 1").rate.hz(),
        4444.4444
    );
    assert_eq!(
        channel(&recording, "EMG 01 04498 (54717): ACC X").label.kind,
        Kind::Acceleration
    );
}

#[test]
fn delsys_discover_with_times() {
    let Some(recording) = real("vendor-exports/discover164_link.csv") else {
        return;
    };
    let emg = channel(&recording, "EMG 01 04498 (54717): EMG 1");
    assert_eq!((emg.rate.hz(), emg.samples.len(), emg.missing()), (1925.9259, 250, 0));
    assert_eq!(count(&recording, Kind::Acceleration, 74.0741, 250), 24);
    assert!(
        says(&recording.warnings, "no possible sampling rate: VO2 Master (5):"),
        "{:?}",
        recording.warnings
    );
    assert!(
        !recording.channels.iter().any(|channel| channel.label.name.contains("Heart"))
    );
}

#[test]
fn delsys_emgworks_with_a_time_column_for_every_channel() {
    let Some(recording) = real("vendor-exports/emgworks.csv") else {
        return;
    };
    let rate = |name: &str| channel(&recording, name).rate.hz();
    assert_eq!(recording.channels.len(), 69);
    assert_eq!(
        (rate("Avanti sensor 1: EMG 1"), rate("Avanti sensor 2: EMG 2")),
        (1925.9259, 1259.2593)
    );
    assert_eq!(
        count(&recording, Kind::Acceleration, 148.1481, 200)
            + count(&recording, Kind::Gyroscope, 148.1481, 200),
        51
    );
    assert!(recording.warnings.is_empty(), "{:?}", recording.warnings);
}

#[test]
fn delsys_emgworks_with_labels_above() {
    let Some(recording) = real("vendor-exports/trigno_emgworks_label_header.csv") else {
        return;
    };
    assert_eq!(
        (count(&recording, Kind::Emg, 1259.2593, 2519), recording.channels.len()),
        (2, 14)
    );
    assert_eq!(count(&recording, Kind::Acceleration, 148.1481, 297), 6);
    assert_eq!(channel(&recording, "Mini sensor 10: GYRO.X 10").unit.symbol(), "°/s");
    assert!(channel(&recording, "Mini sensor 10: EMG 10").unit.is_volt());
    assert!(
        says(
            &recording.warnings,
            "\"Mini sensor 10: EMG 10\" 81141, the file holds 2519"
        ),
        "{:?}",
        recording.warnings
    );
    assert!(recording.channels.iter().all(|channel| channel.missing() == 0));
}

#[test]
fn vicon_nexus_devices() {
    let Some(recording) = real("vendor-exports/vicon_nexus_devices.csv") else {
        return;
    };
    assert_eq!(count(&recording, Kind::Emg, 2000.0, 11_600), 38);
    let emg = channel(&recording, "Imported Delsys Trigno EMG 2.0 - Sensor 1: EMG1");
    assert_eq!(
        (emg.samples[0], &emg.unit, emg.rate_source),
        (-2.61e-5, &Unit::VOLT, RateSource::Header)
    );
    assert_eq!(
        channel(&recording, "Imported Analog EMG - Voltage: 1").samples[0],
        -0.022_051_6
    );
}

#[test]
fn real_files_that_are_no_recording() {
    for (file, message) in [
        ("walking-right-leg/gait_cycles.csv", "a file of events"),
        ("h-reflex/waveforms.csv", "41 evoked sweeps"),
        ("h-reflex/magnitudes.txt", "values per trial"),
    ] {
        let Some(path) = shared(file) else { return };
        let error = load(&path, &Hints::default()).expect_err(file);
        assert_eq!(error.kind(), ErrorKind::NotARecording, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = load_bytes(Path::new("x.csv"), &bytes, &rate(1000.0));
    }

    #[test]
    fn random_tables_never_panic(text in "([-+0-9.,;\t \"#a%:eENn/()\r\nµ\\[\\]]|[0-9]{1,3}[.,][0-9]{1,3}|\n){0,120}") {
        let _ = load_bytes(Path::new("x.csv"), text.as_bytes(), &Hints::default());
        let _ = load_bytes(Path::new("x.csv"), text.as_bytes(), &rate(1000.0));
    }

    /// A remark in the middle sends the file down the slow path; the samples stay the
    /// same bits.
    #[test]
    fn fast_and_slow_path_agree(
        rows in proptest::collection::vec((-1e3..1e3, proptest::num::f64::NORMAL), 3..80),
        digits in 0..17_usize,
        remark in 0..80_usize,
    ) {
        let line = |(small, wide): &(f64, f64)| format!("{small:.digits$};{wide:e}");
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        let plain = format!("A;B\n{}\n", lines.join("\n"));
        lines.insert(1 + remark % (rows.len() - 1), "# a remark".into());
        let odd = format!("A;B\n{}\n", lines.join("\n"));
        let [plain, odd] = [plain, odd].map(|text| load_bytes(Path::new("x.csv"), text.as_bytes(), &rate(1000.0)).unwrap());
        for (index, (plain, odd)) in plain.channels.iter().zip(&odd.channels).enumerate() {
            prop_assert_eq!(bits(&plain.samples), bits(&odd.samples));
            let cells = rows.iter().map(line).map(|line| line.split(';').nth(index).unwrap().parse().unwrap());
            prop_assert_eq!(bits(&plain.samples), bits(&cells.collect::<Vec<f64>>()));
        }
        prop_assert_eq!(plain.channels.len(), 2);
    }
}

/// A table of several blocks, 0.5 ms a row.
#[cfg(test)]
fn long_table(rows: usize, end: &str) -> String {
    let row = |row: usize| {
        let (left, right) = (
            (row * 7919 % 20_011) as f64 / 1e3 - 10.0,
            (row * 104_729 % 9973) as f64 / 7.0,
        );
        format!("{:.4},{left:.3},{right}{end}", row as f64 / 2000.0)
    };
    (0..rows).map(row).collect()
}

#[cfg(test)]
fn opened(text: &[u8]) -> Opened {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    open(file.path(), &Hints::default()).unwrap()
}

#[test]
fn a_long_file_is_the_same_read_in_blocks_and_as_a_whole() {
    for (mark, end, tail) in
        [("", "\n", ""), ("\u{feff}", "\r\n", "\r\n\r\n"), ("", "\n", "\n\n\n")]
    {
        let rows = long_table(60_000, end);
        let text = format!("{mark}time (s),LSOL (µV),RSOL (mV){end}{rows}{tail}");
        // A cell in quotes makes the whole text go the careful way.
        let last = text.trim_end().rsplit(',').next().unwrap();
        let careful = text.trim_end().strip_suffix(last).unwrap().to_owned()
            + &format!("\"{last}\"{end}");
        let careful = opened(careful.as_bytes()).recording.unwrap();
        let opened = opened(text.as_bytes());
        assert_eq!(opened.blake3, blake3::hash(text.as_bytes()).to_hex().to_string());
        assert_eq!(opened.bytes, text.len() as u64);
        for recording in [opened.recording.unwrap(), read(&text)] {
            assert_eq!(recording, careful);
            assert_eq!(
                (recording.channels.len(), recording.channels[1].samples.len()),
                (2, 60_000)
            );
            assert_eq!(recording.channels[0].samples[1], -2.081 / 1e6);
        }
    }
}

#[test]
fn gaps_in_a_long_file_are_kept() {
    let rows =
        long_table(60_000, "\n").replace("-5.000,", "NaN,").replace("-4.000,", ",");
    let recording = opened(format!("time (s),LSOL (mV),RSOL (mV)\n{rows}").as_bytes())
        .recording
        .unwrap();
    assert_eq!(
        recording.channels[0].missing(),
        rows.matches(",NaN,").count() + rows.matches(",,").count()
    );
    assert!(says(&recording.warnings, "missing samples"), "{:?}", recording.warnings);
    assert_eq!(recording.channels[1].missing(), 0);
}

#[test]
fn a_mistake_deep_in_a_long_file_is_told_with_its_place() {
    let rows = long_table(60_000, "\n");
    let line = |text: &str| text.matches('\n').count() + 1;
    let at = rows.find("20.0000,").unwrap();
    let (before, after) = rows.split_at(at);
    let text = format!("time (s),LSOL (mV),RSOL (mV)\n{before}oops,1,2\n{after}");
    let opened = opened(text.as_bytes());
    assert_eq!(opened.blake3, blake3::hash(text.as_bytes()).to_hex().to_string());
    let error = opened.recording.unwrap_err().to_string();
    assert!(
        error.contains(&format!("line {}, column 1: \"oops\"", line(before) + 1)),
        "{error}"
    );
}
