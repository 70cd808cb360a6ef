//! The browser that pages are tested with: what it must see, and what it must not let through.

use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hospes_tests::browser::{Axe, Browser, Nu, Scripts};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// What a page may load: nothing but the style sheet of its own server.
const POLICY: &str = "default-src 'none'; style-src 'self'";
const STYLE: &str = "
body { color: #111; background: #fff; margin: 1em }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }
.wide { width: 340px; margin: -1em }
.pale { color: #bbb }
.table { overflow-x: auto; width: 200px }
.table table { width: 300px }
.boxless input { position: absolute; width: 0; height: 0; opacity: 0; pointer-events: none }
";

/// A whole page with some words and some elements.
fn page(title: &str, inside: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"/style.css\"></head>\n\
         <body><main><h1>{title}</h1>\n{inside}\n</main></body>\n</html>\n"
    )
}

const FORM: &str = r#"
<p id="words">As it was sent.</p>
<script>document.getElementById("words").textContent = "Changed by a script.";</script>
<noscript><p>No scripts here.</p></noscript>
<p hidden>Not to be read.</p>
<details><summary>More</summary><p>Folded words.</p></details>
<form method="post" action="/sent">
<p><label for="place">Name of the place <em>(as on a map)</em></label>
<input id="place" name="place" value="old"></p>
<p><label>Day <input type="date" name="day"></label></p>
<p><label>Remarks <textarea name="remarks"></textarea></label></p>
<p><label>Country <select name="country"><option value="ee">Estonia<option value="lv">Latvia</select></label></p>
<fieldset><legend>Pets</legend><label><input type="radio" name="pets" value="1"> Yes</label>
<label><input type="radio" name="pets" value="0"> No</label></fieldset>
<fieldset><legend>Children</legend><label><input type="radio" name="child" value="1"> Yes</label>
<label><input type="radio" name="child" value="0"> No</label></fieldset>
<p class="boxless"><input type="checkbox" name="stairs" id="stairs"><label for="stairs">Stairs</label></p>
<p><input name="nameless"></p>
<p><button>Send</button> <button disabled>Withdraw</button></p></form>
<ul><li>Narva <a href="/narva">Change</a></li><li>Riga <a href="/riga">Change</a></li></ul>
"#;
const UNLABELLED: &str = r#"<form action="/sent"><input name="place"><button>Send</button></form>"#;
const LABELLED: &str = r#"<form action="/sent"><label for="p">Place</label> <input id="p" name="place"><button>Send</button></form>"#;

fn found(path: &str) -> Option<String> {
    Some(match path {
        "/" | "/free" => page("A form", FORM),
        "/narva" => page("Narva", "<p>Two beds.</p>"),
        "/riga" => page("Riga", "<p>Three beds.</p>"),
        "/wide" => page("Wide", "<p>Fits.</p><p class=\"wide\">Does not.</p>"),
        "/table" => {
            let table = "<div class=\"table\"><table><tr><td>1</td></tr></table></div>";
            page("Table", table)
        }
        "/unlabelled" => page("Unlabelled", UNLABELLED),
        "/labelled" => page("Labelled", LABELLED),
        "/pale" => page("Pale", "<p class=\"pale\">Hard to read.</p><h4>Too deep</h4>"),
        "/unclosed" => page("Unclosed", "<p>One <em>two</p>"),
        "/styled" => page("Styled", "<p style=\"color: red\">Red.</p>"),
        _ => return None,
    })
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    let path = request.uri().path().to_owned();
    let (status, kind, body) = if request.method() == Method::POST {
        let body = request.into_body().collect().await.map(|body| body.to_bytes());
        let sent = String::from_utf8_lossy(&body.unwrap_or_default()).replace('&', "\n");
        (200, "text/html; charset=utf-8", page("Sent", &format!("<pre>{sent}</pre>")))
    } else if path == "/style.css" {
        (200, "text/css", STYLE.to_owned())
    } else {
        let page = found(&path).map(|page| (200, "text/html; charset=utf-8", page));
        page.unwrap_or_else(|| (404, "text/plain", "There is no such page.".to_owned()))
    };
    let mut answer = Response::builder().status(status).header("content-type", kind);
    if path != "/free" {
        answer = answer.header("content-security-policy", POLICY);
    }
    let answer = answer.header("set-cookie", "desk=abc; HttpOnly; SameSite=Strict; Path=/");
    answer.body(Full::new(Bytes::from(body)))
}

/// Serves the pages as long as the test runs, and returns where.
async fn serve() -> Result<String> {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let served =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::spawn(async { drop(served.await) });
        }
    });
    Ok(address)
}

/// What an error says.
fn said<T>(outcome: Result<T>) -> Result<String> {
    Ok(format!("{:#}", outcome.err().context("it succeeded")?))
}

fn has(text: &str, words: &str) -> Result<()> {
    ensure!(text.contains(words), "{words:?} is not in:\n{text}");
    Ok(())
}

#[tokio::test]
async fn scripts_of_a_page_run_only_where_they_may() -> Result<()> {
    let site = serve().await?;
    for (scripts, expected, other) in [
        (Scripts::Off, "As it was sent.\nNo scripts here.", "Changed by a script."),
        (Scripts::On, "Changed by a script.", "No scripts here."),
    ] {
        let Some(browser) = Browser::open(scripts).await? else { return Ok(()) };
        browser.go(&format!("{site}/free")).await?;
        let text = browser.text().await?;
        has(&text, expected)?;
        ensure!(!text.contains(other), "{scripts:?}:\n{text}");
        browser.go(&site).await?;
        browser.says("As it was sent.").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_form_is_filled_in_by_its_labels() -> Result<()> {
    let site = serve().await?;
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    browser.go(&site).await?;
    ensure!(browser.value("Name of the place").await? == "old", "what is in it is read");
    browser.fill("Name of the place", "Narva-Jõesuu").await?;
    browser.fill("Day", "2027-01-31").await?;
    browser.fill("Remarks", "Near\nthe river").await?;
    browser.pick("Country", "Latvia").await?;
    browser.beside("Pets").choose("Yes").await?;
    browser.beside("Children").choose("No").await?;
    browser.choose("Stairs").await?;
    ensure!(browser.chosen("Stairs").await?, "a box that is not shown is chosen by its label");
    browser.unchoose("Stairs").await?;
    browser.choose("Stairs").await?;
    browser.press("Send").await?;
    ensure!(browser.heading().await? == "Sent", "the next page is there");
    let text = browser.text().await?;
    for line in [
        "place=Narva-J%C3%B5esuu",
        "day=2027-01-31",
        "remarks=Near%0D%0Athe+river",
        "country=lv",
        "pets=1",
        "child=0",
        "stairs=on",
    ] {
        ensure!(text.lines().any(|has| has == line), "{line} is missing:\n{text}");
    }
    browser.back().await?;
    ensure!(browser.heading().await? == "A form", "back is back");
    Ok(())
}

#[tokio::test]
async fn an_error_says_what_was_looked_for_and_what_is_there() -> Result<()> {
    let site = serve().await?;
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    browser.go(&site).await?;
    let error = said(browser.fill("Town", "Narva").await)?;
    for words in [
        "no field \"Town\"",
        "\"Name of the place (as on a map)\"",
        "(input has no label)",
        &format!("but on {site}/:\nA form\n"),
    ] {
        has(&error, words)?;
    }
    has(&said(browser.choose("Yes").await)?, "\"Yes\" 2 times")?;
    has(&said(browser.beside("Tallinn").follow("Change").await)?, "beside \"Tallinn\"")?;
    has(&said(browser.pick("Country", "Peru").await)?, "[\"Estonia\", \"Latvia\"]")?;
    has(&said(browser.press("Withdraw").await)?, "is disabled")?;
    has(&said(browser.press("Change").await)?, "[\"More\", \"Send\", \"Withdraw\"]")?;
    has(&said(browser.says("Three beds.").await)?, "As it was sent.")?;
    let text = browser.text().await?;
    ensure!(!text.contains("Not to be read.") && !text.contains("Folded words."), "{text}");
    browser.press("More").await?;
    browser.says("Folded words.").await
}

#[tokio::test]
async fn links_cookies_keys_and_what_the_server_says_are_seen() -> Result<()> {
    let site = serve().await?;
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    browser.go(&site).await?;
    browser.beside("Riga").follow("Change").await?;
    browser.until_says("Three beds.").await?;
    ensure!(browser.title().await? == "Riga", "{}", browser.title().await?);
    ensure!(browser.address().await? == format!("{site}/riga"), "{}", browser.address().await?);
    ensure!(browser.source().await? == page("Riga", "<p>Three beds.</p>"), "as it was sent");
    let cookies = browser.cookies().await?;
    ensure!(cookies.len() == 1 && cookies[0].name == "desk" && cookies[0].http_only, "{cookies:?}");
    ensure!(cookies[0].same_site == "Strict" && cookies[0].expiry.is_none(), "{cookies:?}");
    let complaints = browser.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    browser.go(&format!("{site}/styled")).await?;
    let complaints = browser.complaints().await?.join("\n");
    has(&complaints, "inline style")?;
    browser.go(&format!("{site}/nowhere")).await?;
    ensure!(browser.status().await? == 404, "{}", browser.status().await?);
    // By keyboard alone: the field, the button, the next page.
    browser.go(&format!("{site}/labelled")).await?;
    for expected in ["Place", "Send"] {
        let reached = browser.tab().await?;
        ensure!(reached.as_deref() == Some(expected), "{reached:?} and not {expected}");
    }
    browser.enter().await?;
    ensure!(browser.address().await?.contains("/sent?place="), "{}", browser.address().await?);
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_too_wide_is_found() -> Result<()> {
    let site = serve().await?;
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    for (path, width, expected) in [
        ("/wide", 340, &[][..]),
        ("/wide", 320, &["the page is 340 px wide in a window of 320 px", "p.wide ends at 340 px"]),
        ("/", 320, &[]),
        ("/table", 320, &["div.table has 300 px in a room of 200 px"]),
    ] {
        browser.width(width).await?;
        browser.go(&format!("{site}{path}")).await?;
        let found = browser.overflow().await?;
        ensure!(found == expected, "{path} at {width}: {found:#?}");
    }
    Ok(())
}

/// The width and the height of a picture.
fn size(picture: &[u8]) -> Result<(u32, u32)> {
    let number = |at: usize| -> Result<u32> {
        Ok(u32::from_be_bytes(picture.get(at..at + 4).context("no picture")?.try_into()?))
    };
    ensure!(picture.starts_with(b"\x89PNG"), "not a PNG");
    Ok((number(16)?, number(20)?))
}

#[tokio::test]
async fn a_picture_shows_the_whole_page_as_wide_and_as_dark_as_it_is_wanted() -> Result<()> {
    let site = serve().await?;
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("page.png");
    browser.size(320, 200).await?;
    browser.go(&site).await?;
    let mut pictures = Vec::new();
    for dark in [false, true] {
        browser.dark(dark).await?;
        browser.screenshot(&file).await?;
        pictures.push(fs::read(&file)?);
        let (width, height) = size(&pictures[pictures.len() - 1])?;
        ensure!(width == 320 && height > 400, "{width} x {height}");
    }
    ensure!(pictures[0] != pictures[1], "dark is as light");
    Ok(())
}

#[tokio::test]
async fn what_hinders_people_is_found_under_a_strict_policy_with_scripts_and_without() -> Result<()>
{
    let site = serve().await?;
    let Some(axe) = Axe::find()? else { return Ok(()) };
    for scripts in [Scripts::Off, Scripts::On] {
        let Some(browser) = Browser::open(scripts).await? else { return Ok(()) };
        for (path, expected) in [
            ("/labelled", &[][..]),
            ("/unlabelled", &["label: <input name=\"place\">: "]),
            ("/pale", &["color-contrast: <p class=\"pale\">", "heading-order: <h4>"]),
        ] {
            browser.go(&format!("{site}{path}")).await?;
            let found = axe.violations(&browser).await?;
            let right = found.iter().zip(expected).all(|(line, begin)| line.starts_with(begin));
            ensure!(right && found.len() == expected.len(), "{scripts:?}, {path}: {found:#?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn html_that_is_not_valid_is_found() -> Result<()> {
    let site = serve().await?;
    let (Some(browser), Some(nu)) = (Browser::open(Scripts::Off).await?, Nu::find()?) else {
        return Ok(());
    };
    let mut pages = Vec::new();
    for name in ["/narva", "/unclosed", "/labelled"] {
        browser.go(&format!("{site}{name}")).await?;
        pages.push((name, browser.source().await?));
    }
    let pages: Vec<(&str, &str)> =
        pages.iter().map(|(name, page)| (*name, page.as_str())).collect();
    let found = nu.invalid(&pages)?;
    ensure!(!found.is_empty(), "nothing was found");
    ensure!(found.iter().all(|line| line.starts_with("/unclosed, line ")), "{found:#?}");
    has(&found.join("\n"), "Unclosed element “em”")
}

/// Processes that have a word in their command or their surroundings.
fn processes(word: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        let of = |name: &str| fs::read(folder.join(name)).unwrap_or_default();
        let all = [of("cmdline"), of("environ")].concat();
        if String::from_utf8_lossy(&all).contains(word) {
            let command = String::from_utf8_lossy(&of("cmdline")).replace('\0', " ");
            found.push(format!("{}: {command:.60}", folder.display()));
        }
    }
    Ok(found)
}

#[tokio::test]
async fn no_process_and_no_folder_outlives_the_browser() -> Result<()> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let folder = browser.folder().to_owned();
    let word = folder.to_str().context("no name")?.to_owned();
    let running = processes(&word)?;
    ensure!(running.len() > 3 && folder.exists(), "{running:#?}");
    drop(browser);
    // What a browser has let go of ends by itself.
    let deadline = Instant::now() + Duration::from_secs(10);
    while !processes(&word)?.is_empty() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ensure!(processes(&word)?.is_empty(), "{:#?}", processes(&word)?);
    ensure!(!folder.exists(), "{} is there", folder.display());
    Ok(())
}
