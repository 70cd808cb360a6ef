//! Why a node did not open.

use std::net::SocketAddr;

use hospes_identity::certificate::CertificateProblem;
use hospes_identity::node::InvalidNodeKey;
use hospes_store::StoreError;

/// Why a node did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database has no identity in it yet.
    #[error("open the node: its certificate is missing; run hospes init again")]
    NoIdentity,
    /// The node key in the database.
    #[error("open the node: {0}")]
    Key(#[from] InvalidNodeKey),
    /// A certificate in the database.
    #[error("open the node: {0}")]
    Certificate(#[from] CertificateProblem),
    /// Key and certificate do not make a TLS configuration.
    #[error("open the node: {0}")]
    Tls(#[from] rustls::Error),
    /// A port.
    #[error(
        "listen on {address}: {source}; end the program that uses it (ss -ltnp shows it), or take \
         another port in node.toml"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}
