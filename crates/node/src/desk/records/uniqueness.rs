//! Whether an offer could be told from all others by what it says.
//!
//! An offer whose region and habits nobody shares is an address to those who know the region.

use hospes_desk::shown::Warning;
use hospes_domain::index::facet;
use hospes_domain::{Kind, Timestamp, Value};

use crate::center::Center;
use crate::ledger::order::Written;

/// Fewer offers than this that look alike are too few.
const ENOUGH: u64 = 3;

/// What a coordinator should think about before more centers see the offer. `kept` says whether it is
/// on disk, or was only tried out.
pub(crate) fn warning(
    center: &Center,
    written: &Written,
    kept: bool,
    now: Timestamp,
) -> Option<Warning> {
    let status = written.fields.get("status").and_then(Value::as_text);
    if written.key.kind != Kind::Offer || status != Some("active") {
        return None;
    }
    let look = facet::look(written.key.kind, &written.fields)?;
    let alike = center.store.count_of(&look, now) + u64::from(!kept);
    (alike < ENOUGH).then_some(Warning::TellsWhere { enough: ENOUGH })
}
