//! Who is whose friend: connected graphs in which friends of friends are likely to be friends.

use std::collections::BTreeSet;

use rand::Rng as _;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom as _;

/// Friendships of nodes, by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    friends: Vec<BTreeSet<usize>>,
}

impl Graph {
    /// A connected graph in which no node has more friends than its bound, and nearly all have as
    /// many. Bounds are at least 2.
    ///
    /// A circle through all nodes connects them. Every further friendship is made at random: half
    /// of the time with a friend of a friend, as people do.
    pub fn friends(bounds: &[usize], rng: &mut SmallRng) -> Self {
        let count = bounds.len();
        let mut graph = Self { friends: vec![BTreeSet::new(); count] };
        let mut circle: Vec<usize> = (0..count).collect();
        circle.shuffle(rng);
        for (place, node) in circle.iter().enumerate() {
            graph.link(*node, circle[(place + 1) % count]);
        }
        let mut failures = 0;
        while failures < 50 * count {
            let node = rng.random_range(0..count);
            let other = if rng.random() {
                graph.any_friend(graph.any_friend(node, rng), rng)
            } else {
                rng.random_range(0..count)
            };
            let open = |one: usize| graph.friends[one].len() < bounds[one];
            if open(node) && open(other) && node != other && !graph.friends[node].contains(&other) {
                graph.link(node, other);
            } else {
                failures += 1;
            }
        }
        graph
    }

    fn link(&mut self, a: usize, b: usize) {
        if a != b {
            self.friends[a].insert(b);
            self.friends[b].insert(a);
        }
    }

    fn any_friend(&self, node: usize, rng: &mut SmallRng) -> usize {
        let friends = &self.friends[node];
        friends.iter().nth(rng.random_range(0..friends.len())).copied().unwrap()
    }

    /// The friendships, each once.
    pub fn links(&self) -> Vec<(usize, usize)> {
        let all = self.friends.iter().enumerate();
        all.flat_map(|(a, friends)| friends.range(a + 1..).map(move |b| (a, *b))).collect()
    }

    /// Friends per node, on average.
    pub fn mean_degree(&self) -> f64 {
        2.0 * self.links().len() as f64 / self.friends.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn everybody_is_reached_and_nobody_has_too_many_friends() {
        let mut rng = SmallRng::seed_from_u64(1);
        for degree in 3..=8 {
            let graph = Graph::friends(&[degree; 40], &mut rng);
            assert!(graph.friends.iter().all(|friends| (2..=degree).contains(&friends.len())));
            assert!(graph.mean_degree() > degree as f64 - 0.3, "{}", graph.mean_degree());
            let mut reached = BTreeSet::from([0]);
            let mut open = vec![0];
            while let Some(node) = open.pop() {
                open.extend(graph.friends[node].iter().filter(|friend| reached.insert(**friend)));
            }
            assert_eq!(reached.len(), 40);
        }
    }
}
