//! How much memory changes of peers may take between their arrival and the disk.
//!
//! A link's reader takes its share before it unpacks a frame, and the share is given back when the
//! changes are on disk or refused. Without a share it does not read on, and so its peer stops
//! sending. What waits because its peer is paused gives its share back too, by losing its link,
//! as soon as others need the memory; so nobody can take all of it for long.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use hospes_domain::CenterId;
use tokio::sync::Notify;

/// Bytes that the changes of all peers may take.
pub(crate) const CEILING: usize = 64 * 1024 * 1024;
/// Bytes that the changes of one peer may take: more than a window of the smallest changes.
pub(crate) const SHARE: usize = 16 * 1024 * 1024;

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: BTreeMap<CenterId, usize>,
}

#[derive(Debug, Default)]
struct Pool {
    taken: Mutex<Taken>,
    freed: Notify,
}

/// The handle; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    pool: Arc<Pool>,
}

/// Why a share cannot be had at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scarce {
    /// The peer has all that one peer may have.
    Share,
    /// All peers together have all that there is.
    Ceiling,
}

impl Memory {
    /// Takes a share, after waiting for it if it must. `scarce` is told whenever there is none.
    pub(crate) async fn take(
        &self,
        center: CenterId,
        bytes: usize,
        scarce: impl Fn(Scarce),
    ) -> Hold {
        loop {
            let freed = self.pool.freed.notified();
            tokio::pin!(freed);
            // From here on no notice is missed.
            freed.as_mut().enable();
            match self.try_take(center, bytes) {
                Ok(hold) => return hold,
                Err(which) => scarce(which),
            }
            freed.await;
        }
    }

    /// Takes a share if there is one. Whoever has nothing may take more than a share at once, or it
    /// would wait for ever.
    fn try_take(&self, center: CenterId, bytes: usize) -> Result<Hold, Scarce> {
        let mut taken = self.pool.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by.get(&center).copied().unwrap_or_default();
        if own > 0 && own + bytes > SHARE {
            return Err(Scarce::Share);
        }
        if taken.all > 0 && taken.all + bytes > CEILING {
            return Err(Scarce::Ceiling);
        }
        taken.all += bytes;
        *taken.by.entry(center).or_default() += bytes;
        Ok(Hold { memory: self.clone(), center, bytes })
    }
}

/// A share that is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    memory: Memory,
    center: CenterId,
    bytes: usize,
}

impl Hold {
    /// Makes the share what is really used. It may grow a little beyond the bounds: what it is for
    /// is there already.
    pub(crate) fn resize(&mut self, bytes: usize) {
        let Hold { memory, center, bytes: before } = self;
        let mut taken = memory.pool.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = (taken.all + bytes).saturating_sub(*before);
        let own = taken.by.entry(*center).or_default();
        *own = (*own + bytes).saturating_sub(*before);
        if *own == 0 {
            taken.by.remove(center);
        }
        drop(taken);
        if bytes < *before {
            memory.pool.freed.notify_waiters();
        }
        *before = bytes;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.resize(0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::cell::RefCell;

    use super::*;

    fn peer(number: u8) -> CenterId {
        CenterId([number; 32])
    }

    #[test]
    fn one_peer_gets_no_more_than_its_share_and_all_no_more_than_the_ceiling() {
        let memory = Memory::default();
        let mut holds = vec![memory.try_take(peer(1), SHARE).unwrap()];
        assert_eq!(memory.try_take(peer(1), 1).unwrap_err(), Scarce::Share);
        for number in 2.. {
            match memory.try_take(peer(number), SHARE) {
                Ok(hold) => holds.push(hold),
                Err(scarce) => {
                    assert_eq!((scarce, holds.len()), (Scarce::Ceiling, CEILING / SHARE));
                    break;
                }
            }
        }
        holds.clear();
        // Everything came back, and nobody is remembered.
        let taken = memory.pool.taken.lock().unwrap();
        assert_eq!((taken.all, taken.by.len()), (0, 0));
    }

    #[tokio::test]
    async fn who_waits_goes_on_when_others_give_back() {
        let memory = Memory::default();
        let mut first = memory.try_take(peer(1), SHARE).unwrap();
        let told = RefCell::new(Vec::new());
        let wait = memory.take(peer(1), 1_000, |scarce| told.borrow_mut().push(scarce));
        tokio::pin!(wait);
        tokio::select! {
            biased;
            _ = &mut wait => panic!("there was nothing to take"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(*told.borrow(), [Scarce::Share]);
        first.resize(SHARE - 1_000);
        let second = wait.await;
        assert_eq!(memory.try_take(peer(1), 1).unwrap_err(), Scarce::Share);
        drop((first, second));
        assert!(memory.try_take(peer(1), SHARE).is_ok());
    }
}
