//! Settings of this node, by name.

use std::collections::BTreeMap;

use crate::column::Columns;
use crate::database::Store;
use crate::error::{StoreError, within};
use crate::note;

const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 64 * 1024;

impl Store {
    /// All settings.
    pub async fn settings(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query("SELECT name, value FROM setting").fetch_all(self.readers()).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// One setting.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        note::get(self.readers(), name).await
    }

    /// Sets one, its name at most 128 bytes, its value at most 64 KiB.
    pub async fn put_setting(&self, name: String, value: String) -> Result<(), StoreError> {
        within("setting name", name.len(), LONGEST_NAME)?;
        within("setting value", value.len(), LONGEST_VALUE)?;
        self.write(move |writer| {
            Box::pin(async move { note::put(&mut writer.connection, &name, &value).await })
        })
        .await
    }

    /// Removes one. `false` when there was none.
    pub async fn delete_setting(&self, name: String) -> Result<bool, StoreError> {
        self.write(move |writer| {
            Box::pin(async move { note::remove(&mut writer.connection, &name).await })
        })
        .await
    }
}
