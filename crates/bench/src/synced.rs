//! Two nodes that hold the same, kept for the next run.

use std::path::PathBuf;

use anyhow::Result;

use crate::link::Link;
use crate::pair::{Pair, opened};
use crate::progress::Progress;
use crate::stock::{self, Stock};

/// The data folders of two nodes that hold the same.
#[derive(Debug, Clone)]
pub struct Synced {
    /// Of the steward of all offers.
    pub narva: PathBuf,
    /// Of its peer.
    pub riga: PathBuf,
}

impl Stock {
    /// Keeps the folders of two nodes that hold the same, as a replication has left them.
    pub async fn keep(&self, offers: u64, pair: &mut Pair) -> Result<()> {
        pair.stop().await?;
        let Synced { narva, riga } = self.places(offers);
        stock::keep(&pair.narva.data, &narva)?;
        stock::keep(&pair.riga.data, &riga)?;
        Ok(())
    }

    /// The data folders of two stopped nodes that hold the same offers.
    pub async fn synced(&self, offers: u64, progress: &Progress) -> Result<Synced> {
        let synced = self.places(offers);
        if synced.narva.exists() && synced.riga.exists() {
            return Ok(synced);
        }
        let mut pair = Pair::fresh(self, offers, progress).await?;
        let step = progress.step(&format!("replicating {offers} offers"));
        pair.replicate(offers, &step).await?;
        self.keep(offers, &mut pair).await?;
        step.done("");
        Ok(synced)
    }

    fn places(&self, offers: u64) -> Synced {
        let place = |name| self.place(name, offers);
        Synced { narva: place("synced-narva"), riga: place("synced-riga") }
    }
}

impl Pair {
    /// Two nodes that hold the same offers, opened again. The link is broken.
    pub async fn synced(stock: &Stock, offers: u64, progress: &Progress) -> Result<Self> {
        let folders = stock.synced(offers, progress).await?;
        let stage = stock.stage()?;
        let narva = opened(stage.copied("Narva", &folders.narva)?).await?;
        narva.export().await?;
        let riga = opened(stage.copied("Riga", &folders.riga)?).await?;
        let link = Link::to(narva.peer).await?;
        Ok(Self { narva, riga, link, stage })
    }
}
