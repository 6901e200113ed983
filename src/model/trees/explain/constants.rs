//! The constants of operations, in the order in which they are read.

use super::super::forest::Child;
use super::compile::Draft;
use super::factors::Factors;
use super::paths::NONE;
use super::program::{Kind, Line, Program};
use super::twigs::Twig;

/// Appends a twig's tables, from the beginning of a line on.
pub fn tables(program: &mut Program, factors: &Factors<'_>, twig: &Twig) {
    let mut values = Vec::new();
    twig.tables(factors, &mut values);
    for part in values.chunks(8) {
        let mut line = Line::ZERO;
        line.0[..part.len()].copy_from_slice(part);
        program.tables.push(line);
    }
}

/// Appends what an operation reads of scalars: what a fork adds at `t = 0`, as a row takes its first side or the second, then so many
/// for each other point.
pub fn scalars(program: &mut Program, factors: &Factors<'_>, draft: &Draft, edge_to: &[u32]) {
    let of_op = OfOp { factors, draft, above: factors.paths.above[draft.at as usize] };
    let edge = edge_to[draft.at as usize];
    let out = &mut program.scalars;
    if draft.edges[0] != NONE {
        let [first, second] = draft.edges;
        out.extend([factors.at_zero(first, second), factors.at_zero(second, first)]);
    }
    for point in 1..factors.points {
        match draft.kind {
            Kind::Enter | Kind::Twig1 | Kind::Twig2 | Kind::Twig3 => out.push(factors.f(edge, point)),
            Kind::EnterAgain => out.extend([factors.f(edge, point), 1.0 / factors.f(of_op.above, point)]),
            Kind::LeafTwig1 | Kind::LeafTwig2 | Kind::LeafTwig3 => {
                out.extend([factors.f(edge, point), factors.f(draft.edges[1], point)]);
                out.extend(of_op.leaf(point));
                out.push(of_op.adds(1, point));
            }
            Kind::TwigSum1 | Kind::TwigSum2 | Kind::TwigSum3 => {
                out.extend([factors.f(draft.edges[0], point), of_op.adds(0, point), of_op.adds(1, point)]);
            }
            Kind::LeafSum => {
                out.extend(of_op.leaf(point));
                out.push(of_op.adds(1, point));
            }
            Kind::LeafSumAgain => {
                out.extend(of_op.leaf(point));
                out.extend([of_op.adds(1, point), -factors.g(of_op.above, point)]);
            }
            Kind::SumSum => out.extend([of_op.adds(0, point), of_op.adds(1, point)]),
            Kind::SumSumAgain => {
                out.extend([of_op.adds(0, point), of_op.adds(1, point), -factors.g(of_op.above, point)]);
            }
        }
    }
}

struct OfOp<'a> {
    factors: &'a Factors<'a>,
    draft: &'a Draft,
    /// The edge above that asks for the fork's feature.
    above: u32,
}

impl OfOp<'_> {
    /// What a product with one of the sides taken contributes to the fork's feature.
    fn adds(&self, side: usize, point: usize) -> f64 {
        self.factors.g(self.draft.edges[side], point) - self.factors.g(self.above, point)
    }

    /// Of the leaf that is the first side: its part of `A` where it is not taken and where it is, then what that adds.
    fn leaf(&self, point: usize) -> [f64; 4] {
        let edge = self.draft.edges[0];
        let split = &self.factors.tree.splits[edge as usize / 2];
        let child = if edge.is_multiple_of(2) { split.left } else { split.right };
        let constant = match child {
            Child::Leaf(leaf) => self.factors.leaf(leaf, point),
            Child::Split(_) => 0.0,
        };
        let taken = constant * self.factors.f(edge, point);
        [constant, taken, -constant * self.factors.g(self.above, point), taken * self.adds(0, point)]
    }
}
