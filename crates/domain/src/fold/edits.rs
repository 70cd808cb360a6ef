//! How unlike two spellings are.

/// How many letters must be added, removed or changed to make one word of the other (Levenshtein).
///
/// Takes as many steps as the product of the two lengths in bytes: for words and names, not texts.
/// Letters are bytes, so both should be folded.
pub fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (1..=b.len()).collect();
    for (place, letter) in a.bytes().enumerate() {
        let mut diagonal = place;
        let mut left = place + 1;
        for (cell, other) in row.iter_mut().zip(b.bytes()) {
            let changed = diagonal + usize::from(letter != other);
            diagonal = *cell;
            left = changed.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_added_removed_and_changed_are_counted() {
        for (a, b, expected) in [
            ("", "", 0),
            ("narva", "narva", 0),
            ("narva", "narvas", 1),
            ("narva", "arva", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edits(a, b), expected, "{a} {b}");
            assert_eq!(edits(b, a), expected, "{b} {a}");
        }
    }
}
