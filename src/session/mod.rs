//! One session: what its recordings are, what was decided for them, and what came out.

mod findings;
mod manifest;
mod plan;
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
pub use run::{
    Request, TakeTraces, channel_findings, failed, references, run, traces_of,
};
pub use scale::{References, highest_mean};
pub use study::{
    ChannelEntry, Compare, Design, EventEntry, EventLine, RecordingEntry, Study,
    SubjectEntry,
};
pub use understand::understand;
