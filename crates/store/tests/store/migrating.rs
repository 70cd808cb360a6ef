//! Databases that older releases made.
//!
//! `data/format-4.sql` is what the last release of format 4 had in its database after it had committed all of
//! [`history`], one after another, and was closed: its tables with its own statements, and their rows with
//! SQLite's `quote`, read from the encrypted file. Left out is the full-text index with the note that it
//! is there: it is made anew.

use hospes_domain::query::Query;
use hospes_domain::{CircleId, Kind, RecordId, RecordKey};
use hospes_store::{FORMAT, RecordCommit, Store, StoreError};
use hospes_sync::admission::Refusal;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::sample::{Folder, KEY, center, change, edited, erased, fields, now, offer, put, record};

const FORMAT_4: &str = include_str!("../data/format-4.sql");

fn key(number: u8, kind: Kind) -> RecordKey {
    let id = RecordId([number; 16]);
    RecordKey { circle: CircleId::COMMONS, id, steward: center(number), kind }
}

/// One of each sort: changes with and without others that they are built on, one that names
/// co-maintainers, a chunk that is worth compressing, a saved document, something left out, an erasure.
fn history() -> Vec<RecordCommit> {
    let short = record(key(1, Kind::Offer), offer("zebra"));
    let next = edited(&short, offer("giraffe"));
    let mut long = record(key(2, Kind::Service), offer(&"a quiet garden. ".repeat(40)));
    long.added[0].1.grants = vec![center(8), center(9)];
    long.snapshot = Some(b"a saved document".to_vec());
    long.source = Some(center(7));
    let mut side = edited(&long, offer("lake"));
    side.snapshot = None;
    let deps = [long.added[0].1.hash, side.added[0].1.hash];
    let (more, form) = change(side.key, 1, 300, &deps, b"x");
    side.left_out = vec![(form.hash, Refusal::OutOfBounds("sleeps 900".to_owned()))];
    side.added.push((more, form));
    let gone = record(key(3, Kind::Offer), offer("elephant"));
    let erased = erased(&gone);
    vec![short, next, long, side, gone, erased]
}

async fn connection(folder: &Folder) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(folder.database())
        .create_if_missing(true)
        .pragma("key", format!("\"x'{}'\"", hospes_domain::id::hex(&KEY)))
        .pragma("cipher_hmac_algorithm", "HMAC_SHA256")
        .connect()
        .await
        .unwrap()
}

/// A database with what these statements make.
async fn database(statements: &'static str) -> Folder {
    let folder = Folder::new();
    let mut connection = connection(&folder).await;
    sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    folder
}

/// The numbers of formats in the database, and of changes by the first byte of their form.
async fn formats(folder: &Folder) -> (i64, Vec<(Vec<u8>, i64)>) {
    let mut connection = connection(folder).await;
    let format =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
    let forms = "SELECT substr(form, 1, 1), count(*) FROM change GROUP BY 1 ORDER BY 1";
    let forms = sqlx::query_as(forms).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    (format, forms)
}

#[tokio::test]
async fn what_a_database_of_format_4_holds_is_what_one_of_this_release_holds() {
    let old = database(FORMAT_4).await;
    assert_eq!(formats(&old).await, (4, vec![(vec![1], 6)]), "the actor begins with a 1");
    let new = Folder::new();
    let (older, newer) = (old.open().await, new.create().await);
    for one in history() {
        put(&newer, &one).await;
    }
    let keys: Vec<RecordKey> = history().iter().map(|one| one.key).collect();
    let held = older.held(&keys).await.unwrap();
    assert_eq!(held, newer.held(&keys).await.unwrap());
    let long = &held[&keys[2]];
    let mut grants: Vec<_> = long.held.changes.values().flat_map(|form| &form.grants).collect();
    grants.sort();
    assert_eq!(grants, [&center(8), &center(9)]);
    assert_eq!(long.left_out.len(), 1);
    assert!(held[&keys[4]].held.erased);
    assert_eq!(older.chunks(&keys).await.unwrap(), newer.chunks(&keys).await.unwrap());
    assert_eq!(older.catalogue().await.unwrap(), newer.catalogue().await.unwrap());
    assert_eq!(older.position().await.unwrap(), newer.position().await.unwrap());
    let log =
        |store: Store| async move { store.log(0, center(99), usize::MAX, 100).await.unwrap() };
    assert_eq!(log(older.clone()).await, log(newer.clone()).await);
    for (word, hits) in [("zebra", 0), ("giraffe", 1), ("elephant", 0)] {
        let query = Query { text: word.to_owned(), ..Query::default() };
        assert_eq!(older.search(&query, now()).await.unwrap().hits.len(), hits, "{word}");
    }
    // It goes on as if it had always been of this release.
    put(&older, &edited(&history()[1], offer("antelope"))).await;
    older.close().await.unwrap();
    newer.close().await.unwrap();
    assert_eq!(formats(&old).await, (FORMAT, vec![(vec![1], 7)]));
    let again = old.open().await;
    assert_eq!(again.held(&keys[..1]).await.unwrap()[&keys[0]].held.changes.len(), 3);
    again.close().await.unwrap();
}

#[tokio::test]
async fn a_form_of_a_later_release_is_told_and_spoils_nothing_else() {
    let folder = Folder::new();
    let store = folder.create().await;
    let (one, two) = (key(1, Kind::Offer), key(2, Kind::Offer));
    for key in [one, two] {
        put(&store, &record(key, fields(&[("note", "bed".into())]))).await;
    }
    store.close().await.unwrap();
    let mut raw = connection(&folder).await;
    sqlx::query("UPDATE change SET form = x'02' WHERE position = 1")
        .execute(&mut raw)
        .await
        .unwrap();
    raw.close().await.unwrap();
    let store = folder.open().await;
    let error = store.held(&[one]).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { what: "form", .. }), "{error:?}");
    assert_eq!(store.held(&[two]).await.unwrap().len(), 1);
    assert!(store.get(&one).await.unwrap().unwrap().shown);
    store.close().await.unwrap();
}
