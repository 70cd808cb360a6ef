//! How old a record may get before people are told, before searches leave it out, and before it is
//! over.

use crate::{Fields, Kind, Timestamp, Value};

/// After this long without confirmation an offer shows that it is stale.
pub const OFFER_STALE: i64 = 14 * Timestamp::DAY;
/// After this long without confirmation no search finds an offer.
pub const OFFER_HIDDEN: i64 = 30 * Timestamp::DAY;
/// After this long without confirmation an offer is over.
pub const OFFER_EXPIRED: i64 = 90 * Timestamp::DAY;
/// After this long without a check a service shows that it is stale.
pub const SERVICE_STALE: i64 = 180 * Timestamp::DAY;
/// How far in the future an instant may lie before it is not believed: clocks differ, and a
/// confirmation from next year would stay fresh for a year.
pub const CLOCK_SLACK: i64 = Timestamp::DAY;

/// Whether one may rely on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Freshness {
    /// Rely on it.
    Fresh,
    /// Shown with a warning.
    Stale,
    /// Not found by searches, shown when asked for.
    Hidden,
    /// Over: nobody may rely on it, a bulletin is never shown as current.
    Expired,
}

impl Freshness {
    /// The word on screen.
    pub fn name(self) -> &'static str {
        match self {
            Freshness::Fresh => "fresh",
            Freshness::Stale => "stale",
            Freshness::Hidden => "hidden",
            Freshness::Expired => "expired",
        }
    }

    /// Whether searches leave the record out.
    pub fn is_out_of_search(self) -> bool {
        self >= Freshness::Hidden
    }
}

/// Whether one may rely on an offer last confirmed at an instant.
pub fn of_offer(confirmed_at: Timestamp, now: Timestamp) -> Freshness {
    match now.since(confirmed_at) {
        age if age < -CLOCK_SLACK => Freshness::Stale,
        age if age < OFFER_STALE => Freshness::Fresh,
        age if age < OFFER_HIDDEN => Freshness::Stale,
        age if age < OFFER_EXPIRED => Freshness::Hidden,
        _ => Freshness::Expired,
    }
}

/// Whether a bulletin is current. One that claims to come from the future is not shown as current.
pub fn of_bulletin(sent: Timestamp, expires: Timestamp, now: Timestamp) -> Freshness {
    if now >= expires {
        Freshness::Expired
    } else if sent.since(now) > CLOCK_SLACK {
        Freshness::Hidden
    } else {
        Freshness::Fresh
    }
}

/// Whether one may rely on a service last checked at an instant; never checked is stale.
pub fn of_service(checked: Option<Timestamp>, now: Timestamp) -> Freshness {
    match checked.map(|checked| now.since(checked)) {
        Some(age) if (-CLOCK_SLACK..SERVICE_STALE).contains(&age) => Freshness::Fresh,
        _ => Freshness::Stale,
    }
}

/// Whether one may rely on a record of a kind. Dates end with their day in UTC.
///
/// A field that is missing or unreadable counts against the record: an offer without a
/// confirmation is hidden, a bulletin without an end is expired.
pub fn of(kind: Kind, fields: &Fields, now: Timestamp) -> Freshness {
    let text = |name: &str| fields.get(name).and_then(Value::as_text);
    let instant = |name: &str| text(name).and_then(|text| text.parse::<Timestamp>().ok());
    match kind {
        Kind::Offer => {
            let by_age = instant("confirmed_at").map_or(Freshness::Hidden, |at| of_offer(at, now));
            if is_over(fields, now) { by_age.max(Freshness::Hidden) } else { by_age }
        }
        Kind::Service => {
            let verified = fields.get("verified").and_then(Value::as_map);
            let on = verified.and_then(|map| map.get("on")).and_then(Value::as_text);
            let checked = on.and_then(start_of).max(text("assured_on").and_then(start_of));
            of_service(checked, now)
        }
        Kind::Template => match text("review_due").and_then(end_of) {
            Some(end) if now >= end => Freshness::Stale,
            _ => Freshness::Fresh,
        },
        Kind::Bulletin => match (instant("sent"), instant("expires")) {
            (Some(sent), Some(expires)) => of_bulletin(sent, expires, now),
            _ => Freshness::Expired,
        },
        Kind::Center => Freshness::Fresh,
    }
}

/// Whether the last day of an offer has passed.
pub(crate) fn is_over(offer: &Fields, now: Timestamp) -> bool {
    let day = offer.get("expires_on").and_then(Value::as_text);
    day.and_then(end_of).is_some_and(|end| now >= end)
}

pub(crate) fn start_of(date: &str) -> Option<Timestamp> {
    format!("{date}T00:00:00Z").parse().ok()
}

fn end_of(date: &str) -> Option<Timestamp> {
    start_of(date).map(|start| start.plus(Timestamp::DAY))
}

/// How long ago an instant was, in the largest unit that says enough: "6 h ago", "in 2 d".
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    const MINUTE: i64 = 60 * Timestamp::SECOND;
    let age = now.since(then);
    let span = age.saturating_abs();
    let (count, unit) = match span {
        span if span < MINUTE => return "just now".to_owned(),
        span if span < Timestamp::HOUR => (span / MINUTE, "min"),
        span if span < 2 * Timestamp::DAY => (span / Timestamp::HOUR, "h"),
        span if span < 365 * Timestamp::DAY => (span / Timestamp::DAY, "d"),
        span => (span / (365 * Timestamp::DAY), "y"),
    };
    if age < 0 { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = Timestamp::DAY;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect()
    }

    #[test]
    fn an_offer_ages_from_its_confirmation() {
        for (age, expected) in [
            (0, Freshness::Fresh),
            (14 * DAY - 1, Freshness::Fresh),
            (14 * DAY, Freshness::Stale),
            (30 * DAY - 1, Freshness::Stale),
            (30 * DAY, Freshness::Hidden),
            (90 * DAY - 1, Freshness::Hidden),
            (90 * DAY, Freshness::Expired),
            (-DAY, Freshness::Fresh),
            (-400 * DAY, Freshness::Stale),
        ] {
            assert_eq!(of_offer(now().plus(-age), now()), expected, "{age}");
        }
    }

    #[test]
    fn an_offer_past_its_last_day_is_out_of_search() {
        for (expires_on, expected) in [
            ("2026-11-22", Freshness::Hidden),
            ("2026-11-23", Freshness::Fresh),
            ("2026-12-23", Freshness::Fresh),
        ] {
            let offer =
                fields(&[("confirmed_at", "2026-11-20T12:00:00Z"), ("expires_on", expires_on)]);
            assert_eq!(of(Kind::Offer, &offer, now()), expected, "{expires_on}");
        }
        assert!(of(Kind::Offer, &Fields::new(), now()).is_out_of_search());
    }

    #[test]
    fn an_expired_bulletin_is_never_current() {
        for (sent, expires, expected) in [
            ("2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z", Freshness::Fresh),
            ("2026-11-20T00:00:00Z", "2026-11-23T12:00:00Z", Freshness::Expired),
            ("2027-11-20T00:00:00Z", "2027-11-24T00:00:00Z", Freshness::Hidden),
            ("2026-11-20T00:00:00Z", "some day", Freshness::Expired),
        ] {
            let bulletin = fields(&[("sent", sent), ("expires", expires)]);
            assert_eq!(of(Kind::Bulletin, &bulletin, now()), expected, "{sent} {expires}");
        }
    }

    #[test]
    fn a_service_is_as_fresh_as_its_last_check() {
        let old = fields(&[("assured_on", "2026-01-01")]);
        assert_eq!(of(Kind::Service, &old, now()), Freshness::Stale);
        let mut verified = old.clone();
        let map = fields(&[("on", "2026-10-01")]);
        verified.insert("verified".to_owned(), Value::Map(map));
        assert_eq!(of(Kind::Service, &verified, now()), Freshness::Fresh);
        assert_eq!(of(Kind::Service, &Fields::new(), now()), Freshness::Stale);
    }

    #[test]
    fn a_template_is_stale_after_its_review_was_due() {
        for (due, expected) in [
            ("2026-11-22", Freshness::Stale),
            ("2026-11-23", Freshness::Fresh),
            ("", Freshness::Fresh),
        ] {
            let template = fields(&[("review_due", due)]);
            assert_eq!(of(Kind::Template, &template, now()), expected, "{due}");
        }
    }

    #[test]
    fn ages_are_said_in_short() {
        for (seconds, expected) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 min ago"),
            (6 * 3_600, "6 h ago"),
            (47 * 3_600, "47 h ago"),
            (48 * 3_600, "2 d ago"),
            (400 * 86_400, "1 y ago"),
            (-7_200, "in 2 h"),
        ] {
            assert_eq!(ago(now(), now().plus(-seconds * 1_000)), expected, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn an_offer_never_gets_fresher_with_time(at: i64, wait in 0..i64::MAX, more in 0..i64::MAX) {
            let confirmed = Timestamp(at);
            let (early, late) = (confirmed.plus(wait), confirmed.plus(wait).plus(more));
            prop_assert!(of_offer(confirmed, early) <= of_offer(confirmed, late));
        }

        #[test]
        fn any_two_instants_have_a_phrase(now: i64, then: i64) {
            prop_assert!(!ago(Timestamp(now), Timestamp(then)).is_empty());
        }
    }
}
