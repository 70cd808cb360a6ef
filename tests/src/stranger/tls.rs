//! Section 3: the handshake.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificates::{Identity, Key};
use super::names::Digest;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768, aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    })
}

/// Dials a node of a center, and says who answered.
pub async fn dial(
    address: SocketAddr,
    expected: Digest,
    own: &Identity,
    key: &Key,
) -> Result<(TlsStream<TcpStream>, Identity)> {
    let certificates = own.certificates.iter().cloned().map(CertificateDer::from).collect();
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { expected }))
        .with_client_auth_cert(certificates, PrivatePkcs8KeyDer::from(key.pkcs8()).into())?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_sni = false;
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    let name = ServerName::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let shown = stream.get_ref().1.peer_certificates().context("no certificates")?;
    let [node, center] = shown else { anyhow::bail!("{} certificates", shown.len()) };
    let identity = Identity::check(node, center)?;
    Ok((stream, identity))
}

/// Lets in one center.
#[derive(Debug)]
struct Verifier {
    expected: Digest,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        node: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refused = CertificateError::ApplicationVerificationFailure;
        let [center] = others else { return Err(refused.into()) };
        match Identity::check(node, center) {
            Ok(who) if who.center == self.expected => Ok(ServerCertVerified::assertion()),
            _ => Err(refused.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::NoSignatureSchemesInCommon.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}
