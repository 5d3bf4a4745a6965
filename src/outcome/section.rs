//! A section of the page of a recording: what some analyses say about one question.

/// A section, told by the analysis that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its place on the page, the lowest first.
    pub place: u8,
    /// Its heading.
    pub title: &'static str,
    /// The analyses that belong to it.
    pub analyses: &'static [&'static str],
    /// The names of the measures of each of its tables; those that a recording lacks are
    /// left out.
    pub tables: &'static [&'static [&'static str]],
    /// Whether it is what few readers look for, and is folded.
    pub rare: bool,
    /// One or two sentences on what is shown and how to read it.
    pub lead: &'static str,
}
