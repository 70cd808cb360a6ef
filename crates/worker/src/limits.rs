//! Limits of the worker that every Linux has: memory, processor time, files, processes,
//! privileges.

use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use rustix::thread::{CapabilitySet, CapabilitySets};
use rustix::time::{ClockId, clock_gettime};

/// CPU time of one batch of foreign changes, in seconds. An honest one takes a tenth of a second.
pub(super) const CPU_FOR_MERGE: u64 = 10;
/// Address space of the worker, in bytes. The longest text that the gate lets through needs about a
/// tenth of it.
const MEMORY: u64 = 768 << 20;

/// Sets all of them but the time, which is for each batch anew.
pub(super) fn set() -> Result<(), Errno> {
    let limit = |resource, value| {
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        rustix::process::setrlimit(resource, limit)
    };
    // For a daemon that was started by root: with one of these a limit could be raised again. A
    // system that does not let them be given up has mostly taken them away before; whether any is
    // left is looked up afterwards and told.
    let none = CapabilitySet::empty();
    let nothing = CapabilitySets { effective: none, permitted: none, inheritable: none };
    let _ = rustix::thread::set_capabilities(None, nothing);
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    limit(Resource::Core, 0)?;
    limit(Resource::As, MEMORY)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nproc, 0)?;
    // Standard input, output and error are open already; no further one can be.
    limit(Resource::Nofile, 3)?;
    Ok(())
}

/// Lets the worker use so many more seconds of the processor from now on. The kernel ends it with
/// `SIGXCPU` when they are over.
///
/// The worker is asked for as long as the daemon runs, so that a limit for its whole life would end
/// it in the middle of an honest batch. The limit holds also while the daemon itself stands still
/// and cannot lose its patience.
pub(super) fn allow_cpu(seconds: u64) -> Result<(), Errno> {
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(u64::MAX);
    // One more, because the second that has begun counts whole.
    let limit = used.saturating_add(seconds).saturating_add(1);
    rustix::process::setrlimit(Resource::Cpu, Rlimit { current: Some(limit), maximum: None })
}

/// The address space that this process may have, in bytes, by the kernel's word.
pub(super) fn memory() -> Option<u64> {
    rustix::process::getrlimit(Resource::As).current
}

/// Whether this process has no capability and can gain none, by the kernel's word.
pub(super) fn unprivileged() -> bool {
    let bare = rustix::thread::capabilities(None)
        .is_ok_and(|sets| sets.effective.is_empty() && sets.permitted.is_empty());
    bare && rustix::thread::no_new_privs().unwrap_or(false)
}
