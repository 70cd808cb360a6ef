//! Sessions that end, languages that change and second factors that are lost while somebody is at work.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::account::{PASSPHRASE, digits, recovery_codes};
use hospes_tests::browser::{Browser, Scripts};
use hospes_tests::clock::Clock;
use hospes_tests::pages::{address, first_login, login};
use hospes_tests::theatre::{reopen, stage};

#[tokio::test]
async fn what_was_being_typed_when_a_session_ended_is_there_after_the_next_login() -> Result<()> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let stage = stage()?;
    let mut narva = stage.center("Narva").await?;
    let clock = Clock::of(&stage, &mut narva)?;
    narva.stop().await?;
    reopen(&mut narva).await?;
    let mut kaja = first_login(&browser, &narva, "kaja", "coordinator").await?;
    // Half an hour of tea, then half a day of sleep.
    for (passed, said) in [(31 * 60, "You were away"), (14 * 3_600, "Your session is over")] {
        browser.go(&address(&narva, "/offers/new")).await?;
        browser.fill("Near town", "Нарва").await?;
        browser.pick("Kind of place", "Sofa").await?;
        browser.fill("Sleeps", "2").await?;
        browser.fill("Note", "The dog of the house is afraid of cats").await?;
        browser.beside("Pets welcome").choose("dog").await?;
        clock.pass(0, passed)?;
        browser.press("Save").await?;
        browser.says(said).await?;
        login(&browser, &mut kaja).await?;
        ensure!(browser.heading().await? == "A new offer", "{}", browser.text().await?);
        ensure!(browser.value("Note").await? == "The dog of the house is afraid of cats");
        ensure!(browser.value("Near town").await? == "Нарва");
        ensure!(browser.beside("Pets welcome").chosen("dog").await?);
        browser.press("Save").await?;
        ensure!(browser.heading().await? == "Our offers", "{}", browser.text().await?);
        // It is done: the next form is empty.
        browser.go(&address(&narva, "/offers/new")).await?;
        ensure!(browser.value("Note").await?.is_empty());
    }
    let found = narva.json(["search", "offers", "afraid of cats"]).await?;
    ensure!(found.pointer("/hits").and_then(|hits| hits.as_array()).map(Vec::len) == Some(2));
    Ok(())
}

#[tokio::test]
async fn another_language_takes_nothing_from_a_form() -> Result<()> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    first_login(&browser, &narva, "kaja", "coordinator").await?;
    browser.go(&address(&narva, "/bulletins/new")).await?;
    browser.fill("Headline", "Queue at the bridge").await?;
    browser.pick("Severity", "severe").await?;
    browser.press("Русский").await?;
    browser.says("Опубликовать").await?;
    browser.press("Українська").await?;
    browser.press("English").await?;
    ensure!(browser.value("Headline").await? == "Queue at the bridge");
    browser.press("Publish").await?;
    browser.pick("Category", "Border").await?;
    browser.pick("Source", "first hand").await?;
    browser.press("Publish").await?;
    browser.says("The bulletin is published.").await
}

#[tokio::test]
async fn a_second_factor_is_replaced_only_when_the_new_one_works() -> Result<()> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let mut anna = first_login(&browser, &narva, "anna", "counselor").await?;
    browser.follow("anna").await?;
    browser.follow("Set another second factor").await?;
    let text = browser.text().await?;
    let secret = text.lines().find_map(|line| line.strip_prefix("The secret as text: "));
    let secret = secret.with_context(|| text.clone())?.to_owned();
    browser.fill("Six digits", "000000").await?;
    browser.press("Go on").await?;
    browser.says("These are not the digits of now").await?;
    browser.fill("Six digits", &digits(&secret)?).await?;
    browser.press("Go on").await?;
    let text = browser.text().await?;
    let codes = recovery_codes(&text);
    ensure!(codes.len() == 8, "{text}");
    let label = text.lines().find(|line| line.contains("number")).unwrap_or_default().to_owned();
    let number = label.chars().filter(char::is_ascii_digit).collect::<String>();
    let asked = number.parse::<usize>().ok().and_then(|number| codes.get(number.checked_sub(1)?));
    let asked = asked.with_context(|| format!("no code is asked for: {text}"))?;
    browser.fill(&label, asked).await?;
    browser.fill("Present passphrase", "not this one at all").await?;
    browser.press("Set another second factor").await?;
    browser.says("The present passphrase did not fit.").await?;
    browser.fill(&label, asked).await?;
    browser.fill("Present passphrase", PASSPHRASE).await?;
    browser.press("Set another second factor").await?;
    browser.says("The second factor is changed.").await?;
    // The old recovery codes count no more, and the new ones do.
    browser.press("Log out").await?;
    browser.go(&address(&narva, "/login?in=en")).await?;
    login(&browser, &mut anna.clone()).await?;
    browser.says("This did not fit.").await?;
    anna.recovery = codes;
    login(&browser, &mut anna).await?;
    browser.says("You came in by a recovery code.").await
}
