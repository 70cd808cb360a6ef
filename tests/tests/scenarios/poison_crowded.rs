//! One record that is hard to merge, within every bound: nobody waits for it but those who want it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hospes_domain::Kind;
use hospes_stage::stage::{Center, text};
use hospes_stage::wait::until;
use hospes_sync::change;
use hospes_sync::{SignedChange, gate};
use hospes_tests::bombs::{chunk_of, offer};
use hospes_tests::chunk::{Change, action, column, counted, unsigned};
use hospes_tests::desk::Desk;
use hospes_tests::hostile::{HostileRecord, Persona};
use hospes_tests::operator::{attempt, has, quarantine, show};
use hospes_tests::siege::Siege;
use hospes_wire::local::PutRequest;
use hospes_wire::value::fields_to_wire;

/// How many write to one record at the same time.
const WRITERS: usize = 19_000;
/// Changes in a frame.
const FRAME: usize = 1_000;
/// How long a save or an acknowledgement may take while others keep the machine busy too: far beyond what it
/// takes, and far below the minutes for which everybody waited before.
const STOPPED: Duration = Duration::from_secs(5);
/// How long it may take until the record is told of.
const TOLD: Duration = Duration::from_secs(30);

/// A change of one writer on the ground of the record's first one: it sets how many sleep there.
fn change_of(
    draft: &mut HostileRecord<'_>,
    ground: &SignedChange,
    start: u64,
) -> Result<SignedChange> {
    draft.author.writer = rand::random();
    let actor = change::actor(&draft.key, 1, &draft.author);
    let change = Change { deps: vec![ground.hash().0], start, ..Change::first(actor) }
        .with(column::KEY_TEXT, [vec![0x7f], counted(b"sleeps")].concat())
        .with(column::INSERT, unsigned(1))
        .with(column::ACTION, [vec![0x7f], unsigned(action::SET)].concat())
        // An integer of one byte.
        .with(column::VALUE_SHAPE, [vec![0x7f], unsigned(0x14)].concat())
        .with(column::VALUE, vec![3])
        .with(column::BEFORE_COUNT, [vec![0x7f], unsigned(0)].concat());
    let signed = draft.signed(change.chunk());
    gate::read(&signed).context("a change of a writer is refused at the gate")?;
    Ok(signed)
}

/// The longest that saves at the victim's desk take, one after the other, until somebody says stop.
async fn slowest_save(
    desk: Desk,
    stop: tokio::sync::watch::Receiver<bool>,
) -> Result<Vec<Duration>> {
    let fields = offer(2).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut took = Vec::new();
    while !*stop.borrow() {
        let put = PutRequest {
            kind: "offer".to_owned(),
            fields: fields_to_wire(&fields),
            ..PutRequest::default()
        };
        let began = Instant::now();
        desk.directory.clone().put(desk.request(put)).await.context("a save at the desk")?;
        took.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    took.sort_unstable();
    Ok(took)
}

/// Whether the victim says that a record is held back, by whom and why.
async fn held_back(victim: &Center, id: &str, author: &str) -> Result<Option<String>> {
    for entry in quarantine(victim).await? {
        let is_it = text(&entry, "/record").is_ok_and(|record| record == id);
        if is_it && text(&entry, "/author_name")?.contains(author) {
            return Ok(Some(text(&entry, "/reason")?).filter(|reason| reason.contains("held back")));
        }
    }
    Ok(None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_record_of_very_many_writers_stops_neither_saves_nor_honest_peers() -> Result<()> {
    let siege = Siege::begin().await?;
    let victim = siege.victim();
    let hostile = siege.recruit("Crowd").await?;
    let mut draft = hostile.record(Kind::Offer);
    let ground = draft.change(&offer(2))?;
    let start = gate::read(&ground)?.max_op + 1;
    let crowd = (0..WRITERS).map(|_| change_of(&mut draft, &ground, start));
    let crowd: Vec<SignedChange> = crowd.collect::<Result<_>>()?;
    ensure!(chunk_of(&ground)?.len() > 100);
    let honest = siege.recruit("Honest").await?;
    let mut friend = siege.link(&honest).await?;

    let desk = Desk::of(victim, "saves", "coordinator").await?;
    let stop = tokio::sync::watch::Sender::new(false);
    let saves = tokio::spawn(slowest_save(desk, stop.subscribe()));
    let mut link = siege.link(&hostile).await?;
    link.post(&[ground]).await?;
    for frame in crowd.chunks(FRAME) {
        link.post(frame).await?;
    }
    let posted = Instant::now();
    let id = draft.key.id.to_string();
    let mut slowest = Duration::ZERO;
    let mut reason = None;
    // While it is looked at, and some time after.
    while posted.elapsed() < TOLD && (reason.is_none() || posted.elapsed() < TOLD / 2) {
        let mut record = honest.record(Kind::Offer);
        let began = Instant::now();
        friend.send(&[record.change(&offer(1))?]).await?;
        slowest = slowest.max(began.elapsed());
        if reason.is_none() {
            reason = held_back(victim, &id, "Crowd").await?;
            if let Some(reason) = &reason {
                println!("after {:.1?}: {reason}", posted.elapsed());
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stop.send_replace(true);
    let saves = saves.await??;
    let at = |part: usize| saves.get(saves.len() * part / 100).copied().unwrap_or_default();
    let longest = saves.last().copied().unwrap_or_default();
    println!(
        "{} saves: half in {:.1?}, 99 of 100 in {:.1?}, the longest {longest:.1?}; the longest \
         acknowledgement {slowest:.1?}",
        saves.len(),
        at(50),
        at(99)
    );
    ensure!(reason.is_some(), "nothing was told of the record in {TOLD:?}");
    ensure!(longest < STOPPED, "a save took {longest:?}");
    ensure!(slowest < STOPPED, "an acknowledgement took {slowest:?}");
    siege.lifted().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_waits_to_be_merged_is_merged_after_a_restart_too() -> Result<()> {
    // A record of few enough writers that it can be merged, and of too many for a batch.
    const FEW: usize = 3_000;
    let stage = hospes_tests::theatre::stage()?;
    let mut victim = stage.center("Narva").await?;
    let persona = Persona::invent()?;
    persona.join(&victim, "Crowd").await?;
    let mut draft = persona.record(Kind::Offer);
    let ground = draft.change(&offer(2))?;
    let start = gate::read(&ground)?.max_op + 1;
    let crowd = (0..FEW).map(|_| change_of(&mut draft, &ground, start));
    let crowd: Vec<SignedChange> = crowd.collect::<Result<_>>()?;
    let changes = [vec![ground], crowd].concat();
    let mut link = hospes_tests::hostile::Conversation::open(&persona, &victim).await?;
    link.send(&changes[..1]).await?;
    let id = draft.key.id.to_string();
    let sleeps = |value: i64| {
        let (victim, id) = (&victim, id.as_str());
        async move {
            let shown = show(victim, id).await?.unwrap_or_default();
            Ok((shown.pointer("/fields/sleeps") == Some(&value.into())).then_some(()))
        }
    };
    until("the first change is shown", TOLD, || sleeps(2)).await?;
    for frame in changes[1..].chunks(FRAME) {
        link.send(frame).await?;
    }
    victim.kill().await?;
    victim.start().await?;
    victim.unseal().await?;
    let sleeps = |value: i64| {
        let (victim, id) = (&victim, id.as_str());
        async move {
            let shown = show(victim, id).await?.unwrap_or_default();
            let nothing = quarantine(victim).await?.is_empty();
            Ok((nothing && shown.pointer("/fields/sleeps") == Some(&value.into())).then_some(()))
        }
    };
    until("all of it is shown", 2 * TOLD, || sleeps(3)).await?;
    has(&victim, &id).await?;
    attempt(&victim, &["status"]).await.map(|_| ())
}
