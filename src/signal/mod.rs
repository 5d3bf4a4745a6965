//! What a recording is: channels with their own rates, events, and the traces made of them.
//! No files and no filters here.

mod label;
mod recording;
mod trace;

pub use label::{Kind, Label, Muscle, Side};
pub use recording::{Channel, Event, RateSource, Recording};
pub use trace::Trace;
