//! What searches compare, in memory: which records have a facet, and the narrow part of each.
//!
//! A search intersects a handful of sets of record numbers and looks at the fields of a page of
//! records; it reads no index from the disk unless it asks for a word that nobody asked for lately.
//! Some 120 bytes per record. Filled when the database is opened, and changed by the writer as soon
//! as a transaction is on disk. Everything in it is a hint: what is shown is decided by the fields.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hospes_domain::{Kind, Timestamp};
use roaring::RoaringBitmap;

use crate::index::Turn;
use crate::listing::{Facet, Listing};
use crate::memory::counts::KindCounts;

mod calendars;
mod words;

use calendars::Calendars;
pub(crate) use words::{Sought, Words};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Facets {
    rows: Vec<Row>,
    calendars: Calendars,
    having: HashMap<Facet, RoaringBitmap>,
    all: RoaringBitmap,
    words: Mutex<Words>,
    /// How often it was changed.
    changes: u64,
}

/// The narrow part of one record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    pub(crate) confirmed: Timestamp,
    from: Timestamp,
    until: Timestamp,
    /// GeoNames number; 0 for none.
    pub(crate) town: u32,
    calendar: calendars::Place,
    /// The steward's number.
    pub(crate) steward: u32,
    kind: u8,
    /// Whether searches find it when nobody asks for a status.
    pub(crate) listed: bool,
}

impl Row {
    /// Whether searches find it at an instant; those that ask for stale offers find all offers.
    pub(crate) fn is_found(&self, now: Timestamp, stale: bool) -> bool {
        let stale = stale && self.kind == Kind::Offer.number();
        self.from <= now && (now < self.until || stale)
    }
}

impl Facets {
    /// Puts in a record of which nothing is in yet, as the database has it.
    pub(crate) fn load(&mut self, record: i64, steward: i64, kind: u8, listing: &Listing) {
        let Ok(number) = u32::try_from(record) else { return };
        for facet in &listing.facets {
            self.having.entry(*facet).or_default().insert(number);
        }
        self.put(number, steward, kind, listing);
    }

    /// A transaction is on disk: follows what changed with it.
    pub(crate) fn follow(&mut self, turns: BTreeMap<i64, Turn>) {
        self.changes += 1;
        for (record, turn) in turns {
            let Ok(number) = u32::try_from(record) else { continue };
            let none = Listing::default();
            let old = turn.old.as_ref().map_or(&none, |old| &old.listing);
            let new = turn.new.as_ref().map_or(&none, |new| &new.listing);
            for gone in without(&old.facets, &new.facets) {
                if let Some(having) = self.having.get_mut(gone) {
                    having.remove(number);
                    if having.is_empty() {
                        self.having.remove(gone);
                    }
                }
            }
            for came in without(&new.facets, &old.facets) {
                self.having.entry(*came).or_default().insert(number);
            }
            let old_terms = turn.old.as_ref().map(|old| &old.terms);
            let new_terms = turn.new.as_ref().map(|new| &new.terms);
            self.words
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner)
                .follow(number, old_terms, new_terms);
            match &turn.new {
                Some(new) => {
                    self.put(number, turn.steward, turn.kind.number(), &new.listing);
                }
                None => self.take_out(number),
            }
        }
        self.calendars.tidy(&mut self.rows, |row| &mut row.calendar);
    }

    fn put(&mut self, number: u32, steward: i64, kind: u8, listing: &Listing) {
        self.take_out(number);
        let index = number as usize;
        if self.rows.len() <= index {
            self.rows.resize(index + 1, Row::default());
        }
        let calendar = self.calendars.put(listing.first_night, listing.nights.as_deref());
        if let Some(row) = self.rows.get_mut(index) {
            *row = Row {
                confirmed: listing.confirmed,
                from: listing.from,
                until: listing.until,
                town: listing.town,
                calendar,
                steward: u32::try_from(steward).unwrap_or(u32::MAX),
                kind,
                listed: listing.listed,
            };
        }
        self.all.insert(number);
    }

    fn take_out(&mut self, number: u32) {
        if self.all.remove(number)
            && let Some(row) = self.rows.get_mut(number as usize)
        {
            self.calendars.drop(row.calendar);
            *row = Row::default();
        }
    }

    /// How often it was changed: who saw the same number twice has missed nothing in between.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// The words that were asked for lately.
    pub(crate) fn words(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that have at least one facet of every group.
    pub(crate) fn having(&self, groups: &[Vec<Facet>]) -> RoaringBitmap {
        let mut sets: Vec<RoaringBitmap> = Vec::new();
        let mut single: Vec<&RoaringBitmap> = Vec::new();
        for group in groups {
            let found: Vec<&RoaringBitmap> =
                group.iter().filter_map(|facet| self.having.get(facet)).collect();
            match found.as_slice() {
                [] => return RoaringBitmap::new(),
                [one] => single.push(one),
                several => {
                    let mut any = RoaringBitmap::new();
                    for set in several {
                        any |= *set;
                    }
                    sets.push(any);
                }
            }
        }
        single.extend(&sets);
        // The smallest first: what comes after it has little to do.
        single.sort_unstable_by_key(|set| set.len());
        let mut sets = single.into_iter();
        let Some(first) = sets.next() else { return self.all.clone() };
        sets.fold(first.clone(), |all, set| all & set)
    }

    /// The narrow part of a record.
    pub(crate) fn row(&self, number: u32) -> Option<&Row> {
        self.rows.get(number as usize).filter(|_| self.all.contains(number))
    }

    /// Whether a record may have so many free places in all these nights.
    pub(crate) fn may_be_free(&self, row: &Row, first: i64, last: i64, places: u8) -> bool {
        self.calendars.may_be_free(row.calendar, first, last, places)
    }

    /// How many records of each kind have something to show.
    pub(crate) fn counts(&self) -> BTreeMap<u8, KindCounts> {
        let mut counts: BTreeMap<u8, KindCounts> = BTreeMap::new();
        for row in self.all.iter().filter_map(|number| self.rows.get(number as usize)) {
            let count = counts.entry(row.kind).or_default();
            count.shown += 1;
            count.withdrawn += u64::from(!row.listed);
        }
        counts
    }
}

/// The elements of one ascending list that are not in another.
fn without<'a>(these: &'a [Facet], those: &'a [Facet]) -> impl Iterator<Item = &'a Facet> {
    these.iter().filter(|facet| those.binary_search(facet).is_err())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use crate::index::Indexed;

    fn listing(facets: &[Facet]) -> Listing {
        Listing { facets: facets.to_vec(), listed: true, ..Listing::default() }
    }

    fn turn(old: Option<&[Facet]>, new: Option<&[Facet]>) -> Turn {
        let indexed = |facets: &[Facet]| Indexed { listing: listing(facets), ..Indexed::default() };
        Turn { steward: 1, kind: Kind::Offer, old: old.map(indexed), new: new.map(indexed) }
    }

    fn found(facets: &Facets, groups: &[Vec<Facet>]) -> Vec<u32> {
        facets.having(groups).iter().collect()
    }

    #[test]
    fn records_are_found_by_all_groups_and_any_of_each() {
        let mut facets = Facets::default();
        facets.load(1, 1, 1, &listing(&[10, 20]));
        facets.load(2, 1, 1, &listing(&[10, 30]));
        facets.load(5, 1, 1, &listing(&[20, 40]));
        assert_eq!(found(&facets, &[]), [1, 2, 5]);
        assert_eq!(found(&facets, &[vec![10]]), [1, 2]);
        assert_eq!(found(&facets, &[vec![10], vec![20, 30]]), [1, 2]);
        assert_eq!(found(&facets, &[vec![20], vec![40]]), [5]);
        assert_eq!(found(&facets, &[vec![10], vec![99]]), [0; 0]);
    }

    #[test]
    fn what_changes_is_followed() {
        let mut facets = Facets::default();
        facets.load(1, 1, 1, &listing(&[10, 20]));
        facets.follow(BTreeMap::from([
            (1, turn(Some(&[10, 20]), Some(&[20, 50]))),
            (2, turn(None, Some(&[10]))),
        ]));
        assert_eq!(found(&facets, &[vec![10]]), [2]);
        assert_eq!(found(&facets, &[vec![50]]), [1]);
        facets.follow(BTreeMap::from([(1, turn(Some(&[20, 50]), None))]));
        assert_eq!(found(&facets, &[]), [2]);
        assert_eq!(found(&facets, &[vec![50]]), [0; 0]);
        assert!(facets.row(1).is_none() && facets.row(2).is_some());
        assert_eq!(facets.counts()[&1].shown, 1);
    }
}
