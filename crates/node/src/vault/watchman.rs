//! Seals a node that nobody looks after, and one whose machine was taken out of time.

use std::sync::Arc;
use std::time::Duration;

use hospes_domain::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Vault;
use super::reason::SealReason;
use crate::machine::clock;

/// Between two looks at the clocks.
const LOOK: Duration = Duration::from_secs(1);

/// A machine that sleeps does so for longer, in milliseconds; clocks differ by less.
const SLEPT: i64 = 2 * Timestamp::SECOND;

/// Looks at the clocks until it is told to stop.
pub async fn keep(vault: Arc<Vault>, stop: CancellationToken) {
    let mut looks = interval(LOOK);
    // After a sleep one look is enough.
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sleep = Sleep::begin(clock::asleep());
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => {}
        }
        let slept = sleep.noticed(clock::asleep());
        let Some(why) = slept.or_else(|| vault.overdue()) else { continue };
        if let Err(error) = vault.seal_because(why).await {
            tracing::error!(%error, %why, "the node sealed itself, not cleanly");
        }
    }
}

/// How long the machine has slept since it was started, as far as it was noticed.
struct Sleep(i64);

impl Sleep {
    fn begin(asleep: i64) -> Self {
        Self(asleep)
    }

    /// Whether the machine slept since the last look.
    fn noticed(&mut self, asleep: i64) -> Option<SealReason> {
        let slept = asleep - self.0;
        // A look that was held up sees less than there was, and the next one sees it all.
        if slept < SLEPT {
            return None;
        }
        self.0 = asleep;
        Some(SealReason::Slept { seconds: slept / Timestamp::SECOND })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_sleep_is_noticed_once_and_clocks_that_differ_a_little_are_not() {
        let mut sleep = Sleep::begin(50_000);
        for asleep in [50_000, 50_001, 49_000, 51_999] {
            assert_eq!(sleep.noticed(asleep), None, "{asleep}");
        }
        assert_eq!(sleep.noticed(53_500), Some(SealReason::Slept { seconds: 3 }));
        assert_eq!(sleep.noticed(53_500), None);
        assert_eq!(sleep.noticed(55_600), Some(SealReason::Slept { seconds: 2 }));
    }
}
