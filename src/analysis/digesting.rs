//! From a channel whose samples are at hand to its digest.

use std::borrow::Cow;

use super::active::{ActiveParts, pieces};
use super::bursts::Bursts;
use super::levels::Levels;
use super::scan::Scan;
use super::standing::ReferenceStanding;
use super::thinned::Thinned;
use super::{
    Activity, Analyses, AtHand, Beforehand, Cycles, Digest, Fatigue, Ground, KnownRest,
    fatigue,
};
use crate::signal::{Event, Trace};

impl Analyses {
    /// Everything that the analyses that are turned on need of a channel of which nothing
    /// is known beforehand. The events are those of its recording.
    pub fn digest(&self, trace: &Trace, events: &[Event]) -> Digest {
        self.digest_knowing(trace, &Beforehand { events, ..Beforehand::default() })
    }

    /// Everything that the analyses that are turned on need of a channel, with what its
    /// session knows of it.
    pub fn digest_knowing(&self, trace: &Trace, beforehand: &Beforehand<'_>) -> Digest {
        let Beforehand { events, at_rest, .. } = *beforehand;
        let mut scan =
            Scan::look(trace).tolerating(self.quality.most_clipped).listening();
        let rest = beforehand.rest.map(|rest| rest.compared_with(&scan));
        let known = rest.as_ref().and_then(KnownRest::believed);
        let bursts = self.bursts_of(&scan, beforehand, known);
        if let Some(bursts) = &bursts {
            scan.heart.clone_from(&bursts.heart);
        }
        scan.active = active_parts(&scan, known, bursts.as_ref());
        scan.at_rest = at_rest;
        let epochs = self
            .stands_on(Ground::Epochs)
            .then(|| fatigue::course_of(&scan, events, &self.usual_epochs()));
        let at_hand = AtHand { scan, events, epochs };
        let parts = self.parts(&at_hand);
        let scan = at_hand.scan;
        let (amplitude, pieces) = Levels::measure(&scan);
        let settings = self.settings_of_cycles();
        let cycles =
            self.stands_on(Ground::Cycles).then(|| settings.course_of(&scan, events));

        Digest {
            label: trace.label.clone(),
            unit: trace.unit.clone(),
            rate: trace.rate,
            start_s: trace.start_s,
            silent: scan.silent,
            reference: None,
            standing: ReferenceStanding::default(),
            rest,
            quality: self.quality.judgement(&scan),
            amplitude,
            bursts,
            kept_envelope: cycles
                .as_ref()
                .and_then(|course| settings.kept_envelope(&scan, course)),
            cycles,
            thinned: self.stands_on(Ground::Envelope).then(|| Thinned::thin(&scan)),
            pieces,
            picture: scan.picture,
            parts,
        }
    }

    /// The bursts of a channel, where something stands on them: nobody looks for any in a
    /// recording of rest.
    fn bursts_of(
        &self,
        scan: &Scan<'_>,
        beforehand: &Beforehand<'_>,
        known: Option<f64>,
    ) -> Option<Bursts> {
        let wanted = self.stands_on(Ground::Bursts) && !beforehand.at_rest;
        wanted.then(|| Bursts::find(scan, &self.settings_of_bursts().bursts, known))
    }

    /// Adds what a channel can only know of the other channels of its recording: the
    /// rhythm of its leg. Before, each keeps its whole envelope for that.
    pub fn complete(&self, channels: &mut [Digest]) {
        if self.stands_on(Ground::Cycles) {
            self.settings_of_cycles().complete(channels);
        }
        channels.iter_mut().for_each(|channel| channel.kept_envelope = None);
    }

    /// Whether an analysis that is turned on stands on this.
    fn stands_on(&self, ground: Ground) -> bool {
        self.enabled()
            .iter()
            .flat_map(|analysis| analysis.stands_on())
            .any(|wanted| wanted.needs(ground))
    }

    fn settings_of_bursts(&self) -> Cow<'_, Activity> {
        self.activity.on().map_or_else(|| Cow::Owned(Activity::default()), Cow::Borrowed)
    }

    fn settings_of_cycles(&self) -> Cow<'_, Cycles> {
        self.cycles.on().map_or_else(|| Cow::Owned(Cycles::default()), Cow::Borrowed)
    }

    /// The settings of the epochs of the median frequency: those of the fatigue analysis
    /// where they come to the same medians, so that both share the epochs.
    fn usual_epochs(&self) -> Cow<'_, Fatigue> {
        let shared = self.fatigue.on().filter(|fatigue| fatigue.has_usual_medians());
        shared.map_or_else(|| Cow::Owned(Fatigue::medians_only()), Cow::Borrowed)
    }
}

/// Where a channel is active; `None` of a silent one, and where nothing tells it.
fn active_parts(
    scan: &Scan<'_>,
    known: Option<f64>,
    bursts: Option<&Bursts>,
) -> Option<ActiveParts> {
    if scan.silent {
        return None;
    }
    let pieces = pieces(scan.trace, scan.floor(), &scan.sounding);
    match known {
        Some(rest) => Some(ActiveParts::above(rest, &pieces)),
        None => ActiveParts::of_bursts(&pieces, &bursts?.spans(), scan.trace.rate),
    }
}
