//! A folder of sessions to numbers in % of MVC: `cargo run --no-default-features
//! --example a_folder`, with a folder of your own behind `--` if you like.
//!
//! This is what `soleus run` does before it writes anything.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::PathBuf;

use soleus::recipe::Recipe;
use soleus::session::{self, Request, Role, Search, Sharing, Status};

fn main() -> soleus::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "data/study".to_owned());

    // Sessions are found by study.toml, by names as in BIDS, or by folders.
    let manifest = session::find(&[PathBuf::from(folder)], &Search::default())?;
    for warning in &manifest.warnings {
        println!("warning: {warning}");
    }

    let recipe = Recipe::default();
    let request = Request {
        recipe: &recipe,
        rate: None,
        finished: &|_| {},
        stops: &|| false,
        traces: None,
        sharing: Sharing::Alone,
    };
    for input in &manifest.sessions {
        // The trials of maximal contraction in a session are the reference of its tasks.
        let findings = session::run(input, &request);
        println!("{} {}", findings.subject, findings.session);

        for recording in &findings.recordings {
            // One bad file never ends a session: it is kept with its error.
            if let Status::Failed(failure) = &recording.status {
                println!("  {}: {}", recording.file, failure.message);
            }
            if recording.role != Role::Task {
                continue;
            }
            for channel in &recording.channels {
                let level = recording.measure("activation_mean", &channel.name);
                if let Some(percent) = level.and_then(|row| row.value) {
                    let (task, muscle) = (&recording.recording, &channel.name);
                    println!("  {task} {muscle}: {percent:.1} % of MVC");
                }
            }
        }
    }
    Ok(())
}
