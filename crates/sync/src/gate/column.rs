//! Columns of an Automerge change: run-length encoding, read only in the one form in which the
//! encoder writes it, and counted before any run is unrolled.

use super::bytes::{Bytes, Fault};

/// What a column holds, as its encoder writes it.
pub(super) trait Cell<'a>: Copy + PartialEq {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, Fault>;
}

impl<'a> Cell<'a> for u64 {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, Fault> {
        bytes.unsigned()
    }
}

impl<'a> Cell<'a> for i64 {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, Fault> {
        bytes.signed()
    }
}

impl<'a> Cell<'a> for &'a str {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, Fault> {
        bytes.text()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Segment {
    Start,
    Repeat,
    Literal,
    Nulls,
}

/// The runs of one column; a value of a literal run counts as a run of one.
#[derive(Clone, Copy)]
pub(super) struct Runs<'a, T> {
    bytes: Bytes<'a>,
    segment: Segment,
    /// Values of the present literal run that are still to come.
    literals: u64,
    /// The value just before, when no null came in between.
    last: Option<T>,
}

impl<'a, T: Cell<'a>> Runs<'a, T> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: Bytes::new(bytes), segment: Segment::Start, literals: 0, last: None }
    }

    /// The next run: how often, and what (`None` is null).
    fn next_run(&mut self) -> Result<Option<(u64, Option<T>)>, Fault> {
        if self.literals == 0 {
            if self.bytes.is_empty() {
                return Ok(None);
            }
            match self.bytes.signed()? {
                0 => {
                    let count = self.bytes.unsigned()?;
                    if count == 0 || self.segment == Segment::Nulls {
                        return Err("runs of nulls are not in their shortest form");
                    }
                    self.segment = Segment::Nulls;
                    self.last = None;
                    return Ok(Some((count, None)));
                }
                1 => return Err("a run of one is written as a repeat"),
                count if count > 0 => {
                    let value = self.fresh()?;
                    self.segment = Segment::Repeat;
                    return Ok(Some((count.unsigned_abs(), Some(value))));
                }
                count => {
                    if self.segment == Segment::Literal {
                        return Err("two literal runs follow each other");
                    }
                    self.segment = Segment::Literal;
                    self.literals = count.unsigned_abs();
                }
            }
        }
        self.literals -= 1;
        let value = self.fresh()?;
        Ok(Some((1, Some(value))))
    }

    /// A value that differs from the one before it: equal ones belong into one run.
    fn fresh(&mut self) -> Result<T, Fault> {
        let value = T::read(&mut self.bytes)?;
        if self.last == Some(value) {
            return Err("equal values are not in one run");
        }
        self.last = Some(value);
        Ok(value)
    }

    /// Reads the column to its end without unrolling it: how many cells, and how many of them
    /// are null. Stops with a fault as soon as there are more than `most`.
    pub(super) fn count(mut self, most: u64) -> Result<Count, Fault> {
        let mut count = Count::default();
        while let Some((cells, value)) = self.next_run()? {
            count.cells = count.cells.saturating_add(cells);
            if value.is_none() {
                count.nulls += cells;
            }
            if count.cells > most {
                return Err("there are more operations than a change may have");
            }
        }
        Ok(count)
    }
}

/// How many cells a column has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) cells: u64,
    pub(super) nulls: u64,
}

/// The cells of a column one by one. A column that is absent is null all the way down.
pub(super) struct Cells<'a, T> {
    runs: Runs<'a, T>,
    left: u64,
    value: Option<T>,
}

impl<'a, T: Cell<'a>> Cells<'a, T> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { runs: Runs::new(bytes), left: 0, value: None }
    }

    pub(super) fn next(&mut self) -> Result<Option<T>, Fault> {
        if self.left == 0 {
            match self.runs.next_run()? {
                Some((cells, value)) => (self.left, self.value) = (cells, value),
                None => return Ok(None),
            }
        }
        self.left -= 1;
        Ok(self.value)
    }
}

/// The cells of a column of numbers that is written as differences.
pub(super) struct Deltas<'a> {
    cells: Cells<'a, i64>,
    sum: i64,
}

impl<'a> Deltas<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { cells: Cells::new(bytes), sum: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Option<u64>, Fault> {
        let Some(delta) = self.cells.next()? else { return Ok(None) };
        self.sum = self.sum.checked_add(delta).ok_or("a number is too large")?;
        u64::try_from(self.sum).map(Some).map_err(|_| "a number is negative")
    }
}

/// The cells of a column of yes and no: lengths of alternating runs, beginning with no.
pub(super) struct Flags<'a> {
    bytes: Bytes<'a>,
    left: u64,
    value: bool,
}

impl<'a> Flags<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: Bytes::new(bytes), left: 0, value: true }
    }

    /// See [`Runs::count`].
    pub(super) fn count(bytes: &'a [u8], most: u64) -> Result<u64, Fault> {
        let mut bytes = Bytes::new(bytes);
        let mut cells = 0_u64;
        let mut first = true;
        while !bytes.is_empty() {
            let run = bytes.unsigned()?;
            if run == 0 && (!first || bytes.is_empty()) {
                return Err("runs of yes and no are not in their shortest form");
            }
            first = false;
            cells = cells.saturating_add(run);
            if cells > most {
                return Err("there are more operations than a change may have");
            }
        }
        Ok(cells)
    }

    pub(super) fn next(&mut self) -> Result<bool, Fault> {
        while self.left == 0 {
            self.left = self.bytes.unsigned()?;
            self.value = !self.value;
        }
        self.left -= 1;
        Ok(self.value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn count(bytes: &[u8]) -> Result<(u64, u64), Fault> {
        Runs::<u64>::new(bytes).count(1_000).map(|count| (count.cells, count.nulls))
    }

    #[test]
    fn runs_in_the_encoders_form_are_counted() {
        assert_eq!(count(&[]), Ok((0, 0)));
        assert_eq!(count(&[0x7f, 5]), Ok((1, 0)), "a single value is a literal run of one");
        assert_eq!(count(&[2, 5, 0x7e, 6, 7, 3, 8]), Ok((7, 0)));
        assert_eq!(count(&[0, 4, 2, 5, 0, 1]), Ok((7, 5)));
        assert_eq!(count(&[2, 5, 0, 1, 2, 5]), Ok((5, 1)), "nulls separate equal runs");
    }

    #[test]
    fn other_forms_of_the_same_cells_are_refused() {
        for bytes in [
            &[1, 5][..],         // one value as a repeat
            &[2, 5, 2, 5],       // one run in two
            &[2, 5, 0x7f, 5],    // a repeat and its last value
            &[0x7e, 5, 5],       // equal values in a literal run
            &[0x7f, 5, 0x7f, 6], // two literal runs
            &[0x7f, 5, 2, 5],    // a literal run and the same value repeated
            &[0, 1, 0, 1],       // nulls in two runs
            &[0, 0],             // no nulls
            &[0x7d, 5, 6],       // fewer values than announced
            &[2],                // a repeat of nothing
        ] {
            assert!(count(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_long_run_is_refused_without_being_unrolled() {
        let mut bytes = vec![0xff; 8];
        bytes.extend([0x3f, 7]);
        assert!(count(&bytes).is_err());
        assert!(Flags::count(&[0xff, 0xff, 0xff, 0xff, 0x7f], 1_000).is_err());
    }

    #[test]
    fn yes_and_no_alternate() {
        assert_eq!(Flags::count(&[3], 9), Ok(3));
        assert_eq!(Flags::count(&[0, 3, 1], 9), Ok(4));
        assert!(Flags::count(&[0], 9).is_err());
        assert!(Flags::count(&[3, 0], 9).is_err());
        assert!(Flags::count(&[0, 0, 3], 9).is_err());
        let mut flags = Flags::new(&[0, 1, 2]);
        assert!(flags.next().unwrap());
        assert!(!flags.next().unwrap());
        assert!(!flags.next().unwrap());
        assert!(flags.next().is_err());
    }
}
