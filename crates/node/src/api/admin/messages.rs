//! What the desk says to an admin, as messages.

use hospes_desk::people::{Invitation, Person};
use hospes_domain::{CenterId, Timestamp};
use hospes_identity::fingerprint;
use hospes_store::{Quarantined, Token};
use hospes_wire::admin;

use crate::api::messages::or_zero;
use crate::center::Center;
use crate::desk::network::alarms::Listed;
use crate::desk::network::knocks::TurnedAway;
use crate::desk::network::peers::Decided;
use crate::vault::restoring::{Restored, Verified};

/// The twelve words of a center, to compare by voice.
pub(super) fn words(id: &CenterId) -> Vec<String> {
    fingerprint::words(id).iter().map(|word| (*word).to_owned()).collect()
}

impl From<Decided> for admin::AddPeerResponse {
    fn from(decided: Decided) -> Self {
        Self {
            center: decided.center.to_string(),
            groups: fingerprint::groups(&decided.center),
            words: words(&decided.center),
            changed: decided.changed,
            name: decided.name,
        }
    }
}

impl From<Decided> for admin::PeerResponse {
    fn from(decided: Decided) -> Self {
        let Decided { center, name, changed, warning, introduced, .. } = decided;
        Self { center: center.to_string(), name, changed, warning, introduced }
    }
}

impl From<Decided> for admin::RemovePeerResponse {
    fn from(decided: Decided) -> Self {
        let Decided { center, name, changed, cut, warning, introduced } = decided;
        Self { center: center.to_string(), name, changed, cut, warning, introduced }
    }
}

impl From<TurnedAway> for admin::PendingPeer {
    fn from(turned_away: TurnedAway) -> Self {
        let TurnedAway { knock, why, known_name } = turned_away;
        Self {
            center: knock.center.to_string(),
            groups: fingerprint::groups(&knock.center),
            words: words(&knock.center),
            first_seen: knock.first_seen.0,
            last_seen: knock.last_seen.0,
            times: u32::try_from(knock.count).unwrap_or(u32::MAX),
            why,
            old_epoch: knock.old_epoch.unwrap_or_default(),
            known_name,
        }
    }
}

/// A token without what opens the door.
pub(super) fn token(token: &Token) -> admin::Token {
    admin::Token {
        name: token.name.clone(),
        role: token.role.clone(),
        created: token.created.0,
        last_used: token.last_used.map(day).unwrap_or_default(),
    }
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// A person as the admin sees them.
pub(super) fn person(person: Person) -> admin::Person {
    admin::Person {
        role: person.role.name().to_owned(),
        added: person.added.0,
        last_login: person.last_login.map(day).unwrap_or_default(),
        ready: person.ready,
        invited_until: or_zero(person.invited_until),
        recovery_left: u32::try_from(person.recovery_left).unwrap_or(u32::MAX),
        name: person.name,
    }
}

/// A one-time code, on its only way out.
pub(super) fn invitation(Invitation { code, until }: Invitation) -> admin::InvitationResponse {
    admin::InvitationResponse { code, until: until.0 }
}

impl From<Verified> for admin::VerifyBackupResponse {
    fn from(verified: Verified) -> Self {
        let Verified { records, shown, erased, changes, peers } = verified;
        Self { records, shown, erased, changes, peers }
    }
}

impl From<Restored> for admin::RestoreResponse {
    fn from(restored: Restored) -> Self {
        let peers = restored.peers.into_iter();
        Self {
            node_public_key: restored.node_public_key,
            center_certificate: restored.center_certificate,
            epoch: restored.epoch,
            frozen: restored.frozen,
            peers: peers
                .map(|(center, name)| admin::RestoredPeer { center: center.to_string(), name })
                .collect(),
        }
    }
}

/// An alarm, with the names that we have for centers.
pub(super) fn alarm(center: &Center, listed: Listed) -> admin::Alarm {
    let said = listed.alarm;
    admin::Alarm {
        accused: said.accused.to_string(),
        accused_name: center.name_of(&said.accused),
        issuer: said.issuer.to_string(),
        issuer_name: center.name_of(&said.issuer),
        voice_name: center.name_of(&listed.voice),
        cause: said.cause.word().to_owned(),
        heard_at: listed.heard_at.0,
        counts: listed.counts,
        kept_out: listed.kept_out,
        until: or_zero(listed.until),
    }
}

/// A change that was refused, with the names that we have for centers.
pub(super) fn quarantined(center: &Center, row: Quarantined) -> admin::Quarantined {
    admin::Quarantined {
        change: row.hash.to_string(),
        record: row.key.id.to_string(),
        kind: row.key.kind.name().to_owned(),
        author_center: row.author.to_string(),
        author_name: center.name_of(&row.author),
        from_peer: row.from.map(|peer| center.name_of(&peer)).unwrap_or_default(),
        code: row.code,
        reason: row.sentence,
        received: row.time.0,
        held: row.held,
        bytes: row.bytes.map(|bytes| bytes.len() as u64).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_token_tells_the_day_of_its_last_use_and_no_more() {
        let kept = Token {
            name: "desk".to_owned(),
            role: "counselor".to_owned(),
            digest: [0; 32],
            created: Timestamp(5),
            last_used: Some("2026-11-23T00:00:00Z".parse().unwrap()),
        };
        assert_eq!(token(&kept).last_used, "2026-11-23");
        assert_eq!(token(&Token { last_used: None, ..kept }).last_used, "");
    }
}
