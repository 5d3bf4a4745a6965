use super::Kind::{Acceleration, Emg, Force, Gyroscope, Other};
use super::Muscle::*;
use super::Side::{Left, Right};
use super::*;

fn parse(names: &[&str]) -> Vec<(Option<Muscle>, Option<Side>)> {
    let names: Vec<(&str, &str)> = names.iter().map(|name| (*name, "V")).collect();
    Label::parse_all(&names).into_iter().map(|label| (label.muscle, label.side)).collect()
}

/// A name that stands alone, its muscle and its side.
const ALONE: &[(&str, Muscle, Option<Side>)] = &[
    // the abbreviations that must be known
    ("SO", Soleus, None),
    ("SOL", Soleus, None),
    ("GM", GastrocnemiusMedialis, None),
    ("MG", GastrocnemiusMedialis, None),
    ("GAM", GastrocnemiusMedialis, None),
    ("gastroc med", GastrocnemiusMedialis, None),
    ("GL", GastrocnemiusLateralis, None),
    ("LG", GastrocnemiusLateralis, None),
    ("GAL", GastrocnemiusLateralis, None),
    ("GA", Gastrocnemius, None),
    ("GAS", Gastrocnemius, None),
    ("GAST", Gastrocnemius, None),
    ("GC", Gastrocnemius, None),
    ("JUM", Gastrocnemius, None),
    ("TA", TibialisAnterior, None),
    ("TIB", TibialisAnterior, None),
    ("TIBA", TibialisAnterior, None),
    ("PL", PeroneusLongus, None),
    ("PER", PeroneusLongus, None),
    ("PE", PeroneusLongus, None),
    ("FL", TensorFasciaeLatae, None),
    ("RF", RectusFemoris, None),
    ("REC", RectusFemoris, None),
    ("VM", VastusMedialis, None),
    ("VL", VastusLateralis, None),
    ("VAS", Vasti, None),
    ("ST", Semitendinosus, None),
    ("SEM", Semitendinosus, None),
    ("BF", BicepsFemoris, None),
    ("BIC", BicepsFemoris, None),
    ("BFCL", BicepsFemoris, None),
    ("ME", GluteusMedius, None),
    ("MA", GluteusMaximus, None),
    // sides in the habits of labs and vendors
    ("SOL_L", Soleus, Some(Left)),
    ("LSOL", Soleus, Some(Left)),
    ("L Sol", Soleus, Some(Left)),
    ("Soleus left", Soleus, Some(Left)),
    ("Soleus (left)", Soleus, Some(Left)),
    ("SolLeft", Soleus, Some(Left)),
    ("soleusL", Soleus, Some(Left)),
    ("leftSoleus", Soleus, Some(Left)),
    ("left_soleus", Soleus, Some(Left)),
    ("SOL-R", Soleus, Some(Right)),
    ("R.SOL", Soleus, Some(Right)),
    ("SO L", Soleus, Some(Left)),
    ("LSO", Soleus, Some(Left)),
    ("SOR", Soleus, Some(Right)),
    ("EMG 3 Right Soleus", Soleus, Some(Right)),
    ("EMG_SOL_R_raw", Soleus, Some(Right)),
    ("emgSOL", Soleus, None),
    ("R_GM", GastrocnemiusMedialis, Some(Right)),
    ("LGM", GastrocnemiusMedialis, Some(Left)),
    ("LLG", GastrocnemiusLateralis, Some(Left)),
    ("RG", Gastrocnemius, Some(Right)),
    ("LGAS", Gastrocnemius, Some(Left)),
    ("RRF", RectusFemoris, Some(Right)),
    ("RTA", TibialisAnterior, Some(Right)),
    ("LTA", TibialisAnterior, Some(Left)),
    ("TA_L", TibialisAnterior, Some(Left)),
    ("TAR", TibialisAnterior, Some(Right)),
    ("LVL", VastusLateralis, Some(Left)),
    ("RST", Semitendinosus, Some(Right)),
    ("RPER", PeroneusLongus, Some(Right)),
    ("LREC", RectusFemoris, Some(Left)),
    ("RBIC", BicepsFemoris, Some(Right)),
    // German, French, Spanish
    ("SOL li", Soleus, Some(Left)),
    ("Soleus rechts", Soleus, Some(Right)),
    ("re TA", TibialisAnterior, Some(Right)),
    ("Soléaire gauche", Soleus, Some(Left)),
    ("SOL G", Soleus, Some(Left)),
    ("D_TA", TibialisAnterior, Some(Right)),
    ("GSOL", Soleus, Some(Left)),
    ("SOL droit", Soleus, Some(Right)),
    ("Droit antérieur", RectusFemoris, None),
    ("Sóleo izq", Soleus, Some(Left)),
    ("gemelo interno derecho", GastrocnemiusMedialis, Some(Right)),
    // written out, by vendors and in full
    ("LT TIB.ANT.", TibialisAnterior, Some(Left)),
    ("RT MED. GASTRO", GastrocnemiusMedialis, Some(Right)),
    ("RT LAT. GASTRO", GastrocnemiusLateralis, Some(Right)),
    ("Lateral gastrocnemius", GastrocnemiusLateralis, None),
    ("Gastrocnemius medialis L", GastrocnemiusMedialis, Some(Left)),
    ("Vastus lateralis right", VastusLateralis, Some(Right)),
    ("LT VMO", VastusMedialis, Some(Left)),
    ("vastus intermedius", VastusIntermedius, None),
    ("Tensor fasciae latae", TensorFasciaeLatae, None),
    ("Peroneus brevis", PeroneusBrevis, None),
    ("m. semimembranosus", Semimembranosus, None),
    ("biceps brachii", BicepsBrachii, None),
    ("Extensor digitorum longus", ExtensorDigitorumLongus, None),
    ("flexor hallucis longus", FlexorHallucisLongus, None),
    ("GMAX", GluteusMaximus, None),
    ("Glut. med.", GluteusMedius, None),
    ("L SOL: EMG 1", Soleus, Some(Left)),
    ("Voltage.RTA", TibialisAnterior, Some(Right)),
];

#[test]
fn two_letters_among_other_words_are_a_muscle_in_a_voltage() {
    for name in ["TA_affected", "TA dominant", "TA_pre", "sub01_TA"] {
        let labels = Label::parse_all(&[(name, "mV"), ("SOL_L", "mV")]);
        assert_eq!(labels[0].muscle, Some(TibialisAnterior), "{name}");
        assert_eq!(Label::parse(name, "").muscle, None, "{name}");
    }
}

#[test]
fn v_and_h_are_sides_in_pairs() {
    let sides = |names: &[&str]| -> Vec<Option<Side>> {
        let names: Vec<(&str, &str)> = names.iter().map(|name| (*name, "")).collect();
        Label::parse_all(&names).iter().map(|label| label.side).collect()
    };
    assert_eq!(sides(&["SOL_V", "SOL_H"]), [Some(Side::Left), Some(Side::Right)]);
    assert_eq!(
        sides(&["TA V", "TA H", "GM_V"])[..2],
        [Some(Side::Left), Some(Side::Right)]
    );
    assert_eq!(sides(&["TA E", "TA D"]), [Some(Side::Left), Some(Side::Right)]);
    assert_eq!(sides(&["Sóleo I", "Sóleo D"]), [Some(Side::Left), Some(Side::Right)]);
    assert_eq!(sides(&["SOL_V", "GM_H"]), [None, None]);
    assert_eq!(
        sides(&["左侧比目鱼肌", "右側ヒラメ筋"]),
        [Some(Side::Left), Some(Side::Right)]
    );
}

#[test]
fn french_abbreviations_are_muscles_beside_muscles() {
    let kinds = |names: &[(&str, &str)]| -> Vec<(Kind, Option<Muscle>)> {
        let labels = Label::parse_all(names);
        labels.iter().map(|label| (label.kind, label.muscle)).collect()
    };
    let in_volts = [("GRF_D", "mV"), ("ISC G", "mV"), ("VL D", "mV"), ("SOL_G", "mV")];
    assert_eq!(
        kinds(&in_volts)[..2],
        [(Kind::Emg, Some(GluteusMaximus)), (Kind::Emg, Some(Hamstrings))]
    );
    for unit in ["N", "", "V"] {
        let named = [("GRF", unit), ("SOL L", "mV")];
        assert_eq!(kinds(&named)[0], (Kind::Force, None), "{unit}");
    }
    assert_eq!(Label::parse("GRF", "mV").kind, Kind::Force);
    assert_eq!(Label::parse("ISC", "mV").muscle, None);
}

#[test]
fn a_name_alone_gives_muscle_and_side() {
    for &(name, muscle, side) in ALONE {
        let label = Label::parse(name, "mV");
        assert_eq!(
            (label.muscle, label.side, label.kind),
            (Some(muscle), side, Emg),
            "{name}"
        );
        assert_eq!(label.name, name);
    }
}

#[test]
fn case_and_separators_do_not_matter() {
    for name in ["sol_l", "SOL-L", "Sol.L", "sol l", "SoL_l", " SOL  L "] {
        assert_eq!(parse(&[name]), [(Some(Soleus), Some(Left))], "{name}");
    }
}

#[test]
fn every_english_name_is_understood() {
    for &muscle in Muscle::ALL {
        assert_eq!(Muscle::from_name(muscle.name()), Some(muscle));
        assert_eq!(Muscle::from_name(&muscle.name().to_uppercase()), Some(muscle));
        let left = format!("{} left", muscle.name());
        assert_eq!(parse(&[&left]), [(Some(muscle), Some(Left))], "{left}");
        let right = format!("R {}", muscle.name());
        assert_eq!(parse(&[&right]), [(Some(muscle), Some(Right))], "{right}");
    }
}

#[test]
fn words_that_are_no_muscle_stay_none() {
    for name in [
        "channel 1",
        "CH2",
        "EMG1",
        "REST",
        "STD",
        "RFD",
        "TAG",
        "left",
        "",
        ":",
        "±",
        "12",
        "samples per frame",
        "ü: ",
    ] {
        assert_eq!(Label::parse(name, "").muscle, None, "{name}");
    }
}

#[test]
fn neighbours_decide_the_medial_gastrocnemius_and_the_gluteus_medius() {
    let muscle = |names: &[&str], at: usize| parse(names)[at].0;
    assert_eq!(muscle(&["GM", "GMAX", "RF"], 0), Some(GluteusMedius));
    assert_eq!(muscle(&["RGM", "RTFL", "RRF"], 0), Some(GluteusMedius));
    assert_eq!(muscle(&["GM", "MG", "TFL"], 0), Some(GluteusMedius));
    assert_eq!(muscle(&["GM", "GL", "GMAX"], 0), Some(GastrocnemiusMedialis));
    assert_eq!(muscle(&["GM", "GMED", "GMAX"], 0), Some(GastrocnemiusMedialis));
    assert_eq!(muscle(&["GM", "TA", "SO", "RF"], 0), Some(GastrocnemiusMedialis));
    assert_eq!(muscle(&["GMED", "GLAT", "SOL"], 0), Some(GastrocnemiusMedialis));
    assert_eq!(muscle(&["GMED", "GMAX", "SOL"], 0), Some(GluteusMedius));
}

#[test]
fn neighbours_decide_which_biceps() {
    assert_eq!(parse(&["BIC", "TRI"])[0].0, Some(BicepsBrachii));
    assert_eq!(parse(&["L biceps", "L deltoid", "L BRD"])[0].0, Some(BicepsBrachii));
    assert_eq!(parse(&["BIC", "RF", "SOL", "TRI"])[0].0, Some(BicepsFemoris));
}

#[test]
fn neighbours_decide_between_a_side_and_a_head() {
    let left = |muscle| (Some(muscle), Some(Left));
    let none = |muscle| (Some(muscle), None);
    assert_eq!(parse(&["LG", "RG"])[0], left(Gastrocnemius));
    assert_eq!(parse(&["GL", "GR"])[0], left(Gastrocnemius));
    assert_eq!(parse(&["GAL", "GAR"])[0], left(Gastrocnemius));
    assert_eq!(parse(&["SOL", "SOR"])[0], left(Soleus));
    assert_eq!(parse(&["TA", "SOL", "MGAS", "LGAS"])[3], none(GastrocnemiusLateralis));
    assert_eq!(parse(&["LGAS", "RGAS", "LSOL"])[0], left(Gastrocnemius));
    assert_eq!(parse(&["Gastroc M", "Gastroc L"])[1], none(GastrocnemiusLateralis));
    assert_eq!(parse(&["Gastroc R", "Gastroc L"])[1], left(Gastrocnemius));
    assert_eq!(parse(&["LFL", "RFL", "LTA"])[1], (Some(TensorFasciaeLatae), Some(Right)));
    assert_eq!(parse(&["RFL", "RFR", "TAR"])[0], left(RectusFemoris));
    assert_eq!(parse(&["TA", "BF", "SO L"])[2], left(Soleus));
}

#[test]
fn the_walking_recordings_are_understood() {
    let names =
        ["ME", "MA", "FL", "RF", "VM", "VL", "ST", "BF", "TA", "PL", "GM", "GL", "SO"];
    let muscles = [
        GluteusMedius,
        GluteusMaximus,
        TensorFasciaeLatae,
        RectusFemoris,
        VastusMedialis,
        VastusLateralis,
        Semitendinosus,
        BicepsFemoris,
        TibialisAnterior,
        PeroneusLongus,
        GastrocnemiusMedialis,
        GastrocnemiusLateralis,
        Soleus,
    ];
    assert_eq!(parse(&names), muscles.map(|muscle| (Some(muscle), None)));

    let pairs = [
        ("REC", RectusFemoris),
        ("VAS", Vasti),
        ("BIC", BicepsFemoris),
        ("TIB", TibialisAnterior),
        ("SOL", Soleus),
        ("JUM", Gastrocnemius),
    ];
    let names: Vec<String> = pairs
        .iter()
        .flat_map(|(name, _)| [format!("L{name}"), format!("R{name}")])
        .collect();
    let mut channels: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), "V")).collect();
    channels.extend([("F1Z", "N"), ("F2Z", "N")]);
    let labels = Label::parse_all(&channels);
    for (pair, (_, muscle)) in labels.chunks(2).zip(pairs) {
        let understood: Vec<_> =
            pair.iter().map(|label| (label.muscle, label.side, label.kind)).collect();
        assert_eq!(
            understood,
            [(Some(muscle), Some(Left), Emg), (Some(muscle), Some(Right), Emg)]
        );
    }
    assert_eq!(
        labels[12..].iter().map(|label| label.kind).collect::<Vec<_>>(),
        [Force, Force]
    );
}

#[test]
fn kinds_come_from_unit_and_words() {
    let cases = [
        ("Avanti sensor 1: EMG 1", "", Emg),
        ("Avanti sensor 1: ACC.X 1", "", Acceleration),
        ("Avanti sensor 1: GYRO.X 1", "", Gyroscope),
        ("EMG 01 04498 (54717): ACC X", "G", Acceleration),
        ("EMG 01 04498 (54717): ACC X", "", Acceleration),
        ("EMG 01 04498 (54717): EMG 1", "mV", Emg),
        ("Snaplead 11 01301: EMG 1", "mV", Emg),
        ("EKG 09 00254 (56807): EKG 1", "mV", Other),
        ("Analog 10 00125 (62202): Analog 1", "V", Other),
        ("FSR 21 00320 (62899): Analog 1", "%", Force),
        ("VO2 Master  (5): Resp. Rate", "BrPM", Other),
        ("HR Strap  (6): Heart Rate", "bpm", Other),
        ("Imported Analog EMG - Voltage: 1", "V", Emg),
        ("Imported Delsys Trigno IMU EMG 2.0 - Sensor 1: IM EMG1", "V", Emg),
        ("IM EMG1", "V", Emg),
        ("F1Z", "", Force),
        ("Force plate: FZ2", "N", Force),
        ("x", "°/s", Gyroscope),
        ("sync", "V", Other),
        ("Trigger EMG", "V", Other),
        ("L SOL: ACC.X", "", Acceleration),
        ("SOL angle", "deg", Other),
    ];
    for (name, unit, kind) in cases {
        let label = &Label::parse_all(&[(name, unit), ("EMG 9", "V")])[0];
        assert_eq!((label.kind, label.muscle), (kind, None), "{name} [{unit}]");
    }
}

#[test]
fn an_unnamed_column_is_emg_unless_another_is() {
    let kinds = |names: &[(&str, &str)]| {
        Label::parse_all(names).iter().map(|label| label.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&[("channel 1", "")]), [Emg]);
    assert_eq!(
        kinds(&[("CH1", "mV"), ("Ch 2", "mV"), ("foo", "bar")]),
        [Emg, Emg, Other]
    );
    assert_eq!(kinds(&[("channel 1", "V"), ("SOL", "mV")]), [Other, Emg]);
    assert_eq!(kinds(&[("Shin", "mV"), ("SOL", "mV"), ("foo", "")]), [Emg, Emg, Other]);
    assert_eq!(kinds(&[("channel 1", "V"), ("FZ", "N")]), [Emg, Force]);
}

#[test]
fn other_channels_have_a_side_and_no_muscle() {
    let label = Label::parse("L FSR", "V");
    assert_eq!((label.muscle, label.side, label.kind), (None, Some(Left), Force));
    let label = Label::parse("EMG right 2", "V");
    assert_eq!((label.muscle, label.side, label.kind), (None, Some(Right), Emg));
}

#[test]
fn what_the_user_writes_in_study_toml_is_read() {
    for (text, muscle) in [
        ("Soleus", Soleus),
        ("TA", TibialisAnterior),
        ("tib. ant.", TibialisAnterior),
        ("MG", GastrocnemiusMedialis),
    ] {
        assert_eq!(Muscle::from_name(text), Some(muscle), "{text}");
    }
    for text in ["GM", "BIC", "biceps", "left soleus", "sol xyz", "", "soup"] {
        assert_eq!(Muscle::from_name(text), None, "{text}");
    }
    for (text, side) in
        [("left", Left), ("R", Right), ("Li.", Left), ("DROITE", Right), ("G", Left)]
    {
        assert_eq!(Side::from_name(text), Some(side), "{text}");
    }
    assert_eq!(Side::from_name("both"), None);
}

proptest::proptest! {
    #[test]
    fn any_names_are_read(names in proptest::collection::vec((".{0,20}", "[a-zA-Z/°µ%]{0,4}"), 0..5)) {
        let names: Vec<(&str, &str)> = names.iter().map(|(name, unit)| (name.as_str(), unit.as_str())).collect();
        let labels = Label::parse_all(&names);
        assert_eq!(labels.len(), names.len());
        for (label, (name, _)) in labels.iter().zip(&names) {
            assert_eq!(label.name, *name);
        }
    }
}

#[test]
fn every_word_is_documented() {
    let page = include_str!("../../../docs/vocabulary.md").to_lowercase();
    for word in muscle::spellings().chain(side::spellings()) {
        assert!(page.contains(word), "docs/vocabulary.md lacks {word}");
    }
}

/// Before, every name was held against all others: ten times as many took a hundred times
/// as long.
#[test]
fn many_names_take_a_time_in_proportion() {
    let seconds = |count: usize| {
        let names: Vec<String> = (0..count).map(|at| format!("LSOL {at}")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "mV")).collect();
        let began = std::time::Instant::now();
        let labels = Label::parse_all(&pairs);
        assert!(labels.iter().all(|label| label.muscle == Some(Muscle::Soleus)));
        began.elapsed().as_secs_f64()
    };
    let few = seconds(2_000).min(seconds(2_000));
    assert!(seconds(20_000) < 40.0 * few);
}
