//! `hospes describe`: the kinds and their fields, as this program knows them.

use hospes_domain::schema::{Field, schema};
use hospes_domain::validate::with_defaults;
use hospes_domain::{Fields, Kind, Timestamp};
use serde_json::{Value as Json, json};

use crate::args::{DescribeArgs, Global};
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// Shows all kinds in short, or one with its fields. It asks no node.
pub fn run(args: &DescribeArgs, _global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let kinds: Vec<Kind> = args.kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    if printer.is_json() {
        let list: Vec<Json> = kinds
            .iter()
            .map(|kind| {
                let schema = schema(*kind);
                json!({"kind": kind.name(), "about": schema.about, "fields": fields(schema.fields)})
            })
            .collect();
        printer.json(&json!(list));
        return Ok(Exit::Ok);
    }
    for kind in kinds {
        let schema = schema(kind);
        printer.heading(kind.name());
        printer.line(schema.about);
        if args.kind.is_none() {
            printer.line(format!("Fields:  hospes describe {kind}\n"));
            continue;
        }
        printer.line("");
        let filled = with_defaults(kind, Fields::new(), Timestamp(0));
        let mut rows = Vec::new();
        collect("", schema.fields, &filled, &mut rows);
        printer.table(&["field", "values", "meaning"], rows);
        printer.line("\n* must be given    + is filled in when it is not given");
    }
    Ok(Exit::Ok)
}

/// `filled` are the fields that a new record gets by itself.
fn collect(prefix: &str, fields: &'static [Field], filled: &Fields, rows: &mut Vec<Vec<String>>) {
    for field in fields {
        let star = match (prefix.is_empty() && filled.contains_key(field.name), field.required) {
            (true, _) => " +",
            (false, true) => " *",
            (false, false) => "",
        };
        rows.push(vec![
            format!("{prefix}{}{star}", field.name),
            field.ty.describe(),
            field.help.to_owned(),
        ]);
        if let Some(inner) = field.ty.inner_fields() {
            collect(&format!("{prefix}{}.", field.name), inner, filled, rows);
        }
    }
}

fn fields(list: &'static [Field]) -> Vec<Json> {
    list.iter()
        .map(|field| {
            json!({
                "name": field.name,
                "label": field.label,
                "type": field.ty.describe(),
                "help": field.help,
                "required": field.required,
                "fields": field.ty.inner_fields().map(fields).unwrap_or_default(),
            })
        })
        .collect()
}
