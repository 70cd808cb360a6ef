//! What the corpora begin with: good bytes of every sort, made by our own code, and bytes that are
//! made to harm. Made the same each time.

mod basket;
mod changes;
mod files;
mod frames;
mod identities;
mod requests;

use anyhow::Result;

use basket::Basket;
pub use basket::Seed;

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
