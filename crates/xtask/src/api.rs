//! The local API of a center on the stage, as a counselor's program uses it.

use std::collections::BTreeMap;
use std::io;

use anyhow::{Context as _, Result};
use hospes_domain::{Fields, Value};
use hospes_wire::limits::LOCAL_MESSAGE;
use hospes_wire::local::directory_client::DirectoryClient;
use hospes_wire::local::{
    GetRequest, ListRequest, PutRequest, Record, Saved, SearchRequest, SearchResponse,
};
use hospes_wire::value::{fields_from_wire, fields_to_wire};
use hyper_util::rt::TokioIo;
use tonic::codegen::http::Uri;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};

use crate::stage::Center;

/// A program with a token of a coordinator.
#[derive(Debug, Clone)]
pub struct Api {
    directory: DirectoryClient<Channel>,
    token: MetadataValue<Ascii>,
}

impl Api {
    /// Gets a token for a program of this name and connects to the local listener.
    pub async fn of(center: &Center, program: &str) -> Result<Self> {
        let token = center.run(["token", "add", program, "--role", "coordinator"]).await?;
        let token = format!("Bearer {}", token.trim()).parse().context("not a token")?;
        let endpoint = Endpoint::from_shared(format!("http://{}", center.local))?;
        let (host, address) = (center.host.clone(), center.local);
        let connector = tower::service_fn(move |_: Uri| {
            let stream = host.connect(address).map(TokioIo::new).map_err(io::Error::other);
            std::future::ready(stream)
        });
        // The node may be away for a while; each call connects again if it must.
        let directory = DirectoryClient::new(endpoint.connect_with_connector_lazy(connector))
            .max_decoding_message_size(LOCAL_MESSAGE)
            .max_encoding_message_size(LOCAL_MESSAGE);
        Ok(Self { directory, token })
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

    /// All records of a kind that this center answers for, by identifier.
    pub async fn ours(&self, kind: &str) -> Result<BTreeMap<String, Record>> {
        let list = self.request(ListRequest { kind: kind.to_owned(), ours: true });
        let mut stream = self.directory.clone().list(list).await?.into_inner();
        let mut records = BTreeMap::new();
        while let Some(record) = stream.message().await? {
            records.insert(record.id.clone(), record);
        }
        Ok(records)
    }
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
