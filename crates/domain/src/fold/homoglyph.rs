//! Letters of another script that look the same.

/// Latin and Cyrillic letters that cannot be told apart on screen.
const TWINS: [(char, char); 31] = [
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('k', 'к'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('h', 'һ'),
    ('q', 'ԛ'),
    ('w', 'ԝ'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('J', 'Ј'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('S', 'Ѕ'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
    ('Q', 'Ԛ'),
    ('W', 'Ԝ'),
];

fn latin_twin(cyrillic: char) -> Option<char> {
    TWINS.iter().find(|(_, c)| *c == cyrillic).map(|(latin, _)| *latin)
}

fn cyrillic_twin(latin: char) -> Option<char> {
    TWINS.iter().find(|(c, _)| *c == latin).map(|(_, cyrillic)| *cyrillic)
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{0400}'..='\u{052f}')
}

/// Brings a word that mixes Latin and Cyrillic letters into the script that it is meant in.
///
/// Letters that only one script has decide; when neither or both have as many, the count of all
/// letters does, and then Latin. Letters without a twin stay as they are.
pub(super) fn repair(word: &mut [char]) {
    let cyrillic = word.iter().filter(|c| is_cyrillic(**c)).count();
    if cyrillic == 0 {
        return;
    }
    let latin = word.iter().filter(|c| c.is_ascii_alphabetic()).count();
    if latin == 0 {
        return;
    }
    let only_cyrillic =
        word.iter().filter(|c| is_cyrillic(**c) && latin_twin(**c).is_none()).count();
    let only_latin =
        word.iter().filter(|c| c.is_ascii_alphabetic() && cyrillic_twin(**c).is_none()).count();
    let twin =
        if (only_cyrillic, cyrillic) > (only_latin, latin) { cyrillic_twin } else { latin_twin };
    for letter in word {
        if let Some(replacement) = twin(*letter) {
            *letter = replacement;
        }
    }
}
