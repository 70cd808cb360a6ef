//! Section 2: the certificates of a center and a node, written and read.

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::der::{self, sequence, tag, value};
use super::names::{Digest, groups, id, spki};

/// An Ed25519 key.
pub struct Key {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
    /// Its public half.
    pub public: [u8; 32],
}

impl Key {
    /// The key of a seed.
    pub fn of(seed: [u8; 32]) -> Result<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok().context("no key")?;
        let public = pair.public_key().as_ref().try_into()?;
        Ok(Self { seed, pair, public })
    }

    /// Its signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        let made = self.pair.sign(message);
        signature.iter_mut().zip(made.as_ref()).for_each(|(to, from)| *to = *from);
        signature
    }

    /// PKCS #8 (RFC 8410), as TLS wants it.
    pub fn pkcs8(&self) -> Vec<u8> {
        const HEAD: [u8; 16] =
            [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        [HEAD.as_slice(), &self.seed].concat()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// Whether a signature is right.
pub fn signed(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
}

const ED25519_ID: [u8; 7] = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 4, 3];
const ALTERNATIVE_NAME: [u8; 5] = [6, 3, 0x55, 0x1d, 0x11];
const CENTER: &str = "hospes center";
const NODE: &str = "hospes node";

fn name(common: &str) -> Vec<u8> {
    let text = value(tag::UTF8_STRING, common.as_bytes());
    sequence(&[&value(tag::SET, &sequence(&[&COMMON_NAME, &text]))])
}

/// A certificate of a key, signed by the key of a center.
fn certificate(center: &Key, serial: &[u8], subject: &str, key: &[u8; 32], more: &[u8]) -> Vec<u8> {
    let validity = sequence(&[
        &value(tag::UTC_TIME, b"200101000000Z"),
        &value(tag::GENERALIZED_TIME, b"99991231000000Z"),
    ]);
    let body = sequence(&[
        &value(tag::VERSION, &value(tag::INTEGER, &[2])),
        &value(tag::INTEGER, serial),
        &ED25519_ID,
        &name(CENTER),
        &validity,
        &name(subject),
        &spki(key),
        more,
    ]);
    let signature = [[0].as_slice(), &center.sign(&body)].concat();
    sequence(&[&body, &ED25519_ID, &value(tag::BIT_STRING, &signature)])
}

/// The certificate of a center.
pub fn of_center(center: &Key) -> Vec<u8> {
    certificate(center, &[1], CENTER, &center.public, &[])
}

/// The certificate of a node; `earlier` is `honored` or `frozen`.
pub fn of_node(center: &Key, node: &[u8; 32], epoch: u32, earlier: &str) -> Vec<u8> {
    let mut serial = id(node);
    let [first, ..] = &mut serial;
    *first = *first & 0x3f | 0x40;
    let dns = format!("epoch-{epoch}.{earlier}.node.invalid");
    let names = sequence(&[&value(tag::DNS_NAME, dns.as_bytes())]);
    let extension = sequence(&[&ALTERNATIVE_NAME, &value(tag::OCTET_STRING, &names)]);
    let extensions = value(tag::EXTENSIONS, &sequence(&[&extension]));
    certificate(center, serial.split_at(16).0, NODE, node, &extensions)
}

/// The file that a center's admin would send.
pub fn center_file(center: &Key, name: &str) -> String {
    let block = pem::encode(&pem::Pem::new("CERTIFICATE", of_center(center)));
    format!("Name: {name}\nId: {}\n\n{block}", groups(&id(&center.public)))
}

/// Who somebody is, after its certificates were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The center.
    pub center: Digest,
    /// The node.
    pub node: Digest,
    /// The node's public key.
    pub key: [u8; 32],
    /// The epoch of its certificate.
    pub epoch: u32,
    /// The certificates: node, then center.
    pub certificates: [Vec<u8>; 2],
}

impl Identity {
    /// Reads two certificates and checks both signatures.
    pub fn check(node: &[u8], center: &[u8]) -> Result<Self> {
        let certificates = [node.to_vec(), center.to_vec()];
        let (center, node) = (Parts::read(center)?, Parts::read(node)?);
        ensure!(center.subject == name(CENTER) && center.names.is_empty(), "no center");
        ensure!(node.subject == name(NODE), "no node");
        for certificate in [&center, &node] {
            ensure!(certificate.issuer == name(CENTER), "somebody else's");
            let Parts { body, signature, .. } = certificate;
            ensure!(signed(&center.key, body, signature), "not signed by the center");
        }
        let [dns] = node.names.as_slice() else { anyhow::bail!("not one name") };
        let words: Vec<&str> = dns.split('.').collect();
        let [epoch, "honored" | "frozen", "node", "invalid"] = words.as_slice() else {
            anyhow::bail!("{dns} tells no epoch")
        };
        let epoch = epoch.strip_prefix("epoch-").context("no epoch")?.parse()?;
        let (center, node, key) = (id(&center.key), id(&node.key), node.key);
        Ok(Self { center, node, key, epoch, certificates })
    }
}

/// A certificate, taken apart.
struct Parts<'a> {
    body: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    key: [u8; 32],
    names: Vec<String>,
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> Result<Self> {
        Self::taken_apart(der).context("no certificate of the form")
    }

    fn taken_apart(der: &'a [u8]) -> Option<Self> {
        let (whole, []) = der::read(der)? else { return None };
        let certificate = der::read_all(whole.content)?;
        let [body, _, signature] = certificate.as_slice() else { return None };
        let fields = der::read_all(body.content)?;
        let [_, _, _, issuer, _, subject, key, more @ ..] = fields.as_slice() else { return None };
        let head = key.whole.len().checked_sub(32)?;
        let public: [u8; 32] = key.whole.get(head..)?.try_into().ok()?;
        (key.whole == spki(&public)).then_some(())?;
        let mut names = Vec::new();
        for extensions in more {
            let (list, []) = der::read(extensions.content)? else { return None };
            for extension in der::read_all(list.content)? {
                let octets = extension.content.strip_prefix(&ALTERNATIVE_NAME)?;
                let (octets, []) = der::read(octets)? else { return None };
                let (list, []) = der::read(octets.content)? else { return None };
                for name in der::read_all(list.content)? {
                    names.push(String::from_utf8(name.content.to_vec()).ok()?);
                }
            }
        }
        Some(Self {
            body: body.whole,
            issuer: issuer.whole,
            subject: subject.whole,
            key: public,
            names,
            signature: signature.content.get(1..)?,
        })
    }
}
