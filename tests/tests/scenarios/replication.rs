//! What one center saves is found at another one that it has never met.

use std::time::Duration;

use anyhow::{Result, ensure};
use hospes_stage::stage::{Center, text};
use hospes_stage::wait::until;
use hospes_tests::fault::introduce_by_link;
use hospes_tests::operator::{Watch, edit, found, has, peer, put, shows};
use hospes_tests::theatre::{PATIENCE, Row, agree, reopen, stage};
use serde_json::{Value, json};

const OFFER: &[&str] = &["country=EE", "near_town=Narva", "place_type=private_room", "sleeps=2"];
const SERVICE: &[&str] =
    &["name=Duty desk for conscience", "profession=lawyer", "competences=military_law"];
const BULLETIN: &[&str] = &[
    "category=scam",
    "urgency=expected",
    "severity=moderate",
    "certainty=observed",
    "source=first_hand",
    "texts.en.headline=Pretended notaries ask for money",
];
const TEMPLATE: &[&str] = &[
    "slug=refusal-of-service",
    "doc_type=statement",
    "jurisdiction=EE",
    "title.en=Refusal of service",
    "body.en=I refuse to bear arms.",
    "body.ru=Я отказываюсь носить оружие.",
];

/// Saves one record of each kind and returns their identifiers.
async fn one_of_each(center: &Center) -> Result<[String; 4]> {
    Ok([
        put(center, "offer", OFFER).await?,
        put(center, "service", SERVICE).await?,
        put(center, "bulletin", BULLETIN).await?,
        put(center, "template", TEMPLATE).await?,
    ])
}

/// Waits until the peers of a node are as many, connected, and hold the same as it does.
async fn in_sync(center: &Center, peers: &[&str]) -> Result<()> {
    for name in peers {
        let outcome =
            until(&format!("{} is in sync with {name}", center.name), PATIENCE, || async {
                let peer = peer(center, name).await?;
                let is =
                    |key: &str| peer.as_ref().and_then(|peer| peer.get(key)) == Some(&json!(true));
                Ok((is("connected") && is("in_sync")).then_some(()))
            })
            .await;
        if let Err(error) = outcome {
            return Err(error.context(format!("{name} is {:?}", peer(center, name).await?)));
        }
    }
    Ok(())
}

#[tokio::test]
async fn records_of_every_kind_are_found_two_hops_away() -> Result<()> {
    let row = Row::strangers().await?;
    let [offer, service, bulletin, template] = one_of_each(&row.narva).await?;
    one_of_each(&row.riga).await?;
    one_of_each(&row.tbilisi).await?;
    row.introduce().await?;
    row.agree().await?;

    let searches: [(&str, &[&str]); 4] = [
        (&offer, &["offers", "--near", "Нарва", "--within", "20", "--adults", "2"]),
        (&service, &["services", "conscience", "--facet", "competences=military_law"]),
        (&bulletin, &["bulletins", "notaries"]),
        (&template, &["templates", "отказываюсь"]),
    ];
    for (id, words) in searches {
        let ids = found(&row.tbilisi, words).await?;
        ensure!(ids.len() == 3, "Tbilisi finds {} records by {words:?}, not 3", ids.len());
        ensure!(ids.iter().any(|found| found == id), "Tbilisi does not find {id} by {words:?}");
    }
    let record = has(&row.tbilisi, &offer).await?;
    ensure!(text(&record, "/introduced_by")? == "Riga", "{record}");
    ensure!(record.pointer("/ours") == Some(&json!(false)), "{record}");
    for center in row.centers() {
        let status = center.status().await?;
        for (kind, shown, ours) in [
            ("offer", 3, 1),
            ("service", 3, 1),
            ("bulletin", 3, 1),
            ("template", 3, 1),
            ("center", 3, 1),
        ] {
            let (here, own) = (status.shown(kind), status.ours(kind));
            ensure!((here, own) == (shown, ours), "{} shows {here} of kind {kind}", center.name);
        }
        ensure!(status.quarantined() == 0, "{} refused something", center.name);
    }
    in_sync(&row.narva, &["Riga"]).await?;
    in_sync(&row.riga, &["Narva", "Tbilisi"]).await
}

#[tokio::test]
async fn an_edit_reaches_those_who_watch_while_it_happens() -> Result<()> {
    let row = Row::connected().await?;
    let mut watch = Watch::start(&row.tbilisi, &["offers", "--near", "Narva"]).await?;
    let id = put(&row.narva, "offer", OFFER).await?;
    let event = watch.about(&id).await?;
    ensure!(event.pointer("/record/fields/sleeps") == Some(&json!(2)), "{event}");

    edit(&row.narva, &id, &["sleeps=5"]).await?;
    let event = watch.about(&id).await?;
    ensure!(text(&event, "/event")? == "changed", "{event}");
    ensure!(event.pointer("/record/fields/sleeps") == Some(&json!(5)), "{event}");

    row.narva.run(["withdraw", &id, "--reason", "the room is let"]).await?;
    let event = watch.about(&id).await?;
    ensure!(text(&event, "/event")? == "gone", "{event}");
    shows(&row.tbilisi, &id, "/fields/status", &json!("withdrawn")).await.map(|_| ())
}

#[tokio::test]
async fn the_center_in_the_middle_forwards_again_after_it_was_away() -> Result<()> {
    let mut row = Row::connected().await?;
    row.riga.stop().await?;
    let early = put(&row.narva, "offer", OFFER).await?;
    let back = put(&row.tbilisi, "service", SERVICE).await?;
    reopen(&mut row.riga).await?;
    has(&row.tbilisi, &early).await?;
    has(&row.narva, &back).await?;

    // What comes after the restart is pushed as it happens.
    let late = put(&row.narva, "offer", OFFER).await?;
    has(&row.tbilisi, &late).await?;
    row.agree().await?;
    in_sync(&row.riga, &["Narva", "Tbilisi"]).await
}

#[tokio::test]
async fn a_link_that_hung_or_broke_goes_on_where_it_was() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center("Narva"), stage.center("Riga"))?;
    let link = introduce_by_link(&narva, &riga).await?;
    agree(&[&narva, &riga]).await?;

    link.hold();
    let held = put(&narva, "offer", OFFER).await?;
    let behind = until("Narva sees that Riga is behind", PATIENCE, || async {
        let peer = peer(&narva, "Riga").await?;
        Ok(peer.and_then(|peer| peer.get("behind").and_then(Value::as_u64)).filter(|n| *n > 0))
    });
    behind.await?;
    link.mend();
    has(&riga, &held).await?;

    link.cut();
    until("Narva sees that the link is gone", Duration::from_secs(30), || async {
        Ok((narva.status().await?.connected() == 0).then_some(()))
    })
    .await?;
    let apart = put(&narva, "offer", OFFER).await?;
    link.mend();
    has(&riga, &apart).await?;
    agree(&[&narva, &riga]).await?;
    in_sync(&narva, &["Riga"]).await
}
