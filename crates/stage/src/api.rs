//! The local API of a center on the stage, as a counselor's program uses it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::{io, iter};

use anyhow::{Context as _, Result, bail};
use hospes_domain::{Fields, Value};
use hospes_wire::limits::LOCAL_MESSAGE;
use hospes_wire::local::directory_client::DirectoryClient;
use hospes_wire::local::{
    EditRequest, FieldEdit, GetRequest, ImportBegin, ImportFinish, ImportProblem, ImportReport,
    ImportRequest, ImportRow, ListRequest, PutRequest, Record, Saved, SearchRequest,
    SearchResponse, WatchEvent, WatchRequest, import_request, import_response,
};
use hospes_wire::value::{fields_from_wire, fields_to_wire};
use hyper_util::rt::TokioIo;
use tonic::codegen::http::Uri;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Streaming};

use crate::host::Host;
use crate::stage::Center;

/// A program with a token of a coordinator.
#[derive(Debug, Clone)]
pub struct Api {
    endpoint: Endpoint,
    host: Host,
    address: SocketAddr,
    directory: DirectoryClient<Channel>,
    token: MetadataValue<Ascii>,
}

impl Api {
    /// Gets a token for a program of this name and connects to the local listener.
    pub async fn of(center: &Center, program: &str) -> Result<Self> {
        let token = center.run(["token", "add", program, "--role", "coordinator"]).await?;
        let token = format!("Bearer {}", token.trim()).parse().context("not a token")?;
        let endpoint = Endpoint::from_shared(format!("http://{}", center.local))?;
        let host = center.host.clone();
        let directory = directory(&endpoint, host.clone(), center.local);
        Ok(Self { directory, endpoint, host, address: center.local, token })
    }

    /// The same program with one more connection.
    pub fn once_more(&self) -> Self {
        let directory = directory(&self.endpoint, self.host.clone(), self.address);
        Self { directory, ..self.clone() }
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.clone());
        request
    }

    /// The record of an identifier, if it is there.
    pub async fn get(&self, id: &str) -> Result<Option<Record>> {
        let request = self.request(GetRequest { id: id.to_owned(), kind: String::new() });
        match self.directory.clone().get(request).await {
            Ok(record) => Ok(Some(record.into_inner())),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(status).with_context(|| format!("failed to get {id}")),
        }
    }

    /// What matches.
    pub async fn search(&self, query: SearchRequest) -> Result<SearchResponse> {
        let found = self.directory.clone().search(self.request(query)).await;
        Ok(found.context("failed to search")?.into_inner())
    }

    /// Saves a new record.
    pub async fn put(&self, kind: &str, fields: &Fields) -> Result<Saved> {
        let fields = fields_to_wire(fields);
        let put = PutRequest { kind: kind.to_owned(), fields, ..PutRequest::default() };
        let saved = self.directory.clone().put(self.request(put)).await;
        Ok(saved.context("failed to save")?.into_inner())
    }

    /// Changes single fields of a record.
    pub async fn edit(&self, id: &str, edits: Vec<FieldEdit>) -> Result<Saved> {
        let edit = EditRequest { id: id.to_owned(), edits, ..EditRequest::default() };
        let saved = self.directory.clone().edit(self.request(edit)).await;
        Ok(saved.with_context(|| format!("failed to edit {id}"))?.into_inner())
    }

    /// What comes to match from now on.
    pub async fn watch(&self, query: SearchRequest) -> Result<Streaming<WatchEvent>> {
        let watch = WatchRequest { query: Some(query), only_changes: true };
        let events = self.directory.clone().watch(self.request(watch)).await;
        Ok(events.context("failed to watch")?.into_inner())
    }

    /// Many records at once, each with its identifier in a list; nothing is left out.
    pub async fn import(
        &self,
        kind: &str,
        source: &str,
        rows: Vec<(String, Fields)>,
    ) -> Result<ImportReport> {
        let begin = ImportBegin {
            kind: kind.to_owned(),
            source: source.to_owned(),
            ..ImportBegin::default()
        };
        let rows = rows.into_iter().zip(1..).map(|((external_id, fields), number)| {
            let fields = fields_to_wire(&fields);
            import_request::Step::Row(ImportRow { number, external_id, fields })
        });
        let steps: Vec<ImportRequest> = iter::once(import_request::Step::Begin(begin))
            .chain(rows)
            .chain([import_request::Step::Finish(ImportFinish {})])
            .map(|step| ImportRequest { step: Some(step) })
            .collect();
        let steps = self.request(tokio_stream::iter(steps));
        let answers = self.directory.clone().import(steps).await;
        let mut answers = answers.context("failed to import")?.into_inner();
        while let Some(answer) = answers.message().await? {
            match answer.step {
                Some(import_response::Step::Report(report)) if report.saved => return Ok(report),
                Some(import_response::Step::Problem(problem)) if problem.fatal => {
                    let ImportProblem { external_id, field, reason, .. } = problem;
                    bail!("{external_id} was refused: {field} {reason}");
                }
                _ => {}
            }
        }
        bail!("nothing of {source} was saved")
    }

    /// All records of a kind that are shown, one after the other.
    pub async fn list(&self, kind: &str, ours: bool) -> Result<Streaming<Record>> {
        let list = self.request(ListRequest { kind: kind.to_owned(), ours });
        Ok(self.directory.clone().list(list).await.context("failed to list")?.into_inner())
    }

    /// All records of a kind that this center answers for, by identifier.
    pub async fn ours(&self, kind: &str) -> Result<BTreeMap<String, Record>> {
        let mut stream = self.list(kind, true).await?;
        let mut records = BTreeMap::new();
        while let Some(record) = stream.message().await? {
            records.insert(record.id.clone(), record);
        }
        Ok(records)
    }
}

/// The node may be away for a while; each call connects again if it must.
fn directory(endpoint: &Endpoint, host: Host, address: SocketAddr) -> DirectoryClient<Channel> {
    let connector = tower::service_fn(move |_: Uri| {
        let stream = host.connect(address).map(TokioIo::new).map_err(io::Error::other);
        std::future::ready(stream)
    });
    DirectoryClient::new(endpoint.connect_with_connector_lazy(connector))
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE)
}

/// The fields of a record.
pub fn fields(record: &Record) -> Result<Fields> {
    Ok(fields_from_wire(record.fields.clone())?)
}

/// The long text of a template in a language.
pub fn body(record: &Record, language: &str) -> Result<String> {
    let fields = fields(record)?;
    let body = fields.get("body").and_then(Value::as_map);
    let text = body.and_then(|body| body.get(language)).and_then(Value::as_text);
    Ok(text.with_context(|| format!("{} has no text in {language}", record.id))?.to_owned())
}
