//! Handshakes between nodes, in memory: who gets in, who does not, and who is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::{Arc, Mutex};

use hospes_domain::CenterId;
use hospes_identity::tls::{client_config, peer_of, server_config, server_name};
use hospes_identity::{
    CenterKey, Chain, Credentials, Doorkeeper, Earlier, NodeKey, RecoveryPhrase, Refused,
    RefusedWhy, Standing, Trust, TrustSet, Trusted,
};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::aws_lc_rs::sign::any_eddsa_type;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, Error, HandshakeKind,
    NamedGroup, ProtocolVersion, ServerConfig, ServerConnection, SignatureScheme,
};

/// Remembers what it hears.
#[derive(Default)]
struct Door {
    refused: Mutex<Vec<Refused>>,
    epochs: Mutex<Vec<(CenterId, u32, Earlier)>>,
}

impl Door {
    fn refused(&self) -> Vec<(CenterId, RefusedWhy)> {
        let refused = self.refused.lock().unwrap();
        refused.iter().map(|refused| (refused.center, refused.why.clone())).collect()
    }

    fn epochs(&self) -> Vec<(CenterId, u32, Earlier)> {
        self.epochs.lock().unwrap().clone()
    }
}

impl Doorkeeper for Door {
    fn turned_away(&self, refused: Refused) {
        self.refused.lock().unwrap().push(refused);
    }

    fn epoch_seen(&self, center: CenterId, epoch: u32, earlier: Earlier) {
        self.epochs.lock().unwrap().push((center, epoch, earlier));
    }
}

/// A center with one node.
struct Center {
    key: CenterKey,
    own: Credentials,
    trust: Arc<Trust>,
    door: Arc<Door>,
}

impl Center {
    fn new() -> Self {
        let key = RecoveryPhrase::generate().unwrap().center_key().unwrap();
        let own = certified(&key, 1, Earlier::Honored);
        Self { key, own, trust: Arc::default(), door: Arc::default() }
    }

    fn id(&self) -> CenterId {
        self.key.id()
    }

    /// Adds a center, or changes what is known of it.
    fn add(&self, other: CenterId, change: impl FnOnce(&mut Trusted)) {
        let mut set = TrustSet::clone(&self.trust.snapshot());
        change(set.centers.entry(other).or_insert_with(|| Trusted::new("peer")));
        self.trust.replace(set);
    }

    fn remove(&self, other: CenterId) {
        let mut set = TrustSet::clone(&self.trust.snapshot());
        set.centers.remove(&other);
        self.trust.replace(set);
    }

    /// A new node key for a new epoch.
    fn certify(&mut self, epoch: u32, earlier: Earlier) {
        self.own = certified(&self.key, epoch, earlier);
    }

    fn server(&self) -> Arc<ServerConfig> {
        server_config(&self.own, self.trust.clone(), self.door.clone()).unwrap()
    }

    fn client(&self, expected: CenterId) -> Arc<ClientConfig> {
        client_config(&self.own, self.trust.clone(), self.door.clone(), expected).unwrap()
    }
}

fn certified(key: &CenterKey, epoch: u32, earlier: Earlier) -> Credentials {
    let node = NodeKey::generate().unwrap();
    let certificate = key.certify(&node.public_spki(), epoch, earlier).unwrap();
    let chain = Chain::new(certificate, key.certificate().unwrap()).unwrap();
    Credentials { chain, key: node }
}

/// Two centers that have added each other.
fn friends() -> (Center, Center) {
    let (a, b) = (Center::new(), Center::new());
    a.add(b.id(), |_| {});
    b.add(a.id(), |_| {});
    (a, b)
}

/// Both ends of a finished handshake.
#[derive(Debug)]
struct Link {
    client: ClientConnection,
    server: ServerConnection,
}

/// Which side ended the handshake, and why.
#[derive(Debug, PartialEq)]
enum Broken {
    AtClient(Error),
    AtServer(Error),
}

fn connect(client: Arc<ClientConfig>, server: Arc<ServerConfig>) -> Result<Link, Broken> {
    let mut link = Link {
        client: ClientConnection::new(client, server_name()).unwrap(),
        server: ServerConnection::new(server).unwrap(),
    };
    loop {
        let mut wire = Vec::new();
        while link.client.wants_write() {
            link.client.write_tls(&mut wire).unwrap();
        }
        let quiet = wire.is_empty();
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            link.server.read_tls(&mut rest).unwrap();
            link.server.process_new_packets().map_err(Broken::AtServer)?;
        }
        let mut wire = Vec::new();
        while link.server.wants_write() {
            link.server.write_tls(&mut wire).unwrap();
        }
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            link.client.read_tls(&mut rest).unwrap();
            link.client.process_new_packets().map_err(Broken::AtClient)?;
        }
        if quiet && wire.is_empty() {
            assert!(!link.client.is_handshaking() && !link.server.is_handshaking());
            return Ok(link);
        }
    }
}

fn denied() -> Error {
    Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
}

#[test]
fn two_centers_that_added_each_other_connect_with_post_quantum_keys() {
    let (a, b) = friends();
    let link = connect(a.client(b.id()), b.server()).unwrap();

    let group = |name: Option<&'static dyn rustls::crypto::SupportedKxGroup>| name.unwrap().name();
    assert_eq!(group(link.client.negotiated_key_exchange_group()), NamedGroup::X25519MLKEM768);
    assert_eq!(group(link.server.negotiated_key_exchange_group()), NamedGroup::X25519MLKEM768);
    assert_eq!(link.client.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(link.client.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(link.client.handshake_kind(), Some(HandshakeKind::Full));
    assert_eq!(link.server.server_name(), None);

    let seen_by_b = peer_of(&link.server).unwrap();
    let seen_by_a = peer_of(&link.client).unwrap();
    assert_eq!(seen_by_b, a.own.chain);
    assert_eq!(seen_by_a, b.own.chain);
    assert!(a.door.refused().is_empty() && b.door.refused().is_empty());
}

#[test]
fn a_friend_that_does_not_say_what_it_speaks_is_nobody() {
    let (a, b) = friends();
    let mut silent = (*a.client(b.id())).clone();
    silent.alpn_protocols.clear();
    let link = connect(Arc::new(silent), b.server()).unwrap();
    assert_eq!((peer_of(&link.server), peer_of(&link.client)), (None, None));
}

#[test]
fn an_unknown_center_is_turned_away_and_shown_to_the_admin() {
    let (a, b) = (Center::new(), Center::new());
    a.add(b.id(), |_| {});
    let broken = connect(a.client(b.id()), b.server()).unwrap_err();
    assert_eq!(broken, Broken::AtServer(denied()));

    let refused = b.door.refused.lock().unwrap();
    let [refused] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!((refused.center, refused.node), (a.id(), a.own.key.id()));
    assert_eq!(refused.center_der, a.key.certificate().unwrap().der());
    assert_eq!(refused.why, RefusedWhy::Unknown);
}

#[test]
fn a_center_that_we_have_not_added_is_not_spoken_to_when_dialing_either() {
    let (a, b) = (Center::new(), Center::new());
    b.add(a.id(), |_| {});
    let broken = connect(a.client(b.id()), b.server()).unwrap_err();
    assert_eq!(broken, Broken::AtClient(denied()));
    assert_eq!(a.door.refused(), [(b.id(), RefusedWhy::Unknown)]);
    assert!(b.door.refused().is_empty());
}

#[test]
fn another_center_that_answers_in_place_of_the_dialed_one_is_refused() {
    let (a, b) = friends();
    let other = Center::new();
    a.add(other.id(), |_| {});
    other.add(a.id(), |_| {});
    let broken = connect(a.client(b.id()), other.server()).unwrap_err();
    assert_eq!(broken, Broken::AtClient(denied()));
    let expected = RefusedWhy::NotExpected { expected: b.id() };
    assert_eq!(a.door.refused(), [(other.id(), expected)]);
}

/// Shows certificates that it may not have the key for.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl Shown {
    fn new(certificates: Vec<CertificateDer<'static>>, key: &NodeKey) -> Arc<Self> {
        let key = PrivatePkcs8KeyDer::from(key.to_bytes().to_vec());
        let key = any_eddsa_type(&key).unwrap();
        Arc::new(Self(Arc::new(CertifiedKey::new(certificates, key))))
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[test]
fn somebody_in_the_middle_who_shows_the_right_certificates_without_the_key_is_refused() {
    let (a, b) = friends();
    let middle = NodeKey::generate().unwrap();
    let bad_signature = || Error::InvalidCertificate(CertificateError::BadSignature);

    let mut server = ServerConfig::clone(&b.server());
    server.cert_resolver = Shown::new(b.own.chain.certificates(), &middle);
    let broken = connect(a.client(b.id()), Arc::new(server)).unwrap_err();
    assert_eq!(broken, Broken::AtClient(bad_signature()));

    let mut client = ClientConfig::clone(&a.client(b.id()));
    client.client_auth_cert_resolver = Shown::new(a.own.chain.certificates(), &middle);
    let broken = connect(Arc::new(client), b.server()).unwrap_err();
    assert_eq!(broken, Broken::AtServer(bad_signature()));
}

/// Connects with a chain of the client's making, and expects that the server calls it wrong.
fn check_chain(certificates: Vec<CertificateDer<'static>>, key: &NodeKey, a: &Center, b: &Center) {
    let mut client = ClientConfig::clone(&a.client(b.id()));
    client.client_auth_cert_resolver = Shown::new(certificates, key);
    match connect(Arc::new(client), b.server()) {
        Err(Broken::AtServer(Error::InvalidCertificate(CertificateError::Other(_)))) => {}
        other => panic!("{other:?}"),
    }
    assert!(b.door.refused().is_empty(), "what is not a chain names no center");
}

#[test]
fn a_node_certificate_that_another_center_signed_is_refused() {
    let (a, b) = friends();
    let other = Center::new();
    let [node, _] = &other.own.chain.certificates()[..] else { panic!() };
    let [_, center] = &a.own.chain.certificates()[..] else { panic!() };
    check_chain(vec![node.clone(), center.clone()], &other.own.key, &a, &b);
}

#[test]
fn chains_that_are_not_two_certificates_are_refused() {
    let (a, b) = friends();
    let two = a.own.chain.certificates();
    let three = [two.as_slice(), &two[1..]].concat();
    check_chain(three, &a.own.key, &a, &b);
    check_chain(two[..1].to_vec(), &a.own.key, &a, &b);
    let swapped = vec![two[1].clone(), two[0].clone()];
    check_chain(swapped, &a.own.key, &a, &b);
}

#[test]
fn a_client_without_certificates_is_refused() {
    let (a, b) = friends();
    let mut client = ClientConfig::clone(&a.client(b.id()));
    #[derive(Debug)]
    struct Nothing;
    impl ResolvesClientCert for Nothing {
        fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
            None
        }
        fn has_certs(&self) -> bool {
            false
        }
    }
    client.client_auth_cert_resolver = Arc::new(Nothing);
    let broken = connect(Arc::new(client), b.server()).unwrap_err();
    assert_eq!(broken, Broken::AtServer(Error::NoCertificatesPresented));
}

#[test]
fn a_newer_epoch_is_let_in_and_reported_once_and_shuts_the_older_one_out() {
    let (mut a, b) = friends();
    connect(a.client(b.id()), b.server()).unwrap();
    let old = a.client(b.id());
    a.certify(2, Earlier::Frozen);
    connect(a.client(b.id()), b.server()).unwrap();
    connect(a.client(b.id()), b.server()).unwrap();
    assert_eq!(b.door.epochs(), [(a.id(), 1, Earlier::Honored), (a.id(), 2, Earlier::Frozen)]);

    let broken = connect(old, b.server()).unwrap_err();
    assert_eq!(broken, Broken::AtServer(denied()));
    let why = RefusedWhy::OldEpoch { epoch: 1, highest: 2 };
    assert_eq!(b.door.refused(), [(a.id(), why)]);
}

#[test]
fn an_older_epoch_is_refused_when_dialing_too() {
    let (a, b) = friends();
    a.add(b.id(), |trusted| trusted.highest_epoch = 7);
    let broken = connect(a.client(b.id()), b.server()).unwrap_err();
    assert_eq!(broken, Broken::AtClient(denied()));
    let why = RefusedWhy::OldEpoch { epoch: 1, highest: 7 };
    assert_eq!(a.door.refused(), [(b.id(), why)]);
}

#[test]
fn a_suspended_center_is_refused_until_it_is_resumed() {
    let (a, b) = friends();
    b.add(a.id(), |trusted| trusted.state = Standing::Suspended);
    let server = b.server();
    let broken = connect(a.client(b.id()), server.clone()).unwrap_err();
    assert_eq!(broken, Broken::AtServer(denied()));
    assert_eq!(b.door.refused(), [(a.id(), RefusedWhy::Suspended)]);

    b.add(a.id(), |trusted| trusted.state = Standing::Active);
    connect(a.client(b.id()), server).unwrap();
}

#[test]
fn a_removed_center_cannot_come_back_by_a_session_ticket() {
    let (a, b) = friends();
    let mut eager = ClientConfig::clone(&a.client(b.id()));
    eager.resumption = Resumption::default();
    let (eager, server) = (Arc::new(eager), b.server());

    for _ in 0..2 {
        let link = connect(eager.clone(), server.clone()).unwrap();
        assert_eq!(link.client.tls13_tickets_received(), 0);
        assert_eq!(link.client.handshake_kind(), Some(HandshakeKind::Full));
    }
    b.remove(a.id());
    let broken = connect(eager, server).unwrap_err();
    assert_eq!(broken, Broken::AtServer(denied()));
}

#[test]
fn our_client_does_not_use_a_ticket_even_if_a_server_hands_it_one() {
    let (a, b) = friends();
    let mut generous = ServerConfig::clone(&b.server());
    generous.send_tls13_tickets = 2;
    generous.session_storage = rustls::server::ServerSessionMemoryCache::new(16);
    let (client, generous) = (a.client(b.id()), Arc::new(generous));
    for _ in 0..2 {
        let link = connect(client.clone(), generous.clone()).unwrap();
        assert_eq!(link.client.tls13_tickets_received(), 2);
        assert_eq!(link.client.handshake_kind(), Some(HandshakeKind::Full));
    }
    a.remove(b.id());
    assert_eq!(connect(client, generous).unwrap_err(), Broken::AtClient(denied()));
}

#[test]
fn the_refused_side_learns_no_more_than_access_denied() {
    let (a, b) = (Center::new(), Center::new());
    a.add(b.id(), |_| {});
    let mut client = ClientConnection::new(a.client(b.id()), server_name()).unwrap();
    let mut server = ServerConnection::new(b.server()).unwrap();
    let heard = loop {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).unwrap();
        }
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            server.read_tls(&mut rest).unwrap();
            let _ = server.process_new_packets();
        }
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        client.read_tls(&mut wire.as_slice()).unwrap();
        if let Err(error) = client.process_new_packets() {
            break error;
        }
    };
    assert_eq!(heard, Error::AlertReceived(AlertDescription::AccessDenied));
}

#[test]
fn credentials_whose_key_is_another_are_not_configured() {
    let (a, b) = friends();
    let wrong = Credentials { chain: a.own.chain.clone(), key: NodeKey::generate().unwrap() };
    assert!(server_config(&wrong, a.trust.clone(), a.door.clone()).is_err());
    assert!(client_config(&wrong, a.trust.clone(), a.door.clone(), b.id()).is_err());
}
