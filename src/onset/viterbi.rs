//! The most likely way through two states, rest and activity, that follow each other as a
//! Markov chain (Viterbi 1967).

/// The logarithms of the probabilities of what may follow a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ways {
    /// Rest after rest.
    pub(super) rest: f64,
    /// Activity after rest.
    pub(super) begin: f64,
    /// Rest after activity.
    pub(super) end: f64,
    /// Activity after activity.
    pub(super) stay: f64,
}

impl Ways {
    /// Both changes as unlikely as `exp(-cost)`.
    pub(super) fn costing(cost: f64) -> Self {
        Self { rest: 0.0, begin: -cost, end: -cost, stay: 0.0 }
    }
}

/// Whether each bin is active on the most likely path, from the logarithm of the ratio of
/// its likelihoods, activity to rest; with equal likelihoods it rests. Both states are
/// equally probable at the beginning.
pub(super) fn path(evidence: impl Iterator<Item = f64>, ways: Ways) -> Vec<bool> {
    // How much more likely it is to be active now; and from which state either was
    // reached.
    let (mut advantage, mut came_active) =
        (0.0, Vec::with_capacity(evidence.size_hint().0));
    for evidence in evidence {
        let (into_rest, into_activity) =
            (advantage + ways.end > ways.rest, advantage + ways.stay > ways.begin);
        came_active.push([into_rest, into_activity]);
        let reached = f64::max(ways.begin, advantage + ways.stay)
            - f64::max(ways.rest, advantage + ways.end);
        advantage = if came_active.len() == 1 { 0.0 } else { reached } + evidence;
    }

    // Back from the last bin along the ways that led to it.
    let mut active = advantage > 0.0;
    let mut path: Vec<bool> = Vec::with_capacity(came_active.len());
    for came_active in came_active.into_iter().rev() {
        path.push(active);
        active = came_active[usize::from(active)];
    }
    path.reverse();
    path
}
