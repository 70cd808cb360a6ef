//! The persons of a center: who may come in, and how they show that it is they.

use async_trait::async_trait;
use hospes_domain::Timestamp;
use zeroize::Zeroizing;

use crate::refused::Refused;
use crate::role::Role;

/// Recovery codes that a person is given.
pub const RECOVERY_CODES: usize = 8;

/// Who does something: a person of the center, or whoever can open the admin socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A person as the admin sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Until when a one-time code lets them set a passphrase; none when there is no such code.
    pub invited_until: Option<Timestamp>,
    /// Whether they have set a passphrase and a second factor.
    pub ready: bool,
    /// When the name was added.
    pub added: Timestamp,
    /// The day of their last login.
    pub last_login: Option<Timestamp>,
    /// Recovery codes that were not used yet.
    pub recovery_left: usize,
}

/// Somebody who may come in. Asked for with each request of a page: it is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Tag of the language in which they read; empty when they have chosen none.
    pub language: String,
    /// Grows whenever role, passphrase or second factor change: a session that began with another one
    /// is over.
    pub edition: u64,
    /// Recovery codes that were not used yet.
    pub recovery_left: usize,
}

impl Member {
    /// The same as somebody who does something.
    pub fn who(&self) -> Who {
        Who { name: self.name.clone(), role: self.role }
    }
}

/// A one-time code with which a person sets passphrase and second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The code, in groups.
    pub code: String,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// What somebody types to come in.
pub struct Login {
    /// The name.
    pub name: String,
    /// The passphrase.
    pub passphrase: Zeroizing<String>,
    /// Six digits of the second factor, or a recovery code.
    pub proof: Zeroizing<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// They are in. `recovered` when it was by a recovery code, which counts no more.
    In {
        /// Who they are.
        member: Member,
        /// Whether a recovery code was used up.
        recovered: bool,
    },
    /// Something did not fit; nobody is told what.
    Wrong,
    /// Too many tries under this name: nothing was looked at.
    Wait {
        /// Seconds until the next one is.
        seconds: u64,
    },
}

/// A second factor that is not proven yet.
#[derive(Clone)]
pub struct Factor {
    /// The secret, 20 bytes.
    pub secret: Zeroizing<Vec<u8>>,
    /// The secret as a person types it: base32 in groups of four.
    pub text: Zeroizing<String>,
    /// The address that an authenticator reads from a QR code.
    pub uri: Zeroizing<String>,
}

/// How a person comes in from now on.
pub struct Credentials {
    /// A digest of the passphrase, as [`People::digest`] makes it.
    pub passphrase: Zeroizing<String>,
    /// The second factor, proven.
    pub factor: Factor,
    /// The recovery codes, as [`People::recovery_codes`] makes them.
    pub recovery: Vec<Zeroizing<String>>,
}

/// The persons of a center, as pages and commands ask for them.
#[async_trait]
pub trait People: Send + Sync {
    /// All of them, by name.
    async fn people(&self) -> Result<Vec<Person>, Refused>;

    /// Adds a person, who may come in after having used the code.
    async fn invite(&self, by: &Who, name: &str, role: Role) -> Result<Invitation, Refused>;

    /// Takes passphrase and second factor from a person and gives them a new code. Sessions end.
    async fn reset(&self, by: &Who, name: &str) -> Result<Invitation, Refused>;

    /// Gives a person another role. Sessions end. False when it was theirs already.
    async fn set_role(&self, by: &Who, name: &str, role: Role) -> Result<bool, Refused>;

    /// Takes a person out. Sessions end. False when there is none of the name.
    async fn remove_person(&self, by: &Who, name: &str) -> Result<bool, Refused>;

    /// The person of a name, if they are ready to come in.
    async fn member(&self, name: &str) -> Result<Option<Member>, Refused>;

    /// The person to whom a one-time code was given. The code is not used up by it.
    async fn invited(&self, code: &str) -> Result<Option<Who>, Refused>;

    /// Uses up a one-time code: the person has these credentials from now on. `None` when the code counts no
    /// more.
    async fn settle(
        &self,
        code: &str,
        credentials: Credentials,
        language: &str,
    ) -> Result<Option<Member>, Refused>;

    /// Lets somebody in, or not.
    async fn enter(&self, login: Login) -> Result<Entry, Refused>;

    /// Sets another passphrase; false when the present one was not given rightly. Other sessions end.
    async fn set_passphrase(
        &self,
        name: &str,
        present: Zeroizing<String>,
        next: Zeroizing<String>,
    ) -> Result<Option<Member>, Refused>;

    /// Sets another second factor and recovery codes; `None` when the passphrase was not given rightly.
    async fn set_factor(
        &self,
        name: &str,
        present: Zeroizing<String>,
        factor: Factor,
        recovery: Vec<Zeroizing<String>>,
    ) -> Result<Option<Member>, Refused>;

    /// Notes in which language a person reads.
    async fn set_language(&self, name: &str, tag: &str) -> Result<(), Refused>;

    /// A digest that is slow to try passphrases against; made one at a time.
    async fn digest(&self, passphrase: Zeroizing<String>) -> Result<Zeroizing<String>, Refused>;

    /// A second factor for a person, new.
    fn new_factor(&self, name: &str) -> Factor;

    /// Whether six digits are those of a factor now.
    fn proves(&self, factor: &Factor, digits: &str) -> bool;

    /// Codes for the day on which the second factor is lost, new.
    fn recovery_codes(&self) -> Vec<Zeroizing<String>>;
}
