//! What two nodes say of whom their admins have added.

use hospes_domain::CenterId;
use hospes_domain::id::hex;
use hospes_sync::vouch::Vouch as Statement;
use serde::Serialize;

use crate::people::Person;

/// A signed statement.
#[derive(Debug, Serialize)]
pub(super) struct Vouch {
    /// The center, by its place in `centers`.
    by: usize,
    number: u64,
    centers: Vec<String>,
    digest: String,
    signature: String,
}

pub(super) fn all() -> Vec<Vouch> {
    let (narva, riga) = (Person::narva(), Person::riga());
    let others = (1..=2).map(|number| CenterId([number; 32]));
    vec![
        of(0, &narva, 1_795_000_000_000, others.chain([riga.center()]).collect()),
        of(1, &riga, 2, Vec::new()),
    ]
}

fn of(by: usize, person: &Person, number: u64, mut centers: Vec<CenterId>) -> Vouch {
    centers.sort_unstable();
    let chain = person.chain();
    let statement = Statement {
        issuer: chain.center_id(),
        node: chain.node_id(),
        epoch: chain.epoch(),
        number,
        centers,
        signature: [0; 64],
    };
    let digest = statement.digest();
    Vouch {
        by,
        number,
        centers: statement.centers.iter().map(|center| hex(&center.0)).collect(),
        digest: hex(&digest),
        signature: hex(&person.sign(&digest)),
    }
}
