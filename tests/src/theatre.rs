//! Centers that are set up before a scenario begins.

use std::time::Duration;

use anyhow::{Context as _, Result};
use hospes_stage::programs::Programs;
use hospes_stage::stage::{Center, Stage, introduce};
use hospes_stage::wait::until;

/// How long nodes may take until they hold the same. What a test waits for normally comes within
/// a second; this bound only catches what never comes.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// An empty stage.
pub fn stage() -> Result<Stage> {
    Stage::new(Programs::find()?)
}

/// Three centers in a row: Narva and Tbilisi know Riga, and not each other.
#[derive(Debug)]
pub struct Row {
    /// One end.
    pub narva: Center,
    /// The one in the middle.
    pub riga: Center,
    /// The other end.
    pub tbilisi: Center,
    /// The folder of all three; last, so that the nodes end before it goes.
    pub stage: Stage,
}

impl Row {
    /// Three centers that do not know each other yet.
    pub async fn strangers() -> Result<Self> {
        let stage = stage()?;
        let (narva, riga, tbilisi) =
            tokio::try_join!(stage.center("Narva"), stage.center("Riga"), stage.center("Tbilisi"))?;
        Ok(Self { narva, riga, tbilisi, stage })
    }

    /// Three centers in a row that hold the same.
    pub async fn connected() -> Result<Self> {
        let row = Self::strangers().await?;
        row.introduce().await?;
        row.agree().await?;
        Ok(row)
    }

    /// Makes neighbors peers.
    pub async fn introduce(&self) -> Result<()> {
        introduce(&self.narva, &self.riga).await?;
        introduce(&self.riga, &self.tbilisi).await
    }

    /// All three.
    pub fn centers(&self) -> [&Center; 3] {
        [&self.narva, &self.riga, &self.tbilisi]
    }

    /// Waits until all three hold the same, and returns the digest of it.
    pub async fn agree(&self) -> Result<String> {
        agree(&self.centers()).await
    }
}

/// Waits until these nodes hold the same, and returns the digest of it.
pub async fn agree(centers: &[&Center]) -> Result<String> {
    let names: Vec<&str> = centers.iter().map(|center| center.name.as_str()).collect();
    let what = format!("{} hold the same", names.join(", "));
    until(&what, PATIENCE, || async {
        let mut digests = Vec::new();
        for center in centers {
            digests.push(center.status().await?.catalogue()?);
        }
        digests.dedup();
        Ok((digests.len() == 1).then(|| digests.remove(0)))
    })
    .await
}

/// Waits until a node says that it is connected with so many peers.
pub async fn connected(center: &Center, peers: usize) -> Result<()> {
    let what = format!("{} is connected with {peers} peers", center.name);
    until(&what, PATIENCE, || async {
        Ok((center.status().await?.connected() == peers).then_some(()))
    })
    .await
}

/// Starts a node again and opens it.
pub async fn reopen(center: &mut Center) -> Result<()> {
    center.start().await?;
    center.unseal().await
}

/// Checks that a node answers, is open, and has refused exactly so many changes. On a busy machine some
/// are held back first, and merged in the background.
pub async fn well(center: &Center, refused: u64) -> Result<()> {
    let what = format!("{} has refused {refused} changes", center.name);
    until(&what, PATIENCE, || async {
        let status = center.status().await?;
        status.catalogue().with_context(|| format!("{} is not open", center.name))?;
        Ok((status.quarantined() == refused).then_some(()))
    })
    .await
}
