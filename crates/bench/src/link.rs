//! A link between two nodes that counts what goes over it, can break, and can be made long.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::stamp::Stamp;
use crate::trace::{Trace, Way};

/// Bytes that are passed on at once.
const CHUNK: usize = 64 * 1024;
/// Parts that may be under way in one direction of a long link.
const UNDER_WAY: usize = 1_024;

/// A listener that passes everything on to a node and writes down how much that was.
#[derive(Debug)]
pub struct Link {
    /// What to dial.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    target: SocketAddr,
    /// Grows whenever the link breaks and whenever it is mended: odd while it is whole. A
    /// connection lasts as long as the number that it began with.
    era: watch::Sender<u64>,
    /// How long everything is on its way, in microseconds.
    delay: AtomicU64,
    traces: Mutex<Vec<Trace>>,
}

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut Vec<Trace>) -> T) -> T {
        act(&mut self.traces.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Link {
    /// A link to a listener. It is broken until it is mended.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            target,
            era: watch::Sender::new(0),
            delay: AtomicU64::new(0),
            traces: Mutex::default(),
        });
        let passing = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let era = *passing.era.borrow();
                if era % 2 == 1 {
                    let number = passing.with(|traces| {
                        traces.push(Trace::begin());
                        traces.len() - 1
                    });
                    tokio::spawn(join(near, passing.clone(), Passenger { era, number }));
                }
            }
        });
        Ok(Self { address, shared, task })
    }

    /// Breaks the link: connections end, and so does every new one.
    pub fn cut(&self) {
        self.shared.era.send_if_modified(|era| {
            let whole = *era % 2 == 1;
            *era += u64::from(whole);
            whole
        });
    }

    /// Mends the link and forgets what went over it before.
    pub fn mend(&self) {
        self.cut();
        self.shared.with(Vec::clear);
        self.shared.era.send_modify(|era| *era += 1);
    }

    /// How long everything is on its way from now on, in each direction.
    pub fn stretch(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.shared.delay.store(micros, Ordering::Relaxed);
    }

    /// Bytes of all connections since it was mended.
    pub fn bytes(&self) -> u64 {
        self.shared.with(|traces| traces.iter().map(Trace::bytes).sum())
    }

    /// What went over the only connection since the link was mended. An error if there were more:
    /// then what was measured is not what was meant.
    pub fn trace(&self) -> Result<Trace> {
        self.shared.with(|traces| match traces.as_slice() {
            [trace] => Ok(trace.clone()),
            more => Err(anyhow::anyhow!("{} connections were opened, not one", more.len())),
        })
    }

    /// Waits until nothing went over the link for a while.
    pub async fn quiet(&self, pause: Duration) -> Result<()> {
        let start = Instant::now();
        let (mut bytes, mut since) = (self.bytes(), start);
        while since.elapsed() < pause {
            anyhow::ensure!(start.elapsed() < Duration::from_secs(60), "the link is never quiet");
            tokio::time::sleep(pause / 10).await;
            let now = self.bytes();
            if now != bytes {
                (bytes, since) = (now, Instant::now());
            }
        }
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

/// A connection: when it began, and the number of its trace.
#[derive(Debug, Clone, Copy)]
struct Passenger {
    era: u64,
    number: usize,
}

async fn join(near: TcpStream, shared: Arc<Shared>, passenger: Passenger) {
    let Ok(far) = TcpStream::connect(shared.target).await else { return };
    let (_, _) = (near.set_nodelay(true), far.set_nodelay(true));
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let mut era = shared.era.subscribe();
    // The first direction that ends takes the other one with it.
    tokio::select! {
        _ = era.wait_for(|era| *era != passenger.era) => {}
        _ = pass(from_near, to_far, Way::Out, &shared, passenger) => {}
        _ = pass(from_far, to_near, Way::Back, &shared, passenger) => {}
    }
}

/// Passes on what comes, after it was noted.
async fn pass(
    mut from: OwnedReadHalf,
    to: OwnedWriteHalf,
    way: Way,
    shared: &Shared,
    passenger: Passenger,
) -> Result<()> {
    let delay = Duration::from_micros(shared.delay.load(Ordering::Relaxed));
    let mut road = Road::new(to, delay);
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let bytes = buffer.get(..count).unwrap_or_default();
        let seen = Stamp::now();
        shared.with(|traces| match traces.get_mut(passenger.number) {
            Some(trace) if *shared.era.borrow() == passenger.era => trace.note(way, bytes, seen),
            _ => {}
        });
        road.send(bytes).await?;
    }
}

/// The way to the other end: straight, or one on which everything takes a while.
enum Road {
    Short(OwnedWriteHalf),
    Long { delay: Duration, under_way: mpsc::Sender<(Instant, Vec<u8>)> },
}

impl Road {
    fn new(mut to: OwnedWriteHalf, delay: Duration) -> Self {
        if delay.is_zero() {
            return Road::Short(to);
        }
        let (under_way, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
        tokio::spawn(async move {
            while let Some((due, bytes)) = arriving.recv().await {
                tokio::time::sleep_until(due).await;
                if to.write_all(&bytes).await.is_err() {
                    return;
                }
            }
        });
        Road::Long { delay, under_way }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Road::Short(to) => to.write_all(bytes).await.context("the far end is gone"),
            Road::Long { delay, under_way } => {
                let due = Instant::now() + *delay;
                under_way.send((due, bytes.to_vec())).await.context("the far end is gone")
            }
        }
    }
}
