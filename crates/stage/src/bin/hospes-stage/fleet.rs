//! The three centers of the demonstration: Narva and Tbilisi know Riga, and not each other.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use hospes_domain::{Fields, Kind, Value};
use hospes_stage::account;
use hospes_stage::api::Api;
use hospes_stage::demo::{City, Fiction};
use hospes_stage::stage::{Center, Stage, introduce};
use hospes_stage::wait::until;
use indicatif::{ProgressBar, ProgressStyle};

use crate::say;

/// How long the centers may take to hold the same.
pub const AGREEMENT: Duration = Duration::from_secs(180);

/// The three centers.
#[derive(Debug)]
pub struct Fleet {
    /// Steward of the statement of conscientious objection.
    pub narva: Center,
    /// In the middle: the only one that knows both others.
    pub riga: Center,
    /// Co-maintainer of that statement.
    pub tbilisi: Center,
}

impl Fleet {
    /// Starts three nodes and makes each the node of a center.
    pub async fn new(stage: &Stage) -> Result<Self> {
        say("making three centers: a recovery phrase, keys and an encrypted database each");
        let (narva, riga, tbilisi) =
            tokio::try_join!(stage.center("Narva"), stage.center("Riga"), stage.center("Tbilisi"))?;
        Ok(Self { narva, riga, tbilisi })
    }

    /// The centers from west to east, as the network connects them.
    pub fn centers(&self) -> [&Center; 3] {
        [&self.narva, &self.riga, &self.tbilisi]
    }

    /// Gives each center its own fictional records.
    pub async fn fill(&self, offers: usize) -> Result<()> {
        let tbilisi = self.tbilisi.id().await?;
        for (center, city) in self.centers().into_iter().zip(City::ALL) {
            say(&format!("{} enters its records", center.name));
            let mut fiction = Fiction::of(city, offers);
            if city == City::Narva {
                fiction = fiction.maintained_by(&tbilisi);
            }
            fiction.enter(center).await?;
        }
        Ok(())
    }

    /// Introduces Riga to both others, and says how long it took until all held the same.
    pub async fn connect(&self) -> Result<Duration> {
        introduce(&self.narva, &self.riga).await?;
        introduce(&self.riga, &self.tbilisi).await?;
        let start = Instant::now();
        self.agree("replicating").await?;
        Ok(start.elapsed())
    }

    /// Waits until all three nodes hold the same records in the same state.
    pub async fn agree(&self, doing: &'static str) -> Result<()> {
        let mut total = 0;
        for center in self.centers() {
            total += own(center).await?;
        }
        let bar = bar(doing, total * 3);
        let agreed = until("the three nodes hold the same", AGREEMENT, || async {
            let mut held = 0;
            let mut catalogues = Vec::new();
            for center in self.centers() {
                let status = center.status().await?;
                held += Kind::ALL.iter().map(|kind| status.shown(kind.name())).sum::<u64>();
                catalogues.push(status.catalogue()?);
            }
            bar.set_position(held.min(total * 3));
            catalogues.dedup();
            Ok((catalogues.len() == 1 && held >= total * 3).then_some(()))
        });
        let agreed = agreed.await;
        bar.finish_and_clear();
        agreed
    }

    /// Prints what was replicated, a picture, and commands to try.
    pub async fn describe(&self, took: Duration) -> Result<()> {
        let mut rows = Vec::new();
        for center in self.centers() {
            let status = center.status().await?;
            if status.quarantined() > 0 {
                bail!("{} refused {} changes", center.name, status.quarantined());
            }
            rows.push((center, status));
        }
        println!("\n{:<12}{:>10}{:>10}{:>10}", "records", "Narva", "Riga", "Tbilisi");
        let (mut own, mut all) = (0, 0);
        for kind in Kind::ALL {
            let counts = rows.iter().map(|(_, status)| status.shown(kind.name()));
            let cells: String = counts.map(|count| format!("{count:>10}")).collect();
            println!("{:<12}{cells}", kind.plural());
            all += rows.iter().map(|(_, status)| status.shown(kind.name())).sum::<u64>();
            own += rows.iter().map(|(_, status)| status.ours(kind.name())).sum::<u64>();
        }
        println!(
            "\n{} records travelled, searchable where they arrived, in {:.1} s.",
            all - own,
            took.as_secs_f64()
        );
        println!(
            "An offer saved at Narva was found at Tbilisi after {}.",
            millis(self.edit().await?)
        );
        println!("\n{}", self.picture());
        self.let_in().await?;
        println!("Or on the command line:");
        for (about, center, words) in self.suggestions() {
            println!("\n  # {about}\n  {}", center.shown(words));
        }
        Ok(())
    }

    /// Saves an offer at Narva; the time until Tbilisi has it.
    async fn edit(&self) -> Result<Duration> {
        let (narva, tbilisi) = tokio::try_join!(
            Api::of(&self.narva, "demo-watch"),
            Api::of(&self.tbilisi, "demo-watch")
        )?;
        let fields = Fields::from([
            ("country".to_owned(), Value::from("EE")),
            ("near_town".to_owned(), Value::from(590_031)),
            ("place_type".to_owned(), Value::from("sofa")),
            ("sleeps".to_owned(), Value::from(1)),
            ("note".to_owned(), Value::from("A sofa by the stove. This offer is fictional.")),
            ("note_language".to_owned(), Value::from("en")),
        ]);
        // The first call connects; it is not what is measured.
        tbilisi.get("00000000-0000-4000-8000-000000000000").await?;
        let saved = narva.put("offer", &fields).await?;
        let start = tokio::time::Instant::now();
        let deadline = Duration::from_secs(30);
        while tbilisi.get(&saved.id).await?.is_none() {
            if start.elapsed() > deadline {
                bail!("an offer of Narva did not reach Tbilisi within {} s", deadline.as_secs());
            }
        }
        Ok(start.elapsed())
    }

    /// Makes a person who can come in to the pages of Narva, and says how.
    async fn let_in(&self) -> Result<()> {
        let anna = account::ready(&self.narva, "anna", "coordinator").await?;
        println!("Try the pages of Narva, in a browser:\n");
        println!("  http://{}", self.narva.pages);
        println!("  name          {} (a coordinator who is made up, as everybody here)", anna.name);
        println!("  passphrase    {}", anna.passphrase);
        println!("  second factor, each of these once:");
        for codes in anna.recovery.chunks(4) {
            println!("                {}", codes.join("  "));
        }
        println!();
        Ok(())
    }

    fn picture(&self) -> String {
        let [narva, riga, tbilisi] = self.centers().map(|center| center.peer.to_string());
        format!(
            "  +-----------------+             +-----------------+             +-----------------+\n  \
               | Narva           |  mutual TLS |           Riga  |  mutual TLS |        Tbilisi  |\n  \
               | {narva:<15} |<----------->| {riga:>15} |<----------->| {tbilisi:>15} |\n  \
               +-----------------+             +-----------------+             +-----------------+\n  \
               Narva and Tbilisi were never introduced: Riga carries what both have signed.\n"
        )
    }

    /// Commands to paste, each with what it shows.
    pub fn suggestions(&self) -> Vec<(&'static str, &Center, &'static [&'static str])> {
        let [narva, riga, tbilisi] = self.centers();
        vec![
            ("how Riga and its two peers are doing", riga, &["status"]),
            (
                "a bed tonight near Narva, asked in Tbilisi",
                tbilisi,
                &["search", "offers", "--near", "Нарва", "--night", "tonight", "--adults", "1"],
            ),
            (
                "who knows military law and speaks Russian",
                narva,
                &["search", "services", "--languages", "ru", "--facet", "competences=military_law"],
            ),
            (
                "the statement of objection, by a Russian word",
                tbilisi,
                &["search", "templates", "отказ"],
            ),
            ("what is new", tbilisi, &["search", "bulletins"]),
            ("who is a peer of Tbilisi, and who was introduced", tbilisi, &["peer", "list"]),
        ]
    }

    /// Stops all nodes.
    pub async fn stop(&mut self) -> Result<()> {
        for center in [&mut self.narva, &mut self.riga, &mut self.tbilisi] {
            center.stop().await?;
        }
        Ok(())
    }
}

async fn own(center: &Center) -> Result<u64> {
    let status = center.status().await?;
    Ok(Kind::ALL.iter().map(|kind| status.ours(kind.name())).sum())
}

/// A bar for those who watch; nothing in a log.
fn bar(doing: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total).with_message(doing);
    let style = ProgressStyle::with_template("* {msg} [{bar:40}] {pos}/{len} {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}
