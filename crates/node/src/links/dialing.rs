//! Whom we dial: a task for each peer that has an address.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hospes_domain::CenterId;
use hospes_identity::tls::{self, Credentials};
use hospes_identity::trust::Trust;
use tokio_util::sync::CancellationToken;

use super::dial::{Dialer, Met};
use super::network::Network;
use crate::trust::door::Door;

/// The addresses of a peer, and what ends the dialing.
type Dialed = (Vec<String>, CancellationToken);

/// See the module.
pub(crate) struct Dialing {
    credentials: Arc<Credentials>,
    trust: Arc<Trust>,
    door: Arc<Door>,
    network: Network,
    stop: CancellationToken,
    dialed: Mutex<BTreeMap<CenterId, Dialed>>,
}

impl Dialing {
    /// Nobody is dialed yet; all ends when the token is cancelled.
    pub(crate) fn new(
        credentials: Arc<Credentials>,
        trust: Arc<Trust>,
        door: Arc<Door>,
        network: Network,
        stop: CancellationToken,
    ) -> Self {
        Self { credentials, trust, door, network, stop, dialed: Mutex::default() }
    }

    /// Starts and ends dialing so that it fits the addresses of our peers.
    pub(crate) fn fit(&self, wanted: BTreeMap<CenterId, Vec<String>>) -> Result<(), rustls::Error> {
        let mut dialed = self.dialed();
        dialed.retain(|center, (addresses, stop)| {
            let stays = wanted.get(center) == Some(addresses);
            if !stays {
                stop.cancel();
            }
            stays
        });
        for (center, addresses) in wanted {
            if dialed.contains_key(&center) {
                continue;
            }
            let stop = self.stop.child_token();
            let met = Arc::new(Met::new(self.door.clone()));
            let config =
                tls::client_config(&self.credentials, self.trust.clone(), met.clone(), center)?;
            let network = self.network.clone();
            let dialer = Dialer { center, addresses: addresses.clone(), config, met, network };
            let _detached = tokio::spawn(dialer.run(stop.clone()));
            dialed.insert(center, (addresses, stop));
        }
        Ok(())
    }

    fn dialed(&self) -> MutexGuard<'_, BTreeMap<CenterId, Dialed>> {
        self.dialed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
