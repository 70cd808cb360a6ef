//! Seeds, as they are collected.

/// One file of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The decoder whose corpus it is in.
    pub decoder: &'static str,
    /// The name of the file.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A collection of seeds.
#[derive(Debug, Default)]
pub(crate) struct Basket(pub(super) Vec<Seed>);

impl Basket {
    pub(crate) fn add(
        &mut self,
        decoder: &'static str,
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) {
        self.0.push(Seed { decoder, name: name.into(), bytes: bytes.into() });
    }
}
