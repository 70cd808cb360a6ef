//! Candidates, cut into cells of descending rank.

use hospes_domain::Kind;
use hospes_domain::Timestamp;
use hospes_domain::freshness::OFFER_HIDDEN;
use hospes_domain::gazetteer;
use hospes_domain::query::Query;

use super::{CELL, Candidate, Search, expression};
use crate::column::{Columns, json_numbers};
use crate::error::StoreError;
use crate::index::{SPANS, confirmed_term, span_of};

/// Towns that are asked for together, about.
const TOWNS: usize = 48;

/// Counts the candidates of a cell, up to a limit; from the index alone.
pub(super) const COUNT: &str =
    "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)";

/// The candidates of a cell that are listed now and may be free in the nights. The first and the
/// last night are enough to leave most of the others out.
pub(super) const CANDIDATES: &str = "SELECT r.number, r.confirmed, r.town
 FROM search CROSS JOIN record r ON r.number = search.rowid
 WHERE search MATCH ?1 AND search.rowid > ?2
   AND r.listed_from <= ?3 AND (r.listed_until > ?3 OR (?4 AND r.kind = 1))
   AND (?5 IS NULL OR r.nights IS NULL
        OR (r.first_night <= ?5
            AND hex(substr(r.nights, ?5 - r.first_night + 1, 1)) >= ?7
            AND hex(substr(r.nights, ?6 - r.first_night + 1, 1)) >= ?7))
 ORDER BY search.rowid LIMIT ?8";

/// The latest confirmation before an instant.
pub(super) const NEWEST: &str = "SELECT max(confirmed) FROM record WHERE confirmed < ?";

/// Those of some towns that any record names.
pub(super) const TOWNS_THERE: &str = "SELECT j.value FROM json_each(?) j
 WHERE EXISTS (SELECT 1 FROM record WHERE town = j.value)";

/// Towns at the same distance, in whole kilometers.
pub(super) struct Ring {
    km: u32,
    terms: Vec<String>,
}

/// A cell that is not too full.
struct Opened {
    /// What the index has in it.
    counted: i64,
    /// What of it is listed now and may be free.
    candidates: Vec<Candidate>,
}

impl Search<'_> {
    /// The towns in range that any record names, nearest first; `None` when distance does not
    /// matter.
    pub(super) async fn rings(&mut self) -> Result<Option<Vec<Ring>>, StoreError> {
        let Some(near) = self.query.near else { return Ok(None) };
        let Some(center) = self.center else { return Ok(Some(Vec::new())) };
        let towns = gazetteer::within(&center, f64::from(near.km));
        // The same towns in the same order, as the index spells them.
        let only_near = Query { near: Some(near), ..Query::default() };
        let terms = only_near.terms().pop().unwrap_or_default();
        let there: Vec<i64> = sqlx::query_scalar(TOWNS_THERE)
            .bind(json_numbers(towns.iter().map(|(town, _)| i64::from(town.id))))
            .fetch_all(&mut *self.reader)
            .await?;
        let mut rings: Vec<Ring> = Vec::new();
        for ((town, km), term) in towns.iter().zip(terms) {
            let id = i64::from(town.id);
            if !there.contains(&id) {
                continue;
            }
            // At most half of the way around the earth.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let km = *km as u32;
            self.towns.insert(id, km);
            match rings.last_mut() {
                Some(ring) if ring.km == km => ring.terms.push(term),
                _ => rings.push(Ring { km, terms: vec![term] }),
            }
        }
        Ok(Some(rings))
    }

    /// All candidates of an expression, if they fit into one cell.
    pub(super) async fn gather(
        &mut self,
        expression: &str,
        rings: Option<&[Ring]>,
    ) -> Result<Option<Vec<Candidate>>, StoreError> {
        let Some(rings) = rings else {
            return Ok(self.cell(expression).await?.map(|cell| cell.candidates));
        };
        let mut all = Vec::new();
        for group in groups(rings) {
            match self.cell(&within(expression, group)).await? {
                Some(cell) => all.extend(cell.candidates),
                None => return Ok(None),
            }
            if all.len() > CELL {
                return Ok(None);
            }
        }
        Ok(Some(all))
    }

    /// Opens cells from the nearest to the farthest. `true` when there are enough hits.
    pub(super) async fn by_distance(
        &mut self,
        expression: &str,
        rings: &[Ring],
    ) -> Result<bool, StoreError> {
        let mut open: Vec<&[Ring]> = groups(rings).into_iter().rev().collect();
        while let Some(group) = open.pop() {
            let cell = within(expression, group);
            if let Some(opened) = self.cell(&cell).await? {
                if self.take(opened.candidates).await? {
                    return Ok(true);
                }
            } else if group.len() > 1 {
                let (near, far) = group.split_at(group.len() / 2);
                open.push(far);
                open.push(near);
            } else if self.by_freshness(&cell).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Opens cells from the lately confirmed to the long ago confirmed. `true` when there are
    /// enough hits.
    pub(super) async fn by_freshness(&mut self, expression: &str) -> Result<bool, StoreError> {
        let top = SPANS.len() - 1;
        let most = i64::try_from(CELL).unwrap_or(i64::MAX);
        let mut level = top;
        let mut before = i64::MAX;
        // Of the cell before, from which one can guess how full a wider one would be.
        let mut counted = 0;
        loop {
            let newest: Option<i64> =
                sqlx::query_scalar(NEWEST).bind(before).fetch_one(&mut *self.reader).await?;
            let Some(newest) = newest.filter(|newest| *newest >= self.oldest()) else {
                return Ok(false);
            };
            // A wider span, if it ends where the last one began and is likely to fit into a cell.
            while level < top
                && end_of(level + 1, newest) <= before
                && likely(level, counted) <= most
            {
                counted = likely(level, counted);
                level += 1;
            }
            let (start, enough) = loop {
                let span = span_of(level, Timestamp(newest));
                let cell = expression::facet(&confirmed_term(level, span));
                let cell = expression::both(expression, &cell);
                match self.cell(&cell).await? {
                    Some(opened) => {
                        counted = opened.counted;
                        break (span, self.take(opened.candidates).await?);
                    }
                    None if level > 0 => level -= 1,
                    None => {
                        counted = i64::MAX;
                        break (span, self.by_arrival(&cell).await?);
                    }
                }
            };
            if enough {
                return Ok(true);
            }
            if start == 0 {
                return Ok(false);
            }
            before = start_of(level, start);
        }
    }

    /// Takes the candidates of one second in the order in which they came.
    async fn by_arrival(&mut self, cell: &str) -> Result<bool, StoreError> {
        let mut after = 0;
        loop {
            let candidates = self.candidates(cell, after, CELL).await?;
            let Some(last) = candidates.last() else { return Ok(false) };
            after = last.number;
            let is_end = candidates.len() < CELL;
            if self.take(candidates).await? {
                return Ok(true);
            }
            if is_end {
                return Ok(false);
            }
        }
    }

    /// The candidates of a cell; `None` if there are more than [`CELL`].
    async fn cell(&mut self, cell: &str) -> Result<Option<Opened>, StoreError> {
        let limit = i64::try_from(CELL + 1).unwrap_or(i64::MAX);
        let count: i64 =
            sqlx::query_scalar(COUNT).bind(cell).bind(limit).fetch_one(&mut *self.reader).await?;
        match count {
            0 => Ok(Some(Opened { counted: 0, candidates: Vec::new() })),
            counted if counted < limit => {
                let candidates = self.candidates(cell, 0, CELL).await?;
                Ok(Some(Opened { counted, candidates }))
            }
            _ => Ok(None),
        }
    }

    async fn candidates(
        &mut self,
        cell: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        let nights = self.nights.as_ref();
        let rows = sqlx::query(CANDIDATES)
            .bind(cell)
            .bind(after)
            .bind(self.now.0)
            .bind(self.query.include_stale)
            .bind(nights.map(|nights| nights.first))
            .bind(nights.map(|nights| nights.last))
            .bind(nights.map(|nights| nights.free.as_str()))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&mut *self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                let town = row.maybe_integer(2)?;
                Ok(Candidate {
                    number: row.integer(0)?,
                    confirmed: row.integer(1)?,
                    km: town.and_then(|town| self.towns.get(&town)).copied().unwrap_or(0),
                })
            })
            .collect()
    }

    /// Offers that were confirmed before this are not found.
    fn oldest(&self) -> i64 {
        match self.query.kind {
            Some(Kind::Offer) if !self.query.include_stale => self.now.plus(-OFFER_HIDDEN).0,
            _ => i64::MIN,
        }
    }
}

/// Rings in groups of about [`TOWNS`] towns.
fn groups(rings: &[Ring]) -> Vec<&[Ring]> {
    let mut groups = Vec::new();
    let (mut start, mut towns) = (0, 0);
    for (place, ring) in rings.iter().enumerate() {
        towns += ring.terms.len();
        if towns >= TOWNS {
            groups.extend(rings.get(start..=place));
            (start, towns) = (place + 1, 0);
        }
    }
    groups.extend(rings.get(start..).filter(|rest| !rest.is_empty()));
    groups
}

fn within(expression: &str, group: &[Ring]) -> String {
    let terms: Vec<String> = group.iter().flat_map(|ring| ring.terms.iter().cloned()).collect();
    let towns = format!("facets : {}", expression::any_of(&terms));
    expression::both(expression, &towns)
}

/// What a span of the next level would hold if it were as full as one of this level.
fn likely(level: usize, counted: i64) -> i64 {
    let length = |level: usize| SPANS.get(level).copied().unwrap_or(1);
    counted.saturating_mul(length(level + 1) / length(level))
}

/// The first millisecond of a span.
fn start_of(level: usize, span: i64) -> i64 {
    SPANS.get(level).map_or(0, |length| span.saturating_mul(*length).saturating_mul(1_000))
}

/// The first millisecond after the span of this level that an instant lies in.
fn end_of(level: usize, instant: i64) -> i64 {
    start_of(level, span_of(level, Timestamp(instant)) + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

    use super::*;

    /// The plan of a statement, one step per line.
    async fn plan(sql: &str) -> Vec<String> {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        crate::schema::migrate(&mut connection).await.unwrap();
        let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::query(explained).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(|row| row.get("detail")).collect()
    }

    #[tokio::test]
    async fn no_statement_of_a_search_reads_a_whole_table() {
        for sql in [COUNT, CANDIDATES, NEWEST, TOWNS_THERE, crate::record::BY_NUMBER] {
            let plan = plan(sql).await;
            assert!(!plan.is_empty());
            for step in plan {
                // The full-text index is asked for a term or a row, and json_each is the question.
                let by_index = step.contains("VIRTUAL TABLE INDEX");
                let fine = !step.contains("SCAN") || by_index || step.starts_with("SCAN (subquery");
                assert!(fine, "{step} in {sql}");
                assert!(!step.contains("TEMP B-TREE"), "{step} in {sql}");
                // Index 0 of FTS5 without a term would be all of it.
                let unasked = step.contains("search VIRTUAL TABLE") && !step.contains('M');
                assert!(!unasked, "{step} in {sql}");
            }
        }
    }

    #[tokio::test]
    async fn a_statement_that_reads_a_whole_table_is_noticed() {
        let plan = plan("SELECT count(*) FROM record WHERE version = x'00'").await;
        assert!(plan.iter().any(|step| step.contains("SCAN")), "{plan:?}");
    }
}
