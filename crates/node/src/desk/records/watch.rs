//! What matches a search, and what comes to match it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Weak};

use hospes_desk::Reason;
use hospes_domain::query::Query;
use hospes_domain::{RecordKey, Timestamp};
use hospes_store::Record;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::lookup::understood;
use super::present::{Presenter, Watched};
use crate::center::Center;
use crate::desk::caller::Caller;
use crate::desk::refused::{Refused, closed, refused};
use crate::machine::clock;
use crate::vault::State;
use hospes_desk::search::{Asked, Understood, understand};

/// Records that a watch remembers at most, to tell when they no longer match.
const MOST_REMEMBERED: usize = 10_000;
/// Records of one step of the first search.
const PAGE: u16 = 200;

/// Where the events go.
type Telling = mpsc::Sender<Result<Watched, Refused>>;
/// Records that changed, as they are committed.
type Feed = broadcast::Receiver<Arc<Vec<RecordKey>>>;

/// One watch.
pub(crate) struct Watch {
    /// Not held: a watch must not keep a sealed database open.
    center: Weak<Center>,
    caller: Caller,
    feed: Feed,
    asked: Asked,
    understood: Understood,
    sent: Remembered,
}

impl Watch {
    /// Begins to look out for what is asked for.
    pub(crate) async fn begin(
        center: &Arc<Center>,
        caller: Caller,
        asked: Asked,
    ) -> Result<Self, Refused> {
        // Before the first search, so that nothing falls between the two.
        let feed = center.feed.subscribe();
        let understood = understood(center, asked.clone()).await?;
        let (center, sent) = (Arc::downgrade(center), Remembered::default());
        Ok(Self { center, caller, feed, asked, understood, sent })
    }

    /// Runs until the client goes, the node seals or the token is removed. Says how many events
    /// there were.
    pub(crate) async fn run(
        mut self,
        only_changes: bool,
        answers: &Telling,
    ) -> Result<usize, Refused> {
        let mut count = 0;
        let (mut removals, closing) = {
            let center = self.open()?;
            (center.token_removals.subscribe(), center.closing())
        };
        if !only_changes && self.matches(answers, &mut count).await?.is_break() {
            return Ok(count);
        }
        if tell(answers, plain("ready"), &mut count).await.is_break() {
            return Ok(count);
        }
        loop {
            let changed = tokio::select! {
                () = answers.closed() => return Ok(count),
                () = closing.cancelled() => return Err(sealed()),
                _ = removals.changed() => {
                    let center = self.open()?;
                    if self.caller.still_may(&center).await {
                        continue;
                    }
                    return Err(refused(Reason::Token, "the token was removed"));
                }
                changed = self.feed.recv() => changed,
            };
            let done = match changed {
                Ok(keys) => self.changed(&keys, answers, &mut count).await?,
                Err(RecvError::Lagged(_)) => {
                    self.sent = Remembered::default();
                    tell(answers, plain("lagged"), &mut count).await
                }
                Err(RecvError::Closed) => return Err(sealed()),
            };
            if done.is_break() {
                return Ok(count);
            }
        }
    }

    fn open(&self) -> Result<Arc<Center>, Refused> {
        self.center.upgrade().ok_or_else(sealed)
    }

    /// What matches now.
    async fn matches(
        &mut self,
        answers: &Telling,
        count: &mut usize,
    ) -> Result<ControlFlow<()>, Refused> {
        let mut query = Query { limit: PAGE, offset: 0, ..self.understood.query.clone() };
        loop {
            let center = self.open()?;
            let now = clock::now();
            let found = center.store.search(&query, now).await?;
            let mut presenter = Presenter::new(&center, now);
            let mut events = Vec::with_capacity(found.hits.len());
            for hit in found.hits {
                // A record that moved down between two pages was sent already.
                if self.sent.add(hit.record.key) {
                    events.push(presenter.event("match", hit.record, &self.understood));
                }
            }
            drop(presenter);
            drop(center);
            for event in events {
                if tell(answers, event, count).await.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            query.offset += u32::from(PAGE);
            if !found.more || query.check().iter().any(|violation| violation.field == "offset") {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }

    /// Tells of those changed records that match now or did before.
    async fn changed(
        &mut self,
        keys: &[RecordKey],
        answers: &Telling,
        count: &mut usize,
    ) -> Result<ControlFlow<()>, Refused> {
        let now = clock::now();
        self.renew(now);
        let keys: BTreeSet<&RecordKey> = keys.iter().collect();
        for key in keys {
            let could = could_match(&self.understood.query, key);
            if !could && !self.sent.has(key) {
                continue;
            }
            let center = self.open()?;
            let record = center.store.get(key).await?;
            let Some(record) = record else { continue };
            let event = match (could && is_match(&self.understood.query, &record, now), key) {
                (true, key) => {
                    self.sent.add(*key);
                    "changed"
                }
                (false, key) if self.sent.remove(key) => "gone",
                _ => continue,
            };
            let event = Presenter::new(&center, now).event(event, record, &self.understood);
            drop(center);
            if tell(answers, event, count).await.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// "Tonight" is another night tomorrow.
    fn renew(&mut self, now: Timestamp) {
        if !self.asked.night.trim().eq_ignore_ascii_case("tonight") {
            return;
        }
        let steward = self.understood.query.steward;
        if let Ok(understood) = understand(self.asked.clone(), steward, now) {
            self.understood = understood;
        }
    }
}

/// Whether a record could match, from its name alone: most changes are none of a watch's business.
fn could_match(query: &Query, key: &RecordKey) -> bool {
    query.kind.is_none_or(|kind| kind == key.kind)
        && query.steward.is_none_or(|steward| steward == key.steward)
}

fn is_match(query: &Query, record: &Record, now: Timestamp) -> bool {
    record.shown && !record.erased && query.matches(record.key.kind, &record.fields, now).is_some()
}

fn sealed() -> Refused {
    closed(&State::Sealed)
}

fn plain(event: &'static str) -> Watched {
    Watched { event, headline: String::new(), record: None }
}

async fn tell(answers: &Telling, event: Watched, count: &mut usize) -> ControlFlow<()> {
    *count += 1;
    match answers.send(Ok(event)).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}

/// The records that were sent, within a bound: past it, a watch tells less of what is gone.
#[derive(Default)]
struct Remembered(BTreeSet<RecordKey>);

impl Remembered {
    /// False when it was there already.
    fn add(&mut self, key: RecordKey) -> bool {
        if self.0.len() >= MOST_REMEMBERED {
            return !self.0.contains(&key);
        }
        self.0.insert(key)
    }

    fn has(&self, key: &RecordKey) -> bool {
        self.0.contains(key)
    }

    /// Whether it was there.
    fn remove(&mut self, key: &RecordKey) -> bool {
        self.0.remove(key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{CenterId, CircleId, Kind, RecordId};

    use super::*;

    fn key(number: u32, kind: Kind) -> RecordKey {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let (circle, steward) = (CircleId::COMMONS, CenterId([1; 32]));
        RecordKey { circle, id: RecordId::from_random(id), steward, kind }
    }

    #[test]
    fn what_a_watch_remembers_is_bounded() {
        let mut sent = Remembered::default();
        let most = u32::try_from(MOST_REMEMBERED).unwrap();
        for number in 0..most + 10 {
            assert!(sent.add(key(number, Kind::Offer)), "{number}");
        }
        assert_eq!(sent.0.len(), MOST_REMEMBERED);
        assert!(!sent.add(key(1, Kind::Offer)));
        assert!(!sent.has(&key(most + 1, Kind::Offer)));
        assert!(sent.remove(&key(1, Kind::Offer)) && !sent.remove(&key(1, Kind::Offer)));
    }

    #[test]
    fn a_name_tells_already_that_a_record_cannot_match() {
        let offers = Query { kind: Some(Kind::Offer), ..Query::default() };
        let others = Query { steward: Some(CenterId([2; 32])), ..Query::default() };
        assert!(could_match(&Query::default(), &key(1, Kind::Offer)));
        assert!(could_match(&offers, &key(1, Kind::Offer)));
        assert!(!could_match(&offers, &key(1, Kind::Service)));
        assert!(!could_match(&others, &key(1, Kind::Offer)));
    }
}
