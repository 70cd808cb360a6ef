//! The network as people see it, and what an admin should look at.

use hospes_desk::network::{
    Accusation, Line, Named, Neighbor, Picture, Quarantined, Standing, Troubles,
};
use hospes_sync::alarm::Cause;

use super::alarms;
use super::statuses::{self, PeerStatus};
use crate::center::Center;
use crate::desk::house::{overview, quarantine};
use crate::desk::refused::Refused;
use crate::vault::Vault;

/// Our own center and all others.
pub(crate) async fn centers(center: &Center) -> Result<Vec<Named>, Refused> {
    let own = center.own.center;
    let others = statuses::all(center).await?.into_iter();
    let mut all: Vec<Named> = others
        .map(|peer| Named { center: peer.center, name: peer.name, ours: false })
        .chain([Named { center: own, name: center.name_of(&own), ours: true }])
        .collect();
    all.sort_by(|a, b| (&a.name, a.center).cmp(&(&b.name, b.center)));
    Ok(all)
}

/// The other centers, and what was said about them.
pub(crate) async fn picture(center: &Center) -> Result<Picture, Refused> {
    let counted = center.census.take(&center.store, center.own.center).await?;
    let neighbor = |peer: PeerStatus| Neighbor {
        records: counted.stewards.get(&peer.center).copied().unwrap_or_default(),
        standing: standing(&peer),
        line: line(&peer),
        kept_out: peer.alarm.then_some(peer.alarm_until),
        waits_until: peer.paused.map(|(_, until)| until),
        clock_skew_ms: peer.link.clock_skew_ms,
        center: peer.center,
        name: peer.name,
        last_contact: peer.last_contact,
        through: peer.introduced_by,
    };
    let accusation = |heard: alarms::Listed| Accusation {
        accused: center.name_of(&heard.alarm.accused),
        about_us: heard.alarm.accused == center.own.center,
        by: center.name_of(&heard.alarm.issuer),
        cause: heard.alarm.cause.word(),
        heard_at: heard.heard_at,
        counts: heard.counts,
    };
    let mut said = alarms::list(center);
    said.retain(|heard| heard.alarm.cause != Cause::TakenBack);
    Ok(Picture {
        neighbors: statuses::all(center).await?.into_iter().map(neighbor).collect(),
        accusations: said.into_iter().map(accusation).collect(),
    })
}

fn standing(peer: &PeerStatus) -> Standing {
    match peer.state {
        "active" => Standing::Peer,
        "suspended" => Standing::Suspended,
        _ => Standing::Introduced,
    }
}

fn line(peer: &PeerStatus) -> Option<Line> {
    if standing(peer) == Standing::Introduced {
        return None;
    }
    Some(match &peer.link {
        link if !link.connected => Line::Down,
        link if link.behind > 0 => Line::Behind(link.behind),
        link if link.in_sync => Line::InSync,
        _ => Line::Comparing,
    })
}

/// Warnings and the quarantine of an open node.
pub(crate) async fn troubles(
    vault: &Vault,
    center: &Center,
    most: usize,
) -> Result<Troubles, Refused> {
    let warnings = overview::overview(vault).await?.warnings;
    let listed = quarantine::list(center, most, "").await?;
    let rows = listed.rows.into_iter().map(|row| Quarantined {
        at: row.time,
        author: center.name_of(&row.author),
        from: row.from.map(|peer| center.name_of(&peer)).unwrap_or_default(),
        kind: row.key.kind,
        record: row.key.id.to_string(),
        code: row.code,
        sentence: row.sentence,
    });
    Ok(Troubles { warnings, quarantine: rows.collect(), quarantined: listed.total })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::CenterId;

    use super::*;

    fn peer(state: &'static str) -> PeerStatus {
        PeerStatus::new(CenterId([1; 32]), "Riga".to_owned(), state, 1)
    }

    #[test]
    fn a_line_is_in_sync_only_when_nothing_is_lacking() {
        assert_eq!(line(&peer("introduced")), None);
        let mut riga = peer("active");
        assert_eq!(line(&riga), Some(Line::Down));
        riga.link.connected = true;
        assert_eq!(line(&riga), Some(Line::Comparing));
        riga.link.in_sync = true;
        assert_eq!(line(&riga), Some(Line::InSync));
        riga.link.behind = 14;
        assert_eq!(line(&riga), Some(Line::Behind(14)));
    }
}
