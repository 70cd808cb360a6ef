//! How a worker is confined, as it tells the daemon in its greeting.

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::absence::Absence;
use super::limits::CPU_FOR_MERGE;
use super::{filter, limits, ruleset};

/// Bytes of a greeting: a length, the rest of it, and zeros.
pub const GREETING: usize = 64;

/// What was really done to a worker, layer by layer. The daemon shows it in its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Bytes of memory that it may have; `None` is all that there are.
    pub memory: Option<u64>,
    /// Whether it runs without any privilege and can gain none.
    pub unprivileged: bool,
    /// Whether seccomp denies all system calls but those that merging needs.
    pub seccomp: Result<(), Absence>,
    /// Version of the kernel's Landlock interface that denies files, TCP and signals.
    pub landlock: Result<u8, Absence>,
}

/// The first bytes of a worker are no greeting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no greeting of a merge worker")]
pub struct GreetingError;

/// First Landlock interface with TCP ports.
const LANDLOCK_WITH_TCP: u8 = 4;
/// First Landlock interface with signals.
const LANDLOCK_WITH_SIGNALS: u8 = 6;

impl Confinement {
    /// The greeting that tells it.
    pub fn greeting(&self) -> [u8; GREETING] {
        let mut bytes = [0; GREETING];
        let [length, told @ ..] = &mut bytes;
        // It is far shorter; a worker that greets with zeros would be turned away.
        let written = postcard::to_slice(self, told).map_or(0, |written| written.len());
        *length = u8::try_from(written).unwrap_or_default();
        bytes
    }

    /// Reads a greeting.
    pub fn read(greeting: &[u8; GREETING]) -> Result<Self, GreetingError> {
        let [length, told @ ..] = greeting;
        let (told, zeros) = told.split_at_checked(usize::from(*length)).ok_or(GreetingError)?;
        match postcard::take_from_bytes(told) {
            Ok((confinement, [])) if zeros.iter().all(|byte| *byte == 0) => Ok(confinement),
            _ => Err(GreetingError),
        }
    }

    /// What holds the worker, in words.
    pub fn in_force(&self) -> Vec<String> {
        let mut words = vec!["own process".to_owned()];
        words.extend(self.memory.map(|bytes| format!("{} MiB of memory", bytes >> 20)));
        words.push(format!("{CPU_FOR_MERGE} s of processor time for a batch"));
        if self.unprivileged {
            words.push("no privileges to gain".to_owned());
        }
        if self.seccomp.is_ok() {
            words.push("seccomp (no files, network, processes)".to_owned());
        }
        if let Ok(version) = self.landlock {
            let what = match version {
                ..LANDLOCK_WITH_TCP => "no files",
                LANDLOCK_WITH_TCP..LANDLOCK_WITH_SIGNALS => "no files, TCP",
                LANDLOCK_WITH_SIGNALS.. => "no files, TCP, signals",
            };
            words.push(format!("landlock ({what})"));
        }
        words
    }

    /// What this system does not have, with the reason.
    pub fn missing(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.memory.is_none() {
            words.push("no limit of memory".to_owned());
        }
        if !self.unprivileged {
            words.push("privileges can be gained".to_owned());
        }
        for (layer, absence) in [("seccomp", self.seccomp.err()), ("landlock", self.landlock.err())]
        {
            words.extend(absence.map(|absence| format!("no {layer} ({absence})")));
        }
        words
    }
}

/// Which layers to put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layers {
    pub(super) limits: bool,
    pub(super) landlock: bool,
    pub(super) seccomp: bool,
}

impl Layers {
    pub(super) const ALL: Self = Self { limits: true, landlock: true, seccomp: true };
}

/// Gives up everything that merging does not need, before the first byte is read. Limits are a
/// must; what a kernel may lack is told.
pub(super) fn confine(layers: Layers) -> Result<Confinement, Errno> {
    rustix::thread::set_no_new_privs(true)?;
    // The order matters: a ruleset needs a descriptor, which the limits do not leave, and the
    // filter allows neither.
    let landlock = if layers.landlock { ruleset::enforce() } else { Err(Absence::Unwanted) };
    if layers.limits {
        limits::set()?;
        limits::allow_cpu(CPU_FOR_MERGE)?;
    }
    let (memory, unprivileged) = (limits::memory(), limits::unprivileged());
    let seccomp = if layers.seccomp { filter::install() } else { Err(Absence::Unwanted) };
    Ok(Confinement { memory, unprivileged, seccomp, landlock })
}
