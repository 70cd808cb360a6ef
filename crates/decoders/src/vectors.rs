//! The test vectors that the protocol's page names: what one who implements it anew has to come to as
//! well, made by our own code from fixed keys.
//!
//! Our code decides what is in the file. A test holds the file to it, and a peer that knows nothing of
//! our crates (`tests/src/stranger`) makes all of it once more from what stands in the file.

mod centers;
mod changes;
mod entry;
mod fingerprint;
mod ranges;
mod vouches;

use anyhow::Result;
use serde::Serialize;

/// The name of the file, in `tests/corpus`.
pub const FILE: &str = "protocol.json";

/// What the file says before anything else.
const ABOUT: &str = "Test vectors of docs/protocol.md, version 1. Bytes are hexadecimal. The keys are \
    known to everybody: use none of them. Written by cargo xtask seeds.";

/// The whole file.
#[derive(Debug, Serialize)]
struct Page {
    about: &'static str,
    centers: Vec<centers::Center>,
    vouches: Vec<vouches::Vouch>,
    changes: Vec<changes::Change>,
    fingerprint: fingerprint::Fingerprint,
    ranges: ranges::Run,
}

/// The file as it has to be.
///
/// # Errors
/// Something of ours cannot be written, such as a change.
pub fn text() -> Result<String> {
    let page = Page {
        about: ABOUT,
        centers: centers::all(),
        vouches: vouches::all(),
        changes: changes::all()?,
        fingerprint: fingerprint::ten(),
        ranges: ranges::run()?,
    };
    Ok(serde_json::to_string_pretty(&page)? + "\n")
}
