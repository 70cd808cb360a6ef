//! What centers said about centers that are in hostile hands.

use hospes_domain::CenterId;
use hospes_sync::alarm::{Alarm, Cause, Heard};
use sqlx::sqlite::SqliteRow;

use crate::audit::{self, AuditEntry};
use crate::column::{Columns, array};
use crate::database::Store;
use crate::error::StoreError;

impl Store {
    /// All alarms that are remembered.
    pub async fn alarms(&self) -> Result<Vec<Heard>, StoreError> {
        let rows = sqlx::query(
            "SELECT issuer, accused, cause, made_at, node, epoch, signature, voice, since, counts
             FROM alarm",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Keeps alarms, each in the place of what its issuer said of the same center before, and notes
    /// what there is to say of it.
    pub async fn put_alarms(
        &self,
        alarms: Vec<Heard>,
        entries: Vec<AuditEntry>,
    ) -> Result<(), StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                for Heard { alarm, since, voice, counts } in alarms {
                    sqlx::query("REPLACE INTO alarm VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                        .bind(alarm.issuer.0.as_slice())
                        .bind(alarm.accused.0.as_slice())
                        .bind(alarm.cause.number())
                        .bind(alarm.made_at.0)
                        .bind(alarm.node.0.as_slice())
                        .bind(alarm.epoch)
                        .bind(alarm.signature.as_slice())
                        .bind(voice.0.as_slice())
                        .bind(since.0)
                        .bind(counts)
                        .execute(&mut writer.connection)
                        .await?;
                }
                audit::insert(&mut writer.connection, &entries).await
            })
        })
        .await
    }

    /// Forgets what issuers said of centers, each as issuer and accused.
    pub async fn forget_alarms(&self, places: Vec<(CenterId, CenterId)>) -> Result<(), StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                for (issuer, accused) in places {
                    sqlx::query("DELETE FROM alarm WHERE issuer = ? AND accused = ?")
                        .bind(issuer.0.as_slice())
                        .bind(accused.0.as_slice())
                        .execute(&mut writer.connection)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

fn read(row: &SqliteRow) -> Result<Heard, StoreError> {
    let cause = row.small(2)?;
    Ok(Heard {
        alarm: Alarm {
            issuer: row.center(0)?,
            accused: row.center(1)?,
            cause: Cause::of(
                u8::try_from(cause).map_err(|_| StoreError::unreadable("alarm cause", cause))?,
            ),
            made_at: row.time(3)?,
            node: row.node(4)?,
            epoch: row.small(5)?,
            signature: array(&row.bytes(6)?, "alarm signature")?,
        },
        voice: row.center(7)?,
        since: row.time(8)?,
        counts: row.flag(9)?,
    })
}
