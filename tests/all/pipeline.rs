//! From files to numbers through the program: SciPy's values, one recording in every
//! habit, a real walk.
//!
//! `reference/signals_scipy.json` holds frozen numbers; `reference/signals_scipy.py` made
//! them.

use std::path::Path;

use serde_json::Value;

use crate::program::{Lab, Table, bursts, close, csv, run_in, shared};

/// SciPy's chain: nominal cut-offs, no search for hum. `ORDER` is the order of the
/// band-pass.
const NOMINAL: &str = r#"conditioning = [
  { detrend = { kind = "mean" } },
  { band-pass = { low_hz = 20, high_hz = 450, order = ORDER, phase = "zero", cutoff = "nominal", edge = "odd" } },
]
envelope = { low-pass = { cutoff_hz = 6, order = 2, cutoff = "nominal" } }
"#;

fn nominal(order: u64) -> String {
    NOMINAL.replace("ORDER", &order.to_string())
}

fn reference() -> Value {
    serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/reference/signals_scipy.json"
    )))
    .unwrap()
}

/// A lab with the recipe of a case of the reference.
fn lab_for(case: &Value) -> Lab {
    Lab::new(&[("nominal.toml", &nominal(case["order"].as_u64().unwrap()))])
}

#[track_caller]
fn signals(lab: &Lab, file: &Path, out: &str, stage: &str) {
    let file = file.to_str().unwrap();
    run_in(
        &lab.root,
        &["signals", file, "-o", out, "--stage", stage, "--recipe", "nominal.toml"],
    )
    .ends(0)
    .silent();
}

/// Compares a written table with the frozen samples of a stage. Long recursive filters:
/// 1e-9 relative (methods §25); absolute 1e-12 of the channel's root mean square where a
/// filtered value happens to lie near 0.
#[track_caller]
fn compare(table: &Table, case: &Value, stage: &str) {
    let at: Vec<u64> = case["at"]
        .as_array()
        .unwrap()
        .iter()
        .map(|index| index.as_u64().unwrap())
        .collect();
    assert_eq!(table.rows.len() as u64, case["samples"].as_u64().unwrap());
    let time = table.column("time_s");
    for (name, channel) in case["channels"].as_object().unwrap() {
        let ours = table.column(name);
        let absolute = 1e-12
            * channel["rms"].as_f64().unwrap()
            * if stage == "activation" { 1e6 } else { 1.0 };
        for (&at, theirs) in at.iter().zip(channel[stage].as_array().unwrap()) {
            let what = format!("{stage} of {name} at {at}");
            close(ours[at as usize], theirs.as_f64().unwrap(), 1e-9, absolute, &what);
            assert_eq!(time[at as usize], at as f64 / 1000.0, "{what}");
        }
    }
}

#[test]
fn every_stage_of_signals_equals_scipy() {
    let reference = reference();
    let case = &reference["demo"];
    let lab = lab_for(case);
    lab.soleus("demo study").ends(0);
    let file = lab.path("study/sub-01/ses-01/sub-01_ses-01_task-heelraise_emg.csv");
    for stage in ["raw", "clean", "envelope", "activation"] {
        signals(&lab, &file, &format!("{stage}.csv"), stage);
        compare(&lab.table(&format!("{stage}.csv")), case, stage);
    }
}

#[test]
fn signals_of_a_real_walk_equal_scipy() {
    let Some(file) = shared("walking-bilateral/gait.csv") else {
        return;
    };
    let reference = reference();
    let case = &reference["gait"];
    let lab = lab_for(case);
    for stage in ["raw", "clean", "envelope"] {
        signals(&lab, &file, "out.csv", stage);
        compare(&lab.table("out.csv"), case, stage);
    }
}

#[test]
fn a_real_walk_has_the_numbers_of_the_issue() {
    let Some(file) = shared("walking-bilateral/gait.csv") else {
        return;
    };
    let lab = Lab::new(&[("order2.toml", &nominal(2))]);
    run_in(
        &lab.root,
        &["run", file.to_str().unwrap(), "-o", "out", "--recipe", "order2.toml"],
    )
    .ends(0)
    .silent();
    let measures = lab.table("out/measures.csv");
    // Half a unit of the last digit that the issue gives.
    close(
        measures.value("LSOL", "rms"),
        0.1165,
        0.0,
        5e-5,
        "root mean square of the left soleus",
    );
    close(
        measures.value("RSOL", "rms"),
        0.1468,
        0.0,
        5e-5,
        "root mean square of the right soleus",
    );
    close(
        measures.value("LSOL ~ RSOL", "symmetry_index.rms"),
        -23.0,
        0.0,
        0.05,
        "symmetry index",
    );
    let reference = reference();
    for name in ["LSOL", "RSOL"] {
        let scipy = reference["gait"]["channels"][name]["rms"].as_f64().unwrap();
        close(measures.value(name, "rms"), scipy, 1e-9, 0.0, name);
        assert_eq!(measures.measure(name, "rms")["muscle"], "soleus");
        assert_eq!(measures.measure(name, "rms")["unit"], "V");
    }
    let report = lab.read("out/sessions/walking-bilateral_1/report.html");
    assert!(
        report.contains("<svg") && report.contains("soleus"),
        "the report shows figures"
    );
    assert!(
        !report.contains("src=\"http") && !report.contains("href=\"http"),
        "the report opens offline"
    );
}

#[test]
fn settings_on_the_command_line_do_what_a_recipe_file_does() {
    let walk = crate::program::calves(1, 3000);
    let standard = "conditioning = [\n{ detrend = {} },\n{ band-pass = { order = 2 } },\n{ mains = { method = \"regression\" } },\n]";
    let lab = Lab::new(&[
        ("nominal.toml", &nominal(2)),
        ("standard.toml", standard),
        ("walk.csv", &walk),
    ]);
    let signals = |out: &str, rest: &[&str]| {
        let words = ["signals", "walk.csv", "-o", out, "--stage", "envelope"];
        run_in(&lab.root, &[&words, rest].concat()).ends(0).silent();
        lab.read(out)
    };
    // A whole list as a value of TOML.
    let list = nominal(2)
        .replace('\n', " ")
        .split(" envelope")
        .next()
        .unwrap()
        .replacen(" = ", "=", 1);
    let set =
        signals("a.csv", &["--set", &list, "--set", "envelope.low-pass.cutoff=nominal"]);
    assert_eq!(set, signals("b.csv", &["--recipe", "nominal.toml"]));
    // Single settings of the standard list, by position.
    let order = [
        "--set",
        "conditioning.1.band-pass.order=2",
        "--set",
        "conditioning.2.mains.method=regression",
    ];
    let set = signals("c.csv", &order);
    assert_eq!(set, signals("d.csv", &["--recipe", "standard.toml"]));
    // Both: the settings come after the file.
    let back = ["--recipe", "nominal.toml", "--set", "conditioning.1.band-pass.order=4"];
    assert_ne!(signals("e.csv", &back), signals("f.csv", &["--recipe", "nominal.toml"]));
}

#[test]
fn activation_needs_a_reference_and_says_so() {
    let lab = Lab::new(&[("walk.csv", &crate::program::calves(3, 3000))]);
    lab.soleus("signals walk.csv -o a.csv --stage activation").ends(2).silent().says(&[
        "channel \"LSOL\" has no reference",
        "hint: put an MVC trial beside the recording",
        "normalisation.reference=peak",
    ]);
    assert!(!lab.path("a.csv").exists());
    lab.soleus(
        "signals walk.csv -o a.csv --stage activation --set normalisation.reference=peak",
    )
    .ends(0);
    let peak = lab.table("a.csv").column("LSOL").into_iter().fold(0.0, f64::max);
    close(peak, 100.0, 1e-12, 0.0, "the peak is 100 % of itself");
}

#[test]
fn channels_of_several_rates_are_not_mixed() {
    // The layout of EMGworks: a clock before every channel.
    let mut text = String::from("X[s],\"SOL L: EMG 1\",X[s],\"SOL R: EMG 2\"\n");
    let noise = [bursts(5, 4000), bursts(6, 2000)];
    for i in 0..4000 {
        text += &format!("{:.6},{:.7}", i as f64 / 2000.0, noise[0][i] / 1000.0);
        match noise[1].get(i) {
            Some(sample) => {
                text += &format!(",{:.6},{:.7}\n", i as f64 / 1000.0, sample / 1000.0)
            }
            None => text += ",,\n",
        }
    }
    let lab = Lab::new(&[("walk.csv", &text)]);
    let inspected = lab.soleus("inspect walk.csv --json").ends(0).json();
    let rates: Vec<_> = inspected["channels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|channel| &channel["rate_hz"])
        .collect();
    assert_eq!(rates, [2000.0, 1000.0]);
    let name =
        |index: usize| inspected["channels"][index]["name"].as_str().unwrap().to_owned();
    lab.soleus("signals walk.csv -o all.csv").ends(2).silent().says(&[
        "several rates",
        "--channels",
        &name(0),
        &name(1),
        "2000 Hz",
        "1000 Hz",
    ]);
    run_in(&lab.root, &["signals", "walk.csv", "-o", "one.csv", "--channels", &name(1)])
        .ends(0);
    let one = lab.table("one.csv");
    assert_eq!(one.header, ["time_s".to_owned(), name(1)]);
    assert_eq!(one.rows.len(), 2000);
    lab.soleus("signals walk.csv -o x.csv --channels SOLEUS").ends(2).says(&[
        "there is no EMG channel \"SOLEUS\"",
        &name(0),
        &name(1),
    ]);
}

// ---- one recording in the habits of labs

/// The volts of both channels in the file that `signals` wrote.
#[track_caller]
fn envelopes(lab: &Lab, words: &str) -> [Vec<f64>; 2] {
    lab.soleus(&format!(
        "signals {words} --stage envelope -o out.csv --recipe nominal.toml"
    ))
    .ends(0)
    .silent();
    let table = lab.table("out.csv");
    assert_eq!(table.header, ["time_s", "LSOL", "RSOL"], "{words}");
    [table.column("LSOL"), table.column("RSOL")]
}

#[track_caller]
fn same(
    ours: &[Vec<f64>; 2],
    theirs: &[Vec<f64>; 2],
    relative: f64,
    absolute: f64,
    what: &str,
) {
    for (ours, theirs) in ours.iter().flatten().zip(theirs.iter().flatten()) {
        close(*ours, *theirs, relative, absolute, what);
    }
    assert_eq!(ours[0].len(), theirs[0].len(), "{what}");
}

/// A WAV with little-endian samples, written here so that no reader vouches for itself.
fn wav(code: u16, bits: u16, samples: &[u8]) -> Vec<u8> {
    let block = 2 * bits / 8;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0");
    bytes.extend([code, 2].map(u16::to_le_bytes).concat());
    bytes.extend([1000, 1000 * u32::from(block)].map(u32::to_le_bytes).concat());
    bytes.extend([block, bits].map(u16::to_le_bytes).concat());
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

const WAV_STUDY: &str = r#"[channels]
"channel 1" = { muscle = "soleus", side = "left" }
"channel 2" = { muscle = "soleus", side = "right" }
[recordings."*.wav"]
full_scale = { value = 0.8, unit = "mV" }
"#;

#[test]
fn one_recording_in_every_habit_gives_one_envelope() {
    let millivolts = [bursts(11, 4000), bursts(12, 4000)];
    let comma = csv(&[("LSOL (mV)", &millivolts[0]), ("RSOL (mV)", &millivolts[1])]);
    let plain = comma.replace('"', "");
    let lab = Lab::new(&[("nominal.toml", &nominal(4)), ("comma.csv", &comma)]);
    lab.write(
        "semicolon.csv",
        format!(
            "\u{feff}{}",
            plain.replace(',', ";").replace('.', ",").replace('\n', "\r\n")
        ),
    );
    // µ is one byte in Latin-1, and no UTF-8.
    let micro = |line: &str| {
        let mut cells = line.split(',');
        let time = cells.next().unwrap().to_owned();
        let rest =
            cells.map(|cell| format!("{:.1}", 1000.0 * cell.parse::<f64>().unwrap()));
        [time].into_iter().chain(rest).collect::<Vec<_>>().join("\t")
    };
    let latin1: Vec<String> = plain.lines().skip(1).map(micro).collect();
    let latin1 = [
        b"time (s)\tLSOL (\xb5V)\tRSOL (\xb5V)\n".as_slice(),
        latin1.join("\n").as_bytes(),
        b"\n",
    ]
    .concat();
    assert!(String::from_utf8(latin1.clone()).is_err());
    lab.write("latin1.txt", latin1);

    let expected = envelopes(&lab, "comma.csv");
    let peak = expected.iter().flatten().copied().fold(0.0, f64::max);
    assert!((3e-5..3e-4).contains(&peak), "the envelope is in volts: {peak}");
    // The text of all three holds the same decimal numbers; 1e-16 V is for an envelope
    // that touches 0.
    same(
        &envelopes(&lab, "semicolon.csv"),
        &expected,
        1e-9,
        1e-16,
        "semicolon, decimal comma, byte order mark",
    );
    same(&envelopes(&lab, "latin1.txt"), &expected, 1e-9, 1e-16, "tab, Latin-1");
}

#[test]
fn wav_gives_the_envelope_of_text_within_its_own_resolution() {
    let millivolts = [bursts(11, 4000), bursts(12, 4000)];
    let text = csv(&[("LSOL (mV)", &millivolts[0]), ("RSOL (mV)", &millivolts[1])]);
    let lab = Lab::new(&[
        ("nominal.toml", &nominal(4)),
        ("text/comma.csv", &text),
        ("study.toml", WAV_STUDY),
    ]);
    let frames = |i: usize| [millivolts[0][i] / 0.8, millivolts[1][i] / 0.8];
    let float: Vec<u8> = (0..4000)
        .flat_map(frames)
        .flat_map(|share| (share as f32).to_le_bytes())
        .collect();
    let pcm = |share: f64| ((share * 32_768.0).round() as i16).to_le_bytes();
    let whole: Vec<u8> = (0..4000).flat_map(frames).flat_map(pcm).collect();
    lab.write("float.wav", wav(3, 32, &float));
    lab.write("whole.wav", wav(1, 16, &whole));
    let expected = envelopes(&lab, "text/comma.csv");
    for (name, step) in
        [("float.wav", 0.8e-3 / f64::from(1 << 24)), ("whole.wav", 0.8e-3 / 32_768.0)]
    {
        lab.soleus(&format!(
            "signals {name} --stage envelope -o out.csv --recipe nominal.toml"
        ))
        .ends(0)
        .silent();
        let table = lab.table("out.csv");
        let ours = [table.column("channel 1"), table.column("channel 2")];
        // Half a step of rounding noise passes the filters with a gain of about one: one
        // step is the bound.
        same(&ours, &expected, 0.0, step, name);
        assert_ne!(ours, expected, "{name} has a resolution of its own");
    }
}

#[test]
fn a_written_wav_is_read_back_as_what_was_written() {
    let lab = Lab::new(&[
        ("nominal.toml", &nominal(4)),
        ("walk.csv", &crate::program::calves(7, 3000)),
    ]);
    lab.soleus("signals walk.csv -o clean.csv --recipe nominal.toml").ends(0).silent();
    lab.soleus("signals walk.csv -o clean.wav --recipe nominal.toml").ends(0).silent();
    let bytes = std::fs::read(lab.path("clean.wav")).unwrap();
    assert_eq!(&bytes[..4], b"RIFF");
    lab.soleus("signals clean.wav -o back.csv --stage raw").ends(0).silent();
    let (written, back) = (lab.table("clean.csv"), lab.table("back.csv"));
    assert_eq!(written.header, back.header, "the names of the channels stand in the WAV");
    for name in ["time_s", "LSOL", "RSOL"] {
        let pairs = written.column(name).into_iter().zip(back.column(name));
        // 32-bit floats: half a unit in the 24th binary digit.
        pairs.for_each(|(written, back)| {
            close(back, written, 2f64.powi(-24), 1e-12, name)
        });
    }
}

#[test]
fn a_walk_is_the_same_in_text_and_wav() {
    let Some(folder) = shared("walking-right-leg") else {
        return;
    };
    let copy = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let lab = Lab::new(&[
        ("nominal.toml", &nominal(4)),
        (
            "study.toml",
            "[channels]\n\"channel 1\" = { muscle = \"soleus\" }\n\"channel 2\" = { muscle = \"tibialis anterior\" }\n\
             SO = { unit = \"uV\" }\nTA = { unit = \"uV\" }\n\
             [recordings.\"*.wav\"]\nfull_scale = { value = 1000, unit = \"uV\" }\nstart_s = 0.014\n",
        ),
    ]);
    lab.write("raw_emg.csv", copy("raw_emg.csv"));
    lab.write("walk.wav", copy("soleus_tibialis_16bit_fullscale_1000uV.wav"));
    lab.soleus("signals raw_emg.csv --channels SO,TA --stage raw -o text.csv").ends(0);
    lab.soleus("signals walk.wav --stage raw -o wav.csv").ends(0);
    let (text, wav) = (lab.table("text.csv"), lab.table("wav.csv"));
    assert_eq!(
        text.column("time_s"),
        wav.column("time_s"),
        "start_s gives the WAV the clock of the text"
    );
    let names: Vec<&String> = wav.header.iter().skip(1).collect();
    assert_eq!(names.len(), 2);
    for (name, column) in ["SO", "TA"].iter().zip(names) {
        let pairs = text.column(name).into_iter().zip(wav.column(column));
        // Half a step of 16 bits, and the rounding of the text (six decimals of a
        // microvolt).
        pairs.for_each(|(text, wav)| {
            close(wav, text, 0.0, 0.5 * 1e-3 / 32_768.0 + 1e-12, name)
        });
    }
}

#[cfg(feature = "tables")]
#[test]
fn signals_in_parquet_are_those_of_the_text() {
    use polars::prelude::*;
    let lab = Lab::new(&[
        ("nominal.toml", &nominal(4)),
        ("walk.csv", &crate::program::calves(7, 3000)),
    ]);
    lab.soleus("signals walk.csv -o e.csv --stage envelope --recipe nominal.toml")
        .ends(0)
        .silent();
    lab.soleus("signals walk.csv -o e.parquet --stage envelope --recipe nominal.toml")
        .ends(0)
        .silent();
    let file = std::fs::File::open(lab.path("e.parquet")).unwrap();
    let frame = ParquetReader::new(file).finish().unwrap();
    let text = lab.table("e.csv");
    let names: Vec<&str> =
        frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
    assert_eq!(names, text.header);
    for name in names {
        let column: Vec<f64> =
            frame.column(name).unwrap().f64().unwrap().into_no_null_iter().collect();
        assert_eq!(column, text.column(name), "{name}: both hold every bit");
    }
}

#[test]
fn every_real_file_is_processed_or_said_to_be_no_recording() {
    let Some(gait) = shared("walking-bilateral/gait.csv") else {
        return;
    };
    let lab = Lab::new(&[]);
    // The folders whose files are all read by now; `field`, `bugs` and `native` hold those
    // that are not yet.
    let folder = gait.ancestors().nth(2).unwrap();
    let read = [
        "bursts",
        "h-reflex",
        "vendor-exports",
        "walking-bilateral",
        "walking-right-leg",
    ]
    .map(|name| folder.join(name));
    let inputs = read.iter().map(|path| path.to_str().unwrap());
    let saving: Vec<&str> = ["run"]
        .into_iter()
        .chain(inputs)
        .chain(["-o", "out", "--quiet"])
        .chain(crate::program::SAVE_SIGNALS.split_whitespace())
        .collect();
    run_in(&lab.root, &saving).ends(0).silent();
    let record = lab.json("out/run.json");
    let recordings = record["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["recordings"].as_array().unwrap());
    let name = |recording: &Value| recording["recording"].as_str().unwrap().to_owned();
    let (done, skipped): (Vec<&Value>, Vec<&Value>) =
        recordings.partition(|recording| recording["status"] == "done");
    assert_eq!(
        skipped.into_iter().map(name).collect::<Vec<_>>(),
        ["magnitudes", "waveforms", "LICENSE-BTKData", "gait_cycles"]
    );
    assert_eq!(done.len(), 9);
    for recording in done {
        // Files are named from the output on.
        let seen = run_in(
            &lab.path("out"),
            &["inspect", recording["file"].as_str().unwrap(), "--json"],
        )
        .ends(0)
        .json();
        let channels = seen["channels"].as_array().unwrap();
        let rates: Vec<f64> = channels
            .iter()
            .filter(|channel| channel["kind"] == "emg")
            .map(|channel| channel["rate_hz"].as_f64().unwrap())
            .collect();
        // The README beside the files: walks and bursts at 1000 Hz, Nexus at 2000 Hz,
        // sensors of Delsys in between.
        let expected = match name(recording).as_str() {
            "emg" | "gait" | "raw_emg" | "soleus_tibialis_16bit_fullscale_1000uV" => {
                1000.0..=1000.0
            }
            "vicon_nexus_devices" => 2000.0..=2000.0,
            _ => 1259.0..=2149.0,
        };
        assert!(
            !rates.is_empty() && rates.iter().all(|rate| expected.contains(rate)),
            "{recording}: {rates:?}"
        );
    }
}
