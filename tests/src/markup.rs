//! A reader of pages that is stricter than any browser: what it takes holds nothing but our own markup.
//!
//! It knows the elements and attributes that our pages have and no others, so that whatever a text of
//! somebody else's adds to a page is an error here, whether a browser would act on it or not.

use anyhow::{Context as _, Result, bail, ensure};

const EMPTY: [&str; 5] = ["meta", "link", "input", "br", "hr"];
/// Elements whose end a page may leave out.
const OPEN: [&str; 8] = ["li", "p", "option", "td", "th", "tr", "dt", "dd"];
const ELEMENTS: &str = "html head title body a header nav ul ol li main aside p span h1 h2 h3 h4 bdi footer \
    form button label select option optgroup textarea fieldset legend details summary dl dt dd table \
    caption thead tbody tr th td code pre strong em small div section article ins del mark";
const ATTRIBUTES: &str = "lang dir charset name content rel href class id tabindex role type value method \
    action for maxlength autocomplete autocapitalize spellcheck required checked selected disabled \
    inputmode placeholder hidden form formaction formnovalidate novalidate open rows cols colspan scope min max translate";
const ENTITIES: [(&str, char); 9] = [
    ("#38", '&'),
    ("#60", '<'),
    ("#62", '>'),
    ("#34", '"'),
    ("#39", '\''),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
];

/// What a page says and asks.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// All texts and values of attributes, one a line, as a browser has them after reading.
    pub texts: String,
    /// Forms: where each goes, and the names of its fields.
    pub forms: Vec<(String, Vec<String>)>,
}

/// Reads a page; an error says what in it is not ours, with what is around it.
pub fn read(html: &str) -> Result<Page> {
    let body = html.strip_prefix("<!doctype html>").context("no document type")?;
    let (mut page, mut open, mut rest) = (Page::default(), Vec::<&str>::new(), body);
    while !rest.is_empty() {
        let around = || rest.chars().take(160).collect::<String>();
        let end = rest.find('<').unwrap_or(rest.len());
        let (text, tag) = rest.split_at(end);
        page.texts.push_str(&decoded(text).with_context(around)?);
        page.texts.push('\n');
        let Some(tag) = tag.strip_prefix('<') else { break };
        rest = if let Some(tag) = tag.strip_prefix('/') {
            let (name, after) = tag.split_once('>').with_context(around)?;
            close(&mut open, name).with_context(around)?;
            after
        } else {
            let (name, after) = begin(tag, &mut page).with_context(around)?;
            if !EMPTY.contains(&name) {
                open.push(name);
            }
            after
        };
    }
    ensure!(open.is_empty(), "{open:?} are not ended");
    Ok(page)
}

fn close(open: &mut Vec<&str>, name: &str) -> Result<()> {
    while let Some(last) = open.pop() {
        if last == name {
            return Ok(());
        }
        ensure!(OPEN.contains(&last), "</{name}> within <{last}>");
    }
    bail!("</{name}> ends nothing")
}

/// Reads a tag from behind its `<`; its name, and what comes after it.
fn begin<'t>(tag: &'t str, page: &mut Page) -> Result<(&'t str, &'t str)> {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).context("an open tag")?;
    let (name, mut rest) = tag.split_at(end);
    let known = EMPTY.contains(&name) || ELEMENTS.split_whitespace().any(|known| known == name);
    ensure!(known, "<{name}> is no element of ours");
    loop {
        rest = rest.trim_start_matches([' ', '\n']);
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((name, after));
        }
        let end = rest.find(['=', ' ', '>', '\n']).context("an open tag")?;
        let (attribute, after) = rest.split_at(end);
        let ours = ATTRIBUTES.split_whitespace().any(|known| known == attribute)
            || attribute
                .strip_prefix("aria-")
                .is_some_and(|word| word.chars().all(char::is_alphanumeric));
        ensure!(ours, "{attribute:?} is no attribute of ours, in <{name}>");
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };
        let (raw, after) =
            after.strip_prefix('"').and_then(|after| after.split_once('"')).context("no quotes")?;
        ensure!(!raw.contains(['<', '>']), "{attribute} has a bracket: {raw}");
        let value = decoded(raw)?;
        attribute_fits(name, attribute, &value)?;
        match (name, attribute) {
            ("form", "action") => page.forms.push((value.clone(), Vec::new())),
            ("input" | "select" | "textarea" | "button", "name") => {
                page.forms.last_mut().into_iter().for_each(|form| form.1.push(value.clone()));
            }
            _ => {}
        }
        page.texts.push_str(&value);
        page.texts.push('\n');
        rest = after;
    }
}

/// Whether what leads somewhere leads to us, or to a phone.
fn attribute_fits(name: &str, attribute: &str, value: &str) -> Result<()> {
    let path = value.starts_with('/') && !value.starts_with("//") && !value.contains('\\');
    let fits = match attribute {
        "href" => {
            let number = value.strip_prefix("tel:");
            let number = number
                .is_some_and(|n| n.chars().all(|c| c.is_ascii_digit() || "+;=ext".contains(c)));
            path || number || value.starts_with('#') || value.starts_with('?')
        }
        "action" | "formaction" => path,
        // A page that leads on by itself would have it here.
        "content" => !value.to_lowercase().contains("url"),
        _ => true,
    };
    ensure!(fits, "{attribute} of <{name}> leads to {value:?}");
    Ok(())
}

/// A text as a browser has it after reading; every `&` must begin an entity.
fn decoded(text: &str) -> Result<String> {
    let mut parts = text.split('&');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').context("a bare &")?;
        let sign = ENTITIES.iter().find(|(name, _)| *name == entity);
        decoded.push(sign.with_context(|| format!("&{entity}; is not ours"))?.1);
        decoded.push_str(after);
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn what_is_not_ours_is_an_error() {
        let page = |body: &str| read(&format!("<!doctype html>\n<body>{body}</body>"));
        let good = page("<form action=\"/a\"><input name=\"b\" value=\"&#60;c\" required></form>")
            .unwrap();
        assert!(good.texts.contains("<c"));
        assert_eq!(good.forms, [("/a".to_owned(), vec!["b".to_owned()])]);
        for bad in [
            "<script>alert(1)</script>",
            "<p onclick=\"alert(1)\">a</p>",
            "<p class=a>a</p>",
            "<a href=\"javascript:alert(1)\">a</a>",
            "<a href=\"https://evil.example\">a</a>",
            "<a href=\"//evil.example\">a</a>",
            "<a href=\"tel:1&#34;\">a</a>",
            "<!-- a",
            "a < b",
            "a & b",
            "</body>",
            "<img src=\"/a\">",
        ] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }
}
