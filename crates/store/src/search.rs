//! Searches: from a query to ranked records, without loading a document.
//!
//! `Query::matches` says which records answer a query and how well. It needs the fields of a
//! record, so it is asked last and only about the records of the page that is shown. Before it, the
//! full-text index gives candidates in the order of their rank. What makes them few:
//!
//! * a query that finds few records (at most [`CELL`]) has them all fetched and sorted;
//! * otherwise the candidates are cut into cells of descending rank (how closely the words are
//!   found, then how far away, then how lately confirmed), and the cells are opened one after
//!   another until the page is full. The index has terms for towns and for spans of time, so that a
//!   cell is one more intersection.

mod cells;
mod expression;

use std::collections::{BTreeMap, BTreeSet};

use hospes_domain::gazetteer::{self, Town};
use hospes_domain::query::{Query, Rank};
use hospes_domain::{Timestamp, Value};
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;

use crate::column::{Columns, json_numbers};
use crate::database::Store;
use crate::error::StoreError;
use crate::projection::days_since_1970;
use crate::record::{self, Record};
use expression::Words;

/// Candidates that are fetched and sorted together. With fewer, a search opens so many more cells
/// that it takes longer.
const CELL: usize = 256;
/// Records loaded at a time.
const LOAD: usize = 32;

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The results that the query asked for, best first.
    pub hits: Vec<Hit>,
    /// Whether there are more behind them.
    pub more: bool,
    /// How many there are in all, when that is known without extra work.
    pub total: Option<u64>,
}

/// A record that answers a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The record.
    pub record: Record,
    /// How well it answers.
    pub rank: Rank,
    /// Kilometers from the town that was asked for to the town of the record.
    pub distance_km: Option<f64>,
}

impl Store {
    /// Finds the records that answer a query, best first; among equals the one that was here
    /// first.
    ///
    /// With four words and more, records that were found equally closely by their worst word may
    /// come in a different order than `Query::matches` says when there are hundreds of them.
    pub async fn search(&self, query: &Query, now: Timestamp) -> Result<Found, StoreError> {
        let wanted = usize::from(query.limit);
        let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
        if expression::is_impossible(query) {
            return Ok(Found { hits: Vec::new(), more: false, total: Some(0) });
        }
        let mut search = Search {
            reader: self.readers().acquire().await?,
            query,
            now,
            need: offset.saturating_add(wanted).saturating_add(1),
            nights: Nights::of(query),
            center: query.near.and_then(|near| gazetteer::town(near.town)),
            towns: BTreeMap::new(),
            hits: Vec::new(),
            seen: BTreeSet::new(),
        };
        let complete = search.run().await?;
        let mut hits = search.hits;
        hits.sort_by(|(a, a_hit), (b, b_hit)| (a_hit.rank, a).cmp(&(b_hit.rank, b)));
        let total = complete.then(|| u64::try_from(hits.len()).unwrap_or(u64::MAX));
        let more = hits.len() > offset.saturating_add(wanted);
        let hits = hits.into_iter().map(|(_, hit)| hit).skip(offset).take(wanted).collect();
        Ok(Found { hits, more, total })
    }
}

/// A record that may answer: what its rank can be told from without its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Candidate {
    number: i64,
    confirmed: i64,
    km: u32,
}

/// The nights of a query, as the record's row can be asked for them.
struct Nights {
    first: i64,
    last: i64,
    /// Two hexadecimal digits: places that must be free.
    free: String,
}

impl Nights {
    fn of(query: &Query) -> Option<Self> {
        let nights = query.nights?;
        let first = nights.first;
        let first = days_since_1970(first.year().into(), first.month().into(), first.day().into());
        let free = query.party.size().clamp(1, 255);
        let last = first + i64::from(nights.count.max(1)) - 1;
        Some(Self { first, last, free: format!("{free:02X}") })
    }
}

/// A search that is running.
struct Search<'a> {
    reader: PoolConnection<Sqlite>,
    query: &'a Query,
    now: Timestamp,
    /// Hits that are enough.
    need: usize,
    nights: Option<Nights>,
    center: Option<Town>,
    /// Kilometers, rounded down, of the towns in range that any record names.
    towns: BTreeMap<i64, u32>,
    /// With their numbers.
    hits: Vec<(i64, Hit)>,
    seen: BTreeSet<i64>,
}

impl Search<'_> {
    /// Finds as many hits as are needed. `true` when these are all.
    async fn run(&mut self) -> Result<bool, StoreError> {
        let facets = expression::facets(self.query);
        let words = Words::of(self.query);
        let rings = self.rings().await?;
        let loosest = if words.is_empty() {
            facets.clone()
        } else {
            expression::both(&facets, &words.loosest())
        };
        if let Some(all) = self.gather(&loosest, rings.as_deref()).await? {
            if words.is_empty() {
                return Ok(!self.take(all).await?);
            }
            self.take_unsorted(all).await?;
            return Ok(true);
        }
        if words.is_empty() {
            return Ok(!self.spread(&facets, rings.as_deref()).await?);
        }
        for tier in words.tiers() {
            let expression = expression::both(&facets, &tier);
            let enough = match self.gather(&expression, rings.as_deref()).await? {
                Some(all) => self.take_unsorted(all).await?,
                None => self.spread(&expression, rings.as_deref()).await?,
            };
            if enough {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Opens the cells of an expression until there are enough hits.
    async fn spread(
        &mut self,
        expression: &str,
        rings: Option<&[cells::Ring]>,
    ) -> Result<bool, StoreError> {
        match rings {
            Some(rings) => self.by_distance(expression, rings).await,
            None => self.by_freshness(expression).await,
        }
    }

    /// Takes candidates that differ only in distance and freshness, the best first. `true` when
    /// there are enough hits.
    async fn take(&mut self, mut candidates: Vec<Candidate>) -> Result<bool, StoreError> {
        candidates.sort_unstable_by_key(|candidate| {
            (candidate.km, std::cmp::Reverse(candidate.confirmed), candidate.number)
        });
        for some in candidates.chunks(LOAD) {
            self.load(some).await?;
            if self.hits.len() >= self.need {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes candidates of which only their fields tell the rank.
    async fn take_unsorted(&mut self, candidates: Vec<Candidate>) -> Result<bool, StoreError> {
        self.load(&candidates).await?;
        Ok(self.hits.len() >= self.need)
    }

    /// Loads records and keeps those that truly answer.
    async fn load(&mut self, candidates: &[Candidate]) -> Result<(), StoreError> {
        let numbers: Vec<i64> = candidates
            .iter()
            .map(|candidate| candidate.number)
            .filter(|number| self.seen.insert(*number))
            .collect();
        if numbers.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(record::BY_NUMBER)
            .bind(json_numbers(numbers))
            .fetch_all(&mut *self.reader)
            .await?;
        for row in rows {
            let record = record::read(&row)?;
            if self.query.steward.is_some_and(|steward| steward != record.key.steward) {
                continue;
            }
            if let Some(rank) = self.query.matches(record.key.kind, &record.fields, self.now) {
                let distance_km = self.distance(&record);
                self.hits.push((row.integer(10)?, Hit { record, rank, distance_km }));
            }
        }
        Ok(())
    }

    fn distance(&self, record: &Record) -> Option<f64> {
        let id = record.fields.get("near_town").and_then(Value::as_integer)?;
        let town = gazetteer::town(u32::try_from(id).ok()?)?;
        self.center.map(|center| center.distance(town.latitude, town.longitude))
    }
}
