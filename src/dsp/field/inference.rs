//! Thresholds and clusters of a curve of t values.

use super::cluster::clusters;
use super::{
    Basis, Cluster, Field, FieldDistribution, FieldError, Permutations, Tails, Test,
    Topology, poisson_tail,
};
use crate::dsp::dependence::Dependence;

/// How the curve is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How often noise may have a cluster anywhere: 0.05.
    pub alpha: f64,
    /// The signs of t that count.
    pub tails: Tails,
    /// How the nodes hang together.
    pub topology: Topology,
}

impl Default for Settings {
    fn default() -> Self {
        Self { alpha: 0.05, tails: Tails::Both, topology: Topology::Line }
    }
}

impl Settings {
    pub(super) fn check(&self) -> Result<(), FieldError> {
        let sound = self.alpha > 0.0 && self.alpha < 1.0;
        if sound { Ok(()) } else { Err(FieldError::Level(self.alpha)) }
    }
}

/// Where a curve differs from noise.
///
/// With a random field, `p` of a cluster is the probability of one at least as *long*
/// beyond the threshold, twice that of one sign where both count. With permutations it is
/// the share of them in which the largest t reaches its *peak*. The first says little
/// about a cluster that is short and high. (For a cluster over the whole field spm1d
/// counts the extent above its lowest t instead of the threshold; its p is smaller then.)
#[derive(Debug, Clone, PartialEq)]
pub struct FieldInference {
    /// The curve of t and its size.
    pub field: Field,
    /// What |t| (or t, where one sign counts) exceeds somewhere in noise in a share of at
    /// most alpha; ∞ where nothing does.
    pub threshold: f64,
    /// How often the largest t of noise reaches that of the curve.
    pub p: f64,
    /// The stretches beyond the threshold, from left to right.
    pub clusters: Vec<Cluster>,
    /// What the threshold rests on.
    pub basis: Basis,
}

impl<C: AsRef<[f64]>> Test<'_, C> {
    /// The clusters of the curve by random field theory.
    pub fn random_field(
        &self,
        settings: &Settings,
    ) -> Result<FieldInference, FieldError> {
        self.random_field_of_alike(settings, Dependence::NONE)
    }

    /// The clusters of the curve by random field theory, where curves that follow each
    /// other are alike as the strides of one person are: t and its degrees of freedom are
    /// those of as many curves as are independent. (The covariate of a regression knows
    /// of no order, so that its curves count as they are.)
    ///
    /// ```
    /// use soleus::dsp::dependence::Dependence;
    /// use soleus::dsp::field::{Settings, Test};
    ///
    /// let slow = |k: usize| (1.2 * k as f64).sin();
    /// let strides: Vec<Vec<f64>> = (0..20)
    ///     .map(|k| (0..101).map(|q| 0.6 + slow(k) * (0.06 * f64::from(q)).sin()).collect())
    ///     .collect();
    /// let alike = Dependence::of_curves(&strides, |_| true);
    /// let test = Test::OneSample(&strides);
    /// let plain = test.random_field(&Settings::default())?;
    /// let aware = test.random_field_of_alike(&Settings::default(), alike)?;
    /// assert!(aware.field.freedom < plain.field.freedom);
    /// # Ok::<(), soleus::dsp::field::FieldError>(())
    /// ```
    pub fn random_field_of_alike(
        &self,
        settings: &Settings,
        dependence: Dependence,
    ) -> Result<FieldInference, FieldError> {
        settings.check()?;
        let field = self.field_of_alike(settings.topology, dependence)?;
        let noise = FieldDistribution::Student { freedom: field.freedom };
        let tails = settings.tails.count();
        let (resels, places) = (field.resels, Some(field.places()));
        let threshold = noise.threshold(settings.alpha / tails, resels, places);

        let mut clusters = clusters(&field, threshold, settings.tails == Tails::Both);
        for cluster in &mut clusters {
            let alone = noise.cluster_p(cluster.extent_resels, threshold, resels);
            cluster.p = (tails * alone).min(1.0);
        }

        let shortest = clusters
            .iter()
            .map(|cluster| cluster.extent_resels)
            .fold(f64::INFINITY, f64::min);
        // Two tails are as good as two fields, so that all that is expected doubles.
        let expected =
            |extent| tails * noise.expected_clusters(extent, threshold, resels);
        let set_p = match clusters.len() {
            0 => 1.0,
            count => poisson_tail(count, expected(shortest)),
        };

        let largest = settings.tails.largest(&field.t).max(0.0);
        let p = (tails * noise.largest_p(largest, resels, places)).min(1.0);

        Ok(FieldInference {
            field,
            threshold,
            p,
            clusters,
            basis: Basis::RandomField { set_p },
        })
    }

    /// The clusters of the curve by permutation of the largest t.
    ///
    /// Signs are exchanged for one sample and for pairs (curves that are symmetric around
    /// 0 without an effect), labels for two groups, values of the covariate for a
    /// regression. Groups are compared by the t of equal variances always: labels can be
    /// exchanged only where both groups would be alike without a difference. The
    /// threshold is the ⌈(1 − alpha)·count⌉-th of the largest t values in ascending
    /// order, and only what exceeds it counts.
    pub fn permutation(
        &self,
        settings: &Settings,
        permutations: Permutations,
    ) -> Result<FieldInference, FieldError> {
        settings.check()?;
        let test = self.exchangeable();
        let field = test.field(settings.topology)?;
        let noise = permutations.largest(&test, &field, settings.tails);
        let threshold = noise.threshold(settings.alpha);

        let mut clusters = clusters(&field, threshold, settings.tails == Tails::Both);
        for cluster in &mut clusters {
            cluster.p = noise.p(cluster.peak.abs());
        }

        // A peak that equals the threshold may lie above it by rounding.
        clusters.retain(|cluster| cluster.p <= settings.alpha);
        let p = noise.p(settings.tails.largest(&field.t));
        Ok(FieldInference { field, threshold, p, clusters, basis: noise.basis() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_probability() {
        let curves = [[1.0, 2.0], [2.0, 5.0]];
        for alpha in [0.0, 1.0, -1.0, f64::NAN] {
            let settings = Settings { alpha, ..Settings::default() };
            let errors = [
                Test::OneSample(&curves).random_field(&settings).err(),
                Test::OneSample(&curves)
                    .permutation(&settings, Permutations::default())
                    .err(),
            ];
            assert!(
                errors.iter().all(|error| matches!(error, Some(FieldError::Level(_))))
            );
        }
    }

    #[test]
    fn two_curves_have_a_threshold_that_nothing_reaches() {
        let curves = [[1.0, 2.0, 1.5], [1.1, 2.3, 1.4]];
        let found = Test::OneSample(&curves).random_field(&Settings::default()).unwrap();
        assert!(found.threshold > 25.0 && found.clusters.len() <= 1);
    }
}
