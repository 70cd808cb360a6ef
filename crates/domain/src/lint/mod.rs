//! The lint of free text that all centers of a circle can read.
//!
//! The usual leak is no attack but a hurried colleague who pastes a phone into a note. The lint
//! looks for what tells who or where somebody is. It errs on the side of asking: a person can
//! override it, and the node logs that. Its cost grows with the length of the text only.

mod number;
mod street;

use std::fmt;

/// Findings that are reported at most for one text.
const MAX_FINDINGS: usize = 20;

/// Part of a text that should not be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub what: Suspicion,
    /// The part of the text, shortened to 40 characters.
    pub excerpt: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { what, excerpt } = self;
        write!(
            f,
            "shared notes go to all centers of the circle; this looks like {what}: {excerpt:?}"
        )
    }
}

/// What a part of a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A street with or without house number.
    Street,
    /// A name in a messenger or social network.
    Handle,
    /// A place on the map.
    Coordinates,
    /// The number of a passport or identity card.
    Passport,
}

impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Suspicion::Phone => "a phone number",
            Suspicion::Email => "an e-mail address",
            Suspicion::Street => "a street address",
            Suspicion::Handle => "a handle",
            Suspicion::Coordinates => "coordinates",
            Suspicion::Passport => "the number of an identity document",
        })
    }
}

/// What of a text should not be shared, in the order of the checks. Empty for a harmless text.
pub fn lint(text: &str) -> Vec<Finding> {
    let words = words(text);
    let mut findings = Findings::default();
    signs(text, &mut findings);
    number::scan(text, &words, &mut findings);
    street::scan(&words, &mut findings);
    findings.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, what: Suspicion, excerpt: &str) {
        let excerpt: String = excerpt.trim().chars().take(40).collect();
        if self.0.len() < MAX_FINDINGS {
            self.0.push(Finding { what, excerpt });
        }
    }
}

/// A run of letters and digits, with the hyphens and apostrophes inside it.
#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    /// Its first byte in the whole text.
    start: usize,
    /// Followed by a full stop.
    dotted: bool,
    /// After the end of a sentence, or the first of the text: there a capital says nothing.
    begins: bool,
}

impl Word<'_> {
    fn is_capitalized(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    fn is_number(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit())
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut begins = true;
    let mut previous = ' ';
    let mut push = |start: usize, end: usize, begins: bool| {
        let rest = text.get(end..).unwrap_or_default();
        let word = text.get(start..end).unwrap_or_default().trim_end_matches(['-', '\'', '’']);
        words.push(Word { text: word, start, dotted: rest.starts_with('.'), begins });
    };
    for (index, c) in text.char_indices() {
        let inside = c.is_alphanumeric()
            || (start.is_some() && matches!(c, '-' | '\'' | '’' | '\u{300}'..='\u{36f}'));
        match (start, inside) {
            (None, true) => start = Some(index),
            (Some(first), false) => {
                push(first, index, begins);
                start = None;
                begins = false;
            }
            _ => {}
        }
        if matches!(c, '!' | '?' | '\n' | ';') || (c.is_whitespace() && previous == '.') {
            begins = true;
        }
        previous = c;
    }
    if let Some(first) = start {
        push(first, text.len(), begins);
    }
    words
}

/// Names of pages that lead to a person.
const PROFILES: &[&str] = &[
    "t.me/",
    "telegram.me/",
    "wa.me/",
    "vk.com/",
    "m.me/",
    "fb.com/",
    "facebook.com/",
    "instagram.com/",
    "ok.ru/",
    "tiktok.com/@",
    "linkedin.com/in/",
    "signal.me/",
    "viber://",
    "tg://",
    "skype:",
];

/// Names of pages that lead to a point on the map.
const MAPS: &[&str] = &[
    "maps.app.goo.gl",
    "goo.gl/maps",
    "google.com/maps",
    "maps.google.",
    "yandex.ru/maps",
    "openstreetmap.org/",
    "osm.org/",
    "2gis.",
    "geo:",
];

/// What is recognised by a sign or by the name of a page.
fn signs(text: &str, findings: &mut Findings) {
    for token in text.split_whitespace() {
        let token = token.trim_matches(|c: char| "()<>,;!?\"'«»„“”".contains(c));
        let lower = token.to_lowercase();
        // The name must begin the token or follow a sign: "point.me/" is no "t.me/".
        let names = |pages: &[&str]| {
            pages.iter().any(|page| {
                lower.match_indices(page).any(|(at, _)| {
                    !lower.get(..at).unwrap_or_default().ends_with(char::is_alphanumeric)
                        && lower.len() > at + page.len()
                })
            })
        };
        if let Some((local, domain)) = token.split_once(['@', '＠']) {
            let domain = domain.trim_end_matches('.');
            let dotted = domain.split_once('.').is_some_and(|(name, end)| {
                !name.is_empty() && end.chars().next().is_some_and(char::is_alphabetic)
            });
            let name = domain.chars().take_while(|c| c.is_alphanumeric() || *c == '_').count();
            if local.ends_with(char::is_alphanumeric) && dotted {
                findings.add(Suspicion::Email, token);
                continue;
            } else if !local.ends_with(char::is_alphanumeric)
                && name >= 3
                && domain.starts_with(|c: char| c.is_alphabetic() || c == '_')
            {
                findings.add(Suspicion::Handle, token);
                continue;
            }
        }
        if names(PROFILES) {
            findings.add(Suspicion::Handle, token);
        } else if names(MAPS) {
            findings.add(Suspicion::Coordinates, token);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn check(expected: Option<Suspicion>, texts: &[&str]) {
        for text in texts {
            let found: Vec<Suspicion> =
                lint(text).into_iter().map(|finding| finding.what).collect();
            match expected {
                Some(what) => assert!(found.contains(&what), "{text:?}: {found:?}"),
                None => assert!(found.is_empty(), "{text:?}: {:?}", lint(text)),
            }
        }
    }

    #[test]
    fn a_phone_number_in_a_note_is_refused() {
        check(
            Some(Suspicion::Phone),
            &[
                "Звонить Ивану +7 921 123-45-67",
                "тел. 8 (921) 123 45 67 вечером",
                "Тел: 5123456",
                "дзвонити 067 123 45 67",
                "puh. 040 123 4567",
                "helista 5123 4567",
                "Call +372 5123 4567 after six",
                "Anruf: 030/1234567",
                "tel.: 0176-12345678",
                "+49(0)30 123 45 67",
                "phone 555-1234",
                "моб. ٠٥٥١٢٣٤٥٦٧",
                "My number is 20 12 20 26 12",
                "call 8 921 12-12-2012",
                "+372 5123 4567 +372 5555 6666",
                "5123 4567 / 5555 6666",
                "вечером +372 2015 2020",
            ],
        );
    }

    #[test]
    fn dates_hours_and_norms_are_no_phones() {
        check(
            None,
            &[
                "Free 2026-11-23 to 2026-12-05",
                "Свободно с 23.11.2026 по 05.12.2026",
                "Вільно 23.11.2026–30.11.2026",
                "vaba 1.12.2026 - 15.12.2026",
                "vapaa 1.12.-15.12.2026",
                "Frei 23.11.26 - 30.11.26",
                "open Mo-Fr 09:00-18:00, Sa 10:00-14:00",
                "auki 09.00-18.00 ja 19.30-21.00",
                "Arrive 2026-11-23T21:30:00+02:00",
                "country codes of ISO 3166-1 and 3166-2:2020",
                "ISO 9001, ISO/IEC 27001:2022, EN 301 549",
                "since 2022-2026, also 2014 2015 2016",
                "Application no. 23459/03, Directive 2011/95/EU",
                "400 m to the bus, 12 000 EUR, 10-15 min",
                "Закон № 53-ФЗ от 28.03.1998",
                "Sleeps 2-3, kids 0-2, 3-5, 6-12",
            ],
        );
    }

    #[test]
    fn an_email_address_is_refused() {
        check(
            Some(Suspicion::Email),
            &["write to anna.k+x@example.org", "почта: иван@пример.рф", "(host@mail.example)."],
        );
    }

    #[test]
    fn a_handle_is_refused() {
        check(
            Some(Suspicion::Handle),
            &[
                "телеграм @ivan_petrov",
                "см. t.me/someone",
                "https://t.me/someone",
                "wa.me/37251234567",
                "VK: vk.com/id12345",
                "signal: (@anna.42)",
            ],
        );
        check(None, &["3 beds @ 10 EUR", "arrive @21", "see point.me/", "ask at the desk"]);
    }

    #[test]
    fn coordinates_are_refused() {
        check(
            Some(Suspicion::Coordinates),
            &[
                "59.4370, 24.7536",
                "59.43700 24.75360",
                "N 59°26′13″ E 24°45′13″",
                "59,4370; 24,7536",
                "https://maps.app.goo.gl/abcDEF",
                "https://yandex.ru/maps/-/abc",
            ],
        );
        check(None, &["costs 12.50, with food 15.75", "-5° at night", "2.5 km, 3.25 EUR"]);
    }

    #[test]
    fn numbers_of_documents_are_refused() {
        check(
            Some(Suspicion::Passport),
            &[
                "паспорт 4510 123456",
                "45 10 123456",
                "загранпаспорт 75 1234567",
                "паспорт МЕ 123456",
                "ID card AB1234567",
                "Pass Nr. C01X00T47",
                "passi number KA0123456",
            ],
        );
        check(None, &["паспорт не нужен", "LV-1050", "A4 paper", "passport needed until 2027"]);
    }

    #[test]
    fn a_street_is_refused() {
        check(
            Some(Suspicion::Street),
            &[
                "ул. Пушкина, дом 5",
                "ул.Ленина 5",
                "живу на улице Садовой",
                "Садовая улица",
                "пр-т Мира 12",
                "пер. Садовый",
                "кв. 12",
                "вул. Шевченка 3",
                "вулиця Хрещатик",
                "на вулиці Лесі Українки",
                "Aleksanterinkatu 12",
                "Kalevankadulla",
                "Hämeentie 12 A",
                "Pikk tänav 5",
                "Lai tänav",
                "Narva mnt 7",
                "Pikk tn 5",
                "Brīvības iela 10",
                "Gedimino gatvė",
                "Vilniaus g. 5",
                "Hauptstraße 5",
                "Hauptstrasse",
                "Hauptstr. 5",
                "Berliner Straße",
                "Karl-Marx-Straße",
                "Lindenweg 5",
                "the flat is on Baker Street",
                "12 Oak Road",
                "ul. Długa 4",
            ],
        );
    }

    #[test]
    fn words_that_only_sound_like_streets_pass() {
        check(
            None,
            &[
                "Gute Strategie, Industrie, Registratur",
                "Курить на улице",
                "На улице холодно, возьмите куртку",
                "На вулиці двір для собаки",
                "Улица тихая",
                "ulkona saa tupakoida, kadulla on kahvila",
                "suitsetada tänaval",
                "uz ielas ir skaļi",
                "lebte auf der Straße",
                "Schlafplatz für 2 Personen",
                "Fußweg 5 Minuten zum Bahnhof",
                "Radweg 3km zum See",
                "smoking on the street only",
                "30 кв. м, 2 комнаты",
                "2 д. в неделю",
                "500 g. 5 persons",
                "Ruhiges Zimmer, Bad auf dem Gang.",
                "Tichá izba. Two cats. No smoking!",
                "Тихая комната, есть кот. Лифта нет.",
                "Rauhallinen huone, kissa. Hissi on.",
                "Vaikne tuba, kaks kassi. Lifti ei ole.",
                "Тиха кімната, є кіт. Ліфта немає.",
            ],
        );
    }

    #[test]
    fn a_finding_reads_as_a_sentence() {
        let findings = lint("call +372 5123 4567");
        assert_eq!(
            findings[0].to_string(),
            "shared notes go to all centers of the circle; this looks like a phone number: \
             \"+372 5123 4567\""
        );
    }

    #[test]
    fn a_hostile_text_has_few_findings() {
        assert_eq!(lint(&"@someone ".repeat(10_000)).len(), MAX_FINDINGS);
        assert!(lint(&"+".repeat(100_000)).is_empty());
        assert!(lint(&"1 ".repeat(100_000)).len() <= MAX_FINDINGS);
        assert!(lint(&"улица ".repeat(20_000)).len() <= MAX_FINDINGS);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in prop_oneof![".{0,200}", "[0-9+ .@/()°A-Zа-я-]{0,120}"]) {
            let findings = lint(&text);
            prop_assert!(findings.len() <= MAX_FINDINGS);
            prop_assert!(findings.iter().all(|finding| finding.excerpt.chars().count() <= 40));
        }

        #[test]
        fn a_number_with_country_code_is_found_in_any_grouping(
            groups in prop::collection::vec("[0-9]{2,4}", 3..6),
            separator in prop::sample::select(vec![" ", "-", ".", " - ", "\u{a0}"]),
        ) {
            let text = format!("вечером +372{separator}{} дома", groups.join(separator));
            let found = lint(&text).iter().any(|finding| finding.what == Suspicion::Phone);
            prop_assert!(found, "{}", text);
        }
    }
}
