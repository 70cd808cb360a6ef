//! What two nodes say of whom their admins have added.

use hospes_domain::CenterId;
use hospes_domain::id::hex;
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

fn of(by: usize, person: &Person, number: u64, centers: Vec<CenterId>) -> Vouch {
    let statement = person.vouch(number, centers);
    Vouch {
        by,
        number,
        centers: statement.centers.iter().map(|center| hex(&center.0)).collect(),
        digest: hex(&statement.digest()),
        signature: hex(&statement.signature),
    }
}
