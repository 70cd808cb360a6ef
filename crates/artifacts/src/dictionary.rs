//! Makes the dictionary that stored changes and fields are compressed with.
//!
//! It is learned from invented records that follow the schema and say nothing: their texts are
//! random letters. So what it knows is what records have in common, the names of fields and the
//! words that they take, and never what somebody wrote. The same schema makes the same file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use hospes_document::Document;
use hospes_domain::country::COUNTRIES;
use hospes_domain::edit::Edit;
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::{Fields, Kind, Value};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

/// Records to learn from, per kind.
const RECORDS: usize = 1_500;
/// Bytes of the dictionary.
const SIZE: usize = 16 * 1024;
/// Longest invented text, in letters: longer ones teach nothing.
const LETTERS: usize = 60;
/// Deepest structure in a structure.
const DEPTH: usize = 4;

/// Makes it and writes it.
pub fn run(out: &Path) -> Result<()> {
    let mut rng = StdRng::seed_from_u64(1);
    let mut samples = Vec::new();
    for kind in Kind::ALL {
        for _ in 0..RECORDS {
            let fields = fields(schema(kind).fields, 0, &mut rng);
            samples.push(postcard::to_stdvec(&fields)?);
            samples.extend(chunks(kind, fields, &mut rng)?);
        }
    }
    let dictionary = zstd::dict::from_samples(&samples, SIZE).context("failed to learn")?;
    fs::write(out, &dictionary).with_context(|| format!("failed to write {}", out.display()))?;
    println!(
        "{} bytes, from {} samples, are in {}",
        dictionary.len(),
        samples.len(),
        out.display()
    );
    Ok(())
}

/// The changes that make a record, as they would be stored.
fn chunks(kind: Kind, fields: Fields, rng: &mut StdRng) -> Result<Vec<Vec<u8>>> {
    let put = |(field, value)| Edit::Put { field, value };
    let edits: Vec<Edit> = fields.into_iter().map(put).collect();
    Ok(Document::new().write(kind, &edits, None, rng.random(), &[])?)
}

fn fields(of: &[Field], depth: usize, rng: &mut StdRng) -> BTreeMap<String, Value> {
    let mut fields = BTreeMap::new();
    for field in of {
        if field.required || rng.random_bool(0.6) {
            fields.extend(value(&field.ty, depth, rng).map(|value| (field.name.to_owned(), value)));
        }
    }
    fields
}

/// Some value of a type; nothing where structures would go on for ever.
fn value(ty: &FieldType, depth: usize, rng: &mut StdRng) -> Option<Value> {
    let text = |text: String| Some(Value::Text(text));
    match ty {
        FieldType::Text { max_chars, .. } | FieldType::Body { max_chars } => {
            let letters = rng.random_range(1..=LETTERS.min(*max_chars as usize));
            let word = letters_of(letters, rng);
            if matches!(ty, FieldType::Body { .. }) {
                return Some(Value::Map(BTreeMap::from([(language(rng), Value::Text(word))])));
            }
            text(word)
        }
        FieldType::Key { .. } => text(letters_of(8, rng)),
        FieldType::Choice(words) => text((*words.choose(rng)?).to_owned()),
        FieldType::Set(words) => {
            let mut some: Vec<&str> =
                words.iter().copied().filter(|_| rng.random_bool(0.4)).collect();
            some.sort_unstable();
            Some(Value::List(some.into_iter().map(|word| Value::Text(word.to_owned())).collect()))
        }
        FieldType::Flag => Some(Value::Flag(rng.random())),
        FieldType::Integer { min, max } => {
            Some(Value::Integer(rng.random_range(*min..=(*max).min(min.saturating_add(20)))))
        }
        FieldType::Date => text(date(rng)),
        FieldType::Clock => {
            text(format!("{:02}:{:02}", rng.random_range(0..24), 15 * rng.random_range(0..4)))
        }
        FieldType::Instant => {
            text(format!("{}T{:02}:00:00+02:00", date(rng), rng.random_range(0..24)))
        }
        FieldType::Country | FieldType::Area => text(country(rng)?),
        FieldType::Region => text(format!("{}-1", country(rng)?)),
        FieldType::Town => Some(Value::Integer(rng.random_range(400_000..900_000))),
        FieldType::TimeZone => text("Europe/Tallinn".to_owned()),
        FieldType::Language => text(language(rng)),
        FieldType::Languages => {
            let some = (0..rng.random_range(1..4)).filter_map(|_| {
                Some((language(rng), Value::Text((*FieldType::LEVELS.choose(rng)?).to_owned())))
            });
            Some(Value::Map(some.collect()))
        }
        FieldType::Nights { .. } => {
            let some = (0..rng.random_range(0..6))
                .map(|_| (date(rng), Value::Integer(rng.random_range(0..4))));
            Some(Value::Map(some.collect()))
        }
        FieldType::Money => text(format!("{}.00", rng.random_range(1..100))),
        FieldType::Currency => text((*["EUR", "GEL", "AMD", "KZT", "USD"].choose(rng)?).to_owned()),
        FieldType::Phone => {
            text(format!("+{}", rng.random_range(10_000_000_000_u64..99_999_999_999)))
        }
        FieldType::Url => text(format!("https://{}.example", letters_of(8, rng))),
        FieldType::Email => text(format!("{}@example.org", letters_of(6, rng))),
        FieldType::OpeningHours => text("Mo-Fr 09:00-17:00".to_owned()),
        FieldType::Center | FieldType::Digest => {
            text((0..32).map(|_| format!("{:02x}", rng.random::<u8>())).collect())
        }
        FieldType::RecordRef => {
            text(uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string())
        }
        FieldType::NodeAddress => text(format!("192.0.2.{}:7443", rng.random::<u8>())),
        FieldType::Bytes64 { .. } => text(letters_of(44, rng)),
        _ if depth >= DEPTH => None,
        FieldType::List { of, .. } => {
            let some = (0..rng.random_range(1..3)).filter_map(|_| value(of, depth + 1, rng));
            Some(Value::List(some.collect()))
        }
        FieldType::Struct(of) => Some(Value::Map(fields(of, depth + 1, rng))),
        FieldType::PerLanguage { of, .. } => {
            let some = (0..rng.random_range(1..3))
                .filter_map(|_| Some((language(rng), value(of, depth + 1, rng)?)));
            Some(Value::Map(some.collect()))
        }
    }
}

fn letters_of(count: usize, rng: &mut StdRng) -> String {
    let first = *[0x61_u32, 0x430, 0x10d0].choose(rng).unwrap_or(&0x61);
    (0..count).filter_map(|_| char::from_u32(first + rng.random_range(0..26))).collect()
}

fn country(rng: &mut StdRng) -> Option<String> {
    COUNTRIES.choose(rng).map(|(code, _)| (*code).to_owned())
}

fn language(rng: &mut StdRng) -> String {
    const TAGS: [&str; 14] =
        ["ru", "uk", "en", "et", "fi", "lv", "lt", "ka", "hy", "kk", "de", "pl", "be", "tr"];
    (*TAGS.choose(rng).unwrap_or(&"en")).to_owned()
}

fn date(rng: &mut StdRng) -> String {
    format!("2026-{:02}-{:02}", rng.random_range(1..13), rng.random_range(1..29))
}
