#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hospes_desk::people::{Entry, Login};
use tempfile::TempDir;

use super::door::Door;
use super::*;

const PASSPHRASE: &str = "correct horse battery";

/// A store with nothing in it, and what somebody needs who uses it.
struct House {
    store: Store,
    door: Door,
    steady: Timestamp,
    _folder: TempDir,
}

/// How a person of a test comes in.
struct Kit {
    factor: Factor,
    recovery: Vec<Zeroizing<String>>,
}

fn secret(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path().join("hospes.db"), &[9; 32]).await.unwrap();
        Self { store, door: Door::default(), steady: Timestamp(0), _folder: folder }
    }

    /// New credentials with this passphrase.
    async fn credentials(&self) -> (Credentials, Kit) {
        let digest = self.door.passphrases.place().unwrap().digest(secret(PASSPHRASE)).await;
        let factor = factor::make("North", "anna");
        let recovery: Vec<_> = (0..8).map(|_| Code::Recovery.make()).collect();
        let credentials = Credentials {
            passphrase: digest.unwrap(),
            factor: factor.clone(),
            recovery: recovery.clone(),
        };
        (credentials, Kit { factor, recovery })
    }

    /// A person who has used the code.
    async fn settled(&self, name: &str) -> Kit {
        let invitation = invite(&self.store, "admin", name, Role::Counselor).await.unwrap();
        let (credentials, kit) = self.credentials().await;
        settle(&self.store, &invitation.code, credentials, "de").await.unwrap().unwrap();
        kit
    }

    async fn enter(&self, name: &str, passphrase: &str, proof: &str) -> Entry {
        let login =
            Login { name: name.to_owned(), passphrase: secret(passphrase), proof: secret(proof) };
        self.door.enter(&self.store, login, self.steady).await.unwrap()
    }

    async fn audit(&self) -> Vec<String> {
        let entries = self.store.audit(None, 50).await.unwrap();
        let told = entries.into_iter().map(|(_, entry)| format!("{}: {}", entry.who, entry.what));
        told.rev().collect()
    }
}

impl Kit {
    /// What the authenticator shows so many steps from now.
    fn digits(&self, steps: i64) -> String {
        let secret = self.factor.secret.as_slice().try_into().unwrap();
        factor::digits(secret, clock::now().plus(steps * 30 * Timestamp::SECOND))
    }
}

fn is_in(entry: &Entry) -> bool {
    matches!(entry, Entry::In { .. })
}

#[tokio::test]
async fn somebody_who_was_invited_sets_credentials_once_and_comes_in() {
    let house = House::new().await;
    let invitation = invite(&house.store, "admin", " Anna ", Role::Coordinator).await.unwrap();
    assert_eq!(member(&house.store, "anna").await.unwrap(), None, "not ready yet");
    let lenient = invitation.code.to_lowercase().replace('-', " ").replace('0', "o");
    let who = invited(&house.store, &lenient).await.unwrap().unwrap();
    assert_eq!(who, Who { name: "Anna".to_owned(), role: Role::Coordinator });
    let [(one, kit), (other, _)] = [house.credentials().await, house.credentials().await];
    let (first, second) = tokio::join!(
        settle(&house.store, &invitation.code, one, "de"),
        settle(&house.store, &lenient, other, "uk"),
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first.is_some() != second.is_some(), "a code counts once, in two tabs too");
    assert_eq!(invited(&house.store, &invitation.code).await.unwrap(), None);
    if first.is_some() {
        assert!(!is_in(&house.enter("anna", PASSPHRASE, &kit.digits(0)).await), "was just proven");
        assert!(is_in(&house.enter("ANNA", PASSPHRASE, &kit.digits(1)).await));
    }
}

#[tokio::test]
async fn a_code_counts_once_and_only_with_the_passphrase() {
    let house = House::new().await;
    let kit = house.settled("anna").await;
    let digits = kit.digits(1);
    for (name, passphrase, proof) in [
        ("anna", "wrong horse battery", digits.as_str()),
        ("nobody", PASSPHRASE, digits.as_str()),
        ("anna", PASSPHRASE, ""),
        ("anna", "wrong horse battery", kit.recovery[0].as_str()),
    ] {
        assert_eq!(house.enter(name, passphrase, proof).await, Entry::Wrong);
    }
    let (one, other) = tokio::join!(
        house.enter("anna", PASSPHRASE, &digits),
        house.enter("anna", PASSPHRASE, &digits),
    );
    assert!(is_in(&one) != is_in(&other), "{one:?} {other:?}");
    assert_eq!(house.enter("anna", PASSPHRASE, &digits).await, Entry::Wrong);
    let lenient = kit.recovery[0].to_lowercase().replace('-', "");
    let Entry::In { member, recovered } = house.enter("anna", PASSPHRASE, &lenient).await else {
        panic!("a recovery code takes the place of the second factor");
    };
    assert_eq!((recovered, member.recovery_left), (true, 7));
    assert_eq!(house.enter("anna", PASSPHRASE, &lenient).await, Entry::Wrong);
    assert!(house.audit().await.contains(&"anna: login with a recovery code: anna".to_owned()));
    let kept = house.store.person("anna").await.unwrap().unwrap();
    assert_eq!(kept.last_login.unwrap().0 % Timestamp::DAY, 0, "the day and no more");
}

#[tokio::test]
async fn whoever_guesses_waits_and_shuts_nobody_out_who_has_a_recovery_code() {
    let mut house = House::new().await;
    let kit = house.settled("anna").await;
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            assert_eq!(house.enter(name, "guessed", "123456").await, Entry::Wrong);
        }
        assert_eq!(house.enter(name, "guessed", "123456").await, Entry::Wait { seconds: 30 });
    }
    assert_eq!(house.enter("anna", PASSPHRASE, &kit.digits(1)).await, Entry::Wait { seconds: 30 });
    let strange = Code::Recovery.make();
    assert_eq!(house.enter("anna", PASSPHRASE, &strange).await, Entry::Wait { seconds: 30 });
    assert!(is_in(&house.enter("anna", PASSPHRASE, &kit.recovery[0]).await));
    // Who has found a list of codes does not guess the passphrase with it either.
    for _ in 0..5 {
        assert_eq!(house.enter("anna", "guessed", &kit.recovery[1]).await, Entry::Wrong);
    }
    let waits = house.enter("anna", "guessed", &kit.recovery[1]).await;
    assert_eq!(waits, Entry::Wait { seconds: 30 });
    house.steady = house.steady.plus(30 * Timestamp::SECOND);
    assert!(is_in(&house.enter("anna", PASSPHRASE, &kit.digits(1)).await));
    let audit = house.audit().await.join("\n");
    assert_eq!(audit.matches("pages: too many failed logins: anna").count(), 2, "{audit}");
    assert!(!audit.contains("nobody"), "{audit}");
}

#[tokio::test]
async fn every_change_ends_sessions_and_is_noted() {
    let house = House::new().await;
    let store = &house.store;
    let kit = house.settled("anna").await;
    let edition = async || member(store, "anna").await.unwrap().map(|member| member.edition);
    let mut last = edition().await.unwrap();
    let mut grows = |now: Option<u64>| {
        let now = now.unwrap();
        assert!(now > last);
        last = now;
    };
    assert!(set_role(store, "admin", "anna", Role::Admin).await.unwrap());
    grows(edition().await);
    assert!(!set_role(store, "admin", "anna", Role::Admin).await.unwrap());
    let next = secret("another horse battery");
    let door = &house.door;
    let set = door.set_passphrase(store, "anna", secret("wrong"), next.clone(), house.steady).await;
    assert_eq!(set.unwrap(), None);
    let short = door.set_passphrase(store, "anna", secret(PASSPHRASE), secret("x"), house.steady);
    assert_eq!(short.await.unwrap_err().reason, Reason::Invalid);
    let set = door.set_passphrase(store, "anna", secret(PASSPHRASE), next.clone(), house.steady);
    grows(set.await.unwrap().map(|member| member.edition));
    let (factor, recovery) = (factor::make("North", "anna"), vec![Code::Recovery.make()]);
    let new = (&factor, recovery.as_slice());
    let set = door.set_factor(store, "anna", next.clone(), new, house.steady).await;
    grows(set.unwrap().map(|member| member.edition));
    assert!(!is_in(&house.enter("anna", &next, &kit.digits(1)).await), "the old one is gone");
    let kit = Kit { factor, recovery };
    assert!(is_in(&house.enter("anna", &next, &kit.digits(1)).await));
    set_language(store, "anna", "uk").await.unwrap();
    assert_eq!(member(store, "anna").await.unwrap().unwrap().language, "uk");
    reset(store, "admin", "anna").await.unwrap();
    assert_eq!(edition().await, None);
    assert_eq!(house.enter("anna", &next, &kit.digits(1)).await, Entry::Wrong);
    assert!(remove(store, "admin", "ANNA").await.unwrap());
    assert!(!remove(store, "admin", "anna").await.unwrap());
    house.settled("anna").await;
    grows(edition().await);
    let expected = [
        "admin: person added: anna (counselor)",
        "anna: person has set passphrase and second factor: anna",
        "admin: person's role changed: anna (counselor to admin)",
        "anna: passphrase changed: anna",
        "anna: second factor changed: anna",
        "admin: person reset: anna",
        "admin: person removed: anna",
        "admin: person added: anna (counselor)",
        "anna: person has set passphrase and second factor: anna",
    ];
    assert_eq!(house.audit().await, expected);
}

#[tokio::test]
async fn what_is_not_as_it_must_be_is_refused_with_its_name() {
    let house = House::new().await;
    let store = &house.store;
    invite(store, "admin", "anna", Role::Counselor).await.unwrap();
    let twice = invite(store, "admin", "ANNA", Role::Counselor).await.unwrap_err();
    assert_eq!(twice.reason, Reason::Exists);
    assert!(twice.message.contains("hospes person reset"), "{twice}");
    let long = invite(store, "admin", &"x".repeat(61), Role::Counselor).await.unwrap_err();
    assert_eq!(long.message, "name: has 61 characters, it must be 1..=60");
    let nobody = reset(store, "admin", "ben").await.unwrap_err();
    assert_eq!(nobody.reason, Reason::NotFound);
    assert!(nobody.message.contains("hospes person list"), "{nobody}");
    let login = Login {
        name: "anna".to_owned(),
        passphrase: secret(&"x".repeat(2_000)),
        proof: secret(""),
    };
    let refused = house.door.enter(store, login, house.steady).await.unwrap_err();
    assert_eq!(refused.message, "passphrase: has 2000 bytes, at most 1024 are allowed");
    let [one] = &list(store).await.unwrap()[..] else { panic!("one person") };
    assert!(!one.ready && one.invited_until.is_some() && one.last_login.is_none());
}
