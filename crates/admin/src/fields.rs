//! Fields as people write them: `name=value`, `part.of.field=value`, towns by name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hospes_domain::gazetteer::{self, Meaning, Town};
use hospes_domain::schema::{Field, FieldType, Schema};
use hospes_domain::{Fields, Value, language};

use crate::failure::Failure;

/// Parts of a dotted name at most; no field is nested deeper.
const DEEPEST: usize = 4;

/// Whether this may be a name: 1 to so many characters on one line.
pub fn is_name(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
}

/// Sets fields from arguments such as `sleeps=2` or `texts.en.headline=Border closed`.
///
/// A dot reaches into groups and languages of what is there already. An empty value removes.
pub fn set_all(schema: &Schema, fields: &mut Fields, arguments: &[String]) -> Result<(), Failure> {
    for argument in arguments {
        let (name, text) = argument.split_once('=').ok_or_else(|| {
            Failure::refused(format!("{argument:?} is not a field and its value"))
                .try_next(format!("field=value; the fields: hospes describe {}", schema.kind))
        })?;
        let name = name.trim();
        let mut path: Vec<&str> = name.split('.').collect();
        let field = known(schema, path.first().copied().unwrap_or_default())?;
        if path.len() > DEEPEST {
            return Err(Failure::refused(format!("{name} has more than {DEEPEST} parts")));
        }
        path.remove(0);
        let country = fields.get("country").and_then(Value::as_text).map(str::to_owned);
        if text.is_empty() && path.is_empty() {
            fields.remove(field.name);
            continue;
        }
        let mut value = fields.remove(field.name);
        place(&field.ty, &mut value, &path, name, text, country.as_deref())?;
        if let Some(value) = value {
            fields.insert(field.name.to_owned(), value);
        }
    }
    Ok(())
}

/// The field of a name, or a failure that names the closest one.
pub fn known(schema: &Schema, name: &str) -> Result<&'static Field, Failure> {
    schema.field(name).ok_or_else(|| {
        let kind = schema.kind;
        if schema.forbids(name) {
            return Failure::refused(format!("{name} must never be in a shared record"))
                .try_next(format!("hospes describe {kind}"));
        }
        let meant =
            schema.nearest(name).map_or_else(String::new, |near| format!("; did you mean {near}?"));
        Failure::refused(format!("{name:?} is not a field of {kind}{meant}"))
            .try_next(format!("hospes describe {kind}"))
    })
}

fn place(
    ty: &FieldType,
    value: &mut Option<Value>,
    path: &[&str],
    name: &str,
    text: &str,
    country: Option<&str>,
) -> Result<(), Failure> {
    let Some((step, rest)) = path.split_first() else {
        *value = Some(read(ty, name, text, country)?);
        return Ok(());
    };
    let (key, inner) = part(ty, step).ok_or_else(|| {
        Failure::refused(format!(
            "{name}: there is no part {step:?}; the value is {}",
            ty.describe()
        ))
    })?;
    let mut map = match value.take() {
        Some(Value::Map(map)) => map,
        _ => BTreeMap::new(),
    };
    let mut below = map.remove(&key);
    if rest.is_empty() && text.is_empty() {
        below = None;
    } else {
        place(&inner, &mut below, rest, name, text, country)?;
    }
    if let Some(below) = below {
        map.insert(key, below);
    }
    *value = Some(Value::Map(map));
    Ok(())
}

/// The name and type of a part of a group or of one language.
fn part(ty: &FieldType, step: &str) -> Option<(String, FieldType)> {
    match ty {
        FieldType::Struct(fields) => {
            let field = fields.iter().find(|field| field.name == step)?;
            Some((field.name.to_owned(), field.ty))
        }
        FieldType::PerLanguage { of, .. } => Some((language::find(step).ok()?, **of)),
        FieldType::Body { max_chars } => Some((
            language::find(step).ok()?,
            FieldType::Text { max_chars: *max_chars, lint: false, lines: true },
        )),
        FieldType::Languages => {
            Some((language::find(step).ok()?, FieldType::Choice(FieldType::LEVELS)))
        }
        FieldType::Nights { .. } => {
            Some((step.to_owned(), FieldType::Integer { min: 0, max: 255 }))
        }
        _ => None,
    }
}

/// Reads one value; a town may be given by its name.
pub fn read(
    ty: &FieldType,
    name: &str,
    text: &str,
    country: Option<&str>,
) -> Result<Value, Failure> {
    if matches!(ty, FieldType::Town) && text.trim().parse::<u32>().is_err() {
        return town(name, text, country);
    }
    ty.parse(text).map_err(|problem| Failure::refused(format!("{name} {problem}")))
}

/// The GeoNames number of a town's name. Several towns of the same name are listed, not guessed, and so
/// are those that only sound like it.
fn town(name: &str, text: &str, country: Option<&str>) -> Result<Value, Failure> {
    let number = |town: &Town| format!("{name}={}  ({}, {})", town.id, town.name, town.country);
    let (failure, towns) = match gazetteer::meaning(text, country) {
        Meaning::Towns(towns) => match towns.as_slice() {
            [only] => return Ok(Value::Integer(i64::from(only.id))),
            _ => (format!("{name}: {text:?} may be one of several towns"), towns),
        },
        Meaning::Small(places) => {
            let mut failure = format!(
                "{name}: {text:?} has fewer than {} people, and in a small place a host is found; take the \
                 nearest larger town",
                gazetteer::OFFER_TOWN
            );
            if let [only] = places.as_slice() {
                let _ = write!(failure, " of {}, {}", only.name, only.country);
            }
            let nearest = |place: &Town| gazetteer::snap(place.latitude, place.longitude);
            let towns = places.iter().filter_map(nearest).map(|(town, _)| town).collect();
            (failure, towns)
        }
        Meaning::Perhaps(towns) => {
            let smallest = gazetteer::SMALLEST_TOWN;
            let failure =
                format!("{name}: no town of at least {smallest} people is called {text:?}");
            if towns.is_empty() {
                return Err(Failure::refused(failure).try_next(
                    "take the nearest larger town, in any spelling, or its GeoNames number",
                ));
            }
            (format!("{failure}; did you mean"), towns)
        }
    };
    let failure = Failure::refused(failure);
    Err(towns.iter().fold(failure, |failure, town| failure.try_next(number(town))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::Kind;
    use hospes_domain::schema::schema;

    use super::*;

    fn set(kind: Kind, fields: &mut Fields, arguments: &[&str]) -> Result<(), Failure> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        set_all(schema(kind), fields, &arguments)
    }

    #[test]
    fn fields_are_read_by_their_types() {
        let mut fields = Fields::new();
        set(
            Kind::Offer,
            &mut fields,
            &["country=ee", "sleeps=2", "cot=yes", "languages=ru:fluent,fi:basic"],
        )
        .unwrap();
        assert_eq!(fields["country"], Value::from("EE"));
        assert_eq!(fields["sleeps"], Value::Integer(2));
        assert_eq!(fields["languages"].as_map().unwrap().len(), 2);
        set(Kind::Offer, &mut fields, &["cot="]).unwrap();
        assert!(!fields.contains_key("cot"));
    }

    #[test]
    fn a_dot_reaches_into_a_field_and_keeps_the_rest() {
        let mut fields = Fields::new();
        set(
            Kind::Bulletin,
            &mut fields,
            &[
                "texts.en.headline=Border closed",
                "texts.en.description=Since Monday.",
                "texts.ru.headline=Граница закрыта",
            ],
        )
        .unwrap();
        let texts = fields["texts"].as_map().unwrap();
        assert_eq!(texts["en"].as_map().unwrap().len(), 2);
        assert_eq!(texts["ru"].as_map().unwrap()["headline"], Value::from("Граница закрыта"));
        set(Kind::Bulletin, &mut fields, &["texts.en.description="]).unwrap();
        assert_eq!(fields["texts"].as_map().unwrap()["en"].as_map().unwrap().len(), 1);
    }

    #[test]
    fn what_is_no_field_is_refused_with_the_one_that_was_meant() {
        let mut fields = Fields::new();
        for (argument, expected) in [
            ("sleep=2", "did you mean sleeps?"),
            ("host_name=Ann", "must never be in a shared record"),
            ("sleeps", "is not a field and its value"),
            ("sleeps=many", "which is not a whole number"),
            ("country.x=1", "there is no part \"x\""),
        ] {
            let failure = set(Kind::Offer, &mut fields, &[argument]).unwrap_err();
            assert!(failure.what.contains(expected), "{argument}: {failure}");
        }
    }

    #[test]
    fn a_town_may_be_given_by_name() {
        let mut fields = Fields::new();
        set(Kind::Offer, &mut fields, &["country=EE", "near_town=Нарва"]).unwrap();
        let id = u32::try_from(fields["near_town"].as_integer().unwrap()).unwrap();
        assert_eq!(gazetteer::town(id).unwrap().name, "Narva");
        let failure = set(Kind::Offer, &mut fields, &["near_town=Qqqqville"]).unwrap_err();
        assert!(failure.what.contains("no town"), "{failure}");
        let failure = set(Kind::Offer, &mut fields, &["near_town=Kuressaare"]).unwrap_err();
        assert!(failure.what.contains("a host is found"), "{failure}");
        assert!(failure.next.iter().any(|next| next.starts_with("near_town=")), "{failure:?}");
    }
}
