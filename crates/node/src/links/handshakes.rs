//! Connections whose other end has not proved yet who it is.
//!
//! Anybody can open these, so there is a bound on them. Whoever opens many must not keep others
//! out: when there are too many, the oldest of the source that has most of them is given up.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// Where a connection comes from: an address, of IPv6 the network that one customer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Source(IpAddr);

impl Source {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                Self(IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))))
            }
            address @ IpAddr::V4(_) => Self(address),
        }
    }
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by: BTreeMap<u64, (Source, CancellationToken)>,
}

/// The handle; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Handshakes {
    most: usize,
    open: Arc<Mutex<Open>>,
}

impl Handshakes {
    /// At most so many at once.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// Notes a connection from an address. If it is one too many, another is given up for it.
    pub(crate) fn begin(&self, from: IpAddr) -> Handshake {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.by.len() >= self.most
            && let Some(number) = greediest(&open.by)
            && let Some((_, given_up)) = open.by.remove(&number)
        {
            given_up.cancel();
        }
        let number = open.next;
        open.next += 1;
        let given_up = CancellationToken::new();
        open.by.insert(number, (Source::of(from), given_up.clone()));
        Handshake { number, given_up, all: self.clone() }
    }
}

/// The oldest of the source that has most.
fn greediest(open: &BTreeMap<u64, (Source, CancellationToken)>) -> Option<u64> {
    let mut sources: BTreeMap<Source, (usize, u64)> = BTreeMap::new();
    for (number, (source, _)) in open {
        sources.entry(*source).or_insert((0, *number)).0 += 1;
    }
    let most = sources.into_values().max_by_key(|(count, oldest)| (*count, u64::MAX - oldest));
    most.map(|(_, oldest)| oldest)
}

/// A handshake under way; over when it is dropped.
#[derive(Debug)]
pub(crate) struct Handshake {
    number: u64,
    given_up: CancellationToken,
    all: Handshakes,
}

impl Handshake {
    /// Waits until it is given up for another.
    pub(crate) async fn given_up(&self) {
        self.given_up.cancelled().await;
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        let mut open = self.all.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.by.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn begin(handshakes: &Handshakes, from: &str) -> Handshake {
        handshakes.begin(from.parse().unwrap())
    }

    fn given_up(handshakes: &[Handshake]) -> Vec<bool> {
        handshakes.iter().map(|one| one.given_up.is_cancelled()).collect()
    }

    #[test]
    fn whoever_opens_most_loses_the_oldest() {
        let handshakes = Handshakes::new(4);
        let honest = begin(&handshakes, "192.0.2.1");
        let greedy: Vec<_> = (0..6).map(|_| begin(&handshakes, "192.0.2.2")).collect();
        assert!(!honest.given_up.is_cancelled());
        assert_eq!(given_up(&greedy), [true, true, true, false, false, false]);
        let late = begin(&handshakes, "192.0.2.3");
        assert!(!late.given_up.is_cancelled());
        assert_eq!(given_up(&greedy), [true, true, true, true, false, false]);
    }

    #[test]
    fn what_is_over_makes_room() {
        let handshakes = Handshakes::new(2);
        let first = begin(&handshakes, "192.0.2.1");
        drop(begin(&handshakes, "192.0.2.1"));
        let second = begin(&handshakes, "192.0.2.1");
        assert_eq!(given_up(&[first, second]), [false, false]);
        assert!(handshakes.open.lock().unwrap().by.is_empty());
    }

    #[test]
    fn one_network_of_ipv6_is_one_source() {
        let source = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(source("2001:db8::1"), source("2001:db8::2:3:4:5"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
    }
}
