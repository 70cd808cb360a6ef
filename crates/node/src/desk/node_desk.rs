//! The node as pages see it: [`hospes_desk::Desk`] on the use cases, which tools reach by messages.
//!
//! Each call takes the node that is open by then, and asks again whether whoever does it may: pages that
//! show too much give nobody a right.

use std::sync::Arc;

use async_trait::async_trait;
use hospes_desk::house::Door as HouseDoor;
use hospes_desk::network::{Named, Picture, Troubles};
use hospes_desk::people::{
    Credentials, Entry, Factor, Invitation, Login, Member, Person, RECOVERY_CODES,
};
use hospes_desk::search::Asked;
use hospes_desk::shown::{Answer, How, Saved, Shown, Tonight};
use hospes_desk::{House, Network, People, Reason, Records, Refused, Role, Who};
use hospes_domain::edit::Edit;
use hospes_domain::{Fields, Kind};
use hospes_store::FACTOR_BYTES;
use hospes_sync::ChangeHash;
use zeroize::Zeroizing;

use super::caller::Caller;
use super::network::picture;
use super::open::{opened, serving};
use super::people::code::Code;
use super::people::door::Door;
use super::people::{self, factor, passphrase};
use super::records::{approval, lookup, past, tonight, write};
use crate::machine::clock;
use crate::vault::{State, Vault};

/// What the center is called before anybody knows.
const NAMELESS: &str = "Hospes";

/// All that pages know of a node. One for a process: it counts who tries to come in.
pub struct NodeDesk {
    vault: Arc<Vault>,
    door: Door,
}

impl NodeDesk {
    /// The desk of whatever node is open.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault, door: Door::default() }
    }
}

/// Whether somebody's role is enough.
fn allow(who: &Who, needed: Role) -> Result<(), Refused> {
    if who.role >= needed {
        return Ok(());
    }
    let message = format!("this needs the role {needed}, {} has the role {}", who.name, who.role);
    Err(Refused::new(Reason::Role, message))
}

fn changes(hashes: Vec<[u8; 32]>) -> Vec<ChangeHash> {
    hashes.into_iter().map(ChangeHash).collect()
}

#[async_trait]
impl Records for NodeDesk {
    async fn search(&self, asked: Asked) -> Result<Answer, Refused> {
        Ok(lookup::search(&*serving(&self.vault)?, asked).await?)
    }

    async fn tonight(&self, asked: Asked) -> Result<Tonight, Refused> {
        Ok(tonight::tonight(&*serving(&self.vault)?, asked).await?)
    }

    async fn get(&self, id: &str, kind: Option<Kind>) -> Result<Shown, Refused> {
        Ok(lookup::get(&*serving(&self.vault)?, id, kind).await?)
    }

    async fn make(
        &self,
        who: &Who,
        kind: Kind,
        fields: Fields,
        how: How,
    ) -> Result<Saved, Refused> {
        allow(who, Role::Coordinator)?;
        let center = serving(&self.vault)?;
        Ok(write::put(&center, &Caller::person(who), ("", Some(kind)), fields, how).await?)
    }

    async fn edit(
        &self,
        who: &Who,
        id: &str,
        edits: Vec<Edit>,
        base: Vec<[u8; 32]>,
        how: How,
    ) -> Result<Saved, Refused> {
        allow(who, Role::Coordinator)?;
        let center = serving(&self.vault)?;
        let base = Some(changes(base)).filter(|heads| !heads.is_empty());
        Ok(write::edit(&center, &Caller::person(who), id, edits, base, how).await?)
    }

    async fn confirm(&self, who: &Who, id: &str, by: &str) -> Result<Saved, Refused> {
        allow(who, Role::Coordinator)?;
        let center = serving(&self.vault)?;
        Ok(write::confirm(&center, &Caller::person(who), id, by).await?)
    }

    async fn approve(
        &self,
        who: &Who,
        id: &str,
        role: &str,
        seen: Vec<[u8; 32]>,
    ) -> Result<Saved, Refused> {
        allow(who, Role::Coordinator)?;
        let center = serving(&self.vault)?;
        Ok(approval::approve(&center, &Caller::person(who), id, role, changes(seen)).await?)
    }

    async fn past(&self, id: &str, kind: Kind, heads: Vec<[u8; 32]>) -> Result<Fields, Refused> {
        Ok(past::past(&*serving(&self.vault)?, id, kind, changes(heads)).await?)
    }

    async fn later(
        &self,
        id: &str,
        kind: Kind,
        heads: Vec<[u8; 32]>,
    ) -> Result<Option<usize>, Refused> {
        Ok(past::later(&*serving(&self.vault)?, id, kind, changes(heads)).await?)
    }

    async fn withdraw(&self, who: &Who, id: &str, reason: &str) -> Result<Saved, Refused> {
        allow(who, Role::Coordinator)?;
        let center = serving(&self.vault)?;
        Ok(write::withdraw(&center, &Caller::person(who), id, reason).await?)
    }
}

#[async_trait]
impl People for NodeDesk {
    async fn people(&self) -> Result<Vec<Person>, Refused> {
        Ok(people::list(&opened(&self.vault)?.store).await?)
    }

    async fn invite(&self, by: &Who, name: &str, role: Role) -> Result<Invitation, Refused> {
        allow(by, Role::Admin)?;
        Ok(people::invite(&opened(&self.vault)?.store, &by.name, name, role).await?)
    }

    async fn reset(&self, by: &Who, name: &str) -> Result<Invitation, Refused> {
        allow(by, Role::Admin)?;
        Ok(people::reset(&opened(&self.vault)?.store, &by.name, name).await?)
    }

    async fn set_role(&self, by: &Who, name: &str, role: Role) -> Result<bool, Refused> {
        allow(by, Role::Admin)?;
        Ok(people::set_role(&opened(&self.vault)?.store, &by.name, name, role).await?)
    }

    async fn remove_person(&self, by: &Who, name: &str) -> Result<bool, Refused> {
        allow(by, Role::Admin)?;
        Ok(people::remove(&opened(&self.vault)?.store, &by.name, name).await?)
    }

    async fn member(&self, name: &str) -> Result<Option<Member>, Refused> {
        Ok(people::member(&opened(&self.vault)?.store, name).await?)
    }

    async fn invited(&self, code: &str) -> Result<Option<Who>, Refused> {
        Ok(people::invited(&opened(&self.vault)?.store, code).await?)
    }

    async fn settle(
        &self,
        code: &str,
        credentials: Credentials,
        language: &str,
    ) -> Result<Option<Member>, Refused> {
        Ok(people::settle(&opened(&self.vault)?.store, code, credentials, language).await?)
    }

    async fn enter(&self, login: Login) -> Result<Entry, Refused> {
        let center = opened(&self.vault)?;
        Ok(self.door.enter(&center.store, login, clock::steady()).await?)
    }

    async fn set_passphrase(
        &self,
        name: &str,
        present: Zeroizing<String>,
        next: Zeroizing<String>,
    ) -> Result<Option<Member>, Refused> {
        let (center, steady) = (opened(&self.vault)?, clock::steady());
        Ok(self.door.set_passphrase(&center.store, name, present, next, steady).await?)
    }

    async fn set_factor(
        &self,
        name: &str,
        present: Zeroizing<String>,
        factor: Factor,
        recovery: Vec<Zeroizing<String>>,
    ) -> Result<Option<Member>, Refused> {
        let (center, steady) = (opened(&self.vault)?, clock::steady());
        let next = (&factor, recovery.as_slice());
        Ok(self.door.set_factor(&center.store, name, present, next, steady).await?)
    }

    async fn set_language(&self, name: &str, tag: &str) -> Result<(), Refused> {
        Ok(people::set_language(&opened(&self.vault)?.store, name, tag).await?)
    }

    async fn digest(&self, passphrase: Zeroizing<String>) -> Result<Zeroizing<String>, Refused> {
        passphrase::check(&passphrase)?;
        Ok(self.door.passphrases.place()?.digest(passphrase).await?)
    }

    fn new_factor(&self, name: &str) -> Factor {
        let center = opened(&self.vault).ok();
        let center = center.map(|center| center.name_of(&center.own.center));
        factor::make(center.as_deref().unwrap_or(NAMELESS), name)
    }

    fn proves(&self, factor: &Factor, digits: &str) -> bool {
        let secret = <&[u8; FACTOR_BYTES]>::try_from(factor.secret.as_slice());
        secret.is_ok_and(|secret| factor::step(secret, digits, clock::now()).is_some())
    }

    fn recovery_codes(&self) -> Vec<Zeroizing<String>> {
        (0..RECOVERY_CODES).map(|_| Code::Recovery.make()).collect()
    }
}

impl House for NodeDesk {
    fn door(&self) -> HouseDoor {
        match self.vault.state() {
            State::Open(center) => {
                let name = center.name_of(&center.own.center);
                if center.recovery.waiting().is_some() {
                    HouseDoor::CatchingUp { center: name }
                } else {
                    HouseDoor::Open { center: name }
                }
            }
            State::Sealed => HouseDoor::Sealed,
            State::Uninitialized | State::Wiped => HouseDoor::Empty,
        }
    }
}

#[async_trait]
impl Network for NodeDesk {
    async fn centers(&self) -> Result<Vec<Named>, Refused> {
        Ok(picture::centers(&*opened(&self.vault)?).await?)
    }

    async fn picture(&self) -> Result<Picture, Refused> {
        Ok(picture::picture(&*opened(&self.vault)?).await?)
    }

    async fn troubles(&self, who: &Who, most: usize) -> Result<Troubles, Refused> {
        allow(who, Role::Admin)?;
        Ok(picture::troubles(&self.vault, &*opened(&self.vault)?, most).await?)
    }
}
