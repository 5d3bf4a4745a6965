//! One session: what its recordings are, what was decided for them, and what came out.

mod digested;
mod findings;
mod manifest;
mod methods;
mod plan;
mod refused;
mod run;
mod scale;
mod study;
mod understand;

pub use findings::{
    ChannelFindings, Failure, Findings, Reading, RecordingFindings, Role, Status,
};
pub use manifest::{
    Manifest, RecordingInput, Search, SessionInput, find, is_output_folder,
};
pub use plan::{Plan, Processed, groups};
pub use run::{Request, TakeTraces, failed, references, run, traces};
pub use scale::{References, highest_mean};
pub use study::{
    ChannelEntry, Compare, Design, EventEntry, EventLine, RecordingEntry, Study,
    SubjectEntry,
};
pub use understand::understand;
