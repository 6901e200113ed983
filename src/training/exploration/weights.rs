//! How much a row of a low lead weighs.
//!
//! A lead was drawn with chance `p`, so its rows stand for `1/p` (Horvitz and Thompson 1952), and those of low leads that were not drawn weigh
//! 0. Three things are added.
//!
//! - **By counts rather than by `p`**: a drawn row weighs as many rows as there are of low leads over those of drawn ones, so that the
//!   band's weight stays what it was, and what was drawn by accident too often weighs less. Self-normalised, that is steadier, and its
//!   bias vanishes with the number of rows (Hájek 1971; Swaminathan and Joachims 2015).
//! - **By how long the lead has been low.** Rows end with the first contact (invariant 6), and a drawn lead is soon called: the longer low, the
//!   fewer of its rows are left, and `1/p` would be too little. So counts are taken in each octave of the time since the lead was first low.
//!   That weighs by the inverse chance not to be censored (Robins and Finkelstein 2000), and supposes that within an octave whom sales has
//!   not reached yet is chance.
//! - **No more than [`HEAVIEST`]**: beyond, one lead's luck would outweigh what all others show (Ionides 2008). What is cut off stays with
//!   the rows of leads that were not drawn. So where nobody drawn is left, rows weigh what they always did.

/// The most rows that a row stands for: a share of 2 % is weighed in full.
pub const HEAVIEST: f64 = 50.0;

/// At the first low instant, and octaves from 1/128 of the horizon to four horizons; the last one is open.
const STRATA: usize = 11;
const SHORTEST: i64 = 128;

/// Which rows a row is weighed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Of a lead that was not low then, or nobody is drawn.
    Any,
    /// Of a low lead.
    Low { drawn: bool, stratum: u8 },
}

impl Group {
    /// A lead that has been low for so long, counted from the first time.
    pub fn low(drawn: bool, since_ms: i64, horizon_ms: i64) -> Self {
        let parts = since_ms / (horizon_ms / SHORTEST).max(1);
        let stratum = if parts < 1 { 0 } else { 1 + parts.ilog2() as usize };
        Self::Low { drawn, stratum: stratum.min(STRATA - 1) as u8 }
    }
}

/// How many rows of low leads there are: not drawn, drawn; of each the others, then the positive ones.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strata([[[u64; 2]; 2]; STRATA]);

/// What a row of each group weighs; not drawn, drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights([[f64; 2]; STRATA]);

impl Strata {
    pub fn count(&mut self, group: Group, positive: bool) {
        if let Group::Low { drawn, stratum } = group {
            self.0[usize::from(stratum)][usize::from(drawn)][usize::from(positive)] += 1;
        }
    }

    pub fn weights(&self) -> Weights {
        Weights(self.0.map(|counts| match counts.map(|of| of[0] + of[1]).into() {
            (_, 0) | (0, _) => [1.0, 1.0],
            (others, drawn) => {
                let all = (others + drawn) as f64;
                let each = all / drawn as f64;
                // Exactly none where nothing is cut off.
                let left = if each <= HEAVIEST { 0.0 } else { (all - HEAVIEST * drawn as f64) / others as f64 };
                [left, each.min(HEAVIEST)]
            }
        }))
    }

    /// Rows of leads that were not drawn and weigh something nevertheless.
    pub fn left(&self, weights: &Weights, positive: bool) -> u64 {
        let strata = self.0.iter().zip(&weights.0).filter(|(_, [others, _])| *others > 0.0);
        strata.map(|([others, _], _)| others[usize::from(positive)]).sum()
    }
}

impl Weights {
    /// 0 where others stand for the row.
    pub fn of(&self, group: Group) -> f64 {
        match group {
            Group::Any => 1.0,
            Group::Low { drawn, stratum } => self.0[usize::from(stratum)][usize::from(drawn)],
        }
    }

    /// What the heaviest row weighs.
    pub fn heaviest(&self) -> f64 {
        self.0.iter().map(|[_, drawn]| *drawn).fold(1.0, f64::max)
    }
}
