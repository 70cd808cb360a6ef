//! Whether everybody can use a page: the rules of axe-core.

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::fetched::fetched;
use super::{Browser, strings};

/// Where it is in the folder that cargo builds in.
const FILE: &str = "axe/axe.min.js";
/// WCAG 2.2 on the level AA, and what is good besides.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// Where the scripts of pages are off no timer ever rings, not even one of that world. axe sets some to take
/// breath between two pieces of work: now it goes on at once. Those that would end a work that takes too
/// long stay silent.
const TIMERS: &str = "globalThis.setTimeout = (act, delay) => {
    if (!delay) Promise.resolve().then(act);
    return 0;
}";

/// axe-core, which `cargo xtask checkers` fetches.
#[derive(Debug, Clone)]
pub struct Axe {
    script: String,
}

impl Axe {
    /// Reads it. Where it was not fetched there is none, and it is said.
    pub fn find() -> Result<Option<Self>> {
        let Some(file) = fetched(FILE)? else { return Ok(None) };
        let script = fs::read_to_string(&file);
        let script = script.with_context(|| format!("failed to read {}", file.display()))?;
        Ok(Some(Self { script }))
    }

    /// What hinders people on the page that is open, one line for each element. The scripts of
    /// the page may be off.
    pub async fn violations(&self, browser: &Browser) -> Result<Vec<String>> {
        let (frame, address) = browser.frame().await?;
        // A world beside that of the page: it sees the same elements, and the page's policy about
        // scripts does not hold for it.
        let world = json!({ "frameId": frame, "worldName": "axe" });
        let world = browser.session.devtools("Page.createIsolatedWorld", world).await?;
        let world = world.get("executionContextId").context("no world for axe")?;
        evaluate(browser, world, TIMERS).await?;
        evaluate(browser, world, &self.script).await.context("failed to load axe")?;
        let tags = json!(TAGS);
        let run = format!(
            "axe.run(document, {{ runOnly: {{ type: 'tag', values: {tags} }} }}).then((found) => ({{
                rules: found.passes.length + found.violations.length,
                lines: found.violations.flatMap((rule) => rule.nodes.map((node) => {{
                    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message);
                    return `${{rule.id}}: ${{node.html}}: ${{rule.help}} (${{why.join('; ')}})`;
                }})),
            }}))"
        );
        let found = evaluate(browser, world, &run).await.context("failed to run axe")?;
        let rules = found.get("rules").and_then(Value::as_u64).unwrap_or_default();
        ensure!(rules > 0, "no rule of axe was for {address}");
        strings(found.get("lines").cloned().unwrap_or_default())
    }
}

/// What a script returns, or what it promises.
async fn evaluate(browser: &Browser, world: &Value, script: &str) -> Result<Value> {
    let how = json!({
        "expression": script, "contextId": world, "awaitPromise": true, "returnByValue": true,
    });
    let mut answer = browser.session.devtools("Runtime.evaluate", how).await?;
    if let Some(error) = answer.get("exceptionDetails") {
        let said = error.pointer("/exception/description").or_else(|| error.get("text"));
        bail!("{}", said.and_then(Value::as_str).unwrap_or("it failed"));
    }
    Ok(answer.pointer_mut("/result/value").map(Value::take).unwrap_or_default())
}
