//! How links, and questions to the store, are named.

/// Names a link for as long as it is open.
pub type LinkId = u64;

/// Names a question to the store until it is answered.
pub type Ticket = u64;
