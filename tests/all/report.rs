//! The report: a session with six or twelve channels, odd names and a failed recording,
//! written and checked.

use soleus::dsp::random::SplitMix64;
use soleus::outcome::fact::Fact;
use soleus::outcome::{
    Course, Figure, FigurePlace, Layer, Measure, Note, Outcome, Tone, Verdict,
};
use soleus::recipe::RecipeDifference;
use soleus::report::{StudyPage, WRITERS, figure::svg};
use soleus::session::{
    ChannelFindings, Excluded, ExcludedBy, Failure, Findings, MethodsPassage, Protocol,
    Provenance, Reading, RecordingFindings, Reporting, ReportingArea, ReportingItem,
    Role, SetBy, Status, StudyHead, ToldBy,
};
use soleus::signal::{Kind, Label, Muscle, RateSource, Side};
use soleus::study::{
    CurveAnswers, Dot, Headline, MeanChange, MeasureSpread, Need, NeedWeight,
    PersonChange, RecordingLine, RecordingState, Reliability, SessionLine, SpreadStrip,
    StudyChange, StudyChanges, VisitComparison,
};
use soleus::units::{Hertz, Unit};

const EVIL: &str = "<script>alert(1)</script>";

fn label(name: &str, muscle: Option<Muscle>, side: Option<Side>) -> Label {
    Label { name: name.into(), muscle, side, kind: Kind::Emg }
}

/// Pairs of channels, left first; the last channel of the list has an odd name and no
/// muscle.
fn labels(pairs: usize) -> Vec<Label> {
    let muscles = [
        ("SOL", Muscle::Soleus),
        ("GM", Muscle::GastrocnemiusMedialis),
        ("GL", Muscle::GastrocnemiusLateralis),
        ("TA", Muscle::TibialisAnterior),
        ("PL", Muscle::PeroneusLongus),
        ("RF", Muscle::RectusFemoris),
    ];
    let mut labels: Vec<Label> = muscles[..pairs]
        .iter()
        .flat_map(|(short, muscle)| {
            [(Side::Left, "L"), (Side::Right, "R")].map(|(side, letter)| {
                label(&format!("{short}_{letter}"), Some(*muscle), Some(side))
            })
        })
        .collect();
    if let Some(last) = labels.last_mut() {
        *last = label(EVIL, None, None);
    }
    labels
}

fn tone(label: &Label) -> Tone {
    if label.side == Some(Side::Right) { Tone::Right } else { Tone::Left }
}

fn figure(title: &str, axes: (&str, &str), layers: Vec<Layer>) -> Figure {
    Figure {
        title: title.into(),
        channel: None,
        detail: String::new(),
        place: FigurePlace::Task,
        caption: format!("{title}: what is shown, and what to look for."),
        x_label: axes.0.into(),
        y_label: axes.1.into(),
        layers,
        below: None,
    }
}

/// The same figure of a channel.
fn of(label: &Label, figure: Figure) -> Figure {
    Figure { channel: Some(label.name.clone()), ..figure }
}

fn raw_figure(label: &Label, random: &mut SplitMix64) -> Figure {
    let x: Vec<f64> = (0..2400).map(|index| index as f64 / 40.0).collect();
    let level: Vec<f64> =
        x.iter().map(|time| 1e-5 + 9e-5 * (time * 0.8).sin().max(0.0).powi(2)).collect();
    let mut swing = |sign: f64| {
        level
            .iter()
            .map(|level| sign * level * (2.0 + random.uniform()))
            .collect::<Vec<_>>()
    };
    let (low, high) = (swing(-1.0), swing(1.0));
    let drawn = figure(
        "Signal and envelope",
        ("time (s)", "EMG (V)"),
        vec![
            Layer::Stretch { name: "edge of the filter".into(), from: 0.0, to: 0.8 },
            Layer::Stretch { name: "gap".into(), from: 30.0, to: 31.5 },
            Layer::Band {
                name: "signal".into(),
                x: x.clone(),
                low,
                high,
                tone: Tone::Signal,
            },
            Layer::Line { name: "envelope".into(), x, y: level, tone: Tone::Envelope },
        ],
    );
    of(label, Figure { place: FigurePlace::Signal, ..drawn })
}

fn course_figure(label: &Label, random: &mut SplitMix64) -> Figure {
    let x: Vec<f64> = (0..60).map(|index| 0.5 + f64::from(index)).collect();
    let mut y: Vec<f64> =
        x.iter().map(|time| 92.0 - 0.21 * time + 2.0 * random.normal()).collect();
    y[17] = f64::NAN;
    let fit = |offset: f64| {
        x.iter().map(|time| 92.0 - 0.21 * time + offset).collect::<Vec<_>>()
    };
    let drawn = figure(
        "Median frequency",
        ("time (s)", "median frequency (Hz)"),
        vec![
            Layer::Band {
                name: "95 % interval".into(),
                x: x.clone(),
                low: fit(-1.2),
                high: fit(1.2),
                tone: tone(label),
            },
            Layer::Points {
                name: "epochs of 1 s".into(),
                x: x.clone(),
                y,
                tone: tone(label),
            },
            Layer::Line {
                name: "least squares".into(),
                x: x.clone(),
                y: fit(0.0),
                tone: Tone::Fit,
            },
        ],
    );
    of(label, drawn)
}

fn spectrum_figure(label: &Label, random: &mut SplitMix64) -> Figure {
    let x: Vec<f64> = (0..500).map(f64::from).collect();
    let mut spectrum = |peak: f64| {
        x.iter()
            .map(|f| {
                3e-12 * f / peak * (1.0 - f / peak).exp() * (0.8 + 0.4 * random.uniform())
            })
            .collect::<Vec<_>>()
    };
    let (first, last) = (spectrum(80.0), spectrum(62.0));
    let drawn = figure(
        "Spectrum, first and last",
        ("frequency (Hz)", "power (V²/Hz)"),
        vec![
            Layer::Line {
                name: "first 10 s".into(),
                x: x.clone(),
                y: first,
                tone: Tone::First,
            },
            Layer::Line { name: "last 10 s".into(), x, y: last, tone: Tone::Last },
        ],
    );
    of(label, drawn)
}

fn symmetry_figures() -> Vec<Figure> {
    let places: Vec<String> =
        ["RMS", "mean envelope", "peak envelope"].map(Into::into).to_vec();
    let bars = |name: &str, tone, values: [f64; 3]| Layer::Bars {
        name: name.into(),
        places: places.clone(),
        values: values.to_vec(),
        intervals: vec![
            Some((values[0] * 0.9, values[0] * 1.12)),
            Some((values[1] * 0.8, values[1] * 1.1)),
            None,
        ],
        tone,
    };
    let x: Vec<f64> = (0..=100).map(f64::from).collect();
    let hump = |peak: f64, at: f64| {
        x.iter().map(|q| 0.05 + peak * (-((q - at) / 11.0).powi(2)).exp()).collect()
    };
    let line =
        |name: &str, y, tone| Layer::Line { name: name.into(), x: x.clone(), y, tone };
    vec![
        figure(
            "Soleus – left and right",
            ("", "amplitude (V)"),
            vec![
                bars("left", Tone::Left, [85e-6, 60e-6, 140e-6]),
                bars("right", Tone::Right, [71e-6, 55e-6, 150e-6]),
            ],
        ),
        figure(
            "Soleus – mean cycle",
            ("cycle (%)", "activation (% of MVC)"),
            vec![
                line("left", hump(1.0, 45.0), Tone::Left),
                line("right", hump(0.8, 48.0), Tone::Right),
            ],
        ),
    ]
}

fn measure(label: &Label, name: &'static str, value: f64, unit: Unit) -> Measure {
    let plain = Measure::new(&Fact::PLAIN, label, &unit, value);
    Measure { name: name.into(), unit, ..plain }
}

fn amplitude(labels: &[Label], random: &mut SplitMix64) -> Outcome {
    let mut outcome = Outcome::new("amplitude");
    for label in labels {
        let rms = 85e-6 * (0.5 + random.uniform());
        for (name, factor) in
            [("rms", 1.0), ("arv", 0.8), ("envelope_mean", 0.78), ("envelope_peak", 2.1)]
        {
            outcome.measures.push(measure(label, name, rms * factor, Unit::VOLT));
        }
        let missing = measure(label, "activation_mean", f64::NAN, Unit::PERCENT);
        outcome.measures.push(missing.noted("no trial of role mvc in this session"));
        outcome.figures.push(raw_figure(label, random));
    }
    outcome.notes.push(Note::caution(
        "Activation is empty: the session has no maximal voluntary contraction.",
    ));
    outcome
}

fn fatigue(labels: &[Label], random: &mut SplitMix64) -> Outcome {
    let mut outcome = Outcome::new("fatigue");
    for label in labels {
        let slope = -0.25 + 0.3 * random.uniform();
        let mdf = measure(label, "mdf_mean", 80.0 + 10.0 * random.uniform(), Unit::HERTZ)
            .from_n(60);
        outcome.measures.push(mdf);
        let of_line =
            measure(label, "mdf_slope", slope, Unit::HERTZ_PER_SECOND).from_n(60);
        outcome.measures.push(
            of_line
                .within(slope - 0.04, slope + 0.04)
                .noted("least squares over epoch centres"),
        );
        outcome.courses.push(Course {
            name: "mdf".into(),
            channel: label.name.clone(),
            unit: Unit::HERTZ,
            time_s: vec![0.5, 1.5],
            value: vec![Some(92.0), None],
        });
        outcome
            .figures
            .extend([course_figure(label, random), spectrum_figure(label, random)]);
    }
    outcome
        .notes
        .push(Note::info("Soleus left: median frequency fell by 0.21 Hz/s over 60 s."));
    outcome.notes.push(Note::info(format!("Channel {EVIL} has no known muscle.")));
    outcome
}

fn symmetry(labels: &[Label]) -> Outcome {
    let mut outcome = Outcome::new("symmetry");
    for pair in labels.chunks_exact(2).filter(|pair| pair[1].side.is_some()) {
        for (name, value) in
            [("symmetry_index.rms", 18.2), ("symmetry_index.envelope_mean", -3.4)]
        {
            let left = measure(&pair[0], name, value, Unit::PERCENT);
            let names = format!("{} ~ {}", pair[0].name, pair[1].name);
            let of_pair = Measure { channel: Some(names), side: None, ..left };
            outcome.measures.push(
                of_pair
                    .within(value - 7.5, value + 7.5)
                    .noted("positive when the left is larger"),
            );
        }
    }
    outcome.figures = symmetry_figures();
    outcome
}

fn quality(labels: &[Label], random: &mut SplitMix64) -> Outcome {
    let mut outcome = Outcome::new("quality");
    for label in labels {
        outcome.measures.push(measure(
            label,
            "snr",
            18.0 + 6.0 * random.uniform(),
            Unit::DECIBEL,
        ));
        outcome.measures.push(measure(
            label,
            "mains_share",
            0.03 * random.uniform(),
            Unit::ONE,
        ));
        outcome.measures.push(measure(
            label,
            "baseline_noise",
            3e-6 * random.uniform(),
            Unit::VOLT,
        ));
    }
    outcome
}

fn channel(label: &Label, verdict: Verdict, reasons: &[&str]) -> ChannelFindings {
    ChannelFindings {
        name: label.name.clone(),
        muscle: label.muscle,
        side: label.side,
        kind: Kind::Emg,
        unit: Unit::VOLT,
        rate_hz: Hertz::new(2000.0).unwrap(),
        rate_from: RateSource::TimeColumn,
        samples: 120_000,
        gaps: 1,
        missing: 3000,
        verdict: Some(verdict),
        reasons: reasons.iter().map(ToString::to_string).collect(),
    }
}

fn recording(name: &str, status: Status) -> RecordingFindings {
    RecordingFindings {
        recording: name.into(),
        file: format!("{name}.csv"),
        bytes: 8_412_345,
        blake3: "9f3c1a77".repeat(8),
        events_blake3: None,
        events_left_out: Vec::new(),
        role: Role::Task,
        task: name.into(),
        title: None,
        status,
        reading: None,
        channels: Vec::new(),
        processing: Vec::new(),
        found: Vec::new(),
        outcomes: Vec::new(),
    }
}

fn processed(name: &str, pairs: usize, seed: u64) -> RecordingFindings {
    let mut random = SplitMix64::new(seed);
    let labels = labels(pairs);
    let channels = labels.iter().enumerate().map(|(index, label)| match index {
        3 => channel(
            label,
            Verdict::Check,
            &["mains hum is 7.1 % of the power", "motion below 20 Hz is 12 %"],
        ),
        5 => channel(label, Verdict::Bad, &["flat for 1.2 s"]),
        _ => channel(label, Verdict::Good, &[]),
    });
    RecordingFindings {
        reading: Some(Reading {
            format: "CSV".into(),
            dialect: vec!["separator ;".into(), "decimal comma".into(), "time column \"Time [s]\"".into()],
            warnings: vec!["the header says 2000 Hz, the time column 1999.998 Hz; the time column was used".into()],
            duration_s: 60.0,
            start_s: 0.25,
            events: 14,
        }),
        channels: channels.collect(),
        processing: vec![
            "2000 Hz: mean removed".into(),
            "2000 Hz: band-pass 20–450 Hz (−3 dB after both passes), Butterworth, design order 4, zero phase".into(),
            "2000 Hz: 50 Hz and two harmonics removed by sine fit in 2 channels".into(),
        ],
        outcomes: vec![
            quality(&labels, &mut random),
            amplitude(&labels, &mut random),
            fatigue(&labels, &mut random),
            symmetry(&labels),
        ],
        ..recording(name, Status::Done)
    }
}

fn session(pairs: usize) -> Findings {
    let failure = Failure {
        message: format!(
            "walk.csv: line 14, column 3: expected a number, found {EVIL}\n  0,012;{EVIL}"
        ),
        hint: Some("export the recording again with decimal points".into()),
    };
    let mut recordings = vec![
        processed("heel raise", pairs, 1),
        processed("hold", pairs, 2),
        recording("walk", Status::Failed(failure)),
        recording(
            "gait_cycles",
            Status::Skipped("an event file with columns time_s and label".into()),
        ),
    ];
    if pairs > 3 {
        recordings.remove(1);
    }
    Findings {
        version: "0.1.0".into(),
        fingerprint: "5be0cd19".repeat(8),
        subject: "S01".into(),
        session: "pre & <b>post</b>".into(),
        head: StudyHead {
            title: Some("Heels & <i>toes</i>".into()),
            protocol: Some(Protocol::Words("knee <straight>.".into())),
            electrodes: None,
        },
        recordings,
        references: vec!["SOL_L: no reference (no trial of role mvc).".into()],
        notes: vec![Note::caution("One recording could not be read; its numbers are missing below.")],
        methods: vec![
            "Surface EMG was band-pass filtered from 20 to 450 Hz (De Luca et al. 2010) with a zero-phase Butterworth filter.".into(),
            "Spectra were estimated by the method of Welch (1967).".into(),
            "Symmetry is given as the index of Robinson et al. (1987).".into(),
        ],
        reporting: Reporting {
            recorded_in_short: gap("skin preparation", "electrodes.skin").into(),
            recorded: gap("amplifier", "electrodes.amplifier").into(),
            in_short: vec!["Signals were band-passed (De Luca et al. 2010).".into()],
            items: vec![
                item("Skin preparation", ToldBy::Nobody, None),
                item("Digital filters", ToldBy::Recipe, Some("band-passed")),
                item("Amplifier", ToldBy::Study, Some(EVIL)),
            ],
        },
        provenance: Provenance {
            differences: vec![(
                RecipeDifference {
                    key: "normalisation.reference".into(),
                    standard: "mvc".into(),
                    used: EVIL.into(),
                },
                SetBy::Command,
            )],
            rate_hz: Hertz::new(2000.0),
            excluded: vec![Excluded {
                what: EVIL.into(),
                by: ExcludedBy::Study,
                why: "role = \"ignore\"".into(),
            }],
        },
        recipe: serde_json::json!({
            "conditioning": [{ "band-pass": { "low_hz": 20.0, "high_hz": 450.0, "order": 4 } }],
            "analysis": { "fatigue": {}, "symmetry": {} },
        }),
    }
}

/// Hostile words, and a gap behind them.
fn gap(name: &str, key: &str) -> [MethodsPassage; 2] {
    [
        MethodsPassage { text: format!("Electrodes: {EVIL}; "), key: None },
        MethodsPassage { text: format!("{name}: not told"), key: Some(key.into()) },
    ]
}

fn item(name: &str, told_by: ToldBy, words: Option<&str>) -> ReportingItem {
    ReportingItem {
        area: ReportingArea::Signals,
        name: name.into(),
        asked_by: "ISEK".into(),
        told_by,
        words: words.map(Into::into),
        key: Some("electrodes.skin".into()),
    }
}

fn written(findings: &Findings, name: &str) -> String {
    let writer = WRITERS.iter().find(|writer| writer.file_name() == name).unwrap();
    let mut page = Vec::new();
    writer.write(findings, &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

fn study() -> StudyPage {
    let mut random = SplitMix64::new(4);
    let sessions = (1..=14).map(|index| SessionLine {
        subject: format!("S{index:02}"),
        session: if index == 3 { "<i>pre</i>".into() } else { "pre".into() },
        folder: format!("S{index:02}_pre #1"),
        tasks: ["hold".to_owned()].into(),
        done: 2,
        failed: usize::from(index == 5),
        skipped: 1,
        good: 11,
        check: 1,
        bad: usize::from(index == 7),
        headlines: vec![
            headline("mdf_slope", "soleus, left", Some(-0.21)),
            headline("rms", "soleus, right", None),
        ],
        recordings: recordings(index),
        missing: if index == 9 { vec!["walk".into()] } else { Vec::new() },
    });
    let sessions: Vec<_> = sessions.collect();
    let mut strip = |muscle: Muscle, side: Side| {
        let mut values: Vec<f64> =
            (0..28).map(|_| 85e-6 * (1.0 + 0.2 * random.normal())).collect();
        values[3] = 310e-6;
        values.sort_by(f64::total_cmp);
        let dots =
            values.iter().enumerate().map(|(index, value)| dot(index, *value)).collect();
        SpreadStrip {
            muscle: Some(muscle),
            side: Some(side),
            quartiles: (values[7], (values[13] + values[14]) / 2.0, values[20]),
            dots,
        }
    };
    let strips = vec![
        strip(Muscle::Soleus, Side::Left),
        strip(Muscle::Soleus, Side::Right),
        strip(Muscle::GastrocnemiusMedialis, Side::Left),
    ];
    StudyPage {
        title: "Calf study <2026>".into(),
        version: "0.1.0".into(),
        sessions,
        comparisons: vec![comparison()],
        reliability: vec![reliability()],
        curves: CurveAnswers {
            sentences: vec!["soleus left, gait: a and b differ.".into()],
            figures: vec![figure("Mean cycles", ("cycle (%)", "t"), Vec::new())],
            ..CurveAnswers::default()
        },
        distributions: vec![
            MeasureSpread { measure: "rms".into(), unit: Unit::VOLT, strips },
            MeasureSpread {
                measure: "mdf_slope".into(),
                unit: Unit::HERTZ_PER_SECOND,
                strips: vec![],
            },
        ],
        warnings: vec!["S05 has one recording that could not be read.".into()],
        changes: StudyChanges {
            found: vec![change()],
            absent: vec![("mdf_slope".into(), EVIL.into())],
        },
        needs: vec![need()],
        files: ["measures.csv", "measures.parquet", "run.json"]
            .map(|file| (file.to_owned(), format!("rows of {EVIL}")))
            .to_vec(),
    }
}

fn recordings(index: usize) -> Vec<RecordingLine> {
    let recording = |task: &str, state| RecordingLine {
        file: format!("{task}.csv"),
        recording: task.to_owned(),
        task: task.to_owned(),
        role: Role::Task,
        state,
        reasons: Vec::new(),
        hint: None,
        is_other_unit: false,
        is_moving: false,
        duration_s: Some(30.0),
    };
    let walk = match index {
        5 => RecordingState::Failed,
        7 => RecordingState::Judged(Some(Verdict::Bad)),
        _ => RecordingState::Judged(Some(Verdict::Good)),
    };
    vec![
        recording("notes", RecordingState::LeftOut),
        recording(EVIL, RecordingState::Judged(Some(Verdict::Check))),
        recording("walk", walk),
    ]
}

fn change() -> StudyChange {
    let person = |index: usize| PersonChange {
        subject: format!("S{index:02}").into(),
        first: Some(index as f64),
        last: (index != 4).then_some(index as f64 + 0.5),
        left_out: (index == 4).then(|| format!("no value in {EVIL}")),
    };
    StudyChange {
        measure: "activation_mean".into(),
        muscle: Muscle::Soleus,
        task: EVIL.into(),
        unit: "%".into(),
        visits: Some(["pre".into(), EVIL.into()]),
        people: (1..=14).map(person).collect(),
        mean: Some(MeanChange {
            persons: 13,
            means: [7.0, 7.5],
            change: 0.5,
            interval: Some((-0.25, 1.25)),
            sizes: [7.0, 7.5],
            is_clear: false,
        }),
        groups: Vec::new(),
        by_involved: false,
    }
}

fn need() -> Need {
    Need {
        weight: NeedWeight::Failed,
        subject: "S05".into(),
        session: "pre".into(),
        recording: "walk".into(),
        what: format!("walk.csv: line 3: expected a number, found {EVIL}"),
        hint: Some(format!("do without {EVIL}")),
    }
}

fn comparison() -> VisitComparison {
    VisitComparison {
        subject: "S01".into(),
        muscle: None,
        side: None,
        channel: EVIL.into(),
        measure: "mdf_slope_normalised".into(),
        unit: "%/s".into(),
        first_session: "pre".into(),
        first_recording: EVIL.into(),
        first_value: Some(-0.2),
        session: "post".into(),
        recording: EVIL.into(),
        value: Some(-0.5),
        difference: Some(-0.3),
        ci_low: Some(-0.5),
        ci_high: Some(-0.1),
        n: Some(60),
        task: EVIL.into(),
        note: None,
    }
}

fn reliability() -> Reliability {
    Reliability {
        task: EVIL.into(),
        muscle: Some(Muscle::Soleus),
        side: None,
        partner: String::new(),
        measure: "gait_asymmetry.cycle_mean".into(),
        unit: "%".into(),
        persons: 8,
        mean_change: 1.2,
        ci_low: Some(-3.0),
        ci_high: Some(5.4),
        sem: 4.1,
        mdc: 11.4,
        mdc_low: Some(7.5),
        mdc_high: Some(23.1),
    }
}

fn headline(measure: &str, of: &str, value: Option<f64>) -> Headline {
    Headline {
        measure: measure.into(),
        of: of.into(),
        value,
        unit: Unit::HERTZ_PER_SECOND,
        interval: value.map(|value| (value - 0.04, value + 0.04)),
        note: Some("too few epochs".into()),
    }
}

fn dot(index: usize, value: f64) -> Dot {
    Dot {
        value,
        session: format!("S{:02} pre", index / 2 + 1),
        folder: format!("S{:02}_pre #1", index / 2 + 1),
        recording: "hold".into(),
        channel: EVIL.into(),
    }
}

fn study_page(study: &StudyPage) -> String {
    let mut page = Vec::new();
    study.write(&mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// Every page that is checked, kept in the target folder to be looked at.
fn pages() -> Vec<String> {
    let pages = [
        ("session.html", written(&session(3), "report.html")),
        ("session-12.html", written(&session(6), "report.html")),
        ("study.html", study_page(&study())),
    ];
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    pages
        .map(|(name, page)| {
            std::fs::write(folder.join(format!("report-{name}")), &page).unwrap();
            page
        })
        .to_vec()
}

/// Checks that every element is closed in its order and every attribute quoted; gives the
/// elements' names. Cells and rows of a table may be closed by the next one, or by the end
/// of its body, as HTML has it.
fn elements(page: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    let start = page
        .find("<svg")
        .filter(|_| page.starts_with("<svg"))
        .unwrap_or(page.find("<html").unwrap_or(0));
    for piece in page[start..].split('<').skip(1) {
        let (tag, text) =
            piece.split_once('>').unwrap_or_else(|| panic!("unclosed tag <{piece}"));
        assert!(!text.contains('>'), "a bare > in {text:?}");
        assert_eq!(tag.matches('"').count() % 2, 0, "an open quotation mark in <{tag}>");
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric())
            .collect();
        if tag.starts_with('/') {
            if name == "tbody" {
                open.pop_if(|open| matches!(open.as_str(), "td" | "th"));
                open.pop_if(|open| open == "tr");
            }
            assert_eq!(
                open.pop().as_deref(),
                Some(name.as_str()),
                "</{name}> closes another element"
            );
        } else {
            let cell = |name: &str| matches!(name, "td" | "th");
            if cell(&name) || name == "tr" {
                open.pop_if(|open| cell(open));
            }
            if name == "tr" {
                open.pop_if(|open| open == "tr");
            }
            all.push(name.clone());
            if !tag.ends_with('/') && !matches!(&*name, "meta" | "input") {
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    all
}

#[test]
fn names_from_files_appear_as_text() {
    for page in pages() {
        // The one script is ours, and the study page has none.
        let scripts: Vec<&str> = page.split("<script").skip(1).collect();
        let is_study = page.contains("EMG study");
        assert_eq!(scripts.len(), usize::from(!is_study));
        assert!(scripts.iter().all(|script| script.starts_with(">(function () {")));
        assert!(!page.contains("<i>pre") && !page.contains("<b>post"));
        assert!(page.contains("&lt;script&gt;alert(1)"));
    }
    let page = written(&session(3), "report.html");
    assert!(page.contains(
        "<title>S01 · pre &amp; &lt;b&gt;post&lt;&#x2f;b&gt; – soleus</title>"
    ));
    assert!(
        page.contains(
            "<title>&lt;script&gt;alert(1)&lt;/script&gt;: signal and envelope of \
             &lt;script&gt;alert(1)&lt;/script&gt;</title>"
        ),
        "in a figure"
    );
}

#[test]
fn pages_are_well_formed_and_have_every_section() {
    for page in pages() {
        elements(&page);
    }
    let page = written(&session(3), "report.html");
    let headings = [
        "Main numbers",
        "What to know",
        "Signal and envelope</h3>",
        "Left and right in numbers</h3>",
        "Median frequency</h3>",
        "Signal quality</h3>",
        "measures of heel raise</summary>",
        "File and processing</summary>",
        "id=\"methods\"",
        "id=\"about\"",
        "id=\"left-out\"",
    ];
    let places: Vec<_> = headings
        .map(|heading| page.find(heading).unwrap_or_else(|| panic!("no {heading}")))
        .to_vec();
    assert!(places.is_sorted(), "sections in their order: {places:?}");
    assert!(page.contains("not a medical device"));
    assert!(
        page.contains("export the recording again with decimal points"),
        "the hint of the failed recording"
    );
    assert!(
        page.contains("no trial of role mvc in this session"),
        "the reason of an empty value"
    );
    // In each of both recordings: four rows of signals, of six channels two pairs share one;
    // two kinds of four figures; and two of the sides.
    assert_eq!(page.matches("role=\"img\"").count(), 2 * (4 + 2 * 4 + 2));
}

/// The part of a page from one text to another.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("no {from}"));
    let length = page[start..].find(to).unwrap_or_else(|| panic!("no {to}"));
    &page[start..start + length]
}

#[test]
fn methods_have_marked_gaps_a_score_and_what_is_copied() {
    let page = written(&session(3), "report.html");
    let methods = between(&page, "id=\"methods\"", "id=\"about\"");
    let evil = "Electrodes: &lt;script&gt;alert(1)&lt;&#x2f;script&gt;; <mark title=\"study.toml: ";
    for (id, key, name) in [
        ("methods-short", "electrodes.skin", "skin preparation"),
        ("methods-full", "electrodes.amplifier", "amplifier"),
    ] {
        let text = between(methods, &format!("id=\"{id}\""), "</blockquote>");
        let gap = format!("{evil}{key}\">[{name}: not told]</mark>");
        assert!(text.contains(&gap), "{text}");
    }
    assert!(
        methods
            .contains("<strong>2 of 3 items told.</strong> Not told: skin preparation")
    );
    assert_eq!(methods.matches("<mark>not told</mark>").count(), 1);
    assert!(methods.contains("CC0 1.0"));
    // What is cited has an entry, and the standards are.
    for key in ["deluca2010", "welch1967", "robinson1987", "besomi2024", "merletti1999"] {
        assert_eq!(methods.matches(&format!("{{{key},")).count(), 1, "{key}");
    }
    assert!(!methods.contains("{winter2009,"), "nobody cites it");
    for copied in ["methods-short", "methods-full", "bibtex"] {
        assert_eq!(methods.matches(&format!("data-copy=\"{copied}\"")).count(), 1);
        assert_eq!(page.matches(&format!(" id=\"{copied}\"")).count(), 1);
    }
    // Without scripts nothing is offered that cannot be done.
    let buttons: Vec<&str> = methods.split("<button").skip(1).collect();
    assert!(
        buttons.iter().all(|button| button
            .split('>')
            .next()
            .unwrap()
            .ends_with("hidden"))
    );

    let mut findings = session(3);
    findings.reporting.items.retain(|item| item.told_by != ToldBy::Nobody);
    let page = written(&findings, "report.html");
    assert!(page.contains("<strong>2 of 2 items told.</strong></p>"));
    assert!(!page.contains("What only you know"));
    findings.methods.clear();
    let page = written(&findings, "report.html");
    assert!(!page.contains("id=\"methods\"") && !page.contains("<script"));
}

#[test]
fn about_says_the_differences_first_and_what_was_left_out() {
    let evil = "&lt;script&gt;alert(1)&lt;&#x2f;script&gt;";
    let mut findings = session(3);
    let page = written(&findings, "report.html");
    let about = between(&page, "id=\"about\"", "</main>");
    assert!(about.contains("1 difference from the standard recipe"));
    assert!(about.contains(&format!("<strong>{evil}</strong>")));
    assert!(about.contains("the command line (--set)"));
    assert!(about.find("Differences").unwrap() < about.find("<dt>Program").unwrap());
    assert!(about.contains(
        "<code>soleus run INPUT -o OUT --recipe recipe.toml --rate 2000</code>"
    ));
    assert!(about.contains(&format!("class=\"name\">{evil}</span></th>")));
    assert!(about.contains("role = &quot;ignore&quot;"));
    assert!(!about.contains("standard recipe.</strong>") && !about.contains("Nothing, "));
    assert!(!about.contains("A channel called bad"));

    findings.provenance.excluded[0].by = ExcludedBy::Quality;
    assert!(written(&findings, "report.html").contains("A channel called bad"));
    findings.provenance = Provenance::default();
    let page = written(&findings, "report.html");
    let about = between(&page, "id=\"about\"", "</main>");
    assert!(about.contains("<strong>This run used the standard recipe.</strong>"));
    assert!(about.contains("<code>soleus run INPUT -o OUT</code> gives"));
    assert!(about.contains("Nothing, neither") && !about.contains("Differences"));
    findings.recipe = serde_json::Value::Null;
    let page = written(&findings, "report.html");
    assert!(page.contains("<strong>Nothing was processed.</strong>"));
}

#[test]
fn every_anchor_leads_somewhere() {
    let page = written(&session(3), "report.html");
    for link in page.split("href=\"#").skip(1) {
        let anchor = link.split('"').next().unwrap();
        assert_eq!(page.matches(&format!("id=\"{anchor}\"")).count(), 1, "#{anchor}");
    }
}

#[test]
fn numbers_carry_unit_and_interval() {
    let mut findings = session(3);
    let label = label("SOL_L", Some(Muscle::Soleus), Some(Side::Left));
    let slope = measure(&label, "mdf_slope", -0.2134, Unit::HERTZ_PER_SECOND)
        .within(-0.2512, -0.1768)
        .from_n(60);
    findings.recordings.truncate(1);
    findings.recordings[0].outcomes =
        vec![Outcome { measures: vec![slope], ..Outcome::new("fatigue") }];
    let page = written(&findings, "report.html");
    assert!(page.contains("Slope of median frequency, Hz&#x2f;s"));
    assert!(page.contains("<b>−0.213</b> <i>−0.251 to −0.177</i> <em>falling</em>"));
}

/// The text between two marks, everywhere.
fn pieces<'a>(page: &'a str, from: &'a str, to: &'a str) -> Vec<&'a str> {
    let pieces = page.split(from).skip(1);
    pieces.map(|piece| piece.split(to).next().unwrap()).collect()
}

/// Findings of one recording of a left and a right channel with these figures.
fn of_two(figures: Vec<Figure>) -> Findings {
    let mut findings = session(3);
    findings.recordings.truncate(1);
    findings.recordings[0].outcomes =
        vec![Outcome { figures, ..Outcome::new("fatigue") }];
    findings
}

fn sides() -> [Label; 2] {
    [("SOL_L", Side::Left), ("SOL_R", Side::Right)]
        .map(|(name, side)| label(name, Some(Muscle::Soleus), Some(side)))
}

#[test]
fn both_sides_of_a_muscle_have_one_scale() {
    let band = |height: f64| Layer::Band {
        name: "signal".into(),
        x: (0..600).map(|k| f64::from(k) / 10.0).collect(),
        low: vec![-height; 600],
        high: vec![height; 600],
        tone: Tone::Signal,
    };
    let [left, right] = sides();
    let signal = |of_label: &Label, height| {
        let drawn =
            figure("Signal and envelope", ("time (s)", "EMG (V)"), vec![band(height)]);
        of(of_label, Figure { place: FigurePlace::Signal, ..drawn })
    };
    let page = written(
        &of_two(vec![signal(&right, 9e-4), signal(&left, 1.8e-3)]),
        "report.html",
    );
    let rows = pieces(&page, "<div class=\"signal\">", "</svg>");
    assert_eq!(rows.len(), 1, "one row a muscle");
    assert!(rows[0].contains("± 1.80 mV"), "{}", rows[0]);
    let places: Vec<usize> =
        ["class=\"l\"", "class=\"r\""].map(|class| rows[0].find(class).unwrap()).to_vec();
    assert!(places.is_sorted(), "the left one above");
    let height = |class: &str| -> f64 {
        let lane = pieces(rows[0], class, "</g>")[0];
        lane.split('v').nth(1).unwrap().split('m').next().unwrap().parse().unwrap()
    };
    let (left, right) = (height("<g class=\"l\">"), height("<g class=\"r\">"));
    assert!((left - 2.0 * right).abs() <= 2.0 && left > 40.0, "{left} and {right}");
}

#[test]
fn a_kind_of_figure_has_one_caption_and_both_sides_in_the_same_axes() {
    let [left, right] = sides();
    let mut random = SplitMix64::new(8);
    let mut drawn = |of_label: &Label| course_figure(of_label, &mut random);
    let figures = vec![drawn(&left), drawn(&right)];
    let caption = figures[0].caption.clone();
    let page = written(&of_two(figures.clone()), "report.html");
    assert_eq!(page.matches(&caption).count(), 1);
    let panels = pieces(&page, "<figure><figcaption>", "</figure>");
    assert_eq!(panels.len(), 1, "one drawing for both");
    for class in ["class=\"l f\"", "class=\"r f\"", "class=\"p l\"", "class=\"p r\""] {
        assert!(panels[0].contains(class), "{class} in {}", panels[0]);
    }

    // In other units each side keeps axes of its own.
    let mut other = figures;
    other[1].y_label = "median frequency (1/min)".into();
    let page = written(&of_two(other), "report.html");
    assert_eq!(pieces(&page, "<figure><figcaption>", "</figure>").len(), 2);
    assert_eq!(page.matches(&caption).count(), 1);
}

#[test]
fn a_difference_stands_beside_both_sides() {
    let [left, right] = sides();
    let mut findings = of_two(Vec::new());
    let mean = |label: &Label, value| {
        measure(label, "activation_mean", value, Unit::PERCENT)
            .within(value - 1.0, value + 1.0)
    };
    let index = measure(&left, "symmetry_index.activation_mean", 20.0, Unit::PERCENT);
    let index = Measure {
        channel: Some("SOL_L ~ SOL_R".into()),
        side: None,
        ..index.within(12.0, 28.0)
    };
    findings.recordings[0].outcomes = vec![
        Outcome {
            measures: vec![mean(&left, 22.0), mean(&right, 18.0)],
            ..Outcome::new("amplitude")
        },
        Outcome { measures: vec![index], ..Outcome::new("symmetry") },
    ];
    let of_soleus = |findings: &Findings| {
        let page = written(findings, "report.html");
        let (_, numbers) = page.split_once("<div class=\"numbers\">").unwrap();
        pieces(numbers, "<tr><th>Soleus<td>", "<tr>")[0].to_owned()
    };
    let row = of_soleus(&findings);
    let cells = pieces(&row, "<b>", "</b>");
    assert_eq!(cells, ["22.0", "18.0", "20.0&nbsp;%"]);
    assert!(row.contains("<i>12.0 to 28.0</i> <em>left larger</em>"), "{row}");
    // A bad channel says so beside its number.
    findings.recordings[0].channels[1].verdict = Some(Verdict::Bad);
    let row = of_soleus(&findings);
    assert_eq!(row.matches("✕ signal bad").count(), 1);
}

/// A page of so many recordings with so many channels, each with as many measures and
/// figures as a usual one.
fn large(recordings: usize, channels: usize) -> Findings {
    let names: Vec<String> = soleus::analysis::dictionary::measures()
        .map(|known| known.name().into_owned())
        .filter(|name| !name.contains('.'))
        .take(110)
        .collect();
    let mut findings = session(3);
    findings.recordings = (0..recordings)
        .map(|index| {
            let mut random = SplitMix64::new(index as u64);
            let labels: Vec<Label> = (0..channels)
                .map(|k| {
                    let side = if k % 2 == 0 { Side::Left } else { Side::Right };
                    label(&format!("ch{}", k + 1), None, Some(side))
                })
                .collect();
            let mut outcome = Outcome::new("fatigue");
            for label in &labels {
                for name in &names {
                    let value = random.normal();
                    let one = measure(label, "rms", value, Unit::HERTZ)
                        .within(value - 0.2, value + 0.2)
                        .from_n(60)
                        .noted("95 % interval from whole cycles");
                    outcome.measures.push(Measure { name: name.clone().into(), ..one });
                }
                outcome.figures.push(raw_figure(label, &mut random));
                outcome.figures.push(course_figure(label, &mut random));
                outcome.figures.push(spectrum_figure(label, &mut random));
            }
            RecordingFindings {
                channels: labels
                    .iter()
                    .map(|label| channel(label, Verdict::Good, &[]))
                    .collect(),
                outcomes: vec![outcome],
                ..recording(&format!("walk {}", index + 1), Status::Done)
            }
        })
        .collect();
    findings
}

#[test]
fn many_channels_and_recordings_stay_small_and_say_what_is_not_drawn() {
    for (recordings, channels) in [(1, 64), (30, 6)] {
        let page = written(&large(recordings, channels), "report.html");
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(format!("report-large-{recordings}.html")), &page)
            .unwrap();
        assert!(page.len() < 2_000_000, "{recordings} × {channels}: {}", page.len());
        let panels = page.matches("<figure><figcaption>").count();
        let undrawn: usize = pieces(&page, "<p class=\"small\">", "figure")
            .iter()
            .filter_map(|text| text.split(' ').next()?.parse::<usize>().ok())
            .sum();
        assert!(panels > 0, "{recordings} × {channels}");
        assert_eq!(panels + undrawn, 2 * recordings * channels, "drawn, or counted");
        // Every channel has its signal.
        assert_eq!(page.matches("<div class=\"signal\">").count(), recordings * channels);
    }
}

#[test]
fn any_channels_make_a_page() {
    let cases: [&[(&str, Option<Side>)]; 4] = [
        &[("ch1", None)],
        &[("SOL_L", Some(Side::Left))],
        &[(EVIL, None), ("EMG ~ 2", None), ("EMG ~ 2 copy", Some(Side::Right))],
        &[("a", Some(Side::Left)), ("b", Some(Side::Left)), ("c", Some(Side::Right))],
    ];
    for names in cases {
        let mut random = SplitMix64::new(1);
        let labels: Vec<Label> = names
            .iter()
            .map(|(name, side)| {
                let muscle = side.map(|_| Muscle::Soleus);
                label(name, muscle, *side)
            })
            .collect();
        let mut findings = session(3);
        findings.recordings.truncate(1);
        let one = &mut findings.recordings[0];
        one.channels =
            labels.iter().map(|label| channel(label, Verdict::Good, &[])).collect();
        one.outcomes = vec![
            quality(&labels, &mut random),
            amplitude(&labels, &mut random),
            fatigue(&labels, &mut random),
        ];
        let page = written(&findings, "report.html");
        elements(&page);
        assert!(!page.contains("<script>a") && page.matches("<script").count() <= 1);
        let measures: usize =
            one_of(&findings).outcomes.iter().map(|outcome| outcome.measures.len()).sum();
        let table: String =
            pieces(&page, "<table class=\"all-numbers\">", "</table>").concat();
        // Filled cells: empty ones stand where a muscle lacks a side.
        let cells = pieces(&table, "<td", "<");
        let cells = cells.iter().filter(|cell| !cell.trim_end().ends_with('>')).count();
        assert_eq!(cells, measures, "{names:?}");
    }
}

fn one_of(findings: &Findings) -> &RecordingFindings {
    &findings.recordings[0]
}

/// Every number in some text, with the typographic minus.
fn numbers_in(text: &str) -> Vec<f64> {
    let mut words: Vec<String> = vec![String::new()];
    for symbol in text.replace('−', "-").replace(" × 10", "e").chars() {
        let raised = "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|digit| digit == symbol);
        match (symbol, raised) {
            (_, Some(digit)) => words.last_mut().unwrap().push_str(&digit.to_string()),
            ('⁻', _) => words.last_mut().unwrap().push('-'),
            ('0'..='9' | '.' | '-' | 'e', _) => words.last_mut().unwrap().push(symbol),
            _ => words.push(String::new()),
        }
    }
    words.iter().filter_map(|word| word.parse().ok()).collect()
}

/// The session of the demo that is in the documents: small, whole, and without a key of
/// the recipe before "About".
#[cfg(feature = "cli")]
#[test]
fn the_page_of_the_demo_is_small_and_holds_every_number() {
    use crate::program::{Lab, files_below};

    let lab = Lab::new(&[]);
    lab.soleus("demo demo").ends(0);
    for (name, bytes) in files_below(&lab.path("demo")) {
        if name.starts_with("sub-01/ses-01/") || name == "study.toml" {
            lab.write(&format!("study/{name}"), bytes);
        }
    }
    lab.soleus("run study -o out").ends(0);
    let page = lab.read("out/sessions/sub-01_ses-01/report.html");
    let json = lab.read("out/sessions/sub-01_ses-01/report.json");
    assert!(page.len() <= 400_000, "{} bytes", page.len());
    elements(&page);

    let findings: Findings = serde_json::from_str(&json).unwrap();
    let sections: Vec<&str> =
        page.split("<details class=\"fold recording\"").skip(1).collect();
    assert_eq!(sections.len(), findings.recordings.len());
    for (recording, section) in findings.recordings.iter().zip(sections) {
        let measures = || recording.outcomes.iter().flat_map(|outcome| &outcome.measures);
        let count = measures().count();
        assert!(section.contains(&format!("All {count} measures of")));
        for measure in measures() {
            let rows: String =
                pieces(section, &format!("<code>{}", measure.name), "<tr>").concat();
            let shown = numbers_in(&rows);
            let ends = measure.interval.map_or(Vec::new(), |(low, high)| vec![low, high]);
            // A number keeps three digits of the largest of it and the ends.
            let all: Vec<f64> = ends.iter().copied().chain(measure.value).collect();
            let size = all.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
            for value in &all {
                let found = [1.0, 1e2, 1e3, 1e6].iter().any(|factor| {
                    let near = |shown: &f64| {
                        (shown - value * factor).abs() <= 0.0051 * size * factor + 1e-12
                    };
                    shown.iter().any(near)
                });
                assert!(found, "{value} of {} in {rows}", measure.name);
            }
            if let Some(note) = &measure.note {
                let note = note.replace('&', "&amp;").replace('<', "&lt;");
                let note = note.replace('"', "&quot;").replace('/', "&#x2f;");
                assert!(section.contains(&note.replace('\'', "&#x27;")), "{note}");
            }
        }
        for outcome in &recording.outcomes {
            for note in &outcome.notes {
                let start: String =
                    note.text.chars().take_while(|c| *c != '"').take(40).collect();
                assert!(page.contains(&start), "{start}");
            }
        }
    }
    let (before, _) = page.split_once("id=\"methods\"").unwrap();
    for room in ["analysis.", "conditioning.", "normalisation."] {
        assert!(!before.contains(room), "a key of the recipe: {room}");
    }
}

#[test]
fn equal_findings_give_equal_bytes() {
    for name in ["report.html", "report.json"] {
        assert_eq!(written(&session(3), name), written(&session(3), name));
    }
    assert_eq!(study_page(&study()), study_page(&study()));
}

#[test]
fn json_reads_back_to_the_findings() {
    let mut findings = session(3);
    let json = written(&findings, "report.json");
    for recording in &mut findings.recordings {
        recording.outcomes.iter_mut().for_each(|outcome| outcome.figures.clear());
    }
    assert_eq!(serde_json::from_str::<Findings>(&json).unwrap(), findings);
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    for page in pages() {
        let page = page.replace("&#x2f;", "/");
        let without_namespace = page.replace("http://www.w3.org/2000/svg", "");
        for outside in [
            "http:",
            "https:",
            "src=",
            "@import",
            "url(",
            "<link",
            "<iframe",
            "javascript:",
            "onload=",
        ] {
            assert!(!without_namespace.contains(outside), "{outside}");
        }
        for link in page.split("href=\"").skip(1) {
            let local = ["#", "sessions/", "measures.", "run.json", "../../index.html"]
                .iter()
                .any(|start| link.starts_with(start));
            assert!(local, "{}", link.split('"').next().unwrap());
        }
    }
}

#[test]
fn forbidden_claims_are_absent() {
    let claims = [
        "venous",
        "dvt",
        "thromb",
        "clot",
        "glucose",
        "kcal",
        "calorie",
        "diagnos",
        "weakness",
        "weak ",
        "neuropath",
        "radiculopath",
        "newton",
        "imbalance",
        "fibre-type",
        "fibre type",
        "patholog",
        "abnormal",
        "injur",
        "healthy",
    ];
    for page in pages() {
        let page = page.to_lowercase();
        for claim in claims {
            assert!(!page.contains(claim), "{claim}");
        }
    }
}

#[test]
fn twelve_channels_stay_below_a_megabyte() {
    let page = written(&session(6), "report.html");
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
}

#[test]
fn empty_findings_make_a_page() {
    let empty = Findings {
        version: String::new(),
        fingerprint: String::new(),
        subject: String::new(),
        session: String::new(),
        head: StudyHead::default(),
        recordings: Vec::new(),
        references: Vec::new(),
        notes: Vec::new(),
        methods: Vec::new(),
        reporting: Reporting::default(),
        provenance: Provenance::default(),
        recipe: serde_json::Value::Null,
    };
    let page = written(&empty, "report.html");
    elements(&page);
    assert!(
        page.contains("There was no recording to process.")
            && !page.contains("Main numbers")
    );
    let page = study_page(&StudyPage::default());
    elements(&page);
    assert!(page.contains("There was no session in this run."));
}

#[test]
fn figures_are_well_formed_whatever_they_hold() {
    let mut random = SplitMix64::new(9);
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN_POSITIVE,
        0.0,
        -0.0,
        1e-30,
        1e30,
    ];
    for case in 0..500 {
        let mut values = |length: usize| -> Vec<f64> {
            let value = |random: &mut SplitMix64| match random.index(4) {
                0 => odd[random.index(odd.len())],
                _ => random.normal() * 10_f64.powi(random.index(20) as i32 - 10),
            };
            (0..length).map(|_| value(&mut random)).collect()
        };
        let (x, y, z) = (values(case % 40), values(case % 37), values(case % 41));
        let places: Vec<String> =
            (0..case % 30).map(|index| format!("place {index} {EVIL}")).collect();
        let intervals = y.iter().zip(&z).map(|(y, z)| Some((*y, *z))).collect();
        let mut layers = vec![
            Layer::Line {
                name: EVIL.into(),
                x: x.clone(),
                y: y.clone(),
                tone: Tone::Fit,
            },
            Layer::Points {
                name: "points".into(),
                x: x.clone(),
                y: z.clone(),
                tone: Tone::Last,
            },
            Layer::Band {
                name: String::new(),
                x: x.clone(),
                low: y.clone(),
                high: z.clone(),
                tone: Tone::Muted,
            },
            Layer::Stretch {
                name: "gap".into(),
                from: y.first().copied().unwrap_or(f64::NAN),
                to: 3.0,
            },
        ];
        if case % 3 == 0 {
            layers.push(Layer::Bars {
                name: "bars".into(),
                places,
                values: y,
                intervals,
                tone: Tone::First,
            });
        }
        let drawn = svg(&figure(EVIL, ("time (s)", "EMG (V)"), layers));
        let names = elements(&drawn);
        assert_eq!(names.iter().filter(|name| *name == "svg").count(), 1);
        assert!(
            !drawn.contains("NaN")
                && !drawn.contains("inf")
                && !drawn.contains("<script"),
            "case {case}: {drawn}"
        );
        assert!(
            drawn.contains("role=\"img\"") && names[1] == "title" && names[2] == "desc"
        );
    }
}
