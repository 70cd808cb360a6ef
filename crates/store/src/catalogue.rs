//! What every record looks like now, for reconciliation.

use hospes_domain::RecordKey;
use hospes_sync::Version;
use sha2::{Digest, Sha256};

use crate::column::Columns;
use crate::database::Store;
use crate::error::StoreError;

const CATALOGUE: &str = "SELECT c.id, r.id, s.id, r.kind, r.version FROM record r
 JOIN circle c ON c.number = r.circle
 JOIN center s ON s.number = r.steward";

impl Store {
    /// All records, erased ones too, in order, with their versions.
    pub async fn catalogue(&self) -> Result<Vec<(RecordKey, Version)>, StoreError> {
        let rows = sqlx::query(CATALOGUE).fetch_all(self.readers()).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push((row.key(0)?, row.version(4)?));
        }
        entries.sort_unstable_by_key(|(key, _)| *key);
        Ok(entries)
    }

    /// SHA-256, hexadecimal, over all of [`Store::catalogue`]. Two nodes that hold the same have
    /// the same; it is for people and tests, never sent.
    pub async fn catalogue_fingerprint(&self) -> Result<String, StoreError> {
        let mut hash = Sha256::new();
        hash.update(b"hospes catalogue 1\0");
        for (key, version) in self.catalogue().await? {
            hash.update(key.circle.0);
            hash.update(key.id.0);
            hash.update(key.steward.0);
            hash.update([key.kind.number()]);
            hash.update(version.0);
        }
        Ok(hospes_domain::id::hex(&hash.finalize()))
    }
}
