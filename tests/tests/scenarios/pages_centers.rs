//! The pages where several centers are concerned, in a real browser without scripts.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::introduce;
use hospes_tests::browser::{Browser, Scripts};
use hospes_tests::operator::put;
use hospes_tests::pages::{address, first_login};
use hospes_tests::theatre::{agree, connected, stage};

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=1"];

#[tokio::test]
async fn the_network_shows_who_is_in_sync_who_is_behind_and_whom_somebody_warns_of() -> Result<()> {
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let stage = stage()?;
    let (narva, mut riga) = (stage.center("Narva").await?, stage.center("Riga").await?);
    let tbilisi = stage.center("Tbilisi").await?;
    first_login(&browser, &narva, "anna", "admin").await?;
    browser.follow("Network").await?;
    browser.says("This center has no peers yet.").await?;
    introduce(&narva, &riga).await?;
    introduce(&riga, &tbilisi).await?;
    put(&riga, "offer", OFFER).await?;
    agree(&[&narva, &riga, &tbilisi]).await?;
    browser.reload_until_says("introduced").await?;
    browser.reload_until_says("in sync").await?;
    browser.says("2 centers: one peer, of which 1 in sync with us.").await?;
    browser.says("Known through Riga").await?;
    browser.says("one record").await?;
    browser.says("Nothing was refused.").await?;
    // What Riga lacks while it is away.
    riga.stop().await?;
    browser.reload_until_says("no line").await?;
    riga.start().await?;
    riga.unseal().await?;
    connected(&narva, 1).await?;
    riga.run(["alarm", "Tbilisi", "--reason", "seized"]).await?;
    browser.reload_until_says("Riga warns of Tbilisi: its machine was taken").await?;
    browser.says("kept out").await?;
    browser.says("Call the center before you send somebody there.").await?;
    // A counselor sees the centers and not what admins look at.
    browser.press("Log out").await?;
    first_login(&browser, &narva, "boris", "counselor").await?;
    browser.go(&address(&narva, "/network")).await?;
    browser.says("Riga warns of Tbilisi").await?;
    ensure!(!browser.text().await?.contains("Refused changes"));
    Ok(())
}

/// The identifier of the template that a browser looks at.
async fn template(browser: &Browser) -> Result<String> {
    let address = browser.address().await?;
    let id = address.split("/templates/").nth(1).and_then(|rest| rest.split(['?', '/']).next());
    Ok(id.context("this is no template")?.to_owned())
}

#[tokio::test]
async fn a_template_that_two_centers_change_at_once_has_both_changes_and_shows_them() -> Result<()>
{
    let Some(browser) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let Some(in_riga) = Browser::open(Scripts::Off).await? else { return Ok(()) };
    let stage = stage()?;
    let (narva, riga) = (stage.center("Narva").await?, stage.center("Riga").await?);
    introduce(&narva, &riga).await?;
    first_login(&browser, &narva, "anna", "coordinator").await?;
    first_login(&in_riga, &riga, "juris", "coordinator").await?;
    // A new one, which Riga may change too.
    browser.follow("Templates").await?;
    browser.follow("Write a template").await?;
    browser.press("Save").await?;
    browser.says("4 things").await?;
    browser.fill("Title (English)", "Asylum in Finland").await?;
    browser.fill("Short name", "asylum-finland").await?;
    browser.pick("Kind of document", "Application").await?;
    browser.fill("Jurisdiction", "Финляндия").await?;
    browser.choose("Riga").await?;
    browser.press("Save").await?;
    browser.says("The template is saved.").await?;
    let id = template(&browser).await?;
    let text = |tag: &str| format!("/templates/{id}/text/{tag}");
    // Its texts, of which one counts before the authority.
    let first = "I, {{ full_name }}, ask for asylum.\n\nI fled in spring.";
    browser.go(&address(&narva, &text("en"))).await?;
    browser.fill("Text", first).await?;
    browser.press("Save").await?;
    browser.go(&address(&narva, &text("ru"))).await?;
    browser.says("The original (English)").await?;
    browser.fill("Text", "Я, {{ full_name }}, прошу убежища.\n\nЯ бежал весной.").await?;
    browser.choose("It now says the same as the original").await?;
    browser.press("Save").await?;
    browser.says("100 percent up to date").await?;
    // No approval before it is said what is filled in.
    browser.press("Approve this text").await?;
    browser.says("full_name").await?;
    browser.follow("What is filled in").await?;
    browser.fill("Question", "Your full name").await?;
    browser.press("Save").await?;
    browser.press("Approve this text").await?;
    browser.says("The template is approved.").await?;
    agree(&[&narva, &riga]).await?;
    // Both write at the same time.
    browser.go(&address(&narva, &text("en"))).await?;
    in_riga.go(&address(&riga, &text("en"))).await?;
    browser.fill("Text", &first.replace("in spring", "in April")).await?;
    browser.press("Save").await?;
    browser.says("The template is saved.").await?;
    agree(&[&narva, &riga]).await?;
    in_riga.fill("Text", &first.replace("asylum", "international protection")).await?;
    in_riga.press("Save").await?;
    ensure!(in_riga.heading().await? == "Both changes are in it", "{}", in_riga.text().await?);
    in_riga.says("April").await?;
    in_riga.follow("To the template").await?;
    for words in ["international protection", "in April", "It is in review."] {
        in_riga.says(words).await?;
    }
    agree(&[&narva, &riga]).await?;
    browser.go(&address(&narva, &format!("/templates/{id}"))).await?;
    browser.says("international protection").await?;
    browser.says("0 percent up to date").await?;
    browser.says("It was changed after it was approved.").await?;
    browser.follow("What has changed since").await?;
    browser.says("April").await?;
    browser.says("Struck out: what is gone.").await?;
    // Taken out of use, with a reason.
    browser.follow("To the template").await?;
    browser.fill("Reason", "The law has changed").await?;
    browser.press("Withdraw this template").await?;
    browser.says("It was withdrawn. Do not use it.").await?;
    browser.says("The law has changed").await
}
