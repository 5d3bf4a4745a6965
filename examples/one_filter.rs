//! One filter on a slice of samples: `cargo run --no-default-features --example
//! one_filter`. No file, no recipe, no muscle.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::f64::consts::TAU;

use soleus::condition::{BandPass, Chain, Step};
use soleus::error::{Error, ErrorKind};
use soleus::units::Hertz;

fn main() -> soleus::Result<()> {
    let rate = Hertz::new(1000.0)
        .ok_or_else(|| Error::new(ErrorKind::Arguments, "a rate is above 0 Hz"))?;

    // A second of drift at 1 Hz and of a signal at 80 Hz, both of 1 mV, with a gap.
    let tone = |hz: f64, sample: usize| 1e-3 * (TAU * hz * rate.seconds(sample)).sin();
    let mut raw: Vec<f64> = (0..1000).map(|at| tone(1.0, at) + tone(80.0, at)).collect();
    raw[600..620].fill(f64::NAN);

    // Forward and backward, so nothing is shifted in time; the edges are corrected so
    // that −3 dB holds after both passes.
    let band_pass = BandPass { low_hz: 10.0, ..BandPass::default() };
    let chain = Chain::design(&[Step::BandPass(band_pass)], rate)?;
    println!("{}", chain.describe().join("; "));

    let clean = chain.run(&raw)?.samples;
    let peak =
        |samples: &[f64]| samples.iter().fold(0.0, |peak: f64, x| peak.max(x.abs()));
    println!("before: {:.2} mV, after: {:.2} mV", 1e3 * peak(&raw), 1e3 * peak(&clean));

    // What lies between gaps is filtered for itself; a gap stays a gap.
    assert!(clean[600..620].iter().all(|sample| sample.is_nan()));
    Ok(())
}
