//! Clocks that a test sets. They are those of one process only: a small library stands before the
//! system's.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, Stage};

/// Adds seconds that stand in a file: to the time of day, to the time that the machine was asleep, and
/// to the time that passed while it was awake. A sleep and what passes also move the time of day.
const SHIM: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *time) {
    long set = 0, asleep = 0, passed = 0;
    char text[96] = {0};
    int failed = (int)syscall(SYS_clock_gettime, id, time);
    const char *path = getenv("HOSPES_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (failed || file < 0) return failed;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length > 0) sscanf(text, "%ld %ld %ld", &set, &asleep, &passed);
    if (id == CLOCK_REALTIME) time->tv_sec += set + asleep + passed;
    if (id == CLOCK_BOOTTIME) time->tv_sec += asleep + passed;
    if (id == CLOCK_MONOTONIC) time->tv_sec += passed;
    return 0;
}
"#;

/// The clocks of a node.
#[derive(Debug)]
pub struct Clock(PathBuf);

impl Clock {
    /// Gives a center's node clocks of its own, from its next start on.
    pub fn of(stage: &Stage, center: &mut Center) -> Result<Self> {
        let file = |name: &str| stage.folder().join(name);
        let (source, library, ahead) = (file("clock.c"), file("clock.so"), file("clock"));
        fs::write(&source, SHIM)?;
        let status = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .status()
            .context("failed to start cc")?;
        ensure!(status.success(), "cc ended with {status}");
        let clock = Self(ahead);
        clock.set(0)?;
        center.environment = vec![
            ("LD_PRELOAD".to_owned(), library.into_os_string()),
            ("HOSPES_TEST_CLOCK".to_owned(), clock.0.clone().into_os_string()),
        ];
        Ok(clock)
    }

    /// Sets the time of day so many seconds ahead of the machine's. Time that only passes stays.
    pub fn set(&self, ahead: i64) -> Result<()> {
        self.write(ahead, 0, 0)
    }

    /// So many seconds in all, since the machine was started, have passed in its sleep, and so many
    /// more while it was awake.
    pub fn pass(&self, asleep: i64, awake: i64) -> Result<()> {
        self.write(0, asleep, awake)
    }

    fn write(&self, set: i64, asleep: i64, passed: i64) -> Result<()> {
        // Whole or not at all: the node looks at it all the time.
        let new = self.0.with_extension("new");
        fs::write(&new, format!("{set} {asleep} {passed}"))?;
        Ok(fs::rename(new, &self.0)?)
    }
}
