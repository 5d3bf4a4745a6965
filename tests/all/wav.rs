//! WAV files of every kind, whole and damaged.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use soleus::Result;
use soleus::load::{FullScale, Hints, load, load_bytes, write_wav};
use soleus::signal::{Kind, Muscle, RateSource, Recording, Side};
use soleus::units::{Hertz, Unit};

fn read(bytes: &[u8]) -> Result<Recording> {
    load_bytes(Path::new("x.wav"), bytes, &Hints::default())
}

fn full_scale(value: f64, unit: &str) -> Hints {
    Hints { full_scale: Some(FullScale { value, unit: unit.into() }), ..Hints::default() }
}

fn samples(recording: &Recording) -> Vec<&[f64]> {
    recording.channels.iter().map(|channel| channel.samples.as_slice()).collect()
}

fn chunk(id: &[u8], body: &[u8]) -> Vec<u8> {
    let pad = &[0][..body.len() % 2];
    [id, &(body.len() as u32).to_le_bytes(), body, pad].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WAVE".to_vec(), chunks.concat()].concat();
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

fn fmt_of(tag: u16, channels: u16, rate: u32, width: u16, bits: u16) -> Vec<u8> {
    let frame = channels.wrapping_mul(width);
    let words = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    let rates =
        [rate.to_le_bytes(), rate.wrapping_mul(u32::from(frame)).to_le_bytes()].concat();
    [words, rates, frame.to_le_bytes().to_vec(), bits.to_le_bytes().to_vec()].concat()
}

fn extensible(tag: u16, width: u16, valid: u16) -> Vec<u8> {
    let guid =
        [&tag.to_le_bytes()[..], b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"].concat();
    let more = [22_u16.to_le_bytes(), valid.to_le_bytes(), [0, 0], [0, 0]].concat();
    [fmt_of(0xfffe, 1, 1000, width, 8 * width), more, guid].concat()
}

/// Two channels of 16 bits at 1000 Hz, three samples each.
const STEREO: [i16; 6] = [-32768, 32767, 0, 1, 16384, -8192];
const LEFT: [f64; 3] = [-1.0, 0.0, 0.5];
const RIGHT: [f64; 3] = [32767.0 / 32768.0, 1.0 / 32768.0, -0.25];

fn stereo() -> Vec<u8> {
    STEREO.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn fmt16() -> Vec<u8> {
    chunk(b"fmt ", &fmt_of(1, 2, 1000, 2, 16))
}

fn wave64(declared: Option<u64>) -> Vec<u8> {
    let tail = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
    let part = |id: &[u8], length: u64, body: &[u8]| {
        let pad = vec![0; body.len().next_multiple_of(8) - body.len()];
        [id, tail, &length.to_le_bytes(), body, &pad].concat()
    };
    let format = fmt_of(1, 2, 1000, 2, 16);
    let body = stereo();
    let length = declared.unwrap_or(24 + body.len() as u64);
    let parts = [part(b"fmt ", 24 + 16, &format), part(b"data", length, &body)].concat();
    let head = [
        &b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"[..],
        &(40 + parts.len() as u64).to_le_bytes(),
    ]
    .concat();
    [head, b"wave".to_vec(), tail.to_vec(), parts].concat()
}

fn rf64(id: &[u8], length: u64) -> Vec<u8> {
    let long = [
        &0_u64.to_le_bytes()[..],
        &length.to_le_bytes(),
        &3_u64.to_le_bytes(),
        &0_u32.to_le_bytes(),
    ]
    .concat();
    let mut data = chunk(b"data", &stereo());
    data[4..8].fill(0xff);
    let title = chunk(b"LIST", b"INFOICMT\x03\0\0\0odd\0");
    [id, &[0xff; 4], b"WAVE", &chunk(b"ds64", &long), &fmt16(), &data, &title].concat()
}

#[test]
fn every_encoding_agrees_with_scipy() {
    let reference: serde_json::Value =
        serde_json::from_str(include_str!("../reference/wav.json")).unwrap();
    for name in ["pcm8", "pcm16", "pcm24", "pcm32", "float32", "float64"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/formats/wav/{name}.wav"));
        let recording = load(&path, &Hints::default()).unwrap();
        let expected: Vec<Vec<f64>> =
            serde_json::from_value(reference[name].clone()).unwrap();
        // Division by a power of two is exact, so the numbers are the same.
        assert_eq!(samples(&recording), expected, "{name}");
        assert_eq!(recording.warnings, Vec::<String>::new(), "{name}");
        let channel = &recording.channels[2];
        assert_eq!(
            (channel.rate.hz(), channel.rate_source, &channel.unit),
            (2000.0, RateSource::Header, &Unit::ARBITRARY)
        );
        assert_eq!(
            (channel.label.name.as_str(), channel.label.kind),
            ("channel 3", Kind::Emg)
        );
        assert_eq!(channel.rails.is_some(), name.starts_with("pcm"), "{name}");
    }
}

#[test]
fn every_container_gives_the_same_samples() {
    let long = stereo().len() as u64;
    let files = [
        ("RIFF", riff(&[fmt16(), chunk(b"data", &stereo())])),
        ("fmt after data", riff(&[chunk(b"data", &stereo()), fmt16()])),
        (
            "odd chunk, padded",
            riff(&[fmt16(), chunk(b"note", b"odd"), chunk(b"data", &stereo())]),
        ),
        (
            "odd chunk, not padded",
            riff(&[fmt16(), b"note\x03\0\0\0odd".to_vec(), chunk(b"data", &stereo())]),
        ),
        (
            "fmt of 18 bytes",
            riff(&[
                chunk(b"fmt ", &[fmt_of(1, 2, 1000, 2, 16), vec![0, 0]].concat()),
                chunk(b"data", &stereo()),
            ]),
        ),
        ("RF64", rf64(b"RF64", long)),
        ("BW64", rf64(b"BW64", long)),
        ("Wave64", wave64(None)),
    ];
    for (name, file) in files {
        let recording = read(&file).unwrap();
        assert_eq!(samples(&recording), [LEFT, RIGHT], "{name}");
        assert_eq!(recording.warnings, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_recorder_that_did_not_close_its_file_loses_nothing() {
    let unclosed = |length: u32| {
        let mut file = riff(&[fmt16(), chunk(b"data", &stereo())]);
        let at = file.len() - stereo().len() - 4;
        file[at..at + 4].copy_from_slice(&length.to_le_bytes());
        file
    };
    let files = [
        unclosed(0),
        unclosed(u32::MAX),
        unclosed(13),
        rf64(b"RF64", 0),
        wave64(Some(0)),
        wave64(Some(u64::MAX)),
    ];
    for file in &files {
        let recording = read(file).unwrap();
        assert_eq!(&samples(&recording)[0][..3], LEFT);
        assert_eq!(&samples(&recording)[1][..3], RIGHT);
        assert!(
            recording.warnings[0].contains("did not close the file"),
            "{:?}",
            recording.warnings
        );
    }
}

#[test]
fn the_last_samples_of_a_cut_file_are_left_out() {
    let file = riff(&[fmt16(), chunk(b"data", &stereo())]);
    let recording = read(&file[..file.len() - 1]).unwrap();
    assert_eq!(samples(&recording), [&LEFT[..2], &RIGHT[..2]]);
    assert!(recording.warnings[1].contains("last 3 bytes"), "{:?}", recording.warnings);
}

#[test]
fn valid_bits_are_found_in_the_upper_or_lower_part() {
    let file = |fmt: Vec<u8>, words: &[i32], width: usize| {
        let body: Vec<u8> =
            words.iter().flat_map(|word| word.to_le_bytes()[..width].to_vec()).collect();
        riff(&[chunk(b"fmt ", &fmt), chunk(b"data", &body)])
    };
    let twelve_in_16 = fmt_of(1, 1, 1000, 2, 12);
    let upper =
        read(&file(twelve_in_16.clone(), &[-2048 << 4, 2047 << 4, 1 << 4], 2)).unwrap();
    let lower = read(&file(twelve_in_16.clone(), &[-2048, 2047, 1], 2)).unwrap();
    let neither = read(&file(twelve_in_16, &[-32768, 32767, 1], 2)).unwrap();
    let twelve = [-1.0, 2047.0 / 2048.0, 1.0 / 2048.0];
    assert_eq!(
        (samples(&upper), samples(&lower)),
        (vec![&twelve[..]], vec![&twelve[..]])
    );
    assert_eq!(upper.channels[0].rails, Some((-1.0, twelve[1])));
    assert_eq!(lower.channels[0].rails, upper.channels[0].rails);
    assert_eq!(samples(&neither)[0], [-1.0, 32767.0 / 32768.0, 1.0 / 32768.0]);
    let wide = read(&file(extensible(1, 4, 24), &[-8_388_608 << 8, 1 << 8], 4)).unwrap();
    let narrow = read(&file(extensible(1, 4, 24), &[-8_388_608, 1], 4)).unwrap();
    assert_eq!(samples(&wide), samples(&narrow));
    assert_eq!(samples(&wide)[0], [-1.0, 1.0 / 8_388_608.0]);
}

#[test]
fn full_scale_gives_the_unit_and_the_rails() {
    let file = riff(&[fmt16(), chunk(b"data", &stereo())]);
    let volts = load_bytes(Path::new("x.wav"), &file, &full_scale(2.0, "mV")).unwrap();
    assert_eq!(volts.channels[0].unit, Unit::VOLT);
    assert_eq!(samples(&volts)[0], [-2e-3, 0.0, 1e-3]);
    assert_eq!(volts.channels[0].rails, Some((-2e-3, 2e-3 * (32767.0 / 32768.0))));
    assert!(
        volts.dialect.contains(&"full scale is 2 mV".to_owned()),
        "{:?}",
        volts.dialect
    );
    let newtons = load_bytes(Path::new("x.wav"), &file, &full_scale(500.0, "N")).unwrap();
    assert_eq!(
        (newtons.channels[0].unit.symbol(), newtons.channels[0].label.kind),
        ("N", Kind::Force)
    );
    let plain = read(&file).unwrap();
    assert!(plain.dialect.contains(
        &"full scale is 1 (no unit: give full_scale in study.toml)".to_owned()
    ));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error =
            load_bytes(Path::new("x.wav"), &file, &full_scale(bad, "V")).unwrap_err();
        assert!(error.to_string().contains("full_scale"), "{error}");
    }
}

#[test]
fn the_rate_comes_from_the_header_or_the_user() {
    let file = |rate| {
        riff(&[chunk(b"fmt ", &fmt_of(1, 2, rate, 2, 16)), chunk(b"data", &stereo())])
    };
    let hints =
        Hints { rate: Hertz::new(1500.0), start_s: Some(0.5), ..Hints::default() };
    let given = load_bytes(Path::new("x.wav"), &file(1000), &hints).unwrap();
    let channel = &given.channels[0];
    assert_eq!(
        (channel.rate.hz(), channel.rate_source, channel.start_s),
        (1000.0, RateSource::Header, 0.5)
    );
    assert!(
        given.warnings[0].contains("1000 Hz itself; 1500 Hz"),
        "{:?}",
        given.warnings
    );
    let silent = load_bytes(Path::new("x.wav"), &file(0), &hints).unwrap();
    assert_eq!((silent.channels[0].rate.hz(), silent.warnings.len()), (1500.0, 0));
    let error = read(&file(0)).unwrap_err();
    assert!(
        error.to_string().contains("byte 12")
            && error.hint().is_some_and(|hint| hint.contains("rate_hz")),
        "{error}"
    );
}

#[test]
fn gaps_are_kept_and_infinite_samples_become_gaps() {
    let values = [1.5_f32, f32::NAN, f32::INFINITY, -0.25];
    let body: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let recording =
        read(&riff(&[chunk(b"fmt ", &extensible(3, 4, 32)), chunk(b"data", &body)]))
            .unwrap();
    let samples = &recording.channels[0].samples;
    assert_eq!(
        (samples[0], samples[3], recording.channels[0].missing()),
        (1.5, -0.25, 2)
    );
    assert!(recording.warnings[0].contains("1 infinite"), "{:?}", recording.warnings);
}

#[test]
fn names_and_cue_points_are_read() {
    let ixml = "<BWFXML><TRACK_LIST><TRACK><INTERLEAVE_INDEX>2</INTERLEAVE_INDEX><NAME>SOL R &amp; co</NAME></TRACK>\
                <TRACK><INTERLEAVE_INDEX>1</INTERLEAVE_INDEX><NAME>LTA</NAME></TRACK></TRACK_LIST></BWFXML>";
    let point = |id: u32, sample: u32| {
        [&id.to_le_bytes()[..], &[0; 16], &sample.to_le_bytes()].concat()
    };
    let cues = [&2_u32.to_le_bytes()[..], &point(7, 2), &point(8, 1)].concat();
    let texts = [b"adtl".to_vec(), chunk(b"labl", b"\x07\0\0\0heel\0")].concat();
    let parts = [
        fmt16(),
        chunk(b"iXML", ixml.as_bytes()),
        chunk(b"cue ", &cues),
        chunk(b"LIST", &texts),
        chunk(b"data", &stereo()),
    ];
    let recording = read(&riff(&parts)).unwrap();
    let names: Vec<_> =
        recording.channels.iter().map(|channel| channel.label.name.as_str()).collect();
    assert_eq!(names, ["LTA", "SOL R & co"]);
    assert_eq!(
        (recording.channels[0].label.muscle, recording.channels[0].label.side),
        (Some(Muscle::TibialisAnterior), Some(Side::Left))
    );
    let events: Vec<_> = recording
        .events
        .iter()
        .map(|event| (event.time_s, event.label.as_str()))
        .collect();
    assert_eq!(events, [(0.001, "cue 8"), (0.002, "heel")]);
    let description =
        chunk(b"bext", b"sSPEED=25\r\nsTRK1=SOL left\r\nsTRK2=SOL right\r\n");
    let recorder =
        read(&riff(&[fmt16(), description, chunk(b"data", &stereo())])).unwrap();
    assert_eq!(recorder.channels[1].label.side, Some(Side::Right));
    assert!(recorder.dialect.contains(&"channel names: from bext".to_owned()));
}

#[test]
fn every_refusal_names_the_place_and_a_hint() {
    let data = chunk(b"data", &stereo());
    let with =
        |format: Vec<u8>| riff(&[chunk(b"fmt ", &format), chunk(b"data", &stereo())]);
    let mut avi = riff(&[fmt16(), data.clone()]);
    avi[8..12].copy_from_slice(b"AVI ");
    let cases = [
        ("RIFX", b"RIFX\0\0\0\0WAVE".to_vec(), "byte 0"),
        ("no WAVE", avi, "byte 8"),
        ("A-law", with(fmt_of(6, 1, 8000, 1, 8)), "A-law"),
        ("µ-law", with(fmt_of(7, 1, 8000, 1, 8)), "µ-law"),
        ("ADPCM", with(fmt_of(2, 1, 8000, 1, 4)), "ADPCM"),
        ("no channels", with(fmt_of(1, 0, 1000, 2, 16)), "byte 12"),
        ("64-bit integers", with(fmt_of(1, 1, 1000, 8, 64)), "byte 12"),
        ("0 bits", with(fmt_of(1, 1, 1000, 2, 0)), "byte 12"),
        ("16-bit floats", with(fmt_of(3, 1, 1000, 2, 16)), "byte 12"),
        ("short fmt", riff(&[chunk(b"fmt ", &[1, 0]), data.clone()]), "byte 12"),
        ("no fmt", riff(&[data]), "\"fmt \""),
        ("no data", riff(&[fmt16()]), "\"data\""),
        ("empty data", riff(&[fmt16(), chunk(b"data", b"")]), "byte 36"),
        (
            "empty data before another chunk",
            riff(&[fmt16(), chunk(b"data", b""), chunk(b"LIST", b"INFO")]),
            "byte 36",
        ),
        ("many channels", with(fmt_of(1, 65535, 1000, 2, 16)), "65535 channels"),
    ];
    for (name, file, place) in cases {
        let error = read(&file).unwrap_err();
        assert!(error.message().contains(place), "{name}: {error}");
        assert!(error.hint().is_some(), "{name}: {error}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let left: Vec<f64> = (0..10_000).map(|n| f64::from(n) / 4096.0 - 1.0).collect();
    let mut right = left.clone();
    right[17] = f64::NAN;
    let rate = Hertz::new(1259.2593).unwrap();
    let mut file = Vec::new();
    write_wav(&mut file, rate, &[("SOL <left> & \"co\"", &left), ("SOL_R", &right)])
        .unwrap();
    let recording = read(&file).unwrap();
    let names: Vec<_> =
        recording.channels.iter().map(|channel| channel.label.name.as_str()).collect();
    assert_eq!(names, ["SOL <left> & \"co\"", "SOL_R"]);
    assert_eq!(recording.warnings, Vec::<String>::new());
    assert_eq!(recording.channels[0].rate, rate);
    assert_eq!(recording.channels[0].samples, left);
    assert!(recording.channels[1].samples[17].is_nan());
    assert_eq!(recording.channels[1].samples[18..], right[18..]);
    assert_eq!(
        u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize,
        file.len() - 8
    );
}

#[test]
fn what_cannot_be_written_is_refused() {
    let rate = Hertz::new(1000.0).unwrap();
    let mut out = Vec::new();
    let channel: &[f64] = &[0.0; 2];
    assert!(write_wav(&mut out, rate, &[]).is_err());
    assert!(write_wav(&mut out, rate, &[("a", &[])]).is_err());
    assert!(write_wav(&mut out, rate, &[("a", channel), ("b", &channel[..1])]).is_err());
    assert!(write_wav(&mut out, Hertz::new(0.1).unwrap(), &[("a", channel)]).is_err());
    // One slice stands for all channels, so that 4 GiB need no 4 GiB.
    let long = vec![0.0; 70_000];
    let many = vec![("a", long.as_slice()); 16_000];
    let error = write_wav(&mut out, rate, &many).unwrap_err();
    assert!(error.message().contains("4 GiB"), "{error}");
    assert!(
        write_wav(&mut out, rate, &vec![("a", channel); 16_384])
            .unwrap_err()
            .message()
            .contains("16383")
    );
    assert!(out.is_empty());
}

/// A folder of the real recordings beside the project, whether it is there or not.
fn shared(path: &str) -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("SOLEUS_SHARED")
        .map_or_else(beside, PathBuf::from)
        .join("data")
        .join(path)
}

#[test]
fn the_wav_of_a_walk_equals_its_csv() {
    let folder = shared("walking-right-leg");
    if !folder.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
        println!("skipped: {} is missing", folder.display());
        return;
    }
    let text = std::fs::read_to_string(folder.join("raw_emg.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let column = |name: &str| {
        let at = header.trim().split(',').position(|column| column == name).unwrap();
        rows.lines()
            .map(|row| {
                row.split(',').nth(at).unwrap().trim().parse::<f64>().unwrap() * 1e-6
            })
            .collect::<Vec<f64>>()
    };
    let file = folder.join("soleus_tibialis_16bit_fullscale_1000uV.wav");
    let recording = load(&file, &full_scale(1000.0, "uV")).unwrap();
    // Half a step of 16 bits, and a little for the rounding of the product.
    let half_step = 1e-3 / 32768.0 / 2.0 * (1.0 + 1e-9);
    for (channel, name) in recording.channels.iter().zip(["SO", "TA"]) {
        let expected = column(name);
        assert_eq!(channel.samples.len(), expected.len());
        let worst = channel
            .samples
            .iter()
            .zip(&expected)
            .map(|(is, should)| (is - should).abs())
            .fold(0.0, f64::max);
        assert!(worst <= half_step, "{name}: {worst} V, half a step is {half_step} V");
        assert_eq!((channel.rate.hz(), &channel.unit), (1000.0, &Unit::VOLT));
    }
    assert_eq!(recording.channels.len(), 2);
}

fn seeds() -> Option<Vec<Vec<u8>>> {
    let cues = [&1_u32.to_le_bytes()[..], &[1; 24]].concat();
    let texts =
        chunk(b"LIST", &[b"adtl".to_vec(), chunk(b"labl", b"\x07\0\0\0heel\0")].concat());
    let mut written = Vec::new();
    write_wav(&mut written, Hertz::new(1000.0)?, &[("a", &[0.0; 5]), ("b", &[1.0; 5])])
        .ok()?;
    Some(vec![
        riff(&[
            fmt16(),
            chunk(b"cue ", &cues),
            texts,
            chunk(b"bext", b"sTRK1=a"),
            chunk(b"data", &stereo()),
        ]),
        riff(&[chunk(b"fmt ", &extensible(1, 4, 24)), chunk(b"data", &stereo())]),
        riff(&[chunk(b"fmt ", &fmt_of(3, 1, 1000, 8, 64)), chunk(b"data", &[7; 24])]),
        rf64(b"RF64", 12),
        wave64(None),
        written,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(
        seed in 0_usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(0_u8), Just(255), Just(127), any::<u8>()]), 0..8),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut file = seeds().unwrap().swap_remove(seed);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if cut {
            file.truncate(keep.index(file.len()) + 1);
        }
        match read(&file) {
            Ok(recording) => {
                // One byte is the shortest sample: no length is taken from the file
                // alone.
                let count: usize = recording.channels.iter().map(|channel| channel.samples.len()).sum();
                prop_assert!((1..=file.len()).contains(&count));
            }
            Err(error) => prop_assert!(error.to_string().starts_with("x.wav: ")),
        }
    }

    #[test]
    fn random_samples_survive_a_round_trip(samples in prop::collection::vec(any::<f32>(), 1..200), count in 1_usize..5) {
        let samples: Vec<f64> = samples.into_iter().filter(|sample| sample.is_finite()).map(f64::from).collect();
        prop_assume!(!samples.is_empty());
        let mut file = Vec::new();
        write_wav(&mut file, Hertz::new(2000.0).unwrap(), &vec![("SOL", samples.as_slice()); count]).unwrap();
        let recording = read(&file).unwrap();
        prop_assert_eq!(recording.channels.len(), count);
        for channel in &recording.channels {
            prop_assert_eq!(&channel.samples, &samples);
        }
    }
}
