//! `hospes center`: show our center, write the file for others, edit the profile.

use std::path::Path;

use hospes_domain::schema::schema;
use hospes_domain::{Fields, Kind};
use hospes_identity::{CenterCertificate, CenterFile, address};
use hospes_wire::quote::word;
use hospes_wire::value::fields_to_wire;
use hospes_wire::{admin, local};
use serde_json::json;

use super::put;
use crate::args::{CenterArgs, CenterCommand, Global};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::fields;
use crate::json;
use crate::print::Printer;

/// Does what was asked with our center.
pub async fn run(args: CenterArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    match args.command {
        CenterCommand::Show => show(global, printer).await,
        CenterCommand::Export { file, name, address } => {
            export(&file, name, address, global, printer).await
        }
        CenterCommand::Profile { set, clear } => profile(&set, &clear, global, printer).await,
    }
}

/// Our center, as the node knows it.
pub async fn ours(global: &Global) -> Result<admin::CenterResponse, Failure> {
    let mut node = connect::admin(global).await?;
    Ok(node.center(admin::CenterRequest {}).await?.into_inner())
}

async fn show(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let center = ours(global).await?;
    if printer.is_json() {
        printer.json(&json!({
            "center": center.center,
            "name": center.name,
            "groups": center.groups,
            "words": center.words,
            "epoch": center.epoch,
            "node": center.node,
            "addresses": center.addresses,
        }));
        return Ok(Exit::Ok);
    }
    printer.heading(&center.name);
    printer.line(format!("id        {}", center.groups));
    printer.words("words     ", &center.words);
    printer.line(format!("epoch     {}", center.epoch));
    if !center.addresses.is_empty() {
        printer.line(format!("addresses {}", center.addresses.join(", ")));
    }
    // A file without an address says "it has to dial us": two such centers wait for each other.
    let address = if center.addresses.is_empty() { " --address HOST:PORT" } else { "" };
    printer.line(format!(
        "Others add this center with the file of:  hospes center export us.pem{address}"
    ));
    Ok(Exit::Ok)
}

async fn export(
    path: &Path,
    name: Option<String>,
    address: Option<String>,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let address = address.as_deref().map(checked).transpose()?;
    let center = ours(global).await?;
    let certificate = CenterCertificate::parse(&center.center_certificate)
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    let file = CenterFile {
        center: certificate,
        name: Some(name.unwrap_or(center.name)),
        address: address.or_else(|| center.addresses.first().cloned()),
    };
    let text = file.to_pem();
    if path == Path::new("-") {
        printer.raw(&text);
        return Ok(Exit::Ok);
    }
    // A certificate is always the same bytes; writing it again over itself harms nobody, but
    // another file of that name may be somebody else's.
    let same = std::fs::read_to_string(path).is_ok_and(|there| {
        CenterFile::from_pem(&there).is_ok_and(|there| there.center == file.center)
    });
    let written = if same {
        std::fs::write(path, &text)
    } else {
        std::fs::File::create_new(path)
            .and_then(|mut new| std::io::Write::write_all(&mut new, text.as_bytes()))
    };
    written.map_err(|error| Failure::file("write", path, &error))?;
    if printer.is_json() {
        printer.json(&json!({"file": path, "center": center.center, "words": center.words}));
    } else {
        printer.line(format!("{} is written. It holds no secret.", path.display()));
        if file.address.is_none() {
            printer.line(
                "It names no address, so whoever adds it waits for this node to dial. If it can be",
            );
            printer.line(format!(
                "dialed:  hospes center export {} --address HOST:PORT",
                word(&path.to_string_lossy())
            ));
        }
        printer.line("Have the words ready for the call:");
        printer.words("  ", &center.words);
    }
    Ok(Exit::Ok)
}

/// An address in its one form.
fn checked(text: &str) -> Result<String, Failure> {
    address::parse(text).map_err(|why| {
        Failure::refused(format!("--address: {text:?} {why}"))
            .try_next("hospes center export us.pem --address 192.0.2.7:7443")
    })
}

async fn profile(
    set: &[String],
    clear: &[String],
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut directory = connect::directory(global).await?;
    let request = local::ListRequest { kind: Kind::Center.name().to_owned(), ours: true };
    let ours = directory.list(request).await?.into_inner().message().await?;
    let mut fields = match &ours {
        Some(record) => json::fields_of(record)?,
        None => Fields::new(),
    };
    if set.is_empty() && clear.is_empty() {
        let Some(record) = ours else {
            return Err(Failure::new(Exit::NotFound, "our center has no profile yet")
                .try_next("hospes center profile --set name=\"Center Narva\""));
        };
        super::show::print(&record, None, printer)?;
        return Ok(Exit::Ok);
    }
    let schema = schema(Kind::Center);
    for name in clear {
        fields.remove(fields::known(schema, name)?.name);
    }
    fields::set_all(schema, &mut fields, set)?;
    let saved = directory
        .put(local::PutRequest {
            id: ours.map(|record| record.id).unwrap_or_default(),
            kind: Kind::Center.name().to_owned(),
            fields: fields_to_wire(&fields),
            ..Default::default()
        })
        .await?
        .into_inner();
    put::saved(&saved, false, printer);
    Ok(Exit::Ok)
}
