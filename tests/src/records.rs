//! Made-up records. The same seed makes the same ones.

#![allow(clippy::indexing_slicing)]

use hospes_domain::{Fields, Value};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// GeoNames number of Narva.
pub const NARVA: i64 = 590_031;

/// The seed of a scenario: that of the variable `SEED`, else this one. It is printed, so that a
/// run that failed can be run again.
pub fn seed(usual: u64) -> u64 {
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    println!("SEED={seed}");
    seed
}

/// A fresh random number generator of a seed.
pub fn dice(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// A plain offer near Narva.
pub fn offer(number: i64) -> Fields {
    Fields::from([
        ("country".to_owned(), Value::from("EE")),
        ("near_town".to_owned(), Value::from(NARVA)),
        ("place_type".to_owned(), Value::from("private_room")),
        ("sleeps".to_owned(), Value::from(1 + number.rem_euclid(6))),
        ("status".to_owned(), Value::from("active")),
        ("note".to_owned(), Value::from(format!("Room {number} of a fictional house."))),
        ("note_language".to_owned(), Value::from("en")),
    ])
}

/// Words that are in no dictionary, of 10 to 14 letters: found on a disk they can only come from
/// where they were put.
pub fn words(dice: &mut StdRng, count: usize) -> Vec<String> {
    const SYLLABLES: [[&str; 8]; 2] = [
        ["zor", "vey", "quil", "mab", "dru", "fenx", "ulto", "gwy"],
        ["жир", "вэй", "квил", "маб", "дру", "фенх", "ульто", "гвы"],
    ];
    (0..count)
        .map(|index| {
            // Latin and Cyrillic in turn.
            let syllables = SYLLABLES[index % 2];
            let mut word = String::new();
            while word.chars().count() < 10 {
                word.push_str(syllables[dice.random_range(0..syllables.len())]);
            }
            word
        })
        .collect()
}
