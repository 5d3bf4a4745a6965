//! What is asked of the curves, and the curve of t that answers.

use super::fit::FieldFit;
use super::{Resels, Topology, Variances, fwhm};
use crate::dsp::dependence::Dependence;

/// A question to curves, which all have one value at each node and the same nodes. `NaN`
/// marks a value that is missing; a node that misses one is left out.
#[derive(Debug)]
pub enum Test<'a, C> {
    /// Whether the mean of the curves differs from 0. (To compare it with something else,
    /// take that from every curve.)
    OneSample(&'a [C]),
    /// Whether the mean of first − second differs from 0: two curves of each subject, in
    /// the same order.
    Paired {
        /// The curves of one condition.
        first: &'a [C],
        /// Those of the other.
        second: &'a [C],
    },
    /// Whether the means of two groups differ: first − second.
    TwoSamples {
        /// The curves of one group.
        first: &'a [C],
        /// Those of the other.
        second: &'a [C],
        /// Whether both vary alike.
        variances: Variances,
    },
    /// Whether the curves rise with a covariate: the t of the slope.
    Regression {
        /// The curves.
        curves: &'a [C],
        /// A value for each curve.
        covariate: &'a [f64],
    },
}

// A derived `Copy` would ask for curves that are `Copy`, though there are only references
// to them.
impl<C> Copy for Test<'_, C> {}

impl<C> Clone for Test<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Why curves cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum FieldError {
    /// The standard error needs more curves.
    #[error("{curves} curves are fewer than the {least} a test needs")]
    Few {
        /// How many curves there are (in the smaller group).
        curves: usize,
        /// How many it takes.
        least: usize,
    },
    /// The curves are not of one length.
    #[error("a curve of {nodes} nodes stands beside one of {others}")]
    Lengths {
        /// The length of a curve.
        nodes: usize,
        /// The length of the first curve.
        others: usize,
    },
    /// As many first as second curves make pairs, and as many values of the covariate as
    /// curves.
    #[error("{curves} curves do not match {partners} partners")]
    Partners {
        /// How many curves there are.
        curves: usize,
        /// How many curves or values they should be paired with.
        partners: usize,
    },
    /// The covariate is the same for all curves, or not finite.
    #[error("a covariate must be finite and vary")]
    Covariate,
    /// No node has values in all curves that vary.
    #[error("the curves vary at no node")]
    NoVariance,
    /// The level is no probability.
    #[error("a level must lie between 0 and 1, not {0}")]
    Level(f64),
}

/// A curve of t values and the size of the field it is judged in.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The t value at each node; `NaN` where a curve has no value and where the curves do
    /// not vary.
    pub t: Vec<f64>,
    /// The degrees of freedom of t.
    pub freedom: f64,
    /// The smoothness in nodes, see [`fwhm`].
    pub fwhm: f64,
    /// The size in units of the smoothness.
    pub resels: Resels,
    /// How the nodes hang together.
    pub topology: Topology,
}

impl Field {
    /// How many places have a t value.
    pub fn places(&self) -> usize {
        self.t[..self.topology.places(self.t.len())]
            .iter()
            .filter(|t| !t.is_nan())
            .count()
    }
}

impl<C: AsRef<[f64]>> Test<'_, C> {
    /// The curve of t.
    pub fn field(&self, topology: Topology) -> Result<Field, FieldError> {
        self.field_of_alike(topology, Dependence::NONE)
    }

    /// The curve of t where curves that follow each other are alike.
    pub(super) fn field_of_alike(
        &self,
        topology: Topology,
        dependence: Dependence,
    ) -> Result<Field, FieldError> {
        let fit = self.fit(dependence)?;
        let t = fit.t();
        let there: Vec<bool> = t.iter().map(|t| !t.is_nan()).collect();
        if !there.contains(&true) {
            return Err(FieldError::NoVariance);
        }

        let fwhm = fwhm(&fit.residuals, topology);
        Ok(Field {
            t,
            freedom: fit.freedom,
            fwhm,
            resels: topology.resels(&there, fwhm),
            topology,
        })
    }

    fn fit(&self, dependence: Dependence) -> Result<FieldFit, FieldError> {
        self.check()?;
        Ok(match *self {
            Self::OneSample(curves) => FieldFit::one_sample(curves, dependence),
            Self::Paired { first, second } => {
                FieldFit::one_sample(&differences(first, second), dependence)
            }
            Self::TwoSamples { first, second, variances } => {
                FieldFit::two_samples([first, second], variances, dependence)
            }
            Self::Regression { curves, covariate } => {
                FieldFit::regression(curves, covariate)
            }
        })
    }

    pub(super) fn check(&self) -> Result<(), FieldError> {
        let empty: &[C] = &[];
        let (first, second, least) = match *self {
            Self::OneSample(curves) => (curves, empty, 2),
            Self::Paired { first, second } => (first, second, 2),
            Self::TwoSamples { first, second, .. } => (first, second, 2),
            Self::Regression { curves, .. } => (curves, empty, 3),
        };
        let (curves, partners) = match *self {
            Self::Paired { first, second } => (first.len(), second.len()),
            Self::Regression { curves, covariate } => (curves.len(), covariate.len()),
            _ => (0, 0),
        };
        if curves != partners {
            return Err(FieldError::Partners { curves, partners });
        }

        let grouped = matches!(self, Self::TwoSamples { .. });
        let fewest = if grouped { first.len().min(second.len()) } else { first.len() };
        if fewest < least {
            return Err(FieldError::Few { curves: fewest, least });
        }

        let mut lengths = first.iter().chain(second).map(|curve| curve.as_ref().len());
        let others = lengths.next().unwrap_or(0);
        if let Some(nodes) = lengths.find(|nodes| *nodes != others) {
            return Err(FieldError::Lengths { nodes, others });
        }

        match *self {
            Self::Regression { covariate, .. } => {
                varies(covariate).then_some(()).ok_or(FieldError::Covariate)
            }
            _ => Ok(()),
        }
    }
}

/// Whether values are finite, are not all the same, and have squares.
fn varies(values: &[f64]) -> bool {
    let spread: f64 = super::fit::centred(values).iter().map(|x| x * x).sum();
    spread > 0.0 && spread.is_finite() && values.iter().any(|value| *value != values[0])
}

/// First minus second, node by node.
pub(super) fn differences<C: AsRef<[f64]>>(first: &[C], second: &[C]) -> Vec<Vec<f64>> {
    let difference = |(one, other): (&C, &C)| {
        one.as_ref().iter().zip(other.as_ref()).map(|(a, b)| a - b).collect()
    };
    first.iter().zip(second).map(difference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: [[f64; 2]; 2] = [[1.0, 2.0], [2.0, 5.0]];

    fn error<C: AsRef<[f64]>>(test: Test<'_, C>) -> Option<FieldError> {
        test.field(Topology::Line).err()
    }

    #[test]
    fn what_cannot_be_asked() {
        let few = |curves, least| Some(FieldError::Few { curves, least });
        assert_eq!(error::<[f64; 2]>(Test::OneSample(&[])), few(0, 2));
        assert_eq!(error(Test::OneSample(&TWO[..1])), few(1, 2));
        let groups = Test::TwoSamples {
            first: &TWO[..],
            second: &TWO[..1],
            variances: Variances::Equal,
        };
        assert_eq!(error(groups), few(1, 2));
        let partners = Some(FieldError::Partners { curves: 2, partners: 1 });
        assert_eq!(error(Test::Paired { first: &TWO[..], second: &TWO[..1] }), partners);
        assert_eq!(error(Test::Regression { curves: &TWO, covariate: &[1.0] }), partners);
        assert_eq!(
            error(Test::Regression { curves: &TWO, covariate: &[1.0, 2.0] }),
            few(2, 3)
        );
        let lengths = Some(FieldError::Lengths { nodes: 1, others: 2 });
        assert_eq!(error(Test::OneSample(&[vec![1.0, 2.0], vec![1.0]])), lengths);
        let three = [[1.0], [2.0], [4.0]];
        for covariate in [
            [0.1; 3],
            [1.0, f64::NAN, 2.0],
            [1.0, 2.0, f64::INFINITY],
            [1e200, 0.0, -1e200],
        ] {
            let found = error(Test::Regression { curves: &three, covariate: &covariate });
            assert_eq!(found, Some(FieldError::Covariate));
        }
        for curves in
            [[vec![], vec![]], [vec![3.0], vec![3.0]], [vec![f64::NAN], vec![3.0]]]
        {
            assert_eq!(error(Test::OneSample(&curves)), Some(FieldError::NoVariance));
        }
    }

    #[test]
    fn a_place_that_two_nodes_share_counts_once() {
        let curves = [[1.0, 2.0, f64::NAN, 3.0, 1.0], [2.0, 5.0, 0.0, 7.0, 2.0]];
        let places = |topology| {
            Test::OneSample(&curves).field(topology).map(|field| field.places())
        };
        assert_eq!(
            (places(Topology::Circle), places(Topology::ClosedCircle)),
            (Ok(4), Ok(3))
        );
    }
}
