//! The admin socket and the local API of a node, without the command line in between.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use hospes_identity::Keyslots;
use hospes_stage::api::Api;
use hospes_stage::stage::Center;
use hospes_wire::admin::UnsealRequest;
use hospes_wire::admin::admin_client::AdminClient;
use hospes_wire::local::directory_client::DirectoryClient;
use hospes_wire::local::{SearchRequest, StatusRequest};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

/// A program of a center. Each has a token of another name, also where folders are copied or kept
/// from an earlier run.
pub async fn api_of(center: &Center) -> Result<Api> {
    static PROGRAMS: AtomicU64 = AtomicU64::new(0);
    let number = PROGRAMS.fetch_add(1, Ordering::Relaxed);
    Api::of(center, &format!("bench-{}-{number}", std::process::id())).await
}

/// The key of a node's database.
pub fn database_key(center: &Center) -> Result<[u8; 32]> {
    let passphrase = fs::read_to_string(&center.passphrase).context("failed to read a file")?;
    let keyslots = fs::read(center.data.join("keyslots.json")).context("failed to read a file")?;
    let key = Keyslots::from_json(&keyslots)?.open(passphrase.trim_end())?;
    Ok(*key.as_bytes())
}

/// An open connection to the admin socket.
#[derive(Debug)]
pub struct Socket {
    admin: AdminClient<Channel>,
    directory: DirectoryClient<Channel>,
}

impl Socket {
    /// Connects and asks once, so that the connection is there.
    pub async fn of(center: &Center) -> Result<Self> {
        let path = center.data.join("admin.sock");
        let endpoint = Endpoint::from_static("http://hospes.invalid");
        let connect = tower::service_fn(move |_| {
            let path: PathBuf = path.clone();
            async move { UnixStream::connect(path).await.map(TokioIo::new) }
        });
        let channel = endpoint.connect_with_connector(connect).await;
        let channel = channel.with_context(|| format!("{} does not answer", center.name))?;
        let mut socket = Self {
            admin: AdminClient::new(channel.clone()),
            directory: DirectoryClient::new(channel),
        };
        ensure!(socket.state().await? == "sealed", "{} is not sealed", center.name);
        Ok(socket)
    }

    /// "sealed", "open". An open node counts all its records for the answer.
    async fn state(&mut self) -> Result<String> {
        let status = self.admin.status(StatusRequest {}).await?.into_inner();
        Ok(status.node.unwrap_or_default().state)
    }

    /// Hands over the key of the database.
    pub async fn unseal(&mut self, key: &[u8; 32]) -> Result<()> {
        self.admin.unseal(UnsealRequest { database_key: key.to_vec() }).await?;
        Ok(())
    }

    /// How many offers a search finds, at most one page.
    pub async fn search(&mut self, text: &str) -> Result<usize> {
        let query = SearchRequest {
            kind: "offer".to_owned(),
            text: text.to_owned(),
            ..SearchRequest::default()
        };
        Ok(self.directory.search(query).await?.into_inner().hits.len())
    }
}
