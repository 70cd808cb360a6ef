//! A panic that is expected, caught without a word.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What a function gives, or nothing if it panics.
///
/// A fuzzer ends its process from the hook of a panic, before anybody could catch it. So the hook is
/// told which panics are expected: those of the library that merges, for which the daemon has its
/// worker. All others go on to where they went.
pub fn quietly<T>(act: impl FnOnce() -> T) -> Option<T> {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                before(panic);
            }
        }));
    });
    let outer = EXPECTED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(act));
    EXPECTED.set(outer);
    outcome.ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(quietly(|| 7), Some(7));
        assert_eq!(quietly(|| -> u32 { panic!("expected") }), None);
        assert!(!EXPECTED.get(), "later panics are heard again");
    }
}
