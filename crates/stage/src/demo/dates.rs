//! Dates that count from now: `{now-40h+30d}` is an instant, `{today-12d}` a date, both in UTC.

use hospes_domain::Timestamp;

/// The text with every such date as it is written. What is none stays as it is.
pub(super) fn filled_in(text: &str, now: Timestamp) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found =
            after.split_once('}').and_then(|(inside, after)| Some((date(inside, now)?, after)));
        rest = match found {
            Some((date, after)) => {
                out.push_str(&date);
                after
            }
            None => {
                out.push('{');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

fn date(inside: &str, now: Timestamp) -> Option<String> {
    let (is_instant, steps) = match inside.strip_prefix("now") {
        Some(steps) => (true, steps),
        None => (false, inside.strip_prefix("today")?),
    };
    let mut at = now;
    for step in steps.split_inclusive(['h', 'd']) {
        let unit = if step.ends_with('h') { Timestamp::HOUR } else { Timestamp::DAY };
        let count: i64 = step.strip_suffix(['h', 'd'])?.parse().ok()?;
        at = at.plus(count * unit);
    }
    let written = at.to_string();
    if is_instant { Some(written) } else { written.split('T').next().map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn dates_count_from_now_and_everything_else_stays() {
        let now = "2026-11-23T19:40:00Z".parse().unwrap();
        for (text, expected) in [
            ("sent: {now-20h}\n", "sent: 2026-11-22T23:40:00Z\n"),
            ("{now-20h+14d}", "2026-12-06T23:40:00Z"),
            ("a,{today-12d},b,{today+180d}", "a,2026-11-11,b,2027-05-22"),
            ("{today}", "2026-11-23"),
            ("{{ full_name }}, {now", "{{ full_name }}, {now"),
            ("{today-12}", "{today-12}"),
            ("{nowhere}", "{nowhere}"),
        ] {
            assert_eq!(filled_in(text, now), expected);
        }
    }
}
