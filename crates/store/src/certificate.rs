//! Certificates of nodes that are known here: of peers, and of centers that peers introduced.

use hospes_domain::{CenterId, NodeId, Timestamp};

use crate::column::{Columns, array};
use crate::database::Store;
use crate::error::{StoreError, within};

/// Bytes of one certificate at most, as in an introduction.
const LONGEST: usize = 2 * 1024;
const MOST_VOUCHERS: usize = 256;

/// A node's certificate with its center's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The center.
    pub center: CenterId,
    /// The node.
    pub node: NodeId,
    /// The epoch that the certificate is for.
    pub epoch: u32,
    /// X.509, DER, at most 2 KiB.
    pub center_certificate: Vec<u8>,
    /// X.509, DER, at most 2 KiB.
    pub node_certificate: Vec<u8>,
    /// The peers that introduced it, at most 256; empty when it came from the center itself.
    pub vouchers: Vec<CenterId>,
    /// When it was first seen here.
    pub first_seen: Timestamp,
}

impl Store {
    /// All known certificates, ordered by center, node and epoch.
    pub async fn certificates(&self) -> Result<Vec<Certificate>, StoreError> {
        let rows = sqlx::query(
            "SELECT center, node, epoch, center_certificate, node_certificate, vouchers, first_seen
             FROM certificate ORDER BY center, node, epoch",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let vouchers = row.bytes(5)?;
                Ok(Certificate {
                    center: row.center(0)?,
                    node: row.node(1)?,
                    epoch: row.small(2)?,
                    center_certificate: row.bytes(3)?,
                    node_certificate: row.bytes(4)?,
                    vouchers: vouchers
                        .chunks(32)
                        .map(|id| array(id, "voucher").map(CenterId))
                        .collect::<Result<_, _>>()?,
                    first_seen: row.time(6)?,
                })
            })
            .collect()
    }

    /// Keeps a certificate, or replaces the one of the same center, node and epoch. When it was
    /// first seen does not change.
    pub async fn put_certificate(&self, certificate: Certificate) -> Result<(), StoreError> {
        within("center certificate", certificate.center_certificate.len(), LONGEST)?;
        within("node certificate", certificate.node_certificate.len(), LONGEST)?;
        within("vouchers", certificate.vouchers.len(), MOST_VOUCHERS)?;
        let vouchers: Vec<u8> = certificate.vouchers.iter().flat_map(|id| id.0).collect();
        self.write(move |writer| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO certificate VALUES (?, ?, ?, ?, ?, ?, ?)
                     ON CONFLICT (center, node, epoch) DO UPDATE SET
                         center_certificate = excluded.center_certificate,
                         node_certificate = excluded.node_certificate,
                         vouchers = excluded.vouchers",
                )
                .bind(certificate.center.0.as_slice())
                .bind(certificate.node.0.as_slice())
                .bind(certificate.epoch)
                .bind(certificate.center_certificate)
                .bind(certificate.node_certificate)
                .bind(vouchers)
                .bind(certificate.first_seen.0)
                .execute(&mut writer.connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Forgets all certificates of a center. `false` when there were none.
    pub async fn delete_certificates(&self, center: CenterId) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM certificate WHERE center = ?")
                    .bind(center.0.as_slice())
                    .execute(&mut writer.connection)
                    .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}
