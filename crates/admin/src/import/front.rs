//! Front matter: the lines between `---` above a Markdown text, in a small part of YAML.
//!
//! `key: value`, groups by indentation, lists as `[a, b]` or with hyphens, quotes, and texts of
//! several lines after `|`. No anchors, no tags, no types: a value is text until its field says
//! what it is.

/// Groups in groups at most.
const DEEPEST: usize = 8;

/// Lines of front matter at most.
const MAX_LINES: usize = 20_000;

/// A piece of front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A value.
    Scalar(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name, in the order of the file.
    Map(Vec<(String, Node)>),
}

/// Why front matter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BrokenFront {
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// The front matter and the text below it, or nothing if the text has no front matter.
pub fn split(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            let body = rest.get(at + line.len()..).unwrap_or_default();
            return Some((rest.get(..at).unwrap_or_default(), body));
        }
        at += line.len();
    }
    None
}

/// Reads front matter, without the lines of `---`.
pub fn parse(front: &str) -> Result<Vec<(String, Node)>, BrokenFront> {
    let mut lines = Vec::new();
    for (index, raw) in front.lines().enumerate() {
        let line = index + 2;
        if index >= MAX_LINES {
            return Err(BrokenFront { line, reason: "too many lines, at most 20000 are read" });
        }
        let content = raw.trim_start_matches(' ');
        if content.starts_with('\t') {
            return Err(BrokenFront { line, reason: "a tab; indent with spaces" });
        }
        lines.push(Line {
            number: line,
            indent: raw.len() - content.len(),
            text: content.trim_end(),
            raw,
        });
    }
    let mut reader = Reader { lines: &lines, at: 0, depth: 0 };
    reader.skip();
    let map = match reader.peek() {
        None => Vec::new(),
        Some(first) if first.indent == 0 && !is_item(first.text) => reader.map(0, None)?,
        Some(first) => return Err(first.broken("key: value was expected")),
    };
    reader.skip();
    match reader.peek() {
        None => Ok(map),
        Some(line) => Err(line.broken("key: value was expected, not indented")),
    }
}

#[derive(Clone, Copy)]
struct Line<'t> {
    number: usize,
    indent: usize,
    text: &'t str,
    raw: &'t str,
}

impl Line<'_> {
    fn broken(&self, reason: &'static str) -> BrokenFront {
        BrokenFront { line: self.number, reason }
    }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// The key of `key: value`; keys are plain words, so that a sentence with a colon is none.
fn key(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = text.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let valid =
        !key.is_empty() && key.chars().all(plain) && (rest.is_empty() || rest.starts_with(' '));
    valid.then(|| (key, rest.trim()))
}

struct Reader<'l, 't> {
    lines: &'l [Line<'t>],
    at: usize,
    depth: usize,
}

impl<'t> Reader<'_, 't> {
    fn peek(&self) -> Option<Line<'t>> {
        self.lines.get(self.at).copied()
    }

    /// Passes over empty lines and remarks.
    fn skip(&mut self) {
        while self.peek().is_some_and(|line| line.text.is_empty() || line.text.starts_with('#')) {
            self.at += 1;
        }
    }

    fn block(&mut self, from: Line<'t>, indent: usize) -> Result<Node, BrokenFront> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(from.broken("groups in groups in groups, too deep"));
        }
        self.skip();
        let node = match self.peek() {
            Some(line) if line.indent >= indent && is_item(line.text) => {
                Node::List(self.list(line.indent)?)
            }
            Some(line) if line.indent > indent => Node::Map(self.map(line.indent, None)?),
            _ => Node::Scalar(String::new()),
        };
        self.depth -= 1;
        Ok(node)
    }

    /// The entries at an indentation. `first` is an entry that began behind a hyphen.
    fn map(
        &mut self,
        indent: usize,
        first: Option<Line<'t>>,
    ) -> Result<Vec<(String, Node)>, BrokenFront> {
        let mut map: Vec<(String, Node)> = Vec::new();
        let mut begun = first;
        loop {
            let line = match begun.take() {
                Some(line) => line,
                None => {
                    self.skip();
                    match self.peek() {
                        Some(line) if line.indent == indent && !is_item(line.text) => line,
                        Some(line) if line.indent > indent => {
                            return Err(line.broken("indented more than what is above"));
                        }
                        _ => return Ok(map),
                    }
                }
            };
            let Some((name, rest)) = key(line.text) else {
                return Err(line.broken("key: value was expected"));
            };
            if map.iter().any(|(known, _)| known == name) {
                return Err(line.broken("this key is there twice"));
            }
            self.at += 1;
            let value = match rest {
                "" => self.block(line, indent)?,
                "|" => Node::Scalar(self.text(indent)),
                rest => inline(line, rest)?,
            };
            map.push((name.to_owned(), value));
        }
    }

    fn list(&mut self, indent: usize) -> Result<Vec<Node>, BrokenFront> {
        let mut list = Vec::new();
        loop {
            self.skip();
            let Some(line) = self.peek().filter(|line| line.indent == indent && is_item(line.text))
            else {
                return Ok(list);
            };
            let rest = line.text.get(1..).unwrap_or_default();
            let text = rest.trim_start();
            if text.is_empty() {
                self.at += 1;
                list.push(self.block(line, indent + 1)?);
            } else if key(text).is_some() {
                let inner = indent + 1 + (rest.len() - text.len());
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(line.broken("groups in groups in groups, too deep"));
                }
                let first = Line { indent: inner, text, ..line };
                list.push(Node::Map(self.map(inner, Some(first))?));
                self.depth -= 1;
            } else {
                self.at += 1;
                list.push(inline(line, text)?);
            }
        }
    }

    /// The lines after `|`, without their common indentation.
    fn text(&mut self, indent: usize) -> String {
        let mut lines: Vec<&str> = Vec::new();
        while let Some(line) = self.peek() {
            if !line.text.is_empty() && line.indent <= indent {
                break;
            }
            lines.push(line.raw.trim_end());
            self.at += 1;
        }
        let spaces = |line: &&str| line.len() - line.trim_start_matches(' ').len();
        let common = lines.iter().filter(|line| !line.is_empty()).map(spaces).min().unwrap_or(0);
        let lines: Vec<&str> =
            lines.into_iter().map(|line| line.get(common..).unwrap_or_default()).collect();
        lines.join("\n").trim_end().to_owned()
    }
}

/// A value on the line of its key.
fn inline(line: Line<'_>, text: &str) -> Result<Node, BrokenFront> {
    if let Some(inside) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let mut list = Vec::new();
        let mut rest = inside.trim();
        while !rest.is_empty() {
            let (value, after) = element(line, rest)?;
            list.push(Node::Scalar(value));
            rest = after.trim_start();
            if !rest.is_empty() {
                rest = rest
                    .strip_prefix(',')
                    .ok_or_else(|| line.broken("a comma or ] was expected"))?
                    .trim_start();
            }
        }
        return Ok(Node::List(list));
    }
    if text.starts_with(['"', '\'']) {
        let (value, after) = quoted(line, text)?;
        let after = after.trim_start();
        if after.is_empty() || after.starts_with('#') {
            return Ok(Node::Scalar(value));
        }
        return Err(line.broken("text after the closing quote"));
    }
    let end = text.find(" #").unwrap_or(text.len());
    Ok(Node::Scalar(text.get(..end).unwrap_or_default().trim_end().to_owned()))
}

/// One value of a list in brackets, and what follows it.
fn element<'t>(line: Line<'_>, text: &'t str) -> Result<(String, &'t str), BrokenFront> {
    if text.starts_with(['"', '\'']) {
        return quoted(line, text);
    }
    let end = text.find(',').unwrap_or(text.len());
    let (value, after) = text.split_at(end);
    Ok((value.trim().to_owned(), after))
}

/// The text between quotes, and what follows them. Between double quotes `\` escapes.
fn quoted<'t>(line: Line<'_>, text: &'t str) -> Result<(String, &'t str), BrokenFront> {
    let mut chars = text.char_indices();
    let Some((_, quote)) = chars.next() else { return Ok((String::new(), text)) };
    let mut value = String::new();
    let mut escaped = false;
    while let Some((at, c)) = chars.next() {
        if escaped {
            value.push(match c {
                'n' => '\n',
                other => other,
            });
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            let after = text.get(at + c.len_utf8()..).unwrap_or_default();
            // In single quotes, two of them are one.
            if quote == '\'' && after.starts_with('\'') {
                value.push('\'');
                chars.next();
                continue;
            }
            return Ok((value, after));
        } else {
            value.push(c);
        }
    }
    Err(line.broken("the quote has no end"))
}

/// Writes front matter that [`parse`] reads again, without the lines of `---`.
pub fn print(map: &[(String, Node)]) -> String {
    let mut out = String::new();
    write_map(&mut out, map, 0);
    out
}

fn write_map(out: &mut String, map: &[(String, Node)], indent: usize) {
    for (index, (name, node)) in map.iter().enumerate() {
        if index > 0 || !out.ends_with("- ") {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(name);
        out.push(':');
        write_value(out, node, indent);
    }
}

fn write_value(out: &mut String, node: &Node, indent: usize) {
    match node {
        Node::Scalar(text) => {
            out.push(' ');
            out.push_str(&scalar(text, false));
            out.push('\n');
        }
        Node::List(list) if list.iter().all(|node| matches!(node, Node::Scalar(_))) => {
            let values: Vec<String> = list
                .iter()
                .map(|node| match node {
                    Node::Scalar(text) => scalar(text, true),
                    _ => String::new(),
                })
                .collect();
            out.push_str(&format!(" [{}]\n", values.join(", ")));
        }
        Node::List(list) => {
            out.push('\n');
            for node in list {
                out.push_str(&" ".repeat(indent + 2));
                match node {
                    Node::Map(map) if !map.is_empty() => {
                        out.push_str("- ");
                        write_map(out, map, indent + 4);
                    }
                    other => {
                        out.push('-');
                        write_value(out, other, indent + 2);
                    }
                }
            }
        }
        Node::Map(map) => {
            out.push('\n');
            write_map(out, map, indent + 2);
        }
    }
}

/// A value as it may stand on a line; between quotes where it could be read as something else.
fn scalar(text: &str, in_list: bool) -> String {
    let plain = !text.is_empty()
        && text.trim() == text
        && !text
            .starts_with(['"', '\'', '[', ']', '{', '#', '|', '-', '>', '&', '*', '!', '%', '@'])
        && !text.contains('\n')
        && !text.contains(" #")
        && key(text).is_none()
        && !(in_list && text.contains([',', '[', ']', '"']));
    if plain {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn s(text: &str) -> Node {
        Node::Scalar(text.to_owned())
    }

    fn m(entries: &[(&str, Node)]) -> Node {
        Node::Map(entries.iter().map(|(name, node)| ((*name).to_owned(), node.clone())).collect())
    }

    #[test]
    fn front_matter_ends_at_its_line() {
        assert_eq!(split("---\na: b\n---\nText\n---\n"), Some(("a: b\n", "Text\n---\n")));
        assert_eq!(split("Text\n"), None);
        assert_eq!(split("---\na: b\n"), None);
    }

    #[test]
    fn all_forms_are_read() {
        let front = "\
slug: asylum            # a remark
title: \"Application: asylum\"
topics: [asylum, \"military, service\"]
requires:
  notary: no
  deadline_days: 14
help: |
  First line
    indented

  Last line

legal_basis:
  - Directive 2011/95/EU
  - 'It''s: a law'
placeholders:
  - key: full_name
    type: person_name
    label:
      ru: Имя
  -
    key: day
url: https://example.org/a#b
";
        let map = parse(front).unwrap();
        let get = |name: &str| map.iter().find(|(key, _)| key == name).unwrap().1.clone();
        assert_eq!(get("slug"), s("asylum"));
        assert_eq!(get("title"), s("Application: asylum"));
        assert_eq!(get("topics"), Node::List(vec![s("asylum"), s("military, service")]));
        assert_eq!(get("requires"), m(&[("notary", s("no")), ("deadline_days", s("14"))]));
        assert_eq!(get("help"), s("First line\n  indented\n\nLast line"));
        assert_eq!(
            get("legal_basis"),
            Node::List(vec![s("Directive 2011/95/EU"), s("It's: a law")])
        );
        assert_eq!(
            get("placeholders"),
            Node::List(vec![
                m(&[
                    ("key", s("full_name")),
                    ("type", s("person_name")),
                    ("label", m(&[("ru", s("Имя"))]))
                ]),
                m(&[("key", s("day"))]),
            ])
        );
        assert_eq!(get("url"), s("https://example.org/a#b"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let Node::Map(map) = m(&[
            ("a", s("plain text")),
            ("b", s("- looks like a list: yes")),
            ("c", s("two\nlines \"quoted\" \\ done")),
            ("d", Node::List(vec![s("x, y"), s("z")])),
            (
                "e",
                Node::List(vec![
                    m(&[("k", s("v")), ("l", Node::List(vec![m(&[("i", s(""))])]))]),
                    m(&[("k", s("w"))]),
                ]),
            ),
            ("f", m(&[("g", m(&[("h", s("key: value"))]))])),
        ]) else {
            panic!()
        };
        let text = print(&map);
        assert_eq!(parse(&text).unwrap(), map, "{text}");
    }

    #[test]
    fn broken_front_matter_is_named_by_its_line() {
        for (front, line, reason) in [
            ("a: b\nno key\n", 3, "key: value"),
            ("a: b\na: c\n", 3, "twice"),
            ("a: \"open\n", 2, "no end"),
            ("a: b\n\tc: d\n", 3, "tab"),
            ("  a: b\n", 2, "key: value"),
            ("a: b\n  c: d\n", 3, "indented more"),
            ("- a\n", 2, "key: value"),
            ("a: [\"x\" y]\n", 2, "a comma"),
        ] {
            let error = parse(front).unwrap_err();
            assert_eq!(error.line, line, "{front:?}: {error}");
            assert!(error.reason.contains(reason), "{front:?}: {error}");
        }
        let deep: String = (0..40).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(parse(&deep).unwrap_err().reason.contains("too deep"));
        let items = format!("a:\n  {}k: v\n", "- ".repeat(40));
        let _ = parse(&items);
    }

    #[test]
    fn any_text_is_answered() {
        for text in [
            "-",
            "- -",
            ":",
            "a:\n- b\n",
            "a: |\n",
            "a: [",
            "a: ]",
            "a:\n  - b: c\n d: e\n",
            "é: ñ",
        ] {
            let _ = parse(text);
            let _ = split(text);
        }
    }
}
