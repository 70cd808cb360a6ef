//! Sixty-four lanes into which records fall by their steward, so that what a node has learned about
//! the ways of changes fits into one number.
//!
//! A change comes to a node of four links about three times if everybody passes it on to everybody.
//! The copy that comes first has taken the fastest way; over the other links the node asks to hear
//! of such changes without getting them ([`crate::frame::Frame::Lazy`]). That makes a tree for each
//! lane, and the links beside the tree stay as its safety net. After Leitão, Pereira and Rodrigues,
//! "Epidemic Broadcast Trees" (2007), who have one tree for all.
//!
//! By steward and not by author: changes of one record then keep to one way, and none overtakes
//! another that it is built on. Nearly all changes of a record are its steward's, so the tree of a
//! lane begins where most of its changes are made.

use hospes_domain::CenterId;

use crate::link::LinkId;

/// Number of lanes: enough that in a network of 40 centers few share one.
pub const LANES: usize = 64;

/// A set of lanes, as a bit set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lanes(pub u64);

impl Lanes {
    /// No lane.
    pub const NONE: Lanes = Lanes(0);

    /// Every lane.
    pub const ALL: Lanes = Lanes(u64::MAX);

    /// The lane of a steward's records. Identifiers of centers are digests, so any bits will do.
    pub fn of(steward: &CenterId) -> Self {
        let [.., last] = steward.0;
        Self(1 << (usize::from(last) % LANES))
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are in one or the other.
    pub fn with(self, other: Lanes) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of the other's is among them.
    pub fn contains(self, other: Lanes) -> bool {
        self.0 & other.0 != 0
    }

    /// Those that are not in the other.
    pub fn without(self, other: Lanes) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its numbers.
    fn numbers(self) -> impl Iterator<Item = usize> {
        (0..LANES).filter(move |number| self.0 & (1 << number) != 0)
    }
}

impl FromIterator<Lanes> for Lanes {
    fn from_iter<I: IntoIterator<Item = Lanes>>(lanes: I) -> Self {
        lanes.into_iter().fold(Self::NONE, Self::with)
    }
}

/// Over which open link the last new change of each lane came.
#[derive(Debug)]
pub(crate) struct Feeds([Option<LinkId>; LANES]);

impl Default for Feeds {
    fn default() -> Self {
        Self([None; LANES])
    }
}

impl Feeds {
    /// Notes that something new came over a link.
    pub(crate) fn fed(&mut self, link: LinkId, lanes: Lanes) {
        for number in lanes.numbers() {
            if let Some(feed) = self.0.get_mut(number) {
                *feed = Some(link);
            }
        }
    }

    /// Of these lanes those that another link than this one feeds.
    pub(crate) fn by_others(&self, link: LinkId, lanes: Lanes) -> Lanes {
        let other = |number: &usize| {
            self.0.get(*number).is_some_and(|feed| feed.is_some_and(|by| by != link))
        };
        lanes.numbers().filter(other).map(|number| Lanes(1 << number)).collect()
    }

    /// Forgets a link that is gone, and says which lanes it fed.
    pub(crate) fn forget(&mut self, link: LinkId) -> Lanes {
        let mut lanes = Lanes::NONE;
        for (number, feed) in self.0.iter_mut().enumerate() {
            if feed.take_if(|by| *by == link).is_some() {
                lanes = lanes.with(Lanes(1 << number));
            }
        }
        lanes
    }
}

#[cfg(test)]
mod tests;
