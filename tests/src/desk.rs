//! The local API, as a program at a counselor's desk calls it.

use anyhow::{Context as _, Result};
use hospes_stage::stage::Center;
use hospes_wire::limits::LOCAL_MESSAGE;
use hospes_wire::local::directory_client::DirectoryClient;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// A connection to a local listener, with a token or without.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The API.
    pub directory: DirectoryClient<Channel>,
    token: Option<MetadataValue<Ascii>>,
}

/// Makes a token for a desk of this name.
pub async fn token(center: &Center, name: &str, role: &str) -> Result<String> {
    let token = center.run(["token", "add", name, "--role", role]).await?;
    Ok(token.trim().to_owned())
}

/// A connection to the local listener of a center.
pub async fn channel(center: &Center) -> Result<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{}", center.local))?;
    endpoint.connect().await.with_context(|| format!("failed to connect to {}", center.local))
}

impl Desk {
    /// A desk with this token, or with none.
    pub async fn new(center: &Center, token: Option<&str>) -> Result<Self> {
        let token = token.map(|token| format!("Bearer {token}").parse()).transpose();
        let directory = DirectoryClient::new(channel(center).await?)
            .max_decoding_message_size(LOCAL_MESSAGE)
            .max_encoding_message_size(LOCAL_MESSAGE);
        Ok(Self { directory, token: token.context("not a token")? })
    }

    /// A desk with a new token of this role.
    pub async fn of(center: &Center, name: &str, role: &str) -> Result<Self> {
        Self::new(center, Some(&token(center, name, role).await?)).await
    }

    /// A request that carries the token.
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authorization", token.clone());
        }
        request
    }
}
