//! The system calls that the worker may make once it is confined: a seccomp filter.
//!
//! It lists what may be called and denies the rest, so that a kernel's new calls are denied too.
//! A denied call fails with `EPERM` and the worker is not killed: the C library may try a call that
//! it can do without, and another release of it may try another one. A worker that only sees
//! errors can do no more harm than a dead one.

use std::collections::BTreeMap;

use rustix::io::Errno;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};

use super::absence::Absence;

/// Calls that are allowed whatever their arguments are. None of them takes a path, makes a
/// descriptor or reaches another process.
const ALLOWED: &[i64] = &[
    // The pipes to the daemon.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_close,
    // Memory.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    // Seeds of hash tables, and how much time is used.
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    // Locks, which nobody contends for here.
    libc::SYS_futex,
    libc::SYS_sched_yield,
    // An end with a reason: an overflowing stack and a panic are told apart on the way out.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Installs the filter. There is no way back for this process.
pub(super) fn install() -> Result<(), Absence> {
    let program = program(std::process::id()).map_err(|_| Absence::Kernel)?;
    seccompiler::apply_filter(&program).map_err(|error| match error {
        seccompiler::Error::Prctl(error) | seccompiler::Error::Seccomp(error) => {
            // A kernel without filters answers with one of these.
            match error.raw_os_error().map(Errno::from_raw_os_error) {
                Some(Errno::NOSYS | Errno::INVAL) | None => Absence::Kernel,
                Some(errno) => Absence::Refused(errno.raw_os_error()),
            }
        }
        _ => Absence::Kernel,
    })
}

fn program(own: u32) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|number| (*number, Vec::new())).collect();
    // Memory, but none that could be run as a program.
    let data_only = SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into());
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![SeccompRule::new(vec![argument(2, data_only.clone(), 0)?])?]);
    }
    // The worker may end itself by a signal, and nobody else.
    let itself = argument(0, SeccompCmpOp::Eq, own.into())?;
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![itself])?]);
    // A limit of time for the next batch, and no other limit of no other process.
    let own_time = vec![
        argument(0, SeccompCmpOp::Eq, 0)?,
        argument(1, SeccompCmpOp::Eq, u64::from(libc::RLIMIT_CPU))?,
    ];
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(own_time)?]);
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let machine = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, denied, SeccompAction::Allow, machine)?.try_into()
}

fn argument(
    index: u8,
    compare: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, compare, value)
}
