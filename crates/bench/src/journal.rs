//! What a node says in its log, read as it is written.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hospes_stage::stage::Center;
use tokio::time::Instant;

use crate::stamp::Stamp;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// A place in a node's log.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    place: u64,
    rest: String,
}

impl Journal {
    /// The end of a node's log.
    pub fn end_of(center: &Center) -> Result<Self> {
        let path = center.log.clone();
        let length = std::fs::metadata(&path).map_or(0, |entry| entry.len());
        Ok(Self { path, place: length, rest: String::new() })
    }

    /// Waits for the next line with these words, and says when it was written.
    pub async fn says(&mut self, words: &str, deadline: Duration) -> Result<Stamp> {
        let start = Instant::now();
        loop {
            while let Some((line, rest)) = self.rest.split_once('\n') {
                let found = line.contains(words).then(|| Stamp::of_line(line));
                self.rest = rest.to_owned();
                if let Some(stamp) = found {
                    return stamp;
                }
            }
            if start.elapsed() > deadline {
                let path = self.path.display();
                bail!("waited {} s in vain for {words:?} in {path}", deadline.as_secs());
            }
            tokio::time::sleep(PAUSE).await;
            self.read()?;
        }
    }

    fn read(&mut self) -> Result<()> {
        let failed = || format!("failed to read {}", self.path.display());
        let mut file = File::open(&self.path).with_context(failed)?;
        file.seek(SeekFrom::Start(self.place)).with_context(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(failed)?;
        // A character may be written by half.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        bytes.truncate(whole);
        self.place += whole as u64;
        self.rest.push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    }
}
