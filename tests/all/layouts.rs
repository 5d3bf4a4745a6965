//! The layouts of programs and loggers: of each one description, written in many ways
//! (delimiter, decimal sign, names, units, order of columns, rate, clock) and read back.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use soleus::load::{Hints, load_bytes};
use soleus::signal::{Kind, Muscle, Recording, Side};

use crate::program::{Lab, run_in, shared};

use Muscle::{GastrocnemiusMedialis as Medialis, Soleus, TibialisAnterior as Tibialis};
use Side::{Left, Right};

/// Files of each layout.
const FILES: u64 = 120;
const ROWS: usize = 700;

/// Names of EMG channels, with what they mean.
const NAMES: &[(&str, Muscle, Side)] = &[
    ("SOL_L", Soleus, Left),
    ("TA_R", Tibialis, Right),
    ("M. soleus li", Soleus, Left),
    ("Soleus rechts", Soleus, Right),
    ("Gastrocnemio mediale sx", Medialis, Left),
    ("Tibiale anteriore dx", Tibialis, Right),
    ("Sóleo izq", Soleus, Left),
    ("Sóleo esquerdo", Soleus, Left),
    ("GM_dx", Medialis, Right),
    ("m. płaszczkowaty lewy", Soleus, Left),
    ("m. piszczelowy przedni prawy", Tibialis, Right),
    ("Soleus vänster", Soleus, Left),
    ("Soleus levý", Soleus, Left),
    ("左ヒラメ筋", Soleus, Left),
    ("右胫骨前肌", Tibialis, Right),
    ("Soléaire droit", Soleus, Right),
];

/// Random choices from a seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.0 >> 33
    }

    fn below(&mut self, limit: usize) -> usize {
        self.next() as usize % limit
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}

/// A channel of EMG and its numbers as they stand in the file.
struct Emg {
    name: &'static str,
    muscle: Muscle,
    side: Side,
    numbers: Vec<f64>,
}

/// A file to be written: what it holds, and in which habit.
struct Case {
    dice: Dice,
    rate: f64,
    emg: Vec<Emg>,
    delimiter: char,
    decimal: char,
    unit: &'static str,
    divisor: f64,
    trailing: bool,
    end: &'static str,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        dice.next();
        let (delimiter, decimal) =
            dice.pick(&[(',', '.'), (';', '.'), (';', ','), ('\t', '.'), ('\t', ',')]);
        let (unit, divisor) =
            dice.pick(&[("mV", 1e3), ("µV", 1e6), ("uV", 1e6), ("V", 1.0)]);
        let first = dice.below(NAMES.len());
        let count = 1 + dice.below(3);
        let emg = (0..count)
            .map(|place| {
                let (name, muscle, side) = NAMES[(first + 5 * place) % NAMES.len()];
                let numbers =
                    (0..ROWS).map(|_| (dice.below(20_001) as f64 - 10_000.0) / 1e4);
                Emg { name, muscle, side, numbers: numbers.collect() }
            })
            .collect();
        let rate = dice.pick(&[500.0, 1000.0, 2000.0]);
        let (trailing, end) = (dice.coin(), dice.pick(&["\n", "\r\n"]));
        Self { dice, rate, emg, delimiter, decimal, unit, divisor, trailing, end }
    }

    /// A number as this file writes it.
    fn number(&self, value: f64, digits: usize) -> String {
        format!("{value:.digits$}").replace('.', &self.decimal.to_string())
    }

    fn line(&self, cells: &[String]) -> String {
        let end = if self.trailing { self.delimiter.to_string() } else { String::new() };
        format!("{}{end}{}", cells.join(&self.delimiter.to_string()), self.end)
    }

    fn names(&self) -> Vec<String> {
        self.emg.iter().map(|emg| emg.name.to_owned()).collect()
    }

    fn named_units(&self) -> Vec<String> {
        self.emg.iter().map(|emg| format!("{} ({})", emg.name, self.unit)).collect()
    }

    /// The rows, each with `before` in front and `behind` at its end.
    fn rows(
        &self,
        rows: impl Iterator<Item = usize>,
        before: impl Fn(usize) -> Vec<String>,
        behind: impl Fn(usize) -> Vec<String>,
    ) -> String {
        let row = |row: usize| {
            let samples = self.emg.iter().map(|emg| self.number(emg.numbers[row], 4));
            let cells = before(row).into_iter().chain(samples).chain(behind(row));
            self.line(&cells.collect::<Vec<_>>())
        };
        rows.map(row).collect()
    }

    fn seconds(&self, row: usize) -> String {
        self.number(row as f64 / self.rate, 4)
    }
}

/// What a layout asks for beside the EMG itself.
struct Told {
    /// Whether the file says the unit.
    has_unit: bool,
    /// Whether it says names.
    has_names: bool,
    /// How far the rate may be off, as a share.
    rate_within: f64,
    /// Rows that are missing: after how many, and how many.
    lost: Option<(usize, usize)>,
    /// Labels of events, each with the row.
    events: Vec<(usize, &'static str)>,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            has_unit: true,
            has_names: true,
            rate_within: 1e-6,
            lost: None,
            events: Vec::new(),
        }
    }
}

fn read(text: &str, what: &str) -> Recording {
    load_bytes(Path::new("x.txt"), text.as_bytes(), &Hints::default()).unwrap_or_else(
        |error| {
            let head: String = text.lines().take(14).collect::<Vec<_>>().join("\n");
            panic!("{what}: {error}\n{head}")
        },
    )
}

fn check(case: &Case, text: &str, told: &Told, what: &str) {
    let recording = read(text, what);
    let head = || text.lines().take(14).collect::<Vec<_>>().join("\n");
    let emg: Vec<_> =
        recording.channels.iter().filter(|one| one.label.kind == Kind::Emg).collect();
    let found: Vec<&str> = emg.iter().map(|one| one.label.name.as_str()).collect();
    assert_eq!(
        emg.len(),
        case.emg.len(),
        "{what}: {found:?} {:?}\n{}",
        recording.dialect,
        head()
    );
    for (channel, emg) in emg.iter().zip(&case.emg) {
        let divisor = if told.has_unit { case.divisor } else { 1.0 };
        let expected: Vec<f64> = emg.numbers.iter().map(|x| x / divisor).collect();
        let present: Vec<f64> = match told.lost {
            None => expected,
            Some((from, count)) => {
                let lost = vec![f64::NAN; count];
                [&expected[..from], &lost, &expected[from + count..]].concat()
            }
        };
        let same = channel.samples.len() == present.len()
            && channel.samples.iter().zip(&present).all(|(one, other)| {
                one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan()
            });
        assert!(
            same,
            "{what}: {} of {} samples, {:?} {:?}\n{}",
            channel.samples.len(),
            present.len(),
            &channel.samples[..3.min(channel.samples.len())],
            recording.warnings,
            head()
        );
        let rate = channel.rate.hz();
        assert!(
            (rate / case.rate - 1.0).abs() <= told.rate_within,
            "{what}: {rate} Hz, not {} {:?}\n{}",
            case.rate,
            recording.dialect,
            head()
        );
        if told.has_names {
            let label = &channel.label;
            assert_eq!(
                (label.muscle, label.side),
                (Some(emg.muscle), Some(emg.side)),
                "{what}: {}\n{}",
                label.name,
                head()
            );
            assert!(label.name.contains(emg.name), "{what}: {}", label.name);
        }
        assert_eq!(channel.unit.symbol() == "V", told.has_unit, "{what}: {}", head());
    }
    let start = emg[0].start_s;
    let events: Vec<(usize, &str)> = recording
        .events
        .iter()
        .map(|event| {
            let row = ((event.time_s - start) * case.rate).round() as usize;
            (row, event.label.as_str())
        })
        .collect();
    assert_eq!(events, told.events, "{what}: {:?}\n{}", recording.dialect, head());
}

/// Writes and reads many files of a layout.
fn every(what: &str, layout: impl Fn(&mut Case) -> (String, Told)) {
    for seed in 0..FILES {
        let mut case = Case::new(seed);
        let (text, told) = layout(&mut case);
        check(&case, &text, &told, &format!("{what}, seed {seed}"));
    }
}

#[test]
fn labchart() {
    every("LabChart", |case| {
        (case.delimiter, case.trailing) = ('\t', false);
        let (times, event) = (case.dice.coin(), case.dice.below(ROWS));
        let interval = match case.dice.coin() {
            true => format!("{} s", case.number(1.0 / case.rate, 5)),
            false => format!("{} ms", case.number(1e3 / case.rate, 2)),
        };
        let range =
            vec![format!("{} {}", case.number(10.0, 3), case.unit); case.emg.len()];
        let keyed = |key: &str, cells: Vec<String>| {
            case.line(&[vec![key.to_owned()], cells].concat())
        };
        let mut text = keyed("Interval=", vec![interval]);
        text +=
            &keyed("ExcelDateTime=", vec![case.number(45_720.427, 6), "3/4/2025".into()]);
        text += &keyed("TimeFormat=", vec!["StartOfBlock".into()]);
        text += &keyed("ChannelTitle=", case.names());
        text += &keyed("Range=", range);
        text += &case.rows(
            0..ROWS,
            |row| if times { vec![case.seconds(row)] } else { Vec::new() },
            |row| if row == event { vec!["#* go, now".into()] } else { Vec::new() },
        );
        (text, Told { events: vec![(event, "go, now")], ..Told::default() })
    });
}

#[test]
fn opensignals() {
    every("OpenSignals", |case| {
        (case.delimiter, case.decimal, case.trailing) = ('\t', '.', true);
        let round = case.dice.pick(&[16, 65_536]);
        let lost = case.dice.coin().then_some((300, 5));
        let quoted = |words: &[String]| format!("[{}]", words.join(", "));
        let text = |word: &str| format!("\"{word}\"");
        let channels = case.emg.len();
        let columns: Vec<String> = ["nSeq", "DI"]
            .into_iter()
            .map(str::to_owned)
            .chain((1..=channels + 1).map(|channel| format!("CH{channel}")))
            .map(|name| text(&name))
            .collect();
        let sensors = [vec![text("EMG"); channels], vec![text("XYZ")]].concat();
        let json = format!(
            "# {{\"00:07:80\": {{\"sensor\": {}, \"device name\": \"secret\", \"column\": {}, \
             \"sampling rate\": {}, \"comments\": \"left leg\"}}}}",
            quoted(&sensors),
            quoted(&columns),
            case.rate
        );
        let mut all = format!(
            "# OpenSignals Text File Format{0}{json}{0}# EndOfHeader{0}",
            case.end
        );
        let kept = (0..ROWS)
            .filter(|row| lost.is_none_or(|(from, n)| !(from..from + n).contains(row)));
        all += &case.rows(
            kept,
            |row| vec![(row % round).to_string(), "0".into()],
            |_| vec!["512".into()],
        );
        let told = Told { has_unit: false, has_names: false, lost, ..Told::default() };
        assert!(
            !read(&all, "OpenSignals").dialect.iter().any(|line| line.contains("secret"))
        );
        (all, told)
    });
}

#[test]
fn noraxon() {
    every("Noraxon", |case| {
        (case.delimiter, case.decimal) = case.dice.pick(&[(';', ','), (',', '.')]);
        case.trailing = false;
        let quoted = |words: &[&str]| -> Vec<String> {
            words.iter().map(|word| format!("\"{word}\"")).collect()
        };
        let (rate, activity) = (case.rate.to_string(), case.dice.coin());
        let mut text = case.line(&quoted(&[
            "type",
            "begin_time",
            "frequency",
            "count",
            "last_name",
        ]));
        text += &case.line(&quoted(&["record", "0", &rate, "700", "Demo"]));
        text += case.end;
        let names: Vec<String> = case.named_units();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        text +=
            &case.line(&quoted(&[&["time", "Activity", "Marker"][..], &names].concat()));
        text += &case.rows(
            0..ROWS,
            |row| {
                let word = if activity || row == 0 { "\"Rest\"" } else { "" };
                let mark = if row == 420 { "\"up, 1\"" } else { "" };
                vec![case.seconds(row), word.into(), mark.into()]
            },
            |_| Vec::new(),
        );
        let mut events = vec![(420, "up, 1")];
        if !activity {
            events.insert(0, (0, "Rest"));
        }
        (text, Told { events, ..Told::default() })
    });
}

#[test]
fn biopac() {
    every("AcqKnowledge", |case| {
        (case.delimiter, case.trailing) = case.dice.pick(&[('\t', true), ('\t', false)]);
        let (times, count) = (case.dice.coin(), case.emg.len());
        let per_sample = case.number(1e3 / case.rate, 1);
        let mut text = format!(
            "raises.acq{0}{per_sample} msec/sample{0}{count} channels{0}",
            case.end
        );
        for name in case.names() {
            let _ = write!(text, "{name}{0}{1}{0}", case.end, case.unit);
        }
        let time = |word: &str| if times { vec![word.to_owned()] } else { Vec::new() };
        let heads: Vec<String> =
            (1..=count).map(|channel| format!("CH{channel}")).collect();
        text += &case.line(&[time("min"), heads].concat());
        text += &case.line(&[time(""), vec![ROWS.to_string(); count]].concat());
        text += &case.rows(
            0..ROWS,
            |row| time(&case.number(row as f64 / case.rate / 60.0, 9)),
            |_| Vec::new(),
        );
        (text, Told::default())
    });
}

#[test]
fn shimmer() {
    every("Shimmer", |case| {
        (case.delimiter, case.decimal) = case.dice.pick(&[('\t', '.'), (',', '.')]);
        case.trailing = true;
        let raw = case.dice.coin();
        let prefix = "Shimmer_A1B2_";
        let mut names = vec![format!("{prefix}Timestamp_Unix_CAL")];
        names.extend(case.names().iter().map(|name| format!("{prefix}EMG_{name}_CAL")));
        names.push(format!("{prefix}Accel_LN_X_CAL"));
        let mut units = vec!["ms".to_owned()];
        units.extend(vec![case.unit.to_owned(); case.emg.len()]);
        units.push(case.dice.pick(&["m/(s^2)", "m/(sec^2)"]).into());
        if raw {
            names.push(format!("{prefix}EMG_{}_RAW", case.emg[0].name));
            units.push("no_units".into());
        }
        let mut text = format!("\"sep={}\"{}", case.delimiter, case.end);
        text += &case.line(&names);
        text += &case.line(&units);
        text += &case.rows(
            0..ROWS,
            |row| {
                vec![format!("{:.4}", 1_741_079_722_345.0 + 1e3 * row as f64 / case.rate)]
            },
            |row| {
                let mut cells = vec![format!("{}.25", row % 3)];
                cells.extend(raw.then(|| (row % 7).to_string()));
                cells
            },
        );
        (text, Told::default())
    });
}

#[test]
fn openbci() {
    every("OpenBCI", |case| {
        (case.delimiter, case.decimal, case.trailing) = (',', '.', false);
        case.rate = case.dice.pick(&[200.0, 250.0, 1000.0]);
        let lost = case.dice.coin().then_some((290, 7));
        let rate = case.rate;
        let mut text =
            format!("%OpenBCI Raw EXG Data{0}%Sample Rate = {rate} Hz{0}", case.end);
        let channels =
            (0..case.emg.len()).map(|channel| format!(" EXG Channel {channel}"));
        let heads: Vec<String> = std::iter::once("Sample Index".to_owned())
            .chain(channels)
            .chain(
                [" Accel Channel 0", " Other", " Timestamp", " Timestamp (Formatted)"]
                    .map(str::to_owned),
            )
            .collect();
        text += &case.line(&heads);
        let kept = (0..ROWS)
            .filter(|row| lost.is_none_or(|(from, n)| !(from..from + n).contains(row)));
        text += &case.rows(
            kept,
            |row| vec![format!("{}.0", row % 256)],
            |row| {
                let stamp = 1_741_079_722.39
                    + (row / 10 * 10) as f64 / rate
                    + (row % 10) as f64 * 1e-5;
                let formatted = format!(
                    " 2025-03-04 09:15:{:06.3}",
                    22.39 + (row / 10 * 10) as f64 / rate
                );
                vec![" 0.5".into(), " 192.0".into(), format!(" {stamp:.6}"), formatted]
            },
        );
        (text, Told { has_unit: false, has_names: false, lost, ..Told::default() })
    });
}

#[test]
fn qualisys() {
    every("QTM", |case| {
        (case.delimiter, case.decimal, case.trailing) = ('\t', '.', false);
        let count = case.emg.len();
        let keyed = |key: &str, cells: Vec<String>| {
            case.line(&[vec![key.to_owned()], cells].concat())
        };
        let mut text = keyed("NO_OF_SAMPLES", vec![ROWS.to_string()]);
        text += &keyed("TOT_NO_OF_CHAN", vec![count.to_string()]);
        text += &keyed("FREQUENCY", vec![case.rate.to_string()]);
        text += &keyed(
            "TIME_STAMP",
            vec!["2025-03-04, 10:15:22.345".into(), "4123.4567".into()],
        );
        text += &keyed("DATA_INCLUDED", vec!["ANALOG".into()]);
        text += &keyed("CHANNEL_NAMES", case.names());
        text += &keyed("CHANNEL_GAIN", vec!["1".into(); count]);
        text += &case.rows(0..ROWS, |_| Vec::new(), |_| Vec::new());
        (text, Told { has_unit: false, ..Told::default() })
    });
}

#[test]
fn nexus() {
    every("Nexus", |case| {
        (case.delimiter, case.decimal, case.trailing) = (',', '.', false);
        let per_frame = (case.rate / 100.0) as usize;
        let group = vec!["EMG".to_owned(); 1];
        let blanks = |cells: Vec<String>| [vec![String::new(); 2], cells].concat();
        let heads =
            [vec!["Frame".to_owned(), "Sub Frame".to_owned()], case.names()].concat();
        let units = blanks(vec![case.unit.to_owned(); case.emg.len()]);
        let devices = format!("Devices{0}{1}{0}", case.end, case.rate)
            + &case.line(&blanks(group))
            + &case.line(&heads)
            + &case.line(&units)
            + &case.rows(
                0..ROWS,
                |row| {
                    vec![(row / per_frame + 1).to_string(), (row % per_frame).to_string()]
                },
                |_| Vec::new(),
            );
        let frames: String =
            (1..80).map(|frame| format!("{frame},0,1.5,2.5,3.5{}", case.end)).collect();
        let trajectories = format!(
            "Trajectories{0}100{0},,Walk:LHEE,,{0}Frame,Sub Frame,X,Y,Z{0},,mm,mm,mm{0}{frames}",
            case.end
        );
        let text = match case.dice.coin() {
            true => format!("{devices}{}{trajectories}", case.end),
            false => format!("{trajectories}{}{devices}", case.end),
        };
        (text, Told::default())
    });
}

#[test]
fn bts() {
    every("BTS", |case| {
        case.delimiter = '\t';
        let key = case.dice.pick(&["Measure unit:", "Unità di misura:"]);
        let (unit, rate) = (case.unit, case.rate);
        let mut text = format!(
            "BTS ASCII format{0}{0}Type:\tEmg tracks{0}{key}\t{unit}{0}{0}Tracks:\t{1}{0}\
             Frequency:\t{rate} Hz{0}Frames:\t{ROWS}{0}{0}",
            case.end,
            case.emg.len()
        );
        let heads = [vec!["Frame".to_owned(), "Time".to_owned()], case.names()].concat();
        text += &case.line(&heads);
        let times = |row: usize| vec![(row + 1).to_string(), case.seconds(row)];
        text += &case.rows(0..ROWS, times, |_| Vec::new());
        (text, Told::default())
    });
}

#[test]
fn loggers_with_dates() {
    every("dates", |case| {
        let (delimiter, comma) = (case.delimiter, case.delimiter == ',');
        let form = case.dice.below(7);
        let row_ms = 1e3 / case.rate;
        let begin = case.dice.pick(&[36_922.345, 86_399.9]);
        let of_day =
            move |row: usize| begin + (row as f64 * row_ms / 1e3 * 1e4).round() / 1e4;
        let clock = move |seconds: f64, digits: usize| {
            let of_minute = seconds % 60.0;
            let minutes = (seconds / 60.0).floor();
            format!(
                "{:02}:{:02}:{of_minute:0w$.digits$}",
                (minutes / 60.0).floor(),
                minutes % 60.0,
                w = digits + 3
            )
        };
        let stamp = move |row: usize| {
            let seconds = of_day(row);
            let (day, seconds) = match seconds < 86_400.0 {
                true => (4, seconds),
                false => (5, seconds - 86_400.0),
            };
            let time = clock(seconds, 4);
            match form {
                0 => format!("2025-03-{day:02}T{time}Z"),
                1 => format!("2025-03-{day:02}T{time}+01:00"),
                2 => format!("2025-03-{day:02} {time}"),
                3 => format!("{day:02}.03.2025 {time}"),
                4 => format!("2025/03/{day:02} {time}"),
                5 => time,
                _ => {
                    let half = if seconds < 43_200.0 { "AM" } else { "PM" };
                    let twelve = (seconds + 43_200.0 - 3600.0) % 43_200.0 + 3600.0;
                    format!("{} {half}", clock(twelve, 4))
                }
            }
        };
        let quote = if comma { "" } else { case.dice.pick(&["", "\""]) };
        let name = case.dice.pick(&[
            "datetime",
            "timestamp",
            "Time (HH:MM:SS.ms)",
            "Zeit",
            "when",
        ]);
        let heads = [vec![name.to_owned()], case.named_units()].concat();
        let text = case.line(&heads)
            + &case.rows(
                0..ROWS,
                |row| vec![format!("{quote}{}{quote}", stamp(row))],
                |_| Vec::new(),
            );
        assert!(!text.is_empty() && delimiter == case.delimiter);
        (text, Told::default())
    });
}

#[test]
fn loggers_that_count() {
    every("counting clocks", |case| {
        let from_1970 = case.dice.coin();
        let (unit, per_second) =
            case.dice.pick(&[("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)]);
        let rate = case.rate;
        let zero = if from_1970 { 1_741_079_722.0 } else { case.dice.pick(&[0.0, 2.0]) };
        let plain = !from_1970 && per_second == 1e9;
        let name = match (from_1970, case.dice.coin()) {
            (true, _) | (false, true) if !plain => {
                case.dice.pick(&["timestamp", "t", "clock", "ts"]).to_owned()
            }
            _ => format!("time_{unit}"),
        };
        let digits = if per_second == 1.0 { 4 } else { usize::from(per_second == 1e3) };
        let time = |row: usize| {
            let whole =
                (zero * per_second) as i128 + (row as f64 * per_second / rate) as i128;
            match digits {
                0 => whole.to_string(),
                _ => case
                    .number(zero * per_second + row as f64 * per_second / rate, digits),
            }
        };
        let heads = [vec![name], case.named_units()].concat();
        let text = case.line(&heads)
            + &case.rows(0..ROWS, |row| vec![time(row)], |_| Vec::new());
        (text, Told::default())
    });
}

#[test]
fn microcontrollers() {
    every("microcontrollers", |case| {
        (case.decimal, case.rate) = ('.', 1000.0);
        let micros = case.dice.coin();
        let round = 1_i64 << 32;
        let begin = if case.dice.coin() { round - 200_000 } else { 5_000 };
        let lost = case.dice.coin().then_some((350, 40));
        let heads = [
            vec![if micros { "micros" } else { "millis" }.to_owned()],
            case.named_units(),
        ];
        let time = |row: usize| {
            let late = (row * 7919 % 100) as i64 - 50;
            let micro = begin + 1000 * row as i64 + late;
            if micros { micro.rem_euclid(round) } else { 77 + row as i64 }
        };
        let kept = (0..ROWS)
            .filter(|row| lost.is_none_or(|(from, n)| !(from..from + n).contains(row)));
        let text = case.line(&heads.concat())
            + &case.rows(kept, |row| vec![time(row).to_string()], |_| Vec::new());
        (text, Told { rate_within: 5e-4, lost, ..Told::default() })
    });
}

#[test]
fn stamps_of_whole_seconds() {
    every("whole seconds", |case| {
        case.rate = case.dice.pick(&[50.0, 100.0, 125.0]);
        let rate = case.rate;
        let zero = case.dice.pick(&[1_741_079_722, 0]);
        let heads = [vec!["time".to_owned()], case.named_units()].concat();
        let offset = case.dice.below(40);
        let second = |row: usize| zero + ((row + offset) as f64 / rate) as i64;
        let text = case.line(&heads)
            + &case.rows(0..ROWS, |row| vec![second(row).to_string()], |_| Vec::new());
        (text, Told { rate_within: 0.01, ..Told::default() })
    });
}

#[test]
fn words_in_every_row() {
    every("words", |case| {
        let remark = case.dice.coin();
        let words = ["rest", "heel raise", "rest", "walk"];
        let word = |row: usize| words[row * words.len() / ROWS].to_owned();
        let heads = [
            vec!["time_s".to_owned()],
            case.named_units(),
            vec![case.dice.pick(&["activity", "Tätigkeit", "condition"]).to_owned()],
        ];
        let heads = if remark {
            [heads.concat(), vec!["remark".to_owned()]].concat()
        } else {
            heads.concat()
        };
        let delimiter = case.delimiter;
        case.trailing = false;
        let behind = |row: usize| {
            let mut cells = vec![word(row)];
            if remark {
                cells.push(if row == 77 {
                    format!("a{delimiter} b")
                } else {
                    String::new()
                });
            }
            cells
        };
        let text = case.line(&heads)
            + &case.rows(0..ROWS, |row| vec![case.seconds(row)], behind);
        let mut events =
            vec![(0, "rest"), (175, "heel raise"), (350, "rest"), (525, "walk")];
        if remark {
            let label = match delimiter {
                ',' => "a, b",
                ';' => "a; b",
                _ => "a\t b",
            };
            events.insert(1, (77, label));
        }
        (text, Told { events, ..Told::default() })
    });
}

#[test]
fn data_frames() {
    every("data frames", |case| {
        case.trailing = false;
        let form = case.dice.below(3);
        let heads = [vec!["time_s".to_owned()], case.named_units()].concat();
        let heads = match form {
            0 => heads,
            1 => [vec![String::new()], heads].concat(),
            _ => [vec!["\"\"".to_owned()], heads].concat(),
        };
        let text = case.line(&heads)
            + &case.rows(
                0..ROWS,
                |row| match form {
                    0 => vec![(row + 1).to_string(), case.seconds(row)],
                    1 => vec![row.to_string(), case.seconds(row)],
                    _ => vec![format!("\"{}\"", row + 1), case.seconds(row)],
                },
                |_| Vec::new(),
            );
        (text, Told::default())
    });
}

#[test]
fn what_says_that_it_is_something_else_is_no_emg() {
    every("other columns", |case| {
        let others = [
            "digital_in",
            "DI0",
            "battery",
            "bat_%",
            "class",
            "gesture",
            "heart_rate",
            "lat",
            "lon",
            "seq",
            "Other",
            "status",
            "temperature",
            "label_id",
            "acc_x",
            "GyroY",
            "Fz",
            "trigger",
        ];
        let chosen = [case.dice.pick(&others), case.dice.pick(&others)];
        let heads = [
            vec!["time_s".to_owned()],
            case.named_units(),
            chosen.map(str::to_owned).to_vec(),
        ];
        let text = case.line(&heads.concat())
            + &case.rows(
                0..ROWS,
                |row| vec![case.seconds(row)],
                |row| vec![(row % 5).to_string(), (row / 100).to_string()],
            );
        (text, Told::default())
    });
}

#[test]
fn rows_of_units() {
    every("rows of units", |case| {
        let heads = [
            vec!["Time".to_owned()],
            case.names(),
            vec!["Pain".into(), "Event_Marker".into()],
        ];
        let odd = case.dice.pick(&["cmVAS", "mmHg*", "ft·lb", "m/(s^2)"]);
        let none = case.dice.pick(&["-", "", "no_units", "[-]"]);
        let brackets = case.dice.coin();
        let bracketed = |unit: &str| {
            if brackets { format!("[{unit}]") } else { unit.to_owned() }
        };
        let units = [
            vec![bracketed("s")],
            vec![bracketed(case.unit); case.emg.len()],
            vec![odd.to_owned(), none.to_owned()],
        ];
        let text = case.line(&heads.concat())
            + &case.line(&units.concat())
            + &case.rows(
                0..ROWS,
                |row| vec![case.seconds(row)],
                |row| vec!["3".into(), u8::from(row == 431).to_string()],
            );
        (text, Told::default())
    });
}

/// A file, its rate, and of each channel name, kind, unit, side and first sample; how many
/// samples, missing ones and events.
type Field = (
    &'static str,
    f64,
    &'static [(&'static str, Kind, &'static str, Option<Side>, f64)],
    [usize; 3],
);

const FIELD: &[Field] = &[
    (
        "opensignals.txt",
        1000.0,
        &[
            ("CH1", Kind::Emg, "a.u.", None, 32_302.0),
            ("CH2", Kind::Emg, "a.u.", None, 33_153.0),
            ("CH3", Kind::Acceleration, "a.u.", None, f64::NAN),
        ],
        [1500, 4, 0],
    ),
    (
        "noraxon_mr.csv",
        1000.0,
        &[
            ("SOLEUS LT", Kind::Emg, "V", Some(Left), 3.3353e-6),
            ("SOLEUS RT", Kind::Emg, "V", Some(Right), 9.6156e-6),
        ],
        [1500, 0, 3],
    ),
    (
        "biopac_msec_per_sample.txt",
        1000.0,
        &[
            ("EMG Soleus L - EMG100C", Kind::Emg, "V", Some(Left), -0.492e-6),
            ("EMG Soleus R - EMG100C", Kind::Emg, "V", Some(Right), -5.954e-6),
            ("Clench Force", Kind::Force, "kg", None, f64::NAN),
        ],
        [1100, 0, 0],
    ),
    (
        "datetime_iso_z.csv",
        1000.0,
        &[("SOL L", Kind::Emg, "V", Some(Left), -2.23e-6)],
        [1100, 0, 0],
    ),
    (
        "timestamp_us.csv",
        1000.0,
        &[
            ("SOL L", Kind::Emg, "V", Some(Left), 8.18e-6),
            ("SOL R", Kind::Emg, "V", Some(Right), -8.58e-6),
        ],
        [1100, 0, 0],
    ),
    (
        "shimmer_units_row.csv",
        512.0,
        &[
            (
                "Shimmer_A1B2_Accel_LN_X_CAL",
                Kind::Acceleration,
                "m/(s^2)",
                None,
                f64::NAN,
            ),
            ("Shimmer_A1B2_EMG_CH1_24BIT_CAL", Kind::Emg, "V", None, 2.1762e-6),
            ("Shimmer_A1B2_EMG_CH2_24BIT_CAL", Kind::Emg, "V", None, -7.4730e-6),
            ("Shimmer_A1B2_Event_Marker_CAL", Kind::Other, "a.u.", None, f64::NAN),
        ],
        [700, 0, 0],
    ),
];

#[test]
fn the_files_of_the_field_are_read_as_their_description_says() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/field");
    if !shared.is_dir() {
        return;
    }
    for (file, rate, channels, [samples, missing, events]) in FIELD {
        let recording = soleus::load::load(&shared.join(file), &Hints::default())
            .unwrap_or_else(|e| panic!("{e}"));
        let names: Vec<&str> =
            recording.channels.iter().map(|one| one.label.name.as_str()).collect();
        assert_eq!(names.len(), channels.len(), "{file}: {names:?}");
        for (channel, (name, kind, unit, side, first)) in
            recording.channels.iter().zip(*channels)
        {
            let label = &channel.label;
            assert_eq!(
                (label.name.as_str(), label.kind, channel.unit.symbol(), label.side),
                (*name, *kind, *unit, *side),
                "{file}"
            );
            assert_eq!(
                (channel.rate.hz(), channel.samples.len()),
                (*rate, *samples),
                "{file}"
            );
            assert_eq!(channel.missing(), *missing, "{file}");
            let close = (channel.samples[0] - first).abs() <= 1e-12 * first.abs();
            assert!(first.is_nan() || close, "{file}: {}", channel.samples[0]);
        }
        assert_eq!(recording.events.len(), *events, "{file}: {:?}", recording.events);
    }
    let bursty =
        soleus::load::load(&shared.join("openbci_bursty.txt"), &Hints::default())
            .unwrap();
    let emg: Vec<f64> = bursty
        .channels
        .iter()
        .filter(|one| one.label.kind == Kind::Emg)
        .map(|one| one.samples[0])
        .collect();
    assert_eq!(emg, [-2.5753, 0.7260, -187_500.022_4, -187_500.022_4]);
    assert!(
        bursty.channels.iter().all(|one| one.rate.hz() == 200.0 && one.missing() == 0)
    );
}

#[test]
fn small_inputs_that_came_out_wrong_are_read_right() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/bugs");
    if !shared.is_dir() {
        return;
    }
    for (file, rate, within, samples) in [
        ("clock-zulu.csv", 1000.0, 0.0, 5000),
        ("midnight.csv", 1000.0, 0.0, 5000),
        ("jittered-milliseconds.csv", 996.1, 0.2, 12_000),
        ("sides-dx-sx.csv", 1000.0, 0.0, 1500),
    ] {
        let recording =
            soleus::load::load(&shared.join(file), &Hints::default()).unwrap();
        for channel in &recording.channels {
            assert!(
                (channel.rate.hz() - rate).abs() <= within,
                "{file}: {}",
                channel.rate
            );
            assert_eq!(
                (channel.samples.len(), channel.missing()),
                (samples, 0),
                "{file}"
            );
            let is_known = channel.label.side.is_some() && channel.label.muscle.is_some();
            assert!(is_known || file != "sides-dx-sx.csv", "{:?}", channel.label);
        }
    }
    let refused =
        soleus::load::load(&shared.join("thousands-dot.csv"), &Hints::default())
            .unwrap_err();
    assert!(refused.hint().is_some_and(|hint| hint.contains("thousands")), "{refused}");
}

/// What every way to a recording says of its channels: name, unit, rate, samples, gaps.
type Reading = Vec<(String, String, f64, u64, u64)>;

fn reading(channels: &Value) -> Reading {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let channel = |one: &Value| {
        (
            text(one, "name"),
            text(one, "unit"),
            one["rate_hz"].as_f64().unwrap(),
            one["samples"].as_u64().unwrap(),
            one["gaps"].as_u64().unwrap(),
        )
    };
    channels.as_array().unwrap().iter().map(channel).collect()
}

#[test]
fn a_run_inspect_and_the_library_say_the_same() {
    let folders = ["field", "bugs", "vendor-exports"].map(shared);
    let [Some(field), Some(bugs), Some(vendors)] = folders else { return };
    let lab = Lab::new(&[]);
    let inputs = [&field, &bugs, &vendors].map(|folder| folder.to_str().unwrap());
    let run = [&["run"][..], &inputs, &["-o", "out", "--quiet"]].concat();
    // One file has marks between thousands.
    run_in(&lab.root, &run).ends(1);
    let mut compared = 0;
    for session in lab.json("out/run.json")["sessions"].as_array().unwrap() {
        let folder = session["folder"].as_str().unwrap();
        let report = lab.json(&format!("out/sessions/{folder}/report.json"));
        for (one, entry) in report["recordings"]
            .as_array()
            .unwrap()
            .iter()
            .zip(session["recordings"].as_array().unwrap())
        {
            if one["status"] != "done" {
                continue;
            }
            let file = lab.path("out").join(entry["file"].as_str().unwrap());
            let inspected =
                run_in(&lab.root, &["inspect", file.to_str().unwrap(), "--json"]);
            let inspected = inspected.ends(0).json();
            let loaded = soleus::load::load(&file, &Hints::default()).unwrap();
            let library: Reading = loaded
                .channels
                .iter()
                .map(|one| {
                    let gaps = one.samples.chunk_by(|a, b| a.is_nan() == b.is_nan());
                    (
                        one.label.name.clone(),
                        one.unit.symbol().to_owned(),
                        one.rate.hz(),
                        one.samples.len() as u64,
                        gaps.filter(|part| part[0].is_nan()).count() as u64,
                    )
                })
                .collect();
            assert_eq!(reading(&one["channels"]), library, "{}", file.display());
            assert_eq!(reading(&inspected["channels"]), library, "{}", file.display());
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared}");
}
