#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, SerialNumber,
};

use super::said::CENTER_NAME;
use super::*;
use crate::{CenterKey, NodeKey, RecoveryPhrase};

fn center() -> CenterKey {
    RecoveryPhrase::generate().unwrap().center_key().unwrap()
}

/// Parameters of a center certificate, for making wrong ones.
fn params(name: &str, dns_names: &[&str]) -> CertificateParams {
    let names: Vec<String> = dns_names.iter().map(|&name| name.into()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(9999, 12, 31);
    params
}

#[test]
fn a_center_certificate_is_the_same_bytes_each_time() {
    let phrase = RecoveryPhrase::generate().unwrap();
    let [a, b] = [phrase.center_key().unwrap(), phrase.center_key().unwrap()];
    assert_eq!(a.certificate().unwrap().der(), b.certificate().unwrap().der());
    assert_eq!(a.certificate().unwrap().id(), a.id());
}

#[test]
fn a_chain_says_who_and_when() {
    let (center, node) = (center(), NodeKey::generate().unwrap());
    for (epoch, earlier) in
        [(1, Earlier::Honored), (7, Earlier::Frozen), (u32::MAX, Earlier::Honored)]
    {
        let certificate = center.certify(&node.public_spki(), epoch, earlier).unwrap();
        let own = center.certificate().unwrap();
        let chain = Chain::parse(certificate.der(), own.der()).unwrap();
        assert_eq!(chain.center_id(), center.id());
        assert_eq!(chain.node_id(), node.id());
        assert_eq!(chain.node_public_key(), node.public_key());
        assert_eq!((chain.epoch(), chain.earlier()), (epoch, earlier));
        assert_eq!(Chain::from_certificates(&chain.certificates()).unwrap(), chain);
        assert!(certificate.der().len() < 400 && own.der().len() < 400);
    }
}

#[test]
fn a_node_certificate_of_another_center_is_refused() {
    let (ours, theirs, node) = (center(), center(), NodeKey::generate().unwrap());
    let certificate = theirs.certify(&node.public_spki(), 1, Earlier::Honored).unwrap();
    assert_eq!(
        Chain::parse(certificate.der(), ours.certificate().unwrap().der()),
        Err(CertificateProblem::NodeSignature)
    );
}

#[test]
fn a_changed_bit_is_refused_wherever_it_is() {
    let (center, node) = (center(), NodeKey::generate().unwrap());
    let node = center.certify(&node.public_spki(), 3, Earlier::Honored).unwrap();
    let center = center.certificate().unwrap();
    for index in 0..node.der().len() {
        let mut bent = node.der().to_vec();
        bent[index] ^= 1;
        assert!(Chain::parse(&bent, center.der()).is_err(), "node byte {index}");
    }
    for index in 0..center.der().len() {
        let mut bent = center.der().to_vec();
        bent[index] ^= 1;
        assert!(CenterCertificate::parse(&bent).is_err(), "center byte {index}");
    }
}

#[test]
fn the_two_certificates_cannot_take_each_others_place() {
    let (center, node) = (center(), NodeKey::generate().unwrap());
    let node = center.certify(&node.public_spki(), 1, Earlier::Honored).unwrap();
    let center = center.certificate().unwrap();
    assert!(CenterCertificate::parse(node.der()).is_err());
    assert!(NodeCertificate::parse(center.der()).is_err());
    assert!(Chain::parse(center.der(), node.der()).is_err());
}

#[test]
fn a_chain_has_exactly_two_certificates() {
    let (center, node) = (center(), NodeKey::generate().unwrap());
    let node = center.certify(&node.public_spki(), 1, Earlier::Honored).unwrap();
    let chain = Chain::new(node, center.certificate().unwrap()).unwrap().certificates();
    let extended = [chain.as_slice(), &chain[1..]].concat();
    for certificates in [&chain[..0], &chain[..1], &extended] {
        assert_eq!(
            Chain::from_certificates(certificates),
            Err(CertificateProblem::ChainLength { actual: certificates.len() })
        );
    }
}

#[test]
fn only_our_form_of_a_center_certificate_is_accepted() {
    fn check(der: &[u8], expected: &str) {
        let error = CenterCertificate::parse(der).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let ed25519 = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let ours = || {
        let mut ours = params(CENTER_NAME, &[]);
        ours.serial_number = Some(SerialNumber::from_slice(&[1]));
        ours
    };
    let right = ours().self_signed(&ed25519).unwrap();
    assert!(CenterCertificate::parse(right.der()).is_ok());

    let p256 = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    check(params(CENTER_NAME, &[]).self_signed(&p256).unwrap().der(), "not an Ed25519 key");
    check(params("somebody", &[]).self_signed(&ed25519).unwrap().der(), "other names");
    check(params(CENTER_NAME, &["a.b"]).self_signed(&ed25519).unwrap().der(), "has a DNS name");
    // What no reader of ours looks at must not be there either: another one may.
    let alterations: [fn(&mut CertificateParams); 7] = [
        |params| params.serial_number = Some(SerialNumber::from_slice(&[2])),
        |params| params.not_before = rcgen::date_time_ymd(2021, 1, 1),
        |params| params.not_after = rcgen::date_time_ymd(2199, 12, 31),
        |params| params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
        |params| params.is_ca = rcgen::IsCa::ExplicitNoCa,
        |params| params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature],
        |params| {
            let address = std::net::IpAddr::from([192, 0, 2, 7]);
            params.subject_alt_names = vec![rcgen::SanType::IpAddress(address)];
        },
    ];
    for (number, alter) in alterations.into_iter().enumerate() {
        let mut altered = ours();
        alter(&mut altered);
        let altered = altered.self_signed(&ed25519).unwrap();
        let error = CenterCertificate::parse(altered.der()).unwrap_err().to_string();
        assert!(error.contains("not written as ours are"), "{number}: {error}");
    }
    check(&[0; MAX_CERTIFICATE + 1], "at most 2048 are read");
    check(b"", "cannot be read");
    check(b"hello", "cannot be read");

    // Same names, signed by another key of the same name.
    let other = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let issuer = rcgen::Issuer::new(params(CENTER_NAME, &[]), other);
    let forged = ours().signed_by(&ed25519, &issuer).unwrap();
    check(forged.der(), "not signed by its own key");
}

#[test]
fn an_epoch_is_read_only_as_it_is_written() {
    fn check(name: &str, expected: Option<(u32, Earlier)>) {
        assert_eq!(read_epoch_name(name), expected, "{name}");
    }
    check("epoch-3.honored.node.invalid", Some((3, Earlier::Honored)));
    check("epoch-4294967295.frozen.node.invalid", Some((u32::MAX, Earlier::Frozen)));
    check("epoch-0.honored.node.invalid", None);
    check("epoch-03.honored.node.invalid", None);
    check("epoch-+3.honored.node.invalid", None);
    check("epoch-4294967296.honored.node.invalid", None);
    check("epoch-3.Honored.node.invalid", None);
    check("epoch-3.burnt.node.invalid", None);
    check("epoch-3.honored.node.invalid.", None);
    check("epoch-3.honored.x.node.invalid", None);
    check("node.invalid", None);
}

#[test]
fn only_ed25519_keys_and_real_epochs_are_certified() {
    let center = center();
    let node = NodeKey::generate().unwrap();
    let p256 = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let spki = rcgen::PublicKeyData::subject_public_key_info(&p256);
    assert!(center.certify(&spki, 1, Earlier::Honored).is_err());
    assert!(center.certify(&node.public_spki()[1..], 1, Earlier::Honored).is_err());
    assert!(center.certify(&node.public_spki(), 0, Earlier::Honored).is_err());
}
