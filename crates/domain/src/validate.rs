//! Whether fields are what the schema of their kind says, and how to bring local input there.
//!
//! Everything here also runs on records of other centers: nothing panics, depth is bounded by the
//! schema and not by the input, and the cost grows with the size of the input only.

mod check;
mod defaults;
mod normal;
mod placeholder;
mod problem;
mod rule;
mod rules;

pub use defaults::{ahead, confirmation, following, with_defaults};
pub use normal::normalize;
pub use placeholder::{BrokenPlaceholder, placeholders};
pub use problem::{Problem, Shape, Violation};
pub use rule::Rule;

pub(crate) use check::first_problem;
pub(crate) use normal::normal;
pub(crate) use problem::excerpt;

/// Violations that are reported at most for one record. The rest would only fill a screen.
pub const MAX_VIOLATIONS: usize = 100;

#[cfg(test)]
mod tests;
