//! Makes one function of each message of the pages, and says which languages have all of them.
//!
//! A page that asks for a message that is not there does not compile, nor does one that gives it the wrong
//! number of values. A language that lacks a message is not offered.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// The languages, as people know them: the first is the one that all others are measured by.
const LANGUAGES: [(&str, &str); 5] =
    [("en", "English"), ("ru", "Русский"), ("uk", "Українська"), ("fi", "Suomi"), ("et", "Eesti")];

/// Messages with the values that each takes, in the order of their first use.
type Messages = BTreeMap<String, Vec<String>>;

fn main() {
    println!("cargo::rerun-if-changed=languages");
    let mut first: Option<Messages> = None;
    let mut offered = String::new();
    let out = env::var("OUT_DIR").unwrap_or_default();
    for (tag, name) in LANGUAGES {
        let text = match all(tag) {
            Ok(text) if text.is_empty() => continue,
            Ok(text) => text,
            Err(error) => return println!("cargo::error=languages/{tag}: {error}"),
        };
        let messages = match read(&text) {
            Ok(messages) => messages,
            Err(error) => return println!("cargo::error=languages/{tag}: {error}"),
        };
        let measure = first.get_or_insert_with(|| messages.clone());
        let lacking = lacking(measure, &messages);
        if lacking.is_empty() {
            let file = Path::new(&out).join(format!("{tag}.ftl"));
            if let Err(error) = fs::write(&file, &text) {
                return println!("cargo::error={}: {error}", file.display());
            }
            let _ = writeln!(offered, "    ({tag:?}, {name:?}, include_str!({file:?})),");
        } else {
            let some: Vec<_> = lacking.iter().take(5).cloned().collect();
            println!(
                "cargo::warning={tag} is not offered: {} messages lack or differ, such as {}",
                lacking.len(),
                some.join(", ")
            );
        }
    }
    let Some(messages) = first else { return println!("cargo::error=there is no first language") };
    let code = format!(
        "/// Tag, name and messages of each language that is offered.\n\
         pub(crate) static OFFERED: &[(&str, &str, &str)] = &[\n{offered}];\n\n\
         /// One function for each message.\n#[allow(missing_docs)]\nimpl Texts {{\n{}}}\n",
        functions(&messages)
    );
    if let Err(error) = fs::write(Path::new(&out).join("texts.rs"), code) {
        println!("cargo::error=texts.rs: {error}");
    }
}

/// All that is said in a language, from the files of its folder.
fn all(tag: &str) -> std::io::Result<String> {
    let folder = Path::new("languages").join(tag);
    if !folder.is_dir() {
        return Ok(String::new());
    }
    let mut files: Vec<_> =
        fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    files.iter().map(|file| Ok(fs::read_to_string(file)? + "\n")).collect()
}

/// What a language lacks of the first, or says of other values.
fn lacking(first: &Messages, other: &Messages) -> Vec<String> {
    let differs = |(key, values): &(&String, &Vec<String>)| {
        other.get(*key).is_none_or(|others| others.iter().any(|value| !values.contains(value)))
    };
    first.iter().filter(differs).map(|(key, _)| key.clone()).collect()
}

fn read(text: &str) -> Result<Messages, String> {
    let resource = parser::parse(text).map_err(|(_, errors)| format!("{errors:?}"))?;
    let mut messages = Messages::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let mut values = Vec::new();
        if let Some(pattern) = &message.value {
            of_pattern(pattern, &mut values);
        }
        if messages.insert(message.id.name.to_owned(), values).is_some() {
            return Err(format!("{} is there twice", message.id.name));
        }
    }
    Ok(messages)
}

fn of_pattern(pattern: &Pattern<&str>, values: &mut Vec<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, values);
        }
    }
}

fn of_expression(expression: &Expression<&str>, values: &mut Vec<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, values),
        Expression::Select { selector, variants } => {
            of_inline(selector, values);
            for variant in variants {
                of_pattern(&variant.value, values);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, values: &mut Vec<String>) {
    match inline {
        InlineExpression::VariableReference { id } if !values.iter().any(|v| v == id.name) => {
            values.push(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, values),
        _ => {}
    }
}

fn functions(messages: &Messages) -> String {
    let mut code = String::new();
    for (key, values) in messages {
        // Words of vocabularies and labels of fields are looked up by their keys.
        if key.starts_with("word-") || key.starts_with("field-") {
            continue;
        }
        let name = key.replace('-', "_");
        let takes: String =
            values.iter().map(|value| format!(", {value}: impl Into<Said>")).collect();
        let gives: String =
            values.iter().map(|value| format!("({value:?}, {value}.into()), ")).collect();
        let _ = writeln!(
            code,
            "    pub(crate) fn {name}(&self{takes}) -> String {{ self.say({key:?}, [{gives}]) }}"
        );
    }
    code
}
