use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use hospes_domain::Kind;
use hospes_domain::query::Query;
use hospes_store::{Commit, RefusedChange, StoreError};
use hospes_sync::admission::Refusal;

use crate::sample::{Folder, KEY, center, edited, erased, key, now, offer, put, record};

/// Bytes of a page that SQLCipher uses for the initialization vector and the check.
const RESERVED: usize = 80;
const PAGE: usize = 4096;

/// All pages of the database file in the clear.
fn pages(folder: &Folder) -> Vec<u8> {
    let mut clear = Vec::new();
    for (number, page) in std::fs::read(folder.database()).unwrap().chunks(PAGE).enumerate() {
        // The first page begins with a salt.
        let start = if number == 0 { 16 } else { 0 };
        let mut content = page[start..PAGE - RESERVED].to_vec();
        let iv: [u8; 16] = page[PAGE - RESERVED..PAGE - RESERVED + 16].try_into().unwrap();
        let key = UnboundCipherKey::new(&AES_256, &KEY).unwrap();
        let key = DecryptingKey::cbc(key).unwrap();
        let context = DecryptionContext::Iv128(iv.into());
        clear.extend_from_slice(key.decrypt(&mut content, context).unwrap());
    }
    clear
}

fn has(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[tokio::test]
async fn an_erasure_leaves_no_trace_in_the_pages() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..300 {
        put(&store, &record(key(number, Kind::Offer), offer("quiet garden"))).await;
    }
    let one = record(key(1_000, Kind::Offer), offer("zygomorphic Курочкино"));
    put(&store, &one).await;
    let refused = RefusedChange {
        hash: one.added[0].1.hash,
        key: one.key,
        author: center(3),
        refusal: Refusal::Orphan,
        from: None,
        time: now(),
        bytes: Some(b"zygomorphic".to_vec()),
    };
    store.commit(Commit { refused: vec![refused], ..Commit::default() }).await.unwrap();
    for number in 300..600 {
        put(&store, &record(key(number, Kind::Offer), offer("old house"))).await;
    }
    let next = edited(&one, offer("epizootic"));
    put(&store, &next).await;
    assert!(store.scrub().await.unwrap());
    let before = pages(&folder);
    for word in ["zygomorphic", "epizootic", "garden"] {
        assert!(has(&before, word), "the test cannot fail: {word} is not in the pages");
    }

    put(&store, &erased(&next)).await;
    assert!(store.scrub().await.unwrap());
    let after = pages(&folder);
    for word in ["zygomorphic", "Курочкино", "kurochkin", "epizootic"] {
        assert!(!has(&after, word), "{word} is still in the pages");
    }
    assert!(has(&after, "garden"));
    assert_eq!(std::fs::metadata(folder.database().with_extension("db-wal")).unwrap().len(), 0);

    let found = store.get(&one.key).await.unwrap().unwrap();
    assert!(found.erased && !found.shown && found.fields.is_empty());
    let held = store.held(&[one.key]).await.unwrap().remove(&one.key).unwrap();
    assert!(held.held.erased && held.held.changes.len() == 1 && held.fields.is_none());
    assert_eq!(store.quarantine(None, 10).await.unwrap(), []);
    assert_eq!(store.chunks(&[one.key]).await.unwrap(), [].into());
    store.close().await.unwrap();
}

#[tokio::test]
async fn an_erased_record_does_not_come_back() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Offer), offer("zebra"));
    put(&store, &one).await;
    put(&store, &erased(&one)).await;
    let mut back = record(one.key, offer("zebra"));
    for generation in [1, 2] {
        back.generation = generation;
        let answer =
            store.commit(Commit { records: vec![back.clone()], ..Commit::default() }).await;
        assert!(matches!(answer, Err(StoreError::Superseded { .. })), "{answer:?}");
    }
    let query = Query { text: "zebra".to_owned(), ..Query::default() };
    assert_eq!(store.search(&query, now()).await.unwrap().hits, []);
    let counts = store.counts().await.unwrap();
    let offers = counts.kinds[&Kind::Offer];
    assert_eq!((offers.shown, offers.withdrawn, offers.erased), (0, 0, 1));
    store.close().await.unwrap();
}
