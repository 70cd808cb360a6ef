//! The address without a path.

use std::sync::Arc;

use crate::visit::{Answer, Fault, Visit};

/// To the first page of whoever is here.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    match &visit.here {
        Some(_) => Answer::see("/tonight"),
        None => Answer::see(format!("/login?in={}", visit.t.tag)),
    }
}
