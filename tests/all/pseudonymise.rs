//! `soleus pseudonymise`: codes for names, the same numbers, and a key kept apart.

use std::fs;

use crate::program::{Lab, bursts, calves, files_below, run_in};

/// What names look like to somebody who looks for them: in any case, without accents.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    (text + &latin.to_lowercase()).replace('ü', "u")
}

#[track_caller]
fn names_nobody(lab: &Lab, folder: &str) {
    for (name, bytes) in files_below(&lab.path(folder)) {
        for part in ["maria", "muller", "mueller", "beispiel"] {
            assert!(!plain(name.as_bytes()).contains(part), "{name}");
            assert!(!plain(&bytes).contains(part), "{name} holds {part}");
        }
    }
}

/// A WAV of one channel with a name in its title and in a note of its iXML.
fn wave(title: &str, note: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let rate = soleus::units::Hertz::new(1000.0).unwrap();
    let samples = bursts(5, 3000);
    soleus::load::write_wav(&mut bytes, rate, &[("LSOL", &samples)]).unwrap();
    let mut chunk = |id: &[u8], body: Vec<u8>| {
        bytes.extend(id);
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(&body);
        bytes.extend(std::iter::repeat_n(0, body.len() % 2));
    };
    let mut info = b"INFOINAM".to_vec();
    info.extend((title.len() as u32 + 1).to_le_bytes());
    info.extend(title.as_bytes());
    info.extend(vec![0; 1 + (title.len() + 1) % 2]);
    chunk(b"LIST", info);
    chunk(b"aXML", note.as_bytes().to_vec());
    chunk(b"id3 ", b"TIT2 Maria".to_vec());
    let length = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes
}

/// Two people, by folder, with names in every place that is read.
fn study() -> Lab {
    let lab = Lab::new(&[]);
    let head = "Name;Müller;Maria\nBorn;1980\n";
    let text = |seed| calves(seed, 3000).replace(',', ";");
    lab.write("study/Maria Müller/pre/walk_mueller.csv", calves(1, 3000));
    lab.write("study/Maria Müller/pre/MÜLLER2.csv", head.to_owned() + &text(2));
    let title = wave("Müller, M. walks", "<NOTE>MARIA</NOTE>");
    lab.write("study/Maria Müller/pre/hold.wav", title);
    lab.write("study/Jo Beispiel/pre/walk.csv", calves(3, 3000));
    let steps = "time_s,label,side\n0.3,touchdown,left\n1.1,touchdown,left\n1.9,touchdown,\
                 left\n2.7,maria stops,left\n";
    lab.write("study/Maria Müller/pre/steps maria.csv", steps);
    lab.write(
        "study/study.toml",
        "# Maria Müller came late\n[subjects.\"Maria Müller\"]\ngroup = \"patients\"\n\
         [subjects.\"Jo Beispiel\"]\ngroup = \"others\"\n[recordings.\"MÜLLER*.csv\"]\n\
         events = \"steps maria.csv\"\n",
    );
    lab
}

#[test]
fn the_copy_names_nobody_and_has_the_same_numbers() {
    let lab = study();
    let before = files_below(&lab.path("study"));
    let said = lab.soleus("pseudonymise study -o coded --key safe/key.csv").ends(0).err;
    assert!(files_below(&lab.path("study")) == before, "the study stays as it is");
    assert!(
        said.contains("wrote 6 files of 2 persons to coded; the key is safe/key.csv")
    );
    assert!(said.contains("hold.wav: left out, since it may hold names: id3"), "{said}");
    names_nobody(&lab, "coded");

    let key = lab.table("safe/key.csv");
    assert_eq!(key.header, ["original", "code"]);
    let code = |name: &str| {
        key.rows.iter().find(|row| row["original"] == name).unwrap()["code"].clone()
    };
    let (maria, jo) = (code("Maria Müller"), code("Jo Beispiel"));
    assert!(lab.path(&format!("coded/{maria}/pre/{maria}-2.csv")).is_file());
    assert!(lab.path(&format!("coded/{jo}/pre/walk.csv")).is_file());

    lab.soleus("run study -o plain").ends(0);
    lab.soleus("run coded -o out").ends(0);
    names_nobody(&lab, "out");
    let rows = |out: &str| {
        let values = lab.table(&format!("{out}/measures.csv")).rows;
        let mut values: Vec<String> = values
            .into_iter()
            .map(|row| {
                let subject = match row["subject"].as_str() {
                    "Maria Müller" => maria.clone(),
                    "Jo Beispiel" => jo.clone(),
                    other => other.to_owned(),
                };
                format!(
                    "{subject} {} {} {}",
                    row["channel"], row["measure"], row["value"]
                )
            })
            .collect();
        values.sort();
        values
    };
    assert!(rows("plain").len() > 500);
    assert_eq!(rows("plain"), rows("out"));
}

#[test]
fn later_visits_get_the_same_code() {
    let lab = study();
    lab.soleus("pseudonymise study -o first --key key.csv").ends(0);
    let key = lab.read("key.csv");
    lab.write("later/Maria Müller/post/walk.csv", calves(7, 2000));
    lab.write("later/Cleo/post/walk.csv", calves(8, 2000));
    lab.soleus("pseudonymise later -o second --key key.csv").ends(0);
    let longer = lab.read("key.csv");
    assert!(longer.starts_with(&key) && longer.lines().count() == 4, "{longer}");
    let line = key.lines().find(|line| line.starts_with("Maria")).unwrap();
    let code = line.rsplit(',').next().unwrap();
    assert!(lab.path(&format!("first/{code}")).is_dir());
    assert!(lab.path(&format!("second/{code}/post/walk.csv")).is_file());
}

/// Before, only the very same spelling was the same person.
#[test]
fn a_later_visit_in_another_spelling_has_the_code_of_the_first() {
    let lab = study();
    lab.soleus("pseudonymise study -o first --key key.csv").ends(0);
    let key = lab.read("key.csv");
    let line = key.lines().find(|line| line.starts_with("Maria")).unwrap();
    let code = line.rsplit(',').next().unwrap();
    for (at, name) in ["MARIA Muller", "Mueller, Maria", "mariamuller"].iter().enumerate()
    {
        lab.write(&format!("later{at}/{name}/post/walk.csv"), calves(7, 2000));
        lab.soleus(&format!("pseudonymise later{at} -o coded{at} --key key.csv")).ends(0);
        assert_eq!(lab.read("key.csv"), key, "{name} is known");
        let copied: Vec<String> =
            files_below(&lab.path(&format!("coded{at}"))).into_keys().collect();
        assert_eq!(copied.len(), 1);
        assert!(copied[0].contains(code), "{name}: {copied:?}");
    }
    lab.write("both/Maria Müller/a.csv", calves(7, 2000));
    lab.write("both/MARIA MULLER/b.csv", calves(8, 2000));
    lab.write("both/Jo/c.csv", calves(9, 2000));
    let said = lab.soleus("pseudonymise both -o three --key key.csv").err;
    assert!(said.contains("MARIA MULLER, Maria Müller: taken for one person"), "{said}");
}

#[test]
fn bids_names_stay_bids_names() {
    let lab = Lab::new(&[]);
    lab.soleus("demo study").ends(0);
    lab.soleus("pseudonymise study -o coded --key key.csv").ends(0);
    lab.soleus("run coded -o out").ends(0);
    let record = lab.json("out/run.json");
    let sessions = record["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 4);
    for session in sessions {
        let subject = session["subject"].as_str().unwrap();
        assert!(subject.starts_with("sub-P00"), "{subject}");
        let first = session["recordings"][0]["recording"].as_str().unwrap();
        assert!(first.starts_with(&format!("{subject}_ses-0")), "{first}");
    }
    for (name, bytes) in files_below(&lab.path("coded")) {
        assert!(!name.contains("sub-0"), "{name}");
        assert!(!plain(&bytes).contains("sub-0"), "{name}");
    }
}

#[test]
fn nothing_is_overwritten_or_given_away() {
    let lab = study();
    lab.write("full/x.txt", "mine");
    lab.write("key.csv", "a,b\n1,2\n");
    for (words, said) in [
        (
            "study -o coded --key coded/key.csv",
            "the key coded/key.csv would lie in the copy",
        ),
        ("study -o coded --key coded/../coded/k", "would lie in the copy"),
        ("study -o coded --key study/key.csv", "the key study/key.csv lies in the input"),
        ("study -o study/coded --key k.csv", "would lie in the input"),
        ("study -o full --key k.csv", "full is there and not empty"),
        ("study -o coded --key key.csv", "it is no key"),
    ] {
        lab.soleus(&format!("pseudonymise {words}"))
            .ends(2)
            .silent()
            .says(&[said, "hint: "]);
        assert!(!lab.path("coded").exists() && !lab.path("k.csv").exists(), "{words}");
    }
    assert_eq!(lab.read("key.csv"), "a,b\n1,2\n");
    lab.soleus("pseudonymise nowhere -o coded --key k.csv")
        .ends(2)
        .says(&["there is no file or folder nowhere"]);
}

#[test]
fn what_cannot_be_done_is_left_out_and_said() {
    let lab = Lab::new(&[]);
    let mut long = wave("", "");
    long[..4].copy_from_slice(b"RF64");
    lab.write("study/Maria Müller/long.wav", long);
    lab.write("study/Maria Müller/walk.csv", calves(1, 2000));
    lab.write("study/Maria Müller/broken.csv", "time (s),LSOL (mV)\n0,x\n");
    lab.write("study/Maria Müller/of Mariane.csv", calves(3, 2000));
    let said = lab.soleus("pseudonymise study -o coded --key key.csv").ends(1).err;
    for part in [
        "long.wav: of WAV only plain RIFF is pseudonymised",
        "broken.csv: line 2",
        "still holds \"maria\", in another word: ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!fs::read_dir(lab.path("coded")).unwrap().any(|entry| {
        let folder = entry.unwrap().path();
        folder.join("long.wav").exists() || folder.join("broken.csv").exists()
    }));
    run_in(&lab.root, &["run", "coded", "-o", "out"]).ends(0);
    // A person who is called as a channel is.
    lab.write("other/LSOL/walk.csv", calves(2, 2000));
    lab.soleus("pseudonymise other -o nothing --key key.csv")
        .ends(2)
        .says(&["walk.csv: without the names it would be read as something else"]);
    assert!(!lab.path("nothing").exists());
}

#[test]
fn people_in_groups_and_alone_are_found() {
    let lab = Lab::new(&[]);
    lab.write("lab/patients/Maria/pre/walk.csv", calves(1, 2000));
    lab.write("lab/others/Beispiel/pre/walk.csv", calves(2, 2000));
    lab.soleus("pseudonymise lab -o groups --key a.csv").ends(0);
    names_nobody(&lab, "groups");
    assert!(lab.read("a.csv").contains("Maria,P0"), "{}", lab.read("a.csv"));
    assert!(lab.path("groups/patients").is_dir());
    // One folder that is one person.
    lab.write("Maria/walk.csv", calves(1, 2000));
    lab.soleus("pseudonymise Maria -o alone --key a.csv")
        .ends(0)
        .says(&["taken for persons: Maria\n"]);
    names_nobody(&lab, "alone");
    let key = lab.read("a.csv");
    let code = key.lines().find_map(|line| line.strip_prefix("Maria,")).unwrap();
    assert!(lab.path(&format!("alone/{code}/walk.csv")).is_file());
    assert_eq!(key.lines().count(), 3);
}
