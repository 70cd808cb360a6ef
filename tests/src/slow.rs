//! Connections that say as little as they can: half a handshake, or one byte a second.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, interval, timeout};

/// How HTTP/2 begins.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The longest that somebody waits for a node to end a connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a TLS handshake begins: a record of 512 bytes with the first message, of which hardly
/// anything follows.
pub fn client_hello() -> Vec<u8> {
    let mut hello = vec![22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
    hello.resize(512, 0x55);
    hello
}

/// The HTTP/2 bytes that open a stream to a node, and the head of a message of a thousand bytes.
pub fn open_stream() -> Vec<u8> {
    let header = |name: &str, value: &str| {
        let text =
            |text: &str| [&[u8::try_from(text.len()).unwrap_or(127)], text.as_bytes()].concat();
        // HPACK: a literal that is not indexed, with a new name (RFC 7541, section 6.2.2).
        [vec![0], text(name), text(value)].concat()
    };
    let headers = [
        header(":method", "POST"),
        header(":scheme", "http"),
        header(":path", "/hospes.peer.v1.Peer/Sync"),
        header(":authority", "node.invalid"),
        header("content-type", "application/grpc"),
        header("te", "trailers"),
    ]
    .concat();
    [
        PREFACE.to_vec(),
        frame(4, 0, 0, &[]),
        // The headers end here, the stream does not.
        frame(1, 4, 1, &headers),
        // Not compressed, a thousand bytes long: the head of a gRPC message.
        frame(0, 0, 1, &[0, 0, 0, 3, 232]),
    ]
    .concat()
}

/// A frame of HTTP/2 with one byte of a message.
pub fn single_byte() -> Vec<u8> {
    frame(0, 0, 1, &[0x0a])
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [head.as_slice(), payload].concat()
}

/// The bytes with which HTTP/2 begins.
pub fn preface() -> &'static [u8] {
    PREFACE
}

/// Sends these pieces, one a second and from the first again, until the other side ends the
/// connection; the answer is how long that took. What comes is read and forgotten.
pub async fn drip<S>(stream: S, pieces: &[&[u8]]) -> Result<Duration>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let began = Instant::now();
    let (mut from, mut to) = tokio::io::split(stream);
    let write = async {
        let mut second = interval(Duration::from_secs(1));
        for piece in pieces.iter().cycle() {
            second.tick().await;
            // Broken by the other side; the reader sees its end, too.
            if to.write_all(piece).await.is_err() || to.flush().await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await
    };
    let read = async {
        let mut buffer = [0; 4096];
        while from.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
    };
    let ended = async {
        tokio::select! {
            () = write => {}
            () = read => {}
        }
    };
    timeout(PATIENCE, ended).await.context("the connection is never ended")?;
    Ok(began.elapsed())
}

/// Opens so many connections and says nothing on them.
pub async fn half_open(address: SocketAddr, count: usize) -> Result<Vec<TcpStream>> {
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        open.push(TcpStream::connect(address).await.context("failed to connect")?);
    }
    Ok(open)
}
