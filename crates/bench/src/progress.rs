//! Tells on standard error what is being done.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often a line that is being worked on is drawn again.
const TICK: Duration = Duration::from_millis(200);

/// Where steps are told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress;

impl Progress {
    /// Begins a step. In a log only its end is written.
    pub fn step(self, what: &str) -> Step {
        let bar = ProgressBar::new_spinner().with_message(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {prefix} [{elapsed}]") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Step { bar, what: what.to_owned() }
    }

    /// A line that stays.
    pub fn say(self, what: &str) {
        eprintln!("* {what}");
    }
}

/// A step that is being done.
#[derive(Debug)]
pub struct Step {
    bar: ProgressBar,
    what: String,
}

impl Step {
    /// How far it is.
    pub fn tell(&self, how_far: &str) {
        self.bar.set_prefix(how_far.to_owned());
    }

    /// It is done; what came of it stays on the screen.
    pub fn done(self, outcome: &str) {
        self.bar.finish_and_clear();
        let between = if outcome.is_empty() { "" } else { ": " };
        eprintln!("* {}{between}{outcome}", self.what);
    }
}
