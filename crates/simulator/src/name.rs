//! What nodes are called.

use std::fmt;

/// What a node is called: a number, shown as a letter while there are enough of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub u32);

impl Name {
    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

impl From<char> for Name {
    /// `'a'` is the first.
    fn from(letter: char) -> Self {
        assert!(letter.is_ascii_lowercase(), "{letter:?} names no node");
        Self(u32::from(letter) - u32::from('a'))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u8::try_from(self.0) {
            Ok(number) if number < 26 => write!(f, "{}", char::from(b'a' + number)),
            _ => write!(f, "n{}", self.0),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Several nodes; `"abc"` is the first three.
#[derive(Clone, Debug, Default)]
pub struct Names(pub Vec<Name>);

impl From<&str> for Names {
    fn from(letters: &str) -> Self {
        Self(letters.chars().map(Name::from).collect())
    }
}

impl From<Vec<Name>> for Names {
    fn from(names: Vec<Name>) -> Self {
        Self(names)
    }
}

impl From<&[Name]> for Names {
    fn from(names: &[Name]) -> Self {
        Self(names.to_vec())
    }
}
