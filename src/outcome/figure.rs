//! Figures as data: what is shown, by meaning; the report decides how it is drawn.

/// A figure as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// A short heading.
    pub title: String,
    /// One sentence that says what is shown and what to look for.
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

/// A plot below a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The label of its vertical axis with its unit.
    pub y_label: String,
    /// What is drawn, the first at the bottom.
    pub layers: Vec<Layer>,
}

/// One layer of a figure. Points that are `NaN` break a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A polyline.
    Line {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        x: Vec<f64>,
        /// Vertical positions.
        y: Vec<f64>,
        /// Its colour by meaning.
        tone: Tone,
    },
    /// Separate dots.
    Points {
        /// Its name in the legend; an empty one is not listed.
        name: String,
        /// Horizontal positions.
        x: Vec<f64>,
        /// Vertical positions.
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
        x: Vec<f64>,
        /// The lower curve.
        low: Vec<f64>,
        /// The upper curve.
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

/// On which side of their place words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// To the right of it.
    Right,
    /// To the left of it.
    Left,
}

/// The meaning of a colour. The report picks colours that people with any colour vision
/// can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
