//! `hospes quarantine`: changes that were refused.

use hospes_wire::admin;
use serde_json::json;

use crate::args::{Global, QuarantineArgs, QuarantineCommand};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, ago, count, shortened};

/// Lists the quarantine.
pub async fn run(
    args: QuarantineArgs,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let QuarantineCommand::List { code, limit } = args.command;
    let mut node = connect::admin(global).await?;
    let answer =
        node.list_quarantine(admin::ListQuarantineRequest { limit, code }).await?.into_inner();
    if printer.is_json() {
        let entries: Vec<_> = answer
            .entries
            .iter()
            .map(|entry| {
                json!({
                    "change": entry.change,
                    "record": entry.record,
                    "kind": entry.kind,
                    "author_center": entry.author_center,
                    "author_name": entry.author_name,
                    "from_peer": entry.from_peer,
                    "code": entry.code,
                    "reason": entry.reason,
                    "received": entry.received,
                    "held": entry.held,
                    "bytes": entry.bytes,
                })
            })
            .collect();
        printer.json(&json!({"entries": entries, "total": answer.total}));
        return Ok(Exit::Ok);
    }
    if answer.entries.is_empty() {
        printer.line("Nothing was refused.");
        return Ok(Exit::Ok);
    }
    let shown = answer.entries.len() as u64;
    let rows = answer
        .entries
        .into_iter()
        .map(|entry| {
            let author = if entry.author_name.is_empty() {
                entry.author_center.chars().take(8).collect()
            } else {
                entry.author_name
            };
            vec![
                ago(entry.received),
                author,
                entry.from_peer,
                format!("{} {}", entry.kind, entry.record.chars().take(8).collect::<String>()),
                entry.code,
                shortened(&entry.reason, 120),
            ]
        })
        .collect();
    printer.table(&["when", "author", "came from", "record", "code", "reason"], rows);
    if answer.total > shown {
        printer.note(format!(
            "{shown} of {}; more with --limit",
            count(answer.total, "change", "changes")
        ));
    }
    Ok(Exit::Ok)
}
