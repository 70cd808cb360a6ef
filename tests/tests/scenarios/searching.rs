//! Somebody who looks for a bed and finds none is told why, and what to type.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, text};
use hospes_tests::operator::{attempt, found, put, refused};
use hospes_tests::theatre::stage;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

/// What is told instead of hits: what to leave out, how many there are then, and the words.
async fn instead(center: &Center, words: &[&str]) -> Result<Vec<(Value, u64, String)>> {
    let answer = center.json(["search"].into_iter().chain(words.iter().copied())).await?;
    ensure!(answer.pointer("/hits") == Some(&json!([])), "{words:?} found something: {answer}");
    let ways = answer.get("instead").and_then(Value::as_array).context("no instead")?;
    ways.iter()
        .map(|way| {
            let count = way.get("count").and_then(Value::as_u64).context("no count")?;
            let words = way.get("words").and_then(Value::as_str).context("no words")?;
            Ok((way.get("without").cloned().unwrap_or_default(), count, words.to_owned()))
        })
        .collect()
}

/// A date in Narva, some days from the evening that is called tonight there.
fn night(days: i64) -> Result<Date> {
    let now = Timestamp::now().in_tz("Europe/Tallinn")?.datetime();
    let evening = if now.hour() < 6 { now.date().yesterday()? } else { now.date() };
    Ok(evening.checked_add(days.days())?)
}

async fn offer(center: &Center, nights: std::ops::Range<i64>, fields: &[&str]) -> Result<String> {
    let mut all: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    for day in nights {
        all.push(format!("calendar.{}=3", night(day)?));
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    put(center, "offer", &all).await
}

const NARVA: [&str; 5] =
    ["country=EE", "near_town=Narva", "place_type=sofa", "sleeps=3", "time_zone=Europe/Tallinn"];

#[tokio::test]
async fn an_empty_answer_names_the_condition_the_count_and_the_words_to_type() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Center \"Narva\" & Söhne").await?;
    let narva_offer = |more: &[&'static str]| [&NARVA[..], more].concat();
    offer(&narva, 0..3, &narva_offer(&["languages=ru:native", "pets_ok=cat"])).await?;
    offer(&narva, 0..3, &narva_offer(&["languages=et:native", "pets_ok=dog"])).await?;
    // For tonight it is too late to ask, whatever the hour.
    let later =
        ["languages=fi:native", "notice=week", "latest_arrival=22:00", "pets_ok=dog"].as_slice();
    offer(&narva, 0..20, &narva_offer(later)).await?;
    let undated = narva_offer(&["languages=lv:native"]);
    offer(&narva, 0..0, &undated).await?;

    let bed = ["offers", "--near", "Narva", "--night", "tonight", "--adults", "1"];
    let with = |more: &[&'static str]| [&bed[..], more].concat();
    ensure!(found(&narva, &with(&["--languages", "ru"])).await?.len() == 1);

    let ways = instead(&narva, &with(&["--languages", "ru", "--pets", "dog"])).await?;
    let expected = [
        (json!(["pets"]), 1, "without --pets dog".to_owned()),
        (json!(["languages"]), 1, "without --languages ru".to_owned()),
    ];
    ensure!(ways == expected, "{ways:?}");

    let ways = instead(&narva, &with(&["--languages", "fi"])).await?;
    let (without, count, words) = ways.first().context("no way")?;
    ensure!(*without == json!(["night"]) && *count == 1, "{ways:?}");
    let soon = [format!("with --night {}", night(7)?), format!("with --night {}", night(8)?)];
    ensure!(soon.contains(words), "{ways:?}");
    ensure!(ways.contains(&(json!(["night"]), 1, "without --night tonight".to_owned())));

    let ways = instead(&narva, &with(&["--languages", "lv"])).await?;
    ensure!(ways.contains(&(json!(["night"]), 1, "without --night tonight".to_owned())));

    let far = ["offers", "--near", "Tartu", "--within", "20km", "--languages", "ru"];
    let ways = instead(&narva, &far).await?;
    ensure!(ways == [(json!(["near"]), 1, "with --within 140".to_owned())], "{ways:?}");

    // No single condition is enough; two are.
    let two = with(&["--languages", "ru", "--pets", "dog", "--step-free"]);
    let ways = instead(&narva, &two).await?;
    ensure!(ways.contains(&(
        json!(["pets", "step_free"]),
        1,
        "without --pets dog and --step-free".to_owned()
    )));

    // The same for people, in lines that a terminal holds, and quoted as a shell wants it.
    let steward = ["--steward", "Center \"Narva\" & Söhne"];
    let said = attempt(&narva, &[&["search", "offers", "zzz"][..], &steward].concat()).await?.out;
    ensure!(said.starts_with("No offers match.\n"), "{said}");
    ensure!(said.contains("  4 offers:  without zzz\n"), "{said}");
    ensure!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_town_that_nobody_knows_is_asked_back_and_never_one_in_another_country() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    for (town, said) in [
        ("Xyzzy", "no town or place that is known has this name"),
        ("Narvassa", "did you mean Narva, Estonia?"),
    ] {
        refused(&narva, &["search", "offers", "--near", town], 6, &[said]).await?;
        let near = format!("near_town={town}");
        let words = ["put", "offer", "country=EE", &near, "place_type=sofa", "sleeps=1"];
        refused(&narva, &words, 6, &["no town of at least 15000 people"]).await?;
    }
    let over = ["search", "offers", "--near", "Narva", "--night", "1.1.2020"];
    refused(&narva, &over, 6, &["which is over; tonight is"]).await
}

#[tokio::test]
async fn one_searches_near_a_small_place_and_no_record_names_it() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let rakvere = ["country=EE", "near_town=Rakvere", "place_type=sofa", "sleeps=1"];
    let said = ["in a small place a host is found", "(Kohtla-Järve, EE)"];
    refused(&narva, &[&["put", "offer"][..], &rakvere].concat(), 6, &said).await?;
    let offer = ["country=EE", "near_town=Kohtla-Järve", "place_type=sofa", "sleeps=1"];
    let id = put(&narva, "offer", &offer).await?;
    for near in ["Rakvere", "Раквере", "Jõhvi"] {
        let answer = narva.json(["search", "offers", "--near", near, "--within", "70"]).await?;
        let hit = answer.pointer("/hits/0").with_context(|| format!("{near}: {answer}"))?;
        ensure!(text(hit, "/record/id")? == id, "{near}: {answer}");
        // From the place itself, not from a town nearby.
        let km = hit.pointer("/distance_km").and_then(Value::as_f64).context("no distance")?;
        let expected = if near == "Jõhvi" { 5.0..20.0 } else { 40.0..60.0 };
        ensure!(expected.contains(&km), "{near} is {km} km away");
    }
    let many = ["search", "offers", "--near", "Poiana"];
    refused(&narva, &many, 6, &["may be one of many small places", "say the country"]).await
}

#[tokio::test]
async fn a_word_finds_what_is_called_so_in_another_language() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let fields = ["name=Kanter", "profession=lawyer", "competences=asylum", "country=EE"];
    let id = put(&narva, "service", &fields).await?;
    for words in ["убежище", "убежища", "притулок", "turvapaikka", "адвокат", "варежки"]
    {
        let hits = found(&narva, &["services", words]).await?;
        let expected = if words == "варежки" { vec![] } else { vec![id.clone()] };
        ensure!(hits == expected, "{words}: {hits:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_lawyer_knows_well_is_found_by_its_words() -> Result<()> {
    let stage = stage()?;
    let narva = stage.center("Narva").await?;
    let fields = ["name=Kanter", "profession=lawyer", "competences=conscientious_objection"];
    let mut all = fields.to_vec();
    all.extend(["country=EE", "languages=ru:fluent"]);
    let id = put(&narva, "service", &all).await?;
    for words in [
        &["services", "conscientious objection", "--languages", "ru"][..],
        &["services", "lawyer", "objection"],
    ] {
        ensure!(found(&narva, words).await? == [id.as_str()], "{words:?}");
    }
    Ok(())
}
