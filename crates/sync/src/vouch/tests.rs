#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::*;

fn id(number: u16) -> CenterId {
    let mut id = [0; 32];
    id[..2].copy_from_slice(&number.to_be_bytes());
    CenterId(id)
}

fn vouch(issuer: u16, number: u64, centers: &[u16]) -> Vouch {
    let mut centers: Vec<CenterId> = centers.iter().map(|center| id(*center)).collect();
    centers.sort_unstable();
    centers.dedup();
    let (issuer, node) = (id(issuer), NodeId(id(issuer).0));
    Vouch { issuer, node, epoch: 1, number, centers, signature: [0; 64] }
}

fn statements(vouches: &[(u16, &[u16])]) -> Statements {
    let mut statements = Statements::default();
    for (issuer, centers) in vouches {
        assert!(statements.keep(vouch(*issuer, 1, centers)));
    }
    statements
}

fn decisions(peers: &[u16]) -> Decisions {
    let peers = peers.iter().map(|peer| id(*peer)).collect();
    Decisions { own: id(0), peers, barred: BTreeSet::new(), introductions: 1 }
}

fn accepted(reach: &Reach) -> Vec<u16> {
    let mut all: Vec<u16> =
        reach.order().iter().map(|center| u16::from_be_bytes([center.0[0], center.0[1]])).collect();
    all.sort_unstable();
    all
}

#[test]
fn what_is_signed_depends_on_every_field() {
    let vouches = [
        vouch(1, 1, &[2, 3]),
        vouch(1, 2, &[2, 3]),
        vouch(1, 1, &[2]),
        vouch(1, 1, &[]),
        vouch(4, 1, &[2, 3]),
        Vouch { epoch: 2, ..vouch(1, 1, &[2, 3]) },
        Vouch { node: NodeId([9; 32]), ..vouch(1, 1, &[2, 3]) },
    ];
    let digests: BTreeSet<[u8; 32]> = vouches.iter().map(Vouch::digest).collect();
    assert_eq!(digests.len(), vouches.len());
}

#[test]
fn of_a_node_the_last_statement_counts_and_what_has_not_its_form_never_does() {
    let mut statements = Statements::default();
    assert!(statements.keep(vouch(1, 5, &[2])));
    for old in [vouch(1, 4, &[3]), vouch(1, 5, &[2])] {
        assert!(!statements.keep(old));
    }
    assert!(statements.keep(vouch(1, 6, &[])));
    assert_eq!(statements.named_by(&id(1)).count(), 0);
    assert!(statements.keep(Vouch { epoch: 2, ..vouch(1, 1, &[4]) }));
    let crowd: Vec<u16> = (2..68).collect();
    for wrong in [vouch(1, 9, &[1]), vouch(1, 9, &crowd)] {
        assert!(!statements.keep(Vouch { epoch: 3, ..wrong }));
    }
    let mut unsorted = vouch(1, 9, &[2, 3]);
    unsorted.centers.reverse();
    assert!(!statements.keep(unsorted));
}

#[test]
fn two_nodes_of_a_center_say_it_together_and_of_a_crowd_the_same_few_are_heard_everywhere() {
    let by = |node: u8| Vouch { node: NodeId([node; 32]), ..vouch(1, 1, &[u16::from(node) + 1]) };
    let mut statements = Statements::default();
    assert!(statements.keep(by(7)) && statements.keep(by(3)));
    assert_eq!(statements.named_by(&id(1)).collect::<Vec<_>>(), [id(4), id(8)]);
    let mut orders = Vec::new();
    for order in [[1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1], [4, 7, 1, 6, 2, 5, 3]] {
        let mut statements = Statements::default();
        for node in order {
            statements.keep(by(node));
        }
        orders.push(statements);
    }
    assert!(orders.iter().all(|statements| *statements == orders[0]));
    assert_eq!(orders[0].all().count(), MOST_NODES);
}

#[test]
fn a_chain_is_followed_for_six_links_and_not_through_who_is_barred() {
    let chain: Vec<(u16, Vec<u16>)> = (1..10).map(|center| (center, vec![center + 1])).collect();
    let chain: Vec<(u16, &[u16])> =
        chain.iter().map(|(issuer, named)| (*issuer, named.as_slice())).collect();
    let (statements, mut decisions) = (statements(&chain), decisions(&[1]));
    let reach = Reach::of(&statements, &decisions);
    assert_eq!(accepted(&reach), [2, 3, 4, 5, 6]);
    let last = reach.introduced(&id(6)).unwrap();
    assert_eq!(last, Introduced { branch: id(1), links: 6 });
    decisions.barred.insert(id(4));
    assert_eq!(accepted(&Reach::of(&statements, &decisions)), [2, 3]);
    decisions.barred.insert(id(1));
    assert_eq!(accepted(&Reach::of(&statements, &decisions)), []);
    decisions = Decisions { introductions: 0, ..self::decisions(&[1]) };
    assert_eq!(accepted(&Reach::of(&statements, &decisions)), []);
}

#[test]
fn a_peer_that_is_called_by_others_stays_a_peer_and_we_are_not_introduced_to_ourselves() {
    let statements = statements(&[(1, &[0, 2, 3]), (2, &[0, 1, 3])]);
    let reach = Reach::of(&statements, &decisions(&[1, 2]));
    assert_eq!(accepted(&reach), [3]);
    assert_eq!(reach.introduced(&id(0)), None);
}

#[test]
fn a_peer_that_invents_without_end_takes_nobodys_place() {
    // 1 is hostile: it and its inventions name 64 each. Behind 2 there is an honest chain.
    let mut all = Statements::default();
    let mut inventions = 1_000_u16..;
    let mut level = vec![1_u16];
    for _ in 0..3 {
        let mut next = Vec::new();
        for issuer in level {
            let named: Vec<u16> = inventions.by_ref().take(MOST_NAMED).collect();
            all.keep(vouch(issuer, 1, &named));
            next.extend(named);
            if next.len() > 1_500 {
                break;
            }
        }
        level = next;
    }
    for center in 2..7 {
        all.keep(vouch(center, 1, &[center + 1]));
    }
    let reach = Reach::of(&all, &decisions(&[1, 2]));
    assert!(reach.order().len() <= MOST_INTRODUCED);
    for honest in 3..8 {
        assert_eq!(reach.introduced(&id(honest)).unwrap().branch, id(2), "{honest}");
    }
    let invented = reach.order().iter().filter(|center| **center >= id(1_000)).count();
    assert_eq!(invented, MOST_INTRODUCED / 2);
    assert_eq!(reach.left_out().keys().collect::<Vec<_>>(), [&id(1)]);
    // Nearest first, so what is far is left out of a branch, and not what is near.
    assert!(reach.introduced(&id(1_000)).is_some() && reach.introduced(&id(1_063)).is_some());
}

#[test]
fn a_share_that_others_do_not_need_is_given_to_who_does() {
    // Forty peers, of whom one leads to three hundred centers.
    let peers: Vec<u16> = (1..=40).collect();
    let mut all = Statements::default();
    for place in 0..5 {
        let named: Vec<u16> = (0..60).map(|center| 1_000 + 60 * place + center).collect();
        all.keep(vouch(100 + place, 1, &named));
    }
    all.keep(vouch(1, 1, &[100, 101, 102, 103, 104]));
    let reach = Reach::of(&all, &decisions(&peers));
    assert_eq!(reach.order().len(), 305);
    assert!(reach.left_out().is_empty());
}

#[test]
fn ways_to_a_center_share_no_center_on_the_way() {
    for (named, peers, expected) in [
        (vec![(1, &[9][..])], &[1][..], 1),
        (vec![(1, &[9]), (2, &[9])], &[1, 2], 2),
        // Both ways pass 3.
        (vec![(1, &[3]), (2, &[3]), (3, &[9])], &[1, 2], 1),
        // The shortest way has to be led elsewhere so that there are two.
        (vec![(1, &[3, 4]), (2, &[3]), (3, &[9]), (4, &[9])], &[1, 2], 2),
        // A thousand puppets behind one peer.
        (vec![(1, &[5, 6, 7, 8]), (5, &[9]), (6, &[9]), (7, &[9]), (8, &[9])], &[1], 1),
        (vec![(1, &[2])], &[1], 0),
    ] {
        let (statements, decisions) = (statements(&named), decisions(peers));
        let reach = Reach::of(&statements, &decisions);
        assert_eq!(ways(&statements, &decisions, &reach, &id(9), 9), expected, "{named:?}");
    }
}

#[test]
fn who_has_to_be_introduced_twice_leads_to_nobody_before() {
    // 3 has two ways and 4 has one; 5 is named by both.
    let statements = statements(&[(1, &[3, 4]), (2, &[3]), (3, &[5]), (4, &[5])]);
    let twice = Decisions { introductions: 2, ..decisions(&[1, 2]) };
    assert_eq!(accepted(&Reach::of(&statements, &twice)), [3]);
    assert_eq!(accepted(&Reach::of(&statements, &decisions(&[1, 2]))), [3, 4, 5]);
}

/// A network in which each knows some others, some of whom are hostile.
#[derive(Debug, Clone)]
struct World {
    /// Whom each has added, both ways.
    peers: Vec<BTreeSet<u16>>,
    hostile: BTreeSet<u16>,
}

const CENTERS: u16 = 12;

prop_compose! {
    fn world()(
        pairs in btree_set((0..CENTERS, 0..CENTERS), 8..30),
        hostile in btree_set(1..CENTERS, 0..4),
    ) -> World {
        let mut peers = vec![BTreeSet::new(); usize::from(CENTERS)];
        for (one, other) in pairs {
            if one != other {
                peers[usize::from(one)].insert(other);
                peers[usize::from(other)].insert(one);
            }
        }
        World { peers, hostile }
    }
}

/// One honest node: what it keeps, and what it has told whom.
struct Gossip {
    decisions: Decisions,
    statements: Statements,
    reach: Reach,
    changes: usize,
}

impl Gossip {
    fn accepts(&self, center: &CenterId) -> bool {
        *center == self.decisions.own
            || (self.decisions.peers.contains(center) && !self.decisions.barred.contains(center))
            || self.reach.introduced(center).is_some()
    }

    /// Takes in a statement as a node does: only of a center that it accepts.
    fn hear(&mut self, vouch: &Vouch) -> bool {
        let heard = self.accepts(&vouch.issuer) && self.statements.keep(vouch.clone());
        if heard {
            self.settle();
        }
        heard
    }

    fn settle(&mut self) {
        let reach = Reach::of(&self.statements, &self.decisions);
        self.changes += usize::from(reach.order() != self.reach.order());
        self.reach = reach;
        let decisions = &self.decisions;
        let accepted = |center: &CenterId| {
            *center == decisions.own
                || (decisions.peers.contains(center) && !decisions.barred.contains(center))
                || self.reach.introduced(center).is_some()
        };
        self.statements.retain(|vouch| accepted(&vouch.issuer));
    }
}

/// Lets all statements flow between honest peers in an order that the dice say, until nothing is new. What
/// hostile ones have to say they say to all their peers.
fn flow(nodes: &mut BTreeMap<u16, Gossip>, world: &World, lies: &[Vouch], dice: &[u16]) {
    let mut dice = dice.iter().copied().cycle();
    for _ in 0..200 {
        let mut news = false;
        let mut links: Vec<(u16, u16)> = nodes
            .keys()
            .flat_map(|one| world.peers[usize::from(*one)].iter().map(|other| (*other, *one)))
            .collect();
        let shift = usize::from(dice.next().unwrap()) % links.len().max(1);
        links.rotate_left(shift);
        for (from, to) in links {
            let mut said: Vec<Vouch> = match nodes.get(&from) {
                Some(honest) if honest.decisions.peers.contains(&id(to)) => {
                    honest.statements.all().cloned().collect()
                }
                Some(_) => Vec::new(),
                None => lies.to_vec(),
            };
            let hears = nodes[&to].decisions.peers.contains(&id(from));
            if !hears || said.is_empty() {
                continue;
            }
            let shift = usize::from(dice.next().unwrap()) % said.len();
            said.rotate_left(shift);
            let node = nodes.get_mut(&to).unwrap();
            for vouch in &said {
                news |= node.hear(vouch);
            }
        }
        if !news {
            return;
        }
    }
    panic!("it never settles");
}

fn begin(world: &World) -> BTreeMap<u16, Gossip> {
    let honest = (0..CENTERS).filter(|center| !world.hostile.contains(center));
    honest
        .map(|center| {
            let peers = &world.peers[usize::from(center)];
            let decisions = Decisions {
                own: id(center),
                peers: peers.iter().map(|peer| id(*peer)).collect(),
                barred: BTreeSet::new(),
                introductions: 1,
            };
            let mut node = Gossip {
                decisions,
                statements: Statements::default(),
                reach: Reach::default(),
                changes: 0,
            };
            let named: Vec<u16> = peers.iter().copied().collect();
            node.statements.keep(vouch(center, 1, &named));
            (center, node)
        })
        .collect()
}

/// Honest centers that a center should accept: there is a chain of honest ones that is short enough.
fn reachable(world: &World, from: u16, gone: Option<u16>) -> BTreeSet<u16> {
    let mut found = BTreeSet::from([from]);
    let mut level = vec![from];
    for _ in 0..LONGEST_CHAIN {
        let mut next = Vec::new();
        for center in level {
            for peer in &world.peers[usize::from(center)] {
                let stays = !world.hostile.contains(peer) && Some(*peer) != gone;
                if stays && found.insert(*peer) {
                    next.push(*peer);
                }
            }
        }
        level = next;
    }
    found
}

/// Inventions of a hostile center: statements of its own and of puppets, old and new, about everybody.
fn inventions(world: &World, dice: &[u16]) -> Vec<Vouch> {
    let mut lies = Vec::new();
    for (place, hostile) in world.hostile.iter().enumerate() {
        let puppets: Vec<u16> = (0..20).map(|puppet| 100 + 50 * place as u16 + puppet).collect();
        for (number, size) in dice.iter().enumerate().take(5) {
            let named = puppets.iter().take(usize::from(*size) % 20 + 1).copied();
            let all: Vec<u16> =
                named.chain((0..CENTERS).filter(|center| center != hostile)).collect();
            lies.push(vouch(*hostile, number as u64, &all));
        }
        for puppet in &puppets {
            let others = puppets.iter().filter(|other| *other != puppet).copied();
            lies.push(vouch(*puppet, 1, &others.collect::<Vec<_>>()));
        }
    }
    lies
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn all_honest_nodes_settle_lose_nobody_honest_and_give_puppets_no_more_voices_than_the_cut(
        world in world(),
        dice in vec(any::<u16>(), 30),
        removed in proptest::option::of(1..CENTERS),
    ) {
        let lies = inventions(&world, &dice);
        let mut nodes = begin(&world);
        flow(&mut nodes, &world, &lies, &dice);
        // Everybody removes one center; honest ones say so in a new statement. Old ones are replayed.
        if let Some(removed) = removed {
            let old: Vec<Vouch> = nodes.values().flat_map(|node| node.statements.all()).cloned().collect();
            for (center, node) in &mut nodes {
                node.decisions.barred.insert(id(removed));
                let peers = world.peers[usize::from(*center)].iter().filter(|peer| **peer != removed);
                node.statements.keep(vouch(*center, 2, &peers.copied().collect::<Vec<_>>()));
                node.settle();
            }
            nodes.remove(&removed);
            let lies = [lies, old].concat();
            flow(&mut nodes, &world, &lies, &dice);
        }
        for (center, node) in &nodes {
            // Flows again: nothing changes any more.
            let before = node.reach.clone();
            prop_assert_eq!(&Reach::of(&node.statements, &node.decisions), &before);
            prop_assert!(node.changes < 60, "{} changed {} times", center, node.changes);
            for honest in reachable(&world, *center, removed) {
                prop_assert!(node.accepts(&id(honest)), "{} lost {}", center, honest);
            }
            // However many puppets there are, they stand behind no more peers than lead to who is hostile.
            let of_puppets: BTreeSet<CenterId> = node
                .reach
                .order()
                .iter()
                .filter(|accepted| **accepted >= id(100))
                .map(|accepted| node.reach.introduced(accepted).unwrap().branch)
                .collect();
            prop_assert!(of_puppets.len() <= world.hostile.len(), "{:?}", of_puppets);
            for accepted in node.reach.order().iter().filter(|accepted| **accepted >= id(100)) {
                let ways = ways(&node.statements, &node.decisions, &node.reach, accepted, 9);
                prop_assert!(ways <= world.hostile.len(), "{} ways lead to a puppet", ways);
            }
            if removed.is_some_and(|removed| world.hostile == BTreeSet::from([removed])) {
                prop_assert!(of_puppets.is_empty(), "what a removed center invented stays");
            }
        }
    }

    #[test]
    fn whom_a_node_accepts_does_not_depend_on_the_order_in_which_it_heard(
        world in world(),
        one in vec(any::<u16>(), 30),
        other in vec(any::<u16>(), 30),
    ) {
        let lies = inventions(&world, &one);
        let (mut first, mut second) = (begin(&world), begin(&world));
        flow(&mut first, &world, &lies, &one);
        flow(&mut second, &world, &lies, &other);
        for (center, node) in &first {
            prop_assert_eq!(&node.reach, &second[center].reach);
            prop_assert_eq!(&node.statements, &second[center].statements);
        }
    }
}
