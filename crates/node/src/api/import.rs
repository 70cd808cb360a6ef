//! Lists as they come in over a stream: begin, rows, finish.
//!
//! Nothing is written before the client has said that it is done: a stream that breaks leaves
//! nothing behind.

use hospes_desk::Reason;
use hospes_domain::Kind;
use hospes_wire::local::import_request::Step as Asked;
use hospes_wire::value::fields_from_wire;
use hospes_wire::{limits, local};
use prost::Message as _;
use tokio_stream::{Stream, StreamExt as _};
use tonic::Status;

use crate::desk::name::bounded;
use crate::desk::records::import::{Given, LONGEST_NAME, List};
use crate::desk::refused::{Refused, invalid, refused};

/// Most bytes of all rows of one import.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// Begin, rows, Finish; anything else is refused, and so is a stream that ends before Finish.
pub(super) async fn read(
    mut requests: impl Stream<Item = Result<local::ImportRequest, Status>> + Unpin,
) -> Result<List, Refused> {
    // A message that is too long, or a connection that broke.
    let broke_off = |status: Status| {
        let why = status.message();
        refused(Reason::Unavailable, format!("the list broke off, nothing was saved: {why}"))
    };
    let out_of_order = |what: &str| invalid(format!("step: {what}"));
    let first =
        requests.next().await.transpose().map_err(broke_off)?.and_then(|request| request.step);
    let Some(Asked::Begin(begin)) = first else {
        return Err(out_of_order("an import starts with begin"));
    };
    let mut list = begun(begin)?;
    while let Some(request) = requests.next().await.transpose().map_err(broke_off)? {
        match request.step {
            Some(Asked::Row(row)) => {
                add(&mut list, row)?;
            }
            Some(Asked::Finish(_)) => return Ok(list),
            Some(Asked::Begin(_)) => return Err(out_of_order("begin comes once")),
            None => return Err(out_of_order("is none that this version knows")),
        }
    }
    Err(out_of_order("the list ended without finish; nothing was saved"))
}

fn begun(begin: local::ImportBegin) -> Result<List, Refused> {
    let kind: Kind = begin.kind.parse()?;
    if kind == Kind::Center {
        let message = "kind: is center, which is not imported: a center has one profile";
        return Err(invalid(message));
    }
    bounded("source", &begin.source, LONGEST_NAME)?;
    Ok(List {
        kind,
        source: begin.source,
        dry_run: begin.dry_run,
        override_lint: begin.override_lint,
        skip_problems: begin.skip_problems,
        bring_back: begin.bring_back,
        rows: Vec::new(),
        bytes: 0,
    })
}

fn add(list: &mut List, row: local::ImportRow) -> Result<(), Refused> {
    list.bytes = list.bytes.saturating_add(row.encoded_len());
    if list.rows.len() >= limits::IMPORT_ROWS {
        let message =
            format!("row: more than {} rows in one import; split the list", limits::IMPORT_ROWS);
        return Err(refused(Reason::TooLarge, message));
    }
    if list.bytes > MOST_BYTES {
        let message = format!("row: more than {MOST_BYTES} bytes in one import; split the list");
        return Err(refused(Reason::TooLarge, message));
    }
    list.rows.push(Given {
        number: row.number,
        external_id: row.external_id,
        fields: fields_from_wire(row.fields).map_err(|error| error.to_string()),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{Fields, Value};
    use hospes_wire::local::{ImportBegin, ImportFinish, ImportRequest, ImportRow};
    use hospes_wire::value::fields_to_wire;

    use super::*;

    fn begin() -> Asked {
        Asked::Begin(ImportBegin {
            kind: "service".to_owned(),
            source: "lawyers 2026".to_owned(),
            ..Default::default()
        })
    }

    fn row(external_id: &str, name: &str) -> ImportRow {
        let fields = Fields::from([("name".to_owned(), Value::from(name))]);
        ImportRow {
            number: 7,
            external_id: external_id.to_owned(),
            fields: fields_to_wire(&fields),
        }
    }

    async fn read_all(steps: Vec<Asked>) -> Result<List, Refused> {
        let requests = steps.into_iter().map(|step| Ok(ImportRequest { step: Some(step) }));
        read(tokio_stream::iter(requests.collect::<Vec<_>>())).await
    }

    #[tokio::test]
    async fn a_list_is_begin_rows_finish() {
        let list = read_all(vec![
            begin(),
            Asked::Row(row("1", "One")),
            Asked::Row(row("2", "Two")),
            Asked::Finish(ImportFinish {}),
        ]);
        let list = list.await.unwrap();
        assert_eq!((list.kind, list.rows.len()), (Kind::Service, 2));
    }

    #[tokio::test]
    async fn a_list_that_breaks_off_or_is_out_of_order_is_refused() {
        for (steps, expected) in [
            (vec![], "an import starts with begin"),
            (vec![Asked::Row(row("1", "One"))], "an import starts with begin"),
            (vec![begin(), Asked::Row(row("1", "One"))], "ended without finish; nothing was saved"),
            (vec![begin(), begin()], "begin comes once"),
        ] {
            let refused = read_all(steps).await.unwrap_err();
            assert!(refused.message.contains(expected), "{refused}");
            assert_eq!(refused.reason, Reason::Invalid);
        }
        let broken = vec![
            Ok(ImportRequest { step: Some(begin()) }),
            Err(Status::cancelled("the connection was lost")),
        ];
        let refused = read(tokio_stream::iter(broken)).await.unwrap_err();
        assert_eq!(refused.reason, Reason::Unavailable);
    }

    #[test]
    fn a_list_needs_a_kind_and_a_name() {
        for (kind, source, expected) in [
            ("house", "a", "kind"),
            ("center", "a", "kind"),
            ("offer", "", "source: has 0 characters"),
            ("offer", &"x".repeat(121), "source: has 121 characters, it must be 1..=120"),
        ] {
            let begin = ImportBegin {
                kind: kind.to_owned(),
                source: source.to_owned(),
                ..Default::default()
            };
            let refused = begun(begin).unwrap_err();
            assert!(refused.message.starts_with(expected), "{refused}");
        }
    }

    #[test]
    fn a_list_has_a_bound_in_rows_and_in_bytes() {
        let Asked::Begin(begin) = begin() else { panic!() };
        let mut list = begun(begin).unwrap();
        list.bytes = MOST_BYTES;
        let refused = add(&mut list, row("1", "One")).unwrap_err();
        assert_eq!(refused.reason, Reason::TooLarge);
        list.bytes = 0;
        add(&mut list, row("1", "One")).unwrap();
        list.rows = vec![list.rows[0].clone(); limits::IMPORT_ROWS - 1];
        add(&mut list, row("1", "One")).unwrap();
        let refused = add(&mut list, row("2", "Two")).unwrap_err();
        assert_eq!(refused.reason, Reason::TooLarge);
    }
}
