//! A running number of samples → the rows that are missing.

use super::hole::{FILL, Hole};

/// One step in so many may leave rows out.
const OTHERS: usize = 10;
/// A counter that begins again holds at least so many different numbers.
const SHORTEST: f64 = 8.0;

/// The missing rows that a running number shows: one that rises by one from row to row, and
/// may begin again (0 to 255, 0 to 15); `None` where the numbers are none.
pub(in crate::load::csv) fn read(numbers: &[f64]) -> Option<Vec<Hole>> {
    let (lowest, highest) = numbers
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(low, high), &x| (low.min(x), high.max(x)));
    let round = highest - lowest + 1.0;
    let mut holes = Vec::new();
    for (row, pair) in numbers.windows(2).enumerate() {
        let step = pair[1] - pair[0];
        let step = if step < 0.0 && round >= SHORTEST { step + round } else { step };
        if !(step >= 1.0 && step.fract() == 0.0) {
            return None;
        }
        if step > 1.0 {
            holes.push(Hole { after: row, missing: step as usize - 1 });
        }
    }
    let missing: usize = holes.iter().map(|hole| hole.missing).sum();
    let few = holes.len() * OTHERS <= numbers.len().max(20);
    (few && missing <= FILL * numbers.len()).then_some(holes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_numbers_show_missing_rows() {
        assert_eq!(read(&[1.0, 2.0, 3.0]), Some(vec![]));
        assert_eq!(
            read(&[1.0, 2.0, 5.0, 6.0]),
            Some(vec![Hole { after: 1, missing: 2 }])
        );
        for numbers in
            [&[1.0, 1.0, 2.0][..], &[1.0, 2.0, 2.5], &[3.0, 1.0], &[f64::NAN, 1.0]]
        {
            assert_eq!(read(numbers), None, "{numbers:?}");
        }
    }

    #[test]
    fn a_counter_may_begin_again() {
        for round in [16, 256] {
            let mut numbers: Vec<f64> =
                (0..2000).map(|row| f64::from((row + 5) % round)).collect();
            assert_eq!(read(&numbers), Some(vec![]), "{round}");
            numbers.drain(700..704);
            let lost = Hole { after: 699, missing: 4 };
            assert_eq!(read(&numbers), Some(vec![lost]), "{round}");
        }
        let blinking: Vec<f64> = (0..100).map(|row| f64::from(row % 2)).collect();
        assert_eq!(read(&blinking), None);
    }
}
