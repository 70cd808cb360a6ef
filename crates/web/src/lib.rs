//! The pages of a center: what counselors, coordinators and admins see in a browser.
//!
//! Made on the server, without any script, over [`hospes_desk::Desk`]. Nothing of what is asked here is
//! written down: sessions, drafts and searches lie in memory and end with the process, which ends when the
//! node is sealed.

mod address;
mod alerts;
mod app;
mod bulletin;
mod busy;
mod difference;
mod entry;
mod factor;
mod form;
mod host;
mod hours;
mod listener;
mod pages;
mod problem;
mod reception;
mod route;
mod session;
mod shape;
mod template;
mod text;
mod visit;

pub use address::{Address, addresses};
pub use app::{Pages, Settings};
pub use host::{Site, UnknownSite};
pub use listener::serve;

/// Random bytes.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without chance nothing here may go on: an identifier could be guessed.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        tracing::error!("the system gives no random numbers");
        std::process::abort();
    }
    bytes
}

/// SHA-256.
fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    digest
}

/// Now, by the clock of the machine.
fn now() -> hospes_domain::Timestamp {
    hospes_domain::Timestamp(jiff::Timestamp::now().as_millisecond())
}
