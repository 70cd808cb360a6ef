//! Addresses that were taken apart or spelled, so that no machine finds them.

use std::borrow::Cow;

/// Words for the sign of an e-mail address that mean other things as well.
const AT: &[&str] = &["at", "ät", "ätt", "эт", "et", "eta"];

/// What the sign is called, from animals to snails.
const SIGN: &[&str] = &[
    "arobase",
    "arroba",
    "chiocciola",
    "klammeraffe",
    "małpa",
    "kukac",
    "zavináč",
    "snabel-a",
    "krøllalfa",
    "alfakrøll",
    "apenstaartje",
    "apestaart",
    "собака",
    "собачка",
    "равлик",
    "сабачка",
    "afna",
    "arond",
    "papaki",
    "παπάκι",
    "кльомба",
    "маймунка",
];

/// Words for the full stop in an address.
const DOT: &[&str] = &[
    "dot",
    "точка",
    "тчк",
    "крапка",
    "кропка",
    "piste",
    "punkt",
    "point",
    "punto",
    "ponto",
    "punts",
    "kropka",
    "pont",
    "tečka",
    "bodka",
    "pika",
    "tačka",
    "punct",
    "nokta",
    "nöqtə",
    "punkts",
    "taškas",
    "punt",
    "prikk",
    "punktum",
    "τελεία",
    "нүкте",
    "nuqta",
    "чекит",
    "წერტილი",
    "կետ",
];

/// The text with the addresses in it as a machine wants them, to look for addresses only.
pub(super) fn joined(text: &str) -> String {
    let text = without_brackets(text);
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let tokens = spelled(&tokens);
    let mut joined = String::with_capacity(text.len());
    let mut previous = "";
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(AsRef::as_ref).unwrap_or_default();
        if !previous.is_empty() && !belongs(previous, token, next) {
            joined.push(' ');
        }
        joined.push_str(token);
        previous = token;
    }
    joined
}

/// Whether nothing but a needless space stands between two tokens of an address.
fn belongs(previous: &str, token: &str, next: &str) -> bool {
    let sign = |token: &str| matches!(token, "/" | "." | "@");
    let slashed = previous.ends_with('/') || token.starts_with('/');
    let dotted = previous == "." || token == ".";
    // "3 beds @ 10 EUR" is no address, so what follows has to look like the name of a domain.
    let at = (token == "@" && !sign(previous) && is_domain(next))
        || (previous.ends_with('@') && is_domain(token));
    slashed || dotted || at
}

/// "example.org", but neither "10.50" nor "St.Petersburg".
fn is_domain(token: &str) -> bool {
    let token = token.trim_end_matches(|c: char| !c.is_alphanumeric());
    token.split_once('.').is_some_and(|(name, end)| {
        let small = |c: Option<char>| c.is_some_and(char::is_lowercase);
        let large = |c: Option<char>| c.is_some_and(char::is_uppercase);
        name.chars().all(|c| c.is_alphanumeric() || c == '-')
            && name.contains(char::is_alphabetic)
            && end.chars().take(2).filter(|c| c.is_alphabetic()).count() == 2
            && !(small(name.chars().last()) && large(end.chars().next()))
    })
}

/// Replaces "(at)", "[dot]" and the like between letters by their sign.
fn without_brackets(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['(', '[', '{', '<']) {
        let (before, bracket) = rest.split_at(open);
        let mut inside = bracket.chars();
        inside.next();
        let inside = inside.as_str();
        // What is longer is no sign, and it would be costly to read it again and again.
        let end = inside.char_indices().take(20).find(|(_, c)| ")]}>".contains(*c));
        let closed = end.map(|(end, _)| (inside.get(..end), inside.get(end + 1..)));
        let left = before.trim_end();
        let meant = closed.and_then(|(word, after)| {
            let after = after?;
            let right = after.trim_start();
            let apart = left.len() != before.len() || right.len() != after.len();
            let between =
                left.ends_with(char::is_alphanumeric) && right.starts_with(char::is_alphanumeric);
            let word = word?.trim().to_lowercase();
            let sign = match &*word {
                // As a paragraph of a law is written: only where no space is.
                "a" | "ä" if !apart => '@',
                "@" => '@',
                "." => '.',
                word if AT.contains(&word) || SIGN.contains(&word) => '@',
                word if DOT.contains(&word) => '.',
                _ => return None,
            };
            between.then_some((sign, right))
        });
        match meant {
            Some((sign, after)) => {
                whole.push_str(left);
                whole.push(sign);
                rest = after;
            }
            None => {
                whole.push_str(before);
                whole.push_str(bracket.get(..bracket.len() - inside.len()).unwrap_or_default());
                rest = inside;
            }
        }
    }
    whole.push_str(rest);
    whole
}

/// The tokens, with "marta at example dot org" as one in signs.
fn spelled<'t>(tokens: &[&'t str]) -> Vec<Cow<'t, str>> {
    let is = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|token| words.contains(&token.to_lowercase().as_str()))
    };
    let name = |at: usize| {
        let token = tokens.get(at)?;
        let bare = token.trim_end_matches([',', ';', '!', '?', ')']);
        let named = bare.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
        (named && !bare.is_empty()).then_some(*token)
    };
    let address = |at: usize| {
        let sign = is(at, SIGN);
        if !sign && !is(at, AT) {
            return None;
        }
        let mut address = format!("{}@{}", name(at.checked_sub(1)?)?, name(at + 1)?);
        // "Look at example.org" names a page, while nobody says "look monkey example.org".
        let whole = sign && name(at + 1).is_some_and(is_domain);
        let mut end = at + 2;
        while is(end, DOT)
            && let Some(part) = name(end + 1)
        {
            address.push('.');
            address.push_str(part);
            end += 2;
        }
        (whole || end > at + 2).then_some((address, end))
    };
    let mut spelled: Vec<Cow<'t, str>> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match address(at) {
            Some((address, end)) => {
                spelled.pop();
                spelled.push(Cow::Owned(address));
                at = end;
            }
            None => {
                spelled.push(Cow::Borrowed(token));
                at += 1;
            }
        }
    }
    spelled
}
