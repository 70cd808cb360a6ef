//! What the scenarios in `tests/tests` share.
//!
//! They start real nodes on the loopback and use the real command line; both come from the
//! stage ([`hospes_stage::stage`]). Here is what only a scenario needs: faults that are made on
//! purpose, a center that does not keep the rules, a watch over its victim, a stranger that implements
//! the protocol anew, a person at a terminal or a browser, and looks at what a node says.

pub mod bombs;
pub mod browser;
pub mod clock;
pub mod daemon;
pub mod desk;
pub mod fault;
pub mod hostile;
pub mod imports;
pub mod markup;
pub mod mutants;
pub mod network;
pub mod operator;
pub mod pages;
pub mod pasted;
pub mod recipe;
pub mod records;
pub mod siege;
pub mod slow;
pub mod spy;
pub mod stranger;
pub mod terminal;
pub mod theatre;
pub mod vigil;
pub mod visitor;

pub use hospes_decoders::chunk;
