//! Changes that were refused, for an admin who wants to know why.

use hospes_store::{Quarantined, StoreError};

use crate::center::Center;

/// Rows that are read at once: each has a whole change in it.
const PAGE: u32 = 100;

/// Some of them.
#[derive(Default)]
pub(crate) struct Listed {
    /// The latest first.
    pub(crate) rows: Vec<Quarantined>,
    /// How many there are in all.
    pub(crate) total: u64,
}

/// The latest that were refused, or the latest that were refused for one reason.
pub(crate) async fn list(center: &Center, limit: usize, code: &str) -> Result<Listed, StoreError> {
    let mut listed = Listed::default();
    if code.is_empty() {
        listed.total = center.store.counts().await?.quarantine;
    }
    let mut before = None;
    loop {
        let page = center.store.quarantine(before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.number);
        for row in page {
            if !code.is_empty() && row.code != code {
                continue;
            }
            if !code.is_empty() {
                listed.total += 1;
            }
            if listed.rows.len() < limit {
                listed.rows.push(row);
            }
        }
        // Without a code the total is known; with one all rows have to be looked at.
        if code.is_empty() && listed.rows.len() >= limit {
            break;
        }
    }
    Ok(listed)
}
