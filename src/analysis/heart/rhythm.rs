//! How pulses follow each other, and whether a heart makes them.

use crate::dsp::stats::median;
use crate::units::Hertz;

/// The intervals of hearts, in seconds: 180 to 40 a minute.
const INTERVALS_S: (f64, f64) = (1.0 / 3.0, 1.5);
/// How far an interval may be from the usual one, as a share of it: of a heart that beats
/// regularly, breathing included, and of one in atrial fibrillation, whose intervals have
/// a coefficient of variation of up to 0.25 (Bootsma et al. 1970).
const REGULAR: f64 = 0.2;
const IRREGULAR: f64 = 0.5;
/// The fewest intervals alike.
pub(super) const FEWEST: usize = 5;
/// The share of the intervals that must be alike, and of the pulses that must be of one
/// shape down to the noise.
const SHARE: f64 = 0.6;
/// The frequencies of a QRS complex behind a high-pass lie about 25 Hz, those of the
/// potentials of motor units about 100 Hz.
const SLOW_HZ: f64 = 60.0;
/// The share of all pulses that must be of one shape where they are fast.
const MOST: f64 = 0.8;

/// How much some pulses are of one shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Likeness {
    /// How many of all pulses that stand alone they are, 0 … 1.
    pub(super) of_all: f64,
    /// The share of them of which nothing is left but noise once the shape is taken out.
    pub(super) exact: f64,
    /// The root mean square frequency of what they share, in hertz.
    pub(super) hz: f64,
}

/// How pulses of one shape follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    /// The usual interval in seconds.
    pub(super) usual_s: f64,
    is_regular: bool,
}

impl Rhythm {
    /// The rhythm of pulses at some places; `None` where most of the intervals that could
    /// be those of a heart are not alike. Longer ones hold beats that bursts hide.
    pub(super) fn read(places: &[usize], rate: Hertz) -> Option<Self> {
        let intervals: Vec<f64> = places
            .windows(2)
            .map(|pair| rate.seconds(pair[1] - pair[0]))
            .filter(|interval| *interval < INTERVALS_S.1)
            .collect();
        let usual_s = median(&intervals).filter(|usual| *usual >= INTERVALS_S.0)?;
        let most_within = |scatter: f64| {
            let near = |interval: &&f64| (**interval / usual_s - 1.0).abs() < scatter;
            let alike = intervals.iter().filter(near).count();
            alike >= FEWEST && alike as f64 >= SHARE * intervals.len() as f64
        };
        let is_regular = most_within(REGULAR);
        (is_regular || most_within(IRREGULAR)).then_some(Self { usual_s, is_regular })
    }

    /// Whether pulses so much alike that come so are those of a heart, or of a stimulator:
    /// most of them of one shape down to the noise, and slow; or fast, but regular, where
    /// there is hardly any other pulse.
    pub(super) fn is_of_a_heart(self, likeness: &Likeness) -> bool {
        let exact = likeness.exact >= SHARE;
        let fast = likeness.hz >= SLOW_HZ;
        exact && (!fast || self.is_regular && likeness.of_all >= MOST)
    }
}
