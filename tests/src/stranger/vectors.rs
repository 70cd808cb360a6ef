//! The test vectors of the protocol, made once more without our crates.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hospes_wire::peer;
use prost::Message as _;
use serde_json::Value as Json;

use super::certificates::{Identity, Key, of_center, of_node};
use super::changes::{Change, pack, unpack};
use super::documents::{self, Document};
use super::fingerprints;
use super::names::{Author, Number, Record, actor, groups, hex, id, version};
use super::ranges::Snapshot;
use super::roster::vouched;

fn page() -> Result<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/protocol.json");
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

fn list<'j>(json: &'j Json, path: &str) -> Result<&'j [Json]> {
    let list = json.pointer(path).and_then(Json::as_array);
    Ok(list.with_context(|| format!("there is no list {path}"))?)
}

fn text<'j>(json: &'j Json, path: &str) -> Result<&'j str> {
    let text = json.pointer(path).and_then(Json::as_str);
    text.with_context(|| format!("there is no text {path}"))
}

fn number(json: &Json, path: &str) -> Result<u32> {
    let number = json.pointer(path).and_then(Json::as_u64);
    Ok(u32::try_from(number.with_context(|| format!("there is no number {path}"))?)?)
}

fn bytes(json: &Json, path: &str) -> Result<Vec<u8>> {
    let text = text(json, path)?;
    let pair = |at| -> Result<u8> {
        Ok(u8::from_str_radix(text.get(at..at + 2).context("half a byte")?, 16)?)
    };
    (0..text.len()).step_by(2).map(pair).collect()
}

fn array<const N: usize>(json: &Json, path: &str) -> Result<[u8; N]> {
    bytes(json, path)?.as_slice().try_into().with_context(|| format!("{path} has another length"))
}

fn same(made: &[u8], json: &Json, path: &str) -> Result<()> {
    let (made, wanted) = (hex(made), text(json, path)?);
    ensure!(made == wanted, "{path} is {made}, not {wanted}");
    Ok(())
}

#[test]
fn the_stranger_makes_the_same_certificates() -> Result<()> {
    let page = page()?;
    for one in list(&page, "/centers")? {
        let center = Key::of(array(one, "/center_seed")?)?;
        let node = Key::of(array(one, "/node_seed")?)?;
        let (epoch, earlier) = (number(one, "/epoch")?, text(one, "/earlier")?);
        let certificates = [of_node(&center, &node.public, epoch, earlier), of_center(&center)];
        let [of_node, of_center] = &certificates;
        same(of_center, one, "/center_certificate")?;
        same(of_node, one, "/node_certificate")?;
        same(&id(&center.public), one, "/center")?;
        same(&id(&node.public), one, "/node")?;
        ensure!(groups(&id(&center.public)) == text(one, "/id_in_groups")?, "other groups");
        let read = Identity::check(of_node, of_center)?;
        ensure!((read.key, read.epoch) == (node.public, epoch), "{read:?}");
    }
    Ok(())
}

#[test]
fn the_stranger_says_the_same_of_whom_it_has_added() -> Result<()> {
    let page = page()?;
    let centers = list(&page, "/centers")?;
    let vouches = list(&page, "/vouches")?;
    ensure!(vouches.len() == 2, "{} statements", vouches.len());
    for vouch in vouches {
        let by = centers.get(number(vouch, "/by")? as usize).context("no such center")?;
        let key = Key::of(array(by, "/node_seed")?)?;
        let named = list(vouch, "/centers")?.iter().map(|center| bytes(center, ""));
        let named = named.collect::<Result<Vec<_>>>()?.concat();
        let count = vouch.pointer("/number").and_then(Json::as_u64).context("no number")?;
        let (issuer, node) = (array(by, "/center")?, array(by, "/node")?);
        let said = vouched(&issuer, &node, number(by, "/epoch")?, count, &named);
        same(&said, vouch, "/digest")?;
        same(&key.sign(&said), vouch, "/signature")?;
    }
    Ok(())
}

#[test]
fn the_stranger_makes_and_signs_the_same_changes() -> Result<()> {
    let page = page()?;
    let mut made: Vec<Change> = Vec::new();
    for one in list(&page, "/changes")? {
        let record = Record {
            number: array(one, "/number")?,
            steward: array(one, "/steward")?,
            kind: u8::try_from(number(one, "/kind")?)?,
            circle: array(one, "/circle")?,
        };
        let author = Author {
            center: array(one, "/author/center")?,
            node: array(one, "/author/node")?,
            epoch: number(one, "/author/epoch")?,
            writer: array(one, "/author/writer")?,
        };
        let generation = number(one, "/generation")?;
        let chunk = match one.get("chunk") {
            Some(wanted) => {
                let mut document = Document::default();
                let before = made.iter().filter(|change| change.record == record);
                document.apply(before.filter_map(|change| change.chunk.as_deref()))?;
                let actor = actor(&record, generation, &author);
                same(&actor, wanted, "/actor")?;
                let message = text(wanted, "/message")?;
                let chunk = document.write(actor, message, list(wanted, "/steps")?)?;
                same(&chunk, wanted, "/bytes")?;
                let head = documents::head(&chunk)?;
                let seq = u32::try_from(head.seq)?;
                let start_op = u32::try_from(head.start_op)?;
                ensure!(seq == number(wanted, "/seq")?, "seq {seq}");
                ensure!(start_op == number(wanted, "/start_op")?, "start_op {start_op}");
                for (place, name) in head.built_on.iter().enumerate() {
                    same(name, wanted, &format!("/built_on/{place}"))?;
                }
                ensure!(head.built_on.len() == list(wanted, "/built_on")?.len(), "other ground");
                Some(chunk)
            }
            None => None,
        };
        let centers = list(&page, "/centers")?.iter();
        let mut by = centers.filter(|center| array(center, "/node").ok() == Some(author.node));
        let key = Key::of(array(by.next().context("an unknown node")?, "/node_seed")?)?;
        let change = Change::sign(&key, record, generation, author, chunk);
        same(&change.digest(), one, "/digest")?;
        same(&change.signature, one, "/signature")?;
        same(&change.name(), one, "/name")?;
        ensure!(change.is_signed_by(&key.public), "its own signature is wrong");
        let elsewhere = Change { generation: generation + 1, ..change.clone() };
        ensure!(!elsewhere.is_signed_by(&key.public), "a signature is good for anything");
        // Each is built on all that came before it.
        let heads = if change.chunk.is_some() { vec![change.name()] } else { Vec::new() };
        same(&version(generation, heads), one, "/version")?;
        made.push(change);
    }
    ensure!(made.len() == 6 && unpack(&pack(1, &made)?)? == made, "a batch comes back otherwise");
    Ok(())
}

fn entry(json: &Json) -> Result<(Record, [u8; 16])> {
    let record = Record {
        number: array(json, "/number")?,
        steward: array(json, "/steward")?,
        kind: u8::try_from(number(json, "/kind")?)?,
        circle: super::names::COMMONS,
    };
    Ok((record, array(json, "/version")?))
}

#[test]
fn the_stranger_comes_to_the_same_fingerprint() -> Result<()> {
    let page = page()?;
    let one = page.get("fingerprint").context("a fingerprint")?;
    let key = fingerprints::Key::of(array(one, "/nonces/1")?, array(one, "/nonces/0")?);
    same(&key.bytes, one, "/key")?;
    let mut sum = 0_u128;
    for record in list(one, "/records")? {
        let (name, version) = entry(record)?;
        let lift = key.lift(&name, &version);
        same(&lift.to_be_bytes(), record, "/siphash")?;
        same(&(lift as u64).to_be_bytes(), record, "/low_64_bits")?;
        sum = sum.wrapping_add(lift);
    }
    ensure!(list(one, "/records")?.len() == usize::try_from(number(one, "/count")?)?, "a count");
    same(&sum.to_be_bytes(), one, "/fingerprint")
}

/// What a side of the run holds, and the summary that it tells.
fn side(run: &Json, own: &str) -> Result<(Snapshot, peer::Summary)> {
    let key = fingerprints::Key::of(array(run, "/nonces/0")?, array(run, "/nonces/1")?);
    let records = list(run, "/both_hold")?.iter().chain(list(run, own)?).map(entry);
    let lifted = records.map(|record| {
        let (record, version) = record?;
        Ok((record.number, key.lift(&record, &version)))
    });
    let lifted = lifted.collect::<Result<Vec<_>>>()?;
    let sum = lifted.iter().fold(0_u128, |sum, (_, lift)| sum.wrapping_add(*lift));
    let summary = peer::Summary {
        circle: super::names::COMMONS.to_vec(),
        count: lifted.len() as u64,
        fingerprint: sum.to_be_bytes().to_vec(),
        ..peer::Summary::default()
    };
    Ok((Snapshot::new(lifted), summary))
}

fn framed(body: peer::frame::Body) -> Vec<u8> {
    peer::Frame { body: Some(body) }.encode_to_vec()
}

#[test]
fn the_stranger_takes_both_sides_of_the_same_run() -> Result<()> {
    use peer::frame::Body;
    let page = page()?;
    let run = page.get("ranges").context("a run")?;
    let (lower, of_lower) = side(run, "/lower_holds")?;
    let (higher, of_higher) = side(run, "/higher_holds")?;
    same(&framed(Body::Summary(of_lower)), run, "/summaries/0/frame")?;
    same(&framed(Body::Summary(of_higher)), run, "/summaries/1/frame")?;
    let steps = list(run, "/steps")?;
    let mut frame = lower.open().frame();
    for (place, step) in steps.iter().enumerate() {
        let by_lower = place % 2 == 0;
        ensure!(text(step, "/by")? == if by_lower { "lower" } else { "higher" }, "another turn");
        ensure!(list(step, "/frames")?.len() == 1, "a step of several frames");
        same(&framed(Body::Ranges(frame.clone())), step, "/frames/0/frame")?;
        let answer = if by_lower { &higher } else { &lower }.answer(&frame)?;
        for (path, numbers) in
            [("/pushed", &answer.push), ("/asked", &answer.ask), ("/compared", &answer.compare)]
        {
            let numbers: Vec<String> = numbers.iter().map(|number: &Number| hex(number)).collect();
            ensure!(list(step, path)? == numbers, "{path} is {numbers:?}");
        }
        let over = frame.ranges.is_empty();
        frame = answer.frame();
        ensure!(over == (place + 1 == steps.len()), "a step without ranges ends the run");
    }
    Ok(())
}
