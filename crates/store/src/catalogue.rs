//! What every record looks like now, for reconciliation.

use hospes_domain::RecordKey;
use hospes_sync::Version;
use sha2::{Digest, Sha256};

use crate::database::Store;
use crate::error::StoreError;
use crate::recall::{Scan, Wanted};

impl Store {
    /// All records, erased ones too, in order, with their versions.
    pub async fn catalogue(&self) -> Result<Vec<(RecordKey, Version)>, StoreError> {
        let mut entries = Vec::new();
        let mut scan = Scan::begin(self.readers(), Wanted::Versions).await?;
        while let Some(records) = scan.next().await? {
            entries.extend(records.into_iter().map(|record| (record.key, record.version)));
        }
        entries.sort_unstable_by_key(|(key, _)| *key);
        Ok(entries)
    }

    /// The same, as it was when the database was opened. It is at hand then, and given away to the
    /// first who asks; after that it is read.
    pub async fn opening_catalogue(&self) -> Result<Vec<(RecordKey, Version)>, StoreError> {
        match self.first_catalogue() {
            Some(catalogue) => Ok(catalogue),
            None => self.catalogue().await,
        }
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
