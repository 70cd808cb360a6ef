//! The daemon of a counseling center.
//!
//! This crate is where everything meets: it opens the database, the listeners and the links, and
//! drives the sync engine. What records are, how they replicate, who a center is and where things
//! are kept is decided in the other crates.
//!
//! It is built in storeys. Each answers one question and imports only from those below it; a test
//! of this crate holds the order.
//!
//! | storey | the question that it answers |
//! |---|---|
//! | [`api`] | How is it said? Messages in and out, and who may pass the door. |
//! | [`desk`] | What do counselors, coordinators and admins do? |
//! | [`vault`] | Is the node open? Keys, settings, restoring, sealing. |
//! | [`center`] | What is an open node made of? |
//! | [`replication`] | How do changes go between the links, the ledger and the engine? |
//! | [`ledger`] | How do changes come to be held? |
//! | [`links`] | How do bytes come and go? |
//! | [`backup`] | How is the database copied? |
//! | [`trust`] | Whom do we let in and listen to, and at what price? |
//! | [`machine`] | Clock, chance, disk, process, log. |

pub mod api;
pub mod backup;
pub mod center;
pub mod desk;
pub mod ledger;
pub mod links;
pub mod machine;
pub mod replication;
pub mod trust;
pub mod vault;
