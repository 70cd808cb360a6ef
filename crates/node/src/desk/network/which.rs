//! Which center somebody means.

use hospes_desk::Reason;
use hospes_domain::CenterId;
use hospes_domain::id::hex;
use hospes_identity::fingerprint;
use hospes_store::{Earlier, Peer, PeerState};
use hospes_wire::quote::word;

use crate::center::Center;
use crate::desk::refused::{Refused, invalid, refused};
use crate::machine::clock;

/// Fewest characters by which an identifier is called.
const SHORTEST_PREFIX: usize = 4;

/// A center that somebody means.
pub(crate) struct Subject {
    /// As it is written down. A center that no admin has added is barred, or would be.
    pub(crate) peer: Peer,
    /// Whether nothing is written down of it.
    pub(crate) is_new: bool,
}

/// The center of a name, an identifier or the beginning of one: a peer, also a removed one, or one that
/// peers introduce, or that alarms are about.
pub(crate) async fn find(center: &Center, text: &str) -> Result<Subject, Refused> {
    let peers = center.peerbook.all().await?;
    let mut known = named(&peers);
    known.extend(strangers(center));
    let id = pick(&known, text).map_err(|error| error.refused("peer"))?;
    if id == center.own.center {
        return Err(invalid("peer: is this center; to close it: hospes seal"));
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
pub(crate) async fn center_of(
    center: &Center,
    field: &str,
    text: &str,
) -> Result<CenterId, Refused> {
    let own = center.own.center;
    let mut known = vec![(own, center.name_of(&own))];
    known.extend(named(&center.peerbook.all().await?));
    known.extend(strangers(center));
    pick(&known, text).map_err(|error| error.refused(field))
}

/// Why no center was picked.
#[derive(Debug, PartialEq, Eq)]
enum NotPicked {
    /// Names that have the text in them.
    Unknown(Vec<String>),
    Several(Vec<String>),
}

impl NotPicked {
    fn refused(self, field: &str) -> Refused {
        match self {
            NotPicked::Unknown(like) => {
                let meant = match like.as_slice() {
                    [] => String::new(),
                    names => format!("did you mean {}? ", names.join(" or ")),
                };
                let message = format!(
                    "{field}: no center has this name or identifier; {meant}see: hospes peer list"
                );
                refused(Reason::NotFound, message)
            }
            NotPicked::Several(names) => refused(
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

    use super::*;

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
