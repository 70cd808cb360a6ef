//! TLS between nodes: one way to do it, and the same rules on both sides.
//!
//! TLS 1.3 only, X25519MLKEM768 first, Ed25519 certificates, ALPN `h2`, no server name sent. Each
//! side shows its [`Chain`] and judges that of the other by the [`Trust`] set.
//!
//! **Resumption is off on both sides.** A session ticket carries the certificate of an earlier
//! handshake, and rustls does not call the verifier again: a center that was removed would come
//! back by its ticket.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hospes_domain::CenterId;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, OtherError,
    PeerIncompatible, ServerConfig, SignatureScheme,
};

use crate::certificate::Chain;
use crate::node::NodeKey;
use crate::trust::{Doorkeeper, Trust};

/// What a node shows and what it proves it with.
#[derive(Debug)]
pub struct Credentials {
    /// Our certificates.
    pub chain: Chain,
    /// The key of the first of them.
    pub key: NodeKey,
}

/// The configuration for accepting peers.
///
/// Fails if the key does not belong to the chain. It is made anew when our own certificate
/// changes, and need not be when the trust set does.
pub fn server_config(
    own: &Credentials,
    trust: Arc<Trust>,
    door: Arc<dyn Doorkeeper>,
) -> Result<Arc<ServerConfig>, Error> {
    let provider = provider();
    let verifier =
        Arc::new(PeerVerifier { trust, door, expected: None, provider: provider.clone() });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(own.chain.certificates(), private_key(own))?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}

/// The configuration for dialing one center, and no other that may answer instead.
pub fn client_config(
    own: &Credentials,
    trust: Arc<Trust>,
    door: Arc<dyn Doorkeeper>,
    expected: CenterId,
) -> Result<Arc<ClientConfig>, Error> {
    let provider = provider();
    let verifier = Arc::new(PeerVerifier {
        trust,
        door,
        expected: Some(expected),
        provider: provider.clone(),
    });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_auth_cert(own.chain.certificates(), private_key(own))?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    config.enable_sni = false;
    Ok(Arc::new(config))
}

/// A name for rustls, which wants one. It is neither sent nor compared with anything.
pub fn server_name() -> ServerName<'static> {
    ServerName::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// Who the peer of a finished handshake is, if it means to speak what we do.
pub fn peer_of(handshake: &rustls::CommonState) -> Option<Chain> {
    if handshake.alpn_protocol() != Some(ALPN) {
        return None;
    }
    Chain::from_certificates(handshake.peer_certificates()?).ok()
}

const ALPN: &[u8] = b"h2";

/// Said if rustls ever asks about a signature of TLS 1.2, which is not built in.
const TLS12: &str = "TLS 1.2 is not spoken here";

fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768, aws_lc_rs::kx_group::X25519],
        ..aws_lc_rs::default_provider()
    })
}

fn private_key(own: &Credentials) -> rustls::pki_types::PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(own.key.to_bytes().to_vec()).into()
}

/// Judges the certificates of a peer, whoever dialed.
struct PeerVerifier {
    trust: Arc<Trust>,
    door: Arc<dyn Doorkeeper>,
    expected: Option<CenterId>,
    provider: Arc<CryptoProvider>,
}

impl PeerVerifier {
    fn judge(&self, node: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        let problem = |problem| {
            Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(problem))))
        };
        let [center] = others else {
            let actual = others.len().saturating_add(1);
            return Err(problem(crate::CertificateProblem::ChainLength { actual }));
        };
        let chain = Chain::parse(node, center).map_err(problem)?;
        // The reason is for our own admin; the peer learns "access denied" and no more.
        self.trust.admit(&chain, self.expected.as_ref(), self.door.as_ref()).map_err(|_| {
            Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
        })
    }

    fn check_signature(
        &self,
        message: &[u8],
        node: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if signed.scheme != SignatureScheme::ED25519 {
            return Err(PeerIncompatible::NoSignatureSchemesInCommon.into());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, node, signed, algorithms)
    }
}

impl fmt::Debug for PeerVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerVerifier").field("expected", &self.expected).finish_non_exhaustive()
    }
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General(TLS12.into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}

impl ClientCertVerifier for PeerVerifier {
    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end_entity, intermediates)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General(TLS12.into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }
}
