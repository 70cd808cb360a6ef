//! Two nodes with one counted link between them. Narva has the offers; Riga dials.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hospes_stage::api::Api;
use hospes_stage::stage::{Center, Stage};
use hospes_wire::local::SearchRequest;

use crate::journal::Journal;
use crate::link::Link;
use crate::memory::{Memory, Watcher};
use crate::progress::{Progress, Step};
use crate::socket::api_of;
use crate::stamp::Stamp;
use crate::stock::{LAST_WORD, Stock};
use crate::trace::Carried;

/// How long a replication may take.
const PATIENCE: Duration = Duration::from_secs(900);
/// After this long without a byte all that belongs together has been said.
pub const QUIET: Duration = Duration::from_millis(300);

/// What one replication cost.
#[derive(Debug)]
pub struct Replication {
    /// From the opened connection until a search at the receiver found the last offer.
    pub time: Duration,
    /// What went over the link.
    pub carried: Carried,
    /// Records of all kinds that travelled.
    pub records: u64,
    /// The most memory of the node that sent.
    pub sender: Memory,
    /// The most memory of the node that received.
    pub receiver: Memory,
}

/// See the module. The stage is last, so that the nodes end before their folder goes.
#[derive(Debug)]
pub struct Pair {
    /// The steward of all offers.
    pub narva: Center,
    /// Its peer.
    pub riga: Center,
    /// The only way between the two; broken at first.
    pub link: Link,
    /// Where both run.
    pub stage: Stage,
}

impl Pair {
    /// Narva with so many offers, and Riga with none. They know each other and have never met.
    pub async fn fresh(stock: &Stock, offers: u64, progress: &Progress) -> Result<Self> {
        let folder = stock.filled(offers, progress).await?;
        let stage = stock.stage()?;
        let narva = opened(stage.copied("Narva", &folder)?).await?;
        narva.export().await?;
        let riga = stage.center("Riga").await?;
        let link = Link::to(narva.peer).await?;
        // Without an address in its file a center is waited for, not dialed.
        let silent = riga.card.with_extension("silent.pem");
        let silent = silent.to_string_lossy();
        riga.run(["center", "export", &*silent]).await?;
        narva.run(["peer", "add", &*silent, "--yes"]).await?;
        Ok(Self { narva, riga, link, stage })
    }

    /// Tells Riga where Narva is now; it dials at once.
    pub async fn dial(&self) -> Result<()> {
        let (card, address) = (self.narva.card.to_string_lossy(), self.link.address.to_string());
        self.riga.run(["peer", "add", &*card, "--yes", "--address", &address]).await?;
        Ok(())
    }

    /// Mends the link, lets Riga dial, and waits until both nodes say that they hold the same.
    pub async fn meet(&self) -> Result<()> {
        let mut journals = [Journal::end_of(&self.narva)?, Journal::end_of(&self.riga)?];
        self.link.mend();
        self.dial().await?;
        for journal in &mut journals {
            journal.says("in sync", PATIENCE).await?;
        }
        self.link.quiet(QUIET).await
    }

    /// Lets Riga dial for the first time, and waits until a search there finds the last offer.
    pub async fn replicate(&self, offers: u64, step: &Step) -> Result<Replication> {
        let (narva, riga) = (Watcher::of(&self.narva)?, Watcher::of(&self.riga)?);
        let api = api_of(&self.riga).await?;
        // The first call connects; that is not what is measured.
        ensure!(!found(&api).await?, "Riga has the offers before it was connected");
        let mut journal = Journal::end_of(&self.riga)?;
        self.link.mend();
        self.dial().await?;
        let start = Instant::now();
        let done = loop {
            ensure!(start.elapsed() < PATIENCE, "Riga did not get all offers");
            let look = Duration::from_millis(200);
            // Said, too, before the two rosters agree: only what is found counts.
            if journal.says("in sync", look).await.is_ok() && found(&api).await? {
                break Stamp::now();
            }
            step.tell(&format!("{:.1} MB", self.link.bytes() as f64 / 1_000_000.0));
        };
        let time = done - self.link.trace()?.opened;
        self.link.quiet(QUIET).await?;
        let carried = self.link.trace()?.carried().context("nothing went over the link")?;
        let (sender, receiver) = (narva.end(&self.narva).await?, riga.end(&self.riga).await?);
        let records = self.agreed(offers).await?;
        Ok(Replication { time, carried, records, sender, receiver })
    }

    /// Checks that both nodes hold the same and nothing was refused; records of Narva's.
    pub async fn agreed(&self, offers: u64) -> Result<u64> {
        let (narva, riga) = (self.narva.status().await?, self.riga.status().await?);
        ensure!(narva.catalogue()? == riga.catalogue()?, "the two nodes do not hold the same");
        let shown = riga.shown("offer");
        ensure!(shown == offers, "Riga shows {shown} offers, not {offers}");
        let refused = narva.quarantined() + riga.quarantined();
        ensure!(refused == 0, "{refused} changes were refused");
        let kinds = ["offer", "service", "template", "bulletin", "center"];
        Ok(kinds.iter().map(|kind| narva.ours(kind)).sum())
    }

    /// Stops both nodes.
    pub async fn stop(&mut self) -> Result<()> {
        self.link.cut();
        self.narva.stop().await?;
        self.riga.stop().await
    }

    /// Where both nodes' data is.
    pub fn folder(&self) -> &Path {
        self.stage.folder()
    }
}

/// Starts a node with a center in it and opens it.
pub async fn opened(mut center: Center) -> Result<Center> {
    center.start().await?;
    center.unseal().await?;
    Ok(center)
}

/// Whether a search finds the offer that was entered last.
async fn found(api: &Api) -> Result<bool> {
    let query = SearchRequest {
        kind: "offer".to_owned(),
        text: LAST_WORD.to_owned(),
        ..SearchRequest::default()
    };
    Ok(!api.search(query).await?.hits.is_empty())
}
