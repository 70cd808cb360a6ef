//! What the full-text index is asked.

use hospes_domain::query::{Query, WordTerms};

use crate::index::steward_term;

/// How closely a word can be found: in the title, in the text, by its beginning, by its sound.
const LEVELS: usize = 4;
/// With more words than this, the ways in which their closenesses add up are too many to ask for
/// one by one.
const MOST_EXACT: usize = 3;

/// The conditions of a query that are facets, without the distance.
pub(super) fn facets(query: &Query) -> String {
    let groups = Query { near: None, ..query.clone() }.terms();
    let mut groups: Vec<String> = groups.iter().map(|any| any_of(any)).collect();
    groups.extend(query.steward.as_ref().map(|steward| quoted(&steward_term(steward))));
    format!("facets : ({})", groups.join(" AND "))
}

/// Whether no record can answer, as one of the conditions has no value that exists.
pub(super) fn is_impossible(query: &Query) -> bool {
    query.terms().iter().any(Vec::is_empty)
}

/// Any of these facets.
pub(super) fn any_of(terms: &[String]) -> String {
    let terms: Vec<String> = terms.iter().map(|term| quoted(term)).collect();
    format!("({})", terms.join(" OR "))
}

pub(super) fn both(one: &str, other: &str) -> String {
    format!("({one}) AND ({other})")
}

pub(super) fn facet(term: &str) -> String {
    format!("facets : {}", quoted(term))
}

/// The words of a query, each at every level of closeness. A level includes those before it.
pub(super) struct Words(Vec<[String; LEVELS]>);

impl Words {
    pub(super) fn of(query: &Query) -> Self {
        Self(query.words().iter().map(levels).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that is found at all.
    pub(super) fn loosest(&self) -> String {
        self.all_at(LEVELS - 1)
    }

    /// Expressions that find the closest first. Each finds what those before it find, too.
    ///
    /// Up to three words, every expression adds the records of the next rank. With more words
    /// there is one for each level that all words reach.
    pub(super) fn tiers(&self) -> Vec<String> {
        if self.0.len() > MOST_EXACT {
            return (0..LEVELS).map(|level| self.all_at(level)).collect();
        }
        let most = (LEVELS - 1) * self.0.len();
        (0..=most).map(|sum| self.at_most(sum)).collect()
    }

    fn all_at(&self, level: usize) -> String {
        let words: Vec<&str> =
            self.0.iter().filter_map(|word| word.get(level)).map(String::as_str).collect();
        join(&words, " AND ")
    }

    /// Levels of all words that add up to `sum`; as levels include each other, that finds all
    /// smaller sums, too.
    fn at_most(&self, sum: usize) -> String {
        let mut ways: Vec<(usize, Vec<&str>)> = vec![(sum, Vec::new())];
        for (place, word) in self.0.iter().enumerate() {
            let later = (self.0.len() - place - 1) * (LEVELS - 1);
            let mut next = Vec::new();
            for (left, way) in &ways {
                for (level, expression) in word.iter().enumerate() {
                    if level <= *left && left - level <= later {
                        let mut way = way.clone();
                        way.push(expression);
                        next.push((left - level, way));
                    }
                }
            }
            ways = next;
        }
        let ways: Vec<String> = ways.iter().map(|(_, way)| join(way, " AND ")).collect();
        let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
        join(&ways, " OR ")
    }
}

fn levels(word: &WordTerms) -> [String; LEVELS] {
    let exact = quoted(&word.exact);
    let title = format!("title : {exact}");
    let text = format!("{{title text}} : {exact}");
    let prefix = match &word.prefix {
        Some(prefix) => format!("{{title text}} : ({exact} OR {} *)", quoted(prefix)),
        None => text.clone(),
    };
    let sound = if word.sounds.is_empty() {
        prefix.clone()
    } else {
        format!("({prefix}) OR (sounds : {})", any_of(&word.sounds))
    };
    [title, text, prefix, sound]
}

fn join(parts: &[&str], between: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("({part})")).collect();
    parts.join(between)
}

/// A string of the query language of FTS5: nothing in it is an operator.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize) -> Words {
        Words(
            (0..count)
                .map(|word| {
                    [0, 1, 2, 3].map(|level| format!("{}{level}", char::from(b'a' + word as u8)))
                })
                .collect(),
        )
    }

    #[test]
    fn the_ways_to_a_sum_are_all_there() {
        for (count, sum, expected) in [
            (1, 0, "((a0))"),
            (1, 3, "((a3))"),
            (2, 1, "((a0) AND (b1)) OR ((a1) AND (b0))"),
            (2, 6, "((a3) AND (b3))"),
        ] {
            assert_eq!(words(count).at_most(sum), expected, "{count} words, {sum}");
        }
        assert_eq!(words(3).tiers().len(), 10);
        assert_eq!(words(4).tiers().len(), 4);
    }

    #[test]
    fn nothing_in_a_term_is_an_operator() {
        assert_eq!(quoted("a\" OR \"b"), "\"a\"\" OR \"\"b\"");
    }
}
