//! `hospes export`: all records of a kind into a file.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use hospes_domain::{Kind, Value};
use hospes_wire::local;
use serde_json::json;

use crate::args::{ExportArgs, ExportFormat, Global};
use crate::connect;
use crate::export::table::{self, Item};
use crate::export::{hsds, markdown};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::print::{Printer, count};

/// Writes all shown records of a kind.
pub async fn run(args: &ExportArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let format = format(args)?;
    let to_screen = args.file == Path::new("-");
    if !to_screen && format != ExportFormat::Md && args.file.exists() && !args.force {
        return Err(Failure::refused(format!("{} is there already", args.file.display()))
            .try_next("--force, to replace it"));
    }
    let mut directory = connect::directory(global).await?;
    let request = local::ListRequest { kind: args.kind.name().to_owned(), ours: args.ours };
    let mut stream = directory.list(request).await?.into_inner();
    let bar = printer.spinner("reading the records");
    let mut records = Vec::new();
    while let Some(record) = stream.message().await? {
        if !record.erased {
            records.push(record);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    // The same records are the same file.
    records.sort_by(|a, b| a.id.cmp(&b.id));
    let written = match format {
        ExportFormat::Md => folder(args, &records)?,
        _ => {
            let bytes = bytes(format, args.kind, &records)?;
            write(args, &bytes, printer)?;
            records.len() as u64
        }
    };
    if printer.is_json() && !to_screen {
        printer.json(&json!({"file": args.file, "records": records.len(), "files": written}));
    } else {
        let records = count(records.len() as u64, args.kind.name(), args.kind.plural());
        printer.note(format!("{records} written"));
    }
    Ok(Exit::Ok)
}

fn format(args: &ExportArgs) -> Result<ExportFormat, Failure> {
    let ending = args.file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let format = match (args.format, ending.as_deref()) {
        (Some(format), _) => format,
        (None, Some("csv")) => ExportFormat::Csv,
        (None, Some("xlsx")) => ExportFormat::Xlsx,
        (None, Some("json")) => ExportFormat::Json,
        (None, None) if args.kind == Kind::Template && args.file != Path::new("-") => {
            ExportFormat::Md
        }
        _ => {
            return Err(Failure::refused("the ending of the file does not say the format")
                .try_next("--format csv, xlsx, json, hsds-json or md"));
        }
    };
    match (format, args.kind) {
        (ExportFormat::HsdsJson, Kind::Offer) => Err(Failure::new(
            Exit::NotAllowed,
            "host offers are never written in the HSDS format: it is made for publishing",
        )
        .try_next("hospes export offers FILE.csv, for your own use")),
        (ExportFormat::HsdsJson, Kind::Service) => Ok(format),
        (ExportFormat::HsdsJson, kind) => {
            Err(Failure::refused(format!("the HSDS format holds services, not {}", kind.plural()))
                .try_next("hospes export services FILE.json --format hsds-json"))
        }
        (ExportFormat::Md, Kind::Template) => Ok(format),
        (ExportFormat::Md, kind) => {
            Err(Failure::refused(format!("Markdown is for templates, not for {}", kind.plural()))
                .try_next(format!("hospes export {} FILE.csv", kind.plural())))
        }
        _ => Ok(format),
    }
}

fn bytes(format: ExportFormat, kind: Kind, records: &[local::Record]) -> Result<Vec<u8>, Failure> {
    let failed =
        |reason: String| Failure::new(Exit::Failed, format!("failed to write the file: {reason}"));
    let items = || records.iter().map(item).collect::<Result<Vec<Item>, Failure>>();
    match format {
        ExportFormat::Csv => table::csv_of(kind, &items()?).map_err(failed),
        ExportFormat::Xlsx => table::workbook(kind, &items()?).map_err(failed),
        ExportFormat::HsdsJson => text(&hsds::services(&items()?)),
        ExportFormat::Json | ExportFormat::Md => {
            let list = records.iter().map(json::record).collect::<Result<Vec<_>, _>>()?;
            text(&serde_json::Value::Array(list))
        }
    }
}

fn text(json: &serde_json::Value) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_string_pretty(json).map_err(|error| {
        Failure::new(Exit::Failed, format!("failed to write the file: {error}"))
    })?;
    text.push('\n');
    Ok(text.into_bytes())
}

fn item(record: &local::Record) -> Result<Item, Failure> {
    Ok(Item {
        id: record.id.clone(),
        steward: record.steward_name.clone(),
        freshness: record.freshness.clone(),
        fields: json::fields_of(record)?,
    })
}

/// Writes beside the file and renames, so that a full disk leaves the old one whole.
fn write(args: &ExportArgs, bytes: &[u8], printer: &Printer) -> Result<(), Failure> {
    if args.file == Path::new("-") {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| {
            Failure::refused("a workbook is no text for the screen")
                .try_next("hospes export ... FILE.xlsx")
        })?;
        printer.raw(&text);
        return Ok(());
    }
    let mut beside = args.file.clone().into_os_string();
    beside.push(".part");
    let beside = std::path::PathBuf::from(beside);
    // It is all that a state would like to have: for nobody else on this machine.
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&beside, &args.file))
        .map_err(|error| {
            let _ = std::fs::remove_file(&beside);
            Failure::file("write", &args.file, &error)
        })
}

/// Templates into a folder; how many files.
fn folder(args: &ExportArgs, records: &[local::Record]) -> Result<u64, Failure> {
    if args.file == Path::new("-") {
        return Err(Failure::refused("Markdown goes into a folder")
            .try_next("hospes export templates FOLDER"));
    }
    std::fs::create_dir_all(&args.file)
        .map_err(|error| Failure::file("make", &args.file, &error))?;
    let mut seen = std::collections::BTreeSet::new();
    let mut written = 0;
    for record in records {
        let fields = json::fields_of(record)?;
        let short: String = record.id.chars().take(8).collect();
        let slug = fields.get("slug").and_then(Value::as_text).unwrap_or(&short);
        // A slug of another center's making: it names a file here, so it may hold nothing but a name.
        let plain = slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let slug = if plain && !slug.is_empty() { slug.to_owned() } else { short.clone() };
        let stem = if seen.insert(slug.clone()) { slug } else { format!("{slug}-{short}") };
        for (name, text) in markdown::files(args.kind, &stem, &fields) {
            let path = args.file.join(name);
            let made = if args.force {
                std::fs::write(&path, text)
            } else {
                std::fs::File::create_new(&path)
                    .and_then(|mut file| file.write_all(text.as_bytes()))
            };
            made.map_err(|error| {
                Failure::file("write", &path, &error).try_next("--force, to replace the files")
            })?;
            written += 1;
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command};

    fn check(line: &str, expected: Result<ExportFormat, Exit>) {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::Export(args) = cli.command else { panic!("not an export") };
        assert_eq!(format(&args).map_err(|failure| failure.exit), expected, "{line}");
    }

    #[test]
    fn the_format_follows_the_file_and_the_kind() {
        check("hospes export offers o.csv", Ok(ExportFormat::Csv));
        check("hospes export services s.XLSX", Ok(ExportFormat::Xlsx));
        check("hospes export templates folder", Ok(ExportFormat::Md));
        check("hospes export templates t.json", Ok(ExportFormat::Json));
        check("hospes export services s.json --format hsds-json", Ok(ExportFormat::HsdsJson));
        check("hospes export services s.pdf", Err(Exit::Refused));
        check("hospes export services folder --format md", Err(Exit::Refused));
        check("hospes export bulletins b.json --format hsds-json", Err(Exit::Refused));
    }

    #[test]
    fn host_offers_are_never_written_for_publishing() {
        check("hospes export offers o.json --format hsds-json", Err(Exit::NotAllowed));
    }

    #[test]
    fn a_file_name_of_another_center_cannot_leave_the_folder() {
        let folder_path = tempfile::tempdir().unwrap();
        let cli = Cli::try_parse_from([
            "hospes",
            "export",
            "templates",
            folder_path.path().join("out").to_str().unwrap(),
        ])
        .unwrap();
        let Command::Export(args) = cli.command else { panic!() };
        let mut fields = hospes_domain::Fields::new();
        fields.insert("slug".to_owned(), Value::from("../../evil"));
        let record = local::Record {
            id: "0f0e0d0c-0000-4000-8000-000000000000".to_owned(),
            fields: hospes_wire::value::fields_to_wire(&fields),
            ..Default::default()
        };
        assert_eq!(folder(&args, &[record]).unwrap(), 1);
        assert!(folder_path.path().join("out/0f0e0d0c.en.md").is_file());
    }
}
