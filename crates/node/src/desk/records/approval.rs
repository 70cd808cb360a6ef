//! Approving a template: who says in which role that which state of the text may be used.

use std::collections::BTreeMap;

use hospes_desk::Reason;
use hospes_desk::shown::{How, Saved};
use hospes_domain::edit::Edit;
use hospes_domain::id::hex;
use hospes_domain::usage::ended;
use hospes_domain::{Fields, Kind, Value};
use hospes_sync::ChangeHash;

use super::find::find_record;
use super::lookup::heads_of;
use super::write;
use crate::center::Center;
use crate::desk::caller::Caller;
use crate::desk::refused::{Refused, invalid, refused};
use crate::machine::clock;

/// Most approvals that a record keeps; the oldest makes room.
const MOST: usize = 20;

/// Approves the state of a template that its reader saw.
pub(crate) async fn approve(
    center: &Center,
    caller: &Caller,
    id: &str,
    role: &str,
    seen: Vec<ChangeHash>,
) -> Result<Saved, Refused> {
    let record = find_record(center, id, Some(Kind::Template)).await?;
    if let Some(word) = ended(Kind::Template, &record.fields) {
        return Err(invalid(format!("id: is {word}; nobody approves what is out of use")));
    }
    let heads = heads_of(center, &record.key).await?;
    let same = seen.len() == heads.len() && seen.iter().all(|head| heads.contains(&head.0));
    if !same {
        let message = "it has changed since it was read; read it again, then approve it";
        return Err(refused(Reason::Changed, message));
    }
    let own = center.own.center.to_string();
    let approval = approval(&own, role, &heads, &clock::now().to_string());
    let put = |field: &str, value: Value| Edit::Put { field: field.to_owned(), value };
    let approvals = with(&record.fields, &own, role, approval);
    let edits = vec![put("status", "approved".into()), put("approvals", approvals)];
    let base = Some(seen);
    write::edit(center, caller, &record.key.id.to_string(), edits, base, How::default()).await
}

fn approval(own: &str, role: &str, heads: &[[u8; 32]], now: &str) -> Value {
    let heads = heads.iter().map(|head| Value::from(hex(head))).collect();
    Value::Map(BTreeMap::from([
        ("center".to_owned(), own.into()),
        ("role".to_owned(), role.into()),
        ("heads".to_owned(), Value::List(heads)),
        ("on".to_owned(), now.into()),
    ]))
}

/// The approvals with one more. What the same center said in the same role before counts no more.
fn with(fields: &Fields, own: &str, role: &str, approval: Value) -> Value {
    let said = |value: &Value, name: &str, word: &str| {
        value.as_map().and_then(|map| map.get(name)).and_then(Value::as_text) == Some(word)
    };
    let before = fields.get("approvals").map(Value::elements).unwrap_or_default();
    let mut all: Vec<Value> = before
        .iter()
        .filter(|value| !(said(value, "center", own) && said(value, "role", role)))
        .cloned()
        .collect();
    all.push(approval);
    let over = all.len().saturating_sub(MOST);
    all.drain(..over);
    Value::List(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::schema::schema;

    use super::*;

    const NOW: &str = "2026-11-30T12:00:00Z";

    #[test]
    fn whoever_approves_again_in_the_same_role_takes_back_what_they_said_before() {
        let (own, other) = ("11".repeat(32), "22".repeat(32));
        let of = |who: &str, role: &str, head: u8| approval(who, role, &[[head; 32]], NOW);
        let mut fields = Fields::new();
        for (who, role, head) in
            [(&own, "lawyer", 1), (&other, "lawyer", 2), (&own, "reviewer", 3), (&own, "lawyer", 4)]
        {
            let all = with(&fields, who, role, of(who, role, head));
            fields.insert("approvals".to_owned(), all);
        }
        let all = fields["approvals"].elements().to_vec();
        let expected = [of(&other, "lawyer", 2), of(&own, "reviewer", 3), of(&own, "lawyer", 4)];
        assert_eq!(all, expected);
        let wrong = schema(Kind::Template).check(&fields);
        assert!(wrong.iter().all(|wrong| !wrong.field.starts_with("approvals")), "{wrong:?}");
    }

    #[test]
    fn there_are_never_more_approvals_than_a_record_keeps() {
        let mut fields = Fields::new();
        for number in 0..30u8 {
            let who = format!("{number:02x}").repeat(32);
            let all = with(&fields, &who, "lawyer", approval(&who, "lawyer", &[], NOW));
            fields.insert("approvals".to_owned(), all);
        }
        assert_eq!(fields["approvals"].elements().len(), MOST);
    }
}
