//! Every reader of bytes that come from somebody else, each as one function.
//!
//! A decoder takes any bytes, reads them as the project does, and looks whether what it promises
//! about its result is true. It fails by panicking: on a promise that is broken, and on whatever the
//! reading itself panics of. The corpora in `tests/corpus` go through them as ordinary tests, and
//! `cargo xtask fuzz-smoke` looks for bytes that no corpus has.
//!
//! Nothing that is shipped is built upon this crate.

pub mod alteration;
pub mod backup;
pub mod certificate;
pub mod change;
pub mod chunk;
pub mod conversation;
pub mod fields;
pub mod frame;
pub mod import;
pub mod keyslots;
pub mod lone;
pub mod mutation;
pub mod parts;
pub mod people;
pub mod quiet;
pub mod roster;
pub mod search;
pub mod seeds;
pub mod specimen;
pub mod vectors;
pub mod worker;

/// What a decoder made of some bytes. Both are good answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They mean something, and all that is promised about it is true.
    Read,
    /// They mean nothing, which was said and not suffered.
    Refused,
}

impl Verdict {
    /// The verdict of a reading that may fail.
    pub fn of<T, E>(outcome: &Result<T, E>) -> Self {
        if outcome.is_ok() { Verdict::Read } else { Verdict::Refused }
    }
}

/// A reader of foreign bytes.
#[derive(Debug, Clone, Copy)]
pub struct Decoder {
    /// Its name: that of its corpus and of its fuzz target.
    pub name: &'static str,
    /// Whose bytes it reads.
    pub what: &'static str,
    /// Reads any bytes. Panics when something is not as it must be.
    pub read: fn(&[u8]) -> Verdict,
}

/// All of them.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "frame", what: "a frame of another node", read: frame::peer_frame },
    Decoder {
        name: "change_batch",
        what: "signed changes inside a frame, unpacked",
        read: frame::change_batch,
    },
    Decoder {
        name: "conversation",
        what: "frames one after the other, told to the sync engine",
        read: conversation::conversation,
    },
    Decoder { name: "change", what: "the form of a change", read: change::change_gate },
    Decoder {
        name: "plain_change",
        what: "a lone change that is read without Automerge, and with it",
        read: lone::plain_change,
    },
    Decoder {
        name: "mutated_changes",
        what: "good changes with errors, through the gate and the merging",
        read: mutation::mutated_changes,
    },
    Decoder {
        name: "merge_request",
        what: "what the daemon asks the merge worker",
        read: worker::request,
    },
    Decoder {
        name: "merge_response",
        what: "what the merge worker answers",
        read: worker::response,
    },
    Decoder {
        name: "worker_greeting",
        what: "the first words of a merge worker",
        read: worker::greeting,
    },
    Decoder {
        name: "chain",
        what: "the certificates of a node and its center",
        read: certificate::chain,
    },
    Decoder {
        name: "center_file",
        what: "the file that admins send to each other",
        read: certificate::center_file,
    },
    Decoder {
        name: "center_id",
        what: "a center's id as a person types it",
        read: certificate::center_id,
    },
    Decoder { name: "roster", what: "the centers that a peer introduces", read: roster::roster },
    Decoder {
        name: "keyslots",
        what: "the file with the wrapped key of the database",
        read: keyslots::keyslots,
    },
    Decoder { name: "backup", what: "the file of a backup, also of others", read: backup::backup },
    Decoder {
        name: "trustee_key",
        what: "the public key of a trustee as it comes by mail",
        read: keyslots::trustee_key,
    },
    Decoder {
        name: "share",
        what: "the share of a trustee as a person types it",
        read: keyslots::share,
    },
    Decoder { name: "search", what: "what a counselor looks for", read: search::search_request },
    Decoder {
        name: "record_fields",
        what: "the fields of a record that somebody saves",
        read: fields::record_fields,
    },
    Decoder { name: "csv", what: "a table of records as CSV", read: import::csv },
    Decoder { name: "xlsx", what: "a workbook of records", read: import::xlsx },
    Decoder { name: "hsds", what: "a directory of services in many tables", read: import::hsds },
    Decoder {
        name: "markdown",
        what: "records as Markdown with front matter",
        read: import::markdown,
    },
];

/// The decoder of a name.
pub fn decoder(name: &str) -> Option<&'static Decoder> {
    DECODERS.iter().find(|decoder| decoder.name == name)
}
