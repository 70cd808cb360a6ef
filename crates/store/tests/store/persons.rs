use hospes_domain::Timestamp;
use hospes_store::{
    AuditEntry, FACTOR_BYTES, Invited, Person, Store, StoredCredentials, StoredFactor,
};
use zeroize::Zeroizing;

use crate::sample::{Folder, now};

fn invited(byte: u8) -> Invited {
    Invited { hash: [byte; 32], until: now().plus(Timestamp::DAY) }
}

fn entry(what: &str) -> AuditEntry {
    AuditEntry { time: now(), who: "admin".to_owned(), what: what.to_owned() }
}

fn credentials(byte: u8) -> StoredCredentials {
    let factor = StoredFactor {
        secret: Zeroizing::new([byte; FACTOR_BYTES]),
        step: 100,
        recovery: vec![[1; 32], [2; 32]],
    };
    StoredCredentials { passphrase: Zeroizing::new(format!("a digest, number {byte}")), factor }
}

async fn added(store: &Store, name: &str, code: u8) -> bool {
    let role = "counselor".to_owned();
    store.add_person(name.to_owned(), role, invited(code), entry("added")).await.unwrap()
}

async fn settled(store: &Store, code: u8, byte: u8) -> Option<Person> {
    let (how, language) = (credentials(byte), "de".to_owned());
    store.settle_person([code; 32], how, language, entry("settled")).await.unwrap()
}

#[tokio::test]
async fn a_person_is_called_by_their_name_however_it_is_written() {
    let folder = Folder::new();
    let store = folder.create().await;
    assert!(added(&store, "Zo\u{eb}", 7).await);
    assert!(!added(&store, "ZOE\u{308}", 8).await);
    let person = store.person("zo\u{eb}").await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.credentials.as_ref()), ("Zo\u{eb}", None));
    assert_eq!(person.edition, u64::try_from(now().0).unwrap());
    assert_eq!(store.person("zoe").await.unwrap(), None);
    assert_eq!(store.audit(None, 9).await.unwrap().len(), 1, "what did not happen is not noted");
    store.close().await.unwrap();
}

#[tokio::test]
async fn of_two_who_use_one_code_at_once_one_does() {
    let folder = Folder::new();
    let store = folder.create().await;
    added(&store, "anna", 7).await;
    added(&store, "ben", 8).await;
    assert_eq!(settled(&store, 9, 1).await, None);
    let (one, other) = tokio::join!(settled(&store, 7, 1), settled(&store, 7, 2));
    assert!(one.is_some() != other.is_some());
    let kept = store.person("anna").await.unwrap();
    assert_eq!(kept, one.or(other));
    assert_eq!(kept.unwrap().invitation, None);
    let over = now().plus(Timestamp::DAY);
    assert!(store.invited([8; 32], over.plus(-1)).await.unwrap().is_some());
    assert_eq!(store.invited([8; 32], over).await.unwrap(), None, "it is over");
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_step_and_a_recovery_code_count_once() {
    let folder = Folder::new();
    let store = folder.create().await;
    added(&store, "anna", 7).await;
    let edition = settled(&store, 7, 1).await.unwrap().edition;
    let step = |step| store.use_step("anna".to_owned(), edition, step, now());
    assert_eq!(step(100).await.unwrap(), None, "it was used to prove the factor");
    let (one, other) = tokio::join!(step(101), step(101));
    assert!(one.unwrap().is_some() != other.unwrap().is_some());
    assert_eq!(step(100).await.unwrap(), None, "no earlier one either");
    let code = |byte| {
        let name = "anna".to_owned();
        store.use_recovery(name, edition, [byte; 32], entry("recovery"))
    };
    let (one, other) = tokio::join!(code(1), code(1));
    let used: Vec<Person> = [one.unwrap(), other.unwrap()].into_iter().flatten().collect();
    assert_eq!(used.len(), 1);
    assert_eq!(used[0].credentials.as_ref().unwrap().factor.recovery, [[2; 32]]);
    assert_eq!(code(3).await.unwrap(), None);
    let day: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    assert_eq!(store.person("anna").await.unwrap().unwrap().last_login, Some(day));
    store.close().await.unwrap();
}

#[tokio::test]
async fn nobody_comes_in_by_what_was_changed_meanwhile() {
    let folder = Folder::new();
    let store = folder.create().await;
    added(&store, "anna", 7).await;
    let name = || "anna".to_owned();
    let first = settled(&store, 7, 1).await.unwrap().edition;
    assert!(store.set_person_role(name(), "admin".to_owned(), entry("role")).await.unwrap());
    assert!(!store.set_person_role(name(), "admin".to_owned(), entry("role")).await.unwrap());
    assert_eq!(store.use_step(name(), first, 200, now()).await.unwrap(), None);
    let recovered = store.use_recovery(name(), first, [1; 32], entry("recovery")).await;
    assert_eq!(recovered.unwrap(), None);
    let digest = || Zeroizing::new("another digest".to_owned());
    let set = |edition| store.set_person_passphrase(name(), edition, digest(), entry("set"));
    assert_eq!(set(first).await.unwrap(), None);
    let second = set(first + 1).await.unwrap().unwrap();
    assert_eq!(second.edition, first + 2);
    let factor = credentials(5).factor;
    let set = store.set_person_factor(name(), second.edition, factor.clone(), entry("set")).await;
    assert_eq!(set.unwrap().unwrap().credentials.unwrap().factor, factor);
    assert!(store.reset_person(name(), invited(9), entry("reset")).await.unwrap());
    let reset = store.person("anna").await.unwrap().unwrap();
    assert_eq!((reset.credentials, reset.edition), (None, first + 4));
    assert_eq!(store.use_step(name(), first + 4, 900, now()).await.unwrap(), None);
    assert_eq!(set_while_reset(&store, first + 4).await, None);
    assert!(store.delete_person(name(), entry("removed")).await.unwrap());
    assert!(!store.delete_person(name(), entry("removed")).await.unwrap());
    assert!(store.persons().await.unwrap().is_empty());
    let what: Vec<String> =
        store.audit(None, 20).await.unwrap().into_iter().rev().map(|(_, one)| one.what).collect();
    assert_eq!(what, ["added", "settled", "role", "set", "set", "reset", "removed"]);
    store.close().await.unwrap();
}

async fn set_while_reset(store: &Store, edition: u64) -> Option<Person> {
    let digest = Zeroizing::new("another digest".to_owned());
    let set = store.set_person_passphrase("anna".to_owned(), edition, digest, entry("set")).await;
    set.unwrap()
}

#[tokio::test]
async fn how_a_person_comes_in_is_never_printed() {
    let folder = Folder::new();
    let store = folder.create().await;
    added(&store, "anna", 7).await;
    let before = format!("{:?}", store.persons().await.unwrap());
    settled(&store, 7, 1).await;
    let after = format!("{:?}", store.persons().await.unwrap());
    for printed in [before, after] {
        assert!(printed.contains("anna"), "{printed}");
        for secret in ["digest", "7, 7", "1, 1", "2, 2"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    let how = format!("{:?} {:?}", credentials(1), invited(7));
    assert!(!how.contains("digest") && !how.contains("7, 7"), "{how}");
    store.close().await.unwrap();
}
