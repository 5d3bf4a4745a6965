//! The facts of the measures of co-contraction.

use crate::outcome::Section;
use crate::outcome::fact::{
    Compares, Dimension, MeasureKind, Part, Relative, Use, facts,
};

/// The phases of a cycle of which an index is told beside that of the whole.
const PHASES: &[Part] = &[
    Part { name: "stance", words: "stance", uses: &[], compares: None },
    Part { name: "swing", words: "swing", uses: &[], compares: None },
];

/// The same, of measures whose reliability is told.
const RELIABLE: &[Part] = &[
    Part { name: "stance", words: "stance", uses: &[Use::Reliability], compares: None },
    Part { name: "swing", words: "swing", uses: &[Use::Reliability], compares: None },
];

facts! {
    FALCONER_WINTER {
        name: "falconer_winter",
        words: "Co-contraction (Falconer & Winter)",
        description: "Common area of two normalised envelopes over the mean of both \
                      areas; of own peaks it compares nothing with other recordings",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("%"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "100 · 2 · area of min(A, B) / (area of A + area of B), areas summed \
                  over all used cycles, or the whole recording where there are none; A and B \
                  are the envelopes over their references, over their own peaks in the \
                  recording where there is no reference of both",
        source: "Falconer & Winter 1985",
        parts: RELIABLE,
    }
    RUDOLPH {
        name: "rudolph",
        words: "Co-contraction (Rudolph)",
        description: "Smaller over larger normalised envelope, weighted by the sum of \
                      both; of own peaks it compares nothing with other recordings",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("1"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        formula: "mean of min(A, B) / max(A, B) · (A + B) over all points; A and B as \
                  for falconer_winter",
        source: "Rudolph et al. 2000",
        parts: PHASES,
    }
    WASTED {
        name: "wasted",
        words: "Wasted contraction",
        description: "Mean of the smaller of two normalised envelopes, which works \
                      against the other; of own peaks it compares nothing with other recordings",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("1"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        formula: "mean of min(A, B) over all points; A and B as for falconer_winter",
        source: "Banks et al. 2017",
        parts: PHASES,
    }
    JACCARD {
        name: "jaccard",
        words: "Overlap of areas (Jaccard)",
        description: "Common area of two normalised envelopes over the area that either \
                      covers; of own peaks it compares nothing with other recordings",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("1"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        formula: "area of min(A, B) / area of max(A, B), areas summed over all used \
                  cycles or the recording; A and B as for falconer_winter",
        parts: PHASES,
    }
    AGONIST_MEAN {
        name: "agonist_mean",
        words: "Mean of the agonist",
        description: "Mean of the normalised envelope of the agonist, beside which the \
                      indices are to be read; of own peaks it compares nothing with \
                      other recordings",
        kind: MeasureKind::Level,
        unit: Dimension::Fixed("%"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        formula: "100 · mean of A",
        parts: PHASES,
    }
    ANTAGONIST_MEAN {
        name: "antagonist_mean",
        words: "Mean of the antagonist",
        description: "Mean of the normalised envelope of the antagonist, beside which \
                      the indices are to be read; of own peaks it compares nothing with \
                      other recordings",
        kind: MeasureKind::Level,
        unit: Dimension::Fixed("%"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        formula: "100 · mean of B",
        parts: PHASES,
    }
    SOLEUS_GASTROCNEMIUS_RATIO {
        name: "soleus_gastrocnemius_ratio",
        words: "Soleus over gastrocnemius",
        description: "How soleus and gastrocnemius share the work: above 1 when soleus \
                      is the more active; of own peaks it compares nothing with other recordings",
        kind: MeasureKind::Ratio,
        unit: Dimension::Fixed("1"),
        relative_to: Relative::Reference,
        compares: Compares::ALL,
        uses: &[Use::Reliability, Use::Outcome],
        formula: "area of the normalised envelope of soleus over that of gastrocnemius",
        parts: RELIABLE,
    }
    ONSET_DIFFERENCE_PERCENT {
        name: "onset_difference_percent",
        words: "Onset of soleus after gastrocnemius",
        description: "How much later in the cycle the strongest burst of soleus begins",
        kind: MeasureKind::Latency,
        unit: Dimension::Fixed("%"),
        compares: Compares::ALL,
        formula: "circular mean over the cycles of the onset of soleus minus that of \
                  gastrocnemius",
    }
}

/// What the page says of muscles that work together.
pub const SECTION: Section = Section {
    place: 7,
    title: "Muscles of one leg together",
    analyses: &["cocontraction"],
    tables: &[
        &[
            FALCONER_WINTER.name,
            "falconer_winter.stance",
            "falconer_winter.swing",
            RUDOLPH.name,
            WASTED.name,
            JACCARD.name,
            AGONIST_MEAN.name,
            ANTAGONIST_MEAN.name,
        ],
        &[
            SOLEUS_GASTROCNEMIUS_RATIO.name,
            "soleus_gastrocnemius_ratio.stance",
            "soleus_gastrocnemius_ratio.swing",
            ONSET_DIFFERENCE_PERCENT.name,
        ],
    ],
    rare: true,
    lead: "How much agonist and antagonist are active at the same time, and how soleus and \
           gastrocnemius share the work. Read the indices beside the levels: two muscles \
           that are hardly active can overlap completely.",
};
