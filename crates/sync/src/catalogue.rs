//! What a circle consists of: the ordered set of (record, version) that two nodes compare.
//!
//! Held in memory, ordered, so that opening a session reads nothing from disk. A record takes
//! about 56 bytes: its steward is a number into a small table.

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::{CenterId, CircleId, Kind, RecordId, RecordKey};

use crate::change::Version;

/// The records of one circle, in the order of their identifiers.
#[derive(Clone, Debug)]
pub struct Catalogue {
    circle: CircleId,
    stewards: Vec<CenterId>,
    rows: BTreeMap<(RecordId, u16, Kind), Version>,
}

impl Catalogue {
    /// A circle without records.
    pub fn new(circle: CircleId) -> Self {
        Self { circle, stewards: Vec::new(), rows: BTreeMap::new() }
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the circle has no records.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Notes what a record looks like now, and returns what it looked like before.
    ///
    /// Records of a 65,536th steward are not noted: the network is made for a few dozen centers.
    pub fn set(&mut self, key: &RecordKey, version: Version) -> Option<Version> {
        let steward = self.steward_number(&key.steward)?;
        self.rows.insert((key.id, steward, key.kind), version)
    }

    /// What a record looks like now.
    pub fn get(&self, key: &RecordKey) -> Option<Version> {
        let steward = self.stewards.iter().position(|known| *known == key.steward)?;
        self.rows.get(&(key.id, u16::try_from(steward).ok()?, key.kind)).copied()
    }

    /// The records of one identifier: one, unless stewards or kinds differ.
    pub fn of(&self, id: RecordId) -> impl Iterator<Item = (RecordKey, Version)> + '_ {
        let all = (id, 0, Kind::Offer)..=(id, u16::MAX, Kind::Center);
        self.rows.range(all).filter_map(|(row, version)| Some((self.key(row)?, *version)))
    }

    /// All records in order, of those stewards that `accepted` lets through.
    pub fn entries<'a>(
        &'a self,
        accepted: impl Fn(&CenterId) -> bool + 'a,
    ) -> impl Iterator<Item = (RecordKey, Version)> + 'a {
        let through: BTreeSet<u16> = self
            .stewards
            .iter()
            .enumerate()
            .filter(|(_, steward)| accepted(steward))
            .filter_map(|(number, _)| u16::try_from(number).ok())
            .collect();
        self.rows
            .iter()
            .filter(move |((_, steward, _), _)| through.contains(steward))
            .filter_map(|(row, version)| Some((self.key(row)?, *version)))
    }

    fn key(&self, (id, steward, kind): &(RecordId, u16, Kind)) -> Option<RecordKey> {
        let steward = *self.stewards.get(usize::from(*steward))?;
        Some(RecordKey { circle: self.circle, id: *id, steward, kind: *kind })
    }

    fn steward_number(&mut self, steward: &CenterId) -> Option<u16> {
        let known = self.stewards.iter().position(|known| known == steward);
        let number = u16::try_from(known.unwrap_or(self.stewards.len())).ok()?;
        if known.is_none() {
            self.stewards.push(*steward);
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests;
