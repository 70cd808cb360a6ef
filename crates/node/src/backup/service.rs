//! What the command line asks about backups.

use std::pin::Pin;
use std::sync::Arc;

use hospes_store::AuditEntry;
use hospes_wire::admin;
use hospes_wire::status::{Reason, refusal};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::{Backup, BackupError, TAKEN, set_key};
use crate::access::opened;
use crate::clock;
use crate::directory::store_failed;
use crate::vault::Vault;

/// Parts that wait for the client; the disk is not read ahead of it.
const WAITING: usize = 16;

/// A backup on its way.
pub type BackupStream = Pin<Box<dyn Stream<Item = Result<admin::BackupPart, Status>> + Send>>;

/// Keeps the key that backups are sealed to.
pub async fn set_backup_key(
    vault: &Vault,
    who: String,
    request: admin::SetBackupKeyRequest,
) -> Result<admin::SetBackupKeyResponse, Status> {
    let center = opened(vault)?;
    let changed = set_key(&center.store, &request.backup_key, &center.own.center_certificate)
        .await
        .map_err(failed)?;
    if changed {
        note(&center, who, "backup key set").await?;
    }
    Ok(admin::SetBackupKeyResponse { changed })
}

/// Makes a backup and sends it while it is being sealed.
pub async fn backup(vault: &Arc<Vault>, who: String) -> Result<BackupStream, Status> {
    let center = opened(vault)?;
    let mut backup = Backup::begin(&center).await.map_err(failed)?;
    note(&center, who, "backup made").await?;
    let (parts, stream) = mpsc::channel(WAITING);
    let runtime = tokio::runtime::Handle::current();
    // Reading and sealing keep a thread busy; whoever reads slowly keeps only this one.
    tokio::task::spawn_blocking(move || {
        let mut size = backup.size();
        loop {
            let part = match backup.part() {
                Ok(Some(bytes)) => Ok(admin::BackupPart { bytes, size: std::mem::take(&mut size) }),
                Ok(None) => {
                    let (taken, at) = (TAKEN.to_owned(), backup.header.time.0.to_string());
                    // The backup is whole; that it is not remembered is told of by the disk's trouble.
                    let _ = runtime.block_on(center.store.put_setting(taken, at));
                    return;
                }
                Err(error) => Err(failed(error)),
            };
            let ends = part.is_err();
            if parts.blocking_send(part).is_err() || ends {
                return;
            }
        }
    });
    Ok(Box::pin(ReceiverStream::new(stream)))
}

/// Lets a restored node answer though it has not met a peer.
pub async fn serve_alone(vault: &Vault, who: &str) -> Result<admin::ServeAloneResponse, Status> {
    let center = opened(vault)?;
    let changed = center.recovery.alone(who).await.map_err(store_failed)?;
    Ok(admin::ServeAloneResponse { changed })
}

async fn note(center: &crate::center::Center, who: String, what: &str) -> Result<(), Status> {
    let entry = AuditEntry { time: clock::now(), who, what: what.to_owned() };
    center.store.put_audit(entry).await.map_err(store_failed)
}

/// Why there is no backup, for people and programs.
pub(crate) fn failed(error: BackupError) -> Status {
    let reason = match &error {
        BackupError::NoKey => Reason::NotFound,
        BackupError::Key(_) => Reason::Invalid,
        BackupError::Room { .. } => Reason::Disk,
        BackupError::Store(error) if error.may_pass() => Reason::Disk,
        _ => Reason::Failed,
    };
    if reason == Reason::Failed {
        tracing::error!(%error, "there is no backup");
    }
    refusal(reason, format!("failed to {error}"))
}
