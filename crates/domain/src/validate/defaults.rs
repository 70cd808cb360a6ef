//! What a new record says where the person said nothing.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::problem::{Problem, Violation};
use super::rule::Rule;
use crate::{Fields, Kind, Timestamp, Value, freshness};

/// Days after its confirmation on which an offer ends, unless it says otherwise.
const OFFER_DAYS: i64 = 30;
/// Days after which a bulletin expires, unless it says otherwise.
const BULLETIN_DAYS: i64 = 7;

/// Fills in the defaults of a kind where a field is absent. What is there is never changed.
pub fn with_defaults(kind: Kind, mut fields: Fields, now: Timestamp) -> Fields {
    let mut set = |name: &str, value: Value| {
        fields.entry(name.to_owned()).or_insert(value);
    };
    match kind {
        Kind::Offer => {
            set("status", "active".into());
            set("vetting", "none".into());
            set("confirmed_by", "steward_guess".into());
            set("confirmed_at", now.to_string().into());
            if let Some(day) = last_day(&fields) {
                fields.entry("expires_on".to_owned()).or_insert(day.into());
            }
        }
        Kind::Service => set("status", "active".into()),
        Kind::Template => {
            set("status", "draft".into());
            set("number", 1.into());
        }
        Kind::Bulletin => {
            set("sent", now.to_string().into());
            set("status", "actual".into());
            set("msg_type", "alert".into());
            let sent = instant(&fields, "sent").unwrap_or(now);
            let expires = sent.plus(BULLETIN_DAYS * Timestamp::DAY);
            fields.entry("expires".to_owned()).or_insert(expires.to_string().into());
        }
        Kind::Center => {}
    }
    fields
}

/// What follows from a write that changed `before` into `after`: an offer that is confirmed anew ends that
/// much later, unless somebody has said when it ends.
pub fn following(kind: Kind, before: &Fields, after: &Fields) -> Option<(&'static str, Value)> {
    const END: &str = "expires_on";
    let (Kind::Offer, Some(end)) = (kind, before.get(END)) else { return None };
    let was_default = last_day(before).is_some_and(|day| *end == Value::from(day));
    let is_confirmed = before.get("confirmed_at") != after.get("confirmed_at");
    if !was_default || !is_confirmed || after.get(END) != Some(end) {
        return None;
    }
    last_day(after).map(|day| (END, day.into()))
}

/// The fields by which somebody says that a record still holds: an offer whose host has said so now, or
/// a service that was checked. An end that is over is set anew.
///
/// None for a kind that nobody confirms.
pub fn confirmation(
    kind: Kind,
    before: &Fields,
    by: &str,
    now: Timestamp,
) -> Option<Vec<(&'static str, Value)>> {
    match kind {
        Kind::Offer => {
            let mut new: Vec<(&str, Value)> =
                vec![("confirmed_at", now.to_string().into()), ("confirmed_by", by.into())];
            if freshness::is_over(before, now) {
                let mut after = before.clone();
                after.extend(new.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
                new.extend(last_day(&after).map(|day| ("expires_on", day.into())));
            }
            Some(new)
        }
        Kind::Service => {
            let day = now.to_string().get(..10).unwrap_or_default().to_owned();
            Some(vec![("assured_on", day.into())])
        }
        Kind::Template | Kind::Bulletin | Kind::Center => None,
    }
}

/// What says that somebody looked at it in the future. That is a slip of the pen, and would make the
/// record look fresh for as long.
pub fn ahead(fields: &Fields, now: Timestamp) -> Vec<Violation> {
    let looked = |name: &&str| {
        let text = fields.get(*name).and_then(Value::as_text)?;
        text.parse().ok().or_else(|| freshness::start_of(text))
    };
    ["confirmed_at", "assured_on", "vetted_on"]
        .into_iter()
        .filter(|name| looked(name).is_some_and(|at| at.since(now) > freshness::CLOCK_SLACK))
        .map(|name| {
            let today = now.to_string().get(..10).unwrap_or_default().to_owned();
            let problem = Problem::Rule(Rule::InFuture { today });
            Violation { field: name.to_owned(), problem }
        })
        .collect()
}

fn instant(fields: &Fields, name: &str) -> Option<Timestamp> {
    fields.get(name).and_then(Value::as_text)?.parse().ok()
}

/// The day of the confirmation where the place is, and 30 days more.
fn last_day(fields: &Fields) -> Option<String> {
    let confirmed = instant(fields, "confirmed_at")?;
    let zone = fields
        .get("time_zone")
        .and_then(Value::as_text)
        .and_then(|name| TimeZone::get(name).ok())
        .unwrap_or(TimeZone::UTC);
    let day: Date = jiff::Timestamp::from_millisecond(confirmed.0).ok()?.to_zoned(zone).date();
    let last = day.checked_add(jiff::Span::new().try_days(OFFER_DAYS).ok()?).ok()?;
    Some(last.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T22:30:00Z".parse().unwrap()
    }

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect()
    }

    #[test]
    fn nobody_has_looked_at_anything_in_the_future() {
        let ahead = |name: &str, text: &str| {
            ahead(&fields(&[(name, text)]), now())
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let told = ahead("confirmed_at", "2028-11-23T22:30:00Z");
        assert_eq!(told, ["confirmed_at lies in the future; today is 2026-11-23"]);
        assert_eq!(ahead("vetted_on", "2027-01-01").len(), 1);
        for (name, text) in [
            ("confirmed_at", "2026-11-24T12:00:00Z"),
            ("assured_on", "2026-11-24"),
            ("expires_on", "2028-01-01"),
            ("confirmed_at", "soon"),
        ] {
            assert!(ahead(name, text).is_empty(), "{name} {text}");
        }
    }

    #[test]
    fn an_offer_ends_thirty_days_after_its_confirmation() {
        let offer = with_defaults(Kind::Offer, Fields::new(), now());
        assert_eq!(offer["confirmed_at"], "2026-11-23T22:30:00Z".into());
        assert_eq!(offer["confirmed_by"], "steward_guess".into());
        assert_eq!(offer["expires_on"], "2026-12-23".into());
        assert_eq!(offer["status"], "active".into());
    }

    #[test]
    fn the_day_of_the_confirmation_is_that_of_the_place() {
        let tallinn = fields(&[("time_zone", "Europe/Tallinn")]);
        let offer = with_defaults(Kind::Offer, tallinn, now());
        assert_eq!(offer["expires_on"], "2026-12-24".into());
    }

    #[test]
    fn a_bulletin_expires_after_seven_days() {
        let sent = fields(&[("sent", "2026-11-20T10:00:00+02:00")]);
        let bulletin = with_defaults(Kind::Bulletin, sent, now());
        assert_eq!(bulletin["expires"], "2026-11-27T08:00:00Z".into());
    }

    #[test]
    fn an_offer_that_is_confirmed_anew_ends_later_unless_somebody_said_when() {
        let before = with_defaults(Kind::Offer, Fields::new(), now());
        let mut after = before.clone();
        after.insert("confirmed_at".to_owned(), "2026-12-20T10:00:00Z".into());
        let follows = |before: &Fields, after: &Fields| following(Kind::Offer, before, after);
        assert_eq!(follows(&before, &after), Some(("expires_on", "2027-01-19".into())));
        assert_eq!(follows(&before, &before), None);
        let mut said = after.clone();
        said.insert("expires_on".to_owned(), "2027-05-01".into());
        assert_eq!(follows(&before, &said), None, "said now");
        let mut before = before.clone();
        before.insert("expires_on".to_owned(), "2027-05-01".into());
        assert_eq!(follows(&before, &said), None, "said before");
        said.remove("expires_on");
        assert_eq!(follows(&before, &said), None, "taken away");
    }

    #[test]
    fn a_confirmation_sets_an_end_anew_only_when_it_is_over() {
        let mut offer = with_defaults(Kind::Offer, Fields::new(), now());
        let names = |offer: &Fields, days: i64| -> Vec<&str> {
            let later = now().plus(days * Timestamp::DAY);
            let fields = confirmation(Kind::Offer, offer, "host_call", later).unwrap();
            fields.into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&offer, 10), ["confirmed_at", "confirmed_by"]);
        offer.insert("expires_on".to_owned(), "2026-11-25".into());
        assert_eq!(names(&offer, 1), ["confirmed_at", "confirmed_by"]);
        assert_eq!(names(&offer, 10), ["confirmed_at", "confirmed_by", "expires_on"]);
        let service = confirmation(Kind::Service, &Fields::new(), "host_call", now());
        assert_eq!(service, Some(vec![("assured_on", "2026-11-23".into())]));
        assert_eq!(confirmation(Kind::Bulletin, &Fields::new(), "host_call", now()), None);
    }

    #[test]
    fn what_was_said_stays() {
        let said = fields(&[("status", "paused"), ("expires_on", "2027-01-01")]);
        let offer = with_defaults(Kind::Offer, said.clone(), now());
        for (name, value) in said {
            assert_eq!(offer[&name], value);
        }
    }

    #[test]
    fn defaults_twice_are_defaults_once() {
        for kind in Kind::ALL {
            let once = with_defaults(kind, Fields::new(), now());
            assert_eq!(with_defaults(kind, once.clone(), now().plus(Timestamp::DAY)), once);
        }
    }
}
