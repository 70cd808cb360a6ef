//! Backups, on their way to the command line and back.

use std::pin::Pin;
use std::sync::Arc;

use hospes_wire::admin;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Status, Streaming};

use crate::center::Center;
use crate::desk::refused::Refused;
use crate::machine::audit;
use crate::vault::VaultError;
use crate::vault::restoring::{Beginning, BrokenOff};

/// Parts that wait for the client; the disk is not read ahead of it.
const WAITING: usize = 16;

/// A backup on its way.
pub(super) type BackupStream =
    Pin<Box<dyn Stream<Item = Result<admin::BackupPart, Status>> + Send>>;

/// Keeps the key that backups are sealed to. False when it was known.
pub(super) async fn set_key(center: &Center, who: &str, key: &[u8]) -> Result<bool, Refused> {
    let changed = center.backups.set_key(key).await?;
    if changed {
        center.store.put_audit(audit::entry(who, "backup key set")).await?;
    }
    Ok(changed)
}

/// Makes a backup and sends it while it is being sealed.
pub(super) async fn make(center: Arc<Center>, who: &str) -> Result<BackupStream, Refused> {
    let mut backup = center.backups.begin().await?;
    center.store.put_audit(audit::entry(who, "backup made")).await?;
    let (parts, stream) = mpsc::channel(WAITING);
    let runtime = tokio::runtime::Handle::current();
    // Reading and sealing keep a thread busy; whoever reads slowly keeps only this one.
    tokio::task::spawn_blocking(move || {
        let mut size = backup.size();
        loop {
            let part = match backup.part() {
                Ok(Some(bytes)) => Ok(admin::BackupPart { bytes, size: std::mem::take(&mut size) }),
                Ok(None) => {
                    // The backup is whole; that it is not remembered is told of by the disk's trouble.
                    let _ = runtime.block_on(center.backups.taken(backup.header.time));
                    return;
                }
                Err(error) => Err(Status::from(Refused::from(error))),
            };
            let ends = part.is_err();
            if parts.blocking_send(part).is_err() || ends {
                return;
            }
        }
    });
    Ok(Box::pin(ReceiverStream::new(stream)))
}

/// The beginning of a database that is sent to us, and its parts.
pub(super) async fn coming(
    mut messages: Streaming<admin::RestorePart>,
) -> Result<(Beginning, impl Stream<Item = Result<Vec<u8>, BrokenOff>> + Unpin), Refused> {
    let first = messages.message().await.map_err(|_| VaultError::from(BrokenOff))?;
    let begin = first.unwrap_or_default().begin;
    let begin = begin.ok_or_else(|| VaultError::backup("its beginning is missing"))?;
    let beginning = Beginning {
        backup_database_key: begin.backup_database_key,
        size: begin.size,
        time: begin.time,
        records: begin.records,
        changes: begin.changes,
        database_key: begin.database_key,
        keyslots: begin.keyslots,
    };
    let parts = messages.map(|part| part.map(|part| part.bytes).map_err(|_| BrokenOff));
    Ok((beginning, parts))
}
