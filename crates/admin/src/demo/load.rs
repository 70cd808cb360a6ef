//! Puts the fictional records into a node.

use clap::Args;
use hospes_domain::{CenterId, Fields, Kind, Timestamp};
use hospes_wire::local::{
    ImportBegin, ImportFinish, ImportReport, ImportRequest, ImportRow, ListRequest, PutRequest,
    StatusRequest, import_request, import_response,
};
use hospes_wire::value::fields_to_wire;

use super::bulletins::bulletins;
use super::offers::offers;
use super::places::DemoCenter;
use super::services::services;
use super::sheet::Sheet;
use super::templates::templates;
use crate::connect::Directory;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, count};

/// `hospes demo-data`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Which demo center this node plays
    #[arg(long, value_enum)]
    pub center: DemoCenter,
    /// How many host offers to make
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(0..=50_000))]
    pub offers: u32,
    /// The same number makes the same records
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// A center that may change our templates too, by its identifier
    #[arg(long, value_name = "CENTER")]
    pub maintainer: Vec<CenterId>,
    /// Also where there are peers or records: the peers get the fictional ones too, for good
    #[arg(long)]
    pub anyway: bool,
}

/// Makes the records of a demo center and loads them, kind by kind.
///
/// Loading twice changes the records of the first time instead of adding others.
pub async fn run(
    args: &DemoArgs,
    directory: &mut Directory,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if !args.anyway {
        nobody_is_misled(directory).await?;
    }
    let now = Timestamp(jiff::Timestamp::now().as_millisecond());
    let wanted = usize::try_from(args.offers).unwrap_or(usize::MAX);
    profile(directory, args.center).await?;
    let kinds = [
        (Kind::Template, templates(args.center, &args.maintainer, now)),
        (Kind::Service, services(args.center, now)),
        (Kind::Bulletin, bulletins(args.center, now)),
        (Kind::Offer, offers(args.seed, wanted, args.center, now)),
    ];
    let mut reports = Vec::new();
    for (kind, records) in kinds {
        if !records.is_empty() {
            reports.push((kind, import(directory, args.center, kind, records, printer).await?));
        }
    }
    show(args.center, &reports, printer);
    Ok(Exit::Ok)
}

/// Refuses where somebody could take fictional records for real ones. They cannot be taken back.
async fn nobody_is_misled(directory: &mut Directory) -> Result<(), Failure> {
    let status = directory.status(StatusRequest {}).await?.into_inner();
    let peers = status.peers.len() as u64;
    // The center's own profile is no record that somebody entered.
    let others =
        |shown: u64, kind: &str| shown.saturating_sub(u64::from(kind == Kind::Center.name()));
    let records: u64 = status.records.iter().map(|kind| others(kind.shown, &kind.kind)).sum();
    let (what, reason) = match (peers, records) {
        (0, 0) => return Ok(()),
        (0, _) => {
            (count(records, "record", "records"), "nobody could tell the fictional ones from them")
        }
        _ => (
            count(peers, "peer", "peers"),
            "the fictional records would reach all centers, for good",
        ),
    };
    Err(Failure::refused(format!("this node has {what}: {reason}"))
        .try_next("cargo demo, which makes three centers of its own to try things out"))
}

async fn import(
    directory: &mut Directory,
    center: DemoCenter,
    kind: Kind,
    records: Vec<(String, Fields)>,
    printer: &Printer,
) -> Result<ImportReport, Failure> {
    let bar = printer.progress(kind.plural(), records.len() as u64);
    let begin = ImportBegin {
        kind: kind.name().to_owned(),
        source: format!("demo {}", center.word()),
        ..ImportBegin::default()
    };
    let rows = records.into_iter().zip(1_u64..).map(|((external_id, fields), number)| {
        let fields = fields_to_wire(&fields);
        import_request::Step::Row(ImportRow { number, external_id, fields })
    });
    let steps: Vec<ImportRequest> = std::iter::once(import_request::Step::Begin(begin))
        .chain(rows)
        .chain([import_request::Step::Finish(ImportFinish {})])
        .map(|step| ImportRequest { step: Some(step) })
        .collect();
    let mut answers = directory.import(tokio_stream::iter(steps)).await?.into_inner();
    let mut refused = None;
    while let Some(answer) = answers.message().await? {
        match answer.step {
            Some(import_response::Step::Progress(progress)) => bar.set_position(progress.done),
            Some(import_response::Step::Problem(problem)) if problem.fatal => {
                refused.get_or_insert(format!(
                    "{} {} was refused: {} {}",
                    kind, problem.external_id, problem.field, problem.reason
                ));
            }
            Some(import_response::Step::Report(report)) if report.saved => {
                bar.finish_and_clear();
                return Ok(report);
            }
            _ => {}
        }
    }
    bar.finish_and_clear();
    let what = refused.unwrap_or_else(|| format!("the node did not save the {}", kind.plural()));
    Err(Failure::new(Exit::Refused, what))
}

/// Says in the center's own profile what it does. The name stays as `hospes init` set it.
async fn profile(directory: &mut Directory, center: DemoCenter) -> Result<(), Failure> {
    let request = ListRequest { kind: Kind::Center.name().to_owned(), ours: true };
    let known = directory.list(request).await?.into_inner().message().await?.unwrap_or_default();
    let mut sheet = Sheet::default();
    sheet.put("name", center.name());
    sheet.put_set("roles", vec!["hotline", "legal", "steward"]);
    let languages: &[(&str, &str)] = match center {
        DemoCenter::Narva => &[("et", "native"), ("fi", "basic"), ("ru", "native")],
        DemoCenter::Riga => &[("lt", "basic"), ("lv", "native"), ("ru", "native")],
        DemoCenter::Tbilisi => &[("hy", "basic"), ("ka", "native"), ("ru", "fluent")],
    };
    sheet.put_map("languages", languages.iter().copied().chain([("en", "fluent")]));
    sheet.put("contact_windows", "Mo-Fr 10:00-18:00");
    sheet.put("time_zone", center.time_zone());
    let mut fields = fields_to_wire(&sheet.into_fields());
    // What the center says of itself stands.
    fields.extend(known.fields);
    let kind = Kind::Center.name().to_owned();
    directory.put(PutRequest { id: known.id, kind, fields, ..PutRequest::default() }).await?;
    Ok(())
}

fn show(center: DemoCenter, reports: &[(Kind, ImportReport)], printer: &Printer) {
    if printer.is_json() {
        let kinds = reports.iter().map(|(kind, report)| {
            let counts = serde_json::json!({
                "new": report.new, "changed": report.changed, "unchanged": report.unchanged,
            });
            (kind.plural().to_owned(), counts)
        });
        let kinds: serde_json::Map<String, serde_json::Value> = kinds.collect();
        printer.json(&serde_json::Value::Object(kinds));
        return;
    }
    let parts: Vec<String> = reports
        .iter()
        .map(|(kind, report)| {
            let all = report.new + report.changed + report.unchanged;
            count(all, kind.name(), kind.plural())
        })
        .collect();
    printer.line(format!("{} now has {}, all of them fictional.", center.name(), parts.join(", ")));
}
