//! The pages where several centers are concerned, in a real browser without scripts.

use anyhow::{Result, ensure};
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
