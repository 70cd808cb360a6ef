//! A person at a browser: what is on a page, and what is typed and pressed.
//!
//! The browser is Debian's Chromium. Its scripts are off, as the pages of a center have none; what is
//! looked for is looked for by the words that a person sees. Where no browser is installed a test says
//! so and ends:
//!
//! ```no_run
//! # use hospes_tests::browser::{Browser, Scripts};
//! # async fn scenario() -> anyhow::Result<()> {
//! let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
//! browser.go("http://127.0.0.1:7440/").await?;
//! browser.fill("Name of the place", "Narva").await?;
//! browser.press("Search").await?;
//! assert_eq!(browser.heading().await?, "Two places");
//! # Ok(())
//! # }
//! ```

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hospes_stage::wait::until;
use serde_json::{Value, json};

mod axe;
mod driver;
mod fetched;
mod nu;
mod place;
mod session;

pub use self::axe::Axe;
pub use self::driver::missing;
pub use self::nu::Nu;
pub use self::place::Place;
use self::session::Session;

/// How long a page may take to say what is waited for.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Of a page that is not as expected an error shows so many lines.
const SHOWN: usize = 60;
/// The size of a window that nobody has given another.
const SIZE: (u32, u32) = (1280, 900);
/// The codes of keys that write no sign.
const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";

/// Whether the scripts of pages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// They do not.
    Off,
    /// They do: only to see what they would change.
    On,
}

/// A cookie that the browser keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub value: String,
    /// The part of the site that it is sent to.
    pub path: String,
    /// `Strict`, `Lax` or `None`.
    pub same_site: String,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// Whether it is sent over TLS only.
    pub secure: bool,
    /// When it goes, in seconds since 1970; nothing for one that goes with the browser.
    pub expiry: Option<u64>,
}

/// A browser with one window and an empty profile. It ends, with all its processes, when it is dropped.
#[derive(Debug)]
pub struct Browser {
    session: Session,
}

impl Browser {
    /// Opens a browser that prefers English. Where none is installed there is none, and it is said.
    pub async fn open(scripts: Scripts) -> Result<Option<Self>> {
        Self::speaking(scripts, "en").await
    }

    /// Opens a browser that prefers these languages: `uk,ru,en`.
    pub async fn speaking(scripts: Scripts, languages: &str) -> Result<Option<Self>> {
        if let Some(missing) = missing() {
            println!("left out: {missing}");
            return Ok(None);
        }
        let browser = Self { session: Session::open(scripts, languages).await? };
        browser.size(SIZE.0, SIZE.1).await?;
        Ok(Some(browser))
    }

    /// Opens a page, and waits until it is there.
    pub async fn go(&self, address: &str) -> Result<()> {
        let before = self.which().await;
        let opened = self.session.post("/url", json!({ "url": address })).await;
        opened.with_context(|| format!("failed to open {address}"))?;
        self.follows(before).await
    }

    /// Goes back to the page before.
    pub async fn back(&self) -> Result<()> {
        let before = self.which().await;
        self.session.post("/back", json!({})).await?;
        self.follows(before).await
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Result<()> {
        let before = self.which().await;
        self.session.post("/refresh", json!({})).await?;
        self.follows(before).await
    }

    /// The address of the page.
    pub async fn address(&self) -> Result<String> {
        string(self.session.get("/url").await?)
    }

    /// The number that the server answered with: 200.
    pub async fn status(&self) -> Result<u64> {
        self.look("status", json!([])).await?.as_u64().context("no status")
    }

    /// The title of the page, as the browser shows it above.
    pub async fn title(&self) -> Result<String> {
        string(self.session.get("/title").await?)
    }

    /// The one heading that says what the page is.
    pub async fn heading(&self) -> Result<String> {
        match <[String; 1]>::try_from(strings(self.look("headings", json!([])).await?)?) {
            Ok([heading]) => Ok(heading),
            Err(several) => {
                bail!("there is one main heading, and not {several:?}, {}", self.shown().await)
            }
        }
    }

    /// The page as a person reads it: without what is hidden or folded, without empty lines. What fields
    /// hold is not in it: see [`value`](Self::value).
    pub async fn text(&self) -> Result<String> {
        string(self.look("text", json!([])).await?)
    }

    /// Fails unless these words are on the page.
    pub async fn says(&self, words: &str) -> Result<()> {
        let text = self.text().await?;
        ensure!(text.contains(words), "{words:?} is not said, {}", self.shown().await);
        Ok(())
    }

    /// Waits until these words are on the page: one that loads itself again.
    pub async fn until_says(&self, words: &str) -> Result<()> {
        self.until(&format!("{words:?} is said"), || async {
            Ok(self.text().await?.contains(words).then_some(()))
        })
        .await
    }

    /// Loads the page again and again until these words are on it.
    pub async fn reload_until_says(&self, words: &str) -> Result<()> {
        self.until(&format!("{words:?} is said"), || async {
            self.reload().await?;
            Ok(self.text().await?.contains(words).then_some(()))
        })
        .await
    }

    /// Looks again and again until something is found; after [`PATIENCE`] the error says what is on the
    /// page.
    pub async fn until<T, F>(&self, what: &str, look: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<Option<T>>>,
    {
        match until(what, PATIENCE, look).await {
            Ok(found) => Ok(found),
            Err(error) => bail!("{error:#}, {}", self.shown().await),
        }
    }

    /// Types into the field with this label, instead of what is in it. The label may go on with a hint.
    /// Dates, times, colours and sliders are set as they are sent (`2027-01-31`), files by their path.
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        self.anywhere().fill(label, value).await
    }

    /// Marks the box or the button of a group of choices that has this label.
    pub async fn choose(&self, label: &str) -> Result<()> {
        self.anywhere().choose(label).await
    }

    /// Takes the mark from the box with this label.
    pub async fn unchoose(&self, label: &str) -> Result<()> {
        self.anywhere().unchoose(label).await
    }

    /// Picks an option of the list with this label.
    pub async fn pick(&self, label: &str, option: &str) -> Result<()> {
        self.anywhere().pick(label, option).await
    }

    /// What the field or the list with this label holds.
    pub async fn value(&self, label: &str) -> Result<String> {
        self.anywhere().value(label).await
    }

    /// Whether the choice with this label is marked.
    pub async fn chosen(&self, label: &str) -> Result<bool> {
        self.anywhere().chosen(label).await
    }

    /// Presses the button with these words, or unfolds what they stand above, and waits for the page
    /// that follows.
    pub async fn press(&self, words: &str) -> Result<()> {
        self.anywhere().press(words).await
    }

    /// Follows the link with these words, and waits for the page that it leads to.
    pub async fn follow(&self, words: &str) -> Result<()> {
        self.anywhere().follow(words).await
    }

    /// Where some words are. Of several buttons called "Change", `beside("Narva").press("Change")` presses
    /// the one in the row or the part of the page that says Narva.
    pub fn beside<'a>(&'a self, words: &'a str) -> Place<'a> {
        Place { browser: self, beside: Some(words) }
    }

    /// Goes on to what the keyboard reaches next, and returns its words. Nothing when that is the browser
    /// itself.
    pub async fn tab(&self) -> Result<Option<String>> {
        self.strike(TAB).await?;
        Ok(self.look("focus", json!([])).await?.as_str().map(str::to_owned))
    }

    /// Presses the key that sends a form or follows a link, and waits for the page that follows.
    pub async fn enter(&self) -> Result<()> {
        self.leading(None, self.strike(ENTER)).await
    }

    /// Makes the window so wide, in pixels of style sheets. 320 is the narrowest that must do.
    pub async fn width(&self, width: u32) -> Result<()> {
        self.size(width, SIZE.1).await
    }

    /// Makes the window so wide and so high. A real window of this browser is 500 wide at least: this one
    /// is what pages believe it to be.
    pub async fn size(&self, width: u32, height: u32) -> Result<()> {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.session.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        Ok(())
    }

    /// Says to pages that the person prefers them dark, or light.
    pub async fn dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        let media = json!({ "features": features });
        self.session.devtools("Emulation.setEmulatedMedia", media).await?;
        Ok(())
    }

    /// What a person would have to move sideways to read, one line each: the page itself, the elements
    /// that make it so wide, and parts that have a scrollbar of their own. Nothing where all fits.
    pub async fn overflow(&self) -> Result<Vec<String>> {
        strings(self.look("overflow", json!([])).await?)
    }

    /// Writes a picture (PNG) of the whole page, also of what is below the window.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        let sizes = self.session.devtools("Page.getLayoutMetrics", json!({})).await?;
        let size = sizes.get("cssContentSize").context("the page has no size")?;
        let mut clip = size.clone();
        if let Some(clip) = clip.as_object_mut() {
            clip.insert("scale".to_owned(), 1.into());
        }
        let how = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.session.devtools("Page.captureScreenshot", how).await?;
        let picture = picture.get("data").and_then(Value::as_str).context("no picture")?;
        let picture = STANDARD.decode(picture).context("the picture is not in base64")?;
        std::fs::write(file, picture).with_context(|| format!("write {}", file.display()))
    }

    /// The page as the server sent it, faults included. What the browser has made of it has none.
    pub async fn source(&self) -> Result<String> {
        let (frame, address) = self.frame().await?;
        let which = json!({ "frameId": frame, "url": address });
        let mut sent = self.session.devtools("Page.getResourceContent", which).await?;
        let content = string(sent.get_mut("content").map(Value::take).unwrap_or_default())?;
        if sent.get("base64Encoded").and_then(Value::as_bool) == Some(true) {
            return Ok(String::from_utf8(STANDARD.decode(content)?)?);
        }
        Ok(content)
    }

    /// The cookies that the browser would send with this page.
    pub async fn cookies(&self) -> Result<Vec<Cookie>> {
        let cookies = self.session.get("/cookie").await?;
        let cookies = cookies.as_array().context("no list of cookies")?;
        Ok(cookies.iter().map(Cookie::read).collect())
    }

    /// What the browser has complained of since the last time, one line each: what a content security
    /// policy stops, what could not be loaded.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        // What the page has said before it answers is in the log by then.
        self.status().await?;
        let lines = self.session.post("/se/log", json!({ "type": "browser" })).await?;
        let lines = lines.as_array().context("no log")?.iter();
        Ok(lines.filter_map(|line| Some(line.get("message")?.as_str()?.to_owned())).collect())
    }

    /// The folder that holds all that the browser writes, as long as it runs.
    pub fn folder(&self) -> &Path {
        self.session.folder()
    }

    fn anywhere(&self) -> Place<'_> {
        Place { browser: self, beside: None }
    }

    async fn look(&self, function: &str, arguments: Value) -> Result<Value> {
        self.session.look(function, arguments).await
    }

    /// The name of the page's outermost frame, and its address.
    async fn frame(&self) -> Result<(String, String)> {
        let tree = self.session.devtools("Page.getFrameTree", json!({})).await?;
        let of = |name: &str| {
            let value = tree.pointer(&format!("/frameTree/frame/{name}"));
            string(value.cloned().unwrap_or_default())
        };
        Ok((of("id")?, of("url")?))
    }

    /// Which page is open; nothing as long as it is not all there.
    async fn which(&self) -> Option<String> {
        // In the midst of a change from one page to the next there is nobody to answer.
        let which = self.look("which", json!([])).await.ok()?;
        which.as_str().map(str::to_owned)
    }

    /// Waits until another page is open than before. The driver waits, too, but on a busy machine it
    /// comes back too early at times, and what is asked next is asked of the page before.
    async fn follows(&self, before: Option<String>) -> Result<()> {
        self.until("a page follows", || async {
            Ok(self.which().await.filter(|which| Some(which) != before.as_ref()))
        })
        .await?;
        Ok(())
    }

    /// Does something to an element, or to what the keyboard is at, and waits for the page that it leads
    /// to, if it leads to any.
    async fn leading(
        &self,
        element: Option<&Value>,
        act: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        let leads = self.look("leads", json!([element])).await?.as_bool() == Some(true);
        let before = self.which().await;
        act.await?;
        if leads { self.follows(before).await } else { Ok(()) }
    }

    /// Waits until a person could act. The browser forgets what is typed and clicked before the page was on
    /// the screen.
    async fn ready(&self) -> Result<()> {
        self.until("the page is on the screen", || async {
            Ok(self.look("painted", json!([])).await?.as_bool().filter(|painted| *painted))
        })
        .await?;
        Ok(())
    }

    async fn strike(&self, key: &str) -> Result<()> {
        self.ready().await?;
        let strokes =
            json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let keyboard = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.session.post("/actions", json!({ "actions": keyboard })).await?;
        Ok(())
    }

    /// What is on the page, for an error.
    async fn shown(&self) -> String {
        let address = self.address().await.unwrap_or_default();
        let text = self.text().await.unwrap_or_else(|error| format!("({error:#})"));
        let mut lines: Vec<&str> = text.lines().collect();
        if lines.len() > SHOWN {
            lines.truncate(SHOWN);
            lines.push("...");
        }
        format!("but on {address}:\n{}", lines.join("\n"))
    }
}

impl Cookie {
    fn read(value: &Value) -> Self {
        let word = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
        Self {
            name: word("name").to_owned(),
            value: word("value").to_owned(),
            path: word("path").to_owned(),
            same_site: word("sameSite").to_owned(),
            http_only: is(value, "httpOnly"),
            secure: is(value, "secure"),
            expiry: value.get("expiry").and_then(Value::as_u64),
        }
    }
}

/// Whether a value has this member and it is true.
fn is(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or_default()
}

fn string(value: Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        other => bail!("the browser answers {other} where a text belongs"),
    }
}

fn strings(value: Value) -> Result<Vec<String>> {
    match value {
        Value::Array(values) => values.into_iter().map(string).collect(),
        other => bail!("the browser answers {other} where a list belongs"),
    }
}
