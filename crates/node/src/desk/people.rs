//! The persons of a center: whom the admin has added, and how they say that it is they.

use hospes_desk::people::{Credentials, Factor, Invitation, Member, Person, Who};
use hospes_desk::{Reason, Role, UnknownRole};
use hospes_domain::Timestamp;
use hospes_domain::language::{self, MAX_TAG};
use hospes_store::{self as store, FACTOR_BYTES, Invited, Store, StoredCredentials, StoredFactor};
use zeroize::Zeroizing;

use self::code::Code;
use self::passphrase::is_digest;
use super::name;
use super::refused::{Refused, invalid, refused};
use crate::machine::{audit, clock};

pub(crate) mod code;
pub(crate) mod door;
pub(crate) mod factor;
pub(crate) mod passphrase;
pub(crate) mod throttle;

/// How long a one-time code counts.
const CODE_COUNTS: i64 = 72 * Timestamp::HOUR;
/// Most recovery codes of a person.
const MOST_RECOVERY: usize = 16;

/// All of them, by name.
pub(crate) async fn list(store: &Store) -> Result<Vec<Person>, Refused> {
    let now = clock::now();
    store.persons().await?.into_iter().map(|person| shown(person, now)).collect()
}

/// Adds somebody, who may come in after having used the code.
pub(crate) async fn invite(
    store: &Store,
    who: &str,
    given: &str,
    role: Role,
) -> Result<Invitation, Refused> {
    let name = name::checked("name", given)?;
    let (invitation, invited) = invitation()?;
    let entry = audit::entry(who, format!("person added: {name} ({role})"));
    if !store.add_person(name.clone(), role.name().to_owned(), invited, entry).await? {
        let message = format!(
            "name: there is a person called {name}; take another name, or give this one a new code: \
             hospes person reset {name:?}"
        );
        return Err(refused(Reason::Exists, message));
    }
    Ok(invitation)
}

/// Takes from somebody how they come in, and gives them a new code.
pub(crate) async fn reset(store: &Store, who: &str, given: &str) -> Result<Invitation, Refused> {
    let person = existing(store, given).await?;
    let (invitation, invited) = invitation()?;
    let entry = audit::entry(who, format!("person reset: {}", person.name));
    if !store.reset_person(person.name, invited, entry).await? {
        return Err(nobody(given));
    }
    Ok(invitation)
}

/// Gives somebody another role. False when it was theirs already.
pub(crate) async fn set_role(
    store: &Store,
    who: &str,
    given: &str,
    role: Role,
) -> Result<bool, Refused> {
    let store::Person { name, role: before, .. } = existing(store, given).await?;
    let entry = audit::entry(who, format!("person's role changed: {name} ({before} to {role})"));
    Ok(store.set_person_role(name, role.name().to_owned(), entry).await?)
}

/// Takes somebody out. False when there is none of the name.
pub(crate) async fn remove(store: &Store, who: &str, given: &str) -> Result<bool, Refused> {
    let Some(person) = store.person(given.trim()).await? else { return Ok(false) };
    let entry = audit::entry(who, format!("person removed: {}", person.name));
    Ok(store.delete_person(person.name, entry).await?)
}

/// The person of a name, if they are ready to come in.
pub(crate) async fn member(store: &Store, given: &str) -> Result<Option<Member>, Refused> {
    let person = store.person(given.trim()).await?.filter(|person| person.credentials.is_some());
    person.map(member_of).transpose()
}

/// To whom a one-time code was given that still counts.
pub(crate) async fn invited(store: &Store, typed: &str) -> Result<Option<Who>, Refused> {
    let Some(hash) = Code::OneTime.hash(typed) else { return Ok(None) };
    let Some(person) = store.invited(hash, clock::now()).await? else { return Ok(None) };
    Ok(Some(Who { role: role_of(&person)?, name: person.name }))
}

/// Uses up a one-time code. `None` when it counts no more.
pub(crate) async fn settle(
    store: &Store,
    typed: &str,
    credentials: Credentials,
    tag: &str,
) -> Result<Option<Member>, Refused> {
    let tag = tag_of(tag)?;
    let Credentials { passphrase, factor, recovery } = credentials;
    if !is_digest(&passphrase) {
        return Err(invalid("passphrase: is no digest"));
    }
    let now = clock::now();
    let factor = stored(&factor, &recovery, now)?;
    let Some(hash) = Code::OneTime.hash(typed) else { return Ok(None) };
    let Some(person) = store.invited(hash, now).await? else { return Ok(None) };
    let what = format!("person has set passphrase and second factor: {}", person.name);
    let entry = audit::entry(person.name, what);
    let credentials = StoredCredentials { passphrase, factor };
    let settled = store.settle_person(hash, credentials, tag, entry).await?;
    settled.map(member_of).transpose()
}

/// Notes in which language somebody reads.
pub(crate) async fn set_language(store: &Store, given: &str, tag: &str) -> Result<(), Refused> {
    let tag = tag_of(tag)?;
    if !store.set_person_language(given.trim().to_owned(), tag).await? {
        return Err(nobody(given));
    }
    Ok(())
}

/// A second factor as it is kept, with what takes its place.
fn stored(
    factor: &Factor,
    recovery: &[Zeroizing<String>],
    now: Timestamp,
) -> Result<StoredFactor, Refused> {
    let Ok(secret) = <[u8; FACTOR_BYTES]>::try_from(factor.secret.as_slice()) else {
        let length = factor.secret.len();
        return Err(invalid(format!("factor: has {length} bytes, it must be {FACTOR_BYTES}")));
    };
    if recovery.len() > MOST_RECOVERY {
        let given = recovery.len();
        return Err(invalid(format!(
            "recovery: has {given} entries, at most {MOST_RECOVERY} are allowed"
        )));
    }
    let hashes: Option<Vec<_>> = recovery.iter().map(|code| Code::Recovery.hash(code)).collect();
    let recovery = hashes.ok_or_else(|| invalid("recovery: has an entry that is no code"))?;
    // Its digits of now were typed to prove it.
    let step = factor::step_of(now);
    Ok(StoredFactor { secret: Zeroizing::new(secret), step, recovery })
}

/// A code and what is kept of it.
fn invitation() -> Result<(Invitation, Invited), Refused> {
    let code = Code::OneTime.make();
    let until = clock::now().plus(CODE_COUNTS);
    let hash = Code::OneTime
        .hash(&code)
        .ok_or_else(|| refused(Reason::Failed, "failed to make a one-time code"))?;
    Ok((Invitation { code: code.to_string(), until }, Invited { hash, until }))
}

async fn existing(store: &Store, given: &str) -> Result<store::Person, Refused> {
    store.person(given.trim()).await?.ok_or_else(|| nobody(given))
}

fn nobody(given: &str) -> Refused {
    let name: String = given.trim().chars().take(60).collect();
    let message = format!("name: there is no person called {name}; see: hospes person list");
    refused(Reason::NotFound, message)
}

fn tag_of(tag: &str) -> Result<String, Refused> {
    let tag = tag.trim();
    if tag.len() > MAX_TAG {
        let given = tag.len();
        return Err(invalid(format!("language: has {given} bytes, at most {MAX_TAG} are allowed")));
    }
    if tag.is_empty() {
        return Ok(String::new());
    }
    language::canonical(tag).map_err(|error| invalid(format!("language: {error}")))
}

/// The role of this word.
pub(crate) fn role(word: &str) -> Result<Role, Refused> {
    word.parse().map_err(|error: UnknownRole| invalid(format!("role: {error}")))
}

fn role_of(person: &store::Person) -> Result<Role, Refused> {
    person.role.parse().map_err(|error: UnknownRole| {
        refused(Reason::Failed, format!("the person's role cannot be read: {error}"))
    })
}

fn recovery_left(person: &store::Person) -> usize {
    person.credentials.as_ref().map_or(0, |credentials| credentials.factor.recovery.len())
}

fn shown(person: store::Person, now: Timestamp) -> Result<Person, Refused> {
    Ok(Person {
        role: role_of(&person)?,
        invited_until: person.invitation.map(|code| code.until).filter(|until| *until > now),
        ready: person.credentials.is_some(),
        added: person.added,
        last_login: person.last_login,
        recovery_left: recovery_left(&person),
        name: person.name,
    })
}

fn member_of(person: store::Person) -> Result<Member, Refused> {
    Ok(Member {
        role: role_of(&person)?,
        edition: person.edition,
        recovery_left: recovery_left(&person),
        language: person.language,
        name: person.name,
    })
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
