//! Whom our admin lets in: adding, removing, suspending and resuming peers.
//!
//! Who is let in is written down, then trust is replaced, then the admin hears that it is done. Who is
//! shut out is shut out first: trust is replaced and connections are cut, whatever the disk does. Then it
//! is written down, so that it outlasts a crash, and only then the admin hears that it is done; see
//! [`crate::peerbook`].

use hospes_domain::CenterId;
use hospes_domain::id::hex;
use hospes_identity::certificate::CenterCertificate;
use hospes_identity::{address, fingerprint};
use hospes_store::{AuditEntry, Earlier, Peer, PeerState};
use hospes_wire::quote::word;
use hospes_wire::status::{Reason, refusal};
use hospes_wire::{admin, limits};
use tonic::Status;

use crate::center::Center;
use crate::directory::store_failed;
use crate::peerbook::ShutOut;
use crate::{alarms, clock};

/// Longest name of a peer, in characters.
const LONGEST_NAME: usize = 60;
/// Most addresses of a peer.
const MOST_ADDRESSES: usize = 8;
/// Fewest characters by which an identifier is called.
const SHORTEST_PREFIX: usize = 4;

/// Adds a center, or changes what we call it and where we dial it. Adding it again changes nothing.
pub async fn add(
    center: &Center,
    who: &str,
    request: admin::AddPeerRequest,
) -> Result<admin::AddPeerResponse, Status> {
    let id = certified(center, &request.center_certificate)?;
    let addresses = addresses(&request.addresses)?;
    let _turn = center.peerbook.turn().await;
    let peers = center.peerbook.all().await.map_err(store_failed)?;
    let known = peers.iter().find(|peer| peer.center == id).cloned();
    let suggested = Some(request.suggested_name.as_str()).filter(|_| known.is_none());
    let name = match (request.name.trim(), suggested) {
        ("", Some(suggested)) => name(suggested, None)?,
        (given, _) => name(given, known.as_ref())?,
    };
    is_free(&name, &id, &peers)?;

    let peer = match known.clone() {
        Some(peer) if peer.state.is_out() && !request.readmit => {
            return Err(refusal(
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
    center.store.delete_pending(id).await.map_err(store_failed)?;
    Ok(admin::AddPeerResponse {
        center: id.to_string(),
        groups: fingerprint::groups(&id),
        words: words(&id),
        changed,
        name,
    })
}

/// Removes a peer: it is refused at the door, its connections are cut, and only a readmission
/// brings it back.
pub async fn remove(
    center: &Center,
    who: &str,
    text: &str,
) -> Result<admin::RemovePeerResponse, Status> {
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
    Ok(admin::RemovePeerResponse {
        center: id.to_string(),
        name,
        changed,
        cut,
        warning,
        introduced,
    })
}

/// Does not listen to a peer until it is resumed.
pub async fn suspend(
    center: &Center,
    who: &str,
    text: &str,
) -> Result<admin::PeerResponse, Status> {
    turn(center, who, text, PeerState::Suspended, "suspended").await
}

/// Listens to a suspended peer again.
pub async fn resume(center: &Center, who: &str, text: &str) -> Result<admin::PeerResponse, Status> {
    let answer = turn(center, who, text, PeerState::Active, "resumed").await?;
    let id = center_of(center, "peer", &answer.center).await?;
    let lifted = alarms::service::lift(center, who, &id).await?;
    Ok(admin::PeerResponse { changed: answer.changed || lifted, ..answer })
}

async fn turn(
    center: &Center,
    who: &str,
    text: &str,
    state: PeerState,
    what: &str,
) -> Result<admin::PeerResponse, Status> {
    let _turn = center.peerbook.turn().await;
    let Subject { peer, is_new } = find(center, text).await?;
    if peer.state == PeerState::Removed {
        let message = format!("{} was removed here; add it again with --readmit", peer.name);
        return Err(refusal(Reason::Removed, message));
    }
    let (id, name, introduced) = (peer.center, peer.name.clone(), peer.state == PeerState::Barred);
    let lets_in = state == PeerState::Active;
    // Of a center that never was a peer there is nothing but that it is kept out, or not.
    let changed = if introduced { is_new != lets_in } else { peer.state != state };
    let mut warning = String::new();
    if changed && introduced && lets_in {
        center.peerbook.forget(id, entry(who, what, &name)).await.map_err(store_failed)?;
        applied(center, what, &id).await?;
    } else if changed && lets_in {
        keep(center, who, what, Peer { state, ..peer }).await?;
    } else if changed {
        let state = if introduced { PeerState::Barred } else { state };
        let peer = Peer { state, ..peer };
        center.peerbook.shut_out(ShutOut { peer, entry: entry(who, what, &name) });
        warning = held_out(center, what, &id).await?;
    }
    Ok(admin::PeerResponse { center: id.to_string(), name, changed, warning, introduced })
}

/// Writes a peer down and makes it count.
async fn keep(center: &Center, who: &str, what: &str, peer: Peer) -> Result<(), Status> {
    let (id, entry) = (peer.center, entry(who, what, &peer.name));
    center.peerbook.keep(peer, entry).await.map_err(store_failed)?;
    applied(center, what, &id).await
}

/// Makes it count that a peer is shut out, and then writes it down. A warning when the disk does not
/// take that now.
async fn held_out(center: &Center, what: &str, id: &CenterId) -> Result<String, Status> {
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
async fn applied(center: &Center, what: &str, id: &CenterId) -> Result<(), Status> {
    center.peers_changed().await.map_err(|error| {
        tracing::error!(%error, "a change of peers was kept but did not take effect");
        refusal(Reason::Failed, format!("failed to {error}; seal and unseal the node"))
    })?;
    // Not the name: the log lies outside the encrypted database.
    tracing::info!(peer = %id.short(), "peer {what}");
    Ok(())
}

fn entry(who: &str, what: &str, name: &str) -> AuditEntry {
    let what = format!("peer {what}: {name}");
    AuditEntry { time: clock::now(), who: who.to_owned(), what }
}

/// The center of a certificate that our admin was given.
fn certified(center: &Center, der: &[u8]) -> Result<CenterId, Status> {
    if der.is_empty() || der.len() > limits::CERTIFICATE {
        let (size, most) = (der.len(), limits::CERTIFICATE);
        let message = format!("center_certificate: has {size} bytes, it must be 1..={most}");
        return Err(refusal(Reason::Invalid, message));
    }
    let certificate = CenterCertificate::parse(der)
        .map_err(|error| refusal(Reason::Invalid, format!("center_certificate: {error}")))?;
    if certificate.id() == center.own.center {
        let message = "center_certificate: is this center's own; give it to the other centers, \
                       and add theirs here";
        return Err(refusal(Reason::Invalid, message));
    }
    Ok(certificate.id())
}

/// What the peer is to be called.
fn name(given: &str, known: Option<&Peer>) -> Result<String, Status> {
    let given = given.trim();
    if let ("", Some(known)) = (given, known) {
        return Ok(known.name.clone());
    }
    let length = given.chars().count();
    if length == 0 || length > LONGEST_NAME {
        let message = format!("name: has {length} characters, it must be 1..={LONGEST_NAME}");
        return Err(refusal(Reason::Invalid, message));
    }
    if given.chars().any(char::is_control) {
        return Err(refusal(Reason::Invalid, "name: has a control character"));
    }
    Ok(given.to_owned())
}

/// Whether no other peer has the name. A removed one gives its name free.
fn is_free(name: &str, id: &CenterId, peers: &[Peer]) -> Result<(), Status> {
    let wanted = name.to_lowercase();
    let taken = peers.iter().any(|peer| {
        peer.center != *id && !peer.state.is_out() && peer.name.to_lowercase() == wanted
    });
    if taken {
        return Err(refusal(
            Reason::Exists,
            format!("name: another peer is called {name} already"),
        ));
    }
    Ok(())
}

/// Where a peer is dialed, each `host:port` and once.
fn addresses(given: &[String]) -> Result<Vec<String>, Status> {
    if given.len() > MOST_ADDRESSES {
        let count = given.len();
        let message =
            format!("addresses: has {count} entries, at most {MOST_ADDRESSES} are allowed");
        return Err(refusal(Reason::Invalid, message));
    }
    let mut addresses: Vec<String> = Vec::with_capacity(given.len());
    for text in given {
        let address = address::parse(text).map_err(|why| {
            let shown: String = text.chars().take(60).collect();
            refusal(Reason::Invalid, format!("addresses: {shown:?} {why}"))
        })?;
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// The twelve words of a center, to compare by voice.
pub fn words(id: &CenterId) -> Vec<String> {
    fingerprint::words(id).iter().map(|word| (*word).to_owned()).collect()
}

/// A center that somebody means.
struct Subject {
    /// As it is written down. A center that no admin has added is barred, or would be.
    peer: Peer,
    /// Whether nothing is written down of it.
    is_new: bool,
}

/// The center of a name, an identifier or the beginning of one: a peer, also a removed one, or one that
/// peers introduce, or that alarms are about.
async fn find(center: &Center, text: &str) -> Result<Subject, Status> {
    let peers = center.peerbook.all().await.map_err(store_failed)?;
    let mut known = named(&peers);
    known.extend(strangers(center));
    let id = pick(&known, text).map_err(|error| error.refusal("peer"))?;
    if id == center.own.center {
        return Err(refusal(Reason::Invalid, "peer: is this center; to close it: hospes seal"));
    }
    Ok(match peers.into_iter().find(|peer| peer.center == id) {
        Some(peer) => Subject { peer, is_new: false },
        None => Subject { peer: stranger(center, id), is_new: true },
    })
}

/// A center that our admin has never added.
fn stranger(center: &Center, id: CenterId) -> Peer {
    Peer {
        center: id,
        name: center.name_of(&id),
        state: PeerState::Barred,
        addresses: Vec::new(),
        added_at: clock::now(),
        last_contact: None,
        epoch: center.roster.epoch(&id),
        earlier: Earlier::Honored,
        note: String::new(),
    }
}

/// Peers with their names. A name may have been given to another one since one was removed: that one is
/// meant, and comes first.
fn named(peers: &[Peer]) -> Vec<(CenterId, String)> {
    let (out, rest): (Vec<&Peer>, Vec<&Peer>) = peers.iter().partition(|peer| peer.state.is_out());
    rest.into_iter().chain(out).map(|peer| (peer.center, peer.name.clone())).collect()
}

/// Centers that peers introduce or that alarms are about, with their names.
fn strangers(center: &Center) -> impl Iterator<Item = (CenterId, String)> {
    let introduced = center.roster.introduced().into_iter().map(|known| known.center);
    // Whom alarms keep out nobody introduces any more.
    let accused = center.alarms.all().into_iter().map(|heard| heard.alarm.accused);
    introduced.chain(accused).map(|id| (id, center.name_of(&id)))
}

/// The center of a name, an identifier or the beginning of one: ours, a peer, or one that a peer
/// introduced.
pub async fn center_of(center: &Center, field: &str, text: &str) -> Result<CenterId, Status> {
    let own = center.own.center;
    let mut known = vec![(own, center.name_of(&own))];
    known.extend(named(&center.peerbook.all().await.map_err(store_failed)?));
    known.extend(strangers(center));
    pick(&known, text).map_err(|error| error.refusal(field))
}

/// Why no center was picked.
#[derive(Debug, PartialEq, Eq)]
enum NotPicked {
    /// Names that have the text in them.
    Unknown(Vec<String>),
    Several(Vec<String>),
}

impl NotPicked {
    fn refusal(self, field: &str) -> Status {
        match self {
            NotPicked::Unknown(like) => {
                let meant = match like.as_slice() {
                    [] => String::new(),
                    names => format!("did you mean {}? ", names.join(" or ")),
                };
                let message = format!(
                    "{field}: no center has this name or identifier; {meant}see: hospes peer list"
                );
                refusal(Reason::NotFound, message)
            }
            NotPicked::Several(names) => refusal(
                Reason::Ambiguous,
                format!("{field}: several centers are meant by it: {}", names.join(", ")),
            ),
        }
    }
}

/// The center that a text means. A whole name comes before an identifier; the first of two that
/// share a name is meant.
fn pick(known: &[(CenterId, String)], text: &str) -> Result<CenterId, NotPicked> {
    let text = text.trim();
    let lower = text.to_lowercase();
    if let Some((id, _)) = known.iter().find(|(_, name)| name.to_lowercase() == lower) {
        return Ok(*id);
    }
    if let Ok(id) = fingerprint::parse_groups(text)
        && known.iter().any(|(other, _)| *other == id)
    {
        return Ok(id);
    }
    let is_prefix = lower.len() >= SHORTEST_PREFIX && lower.bytes().all(|b| b.is_ascii_hexdigit());
    let found: Vec<&(CenterId, String)> =
        known.iter().filter(|(id, _)| is_prefix && hex(&id.0).starts_with(&lower)).collect();
    match found.as_slice() {
        [] => {
            let like = known
                .iter()
                .filter(|(_, name)| !lower.is_empty() && name.to_lowercase().contains(&lower));
            let names = like.take(3).map(|(_, name)| word(name).into_owned()).collect();
            Err(NotPicked::Unknown(names))
        }
        [(id, _), rest @ ..] if rest.iter().all(|(other, _)| other == id) => Ok(*id),
        several => {
            let name = |(id, name): &&(CenterId, String)| format!("{name} ({})", id.short());
            Err(NotPicked::Several(several.iter().take(5).map(name).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Timestamp;
    use hospes_wire::status::reason;

    use super::*;

    #[test]
    fn addresses_are_bounded_and_kept_once() {
        let twice = ["192.0.2.7:1".to_owned(), "192.0.2.7:1".to_owned()];
        assert_eq!(addresses(&twice).unwrap(), ["192.0.2.7:1"]);
        let many = vec!["192.0.2.7:1".to_owned(); MOST_ADDRESSES + 1];
        assert_eq!(reason(&addresses(&many).unwrap_err()), Some(Reason::Invalid));
        let status = addresses(&["nowhere".to_owned()]).unwrap_err();
        assert_eq!(
            status.message(),
            "addresses: \"nowhere\" has no port; write it as 192.0.2.7:7443"
        );
    }

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
        assert_eq!(reason(&is_free("narva", &third, &peers).unwrap_err()), Some(Reason::Exists));
        assert!(is_free("Riga", &third, &peers).is_ok());
    }

    #[test]
    fn a_peer_that_is_known_keeps_its_name() {
        let known = peer(1, "Narva", PeerState::Active);
        assert_eq!(name("", Some(&known)).unwrap(), "Narva");
        assert_eq!(name(" Tartu ", Some(&known)).unwrap(), "Tartu");
        for wrong in ["", "a\nb", &"x".repeat(LONGEST_NAME + 1)] {
            assert!(name(wrong, None).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_center_is_called_by_name_groups_or_beginning() {
        let (a, b) = (CenterId([0xab; 32]), CenterId([0xac; 32]));
        let mut tail = [0xab; 32];
        tail[31] = 0;
        let twin = CenterId(tail);
        let known = [
            (a, "Narva".to_owned()),
            (b, "Riga".to_owned()),
            (twin, "abab".to_owned()),
            (b, "Riga".to_owned()),
        ];
        for (text, expected) in [
            ("narva", Ok(a)),
            (" Riga ", Ok(b)),
            ("acac", Ok(b)),
            (&b.to_string(), Ok(b)),
            (&fingerprint::groups(&a), Ok(a)),
            ("abab", Ok(twin)),
            ("aca", Err(NotPicked::Unknown(Vec::new()))),
            ("Paris", Err(NotPicked::Unknown(Vec::new()))),
            ("", Err(NotPicked::Unknown(Vec::new()))),
        ] {
            assert_eq!(pick(&known, text), expected, "{text:?}");
        }
        let Err(NotPicked::Several(names)) = pick(&known, "ababab") else { panic!() };
        assert_eq!(names, ["Narva (abababab)", "abab (abababab)"]);
    }
}
