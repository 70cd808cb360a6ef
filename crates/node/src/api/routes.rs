//! What is served where: on the local listener, and on the admin socket.

use std::sync::Arc;

use hospes_wire::admin::admin_server::AdminServer;
use hospes_wire::limits::LOCAL_MESSAGE;
use hospes_wire::local::directory_server::DirectoryServer;
use tonic::service::Routes;
use tonic_health::pb::health_server::HealthServer;

use super::admin::AdminService;
use super::directory::DirectoryService;
use super::guard::Guard;
use super::health::HealthService;
use crate::vault::Vault;

/// What the local listener serves: the directory to those who have a token, and health.
pub fn local_routes(vault: Arc<Vault>) -> Routes {
    let guarded = Guard::new(directory(&vault), Arc::clone(&vault));
    let health = HealthServer::new(HealthService::new(vault));
    with_reflection(Routes::new(guarded).add_service(health), &[DIRECTORY])
}

/// What the admin socket serves: everything, to whoever can open it.
pub fn socket_routes(vault: Arc<Vault>) -> Routes {
    let routes = Routes::new(directory(&vault));
    let health = HealthServer::new(HealthService::new(Arc::clone(&vault)));
    let admin = AdminServer::new(AdminService::new(vault))
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE);
    with_reflection(routes.add_service(admin).add_service(health), &[DIRECTORY, ADMIN])
}

const DIRECTORY: &str = hospes_wire::local::directory_server::SERVICE_NAME;
const ADMIN: &str = hospes_wire::admin::admin_server::SERVICE_NAME;

fn directory(vault: &Arc<Vault>) -> DirectoryServer<DirectoryService> {
    DirectoryServer::new(DirectoryService::new(Arc::clone(vault)))
        .max_decoding_message_size(LOCAL_MESSAGE)
        .max_encoding_message_size(LOCAL_MESSAGE)
}

/// Adds the standard service that tells a tool what these services take.
fn with_reflection(routes: Routes, services: &[&'static str]) -> Routes {
    // Many tools know the version before the first only.
    match (reflection(services).build_v1(), reflection(services).build_v1alpha()) {
        (Ok(first), Ok(before)) => routes.add_service(first).add_service(before),
        (Err(error), _) | (_, Err(error)) => {
            // A tool for developers; nothing that people need depends on it.
            tracing::warn!(%error, "reflection is not served");
            routes
        }
    }
}

fn reflection(services: &[&'static str]) -> tonic_reflection::server::Builder<'static> {
    services.iter().fold(
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(hospes_wire::DESCRIPTORS),
        |builder, service| builder.with_service_name(*service),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn reflection_knows_the_services() {
        for services in [&[DIRECTORY][..], &[DIRECTORY, ADMIN]] {
            assert!(reflection(services).build_v1().is_ok());
            assert!(reflection(services).build_v1alpha().is_ok());
        }
    }
}
