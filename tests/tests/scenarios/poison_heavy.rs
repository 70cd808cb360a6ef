//! Changes that pass every rule and are hard on the merge worker: many, deep, long, or wrong in a
//! way that only the document shows.

use anyhow::{Context as _, Result, ensure};
use hospes_domain::edit::Edit;
use hospes_domain::{Kind, Value};
use hospes_stage::stage::text;
use hospes_sync::{SignedChange, gate};
use hospes_tests::bombs::{chunk_of, offer};
use hospes_tests::chunk::{Change, action, column, counted, literals, repeat, unsigned};
use hospes_tests::hostile::{Conversation, HostileRecord, Persona};
use hospes_tests::mutants::{CORPUS, adopted, mutant};
use hospes_tests::operator::{has, put, show};
use hospes_tests::records::{dice, seed};
use hospes_tests::siege::Siege;
use serde_json::json;

/// Changes in a frame.
const FRAME: usize = 1_000;

async fn send(link: &mut Conversation, changes: &[SignedChange]) -> Result<()> {
    for frame in changes.chunks(FRAME) {
        link.send(frame).await?;
    }
    Ok(())
}

/// Maps in each other, four in each of so many changes: no single one of them is deep.
fn deep(draft: &HostileRecord<'_>, changes: u64) -> Result<Vec<SignedChange>> {
    const MAPS: u64 = 4;
    let mut made: Vec<SignedChange> = Vec::new();
    for seq in 1..=changes {
        let start = (seq - 1) * MAPS + 1;
        let deps = made.last().map(|below| below.hash().0).into_iter().collect();
        let mut change = Change { deps, seq, start, ..Change::first(draft.actor()) };
        let mut objects: Vec<Vec<u8>> =
            (start..start + MAPS).map(|own| unsigned(own - 1)).collect();
        if seq == 1 {
            // The first lies in the root.
            objects.remove(0);
        }
        let null = if seq == 1 { vec![0, 1] } else { Vec::new() };
        let actors = repeat(i64::try_from(objects.len())?, &unsigned(0));
        change = change
            .with(column::OBJECT_ACTOR, [null.clone(), actors].concat())
            .with(column::OBJECT_COUNTER, [null, literals(objects)].concat())
            .with(column::KEY_TEXT, repeat(4, &counted(b"x")))
            .with(column::INSERT, unsigned(MAPS))
            .with(column::ACTION, repeat(4, &unsigned(action::MAKE_MAP)))
            .with(column::VALUE_SHAPE, repeat(4, &unsigned(0)))
            .with(column::BEFORE_COUNT, repeat(4, &unsigned(0)));
        let change = draft.signed(change.chunk());
        gate::read(&change).context("a change of a deep record is refused at the gate")?;
        made.push(change);
    }
    Ok(made)
}

/// 20,000 maps in each other, made by 5,000 changes.
async fn deep_record(siege: &Siege) -> Result<()> {
    let dora = siege.recruit("Dora").await?;
    let draft = dora.record(Kind::Offer);
    let mut link = siege.link(&dora).await?;
    send(&mut link, &deep(&draft, 5_000)?).await?;
    siege.merged().await?;
    let shown = show(siege.victim(), &draft.key.id.to_string()).await?;
    ensure!(shown.is_none(), "it is shown: {shown:?}");
    ensure!(!siege.refused().await?.is_empty(), "nothing is in quarantine");
    // Whoever sent it may still send good ones.
    let mut good = dora.record(Kind::Offer);
    link.send(&[good.change(&offer(3))?]).await?;
    has(siege.victim(), &good.key.id.to_string()).await.map(|_| ())
}

/// A template with a text of so many letters.
fn template(by: &Persona, letters: usize) -> Result<(HostileRecord<'_>, Vec<SignedChange>)> {
    let mut draft = by.record(Kind::Template);
    let words = |text: &str| Value::Map([("ru".to_owned(), Value::from(text))].into());
    let put = |field: &str, value| Edit::Put { field: field.to_owned(), value };
    let text = "Прошу выслушать меня. ".repeat(letters / 22 + 1);
    let text: String = text.chars().take(letters).collect();
    let edits = [
        put("slug", Value::from("objection")),
        put("doc_type", Value::from("statement")),
        put("jurisdiction", Value::from("RU")),
        put("title", words("Отказ")),
        put("number", Value::from(1)),
        put("status", Value::from("draft")),
        put("body", words(&text)),
    ];
    let changes = draft.changes(&edits)?;
    Ok((draft, changes))
}

/// 64 KB of text are put into the middle of a template that has as many letters as it may have.
async fn long_text(siege: &Siege) -> Result<()> {
    let leo = siege.recruit("Leo").await?;
    let (mut draft, changes) = template(&leo, 200_000)?;
    let mut link = siege.link(&leo).await?;
    send(&mut link, &changes).await?;
    siege.merged().await?;
    let id = draft.key.id.to_string();
    let whole = has(siege.victim(), &id).await?;
    let before = text(&whole, "/fields/body/ru")?;
    ensure!(before.chars().count() == 200_000, "{} letters are shown", before.chars().count());
    let splice = Edit::Splice {
        field: "body".to_owned(),
        key: "ru".to_owned(),
        at: 100_000,
        delete: 0,
        insert: "x".repeat(64 * 1024),
    };
    let inserted = draft.changes(&[splice])?;
    send(&mut link, &inserted).await?;
    siege.merged().await?;
    // The text is too long now, so what made it so is left out.
    let record = show(siege.victim(), &id).await?.context("the template is gone")?;
    let after = text(&record, "/fields/body/ru")?;
    let count = after.chars().count();
    let refused = siege.refused().await?;
    let why: Vec<_> = refused.iter().filter_map(|refused| refused.get("reason")).collect();
    ensure!(after == before, "{count} letters are shown, of {} changes: {why:?}", inserted.len());
    ensure!(record.get("left_out") == Some(&json!(inserted.len())), "{:?}", record.get("left_out"));
    Ok(())
}

/// Good changes with errors in them. What the gate lets through goes to the merge worker.
async fn mutated(siege: &Siege) -> Result<()> {
    const OF_EACH: usize = 400;
    let mut dice = dice(seed(9));
    let max = siege.recruit("Max").await?;
    let mut link = siege.link(&max).await?;
    let mut passed = 0;
    let mut all: Vec<SignedChange> = Vec::new();
    for _ in 0..OF_EACH {
        // A first change, and a second one on good ground, each in a record of its own.
        let mut draft = max.record(Kind::Offer);
        let first = draft.change(&offer(2))?;
        // What stands before the operations: one writer, two numbers, and nothing else.
        all.push(draft.signed(mutant(chunk_of(&first)?, 23, &mut dice)?));
        let mut draft = max.record(Kind::Offer);
        let ground = draft.change(&offer(2))?;
        let second = draft.change(&[
            ("sleeps", Value::from(4)),
            ("note", Value::from("A fictional room.")),
            ("note_language", Value::from("en")),
        ])?;
        let second = draft.signed(mutant(chunk_of(&second)?, 23 + 32, &mut dice)?);
        all.extend([ground, second]);
    }
    for change in &all {
        passed += usize::from(gate::read(change).is_ok());
    }
    println!("{passed} of {} pass the gate", all.len());
    ensure!(passed > OF_EACH + 20, "only {passed} pass the gate: these errors are too plain");
    for line in CORPUS.lines().filter(|line| !line.starts_with('#')) {
        let changes = adopted(&max.record(Kind::Offer), line)?;
        let last = changes.last().context("an empty line")?;
        gate::read(last).context("a change of the corpus does not pass the gate")?;
        all.extend(changes);
    }
    send(&mut link, &all).await?;
    let good = put(siege.victim(), "offer", &["country=EE", "place_type=sofa", "sleeps=1"]).await?;
    has(siege.victim(), &good).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_hard_on_the_merge_worker_stops_nobody() -> Result<()> {
    let siege = Siege::begin().await?;
    mutated(&siege).await.context("mutated changes")?;
    long_text(&siege).await.context("a long text")?;
    deep_record(&siege).await.context("a deep record")?;
    siege.lifted().await
}
