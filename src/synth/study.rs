//! The demonstration study: two subjects, two visits, three recordings each, with known
//! truth.

use serde_json::{Value, json};

use super::files::{Dialect, csv, wav};
use super::{
    Contraction, Faults, Hum, SimulatedFatigue, Simulation, Spectrum, Truth, heel_raises,
    simulate,
};
use crate::units::Hertz;

/// What full scale means in the WAV files, in volts.
const FULL_SCALE: f64 = 2e-3;
/// The channels in the order of every file.
const CHANNELS: [(&str, &str, &str); 6] = [
    ("SOL_L", "soleus", "left"),
    ("SOL_R", "soleus", "right"),
    ("GM_L", "gastrocnemius medialis", "left"),
    ("GM_R", "gastrocnemius medialis", "right"),
    ("TA_L", "tibialis anterior", "left"),
    ("TA_R", "tibialis anterior", "right"),
];
/// The root mean square in a maximal voluntary contraction, in volts, in the same order.
const MAXIMA: [f64; 6] = [300e-6, 290e-6, 340e-6, 350e-6, 410e-6, 400e-6];
/// How much later the right leg is in heel raises, in seconds.
const LAG_S: f64 = 0.03;

const STUDY: &str = r#"# Simulated recordings; what is true of them stands in truth.json.
# Subject and session come from the folders, muscles and sides of the CSV files from their headers.

# WAV files name no channels.
[channels]
"channel 1" = { muscle = "soleus", side = "left" }
"channel 2" = { muscle = "soleus", side = "right" }
"channel 3" = { muscle = "gastrocnemius medialis", side = "left" }
"channel 4" = { muscle = "gastrocnemius medialis", side = "right" }
"channel 5" = { muscle = "tibialis anterior", side = "left" }
"channel 6" = { muscle = "tibialis anterior", side = "right" }

[recordings."*task-mvc_emg.csv"]
role = "mvc"

[recordings."*task-mvc_emg.wav"]
role = "mvc"
full_scale = { value = 2, unit = "mV" }

[recordings."*task-hold_emg.wav"]
full_scale = { value = 2, unit = "mV" }
"#;

const README: &str = "# A simulated study

Two simulated people came twice. At each visit they did

- `task-mvc`: three maximal plantar flexions and one maximal dorsiflexion (12 s),
- `task-heelraise`: eight heel raises on both legs (15 s); the right leg is 30 ms later,
- `task-hold`: a hold at 30 % of the maximum until the calf tires (36 s, soleus and \
gastrocnemius medialis).

Nobody was recorded. Every signal is noise with the spectrum of surface EMG (Shwedyk, \
Balasubramanian & Scott 1977;
Stulen & De Luca 1981), shaped in time, with 2 µV of electrode noise. In the holds all \
frequencies fall and the
amplitude grows evenly.

Three recordings have a fault, so that a report has something to say: hum from the mains
(sub-01/ses-02, heel raises, GM_R), a loose connector for 0.3 s (sub-02/ses-01, heel \
raises, SOL_L) and an amplifier
that clips (sub-02/ses-02, heel raises, SOL_R).

The files come in three dialects on purpose: CSV with commas, CSV with semicolons, \
decimal commas and a byte order
mark, and 16-bit WAV whose full scale stands in `study.toml`. All are sampled at 1000 Hz.

`truth.json` holds what is true: levels in volts, left over right, onsets and offsets, \
and the slopes of mean and
median frequency of the model between 20 and 450 Hz, with the electrodes' noise. \
Estimates scatter around them.

    soleus run . -o reports
";

/// What differs from visit to visit.
struct Visit {
    subject: &'static str,
    session: &'static str,
    seed: u64,
    /// The strength of the whole visit relative to [`MAXIMA`] (skin and electrodes).
    strength: f64,
    /// Left over right in the heel raises.
    left_over_right: f64,
    /// By which share all frequencies fall in a second of the hold.
    compression_per_s: f64,
}

const VISITS: [Visit; 4] = [
    Visit {
        subject: "01",
        session: "01",
        seed: 101,
        strength: 1.0,
        left_over_right: 1.3,
        compression_per_s: 0.006,
    },
    Visit {
        subject: "01",
        session: "02",
        seed: 102,
        strength: 1.1,
        left_over_right: 1.1,
        compression_per_s: 0.004,
    },
    Visit {
        subject: "02",
        session: "01",
        seed: 201,
        strength: 0.8,
        left_over_right: 0.8,
        compression_per_s: 0.0065,
    },
    Visit {
        subject: "02",
        session: "02",
        seed: 202,
        strength: 0.85,
        left_over_right: 1.0,
        compression_per_s: 0.005,
    },
];

/// The files of a simulated study: paths below its folder, with `/`, and their bytes.
///
/// Two subjects with two sessions each; in each session maximal contractions, heel raises
/// and a hold that tires, as CSV of two dialects and as WAV; `study.toml`, `truth.json`
/// and `README.md`. The bytes are the same on every machine. Together about 4 MB.
pub fn study() -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("README.md".to_owned(), README.into()),
        ("study.toml".to_owned(), STUDY.into()),
    ];
    let mut truths = Vec::new();
    // The rate is written here, so it is one.
    let rate = Hertz::new(1000.0);
    for (visit, rate) in VISITS
        .iter()
        .zip(std::iter::repeat(rate))
        .filter_map(|(visit, rate)| Some((visit, rate?)))
    {
        for (name, bytes, truth) in visit.recordings(rate) {
            truths.push(truth);
            files.push((name, bytes));
        }
    }
    let truth = json!({
        "simulated": true,
        "units": { "rms": "V", "time": "s", "frequency": "Hz", "slope": "Hz/s" },
        "band_hz": [20, 450],
        "electrode_noise_rms": 2e-6,
        "recordings": truths,
    });
    files.push(("truth.json".to_owned(), format!("{truth:#}\n").into_bytes()));
    files
}

impl Visit {
    fn recordings(&self, rate: Hertz) -> [(String, Vec<u8>, Value); 3] {
        let maxima: Vec<_> = (0..6).map(|i| simulate(&self.maximal(i, rate))).collect();
        let raises: Vec<_> =
            (0..6).map(|i| simulate(&self.heel_raises(i, rate))).collect();
        let holds: Vec<_> = (0..4).map(|i| simulate(&self.hold(i, rate))).collect();
        let faults = (0..6)
            .filter_map(|i| Some((CHANNELS[i].0.to_owned(), self.fault(i)?.1)))
            .collect();
        let (mvc, raise) = if self.subject == "01" {
            (
                ("mvc_emg.csv", csv(Dialect::Plain, rate, &named(&maxima))),
                Dialect::Microvolts,
            )
        } else {
            (("mvc_emg.wav", wav(rate, FULL_SCALE, &bare(&maxima))), Dialect::Continental)
        };
        [
            self.file(mvc.0, mvc.1, &maxima, json!({})),
            self.file(
                "heelraise_emg.csv",
                csv(raise, rate, &named(&raises)),
                &raises,
                Value::Object(faults),
            ),
            self.file(
                "hold_emg.wav",
                wav(rate, FULL_SCALE, &bare(&holds)),
                &holds,
                json!({}),
            ),
        ]
    }

    fn file(
        &self,
        task: &str,
        bytes: Vec<u8>,
        made: &[Made],
        faults: Value,
    ) -> (String, Vec<u8>, Value) {
        let Self { subject, session, .. } = self;
        let path = format!(
            "sub-{subject}/ses-{session}/sub-{subject}_ses-{session}_task-{task}"
        );
        let truth = json!({
            "file": path,
            "channels": made.iter().enumerate().map(|(i, (_, truth))| channel_truth(i, truth)).collect::<Vec<_>>(),
            "left_over_right": ratios(made),
            "right_later_by_s": if task.starts_with("heelraise") { LAG_S } else { 0.0 },
            "faults": faults,
        });
        (path, bytes, truth)
    }

    fn base(&self, channel: usize, task: u64, rate: Hertz, seconds: f64) -> Simulation {
        let spectrum =
            if channel < 2 { Spectrum::SOLEUS } else { Spectrum::GASTROCNEMIUS };
        let seed = self.seed * 1000 + task * 100 + channel as u64;
        Simulation { spectrum, ..Simulation::soleus(seed, rate, seconds) }
    }

    /// Three maximal plantar flexions, then one maximal dorsiflexion; the antagonist does
    /// 10 %.
    fn maximal(&self, channel: usize, rate: Hertz) -> Simulation {
        let maximum = MAXIMA[channel] * self.strength;
        let trial = |i: usize| {
            // Nobody repeats a maximum: the second trial is the best one.
            let effort =
                if (i == 3) == (channel >= 4) { [0.93, 1.0, 0.96, 1.0][i] } else { 0.1 };
            let from_s = 0.6 + 3.0 * i as f64;
            Contraction {
                from_s,
                to_s: from_s + 2.0,
                rise_s: 0.3,
                fall_s: 0.3,
                rms: effort * maximum,
            }
        };
        Simulation {
            contractions: (0..4).map(trial).collect(),
            ..self.base(channel, 1, rate, 12.0)
        }
    }

    /// Calf muscles raise the heels; tibialis anterior helps to lower them.
    fn heel_raises(&self, channel: usize, rate: Hertz) -> Simulation {
        let (first_s, effort) = match channel {
            0 | 1 => (1.0, 0.45),
            2 | 3 => (1.0, 0.5),
            _ => (1.7, 0.12),
        };
        let right = channel % 2 == 1;
        let factor = if right {
            1.0
        } else {
            self.left_over_right * MAXIMA[channel + 1] / MAXIMA[channel]
        };
        let one = heel_raises(
            8,
            first_s,
            1.7,
            effort * MAXIMA[channel] * self.strength * factor,
        );
        let lag_s = if right { LAG_S } else { 0.0 };
        let contractions =
            one.into_iter().map(|raise| raise.changed(lag_s, 1.0)).collect();
        let simulation = self.base(channel, 2, rate, 15.0);
        let faults =
            self.fault(channel).map_or(simulation.faults.clone(), |(faults, _)| faults);
        Simulation { contractions, faults, ..simulation }
    }

    fn hold(&self, channel: usize, rate: Hertz) -> Simulation {
        let rms = 0.3 * MAXIMA[channel] * self.strength;
        let one = Contraction { from_s: 2.0, to_s: 35.0, rise_s: 0.3, fall_s: 0.3, rms };
        let fatigue = SimulatedFatigue {
            from_s: 2.0,
            compression_per_s: self.compression_per_s,
            growth_per_s: 0.008,
        };
        Simulation {
            contractions: vec![one],
            fatigue,
            ..self.base(channel, 3, rate, 36.0)
        }
    }

    /// What is wrong with a channel of the heel raises, and how `truth.json` says it.
    fn fault(&self, channel: usize) -> Option<(Faults, Value)> {
        let faults = Faults { noise: 2e-6, ..Faults::default() };
        match (self.subject, self.session, CHANNELS[channel].0) {
            ("01", "02", "GM_R") => {
                let harmonics = vec![(1, 60e-6), (3, 20e-6)];
                let hum = Hum { frequency_hz: 49.98, drift_hz_per_s: 0.0, harmonics };
                let truth = json!({ "mains_hz": 49.98, "amplitudes": { "50": 60e-6, "150": 20e-6 } });
                Some((Faults { hum: Some(hum), ..faults }, truth))
            }
            ("02", "01", "SOL_L") => Some((
                Faults { gaps: vec![(7.0, 7.3)], ..faults },
                json!({ "gap_s": [7.0, 7.3] }),
            )),
            ("02", "02", "SOL_R") => Some((
                Faults { clip: Some(220e-6), ..faults },
                json!({ "clipped_beyond": 220e-6 }),
            )),
            _ => None,
        }
    }
}

/// The samples of a channel and what is true of them.
type Made = (Vec<f64>, Truth);

fn named(made: &[Made]) -> Vec<(&'static str, Vec<f64>)> {
    CHANNELS
        .iter()
        .zip(made)
        .map(|(channel, (samples, _))| (channel.0, samples.clone()))
        .collect()
}

fn bare(made: &[Made]) -> Vec<Vec<f64>> {
    made.iter().map(|(samples, _)| samples.clone()).collect()
}

fn channel_truth(index: usize, truth: &Truth) -> Value {
    let (name, muscle, side) = CHANNELS[index];
    let mut said = json!({
        "name": name,
        "muscle": muscle,
        "side": side,
        "rms": rounded(root_mean_square(&truth.level)),
        "peak_rms": rounded(truth.level.iter().copied().fold(0.0, f64::max)),
        "contractions_s": truth.contractions.iter().map(|c| [rounded(c.from_s), rounded(c.to_s)]).collect::<Vec<_>>(),
    });
    if let Some(trend) = truth.trend.filter(|_| truth.contractions.len() == 1) {
        said["mnf_start"] = json!(rounded(trend.mnf_hz));
        said["mdf_start"] = json!(rounded(trend.mdf_hz));
        said["mnf_slope"] = json!(rounded(trend.mnf_slope));
        said["mdf_slope"] = json!(rounded(trend.mdf_slope));
    }
    said
}

/// Left over right of the root mean square of each muscle.
fn ratios(made: &[Made]) -> Value {
    let ratio = |(i, pair): (usize, &[Made])| {
        let value =
            root_mean_square(&pair[0].1.level) / root_mean_square(&pair[1].1.level);
        (CHANNELS[2 * i].1.to_owned(), json!(rounded(value)))
    };
    Value::Object(made.chunks_exact(2).enumerate().map(ratio).collect())
}

fn root_mean_square(level: &[f64]) -> f64 {
    (level.iter().map(|value| value * value).sum::<f64>() / level.len().max(1) as f64)
        .sqrt()
}

/// Five digits: what a model knows, without the last bits of a platform.
fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(study);

    #[test]
    fn the_study_is_small_complete_and_always_the_same() {
        let files = &*FILES;
        assert_eq!(*files, study());
        assert_eq!(files.len(), 3 + 12);
        let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!((3_000_000..6_000_000).contains(&size), "{size}");
        assert!(
            files
                .iter()
                .any(|(path, _)| path == "sub-02/ses-01/sub-02_ses-01_task-mvc_emg.wav")
        );
    }

    #[test]
    fn the_study_file_is_toml_and_the_truth_json() {
        let files = &*FILES;
        let bytes =
            |name: &str| files.iter().find(|(path, _)| path == name).unwrap().1.clone();
        let study: toml::Table =
            toml::from_str(std::str::from_utf8(&bytes("study.toml")).unwrap()).unwrap();
        assert_eq!(
            study["recordings"]["*task-mvc_emg.wav"]["role"].as_str(),
            Some("mvc")
        );
        assert_eq!(
            study["channels"]["channel 4"]["muscle"].as_str(),
            Some("gastrocnemius medialis")
        );
        let truth: Value = serde_json::from_slice(&bytes("truth.json")).unwrap();
        let recordings = truth["recordings"].as_array().unwrap();
        assert_eq!(recordings.len(), 12);
        for recording in recordings {
            let path = recording["file"].as_str().unwrap();
            assert!(files.iter().any(|(name, _)| name == path), "{path}");
            if path.contains("hold") {
                let slope = recording["channels"][0]["mnf_slope"].as_f64().unwrap();
                assert!((-0.8..-0.3).contains(&slope), "{path}: {slope}");
            }
        }
        assert_eq!(recordings[1]["left_over_right"]["soleus"].as_f64(), Some(1.3));
        assert_eq!(recordings[4]["faults"]["GM_R"]["mains_hz"].as_f64(), Some(49.98));
    }

    #[test]
    fn the_faults_are_in_the_files() {
        let files = &*FILES;
        let text = |name: &str| {
            let (_, bytes) = files.iter().find(|(path, _)| path.ends_with(name)).unwrap();
            String::from_utf8(bytes.clone()).unwrap()
        };
        let gap = text("sub-02_ses-01_task-heelraise_emg.csv");
        assert_eq!(gap.matches(";;").count(), 300);
        assert!(gap.starts_with("\u{feff}time (s);SOL_L (mV);"));
        let clipped = text("sub-02_ses-02_task-heelraise_emg.csv");
        assert!(
            clipped.matches("0,220;").count() > 50,
            "{}",
            clipped.matches("0,220;").count()
        );
        assert!(
            text("sub-01_ses-01_task-heelraise_emg.csv")
                .starts_with("time (s),SOL_L (µV),")
        );
    }
}
