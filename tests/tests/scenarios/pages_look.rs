//! How the pages look to machines that judge them: valid, reachable for everybody, and whole at every width.

use std::path::Path;

use anyhow::{Result, ensure};
use hospes_stage::demo::{City, Fiction};
use hospes_stage::stage::{Center, text};
use hospes_tests::browser::{Axe, Browser, Nu, Scripts};
use hospes_tests::pages::{address, ask, first_login};
use hospes_tests::theatre::stage;

/// Pages that are looked at after a login of an admin.
const PAGES: [&str; 13] = [
    "/tonight",
    "/services",
    "/offers",
    "/offers/new",
    "/bulletins",
    "/bulletins/new",
    "/templates",
    "/templates/new",
    "/network",
    "/account",
    "/account/factor",
    "/people",
    "/no-such-page",
];
/// Pages of one record, which are looked at too: kind, and what its address has around the identifier.
const RECORDS: [(&str, &str, &str); 8] = [
    ("offer", "/record/offer/", ""),
    ("offer", "/offers/", "/edit"),
    ("bulletin", "/bulletins/", ""),
    ("template", "/templates/", ""),
    ("template", "/templates/", "/edit"),
    ("template", "/templates/", "/blanks"),
    ("template", "/templates/", "/text/ru"),
    ("template", "/templates/", "/text/fi"),
];
/// Pages before it.
const BEFORE: [&str; 4] = ["/login", "/welcome", "/goodbye", "/no-such-page"];

#[tokio::test]
async fn every_page_is_valid_reachable_and_whole_at_every_width_in_every_language() -> Result<()> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let (axe, nu) = (Axe::find()?, Nu::find()?);
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    Fiction::of(City::Narva, 40).enter(&narva).await?;
    let mut sources = Vec::new();
    let mut found = Vec::new();
    let host = format!("Host: {}", narva.pages);
    for language in ["en", "et", "fi", "ru", "uk", "en-XA"] {
        for page in BEFORE {
            let path = format!("{page}?in={language}");
            browser.go(&address(&narva, &path)).await?;
            look(&browser, &path, axe.as_ref(), &mut found).await?;
            let answer = ask(&narva, &format!("GET {path}"), &[&host], "").await?;
            sources.push((path, body(&answer)));
        }
    }
    first_login(&browser, &narva, "anna", "admin").await?;
    let pages = pages(&narva).await?;
    let cookie = browser.cookies().await?.into_iter().find(|cookie| cookie.name == "hospes");
    let cookie = format!("Cookie: hospes={}", cookie.map(|c| c.value).unwrap_or_default());
    for language in ["English", "Русский", "Українська", "Suomi", "Eesti"] {
        browser.go(&address(&narva, "/services")).await?;
        browser.press(language).await?;
        for page in &pages {
            let path = format!("{page} in {language}");
            browser.go(&address(&narva, page)).await?;
            look(&browser, &path, axe.as_ref(), &mut found).await?;
            let answer = ask(&narva, &format!("GET {page}"), &[&host, &cookie], "").await?;
            let html = body(&answer);
            ensure!(html.len() < 60_000, "{path} has {} bytes", html.len());
            sources.push((path, html));
        }
    }
    browser.go(&address(&narva, "/services")).await?;
    browser.press("English").await?;
    if let Ok(folder) = std::env::var("HOSPES_PICTURES") {
        pictures(&browser, &address(&narva, ""), &pages, Path::new(&folder)).await?;
    }
    if let Some(nu) = nu {
        let pages: Vec<(&str, &str)> =
            sources.iter().map(|(name, html)| (name.as_str(), html.as_str())).collect();
        found.extend(nu.invalid(&pages)?);
    }
    ensure!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
    Ok(())
}

/// All pages that an admin looks at.
async fn pages(center: &Center) -> Result<Vec<String>> {
    let mut pages: Vec<String> = PAGES.map(str::to_owned).to_vec();
    for (kind, before, after) in RECORDS {
        let found = center.json(["search", &format!("{kind}s")]).await?;
        pages.push(format!("{before}{}{after}", text(&found, "/hits/0/record/id")?));
    }
    Ok(pages)
}

async fn look(
    browser: &Browser,
    path: &str,
    axe: Option<&Axe>,
    found: &mut Vec<String>,
) -> Result<()> {
    browser.width(320).await?;
    found
        .extend(browser.overflow().await?.into_iter().map(|wide| format!("{path} at 320: {wide}")));
    browser.width(1280).await?;
    if let Some(axe) = axe {
        let violations = axe.violations(browser).await?;
        found.extend(violations.into_iter().map(|violation| format!("{path}: {violation}")));
    }
    Ok(())
}

/// Pictures of pages in three widths, and one in the dark, for people to look at.
async fn pictures(browser: &Browser, site: &str, pages: &[String], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let name = |page: &str, width: u32| {
        // Identifiers are other ones each time.
        let short = |part: &str| if part.len() < 20 { part.to_owned() } else { "one".to_owned() };
        let parts = page.split('/').filter(|part| !part.is_empty()).map(short);
        format!("{}-{width}.png", parts.collect::<Vec<_>>().join("-"))
    };
    for page in pages {
        browser.go(&format!("{site}{page}")).await?;
        for width in [360, 800, 1600] {
            browser.width(width).await?;
            browser.screenshot(&folder.join(name(page, width))).await?;
        }
    }
    browser.dark(true).await?;
    browser.go(&format!("{site}/tonight")).await?;
    browser.fill("Near which town", "Narva").await?;
    browser.press("Find a bed").await?;
    browser.screenshot(&folder.join("found-dark-1600.png")).await?;
    browser.dark(false).await?;
    browser.width(360).await?;
    browser.screenshot(&folder.join("found-360.png")).await
}

/// What comes after the head of an answer.
fn body(answer: &str) -> String {
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}
