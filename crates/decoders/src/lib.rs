//! Everything in Hospes that reads bytes that somebody else wrote, in one table.
//!
//! A decoder may answer what it likes, but it must answer: without a panic, soon, and in little memory.
//! Where there is more to hold it to, it is held to that: what was read and written again reads as the
//! same, and what two readers understand they understand alike.
//!
//! The fuzz targets of `crates/fuzz` are these functions, and so is the test that reads the corpus in
//! `tests/corpus`, one folder per decoder.

mod changes;
mod identities;
mod imports;
pub mod seeds;
mod wires;

/// One way in for foreign bytes.
#[derive(Clone, Copy)]
pub struct Decoder {
    /// Its name: that of the fuzz target and of the folder of its corpus.
    pub name: &'static str,
    /// Where such bytes come from.
    pub from: &'static str,
    /// Reads them. Panics when something does not hold.
    pub read: fn(&[u8]),
}

/// All of them.
pub const DECODERS: [Decoder; 12] = [
    Decoder { name: "frame", from: "a peer", read: wires::frame },
    Decoder { name: "change", from: "a peer, in a frame", read: changes::change },
    Decoder {
        name: "merge_request",
        from: "the daemon, in the merge worker",
        read: changes::request,
    },
    Decoder { name: "merge_response", from: "the merge worker", read: changes::response },
    Decoder { name: "chain", from: "whoever connects", read: identities::chain },
    Decoder { name: "center_file", from: "another admin", read: identities::center_file },
    Decoder { name: "keyslots", from: "the data folder", read: identities::keyslots },
    Decoder { name: "search", from: "a counselor's program", read: wires::search },
    Decoder { name: "csv", from: "a list of hosts", read: imports::csv },
    Decoder { name: "xlsx", from: "a list of hosts", read: imports::xlsx },
    Decoder { name: "hsds", from: "a directory of services", read: imports::hsds },
    Decoder { name: "markdown", from: "a folder of templates", read: imports::markdown },
];

/// The decoder of this name.
///
/// # Panics
/// When there is none: a fuzz target without a decoder would find nothing for ever.
#[must_use]
#[expect(clippy::panic, reason = "see above")]
pub fn decoder(name: &str) -> Decoder {
    let found = DECODERS.into_iter().find(|decoder| decoder.name == name);
    found.unwrap_or_else(|| panic!("there is no decoder {name}"))
}
