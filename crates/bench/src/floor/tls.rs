//! The same bytes through the same TLS between two tasks, with nothing done to them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use hospes_domain::CenterId;
use hospes_identity::tls::{client_config, server_config, server_name};
use hospes_identity::{
    Chain, Credentials, Doorkeeper, Earlier, NodeKey, RecoveryPhrase, Refused, Trust, TrustSet,
    Trusted,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

/// Bytes that are written at once: the largest frame of changes.
const PART: usize = 256 * 1024;

/// Hears of nobody that is turned away: there are only two, and they know each other.
struct Nobody;

impl Doorkeeper for Nobody {
    fn turned_away(&self, _: Refused) {}
    fn epoch_seen(&self, _: CenterId, _: u32, _: Earlier) {}
}

/// Two centers that know each other, ready to meet.
pub struct Ends {
    connector: TlsConnector,
    acceptor: TlsAcceptor,
    listener: TcpListener,
}

impl Ends {
    /// Makes both and a listener for one of them.
    pub async fn new() -> Result<Self> {
        let (dials, waits) = (Own::new()?, Own::new()?);
        let (trusts_waits, trusts_dials) = (trust(waits.center), trust(dials.center));
        let door: Arc<dyn Doorkeeper> = Arc::new(Nobody);
        let client = client_config(&dials.credentials, trusts_waits, door.clone(), waits.center)?;
        let server = server_config(&waits.credentials, trusts_dials, door)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        Ok(Self { connector: client.into(), acceptor: server.into(), listener })
    }

    /// Connects both, from TCP on.
    async fn meet(&self) -> Result<(client::TlsStream<TcpStream>, server::TlsStream<TcpStream>)> {
        let address = self.listener.local_addr()?;
        let dial = async {
            let tcp = TcpStream::connect(address).await?;
            tcp.set_nodelay(true)?;
            self.connector.connect(server_name(), tcp).await
        };
        let accept = async {
            let (tcp, _) = self.listener.accept().await?;
            tcp.set_nodelay(true)?;
            self.acceptor.accept(tcp).await
        };
        let (near, far) = tokio::try_join!(dial, accept)?;
        Ok((near, far))
    }

    /// How long it takes to connect and to carry so many bytes each way, at the same time.
    pub async fn carry(&self, out: u64, back: u64) -> Result<Duration> {
        let start = Instant::now();
        let (near, far) = self.meet().await?;
        let (near_in, near_out) = tokio::io::split(near);
        let (far_in, far_out) = tokio::io::split(far);
        let tasks = [
            tokio::spawn(write(near_out, out)),
            tokio::spawn(write(far_out, back)),
            tokio::spawn(read(near_in, back)),
            tokio::spawn(read(far_in, out)),
        ];
        for task in tasks {
            task.await.context("a task of the floor failed")??;
        }
        Ok(start.elapsed())
    }

    /// An open connection.
    pub async fn line(&self) -> Result<Line> {
        let (near, far) = self.meet().await?;
        Ok(Line { near, far })
    }
}

/// An open connection with both of its ends.
pub struct Line {
    near: client::TlsStream<TcpStream>,
    far: server::TlsStream<TcpStream>,
}

impl Line {
    /// Carries a message to the far end.
    pub async fn tell(&mut self, bytes: usize) -> Result<()> {
        let mut message = vec![7; bytes];
        let write = async {
            self.near.write_all(&vec![7; bytes]).await?;
            self.near.flush().await
        };
        tokio::try_join!(write, self.far.read_exact(&mut message))?;
        Ok(())
    }
}

/// One center with one node.
struct Own {
    center: CenterId,
    credentials: Credentials,
}

impl Own {
    fn new() -> Result<Self> {
        let center = RecoveryPhrase::generate()?.center_key()?;
        let node = NodeKey::generate()?;
        let certificate = center.certify(&node.public_spki(), 1, Earlier::Honored)?;
        let chain = Chain::new(certificate, center.certificate()?)?;
        Ok(Self { center: center.id(), credentials: Credentials { chain, key: node } })
    }
}

fn trust(center: CenterId) -> Arc<Trust> {
    let mut set = TrustSet::default();
    set.centers.insert(center, Trusted::new("peer"));
    Arc::new(Trust::new(set))
}

async fn write(mut to: impl AsyncWrite + Unpin, bytes: u64) -> Result<()> {
    // Any content will do: what is encrypted costs the same.
    let part = vec![0x5a; PART];
    let mut left = bytes;
    while left > 0 {
        let now = left.min(PART as u64);
        let now_bytes = usize::try_from(now).unwrap_or(PART);
        to.write_all(part.get(..now_bytes).unwrap_or_default()).await?;
        left -= now;
    }
    to.flush().await?;
    // The other end may still be reading; the connection ends with the last half.
    Ok(())
}

async fn read(mut from: impl AsyncRead + Unpin, bytes: u64) -> Result<()> {
    let mut buffer = vec![0; PART];
    let mut left = bytes;
    while left > 0 {
        let count = from.read(&mut buffer).await?;
        anyhow::ensure!(count > 0, "the connection ended {left} bytes too early");
        left = left.saturating_sub(count as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn bytes_are_carried_both_ways() {
        let ends = Ends::new().await.unwrap();
        let few = ends.carry(10, 10).await.unwrap();
        let many = ends.carry(3, 40_000_000).await.unwrap();
        assert!(many > few);
        let mut line = ends.line().await.unwrap();
        line.tell(400).await.unwrap();
    }
}
