//! The pages in a real browser without scripts, and what others send to them.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::demo::{City, Fiction};
use hospes_stage::stage::{Center, Stage};
use hospes_tests::browser::{Browser, Scripts};
use hospes_tests::operator::put;
use hospes_tests::pages::{address, ask, first_login, login, status};
use hospes_tests::theatre::stage;

/// A center with offers, and a browser; nothing where there is no browser.
async fn narva() -> Result<Option<(Stage, Center, Browser)>> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(None) };
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    Fiction::of(City::Narva, 60).enter(&narva).await?;
    Ok(Some((stage, narva, browser)))
}

/// The evening that is called tonight in Narva, as a date.
fn tonight() -> Result<jiff::civil::Date> {
    let now = jiff::Timestamp::now().in_tz("Europe/Tallinn")?.datetime();
    Ok(if now.hour() < 6 { now.date().yesterday()? } else { now.date() })
}

#[tokio::test]
async fn a_counselor_comes_in_for_the_first_time_and_finds_a_bed() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    // The invented hosts have to be asked by an earlier hour; this one can be asked at any time.
    let tonight = format!("calendar.{}=2", tonight()?);
    let host = ["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=2", "pets_ok=dog"];
    let zone = "time_zone=Europe/Tallinn";
    let any_time = ["languages.ru=native", zone, "notice=now", &tonight];
    put(&narva, "offer", &[host.as_slice(), &any_time].concat()).await?;
    let mut anna = first_login(&browser, &narva, "anna", "counselor").await?;
    ensure!(browser.heading().await? == "A bed for tonight");
    browser.says("You are in.").await?;
    browser.says("Free tonight").await?;
    // On a phone, in Russian.
    browser.press("Русский").await?;
    browser.size(360, 740).await?;
    browser.fill("Возле какого города", "Нарва").await?;
    browser.choose("собака").await?;
    browser.choose("Русский").await?;
    browser.press("Найти ночлег").await?;
    browser.says("возле Narva, до 60 км").await?;
    ensure!(!browser.address().await?.contains("Narva"), "the address tells what was asked");
    let text = browser.text().await?;
    ensure!(text.contains("Можно сказать «да» сразу"), "{text}");
    let wide = browser.overflow().await?;
    ensure!(wide.is_empty(), "{wide:?}");
    // Out, and in again by a recovery code, which counts once.
    browser.press("Выйти").await?;
    browser.says("Вы вышли").await?;
    browser.go(&address(&narva, "/login?in=en")).await?;
    let again = anna.clone();
    login(&browser, &mut anna).await?;
    browser.says("7").await?;
    browser.press("Выйти").await?;
    browser.go(&address(&narva, "/login?in=en")).await?;
    login(&browser, &mut again.clone()).await?;
    browser.says("This did not fit.").await
}

#[tokio::test]
async fn a_child_alone_gets_no_offer_but_the_number_to_call() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "anna", "counselor").await?;
    browser.fill("Adults", "0").await?;
    browser.fill("6-12 years", "1").await?;
    browser.press("Find a bed").await?;
    ensure!(browser.heading().await? == "Stop: a child alone");
    let text = browser.text().await?;
    ensure!(text.contains("116 111") && !text.contains("Can say yes now"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_town_that_is_not_clear_is_asked_back_and_no_page_is_empty() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "anna", "counselor").await?;
    browser.fill("Near which town", "Brest").await?;
    browser.press("Find a bed").await?;
    browser.says("Which one do you mean?").await?;
    browser.choose("Brest, France").await?;
    browser.press("Find a bed").await?;
    browser.says("near Brest").await?;
    browser.says("Nothing fits tonight.").await?;
    browser.says("Ask for less, look further away").await
}

#[tokio::test]
async fn a_counselor_reaches_no_page_and_no_form_of_a_higher_role() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "anna", "counselor").await?;
    let cookie = browser.cookies().await?.into_iter().find(|cookie| cookie.name == "hospes");
    let cookie = format!("Cookie: hospes={}", cookie.context("no session")?.value);
    let host = format!("Host: {}", narva.pages);
    let source = ask(&narva, "GET /tonight", &[&host, &cookie], "").await?;
    let token = source.split("name=\"_token\" value=\"").nth(1).and_then(|s| s.split('"').next());
    let body = format!("_token={}&_number=1&name=eve&role=admin", token.context("no token")?);
    for path in ["/offers", "/people"] {
        let answer = ask(&narva, &format!("GET {path}"), &[&host, &cookie], "").await?;
        ensure!(status(&answer) == 403, "{path}: {answer}");
    }
    for path in [
        "/people",
        "/people/616e6e61/role",
        "/people/616e6e61/reset",
        "/people/616e6e61/remove",
        "/offers/3f2ab1c0/confirm",
    ] {
        let answer = ask(&narva, &format!("POST {path}"), &[&host, &cookie], &body).await?;
        ensure!(status(&answer) == 403, "{path}: {answer}");
    }
    let people = narva.json(["person", "list"]).await?.to_string();
    ensure!(!people.contains("eve") && people.contains("counselor"), "{people}");
    // Without a session nothing but the way in is there.
    for path in
        ["/tonight", "/offers", "/people", "/account", "/services", "/record/offer/3f2ab1c0"]
    {
        let answer = ask(&narva, &format!("GET {path}"), &[&host], "").await?;
        ensure!(status(&answer) == 303 && answer.contains("/login?"), "{path}: {answer}");
    }
    Ok(())
}

#[tokio::test]
async fn a_coordinator_confirms_once_however_often_it_is_tapped() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "kaja", "coordinator").await?;
    browser.follow("Our offers").await?;
    let cookie = browser.cookies().await?.into_iter().find(|cookie| cookie.name == "hospes");
    let cookie = format!("Cookie: hospes={}", cookie.context("no session")?.value);
    let host = format!("Host: {}", narva.pages);
    let source = ask(&narva, "GET /offers", &[&host, &cookie], "").await?;
    let field = |name: &str| {
        let value =
            source.split("/confirm\"><input type=\"hidden\" name=\"_token\" value=\"").nth(1)?;
        let value = match name {
            "_token" => value,
            name => value.split(&format!("name=\"{name}\" value=\"")).nth(1)?,
        };
        value.split('"').next()
    };
    let (token, number) =
        (field("_token").context("no token")?, field("_number").context("no number")?);
    let id = source
        .split("action=\"/offers/")
        .nth(1)
        .and_then(|s| s.split('/').next())
        .context("no id")?;
    let body = format!("_token={token}&_number={number}");
    let before = version(&narva, id).await?;
    let path = format!("POST /offers/{id}/confirm");
    let headers = [host.as_str(), cookie.as_str()];
    let (one, two) =
        tokio::join!(ask(&narva, &path, &headers, &body), ask(&narva, &path, &headers, &body));
    for answer in [one?, two?] {
        ensure!(status(&answer) == 303 && answer.contains("done=confirmed"), "{answer}");
    }
    let after = version(&narva, id).await?;
    ensure!(after != before, "nothing was confirmed");
    let third = ask(&narva, &path, &headers, &body).await?;
    ensure!(status(&third) == 303 && version(&narva, id).await? == after, "{third}");
    // Without the token of the session, and from another page, nothing is taken.
    let foreign = ask(&narva, &path, &headers, "_token=made-up&_number=9").await?;
    ensure!(status(&foreign) == 409, "{foreign}");
    for origin in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"] {
        let headers = [host.as_str(), cookie.as_str(), origin];
        let answer = ask(&narva, &path, &headers, &format!("_token={token}&_number=10")).await?;
        ensure!(status(&answer) == 409, "{origin}: {answer}");
    }
    ensure!(version(&narva, id).await? == after);
    Ok(())
}

async fn version(center: &Center, id: &str) -> Result<String> {
    let shown = center.json(["show", id]).await?;
    Ok(shown.get("version").context("no version")?.to_string())
}

#[tokio::test]
async fn sealing_ends_every_session_and_the_page_says_what_to_do() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "anna", "counselor").await?;
    narva.run(["seal"]).await?;
    browser.go(&address(&narva, "/tonight")).await?;
    browser.reload_until_says("The node is sealed").await?;
    browser.says("Call your admin.").await?;
    narva.unseal().await?;
    browser.go(&address(&narva, "/tonight")).await?;
    browser.reload_until_says("Come in").await
}

#[tokio::test]
async fn what_no_browser_of_ours_sends_is_turned_away_and_costs_nothing() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let host = format!("Host: {}", narva.pages);
    let good = ask(&narva, "GET /login", &[&host], "").await?;
    ensure!(status(&good) == 200, "{good}");
    for header in [
        "content-security-policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
        "x-frame-options: DENY",
        "referrer-policy: same-origin",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
    ] {
        ensure!(good.to_lowercase().contains(&header.to_lowercase()), "{header} is not in\n{good}");
    }
    // A name of somebody else that leads here.
    for name in ["evil.example", "localhost.evil.example:7480", "evil.example@127.0.0.1", ""] {
        let answer = ask(&narva, "GET /login", &[&format!("Host: {name}")], "").await?;
        ensure!([421, 400].contains(&status(&answer)), "{name}: {answer}");
    }
    // Links that lead away, headers that are put in, files that are no pages.
    for path in
        ["/login?to=//evil.example", "/login?to=https://evil.example", "/login?to=/a%0d%0aX-Evil:1"]
    {
        let answer = ask(&narva, &format!("GET {path}"), &[&host], "").await?;
        ensure!(!answer.contains("evil") && !answer.contains("X-Evil"), "{path}: {answer}");
    }
    for path in ["/../../etc/passwd", "/style.css/../../node.toml", "/%2e%2e/%2e%2e/etc/passwd"] {
        let answer = ask(&narva, &format!("GET {path}"), &[&host], "").await?;
        ensure!(
            [404, 400].contains(&status(&answer)) && !answer.contains("root:"),
            "{path}: {answer}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_coordinator_makes_an_offer_changes_it_and_takes_it_out_of_use() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "kaja", "coordinator").await?;
    browser.follow("Our offers").await?;
    browser.follow("Make an offer").await?;
    // What is not as it must be is told at its field, in the language of the person, and nothing is lost.
    browser.press("Suomi").await?;
    browser.press("Tallenna").await?;
    browser.says("3 kohtaa on korjattava").await?;
    browser.says("Kerro kaupunki").await?;
    browser.press("English").await?;
    browser.fill("Near town", "Нарва").await?;
    browser.pick("Kind of place", "Sofa").await?;
    browser.fill("Sleeps", "many").await?;
    browser.beside("Pets welcome").choose("dog").await?;
    browser.fill("Note", "Call Anna, +372 5551 2345").await?;
    browser.press("Save").await?;
    browser.says("“many” cannot be read").await?;
    ensure!(browser.value("Sleeps").await? == "many");
    browser.fill("Sleeps", "2").await?;
    browser.press("Save").await?;
    browser.says("It looks like a phone number").await?;
    ensure!(
        browser.value("Near town").await? == "Нарва"
            && browser.beside("Pets welcome").chosen("dog").await?
    );
    browser.fill("Note", "The dog of the house is afraid of cats").await?;
    browser.fill("From", "tonight").await?;
    browser.fill("Until", "24.12.").await?;
    browser.beside("Many nights at once").fill("Free places", "2").await?;
    browser.press("Save").await?;
    ensure!(browser.heading().await? == "Our offers", "{}", browser.text().await?);
    browser.says("The offer").await?;
    let found = narva.json(["search", "offers", "afraid of cats"]).await?.to_string();
    ensure!(found.contains("\"sleeps\":2") && found.contains("Europe/Tallinn"), "{found}");
    Ok(())
}

#[tokio::test]
async fn a_severe_bulletin_stands_on_every_page_until_it_is_cancelled() -> Result<()> {
    let Some((_stage, narva, browser)) = narva().await? else { return Ok(()) };
    first_login(&browser, &narva, "kaja", "coordinator").await?;
    browser.go(&address(&narva, "/bulletins/new")).await?;
    browser.press("Publish").await?;
    browser.says("Write the headline in one language at least.").await?;
    let headline = "<script>alert(1)</script> Border closed";
    browser.fill("Headline", headline).await?;
    browser.fill("Countries and regions", "Эстония").await?;
    browser.pick("Severity", "severe").await?;
    browser.pick("Category", "Border").await?;
    browser.pick("Source", "first hand").await?;
    browser.press("Publish").await?;
    browser.says("The bulletin is published.").await?;
    browser.go(&address(&narva, "/services")).await?;
    browser.says(headline).await?;
    browser.follow(headline).await?;
    browser.says("Estonia").await?;
    browser.press("Cancel this bulletin").await?;
    browser.says("The bulletin is cancelled.").await?;
    ensure!(!browser.text().await?.contains("Border closed"));
    Ok(())
}
