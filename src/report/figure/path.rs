//! Path data of SVG in tenths of a unit: short to write, the same bytes everywhere.

/// A place in a drawing, in tenths of a unit.
pub(crate) type Place = (i64, i64);

/// The place nearest to a point of the drawing.
pub(crate) fn place(x: f64, y: f64) -> Place {
    ((x * 10.0).round() as i64, (y * 10.0).round() as i64)
}

/// A number of tenths as SVG writes it shortest: `12`, `3.4`, `-.5`.
pub(crate) fn tenths(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
    match (whole, tenth) {
        (_, 0) => format!("{sign}{whole}"),
        (0, _) => format!("{sign}.{tenth}"),
        _ => format!("{sign}{whole}.{tenth}"),
    }
}

/// A number as the drawing writes it, with at most one decimal.
pub(crate) fn short(value: f64) -> String {
    tenths((value * 10.0).round() as i64)
}

fn pair((x, y): Place) -> String {
    let y = tenths(y);
    let gap = if y.starts_with('-') { "" } else { " " };
    format!("{}{gap}{y}", tenths(x))
}

/// Path data through runs of places. A run of one place is a dot (drawn by its line cap).
pub(crate) fn lines(runs: &[Vec<Place>]) -> String {
    runs.iter().map(|run| line(run)).collect()
}

/// Path data of one run, not closed.
pub(crate) fn line(run: &[Place]) -> String {
    let Some((&first, rest)) = run.split_first() else { return String::new() };
    let mut text = format!("M{}", pair(first));
    if rest.is_empty() {
        text.push_str("h0");
    }
    let mut from = first;
    for (index, &to) in rest.iter().enumerate() {
        let step = pair((to.0 - from.0, to.1 - from.1));
        let gap = if index > 0 && !step.starts_with('-') { " " } else { "" };
        text.push_str(if index == 0 { "l" } else { gap });
        text.push_str(&step);
        from = to;
    }
    text
}

/// Path data of dots, every place once.
pub(crate) fn dots(mut places: Vec<Place>) -> String {
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(|place| line(&[place])).collect()
}

/// Runs of places without the gaps; of the places that share a column one unit wide only the
/// first, the highest, the lowest and the last stay, which looks the same.
pub(crate) fn thinned(places: impl Iterator<Item = Option<Place>>) -> Vec<Vec<Place>> {
    let mut runs = vec![Vec::new()];
    let mut column: Vec<Place> = Vec::new();
    for place in places {
        let shares = |last: &Place| place.is_some_and(|place| place.0.div_euclid(10) == last.0.div_euclid(10));
        if !column.last().is_some_and(shares) {
            empty_into(&mut column, &mut runs);
        }
        match place {
            Some(place) => column.push(place),
            None => runs.push(Vec::new()),
        }
    }
    empty_into(&mut column, &mut runs);
    runs.retain(|run| !run.is_empty());
    runs
}

fn empty_into(column: &mut Vec<Place>, runs: &mut [Vec<Place>]) {
    let Some(run) = runs.last_mut() else { return };
    let indices = 0..column.len();
    let lowest = indices.clone().min_by_key(|&index| column[index].1);
    let highest = indices.clone().max_by_key(|&index| column[index].1);
    let mut kept: Vec<_> = [indices.clone().next(), lowest, highest, indices.last()].into_iter().flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    run.extend(kept.into_iter().map(|index| column[index]));
    run.dedup();
    column.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads path data of `M x y l dx dy …` back into places.
    fn read(text: &str) -> Vec<Vec<Place>> {
        let mut runs = Vec::new();
        for run in text.split('M').filter(|run| !run.is_empty()) {
            let (start, steps) = run.split_once(['l', 'h']).unwrap();
            let numbers = |text: &str| -> Vec<i64> {
                let spaced = text.replace('-', " -");
                spaced.split_whitespace().map(|number| (number.parse::<f64>().unwrap() * 10.0).round() as i64).collect()
            };
            let start = numbers(start);
            let mut at = (start[0], start[1]);
            let mut places = vec![at];
            for step in numbers(steps).chunks_exact(2) {
                at = (at.0 + step[0], at.1 + step[1]);
                places.push(at);
            }
            runs.push(places);
        }
        runs
    }

    #[test]
    fn path_data_reads_back_to_the_same_places() {
        let mut random = crate::report::Uniform(3);
        for length in 1..60 {
            let mut coordinate = || (random.next() * 4000.0 - 500.0).round() as i64;
            let run: Vec<Place> = (0..length).map(|_| (coordinate(), coordinate())).collect();
            assert_eq!(read(&line(&run)), [run]);
        }
    }

    #[test]
    fn thinning_keeps_ends_extremes_and_gaps() {
        let mut random = crate::report::Uniform(11);
        let points: Vec<Option<Place>> =
            (0..50_000).map(|index| (index != 25_000).then(|| (index / 12, (random.next() * 2000.0) as i64))).collect();
        let runs = thinned(points.iter().copied());
        assert_eq!(runs.len(), 2);
        assert!(runs.iter().map(Vec::len).sum::<usize>() <= 4 * 418, "at most four places a column");
        let all: Vec<Place> = points.iter().flatten().copied().collect();
        let kept: Vec<Place> = runs.concat();
        assert_eq!((kept.first(), kept.last()), (all.first(), all.last()));
        for column in 0..416 {
            let heights = |places: &[Place]| {
                let inside = places.iter().filter(|place| place.0 / 10 == column).map(|place| place.1);
                (inside.clone().min(), inside.max())
            };
            assert_eq!(heights(&kept), heights(&all), "column {column}");
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([120, -5, 34, 0, -123].map(tenths), ["12", "-.5", "3.4", "0", "-12.3"]);
        assert_eq!(dots(vec![(10, 20), (10, 20), (5, 0)]), "M.5 0h0M1 2h0");
    }
}
