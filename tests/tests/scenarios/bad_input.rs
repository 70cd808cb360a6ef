//! What a person mistypes, or a file holds that is none of ours.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::Fields;
use hospes_stage::api::Api;
use hospes_stage::stage::{Center, Stage};
use hospes_tests::operator::{attempt, edit, put, refused};
use hospes_tests::theatre::{stage, well};

const OFFER: [&str; 3] = ["country=EE", "place_type=sofa", "sleeps=2"];

struct Scene {
    center: Center,
    id: String,
    before: String,
    stage: Stage,
}

impl Scene {
    /// A center with one offer in it.
    async fn new() -> Result<Self> {
        let stage = stage()?;
        let center = stage.center("Narva").await?;
        let id = put(&center, "offer", &OFFER).await?;
        let before = center.status().await?.catalogue()?;
        Ok(Self { center, id, before, stage })
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Result<String> {
        let path = self.stage.folder().join(name);
        fs::write(&path, content)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// Checks that all that was tried has changed nothing, and that the node goes on.
    async fn unchanged(&self) -> Result<()> {
        let after = self.center.status().await?.catalogue()?;
        ensure!(after == self.before, "something was saved");
        well(&self.center, 0).await?;
        put(&self.center, "offer", &OFFER).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_wrong_field_is_refused_with_its_name_its_bound_and_its_size() -> Result<()> {
    let scene = Scene::new().await?;
    let long = format!("note={}", "й".repeat(281));
    let cases: [(&str, &[&str]); 19] = [
        ("sleeps=0", &["sleeps", "0", "1..=200"]),
        ("sleeps=201", &["sleeps", "201", "1..=200"]),
        ("sleeps=-1", &["sleeps", "-1", "1..=200"]),
        ("sleeps=99999999999999999999", &["sleeps", "whole number"]),
        ("sleeps=many", &["sleeps", "whole number"]),
        ("sleeps=2.5", &["sleeps", "whole number"]),
        ("sleeps=", &["sleeps", "missing"]),
        ("country=Estonia", &["country", "Estonia"]),
        ("region=LV-RIX", &["region", "LV", "EE"]),
        ("near_town=Atlantis-on-Sea", &["near_town", "Atlantis"]),
        ("place_type=castle", &["place_type", "castle", "sofa"]),
        ("calendar.2026-02-30=1", &["calendar", "2026-02-30"]),
        ("confirmed_at=yesterday", &["confirmed_at", "yesterday"]),
        ("languages=klingon:fluent", &["languages", "klingon"]),
        ("bed_count=3", &["bed_count", "not a field"]),
        ("sleep=3", &["sleep", "did you mean sleeps"]),
        ("host_name=Ann", &["host_name", "never"]),
        (&long, &["note", "281", "280"]),
        ("note_language", &["note_language"]),
    ];
    for (field, said) in cases {
        let mut words = vec!["put", "offer"];
        words.extend(OFFER);
        words.extend(["note_language=ru", field]);
        refused(&scene.center, &words, 6, said).await?;
        refused(&scene.center, &["edit", &scene.id, field], 6, said).await?;
    }
    scene.unchanged().await
}

#[tokio::test]
async fn letters_that_deceive_are_refused() -> Result<()> {
    let scene = Scene::new().await?;
    let cases: [(&str, &[&str]); 7] = [
        // Cyrillic letters that look like Latin ones.
        ("place_type=s\u{043e}fa", &["place_type"]),
        ("country=\u{0415}\u{0415}", &["country"]),
        ("languages=r\u{0443}:fluent", &["languages"]),
        // Marks that turn the direction of what follows.
        ("note=a quiet \u{202e}moor", &["note", "U+202E", "9"]),
        ("note=a quiet \u{2067}room", &["note", "U+2067"]),
        // What a terminal would obey.
        ("note=a quiet \u{1b}[2Jroom", &["note", "U+001B"]),
        ("note=call +372 5123 4567", &["note", "phone"]),
    ];
    for (field, said) in cases {
        let mut words = vec!["put", "offer"];
        words.extend(OFFER);
        words.extend(["note_language=en", field]);
        let outcome = attempt(&scene.center, &words).await?;
        ensure!(
            !outcome.err.contains(['\u{202e}', '\u{2067}', '\u{1b}']),
            "a mark is repeated: {field:?}"
        );
        refused(&scene.center, &words, 6, said).await?;
    }
    // A language that is written from right to left is nothing bad.
    let mut words = vec!["put", "offer", "--dry-run"];
    words.extend(OFFER);
    words.extend(["note=חדר שקט ליד הפארק", "note_language=he"]);
    let outcome = attempt(&scene.center, &words).await?;
    ensure!(outcome.code == 0, "{outcome:?}");
    scene.unchanged().await
}

#[tokio::test]
async fn ten_megabytes_and_nothing_at_all_are_refused() -> Result<()> {
    let scene = Scene::new().await?;
    let center = &scene.center;
    let template = put(
        center,
        "template",
        &["slug=letter", "doc_type=letter", "jurisdiction=EE", "title.en=Letter", "body.en=One."],
    )
    .await?;
    let scene = Scene { before: scene.center.status().await?.catalogue()?, ..scene };
    let center = &scene.center;
    let large = scene.file("large.md", "a quiet room ".repeat(900_000))?;
    let text = scene.file("text.md", "word ".repeat(40_020) + "end")?;
    let note = format!(
        r#"{{"country":"EE","place_type":"sofa","sleeps":2,"note":"{}"}}"#,
        "a".repeat(3_000_000)
    );
    let note = scene.file("note.json", note)?;
    let (empty, object) = (scene.file("empty.json", "")?, scene.file("object.json", "{}")?);
    let list = scene.file("list.json", "[1, 2]")?;
    let broken = scene.file("broken.json", r#"{"country": "EE", "#)?;
    let binary = scene.file("binary.json", [0xff, 0xfe, 0x00, 0x80])?;
    let deep =
        scene.file("deep.json", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)))?;

    let language = ["--language", "en", "--text-file"];
    let edit =
        |file| ["edit", &template].into_iter().chain(language).chain([file]).collect::<Vec<&str>>();
    refused(center, &edit(&large), 6, &["large.md", "10 MiB"]).await?;
    refused(center, &edit(&text), 6, &["body", "200000"]).await?;
    refused(center, &edit("/nowhere/text.md"), 6, &["/nowhere/text.md"]).await?;
    refused(center, &["put", "offer", "--from", &large], 6, &["large.md", "10 MiB"]).await?;
    refused(center, &["put", "offer", "--from", &note], 6, &["note", "3000000", "280"]).await?;
    refused(center, &["put", "offer", "--from", &empty], 6, &["empty.json"]).await?;
    refused(center, &["put", "offer", "--from", &object], 6, &["no fields"]).await?;
    refused(center, &["put", "offer", "--from", &list], 6, &["list.json"]).await?;
    refused(center, &["put", "offer", "--from", &broken], 6, &["broken.json"]).await?;
    refused(center, &["put", "offer", "--from", &binary], 6, &["binary.json", "UTF"]).await?;
    refused(center, &["put", "offer", "--from", &deep], 6, &["deep.json"]).await?;
    refused(center, &["put", "offer"], 6, &["no fields"]).await?;
    refused(center, &["edit", &scene.id], 6, &["nothing to change"]).await?;
    refused(center, &["put", "castle", "sleeps=2"], 2, &["castle"]).await?;
    refused(center, &["edit", "00000000-0000-4000-8000-000000000000", "sleeps=2"], 5, &[]).await?;
    refused(center, &["show", "zzzz"], 6, &["hexadecimal"]).await?;
    refused(center, &["show", "0000"], 5, &["0000"]).await?;
    scene.unchanged().await
}

#[tokio::test]
async fn a_file_with_one_bad_row_shares_nothing_and_names_the_row() -> Result<()> {
    let scene = Scene::new().await?;
    let center = &scene.center;
    let head = "external_id,country,place_type,sleeps,note,note_language\n";
    let good = "a-1,EE,sofa,2,A fictional room,en\n";
    let import = |file: &str| vec!["import".to_owned(), "offers".to_owned(), file.to_owned()];
    let cases: [(&str, String, &[&str]); 7] = [
        (
            "bound.csv",
            format!("{head}{good}a-2,EE,sofa,300,,\n"),
            &["in 1 row", "nothing was shared"],
        ),
        (
            "word.csv",
            format!("{head}{good}a-2,EE,castle,3,,\n"),
            &["in 1 row", "nothing was shared"],
        ),
        ("mark.csv", format!("{head}{good}a-2,EE,sofa,3,turn \u{202e}me,en\n"), &["1 problem"]),
        ("twice.csv", format!("{head}{good}{good}"), &["1 problem"]),
        ("head.csv", head.to_owned(), &["no rows"]),
        ("empty.csv", String::new(), &[]),
        ("large.csv", format!("{head}{}", good.repeat(400_000)), &["large.csv", "10 MiB"]),
    ];
    for (name, content, said) in cases {
        let words = import(&scene.file(name, content)?);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        refused(center, &words, 6, said).await?;
    }
    // Which row, which field, and why, for people and for programs.
    let file = scene.stage.folder().join("bound.csv");
    let outcome = attempt(center, &["--json", "import", "offers", &file.to_string_lossy()]).await?;
    ensure!(outcome.code == 6, "{outcome:?}");
    let report: serde_json::Value = serde_json::from_str(&outcome.out)?;
    ensure!(
        report.get("saved") == Some(&false.into()) && report.get("left_out") == Some(&1.into()),
        "{report}"
    );
    let said = report.get("problems").map(ToString::to_string).unwrap_or_default();
    for word in ["\"row\":3", "sleeps", "300", "1..=200"] {
        ensure!(said.contains(word), "{word:?} is not in {said}");
    }
    for (name, content) in [
        ("utf16.csv", &b"\xff\xfea\0,\0"[..]),
        ("zip.csv", b"PK\x03\x04\0\0"),
        ("nul.csv", b"a,b\n\0,1\n"),
    ] {
        let words = import(&scene.file(name, content)?);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        refused(center, &words, 6, &[name]).await?;
    }
    ensure!(Path::new(&file).exists());
    scene.unchanged().await
}

/// A field that nobody has thought about is a host's phone number, shared with all centers.
#[tokio::test]
async fn a_name_that_no_field_has_is_never_written_however_it_comes() -> Result<()> {
    let scene = Scene::new().await?;
    let center = &scene.center;
    for name in ["host_phone", "foo", "pets"] {
        let content = format!(
            r#"{{"country":"EE","place_type":"sofa","sleeps":2,"{name}":"+372 5123 4567"}}"#
        );
        let file = scene.file("record.json", content)?;
        refused(center, &["put", "offer", "--from", &file], 6, &[name]).await?;
        refused(center, &["put", "offer", "--from", &file, "--override-lint"], 6, &[name]).await?;
        let value = format!("{name}=+372 5123 4567");
        refused(center, &["edit", &scene.id, &value], 6, &[name]).await?;

        let api = Api::of(center, &format!("program of {name}")).await?;
        let mut fields = Fields::from([
            ("country".to_owned(), "EE".into()),
            ("place_type".to_owned(), "sofa".into()),
            ("sleeps".to_owned(), 2.into()),
        ]);
        fields.insert(name.to_owned(), "+372 5123 4567".into());
        let answer = api.put("offer", &fields).await;
        let said = format!("{:?}", answer.err().context("it was saved")?);
        ensure!(said.contains(name), "{said}");
    }
    scene.unchanged().await
}

/// What an earlier release took, or a person meant so, must not be in the way on a bad day.
#[tokio::test]
async fn an_old_text_stops_no_edit_that_leaves_it_alone() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let note = "note=Björkvägen 12";
    let words = [&OFFER[..], &[note, "note_language=sv", "--override-lint"]].concat();
    let id = put(&center, "offer", &words).await?;
    edit(&center, &id, &["status=full"]).await?;
    edit(&center, &id, &["status=active", note]).await?;
    refused(&center, &["edit", &id, "note=Björkvägen 14"], 6, &["note"]).await?;
    center.run(["withdraw", &id]).await.map(|_| ())
}
