//! The profile of our own center.
//!
//! A center has one. A node that takes the place of another one does not make a second: the peers hold
//! the profile and give it back. Only when none of them does a new one is made.

use std::sync::Arc;
use std::time::Duration;

use hospes_domain::query::Query;
use hospes_domain::{Fields, Kind, Value};
use hospes_store::{PeerState, Record, Store, StoreError};

use super::Center;
use crate::ledger::order::{EditError, Edits, Options, Target, Write};
use crate::machine::clock;
use crate::trust::names::AWAITED;

/// How often it is looked whether it has come.
const LOOK: Duration = Duration::from_secs(2);

/// The profile, if there is one.
pub(crate) async fn of(center: &Center) -> Result<Option<Record>, StoreError> {
    let query =
        Query { kind: Some(Kind::Center), steward: Some(center.own.center), ..Query::default() };
    let found = center.store.search(&query, clock::now()).await?;
    Ok(found.hits.into_iter().next().map(|hit| hit.record))
}

/// Makes one of this name.
pub(crate) async fn make(center: &Center, name: String) -> Result<(), EditError> {
    let profile = Write {
        target: Target::New(Kind::Center),
        edits: Edits::Whole(Fields::from([("name".to_owned(), Value::Text(name))])),
        base: None,
        import: None,
    };
    center.write(vec![profile], Options::default(), |_, _| true).await.map(|_| ())
}

/// Notes that it is to come from peers.
pub(crate) async fn expect(store: &Store, name: &str) -> Result<(), StoreError> {
    store.put_setting(AWAITED.to_owned(), name.to_owned()).await
}

/// Whether a peer may still bring it.
pub(crate) async fn may_come(center: &Center) -> Result<bool, StoreError> {
    if center.store.setting(AWAITED).await?.is_none() || is_in_sync(center) {
        return Ok(false);
    }
    Ok(center.peerbook.all().await?.iter().any(|peer| peer.state == PeerState::Active))
}

/// What an admin should know of it.
pub(crate) async fn warning(center: &Center) -> Result<Option<String>, StoreError> {
    if of(center).await?.is_some() {
        return Ok(None);
    }
    let awaited = center.store.setting(AWAITED).await?.is_some() && !is_in_sync(center);
    Ok(Some(if awaited {
        "the profile of this center is with its peers, and comes when one is in sync; see: hospes peer \
         list"
            .to_owned()
    } else {
        "this center has no profile, so that peers see no name; run: hospes center profile --set \
         name=NAME"
            .to_owned()
    }))
}

fn is_in_sync(center: &Center) -> bool {
    center.network.links().iter().any(|link| link.connected && link.in_sync)
}

/// Waits for the profile, and makes one when a peer is in sync and none has come.
pub(super) async fn keep(center: Arc<Center>) {
    if let Err(error) = awaited(center).await {
        tracing::warn!(%error, "it was not looked whether the profile has come");
    }
}

async fn awaited(center: Arc<Center>) -> Result<(), StoreError> {
    let stop = center.closing();
    while let Some(name) = center.store.setting(AWAITED).await? {
        // Looked at first: what has come meanwhile has come before the two were in sync.
        let in_sync = is_in_sync(&center);
        if of(&center).await?.is_some() {
            center.store.delete_setting(AWAITED.to_owned()).await?;
            return Ok(());
        }
        if in_sync && !name.is_empty() {
            match make(&center, name).await {
                Ok(()) => {
                    tracing::info!("no peer had the profile of this center; a new one is made")
                }
                Err(error) => tracing::warn!(%error, "the profile of this center was not made"),
            }
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return Ok(());
        }
    }
    Ok(())
}
