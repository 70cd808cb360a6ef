//! The door: who is let in, and who may set another passphrase or second factor.

use hospes_desk::Reason;
use hospes_desk::people::{Entry, Factor, Login, Member};
use hospes_domain::Timestamp;
use hospes_store::{Person, Store};
use zeroize::Zeroizing;

use super::code::Code;
use super::passphrase::{self, Passphrases};
use super::throttle::{FREE, Key, Throttle, Way};
use super::{factor, member_of, stored};
use crate::desk::refused::{Refused, refused};
use crate::machine::{audit, clock};

/// Longest name that is looked up, in characters: one more than a name has.
const LONGEST_NAME: usize = 61;
/// Longest proof that is looked at, in bytes: a recovery code in whatever way it is written.
const LONGEST_PROOF: usize = 128;

/// What the door knows of those who have tried. One for a node.
#[derive(Default)]
pub(crate) struct Door {
    pub(crate) passphrases: Passphrases,
    throttle: Throttle,
}

/// What somebody showed beside the passphrase.
enum Proof {
    Digits(Zeroizing<String>),
    Recovery([u8; 32]),
    Nothing,
}

impl Proof {
    fn of(typed: &str) -> Self {
        if typed.len() > LONGEST_PROOF {
            return Proof::Nothing;
        }
        if factor::is_digits(typed) {
            return Proof::Digits(Zeroizing::new(typed.to_owned()));
        }
        Code::Recovery.hash(typed).map_or(Proof::Nothing, Proof::Recovery)
    }
}

impl Door {
    /// Lets somebody in, or not; `steady` is the clock that nobody sets.
    ///
    /// A code is only used up if the passphrase is right, and of a name that nobody has it costs the same to find
    /// out.
    pub(crate) async fn enter(
        &self,
        store: &Store,
        login: Login,
        steady: Timestamp,
    ) -> Result<Entry, Refused> {
        passphrase::bounded(&login.passphrase)?;
        let name: String = login.name.trim().chars().take(LONGEST_NAME).collect();
        let proof = Proof::of(&login.proof);
        let person = store.person(&name).await?;
        // A recovery code that is good is looked at whatever others have tried under this name.
        let way = match &proof {
            Proof::Recovery(code) if has(person.as_ref(), code) => Way::Recovery,
            _ => Way::Door,
        };
        let place = self.passphrases.place()?;
        let key = Key::of(way, &name);
        let tries = match self.throttle.begin(key, person.is_some(), steady) {
            Ok(tries) => tries,
            Err(seconds) => return Ok(Entry::Wait { seconds }),
        };
        let credentials = person.as_ref().and_then(|person| person.credentials.as_ref());
        let kept = credentials.map(|credentials| credentials.passphrase.clone());
        let fits = place.fits(login.passphrase, kept).await?;
        let entered = match &person {
            Some(person) if fits => proven(store, person, &proof).await?,
            _ => None,
        };
        match entered {
            Some(entered) => {
                self.throttle.forget(key);
                let recovered = way == Way::Recovery;
                Ok(Entry::In { member: member_of(entered)?, recovered })
            }
            None => {
                self.failed(store, person.as_ref(), tries).await?;
                Ok(Entry::Wrong)
            }
        }
    }

    /// Sets another passphrase. `None` when the present one was not given rightly.
    pub(crate) async fn set_passphrase(
        &self,
        store: &Store,
        name: &str,
        present: Zeroizing<String>,
        next: Zeroizing<String>,
        steady: Timestamp,
    ) -> Result<Option<Member>, Refused> {
        passphrase::check(&next)?;
        let Some(person) = self.present(store, name, present, steady).await? else {
            return Ok(None);
        };
        let digest = self.passphrases.place()?.digest(next).await?;
        let entry = audit::entry(&*person.name, format!("passphrase changed: {}", person.name));
        let set = store.set_person_passphrase(person.name, person.edition, digest, entry).await?;
        set.map(member_of).transpose()
    }

    /// Sets another second factor, which was proven, and recovery codes. `None` when the passphrase was not
    /// given rightly.
    pub(crate) async fn set_factor(
        &self,
        store: &Store,
        name: &str,
        present: Zeroizing<String>,
        (factor, recovery): (&Factor, &[Zeroizing<String>]),
        steady: Timestamp,
    ) -> Result<Option<Member>, Refused> {
        let factor = stored(factor, recovery, clock::now())?;
        let Some(person) = self.present(store, name, present, steady).await? else {
            return Ok(None);
        };
        let entry = audit::entry(&*person.name, format!("second factor changed: {}", person.name));
        let set = store.set_person_factor(person.name, person.edition, factor, entry).await?;
        set.map(member_of).transpose()
    }

    /// The person of a name whose passphrase this is.
    async fn present(
        &self,
        store: &Store,
        name: &str,
        present: Zeroizing<String>,
        steady: Timestamp,
    ) -> Result<Option<Person>, Refused> {
        passphrase::bounded(&present)?;
        let Some(person) = store.person(name.trim()).await? else { return Ok(None) };
        let place = self.passphrases.place()?;
        let key = Key::of(Way::Inside, name.trim());
        let tries = self.throttle.begin(key, true, steady).map_err(|seconds| {
            let message = format!("too many tries; the next one is looked at in {seconds} s");
            refused(Reason::Unavailable, message)
        })?;
        let kept = person.credentials.as_ref().map(|kept| kept.passphrase.clone());
        if place.fits(present, kept).await? {
            self.throttle.forget(key);
            return Ok(Some(person));
        }
        self.failed(store, Some(&person), tries).await?;
        Ok(None)
    }

    /// Notes that a name was tried too often, once until it is forgotten. Not of a name that nobody has:
    /// nobody knows what was typed there.
    async fn failed(
        &self,
        store: &Store,
        person: Option<&Person>,
        tries: u32,
    ) -> Result<(), Refused> {
        if let Some(person) = person.filter(|_| tries == FREE) {
            let what = format!("too many failed logins: {}", person.name);
            store.put_audit(audit::entry("pages", what)).await?;
        }
        Ok(())
    }
}

/// Whether a recovery code is one of a person's that were not used.
fn has(person: Option<&Person>, code: &[u8; 32]) -> bool {
    let kept = person.and_then(|person| person.credentials.as_ref());
    // Digests of random codes: how long it takes to compare them helps nobody to find a code.
    kept.is_some_and(|kept| kept.factor.recovery.contains(code))
}

/// Uses up what somebody showed; the person as they are then, or none when it does not count.
async fn proven(store: &Store, person: &Person, proof: &Proof) -> Result<Option<Person>, Refused> {
    let Some(credentials) = &person.credentials else { return Ok(None) };
    let now = clock::now();
    let name = person.name.clone();
    match proof {
        Proof::Digits(digits) => {
            let Some(step) = factor::step(&credentials.factor.secret, digits, now) else {
                return Ok(None);
            };
            Ok(store.use_step(name, person.edition, step, now).await?)
        }
        Proof::Recovery(code) => {
            let entry = audit::entry(&*name, format!("login with a recovery code: {name}"));
            Ok(store.use_recovery(name, person.edition, *code, entry).await?)
        }
        Proof::Nothing => Ok(None),
    }
}
