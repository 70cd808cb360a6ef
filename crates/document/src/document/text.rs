//! Differences of long texts, as splices.

/// Letters of the old text that are replaced, in Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) at: usize,
    pub(super) delete: usize,
    pub(super) insert: String,
}

/// Largest table for comparing lines: old lines times new lines that differ.
const MAX_TABLE: usize = 1_000_000;

/// The hunks that turn one text into another, in order of position and not overlapping.
///
/// Lines are compared first, then letters at both ends of what differs. That keeps edits of two
/// people in different paragraphs apart, in bounded time.
pub(super) fn difference(old: &str, new: &str) -> Vec<Hunk> {
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let same_start = common(old_lines.iter(), new_lines.iter());
    let (start, old_lines) = old_lines.split_at(same_start);
    let (_, new_lines) = new_lines.split_at(same_start);
    let same_end = common(old_lines.iter().rev(), new_lines.iter().rev());
    let old_lines = old_lines.split_at(old_lines.len() - same_end).0;
    let new_lines = new_lines.split_at(new_lines.len() - same_end).0;

    let mut hunks = Vec::new();
    let mut at = start.iter().map(|line| line.chars().count()).sum();
    let (mut old_at, mut new_at) = (0, 0);
    for (old_same, new_same) in matches(old_lines, new_lines) {
        let taken = lines(old_lines, old_at, old_same);
        push(&mut hunks, at, &taken, &lines(new_lines, new_at, new_same));
        at += taken.chars().count() + lines(old_lines, old_same, old_same + 1).chars().count();
        (old_at, new_at) = (old_same + 1, new_same + 1);
    }
    let taken = lines(old_lines, old_at, old_lines.len());
    push(&mut hunks, at, &taken, &lines(new_lines, new_at, new_lines.len()));
    hunks
}

fn lines(lines: &[&str], from: usize, to: usize) -> String {
    lines.get(from..to).unwrap_or_default().concat()
}

fn common<T: PartialEq>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}

/// Adds what differs between two pieces of text, without the letters that agree at both ends.
fn push(hunks: &mut Vec<Hunk>, at: usize, old: &str, new: &str) {
    let start = common(old.chars(), new.chars());
    let old: Vec<char> = old.chars().skip(start).collect();
    let new: Vec<char> = new.chars().skip(start).collect();
    let end = common(old.iter().rev(), new.iter().rev());
    let insert: String = new.iter().take(new.len() - end).collect();
    let delete = old.len() - end;
    if delete > 0 || !insert.is_empty() {
        hunks.push(Hunk { at: at + start, delete, insert });
    }
}

/// Pairs of lines that stay, by the longest common subsequence; none when there are too many.
fn matches(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let size = (old.len() + 1).saturating_mul(width);
    if old.is_empty() || new.is_empty() || size > MAX_TABLE {
        return Vec::new();
    }
    // Length of the longest common subsequence of what is left from (row, column) on.
    let mut table = vec![0_u32; size];
    let cell = |table: &[u32], row: usize, column: usize| {
        table.get(row * width + column).copied().unwrap_or(0)
    };
    for (row, old_line) in old.iter().enumerate().rev() {
        for (column, new_line) in new.iter().enumerate().rev() {
            let length = if old_line == new_line {
                cell(&table, row + 1, column + 1) + 1
            } else {
                cell(&table, row + 1, column).max(cell(&table, row, column + 1))
            };
            if let Some(slot) = table.get_mut(row * width + column) {
                *slot = length;
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut row, mut column) = (0, 0);
    while let (Some(old_line), Some(new_line)) = (old.get(row), new.get(column)) {
        if old_line == new_line {
            pairs.push((row, column));
            row += 1;
            column += 1;
        } else if cell(&table, row + 1, column) >= cell(&table, row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// A text that is edited by one splice after the other, so that in the end it is known which
/// letters of the original are gone and what stands where.
pub(super) struct SplicedText {
    letters: Vec<Letter>,
    original: usize,
}

#[derive(Clone, Copy)]
enum Letter {
    Old(usize),
    New(char),
}

impl SplicedText {
    /// Begins with a text of so many letters.
    pub(super) fn new(original: usize) -> Self {
        Self { letters: (0..original).map(Letter::Old).collect(), original }
    }

    /// Replaces letters; `false` when the text has fewer.
    pub(super) fn splice(&mut self, at: usize, delete: usize, insert: &str) -> bool {
        let end = at.saturating_add(delete);
        if end > self.letters.len() {
            return false;
        }
        self.letters.splice(at..end, insert.chars().map(Letter::New));
        true
    }

    /// All splices together, in order of position and not overlapping.
    pub(super) fn hunks(&self) -> Vec<Hunk> {
        let mut hunks = Vec::new();
        let mut next = 0;
        let mut insert = String::new();
        for letter in &self.letters {
            match letter {
                Letter::New(letter) => insert.push(*letter),
                Letter::Old(index) => {
                    close(&mut hunks, next, *index, &mut insert);
                    next = index + 1;
                }
            }
        }
        close(&mut hunks, next, self.original, &mut insert);
        hunks
    }
}

fn close(hunks: &mut Vec<Hunk>, from: usize, to: usize, insert: &mut String) {
    if from < to || !insert.is_empty() {
        hunks.push(Hunk { at: from, delete: to - from, insert: std::mem::take(insert) });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn apply(text: &str, hunks: &[Hunk]) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for hunk in hunks.iter().rev() {
            letters.splice(hunk.at..hunk.at + hunk.delete, hunk.insert.chars());
        }
        letters.into_iter().collect()
    }

    proptest! {
        #[test]
        fn the_difference_turns_the_old_text_into_the_new(
            old in "[abя\n]{0,30}", new in "[abя\n]{0,30}"
        ) {
            let hunks = difference(&old, &new);
            prop_assert_eq!(apply(&old, &hunks), new.clone());
            prop_assert_eq!(hunks.is_empty(), old == new);
        }

        #[test]
        fn splices_one_after_the_other_are_their_hunks_together(
            text in "[abcdя]{0,20}",
            splices in prop::collection::vec((0_usize..25, 0_usize..6, "[xyж]{0,4}"), 0..6),
        ) {
            let mut draft = SplicedText::new(text.chars().count());
            let mut letters: Vec<char> = text.chars().collect();
            for (at, delete, insert) in splices {
                let fits = at + delete <= letters.len();
                prop_assert_eq!(draft.splice(at, delete, &insert), fits);
                if fits {
                    letters.splice(at..at + delete, insert.chars());
                }
            }
            prop_assert_eq!(apply(&text, &draft.hunks()), letters.into_iter().collect::<String>());
        }
    }

    #[test]
    fn edits_in_two_paragraphs_are_two_hunks() {
        let hunks = difference("one\ntwo\nthree\n", "one!\ntwo\nthree?\n");
        assert_eq!(hunks.len(), 2, "{hunks:?}");
    }

    #[test]
    fn texts_with_nothing_in_common_are_compared_in_bounded_time() {
        let old: String = (0..5_000).map(|line| format!("a{line}\n")).collect();
        let new: String = (0..5_000).map(|line| format!("b{line}\n")).collect();
        assert_eq!(apply(&old, &difference(&old, &new)), new);
    }
}
