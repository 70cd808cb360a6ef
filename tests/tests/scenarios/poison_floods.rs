//! Frames without end or beyond all bounds, from centers that the victim trusts.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{CircleId, Kind, RecordId};
use hospes_sync::SignedChange;
use hospes_sync::frame::{Frame, Item, Part, Range, Ranges, Summary};
use hospes_tests::bombs::offer;
use hospes_tests::chunk::nested_maps;
use hospes_tests::hostile::Conversation;
use hospes_tests::operator::has;
use hospes_tests::siege::Siege;
use hospes_wire::peer::{self, frame::Body};

/// Changes in a frame of a flood.
const FRAME: usize = 1_000;

/// A frame of changes whose batch is this one, and which says that it has this size.
fn packed(batch: &[u8], size: usize) -> Result<Body> {
    let batch = zstd::bulk::compress(batch, 3)?.into();
    Ok(Body::Changes(peer::Changes { number: 1, batch, batch_size: u32::try_from(size)? }))
}

/// Says one frame on a link of its own, and waits until the link is ended for it.
async fn one_frame(siege: &Siege, name: &str, body: Body, words: &str) -> Result<()> {
    let hostile = siege.recruit(name).await?;
    let mut link = siege.link(&hostile).await?;
    link.say_wire(body).await?;
    link.ended().await.with_context(|| name.to_owned())?;
    siege.cut_off(name, words).await
}

/// Small frames that become large when they are read.
async fn frames_that_expand(siege: &Siege) -> Result<()> {
    const MIB: usize = 1 << 20;
    let zeros = packed(&vec![0; 64 * MIB], MIB)?;
    one_frame(siege, "Bomb64", zeros, "cannot be unpacked").await?;
    let honest_zeros = packed(&vec![0; MIB], MIB)?;
    one_frame(siege, "Bomb1", honest_zeros, "cannot be unpacked").await?;
    let much = packed(&[0; 100], 4 << 30 >> 1)?;
    one_frame(siege, "BombSize", much, "bytes of changes: 2147483648 in one frame").await?;
    // Authors without content: two bytes here, fifty times as many in memory.
    let authors = packed(&[0x0a, 0].repeat(MIB / 2), MIB)?;
    one_frame(siege, "BombAuthors", authors, "authors: 524288 in one frame").await?;
    let introductions = vec![peer::Introduction::default(); 250_000];
    let roster = Body::Roster(peer::Roster { introductions, more: false });
    one_frame(siege, "BombRoster", roster, "introductions: 250000 in one frame").await?;
    let records = vec![peer::IdentifierHeads::default(); 250_000];
    let circle = CircleId::COMMONS.0.to_vec();
    let heads = Body::Heads(peer::Heads { circle, answer: false, records });
    one_frame(siege, "BombHeads", heads, "identifiers: 250000 in one frame").await
}

/// Changes that are built on changes that nobody has.
async fn orphans(siege: &Siege) -> Result<()> {
    const ORPHANS: usize = 20_000;
    let oliver = siege.recruit("Oliver").await?;
    let orphan = || {
        let draft = oliver.record(Kind::Offer);
        let mut change = nested_maps(draft.actor(), 1);
        (change.deps, change.seq, change.start) = (vec![rand::random()], 2, 2);
        draft.signed(change.chunk())
    };
    let orphans: Vec<SignedChange> = (0..ORPHANS).map(|_| orphan()).collect();
    let mut link = siege.link(&oliver).await?;
    for frame in orphans.chunks(FRAME) {
        link.post(frame).await?;
    }
    let reason = siege.paused("Oliver").await?;
    ensure!(reason.contains("refused or built on nothing"), "{reason}");
    // It is still paused while others exchange records.
    siege.bystanders_converge().await?;
    siege.paused("Oliver").await?;
    let status = siege.victim().status().await?;
    ensure!(status.shown("offer") < 400, "{} offers are shown", status.shown("offer"));
    Ok(())
}

/// Changes that have to be refused, a few more than a peer may send: it is paused, and may go on.
async fn refused(siege: &Siege) -> Result<()> {
    const REFUSED: usize = 2_060;
    let rufus = siege.recruit("Rufus").await?;
    let forged = || {
        let mut change = rufus.record(Kind::Offer).change(&offer(1))?;
        change.signature = [7; 64];
        Ok(change)
    };
    let forged: Vec<SignedChange> = (0..REFUSED).map(|_| forged()).collect::<Result<_>>()?;
    let mut link = siege.link(&rufus).await?;
    for frame in forged.chunks(FRAME) {
        link.post(frame).await?;
    }
    let reason = siege.paused("Rufus").await?;
    ensure!(reason.contains("refused or built on nothing"), "{reason}");
    let mut good = rufus.record(Kind::Offer);
    // Acknowledged only when the pause is over, on the same link.
    link.send(&[good.change(&offer(2))?]).await?;
    siege.resumed("Rufus").await?;
    has(siege.victim(), &good.key.id.to_string()).await?;
    let entries = siege.refused().await?;
    ensure!(entries.len() >= 500, "{} are listed", entries.len());
    Ok(())
}

/// What a center says that claims to hold more than the whole network.
async fn claim(link: &mut Conversation, records: u64) -> Result<()> {
    // As many as a list may have, nearly: a longer one ends the link before anything is compared.
    const ITEMS: u64 = 8_000;
    let circle = CircleId::COMMONS;
    link.say(Frame::Summary(Summary {
        circle,
        count: records,
        fingerprint: 7,
        sent: 0,
        admitted: 0,
    }))
    .await?;
    let id = |number: u64| u128::from(number) << 96;
    for first in (0..records).step_by(ITEMS as usize) {
        let item = |number| Item { id: RecordId::from_random(id(number).to_be_bytes()), state: 1 };
        let mut items: Vec<Item> = (first..first + ITEMS).map(item).collect();
        items.sort_unstable();
        let upper = id(first + ITEMS).to_be_bytes().to_vec();
        let ranges = vec![Range { upper, part: Part::Items(items) }];
        let lower = id(first).to_be_bytes().to_vec();
        link.say(Frame::Ranges(Ranges { circle, lower, ranges, last: false })).await?;
    }
    Ok(())
}

/// A catalogue of a million records is compared within all bounds; one of many millions makes its
/// center pause.
async fn catalogues(siege: &Siege) -> Result<()> {
    let clara = siege.recruit("Clara").await?;
    let mut link = siege.link(&clara).await?;
    claim(&mut link, 1_000_000).await?;
    siege.bystanders_converge().await?;
    let mut claims = Box::pin(claim(&mut link, 3_000_000));
    let reason = tokio::select! {
        claimed = &mut claims => {
            claimed?;
            siege.paused("Clara").await?
        }
        reason = siege.paused("Clara") => reason?,
    };
    ensure!(reason.contains("asked and compared more"), "{reason}");
    Ok(())
}

/// Ranges that say nothing and never end.
async fn endless_ranges(siege: &Siege) -> Result<()> {
    let erwin = siege.recruit("Erwin").await?;
    let mut link = siege.link(&erwin).await?;
    let circle = CircleId::COMMONS;
    let summary = Summary { circle, count: 1, fingerprint: 1, sent: 0, admitted: 0 };
    link.say(Frame::Summary(summary)).await?;
    let end = async {
        loop {
            let ranges = vec![Range { upper: Vec::new(), part: Part::Settled }];
            let frame = Ranges { circle, lower: Vec::new(), ranges, last: false };
            if link.say(Frame::Ranges(frame)).await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), end).await.context("ranges never ended")?;
    siege.cut_off("Erwin", "ranges that never end").await
}

/// A peer that asks and asks and never reads an answer.
async fn unread_answers(siege: &Siege) -> Result<()> {
    let rita = siege.recruit("Rita").await?;
    let mut link = siege.link(&rita).await?;
    let circle = CircleId::COMMONS;
    let summary = Summary { circle, count: 1, fingerprint: 1, sent: 0, admitted: 0 };
    link.say(Frame::Summary(summary)).await?;
    let end = async {
        loop {
            // Everything is different: every range is answered.
            let different = |upper: Vec<u8>| Range {
                upper,
                part: Part::Fingerprint { count: 1, fingerprint: 1 },
            };
            let ranges = (1..=u8::MAX).map(|first| different(vec![first])).collect();
            let frame = Ranges { circle, lower: Vec::new(), ranges, last: false };
            if link.say(Frame::Ranges(frame)).await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), end).await.context("it was never cut off")?;
    siege.cut_off("Rita", "does not read").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn frames_that_expand_or_never_end_cost_their_center_its_link() -> Result<()> {
    let siege = Siege::begin().await?;
    frames_that_expand(&siege).await.context("frames that expand")?;
    endless_ranges(&siege).await.context("endless ranges")?;
    unread_answers(&siege).await.context("unread answers")?;
    siege.lifted().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_center_that_floods_is_paused_with_a_reason_and_others_go_on() -> Result<()> {
    let siege = Siege::begin().await?;
    refused(&siege).await.context("refused changes")?;
    orphans(&siege).await.context("orphans")?;
    catalogues(&siege).await.context("catalogues")?;
    siege.lifted().await
}
