//! What is logged: what happens to the node, never what is in records or what was searched for.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. sqlx is held to warnings whatever is asked for: at a lower
/// level it would log the key of the database.
pub fn start(level: &str) {
    let level = match level {
        "error" | "warn" | "info" | "debug" => level,
        _ => "info",
    };
    let filter =
        EnvFilter::new(format!("warn,hospes={level},hospes_node={level},hospes_store={level}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}
