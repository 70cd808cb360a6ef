//! The directory: what counselors look up and what coordinators publish.
//!
//! What was searched for and what a record says is nobody's business but the caller's: the log has
//! the method, how long it took, and how many records it was about.

mod describe;
mod find;
mod headline;
mod import;
mod night;
mod present;
mod relief;
mod search;
mod status;
mod towns;
mod uniqueness;
mod warnings;
mod watch;
mod write;

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use hospes_domain::gazetteer::{self, Town};
use hospes_domain::kind::UnknownKind;
use hospes_domain::query::Query;
use hospes_domain::validate::Violation;
use hospes_domain::{Fields, Kind, RecordKey, Timestamp, Value};
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
use find::find_record;
use present::Presenter;

pub(crate) use status::{out_statuses, peer_statuses};

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
            let mut shown = Presenter::new(&center, clock::now()).record(&record, &heads);
            shown.rows = rows_of(&center, &record.key).await?;
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

/// Which rows of lists became a record.
async fn rows_of(center: &Center, key: &RecordKey) -> Result<Vec<local::ImportedRow>, Status> {
    let marks = center.store.import_marks_of(key).await.map_err(store_failed)?;
    let row = |mark: hospes_store::ImportMark| local::ImportedRow {
        source: mark.source,
        external_id: mark.external,
    };
    Ok(marks.into_iter().map(row).collect())
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
    fn a_record_that_fits_no_message_is_refused_with_its_size() {
        let record = |bytes: usize| local::Record { id: "x".repeat(bytes), ..Default::default() };
        assert!(fitting(record(1_000)).is_ok());
        let status = fitting(record(limits::LOCAL_MESSAGE)).unwrap_err();
        assert_eq!(hospes_wire::status::reason(&status), Some(Reason::TooLarge));
    }
}
