//! Hears what happens in handshakes, which must not wait, and writes it down.

use std::sync::Arc;

use hospes_domain::CenterId;
use hospes_identity::certificate::Earlier;
use hospes_identity::trust::{Doorkeeper, Refused, RefusedWhy};
use hospes_store::Store;
use tokio::sync::mpsc;

use crate::machine::{clock, disk};

/// Knocks that may wait to be written down. Anybody may knock; more than these are forgotten.
const WAITING: usize = 64;

enum Knock {
    Refused(Refused),
    Epoch(CenterId, u32, Earlier),
}

/// The doorkeeper that handshakes tell.
pub(crate) struct Door {
    knocks: mpsc::Sender<Knock>,
}

impl Door {
    /// A doorkeeper and the task that writes for it; the task ends with the last handle.
    pub(crate) fn open(store: Store) -> Arc<Self> {
        let (knocks, mut queue) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            while let Some(knock) = queue.recv().await {
                let written = match knock {
                    Knock::Refused(refused) => refuse(&store, refused).await,
                    Knock::Epoch(center, epoch, earlier) => {
                        raise(&store, center, epoch, earlier).await
                    }
                };
                if let Err(error) = written {
                    disk::not_written(&error, "what happened at the door");
                }
            }
        });
        Arc::new(Self { knocks })
    }

    fn tell(&self, knock: Knock) {
        // A full queue means that somebody is knocking all the time: one of these is enough.
        let _ = self.knocks.try_send(knock);
    }
}

async fn refuse(store: &Store, refused: Refused) -> Result<(), hospes_store::StoreError> {
    tracing::info!(center = %refused.center.short(), why = %refused.why, "turned a center away");
    let old_epoch = match refused.why {
        RefusedWhy::Unknown => None,
        RefusedWhy::OldEpoch { epoch, .. } => Some(epoch),
        // Our admin has said so and need not be told; and who answers where we dial asks for nothing.
        RefusedWhy::Suspended | RefusedWhy::NotExpected { .. } => return Ok(()),
    };
    store.knocked(refused.center, refused.center_der, old_epoch, clock::now()).await
}

async fn raise(
    store: &Store,
    center: CenterId,
    epoch: u32,
    earlier: Earlier,
) -> Result<(), hospes_store::StoreError> {
    let earlier = match earlier {
        Earlier::Honored => hospes_store::Earlier::Honored,
        Earlier::Frozen => hospes_store::Earlier::Frozen,
    };
    if store.raise_epoch(center, epoch, earlier).await? {
        tracing::info!(center = %center.short(), epoch, "a center has a new epoch");
    }
    Ok(())
}

impl Doorkeeper for Door {
    fn turned_away(&self, refused: Refused) {
        self.tell(Knock::Refused(refused));
    }

    fn epoch_seen(&self, center: CenterId, epoch: u32, earlier: Earlier) {
        self.tell(Knock::Epoch(center, epoch, earlier));
    }
}
