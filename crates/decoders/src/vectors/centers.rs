//! Two centers with their keys and certificates.

use hospes_domain::id::hex;
use hospes_identity::fingerprint;
use serde::Serialize;

use crate::people::Person;

/// A center, its one node, and how both are certified.
#[derive(Debug, Serialize)]
pub(super) struct Center {
    name: &'static str,
    /// The Ed25519 seed of the center key.
    center_seed: &'static str,
    center: String,
    id_in_groups: String,
    center_certificate: String,
    /// The Ed25519 seed of the node key.
    node_seed: String,
    node: String,
    epoch: u32,
    earlier: String,
    node_certificate: String,
}

/// What the recovery phrases of the two make.
const NARVA: &str = "ba63e0a914f053574c2cdad600d19995f435e009d060b02f4153c9582b0c399c";
const RIGA: &str = "7e32bce7f0a6a455b44064e189bc4fb15dece2df8e8fbfece50c034c5853180b";

pub(super) fn all() -> Vec<Center> {
    let of = |name, center_seed, person: Person| {
        let chain = person.chain();
        Center {
            name,
            center_seed,
            center: hex(&chain.center_id().0),
            id_in_groups: fingerprint::groups(&chain.center_id()),
            center_certificate: hex(chain.center().der()),
            node_seed: hex(&person.node_seed()),
            node: hex(&chain.node_id().0),
            epoch: chain.epoch(),
            earlier: chain.earlier().to_string(),
            node_certificate: hex(chain.node().der()),
        }
    };
    vec![of("Narva", NARVA, Person::narva()), of("Riga", RIGA, Person::riga())]
}
