//! What all requests share: the node, who is here, and under which names the pages are reached.

use std::sync::Arc;

use hospes_desk::Desk;

use crate::alerts::Alerts;
use crate::host::Site;
use crate::session::Sessions;

/// See the module.
pub(crate) struct Reception {
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) sessions: Sessions,
    pub(crate) sites: Vec<Site>,
    pub(crate) alerts: Alerts,
}
