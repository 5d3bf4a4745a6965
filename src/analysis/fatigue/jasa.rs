//! Joint analysis of spectrum and amplitude (JASA): whether both rise or fall (Luttmann,
//! Jäger & Laurig 2000).

use crate::dsp::regression::Line;

/// The change of amplitude and frequency over a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jasa {
    /// The change of the amplitude in per cent of its beginning.
    pub amplitude: Total,
    /// The change of the frequency in per cent of its beginning.
    pub frequency: Total,
    /// The direction of both, `atan2(frequency, amplitude)` in degrees, −180 … 180.
    pub angle_deg: f64,
}

/// A change over a whole recording in per cent, with its 95 % interval where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// The change.
    pub percent: f64,
    /// Its interval by Fieller (1954).
    pub interval: Option<(f64, f64)>,
}

/// The four quadrants, by the names that their authors gave them. They name what is often
/// seen, and say nothing about a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quadrant {
    /// Amplitude and frequency rise.
    ForceIncrease,
    /// The amplitude rises, the frequency falls.
    Fatigue,
    /// The amplitude falls, the frequency rises.
    Recovery,
    /// Amplitude and frequency fall.
    ForceDecrease,
}

impl Total {
    fn from_line(line: &Line, seconds: f64) -> Option<Self> {
        let interval =
            line.fieller_interval().map(|(low, high)| (low * seconds, high * seconds));
        Some(Self { percent: line.normalised_slope()? * seconds, interval })
    }

    /// Whether it rises (1) or falls (−1); 0 in the dead zone, where the interval
    /// includes 0 or there is none.
    pub fn direction(&self) -> i8 {
        match self.interval {
            Some((low, _)) if low > 0.0 => 1,
            Some((_, high)) if high < 0.0 => -1,
            _ => 0,
        }
    }
}

impl Jasa {
    /// The change over `seconds` by the lines of amplitude and frequency, whose x are
    /// seconds from the beginning. `None` where a line has no value at the beginning.
    pub fn from_lines(amplitude: &Line, frequency: &Line, seconds: f64) -> Option<Self> {
        let (amplitude, frequency) = (
            Total::from_line(amplitude, seconds)?,
            Total::from_line(frequency, seconds)?,
        );
        let angle_deg = libm::atan2(frequency.percent, amplitude.percent).to_degrees();
        Some(Self { amplitude, frequency, angle_deg })
    }

    /// The quadrant; `None` in the dead zone, where amplitude or frequency shows no
    /// change beyond chance.
    pub fn quadrant(&self) -> Option<Quadrant> {
        match (self.amplitude.direction(), self.frequency.direction()) {
            (1, 1) => Some(Quadrant::ForceIncrease),
            (1, -1) => Some(Quadrant::Fatigue),
            (-1, 1) => Some(Quadrant::Recovery),
            (-1, -1) => Some(Quadrant::ForceDecrease),
            _ => None,
        }
    }

    /// What both do, in words.
    pub fn words(&self) -> String {
        let word = |direction: i8| match direction {
            1 => "up",
            -1 => "down",
            _ => "no change beyond chance",
        };
        let both = [self.amplitude, self.frequency].map(|total| word(total.direction()));
        let name =
            self.quadrant().map_or("in no quadrant (dead zone)".into(), |quadrant| {
                format!(
                    "the quadrant that Luttmann et al. (2000) name \"{}\"",
                    quadrant.name()
                )
            });
        format!("amplitude {}, frequency {}: {name}", both[0], both[1])
    }
}

impl Quadrant {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForceIncrease => "force increase",
            Self::Fatigue => "fatigue",
            Self::Recovery => "recovery",
            Self::ForceDecrease => "force decrease",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(slope: f64, spread: f64) -> Line {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let y: Vec<f64> = x
            .iter()
            .map(|x| 100.0 + slope * x + if x % 2.0 == 0.0 { spread } else { -spread })
            .collect();
        Line::fit(&x, &y).unwrap()
    }

    #[test]
    fn quadrants_have_a_dead_zone() {
        let quadrant = |amplitude: f64, frequency: f64| {
            Jasa::from_lines(&line(amplitude, 1.0), &line(frequency, 1.0), 20.0)
                .unwrap()
                .quadrant()
        };
        assert_eq!(quadrant(1.0, 1.0), Some(Quadrant::ForceIncrease));
        assert_eq!(quadrant(1.0, -1.0), Some(Quadrant::Fatigue));
        assert_eq!(quadrant(-1.0, 1.0), Some(Quadrant::Recovery));
        assert_eq!(quadrant(-1.0, -1.0), Some(Quadrant::ForceDecrease));
        assert_eq!(quadrant(0.0, -1.0), None);
        assert!(
            Jasa::from_lines(&line(1.0, 1.0), &line(0.0, 1.0), 20.0)
                .unwrap()
                .words()
                .contains("dead zone")
        );
        let through_0 = Line::fit(&[0.0, 1.0, 2.0], &[0.0, 1.0, 2.0]).unwrap();
        assert_eq!(Jasa::from_lines(&through_0, &line(1.0, 1.0), 20.0), None);
    }
}
