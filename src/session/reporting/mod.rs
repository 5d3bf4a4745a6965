//! What reports of EMG are asked to tell, and who told it: the recipe, the recordings,
//! `study.toml`, or nobody yet.
//!
//! The items are ours, in our words. They stand in the areas of CEDE-Check (Besomi et al.
//! 2024) and hold what the ISEK standards (Merletti 1999) and the CEDE matrix of amplitude
//! normalisation (Besomi et al. 2020) ask for; CEDE-Check itself has forty.

use super::head::StudyHead;
use super::methods::{self, Ran};
use super::reported::{MethodsPassage, Reporting, ReportingArea, ReportingItem, ToldBy};

mod from_study;
mod items;
mod recorded;

use from_study::{OfElectrodes, OfTask};

impl Reporting {
    /// What is told of a session; nothing where nothing was processed.
    pub(super) fn of(head: &StudyHead, ran: Ran<'_>) -> Self {
        if ran.nothing() {
            return Self::default();
        }
        let (task, electrodes) = (OfTask::of(head, ran), OfElectrodes::of(head));
        Self {
            recorded_in_short: recorded::in_short(&task, &electrodes, ran),
            recorded: recorded::whole(&task, &electrodes, ran),
            in_short: methods::in_short(ran),
            items: items::of(task, electrodes, ran),
        }
    }
}

#[cfg(test)]
mod tests;
