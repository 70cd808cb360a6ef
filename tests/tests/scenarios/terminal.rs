//! What a person sees at a terminal of 80 columns: no word, date or command is broken.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, introduce};
use hospes_tests::operator::put;
use hospes_tests::terminal::Terminal;
use hospes_tests::theatre::{connected, stage};

const COLUMNS: u16 = 80;
const PASSPHRASE: &str = "six fictional herons sleep near water";
/// Long, and with what a shell takes apart.
const NAME: &str = "Center \"Narva\" & Söhne";

/// Fails where a line is wider than the terminal: it would be broken in the middle of a word.
fn fits(shown: &str) -> Result<()> {
    for line in shown.lines() {
        // What is typed over, a bar or a waiting sign, is one line after the other.
        let line = line.rsplit('\r').next().unwrap_or(line);
        let width = line.chars().count();
        ensure!(width <= usize::from(COLUMNS), "{width} columns:\n{line}\nin:\n{shown}");
    }
    Ok(())
}

fn done(center: &Center, words: &[&str]) -> Result<String> {
    let (code, shown) = Terminal::open(center, words, COLUMNS)?.end()?;
    ensure!(code == 0, "{words:?} ended with {code}:\n{shown}");
    fits(&shown)?;
    Ok(shown)
}

/// The word of this number among those on the screen: "  1 artist".
fn word(screen: &str, number: &str) -> Result<String> {
    let mut words = screen.split_whitespace();
    words
        .find(|word| word.trim_end_matches('.') == number)
        .with_context(|| format!("no {number}"))?;
    Ok(words.next().context("no word after it")?.to_owned())
}

#[tokio::test]
async fn a_center_is_made_and_opened_at_the_prompts() -> Result<()> {
    let stage = stage()?;
    let node = stage.node("narva").await?;
    let mut init = Terminal::open(&node, &["init", "--cost", "test"], COLUMNS)?;
    init.until("Name of the center")?;
    init.enter(NAME)?;
    init.until("[yes/no]")?;
    init.enter("yes")?;
    let screen = init.until("they are not shown again.")?;
    init.enter("")?;
    for _ in 0..3 {
        init.until("Word ")?;
        let number = init.until(":")?;
        init.enter(&word(&screen, number.trim_end_matches(':'))?)?;
    }
    init.until("New passphrase:")?;
    init.enter("weak")?;
    init.until("Once more.")?;
    init.enter(PASSPHRASE)?;
    init.until("The same again:")?;
    init.enter(PASSPHRASE)?;
    let (code, shown) = init.end()?;
    ensure!(code == 0, "{shown}");
    ensure!(shown.contains("is a center now"), "{shown}");
    fits(&shown)?;

    done(&node, &["seal"])?;
    let mut unseal = Terminal::open(&node, &["unseal"], COLUMNS)?;
    unseal.until("assphrase")?;
    unseal.enter("not this one")?;
    unseal.until("The passphrase is wrong.")?;
    unseal.enter(PASSPHRASE)?;
    let (code, shown) = unseal.end()?;
    ensure!(code == 0, "{shown}");
    fits(&shown)
}

#[tokio::test]
async fn results_fit_into_eighty_columns() -> Result<()> {
    let stage = stage()?;
    let (narva, riga) = tokio::try_join!(stage.center(NAME), stage.center("Riga"))?;
    // Both admins type the last word that they hear.
    let card = riga.card.to_string_lossy();
    let mut add = Terminal::open(&narva, &["peer", "add", &card], COLUMNS)?;
    let shown = add.until("Type the last word of theirs:")?;
    fits(&shown)?;
    let words = shown.split("address").next().unwrap_or_default();
    let last = words.split_whitespace().last().context("no words")?.to_owned();
    add.enter("wrong")?;
    add.until("That is not the last word.")?;
    add.enter(&last)?;
    ensure!(add.end()?.0 == 0, "it was not added");
    introduce(&narva, &riga).await?;
    connected(&narva, 1).await?;
    let offer = [
        "country=EE",
        "near_town=Narva",
        "place_type=private_room",
        "sleeps=4",
        "time_zone=Europe/Tallinn",
        "calendar=2027-01-01..2027-03-31:2",
        "child_ages_ok=0-2,3-5,6-12,13-17",
        "pets_ok=dog,cat",
        "languages=ru:native,et:fluent,fi:basic",
        "notice=4h",
        "latest_arrival=23:00",
        "night_calls_ok=no",
    ];
    let id = put(&narva, "offer", &offer).await?;
    for words in [
        &["status"][..],
        &["peer", "list"],
        &["center", "show"],
        &["search", "offers", "--near", "Narva"],
        &["search", "offers", "--near", "Narva", "--pets", "assistance_dog"],
        &["show", &id],
        &["describe", "offer"],
        &["alarm"],
        &["keys", "list"],
        &["quarantine", "list"],
        &["--help"],
        &["search", "--help"],
        &["init", "--help"],
    ] {
        done(&narva, words).with_context(|| format!("{words:?}"))?;
    }
    let shown = done(&narva, &["show", &id])?;
    ensure!(shown.contains("2027-01-01..2027-03-31:2"), "the calendar is not in runs:\n{shown}");
    Ok(())
}
