//! Counts the frames of HTTP/2 that come over a connection, and lets whoever sends more than it may
//! wait.
//!
//! The library answers pings, settings and window updates by itself, so nobody above it ever hears of
//! them, and each costs as much as a message. What they have in common is the nine bytes before each
//! frame, and those are counted here. Who has to wait is not read from: what it sends fills its own
//! buffers and not ours.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tonic::transport::server::Connected;

use crate::machine::bucket::{Bucket, Rate};

/// What a client says before its first frame.
const PREFACE: usize = 24;
/// Bytes before the payload of a frame; the first three are its length.
const HEADER: usize = 9;
/// Nobody waits longer without being looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Whom frames are charged to.
pub(crate) trait Toll {
    /// Charges for so many frames, and says how long nothing more is taken.
    fn charge(&mut self, frames: usize) -> Option<Duration>;
}

/// A connection whose frames are counted.
pub(crate) struct Metered<S, T> {
    stream: S,
    counter: Counter,
    toll: T,
    /// Until when nothing is read.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S, T> Metered<S, T> {
    /// A connection that the other side opened: it says the preface first.
    pub(crate) fn accepted(stream: S, toll: T) -> Self {
        Self { stream, counter: Counter::after(PREFACE), toll, waiting: None }
    }

    /// A connection that this side opened.
    pub(crate) fn dialed(stream: S, toll: T) -> Self {
        Self { stream, counter: Counter::after(0), toll, waiting: None }
    }
}

impl<S: AsyncRead + Unpin, T: Toll + Unpin> AsyncRead for Metered<S, T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(waiting) = &mut this.waiting {
            ready!(waiting.as_mut().poll(context));
            this.waiting = None;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        let frames = this.counter.count(buffer.filled().get(before..).unwrap_or_default());
        if frames > 0
            && let Some(wait) = this.toll.charge(frames)
        {
            this.waiting = Some(Box::pin(tokio::time::sleep(wait.min(LONGEST_WAIT))));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, T: Unpin> AsyncWrite for Metered<S, T> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

impl<S: Connected, T> Connected for Metered<S, T> {
    type ConnectInfo = S::ConnectInfo;

    fn connect_info(&self) -> S::ConnectInfo {
        self.stream.connect_info()
    }
}

/// Where one frame ends and the next begins.
struct Counter {
    /// Bytes until the next header.
    skip: usize,
    /// What of the length has come, and how many bytes of the header.
    length: usize,
    header: usize,
}

impl Counter {
    fn after(skip: usize) -> Self {
        Self { skip, length: 0, header: 0 }
    }

    /// Frames that begin in these bytes.
    fn count(&mut self, mut bytes: &[u8]) -> usize {
        let mut frames = 0;
        loop {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            let Some((first, rest)) = bytes.get(skipped..).and_then(<[u8]>::split_first) else {
                return frames;
            };
            bytes = rest;
            if self.header < 3 {
                self.length = self.length << 8 | usize::from(*first);
            }
            self.header += 1;
            if self.header == HEADER {
                frames += 1;
                *self = Self::after(self.length);
            }
        }
    }
}

/// Frames that one connection of a program at the desk may send. A list of 10 MiB has a thousand. What is
/// owed is not more than one reading brings.
const AT_THE_DESK: Rate = Rate { most: 20_000.0, per_second: 1_000.0, debt: 20_000.0 };

/// Charges the frames of a connection to itself: nobody has said yet who is at its other end.
pub(crate) struct DeskToll(Bucket);

impl DeskToll {
    pub(crate) fn new() -> Self {
        Self(Bucket::full(&AT_THE_DESK, Instant::now()))
    }
}

impl Toll for DeskToll {
    fn charge(&mut self, frames: usize) -> Option<Duration> {
        self.0.take(&AT_THE_DESK, frames as f64, Instant::now());
        self.0.owed(&AT_THE_DESK)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::timeout;

    use super::*;

    fn frame(length: usize) -> Vec<u8> {
        let mut bytes = (length as u32).to_be_bytes()[1..].to_vec();
        bytes.extend([6, 1, 0, 0, 0, 0]);
        bytes.extend(vec![0xff; length]);
        bytes
    }

    #[test]
    fn frames_are_counted_however_the_bytes_are_cut() {
        let lengths: Vec<usize> = (0..200).map(|place| place * place % 311).collect();
        let mut bytes = vec![0xff; PREFACE];
        bytes.extend(lengths.iter().flat_map(|length| frame(*length)));
        for size in (1..60).chain([bytes.len() - 1, bytes.len()]) {
            let mut counter = Counter::after(PREFACE);
            let counted: usize = bytes.chunks(size).map(|part| counter.count(part)).sum();
            assert_eq!(counted, lengths.len(), "in parts of {size} bytes");
        }
    }

    /// Allows so many frames, and then none for an hour.
    struct Strict(usize);

    impl Toll for Strict {
        fn charge(&mut self, frames: usize) -> Option<Duration> {
            self.0 = self.0.saturating_sub(frames);
            (self.0 == 0).then_some(Duration::from_secs(3_600))
        }
    }

    #[tokio::test]
    async fn whoever_sends_more_than_it_may_is_not_read_from() {
        let (mut near, far) = tokio::io::duplex(1 << 20);
        let mut far = Metered::accepted(far, Strict(3));
        let ping = frame(8);
        near.write_all(&[b'P'; PREFACE]).await.unwrap();
        let mut read = vec![0; PREFACE];
        far.read_exact(&mut read).await.unwrap();
        let mut read = vec![0; ping.len()];
        for _ in 0..3 {
            near.write_all(&ping).await.unwrap();
            far.read_exact(&mut read).await.unwrap();
            assert_eq!(read, ping);
        }
        near.write_all(&ping).await.unwrap();
        assert!(timeout(Duration::ZERO, far.read_exact(&mut read)).await.is_err());
        // It is told all the same.
        far.write_all(b"answer").await.unwrap();
    }

    #[test]
    fn a_desk_that_sends_more_than_its_allowance_waits() {
        let mut desk = DeskToll::new();
        assert_eq!(desk.charge(20_000), None);
        let wait = desk.charge(5_000).unwrap();
        assert!(wait > Duration::from_secs(4) && wait <= Duration::from_secs(5), "{wait:?}");
    }
}
