//! Tokens, known by heart: every call of the local API asks for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hospes_domain::Timestamp;

/// Access that was given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose it is, at most 128 bytes.
    pub name: String,
    /// What it allows, at most 128 bytes.
    pub role: String,
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
    /// The beginning of the day (UTC) on which it was last used. When somebody was at work on that
    /// day is nobody's business.
    pub last_used: Option<Timestamp>,
}

/// What is known of them.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    tokens: Option<Arc<[Token]>>,
    /// A transaction that is not on disk yet changes them.
    changing: bool,
    /// How often that began or ended: what was read before is not kept after it.
    changes: u64,
}

impl Tokens {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, by name; when they are not known, how often they had changed before they are read.
    pub(crate) fn get(&self) -> Result<Arc<[Token]>, u64> {
        let known = self.known();
        known.tokens.clone().ok_or(known.changes)
    }

    /// Remembers what was read, unless they have changed since or are changing.
    pub(crate) fn remember(&self, tokens: &Arc<[Token]>, changes: u64) {
        let mut known = self.known();
        if known.changes == changes && !known.changing {
            known.tokens = Some(Arc::clone(tokens));
        }
    }

    /// A transaction changes them: they are asked of the database from now on.
    pub(crate) fn changing(&self) {
        let mut known = self.known();
        (known.tokens, known.changing) = (None, true);
        known.changes += 1;
    }

    /// The transaction has ended, however.
    pub(crate) fn settle(&self) {
        let mut known = self.known();
        if std::mem::take(&mut known.changing) {
            known.changes += 1;
        }
    }
}
