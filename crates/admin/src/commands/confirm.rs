//! `hospes confirm`: an offer still holds, or an admin is there.

use hospes_domain::Kind;
use hospes_wire::{admin, local};
use serde_json::json;

use super::{put, search};
use crate::args::{ConfirmArgs, Global};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, count, left};

/// Records of one question to the node.
const PAGE: u32 = 200;
/// How far a search goes.
const MOST: u32 = 10_000;

/// Confirms records, lists those that are due, or says that somebody is there.
pub async fn run(args: ConfirmArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    match (args.due, args.ids.is_empty()) {
        (true, _) => due(global, printer).await,
        (false, true) => presence(global, printer).await,
        (false, false) => records(args, global, printer).await,
    }
}

async fn records(args: ConfirmArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut directory = connect::directory(global).await?;
    let by = args.by.unwrap_or_default();
    for id in args.ids {
        let request = local::ConfirmRequest { id, by: by.clone() };
        let answer = directory.confirm(request).await?.into_inner();
        if printer.is_json() {
            put::saved(&answer, false, printer);
            continue;
        }
        let record = local::GetRequest { id: answer.id, kind: String::new() };
        let record = directory.get(record).await?.into_inner();
        printer.line(format!("confirmed {}: {}", record.id, record.freshness));
    }
    Ok(Exit::Ok)
}

/// Our offers that are in use and that one cannot rely on any more.
async fn due(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut directory = connect::directory(global).await?;
    let mut offset = 0;
    let mut due = Vec::new();
    loop {
        let request = local::SearchRequest {
            kind: Kind::Offer.name().to_owned(),
            include_stale: true,
            steward: "us".to_owned(),
            limit: PAGE,
            offset,
            ..Default::default()
        };
        let page = directory.search(request).await?.into_inner();
        offset += PAGE;
        let more = page.more;
        due.extend(
            page.hits.into_iter().filter(|hit| {
                hit.record.as_ref().is_some_and(|record| record.freshness != "fresh")
            }),
        );
        if !more || offset > MOST {
            break;
        }
    }
    if printer.is_json() {
        let ids = due.iter().filter_map(|hit| hit.record.as_ref()).map(|record| {
            json!({"id": record.id, "freshness": record.freshness, "why": record.freshness_note})
        });
        printer.json(&json!(ids.collect::<Vec<_>>()));
        return Ok(Exit::Ok);
    }
    for hit in &due {
        search::card(hit, printer);
    }
    match due.len() {
        0 => printer.line("All our offers are fresh."),
        several => printer.note(format!(
            "{} due. Ask the host, then:  hospes confirm RECORD  (or: hospes withdraw RECORD)",
            count(several as u64, "offer is", "offers are")
        )),
    }
    Ok(Exit::Ok)
}

/// Says that an admin is there.
async fn presence(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let seals_at = node.confirm(admin::ConfirmRequest {}).await?.into_inner().seals_at;
    if printer.is_json() {
        printer.json(&json!({"seals_at": seals_at}));
    } else if seals_at == 0 {
        printer.line("The node does not seal itself: auto_seal_hours is not set.");
    } else {
        printer.line(format!("The node stays open for another {}.", left(seals_at)));
    }
    Ok(Exit::Ok)
}
