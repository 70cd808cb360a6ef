//! Searches: from a query to ranked records, without loading a document.
//!
//! `Query::matches` says which records answer a query and how well. It needs the fields of a
//! record, so it is asked last and only about the records of the page that is shown. Before it:
//!
//! 1. sets of record numbers are intersected in memory ([`crate::memory::facets`]);
//! 2. when there are words and many candidates, the full-text index says which have them, and how
//!    closely; when there are few, looking at them is quicker;
//! 3. candidates are put in the order of their rank, as far as it can be told without their fields;
//! 4. they are looked at from the first until the page is full.

mod words;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hospes_domain::gazetteer::{self, Town};
use hospes_domain::index::facet;
use hospes_domain::query::{Query, Rank, believed};
use hospes_domain::{Timestamp, Value};
use roaring::RoaringBitmap;
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;

use crate::column::{Columns, json_numbers};
use crate::database::Store;
use crate::error::StoreError;
use crate::listing::{self, days_since_1970};
use crate::memory::facets::{Facets, Row};
use crate::record::{self, Record};
use words::Matches;

/// Candidates that are looked at without asking the full-text index for their words.
const FEW: u64 = 64;
/// Records loaded at a time, when a page needs fewer.
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
    /// How many records that searches find now have a facet token.
    pub fn count_of(&self, token: &str, now: Timestamp) -> u64 {
        let facets = self.facets();
        let having = facets.having(&[vec![listing::facet(token)]]);
        let found = |number: &u32| {
            facets.row(*number).is_some_and(|row| row.listed && row.is_found(now, false))
        };
        u64::try_from(having.iter().filter(found).count()).unwrap_or(u64::MAX)
    }

    /// Finds the records that answer a query, best first; among equals the one that was here
    /// first.
    pub async fn search(&self, query: &Query, now: Timestamp) -> Result<Found, StoreError> {
        let wanted = usize::from(query.limit);
        let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let mut search = Search::new(self, query, now);
        let candidates = search.candidates().await?;
        let need = offset.saturating_add(wanted).saturating_add(1);
        let complete = search.look_at(candidates, need).await?;
        let mut hits = search.hits;
        hits.sort_by(|(a, a_hit), (b, b_hit)| (a_hit.rank, a).cmp(&(b_hit.rank, b)));
        let total = complete.then(|| u64::try_from(hits.len()).unwrap_or(u64::MAX));
        let more = hits.len() > offset.saturating_add(wanted);
        let hits = hits.into_iter().map(|(_, hit)| hit).skip(offset).take(wanted).collect();
        Ok(Found { hits, more, total })
    }
}

/// A record that may answer, in the order of its rank as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    words: u16,
    km: u32,
    confirmed: Reverse<Timestamp>,
    number: u32,
}

/// Candidates, and whether their order is the order of their ranks.
struct Candidates {
    list: Vec<Candidate>,
    ranked: bool,
}

/// The nights of a query, and the places that must be free.
#[derive(Clone, Copy)]
struct Nights {
    first: i64,
    last: i64,
    places: u8,
}

impl Nights {
    fn of(query: &Query) -> Option<Self> {
        let nights = query.nights?;
        let first = nights.first;
        let first = days_since_1970(first.year().into(), first.month().into(), first.day().into());
        let places = u8::try_from(query.party.size().clamp(1, 255)).unwrap_or(u8::MAX);
        Some(Self { first, last: first + i64::from(nights.count.max(1)) - 1, places })
    }
}

/// A search that is running.
struct Search<'a> {
    store: &'a Store,
    query: &'a Query,
    now: Timestamp,
    nights: Option<Nights>,
    center: Option<Town>,
    /// Kilometers, rounded down, of the towns in range; `None` when distance does not matter.
    towns: Option<BTreeMap<u32, u32>>,
    /// With their numbers.
    hits: Vec<(i64, Hit)>,
}

impl<'a> Search<'a> {
    fn new(store: &'a Store, query: &'a Query, now: Timestamp) -> Self {
        let center = query.near.and_then(|near| gazetteer::place(near.town));
        let towns = query.near.map(|near| {
            let around = center.map(|town| gazetteer::within(&town, f64::from(near.km)));
            // At most half of the way around the earth.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            around.into_iter().flatten().map(|(town, km)| (town.id, km as u32)).collect()
        });
        let nights = Nights::of(query);
        Self { store, query, now, nights, center, towns, hits: Vec::new() }
    }

    async fn candidates(&self) -> Result<Candidates, StoreError> {
        let words = self.query.words();
        let (steward, known) = {
            let steward = match &self.query.steward {
                Some(steward) => match self.store.number_of(steward).await? {
                    Some(number) => Some(number),
                    None => return Ok(Candidates { list: Vec::new(), ranked: true }),
                },
                None => None,
            };
            let facets = self.store.facets();
            let having = self.having(&facets);
            if words.is_empty() || having.len() <= FEW {
                let list = self.list(&facets, &having, steward, None);
                return Ok(Candidates { list, ranked: words.is_empty() });
            }
            (steward, words::Seeking::of(&words, &facets))
        };
        // Not under the lock: this may ask the disk.
        let found = known.find(self.store).await?;
        let facets = self.store.facets();
        let having = self.having(&facets) & found.all();
        let list = self.list(&facets, &having, steward, Some(&found));
        Ok(Candidates { list, ranked: true })
    }

    /// Records with all facets that the query asks for, in a town in range.
    fn having(&self, facets: &Facets) -> RoaringBitmap {
        let token = |token: &String| listing::facet(token);
        let groups = Query { near: None, ..self.query.clone() }.terms();
        let mut groups: Vec<Vec<listing::Facet>> =
            groups.iter().map(|group| group.iter().map(token).collect()).collect();
        if let Some(towns) = &self.towns {
            groups.push(towns.keys().map(|town| listing::facet(&facet::of_town(*town))).collect());
        }
        facets.having(&groups)
    }

    fn list(
        &self,
        facets: &Facets,
        having: &RoaringBitmap,
        steward: Option<u32>,
        words: Option<&Matches>,
    ) -> Vec<Candidate> {
        let fits = |row: &Row| {
            row.is_found(self.now, self.query.include_stale)
                && steward.is_none_or(|steward| steward == row.steward)
                && self.nights.is_none_or(|nights| {
                    facets.may_be_free(row, nights.first, nights.last, nights.places)
                })
        };
        having
            .iter()
            .filter_map(|number| {
                let row = facets.row(number).filter(|row| fits(row))?;
                let km = self.towns.as_ref().and_then(|towns| towns.get(&row.town)).copied();
                Some(Candidate {
                    words: words.map_or(0, |words| words.closeness(number)),
                    km: km.unwrap_or(0),
                    confirmed: Reverse(believed(row.confirmed, self.now)),
                    number,
                })
            })
            .collect()
    }

    /// Looks at candidates until there are enough hits. `true` when all were looked at.
    async fn look_at(&mut self, candidates: Candidates, need: usize) -> Result<bool, StoreError> {
        let Candidates { mut list, ranked } = candidates;
        if list.is_empty() {
            return Ok(true);
        }
        let mut reader = self.store.readers().acquire().await?;
        let step = if ranked { need.max(LOAD) } else { list.len() };
        let mut rest = list.as_mut_slice();
        while !rest.is_empty() {
            let step = step.min(rest.len());
            if step < rest.len() {
                rest.select_nth_unstable(step);
            }
            let (some, later) = rest.split_at_mut(step);
            some.sort_unstable();
            // Most candidates answer, but not all: rather two short loads than one long one.
            for some in some.chunks(need.clamp(LOAD, 512)) {
                self.load(&mut reader, some).await?;
            }
            rest = later;
            if self.hits.len() >= need {
                break;
            }
        }
        Ok(rest.is_empty())
    }

    /// Loads records and keeps those that truly answer.
    async fn load(
        &mut self,
        reader: &mut PoolConnection<Sqlite>,
        candidates: &[Candidate],
    ) -> Result<(), StoreError> {
        let numbers = candidates.iter().map(|candidate| i64::from(candidate.number));
        let rows = sqlx::query(record::BY_NUMBER)
            .bind(json_numbers(numbers))
            .fetch_all(&mut **reader)
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
