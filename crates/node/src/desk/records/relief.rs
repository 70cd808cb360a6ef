//! What a search that finds nothing would find with one condition less, or with two.
//!
//! Somebody who looks for a bed at night must not have to try out which of seven conditions it was.

use hospes_desk::shown::Relief;
use hospes_domain::Timestamp;
use hospes_domain::query::{Condition, Near, Nights, Query};
use hospes_store::{Found, Store, StoreError};

/// Most ways out that are told.
const MOST: usize = 8;
/// Most that are counted of each: every one has to be looked at, and more tell nobody anything.
const COUNTED: u16 = 25;
/// Nights after the one that was asked for that are looked at.
const MOST_NIGHTS: usize = 14;
/// Kilometers are told in steps.
const STEP: u32 = 10;

/// See the module. To be asked only when nothing was found.
pub(crate) async fn of(
    store: &Store,
    query: &Query,
    now: Timestamp,
) -> Result<Vec<Relief>, StoreError> {
    let query = Query { limit: COUNTED, offset: 0, ..query.clone() };
    let ways = Ways { store, query, now };
    let conditions = ways.query.conditions();
    let mut alone = Vec::new();
    for condition in &conditions {
        alone.extend(ways.without(&[condition]).await?);
    }
    // Whoever needs a bed tonight is not helped by one on no night: that is told last.
    let is_no_night = |relief: &Relief| relief.without == [Condition::Nights.to_string()];
    let no_night = alone.iter().all(|relief| is_no_night(relief) && relief.late == 0);
    if !alone.is_empty() && !no_night {
        alone.truncate(MOST);
        return Ok(alone);
    }
    let mut found = Vec::new();
    for (place, one) in conditions.iter().enumerate() {
        for other in conditions.iter().skip(place + 1) {
            // Who takes the night away needs no other one; here that would have been enough.
            let night = [one, other].contains(&&Condition::Nights)
                && (*one == Condition::InTime || !alone.is_empty());
            if !night && found.len() + alone.len() < MOST {
                found.extend(ways.without(&[one, other]).await?);
            }
        }
    }
    found.extend(alone);
    Ok(found)
}

/// Searches that ask for less than the one that found nothing.
struct Ways<'a> {
    store: &'a Store,
    query: Query,
    now: Timestamp,
}

impl Ways<'_> {
    /// What is found without these conditions. For a town and a night that is more than nothing in
    /// their place, if it is enough: more kilometers, and a later night.
    async fn without(&self, conditions: &[&Condition]) -> Result<Option<Relief>, StoreError> {
        let mut query =
            conditions.iter().fold(self.query.clone(), |query, condition| match condition {
                Condition::Near => Query {
                    near: query.near.map(|near| Near { km: Query::MOST_KM, ..near }),
                    ..query
                },
                _ => query.without(condition),
            });
        let without = conditions.iter().map(ToString::to_string).collect();
        let mut relief = Relief { without, ..Relief::default() };
        let mut found = self.search(&query).await?;
        if conditions.contains(&&Condition::InTime) {
            relief.late = counted(&found);
            if relief.late == 0 {
                return Ok(None);
            }
            for nights in later(query.nights) {
                query = Query { nights: Some(nights), include_late: false, ..query };
                relief.night = nights.first.to_string();
                found = self.search(&query).await?;
                if !found.hits.is_empty() {
                    break;
                }
            }
        }
        if conditions.contains(&&Condition::Near) {
            if found.hits.is_empty() {
                found = self.search(&query.without(&Condition::Near)).await?;
            } else if let Some(near) = query.near {
                let nearest =
                    found.hits.iter().map(|hit| hit.rank.km).min().unwrap_or(Query::MOST_KM);
                relief.within_km = ((nearest / STEP + 1) * STEP).min(Query::MOST_KM);
                let near = Some(Near { km: relief.within_km, ..near });
                found = self.search(&Query { near, ..query }).await?;
            }
        }
        (relief.count, relief.more) = (counted(&found), found.more);
        Ok((relief.count > 0 || relief.late > 0).then_some(relief))
    }

    async fn search(&self, query: &Query) -> Result<Found, StoreError> {
        self.store.search(query, self.now).await
    }
}

/// The same number of nights, a night later each time.
fn later(nights: Option<Nights>) -> impl Iterator<Item = Nights> {
    let later = |nights: &Nights| Some(Nights { first: nights.first.tomorrow().ok()?, ..*nights });
    std::iter::successors(nights, later).skip(1).take(MOST_NIGHTS)
}

fn counted(found: &Found) -> u32 {
    u32::try_from(found.hits.len()).unwrap_or(u32::MAX)
}
