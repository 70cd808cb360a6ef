//! Lists as somebody types them: sentences one in a line, words with commas between them.

use hospes_domain::Value;
use hospes_domain::schema::FieldType;
use hospes_domain::validate::Problem;

use super::Input;

/// Most characters of a list in one line.
const MOST: u32 = 1_000;
/// Most characters of a list of sentences: browsers count them and tell nobody, so it is more than fits.
const MOST_LINES: u32 = 20_000;

/// What was typed, element by element.
pub(super) fn read(of: &FieldType, typed: &str) -> Result<Vec<Value>, Problem> {
    let elements = typed.split(|c: char| c == '\n' || is_word(of) && matches!(c, ',' | ';'));
    let elements = elements.map(str::trim).filter(|element| !element.is_empty());
    elements
        .map(|element| match of {
            FieldType::Key { separator, .. } => {
                of.parse(&element.to_lowercase().replace([' ', '-', '_'], &separator.to_string()))
            }
            FieldType::Text { .. } => Ok(element.into()),
            of => of.parse(element),
        })
        .collect()
}

/// A list as it is typed again; none where it holds more than words.
pub(super) fn written(of: &FieldType, list: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = list.iter().map(Value::as_text).collect();
    Some(texts?.join(if is_word(of) { ", " } else { "\n" }))
}

/// With what it is filled in.
pub(super) fn input(of: &FieldType, value: String) -> Input {
    match is_word(of) {
        true => Input::Line { value, most: MOST, numeric: false },
        false => Input::Lines { value, most: MOST_LINES },
    }
}

fn is_word(of: &FieldType) -> bool {
    !matches!(of, FieldType::Text { .. })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_list_that_was_written_is_read_as_the_same() {
        let topic = FieldType::Key { max_chars: 40, separator: '_' };
        let topics = read(&topic, "Asylum, military law;; conscientious-objection ").unwrap();
        let expected = ["asylum", "military_law", "conscientious_objection"].map(Value::from);
        assert_eq!(topics, expected);
        let again = written(&topic, &topics).unwrap();
        assert_eq!(read(&topic, &again).unwrap(), topics);
        let law = FieldType::Text { max_chars: 300, lint: false, lines: false };
        let laws = read(&law, "Aliens Act, section 87\n\nECLI:EU:C:2020:945\n").unwrap();
        assert_eq!(laws.len(), 2);
        assert_eq!(read(&law, &written(&law, &laws).unwrap()).unwrap(), laws);
        assert!(read(&topic, "убежище").is_err());
    }
}
