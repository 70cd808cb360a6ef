//! `hospes import`: many records from a table or a folder, all or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hospes_domain::schema::schema;
use hospes_domain::{Fields, Kind, RecordId, Timestamp, country};
use hospes_wire::local::{
    ImportBegin, ImportFinish, ImportReport, ImportRequest, ImportRow, ListRequest, import_request,
    import_response,
};
use hospes_wire::value::fields_to_wire;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Global, ImportArgs, ImportFormat};
use crate::connect::{self, Directory};
use crate::export::guarded;
use crate::failure::{Exit, Failure};
use crate::fields;
use crate::import::phone::Region;
use crate::import::report::{Line, Report, Severity};
use crate::import::sheet::Sheet;
use crate::import::{self, Row, file, hsds, markdown, sheet, table, template};
use crate::print::{Printer, count};

/// Longest name of a list, in characters.
const MAX_SOURCE: usize = 100;

/// Reads, checks, sends, and tells.
pub async fn run(args: &ImportArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    if let Some(path) = &args.template {
        let kind = template::write(path)?;
        printer.note(format!(
            "{} is an empty table of {}, with help in it.",
            path.display(),
            kind.plural()
        ));
        return Ok(Exit::Ok);
    }
    let (Some(kind), Some(path)) = (args.kind, &args.path) else {
        return Err(Failure::refused("say what to import, and from where")
            .try_next("hospes import offers offers.xlsx"));
    };
    if kind == Kind::Center {
        return Err(Failure::refused(
            "center profiles are not imported: each center writes its own",
        )
        .try_next("hospes center profile --set FIELD=VALUE"));
    }
    let source = source(args, path)?;
    let now = jiff::Timestamp::now();
    let mut report = Report::default();
    let mut rows = stage(args, kind, path, &mut report)?;
    set_for_all(kind, &args.set, &mut rows)?;
    let read = rows.len() as u64;
    if read > sheet::MAX_ROWS as u64 {
        return Err(Failure::refused(format!(
            "{read} records, at most {} are taken at once",
            sheet::MAX_ROWS
        )));
    }
    let now = Timestamp(now.as_millisecond());
    let mut kept = import::check(kind, rows, args.override_lint, now, &mut report);
    let mut directory = None;
    if kept.iter().any(|row| row.external_id.parse::<RecordId>().is_ok()) {
        let directory = directory.insert(connect::directory(global).await?);
        let here = identifiers(kind, directory).await?;
        kept = without_those_here(kept, &here, &mut report);
    }
    // A file that could not be read at all has no row that could be left out.
    let left_out = read - kept.len() as u64 + unread_files(&report);
    let refused_here = left_out > 0 && !args.skip_problems;
    let outcome = if refused_here || kept.is_empty() {
        Outcome { counts: ImportReport::default(), answered: false }
    } else {
        let mut directory = match directory {
            Some(directory) => directory,
            None => connect::directory(global).await?,
        };
        // Listened for from here on, before the bar is there that invites it.
        let mut interrupt = signal(SignalKind::interrupt())
            .map_err(|error| Failure::new(Exit::Failed, format!("failed to start: {error}")))?;
        tokio::select! {
            sent = send(args, kind, &source, kept, &mut directory, &mut report, printer) => sent?,
            _ = interrupt.recv() => return Err(stopped(args)),
        }
    };
    let mut counts = outcome.counts;
    counts.left_out += left_out;
    if let Some(path) = &args.report {
        write_report(path, &report)?;
    }
    show(args, kind, &report, counts, printer);
    finish(args, &report, counts, outcome.answered)
}

struct Outcome {
    counts: ImportReport,
    /// Whether the node was asked.
    answered: bool,
}

/// The identifiers of all records of a kind.
async fn identifiers(kind: Kind, directory: &mut Directory) -> Result<BTreeSet<String>, Failure> {
    let request = ListRequest { kind: kind.name().to_owned(), ours: false };
    let mut records = directory.list(request).await?.into_inner();
    let mut here = BTreeSet::new();
    while let Some(record) = records.message().await? {
        here.insert(record.id);
    }
    Ok(here)
}

/// Leaves out rows of our own exports, whose records are here: they would be made twice.
fn without_those_here(rows: Vec<Row>, here: &BTreeSet<String>, report: &mut Report) -> Vec<Row> {
    let is_new = |row: &Row| {
        let id = row.external_id.to_ascii_lowercase();
        if here.contains(&id) {
            let reason = "is a record that is here already and would be made twice; \
                          change it with hospes edit";
            report.add(Line::fatal(&row.table, row.number, "external_id", &id, reason));
            return false;
        }
        true
    };
    rows.into_iter().filter(is_new).collect()
}

/// Files that gave no row because they could not be read.
fn unread_files(report: &Report) -> u64 {
    report.fatal_rows().iter().filter(|(_, row)| *row == 0).count() as u64
}

fn source(args: &ImportArgs, path: &Path) -> Result<String, Failure> {
    let from_path = || {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let source = args.source.clone().unwrap_or_else(from_path);
    if !fields::is_name(&source, MAX_SOURCE) {
        return Err(Failure::refused(format!(
            "the name of the list has 1 to {MAX_SOURCE} characters"
        ))
        .try_next("--source NAME"));
    }
    Ok(source)
}

fn stage(
    args: &ImportArgs,
    kind: Kind,
    path: &Path,
    report: &mut Report,
) -> Result<Vec<Row>, Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match format(args.format, path)? {
        ImportFormat::HsdsCsv if kind != Kind::Service => Err(Failure::refused(format!(
            "an HSDS directory holds services, not {}",
            kind.plural()
        ))
        .try_next("hospes import services FOLDER")),
        ImportFormat::HsdsCsv => hsds::stage(path, &hsds_options(args)?, report),
        ImportFormat::Markdown => markdown::stage(kind, path, report),
        ImportFormat::Xlsx => {
            let sheet = Sheet::from_xlsx(&name, file::bytes(path)?, kind.plural(), report)?;
            table::stage(kind, &sheet, args.id_column.as_deref(), report)
        }
        ImportFormat::Csv | ImportFormat::Auto => {
            let sheet = Sheet::from_csv(&name, file::bytes(path)?, report)?;
            table::stage(kind, &sheet, args.id_column.as_deref(), report)
        }
    }
}

fn format(wanted: ImportFormat, path: &Path) -> Result<ImportFormat, Failure> {
    if wanted != ImportFormat::Auto {
        return Ok(wanted);
    }
    if path.is_dir() {
        return Ok(if hsds::is_hsds(path) {
            ImportFormat::HsdsCsv
        } else {
            ImportFormat::Markdown
        });
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv" | "tsv" | "txt") => Ok(ImportFormat::Csv),
        Some("xlsx") => Ok(ImportFormat::Xlsx),
        Some("md") => Ok(ImportFormat::Markdown),
        _ if !path.exists() => {
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            Err(Failure::file("read", path, &missing))
        }
        _ => Err(Failure::refused(format!(
            "the ending of {} does not say what it is",
            path.display()
        ))
        .try_next("--format csv, xlsx, hsds-csv or markdown")),
    }
}

fn hsds_options(args: &ImportArgs) -> Result<hsds::Options, Failure> {
    let code = args.region.as_deref().map(str::to_ascii_uppercase);
    if let Some(code) = &code
        && !country::is_country(code)
    {
        return Err(Failure::refused(format!("--region {code:?} is no country code such as US")));
    }
    Ok(hsds::Options {
        region: code.as_deref().and_then(Region::of),
        country: code,
        override_lint: args.override_lint,
        today: jiff::Zoned::now().date(),
    })
}

/// Puts in what was said for all rows, where a row does not say it itself.
fn set_for_all(kind: Kind, arguments: &[String], rows: &mut [Row]) -> Result<(), Failure> {
    let mut common = Fields::new();
    fields::set_all(schema(kind), &mut common, arguments)?;
    for row in rows {
        for (name, value) in &common {
            row.fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    Ok(())
}

async fn send(
    args: &ImportArgs,
    kind: Kind,
    source: &str,
    rows: Vec<Row>,
    directory: &mut Directory,
    report: &mut Report,
    printer: &Printer,
) -> Result<Outcome, Failure> {
    let bar =
        printer.progress(if args.dry_run { "checking" } else { "importing" }, rows.len() as u64);
    let begin = ImportBegin {
        kind: kind.name().to_owned(),
        source: source.to_owned(),
        dry_run: args.dry_run,
        override_lint: args.override_lint,
        skip_problems: args.skip_problems,
        bring_back: args.bring_back,
    };
    let tables: BTreeMap<u64, String> =
        rows.iter().map(|row| (row.number, row.table.clone())).collect();
    let rows = rows.into_iter().map(|row| {
        import_request::Step::Row(ImportRow {
            number: row.number,
            external_id: row.external_id,
            fields: fields_to_wire(&row.fields),
        })
    });
    let steps = std::iter::once(import_request::Step::Begin(begin))
        .chain(rows)
        .chain([import_request::Step::Finish(ImportFinish {})])
        .map(|step| ImportRequest { step: Some(step) });
    let steps: Vec<ImportRequest> = steps.collect();
    let mut answers = directory.import(tokio_stream::iter(steps)).await?.into_inner();
    let mut counts = None;
    while let Some(answer) = answers.message().await? {
        match answer.step {
            Some(import_response::Step::Progress(progress)) => {
                bar.set_length(progress.total.max(progress.done));
                bar.set_position(progress.done);
            }
            Some(import_response::Step::Problem(problem)) => {
                let table = tables.get(&problem.row).map_or("", String::as_str);
                report.add_answer(table, &problem);
            }
            Some(import_response::Step::Report(report)) => counts = Some(report),
            None => {}
        }
    }
    bar.finish_and_clear();
    let counts = counts.ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            "the node ended the import without a word; nothing is known about it",
        )
        .try_next("the same command again: rows that came in are recognized")
    })?;
    Ok(Outcome { counts, answered: true })
}

/// Somebody has pressed Ctrl-C. The node keeps a list whole or not at all, and ends when nobody listens.
fn stopped(args: &ImportArgs) -> Failure {
    let what = if args.dry_run {
        "stopped; a dry run saves nothing"
    } else {
        "stopped: nothing of this list was saved, unless all of it was just before"
    };
    Failure::new(Exit::Failed, what)
        .try_next("the same command again: rows that came in are recognized")
}

fn write_report(path: &Path, report: &Report) -> Result<(), Failure> {
    let failed = |error: csv::Error| {
        Failure::refused(format!("failed to write {}: {error}", path.display()))
    };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    for row in report.rows() {
        writer.write_record(row.iter().map(|cell| guarded(cell))).map_err(failed)?;
    }
    writer.flush().map_err(|error| Failure::file("write", path, &error))
}

fn show(args: &ImportArgs, kind: Kind, report: &Report, counts: ImportReport, printer: &Printer) {
    if printer.is_json() {
        printer.json(&json!({
            "kind": kind.name(),
            "dry_run": args.dry_run,
            "saved": counts.saved,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "left_out": counts.left_out,
            "problems": report.json(),
        }));
        return;
    }
    let groups = report.groups();
    if !groups.is_empty() {
        let rows = groups
            .into_iter()
            .map(|group| {
                let first: Vec<String> = group
                    .first
                    .iter()
                    .filter(|(row, _)| *row > 0)
                    .take(3)
                    .map(|(row, value)| {
                        let value = crate::print::shortened(value, 24);
                        if value.is_empty() { row.to_string() } else { format!("{row} {value:?}") }
                    })
                    .collect();
                vec![
                    group.count.to_string(),
                    group.severity.word().to_owned(),
                    group.table,
                    group.field,
                    group.reason,
                    first.join(", "),
                ]
            })
            .collect();
        printer.table(&["count", "what", "table", "field", "reason", "first rows"], rows);
        if args.report.is_none() {
            printer.note("Every row by name:  --report FILE.csv or --json");
        }
        printer.line("");
    }
    let dry = if args.dry_run { "nothing was saved; it would be: " } else { "" };
    printer.line(format!("{dry}{}", summary(counts)));
}

/// "430 new, 0 changed, 0 unchanged, 0 left out".
fn summary(counts: ImportReport) -> String {
    format!(
        "{} new, {} changed, {} unchanged, {} left out",
        counts.new, counts.changed, counts.unchanged, counts.left_out
    )
}

fn finish(
    args: &ImportArgs,
    report: &Report,
    counts: ImportReport,
    answered: bool,
) -> Result<Exit, Failure> {
    let problems =
        report.lines().iter().filter(|line| line.severity == Severity::Fatal).count() as u64;
    let nothing = !counts.saved && !args.dry_run;
    if problems == 0 && answered && !nothing {
        return Ok(Exit::Ok);
    }
    if problems == 0 && !answered {
        return Err(Failure::refused("there are no rows to import"));
    }
    if args.skip_problems && answered && !nothing {
        return Ok(Exit::Ok);
    }
    if problems == 0 {
        return Err(Failure::refused("the node saved nothing"));
    }
    let failure = Failure::refused(format!(
        "{} in {}: nothing was shared",
        count(problems, "problem", "problems"),
        count(report.fatal_rows().len() as u64, "row", "rows")
    ))
    .try_next("mend the rows that are named above");
    Err(if args.skip_problems {
        failure
    } else {
        failure.try_next("--skip-problems, to take the other rows")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use clap::Parser as _;

    use super::*;
    use crate::args::{Cli, Command};

    fn args(line: &str) -> ImportArgs {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::Import(args) = cli.command else { panic!("not an import") };
        args
    }

    #[test]
    fn the_format_is_seen_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let auto = ImportFormat::Auto;
        assert_eq!(format(auto, folder.path()).unwrap(), ImportFormat::Markdown);
        std::fs::write(folder.path().join("services.csv"), "id\n").unwrap();
        assert_eq!(format(auto, folder.path()).unwrap(), ImportFormat::HsdsCsv);
        for (name, expected) in [
            ("a.csv", ImportFormat::Csv),
            ("a.XLSX", ImportFormat::Xlsx),
            ("a.ru.md", ImportFormat::Markdown),
        ] {
            assert_eq!(format(auto, Path::new(name)).unwrap(), expected);
        }
        let failure = format(auto, Path::new("/nowhere/a.pdf")).unwrap_err();
        assert!(failure.what.contains("no such file"));
    }

    #[test]
    fn a_list_is_called_like_its_file_unless_named() {
        let path = Path::new("/data/offers-2026.xlsx");
        assert_eq!(source(&args("hospes import offers x.xlsx"), path).unwrap(), "offers-2026");
        assert_eq!(source(&args("hospes import offers x --source ilao"), path).unwrap(), "ilao");
        assert!(source(&args("hospes import offers x --source="), path).is_err());
    }

    #[test]
    fn what_is_said_for_all_rows_changes_none_that_says_it_itself() {
        let row = |text: &str| {
            let mut fields = Fields::new();
            fields::set_all(schema(Kind::Service), &mut fields, &[text.to_owned()]).unwrap();
            Row { table: String::new(), number: 2, external_id: "x".to_owned(), fields }
        };
        let mut rows = vec![row("profession=doctor"), row("name=Desk")];
        set_for_all(Kind::Service, &["profession=lawyer".to_owned()], &mut rows).unwrap();
        assert_eq!(rows[0].fields["profession"].as_text(), Some("doctor"));
        assert_eq!(rows[1].fields["profession"].as_text(), Some("lawyer"));
    }

    #[test]
    fn the_number_of_the_program_tells_how_it_went() {
        let saved = ImportReport { new: 2, saved: true, ..Default::default() };
        let unsaved = ImportReport::default();
        let clean = Report::default();
        let mut broken = Report::default();
        broken.add(Line::fatal("a.csv", 2, "name", "", "is missing"));
        let plain = args("hospes import services a.csv");
        let dry = args("hospes import services a.csv --dry-run");
        let skip = args("hospes import services a.csv --skip-problems");
        assert!(finish(&plain, &clean, saved, true).is_ok());
        assert!(finish(&plain, &broken, unsaved, false).is_err());
        assert!(finish(&plain, &clean, unsaved, false).is_err());
        assert!(finish(&plain, &clean, unsaved, true).is_err());
        assert!(finish(&dry, &clean, unsaved, true).is_ok());
        assert!(finish(&dry, &broken, unsaved, false).is_err());
        assert!(finish(&skip, &broken, saved, true).is_ok());
        assert_eq!(summary(saved), "2 new, 0 changed, 0 unchanged, 0 left out");
    }

    #[test]
    fn our_own_export_does_not_make_records_twice() {
        let id = "2851f3e2-1fee-4068-b995-c933459ff677";
        let row = |number: u64, id: &str| Row {
            table: "s.csv".to_owned(),
            number,
            external_id: id.to_owned(),
            fields: Fields::new(),
        };
        let mut report = Report::default();
        let rows = vec![row(2, &id.to_uppercase()), row(3, "a1")];
        let kept = without_those_here(rows, &BTreeSet::from([id.to_owned()]), &mut report);
        assert_eq!(kept.iter().map(|row| row.number).collect::<Vec<_>>(), [3]);
        assert_eq!(report.fatal_rows().len(), 1);
    }

    #[test]
    fn a_report_is_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let mut report = Report::default();
        report.add(Line::note("a.csv", 2, "number", "+1 (312)", "not E.164"));
        write_report(&path, &report).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "severity,table,row,field,value,reason\nnote,a.csv,2,number,'+1 (312),not E.164\n"
        );
    }
}
