//! How the nodes of a tree hang together. A file may say anything; what comes out of here is a tree.

use super::super::forest::Child;
use super::error::TextError;
use super::lines::Field;

/// The children of each split, and an order in which parents stand before them.
pub(super) struct Shape {
    children: Vec<[Child; 2]>,
    /// Places in the file, in the new order; `None` where the file's own will do.
    order: Option<Vec<u32>>,
    /// The new place of each split.
    renumbered: Option<Vec<u32>>,
}

impl Shape {
    /// Reads the children of a tree with so many leaves, 2 or more. A child that is not below 0 is a split; `-1 - n` is leaf `n`.
    pub fn read(left: Field<'_>, right: Field<'_>, leaves: usize, because: &str) -> Result<Self, TextError> {
        let splits = leaves - 1;
        let pairs = left.list::<i32>(splits, because)?.into_iter().zip(right.list::<i32>(splits, because)?);
        let mut parents = Parents::new(leaves);
        let mut children = Vec::with_capacity(splits);
        let mut in_order = true;
        for (place, pair) in pairs.enumerate() {
            let mut child = |side: Field<'_>, child: i32| {
                in_order &= child < 0 || child as usize > place;
                parents.take(child).map_err(|reason| side.wrong_at(place, reason))
            };
            children.push([child(left, pair.0)?, child(right, pair.1)?]);
        }
        let mut shape = Self { children, order: None, renumbered: None };
        if !in_order {
            shape.renumber().map_err(|reason| left.wrong(reason))?;
        }
        Ok(shape)
    }

    /// Of each split its place in the file and its children, parents first.
    pub fn splits(&self) -> impl Iterator<Item = (usize, Child, Child)> {
        let renumbered = |child: Child| match (child, &self.renumbered) {
            (Child::Split(place), Some(renumbered)) => Child::Split(renumbered[place as usize]),
            _ => child,
        };
        (0..self.children.len()).map(move |index| {
            let place = self.order.as_ref().map_or(index, |order| order[index] as usize);
            let [left, right] = self.children[place];
            (place, renumbered(left), renumbered(right))
        })
    }

    /// Orders the splits from the root down. What is not found there hangs in a circle: every split but the root has one parent.
    fn renumber(&mut self) -> Result<(), String> {
        let count = self.children.len();
        let mut order = Vec::with_capacity(count);
        let mut renumbered = vec![u32::MAX; count];
        order.push(0);
        renumbered[0] = 0;
        let mut next = 0;
        while next < order.len() {
            for child in self.children[order[next] as usize] {
                if let Child::Split(place) = child {
                    renumbered[place as usize] = order.len() as u32;
                    order.push(place);
                }
            }
            next += 1;
        }
        if let Some(lost) = renumbered.iter().position(|&place| place == u32::MAX) {
            return Err(format!("split {lost} is its own ancestor, so the root does not lead to it"));
        }
        (self.order, self.renumbered) = (Some(order), Some(renumbered));
        Ok(())
    }
}

/// Which nodes have a parent, or must not get one.
struct Parents {
    splits: Vec<bool>,
    leaves: Vec<bool>,
}

impl Parents {
    fn new(leaves: usize) -> Self {
        let mut splits = vec![false; leaves - 1];
        // The root.
        splits[0] = true;
        Self { splits, leaves: vec![false; leaves] }
    }

    /// Gives a node its parent.
    fn take(&mut self, child: i32) -> Result<Child, String> {
        let (nodes, place, kind) = if child < 0 {
            (&mut self.leaves, !child as usize, "leaf")
        } else {
            (&mut self.splits, child as usize, "split")
        };
        let count = nodes.len();
        let Some(has_parent) = nodes.get_mut(place) else {
            return Err(format!("{child} is {kind} {place}, where the tree has {count} of them"));
        };
        if std::mem::replace(has_parent, true) {
            return Err(match child {
                0 => "0 is the root, which is nobody's child".to_owned(),
                _ => format!("{child} is {kind} {place}, which has a parent already"),
            });
        }
        Ok(if child < 0 { Child::Leaf(place as u32) } else { Child::Split(place as u32) })
    }
}
