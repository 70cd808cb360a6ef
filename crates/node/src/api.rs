//! How it is said: gRPC messages in, messages and statuses out, and who may pass the door.

pub mod admin;
mod describe;
pub mod directory;
pub mod guard;
mod health;
mod import;
pub mod listener;
mod messages;
pub mod pages;
pub mod peer;
pub mod reading;
mod refusal;
mod routes;
pub mod socket;
mod towns;
