//! One session: what its recordings are, what was decided for them, and what came out.

mod findings;

pub use findings::{ChannelFindings, Failure, Findings, Reading, RecordingFindings, Role, Status};
