//! Real centers on this machine: real nodes, the real command line, folders that go afterwards.
//!
//! [`stage`] starts and stops them, [`account`] lets persons into their pages, [`api`] asks them as a counselor's program does, [`programs`] finds
//! what they run, [`demo`] fills them with fictional records. The scenarios, the bench, the demonstration
//! and the transcripts of the manual all stand on it; the last two are the program `hospes-stage`.

pub mod account;
pub mod api;
pub mod demo;
pub mod host;
pub mod programs;
pub mod stage;
pub mod wait;
