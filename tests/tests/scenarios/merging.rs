//! Texts that are edited in two places at once.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::{Center, text};
use hospes_tests::operator::{has, put, refused};
use hospes_tests::theatre::{Row, connected, reopen};
use serde_json::Value;

/// Paragraphs of a made-up statement.
const PARAGRAPHS: [&str; 4] = [
    "Заявление вымышленное.",
    "Я отказываюсь от военной службы по убеждениям совести.",
    "Мои убеждения сложились давно и подтверждены свидетелями.",
    "Прошу выслушать меня лично.",
];

/// Changes one sentence of the Russian text with the command line.
async fn revise(center: &Center, id: &str, before: &str, after: &str) -> Result<()> {
    let record = has(center, id).await?;
    let old = text(&record, "/fields/body/ru")?;
    ensure!(old.contains(before), "{} has no {before:?}", center.name);
    let file = center.card.with_extension("ru.md");
    std::fs::write(&file, old.replace(before, after))?;
    let file = file.to_string_lossy();
    center.run(["edit", id, "--language", "ru", "--text-file", &*file]).await.map(|_| ())
}

async fn statement(steward: &Center, maintainer: &Center) -> Result<String> {
    let body = format!("body.ru={}", PARAGRAPHS.join("\n\n"));
    let maintainers = format!("maintainers={}", maintainer.id().await?);
    let fields = ["slug=objection", "doc_type=statement", "jurisdiction=RU", "title.ru=Отказ"];
    let fields: Vec<&str> =
        fields.into_iter().chain([body.as_str(), maintainers.as_str()]).collect();
    put(steward, "template", &fields).await
}

/// Narva and Tbilisi hold the same statement and cannot reach each other: Riga is gone.
async fn apart() -> Result<(Row, String)> {
    let mut row = Row::connected().await?;
    let id = statement(&row.narva, &row.tbilisi).await?;
    has(&row.tbilisi, &id).await?;
    row.agree().await?;

    row.riga.stop().await?;
    connected(&row.narva, 0).await?;
    connected(&row.tbilisi, 0).await?;
    Ok((row, id))
}

#[tokio::test]
async fn edits_of_two_paragraphs_made_apart_are_both_there_afterwards() -> Result<()> {
    let (mut row, id) = apart().await?;
    revise(&row.narva, &id, "военной службы", "любой военной службы").await?;
    revise(&row.tbilisi, &id, "выслушать меня лично", "выслушать меня лично, в разумный срок")
        .await?;
    reopen(&mut row.riga).await?;
    row.agree().await?;

    let mut seen = Vec::new();
    for center in row.centers() {
        let record = has(center, &id).await?;
        let body = text(&record, "/fields/body/ru")?;
        for words in ["от любой военной службы", "лично, в разумный срок."]
        {
            ensure!(body.contains(words), "{} has no {words:?} in: {body}", center.name);
        }
        ensure!(
            record.get("left_out") == Some(&Value::from(0)),
            "{} leaves something out",
            center.name
        );
        seen.push((body, text(&record, "/version")?));
    }
    seen.dedup();
    ensure!(seen.len() == 1, "the nodes show different texts: {seen:#?}");
    Ok(())
}

#[tokio::test]
async fn edits_of_the_same_sentence_end_as_one_text_everywhere() -> Result<()> {
    let (mut row, id) = apart().await?;
    revise(&row.narva, &id, "давно", "с юности").await?;
    revise(&row.tbilisi, &id, "давно", "много лет назад").await?;
    reopen(&mut row.riga).await?;
    row.agree().await?;
    let mut bodies = Vec::new();
    for center in row.centers() {
        bodies.push(text(&has(center, &id).await?, "/fields/body/ru")?);
    }
    bodies.dedup();
    let [body] = bodies.as_slice() else { anyhow::bail!("different texts: {bodies:#?}") };
    for words in ["с юности", "много лет назад"] {
        ensure!(body.contains(words), "{words:?} is lost: {body}");
    }
    Ok(())
}

#[tokio::test]
async fn a_center_that_is_no_maintainer_may_not_edit() -> Result<()> {
    let row = Row::connected().await?;
    let id = statement(&row.narva, &row.tbilisi).await?;
    has(&row.riga, &id).await?;
    row.agree().await?;
    let before = row.riga.status().await?.catalogue()?;
    let steward: String = row.narva.id().await?.chars().take(8).collect();
    let said = [id.as_str(), "only its steward may change it", steward.as_str()];
    refused(&row.riga, &["edit", &id, "title.ru=Другое"], 7, &said).await?;
    let after = row.riga.status().await?.catalogue()?;
    ensure!(before == after, "a refused edit was saved");
    has(&row.tbilisi, &id).await?;
    row.tbilisi.run(["edit", &id, "title.ru=Заявление"]).await.context("a maintainer may edit")?;
    row.agree().await.map(|_| ())
}
