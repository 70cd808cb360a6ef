//! What counselors look up and what coordinators publish.

use async_trait::async_trait;
use hospes_domain::edit::Edit;
use hospes_domain::{Fields, Kind};

use crate::people::Who;
use crate::refused::Refused;
use crate::search::Asked;
use crate::shown::{Answer, How, Saved, Shown, Tonight};

/// The records that a node holds, as pages and commands ask for them.
#[async_trait]
pub trait Records: Send + Sync {
    /// Searches.
    async fn search(&self, asked: Asked) -> Result<Answer, Refused>;

    /// Searches offers, and says what can be done with each. Looks for offers whatever kind is asked for.
    async fn tonight(&self, asked: Asked) -> Result<Tonight, Refused>;

    /// One record with all that is known of it, by its identifier or the beginning of one.
    async fn get(&self, id: &str, kind: Option<Kind>) -> Result<Shown, Refused>;

    /// Makes a record, or tries out whether it could be made.
    async fn make(&self, who: &Who, kind: Kind, fields: Fields, how: How)
    -> Result<Saved, Refused>;

    /// Changes fields of a record, based on the heads that its editor saw.
    async fn edit(
        &self,
        who: &Who,
        id: &str,
        edits: Vec<Edit>,
        base: Vec<[u8; 32]>,
        how: How,
    ) -> Result<Saved, Refused>;

    /// Says that an offer still holds, or that a service was checked; `by` is how that came about.
    async fn confirm(&self, who: &Who, id: &str, by: &str) -> Result<Saved, Refused>;

    /// Approves the state of a template that somebody has read, in a role such as `lawyer`. Refused when
    /// the template has changed since.
    async fn approve(
        &self,
        who: &Who,
        id: &str,
        role: &str,
        seen: Vec<[u8; 32]>,
    ) -> Result<Saved, Refused>;

    /// What a record said when these were its latest changes.
    async fn past(&self, id: &str, kind: Kind, heads: Vec<[u8; 32]>) -> Result<Fields, Refused>;

    /// How many changes came after these; none when the record's history does not know them.
    async fn later(
        &self,
        id: &str,
        kind: Kind,
        heads: Vec<[u8; 32]>,
    ) -> Result<Option<usize>, Refused>;

    /// Takes a record out of use.
    async fn withdraw(&self, who: &Who, id: &str, reason: &str) -> Result<Saved, Refused>;
}
