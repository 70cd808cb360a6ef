//! Records in one line, for people who look through a list.

use hospes_domain::query::{Nights, fits_nights};
use hospes_domain::{Fields, Kind, Timestamp, Value, country, freshness, gazetteer, language};
use jiff::civil::Date;

use crate::night;

/// Most characters of a headline. A list on screen has one line for each.
const LONGEST: usize = 200;
/// Most languages or competences that a headline names.
const MOST_WORDS: usize = 4;

/// A record in one line: "private room near Narva, 2 free tonight, dog ok, ru et".
///
/// `nights` are those that were asked for; without them an offer tells of tonight.
pub fn headline(kind: Kind, fields: &Fields, nights: Option<Nights>, now: Timestamp) -> String {
    let record = Record(fields);
    let line = match kind {
        Kind::Offer => offer(&record, nights, now),
        Kind::Service => service(&record),
        Kind::Template => template(&record),
        Kind::Bulletin => bulletin(&record, now),
        Kind::Center => center(&record),
    };
    shortened(line)
}

/// The newest thing that is known about how true a record is: "confirmed 6 h ago by Narva".
///
/// `steward` is what we call the record's steward; `name_of` what we call another center.
pub fn freshness_note(
    kind: Kind,
    fields: &Fields,
    steward: &str,
    name_of: impl Fn(&str) -> Option<String>,
    now: Timestamp,
) -> String {
    let record = Record(fields);
    let ago = |then| freshness::ago(now, then);
    match kind {
        Kind::Offer => match record.instant("confirmed_at") {
            Some(at) => format!("confirmed {} by {steward}", ago(at)),
            None => "never confirmed".to_owned(),
        },
        Kind::Service => {
            let verified = fields.get("verified").and_then(Value::as_map);
            let part = |name: &str| verified.and_then(|map| map.get(name)).and_then(Value::as_text);
            let by = part("by").and_then(name_of).unwrap_or_else(|| steward.to_owned());
            let checked = part("on").and_then(start_of);
            let assured = record.text("assured_on").and_then(start_of);
            match (checked, assured) {
                (Some(checked), assured) if Some(checked) >= assured => {
                    format!("checked {} by {by}", days_ago(now, checked))
                }
                (_, Some(assured)) => format!("checked {} by {steward}", days_ago(now, assured)),
                _ => "never checked".to_owned(),
            }
        }
        Kind::Template => {
            let law = record.text("law_as_of").map(|day| format!("law as of {day}"));
            let due = record.text("review_due").map(|day| format!("to be reviewed by {day}"));
            joined([law, due])
        }
        Kind::Bulletin => {
            let sent = record.instant("sent").map(|at| format!("sent {} by {steward}", ago(at)));
            let ends = record.instant("expires").map(|at| {
                let verb = if at <= now { "expired" } else { "expires" };
                format!("{verb} {}", ago(at))
            });
            joined([sent, ends])
        }
        Kind::Center => String::new(),
    }
}

fn offer(record: &Record<'_>, nights: Option<Nights>, now: Timestamp) -> String {
    let place = record.text("place_type").map_or("place".to_owned(), plain);
    let place = match record.town() {
        Some(town) => format!("{place} near {}", town.name),
        None => match record.area() {
            Some(area) => format!("{place} in {area}"),
            None => place,
        },
    };
    let status = match record.text("status") {
        Some("paused") => match record.text("paused_until") {
            Some(day) => Some(format!("paused until {day}")),
            None => Some("paused".to_owned()),
        },
        Some("active") | None => None,
        Some(other) => Some(plain(other)),
    };
    let pets = record.words("pets_ok");
    joined([
        Some(place),
        status,
        Some(free(record, nights, now)),
        record.flag("women_only").then(|| "women only".to_owned()),
        (record.text("step_free") == Some("all")).then(|| "step-free".to_owned()),
        (!pets.is_empty()).then(|| format!("{} ok", pets.join("/"))),
        spoken(record),
    ])
}

/// How many places are free: in the nights that were asked for, else tonight or next.
fn free(record: &Record<'_>, nights: Option<Nights>, now: Timestamp) -> String {
    let tonight = night::tonight(now, &night::zone(record.text("time_zone").or(Some("UTC"))));
    let calendar = record.0.get("calendar").and_then(Value::as_map);
    let on = |night: Date| {
        calendar
            .and_then(|map| map.get(&night.to_string()))
            .and_then(Value::as_integer)
            .unwrap_or(0)
    };
    let on_night = |places: i64, night: Date| {
        if night == tonight {
            format!("{places} free tonight")
        } else {
            format!("{places} free on {night}")
        }
    };
    if let Some(Nights { first, count }) = nights {
        if count == 1 {
            return on_night(on(first), first);
        }
        let all = first.series(jiff::Span::new().days(1)).take(count.into());
        let least = all.map(on).min().unwrap_or(0);
        return format!("{least} free for {count} nights from {first}");
    }
    let in_time = || fits_nights(record.0, Nights { first: tonight, count: 1 }, 1, Some(now));
    if on(tonight) > 0 && in_time() {
        return on_night(on(tonight), tonight);
    }
    // Dates in their written form are in the order of time.
    let next = calendar.into_iter().flatten().find_map(|(night, places)| {
        let night: Date = night.parse().ok()?;
        places.as_integer().filter(|places| *places > 0 && night > tonight).map(|n| (n, night))
    });
    match next {
        Some((places, night)) => on_night(places, night),
        None => match record.0.get("sleeps").and_then(Value::as_integer) {
            Some(sleeps) => format!("sleeps {sleeps}"),
            None => "no free nights noted".to_owned(),
        },
    }
}

fn service(record: &Record<'_>) -> String {
    let name = record.text("name").unwrap_or("service without a name").to_owned();
    let place = record.town().map(|town| town.name.to_owned()).or_else(|| record.area());
    let kind = record.text("profession").filter(|word| *word != "other").map(capitalized);
    let lead = match kind {
        Some(kind) => format!("{}: {name}", joined([Some(kind), place])),
        None => joined([Some(name), place]),
    };
    let status = record.text("status").filter(|status| *status != "active").map(plain);
    let competences = record.words("competences");
    let closed =
        (record.text("start_time") == Some("not_accepting")).then(|| "takes nobody new".to_owned());
    joined([
        Some(lead),
        status,
        closed,
        (!competences.is_empty()).then(|| limited(competences, ", ")),
        spoken(record),
    ])
}

fn template(record: &Record<'_>) -> String {
    let title = record.in_some_language("title").and_then(Value::as_text);
    let kind = record.text("doc_type").map_or("Template".to_owned(), capitalized);
    let tags = record.tags("body");
    joined([
        Some(format!("{kind}: {}", title.or(record.text("slug")).unwrap_or("without a title"))),
        record.text("jurisdiction").map(str::to_owned),
        record.text("status").map(plain),
        (!tags.is_empty()).then(|| limited(tags, " ")),
    ])
}

fn bulletin(record: &Record<'_>, now: Timestamp) -> String {
    let text = record.in_some_language("texts").and_then(Value::as_map);
    let said = text.and_then(|text| text.get("headline")).and_then(Value::as_text);
    let over = record.instant("expires").is_none_or(|end| end <= now);
    let mark = match (record.text("msg_type"), record.text("status")) {
        (Some("cancel"), _) => "cancelled: ",
        _ if over => "expired: ",
        (_, Some("exercise")) => "exercise: ",
        (_, Some("test")) => "test: ",
        (Some("update"), _) => "update: ",
        _ => "",
    };
    let areas = record.words("areas");
    joined([
        Some(format!("{mark}{}", said.unwrap_or("bulletin without a headline"))),
        record.text("severity").map(plain),
        (!areas.is_empty()).then(|| limited(areas, " ")),
    ])
}

fn center(record: &Record<'_>) -> String {
    let roles = record.words("roles");
    joined([
        Some(record.text("name").unwrap_or("center without a name").to_owned()),
        (!roles.is_empty()).then(|| limited(roles, ", ")),
        spoken(record),
    ])
}

/// Languages that are spoken, the best known first: "ru et".
fn spoken(record: &Record<'_>) -> Option<String> {
    let map = record.0.get("languages").and_then(Value::as_map)?;
    let rank = |level: &Value| match level.as_text() {
        Some("native") => 0,
        Some("fluent") => 1,
        _ => 2,
    };
    let mut tags: Vec<(i32, &String)> = map.iter().map(|(tag, level)| (rank(level), tag)).collect();
    tags.sort();
    let tags: Vec<String> = tags.into_iter().map(|(_, tag)| tag.clone()).collect();
    (!tags.is_empty()).then(|| limited(tags, " "))
}

/// A record's fields, read by shape; a field of a wrong shape counts as absent.
struct Record<'a>(&'a Fields);

impl<'a> Record<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_text)
    }

    fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_flag).unwrap_or(false)
    }

    fn instant(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    fn words(&self, name: &str) -> Vec<String> {
        let elements = self.0.get(name).map(Value::elements).unwrap_or_default();
        elements.iter().filter_map(Value::as_text).map(plain).collect()
    }

    fn tags(&self, name: &str) -> Vec<String> {
        let map = self.0.get(name).and_then(Value::as_map);
        map.map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    /// The English entry, else that of the first language of ours that it has, else any.
    fn in_some_language(&self, name: &str) -> Option<&'a Value> {
        let map = self.0.get(name).and_then(Value::as_map)?;
        let known = language::LANGUAGES.iter().find_map(|known| map.get(known.tag));
        map.get("en").or(known).or_else(|| map.values().next())
    }

    fn town(&self) -> Option<gazetteer::Town> {
        let id = self.0.get("near_town").and_then(Value::as_integer)?;
        gazetteer::town(u32::try_from(id).ok()?)
    }

    /// The region's code or the country's name.
    fn area(&self) -> Option<String> {
        let region = self.text("region").map(str::to_owned);
        region.or_else(|| self.text("country").and_then(country::name).map(str::to_owned))
    }
}

/// `private_room` as it is read.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

fn capitalized(word: &str) -> String {
    let word = plain(word);
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => word,
    }
}

/// Not more words than fit into a line.
fn limited(mut words: Vec<String>, separator: &str) -> String {
    let more = words.len().saturating_sub(MOST_WORDS);
    words.truncate(MOST_WORDS);
    let text = words.join(separator);
    if more > 0 { format!("{text} +{more}") } else { text }
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

fn shortened(line: String) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}

fn start_of(date: &str) -> Option<Timestamp> {
    format!("{date}T00:00:00Z").parse().ok()
}

/// A day, not an instant: of today one cannot say how many hours ago it was.
fn days_ago(now: Timestamp, day: Timestamp) -> String {
    match now.since(day) {
        age if (0..Timestamp::DAY).contains(&age) => "today".to_owned(),
        age if (Timestamp::DAY..2 * Timestamp::DAY).contains(&age) => "yesterday".to_owned(),
        _ => freshness::ago(now, day),
    }
}

#[cfg(test)]
#[path = "headline_tests.rs"]
mod tests;
