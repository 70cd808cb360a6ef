//! How long things took last time on this machine, so that whoever waits knows for how long.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::folders::target;

/// Does something that takes long, after saying how long it took last time, or else `first`: what
/// is to be expected of the first time.
pub fn timed<T>(name: &str, what: &str, first: &str, act: impl FnOnce() -> Result<T>) -> Result<T> {
    let file = target()?.join("xtask").join(format!("{name}.seconds"));
    let last = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
    match last {
        Some(last) => say(&format!("{what}; last time {}", shown(Duration::from_secs(last)))),
        None => say(&format!("{what}; {first}")),
    }
    let start = Instant::now();
    let done = act()?;
    remember(file, start.elapsed());
    Ok(done)
}

/// It is only a hint: where it cannot be written, there is none next time.
fn remember(file: PathBuf, took: Duration) {
    if let Some(folder) = file.parent() {
        let _ = fs::create_dir_all(folder);
    }
    let _ = fs::write(file, format!("{}\n", took.as_secs()));
}

/// Tells a person what happens now.
pub fn say(what: &str) {
    eprintln!("* {what}");
}

/// A time as a person says it.
pub fn shown(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_minutes_and_seconds() {
        for (seconds, expected) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (671, "11 min 11 s")]
        {
            assert_eq!(shown(Duration::from_secs(seconds)), expected);
        }
    }
}
