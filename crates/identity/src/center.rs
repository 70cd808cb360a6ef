//! The center key: made from the recovery phrase for as long as it takes to sign, then forgotten.

use std::fmt;

use hospes_domain::CenterId;
use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};
use zeroize::Zeroizing;

use crate::backup::{BackupKey, BackupRecipient};
use crate::certificate::{CenterCertificate, CertificateProblem, Earlier, NodeCertificate, issue};
use crate::crypto::CryptoFailure;
use crate::ed25519::{self, Pair};

/// Why a certificate cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertifyProblem {
    /// The key to be certified is not an Ed25519 key.
    #[error("the node key to certify is not an Ed25519 public key in DER ({actual} bytes given)")]
    NotEd25519 {
        /// Bytes that were given.
        actual: usize,
    },
    /// Epochs count from 1.
    #[error("epoch 0 does not exist, the first is 1")]
    EpochZero,
    /// What came out is not a certificate that a peer would accept.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    /// The library could not write it.
    #[error("the certificate could not be written: {0}")]
    Unwritable(String),
}

impl From<rcgen::Error> for CertifyProblem {
    fn from(error: rcgen::Error) -> Self {
        Self::Unwritable(error.to_string())
    }
}

/// The Ed25519 key that is a center. Wiped on drop.
///
/// It signs node certificates and the center's backup key, nothing else, and it is not kept on a node.
pub struct CenterKey {
    pair: Pair,
}

impl CenterKey {
    pub(crate) fn from_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self, CryptoFailure> {
        Ok(Self { pair: Pair::from_seed(seed)? })
    }

    /// The center's name: SHA-256 of its public key.
    pub fn id(&self) -> CenterId {
        crate::certificate::center_id_of(self.pair.public())
    }

    /// The self-signed certificate that admins exchange; byte for byte the same each time.
    pub fn certificate(&self) -> Result<CenterCertificate, CertifyProblem> {
        let der = issue::center(&Signer(&self.pair))?;
        Ok(CenterCertificate::parse(&der)?)
    }

    /// The public half of the center's backup key, signed: what a node seals backups to.
    pub fn backup_recipient(&self, key: &BackupKey) -> Result<BackupRecipient, CryptoFailure> {
        Ok(BackupRecipient::signed(key.public_key()?, |statement| self.pair.sign(statement)))
    }

    /// Certifies the key of a node (SubjectPublicKeyInfo, DER) for an epoch.
    ///
    /// `earlier` says what becomes of all epochs before this one, also of those that a peer never
    /// saw. A center that has frozen an epoch therefore says `Frozen` in the later ones too, until
    /// the freeze is settled.
    pub fn certify(
        &self,
        node_spki_der: &[u8],
        epoch: u32,
        earlier: Earlier,
    ) -> Result<NodeCertificate, CertifyProblem> {
        if epoch == 0 {
            return Err(CertifyProblem::EpochZero);
        }
        let node_key = ed25519::public_key_of(node_spki_der)
            .ok_or(CertifyProblem::NotEd25519 { actual: node_spki_der.len() })?;
        let der = issue::node(&Signer(&self.pair), node_key, epoch, earlier)?;
        Ok(NodeCertificate::parse(&der)?)
    }
}

impl fmt::Debug for CenterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CenterKey({})", self.id().short())
    }
}

/// Lets the certificate writer sign without a copy of the key.
struct Signer<'a>(&'a Pair);

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.0.sign(message).to_vec())
    }
}
