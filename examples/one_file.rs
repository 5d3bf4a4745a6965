//! One file to its measures: `cargo run --no-default-features --example one_file`, with a
//! file of your own behind `--` if you like.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use soleus::recipe::Recipe;

/// Simulated heel raises of both calves, which ship with the sources.
const SHIPPED: &str = "data/study/sub-01/ses-01/sub-01_ses-01_task-heelraise_emg.csv";

fn main() -> soleus::Result<()> {
    let file = std::env::args().nth(1).unwrap_or_else(|| SHIPPED.to_owned());

    // The standard recipe, with one setting changed as `--set` would change it.
    let recipe = Recipe::from_toml("", &["envelope.low-pass.cutoff_hz=5".to_owned()])?;
    let findings = soleus::analyse_file(file, &recipe)?;

    // Whether a channel can be trusted comes before its numbers.
    for channel in &findings.channels {
        let reasons = channel.reasons.join("; ");
        println!("{}: {:?} {reasons}", channel.name, channel.verdict);
    }

    // One measure of one channel; samples that are volts give volts.
    for channel in &findings.channels {
        let rms = findings.measure("rms", &channel.name).and_then(|row| row.value);
        println!("{}: rms {:?} {}", channel.name, rms, channel.unit);
    }

    // All of them. One that could not be computed is empty and says why.
    for row in findings.measures() {
        let whose = row.channel.as_deref().unwrap_or("recording");
        match (row.value, &row.note) {
            (Some(value), _) => println!("{whose} {}: {value} {}", row.name, row.unit),
            (None, Some(why)) => println!("{whose} {}: none, {why}", row.name),
            (None, None) => {}
        }
    }
    Ok(())
}
