//! The canonical written form of single values: what is stored, compared and signed.

use std::borrow::Cow;
use std::net::SocketAddr;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::FieldType;
use crate::fold::is_stray;
use crate::{RecordId, Timestamp, country, currency, language};

impl FieldType {
    /// The canonical form of a text that means a value of this type, or nothing if it means none.
    ///
    /// The canonical form of a canonical form is the same text. Values that are not written as one
    /// text (numbers, flags, lists, maps) have none.
    pub(crate) fn canonical<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let text = text.trim();
        match self {
            FieldType::Text { lines, .. } => Some(free_text(text, *lines)),
            FieldType::Body { .. } => Some(free_text(text, true)),
            FieldType::Choice(words) => words
                .iter()
                .find(|word| **word == text)
                .or_else(|| words.iter().find(|word| word.eq_ignore_ascii_case(text)))
                .map(|word| Cow::Borrowed(*word)),
            FieldType::Key { separator, .. } => is_key(text, *separator).then_some(text.into()),
            FieldType::Date => is_date(text).then_some(text.into()),
            FieldType::Clock => clock(text),
            FieldType::Instant => instant(text),
            FieldType::Country => code(text, country::is_country),
            FieldType::Region => code(text, country::is_region),
            FieldType::Area => code(text, country::is_area),
            FieldType::Currency => code(text, currency::is_currency),
            FieldType::TimeZone => time_zone(text),
            FieldType::Language => language::canonical(text).ok().map(|tag| same(tag, text)),
            FieldType::Money => money(text),
            FieldType::Phone => phone(text),
            FieldType::Url => url(text),
            FieldType::Email => email(text),
            FieldType::OpeningHours => is_opening_hours(text).then_some(text.into()),
            FieldType::Center | FieldType::Digest => digest(text),
            FieldType::RecordRef => {
                let id: RecordId = text.parse().ok()?;
                Some(same(id.to_string(), text))
            }
            FieldType::NodeAddress => node_address(text),
            FieldType::Bytes64 { .. } => decoded_length(text).map(|_| text.into()),
            FieldType::Set(_)
            | FieldType::Flag
            | FieldType::Integer { .. }
            | FieldType::Town
            | FieldType::Languages
            | FieldType::Nights { .. }
            | FieldType::List { .. }
            | FieldType::Struct(_)
            | FieldType::PerLanguage { .. } => None,
        }
    }
}

/// Borrows what did not change, so that checking a canonical record costs no allocation.
fn same(canonical: String, text: &str) -> Cow<'_, str> {
    if canonical == text { Cow::Borrowed(text) } else { Cow::Owned(canonical) }
}

/// NFC without stray signs, and line breaks as `\n` or, where there are none, as spaces.
fn free_text(text: &str, lines: bool) -> Cow<'_, str> {
    let odd = |c: char| c == '\r' || c == '\t' || (c == '\n' && !lines) || is_stray(c);
    if is_nfc(text) && !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let text =
        text.replace(is_stray, "").replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let text = if lines { text } else { text.replace('\n', " ") };
    // What is gone may have stood before a space at the end.
    Cow::Owned(text.trim().nfc().collect())
}

fn code<'t>(text: &'t str, is_known: impl Fn(&str) -> bool) -> Option<Cow<'t, str>> {
    if is_known(text) {
        return Some(text.into());
    }
    let upper = (text.len() <= 8).then(|| text.to_ascii_uppercase())?;
    is_known(&upper).then_some(upper.into())
}

fn is_key(text: &str, separator: char) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with(separator)
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == separator)
}

/// Exactly `YYYY-MM-DD`, and a day that exists.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && like(text, "dddd-dd-dd") && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether the text has digits where the pattern has `d`, and else the pattern's own characters.
fn like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

fn clock(text: &str) -> Option<Cow<'_, str>> {
    let (hour, minute) = text.split_once([':', '.'])?;
    let number = |part: &str, most: u8| {
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u8>().ok().filter(|n| digits && *n <= most)
    };
    let (hour, minute) = (number(hour, 23)?, number(minute, 59).filter(|_| minute.len() == 2)?);
    Some(same(format!("{hour:02}:{minute:02}"), text))
}

/// RFC 3339 as it was written; other forms of ISO 8601 are brought to it, in UTC.
fn instant(text: &str) -> Option<Cow<'_, str>> {
    if text.len() > 64 {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    if is_rfc3339(text) { Some(text.into()) } else { Some(instant.to_string().into()) }
}

fn is_rfc3339(text: &str) -> bool {
    let Some((local, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let offset = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let fraction = rest.strip_suffix(offset).unwrap_or(rest);
    let fraction_ok = fraction.is_empty()
        || fraction.strip_prefix('.').is_some_and(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        });
    let offset_ok = offset == "Z" || like(offset, "+dd:dd") || like(offset, "-dd:dd");
    like(local, "dddd-dd-ddTdd:dd:dd") && fraction_ok && offset_ok
}

fn time_zone(text: &str) -> Option<Cow<'_, str>> {
    if text.len() > 64 || text.eq_ignore_ascii_case("Etc/Unknown") {
        return None;
    }
    let zone = jiff::tz::TimeZone::get(text).ok()?;
    zone.iana_name().map(|name| same(name.to_owned(), text))
}

fn money(text: &str) -> Option<Cow<'_, str>> {
    let dotted = text.replace(',', ".");
    let (whole, fraction) = match dotted.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (dotted.as_str(), None),
    };
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(whole, 9) || !fraction.is_none_or(|part| digits(part, 3)) {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        other => other,
    };
    let amount = fraction.map_or_else(|| whole.to_owned(), |part| format!("{whole}.{part}"));
    Some(same(amount, text))
}

/// E.164: a plus sign, a country code, 7 to 15 digits in all.
fn phone(text: &str) -> Option<Cow<'_, str>> {
    if text.chars().count() > 40 {
        return None;
    }
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '-' | '(' | ')' | '.' | '/'))
        .collect();
    let digits = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"))?;
    let valid = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then(|| same(format!("+{digits}"), text))
}

fn url(text: &str) -> Option<Cow<'_, str>> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A name before an @ is a login, and the usual trick to make a page look like another one.
    let valid = (scheme == "https" || scheme == "http")
        && !authority.is_empty()
        && !authority.contains('@')
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c));
    valid.then(|| same(format!("{scheme}://{rest}"), text))
}

fn email(text: &str) -> Option<Cow<'_, str>> {
    let (local, domain) = text.split_once('@')?;
    let domain = domain.to_lowercase();
    let word = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part.chars().all(|c| c.is_alphanumeric() || ".-_+'%&=~/!#$*?^`{|}".contains(c))
    };
    let valid = word(local)
        && word(&domain)
        && domain.contains('.')
        && domain.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-');
    valid.then(|| same(format!("{local}@{domain}"), text))
}

/// Words of the opening hours syntax that are no weekday or month.
const HOURS_WORDS: &[&str] = &[
    "PH", "SH", "off", "closed", "open", "unknown", "week", "easter", "sunrise", "sunset", "dawn",
    "dusk", "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "day", "days",
];

/// Whether a text is made of the words and signs of the OpenStreetMap `opening_hours` syntax.
///
/// It is not a full parser: it keeps sentences out, and what only a parser would refuse is shown
/// as it is written.
fn is_opening_hours(text: &str) -> bool {
    let mut outside = true;
    let mut open = String::with_capacity(text.len());
    for part in text.split('"') {
        open.push_str(if outside { part } else { " " });
        outside = !outside;
    }
    let signs = ":-+,;|/[]() ";
    let mut words = open.split(|c: char| signs.contains(c)).filter(|word| !word.is_empty());
    let number = |word: &str| word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
    // Splitting at an even number of quotes leaves us outside again, one step further.
    !outside
        && open.contains(|c: char| c.is_ascii_alphanumeric())
        && words.all(|word| number(word) || HOURS_WORDS.contains(&word))
}

fn digest(text: &str) -> Option<Cow<'_, str>> {
    let valid = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    valid.then(|| same(text.to_ascii_lowercase(), text))
}

fn node_address(text: &str) -> Option<Cow<'_, str>> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        let usable = address.port() != 0 && !address.ip().is_unspecified();
        return usable.then(|| same(address.to_string(), text));
    }
    let (host, port) = text.rsplit_once(':')?;
    let port: u16 = port.parse().ok().filter(|port| *port != 0)?;
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix(".onion")?;
    let valid = name.len() == 56
        && name.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b));
    valid.then(|| same(format!("{host}:{port}"), text))
}

/// How many bytes a text of standard base64 with padding stands for; nothing if it is no base64.
pub(crate) fn decoded_length(text: &str) -> Option<usize> {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let valid = !data.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    valid.then(|| text.len() / 4 * 3 - padding)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn check(ty: FieldType, cases: &[(&str, Option<&str>)]) {
        for (text, expected) in cases {
            assert_eq!(ty.canonical(text).as_deref(), *expected, "{ty:?} {text:?}");
        }
    }

    #[test]
    fn dates_exist_and_have_one_form() {
        check(
            FieldType::Date,
            &[
                ("2026-11-23", Some("2026-11-23")),
                (" 2024-02-29 ", Some("2024-02-29")),
                ("2026-02-29", None),
                ("2026-1-2", None),
                ("20261123", None),
                ("2026-11-23T10:00", None),
                ("tomorrow", None),
            ],
        );
    }

    #[test]
    fn times_of_day_are_hours_and_minutes() {
        check(
            FieldType::Clock,
            &[
                ("21:30", Some("21:30")),
                ("9:05", Some("09:05")),
                ("9.05", Some("09:05")),
                ("24:00", None),
                ("12:60", None),
                ("12:5", None),
                ("+1:05", None),
                ("noon", None),
            ],
        );
    }

    #[test]
    fn instants_keep_their_offset() {
        check(
            FieldType::Instant,
            &[
                ("2026-11-23T21:30:00+02:00", Some("2026-11-23T21:30:00+02:00")),
                ("2026-11-23T21:30:00.25Z", Some("2026-11-23T21:30:00.25Z")),
                ("2026-11-23 21:30:00+02", Some("2026-11-23T19:30:00Z")),
                ("2026-11-23T21:30:00", None),
                ("2026-11-23", None),
            ],
        );
    }

    #[test]
    fn codes_are_in_capitals() {
        check(FieldType::Country, &[("ee", Some("EE")), ("XX", None), ("Estonia", None)]);
        check(FieldType::Region, &[("fi-18", Some("FI-18")), ("FI", None), ("XX-1", None)]);
        check(FieldType::Area, &[("coe", Some("COE")), ("de-BE", Some("DE-BE")), ("EUR", None)]);
        check(FieldType::Currency, &[("eur", Some("EUR")), ("EEK", None)]);
    }

    #[test]
    fn time_zones_are_those_of_the_iana_database() {
        check(
            FieldType::TimeZone,
            &[
                ("Europe/Tallinn", Some("Europe/Tallinn")),
                ("europe/kyiv", Some("Europe/Kyiv")),
                ("UTC", Some("UTC")),
                ("Europe/Narva", None),
                ("+02:00", None),
                ("../../etc/passwd", None),
                ("Etc/Unknown", None),
            ],
        );
    }

    #[test]
    fn amounts_have_at_most_three_decimals() {
        check(
            FieldType::Money,
            &[
                ("12.50", Some("12.50")),
                ("12,5", Some("12.5")),
                ("007", Some("7")),
                ("0.00", Some("0.00")),
                ("-1", None),
                ("1e9", None),
                ("1.2345", None),
                (".5", None),
                ("1234567890", None),
            ],
        );
    }

    #[test]
    fn phones_have_a_country_code() {
        check(
            FieldType::Phone,
            &[
                ("+372 555-1234", Some("+3725551234")),
                ("00372 555 1234", Some("+3725551234")),
                ("5551234", None),
                ("(999) 999-9999", None),
                ("+0123456789", None),
                ("+12", None),
                ("no phone", None),
            ],
        );
    }

    #[test]
    fn web_addresses_have_no_login() {
        check(
            FieldType::Url,
            &[
                ("HTTPS://example.org/a?b#c", Some("https://example.org/a?b#c")),
                ("http://xn--e1afmkfd.example", Some("http://xn--e1afmkfd.example")),
                ("javascript:alert(1)", None),
                ("ftp://example.org", None),
                ("https://bank.example@evil.example/", None),
                ("https://", None),
                ("https://a b", None),
                ("www.example.org", None),
            ],
        );
        check(
            FieldType::Email,
            &[
                ("Desk@Example.org", Some("Desk@example.org")),
                ("desk@localhost", None),
                ("a@b@c.org", None),
                ("two words@example.org", None),
                ("desk@.org", None),
            ],
        );
    }

    #[test]
    fn opening_hours_are_no_sentences() {
        check(
            FieldType::OpeningHours,
            &[
                ("Mo-Fr 09:00-17:00", Some("Mo-Fr 09:00-17:00")),
                ("24/7", Some("24/7")),
                (
                    "Mo,We 09:00-12:00,13:00-17:00; PH off; Sa \"by appointment\"",
                    Some("Mo,We 09:00-12:00,13:00-17:00; PH off; Sa \"by appointment\""),
                ),
                ("Dec 24-Jan 02 closed", Some("Dec 24-Jan 02 closed")),
                ("call me any time", None),
                ("Mo-Fr \"open", None),
                ("+372 555 12345", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn node_addresses_are_literals_or_onions() {
        let onion = format!("{}.onion:7443", "a2".repeat(28));
        check(
            FieldType::NodeAddress,
            &[
                ("192.0.2.7:7443", Some("192.0.2.7:7443")),
                ("[2001:DB8:0:0::1]:443", Some("[2001:db8::1]:443")),
                (&onion.to_uppercase(), Some(&onion)),
                ("node.example.org:7443", None),
                ("192.0.2.7", None),
                ("192.0.2.7:0", None),
                ("0.0.0.0:7443", None),
            ],
        );
    }

    #[test]
    fn base64_is_counted_without_decoding() {
        for (text, expected) in [
            ("AAAA", Some(3)),
            ("AAA=", Some(2)),
            ("AA==", Some(1)),
            ("A===", None),
            ("AAA", None),
            ("AA=A", None),
            ("A-_A", None),
            ("", None),
        ] {
            assert_eq!(decoded_length(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_stable(
            text in prop_oneof![".{0,40}", "[A-Za-z0-9+:./ -]{0,30}", "[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,15}"],
        ) {
            let types = [
                FieldType::Text { max_chars: 280, lint: true, lines: true },
                FieldType::Text { max_chars: 280, lint: true, lines: false },
                FieldType::Choice(&["free", "rent"]),
                FieldType::Key { max_chars: 40, separator: '_' },
                FieldType::Date,
                FieldType::Clock,
                FieldType::Instant,
                FieldType::Country,
                FieldType::Region,
                FieldType::Area,
                FieldType::TimeZone,
                FieldType::Language,
                FieldType::Money,
                FieldType::Currency,
                FieldType::Phone,
                FieldType::Url,
                FieldType::Email,
                FieldType::OpeningHours,
                FieldType::Center,
                FieldType::RecordRef,
                FieldType::NodeAddress,
                FieldType::Bytes64 { max_bytes: 64 },
            ];
            for ty in types {
                if let Some(once) = ty.canonical(&text) {
                    let twice = ty.canonical(&once);
                    prop_assert_eq!(twice.as_deref(), Some(once.as_ref()), "{:?}", ty);
                }
            }
        }
    }
}
