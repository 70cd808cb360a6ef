//! How long a decoder may take, and how much memory.

use std::fs;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use hospes_decoders::{Decoder, Verdict};

/// How long a decoder may take over one input, in a build without optimizations on a busy machine.
pub const LONGEST: Duration = Duration::from_secs(20);
/// Memory that it may take for one input, in KiB: 192 MiB.
const MOST_MEMORY: u64 = 192 * 1_024;

/// An entry of the process's status, in KiB.
fn memory(entry: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(entry)?.strip_prefix(':')).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// What a decoder makes of some bytes; how it fails, in words.
pub fn read(decoder: &'static Decoder, bytes: Vec<u8>) -> Result<Verdict, String> {
    // Tests of one process share its memory.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    // The highest mark begins anew from what is taken now.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    let (tell, told) = mpsc::channel();
    let reading = thread::spawn(move || {
        let verdict = (decoder.read)(&bytes);
        // Nobody listens any more when it took too long.
        let _ = tell.send(verdict);
    });
    let verdict = match told.recv_timeout(LONGEST) {
        Ok(verdict) => verdict,
        Err(mpsc::RecvTimeoutError::Timeout) => return Err("takes too long".to_owned()),
        Err(mpsc::RecvTimeoutError::Disconnected) => return Err("panics, see above".to_owned()),
    };
    reading.join().unwrap();
    let taken = memory("VmHWM").saturating_sub(before);
    if taken > MOST_MEMORY {
        return Err(format!("takes {} MiB", taken / 1_024));
    }
    Ok(verdict)
}
