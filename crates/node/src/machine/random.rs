//! The one place that draws random numbers.

/// Random bytes from the operating system.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Fails only when the operating system has no randomness, and nothing may go on then: the
    // process ends here rather than with a guessable number.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A number below a bound.
pub fn below(bound: u64) -> u64 {
    u64::from_be_bytes(bytes()) % bound.max(1)
}
