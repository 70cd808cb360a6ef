//! A node that was restored from a backup: it answers nothing from its directory until it has met a
//! peer, because what was erased or withdrawn since the backup is still in it.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use hospes_domain::{CenterId, Timestamp};
use hospes_store::{Store, StoreError};

use crate::machine::{audit, disk};

/// The setting with the instant of the backup. There while the node is to be silent.
const SETTING: &str = "restored";

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
            if let Err(error) = disk::insist(|| recovery.end("node", &what)).await {
                disk::not_written(&error, "that the node is in sync");
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
        self.store.put_audit(audit::entry(who, what)).await
    }
}
