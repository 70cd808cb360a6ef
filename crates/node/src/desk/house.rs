//! What an admin looks after: the state of the node, and what needs a hand.

pub(crate) mod overview;
pub(crate) mod quarantine;
mod warnings;
