//! `SOLEUS_INSTRUCTIONS`: the path through the vector kernels, for whoever wants to see
//! that every one gives the same bits.

use crate::dsp::zero_phase::Instructions;
use crate::error::{Error, ErrorKind, Result};

/// The variable of the environment.
const VARIABLE: &str = "SOLEUS_INSTRUCTIONS";

/// Takes the path that the environment names.
///
/// # Errors
/// When it names none, or one that this processor does not have.
pub(super) fn choose() -> Result<()> {
    let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) else {
        return Ok(());
    };
    let name = value.to_string_lossy();
    if Instructions::named(&name).is_some_and(Instructions::choose) {
        return Ok(());
    }
    let said = format!("{VARIABLE} is {name:?}, which this processor does not have");
    let here = Instructions::available().into_iter().map(Instructions::name);
    let here = here.collect::<Vec<_>>().join(", ");
    Err(Error::new(ErrorKind::Arguments, said)
        .with_hint(format!("it has {here}; without the variable the best one is taken")))
}
