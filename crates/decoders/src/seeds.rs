//! What the corpora begin with: good bytes of every sort, made by our own code, and bytes that are
//! made to harm. Made the same each time.

mod changes;
mod files;
mod frames;
mod identities;
mod requests;

use anyhow::Result;

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
pub(crate) struct Basket(Vec<Seed>);

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

/// All seeds.
///
/// # Errors
/// Something of ours cannot be written, such as a change or a certificate.
pub fn all() -> Result<Vec<Seed>> {
    let mut basket = Basket::default();
    frames::fill(&mut basket)?;
    changes::fill(&mut basket)?;
    identities::fill(&mut basket)?;
    requests::fill(&mut basket);
    files::fill(&mut basket);
    Ok(basket.0)
}
