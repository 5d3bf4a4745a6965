//! How far a run is, on standard error: a bar on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use super::stop;
use crate::batch::Progress;
use crate::session::{RecordingFindings, Status};
use crate::words::counted;

/// A bar, or lines.
#[derive(Default)]
pub(super) struct Terminal {
    bar: OnceLock<ProgressBar>,
    total: AtomicUsize,
    done: AtomicUsize,
}

/// Nothing.
pub(super) struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: usize, _: usize) {}
    fn recording(&self, _: &str, _: &RecordingFindings) {}
    fn reused(&self, _: &str, _: usize) {}
    fn end(&self) {}
    fn is_stopped(&self) -> bool {
        stop::is_asked()
    }
}

impl Progress for Terminal {
    fn begin(&self, sessions: usize, recordings: usize) {
        self.total.store(recordings, Ordering::Relaxed);
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(recordings as u64);
            let style = "{bar:32} {pos}/{len} recordings  {per_sec}  {eta} left  {msg}";
            // The template is fixed, so it is right or no release was ever made.
            bar.set_style(
                ProgressStyle::with_template(style)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.enable_steady_tick(std::time::Duration::from_millis(200));
            let _ = self.bar.set(bar);
        } else {
            tell!(
                "{} in {}",
                counted(recordings, "recording"),
                counted(sessions, "session")
            );
        }
    }

    fn recording(&self, session: &str, recording: &RecordingFindings) {
        let word = match &recording.status {
            Status::Done => "done",
            Status::Skipped(_) => "skipped",
            Status::Failed(_) => "failed",
        };
        self.advance(1, &format!("{session} {} {word}", recording.file));
    }

    fn reused(&self, session: &str, recordings: usize) {
        self.advance(recordings, &format!("{session} unchanged, not computed again"));
    }

    fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn is_stopped(&self) -> bool {
        stop::is_asked()
    }
}

impl Terminal {
    fn advance(&self, recordings: usize, message: &str) {
        let done = self.done.fetch_add(recordings, Ordering::Relaxed) + recordings;
        match self.bar.get() {
            Some(bar) => {
                bar.set_message(message.to_owned());
                bar.set_position(done as u64);
            }
            None => tell!("[{done}/{}] {message}", self.total.load(Ordering::Relaxed)),
        }
    }
}
