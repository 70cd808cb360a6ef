//! Certificates of centers and nodes, and the chain of both that a node shows.
//!
//! They are X.509 so that TLS can carry them, in exactly one form: Ed25519, constant names and dates,
//! no extension but one DNS name, at most 2 KiB. What they say is which key a center is, which key a node is,
//! the node's epoch, and what becomes of earlier epochs. The reading is done by webpki, the library
//! that rustls uses, so that there is one parser and not two that may disagree.

use std::fmt;
use std::time::Duration;

use hospes_domain::{CenterId, NodeId};
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

use crate::{crypto, ed25519, node};

mod file;
pub(crate) mod issue;
mod said;

pub use file::{CenterFile, FileProblem};
use said::read_epoch_name;
pub use said::{Earlier, UnknownEarlier};

/// Longest certificate that is read, in bytes. Ours have about 250 to 320.
pub const MAX_CERTIFICATE: usize = 2048;

/// [`CENTER_NAME`](said::CENTER_NAME) and [`NODE_NAME`](said::NODE_NAME) as they stand in a certificate: one common name, UTF8String.
const CENTER_SUBJECT: &[u8] = b"\x31\x16\x30\x14\x06\x03\x55\x04\x03\x0c\x0dhospes center";
const NODE_SUBJECT: &[u8] = b"\x31\x14\x30\x12\x06\x03\x55\x04\x03\x0c\x0bhospes node";

/// An instant inside the dates of every certificate (2030): expiry must not take a network down.
const ANY_DAY: Duration = Duration::from_secs(1_893_456_000);

/// Why a certificate or a chain is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// Longer than any of ours.
    #[error("the certificate has {actual} bytes, at most {MAX_CERTIFICATE} are read")]
    TooLarge {
        /// Bytes that were given.
        actual: usize,
    },
    /// Not an X.509 certificate.
    #[error("the {0} certificate cannot be read")]
    Unreadable(Role),
    /// A certificate of somebody else's making.
    #[error("this is not a {role} certificate of hospes: {what}")]
    Foreign {
        /// What it should have been.
        role: Role,
        /// What differs.
        what: &'static str,
    },
    /// The center's certificate is not signed by its own key.
    #[error("the center certificate is not signed by its own key")]
    SelfSignature,
    /// The node's certificate is not signed by the center's key.
    #[error("the node certificate is not signed by the center whose certificate came with it")]
    NodeSignature,
    /// Not exactly a node certificate and a center certificate.
    #[error("a chain of 2 certificates was expected, this one has {actual}")]
    ChainLength {
        /// Certificates that were given.
        actual: usize,
    },
}

/// Which of the two certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// That of a center.
    Center,
    /// That of a node.
    Node,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Center => "center",
            Role::Node => "node",
        })
    }
}

/// The certificate that a center is known by: public, self-signed, always the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct CenterCertificate {
    der: Vec<u8>,
    id: CenterId,
    public_key: [u8; 32],
}

impl CenterCertificate {
    /// Reads a certificate and verifies that its own key signed it.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateProblem> {
        let public_key = read(der, Role::Center)?.public_key;
        if !is_signed_by(der, der) {
            return Err(CertificateProblem::SelfSignature);
        }
        Ok(Self { der: der.to_vec(), id: center_id_of(&public_key), public_key })
    }

    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The center that it names.
    pub fn id(&self) -> CenterId {
        self.id
    }

    pub(crate) fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }
}

impl fmt::Debug for CenterCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CenterCertificate({})", self.id.short())
    }
}

/// The certificate of a node, as it came: of our form, but **not** yet known to be signed.
///
/// What it says can only be asked of a [`Chain`], which has verified it.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeCertificate {
    der: Vec<u8>,
    public_key: [u8; 32],
    epoch: u32,
    earlier: Earlier,
}

impl NodeCertificate {
    /// Reads a certificate without verifying who signed it; [`Chain`] does that.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateProblem> {
        let Form { public_key, epoch } = read(der, Role::Node)?;
        let (epoch, earlier) = epoch
            .ok_or(CertificateProblem::Foreign { role: Role::Node, what: "it has no epoch" })?;
        Ok(Self { der: der.to_vec(), public_key, epoch, earlier })
    }

    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl fmt::Debug for NodeCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeCertificate({})", node::id_of(&self.public_key).short())
    }
}

/// A node certificate with the center certificate that signed it: who a node says that it is.
///
/// The center did certify the node key for the epoch; whether we trust the center, and whether the
/// epoch still counts, is the business of [`crate::trust`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    node: NodeCertificate,
    center: CenterCertificate,
}

impl Chain {
    /// Reads both certificates and verifies both signatures.
    pub fn parse(node_der: &[u8], center_der: &[u8]) -> Result<Self, CertificateProblem> {
        let center = CenterCertificate::parse(center_der)?;
        Self::new(NodeCertificate::parse(node_der)?, center)
    }

    /// Joins two certificates, if the center signed that of the node.
    pub fn new(
        node: NodeCertificate,
        center: CenterCertificate,
    ) -> Result<Self, CertificateProblem> {
        if is_signed_by(&node.der, &center.der) {
            Ok(Self { node, center })
        } else {
            Err(CertificateProblem::NodeSignature)
        }
    }

    /// The chain in a list of exactly two certificates: that of the node, then that of the center.
    pub fn from_certificates(
        certificates: &[CertificateDer<'_>],
    ) -> Result<Self, CertificateProblem> {
        match certificates {
            [node, center] => Self::parse(node, center),
            _ => Err(CertificateProblem::ChainLength { actual: certificates.len() }),
        }
    }

    /// Both certificates as TLS sends them.
    pub fn certificates(&self) -> Vec<CertificateDer<'static>> {
        vec![self.node.der.clone().into(), self.center.der.clone().into()]
    }

    /// The certificate of the node.
    pub fn node(&self) -> &NodeCertificate {
        &self.node
    }

    /// The certificate of the center.
    pub fn center(&self) -> &CenterCertificate {
        &self.center
    }

    /// The center.
    pub fn center_id(&self) -> CenterId {
        self.center.id
    }

    /// The node.
    pub fn node_id(&self) -> NodeId {
        node::id_of(&self.node.public_key)
    }

    /// The raw Ed25519 public key of the node.
    pub fn node_public_key(&self) -> [u8; 32] {
        self.node.public_key
    }

    /// The epoch that the center gave to the node, from 1.
    pub fn epoch(&self) -> u32 {
        self.node.epoch
    }

    /// What becomes of the epochs before this one.
    pub fn earlier(&self) -> Earlier {
        self.node.earlier
    }
}

/// The name of the center that holds this public key.
pub(crate) fn center_id_of(public_key: &[u8; 32]) -> CenterId {
    CenterId(crypto::sha256(&[&ed25519::spki(public_key)]))
}

/// What varies in a certificate of our form.
struct Form {
    public_key: [u8; 32],
    epoch: Option<(u32, Earlier)>,
}

fn read(der: &[u8], role: Role) -> Result<Form, CertificateProblem> {
    if der.len() > MAX_CERTIFICATE {
        return Err(CertificateProblem::TooLarge { actual: der.len() });
    }
    let foreign = |what| CertificateProblem::Foreign { role, what };
    let der = CertificateDer::from(der);
    let certificate =
        EndEntityCert::try_from(&der).map_err(|_| CertificateProblem::Unreadable(role))?;

    let subject = match role {
        Role::Center => CENTER_SUBJECT,
        Role::Node => NODE_SUBJECT,
    };
    if certificate.subject() != subject || certificate.issuer() != CENTER_SUBJECT {
        return Err(foreign("it has other names"));
    }
    let public_key = ed25519::public_key_of(&certificate.subject_public_key_info())
        .ok_or_else(|| foreign("its key is not an Ed25519 key"))?;
    let names: Vec<&str> = certificate.valid_dns_names().take(2).collect();
    let epoch = match (role, names.as_slice()) {
        (Role::Center, []) => None,
        (Role::Node, [name]) => {
            Some(read_epoch_name(name).ok_or_else(|| foreign("its epoch cannot be read"))?)
        }
        (Role::Center, _) => return Err(foreign("it has a DNS name")),
        (Role::Node, _) => return Err(foreign("it does not have exactly one DNS name")),
    };
    // Extensions, dates, a serial number, another way to write the same: what is not looked at above is
    // compared as a whole, so that no two readers see two things.
    let form = issue::form(public_key, epoch).map_err(|_| CertificateProblem::Unreadable(role))?;
    let written = |bytes: &[u8]| bytes.len().checked_sub(issue::SIGNATURE);
    let ours = written(&form).and_then(|end| form.get(..end));
    if ours.is_none() || written(&der).and_then(|end| der.get(..end)) != ours {
        return Err(foreign("it is not written as ours are"));
    }
    Ok(Form { public_key, epoch })
}

/// Whether webpki finds a path from the certificate to the center's, with Ed25519 and no other
/// certificate between.
fn is_signed_by(der: &[u8], center_der: &[u8]) -> bool {
    let (der, center_der) = (CertificateDer::from(der), CertificateDer::from(center_der));
    let (Ok(certificate), Ok(center)) =
        (EndEntityCert::try_from(&der), webpki::anchor_from_trusted_cert(&center_der))
    else {
        return false;
    };
    certificate
        .verify_for_usage(
            &[webpki::aws_lc_rs::ED25519],
            &[center],
            &[],
            UnixTime::since_unix_epoch(ANY_DAY),
            KeyUsage::server_auth(),
            None,
            None,
        )
        .is_ok()
}

#[cfg(test)]
mod tests;
