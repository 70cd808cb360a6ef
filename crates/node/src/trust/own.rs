//! Who this node is.

use hospes_domain::{CenterId, NodeId};

/// Software name and release, as peers are told.
pub const SOFTWARE: &str = concat!("hospes ", env!("CARGO_PKG_VERSION"));
/// Who this node is.
#[derive(Debug, Clone)]
pub struct Own {
    /// Our center.
    pub center: CenterId,
    /// This node.
    pub node: NodeId,
    /// Epoch of its certificate.
    pub epoch: u32,
    /// The center's certificate, DER: what admins exchange.
    pub center_certificate: Vec<u8>,
}
