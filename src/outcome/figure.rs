//! Figures as data: what is shown, by meaning; the report decides how it is drawn.
//!
//! Figures can be written and read with serde, for a page of one's own. In JSON, which has
//! no NaN, a position that breaks a line is `null`.

use serde::{Deserialize, Serialize};

use crate::units::Unit;

/// A figure as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// A short heading: what is shown, the same for every figure of its kind.
    pub title: String,
    /// The channel that it is of, or the names of several joined by ` ~ `; `None` of a
    /// whole recording.
    #[serde(default)]
    pub channel: Option<String>,
    /// What is true of this figure and not of every one of its kind; often empty.
    #[serde(default)]
    pub detail: String,
    /// Where a page shows it.
    #[serde(default)]
    pub place: FigurePlace,
    /// What is shown and what to look for, in words that hold for all figures of its kind.
    pub caption: String,
    /// The label of the horizontal axis with its unit.
    pub x_label: String,
    /// The label of the vertical axis with its unit.
    pub y_label: String,
    /// What is drawn, the first at the bottom.
    pub layers: Vec<Layer>,
    /// A second plot below it that shares the horizontal axis.
    pub below: Option<Panel>,
}

/// Where a page shows a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigurePlace {
    /// Among the signals, all channels on one time axis.
    Signal,
    /// As marks on the signal of its channel.
    Bursts,
    /// Beside the numbers of the quality of its channel.
    Quality,
    /// Among the figures of its analysis, both sides in the same axes.
    #[default]
    Task,
}

/// A plot below a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// The label of its vertical axis with its unit.
    pub y_label: String,
    /// What is drawn, the first at the bottom.
    pub layers: Vec<Layer>,
}

/// One layer of a figure. Points that are `NaN` break a line.
///
/// Later versions may draw more, so other layers are to be expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Layer {
    /// A polyline.
    Line {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        #[serde(with = "broken")]
        x: Vec<f64>,
        /// Vertical positions.
        #[serde(with = "broken")]
        y: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Separate dots.
    Points {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        #[serde(with = "broken")]
        x: Vec<f64>,
        /// Vertical positions.
        #[serde(with = "broken")]
        y: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// The area between two curves: an interval, or the smallest and largest sample of
    /// each bucket of a long trace.
    Band {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        #[serde(with = "broken")]
        x: Vec<f64>,
        /// The lower curve.
        #[serde(with = "broken")]
        low: Vec<f64>,
        /// The upper curve.
        #[serde(with = "broken")]
        high: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Bars over named places, one group of bars a place when several layers of bars are
    /// drawn.
    Bars {
        /// Its name in the legend.
        name: String,
        /// The places' names.
        places: Vec<String>,
        /// The heights.
        #[serde(with = "broken")]
        values: Vec<f64>,
        /// The 95 % intervals, where there are any.
        intervals: Vec<Option<(f64, f64)>>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Words at a place: the name of a dot or of an area.
    Words {
        /// The words.
        text: String,
        /// Their horizontal position.
        x: f64,
        /// Their vertical position.
        y: f64,
        /// On which side of the place they stand.
        stand: Stand,
    },
    /// A shaded stretch of the horizontal axis: a gap, extrapolated edge samples.
    Stretch {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Where it begins.
        from: f64,
        /// Where it ends.
        to: f64,
    },
}

/// The envelope of a channel in short: a value for each of some hundred pieces. It is not
/// written to `report.json`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeStrip {
    /// The channel.
    pub channel: String,
    /// The centre of each piece on the recording's own clock, in seconds.
    pub times_s: Vec<f64>,
    /// The mean of each piece in the channel's unit, NaN in gaps.
    pub envelope: Vec<f64>,
    /// What is 100 % of activation, where there is a reference.
    pub reference: Option<f64>,
    /// The unit of the envelope.
    pub unit: Unit,
}

/// On which side of their place words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stand {
    /// To the right of it.
    Right,
    /// To the left of it.
    Left,
}

/// The meaning of a colour. The report picks colours that people with any colour vision
/// can tell apart.
///
/// Later versions may tell more apart, so other tones are to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tone {
    /// A recorded or filtered signal.
    Signal,
    /// An envelope.
    Envelope,
    /// The left side.
    Left,
    /// The right side.
    Right,
    /// The beginning.
    First,
    /// The end.
    Last,
    /// A fit or a reference line.
    Fit,
    /// Something in the background.
    Muted,
}

/// Positions with breaks: NaN is written as none, and read back as NaN.
mod broken {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        positions: &[f64],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let known =
            |position: &f64| Some(*position).filter(|position| !position.is_nan());
        serializer.collect_seq(positions.iter().map(known))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<f64>, D::Error> {
        let known = Vec::<Option<f64>>::deserialize(deserializer)?;
        Ok(known.into_iter().map(|position| position.unwrap_or(f64::NAN)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_survives_json_with_its_breaks() {
        let line = |y: Vec<f64>| Layer::Line {
            name: "envelope".into(),
            x: vec![0.0, 0.1, 0.2],
            y,
            tone: Tone::Envelope,
        };
        let words =
            Layer::Words { text: "gap".into(), x: 0.1, y: 2.0, stand: Stand::Left };
        let figure = Figure {
            title: "Overview".into(),
            channel: Some("SOL_L".into()),
            detail: String::new(),
            place: FigurePlace::Signal,
            caption: "What was recorded.".into(),
            x_label: "time (s)".into(),
            y_label: "V".into(),
            layers: vec![line(vec![1.5, f64::NAN, 3.0]), words],
            below: Some(Panel { y_label: "%".into(), layers: Vec::new() }),
        };
        let text = serde_json::to_string(&figure).unwrap();
        assert!(text.contains(r#""y":[1.5,null,3.0]"#), "{text}");

        let read: Figure = serde_json::from_str(&text).unwrap();
        let Layer::Line { y, .. } = &read.layers[0] else { panic!("{read:?}") };
        assert!(y[1].is_nan() && (y[0], y[2]) == (1.5, 3.0));
        assert_eq!(
            (&read.layers[1..], &read.below),
            (&figure.layers[1..], &figure.below)
        );
    }
}
