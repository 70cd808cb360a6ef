//! Free places per night of all records, half a byte each, one after another.

use crate::listing::MOST_FREE;

/// Bytes that may lie unused before the calendars are written anew.
const WASTE: usize = 256 * 1024;

/// All calendars.
#[derive(Debug, Default)]
pub(super) struct Calendars {
    bytes: Vec<u8>,
    /// Bytes of calendars that are gone.
    waste: usize,
}

/// Where the calendar of a record is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    at: u32,
    /// Day of the first night, since 1970-01-01.
    first: i32,
    nights: u16,
    /// Nothing is known per night: any night may be free.
    unknown: bool,
}

impl Place {
    fn range(self) -> std::ops::Range<usize> {
        let at = self.at as usize;
        at..at + usize::from(self.nights).div_ceil(2)
    }
}

impl Calendars {
    /// Takes a calendar in; nights have at most [`MOST_FREE`] places.
    pub(super) fn put(&mut self, first: i32, nights: Option<&[u8]>) -> Place {
        let Some(nights) = nights else { return Place { unknown: true, ..Place::default() } };
        let (Ok(at), Ok(count)) = (u32::try_from(self.bytes.len()), u16::try_from(nights.len()))
        else {
            return Place { unknown: true, ..Place::default() };
        };
        self.bytes.extend(nights.chunks(2).map(|pair| {
            pair.first().copied().unwrap_or(0) | (pair.get(1).copied().unwrap_or(0) << 4)
        }));
        Place { at, first, nights: count, unknown: false }
    }

    /// Gives a calendar up.
    pub(super) fn drop(&mut self, place: Place) {
        self.waste += place.range().len();
    }

    /// Writes the calendars anew when much of them is gone.
    pub(super) fn tidy<R>(&mut self, rows: &mut [R], place: impl Fn(&mut R) -> &mut Place) {
        if self.waste < WASTE || self.waste < self.bytes.len() / 2 {
            return;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() - self.waste.min(self.bytes.len()));
        for row in rows {
            let place = place(row);
            let old = self.bytes.get(place.range()).unwrap_or_default();
            place.at = u32::try_from(bytes.len()).unwrap_or(0);
            bytes.extend_from_slice(old);
        }
        (self.bytes, self.waste) = (bytes, 0);
    }

    /// Whether there may be so many places in all nights from `first` to `last`.
    pub(super) fn may_be_free(&self, place: Place, first: i64, last: i64, places: u8) -> bool {
        if place.unknown {
            return true;
        }
        let places = places.min(MOST_FREE);
        let begin = i64::from(place.first);
        if first < begin || last >= begin + i64::from(place.nights) {
            return false;
        }
        (first - begin..=last - begin).all(|night| {
            let night = usize::try_from(night).unwrap_or(0);
            let byte = self.bytes.get(place.at as usize + night / 2).copied().unwrap_or(0);
            let free = if night % 2 == 0 { byte & 15 } else { byte >> 4 };
            free >= places
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn nights_are_free_when_all_of_them_are() {
        let mut calendars = Calendars::default();
        calendars.put(5, Some(&[9]));
        let place = calendars.put(100, Some(&[2, 0, 3, 15, 1]));
        for (first, last, places, free) in [
            (100, 100, 2, true),
            (100, 100, 3, false),
            (100, 101, 1, false),
            (102, 103, 3, true),
            (103, 103, 200, true),
            (104, 105, 1, false),
            (99, 100, 1, false),
        ] {
            let found = calendars.may_be_free(place, first, last, places);
            assert_eq!(found, free, "{first} to {last}, {places} places");
        }
        let empty = calendars.put(0, Some(&[]));
        assert!(!calendars.may_be_free(empty, 0, 0, 1));
        let unknown = calendars.put(0, None);
        assert!(calendars.may_be_free(unknown, 7, 9, 3));
    }

    #[test]
    fn calendars_survive_being_written_anew() {
        let mut calendars = Calendars::default();
        let nights = [4; 200];
        let mut rows: Vec<Place> =
            (0..4_000).map(|day| calendars.put(day, Some(&nights))).collect();
        for row in rows.iter_mut().filter(|row| row.first % 4 != 0) {
            calendars.drop(*row);
            *row = Place::default();
        }
        let before = calendars.bytes.len();
        calendars.tidy(&mut rows, |row| row);
        assert!(calendars.bytes.len() <= before / 4, "{} of {before}", calendars.bytes.len());
        for row in rows.iter().filter(|row| row.nights > 0) {
            let first = i64::from(row.first);
            assert!(calendars.may_be_free(*row, first, first + 199, 4));
            assert!(!calendars.may_be_free(*row, first, first + 200, 4));
        }
    }
}
