//! What a center does that we trust and that does not keep the rules.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{Kind, NodeId, Value};
use hospes_identity::certificate::Earlier;
use hospes_stage::stage::{Center, introduce, text};
use hospes_stage::wait::until;
use hospes_sync::admission::MAX_CHUNK;
use hospes_sync::{Body, ChangeHash, SignedChange};
use hospes_tests::chunk::reframed;
use hospes_tests::hostile::{Conversation, HostileRecord, Persona, SEQ};
use hospes_tests::operator::{has, put, quarantine, shows};
use hospes_tests::theatre::{PATIENCE, agree, stage};
use serde_json::json;

const NAME: &str = "Mallory";

fn offer(sleeps: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("country", Value::from("EE")),
        ("place_type", Value::from("sofa")),
        ("sleeps", Value::from(sleeps)),
        ("status", Value::from("active")),
        ("vetting", Value::from("none")),
        ("confirmed_at", Value::from("2026-11-20T10:00:00Z")),
        ("confirmed_by", Value::from("steward_guess")),
        ("expires_on", Value::from("2027-11-20")),
    ]
}

fn chunk_of(change: &SignedChange) -> Result<&[u8]> {
    match &change.body {
        Body::Chunk(chunk) => Ok(chunk),
        Body::Tombstone => anyhow::bail!("a tombstone"),
    }
}

/// Every sort of change that is refused, with the code under which it must be listed.
struct Crimes<'p> {
    by: &'p Persona,
    expected: Vec<(&'static str, SignedChange)>,
}

impl<'p> Crimes<'p> {
    fn add(&mut self, code: &'static str, change: SignedChange) {
        self.expected.push((code, change));
    }

    fn draft(&self) -> HostileRecord<'p> {
        self.by.record(Kind::Offer)
    }

    /// Bytes that were altered after they were signed.
    fn altered(&mut self) -> Result<()> {
        let mut draft = self.draft();
        let mut chunk = draft.chunk(&offer(1))?;
        let middle = chunk.len() / 2;
        chunk[middle] ^= 1;
        self.add("malformed", draft.signed(chunk));

        let mut altered = self.draft().change(&offer(2))?;
        altered.signature[20] ^= 1;
        self.add("bad_signature", altered);

        // The right frame around altered bytes does not help either.
        let mut draft = self.draft();
        let mut altered = draft.change(&offer(3))?;
        let sofa_to_sofb = reframed(chunk_of(&altered)?, |content| {
            let at = content.windows(4).position(|four| four == b"sofa");
            content[at.unwrap_or(0) + 3] = b'b';
        })?;
        altered.body = Body::Chunk(sofa_to_sofb);
        self.add("bad_signature", altered);
        Ok(())
    }

    /// In the name of others.
    fn borrowed(&mut self, other: &Center, id: &str, node: &str) -> Result<()> {
        let (center, node) = (id.parse()?, node.parse()?);
        let mut draft = self.draft();
        (draft.key.steward, draft.author.center, draft.author.node) = (center, center, node);
        let change = draft.change(&offer(1))?;
        self.add("bad_signature", change);

        let mut draft = self.draft();
        draft.key.steward = center;
        let change = draft.change(&offer(2))?;
        self.add("not_steward", change);

        let mut draft = self.draft();
        draft.author.node = NodeId(rand::random());
        let change = draft.change(&offer(3))?;
        self.add("unknown_node", change);

        let chunk = self.draft().chunk_by([7; 16], &offer(4))?;
        let change = self.draft().signed(chunk);
        self.add("foreign_actor", change);
        println!("{} is the one whose name is borrowed", other.name);
        Ok(())
    }

    /// Out of the form that a change has.
    fn misshapen(&mut self) -> Result<()> {
        let mut draft = self.draft();
        let large = reframed(&draft.chunk(&offer(1))?, |content| content.resize(MAX_CHUNK + 1, 0))?;
        self.add("too_large", draft.signed(large));

        let mut bundle = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 3, 40];
        bundle.resize(50, 0x55);
        let bundle = self.draft().signed(reframed(&bundle, |_| {})?);
        self.add("malformed", bundle);

        // Its own software would not write the name; so it is put in afterwards.
        let mut fields = offer(2);
        fields.push(("host_nxme", Value::from("somebody")));
        let mut draft = self.draft();
        let forbidden = reframed(&draft.chunk(&fields)?, |content| {
            let at = content.windows(9).position(|nine| nine == b"host_nxme");
            content[at.unwrap_or(0) + 6] = b'a';
        })?;
        self.add("forbidden_field", draft.signed(forbidden));

        for (code, at) in [("sequence_gap", SEQ), ("wrong_start", SEQ + 1)] {
            let mut draft = self.draft();
            let gap = reframed(&draft.chunk(&offer(3))?, |content| content[at] = 5)?;
            self.add(code, draft.signed(gap));
        }
        Ok(())
    }
}

/// Code by change, as a node lists them.
async fn listed(center: &Center) -> Result<BTreeMap<String, String>> {
    quarantine(center)
        .await?
        .iter()
        .map(|entry| Ok((text(entry, "/change")?, text(entry, "/code")?)))
        .collect()
}

/// Waits until a change is listed, and checks its code.
async fn lists(center: &Center, change: ChangeHash, code: &str) -> Result<()> {
    let what = format!("{} lists a change as {code}", center.name);
    let found = until(&what, PATIENCE, || async {
        Ok(listed(center).await?.get(&change.to_string()).cloned())
    })
    .await?;
    ensure!(found == code, "{} lists {change} as {found}, not as {code}", center.name);
    Ok(())
}

struct Scene {
    narva: Center,
    riga: Center,
    persona: Persona,
    _stage: hospes_stage::stage::Stage,
}

/// Narva and Riga are peers, and Riga has added a center that is up to no good.
async fn scene() -> Result<Scene> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    introduce(&narva, &riga).await?;
    agree(&[&narva, &riga]).await?;
    let persona = Persona::invent()?;
    persona.join(&riga, NAME).await?;
    Ok(Scene { narva, riga, persona, _stage: stage })
}

#[tokio::test]
async fn each_refused_change_is_listed_with_its_reason_and_stops_nothing() -> Result<()> {
    let Scene { narva, riga, persona, _stage } = scene().await?;
    let status = narva.json(["status"]).await?;
    let (id, node) = (narva.id().await?, text(&status, "/node/node")?);
    let mut link = Conversation::open(&persona, &riga).await?;

    let mut good = persona.record(Kind::Offer);
    link.send(&[good.change(&offer(1))?]).await?;
    let mut crimes = Crimes { by: &persona, expected: Vec::new() };
    crimes.altered()?;
    crimes.borrowed(&narva, &id, &node)?;
    crimes.misshapen()?;
    let stranger = Persona::invent()?;
    crimes.add("unknown_center", stranger.record(Kind::Offer).change(&offer(1))?);
    let mut foreign = crimes.draft();
    foreign.key.steward = stranger.center();
    crimes.add("unknown_center", foreign.change(&offer(2))?);

    // Each in a frame of its own, and again all of them together with a good one among them.
    for (_, change) in &crimes.expected {
        link.send(std::slice::from_ref(change)).await?;
    }
    let mut batch: Vec<SignedChange> =
        crimes.expected.iter().map(|(_, change)| change.clone()).collect();
    let mut among = persona.record(Kind::Offer);
    batch.insert(batch.len() / 2, among.change(&offer(2))?);
    link.send(&batch).await?;
    link.send(&[good.change(&[("sleeps", Value::from(7))])?]).await?;

    let listed = listed(&riga).await?;
    for (code, change) in &crimes.expected {
        let hash = change.hash();
        let found = listed.get(&hash.to_string());
        ensure!(
            found.map(String::as_str) == Some(*code),
            "{hash} is listed as {found:?}, not {code}"
        );
    }
    ensure!(listed.len() == crimes.expected.len(), "{} are listed", listed.len());
    for entry in quarantine(&riga).await? {
        ensure!(text(&entry, "/from_peer")? == NAME, "{entry}");
        ensure!(entry.get("held") == Some(&json!(false)), "{entry}");
        ensure!(!text(&entry, "/reason")?.is_empty(), "{entry}");
    }
    // Good changes flow on, to those too who never heard of the center; the others do not.
    shows(&narva, &good.key.id.to_string(), "/fields/sleeps", &json!(7)).await?;
    let record = has(&narva, &among.key.id.to_string()).await?;
    ensure!(text(&record, "/introduced_by")? == "Riga", "{record}");
    let own = put(&riga, "offer", &["country=LV", "place_type=sofa", "sleeps=1"]).await?;
    has(&narva, &own).await?;
    agree(&[&narva, &riga]).await?;
    let refused = quarantine(&narva).await?;
    ensure!(refused.is_empty(), "Riga forwarded what it refused: {refused:?}");
    Ok(())
}

#[tokio::test]
async fn a_held_change_that_cannot_be_shown_is_left_out_on_every_node_alike() -> Result<()> {
    let Scene { narva, riga, persona, _stage } = scene().await?;
    let mut link = Conversation::open(&persona, &riga).await?;

    // Well at first, then out of its bounds.
    let mut bounds = persona.record(Kind::Offer);
    let first = bounds.change(&offer(3))?;
    let second = bounds.change(&[("sleeps", Value::from(70_000))])?;
    link.send(&[first, second.clone()]).await?;
    // Out of its bounds from the start: nothing of it can be shown.
    let mut never = persona.record(Kind::Offer);
    let hopeless = never.change(&offer(70_000))?;
    link.send(std::slice::from_ref(&hopeless)).await?;
    // Two different changes with one number.
    let mut twice = persona.record(Kind::Offer);
    let ground = twice.change(&offer(4))?;
    let mut other = twice.fork()?;
    let one = twice.change(&[("sleeps", Value::from(5))])?;
    let two = other.change(&[("sleeps", Value::from(6))])?;
    link.send(&[ground, one.clone(), two.clone()]).await?;

    let loser = one.hash().max(two.hash());
    let kept = if loser == one.hash() { 6 } else { 5 };
    for center in [&riga, &narva] {
        lists(center, second.hash(), "out_of_bounds").await?;
        lists(center, loser, "equivocation").await?;
        let listed = listed(center).await?;
        let code = listed.get(&hopeless.hash().to_string());
        let code = code.with_context(|| format!("{} lists no hopeless change", center.name))?;
        ensure!(["out_of_bounds", "not_applicable"].contains(&code.as_str()), "{code}");
        for entry in quarantine(center).await? {
            ensure!(entry.get("held") == Some(&json!(true)), "{entry}");
        }
        let record = shows(center, &bounds.key.id.to_string(), "/fields/sleeps", &json!(3)).await?;
        ensure!(record.get("left_out") == Some(&json!(1)), "{record}");
        shows(center, &twice.key.id.to_string(), "/fields/sleeps", &json!(kept)).await?;
    }
    agree(&[&narva, &riga]).await.map(|_| ())
}

#[tokio::test]
async fn what_a_seized_node_signs_after_its_epoch_was_frozen_is_refused() -> Result<()> {
    let Scene { narva, riga, persona, _stage } = scene().await?;
    let mut before = persona.record(Kind::Offer);
    let mut link = Conversation::open(&persona, &riga).await?;
    link.send(&[before.change(&offer(1))?]).await?;
    drop(link);
    has(&narva, &before.key.id.to_string()).await?;

    let renewed = persona.rotated(2, Earlier::Frozen)?;
    let mut link = Conversation::open(&renewed, &riga).await?;
    let seized = persona.record(Kind::Offer).change(&offer(2))?;
    let edited = before.change(&[("sleeps", Value::from(9))])?;
    let mut good = renewed.record(Kind::Offer);
    link.send(&[seized.clone(), good.change(&offer(3))?, edited.clone()]).await?;

    lists(&riga, seized.hash(), "old_epoch").await?;
    lists(&riga, edited.hash(), "old_epoch").await?;
    has(&narva, &good.key.id.to_string()).await?;
    // What was held before the freeze stays.
    for center in [&riga, &narva] {
        shows(center, &before.key.id.to_string(), "/fields/sleeps", &json!(1)).await?;
    }
    // The seized node itself does not come in any more.
    ensure!(Conversation::open(&persona, &riga).await.is_err(), "an ended epoch is let in");
    agree(&[&narva, &riga]).await.map(|_| ())
}
