//! `soleus run --from`: the order of an earlier run, as its record tells it, changed by
//! what is said beside it.

use std::path::{Path, PathBuf};

use super::args::RunArguments;
use super::read_recipe;
use crate::batch::{Order, WrittenRun};
use crate::error::{Error, ErrorKind, Result};
use crate::recipe::Recipe;

/// How many recordings that are gone are named.
const NAMED: usize = 5;

/// What is asked for of a run that is repeated, or not.
pub(super) struct Repeated {
    pub(super) order: Order,
    /// Whether every recording of the run that is repeated is still there.
    pub(super) is_all_there: bool,
}

/// The order of the run in `from`, into the folder that the arguments name, and whether all
/// of its recordings are there.
///
/// # Errors
/// When `from` is no record of a run, or an input of it is gone and no other was named.
pub(super) fn asked(arguments: &RunArguments, from: &Path) -> Result<Repeated> {
    let run = WrittenRun::open(from)?;
    let mut order = run.order(&arguments.out)?;
    if !run.is_of_this_build() {
        tell!(
            "note: another build of soleus made {}; last digits may differ",
            run.out.display()
        );
    }
    let origin = &arguments.origin;
    order.study = origin.study.clone().or(order.study);
    order.rate = origin.rate.or(order.rate);
    order.allow_outside |= origin.allow_outside;
    order.save_signals |= arguments.save_signals;
    order.csv_locale = arguments.csv_locale.clone().or(order.csv_locale);
    let is_all_there = match arguments.inputs.is_empty() {
        true => is_all_there(&run, order.study.as_deref(), from)?,
        false => true,
    };
    if !arguments.inputs.is_empty() {
        order.inputs.clone_from(&arguments.inputs);
    }
    if arguments.processing.recipe.is_some() {
        order.settings.clear();
    }
    order.settings.extend(arguments.processing.set.iter().cloned());
    (order.recipe, order.recipe_file) = recipe(arguments, order.recipe)?;
    Ok(Repeated { order, is_all_there })
}

/// The recipe of the record, or the one that is named, with the settings that are said.
fn recipe(
    arguments: &RunArguments,
    recorded: Recipe,
) -> Result<(Recipe, Option<(PathBuf, String)>)> {
    let processing = &arguments.processing;
    if processing.recipe.is_some() {
        return read_recipe(processing);
    }
    if processing.set.is_empty() {
        return Ok((recorded, None));
    }
    let recipe = recorded.changed(&processing.set)?;
    super::recipe::refuse_impossible(&recipe)?;
    Ok((recipe, None))
}

/// Whether every recording is there; those that are gone from a folder are told.
///
/// # Errors
/// When an input or the study is gone.
fn is_all_there(run: &WrittenRun, study: Option<&Path>, from: &Path) -> Result<bool> {
    let gone = |path: &Path| path.symlink_metadata().is_err();
    let missing = run.missing_inputs();
    if let Some(input) = missing.first() {
        let said = format!("{}, an input of that run, is gone", input.display());
        return Err(Error::new(ErrorKind::Arguments, said).in_file(from).with_hint(
            "say where it is now: soleus run --from OUT/run.json INPUT -o NEW",
        ));
    }
    if let Some(study) = study.filter(|study| gone(study)) {
        let said = format!("{}, the study of that run, is gone", study.display());
        return Err(Error::new(ErrorKind::Arguments, said)
            .in_file(from)
            .with_hint("say where it is now with --study"));
    }
    let recordings = run.missing_recordings();
    for path in recordings.iter().take(NAMED) {
        tell!("warning: {}, which that run read, is gone", path.display());
    }
    if let more @ 1.. = recordings.len().saturating_sub(NAMED) {
        tell!("warning: so are {more} more");
    }
    Ok(recordings.is_empty())
}
