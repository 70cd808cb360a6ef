use hospes_domain::{CircleId, Kind};
use hospes_store::LogPage;

use crate::sample::{Folder, center, edited, erased, key, offer, put, record};

#[tokio::test]
async fn the_log_passes_over_what_came_from_the_asker() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut changes = Vec::new();
    for number in 0..10 {
        let mut one = record(key(number, Kind::Offer), offer("bed"));
        one.source = [None, Some(center(8)), Some(center(9))][usize::try_from(number % 3).unwrap()];
        put(&store, &one).await;
        changes.push((one.source, one.added[0].0.clone()));
    }
    let log = store.log(0, center(8), usize::MAX, 100).await.unwrap();
    let expected: Vec<_> = changes
        .iter()
        .filter(|(source, _)| *source != Some(center(8)))
        .map(|(_, change)| change.clone())
        .collect();
    assert_eq!(log, LogPage { changes: expected, through: 10 });
    assert_eq!(store.log(0, center(66), usize::MAX, 100).await.unwrap().changes.len(), 10);
    let none = store.log(10, center(8), usize::MAX, 100).await.unwrap();
    assert_eq!(none, LogPage { changes: vec![], through: 10 });
    store.close().await.unwrap();
}

#[tokio::test]
async fn pages_of_the_log_join_up() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..700 {
        let mut one = record(key(number, Kind::Offer), offer("bed"));
        one.source = (number % 2 == 0).then(|| center(8));
        put(&store, &one).await;
    }
    for (bytes, most) in [(1, 100), (2_000, 100), (usize::MAX, 7), (usize::MAX, 300)] {
        let (mut after, mut count, mut pages) = (0, 0, 0);
        while after < store.position().await.unwrap() {
            let page = store.log(after, center(8), bytes, most).await.unwrap();
            assert!(page.through > after, "no progress at {after}");
            assert!(page.changes.len() <= most);
            let weight: usize = page.changes.iter().map(|change| change.weight()).sum();
            assert!(weight <= bytes || page.changes.len() == 1);
            (after, count, pages) = (page.through, count + page.changes.len(), pages + 1);
        }
        assert_eq!(count, 350, "{bytes} bytes, {most} changes");
        assert!(pages > 1);
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn wanted_changes_come_after_those_they_are_built_on() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Template), offer("law"));
    let two = edited(&one, offer("law"));
    let three = edited(&two, offer("law"));
    let other = record(key(2, Kind::Template), offer("another law"));
    for commit in [&one, &two, &other, &three] {
        put(&store, commit).await;
    }
    let hash = |commit: &hospes_store::RecordCommit| commit.added[0].1.hash;
    let wanted = [
        (other.key, vec![hash(&other), hash(&one)]),
        (one.key, vec![hash(&three), hash(&one)]),
        (key(3, Kind::Offer), vec![hash(&one)]),
    ];
    let found = store.changes(&wanted).await.unwrap();
    let expected = [&one, &other, &three].map(|commit| commit.added[0].0.clone());
    assert_eq!(found, expected);
    assert_eq!(store.changes(&[]).await.unwrap(), []);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_tombstone_is_all_that_the_log_has_of_an_erased_record() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("bed"));
    put(&store, &one).await;
    let gone = erased(&one);
    put(&store, &gone).await;
    put(&store, &gone).await;
    let log = store.log(0, center(8), usize::MAX, 100).await.unwrap();
    assert_eq!(log.changes, [gone.added[0].0.clone()]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn records_are_found_by_circle_and_identifier() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut keys = Vec::new();
    for (steward, circle) in
        [(1, CircleId::COMMONS), (2, CircleId::COMMONS), (1, CircleId([4; 16]))]
    {
        let mut one = key(1, Kind::Offer);
        one.steward = center(steward);
        one.circle = circle;
        put(&store, &record(one, offer("bed"))).await;
        keys.push(one);
    }
    let ids = [keys[0].id, key(5, Kind::Offer).id];
    assert_eq!(store.keys_of(CircleId::COMMONS, &ids).await.unwrap(), keys[..2]);
    assert_eq!(store.keys_of(CircleId([4; 16]), &ids).await.unwrap(), keys[2..]);
    assert_eq!(store.find(keys[0].id).await.unwrap().len(), 3);
    assert_eq!(store.get(&keys[1]).await.unwrap().unwrap().key, keys[1]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn lists_join_up_and_have_each_record_of_a_kind_once() {
    let folder = Folder::new();
    let store = folder.create().await;
    let mut expected = Vec::new();
    for number in 0..50 {
        let kind = if number % 3 == 0 { Kind::Service } else { Kind::Offer };
        put(&store, &record(key(number, kind), offer("bed"))).await;
        if kind == Kind::Offer {
            expected.push(key(number, kind));
        }
    }
    let mut found = Vec::new();
    loop {
        let page = store.list(Kind::Offer, found.last().copied(), 7).await.unwrap();
        if page.is_empty() {
            break;
        }
        found.extend(page.into_iter().map(|record| record.key));
    }
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    store.close().await.unwrap();
}
