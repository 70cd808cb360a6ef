//! What persons of the center may do.

use std::fmt;
use std::str::FromStr;

/// What a person of the center may do. Each may do what the ones before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks things up.
    Counselor,
    /// Publishes and withdraws records.
    Coordinator,
    /// Runs the node.
    Admin,
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a role; the roles are counselor, coordinator, admin")]
pub struct UnknownRole(pub String);

impl Role {
    /// The word in commands and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Role::Counselor => "counselor",
            Role::Coordinator => "coordinator",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        [Role::Counselor, Role::Coordinator, Role::Admin]
            .into_iter()
            .find(|role| role.name() == word)
            .ok_or_else(|| UnknownRole(word.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_role_is_read_by_its_word() {
        for role in [Role::Counselor, Role::Coordinator, Role::Admin] {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole("root".to_owned())));
    }
}
