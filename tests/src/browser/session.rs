//! The wire to a browser: WebDriver, and through it the browser's own protocol for developers.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Scripts;
use super::driver::{CHROMIUM, Driver};

/// How long the browser may take for one thing. It only catches what never comes: the slowest is a
/// start on a busy machine.
const ANSWER: Duration = Duration::from_secs(90);
/// What every page is looked at with.
const LOOK: &str = include_str!("look.js");
/// Blocked, in the browser's settings for what sites may do.
const BLOCKED: u8 = 2;
/// No sandbox, because root has none. Nothing is fetched that a test did not ask for. Without
/// scrollbars a page has the width that it was given.
const OPTIONS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-default-browser-check",
    "--no-first-run",
];

/// One window of a browser that a driver of its own has started, with an empty profile.
#[derive(Debug)]
pub struct Session {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    /// Its end is the end of the browser.
    driver: Driver,
}

impl Session {
    /// Starts a browser that prefers these languages, the first most.
    pub async fn open(scripts: Scripts, languages: &str) -> Result<Self> {
        let driver = Driver::start().await?;
        let mut settings = json!({
            "intl.accept_languages": languages,
            "credentials_enable_service": false,
            "translate.enabled": false,
        });
        if let (Scripts::Off, Some(settings)) = (scripts, settings.as_object_mut()) {
            let setting = "profile.managed_default_content_settings.javascript";
            settings.insert(setting.to_owned(), BLOCKED.into());
        }
        // The driver makes a new profile for it in the folder, and lets it begin with an empty page. With a
        // profile that others have made it would begin with a page of its own, which comes late and takes
        // the place of the one that a test has opened.
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": CHROMIUM, "prefs": settings, "args": OPTIONS },
        } } });
        let address = format!("http://127.0.0.1:{}/session", driver.port);
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut session = Self { client, address, driver };
        let opened = session.post("", wanted).await.context("failed to start a browser")?;
        let id = opened.get("sessionId").and_then(Value::as_str).context("no session")?;
        session.address = format!("{}/{id}", session.address);
        Ok(session)
    }

    /// Asks for something that the driver knows, like `/title`.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Has the driver do something, like `/back`.
    pub async fn post(&self, path: &str, words: Value) -> Result<Value> {
        self.call(Method::POST, path, Bytes::from(words.to_string())).await
    }

    /// A command of the protocol for developers, like `Page.getLayoutMetrics`.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let words = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", words).await
    }

    /// What a function of `look.js` returns. It runs also where the scripts of pages do not.
    pub async fn look(&self, function: &str, arguments: Value) -> Result<Value> {
        let script = format!("{LOOK}\nreturn {function}(...arguments);");
        self.post("/execute/sync", json!({ "script": script, "args": arguments })).await
    }

    /// The folder that holds all that the browser writes.
    pub fn folder(&self) -> &Path {
        self.driver.folder.path()
    }

    async fn call(&self, method: Method, path: &str, words: Bytes) -> Result<Value> {
        let request = Request::builder()
            .method(&method)
            .uri(format!("{}{path}", self.address))
            .header("content-type", "application/json")
            .body(Full::new(words))?;
        let answer = async {
            let answer = self.client.request(request).await?;
            anyhow::Ok(answer.into_body().collect().await?.to_bytes())
        };
        let answer = timeout(ANSWER, answer).await;
        let answer = answer.with_context(|| format!("the browser does not answer {path}"))?;
        let answer = answer.with_context(|| format!("failed to ask the browser {path}"))?;
        let mut answer: Value = serde_json::from_slice(&answer)
            .with_context(|| format!("{path} is answered with {answer:?}"))?;
        let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
        if let Some(error) = value.get("error").and_then(Value::as_str) {
            let message = value.get("message").and_then(Value::as_str).unwrap_or_default();
            // Behind the first line stand the versions of everything.
            bail!("{error}: {}", message.lines().next().unwrap_or_default());
        }
        Ok(value)
    }
}
