//! The muscles and how labs and vendors write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Name;

macro_rules! muscles {
    ($($region:ident: $variant:ident = $name:literal, $short:literal, $($stems:literal)|+;)+) => {
        /// A muscle by its English name in lower case; later versions may know more.
        #[non_exhaustive]
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

            /// Where it is.
            pub(super) fn region(self) -> Region {
                match self {
                    $(Self::$variant => Region::$region,)+
                }
            }
        }

        static SPELLINGS: &[Spelling] = &[
            $(Spelling { muscle: Muscle::$variant, short: $short, stems: &[$($stems),+] },)+
        ];
    };
}

/// Where a muscle is; decides which of two muscles an abbreviation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Region {
    /// Below the knee.
    Calf,
    /// Between hip and knee.
    Thigh,
    /// Buttock and hip.
    Hip,
    /// Shoulder, arm and hand.
    Arm,
    /// Head, neck and trunk.
    Trunk,
}

/// How a muscle is written: `short` holds whole abbreviations; each of `stems` holds the
/// beginnings of words that must all be there, in any order.
struct Spelling {
    muscle: Muscle,
    short: &'static str,
    stems: &'static [&'static str],
}

muscles! {
    Calf: Soleus = "soleus", "so sol sole", "soleu" | "solea" | "soleo" | "plaszczk" | "ヒラメ筋" | "比目鱼肌" | "比目魚肌";
    Calf: GastrocnemiusMedialis = "gastrocnemius medialis",
        "gm mg gam gasm gasmed gastm gastmed gastrocm gastrocmed mgas mgast mgastroc medgas medgast \
         gmh mgn gcm jumm",
        "gas med" | "gas int" | "jum int" | "gem med" | "gem int" | "brzuch przysr" | "内側腓腹筋" | "腓腹筋内側" | "腓肠肌内侧" | "内侧腓肠肌";
    Calf: GastrocnemiusLateralis = "gastrocnemius lateralis",
        "gl lg gal glat gasl gaslat gastl gastlat gastrocl gastroclat lgas lgast lgastroc latgas \
         latgast glh lgn gcl juml",
        "gas lat" | "gas ext" | "jum ext" | "jum lat" | "gem lat" | "gem ext" | "brzuch bocz" | "外側腓腹筋" | "腓腹筋外側" | "腓肠肌外侧" | "外侧腓肠肌";
    Calf: Gastrocnemius = "gastrocnemius", "ga gas gast gc gn gastro gastroc \
                                            jum", "gastr" | "jumea" | "gemel" | "brzuch lydk" | "腓腹筋" | "腓肠肌" | "腓腸肌";
    Calf: TricepsSurae = "triceps surae", "surae", "tric sur";
    Calf: TibialisAnterior = "tibialis anterior", "ta tib tiba tibant tibialis \
                                                   tibial", "tib ant" | "jamb ant" | "piszczel przed" | "前脛骨筋" | "胫骨前肌" | "脛骨前肌";
    Calf: TibialisPosterior = "tibialis posterior", "tp tibp tibpost tpost", "tib post";
    Calf: PeroneusLongus = "peroneus longus", "pl per pe pero perl \
                                               perlong", "peron" | "peron long" | "fibul \
                                                            long" | "fibularis";
    Calf: PeroneusBrevis = "peroneus brevis", "pb peb perb perbrev", "peron \
                                                            brev" | "fibul brev" | "per brev";
    Calf: ExtensorDigitorumLongus = "extensor digitorum longus", "edl", "ext dig long";
    Calf: ExtensorDigitorumBrevis = "extensor digitorum brevis", "edb", "ext dig brev";
    Calf: ExtensorHallucisLongus = "extensor hallucis longus", "ehl", "ext hal";
    Calf: FlexorDigitorumLongus = "flexor digitorum longus", "fdl", "fle dig long";
    Calf: FlexorHallucisLongus = "flexor hallucis longus", "fhl", "fle hal long" | "fle hal";
    Calf: FlexorHallucisBrevis = "flexor hallucis brevis", "fhb", "fle hal brev";
    Calf: AbductorHallucis = "abductor hallucis", "abh abdhal", "abd hal";
    Thigh: RectusFemoris = "rectus femoris", "rf rec rfem recfem rectfem", "rec \
                                                            fem" | "droit fem" | "droit ant";
    Thigh: VastusMedialis = "vastus medialis", "vm vmo vml vmed vasmed vastm \
                                                vastusm", "vas med" | "vast interne";
    Thigh: VastusLateralis = "vastus lateralis", "vl vlo vll vlat vaslat vastl \
                                                  vastusl", "vas lat" | "vast ext";
    Thigh: VastusIntermedius = "vastus intermedius", "vi vint", "vas interm";
    Thigh: Vasti = "vasti", "vas vast", "vasti" | "vastus";
    Thigh: Quadriceps = "quadriceps", "quad quads", "quadri";
    Thigh: Semitendinosus = "semitendinosus", "st sem semit semiten semitend", "semit";
    Thigh: Semimembranosus = "semimembranosus", "sm semim semimem", "semim";
    Thigh: BicepsFemoris = "biceps femoris", "bf bic bfcl bflh bfsh bfl bfem \
                                              bicfem", "bic fem" | "bicep";
    Thigh: Hamstrings = "hamstrings", "ham hams hamstr mh isc", "hamstr" | "ischio";
    Thigh: AdductorLongus = "adductor longus", "addl addlong", "add long";
    Thigh: AdductorMagnus = "adductor magnus", "addm addmag", "add mag";
    Thigh: Adductors = "adductors", "add", "adduc";
    Thigh: Gracilis = "gracilis", "gra grac", "graci";
    Thigh: Sartorius = "sartorius", "sar sart", "sarto";
    Hip: TensorFasciaeLatae = "tensor fasciae latae", "fl tfl", "tensor" | "fasci lata";
    Hip: GluteusMedius = "gluteus medius", "me gme gmed glmed glumed glutmed \
                                            gluteusmed", "glu med" | "fess moy";
    Hip: GluteusMaximus = "gluteus maximus", "ma gma gmax glmax glumax glutmax grf", "glu \
                                                            max" | "glu grand" | "grand fess";
    Hip: GluteusMinimus = "gluteus minimus", "gmin", "glu min";
    Hip: Iliopsoas = "iliopsoas", "ip ilio psoas ilpsoas", "iliop" | "psoas";
    Arm: BicepsBrachii = "biceps brachii", "bb bicb bbr bicbra bibr", "bic bra";
    Arm: TricepsBrachii = "triceps brachii", "tb tri tric trib tbr", "tricep";
    Arm: Brachioradialis = "brachioradialis", "brd brad brr", "brachiora";
    Arm: AnteriorDeltoid = "anterior deltoid", "adelt delta dela deltant", "delt ant";
    Arm: MiddleDeltoid = "middle deltoid", "mdelt deltm delm deltmed deltmid", "delt \
                                                            mid" | "delt med" | "delt lat";
    Arm: PosteriorDeltoid = "posterior deltoid", "pdelt deltp delp deltpost", "delt post";
    Arm: Deltoid = "deltoid", "del delt", "deltoi";
    Arm: FlexorCarpiRadialis = "flexor carpi radialis", "fcr", "fle carp rad";
    Arm: FlexorCarpiUlnaris = "flexor carpi ulnaris", "fcu", "fle carp uln";
    Arm: ExtensorCarpiRadialis = "extensor carpi radialis", "ecr ecrl ecrb", "ext carp rad";
    Arm: ExtensorCarpiUlnaris = "extensor carpi ulnaris", "ecu", "ext carp uln";
    Arm: ExtensorDigitorum = "extensor digitorum", "edc extdig", "ext dig";
    Arm: FlexorDigitorumSuperficialis = "flexor digitorum superficialis", "fds", "fle dig sup";
    Arm: FirstDorsalInterosseous = "first dorsal interosseous", "fdi", "dors interos";
    Arm: AbductorPollicisBrevis = "abductor pollicis brevis", "apb", "abd pol";
    Arm: AbductorDigitiMinimi = "abductor digiti minimi", "adm", "abd dig min";
    Arm: Trapezius = "trapezius", "trap ut utrap", "trape";
    Arm: PectoralisMajor = "pectoralis major", "pec pecs pmaj pecmaj", "pecto";
    Trunk: LatissimusDorsi = "latissimus dorsi", "ld latdorsi latd", "latis" | "lat dors";
    Trunk: ErectorSpinae = "erector spinae", "es ersp erec", "erec" | "longiss";
    Trunk: Multifidus = "multifidus", "mf mul mult", "multif";
    Trunk: RectusAbdominis = "rectus abdominis", "ra rab rectabd", "rec abd";
    Trunk: ExternalOblique = "external oblique", "eo extobl", "ext obl";
    Trunk: InternalOblique = "internal oblique", "io intobl", "int obl";
    Trunk: Sternocleidomastoid = "sternocleidomastoid", "scm", "sternoc";
    Trunk: Masseter = "masseter", "mass", "masset";
}

/// Every word that a name is read by.
#[cfg(test)]
pub(super) fn spellings() -> impl Iterator<Item = &'static str> {
    SPELLINGS.iter().flat_map(|one| {
        let stems = one.stems.iter().flat_map(|stems| stems.split(' '));
        one.short.split_whitespace().chain(stems)
    })
}

/// French abbreviations that mean something else alone: `GRF` (grand fessier) is a ground
/// reaction force, too. They are muscles beside others in the same voltage.
pub(super) const IN_COMPANY: &[&str] = &["grf", "isc"];

/// Abbreviations that mean one of two muscles, by their neighbours.
pub(super) const AMBIGUOUS: &[&str] = &["gm", "bic", "biceps"];

impl Muscle {
    /// Whether it pushes the foot down at the ankle: soleus or a part of gastrocnemius.
    pub fn is_calf(self) -> bool {
        self == Self::Soleus || self.is_gastrocnemius()
    }

    /// The order in which muscles are told: soleus, gastrocnemius, tibialis anterior, and
    /// all others alike.
    pub(crate) fn neighbourhood(muscle: Option<Self>) -> u8 {
        match muscle {
            Some(Self::Soleus) => 0,
            Some(muscle) if muscle.is_gastrocnemius() => 1,
            Some(Self::TibialisAnterior) => 2,
            _ => 3,
        }
    }

    /// Whether it is gastrocnemius or one of its heads.
    pub fn is_gastrocnemius(self) -> bool {
        matches!(
            self,
            Self::Gastrocnemius
                | Self::GastrocnemiusMedialis
                | Self::GastrocnemiusLateralis
        )
    }

    /// The muscle that a text means: its English name in any case (`Tibialis anterior`),
    /// a usual part of it (`tib. ant.`) or an abbreviation that can mean nothing else
    /// (`TA`). `None` for anything else, also for `GM` and `BIC`, which mean one of two
    /// muscles.
    pub fn from_name(text: &str) -> Option<Self> {
        let name = Name::new(text, "");
        let words = name.tail().words();
        let joined: String = words.concat();
        if AMBIGUOUS.contains(&joined.as_str()) {
            return None;
        }
        from_abbreviation(&joined).or_else(|| from_words(&words, true))
    }
}

/// Every whole abbreviation, and every English name without blanks. Where two muscles have
/// one, it means the first; an abbreviation outweighs a name.
static ABBREVIATIONS: LazyLock<HashMap<String, Muscle>> = LazyLock::new(|| {
    let names = Muscle::ALL.iter().map(|one| (one.name().replace(' ', ""), *one));
    let shorts = SPELLINGS.iter().flat_map(|one| {
        one.short.split_whitespace().map(|short| (short.to_owned(), one.muscle))
    });
    // What is inserted later outweighs.
    let later: Vec<(String, Muscle)> = shorts.chain(names).collect();
    later.into_iter().rev().collect()
});

/// Every muscle by the beginnings of its words.
static STEMS: LazyLock<Vec<(Muscle, Vec<&'static str>)>> = LazyLock::new(|| {
    let of = |spelling: &'static Spelling| {
        let stems = |stems: &&'static str| stems.split(' ').collect();
        spelling.stems.iter().map(move |one| (spelling.muscle, stems(one)))
    };
    SPELLINGS.iter().flat_map(of).collect()
});

/// The muscle of a whole abbreviation, or of an English name without blanks, in lower
/// case.
pub(super) fn from_abbreviation(joined: &str) -> Option<Muscle> {
    ABBREVIATIONS.get(joined).copied()
}

/// The muscle of words like `gastroc med`: the spelling with the most stems that are all
/// there. With `whole`, every word must belong to it.
pub(super) fn from_words(words: &[&str], whole: bool) -> Option<Muscle> {
    let fits = |(muscle, stems): &&(Muscle, Vec<&str>)| {
        let begins = |word: &str| stems.iter().any(|stem| word.starts_with(stem));
        let is_part = |word: &str| muscle.name().split(' ').any(|part| part == word);
        stems.iter().all(|stem| words.iter().any(|word| word.starts_with(stem)))
            && (!whole || words.iter().all(|word| begins(word) || is_part(word)))
    };
    // The first of equals wins; `max_by_key` keeps the last, so it runs backwards.
    let fitting = STEMS.iter().rev().filter(fits);
    fitting.max_by_key(|(_, stems)| stems.len()).map(|(muscle, _)| *muscle)
}
