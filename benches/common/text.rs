//! The recording as a text file.

use std::fmt::Write;

use soleus::units::Hertz;

/// The names of the channels in the header.
pub(crate) const NAMES: [&str; 8] =
    ["SOL_L", "SOL_R", "GM_L", "GM_R", "GL_L", "GL_R", "TA_L", "TA_R"];

/// A plain CSV: time in seconds and millivolts with six decimals, as most programs export
/// it (about 9 bytes a number).
pub(crate) fn csv(
    channels: &[Vec<f64>],
    rate: Hertz,
) -> Result<Vec<u8>, std::fmt::Error> {
    let mut text = String::from("time (s)");
    for name in &NAMES[..channels.len()] {
        write!(text, ",{name} (mV)")?;
    }
    text.push('\n');
    for i in 0..channels.first().map_or(0, Vec::len) {
        write!(text, "{:.4}", rate.seconds(i))?;
        for samples in channels {
            write!(text, ",{:.6}", samples[i] * 1e3)?;
        }
        text.push('\n');
    }
    Ok(text.into_bytes())
}
