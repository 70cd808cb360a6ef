//! The words of a text, and what stands around them.

/// A run of letters and digits, with the hyphens and apostrophes inside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'t> {
    pub text: &'t str,
    /// Its first byte in the whole text.
    pub start: usize,
    /// What follows it in the whole text.
    pub rest: &'t str,
    /// Followed by a full stop.
    pub dotted: bool,
    /// After the end of a sentence, or the first of the text: there a capital says nothing.
    pub begins: bool,
}

impl<'t> Word<'t> {
    pub fn is_capitalized(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    pub fn is_number(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit())
    }

    /// What stands between it and a later word.
    pub fn gap_to(&self, later: &Word<'t>) -> &'t str {
        let length = later.start.saturating_sub(self.start + self.text.len());
        self.rest.get(..length).unwrap_or_default()
    }
}

pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut begins = true;
    let mut previous = ' ';
    let mut push = |start: usize, end: usize, begins: bool| {
        let word = text.get(start..end).unwrap_or_default().trim_end_matches(['-', '\'']);
        let rest = text.get(start + word.len()..).unwrap_or_default();
        words.push(Word { text: word, start, rest, dotted: rest.starts_with('.'), begins });
    };
    for (index, c) in text.char_indices() {
        let inside = c.is_alphanumeric()
            || (start.is_some() && matches!(c, '-' | '\'' | '\u{300}'..='\u{36f}'));
        match (start, inside) {
            (None, true) => start = Some(index),
            (Some(first), false) => {
                push(first, index, begins);
                start = None;
                begins = false;
            }
            _ => {}
        }
        if matches!(c, '!' | '?' | '\n' | ';') || (c.is_whitespace() && previous == '.') {
            begins = true;
        }
        previous = c;
    }
    if let Some(first) = start {
        push(first, text.len(), begins);
    }
    words
}
