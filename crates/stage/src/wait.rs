//! Waiting for something to become true.

use std::future::Future;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks again and again until `look` finds something, and returns it.
///
/// An error of `look` ends the waiting. After `deadline` the error says what was waited for.
pub async fn until<T, F>(what: &str, deadline: Duration, mut look: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let start = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if start.elapsed() >= deadline {
            bail!("waited {} s in vain until {what}", deadline.as_secs());
        }
        sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn it_looks_until_something_is_there() {
        let looks = Cell::new(0);
        let found = until("it is there", Duration::from_secs(5), || async {
            looks.set(looks.get() + 1);
            Ok((looks.get() == 3).then_some("it"))
        });
        assert_eq!(found.await.unwrap(), "it");
        assert_eq!(looks.get(), 3);
    }

    #[tokio::test]
    async fn in_vain_says_what_was_waited_for() {
        let found = until("pigs fly", Duration::ZERO, || async { Ok(None::<()>) }).await;
        assert_eq!(found.unwrap_err().to_string(), "waited 0 s in vain until pigs fly");
    }
}
