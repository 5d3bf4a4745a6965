//! Repeated medians (Siegel 1982).

use super::super::stats::median;

/// Slope and intercept of a line that almost half of the points cannot move: the median
/// over all points of the median slope from each to the others, and the median of `y −
/// slope · x`, as SciPy's `siegelslopes` has it.
///
/// Pairs with equal x are left out. `None` for fewer than three points, for values that
/// are not finite or so large that slopes are not, or when all x are equal. The time
/// grows with the square of the points.
///
/// ```
/// use soleus::dsp::theil_sen::siegel;
///
/// let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// assert_eq!(siegel(&x, &[10.0, 9.0, 50.0, 70.0, 6.0, 5.0, 4.0]), Some((-1.0, 10.0)));
/// ```
pub fn siegel(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let n = x.len().min(y.len());
    let (x, y) = (&x[..n], &y[..n]);
    if n < 3 || x.iter().chain(y).any(|value| !value.is_finite()) {
        return None;
    }

    let mut slopes = Vec::with_capacity(n);
    let mut medians = Vec::with_capacity(n);
    for (&x_here, &y_here) in x.iter().zip(y) {
        slopes.clear();
        let steps = x.iter().zip(y).map(|(x, y)| (x_here - x, y_here - y));
        slopes.extend(steps.filter(|(run, _)| *run != 0.0).map(|(run, rise)| rise / run));
        medians.extend(median(&slopes));
    }

    let slope = median(&medians)?;
    let rests: Vec<f64> = x.iter().zip(y).map(|(x, y)| y - slope * x).collect();
    let intercept = median(&rests)?;
    (slope.is_finite() && intercept.is_finite()).then_some((slope, intercept))
}
