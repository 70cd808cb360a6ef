//! Severe bulletins that everybody should see, whatever page they look at.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hospes_desk::Desk;
use hospes_desk::shown::Shown;

use crate::bulletin;

/// How long they are not looked for again.
const FOR: Duration = Duration::from_secs(15);
/// Most on a page: one center can publish as many as it likes.
const MOST: usize = 3;

/// What was found last, and when.
#[derive(Default)]
pub(crate) struct Alerts(Mutex<Option<(Instant, Vec<Shown>)>>);

impl Alerts {
    /// Those that are current. A page is shown without them rather than not at all.
    pub(crate) async fn current(&self, desk: &dyn Desk) -> Vec<Shown> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, alerts)) = known
            && at.elapsed() < FOR
        {
            return alerts;
        }
        let mut alerts = bulletin::current(desk).await.unwrap_or_default();
        alerts.retain(bulletin::is_alert);
        alerts.truncate(MOST);
        let found = Some((Instant::now(), alerts.clone()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = found;
        alerts
    }

    /// They are looked for again with the next page: one was published or cancelled here.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
