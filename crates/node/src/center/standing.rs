//! What our admin and alarms have decided about centers, made to count.

use hospes_domain::CenterId;
use hospes_identity::Doorkeeper as _;
use hospes_identity::certificate::Earlier;
use hospes_identity::trust::TrustSet;
use hospes_store::{Store, StoreError};
use hospes_sync::frame::Introduction;

use super::{Center, OpenError};
use crate::trust::alarmbook::AlarmBook;
use crate::trust::peerbook::{PeerBook, Standings};
use crate::trust::roster::Roster;
use crate::trust::vouching;

impl Center {
    /// The admin has added, suspended, resumed or removed peers: what the peer book says counts
    /// from when this returns, on open connections too.
    pub async fn peers_changed(&self) -> Result<(), OpenError> {
        let mut peers = standings(&self.peerbook, &self.alarms).await?;
        for (id, epoch, earlier) in raised(&mut peers.trust, &self.roster) {
            self.door.epoch_seen(id, epoch, earlier);
        }
        self.trust.replace(peers.trust);
        self.network.connections().cut_untrusted();
        self.scribe.write(self.roster.set_peers(peers.active, peers.barred));
        let vouch = vouching::renewed(&self.own, &self.credentials.key, &self.roster, peers.added);
        if let Some(vouch) = vouch {
            self.scribe.write(self.roster.say(vouch));
        }
        self.names.learn().await?;
        self.dialing.fit(peers.addresses)?;
        self.network.roster_changed();
        Ok(())
    }
}

/// Brings the highest epochs that others have shown into a trust set; those that were not known. A center
/// that is added or taken back may have replaced its key long ago.
pub(super) fn raised(trust: &mut TrustSet, roster: &Roster) -> Vec<(CenterId, u32, Earlier)> {
    let centers: Vec<CenterId> = trust.centers().collect();
    let newest = centers.into_iter().filter_map(|id| {
        let (epoch, earlier) = roster.newest(&id)?;
        Some((id, epoch, earlier))
    });
    newest.filter(|(id, epoch, earlier)| trust.observe(id, *epoch, *earlier)).collect()
}

/// The peers as they count: as the admin has decided, without those whom alarms keep out.
pub(super) async fn standings(
    peerbook: &PeerBook,
    alarms: &AlarmBook,
) -> Result<Standings, StoreError> {
    let mut standings = peerbook.standings().await?;
    alarms.set_barred(&standings.barred);
    standings.keep_out(alarms.kept_out().into_keys());
    Ok(standings)
}

/// The certificates that were seen.
pub(super) async fn remembered(store: &Store) -> Result<Vec<Introduction>, StoreError> {
    let certificates = store.certificates().await?;
    Ok(certificates
        .into_iter()
        .map(|known| Introduction {
            center: known.center,
            node: known.node,
            epoch: known.epoch,
            center_certificate: known.center_certificate,
            node_certificate: known.node_certificate,
        })
        .collect())
}
