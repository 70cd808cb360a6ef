//! What every connection with a peer has in common below TLS.
//!
//! A path can break without a word: a router forgets the connection, or packets pass in one
//! direction only. HTTP/2 and the sync engine ask too, but each of them waits longer, because there
//! a ping stands in line behind whatever is being sent. TCP knows best: it hears of each packet that
//! arrived.

use std::io;
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::TcpStream;

/// A connection ends when for this long nothing that was sent is acknowledged, be it data or the
/// probes of an idle connection. Five repetitions of a lost packet fit into it, also when the way
/// there and back takes 400 ms.
const UNHEARD: Duration = Duration::from_secs(20);
/// An idle connection is probed after this long,
const PROBE_AFTER: Duration = Duration::from_secs(8);
/// and then as often as this.
const PROBE_EVERY: Duration = Duration::from_secs(4);

/// Sets up a connection that was just made. A side that hears nothing any more knows it after
/// [`UNHEARD`] and at most one more probe.
pub(crate) fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, PROBE_AFTER)?;
    sockopt::set_tcp_keepintvl(stream, PROBE_EVERY)?;
    let milliseconds = u32::try_from(UNHEARD.as_millis()).unwrap_or(u32::MAX);
    sockopt::set_tcp_user_timeout(stream, milliseconds)?;
    Ok(())
}
