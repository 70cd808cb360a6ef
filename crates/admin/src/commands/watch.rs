//! `hospes watch`: what matches now, then everything that changes.

use hospes_wire::local;
use serde_json::json;

use super::{search, show};
use crate::args::{Global, WatchArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::print::Printer;

/// Shows events until Ctrl-C, or until the node ends the stream.
pub async fn run(args: WatchArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let query = search::request(args.filters)?;
    let mut directory = connect::directory(global).await?;
    let request = local::WatchRequest { query: Some(query), only_changes: args.only_changes };
    let mut events = directory.watch(request).await?.into_inner();
    loop {
        tokio::select! {
            event = events.message() => match event? {
                Some(event) => show(event, printer)?,
                None => {
                    return Err(Failure::new(Exit::Unreachable, "the node ended the watch")
                        .try_next("hospes status"));
                }
            },
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Ok),
        }
    }
}

fn show(event: local::WatchEvent, printer: &Printer) -> Result<(), Failure> {
    if printer.is_json() {
        let record = event.record.as_ref().map(json::record).transpose()?;
        printer.json_line(
            &json!({"event": event.event, "headline": event.headline, "record": record}),
        );
        return Ok(());
    }
    match event.event.as_str() {
        "match" => search::card(&search::watched(event), printer),
        "ready" => printer.note("— that is all for now; changes follow, Ctrl-C ends —"),
        "lagged" => printer.note("— too much happened at once: search again —"),
        word => {
            let record = event.record.clone().unwrap_or_default();
            printer.line(format!("{word}: {}", event.headline));
            printer.line(format!("  {} · {}", show::freshness(&record), record.id));
        }
    }
    Ok(())
}
