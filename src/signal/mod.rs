//! What a recording is: channels with their own rates, events, and the traces made of
//! them. No files and no filters here.

mod event;
mod label;
mod recording;
mod trace;

pub use event::{Event, Mark};
pub use label::{Kind, Label, Legs, Muscle, Side};
pub use recording::{Channel, RateSource, Recording};
pub use trace::Trace;
