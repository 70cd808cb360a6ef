//! Hosts with wires between them that are slow, lossy or cut: Linux network namespaces.
//!
//! Packets go through real network stacks, so that TCP meets what it meets outside. Where the
//! kernel has `netem`, a wire is a pair of virtual Ethernet devices with netem at both ends. Where
//! it has not, a wire is a pair of VXLAN devices whose packets pass through a relay of ours, which
//! delays and drops whole packets in the same way. Needs root, `ip` and `tc`.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::host::Host;
use rustix::net::sockopt::set_socket_recv_buffer_size;

use relay::{Ends, Relay};

mod packet;
mod relay;

/// What a wire does to the packets of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// How long each packet is under way.
    pub delay: Duration,
    /// How many of a hundred packets are lost: 100 is a cut.
    pub loss: u32,
}

impl Quality {
    /// No delay and no loss, beyond what the machine itself needs.
    pub const PERFECT: Quality = Quality { delay: Duration::ZERO, loss: 0 };
    /// Across a continent, over a mobile network: 200 ms each way, and 2 of 100 packets lost.
    pub const FAR: Quality = Quality { delay: Duration::from_millis(200), loss: 2 };
    /// Nothing arrives.
    pub const CUT: Quality = Quality { delay: Duration::ZERO, loss: 100 };
}

/// Beginning of the names of our namespaces; the number of our process follows.
const PREFIX: &str = "hospes-test-";
/// Packets that netem may hold, per direction.
const HELD: &str = "10000";
/// Bytes that may wait in a datagram socket, so that a busy machine loses nothing by itself.
const BUFFER: usize = 4 << 20;
/// Bytes of an IP packet on a wire: what is around it must fit into an Ethernet packet.
const MTU: &str = "1400";

/// Hosts and the wires between them. All of it goes when this is dropped.
#[derive(Debug)]
pub struct Network {
    names: Vec<String>,
    wires: Vec<(usize, usize)>,
    relay: Option<Relay>,
}

impl Network {
    /// Hosts 0, 1, 2, ... with perfect wires between these pairs of them.
    pub fn new(hosts: usize, wires: &[(usize, usize)]) -> Result<Self> {
        ensure!(rustix::process::geteuid().is_root(), "network namespaces need root");
        sweep()?;
        let own = std::process::id();
        let names = (0..hosts).map(|host| format!("{PREFIX}{own}-{host}")).collect();
        let mut network = Self { names, wires: wires.to_vec(), relay: None };
        for name in &network.names {
            ip(&["netns", "add", name], "")?;
        }
        if network.has_netem()? {
            network.lay_cables()?;
        } else {
            network.lay_tunnels()?;
        }
        for host in 0..hosts {
            network.address(host)?;
        }
        Ok(network)
    }

    /// A host for a node.
    pub fn host(&self, host: usize) -> Result<Host> {
        let name = self.name(host)?.to_owned();
        Ok(Host::Namespace { name, address: address(host) })
    }

    /// How the wires are made, for a report.
    pub fn kind(&self) -> &'static str {
        match self.relay {
            None => "netem",
            Some(_) => "a relay of packets (this kernel has no netem)",
        }
    }

    /// Sets what all wires do to packets, in both directions.
    pub fn all(&self, quality: Quality) -> Result<()> {
        for (one, other) in self.wires.clone() {
            self.both(one, other, quality)?;
        }
        Ok(())
    }

    /// Sets what the wire between two hosts does, in both directions.
    pub fn both(&self, one: usize, other: usize, quality: Quality) -> Result<()> {
        self.one_way(one, other, quality)?;
        self.one_way(other, one, quality)
    }

    /// Sets what the wires between two groups of hosts do.
    pub fn between(&self, some: &[usize], others: &[usize], quality: Quality) -> Result<()> {
        for (one, other) in self.wires.clone() {
            let across = some.contains(&one) && others.contains(&other)
                || some.contains(&other) && others.contains(&one);
            if across {
                self.both(one, other, quality)?;
            }
        }
        Ok(())
    }

    /// Sets what happens to packets from one host to another.
    pub fn one_way(&self, from: usize, to: usize, quality: Quality) -> Result<()> {
        let wire = self.wire(from, to)?;
        if let Some(relay) = &self.relay {
            return relay.set(wire, from, quality);
        }
        let Quality { delay, loss } = quality;
        let (device, delay) = (device(to), format!("{}ms", delay.as_millis()));
        let loss = format!("{loss}%");
        let place = ["-n", self.name(from)?, "qdisc", "replace", "dev", &device, "root"];
        let netem = ["netem", "delay", &delay, "loss", &loss, "limit", HELD];
        run("tc", place.iter().chain(&netem), "")
    }

    /// Makes a host forget all TCP connections with another one, without a word on the wire: as a
    /// router does that forwards many to one address and is started again.
    pub fn forget_connections(&self, host: usize, with: usize) -> Result<()> {
        let with = address(with).to_string();
        run("ip", ["netns", "exec", self.name(host)?, "ss", "-K", "dst", &with].iter(), "")
    }

    /// A datagram socket on a host.
    pub fn datagrams(&self, host: usize) -> Result<UdpSocket> {
        self.host(host)?.within(|| {
            let socket = UdpSocket::bind((address(host), 0))?;
            set_socket_recv_buffer_size(&socket, BUFFER)?;
            Ok(socket)
        })
    }

    fn name(&self, host: usize) -> Result<&str> {
        self.names.get(host).map(String::as_str).context("there is no such host")
    }

    fn wire(&self, one: usize, other: usize) -> Result<usize> {
        let same = |wire: &(usize, usize)| *wire == (one, other) || *wire == (other, one);
        self.wires.iter().position(same).with_context(|| format!("no wire from {one} to {other}"))
    }

    /// Whether the kernel can delay and lose packets by itself.
    fn has_netem(&self) -> Result<bool> {
        let words = ["-n", self.name(0)?, "qdisc", "add", "dev", "lo", "root", "netem"];
        let mut tc = Command::new("tc");
        tc.args(words).args(["delay", "1ms"]).stdin(Stdio::null()).stderr(Stdio::null());
        if !tc.status().context("failed to start tc")?.success() {
            return Ok(false);
        }
        run("tc", ["-n", self.name(0)?, "qdisc", "del", "dev", "lo", "root"].iter(), "")?;
        Ok(true)
    }

    /// Pairs of virtual Ethernet devices.
    fn lay_cables(&self) -> Result<()> {
        for (one, other) in &self.wires {
            let (here, there) = (device(*other), device(*one));
            let (this, that) = (self.name(*one)?, self.name(*other)?);
            let words = ["link", "add", &here, "netns", this, "type", "veth", "peer", "name"];
            run("ip", words.iter().chain(&[there.as_str(), "netns", that]), "")?;
        }
        Ok(())
    }

    /// Pairs of VXLAN devices, whose packets all go to a relay in a namespace of its own.
    fn lay_tunnels(&mut self) -> Result<()> {
        let own = std::process::id();
        let hub = format!("{PREFIX}{own}-hub");
        ip(&["netns", "add", &hub], "")?;
        self.names.push(hub.clone());
        let mut ends = Vec::new();
        for host in 0..self.names.len() - 1 {
            let name = self.name(host)?.to_owned();
            let (up, down) = (format!("10.78.{host}.1"), Ipv4Addr::new(10, 78, octet(host)?, 2));
            let far = format!("host{host}");
            let words = ["link", "add", "wan", "netns", &name, "type", "veth", "peer", "name"];
            run("ip", words.iter().chain(&[far.as_str(), "netns", &hub]), "")?;
            ip(
                &["-n", &hub, "-batch", "-"],
                &format!("addr add {down}/30 dev {far}\nlink set {far} up\n"),
            )?;
            let mut batch = format!("addr add {up}/30 dev wan\nlink set wan up\n");
            for (number, (one, other)) in self.wires.iter().enumerate() {
                let Some(to) = other_end((*one, *other), host) else { continue };
                let (device, port, id) = (device(to), relay::PORT, packet::identifier(number));
                batch.push_str(&format!(
                    "link add {device} type vxlan id {id} local {up} remote {down} \
                     dstport {port} nolearning\nlink set {device} gso_max_segs 1\n"
                ));
            }
            ip(&["-n", &name, "-batch", "-"], &batch)?;
            ends.push((down, up.parse()?));
        }
        let host = Host::Namespace { name: hub, address: IpAddr::V4(Ipv4Addr::LOCALHOST) };
        let ends = Ends { hosts: ends, wires: self.wires.clone() };
        self.relay = Some(Relay::start(&host, ends)?);
        Ok(())
    }

    /// Gives a host its address, and shows it the way to its neighbors.
    fn address(&self, host: usize) -> Result<()> {
        let mut batch = format!("link set lo up\naddr add {}/32 dev lo\n", address(host));
        for (number, wire) in self.wires.iter().enumerate() {
            let Some(to) = other_end(*wire, host) else { continue };
            let (device, neighbor) = (device(to), address(to));
            // Hardware addresses are told and not asked for: what asks would need both directions.
            let card = |host| format!("02:00:00:00:{number:02x}:{host:02x}");
            batch.push_str(&format!(
                "link set {device} address {} mtu {MTU} up\n\
                 route add {neighbor}/32 dev {device} src {}\n\
                 neigh replace {neighbor} lladdr {} dev {device} nud permanent\n",
                card(host),
                address(host),
                card(to),
            ));
        }
        ip(&["-n", self.name(host)?, "-batch", "-"], &batch)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // The relay first: its sockets keep its namespace.
        drop(self.relay.take());
        for name in &self.names {
            if let Err(error) = ip(&["netns", "del", name], "") {
                eprintln!("{name} stays behind: {error:#}");
            }
        }
    }
}

/// Takes away what tests have left that were killed.
fn sweep() -> Result<()> {
    let Ok(entries) = std::fs::read_dir("/run/netns") else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((process, _)) = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'))
        else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            ip(&["netns", "del", &name], "")?;
        }
    }
    Ok(())
}

/// Where a host is found, on all wires.
pub fn address(host: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1 + u8::try_from(host).unwrap_or(u8::MAX - 1)))
}

/// The device of a host at the end of the wire to another one.
fn device(to: usize) -> String {
    format!("to{to}")
}

fn octet(host: usize) -> Result<u8> {
    u8::try_from(host).context("more hosts than addresses")
}

fn other_end((one, other): (usize, usize), host: usize) -> Option<usize> {
    match host {
        _ if host == one => Some(other),
        _ if host == other => Some(one),
        _ => None,
    }
}

fn ip(words: &[&str], input: &str) -> Result<()> {
    run("ip", words.iter(), input)
}

fn run<'w>(program: &str, words: impl Iterator<Item = &'w &'w str>, input: &str) -> Result<()> {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let shown = format!("{command:?}");
    let mut child = command.spawn().with_context(|| format!("failed to start {shown}"))?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{shown} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
