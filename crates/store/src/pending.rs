//! Centers that knocked and were not let in: nobody has added them, or their key is an old one.

use hospes_domain::{CenterId, Timestamp};

use crate::column::Columns;
use crate::database::Store;
use crate::error::{StoreError, within};

/// Centers that are remembered at most: anyone can knock with any number of keys.
pub const MOST_PENDING: usize = 64;
const LONGEST: usize = 2 * 1024;

/// A center that knocked. Where from is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The center.
    pub center: CenterId,
    /// Its certificate, X.509, DER, at most 2 KiB.
    pub certificate: Vec<u8>,
    /// When it first knocked.
    pub first_seen: Timestamp,
    /// When it last knocked.
    pub last_seen: Timestamp,
    /// How often.
    pub count: u64,
    /// The epoch that it showed, when its center has a later one: somebody uses an old key.
    pub old_epoch: Option<u32>,
}

impl Store {
    /// The centers that knocked, the latest first.
    pub async fn pending(&self) -> Result<Vec<Pending>, StoreError> {
        let rows = sqlx::query(
            "SELECT center, certificate, first_seen, last_seen, count, old_epoch FROM pending
             ORDER BY last_seen DESC, center",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Pending {
                    center: row.center(0)?,
                    certificate: row.bytes(1)?,
                    first_seen: row.time(2)?,
                    last_seen: row.time(3)?,
                    count: row.count(4)?,
                    old_epoch: Some(row.small(5)?).filter(|epoch| *epoch > 0),
                })
            })
            .collect()
    }

    /// Notes that a center knocked. Of more than [`MOST_PENDING`] the one that was silent for
    /// longest is forgotten.
    pub async fn knocked(
        &self,
        center: CenterId,
        certificate: Vec<u8>,
        old_epoch: Option<u32>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        within("center certificate", certificate.len(), LONGEST)?;
        self.write(move |writer| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO pending VALUES (?1, ?2, ?3, ?3, 1, ?4)
                     ON CONFLICT (center) DO UPDATE SET certificate = excluded.certificate,
                         last_seen = excluded.last_seen, count = count + 1,
                         old_epoch = excluded.old_epoch",
                )
                .bind(center.0.as_slice())
                .bind(certificate)
                .bind(at.0)
                .bind(old_epoch.unwrap_or_default())
                .execute(&mut writer.connection)
                .await?;
                sqlx::query(
                    "DELETE FROM pending WHERE center IN (SELECT center FROM pending
                     WHERE center <> ?
                     ORDER BY last_seen DESC, center LIMIT -1 OFFSET ?)",
                )
                .bind(center.0.as_slice())
                .bind(i64::try_from(MOST_PENDING - 1).unwrap_or(i64::MAX))
                .execute(&mut writer.connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Forgets that a center knocked before it was let in. That an old key of it was used stays.
    pub async fn let_in(&self, center: CenterId) -> Result<(), StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                sqlx::query("DELETE FROM pending WHERE center = ? AND old_epoch = 0")
                    .bind(center.0.as_slice())
                    .execute(&mut writer.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Forgets a center that knocked. `false` when there was none.
    pub async fn delete_pending(&self, center: CenterId) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM pending WHERE center = ?")
                    .bind(center.0.as_slice())
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}
