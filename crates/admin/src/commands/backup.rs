//! `hospes backup` and `hospes restore`: the whole node in one file that the recovery phrase opens.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hospes_identity::backup::{Archive, BackupProblem, Contents, Header};
use hospes_identity::{
    CenterKey, DatabaseKey, Earlier, Keyslots, RecoveryPhrase, fingerprint, passphrase,
};
use hospes_wire::quote::word;
use hospes_wire::{admin, local};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::secret;
use crate::args::{BackupArgs, BackupCommand, Global, RestoreArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, ago, count, size};

/// Parts that wait for the node.
const WAITING: usize = 16;

/// Does what was asked with backups.
pub async fn run(args: BackupArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    match (args.command, args.file) {
        (Some(BackupCommand::Verify { file, phrase_file }), _) => {
            verify(&file, phrase_file.as_deref(), global, printer).await
        }
        (Some(BackupCommand::Key { phrase_file }), _) => {
            key(phrase_file.as_deref(), global, printer).await
        }
        (None, Some(file)) => make(&file, args.force, global, printer).await,
        (None, None) => Err(Failure::refused("no file was named").try_next("hospes backup FILE")),
    }
}

async fn make(
    path: &Path,
    force: bool,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if path.exists() && !force {
        return Err(Failure::refused(format!("{} is there already", path.display()))
            .try_next("another name, or --force to replace it"));
    }
    let start = Instant::now();
    let mut node = connect::admin(global).await?;
    let spinner = printer.spinner("copying the database");
    let answer = node.backup(admin::BackupRequest {}).await;
    spinner.finish_and_clear();
    let mut parts = answer.map_err(no_backup)?.into_inner();
    let beside = beside(path);
    let written = write(&mut parts, &beside, printer).await;
    let written = written.and_then(|bytes| {
        fs::rename(&beside, path).map_err(|error| Failure::file("write", path, &error))?;
        Ok(bytes)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    let bytes = written?;
    if printer.is_json() {
        let milliseconds = milliseconds(start.elapsed());
        printer.json(&json!({"file": path, "bytes": bytes, "milliseconds": milliseconds}));
    } else {
        let taken = seconds(start.elapsed());
        printer.line(format!("{} is written: {}, in {taken}", path.display(), size(bytes)));
        printer.line("Only the recovery phrase opens it. Look whether it does:");
        printer.line(format!("  hospes backup verify {}", word(&path.to_string_lossy())));
    }
    Ok(Exit::Ok)
}

fn no_backup(status: tonic::Status) -> Failure {
    let failure = Failure::from(status);
    if failure.exit == Exit::NotFound {
        return failure.try_next("hospes backup key");
    }
    failure
}

/// Writes what the node sends. Gives the bytes of the file.
async fn write(
    parts: &mut tonic::Streaming<admin::BackupPart>,
    path: &Path,
    printer: &Printer,
) -> Result<u64, Failure> {
    let failed = |error: std::io::Error| Failure::file("write", path, &error);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    let (mut announced, mut written) = (0, 0);
    let bar = printer.progress("writing", 0);
    while let Some(part) = parts.message().await? {
        if part.size > 0 {
            announced = part.size;
            bar.set_length(announced);
        }
        file.write_all(&part.bytes).map_err(failed)?;
        written += part.bytes.len() as u64;
        bar.set_position(written);
    }
    bar.finish_and_clear();
    if written != announced || written == 0 {
        let what = format!("the backup broke off: {written} of {announced} bytes came");
        return Err(Failure::new(Exit::Failed, what).try_next("the same command again"));
    }
    file.sync_all().map_err(failed)?;
    Ok(written)
}

fn beside(path: &Path) -> PathBuf {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".part");
    PathBuf::from(beside)
}

async fn key(phrase: Option<&Path>, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let phrase = secret::phrase(phrase, printer)?;
    let backup_key = recipient(&phrase)?;
    let request = admin::SetBackupKeyRequest { backup_key };
    let changed = node.set_backup_key(request).await?.into_inner().changed;
    if printer.is_json() {
        printer.json(&json!({"changed": changed}));
    } else if changed {
        printer.line("The node can make backups now:  hospes backup FILE");
    } else {
        printer.line("The node has this key already:  hospes backup FILE");
    }
    Ok(Exit::Ok)
}

/// The public half of the backup key of a phrase, signed by its center.
pub fn recipient(phrase: &RecoveryPhrase) -> Result<Vec<u8>, Failure> {
    let key = phrase.backup_key().map_err(failed)?;
    let center = phrase.center_key().map_err(failed)?;
    Ok(center.backup_recipient(&key).map_err(failed)?.to_bytes())
}

async fn verify(
    path: &Path,
    phrase: Option<&Path>,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let start = Instant::now();
    let header = header(path)?;
    tell(&header, printer);
    let mut node = connect::admin(global).await?;
    let phrase = secret::phrase(phrase, printer)?;
    let archive = open(path, &phrase)?;
    let begin = begin(&archive.header, &archive.contents);
    let (reading, parts) = feed(archive, begin, printer);
    let answer = node.verify_backup(parts).await;
    // What is wrong with the file says more than that it broke off.
    read(reading).await?;
    let found = answer?.into_inner();
    let taken = start.elapsed();
    if printer.is_json() {
        printer.json(&json!({
            "file": path, "center": header.center.to_string(), "node": header.node.to_string(),
            "time": header.time.0, "release": header.release, "database_bytes": header.size,
            "records": found.records, "shown": found.shown, "erased": found.erased,
            "changes": found.changes, "peers": found.peers, "milliseconds": milliseconds(taken),
        }));
    } else {
        printer.line(format!(
            "good: restored on trial in {}, each page checked: {}, {}, {}",
            seconds(taken),
            count(found.records, "record", "records"),
            count(found.changes, "change", "changes"),
            count(found.peers, "peer", "peers"),
        ));
    }
    Ok(Exit::Ok)
}

/// Restores a backup, or lets a restored node answer alone.
pub async fn restore(
    args: &RestoreArgs,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let Some(path) = args.file.as_deref() else {
        let changed = node.serve_alone(admin::ServeAloneRequest {}).await?.into_inner().changed;
        if printer.is_json() {
            printer.json(&json!({"changed": changed}));
        } else if changed {
            printer
                .line("The node answers now. What was erased since the backup may be shown again");
            printer.line("until it meets a peer that knows better.");
        } else {
            printer.line("The node answers already.");
        }
        return Ok(Exit::Ok);
    };
    let state = node.status(local::StatusRequest {}).await?.into_inner().node.unwrap_or_default();
    if !matches!(state.state.as_str(), "" | "uninitialized") {
        return Err(Failure::refused("this node has a center already: nothing was touched")
            .try_next("start a node with an empty data folder, and restore there"));
    }
    let header = header(path)?;
    tell(&header, printer);
    let given = match &args.passphrase_file {
        Some(path) => Some(secret::first_line(path, printer)?),
        None => None,
    };
    if let Some(given) = &given {
        passphrase::check(given).map_err(|weak| Failure::refused(weak.to_string()))?;
    }
    let phrase = secret::phrase(args.phrase_file.as_deref(), printer)?;
    let archive = open(path, &phrase)?;
    let passphrase = match given {
        Some(given) => given,
        None => secret::new_passphrase(printer)?,
    };
    let center = phrase.center_key().map_err(failed)?;
    let key = DatabaseKey::generate().map_err(failed)?;
    let cost = args.cost.cost();
    let keyslots = Keyslots::create(&key, &passphrase, cost).map_err(failed)?;
    let begin = admin::RestoreBegin {
        database_key: key.as_bytes().to_vec(),
        keyslots: keyslots.to_json(),
        ..begin(&archive.header, &archive.contents)
    };
    let (reading, parts) = feed(archive, begin, printer);
    let answer = node.restore(parts).await;
    read(reading).await?;
    let restored = answer?.into_inner();

    let confirmed = confirmed(&restored.peers, &header, args, printer)?;
    let epoch = args.epoch.unwrap_or(restored.epoch.saturating_add(1));
    let earlier = if restored.frozen { Earlier::Frozen } else { Earlier::Honored };
    certify(&mut node, &center, &phrase, &restored, epoch, earlier, &confirmed).await?;
    done(&restored, &confirmed, epoch, &center, printer);
    Ok(Exit::Ok)
}

async fn certify(
    node: &mut connect::Admin,
    center: &CenterKey,
    phrase: &RecoveryPhrase,
    restored: &admin::RestoreResponse,
    epoch: u32,
    earlier: Earlier,
    confirmed: &[String],
) -> Result<(), Failure> {
    let certificate = center.certificate().map_err(failed)?;
    let issued = center.certify(&restored.node_public_key, epoch, earlier).map_err(failed)?;
    node.certify(admin::CertifyRequest {
        center_certificate: certificate.der().to_vec(),
        node_certificate: issued.der().to_vec(),
        center_name: String::new(),
        backup_key: recipient(phrase)?,
        confirmed_peers: confirmed.to_vec(),
    })
    .await?;
    Ok(())
}

/// Identifiers of the peers that are still peers.
fn confirmed(
    peers: &[admin::RestoredPeer],
    header: &Header,
    args: &RestoreArgs,
    printer: &Printer,
) -> Result<Vec<String>, Failure> {
    let mut confirmed = Vec::new();
    for named in &args.peers {
        let found = peers.iter().find(|peer| peer.name == *named || peer.center == *named);
        let peer = found.ok_or_else(|| {
            let names: Vec<&str> = peers.iter().map(|peer| peer.name.as_str()).collect();
            Failure::refused(format!("the backup has no active peer called {named}"))
                .try_next(format!("its active peers are: {}", names.join(", ")))
        })?;
        confirmed.push(peer.center.clone());
    }
    if args.yes || !printer.can_ask() || peers.is_empty() {
        return Ok(confirmed);
    }
    printer.note(format!(
        "\nThese were peers {}. Whoever was removed since must not come back.",
        ago(header.time.0)
    ));
    for peer in peers {
        if confirmed.contains(&peer.center) {
            continue;
        }
        let question = format!("Is {} still a peer? [yes/no; no suspends it] ", peer.name);
        let answer = printer.ask(&question, "--peer NAME --yes")?;
        if matches!(answer.to_lowercase().as_str(), "y" | "yes") {
            confirmed.push(peer.center.clone());
        }
    }
    Ok(confirmed)
}

fn done(
    restored: &admin::RestoreResponse,
    confirmed: &[String],
    epoch: u32,
    center: &CenterKey,
    printer: &Printer,
) {
    let suspended: Vec<&str> = restored
        .peers
        .iter()
        .filter(|peer| !confirmed.contains(&peer.center))
        .map(|peer| peer.name.as_str())
        .collect();
    if printer.is_json() {
        printer.json(&json!({
            "center": center.id().to_string(), "epoch": epoch,
            "confirmed": confirmed, "suspended": suspended,
        }));
        return;
    }
    printer.line("The node is restored, and open.");
    printer.line(format!("  id     {}", fingerprint::groups(&center.id())));
    printer.line(format!(
        "  epoch  {epoch}: peers refuse the former node as soon as they see this one"
    ));
    printer.line("It answers no searches until it is in sync with a peer:  hospes status");
    if !suspended.is_empty() {
        printer.line(format!("Suspended until you say otherwise:  {}", suspended.join(", ")));
        printer.line("For each that was not removed since the backup:  hospes peer resume NAME");
    }
    printer.line("Persons and tokens are not in a backup. Make new ones:");
    printer.line("  hospes person add NAME --role counselor");
    printer.line("  hospes token add NAME --role counselor");
}

fn header(path: &Path) -> Result<Header, Failure> {
    let mut file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
    Header::read(&mut file).map_err(|problem| damaged(path, &problem))
}

fn tell(header: &Header, printer: &Printer) {
    if printer.is_json() {
        return;
    }
    printer.line(format!(
        "backup of {} ({}), center {}, node {}, by {}, database of {}",
        header.time,
        ago(header.time.0),
        header.center.short(),
        header.node.short(),
        header.release,
        size(header.size)
    ));
}

fn open(path: &Path, phrase: &RecoveryPhrase) -> Result<Archive<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
    let key = phrase.backup_key().map_err(failed)?;
    let archive = Archive::open(BufReader::with_capacity(256 * 1024, file), &key);
    archive.map_err(|problem| damaged(path, &problem))
}

fn begin(header: &Header, contents: &Contents) -> admin::RestoreBegin {
    admin::RestoreBegin {
        backup_database_key: contents.database_key.to_vec(),
        size: header.size,
        records: contents.records,
        changes: contents.changes,
        time: header.time.0,
        database_key: Vec::new(),
        keyslots: String::new(),
    }
}

type Reading = tokio::task::JoinHandle<Result<(), BackupProblem>>;

/// Reads a backup for the node, on a thread of its own, no faster than the node takes it.
fn feed(
    mut archive: Archive<BufReader<File>>,
    begin: admin::RestoreBegin,
    printer: &Printer,
) -> (Reading, ReceiverStream<admin::RestorePart>) {
    let (parts, stream) = mpsc::channel(WAITING);
    let bar = printer.progress("restoring", begin.size);
    let reading = tokio::task::spawn_blocking(move || {
        let first = admin::RestorePart { begin: Some(begin), bytes: Vec::new() };
        // When the node takes no more, its answer says why.
        let mut open = parts.blocking_send(first).is_ok();
        while open && let Some(bytes) = archive.part()? {
            bar.inc(bytes.len() as u64);
            open = parts.blocking_send(admin::RestorePart { begin: None, bytes }).is_ok();
        }
        bar.finish_and_clear();
        Ok(())
    });
    (reading, ReceiverStream::new(stream))
}

async fn read(reading: Reading) -> Result<(), Failure> {
    match reading.await {
        Ok(read) => read.map_err(failed_reading),
        Err(_) => Err(Failure::new(Exit::Failed, "the backup could not be read to its end")),
    }
}

fn failed_reading(problem: BackupProblem) -> Failure {
    Failure::refused(problem.to_string()).try_next("another backup")
}

fn damaged(path: &Path, problem: &BackupProblem) -> Failure {
    Failure::refused(format!("{}: {problem}", path.display())).try_next("another backup")
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, error.to_string())
}

fn milliseconds(taken: Duration) -> u64 {
    u64::try_from(taken.as_millis()).unwrap_or(u64::MAX)
}

fn seconds(taken: Duration) -> String {
    format!("{:.1} s", taken.as_secs_f64())
}
