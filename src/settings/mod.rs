//! What a setting says of itself: each key of a recipe is declared once, where it is read.
//!
//! A struct of settings is plain serde with `Default`, and a key of it is a field with its
//! meaning as doc comment and, where it is a number, one line with its range and unit:
//!
//! ```
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use soleus::settings::{self, NOT_BLANK};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
//! #[serde(default, deny_unknown_fields)]
//! pub struct Epochs {
//!     /// The length of a window.
//!     #[schemars(range(min = 0.1, max = 60.0), extend("unit" = "s"))]
//!     pub epoch_s: f64,
//!     /// The upper end of the band; without it 0.45 of the sampling rate.
//!     #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 1e6, "unit" = "Hz"))]
//!     pub high_hz: Option<f64>,
//!     /// The part of each contraction that is used.
//!     #[schemars(inner(range(min = 0.0, max = 1.0)))]
//!     pub part: [f64; 2],
//!     /// The label of an event.
//!     #[schemars(regex(pattern = NOT_BLANK))]
//!     pub start: String,
//! }
//!
//! impl Default for Epochs {
//!     fn default() -> Self {
//!         Self { epoch_s: 1.0, high_hz: None, part: [0.1, 0.9], start: "touchdown".into() }
//!     }
//! }
//!
//! assert!(settings::check(&Epochs::default()).is_ok());
//! let error = settings::check(&Epochs { epoch_s: 90.0, ..Epochs::default() }).unwrap_err();
//! assert_eq!(error.message(), "epoch_s = 90 is outside the limits of 0.1 to 60 s");
//! assert_eq!(error.hint(), Some("epoch_s = 1 works"));
//! ```
//!
//! Everything else is read from there: the checks and their messages, the JSON schema,
//! `soleus recipe show --all` and `docs/recipe.md`. No struct knows where it hangs in the
//! recipe; the path of a key is that of the place where it was found. A rule between
//! several keys stays code beside the settings, names its keys as the struct does
//! ([`Error::about`](crate::error::Error::about)), and whoever holds the struct puts its
//! own key before ([`Error::under`](crate::error::Error::under)).

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Result;

mod asked;
mod change;
mod check;
mod fact;
mod markdown;
mod range;
mod shape;
mod template;

pub(crate) use asked::Asked;
pub use fact::KeyFact;
pub(crate) use shape::Shape;

/// The pattern of a text that must not be blank.
pub const NOT_BLANK: &str = r"\S";
/// The pattern of a text that must hold a letter or a digit.
pub const WORD: &str = r"[\p{L}\p{N}]";
/// The largest seed: whole numbers beyond it are not read alike by all readers of JSON.
pub const LARGEST_SEED: u64 = (1 << 53) - 1;

/// Checks settings that were built in code as those of a file are checked: every number
/// against its range, every list against its length. Rules between several keys are the
/// business of the settings themselves.
///
/// # Errors
/// Names the first key that is wrong, its value, what it must be and a value that works.
pub fn check<T: JsonSchema + Serialize>(settings: &T) -> Result<()> {
    Shape::read::<T>().check(&Asked::from_settings(settings)).map_err(|fault| fault.error)
}

/// Whether two paths lead to the same key: positions may stand in brackets or between
/// dots.
pub(crate) fn is_same_path(one: &str, other: &str) -> bool {
    asked::steps(one).eq(asked::steps(other))
}

/// A shape that is read once.
pub(crate) struct Once(OnceLock<Shape>);

impl Once {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub(crate) fn shape<T: JsonSchema>(&self) -> &Shape {
        self.0.get_or_init(Shape::read::<T>)
    }
}
