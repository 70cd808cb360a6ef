//! Whether an offer could be told from all others by what it says.
//!
//! An offer whose region and habits nobody shares is an address to those who know the region.

use hospes_domain::index::facet;
use hospes_domain::{Kind, Timestamp, Value};

use crate::center::Center;
use crate::ledger::order::Written;

/// Fewer offers than this that look alike are too few.
const ENOUGH: u64 = 3;

/// What a coordinator should think about before more centers see the offer. `kept` says whether it is
/// on disk, or was only tried out.
pub(crate) fn warnings(
    center: &Center,
    written: &Written,
    kept: bool,
    now: Timestamp,
) -> Vec<String> {
    let status = written.fields.get("status").and_then(Value::as_text);
    if written.key.kind != Kind::Offer || status != Some("active") {
        return Vec::new();
    }
    let Some(look) = facet::look(written.key.kind, &written.fields) else { return Vec::new() };
    let alike = center.store.count_of(&look, now) + u64::from(!kept);
    if alike >= ENOUGH {
        return Vec::new();
    }
    vec![format!(
        "fewer than {ENOUGH} offers look like this one (country, region, guests, pets, access, \
         languages), so it may tell where the host lives; a wider region or fewer details hide it"
    )]
}
