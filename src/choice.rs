//! Closed lists of a recipe: what one may choose from, each kind in a file of its own.

/// An enum of settings with one variant for each kind, written in a recipe as
/// `{ kind = { key = value } }`, and what all kinds have in common through one trait.
///
/// Lists grow, so programs that match on one must expect other kinds.
///
/// A kind is listed by its variant (whose name in kebab case stands in the recipe), its
/// settings and a line that says what it is for.
macro_rules! choice {
    (
        $(#[$about:meta])*
        pub enum $list:ident as $common:ident by $method:ident {
            $($(#[$what:meta])* $kind:ident($settings:ident),)+
        }
    ) => {
        $(#[$about])*
        #[derive(
            Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum $list {
            $($(#[$what])* $kind($settings),)+
        }

        impl $list {
            /// Every kind with its default settings, in the order of the list.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$kind($settings::default()),)+]
            }

            /// Its name in the recipe.
            pub fn name(&self) -> &'static str {
                self.$method().name()
            }

            /// The settings, as what all kinds have in common.
            pub fn $method(&self) -> &dyn $common {
                match self {
                    $(Self::$kind(settings) => settings,)+
                }
            }
        }
    };
}

pub(crate) use choice;

#[cfg(test)]
mod tests {
    use crate::condition::Step;
    use crate::envelope::Envelope;
    use crate::onset::Detector;

    /// The keys that a list is written with.
    fn written<T: serde::Serialize>(all: &[T]) -> Vec<String> {
        let key = |one: &T| {
            let value = serde_json::to_value(one).unwrap();
            value.as_object().unwrap().keys().next().unwrap().clone()
        };
        all.iter().map(key).collect()
    }

    #[test]
    fn every_kind_goes_by_the_name_that_it_is_written_with() {
        let steps: Vec<_> = Step::all().iter().map(Step::name).collect();
        let envelopes: Vec<_> = Envelope::all().iter().map(Envelope::name).collect();
        let detectors: Vec<_> = Detector::all().iter().map(Detector::name).collect();
        assert_eq!(written(&Step::all()), steps);
        assert_eq!(written(&Envelope::all()), envelopes);
        assert_eq!(written(&Detector::all()), detectors);
    }
}
