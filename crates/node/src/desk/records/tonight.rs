//! Beds for people who need one, by what has to be done next.
//!
//! Nobody who asks at two in the morning should get an empty page: what is free a night later is told, too,
//! and what comes close, with the one condition that it does not meet.

use std::collections::BTreeSet;

use hospes_desk::search::{Asked, Understood};
use hospes_desk::shown::{ShownHit, Tonight};
use hospes_domain::query::{Condition, Near, Nights, Query};
use hospes_domain::{Kind, RecordKey};
use hospes_store::Hit;

use super::lookup::understood;
use super::present::Presenter;
use super::relief;
use crate::center::Center;
use crate::desk::refused::Refused;
use crate::machine::clock;

/// Offers of the first two groups together.
const MOST: u16 = 40;
/// Fewer than this, and it is told what comes close.
const ENOUGH: usize = 8;
/// Offers of a later night, and of each condition that is not met.
const MOST_LATER: usize = 4;
const MOST_EACH: usize = 3;
/// Offers that come close in all.
const MOST_CLOSE: usize = 8;

/// See the module.
pub(crate) async fn tonight(center: &Center, asked: Asked) -> Result<Tonight, Refused> {
    let asked =
        Asked { kind: Kind::Offer.name().to_owned(), limit: MOST.into(), offset: 0, ..asked };
    let asked = understood(center, asked).await?;
    let night = asked.query.nights.map(|nights| nights.first.to_string()).unwrap_or_default();
    let mut finding = Finding { center, asked, seen: BTreeSet::new() };
    let (found, more) = finding.next(&finding.asked.query.clone(), MOST.into()).await?;
    let (own, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|hit| hit.record.ours);
    let mut told = Tonight { night, own, others, more, ..Tonight::default() };
    if told.own.len() + told.others.len() < ENOUGH {
        told.later = finding.later().await?;
        told.close = finding.close().await?;
    }
    if told.own.is_empty() && told.others.is_empty() {
        told.instead = relief::of(&center.store, &finding.asked.query, clock::now()).await?;
    }
    told.places = finding.asked.places;
    Ok(told)
}

/// What was found so far, so that nothing is told twice.
struct Finding<'a> {
    center: &'a Center,
    asked: Understood,
    seen: BTreeSet<RecordKey>,
}

impl Finding<'_> {
    /// The best that were not seen yet, and whether there are more.
    async fn next(&mut self, query: &Query, most: usize) -> Result<(Vec<ShownHit>, bool), Refused> {
        let now = clock::now();
        let found = self.center.store.search(query, now).await?;
        let new: Vec<Hit> =
            found.hits.into_iter().filter(|hit| !self.seen.contains(&hit.record.key)).collect();
        let more = found.more || new.len() > most;
        let mut presenter = Presenter::new(self.center, now);
        let mut hits = Vec::new();
        for hit in new.into_iter().take(most) {
            self.seen.insert(hit.record.key);
            hits.push(presenter.hit(hit, &self.asked));
        }
        Ok((hits, more))
    }

    /// What fits a night later.
    async fn later(&mut self) -> Result<Vec<ShownHit>, Refused> {
        let Some(nights) = self.asked.query.nights else { return Ok(Vec::new()) };
        let Ok(first) = nights.first.tomorrow() else { return Ok(Vec::new()) };
        let nights = Some(Nights { first, ..nights });
        let query = Query { nights, ..self.asked.query.clone() };
        Ok(self.next(&query, MOST_LATER).await?.0)
    }

    /// What fits but for one condition.
    async fn close(&mut self) -> Result<Vec<(String, ShownHit)>, Refused> {
        let asked = self.asked.query.clone();
        let mut close = Vec::new();
        for condition in asked.conditions() {
            // Without any night, everything would come close.
            if condition == Condition::Nights {
                continue;
            }
            let query = match (&condition, asked.near) {
                (Condition::Near, Some(near)) => {
                    Query { near: Some(Near { km: Query::MOST_KM, ..near }), ..asked.clone() }
                }
                _ => asked.without(&condition),
            };
            let most = MOST_EACH.min(MOST_CLOSE - close.len());
            let (found, _) = self.next(&query, most).await?;
            close.extend(found.into_iter().map(|hit| (condition.to_string(), hit)));
            if close.len() == MOST_CLOSE {
                break;
            }
        }
        Ok(close)
    }
}
