//! The directory: what counselors look up and what coordinators publish.
//!
//! What was searched for and what a record says is nobody's business but the caller's: the log has
//! the method, how long it took, and how many records it was about.

mod describe;
mod headline;
mod import;
mod night;
mod present;
mod relief;
mod search;
mod status;
mod towns;
mod uniqueness;
mod watch;
mod write;

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use hospes_domain::gazetteer::{self, Town};
use hospes_domain::id::hex;
use hospes_domain::kind::UnknownKind;
use hospes_domain::query::Query;
use hospes_domain::validate::Violation;
use hospes_domain::{CircleId, Fields, Kind, RecordId, RecordKey, Timestamp, Value};
use hospes_store::{Record, StoreError};
use hospes_sync::ChangeHash;
use hospes_wire::local::directory_server::Directory;
use hospes_wire::status::{Reason, invalid, refusal};
use hospes_wire::{limits, local};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::access::{Caller, opened, serving};
use crate::center::Center;
use crate::clock;
use crate::peers;
use crate::vault::Vault;
use present::Presenter;

pub(crate) use status::{out_statuses, peer_statuses};

/// Fewest hexadecimal digits by which a record is called.
const SHORTEST_PREFIX: usize = 4;
/// The word by which a search means the records of our own center.
const OURS: &str = "us";
/// Records that are read from the store at once.
const PAGE: u32 = 200;
/// Answers of a stream that wait for the client; the store is not read ahead of it.
const WAITING: usize = 64;
/// Room in a message for what is around a record.
const ENVELOPE: usize = 4 * 1024;

/// A stream of answers.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The service itself. Who may call it is the guard's business ([`crate::access`]).
#[derive(Clone)]
pub struct DirectoryService {
    vault: Arc<Vault>,
    census: Arc<status::Census>,
}

impl DirectoryService {
    /// A directory of whatever node is open.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault, census: Arc::default() }
    }

    /// What the center and its network look like, also while the node is sealed.
    pub(crate) async fn overview(&self) -> Result<local::StatusResponse, Status> {
        status::status(&self.vault, &self.census).await
    }

    async fn understood(
        center: &Center,
        request: local::SearchRequest,
    ) -> Result<search::Asked, Status> {
        let steward = match request.steward.trim() {
            "" => None,
            OURS => Some(center.own.center),
            name => Some(peers::center_of(center, "steward", name).await?),
        };
        search::understand(request, steward, clock::now()).map_err(|found| invalid(&found))
    }
}

#[tonic::async_trait]
impl Directory for DirectoryService {
    type WatchStream = Answers<local::WatchEvent>;
    type ListStream = Answers<local::Record>;
    type ImportStream = Answers<local::ImportResponse>;

    async fn search(
        &self,
        request: Request<local::SearchRequest>,
    ) -> Result<Response<local::SearchResponse>, Status> {
        let found = measured("search", async {
            let center = serving(&self.vault)?;
            let asked = Self::understood(&center, request.into_inner()).await?;
            let now = clock::now();
            let found = center.store.search(&asked.query, now).await.map_err(store_failed)?;
            let mut presenter = Presenter::new(&center, now);
            let hits: Vec<_> = found.hits.iter().map(|hit| presenter.hit(hit, &asked)).collect();
            let nothing = hits.is_empty() && asked.query.offset == 0;
            let instead = if nothing {
                relief::of(&center.store, &asked.query, now).await.map_err(store_failed)?
            } else {
                Vec::new()
            };
            let response = local::SearchResponse {
                hits,
                more: found.more,
                total: found.total,
                places: asked.places,
                instead,
            };
            Ok((response.hits.len(), response))
        });
        found.await.map(Response::new)
    }

    async fn get(
        &self,
        request: Request<local::GetRequest>,
    ) -> Result<Response<local::Record>, Status> {
        let found = measured("get", async {
            let center = serving(&self.vault)?;
            let local::GetRequest { id, kind } = request.into_inner();
            let kind = Some(kind.as_str()).filter(|kind| !kind.is_empty());
            let kind = kind.map(str::parse).transpose().map_err(unknown_kind)?;
            let record = find_record(&center, &id, kind).await?;
            let heads = heads_of(&center, &record.key).await?;
            let shown = Presenter::new(&center, clock::now()).record(&record, &heads);
            Ok((1, fitting(shown)?))
        });
        found.await.map(Response::new)
    }

    async fn put(
        &self,
        request: Request<local::PutRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = Caller::of(&request);
        let saved = measured("put", async {
            let center = serving(&self.vault)?;
            Ok((1, write::put(&center, &caller, request.into_inner()).await?))
        });
        saved.await.map(Response::new)
    }

    async fn edit(
        &self,
        request: Request<local::EditRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = Caller::of(&request);
        let saved = measured("edit", async {
            let center = serving(&self.vault)?;
            Ok((1, write::edit(&center, &caller, request.into_inner()).await?))
        });
        saved.await.map(Response::new)
    }

    async fn withdraw(
        &self,
        request: Request<local::WithdrawRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = Caller::of(&request);
        let saved = measured("withdraw", async {
            let center = serving(&self.vault)?;
            Ok((1, write::withdraw(&center, &caller, request.into_inner()).await?))
        });
        saved.await.map(Response::new)
    }

    async fn confirm(
        &self,
        request: Request<local::ConfirmRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = Caller::of(&request);
        let saved = measured("confirm", async {
            let center = serving(&self.vault)?;
            Ok((1, write::confirm(&center, &caller, request.into_inner()).await?))
        });
        saved.await.map(Response::new)
    }

    async fn watch(
        &self,
        request: Request<local::WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let caller = Caller::of(&request);
        let local::WatchRequest { query, only_changes } = request.into_inner();
        let center = serving(&self.vault)?;
        // Before the first search, so that nothing falls between the two.
        let feed = center.feed.subscribe();
        let query = query.unwrap_or_default();
        let asked = Self::understood(&center, query.clone()).await?;
        let watch = watch::Watch::new(&center, caller, query, asked);
        drop(center);
        let (answers, stream) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let watched = measured("watch", async {
                watch.run(feed, only_changes, &answers).await.map(|count| (count, ()))
            });
            if let Err(status) = watched.await {
                let _ = answers.send(Err(status)).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn list(
        &self,
        request: Request<local::ListRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        let local::ListRequest { kind, ours } = request.into_inner();
        serving(&self.vault)?;
        let kinds = match kind.as_str() {
            "" => Kind::ALL.to_vec(),
            kind => vec![kind.parse().map_err(unknown_kind)?],
        };
        let vault = Arc::clone(&self.vault);
        let (answers, stream) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let listed = measured("list", async {
                list(&vault, &kinds, ours, &answers).await.map(|count| (count, ()))
            });
            if let Err(status) = listed.await {
                let _ = answers.send(Err(status)).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn import(
        &self,
        request: Request<Streaming<local::ImportRequest>>,
    ) -> Result<Response<Self::ImportStream>, Status> {
        let caller = Caller::of(&request);
        serving(&self.vault)?;
        let vault = Arc::clone(&self.vault);
        let (answers, stream) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let imported = measured("import", async {
                let count = import::run(&vault, &caller, request.into_inner(), &answers).await?;
                Ok((count, ()))
            });
            if let Err(status) = imported.await {
                let _ = answers.send(Err(status)).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn status(
        &self,
        _: Request<local::StatusRequest>,
    ) -> Result<Response<local::StatusResponse>, Status> {
        let told = measured("status", async {
            opened(&self.vault)?;
            Ok((1, self.overview().await?))
        });
        told.await.map(Response::new)
    }

    async fn find_towns(
        &self,
        request: Request<local::FindTownsRequest>,
    ) -> Result<Response<local::FindTownsResponse>, Status> {
        Ok(Response::new(towns::find(&request.into_inner())))
    }

    async fn describe(
        &self,
        request: Request<local::DescribeRequest>,
    ) -> Result<Response<local::DescribeResponse>, Status> {
        let kinds = match request.into_inner().kind.as_str() {
            "" => Kind::ALL.to_vec(),
            kind => vec![kind.parse().map_err(unknown_kind)?],
        };
        let kinds = kinds.into_iter().map(describe::kind).collect();
        Ok(Response::new(local::DescribeResponse { kinds }))
    }
}

/// Runs a call and notes how long it took; the count is all that is said about its content.
async fn measured<T>(
    method: &'static str,
    call: impl Future<Output = Result<(usize, T), Status>> + Send,
) -> Result<T, Status> {
    let start = Instant::now();
    let result = call.await;
    let milliseconds = start.elapsed().as_millis();
    match result {
        Ok((count, answer)) => {
            tracing::debug!(method, milliseconds, count, "call");
            Ok(answer)
        }
        Err(status) => {
            tracing::debug!(method, milliseconds, code = ?status.code(), "call refused");
            Err(status)
        }
    }
}

/// Sends all shown records of some kinds.
async fn list(
    vault: &Vault,
    kinds: &[Kind],
    ours: bool,
    answers: &mpsc::Sender<Result<local::Record, Status>>,
) -> Result<usize, Status> {
    let mut count = 0;
    for kind in kinds {
        let mut after = None;
        loop {
            // Asked for again for each page: a slow client must not keep a sealed database open.
            let center = serving(vault)?;
            let page = center.store.list(*kind, after, PAGE).await.map_err(store_failed)?;
            let Some(last) = page.last() else { break };
            after = Some(last.key);
            let wanted = |record: &&Record| {
                record.shown && (!ours || record.key.steward == center.own.center)
            };
            let mut presenter = Presenter::new(&center, clock::now());
            let shown: Vec<local::Record> =
                page.iter().filter(wanted).map(|record| presenter.record(record, &[])).collect();
            drop(center);
            for record in shown {
                count += 1;
                if answers.send(Ok(fitting(record)?)).await.is_err() {
                    return Ok(count);
                }
            }
        }
    }
    Ok(count)
}

/// What a search asks for, without the steward, whose name only an open node knows.
///
/// # Errors
/// All fields that are out of their bounds or mean nothing, under the names of the request.
pub fn query_of(request: local::SearchRequest, now: Timestamp) -> Result<Query, Vec<Violation>> {
    search::understand(request, None, now).map(|asked| asked.query)
}

/// A record that fits into a message.
fn fitting(record: local::Record) -> Result<local::Record, Status> {
    let (size, most) = (record.encoded_len(), limits::LOCAL_MESSAGE - ENVELOPE);
    if size <= most {
        return Ok(record);
    }
    let message = format!("the record {} has {size} bytes, a message takes {most}", record.id);
    Err(refusal(Reason::TooLarge, message))
}

/// The record of an identifier, or of a beginning of one that no other record shares.
async fn find_record(center: &Center, id: &str, kind: Option<Kind>) -> Result<Record, Status> {
    let digits = digits(id)?;
    let found = if digits.len() == 32 {
        let id: RecordId =
            id.trim().parse().map_err(|error| refusal(Reason::Invalid, format!("id: {error}")))?;
        center.store.find(id).await.map_err(store_failed)?
    } else {
        beginning_with(center, &digits, kind).await?
    };
    let mut found: Vec<Record> = found
        .into_iter()
        .filter(|record| kind.is_none_or(|kind| kind == record.key.kind))
        .collect();
    // Of one identifier of several stewards ours is meant, else it has to be said.
    if found.len() > 1 && digits.len() == 32 {
        let own = center.own.center;
        if found.iter().any(|record| record.key.steward == own) {
            found.retain(|record| record.key.steward == own);
        }
    }
    match found.len() {
        0 => Err(refusal(Reason::NotFound, format!("no record begins with {}", id.trim()))),
        1 => {
            let record = found.pop().ok_or_else(|| refusal(Reason::NotFound, "no such record"))?;
            if record.shown || record.erased {
                return Ok(record);
            }
            let message = format!(
                "the record {} cannot be shown: {} of its changes do not fit; \"hospes quarantine \
                 list\" says why",
                record.key.id, record.left_out
            );
            Err(refusal(Reason::NotFound, message))
        }
        _ => {
            let names: Vec<String> = found
                .iter()
                .take(5)
                .map(|record| format!("{} ({})", record.key.id, record.key.kind))
                .collect();
            let message = format!("several records begin with {}: {}", id.trim(), names.join(", "));
            Err(refusal(Reason::Ambiguous, message))
        }
    }
}

/// The hexadecimal digits of an identifier or of its beginning.
fn digits(id: &str) -> Result<String, Status> {
    let digits: String =
        id.trim().chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).take(33).collect();
    let length = digits.len();
    if !digits.chars().all(|c| c.is_ascii_hexdigit()) || !(SHORTEST_PREFIX..=32).contains(&length) {
        let message = format!(
            "id: must be a record's identifier or its first {SHORTEST_PREFIX} or more \
             hexadecimal digits"
        );
        return Err(refusal(Reason::Invalid, message));
    }
    Ok(digits)
}

/// A few of the records whose identifiers begin with these digits.
async fn beginning_with(
    center: &Center,
    digits: &str,
    kind: Option<Kind>,
) -> Result<Vec<Record>, Status> {
    let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    let mut found = Vec::new();
    for kind in kinds {
        let after = before_first(digits, kind);
        let next = center.store.list(kind, Some(after), 5).await.map_err(store_failed)?;
        found.extend(next.into_iter().filter(|record| hex(&record.key.id.0).starts_with(digits)));
    }
    Ok(found)
}

/// A name that comes before those of all records whose identifiers begin with these digits. No
/// record has it: a random identifier has a four in its middle.
fn before_first(digits: &str, kind: Kind) -> RecordKey {
    let mut id = [0; 16];
    for (place, digit) in digits.chars().take(32).enumerate() {
        let digit = digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
        if let Some(byte) = id.get_mut(place / 2) {
            *byte |= if place % 2 == 0 { digit << 4 } else { digit };
        }
    }
    let steward = hospes_domain::CenterId([0; 32]);
    RecordKey { circle: CircleId::COMMONS, id: RecordId(id), steward, kind }
}

/// The changes that a record's document is built of and that no other is built on.
async fn heads_of(center: &Center, key: &RecordKey) -> Result<Vec<ChangeHash>, Status> {
    let held = center.store.held(&[*key]).await.map_err(store_failed)?;
    let Some(record) = held.get(key) else { return Ok(Vec::new()) };
    let (mut applied, _) = record.held.applicable();
    applied.retain(|hash| !record.left_out.contains(hash));
    let below: BTreeSet<ChangeHash> = applied
        .iter()
        .filter_map(|hash| record.held.changes.get(hash))
        .flat_map(|form| form.deps.iter().copied())
        .collect();
    let mut heads: Vec<ChangeHash> =
        applied.into_iter().filter(|hash| !below.contains(hash)).collect();
    heads.sort_unstable();
    Ok(heads)
}

/// The town that a record names.
fn town_of(fields: &Fields) -> Option<Town> {
    let id = fields.get("near_town").and_then(Value::as_integer)?;
    gazetteer::town(u32::try_from(id).ok()?)
}

fn unknown_kind(error: UnknownKind) -> Status {
    refusal(Reason::Invalid, format!("kind: {error}"))
}

/// What a failure of the store means for the caller. The log has the details.
pub(crate) fn store_failed(error: StoreError) -> Status {
    match &error {
        StoreError::Closed => refusal(Reason::Sealed, "the node is sealed; run: hospes unseal"),
        StoreError::Busy => refusal(Reason::Unavailable, "the database is busy; try again"),
        StoreError::Fatal(why) if error.may_pass() => {
            refusal(Reason::Disk, format!("nothing was saved: {why}"))
        }
        error => {
            tracing::error!(%error, "the database did not do what it was asked to");
            refusal(Reason::Failed, format!("failed to {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn an_identifier_may_be_shortened_to_four_digits() {
        for (id, expected) in [
            ("3f2a", Some("3f2a")),
            (" 3F2A-b ", Some("3f2ab")),
            ("3f2ab1c0-9e1d-4c5b-8a7f-0123456789ab", Some("3f2ab1c09e1d4c5b8a7f0123456789ab")),
            ("3f2", None),
            ("3f2g", None),
            ("", None),
            ("narva", None),
            ("3f2ab1c0-9e1d-4c5b-8a7f-0123456789ab0", None),
        ] {
            assert_eq!(digits(id).ok().as_deref(), expected, "{id:?}");
        }
    }

    #[test]
    fn the_first_of_a_beginning_comes_after_its_mark() {
        let key = before_first("3f2ab", Kind::Offer);
        assert_eq!(hex(&key.id.0), "3f2ab000000000000000000000000000");
        let record = RecordId::from_random([0x3f; 16]);
        assert!(before_first("3f3f", Kind::Offer).id < record);
        assert!(before_first("3f3f4", Kind::Offer).id > record);
    }

    #[test]
    fn a_record_that_fits_no_message_is_refused_with_its_size() {
        let record = |bytes: usize| local::Record { id: "x".repeat(bytes), ..Default::default() };
        assert!(fitting(record(1_000)).is_ok());
        let status = fitting(record(limits::LOCAL_MESSAGE)).unwrap_err();
        assert_eq!(hospes_wire::status::reason(&status), Some(Reason::TooLarge));
    }
}
