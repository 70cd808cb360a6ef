//! Changes with errors in them, made from good ones with a seed.

use anyhow::{Context as _, Result};
use hospes_domain::id::unhex;
use hospes_sync::SignedChange;
use rand::Rng as _;
use rand::rngs::StdRng;

use crate::chunk::{counted, reframed};
use crate::hostile::HostileRecord;

/// A chunk with some bytes of its content altered behind the first so many, in a right frame.
///
/// The head is kept so that the altered chunk is of the same writer and number: what is altered is
/// what the writer says.
pub fn mutant(chunk: &[u8], keep: usize, dice: &mut StdRng) -> Result<Vec<u8>> {
    let errors = dice.random_range(1..=3);
    reframed(chunk, |content| {
        for _ in 0..errors {
            if content.len() > keep {
                alter(content, keep, dice);
            }
        }
    })
}

/// Changes that were found once and are kept: in each line, the chunks of one record in
/// hexadecimal, of which the last has an error.
pub const CORPUS: &str = include_str!("../corpus/changes.txt");

/// The changes of a line of the corpus, as the author of a draft would have written them.
pub fn adopted(draft: &HostileRecord<'_>, line: &str) -> Result<Vec<SignedChange>> {
    let mut changes: Vec<SignedChange> = Vec::new();
    for word in line.split(' ') {
        let chunk = unhex(word).context("not hexadecimal")?;
        let mut head = match changes.last() {
            // One change below it, by its name.
            Some(below) => [&[1], below.hash().0.as_slice()].concat(),
            None => vec![0],
        };
        head.extend(counted(&draft.actor()));
        let chunk = reframed(&chunk, |content| {
            content.splice(..head.len().min(content.len()), head);
        })?;
        changes.push(draft.signed(chunk));
    }
    Ok(changes)
}

fn alter(content: &mut Vec<u8>, keep: usize, dice: &mut StdRng) {
    let at = dice.random_range(keep..content.len());
    let sort = dice.random_range(0..6);
    let Some(byte) = content.get_mut(at) else { return };
    match sort {
        0 => *byte ^= 1 << dice.random_range(0..8),
        1 => *byte = dice.random(),
        2 => *byte = byte.wrapping_add(1),
        3 => *byte = byte.wrapping_sub(1),
        4 => content.insert(at, dice.random()),
        _ => drop(content.remove(at)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::chunk::{content, nested_maps};
    use crate::records::dice;

    #[test]
    fn the_same_seed_makes_the_same_errors_behind_the_head() {
        let chunk = nested_maps([7; 16], 5).chunk();
        let (mut one, mut other) = (dice(1), dice(1));
        for _ in 0..200 {
            let made = mutant(&chunk, 20, &mut one).unwrap();
            assert_eq!(made, mutant(&chunk, 20, &mut other).unwrap());
            assert_eq!(content(&made).unwrap()[..20], content(&chunk).unwrap()[..20]);
        }
    }
}
