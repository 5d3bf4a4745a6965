//! The vector kernels, which are what is `unsafe` in the library, at every alignment of a
//! cache line, every length around the width of their lanes and every number of channels.
//! Each channel ends where its allocation ends, so that valgrind sees a step beyond it
//! (`.ci/long`); the bits of the plain loop are asked for in `lanes.rs`.

use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::random::normals;
use soleus::dsp::zero_phase::{Edge, Enter, Instructions, Leave, Scratch, ZeroPhase};

/// A channel that begins so many samples after the beginning of its room, and fills the
/// rest of it.
struct Placed {
    room: Box<[f64]>,
    begin: usize,
}

impl Placed {
    fn new(samples: &[f64], begin: usize) -> Self {
        let mut room = vec![f64::MAX; begin];
        room.extend(samples);
        Self { room: room.into_boxed_slice(), begin }
    }

    fn samples(&mut self) -> &mut [f64] {
        &mut self.room[self.begin..]
    }
}

#[test]
fn kernels_touch_what_is_theirs_wherever_it_lies() {
    let sos = butterworth(3, Band::BandPass(20.0, 400.0), 1000.0).unwrap();
    let edge = Edge::Odd;
    for extra in 0..20 {
        let length = edge.shortest(&sos) + extra;
        let samples: Vec<Vec<f64>> =
            (0..9).map(|channel| normals(channel, length)).collect();
        for begin in 0..8 {
            let mut first: Option<Vec<Vec<f64>>> = None;
            for instructions in Instructions::available() {
                let filter =
                    ZeroPhase::new(sos.clone(), edge).with_instructions(instructions);
                let count = 1 + (extra + begin) % 9;
                let mut placed: Vec<Placed> = samples[..count]
                    .iter()
                    .enumerate()
                    .map(|(at, channel)| Placed::new(channel, (begin + at) % 8))
                    .collect();
                let mut slices: Vec<&mut [f64]> =
                    placed.iter_mut().map(Placed::samples).collect();
                let scratch = &mut Scratch::default();
                filter
                    .run_together(
                        &mut slices,
                        Enter::Unchanged,
                        Leave::Unchanged,
                        scratch,
                    )
                    .unwrap();
                let name = instructions.name();
                for channel in &placed {
                    let before = &channel.room[..channel.begin];
                    assert!(before.iter().all(|sample| *sample == f64::MAX), "{name}");
                }
                let found: Vec<Vec<f64>> =
                    placed.iter_mut().map(|channel| channel.samples().to_vec()).collect();
                assert_eq!(*first.get_or_insert_with(|| found.clone()), found, "{name}");
            }
        }
    }
}
