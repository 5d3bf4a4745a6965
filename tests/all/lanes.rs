//! The vector kernels give the bits of the plain loop, on every path that this machine
//! has.

use std::ops::Range;

use biquad::{Biquad, Coefficients, DirectForm2Transposed};
use proptest::prelude::*;
use soleus::condition::Chain;
use soleus::dsp::design::{Band, butterworth};
use soleus::dsp::random::{SplitMix64, normals};
use soleus::dsp::sos::Sos;
use soleus::dsp::zero_phase::{Edge, Enter, Instructions, Leave, Scratch, ZeroPhase};
use soleus::envelope::Envelope;
use soleus::recipe::Recipe;
use soleus::units::Hertz;

const EDGES: [Edge; 5] =
    [Edge::Odd, Edge::Even, Edge::Constant, Edge::None, Edge::Matlab];

/// Forward and backward with the scalar sections of the `biquad` crate, over a copy that
/// is continued at both ends.
fn plain(sos: &Sos, edge: Edge, samples: &[f64]) -> Vec<f64> {
    let (padding, n) = (edge.padding(sos), samples.len());
    let beyond = |end: f64, inside: f64| match edge {
        Edge::Odd | Edge::Matlab => 2.0 * end - inside,
        Edge::Even => inside,
        _ => end,
    };
    let mut continued: Vec<f64> =
        (1..=padding).rev().map(|i| beyond(samples[0], samples[i])).collect();
    continued.extend(samples);
    continued.extend((1..=padding).map(|i| beyond(samples[n - 1], samples[n - 1 - i])));
    let mut sections = settled(sos, continued[0]);
    continued.iter_mut().for_each(|sample| *sample = through(&mut sections, *sample));
    sections = settled(sos, continued[continued.len() - 1]);
    continued
        .iter_mut()
        .rev()
        .for_each(|sample| *sample = through(&mut sections, *sample));
    continued[padding..padding + n].to_vec()
}

fn settled(sos: &Sos, level: f64) -> Vec<DirectForm2Transposed<f64>> {
    let states = sos.steady_state();
    let section = |(s, [s1, s2]): (&soleus::dsp::sos::SecondOrderSection, [f64; 2])| {
        let coefficients =
            Coefficients { a1: s.a1, a2: s.a2, b0: s.b0, b1: s.b1, b2: s.b2 };
        let mut section = DirectForm2Transposed::new(coefficients);
        (section.s1, section.s2) = (s1 * level, s2 * level);
        section
    };
    sos.sections().iter().zip(states).map(section).collect()
}

fn through(sections: &mut [DirectForm2Transposed<f64>], sample: f64) -> f64 {
    sections.iter_mut().fold(sample, |sample, section| section.run(sample))
}

fn bits(samples: &[f64]) -> Vec<u64> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

/// A design of any kind and order, by a seed.
fn design(random: &mut SplitMix64) -> Sos {
    let order = 1 + random.index(9);
    let (low, high) = (5.0 + 50.0 * random.uniform(), 100.0 + 350.0 * random.uniform());
    let band = [
        Band::BandPass(low, high),
        Band::LowPass(high),
        Band::HighPass(low),
        Band::BandStop(low, high),
    ];
    butterworth(order, band[random.index(4)], 1000.0).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_path_has_the_bits_of_the_scalar_crate(seed in any::<u64>(), count in 1_usize..=40, extra in 0_usize..2600) {
        let mut random = SplitMix64::new(seed);
        let sos = design(&mut random);
        let edge = EDGES[random.index(EDGES.len())];
        let length = edge.shortest(&sos) + extra;
        let channels: Vec<Vec<f64>> = (0..count).map(|channel| normals(seed ^ channel as u64, length)).collect();
        let expected: Vec<Vec<u64>> = channels.iter().map(|channel| bits(&plain(&sos, edge, channel))).collect();
        for instructions in Instructions::available() {
            let filter = ZeroPhase::new(sos.clone(), edge).with_instructions(instructions);
            let mut work = channels.clone();
            let mut slices: Vec<&mut [f64]> = work.iter_mut().map(Vec::as_mut_slice).collect();
            filter.run_together(&mut slices, Enter::Unchanged, Leave::Unchanged, &mut Scratch::default()).unwrap();
            for (found, expected) in work.iter().zip(&expected) {
                prop_assert_eq!(&bits(found), expected, "{} {:?}", instructions.name(), edge);
            }
        }
    }

    #[test]
    fn what_shares_a_pass_has_the_bits_of_separate_passes(
        seed in any::<u64>(), count in 1_usize..=20, extra in 0_usize..1500, less in any::<bool>()
    ) {
        let mut random = SplitMix64::new(seed);
        let sos = design(&mut random);
        let length = Edge::Odd.shortest(&sos) + extra;
        let channels: Vec<Vec<f64>> = (0..count).map(|channel| normals(seed ^ channel as u64, length)).collect();
        let offsets: Vec<f64> = (0..count).map(|_| random.normal()).collect();
        let enter = if less { Enter::Less(&offsets) } else { Enter::Magnitude };
        let sources: Vec<&[f64]> = channels.iter().map(Vec::as_slice).collect();
        for instructions in Instructions::available() {
            let filter = ZeroPhase::new(sos.clone(), Edge::Odd).with_instructions(instructions);
            let mut targets: Vec<Vec<f64>> = channels.iter().map(|channel| vec![0.0; channel.len()]).collect();
            let mut slices: Vec<&mut [f64]> = targets.iter_mut().map(Vec::as_mut_slice).collect();
            let counts =
                filter.run_from(&sources, &mut slices, enter, Leave::NotNegative, &mut Scratch::default()).unwrap();
            for (k, (found, channel)) in targets.iter().zip(&channels).enumerate() {
                let entered: Vec<f64> =
                    channel.iter().map(|x| if less { x - offsets[k] } else { x.abs() }).collect();
                let filtered = plain(&sos, Edge::Odd, &entered);
                let expected: Vec<f64> = filtered.iter().map(|&x| if x < 0.0 { 0.0 } else { x }).collect();
                prop_assert_eq!(bits(found), bits(&expected), "{}", instructions.name());
                prop_assert_eq!(counts[k], filtered.iter().filter(|x| **x < 0.0).count());
            }
        }
    }

    /// Hum is what the channels of a recording show together; once it is decided, each of
    /// them is cleaned the same in any company.
    #[test]
    fn channels_cleaned_together_are_those_cleaned_alone(
        seed in any::<u64>(), count in 1_usize..=12, hums in any::<bool>()
    ) {
        let rate = Hertz::new(1000.0).unwrap();
        let chain = Chain::design(&Recipe::default().conditioning, rate).unwrap();
        let envelope = Envelope::default().design(rate).unwrap();
        let mut random = SplitMix64::new(seed);
        let mut raws: Vec<Vec<f64>> = (0..count).map(|channel| recording(&mut random, seed ^ channel as u64)).collect();
        if hums {
            raws.iter_mut().for_each(|raw| hum(raw));
        }
        let slices: Vec<&[f64]> = raws.iter().map(Vec::as_slice).collect();
        let together = chain.run_together(&slices, &mut Scratch::default());
        prop_assert_eq!(together.len(), count);
        for waves in cuts(count) {
            let settled = chain.settled(&slices, &waves, false);
            for (raw, found) in slices.iter().zip(&together) {
                match (settled.run(raw), found) {
                    (Ok(alone), Ok(found)) => {
                        prop_assert_eq!(bits(&alone.samples), bits(&found.samples));
                        prop_assert_eq!((&alone.findings, alone.too_short), (&found.findings, found.too_short));
                    }
                    (Err(alone), Err(found)) => prop_assert_eq!(alone.message(), found.message()),
                    _ => prop_assert!(false, "one way is an error"),
                }
            }
        }
        // Fewer than a second are too short for hum.
        let tell = together.iter().zip(&slices).filter(|(_, raw)| raw.len() > 1000);
        for cleaned in tell.filter_map(|(cleaned, _)| cleaned.as_ref().ok()).filter(|_| hums) {
            prop_assert!(cleaned.findings[0].starts_with("mains at 50.0"), "{:?}", cleaned.findings);
        }
        let cleans: Vec<&[f64]> = together.iter().flatten().map(|cleaned| cleaned.samples.as_slice()).collect();
        let envelopes = envelope.run_together(&cleans, &mut Scratch::default());
        for (clean, found) in cleans.iter().zip(&envelopes) {
            let alone = envelope.run(clean);
            prop_assert_eq!(bits(&alone.samples), bits(&found.samples));
            prop_assert_eq!(alone.negative_share, found.negative_share);
        }
    }
}

/// Adds hum as strong as the noise.
fn hum(samples: &mut [f64]) {
    let angle = |n: usize| 2.0 * std::f64::consts::PI * 50.05 * n as f64 / 1000.0;
    samples
        .iter_mut()
        .enumerate()
        .for_each(|(n, sample)| *sample += 2.0 * angle(n).sin());
}

/// So many channels as one wave of one group, as waves of one channel, and as groups of
/// one.
fn cuts(count: usize) -> [Vec<Vec<Range<usize>>>; 3] {
    let one = |channel: usize| channel..channel + 1;
    let waves = (0..count).map(|channel| vec![one(channel)]).collect();
    [
        vec![std::iter::once(0..count).collect()],
        waves,
        vec![(0..count).map(one).collect()],
    ]
}

/// Noise with an offset; sometimes with gaps, infinities, or nothing at all, and of one
/// of three lengths.
fn recording(random: &mut SplitMix64, seed: u64) -> Vec<f64> {
    let mut samples = normals(seed, [1500, 1501, 20][random.index(8).min(3) % 3]);
    samples.iter_mut().for_each(|sample| *sample += 3.0);
    match random.index(6) {
        0 => samples[7..9].fill(f64::NAN),
        1 => samples[12] = f64::INFINITY,
        2 => samples.fill(f64::NAN),
        _ => {}
    }
    samples
}

#[test]
fn silence_after_a_burst_is_the_same_on_every_path() {
    let sos = butterworth(4, Band::BandPass(20.0, 450.0), 1000.0).unwrap();
    let mut burst = vec![0.0; 30_000];
    burst[2000..2300].copy_from_slice(&normals(1, 300));
    let run = |instructions: Instructions, count: usize| {
        let mut work = vec![burst.clone(); count];
        let filter =
            ZeroPhase::new(sos.clone(), Edge::Odd).with_instructions(instructions);
        let mut slices: Vec<&mut [f64]> =
            work.iter_mut().map(Vec::as_mut_slice).collect();
        filter
            .run_together(
                &mut slices,
                Enter::Unchanged,
                Leave::Unchanged,
                &mut Scratch::default(),
            )
            .unwrap();
        bits(&work[count - 1])
    };
    let expected = run(Instructions::Scalar, 1);
    for instructions in Instructions::available() {
        for count in [1, 3, 8] {
            assert_eq!(
                run(instructions, count),
                expected,
                "{} {count}",
                instructions.name()
            );
        }
    }
}

#[test]
fn zeros_before_and_after_are_the_same_on_every_path() {
    let sos = butterworth(2, Band::LowPass(6.0), 1000.0).unwrap();
    let samples = normals(4, 100);
    let alone = |instructions: Instructions, count: usize| {
        let mut work = vec![samples.clone(); count];
        let filter = ZeroPhase::new(sos.clone(), Edge::R).with_instructions(instructions);
        let mut slices: Vec<&mut [f64]> =
            work.iter_mut().map(Vec::as_mut_slice).collect();
        filter
            .run_together(
                &mut slices,
                Enter::Unchanged,
                Leave::Unchanged,
                &mut Scratch::default(),
            )
            .unwrap();
        bits(&work[0])
    };
    for instructions in Instructions::available() {
        assert_eq!(alone(instructions, 1), alone(Instructions::Scalar, 1));
        assert_eq!(alone(instructions, 5), alone(Instructions::Scalar, 1));
    }
}

#[test]
fn channels_of_different_lengths_are_refused_and_left_alone() {
    let filter =
        ZeroPhase::new(butterworth(2, Band::LowPass(6.0), 1000.0).unwrap(), Edge::Odd);
    let (mut long, mut short) = (normals(1, 300), normals(2, 299));
    let before = (long.clone(), short.clone());
    let refused = filter.run_together(
        &mut [&mut long, &mut short],
        Enter::Unchanged,
        Leave::Unchanged,
        &mut Scratch::default(),
    );
    assert!(refused.is_err());
    assert_eq!((long, short), before);
    assert_eq!(
        filter.run_together(
            &mut [],
            Enter::Unchanged,
            Leave::Unchanged,
            &mut Scratch::default()
        ),
        Ok(vec![])
    );
}
