//! How many ways lead to a center that have no center in common: so many would have to be in hostile hands
//! to make one up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hospes_domain::CenterId;

use super::{Decisions, Reach, Statements};

/// A place in the graph of ways: every center but the two ends is passed at most once, so it has a way in
/// and a way out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    In(CenterId),
    Out(CenterId),
}

/// Ways from us to a center over accepted ones that share no center but the two ends; not more than `most` are
/// looked for. A peer is led to by its own admin's word.
pub fn ways(
    statements: &Statements,
    decisions: &Decisions,
    reach: &Reach,
    to: &CenterId,
    most: usize,
) -> usize {
    let Decisions { own, peers, barred, .. } = decisions;
    let passed = |center: &CenterId| {
        !barred.contains(center) && (peers.contains(center) || reach.introduced(center).is_some())
    };
    let leads_to = |center: &CenterId| -> Vec<CenterId> {
        let named: Vec<CenterId> = match center == own {
            true => peers.iter().copied().collect(),
            false => statements.named_by(center).collect(),
        };
        named.into_iter().filter(|named| named == to || (named != own && passed(named))).collect()
    };
    let target = Place::In(*to);
    // Steps that the ways found so far take.
    let mut used: BTreeSet<(Place, Place)> = BTreeSet::new();
    let mut found = 0;
    while found < most {
        let next = |place: Place| -> Vec<Place> {
            let forward: Vec<Place> = match place {
                Place::Out(center) => leads_to(&center).into_iter().map(Place::In).collect(),
                Place::In(center) => vec![Place::Out(center)],
            };
            let free = forward.into_iter().filter(|step| !used.contains(&(place, *step)));
            // Back along a way that was found, to lead it elsewhere.
            let back = used.iter().filter(|(_, end)| *end == place).map(|(begin, _)| *begin);
            free.chain(back).collect()
        };
        let Some(way) = shortest(Place::Out(*own), target, next) else { break };
        for step in way.windows(2) {
            if let [one, two] = step
                && !used.remove(&(*two, *one))
            {
                used.insert((*one, *two));
            }
        }
        found += 1;
    }
    found
}

fn shortest(from: Place, to: Place, next: impl Fn(Place) -> Vec<Place>) -> Option<Vec<Place>> {
    let mut before: BTreeMap<Place, Place> = BTreeMap::from([(from, from)]);
    let mut queue = VecDeque::from([from]);
    while let Some(place) = queue.pop_front() {
        if place == to {
            let mut way = vec![to];
            let mut step = to;
            while step != from {
                step = *before.get(&step)?;
                way.push(step);
            }
            way.reverse();
            return Some(way);
        }
        for step in next(place) {
            before.entry(step).or_insert_with(|| {
                queue.push_back(step);
                place
            });
        }
    }
    None
}
