//! Fields of a record as a form shows and reads them.
//!
//! What is typed goes one way: the names and values of a form become fields and controls. A record that is
//! to be changed is first written as such names and values, so that a form that comes back with something to
//! mend looks like the one that went out.

pub(crate) mod base;
mod lists;
pub(crate) mod nights;
mod written;

pub(crate) use written::form_of;

use std::collections::{BTreeMap, BTreeSet};

use hospes_desk::night;
use hospes_domain::edit::Edit;
use hospes_domain::schema::{Field, FieldType, schema};
use hospes_domain::validate::{Problem, Violation};
use hospes_domain::{Fields, Kind, Timestamp, Value, country, language};
use jiff::tz::TimeZone;

use self::nights::Calendar;
use crate::form::Form;
use crate::pages::ask::{LANGUAGES, Near};
use crate::problem;
use crate::shape::{area, area_code, word_of};
use crate::text::Texts;

/// The field with which a lint is overridden.
const OVERRIDE: &str = "override";
/// Flags that say something else when nobody has ticked them than when somebody said no.
const OF_THREE: [&str; 1] = ["lift"];
/// Most languages with a line of their own.
const MOST_LANGUAGES: usize = 24;

/// A field as somebody fills it in.
pub(crate) struct Control {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) help: String,
    pub(crate) wrong: String,
    pub(crate) required: bool,
    pub(crate) input: Input,
}

/// With what it is filled in.
pub(crate) enum Input {
    /// One line.
    Line { value: String, most: u32, numeric: bool },
    /// Several lines.
    Lines { value: String, most: u32 },
    /// One of some words.
    One(Vec<Choice>),
    /// Any of some words.
    Any(Vec<Choice>),
    /// A box to tick.
    Tick(bool),
    /// Languages with levels, and one more that is typed.
    Languages { rows: Vec<Spoken>, other: String, levels: Vec<Choice> },
    /// Free places night by night.
    Nights(Calendar),
    /// A town in any script.
    Town(Near),
}

/// A word to choose.
pub(crate) struct Choice {
    pub(crate) word: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}

/// A language with its levels to choose from.
pub(crate) struct Spoken {
    pub(crate) tag: String,
    pub(crate) autonym: String,
    pub(crate) levels: Vec<Choice>,
}

/// A form about one record.
pub(crate) struct Entry<'a> {
    pub(crate) t: &'static Texts,
    pub(crate) kind: Kind,
    pub(crate) form: &'a Form,
    /// What the record says, when it is there already.
    pub(crate) before: Option<&'a Fields>,
    pub(crate) now: Timestamp,
}

/// What is wrong, by field; what has no place in the form stands under an empty name.
#[derive(Default)]
pub(crate) struct Wrong {
    by_field: BTreeMap<String, Vec<String>>,
    /// Whether a person may say that it is right nevertheless.
    pub(crate) can_be_overridden: bool,
}

impl Wrong {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_field.is_empty()
    }

    pub(crate) fn add(&mut self, field: &str, text: String) {
        let all = self.by_field.entry(field.to_owned()).or_default();
        if !all.contains(&text) {
            all.push(text);
        }
    }

    /// What the node has refused, at the control that `place` says; above the form where there is none.
    /// A control at which something is told already is not told more: what could not be read is not missing.
    pub(crate) fn take(
        &mut self,
        t: &Texts,
        kind: Kind,
        refused: &[Violation],
        place: impl Fn(&Violation) -> Option<String>,
    ) {
        let told: Vec<String> = self.by_field.keys().cloned().collect();
        let places = refused.iter().map(|violation| (violation, place(violation)));
        let new: Vec<_> = places
            .filter(|(_, place)| place.as_ref().is_none_or(|place| !told.contains(place)))
            .collect();
        self.can_be_overridden =
            told.is_empty() && new.iter().all(|(violation, _)| violation.can_be_overridden());
        for (violation, place) in new {
            match place {
                Some(place) => self.add(
                    &place,
                    problem::said(t, kind, violation, place != problem::field_of(violation)),
                ),
                None => {
                    let field = problem::field_of(violation);
                    let text = problem::said(t, kind, violation, false);
                    self.add("", format!("{}: {text}", t.field(kind, field)));
                }
            }
        }
    }

    /// What is wrong at a control.
    pub(crate) fn at(&self, field: &str) -> String {
        self.by_field.get(field).map(|all| all.join(" ")).unwrap_or_default()
    }

    /// For the list above the form: where each is, and what it is.
    pub(crate) fn summary(&self, label: impl Fn(&str) -> String) -> Vec<(String, String)> {
        let named = |(field, all): (&String, &Vec<String>)| match field.as_str() {
            "" => (String::new(), all.join(" ")),
            name => (name.to_owned(), format!("{}: {}", label(name), all.join(" "))),
        };
        self.by_field.iter().map(named).collect()
    }
}

impl Entry<'_> {
    /// Whether somebody says that a finding of the lint is none.
    pub(crate) fn is_overridden(&self) -> bool {
        self.form.ticked(OVERRIDE)
    }

    /// The zone in which nights and days of the record are meant.
    pub(crate) fn zone(&self) -> TimeZone {
        let near = Near::read(self.t, self.form);
        let before = self.before.and_then(|fields| fields.get("time_zone"));
        night::zone(near.town.map(|town| town.time_zone).or(before.and_then(Value::as_text)))
    }

    /// What the form says of these fields. A field that says nothing is not among them.
    pub(crate) fn fields(&self, names: &[&str], wrong: &mut Wrong) -> Fields {
        let mut fields = Fields::new();
        for path in names {
            let Some(field) = self.field(path) else { continue };
            if field.name == "near_town" {
                self.town(&mut fields, wrong);
                continue;
            }
            let value = self.value(path, field).unwrap_or_else(|text| {
                wrong.add(&name_of(path), text);
                None
            });
            match (path.split_once('.'), value) {
                (None, Some(value)) => {
                    fields.insert(field.name.to_owned(), value);
                }
                (None, None) => {}
                (Some((whole, part)), value) => self.put_part(&mut fields, whole, part, value),
            }
        }
        fields.retain(|_, value| value.as_map().is_none_or(|map| !map.is_empty()));
        fields
    }

    /// A field of the record, or a part of one such as `requires.fee`.
    fn field(&self, path: &str) -> Option<&'static Field> {
        let (name, part) = path.split_once('.').map_or((path, None), |(n, p)| (n, Some(p)));
        let field = schema(self.kind).field(name)?;
        match (part, &field.ty) {
            (None, _) => Some(field),
            (Some(part), FieldType::Struct(parts)) => parts.iter().find(|of| of.name == part),
            (Some(_), _) => None,
        }
    }

    /// What the record says now at a path.
    fn before(&self, path: &str) -> Option<&Value> {
        let (name, part) = path.split_once('.').map_or((path, None), |(n, p)| (n, Some(p)));
        let value = self.before?.get(name)?;
        part.map_or(Some(value), |part| value.as_map()?.get(part))
    }

    /// A part of a field; parts that the form does not ask for stay.
    fn put_part(&self, fields: &mut Fields, whole: &str, part: &str, value: Option<Value>) {
        let before = || self.before(whole).and_then(Value::as_map).cloned().unwrap_or_default();
        let map = fields.entry(whole.to_owned()).or_insert_with(|| Value::Map(before()));
        if let Value::Map(map) = map {
            map.remove(part);
            map.extend(value.map(|value| (part.to_owned(), value)));
        }
    }

    /// The edits that bring a record to what the form says of these fields. What the form does not ask for
    /// stays.
    pub(crate) fn edits(&self, names: &[&str], said: Fields) -> Vec<Edit> {
        let mut asked: BTreeSet<&str> =
            names.iter().map(|path| path.split('.').next().unwrap_or(path)).collect();
        if said.contains_key("near_town") {
            asked.extend(["country", "region", "time_zone"]);
        } else {
            // A record that names no town keeps the area that it names.
            asked.remove("near_town");
        }
        let before = |name: &str| self.before.is_some_and(|fields| fields.contains_key(name));
        let cleared = asked.iter().filter(|name| !said.contains_key(**name) && before(name));
        let mut edits: Vec<Edit> =
            cleared.map(|name| Edit::Clear { field: (*name).to_owned() }).collect();
        edits.extend(said.into_iter().map(|(field, value)| Edit::Put { field, value }));
        edits
    }

    /// A town, and what follows from it.
    fn town(&self, fields: &mut Fields, wrong: &mut Wrong) {
        let near = Near::read(self.t, self.form);
        if !near.wrong.is_empty() {
            return wrong.add("near_town", near.wrong);
        }
        let Some(town) = near.town else {
            let had_one = self.before.is_none_or(|before| before.contains_key("near_town"));
            if had_one {
                wrong.add("near_town", self.t.offer_town_needed());
            }
            return;
        };
        let before = |name: &str| self.before.and_then(|fields| fields.get(name));
        let same_country = before("country").and_then(Value::as_text) == Some(town.country);
        if let Some(region) = before("region").filter(|_| same_country) {
            fields.insert("region".to_owned(), region.clone());
        }
        fields.insert("near_town".to_owned(), i64::from(town.id).into());
        fields.insert("country".to_owned(), town.country.into());
        fields.insert("time_zone".to_owned(), town.time_zone.into());
    }

    /// What the form says of a field, or what is wrong with it.
    fn value(&self, path: &str, field: &Field) -> Result<Option<Value>, String> {
        let name = name_of(path);
        let typed = self.form.text(&name);
        let told = |problem: Problem| problem::problem(self.t, self.kind, &problem);
        match &field.ty {
            FieldType::Set(_) => {
                let words: BTreeSet<String> = self.form.all(&name).into_iter().collect();
                let list = words.into_iter().map(Value::Text).collect();
                Ok(Some(Value::List(list)).filter(|list| !list.elements().is_empty()))
            }
            FieldType::Flag if OF_THREE.contains(&field.name) => {
                Ok(Some(typed).filter(|word| !word.is_empty()).map(|word| (word == "yes").into()))
            }
            FieldType::Flag => {
                let no = self.before(path) == Some(&false.into());
                Ok(match self.form.ticked(&name) {
                    true => Some(true.into()),
                    false => no.then_some(false.into()),
                })
            }
            FieldType::Languages => self.languages(field.name),
            FieldType::Nights { .. } => {
                nights::read(self.t, self.form, self.before(path), self.now, &self.zone())
            }
            _ if typed.is_empty() => Ok(None),
            FieldType::Date => match night::night(typed, self.now, &self.zone()) {
                Some(date) => Ok(Some(date.to_string().into())),
                None => field.ty.parse(typed).map(Some).map_err(told),
            },
            FieldType::Text { .. } | FieldType::Choice(_) => Ok(Some(typed.into())),
            FieldType::Area => match area_code(typed) {
                Some(code) => Ok(Some(code.into())),
                None => Err(self.t.bulletin_areas_wrong(excerpt(typed))),
            },
            FieldType::List { of, .. } => {
                lists::read(of, typed).map(|list| Some(Value::List(list))).map_err(told)
            }
            ty => ty.parse(typed).map(Some).map_err(told),
        }
    }

    fn languages(&self, name: &str) -> Result<Option<Value>, String> {
        let mut spoken = BTreeMap::new();
        for tag in self.tags(name) {
            let level = self.form.text(&format!("{name}-{tag}"));
            if !level.is_empty() {
                spoken.insert(tag, level.into());
            }
        }
        let other = self.form.text(&format!("{name}-other"));
        if !other.is_empty() {
            let tag = language::find(other)
                .map_err(|_| self.t.entry_other_language_wrong(excerpt(other)))?;
            let level = match self.form.text(&format!("{name}-other-level")) {
                "" => "fluent",
                level => level,
            };
            spoken.insert(tag, level.into());
        }
        Ok(Some(Value::Map(spoken)).filter(|map| map.as_map().is_some_and(|map| !map.is_empty())))
    }

    /// The languages that have a line of their own: the usual ones, and those that the form has.
    fn tags(&self, name: &str) -> Vec<String> {
        let mut tags: Vec<String> = LANGUAGES.map(str::to_owned).to_vec();
        for (key, level) in self.form.typed() {
            let tag = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            let known = |tag: &&str| language::is_canonical(tag) && !tags.iter().any(|t| t == tag);
            if let Some(tag) = tag.filter(known)
                && !level.is_empty()
                && tags.len() < MOST_LANGUAGES
            {
                tags.push(tag.to_owned());
            }
        }
        tags
    }

    /// A field as it is filled in.
    pub(crate) fn control(&self, path: &str, help: String, wrong: &Wrong) -> Option<Control> {
        let field = self.field(path)?;
        let input = self.input(path, field);
        let name = name_of(path);
        Some(Control {
            label: self.t.field(self.kind, path),
            help,
            wrong: wrong.at(&name),
            required: field.required && !path.contains('.') || path == "near_town",
            name,
            input,
        })
    }

    fn input(&self, path: &str, field: &Field) -> Input {
        let name = name_of(path);
        let value = self.form.raw(&name).to_owned();
        let choice =
            |word: &str, text: String, chosen: bool| Choice { word: word.to_owned(), text, chosen };
        match &field.ty {
            FieldType::Choice(words) => Input::One(
                words.iter().map(|w| choice(w, word_of(self.t, field, w), *w == value)).collect(),
            ),
            FieldType::Set(words) => {
                let chosen = self.form.all(&name);
                let is = |word: &str| chosen.iter().any(|chosen| chosen == word);
                Input::Any(
                    words.iter().map(|w| choice(w, word_of(self.t, field, w), is(w))).collect(),
                )
            }
            FieldType::Flag if OF_THREE.contains(&field.name) => Input::One(vec![
                choice("yes", self.t.entry_yes(), value == "yes"),
                choice("no", self.t.entry_no(), value == "no"),
            ]),
            FieldType::Flag => Input::Tick(self.form.ticked(&name)),
            FieldType::Language => {
                let mut tags: Vec<&str> = LANGUAGES.to_vec();
                if language::is_canonical(&value) && !tags.contains(&value.as_str()) {
                    tags.push(&value);
                }
                let one = |tag: &&str| {
                    choice(tag, language::autonym(tag).to_owned(), *tag == value.as_str())
                };
                Input::One(tags.iter().map(one).collect())
            }
            FieldType::Languages => {
                let levels = |chosen: &str| {
                    let level = |l: &&str| choice(l, self.t.word("level", l), *l == chosen);
                    FieldType::LEVELS.iter().map(level).collect::<Vec<_>>()
                };
                let row = |tag: String| Spoken {
                    autonym: language::autonym(&tag).to_owned(),
                    levels: levels(self.form.text(&format!("{}-{tag}", field.name))),
                    tag,
                };
                Input::Languages {
                    rows: self.tags(field.name).into_iter().map(row).collect(),
                    other: self.form.text(&format!("{}-other", field.name)).to_owned(),
                    levels: levels(self.form.text(&format!("{}-other-level", field.name))),
                }
            }
            FieldType::Nights { .. } => Input::Nights(Calendar::of(
                self.t,
                self.form,
                self.before(path),
                self.now,
                &self.zone(),
            )),
            FieldType::Town => Input::Town(Near::read(self.t, self.form)),
            FieldType::Text { max_chars, lines: true, .. } => {
                Input::Lines { value, most: *max_chars }
            }
            FieldType::Text { max_chars, .. } => {
                Input::Line { value, most: *max_chars, numeric: false }
            }
            FieldType::Integer { .. } => Input::Line { value, most: 12, numeric: true },
            FieldType::Area if country::is_area(&value) => {
                let value = area(self.t, &value);
                Input::Line { value, most: FieldType::MAX_LINE, numeric: false }
            }
            FieldType::List { of, .. } => lists::input(of, value),
            _ => Input::Line { value, most: FieldType::MAX_LINE, numeric: false },
        }
    }
}

/// The name of a control: dots would not do as the end of an address.
pub(crate) fn name_of(path: &str) -> String {
    path.replace('.', "-")
}

/// The beginning of what was typed.
fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
