//! How our certificates are written. Nothing in them varies but keys, epoch and signature.

use rcgen::{
    CertificateParams, DistinguishedName, DnType, Issuer, PublicKeyData, SerialNumber,
    SignatureAlgorithm, SigningKey, date_time_ymd,
};

use super::said::{CENTER_NAME, Earlier, NODE_NAME, epoch_name};
use crate::node;

/// Bytes of an Ed25519 signature, which end a certificate.
pub(super) const SIGNATURE: usize = 64;

/// The self-signed certificate of a center, DER.
pub(crate) fn center(key: &impl SigningKey) -> Result<Vec<u8>, rcgen::Error> {
    let certificate = center_params()?.self_signed(key)?;
    Ok(certificate.der().to_vec())
}

/// The certificate of a node, DER.
pub(crate) fn node(
    center: &impl SigningKey,
    node_key: [u8; 32],
    epoch: u32,
    earlier: Earlier,
) -> Result<Vec<u8>, rcgen::Error> {
    let mut params = params(NODE_NAME, vec![epoch_name(epoch, earlier)])?;
    let mut serial = node::id_of(&node_key).0;
    // A serial number is positive, has no leading zeros, and at most 20 bytes (RFC 5280, 4.1.2.2).
    let [first, ..] = &mut serial;
    *first = (*first & 0x3f) | 0x40;
    params.serial_number = serial.first_chunk::<16>().map(|head| SerialNumber::from_slice(head));
    let issuer = Issuer::new(center_params()?, center);
    let certificate = params.signed_by(&Public(node_key), &issuer)?;
    Ok(certificate.der().to_vec())
}

fn center_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = params(CENTER_NAME, Vec::new())?;
    params.serial_number = Some(SerialNumber::from_slice(&[1]));
    Ok(params)
}

/// How the certificate of a center or node is written, but for the signature at its end: of each key, epoch
/// and word there is one certificate, and no other form of it.
pub(super) fn form(
    public_key: [u8; 32],
    epoch: Option<(u32, Earlier)>,
) -> Result<Vec<u8>, rcgen::Error> {
    match epoch {
        None => center(&Public(public_key)),
        // Of its issuer a node's certificate has the name, which all centers have in common.
        Some((epoch, earlier)) => node(&Public([0; 32]), public_key, epoch, earlier),
    }
}

/// A key of which only the public half is here. What it signs has room for a signature and none.
struct Public([u8; 32]);

impl PublicKeyData for Public {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl SigningKey for Public {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(vec![0; SIGNATURE])
    }
}

/// No basic constraints: webpki takes the center's certificate both as the anchor of a node's and
/// as the end of its own chain, which is how its self-signature is checked.
fn params(name: &str, dns_names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(dns_names)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(9999, 12, 31);
    Ok(params)
}
