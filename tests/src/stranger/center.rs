//! The stranger itself: a center with one node, and what that holds.

use anyhow::Result;

use super::certificates::{Identity, Key, center_file, of_center, of_node};
use super::changes::Change;
use super::documents::Document;
use super::holdings::Holdings;
use super::names::{Author, COMMONS, Number, Record, actor};

/// A center with one node.
#[derive(Debug)]
pub struct Stranger {
    center: Key,
    node: Key,
    writer: [u8; 16],
    /// Who it is.
    pub identity: Identity,
    /// What it holds.
    pub held: Holdings,
}

impl Stranger {
    /// A center that nobody has heard of.
    pub fn invent() -> Result<Self> {
        let (center, node) = (Key::of(rand::random())?, Key::of(rand::random())?);
        let certificates = [of_node(&center, &node.public, 1, "honored"), of_center(&center)];
        let [of_node, of_center] = &certificates;
        let identity = Identity::check(of_node, of_center)?;
        let (writer, held) = (rand::random(), Holdings::default());
        Ok(Self { center, node, writer, identity, held })
    }

    /// The file that an admin would be sent.
    pub fn card(&self, name: &str) -> String {
        center_file(&self.center, name)
    }

    /// The key of its node.
    pub fn node_key(&self) -> &Key {
        &self.node
    }

    /// How it signs.
    pub fn author(&self) -> Author {
        let Identity { center, node, epoch, .. } = self.identity;
        Author { center, node, epoch, writer: self.writer }
    }

    /// A record of its own with these fields, and its first change.
    pub fn record(&self, kind: u8, steps: &[serde_json::Value]) -> Result<Change> {
        let mut number: Number = rand::random();
        let [.., six, _, eight, _, _, _, _, _, _, _] = &mut number;
        (*six, *eight) = (*six & 0x0f | 0x40, *eight & 0x3f | 0x80);
        let record = Record { number, steward: self.identity.center, kind, circle: COMMONS };
        let author = self.author();
        let mut document = Document::default();
        let chunk = document.write(actor(&record, 1, &author), "", steps)?;
        Ok(Change::sign(&self.node, record, 1, author, Some(chunk)))
    }
}
