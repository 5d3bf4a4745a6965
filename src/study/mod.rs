//! Many sessions compared: later visits with the first, how much a measure differs
//! between visits, the mean cycles of persons, coherence over the recordings of a task.
//!
//! Everything here is made of findings and holds neither files nor pages: `table` and
//! `report` write what it says.

mod changes;
mod chosen;
mod coherence;
mod comparisons;
mod curves;
mod measures;
mod needs;
mod overview;
mod reliability;
mod spread;
mod uncompared;
mod visits;

pub use changes::{
    MeanChange, PersonChange, StudyChange, StudyChanges, changes, unknown_outcomes,
};
pub use coherence::{
    PairInRecording, PooledPair, PooledPoint, coherence_pairs, pool_coherence,
};
pub use comparisons::{VisitComparison, compare_visits};
pub use curves::{CurveAnswers, PersonCurve, compare_curves, person_curves};
pub use measures::{MeasureRow, Texts, measure_rows};
pub use needs::{Need, NeedWeight, needs};
pub use overview::{Headline, RecordingLine, RecordingState, SessionLine, people};
pub use reliability::{Reliability, reliabilities};
pub use spread::{Dot, MeasureSpread, SpreadStrip, StripRows, distributed, spreads};
pub use uncompared::uncompared;
pub use visits::{VisitOrder, unordered, visit_order};
