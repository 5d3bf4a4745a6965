//! Keys of earlier versions that no result depends on any more: a recipe that holds one is
//! read as it would be without it, and the user is told.

use toml::Table;

use crate::settings::Asked;

/// A key that is gone.
pub(super) struct GoneKey {
    /// Its path, through tables alone.
    path: &'static str,
    /// What came in its place.
    instead: &'static str,
}

const GONE: [GoneKey; 5] = [
    GoneKey {
        path: "analysis.symmetry.block_s",
        instead: "intervals rest on whole cycles, or on the slowest waves",
    },
    GoneKey {
        path: "analysis.fatigue.replicates",
        instead: "intervals of changes are Student's t with how the epochs wander",
    },
    GoneKey {
        path: "analysis.fatigue.seed",
        instead: "intervals of changes are Student's t with how the epochs wander",
    },
    GoneKey {
        path: "analysis.cocontraction.replicates",
        instead: "intervals are Student's t over cycles",
    },
    GoneKey {
        path: "analysis.cocontraction.seed",
        instead: "intervals are Student's t over cycles",
    },
];

impl GoneKey {
    pub(super) fn describe(&self) -> String {
        format!("{} is gone and changes nothing: {}", self.path, self.instead)
    }
}

/// Takes the keys that are gone out of what was asked for; returns them.
pub(super) fn take(asked: &mut Asked) -> Vec<&'static GoneKey> {
    GONE.iter().filter(|key| asked.remove(key.path)).collect()
}

/// The same for a table.
pub(super) fn remove(table: &mut Table) {
    for key in &GONE {
        let mut steps: Vec<&str> = key.path.split('.').collect();
        let last = steps.pop().unwrap_or_default();
        let within = steps.into_iter().try_fold(&mut *table, |table, step| {
            table.get_mut(step).and_then(toml::Value::as_table_mut)
        });
        if let Some(within) = within {
            within.remove(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Recipe;
    use super::*;

    #[test]
    fn what_is_gone_is_left_out_and_told() {
        let text = "[analysis.symmetry]\nblock_s = 1.0\nseed = 7\n\
                    [analysis.cocontraction]\nreplicates = 200\n";
        let without = Recipe::from_toml("[analysis.symmetry]\nseed = 7\n", &[]).unwrap();
        assert_eq!(Recipe::from_toml(text, &[]).unwrap(), without);
        let set = ["envelope.low-pass.cutoff_hz=7".to_owned()];
        assert!(Recipe::from_toml(text, &set).is_ok());
        let told = Recipe::gone_keys(text);
        assert_eq!(told.len(), 2);
        assert!(told[0].starts_with("analysis.symmetry.block_s is gone"), "{told:?}");
        assert!(Recipe::gone_keys("[analysis]\nsymmetry = false\n").is_empty());
        // Nobody sets today what was gone before.
        let set = ["analysis.symmetry.block_s=2".to_owned()];
        let error = Recipe::from_toml("", &set).unwrap_err().to_string();
        assert!(error.contains("block_s"), "{error}");
    }

    #[test]
    fn no_key_of_today_is_gone() {
        for fact in Recipe::facts() {
            assert!(GONE.iter().all(|gone| gone.path != fact.path), "{}", fact.path);
        }
    }
}
