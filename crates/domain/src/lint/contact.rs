//! Names and addresses by which a person can be reached.

use super::finding::{Findings, Suspicion};
use super::joined::joined;

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

/// Messengers and networks, as people call them.
const MESSENGERS: &[&str] = &[
    "telegram",
    "tg",
    "instagram",
    "insta",
    "ig",
    "facebook",
    "fb",
    "messenger",
    "whatsapp",
    "viber",
    "signal",
    "skype",
    "discord",
    "twitter",
    "snapchat",
    "snap",
    "tiktok",
    "wechat",
    "vk",
    "icq",
    "threema",
    "linkedin",
    "kakaotalk",
    "телеграм",
    "телеграмм",
    "тг",
    "телега",
    "телеге",
    "телеграме",
    "инстаграм",
    "инстаграме",
    "инста",
    "инсте",
    "инстаграмм",
    "фейсбук",
    "фб",
    "ватсап",
    "вотсап",
    "вайбер",
    "сигнал",
    "скайп",
    "дискорд",
    "вк",
    "вконтакте",
    "тікток",
    "тикток",
    "телеграмі",
    "інстаграм",
    "інста",
    "фейсбуці",
];

/// What may stand between the messenger and the name in it.
const BETWEEN: &[&str] = &[
    "is",
    "nick",
    "nickname",
    "name",
    "username",
    "user",
    "handle",
    "account",
    "acc",
    "id",
    "my",
    "ник",
    "никнейм",
    "нік",
    "логин",
    "логін",
    "аккаунт",
    "акаунт",
    "имя",
    "это",
    "-",
    "–",
    "—",
    ":",
    "konto",
    "kasutaja",
    "nimi",
    "pseudo",
    "usuario",
    "nutzer",
];

/// "telegram: marta_k77": the name of a messenger and what only a machine would call a name.
fn handles(text: &str, findings: &mut Findings) {
    let mut announced = 0_u8;
    for token in text.split_whitespace() {
        let bare = token.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        let lower = bare.to_lowercase();
        // "telegram:marta_k77" is one token.
        let (head, tail) = lower.split_once([':', '-', '=']).unwrap_or((&*lower, ""));
        let messenger = MESSENGERS.contains(&head);
        if (announced > 0 && is_handle(&lower)) || (messenger && is_handle(tail)) {
            findings.add(Suspicion::Handle, token);
        }
        let between = BETWEEN.contains(&&*lower) || bare.is_empty();
        announced = match announced {
            _ if messenger => 3,
            left if between => left.saturating_sub(1),
            _ => 0,
        };
    }
}

/// Latin letters with a digit, an underscore or a full stop among them. Without these any word
/// would be one, and "telegram channel" a person.
fn is_handle(text: &str) -> bool {
    // "u.a.m" is an abbreviation and "example.org" a page.
    let marked = text.contains(|c: char| c == '_' || c.is_ascii_digit())
        || text.contains('.') && text.split('.').all(|part| part.len() >= 4);
    marked
        && (4..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        && !PROFILES.iter().chain(MAPS).any(|page| page.starts_with(text))
}

/// What is recognised by a sign, by the name of a page or of a messenger.
pub(super) fn scan(text: &str, findings: &mut Findings) {
    let text = &*joined(text);
    for token in text.split_whitespace() {
        let token = token.trim_matches(|c: char| "()<>[],;!?\"'«»„“”".contains(c));
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
        if let Some((local, domain)) = token.split_once('@') {
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
    handles(text, findings);
}
