//! Events that the channels of a recording tell: contacts of feet from force plates and
//! foot switches, and pulses that are called like an event.
//!
//! They belong to understanding a recording, whatever is analysed of it. What a user says
//! of events goes first, then pulses, then contacts: a leg whose touchdowns are known
//! already is not told them a second time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::settings::WORD;
use crate::signal::{Channel, Event};

mod feet;
mod legs;
mod load;
mod pulses;
mod sensors;

/// When force plates and foot switches count as loaded, and which pulses are events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contacts {
    /// The load at which contact begins, above that of the unloaded sensor, in the unit
    /// of the channel. Without it: 20 N of a force in newtons, 5 % of the range at most;
    /// half of the range of a foot switch; six standard deviations of the unloaded sensor
    /// at least.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub on: Option<f64>,
    /// The load at which it ends, at most `on`; without it half of `on`, or four standard
    /// deviations.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub off: Option<f64>,
    /// Names of channels whose pulses are events, as `["stimulus"]`; capitals, blanks,
    /// `_` and `-` do not matter. Channels that have the usual name of a touchdown or
    /// lift-off (`RHS`, `Heel strike R`) are known without it.
    #[schemars(inner(regex(pattern = WORD)))]
    pub pulses: Vec<String>,
}

/// The events that channels tell, and what is to be said about them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SensorEvents {
    /// Pulses, and the touchdown and lift-off of each contact that was recorded from or
    /// to there.
    pub events: Vec<Event>,
    /// What was found, a sensor or leg an entry.
    pub findings: Vec<String>,
}

impl Contacts {
    /// Checks what several keys must be together.
    ///
    /// # Errors
    /// Names the key, its value, the limit and values that work.
    pub fn check_together(&self) -> Result<()> {
        let said = match (self.on, self.off) {
            (None, Some(_)) => "needs on, the load at which contact begins".into(),
            (Some(on), Some(off)) if off > on => format!("must not be above on = {on}"),
            _ => return Ok(()),
        };
        let off = self.off.unwrap_or_default();
        Err(Error::about(ErrorKind::Plan, "off", off, said)
            .with_hint("on = 20.0 and off = 10.0 work for newtons"))
    }

    /// The events that the channels of a recording tell. `known` are its other events.
    pub fn find(&self, channels: &[Channel], known: &[Event]) -> SensorEvents {
        let mut found = pulses::pulses(channels, &self.pulses);
        let known = [known, &found.events].concat();
        let contacts = feet::contacts(self, channels, &known);

        found.events.extend(contacts.events);
        found.findings.extend(contacts.findings);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_checked() {
        let read = |text: &str| toml::from_str::<Contacts>(text).unwrap();
        assert_eq!(read(""), Contacts::default());
        let settings = read("on = 20\noff = 10\npulses = [\"sync out\"]");
        assert!(settings.check_together().is_ok());
        for wrong in ["off = 3", "on = 5\noff = 6"] {
            let error = read(wrong).check_together().unwrap_err();
            assert_eq!(error.key(), Some("off"), "{wrong}: {error}");
        }
    }
}
