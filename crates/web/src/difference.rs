//! What differs between two texts, as people read it.

use std::time::{Duration, Instant};

use similar::{ChangeTag, DiffOp, TextDiff};

/// How long it may take. What is not compared by then is shown as taken out and put in as a whole.
const LONGEST: Duration = Duration::from_millis(200);

/// A place at which something differs, with its neighbourhood.
pub(crate) struct Place(pub(crate) Vec<Run>);

/// Letters that are the same, or that only one of the two has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) what: What,
    pub(crate) text: String,
}

/// In which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Same,
    Gone,
    New,
}

/// The lines that differ, word by word.
pub(crate) fn difference(before: &str, after: &str) -> Vec<Place> {
    let end = Instant::now() + LONGEST;
    let lines = TextDiff::configure().deadline(end).diff_lines(before, after);
    let mut places = Vec::new();
    for op in lines.ops() {
        let runs = match op {
            DiffOp::Equal { .. } => continue,
            op => {
                let side = |tag: ChangeTag| {
                    let changes = lines.iter_changes(op).filter(move |change| change.tag() == tag);
                    changes.map(|change| change.value()).collect::<String>()
                };
                words(&side(ChangeTag::Delete), &side(ChangeTag::Insert), end)
            }
        };
        if runs.iter().any(|run| run.what != What::Same && !run.text.trim().is_empty()) {
            places.push(Place(runs));
        }
    }
    places
}

fn words(before: &str, after: &str, end: Instant) -> Vec<Run> {
    let words = TextDiff::configure().deadline(end).diff_words(before, after);
    let mut runs: Vec<Run> = Vec::new();
    for change in words.iter_all_changes() {
        let what = match change.tag() {
            ChangeTag::Equal => What::Same,
            ChangeTag::Delete => What::Gone,
            ChangeTag::Insert => What::New,
        };
        match runs.last_mut() {
            Some(last) if last.what == what => last.text.push_str(change.value()),
            _ => runs.push(Run { what, text: change.value().to_owned() }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn only_the_lines_that_differ_are_shown_and_in_them_the_words() {
        let before = "First line.\n\nI ask for asylum in Finland.\n\nLast line.\n";
        let after = "First line.\n\nI ask for international protection in Finland.\n\nLast line.\n";
        let places = difference(before, after);
        assert_eq!(places.len(), 1);
        let of = |what: What| {
            let runs = places[0].0.iter().filter(|run| run.what == what);
            runs.map(|run| run.text.trim()).collect::<Vec<_>>().join("|")
        };
        assert_eq!(
            (of(What::Gone), of(What::New)),
            ("asylum".into(), "international|protection".replace('|', " "))
        );
        assert!(difference(before, before).is_empty());
    }

    #[test]
    fn long_texts_that_have_nothing_in_common_are_compared_in_time() {
        let text = |seed: usize| {
            (0..20_000).map(|n| format!("{} ", (n * 7919 + seed) % 9_973)).collect::<String>()
        };
        let began = Instant::now();
        assert!(!difference(&text(1), &text(5_000)).is_empty());
        // Ten times what it is given: a busy machine may stop it for a while.
        assert!(began.elapsed() < LONGEST * 10);
    }
}
