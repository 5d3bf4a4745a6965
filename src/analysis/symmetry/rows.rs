//! The indices of every quantity in rows of the tables.

use super::super::pieces;
use super::super::standing::{usual_explains, widen_ratio};
use super::facts::{
    ASYMMETRY_OVER_MAX, GAIT_ASYMMETRY, LIMB_SYMMETRY_INDEX, SIDE_VARIATION,
    SYMMETRY_ANGLE, SYMMETRY_INDEX, SYMMETRY_RATIO,
};
use super::members::Members;
use super::quantities::{
    ComparedQuantity, QuantityOrReason, Uncertainty, is_activation, quantities,
};
use super::{Comparison, Pair, indices, obstacle};
use crate::dsp::dependence::Dependence;
use crate::outcome::fact::{Fact, Relative};
use crate::outcome::{Measure, Verdict};
use crate::signal::{Legs, Side};

/// An index: a function of left and right that only rises or only falls with their ratio.
struct Family {
    fact: Fact,
    of: fn(f64, f64) -> f64,
    rule: String,
}

/// The indices that are told of every quantity; those with roles where the study gives
/// them.
fn families(legs: Legs) -> Vec<Family> {
    let family = |fact, of, rule: &str| Family { fact, of, rule: rule.to_owned() };
    let (by_left, by_right) =
        ("positive when the left is larger", "positive when the right is larger");
    let mut families = vec![
        family(SYMMETRY_INDEX, indices::index, by_left),
        family(
            SYMMETRY_RATIO,
            |left, right| left / right,
            "left over right: above 1 when the left is larger",
        ),
        family(SYMMETRY_ANGLE, indices::angle, by_right),
        family(GAIT_ASYMMETRY, indices::gait_asymmetry, by_left),
        family(ASYMMETRY_OVER_MAX, indices::over_max, by_left),
    ];
    let roles = legs.involved.map(|side| (side, "involved over uninvolved"));
    let roles =
        roles.or(legs.dominant.map(|side| (side.other(), "non-dominant over dominant")));
    if let Some((side, words)) = roles {
        let of: fn(f64, f64) -> f64 = match side {
            Side::Left => indices::limb_symmetry,
            Side::Right => |left, right| indices::limb_symmetry(right, left),
        };
        let (one, other) = (side.word(), side.other().word());
        families.push(Family {
            fact: LIMB_SYMMETRY_INDEX,
            of,
            rule: format!("{words}: {one} over {other}"),
        });
    }
    families
}

impl Comparison<'_> {
    /// The indices of every quantity, and how much it varies within each side.
    pub(super) fn indices(&self, pair: Pair<'_>) -> Vec<Measure> {
        let obstacle = obstacle(pair);
        let rows = quantities(pair).into_iter().flat_map(|found| {
            let found: QuantityOrReason = match &obstacle {
                None => found,
                Some(reason) => Err((
                    found.map_or_else(|(name, _)| name, |quantity| quantity.name),
                    reason.clone(),
                )),
            };
            match found {
                Ok(quantity) => self.indices_of(pair, &quantity),
                Err((name, reason)) => missing(pair, self.legs, name, &reason),
            }
        });
        rows.collect()
    }

    /// The interval of the logarithm of L/R gives the intervals of all indices.
    fn indices_of(&self, pair: Pair<'_>, quantity: &ComparedQuantity) -> Vec<Measure> {
        let [left, right] = quantity.values;
        let Told { interval, n, note } = self.told(quantity);
        let log_interval = interval.map(|(low, high)| {
            let own = (libm::log(low), libm::log(high));
            if !is_activation(quantity.name) {
                return own;
            }
            let ratio = libm::log(left / right);
            widen_ratio(ratio, own, [&pair.left.standing, &pair.right.standing])
        });
        let interval = log_interval.map(|(low, high)| (libm::exp(low), libm::exp(high)));
        let row = |family: Family| {
            let value = (family.of)(left, right);
            let mut row = pair.row(&family.fact, value).part(quantity.name);
            row.n = n;
            if let Some((low, high)) = interval {
                let (one, other) = ((family.of)(low, 1.0), (family.of)(high, 1.0));
                row = row.within(one.min(other), one.max(other));
            }
            of_references(pair, quantity.name, log_interval, row)
                .noted(format!("{}{note}", family.rule))
        };
        families(self.legs)
            .into_iter()
            .map(row)
            .chain(variations(pair, quantity))
            .collect()
    }

    fn told(&self, quantity: &ComparedQuantity) -> Told {
        let ratio = quantity.values[0] / quantity.values[1];
        let times = |(low, high): (f64, f64)| (ratio * low, ratio * high);
        match &quantity.uncertainty {
            Uncertainty::Known(precision) => Told {
                interval: Some(times(precision.factors())),
                n: Some(precision.basis().count()),
                note: format!("; {}", pieces::words(*precision)),
            },
            Uncertainty::Unknown(reason) => {
                Told { interval: None, n: None, note: format!("; {reason}") }
            }
            Uncertainty::OfMembers(members, of) => {
                self.of_members((quantity.name, ratio), members, of)
            }
        }
    }

    /// What members tell, all pairs of the recording together how alike neighbours are.
    fn of_members(
        &self,
        (name, ratio): (&str, f64),
        members: &Members,
        of: &'static str,
    ) -> Told {
        let alike = self.alike_members.get(name).copied().unwrap_or(Dependence::NONE);
        let half = members.half_width(alike);
        let times = |half: f64| (ratio * libm::exp(-half), ratio * libm::exp(half));
        let note = members.words(alike, half, of);
        Told { interval: half.map(times), n: Some(members.fewest()), note }
    }
}

/// What is told of the precision of an index.
struct Told {
    /// The ends of the interval of left over right.
    interval: Option<(f64, f64)>,
    n: Option<usize>,
    note: String,
}

/// What a row of activation is relative to, and whether it is in doubt: where nothing is
/// known of the error of a reference, a difference that its usual error explains is.
fn of_references(
    pair: Pair<'_>,
    quantity: &str,
    log_interval: Option<(f64, f64)>,
    row: Measure,
) -> Measure {
    if !is_activation(quantity) {
        return row;
    }
    if !pair.has_maxima() {
        return row.relative_to(Relative::OwnPeak);
    }
    let standings = [&pair.left.standing, &pair.right.standing];
    let explained =
        log_interval.is_some_and(|(low, high)| usual_explains(low, high, standings));
    let verdict = explained.then_some(Verdict::Check);
    Measure { verdict, ..row.relative_to(Relative::Reference) }
}

/// How much a quantity varies within each side, beside which a difference between sides
/// is to be read.
fn variations(pair: Pair<'_>, quantity: &ComparedQuantity) -> Vec<Measure> {
    let Some(found) = quantity.variations else {
        return Vec::new();
    };
    let members = match &quantity.uncertainty {
        Uncertainty::OfMembers(_, of) => of,
        _ => "",
    };
    let row = |(side, (percent, n)): (&super::Digest, (f64, usize))| {
        let row = side.row(&SIDE_VARIATION, percent).part(quantity.name).from_n(n);
        row.noted(format!("coefficient of variation of the {members} of this side"))
    };
    [pair.left, pair.right].into_iter().zip(found).map(row).collect()
}

fn missing(pair: Pair<'_>, legs: Legs, quantity: &str, reason: &str) -> Vec<Measure> {
    let row =
        |family: Family| pair.missing(&family.fact, reason.to_owned()).part(quantity);
    families(legs).into_iter().map(row).collect()
}
