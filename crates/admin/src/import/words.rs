//! Texts of other directories: without HTML, with plain spaces, within a bound.

/// The text without tags, with the signs that entities stand for, lines and spaces tidied.
pub fn plain(text: &str) -> String {
    let text = without_tags(text);
    let text = without_entities(&text);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() && lines.last().is_none_or(|last| last.is_empty()) {
            continue;
        }
        lines.push(line);
    }
    lines.join("\n").trim().chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// Tags end words, and those of paragraphs end lines. A lone `<` stays.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let (before, tail) = rest.split_at(open);
        out.push_str(before);
        let inside = tail.get(1..).unwrap_or_default();
        let is_tag = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match inside.find('>').filter(|_| is_tag) {
            Some(close) => {
                let name = inside.trim_start_matches('/').to_ascii_lowercase();
                let breaks = ["br", "p>", "p ", "li", "div", "h1", "h2", "h3", "tr"];
                out.push(if breaks.iter().any(|tag| name.starts_with(tag)) { '\n' } else { ' ' });
                rest = inside.get(close + 1..).unwrap_or_default();
            }
            None => {
                out.push('<');
                rest = inside;
            }
        }
    }
    out.push_str(rest);
    out
}

fn without_entities(text: &str) -> String {
    let named = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
        ("&rsquo;", "’"),
        ("&ndash;", "–"),
        ("&amp;", "&"),
    ];
    if !text.contains('&') {
        return text.to_owned();
    }
    named.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}

/// As much of a text as fits: whole sentences if there are any, else whole words. The second text
/// is what did not fit.
pub fn fitting(text: &str, most: usize) -> (&str, &str) {
    let Some((end, _)) = text.char_indices().nth(most) else { return (text, "") };
    let head = text.get(..end).unwrap_or_default();
    let sentence = [". ", "! ", "? ", ".\n", "\n"]
        .iter()
        .filter_map(|stop| head.rfind(stop).map(|at| at + 1))
        .max()
        .filter(|at| *at * 2 > end);
    let at = sentence.or_else(|| head.rfind(char::is_whitespace)).unwrap_or(end);
    let (kept, left) = text.split_at(at);
    (kept.trim_end(), left.trim_start())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn tags_and_entities_go() {
        for (text, expected) in [
            ("<p>One&nbsp;&amp; two</p><p>Three<br/>four</p>", "One & two\n\nThree\nfour"),
            ("a <b>bold</b> word", "a bold word"),
            ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
            ("Telephone\n\n    Walk-in", "Telephone\n\nWalk-in"),
            ("<a href=\"x", "<a href=\"x"),
            ("  spaces\t here \r\n", "spaces here"),
            ("&amp;lt;", "&lt;"),
            ("bell\u{7}", "bell"),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_ends_with_a_sentence() {
        assert_eq!(fitting("short", 10), ("short", ""));
        assert_eq!(fitting("One two. Three four five.", 12), ("One two.", "Three four five."));
        assert_eq!(fitting("один два три", 9), ("один два", "три"));
        assert_eq!(fitting("абвгдежз", 4), ("абвг", "дежз"));
    }
}
