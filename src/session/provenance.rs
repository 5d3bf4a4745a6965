//! In what a session differs from what is usual: the recipe, the rate that was told, and
//! what was left out, by whom.

use serde::{Deserialize, Serialize};

use crate::recipe::RecipeDifference;
use crate::units::Hertz;

/// What a session was done with beside the standard recipe, and without.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// The keys of the recipe that have another value than the standard one, and who set
    /// them.
    pub differences: Vec<(RecipeDifference, SetBy)>,
    /// The sampling rate that was told for files that do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<Hertz>,
    /// What was left out.
    pub excluded: Vec<Excluded>,
}

/// Who set a key of the recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetBy {
    /// The recipe that was named.
    Recipe,
    /// The command line: `--set`.
    Command,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// What.
    pub what: String,
    /// By whom.
    pub by: ExcludedBy,
    /// Why, or by which key.
    pub why: String,
}

/// Who left something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExcludedBy {
    /// `study.toml`.
    Study,
    /// The program, which could not read it.
    Reading,
    /// The checks of quality: a channel called bad, whose numbers are shown and doubted.
    Quality,
}

impl Provenance {
    /// The same where these `PATH=VALUE` settings came from the command line.
    #[must_use]
    pub fn with_settings(mut self, settings: &[String]) -> Self {
        for (difference, by) in &mut self.differences {
            let leads_there = |setting: &String| {
                let path = setting.split('=').next().unwrap_or_default();
                let path = path.replace('[', ".").replace(']', "");
                is_within(path.trim(), &difference.key)
                    || is_within(&difference.key, path.trim())
            };
            if settings.iter().any(leads_there) {
                *by = SetBy::Command;
            }
        }
        self
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a path is another one, or leads into it.
fn is_within(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Recipe;

    fn origins(settings: &[&str]) -> Vec<(String, SetBy)> {
        let text = "[normalisation]\nreference = \"peak\"\n";
        let settings: Vec<String> = settings.iter().map(|&one| one.to_owned()).collect();
        let recipe = Recipe::from_toml(text, &settings).unwrap();
        let differences = recipe.differences().into_iter();
        let differences = differences.map(|one| (one, SetBy::Recipe)).collect();
        let provenance = Provenance { differences, ..Provenance::default() };
        let all = provenance.with_settings(&settings).differences.into_iter();
        all.map(|(one, by)| (one.key, by)).collect()
    }

    #[test]
    fn a_difference_says_who_set_it() {
        let [recipe, command] = [SetBy::Recipe, SetBy::Command];
        let peak = ("normalisation.reference".to_owned(), recipe);
        assert_eq!(origins(&[]), std::slice::from_ref(&peak));
        let low = ("conditioning.1.band-pass.low_hz".to_owned(), command);
        let settings = ["conditioning[1].band-pass.low_hz = 10"];
        assert_eq!(origins(&settings), [low, peak.clone()]);
        let envelope = ("envelope".to_owned(), command);
        let settings = ["envelope.moving-rms.window_s=0.2"];
        assert_eq!(origins(&settings), [envelope, peak]);
        // A name that only begins alike is another key.
        assert!(!is_within("envelope_more", "envelope") && is_within("a.b", "a"));
    }
}
