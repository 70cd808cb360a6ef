//! Somebody with root's rights who reads the memory of a running node and of its workers.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use aho_corasick::AhoCorasick;
use anyhow::{Context as _, Result, ensure};
use hospes_stage::stage::Center;

use crate::fault;

/// Read at a time. Needles that lie across two parts are found, as parts overlap.
const PART: usize = 1 << 20;

/// Something that is looked for: what it is called in a report, and its bytes.
pub type Needle = (String, Vec<u8>);

/// The right to look into processes that do not want it, by its number in Linux.
const SYS_PTRACE: u64 = 19;

/// Whether this test may read the memory of nodes; says so when not. In some containers root may not.
pub fn may_look() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let rights = rights.and_then(|rights| u64::from_str_radix(rights.trim(), 16).ok());
    let may = rights.is_some_and(|rights| rights >> SYS_PTRACE & 1 == 1);
    if !may {
        println!("left out: reading the memory of a node takes root with CAP_SYS_PTRACE");
    }
    may
}

/// The needles that the memory of a node or of a merge worker of it holds, by name, sorted.
pub fn found(center: &Center, needles: &[Needle]) -> Result<Vec<String>> {
    let search = AhoCorasick::new(needles.iter().map(|(_, bytes)| bytes))?;
    let node = fault::node(center)?;
    let mut names = BTreeSet::new();
    for pid in [node].into_iter().chain(fault::workers(node)?) {
        let places = look(pid, &search).with_context(|| format!("the memory of process {pid}"))?;
        names.extend(
            places.into_iter().filter_map(|place| needles.get(place)).map(|(name, _)| name),
        );
    }
    Ok(names.into_iter().cloned().collect())
}

/// The patterns that memory holds which the process can write.
fn look(pid: i32, search: &AhoCorasick) -> Result<BTreeSet<usize>> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let memory = File::open(format!("/proc/{pid}/mem"))?;
    let (mut held, mut read) = (BTreeSet::new(), 0);
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        let Some((start, end)) = range.split_once('-') else { continue };
        if !rights.starts_with("rw") {
            continue;
        }
        let (mut place, end) = (u64::from_str_radix(start, 16)?, u64::from_str_radix(end, 16)?);
        while place < end {
            let mut part = vec![0; usize::try_from(end - place)?.min(PART)];
            // Pages that went away meanwhile.
            let Ok(()) = memory.read_exact_at(&mut part, place) else { break };
            read += part.len();
            held.extend(
                search.find_overlapping_iter(&part).map(|found| found.pattern().as_usize()),
            );
            // What lies across two parts is seen in the second.
            place += if part.len() == PART { PART - search.max_pattern_len() } else { part.len() }
                as u64;
        }
    }
    ensure!(read > 1 << 16, "only {read} bytes could be read");
    Ok(held)
}
