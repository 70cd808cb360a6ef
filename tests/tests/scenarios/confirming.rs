//! An offer counts as long as somebody has asked the host.

use anyhow::{Context as _, Result, ensure};
use hospes_tests::operator::{attempt, edit, found, put, refused, show};
use hospes_tests::theatre::stage;
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

const OFFER: [&str; 4] = ["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=1"];

fn days_ago(days: i64) -> Result<String> {
    let then = Timestamp::now().checked_sub((24 * days).hours())?;
    Ok(format!("confirmed_at={}", then.strftime("%FT%TZ")))
}

#[tokio::test]
async fn an_offer_that_is_confirmed_is_found_again_for_thirty_days() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let old = days_ago(40)?;
    let offer = put(&narva, "offer", &[&OFFER[..], &[&old]].concat()).await?;
    let fresh = put(&narva, "offer", &OFFER).await?;
    ensure!(found(&narva, &["offers"]).await? == [fresh.clone()], "it is too old to be found");

    let due = narva.json(["confirm", "--due"]).await?;
    let ids: Vec<_> = due.as_array().into_iter().flatten().map(|due| &due["id"]).collect();
    ensure!(ids == [&Value::from(offer.as_str())], "{due}");
    let said = attempt(&narva, &["confirm", &offer]).await?;
    ensure!(said.out == format!("confirmed {offer}: fresh\n"), "{said:?}");
    ensure!(found(&narva, &["offers"]).await?.len() == 2, "it is found again");
    ensure!(narva.json(["confirm", "--due"]).await? == Value::Array(Vec::new()), "nothing is due");

    let record = show(&narva, &offer).await?.context("it is there")?;
    let field = |name: &str| record.pointer(&format!("/fields/{name}")).cloned();
    ensure!(field("confirmed_by") == Some("host_call".into()), "{record}");
    let ends = Timestamp::now().checked_add((24 * 29).hours())?.strftime("%F").to_string();
    let end = field("expires_on").context("no end")?;
    ensure!(end.as_str().is_some_and(|end| end > ends.as_str()), "it ends {end}, before {ends}");

    // Whoever writes the day of the confirmation by hand need not think of the end either.
    let older = put(&narva, "offer", &[&OFFER[..], &[&old]].concat()).await?;
    edit(&narva, &older, &[&days_ago(1)?]).await?;
    ensure!(found(&narva, &["offers"]).await?.len() == 3, "it is found again");
    Ok(())
}

#[tokio::test]
async fn what_is_out_of_use_is_not_confirmed_and_a_pause_ends_by_itself() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let offer = put(&narva, "offer", &OFFER).await?;
    edit(&narva, &offer, &["status=paused", "paused_until=2099-01-01"]).await?;
    ensure!(found(&narva, &["offers", "--all"]).await?.is_empty(), "it is paused");
    edit(&narva, &offer, &["paused_until=2026-01-01"]).await?;
    ensure!(found(&narva, &["offers"]).await? == [offer.clone()], "the pause is over");

    let withdrawn = attempt(&narva, &["withdraw", &offer, "--reason", "moved away"]).await?;
    ensure!(withdrawn.err.contains("no field for a reason; it was not kept"), "{withdrawn:?}");
    refused(&narva, &["confirm", &offer], 6, &["nobody confirms what is out of use"]).await?;
    let nowhere =
        ["put", "offer", "country=EE", "near_town=5128581", "place_type=sofa", "sleeps=1"];
    refused(&narva, &nowhere, 6, &["the GeoNames number of no town that is known here"]).await
}
