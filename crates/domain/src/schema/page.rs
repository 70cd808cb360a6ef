//! The page of the documentation that lists all kinds and fields.

use std::fmt::Write as _;

use super::{Field, schema};
use crate::Kind;

/// All kinds and fields as a page in Markdown, the same bytes for the same tables.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Kinds and fields\n\n\
         What a record may hold. A value out of bounds is refused, never cut. Names with a dot are \
         parts of a field; `*` stands for each language.\n",
    );
    for kind in Kind::ALL {
        let schema = schema(kind);
        let name = kind.name();
        let _ = write!(page, "\n## {name}\n\n{}\n\n", schema.about);
        page.push_str("| field | value | required | meaning |\n|---|---|---|---|\n");
        rows(&mut page, "", schema.fields);
        let words: Vec<String> = schema.forbidden.iter().map(|word| format!("`{word}`")).collect();
        let _ = write!(page, "\nNever in a record of this kind: {}.\n", words.join(", "));
    }
    page
}

fn rows(page: &mut String, prefix: &str, fields: &'static [Field]) {
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        let required = if field.required { "yes" } else { "" };
        let value = cell(&field.ty.describe());
        let _ = writeln!(page, "| `{path}` | {value} | {required} | {} |", cell(field.help));
        if let Some(inner) = field.ty.inner_fields() {
            rows(page, &format!("{path}{}.", field.ty.element_mark()), inner);
        }
    }
}

/// Text that does not end a table's cell, and whose `<` is not taken for HTML.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_field_and_what_is_forbidden() {
        let page = markdown();
        for kind in Kind::ALL {
            for field in schema(kind).fields {
                assert!(page.contains(&format!("| `{}` |", field.name)), "{}", field.name);
            }
        }
        for path in ["phones[].number", "texts.*.headline", "verified.by", "placeholders[].label"] {
            assert!(page.contains(&format!("| `{path}` |")), "{path}");
        }
        assert!(page.contains("`host_name`"));
    }

    #[test]
    fn every_row_of_a_table_has_four_cells() {
        for line in markdown().lines().filter(|line| line.starts_with("| `")) {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 5, "{line}");
        }
    }
}
