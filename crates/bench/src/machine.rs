//! The machine that is measured on.

use std::path::Path;
use std::{fmt, fs};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// `TMPFS_MAGIC` of Linux: a file system in memory, where fsync costs nothing.
const TMPFS: i64 = 0x0102_1994;

/// What one has to know to compare figures.
#[derive(Debug, Clone)]
pub struct Machine {
    cores: usize,
    memory: u64,
    kernel: String,
    /// Whether the data is on no disk.
    in_memory: bool,
}

impl Machine {
    /// This one, with its data in that folder.
    pub fn of(folder: &Path) -> Result<Self> {
        let file_system = rustix::fs::statfs(folder);
        let file_system = file_system.context("failed to look at the file system")?;
        #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
        let in_memory = file_system.f_type as i64 == TMPFS;
        let entry = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: memory(&entry("/proc/meminfo")).unwrap_or_default(),
            kernel: entry("/proc/sys/kernel/osrelease").trim().to_owned(),
            in_memory,
        })
    }

    /// What makes the figures worth less; nothing when all is well.
    pub fn warning(&self) -> Option<&'static str> {
        self.in_memory.then_some(
            "the data lies in memory, where fsync costs nothing; set TMPDIR to a folder on a disk",
        )
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        json!({
            "cores": self.cores,
            "memory": self.memory,
            "kernel": self.kernel,
            "in_memory": self.in_memory,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gib = self.memory as f64 / f64::from(1 << 30);
        write!(f, "{} cores, {gib:.0} GiB of memory, Linux {}", self.cores, self.kernel)?;
        if self.in_memory { f.write_str(", data in memory, not on a disk") } else { Ok(()) }
    }
}

/// Bytes of memory that the system says it has.
fn memory(meminfo: &str) -> Option<u64> {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(total.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_machine_tells_what_it_is() {
        assert_eq!(memory("MemTotal:       2048 kB\nMemFree: 1 kB\n"), Some(2_097_152));
        assert_eq!(memory("MemFree: 1 kB\n"), None);
        let machine = Machine::of(Path::new("/")).unwrap();
        assert!(machine.cores > 0 && machine.memory > 0 && !machine.kernel.is_empty());
        assert_eq!(machine.in_memory, machine.to_string().ends_with("not on a disk"));
        assert_eq!(machine.in_memory, machine.warning().is_some());
    }
}
