use std::io;
use std::sync::{Arc, Mutex};

use hospes_domain::query::Query;
use hospes_domain::{Kind, id};
use tracing_subscriber::fmt::MakeWriter;

use crate::sample::{Folder, KEY, center, fields, key, now, put, record};

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn nothing_that_was_kept_can_be_read_from_the_files() {
    let folder = Folder::new();
    let store = folder.create().await;
    let words = ["Zygomorphic", "Курочкино", "Petrozavodsk", "epizootic legal aid", "fkindservice"];
    for number in 0..200 {
        let one = fields(&[
            ("name", words[0].into()),
            ("description", words[3].into()),
            ("address", words[1].into()),
            ("organization", words[2].into()),
            ("status", "active".into()),
        ]);
        put(&store, &record(key(number, Kind::Service), one)).await;
    }
    store.put_setting("town".to_owned(), words[1].to_owned()).await.unwrap();
    let query = Query { text: words[0].to_owned(), ..Query::default() };
    assert!(!store.search(&query, now()).await.unwrap().hits.is_empty());
    let check = |bytes: &[u8], when: &str| {
        assert!(bytes.len() > 100_000, "{when}: {} bytes", bytes.len());
        for word in words {
            for word in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
                assert!(!has(bytes, word.as_bytes()), "{when}: {word}");
                assert!(!has(bytes, &utf16(&word)), "{when}: {word} in UTF-16");
            }
        }
        assert!(!has(bytes, &center(1).0), "{when}: a center");
        assert!(!has(bytes, &KEY), "{when}: the key");
        assert!(!has(bytes, b"SQLite format 3"), "{when}: a plain header");
    };
    check(&folder.bytes(), "open");
    store.scrub().await.unwrap();
    check(&folder.bytes(), "scrubbed");
    store.close().await.unwrap();
    check(&folder.bytes(), "closed");
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Captured;

    fn make_writer(&'a self) -> Captured {
        self.clone()
    }
}

#[tokio::test]
async fn the_key_and_the_searches_are_in_no_log() {
    let captured = Captured::default();
    // For the whole process: connections have threads of their own.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .init();
    let folder = Folder::new();
    let store = folder.create().await;
    put(&store, &record(key(1, Kind::Offer), crate::sample::offer("zygomorphic"))).await;
    let query = Query { text: "zygomorphic \"AND".to_owned(), ..Query::default() };
    assert_eq!(store.search(&query, now()).await.unwrap().hits.len(), 0);
    tracing::info!("{store:?}");
    store.close().await.unwrap();
    hospes_store::Store::open(folder.database(), &[1; 32]).await.unwrap_err();
    let log = captured.0.lock().unwrap().clone();
    assert!(has(&log, b"Store {"), "nothing was captured");
    let hex = id::hex(&KEY);
    for secret in [hex.as_bytes(), hex.to_uppercase().as_bytes(), &KEY, b"zygomorphic"] {
        assert!(!has(&log, secret), "{}", String::from_utf8_lossy(&log));
    }
}
