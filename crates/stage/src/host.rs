//! A host of a network that a test has made: a Linux network namespace with an address.

use std::fs::File;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::process::Command;

/// Where `ip netns` keeps its namespaces.
const NAMESPACES: &str = "/run/netns";

/// The port that the node of a host takes peers at: a namespace has all ports to itself.
const PEER_PORT: u16 = 7443;
/// The port that counselors' programs use, on the host's own loopback.
const LOCAL_PORT: u16 = 7440;
const PAGES_PORT: u16 = 7480;

/// Where a node and its commands run.
#[derive(Debug, Clone, Default)]
pub enum Host {
    /// On this machine, on its loopback.
    #[default]
    Here,
    /// In a network namespace, which is up and has this address.
    Namespace {
        /// Its name, as `ip netns` knows it.
        name: String,
        /// Where the other hosts of its network find it.
        address: IpAddr,
    },
}

impl Host {
    /// A program that will run on this host.
    pub fn command(&self, program: &Path) -> Command {
        match self {
            Host::Here => Command::new(program),
            // It becomes the program: same process, same parent.
            Host::Namespace { name, .. } => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", name]).arg(program);
                command
            }
        }
    }

    /// Does something that opens sockets: they belong to this host, also when they are used
    /// elsewhere.
    pub fn within<T: Send>(&self, act: impl FnOnce() -> io::Result<T> + Send) -> Result<T> {
        let Host::Namespace { name, .. } = self else { return Ok(act()?) };
        let entered = || -> io::Result<T> {
            let namespace = File::open(Path::new(NAMESPACES).join(name))?;
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
            act()
        };
        // Only a thread can be moved, and one that nobody goes on with.
        let done = std::thread::scope(|scope| scope.spawn(entered).join());
        done.map_err(|_| anyhow!("a thread in {name} panicked"))?
            .with_context(|| format!("failed in the namespace {name}"))
    }

    /// Connects to a listener on this host's own loopback.
    pub fn connect(&self, address: SocketAddr) -> Result<tokio::net::TcpStream> {
        let stream = self.within(|| {
            let stream = TcpStream::connect(address)?;
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            Ok(stream)
        })?;
        Ok(tokio::net::TcpStream::from_std(stream)?)
    }

    /// Where a node listens on this host: for peers, and for counselors' programs.
    pub(crate) fn listeners(&self) -> Result<(SocketAddr, SocketAddr, SocketAddr)> {
        match self {
            Host::Here => Ok((free_port()?, free_port()?, free_port()?)),
            Host::Namespace { address, .. } => Ok((
                SocketAddr::new(*address, PEER_PORT),
                SocketAddr::from(([127, 0, 0, 1], LOCAL_PORT)),
                SocketAddr::from(([127, 0, 0, 1], PAGES_PORT)),
            )),
        }
    }
}

/// An address on this machine that nobody listens at just now. Below the ports that the system gives
/// to whoever connects: one of those may be taken before the node asks for it.
pub fn free_port() -> Result<SocketAddr> {
    const PORTS: std::ops::Range<u32> = 10_000..32_000;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    // Two processes begin at different places.
    let begin = std::process::id().wrapping_mul(97);
    for _ in PORTS {
        let next = begin.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + next % (PORTS.end - PORTS.start);
        let address = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port)?));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("failed to find a free port in {PORTS:?}")
}
