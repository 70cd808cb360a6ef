//! Who this node is.

use zeroize::Zeroizing;

use crate::column::Columns;
use crate::database::Store;
use crate::error::{StoreError, within};

const LONGEST: usize = 16 * 1024;

/// The node's key and the certificates that say whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredIdentity {
    /// PKCS#8, DER.
    pub node_key: Zeroizing<Vec<u8>>,
    /// X.509, DER.
    pub node_certificate: Vec<u8>,
    /// X.509, DER.
    pub center_certificate: Vec<u8>,
}

impl std::fmt::Debug for StoredIdentity {
    /// Never the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredIdentity").finish_non_exhaustive()
    }
}

impl Store {
    /// Who this node is, once somebody has said so.
    pub async fn identity(&self) -> Result<Option<StoredIdentity>, StoreError> {
        let row =
            sqlx::query("SELECT node_key, node_certificate, center_certificate FROM identity")
                .fetch_optional(self.readers())
                .await?;
        row.map(|row| {
            Ok(StoredIdentity {
                node_key: Zeroizing::new(row.bytes(0)?),
                node_certificate: row.bytes(1)?,
                center_certificate: row.bytes(2)?,
            })
        })
        .transpose()
    }

    /// Says who this node is, in place of what was said before.
    pub async fn set_identity(&self, identity: StoredIdentity) -> Result<(), StoreError> {
        within("node key", identity.node_key.len(), LONGEST)?;
        within("node certificate", identity.node_certificate.len(), LONGEST)?;
        within("center certificate", identity.center_certificate.len(), LONGEST)?;
        self.write(move |writer| {
            Box::pin(async move {
                sqlx::query("REPLACE INTO identity VALUES (1, ?, ?, ?)")
                    .bind(identity.node_key.as_slice())
                    .bind(identity.node_certificate)
                    .bind(identity.center_certificate)
                    .execute(&mut writer.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
