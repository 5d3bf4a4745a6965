//! How large a field is, counted in its own smoothness.

use std::f64::consts::LN_2;

/// How the nodes of a field hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Topology {
    /// From a first node to a last one.
    #[default]
    Line,
    /// The last node is followed by the first one, and all are different places.
    Circle,
    /// The last node is the first one again, as 100 % of a gait cycle is 0 % of the next:
    /// 101 points, 100 places. The two values need not be equal; smoothness counts the
    /// first one, and a cluster that ends at one of the two ends there.
    ClosedCircle,
}

/// The size of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resels {
    /// Its Euler characteristic R0: how many unbroken pieces it has, and 0 for an
    /// unbroken circle.
    pub points: f64,
    /// Its length R1 in multiples of the full width at half maximum of its smoothness.
    pub length: f64,
}

impl Topology {
    /// How many places the nodes are.
    pub(super) fn places(self, nodes: usize) -> usize {
        if self.seam(nodes) == Some(0.0) { nodes - 1 } else { nodes }
    }

    /// The length of the link from the last node to the first one; `None` without one, as
    /// for too few nodes.
    pub(super) fn seam(self, nodes: usize) -> Option<f64> {
        match self {
            Self::Circle if nodes > 2 => Some(1.0),
            Self::ClosedCircle if nodes > 3 => Some(0.0),
            _ => None,
        }
    }

    /// The places before and after a node.
    fn neighbours(self, node: usize, nodes: usize) -> [Option<usize>; 2] {
        let places = self.places(nodes);
        let around = |other: usize| self.seam(nodes).map(|_| other);
        let before = node.checked_sub(1).or(around(places - 1));
        [before, if node + 1 < nodes { Some(node + 1) } else { around(nodes - places) }]
    }

    /// The size of a field of which some nodes are there. What is not there cuts it in
    /// pieces, each of the length between its first and its last node: nodes − links of
    /// them, circles too.
    pub fn resels(self, there: &[bool], fwhm: f64) -> Resels {
        let inner = there.windows(2).filter(|pair| pair[0] && pair[1]).count();
        let seam = self
            .seam(there.len())
            .filter(|_| there.first() == Some(&true) && there.last() == Some(&true));
        let links = inner + usize::from(seam.is_some());
        let nodes = there.iter().filter(|there| **there).count();
        let length = inner as f64 + seam.unwrap_or(0.0);
        Resels { points: nodes as f64 - links as f64, length: length / fwhm }
    }
}

/// The smoothness of a field from the residuals of its curves, as the full width at half
/// maximum in nodes of a Gaussian kernel that would make white noise so smooth (Kiebel et
/// al. 1999; Worsley 2004): `1/mean √(v/(4·ln 2))` with `v` the sum of the squared slopes
/// over the sum of the squared residuals at each node. Slopes are central differences,
/// one-sided where a neighbour is missing. Nodes that are `NaN` or without variance are
/// left out. ∞ where nothing has a slope.
///
/// Central differences see less than the slope of a rough field: below about 5 nodes the
/// width is too large.
pub fn fwhm<C: AsRef<[f64]>>(residuals: &[C], topology: Topology) -> f64 {
    let nodes = residuals.iter().map(|curve| curve.as_ref().len()).min().unwrap_or(0);
    let squares = |at: usize| -> f64 {
        residuals.iter().map(|curve| curve.as_ref()[at] * curve.as_ref()[at]).sum()
    };
    let there: Vec<f64> = (0..nodes).map(squares).collect();

    let (mut sum, mut count) = (0.0, 0.0);
    for at in (0..topology.places(nodes)).filter(|at| there[*at] > 0.0) {
        let near = topology
            .neighbours(at, nodes)
            .map(|node| node.filter(|node| there[*node] > 0.0));
        let from = near[0].unwrap_or(at);
        let to = near[1].unwrap_or(at);
        let steps = near.iter().flatten().count();
        if steps > 0 {
            let slope =
                |curve: &C| (curve.as_ref()[to] - curve.as_ref()[from]) / steps as f64;
            let slopes: f64 =
                residuals.iter().map(|curve| slope(curve) * slope(curve)).sum();
            sum += (slopes / there[at] / (4.0 * LN_2)).sqrt();
            count += 1.0;
        }
    }

    if sum > 0.0 { count / sum } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::random::normals;

    fn size(topology: Topology, there: &[bool]) -> (f64, f64) {
        let resels = topology.resels(there, 2.0);
        (resels.points, 2.0 * resels.length)
    }

    #[test]
    fn pieces_and_their_length() {
        let mut there = [true; 11];
        assert_eq!(size(Topology::Line, &there), (1.0, 10.0));
        assert_eq!(size(Topology::Circle, &there), (0.0, 11.0));
        assert_eq!(size(Topology::ClosedCircle, &there), (0.0, 10.0));
        there[4] = false;
        assert_eq!(size(Topology::Line, &there), (2.0, 8.0));
        assert_eq!(size(Topology::Circle, &there), (1.0, 9.0));
        assert_eq!(size(Topology::ClosedCircle, &there), (1.0, 8.0));
        there[0] = false;
        assert_eq!(size(Topology::ClosedCircle, &there), (2.0, 7.0));
        for topology in [Topology::Line, Topology::Circle, Topology::ClosedCircle] {
            assert_eq!(size(topology, &[]), (0.0, 0.0));
            assert_eq!(size(topology, &[true]), (1.0, 0.0));
        }
    }

    #[test]
    fn a_circle_is_as_smooth_wherever_it_starts() {
        let curves: Vec<Vec<f64>> = (0..5).map(|seed| normals(seed, 20)).collect();
        let turned = |by: usize| -> Vec<Vec<f64>> {
            curves.iter().map(|c| [&c[by..], &c[..by]].concat()).collect()
        };
        let closed: Vec<Vec<f64>> =
            curves.iter().map(|c| [&c[..], &c[..1]].concat()).collect();
        let whole = fwhm(&curves, Topology::Circle);
        assert!((fwhm(&turned(7), Topology::Circle) - whole).abs() < 1e-12);
        assert!((fwhm(&closed, Topology::ClosedCircle) - whole).abs() < 1e-12);
        assert!(
            (fwhm(&turned(7), Topology::Line) - fwhm(&curves, Topology::Line)).abs()
                > 1e-3
        );
    }

    #[test]
    fn nothing_has_no_roughness() {
        for topology in [Topology::Line, Topology::Circle, Topology::ClosedCircle] {
            assert_eq!(fwhm::<Vec<f64>>(&[], topology), f64::INFINITY);
            assert_eq!(fwhm(&[vec![], vec![]], topology), f64::INFINITY);
            assert_eq!(fwhm(&[[1.0], [-1.0]], topology), f64::INFINITY);
            assert_eq!(fwhm(&[[1.0; 9], [-1.0; 9]], topology), f64::INFINITY);
            assert_eq!(fwhm(&[[f64::NAN; 9]], topology), f64::INFINITY);
        }
    }
}
