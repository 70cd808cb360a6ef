//! What people and their adversaries do, on real nodes, real sockets and the real command line.

#![allow(clippy::indexing_slicing)]

mod access;
mod alarm;
mod backup;
mod bad_input;
mod browser;
mod clock;
mod confirming;
mod crash;
mod demo;
mod dependency_rule;
mod disk;
mod import;
mod imports;
mod joining;
mod merging;
mod netns;
mod pages;
mod pages_centers;
mod pages_look;
mod pages_sessions;
mod pages_siege;
mod people;
mod poison_changes;
mod poison_crowded;
mod poison_floods;
mod poison_heavy;
mod poison_slow;
mod poison_talk;
mod printed;
mod quarantine;
mod replication;
mod restore;
mod revocation;
mod roles;
mod sealed;
mod sealing;
mod searching;
mod stored_script;
mod stranger;
mod terminal;
mod vouching;
mod ways;
mod worker;
