//! Templates: how far one may rely on them, in which languages they are, and how far these are up to date.

use std::collections::{BTreeMap, BTreeSet};

use hospes_desk::shown::Shown;
use hospes_domain::freshness::Freshness;
use hospes_domain::translation::{Progress, original};
use hospes_domain::validate::placeholders;
use hospes_domain::{Fields, Value, language};

use crate::pages::ask::LANGUAGES;
use crate::shape::{Reader, area, date, title};
use crate::text::Texts;

/// A template in a list.
pub(crate) struct Card {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) class: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) status: String,
    pub(crate) facts: Vec<String>,
    pub(crate) about: String,
}

/// A language in which a template has a text.
pub(crate) struct Expression {
    pub(crate) tag: String,
    pub(crate) name: String,
    /// Whether it counts before an authority.
    pub(crate) role: String,
    /// By whom it was translated.
    pub(crate) by: String,
    /// How much of it is up to date; empty for an original.
    pub(crate) progress: String,
    pub(crate) text: String,
}

pub(crate) fn card(t: &Texts, shown: &Shown, own: &str) -> Card {
    let reader = Reader(&shown.fields);
    let status = reader.text("status").unwrap_or("draft");
    let (sign, class) = match status {
        "approved" if shown.freshness == Freshness::Fresh => ("✓", "yes"),
        "withdrawn" | "superseded" => ("✕", "no"),
        _ => ("…", "ask"),
    };
    let mut facts: Vec<String> =
        reader.text("doc_type").map(|word| t.word("doc-type", word)).into_iter().collect();
    let titles = shown.fields.get("title").and_then(Value::as_map);
    let languages: Vec<&str> =
        titles.into_iter().flatten().map(|(tag, _)| language::autonym(tag)).take(6).collect();
    facts.push(languages.join(", "));
    facts.extend(reader.number("number").map(|number| t.templates_version(number)));
    Card {
        href: format!("/templates/{}", shown.key.id),
        title: title(t, shown),
        class,
        sign,
        status: t.word("status", status),
        facts,
        about: [law(t, &reader), kept(t, shown, own)].join(" · "),
    }
}

/// Whose law it is.
pub(crate) fn jurisdiction(t: &Texts, fields: &Fields) -> String {
    Reader(fields).text("jurisdiction").map(|code| area(t, code)).unwrap_or_default()
}

fn law(t: &Texts, reader: &Reader<'_>) -> String {
    match reader.text("law_as_of") {
        Some(day) => t.templates_law(date(t, day)),
        None => t.templates_no_law(),
    }
}

/// Who keeps it; `own` is what our center is called.
pub(crate) fn kept(t: &Texts, shown: &Shown, own: &str) -> String {
    match shown.steward_name.as_str() {
        name if name == own && shown.ours => t.template_by_us(),
        name => t.template_by(name),
    }
}

/// What has to be known before anybody uses it, worst first.
pub(crate) fn marks(t: &Texts, shown: &Shown) -> Vec<String> {
    let reader = Reader(&shown.fields);
    let mut marks = Vec::new();
    match reader.text("status") {
        Some("approved") => {}
        Some("in_review") => marks.push(t.template_in_review()),
        Some("withdrawn") => marks.push(t.template_withdrawn()),
        Some("superseded") => marks.push(t.template_superseded()),
        _ => marks.push(t.template_draft()),
    }
    marks.extend(reader.text("status_reason").map(|reason| t.template_why(reason)));
    if shown.freshness == Freshness::Stale {
        let due = reader.text("review_due").unwrap_or_default();
        marks.push(t.template_stale(date(t, due)));
    }
    marks
}

/// The languages of a template: those that count first, then in the order in which languages are asked for.
pub(crate) fn expressions(t: &Texts, fields: &Fields) -> Vec<Expression> {
    let bodies = fields.get("body").and_then(Value::as_map);
    let rank = |tag: &str| LANGUAGES.iter().position(|l| *l == tag).unwrap_or(LANGUAGES.len());
    let mut all: Vec<(bool, usize, Expression)> = bodies
        .into_iter()
        .flatten()
        .filter_map(|(tag, text)| {
            let said = expression(fields, tag);
            let word = |field: &str| said.get(field).and_then(Value::as_text);
            let counts = word("role") == Some("authoritative");
            let one = Expression {
                tag: tag.clone(),
                name: language::autonym(tag).to_owned(),
                role: word("role").map(|role| t.word("role", role)).unwrap_or_default(),
                by: match word("translation_status") {
                    Some(by) if !counts => t.word("translation-status", by),
                    _ => String::new(),
                },
                progress: match progress(fields, tag) {
                    _ if counts => String::new(),
                    Some(progress) => t.template_percent(progress.percent()),
                    None => t.template_not_compared(),
                },
                text: text.as_text()?.to_owned(),
            };
            Some((!counts, rank(tag), one))
        })
        .collect();
    all.sort_by(|a, b| (a.0, a.1, &a.2.tag).cmp(&(b.0, b.1, &b.2.tag)));
    all.into_iter().map(|(_, _, one)| one).collect()
}

/// What is said of the text in a language.
pub(crate) fn expression(fields: &Fields, tag: &str) -> BTreeMap<String, Value> {
    let all = fields.get("expressions").and_then(Value::as_map);
    all.and_then(|all| all.get(tag)?.as_map().cloned()).unwrap_or_default()
}

/// How far a translation says what its original says; none when nobody has compared them.
pub(crate) fn progress(fields: &Fields, tag: &str) -> Option<Progress> {
    let said = expression(fields, tag);
    let known = said.get("source_hashes").map(Value::elements).filter(|known| !known.is_empty())?;
    let (_, original) = original(fields, tag)?;
    Some(Progress::of(original, known.iter().filter_map(Value::as_text)))
}

/// A piece of a text; a blank is something to be filled in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) blank: bool,
}

/// A part of a text as it is read: lines that were broken for an editor are whole again, and a heading is one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) heading: bool,
    pub(crate) pieces: Vec<Piece>,
}

/// See [`Segment`].
pub(crate) fn segment(part: &str) -> Segment {
    let bare = part.trim_start_matches('#');
    let heading = bare.len() < part.len() && bare.starts_with(' ') && !part.contains('\n');
    let mut whole = String::with_capacity(part.len());
    for line in if heading { bare.trim_start() } else { part }.lines() {
        match begins_anew(line) {
            _ if whole.is_empty() => {}
            true => whole.push('\n'),
            false => whole.push(' '),
        }
        whole.push_str(if begins_anew(line) { line.trim_end() } else { line.trim() });
    }
    Segment { heading, pieces: pieces(&whole) }
}

/// Whether a line is more than the rest of a sentence: an item, a number, a quotation, a heading, a table.
fn begins_anew(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = number.len() < line.len() && number.starts_with(['.', ')']);
    numbered || ["- ", "* ", "+ ", ">", "#", "|"].iter().any(|sign| line.starts_with(sign))
}

/// A text in pieces.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        match after.split_once("}}").filter(|(key, _)| is_key(key.trim_matches(' '))) {
            Some((key, behind)) => {
                if !plain.is_empty() {
                    pieces.push(Piece { text: std::mem::take(&mut plain), blank: false });
                }
                pieces.push(Piece { text: key.trim_matches(' ').to_owned(), blank: true });
                rest = behind;
            }
            None => {
                plain.push_str("{{");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece { text: plain, blank: false });
    }
    pieces
}

fn is_key(key: &str) -> bool {
    placeholders(&format!("{{{{{key}}}}}")).is_ok_and(|keys| keys.len() == 1)
}

/// The blanks of all languages, and what stands in braces and is none.
pub(crate) fn blanks(fields: &Fields) -> (BTreeSet<String>, Vec<String>) {
    let bodies = fields.get("body").and_then(Value::as_map);
    let (mut keys, mut broken) = (BTreeSet::new(), Vec::new());
    for text in bodies.into_iter().flat_map(BTreeMap::values).filter_map(Value::as_text) {
        match placeholders(text) {
            Ok(found) => keys.extend(found.into_iter().map(str::to_owned)),
            Err(found) => broken.push(found.0),
        }
        keys.extend(pieces(text).into_iter().filter(|piece| piece.blank).map(|piece| piece.text));
    }
    (keys, broken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::translation::digests;

    use super::*;

    fn map<const N: usize>(pairs: [(&str, Value); N]) -> Value {
        Value::Map(pairs.map(|(key, value)| (key.to_owned(), value)).into())
    }

    fn fields(finnish: &str) -> Fields {
        let known = digests("Yksi.\n\nKaksi.").into_iter().map(Value::from).collect();
        Fields::from([
            (
                "body".to_owned(),
                map([("fi", finnish.into()), ("ru", "Раз {{ name }}.\n\nДва.".into())]),
            ),
            (
                "expressions".to_owned(),
                map([
                    ("fi", map([("role", "authoritative".into())])),
                    (
                        "ru",
                        map([
                            ("role", "translation".into()),
                            ("translation_status", "human_draft".into()),
                            ("source_hashes", Value::List(known)),
                        ]),
                    ),
                ]),
            ),
        ])
    }

    #[test]
    fn a_translation_tells_how_much_of_it_is_up_to_date() {
        let t = Texts::first();
        let told = |finnish: &str| {
            let all = expressions(t, &fields(finnish));
            assert_eq!(all[0].tag, "fi");
            assert_eq!(all[0].progress, "");
            all[1].progress.clone()
        };
        assert_eq!(told("Yksi.\n\nKaksi."), "100 percent up to date");
        assert_eq!(told("Yksi.\n\nKolme."), "50 percent up to date");
    }

    #[test]
    fn a_part_is_read_without_the_line_ends_of_its_editor() {
        let text = |part: &str| {
            let segment = segment(part);
            let text: String = segment.pieces.into_iter().map(|piece| piece.text).collect();
            (segment.heading, text)
        };
        assert_eq!(text("## 2. My situation"), (true, "2. My situation".to_owned()));
        assert_eq!(
            text("I refuse to\ncarry weapons."),
            (false, "I refuse to carry weapons.".to_owned())
        );
        let list = "1. Freedom of\n   thought.\n2. The right\n- sub";
        assert_eq!(text(list), (false, "1. Freedom of thought.\n2. The right\n- sub".to_owned()));
        assert_eq!(text("#hashtag"), (false, "#hashtag".to_owned()));
    }

    #[test]
    fn blanks_are_told_from_text_and_from_other_braces() {
        let piece = |text: &str, blank| Piece { text: text.to_owned(), blank };
        assert_eq!(
            pieces("I, {{ full_name }}, {{ Wrong }} {{born}} {{"),
            [
                piece("I, ", false),
                piece("full_name", true),
                piece(", {{ Wrong }} ", false),
                piece("born", true),
                piece(" {{", false),
            ]
        );
        let (keys, broken) = blanks(&fields("{{ name }} {{ Nimi }}"));
        assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["name"]);
        assert_eq!(broken.len(), 1);
    }
}
