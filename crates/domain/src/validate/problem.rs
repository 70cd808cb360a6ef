//! What is wrong with a field, in words a volunteer can act on.

use std::fmt;

use super::rule::Rule;
use crate::Value;
use crate::lint::Finding;

/// A field that is not as it must be. Reads as a sentence: "sleeps is 300, it must be 1..=200".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct Violation {
    /// The path of the field, such as `languages.ru` or `phones[2].number`.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Violation {
    /// Whether a person may save the record nevertheless; the node logs that somebody did.
    ///
    /// Only the lint can be wrong about a text. A bound or a rule cannot.
    pub fn can_be_overridden(&self) -> bool {
        matches!(self.problem, Problem::Lint(_))
    }
}

/// What is wrong with a value. Reads after the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A required field has no value.
    #[error("is missing")]
    Missing,
    /// No field of the kind has this name.
    #[error("is not a field that this version knows{}", Meant(.nearest))]
    Unknown {
        /// The field that may have been meant.
        nearest: Option<&'static str>,
    },
    /// The name belongs to what is never shared.
    #[error("must never be in a shared record")]
    Forbidden,
    /// A list where a text was expected, and the like.
    #[error("must be {expected}, not {found}")]
    WrongShape {
        /// The shape that the type has.
        expected: Shape,
        /// The shape that was given.
        found: Shape,
    },
    /// A text with too many characters.
    #[error("has {actual} characters, at most {max} are allowed")]
    TooLong {
        /// Characters that are allowed.
        max: u32,
        /// Characters that were given.
        actual: usize,
    },
    /// Too many bytes behind base64.
    #[error("has {actual} bytes, at most {max} are allowed")]
    TooLarge {
        /// Bytes that are allowed.
        max: u32,
        /// Bytes that were given.
        actual: usize,
    },
    /// Too many elements of a list or map.
    #[error("has {actual} entries, at most {max} are allowed")]
    TooMany {
        /// Entries that are allowed.
        max: u32,
        /// Entries that were given.
        actual: usize,
    },
    /// A number out of bounds.
    #[error("is {actual}, it must be {min}..={max}")]
    OutOfRange {
        /// The smallest that is allowed.
        min: i64,
        /// The largest that is allowed.
        max: i64,
        /// The number that was given.
        actual: i64,
    },
    /// A word that is not in the vocabulary.
    #[error("is {found:?}, it must be one of {}", .allowed.join(", "))]
    NotOneOf {
        /// The words of the vocabulary.
        allowed: &'static [&'static str],
        /// What was given, shortened.
        found: String,
    },
    /// A text that does not mean a value of the type.
    #[error("is {found:?}, which is not {what}")]
    NotA {
        /// What was expected, with an example.
        what: &'static str,
        /// What was given, shortened.
        found: String,
    },
    /// A value in another than its one written form.
    #[error("is written {found:?}, it must be written {expected:?}")]
    NotCanonical {
        /// The form to use, shortened.
        expected: String,
        /// The form that was given, shortened.
        found: String,
    },
    /// A text that is not in Unicode normalization form C, or begins or ends with a space.
    #[error("is not in the normal form NFC without spaces around it")]
    NotNormalized,
    /// A set with repeats or out of order.
    #[error("must be sorted and without repeats")]
    NotSorted,
    /// A control character in a text.
    #[error("has the control character U+{code:04X} at character {at}")]
    ControlCharacter {
        /// The character's code.
        code: u32,
        /// Where it is, counted from 1.
        at: usize,
    },
    /// A character that changes the direction of what follows, so that it reads differently.
    #[error("has the hidden direction mark U+{code:04X} at character {at}")]
    BidiOverride {
        /// The character's code.
        code: u32,
        /// Where it is, counted from 1.
        at: usize,
    },
    /// A sign without ink that no script needs, or none at all: it can hide a text in a text.
    #[error("has the hidden sign U+{code:04X} at character {at}; type the text anew")]
    HiddenSign {
        /// The character's code.
        code: u32,
        /// Where it is, counted from 1.
        at: usize,
    },
    /// A part between brackets or quotes that does not end, or text after its end.
    #[error("cannot be read at character {at}: {reason}")]
    Unreadable {
        /// Where reading stopped, counted from 1.
        at: usize,
        /// What was expected there.
        reason: &'static str,
    },
    /// A text that may tell who or where somebody is.
    #[error("was refused: {0}")]
    Lint(Finding),
    /// Fields that do not fit together.
    #[error("{0}")]
    Rule(Rule),
    /// What is asked for cannot be understood, in a sentence. Records have no such problem.
    #[error("{0}")]
    Asked(String),
}

/// The shape of a value, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Flag,
    /// A list.
    List,
    /// A map from names to values.
    Map,
}

impl Shape {
    /// The shape of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Text(_) => Shape::Text,
            Value::Integer(_) => Shape::Integer,
            Value::Flag(_) => Shape::Flag,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shape::Text => "text",
            Shape::Integer => "a whole number",
            Shape::Flag => "yes or no",
            Shape::List => "a list",
            Shape::Map => "a group of named values",
        })
    }
}

struct Meant<'a>(&'a Option<&'static str>);

impl fmt::Display for Meant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, "; did you mean {name}?"),
            None => Ok(()),
        }
    }
}

/// The first 40 characters of foreign text, fit for a screen: control characters and direction
/// marks are replaced, so that a name in an error cannot steer a terminal.
pub(crate) fn excerpt(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_control() || is_bidi_control(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

/// Characters that embed, override or isolate a writing direction.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
