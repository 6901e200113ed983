//! What was last said, as far as it tells why the next score is another: the points and the features' strongest shares of them.
//!
//! A whole explanation would take up more memory than the lead itself. So the [`SHARES`] strongest shares are kept, to a tenth of a
//! point. A difference is off by no more than that, and what it is off by lands in the rest that nobody names, so that sums are exact.

use crate::model::Explanation;

/// Shares that are kept of a lead, the strongest.
pub const SHARES: usize = 16;

/// Kept shares of a point. Differences below half of one cannot be told from nothing.
const PER_POINT: f64 = 10.0;

/// Shares of what was last said. The default knows none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    pub(super) said: Option<SaidPoints>,
    /// Column of a feature, and its share in tenths of a point; ascending, no zeros, at most [`SHARES`].
    pub(super) tenths: Vec<(u16, i16)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SaidPoints {
    /// Which model they are from: shares of two models cannot be compared.
    pub model: u32,
    /// Unclamped and unrounded.
    pub points: f64,
}

impl Shares {
    pub fn clear(&mut self) {
        self.said = None;
        self.tenths.clear();
    }

    /// The points that were said; `None` where nothing was, or by another model.
    pub fn points(&self, model: u32) -> Option<f64> {
        self.said.filter(|said| said.model == model).map(|said| said.points)
    }

    /// Keeps what is said now.
    pub fn keep(&mut self, model: u32, points: f64, now: &Explanation) {
        self.said = Some(SaidPoints { model, points });
        let kept = now.contributions.iter().filter_map(|&(column, points)| {
            let tenths = (points * PER_POINT).round() as i16;
            (tenths != 0).then(|| Some((u16::try_from(column).ok()?, tenths))).flatten()
        });
        self.tenths.clear();
        self.tenths.extend(kept);
        if self.tenths.len() > SHARES {
            let strength = |(column, tenths): &(u16, i16)| (std::cmp::Reverse(tenths.unsigned_abs()), *column);
            self.tenths.select_nth_unstable_by_key(SHARES, strength);
            self.tenths.truncate(SHARES);
            self.tenths.sort_unstable_by_key(|(column, _)| *column);
        }
    }

    /// Replaces `difference` by what each feature's share has moved by since; what cannot be told from nothing is left out.
    pub fn difference(&self, now: &Explanation, difference: &mut Explanation) {
        difference.base = 0.0;
        difference.contributions.clear();
        let mut then = self.tenths.iter().map(|&(column, tenths)| (usize::from(column), f64::from(tenths) / PER_POINT));
        let mut last = then.next();
        let mut moved = |column: usize, points: f64| {
            if points.abs() > 0.5 / PER_POINT {
                difference.contributions.push((column, points));
            }
        };
        for &(column, points) in &now.contributions {
            while let Some((gone, was)) = last.filter(|(then, _)| *then < column) {
                moved(gone, -was);
                last = then.next();
            }
            let was = last.filter(|(then, _)| *then == column);
            if was.is_some() {
                last = then.next();
            }
            moved(column, points - was.map_or(0.0, |(_, was)| was));
        }
        for (gone, was) in last.into_iter().chain(then) {
            moved(gone, -was);
        }
    }
}
