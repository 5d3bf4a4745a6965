//! Sample entropy (Richman & Moorman 2000), by comparing only what can be alike.
//!
//! Templates are put in strips by their first value, each no wider than the tolerance,
//! and sorted by their second value within a strip. A template can be alike only to those
//! of its own and of the next strip whose second values lie within the tolerance. All
//! decisions are made by the same comparison as in the plain double loop, `|a − b| ≤ r`
//! as computed; since rounding never changes the order of two differences, nothing that
//! is alike is left out, and the counts are those of the plain loop whatever the samples.

/// How many pairs of templates are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matches {
    /// Pairs of templates of m + 1 samples: A of Richman & Moorman.
    pub longer: u64,
    /// Pairs of templates of m samples: B of Richman & Moorman.
    pub shorter: u64,
}

impl Matches {
    /// Counts the pairs of templates of `dimension` samples and of one more whose samples
    /// all differ by at most `tolerance`: N − m templates of either length, none compared
    /// with itself, each pair once.
    ///
    /// `None` for fewer than m + 2 samples, for samples or a tolerance that are not
    /// finite, and for a dimension of 0 or a tolerance below 0. The time grows with the
    /// pairs whose first two samples are alike: for noise and a tolerance of a fifth of
    /// its standard deviation, 1 to 3 % of all pairs.
    pub fn count(samples: &[f64], dimension: usize, tolerance: f64) -> Option<Self> {
        let finite = samples.iter().all(|x| x.is_finite()) && tolerance.is_finite();
        let enough = dimension > 0
            && tolerance >= 0.0
            && samples.len() >= dimension.checked_add(2)?;
        (finite && enough).then(|| Strips::cut(samples, dimension, tolerance).matches())
    }

    /// Sample entropy −ln(A/B) in nats; `None` when no templates are alike.
    pub fn entropy(self) -> Option<f64> {
        (self.longer > 0).then(|| libm::log(self.shorter as f64 / self.longer as f64))
    }
}

/// Sample entropy SampEn(m, r) in nats, 0 and above, of templates of `dimension` samples
/// and a tolerance in the unit of the samples (usually 0.2 of their standard deviation).
/// `None` where [`Matches::count`] or [`Matches::entropy`] is.
pub fn sample_entropy(samples: &[f64], dimension: usize, tolerance: f64) -> Option<f64> {
    Matches::count(samples, dimension, tolerance)?.entropy()
}

/// A template: its first two samples and its place.
#[derive(Clone, Copy)]
struct Template {
    first: f64,
    second: f64,
    at: usize,
}

/// The templates, strip after strip, sorted by their second sample within each.
struct Strips<'a> {
    samples: &'a [f64],
    dimension: usize,
    tolerance: f64,
    /// Where strips begin, and the number of templates.
    bounds: Vec<usize>,
    first: Vec<f64>,
    second: Vec<f64>,
    /// The sample that the longer templates have more.
    last: Vec<f64>,
    at: Vec<usize>,
}

impl<'a> Strips<'a> {
    fn cut(samples: &'a [f64], dimension: usize, tolerance: f64) -> Self {
        let pairs = samples.windows(2).take(samples.len() - dimension).enumerate();
        let mut templates: Vec<Template> = pairs
            .map(|(at, pair)| Template { first: pair[0], second: pair[1], at })
            .collect();
        templates.sort_unstable_by(|a, b| a.first.total_cmp(&b.first));
        // No strip is wider than the tolerance and the next begins beyond it, so that
        // templates which are alike lie in one strip or in two neighbouring ones.
        let mut bounds = vec![0];

        let mut start = templates[0].first;
        for (k, template) in templates.iter().enumerate() {
            if template.first - start > tolerance {
                bounds.push(k);
                start = template.first;
            }
        }

        bounds.push(templates.len());
        for strip in bounds.windows(2) {
            templates[strip[0]..strip[1]]
                .sort_unstable_by(|a, b| a.second.total_cmp(&b.second));
        }

        Self {
            samples,
            dimension,
            tolerance,
            bounds,
            first: templates.iter().map(|template| template.first).collect(),
            second: templates.iter().map(|template| template.second).collect(),
            last: templates
                .iter()
                .map(|template| samples[template.at + dimension])
                .collect(),
            at: templates.iter().map(|template| template.at).collect(),
        }
    }

    fn matches(&self) -> Matches {
        let mut found = Matches::default();
        for (k, strip) in self.bounds.windows(2).enumerate() {
            let end = self.bounds.get(k + 2).copied().unwrap_or(strip[1]);
            self.within(strip[0]..strip[1], &mut found);
            self.between(strip[0]..strip[1], strip[1]..end, &mut found);
        }
        if self.dimension == 1 {
            // The strips needed two samples to compare, which is the longer length here.
            found.shorter = alike(&mut self.first.clone(), self.tolerance);
        }
        found
    }

    /// Pairs within one strip, each once.
    fn within(&self, strip: std::ops::Range<usize>, found: &mut Matches) {
        let mut end = strip.start;
        for i in strip.clone() {
            while end < strip.end && self.second[end] - self.second[i] <= self.tolerance {
                end += 1;
            }
            self.compare(i, i + 1..end, found);
        }
    }

    /// Pairs of a template of one strip and one of the next.
    fn between(
        &self,
        strip: std::ops::Range<usize>,
        next: std::ops::Range<usize>,
        found: &mut Matches,
    ) {
        let (mut from, mut to) = (next.start, next.start);
        for i in strip {
            while from < next.end && self.second[i] - self.second[from] > self.tolerance {
                from += 1;
            }
            to = to.max(from);
            while to < next.end && self.second[to] - self.second[i] <= self.tolerance {
                to += 1;
            }
            self.compare(i, from..to, found);
        }
    }

    /// Compares a template with others whose second samples are alike.
    fn compare(&self, i: usize, others: std::ops::Range<usize>, found: &mut Matches) {
        let first = self.first[i];
        let last = self.last[i];
        let r = self.tolerance;
        let firsts = &self.first[others.clone()];
        let lasts = &self.last[others.clone()];
        if self.dimension <= 2 {
            // Without branches, so that several templates are compared at once.
            let (mut shorter, mut longer) = (0, 0);
            for (&a, &b) in firsts.iter().zip(lasts) {
                let alike = (a - first).abs() <= r;
                shorter += u64::from(alike);
                longer += u64::from(alike & ((b - last).abs() <= r));
            }
            found.shorter += shorter;
            found.longer += longer;
            return;
        }

        let template = &self.samples[self.at[i]..][..self.dimension];
        for j in others {
            let other = &self.samples[self.at[j]..][..self.dimension];
            if template.iter().zip(other).all(|(a, b)| (a - b).abs() <= r) {
                found.shorter += 1;
                found.longer += u64::from((self.last[j] - last).abs() <= r);
            }
        }
    }
}

/// How many pairs of numbers differ by at most `tolerance`.
fn alike(values: &mut [f64], tolerance: f64) -> u64 {
    values.sort_unstable_by(f64::total_cmp);
    let (mut end, mut pairs) = (0, 0);
    for (i, value) in values.iter().enumerate() {
        while end < values.len() && values[end] - value <= tolerance {
            end += 1;
        }
        pairs += (end - i - 1) as u64;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dsp::random::normals;

    /// The definition, in a double loop.
    fn plain(samples: &[f64], m: usize, r: f64) -> Matches {
        let mut found = Matches::default();
        let alike = |i: usize, j: usize| {
            (0..m).all(|k| (samples[i + k] - samples[j + k]).abs() <= r)
        };
        for i in 0..samples.len() - m {
            for j in (i + 1..samples.len() - m).filter(|&j| alike(i, j)) {
                found.shorter += 1;
                found.longer += u64::from((samples[i + m] - samples[j + m]).abs() <= r);
            }
        }
        found
    }

    #[test]
    fn what_is_too_short_or_no_number_has_none() {
        assert_eq!(Matches::count(&[1.0, 2.0, 3.0], 2, 0.2), None);
        assert_eq!(
            Matches::count(&[1.0; 4], 2, 0.2),
            Some(Matches { longer: 1, shorter: 1 })
        );
        assert_eq!(Matches::count(&[1.0, f64::NAN, 3.0, 4.0], 1, 0.2), None);
        for (m, r) in
            [(0, 0.2), (2, -0.1), (2, f64::NAN), (2, f64::INFINITY), (usize::MAX, 0.2)]
        {
            assert_eq!(Matches::count(&normals(1, 50), m, r), None);
        }
        assert_eq!(Matches::count(&[], 1, 0.1), None);
    }

    #[test]
    fn nothing_alike_has_no_entropy_and_a_constant_has_0() {
        let powers: Vec<f64> = (0..20).map(|k| f64::from(1 << k)).collect();
        assert_eq!(sample_entropy(&powers, 2, 0.1), None);
        assert_eq!(sample_entropy(&[3.0; 50], 2, 0.1), Some(0.0));
        // Pairs of templates of m samples alone: B > 0 and A = 0.
        let broken = [0.0, 0.0, 5.0, 0.0, 0.0, 9.0];
        assert_eq!(
            Matches::count(&broken, 2, 0.0),
            Some(Matches { longer: 0, shorter: 1 })
        );
        assert_eq!(sample_entropy(&broken, 2, 0.0), None);
    }

    fn any_samples() -> impl Strategy<Value = Vec<f64>> {
        let few = prop::sample::select(vec![
            -1.0, -0.5, -0.2, 0.0, -0.0, 0.1, 0.2, 0.3, 0.5, 1.0,
        ]);
        let extreme = prop::sample::select(vec![
            -1e150,
            -1e-150,
            0.0,
            1e-150,
            1.0,
            1e150,
            f64::MAX,
            f64::MIN,
        ]);
        prop_oneof![
            prop::collection::vec(few, 5..120),
            prop::collection::vec(extreme, 5..60),
            prop::collection::vec(-1.0..1.0_f64, 5..200),
            (any::<u64>(), 5..300_usize).prop_map(|(seed, n)| normals(seed, n)),
        ]
    }

    proptest! {
        #[test]
        fn strips_find_what_the_plain_loop_finds(
            samples in any_samples(),
            m in 1..5_usize,
            r in prop_oneof![
                Just(0.0),
                Just(0.1),
                Just(0.2),
                Just(1e-150),
                Just(1e150),
                0.0..3.0_f64
            ],
        ) {
            prop_assume!(samples.len() >= m + 2);
            prop_assert_eq!(Matches::count(&samples, m, r), Some(plain(&samples, m, r)));
        }
    }
}
