//! Who is accepted because others have added it: what a hostile peer can invent, and what becomes of it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{CenterId, Kind, Timestamp};
use hospes_identity::certificate::Earlier;
use hospes_stage::stage::{Center, introduce, text};
use hospes_stage::wait::until;
use hospes_sync::alarm::{Alarm, Cause};
use hospes_sync::frame::{
    Frame, INTRODUCTIONS, INTRODUCTIONS_PER_FRAME, Introduction, VOUCHES_PER_FRAME,
};
use hospes_sync::vouch::{MOST_INTRODUCED, MOST_NAMED, Vouch};
use hospes_tests::bombs::offer;
use hospes_tests::hostile::{Conversation, Persona};
use hospes_tests::operator::{has, peer, put, quarantine};
use hospes_tests::theatre::{PATIENCE, Row, connected, reopen, stage};
use serde_json::{Value, json};

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=1"];

/// A hostile center with those that it has made up.
struct Crowd {
    leader: Persona,
    puppets: Vec<Persona>,
}

impl Crowd {
    fn of(leader: Persona, count: usize) -> Result<Self> {
        let puppets = (0..count).map(|_| Persona::invent()).collect::<Result<_>>()?;
        Ok(Self { leader, puppets })
    }

    /// The leader names some, and each of these names others.
    fn vouches(&self) -> Vec<Vouch> {
        let names: Vec<CenterId> = self.puppets.iter().map(Persona::center).collect();
        let mut groups = names.chunks(MOST_NAMED);
        let mut said = Vec::new();
        for by in std::iter::once(&self.leader).chain(&self.puppets) {
            let Some(named) = groups.next() else { break };
            said.push(by.vouch(1, named.to_vec()));
        }
        said
    }

    /// Says all of it on a link.
    async fn say(&self, link: &mut Conversation) -> Result<()> {
        let people = std::iter::once(&self.leader).chain(&self.puppets);
        let all: Vec<Introduction> = people.map(Persona::introduction).collect();
        let mut parts: Vec<_> = all.chunks(INTRODUCTIONS_PER_FRAME).collect();
        let last = parts.pop().context("nobody")?;
        for part in parts {
            link.say(Frame::RosterPart(part.to_vec())).await?;
        }
        link.say(Frame::Roster(last.to_vec())).await?;
        for vouches in self.vouches().chunks(VOUCHES_PER_FRAME) {
            link.say(Frame::Vouches(vouches.to_vec())).await?;
        }
        Ok(())
    }
}

/// How many centers a node accepts that are no peers.
async fn introduced(center: &Center) -> Result<BTreeSet<String>> {
    let list = center.json(["peer", "list"]).await?;
    let peers = list.pointer("/peers").and_then(Value::as_array).context("no peers")?;
    let introduced = peers.iter().filter(|peer| peer.get("state") == Some(&json!("introduced")));
    introduced.map(|peer| text(peer, "/center")).collect()
}

async fn introduces(
    center: &Center,
    what: &str,
    holds: impl Fn(&BTreeSet<String>) -> bool,
) -> Result<()> {
    until(&format!("{} accepts {what}", center.name), PATIENCE, || async {
        Ok(holds(&introduced(center).await?).then_some(()))
    })
    .await
}

/// Until when a node keeps a center out by alarms; nothing when it does not.
async fn kept_out(center: &Center, id: &str) -> Result<Option<Value>> {
    let alarms = center.json(["alarm"]).await?;
    let about = alarms.as_array().into_iter().flatten().find(|alarm| {
        alarm.get("accused").and_then(Value::as_str) == Some(id)
            && alarm.get("kept_out") == Some(&json!(true))
    });
    Ok(about.map(|alarm| alarm.get("until").cloned().unwrap_or_default()))
}

#[tokio::test]
async fn a_peer_that_makes_up_a_thousand_centers_costs_nobody_else_a_place_or_a_link() -> Result<()>
{
    let mut row = Row::connected().await?;
    let (narva, tbilisi) = (row.narva.id().await?, row.tbilisi.id().await?);
    let hostile = Persona::invent()?;
    hostile.join(&row.riga, "Hydra").await?;
    let crowd = Crowd::of(hostile, 1_100)?;
    let mut link = Conversation::open(&crowd.leader, &row.riga).await?;
    crowd.say(&mut link).await?;
    introduces(&row.riga, "much of what Hydra made up", |all| all.len() > 300).await?;
    introduces(&row.tbilisi, "some of it", |all| all.len() > 300).await?;
    ensure!(introduced(&row.riga).await?.len() <= MOST_INTRODUCED);
    // Nobody honest refuses what an honest one says, and a center that is new is heard at once.
    let helsinki = row.stage.center("Helsinki").await?;
    introduce(&helsinki, &row.narva).await?;
    let offer = put(&helsinki, "offer", OFFER).await?;
    for center in [&row.narva, &row.riga, &row.tbilisi] {
        has(center, &offer).await?;
    }
    connected(&row.riga, 3).await?;
    let warnings = row.riga.json(["status"]).await?.get("warnings").map(Value::to_string);
    let warnings = warnings.unwrap_or_default();
    ensure!(warnings.contains("Hydra leads to more centers"), "{warnings}");
    ensure!(!warnings.contains("Narva leads") && !warnings.contains("Tbilisi leads"), "{warnings}");

    // It is removed in one place, and what it made up is gone everywhere, for ever.
    row.riga.run(["peer", "remove", "Hydra"]).await?;
    let helsinki = helsinki.id().await?;
    let only = |wanted: &[&String]| {
        let wanted: BTreeSet<String> = wanted.iter().map(|id| (*id).clone()).collect();
        move |all: &BTreeSet<String>| *all == wanted
    };
    introduces(&row.riga, "Helsinki only", only(&[&helsinki])).await?;
    introduces(&row.tbilisi, "Narva and Helsinki", only(&[&narva, &helsinki])).await?;
    introduces(&row.narva, "Tbilisi only", only(&[&tbilisi])).await?;
    for center in [&mut row.riga, &mut row.tbilisi] {
        center.kill().await?;
        reopen(center).await?;
    }
    connected(&row.riga, 2).await?;
    let offer = put(&row.narva, "offer", OFFER).await?;
    has(&row.tbilisi, &offer).await?;
    introduces(&row.riga, "Helsinki only", only(&[&helsinki])).await?;
    introduces(&row.tbilisi, "Narva and Helsinki", only(&[&narva, &helsinki])).await
}

#[tokio::test]
async fn puppets_have_one_voice_in_alarms_however_many_they_are() -> Result<()> {
    let row = Row::connected().await?;
    let narva = row.narva.id().await?;
    let hostile = Persona::invent()?;
    hostile.join(&row.riga, "Hydra").await?;
    let crowd = Crowd::of(hostile, 12)?;
    let mut link = Conversation::open(&crowd.leader, &row.riga).await?;
    crowd.say(&mut link).await?;
    introduces(&row.riga, "what Hydra made up", |all| all.len() == 12).await?;
    introduces(&row.tbilisi, "Hydra, Narva and that", |all| all.len() == 14).await?;
    let accused: CenterId = narva.parse()?;
    let alarms: Vec<Alarm> = std::iter::once(&crowd.leader)
        .chain(&crowd.puppets)
        .map(|by| {
            let author = by.author();
            let (issuer, node, epoch) = (author.center, author.node, author.epoch);
            let made_at = Timestamp(1);
            let mut alarm = Alarm {
                accused,
                cause: Cause::Seized,
                made_at,
                issuer,
                node,
                epoch,
                signature: [0; 64],
            };
            alarm.signature = by.sign(&alarm.digest());
            alarm
        })
        .collect();
    link.say(Frame::Alarms(alarms)).await?;
    for center in [&row.riga, &row.tbilisi] {
        let until_when = until(&format!("{} has heard it", center.name), PATIENCE, || async {
            kept_out(center, &narva).await
        })
        .await?;
        ensure!(until_when.is_i64(), "{} keeps Narva out without end", center.name);
    }
    // Without the one behind whom all of them stand none of them has a voice.
    row.riga.run(["peer", "remove", "Hydra"]).await?;
    until("Riga lets Narva in again", PATIENCE, || async {
        Ok(kept_out(&row.riga, &narva).await?.is_none().then_some(()))
    })
    .await?;
    introduces(&row.tbilisi, "Narva only", |all| all.len() <= 1).await
}

#[tokio::test]
async fn what_a_center_is_made_to_say_ends_the_link_of_whoever_passes_it_on() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let cut_off = |name: &'static str, words: &'static str| {
        let center = &center;
        async move {
            until(&format!("{name} is cut off"), PATIENCE, || async {
                let entry = peer(center, name).await?.unwrap_or_default();
                Ok(text(&entry, "/last_error")?.contains(words).then_some(()))
            })
            .await
        }
    };
    let (forger, other) = (Persona::invent()?, Persona::invent()?);
    forger.join(&center, "Forger").await?;
    let mut link = Conversation::open(&forger, &center).await?;
    let mut forged = forger.vouch(1, vec![other.center()]);
    forged.signature[5] ^= 1;
    link.say(Frame::Vouches(vec![forged])).await?;
    cut_off("Forger", "what a center has said of its peers").await?;

    // Nor may anybody say it out of its form: too many, out of order, itself.
    for (name, centers) in [
        ("Crowder", (0..65).map(|number| CenterId([number; 32])).collect::<Vec<_>>()),
        ("Turner", vec![CenterId([2; 32]), CenterId([1; 32])]),
    ] {
        let persona = Persona::invent()?;
        persona.join(&center, name).await?;
        let mut link = Conversation::open(&persona, &center).await?;
        let vouch = Vouch { centers, ..persona.vouch(1, Vec::new()) };
        link.say(Frame::Vouches(vec![vouch])).await?;
        cut_off(name, "centers").await?;
    }
    // A roster has an end.
    let endless = Persona::invent()?;
    endless.join(&center, "Endless").await?;
    let mut link = Conversation::open(&endless, &center).await?;
    let nobody = Introduction {
        center_certificate: vec![],
        node_certificate: vec![],
        ..endless.introduction()
    };
    for _ in 0..=INTRODUCTIONS / INTRODUCTIONS_PER_FRAME {
        link.say(Frame::RosterPart(vec![nobody.clone(); INTRODUCTIONS_PER_FRAME])).await?;
    }
    cut_off("Endless", "a roster without end").await?;
    // Old statements, and those of centers that nobody leads to, are passed over.
    let honest = Persona::invent()?;
    honest.join(&center, "Honest").await?;
    let mut link = Conversation::open(&honest, &center).await?;
    link.say(Frame::Roster(vec![honest.introduction(), other.introduction()])).await?;
    let now = honest.vouch(7, vec![other.center()]);
    let lonely = Persona::invent()?.vouch(1, vec![honest.center()]);
    link.say(Frame::Vouches(vec![lonely, now])).await?;
    let id = other.center().to_string();
    introduces(&center, "the other", |all| all.contains(&id)).await?;
    link.say(Frame::Vouches(vec![honest.vouch(6, Vec::new())])).await?;
    let mut record = honest.record(Kind::Offer);
    link.send(&[record.change(&offer(1))?]).await?;
    ensure!(introduced(&center).await?.contains(&id), "an old statement counts");
    link.say(Frame::Vouches(vec![honest.vouch(8, Vec::new())])).await?;
    introduces(&center, "nobody", BTreeSet::is_empty).await
}

#[tokio::test]
async fn of_a_center_with_very_many_keys_the_newest_ones_are_heard() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let first = Persona::invent()?;
    first.join(&center, "Renewed").await?;
    for epoch in 1..=20 {
        let node = first.rotated(epoch, Earlier::Honored)?;
        let mut link = Conversation::open(&node, &center).await?;
        let mut record = node.record(Kind::Offer);
        link.send(&[record.change(&offer(1))?]).await?;
        has(&center, &record.key.id.to_string()).await.with_context(|| format!("epoch {epoch}"))?;
    }
    ensure!(quarantine(&center).await?.is_empty());
    Ok(())
}
