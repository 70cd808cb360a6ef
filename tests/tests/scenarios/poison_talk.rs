//! Small frames without end, from centers that the victim trusts and from programs at the desk: what they
//! cost the victim is little, and they have to wait.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{CircleId, NodeId};
use hospes_stage::stage::{Center, text};
use hospes_stage::wait::until;
use hospes_sync::frame::{Frame, Ping, Summary};
use hospes_tests::fault;
use hospes_tests::hostile::{self, Conversation, Persona, Victim};
use hospes_tests::operator::peer;
use hospes_tests::theatre::{PATIENCE, stage};
use hospes_wire::peer::{self as wire, frame::Body};
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long the victim is watched.
const WATCH: Duration = Duration::from_secs(5);
/// Processor time that all floods together may take of it meanwhile, which before were a core and more.
const COST: Duration = Duration::from_millis(2_500);
/// What a log may grow by.
const LOG: u64 = 64 * 1024;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame of HTTP/2 on the connection itself.
fn control(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or_default();
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, 0];
    frame.extend(payload);
    frame
}

/// What a connection can say without end that the library answers by itself.
fn controls() -> [(&'static str, Vec<u8>); 5] {
    [
        ("ping", control(6, 0, &[7; 8])),
        ("answer to no ping", control(6, 1, &[7; 8])),
        ("settings", control(4, 0, &[])),
        ("window", control(8, 0, &[0, 0, 0, 1])),
        ("unknown", control(99, 0, &[1, 2, 3])),
    ]
}

/// Says one frame of HTTP/2 until the connection breaks.
async fn repeat(mut stream: impl AsyncWrite + Unpin, frame: &[u8]) -> std::io::Result<()> {
    stream.write_all(PREFACE).await?;
    stream.write_all(&control(4, 0, &[])).await?;
    let many = frame.repeat(500);
    loop {
        stream.write_all(&many).await?;
    }
}

/// Says it on one connection to the peer port after the other. What is answered is read.
async fn flood_below(hostile: Persona, victim: Victim, frame: Vec<u8>) {
    loop {
        let attempt = async {
            let config = hostile.tls(victim.center)?;
            let tls = hostile::dial_address(victim.address, config).await?;
            let (mut read, write) = tokio::io::split(tls);
            let mut answers = vec![0; 64 * 1024];
            tokio::select! {
                said = repeat(write, &frame) => said?,
                () = async { while read.read(&mut answers).await.is_ok_and(|size| size > 0) {} } => {}
            }
            anyhow::Ok(())
        };
        if attempt.await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// What a peer can say without end on a link.
fn talk() -> Vec<(&'static str, Body)> {
    let circle = CircleId::COMMONS;
    let summary = Summary { circle, count: 0, fingerprint: 0, sent: 9, admitted: 9 };
    let clock = hospes_domain::Timestamp(0);
    let said = |frame| hospes_node::links::frames::to_wire(frame).body;
    let frames = [
        ("pong", said(Frame::Pong(7))),
        ("ping", said(Frame::Ping(Ping { number: 7, clock }))),
        ("lazy", said(Frame::Lazy(hospes_sync::Lanes(0)))),
        ("summary", said(Frame::Summary(summary))),
        ("alarms", Some(Body::Alarms(wire::Alarms::default()))),
    ];
    frames.into_iter().filter_map(|(name, body)| Some((name, body?))).collect()
}

/// Says it on a link, and goes on with another link when that one ends.
async fn flood_above(hostile: Persona, victim: Victim, body: Body) {
    loop {
        if let Ok(mut link) = Conversation::to(&hostile, victim).await {
            while link.say_and_listen(body.clone()).await.is_ok() {}
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Processor time of a node in [`WATCH`].
async fn cost(center: &Center) -> Result<Duration> {
    let before = fault::processor_time(center)?;
    tokio::time::sleep(WATCH).await;
    Ok(fault::processor_time(center)? - before)
}

async fn paused(center: &Center, name: &str) -> Result<()> {
    until(&format!("{name} is paused"), PATIENCE, || async {
        let entry = peer(center, name).await?.unwrap_or_default();
        let reason = entry.pointer("/paused/reason").and_then(|reason| reason.as_str());
        Ok(reason.is_some_and(|reason| reason.contains("more than a peer may")).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn small_frames_without_end_cost_little_and_their_centers_wait() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let node: NodeId = text(&center.json(["status"]).await?, "/node/node")?.parse()?;
    let victim = Victim::of(&center).await?;
    let mut floods = JoinSet::new();
    let mut names = Vec::new();
    for (kind, frame) in controls() {
        let hostile = Persona::below(node)?;
        hostile.join(&center, kind).await?;
        floods.spawn(flood_below(hostile, victim, frame));
        names.push(kind);
    }
    for (kind, body) in talk() {
        let (name, hostile) = (format!("a {kind}"), Persona::below(node)?);
        hostile.join(&center, &name).await?;
        floods.spawn(flood_above(hostile, victim, body));
        names.push(kind);
    }
    for (kind, _) in controls() {
        paused(&center, kind).await?;
    }
    for (kind, _) in talk() {
        paused(&center, &format!("a {kind}")).await?;
    }
    let log = fs::metadata(&center.log)?.len();
    let cost = cost(&center).await?;
    println!("{} floods cost {cost:.1?} of {WATCH:.0?}", names.len());
    ensure!(cost < COST, "{} floods cost {cost:.1?} of {WATCH:.0?}", names.len());
    let grown = fs::metadata(&center.log)?.len() - log;
    ensure!(grown < LOG, "the log grew by {grown} bytes in {WATCH:.0?}");
    drop(floods);
    // What such a connection was up to is told though no link came of it.
    until("it is told of the connection", PATIENCE, || async {
        let entry = peer(&center, "unknown").await?.unwrap_or_default();
        Ok(text(&entry, "/last_error")?.contains("link").then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_program_without_a_token_neither_fills_the_log_nor_keeps_the_node_busy() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let mut floods = JoinSet::new();
    for (_, frame) in controls() {
        let stream = TcpStream::connect(center.local).await.context("the desk is closed")?;
        let (mut read, write) = stream.into_split();
        floods.spawn(async move {
            let mut answers = vec![0; 64 * 1024];
            tokio::select! {
                said = repeat(write, &frame) => said,
                () = async { while read.read(&mut answers).await.is_ok_and(|size| size > 0) {} } => Ok(()),
            }
        });
    }
    // What may be said at once is soon said.
    let before = fault::processor_time(&center)?;
    tokio::time::sleep(WATCH).await;
    let first = fault::processor_time(&center)? - before;
    let cost = cost(&center).await?;
    println!("5 floods cost {first:.1?} and then {cost:.1?} of {WATCH:.0?}");
    ensure!(cost < COST, "the floods cost {cost:.1?} of {WATCH:.0?}");
    let log = fs::metadata(&center.log)?.len();
    ensure!(log < LOG, "the log has {log} bytes");
    center.json(["search", "offers", "--all"]).await?;
    Ok(())
}
