#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};

use super::*;
use crate::RecoveryPhrase;
use crate::passphrase::WeakPassphrase;

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
fn a_lock_that_was_made_with_the_mark_of_a_file_opens_with_the_words() {
    let key = DatabaseKey::generate().unwrap();
    let marked = format!("{}{PASSPHRASE}", secret::MARK);
    let mut keyslots = Keyslots::create(&key, &marked, Cost::for_tests()).unwrap();
    for (given, opens) in [
        (PASSPHRASE, true),
        (marked.as_str(), true),
        (&format!("{marked}\r\n"), true),
        ("six words that dice have picke", false),
        ("\u{feff}", false),
        ("", false),
    ] {
        let expected = if opens { Ok(key.clone()) } else { Err(UnsealError::WrongPassphrase) };
        assert_eq!(keyslots.open(given), expected, "{given:?}");
    }
    // It is among others, and one of those is damaged.
    let other = "nine fictional cranes rest at noon";
    keyslots.add_passphrase(&key, "second", other, Cost::for_tests()).unwrap();
    let json = changed(&keyslots, |file| file["slots"][1]["salt"] = json!("00"));
    assert_eq!(open(&json), Ok(key));
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
    for label in [Some("night".to_owned()), None] {
        let renamed = forged(sealed().1, |file| {
            let Slot::Passphrase(slot) = &mut file.slots[0] else { panic!("no slot") };
            slot.label = label;
        });
        assert_eq!(renamed.open(PASSPHRASE), Err(UnsealError::WrongPassphrase));
    }
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
        slots.insert(0, json!({"kind": "token", "needed": 2}));
    });
    assert_eq!(open(&json), Ok(key));
    let json = changed(&keyslots, |file| file["slots"] = json!([{"kind": "token"}]));
    assert_eq!(open(&json), Err(UnsealError::NoPassphrase));
}

#[test]
fn a_newer_format_says_so_whatever_else_it_holds() {
    assert_eq!(open(br#"{"format":3,"else":true}"#), Err(UnsealError::Newer { actual: 3 }));
}

#[test]
fn the_default_cost_is_a_quarter_of_a_gibibyte() {
    let cost = Cost::default();
    assert_eq!((cost.memory_kib, cost.passes, cost.lanes), (262_144, 3, 1));
    assert!(cost.params().is_ok());
}

const SECOND: &str = "a second line of words that fit";

fn trustees(count: u8) -> Vec<TrusteeSecret> {
    (0..count).map(|seed| TrusteeSecret::from_seed(&[seed; 32])).collect()
}

fn keys(trustees: &[TrusteeSecret]) -> Vec<TrusteeKey> {
    trustees.iter().map(|trustee| trustee.key().clone()).collect()
}

/// As the release wrote it that knew one passphrase and no labels; made apart from this code.
const FORMAT_1: &str = r#"{"format":1,"database":"000102030405060708090a0b0c0d0e0f","slots":[{"kind":"passphrase","number":0,
  "cost":{"memory_kib":8,"passes":1,"lanes":1},"salt":"101112131415161718191a1b1c1d1e1f","nonce":"000102030405060708090a0b",
  "wrapped":"c20d3b4e3bd64208ca2d45ec44a80324f7357197765941d2e12dae83d29fbd8042e8b19a3ef550f1eac082e65493bfba",
  "checksum":"a39146e54d5a13a4"}]}"#;

#[test]
fn a_file_of_format_1_opens_and_is_written_anew_with_its_first_change() {
    let old = Keyslots::from_json(FORMAT_1.as_bytes()).unwrap();
    let key = old.open(PASSPHRASE).unwrap();
    assert_eq!(old.vouched(&key.proof().unwrap()), None);
    assert_eq!(old.list()[0].label, "main");
    let mut new = old.clone();
    new.add_passphrase(&key, "night", SECOND, Cost::for_tests()).unwrap();
    let new = Keyslots::from_json(new.to_json().as_bytes()).unwrap();
    assert_eq!((new.format, new.open(PASSPHRASE), new.open(SECOND)), (2, Ok(key.clone()), Ok(key)));
}

#[test]
fn several_passphrases_open_and_each_can_be_changed_and_removed() {
    let (key, mut keyslots) = sealed();
    let cost = Cost::for_tests();
    keyslots.add_passphrase(&key, "night", SECOND, cost).unwrap();
    assert_eq!(
        (keyslots.open(PASSPHRASE), keyslots.open(SECOND)),
        (Ok(key.clone()), Ok(key.clone()))
    );
    let again = keyslots.add_passphrase(&key, "night", SECOND, cost).unwrap_err();
    assert_eq!(again, ChangeError::Exists { label: "night".to_owned() });
    keyslots.change_passphrase(&key, "main", "the third is long enough", cost).unwrap();
    assert_eq!(keyslots.open(PASSPHRASE), Err(UnsealError::WrongPassphrase));
    assert_eq!(keyslots.open("the third is long enough"), Ok(key.clone()));
    keyslots.remove(&key, "main").unwrap();
    assert_eq!(keyslots.open("the third is long enough"), Err(UnsealError::WrongPassphrase));
    let last = keyslots.remove(&key, "night").unwrap_err();
    assert_eq!(last, ChangeError::Last { label: "night".to_owned() });
    assert_eq!(keyslots.open(SECOND), Ok(key.clone()));
    let missing = keyslots.remove(&key, "main").unwrap_err();
    assert_eq!(missing, ChangeError::NotFound { label: "main".to_owned() });
}

#[test]
fn labels_and_the_number_of_slots_are_bounded() {
    let (key, mut keyslots) = sealed();
    let cost = Cost::for_tests();
    for wrong in ["", "two words", "a\u{7}b", &"x".repeat(LONGEST_LABEL + 1)] {
        let refused = keyslots.add_passphrase(&key, wrong, SECOND, cost);
        assert_eq!(refused, Err(ChangeError::Label), "{wrong}");
    }
    for place in 1..MAX_SLOTS {
        keyslots.add_passphrase(&key, &format!("n-{place}"), SECOND, cost).unwrap();
    }
    assert_eq!(keyslots.add_passphrase(&key, "more", SECOND, cost), Err(ChangeError::Full));
    let json = changed(&keyslots, |file| file["slots"][1]["label"] = json!("main"));
    assert_eq!(open(&json), Err(UnsealError::Damaged("the labels of its slots")));
}

#[test]
fn a_damaged_slot_does_not_keep_another_from_opening() {
    let (key, mut keyslots) = sealed();
    keyslots.add_passphrase(&key, "night", SECOND, Cost::for_tests()).unwrap();
    let json = changed(&keyslots, |file| file["slots"][0]["salt"] = json!("00"));
    let damaged = Keyslots::from_json(&json).unwrap();
    assert_eq!(damaged.open(SECOND), Ok(key));
    assert!(matches!(damaged.open(PASSPHRASE), Err(UnsealError::Damaged(_))));
}

#[test]
fn two_of_three_trustees_open_the_key_and_one_does_not() {
    let (key, mut keyslots) = sealed();
    let people = trustees(3);
    keyslots.add_trustees(&key, "trustees", 2, &keys(&people)).unwrap();
    let json = keyslots.to_json();
    assert!(json.len() < 10_000, "{} bytes", json.len());
    let keyslots = Keyslots::from_json(json.as_bytes()).unwrap();
    let shares: Vec<Share> = people.iter().map(|one| keyslots.share(one).unwrap()).collect();
    for pair in [[0, 1], [0, 2], [2, 1]] {
        let shares = pair.map(|place| Share::parse(&shares[place].to_text()).unwrap());
        assert_eq!(keyslots.open_with_shares(&shares), Ok(key.clone()));
    }
    assert_eq!(keyslots.open_with_shares(&shares), Ok(key.clone()));
    let few = Err(UnsealError::TooFewShares { needed: 2, actual: 1 });
    assert_eq!(keyslots.open_with_shares(&shares[..1]), few);
    let twice = [shares[0].clone(), shares[0].clone()];
    assert_eq!(keyslots.open_with_shares(&twice), few);
    let stranger = TrusteeSecret::from_seed(&[99; 32]);
    assert_eq!(keyslots.share(&stranger), Err(UnsealError::NoTrustee));
    assert_eq!(keyslots.open(PASSPHRASE), Ok(key));
}

#[test]
fn shares_of_other_keyslots_do_not_open_these() {
    let people = trustees(3);
    let [mut one, mut other] = [sealed(), sealed()];
    for (key, keyslots) in [&mut one, &mut other] {
        keyslots.add_trustees(key, "trustees", 2, &keys(&people)).unwrap();
    }
    let shares = [one.1.share(&people[0]).unwrap(), other.1.share(&people[1]).unwrap()];
    assert_eq!(one.1.open_with_shares(&shares), Err(UnsealError::ForeignShare));
    let mut forged = one.1.share(&people[1]).unwrap().as_bytes().to_owned();
    forged[7] ^= 1;
    let forged = Share::new(shares[0].tag(), forged);
    let shares = [shares[0].clone(), forged];
    assert_eq!(one.1.open_with_shares(&shares), Err(UnsealError::WrongShares));
}

#[test]
fn the_numbers_of_trustees_are_bounded() {
    let (key, mut keyslots) = sealed();
    for (needed, count) in [(1, 3), (2, 1), (4, 3), (0, 0), (2, 10)] {
        let refused = keyslots.add_trustees(&key, "trustees", needed, &keys(&trustees(count)));
        let actual = usize::from(count);
        assert_eq!(refused, Err(ChangeError::Trustees { needed, actual }), "{needed} of {count}");
    }
    let twice = [keys(&trustees(2)), keys(&trustees(2))].concat();
    assert!(keyslots.add_trustees(&key, "trustees", 2, &twice).is_err(), "one person twice");
    keyslots.add_trustees(&key, "nine", 9, &keys(&trustees(9))).unwrap();
    assert!(keyslots.to_json().len() < MAX_FILE / 2, "{}", keyslots.to_json().len());
    let second = keyslots.add_trustees(&key, "more", 2, &keys(&trustees(3)));
    assert_eq!(second, Err(ChangeError::TrusteesExist { label: "nine".to_owned() }));
    for needed in [0, 1, 10] {
        let json = changed(&keyslots, |file| file["slots"][1]["needed"] = json!(needed));
        assert_eq!(open(&json), Err(UnsealError::Damaged("the numbers of trustees")));
    }
    // Trustees are a way to the key as good as a passphrase: the last one of those may go.
    keyslots.remove(&key, "main").unwrap();
    assert!(matches!(keyslots.remove(&key, "nine"), Err(ChangeError::Last { .. })));
}

#[test]
fn a_share_cannot_be_moved_to_another_trustee_threshold_or_name() {
    let (key, mut keyslots) = sealed();
    let people = trustees(3);
    keyslots.add_trustees(&key, "trustees", 2, &keys(&people)).unwrap();
    let place = keyslots.slots.len() - 1;
    let sum = |file: &mut Keyslots| {
        let database = bytes(&file.database, "").unwrap();
        let Slot::Trustees(slot) = &mut file.slots[place] else { panic!("no trustees") };
        slot.mend(&database);
    };
    let changes: [fn(&mut TrusteesSlot); 4] = [
        |slot| slot.needed = 3,
        |slot| slot.label = "others".to_owned(),
        |slot| slot.number += 1,
        |slot| {
            let first = slot.shares[0].trustee.clone();
            slot.shares[0].trustee = slot.shares[1].trustee.clone();
            slot.shares[1].trustee = first;
        },
    ];
    let mut same = keyslots.clone();
    sum(&mut same);
    assert!(same.share(&people[0]).is_ok());
    for (number, change) in changes.into_iter().enumerate() {
        let mut forged = keyslots.clone();
        let Slot::Trustees(slot) = &mut forged.slots[place] else { panic!("no trustees") };
        change(slot);
        sum(&mut forged);
        let refused = Err(UnsealError::Damaged("a share was changed"));
        assert_eq!(forged.share(&people[0]), refused, "change {number}");
    }
}

#[test]
fn whoever_has_not_the_key_cannot_write_the_file_unnoticed() {
    let (key, mut keyslots) = sealed();
    let proof = key.proof().unwrap();
    assert_eq!(keyslots.vouched(&proof), Some(true));
    keyslots.add_passphrase(&key, "night", SECOND, Cost::for_tests()).unwrap();
    assert_eq!(keyslots.vouched(&proof), Some(true));
    let other = DatabaseKey::generate().unwrap().proof().unwrap();
    assert_eq!(keyslots.vouched(&other), Some(false));
    let json = changed(&keyslots, |file| {
        file["slots"].as_array_mut().unwrap().pop();
    });
    assert_eq!(Keyslots::from_json(&json).unwrap().vouched(&proof), Some(false));
}

#[test]
fn a_file_with_a_slot_of_a_newer_release_is_not_written() {
    let (key, keyslots) = sealed();
    let json = changed(&keyslots, |file| {
        file["slots"].as_array_mut().unwrap().push(json!({"kind": "token"}));
    });
    let mut newer = Keyslots::from_json(&json).unwrap();
    let refused = newer.add_passphrase(&key, "night", SECOND, Cost::for_tests());
    assert_eq!(refused, Err(ChangeError::Newer));
    assert_eq!(newer.remove(&key, "main"), Err(ChangeError::Newer));
}

/// If it fails, every paper of every trustee is worthless.
#[test]
fn a_phrase_gives_the_same_trustee_for_ever() {
    let phrase = ["abandon"; 23].join(" ") + " art";
    let trustee = RecoveryPhrase::parse(&phrase).unwrap().trustee_key().unwrap();
    assert_eq!(
        hex(&trustee.key().digest()),
        "27aeff1e564decc6b4a4fff845cda8024c3c6cf71fb92c26394b0022f4fd9570"
    );
}
