//! Values as one cell of a table or one `field=value` of a command, and back.
//!
//! A single value is written as it is. Parts of a list, set or map are separated by `;` (where no
//! part can hold one, also by `,`), parts of a group by `,`; a group within something else is put
//! between brackets. A part with a sign of its own is put between quotes, with `\"` and `\\` inside.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{Field, FieldType};
use crate::Value;
use crate::language;
use crate::validate::{Problem, excerpt, first_problem, normal};

/// Between parts of a list or map.
const OUTER: &str = ";";
/// Between parts that cannot hold a comma themselves.
const LOOSE: &str = ";,";
/// Between the fields of a group, and at the end of a group in a list.
const INNER: &str = ",;";

impl FieldType {
    /// Reads one cell of a table, or the value of a `field=value` of a command.
    ///
    /// What is read is in its canonical form and within the bounds of the type, or the first
    /// problem is returned. Free text is not linted here.
    pub fn parse(&self, text: &str) -> Result<Value, Problem> {
        let value = if self.is_container() {
            let mut reader = Reader { text, at: 0, depth: 0 };
            let value = reader.container(self)?;
            reader.skip_spaces();
            if reader.rest().is_empty() {
                value
            } else {
                return Err(reader.stuck("the end was expected"));
            }
        } else {
            self.single(text)?
        };
        let value = normal(self, value);
        first_problem(self, &value).map_or(Ok(value), Err)
    }

    /// Writes a value so that [`FieldType::parse`] reads the same value again.
    ///
    /// A value that has not the shape of the type is written as people would.
    pub fn print(&self, value: &Value) -> String {
        let mut out = String::new();
        if self.is_container() {
            container(&mut out, self, value);
        } else {
            out.push_str(&value.to_string());
        }
        out
    }

    fn single(&self, text: &str) -> Result<Value, Problem> {
        let refuse = || Problem::NotA { what: self.what(), found: excerpt(text.trim()) };
        match self {
            FieldType::Flag => match text.trim().to_ascii_lowercase().as_str() {
                "yes" | "true" | "1" => Ok(Value::Flag(true)),
                "no" | "false" | "0" => Ok(Value::Flag(false)),
                _ => Err(refuse()),
            },
            FieldType::Integer { .. } | FieldType::Town => {
                text.trim().parse().map(Value::Integer).map_err(|_| refuse())
            }
            _ => Ok(Value::Text(text.to_owned())),
        }
    }

    /// Whether parts of this type never hold a comma, so that one may separate them.
    fn is_plain(&self) -> bool {
        !matches!(
            self,
            FieldType::Text { .. }
                | FieldType::OpeningHours
                | FieldType::Url
                | FieldType::Money
                | FieldType::Email
        ) && !self.is_container()
    }

    fn separators(&self) -> &'static str {
        match self {
            FieldType::Struct(_) => INNER,
            FieldType::List { of, .. } if !of.is_plain() => OUTER,
            FieldType::PerLanguage { .. } | FieldType::Body { .. } => OUTER,
            _ => LOOSE,
        }
    }
}

/// The type of the values of a map, for the types that are maps with free names.
fn of_map(ty: &FieldType) -> Option<FieldType> {
    match ty {
        FieldType::Languages => Some(FieldType::Choice(FieldType::LEVELS)),
        FieldType::Nights { .. } => Some(FieldType::Integer { min: 0, max: 255 }),
        FieldType::PerLanguage { of, .. } => Some(**of),
        FieldType::Body { max_chars } => {
            Some(FieldType::Text { max_chars: *max_chars, lint: false, lines: true })
        }
        _ => None,
    }
}

/// Nights that one range can name.
const MOST_IN_A_RANGE: usize = 366;

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Brackets that are open: only within one does `]` end a part.
    depth: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn takes(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len_utf8();
        }
        found
    }

    fn stuck(&self, reason: &'static str) -> Problem {
        let before = self.text.get(..self.at).unwrap_or_default();
        Problem::Unreadable { at: before.chars().count() + 1, reason }
    }

    /// Text up to one of the signs, without the spaces around it.
    fn until(&mut self, signs: &str) -> &'t str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| (c == ']' && self.depth > 0) || signs.contains(c))
            .unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default().trim()
    }

    /// The parts of a list, set, map or group, up to the end or a closing bracket.
    fn container(&mut self, ty: &FieldType) -> Result<Value, Problem> {
        let separators = ty.separators();
        match ty {
            FieldType::Struct(fields) => self.group(fields),
            FieldType::Set(words) => self.list(&FieldType::Choice(words), separators),
            FieldType::List { of, .. } => self.list(of, separators),
            _ => self.map(ty, separators),
        }
    }

    fn list(&mut self, of: &FieldType, separators: &str) -> Result<Value, Problem> {
        let mut list = Vec::new();
        while self.has_part(separators) {
            list.push(self.part(of, separators)?);
        }
        Ok(Value::List(list))
    }

    fn map(&mut self, ty: &FieldType, separators: &str) -> Result<Value, Problem> {
        let mut map = BTreeMap::new();
        let Some(of) = of_map(ty) else {
            return Err(self.stuck("nothing can be read here"));
        };
        while self.has_part(separators) {
            let name = self.until(&format!(":{separators}"));
            if !self.takes(':') {
                return Err(self.stuck(match ty {
                    FieldType::Languages => "a colon and a level were expected, such as ru:fluent",
                    _ => "a colon was expected",
                }));
            }
            let names = match ty {
                FieldType::Nights { .. } => self.nights(name)?,
                _ => vec![language::find(name).map_err(|_| Problem::NotA {
                    what: FieldType::Language.what(),
                    found: excerpt(name),
                })?],
            };
            let value = self.part(&of, separators)?;
            for name in names {
                if map.insert(name, value.clone()).is_some() {
                    return Err(self.stuck("the same name is there twice, before this"));
                }
            }
        }
        Ok(Value::Map(map))
    }

    /// One night, or all from the first to the last of a range. What is no date is refused by the
    /// check of the field.
    fn nights(&self, name: &str) -> Result<Vec<String>, Problem> {
        let Some((first, last)) = name.split_once("..") else { return Ok(vec![name.to_owned()]) };
        let date = |text: &str| text.trim().parse::<Date>().ok();
        let (Some(first), Some(last)) = (date(first), date(last)) else {
            return Err(self.stuck("two dates were expected, such as 2026-11-23..2026-11-30"));
        };
        let nights = first.series(1.day()).take_while(|night| *night <= last);
        let nights: Vec<String> =
            nights.take(MOST_IN_A_RANGE + 1).map(|night| night.to_string()).collect();
        match nights.len() {
            0 => Err(self.stuck("the range ends before it begins")),
            1..=MOST_IN_A_RANGE => Ok(nights),
            _ => Err(self.stuck("the range has more than 366 nights")),
        }
    }

    fn group(&mut self, fields: &'static [Field]) -> Result<Value, Problem> {
        let mut map = BTreeMap::new();
        loop {
            self.skip_spaces();
            if self.rest().is_empty() || self.rest().starts_with([';', ']']) {
                return Ok(Value::Map(map));
            }
            let name = self.until("=,;");
            let Some(field) = fields.iter().find(|field| field.name == name) else {
                return Err(self.stuck("the name of a part and = were expected before this"));
            };
            if !self.takes('=') {
                return Err(self.stuck("= was expected"));
            }
            let value = self.part(&field.ty, INNER)?;
            if map.insert(name.to_owned(), value).is_some() {
                return Err(self.stuck("the same name is there twice, before this"));
            }
            self.takes(',');
        }
    }

    /// Skips separators; whether another part follows.
    fn has_part(&mut self, separators: &str) -> bool {
        let rest = self.rest();
        let next = rest.trim_start_matches(|c: char| c.is_whitespace() || separators.contains(c));
        self.at += rest.len() - next.len();
        !next.is_empty() && !next.starts_with(']')
    }

    fn part(&mut self, ty: &FieldType, separators: &str) -> Result<Value, Problem> {
        self.skip_spaces();
        if ty.is_container() {
            if self.takes('[') {
                self.depth += 1;
                let value = self.container(ty)?;
                self.depth -= 1;
                self.skip_spaces();
                if !self.takes(']') {
                    return Err(self.stuck("] was expected"));
                }
                return self.ended(value, separators);
            }
            // A group in a list needs no brackets: its own sign is the comma.
            if let (FieldType::Struct(fields), OUTER) = (ty, separators) {
                return self.group(fields);
            }
            return Err(self.stuck("[ was expected"));
        }
        if self.takes('"') {
            let text = self.quoted()?;
            return self.ended(ty.single(&text)?, separators);
        }
        let text = self.until(separators);
        // Languages may be called by their names wherever a tag is written.
        match ty {
            FieldType::Language => Ok(Value::Text(language::find(text).unwrap_or(text.to_owned()))),
            _ => ty.single(text),
        }
    }

    fn ended(&mut self, value: Value, separators: &str) -> Result<Value, Problem> {
        self.skip_spaces();
        let rest = self.rest();
        if rest.is_empty() || rest.starts_with(|c: char| c == ']' || separators.contains(c)) {
            Ok(value)
        } else {
            Err(self.stuck("; or , was expected"))
        }
    }

    fn quoted(&mut self) -> Result<String, Problem> {
        let mut text = String::new();
        let mut escaped = false;
        for (index, c) in self.rest().char_indices() {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    self.at += index + 1;
                    return Ok(text);
                }
                _ => {
                    text.push(c);
                    escaped = false;
                }
            }
        }
        Err(self.stuck("the quote has no end, after this"))
    }
}

fn container(out: &mut String, ty: &FieldType, value: &Value) {
    let separators = ty.separators();
    let mut first = true;
    let mut separate = |out: &mut String, sign: &str| {
        if !std::mem::take(&mut first) {
            out.push_str(sign);
        }
    };
    match (ty, value) {
        (FieldType::Struct(fields), Value::Map(map)) => {
            for field in fields.iter() {
                if let Some(value) = map.get(field.name) {
                    separate(out, ", ");
                    let _ = write!(out, "{}=", field.name);
                    part(out, &field.ty, value, separators);
                }
            }
        }
        (FieldType::Set(_), Value::List(list)) => {
            for value in list {
                separate(out, ";");
                part(out, &FieldType::Choice(&[]), value, separators);
            }
        }
        (FieldType::List { of, .. }, Value::List(list)) => {
            for value in list {
                separate(out, ";");
                part(out, of, value, separators);
            }
        }
        (ty, Value::Map(map)) => {
            let of = of_map(ty).unwrap_or(FieldType::Flag);
            for (name, value) in map {
                separate(out, ";");
                let _ = write!(out, "{name}:");
                part(out, &of, value, separators);
            }
        }
        (_, other) => out.push_str(&other.to_string()),
    }
}

fn part(out: &mut String, ty: &FieldType, value: &Value, separators: &str) {
    if ty.is_container() {
        let bare = matches!(ty, FieldType::Struct(_)) && separators == OUTER;
        let brackets = if bare { ("", "") } else { ("[", "]") };
        out.push_str(brackets.0);
        container(out, ty, value);
        out.push_str(brackets.1);
        return;
    }
    let text = value.to_string();
    let needs_quotes = text.is_empty()
        || text.trim() != text
        || text.starts_with(['"', '['])
        || text.contains(|c: char| c == ']' || separators.contains(c));
    if needs_quotes {
        let _ = write!(out, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    } else {
        out.push_str(&text);
    }
}

#[cfg(test)]
mod tests;
