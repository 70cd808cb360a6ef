//! The one place that looks at the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use hospes_domain::Timestamp;

/// The present instant, as the machine believes.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
