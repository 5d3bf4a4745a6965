//! The stretches of a curve beyond a threshold.

use super::{Field, Topology};

/// A stretch of a curve in which t lies beyond the threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Where t crosses the threshold, in nodes from 0, between them by a straight line;
    /// the first node where the field begins beyond it.
    pub start: f64,
    /// Where it crosses back; less than `start` where the cluster goes on from the last
    /// node to the first one.
    pub end: f64,
    /// From start to end in nodes.
    pub extent: f64,
    /// From start to end in units of the smoothness.
    pub extent_resels: f64,
    /// The t value farthest from 0, with its sign.
    pub peak: f64,
    /// Its node.
    pub peak_node: usize,
    /// The mean place and the mean t of the nodes and of the crossings, the places
    /// weighted by t.
    pub centroid: (f64, f64),
    /// How often noise has such a cluster anywhere in the field; see [`super::FieldInference`]
    /// for what "such" is.
    pub p: f64,
}

impl Cluster {
    /// Whether t is above the threshold, not below its negative.
    pub fn is_positive(&self) -> bool {
        self.peak > 0.0
    }
}

/// The clusters above `threshold` and, where both signs are asked, below its negative,
/// from left to right, `p` still to be found.
pub(super) fn clusters(field: &Field, threshold: f64, both: bool) -> Vec<Cluster> {
    let negative: Vec<f64> =
        if both { field.t.iter().map(|t| -t).collect() } else { Vec::new() };
    let mut found: Vec<Cluster> = [(1.0, &field.t), (-1.0, &negative)]
        .into_iter()
        .flat_map(|(sign, heights)| {
            let curve = Curve { heights, sign, threshold, topology: field.topology };
            curve
                .runs()
                .into_iter()
                .map(move |run| curve.cluster(run, field.fwhm))
                .collect::<Vec<_>>()
        })
        .collect();
    found.sort_by(|one, other| one.start.total_cmp(&other.start));

    found
}

/// A curve turned so that its clusters lie above the threshold.
#[derive(Clone, Copy)]
struct Curve<'a> {
    heights: &'a [f64],
    sign: f64,
    threshold: f64,
    topology: Topology,
}

impl Curve<'_> {
    /// The first and the last node of each stretch above the threshold. What goes on
    /// behind the last node counts on.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for at in (0..self.heights.len()).filter(|at| self.heights[*at] > self.threshold)
        {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == at => *last = at,
                _ => runs.push((at, at)),
            }
        }

        // On a circle a stretch that reaches the end goes on at the beginning.
        let nodes = self.heights.len();
        if let [(0, first_end), .., (_, last_end)] = runs.as_mut_slice()
            && *last_end + 1 == nodes
            && self.topology.seam(nodes).is_some()
        {
            *last_end = nodes + *first_end;
            runs.remove(0);
        }

        runs
    }

    /// The place of a node that counts on behind the last one.
    fn place(&self, at: usize) -> f64 {
        let nodes = self.heights.len();
        if at < nodes {
            at as f64
        } else {
            (at - nodes + self.topology.places(nodes)) as f64
        }
    }

    fn height(&self, at: usize) -> f64 {
        self.heights[at % self.heights.len()]
    }

    /// How far the crossing lies from a node above the threshold towards its neighbour
    /// below; `None` at an edge.
    fn crossing(&self, at: usize, forward: bool) -> Option<f64> {
        let nodes = self.heights.len();
        let edge = if forward { nodes - 1 } else { 0 };
        let length = if at % nodes == edge {
            self.topology.seam(nodes).filter(|length| *length > 0.0)?
        } else {
            1.0
        };
        let above = self.height(at);
        let below = self.height(if forward { at + 1 } else { at + nodes - 1 });
        Some(length * (above - self.threshold) / (above - below))
            .filter(|step| step.is_finite())
    }

    /// The nodes of a stretch and its crossings with their heights, its start and its
    /// end, counted on behind the last node.
    fn outline(
        &self,
        (first, last): (usize, usize),
        whole: bool,
    ) -> (Vec<(f64, f64)>, f64, f64) {
        let nodes = if whole {
            0..self.topology.places(self.heights.len())
        } else {
            first..last + 1
        };
        let mut points: Vec<(f64, f64)> =
            nodes.map(|at| (self.place(at), self.height(at))).collect();

        // Two nodes that are one place count once.
        points.dedup_by_key(|point| point.0);
        let mut start = self.place(first);
        let mut end = self.place(last);
        if whole {
            return (points, start, self.turn());
        }

        if let Some(step) = self.crossing(first, false) {
            start -= step;
            points.push((start, self.threshold));
        }

        if let Some(step) = self.crossing(last, true) {
            end += step;
            points.push((end, self.threshold));
        }

        (points, start, end)
    }

    /// The length of a circle.
    fn turn(&self) -> f64 {
        self.topology.places(self.heights.len()) as f64
    }

    /// A place that counts on, within the field.
    fn within(&self, place: f64) -> f64 {
        let beyond = place >= self.turn() && place > self.heights.len() as f64 - 1.0;
        match self.topology.seam(self.heights.len()) {
            Some(_) if place < 0.0 => place + self.turn(),
            Some(_) if beyond => place - self.turn(),
            _ => place,
        }
    }

    fn cluster(&self, (first, last): (usize, usize), fwhm: f64) -> Cluster {
        let nodes = self.heights.len();
        let whole = last - first + 1 == nodes && self.topology.seam(nodes).is_some();
        let (points, start, end) = self.outline((first, last), whole);
        let (weighted, sum) = points
            .iter()
            .fold((0.0, 0.0), |(weighted, sum), (x, z)| (weighted + x * z, sum + z));
        let higher = |best: usize, at: usize| {
            if self.height(at) > self.height(best) { at } else { best }
        };
        let peak = (first..=last).fold(first, higher);

        Cluster {
            start: self.within(start),
            end: if whole { end } else { self.within(end) },
            extent: end - start,
            extent_resels: (end - start) / fwhm,
            peak: self.sign * self.height(peak),
            peak_node: peak % nodes,
            centroid: (
                self.within(weighted / sum),
                self.sign * sum / points.len() as f64,
            ),
            p: f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::field::Resels;

    fn found(t: &[f64], topology: Topology) -> Vec<Cluster> {
        let resels = Resels { points: 1.0, length: 1.0 };
        let field = Field { t: t.to_vec(), freedom: 9.0, fwhm: 2.0, resels, topology };
        clusters(&field, 2.0, true)
    }

    fn ends(t: &[f64], topology: Topology) -> Vec<(f64, f64, f64)> {
        found(t, topology)
            .iter()
            .map(|cluster| (cluster.start, cluster.end, cluster.extent))
            .collect()
    }

    #[test]
    fn ends_lie_between_nodes_and_at_edges_on_them() {
        let t = [3.0, 1.0, -1.0, -3.0, -5.0, f64::NAN, 0.0, 4.0];
        let found = found(&t, Topology::Line);
        let shape: Vec<_> =
            found.iter().map(|c| (c.start, c.end, c.peak, c.peak_node)).collect();
        assert_eq!(shape, [(0.0, 0.5, 3.0, 0), (2.5, 4.0, -5.0, 4), (6.5, 7.0, 4.0, 7)]);
        assert_eq!((found[1].extent_resels, found[1].is_positive()), (0.75, false));
        assert_eq!(found[0].centroid, (0.5 * 2.0 / 5.0, 2.5));
    }

    #[test]
    fn a_circle_joins_its_ends() {
        let t = [3.0, 1.0, 0.0, 0.0, 1.0, 3.0];
        assert_eq!(ends(&t, Topology::Line), [(0.0, 0.5, 0.5), (4.5, 5.0, 0.5)]);
        assert_eq!(ends(&t, Topology::Circle), [(4.5, 0.5, 2.0)]);
        assert_eq!(ends(&t, Topology::ClosedCircle), [(4.5, 0.5, 1.0)]);
        let across = &found(&t, Topology::Circle)[0];
        assert_eq!((across.centroid.0, across.peak_node), (5.5, 5));
    }

    #[test]
    fn a_circle_goes_on_behind_one_end() {
        let t = [3.0, 1.0, 0.0, 0.0, 1.0];
        assert_eq!(ends(&t, Topology::Circle), [(4.5, 0.5, 1.0)]);
        assert_eq!(ends(&t, Topology::ClosedCircle), [(0.0, 0.5, 0.5)]);
        let turned = [0.0, 0.0, 1.0, 3.0];
        assert_eq!(
            ends(&turned, Topology::Circle),
            [(2.5, 3.0 + 1.0 / 3.0, 3.0 + 1.0 / 3.0 - 2.5)]
        );
        assert_eq!(ends(&turned, Topology::ClosedCircle), [(2.5, 3.0, 0.5)]);
    }

    #[test]
    fn a_circle_above_as_a_whole_has_no_ends() {
        assert_eq!(ends(&[3.0; 5], Topology::Line), [(0.0, 4.0, 4.0)]);
        assert_eq!(ends(&[3.0; 5], Topology::Circle), [(0.0, 5.0, 5.0)]);
        assert_eq!(ends(&[3.0; 5], Topology::ClosedCircle), [(0.0, 4.0, 4.0)]);
    }

    #[test]
    fn opposite_signs_do_not_join() {
        assert_eq!(ends(&[3.0, 0.0, 0.0, 0.0, -3.0], Topology::ClosedCircle).len(), 2);
        assert_eq!(ends(&[], Topology::Circle), []);
    }
}
