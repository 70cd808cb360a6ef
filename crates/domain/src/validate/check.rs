//! The walk over the fields that finds what is wrong with them.

use std::collections::BTreeMap;

use unicode_normalization::is_nfc;

use super::problem::{Problem, Shape, Violation, excerpt, is_bidi_control};
use super::rule::Rule;
use super::{MAX_VIOLATIONS, rules};
use crate::fold::is_hidden;
use crate::lint::{self, Suspicion};
use crate::schema::{Field, FieldType, Schema, decoded_length, is_date};
use crate::{Fields, Kind, Value, gazetteer, language};

impl Schema {
    /// Everything that is wrong with fields that were entered here; empty if they may be saved.
    ///
    /// Strict: a name that is not in the schema is a violation, and free text is linted. At most
    /// [`MAX_VIOLATIONS`] are reported.
    ///
    /// [`MAX_VIOLATIONS`]: super::MAX_VIOLATIONS
    pub fn check(&self, fields: &Fields) -> Vec<Violation> {
        self.run(fields, true)
    }

    /// Everything that is wrong with fields that another center wrote; empty if they may be shown.
    ///
    /// Names that this version does not know are let through, since a newer version may have them;
    /// forbidden names never are. Free text is not linted: its author's node has done so, and the
    /// person there may have overridden it.
    pub fn check_received(&self, fields: &Fields) -> Vec<Violation> {
        self.run(fields, false)
    }

    fn run(&self, fields: &Fields, local: bool) -> Vec<Violation> {
        let mut check = Check { local, lint: local, phones_allowed: false, ..Check::default() };
        check.names_allowed = self.kind != Kind::Offer;
        check.smallest_town = match self.kind {
            Kind::Offer => gazetteer::OFFER_TOWN,
            _ => gazetteer::SMALLEST_TOWN,
        };
        // A bulletin about a hotline exists to give its number.
        check.phones_allowed = self.kind == Kind::Bulletin
            && fields.get("category").and_then(Value::as_text) == Some("hotline");
        for name in fields.keys() {
            if self.forbids(name) {
                check.report_at(&excerpt(name), Problem::Forbidden);
            }
        }
        check.fields(self.fields, fields, |name| {
            if self.forbids(name) { None } else { Some(self.nearest(name)) }
        });
        rules::rules(self.kind, fields, &mut check.found);
        check.found.truncate(MAX_VIOLATIONS);
        check.found
    }
}

/// The first thing that is wrong with a single value, not linted.
pub(crate) fn first_problem(ty: &FieldType, value: &Value) -> Option<Problem> {
    let mut check = Check { local: true, ..Check::default() };
    check.value(ty, value);
    check.found.into_iter().next().map(|violation| violation.problem)
}

#[derive(Default)]
struct Check {
    /// Entered here: unknown names and unsorted sets are violations.
    local: bool,
    lint: bool,
    phones_allowed: bool,
    /// Lawyers and ministers are named; hosts are not.
    names_allowed: bool,
    /// Fewest people of a town that a record names; 0 for a value that stands alone, whose town is not
    /// looked up.
    smallest_town: u32,
    path: String,
    found: Vec<Violation>,
}

impl Check {
    fn is_full(&self) -> bool {
        self.found.len() >= MAX_VIOLATIONS
    }

    fn report(&mut self, problem: Problem) {
        if !self.is_full() {
            self.found.push(Violation { field: self.path.clone(), problem });
        }
    }

    fn report_at(&mut self, name: &str, problem: Problem) {
        self.within(name, |check| check.report(problem));
    }

    /// Runs with the path one step further.
    fn within(&mut self, step: &str, run: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 && !step.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(step);
        run(self);
        self.path.truncate(length);
    }

    /// `unknown` says whether a name that no field has is to be reported, and what was meant.
    fn fields(
        &mut self,
        known: &'static [Field],
        fields: &BTreeMap<String, Value>,
        unknown: impl Fn(&str) -> Option<Option<&'static str>>,
    ) {
        for field in known {
            match fields.get(field.name) {
                Some(value) if field.required && is_empty(value) => {
                    self.report_at(field.name, Problem::Missing);
                }
                Some(value) => self.within(field.name, |check| check.value(&field.ty, value)),
                None if field.required => self.report_at(field.name, Problem::Missing),
                None => {}
            }
        }
        if !self.local {
            return;
        }
        for name in fields.keys() {
            if self.is_full() {
                return;
            }
            if known.iter().all(|field| field.name != name)
                && let Some(nearest) = unknown(name)
            {
                self.report_at(&excerpt(name), Problem::Unknown { nearest });
            }
        }
    }

    fn value(&mut self, ty: &FieldType, value: &Value) {
        if self.is_full() {
            return;
        }
        match (ty, value) {
            (FieldType::Flag, Value::Flag(_)) => {}
            (FieldType::Integer { min, max }, Value::Integer(number)) => {
                self.number(*number, *min, *max);
            }
            (FieldType::Town, Value::Integer(number)) => {
                self.number(*number, 1, i64::from(u32::MAX));
                self.town(*number);
            }
            (FieldType::Set(words), Value::List(list)) => self.set(words, list),
            (FieldType::List { of, max }, Value::List(list)) => {
                if self.is_within(*max, list.len()) {
                    for (index, element) in list.iter().enumerate() {
                        self.within(&format!("[{index}]"), |check| check.value(of, element));
                    }
                }
            }
            (FieldType::Struct(fields), Value::Map(map)) => {
                self.fields(fields, map, |_| Some(None))
            }
            (FieldType::Languages, Value::Map(map)) => {
                let level = FieldType::Choice(FieldType::LEVELS);
                self.per_language(&level, FieldType::MAX_LANGUAGES, map);
            }
            (FieldType::PerLanguage { of, max }, Value::Map(map)) => {
                self.per_language(of, *max, map);
            }
            (FieldType::Body { max_chars }, Value::Map(map)) => {
                let text = FieldType::Text { max_chars: *max_chars, lint: false, lines: true };
                self.per_language(&text, FieldType::MAX_LANGUAGES, map);
            }
            (FieldType::Nights { max }, Value::Map(map)) => self.nights(*max, map),
            (FieldType::Text { max_chars, lint, lines }, Value::Text(text)) => {
                self.text(text, *max_chars, *lint, *lines);
            }
            (ty, Value::Text(text)) if shape_of(ty) == Shape::Text => self.word(ty, text),
            (ty, other) => {
                self.report(Problem::WrongShape {
                    expected: shape_of(ty),
                    found: Shape::of(other),
                });
            }
        }
    }

    fn number(&mut self, actual: i64, min: i64, max: i64) {
        if !(min..=max).contains(&actual) {
            self.report(Problem::OutOfRange { min, max, actual });
        }
    }

    /// A number that no town has is found by no search; and in a small town a host is found.
    fn town(&mut self, number: i64) {
        let id = u32::try_from(number).ok();
        let Some(id) = id.filter(|_| self.local && self.smallest_town > 0) else {
            return;
        };
        let smallest = self.smallest_town;
        let rule = match gazetteer::place(id) {
            Some(town) if town.population >= smallest => return,
            Some(town) => Rule::SmallTown { number, name: town.name.to_owned(), smallest },
            None => Rule::NoTown { number },
        };
        self.report(Problem::Rule(rule));
    }

    /// Reports and says no when there are too many entries; then none of them is looked at.
    fn is_within(&mut self, max: u32, actual: usize) -> bool {
        let within = u32::try_from(actual).is_ok_and(|actual| actual <= max);
        if !within {
            self.report(Problem::TooMany { max, actual });
        }
        within
    }

    fn set(&mut self, words: &'static [&'static str], list: &[Value]) {
        let max = u32::try_from(words.len()).unwrap_or(u32::MAX);
        if !self.is_within(max, list.len()) {
            return;
        }
        let choice = FieldType::Choice(words);
        for (index, element) in list.iter().enumerate() {
            self.within(&format!("[{index}]"), |check| check.value(&choice, element));
        }
        let sorted = list.iter().zip(list.iter().skip(1)).all(|(left, right)| left < right);
        if self.local && !sorted {
            self.report(Problem::NotSorted);
        }
    }

    fn per_language(&mut self, of: &FieldType, max: u32, map: &BTreeMap<String, Value>) {
        if !self.is_within(max, map.len()) {
            return;
        }
        for (tag, element) in map {
            self.within(&excerpt(tag), |check| {
                if !language::is_canonical(tag) {
                    check.word(&FieldType::Language, tag);
                }
                check.value(of, element);
            });
        }
    }

    fn nights(&mut self, max: u32, map: &BTreeMap<String, Value>) {
        if !self.is_within(max, map.len()) {
            return;
        }
        let places = FieldType::Integer { min: 0, max: 255 };
        for (night, element) in map {
            self.within(&excerpt(night), |check| {
                if !is_date(night) {
                    check.word(&FieldType::Date, night);
                }
                check.value(&places, element);
            });
        }
    }

    /// A text with one canonical form.
    fn word(&mut self, ty: &FieldType, text: &str) {
        let max = match ty {
            FieldType::Key { max_chars, .. } => *max_chars,
            FieldType::Bytes64 { max_bytes } => max_bytes.div_ceil(3).saturating_mul(4),
            _ => FieldType::MAX_LINE,
        };
        if !self.is_short(text, max) {
            return;
        }
        match ty.canonical(text) {
            None => self.report(match ty {
                FieldType::Choice(allowed) => Problem::NotOneOf { allowed, found: excerpt(text) },
                _ => Problem::NotA { what: ty.what(), found: excerpt(text) },
            }),
            Some(canonical) if canonical != text => self.report(Problem::NotCanonical {
                expected: excerpt(&canonical),
                found: excerpt(text),
            }),
            Some(_) => {}
        }
        if let FieldType::Bytes64 { max_bytes } = ty
            && let Some(actual) = decoded_length(text)
            && actual > usize::try_from(*max_bytes).unwrap_or(usize::MAX)
        {
            self.report(Problem::TooLarge { max: *max_bytes, actual });
        }
    }

    fn is_short(&mut self, text: &str, max: u32) -> bool {
        let actual = text.chars().count();
        let short = u32::try_from(actual).is_ok_and(|actual| actual <= max);
        if !short {
            self.report(Problem::TooLong { max, actual });
        }
        short
    }

    fn text(&mut self, text: &str, max_chars: u32, lint: bool, lines: bool) {
        if !self.is_short(text, max_chars) {
            return;
        }
        let odd = |c: char| (c.is_control() && !(lines && c == '\n')) || is_bidi_control(c);
        let hidden = |c: char| self.local && is_hidden(c) && !(lines && c == '\n');
        if let Some((index, c)) = text.chars().enumerate().find(|(_, c)| odd(*c) || hidden(*c)) {
            let (code, at) = (u32::from(c), index + 1);
            self.report(if is_bidi_control(c) {
                Problem::BidiOverride { code, at }
            } else if c.is_control() {
                Problem::ControlCharacter { code, at }
            } else {
                Problem::HiddenSign { code, at }
            });
        }
        if !is_nfc(text) || text.trim() != text {
            self.report(Problem::NotNormalized);
        }
        if lint && self.lint {
            for finding in lint::lint(text) {
                let allowed = match finding.what {
                    Suspicion::Phone => self.phones_allowed,
                    Suspicion::Name => self.names_allowed,
                    _ => false,
                };
                if !allowed {
                    self.report(Problem::Lint(finding));
                }
            }
        }
    }
}

/// The shape that values of a type have.
fn shape_of(ty: &FieldType) -> Shape {
    match ty {
        FieldType::Flag => Shape::Flag,
        FieldType::Integer { .. } | FieldType::Town => Shape::Integer,
        FieldType::Set(_) | FieldType::List { .. } => Shape::List,
        FieldType::Languages
        | FieldType::Nights { .. }
        | FieldType::Struct(_)
        | FieldType::PerLanguage { .. }
        | FieldType::Body { .. } => Shape::Map,
        FieldType::Text { .. }
        | FieldType::Key { .. }
        | FieldType::Choice(_)
        | FieldType::Date
        | FieldType::Clock
        | FieldType::Instant
        | FieldType::Country
        | FieldType::Region
        | FieldType::Area
        | FieldType::TimeZone
        | FieldType::Language
        | FieldType::Money
        | FieldType::Currency
        | FieldType::Phone
        | FieldType::Url
        | FieldType::Email
        | FieldType::OpeningHours
        | FieldType::Center
        | FieldType::Digest
        | FieldType::RecordRef
        | FieldType::NodeAddress
        | FieldType::Bytes64 { .. } => Shape::Text,
    }
}

/// Whether a value says nothing: an empty text, list or map.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Integer(_) | Value::Flag(_) => false,
    }
}
