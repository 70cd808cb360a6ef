//! Numbers that lead to a person: phones, documents, coordinates.

use super::coordinates;
use super::finding::{Findings, Suspicion};
use super::group::{Group, groups};
use super::word::Word;

pub(super) fn scan(text: &str, words: &[Word<'_>], findings: &mut Findings) {
    documents(words, findings);
    let groups = groups(text);
    let places = coordinates::places(text, &groups);
    for (start, end) in &places {
        findings.add(Suspicion::Coordinates, text.get(*start..*end).unwrap_or_default());
    }
    let mut groups = groups.into_iter().peekable();
    // A run is what one would read as one number: groups with nothing but signs between them.
    let mut run: Vec<Group<'_>> = Vec::new();
    let mut words_before = words.iter().peekable();
    while let Some(group) = groups.next() {
        run.push(group);
        if groups.peek().is_some_and(|next| joins(next.gap)) {
            continue;
        }
        let (start, end) = (run.first().map_or(0, |g| g.start), group.end);
        let mut before = None;
        while let Some(word) = words_before.next_if(|word| word.start < start) {
            before = Some(word.text);
        }
        // What is known to be a place is no phone as well.
        if !places.iter().any(|place| place.0 < end && start < place.1) {
            judge(text, &run, before.unwrap_or_default(), (start, end), findings);
        }
        run.clear();
    }
}

/// Signs that people put between the groups of one number. No colon: that is in hours, and no
/// line: that is in tables.
const SEPARATORS: &str = "()-.,;/–—°′″'\"_·•∙⋅‧・*~\\";

/// Whether what stands between two groups leaves them one number.
fn joins(gap: &str) -> bool {
    gap.chars().count() <= 5
        && gap.chars().all(|c| c.is_whitespace() || SEPARATORS.contains(c))
        && !gap.contains('\n')
}

/// Words that announce a phone number.
const PHONE_WORDS: &[&str] = &[
    "tel",
    "telefon",
    "telefoni",
    "telephone",
    "phone",
    "mobile",
    "mob",
    "puh",
    "puhelin",
    "gsm",
    "call",
    "whatsapp",
    "signal",
    "viber",
    "тел",
    "телефон",
    "моб",
    "мобильный",
    "звонить",
    "дзвонити",
    "номер",
    "helista",
    "soita",
    "anruf",
    "handy",
    "tālr",
    "tālrunis",
    "skambinti",
    "ring",
    "tlf",
    "tél",
    "téléphone",
    "teléfono",
    "telefono",
    "telefone",
    "τηλ",
    "τηλέφωνο",
    "тэл",
    "ტელ",
    "ტელეფონი",
    "հեռ",
    "հեռախոս",
];

fn judge(text: &str, run: &[Group<'_>], before: &str, at: (usize, usize), findings: &mut Findings) {
    let excerpt = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let plus = excerpt(0, at.0).ends_with('+');
    let whole = excerpt(at.0 - usize::from(plus), at.1);
    let lengths: Vec<usize> = run.iter().map(Group::len).collect();
    let spaced = run.iter().skip(1).all(|group| group.gap.trim().is_empty());
    if spaced && !plus && matches!(lengths.as_slice(), [4, 6] | [2, 2, 6] | [2, 7]) {
        findings.add(Suspicion::Passport, whole);
        return;
    }
    let announced = PHONE_WORDS.contains(&before.to_lowercase().as_str());
    let sure = announced || run.iter().any(|group| group.marked);
    // A comma or semicolon ends a number, unless it was part of coordinates above.
    let mut start = 0;
    for index in 1..=run.len() {
        let ends = run
            .get(index)
            .is_none_or(|group| group.gap.contains([',', ';', '°', '′', '″', '"', '\'']));
        if ends {
            let part = run.get(start..index).unwrap_or_default();
            phone(text, part, sure, announced, findings);
            start = index;
        }
    }
}

/// Looks for a phone number among groups; where nothing announces one, dates and years are set
/// aside first.
fn phone(text: &str, run: &[Group<'_>], sure: bool, announced: bool, findings: &mut Findings) {
    let mut index = 0;
    let mut kept: Vec<Group<'_>> = Vec::new();
    let mut close = |kept: &mut Vec<Group<'_>>| {
        let digits: usize = kept.iter().map(Group::len).sum();
        let enough = if announced { 5 } else { 7 };
        // More digits than a number can have are two numbers, unless they are one long code.
        if digits >= enough
            && (digits <= 15 || kept.len() > 1)
            && let (Some(first), Some(last)) = (kept.first(), kept.last())
        {
            let plus = text.get(..first.start).is_some_and(|text| text.ends_with('+'));
            let whole = text.get(first.start - usize::from(plus)..last.end).unwrap_or_default();
            findings.add(Suspicion::Phone, whole);
        }
        kept.clear();
    };
    while let Some(group) = run.get(index) {
        let aside = if sure { 0 } else { date_or_time(run.get(index..).unwrap_or_default()) };
        if aside == 0 {
            kept.push(*group);
            index += 1;
        } else {
            close(&mut kept);
            index += aside;
        }
    }
    close(&mut kept);
}

/// How many groups from here on are a date, a time, a year or a case number.
fn date_or_time(run: &[Group<'_>]) -> usize {
    let gap = |group: &Group<'_>| match group.gap {
        "." | "·" => '.',
        "-" | "_" => '-',
        "/" => '/',
        ". " => '_',
        _ => ' ',
    };
    if let [a, b, c, ..] = run {
        let (first, second) = (gap(b), gap(c));
        let joined = first == second && first != ' ';
        if joined && a.is_year() && b.is_month() && c.is_day() {
            return 3;
        }
        let year = c.is_year() || c.len() == 2;
        if joined && first != '-' && a.is_day() && b.is_month() && year {
            return 3;
        }
        if joined && a.is_day() && b.is_month() && c.is_year() {
            return 3;
        }
    }
    if let [a, b, ..] = run {
        // 09.00, 21.30, 1.12.: hours and minutes, or a day and a month.
        let small = a.len() <= 2 && b.len() <= 2;
        if gap(b) == '.' && small && a.number() <= 31 && b.number() <= 59 {
            return 2;
        }
        // An application or a law is numbered within its year: 23459/03, 12345/2020.
        if gap(b) == '/' && (b.len() == 2 || b.is_year()) {
            return 2;
        }
    }
    usize::from(run.first().is_some_and(Group::is_year))
}

/// Words that announce the number of a document.
const DOCUMENT_WORDS: &[&str] = &[
    "паспорт",
    "паспорта",
    "загранпаспорт",
    "passport",
    "passnummer",
    "pass",
    "passi",
    "passin",
    "reisepass",
    "ausweis",
    "id",
    "isikukood",
    "снилс",
    "инн",
    "henkilötunnus",
];

/// Numbers with letters, such as AB1234567.
fn documents(words: &[Word<'_>], findings: &mut Findings) {
    let mut letters: Option<&str> = None;
    // Only the three words after "passport": further off, a number is about something else.
    let mut announced = 0_u8;
    for word in words {
        let prefix = word.text.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = word.text.len() - prefix.len();
        let is_prefix = |text: &str| {
            (1..=2).contains(&text.chars().count()) && text.chars().all(char::is_uppercase)
        };
        let series = is_prefix(prefix) || (prefix.is_empty() && letters.is_some_and(is_prefix));
        let all_digits = word.text.chars().filter(|c| c.is_ascii_digit()).count();
        let mixed = word.text.len() >= 8
            && all_digits >= 4
            && word.text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
        let plain = prefix.is_empty() && (6..=11).contains(&digits);
        if (series && (6..=9).contains(&digits)) || (announced > 0 && (mixed || plain)) {
            findings.add(Suspicion::Passport, word.text);
        }
        letters = (digits == 0).then_some(word.text);
        announced = if DOCUMENT_WORDS.contains(&word.text.to_lowercase().as_str()) {
            3
        } else {
            announced.saturating_sub(1)
        };
    }
}
