//! The address without a path.

use crate::visit::{Answer, Fault, Visit};

/// To the first page of whoever is here.
pub(crate) async fn show(visit: Visit) -> Result<Answer, Fault> {
    match visit.here {
        Some(_) => Answer::see("/tonight"),
        None => Answer::see(format!("/login?in={}", visit.t.tag)),
    }
}
