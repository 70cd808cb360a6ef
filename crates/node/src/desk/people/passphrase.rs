//! Passphrases of persons, and what is kept of them.
//!
//! A digest is slow and takes memory on purpose (Argon2id, 19 MiB, two passes: what OWASP names first). So that
//! nobody fills the machine by trying, they are made one at a time, and few may wait for it.

use std::sync::Arc;

use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use hospes_desk::Reason;
use hospes_domain::validate::{Problem, Violation};
use hospes_identity::passphrase::{self, MAX_BYTES, WeakPassphrase};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::{Zeroize as _, Zeroizing};

use crate::desk::refused::{Refused, invalid, refused};
use crate::machine::random;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of a digest.
const BYTES: usize = 32;
/// What may wait for its turn.
const WAITING: usize = 16;
/// A digest that no passphrase has but by a wonder, for names that nobody has: it costs the same.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Where digests are made, one at a time.
pub(crate) struct Passphrases {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// A place in the row of those who wait.
#[derive(Debug)]
pub(crate) struct Place {
    place: OwnedSemaphorePermit,
    turn: Arc<Semaphore>,
}

impl Default for Passphrases {
    fn default() -> Self {
        let one = |places| Arc::new(Semaphore::new(places));
        Self { places: one(WAITING + 1), turn: one(1) }
    }
}

impl Passphrases {
    /// A place in the row, before anything else is done for somebody.
    ///
    /// # Errors
    /// When too many wait.
    pub(crate) fn place(&self) -> Result<Place, Refused> {
        let busy = |_| refused(Reason::Unavailable, "busy, try again");
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(busy)?;
        Ok(Place { place, turn: Arc::clone(&self.turn) })
    }
}

impl Place {
    /// What is kept of a passphrase.
    pub(crate) async fn digest(
        self,
        passphrase: Zeroizing<String>,
    ) -> Result<Zeroizing<String>, Refused> {
        self.in_turn(move || digest(&passphrase)).await?
    }

    /// Whether a passphrase is the one of which this was kept; costs the same when nothing was.
    pub(crate) async fn fits(
        self,
        passphrase: Zeroizing<String>,
        kept: Option<Zeroizing<String>>,
    ) -> Result<bool, Refused> {
        self.in_turn(move || {
            let fits = fits(&passphrase, kept.as_deref().map_or(NOBODY, String::as_str))?;
            Ok(fits && kept.is_some())
        })
        .await?
    }

    /// Works when it is its turn. The turn is over when the work is, also if nobody waits for it any more.
    async fn in_turn<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let stopping = || refused(Reason::Unavailable, "the node is stopping; try again");
        let turn = self.turn.acquire_owned().await.map_err(|_| stopping())?;
        let place = self.place;
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        worked.await.map_err(|_| stopping())
    }
}

/// Whether a passphrase may be set.
///
/// # Errors
/// Names the field with its bound, and what it has.
pub(crate) fn check(given: &str) -> Result<(), Refused> {
    bounded(given)?;
    passphrase::check(given).map_err(|weak| match weak {
        WeakPassphrase::TooLong { actual } => too_large(actual),
        weak => invalid(format!("passphrase: {weak}")),
    })
}

/// Whether a passphrase is not too long to be looked at.
pub(crate) fn bounded(given: &str) -> Result<(), Refused> {
    if given.len() > MAX_BYTES { Err(too_large(given.len())) } else { Ok(()) }
}

fn too_large(actual: usize) -> Refused {
    let max = u32::try_from(MAX_BYTES).unwrap_or(u32::MAX);
    let violation =
        Violation { field: "passphrase".to_owned(), problem: Problem::TooLarge { max, actual } };
    [violation].as_slice().into()
}

/// Whether a text is a digest that this makes.
pub(crate) fn is_digest(text: &str) -> bool {
    let read = PasswordHash::new(text).ok();
    read.is_some_and(|kept| {
        kept.algorithm == ARGON2ID_IDENT
            && kept.salt.is_some()
            && kept.hash.is_some_and(|hash| hash.len() == BYTES)
            && Params::try_from(&kept).is_ok_and(|params| params.m_cost() <= 64 * MEMORY_KIB)
    })
}

fn failed(what: impl std::fmt::Display) -> Refused {
    tracing::error!(%what, "a digest of a passphrase was not made");
    refused(Reason::Failed, format!("failed to make a digest of the passphrase: {what}"))
}

fn digest(given: &str) -> Result<Zeroizing<String>, Refused> {
    let salt = random::bytes::<16>();
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(BYTES)).map_err(failed)?;
    let text = SaltString::encode_b64(&salt).map_err(failed)?;
    let raw = argon2id(given, &salt, params.clone())?;
    let kept = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(failed)?,
        salt: Some(text.as_salt()),
        hash: Some(Output::new(raw.as_slice()).map_err(failed)?),
    };
    Ok(Zeroizing::new(kept.to_string()))
}

fn fits(given: &str, kept: &str) -> Result<bool, Refused> {
    let kept = PasswordHash::new(kept).map_err(failed)?;
    let params = Params::try_from(&kept).map_err(failed)?;
    let mut salt = [0; Salt::MAX_LENGTH];
    let salt = match kept.salt {
        Some(text) => text.decode_b64(&mut salt).map_err(failed)?,
        None => return Err(failed("it has no salt")),
    };
    let raw = argon2id(given, salt, params)?;
    // Compares in constant time.
    Ok(kept.hash == Some(Output::new(raw.as_slice()).map_err(failed)?))
}

fn argon2id(given: &str, salt: &[u8], params: Params) -> Result<Zeroizing<[u8; BYTES]>, Refused> {
    let given = passphrase::normalized(given);
    let count = params.block_count();
    // Asked for politely: running out of memory is an answer here, not the end of the process.
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(count).map_err(failed)?;
    memory.resize(count, Block::default());
    let mut raw = Zeroizing::new([0; BYTES]);
    let made = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(given.as_bytes(), salt, raw.as_mut_slice(), &mut memory);
    memory.iter_mut().for_each(argon2::Block::zeroize);
    made.map_err(failed)?;
    Ok(raw)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_passphrase_fits_its_own_digest_however_a_keyboard_writes_it() {
        let row = Passphrases::default();
        let kept = row.place().unwrap().digest(secret("caf\u{e9} noir et pain")).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.as_str());
        assert!(is_digest(&kept) && is_digest(NOBODY) && !is_digest("$argon2id$"));
        for (given, expected) in [
            ("caf\u{e9} noir et pain", true),
            ("cafe\u{301} noir et pain ", true),
            ("cafe noir et pain", false),
            ("", false),
        ] {
            let place = row.place().unwrap();
            let fits = place.fits(secret(given), Some(kept.clone())).await.unwrap();
            assert_eq!(fits, expected, "{given}");
        }
        assert!(!row.place().unwrap().fits(secret("anything"), None).await.unwrap());
        let again = row.place().unwrap().digest(secret("caf\u{e9} noir et pain")).await.unwrap();
        assert_ne!(kept, again, "the same passphrase has another salt");
    }

    #[test]
    fn names_that_nobody_has_cost_as_much() {
        let kept = digest("correct horse battery").unwrap();
        let costs = |text: &str| {
            let read = PasswordHash::new(text).unwrap();
            let bytes = read.hash.map(|hash| hash.len());
            (read.algorithm.to_string(), read.version, Params::try_from(&read).unwrap(), bytes)
        };
        assert_eq!(costs(&kept), costs(NOBODY));
    }

    #[tokio::test]
    async fn few_may_wait_and_the_others_are_told_at_once() {
        let row = Passphrases::default();
        let waiting: Vec<Place> = (0..=WAITING).map(|_| row.place().unwrap()).collect();
        let told = row.place().unwrap_err();
        assert_eq!((told.reason, told.message.as_str()), (Reason::Unavailable, "busy, try again"));
        drop(waiting);
        row.place().unwrap();
    }

    #[test]
    fn what_can_be_guessed_or_never_ends_is_refused_with_its_bound() {
        check("correct horse battery").unwrap();
        let short = check("short").unwrap_err();
        assert!(short.message.starts_with("passphrase: a passphrase has at least 12"), "{short}");
        let long = check(&"abcdef".repeat(200)).unwrap_err();
        assert_eq!(long.message, "passphrase: has 1200 bytes, at most 1024 are allowed");
        assert_eq!(long.violations[0].field, "passphrase");
    }
}
