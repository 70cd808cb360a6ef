#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::RecoveryPhrase;

const ZERO: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

fn key() -> BackupKey {
    RecoveryPhrase::parse(ZERO).unwrap().backup_key().unwrap()
}

fn recipient() -> BackupRecipient {
    let phrase = RecoveryPhrase::parse(ZERO).unwrap();
    phrase.center_key().unwrap().backup_recipient(&phrase.backup_key().unwrap()).unwrap()
}

fn header(size: u64) -> Header {
    Header {
        center: CenterId([1; 32]),
        node: NodeId([2; 32]),
        time: Timestamp(1_764_158_400_000),
        size,
        release: "hospes 0.1.0".to_owned(),
    }
}

fn database(size: usize) -> Vec<u8> {
    (0..size).map(|index| (index.wrapping_mul(31) >> 3) as u8).collect()
}

fn sealed(database: &[u8]) -> Vec<u8> {
    let contents = Contents { database_key: Zeroizing::new([9; 32]), records: 12, changes: 34 };
    let header = header(database.len() as u64);
    let (mut file, mut sealer) = Sealer::begin(&recipient(), &header, &contents).unwrap();
    let mut rest = database;
    while sealer.wants() > 0 {
        let (part, left) = rest.split_at(sealer.wants());
        let mut part = part.to_vec();
        sealer.seal(&mut part).unwrap();
        file.extend(part);
        rest = left;
    }
    assert_eq!(file.len() as u64, file_size(&header));
    file
}

fn opened(file: &[u8]) -> Result<Vec<u8>, BackupProblem> {
    let mut archive = Archive::open(file, &key())?;
    let mut database = Vec::new();
    while let Some(part) = archive.part()? {
        database.extend(part);
    }
    Ok(database)
}

#[test]
fn a_backup_gives_back_what_was_sealed() {
    for size in [1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 5] {
        let database = database(size);
        let file = sealed(&database);
        assert!(opened(&file).unwrap() == database, "{size} bytes");
        let archive = Archive::open(file.as_slice(), &key()).unwrap();
        assert_eq!(archive.header, header(size as u64));
        assert_eq!((archive.contents.records, archive.contents.changes), (12, 34));
        assert_eq!(*archive.contents.database_key, [9; 32]);
    }
}

#[test]
fn another_phrase_does_not_open_it() {
    let file = sealed(&database(100));
    let other = RecoveryPhrase::generate().unwrap().backup_key().unwrap();
    assert!(matches!(Archive::open(file.as_slice(), &other), Err(BackupProblem::Sealed)));
}

#[test]
fn a_file_that_is_cut_off_says_where() {
    let file = sealed(&database(2 * PART + 7));
    let head = file.len() - (2 * PART + 7) - 3 * TAG;
    let problem = opened(&file[..head + PART + TAG + 9]).unwrap_err();
    let expected =
        format!("the backup is cut off: it ends in part 2 of 3, after byte {}", head + PART + TAG);
    assert_eq!(problem.to_string(), expected);
    // Between two parts, where nothing is short.
    let problem = opened(&file[..head + 2 * (PART + TAG)]).unwrap_err();
    assert!(matches!(problem, BackupProblem::CutOff { part: 3, .. }), "{problem}");
}

#[test]
fn parts_that_change_places_or_are_left_out_are_refused() {
    let file = sealed(&database(3 * PART + 7));
    let head = file.len() - (3 * PART + 7) - 4 * TAG;
    let part = PART + TAG;
    let (before, parts) = file.split_at(head);
    let swapped = [before, &parts[part..2 * part], &parts[..part], &parts[2 * part..]].concat();
    assert!(matches!(opened(&swapped), Err(BackupProblem::Part { part: 1, .. })));
    let without = [before, &parts[..part], &parts[2 * part..]].concat();
    assert!(matches!(opened(&without), Err(BackupProblem::Part { part: 2, .. })));
    let longer = [file.as_slice(), &[0]].concat();
    assert!(matches!(opened(&longer), Err(BackupProblem::TooLong { .. })));
}

#[test]
fn parts_of_another_backup_are_refused() {
    let database = database(2 * PART);
    let (one, other) = (sealed(&database), sealed(&database));
    let head = one.len() - 2 * (PART + TAG);
    let mixed = [&one[..head + PART + TAG], &other[head + PART + TAG..]].concat();
    assert!(matches!(opened(&mixed), Err(BackupProblem::Part { part: 2, .. })));
}

#[test]
fn other_files_and_newer_backups_are_told_apart() {
    fn check(file: &[u8], expected: &str) {
        let problem = Header::read(&mut &*file).unwrap_err().to_string();
        assert!(problem.starts_with(expected), "{problem}");
    }
    let file = sealed(&database(10));
    check(b"", "this is not a backup of hospes");
    check(b"SQLite format 3\0 and so on and so on", "this is not a backup of hospes");
    let mut newer = file.clone();
    newer[17] = 9;
    check(&newer, "a newer release wrote this backup (format 9");
    let mut long = file.clone();
    long[18] = 255;
    check(&long, "the backup is damaged: its header has an impossible length");
    check(&file[..60], "the backup is damaged: its header has no end");
    let mut huge = file;
    huge[START + 72] = 255;
    check(&huge, "the backup is damaged: its header has an impossible size");
}

#[test]
fn only_the_center_itself_names_its_backup_key() {
    let phrase = RecoveryPhrase::parse(ZERO).unwrap();
    let certificate = phrase.center_key().unwrap().certificate().unwrap();
    let bytes = recipient().to_bytes();
    assert_eq!(bytes.len(), BackupRecipient::BYTES);
    assert_eq!(BackupRecipient::parse(&bytes, &certificate).unwrap(), recipient());
    for index in [0, 700, PUBLIC_KEY, BackupRecipient::BYTES - 1] {
        let mut bent = bytes.clone();
        bent[index] ^= 1;
        let refused = BackupRecipient::parse(&bent, &certificate);
        assert_eq!(refused, Err(InvalidRecipient::Signature), "byte {index}");
    }
    let other = RecoveryPhrase::generate().unwrap().center_key().unwrap();
    let refused = BackupRecipient::parse(&bytes, &other.certificate().unwrap());
    assert_eq!(refused, Err(InvalidRecipient::Signature));
    assert!(BackupRecipient::parse(&bytes[1..], &certificate).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_bit_anywhere_is_noticed(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut file = sealed(&database(PART + 100));
        let index = at.index(file.len());
        file[index] ^= 1 << bit;
        prop_assert!(opened(&file).is_err(), "byte {index}");
    }

    #[test]
    fn a_shorter_file_is_never_a_backup(at in any::<prop::sample::Index>()) {
        let file = sealed(&database(PART + 100));
        prop_assert!(opened(&file[..at.index(file.len())]).is_err());
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let with_magic = [MAGIC.as_slice(), &[0, 1], &bytes].concat();
        for file in [&bytes, &with_magic] {
            prop_assert!(opened(file).is_err());
        }
    }
}
