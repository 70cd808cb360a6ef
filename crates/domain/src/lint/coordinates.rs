//! Places on the map.

use super::group::Group;

/// Degrees, from which decimals or minutes lead to a house.
const MOST_DEGREES: u32 = 180;

/// Words and letters of a latitude or a longitude. A single one proves nothing: С and В are also
/// the prepositions of a range of hours.
const AXES: &[&str] = &[
    "n",
    "s",
    "e",
    "w",
    "o",
    "с",
    "ю",
    "в",
    "з",
    "ш",
    "д",
    "пн",
    "пд",
    "сх",
    "зх",
    "lat",
    "lon",
    "lng",
    "long",
    "latitude",
    "longitude",
    "широта",
    "долгота",
    "довгота",
    "and",
    "и",
    "та",
    "ja",
    "und",
    "x",
    "y",
];

/// The places in a text with these groups of digits, as ranges of bytes.
pub(super) fn places(text: &str, groups: &[Group<'_>]) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for index in 0..groups.len() {
        let here = groups.get(index..).unwrap_or_default();
        let known =
            places.last().is_some_and(|place| here.first().is_some_and(|g| g.start < place.1));
        if known {
            continue;
        }
        let length =
            decimals(here).or_else(|| hemispheres(text, here)).or_else(|| minutes(text, here));
        let taken = length.and_then(|length| here.get(..length));
        if let Some([first, .., last]) = taken {
            places.push((first.start, last.end));
        }
    }
    places.extend(plus_codes(text));
    places
}

/// Two numbers with at least three decimals and nothing but signs and axes between them.
fn decimals(groups: &[Group<'_>]) -> Option<usize> {
    let [a, b, c, d, ..] = groups else { return None };
    let point = |group: &Group<'_>| matches!(group.gap, "." | ",");
    let apart = !point(c) || c.gap == "," && b.gap == ".";
    let found = point(b)
        && point(d)
        && apart
        && (a.len() <= 3 && a.number() <= MOST_DEGREES)
        && (c.len() <= 3 && c.number() <= MOST_DEGREES)
        && (b.len() >= 3 && d.len() >= 3)
        // Thousands are grouped by threes: 12.500, 13.000.
        && (b.len() > 3 || d.len() > 3)
        && is_between(c.gap);
    found.then_some(4)
}

/// Whether a gap separates the two halves of a place.
fn is_between(gap: &str) -> bool {
    let mut named = false;
    let words = gap.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    for word in words {
        named = true;
        if !AXES.contains(&word.to_lowercase().as_str()) {
            return false;
        }
    }
    let sign =
        |c: char| c.is_alphabetic() || c.is_whitespace() || " ,;/|°()[]{}:=&.\"'+-−–".contains(c);
    gap.chars().count() <= 32 && gap.chars().all(sign) && (named || !gap.contains('\n'))
}

/// "N 59 22.6 E 28 11.4" or "59.37 N, 28.19 E": two numbers of parts, with both letters on the same
/// side of them.
fn hemispheres(text: &str, groups: &[Group<'_>]) -> Option<usize> {
    let first = groups.first()?;
    let before = text.get(..first.start)?.trim_end();
    (2..=4).find_map(|length| {
        let (one, other) = (groups.get(..length)?, groups.get(length..length * 2)?);
        let (second, last) = (other.first()?, other.last()?);
        let after = text.get(last.end..)?.trim_start_matches([' ', '\'', '"', '′', '″', '°']);
        let gap = second.gap.trim_matches(|c: char| !c.is_alphanumeric());
        let ahead = ends_with(before, ['N', 'S']) && matches!(gap, "E" | "W" | "O");
        let behind = matches!(gap, "N" | "S") && starts_with(after, ['E', 'W', 'O']);
        ((ahead || behind) && is_half(one) && is_half(other)).then_some(length * 2)
    })
}

fn ends_with(text: &str, letters: [char; 2]) -> bool {
    text.strip_suffix(letters).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
}

fn starts_with(text: &str, letters: [char; 3]) -> bool {
    text.strip_prefix(letters).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Degrees with decimals, or with minutes and what follows them.
fn is_half(groups: &[Group<'_>]) -> bool {
    let Some((degrees, rest)) = groups.split_first() else { return false };
    let inner = |gap: &str| {
        let marks = gap.trim_matches(|c: char| c.is_whitespace() || ".,°'\"′″".contains(c));
        gap.chars().count() <= 6 && matches!(marks, "" | "deg" | "min" | "d" | "m")
    };
    let fits = |group: &Group<'_>| group.gap == "." || group.len() <= 2 && group.number() < 60;
    let precise = match rest {
        [part] => matches!(part.gap, "." | ",") && part.len() >= 2 || part.gap.trim() == "°",
        rest => rest.iter().all(fits),
    };
    degrees.number() <= MOST_DEGREES && rest.iter().all(|group| inner(group.gap)) && precise
}

/// Degrees with minutes. Degrees alone may be the weather.
fn minutes(text: &str, groups: &[Group<'_>]) -> Option<usize> {
    let [degrees, minutes, ..] = groups else { return None };
    let mark = matches!(minutes.gap.trim(), "°" | "deg" | "град" | "град.");
    let small = minutes.len() <= 2 && minutes.number() < 60 && degrees.number() <= MOST_DEGREES;
    let after = text.get(minutes.end..)?.trim_start();
    let marked = after.starts_with(['\'', '′', '"', '″', '.', 'N', 'S', 'E', 'W', 'O'])
        || after.starts_with("min")
        || after.starts_with("мин");
    // A full stop is also the end of a sentence.
    let ends =
        after.strip_prefix('.').is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    (mark && small && marked && !ends).then_some(2)
}

/// Codes of a grid: 9GFR95GR+V3, or short ones after the name of a town.
fn plus_codes(text: &str) -> impl Iterator<Item = (usize, usize)> {
    const ALPHABET: &str = "23456789CFGHJMPQRVWX";
    text.match_indices('+').filter_map(|(plus, _)| {
        let of = |c: &char| ALPHABET.contains(*c);
        let before = text.get(..plus)?.chars().rev().take_while(of).take(9).count();
        let after = text.get(plus + 1..)?.chars().take_while(of).take(4).count();
        // All of its letters are plain ones, so characters are bytes.
        let (start, end) = (plus.checked_sub(before)?, plus + 1 + after);
        let lettered = text.get(start..plus)?.contains(|c: char| c.is_ascii_alphabetic());
        let bounded = !text.get(..start)?.ends_with(char::is_alphanumeric)
            && !text.get(end..)?.starts_with(char::is_alphanumeric);
        let whole = matches!(before, 4 | 6 | 8) && (2..=3).contains(&after);
        (whole && lettered && bounded).then_some((start, end))
    })
}
