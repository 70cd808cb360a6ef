#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::finding::MAX_FINDINGS;
use super::*;

mod disguised;
mod passes;
mod streets;

fn check(expected: Option<Suspicion>, texts: &[&str]) {
    for text in texts {
        let found: Vec<Suspicion> = lint(text).into_iter().map(|finding| finding.what).collect();
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
