//! From a channel's name to muscle, side and kind.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A channel's name in the file, and what was understood from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The name as in the file, without its unit.
    pub name: String,
    /// The muscle, where the name tells or the user said.
    pub muscle: Option<Muscle>,
    /// The side, where the name tells or the user said.
    pub side: Option<Side>,
    /// What the channel measures.
    pub kind: Kind,
}

/// What a channel measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Surface EMG.
    Emg,
    /// Acceleration.
    Acceleration,
    /// Angular velocity.
    Gyroscope,
    /// A force plate, load cell or force-sensing resistor.
    Force,
    /// Anything else, or nothing that the name tells.
    Other,
}

/// Left or right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

impl Side {
    /// The word in the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

macro_rules! muscles {
    ($($variant:ident = $name:literal,)+) => {
        /// A muscle by its English name in lower case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum Muscle {
            $(#[doc = $name] #[serde(rename = $name)] $variant,)+
        }

        impl Muscle {
            /// Every muscle that has a name here.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The English name in lower case, as in the tables.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

muscles! {
    Soleus = "soleus",
    GastrocnemiusMedialis = "gastrocnemius medialis",
    GastrocnemiusLateralis = "gastrocnemius lateralis",
    Gastrocnemius = "gastrocnemius",
    TibialisAnterior = "tibialis anterior",
    PeroneusLongus = "peroneus longus",
    TensorFasciaeLatae = "tensor fasciae latae",
    RectusFemoris = "rectus femoris",
    VastusMedialis = "vastus medialis",
    VastusLateralis = "vastus lateralis",
    Vasti = "vasti",
    Semitendinosus = "semitendinosus",
    BicepsFemoris = "biceps femoris",
    BicepsBrachii = "biceps brachii",
    GluteusMedius = "gluteus medius",
    GluteusMaximus = "gluteus maximus",
}
