//! Two sets of curves to compare, each person once in each.

use std::collections::{BTreeMap, BTreeSet};

use super::PersonCurve;
use super::scale::CurveScale;
use crate::signal::Side;
use crate::study::visit_order;

/// Two sets of curves with their names.
pub(super) struct Two {
    pub(super) names: [String; 2],
    pub(super) curves: [Vec<Vec<f64>>; 2],
}

/// The curves of each person.
pub(super) fn persons<'a>(
    curves: &[&'a PersonCurve],
) -> BTreeMap<&'a str, Vec<&'a PersonCurve>> {
    let mut persons: BTreeMap<&str, Vec<&PersonCurve>> = BTreeMap::new();
    for curve in curves {
        persons.entry(&curve.subject).or_default().push(curve);
    }
    persons
}

/// Every two groups.
pub(super) fn groups(curves: &[&PersonCurve], scale: CurveScale) -> Vec<Two> {
    let mut members: BTreeMap<&str, Vec<Vec<f64>>> = BTreeMap::new();
    for of_person in persons(curves).into_values() {
        if let Some(group) = of_person[0].group.as_deref() {
            members.entry(group).or_default().push(mean_curve(&of_person, scale));
        }
    }
    let groups = Vec::from_iter(members);
    let pairs = groups.iter().enumerate().flat_map(|(at, first)| {
        groups[at + 1..].iter().map(move |second| (first, second))
    });
    pairs
        .map(|(first, second)| Two {
            names: [first.0.to_owned(), second.0.to_owned()],
            curves: [first.1.clone(), second.1.clone()],
        })
        .collect()
}

/// Left and right of each person that has both.
pub(super) fn sides(curves: &[&PersonCurve], scale: CurveScale) -> Option<Two> {
    let mut both = [Vec::new(), Vec::new()];
    for of_person in persons(curves).into_values() {
        let (left, right): (Vec<&PersonCurve>, Vec<&PersonCurve>) =
            of_person.into_iter().partition(|curve| curve.side == Side::Left);
        if !left.is_empty() && !right.is_empty() {
            both[0].push(mean_curve(&left, scale));
            both[1].push(mean_curve(&right, scale));
        }
    }
    let names = [Side::Left, Side::Right].map(|side| side.word().to_owned());
    (!both[0].is_empty()).then_some(Two { names, curves: both })
}

/// The first and the last visit of each person that has two, in the order of
/// [`visit_order`].
pub(super) fn visits(curves: &[&PersonCurve], scale: CurveScale) -> Option<Two> {
    let mut both = [Vec::new(), Vec::new()];
    let mut sessions: [BTreeSet<&str>; 2] = Default::default();
    for of_person in persons(curves).into_values() {
        let Some(first_and_last) = first_and_last(&of_person) else { continue };
        for (which, visit) in first_and_last.into_iter().enumerate() {
            let of_visit: Vec<&PersonCurve> = of_person
                .iter()
                .copied()
                .filter(|curve| curve.session == visit)
                .collect();
            sessions[which].insert(visit);
            both[which].push(mean_curve(&of_visit, scale));
        }
    }
    let [first, last] = sessions.map(|names| Vec::from_iter(names).join(", "));
    let names = [format!("first visit ({first})"), format!("last visit ({last})")];
    (!both[0].is_empty()).then_some(Two { names, curves: both })
}

/// The first and the last visit of a person; `None` where they are one.
fn first_and_last<'a>(of_person: &[&'a PersonCurve]) -> Option<[&'a str; 2]> {
    let mut visits: Vec<&str> =
        of_person.iter().map(|curve| curve.session.as_str()).collect();
    visits.sort_by_cached_key(|visit| visit_order(visit));
    let both = [*visits.first()?, *visits.last()?];
    (both[0] != both[1]).then_some(both)
}

/// The mean of a person's curves.
pub(super) fn mean_curve(curves: &[&PersonCurve], scale: CurveScale) -> Vec<f64> {
    let scaled: Vec<Vec<f64>> =
        curves.iter().map(|curve| scaled_curve(curve, scale)).collect();
    let mean = |point: usize| {
        scaled.iter().map(|curve| curve[point]).sum::<f64>() / scaled.len() as f64
    };
    (0..scaled.first().map_or(0, Vec::len)).map(mean).collect()
}

/// The curve of a person as it is compared.
fn scaled_curve(curve: &PersonCurve, scale: CurveScale) -> Vec<f64> {
    // 100 % of a cycle is 0 % of the next one.
    let once = &curve.mean[..curve.mean.len() - 1];
    let own = once.iter().sum::<f64>() / once.len() as f64;
    let level = match scale {
        CurveScale::Activation => curve.reference.unwrap_or(own),
        CurveScale::Shape => own,
    };
    curve.mean.iter().map(|value| 100.0 * value / level).collect()
}
