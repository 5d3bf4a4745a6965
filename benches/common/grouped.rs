//! Channels in the groups in which a run takes them.

use std::ops::Range;

use rayon::prelude::*;
use soleus::session::groups;

/// What is made of the channels, as `session::Plan` has it made.
pub(crate) fn grouped<T: Send>(
    channels: &[&[f64]],
    work: impl Fn(&[&[f64]]) -> Vec<T> + Sync,
) -> Vec<T> {
    let longest = channels.iter().map(|channel| channel.len()).max().unwrap_or(0);
    let mut made = Vec::with_capacity(channels.len());
    for wave in groups(channels.len(), longest) {
        made.par_extend(
            wave.into_par_iter().flat_map(|group: Range<usize>| work(&channels[group])),
        );
    }
    made
}
