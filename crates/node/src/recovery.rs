//! A node that was restored from a backup: it answers nothing from its directory until it has met a
//! peer, because what was erased or withdrawn since the backup is still in it.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use hospes_domain::{CenterId, Timestamp};
use hospes_store::{AuditEntry, Store, StoreError};
use hospes_wire::status::{Reason, refusal};
use tonic::Status;

use crate::clock;

/// The setting with the instant of the backup. There while the node is to be silent.
const SETTING: &str = "restored";
/// How long a disk that did not take it is left alone.
const DISK_PAUSE: Duration = Duration::from_secs(2);

/// See the module.
pub struct Recovery {
    store: Store,
    /// As of when the backup is.
    backup: ArcSwapOption<Timestamp>,
}

impl Recovery {
    /// As the database says.
    pub(crate) async fn load(store: Store) -> Result<Arc<Self>, StoreError> {
        let backup = store.setting(SETTING).await?;
        // Whatever it says, it is there: a node that cannot read it is silent.
        let backup = backup.map(|time| Arc::new(Timestamp(time.parse().unwrap_or_default())));
        Ok(Arc::new(Self { store, backup: ArcSwapOption::new(backup) }))
    }

    /// Notes that a database comes from a backup of this instant.
    pub(crate) async fn begin(store: &Store, backup: Timestamp) -> Result<(), StoreError> {
        store.put_setting(SETTING.to_owned(), backup.0.to_string()).await
    }

    /// As of when the backup is, while the node is silent.
    pub fn waiting(&self) -> Option<Timestamp> {
        self.backup.load().as_deref().copied()
    }

    /// Says what to do while the node is silent.
    pub(crate) fn serves(&self) -> Result<(), Status> {
        let Some(backup) = self.waiting() else { return Ok(()) };
        Err(refusal(
            Reason::Restored,
            format!(
                "this node was restored from a backup of {backup} and has not been in sync with a peer \
                 since: what was erased meanwhile could be shown again"
            ),
        ))
    }

    /// A peer and this node hold the same.
    pub(crate) fn in_sync(self: &Arc<Self>, peer: CenterId) {
        let Some(backup) = self.backup.swap(None) else { return };
        tracing::info!(peer = %peer.short(), "in sync after a restore: the directory is open");
        let what = format!(
            "restored node is in sync with {}: all since {backup} was caught up with",
            peer.short()
        );
        let recovery = Arc::clone(self);
        tokio::spawn(async move {
            // A node that stops before is silent again until it meets a peer, which harms nobody.
            while let Err(error) = recovery.end("node", &what).await {
                if !error.may_pass() {
                    tracing::warn!(%error, "it was not written down that the node is in sync");
                    return;
                }
                tokio::time::sleep(DISK_PAUSE).await;
            }
        });
    }

    /// The admin takes it upon himself. False when the node was not silent.
    pub(crate) async fn alone(&self, who: &str) -> Result<bool, StoreError> {
        if self.waiting().is_none() {
            return Ok(false);
        }
        self.end(who, "restored node answers without having met a peer").await?;
        self.backup.store(None);
        Ok(true)
    }

    async fn end(&self, who: &str, what: &str) -> Result<(), StoreError> {
        self.store.delete_setting(SETTING.to_owned()).await?;
        let (who, what) = (who.to_owned(), what.to_owned());
        self.store.put_audit(AuditEntry { time: clock::now(), who, what }).await
    }
}
