//! What a counselor looks for.

use hospes_desk::sentences;
use hospes_domain::Timestamp;
use hospes_node::api::reading::query_of;
use hospes_wire::{limits, local};
use prost::Message as _;

use crate::Verdict;

/// 2026-11-23, 23:30 UTC, in milliseconds.
const NOW: Timestamp = Timestamp(1_795_476_600_000);

/// A request of the local API.
pub fn search_request(bytes: &[u8]) -> Verdict {
    if bytes.len() > limits::LOCAL_MESSAGE {
        return Verdict::Refused;
    }
    let Ok(request) = local::SearchRequest::decode(bytes) else { return Verdict::Refused };
    match query_of(request, NOW) {
        Ok(query) => {
            assert_eq!(query.check(), [], "a query out of its bounds was understood");
            assert!(query.words().len() <= 200);
            // Towns near a town are the longest group.
            assert!(query.terms().len() <= 128);
            Verdict::Read
        }
        Err(found) => {
            assert!(!found.is_empty(), "nothing is wrong with a query that was refused");
            assert!(!sentences(&found).is_empty());
            Verdict::Refused
        }
    }
}
