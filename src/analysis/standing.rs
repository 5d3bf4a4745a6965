//! How far the reference of a channel can be trusted, and what its error does to what is
//! told in per cent of it.

/// How far the reference of a channel can be trusted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReferenceStanding {
    /// Whether it was measured in contractions that were meant to be maximal. One that a
    /// task gives removes the level of the side that it belongs to, so that sides are not
    /// compared by it.
    pub is_maximum: bool,
    /// Half the 95 % interval of its logarithm; `None` where nothing says how it scatters.
    pub reach: Option<f64>,
    /// What belongs beside every number that rests on it; empty where nothing does.
    pub remark: String,
    /// Whether what stands there makes the numbers doubtful.
    pub is_doubtful: bool,
}

impl ReferenceStanding {
    /// The interval of a value over the reference, with the error of the reference: both
    /// are independent, so that their squares add (MOVER: Zou & Donner 2008), on the
    /// logarithm where the interval lies above 0.
    pub fn widen(&self, value: f64, (low, high): (f64, f64)) -> (f64, f64) {
        let Some(reach) = self.reach else { return (low, high) };
        if low > 0.0 {
            let far = |end: f64| libm::hypot(libm::log(end / value), reach);
            return (value * libm::exp(-far(low)), value * libm::exp(far(high)));
        }
        let own = value.abs() * libm::expm1(reach);
        (value - libm::hypot(value - low, own), value + libm::hypot(high - value, own))
    }
}

/// The interval of the logarithm of a ratio of two levels, each over its own reference.
pub(super) fn widen_ratio(
    value: f64,
    (low, high): (f64, f64),
    sides: [&ReferenceStanding; 2],
) -> (f64, f64) {
    let reaches = sides.map(|side| side.reach.unwrap_or(0.0));
    let reach = libm::hypot(reaches[0], reaches[1]);
    (value - libm::hypot(value - low, reach), value + libm::hypot(high - value, reach))
}

/// Half the 95 % interval of the logarithm of a reference of which there is one trial: EMG
/// of maximal efforts scatters by 10 % (Heinonen et al. 1994).
const USUAL_REACH: f64 = 0.2;

/// Whether an interval of a log ratio excludes 0 only because nothing is known of the
/// error of a reference.
pub(super) fn usual_explains(
    low: f64,
    high: f64,
    sides: [&ReferenceStanding; 2],
) -> bool {
    let unknown = sides.iter().filter(|side| side.reach.is_none()).count();
    let usual = (unknown as f64).sqrt() * USUAL_REACH;
    let own = 0.5 * (high - low);
    let nearest = if low > 0.0 { low + own } else { -(high - own) };
    unknown > 0 && low * high > 0.0 && nearest <= libm::hypot(own, usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variances_of_logarithms_add() {
        let standing = ReferenceStanding { reach: Some(0.3), ..Default::default() };
        let (low, high) =
            standing.widen(20.0, (20.0 * (-0.4_f64).exp(), 20.0 * 0.4_f64.exp()));
        assert!((low - 20.0 * (-0.5_f64).exp()).abs() < 1e-12, "{low}");
        assert!((high - 20.0 * 0.5_f64.exp()).abs() < 1e-12, "{high}");
        assert_eq!(ReferenceStanding::default().widen(1.0, (0.5, 2.0)), (0.5, 2.0));
        let (low, high) = standing.widen(-1.0, (-2.0, 1.0));
        assert!(low < -2.0 && high > 1.0);

        let sides = [&standing, &ReferenceStanding::default()];
        let (low, high) = widen_ratio(0.1, (-0.3, 0.5), sides);
        assert!((low + 0.4).abs() < 1e-12 && (high - 0.6).abs() < 1e-12);
    }
}
