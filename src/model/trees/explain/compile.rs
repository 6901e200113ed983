//! From a tree to operations: which there are, in what order, and where their values lie.

use super::super::columns::Place;
use super::super::forest::Child;
use super::constants;
use super::factors::Factors;
use super::paths::NONE;
use super::program::{Batch, Kind, Needs, Op, Program, SplitCode, TreeCode};
use super::twigs::{self, Twig};

/// An operation before it has a place.
#[derive(Clone, Debug)]
pub struct Draft {
    pub kind: Kind,
    /// The fork; of a twig by itself, its top.
    pub at: u32,
    /// The twig that goes with it.
    pub twig: Option<u32>,
    /// A fork's sides, as [`Op::first`] has them.
    pub edges: [u32; 2],
    /// Operations with a smaller one come first.
    height: u32,
    product: Option<Value>,
    sum: Option<Value>,
    to: Value,
    /// `to` takes the slot of this one.
    instead_of: Option<Value>,
}

/// What lies in a slot: a split's `P` or `A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    P(u32),
    A(u32),
}

/// Adds a tree. `places`: of its splits. `adds_to`: for each feature of the forest, where its contribution is summed. `most_bits`: of a
/// twig's code, 2 or 3.
pub fn compile(program: &mut Program, factors: &Factors<'_>, places: &[Place], adds_to: &[u32], most_bits: usize) {
    let plan = Plan::new(factors, most_bits);
    let drafts = plan.drafts();
    let (slots, count) = slots(&drafts, factors.tree.splits.len());
    let (batches, twigs) = (program.batches.len(), program.twigs.len());
    for (draft, slots) in drafts.iter().zip(slots) {
        match program.batches[batches..].last_mut() {
            Some(batch) if batch.kind == draft.kind => batch.count += 1,
            _ => program.batches.push(Batch { kind: draft.kind, count: 1 }),
        }
        let mut op = Op { product: slots[0], sum: slots[1], to: slots[2], ..Op::default() };
        op.code = (program.twigs.len() - twigs) as u32;
        plan.address(&mut op, draft, adds_to);
        if let Some(twig) = draft.twig.and_then(|top| plan.twigs[top as usize].as_ref()) {
            let mut masks = [plan.mask(NONE) + 1; 3];
            masks.iter_mut().zip(twig.edges()).for_each(|(mask, edge)| *mask = plan.mask(edge));
            program.twigs.push(masks);
            constants::tables(program, factors, twig);
        }
        constants::scalars(program, factors, draft, &plan.edge_to);
        program.ops.push(op);
    }
    let splits = places.iter().zip(&factors.paths.above);
    program.splits.extend(splits.map(|(&place, &above)| SplitCode { place, above }));
    let (batches, twigs) = (program.batches.len() - batches, program.twigs.len() - twigs);
    let needs = Needs { points: factors.points - 1, slots: count, masks: 2 * places.len() + 2, twigs };
    program.trees.push(TreeCode { splits: places.len(), twigs, batches, needs });
    program.most.grow(needs);
}

/// A tree, cut into twigs and forks.
struct Plan<'a> {
    factors: &'a Factors<'a>,
    /// For each split, the twig that it is the top of; also inside of larger ones.
    twigs: Vec<Option<Twig>>,
    /// For each split, the edge that leads to it.
    edge_to: Vec<u32>,
}

impl<'a> Plan<'a> {
    fn new(factors: &'a Factors<'a>, most_bits: usize) -> Self {
        let tree = factors.tree;
        let mut edge_to = vec![NONE; tree.splits.len()];
        for (s, split) in tree.splits.iter().enumerate() {
            for (edge, child) in [(2 * s, split.left), (2 * s + 1, split.right)] {
                if let Child::Split(to) = child {
                    edge_to[to as usize] = edge as u32;
                }
            }
        }
        Self { factors, twigs: twigs::find(tree, factors.paths, most_bits), edge_to }
    }

    /// The mask of an edge. Behind them are one with all bits and one without any.
    fn mask(&self, edge: u32) -> u32 {
        if edge == NONE { 2 * self.edge_to.len() as u32 } else { edge }
    }

    /// In an order in which they can run: products downwards, then twigs, then sums upwards.
    fn drafts(&self) -> Vec<Draft> {
        let (mut enters, mut twigs, mut joins) = (Vec::new(), Vec::new(), Vec::new());
        let mut heights = vec![0; self.edge_to.len()];
        for s in (0..self.edge_to.len() as u32).rev() {
            if self.twigs[s as usize].is_none() {
                let join = self.join(s, &mut heights, &mut twigs);
                // A fork with a leaf and a twig enters by itself.
                let enters_itself = matches!(join.kind, Kind::LeafTwig1 | Kind::LeafTwig2 | Kind::LeafTwig3);
                if s > 0 && !enters_itself {
                    enters.push(self.enter(s));
                }
                joins.push(join);
            } else if s == 0 {
                twigs.push(self.twig(s));
            }
        }
        enters.reverse();
        twigs.sort_by_key(|draft| draft.kind);
        joins.sort_by_key(|draft| (draft.height, draft.kind));
        [enters, twigs, joins].concat()
    }

    fn enter(&self, s: u32) -> Draft {
        let kind = if self.factors.paths.above[s as usize] == NONE { Kind::Enter } else { Kind::EnterAgain };
        Draft { product: self.product_above(s), ..Draft::new(kind, s, Value::P(s)) }
    }

    /// A twig by itself.
    fn twig(&self, s: u32) -> Draft {
        let kind = self.by_bits(s, [Kind::Twig1, Kind::Twig2, Kind::Twig3]);
        Draft { twig: Some(s), product: self.product_above(s), ..Draft::new(kind, s, Value::A(s)) }
    }

    /// How a fork comes by its sum; adds those of its twigs that do not go with it.
    fn join(&self, s: u32, heights: &mut [u32], twigs: &mut Vec<Draft>) -> Draft {
        let mut sides = self.sides(s);
        let again = self.factors.paths.above[s as usize] != NONE;
        // Leaves, then twigs, small ones first, then forks.
        sides.sort_by_key(|(_, child)| match child {
            Child::Leaf(_) => 0,
            Child::Split(to) => self.twigs[*to as usize].as_ref().map_or(usize::MAX, Twig::bits),
        });
        let [(first, child), (second, other)] = sides;
        let is_twig = |child| match child {
            Child::Split(to) if self.twigs[to as usize].is_some() => Some(to),
            _ => None,
        };
        for child in [child, other] {
            if let Child::Split(to) = child {
                heights[s as usize] = heights[s as usize].max(heights[to as usize] + 1);
            }
        }
        let a = |child| match child {
            Child::Split(to) => Some(Value::A(to)),
            Child::Leaf(_) => None,
        };
        let mut draft = Draft::new(if again { Kind::SumSumAgain } else { Kind::SumSum }, s, Value::A(s));
        (draft.edges, draft.height, draft.instead_of) = ([first, second], heights[s as usize], a(other));
        match (child, is_twig(child), is_twig(other)) {
            (Child::Leaf(_), _, Some(twig)) if !again => {
                draft.kind = self.by_bits(twig, [Kind::LeafTwig1, Kind::LeafTwig2, Kind::LeafTwig3]);
                (draft.twig, draft.product, draft.instead_of) = (Some(twig), self.product_above(s), None);
                return draft;
            }
            (Child::Leaf(_), ..) => {
                draft.kind = if again { Kind::LeafSumAgain } else { Kind::LeafSum };
                draft.product = self.product(s);
            }
            (_, Some(twig), _) if !again => {
                draft.kind = self.by_bits(twig, [Kind::TwigSum1, Kind::TwigSum2, Kind::TwigSum3]);
                (draft.twig, draft.product) = (Some(twig), self.product(s));
            }
            (_, twig, _) => {
                twigs.extend(twig.map(|twig| self.twig(twig)));
                draft.sum = a(child);
            }
        }
        twigs.extend(is_twig(other).map(|twig| self.twig(twig)));
        draft
    }

    fn sides(&self, s: u32) -> [(u32, Child); 2] {
        let split = &self.factors.tree.splits[s as usize];
        [(2 * s, split.left), (2 * s + 1, split.right)]
    }

    fn by_bits(&self, twig: u32, kinds: [Kind; 3]) -> Kind {
        kinds[self.twigs[twig as usize].as_ref().map_or(0, |twig| twig.bits() - 1)]
    }

    /// At the root it is 1.
    fn product(&self, s: u32) -> Option<Value> {
        (s > 0).then_some(Value::P(s))
    }

    fn product_above(&self, s: u32) -> Option<Value> {
        let edge = self.edge_to[s as usize];
        if edge == NONE { None } else { self.product(edge / 2) }
    }

    /// Fills in masks and what is added to.
    fn address(&self, op: &mut Op, draft: &Draft, adds_to: &[u32]) {
        let tree = self.factors.tree;
        let top =
            if matches!(draft.kind, Kind::TwigSum1 | Kind::TwigSum2 | Kind::TwigSum3) { draft.twig } else { None };
        op.edge = self.mask(self.edge_to[top.unwrap_or(draft.at) as usize]);
        [op.first, op.second] = draft.edges.map(|edge| self.mask(edge));
        op.old = self.mask(self.factors.paths.above[draft.at as usize]);
        op.fork = adds_to[tree.splits[draft.at as usize].feature as usize];
        if let Some(twig) = draft.twig.and_then(|top| self.twigs[top as usize].as_ref()) {
            let features = twig.features(tree);
            // What is left over adds nothing, and may do so anywhere.
            op.twig = [adds_to[features[0] as usize]; 3];
            op.twig.iter_mut().zip(features).for_each(|(to, feature)| *to = adds_to[feature as usize]);
        }
    }
}

impl Draft {
    fn new(kind: Kind, at: u32, to: Value) -> Self {
        let (twig, edges, height) = (None, [NONE; 2], 0);
        Self { kind, at, twig, edges, height, product: None, sum: None, to, instead_of: None }
    }

    fn reads(&self) -> impl Iterator<Item = Value> {
        [self.product, self.sum].into_iter().flatten()
    }
}

/// For each operation the slots that it reads (product, sum) and writes, and how many there are. A slot is used again once nobody needs
/// what lies in it.
fn slots(drafts: &[Draft], splits: usize) -> (Vec<[u32; 3]>, usize) {
    let place = |value| match value {
        Value::P(s) => s as usize,
        Value::A(s) => splits + s as usize,
    };
    let mut last_use = vec![0; 2 * splits];
    for (at, draft) in drafts.iter().enumerate() {
        draft.reads().for_each(|value| last_use[place(value)] = at);
    }
    let (mut free, mut count) = (Vec::new(), 0);
    let mut slot_of = vec![Op::ONES; 2 * splits];
    let of_op = |(at, draft): (usize, &Draft)| {
        let to = match draft.instead_of {
            Some(value) => slot_of[place(value)],
            None => free.pop().unwrap_or_else(|| {
                count += 1;
                count - 1
            }),
        };
        slot_of[place(draft.to)] = to;
        let slot = |value: Option<Value>| value.map_or(Op::ONES, |value| slot_of[place(value)]);
        let slots = [slot(draft.product), slot(draft.sum), to];
        free.extend(draft.reads().filter(|value| last_use[place(*value)] == at).map(|value| slot_of[place(value)]));
        slots
    };
    let slots = drafts.iter().enumerate().map(of_op).collect();
    (slots, count as usize)
}
