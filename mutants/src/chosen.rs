//! Which mutants are tried.

use crate::Mutant;

/// The folders that the sample is drawn of.
const SAMPLED: [&str; 4] = ["src/dsp/", "src/load/", "src/analysis/", "src/study/"];

/// All mutants of the places that are asked for completely, in their order, then a random
/// sample of the others.
pub(crate) fn chosen(
    list: Vec<Mutant>,
    complete: &[String],
    sample: usize,
    seed: u64,
) -> Vec<Mutant> {
    let (mut chosen, mut others) = (Vec::new(), list);
    for place in complete {
        let (here, rest): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|mutant| mutant.is_in(place));
        chosen.extend(here);
        others = rest;
    }
    let is_sampled =
        |mutant: &Mutant| SAMPLED.iter().any(|path| mutant.file.starts_with(path));
    let mut others: Vec<_> = others.into_iter().filter(is_sampled).collect();

    // Fisher and Yates, as far as needed.
    let mut state = seed;
    let sample = sample.min(others.len());
    for at in 0..sample {
        let left = (others.len() - at) as u64;
        others.swap(at, at + (split_mix(&mut state) % left) as usize);
    }
    others.truncate(sample);
    others
        .sort_by(|a, b| (&a.file, a.span.start.line).cmp(&(&b.file, b.span.start.line)));
    chosen.extend(others);
    chosen
}

/// The generator SplitMix64 (Steele, Lea and Flood 2014).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
