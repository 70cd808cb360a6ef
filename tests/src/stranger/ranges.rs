//! Section 7, Ranges: a run of range-based set reconciliation.

use anyhow::{Result, ensure};
use hospes_wire::peer;
use hospes_wire::peer::range::Part;

use super::changes::pieces;
use super::names::{COMMONS, Number};

/// What is held when a run begins: numbers, ascending, with the SipHash of each record.
#[derive(Debug, Clone)]
pub struct Snapshot(Vec<(Number, u128)>);

/// What follows from a frame.
#[derive(Debug, Default)]
pub struct Answer {
    /// Ranges to answer with.
    pub ranges: Vec<peer::Range>,
    /// Where the first of them begins.
    pub lower: Vec<u8>,
    /// Numbers of which the other side has nothing.
    pub push: Vec<Number>,
    /// Numbers of which we have nothing.
    pub ask: Vec<Number>,
    /// Numbers of records that differ.
    pub compare: Vec<Number>,
}

/// The end of a range: a prefix, or nothing for the end of all.
type Upper = Option<Vec<u8>>;

impl Snapshot {
    /// Takes records in any order.
    pub fn new(records: impl IntoIterator<Item = (Number, u128)>) -> Self {
        let mut records: Vec<_> = records.into_iter().collect();
        records.sort_by_key(|(number, _)| *number);
        Self(records)
    }

    /// The first step of a run.
    pub fn open(&self) -> Answer {
        let mut answer = Answer::default();
        self.describe(&self.0, &[], &None, &mut answer);
        answer
    }

    /// What to answer to a frame.
    pub fn answer(&self, frame: &peer::Ranges) -> Result<Answer> {
        let mut answer = Answer::default();
        let mut lower = frame.lower.clone();
        for range in &frame.ranges {
            let upper = (!range.upper.is_empty()).then(|| range.upper.clone());
            ensure!(upper.as_ref().is_none_or(|upper| filled(upper) > filled(&lower)), "disorder");
            let ours = self.between(&lower, &upper);
            match &range.part {
                None => {}
                Some(Part::Fingerprint(theirs)) => {
                    let same = theirs.count == ours.len() as u64
                        && theirs.fingerprint == sum(ours).to_be_bytes();
                    if same {
                    } else if theirs.count == 0 {
                        answer.push.extend(numbers(ours));
                    } else {
                        self.describe(ours, &lower, &upper, &mut answer);
                    }
                }
                Some(Part::Items(theirs)) => differ(ours, &theirs.items, &mut answer)?,
            }
            let Some(upper) = upper else { break };
            lower = upper;
        }
        Ok(answer)
    }

    fn between(&self, lower: &[u8], upper: &Upper) -> &[(Number, u128)] {
        let place = |bound: &[u8]| self.0.partition_point(|(number, _)| *number < filled(bound));
        let end = upper.as_ref().map_or(self.0.len(), |upper| place(upper));
        self.0.get(place(lower)..end).unwrap_or_default()
    }

    /// Says more about a range than its sum.
    fn describe(&self, ours: &[(Number, u128)], lower: &[u8], upper: &Upper, to: &mut Answer) {
        let one_number =
            ours.first().map(|(number, _)| number) == ours.last().map(|(number, _)| number);
        if ours.len() <= 32 || one_number {
            let mut items = Vec::new();
            for (number, lift) in ours {
                items.extend(number);
                items.extend((*lift as u64).to_be_bytes());
            }
            to.say(lower, upper, Part::Items(peer::Items { items }));
            return;
        }
        let (mut rest, mut begin, mut lower) = (ours, 0, lower.to_vec());
        for sixteenth in 1..16 {
            let Some((number, _)) = ours.get(ours.len() * sixteenth / 16) else { continue };
            // Records of one number stay together.
            let mut cut = ours.partition_point(|(other, _)| other < number);
            if cut == 0 {
                cut = ours.partition_point(|(other, _)| other <= number);
            }
            let (Some((before, _)), Some((after, _))) =
                (ours.get(cut.wrapping_sub(1)), ours.get(cut))
            else {
                continue;
            };
            if cut <= begin {
                continue;
            }
            let same = before.iter().zip(after).take_while(|(one, other)| one == other).count();
            let bound: Vec<u8> = after.iter().take(same + 1).copied().collect();
            let (part, behind) = rest.split_at(cut - begin);
            to.say(&lower, &Some(bound.clone()), fingerprint(part));
            (rest, begin, lower) = (behind, cut, bound);
        }
        to.say(&lower, upper, fingerprint(rest));
    }
}

impl Answer {
    /// Adds a range; what lies between it and the one before is settled.
    fn say(&mut self, lower: &[u8], upper: &Upper, part: Part) {
        match self.ranges.last() {
            None => self.lower = lower.to_vec(),
            Some(last) if filled(&last.upper) < filled(lower) => {
                self.ranges.push(peer::Range { upper: lower.to_vec(), part: None });
            }
            Some(_) => {}
        }
        let upper = upper.clone().unwrap_or_default();
        self.ranges.push(peer::Range { upper, part: Some(part) });
    }

    /// The frame that ends a step.
    pub fn frame(&self) -> peer::Ranges {
        peer::Ranges {
            circle: COMMONS.to_vec(),
            lower: self.lower.clone(),
            ranges: self.ranges.clone(),
            last: true,
        }
    }
}

/// Compares a list with what we hold there.
fn differ(ours: &[(Number, u128)], items: &[u8], answer: &mut Answer) -> Result<()> {
    let mut theirs: Vec<[u8; 24]> = pieces(items)?;
    theirs.sort_unstable();
    let states = |wanted: &Number| {
        let of = theirs.iter().filter(move |item| item.starts_with(wanted));
        of.map(|item| item.split_at(16).1.to_vec()).collect::<Vec<_>>()
    };
    for number in numbers(ours) {
        let mut own: Vec<Vec<u8>> = ours
            .iter()
            .filter(|(other, _)| *other == number)
            .map(|(_, lift)| (*lift as u64).to_be_bytes().to_vec())
            .collect();
        own.sort_unstable();
        let theirs = states(&number);
        if theirs.is_empty() {
            answer.push.push(number);
        } else if theirs != own {
            answer.compare.push(number);
        }
    }
    for item in &theirs {
        let number: Number = item.split_at(16).0.try_into()?;
        let held = ours.iter().any(|(own, _)| *own == number);
        if !held && answer.ask.last() != Some(&number) {
            answer.ask.push(number);
        }
    }
    Ok(())
}

fn numbers(records: &[(Number, u128)]) -> Vec<Number> {
    let mut numbers: Vec<Number> = records.iter().map(|(number, _)| *number).collect();
    numbers.dedup();
    numbers
}

fn sum(records: &[(Number, u128)]) -> u128 {
    records.iter().fold(0, |sum, (_, lift)| sum.wrapping_add(*lift))
}

fn fingerprint(records: &[(Number, u128)]) -> Part {
    let fingerprint = sum(records).to_be_bytes().to_vec();
    Part::Fingerprint(peer::Fingerprint { count: records.len() as u64, fingerprint })
}

/// A prefix, filled up with zeros.
fn filled(prefix: &[u8]) -> Number {
    let mut filled = [0; 16];
    filled.iter_mut().zip(prefix).for_each(|(to, from)| *to = *from);
    filled
}
