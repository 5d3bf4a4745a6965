//! Delimited text: the same recording in every habit, real exports, and files with something wrong.

use std::path::{Path, PathBuf};

use soleus::load::{Hints, load, load_bytes};
use soleus::signal::{Channel, Kind, RateSource, Recording};
use soleus::units::{Hertz, Unit};

fn read(text: &str) -> Recording {
    read_bytes(text.as_bytes())
}

fn read_bytes(bytes: &[u8]) -> Recording {
    load_bytes(Path::new("x.csv"), bytes, &Hints::default()).unwrap()
}

#[test]
fn zz_show() {
    let Ok(paths) = std::env::var("SHOW") else { return };
    for path in paths.split(':') {
        match load(Path::new(path), &Hints::default()) {
            Err(error) => println!("{error}"),
            Ok(recording) => {
                println!("{path}\n{:#?}\n{:#?}", recording.dialect, recording.warnings);
                for channel in recording.channels {
                    println!(
                        "{} {:?} {:?} {:?} {} {} {} n={} miss={} start={} {:?}",
                        channel.label.name,
                        channel.label.kind,
                        channel.label.muscle,
                        channel.label.side,
                        channel.unit,
                        channel.rate,
                        channel.rate.hz(),
                        channel.samples.len(),
                        channel.missing(),
                        channel.start_s,
                        channel.samples.first()
                    );
                }
            }
        }
    }
}
