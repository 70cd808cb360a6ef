//! What centers say about centers that are in hostile hands: heard, kept, passed on, and made to count.
//!
//! Whom it keeps out is kept out first. Then it is written down and told to others; to others also
//! when the disk does not take it, because it is urgent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hospes_domain::CenterId;
use hospes_store::{AuditEntry, Store, StoreError};
use hospes_sync::alarm::{Alarm, Alarms, Heard, Policy, Until};
use tokio::sync::Notify;

use crate::machine::clock;
use crate::trust::roster::Roster;

/// How often it is looked whether something is old.
const REVIEW: Duration = Duration::from_secs(60 * 60);

/// See the module.
pub(crate) struct AlarmBook {
    policy: Policy,
    book: Mutex<Book>,
    changed: Notify,
}

struct Book {
    alarms: Alarms,
    /// Whom the admin has shut out: they have no voice.
    barred: BTreeSet<CenterId>,
    /// What the disk does not have yet.
    unwritten: BTreeSet<(CenterId, CenterId)>,
    /// Of which the audit log does not tell yet.
    untold: Vec<Alarm>,
}

impl AlarmBook {
    /// What a node of this center remembers.
    pub(crate) async fn load(
        store: &Store,
        own: CenterId,
        policy: Policy,
    ) -> Result<Arc<Self>, StoreError> {
        let mut remembered = store.alarms().await?;
        for heard in &mut remembered {
            // A clock that was set back must not make a day longer.
            heard.since = heard.since.min(clock::steady());
        }
        let book = Book {
            alarms: Alarms::new(own, remembered),
            barred: BTreeSet::new(),
            unwritten: BTreeSet::new(),
            untold: Vec::new(),
        };
        let changed = Notify::new();
        // So that peers are told what is known already.
        changed.notify_one();
        Ok(Arc::new(Self { policy, book: Mutex::new(book), changed }))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what came over a link. An error when a statement was signed by nobody: whoever passes
    /// one on has not looked, as it should.
    pub(crate) fn hear(&self, roster: &Roster, alarms: Vec<Alarm>) -> Result<(), String> {
        for alarm in alarms {
            if !self.book().alarms.is_news(&alarm) {
                continue;
            }
            let Some(voice) = roster.voice(&alarm).map_err(|why| format!("an alarm: {why}"))?
            else {
                continue;
            };
            self.take(alarm, voice);
        }
        Ok(())
    }

    /// Takes in a statement that is known to be signed by its issuer.
    pub(crate) fn take(&self, alarm: Alarm, voice: CenterId) {
        let mut book = self.book();
        if book.alarms.hear(clock::steady(), alarm.clone(), voice).is_none() {
            return;
        }
        tracing::warn!(
            issuer = %alarm.issuer.short(), accused = %alarm.accused.short(),
            cause = alarm.cause.word(), "an alarm was raised"
        );
        book.unwritten.insert((alarm.issuer, alarm.accused));
        book.untold.push(alarm);
        self.changed.notify_one();
    }

    /// Whom alarms keep out now, by what the admin has decided about those who raised them.
    pub(crate) fn kept_out(&self) -> BTreeMap<CenterId, Until> {
        let book = self.book();
        book.alarms.kept_out(clock::steady(), self.policy, |center| book.barred.contains(center))
    }

    /// The admin has shut out these.
    pub(crate) fn set_barred(&self, barred: &BTreeSet<CenterId>) {
        let mut book = self.book();
        if book.barred != *barred {
            book.barred = barred.clone();
            self.changed.notify_one();
        }
    }

    /// What was said of a center so far counts no more. True if it did. Whoever calls this makes it
    /// count.
    pub(crate) fn dismiss(&self, accused: &CenterId) -> bool {
        let mut book = self.book();
        let some = book.alarms.dismiss(accused);
        let places: Vec<_> = book
            .alarms
            .all()
            .filter(|heard| heard.alarm.accused == *accused)
            .map(|heard| (heard.alarm.issuer, heard.alarm.accused))
            .collect();
        book.unwritten.extend(places);
        self.changed.notify_one();
        some
    }

    /// All that is remembered.
    pub(crate) fn all(&self) -> Vec<Heard> {
        self.book().alarms.all().cloned().collect()
    }

    /// What our own center last said of a center.
    pub(crate) fn said(&self, own: &CenterId, accused: &CenterId) -> Option<Alarm> {
        self.book().alarms.of(own, accused).map(|heard| heard.alarm.clone())
    }

    /// What peers are told.
    pub(crate) fn statements(&self) -> Vec<Alarm> {
        self.book().alarms.all().map(|heard| heard.alarm.clone()).collect()
    }

    /// When the next day is over.
    fn next_end(&self) -> Duration {
        let ends = self.kept_out().into_values().flatten().min();
        let left = ends.map(|at| at.since(clock::steady()).max(0).unsigned_abs());
        left.map_or(REVIEW, |left| Duration::from_millis(left + 1).min(REVIEW))
    }

    /// Waits until there is something new, or somebody's day is over, so long at most.
    pub(crate) async fn news(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most.min(self.next_end()), self.changed.notified()).await;
    }

    /// Writes down what the disk does not have yet, each with what the audit log is to say of it.
    pub(crate) async fn write_down(
        &self,
        store: &Store,
        entry: impl Fn(&Alarm) -> AuditEntry,
    ) -> Result<(), StoreError> {
        let (places, heard, untold) = {
            let book = self.book();
            let heard: Vec<Heard> = book
                .unwritten
                .iter()
                .filter_map(|(issuer, accused)| book.alarms.of(issuer, accused).cloned())
                // By the clock that outlasts the process.
                .map(|heard| Heard { since: heard.since.plus(clock::moved()), ..heard })
                .collect();
            (book.unwritten.clone(), heard, book.untold.clone())
        };
        if heard.is_empty() && untold.is_empty() {
            return Ok(());
        }
        store.put_alarms(heard, untold.iter().map(entry).collect()).await?;
        let mut book = self.book();
        // What was said meanwhile is written again.
        book.unwritten.retain(|place| !places.contains(place));
        book.untold.drain(..untold.len());
        Ok(())
    }

    pub(crate) async fn forget_old(&self, store: &Store) -> Result<(), StoreError> {
        let kept_out = self.kept_out();
        let old = self.book().alarms.forget_old(clock::steady(), &kept_out);
        if old.is_empty() {
            return Ok(());
        }
        let places = old.iter().map(|heard| (heard.alarm.issuer, heard.alarm.accused)).collect();
        store.forget_alarms(places).await
    }
}
