//! What must be true of the demonstration.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use hospes_stage::api::{Api, body};
use hospes_stage::stage::{Center, text};
use hospes_stage::wait::until;
use hospes_wire::local::{Record, SearchRequest};

use crate::fleet::{AGREEMENT, Fleet};
use crate::say;

/// Changes of two paragraphs of the Russian statement: what is there, and what comes for it.
struct Revision {
    before: &'static str,
    after: &'static str,
}

const AT_NARVA: Revision = Revision {
    before: "Я отказываюсь от военной службы по убеждениям совести.",
    after: "Я отказываюсь от любой военной службы по убеждениям совести.",
};
const AT_TBILISI: Revision = Revision {
    before: "Выслушать меня лично, с участием адвоката",
    after: "Выслушать меня лично, в разумный срок, с участием адвоката",
};

/// Programs of all three centers.
struct Apis {
    narva: Api,
    riga: Api,
    tbilisi: Api,
}

impl Apis {
    fn all(&self) -> [(&'static str, &Api); 3] {
        [("Narva", &self.narva), ("Riga", &self.riga), ("Tbilisi", &self.tbilisi)]
    }
}

/// Checks that what one center knows all centers know, and that edits made apart merge.
///
/// `folder` takes the texts that are given to the command line.
pub async fn run(fleet: &mut Fleet, offers: usize, folder: &Path) -> Result<()> {
    say("checking that what Narva knows is known in Tbilisi");
    let apis = Apis {
        narva: Api::of(&fleet.narva, "check").await?,
        riga: Api::of(&fleet.riga, "check").await?,
        tbilisi: Api::of(&fleet.tbilisi, "check").await?,
    };
    every_record_of_narva_is_in_tbilisi(&apis, offers).await?;
    tbilisi_finds_what_narva_entered(fleet, &apis).await?;
    say("checking the commands to try");
    for (_, center, words) in fleet.suggestions() {
        let printed = center.run(words).await?;
        ensure!(!printed.trim().is_empty(), "{} prints nothing", center.shown(words));
    }
    edits_made_apart_merge(fleet, &apis, folder).await
}

async fn every_record_of_narva_is_in_tbilisi(apis: &Apis, offers: usize) -> Result<()> {
    // One offer more than was generated: the one whose way was timed.
    let expected = [("offer", offers as u64 + 1), ("service", 8), ("template", 1), ("bulletin", 2)];
    for (kind, expected) in expected {
        let ours = apis.narva.ours(kind).await?;
        let actual = ours.len() as u64;
        ensure!(actual == expected, "Narva has {actual} records of kind {kind}, not {expected}");
        for (id, record) in ours {
            let there = apis.tbilisi.get(&id).await?;
            let there = there.with_context(|| format!("{kind} {id} of Narva is not in Tbilisi"))?;
            same(&record, &there).with_context(|| format!("{kind} {id} of Narva in Tbilisi"))?;
            // The statement names Tbilisi as co-maintainer; everything else is Narva's alone.
            let may = kind == "template";
            ensure!(there.ours == may, "Tbilisi may change {kind} {id} of Narva: {}", there.ours);
            ensure!(
                there.introduced_by == "Riga",
                "{kind} {id}: {:?} introduced Narva to Tbilisi, not Riga",
                there.introduced_by
            );
        }
    }
    Ok(())
}

fn same(one: &Record, other: &Record) -> Result<()> {
    ensure!(one.version == other.version, "the version is another");
    ensure!(one.fields == other.fields, "the fields are others");
    ensure!(one.left_out == 0 && other.left_out == 0, "changes are left out");
    Ok(())
}

async fn tbilisi_finds_what_narva_entered(fleet: &Fleet, apis: &Apis) -> Result<()> {
    let narva = fleet.narva.id().await?;
    let queries = [
        SearchRequest {
            kind: "offer".into(), near: "Нарва".into(), ..SearchRequest::default()
        },
        SearchRequest {
            kind: "service".into(),
            text: "night line".into(),
            ..SearchRequest::default()
        },
        SearchRequest {
            kind: "template".into(), text: "отказ".into(), ..SearchRequest::default()
        },
        SearchRequest {
            kind: "bulletin".into(),
            text: "адвокаты".into(),
            ..SearchRequest::default()
        },
    ];
    for query in queries {
        let found = apis.tbilisi.search(query.clone()).await?;
        let by_narva = found.hits.iter().filter_map(|hit| hit.record.as_ref());
        let by_narva = by_narva.filter(|record| record.steward == narva).count();
        let SearchRequest { kind, text, near, .. } = query;
        ensure!(by_narva > 0, "Tbilisi finds no {kind} of Narva by {text:?} near {near:?}");
    }
    let (found, _) = statement(&fleet.tbilisi).await?;
    let shown = fleet.tbilisi.run(["show", &found, "--language", "ru"]).await?;
    ensure!(shown.contains("Образец"), "Tbilisi does not show the Russian text of {found}");
    Ok(())
}

/// Identifier and Russian text of the statement of objection, as a center sees it.
async fn statement(center: &Center) -> Result<(String, String)> {
    let found = center.json(["search", "templates", "отказ"]).await?;
    let hits = found.pointer("/hits").and_then(|hits| hits.as_array()).cloned().unwrap_or_default();
    for hit in hits {
        if text(&hit, "/record/fields/slug")? == "conscientious-objection" {
            let id = text(&hit, "/record/id")?;
            // A hit has no long texts; the record itself has.
            let ru = text(&center.json(["show", &id]).await?, "/fields/body/ru")?;
            return Ok((id, ru));
        }
    }
    bail!("{} does not find the statement of objection", center.name)
}

async fn edits_made_apart_merge(fleet: &mut Fleet, apis: &Apis, folder: &Path) -> Result<()> {
    say("taking Riga off the network: Narva and Tbilisi are alone now");
    fleet.riga.stop().await?;
    for center in [&fleet.narva, &fleet.tbilisi] {
        let what = format!("{} notices that Riga is gone", center.name);
        let alone = || async { Ok((center.status().await?.connected() == 0).then_some(())) };
        until(&what, AGREEMENT, alone).await?;
    }

    say("editing two paragraphs of one Russian text, one at Narva and one at Tbilisi");
    let id = revise(&fleet.narva, &AT_NARVA, folder).await?;
    let same_id = revise(&fleet.tbilisi, &AT_TBILISI, folder).await?;
    ensure!(id == same_id, "Narva edited {id}, Tbilisi {same_id}");
    let (_, at_narva) = statement(&fleet.narva).await?;
    let (_, at_tbilisi) = statement(&fleet.tbilisi).await?;
    ensure!(at_narva != at_tbilisi, "the texts do not differ although the nodes are apart");

    say("bringing Riga back");
    fleet.riga.start().await?;
    fleet.riga.unseal().await?;
    fleet.agree("merging").await?;
    let mut texts = Vec::new();
    for (name, api) in apis.all() {
        let record = api.get(&id).await?.with_context(|| format!("{name} lost {id}"))?;
        ensure!(record.left_out == 0, "{name} left out changes of {id}");
        texts.push((name, body(&record, "ru")?));
    }
    for (name, text) in &texts {
        for Revision { before, after } in [AT_NARVA, AT_TBILISI] {
            ensure!(text.contains(after), "{name} does not have the edit {after:?}");
            ensure!(!text.contains(before), "{name} still has {before:?}");
        }
    }
    texts.dedup_by(|(_, one), (_, other)| one == other);
    ensure!(texts.len() == 1, "the merged text is not the same on all three nodes");
    show_merge(&texts);
    Ok(())
}

/// Edits the text with the command line, as a person would.
async fn revise(center: &Center, revision: &Revision, folder: &Path) -> Result<String> {
    let (id, text) = statement(center).await?;
    ensure!(
        text.contains(revision.before),
        "{} has no sentence {:?}",
        center.name,
        revision.before
    );
    let file = folder.join(format!("{}.ru.md", center.name.to_lowercase()));
    fs::write(&file, text.replace(revision.before, revision.after))
        .with_context(|| format!("failed to write {}", file.display()))?;
    let file = file.to_string_lossy();
    center.run(["edit", &id, "--language", "ru", "--text-file", &*file]).await?;
    Ok(id)
}

fn show_merge(texts: &[(&str, String)]) {
    println!("\nThe merged text, the same bytes on all three nodes:");
    for (_, text) in texts {
        for line in text.lines() {
            let edited = [AT_NARVA, AT_TBILISI].iter().any(|edit| line.contains(edit.after));
            if edited {
                println!("  {line}");
            }
        }
    }
}
