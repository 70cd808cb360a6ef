//! Who asks: a person with a token, or somebody who can open the admin socket.
//!
//! A token is 32 random bytes; the node keeps its SHA-256 only. That is enough, since nobody can guess
//! among 2^256 tokens, and it lets every call be checked.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use hospes_desk::Reason;
use hospes_domain::Timestamp;
use hospes_store::Token;

use super::name;
use super::people;
use super::refused::{Refused, refused};
use crate::center::Center;
use crate::machine::{audit, clock, random};
use hospes_desk::{Role, UnknownRole, Who};

/// What every token begins with, so that one that leaked into a file can be found there.
const PREFIX: &str = "hospes_";

/// SHA-256 of a token: all that the node keeps of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token as it was shown.
    pub fn of(token: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }

    /// The bytes to keep.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Compares in constant time.
    fn is(&self, kept: &[u8]) -> bool {
        verify_slices_are_equal(&self.0, kept).is_ok()
    }
}

/// Makes a token. It is shown once.
pub fn new_token() -> String {
    format!("{PREFIX}{}", hex::encode(random::bytes::<32>()))
}

/// Who calls. The guard puts it into the request; on the admin socket there is none.
#[derive(Clone)]
pub struct Caller {
    /// The token's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    token: Option<TokenHash>,
}

impl Caller {
    #[cfg(test)]
    pub(crate) fn with_role(role: Role) -> Self {
        Self { name: "desk".to_owned(), role, token: None }
    }

    /// A person who came in by the pages, which have checked who it is.
    pub fn person(who: &Who) -> Self {
        Self { name: who.name.clone(), role: who.role, token: None }
    }

    /// Somebody who can open the admin socket.
    pub fn on_socket() -> Self {
        Self { name: "admin socket".to_owned(), role: Role::Admin, token: None }
    }

    /// Whether the caller may still go on: a long stream outlives the check at its beginning.
    pub async fn still_may(&self, center: &Center) -> bool {
        match &self.token {
            None => true,
            Some(token) => matches!(find(center, token).await, Ok(Some(_))),
        }
    }
}

/// The caller whose token has this hash. Notes the day.
pub async fn find(center: &Center, hash: &TokenHash) -> Result<Option<Caller>, Refused> {
    let mut found = None;
    // All are compared, so that the time does not tell which one is near.
    let tokens = center.store.tokens().await?;
    for token in tokens.iter() {
        if hash.is(&token.digest) {
            found = Some(token);
        }
    }
    let Some(token) = found else { return Ok(None) };
    let role = token.role.parse().map_err(|error: UnknownRole| {
        refused(Reason::Failed, format!("the token's role cannot be read: {error}"))
    })?;
    let now = clock::now();
    if token.last_used.map(day) != Some(day(now))
        && let Err(error) = center.store.token_used(hash.bytes(), now).await
    {
        tracing::warn!(%error, "the day of a token's use was not noted");
    }
    Ok(Some(Caller { name: token.name.clone(), role, token: Some(*hash) }))
}

fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::DAY)
}

/// Makes a token of a name and a role, which is shown once.
pub(crate) async fn add(
    center: &Center,
    who: &str,
    name: &str,
    role: &str,
) -> Result<String, Refused> {
    let name = name::checked("name", name)?;
    let role = people::role(role)?;
    let tokens = center.store.tokens().await?;
    if tokens.iter().any(|token| token.name == name) {
        let message =
            format!("name: there is a token called {name}; remove it first or take another name");
        return Err(refused(Reason::Exists, message));
    }
    let token = new_token();
    let kept = Token {
        name: name.clone(),
        role: role.name().to_owned(),
        digest: TokenHash::of(&token).bytes(),
        created: clock::now(),
        last_used: None,
    };
    center.store.put_token(kept).await?;
    let entry = audit::entry(who, format!("token added: {name} ({role})"));
    center.store.put_audit(entry).await?;
    Ok(token)
}

/// Takes a token back; whoever uses it now is cut off. False when there is none of the name.
pub(crate) async fn remove(center: &Center, who: &str, name: String) -> Result<bool, Refused> {
    let removed = center.store.delete_token(name.clone()).await?;
    if removed {
        center.token_removals.send_replace(());
        let entry = audit::entry(who, format!("token removed: {name}"));
        center.store.put_audit(entry).await?;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn tokens_differ_and_only_the_same_token_has_the_same_hash() {
        let (one, other) = (new_token(), new_token());
        assert_ne!(one, other);
        assert_eq!(one.len(), PREFIX.len() + 64);
        assert!(TokenHash::of(&one).is(&TokenHash::of(&one).bytes()));
        assert!(!TokenHash::of(&one).is(&TokenHash::of(&other).bytes()));
        assert!(!TokenHash::of(&one).is(&[]));
    }
}
