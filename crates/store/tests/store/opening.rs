use hospes_store::{Fatal, Store, StoreError};

use crate::sample::{Folder, KEY, key, offer, put, record};
use hospes_domain::Kind;

#[tokio::test]
async fn what_was_committed_is_there_after_closing_and_opening() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("two beds"));
    put(&store, &one).await;
    store.close().await.unwrap();
    let store = folder.open().await;
    assert_eq!(store.get(&one.key).await.unwrap().unwrap().fields, offer("two beds"));
    store.close().await.unwrap();
}

#[tokio::test]
async fn what_was_committed_survives_a_stop_at_any_moment() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..20 {
        let one = record(key(number, Kind::Offer), offer("two beds"));
        put(&store, &one).await;
        // Neither closed nor checkpointed: the files as they are when power fails.
        let copy = folder.copy();
        let found = copy.open().await;
        assert_eq!(found.get(&one.key).await.unwrap().unwrap().fields, offer("two beds"));
        assert_eq!(found.position().await.unwrap(), number + 1);
        found.close().await.unwrap();
    }
    store.close().await.unwrap();
}

#[test]
fn a_process_that_ends_without_closing_loses_nothing() {
    let folder = Folder::new();
    let one = record(key(1, Kind::Offer), offer("two beds"));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime().block_on(async {
        let store = folder.create().await;
        put(&store, &one).await;
    });
    runtime().block_on(async {
        let store = folder.open().await;
        assert!(store.get(&one.key).await.unwrap().is_some());
        store.close().await.unwrap();
    });
}

#[tokio::test]
async fn a_wrong_key_is_told_apart_and_spoils_nothing() {
    let folder = Folder::new();
    let store = folder.create().await;
    put(&store, &record(key(1, Kind::Offer), offer("two beds"))).await;
    store.close().await.unwrap();
    let wrong = Store::open(folder.database(), &[1; 32]).await.unwrap_err();
    assert!(matches!(wrong, StoreError::WrongKey { .. }), "{wrong}");
    let store = folder.open().await;
    assert_eq!(store.position().await.unwrap(), 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn files_that_are_no_database_of_ours_are_refused() {
    let folder = Folder::new();
    let missing = Store::open(folder.database(), &KEY).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
    for (content, plain) in [
        (b"SQLite format 3\0 and then its pages".to_vec(), true),
        (b"".to_vec(), false),
        (vec![7; 8192], false),
    ] {
        std::fs::write(folder.database(), &content).unwrap();
        let refused = Store::open(folder.database(), &KEY).await.unwrap_err();
        assert_eq!(matches!(refused, StoreError::NotEncrypted { .. }), plain, "{refused}");
        assert_eq!(matches!(refused, StoreError::WrongKey { .. }), !plain, "{refused}");
        assert_eq!(std::fs::read(folder.database()).unwrap(), content, "it was written to");
    }
    let exists = Store::create(folder.database(), &KEY).await.unwrap_err();
    assert!(matches!(exists, StoreError::Exists { .. }), "{exists}");
}

#[tokio::test]
async fn two_nodes_never_open_one_folder() {
    let folder = Folder::new();
    let store = folder.create().await;
    let second = Store::open(folder.database(), &KEY).await.unwrap_err();
    assert!(matches!(second, StoreError::InUse { .. }), "{second}");
    store.close().await.unwrap();
    folder.open().await.close().await.unwrap();
}

#[tokio::test]
async fn a_damaged_page_is_the_end_and_is_told_in_plain_words() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..200 {
        put(&store, &record(key(number, Kind::Offer), offer("two beds"))).await;
    }
    store.close().await.unwrap();
    let mut bytes = std::fs::read(folder.database()).unwrap();
    for byte in bytes.iter_mut().skip(4096).step_by(4096) {
        *byte ^= 1;
    }
    std::fs::write(folder.database(), bytes).unwrap();
    let error = match Store::open(folder.database(), &KEY).await {
        Err(error) => error,
        Ok(store) => store.catalogue().await.unwrap_err(),
    };
    assert_eq!(error, StoreError::Fatal(Fatal::Corrupt));
}

#[tokio::test]
async fn nothing_is_done_after_closing() {
    let folder = Folder::new();
    let store = folder.create().await;
    store.close().await.unwrap();
    assert_eq!(store.position().await, Err(StoreError::Closed));
    assert_eq!(store.scrub().await, Err(StoreError::Closed));
    assert_eq!(store.close().await, Err(StoreError::Closed));
}
