//! Centers and the numbers that stand for them.

use hospes_domain::CenterId;

use crate::database::Store;
use crate::error::StoreError;

pub(crate) const NUMBER_OF: &str = "SELECT number FROM center WHERE id = ?";

impl Store {
    /// The number of a center, if it is in the database.
    pub(crate) async fn number_of(&self, center: &CenterId) -> Result<Option<u32>, StoreError> {
        let number: Option<i64> = sqlx::query_scalar(NUMBER_OF)
            .bind(center.0.as_slice())
            .fetch_optional(self.readers())
            .await?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    }
}
