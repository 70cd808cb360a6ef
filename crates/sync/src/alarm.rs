//! One center tells the others that another one is in hostile hands.
//!
//! An alarm is a signed statement that goes from node to node. What a node makes of it is its own
//! rule ([`Alarms::kept_out`]): a liar can raise alarms too, so one voice keeps a center out for a
//! day and no longer, and only two that do not hang on each other keep it out until an admin looks.

use std::collections::BTreeMap;

use hospes_domain::{CenterId, NodeId, Timestamp};
use sha2::{Digest as _, Sha256};

/// Centers about which one center can have raised an alarm at a time.
pub const MOST_BY_ISSUER: usize = 16;
/// Alarms that are remembered at most.
pub const MOST_ALARMS: usize = 1_024;
/// How long one voice keeps a center out, in milliseconds.
pub const ONE_VOICE: i64 = Timestamp::DAY;
/// How long an alarm is remembered, and how long the same voice about the same center counts as the
/// one that was heard already, in milliseconds.
pub const REMEMBERED: i64 = 30 * Timestamp::DAY;

/// Why a center raises an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It takes back what it said before.
    TakenBack,
    /// Something is wrong, and it is not known what.
    Suspicious,
    /// The machine was taken.
    Seized,
    /// Somebody else has the key.
    KeyStolen,
    /// A cause of a newer release.
    Other(u8),
}

impl Cause {
    /// What an admin can choose from.
    pub const CHOICES: [Cause; 3] = [Cause::Seized, Cause::KeyStolen, Cause::Suspicious];

    /// The number that is signed; never changes.
    pub fn number(self) -> u8 {
        match self {
            Cause::TakenBack => 0,
            Cause::Suspicious => 1,
            Cause::Seized => 2,
            Cause::KeyStolen => 3,
            Cause::Other(number) => number,
        }
    }

    /// The cause with this number.
    pub fn of(number: u8) -> Self {
        match number {
            0 => Cause::TakenBack,
            1 => Cause::Suspicious,
            2 => Cause::Seized,
            3 => Cause::KeyStolen,
            other => Cause::Other(other),
        }
    }

    /// One word, for the command line and for programs.
    pub fn word(self) -> &'static str {
        match self {
            Cause::TakenBack => "taken_back",
            Cause::Suspicious | Cause::Other(_) => "suspicious",
            Cause::Seized => "seized",
            Cause::KeyStolen => "key_stolen",
        }
    }
}

/// A signed statement of one center about another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The center that is said to be in hostile hands.
    pub accused: CenterId,
    /// Why.
    pub cause: Cause,
    /// When it was said, by the issuer's clock. Of two about the same center the later one counts;
    /// it decides nothing else.
    pub made_at: Timestamp,
    /// The center that says so.
    pub issuer: CenterId,
    /// Its node that signed.
    pub node: NodeId,
    /// The epoch of that node.
    pub epoch: u32,
    /// Ed25519, by the node's key, over [`Alarm::digest`].
    pub signature: [u8; 64],
}

impl Alarm {
    /// What is signed: a domain-separated hash of every field, each at a fixed length.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"hospes alarm 1\0");
        hash.update(self.accused.0);
        hash.update([self.cause.number()]);
        hash.update(self.made_at.0.to_be_bytes());
        hash.update(self.issuer.0);
        hash.update(self.node.0);
        hash.update(self.epoch.to_be_bytes());
        hash.finalize().into()
    }

    /// Whether it takes the place of another one of the same issuer about the same center. Of two
    /// with one time the higher digest wins, so that all nodes keep the same.
    fn supersedes(&self, other: &Self) -> bool {
        (self.made_at, self.digest()) > (other.made_at, other.digest())
    }
}

/// An alarm that was heard here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The statement, the last of its issuer about this center.
    pub alarm: Alarm,
    /// When this issuer was first heard about this center, by our clock.
    pub since: Timestamp,
    /// On whose word it rests: its issuer, or the peer behind which the issuer stands for us. A peer that
    /// invents ten centers has one voice all the same.
    pub voice: CenterId,
    /// Whether it may keep the center out. The admin can take that away; and a voice has it once a
    /// day, and about one center once in [`REMEMBERED`].
    pub counts: bool,
}

impl Heard {
    fn stands(&self) -> bool {
        self.counts && self.alarm.cause != Cause::TakenBack
    }

    fn is_old(&self, now: Timestamp) -> bool {
        now.since(self.since) >= REMEMBERED
    }
}

/// What a node makes of alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// They are shown, and an admin decides.
    Show,
    /// One voice keeps a center out for a day, two keep it out.
    #[default]
    Suspend,
}

/// Until when a center is kept out; without a time until an admin decides.
pub type Until = Option<Timestamp>;

/// All alarms that a node has heard or raised.
#[derive(Clone, Debug)]
pub struct Alarms {
    own: CenterId,
    heard: BTreeMap<(CenterId, CenterId), Heard>,
}

impl Alarms {
    /// Those that a node of this center remembers.
    pub fn new(own: CenterId, remembered: impl IntoIterator<Item = Heard>) -> Self {
        let heard =
            remembered.into_iter().map(|heard| ((heard.alarm.issuer, heard.alarm.accused), heard));
        Self { own, heard: heard.collect() }
    }

    /// All of them, by issuer and accused.
    pub fn all(&self) -> impl Iterator<Item = &Heard> {
        self.heard.values()
    }

    /// The last that an issuer said of a center.
    pub fn of(&self, issuer: &CenterId, accused: &CenterId) -> Option<&Heard> {
        self.heard.get(&(*issuer, *accused))
    }

    /// Whether a statement says something that was not heard yet. To be asked before its signature
    /// is checked, which costs more.
    pub fn is_news(&self, alarm: &Alarm) -> bool {
        if alarm.accused == alarm.issuer {
            return false;
        }
        match self.of(&alarm.issuer, &alarm.accused) {
            Some(known) => alarm.supersedes(&known.alarm),
            None => {
                let of_issuer =
                    (alarm.issuer, CenterId([0; 32]))..=(alarm.issuer, CenterId([255; 32]));
                self.heard.len() < MOST_ALARMS
                    && self.heard.range(of_issuer).count() < MOST_BY_ISSUER
            }
        }
    }

    /// Takes in a statement whose signature was checked, on the word of `voice`. What is kept of it;
    /// nothing when it is no news.
    pub fn hear(&mut self, now: Timestamp, alarm: Alarm, voice: CenterId) -> Option<&Heard> {
        if !self.is_news(&alarm) {
            return None;
        }
        let place = (alarm.issuer, alarm.accused);
        let (since, counts) = match self.heard.get(&place) {
            // Said again, it neither lasts longer nor undoes what the admin decided.
            Some(known) if !known.is_old(now) => (known.since, known.counts),
            _ => (now, voice == self.own || self.may_count(now, voice, alarm.accused)),
        };
        self.heard.insert(place, Heard { alarm, since, voice, counts });
        self.heard.get(&place)
    }

    /// Whether a voice counts about a center from now on.
    fn may_count(&self, now: Timestamp, voice: CenterId, accused: CenterId) -> bool {
        !self.heard.values().filter(|heard| heard.voice == voice && heard.counts).any(|heard| {
            let again = heard.alarm.accused == accused && !heard.is_old(now);
            again || now.since(heard.since) < ONE_VOICE
        })
    }

    /// The admin does not want to hear of it: what was said of a center so far keeps it out no more.
    /// True if something did.
    pub fn dismiss(&mut self, accused: &CenterId) -> bool {
        let mut some = false;
        for heard in self.heard.values_mut().filter(|heard| heard.alarm.accused == *accused) {
            some |= heard.stands();
            heard.counts = false;
        }
        some
    }

    /// Who is kept out now. `barred` are the centers that the admin has shut out: they have no voice.
    pub fn kept_out(
        &self,
        now: Timestamp,
        policy: Policy,
        barred: impl Fn(&CenterId) -> bool,
    ) -> BTreeMap<CenterId, Until> {
        let mut voices: BTreeMap<CenterId, BTreeMap<CenterId, Timestamp>> = BTreeMap::new();
        for heard in self.heard.values() {
            let alarm = &heard.alarm;
            let silent = barred(&alarm.issuer) || barred(&heard.voice) || alarm.accused == self.own;
            if !silent && heard.stands() {
                let first = voices.entry(alarm.accused).or_default();
                let since = first.entry(heard.voice).or_insert(heard.since);
                *since = heard.since.min(*since);
            }
        }
        let decide = |voices: BTreeMap<CenterId, Timestamp>| -> Option<Until> {
            if voices.contains_key(&self.own) {
                return Some(None);
            }
            match (policy, voices.len()) {
                (Policy::Show, _) | (_, 0) => None,
                (Policy::Suspend, 1) => {
                    let until = voices.values().next()?.plus(ONE_VOICE);
                    (now < until).then_some(Some(until))
                }
                (Policy::Suspend, _) => Some(None),
            }
        };
        voices.into_iter().filter_map(|(accused, by)| Some((accused, decide(by)?))).collect()
    }

    /// Forgets what is old and keeps nobody out. Those that were forgotten.
    pub fn forget_old(
        &mut self,
        now: Timestamp,
        kept_out: &BTreeMap<CenterId, Until>,
    ) -> Vec<Heard> {
        let old: Vec<_> = self
            .heard
            .iter()
            .filter(|(_, heard)| heard.is_old(now))
            .filter(|((_, accused), _)| !kept_out.contains_key(accused))
            .map(|(place, _)| *place)
            .collect();
        old.into_iter().filter_map(|place| self.heard.remove(&place)).collect()
    }
}

#[cfg(test)]
mod tests;
