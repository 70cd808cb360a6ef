//! Changes, good ones and bombs.

use anyhow::Result;
use hospes_document::Document;
use hospes_domain::Kind;
use hospes_sync::SignedChange;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::basket::Basket;
use crate::Verdict;
use crate::change::WHOLE;
use crate::chunk::{
    self, Change, DEFLATED, action, column, content, counted, deflated_zeros, endless_bundle,
    framed, literals, million_operations, nested_maps, repeat, signed, unsigned,
};
use crate::mutation::mutated_changes;
use crate::people::Person;
use crate::specimen::{Specimen, offer, put};

const ACTOR: [u8; 16] = [7; 16];

pub(super) fn fill(basket: &mut Basket) -> Result<()> {
    let both = ["change", "plain_change"];
    for (number, one) in Specimen::all().iter().enumerate() {
        for (place, change) in one.ground.iter().chain([&one.change]).enumerate() {
            let bytes = marked(change)?;
            for decoder in both {
                basket.add(decoder, format!("good-{number}-{place}"), bytes.clone());
            }
        }
        mutants(basket, u8::try_from(number)?);
    }
    basket.add("mutated_changes", "no-error", [0, 0]);
    let mut document = Document::new();
    let grants = [Person::narva().center(), Person::riga().center()];
    let granted = document.write(Kind::Template, &[put("slug", "a")], None, ACTOR, &grants)?;
    let whole = Document::new().write(Kind::Offer, &offer(), None, ACTOR, &[])?;
    for decoder in both {
        for chunk in &granted {
            let bytes = [&[Kind::Template.number()], content(chunk)?].concat();
            basket.add(decoder, "good-maintainers", bytes);
        }
        for chunk in &whole {
            let bytes = [&[Kind::Offer.number() | WHOLE], chunk.as_slice()].concat();
            basket.add(decoder, "good-with-its-frame", bytes);
        }
        for (name, content) in bombs() {
            basket.add(decoder, format!("hostile-{name}"), [vec![1], content].concat());
        }
        for (name, chunk) in foreign_chunks() {
            let bytes = [vec![1 | WHOLE], chunk].concat();
            basket.add(decoder, format!("hostile-{name}"), bytes);
        }
    }
    Ok(())
}

/// Errors behind the head, in the middle and anywhere, and the first of some that the dice make with
/// which a change is still a good one.
fn mutants(basket: &mut Basket, number: u8) {
    for (keep, errors) in [
        (60, vec![[1, 0, 40, 2]]),
        (120, vec![[2, 0, 9, 0], [3, 0, 80, 0]]),
        (0, vec![[0, 1, 1, 4], [4, 0, 200, 1], [5, 0, 30, 0]]),
    ] {
        let bytes = [&[number, keep], errors.concat().as_slice()].concat();
        basket.add("mutated_changes", format!("{number}-keep-{keep}"), bytes);
    }
    let mut dice = StdRng::seed_from_u64(number.into());
    let mut rolled =
        (0..1_000).map(|_| [[number, 60].as_slice(), &dice.random::<[u8; 4]>()].concat());
    let good = rolled.find(|bytes| mutated_changes(bytes) == Verdict::Read);
    if let Some(bytes) = good {
        basket.add("mutated_changes", format!("{number}-still-good"), bytes);
    }
}

fn marked(change: &SignedChange) -> Result<Vec<u8>> {
    let kind = [change.key.kind.number()];
    Ok([kind.as_slice(), content(crate::specimen::chunk(change))?].concat())
}

/// Contents that become large when they are read, or refer to what is not there.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let mut compressed = million_operations(ACTOR);
    for (number, cells) in &mut compressed.columns {
        if *number == column::VALUE_SHAPE {
            (*number, *cells) = (*number | column::DEFLATED, deflated_zeros(36));
        }
    }
    let numbered = Change { seq: 1 << 31, start: (1 << 31) - 2, ..nested_maps(ACTOR, 2) };
    let overwrites = Change { seq: 2, start: 9, deps: vec![[9; 32]], ..one_value() };
    let overwrites = Change {
        columns: overwrites
            .columns
            .into_iter()
            .filter(|(number, _)| *number < column::BEFORE_COUNT)
            .chain([
                (column::BEFORE_COUNT, repeat(1, &signed(1))),
                (column::BEFORE_ACTOR, repeat(1, &unsigned(0))),
                (column::BEFORE_COUNTER, repeat(1, &signed(1))),
            ])
            .collect(),
        ..overwrites
    };
    vec![
        ("a-million-operations", million_operations(ACTOR).content()),
        ("a-compressed-column", compressed.content()),
        ("maps-in-each-other", nested_maps(ACTOR, 300).content()),
        ("maps-just-too-deep", nested_maps(ACTOR, 20).content()),
        ("numbers-out-of-bounds", numbered.content()),
        ("a-value-overwritten-that-is-not-there", overwrites.content()),
        ("one-key-twice", one_key_twice().content()),
        ("one-value", one_value().content()),
        ("deps-without-end", [vec![255], vec![0; 600]].concat()),
    ]
}

/// A change that sets one field to a whole number.
fn one_value() -> Change {
    Change::first(ACTOR)
        .with(column::KEY_TEXT, repeat(1, &counted(b"sleeps")))
        .with(column::INSERT, unsigned(1))
        .with(column::ACTION, repeat(1, &unsigned(action::SET)))
        .with(column::VALUE_SHAPE, repeat(1, &unsigned(0x14)))
        .with(column::VALUE, signed(5))
        .with(column::BEFORE_COUNT, repeat(1, &signed(0)))
}

/// A change that says two things of one field at once.
fn one_key_twice() -> Change {
    Change::first(ACTOR)
        .with(column::KEY_TEXT, repeat(2, &counted(b"sleeps")))
        .with(column::INSERT, unsigned(2))
        .with(column::ACTION, repeat(2, &unsigned(action::SET)))
        .with(column::VALUE_SHAPE, repeat(2, &unsigned(0x14)))
        .with(column::VALUE, literals([signed(5)]).split_off(1).repeat(2))
        .with(column::BEFORE_COUNT, repeat(2, &unsigned(0)))
}

/// Chunks that are no changes.
fn foreign_chunks() -> Vec<(&'static str, Vec<u8>)> {
    let mut wrong = one_value().chunk();
    wrong.iter_mut().skip(5).take(1).for_each(|byte| *byte ^= 1);
    vec![
        ("a-compressed-change", framed(DEFLATED, &deflated_zeros(360))),
        ("a-bundle-without-end", endless_bundle(ACTOR)),
        ("a-document", framed(0, &[0; 20])),
        ("a-wrong-checksum", wrong),
        ("bytes-behind-its-end", [one_value().chunk(), vec![0]].concat()),
        ("a-change-in-a-change", chunk::framed(chunk::CHANGE, &one_value().chunk())),
    ]
}
