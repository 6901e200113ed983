//! Contributions of one row by two other ways, slow and simple.

use needle::model::trees::explain::quadrature::gauss_legendre;
use needle::model::trees::forest::{Child, Forest, Tree};

/// A class's contributions and base, `width` and one, for each class.
type Way = fn(tree: &Tree, row: &[f64], phi: &mut [f64]);

/// Shapley values as they are defined: over all sets of features, what one more adds to what the tree says of those in the set.
pub fn by_definition(forest: &Forest, row: &[f64]) -> Vec<f64> {
    by_tree(forest, row, |tree, row, phi| {
        let mut players: Vec<usize> = tree.splits.iter().map(|split| split.feature as usize).collect();
        players.sort_unstable();
        players.dedup();
        let says = |set: u32| {
            let known = |feature| players.iter().position(|p| *p == feature).is_some_and(|p| set >> p & 1 == 1);
            expectation(tree, row, &known, root(tree))
        };
        let says: Vec<f64> = (0..1 << players.len()).map(says).collect();
        for (place, &feature) in players.iter().enumerate() {
            for set in (0..1_u32 << players.len()).filter(|set| set >> place & 1 == 0) {
                let adds = says[(set | 1 << place) as usize] - says[set as usize];
                phi[feature] += adds * share_of_orders(set.count_ones(), players.len() as u32);
            }
        }
        phi[row.len()] += says[0];
    })
}

/// Of all orders of `players`, the share in which a given set of `before` comes first and a given player next.
fn share_of_orders(before: u32, players: u32) -> f64 {
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    factorial(before) * factorial(players - before - 1) / factorial(players)
}

/// What a tree says where only some features are known: elsewhere it follows the training rows.
fn expectation(tree: &Tree, row: &[f64], known: &dyn Fn(usize) -> bool, at: Child) -> f64 {
    let split = match at {
        Child::Leaf(leaf) => return tree.leaf_values[leaf as usize],
        Child::Split(split) => &tree.splits[split as usize],
    };
    if known(split.feature as usize) {
        let left = tree.goes_left(split.test, row[split.feature as usize]);
        return expectation(tree, row, known, if left { split.left } else { split.right });
    }
    let side = |child| share(tree, at, child) * expectation(tree, row, known, child);
    side(split.left) + side(split.right)
}

/// All edges of a path that ask for one feature: their share of the training rows, and whether the row takes them all.
#[derive(Clone, Copy)]
struct Factor {
    feature: usize,
    share: f64,
    taken: bool,
}

/// Each leaf by itself: the integral of the product of all factors of its path but the feature's own.
pub fn leaf_by_leaf(forest: &Forest, row: &[f64]) -> Vec<f64> {
    by_tree(forest, row, |tree, row, phi| walk(tree, row, root(tree), &[], phi))
}

fn walk(tree: &Tree, row: &[f64], at: Child, path: &[Factor], phi: &mut [f64]) {
    let split = match at {
        Child::Leaf(leaf) => return leaf_alone(tree.leaf_values[leaf as usize], path, phi),
        Child::Split(split) => &tree.splits[split as usize],
    };
    let feature = split.feature as usize;
    let left = tree.goes_left(split.test, row[feature]);
    for (child, taken) in [(split.left, left), (split.right, !left)] {
        let mut path = path.to_vec();
        let share = share(tree, at, child);
        match path.iter_mut().find(|factor| factor.feature == feature) {
            Some(factor) => (factor.share, factor.taken) = (factor.share * share, factor.taken && taken),
            None => path.push(Factor { feature, share, taken }),
        }
        walk(tree, row, child, &path, phi);
    }
}

fn leaf_alone(value: f64, path: &[Factor], phi: &mut [f64]) {
    for point in gauss_legendre(path.len().div_ceil(2).max(1)) {
        let at: Vec<f64> = path.iter().map(|f| f64::from(f.taken) * point.t + f.share * (1.0 - point.t)).collect();
        for (place, factor) in path.iter().enumerate() {
            let others = at[..place].iter().product::<f64>() * at[place + 1..].iter().product::<f64>();
            phi[factor.feature] += value * (f64::from(factor.taken) - factor.share) * point.weight * others;
        }
    }
    let base = phi.len() - 1;
    phi[base] += value * path.iter().map(|factor| factor.share).product::<f64>();
}

fn by_tree(forest: &Forest, row: &[f64], way: Way) -> Vec<f64> {
    let mut phi = vec![0.0; forest.classes * (row.len() + 1)];
    for (index, tree) in forest.trees.iter().enumerate() {
        way(tree, row, &mut phi[index % forest.classes * (row.len() + 1)..][..row.len() + 1]);
    }
    phi
}

fn root(tree: &Tree) -> Child {
    if tree.splits.is_empty() { Child::Leaf(0) } else { Child::Split(0) }
}

/// Of the training rows of a node, how many went on to a child; of none, none did.
fn share(tree: &Tree, from: Child, to: Child) -> f64 {
    let covers = tree.covers.as_ref().expect("covers");
    let of = |node| match node {
        Child::Split(at) => f64::from(covers.splits[at as usize]),
        Child::Leaf(at) => f64::from(covers.leaves[at as usize]),
    };
    if of(from) == 0.0 { 0.0 } else { of(to) / of(from) }
}
