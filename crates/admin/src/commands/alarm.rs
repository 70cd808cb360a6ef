//! `hospes alarm`: a center is in hostile hands.

use clap::ValueEnum as _;
use hospes_wire::admin;
use hospes_wire::quote::word;
use serde_json::json;

use crate::args::{AlarmArgs, AlarmReason, Global};
use crate::connect;
use crate::failure::{Exit, Failure};
use crate::print::{Printer, ago, count, left};

/// Raises, takes back or dismisses an alarm, or lists all.
pub async fn run(args: &AlarmArgs, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let Some(center) = &args.center else { return list(global, printer).await };
    match (args.reason, args.take_back, args.dismiss) {
        (Some(reason), _, _) => raise(center, Some(reason), global, printer).await,
        (None, true, _) => raise(center, None, global, printer).await,
        (None, _, true) => dismiss(center, global, printer).await,
        (None, false, false) => {
            let failure = Failure::new(Exit::Usage, "say what has happened");
            Err(AlarmReason::value_variants().iter().fold(failure, |failure, reason| {
                let (center, reason) = (word(center), reason.word());
                failure.try_next(format!("hospes alarm {center} --reason {reason}"))
            }))
        }
    }
}

async fn raise(
    center: &str,
    reason: Option<AlarmReason>,
    global: &Global,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let cause = reason.map_or("taken_back", AlarmReason::word);
    let request = admin::RaiseAlarmRequest { center: center.to_owned(), cause: cause.to_owned() };
    let answer = node.raise_alarm(request).await?.into_inner();
    let name = &answer.name;
    let quoted = word(name);
    if printer.is_json() {
        printer.json(&json!({
            "center": answer.center, "name": name, "cause": cause, "changed": answer.changed,
            "told": answer.told, "warning": answer.warning,
        }));
        return Ok(Exit::Ok);
    }
    let told = count(u64::from(answer.told), "peer is told", "peers are told");
    match (reason, answer.changed) {
        (Some(_), true) => {
            printer
                .line(format!("{name} is suspended here. {told} now, others when they connect."));
            printer.line("What to do next:");
            printer.line(format!("  call {name} on a line that you trust, and your other peers"));
            printer.line(format!("  if it is true:          hospes peer remove {quoted}"));
            printer.line(format!("  if it was a mistake:    hospes alarm {quoted} --take-back"));
        }
        (Some(_), false) => printer.line(format!("You have said that of {name} already.")),
        (None, true) => {
            printer.line(format!("The alarm about {name} is taken back. {told} now."));
            printer.line(format!("If it is suspended here:  hospes peer resume {quoted}"));
        }
        (None, false) => {
            printer.line(format!("There is no alarm of yours about {name}; nothing changed."));
        }
    }
    if !answer.warning.is_empty() {
        printer.note(format!("warning: {}", answer.warning));
    }
    Ok(Exit::Ok)
}

async fn dismiss(center: &str, global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let request = admin::DismissAlarmRequest { center: center.to_owned() };
    let answer = node.dismiss_alarm(request).await?.into_inner();
    let name = &answer.name;
    if printer.is_json() {
        printer.json(&json!({"center": answer.center, "name": name, "changed": answer.changed}));
    } else if answer.changed {
        printer.line(format!("What was said of {name} so far counts here no more."));
    } else {
        printer.line(format!("There is nothing that counts against {name}; nothing changed."));
    }
    Ok(Exit::Ok)
}

async fn list(global: &Global, printer: &Printer) -> Result<Exit, Failure> {
    let mut node = connect::admin(global).await?;
    let answer = node.list_alarms(admin::ListAlarmsRequest {}).await?.into_inner();
    if printer.is_json() {
        let alarms: Vec<_> = answer
            .alarms
            .iter()
            .map(|alarm| {
                json!({
                    "accused": alarm.accused,
                    "accused_name": alarm.accused_name,
                    "issuer": alarm.issuer,
                    "issuer_name": alarm.issuer_name,
                    "voice_name": alarm.voice_name,
                    "cause": alarm.cause,
                    "heard_at": alarm.heard_at,
                    "counts": alarm.counts,
                    "kept_out": alarm.kept_out,
                    "until": (alarm.until > 0).then_some(alarm.until),
                })
            })
            .collect();
        printer.json(&json!(alarms));
        return Ok(Exit::Ok);
    }
    if answer.alarms.is_empty() {
        printer.line("No alarms.");
        return Ok(Exit::Ok);
    }
    printer.table(
        &["about", "cause", "raised by", "heard", "here"],
        answer.alarms.iter().map(row).collect(),
    );
    Ok(Exit::Ok)
}

fn row(alarm: &admin::Alarm) -> Vec<String> {
    let by = if alarm.voice_name == alarm.issuer_name {
        alarm.issuer_name.clone()
    } else {
        format!("{}, known through {}", alarm.issuer_name, alarm.voice_name)
    };
    let here = match (alarm.counts, alarm.kept_out, alarm.until) {
        (false, ..) => "does not count".to_owned(),
        (_, false, _) => "not kept out".to_owned(),
        (_, _, 0) => "kept out".to_owned(),
        (_, _, until) => format!("kept out for {}", left(until)),
    };
    vec![alarm.accused_name.clone(), alarm.cause.replace('_', " "), by, ago(alarm.heard_at), here]
}
