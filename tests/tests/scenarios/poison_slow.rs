//! Connections that are opened to be kept open: before the handshake by anybody, after it by a
//! center that the victim trusts.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::Kind;
use hospes_tests::bombs::offer;
use hospes_tests::hostile::dial;
use hospes_tests::operator::has;
use hospes_tests::siege::Siege;
use hospes_tests::slow::{client_hello, drip, half_open, open_stream, preface, single_byte};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Within how much time a node must be rid of a connection that says nothing of worth: what it
/// grants, and some more for a machine that has other work.
const RID: Duration = Duration::from_secs(25);
/// Within how much time a center that means well must get through, whoever else is at the door.
const THROUGH: Duration = Duration::from_secs(10);

/// One byte a second, of which a handshake would be made at some time.
async fn before_the_handshake(siege: &Siege) -> Result<()> {
    let tcp = TcpStream::connect(siege.victim().peer).await?;
    let hello = client_hello();
    let bytes: Vec<&[u8]> = hello.chunks(1).collect();
    let lasted = drip(tcp, &bytes).await?;
    ensure!(lasted < RID, "half a handshake lasted {lasted:?}");
    Ok(())
}

/// A piece a second after the handshake.
async fn after_the_handshake(siege: &Siege, name: &str, pieces: &[&[u8]]) -> Result<()> {
    let hostile = siege.recruit(name).await?;
    let config = hostile.tls(siege.victim().id().await?.parse()?)?;
    let lasted = drip(dial(siege.victim(), config).await?, pieces).await?;
    ensure!(lasted < RID, "{name} lasted {lasted:?}");
    Ok(())
}

/// A thousand half-open handshakes, opened again whenever they are ended, do not keep out who has
/// something to say.
async fn at_the_door(siege: &Siege) -> Result<()> {
    const CROWD: usize = 1_000;
    let address = siege.victim().peer;
    let mut crowd = half_open(address, CROWD).await?;
    let friend = siege.recruit("Friend").await?;
    let crowding = async {
        loop {
            // A tenth of them anew, the oldest first.
            crowd.drain(..CROWD / 10);
            crowd.extend(half_open(address, CROWD / 10).await?);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        #[expect(unreachable_code, reason = "it names the type of the error")]
        anyhow::Ok(())
    };
    let greeting = async {
        let began = Instant::now();
        let mut link = timeout(THROUGH, siege.link(&friend)).await.context("kept out")??;
        println!("a friend got through the crowd in {:?}", began.elapsed());
        let mut record = friend.record(Kind::Offer);
        link.send(&[record.change(&offer(1))?]).await?;
        has(siege.victim(), &record.key.id.to_string()).await?;
        siege.bystanders_converge().await
    };
    tokio::select! {
        crowded = crowding => crowded,
        greeted = greeting => greeted,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_says_a_byte_a_second_or_nothing_keeps_nobody_out() -> Result<()> {
    let siege = Siege::begin().await?;
    let (stream, byte) = (open_stream(), single_byte());
    // The preface of HTTP/2 byte by byte; all of it and then nothing; a stream and the first
    // frame on it byte by byte.
    let preface_drips: Vec<&[u8]> = preface().chunks(1).collect();
    let silence = [&[preface()], [&[][..]; 60].as_slice()].concat();
    let frame_drips = [&[stream.as_slice()], [byte.as_slice(); 60].as_slice()].concat();
    tokio::try_join!(
        before_the_handshake(&siege),
        after_the_handshake(&siege, "Preface", &preface_drips),
        after_the_handshake(&siege, "Silent", &silence),
        after_the_handshake(&siege, "Drip", &frame_drips),
    )?;
    siege.cut_off("Drip", "did not greet in time").await?;
    at_the_door(&siege).await.context("a crowd at the door")?;
    siege.lifted().await
}
