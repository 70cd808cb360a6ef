//! Whom our admin lets in: adding, removing, suspending and resuming peers.
//!
//! Who is let in is written down, then trust is replaced, then the admin hears that it is done. Who is
//! shut out is shut out first: trust is replaced and connections are cut, whatever the disk does. Then it
//! is written down, so that it outlasts a crash, and only then the admin hears that it is done; see
//! [`crate::trust::peerbook`].

use hospes_desk::Reason;
use hospes_domain::CenterId;
use hospes_identity::certificate::CenterCertificate;
use hospes_store::{AuditEntry, Earlier, Peer, PeerState};
use hospes_wire::limits;

use super::address::addresses;
use super::which::{Subject, find};
use crate::center::Center;
use crate::center::alarming::lift;
use crate::desk::name;
use crate::desk::refused::{Refused, invalid, refused};
use crate::machine::{audit, clock};
use crate::trust::peerbook::ShutOut;

/// A center that our admin wants to add.
pub(crate) struct NewPeer {
    /// Its certificate, DER.
    pub(crate) certificate: Vec<u8>,
    /// What we call it; may be empty for a peer that is known.
    pub(crate) name: String,
    /// What to call it when no name is given and it is new.
    pub(crate) suggested_name: String,
    /// Where it is dialed; none keeps those that are known.
    pub(crate) addresses: Vec<String>,
    /// Whether one that was removed may come back.
    pub(crate) readmit: bool,
}

/// What came of a decision about a center.
pub(crate) struct Decided {
    pub(crate) center: CenterId,
    pub(crate) name: String,
    /// False when it was so before.
    pub(crate) changed: bool,
    /// Connections that were cut.
    pub(crate) cut: u32,
    /// What is not as it should be yet; empty when all is.
    pub(crate) warning: String,
    /// Whether it never was a peer.
    pub(crate) introduced: bool,
}

impl Decided {
    /// A decision that cuts nobody and leaves nothing to be done.
    pub(crate) fn new(center: CenterId, name: String, changed: bool) -> Self {
        Self { center, name, changed, cut: 0, warning: String::new(), introduced: false }
    }
}

/// Adds a center, or changes what we call it and where we dial it. Adding it again changes nothing.
pub async fn add(center: &Center, who: &str, request: NewPeer) -> Result<Decided, Refused> {
    let id = certified(center, &request.certificate)?;
    let addresses = addresses(&request.addresses)?;
    let _turn = center.peerbook.turn().await;
    let peers = center.peerbook.all().await?;
    let known = peers.iter().find(|peer| peer.center == id).cloned();
    let suggested = Some(request.suggested_name.as_str()).filter(|_| known.is_none());
    let name = match (request.name.trim(), suggested) {
        ("", Some(suggested)) => name(suggested, None)?,
        (given, _) => name(given, known.as_ref())?,
    };
    is_free(&name, &id, &peers)?;

    let peer = match known.clone() {
        Some(peer) if peer.state.is_out() && !request.readmit => {
            return Err(refused(
                Reason::Removed,
                format!(
                    "{} was removed here, or kept out; to take it in, add it again with --readmit",
                    peer.name
                ),
            ));
        }
        // A mistake in a second call must not stop us from dialing: no address keeps those known.
        Some(peer) => {
            let addresses = if addresses.is_empty() { peer.addresses.clone() } else { addresses };
            let state = match peer.state {
                state if state.is_out() => PeerState::Active,
                state => state,
            };
            Peer { name, addresses, state, ..peer }
        }
        None => Peer {
            center: id,
            name,
            state: PeerState::Active,
            addresses,
            added_at: clock::now(),
            last_contact: None,
            epoch: 0,
            earlier: Earlier::Honored,
            note: String::new(),
        },
    };
    let (changed, name) = (known.as_ref() != Some(&peer), peer.name.clone());
    if changed {
        keep(center, who, "added", peer).await?;
    }
    center.store.delete_pending(id).await?;
    Ok(Decided::new(id, name, changed))
}

/// Removes a peer: it is refused at the door, its connections are cut, and only a readmission
/// brings it back.
pub async fn remove(center: &Center, who: &str, text: &str) -> Result<Decided, Refused> {
    let _turn = center.peerbook.turn().await;
    let Subject { peer, is_new } = find(center, text).await?;
    let (id, name) = (peer.center, peer.name.clone());
    let introduced = peer.state == PeerState::Barred;
    let state = if introduced { PeerState::Barred } else { PeerState::Removed };
    let changed = is_new || peer.state != state;
    let mut cut = 0;
    let mut warning = String::new();
    if changed {
        let shut_out =
            ShutOut { peer: Peer { state, ..peer }, entry: entry(who, "removed", &name) };
        center.peerbook.shut_out(shut_out);
        // Cut once to count. Whoever comes back before trust is replaced is cut by that.
        cut = center.network.cut(&id);
        warning = held_out(center, "removed", &id).await?;
    }
    Ok(Decided { center: id, name, changed, cut, warning, introduced })
}

/// Does not listen to a peer until it is resumed.
pub async fn suspend(center: &Center, who: &str, text: &str) -> Result<Decided, Refused> {
    turn(center, who, text, PeerState::Suspended, "suspended").await
}

/// Listens to a suspended peer again.
pub async fn resume(center: &Center, who: &str, text: &str) -> Result<Decided, Refused> {
    let decided = turn(center, who, text, PeerState::Active, "resumed").await?;
    let lifted = lift(center, who, &decided.center).await?;
    Ok(Decided { changed: decided.changed || lifted, ..decided })
}

async fn turn(
    center: &Center,
    who: &str,
    text: &str,
    state: PeerState,
    what: &str,
) -> Result<Decided, Refused> {
    let _turn = center.peerbook.turn().await;
    let Subject { peer, is_new } = find(center, text).await?;
    if peer.state == PeerState::Removed {
        let message = format!("{} was removed here; add it again with --readmit", peer.name);
        return Err(refused(Reason::Removed, message));
    }
    let (id, name, introduced) = (peer.center, peer.name.clone(), peer.state == PeerState::Barred);
    let lets_in = state == PeerState::Active;
    // Of a center that never was a peer there is nothing but that it is kept out, or not.
    let changed = if introduced { is_new != lets_in } else { peer.state != state };
    let mut warning = String::new();
    if changed && introduced && lets_in {
        center.peerbook.forget(id, entry(who, what, &name)).await?;
        applied(center, what, &id).await?;
    } else if changed && lets_in {
        keep(center, who, what, Peer { state, ..peer }).await?;
    } else if changed {
        let state = if introduced { PeerState::Barred } else { state };
        let peer = Peer { state, ..peer };
        center.peerbook.shut_out(ShutOut { peer, entry: entry(who, what, &name) });
        warning = held_out(center, what, &id).await?;
    }
    Ok(Decided { center: id, name, changed, cut: 0, warning, introduced })
}

/// Writes a peer down and makes it count.
async fn keep(center: &Center, who: &str, what: &str, peer: Peer) -> Result<(), Refused> {
    let (id, entry) = (peer.center, entry(who, what, &peer.name));
    center.peerbook.keep(peer, entry).await?;
    applied(center, what, &id).await
}

/// Makes it count that a peer is shut out, and then writes it down. A warning when the disk does not
/// take that now.
async fn held_out(center: &Center, what: &str, id: &CenterId) -> Result<String, Refused> {
    let effect = applied(center, what, id).await;
    let written = center.peerbook.write_down(id).await;
    effect?;
    let Err(error) = written else { return Ok(String::new()) };
    if !error.may_pass() {
        tracing::error!(%error, "it was not written down that a peer is shut out");
    }
    Ok(format!(
        "it counts, but is not written down: failed to {error}. The node goes on trying; do \
         not stop it before that is done, or it lets them in again; see: hospes status"
    ))
}

/// What the peer book says counts from now on.
async fn applied(center: &Center, what: &str, id: &CenterId) -> Result<(), Refused> {
    center.peers_changed().await?;
    // Not the name: the log lies outside the encrypted database.
    tracing::info!(peer = %id.short(), "peer {what}");
    Ok(())
}

fn entry(who: &str, what: &str, name: &str) -> AuditEntry {
    audit::entry(who, format!("peer {what}: {name}"))
}

/// The center of a certificate that our admin was given.
fn certified(center: &Center, der: &[u8]) -> Result<CenterId, Refused> {
    if der.is_empty() || der.len() > limits::CERTIFICATE {
        let (size, most) = (der.len(), limits::CERTIFICATE);
        let message = format!("center_certificate: has {size} bytes, it must be 1..={most}");
        return Err(invalid(message));
    }
    let certificate = CenterCertificate::parse(der)
        .map_err(|error| invalid(format!("center_certificate: {error}")))?;
    if certificate.id() == center.own.center {
        let message = "center_certificate: is this center's own; give it to the other centers, \
                       and add theirs here";
        return Err(invalid(message));
    }
    Ok(certificate.id())
}

/// What the peer is to be called.
fn name(given: &str, known: Option<&Peer>) -> Result<String, Refused> {
    let given = given.trim();
    if let ("", Some(known)) = (given, known) {
        return Ok(known.name.clone());
    }
    name::checked("name", given)
}

/// Whether no other peer has the name. A removed one gives its name free.
fn is_free(name: &str, id: &CenterId, peers: &[Peer]) -> Result<(), Refused> {
    let wanted = name.to_lowercase();
    let taken = peers.iter().any(|peer| {
        peer.center != *id && !peer.state.is_out() && peer.name.to_lowercase() == wanted
    });
    if taken {
        return Err(refused(
            Reason::Exists,
            format!("name: another peer is called {name} already"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use hospes_domain::Timestamp;

    fn peer(number: u8, name: &str, state: PeerState) -> Peer {
        Peer {
            center: CenterId([number; 32]),
            name: name.to_owned(),
            state,
            addresses: Vec::new(),
            added_at: Timestamp(0),
            last_contact: None,
            epoch: 1,
            earlier: Earlier::Honored,
            note: String::new(),
        }
    }

    #[test]
    fn a_name_belongs_to_one_peer() {
        let peers = [peer(1, "Narva", PeerState::Active), peer(2, "Riga", PeerState::Removed)];
        let (first, third) = (CenterId([1; 32]), CenterId([3; 32]));
        assert!(is_free("Narva", &first, &peers).is_ok());
        assert_eq!(is_free("narva", &third, &peers).unwrap_err().reason, Reason::Exists);
        assert!(is_free("Riga", &third, &peers).is_ok());
    }

    #[test]
    fn a_peer_that_is_known_keeps_its_name() {
        let known = peer(1, "Narva", PeerState::Active);
        assert_eq!(name("", Some(&known)).unwrap(), "Narva");
        assert_eq!(name(" Tartu ", Some(&known)).unwrap(), "Tartu");
        for wrong in ["", "a\nb", &"x".repeat(61)] {
            assert!(name(wrong, None).is_err(), "{wrong:?}");
        }
    }
}
