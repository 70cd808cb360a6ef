#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};

use super::*;

const PASSPHRASE: &str = "six words that dice have picked";

fn sealed() -> (DatabaseKey, Keyslots) {
    let key = DatabaseKey::generate().unwrap();
    let keyslots = Keyslots::create(&key, PASSPHRASE, Cost::for_tests()).unwrap();
    (key, keyslots)
}

/// The file after a change to it.
fn changed(keyslots: &Keyslots, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = serde_json::from_str(&keyslots.to_json()).unwrap();
    change(&mut value);
    serde_json::to_vec(&value).unwrap()
}

fn open(json: &[u8]) -> Result<DatabaseKey, UnsealError> {
    Keyslots::from_json(json)?.open(PASSPHRASE)
}

#[test]
fn the_passphrase_opens_the_key_and_no_other_does() {
    let (key, keyslots) = sealed();
    let again = Keyslots::from_json(keyslots.to_json().as_bytes()).unwrap();
    assert_eq!(again, keyslots);
    assert_eq!(again.open(PASSPHRASE), Ok(key.clone()));
    assert_eq!(again.open(&format!(" {PASSPHRASE}\n")), Ok(key));
    for wrong in ["", "six words that dice have picke", "Six words that dice have picked"] {
        assert_eq!(again.open(wrong), Err(UnsealError::WrongPassphrase), "{wrong}");
    }
}

#[test]
fn the_file_does_not_hold_the_key_and_nothing_prints_it() {
    let (key, keyslots) = sealed();
    assert!(!keyslots.to_json().contains(&hex(key.as_bytes())));
    assert_eq!(format!("{key:?}"), "DatabaseKey(32 bytes)");
}

#[test]
fn sealing_twice_gives_files_that_share_nothing() {
    let (key, first) = sealed();
    let second = Keyslots::create(&key, PASSPHRASE, Cost::for_tests()).unwrap();
    assert_ne!(first.database, second.database);
    assert_ne!(first.slots, second.slots);
}

#[test]
fn a_weak_passphrase_is_not_taken() {
    let key = DatabaseKey::generate().unwrap();
    let refused = Keyslots::create(&key, "short", Cost::for_tests());
    assert_eq!(refused, Err(SealError::Weak(WeakPassphrase::TooShort { actual: 5 })));
}

#[test]
fn a_damaged_file_is_not_called_a_wrong_passphrase() {
    let (_, keyslots) = sealed();
    for field in ["salt", "nonce", "wrapped", "checksum"] {
        let json = changed(&keyslots, |file| {
            let text = file["slots"][0][field].as_str().unwrap().to_owned();
            let other = if text.starts_with('0') { "1" } else { "0" };
            file["slots"][0][field] = json!(format!("{other}{}", &text[1..]));
        });
        assert_eq!(open(&json), Err(UnsealError::Damaged("its checksum is wrong")), "{field}");
    }
    let whole = keyslots.to_json();
    for json in ["", "{}", "[]", "null", &whole[..whole.len() / 2]] {
        assert!(matches!(open(json.as_bytes()), Err(UnsealError::Damaged(_))), "{json}");
    }
}

#[test]
fn a_slot_cannot_be_moved_to_another_place_or_database() {
    /// Changes the file and mends its checksum, as somebody would who means it.
    fn forged(mut keyslots: Keyslots, change: impl FnOnce(&mut Keyslots)) -> Keyslots {
        change(&mut keyslots);
        let database = bytes(&keyslots.database, "").unwrap();
        let Slot::Passphrase(slot) = &mut keyslots.slots[0] else { panic!("no slot") };
        slot.checksum = slot.sum(&database);
        keyslots
    }
    let (key, keyslots) = sealed();
    let same = forged(keyslots.clone(), |_| {});
    assert_eq!(same.open(PASSPHRASE), Ok(key));
    let moved = forged(keyslots.clone(), |file| file.database = hex(&[0; 16]));
    assert_eq!(moved.open(PASSPHRASE), Err(UnsealError::WrongPassphrase));
    let renumbered = forged(keyslots, |file| {
        let Slot::Passphrase(slot) = &mut file.slots[0] else { panic!("no slot") };
        slot.number = 1;
    });
    assert_eq!(renumbered.open(PASSPHRASE), Err(UnsealError::WrongPassphrase));
}

#[test]
fn a_file_that_asks_for_too_much_is_refused_before_it_costs_anything() {
    let (_, keyslots) = sealed();
    for (field, value) in [
        ("memory_kib", MAX_MEMORY_KIB + 1),
        ("memory_kib", u32::MAX),
        ("memory_kib", 0),
        ("passes", MAX_PASSES + 1),
        ("passes", 0),
        ("lanes", MAX_LANES + 1),
        ("lanes", 0),
    ] {
        let json = changed(&keyslots, |file| file["slots"][0]["cost"][field] = json!(value));
        assert!(matches!(open(&json), Err(UnsealError::Cost(_))), "{field} {value}");
    }
    let json = changed(&keyslots, |file| {
        let slot = file["slots"][0].clone();
        file["slots"] = json!(vec![slot; MAX_SLOTS + 1]);
    });
    assert_eq!(open(&json), Err(UnsealError::TooManySlots { actual: MAX_SLOTS + 1 }));
    let json = vec![b' '; MAX_FILE + 1];
    assert_eq!(open(&json), Err(UnsealError::TooLarge { actual: MAX_FILE + 1 }));
    let key = DatabaseKey::generate().unwrap();
    let cost = Cost { lanes: 5, ..Cost::for_tests() };
    assert!(matches!(Keyslots::create(&key, PASSPHRASE, cost), Err(SealError::Cost(_))));
}

#[test]
fn slots_of_a_kind_that_this_release_does_not_know_are_passed_over() {
    let (key, keyslots) = sealed();
    let json = changed(&keyslots, |file| {
        let slots = file["slots"].as_array_mut().unwrap();
        slots.insert(0, json!({"kind": "trustees", "needed": 2, "shares": ["x", "y", "z"]}));
    });
    assert_eq!(open(&json), Ok(key));
    let json = changed(&keyslots, |file| file["slots"] = json!([{"kind": "trustees"}]));
    assert_eq!(open(&json), Err(UnsealError::NoPassphrase));
}

#[test]
fn a_newer_format_says_so_whatever_else_it_holds() {
    assert_eq!(open(br#"{"format":2,"else":true}"#), Err(UnsealError::Newer { actual: 2 }));
}

#[test]
fn the_default_cost_is_a_quarter_of_a_gibibyte() {
    let cost = Cost::default();
    assert_eq!((cost.memory_kib, cost.passes, cost.lanes), (262_144, 3, 1));
    assert!(cost.params().is_ok());
}
