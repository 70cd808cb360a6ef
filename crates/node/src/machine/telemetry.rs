//! What is logged: what happens to the node, never what is in records or what was searched for.
//!
//! Much of it happens because somebody outside did something, and anybody can do that without end. So
//! each kind of line, that is each place in the source, may be said so often and no more; what was left
//! out is counted and told by the next line of its kind.

use std::collections::HashMap;
use std::io::{self, IsTerminal as _, Stderr, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tracing::Metadata;
use tracing::callsite::Identifier;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::machine::bucket::{Bucket, Rate};

/// Lines of one kind that are said.
const OF_A_KIND: Rate = Rate { most: 60.0, per_second: 0.5, debt: 0.0 };

/// Starts logging to standard error. Libraries only say what went wrong for good: sqlx would log the key
/// of the database, and h2 a line for each odd frame that a stranger sends.
pub fn start(level: &str) {
    let level = match level {
        "error" | "warn" | "info" | "debug" => level,
        _ => "info",
    };
    let filter =
        EnvFilter::new(format!("error,hospes={level},hospes_node={level},hospes_store={level}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Measured::default())
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .init();
}

/// Standard error, for as many lines of a kind as may be said.
#[derive(Debug, Clone, Default)]
struct Measured {
    kinds: Arc<Mutex<HashMap<Identifier, Kind>>>,
}

/// How many lines of a kind may be said, and how many were not.
#[derive(Debug, Clone, Copy)]
struct Kind {
    left: Bucket,
    unsaid: u64,
}

impl Kind {
    fn new(now: Instant) -> Self {
        Self { left: Bucket::full(&OF_A_KIND, now), unsaid: 0 }
    }

    /// Whether one more may be said; with how many before it that were not.
    fn may_say(&mut self, now: Instant) -> Option<u64> {
        if self.left.try_take(&OF_A_KIND, 1.0, now) {
            return Some(std::mem::take(&mut self.unsaid));
        }
        self.unsaid += 1;
        None
    }
}

impl<'w> MakeWriter<'w> for Measured {
    type Writer = Line;

    fn make_writer(&'w self) -> Line {
        Line::Said(io::stderr())
    }

    fn make_writer_for(&'w self, metadata: &Metadata<'_>) -> Line {
        let now = Instant::now();
        let unsaid = {
            let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
            kinds.entry(metadata.callsite()).or_insert_with(|| Kind::new(now)).may_say(now)
        };
        match unsaid {
            None => Line::Unsaid,
            Some(0) => self.make_writer(),
            Some(unsaid) => {
                let mut stderr = io::stderr();
                let _ = writeln!(stderr, "({unsaid} lines of the next kind were left out)");
                Line::Said(stderr)
            }
        }
    }
}

/// Where a line goes.
#[derive(Debug)]
enum Line {
    Said(Stderr),
    Unsaid,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Line::Said(stderr) => stderr.write(bytes),
            Line::Unsaid => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Line::Said(stderr) => stderr.flush(),
            Line::Unsaid => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn lines_of_a_kind_without_end_are_counted_and_not_said() {
        let begin = Instant::now();
        let mut kind = Kind::new(begin);
        let said = (0..1_000).filter(|_| kind.may_say(begin).is_some()).count();
        assert_eq!(said, 60);
        assert_eq!(kind.may_say(begin + Duration::from_millis(1_900)), None);
        assert_eq!(kind.may_say(begin + Duration::from_millis(2_100)), Some(941));
        let hour = begin + Duration::from_secs(3_600);
        let said = (0..1_000).filter(|_| kind.may_say(hour).is_some()).count();
        assert_eq!(said, 60);
    }
}
