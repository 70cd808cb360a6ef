//! Whether the node serves, for tools that watch over processes: only while it is open.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hospes_wire::local::directory_server::SERVICE_NAME;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::vault::{State, Vault};

/// How often a watched state is looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// The standard health service of gRPC.
pub(crate) struct HealthService {
    vault: Arc<Vault>,
}

impl HealthService {
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }
}

/// What is served, if it is a service of this node: the empty name is the node as a whole.
fn known(service: &str) -> Result<(), Status> {
    match service {
        "" | SERVICE_NAME => Ok(()),
        _ => Err(Status::not_found("this node has no such service")),
    }
}

fn serving(vault: &Vault) -> HealthCheckResponse {
    let status = match vault.state() {
        State::Open(center) if center.recovery.waiting().is_none() => ServingStatus::Serving,
        State::Open(_) | State::Sealed | State::Uninitialized | State::Wiped => {
            ServingStatus::NotServing
        }
    };
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl Health for HealthService {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        known(&request.get_ref().service)?;
        Ok(Response::new(serving(&self.vault)))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        known(&request.get_ref().service)?;
        let vault = Arc::downgrade(&self.vault);
        let (answers, stream) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut last = None;
            let mut ticks = tokio::time::interval(INTERVAL);
            loop {
                tokio::select! {
                    () = answers.closed() => return,
                    _ = ticks.tick() => {}
                }
                let Some(vault) = vault.upgrade() else { return };
                let now = serving(&vault);
                if last.as_ref() != Some(&now) && answers.send(Ok(now)).await.is_err() {
                    return;
                }
                last = Some(now);
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_node_and_its_directory_are_known() {
        assert!(known("").is_ok());
        assert!(known("hospes.local.v1.Directory").is_ok());
        assert!(known("hospes.admin.v1.Admin").is_err());
    }
}
