//! No analysis depends on which others run: each turned off in turn, and each alone, the
//! rows of the others keep their bytes.

use std::collections::BTreeMap;

use serde_json::Value;
use soleus::analysis::Analyses;
use soleus::dsp::random::normals;
use soleus::recipe::Recipe;
use soleus::session::{self, Request, Search, SessionInput};
use soleus::signal::{Muscle, Side};
use soleus::synth::Walk;
use soleus::units::Hertz;

use crate::program::{Lab, csv};

/// The channels of a simulated walk at 1000 Hz.
fn walked(walk: &Walk) -> String {
    let muscles =
        [Muscle::Soleus, Muscle::GastrocnemiusMedialis, Muscle::TibialisAnterior];
    let channels: Vec<(String, Vec<f64>)> = muscles
        .into_iter()
        .flat_map(|muscle| [(muscle, Side::Left), (muscle, Side::Right)])
        .map(|(muscle, side)| {
            let volts = walk.emg(muscle, side);
            let millivolts = volts.into_iter().map(|volt| 1e3 * volt).collect();
            (format!("{} {} (mV)", muscle.name(), side.word()), millivolts)
        })
        .collect();

    csv(&channels.iter().map(|(name, samples)| (&**name, &**samples)).collect::<Vec<_>>())
}

/// A session of a walk with events, one without (whose cycles are those of a rhythm), a
/// hold of both legs (without cycles), and a trial for reference.
fn session() -> (Lab, SessionInput) {
    let rate = Hertz::new(1000.0).unwrap();
    let [walk, unmarked] = [3, 4].map(|seed| Walk::new(seed, rate, 12));
    let steady = [6, 7].map(|seed| {
        normals(seed, 15_000).iter().map(|sample| 0.1 * sample).collect::<Vec<f64>>()
    });
    let hold = csv(&[("LSOL (mV)", &steady[0]), ("RSOL (mV)", &steady[1])]);
    let events: Vec<String> = walk
        .events()
        .iter()
        .map(|event| {
            let (side, label) = (event.side.unwrap().word(), &event.label);
            format!(
                "{{ time_s = {}, label = \"{label}\", side = \"{side}\" }}",
                event.time_s
            )
        })
        .collect();
    let study = format!(
        "[recordings.\"mvc.csv\"]\nrole = \"mvc\"\n[recordings.\"walk.csv\"]\nevents = [{}]\n",
        events.join(", ")
    );

    let lab = Lab::new(&[
        ("walk.csv", &walked(&walk)),
        ("unmarked.csv", &walked(&unmarked)),
        ("mvc.csv", &walked(&Walk::new(5, rate, 3))),
        ("hold.csv", &hold),
        ("study.toml", &study),
    ]);
    let manifest =
        session::find(std::slice::from_ref(&lab.root), &Search::default()).unwrap();
    assert_eq!((manifest.sessions.len(), manifest.sessions[0].recordings.len()), (1, 4));
    let input = manifest.sessions.into_iter().next().unwrap();
    (lab, input)
}

/// What each analysis found in each recording.
fn found(input: &SessionInput, analysis: Analyses) -> BTreeMap<(String, String), Value> {
    let recipe = Recipe { analysis, ..Recipe::default() };
    let request = Request {
        recipe: &recipe,
        rate: None,
        finished: &|_| {},
        stops: &|| false,
        traces: None,
        sharing: session::Sharing::Alone,
    };
    let findings = session::run(input, &request);

    let of = |recording: &session::RecordingFindings| -> Vec<_> {
        assert_eq!(recording.status, session::Status::Done, "{}", recording.file);
        recording
            .outcomes
            .iter()
            .map(|outcome| {
                let place = (recording.file.clone(), outcome.analysis.to_string());
                (place, serde_json::to_value(outcome).unwrap())
            })
            .collect()
    };
    findings.recordings.iter().flat_map(of).collect()
}

/// The analyses with switches set by their names.
fn switched(on: &BTreeMap<String, bool>) -> Analyses {
    // Coherence leaves movements out unless it is asked for them.
    let moving = toml::Table::from_iter([("movements".to_owned(), true.into())]);
    let switch = |name: &str, on: bool| match (name, on) {
        ("coherence", true) => toml::Value::Table(moving.clone()),
        _ => toml::Value::Boolean(on),
    };
    let table = on.iter().map(|(name, on)| (name.clone(), switch(name, *on))).collect();
    toml::Value::Table(table).try_into().unwrap()
}

/// The names of the analyses that can be turned off.
fn names() -> Vec<String> {
    let always = Analyses::default().of_trials();
    let always: Vec<&str> =
        always.enabled().iter().map(|analysis| analysis.name()).collect();
    let all = Analyses::all();
    let all = all.iter().map(|analysis| analysis.name());
    all.filter(|name| !always.contains(name)).map(str::to_owned).collect()
}

#[track_caller]
fn same(
    less: &BTreeMap<(String, String), Value>,
    whole: &BTreeMap<(String, String), Value>,
    what: &str,
) {
    for (place, outcome) in less {
        assert!(
            *outcome == whole[place],
            "{what}: {place:?} changes\n{outcome:#}\n{:#}",
            whole[place]
        );
    }
}

#[test]
fn an_analysis_depends_on_no_other() {
    let (_lab, input) = session();
    let names = names();
    let all = |on: bool| -> BTreeMap<String, bool> {
        names.iter().map(|name| (name.clone(), on)).collect()
    };
    let whole = found(&input, switched(&all(true)));
    for name in &names {
        let rows = |(_, outcome): (_, &Value)| {
            outcome["measures"]
                .as_array()
                .unwrap()
                .iter()
                .any(|row| !row["value"].is_null())
        };
        let mut told = whole.iter().filter(|((_, analysis), _)| analysis == name);
        assert!(told.any(rows), "{name} finds nothing to compare");
    }

    for name in &names {
        let mut off = all(true);
        off.insert(name.clone(), false);
        let less = found(&input, switched(&off));
        assert_eq!(less.len(), whole.len() - 3, "three tasks go without {name}");
        same(&less, &whole, &format!("without {name}"));

        let mut alone = all(false);
        alone.insert(name.clone(), true);
        same(&found(&input, switched(&alone)), &whole, &format!("{name} alone"));
    }
}

#[test]
fn the_band_and_the_epochs_of_fatigue_are_its_own() {
    let (_lab, input) = session();
    let whole = found(&input, Analyses::default());
    for text in [
        "[fatigue]\nlow_hz = 30",
        "[fatigue]\nepoch_s = 2\nestimator = \"welch\"",
        "[fatigue]\nwavelets = false\nwhitening = true\ndrop_percent = 5",
        "[activity]\nrepetitions = \"never\"\nlongest_pause_s = 1",
    ] {
        let changed: Analyses = toml::from_str(text).unwrap();
        let name = &text[1..text.find(']').unwrap()];
        let mut others = found(&input, changed);
        let own: Vec<_> =
            others.extract_if(.., |(_, analysis), _| analysis == name).collect();
        assert!(own.iter().any(|(place, outcome)| *outcome != whole[place]), "{text}");
        same(&others, &whole, text);
    }
}
