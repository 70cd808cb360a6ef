//! Who is here: sessions, and what they have typed. In memory only.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hospes_desk::people::{Factor, Member};
use zeroize::Zeroizing;

use crate::form::Form;
use crate::{digest, random};

/// Longest time from a login.
pub(crate) const LONGEST: Duration = Duration::from_secs(12 * 3_600);
/// Longest pause after which a coordinator's action is still taken without a new login.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
/// How long what was being typed is kept for its author.
pub(crate) const DRAFT: Duration = Duration::from_secs(30 * 60);
/// How long a first login may take.
const WELCOME: Duration = Duration::from_secs(30 * 60);
/// Most sessions; the one that was not seen for longest makes room.
const MOST: usize = 256;
/// Most sessions of one person.
const MOST_EACH: usize = 8;
/// Most first logins at the same time.
const MOST_NEW: usize = 64;
/// Forms that are remembered as sent, for each session.
const MOST_SPENT: usize = 128;
/// Searches that are remembered, for each session.
const MOST_ASKED: usize = 12;

/// The digest of what a browser shows to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// That of a cookie.
    pub(crate) fn of(cookie: &str) -> Self {
        Self(digest(cookie.as_bytes()))
    }

    fn new() -> (String, Self) {
        let cookie = hex::encode(random::<32>());
        let key = Self::of(&cookie);
        (cookie, key)
    }
}

struct Session {
    name: String,
    edition: u64,
    begun: Instant,
    seen: Instant,
    /// Whether nobody has paused for too long since the last login.
    awake: bool,
    token: String,
    /// One form of a session is taken at a time, or a double tap would be two.
    turn: Arc<tokio::sync::Mutex<()>>,
    spent: VecDeque<Spent>,
    asked: VecDeque<(u32, Form)>,
    searches: u32,
    /// Another second factor, on its way.
    renewal: Option<Renewal>,
}

struct Spent {
    number: String,
    digest: [u8; 32],
    location: String,
}

/// What a form that was sent before has come to.
pub(crate) enum Again {
    /// It is new.
    No,
    /// The same was sent: this is where it led.
    Same(String),
    /// Another one was sent under this number.
    Other,
}

/// A session as a request sees it.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) key: Key,
    pub(crate) name: String,
    pub(crate) edition: u64,
    pub(crate) awake: bool,
    pub(crate) token: String,
    pub(crate) turn: Arc<tokio::sync::Mutex<()>>,
}

/// A session as its person sees it in a list.
pub(crate) struct Listed {
    /// Its key in hexadecimal, for the button that ends it.
    pub(crate) id: String,
    pub(crate) minutes_old: u64,
    pub(crate) minutes_idle: u64,
    pub(crate) this: bool,
}

/// What was being typed when a session ended.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) path: String,
    pub(crate) form: Form,
    at: Instant,
}

/// Somebody on the way in for the first time.
#[derive(Clone)]
pub(crate) struct Newcomer {
    pub(crate) name: String,
    pub(crate) code: Zeroizing<String>,
    pub(crate) language: String,
    pub(crate) passphrase: Option<Zeroizing<String>>,
    pub(crate) factor: Option<Factor>,
    pub(crate) proven: bool,
    pub(crate) recovery: Vec<Zeroizing<String>>,
    pub(crate) begun: Instant,
}

/// Another second factor of somebody who is here. It counts when they have proven it, and have typed one of
/// the codes back.
#[derive(Clone)]
pub(crate) struct Renewal {
    pub(crate) factor: Factor,
    pub(crate) proven: bool,
    pub(crate) recovery: Vec<Zeroizing<String>>,
}

#[derive(Default)]
struct Inner {
    sessions: BTreeMap<Key, Session>,
    /// Sessions that ended by time: whose they were and their tokens, so that a draft finds its author.
    ended: BTreeMap<Key, (String, String, Instant)>,
    drafts: BTreeMap<String, Draft>,
    newcomers: BTreeMap<Key, Newcomer>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Inner>);

impl Sessions {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session, and says what the browser is given to show.
    pub(crate) fn begin(&self, member: &Member, now: Instant) -> String {
        let (cookie, key) = Key::new();
        let mut inner = self.inner();
        inner.tidy(now);
        inner.make_room(&member.name);
        inner.sessions.insert(
            key,
            Session {
                name: member.name.clone(),
                edition: member.edition,
                begun: now,
                seen: now,
                awake: true,
                token: hex::encode(random::<16>()),
                turn: Arc::default(),
                spent: VecDeque::new(),
                asked: VecDeque::new(),
                searches: 0,
                renewal: None,
            },
        );
        cookie
    }

    /// The session of a cookie, which counts as seen now.
    pub(crate) fn seen(&self, cookie: &str, now: Instant) -> Option<Seen> {
        let key = Key::of(cookie);
        let mut inner = self.inner();
        inner.tidy(now);
        let session = inner.sessions.get_mut(&key)?;
        session.awake &= now.duration_since(session.seen) <= IDLE;
        session.seen = now;
        Some(Seen {
            key,
            name: session.name.clone(),
            edition: session.edition,
            awake: session.awake,
            token: session.token.clone(),
            turn: session.turn.clone(),
        })
    }

    /// Keeps what was typed for whoever the cookie belonged to, if the form was theirs.
    pub(crate) fn keep(&self, cookie: &str, token: &str, path: &str, form: &Form, now: Instant) {
        let mut inner = self.inner();
        inner.tidy(now);
        let key = Key::of(cookie);
        let of = match (inner.ended.get(&key), inner.sessions.get(&key)) {
            (Some((name, own, _)), _) => Some((name.clone(), own.clone())),
            (None, Some(session)) => Some((session.name.clone(), session.token.clone())),
            (None, None) => None,
        };
        if let Some((name, own)) = of
            && same(&own, token)
        {
            let draft = Draft { path: path.to_owned(), form: form.clone(), at: now };
            inner.drafts.insert(name, draft);
        }
    }

    /// Keeps what somebody who is here is typing at an address.
    pub(crate) fn keep_own(&self, name: &str, path: &str, form: Form, now: Instant) {
        let draft = Draft { path: path.to_owned(), form, at: now };
        self.inner().drafts.insert(name.to_owned(), draft);
    }

    /// Whether a cookie was that of a session whose time is over.
    pub(crate) fn is_over(&self, cookie: &str) -> bool {
        self.inner().ended.contains_key(&Key::of(cookie))
    }

    /// What somebody was typing, if there is such a thing.
    pub(crate) fn draft(&self, name: &str, now: Instant) -> Option<Draft> {
        let mut inner = self.inner();
        inner.tidy(now);
        inner.drafts.get(name).cloned()
    }

    /// What somebody was typing at this address is done.
    pub(crate) fn drop_draft(&self, name: &str, path: &str) {
        self.inner().drafts.retain(|of, draft| of != name || draft.path != path);
    }

    /// What came of a form before.
    pub(crate) fn again(&self, key: Key, number: &str, digest: [u8; 32]) -> Again {
        let inner = self.inner();
        let spent = inner.sessions.get(&key).map(|session| &session.spent);
        match spent.and_then(|spent| spent.iter().find(|spent| spent.number == number)) {
            None => Again::No,
            Some(spent) if spent.digest == digest => Again::Same(spent.location.clone()),
            Some(_) => Again::Other,
        }
    }

    /// A form was taken and led somewhere.
    pub(crate) fn spend(&self, key: Key, number: &str, digest: [u8; 32], location: &str) {
        let mut inner = self.inner();
        let Some(session) = inner.sessions.get_mut(&key) else { return };
        if session.spent.len() == MOST_SPENT {
            session.spent.pop_front();
        }
        let (number, location) = (number.to_owned(), location.to_owned());
        session.spent.push_back(Spent { number, digest, location });
    }

    /// Remembers a search, and says under which number.
    pub(crate) fn ask(&self, key: Key, form: Form) -> u32 {
        let mut inner = self.inner();
        let Some(session) = inner.sessions.get_mut(&key) else { return 0 };
        session.searches = session.searches.wrapping_add(1);
        if session.asked.len() == MOST_ASKED {
            session.asked.pop_front();
        }
        session.asked.push_back((session.searches, form));
        session.searches
    }

    /// A search by its number.
    pub(crate) fn asked(&self, key: Key, number: u32) -> Option<Form> {
        let inner = self.inner();
        let asked = &inner.sessions.get(&key)?.asked;
        asked.iter().find(|(own, _)| *own == number).map(|(_, form)| form.clone())
    }

    /// The second factor that is on its way to whoever is here.
    pub(crate) fn renewal(&self, key: Key) -> Option<Renewal> {
        self.inner().sessions.get(&key)?.renewal.clone()
    }

    /// Sets or takes away the one that is on its way.
    pub(crate) fn set_renewal(&self, key: Key, renewal: Option<Renewal>) {
        if let Some(session) = self.inner().sessions.get_mut(&key) {
            session.renewal = renewal;
        }
    }

    /// Sessions of a person.
    pub(crate) fn list(&self, name: &str, this: Key, now: Instant) -> Vec<Listed> {
        let inner = self.inner();
        let minutes = |since: Instant| now.duration_since(since).as_secs() / 60;
        let own = inner.sessions.iter().filter(|(_, session)| session.name == name);
        let listed = own.map(|(key, session)| Listed {
            id: hex::encode(key.0),
            minutes_old: minutes(session.begun),
            minutes_idle: minutes(session.seen),
            this: *key == this,
        });
        listed.collect()
    }

    /// Ends a session.
    pub(crate) fn end(&self, key: Key) {
        self.inner().sessions.remove(&key);
    }

    /// Ends a session of a person by the name that a list gave it.
    pub(crate) fn end_listed(&self, name: &str, id: &str) {
        self.inner()
            .sessions
            .retain(|key, session| session.name != name || hex::encode(key.0) != id);
    }

    /// Ends all sessions of a person but one, which goes on under another edition.
    pub(crate) fn end_others(&self, member: &Member, this: Key) {
        let mut inner = self.inner();
        inner.sessions.retain(|key, session| session.name != member.name || *key == this);
        if let Some(session) = inner.sessions.get_mut(&this) {
            session.edition = member.edition;
        }
    }

    /// Somebody begins a first login; what the browser is given to show.
    pub(crate) fn welcome(&self, name: &str, code: &str, language: &str, now: Instant) -> String {
        let (cookie, key) = Key::new();
        let mut inner = self.inner();
        inner.tidy(now);
        if inner.newcomers.len() >= MOST_NEW {
            let oldest = inner.newcomers.iter().min_by_key(|(_, of)| of.begun).map(|(key, _)| *key);
            oldest.and_then(|key| inner.newcomers.remove(&key));
        }
        inner.newcomers.insert(
            key,
            Newcomer {
                name: name.to_owned(),
                code: Zeroizing::new(code.to_owned()),
                language: language.to_owned(),
                passphrase: None,
                factor: None,
                proven: false,
                recovery: Vec::new(),
                begun: now,
            },
        );
        cookie
    }

    /// How far somebody's first login is.
    pub(crate) fn newcomer(&self, cookie: &str, now: Instant) -> Option<Newcomer> {
        let mut inner = self.inner();
        inner.tidy(now);
        inner.newcomers.get(&Key::of(cookie)).cloned()
    }

    /// Goes on with a first login.
    pub(crate) fn set_newcomer(&self, cookie: &str, newcomer: Newcomer) {
        if let Some(kept) = self.inner().newcomers.get_mut(&Key::of(cookie)) {
            *kept = newcomer;
        }
    }

    /// The first login is done, or given up.
    pub(crate) fn welcomed(&self, cookie: &str) {
        self.inner().newcomers.remove(&Key::of(cookie));
    }
}

impl Inner {
    /// Takes away whose time is over.
    fn tidy(&mut self, now: Instant) {
        let old: Vec<Key> = self
            .sessions
            .iter()
            .filter(|(_, session)| now.duration_since(session.begun) > LONGEST)
            .map(|(key, _)| *key)
            .collect();
        for key in old {
            if let Some(session) = self.sessions.remove(&key) {
                self.ended.insert(key, (session.name, session.token, now));
            }
        }
        self.ended.retain(|_, (_, _, at)| now.duration_since(*at) <= LONGEST);
        self.drafts.retain(|_, draft| now.duration_since(draft.at) <= DRAFT);
        self.newcomers.retain(|_, newcomer| now.duration_since(newcomer.begun) <= WELCOME);
    }

    fn make_room(&mut self, name: &str) {
        let least_seen = |of: &dyn Fn(&Session) -> bool, sessions: &BTreeMap<Key, Session>| {
            let of = sessions.iter().filter(|(_, session)| of(session));
            of.min_by_key(|(_, session)| session.seen).map(|(key, _)| *key)
        };
        let own = self.sessions.values().filter(|session| session.name == name).count();
        if own >= MOST_EACH
            && let Some(key) = least_seen(&|session| session.name == name, &self.sessions)
        {
            self.sessions.remove(&key);
        }
        if self.sessions.len() >= MOST
            && let Some(key) = least_seen(&|_| true, &self.sessions)
        {
            self.sessions.remove(&key);
        }
    }
}

/// Compares in constant time.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_desk::Role;

    use super::*;

    fn anna() -> Member {
        Member {
            name: "anna".to_owned(),
            role: Role::Coordinator,
            language: String::new(),
            edition: 1,
            recovery_left: 8,
        }
    }

    #[test]
    fn a_session_ends_after_twelve_hours_and_sleeps_after_thirty_minutes() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let cookie = sessions.begin(&anna(), now);
        let seen = |at| sessions.seen(&cookie, now + at).map(|seen| seen.awake);
        assert_eq!(seen(IDLE), Some(true));
        assert_eq!(seen(IDLE * 2 + Duration::from_secs(1)), Some(false));
        // Once asleep it stays so until a login.
        assert_eq!(seen(IDLE * 2 + Duration::from_secs(2)), Some(false));
        assert_eq!(seen(LONGEST), Some(false));
        assert_eq!(seen(LONGEST + Duration::from_secs(1)), None);
        assert!(sessions.seen("another", now).is_none());
    }

    #[test]
    fn what_was_typed_is_kept_for_its_author_only() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let cookie = sessions.begin(&anna(), now);
        let token = sessions.seen(&cookie, now).unwrap().token;
        let form = Form::read(b"sleeps=3").unwrap();
        let late = now + LONGEST + Duration::from_secs(1);
        sessions.keep(&cookie, "made up", "/offers/new", &form, late);
        assert!(sessions.draft("anna", late).is_none());
        sessions.keep(&cookie, &token, "/offers/new", &form, late);
        assert_eq!(sessions.draft("anna", late).unwrap().form.text("sleeps"), "3");
        assert!(sessions.draft("boris", late).is_none());
        assert!(sessions.draft("anna", late + DRAFT + Duration::from_secs(1)).is_none());
    }

    #[test]
    fn a_form_counts_once_and_another_of_its_number_is_seen() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let cookie = sessions.begin(&anna(), now);
        let key = sessions.seen(&cookie, now).unwrap().key;
        assert!(matches!(sessions.again(key, "7", [1; 32]), Again::No));
        sessions.spend(key, "7", [1; 32], "/offers");
        assert!(matches!(sessions.again(key, "7", [1; 32]), Again::Same(to) if to == "/offers"));
        assert!(matches!(sessions.again(key, "7", [2; 32]), Again::Other));
    }

    #[test]
    fn a_person_has_few_sessions_and_the_oldest_makes_room() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let cookies: Vec<_> =
            (0..9).map(|n| sessions.begin(&anna(), now + Duration::from_secs(n))).collect();
        let later = now + Duration::from_secs(10);
        assert!(sessions.seen(&cookies[0], later).is_none());
        assert!(cookies[1..].iter().all(|cookie| sessions.seen(cookie, later).is_some()));
    }
}
