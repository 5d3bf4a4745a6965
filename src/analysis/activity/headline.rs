//! What a recording was, by the activity of its leading muscle, in one sentence.

use super::super::Digest;
use super::super::headline::{Leading, by_side};
use super::facts::{
    BURST_COUNT, BURST_DURATION_MEAN, DUTY_CYCLE, REPETITION_CADENCE, REPETITION_COUNT,
};
use crate::dsp::stats::mean;
use crate::outcome::{Headline, HeadlineKind, Measure};
use crate::signal::Side;
use crate::words::{capitalised, spoken};

/// From so much of the time on, in per cent, there is no rest.
const THROUGHOUT_PERCENT: f64 = 99.95;

/// What the rows of the leading muscle say; `None` where no channel holds EMG.
pub(super) fn headline<'a>(
    channels: impl IntoIterator<Item = &'a Digest>,
    rows: &[Measure],
) -> Option<Headline> {
    let leading = Leading::of(channels)?;
    let name = leading.name();
    let (kind, text) = repetitions(&leading, rows)
        .map(|said| (HeadlineKind::Repetitions, said))
        .or_else(|| activity(&leading, rows))
        .unwrap_or_else(|| {
            let said = "when it was active is not known";
            (HeadlineKind::ActivityUnknown, said.to_owned())
        });
    let is_unknown = kind == HeadlineKind::ActivityUnknown;
    let reason = leading.reason(rows, BURST_COUNT.name).filter(|_| is_unknown);
    let detail =
        reason.map_or(String::new(), |reason| format!("{}.", capitalised(&reason)));
    Some(Headline { kind, text: format!("{name}: {text}."), detail, shows: None })
}

/// "8 repetitions, one every 1.7 s"; of one side where the other has none. A hold that
/// sways has none either: repetitions are bursts.
fn repetitions(leading: &Leading<'_>, rows: &[Measure]) -> Option<String> {
    let counts = leading.known(rows, REPETITION_COUNT.name);
    let bursts = leading.known(rows, BURST_COUNT.name);
    let are_bursts = |(side, count): &(Option<Side>, f64)| {
        bursts.iter().any(|(other, bursts)| other == side && 2.0 * bursts >= *count)
    };
    if counts.is_empty() || !counts.iter().all(are_bursts) {
        return None;
    }
    let cadences = leading.known(rows, REPETITION_CADENCE.name);
    let cadences: Vec<f64> = cadences.iter().map(|(_, cadence)| *cadence).collect();
    let every_s = 60.0 / mean(&cadences)?;
    let only = match counts[..] {
        [(Some(side), _)] if leading.is_pair() => {
            format!(" {} (uneven {})", side.word(), side.other().word())
        }
        _ => String::new(),
    };
    Some(format!(
        "{} repetitions{only}, one every {} s",
        by_side(&counts, ""),
        spoken(every_s)
    ))
}

fn activity(leading: &Leading<'_>, rows: &[Measure]) -> Option<(HeadlineKind, String)> {
    let counts = leading.values(rows, BURST_COUNT.name)?;
    let shares = leading.values(rows, DUTY_CYCLE.name)?;
    let all = |values: &[(Option<Side>, f64)], holds: &dyn Fn(f64) -> bool| {
        values.iter().all(|(_, value)| holds(*value))
    };
    if all(&shares, &|share| share > THROUGHOUT_PERCENT) {
        return Some((HeadlineKind::Throughout, "active throughout".to_owned()));
    }
    if all(&counts, &|count| count == 0.0) {
        let said = "nothing exceeds the recording of rest";
        return Some((HeadlineKind::Inactive, said.to_owned()));
    }
    if all(&counts, &|count| count == 1.0) {
        let duration = leading.values(rows, BURST_DURATION_MEAN.name);
        let said = match duration {
            Some(seconds) => format!("one contraction of {}", by_side(&seconds, " s")),
            None => format!("one contraction, {} of the time", by_side(&shares, " %")),
        };
        return Some((HeadlineKind::OneBurst, said));
    }
    let (counts, shares) = (by_side(&counts, ""), by_side(&shares, " %"));
    Some((HeadlineKind::Bursts, format!("{counts} bursts, active {shares} of the time")))
}
