use hospes_domain::{Kind, NodeId, Timestamp};
use hospes_store::{
    AuditEntry, Certificate, Commit, Earlier, ImportMark, MOST_PENDING, MOST_QUARANTINED, Peer,
    PeerState, RefusedChange, StoreError, StoredIdentity, Token,
};
use hospes_sync::ChangeHash;
use hospes_sync::admission::Refusal;
use zeroize::Zeroizing;

use crate::sample::{Folder, center, key, now, offer, put, record};

#[tokio::test]
async fn the_identity_is_kept_and_never_printed() {
    let folder = Folder::new();
    let store = folder.create().await;
    assert_eq!(store.identity().await.unwrap(), None);
    for round in [1_u8, 2] {
        let identity = StoredIdentity {
            node_key: Zeroizing::new(vec![round; 40]),
            node_certificate: vec![2; 300],
            center_certificate: vec![3; 300],
        };
        store.set_identity(identity.clone()).await.unwrap();
        assert!(!format!("{identity:?}").contains('['));
        assert_eq!(store.identity().await.unwrap(), Some(identity));
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn certificates_keep_when_they_were_first_seen() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = Certificate {
        center: center(1),
        node: NodeId([2; 32]),
        epoch: 3,
        center_certificate: vec![4; 400],
        node_certificate: vec![5; 400],
        vouchers: vec![],
        first_seen: now(),
    };
    store.put_certificate(one.clone()).await.unwrap();
    let vouchers = vec![center(7), center(8)];
    let later =
        Certificate { vouchers: vouchers.clone(), first_seen: now().plus(5), ..one.clone() };
    store.put_certificate(later).await.unwrap();
    let expected = Certificate { vouchers, ..one.clone() };
    assert_eq!(store.certificates().await.unwrap(), [expected]);
    let long = Certificate { node_certificate: vec![0; 2049], ..one };
    let refused = store.put_certificate(long).await;
    let expected = StoreError::OutOfBounds { field: "node certificate", limit: 2048, actual: 2049 };
    assert_eq!(refused, Err(expected));
    assert!(store.delete_certificates(center(1)).await.unwrap());
    assert!(!store.delete_certificates(center(1)).await.unwrap());
    store.close().await.unwrap();
}

#[tokio::test]
async fn an_epoch_of_a_peer_never_gets_lower() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = Peer {
        center: center(1),
        name: "north".to_owned(),
        state: PeerState::Active,
        addresses: vec!["192.0.2.7:4433".to_owned(), "[2001:db8::1]:4433".to_owned()],
        added_at: now(),
        last_contact: None,
        epoch: 4,
        earlier: Earlier::Frozen,
        note: "met in person".to_owned(),
    };
    let entry =
        || AuditEntry { time: now(), who: "admin".to_owned(), what: "changed a peer".to_owned() };
    store.put_peer(one.clone(), entry()).await.unwrap();
    assert_eq!(store.peer(center(1)).await.unwrap(), Some(one.clone()));
    let older =
        Peer { epoch: 2, earlier: Earlier::Honored, state: PeerState::Removed, ..one.clone() };
    store.put_peer(older.clone(), entry()).await.unwrap();
    let expected = Peer { epoch: 4, earlier: Earlier::Frozen, ..older };
    assert_eq!(store.peers().await.unwrap(), [expected]);
    assert!(!store.raise_epoch(center(1), 4, Earlier::Honored).await.unwrap());
    assert!(!store.raise_epoch(center(2), 9, Earlier::Honored).await.unwrap());
    assert!(store.raise_epoch(center(1), 5, Earlier::Honored).await.unwrap());
    let raised = store.peer(center(1)).await.unwrap().unwrap();
    assert_eq!((raised.epoch, raised.earlier), (5, Earlier::Honored));
    assert_eq!(raised.state, PeerState::Removed, "a removal is not undone");
    assert_eq!(store.audit(None, 9).await.unwrap().len(), 2);
    assert!(store.contacted(center(1), now()).await.unwrap());
    assert!(!store.contacted(center(2), now()).await.unwrap());
    assert_eq!(store.peer(center(1)).await.unwrap().unwrap().last_contact, Some(now()));
    assert!(store.delete_peer(center(1), entry()).await.unwrap());
    assert_eq!(store.peers().await.unwrap(), []);
    store.close().await.unwrap();
}

#[tokio::test]
async fn those_who_knock_are_bounded_and_the_longest_silent_goes() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..u8::try_from(MOST_PENDING).unwrap() {
        store.knocked(center(number), vec![1], None, now().plus(number.into())).await.unwrap();
    }
    store.knocked(center(0), vec![2], None, now().plus(500)).await.unwrap();
    store.knocked(center(200), vec![3], Some(4), now().plus(501)).await.unwrap();
    let pending = store.pending().await.unwrap();
    assert_eq!(pending.len(), MOST_PENDING);
    assert_eq!((pending[0].center, pending[1].center), (center(200), center(0)));
    assert_eq!((pending[1].count, pending[1].first_seen), (2, now()));
    assert!(pending.iter().all(|one| one.center != center(1)));
    assert!(store.delete_pending(center(200)).await.unwrap());
    store.close().await.unwrap();
}

#[tokio::test]
async fn checkpoints_settings_and_the_audit_are_kept() {
    let folder = Folder::new();
    let store = folder.create().await;
    let (one, other) = (NodeId([1; 32]), NodeId([2; 32]));
    store.put_checkpoint(one, 17).await.unwrap();
    store.put_checkpoint(one, 18).await.unwrap();
    assert_eq!(store.checkpoint(one).await.unwrap(), Some(18));
    assert_eq!(store.checkpoint(other).await.unwrap(), None);

    store.put_setting("introductions".to_owned(), "2".to_owned()).await.unwrap();
    assert_eq!(store.setting("introductions").await.unwrap().as_deref(), Some("2"));
    assert!(store.settings().await.unwrap().contains_key("introductions"));
    assert!(store.delete_setting("introductions".to_owned()).await.unwrap());
    assert_eq!(store.setting("introductions").await.unwrap(), None);

    let entry = |what: &str, age: i64| AuditEntry {
        time: now().plus(-age),
        who: "mara".to_owned(),
        what: what.to_owned(),
    };
    store.put_audit(entry("kept a note that looks like a phone number", 10)).await.unwrap();
    let commit = Commit { audit: vec![entry("removed a peer", 5)], ..Commit::default() };
    store.commit(commit).await.unwrap();
    let audit = store.audit(None, 10).await.unwrap();
    assert_eq!(audit[0], (2, entry("removed a peer", 5)));
    assert_eq!(store.audit(Some(2), 10).await.unwrap().len(), 1);
    assert_eq!(store.delete_audit(now().plus(-7)).await.unwrap(), 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_token_tells_only_the_day_of_its_use() {
    let folder = Folder::new();
    let store = folder.create().await;
    let token = Token {
        name: "front desk".to_owned(),
        role: "counselor".to_owned(),
        digest: [7; 32],
        created: now(),
        last_used: None,
    };
    store.put_token(token.clone()).await.unwrap();
    assert_eq!(store.token([7; 32]).await.unwrap(), Some(token));
    assert_eq!(store.token([8; 32]).await.unwrap(), None);
    store.token_used([7; 32], now()).await.unwrap();
    let day: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    assert_eq!(store.tokens().await.unwrap()[0].last_used, Some(day));
    let transactions = store.transactions();
    store.token_used([7; 32], now().plus(Timestamp::HOUR)).await.unwrap();
    assert_eq!(store.transactions(), transactions, "wrote again on the same day");
    assert!(store.delete_token("front desk".to_owned()).await.unwrap());
    assert!(store.tokens().await.unwrap().is_empty());
    store.close().await.unwrap();
}

#[tokio::test]
async fn imported_rows_are_remembered_with_their_records() {
    let folder = Folder::new();
    let store = folder.create().await;
    let one = record(key(1, Kind::Service), offer("bed"));
    let mark = ImportMark {
        source: "directory.csv".to_owned(),
        external: "row 17".to_owned(),
        key: one.key,
        digest: [6; 32],
    };
    let commit = Commit { records: vec![one], import: vec![mark.clone()], ..Commit::default() };
    store.commit(commit).await.unwrap();
    let marks = store.import_marks("directory.csv").await.unwrap();
    assert_eq!(marks, [("row 17".to_owned(), mark)].into());
    let source = "directory.csv".to_owned();
    assert!(store.delete_import_mark(source, "row 17".to_owned()).await.unwrap());
    store.close().await.unwrap();
}

fn refused(number: u64, bytes: usize) -> RefusedChange {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    RefusedChange {
        hash: ChangeHash(hash),
        key: key(number % 10, Kind::Offer),
        author: center(3),
        refusal: Refusal::Malformed("x".repeat(1_000)),
        from: Some(center(4)),
        time: now(),
        bytes: (bytes > 0).then(|| vec![1; bytes]),
    }
}

#[tokio::test]
async fn the_quarantine_holds_so_many_and_the_oldest_go() {
    let folder = Folder::new();
    let store = folder.create().await;
    for thousand in 0..11 {
        let refused = (0..1_000).map(|one| refused(thousand * 1_000 + one, 0)).collect();
        store.commit(Commit { refused, ..Commit::default() }).await.unwrap();
        let count = store.counts().await.unwrap().quarantine;
        assert!(count <= MOST_QUARANTINED && count >= (thousand + 1).min(9) * 1_000, "{count}");
    }
    let rows = store.quarantine(None, 5).await.unwrap();
    assert_eq!(rows[0].hash, refused(10_999, 0).hash);
    assert_eq!((rows[0].code.as_str(), rows[0].held), ("malformed", false));
    assert!(rows[0].sentence.len() <= 512);
    assert!(store.delete_quarantined(rows[0].number).await.unwrap());
    let next = store.quarantine(Some(rows[0].number), 1).await.unwrap();
    assert_eq!(next[0], rows[1]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn the_quarantine_holds_so_many_bytes() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..70 {
        let commit = Commit { refused: vec![refused(number, 1 << 20)], ..Commit::default() };
        store.commit(commit).await.unwrap();
    }
    let count = store.counts().await.unwrap().quarantine;
    assert!((60..=63).contains(&count), "{count}");
    // The same change refused again is one row.
    let commit = Commit { refused: vec![refused(69, 10)], ..Commit::default() };
    store.commit(commit).await.unwrap();
    assert_eq!(store.counts().await.unwrap().quarantine, count);
    store.close().await.unwrap();
}

#[tokio::test]
async fn what_one_peer_floods_the_quarantine_with_pushes_out_its_own() {
    let folder = Folder::new();
    let store = folder.create().await;
    let other = RefusedChange { from: Some(center(5)), ..refused(1, 100) };
    store.commit(Commit { refused: vec![other.clone()], ..Commit::default() }).await.unwrap();
    for thousand in 1..=11 {
        let refused = (0..1_000).map(|one| refused(thousand * 1_000 + one, 0)).collect();
        store.commit(Commit { refused, ..Commit::default() }).await.unwrap();
    }
    for number in 0..70 {
        let refused = vec![refused(20_000 + number, 1 << 20)];
        store.commit(Commit { refused, ..Commit::default() }).await.unwrap();
    }
    let count = store.counts().await.unwrap().quarantine;
    let mut rows = store.quarantine(None, u32::MAX).await.unwrap();
    assert_eq!(rows.len() as u64, count);
    assert_eq!(rows.pop().unwrap().hash, other.hash, "the oldest of all, and not of the flood");
    store.close().await.unwrap();
}

#[tokio::test]
async fn counts_tell_what_is_shown_withdrawn_and_erased() {
    let folder = Folder::new();
    let store = folder.create().await;
    for number in 0..9 {
        let mut one = record(key(number, Kind::Offer), offer("bed"));
        if number % 3 == 0 {
            let withdrawn = "withdrawn".into();
            one.fields.as_mut().unwrap().insert("status".to_owned(), withdrawn);
        }
        put(&store, &one).await;
        if number == 8 {
            put(&store, &crate::sample::erased(&one)).await;
        }
    }
    let counts = store.counts().await.unwrap();
    let offers = counts.kinds[&Kind::Offer];
    assert_eq!((offers.shown, offers.withdrawn, offers.erased), (8, 3, 1));
    assert!(counts.bytes > 0);
    store.close().await.unwrap();
}
