use std::collections::BTreeSet;

use hospes_domain::Kind;
use hospes_domain::query::Query;
use hospes_store::{Commit, Committed, StoreError};
use hospes_sync::admission::Refusal;
use hospes_sync::{Version, admission::Held};

use crate::sample::{Folder, center, change, edited, erased, key, now, offer, put, record};

#[tokio::test]
async fn positions_are_the_places_in_the_local_log() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("one"));
    let two = record(key(2, Kind::Offer), offer("two"));
    let both = Commit { records: vec![one.clone(), two], ..Commit::default() };
    let done = store.commit(both).await.unwrap();
    assert_eq!(done, Committed { first: 1, last: 2, positions: vec![1, 2] });
    let next = put(&store, &edited(&one, offer("three"))).await;
    assert_eq!(next, Committed { first: 3, last: 3, positions: vec![3] });
    assert_eq!(store.position().await.unwrap(), 3);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_change_that_is_held_already_is_not_kept_twice() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("one"));
    put(&store, &one).await;
    let again = put(&store, &one).await;
    assert_eq!(again, Committed { first: 0, last: 0, positions: vec![1] });
    assert_eq!(store.position().await.unwrap(), 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_higher_generation_replaces_the_changes_of_the_lower_ones() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("zebra"));
    put(&store, &one).await;
    put(&store, &edited(&one, offer("giraffe"))).await;
    let mut second = record(one.key, offer("elephant"));
    let (change, form) = change(one.key, 2, 1, &[], b"second");
    second.generation = 2;
    second.replaces = true;
    second.version = Version::of(2, &[form.hash]);
    second.added = vec![(change.clone(), form.clone())];
    put(&store, &second).await;

    let held = store.held(&[one.key]).await.unwrap().remove(&one.key).unwrap();
    let expected =
        Held { generation: 2, erased: false, changes: [(form.hash, form.clone())].into() };
    assert_eq!(held.held, expected);
    assert_eq!(held.fields, Some(offer("elephant")));
    let chunks = store.chunks(&[one.key]).await.unwrap();
    assert_eq!(chunks[&one.key].len(), 1);
    assert_eq!(store.catalogue().await.unwrap(), [(one.key, second.version)]);
    for (word, hits) in [("zebra", 0), ("giraffe", 0), ("elephant", 1)] {
        let query = Query { text: word.to_owned(), ..Query::default() };
        assert_eq!(store.search(&query, now()).await.unwrap().hits.len(), hits, "{word}");
    }
    let late = store
        .commit(Commit { records: vec![edited(&one, offer("late"))], ..Commit::default() })
        .await;
    assert!(matches!(late, Err(StoreError::Superseded { given: 1, held: 2, .. })), "{late:?}");
    store.close().await.unwrap();
}

#[tokio::test]
async fn fields_that_are_not_given_stay_as_they_are() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("zebra"));
    put(&store, &one).await;
    let mut next = edited(&one, offer("unused"));
    next.fields = None;
    put(&store, &next).await;
    let found = store.get(&one.key).await.unwrap().unwrap();
    assert_eq!((found.fields, found.version), (offer("zebra"), next.version));
    let query = Query { text: "zebra".to_owned(), ..Query::default() };
    assert_eq!(store.search(&query, now()).await.unwrap().hits.len(), 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn the_same_record_may_be_in_a_commit_twice() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("zebra"));
    let two = edited(&one, offer("giraffe"));
    let both = Commit { records: vec![one.clone(), two.clone()], ..Commit::default() };
    store.commit(both).await.unwrap();
    let held = store.held(&[one.key]).await.unwrap().remove(&one.key).unwrap();
    assert_eq!(held.held.changes.len(), 2);
    assert_eq!(held.held.version(), two.version);
    for (word, hits) in [("zebra", 0), ("giraffe", 1)] {
        let query = Query { text: word.to_owned(), ..Query::default() };
        assert_eq!(store.search(&query, now()).await.unwrap().hits.len(), hits, "{word}");
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn commits_that_wait_together_share_a_transaction() {
    let folder = Folder::new();
    let store = folder.create().await;
    let before = store.transactions();
    let waiting: Vec<_> = (0..100)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                put(&store, &record(key(number, Kind::Offer), offer("bed"))).await.first
            })
        })
        .collect();
    let mut positions = BTreeSet::new();
    for one in waiting {
        positions.insert(one.await.unwrap());
    }
    assert_eq!(positions, (1..=100).collect());
    let transactions = store.transactions() - before;
    assert!(transactions <= 10, "{transactions} transactions for 100 commits");
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_commit_that_fails_takes_no_other_with_it() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut old = record(key(0, Kind::Offer), offer("old"));
    old.generation = 5;
    put(&store, &old).await;
    let waiting: Vec<_> = (0..60)
        .map(|number| {
            let store = store.clone();
            // Every third tries to change record 0 back to generation 1, after its new records.
            let mut records = vec![record(key(number + 1, Kind::Offer), offer("zebra"))];
            if number % 3 == 0 {
                records[0].key.steward = center(77);
                records.push(record(key(0, Kind::Offer), offer("giraffe")));
            }
            let commit = Commit { records, ..Commit::default() };
            tokio::spawn(async move { store.commit(commit).await })
        })
        .collect();
    let mut failed = 0;
    for one in waiting {
        failed += usize::from(one.await.unwrap().is_err());
    }
    assert_eq!(failed, 20);
    assert_eq!(store.catalogue().await.unwrap().len(), 41);
    let query = Query { text: "zebra".to_owned(), limit: 200, ..Query::default() };
    assert_eq!(store.search(&query, now()).await.unwrap().hits.len(), 40);
    let log = store.log(0, center(99), usize::MAX, 1_000).await.unwrap();
    assert_eq!(log.changes.len(), 41);
    store.close().await.unwrap();
}

#[tokio::test]
async fn what_the_document_leaves_out_is_counted_and_told() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut one = record(key(1, Kind::Offer), offer("bed"));
    one.left_out = vec![(one.added[0].1.hash, Refusal::OutOfBounds("sleeps 900".to_owned()))];
    one.source = Some(center(8));
    put(&store, &one).await;
    assert_eq!(store.get(&one.key).await.unwrap().unwrap().left_out, 1);
    let rows = store.quarantine(None, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].held, rows[0].code.as_str()), (true, "out_of_bounds"));
    assert_eq!((rows[0].author, rows[0].from), (one.key.steward, Some(center(8))));

    let mut next = edited(&one, offer("bed"));
    next.left_out = Vec::new();
    put(&store, &next).await;
    assert_eq!(store.quarantine(None, 10).await.unwrap(), []);
    assert_eq!(store.get(&one.key).await.unwrap().unwrap().left_out, 0);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_is_given_back_only_for_what_it_covers() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut one = record(key(1, Kind::Template), offer("law"));
    one.snapshot = Some(b"document of one".to_vec());
    put(&store, &one).await;
    let mut two = edited(&one, offer("law"));
    two.snapshot = None;
    put(&store, &two).await;
    let held = store.held(&[one.key]).await.unwrap().remove(&one.key).unwrap();
    let snapshot = held.snapshot.unwrap();
    assert_eq!((snapshot.bytes.as_slice(), snapshot.covers), (&b"document of one"[..], 1));

    let mut three = edited(&two, offer("law"));
    three.snapshot = Some(b"document of three".to_vec());
    put(&store, &three).await;
    // Built on the first change by somebody who had not seen the others: it comes before the last.
    let mut side = edited(&one, offer("law"));
    let (change, form) = change(one.key, 1, 2, &[one.added[0].1.hash], b"on the side");
    side.added = vec![(change, form)];
    side.snapshot = None;
    put(&store, &side).await;
    let held = store.held(&[one.key]).await.unwrap().remove(&one.key).unwrap();
    assert_eq!(held.held.changes.len(), 4);
    assert_eq!(held.snapshot, None);
    store.close().await.unwrap();
}

#[tokio::test]
async fn catalogues_of_the_same_records_have_one_fingerprint() {
    let records: Vec<_> =
        (0..30).map(|number| record(key(number, Kind::Offer), offer("bed"))).collect();
    let mut fingerprints = BTreeSet::new();
    for reversed in [false, true] {
        let folder = Folder::new();
        let store = folder.create().await;
        let mut records = records.clone();
        if reversed {
            records.reverse();
        }
        for one in &records {
            put(&store, one).await;
        }
        fingerprints.insert(store.catalogue_fingerprint().await.unwrap());
        let catalogue = store.catalogue().await.unwrap();
        assert!(catalogue.is_sorted_by_key(|(key, _)| *key));
        put(&store, &erased(&records[3])).await;
        assert!(!fingerprints.contains(&store.catalogue_fingerprint().await.unwrap()));
        store.close().await.unwrap();
    }
    assert_eq!(fingerprints.len(), 1);
}
