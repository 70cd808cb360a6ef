//! A clock that is set while a node runs, by a day forward and a day back. The clock is that of one
//! process only: a small library stands before the system's.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use hospes_tests::operator::{found, has, put};
use hospes_tests::theatre::{PATIENCE, agree, connected, reopen, stage};
use serde_json::Value;
use xtask::stage::{Center, Stage, introduce};
use xtask::wait::until;

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=2"];
const DAY: i64 = 24 * 60 * 60;

/// Adds to the time of day the seconds that stand in a file. Time that only passes stays as it is.
const SHIM: &str = r#"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long ahead(void) {
    char text[32] = {0};
    const char *path = getenv("HOSPES_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    return length > 0 ? atol(text) : 0;
}

int clock_gettime(clockid_t id, struct timespec *time) {
    int failed = (int)syscall(SYS_clock_gettime, id, time);
    if (!failed && id == CLOCK_REALTIME) time->tv_sec += ahead();
    return failed;
}
"#;

/// A clock that a test sets.
struct Clock(PathBuf);

impl Clock {
    /// Gives a center's node a clock of its own, from its next start on.
    fn of(stage: &Stage, center: &mut Center) -> Result<Self> {
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

    /// Sets it so many seconds ahead of the machine's.
    fn set(&self, ahead: i64) -> Result<()> {
        // Whole or not at all: the node looks at it all the time.
        let new = self.0.with_extension("new");
        fs::write(&new, ahead.to_string())?;
        Ok(fs::rename(new, &self.0)?)
    }
}

/// Waits until a node has just these warnings about clocks.
async fn warns(center: &Center, expected: &[&str]) -> Result<()> {
    let what = format!("{} warns of {expected:?}", center.name);
    until(&what, PATIENCE, || async {
        let status = center.json(["status"]).await?;
        let warnings = status.pointer("/warnings").and_then(Value::as_array);
        let warnings = warnings.context("a status without warnings")?.iter();
        let clocks: Vec<&str> =
            warnings.filter_map(Value::as_str).filter(|text| text.contains("clock")).collect();
        let alike = clocks.len() == expected.len()
            && clocks.iter().zip(expected).all(|(text, begins)| text.starts_with(begins));
        Ok(alike.then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_clock_that_is_set_by_a_day_breaks_no_link_and_loses_nothing() -> Result<()> {
    let stage = stage()?;
    let (mut narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    narva.stop().await?;
    let clock = Clock::of(&stage, &mut narva)?;
    reopen(&mut narva).await?;
    put(&narva, "offer", OFFER).await?;
    put(&riga, "offer", OFFER).await?;
    agree(&[&narva, &riga]).await?;
    connected(&narva, 1).await?;
    warns(&narva, &[]).await?;
    let begun = fs::read_to_string(&narva.log)?.len();

    let mut offers = 2;
    for (ahead, ours, theirs) in [(DAY, "forward", "ahead of"), (-DAY, "back", "behind")] {
        let ours = format!("the clock of this machine was set {ours} by 24 h");
        let seen = |name: &str, way: &str| format!("the clock of {name} is 24 h {way} ours");
        let (theirs, way) = (seen("Narva", theirs), if ahead > 0 { "behind" } else { "ahead of" });
        clock.set(ahead)?;
        warns(&narva, &[&ours, &seen("Riga", way)]).await?;
        warns(&riga, &[&theirs]).await?;
        // Both ways, by the link that is open.
        let (one, other) = (put(&narva, "offer", OFFER).await?, put(&riga, "offer", OFFER).await?);
        has(&riga, &one).await?;
        has(&narva, &other).await?;
        agree(&[&narva, &riga]).await?;
        offers += 2;
        for center in [&narva, &riga] {
            let hits = found(center, &["offers", "--near", "Narva"]).await?.len();
            ensure!(hits == offers, "{} finds {hits} of {offers} offers", center.name);
        }
    }

    clock.set(0)?;
    warns(&narva, &[]).await?;
    warns(&riga, &[]).await?;
    let log = fs::read_to_string(&narva.log)?.split_off(begun);
    ensure!(!log.contains("link closed") && !log.contains("closing a link"), "{log}");
    ensure!(!log.contains("pause"), "a peer was paused because of a clock:\n{log}");
    Ok(())
}
