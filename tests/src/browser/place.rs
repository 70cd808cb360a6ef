//! What a person does on a page: finds fields, buttons and links by their words, and uses them.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Browser, is, string, strings};

/// The member in which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A part of a page: where something is that has the same words elsewhere, too.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// What the page is open in.
    pub(super) browser: &'a Browser,
    /// Nothing where it may be anywhere.
    pub(super) beside: Option<&'a str>,
}

/// Something that was found on a page.
struct Found {
    /// The element, as the driver names it.
    element: Value,
    /// Its label, if it has one.
    label: Value,
}

impl Place<'_> {
    /// See [`Browser::fill`].
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        let Found { element, .. } = self.find("field", label).await?;
        let held = self.held(&element).await?;
        ensure!(!is(&held, "disabled"), "{label:?} is disabled, {}", self.browser.shown().await);
        if is(&held, "pointed") {
            self.browser.look("put", json!([element, value])).await?;
        } else if held.get("value").and_then(Value::as_str) != Some(value) {
            self.act(&element, "clear", json!({})).await?;
            self.act(&element, "value", json!({ "text": value })).await?;
        }
        let held = self.value(label).await?;
        // Of a file only its name is shown.
        let name = held.strip_prefix("C:\\fakepath\\");
        let right = name.map_or(held == value, |name| Path::new(value).ends_with(name));
        ensure!(right, "{label:?} holds {held:?} and not {value:?}");
        Ok(())
    }

    /// See [`Browser::choose`].
    pub async fn choose(&self, label: &str) -> Result<()> {
        self.mark(label, true).await
    }

    /// See [`Browser::unchoose`].
    pub async fn unchoose(&self, label: &str) -> Result<()> {
        self.mark(label, false).await
    }

    /// See [`Browser::pick`].
    pub async fn pick(&self, label: &str, option: &str) -> Result<()> {
        let Found { element, .. } = self.find("list", label).await?;
        let options = self.browser.look("options", json!([element, option])).await?;
        let found = options.pointer("/found/0").cloned();
        let there = || strings(options.get("there").cloned().unwrap_or_default());
        let found = match found {
            Some(found) => found,
            None => bail!("{label:?} has no option {option:?}, but: {}", listed(&there()?)),
        };
        self.click(&found).await?;
        let held = self.value(label).await?;
        ensure!(held == option, "{label:?} holds {held:?} and not {option:?}");
        Ok(())
    }

    /// See [`Browser::value`].
    pub async fn value(&self, label: &str) -> Result<String> {
        let Found { element, .. } = self.find("control", label).await?;
        let mut held = self.held(&element).await?;
        string(held.get_mut("value").map(Value::take).unwrap_or_default())
    }

    /// See [`Browser::chosen`].
    pub async fn chosen(&self, label: &str) -> Result<bool> {
        let Found { element, .. } = self.find("choice", label).await?;
        Ok(is(&self.held(&element).await?, "chosen"))
    }

    /// See [`Browser::press`].
    pub async fn press(&self, words: &str) -> Result<()> {
        let Found { element, .. } = self.find("button", words).await?;
        let held = is(&self.held(&element).await?, "disabled");
        ensure!(!held, "{words:?} is disabled, {}", self.browser.shown().await);
        let pressed = self.browser.leading(Some(&element), self.click(&element)).await;
        pressed.with_context(|| format!("failed to press {words:?}"))
    }

    /// See [`Browser::follow`].
    pub async fn follow(&self, words: &str) -> Result<()> {
        let Found { element, .. } = self.find("link", words).await?;
        let followed = self.browser.leading(Some(&element), self.click(&element)).await;
        followed.with_context(|| format!("failed to follow {words:?}"))
    }

    async fn mark(&self, label: &str, chosen: bool) -> Result<()> {
        let Found { element, label: words } = self.find("choice", label).await?;
        let held = self.held(&element).await?;
        ensure!(!is(&held, "disabled"), "{label:?} is disabled, {}", self.browser.shown().await);
        if is(&held, "chosen") != chosen {
            // Where the style hides the box itself, its label is what one sees and clicks.
            if self.click(&element).await.is_err() {
                let clicked = self.click(&words).await;
                clicked.with_context(|| format!("failed to choose {label:?}"))?;
            }
        }
        let held = is(&self.held(&element).await?, "chosen");
        ensure!(held == chosen, "{label:?} is chosen: {held}, {}", self.browser.shown().await);
        Ok(())
    }

    /// The one thing of a kind that has this name.
    async fn find(&self, kind: &str, name: &str) -> Result<Found> {
        let arguments = json!([kind, name, self.beside]);
        let mut all = self.browser.look("find", arguments).await?;
        let there = strings(all.get_mut("there").map(Value::take).unwrap_or_default())?;
        let found = all.get("found").and_then(Value::as_array).map(Vec::as_slice);
        let beside = self.beside.map(|words| format!(" beside {words:?}")).unwrap_or_default();
        match found.unwrap_or_default() {
            [found] => {
                let of = |name: &str| found.get(name).cloned().unwrap_or_default();
                Ok(Found { element: of("element"), label: of("label") })
            }
            [] => bail!(
                "there is no {kind} {name:?}{beside}, only: {}; {}",
                listed(&there),
                self.browser.shown().await
            ),
            several => bail!(
                "there is a {kind} {name:?}{beside} {} times; say beside what: {}",
                several.len(),
                self.browser.shown().await
            ),
        }
    }

    async fn held(&self, element: &Value) -> Result<Value> {
        self.browser.look("held", json!([element])).await
    }

    async fn click(&self, element: &Value) -> Result<()> {
        self.act(element, "click", json!({})).await
    }

    async fn act(&self, element: &Value, act: &str, words: Value) -> Result<()> {
        self.browser.ready().await?;
        let id = element.get(ELEMENT).and_then(Value::as_str).context("not an element")?;
        self.browser.session.post(&format!("/element/{id}/{act}"), words).await?;
        Ok(())
    }
}

/// Names one after the other, for an error.
fn listed(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { format!("{names:?}") }
}
