//! The directory: what counselors look up and what coordinators publish.
//!
//! What was searched for and what a record says is nobody's business but the caller's: the log has
//! the method, how long it took, and how many records it was about.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use hospes_desk::Reason;
use hospes_desk::shown::{How, Shown};
use hospes_domain::Kind;
use hospes_wire::local::directory_server::Directory;
use hospes_wire::value::fields_from_wire;
use hospes_wire::{limits, local};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use super::guard::caller_of;
use super::{describe, import, reading, towns};
use crate::desk::house::overview;
use crate::desk::open::{opened, serving};
use crate::desk::records::import as importing;
use crate::desk::records::lookup::{self, next_page};
use crate::desk::records::watch::Watch;
use crate::desk::records::write;
use crate::desk::refused::{Refused, refused};
use crate::vault::Vault;

/// Answers of a stream that wait for the client; the store is not read ahead of it.
const WAITING: usize = 64;
/// Room in a message for what is around a record.
const ENVELOPE: usize = 4 * 1024;

/// A stream of answers.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;
/// What a stream is made of, before it is said in messages.
type Told<T> = mpsc::Sender<Result<T, Refused>>;

/// The service itself. Who may call it is the guard's business ([`crate::api::guard`]).
#[derive(Clone)]
pub struct DirectoryService {
    vault: Arc<Vault>,
}

impl DirectoryService {
    /// A directory of whatever node is open.
    pub fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }

    /// What the center and its network look like, also while the node is sealed.
    pub(super) async fn overview(&self) -> Result<local::StatusResponse, Refused> {
        Ok(overview::overview(&self.vault).await?.into())
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
            let answer = lookup::search(&center, request.into_inner().into()).await?;
            Ok((answer.hits.len(), answer.into()))
        });
        Ok(Response::new(found.await?))
    }

    async fn get(
        &self,
        request: Request<local::GetRequest>,
    ) -> Result<Response<local::Record>, Status> {
        let found = measured("get", async {
            let center = serving(&self.vault)?;
            let local::GetRequest { id, kind } = request.into_inner();
            let shown = lookup::get(&center, &id, reading::kind(&kind)?).await?;
            Ok((1, fitting(shown.into())?))
        });
        Ok(Response::new(found.await?))
    }

    async fn put(
        &self,
        request: Request<local::PutRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = caller_of(&request);
        let local::PutRequest { id, kind, fields, dry_run, override_lint } = request.into_inner();
        let how = How { dry_run, override_lint };
        let saved = measured("put", async {
            let center = serving(&self.vault)?;
            let fields = fields_from_wire(fields).map_err(reading::invalid_value)?;
            let which = (id.as_str(), reading::kind(&kind)?);
            Ok((1, write::put(&center, &caller, which, fields, how).await?.into()))
        });
        Ok(Response::new(saved.await?))
    }

    async fn edit(
        &self,
        request: Request<local::EditRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = caller_of(&request);
        let local::EditRequest { id, edits, base, dry_run, override_lint } = request.into_inner();
        let how = How { dry_run, override_lint };
        let saved = measured("edit", async {
            let center = serving(&self.vault)?;
            let (edits, base) = (reading::edits(edits)?, reading::heads(&base)?);
            Ok((1, write::edit(&center, &caller, &id, edits, base, how).await?.into()))
        });
        Ok(Response::new(saved.await?))
    }

    async fn withdraw(
        &self,
        request: Request<local::WithdrawRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = caller_of(&request);
        let local::WithdrawRequest { id, reason } = request.into_inner();
        let saved = measured("withdraw", async {
            let center = serving(&self.vault)?;
            Ok((1, write::withdraw(&center, &caller, &id, &reason).await?.into()))
        });
        Ok(Response::new(saved.await?))
    }

    async fn confirm(
        &self,
        request: Request<local::ConfirmRequest>,
    ) -> Result<Response<local::Saved>, Status> {
        let caller = caller_of(&request);
        let local::ConfirmRequest { id, by } = request.into_inner();
        let saved = measured("confirm", async {
            let center = serving(&self.vault)?;
            Ok((1, write::confirm(&center, &caller, &id, &by).await?.into()))
        });
        Ok(Response::new(saved.await?))
    }

    async fn watch(
        &self,
        request: Request<local::WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let caller = caller_of(&request);
        let local::WatchRequest { query, only_changes } = request.into_inner();
        let center = serving(&self.vault)?;
        let watch = Watch::begin(&center, caller, query.unwrap_or_default().into()).await?;
        drop(center);
        Ok(streamed("watch", Ok, async move |told| watch.run(only_changes, &told).await))
    }

    async fn list(
        &self,
        request: Request<local::ListRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        let local::ListRequest { kind, ours } = request.into_inner();
        serving(&self.vault)?;
        let (vault, kinds) = (Arc::clone(&self.vault), reading::kinds(&kind)?);
        Ok(streamed("list", fitting, async move |told| list(&vault, &kinds, ours, &told).await))
    }

    async fn import(
        &self,
        request: Request<Streaming<local::ImportRequest>>,
    ) -> Result<Response<Self::ImportStream>, Status> {
        let caller = caller_of(&request);
        serving(&self.vault)?;
        let vault = Arc::clone(&self.vault);
        Ok(streamed("import", Ok, async move |told| {
            let list = import::read(request.into_inner()).await?;
            let count = list.rows.len();
            // Only now: a client that is slow with its rows must not keep a sealed database open.
            let center = serving(&vault)?;
            importing::run(&center, &caller, list, &told).await?;
            Ok(count)
        }))
    }

    async fn status(
        &self,
        _: Request<local::StatusRequest>,
    ) -> Result<Response<local::StatusResponse>, Status> {
        let told = measured("status", async {
            opened(&self.vault)?;
            Ok((1, self.overview().await?))
        });
        Ok(Response::new(told.await?))
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
        let kinds = reading::kinds(&request.into_inner().kind)?;
        let kinds = kinds.into_iter().map(describe::kind).collect();
        Ok(Response::new(local::DescribeResponse { kinds }))
    }
}

/// Runs a call and notes how long it took; the count is all that is said about its content.
async fn measured<T>(
    method: &'static str,
    call: impl Future<Output = Result<(usize, T), Refused>> + Send,
) -> Result<T, Refused> {
    let start = Instant::now();
    let result = call.await;
    let milliseconds = start.elapsed().as_millis();
    match result {
        Ok((count, answer)) => {
            tracing::debug!(method, milliseconds, count, "call");
            Ok(answer)
        }
        Err(refused) => {
            tracing::debug!(method, milliseconds, reason = %refused.reason, "call refused");
            Err(refused)
        }
    }
}

/// Answers with a stream, which `call` fills and says how many records it was about.
fn streamed<T, M, F>(
    method: &'static str,
    fits: fn(M) -> Result<M, Refused>,
    call: impl FnOnce(Told<T>) -> F,
) -> Response<Answers<M>>
where
    T: Send + 'static,
    M: From<T> + 'static,
    F: Future<Output = Result<usize, Refused>> + Send + 'static,
{
    let (told, stream) = mpsc::channel(WAITING);
    let last = told.clone();
    let call = call(told);
    tokio::spawn(async move {
        if let Err(refused) = measured(method, async { Ok((call.await?, ())) }).await {
            let _ = last.send(Err(refused)).await;
        }
    });
    let said = move |told: Result<T, Refused>| Ok(fits(told?.into())?);
    Response::new(Box::pin(ReceiverStream::new(stream).map(said)))
}

/// Sends all shown records of some kinds.
async fn list(
    vault: &Vault,
    kinds: &[Kind],
    ours: bool,
    told: &Told<Shown>,
) -> Result<usize, Refused> {
    let mut count = 0;
    for kind in kinds {
        let mut after = None;
        // Asked for again for each page: a slow client must not keep a sealed database open.
        while let Some((last, page)) = next_page(&*serving(vault)?, *kind, after, ours).await? {
            after = Some(last);
            for shown in page {
                count += 1;
                if told.send(Ok(shown)).await.is_err() {
                    return Ok(count);
                }
            }
        }
    }
    Ok(count)
}

/// A record that fits into a message.
fn fitting(record: local::Record) -> Result<local::Record, Refused> {
    let (size, most) = (record.encoded_len(), limits::LOCAL_MESSAGE - ENVELOPE);
    if size <= most {
        return Ok(record);
    }
    let message = format!("the record {} has {size} bytes, a message takes {most}", record.id);
    Err(refused(Reason::TooLarge, message))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_record_that_fits_no_message_is_refused_with_its_size() {
        let record = |bytes: usize| local::Record { id: "x".repeat(bytes), ..Default::default() };
        assert!(fitting(record(1_000)).is_ok());
        let refused = fitting(record(limits::LOCAL_MESSAGE)).unwrap_err();
        assert_eq!(refused.reason, Reason::TooLarge);
    }
}
