//! What is known of the measures that are of no single quantity, and what the page says.

use super::Quantity;
use super::statistics::{FINSM5, MDF, RMS};
use crate::outcome::Section;
use crate::outcome::fact::{
    Compares, Dimension, Direction, Fact, MeasureKind, Part, Use, facts,
};

const PERCENT: Dimension = Dimension::Fixed("%");

/// The quantities whose slopes are compared between sides.
const OF_SIDES: &[Part] = &{
    let mut parts = [MDF.difference; Quantity::COMPARED.len()];
    let mut k = 0;
    while k < parts.len() {
        parts[k] = Quantity::COMPARED[k].statistics().difference;
        k += 1;
    }
    parts
};

facts! {
    pub(super) static OTHERS;

    EPOCH_COUNT {
        name: "epoch_count",
        words: "Epochs used",
        description: "How many epochs the indices rest on",
        kind: MeasureKind::Count,
        formula: "epochs without gaps, much clipping, rest and what is cut off",
    }
    CONTRACTION_COUNT {
        name: "contraction_count",
        words: "Contractions",
        description: "How many separate contractions the recording holds from beginning to \
                      end",
        kind: MeasureKind::Count,
        compares: Compares::RECORDINGS,
        formula: "rises and falls of the slow envelope that were recorded whole",
    }
    NOISY_EPOCH_COUNT {
        name: "noisy_epoch_count",
        words: "Epochs with much noise",
        description: "How many epochs lie so little above rest that noise raises their \
                      frequencies",
        kind: MeasureKind::Count,
        formula: "used epochs with 10·log10(rms²/rest² − 1) below \
                  analysis.fatigue.snr_check_db",
    }
    JASA_AMPLITUDE {
        name: "jasa_amplitude",
        words: "JASA: change of RMS",
        description: "By how much the amplitude changes from beginning to end, by its line",
        kind: MeasureKind::Ratio,
        unit: PERCENT,
        compares: Compares::ALL,
        formula: "rms_slope_normalised · seconds from the beginning of the first to the \
                  end of the last used epoch",
        source: "Luttmann et al. 2000",
    }
    JASA_FREQUENCY {
        name: "jasa_frequency",
        words: "JASA: change of median frequency",
        description: "By how much the median frequency changes from beginning to end, by \
                      its line",
        kind: MeasureKind::Ratio,
        unit: PERCENT,
        compares: Compares::ALL,
        formula: "mdf_slope_normalised · seconds from the beginning of the first to the \
                  end of the last used epoch",
        source: "Luttmann et al. 2000",
    }
    JASA_ANGLE {
        name: "jasa_angle",
        words: "JASA: direction",
        description: "Where amplitude and frequency go together: 0 where the amplitude \
                      alone rises, 90 where the frequency alone rises",
        kind: MeasureKind::Index,
        unit: Dimension::Fixed("°"),
        compares: Compares::ALL,
        formula: "atan2(jasa_frequency, jasa_amplitude) in degrees",
        source: "Luttmann et al. 2000",
    }
    DIFFERENCE {
        name: "difference",
        words: "Left minus right",
        description: "Normalised slope of the left side minus that of the right: above 0 \
                      when the left rises more, or falls less",
        kind: MeasureKind::Slope,
        unit: Dimension::Fixed("%/s"),
        compares: Compares::PAIRS,
        uses: &[Use::Sides(0)],
        formula: "left − right of the normalised slopes, with an interval of both intervals",
        source: "Zou & Donner 2008",
        direction: Some(Direction::SIDES),
        parts: OF_SIDES,
        alone: false,
    }
}

/// What the page says of changes over time.
pub const SECTION: Section = Section {
    place: 3,
    title: "Course over time",
    analyses: &["fatigue"],
    tables: &[&[
        CONTRACTION_COUNT.name,
        MDF.mean.name,
        MDF.slope_normalised.name,
        MDF.change.name,
        RMS.slope_normalised.name,
        FINSM5.ratio.name,
    ]],
    rare: false,
    lead: "How frequency and amplitude change during the recording, epoch by epoch: in \
           windows of a hold, or one epoch a contraction. They also follow force, joint \
           angle and muscle length, so that the change is no finding about the muscle alone \
           unless these stayed the same.",
};

/// How many measures the fatigue analysis has.
const COUNT: usize = Quantity::AVERAGED.len()
    + 2 * Quantity::FOLLOWED.len()
    + Quantity::RATIOS.len()
    + Quantity::COMPARED.len()
    + Quantity::CHANGED.len()
    + 3 * Quantity::ENDURING.len()
    + OTHERS.len();

/// Puts the facts of some statistics of some quantities into a list.
macro_rules! listed {
    ($list:ident, $at:ident: $($quantities:ident . $statistic:ident),+ $(,)?) => {
        $(
            let mut k = 0;
            while k < Quantity::$quantities.len() {
                $list[$at] = Quantity::$quantities[k].statistics().$statistic;
                (k, $at) = (k + 1, $at + 1);
            }
        )+
    };
}

static LIST: [Fact; COUNT] = {
    let (mut list, mut at) = ([Fact::PLAIN; COUNT], 0);
    listed! {
        list, at:
        AVERAGED.mean,
        FOLLOWED.slope,
        FOLLOWED.slope_normalised,
        RATIOS.ratio,
        COMPARED.slope_theil_sen,
        CHANGED.change,
        ENDURING.time_to_drop,
        ENDURING.area_ratio,
        ENDURING.turn,
    }
    let mut k = 0;
    while k < OTHERS.len() {
        list[at] = OTHERS[k];
        (k, at) = (k + 1, at + 1);
    }
    list
};

/// The facts of every measure of this analysis.
pub static MEASURES: &[Fact] = &LIST;
