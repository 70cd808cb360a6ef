//! Three honest centers in a row, of which the middle one adds others that are hostile.
//!
//! What one end saves reaches the other end only through the victim, so each exchange between them
//! shows that the victim still takes in, merges, and hands on.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::NodeId;
use hospes_stage::demo::{City, Fiction};
use hospes_stage::stage::{Center, text};
use hospes_stage::wait::until;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::hostile::{Conversation, Persona};
use crate::operator::{has, peer, put, quarantine};
use crate::theatre::{PATIENCE, Row};
use crate::vigil::Vigil;

/// Offers that are there to be searched.
const OFFERS: usize = 300;

/// See the module.
#[derive(Debug)]
pub struct Siege {
    /// The names that the victim has for hostile centers.
    hostile: Mutex<BTreeSet<String>>,
    node: NodeId,
    vigil: Vigil,
    row: Row,
}

impl Siege {
    /// Three centers that hold the same, and the middle one is watched.
    pub async fn begin() -> Result<Self> {
        let row = Row::strangers().await?;
        Fiction::of(City::Narva, OFFERS).enter(&row.narva).await?;
        row.introduce().await?;
        row.agree().await?;
        let node = text(&row.riga.json(["status"]).await?, "/node/node")?.parse()?;
        let vigil = Vigil::over(&row.riga).await?;
        Ok(Self { hostile: Mutex::default(), node, vigil, row })
    }

    /// A hostile center that the victim has added. It has the lower node, so that it is for it to
    /// open comparisons.
    pub async fn recruit(&self, name: &str) -> Result<Persona> {
        let hostile = Persona::below(self.node)?;
        hostile.join(self.victim(), name).await?;
        self.hostile.lock().await.insert(name.to_owned());
        Ok(hostile)
    }

    /// The center that is attacked.
    pub fn victim(&self) -> &Center {
        &self.row.riga
    }

    /// A link of a hostile center to the victim.
    pub async fn link(&self, hostile: &Persona) -> Result<Conversation> {
        Conversation::open(hostile, self.victim()).await
    }

    /// A record that is saved at one end arrives at the other one, through the victim.
    pub async fn bystanders_converge(&self) -> Result<()> {
        let id =
            put(&self.row.narva, "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await?;
        has(&self.row.tbilisi, &id).await.map(|_| ())
    }

    /// Waits until nothing waits at the victim to be merged in the background.
    pub async fn merged(&self) -> Result<()> {
        until("all is merged", PATIENCE, || async {
            let waits = |entry: &Value| entry.get("code") == Some(&Value::from("waiting"));
            Ok((!quarantine(self.victim()).await?.iter().any(waits)).then_some(()))
        })
        .await
    }

    /// What the victim has in quarantine, newest first, at most 500.
    pub async fn refused(&self) -> Result<Vec<Value>> {
        let refused = quarantine(self.victim()).await?;
        let hostile = self.hostile.lock().await;
        for entry in &refused {
            ensure!(hostile.contains(&text(entry, "/from_peer")?), "{entry}");
            ensure!(!text(entry, "/reason")?.is_empty(), "{entry}");
        }
        Ok(refused)
    }

    /// Waits until the victim says that a center is paused, and returns the reason.
    pub async fn paused(&self, name: &str) -> Result<String> {
        let found = until(&format!("{name} is paused"), PATIENCE, || async {
            let entry = peer(self.victim(), name).await?;
            Ok(entry.filter(|entry| entry.pointer("/paused/until").is_some()))
        })
        .await?;
        text(&found, "/paused/reason")
    }

    /// Waits until the victim says that a center is not paused any more.
    pub async fn resumed(&self, name: &str) -> Result<()> {
        until(&format!("{name} is not paused any more"), PATIENCE, || async {
            let entry = peer(self.victim(), name).await?;
            Ok(entry.filter(|entry| entry.get("paused") == Some(&Value::Null)).map(|_| ()))
        })
        .await
    }

    /// Waits until the victim says that a center's last link ended for a reason with these words.
    pub async fn cut_off(&self, name: &str, words: &str) -> Result<()> {
        let said = Mutex::new(String::new());
        let found = until(&format!("{name} was cut off: {words}"), PATIENCE, || async {
            let entry = peer(self.victim(), name).await?.unwrap_or_default();
            let mut said = said.lock().await;
            *said = text(&entry, "/last_error")?;
            Ok(said.contains(words).then_some(()))
        })
        .await;
        let log = std::fs::read_to_string(&self.victim().log).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(10).collect();
        found.with_context(|| format!("it says {:?}; its log: {last:#?}", said.into_inner()))
    }

    /// Checks that nobody took harm: honest centers exchange a record and come to hold the same,
    /// none of them has refused anything that the victim handed on, and whoever searched at the
    /// victim's desk noticed nothing.
    pub async fn lifted(self) -> Result<()> {
        self.bystanders_converge().await?;
        let Self { vigil, row, .. } = self;
        row.agree().await?;
        for center in [&row.narva, &row.tbilisi] {
            for entry in quarantine(center).await? {
                ensure!(entry.get("held") == Some(&Value::Bool(true)), "handed on: {entry}");
            }
        }
        vigil.ended_well().await
    }
}
