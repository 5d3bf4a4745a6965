//! `soleus recipe`: the standard recipe, a check, and the schema.

use std::process::ExitCode;

use super::args::{Processing, RecipeAction};
use super::{print_bytes, print_json, read_recipe};
use crate::error::Result;
use crate::recipe::{Recipe, STANDARD};
use crate::units::Hertz;

/// Rates at which a recipe is tried when no recording says: from slow wearables to needle
/// EMG.
const USUAL_RATES: [f64; 7] =
    [500.0, 1000.0, 1259.2593, 2000.0, 4000.0, 10_000.0, 48_000.0];

pub(super) fn run(action: RecipeAction) -> Result<ExitCode> {
    match action {
        RecipeAction::Show { all: false } => print_bytes(STANDARD.as_bytes()),
        RecipeAction::Show { all: true } => print_bytes(Recipe::template().as_bytes()),
        RecipeAction::Schema => print_json(&Recipe::schema()),
        RecipeAction::Check { file } => {
            let (recipe, _) =
                read_recipe(&Processing { recipe: Some(file.clone()), set: Vec::new() })?;
            let text = check(&recipe).map_err(|error| error.in_file(&file))?;
            print_bytes(text.as_bytes())
        }
    }
}

/// Refuses a recipe that fits no usual sampling rate: what is wrong with it is its own.
///
/// # Errors
/// The error at the highest rate.
pub(super) fn refuse_impossible(recipe: &Recipe) -> Result<()> {
    let mut last = Ok(());
    for rate in USUAL_RATES.iter().filter_map(|&hz| Hertz::new(hz)) {
        match steps(recipe, rate) {
            Ok(_) => return Ok(()),
            Err(error) => last = Err(error),
        }
    }
    last
}

/// What a recipe does, and which usual sampling rates it fits.
fn check(recipe: &Recipe) -> Result<String> {
    let tried: Vec<(Hertz, Result<Vec<String>>)> = USUAL_RATES
        .iter()
        .filter_map(|&hz| Hertz::new(hz))
        .map(|rate| (rate, steps(recipe, rate)))
        .collect();
    let fitting: Vec<_> = tried.iter().filter(|(_, steps)| steps.is_ok()).collect();
    let Some((rate, Ok(steps))) =
        fitting.iter().find(|(rate, _)| rate.hz() >= 2000.0).or(fitting.first()).copied()
    else {
        // Nothing fits: the error at the highest rate is the recipe's own, not the
        // rate's.
        return tried.into_iter().next_back().map_or_else(
            || Ok(String::new()),
            |(_, steps)| steps.map(|_| String::new()),
        );
    };
    let mut lines = vec![format!("the recipe is right; at {rate} it does:")];
    lines.extend(steps.iter().map(|step| format!("  - {step}")));
    lines.push(format!("  - {}", recipe.normalisation.describe()));
    lines.extend(
        recipe
            .analysis
            .enabled()
            .iter()
            .map(|analysis| format!("  - {}", analysis.describe())),
    );
    for (rate, steps) in &tried {
        if let Err(error) = steps {
            lines.push(format!("  at {rate}: {}", error.message()));
        }
    }
    Ok(lines.join("\n") + "\n")
}

fn steps(recipe: &Recipe, rate: Hertz) -> Result<Vec<String>> {
    let chain = recipe.design_chain(rate)?;
    let envelope = recipe.design_envelope(rate)?;
    recipe.check_rate(rate)?;
    Ok(chain.describe().into_iter().chain([envelope.describe()]).collect())
}
