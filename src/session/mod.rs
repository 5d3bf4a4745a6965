//! One session: what its recordings are, what was decided for them, and what came out.

mod across;
mod alone;
mod digested;
mod electrodes;
mod exchanged;
mod excluded;
mod findings;
mod head;
mod inherited;
mod manifest;
mod methods;
mod pattern;
mod plan;
mod provenance;
mod refused;
mod reported;
mod reporting;
mod rest;
mod run;
mod scale;
mod study;
mod survey;
mod task;
mod understand;
mod vocabulary;

pub use alone::{
    RoledRecording, analyse, analyse_file, analyse_file_with, analyse_session,
};
pub use electrodes::{Electrodes, QUESTIONS};
pub use exchanged::exchanged_sides;
pub use findings::{
    ChannelFindings, Failure, Findings, Reading, RecordingFindings, Role, Status,
};
pub use head::{Protocol, ProtocolParts, StudyHead};
pub use manifest::{
    Heard, LeftOut, Manifest, RecordingInput, RoleHint, Search, SessionInput, find,
    find_one, is_output_folder,
};
pub use plan::{Plan, Processed, groups};
pub use provenance::{Excluded, ExcludedBy, Provenance, SetBy};
pub use reported::{MethodsPassage, Reporting, ReportingArea, ReportingItem, ToldBy};
pub use run::{Request, Sharing, TakeTraces, failed, references, run, traces};
pub use scale::{References, highest_mean};
pub use study::{
    ChannelEntry, Compare, Design, EventEntry, EventLine, RecordingEntry, Study,
    SubjectEntry,
};
pub use survey::{
    NotSurveyed, Remark, RemarkAbout, Survey, SurveyStatus, SurveyedChannel,
    SurveyedRecording, SurveyedSession,
};
pub use understand::{Understood, understand};
pub use vocabulary::Vocabulary;
