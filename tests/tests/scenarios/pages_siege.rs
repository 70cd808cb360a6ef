//! Whoever wants the pages to be of use to nobody: bodies without end, and a thousand connections that
//! say little, while a counselor goes on working.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hospes_stage::demo::{City, Fiction};
use hospes_stage::stage::Center;
use hospes_tests::pages::{ask, raw, status};
use hospes_tests::slow::drip;
use hospes_tests::theatre::stage;
use hospes_tests::visitor::Visitor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long a counselor waits for a page at the very most.
const PATIENCE: Duration = Duration::from_secs(5);
/// What somebody sends who does not know when to stop.
const ENDLESS: usize = 100 << 20;

/// The head of a form for the login.
fn head(center: &Center, length: &str) -> String {
    format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{length}\r\n\r\n",
        center.pages
    )
}

#[tokio::test]
async fn a_form_of_a_hundred_megabytes_is_read_no_further_than_its_bound() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    // It says how long it is: refused before a byte of it is read.
    let announced = head(&narva, &format!("Content-Length: {ENDLESS}")) + "name=anna";
    let begun = Instant::now();
    let answer = raw(&narva, announced.as_bytes()).await?;
    ensure!(status(&answer) == 413 && begun.elapsed() < PATIENCE, "{answer}");
    // It does not say it: refused at the bound, and what comes after that is not taken.
    let (mut from, mut to) = TcpStream::connect(narva.pages).await?.into_split();
    to.write_all(head(&narva, "Transfer-Encoding: chunked").as_bytes()).await?;
    let chunk = [b"10000\r\n".as_slice(), &[b'a'; 65_536], b"\r\n"].concat();
    let sending = tokio::spawn(async move {
        let mut sent = 0;
        while sent < ENDLESS && to.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let mut answer = Vec::new();
    let begun = Instant::now();
    // Closed with bytes unread, a connection may end as broken; what was answered is there all the same.
    let _ = tokio::time::timeout(PATIENCE, from.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer);
    ensure!(status(&answer) == 413 && begun.elapsed() < PATIENCE, "{answer}");
    // The rest of what was sent lies in the buffers of the two sockets.
    let sent = sending.await?;
    ensure!(sent < 16 << 20, "{sent} bytes were taken");
    Ok(())
}

#[tokio::test]
async fn a_counselor_is_answered_while_a_thousand_connections_say_little() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    Fiction::of(City::Narva, 60).enter(&narva).await?;
    let anna = Visitor::with_role(&narva, "anna", "counselor").await?;
    // Nothing, a line at a time of a head that never ends, and, on most of them, a byte at a time of a form.
    let line = b"X-More: of the same\r\n".as_slice();
    let begun = format!("GET /login HTTP/1.1\r\nHost: {}\r\n", narva.pages).into_bytes();
    let form = head(&narva, "Content-Length: 1000").into_bytes();
    let mut crowd = JoinSet::new();
    for number in 0..1_000 {
        let mut stream = TcpStream::connect(narva.pages).await?;
        let (first, then) = match number {
            0..200 => (b"".as_slice(), b"".as_slice()),
            200..400 => (begun.as_slice(), line),
            _ => (form.as_slice(), b"n".as_slice()),
        };
        // It may have lost its place already.
        let _ = stream.write_all(first).await;
        crowd.spawn(async move { drip(stream, &[then]).await });
    }
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        for path in ["/tonight", "/tonight?near=Narva&adults=1", "/services", "/network"] {
            let asked = Instant::now();
            let answer = anna.get(path).await?;
            ensure!(answer.status == 200, "{path}: {}", answer.head);
            ensure!(asked.elapsed() < PATIENCE, "{path}: {:?}", asked.elapsed());
        }
    }
    // Each of them is sent away in the end, also when nobody needs its place.
    while let Some(lasted) = crowd.join_next().await {
        let lasted = lasted??;
        ensure!(lasted < Duration::from_secs(30), "a connection was kept for {lasted:?}");
    }
    let host = format!("Host: {}", narva.pages);
    ensure!(status(&ask(&narva, "GET /login", &[&host], "").await?) == 200);
    Ok(())
}
