//! Who we are, and whom we let in.
//!
//! A center is its Ed25519 key, which comes from a [recovery phrase](phrase) on paper. The center
//! key certifies [node keys](node); the [certificates](certificate) say so, and the
//! [trust set](trust) says which centers our admin has added. [`tls`] turns both into rustls
//! configurations, [`keyslots`] keeps the key of the database behind a [passphrase] or
//! [trustees](trustee), and [`backup`] seals a database so that the phrase opens it.
//!
//! There is no network, no clock and no async here, and no file is opened: bytes come in and go out.
//! A [secret] is read from whatever the caller has opened. The only randomness is that of new keys.

pub mod address;
pub mod backup;
mod base32;
pub mod center;
pub mod certificate;
mod crypto;
mod ed25519;
pub mod fingerprint;
pub mod keyslots;
pub mod node;
pub mod passphrase;
pub mod phrase;
mod sealed_box;
pub mod secret;
mod signs;
pub mod tls;
pub mod trust;
pub mod trustee;

pub use backup::{BackupKey, BackupRecipient};
pub use center::CenterKey;
pub use certificate::{
    CenterCertificate, CenterFile, CertificateProblem, Chain, Earlier, NodeCertificate,
};
pub use crypto::CryptoFailure;
pub use keyslots::{Cost, DatabaseKey, KeyProof, Keyslots};
pub use node::NodeKey;
pub use phrase::RecoveryPhrase;
pub use tls::Credentials;
pub use trust::{Doorkeeper, Refused, RefusedWhy, Standing, Trust, TrustSet, Trusted};
pub use trustee::{Share, TrusteeKey, TrusteeSecret, TypedShare};
