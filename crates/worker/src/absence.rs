//! Why a layer of the worker's confinement is not there.

use serde::{Deserialize, Serialize};

/// Why a layer is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Absence {
    /// The kernel cannot.
    Kernel,
    /// The system does not let this process have it; the kernel's number of the error.
    Refused(i32),
    /// Nobody asked for it. Only in the worker's examination of itself.
    Unwanted,
}

impl std::fmt::Display for Absence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Absence::Kernel => f.write_str("the kernel does not have it"),
            Absence::Refused(errno) => {
                // The number is the worker's word, and the library panics of one that is no error's.
                let error = std::io::Error::from_raw_os_error(*errno);
                write!(f, "the system refuses it: {error}")
            }
            Absence::Unwanted => f.write_str("not asked for"),
        }
    }
}
