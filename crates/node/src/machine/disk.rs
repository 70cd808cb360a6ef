//! What to do with what the disk does not take now.
//!
//! That it takes nothing the store has told already, in the log and in `hospes status`.

use std::time::Duration;

use hospes_store::StoreError;

/// How long a disk that did not take something is left alone.
pub(crate) const PAUSE: Duration = Duration::from_secs(2);

/// Notes that something was not written down, unless the disk is all that is wrong.
pub(crate) fn not_written(error: &StoreError, what: &str) {
    if !error.may_pass() {
        tracing::warn!(%error, "{what} was not written down");
    }
}

/// Does it again until the disk takes it.
///
/// # Errors
/// What is not the disk's, at once.
pub(crate) async fn insist<F: Future<Output = Result<(), StoreError>>>(
    mut write: impl FnMut() -> F,
) -> Result<(), StoreError> {
    loop {
        match write().await {
            Err(error) if error.may_pass() => tokio::time::sleep(PAUSE).await,
            written => return written,
        }
    }
}
