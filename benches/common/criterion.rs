//! How all benches measure: short, and with the options of the command line.

use std::time::Duration;

use criterion::Criterion;

/// Ten samples in about a second a line; the statistics are kept small because criterion
/// is not optimised here.
pub(crate) fn measured() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .nresamples(2000)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1200))
        .without_plots()
        .configure_from_args()
}
