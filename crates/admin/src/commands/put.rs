//! `hospes put` and `hospes withdraw`.

use std::path::Path;

use hospes_domain::schema::schema;
use hospes_domain::{Fields, Kind};
use hospes_wire::local;
use hospes_wire::value::fields_to_wire;
use serde_json::json;

use crate::args::{Global, PutArgs, WithdrawArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::fields;
use crate::import::file;
use crate::import::markdown;
use crate::json;
use crate::print::Printer;

/// Makes a record, or replaces all fields of one.
pub async fn run(args: &PutArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut fields = match &args.from {
        Some(path) => from_file(args.kind, path)?,
        None => Fields::new(),
    };
    fields::set_all(schema(args.kind), &mut fields, &args.fields)?;
    if fields.is_empty() {
        return Err(Failure::refused("no fields were given")
            .try_next(format!("hospes describe {}", args.kind)));
    }
    let mut directory = connect::directory(global).await?;
    let answer = directory
        .put(local::PutRequest {
            id: args.id.clone().unwrap_or_default(),
            kind: args.kind.name().to_owned(),
            fields: fields_to_wire(&fields),
            dry_run: args.dry_run,
            override_lint: args.override_lint,
        })
        .await
        .map_err(|status| refused(status, args.kind, args.override_lint))?
        .into_inner();
    saved(&answer, args.dry_run, printer);
    Ok(Exit::Ok)
}

/// What the node refused, with the way out where there is one.
pub fn refused(status: tonic::Status, kind: Kind, overridden: bool) -> Failure {
    let linted = status.message().contains("this looks like");
    let failure = Failure::from(status);
    if failure.exit != Exit::Refused {
        return failure;
    }
    if linted && !overridden {
        return failure
            .try_next("take it out of the text")
            .try_next("--override-lint, if it is none; the node notes that");
    }
    failure.try_next(format!("hospes describe {kind}"))
}

fn from_file(kind: Kind, path: &Path) -> Result<Fields, Failure> {
    let text = file::text(path)?;
    let is_markdown = path.extension().is_some_and(|ending| ending == "md");
    if is_markdown {
        return markdown::single(kind, path, &text);
    }
    let refuse = |reason: String| {
        Failure::refused(format!("{}: {reason}", path.display()))
            .try_next(format!("hospes show ID --json, for an example of {kind}"))
    };
    let parsed = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
    json::to_fields(parsed).ok_or_else(|| refuse("the file is not one JSON object".to_owned()))
}

/// Says what was saved.
pub fn saved(answer: &local::Saved, dry_run: bool, printer: &Printer) {
    if printer.is_json() {
        printer.json(&json!({
            "id": answer.id, "version": answer.version, "changed": answer.changed,
            "warnings": answer.warnings, "dry_run": dry_run,
        }));
        return;
    }
    for warning in &answer.warnings {
        printer.note(format!("warning: {warning}"));
    }
    if dry_run {
        printer.line("It may be saved. Nothing was saved now.");
    } else if answer.changed {
        printer.line(format!("saved {}", answer.id));
    } else {
        printer.line(format!("unchanged {}", answer.id));
    }
}

/// Takes a record out of use.
pub async fn withdraw(
    args: WithdrawArgs,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut directory = connect::directory(global).await?;
    let answer = directory
        .withdraw(local::WithdrawRequest { id: args.id, reason: args.reason })
        .await?
        .into_inner();
    if printer.is_json() {
        saved(&answer, false, printer);
    } else if answer.changed {
        for warning in &answer.warnings {
            printer.note(format!("warning: {warning}"));
        }
        printer.line(format!("withdrawn {}", answer.id));
    } else {
        printer.line(format!("{} was withdrawn already", answer.id));
    }
    Ok(Exit::Ok)
}
