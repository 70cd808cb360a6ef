//! `hospes wipe`: the keys are destroyed.

use hospes_wire::admin;
use serde_json::json;

use crate::args::{Global, WipeArgs};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::Printer;

/// What it means, before and after.
const LOST: [&str; 4] = [
    "lost   the way into the database: no passphrase and no trustee opens it any more",
    "left   hospes.db, which is noise without its keys",
    "left   copies of keyslots.json elsewhere: backups, snapshots, the trustees. They still open",
    "back   the recovery phrase makes a new node, and the peers give it what you shared",
];

/// Destroys the keys, or says what that would do.
pub async fn run(args: &WipeArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    if !args.yes_destroy {
        if !printer.is_json() {
            printer.line("This would seal the node and destroy its keys. Nothing was done.");
            LOST.iter().for_each(|line| printer.line(format!("  {line}")));
        }
        return Err(Failure::refused("nothing was destroyed").try_next("hospes wipe --yes-destroy"));
    }
    let mut node = connect::admin(global).await.map_err(|failure| {
        let by_hand = format!("shred -u {}/keyslots*.json", global.data.display());
        match failure.exit {
            Exit::Unreachable => failure.try_next(format!("{by_hand} (destroys the keys by hand)")),
            _ => failure,
        }
    })?;
    let answer = node.wipe(admin::WipeRequest { destroy: true }).await?.into_inner();
    let already = answer.destroyed.is_empty();
    if printer.is_json() {
        printer.json(&json!({
            "state": "wiped", "already": already, "destroyed": answer.destroyed,
        }));
        return Ok(Exit::Ok);
    }
    if already {
        printer.line("The node was wiped already.");
        return Ok(Exit::Ok);
    }
    printer.line("The node is wiped: it is closed, and its keys are destroyed.");
    for file in &answer.destroyed {
        printer.line(format!("  gone   {file}"));
    }
    LOST.iter().for_each(|line| printer.line(format!("  {line}")));
    printer.line("A new node:  hospes init --from-phrase --epoch N  (one more than before)");
    Ok(Exit::Ok)
}
