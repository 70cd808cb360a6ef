#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const ZERO: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

#[test]
fn a_phrase_survives_paper() {
    let phrase = RecoveryPhrase::generate().unwrap();
    let paper = phrase.words().join("\n  ").to_uppercase();
    let again = RecoveryPhrase::parse(&paper).unwrap();
    assert_eq!(again.words(), phrase.words());
    assert_eq!(again.center_key().unwrap().id(), phrase.center_key().unwrap().id());
}

#[test]
fn two_phrases_differ() {
    let [a, b] = [RecoveryPhrase::generate().unwrap(), RecoveryPhrase::generate().unwrap()];
    assert_ne!(a.words(), b.words());
}

#[test]
fn a_wrong_phrase_is_refused_with_what_is_wrong() {
    fn check(text: &str, expected: &str) {
        let error = RecoveryPhrase::parse(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    check("", "a recovery phrase has 24 words, this text has 0");
    check(&ZERO.replace(" art", ""), "a recovery phrase has 24 words, this text has 23");
    check(
        &ZERO.replacen("abandon", "abandn", 3).replacen("abandn", "abandon", 2),
        "word 3, \"abandn\", is not in the list of words; did you mean \"abandon\"?",
    );
    check(&ZERO.replace("art", "zzzz"), "word 24, \"zzzz\", is not in the list of words");
    check(
        &ZERO.replace("art", "äöüß"),
        "word 24: letter 1 is a letter that English does not have (U+00E4)",
    );
    check(&ZERO.replace("art", "zoo"), "the 24 words do not fit together");
    check(&"a".repeat(4097), "a recovery phrase has at most 4096 bytes");
}

/// 24 different words whose checksum is right.
fn plain() -> Vec<&'static str> {
    phrase_of(std::array::from_fn(|place| (place * 37 + 11) as u8)).words()
}

fn phrase_of(entropy: [u8; 32]) -> RecoveryPhrase {
    RecoveryPhrase { words: Mnemonic::from_entropy_in(Language::English, &entropy).unwrap() }
}

/// Each word with what stands around it, by a pattern with N for the number and W for the word.
fn written(pattern: &str) -> String {
    let one = |(number, word): (usize, &&str)| {
        pattern.replace('N', &number.to_string()).replace('W', word)
    };
    (1..).zip(&plain()).map(one).collect()
}

#[test]
fn what_people_write_around_the_words_does_not_count() {
    let short: Vec<String> = plain().iter().map(|word| word.chars().take(4).collect()).collect();
    let screen: String = (0..6usize)
        .map(|row| {
            let cell = |column: usize| {
                format!("  {:>2}. {:<9}", column * 6 + row + 1, plain()[column * 6 + row])
            };
            [0, 1, 2, 3].map(cell).concat() + "\n"
        })
        .collect();
    let backwards = written("N W\n").lines().rev().collect::<Vec<_>>().join("\n");
    for (form, text) in [
        ("plain", written("W ")),
        ("numbers", written("N. W ")),
        ("brackets", written("N) W\r\n")),
        ("glued", written("N.W ")),
        ("wholly glued", written("NW ")),
        ("a table", written("N;\"W\"\n")),
        ("zeros", written("0N W\n")),
        ("number and word on lines of their own", written("N\nW\n")),
        ("commas", written("W, ")),
        ("quotes", written("\u{201e}W\u{201c} ")),
        ("a list", written("- W\n")),
        ("stars", written("* **W**\n")),
        ("numbers in circles", written("#N: W\u{2003}")),
        ("the mark of a file", format!("\u{feff}{}", written("W\r\n"))),
        ("invisible", written("\u{200b}W\u{ad} ")),
        ("capitals", written("N. W\n").to_uppercase()),
        ("four letters", short.join(" ")),
        ("the screen, row by row", screen),
        ("backwards", backwards),
        ("wide letters", written("W ").replace('a', "\u{ff41}")),
    ] {
        let read = RecoveryPhrase::parse(&text).map(|phrase| phrase.words());
        assert_eq!(read, Ok(plain()), "{form}: {text}");
    }
}

#[test]
fn what_could_be_another_phrase_is_refused_with_what_to_do() {
    let [first, second] = [plain()[0], plain()[1]];
    let numbered = written("N. W\n");
    let cyrillic = written("W ").replacen('a', "\u{430}", 1);
    for (text, expected) in [
        (numbered.replace("2. ", "3. "), "the number 3 is there twice"),
        (numbered.replace(&format!("2. {second}\n"), ""), "word 2 is missing"),
        (numbered.lines().take(23).collect::<Vec<_>>().join("\n"), "word 24 is missing"),
        (numbered.replace("\n2. ", "\n"), "word 2 has no number before it"),
        (numbered.replace("\n24. ", "\n25. "), "there is no word 25"),
        (numbered.replace("1. ", "0. ").replace("20. ", "21. "), "there is no word 0"),
        (numbered.replace("\n2. ", "\n2. 2. "), "no word comes after the number 2"),
        (written("W N "), "no word comes after the number 24"),
        (written("W ") + "24", "no word comes after the number 24"),
        (format!("Write these 24 words on paper:\n{numbered}"), "word 1 has no number before it"),
        (
            format!("Phrase of Narva: {}", written("W ")),
            "a recovery phrase has 24 words, this text has 27; leave out what is none of them, such as \"of\"",
        ),
        (written("W ") + first, "a recovery phrase has 24 words, this text has 25"),
        (written("W ").replacen(first, &first[..3], 1), "word 1, "),
        (written("9999999999999999999999W "), "there is no word 18446744073709551615"),
        (cyrillic, "word "),
    ] {
        let error = RecoveryPhrase::parse(&text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn a_letter_of_another_script_is_named() {
    for (text, expected) in [
        ("\u{430}rt", "word 24: letter 1 is a Cyrillic letter (U+0430); type"),
        ("ar\u{3c4}", "word 24: letter 3 is a Greek letter (U+03C4); type"),
        ("art\u{301}", "word 24: letter 4 is a letter that English does not have (U+0301); type"),
    ] {
        let error = RecoveryPhrase::parse(&ZERO.replace("art", text)).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn words_are_gathered_row_by_row() {
    let words = plain();
    let row = |place: usize| words[place * ROW..(place + 1) * ROW].join(" ");
    let mut gathering = Gathering::default();
    assert_eq!(gathering.row(), [1, 2, 3, 4, 5, 6]);
    gathering.add(&row(0)).unwrap();
    // A row with a mistake is asked for again, and the others are kept.
    let wrong = row(1).replace(words[7], "zzzz");
    let error = gathering.add(&wrong).unwrap_err().to_string();
    assert!(error.starts_with("word 8, \"zzzz\","), "{error}");
    let left_out = row(1).replace(words[7], "");
    assert_eq!(gathering.add(&left_out), Err(InvalidPhrase::Row { expected: 6, actual: 5 }));
    assert_eq!(gathering.row(), [7, 8, 9, 10, 11, 12]);
    gathering.add(words[6]).unwrap();
    assert_eq!(gathering.row(), [8, 9, 10, 11, 12]);
    gathering.add(&words[7..12].join(" ")).unwrap();
    assert_eq!(gathering.phrase().unwrap_err(), InvalidPhrase::Missing { number: 13 });
    // Numbers lead to their places; without them it would not be clear which word this is.
    gathering.add(&format!("14. {} 20. {}", words[13], words[19])).unwrap();
    assert_eq!(gathering.add(words[12]), Err(InvalidPhrase::Unordered));
    assert_eq!(gathering.add("14. zoo"), Err(InvalidPhrase::Twice { number: 14 }));
    assert_eq!(gathering.add("25. zoo"), Err(InvalidPhrase::OutOfRange { number: 25 }));
    assert_eq!(gathering.row(), [13, 15, 16, 17, 18, 19, 21, 22, 23, 24]);
    for number in gathering.missing() {
        gathering.add(&format!("{number} {}", words[number - 1])).unwrap();
    }
    assert_eq!(gathering.phrase().unwrap().words(), words);
    gathering.replace("3 zoo 4 zoo").unwrap();
    assert_eq!(gathering.phrase().unwrap_err(), InvalidPhrase::Checksum);
    assert_eq!(gathering.replace("zoo"), Err(InvalidPhrase::Unordered));
    gathering.replace(&format!("3 {} 4. {}", words[2], words[3])).unwrap();
    assert_eq!(gathering.phrase().unwrap().words(), words);
    // Whoever pastes all of them is asked no more.
    let mut at_once = Gathering::default();
    at_once.add(&words.join(" ")).unwrap();
    assert!(at_once.row().is_empty() && at_once.missing().is_empty());
}

/// What may stand around a word, with N for its number.
const AROUND: [[&str; 2]; 8] = [
    ["", " "],
    ["\u{feff}", "\n"],
    ["- ", ",\r\n"],
    ["\u{ab}", "\u{bb}; "],
    ["N. ", " "],
    ["N)", "\n"],
    ["(0N) \"", "\" "],
    ["\tN - ", "."],
];

proptest! {
    /// Whatever is taken away and put in order, it is the phrase that was written.
    #[test]
    fn the_cleaning_never_gives_another_phrase(
        entropy: [u8; 32],
        numbered: bool,
        around in prop::collection::vec(0usize..4, WORDS),
        letters in prop::collection::vec(4usize..9, WORDS),
        invisible in prop::collection::vec(0usize..8, WORDS),
        capitals: bool,
        order in Just((0..WORDS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let phrase = phrase_of(entropy);
        let words = phrase.words();
        let order = if numbered { order } else { (0..WORDS).collect() };
        let mut text = String::new();
        for place in order {
            let [before, after] = AROUND[around[place] + if numbered { 4 } else { 0 }];
            let mut word: String = words[place].chars().take(letters[place]).collect();
            word.insert(invisible[place].min(word.len()), '\u{200d}');
            let word = if capitals { word.to_uppercase() } else { word };
            text += &before.replace('N', &(place + 1).to_string());
            text += &word;
            text += after;
        }
        prop_assert_eq!(RecoveryPhrase::parse(&text).map(|phrase| phrase.words()), Ok(words), "{}", text);
    }

    /// A number that is changed or lost gives no other order.
    #[test]
    fn numbers_that_do_not_fit_are_refused(entropy: [u8; 32], at in 1usize..=WORDS, other in 0usize..100) {
        prop_assume!(at != other);
        let words = phrase_of(entropy).words();
        let with = |changed: &str| -> String {
            let number = |n: usize| if n == at { changed.to_owned() } else { n.to_string() };
            (1..).zip(&words).map(|(n, word)| format!("{} {word}\n", number(n))).collect()
        };
        for changed in [String::new(), other.to_string()] {
            prop_assert!(RecoveryPhrase::parse(&with(&changed)).is_err(), "{}", with(&changed));
        }
    }

    #[test]
    fn no_text_is_too_much(text in "[ -~а-яё0-9\\n]{0,300}") {
        let _ = RecoveryPhrase::parse(&text);
        let mut gathering = Gathering::default();
        let _ = (gathering.add(&text), gathering.replace(&text));
    }
}

#[test]
fn a_phrase_is_not_printed() {
    let phrase = RecoveryPhrase::parse(ZERO).unwrap();
    assert!(!format!("{phrase:?}").contains("abandon"));
}

/// Worked out apart from this code, with PBKDF2, HMAC and OpenSSL. If it fails, every paper in
/// every drawer is worthless.
#[test]
fn a_phrase_gives_the_same_center_for_ever() {
    let key = RecoveryPhrase::parse(ZERO).unwrap().center_key().unwrap();
    assert_eq!(
        key.id().to_string(),
        "786ef609d304625939f12df8e95cd3f737d4e896f0d9142b67bd6b7cda00b9e3"
    );
    let certificate = key.certificate().unwrap();
    assert_eq!(
        hospes_domain::id::hex(&crypto::sha256(&[certificate.der()])),
        "d67d0d563d5ec486e31604bffc9d490fdda6c2212bfe728d2f2b1dd50f25c028"
    );
}

/// The seed was worked out apart from this code. If it fails, every backup in every drawer is
/// worthless.
#[test]
fn a_phrase_opens_its_backups_for_ever() {
    let key = RecoveryPhrase::parse(ZERO).unwrap().backup_key().unwrap();
    let hash = |bytes: &[u8]| hospes_domain::id::hex(&crypto::sha256(&[bytes]));
    assert_eq!(
        hash(key.seed()),
        "369308411ee6b18950006d4a0480c84749d2e89c37496fd2f500098660f776ce"
    );
    assert_eq!(
        hash(&key.public_key().unwrap()),
        "5c29927e7ece0e90c64f086b70327054aa6905b8849d86022ba0c28aa15f2b56"
    );
}
