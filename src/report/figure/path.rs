//! Path data of SVG in tenths of a unit: short to write, the same bytes everywhere.

/// A place in a drawing, in tenths of a unit.
pub(crate) type Place = (i64, i64);

/// The place nearest to a point of the drawing.
pub(crate) fn place(x: f64, y: f64) -> Place {
    ((x * 10.0).round() as i64, (y * 10.0).round() as i64)
}

/// A number as the drawing writes it, with at most one decimal.
pub(crate) fn short(value: f64) -> String {
    let mut text = String::new();
    push_tenths(&mut text, (value * 10.0).round() as i64);
    text
}

/// Writes a number of tenths as SVG has it shortest: `12`, `3.4`, `-.5`.
fn push_tenths(text: &mut String, tenths: i64) {
    if tenths < 0 {
        text.push('-');
    }
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if whole > 0 || tenth == 0 {
        push_whole(text, whole);
    }
    if tenth > 0 {
        text.push('.');
        push_digit(text, tenth);
    }
}

fn push_whole(text: &mut String, number: u64) {
    if number >= 10 {
        push_whole(text, number / 10);
    }
    push_digit(text, number % 10);
}

fn push_digit(text: &mut String, digit: u64) {
    text.push(char::from(b'0' + digit as u8));
}

/// Writes two numbers with what must stand between them: a blank, or the sign of the
/// second.
fn push_pair(text: &mut String, (x, y): Place) {
    push_tenths(text, x);
    if y >= 0 {
        text.push(' ');
    }
    push_tenths(text, y);
}

/// Path data that grows place by place.
struct Pen<'a> {
    text: &'a mut String,
    at: Option<Place>,
    steps: usize,
}

impl<'a> Pen<'a> {
    fn new(text: &'a mut String) -> Self {
        Self { text, at: None, steps: 0 }
    }

    /// Draws to a place, or begins a run there.
    fn draw(&mut self, to: Place) {
        let Some(from) = self.at.replace(to) else {
            self.text.push('M');
            return push_pair(self.text, to);
        };
        let step = (to.0 - from.0, to.1 - from.1);
        match self.steps {
            0 => self.text.push('l'),
            _ if step.0 >= 0 => self.text.push(' '),
            _ => {}
        }
        push_pair(self.text, step);
        self.steps += 1;
    }

    /// Ends the run: a run of one place is a dot (drawn by its line cap).
    fn lift(&mut self) {
        if self.at.take().is_some() && self.steps == 0 {
            self.text.push_str("h0");
        }
        self.steps = 0;
    }
}

/// Writes the path data of one run, not closed.
pub(crate) fn push_line(text: &mut String, run: impl IntoIterator<Item = Place>) {
    let mut pen = Pen::new(text);
    run.into_iter().for_each(|place| pen.draw(place));
    pen.lift();
}

/// Path data of one run, not closed.
pub(crate) fn line(run: &[Place]) -> String {
    let mut text = String::new();
    push_line(&mut text, run.iter().copied());
    text
}

/// Path data of dots, every place once.
pub(crate) fn dots(mut places: Vec<Place>) -> String {
    places.sort_unstable();
    places.dedup();
    let mut text = String::with_capacity(12 * places.len());
    for place in places {
        push_line(&mut text, [place]);
    }
    text
}

/// The places of a run that it takes to draw it no farther than `most` tenths from where
/// it was (Ramer 1972; Douglas & Peucker 1973).
pub(crate) fn simplified(run: &[Place], most: i64) -> Vec<Place> {
    let Some(last) = run.len().checked_sub(1) else { return Vec::new() };
    let mut kept = vec![false; run.len()];
    (kept[0], kept[last]) = (true, true);
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let far = (from + 1..to)
            .map(|at| (distance(run[from], run[to], run[at]), at))
            .fold((0.0, from), |far, next| if next.0 > far.0 { next } else { far });
        if far.0 > most as f64 {
            kept[far.1] = true;
            open.extend([(from, far.1), (far.1, to)]);
        }
    }
    run.iter().zip(kept).filter(|(_, kept)| *kept).map(|(place, _)| *place).collect()
}

/// How far a place lies from the line between two others.
fn distance(from: Place, to: Place, place: Place) -> f64 {
    let along = ((to.0 - from.0) as f64, (to.1 - from.1) as f64);
    let off = ((place.0 - from.0) as f64, (place.1 - from.1) as f64);
    let length = (along.0 * along.0 + along.1 * along.1).sqrt();
    if length == 0.0 {
        return (off.0 * off.0 + off.1 * off.1).sqrt();
    }
    (along.0 * off.1 - along.1 * off.0).abs() / length
}

/// Whether two places share a column one unit wide.
pub(crate) fn share_a_column(one: Place, other: Place) -> bool {
    one.0.div_euclid(10) == other.0.div_euclid(10)
}

/// Writes path data through runs of places, which a gap ends; of the places that share a
/// column one unit wide only the first, the highest, the lowest and the last stay, which
/// looks the same.
pub(crate) fn push_thinned(
    text: &mut String,
    places: impl IntoIterator<Item = Option<Place>>,
) {
    let mut pen = Pen::new(text);
    let mut column: Option<PathColumn> = None;
    for (index, place) in places.into_iter().enumerate() {
        match (place, &mut column) {
            (Some(place), Some(column)) if share_a_column(column.first.1, place) => {
                column.add((index, place))
            }
            (place, column) => {
                if let Some(column) = column.take() {
                    column.draw(&mut pen);
                }
                *column = place.map(|place| PathColumn::of((index, place)));
                if place.is_none() {
                    pen.lift();
                }
            }
        }
    }
    if let Some(column) = column {
        column.draw(&mut pen);
    }
    pen.lift();
}

/// What stays of the places of one column, each with its index.
struct PathColumn {
    first: (usize, Place),
    highest: (usize, Place),
    lowest: (usize, Place),
    last: (usize, Place),
}

impl PathColumn {
    fn of(only: (usize, Place)) -> Self {
        Self { first: only, highest: only, lowest: only, last: only }
    }

    /// Of several places at one height the first is the highest and the last the lowest.
    fn add(&mut self, next: (usize, Place)) {
        if next.1.1 < self.highest.1.1 {
            self.highest = next;
        }
        if next.1.1 >= self.lowest.1.1 {
            self.lowest = next;
        }
        self.last = next;
    }

    fn draw(self, pen: &mut Pen<'_>) {
        let between = if self.highest.0 <= self.lowest.0 {
            [self.highest, self.lowest]
        } else {
            [self.lowest, self.highest]
        };
        for (_, place) in [self.first, between[0], between[1], self.last] {
            if pen.at != Some(place) {
                pen.draw(place);
            }
        }
    }
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
                spaced
                    .split_whitespace()
                    .map(|number| (number.parse::<f64>().unwrap() * 10.0).round() as i64)
                    .collect()
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

    /// What [`push_thinned`] does, as one would write it first: runs, and in each the
    /// columns.
    fn plain(places: &[Option<Place>]) -> String {
        let mut text = String::new();
        for run in places.split(Option::is_none) {
            let run: Vec<Place> = run.iter().copied().flatten().collect();
            let mut kept: Vec<Place> = Vec::new();
            for column in run.chunk_by(|one, other| share_a_column(*one, *other)) {
                let highest =
                    (0..column.len()).min_by_key(|&index| column[index].1).unwrap();
                let lowest =
                    (0..column.len()).max_by_key(|&index| column[index].1).unwrap();
                let mut indices = [0, highest, lowest, column.len() - 1];
                indices.sort_unstable();
                kept.extend(indices.map(|index| column[index]));
            }
            kept.dedup();
            text += &line(&kept);
        }
        text
    }

    fn thinned(places: &[Option<Place>]) -> String {
        let mut text = String::new();
        push_thinned(&mut text, places.iter().copied());
        text
    }

    #[test]
    fn thinning_in_one_pass_is_thinning_column_by_column() {
        let mut random = crate::report::Uniform(17);
        for length in 0..400 {
            let (across, up) = (1.0 + 30.0 * random.next(), 1.0 + 40.0 * random.next());
            let mut x = 0;
            let places: Vec<Option<Place>> = (0..length)
                .map(|_| {
                    x += (across * (random.next() - 0.2)) as i64;
                    (random.next() > 0.05)
                        .then(|| (x - 50, (up * (random.next() - 0.5)) as i64))
                })
                .collect();
            assert_eq!(thinned(&places), plain(&places), "{places:?}");
        }
    }

    #[test]
    fn path_data_reads_back_to_the_same_places() {
        let mut random = crate::report::Uniform(3);
        for length in 1..60 {
            let mut coordinate = || (random.next() * 4000.0 - 500.0).round() as i64;
            let run: Vec<Place> =
                (0..length).map(|_| (coordinate(), coordinate())).collect();
            assert_eq!(read(&line(&run)), [run]);
        }
    }

    #[test]
    fn thinning_keeps_ends_extremes_and_gaps() {
        let mut random = crate::report::Uniform(11);
        let points: Vec<Option<Place>> = (0..50_000)
            .map(|index| {
                (index != 25_000).then(|| (index / 12, (random.next() * 2000.0) as i64))
            })
            .collect();
        let runs = read(&thinned(&points));
        assert_eq!(runs.len(), 2);
        assert!(
            runs.iter().map(Vec::len).sum::<usize>() <= 4 * 418,
            "at most four places a column"
        );
        let all: Vec<Place> = points.iter().flatten().copied().collect();
        let kept: Vec<Place> = runs.concat();
        assert_eq!((kept.first(), kept.last()), (all.first(), all.last()));
        for column in 0..416 {
            let heights = |places: &[Place]| {
                let inside = places
                    .iter()
                    .filter(|place| place.0 / 10 == column)
                    .map(|place| place.1);
                (inside.clone().min(), inside.max())
            };
            assert_eq!(heights(&kept), heights(&all), "column {column}");
        }
    }

    #[test]
    fn numbers_are_short() {
        let values = [12.0, -0.5, 3.4, 0.0, -12.3, 1234.04, -0.04];
        assert_eq!(values.map(short), ["12", "-.5", "3.4", "0", "-12.3", "1234", "0"]);
        assert_eq!(dots(vec![(10, 20), (10, 20), (5, 0)]), "M.5 0h0M1 2h0");
    }
}
